"""`eva talk`: a recording in, the whole conversation and its ledger out."""
import json
import time

import numpy as np
import pytest
import soundfile

from caller import clip, rms
from eva_process import run

RATE = 16_000


@pytest.fixture(scope="module")
def talk(models, tmp_path_factory):
    """One run over two utterances with 4 s between: (ledger, sound, seconds taken, result)."""
    folder = tmp_path_factory.mktemp("talk")
    gap = np.zeros(4 * RATE, np.int16)
    recording = np.concatenate([gap[:RATE // 2], clip("goforward", RATE), gap,
                                clip("seven_petewarden", RATE), gap[:RATE]])
    soundfile.write(folder / "in.wav", recording, RATE)
    start = time.monotonic()
    result = run("talk", folder / "in.wav", "--out", folder / "out.wav",
                 "--json", folder / "out.json", timeout=60)
    took = time.monotonic() - start
    assert result.returncode == 0, result.stderr
    sound, rate = soundfile.read(folder / "out.wav", dtype="int16")
    return json.loads((folder / "out.json").read_text()), sound, rate, took, result


def test_both_turns_are_found_with_their_words(talk):
    turns = talk[0]["turns"]
    assert len(turns) == 2
    first, second = (turn["user"]["text"].lower() for turn in turns)
    assert "forward" in first
    assert "seven" in second or "7" in second
    assert all(turn["error"] is None for turn in turns)
    assert "you: " in talk[4].stderr and "Eva: " in talk[4].stderr


def test_the_times_of_each_turn_are_in_order(talk):
    for turn in talk[0]["turns"]:
        user, eva = turn["user"], turn["eva"]
        times = [user["speech_start"], user["speech_end"], user["turn_ended"], eva["first_token"],
                 eva["first_audio"], eva["first_audible"]]
        assert [t["ms"] for t in times] == sorted(t["ms"] for t in times), times
        voice_to_voice = eva["first_audible"]["ms"] - user["speech_end"]["ms"]
        assert turn["ms"]["voice_to_voice"] == pytest.approx(voice_to_voice, abs=1)
        assert 0 < voice_to_voice < 4000


def test_eva_is_heard_after_each_turn_and_only_there(talk):
    ledger, sound, rate = talk[:3]
    assert rate == ledger["sample_rate"] == 24_000
    assert sound.ndim == 2 and sound.shape[1] == 2
    user, eva = sound[:, 0], sound[:, 1]
    assert rms(user) > 100
    first = ledger["turns"][0]["eva"]["first_audible"]["sample"]
    assert rms(eva[:first - rate // 10]) < 10, "Eva spoke before the first turn"
    for turn in ledger["turns"]:
        start = turn["eva"]["first_audible"]["sample"]
        assert rms(eva[start:start + rate // 2]) > 300


def test_faster_than_real_time(talk):
    length = len(talk[1]) / talk[2]
    assert talk[3] < length


@pytest.mark.usefixtures("models")
def test_inputs_that_cannot_be_read(tmp_path):
    out = tmp_path / "out.wav"
    missing = run("talk", tmp_path / "nothing.wav", "--out", out)
    assert missing.returncode == 1
    assert "nothing.wav: no such file" in missing.stderr
    garbage = tmp_path / "garbage.wav"
    garbage.write_bytes(bytes(range(256)) * 40)
    result = run("talk", garbage, "--out", out)
    assert result.returncode == 1
    assert "garbage.wav" in result.stderr and "WAV or FLAC" in result.stderr
    empty = tmp_path / "empty.wav"
    soundfile.write(empty, np.zeros(0, np.int16), RATE)
    result = run("talk", empty, "--out", out)
    assert result.returncode == 1
    assert "no samples" in result.stderr
    assert not out.exists()


@pytest.mark.usefixtures("models")
def test_an_output_that_cannot_be_written(tmp_path):
    soundfile.write(tmp_path / "in.wav", np.zeros(RATE, np.int16), RATE)
    result = run("talk", tmp_path / "in.wav", "--out", tmp_path / "nowhere" / "out.wav")
    assert result.returncode == 1
    assert "cannot be written" in result.stderr


@pytest.mark.usefixtures("models")
def test_silence_is_no_turn(tmp_path):
    soundfile.write(tmp_path / "in.wav", np.zeros(3 * RATE, np.int16), RATE)
    result = run("talk", tmp_path / "in.wav", "--out", tmp_path / "out.wav", "--json", "-")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["turns"] == []
