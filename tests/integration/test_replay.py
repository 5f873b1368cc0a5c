"""Recorded calls: `eva serve` and `eva talk` write them, `eva replay` runs them again."""
import asyncio
import json
import os
import re
import stat

import numpy as np
import pytest
import soundfile

from caller import call, clip
from eva_process import Eva, run

RATE = 16_000


def lines_of(folder):
    return [json.loads(line) for line in (folder / "call.jsonl").read_text().splitlines()]


async def converse(eva):
    """A spoken question and a typed one."""
    async with call(eva) as caller:
        caller.speak(clip("goforward"))
        await caller.wait("response.done", within=30)
        await caller.ask("What is seven times eight?")


@pytest.fixture(scope="module")
def served(models, tmp_path_factory):
    """The folder of one call of `eva serve`."""
    folder = tmp_path_factory.mktemp("recordings") / "calls"
    with Eva("--recording.folder", folder) as eva:
        asyncio.run(converse(eva))
    (recording,) = folder.iterdir()
    return recording


def test_a_call_of_the_server_is_recorded_and_the_same_again(served):
    for file in served.iterdir():
        assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(served).st_mode) == 0o700
    lines = lines_of(served)
    assert lines[0]["format"] == 1 and lines[-1] == {"end": "closed"}
    user, rate = soundfile.read(served / "user.wav", dtype="int16")
    assert rate == RATE
    assert len(user) == sum(l["samples"] for l in lines if l.get("event") == "audio_received")
    result = run("replay", served)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "decisions: the same" in result.stdout
    assert "forward" in result.stdout.lower() and "Seven times eight" in result.stdout


def test_another_setting_shows_what_it_would_have_changed(served, tmp_path):
    svg, wav = tmp_path / "call.svg", tmp_path / "call.wav"
    result = run("replay", served, "--set", "turn.silence_ms=900", "--svg", svg, "--out", wav)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "As recorded -> with turn.silence_ms=900" in result.stdout
    assert " -> " in result.stdout.split("turn over (s)")[1].splitlines()[1]
    picture = svg.read_text()
    assert picture.startswith("<svg ") and "with turn.silence_ms=900" in picture
    sound, rate = soundfile.read(wav, dtype="int16")
    assert rate == 24_000 and sound.shape[1] == 2
    assert np.abs(sound[:, 0]).max() > 1000 and np.abs(sound[:, 1]).max() > 1000


def test_a_changed_decision_is_found(served, tmp_path):
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for name in ("user.wav", "voice.wav"):
        (damaged / name).write_bytes((served / name).read_bytes())
    text = (served / "call.jsonl").read_text()
    longer, changed = re.subn(r'"silence_us":\d+', '"silence_us":3000000', text)
    assert changed
    (damaged / "call.jsonl").write_text(longer)
    result = run("replay", damaged)
    assert result.returncode == 1
    assert "Differs from" in result.stdout


@pytest.mark.parametrize("arguments, words", [
    (["nowhere"], "holds no recording"),
    (["{call}", "--set", "turn.silence"], "write it as KEY=VALUE"),
    (["{call}", "--set", "turn.silense_ms=300"], "did you mean turn.silence_ms?"),
    (["{call}", "--set", "turn.silence_ms=abc"], "must be"),
    (["{call}", "--set", "server.web=false"], "does not matter to a recorded call"),
])
def test_mistakes_are_told(served, arguments, words):
    result = run("replay", *(a.format(call=served) for a in arguments))
    assert result.returncode == 1
    assert words in result.stderr, result.stderr


def test_a_redacted_call_holds_no_sound_and_no_words(models, tmp_path):
    folder = tmp_path / "calls"
    with Eva("--recording.folder", folder, "--recording.redact", "true") as eva:
        asyncio.run(converse(eva))
    (recording,) = folder.iterdir()
    assert [file.name for file in recording.iterdir()] == ["call.jsonl"]
    written = (recording / "call.jsonl").read_bytes().lower()
    for word in (b"forward", b"seven", b"eight", b"fifty", b"friendly", b"heard \\"):
        assert word not in written, word
    result = run("replay", recording)
    assert result.returncode == 0, result.stdout
    assert "redacted: no sound, no text" in result.stdout
    refused = run("replay", recording, "--out", tmp_path / "x.wav")
    assert refused.returncode == 1 and "holds no sound" in refused.stderr


def test_talk_records_into_a_folder_of_its_own(models, tmp_path):
    gap = np.zeros(RATE, np.int16)
    soundfile.write(tmp_path / "in.wav", np.concatenate([gap, clip("goforward", RATE), gap]), RATE)
    arguments = ["talk", tmp_path / "in.wav", "--out", tmp_path / "out.wav",
                 "--record", tmp_path / "call"]
    talked = run(*arguments, timeout=60)
    assert talked.returncode == 0, talked.stderr
    result = run("replay", tmp_path / "call", "--out", tmp_path / "again.wav")
    assert result.returncode == 0, result.stdout
    there, _ = soundfile.read(tmp_path / "out.wav", dtype="int16")
    again, _ = soundfile.read(tmp_path / "again.wav", dtype="int16")
    heard = min(len(there), len(again))
    assert np.array_equal(there[:heard, 1], again[:heard, 1])
    assert "exists already" in run(*arguments).stderr


def test_a_folder_that_cannot_be_used_stops_the_server(tmp_path):
    (tmp_path / "file").write_text("")
    result = run("serve", "--listen", "127.0.0.1:0", "--recording.folder", tmp_path / "file")
    assert result.returncode == 1
    assert "folder for recordings" in result.stderr
