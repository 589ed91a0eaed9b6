#!/usr/bin/env python3
"""Writes what a transcript test said into its expect(): read the change before you keep it.

    build/tests/service/registry_members | tests/service/accept.py
"""

import re
import sys
from pathlib import Path

COLUMNS = 110
HEAD = re.compile(r"# (\S+\.c):(\d+): - expected, \+ said$")


def pieces(line, first, rest):
    """The line cut into literals that fit, at commas."""
    out, room = [], first
    text = line + "\n"
    while text:
        literal = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        if len(literal) + 2 <= room:
            out.append(f'"{literal}"')
            break
        cut = text.rfind(", ", 0, room - 2)
        cut = cut + 2 if cut > 0 else text.rfind(" ", 0, room - 2) + 1
        out.append('"' + text[:cut].replace("\\", "\\\\").replace('"', '\\"') + '"')
        text, room = text[cut:], rest
    return out


def call(indent, lines):
    left = len(indent.expandtabs(8)) + len("expect(s, ")
    room = COLUMNS - left - 2
    literals = [p for line in lines for p in pieces(line, room, room)] or ['""']
    pad = "\t" * (left // 8) + " " * (left % 8)
    return f"{indent}expect(s, " + f"\n{pad}".join(literals) + ");"


def blocks(stream):
    at, lines = None, []
    for line in stream:
        line = line.rstrip("\n")
        if at and re.match(r"#   |# [-+] ", line):
            if line[2] != "-":
                lines.append(line[4:])
            continue
        if at:
            yield at, lines
        head = HEAD.match(line)
        at, lines = ((head[1], int(head[2])), []) if head else (None, [])


def main():
    changes = {}
    for (path, line), said in blocks(sys.stdin):
        changes.setdefault(path, []).append((line, said))
    for path, found in changes.items():
        text = Path(path).read_text(encoding="utf-8").split("\n")
        for line, said in sorted(found, reverse=True):
            start = line - 1
            while "expect(" not in text[start]:
                start -= 1
            end = start
            while not text[end].rstrip().endswith(");"):
                end += 1
            indent = re.match(r"\s*", text[start])[0]
            text[start:end + 1] = call(indent, said).split("\n")
        Path(path).write_text("\n".join(text), encoding="utf-8")
        print(f"{path}: {len(found)} accepted")


if __name__ == "__main__":
    main()
