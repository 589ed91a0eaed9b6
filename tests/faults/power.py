#!/usr/bin/env python3
"""Power cuts: what was synced is there, what was not is not, and terminals know the difference.

A site's state lies in an ext4 image that lies on XFS.  A cut is a reflinked copy of the image, taken while the daemons write: it
holds what a disk would hold if the power went then.  The daemons are killed, the copy is mounted in the image's place and they are
started on it; terminals, whose keys and receipts are on a disk of their own, go on with what they were at.  Whatever a daemon had said
before the cut must be in the copy.

The control: the same with syncs that do nothing (preload.c).  If nothing is lost then, the method has no teeth."""

import os
import signal
import subprocess
import sys
import threading
import time

from disk import CannotMount, Disks
from driver import PRELOAD, Folder, Kept, Method, judge
from way import Wrong

IMAGE_MIB, XFS_MIB = 400, 3000


class Lost(Exception):
    """What somebody was told is not there."""


class Cuttable(Kept):
    """A site whose state is in an image; HOME/keys and HOME/run are the machine's beside it and outlive the cut."""

    def __init__(self, folder, disks, xfs, name, **options):
        self.disks, self.xfs, self.generation, self.begun = disks, xfs, 0, {}
        self.image = disks.make("ext4", IMAGE_MIB, xfs / f"{name}-0.img")
        self.point = disks.mount(self.image, f"{name}-0")
        (folder / name).symlink_to(self.point)
        for outside in ("keys", "run"):
            there = folder / f"{name}-{outside}"
            there.mkdir(mode=0o700)
            (self.point / outside).symlink_to(there)
        super().__init__(folder, name, **options)
        (self.home / "tdv.conf").write_text("[store]\nreserve_mib = 8\n")
        subprocess.run(["sync", "-f", self.point], check=True)  # the site is made; from here on the daemons sync

    def cut(self):
        """Whether any service had taken a turn since the last one."""
        heads = self.heads()
        moved = any(turn > self.begun.get(service, turn) for service, turn in heads.items())
        self.begun.update(heads)  # who has not answered this time may do so the next
        self.generation += 1
        image = self.xfs / f"{self.name}-{self.generation}.img"
        self.hush()
        subprocess.run(["cp", "--reflink=always", self.image, image], check=True)
        self.let_go(how=9)
        old_point, old_image = self.point, self.image
        self.image, self.point = image, self.disks.mount(image, f"{self.name}-{self.generation}")
        aside = self.home.with_suffix(".new")
        aside.symlink_to(self.point)
        os.rename(aside, self.home)
        self.disks.unmount(old_point)
        old_image.unlink()
        self.go_on(heads)
        return moved

    def hush(self):
        """From here on no daemon tells anybody anything: a receipt that left between copy and kill would be of what no disk holds.
        A sync that is under way goes on beside the copy."""
        with self.lock:
            for started in self.running.values():
                if started.process.poll() is None:
                    started.process.send_signal(signal.SIGSTOP)

    def go_on(self, heads):
        exits = len(self.exits)
        self.keep(ready=False)
        until = time.monotonic() + 30
        while not self.all_ready():
            ended = [(service, started.said()[-300:]) for service, _, _, started in self.exits[exits:]]
            if ended or time.monotonic() > until:
                raise Lost(f"does not start: {ended}")
            time.sleep(0.02)
        for s in self.way.status():
            if s["turn"] < heads.get(s["service"], 0):
                raise Lost(f"{s['service']}: turn {heads[s['service']]} was told of, {s['turn']} is there")
            if s["halt"] != "none":
                raise Lost(f"{s['service']}: {s['halt']}")

    def give_up(self):
        """The walker comes to an end in some way."""
        self.let_go(how=9)


def walk(m, site, most, cuts):
    """Cuts at random moments while the way is walked.  Only those count that interrupt it, after turns since the last one."""
    failed = []

    def go():
        try:
            site.go()
        except Exception as e:
            failed.append(e)

    walker = threading.Thread(target=go, daemon=True)
    site.keep()
    walker.start()
    # On a machine with other things to do a start can take all of the time until the next cut: so that time grows for as long as
    # nothing moves.
    most_s = 0.4
    while walker.is_alive() and len(cuts) < most:
        walker.join(m.random.uniform(0.0, most_s))
        interrupts, moved = walker.is_alive(), site.cut()
        most_s = 0.4 if moved else min(2 * most_s, 6.4)
        if interrupts and moved:
            cuts.append(site.generation)
    walker.join(300)
    if failed or walker.is_alive():
        raise failed[0] if failed else RuntimeError("the way does not end")


def the_undisturbed_way_hands_every_card_over(m, folder, disks, xfs, state):
    with Kept(folder, "calm") as calm:
        calm.keep()
        calm.go()
        state["business"] = calm.business()
        judge(calm, state["business"])


def whatever_was_said_before_a_cut_is_there_after_it(m, folder, disks, xfs, state):
    cuts, walks, made, most = [], 0, 0, 200 if m.long else 20
    while len(cuts) < most:
        walks += 1
        assert walks <= most, f"{len(cuts)} cuts struck work in {walks - 1} walks"
        with Cuttable(folder, disks, xfs, f"cut-{walks}") as site:
            walk(m, site, most, cuts)
            judge(site, state["business"])
            ended = site.let_go()
            assert set(ended.values()) == {0}, ended
            made += site.generation
    print(f"# {made} cuts in {walks} walks, {len(cuts)} of them while work was done; each mounted, started and gone on with")


def without_syncs_the_same_loses_something(m, folder, disks, xfs, state):
    cuts = []
    with Cuttable(folder, disks, xfs, "control", dress=lambda service, life: ((), {"LD_PRELOAD": str(PRELOAD), "FAULTS_NOSYNC": "1"})) as site:
        try:
            walk(m, site, 20, cuts)
            judge(site, state["business"])
        except (Lost, Wrong, AssertionError) as lost:  # with syncs the same walk came to its end: what goes wrong here was lost
            print(f"# at cut {len(cuts) + 1}: {str(lost)[:200]}")
            site.give_up()
            return
    raise AssertionError(f"{len(cuts)} cuts of a site that syncs nothing lost nothing: this test cannot fail")


CLAIMS = (the_undisturbed_way_hands_every_card_over, whatever_was_said_before_a_cut_is_there_after_it, without_syncs_the_same_loses_something)


def main():
    m = Method(__doc__)
    with Folder("power") as folder:
        try:
            with Disks(folder.path) as disks:
                xfs = disks.mount(disks.make("xfs", XFS_MIB, folder / "xfs.img"), "xfs")
                state = {}
                for claim in CLAIMS:
                    m.run(claim, m, folder, disks, xfs, state)
        except CannotMount as why:
            m.skip(CLAIMS, f"no power cuts here: {why}")
    return m.end()


if __name__ == "__main__":
    sys.exit(main())
