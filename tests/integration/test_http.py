"""The HTTP side: pages, health, metrics, who may come in, how the server starts and stops."""
import asyncio
import json
import os
import signal
import socket
import time

import httpx
import pytest
import websockets

from caller import call
from eva_process import Eva, run, wait_for


def connected(url, **options):
    """The handshake of one WebSocket: (selected subprotocol, first event)."""
    async def scenario():
        async with websockets.connect(url, proxy=None, **options) as socket:
            first = json.loads(await asyncio.wait_for(socket.recv(), 5))
            return socket.subprotocol, first["type"]

    return asyncio.run(scenario())


def refused(url, **options):
    """The HTTP status with which a WebSocket handshake is refused."""
    with pytest.raises(websockets.InvalidStatus) as refusal:
        connected(url, **options)
    return refusal.value.response.status_code


def test_pages_and_health(eva):
    page = eva.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "Content-Security-Policy" in page.headers
    assert (eva.get("/healthz").status_code, eva.get("/healthz").text) == (200, "ok\n")
    ready = eva.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"ready": True, "engine": "ready", "draining": False}


def test_metrics_count_a_session(eva):
    before = eva.metric("eva_sessions_total")
    wait_for(lambda: eva.metric("eva_sessions") == 0, 10, "no sessions left of earlier tests")

    async def scenario():
        async with call(eva, microphone=False):
            return await asyncio.to_thread(eva.metric, "eva_sessions")

    assert asyncio.run(scenario()) == 1
    wait_for(lambda: eva.metric("eva_sessions") == 0, 5, "the session is counted off")
    assert eva.metric("eva_sessions_total") == before + 1


def test_what_is_not_there(eva):
    missing = eva.get("/nothing")
    assert missing.status_code == 404
    assert missing.json()["error"]["code"] == "not_found"
    assert "/nothing" in missing.json()["error"]["message"]
    assert httpx.post(eva.url + "/", trust_env=False).status_code == 405
    assert httpx.delete(eva.url + "/healthz", trust_env=False).status_code == 405
    assert eva.get("/v1/realtime").status_code == 426
    assert refused(f"ws://{eva.address}/elsewhere") == 404


def test_a_path_may_hold_any_bytes(eva):
    for path in (b"/\xff\xfe", b"/" + b"\xc3\xa4" * 200, b"/" + b"\xff" * 300):
        with socket.create_connection(("127.0.0.1", eva.port), 5) as client:
            client.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n"
                           b"Connection: close\r\n\r\n")
            head, _, body = b"".join(iter(lambda: client.recv(4096), b"")).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 404"), head
        message = json.loads(body.decode())["error"]["message"]
        assert message.startswith("There is no /")
        assert "\ufffd" not in message or b"\xff" in path, "a character was cut"


def test_another_origin_or_host_is_refused(eva):
    evil = {"Origin": "http://evil.example"}
    assert eva.get("/metrics", headers=evil).status_code == 403
    assert eva.get("/metrics", headers={"Origin": eva.url}).status_code == 200
    assert refused(eva.ws_url, origin="http://evil.example") == 403
    rebound = eva.get("/", headers={"Host": "evil.example"})
    assert rebound.status_code == 403
    assert rebound.json()["error"]["code"] == "host_not_allowed"


@pytest.mark.usefixtures("models")
def test_keys():
    with Eva("--server.allowed_origins", "https://shop.example",
             env={"EVA_API_KEYS": "first,second"}) as eva:
        assert eva.get("/").status_code == 200, "the page must load before it can ask for a key"
        nobody = eva.get("/metrics")
        assert nobody.status_code == 401
        assert nobody.headers["www-authenticate"] == "Bearer"
        assert nobody.json()["error"]["code"] == "invalid_api_key"
        for key, status in (("second", 200), ("first", 200), ("thirds", 401), ("-", 401)):
            answer = eva.get("/metrics", headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code == status, key
        lower = eva.get("/metrics", headers={"Authorization": "bearer first"})
        assert lower.status_code == 200, "the scheme's case does not matter"
        assert refused(eva.ws_url) == 401
        bearer = {"Authorization": "Bearer first"}
        assert connected(eva.ws_url, additional_headers=bearer) == (None, "session.created")
        protocols = ["realtime", "openai-insecure-api-key.second"]
        assert connected(eva.ws_url, subprotocols=protocols) == ("realtime", "session.created")
        protocols[1] += "x"
        assert refused(eva.ws_url, subprotocols=protocols) == 401
        assert connected(eva.ws_url, additional_headers=bearer,
                         origin="https://shop.example")[1] == "session.created"
        assert refused(eva.ws_url, additional_headers=bearer, origin="https://other.example") == 403
        assert "second" not in eva.text(), "a key is in the log"


@pytest.mark.parametrize("keys", ["", " , "])
def test_a_list_of_keys_without_a_key_opens_nothing(keys):
    result = run("serve", "--listen", "127.0.0.1:0", env={"EVA_API_KEYS": keys})
    assert result.returncode == 1
    assert "EVA_API_KEYS is set but holds no key" in result.stderr


@pytest.mark.usefixtures("models")
def test_open_to_others_without_keys():
    result = run("serve", "--listen", "0.0.0.0:0")
    assert result.returncode == 1
    assert "EVA_API_KEYS" in result.stderr
    assert "127.0.0.1" in result.stderr


def test_port_in_use(eva):
    result = run("serve", "--listen", eva.address)
    assert result.returncode == 1
    assert eva.address in result.stderr
    assert "in use" in result.stderr


@pytest.mark.usefixtures("models")
def test_sigterm_lets_calls_end_and_then_closes_them():
    with Eva("--server.drain_ms", "1000") as eva:
        async def scenario():
            async with call(eva, microphone=False) as caller:
                start = time.monotonic()
                eva.process.send_signal(signal.SIGTERM)
                await asyncio.to_thread(eva.wait_log, "stopping", 5)
                await asyncio.wait_for(caller.socket.wait_closed(), 5)
                return time.monotonic() - start, caller.socket.close_code

        took, code = asyncio.run(scenario())
        assert code == 1001
        assert 0.8 < took < 3
        assert eva.process.wait(5) == 0


@pytest.mark.usefixtures("models")
def test_sigterm_without_calls_does_not_wait():
    with Eva("--server.drain_ms", "60000") as eva:
        assert eva.stop(within=5) == 0


@pytest.mark.usefixtures("models")
def test_too_many_connections():
    with Eva("--limits.connections", "1", ready=False) as eva:
        async def scenario():
            async with call(eva, microphone=False):
                return await asyncio.to_thread(refused, eva.ws_url)

        assert asyncio.run(scenario()) == 503


@pytest.mark.usefixtures("models")
def test_connections_that_say_nothing_take_no_place_of_a_call():
    with Eva("--limits.connections", "1", ready=False) as eva:
        idle = [socket.create_connection(("127.0.0.1", eva.port), 5) for _ in range(100)]
        try:
            assert connected(eva.ws_url)[1] == "session.created"
            idle[0].settimeout(20)
            start = time.monotonic()
            assert idle[0].recv(1) == b"", "it is closed in silence"
            assert time.monotonic() - start < 15
        finally:
            for client in idle:
                client.close()


def with_the_detector_alone(folder, models):
    """A folder of models in which only the voice detector is."""
    os.symlink(os.path.join(models, "silero-vad-v6"), folder / "silero-vad-v6")
    return folder


def models_folder():
    return next(line.split()[1] for line in run("config").stdout.splitlines()
                if line.startswith("models.dir")).strip('"')


@pytest.mark.usefixtures("models")
def test_a_missing_pack_is_told(tmp_path):
    folder = with_the_detector_alone(tmp_path, models_folder())
    with Eva("--models.dir", folder, ready=False) as eva:
        answer = wait_for(lambda: (found := eva.get("/readyz")).json()["engine"] == "failed" and found,
                          20, lambda: eva.get("/readyz").text)
        assert answer.status_code == 503
        assert "whisper.json is missing" in answer.json()["reason"]
        assert "eva models pull" in answer.json()["reason"]
        line = eva.wait_log(r"the speech engine cannot work: .*").group(0)
        assert "eva models pull" in line


@pytest.mark.usefixtures("models")
def test_a_long_runtime_folder(tmp_path):
    runtime = tmp_path / ("x" * 120)
    runtime.mkdir()
    with Eva(env={"XDG_RUNTIME_DIR": str(runtime)}) as eva:
        assert eva.get("/readyz").json()["engine"] == "ready"


@pytest.mark.usefixtures("models")
def test_settings_are_read_at_the_start_only_and_warnings_told_once(tmp_path):
    file = tmp_path / "eva.toml"
    file.write_text("[engine]\nthreads = 1\n")
    with Eva("--config", file, env={"EVA_TURN_SILENSE": "1"}) as eva:
        file.write_text("nonsense")
        os.kill(wait_for(eva.engine_pid, 5, "the engine's process is found"), signal.SIGKILL)
        eva.wait_log("the speech engine ended")
        wait_for(lambda: eva.get("/readyz").status_code == 200, 30, "the engine is back")
        assert eva.text().count("unknown variable EVA_TURN_SILENSE") == 1


@pytest.mark.usefixtures("models")
def test_the_json_log_is_json(tmp_path):
    odd = tmp_path / 'a "quoted" folder'
    odd.mkdir()
    with_the_detector_alone(odd, models_folder())
    with Eva("--models.dir", odd, "--log.format", "json", ready=False) as eva:
        eva.wait_log("the speech engine cannot work")
    lines = [line for line in eva.log if not line.startswith(("Eva is at ", "Ready after "))]
    messages = [json.loads(line)["message"] for line in lines]
    assert any(str(odd) in message for message in messages), messages
    assert {"time", "level", "message"} == set(json.loads(lines[0]))


def test_unknown_settings(tmp_path):
    flag = run("serve", "--turn.silense_ms", "300")
    assert flag.returncode != 0
    assert "turn.silense_ms" in flag.stderr + flag.stdout
    assert "did you mean --turn.silence_ms" in flag.stderr + flag.stdout


def test_an_unknown_key_of_the_settings_file_names_the_nearest(tmp_path):
    file = tmp_path / "eva.toml"
    file.write_text("[turn]\nsilense_ms = 300\n")
    result = run("serve", "--config", file)
    assert result.returncode == 1
    assert "silense_ms" in result.stderr
    assert "silence_ms" in result.stderr
    assert f"{file}:2" in result.stderr


def test_a_value_out_of_range_is_refused():
    result = run("serve", "--turn.silence_ms", "1")
    assert result.returncode == 1
    assert "turn.silence_ms must be whole milliseconds, 50 to 10000" in result.stderr


def test_version_and_help():
    version = run("--version")
    assert version.returncode == 0
    assert version.stdout.startswith("eva ")
    for command in ((), ("serve",), ("talk",), ("engine",), ("models",), ("models", "list"),
                    ("models", "pull"), ("models", "verify"), ("doctor",), ("config",)):
        result = run(*command, "--help")
        assert result.returncode == 0, command
        assert "--help" in result.stdout, command
    nothing = run()
    assert nothing.returncode == 2
    assert run("dance").returncode == 2
