"""`eva models`, `eva doctor` and `eva config`: what they say and how they exit."""
import shutil
import tomllib
from pathlib import Path

import pytest

from eva_process import ROOT, run


@pytest.fixture
def models_folder(models):
    lines = run("models", "list").stdout.splitlines()
    return Path(next(line for line in lines if line.startswith("Folder: "))[len("Folder: "):])


def test_list(models):
    result = run("models", "list")
    assert result.returncode == 0
    assert result.stdout.splitlines()[0].split() == [
        "PACK", "KIND", "LANGUAGE", "STATE", "SIZE", "LICENCE"]
    catalogue = tomllib.loads((ROOT / "models" / "catalogue.toml").read_text())
    for pack in next(iter(v for v in catalogue.values() if isinstance(v, list))):
        assert f"{pack['name']} " in result.stdout


def test_list_of_an_empty_folder(tmp_path):
    result = run("models", "list", "--models.dir", tmp_path)
    assert result.returncode == 0
    assert " missing " in result.stdout
    assert " installed " not in result.stdout
    assert f"Folder: {tmp_path}" in result.stdout


def test_verify(models_folder, tmp_path):
    good = run("models", "verify", "silero-vad-v6")
    assert (good.returncode, good.stdout) == (0, "silero-vad-v6: ok\n")
    shutil.copytree(models_folder / "silero-vad-v6", tmp_path / "silero-vad-v6")
    model = tmp_path / "silero-vad-v6" / "silero_vad_16k.onnx"
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 1
    model.unlink()
    model.write_bytes(data)
    bad = run("models", "verify", "--models.dir", tmp_path)
    assert bad.returncode == 1
    assert "silero-vad-v6" in bad.stderr and "silero_vad_16k.onnx" in bad.stderr
    doctor = run("doctor", "--models.dir", tmp_path)
    assert doctor.returncode == 1
    assert "BAD  model silero-vad-v6: silero_vad_16k.onnx is damaged" in doctor.stdout
    unknown = run("models", "verify", "nobody")
    assert unknown.returncode == 1
    assert "unknown pack nobody" in unknown.stderr and "silero-vad-v6" in unknown.stderr


def test_verify_with_nothing_installed(tmp_path):
    result = run("models", "verify", "--models.dir", tmp_path)
    assert result.returncode == 1
    assert f"no packs are installed in {tmp_path}; run: eva models pull" in result.stderr


def test_pull_takes_what_the_settings_use(models):
    result = run("models", "pull", "--tts.url", "http://127.0.0.1:9/v1")
    assert result.returncode == 0, result.stderr
    assert result.stdout == ("silero-vad-v6: ok, every byte checked\n"
                             "whisper-tiny.en-int8: ok, every byte checked\n")
    unknown = run("models", "pull", "--engine.voice", "nobody")
    assert unknown.returncode == 1 and "unknown pack nobody" in unknown.stderr


def test_doctor(models):
    result = run("doctor", "--server.listen", "127.0.0.1:0")
    assert result.returncode == 0, result.stdout
    assert "BAD" not in result.stdout
    for line in ("settings:", "tensor runtime:", "model silero-vad-v6: installed", "stt: embedded",
                 "llm: embedded", "tts: embedded"):
        assert line in result.stdout


def test_doctor_says_what_to_do(models, tmp_path):
    result = run("doctor", "--models.dir", tmp_path, "--llm.url", "http://127.0.0.1:9/v1",
                 "--llm.model", "m", "--server.listen", "0.0.0.0:0")
    assert result.returncode == 1
    assert "BAD  model silero-vad-v6: missing" in result.stdout
    assert "-> Run: eva models pull silero-vad-v6" in result.stdout
    assert "llm: http://127.0.0.1:9/v1 cannot be reached" in result.stdout
    assert "EVA_API_KEYS" in result.stdout


def test_doctor_and_wrong_settings():
    result = run("doctor", "--turn.silence_ms", "soon")
    assert result.returncode == 1
    assert "turn.silence_ms" in result.stdout


def test_serve_and_talk_without_models(tmp_path):
    (tmp_path / "in.wav").write_bytes((ROOT / "tests" / "audio" / "goforward.flac").read_bytes())
    serve = run("serve", "--listen", "127.0.0.1:0", "--models.dir", tmp_path)
    assert serve.returncode == 1
    assert "eva models pull" in serve.stderr
    talk = run("talk", tmp_path / "in.wav", "--out", tmp_path / "out.wav", "--models.dir", tmp_path)
    assert talk.returncode == 1
    assert "eva models pull" in talk.stderr


def test_config_shows_values_and_where_they_are_from(tmp_path):
    file = tmp_path / "eva.toml"
    file.write_text("[turn]\nsilence_ms = 450\n")
    result = run("config", "--config", file, "--turn.threshold", "0.7",
                 env={"EVA_LIMITS_CONNECTIONS": "7", "EVA_API_KEYS": "very-secret"})
    assert result.returncode == 0, result.stderr
    rows = {line.split()[0]: line for line in result.stdout.splitlines() if line.split()}
    assert "450" in rows["turn.silence_ms"] and f"{file}:2" in rows["turn.silence_ms"]
    assert "0.7" in rows["turn.threshold"] and "--turn.threshold" in rows["turn.threshold"]
    assert "7" in rows["limits.connections"]
    assert "EVA_LIMITS_CONNECTIONS" in rows["limits.connections"]
    assert "very-secret" not in result.stdout + result.stderr


def test_config_example_is_the_file_of_the_repository(tmp_path):
    result = run("config", "--example")
    assert result.returncode == 0
    assert result.stdout == (ROOT / "eva.example.toml").read_text()
    tomllib.loads(result.stdout)


def test_config_refuses_what_is_wrong():
    result = run("config", "--log.level", "loud")
    assert result.returncode == 1
    assert "log.level must be debug|info|warn|error" in result.stderr
