// AudioContexts at the rate of the wire, where the browser can.

import { kSampleRate } from "./protocol";

/** Asks for `kSampleRate`; a browser that refuses gives a context at its own rate. */
export function makeAudioContext(): AudioContext {
  try {
    return new AudioContext({ sampleRate: kSampleRate, latencyHint: "interactive" });
  } catch {
    return new AudioContext({ latencyHint: "interactive" });
  }
}
