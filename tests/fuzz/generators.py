#!/usr/bin/env python3
"""Altered schemas and rules: the generators name file and line of what is wrong, or write something; they never end otherwise.

usage: generators.py [ROUNDS]      (100)

Takes the real files of schemas/, alters a few lines of one of them (the same every time for the same number of rounds) and runs the
generators' own functions on the folder.
"""
import random
import shutil
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tools/schemagen"), str(ROOT / "tools/rulegen")]

import check  # noqa: E402  (tools/schemagen)
import parse  # noqa: E402
import rulegen  # noqa: E402
import schemagen  # noqa: E402

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 100


def altered(lines, chance):
    """One to three lines dropped, doubled, cut, swapped, or with a word or a letter of another line."""
    lines = list(lines)
    for _ in range(chance.randint(1, 3)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        words, more = lines[at].split(" "), lines[other].split(" ")
        kind = chance.randrange(7)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(other, lines[at])
        elif kind == 2:
            lines[at] = lines[at][:chance.randint(0, len(lines[at]))]
        elif kind == 3:
            lines[at], lines[other] = lines[other], lines[at]
        elif kind == 4:
            words[chance.randrange(len(words))] = chance.choice(more)
            lines[at] = " ".join(words)
        elif kind == 5:
            letter = chance.choice("\t\"'#0Zđ-> =" + "\u0300")
            cut = chance.randint(0, len(lines[at]))
            lines[at] = lines[at][:cut] + letter + lines[at][cut:]
        else:
            lines[at] = lines[at].lstrip() if lines[at][:1] == "\t" else "\t" + lines[at]
    return lines


def outcome(folder):
    """'refused' with every complaint naming a place, or 'written'."""
    schema = parse.read_folder(folder)
    check.check(schema)
    if schema.errors:
        assert all(str(place).count(":") and text for place, text in schema.errors), schema.errors
        return "refused"
    schemagen.outputs(schema)
    parser = rulegen.Parser(folder / "eligibility.rules", schema.enums)
    rules = parser.parse()
    rulegen.check_rules(parser)
    if parser.errors:
        assert all(line > 0 and text for line, text in parser.errors), parser.errors
        return "refused"
    rulegen.facts_header(rules), rulegen.tables_header(rules), rulegen.page(rules)
    return "written"


def main():
    chance = random.Random(1)
    seen = {"refused": 0, "written": 0}
    failed = 0
    with tempfile.TemporaryDirectory(prefix="tdv-test-") as work:
        folder = Path(work) / "schemas"
        shutil.copytree(ROOT / "schemas", folder)
        names = sorted(p.name for p in folder.iterdir() if p.suffix in (".schema", ".tables", ".rules"))
        for n in range(ROUNDS):
            path = folder / chance.choice(names)
            before = path.read_text(encoding="utf-8")
            path.write_text("\n".join(altered(before.split("\n"), chance)), encoding="utf-8")
            try:
                seen[outcome(folder)] += 1
            except Exception as wrong:  # the claim is that there is none
                failed += 1
                print(f"# round {n}, {path.name}: {type(wrong).__name__}: {wrong}")
                (Path(tempfile.gettempdir()) / f"tdv-generators-{n}-{path.name}").write_text(path.read_text(encoding="utf-8"))
            path.write_text(before, encoding="utf-8")
    print(f"# {seen['refused']} refused, {seen['written']} written")
    claims = [("altered_schemas_and_rules_are_refused_by_file_and_line_or_written", failed == 0),
              ("most_alterations_are_noticed_and_some_change_nothing_that_matters", seen["refused"] > seen["written"] > 0)]
    for claim, holds in claims:
        print("ok" if holds else "not ok", claim)
    wrong = sum(not holds for _, holds in claims)
    print(f"{len(claims) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
