import pytest

from eva_process import BINARY, Eva, run

NEEDED = ("silero-vad-v6", "whisper-tiny.en-int8", "piper-en_US-joe-medium")


def pytest_collection_modifyitems(items):
    if BINARY.exists():
        return
    reason = pytest.mark.skip(reason=f"{BINARY} is not built")
    for item in items:
        item.add_marker(reason)


@pytest.fixture(scope="session")
def models():
    """Skips where the model packs are not installed."""
    table = run("models", "list").stdout
    rows = {line.split()[0]: line for line in table.splitlines() if line.split()}
    missing = [name for name in NEEDED if " installed " not in rows.get(name, "")]
    if missing:
        pytest.skip(f"missing model packs: {', '.join(missing)}; run: eva models pull")


@pytest.fixture(scope="session")
def eva(models):
    """The ordinary server: defaults, shared by the tests that leave it as they found it."""
    with Eva() as server:
        yield server
