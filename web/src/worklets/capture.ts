// Audio thread: collects the microphone into blocks of 20 ms and posts each as a Float32Array at
// the context's rate.

const kBlockSeconds = 0.02;

class Capture extends AudioWorkletProcessor {
  private readonly size = Math.round(sampleRate * kBlockSeconds);
  private block = new Float32Array(this.size);
  private filled = 0;

  process(inputs: Float32Array[][]): boolean {
    const input = inputs[0]?.[0];
    if (!input) return true; // no microphone attached (yet)
    for (let taken = 0; taken < input.length; ) {
      const part = input.subarray(taken, taken + this.size - this.filled);
      this.block.set(part, this.filled);
      this.filled += part.length;
      taken += part.length;
      if (this.filled === this.size) this.post();
    }
    return true;
  }

  private post(): void {
    this.port.postMessage(this.block, [this.block.buffer]);
    this.block = new Float32Array(this.size);
    this.filled = 0;
  }
}

registerProcessor("capture", Capture);
