#!/usr/bin/env python3
"""Fail the Nth write to the store, of every turn of every service's tests: the turn is given up with the fault, by whoever
handles it.

nth.py fails what the operating system is asked for, in one workload; here LMDB says that its map is full, in all that the tests
of tests/service have handlers do (tests/service/transcript_failing.h).  The short form takes the tests of two programs."""

import os
import subprocess
import sys

from driver import BUILD, ROOT, Method

SHORT = ("delivery", "revocation")
WITHOUT_SITE = ("intake_forms",)  # functions alone: there is nothing to write to


def no_handler_stumbles_over_a_write_that_fails(m, program):
    done = subprocess.run([program], capture_output=True, text=True, cwd=ROOT, stdin=subprocess.DEVNULL,
                          env={**os.environ, "TDV_FAIL_WRITES": "1"})
    lines = done.stdout.splitlines()
    assert done.returncode == 0, "\n".join([f"{program.name}: status {done.returncode}", *lines[-5:], done.stderr[-2000:]])
    tried = sum(int(line.split()[1]) for line in lines if line.endswith("writes were made to fail"))
    assert tried > 0, f"{program.name}: nothing was tried"
    print(f"# {program.name}: {tried} writes made to fail, each once")
    return tried


def main():
    m = Method(__doc__)
    sources = sorted(p for p in (ROOT / "tests" / "service").glob("*.c") if not p.stem.startswith("transcript"))
    for source in sources:
        if source.stem in SHORT or (m.long and source.stem not in WITHOUT_SITE):
            m.run(no_handler_stumbles_over_a_write_that_fails, m, BUILD / "tests" / "service" / source.stem)
    return m.end()


if __name__ == "__main__":
    sys.exit(main())
