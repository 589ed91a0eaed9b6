#!/usr/bin/env python3
"""Fail the Nth: fdatasync, fsync, pwrite64, writev, write, mmap and malloc fail once, at every N that the fixed workload reaches.

The fixed workload is the way in legs; all daemons are killed between two of them, so that N, which counts from a daemon's
start, is small, and what comes late in the way need not wait for all that comes before.  Each life of each daemon has one call
that fails at one N: strace injects the error, preload.c fails the allocation.  What was reached is crossed off.  After some whole
walks each leg in which something is left is walked for itself, from a copy of the counted walk's site as it stood there, until
nothing is.  A daemon stops or copes; nobody who looks at the outcome can tell.

Calls before a daemon is ready are tried in the first leg (nothing is there yet) and in the second (a site that was killed): a
later start does the same.  Of the allocations the first ones of a start are tried, and every 50th of all others.  The short form
is one walk, with few starts; WALKS=n in the environment ends the long one after so many: four try more than half of the cases.
LEGS=n,n keeps it to those, without whole walks."""

import collections
import os
import re
import shutil
import signal
import struct
import sys
import threading
import time

from driver import PRELOAD, SERVICES, TRACER, Folder, Kept, Method, Way, Wrong, count_of, exit_name, judge, judge_so_far

ERRORS = {"fdatasync": "EIO", "fsync": "EIO", "pwrite64": "ENOSPC", "writev": "EIO", "write": "EIO", "mmap": "ENOMEM"}
CALLS = (*ERRORS, "malloc")
MALLOC_EVERY = 50  # of the allocations, beyond the first ones of a first start
MALLOC_FIRST = 300
LEGS = (("organisations", "members"), ("officers",), ("submit",), ("rule", "withdraw"), ("appraise",), ("consolidate", "decide"),
        ("approve",), ("numbers", "order"), ("print_cards",), ("province", "commune"), ("grassroots",), ("cells", "sheets"),
        ("hand_over",))
START_LEGS = (0, 1)
WHOLE_PAYS = 400  # cases that a whole walk has to try, or legs are walked for themselves
TRIES = 3  # no two walks have the same number of calls: the last ones of a leg may be there no more

OURS = (0, -signal.SIGKILL, -signal.SIGTERM)  # how a life ends that we end

Aim = collections.namedtuple("Aim", "call n")


class Aims:
    """What is still to be tried in each leg by each service: before it is ready, and after."""

    def __init__(self, random):
        self.random, self.starts, self.works, self.spans = random, {}, {}, {}
        self.tries, self.given_up, self.total = collections.Counter(), [], 0
        self.out = set()  # drawn in this walk

    def add(self, leg, service, call, start, last):
        """The counting walk made the calls 1 … start before it was ready, and then those to `last`."""
        before, after = range(1, start + 1), range(start + 1, last + 1)
        if call == "malloc":
            first = MALLOC_FIRST if leg == 0 else 0
            before = [*before[:first], *before[first + self.random.randrange(MALLOC_EVERY)::MALLOC_EVERY]]
            after = after[self.random.randrange(MALLOC_EVERY)::MALLOC_EVERY]
        self.spans[leg, service, call] = start, max(1, last - start)
        for ns, to in ((before if leg in START_LEGS else (), self.starts), (after, self.works)):
            to.setdefault((leg, service), set()).update(Aim(call, n) for n in ns)
            self.total += len(ns)

    def draw_start(self, leg, service, fresh):
        """The first of a walk is one of those that change what is stored, while nothing is."""
        aims = self.inside(leg, service, self.starts)
        return self.draw(leg, service, [a for a in aims if a.call not in ("mmap", "malloc")] if fresh else aims, aims)

    def draw_work(self, leg, service, left):
        """One that is still ahead when `left` of the leg's work is."""
        aims = self.inside(leg, service, self.works)
        return self.draw(leg, service, [a for a in aims if self.share(leg, service, a) <= left], aims)

    def inside(self, leg, service, aims):
        return [a for a in aims[leg, service] if (leg, service, a) not in self.out]

    def draw(self, leg, service, better, aims):
        if not aims:
            return None
        aim = self.random.choice(sorted(better or aims))
        self.out.add((leg, service, aim))
        return aim

    def share(self, leg, service, aim):
        start, count = self.spans[leg, service, aim.call]
        return max(0, aim.n - start) / count

    def was(self, leg, service, aim, reached):
        self.out.discard((leg, service, aim))
        self.tries[leg, service, aim] += 1
        if reached or self.tries[leg, service, aim] >= TRIES:
            for aims in (self.starts[leg, service], self.works[leg, service]):
                aims.discard(aim)
            if not reached:
                self.given_up.append((leg, service, aim))

    def left(self, legs=range(len(LEGS))):
        return sum(len(some) for aims in (self.starts, self.works) for (leg, _), some in aims.items() if leg in legs)

    def done(self):
        return self.total - self.left() - len(self.given_up)


class Station:
    """A copy of a site that stands still before a leg, or after the last, and what its way knows by then."""

    KNOWN = ("left_out", "withdrawable", "order_number", "sheet_files")

    def __init__(self, site, folder, leg):
        self.folder, self.leg, self.home, self.business = folder, leg, folder / f"before-leg-{leg}", None
        shutil.copytree(site.home, self.home, ignore=lambda at, names: {"run"} if at == os.fspath(site.home) else ())
        self.known = {name: getattr(site.way, name) for name in self.KNOWN if hasattr(site.way, name)}

    def again(self, name, dress=None):
        shutil.copytree(self.home, self.folder / name)
        site = Kept(self.folder, name, dress=dress)
        vars(site.way).update(self.known)
        return site

    def outcome(self):
        """What an undisturbed site has come to here."""
        if not self.business:
            with self.again(f"at-leg-{self.leg}") as site:
                site.keep()
                site.way.settle(120)
                self.business = site.business()
        return self.business


class Life:
    """What one life of a daemon was aimed at, if at anything."""

    def __init__(self, leg, aim, starting, trace):
        self.leg, self.aim, self.starting, self.trace, self.told = leg, aim, starting, trace, False

    def reached(self, said):
        if self.aim.call == "malloc":
            return "preload: this allocation fails" in said
        return self.trace.exists() and "(INJECTED)" in self.trace.read_text(errors="replace")


class Failing:
    """Dresses the daemons of one walk, and finds out afterwards which aim each life reached."""

    def __init__(self, folder, aims, most_starts, most_works):
        self.site, self.folder, self.aims, self.lives = None, folder, aims, {}
        self.most_starts, self.most_works, self.leg, self.starting = most_starts, most_works, 0, False
        self.drawn, self.ahead = collections.Counter(), {}
        aims.out.clear()

    def begin(self, leg):
        self.leg, self.starting, self.drawn = leg, leg in START_LEGS, collections.Counter()
        self.ahead = dict.fromkeys(SERVICES, 1.0)

    def dress(self, service, life):
        aim, starting = (None, False) if self.rests(service) else self.aim(service)
        self.lives[service, life] = Life(self.leg, aim, starting, self.folder / f"{service}-{life}.trace")
        if not aim:
            return (), {}
        if aim.call == "malloc":
            return (), {"LD_PRELOAD": str(PRELOAD), "FAULTS_MALLOC": str(aim.n)}
        return (TRACER, "-D", "-qqq", "-o", self.lives[service, life].trace, "-e", f"trace={aim.call}", "-e",
                f"inject={aim.call}:error={ERRORS[aim.call]}:when={aim.n}"), {}

    def aim(self, service):
        self.drawn[service] += 1
        if self.starting and self.drawn[service] <= self.most_starts:
            aim = self.aims.draw_start(self.leg, service, self.drawn[service] == 1)
            if aim:
                return aim, True
        if self.drawn[service] > self.most_starts * self.starting + self.most_works:
            return None, False
        aim = self.aims.draw_work(self.leg, service, self.ahead[service])
        if aim:  # when it starts again, so much of the leg was done
            self.ahead[service] -= self.aims.share(self.leg, service, aim)
        return aim, False

    def rests(self, service):
        """After two crashes a life without a fault, for a moment: a daemon takes five in a row with nothing done between."""
        last = [status for name, _, status, _ in self.site.exits if name == service][-2:] if self.site else []
        if len(last) < 2 or any(status != -signal.SIGSEGV for status in last):
            return False
        threading.Timer(0.5, self.site.kill, (service, signal.SIGTERM)).start()
        return True

    def try_starts(self, timeout=400):
        """Daemons are started with faults on their way to being ready; who gets there all the same is told to stop."""
        until = time.monotonic() + timeout
        while True:
            with self.site.lock:
                lives = [(self.lives[s, self.site.lives[s] - 1], self.site.running[s]) for s in SERVICES]
            busy = [(life, started) for life, started in lives if life.starting]
            if not busy:
                self.starting = False
                return
            for life, started in busy:
                if not life.told and started.process.poll() is None and is_up(started):
                    life.told = True
                    started.process.send_signal(signal.SIGTERM)
            assert time.monotonic() < until, [(started.service, life.aim, started.said()) for life, started in busy]
            time.sleep(0.02)

    def look(self, ended):
        """ended: service, life, status, Started.  What became of the faults that were reached; what is a defect."""
        endings, defects = [], []
        for service, number, status, started in ended:
            life, said = self.lives[service, number], started.said()
            where = f"{service}, leg {life.leg}, {life.aim}: {exit_name(status)}: {said[-1500:]}"
            if not life.aim or not life.reached(said):
                if status not in OURS:
                    defects.append(f"ended without a cause: {where}")
                if life.aim:
                    self.aims.was(life.leg, service, life.aim, False)
                continue
            self.aims.was(life.leg, service, life.aim, True)
            copes = status in OURS
            in_loader = life.aim.call == "mmap" and status == -signal.SIGSEGV and not said  # before anything of ours
            if not copes and status not in (1, 2, 127) and not in_loader and not library_gave_up(status, said):
                defects.append(where)
            endings.append((life.aim.call, "goes on" if copes else exit_name(status)))
        return endings, defects


def is_up(started):
    """It says so; unless that was what failed."""
    return "started turn=" in started.said() or time.monotonic() - started.began > 3


# libzmq ends the process when it cannot go on, with a line of its own, as libpgm below it does; OpenSSL's first use ends in a
# crash.
def library_gave_up(status, said):
    aborted = r"\(src/\w+\.[ch]pp:\d+\)|std::bad_alloc|\(pgm_\w+\): failed to allocate"
    return (status == -6 and re.search(aborted, said)) or \
        (status == -11 and re.search(r"libcrypto\S*\(CRYPTO_THREAD_run_once", said))


def count_calls(m, folder, state):
    """An undisturbed walk under strace says how often each daemon calls what, in each leg until it is ready and then."""
    aims, mallocs = Aims(m.random), {}

    def dress(service, life):
        count = folder / f"{service}-{life}.malloc"
        count.write_bytes(bytes(8))
        return (TRACER, "-D", "-qqq", "-o", folder / f"{service}-{life}.calls", "-e", f"trace={','.join(ERRORS)}",
                "-E", f"LD_PRELOAD={PRELOAD}", "-E", f"FAULTS_COUNT={count}"), {}

    def allocations(leg):
        return {s: struct.unpack("=Q", (folder / f"{s}-{leg}.malloc").read_bytes())[0] for s in SERVICES}

    state["stations"] = stations = []
    with Kept(folder, "counted", dress=dress) as site:
        for leg, steps in enumerate(LEGS):
            if m.long:
                stations.append(Station(site, folder.path, leg))
            site.keep()
            ready = allocations(leg)
            site.go(steps)
            mallocs[leg] = ready, allocations(leg)
            site.let_go(signal.SIGTERM if steps is LEGS[-1] else signal.SIGKILL)
        assert not site.exits, site.exits
        if m.long:
            stations.append(Station(site, folder.path, len(LEGS)))
        site.dress = lambda service, life: ((), {})
        site.keep()
        state["business"] = site.business()
        judge(site, state["business"])
    for leg in range(len(LEGS)):
        for service in SERVICES:
            before, all_calls = calls_of((folder / f"{service}-{leg}.calls").read_text(errors="replace"))
            for call in ERRORS:
                aims.add(leg, service, call, before[call], all_calls[call])
            aims.add(leg, service, "malloc", mallocs[leg][0][service], mallocs[leg][1][service])
    state["aims"] = aims
    count = collections.Counter(a.call for some in (*aims.starts.values(), *aims.works.values()) for a in some)
    print(f"# {aims.total} cases, {sum(map(len, aims.starts.values()))} of them before a daemon is ready: " +
          ", ".join(f"{call} {count[call]}" for call in CALLS))
    assert all(count.values()) and len(count) == len(CALLS)


def calls_of(trace):
    """How often each call was made before the daemon said that it had started, and until the end."""
    before, counts = None, collections.Counter()
    for line in trace.splitlines():
        call = line.partition("(")[0]
        if call in ERRORS:
            counts[call] += 1
        if not before and "started turn=" in line:
            before = counts.copy()
    return before, counts


def walk(failing, site, legs):
    """Legs of the way with faults; who ended how."""
    ended = {}
    for leg in legs:
        failing.begin(leg)
        site.keep(ready=False)
        failing.try_starts()
        site.wait_ready(120)
        site.go(LEGS[leg])
        running = {service: (site.lives[service] - 1, started) for service, started in site.running.items()}
        statuses = site.let_go(signal.SIGTERM if leg == len(LEGS) - 1 else signal.SIGKILL)
        ended |= {(service, life): (statuses[service], started) for service, (life, started) in running.items()}
    ended |= {(service, life): (status, started) for service, life, status, started in site.exits}
    return [(*which, *how) for which, how in ended.items()]


def walk_and_judge(failing, site, legs, judgement):
    try:
        endings, defects = failing.look(walk(failing, site, legs))
        site.dress = lambda service, life: ((), {})
        site.keep()
        judgement(site)
        return endings, defects
    except (AssertionError, RuntimeError, Wrong) as e:
        lately = [(service, failing.lives[service, life].aim, exit_name(status)) for service, life, status, _ in site.exits[-12:]]
        now = [(service, failing.lives[service, site.lives[service] - 1].aim) for service in site.running]
        return [], [f"{type(e).__name__}: {e}\nleg {failing.leg}; ended lately: {lately}\nrunning: {now}"]


class Tally:
    """Walks made, what came of them, and what each of them was good for."""

    def __init__(self, m, folder, state):
        self.m, self.folder, self.state, self.aims = m, folder, state, state["aims"]
        self.walks, self.endings, self.defects = 0, [], []

    def whole_walk(self):
        return self.one(lambda name, dress: Kept(self.folder, name, dress=dress), range(len(LEGS)),
                        lambda site: judge(site, self.state["business"]))

    def one_leg(self, leg):
        before, after = self.state["stations"][leg:leg + 2]
        return self.one(before.again, (leg,), lambda site: judge_so_far(site, after.outcome()))

    def one(self, site_of, legs, judgement):
        """How many cases were tried."""
        self.walks += 1
        before = self.aims.done()
        failing = Failing(self.folder.path, self.aims, *((100, 40) if self.m.long else (3, 4)))
        with site_of(f"walk-{self.walks}", failing.dress) as site:
            failing.site = site
            endings, defects = walk_and_judge(failing, site, legs, judgement)
        for defect in defects:  # and see what else there is
            print("\n".join("# " + line for line in f"defect in walk {self.walks}: {defect}".splitlines()), flush=True)
        self.endings += endings
        self.defects += defects
        for done_with in (*self.folder.path.glob("*.trace"), *([] if defects else self.folder.path.glob(f"walk-{self.walks}*"))):
            shutil.rmtree(done_with) if done_with.is_dir() else done_with.unlink()
        return self.aims.done() - before

    def say(self, where, end=""):
        print(f"# {where}: {self.aims.done()} of {self.aims.total} cases in {self.walks} walks, {len(self.aims.given_up)} never "
              f"reached, {len(self.defects)} defects{end}", flush=True)


def whatever_fails_once_the_outcome_is_the_same(m, folder, state):
    tally, aims = Tally(m, folder, state), state["aims"]
    most = int(os.environ.get("WALKS", 0)) if m.long else 1
    chosen = [int(leg) for leg in os.environ.get("LEGS", "").split(",") if leg] if m.long else []
    pays = not chosen
    while pays and (not most or tally.walks < most):
        pays = tally.whole_walk() >= WHOLE_PAYS or most
        if m.long:
            tally.say(f"whole walk {tally.walks}")
    for leg in [] if most else chosen or range(len(LEGS)):
        idle = 0
        while aims.left((leg,)) and idle < 2:
            idle = 0 if tally.one_leg(leg) else idle + 1
        tally.say(f"leg {leg}, {' '.join(LEGS[leg])}")
    tally.say("in all", ", a part" if most or chosen else "")
    for (call, how), count in count_of(tally.endings).items():
        print(f"#   {call}: {how}: {count}")
    assert not tally.defects, "\n\n".join(tally.defects)
    assert aims.done() > 40 if most or chosen else aims.done() >= aims.total * 0.9, "too little was reached"


CLAIMS = (count_calls, whatever_fails_once_the_outcome_is_the_same)


def main():
    m = Method(__doc__)
    assert [step for leg in LEGS for step in leg] == list(Way.STEPS)
    if not TRACER:
        m.skip(CLAIMS, "there is no strace")
        return m.end()
    with Folder("nth") as folder:
        state = {}
        for claim in CLAIMS:
            if not m.run(claim, m, folder, state):
                break
    return m.end()


if __name__ == "__main__":
    sys.exit(main())
