import assert from "node:assert/strict";
import { test } from "node:test";
import { PlaybackQueue, type PlaybackReport } from "./worklets/playback-queue";

const kRate = 1000; // one frame per millisecond: jitter 50, report 50, fade 6
const kQuantum = 10;

class Rig {
  readonly reports: PlaybackReport[] = [];
  readonly queue = new PlaybackQueue(kRate, (report) => this.reports.push(report));

  push(item: string, ms: number): void {
    this.queue.on({ type: "push", item, samples: new Float32Array(ms).fill(1) });
  }

  /** Plays `ms`; returns how many frames sounded. */
  play(ms: number): number {
    let sounded = 0;
    for (let t = 0; t < ms; t += kQuantum) {
      const output = new Float32Array(kQuantum);
      this.queue.pull(output);
      sounded += output.filter((x) => x > 0).length;
    }
    return sounded;
  }

  of(type: PlaybackReport["type"]): PlaybackReport[] {
    return this.reports.filter((report) => report.type === type);
  }
}

test("playing starts when the jitter buffer is full, not before", () => {
  const rig = new Rig();
  rig.push("a", 49);
  assert.equal(rig.play(100), 0);
  assert.deepEqual(rig.of("started"), []);
  rig.push("a", 1);
  assert.equal(rig.play(100), 50);
  assert.deepEqual(rig.of("started"), [{ type: "started", item: "a" }]);
});

test("a short item that is complete does not wait for the jitter buffer", () => {
  const rig = new Rig();
  rig.push("a", 20);
  rig.queue.on({ type: "end", item: "a" });
  assert.equal(rig.play(100), 20);
  assert.deepEqual(rig.of("ended"), [{ type: "ended", item: "a", frames: 20 }]);
});

test("an item that runs dry is not over: it collects again and goes on", () => {
  const rig = new Rig();
  rig.push("a", 60);
  assert.equal(rig.play(100), 60);
  rig.push("a", 40);
  assert.equal(rig.play(100), 0);
  rig.push("a", 10);
  assert.equal(rig.play(100), 50);
  assert.deepEqual(rig.of("ended"), []);
  assert.equal(rig.of("started").length, 1);
});

test("a voice that is held counts what it plays, the repeated word too, and starts again at once", () => {
  const rig = new Rig();
  rig.push("a", 100); // what the server sends ahead
  for (let t = 0; t < 200; t += 20) {
    rig.push("a", 20);
    assert.equal(rig.play(20), 20);
  }
  assert.equal(rig.play(500), 100, "what was on its way is still heard, then silence");
  rig.push("a", 100); // from the gap before the word in which she stopped
  assert.equal(rig.play(10), 10);
  rig.queue.on({ type: "flush" });
  rig.play(10);
  assert.deepEqual(rig.of("flushed"), [{ type: "flushed", items: [{ item: "a", frames: 316 }] }]);
  assert.deepEqual(rig.of("started").length, 1);
  assert.deepEqual(rig.of("ended"), []);
});

test("what is queued becomes quiet in a ramp, what comes after is played as it is", () => {
  const rig = new Rig();
  rig.push("a", 100);
  rig.play(20);
  rig.queue.on({ type: "quiet", on: true });
  rig.push("a", 100);
  const output = new Float32Array(180);
  rig.queue.pull(output);
  const quiet = 10 ** (-18 / 20);
  assert.ok(output[0]! < 1 && output[0]! > 0.9, "no click");
  assert.ok(Math.abs(output[79]! - quiet) < 1e-6);
  assert.ok(output[80]! < 0.2, "no click");
  assert.equal(output[179], 1);
  assert.deepEqual(rig.of("position").at(-1), { type: "position", item: "a", frames: 200 });
});

test("what is queued is as loud as before when she comes back, and after a flush", () => {
  const rig = new Rig();
  rig.push("a", 300);
  rig.queue.on({ type: "quiet", on: true });
  rig.play(100);
  rig.queue.on({ type: "quiet", on: false });
  const output = new Float32Array(50);
  rig.queue.pull(output);
  assert.equal(output[49], 1);

  rig.queue.on({ type: "quiet", on: true });
  rig.play(50);
  rig.queue.on({ type: "flush" });
  rig.play(20);
  rig.push("b", 60);
  const next = new Float32Array(10);
  rig.queue.pull(next);
  assert.equal(next[0], 1);
});

test("the position is reported every 50 ms of sound", () => {
  const rig = new Rig();
  rig.push("a", 200);
  rig.play(120);
  assert.deepEqual(rig.of("position"), [
    { type: "position", item: "a", frames: 50 },
    { type: "position", item: "a", frames: 100 },
  ]);
});

test("a flush fades out and counts what was played, the fade included", () => {
  const rig = new Rig();
  rig.push("a", 200);
  rig.push("b", 200);
  assert.equal(rig.play(100), 100);
  rig.queue.on({ type: "flush" });
  assert.equal(rig.play(100), 6);
  assert.deepEqual(rig.of("flushed"), [
    {
      type: "flushed",
      items: [
        { item: "a", frames: 106 },
        { item: "b", frames: 0 },
      ],
    },
  ]);
  rig.push("c", 60);
  assert.equal(rig.play(100), 60);
});

test("a flush before the first sound answers at once", () => {
  const rig = new Rig();
  rig.push("a", 20);
  rig.queue.on({ type: "flush" });
  assert.deepEqual(rig.of("flushed"), [{ type: "flushed", items: [{ item: "a", frames: 0 }] }]);
  assert.equal(rig.play(100), 0);
});

test("a flush within the last frames completes though there is less than a fade left", () => {
  const rig = new Rig();
  rig.push("a", 53);
  assert.equal(rig.play(50), 50);
  rig.queue.on({ type: "flush" });
  assert.equal(rig.play(20), 3);
  assert.deepEqual(rig.of("flushed"), [{ type: "flushed", items: [{ item: "a", frames: 53 }] }]);
});

test("one item follows the other without a gap", () => {
  const rig = new Rig();
  rig.push("a", 55);
  rig.push("b", 55);
  assert.equal(rig.play(100), 100);
  assert.deepEqual(rig.of("ended"), [{ type: "ended", item: "a", frames: 55 }]);
});
