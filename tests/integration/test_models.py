"""`eva models`, `eva doctor` and `eva config`: what they say and how they exit."""
import shutil
import subprocess
import threading
import tomllib
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from brain_server import BrainServer
from eva_process import BINARY, ROOT, clean_environment, run


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


def test_doctor_and_a_taken_port(eva):
    ours = run("doctor", "--server.listen", eva.address)
    assert ours.returncode == 0, ours.stdout
    assert f"note  address {eva.address}: Eva is already running there" in ours.stdout
    with BrainServer(404) as brain:  # somebody else's
        address = f"127.0.0.1:{brain.port}"
        other = run("doctor", "--server.listen", address, "--llm.url", brain.url,
                    "--llm.model", "m")
    assert other.returncode == 1
    assert f"BAD  address: cannot listen on {address}: the port is in use" in other.stdout
    absent = run("doctor", "--server.listen", "192.0.2.1:8000",
                 env={"EVA_API_KEYS": "a-key-of-the-test"})
    assert absent.returncode == 1
    assert "BAD  address: cannot listen on 192.0.2.1:8000: no network interface" in absent.stdout


def test_doctor_does_not_praise_what_it_could_not_check(models):
    with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:  # 404 for GET /v1/models
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/v1"
        result = run("doctor", "--server.listen", "127.0.0.1:0", "--llm.url", url,
                     "--llm.model", "m")
        server.shutdown()
    assert result.returncode == 0, result.stdout
    assert f"note  llm: {url} answers; key and route not checked" in result.stdout


def test_misspelt_commands():
    for words, answer in ((["serv"], 'eva: there is no command "serv"; did you mean serve?'),
                          (["frobnicate"], 'eva: there is no command "frobnicate"; there are serve'),
                          (["models", "pul"],
                           'eva models: there is no command "pul"; did you mean pull?')):
        result = run(*words)
        assert result.returncode == 2
        assert answer in result.stderr


@pytest.mark.parametrize("words", [["config"], ["models", "list"], ["doctor"], ["--version"]])
def test_output_that_is_lost_is_no_success(words):
    with open("/dev/full", "w") as full:
        result = subprocess.run([BINARY, *words], stdout=full, stderr=subprocess.PIPE, text=True,
                                timeout=30, env=clean_environment())
    assert result.returncode == 1
    assert "cannot write the output" in result.stderr


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
