#!/usr/bin/env python3
"""CPU and memory of the server per listening session: load.py [N...] (default 1 50 200).

Each session sends a recording in a loop as 20 ms appends, in real time, but loud noise instead of
speech, so that every window goes through the VAD and no engine is asked."""

import asyncio
import base64
import json
import os
import pathlib
import sys
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "integration"))
from eva_process import Eva  # noqa: E402

SECONDS = 20


def frame(text):
    """A masked WebSocket text frame (mask 0), ready for the wire."""
    data = text.encode()
    return bytes([0x81, 0xFE]) + len(data).to_bytes(2, "big") + bytes(4) + data


def cpu_ms(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def rss_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024


async def session(port, message, stop):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /v1/realtime HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                 b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                 b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    start, sent = time.monotonic() + np.random.rand() * 0.02, 0
    while not stop.is_set():
        writer.write(message)
        sent += 1
        await asyncio.sleep(max(0, start + sent * 0.02 - time.monotonic()))
    writer.close()


async def measure(server, count):
    noise = (np.random.default_rng(1).normal(0, 300, 480)).astype("<i2")
    event = {"type": "input_audio_buffer.append", "audio": base64.b64encode(noise.tobytes()).decode()}
    stop = asyncio.Event()
    before = rss_mb(server.process.pid)
    tasks = [asyncio.create_task(session(server.port, frame(json.dumps(event)), stop))
             for _ in range(count)]
    await asyncio.sleep(3)
    cpu, start = cpu_ms(server.process.pid), time.monotonic()
    await asyncio.sleep(SECONDS)
    used = (cpu_ms(server.process.pid) - cpu) / (time.monotonic() - start)
    after = rss_mb(server.process.pid)
    stop.set()
    await asyncio.gather(*tasks)
    print(f"{count:>5} sessions: {used:7.1f} ms CPU per second ({used / count:.2f} per session), "
          f"RSS {after:.0f} MB ({(after - before) / count:.2f} MB per session)", flush=True)


for n in [int(a) for a in sys.argv[1:]] or [1, 50, 200]:
    with Eva("--limits.connections", 2000) as running:
        asyncio.run(measure(running, n))
