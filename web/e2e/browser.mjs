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
 * microphone plays once; with `refuse` the browser denies the microphone. Fails when the page
 * throws, breaks the server's Content-Security-Policy or asks another host for anything.
 */
export async function withPage(url, { clip, refuse = false, flags = [], ...options }, visit) {
  const all = [...flags, refuse ? "--deny-permission-prompts" : "--use-fake-ui-for-media-stream"];
  if (clip) all.push(`--use-file-for-fake-audio-capture=${clip}%noloop`);
  return withBrowser({ flags: all, ...options }, async (browser) => {
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
    await page.goto(url);
    const result = await visit(page);
    assert.deepEqual(faults, [], "the page misbehaved");
    return result;
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

/** Waits until a caption of `who` ("you" or "eva") satisfies `pattern`; returns its words. */
export async function captionOf(page, who, pattern = /\S/, timeout = 60_000) {
  const found = await page.waitForFunction(
    ([selector, source]) => {
      const texts = [...document.querySelectorAll(selector)].map((words) => words.textContent);
      return texts.find((text) => new RegExp(source, "i").test(text)) ?? false;
    },
    [`.caption.${who} .words`, pattern.source],
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

/** Waits until Eva has nothing left to say. */
export async function waitForSilence(page, timeout = 120_000) {
  await page.waitForSelector('body[data-activity="listening"]', { timeout });
}
