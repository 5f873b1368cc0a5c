"""The page in a real browser against the real program (web/e2e/run.mjs says what each case does)."""

import os
import pathlib
import subprocess

import pytest

from eva_process import Eva

WEB = pathlib.Path(__file__).resolve().parents[2] / "web"
KEY = "open-sesame"


@pytest.fixture(scope="module")
def locked(models):
    """A server that asks for a key."""
    with Eva(env={"EVA_API_KEYS": KEY}) as server:
        yield server


@pytest.mark.timeout(580)
def test_the_page_in_a_browser(eva, locked):
    result = subprocess.run(
        ["node", "e2e/run.mjs"],
        cwd=WEB,
        env={**os.environ, "EVA_URL": eva.url, "EVA_LOCKED_URL": locked.url, "EVA_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=560,
    )
    print(result.stdout)
    print(result.stderr)
    assert result.returncode == 0, result.stdout[-3000:]
    assert "a locked Eva asks for the key" in result.stdout
