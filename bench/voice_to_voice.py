#!/usr/bin/env python3
"""End of speech to Eva's first audio, through the WebSocket in real time, split by stage.

voice_to_voice.py [CLIP...]: default the read and command clips of ../shared/audio, else tests/audio.
The end of speech is measured on the clip, never with Eva's own VAD. `after_turn` is what follows the
end of the turn; prepared replies are there to make that short, so all is measured without them too."""

import asyncio
import json
import pathlib
import statistics
import sys
import time

import numpy as np
import soundfile
import websockets

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "integration"))
from caller import FRAME, RATE, Caller, append  # noqa: E402
from eva_process import Eva  # noqa: E402


def load(path):
    samples, source = soundfile.read(path, dtype="float32")
    places = np.arange(int(len(samples) * RATE / source)) * source / RATE
    return (np.interp(places, np.arange(len(samples)), samples) * 32767).astype(np.int16)


def speech_end(pcm):
    """The last 10 ms that are both less than 40 dB below the loudest 10 ms and 15 dB above the
    clip's own background (its 10th percentile): room noise after the last word is not speech."""
    frames = pcm[: len(pcm) // 240 * 240].reshape(-1, 240).astype(np.float64)
    level = 20 * np.log10(np.sqrt((frames**2).mean(axis=1)) + 1)
    loud = np.nonzero(level > max(level.max() - 40, np.percentile(level, 10) + 15))[0]
    return (loud[-1] + 1) * 240 / RATE


async def one(url, pcm):
    async with websockets.connect(url, max_size=None) as socket:
        async def send(event):
            await socket.send(json.dumps(event))

        async def receive():
            return json.loads(await socket.recv())

        caller = Caller(send, receive)
        caller.start(microphone=False)
        start = time.monotonic()
        padded = np.concatenate([np.zeros(RATE // 2, np.int16), pcm, np.zeros(8 * RATE, np.int16)])
        for at in range(0, len(padded), FRAME):
            await send(append(padded[at : at + FRAME]))
            await asyncio.sleep(max(0, start + (at + FRAME) / RATE - time.monotonic()))
            done = caller.of("response.output_audio.delta")
            if done and at / RATE > 0.5 + len(pcm) / RATE:
                break
        await caller.stop()
        end = start + 0.5 + speech_end(pcm)

        def last(kind):
            found = [e["at"] for e in caller.of(kind)]
            return found[-1] if found else None

        created = last("response.created")
        audio = [e for e in caller.of("response.output_audio.delta") if e["at"] > (created or 0)]
        if not created or not audio:
            return None
        first = audio[0]["at"]
        committed = last("input_audio_buffer.committed")
        token = last("response.output_item.added")
        text = last("conversation.item.input_audio_transcription.completed")
        return {"voice_to_voice": first - end, "endpointing": committed - end,
                "stt": text - committed, "brain": token - created, "voice": first - token}


def measure(clips, *flags):
    rows = []
    with Eva(*flags) as server:
        for path in clips:
            row = asyncio.run(one(server.ws_url, load(path)))
            print(path.name, {k: round(v * 1000) for k, v in row.items()} if row else "no answer",
                  file=sys.stderr, flush=True)
            if row:
                row["after_turn"] = row["voice_to_voice"] - row["endpointing"]
                rows.append(row)
    print(f"{len(rows)} of {len(clips)} clips answered; ms:  p50  p95")
    for key in ("voice_to_voice", "endpointing", "stt", "brain", "voice", "after_turn"):
        values = sorted(1000 * row[key] for row in rows)
        p95 = values[min(len(values) - 1, int(0.95 * len(values)))]
        print(f"{key:>15} {statistics.median(values):6.0f} {p95:6.0f}")


def main():
    clips = [pathlib.Path(name) for name in sys.argv[1:]]
    shared = ROOT.parent / "shared" / "audio"
    if not clips and shared.is_dir():
        clips = sorted([*shared.glob("speechbrain/*.flac"), *shared.glob("pocketsphinx/*.flac"),
                        *shared.glob("arctic/*.flac"), *shared.glob("ljspeech/*.flac"),
                        *shared.glob("librispeech/1688*.flac")])
    clips = clips or sorted((ROOT / "tests" / "audio").glob("*.flac"))
    measure(clips)
    print("without prepared replies (--turn.speculations 0)")
    measure(clips, "--turn.speculations", "0")


main()
