#!/usr/bin/env python3
"""Fail the Nth: fdatasync, fsync, pwrite64, writev, write, mmap and malloc fail once, at every N that the fixed workload reaches.

While the way is walked, each life of each daemon has one call that fails at one N, counted from its start: strace injects the error,
preload.c fails the allocation.  What was reached is crossed off; walks go on until all is, or a walk reaches nothing new.  A daemon
stops or copes; nobody who looks at the outcome can tell.

The short form takes a sample."""

import re
import signal
import sys
import threading

from driver import PRELOAD, SERVICES, TRACER, Folder, Kept, Method, count_of, exit_name, judge

ERRORS = {"fdatasync": "EIO", "fsync": "EIO", "pwrite64": "ENOSPC", "writev": "EIO", "write": "EIO", "mmap": "ENOMEM"}
CALLS = (*ERRORS, "malloc")
MALLOC_EVERY = 50  # of the allocations, beyond the first ones
MALLOC_FIRST = 300


class Aims:
    """What is still to be tried: for each service and call the Ns that an undisturbed walk reaches."""

    def __init__(self, random):
        self.random, self.open, self.reached, self.total = random, {}, [], 0

    def add(self, service, call, last):
        ns = list(range(1, last + 1))
        if call == "malloc":
            ns = ns[:MALLOC_FIRST] + ns[MALLOC_FIRST + self.random.randrange(MALLOC_EVERY)::MALLOC_EVERY]
        self.open[service, call] = set(ns)
        self.total += len(ns)

    def draw(self, service, by_count):
        """A call and an N of those open; by count: calls with many of them more often."""
        sets = [(call, self.open[service, call]) for call in CALLS if self.open[service, call]]
        if not sets:
            return None
        call, ns = self.random.choices(sets, [len(ns) if by_count else 1 for _, ns in sets])[0]
        return call, self.random.choice(sorted(ns))

    def left(self):
        return sum(len(ns) for ns in self.open.values())


class Failing:
    """Dresses the daemons of one walk, and finds out afterwards which aim each life reached."""

    def __init__(self, folder, aims, most, by_count):
        self.site = None
        self.folder, self.aims, self.most, self.by_count, self.aimed = folder, aims, most, by_count, {}

    def dress(self, service, life):
        if self.rests(service):
            return (), {}
        aim = self.aims.draw(service, self.by_count) if life < self.most else None
        if not aim:
            return (), {}
        self.aimed[service, life] = aim
        call, n = aim
        if call == "malloc":
            return (), {"LD_PRELOAD": str(PRELOAD), "FAULTS_MALLOC": str(n)}
        return (TRACER, "-D", "-qqq", "-o", self.trace(service, life), "-e", f"trace={call}", "-e",
                f"inject={call}:error={ERRORS[call]}:when={n}"), {}

    def rests(self, service):
        """After two deaths by a signal a life without a fault, for a moment: what was being handled at three such deaths in a row would be
        set aside as poison, as it should."""
        last = [status for name, _, status, _ in self.site.exits if name == service][-2:] if self.site else []
        if len(last) < 2 or any(status >= 0 for status in last):
            return False
        threading.Timer(1.0, self.site.kill, (service, signal.SIGTERM)).start()
        return True

    def trace(self, service, life):
        return self.folder / f"{service}-{life}.trace"

    def reached(self, service, life, said):
        call, n = self.aimed[service, life]
        if call == "malloc":
            return "preload: this allocation fails" in said
        trace = self.trace(service, life)
        return trace.exists() and "(INJECTED)" in trace.read_text(errors="replace")


def count_calls(m, folder, state):
    """An undisturbed walk under strace -c says how often each daemon calls what."""
    aims = state["aims"] = Aims(m.random)
    with Kept(folder, "counted", dress=lambda s, life: ((TRACER, "-D", "-c", "-U", "calls,name", "-o", folder / f"{s}.calls"),
                                                        {"LD_PRELOAD": str(PRELOAD), "FAULTS_COUNT": str(folder / f"{s}.malloc")})) as site:
        site.keep()
        site.go()
        state["business"] = site.business()
        judge(site, state["business"])
        assert set(site.let_go().values()) == {0}
    for service in SERVICES:
        text = (folder / f"{service}.calls").read_text()
        for call in ERRORS:
            found = re.search(rf"^\s*(\d+)\s+{call}$", text, re.M)
            aims.add(service, call, int(found[1]) if found else 0)
        aims.add(service, "malloc", int((folder / f"{service}.malloc").read_text()))
    print(f"# {aims.total} cases: " + ", ".join(f"{call} {sum(len(aims.open[s, call]) for s in SERVICES)}" for call in CALLS))


def whatever_fails_once_the_outcome_is_the_same(m, folder, state):
    aims, walks, endings, defects = state["aims"], 0, [], []
    while aims.left() and (m.long or walks < 2):
        walks += 1
        before = aims.left()
        failing = Failing(folder.path, aims, most=12 if m.long else 5, by_count=m.long)
        with Kept(folder, f"walk-{walks}", dress=failing.dress) as site:
            failing.site = site
            site.keep()
            site.go()
            last = {service: (site.lives[service] - 1, site.running[service]) for service in SERVICES}
            stopped = site.let_go()
            lives = {(service, life): (status, started) for service, life, status, started in site.exits}
            for service, status in stopped.items():
                lives[service, last[service][0]] = (status, last[service][1])
            for (service, life), (status, started) in lives.items():
                try:
                    endings += look_at(failing, service, life, status, started)
                except AssertionError as e:  # and see what else there is
                    defects.append(str(e))
            site.dress = lambda service, life: ((), {})
            site.keep()
            judge(site, state["business"])
        if m.long and walks % 10 == 0:
            print(f"# {walks} walks: {aims.total - aims.left()} of {aims.total} cases, {len(defects)} defects", flush=True)
        if aims.left() == before:
            break
    print(f"# {aims.total - aims.left()} of {aims.total} cases in {walks} walks" + ("" if m.long else " (a sample)"))
    for (call, how), count in count_of(endings).items():
        print(f"#   {call}: {how}: {count}")
    assert not defects, "\n\n".join(defects)


def look_at(failing, service, life, status, started):
    """A failed call ends a daemon by its own fault line, or it copes; anything else is a defect."""
    if (service, life) not in failing.aimed:
        assert status == 0, (service, life, exit_name(status), started.said()[-500:])
        return []
    call, n = failing.aimed[service, life]
    said = started.said()
    where = f"{service}, {call} {n}: {exit_name(status)}: {said[-600:]}"
    if not failing.reached(service, life, said):
        assert status == 0, f"ended without a cause: {where}"
        return []
    failing.aims.open[service, call].discard(n)
    assert status != "hung", where
    assert status in (0, 1, 2, 127) or library_gave_up(status, said), where
    return [(call, exit_name(status))]


# libzmq ends the process when it cannot go on, with a line of its own; OpenSSL's first use ends in a crash.
def library_gave_up(status, said):
    return (status == -6 and re.search(r"\(src/\w+\.[ch]pp:\d+\)|std::bad_alloc", said)) or \
        (status == -11 and re.search(r"libcrypto\S*\(CRYPTO_THREAD_run_once", said))


CLAIMS = (count_calls, whatever_fails_once_the_outcome_is_the_same)


def main():
    m = Method(__doc__)
    if not TRACER:
        m.skip(CLAIMS, "there is no strace")
        return m.end()
    with Folder("nth") as folder:
        state = {}
        for claim in CLAIMS:
            m.run(claim, m, folder, state)
    return m.end()


if __name__ == "__main__":
    sys.exit(main())
