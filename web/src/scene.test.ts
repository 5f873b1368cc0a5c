import assert from "node:assert/strict";
import { test } from "node:test";
import { problemFor, wordsFor, type Situation } from "./scene";

const talking: Situation = {
  started: true,
  line: "open",
  wasOpen: true,
  activity: "listening",
  level: "full",
  microphone: "on",
  muted: false,
  typed: false,
  audible: true,
  voiceless: false,
  stoppable: false,
  trouble: null,
  triedKey: false,
};

test("each of Eva's states has its own word", () => {
  const activities = ["listening", "hearing", "thinking", "speaking"] as const;
  const words = activities.map((activity) => wordsFor({ ...talking, activity }).state);
  assert.deepEqual(words, ["Listening", "Hearing you", "Thinking", "Speaking"]);
});

test("a short pause is shown, not announced", () => {
  const speaking = wordsFor({ ...talking, activity: "speaking" });
  assert.equal(speaking.passing, undefined);
  for (const level of ["ducked", "held"] as const) {
    const words = wordsFor({ ...talking, activity: "speaking", level });
    assert.equal(words.state, speaking.state, "what a screen reader is told stays");
    assert.ok(words.passing);
    assert.notEqual(words.hint, speaking.hint);
  }
});

test("she does not claim to listen when she cannot hear", () => {
  assert.equal(wordsFor({ ...talking, muted: true }).state, "Muted");
  assert.equal(wordsFor({ ...talking, microphone: "refused" }).state, "Ready");
});

test("each trouble with the microphone is told, and that one may type", () => {
  for (const microphone of ["refused", "missing", "busy", "lost", "failed", "insecure"] as const) {
    const problem = problemFor({ ...talking, microphone });
    assert.match(problem?.text ?? "", /type to me/, microphone);
  }
  const typed = problemFor({ ...talking, microphone: "refused", typed: true });
  assert.equal(typed?.text, "", "who types already need not be told");
  assert.equal(problemFor(talking), null);
});

test("a lost connection comes before all other troubles, a first attempt is none", () => {
  const refused = { ...talking, microphone: "refused" as const };
  assert.match(problemFor({ ...refused, line: "waiting" })?.title ?? "", /lost/);
  assert.match(problemFor({ ...refused, line: "connecting" })?.title ?? "", /lost/);
  assert.match(problemFor({ ...refused, line: "open" })?.title ?? "", /microphone/);
  assert.equal(problemFor({ ...talking, line: "connecting", wasOpen: false }), null);
});

test("a voice that did not load is told, and can be tried again", () => {
  const problem = problemFor({ ...talking, voiceless: true, audible: false });
  assert.match(problem?.title ?? "", /voice did not load/);
  assert.equal(problem?.action?.kind, "voice");
  assert.equal(problemFor({ ...talking, voiceless: true, started: false }), null);
});
