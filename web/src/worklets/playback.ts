// Audio thread: plays what the queue gives, and passes its reports to the page.

import { PlaybackQueue, type PlaybackCommand } from "./playback-queue";

class Playback extends AudioWorkletProcessor {
  private readonly queue = new PlaybackQueue(sampleRate, (report) => this.port.postMessage(report));

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<PlaybackCommand>) => this.queue.on(data);
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const output = outputs[0]?.[0];
    if (output) this.queue.pull(output);
    return true;
  }
}

registerProcessor("playback", Playback);
