#!/usr/bin/env python3
"""Holds the directions between the folders of src/ (ARCHITECTURE.md) and a few house rules.

Prints one line per violation; exit code 1 if there is any."""

import pathlib
import re
import sys

# Who may include whom, besides itself. A test may also use the folders of TEST_EXTRA.
ALLOWED = {
    "base": set(),
    "audio": {"base"},
    "tensor": {"base"},
    "vad": {"tensor", "base"},
    "turn": {"base"},
    "speech": {"base"},
    "echo": {"audio", "base"},
    "session": {"echo", "turn", "vad", "speech", "base"},
    "pool": {"base"},
    "io": {"base"},
    "endpoint": {"speech", "pool", "tensor", "audio", "base"},
    "device": {"base"},
    "brain": {"speech", "base"},
    "config": {"base"},
    "models": {"base"},
    "engine": {"pool", "io", "audio", "tensor", "brain", "speech", "base"},
    "providers": {"speech", "io", "audio", "base"},
    "recorder": {"session", "engine", "providers", "pool", "io", "audio", "vad", "speech", "base"},
    "transport": {"session", "io", "audio", "speech", "vad", "turn", "base"},
    "sim": {"session", "speech", "vad", "turn", "base"},
    "replay": {"session", "sim", "speech", "vad", "turn", "audio", "base"},
    "server": {"transport", "session", "replay", "providers", "endpoint", "pool", "io", "config", "vad",
               "speech", "turn", "base"},
    "bench": {"session", "sim", "speech", "turn", "vad", "endpoint", "engine", "audio", "base"},
    "cli": None,  # the composition root
}
TEST_EXTRA = {
    "transport": {"sim"},
    "engine": {"sim", "providers"},
    "providers": {"engine", "pool"},
    "pool": {"io"},
}

# Pattern, where it is allowed, what to do instead.
RULES = [
    (re.compile(r"\b(?:steady|system|high_resolution)_clock::now\("), {"io", "models"},
     "the clock is read in src/io only; take `now` as an argument"),
    (re.compile(r"#include <boost/"), {"io", "models"}, "Boost stays inside src/io"),
    (re.compile(r"#include <flite/"), {"engine"}, "Flite stays inside src/engine"),
    (re.compile(r"#include <portaudio"), {"device"}, "PortAudio stays inside src/device"),
    (re.compile(r"\bstd::exit\(|\b_exit\("), {"cli", "io", "models"}, "only main ends the process"),
    (re.compile(r"TODO\(now\)"), set(), "finish it first"),
]
SLEEP = re.compile(r"sleep_(for|until)\(|\busleep\(")


def main() -> int:
    root = pathlib.Path(__file__).resolve().parent.parent / "src"
    problems = []
    for path in sorted([*root.rglob("*.h"), *root.rglob("*.cpp")]):
        folder = path.relative_to(root).parts[0]
        test = path.stem.endswith("_test") or path.stem.startswith("test_")
        allowed = ALLOWED.get(folder, set())
        for number, line in enumerate(path.read_text().splitlines(), 1):
            where = f"src/{path.relative_to(root)}:{number}"
            include = re.match(r'#include "([a-z_]+)/', line)
            if include and allowed is not None:
                target = include[1]
                extra = TEST_EXTRA.get(folder, set()) | {"base", "audio", "sim"} if test else set()
                if target != folder and target not in allowed | extra and (root / target).is_dir():
                    problems.append(f"{where}: {folder} must not include {target}")
            for pattern, folders, advice in RULES:
                if pattern.search(line) and folder not in folders and not test:
                    problems.append(f"{where}: {advice}")
            if SLEEP.search(line):
                problems.append(f"{where}: nothing sleeps; use the executor or a condition")
    print("\n".join(problems) if problems else "The directions between the folders hold.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
