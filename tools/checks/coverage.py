#!/usr/bin/env python3
"""Lines and branches that the tests reached, by folder and by file, from gcovr's summary; fails where too few lines were.

usage: coverage.py coverage.json LEAST        LEAST: percent of lines, of services/ and of libshared/runtime/ each
"""
import json
import os
import sys


def percent(reached, total):
    return 100.0 * reached / total if total else 100.0


class Count:
    def __init__(self):
        self.lines, self.lines_reached, self.branches, self.branches_reached = 0, 0, 0, 0

    def add(self, file):
        self.lines += file["line_total"]
        self.lines_reached += file["line_covered"]
        self.branches += file["branch_total"]
        self.branches_reached += file["branch_covered"]

    def percent_of_lines(self):
        return percent(self.lines_reached, self.lines)

    def row(self, name):
        return (f"{name:40} {self.lines_reached:6} of {self.lines:6} {self.percent_of_lines():6.1f} %"
                f" {self.branches_reached:7} of {self.branches:6} {percent(self.branches_reached, self.branches):6.1f} %")


def counted(files, name_of):
    counts = {}
    for file in files:
        counts.setdefault(name_of(file["filename"]), Count()).add(file)
    return sorted(counts.items())


def main(path, least):
    with open(path, encoding="utf-8") as summary:
        files = json.load(summary)["files"]
    head = f"{'':40} {'lines':>23} {'branches':>27}"
    for title, name_of in (("by file", str), ("by folder", os.path.dirname)):
        print(title + head[len(title):])
        for name, count in counted(files, name_of):
            print(count.row(name))
        print()
    failed = 0
    parts = counted(files, lambda name: "services" if name.startswith("services/") else "libshared/runtime")
    for name, count in parts + counted(files, lambda name: "together"):
        enough = count.percent_of_lines() >= least
        failed += not enough
        print(count.row(name) + ("" if enough else f"   fewer than {least:g} % of lines"))
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
