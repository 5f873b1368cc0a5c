import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Conversation,
  heardText,
  heardWords,
  kMaxCaptions,
  textOf,
  totalLatency,
  wordsOf,
} from "./conversation";
import type { ServerEvent } from "./protocol";

/** Base64 of `ms` milliseconds of silence. */
function audio(ms: number): string {
  return Buffer.alloc(ms * 48).toString("base64");
}

function words(delta: string): ServerEvent {
  return {
    type: "response.output_audio_transcript.delta",
    response_id: "r1",
    item_id: "e1",
    delta,
  };
}

function sound(ms: number): ServerEvent {
  return {
    type: "response.output_audio.delta",
    response_id: "r1",
    item_id: "e1",
    delta: audio(ms),
  };
}

const soundDone: ServerEvent = {
  type: "response.output_audio.done",
  response_id: "r1",
  item_id: "e1",
};

/** A spoken question whose answer (item e1) has begun at 700 ms. */
function asked(silenceMs?: (now: number) => number | undefined): Conversation {
  const talk = new Conversation(silenceMs);
  const input = { turn_detection: { type: "server_vad", silence_duration_ms: 300 } };
  talk.on({ type: "session.created", session: { audio: { input } } }, 0);
  talk.on(
    { type: "input_audio_buffer.speech_started", item_id: "y1", audio_start_ms: 0 },
    0,
  );
  talk.on({ type: "input_audio_buffer.speech_stopped", item_id: "y1", audio_end_ms: 100 }, 100);
  talk.on({ type: "input_audio_buffer.committed", item_id: "y1" }, 100);
  talk.on(
    {
      type: "conversation.item.input_audio_transcription.completed",
      item_id: "y1",
      transcript: " Hello? ",
    },
    250,
  );
  talk.on({ type: "response.created", response: { id: "r1", status: "in_progress" } }, 260);
  talk.on(
    {
      type: "response.output_item.added",
      response_id: "r1",
      item: { id: "e1", type: "message", role: "assistant" },
    },
    700,
  );
  return talk;
}

function done(talk: Conversation, status: string): void {
  talk.on({ type: "response.done", response: { id: "r1", status } }, 5000);
}

test("a voice turn goes from listening over hearing and thinking to speaking and back", () => {
  const talk = new Conversation();
  assert.equal(talk.activity, "listening");
  talk.on({ type: "input_audio_buffer.speech_started", item_id: "y1", audio_start_ms: 0 }, 0);
  assert.equal(talk.activity, "hearing");
  talk.on({ type: "input_audio_buffer.speech_stopped", item_id: "y1", audio_end_ms: 9 }, 9);
  talk.on({ type: "input_audio_buffer.committed", item_id: "y1" }, 9);
  assert.equal(talk.activity, "thinking");

  const answered = asked();
  answered.on(words("Good morning."), 800);
  answered.on(sound(200), 800);
  assert.equal(answered.activity, "thinking", "nothing has been heard yet");
  answered.onSound("e1", 860);
  assert.equal(answered.activity, "speaking");
  answered.on(soundDone, 900);
  done(answered, "completed");
  assert.equal(answered.activity, "speaking", "the last words are still being played");
  answered.onPlayedOut("e1", 200);
  assert.equal(answered.activity, "listening");
});

test("the wait for an answer is told in its four parts", () => {
  const talk = asked();
  assert.equal(totalLatency(talk.caption("e1")!.latency), undefined, "nothing heard yet");
  talk.onSound("e1", 900);
  assert.deepEqual(talk.caption("e1")!.latency, {
    endpointing: 300,
    measured: false,
    stt: 150,
    brain: 450,
    voice: 200,
  });
  assert.equal(totalLatency(talk.caption("e1")!.latency), 1100);
});

test("what the microphone tells of the end of speech counts more than the settings", () => {
  const talk = asked((now) => now - 60); // the person fell silent at 60 ms
  talk.onSound("e1", 900);
  const { latency } = talk.caption("e1")!;
  assert.equal(latency.endpointing, 40);
  assert.ok(latency.measured);
  assert.equal(totalLatency(latency), 840, "from 60 to 900 ms");
});

test("typed words have no endpointing and no STT", () => {
  const talk = new Conversation();
  talk.onTyped("t1", "Hello", 0);
  assert.equal(talk.activity, "thinking");
  talk.on({ type: "response.created", response: { id: "r1", status: "in_progress" } }, 10);
  talk.on(
    { type: "response.output_item.added", response_id: "r1", item: { id: "e1", type: "message" } },
    60,
  );
  talk.onSound("e1", 100);
  assert.deepEqual(talk.caption("e1")!.latency, { brain: 60, voice: 40 });
});

test("noise leaves no caption and no thinking", () => {
  const talk = new Conversation();
  talk.on({ type: "input_audio_buffer.speech_started", item_id: "y1", audio_start_ms: 0 }, 0);
  talk.on({ type: "input_audio_buffer.committed", item_id: "y1" }, 9);
  talk.on(
    {
      type: "conversation.item.input_audio_transcription.completed",
      item_id: "y1",
      transcript: "  ",
    },
    20,
  );
  assert.deepEqual(talk.captions, []);
  assert.equal(talk.activity, "listening");
});

test("what was heard follows the audio, clause by clause", () => {
  const talk = asked();
  talk.on(words("One two three. "), 800);
  talk.on(sound(1000), 800);
  talk.on(words("Four five six."), 900);
  talk.on(sound(3000), 900);
  talk.on(soundDone, 950);
  const caption = talk.caption("e1")!;

  talk.onPlayed("e1", 0);
  assert.equal(heardText(caption), "");
  talk.onPlayed("e1", 1000);
  assert.equal(heardText(caption), "One two three. ");
  talk.onPlayed("e1", 2500); // the middle of "Four five six."
  assert.equal(heardText(caption), "One two three. Four five ");
  talk.onPlayed("e1", 4000);
  assert.equal(heardText(caption), textOf(caption));
});

test("a clause that was cut off is not taken for heard because its audio never arrived", () => {
  const talk = asked();
  talk.on(words("x".repeat(20)), 800);
  talk.on(sound(2000), 800); // 100 ms per character
  talk.on(words(" one two three four"), 900); // 19 characters: about 1900 ms
  talk.on(sound(300), 900);
  talk.onCut("e1", 2290);
  done(talk, "cancelled");
  assert.equal(heardWords(talk.caption("e1")!), 2, "the long word and 'one'");
  assert.equal(talk.caption("e1")!.state, "cut");
});

test("after the cut nothing moves the place any more, but the server's word", () => {
  const talk = asked();
  talk.on(words("One two."), 800);
  talk.on(sound(1000), 800);
  talk.onSound("e1", 850);
  talk.onCut("e1", 400);
  assert.notEqual(talk.activity, "speaking");
  talk.onPlayed("e1", 450); // a late report of the player
  talk.on(soundDone, 990);
  assert.equal(talk.caption("e1")!.playedMs, 400);
  assert.equal(talk.caption("e1")!.state, "cut");
  talk.on({ type: "conversation.item.truncated", item_id: "e1", audio_end_ms: 380 }, 999);
  assert.equal(talk.caption("e1")!.playedMs, 380);
});

test("an answer that was cancelled before its first word leaves no caption", () => {
  const talk = asked();
  done(talk, "cancelled");
  assert.deepEqual(
    talk.captions.map(({ id }) => id),
    ["y1"],
  );
  assert.equal(talk.activity, "listening");
});

test("a lost connection ends what was under way and keeps what was said", () => {
  const talk = asked();
  talk.on(words("One two three four."), 800);
  talk.on(sound(1000), 800);
  talk.onSound("e1", 850);
  talk.onPlayed("e1", 600);
  talk.on({ type: "input_audio_buffer.speech_started", item_id: "y2", audio_start_ms: 0 }, 900);
  talk.onDisconnected();
  assert.equal(talk.activity, "listening");
  assert.deepEqual(talk.history(10), [
    { role: "user", text: "Hello?" },
    { role: "assistant", text: "One two" },
  ]);
  assert.deepEqual(talk.history(1), [{ role: "assistant", text: "One two" }]);
});

test("words that come without audio between them are one clause", () => {
  const talk = asked();
  talk.on(words("Good mor"), 800);
  talk.on(words("ning."), 800);
  assert.deepEqual(talk.caption("e1")!.clauses, [{ text: "Good morning.", startMs: 0 }]);
});

test("words keep their white space", () => {
  assert.deepEqual(wordsOf(" One  two."), [" One  ", "two."]);
  assert.deepEqual(wordsOf(""), []);
});

test("a lost microphone ends hearing; what was said is still answered", () => {
  const talk = new Conversation();
  talk.on({ type: "input_audio_buffer.speech_started", item_id: "y1", audio_start_ms: 0 }, 0);
  talk.onMicrophoneLost();
  assert.equal(talk.activity, "listening");
  talk.on({ type: "input_audio_buffer.committed", item_id: "y1" }, 20);
  assert.equal(talk.activity, "thinking");
});

test("speech that the server was told to forget leaves no caption", () => {
  const talk = asked();
  talk.on({ type: "input_audio_buffer.speech_started", item_id: "y2", audio_start_ms: 0 }, 800);
  talk.onMicrophoneLost();
  talk.on({ type: "input_audio_buffer.cleared" }, 820);
  assert.deepEqual(
    talk.captions.map(({ id }) => id),
    ["y1", "e1"],
  );
});

test("an answer that is stopped before it begins is unwanted when it does", () => {
  const talk = new Conversation();
  talk.on({ type: "input_audio_buffer.committed", item_id: "y1" }, 0);
  assert.ok(talk.busy);
  assert.equal(talk.dismiss(), false, "there is nothing to cancel yet");
  assert.equal(talk.activity, "listening");
  assert.ok(!talk.busy);
  assert.ok(!talk.unwanted);
  talk.on({ type: "response.created", response: { id: "r1", status: "in_progress" } }, 10);
  assert.ok(talk.unwanted);
  assert.equal(talk.activity, "listening");
  talk.on(
    { type: "response.output_item.added", response_id: "r1", item: { id: "e1", type: "message" } },
    20,
  );
  talk.on(words("One two."), 20);
  done(talk, "cancelled");
  assert.equal(talk.caption("e1"), undefined, "nobody heard it");
  assert.ok(!talk.unwanted);
});

test("an answer that is stopped while it is found is unwanted; the next one is not", () => {
  const talk = asked();
  assert.ok(talk.dismiss());
  assert.ok(talk.unwanted);
  talk.onTyped("t1", "Hello", 800);
  assert.equal(talk.activity, "thinking");
  done(talk, "cancelled");
  talk.on({ type: "response.created", response: { id: "r2", status: "in_progress" } }, 900);
  assert.ok(!talk.unwanted);
});

test("there is something to stop while Eva speaks, though the person speaks too", () => {
  const talk = asked();
  talk.on(words("One two."), 800);
  talk.on(sound(200), 800);
  talk.onSound("e1", 850);
  done(talk, "completed");
  talk.on({ type: "input_audio_buffer.speech_started", item_id: "y2", audio_start_ms: 0 }, 900);
  assert.equal(talk.activity, "hearing");
  assert.ok(talk.busy);
  talk.onPlayedOut("e1", 200);
  assert.ok(!talk.busy);
});

test("only captions that changed are told, those that are gone included", () => {
  const talk = asked();
  assert.deepEqual([...talk.takeChanged()], ["y1", "e1"]);
  assert.deepEqual([...talk.takeChanged()], []);
  talk.on(words("One two."), 800);
  assert.deepEqual([...talk.takeChanged()], ["e1"]);
  talk.on(sound(200), 800);
  assert.deepEqual([...talk.takeChanged()], ["e1"]);
  talk.onSound("e1", 810);
  assert.deepEqual([...talk.takeChanged()], ["e1"]);
  talk.onPlayed("e1", 50);
  assert.deepEqual([...talk.takeChanged()], ["e1"]);
  talk.on(soundDone, 900);
  assert.deepEqual([...talk.takeChanged()], ["e1"]);
  talk.onPlayedOut("e1", 200);
  done(talk, "completed");
  talk.takeChanged();
  talk.on({ type: "input_audio_buffer.speech_started", item_id: "y2", audio_start_ms: 0 }, 6000);
  talk.takeChanged();
  talk.onDisconnected();
  assert.deepEqual([...talk.takeChanged()], ["y2"]);
  assert.equal(talk.caption("y2"), undefined);
});

test("the oldest captions go when there are too many", () => {
  const talk = new Conversation();
  for (let i = 0; i <= kMaxCaptions; i++) talk.onTyped(`t${i}`, "Hello", i);
  assert.equal(talk.captions.length, kMaxCaptions);
  assert.equal(talk.caption("t0"), undefined);
  assert.equal(talk.captions[0]!.id, "t1");
});
