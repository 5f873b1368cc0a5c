#!/usr/bin/env python3
"""Compares Eva's Whisper with faster-whisper: word error rate, latency, text over noise.

usage: stt_wer.py --bench EVA_STT_BENCH --pack PACK_FOLDER --source CT2_FOLDER --audio AUDIO_FOLDER

AUDIO_FOLDER holds 16 kHz mono sound files and transcripts.tsv (columns file, transcript, kind, ...).
CT2_FOLDER is the model that the pack was converted from. Both engines run on one thread, greedily
and without a VAD; faster-whisper is left out without --source.
pip install jiwer==4.0.0 whisper-normalizer==0.1.15 faster-whisper==1.2.1 soundfile==0.14.0
"""
import argparse
import csv
import json
import statistics
import subprocess
import time
from pathlib import Path

import jiwer
import soundfile
from whisper_normalizer.english import EnglishTextNormalizer

SHORT, LONG = 2.0, 6.0  # seconds: the utterances whose latency is compared
ROUNDS = 3
normalise = EnglishTextNormalizer()


def eva(bench: str, pack: str, files: list[Path]) -> dict[str, dict]:
    command = [bench, pack, "1", str(ROUNDS), *map(str, files)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [json.loads(line) for line in output.splitlines()]
    return {line["file"]: line for line in lines}


def faster_whisper(source: str, files: list[Path]) -> dict[str, dict]:
    from faster_whisper import WhisperModel

    model = WhisperModel(source, device="cpu", compute_type="int8", cpu_threads=1)
    results = {}
    for file in files:
        samples, rate = soundfile.read(file, dtype="float32")
        times_ms = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            segments, _ = model.transcribe(samples, language="en", beam_size=1, without_timestamps=True)
            text = " ".join(segment.text.strip() for segment in segments)
            times_ms.append(1000 * (time.perf_counter() - start))
        results[str(file)] = {"text": text, "seconds": len(samples) / rate, "ms": statistics.median(times_ms)}
    return results


def word_error_rate(rows: list[dict], results: dict[str, dict]) -> str:
    if not rows:
        return "-"
    expected = [normalise(row["transcript"]) for row in rows]
    heard = [normalise(results[row["path"]]["text"]) for row in rows]
    return f"{100 * jiwer.wer(expected, heard):.1f}"


def latency(rows: list[dict], results: dict[str, dict]) -> str:
    times = [results[row["path"]] for row in rows]
    times = [time["ms"] for time in times if SHORT <= time["seconds"] <= LONG]
    return f"{statistics.median(times):.0f} (n={len(times)}, max {max(times):.0f})" if times else "-"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", required=True)
    parser.add_argument("--pack", required=True)
    parser.add_argument("--source")
    parser.add_argument("--audio", type=Path, required=True)
    parser.add_argument("--texts", action="store_true", help="print every text that is not as expected")
    arguments = parser.parse_args()

    with (arguments.audio / "transcripts.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    kinds = ["read", "command", "command_midpause", "isolated_letter_digit", "noise"]
    rows = [row | {"path": str(arguments.audio / row["file"])} for row in rows if row["kind"] in kinds]
    files = [Path(row["path"]) for row in rows]
    engines = {"eva": eva(arguments.bench, arguments.pack, files)}
    if arguments.source:
        engines["faster-whisper"] = faster_whisper(arguments.source, files)

    of_kind = {kind: [row for row in rows if row["kind"] == kind] for kind in kinds}
    transcribed = {kind: [row for row in of_kind[kind] if row["transcript"]] for kind in kinds}
    for name, results in engines.items():
        print(f"## {name}")
        for kind in kinds[:-1]:
            print(f"WER % {kind} ({len(transcribed[kind])} clips): {word_error_rate(transcribed[kind], results)}")
        print(f"median ms, read, {SHORT:g}-{LONG:g} s: {latency(of_kind['read'], results)}")
        wrong = [row["file"] for row in of_kind["noise"] if results[row["path"]]["text"]]
        print(f"noise clips with text: {len(wrong)} of {len(of_kind['noise'])} {wrong}")
        for row in rows if arguments.texts else []:
            text = results[row["path"]]["text"]
            if normalise(text) != normalise(row["transcript"] or ""):
                print(f"  {row['file']}: {text!r}")


if __name__ == "__main__":
    main()
