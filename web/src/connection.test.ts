import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Connection, retryDelay, type ConnectionState } from "./connection";
import type { ServerEvent } from "./protocol";

class FakeSocket {
  bufferedAmount = 0;
  sent: string[] = [];
  closed = false;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly protocols: string[]) {}

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.closed = true;
  }

  receive(type: string): void {
    this.onmessage?.({ data: JSON.stringify({ type, session: {} }) });
  }
}

class Rig {
  readonly sockets: FakeSocket[] = [];
  readonly states: ConnectionState[] = [];
  readonly events: ServerEvent[] = [];
  refuses = false;
  readonly connection = new Connection(
    "ws://eva/v1/realtime",
    {
      open: (_url, protocols) => {
        const socket = new FakeSocket(protocols);
        this.sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      refusesKey: () => Promise.resolve(this.refuses),
    },
    {
      onState: (state) => this.states.push(state),
      onEvent: (event) => this.events.push(event),
    },
    null,
  );

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  open(): void {
    this.connection.connect();
    this.socket.receive("session.created");
  }
}

/** A test in virtual time. */
function timed(name: string, body: (tick: (ms: number) => void) => void | Promise<void>): void {
  test(name, async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      await body((ms) => mock.timers.tick(ms));
    } finally {
      mock.timers.reset();
    }
  });
}

/** Lets the answer of `refusesKey` arrive. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

timed("it is open once the server has spoken, not before", () => {
  const rig = new Rig();
  rig.connection.connect();
  assert.deepEqual(rig.states, ["connecting"]);
  assert.equal(rig.connection.send({ type: "response.create" }), false);
  rig.socket.receive("session.created");
  assert.deepEqual(rig.states, ["connecting", "open"]);
  assert.equal(rig.connection.send({ type: "response.create" }), true);
  assert.deepEqual(rig.socket.protocols, ["realtime"]);
});

timed("a lost connection is tried again after the delay, by itself", (tick) => {
  const rig = new Rig();
  rig.open();
  rig.socket.onclose?.({ code: 1006 });
  assert.equal(rig.states.at(-1), "waiting");
  tick(374);
  assert.equal(rig.sockets.length, 1);
  tick(126);
  assert.equal(rig.sockets.length, 2);
  assert.equal(rig.states.at(-1), "connecting");
});

timed("a server that never answers is given up after eight seconds", (tick) => {
  const rig = new Rig();
  rig.connection.connect();
  tick(7_999);
  assert.equal(rig.states.at(-1), "connecting");
  tick(1);
  assert.equal(rig.states.at(-1), "waiting");
  assert.ok(rig.sockets[0]!.closed);
});

timed("a quiet server is asked for a sign of life; without one the line is lost", (tick) => {
  const rig = new Rig();
  rig.open();
  tick(14_999);
  assert.equal(rig.socket.sent.length, 0);
  tick(1);
  assert.equal(rig.socket.sent.length, 1);
  rig.socket.receive("session.updated");
  tick(15_000);
  assert.equal(rig.socket.sent.length, 2);
  tick(7_999);
  assert.equal(rig.states.at(-1), "open");
  tick(1);
  assert.equal(rig.states.at(-1), "waiting");
});

timed("a refused key locks, and the right one unlocks", async () => {
  const rig = new Rig();
  rig.refuses = true;
  rig.connection.connect();
  rig.socket.onclose?.({ code: 1006 });
  await settle();
  assert.equal(rig.states.at(-1), "locked");
  rig.connection.unlock("sesame");
  assert.deepEqual(rig.socket.protocols, ["realtime", "openai-insecure-api-key.sesame"]);
  rig.socket.receive("session.created");
  assert.equal(rig.states.at(-1), "open");
});

timed("a server that closes for another reason than the key is tried again", (tick) => {
  const rig = new Rig();
  rig.refuses = true; // not asked: this key was good a moment ago
  rig.open();
  rig.socket.onclose?.({ code: 1008 });
  assert.equal(rig.states.at(-1), "waiting");
  tick(500);
  assert.equal(rig.sockets.length, 2);
});

timed("offline, a connection that answers stays", (tick) => {
  const rig = new Rig();
  rig.open();
  rig.connection.onOnline(false);
  assert.equal(rig.socket.sent.length, 1, "it is asked for a word");
  tick(1_999);
  rig.socket.receive("session.updated");
  tick(14_999);
  assert.equal(rig.states.at(-1), "open");
  assert.equal(rig.sockets.length, 1);
});

timed("offline, a connection that does not answer is lost after two seconds", (tick) => {
  const rig = new Rig();
  rig.open();
  rig.connection.onOnline(false);
  tick(1_999);
  assert.equal(rig.states.at(-1), "open");
  tick(1);
  assert.equal(rig.states.at(-1), "waiting");
  rig.connection.onOnline(true);
  assert.equal(rig.sockets.length, 2, "back online, it does not wait");
});

timed("a failed upgrade that is not the key's fault is tried again", async () => {
  const rig = new Rig();
  rig.connection.connect();
  rig.socket.onclose?.({ code: 1006 });
  await settle();
  assert.equal(rig.states.at(-1), "waiting");
});

timed("when the network is far behind, audio is dropped and words are not", () => {
  const rig = new Rig();
  rig.open();
  rig.socket.bufferedAmount = 400_000;
  assert.equal(rig.connection.send({ type: "input_audio_buffer.append", audio: "" }), false);
  assert.equal(rig.connection.send({ type: "response.cancel" }), true);
});

timed("what an abandoned socket still says is not heard", () => {
  const rig = new Rig();
  rig.open();
  const old = rig.socket;
  old.onclose?.({ code: 1006 });
  old.receive("response.created");
  old.onclose?.({ code: 1006 });
  assert.deepEqual(
    rig.events.map(({ type }) => type),
    ["session.created"],
  );
  assert.equal(rig.states.at(-1), "waiting");
});

test("the delay doubles up to eight seconds", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 60].map(retryDelay), [500, 1000, 2000, 4000, 8000, 8000, 8000]);
});
