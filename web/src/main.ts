// Puts the page together: microphone -> connection -> conversation -> view, and Eva's voice.

import { Connection, type ConnectionState, type Network } from "./connection";
import { Conversation } from "./conversation";
import { Microphone, microphoneAllowed, MicrophoneError } from "./microphone";
import { Player } from "./player";
import { encodeAudio, kSampleRate, type ResponseObject, type ServerEvent, type Session } from "./protocol";
import type { Problem, Situation } from "./scene";
import { SpeechEnd } from "./speech-end";
import { View } from "./view";

const kKeyName = "eva-key"; // in sessionStorage
const kRemembered = 20; // captions told to the server after a reconnection
/** A session that names no silence (semantic turn detection) ends a turn after at most this. */
const kLongestSilenceMs = 800;
/** More silence than this at once would be audio faster than the server takes it. */
const kMostSilenceMs = 1_600;
/** Requests that were too late rather than wrong; the person need not know. */
const kHarmlessErrors = new Set(["response_cancel_not_active", "item_truncate_invalid_item_id"]);

const network: Network = {
  open: (url, protocols) => new WebSocket(url, protocols),
  async refusesKey(key) {
    const headers = key === null ? undefined : { Authorization: `Bearer ${key}` };
    const answer = await fetch("v1/realtime", headers ? { headers } : {}).catch(() => null);
    return answer?.status === 401;
  },
};

class App {
  private readonly speechEnd = new SpeechEnd();
  private readonly conversation = new Conversation((now) => this.speechEnd.silenceMs(now));
  private readonly connection: Connection;
  private readonly view: View;
  private opening: Promise<Player> | null = null;
  private player: Player | null = null;
  private microphone: Microphone | null = null;
  private session: Session = {};
  private level = 0;
  private owesAnswer = false; // something was typed while there was no connection
  private readonly situation: Situation = {
    started: false,
    line: "connecting",
    wasOpen: false,
    activity: "listening",
    level: "full",
    microphone: "off",
    muted: false,
    typed: false,
    audible: true,
    voiceless: false,
    stoppable: false,
    trouble: null,
    triedKey: false,
  };

  constructor() {
    const url = new URL("v1/realtime", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    this.connection = new Connection(
      url.href,
      network,
      {
        onState: (state) => this.onLine(state),
        onEvent: (event) => this.onEvent(event),
      },
      sessionStorage.getItem(kKeyName),
    );
    this.view = new View({
      start: () => void this.start(true),
      startTyping: () => void this.start(false),
      toggleMute: () => this.toggleMute(),
      interrupt: () => void this.interrupt(),
      say: (text) => void this.say(text),
      unlock: (key) => {
        sessionStorage.setItem(kKeyName, key);
        this.situation.triedKey = true;
        this.connection.unlock(key);
      },
      solve: (kind) => void this.solve(kind),
    });
    window.addEventListener("online", () => this.connection.onOnline(true));
    window.addEventListener("offline", () => this.connection.onOnline(false));
    this.onFrame(performance.now());
  }

  /** Starts at once where the browser already allows the microphone and sound. */
  async begin(): Promise<void> {
    if (!(await microphoneAllowed())) return;
    const player = await this.openPlayer();
    if (await player?.resume()) await this.start(true);
  }

  private async start(withMicrophone: boolean): Promise<void> {
    if (this.situation.started) return;
    this.situation.started = true;
    this.connection.connect();
    await this.openVoice();
    if (withMicrophone) await this.openMicrophone();
  }

  private async openVoice(): Promise<void> {
    this.player = await this.openPlayer();
    if (this.player) this.situation.audible = await this.player.resume();
  }

  /**
   * Null on an insecure address, where browsers withhold what the player is made of, and where
   * it fails; the next call tries again.
   */
  private async openPlayer(): Promise<Player | null> {
    if (!window.isSecureContext) return null;
    this.opening ??= Player.create({
      onSound: (itemId, at) => this.conversation.onSound(itemId, at),
      onPlayed: (itemId, ms) => this.conversation.onPlayed(itemId, ms),
      onPlayedOut: (itemId, ms) => this.conversation.onPlayedOut(itemId, ms),
      onRunning: (running) => {
        this.situation.audible = running;
      },
    });
    try {
      const player = await this.opening;
      this.situation.voiceless = false;
      return player;
    } catch {
      this.opening = null;
      this.situation.voiceless = true;
      return null;
    }
  }

  private async openMicrophone(): Promise<void> {
    if (this.microphone || this.situation.microphone === "asking") return;
    this.situation.microphone = "asking";
    try {
      this.microphone = await Microphone.open({
        onBlock: (samples, level) => this.onBlock(samples, level),
        onLost: () => this.onMicrophoneLost(),
      });
      this.microphone.muted = this.situation.muted;
      this.situation.microphone = "on";
    } catch (error) {
      this.situation.microphone = error instanceof MicrophoneError ? error.problem : "failed";
    }
  }

  private onBlock(samples: Float32Array, level: number): void {
    this.level = level;
    this.speechEnd.onBlock(level, performance.now());
    this.connection.send({ type: "input_audio_buffer.append", audio: encodeAudio(samples) });
  }

  private onMicrophoneLost(): void {
    this.microphone = null;
    this.situation.microphone = "lost";
    this.level = 0;
    this.conversation.onMicrophoneLost();
    this.endTurn();
  }

  /** The server's clock is the audio it gets: without more of it, no turn ends. */
  private endTurn(): void {
    const turn = this.session.audio?.input?.turn_detection;
    if (!turn) return;
    const silenceMs = (turn.silence_duration_ms ?? kLongestSilenceMs) + 500;
    if (silenceMs > kMostSilenceMs) {
      this.connection.send({ type: "input_audio_buffer.clear" });
      return;
    }
    const silence = new Float32Array((kSampleRate * silenceMs) / 1000);
    this.connection.send({ type: "input_audio_buffer.append", audio: encodeAudio(silence) });
  }

  private onLine(state: ConnectionState): void {
    this.situation.line = state;
    if (state === "open") {
      this.situation.wasOpen = true;
      this.remember();
      if (this.owesAnswer) this.connection.send({ type: "response.create" });
      this.owesAnswer = false;
    } else {
      this.conversation.onDisconnected();
      void this.player?.flush();
    }
  }

  private onEvent(event: ServerEvent): void {
    if (event.type === "input_audio_buffer.speech_started") {
      this.speechEnd.onSpeech();
      if (this.mayBeInterrupted()) void this.silence();
    }
    this.conversation.on(event, performance.now());
    switch (event.type) {
      case "session.created":
        this.session = event.session;
        this.askForEvents();
        break;
      case "session.updated":
        this.session = event.session;
        break;
      case "response.created":
        if (this.conversation.unwanted) this.connection.send({ type: "response.cancel" });
        break;
      case "response.output_audio.delta":
        if (!this.conversation.unwanted) this.player?.push(event.item_id, event.delta);
        break;
      case "response.output_audio.done":
        this.player?.end(event.item_id);
        break;
      case "eva.reply.level":
        this.player?.setLevel(event.response_id, event.level);
        break;
      case "response.done":
        this.onAnswerDone(event.response);
        break;
      case "error":
        if (!kHarmlessErrors.has(event.error.code ?? "")) {
          this.situation.trouble = event.error.message;
        }
        break;
    }
  }

  private onAnswerDone(response: ResponseObject): void {
    if (response.status === "failed") {
      this.situation.trouble =
        response.status_details?.error?.message ?? "Eva found no answer. Please try again.";
    } else if (response.status === "cancelled") {
      void this.silence();
    } else {
      this.situation.trouble = null;
    }
  }

  private mayBeInterrupted(): boolean {
    return this.session.audio?.input?.turn_detection?.interrupt_response !== false;
  }

  /** What the server tells only who asks: how loud Eva speaks, and the person's words. */
  private askForEvents(): void {
    const session: Session = { include: ["eva.reply.level"] };
    if (!this.session.audio?.input?.transcription) {
      session.audio = { input: { transcription: { model: "whisper-1" } } };
    }
    this.connection.send({ type: "session.update", session: { type: "realtime", ...session } });
  }

  /** A new connection is a new, empty session: tells it what was said before. */
  private remember(): void {
    for (const { role, text } of this.conversation.history(kRemembered)) {
      this.connection.send({
        type: "conversation.item.create",
        item: {
          id: newItemId(),
          type: "message",
          role,
          content: [{ type: role === "user" ? "input_text" : "output_text", text }],
        },
      });
    }
  }

  /** Stops Eva's voice and tells the server how much of it was heard. */
  private async silence(): Promise<void> {
    const played = (await this.player?.flush()) ?? [];
    for (const { itemId, playedMs } of played) {
      const heardMs = Math.floor(playedMs);
      this.conversation.onCut(itemId, heardMs);
      this.connection.send({
        type: "conversation.item.truncate",
        item_id: itemId,
        content_index: 0,
        audio_end_ms: heardMs,
      });
    }
  }

  private async interrupt(): Promise<void> {
    if (this.conversation.dismiss()) this.connection.send({ type: "response.cancel" });
    await this.silence();
  }

  private async say(text: string): Promise<void> {
    this.situation.typed = true;
    const id = newItemId();
    if (this.connection.state !== "open") {
      this.conversation.onTyped(id, text, performance.now());
      this.owesAnswer = true; // the text itself goes with what `remember` sends
      return;
    }
    await this.interrupt();
    this.connection.send({
      type: "conversation.item.create",
      item: { id, type: "message", role: "user", content: [{ type: "input_text", text }] },
    });
    this.conversation.onTyped(id, text, performance.now());
    this.connection.send({ type: "response.create" });
  }

  private toggleMute(): void {
    if (!this.microphone) return;
    this.situation.muted = !this.situation.muted;
    this.microphone.muted = this.situation.muted;
  }

  private async solve(kind: NonNullable<Problem["action"]>["kind"]): Promise<void> {
    switch (kind) {
      case "microphone":
        await this.openMicrophone();
        break;
      case "reconnect":
        this.connection.connect();
        break;
      case "voice":
        await this.openVoice();
        break;
      case "sound":
        await this.player?.resume();
        await this.microphone?.resume();
        break;
      case "dismiss":
        this.situation.trouble = null;
        break;
    }
  }

  /** The screen follows the state of things once per frame; nothing else touches it. */
  private onFrame(now: number): void {
    this.situation.activity = this.conversation.activity;
    this.situation.level = this.conversation.level;
    this.situation.stoppable = this.conversation.busy;
    this.view.show(this.situation);
    this.view.showCaptions(this.conversation.takeChanged(), (id) => this.conversation.caption(id));
    this.view.levels(this.level, this.player?.level() ?? 0, now);
    requestAnimationFrame((next) => this.onFrame(next));
  }
}

function newItemId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return `item_${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

void new App().begin();
