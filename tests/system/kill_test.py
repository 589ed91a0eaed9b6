#!/usr/bin/env python3
"""One small commune walks the whole way twice: undisturbed, and with SIGKILLs at random to every daemon and to the facility.
Nobody who looks at the outcome can tell which was which."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from tdv_site import SERVICES, Claims, Site, temporary_folder  # noqa: E402
from way import Killer, Way, running_pid, seed  # noqa: E402


class Walk:
    """What a site has come to at the end of the way."""

    def __init__(self, folder, name, kill_every=0.0):
        self.folder, self.name, self.kill_every = folder, name, kill_every
        self.site = Site(folder / name)
        self.kills = {}

    def __enter__(self):
        self.site.__enter__()
        self.site.up()
        self.way = Way(self.site, self.folder / "data", self.folder / f"{self.name}-work", refuse=30, spoil=60, leave_out=1, one_by_one=True)
        return self

    def __exit__(self, *error):
        self.site.__exit__(*error)

    def go(self):
        killer = Killer(self.site, self.way, every=self.kill_every)
        if self.kill_every:
            killer.start()
        try:
            self.results = self.way.run()
        finally:
            if self.kill_every:
                killer.stop()
        for service in SERVICES:  # whom chance has spared
            if self.kill_every and service not in killer.kills:
                killer.end(service, running_pid(self.site.home, service))
        self.kills = killer.kills
        self.services = self.way.settle()

    def business(self):
        return self.way.business()


def the_undisturbed_way_hands_every_card_over(calm, killed):
    calm.go()
    handed = calm.results["hand_over"]
    assert handed["accepted"] == calm.results["sheets"]["accepted"] > 40 and handed["refused"] == 0, handed
    assert sum(s["turns_interrupted"] for s in calm.services) == 0


def the_disturbed_way_comes_to_its_end(calm, killed):
    killed.go()
    assert set(SERVICES) <= set(killed.kills), killed.kills  # the facility may be done before its turn comes
    print(f"# SIGKILLs: {killed.kills}, turns interrupted: {sum(s['turns_interrupted'] for s in killed.services)}")


def both_have_the_same_outcome_card_by_card(calm, killed):
    one, other = calm.business(), killed.business()
    assert one["validity"] and one["handed over"] and one["lists"], one
    for what, is_so in one.items():
        assert is_so == other[what], f"{what}: {is_so}\nand when killed: {other[what]}"


def nothing_was_set_aside(calm, killed):
    assert [s["quarantine_total"] for s in killed.services] == [0] * len(SERVICES)


def the_audit_is_clean(calm, killed):
    for walk in (calm, killed):
        assert json.loads(walk.site.tdv("--json", "audit").stdout)["findings"] == []


def every_service_rebuilt_from_its_turns_is_the_same(calm, killed):
    for service in SERVICES:
        killed.site.tdv("replay", service)


def what_was_killed_stops_and_starts_like_any_other(calm, killed):
    before = killed.business()
    assert killed.site.down() == 0
    killed.site.up()
    assert killed.business() == before


CLAIMS = (the_undisturbed_way_hands_every_card_over, the_disturbed_way_comes_to_its_end, both_have_the_same_outcome_card_by_card,
          nothing_was_set_aside, the_audit_is_clean, every_service_rebuilt_from_its_turns_is_the_same,
          what_was_killed_stops_and_starts_like_any_other)


def main():
    claims = Claims()
    with temporary_folder("kill") as folder:
        seed(folder / "data", members=60, organisations=5)
        with Walk(folder, "calm") as calm, Walk(folder, "killed", kill_every=0.2) as killed:
            for claim in CLAIMS:
                claims.run(claim, calm, killed)
    return claims.end()


if __name__ == "__main__":
    sys.exit(main())
