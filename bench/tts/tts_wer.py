"""How well a voice is understood: transcribes eva_tts_bench's WAV files and counts word errors.

    mkdir out && cut -f1 bench/tts/tts_sentences.tsv | eva_tts_bench --out out > out/times.jsonl
    python bench/tts/tts_wer.py bench/tts/tts_sentences.tsv out --model WHISPER_BASE_FOLDER
    python bench/tts/tts_wer.py bench/tts/tts_sentences.tsv out --engine http://127.0.0.1:8100/v1

The first is another party's ear (faster-whisper 1.2.1), the second Eva's own (`eva engine --listen
127.0.0.1:8100`). Needs whisper-normalizer and jiwer. The second column of the sentences is what
must be heard. Both sides go through the same normaliser, so that "21st" and "twenty first" agree.
"""

import argparse
import json
import pathlib
import re

import urllib.request

import jiwer
from whisper_normalizer.english import EnglishTextNormalizer

NORMALISE = EnglishTextNormalizer()

# Spellings of one and the same sound that the normaliser keeps apart.
SAME_SOUND = [
    (r"o'clock", "oclock"),
    (r"\b([ap])\.? ?m\b\.?", r"\1m"),
    (r"°\s?c\b", " degrees celsius"),
    (r"(?<=\w)@(?=\w)", " at "),
    (r"(?<=[a-z])\.(?=[a-z])", " dot "),
    (r"\betc\b", "et cetera"),
    (r"(?<=\d)[:.](?=\d\d ?[ap]m\b)|(?<=\d):(?=\d\d)", " "),
    (r"\b(\d{3})-(\d{3})-?(\d{4})\b", r"\1\2\3"),
    (r"(?<=\d)-(?=\d)", " "),
    (r"\bviii\b", "the 8th"),
    (r"\b(ave)\b\.?", "avenue"),
]
AFTERWARDS = [
    (r"\b(\d+)(st|nd|rd|th)\b", r"\1"),
    (r"(?<=\d) 1 ?/ ?2\b|(?<=\d) and (1|one|a) half\b", ".5"),
    (r"\bms\b|\bmiss\b", "miz"),
    (r"\b([a-z]) (?=[a-z]\b)", r"\1"),  # u s b -> usb
    (r"\boclock\b|\b00\b", ""),
    (r"\b(\d+) ?g\b", r"\1 grams"),
    (r"\bkm\b", "kilometer"),
    (r"\bft\b", "feet"),
    (r"\b0(?=\d\b)", "o "),
    (r"(?<=\d) (?=\d)", ""),
    (r"\bo (?=\d)", ""),
    (r"(?<!\w)minus (?=\d)", "-"),
    (r"\bmr\b", "mister"),
]


def comparable(text: str) -> str:
    text = text.lower()
    for pattern, replacement in SAME_SOUND:
        text = re.sub(pattern, replacement, text)
    text = NORMALISE(text)
    for pattern, replacement in AFTERWARDS:
        text = re.sub(pattern, replacement, text)
    return " ".join(text.split())


def other_ear(folder: str):
    from faster_whisper import WhisperModel

    model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1)

    def hear(wav: pathlib.Path) -> str:
        segments, _ = model.transcribe(
            str(wav), language="en", beam_size=1, temperature=[0.0, 0.2, 0.4],
            without_timestamps=True, condition_on_previous_text=False)
        return "".join(segment.text for segment in segments)

    return hear


def own_ear(url: str):
    def hear(wav: pathlib.Path) -> str:
        parts = (("model", b"whisper-1"), ("file", wav.read_bytes()))
        body = b"".join(
            b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
            % (name.encode(), b'; filename="a.wav"' if name == "file" else b"", data)
            for name, data in parts) + b"--x--\r\n"
        request = urllib.request.Request(
            url + "/audio/transcriptions", body,
            {"Content-Type": "multipart/form-data; boundary=x"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["text"]

    return hear


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sentences", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path, help="000.wav, 001.wav, ...")
    ear = parser.add_mutually_exclusive_group(required=True)
    ear.add_argument("--model", help="folder of Whisper base for CTranslate2")
    ear.add_argument("--engine", help="base URL of an `eva engine`")
    arguments = parser.parse_args()

    lines = arguments.sentences.read_text(encoding="utf-8").splitlines()
    expected = [line.split("\t")[1] for line in lines if line]
    hear = other_ear(arguments.model) if arguments.model else own_ear(arguments.engine)
    references, hypotheses = [], []
    for number, words in enumerate(expected):
        heard = hear(arguments.folder / f"{number:03}.wav").strip()
        references.append(comparable(words))
        hypotheses.append(comparable(heard))
        errors = jiwer.process_words(references[-1], hypotheses[-1])
        count = errors.substitutions + errors.deletions + errors.insertions
        print(json.dumps({"line": number, "errors": count, "expected": references[-1],
                          "heard": hypotheses[-1], "transcript": heard}), flush=True)
    rate = 100 * jiwer.wer(references, hypotheses)
    wrong = sum(a != b for a, b in zip(references, hypotheses))
    print(json.dumps({"wer_percent": round(rate, 1), "sentences_with_errors": wrong,
                      "sentences": len(references),
                      "words": sum(len(line.split()) for line in references)}))


if __name__ == "__main__":
    main()
