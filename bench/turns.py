#!/usr/bin/env python3
"""False cut-offs and dead air of each end of turn: turns.py [--clips N]

Every read clip of ../shared/audio (else tests/audio) goes through `eva talk` as it is, and with a
hesitation: a silence of 600 or 1000 ms put at the quietest place of its middle third, in mid-sentence.
A cut-off is a turn that ended before the speech did. Dead air is the time from the end of the speech
to the decision, of clips that were not cut. The end of speech is measured on the clip, never with
Eva's VAD. One `eva engine` serves all runs, the machine's speed counts as in any call."""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np
import soundfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "integration"))
from eva_process import BINARY, wait_for  # noqa: E402

ENGINE = "127.0.0.1:8179"
WAYS = [("silence", 300), ("silence", 500), ("silence", 800), ("dynamic", 500), ("dynamic", 700)]
CUT_MS = 100  # a decision this much before the measured end is still at the end


def levels(pcm, rate):
    frame = rate // 100
    frames = pcm[: len(pcm) // frame * frame].reshape(-1, frame)
    return 20 * np.log10(np.sqrt((frames**2).mean(axis=1)) + 1e-5)


def speech_end_ms(pcm, rate):
    level = levels(pcm, rate)
    loud = np.nonzero(level > max(level.max() - 40, np.percentile(level, 10) + 15))[0]
    return 10.0 * (loud[-1] + 1)


def hesitate(pcm, rate, silence_ms):
    level = levels(pcm, rate)
    third = len(level) // 3
    smooth = np.convolve(level, np.ones(6) / 6, "same")
    at = (third + int(np.argmin(smooth[third : 2 * third]))) * rate // 100
    return np.concatenate([pcm[:at], np.zeros(rate * silence_ms // 1000), pcm[at:]])


def turns_of(wav, folder, way, silence):
    ledger = folder / "ledger.json"
    subprocess.run(
        [BINARY, "talk", wav, "--out", folder / "out.wav", "--json", ledger,
         "--stt.url", f"http://{ENGINE}/v1", "--tts.url", f"http://{ENGINE}/v1",
         "--turn.end_of_turn", way, "--turn.silence_ms", str(silence)],
        check=True, capture_output=True)
    return json.loads(ledger.read_text())["turns"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=40)
    count = parser.parse_args().clips
    shared = ROOT.parent / "shared" / "audio"
    clips = sorted([*shared.glob("arctic/*.flac"), *shared.glob("ljspeech/*.flac"),
                    *shared.glob("speechbrain/*.flac"), *shared.glob("librispeech/*.flac")])
    clips = clips or sorted((ROOT / "tests" / "audio").glob("*.flac"))
    clips = clips[:: max(1, len(clips) // count)][:count]
    engine = subprocess.Popen([BINARY, "engine", "--listen", ENGINE], stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: subprocess.run(["curl", "-sf", f"http://{ENGINE}/readyz"],
                                        capture_output=True).returncode == 0, 60, "engine")
        with tempfile.TemporaryDirectory() as name:
            measure(clips, pathlib.Path(name))
    finally:
        engine.terminate()
        engine.wait(10)


def measure(clips, folder):
    print(f"{len(clips)} clips\n{'':>14} {'cut-offs, %':>32}  {'dead air, ms':>16}")
    print(f"{'':>14} {'as read':>10} {'600 ms':>10} {'1000 ms':>10}  {'p50':>7} {'p90':>8}")
    for way, silence in WAYS:
        cells, dead = [], []
        for pause in (0, 600, 1000):
            cut = 0
            for clip in clips:
                pcm, rate = soundfile.read(clip)
                pcm = hesitate(pcm, rate, pause) if pause else pcm
                end = speech_end_ms(pcm, rate)
                soundfile.write(folder / "in.wav", pcm, rate)
                turns = turns_of(folder / "in.wav", folder, way, silence)
                ends = [t["user"]["turn_ended"]["ms"] for t in turns]
                if not ends or ends[0] < end - CUT_MS:
                    cut += 1
                else:
                    dead.append(ends[-1] - end)
            cells.append(100 * cut / len(clips))
        dead.sort()
        print(f"{way:>9} {silence:>4} {cells[0]:>10.1f} {cells[1]:>10.1f} {cells[2]:>10.1f}  "
              f"{statistics.median(dead):>7.0f} {dead[int(0.9 * len(dead))]:>8.0f}", flush=True)


main()
