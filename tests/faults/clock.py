#!/usr/bin/env python3
"""The wall clock goes a year ahead and comes back: while daemons run, nothing of it is recorded and timers wait; after a start with a
wrong clock timers wait until somebody accepts it.

preload.c is wrong by what a file says, so that the clock jumps under running daemons and the machine's own stays as it is."""

import json
import struct
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

from driver import PRELOAD, SERVICES, Folder, Kept, Method, judge, the_undisturbed_way

DAY_NS = 86400 * 10**9
YEAR_NS = 365 * DAY_NS


class Clocked(Kept):
    def __init__(self, folder, name):
        self.wrong = folder / f"{name}-wrong"
        self.set(0)
        super().__init__(folder, name, dress=lambda service, life: ((), {"LD_PRELOAD": str(PRELOAD), "FAULTS_CLOCK": str(self.wrong)}))

    def set(self, ns):
        if not self.wrong.exists():
            self.wrong.write_bytes(bytes(8))
        with open(self.wrong, "r+b") as f:  # in place: it is mapped
            f.write(struct.pack("=q", ns))


def times_of(site):
    """Of every entry of every log, seconds from now."""
    found = []
    for service in SERVICES:
        for line in site.tdv("--json", "log", service, "--from", 1).stdout.splitlines():
            found.append(seconds(json.loads(line)["time"]) - time.time())
    return found


def seconds(text):
    """As tdv writes an instant: the time of Vietnam, without saying so."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone(timedelta(hours=7))).timestamp()


def a_year_ahead_and_back_while_they_run_changes_nothing(m, folder, business):
    with Clocked(folder, "jumping") as site:
        site.keep()
        over, jumps = threading.Event(), []

        def jump():
            while not over.wait(m.random.uniform(0.2, 0.6)):
                site.set(m.random.choice((YEAR_NS, -YEAR_NS, DAY_NS, 0)))
                jumps.append(1)

        jumper = threading.Thread(target=jump)
        jumper.start()
        try:
            site.go()
        finally:
            over.set()
            jumper.join()
        site.set(0)
        judge(site, business)
        off = [s for s in times_of(site) if not -600 < s < 600]
        assert not off, f"{len(off)} entries have a wrong time: {off[:5]}"
        held = [s for s in SERVICES if "timers_held reason=jump" in site.running[s].said()]
        print(f"# the clock jumped {len(jumps)} times; timers were held by {', '.join(held)}")
        assert held


def a_start_a_year_ahead_holds_the_timers_until_the_clock_is_accepted(m, folder, business):
    with Clocked(folder, "started") as site:
        site.keep()
        site.go(site.way.STEPS[:4])  # lists wait for their appraisal, with a timer each
        assert set(site.let_go().values()) == {0}
        site.set(YEAR_NS)
        site.keep()
        site.way.settle()
        with_timers = [s for s in SERVICES if "timers_held reason=absent" in site.running[s].said()]
        assert "approval" in with_timers, with_timers
        before = reminders(site)
        for service in SERVICES:  # held is held over restarts
            site.kill(service)
        time.sleep(0.3)
        site.wait_ready()
        site.way.settle()
        assert reminders(site) == before
        site.tdv("clock", "accept")
        until = time.monotonic() + 30
        while reminders(site) == before:
            assert time.monotonic() < until, "a timer a year overdue does not fire"
            time.sleep(0.1)
        site.way.settle()
        # And back: time goes on where it was, never backwards.
        assert set(site.let_go().values()) == {0}
        site.set(0)
        site.keep()
        site.way.settle()
        for service in SERVICES:
            lines = [json.loads(x) for x in site.tdv("--json", "log", service, "--from", 1).stdout.splitlines()]
            assert [seconds(x["time"]) for x in lines] == sorted(seconds(x["time"]) for x in lines), service
            site.tdv("replay", service)


def reminders(site):
    return sum(1 for line in site.tdv("--json", "log", "approval", "--from", 1).stdout.splitlines() if "reminder" in line or "overdue" in line)


CLAIMS = (a_year_ahead_and_back_while_they_run_changes_nothing, a_start_a_year_ahead_holds_the_timers_until_the_clock_is_accepted)


def main():
    m = Method(__doc__)
    with Folder("clock") as folder:
        business = the_undisturbed_way(folder)
        for claim in CLAIMS:
            m.run(claim, m, folder, business)
    return m.end()


if __name__ == "__main__":
    sys.exit(main())
