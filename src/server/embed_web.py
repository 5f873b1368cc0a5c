#!/usr/bin/env python3
"""Writes a C++ file that holds every file below a folder: embed_web.py FOLDER OUT.cpp"""

import pathlib
import sys


def literal(data: bytes) -> str:
    """The bytes as string literals of bounded length."""
    chunks = []
    for start in range(0, len(data), 4096):
        chunk = data[start : start + 4096]
        chunks.append('"' + "".join(f"\\{byte:03o}" for byte in chunk) + '"')
    return "\n    ".join(chunks) or '""'


def main() -> None:
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    entries = []
    for path in files:
        data = path.read_bytes()
        name = "/" + path.relative_to(folder).as_posix()
        entries.append(f'  {{"{name}", std::string_view(\n    {literal(data)},\n    {len(data)})}},')
    body = "\n".join(entries)
    out.write_text(
        '#include <array>\n\n#include "server/web_files.h"\n\nnamespace eva::server {\n'
        f"static const std::array<WebFile, {len(files)}> kFiles{{{{\n{body}\n}}}};\n"
        "std::span<const WebFile> web_files() { return kFiles; }\n}  // namespace eva::server\n"
    )


main()
