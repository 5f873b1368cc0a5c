#!/usr/bin/env bash
# What ./dev bench measures: latency through the WebSocket and the cost of listening sessions.
# Accuracy: bench/stt/stt_wer.py (docs/engines.md), voices: bench/tts/tts_wer.py (docs/voices.md).
set -euo pipefail
cd "$(dirname "$0")/.."
echo "load average before: $(cut -d' ' -f1-3 /proc/loadavg)"
.venv/bin/python bench/voice_to_voice.py
.venv/bin/python bench/load.py
