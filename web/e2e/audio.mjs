// Clips for the fake microphone.

import fs from "node:fs";
import { withBrowser } from "./browser.mjs";

const kRate = 48_000;

/** Reads sound files of any kind the browser knows (WAV, FLAC, ...): mono samples at 48 kHz. */
export async function readClips(files) {
  return withBrowser({}, async (browser) => {
    const page = await browser.newPage();
    const clips = [];
    for (const file of files) {
      const decoded = await page.evaluate(decode, [fs.readFileSync(file, "base64"), kRate]);
      const bytes = Buffer.from(decoded, "base64");
      clips.push(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2));
    }
    return clips;
  });
}

/** Somebody who says "uh" for so many seconds: a voice without a word. */
export function murmur(seconds) {
  const length = Math.round(seconds * kRate);
  let cycles = 0; // of the vocal cords; the pitch falls, or it would be a hum that browsers filter
  let samples = Float64Array.from({ length }, (_, i) => {
    cycles += (140 - (40 * i) / length) / kRate;
    return cycles - Math.floor(cycles) - 0.5;
  });
  for (const [frequency, bandwidth] of [
    [640, 80],
    [1190, 100],
    [2390, 150],
  ]) {
    samples = resonate(samples, frequency, bandwidth);
  }
  const peak = samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const fade = 0.03 * kRate;
  return Int16Array.from(samples, (x, i) => {
    const edge = Math.min(1, i / fade, (length - i) / fade);
    return Math.round((x / peak) * edge * 16_000);
  });
}

/** One formant: a resonator of second order, both in Hz. */
function resonate(samples, frequency, bandwidth) {
  const radius = Math.exp((-Math.PI * bandwidth) / kRate);
  const turn = 2 * radius * Math.cos((2 * Math.PI * frequency) / kRate);
  let [last, before] = [0, 0];
  return samples.map((x) => {
    [last, before] = [x + turn * last - radius * radius * before, last];
    return last;
  });
}

/** Writes a WAV file of clips and silences (numbers, in seconds), one after the other. */
export function writeWav(file, parts) {
  const pieces = parts.map((part) =>
    typeof part === "number" ? new Int16Array(Math.round(part * kRate)) : part,
  );
  const data = Buffer.concat(
    pieces.map((piece) => Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)),
  );
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + data.length, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16); // size of the format
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // mono
  header.writeUInt32LE(kRate, 24);
  header.writeUInt32LE(2 * kRate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(data.length, 40);
  fs.writeFileSync(file, Buffer.concat([header, data]));
}

/** Runs inside the browser. */
async function decode([base64, rate]) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const context = new OfflineAudioContext(1, 1, rate);
  const samples = (await context.decodeAudioData(bytes.buffer)).getChannelData(0);
  let text = "";
  for (const sample of samples) {
    const value = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
    text += String.fromCharCode(value & 0xff, (value >> 8) & 0xff);
  }
  return btoa(text);
}
