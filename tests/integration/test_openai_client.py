"""The stock `openai` package, unmodified, holds the conversations that its users would."""
import asyncio
import contextlib

import pytest
from openai import AsyncOpenAI

from caller import RATE, Caller, append, clip, reply_text, rms, said

pytestmark = pytest.mark.usefixtures("models")


@contextlib.asynccontextmanager
async def connect(eva, microphone=True):
    client = AsyncOpenAI(base_url=f"{eva.url}/v1", api_key="x",
                         websocket_base_url=f"ws://{eva.address}/v1")
    async with client.realtime.connect(model="eva") as connection:
        async def receive():
            return (await connection.recv()).to_dict()

        caller = Caller(connection.send, receive)
        caller.start(microphone)
        try:
            yield caller
        finally:
            await caller.stop()


def session_update(**input_settings):
    return {"type": "session.update",
            "session": {"type": "realtime", "output_modalities": ["audio"],
                        "audio": {"input": {"format": {"type": "audio/pcm", "rate": RATE},
                                            "transcription": {"model": "whisper-1"},
                                            **input_settings},
                                  "output": {"format": {"type": "audio/pcm", "rate": RATE}}}}}


def assert_in_order(events, kinds):
    """The first events of these kinds come in this order."""
    names = [e["type"] for e in events]
    places = [names.index(kind) for kind in kinds]
    assert places == sorted(places), list(zip(kinds, places))


def test_a_spoken_turn(eva):
    async def scenario():
        async with connect(eva) as caller:
            created = await caller.wait("session.created")
            assert caller.events[0]["type"] == "session.created"
            assert created["session"]["type"] == "realtime"
            await caller.send(session_update(turn_detection={"type": "server_vad"}))
            updated = await caller.wait("session.updated")
            assert updated["session"]["audio"]["input"]["turn_detection"]["type"] == "server_vad"
            caller.speak(clip("goforward"))
            done = await caller.wait("response.done")
            text = await caller.wait("conversation.item.input_audio_transcription.completed")
            assert {"go", "forward"} <= set(text["transcript"].lower().strip(".").split())
            assert_in_order(caller.events, [
                "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
                "input_audio_buffer.committed", "conversation.item.added",
                "conversation.item.done", "response.created"])
            turn = [caller.of(f"input_audio_buffer.{kind}")[0]["item_id"]
                    for kind in ("speech_started", "speech_stopped", "committed")]
            assert turn == [text["item_id"]] * 3
            assert_in_order(caller.events, [
                "response.created", "response.output_item.added", "response.content_part.added",
                "response.output_audio.delta", "response.output_audio.done",
                "response.output_audio_transcript.done", "response.content_part.done",
                "response.output_item.done", "response.done"])
            assert done["response"]["status"] == "completed"
            assert reply_text(done)
            assert len(caller.of("response.done")) == 1
            answer = caller.heard(done["response"]["id"])
            assert len(answer) > RATE / 2
            assert rms(answer) > 300
            assert not caller.of("error")

    asyncio.run(scenario())


def test_speaking_over_a_long_answer(eva):
    async def scenario():
        async with connect(eva) as caller:
            await caller.send(session_update(turn_detection={"type": "server_vad"}))
            await caller.wait("session.updated")
            await caller.send(said("Count to one hundred."))
            await caller.send({"type": "response.create"})
            created = (await caller.wait("response.created"))["response"]["id"]
            first = await caller.wait("response.output_audio.delta")
            await caller.wait("response.output_audio.delta", within=10,
                              where=lambda e: e["at"] > first["at"] + 1)
            since = caller.mark()
            caller.speak(clip("axb_a0005"))
            done = await caller.wait("response.done", since, 5)
            assert done["response"]["id"] == created
            assert done["response"]["status"] == "cancelled"
            assert done["response"]["status_details"]["reason"] == "turn_detected"
            late = [e for e in caller.of("response.output_audio.delta", since)
                    if e["response_id"] == created and e["at"] > done["at"]]
            assert not late

            await caller.send({"type": "conversation.item.truncate", "item_id": first["item_id"],
                               "content_index": 0, "audio_end_ms": 900})
            truncated = await caller.wait("conversation.item.truncated", since)
            assert truncated["item_id"] == first["item_id"]
            assert truncated["audio_end_ms"] == 900

            answer = await caller.wait("response.done", since, 20,
                                       where=lambda e: e["response"]["id"] != created)
            assert answer["response"]["status"] == "completed"
            assert rms(caller.heard(answer["response"]["id"])) > 300
            assert not caller.of("error")

    asyncio.run(scenario())


def test_turns_by_hand(eva):
    async def scenario():
        async with connect(eva, microphone=False) as caller:
            await caller.send(session_update(turn_detection=None))
            updated = await caller.wait("session.updated")
            assert updated["session"]["audio"]["input"].get("turn_detection") is None
            await caller.send(append(clip("seven_petewarden")))
            await caller.send({"type": "input_audio_buffer.commit"})
            await caller.wait("input_audio_buffer.committed")
            text = await caller.wait("conversation.item.input_audio_transcription.completed")
            assert "seven" in text["transcript"].lower() or "7" in text["transcript"]
            assert not caller.of("response.created")
            assert not caller.of("input_audio_buffer.speech_started")
            await caller.send({"type": "response.create"})
            done = await caller.wait("response.done")
            assert done["response"]["status"] == "completed"
            assert rms(caller.heard(done["response"]["id"])) > 300

    asyncio.run(scenario())


def test_text_only_answers(eva):
    async def scenario():
        async with connect(eva, microphone=False) as caller:
            await caller.send({"type": "session.update",
                               "session": {"type": "realtime", "output_modalities": ["text"]}})
            await caller.wait("session.updated")
            done = await caller.ask("What is two plus three?")
            assert "five" in reply_text(done).lower() or "5" in reply_text(done)
            assert caller.of("response.output_text.delta")
            assert not caller.of("response.output_audio.delta")

    asyncio.run(scenario())


@pytest.mark.parametrize("event, code, param", [
    ({"type": "session.update", "session": {"type": "realtime", "voice": "x"}},
     "unknown_parameter", "session.voice"),
    ({"type": "input_audio_buffer.append", "audio": "!!"}, "invalid_value", "audio"),
    ({"type": "input_audio_buffer.append", "audio": 7}, "invalid_type", "audio"),
    ({"type": "conversation.item.truncate", "item_id": "x", "content_index": 0},
     "missing_required_parameter", "audio_end_ms"),
    ({"type": "conversation.item.delete", "item_id": "nobody"},
     "item_delete_invalid_item_id", "item_id"),
    ({"type": "response.cancel"}, "response_cancel_not_active", "response_id"),
    ({"type": "input_audio_buffer.commit"}, "input_audio_buffer_commit_empty", None),
    ({"type": "session.destroy"}, "invalid_value", "type"),
])
def test_a_wrong_event_is_named_in_the_error(eva, event, code, param):
    async def scenario():
        async with connect(eva, microphone=False) as caller:
            await caller.send({**event, "event_id": "mine_1"})
            error = (await caller.wait("error"))["error"]
            assert error["event_id"] == "mine_1"
            assert error["code"] == code
            assert error.get("param") == param
            assert error["message"]
            assert error["type"] == "invalid_request_error"
            await caller.send(session_update())  # the session lives on
            await caller.wait("session.updated")

    asyncio.run(scenario())
