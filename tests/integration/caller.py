"""A caller of the Realtime protocol: a microphone that runs in real time, and every event kept."""
import asyncio
import base64
import contextlib
import json
import time

import numpy as np
import soundfile
import websockets

from eva_process import ROOT

RATE = 24_000
FRAME = RATE // 50
AUDIO = ROOT / "tests" / "audio"


def clip(name, rate=RATE):
    """A recording of tests/audio as int16 at `rate`."""
    samples, source = soundfile.read(AUDIO / f"{name}.flac", dtype="float32")
    places = np.arange(int(len(samples) * rate / source)) * source / rate
    resampled = np.interp(places, np.arange(len(samples)), samples)
    return (resampled * 32767).clip(-32768, 32767).astype(np.int16)


def encode(pcm):
    return base64.b64encode(pcm.astype("<i2").tobytes()).decode()


def append(pcm):
    return {"type": "input_audio_buffer.append", "audio": encode(pcm)}


def said(text):
    return {"type": "conversation.item.create",
            "item": {"type": "message", "role": "user",
                     "content": [{"type": "input_text", "text": text}]}}


class Caller:
    """`send` takes a dict, `receive` gives the next event as a dict; both are coroutines."""

    def __init__(self, send, receive):
        self.send = send
        self._receive = receive
        self.events = []  # dicts, with the time of arrival under "at"
        self.failure = None
        self._news = asyncio.Event()
        self._queue = np.zeros(0, np.int16)
        self._tasks = []
        self.spoke_at = None

    def start(self, microphone=True):
        self._tasks.append(asyncio.create_task(self._listen()))
        if microphone:
            self._tasks.append(asyncio.create_task(self._microphone()))

    async def stop(self):
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def speak(self, pcm):
        """Queued behind what is being said; silence follows."""
        self._queue = np.concatenate([self._queue, pcm])
        self.spoke_at = time.monotonic()

    async def _microphone(self):
        start = time.monotonic()
        sent = 0
        try:
            while True:
                frame, self._queue = self._queue[:FRAME], self._queue[FRAME:]
                await self.send(append(np.pad(frame, (0, FRAME - len(frame)))))
                sent += 1
                await asyncio.sleep(max(0, start + sent * 0.02 - time.monotonic()))  # real time
        except Exception:  # the connection ended; the listener reports how
            pass

    async def _listen(self):
        try:
            while True:
                event = await self._receive()
                event["at"] = time.monotonic()
                self.events.append(event)
                self._news.set()
        except Exception as failure:
            self.failure = failure
            self._news.set()

    def of(self, kind, since=0):
        return [e for e in self.events[since:] if e["type"] == kind]

    def mark(self):
        return len(self.events)

    async def wait(self, kind, since=0, within=15, where=lambda event: True):
        """The first event of that type from index `since` on that `where` accepts."""
        end = time.monotonic() + within
        at = since
        while True:
            self._news.clear()
            while at < len(self.events):
                event = self.events[at]
                at += 1
                if event["type"] == kind and where(event):
                    return event
            left = end - time.monotonic()
            assert self.failure is None, f"connection lost waiting for {kind}: {self.failure!r}"
            seen = [e["type"] for e in self.events[since:]
                    if e["type"] not in ("response.output_audio.delta",)]
            assert left > 0, f"no {kind} within {within} s after {seen}"
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), left)

    async def ask(self, text, within=20):
        """A typed question; its response.done."""
        since = self.mark()
        await self.send(said(text))
        await self.send({"type": "response.create"})
        return await self.wait("response.done", since, within)

    def heard(self, response_id):
        """Eva's audio of one response, int16."""
        parts = [base64.b64decode(e["delta"]) for e in self.of("response.output_audio.delta")
                 if e["response_id"] == response_id]
        return np.frombuffer(b"".join(parts), "<i2")


def rms(pcm):
    return float(np.sqrt(np.mean(np.square(pcm.astype(np.float64))))) if len(pcm) else 0.0


def reply_text(done):
    output = done["response"]["output"]
    part = output[0]["content"][0] if output else {}
    return part.get("transcript") or part.get("text") or ""


@contextlib.asynccontextmanager
async def call(eva, microphone=True, **options):
    """A raw WebSocket caller, connected; session.created has come."""
    async with websockets.connect(eva.ws_url, max_size=None, proxy=None, **options) as socket:
        async def send(event):
            await socket.send(json.dumps(event))

        async def receive():
            return json.loads(await socket.recv())

        caller = Caller(send, receive)
        caller.socket = socket
        caller.start(microphone)
        try:
            await caller.wait("session.created")
            yield caller
        finally:
            await caller.stop()
