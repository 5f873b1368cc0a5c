"""Clients that break every rule: each is answered or dropped, and nobody else notices."""
import asyncio
import base64
import json
import os
import random
import socket
import time

import numpy as np
import pytest
import websockets

from caller import RATE, append, call, clip, reply_text, said
from eva_process import Eva, wait_for

pytestmark = pytest.mark.usefixtures("models")


def no_sessions(eva, within=10):
    wait_for(lambda: eva.metric("eva_sessions") == 0, within, "every session is counted off")


@pytest.mark.parametrize("text", [
    "", "{", "[]", "7", "null", '"text"', "{}", '{"type": 7}', '{"type": ""}', '{"type": "x"}',
    '{"type": "session.update"}', '{"type": "session.update", "session": []}',
    '{"type": "input_audio_buffer.append"}',
    '{"type": "input_audio_buffer.append", "audio": null}',
    '{"type": "input_audio_buffer.append", "audio": "%%%%"}',
    '{"type": "input_audio_buffer.append", "audio": "AAA="', '{"type": "response.create", "response": 1}',
    '{"type": "conversation.item.create", "item": {"type": "message"}}',
    '{"type": "response.cancel", "event_id": {"a": 1}}',
    '{"type": "input_audio_buffer.append", "audio": "' + base64.b64encode(b"odd").decode() + '"}',
    "[" * 100_000, '{"a":' * 5000, '{"type": "' + "x" * 100_000 + '"}',
], ids=lambda text: text[:40] or "empty")
def test_malformed_events_are_answered(eva, text):
    async def scenario():
        async with call(eva, microphone=False) as caller:
            await caller.socket.send(text)
            error = (await caller.wait("error"))["error"]
            assert error["code"] and error["message"]
            assert len(error["message"]) < 2000
            since = caller.mark()
            await caller.send({"type": "input_audio_buffer.clear"})
            await caller.wait("input_audio_buffer.cleared", since)

    asyncio.run(scenario())


def close_code_after(eva, message):
    async def scenario():
        async with call(eva, microphone=False) as caller:
            try:
                await caller.socket.send(message)
            except websockets.ConnectionClosed:
                pass
            await asyncio.wait_for(caller.socket.wait_closed(), 10)
            return caller.socket.close_code

    return asyncio.run(scenario())


def test_frames_that_are_refused(eva):
    assert close_code_after(eva, b"\0\1\2") == 1003
    assert close_code_after(eva, "x" * (22 << 20)) == 1009
    no_sessions(eva)


def test_too_many_events_are_read_slowly(eva):
    async def scenario():
        async with call(eva, microphone=False) as caller:
            start = time.monotonic()
            for number in range(1500):  # a burst of 500, then 500 a second
                await caller.send({"type": "input_audio_buffer.clear", "event_id": str(number)})
            while len(caller.of("input_audio_buffer.cleared")) < 1500:
                assert time.monotonic() - start < 20, "every event is answered"
                await asyncio.sleep(0.05)
            assert time.monotonic() - start > 1.5

    asyncio.run(scenario())


def test_audio_faster_than_real_time_is_refused_and_harms_nobody(eva):
    async def scenario():
        async with call(eva) as victim, call(eva, microphone=False) as flood:
            victim.speak(clip("goforward"))
            second = append(np.zeros(RATE, np.int16))
            for _ in range(60):
                await flood.send(second)
            refusal = await flood.wait("error")
            assert refusal["error"]["code"] == "audio_too_fast"
            done = await victim.wait("response.done", within=25)
            assert done["response"]["status"] == "completed"
            assert reply_text(done)
            assert not victim.of("error")

    asyncio.run(scenario())


def test_a_client_that_never_reads():
    with Eva("--limits.outbox_bytes", "65536") as eva:
        before = eva.rss_mib()
        mute = socket.create_connection(("127.0.0.1", eva.port), 5)
        mute.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        mute.sendall(handshake(eva))
        # Not a byte is read from here on; big items make the answers big.
        text = "x" * 200_000
        ask = {**said(text), "event_id": "e"}
        with pytest.raises(OSError):
            end = time.monotonic() + 20
            while time.monotonic() < end:
                mute.sendall(frame(json.dumps(ask).encode()))
                time.sleep(0.01)  # under the limit of events per second
        mute.close()
        no_sessions(eva)
        assert eva.rss_mib() - before < 150

        async def scenario():
            async with call(eva, microphone=False) as caller:
                assert (await caller.ask("What is two plus three?"))["response"]["status"] == (
                    "completed")

        asyncio.run(scenario())


def handshake(eva):
    key = base64.b64encode(os.urandom(16)).decode()
    return (f"GET /v1/realtime?model=eva HTTP/1.1\r\nHost: {eva.address}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n").encode()


def frame(payload):
    """A masked text frame (the mask is zero)."""
    size = len(payload)
    length = (bytes([0x80 | size]) if size < 126
              else b"\xfe" + size.to_bytes(2, "big") if size < 65536
              else b"\xff" + size.to_bytes(8, "big"))
    return b"\x81" + length + bytes(4) + payload


def test_sockets_killed_in_mid_turn(eva):
    total = eva.metric("eva_sessions_total")
    question = frame(json.dumps(said("Count to one hundred.")).encode())
    go = frame(b'{"type":"response.create"}')
    audio = frame(json.dumps(append(clip("seven_petewarden")[:RATE // 2])).encode())
    luck = random.Random(1)
    for turn in range(50):
        with socket.create_connection(("127.0.0.1", eva.port), 5) as client:
            client.sendall(handshake(eva))
            client.settimeout(5)
            assert client.recv(4096).startswith(b"HTTP/1.1 101")
            client.sendall(question + go if turn % 2 else audio)
            for _ in range(luck.randrange(4)):
                client.recv(65536) if turn % 2 else client.sendall(audio)
            # Closing with unread data, and linger 0 besides, sends a reset.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    no_sessions(eva)
    assert eva.metric("eva_sessions_total") == total + 50

    async def scenario():
        async with call(eva, microphone=False) as caller:
            done = await caller.ask("What is two plus three?")
            assert done["response"]["status"] == "completed"

    asyncio.run(scenario())


def test_bytes_that_are_no_request(eva):
    luck = random.Random(2)
    for size in (1, 10, 1000, 100_000):
        with socket.create_connection(("127.0.0.1", eva.port), 5) as client:
            client.settimeout(5)
            try:
                client.sendall(luck.randbytes(size) + b"\r\n\r\n")
                answer = client.recv(4096)
            except OSError:
                answer = b""
            assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer[:100]
    assert eva.get("/healthz").status_code == 200


def test_half_requests(eva):
    """Many clients that say half a request do not keep others out; in the end they are dropped."""
    halves = [socket.create_connection(("127.0.0.1", eva.port), 5) for _ in range(50)]
    try:
        for client in halves:
            client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half:")
        assert eva.get("/healthz").status_code == 200
        halves[0].settimeout(15)
        answer = halves[0].recv(4096)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 408")
    finally:
        for client in halves:
            client.close()


def test_a_long_header_is_refused(eva):
    answer = eva.get("/", headers={"X-Long": "x" * 60_000})
    assert answer.status_code in (400, 431)
