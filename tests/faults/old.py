#!/usr/bin/env python3
"""An old copy of one service is put back by hand, or its state is gone: its peers know more than it does, so it does nothing, and says so; with the right one
again the site goes on."""

import shutil
import sys
import time

from driver import SERVICES, Folder, Kept, Method, Way, judge

EARLY = Way.STEPS[:1]  # the copies are taken after these: everybody puts out something later


def an_old_copy_or_a_lost_state_of_any_service_stops_itself(m, folder):
    with Kept(folder, "site") as site:
        site.keep()
        site.go(EARLY)
        early = entries(site)
        assert set(site.let_go().values()) == {0}
        shutil.copytree(site.home / "state", folder / "old")
        site.keep()
        site.go(site.way.STEPS[len(EARLY):])
        business = site.business()
        judge(site, business)
        older = [s for s, entry in entries(site).items() if entry > early[s]]  # the others' copy is as good as the original
        assert len(older) >= 6, older
        assert set(site.let_go().values()) == {0}
        for service in older if m.long else m.random.sample(older, 3):
            put_back(site, service, folder, folder / "old" / service)
            put_back(site, service, folder, None)
        lose_its_store(site, "delivery")
        site.keep()
        judge(site, business)


def put_back(site, service, folder, old):
    """Without an old one: its folder is gone, and it begins anew."""
    state = site.home / "state" / service
    state.rename(folder / "aside")
    if old:
        shutil.copytree(old, state)
    before = turn_in(old) if old else []
    if not old and service == "intake":  # which finds out by itself, by its vault
        site.hold()
        site.start_one(service)
        assert site.running.pop(service).process.wait(20) == 3
        shutil.rmtree(state)
        (folder / "aside").rename(state)
        return
    site.keep()
    until = time.monotonic() + 20
    while halt_of(site, service) != "old_copy" and not nobody_follows(site, service):
        assert time.monotonic() < until, (service, site.way.status())
        time.sleep(0.05)
    assert site.tdv("status", "--fast", check=False).returncode != 0
    has_stopped = halt_of(site, service) == "old_copy"
    for other in SERVICES:  # a reader stops at it, nobody ends
        assert other == service or halt_of(site, other) == "none", other
    assert not [e for e in site.exits if e[2] != 0], site.exits
    with site.lock:
        wrong = site.running.pop(service)
    wrong.process.terminate()
    assert wrong.process.wait(20) == 0
    assert not has_stopped or turn_in(state) == before, "it has written"
    shutil.rmtree(state)
    (folder / "aside").rename(state)
    with site.lock:  # this one alone: those who stopped at it go on by themselves
        site.start_one(service)
    until = time.monotonic() + 40
    while not nobody_is_stopped(site):
        assert time.monotonic() < until, (service, site.way.status())
        time.sleep(0.05)
    site.let_go()


def lose_its_store(site, service):
    """Its log/ is there and knows more than the store that is made anew: that is seen at the start, without anybody who asks."""
    state = site.home / "state" / service
    (state / "data.mdb").unlink()
    before = turn_in(state)
    site.hold()
    site.start_one(service)
    until = time.monotonic() + 20
    while halt_of(site, service) != "old_copy":
        assert time.monotonic() < until, site.way.status()
        time.sleep(0.05)
    assert set(site.let_go().values()) == {0}
    assert turn_in(state) == before, "it has written"
    (state / "data.mdb").unlink()
    site.tdv("replay", service, "--offline", "--restore")


def nobody_is_stopped(site):
    status = site.way.status()
    return all(s.get("alive") and s["halt"] == "none" and all(r["state"] != "forked" for r in s["sources"]) for s in status)


def entries(site):
    return {s["service"]: s["entry"] for s in site.way.status()}


def halt_of(site, service):
    return next((s["halt"] for s in site.way.status() if s["service"] == service and s.get("alive")), None)


def nobody_follows(site, service):
    """It had folded everything anew, in turns of its own, before the first reader asked: as long as the log that they know, and another."""
    status = site.way.status()
    own = next((s["entry"] for s in status if s["service"] == service and s.get("alive")), 0)
    readers = [source for s in status for source in s.get("sources", ()) if source["source"] == service]
    return bool(readers) and all(r["state"] == "forked" and r["entry"] <= own for r in readers)


def turn_in(state):
    """The last turn of a service's log: by its segments, which a clean stop seals."""
    return sorted(f.name for f in (state / "log").glob("*.seg"))


def main():
    m = Method(__doc__)
    with Folder("old") as folder:
        m.run(an_old_copy_or_a_lost_state_of_any_service_stops_itself, m, folder)
    return m.end()


if __name__ == "__main__":
    sys.exit(main())
