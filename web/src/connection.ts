// The line to Eva: a WebSocket that reconnects by itself, notices a dead peer and knows when a
// key is wanted.

import type { ClientEvent, ServerEvent } from "./protocol";

export type ConnectionState =
  | "connecting"
  | "open"
  | "waiting" // lost; a new attempt is scheduled
  | "locked"; // the server wants a key (or another one)

export interface ConnectionEvents {
  onState(state: ConnectionState): void;
  onEvent(event: ServerEvent): void;
}

/** What the connection needs of the browser; tests bring their own. */
export interface Network {
  open(url: string, protocols: string[]): WebSocket;
  /** Whether the server refuses the key. A WebSocket does not tell why its upgrade failed. */
  refusesKey(key: string | null): Promise<boolean>;
}

const kConnectDeadlineMs = 8_000;
const kQuietMs = 15_000; // without a word from the server this long, ask it for one
const kAnswerDeadlineMs = 8_000; // ... and wait this long for it
const kOfflineDeadlineMs = 2_000; // the same, once the browser believes to be offline
const kFirstRetryMs = 500;
const kLongestRetryMs = 8_000;
/** About five seconds of audio: when the network is this far behind, new audio is dropped. */
const kMaxBufferedBytes = 320_000;

/** Wait before attempt `attempt` (0 = the first retry), in ms. */
export function retryDelay(attempt: number): number {
  return Math.min(kLongestRetryMs, kFirstRetryMs * 2 ** attempt);
}

export class Connection {
  private socket: WebSocket | null = null;
  private state_: ConnectionState = "connecting";
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url: string,
    private readonly network: Network,
    private readonly events: ConnectionEvents,
    private key: string | null,
  ) {}

  get state(): ConnectionState {
    return this.state_;
  }

  /** Connects now, whatever was scheduled. Does nothing while a connection is open. */
  connect(): void {
    if (this.socket) return;
    this.setState("connecting");
    const protocols = ["realtime"];
    if (this.key !== null) protocols.push(`openai-insecure-api-key.${this.key}`);
    const socket = this.network.open(this.url, protocols);
    this.socket = socket;
    let established = false;
    this.deadline(kConnectDeadlineMs, () => this.lost(socket));

    socket.onmessage = ({ data }: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.expectWord(socket);
      const event = JSON.parse(data) as ServerEvent;
      if (event.type === "session.created") {
        established = true;
        this.attempt = 0;
        this.setState("open");
      }
      this.events.onEvent(event);
    };
    socket.onclose = () => {
      if (socket !== this.socket) return;
      if (established) this.lost(socket);
      else void this.failed(socket);
    };
  }

  /** Tries again with `key`. */
  unlock(key: string): void {
    this.key = key;
    this.connect();
  }

  /** Returns false when the event could not be sent: no connection, or audio far behind. */
  send(event: ClientEvent): boolean {
    if (this.state_ !== "open" || !this.socket) return false;
    const late = this.socket.bufferedAmount > kMaxBufferedBytes;
    if (late && event.type === "input_audio_buffer.append") return false;
    this.socket.send(JSON.stringify(event));
    return true;
  }

  /**
   * The browser says that the network is gone or back. An Eva on this machine needs none, so a
   * connection that still answers stays.
   */
  onOnline(online: boolean): void {
    if (online && this.state_ === "waiting") this.connect();
    else if (!online && this.socket && this.state_ === "open") {
      this.askForWord(this.socket, kOfflineDeadlineMs);
    }
  }

  /** The upgrade failed. Was it the key? */
  private async failed(socket: WebSocket): Promise<void> {
    const refused = await this.network.refusesKey(this.key);
    if (socket !== this.socket) return;
    if (refused) this.lock();
    else this.lost(socket);
  }

  private lock(): void {
    this.drop();
    this.setState("locked");
  }

  private lost(socket: WebSocket): void {
    if (socket !== this.socket) return;
    this.drop();
    this.setState("waiting");
    // Up to a quarter is random, so that many pages do not come back in one instant.
    const delay = retryDelay(this.attempt++) * (1 - Math.random() / 4);
    this.deadline(delay, () => this.connect());
  }

  private drop(): void {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** Arms the watch for a dead peer: a quiet server is asked for a sign of life. */
  private expectWord(socket: WebSocket): void {
    this.deadline(kQuietMs, () => this.askForWord(socket, kAnswerDeadlineMs));
  }

  private askForWord(socket: WebSocket, deadlineMs: number): void {
    this.send({ type: "session.update", session: { type: "realtime" } });
    this.deadline(deadlineMs, () => this.lost(socket));
  }

  private deadline(ms: number, action: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(action, ms);
  }

  private setState(state: ConnectionState): void {
    this.state_ = state;
    this.events.onState(state);
  }
}
