"""Reads the weights of a CTranslate2 model file (model.bin)."""
import struct
from pathlib import Path

import numpy as np

NUMPY_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
SUPPORTED_VERSION = 6


def read_weights(path: Path, expected_spec: str) -> dict[str, np.ndarray]:
    """All variables by name, aliases included. ValueError: another format or model family."""
    content = memoryview(path.read_bytes())
    position = 0

    def number(kind: str) -> int:
        nonlocal position
        (value,) = struct.unpack_from("<" + kind, content, position)
        position += struct.calcsize("<" + kind)
        return value

    def text() -> str:
        nonlocal position
        size = number("H")
        value = bytes(content[position : position + size])
        position += size
        return value.rstrip(b"\0").decode()

    version = number("I")
    if version != SUPPORTED_VERSION:
        raise ValueError(f"{path}: CTranslate2 file version {version}, not {SUPPORTED_VERSION}")
    spec = text()
    if spec != expected_spec:
        raise ValueError(f"{path}: the model is a {spec}, not a {expected_spec}")
    number("I")  # the revision of the spec

    weights = {}
    for _ in range(number("I")):
        name = text()
        shape = [number("I") for _ in range(number("B"))]
        kind = NUMPY_TYPES[number("B")]
        size = number("I")
        data = content[position : position + size]
        weights[name] = np.frombuffer(data, dtype=kind).reshape(shape)
        position += size
    for _ in range(number("I")):
        alias = text()
        weights[alias] = weights[text()]
    return weights
