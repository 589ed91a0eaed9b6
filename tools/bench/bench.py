#!/usr/bin/env python3
"""Measures the pipeline with real daemons beside the append-and-sync floor of the same disk.

usage: bench.py [--members N] [--out FILE.json]

A seeded commune goes through verification, approval and printing. For each stage: requests a second. For lists of 1, 10 and 50
requests offered one after the other: the time until the door's receipt and until verification and approval have taken
them. Then the daemons stop and the same bytes in the same number of batches are appended and synced on the same disk.
No figure is judged here: they are for comparing one change with the next, in pairs, on one machine.
"""
import argparse
import csv
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("BUILD", "build")
BIN = os.path.abspath(os.path.join(BUILD, "bin"))
SERVICES = ["intake", "registry", "verification", "approval", "printing", "delivery", "revocation"]


class Site:
    """A site in a folder of its own, with its daemons."""

    def __init__(self, folder):
        self.home = os.path.join(folder, "site")
        self.tdv("init")
        self.log = open(os.path.join(folder, "up.log"), "w")
        self.up = subprocess.Popen([f"{BIN}/tdv", "--home", self.home, "up"], stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 30
        while subprocess.run([f"{BIN}/tdv", "--home", self.home, "status"], capture_output=True).returncode != 0:
            if time.monotonic() > deadline:
                sys.exit("bench: the daemons did not start: " + self.log.name)
            time.sleep(0.1)

    def tdv(self, *args, login=None, json_out=False):
        argv = [f"{BIN}/tdv", "--home", self.home] + (["--as", login] if login else []) + (["--json"] if json_out else [])
        done = subprocess.run(argv + list(args), capture_output=True, text=True)
        if done.returncode not in (0, 1) or (done.returncode == 1 and not json_out and args[0] not in ("registry", "submit")):
            sys.exit(f"bench: tdv {' '.join(args)}: {done.stderr.strip()}")
        return json.loads(done.stdout) if json_out and done.stdout.strip() else done.stdout

    def down(self):
        self.tdv("down")
        self.up.wait(60)


def timed(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def status_of(site):
    return {s["name"]: s for s in site.tdv("status", json_out=True)["services"]}


def officers(data):
    with open(os.path.join(data, "officers.csv"), encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--out", default=os.path.join(BUILD, "bench", "pipeline.json"))
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="tdv-bench-", dir=os.path.abspath(BUILD))
    try:
        run(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(options, folder):
    data = os.path.join(folder, "data")
    subprocess.run([f"{BIN}/tdv-seed", "--out", data, "--members", str(options.members), "--seed", "1"], check=True,
                   stdout=subprocess.DEVNULL)
    site = Site(folder)
    by_role = {}
    for officer in officers(data):
        by_role.setdefault(officer["role"], []).append(officer)
    result = {"members": options.members, "stages": [], "latency": []}

    def stage(name, count, work):
        seconds = timed(work)
        result["stages"].append({"stage": name, "requests": count, "seconds": round(seconds, 3),
                                 "per_second": round(count / seconds)})
        print(f"{name:32} {count:8} {seconds:9.2f} s {count / seconds:10.0f} /s", flush=True)

    def one(role):
        return by_role[role][0]["login"]

    n = options.members
    print(f"{'stage':32} {'requests':>8} {'time':>11} {'rate':>13}")
    site.tdv("registry", "import", f"{data}/organisations.csv")
    stage("registry import (with photos)", n, lambda: site.tdv("registry", "import", f"{data}/members.csv"))
    site.tdv("officers", "enrol", f"{data}/officers.csv")
    lists = sorted(glob.glob(f"{data}/lists/*-exchange.csv"))
    keep = [latency_lists(site, data, lists.pop(), size, by_role, result) for size in (1, 10, 50)]
    stage("submit -> verified, taken in", sum(rows(p) for p in lists), lambda: site.tdv("submit", *lists))
    stage("appraise", n, lambda: [site.tdv("appraise", "--all", login=o["login"]) for o in by_role["grassroots_appraiser"]])
    stage("consolidate, decide, approve", n, lambda: acts(site, one))
    site.tdv("numbers", "grant", "--code", "44", "--first", "900000", "--last", "999999", login=one("central_board"))
    stage("order -> letters at the facility", n, lambda: site.tdv("order", "--all", login=one("central_board")))
    del keep
    turns = sum(s["head_turn"] for s in status_of(site).values())
    site.down()
    size = sum(os.path.getsize(p) for p in glob.glob(f"{site.home}/state/*/log/*"))
    floor = float(subprocess.run([f"{BIN}/tdv-floor", f"{folder}/floor", str(size), str(turns)], check=True,
                                 capture_output=True, text=True).stdout)
    spent = sum(s["seconds"] for s in result["stages"])
    result["floor"] = {"log_bytes": size, "turns": turns, "floor_seconds": round(floor, 3),
                       "pipeline_seconds": round(spent, 3), "floor_share": round(floor / spent, 3)}
    print(f"\nlogs of all services: {size / 1e6:.1f} MB in {turns} turns; appended and synced alone: {floor:.2f} s,"
          f" {floor / spent:.2f} of the stages' {spent:.2f} s")
    os.makedirs(os.path.dirname(options.out), exist_ok=True)
    with open(options.out, "w") as f:
        json.dump(result, f, indent=1)
    print("written:", options.out)


def rows(path):
    with open(path, encoding="utf-8-sig") as f:
        return sum(1 for line in f if line.strip()) - 1


def acts(site, one):
    site.tdv("consolidate", "--kind", "exchange", "--reason", "campaign", login=one("superior_board"))
    site.tdv("decide", "--all", "--number", "12-QĐ/ĐU", "--date", time.strftime("%Y-%m-%d"), login=one("superior_committee"))
    site.tdv("approve", "--all", login=one("provincial_board"))


def latency_lists(site, data, path, size, by_role, result):
    """Lists of `size` requests of one cell, offered one after the other by a terminal that keeps its connection."""
    cell = os.path.basename(path).split("-")[0]
    login = next(o["login"] for o in by_role["cell_officer"] if o["organisation"] == cell)
    with open(path, encoding="utf-8-sig", newline="") as f:
        profiles = [list(row.values())[0] for row in csv.DictReader(f)]
    done = subprocess.run([f"{BIN}/tdv-load", site.home, f"{site.home}/keys/officers/{login}.pem", cell, "0", str(size)],
                          input="\n".join(profiles), capture_output=True, text=True)
    if done.returncode:
        sys.exit("bench: " + done.stderr)
    figures = json.loads(done.stdout)
    result["latency"].append(dict(figures, list_size=size))
    print(f"lists of {size:<3} one after the other: receipt p50 {figures['receipt_ms']['p50']} p99 {figures['receipt_ms']['p99']} ms,"
          f" outcome p50 {figures['outcome_ms']['p50']} p99 {figures['outcome_ms']['p99']} ms", flush=True)
    return figures


if __name__ == "__main__":
    main()
