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
  assert.equal(talk.activity, "hearing", "nothing between hearing and thinking");
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

function partial(text: string, item_id = "y1"): ServerEvent {
  return { type: "conversation.item.input_audio_transcription.delta", item_id, delta: text };
}

function transcript(text: string): ServerEvent {
  return {
    type: "conversation.item.input_audio_transcription.completed",
    item_id: "y1",
    transcript: text,
  };
}

test("the person's words grow while they speak; the transcript replaces them", () => {
  const talk = new Conversation();
  talk.on({ type: "input_audio_buffer.speech_started", item_id: "y1", audio_start_ms: 0 }, 0);
  talk.on(partial("Wi"), 400);
  talk.on(partial("ll we"), 600);
  const caption = talk.caption("y1")!;
  assert.deepEqual(wordsOf(textOf(caption)), ["Will ", "we"]);
  assert.equal(caption.state, "open");
  assert.equal(talk.activity, "hearing");
  talk.on({ type: "input_audio_buffer.committed", item_id: "y1" }, 900);
  talk.on(partial(" ever for"), 950);
  talk.takeChanged();
  talk.on(transcript("We'll never forget."), 1000);
  assert.equal(textOf(caption), "We'll never forget.");
  assert.equal(caption.state, "done");
  assert.deepEqual([...talk.takeChanged()], ["y1"]);
  talk.on(partial(" too late"), 1100);
  assert.equal(textOf(caption), "We'll never forget.");
});

test("words of speech that took nobody's turn leave no caption", () => {
  const talk = new Conversation();
  talk.on(partial("Mm-hm"), 100);
  assert.deepEqual(talk.captions, []);
});

test("words that turn out to be noise go", () => {
  const talk = new Conversation();
  talk.on({ type: "input_audio_buffer.speech_started", item_id: "y1", audio_start_ms: 0 }, 0);
  talk.on(partial("Thank you."), 100);
  talk.on({ type: "input_audio_buffer.committed", item_id: "y1" }, 200);
  talk.on(transcript(""), 300);
  assert.deepEqual(talk.captions, []);
  assert.deepEqual([...talk.takeChanged()], ["y1"]);
});

test("words that the server was told to forget go", () => {
  const talk = new Conversation();
  talk.on({ type: "input_audio_buffer.speech_started", item_id: "y1", audio_start_ms: 0 }, 0);
  talk.on(partial("Will we"), 100);
  talk.on({ type: "input_audio_buffer.cleared" }, 200);
  assert.deepEqual(talk.captions, []);
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

function level(level: "full" | "ducked" | "held", response_id = "r1"): ServerEvent {
  return { type: "eva.reply.level", response_id, level };
}

/** Eva speaks: the first second of an answer has arrived, two of four words. */
function speaking(): Conversation {
  const talk = asked();
  talk.on(words("aaaa bbbb cccc dddd"), 800); // 1.2 s at the usual pace
  talk.on(sound(600), 800);
  talk.onSound("e1", 850);
  talk.onPlayed("e1", 500);
  return talk;
}

test("she gives way while somebody speaks over her, and comes back", () => {
  const talk = speaking();
  assert.equal(talk.level, "full");
  talk.on(level("ducked"), 1300);
  assert.equal(talk.level, "ducked");
  assert.equal(talk.activity, "speaking");
  talk.on(level("held"), 1360);
  assert.equal(talk.level, "held");
  talk.on(level("full"), 1800);
  assert.equal(talk.level, "full");
});

test("the level ends with the voice: interrupted, stopped, disconnected, or another answer", () => {
  for (const end of [
    (talk: Conversation) => talk.onCut("e1", 500),
    (talk: Conversation) => talk.onPlayedOut("e1", 600),
    (talk: Conversation) => talk.onDisconnected(),
  ]) {
    const talk = speaking();
    talk.on(level("held"), 1300);
    end(talk);
    assert.equal(talk.level, "full");
  }
  const talk = speaking();
  talk.on(level("held", "r0"), 1300);
  assert.equal(talk.level, "full");
});

test("where she paused and went on is marked, once, and stays", () => {
  const talk = speaking();
  const caption = talk.caption("e1")!;
  talk.on(level("ducked"), 1300);
  assert.deepEqual(caption.pauses, [], "she only spoke more quietly");
  talk.takeChanged();
  talk.on(level("held"), 1360);
  assert.deepEqual([...talk.takeChanged()], ["e1"]);
  talk.on(level("full"), 1800);
  talk.on(level("held"), 1900); // nothing has come since
  assert.deepEqual(caption.pauses, [2]);
  talk.on(level("full"), 2200);
  talk.on(sound(700), 2300);
  talk.on(soundDone, 3000);
  done(talk, "completed");
  talk.onPlayedOut("e1", 1300);
  assert.deepEqual(caption.pauses, [2]);
  assert.equal(caption.state, "done");
  assert.equal(heardWords(caption), 4);
});

test("a pause that became the end is no pause, and one before the first word is none", () => {
  const talk = speaking();
  talk.on(level("held"), 1360);
  talk.onPlayed("e1", 600);
  talk.onCut("e1", 600);
  assert.deepEqual(talk.caption("e1")!.pauses, []);
  assert.equal(heardText(talk.caption("e1")!), "aaaa bbbb ");

  const silent = asked();
  silent.on(words("aaaa"), 800);
  silent.on(level("held"), 800);
  assert.deepEqual(silent.caption("e1")!.pauses, []);
});

test("audio that comes twice after a pause counts twice", () => {
  const talk = speaking();
  talk.on(level("held"), 1360);
  talk.on(level("full"), 1800);
  talk.on(sound(400), 1800); // 200 ms of it again
  assert.equal(talk.caption("e1")!.receivedMs, 1000);
  talk.onPlayed("e1", 900);
  talk.onCut("e1", 930);
  assert.equal(talk.caption("e1")!.playedMs, 930, "of what was sent");
});

test("an answer whose last word was heard is not cut off by who speaks then", () => {
  const talk = asked();
  talk.on(words("One two."), 800);
  talk.on(sound(1000), 800);
  talk.on(soundDone, 850);
  done(talk, "completed");
  talk.onSound("e1", 850);
  talk.onCut("e1", 400);
  assert.equal(talk.caption("e1")!.state, "cut", "it was, at its first word");

  const whole = asked();
  whole.on(words("One two."), 800);
  whole.on(sound(1000), 800);
  whole.on(soundDone, 850);
  done(whole, "completed");
  whole.onSound("e1", 850);
  whole.onCut("e1", 930);
  assert.equal(whole.caption("e1")!.state, "done");
  assert.equal(whole.activity, "listening");

  const cancelled = asked();
  cancelled.on(words("One two."), 800);
  cancelled.on(sound(400), 800);
  done(cancelled, "cancelled");
  cancelled.onCut("e1", 400);
  assert.equal(cancelled.caption("e1")!.state, "cut", "more would have come");
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
