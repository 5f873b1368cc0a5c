#!/usr/bin/env python3
"""What partial transcripts are worth: how soon, how much, how often wrong.

usage: stt_partials.py --bench EVA_PARTIALS_BENCH --pack PACK_FOLDER --audio AUDIO_FOLDER

AUDIO_FOLDER as for stt_wer.py. The clips are heard as if spoken now, 100 ms at a time; a pass takes what
it really takes, so run it on a calm machine. The time of a word is that of the final text's word times.
pip install jiwer==4.0.0 whisper-normalizer==0.1.15
"""
import argparse
import csv
import json
import statistics
import subprocess
from pathlib import Path

import jiwer
from whisper_normalizer.english import EnglishTextNormalizer

CHUNK_MS = 100
KINDS = ["read", "command", "isolated_letter_digit", "noise"]
normalise = EnglishTextNormalizer()


def listen(bench: str, pack: str, files: list[str]) -> list[dict]:
    command = [bench, pack, str(CHUNK_MS), *files]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def words(text: str) -> list[str]:
    letters = "".join(c.lower() if c.isalnum() or c == "'" else " " for c in text)
    return letters.split()


def kept(shown: list[str], final: list[str]) -> int:
    """How many of the first words are the same."""
    count = 0
    while count < min(len(shown), len(final)) and shown[count] == final[count]:
        count += 1
    return count


def spread(values: list[float]) -> str:
    if not values:
        return "-"
    values = sorted(values)
    return (f"p50 {statistics.median(values):.0f}, p95 {values[int(0.95 * (len(values) - 1))]:.0f} "
            f"(n={len(values)})")


def lags(lines: list[dict]) -> tuple[list[float], list[float], list[float]]:
    """ms from the end of the first word to the first text and to the first committed word, and from the
    end of each word to its commit; where the final text agrees."""
    first_text, first_word, every_word = [], [], []
    for line in lines:
        if not line["words"]:
            continue
        if line["first_tentative_ms"] > 0:
            first_text.append(line["first_tentative_ms"] - line["words"][0][2])
        times = {}  # index of the word: when it was committed
        for at, text in line["commits"]:
            for index in range(len(times), len(text.split())):
                times[index] = at
        final = [words(word[0]) for word in line["words"]]
        for index, word in enumerate(line["shown"].split()):
            if index >= len(final) or words(word) != final[index]:
                break
            lag = times[index] - line["words"][index][2]
            every_word.append(lag)
            if index == 0:
                first_word.append(lag)
    return first_text, first_word, every_word


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", required=True)
    parser.add_argument("--pack", required=True)
    parser.add_argument("--audio", type=Path, required=True)
    parser.add_argument("--texts", action="store_true", help="print what was shown and taken back")
    arguments = parser.parse_args()

    with (arguments.audio / "transcripts.tsv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["kind"] in KINDS]
    paths = [str(arguments.audio / row["file"]) for row in rows]
    for kind in KINDS:
        chosen = [(row, path) for row, path in zip(rows, paths) if row["kind"] == kind]
        lines = listen(arguments.bench, arguments.pack, [path for _, path in chosen])
        seconds = sum(line["seconds"] for line in lines)
        print(f"## {kind}: {len(lines)} clips, {seconds:.0f} s")
        expected = [normalise(row["transcript"] or "") for row, _ in chosen]
        if any(expected):
            for final in ("free", "forced", "windowed"):
                pairs = [(e, normalise(line[final])) for e, line in zip(expected, lines) if e]
                print(f"WER % {final}: {100 * jiwer.wer(*map(list, zip(*pairs))):.1f}")
        shown = [words(line["shown"]) for line in lines]
        total = sum(map(len, shown))
        for final in ("free", "forced", "windowed"):
            back = sum(len(s) - kept(s, words(line[final])) for s, line in zip(shown, lines))
            wrong = sum(kept(s, words(line[final])) < len(s) for s, line in zip(shown, lines))
            print(f"words not in the final text ({final}): {back} of {total}, in {wrong} clips")
        for name, values in zip(("first text", "first committed word", "every committed word"), lags(lines)):
            print(f"{name}, ms after the word's end: {spread(values)}")
        if seconds:
            print(f"CPU ms per second: passes {sum(l['pass_cpu_ms'] for l in lines) / seconds:.0f}, "
                  f"the final {sum(l['final_cpu_ms'] for l in lines) / seconds:.0f}; "
                  f"passes per second {sum(l['passes'] for l in lines) / seconds:.1f}")
        for line in lines if arguments.texts else []:
            if line["shown"] and kept(words(line["shown"]), words(line["free"])) < len(words(line["shown"])):
                print(f"  {Path(line['file']).name}: {line['shown']!r} / {line['free']!r}")


if __name__ == "__main__":
    main()
