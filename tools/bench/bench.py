#!/usr/bin/env python3
"""Measures the pipeline with real daemons beside the append-and-sync floor of the same disk.

usage: bench.py [--members N] [--runs N] [--out FILE.json]

A seeded commune walks the whole way, each run on a site of its own.  Each stage: requests a second, the median of the runs and
the least and most.  Lists of 1, 10 and 50 requests offered one after the other: the time until the door's receipt and until
verification and approval have taken them.  Then the daemons stop, and as many bytes in as many batches as they wrote are
appended and synced on the same disk.  No figure is judged here: they are for comparing one change with the next, in pairs, on
one machine.
"""

import argparse
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "system"))
from tdv_site import BUILD, SERVICES, Site  # noqa: E402
from way import Way, resident_beside_map, running_pid, seed  # noqa: E402

LIST_SIZES = (1, 10, 50)
# What is measured together: name, steps of the way, what its rate counts.
STAGES = (("registry import", ("members",), "members"), ("submit, photos → verified, taken in", ("submit",), "requests"),
          ("appraise", ("appraise",), "requests"), ("consolidate, decide, approve", ("consolidate", "decide", "approve"), "requests"),
          ("order → numbers, letters", ("order", "settle"), "cards"), ("facility: fetch, print, pack", ("print_cards",), "cards"),
          ("down four levels, counted", ("province", "commune", "grassroots", "cells"), "cards"),
          ("hand over → active", ("sheets", "hand_over", "settle"), "cards"))


class Run:
    """One site; `latency` and `stages` are what was measured."""

    def __init__(self, data, folder, members):
        self.data, self.folder, self.members = data, folder, members
        self.stages, self.latency = {}, {}

    def go(self):
        view = self.view_of_data()
        with Site(self.folder / "site") as site:
            site.up()
            self.site, self.way = site, Way(site, view, self.folder / "work")
            self.way.quiet_ms = 100
            self.way.organisations()
            self.measure(*STAGES[0])
            self.way.officers()
            for size, lists in zip(LIST_SIZES, self.held_back):
                self.latency[size] = self.offer(size, lists)
            for stage in STAGES[1:]:
                if stage[1][0] == "order":
                    self.way.numbers()
                self.measure(*stage)
            services = self.way.settle()
            self.resident = {s: resident_beside_map(running_pid(site.home, s)) for s in SERVICES}
            self.turns = sum(s["turn"] for s in services)
            self.entries = sum(s["entry"] for s in services)
            site.down()
            self.log_bytes = sum(f.stat().st_size for f in site.home.glob("state/*/log/*"))
        floor = subprocess.run([BUILD / "bin" / "tdv-floor", self.folder / "floor", str(self.log_bytes), str(self.turns)], check=True,
                               capture_output=True, text=True)
        self.floor = float(floor.stdout)

    def view_of_data(self):
        """The data without the lists that are offered one by one."""
        view = self.folder / "data"
        view.mkdir(parents=True)
        for one in self.data.iterdir():
            if one.name != "lists":
                (view / one.name).symlink_to(one)
        (view / "lists").mkdir()
        by_cell = {}
        for path in sorted((self.data / "lists").glob("*-exchange*.csv")):
            by_cell.setdefault(path.name.split("-")[0], []).append(path)
        cells = sorted(by_cell, key=lambda cell: -sum(p.stat().st_size for p in by_cell[cell]))[:len(LIST_SIZES)]
        self.held_back = [by_cell[cell] for cell in cells]
        for path in (self.data / "lists").glob("*.csv"):
            if path.name.split("-")[0] not in cells:
                (view / "lists" / path.name).symlink_to(path)
        return view

    def measure(self, name, steps, unit):
        began = time.monotonic()
        results = [getattr(self.way, step)() for step in steps]
        seconds = time.monotonic() - began
        if unit == "members":
            count = self.members
        elif unit == "requests":
            count = results[-1]["accepted"]
        else:
            count = self.cards if hasattr(self, "cards") else results[0]["accepted"]
            self.cards = count
        self.stages[name] = {"count": count, "seconds": seconds}

    def offer(self, size, lists):
        cell = lists[0].name.split("-")[0]
        profiles = []
        for path in lists:
            with open(path, encoding="utf-8-sig", newline="") as f:
                profiles += [f"{row['Số lý lịch']} {path.parent / row['Ảnh']}" for row in csv.DictReader(f, delimiter=";")]
        done = subprocess.run([BUILD / "bin" / "tdv-load", self.site.home, self.site.home / "keys" / "officers" / f"chibo-{cell}.pem", cell, "0",
                               str(size)], input="\n".join(profiles), capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"bench: {done.stderr}")
        figures = json.loads(done.stdout)
        if figures["refused"] > figures["requests"] // 5:
            sys.exit(f"bench: most of what was offered does not pass the rules: {figures}")
        return figures


def report(runs):
    print(f"{'stage':38}{'count':>8}{'seconds':>10}{'a second':>11}   least … most of {len(runs)} runs")
    stages = {}
    for name, _, unit in STAGES:
        seconds = [r.stages[name]["seconds"] for r in runs]
        count = runs[0].stages[name]["count"]
        middle = statistics.median(seconds)
        stages[name] = {"unit": unit, "count": count, "seconds": round(middle, 3), "least": round(min(seconds), 3), "most": round(max(seconds), 3),
                        "per_second": round(count / middle)}
        print(f"{name:38}{count:>8}{middle:>10.2f}{count / middle:>11.0f}   {min(seconds):.2f} … {max(seconds):.2f} s")
    print()
    latency = {}
    for size in LIST_SIZES:
        latency[size] = {what: {p: statistics.median(r.latency[size][what][p] for r in runs) for p in ("p50", "p99", "max")}
                         for what in ("receipt_ms", "outcome_ms")} | {"lists": runs[0].latency[size]["lists"]}
        receipt, outcome = latency[size]["receipt_ms"], latency[size]["outcome_ms"]
        print(f"lists of {size:<3} one after the other ({latency[size]['lists']:>3}): receipt p50 {receipt['p50']:.1f} p99 {receipt['p99']:.1f} ms;"
              f" verified and taken in p50 {outcome['p50']:.1f} p99 {outcome['p99']:.1f} ms")
    floor = statistics.median(r.floor for r in runs)
    spent = statistics.median(sum(s["seconds"] for s in r.stages.values()) for r in runs)
    one = runs[0]
    print(f"\nlogs of all services: {one.log_bytes / 1e6:.1f} MB, {one.entries} entries in {one.turns} turns; appended and synced alone:"
          f" {floor:.2f} s beside the stages' {spent:.2f} s")
    print("resident beside the map, MiB: " + ", ".join(f"{s} {b / 1048576:.1f}" for s, b in one.resident.items()))
    return {"stages": stages, "latency": latency, "floor": {"log_bytes": one.log_bytes, "entries": one.entries, "turns": one.turns,
            "floor_seconds": round(floor, 3), "pipeline_seconds": round(spent, 3)}, "resident_bytes": one.resident}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path, default=BUILD / "bench" / "pipeline.json")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tdv-bench-", dir=BUILD))
    try:
        seed(folder / "data", options.members, max(5, options.members // 80))
        runs = []
        for i in range(options.runs):
            runs.append(Run(folder / "data", folder / f"run-{i}", options.members))
            runs[-1].go()
            shutil.rmtree(folder / f"run-{i}")
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps({"members": options.members, "runs": options.runs} | report(runs), indent=1) + "\n")
        print("written:", os.path.relpath(options.out))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
