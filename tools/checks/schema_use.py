#!/usr/bin/python3
"""What the schemas declare is used: every message is put out by each of its senders, every effect asked, timer set and
continuation left, every table read or written by its service.  Prints `file:line: what is wrong`; exit status 1 if any.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/schemagen"))
from parse import read_folder  # noqa: E402

VERBS = {"message": "emit", "effect": "ask", "timer": "set", "continuation": "leave"}


def sources(service):
    folder = ROOT / "services" / service
    return "\n".join(p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.c")))


def main():
    schema = read_folder(str(ROOT / "schemas"))
    findings = 0

    def find(place, text):
        nonlocal findings
        findings += 1
        print(f"{Path(str(place).rsplit(':', 1)[0]).relative_to(ROOT)}:{str(place).rsplit(':', 1)[1]}: {text}")

    code = {s: sources(s) for s in schema.services() if (ROOT / "services" / s).is_dir()}
    words = {s: set(re.findall(r"[a-z_0-9]+", text)) for s, text in code.items()}
    for m in schema.messages:
        verb = VERBS.get(m.kind)
        for sender in m.senders if verb else ():
            if sender in words and f"{verb}_{m.name}" not in words[sender]:
                find(m.place, f"{m.name}: {sender} declares it and never says {verb}_{m.name}")
    for t in schema.tables:
        if t.service in words and not any(w.startswith(t.full_name + "_") for w in words[t.service]):
            find(t.place, f"table {t.name}: {t.service} never touches it")
    print(f"schema use: {len(schema.messages)} messages, {len(schema.tables)} tables, {findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
