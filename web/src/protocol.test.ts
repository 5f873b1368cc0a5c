import assert from "node:assert/strict";
import { test } from "node:test";
import { audioMs, decodeAudio, encodeAudio } from "./protocol";

test("audio survives the way over the wire", () => {
  const samples = Float32Array.from([0, 0.5, -0.5, 0.999, -1]);
  const back = decodeAudio(encodeAudio(samples));
  samples.forEach((sample, n) => assert.ok(Math.abs(back[n]! - sample) < 1e-4));
});

test("samples beyond full scale are clipped, not wrapped", () => {
  const [high, low] = decodeAudio(encodeAudio(Float32Array.from([1.5, -1.5])));
  assert.ok(high! > 0.999 && low! < -0.999);
});

test("the length of audio is read off its base64, whatever the padding", () => {
  for (const samples of [0, 1, 2, 3, 480]) {
    const ms = audioMs(encodeAudio(new Float32Array(samples)));
    assert.ok(Math.abs(ms - samples / 24) < 1e-9, `${samples} samples`);
  }
});
