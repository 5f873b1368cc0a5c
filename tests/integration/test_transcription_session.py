"""Realtime transcription sessions of `eva engine`, with the stock `openai` package, unmodified."""
import asyncio
import base64
import contextlib
import re
import signal
import subprocess
import time

import httpx
import numpy
import pytest
from openai import AsyncOpenAI

from caller import RATE, clip
from eva_process import BINARY, clean_environment

pytestmark = pytest.mark.usefixtures("models")
START_S = 60
TRANSCRIPTION = "conversation.item.input_audio_transcription"


@pytest.fixture(scope="module")
def engine():
    """The address of an engine of its own on a free port."""
    process = subprocess.Popen([BINARY, "engine", "--listen", "127.0.0.1:0"], text=True,
                               env=clean_environment(), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        lines = []
        for line in process.stderr:
            lines.append(line)
            found = re.search(r"listens on (\S+)", line)
            if found:
                break
        else:
            raise AssertionError("".join(lines))
        address = found.group(1)
        end = time.monotonic() + START_S
        while httpx.get(f"http://{address}/readyz", trust_env=False).status_code != 200:
            assert time.monotonic() < end, "the engine does not become ready"
            time.sleep(0.05)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


@contextlib.asynccontextmanager
async def connect(address):
    client = AsyncOpenAI(base_url=f"http://{address}/v1", api_key="x",
                         websocket_base_url=f"ws://{address}/v1")
    async with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        yield connection


async def receive(connection, kind, events, within=20):
    async def until():
        while True:
            event = await connection.recv()
            events.append(event)
            if event.type == kind:
                return event

    return await asyncio.wait_for(until(), within)


def settings(**input_settings):
    return {"type": "transcription",
            "audio": {"input": {"format": {"type": "audio/pcm", "rate": RATE},
                                "transcription": {"model": "whisper-1", "language": "en"},
                                "turn_detection": None, **input_settings}}}


async def speak(connection, samples, faster=1.0):
    """In real time, 100 ms at once."""
    step = RATE // 10
    start = time.monotonic()
    for index, at in enumerate(range(0, len(samples), step)):
        await asyncio.sleep(max(0.0, start + index * 0.1 / faster - time.monotonic()))
        chunk = samples[at:at + step].astype("<i2").tobytes()
        await connection.input_audio_buffer.append(audio=base64.b64encode(chunk).decode())


def test_deltas_while_speaking_and_the_text_on_commit(engine):
    async def scenario():
        async with connect(engine) as connection:
            events = []
            created = await receive(connection, "session.created", events)
            assert created.session.type == "transcription"
            await connection.session.update(session=settings())
            updated = await receive(connection, "session.updated", events)
            assert updated.session.audio.input.transcription.language == "en"
            for _ in range(2):  # one utterance after the other
                events.clear()
                await speak(connection, clip("1688-142285-0003"))
                await connection.input_audio_buffer.commit()
                completed = await receive(connection, f"{TRANSCRIPTION}.completed", events)
                assert "anything else he said" in completed.transcript
                assert 4.9 < completed.usage.seconds < 5.2
                kinds = [event.type for event in events]
                committed = kinds.index("input_audio_buffer.committed")
                assert kinds[committed:committed + 3] == [
                    "input_audio_buffer.committed", "conversation.item.added", "conversation.item.done"]
                deltas = [event for event in events if event.type == f"{TRANSCRIPTION}.delta"]
                assert "".join(event.delta for event in deltas) == completed.transcript
                assert {event.item_id for event in deltas} == {completed.item_id, events[committed].item_id}
                # Words came while they were spoken.
                early = "".join(event.delta for event in events[:committed]
                                if event.type == f"{TRANSCRIPTION}.delta")
                assert len(early.split()) >= 3, early
                assert any(event.tentative for event in deltas)
                assert "error" not in kinds

    asyncio.run(scenario())


def test_silence_and_noise_say_nothing(engine):
    async def scenario():
        async with connect(engine) as connection:
            events = []
            await connection.session.update(session=settings())
            for samples in (numpy.zeros(2 * RATE), clip("esc10_person_sneeze_1-31748-A")):
                await speak(connection, samples, faster=2)
                await connection.input_audio_buffer.commit()
                completed = await receive(connection, f"{TRANSCRIPTION}.completed", events)
                assert completed.transcript == ""
            assert not any(event.delta for event in events if event.type == f"{TRANSCRIPTION}.delta")

    asyncio.run(scenario())


def test_refusals_leave_the_session_alive(engine):
    async def scenario():
        async with connect(engine) as connection:
            events = []
            await connection.send({"type": "response.create", "event_id": "mine"})
            error = await receive(connection, "error", events)
            assert error.error.event_id == "mine"
            await connection.session.update(session=settings(turn_detection={"type": "server_vad"}))
            error = await receive(connection, "error", events)
            assert error.error.param == "session.audio.input.turn_detection"
            await connection.input_audio_buffer.commit()
            error = await receive(connection, "error", events)
            assert error.error.code == "input_audio_buffer_commit_empty"
            await connection.session.update(session=settings(format={"type": "audio/pcmu"}))
            updated = await receive(connection, "session.updated", events)
            assert updated.session.audio.input.format.type == "audio/pcmu"
            await connection.input_audio_buffer.append(audio=base64.b64encode(b"\xff" * 8000).decode())
            await connection.input_audio_buffer.clear()
            await receive(connection, "input_audio_buffer.cleared", events)

    asyncio.run(scenario())


def test_who_may_not_open_a_session(engine):
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}

    def status(path, **headers):
        return httpx.get(f"http://{engine}{path}", headers=upgrade | headers, trust_env=False).status_code

    session = "/v1/realtime?intent=transcription"
    assert status(session, Origin="http://localhost") == 403
    assert status(session, Host="example.com") == 403
    assert status("/v1/realtime") == 400
    assert status("/v1/other?intent=transcription") == 404
    assert httpx.get(f"http://{engine}{session}", trust_env=False).status_code == 426
