#!/usr/bin/env python3
"""Full disks, full maps, and readers that died: the door refuses new work with a reserve left, what cannot be written ends a daemon
with a name, and with room again everything goes on."""

import re
import shutil
import subprocess
import sys
import threading
import time

from disk import CannotMount, Disks
from driver import Folder, Kept, Method, count_of, judge, the_undisturbed_way

PAGE = 4096


class Crowded(Kept):
    """A site whose state and vault are on a small disk; HOME/keys and HOME/run are elsewhere."""

    def __init__(self, folder, disks, name, mib, settings, **options):
        self.small = disks.mount_tmpfs(mib, f"{name}-disk")
        home = folder / name
        home.mkdir()
        for inside in ("state", "vault"):
            (self.small / inside).mkdir(mode=0o700)
            (home / inside).symlink_to(self.small / inside)
        super().__init__(folder, name, **options)
        (self.home / "tdv.conf").write_text(settings)

    def fill(self, leave=0):
        with open(self.small / "filler", "wb", buffering=0) as f:
            try:
                while True:
                    f.write(b"\0" * PAGE)
            except OSError:
                pass
            f.truncate(max(0, f.tell() - leave))

    def clear(self):
        (self.small / "filler").unlink(missing_ok=True)


def said_by(exits):
    return count_of(next((word for word in started.said().split() if word.startswith("reason=")), "") + f" status {status}"
                    for _, _, status, started in exits)


def a_disk_that_fills_up_again_and_again_loses_nothing(m, folder, disks, state):
    """Not the door's reserve (1 MiB here) but the last byte: whatever is being written then fails."""
    with Crowded(folder, disks, "crowded", 64, "[store]\nreserve_mib = 1\n") as site:
        over, fills = threading.Event(), []

        def crowd():
            while (m.long or len(fills) < 10) and not over.wait(m.random.uniform(0.05, 0.4)):
                site.fill(leave=m.random.choice((0, 0, PAGE, 5 * PAGE, 300 * PAGE)))
                fills.append(1)
                over.wait(m.random.uniform(0.1, 0.6))
                site.clear()

        site.pause = 0.1
        site.keep()
        crowder = threading.Thread(target=crowd)
        crowder.start()
        try:
            site.go()
        finally:
            over.set()
            crowder.join()
            site.clear()
        wrong = [(service, status, started.said()[-400:]) for service, _, status, started in site.exits if status != 1]
        assert not wrong, wrong
        judge(site, state["business"])
        assert set(site.let_go().values()) == {0}
        print(f"# full {len(fills)} times; daemons that ended: {said_by(site.exits)}")


def at_the_reserve_the_door_takes_nothing_until_there_is_room(m, folder, disks, state):
    """A terminal waits, and its act is taken as soon as there is room; nobody ends."""
    with Crowded(folder, disks, "reserve", 96, "[store]\nreserve_mib = 16\n") as site:
        site.keep()
        site.go(site.way.STEPS[:5])
        site.fill(leave=8 << 20)
        until = time.monotonic() + 30
        while "admission open=0" not in site.running["intake"].said():
            assert time.monotonic() < until
            time.sleep(0.1)
        turn, taken = site.heads()["intake"], []
        waiting = threading.Thread(target=lambda: taken.append(site.way.withdraw()))
        waiting.start()
        waiting.join(2)
        assert waiting.is_alive() and site.heads()["intake"] == turn, taken
        assert "No new work is taken" in site.tdv("--lang", "en", "status").stdout
        site.clear()
        waiting.join(60)
        assert taken and taken[0]["accepted"] == 1, taken
        assert not site.exits, said_by(site.exits)
        site.go(site.way.STEPS[6:])
        judge(site, state["business"])


def fill_map(folder, leave_pages, map_mib):
    """Rows of a table that nobody reads, until so many pages are left of the map."""
    head = f"VERSION=3\nformat=bytevalue\ntype=btree\nmapsize={map_mib << 20}\nmaxreaders=126\ndb_pagesize=4096\nHEADER=END\n"
    number = 0
    for pages in (256, 16, 2, 1):
        said = subprocess.run(["mdb_stat", "-e", folder], capture_output=True, text=True).stdout
        used = int(re.search(r"Number of pages used: (\d+)", said)[1])
        count = ((map_mib << 20) // PAGE - used - leave_pages) // (pages + 1)
        rows = "".join(f" {number + n:08x}\n {'00' * (pages * PAGE - 100)}\n" for n in range(count))
        number += count
        subprocess.run(["mdb_load", "-s", "junk", folder], input=head + rows + "DATA=END\n", capture_output=True, text=True, check=True)


def a_full_map_ends_the_daemon_by_name_and_a_larger_one_mends_it(m, folder, disks, state):
    with Kept(folder, "mapped") as site:
        (site.home / "tdv.conf").write_text("[store]\nmap_mib = 64\nreserve_mib = 1\n")
        site.keep()
        site.go(site.way.STEPS[:3])
        site.let_go()
        victim = m.random.choice(("verification", "approval", "delivery"))
        fill_map(site.home / "state" / victim, 4, 64)
        site.pause = 0.2
        site.keep()
        failed = []

        def go():
            try:
                site.go(site.way.STEPS[3:])
            except Exception as e:
                failed.append(e)

        walker = threading.Thread(target=go)
        walker.start()
        until = time.monotonic() + 60
        while "reason=map_full" not in "".join(started.said() for service, _, _, started in site.exits if service == victim):
            assert time.monotonic() < until and walker.is_alive(), (victim, said_by(site.exits), failed)
            time.sleep(0.05)
        (site.home / "tdv.conf").write_text("[store]\nmap_mib = 256\nreserve_mib = 1\n")
        walker.join(120)
        assert not failed and not walker.is_alive(), failed
        assert {service for service, _, _, _ in site.exits} == {victim} and {status for _, _, status, _ in site.exits} == {1}, said_by(site.exits)
        judge(site, state["business"])
        print(f"# {victim}: {len(site.exits)} starts with a full map")


def readers(folder):
    said = subprocess.run(["mdb_stat", "-r", folder], capture_output=True, text=True).stdout  # its status says nothing
    return [line.split() for line in said.splitlines() if line.strip() and line.split()[0].isdigit()]


def the_slot_of_a_reader_that_was_killed_is_cleared(m, folder, disks, state):
    """Such a slot keeps every page from being used again: the file would grow for ever."""
    with Kept(folder, "readers") as site:
        site.keep()
        site.go(site.way.STEPS[:4])
        path = site.home / "state" / "intake"
        reader = subprocess.Popen(["mdb_dump", "-s", "runtime.turns", path], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                  pipesize=PAGE)  # nobody reads on: it stands in the middle of its transaction
        until = time.monotonic() + 20
        while not any(int(row[0]) == reader.pid and row[2] != "-" for row in readers(path)):
            assert time.monotonic() < until and reader.poll() is None, "the reader came to its end: too little to read"
            time.sleep(0.02)
        reader.kill()
        reader.wait()
        assert any(int(row[0]) == reader.pid for row in readers(path))
        if m.long:  # while it runs, once a minute
            until = time.monotonic() + 90
            while any(int(row[0]) == reader.pid for row in readers(path)):
                assert time.monotonic() < until
                time.sleep(1)
            assert "stale_readers_cleared" in site.running["intake"].said()
        site.kill("intake")
        site.go(site.way.STEPS[4:])
        assert not any(int(row[0]) == reader.pid for row in readers(path))
        judge(site, state["business"])


ON_DISK = (a_disk_that_fills_up_again_and_again_loses_nothing, at_the_reserve_the_door_takes_nothing_until_there_is_room)
CLAIMS = (a_full_map_ends_the_daemon_by_name_and_a_larger_one_mends_it, the_slot_of_a_reader_that_was_killed_is_cleared)


def main():
    m = Method(__doc__)
    with Folder("full") as folder:
        state = {"business": the_undisturbed_way(folder)}
        try:
            with Disks(folder.path) as disks:
                for claim in ON_DISK:
                    m.run(claim, m, folder, disks, state)
        except CannotMount as why:
            m.skip(ON_DISK, f"no small disk here: {why}")
        if shutil.which("mdb_load"):
            for claim in CLAIMS:
                m.run(claim, m, folder, None, state)
        else:
            m.skip(CLAIMS, "there is no mdb_load (lmdb-utils)")
    return m.end()


if __name__ == "__main__":
    sys.exit(main())
