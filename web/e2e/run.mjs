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
import { murmur, readClips, writeWav } from "./audio.mjs";
import {
  captionOf,
  finalWords,
  heardOn,
  sentOf,
  startTalking,
  storedItem,
  type,
  unplugMicrophone,
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

// She would go on for many seconds; how fast she stops is printed, not tested: machines are busy.
const kStopsWithinMs = 3000;
const kAudible = 0.004; // RMS: quieter is silence (-48 dB)
const kLeadSeconds = 1.5; // of silence before the first word, while the page starts
const kAnswerSeconds = 8; // by when Eva has begun to answer what was typed
const kTailSeconds = 60; // of silence after the last word
const kMurmurSeconds = 0.2; // too short to interrupt where the words are not known in time
const kSpeechPauseMs = 700; // shorter pauses are part of an utterance

const cases = {
  "a spoken question is captioned and answered aloud": async () => {
    const clip = microphoneClip([kLeadSeconds, question]);
    return withPage(url, { clip }, async (page) => {
      await startTalking(page);
      const you = await finalWords(page);
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
      await page.waitForSelector(".caption.eva .note:not(:empty)", { timeout: 60_000 });
      await shoot(page, "interrupted");
      const [cutIn] = soundsIn(await heardOn(page, "mic"), kAudible, kSpeechPauseMs);
      const before = (await heardOn(page, "voice")).filter(([time]) => time < cutIn[0]);
      const audible = before.filter(([, rms]) => rms >= kAudible).length * 20;
      assert.ok(audible >= 500, `Eva had spoken only ${audible} ms when she was interrupted`);
      await page.waitForFunction((t) => performance.now() > t, cutIn[0] + 4000);
      const after = (await heardOn(page, "voice")).filter(
        ([time, rms]) => time >= cutIn[0] && time < cutIn[0] + 4000 && rms >= kAudible,
      );
      const silentAfter = after.length ? after.at(-1)[0] - cutIn[0] : 0;
      assert.ok(silentAfter < kStopsWithinMs, `Eva went on for ${silentAfter} ms`);
      const heard = await heardWordsOf(page);
      assert.match(heard, /\S/);
      const struck = await page.locator(".caption.eva s .word").allTextContents().then(join);
      // Between two sentences there is nothing to strike out: the next one has not arrived.
      assert.ok(/\S/.test(struck) || /[.!?]\s*$/.test(heard), `nothing is struck out: "${heard}"`);
      await assertStoredAsShown(page);
      return `silent ${Math.round(silentAfter)} ms after the person began`;
    });
  },

  "a murmur makes Eva pause and go on, words stop her": async () => {
    const uh = murmur(kMurmurSeconds); // twice: noise suppression may swallow one
    const clip = microphoneClip([kAnswerSeconds, uh, 1.5, uh, 6, interruption]);
    return withPage(url, { clip }, async (page) => {
      await startTalking(page);
      await type(page, longRequest);
      await levelShown(page, "held"); // for half a second
      await shoot(page, "pausing");
      assert.equal(await page.textContent("#state"), "Speaking", "a screen reader is told");
      await levelShown(page, "full", 2);
      await page.waitForTimeout(1500);
      assert.equal(await page.getAttribute("body", "data-activity"), "speaking");
      assert.ok((await page.locator(".caption.eva .pause").count()) > 0, "no mark of the pause");
      assert.equal(await page.locator(".caption.eva .note:not(:empty)").count(), 0);
      assert.equal(await page.locator(".caption.you").count(), 1, "the murmur was taken for a turn");
      assert.deepEqual(await sentOf(page, "conversation.item.truncate"), []);
      await shoot(page, "paused");
      const [[began]] = soundsIn(await heardOn(page, "mic"), kAudible, kSpeechPauseMs);
      const voice = soundsIn(await heardOn(page, "voice"), kAudible, 30);
      const gaps = voice.slice(1).map(([start], i) => ({ at: voice[i][1], ms: start - voice[i][1] }));
      const near = gaps.filter(({ at }) => at > began && at < began + 1000);
      const [pause] = near.sort((a, b) => b.ms - a.ms);
      assert.ok(pause, "Eva did not fall silent");

      await page.waitForSelector(".caption.eva .note:not(:empty)", { timeout: 30_000 });
      const shown = await page.evaluate(() => window.ear.levels);
      const levels = shown.map(({ level }) => level).filter((level) => level !== "ducked");
      assert.deepEqual(levels.slice(0, 3), ["full", "held", "full"]);
      assert.equal(levels.at(-1), "full");
      for (const { level, passing } of shown) assert.equal(passing !== "", level !== "full", level);
      await assertStoredAsShown(page);
      const after = Math.round(pause.at - began);
      return `silent ${after} ms after the murmur began, for ${Math.round(pause.ms)} ms`;
    });
  },

  "the person's words appear while they speak": async () => {
    const clip = microphoneClip([kLeadSeconds, question]);
    const partials = ["Will", " we", " never"];
    return withPage(url, { clip, partials }, async (page) => {
      await startTalking(page);
      const line = page.locator(".caption.you");
      await captionOf(page, "you", /^Will we$/);
      assert.equal(await page.getAttribute("body", "data-activity"), "hearing");
      assert.equal(await line.getAttribute("aria-busy"), "true", "half a line would be read aloud");
      await captionOf(page, "you", /^Will we never$/);
      await shoot(page, "hearing");
      const contrast = await page.evaluate(contrastOf, ".you .word");
      assert.ok(contrast >= 4.5, `the contrast is only ${contrast.toFixed(1)}`);
      const words = await finalWords(page, /forget/);
      assert.ok(!words.includes("never"), `the transcript does not replace the words: "${words}"`);
      assert.equal(await line.getAttribute("aria-busy"), "false");
      assert.equal(await line.count(), 1);
      return `"${words}"`;
    });
  },

  "a microphone that is unplugged in mid-speech ends the turn": async () => {
    const clip = microphoneClip([kLeadSeconds, interruption]);
    return withPage(url, { clip }, async (page) => {
      await startTalking(page);
      await page.waitForSelector('body[data-activity="hearing"]');
      await page.waitForTimeout(1500); // of speech
      await unplugMicrophone(page);
      await page.waitForFunction(
        () => document.body.dataset.activity !== "hearing" && !document.getElementById("problem").hidden,
        null,
        { timeout: 1000 },
      );
      assert.match(await page.textContent("#problem"), /microphone is gone/);
      const half = await finalWords(page);
      await page.waitForSelector('#meter[aria-valuenow="0"]', { timeout: 2000 });
      await waitForVoice(page, 300, kAudible); // what was said is answered
      assert.ok(await page.isEnabled("#interrupt"), "Stop is disabled while Eva speaks");
      await page.click("#interrupt");
      await page.waitForSelector(".caption.eva .note:not(:empty)");
      await page.click("#problem-action");
      await page.waitForSelector("#mute:enabled");
      await page.waitForFunction(
        () => document.querySelectorAll(".caption.you:not(.pending, .open)").length > 1,
        null,
        { timeout: 30_000 },
      );
      const captions = await page.locator(".caption.you:not(.pending, .open) .words").allTextContents();
      assert.equal(captions[0], half, "the half sentence was changed");
      return `"${half}"`;
    });
  },

  "Stop before the answer begins prevents it": async () => {
    const clip = microphoneClip([kLeadSeconds, question]);
    return withPage(url, { clip, delayed: "response.created" }, async (page) => {
      await startTalking(page);
      await page.waitForSelector('body[data-activity="thinking"]');
      await page.keyboard.press("Escape");
      await page.waitForSelector('body[data-activity="listening"]');
      await page.waitForFunction(() =>
        window.ear.sent.some(({ type: name }) => name === "response.cancel"),
      );
      await page.waitForTimeout(1500);
      const voice = await heardOn(page, "voice");
      assert.ok(voice.every(([, rms]) => rms < kAudible), "Eva spoke");
      assert.equal(await page.locator(".caption.eva:not(.pending)").count(), 0);
    });
  },

  "a part of the page that does not load is told and tried again": async () => {
    return withPage(url, { worklets: "missing.js" }, async (page) => {
      await startTalking(page);
      await page.waitForSelector("#problem:not([hidden])");
      assert.match(await page.textContent("#problem"), /voice did not load/);
      const live = () => window.ear.tracks.some(({ readyState }) => readyState === "live");
      await page.waitForFunction(() => window.ear.tracks.length > 0);
      await page.evaluate(() => (window.ear.worklets = null));
      await page.click("#problem-action");
      await page.waitForFunction(() =>
        /cannot listen/.test(document.getElementById("problem").textContent),
      );
      assert.equal(await page.evaluate(live), false, "the microphone was left on");
      await page.click("#problem-action");
      await page.waitForSelector("#problem", { state: "hidden" });
      await page.waitForSelector("#mute:enabled");
      await type(page, "Good morning, Eva.");
      await waitForVoice(page, 300, kAudible);
    });
  },

  "the focus is never lost, and captions are read aloud only on demand": async () => {
    const focused = (page) => page.evaluate(() => document.activeElement.id);
    await withPage(url, { refuse: true }, async (page) => {
      await page.focus("#start");
      await page.keyboard.press("Enter");
      await page.waitForSelector("body[data-scene=talk]");
      assert.equal(await focused(page), "state");
      assert.equal(await page.getAttribute("#captions", "aria-live"), "off");
      await page.click("#help-open");
      await page.check("#read-captions");
      await page.keyboard.press("Escape");
      assert.equal(await page.getAttribute("#captions", "aria-live"), "polite");
      await page.reload();
      assert.equal(await page.getAttribute("#captions", "aria-live"), "polite");
    });
    await withPage(url, { refuse: true }, async (page) => {
      await page.focus("#start-typing");
      await page.keyboard.press("Enter");
      await page.waitForSelector("body[data-scene=talk]");
      assert.equal(await focused(page), "say");
    });
  },

  "a connection that answers survives the browser's being offline": async () => {
    return withPage(url, {}, async (page) => {
      await page.evaluate(() => document.getElementById("start-typing").click());
      await page.waitForSelector('body[data-line="open"]');
      await page.evaluate(() => window.dispatchEvent(new Event("offline")));
      await page.waitForTimeout(2500);
      assert.equal(await page.getAttribute("body", "data-line"), "open");
      assert.equal(await page.evaluate(() => window.ear.sockets.length), 1);
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
      await page.waitForSelector(".caption.eva .note:not(:empty)");
      await waitForSilence(page);
      await page.waitForTimeout(500);
      const last = soundsIn(await heardOn(page, "voice"), kAudible, 100).at(-1)[1];
      assert.ok(last - pressed < kStopsWithinMs, `Eva went on for ${last - pressed} ms`);
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

  "a connection that is lost while Eva speaks silences her and keeps what was heard": async () => {
    const line = await openLine(new URL(url));
    try {
      return await withPage(line.url, {}, async (page) => {
        await page.evaluate(() => document.getElementById("start-typing").click());
        await page.waitForSelector('body[data-line="open"]');
        await type(page, longRequest);
        await waitForVoice(page, 700, kAudible);
        const cut = await page.evaluate(() => performance.now());
        line.cut();
        await page.waitForSelector(".caption.eva .note:not(:empty)");
        const heard = await heardWordsOf(page);
        line.mend();
        await page.waitForSelector('body[data-line="open"]', { timeout: 15_000 });
        const last = soundsIn(await heardOn(page, "voice"), kAudible, 100).at(-1)[1];
        assert.ok(last - cut < kStopsWithinMs, `Eva went on for ${last - cut} ms`);
        const created = await sentOf(page, "conversation.item.create");
        const memory = created.slice(-2).map(({ item }) => [item.role, item.content[0].text]);
        assert.deepEqual(memory, [
          ["user", longRequest],
          ["assistant", heard.trim()],
        ]);
        const stored = await storedItem(page, created.at(-1).item.id);
        assert.equal(stored.content[0].text, heard.trim());
        await type(page, "Are you back?");
        await page.waitForFunction(
          () => document.querySelectorAll(".caption.eva:not(.pending)").length > 1,
          null,
          { timeout: 60_000 },
        );
        return `"${heard.trim()}"`;
      });
    } finally {
      line.close();
    }
  },

  "by night the page is dark": async () => {
    const clip = microphoneClip([kLeadSeconds, question]);
    return withPage(url, { clip, colorScheme: "dark" }, async (page) => {
      await startTalking(page);
      await waitForVoice(page, 500, kAudible);
      await page.waitForSelector(".latency .total");
      for (const selector of [".eva .word", ".you .word", "#hint", ".latency .total", "#mute"]) {
        const contrast = await page.evaluate(contrastOf, selector);
        assert.ok(contrast >= 4.5, `the contrast of ${selector} is only ${contrast.toFixed(1)}`);
      }
      await shoot(page, "dark");
    });
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

/** Waits until the page has shown `level` of Eva's voice for the `times`th time. */
async function levelShown(page, level, times = 1) {
  await page.waitForFunction(
    ([wanted, count]) => window.ear.levels.filter((shown) => shown.level === wanted).length >= count,
    [level, times],
    { timeout: 30_000 },
  );
}

async function unlock(page) {
  await page.fill("#key", env.EVA_KEY);
  await page.press("#key", "Enter");
  await page.waitForSelector('body[data-line="open"]');
}

/** The server must remember of Eva's answer what the page does not strike out. */
async function assertStoredAsShown(page) {
  const truncate = (await sentOf(page, "conversation.item.truncate")).at(-1);
  const stored = (await storedItem(page, truncate.item_id)).content[0].transcript.trim();
  const shown = (await heardWordsOf(page)).trim();
  const longer = stored.length > shown.length ? stored : shown;
  const apart = Math.abs(stored.split(/\s+/).length - shown.split(/\s+/).length);
  assert.ok(longer.startsWith(stored) && longer.startsWith(shown), `"${stored}" / "${shown}"`);
  assert.ok(apart <= 2, `the server stored "${stored}", the page shows "${shown}"`);
}

/** The words of Eva's interrupted answer that the page does not strike out. */
async function heardWordsOf(page) {
  return page.locator(".caption.eva:has(.note:not(:empty)) .words > .word").allTextContents().then(join);
}

/** Runs inside the page: WCAG contrast of an element's text with the page or its own ground. */
function contrastOf(selector) {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  const luminance = (colour) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((byte) => {
      const value = byte / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const element = document.querySelector(selector);
  let ground = element;
  while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
  const pair = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor];
  const [dark, light] = pair.map(luminance).sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
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
