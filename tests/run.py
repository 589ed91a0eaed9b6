#!/usr/bin/env python3
"""Runs test programs one after the other and adds up their last lines.

usage: run.py [--aloud] PROGRAM...   a program is a path, or "name: command line" run by the shell

Each program ends with a line `N passed, N failed` (`, N skipped` may follow).  A program that ends without one, or
with a status that its counts do not explain, is itself counted as a failure.  The last line is the sum.
--aloud passes on what they say while they run; otherwise only what was skipped and the end of what failed is shown.
"""
import os
import re
import signal
import subprocess
import sys
import threading
import time

SUMMARY = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")


def listen(argv, shell, aloud):
    """What it said, and its status.  Whom it started and left behind goes with it: they hold the line, and nobody else ends them."""
    said = []

    def hear(line_of):
        for line in line_of:
            said.append(line)
            if aloud:
                print("    " + line, end="", flush=True)

    with subprocess.Popen(argv, shell=shell, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                          text=True, errors="replace", start_new_session=True) as process:
        ear = threading.Thread(target=hear, args=(process.stdout,))
        ear.start()
        try:
            process.wait()
        finally:
            try:
                os.killpg(process.pid, signal.SIGTERM if process.returncode is None else signal.SIGKILL)
            except ProcessLookupError:
                pass
            ear.join()
    return "".join(said).rstrip("\n").split("\n"), process.returncode


def run(program, aloud):
    name, _, command = program.partition(": ")
    argv = command if command else [program]
    began = time.monotonic()
    lines, status = listen(argv, bool(command), aloud)
    match = SUMMARY.match(lines[-1])
    passed, failed, skipped = (int(n or 0) for n in match.groups()) if match else (0, 0, 0)
    explained = match and passed + failed + skipped > 0 and (status != 0) == (failed != 0)
    if not explained:
        failed += 1
    label = os.path.relpath(name) if not command else name
    print(f"{label}: {passed} passed, {failed} failed, {skipped} skipped ({time.monotonic() - began:.1f} s)", flush=True)
    for line in lines:
        if not aloud and ("SKIP" in line or "skipped:" in line):
            print("    " + line)
    if failed:
        print("    exit status", status)
        for line in lines[-80:] if not aloud else ():
            print("    " + line)
    return passed, failed, skipped


def main(arguments):
    aloud = arguments[:1] == ["--aloud"]
    total = [0, 0, 0]
    for program in arguments[aloud:]:
        for i, n in enumerate(run(program, aloud)):
            total[i] += n
    print(f"{total[0]} passed, {total[1]} failed" + (f", {total[2]} skipped" if total[2] else ""))
    return 1 if total[1] or not total[0] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
