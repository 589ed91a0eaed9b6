#!/usr/bin/env python3
"""Runs each fuzz target under libFuzzer for a while and reports its executions.

usage: fuzz.py --build DIR --seconds N [--keep] TARGET...

Begins with the target's seeds and tests/fuzz/corpus/TARGET.hex.  With --keep, what reaches code that neither did goes into that
file, smallest inputs first.  An input that ends a target is left as DIR/fuzz/TARGET-crash-…; the last line is
`N passed, N failed`.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

CORPUS = Path("tests/fuzz/corpus")
KEPT_BYTES = 2048  # larger inputs are not kept: what they reach, a smaller one mostly does as well
KEPT_INPUTS = 120  # of a target


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def begin_with(build, target, folder):
    corpus = CORPUS / f"{target}.hex"
    subprocess.run([build / "tests/fuzz" / target, "--seeds", folder] + ([corpus] if corpus.exists() else []), check=True)


def figure(name, text):
    found = re.search(rf"stat::{name}:\s*(\d+)", text)
    return int(found.group(1)) if found else 0


def search(build, target, seconds):
    work = fresh(build / "fuzz" / f"{target}-corpus")
    begin_with(build, target, work)
    done = subprocess.run([build / "fuzz" / target, f"-max_total_time={seconds}", "-max_len=8192", "-timeout=10", "-rss_limit_mb=2048",
                           "-print_final_stats=1", f"-artifact_prefix={build}/fuzz/{target}-", work],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    covered = re.findall(r"cov: (\d+)", done.stdout)
    runs = figure("number_of_executed_units", done.stdout)
    print(f"{'ok' if done.returncode == 0 and runs else 'not ok'} {target}: {runs} executions, {runs // max(seconds, 1)} a second, "
          f"{covered[-1] if covered else 0} edges, {len(os.listdir(work))} inputs, {figure('peak_rss_mb', done.stdout)} MiB", flush=True)
    if done.returncode:
        print("\n".join("    " + line for line in done.stdout.split("\n")[-60:]))
    return done.returncode == 0 and runs > 0


def keep(build, target):
    """What of the search reaches more than the seeds do: libFuzzer's merge into the seeds' folder."""
    seeds = fresh(build / "fuzz" / f"{target}-seeds")
    subprocess.run([build / "tests/fuzz" / target, "--seeds", seeds], check=True)
    before = set(os.listdir(seeds))
    subprocess.run([build / "fuzz" / target, "-merge=1", seeds, build / "fuzz" / f"{target}-corpus"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    found = [(seeds / name).read_bytes() for name in set(os.listdir(seeds)) - before]
    kept = sorted((b for b in found if len(b) <= KEPT_BYTES), key=lambda b: (len(b), b))[:KEPT_INPUTS]
    CORPUS.mkdir(exist_ok=True)
    (CORPUS / f"{target}.hex").write_text("".join(b.hex() + "\n" for b in kept))
    print(f"# {target}: {len(kept)} of {len(found)} inputs kept")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("targets", nargs="+")
    options = parser.parse_args()
    outcome = []
    for target in options.targets:
        outcome.append(search(options.build, target, options.seconds))
        if options.keep and outcome[-1]:
            keep(options.build, target)
    print(f"{sum(outcome)} passed, {len(outcome) - sum(outcome)} failed")
    return 0 if all(outcome) else 1


if __name__ == "__main__":
    sys.exit(main())
