#!/usr/bin/env python3
"""services/LIFE.md is true: its machines are those of the schemas, step by step; its verbs, tests and chapters exist."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "services" / "LIFE.md"


def machines():
    """name -> {(from, event, to)}, of the schemas."""
    found = {}
    for path in (ROOT / "schemas").glob("*.schema"):
        name = None
        for line in path.read_text(encoding="utf-8").splitlines():
            begins = re.match(r"machine (\w+)", line)
            step = re.match(r"\s+(\w+)\s+(\w+)\s+-> (\w+)", line)
            if begins:
                name = begins[1]
                found[name] = set()
            elif name and step:
                found[name].add(step.groups())
            elif line.strip() and not line[0].isspace():
                name = None
    return found


def verbs():
    table = (ROOT / "tools" / "tdv" / "verbs.c").read_text(encoding="utf-8")
    found = set()
    for first, second in re.findall(r'^\t\{ "([a-z-]+)", (?:NULL|"([a-z-]+)"), run_', table, re.M):
        found.add(f"{first} {second}".strip())
    return found


def tests():
    found = set()
    for path in (ROOT / "tests").rglob("*.c"):
        found |= set(re.findall(r"^test\((\w+)\)", path.read_text(encoding="utf-8"), re.M))
    for path in (ROOT / "tests" / "system").glob("*_test.py"):
        found |= set(re.findall(r"^def (\w+)\(", path.read_text(encoding="utf-8"), re.M))
    return found


def chapters():
    # "simulator": what crosses on its way by chance only, `tdv-simulate --midway`.
    return {"commune", "simulator"} | {p.stem for p in (ROOT / "tools" / "demo" / "chapters").glob("*.py")} - {"__init__"}


def verb_of(code, known):
    """`tdv exit --status abroad` -> exit; `tdv campaign open` -> campaign open.  None: no such verb."""
    words = code.split()[1:]
    for n in (2, 1):
        if " ".join(words[:n]) in known:
            return " ".join(words[:n])
    family = any(v.startswith(words[0] + " ") for v in known) and len(words) == 1
    return words[0] if family else None


def steps_of(page):
    """machine -> {(from, event, to)}, of the page."""
    found, name = {}, None
    for line in page.splitlines():
        if line.startswith("## "):
            name = line[11:].strip() if line.startswith("## machine ") else None
            if name:
                found[name] = []
        cells = [c.strip() for c in line.split("|")[1:-1]]
        if name and len(cells) == 6 and cells[0] not in ("from", "---"):
            found[name].append(tuple(cells[:3]))
    return found


def faults():
    page = PAGE.read_text(encoding="utf-8")
    known_verbs, known_tests, known_chapters, schema = verbs(), tests(), chapters(), machines()
    for n, line in enumerate(page.splitlines(), 1):
        for code in re.findall(r"`([^`]+)`", line):
            if code.startswith("tdv ") and not verb_of(code, known_verbs):
                yield n, f"tdv has no such verb: {code}"
            if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+){2,}", code) and code not in known_tests:
                yield n, f"no test is called {code}"
        cells = [c.strip() for c in line.split("|")[1:-1]]
        if len(cells) in (4, 6) and cells[0] not in ("state", "from", "---"):
            for chapter in filter(None, (c.strip() for c in cells[-1].split(","))):
                if chapter not in known_chapters:
                    yield n, f"the demo has no chapter {chapter}"
            if len(cells) == 6 and not cells[-1]:
                yield n, "no chapter of the demo shows it"
            if "`" not in cells[-2]:
                yield n, "no test proves it"
    for name, steps in steps_of(page).items():
        for step in sorted(schema.get(name, set()) - set(steps)):
            yield 0, f"{name}: the schema's step is not on the page: {' '.join(step)}"
        for step in steps:
            if step not in schema.get(name, set()):
                yield 0, f"{name}: no such step in the schema: {' '.join(step)}"
    for name in ("request_state", "card_validity", "card_place", "campaign_state"):
        if name not in steps_of(page):
            yield 0, f"the page has no machine {name}"


def main():
    found = list(faults())
    for n, what in found:
        print(f"{PAGE.relative_to(ROOT)}{f':{n}' if n else ''}: {what}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
