import assert from "node:assert/strict";
import { test } from "node:test";
import { SpeechEnd } from "./speech-end";

/** A microphone that gives blocks of 20 ms. */
class Rig {
  readonly speechEnd = new SpeechEnd();
  now = 0;

  hear(level: number, ms: number): void {
    for (let t = 0; t < ms; t += 20) this.speechEnd.onBlock(level, (this.now += 20));
  }
}

test("silence is counted from the last loud block to the moment of the question", () => {
  const rig = new Rig();
  rig.hear(0.001, 1000);
  rig.hear(0.1, 300);
  rig.speechEnd.onSpeech();
  rig.hear(0.1, 700);
  rig.hear(0.001, 460);
  assert.equal(rig.speechEnd.silenceMs(rig.now + 15), 475);
});

test("the faint end of a word is speech, a click after it is not", () => {
  const rig = new Rig();
  rig.hear(0.0001, 1000);
  rig.hear(0.2, 500);
  rig.speechEnd.onSpeech();
  rig.hear(0.012, 100);
  rig.hear(0.0001, 200);
  rig.hear(0.2, 20);
  rig.hear(0.0001, 200);
  assert.equal(rig.speechEnd.silenceMs(rig.now), 420);
});

test("a sound from before the turn is not its end, nor its peak", () => {
  const rig = new Rig();
  rig.hear(1, 200);
  rig.hear(0.001, 1000);
  rig.hear(0.04, 300);
  rig.speechEnd.onSpeech();
  rig.hear(0.001, 500);
  assert.equal(rig.speechEnd.silenceMs(rig.now), 500);
});

test("where background hides the end of speech, nothing is claimed", () => {
  const noisy = new Rig();
  noisy.hear(0.05, 1000);
  noisy.speechEnd.onSpeech();
  noisy.hear(0.1, 500);
  noisy.hear(0.05, 500);
  assert.equal(noisy.speechEnd.silenceMs(noisy.now), undefined);

  const dead = new Rig();
  assert.equal(dead.speechEnd.silenceMs(0), undefined);
  dead.hear(0, 1000);
  assert.equal(dead.speechEnd.silenceMs(1000), undefined);
});

test("only the last ten seconds count", () => {
  const rig = new Rig();
  rig.speechEnd.onSpeech();
  rig.hear(0.1, 100);
  rig.hear(0.001, 12_000);
  assert.equal(rig.speechEnd.silenceMs(rig.now), undefined);
});
