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
