#!/usr/bin/env python3
"""Makes src/bench/word_times.tsv: word_times.py AUDIO_FOLDER MODEL_FOLDER >word_times.tsv

Where the words of the read clips and commands lie, by faster-whisper 1.x (MIT) with the tiny.en model
(cross-attention and dynamic time warping; pip install faster-whisper). `eva bench turns` puts its
hesitations between these words. One line per clip: path, end of the last word in ms, and for each
gap between two words of one sentence its place in ms."""

import pathlib
import sys

from faster_whisper import WhisperModel

FOLDERS = ["librispeech", "arctic", "ljspeech", "speechbrain", "pocketsphinx", "conversation", "picovoice"]


def main():
    audio = pathlib.Path(sys.argv[1])
    model = WhisperModel(sys.argv[2], device="cpu", compute_type="int8", cpu_threads=1)
    for folder in FOLDERS:
        for path in sorted((audio / folder).glob("*.flac")):
            segments, _ = model.transcribe(str(path), language="en", word_timestamps=True, beam_size=5)
            words = [word for segment in segments for word in segment.words]
            gaps = [round(500 * (a.end + b.start)) for a, b in zip(words, words[1:])
                    if not a.word.strip().endswith((".", "?", "!"))]
            end = round(1000 * words[-1].end) if words else 0
            print(f"{folder}/{path.stem}", end, *gaps, sep="\t", flush=True)


main()
