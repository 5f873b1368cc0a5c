// Eva's voice: base64 audio in, sound out, and the truth about what was really played.

import { makeAudioContext } from "./audio-context";
import { decodeAudio, kSampleRate, type ReplyLevel } from "./protocol";
import { Resampler } from "./resampler";
import type { PlaybackCommand, PlaybackReport } from "./worklets/playback-queue";
import playbackUrl from "./worklets/playback.ts?worker&url";

export interface PlayerEvents {
  /** The first sound of the item is heard at `at` (performance.now() clock). */
  onSound(itemId: string, at: number): void;
  onPlayed(itemId: string, playedMs: number): void;
  onPlayedOut(itemId: string, playedMs: number): void;
  /** The browser has stopped (or resumed) all audio, e.g. for a telephone call. */
  onRunning(running: boolean): void;
}

export interface Played {
  itemId: string;
  playedMs: number;
}

/** A suspended context answers no flush; the last known position is the answer then. */
const kFlushDeadlineMs = 150;
/** Items whose late audio is dropped: more than an answer can have. */
const kRefused = 32;
/** A browser that refuses sound leaves resume() pending. */
const kResumeDeadlineMs = 500;

export class Player {
  private readonly node: AudioWorkletNode;
  private readonly analyser: AnalyserNode;
  private readonly scope: Float32Array<ArrayBuffer>;
  private readonly refused = new Set<string>(); // items that were flushed
  private readonly positions = new Map<string, number>(); // queued items: frames played
  private resampler: { itemId: string; filter: Resampler } | null = null;
  private quietResponse: string | null = null;
  private flushed: ((items: { item: string; frames: number }[]) => void) | null = null;

  /**
   * Must be called from a gesture of the person where the browser demands one for sound. Rejects
   * when a part of the page does not load; trying again may help.
   */
  static async create(events: PlayerEvents): Promise<Player> {
    const context = makeAudioContext();
    try {
      await context.audioWorklet.addModule(playbackUrl);
      return new Player(context, events);
    } catch (error) {
      void context.close();
      throw error;
    }
  }

  private constructor(
    private readonly context: AudioContext,
    private readonly events: PlayerEvents,
  ) {
    this.node = new AudioWorkletNode(context, "playback", {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    this.analyser = new AnalyserNode(context, { fftSize: 512 });
    this.scope = new Float32Array(this.analyser.fftSize);
    this.node.connect(this.analyser).connect(context.destination);
    this.node.port.onmessage = ({ data }: MessageEvent<PlaybackReport>) => this.onReport(data);
    context.onstatechange = () => events.onRunning(this.running);
  }

  get running(): boolean {
    return this.context.state === "running";
  }

  /** Tries to start sound. Without a gesture of the person some browsers refuse: false. */
  async resume(): Promise<boolean> {
    const patience = new Promise((resolve) => setTimeout(resolve, kResumeDeadlineMs));
    await Promise.race([this.context.resume(), patience]);
    return this.running;
  }

  /** Queues audio of `itemId`. Ignored when the item was flushed. */
  push(itemId: string, base64: string): void {
    if (this.refused.has(itemId)) return;
    const samples = this.resample(itemId, decodeAudio(base64));
    if (!this.positions.has(itemId)) this.positions.set(itemId, 0);
    this.command({ type: "push", item: itemId, samples }, [samples.buffer]);
  }

  /** No more audio of `itemId` will come. */
  end(itemId: string): void {
    if (!this.positions.has(itemId)) return;
    if (this.resampler?.itemId === itemId) {
      const samples = this.resampler.filter.end();
      this.command({ type: "push", item: itemId, samples }, [samples.buffer]);
      this.resampler = null;
    }
    this.command({ type: "end", item: itemId });
  }

  /**
   * The server sends what follows of the response at `level`; what it has sent before and is still
   * queued becomes quieter here, so that she is heard to give way at once.
   */
  setLevel(responseId: string, level: ReplyLevel): void {
    const quiet = level === "full" ? null : responseId;
    if (quiet === this.quietResponse) return;
    this.quietResponse = quiet;
    this.command({ type: "quiet", on: quiet !== null });
  }

  /** Falls silent at once. Resolves to what was queued and how much of it was played. */
  async flush(): Promise<Played[]> {
    if (this.positions.size === 0) return [];
    const known = [...this.positions].map(([item, frames]) => ({ item, frames }));
    for (const { item } of known) this.refuse(item);
    this.positions.clear(); // a second flush has nothing more to tell
    const items = await new Promise<typeof known>((resolve) => {
      this.flushed = resolve;
      setTimeout(() => resolve(known), kFlushDeadlineMs);
      this.command({ type: "flush" });
    });
    return items.map(({ item, frames }) => ({ itemId: item, playedMs: this.toMs(frames) }));
  }

  /** Loudness of Eva's voice now, RMS of full scale. */
  level(): number {
    this.analyser.getFloatTimeDomainData(this.scope);
    return Math.sqrt(this.scope.reduce((sum, x) => sum + x * x, 0) / this.scope.length);
  }

  private refuse(itemId: string): void {
    this.refused.add(itemId);
    for (const oldest of this.refused) {
      if (this.refused.size <= kRefused) break;
      this.refused.delete(oldest);
    }
  }

  private onReport(report: PlaybackReport): void {
    switch (report.type) {
      case "started":
        // What the worklet hands over is heard once it has passed the device's own buffer.
        this.events.onSound(
          report.item,
          performance.now() + 1000 * (this.context.outputLatency || 0),
        );
        break;
      case "position":
        if (this.positions.has(report.item)) this.positions.set(report.item, report.frames);
        this.events.onPlayed(report.item, this.toMs(report.frames));
        break;
      case "ended":
        this.positions.delete(report.item);
        this.events.onPlayedOut(report.item, this.toMs(report.frames));
        break;
      case "flushed":
        this.flushed?.(report.items);
        break;
    }
  }

  private resample(itemId: string, samples: Float32Array): Float32Array {
    if (this.context.sampleRate === kSampleRate) return samples;
    if (this.resampler?.itemId !== itemId) {
      this.resampler = { itemId, filter: new Resampler(kSampleRate, this.context.sampleRate) };
    }
    return this.resampler.filter.push(samples);
  }

  private command(command: PlaybackCommand, transfer: Transferable[] = []): void {
    this.node.port.postMessage(command, transfer);
  }

  private toMs(frames: number): number {
    return (frames / this.context.sampleRate) * 1000;
  }
}
