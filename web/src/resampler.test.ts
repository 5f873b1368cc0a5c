import assert from "node:assert/strict";
import { test } from "node:test";
import { Resampler } from "./resampler";

function tone(hz: number, rate: number, seconds: number): Float32Array {
  return Float32Array.from({ length: rate * seconds }, (_, n) =>
    Math.sin((2 * Math.PI * hz * n) / rate),
  );
}

/** Converts in uneven blocks, as a stream comes. */
function convert(input: Float32Array, inRate: number, outRate: number): Float32Array {
  const resampler = new Resampler(inRate, outRate);
  const output: number[] = [];
  for (let at = 0, size = 1; at < input.length; at += size, size = (size * 7) % 1009) {
    output.push(...resampler.push(input.subarray(at, at + size)));
  }
  output.push(...resampler.end());
  return Float32Array.from(output);
}

function level(samples: Float32Array): number {
  const middle = samples.subarray(samples.length >> 2, (samples.length * 3) >> 2);
  return Math.sqrt(middle.reduce((sum, x) => sum + x * x, 0) / middle.length);
}

for (const [inRate, outRate] of [
  [48_000, 24_000],
  [44_100, 24_000],
  [24_000, 48_000],
  [24_000, 44_100],
] as const) {
  test(`${inRate} to ${outRate} Hz keeps a tone, its place and its length`, () => {
    const output = convert(tone(1000, inRate, 0.5), inRate, outRate);
    assert.ok(Math.abs(output.length - outRate / 2) <= 2, `${output.length} samples`);
    const wanted = tone(1000, outRate, 0.5);
    for (let n = 200; n < output.length - 200; n++) {
      assert.ok(Math.abs(output[n]! - wanted[n]!) < 1e-3, `sample ${n}`);
    }
  });
}

test("what the lower rate cannot carry is filtered out, not folded back", () => {
  const folded = level(convert(tone(15_000, 48_000, 0.5), 48_000, 24_000));
  assert.ok(folded < 1e-3, `${20 * Math.log10(folded)} dB`);
  const mirrored = convert(tone(9000, 24_000, 0.5), 24_000, 48_000);
  assert.ok(Math.abs(level(mirrored) - Math.SQRT1_2) < 1e-2);
});
