"""The page in a real browser against the real program (web/e2e/run.mjs says what each case does)."""

import os
import pathlib
import subprocess

import pytest

WEB = pathlib.Path(__file__).resolve().parents[2] / "web"


@pytest.mark.timeout(280)
def test_the_page_in_a_browser(eva):
    result = subprocess.run(
        ["node", "e2e/run.mjs"],
        cwd=WEB,
        env={**os.environ, "EVA_URL": eva.url},
        capture_output=True,
        text=True,
        timeout=270,
    )
    print(result.stdout)
    print(result.stderr)
    assert result.returncode == 0, result.stdout[-3000:]
