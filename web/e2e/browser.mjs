// Opens Eva's page in Chromium as a person would, with a fake microphone.

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { installEar } from "./ear.mjs";

const kFlags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
];

/** Runs `visit(browser)` with a fresh Chromium: `flags` go to it, all else to Playwright. */
export async function withBrowser({ flags = [], ...options }, visit) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "eva-page-"));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...kFlags, ...flags],
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  try {
    return await visit(browser);
  } finally {
    await browser.close();
    fs.rmSync(profile, { recursive: true, force: true });
  }
}

/**
 * Opens Eva's page, runs `visit(page)` and returns its result. `clip` is a WAV file that the
 * microphone plays once; with `refuse` the browser denies the microphone; events of the server
 * from the first one of type `delayed` on reach the page a second late; `partials` are the words that
 * come in place of the server's own while somebody speaks, one every 200 ms; `worklets` is the file
 * from which all AudioWorklets are loaded until window.ear.worklets says otherwise. Fails when the page
 * throws, breaks the server's Content-Security-Policy or asks another host for anything.
 */
export async function withPage(url, options, visit) {
  const { clip, refuse, delayed, partials, worklets, flags = [], ...rest } = options;
  const all = [...flags, refuse ? "--deny-permission-prompts" : "--use-fake-ui-for-media-stream"];
  if (clip) all.push(`--use-file-for-fake-audio-capture=${clip}%noloop`);
  return withBrowser({ flags: all, ...rest }, async (browser) => {
    const page = await browser.newPage();
    const faults = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) faults.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) faults.push(`request to ${request.url()}`);
    });
    await page.addInitScript(installEar);
    if (worklets) await page.addInitScript((file) => (window.ear.worklets = file), worklets);
    if (delayed) await delayFrom(page, delayed);
    if (partials) await tellPartials(page, partials);
    await page.goto(url);
    const result = await visit(page).catch(async (error) => {
      const shown = await page.evaluate(() => document.body.innerText.replace(/\s+/g, " "));
      throw new Error(`${error.message}\n  The page showed: ${shown}`);
    });
    assert.deepEqual(faults, [], "the page misbehaved");
    return result;
  });
}

async function delayFrom(page, type) {
  await page.routeWebSocket(/v1\/realtime/, (near) => {
    const far = near.connectToServer();
    let late = 0;
    far.onMessage((text) => {
      if (JSON.parse(text).type === type) late = 1000;
      if (late) setTimeout(() => near.send(text), late);
      else near.send(text);
    });
  });
}

async function tellPartials(page, partials) {
  const type = "conversation.item.input_audio_transcription.delta";
  await page.routeWebSocket(/v1\/realtime/, (near) => {
    const far = near.connectToServer();
    far.onMessage((text) => {
      const event = JSON.parse(text);
      if (event.type === type) return;
      near.send(text);
      if (event.type !== "input_audio_buffer.speech_started") return;
      partials.forEach((delta, i) => {
        const words = { type, item_id: event.item_id, content_index: 0, delta };
        setTimeout(() => near.send(JSON.stringify(words)), 200 * (i + 1));
      });
    });
  });
}

/** Presses "Talk to Eva", unless the page has started by itself. */
export async function startTalking(page) {
  await page.evaluate(() => document.getElementById("start").click());
  await page.waitForSelector("body[data-scene=talk]");
}

export async function type(page, text) {
  await page.fill("#say", text);
  await page.press("#say", "Enter");
}

/** Waits until a caption of `who` ("you" or "eva") satisfies `pattern`; returns its words so far. */
export function captionOf(page, who, pattern = /\S/, timeout = 60_000) {
  return wordsIn(page, `.caption.${who} .words`, pattern, timeout);
}

/** Waits until what the person said is there and no longer changes; returns it. */
export function finalWords(page, pattern = /\S/, timeout = 60_000) {
  return wordsIn(page, ".caption.you:not(.open) .words", pattern, timeout);
}

async function wordsIn(page, selector, pattern, timeout) {
  const found = await page.waitForFunction(
    ([selector, source]) => {
      const texts = [...document.querySelectorAll(selector)].map((words) => words.textContent);
      return texts.find((text) => new RegExp(source, "i").test(text)) ?? false;
    },
    [selector, pattern.source],
    { timeout },
  );
  return found.jsonValue();
}

/** The recorded loudness of "voice" or "mic": [time in ms, RMS] every 20 ms. */
export function heardOn(page, side) {
  return page.evaluate((name) => window.ear[name], side);
}

/** Waits until Eva has really been audible for `ms` in all. */
export async function waitForVoice(page, ms, threshold, timeout = 60_000) {
  await page.waitForFunction(
    ([wanted, level]) => window.ear.voice.filter(([, rms]) => rms >= level).length * 20 >= wanted,
    [ms, threshold],
    { timeout, polling: 50 },
  );
}

/** Pulls the plug of the page's microphone, as the browser tells a page of it. */
export async function unplugMicrophone(page) {
  await page.evaluate(() => {
    const track = window.ear.tracks.at(-1);
    track.stop(); // of the page's own will, hence without the event
    track.dispatchEvent(new Event("ended"));
  });
}

/** The item `id` as the server has it: asked for over the page's own connection. */
export async function storedItem(page, id) {
  return page.evaluate((itemId) => {
    const socket = window.ear.sockets.at(-1);
    return new Promise((resolve) => {
      socket.addEventListener("message", function listen({ data }) {
        const event = JSON.parse(data);
        if (event.type !== "conversation.item.retrieved" || event.item.id !== itemId) return;
        socket.removeEventListener("message", listen);
        resolve(event.item);
      });
      socket.send(JSON.stringify({ type: "conversation.item.retrieve", item_id: itemId }));
    });
  }, id);
}

/** What the page has sent of one type, in order. */
export function sentOf(page, type) {
  return page.evaluate((name) => window.ear.sent.filter((event) => event.type === name), type);
}

/** Waits until Eva has nothing left to say. */
export async function waitForSilence(page, timeout = 120_000) {
  await page.waitForSelector('body[data-activity="listening"]', { timeout });
}
