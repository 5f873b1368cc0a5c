"""Runs the real binary: as a command, and as a server of its own with bounded waits."""
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("EVA_BINARY", ROOT / "build" / "release" / "eva"))
START_S = 60
STOP_S = 15


def clean_environment(extra=None):
    """The caller's environment without Eva's settings, so that a test says all it needs."""
    env = {key: value for key, value in os.environ.items()
           if not key.startswith("EVA_") or key == "EVA_MODELS_DIR"}
    return {**env, **(extra or {})}


def run(*arguments, env=None, timeout=30, cwd=None):
    return subprocess.run(
        [BINARY, *map(str, arguments)], env=clean_environment(env), timeout=timeout, cwd=cwd,
        capture_output=True, text=True)


def wait_for(condition, within, what):
    """Asks until condition() is true; returns its value. `what` may be a function."""
    end = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            raise AssertionError(f"not within {within} s: {what() if callable(what) else what}")
        time.sleep(0.02)


class Eva:
    """`eva serve` on a free port. Leaving the block stops it with SIGTERM and checks exit code 0."""

    def __init__(self, *flags, env=None, ready=True, expect_exit=0):
        self.flags = flags
        self.env = clean_environment(env)
        self.want_ready = ready
        self.expect_exit = expect_exit
        self.log = []
        self._news = threading.Condition()
        self._ended = False

    def __enter__(self):
        self.process = subprocess.Popen(
            [BINARY, "serve", "--listen", "127.0.0.1:0", *map(str, self.flags)], env=self.env,
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        try:
            self.address = self.wait_log(r"Eva is at http://(\S+?)/").group(1)
            if self.want_ready:
                self.wait_log(r"Ready after")
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        self.url = f"http://{self.address}"
        self.ws_url = f"ws://{self.address}/v1/realtime?model=eva"
        self.port = int(self.address.rsplit(":", 1)[1])
        return self

    def __exit__(self, kind, value, trace):
        code = self.stop()
        if kind is None:
            assert code == self.expect_exit, f"exit code {code}\n{self.text()[-3000:]}"

    def stop(self, within=STOP_S):
        """SIGTERM; the exit code. Killed, and the test fails, if it does not end in time."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"SIGTERM did not end it within {within} s\n{self.text()[-3000:]}")
        self._reader.join(5)
        return code

    def _read_log(self):
        for line in self.process.stderr:
            with self._news:
                self.log.append(line)
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def text(self):
        with self._news:
            return "".join(self.log)

    def wait_log(self, pattern, within=START_S):
        found = None

        def seen():
            nonlocal found
            found = re.search(pattern, "".join(self.log))
            return found or self._ended

        with self._news:
            self._news.wait_for(seen, within)
            assert found, f"no {pattern!r} in the log within {within} s:\n{''.join(self.log)[-3000:]}"
            return found

    def get(self, path, **kwargs):
        return httpx.get(self.url + path, timeout=5, trust_env=False, **kwargs)

    def metric(self, name):
        """The value of a metric without labels."""
        found = re.search(rf"^{name} (\S+)$", self.get("/metrics").text, re.MULTILINE)
        assert found, f"no metric {name}"
        return float(found.group(1))

    def ready(self):
        return self.get("/readyz").status_code == 200

    def engine_pid(self):
        """The child that recognises and speaks."""
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = folder.joinpath("stat").read_text().rpartition(")")[2].split()[1]
                command = folder.joinpath("cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if parent == str(self.process.pid) and b"engine" in command:
                return int(folder.name)
        return None

    def rss_mib(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
