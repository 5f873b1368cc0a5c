// When the person fell silent, read off the loudness of the page's own microphone. Pure.

const kBlockMs = 20; // of audio, in each level
const kKept = 500; // blocks: ten seconds, the background against which speech stands out
const kBefore = 25; // blocks from before the server's word that speech began: half a second
const kBelowPeak = 1 / 20; // -26 dB: the faintest end of a word
const kAboveBackground = 3; // +10 dB
const kRun = 2; // blocks: a single one is a click, not speech

export class SpeechEnd {
  private levels: number[] = [];
  private begin = 0; // of the turn, in `levels`
  private lastAt = 0;

  /** A block of the microphone: its RMS, and when the page got it (ms). */
  onBlock(level: number, at: number): void {
    this.levels.push(level);
    this.lastAt = at;
    if (this.levels.length <= kKept) return;
    this.levels.shift();
    this.begin = Math.max(0, this.begin - 1);
  }

  /** The server has noticed that the person speaks. */
  onSpeech(): void {
    this.begin = Math.max(0, this.levels.length - kBefore);
  }

  /**
   * How long the person has been silent at `now`, in ms. Undefined when the microphone did not
   * tell: no sound, or a background as loud as the speech.
   */
  silenceMs(now: number): number | undefined {
    const turn = this.levels.slice(this.begin);
    const peak = Math.max(0, ...turn);
    const sorted = [...this.levels].sort((a, b) => a - b);
    const background = sorted[Math.floor(sorted.length / 10)] ?? 0;
    const threshold = Math.max(kBelowPeak * peak, kAboveBackground * background);
    if (peak === 0 || threshold > peak / 2) return undefined;

    let run = 0;
    for (let i = turn.length - 1; i >= 0; i--) {
      run = turn[i]! >= threshold ? run + 1 : 0;
      // Counted in blocks, so that a page that was busy for a moment does not shift it.
      if (run === kRun) return (turn.length - i - kRun) * kBlockMs + (now - this.lastAt);
    }
    return undefined;
  }
}
