// Speech waiting to be played. Knows, to the frame, how much of each item was played. Pure: the
// playback worklet gives it commands and asks for frames. A frame is one sample.

export type PlaybackCommand =
  | { type: "push"; item: string; samples: Float32Array }
  | { type: "end"; item: string } // no more audio of this item will come
  | { type: "quiet"; on: boolean } // what is queued now is played quietly, or no longer so
  | { type: "flush" }; // stop now, forget what is queued

export type PlaybackReport =
  | { type: "started"; item: string }
  | { type: "position"; item: string; frames: number }
  | { type: "ended"; item: string; frames: number }
  /** Everything that was queued, with the frames of each item that were really played. */
  | { type: "flushed"; items: { item: string; frames: number }[] };

const kJitterSeconds = 0.05; // audio to hold before starting, against uneven arrival
const kReportSeconds = 0.05;
const kQuiet = 10 ** (-18 / 20); // as quiet as the server's own ducking
const kQuietSeconds = 0.02; // to get there, and back
const kFadeSeconds = 0.006; // a flush fades instead of clicking

interface Entry {
  readonly item: string;
  readonly chunks: Float32Array[];
  offset: number; // frames of chunks[0] already played
  queued: number; // frames not yet played
  quiet: number; // of these, how many are to be played quietly
  played: number;
  complete: boolean;
}

export class PlaybackQueue {
  private readonly jitter: number;
  private readonly reportEvery: number;
  private readonly fadeLength: number;
  private readonly gainStep: number;
  private entries: Entry[] = [];
  private buffering = true;
  private sinceReport = 0;
  private gain = 1; // of the last frame played
  private fade: number | null = null; // frames until a flush is complete; null = no flush

  constructor(
    rate: number,
    private readonly report: (report: PlaybackReport) => void,
  ) {
    this.jitter = Math.round(rate * kJitterSeconds);
    this.reportEvery = Math.round(rate * kReportSeconds);
    this.fadeLength = Math.round(rate * kFadeSeconds);
    this.gainStep = (1 - kQuiet) / (rate * kQuietSeconds);
  }

  on(command: PlaybackCommand): void {
    switch (command.type) {
      case "push": {
        const entry = this.entry(command.item);
        entry.chunks.push(command.samples);
        entry.queued += command.samples.length;
        break;
      }
      case "end":
        this.entry(command.item).complete = true;
        break;
      case "quiet":
        for (const entry of this.entries) entry.quiet = command.on ? entry.queued : 0;
        break;
      case "flush":
        if (this.buffering) this.forget();
        else this.fade ??= this.fadeLength;
        break;
    }
  }

  /** Fills `output` with what is to be played now; the rest stays silent. */
  pull(output: Float32Array): void {
    let filled = 0;
    while (filled < output.length && this.fade !== 0) {
      const entry = this.ready();
      if (!entry) break;
      filled += this.play(entry, output.subarray(filled));
    }
    if (this.fade !== null && (this.fade === 0 || this.buffering)) this.forget();
  }

  /** The entry to play from, or undefined while there is nothing (or too little) to play. */
  private ready(): Entry | undefined {
    for (let head = this.entries[0]; head?.queued === 0; head = this.entries[0]) {
      if (!this.isComplete(head)) break;
      this.entries.shift();
      this.report({ type: "ended", item: head.item, frames: head.played });
    }
    const head = this.entries[0];
    if (!head || head.queued === 0) this.buffering = true;
    else if (head.queued >= this.jitter || this.isComplete(head)) this.buffering = false;
    return this.buffering ? undefined : head;
  }

  private isComplete(entry: Entry): boolean {
    return entry.complete || entry !== this.entries.at(-1);
  }

  private play(entry: Entry, output: Float32Array): number {
    const chunk = entry.chunks[0]!;
    const count = Math.min(
      chunk.length - entry.offset,
      output.length,
      this.fade ?? Number.POSITIVE_INFINITY,
    );
    output.set(chunk.subarray(entry.offset, entry.offset + count));
    if (entry.quiet > 0 || this.gain < 1) this.soften(output.subarray(0, count), entry.quiet);
    entry.quiet = Math.max(0, entry.quiet - count);
    if (this.fade !== null) {
      for (let i = 0; i < count; i++) output[i]! *= (this.fade - i) / this.fadeLength;
      this.fade -= count;
    }
    if (entry.played === 0) this.report({ type: "started", item: entry.item });
    entry.offset += count;
    entry.queued -= count;
    entry.played += count;
    if (entry.offset === chunk.length) {
      entry.chunks.shift();
      entry.offset = 0;
    }
    this.sinceReport += count;
    if (this.sinceReport >= this.reportEvery) {
      this.sinceReport = 0;
      this.report({ type: "position", item: entry.item, frames: entry.played });
    }
    return count;
  }

  /** The first `quiet` frames become quieter, all others go back to what they are, in a ramp. */
  private soften(frames: Float32Array, quiet: number): void {
    for (let i = 0; i < frames.length; i++) {
      this.gain =
        i < quiet
          ? Math.max(kQuiet, this.gain - this.gainStep)
          : Math.min(1, this.gain + this.gainStep);
      frames[i]! *= this.gain;
    }
  }

  private forget(): void {
    const items = this.entries.map(({ item, played }) => ({ item, frames: played }));
    this.entries = [];
    this.buffering = true;
    this.fade = null;
    this.gain = 1;
    this.report({ type: "flushed", items });
  }

  private entry(item: string): Entry {
    const last = this.entries.at(-1);
    if (last?.item === item) return last;
    const entry = { item, chunks: [], offset: 0, queued: 0, quiet: 0, played: 0, complete: false };
    this.entries.push(entry);
    return entry;
  }
}
