"""Language models behind HTTP that hang, drip, die or talk nonsense; and the pizza desk's example."""
import asyncio
import socket
import subprocess
import sys
import time

import httpx
import pytest

from brain_server import BrainServer
from caller import call, clip, reply_text, rms, said
from eva_process import ROOT, Eva, clean_environment, wait_for

pytestmark = pytest.mark.usefixtures("models")
TIMEOUT_MS = 1500


@pytest.fixture(scope="module")
def brain():
    with BrainServer() as server:
        yield server


@pytest.fixture(scope="module")
def server(models, brain):
    """An Eva whose language model is `brain`."""
    with Eva("--llm.url", brain.url, "--llm.model", "m", "--llm.key_env", "BRAIN_KEY",
             "--llm.timeout_ms", TIMEOUT_MS, env={"BRAIN_KEY": "brain-secret"}) as eva:
        yield eva


def assert_good(caller, done):
    assert done["response"]["status"] == "completed", done["response"]
    assert reply_text(done) == "The sky is blue."
    assert rms(caller.heard(done["response"]["id"])) > 300


def test_a_good_brain_gets_the_conversation(server, brain):
    async def scenario():
        brain.mode = "good"
        brain.requests.clear()
        async with call(server, microphone=False) as caller:
            assert_good(caller, await caller.ask("What colour is the sky?"))
            assert_good(caller, await caller.ask("Really?"))
        request = brain.requests[-1]
        assert request["model"] == "m" and request["stream"] is True
        roles = [(m["role"], m["content"]) for m in request["messages"] if m["role"] != "system"]
        assert roles == [("user", "What colour is the sky?"), ("assistant", "The sky is blue."),
                         ("user", "Really?")]

    asyncio.run(scenario())


@pytest.mark.parametrize("mode, code", [
    ("hang", "timeout"), (401, "unauthorized"), (429, "overloaded"), (500, "unavailable"),
    ("garbage", None), ("nonsense", None)])
def test_a_bad_brain_fails_one_response_only(server, brain, mode, code):
    async def scenario():
        brain.mode = mode
        async with call(server, microphone=False) as caller:
            start = time.monotonic()
            done = await caller.ask("What colour is the sky?")
            assert done["response"]["status"] == "failed", done["response"]
            assert time.monotonic() - start < 3 * TIMEOUT_MS / 1000
            error = done["response"]["status_details"]["error"]
            assert error["message"]
            if code:
                assert error["code"] == code
            assert "brain-secret" not in str(caller.events)
            brain.mode = "good"
            assert_good(caller, await caller.ask("What colour is the sky?"))

    asyncio.run(scenario())


def test_a_brain_that_dies_in_mid_stream(server, brain):
    async def scenario():
        brain.mode = "cut"
        async with call(server, microphone=False) as caller:
            done = await caller.ask("What colour is the sky?")
            assert done["response"]["status"] in ("failed", "incomplete"), done["response"]
            brain.mode = "good"
            assert_good(caller, await caller.ask("What colour is the sky?"))

    asyncio.run(scenario())


def test_a_brain_that_is_gone(models):
    with BrainServer() as gone:
        url = gone.url
    with Eva("--llm.url", url, "--llm.model", "m", "--llm.timeout_ms", TIMEOUT_MS) as eva:
        async def scenario():
            async with call(eva, microphone=False) as caller:
                done = await caller.ask("Hello?")
                assert done["response"]["status"] == "failed"
                assert done["response"]["status_details"]["error"]["code"] == "unreachable"

        asyncio.run(scenario())


def test_an_interruption_hangs_up_on_a_dripping_brain(server, brain):
    async def scenario():
        brain.mode = "drip"
        brain.disconnected.clear()
        async with call(server) as caller:
            await caller.send(said("Talk without end."))
            await caller.send({"type": "response.create"})
            await caller.wait("response.output_audio_transcript.delta")
            assert not brain.disconnected.is_set()
            brain.mode = "good"
            since = caller.mark()
            caller.speak(clip("axb_a0005"))
            done = await caller.wait("response.done", since)
            assert done["response"]["status_details"]["reason"] == "turn_detected"
            await asyncio.to_thread(brain.disconnected.wait, 5)
            assert brain.disconnected.is_set()
            assert brain.disconnected_at - done["at"] < 1.0
            assert_good(caller, await caller.wait("response.done", since, where=lambda e: (
                e["response"]["id"] != done["response"]["id"])))

    asyncio.run(scenario())


@pytest.mark.parametrize("mode", ["drip", "hang"])
def test_a_client_that_leaves_hangs_up_on_the_brain(server, brain, mode):
    async def scenario():
        brain.mode = mode
        brain.disconnected.clear()
        before = len(brain.requests)
        async with call(server, microphone=False) as caller:
            await caller.send(said("Talk without end."))
            await caller.send({"type": "response.create"})
            await asyncio.to_thread(wait_for, lambda: len(brain.requests) > before, 5, "asked")
        left = time.monotonic()
        await asyncio.to_thread(brain.disconnected.wait, 5)
        assert brain.disconnected.is_set()
        assert brain.disconnected_at - left < 1.0
        brain.mode = "good"

    asyncio.run(scenario())


@pytest.fixture(scope="module")
def desk():
    """examples/fastapi_backend on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "warning"],
        cwd=ROOT / "examples" / "fastapi_backend", stdout=subprocess.DEVNULL,
        env=clean_environment({"DESK_API_KEY": "desk-key", "PYTHONDONTWRITEBYTECODE": "1"}))

    def answers():
        assert process.poll() is None, "uvicorn ended"
        try:
            return httpx.get(f"http://127.0.0.1:{port}/", trust_env=False, timeout=2)
        except httpx.TransportError:
            return None

    try:
        wait_for(answers, 15, "the pizza desk answers")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(10)


def test_the_pizza_desk_and_its_key(desk):
    def ask(method, path, key, **kwargs):
        return httpx.request(method, desk + path, trust_env=False, timeout=5,
                             headers={"Authorization": f"Bearer {key}"}, **kwargs)

    assert ask("GET", "/models", "wrong").status_code == 401
    assert ask("GET", "/models", "desk-key").json()["data"][0]["id"] == "desk"
    parts = [{"type": "text", "text": "two salami"}, {"type": "text", "text": "please"}]
    answer = ask("POST", "/chat/completions", "desk-key",
                 json={"messages": [{"role": "user", "content": parts}]})
    assert answer.json()["choices"][0]["message"]["content"].startswith("Noted. You have 2 salami")


def test_the_pizza_desk(desk):
    with Eva("--llm.url", desk, "--llm.model", "pizza-desk", "--llm.key_env", "DESK_API_KEY",
             env={"DESK_API_KEY": "desk-key"}) as eva:
        async def scenario():
            async with call(eva) as caller:
                caller.speak(clip("goforward"))
                spoken = await caller.wait("response.done", within=25)
                assert "Welcome to the pizza desk" in reply_text(spoken)
                done = await caller.ask("Two salami, please.", within=25)
                assert reply_text(done) == "Noted. You have 2 salami. Anything else?"
                done = await caller.ask("That is all.", within=25)
                assert "2 salami makes 18 dollars" in reply_text(done)

        asyncio.run(scenario())
