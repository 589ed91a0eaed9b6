#!/usr/bin/env python3
"""SIGKILL storms: every daemon and the facility at random moments, and each daemon in the very middle of a commit.

Random kills mostly meet a daemon that waits; so half of the lives are aimed: strace ends the daemon at its Nth pwrite64 or fdatasync,
N drawn anew each time, which is inside a turn."""

import sys
import threading

from driver import SERVICES, TRACER, Folder, Kept, Method, count_of, judge

# A start takes about the first of these; what comes after is turns.
AIMS = {"pwrite64": (6, 40), "fdatasync": (3, 16)}


class Storm(threading.Thread):
    """Kills daemons about a tenth of a second apart, until as many kills were seen as `most`, or `stop`."""

    def __init__(self, site, most, random):
        super().__init__(daemon=True)
        self.site, self.most, self.random = site, most, random
        self.over, self.kills = threading.Event(), {}

    def run(self):
        while not self.over.wait(self.random.uniform(0.02, 0.18)):
            if len(self.site.exits) >= self.most:
                self.site.dress = plain
                return
            victim = self.random.choice((*SERVICES, "facility"))
            facility = self.site.way.facility
            if victim == "facility" and facility:
                facility.kill()
                self.kills[victim] = self.kills.get(victim, 0) + 1
            elif victim != "facility" and self.site.kill(victim):
                self.kills[victim] = self.kills.get(victim, 0) + 1

    def stop(self):
        self.over.set()
        self.join()


def aimed(random):
    def dress(service, life):
        if not TRACER or life % 2 == 0:
            return (), {}
        call = random.choice(list(AIMS))
        return (TRACER, "-D", "-qqq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                f"inject={call}:signal=SIGKILL:when={random.randint(*AIMS[call])}"), {}
    return dress


def plain(service, life):
    return (), {}


def disarm(site):
    """Strace may still aim at a daemon, which would be killed while it stops."""
    site.dress = plain
    for service in [service for service, started in site.running.items() if started.prefix]:
        site.kill(service)
    site.wait_ready()


def the_undisturbed_way_hands_every_card_over(m, folder, state):
    with Kept(folder, "calm") as calm:
        calm.keep()
        handed = calm.go()["hand_over"]
        assert handed["refused"] == 0 and handed["accepted"] == calm.results["sheets"]["accepted"] > 10, handed
        state["business"] = calm.business()
        judge(calm, state["business"])


def a_storm_of_kills_changes_nothing(m, folder, state):
    want, at_once, kills, interrupted, walks = *((1000, 250) if m.long else (60, 60)), {}, 0, 0
    while sum(kills.values()) < want:
        walks += 1
        with Kept(folder, f"storm-{walks}", dress=aimed(m.random)) as site:
            site.keep()
            storm = Storm(site, at_once, m.random)
            storm.start()
            try:
                site.go()
            finally:
                storm.stop()
            killed = count_of(service for service, _, status, _ in site.exits if status == -9)
            wrong = [(service, status, started.said()[-500:]) for service, _, status, started in site.exits if status != -9]
            assert not wrong, wrong
            disarm(site)
            judge(site, state["business"])
            for name, count in (*killed.items(), ("facility", storm.kills.get("facility", 0))):
                kills[name] = kills.get(name, 0) + count
            interrupted += sum(s["turns_interrupted"] for s in site.way.status())
            ended = site.let_go()
            assert set(ended.values()) == {0}, ended
    print(f"# {sum(kills.values())} SIGKILLs in {walks} walks ({dict(sorted(kills.items()))}), {interrupted} turns interrupted")
    assert set(SERVICES) <= set(kills) and (interrupted > 0 or not TRACER)


CLAIMS = (the_undisturbed_way_hands_every_card_over, a_storm_of_kills_changes_nothing)


def main():
    m = Method(__doc__)
    if not TRACER:
        m.skip(["kills aimed into a commit"], "there is no strace")
    with Folder("kill") as folder:
        state = {}
        for claim in CLAIMS:
            m.run(claim, m, folder, state)
    return m.end()


if __name__ == "__main__":
    sys.exit(main())
