#!/usr/bin/env bash
# What ./dev bench measures: latency through the WebSocket, the cost of listening sessions, and who
# speaks when (with the test recordings; their folder as the first argument).
# Accuracy: bench/stt/stt_wer.py (docs/engines.md), voices: bench/tts/tts_wer.py (docs/voices.md).
set -euo pipefail
cd "$(dirname "$0")/.."
audio=${1:-../shared/audio}
echo "load average before: $(cut -d' ' -f1-3 /proc/loadavg)"
.venv/bin/python bench/voice_to_voice.py
.venv/bin/python bench/load.py
if [ -d "$audio" ]; then
  build/release/eva bench turns --audio "$audio"
  build/release/eva bench turns --audio "$audio" --eot --plot build/turns.svg
  build/release/eva bench turns --audio "$audio" --echo
  echo "The plot of cut-offs against dead air: build/turns.svg"
else
  echo "Skipped: who speaks when. There are no test recordings in $audio."
fi
