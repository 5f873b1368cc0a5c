// The person's voice: microphone in, 20 ms blocks at 24 kHz out.

import { makeAudioContext } from "./audio-context";
import { kSampleRate } from "./protocol";
import { Resampler } from "./resampler";
import captureUrl from "./worklets/capture.ts?worker&url";

/**
 * Why there is no microphone. `insecure`: the page is not on https or localhost. `failed`: the
 * part of the page that hears did not load or start.
 */
export type MicrophoneProblem = "refused" | "missing" | "busy" | "insecure" | "lost" | "failed";

export class MicrophoneError extends Error {
  constructor(readonly problem: MicrophoneProblem) {
    super(problem);
  }
}

export interface MicrophoneEvents {
  /** Every 20 ms; zeros while muted. `level` is the RMS of full scale. */
  onBlock(samples: Float32Array, level: number): void;
  /** The device is gone, or the permission was taken back. */
  onLost(): void;
}

export class Microphone {
  private readonly capture: AudioWorkletNode;
  private muted_ = false;

  /** Asks for the microphone, with echo cancellation. Throws MicrophoneError. */
  static async open(events: MicrophoneEvents): Promise<Microphone> {
    // Browsers hide mediaDevices from insecure pages.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (!devices) throw new MicrophoneError("insecure");
    let stream: MediaStream;
    try {
      stream = await devices.getUserMedia({
        audio: {
          channelCount: 1,
          echoCancellation: true,
          noiseSuppression: true,
          autoGainControl: true,
        },
      });
    } catch (error) {
      throw new MicrophoneError(problemOf(error));
    }
    let context: AudioContext | undefined;
    try {
      const input = connect(stream);
      context = input.context;
      await context.audioWorklet.addModule(captureUrl);
      void context.resume();
      return new Microphone(stream, context, input.source, events);
    } catch {
      for (const track of stream.getTracks()) track.stop();
      void context?.close();
      throw new MicrophoneError("failed");
    }
  }

  private constructor(
    private readonly stream: MediaStream,
    private readonly context: AudioContext,
    source: MediaStreamAudioSourceNode,
    events: MicrophoneEvents,
  ) {
    this.capture = new AudioWorkletNode(context, "capture", {
      channelCount: 1,
      channelCountMode: "explicit",
    });
    // Its output is silence; being connected is what keeps the node running everywhere.
    source.connect(this.capture).connect(context.destination);

    const resampler =
      context.sampleRate === kSampleRate ? null : new Resampler(context.sampleRate, kSampleRate);
    this.capture.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      const samples = resampler ? resampler.push(data) : data;
      if (this.muted_) samples.fill(0);
      events.onBlock(samples, rms(samples));
    };
    const [track] = stream.getAudioTracks();
    track?.addEventListener("ended", () => {
      this.close();
      events.onLost();
    });
  }

  get muted(): boolean {
    return this.muted_;
  }

  /** While muted the blocks go on, as zeros: the server's clock is the audio it receives. */
  set muted(muted: boolean) {
    this.muted_ = muted;
    for (const track of this.stream.getAudioTracks()) track.enabled = !muted;
  }

  async resume(): Promise<void> {
    await this.context.resume();
  }

  /** No block comes after this. */
  close(): void {
    this.capture.port.onmessage = null;
    for (const track of this.stream.getTracks()) track.stop();
    void this.context.close();
  }
}

/** Whether the person has already allowed this page to use the microphone. */
export async function microphoneAllowed(): Promise<boolean> {
  try {
    const status = await navigator.permissions.query({ name: "microphone" as PermissionName });
    return status.state === "granted";
  } catch {
    return false; // the browser does not tell
  }
}

/** Firefox cannot feed a microphone into a context of another rate; it gets one of its own. */
function connect(stream: MediaStream): {
  context: AudioContext;
  source: MediaStreamAudioSourceNode;
} {
  const context = makeAudioContext();
  try {
    return { context, source: context.createMediaStreamSource(stream) };
  } catch {
    void context.close();
    const native = new AudioContext({ latencyHint: "interactive" });
    return { context: native, source: native.createMediaStreamSource(stream) };
  }
}

function problemOf(error: unknown): MicrophoneProblem {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}

function rms(samples: Float32Array): number {
  if (samples.length === 0) return 0;
  return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
}
