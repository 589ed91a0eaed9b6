#!/usr/bin/env python3
"""Shows that the simulator has teeth: each deliberate fault of libshared/base/fault.h is found.

usage: teeth.py [--all] [FAULT...]      BUILD (build) holds bin/tdv-simulate and bin/tdv-teeth

Everyday form: each fault is tried with the seed that is known to find it, and, should the story have changed since, with
seeds 1 to LIMIT.  --all begins at seed 1 for each, and prints how far it had to go.
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import time

BUILD = os.environ.get("BUILD", "build")
SIMULATE, TEETH = f"{BUILD}/bin/tdv-simulate", f"{BUILD}/bin/tdv-teeth"
LIMIT = 40      # seeds within which every fault is found
HEALTHY = 3     # seeds of the same build without a fault

# A seed that finds it, where the first one does not.
FINDERS = {
    "answers_twice": 2, "clock_believed": 2, "gap_taken": 4, "effects_forgotten": 2, "serial_again": 16, "walks_forgotten": 4,
}

passed = failed = 0


def claim(name, good, detail=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(f"{'ok' if good else 'not ok'} {name}{': ' + detail if detail else ''}", flush=True)


def output(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace").stdout


def hunt(fault, seeds, jobs):
    """The seed that found it (0: none), and what it said."""
    said = output(TEETH, "--fault", fault, "--twice", "0", "--jobs", str(jobs), *seeds)
    seed, _, finding = said.strip().partition(" ")
    return int(seed or 0), finding


def look(fault, everything, jobs):
    began = time.monotonic()
    seed, finding = (0, "") if everything else hunt(fault, ["--seed", str(FINDERS.get(fault, 1))], 1)
    known = seed != 0 or everything
    if seed == 0:
        seed, finding = hunt(fault, ["--seeds", str(LIMIT)], jobs)
    return fault, seed, finding, known, time.monotonic() - began


def faults():
    return [line.partition(": ")[::2] for line in output(TEETH, "--faults").splitlines()]


def found(names, everything):
    jobs = os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(1 if everything else jobs) as pool:
        for fault, seed, finding, known, seconds in pool.map(lambda f: look(f, everything, jobs), names):
            hint = "" if known or seed == 0 else f" (the known seed does not find it any more: FINDERS['{fault}'] = {seed})"
            claim(f"{fault} is found within {LIMIT} seeds", seed, f"seed {seed}, {seconds:.1f} s{hint}: {finding[:130]}")


def a_normal_build_has_no_faults():
    programs = [f"{BUILD}/bin/{name}" for name in os.listdir(f"{BUILD}/bin") if name.startswith("tdv") and name != "tdv-teeth"]
    having = [p for p in programs if "fault_chosen" in output("nm", p)]
    claim("a normal build has no faults to choose", programs and not having, ", ".join(having))
    claim("the build with faults has them", "fault_chosen" in output("nm", TEETH))


def healthy():
    said = output(TEETH, "--seeds", str(HEALTHY))
    claim("the build with faults passes when none is chosen", f"{HEALTHY} passed, 0 failed" in said, said.splitlines()[-1])


def the_same_seed_does_the_same_again():
    runs = [re.findall(r"^ok seed .*$", output(SIMULATE, "--seed", "4", "--verbose"), re.M) for _ in range(2)]
    claim("the same seed does the same again, in another process", runs[0] and runs[0] == runs[1], " | ".join(sum(runs, [])))


def main(arguments):
    everything = "--all" in arguments
    names = [a for a in arguments if not a.startswith("--")] or [name for name, _ in faults()]
    the_same_seed_does_the_same_again()
    a_normal_build_has_no_faults()
    healthy()
    claim("there are at least 16 faults", len(faults()) >= 16, str(len(faults())))
    found(names, everything)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
