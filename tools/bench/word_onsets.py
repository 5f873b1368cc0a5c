#!/usr/bin/env python3
"""Makes src/bench/word_onsets.tsv: word_onsets.py AUDIO_FOLDER >word_onsets.tsv

Where the first word of each read clip begins, by PocketSphinx 5 (BSD; pip install pocketsphinx numpy
soundfile), which aligns the clip with its known text and shares nothing with Eva's detector or
recogniser. `eva bench turns` measures from there how soon Eva falls silent: readers breathe and smack
their lips, and a ruler of levels alone takes that for speech. One line per clip: path, onset in ms."""

import pathlib
import re
import sys

import numpy as np
import soundfile
from pocketsphinx import Decoder

FOLDERS = ("arctic", "librispeech", "ljspeech", "speechbrain")
RATE = 16000


def read(path):
    pcm, rate = soundfile.read(path, dtype="int16", always_2d=True)
    pcm = pcm[:, 0]
    at = np.arange(len(pcm) * RATE // rate) * rate / RATE
    return np.interp(at, np.arange(len(pcm)), pcm).astype(np.int16)


def main():
    audio = pathlib.Path(sys.argv[1])
    decoder = Decoder(lm=None, loglevel="FATAL")
    for line in (audio / "transcripts.tsv").read_text().splitlines():
        name, text = line.split("\t")[:2]
        if not name.startswith(FOLDERS):
            continue
        words = re.sub(r"[^a-z' ]", " ", text.lower()).split()
        if not words or not decoder.lookup_word(words[0]):
            continue  # without its first word the text says nothing about the onset
        decoder.set_align_text(" ".join(word for word in words if decoder.lookup_word(word)))
        decoder.start_utt()
        decoder.process_raw(read(audio / name).tobytes(), full_utt=True)
        decoder.end_utt()
        starts = [segment.start_frame * 10 for segment in decoder.seg()
                  if not segment.word.startswith(("<", "["))]
        if starts:
            print(name.removesuffix(".flac"), starts[0], sep="\t")


main()
