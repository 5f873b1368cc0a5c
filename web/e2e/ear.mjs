// Runs inside the page, before its own scripts: listens at both ends of its real audio graph.
// window.ear.voice and window.ear.mic collect [time in ms, RMS] every 20 ms: what goes to the
// loudspeaker, and what comes from the microphone. window.ear.tracks are the microphones that the
// page was given, window.ear.sockets its connections, window.ear.sent what it sent but sound,
// window.ear.activities and window.ear.levels (with the words in passing) what it showed of Eva.
// While window.ear.worklets names a file, each AudioWorklet is loaded from there.

export function installEar() {
  const taps = { voice: [], mic: [] };
  const ear = { voice: [], mic: [], activities: [], levels: [], tracks: [], sockets: [], sent: [] };
  window.ear = ear;

  const tap = (side, node) => {
    const analyser = new AnalyserNode(node.context, { fftSize: 512 });
    plainConnect.call(node, analyser);
    taps[side].push({ analyser, scope: new Float32Array(512) });
  };

  const plainConnect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function connect(target, ...rest) {
    if (target instanceof AudioDestinationNode) tap("voice", this);
    return plainConnect.call(this, target, ...rest);
  };
  const plainSource = AudioContext.prototype.createMediaStreamSource;
  AudioContext.prototype.createMediaStreamSource = function createMediaStreamSource(stream) {
    const source = plainSource.call(this, stream);
    tap("mic", source);
    return source;
  };

  if (isSecureContext) {
    const plainMedia = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = async function getUserMedia(wishes) {
      const stream = await plainMedia.call(this, wishes);
      ear.tracks.push(...stream.getAudioTracks());
      return stream;
    };
    const plainModule = AudioWorklet.prototype.addModule;
    AudioWorklet.prototype.addModule = function addModule(url) {
      return plainModule.call(this, ear.worklets ?? url);
    };
  }

  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      ear.sockets.push(this);
    }
    send(text) {
      const event = JSON.parse(text);
      if (event.type !== "input_audio_buffer.append") ear.sent.push(event);
      super.send(text);
    }
  };

  setInterval(() => {
    const now = performance.now();
    for (const side of ["voice", "mic"]) {
      let loudest = 0;
      for (const { analyser, scope } of taps[side]) {
        analyser.getFloatTimeDomainData(scope);
        const power = scope.reduce((sum, x) => sum + x * x, 0) / scope.length;
        loudest = Math.max(loudest, Math.sqrt(power));
      }
      ear[side].push([now, loudest]);
    }
  }, 20);

  addEventListener("DOMContentLoaded", () => {
    const note = () => {
      const { activity, level } = document.body.dataset;
      if (ear.activities.at(-1) !== activity) ear.activities.push(activity);
      const { textContent: passing } = document.getElementById("passing");
      if (ear.levels.at(-1)?.level !== level) ear.levels.push({ level, passing });
    };
    const attributeFilter = ["data-activity", "data-level"];
    new MutationObserver(note).observe(document.body, { attributeFilter });
  });
}

/** Stretches of sound, as [start, end] in ms; pauses shorter than `pauseMs` do not divide. */
export function soundsIn(series, threshold, pauseMs) {
  const sounds = [];
  for (const [time, rms] of series) {
    if (rms < threshold) continue;
    const last = sounds.at(-1);
    if (last && time - last[1] < pauseMs) last[1] = time;
    else sounds.push([time, time]);
  }
  return sounds;
}
