// What was said, by whom, and how much of it was heard. A pure model: events and times come in,
// captions and Eva's activity come out. Times are milliseconds on any one steady clock.

import {
  audioMs,
  type ReplyLevel,
  type ResponseObject,
  type ServerEvent,
  type Session,
} from "./protocol";

/** What Eva is doing, as the person should see it. */
export type Activity = "listening" | "hearing" | "thinking" | "speaking";

/** One piece of Eva's words and the place in her audio where it begins. */
export interface Clause {
  text: string;
  startMs: number;
}

/** The parts of the wait between the person's last word and Eva's first; absent = not known. */
export interface Latency {
  /** Measured with the page's microphone; otherwise the silence that the server waits for. */
  endpointing?: number;
  measured?: boolean;
  stt?: number;
  brain?: number;
  voice?: number;
}

export interface Caption {
  readonly id: string;
  readonly who: "you" | "eva";
  /** `open`: words may still come. `cut`: Eva was interrupted. */
  state: "open" | "done" | "cut";
  clauses: Clause[];
  /** Eva only: audio received and audio really played. */
  receivedMs: number;
  playedMs: number;
  /** Eva only: before which words (see `wordsOf`) she fell silent to listen; ascending. */
  pauses: number[];
  latency: Latency;
}

/** Captions that are kept: the oldest goes when there are more. */
export const kMaxCaptions = 200;
/** A usual pace of speech, for a clause whose audio has not arrived completely. */
const kDefaultMsPerCharacter = 62;

interface Turn {
  latency: Latency;
  committedAt: number;
  itemId: string;
  unwanted: boolean; // the person has pressed Stop
}

interface Answer {
  responseId: string;
  askedAt: number; // when there was something to answer
  latency: Latency;
  firstItemAt?: number;
  heard: boolean;
  unwanted: boolean; // the person has pressed Stop
  whole: boolean; // the server has sent all of it
  level: ReplyLevel;
}

export class Conversation {
  readonly captions: Caption[] = [];
  private readonly byId = new Map<string, Caption>();
  private readonly answerOfItem = new Map<string, Answer>();
  private changed = new Set<string>(); // captions, since `takeChanged`
  private endpointingMs: number | undefined;
  private hearingItem: string | null = null;
  private awaiting: Turn | null = null; // a turn of the person that has no answer yet
  private answer: Answer | null = null; // the response in progress
  private playing: string | null = null; // the item that comes out of the loudspeaker

  /** `silenceMs`: how long the person has been silent at a time, as the microphone tells. */
  constructor(private readonly silenceMs: (now: number) => number | undefined = () => undefined) {}

  get activity(): Activity {
    if (this.hearingItem !== null) return "hearing";
    if (this.playing !== null) return "speaking";
    if (this.awaiting !== null && !this.awaiting.unwanted) return "thinking";
    if (this.answer !== null && !this.answer.heard && !this.answer.unwanted) return "thinking";
    return "listening";
  }

  /** How loud Eva's voice is: she gives way while it is open whether the person interrupts. */
  get level(): ReplyLevel {
    if (this.playing === null) return "full";
    return this.answerOfItem.get(this.playing)?.level ?? "full";
  }

  /** Whether there is something to stop: Eva speaks, or an answer is on its way. */
  get busy(): boolean {
    if (this.playing !== null) return true;
    const coming = this.answer ?? this.awaiting;
    return coming !== null && !coming.unwanted;
  }

  /** Whether the answer that the server is producing is one that the person has stopped. */
  get unwanted(): boolean {
    return this.answer?.unwanted ?? false;
  }

  /** The captions that are new, different or gone since the last call. */
  takeChanged(): ReadonlySet<string> {
    const changed = this.changed;
    this.changed = new Set();
    return changed;
  }

  caption(id: string): Caption | undefined {
    return this.byId.get(id);
  }

  /** One event of the server, in the order of arrival. Unknown events are ignored. */
  on(event: ServerEvent, now: number): void {
    switch (event.type) {
      case "session.created":
      case "session.updated":
        this.onSession(event.session);
        break;
      case "input_audio_buffer.speech_started":
        this.hearingItem = event.item_id;
        this.open(event.item_id, "you");
        break;
      case "input_audio_buffer.cleared":
        this.dropUnheard();
        break;
      case "input_audio_buffer.committed":
        this.onCommitted(event.item_id, now);
        break;
      case "conversation.item.input_audio_transcription.delta":
        this.onPartialWords(event.item_id, event.delta);
        break;
      case "conversation.item.input_audio_transcription.completed":
        this.onTranscript(event.item_id, event.transcript.trim(), now);
        break;
      case "conversation.item.input_audio_transcription.failed":
        this.onTranscript(event.item_id, "", now);
        break;
      case "response.created":
        this.onAnswer(event.response.id, now);
        break;
      case "response.output_item.added":
        if (event.item.type === "message") this.onItem(event.item.id, now);
        break;
      case "response.output_audio_transcript.delta":
      case "response.output_text.delta":
        this.onWords(event.item_id, event.delta);
        break;
      case "response.output_audio.delta":
        this.change(event.item_id, "eva").receivedMs += audioMs(event.delta);
        break;
      case "response.output_audio.done":
        this.close(event.item_id);
        break;
      case "response.done":
        this.onAnswerDone(event.response);
        break;
      case "conversation.item.truncated":
        this.onCut(event.item_id, event.audio_end_ms);
        break;
      case "eva.reply.level":
        this.onLevel(event.response_id, event.level);
        break;
      case "error":
        break;
    }
  }

  /** The person typed a line, which has been sent to the server as item `id`. */
  onTyped(id: string, text: string, now: number): void {
    const caption = this.change(id, "you");
    caption.clauses = [{ text, startMs: 0 }];
    caption.state = "done";
    this.awaiting = { latency: {}, committedAt: now, itemId: id, unwanted: false };
  }

  /**
   * The person wants no answer to what was said last. True: the server is producing one, and has
   * to be told. False: it has not begun; if it does, it is `unwanted` from the start.
   */
  dismiss(): boolean {
    if (this.awaiting) this.awaiting.unwanted = true;
    if (this.answer) this.answer.unwanted = true;
    return this.answer !== null;
  }

  /** There is no microphone any more, so nobody is heard, whatever the server still believes. */
  onMicrophoneLost(): void {
    this.hearingItem = null;
  }

  /** The first sound of `itemId` left the loudspeaker at `now`. */
  onSound(itemId: string, now: number): void {
    this.playing = itemId;
    const answer = this.answerOfItem.get(itemId);
    if (!answer || answer.heard) return;
    answer.heard = true;
    if (answer.firstItemAt === undefined) return;
    answer.latency.voice = now - answer.firstItemAt;
    this.changed.add(itemId);
  }

  /** `playedMs` of `itemId` have been played so far. */
  onPlayed(itemId: string, playedMs: number): void {
    const caption = this.byId.get(itemId);
    if (!caption || caption.state === "cut") return;
    caption.playedMs = playedMs;
    this.changed.add(itemId);
  }

  /** All of `itemId` has been played. */
  onPlayedOut(itemId: string, playedMs: number): void {
    this.onPlayed(itemId, playedMs);
    if (this.playing === itemId) this.playing = null;
  }

  /** Eva was cut off: the person heard `playedMs` of `itemId` and no more. */
  onCut(itemId: string, playedMs: number): void {
    const caption = this.byId.get(itemId);
    if (this.playing === itemId) this.playing = null;
    if (!caption) return;
    this.changed.add(itemId);
    const heard = heardWords(caption, playedMs);
    if (this.answerOfItem.get(itemId)?.whole && heard === wordCount(caption)) {
      caption.playedMs = caption.receivedMs; // who answers at her last sound cuts off no word
      return;
    }
    caption.state = "cut";
    caption.playedMs = playedMs;
    caption.pauses = caption.pauses.filter((word) => word < heard); // she went on after those
  }

  /** The connection is gone, and with it everything that was under way. Captions stay. */
  onDisconnected(): void {
    this.hearingItem = null;
    this.awaiting = null;
    this.answer = null;
    this.playing = null;
    this.answerOfItem.clear();
    for (const caption of [...this.captions]) {
      if (caption.state !== "open") continue;
      this.changed.add(caption.id);
      if (caption.who === "eva") caption.state = "cut";
      else if (textOf(caption) === "") this.remove(caption);
      else caption.state = "done";
    }
  }

  /** The last `limit` captions as the other side should remember them: only what was heard. */
  history(limit: number): { role: "user" | "assistant"; text: string }[] {
    return this.captions
      .map((caption) => ({
        role: caption.who === "you" ? ("user" as const) : ("assistant" as const),
        text: (caption.state === "cut" ? heardText(caption) : textOf(caption)).trim(),
      }))
      .filter(({ text }) => text !== "")
      .slice(-limit);
  }

  private onSession(session: Session): void {
    this.endpointingMs = session.audio?.input?.turn_detection?.silence_duration_ms;
  }

  private onCommitted(itemId: string, now: number): void {
    this.hearingItem = null;
    this.open(itemId, "you");
    const latency: Latency = {};
    const measured = this.silenceMs(now);
    const endpointing = measured ?? this.endpointingMs;
    if (endpointing !== undefined) {
      latency.endpointing = endpointing;
      latency.measured = measured !== undefined;
    }
    this.awaiting = { latency, committedAt: now, itemId, unwanted: false };
  }

  private onTranscript(itemId: string, transcript: string, now: number): void {
    const caption = this.change(itemId, "you");
    if (transcript === "") {
      this.remove(caption);
      if (this.awaiting?.itemId === itemId) this.awaiting = null;
      return;
    }
    caption.clauses = [{ text: transcript, startMs: 0 }];
    caption.state = "done";
    if (this.awaiting?.itemId === itemId) {
      this.awaiting.latency.stt = now - this.awaiting.committedAt;
    }
  }

  private onAnswer(responseId: string, now: number): void {
    const { latency, committedAt, unwanted } = this.awaiting ?? {
      latency: {},
      committedAt: now,
      unwanted: false,
    };
    this.awaiting = null;
    this.answer = {
      responseId,
      askedAt: committedAt + (latency.stt ?? 0),
      latency,
      heard: false,
      unwanted,
      whole: false,
      level: "full",
    };
  }

  private onItem(itemId: string, now: number): void {
    const caption = this.change(itemId, "eva");
    const answer = this.answer;
    if (!answer) return;
    this.answerOfItem.set(itemId, answer);
    if (answer.firstItemAt !== undefined) return; // only the first item shows the wait
    answer.firstItemAt = now;
    answer.latency.brain = now - answer.askedAt;
    caption.latency = answer.latency;
  }

  private onAnswerDone({ id, status }: ResponseObject): void {
    if (this.answer?.responseId !== id) return;
    this.answer.whole = status === "completed";
    for (const [itemId, answer] of this.answerOfItem) {
      const caption = this.byId.get(itemId);
      if (answer !== this.answer || caption === undefined) continue;
      this.close(itemId);
      const unheard = answer.unwanted && caption.playedMs === 0 && caption.state !== "cut";
      if (textOf(caption) === "" || unheard) this.remove(caption);
    }
    this.answer = null;
  }

  /** Words of the person that are certain. The transcript replaces them in the end. */
  private onPartialWords(itemId: string, text: string): void {
    const caption = this.byId.get(itemId);
    if (caption?.state !== "open") return; // the server has not said that anybody speaks
    const said = textOf(caption) + text;
    caption.clauses = [{ text: said, startMs: 0 }];
    this.changed.add(itemId);
  }

  private onLevel(responseId: string, level: ReplyLevel): void {
    for (const [itemId, answer] of this.answerOfItem) {
      if (answer.responseId !== responseId) continue;
      answer.level = level;
      const caption = this.byId.get(itemId);
      if (level === "held" && caption?.state === "open") this.markPause(caption);
    }
  }

  /** She falls silent after what has arrived. */
  private markPause(caption: Caption): void {
    const word = heardWords(caption, caption.receivedMs);
    if (word <= (caption.pauses.at(-1) ?? 0)) return;
    caption.pauses.push(word);
    this.changed.add(caption.id);
  }

  /** The server has forgotten the speech under way. */
  private dropUnheard(): void {
    this.hearingItem = null;
    const last = this.captions.filter(({ who }) => who === "you").at(-1);
    if (last?.state === "open" && this.awaiting?.itemId !== last.id) this.remove(last);
  }

  private onWords(itemId: string, text: string): void {
    const caption = this.change(itemId, "eva");
    const last = caption.clauses.at(-1);
    // Words that arrive with no audio between them belong to the same stretch of audio.
    if (last?.startMs === caption.receivedMs) last.text += text;
    else caption.clauses.push({ text, startMs: caption.receivedMs });
  }

  private open(id: string, who: Caption["who"]): Caption {
    const known = this.byId.get(id);
    if (known) return known;
    const caption: Caption = {
      id,
      who,
      state: "open",
      clauses: [],
      receivedMs: 0,
      playedMs: 0,
      pauses: [],
      latency: {},
    };
    this.byId.set(id, caption);
    this.captions.push(caption);
    this.changed.add(id);
    if (this.captions.length > kMaxCaptions) this.remove(this.captions[0]!);
    return caption;
  }

  /** `open`, to change it. */
  private change(id: string, who: Caption["who"]): Caption {
    this.changed.add(id);
    return this.open(id, who);
  }

  private close(id: string): void {
    const caption = this.byId.get(id);
    if (caption?.state !== "open") return;
    caption.state = "done";
    this.changed.add(id);
  }

  private remove(caption: Caption): void {
    this.changed.add(caption.id);
    this.byId.delete(caption.id);
    this.answerOfItem.delete(caption.id);
    this.captions.splice(this.captions.indexOf(caption), 1);
    if (this.hearingItem === caption.id) this.hearingItem = null;
  }
}

export function textOf(caption: Caption): string {
  return caption.clauses.map((clause) => clause.text).join("");
}

/** The words with the white space that follows each, as they are shown and struck out. */
export function wordsOf(text: string): string[] {
  return text.match(/\s*\S+\s*/g) ?? [];
}

/**
 * How many words (see `wordsOf`, clause by clause) of Eva's caption are heard in `playedMs`. A
 * clause's words are spread evenly, by characters, over its part of the audio; a word counts when
 * its middle was played.
 */
export function heardWords(caption: Caption, playedMs = caption.playedMs): number {
  let heard = 0;
  caption.clauses.forEach((clause, i) => {
    const endMs = clauseEndMs(caption, i);
    const fraction = (playedMs - clause.startMs) / Math.max(1, endMs - clause.startMs);
    const reached = fraction * clause.text.length;
    let position = 0;
    for (const word of wordsOf(clause.text)) {
      const middle = position + word.trimEnd().length / 2;
      if (middle <= reached) heard++;
      position += word.length;
    }
  });
  return heard;
}

/** The part of Eva's caption that was heard. */
export function heardText(caption: Caption): string {
  const words = caption.clauses.flatMap((clause) => wordsOf(clause.text));
  return words.slice(0, heardWords(caption)).join("");
}

function wordCount(caption: Caption): number {
  return caption.clauses.reduce((count, { text }) => count + wordsOf(text).length, 0);
}

/** Total wait in ms, or undefined while Eva's voice has not been heard. */
export function totalLatency(latency: Latency): number | undefined {
  if (latency.voice === undefined) return undefined;
  return (
    (latency.endpointing ?? 0) + (latency.stt ?? 0) + (latency.brain ?? 0) + latency.voice
  );
}

function clauseEndMs(caption: Caption, index: number): number {
  const next = caption.clauses[index + 1];
  if (next) return next.startMs;
  if (caption.state === "done") return caption.receivedMs;
  // The last clause was still being spoken: its audio may be longer than what has arrived.
  const clause = caption.clauses[index]!;
  const expected = clause.text.length * paceOf(caption);
  return Math.max(caption.receivedMs, clause.startMs + expected);
}

/** Milliseconds per character in the clauses of `caption` whose audio is complete. */
function paceOf(caption: Caption): number {
  const last = caption.clauses.at(-1);
  if (!last || last.startMs === 0) return kDefaultMsPerCharacter;
  const characters = textOf(caption).length - last.text.length;
  return characters > 0 ? last.startMs / characters : kDefaultMsPerCharacter;
}
