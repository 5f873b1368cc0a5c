"""`eva listen`: what is said, as lines, JSON and subtitles."""
import json
import os
import pty
import re
import signal
import subprocess
import time

import numpy as np
import pytest
import soundfile

from caller import clip
from eva_process import BINARY, ROOT, clean_environment, run

RATE = 16_000
CLIP = ROOT / "tests" / "audio"


@pytest.fixture(scope="module")
def spoken(models, tmp_path_factory):
    """A recording of two utterances with 1.5 s between: its path."""
    gap = np.zeros(3 * RATE // 2, np.int16)
    recording = np.concatenate([gap, clip("goforward", RATE), gap, clip("seven_petewarden", RATE),
                                gap])
    file = tmp_path_factory.mktemp("listen") / "in.wav"
    soundfile.write(file, recording, RATE)
    return file


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def seconds(stamp):
    hours, minutes, rest = stamp.replace(",", ".").split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest)


def cues(text):
    """(start, end, text) of the cues of a SubRip or WebVTT file, whose form is checked."""
    found = []
    for block in text.removeprefix("WEBVTT\n\n").strip().split("\n\n"):
        rows = block.split("\n")
        if rows[0].isdigit():
            assert int(rows[0]) == len(found) + 1
            rows = rows[1:]
        match = re.fullmatch(r"(\d\d:\d\d:\d\d[.,]\d{3}) --> (\d\d:\d\d:\d\d[.,]\d{3})", rows[0])
        assert match, block
        assert 1 <= len(rows) - 1 <= 2 and all(len(row) <= 42 for row in rows[1:]), block
        found.append((seconds(match[1]), seconds(match[2]), " ".join(rows[1:])))
    return found


def test_a_file_as_lines(spoken):
    result = run("listen", spoken)
    assert result.returncode == 0, result.stderr
    first, second = result.stdout.lower().splitlines()
    assert "forward" in first and "meters" in first
    assert "seven" in second or "7" in second
    assert result.stderr == ""


def test_faster_than_real_time_and_in_real_time(models):
    start = time.monotonic()
    fast = run("listen", CLIP / "jfk.flac")
    assert time.monotonic() - start < 11
    start = time.monotonic()
    slow = run("listen", CLIP / "jfk.flac", "--realtime")
    assert 10.9 < time.monotonic() - start < 25
    assert fast.stdout == slow.stdout
    assert "country" in fast.stdout


def test_json_has_times_in_order(spoken):
    result = run("listen", spoken, "--json")
    assert result.returncode == 0, result.stderr
    finals = lines(result.stdout)
    assert [line["type"] for line in finals] == ["final", "final"]
    assert [line["number"] for line in finals] == [1, 2]
    times = [time for line in finals for time in (line["start_ms"], line["end_ms"])]
    assert times == sorted(times) and times[0] > 1000
    for line in finals:
        words = line["words"]
        assert " ".join(word["text"] for word in words) == line["text"]
        times = [time for word in words for time in (word["start_ms"], word["end_ms"])]
        assert times == sorted(times)
        assert line["start_ms"] <= times[0] and times[-1] <= line["end_ms"]


def test_live_partials_come_before_their_final_and_are_never_taken_back(models):
    result = run("listen", CLIP / "jfk.flac", "--json", "--realtime")
    assert result.returncode == 0, result.stderr
    seen, committed, number = [], "", 0
    for line in lines(result.stdout):
        seen.append(line["type"])
        if line["number"] != number:
            number, committed = line["number"], ""
        if line["type"] == "partial":
            assert line["committed"].startswith(committed)
            committed = line["committed"]
    assert seen[0] == "partial" and seen[-1] == "final"


def test_subtitles_are_well_formed_and_their_times_grow(models, tmp_path):
    srt, vtt = tmp_path / "a.srt", tmp_path / "a.vtt"
    result = run("listen", CLIP / "jfk.flac", "--srt", srt, "--vtt", vtt)
    assert result.returncode == 0, result.stderr
    assert vtt.read_text().startswith("WEBVTT\n\n")
    for file in (srt, vtt):
        found = cues(file.read_text())
        assert len(found) >= 2
        times = [time for start, end, _ in found for time in (start, end)]
        assert times == sorted(times) and times[-1] <= 11.1
        assert all(end > start for start, end, _ in found)
        assert " ".join(text for _, _, text in found).split() == result.stdout.split()


@pytest.mark.parametrize("form", ["raw", "wav", "wav48"])
def test_standard_input(spoken, form):
    sound, _ = soundfile.read(spoken, dtype="int16")
    if form == "raw":
        data, flags = sound.tobytes(), []
    elif form == "wav":
        data, flags = spoken.read_bytes(), ["--rate", "8000"]  # the file's own rate wins
    else:
        data = np.repeat(sound, 3).tobytes()
        flags = ["--rate", "48000"]
    result = subprocess.run([BINARY, "listen", "-", *flags], input=data, capture_output=True,
                            env=clean_environment(), timeout=30)
    assert result.returncode == 0, result.stderr
    first, second = result.stdout.decode().lower().splitlines()
    assert "forward" in first
    assert "seven" in second or "7" in second


def test_a_live_pipe_gives_each_text_before_the_next_is_spoken(spoken):
    sound, _ = soundfile.read(spoken, dtype="int16")
    listen = subprocess.Popen([BINARY, "listen", "-"], env=clean_environment(),
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        half = (RATE * 3 // 2 + len(clip("goforward", RATE)) + RATE) * 2
        data = sound.tobytes()
        listen.stdin.write(data[:half])
        listen.stdin.flush()
        assert b"forward" in listen.stdout.readline()  # the rest was not even sent
        rest, _ = listen.communicate(data[half:], timeout=20)
    finally:
        listen.kill()
    assert len(rest.splitlines()) == 1 and listen.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_live_audio_with_the_text_of_what_was_said(models, tmp_path, number):
    srt = tmp_path / "a.srt"
    listen = subprocess.Popen([BINARY, "listen", "-", "--json", "--srt", srt],
                              env=clean_environment(), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        sound = clip("goforward", RATE)  # no silence behind it
        for start in range(0, len(sound), RATE // 20):  # as a microphone delivers it
            listen.stdin.write(sound[start:start + RATE // 20].tobytes())
            listen.stdin.flush()
            time.sleep(0.05)
        partial = json.loads(listen.stdout.readline())
        assert partial["type"] == "partial"
        os.kill(listen.pid, number)
        out, err = listen.communicate(timeout=20)
    finally:
        listen.kill()
    assert listen.returncode == 128 + number, err
    final = json.loads(out.splitlines()[-1])
    assert final["type"] == "final" and "forward" in final["text"].lower()
    assert len(cues(srt.read_text())) == 1


def test_a_signal_ends_a_file_at_once(models, tmp_path):
    long = tmp_path / "long.wav"
    soundfile.write(long, np.tile(clip("jfk", RATE), 60), RATE)  # 11 min
    listen = subprocess.Popen([BINARY, "listen", long], env=clean_environment(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert listen.stdout.readline()
        start = time.monotonic()
        os.kill(listen.pid, signal.SIGINT)
        listen.communicate(timeout=20)
    finally:
        listen.kill()
    assert listen.returncode == 130
    assert time.monotonic() - start < 3


def test_files_that_cannot_be_read(models, tmp_path):
    missing = run("listen", tmp_path / "nothing.wav")
    assert missing.returncode == 1 and "nothing.wav: no such file" in missing.stderr
    garbage = tmp_path / "garbage.wav"
    garbage.write_bytes(bytes(range(256)) * 40)
    result = run("listen", garbage)
    assert result.returncode == 1 and "WAV or FLAC" in result.stderr
    empty = tmp_path / "empty.wav"
    soundfile.write(empty, np.zeros(0, np.int16), RATE)
    result = run("listen", empty)
    assert result.returncode == 1 and "no samples" in result.stderr
    for data, says in ((b"", "empty"), (b"RIFF1234WAVEfmt ", "before its first sample")):
        result = subprocess.run([BINARY, "listen", "-"], input=data, capture_output=True,
                                env=clean_environment(), timeout=30)
        assert result.returncode == 1 and says in result.stderr.decode()


def test_a_file_damaged_further_on_gives_its_beginning_and_fails(spoken, tmp_path):
    whole, _ = soundfile.read(spoken, dtype="int16")
    flac = tmp_path / "cut.flac"
    soundfile.write(flac, whole, RATE)
    data = bytearray(flac.read_bytes())
    data[len(data) * 3 // 4:] = os.urandom(len(data) - len(data) * 3 // 4)
    flac.write_bytes(data)
    result = run("listen", flac)
    assert "forward" in result.stdout.lower()
    assert result.returncode == 1 and "cut.flac: damaged" in result.stderr


@pytest.mark.usefixtures("models")
def test_flags_that_cannot_be_followed(tmp_path):
    sound = CLIP / "goforward.flac"
    for flags, says in (
            ([], "say what to listen to"),
            ([sound, "--mic"], "not both"),
            ([sound, "--language", "de"], "knows English only"),
            ([sound, "--initial_prompt", "Eva"], "takes no prompt"),
            ([sound, "--early_transcription_on_silence", "200"], "0.2, not 200"),
            ([sound, "--silero_sensitivity", "7"], "must be 0 to 1"),
            ([sound, "--srt", sound], "is the recording itself"),
            ([sound, "--srt", tmp_path / "a", "--vtt", tmp_path / "a"], "are both"),
            ([sound, "--srt", tmp_path / "nowhere" / "a.srt"], "cannot be written"),
            ([sound, "--engine.stt_model", "whisper-of-mine"], "eva models pull")):
        result = run("listen", *flags)
        assert result.returncode == 1, (flags, result.stderr)
        assert says in result.stderr, (flags, result.stderr)
        assert result.stderr.startswith("eva listen: ")
    assert list(tmp_path.iterdir()) == []
    assert run("listen", sound, "--rate", "5").returncode == 2


def test_silence_says_nothing(models, tmp_path):
    soundfile.write(tmp_path / "in.wav", np.zeros(3 * RATE, np.int16), RATE)
    result = run("listen", tmp_path / "in.wav", "--srt", tmp_path / "a.srt")
    assert result.returncode == 0 and result.stdout == ""
    assert (tmp_path / "a.srt").read_text() == ""


def test_a_terminal_shows_partials_in_place_and_progress(spoken):
    def shown(*flags):
        ours, theirs = pty.openpty()
        env = clean_environment({"TERM": "xterm"})
        env.pop("NO_COLOR", None)
        listen = subprocess.Popen([BINARY, "listen", spoken, *flags], env=env, stdout=theirs,
                                  stderr=theirs)
        os.close(theirs)
        said = b""
        try:
            while True:
                said += os.read(ours, 4096)
        except OSError:  # the end of a terminal
            pass
        os.close(ours)
        assert listen.wait(20) == 0
        return said.decode()

    live = shown("--realtime")
    assert "\x1b[2m" in live and "\r\x1b[K" in live
    assert re.search(r"0:0[12]  \x1b\[0mGo forward", live)
    fast = shown()
    assert re.search(r"\d+ %  0:\d\d of 0:0[5-9]  \d+\.\d+x real time", fast)


def test_an_output_that_takes_no_more(spoken):
    with open("/dev/full", "w") as full:
        result = subprocess.run([BINARY, "listen", spoken], env=clean_environment(), stdout=full,
                                stderr=subprocess.PIPE, text=True, timeout=30)
    assert result.returncode == 1
    assert "cannot write the output" in result.stderr
