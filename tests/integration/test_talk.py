"""`eva talk`: a recording in, the whole conversation and its ledger out."""
import json
import os
import signal
import subprocess
import time

import numpy as np
import pytest
import soundfile

from caller import clip, rms
from brain_server import BrainServer
from eva_process import BINARY, clean_environment, run, wait_for

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
        heard = [user["speech_start"], user["speech_end"], user["turn_ended"], eva["first_audible"]]
        # The answer may be prepared in the pause before the turn is sure to be over.
        made = [user["speech_end"], eva["first_token"], eva["first_audio"], eva["first_audible"]]
        for times in (heard, made):
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
def test_the_recording_is_never_overwritten(tmp_path):
    recording = tmp_path / "in.wav"
    soundfile.write(recording, np.zeros(RATE, np.int16), RATE)
    before = recording.read_bytes()
    result = run("talk", recording, "--out", recording)
    assert result.returncode == 1
    assert "is the recording itself" in result.stderr
    result = run("talk", recording, "--out", tmp_path / "o", "--json", tmp_path / "o")
    assert result.returncode == 1
    assert "--out and --json are both" in result.stderr
    assert recording.read_bytes() == before
    assert list(tmp_path.iterdir()) == [recording]


@pytest.fixture
def spoken(tmp_path):
    """A recording of one utterance."""
    soundfile.write(tmp_path / "in.wav", np.concatenate([clip("goforward", RATE),
                                                         np.zeros(RATE, np.int16)]), RATE)
    return tmp_path / "in.wav"


def test_a_missing_recogniser_is_said_at_once(models, spoken, tmp_path):
    start = time.monotonic()
    result = run("talk", spoken, "--out", tmp_path / "out.wav",
                 "--engine.stt_model", "whisper-of-mine")
    assert result.returncode == 1
    assert time.monotonic() - start < 15
    assert "the speech engine cannot work: transcription: " in result.stderr
    assert "eva models pull" in result.stderr and "{" not in result.stderr.splitlines()[-1]


def test_a_wrong_lexicon_is_refused(models, spoken, tmp_path):
    lexicon = tmp_path / "words.txt"
    lexicon.write_text("GitHub no such phones\n")
    for command in (["talk", spoken, "--out", tmp_path / "out.wav"],
                    ["serve", "--listen", "127.0.0.1:0"], ["engine", "--listen", "127.0.0.1:0"],
                    ["doctor", "--server.listen", "127.0.0.1:0"]):
        result = run(*command, "--engine.lexicon", lexicon)
        assert result.returncode == 1, command
        assert f"engine.lexicon: {lexicon}:1: " in result.stderr + result.stdout


def test_a_brain_without_an_end(models, spoken, tmp_path):
    with BrainServer("flood") as brain:
        result = run("talk", spoken, "--out", tmp_path / "out.wav", "--json", "-",
                     "--llm.url", brain.url, "--llm.model", "m", timeout=120)
    assert result.returncode == 0, result.stderr
    turn, = json.loads(result.stdout)["turns"]
    assert turn["eva"]["text"].startswith("So it goes on.")
    assert turn["ms"]["voice_to_voice"] > 0  # and hung up on, a minute after the recording


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_leaves_nothing(models, spoken, tmp_path, number):
    places = tmp_path / "places"
    places.mkdir()
    with BrainServer("hang") as brain:
        talk = subprocess.Popen(
            [BINARY, "talk", spoken, "--out", tmp_path / "out.wav", "--llm.url", brain.url,
             "--llm.model", "m"],
            env=clean_environment({"TMPDIR": str(places), "XDG_RUNTIME_DIR": str(places)}),
            stderr=subprocess.PIPE, text=True)
        try:
            wait_for(lambda: brain.requests, 30, "the brain is asked")
            os.kill(talk.pid, number)
            _, said = talk.communicate(timeout=10)
        finally:
            talk.kill()
    assert talk.returncode == 128 + number, said
    assert "nothing was written" in said
    assert list(places.iterdir()) == []
    assert not (tmp_path / "out.wav").exists()


@pytest.mark.usefixtures("models")
def test_silence_is_no_turn(tmp_path):
    soundfile.write(tmp_path / "in.wav", np.zeros(3 * RATE, np.int16), RATE)
    result = run("talk", tmp_path / "in.wav", "--out", tmp_path / "out.wav", "--json", "-")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["turns"] == []
