// End-to-end tests of the page against a running Eva: a real browser, a fake microphone that
// plays a clip, and the sound measured in the page's own audio graph.
//
// Environment:
//   EVA_URL                 the server (default http://127.0.0.1:8000)
//   EVA_QUESTION_CLIP       a question, spoken (any sound file; default: one of tests/audio)
//   EVA_QUESTION_WORDS      words of it that its caption must contain
//   EVA_INTERRUPTION_CLIP   what the person says while Eva speaks
//   EVA_LONG_REQUEST        a typed request whose answer takes at least ten seconds
//   EVA_LOCKED_URL, EVA_KEY a server that asks for a key, and the key (absent = not tested)
//   EVA_SHOTS               folder for screenshots of the talk (absent = none)
//   CHROMIUM                the browser (default /usr/bin/chromium)
// Arguments: names of the cases to run (default: all). Exit code 0 = all passed.

import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readClips, writeWav } from "./audio.mjs";
import {
  captionOf,
  heardOn,
  startTalking,
  type,
  waitForSilence,
  waitForVoice,
  withPage,
} from "./browser.mjs";
import { soundsIn } from "./ear.mjs";

const env = process.env;
const url = (env.EVA_URL ?? "http://127.0.0.1:8000").replace(/\/?$/, "/");
const audio = fileURLToPath(new URL("../../tests/audio/", import.meta.url));
const questionWords = (env.EVA_QUESTION_WORDS ?? "ever forget").toLowerCase().split(/\W+/);
const longRequest = env.EVA_LONG_REQUEST ?? "Count to one hundred.";
const work = fs.mkdtempSync(path.join(os.tmpdir(), "eva-e2e-"));

const kAudible = 0.004; // RMS: quieter is silence (-48 dB)
const kLeadSeconds = 1.5; // of silence before the first word, while the page starts
const kAnswerSeconds = 8; // by when Eva has begun to answer what was typed
const kTailSeconds = 60; // of silence after the last word
const kSpeechPauseMs = 700; // shorter pauses are part of an utterance

const cases = {
  "a spoken question is captioned and answered aloud": async () => {
    const clip = microphoneClip([kLeadSeconds, question]);
    return withPage(url, { clip }, async (page) => {
      await startTalking(page);
      const you = await captionOf(page, "you");
      for (const word of questionWords) {
        assert.ok(you.toLowerCase().includes(word), `"${word}" is missing in "${you}"`);
      }
      const eva = await captionOf(page, "eva");
      await waitForVoice(page, 500, kAudible);
      await page.waitForSelector(".latency .total");
      await shoot(page, "speaking");
      const mic = soundsIn(await heardOn(page, "mic"), kAudible, kSpeechPauseMs);
      const voice = soundsIn(await heardOn(page, "voice"), kAudible, kSpeechPauseMs);
      const delay = (voice[0][0] - mic[0][1]) / 1000;
      const activities = await page.evaluate(() => window.ear.activities);
      assert.deepEqual(activities.slice(-3), ["hearing", "thinking", "speaking"]);
      const bar = await page.textContent(".latency .total");
      return `"${you}" -> "${eva.slice(0, 40)}", heard ${delay.toFixed(2)} s later (${bar})`;
    });
  },

  "speaking over Eva silences her and strikes out the rest": async () => {
    const clip = microphoneClip([kAnswerSeconds, interruption]);
    return withPage(url, { clip }, async (page) => {
      await startTalking(page);
      await type(page, longRequest);
      await waitForVoice(page, 500, kAudible, 1000 * kAnswerSeconds);
      await page.waitForSelector(".caption.eva s.unsaid", { timeout: 60_000 });
      await shoot(page, "interrupted");
      const [cutIn] = soundsIn(await heardOn(page, "mic"), kAudible, kSpeechPauseMs);
      const before = (await heardOn(page, "voice")).filter(([time]) => time < cutIn[0]);
      const audible = before.filter(([, rms]) => rms >= kAudible).length * 20;
      assert.ok(audible >= 500, `Eva had spoken only ${audible} ms when she was interrupted`);
      await page.waitForFunction((t) => performance.now() > t, cutIn[0] + 1500);
      const after = (await heardOn(page, "voice")).filter(
        ([time, rms]) => time >= cutIn[0] && time < cutIn[0] + 1500 && rms >= kAudible,
      );
      const silentAfter = after.length ? after.at(-1)[0] - cutIn[0] : 0;
      assert.ok(silentAfter < 1000, `Eva went on for ${silentAfter} ms`);
      const words = page.locator(".caption.eva:has(s) .words");
      assert.match(await words.locator("> .word").allTextContents().then(join), /\S/);
      assert.match(await words.locator("s .word").allTextContents().then(join), /\S/);
      return `silent ${Math.round(silentAfter)} ms after the person began`;
    });
  },

  "typed words are answered aloud": async () => {
    return withPage(url, {}, async (page) => {
      await page.evaluate(() => document.getElementById("start-typing").click());
      await type(page, "Good morning, Eva.");
      assert.equal(await captionOf(page, "you"), "Good morning, Eva.");
      const eva = await captionOf(page, "eva");
      await waitForVoice(page, 300, kAudible);
      return `"${eva.slice(0, 40)}"`;
    });
  },

  "the keyboard mutes, interrupts and reaches the text box": async () => {
    const clip = microphoneClip([kLeadSeconds, question]);
    return withPage(url, { clip }, async (page) => {
      await startTalking(page);
      await page.waitForSelector("#mute:enabled");
      await page.keyboard.press("m");
      await page.waitForSelector('#mute[aria-pressed="true"]');
      await page.keyboard.press("/");
      assert.equal(await page.evaluate(() => document.activeElement.id), "say");
      await type(page, longRequest);
      await waitForVoice(page, 700, kAudible);
      const pressed = await page.evaluate(() => performance.now());
      await page.keyboard.press("Escape");
      await page.waitForSelector(".caption.eva s.unsaid");
      await waitForSilence(page);
      await page.waitForTimeout(500);
      const last = soundsIn(await heardOn(page, "voice"), kAudible, 100).at(-1)[1];
      assert.ok(last - pressed < 500, `Eva went on for ${last - pressed} ms`);
      assert.equal(await page.locator(".caption.you").count(), 1, "the mute was not respected");
      return `silent ${Math.max(0, Math.round(last - pressed))} ms after Escape`;
    });
  },

  "a refused microphone is explained, and typing still works": async () => {
    return withPage(url, { refuse: true }, async (page) => {
      await startTalking(page);
      await page.waitForSelector("#problem:not([hidden])");
      assert.match(await page.textContent("#problem"), /not allowed to use your microphone/);
      await shoot(page, "refused");
      await type(page, "Can you hear me?");
      const eva = await captionOf(page, "eva");
      await waitForVoice(page, 300, kAudible);
      return `"${eva.slice(0, 40)}"`;
    });
  },

  "a lost connection is said and mended": async () => {
    const line = await openLine(new URL(url));
    try {
      return await withPage(line.url, {}, async (page) => {
        await page.evaluate(() => document.getElementById("start-typing").click());
        await page.waitForSelector('body[data-line="open"]');
        await type(page, "Good morning, Eva.");
        await waitForVoice(page, 300, kAudible);
        line.cut();
        await page.waitForSelector("#problem:not([hidden])");
        assert.match(await page.textContent("#problem"), /connection is lost/);
        line.mend();
        await page.waitForSelector('body[data-line="open"]', { timeout: 15_000 });
        await page.waitForSelector("#problem", { state: "hidden" });
        const before = await page.locator(".caption.eva").count();
        await type(page, "Are you back?");
        await page.waitForFunction(
          (count) => [...document.querySelectorAll(".caption.eva:not(.pending)")].length > count,
          before,
          { timeout: 60_000 },
        );
      });
    } finally {
      line.close();
    }
  },

  "a phone shows everything": async () => {
    const phone = { viewport: { width: 360, height: 640 }, reducedMotion: "reduce" };
    return withPage(url, phone, async (page) => {
      await startTalking(page);
      await type(page, longRequest);
      await captionOf(page, "eva");
      const size = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        high: document.documentElement.scrollHeight,
      }));
      assert.deepEqual(size, { wide: 360, high: 640 });
      for (const id of ["#mute", "#say", "#interrupt", "#captions", "#state"]) {
        const box = await page.locator(id).boundingBox();
        assert.ok(box && box.x >= 0 && box.x + box.width <= 360, `${id} is out of sight`);
      }
      await shoot(page, "phone");
    });
  },
};

if (env.EVA_LOCKED_URL && env.EVA_KEY) {
  const locked = env.EVA_LOCKED_URL.replace(/\/?$/, "/");
  cases["a locked Eva asks for the key"] = async () => {
    return withPage(locked, {}, async (page) => {
      await page.evaluate(() => document.getElementById("start-typing").click());
      await page.fill("#key", "wrong");
      await page.press("#key", "Enter");
      await page.waitForFunction(() => /not fit/.test(document.getElementById("hint").textContent));
      await unlock(page);
      await type(page, "Good morning, Eva.");
      await waitForVoice(page, 300, kAudible);
    });
  };

  cases["an insecure address is explained, and typing is answered in words"] = async () => {
    const far = new URL(locked);
    const flags = [`--host-resolver-rules=MAP eva.test ${far.hostname}`];
    far.hostname = "eva.test";
    return withPage(far.href, { flags }, async (page) => {
      await startTalking(page);
      await unlock(page);
      assert.match(await page.textContent("#problem"), /neither hear nor speak/);
      await type(page, "Good morning, Eva.");
      return `"${(await captionOf(page, "eva")).slice(0, 40)}"`;
    });
  };
}

async function unlock(page) {
  await page.fill("#key", env.EVA_KEY);
  await page.press("#key", "Enter");
  await page.waitForSelector('body[data-line="open"]');
}

let clips = 0;

/** A file for the microphone: clips, and silences in seconds. */
function microphoneClip(parts) {
  const file = path.join(work, `${clips++}.wav`);
  writeWav(file, [...parts, kTailSeconds]);
  return file;
}

function join(texts) {
  return texts.join("");
}

async function shoot(page, name) {
  if (!env.EVA_SHOTS) return;
  fs.mkdirSync(env.EVA_SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(env.EVA_SHOTS, `page-${name}.png`) });
}

/** A TCP line to `target` that can be cut and mended. */
async function openLine(target) {
  let whole = true;
  const sockets = new Set();
  const server = net.createServer((near) => {
    if (!whole) return near.destroy();
    const far = net.connect(Number(target.port || 80), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
    return undefined;
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const hangUp = () => sockets.forEach((socket) => socket.destroy());
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    cut() {
      whole = false;
      hangUp();
    },
    mend() {
      whole = true;
    },
    close() {
      hangUp();
      server.close();
    },
  };
}

const [question, interruption] = await readClips([
  env.EVA_QUESTION_CLIP ?? path.join(audio, "axb_a0005.flac"),
  env.EVA_INTERRUPTION_CLIP ?? path.join(audio, "1688-142285-0003.flac"),
]);
const wanted = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const [name, run] of Object.entries(cases)) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
  const began = performance.now();
  try {
    const detail = await run();
    passed++;
    const took = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`ok    ${name} (${took} s)${detail ? `: ${detail}` : ""}`);
  } catch (error) {
    failed++;
    console.log(`FAIL  ${name}: ${error.message}`);
  }
}
fs.rmSync(work, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
