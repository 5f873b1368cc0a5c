// Streaming sample-rate conversion with a windowed-sinc filter (linear phase). Used only where
// the browser refuses an AudioContext at 24 kHz.

const kZeroCrossings = 16; // filter half-length, in periods of the lower rate
const kPhases = 256; // table entries per zero crossing; linear interpolation between them
const kRolloff = 0.94; // pass band as a part of the lower Nyquist frequency
const kKaiserBeta = 9;

function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** One half of the Kaiser-windowed sinc, sampled kPhases times per zero crossing. */
function makeTable(): Float32Array {
  const table = new Float32Array(kZeroCrossings * kPhases + 2);
  for (let i = 0; i <= kZeroCrossings * kPhases; i++) {
    const x = i / kPhases;
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * kRolloff * x) / (Math.PI * kRolloff * x);
    const edge = x / kZeroCrossings;
    const window = besselI0(kKaiserBeta * Math.sqrt(1 - edge * edge)) / besselI0(kKaiserBeta);
    table[i] = kRolloff * sinc * window;
  }
  return table;
}

const kTable = makeTable();

/** Converts one mono stream. The filter's delay is taken out: output sample n lies at n/outRate. */
export class Resampler {
  private readonly step: number; // input samples per output sample
  private readonly scale: number; // lower rate / input rate: stretches the filter when going down
  private readonly reach: number; // input samples on each side of an output sample
  private history: Float32Array;
  private position: number; // of the next output sample, in `history`

  constructor(inRate: number, outRate: number) {
    this.step = inRate / outRate;
    this.scale = Math.min(1, outRate / inRate);
    this.reach = Math.ceil(kZeroCrossings / this.scale);
    this.history = new Float32Array(this.reach);
    this.position = this.reach;
  }

  /** Takes the next input samples; returns the output samples that are now certain. */
  push(input: Float32Array): Float32Array {
    const data = new Float32Array(this.history.length + input.length);
    data.set(this.history);
    data.set(input, this.history.length);

    const count = Math.max(0, Math.ceil((data.length - this.reach - this.position) / this.step));
    const output = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      output[i] = this.sampleAt(data, this.position);
      this.position += this.step;
    }

    const drop = Math.max(0, Math.min(data.length, Math.floor(this.position) - this.reach));
    this.history = data.slice(drop);
    this.position -= drop;
    return output;
  }

  /** Returns what the filter still holds back. The stream is over after this. */
  end(): Float32Array {
    return this.push(new Float32Array(this.reach));
  }

  private sampleAt(data: Float32Array, position: number): number {
    const first = Math.max(0, Math.ceil(position - this.reach));
    const last = Math.min(data.length - 1, Math.floor(position + this.reach));
    let sum = 0;
    for (let j = first; j <= last; j++) {
      const x = Math.abs(j - position) * this.scale * kPhases;
      const index = Math.floor(x);
      if (index > kZeroCrossings * kPhases) continue;
      const low = kTable[index]!;
      sum += data[j]! * (low + (kTable[index + 1]! - low) * (x - index));
    }
    return sum * this.scale;
  }
}
