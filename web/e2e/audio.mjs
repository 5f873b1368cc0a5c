// WAV clips for the fake microphone: PCM16, mono, all of one rate.

import fs from "node:fs";

/** Reads a PCM16 WAV file; of several channels it takes the first. */
export function readWav(bytes) {
  if (bytes.toString("latin1", 0, 4) !== "RIFF") throw new Error("not a WAV file");
  let rate = 0;
  let channels = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = bytes.toString("latin1", at, at + 4);
    const size = Math.min(bytes.readUInt32LE(at + 4), bytes.length - at - 8);
    if (id === "fmt ") {
      channels = bytes.readUInt16LE(at + 10);
      rate = bytes.readUInt32LE(at + 12);
      if (bytes.readUInt16LE(at + 22) !== 16) throw new Error("WAV must be 16 bit PCM");
    } else if (id === "data") {
      const samples = new Int16Array(Math.floor(size / 2 / channels));
      for (let i = 0; i < samples.length; i++) {
        samples[i] = bytes.readInt16LE(at + 8 + 2 * i * channels);
      }
      return { rate, samples };
    }
    at += 8 + size + (size & 1);
  }
  throw new Error("WAV without data");
}

/** Writes clips and silences (numbers, in seconds) one after the other. */
export function writeWav(file, parts) {
  const clips = parts.filter((part) => typeof part !== "number");
  const rate = clips[0].rate;
  if (clips.some((clip) => clip.rate !== rate)) throw new Error("clips differ in sample rate");
  const pieces = parts.map((part) =>
    typeof part === "number" ? new Int16Array(Math.round(part * rate)) : part.samples,
  );
  const size = 2 * pieces.reduce((sum, piece) => sum + piece.length, 0);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + size, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(size, 40);
  const data = pieces.map((piece) =>
    Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength),
  );
  fs.writeFileSync(file, Buffer.concat([header, ...data]));
}

export function seconds(clip) {
  return clip.samples.length / clip.rate;
}
