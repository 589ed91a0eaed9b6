#!/usr/bin/env python3
"""Damage: bits that turn over and files that end too early, in an environment, a sealed segment, a vault pack, the persons' keys.

What is found is named, by the daemon when it starts or reads it, or by `tdv replay`; a damaged daemon ends with a status of its own and
is not started for ever; put right, the site goes on as if nothing had been."""

import re
import shutil
import signal
import subprocess
import sys
import time

from driver import BUILD, SERVICES, Folder, Kept, Method, Way, Wrong, count_of, exit_name, judge

DAMAGED = 3


class Patient:
    """A site at rest that has gone through the whole way, and copies of it to be damaged."""

    def __init__(self, folder):
        self.folder, self.copies = folder, 0
        (folder / "work").mkdir(exist_ok=True)
        with Kept(folder, "whole") as site:
            (site.home / "tdv.conf").write_text("[archive]\nhot_turns = 1\n")
            site.keep()
            site.go()
            self.business = site.business()
            judge(site, self.business)
            assert set(site.let_go().values()) == {0}
            # Once more, so that what is sealed leaves the store, as in a site that has run for long.
            site.keep()
            site.way.settle()
            assert set(site.let_go().values()) == {0}

    def copy(self):
        self.copies += 1
        name = f"copy-{self.copies}"
        shutil.copytree(self.folder / "whole", self.folder / name, ignore=shutil.ignore_patterns("run"))
        return Kept(self.folder, name)


def end_of(site, service, timeout=20):
    """Starts one daemon alone and waits for its end: status and what it said; None when it lives."""
    site.hold()
    site.start_one(service)
    started = site.running.pop(service)
    until = time.monotonic() + timeout
    while started.process.poll() is None and time.monotonic() < until and "started turn=" not in started.said():
        time.sleep(0.01)
    if started.process.poll() is None:
        time.sleep(0.2)
    status = started.process.poll()
    if status is None:
        started.process.terminate()
        started.process.wait(20)
    return status, started.said()


def flip(path, at, bit=0):
    with open(path, "r+b") as f:
        f.seek(at)
        byte = f.read(1)[0]
        f.seek(at)
        f.write(bytes((byte ^ 1 << bit,)))


def cut(path, size):
    with open(path, "r+b") as f:
        f.truncate(size)


def segments(site, service):
    return sorted((site.home / "state" / service / "log").glob("*.seg"))


def a_segment_that_is_gone_altered_or_cut_is_named_at_start(m, p):
    tried = 0
    for service in SERVICES:
        with p.copy() as site:
            for segment in {segments(site, service)[0], segments(site, service)[-1]}:
                size = segment.stat().st_size
                whole = segment.read_bytes()
                for what, damage in (("missing", segment.unlink), ("shorter", lambda: cut(segment, size // 2)),
                                     ("altered", lambda: flip(segment, size - 9)), ("longer", lambda: cut(segment, size + 1))):
                    damage()
                    status, said = end_of(site, service)
                    assert status == DAMAGED and f"segment_damaged file={segment} what={what}" in said, (service, what, status, said)
                    segment.write_bytes(whole)
                    tried += 1
            status, said = end_of(site, service)
            assert status is None, (service, status, said)
    print(f"# {tried} damaged segments, each named")


def a_bit_in_a_segment_is_named_wherever_it_is(m, p):
    with p.copy() as site:
        for service in SERVICES if m.long else m.random.sample(SERVICES, 3):
            segment = segments(site, service)[-1]
            for _ in range(40 if m.long else 4):
                at, bit = m.random.randrange(segment.stat().st_size), m.random.randrange(8)
                flip(segment, at, bit)
                status, said = end_of(site, service)
                assert status == DAMAGED and str(segment) in said, (service, at, status, said)
                flip(segment, at, bit)


def flip_row(path, table, last, at):
    """A bit of the table's first or last row, wherever in the file it is."""
    rows = subprocess.run(["mdb_dump", "-s", table, path.parent], capture_output=True, text=True).stdout.splitlines()
    value = bytes.fromhex(rows[rows.index("DATA=END") - 1 if last else rows.index("HEADER=END") + 2].strip())
    places = [found.start() for found in re.finditer(re.escape(value), path.read_bytes())]
    assert places
    for place in places:
        flip(path, place + at % len(value))


def a_row_that_does_not_decode_is_named_with_its_file(m, p):
    """LMDB's pages are whole: the service is the first that sees it."""
    with p.copy() as site:
        path = site.home / "state" / "intake" / "data.mdb"
        flip_row(path, "members", last=True, at=0)
        status, said = end_of(site, "intake")
        assert status == DAMAGED and f"stored_file_damaged file={path} what=\"a row of members is not one\"" in said, (status, said)


def a_bit_in_a_row_is_named_by_replay(m, p):
    """LMDB has no checksums: a row that still decodes is found by comparing with what the log makes of it."""
    with p.copy() as site:
        flip_row(site.home / "state" / "revocation" / "data.mdb", "cards", last=False, at=-1)
        done = site.tdv("--lang", "en", "replay", "revocation", "--offline", check=False)
        assert done.returncode == 1 and "cards" in done.stdout + done.stderr, done


def heavy_damage_in_an_environment_is_named_and_not_tried_for_ever(m, p):
    """Whole pages of nonsense, or a file that ends early: the daemon ends with a name, in few starts."""
    endings = {}
    for service in SERVICES if m.long else m.random.sample(SERVICES, 2):
        for kind in ("cut", "half", "nonsense", "zeros", "meta"):
            with p.copy() as site:
                path = site.home / "state" / service / "data.mdb"
                size = path.stat().st_size
                if kind == "meta":
                    with open(path, "r+b") as f:
                        f.write(b"\0" * 8192)
                elif kind in ("cut", "half"):
                    cut(path, 3 * 4096 if kind == "cut" else size // 2 // 4096 * 4096)
                else:
                    with open(path, "r+b") as f:
                        f.seek(8192)
                        f.write(m.random.randbytes(size - 8192) if kind == "nonsense" else b"\0" * (size - 8192))
                starts, status = 0, -11
                while status not in (None, DAMAGED):
                    status, said = end_of(site, service)
                    starts += 1
                    assert starts <= 8, (service, kind, status, said)
                assert status == DAMAGED and str(path) in said, (service, kind, status, said)
                endings[kind] = max(endings.get(kind, 0), starts)
    print(f"# starts until it was named: {endings}")


def some_damaged_pages_are_named_or_make_no_difference(m, p):
    """Whoever meets such a page says so and ends.  Only LMDB's list of free pages may have been hit: then replay finds every row right."""
    ends = []
    for _ in range(60 if m.long else 4):
        service = m.random.choice(SERVICES)
        with p.copy() as site:
            path = site.home / "state" / service / "data.mdb"
            pages = path.stat().st_size // 4096
            with open(path, "r+b") as f:
                for page in m.random.sample(range(2, pages), max(1, pages // 8)):
                    f.seek(page * 4096 + m.random.randrange(16))
                    f.write(m.random.randbytes(m.random.choice((8, 4000))))
            starts, status = 0, -11
            while status not in (None, DAMAGED):
                status, said = end_of(site, service)
                starts += 1
                assert starts <= 8, (service, status, said)
            if status == DAMAGED:
                assert str(path) in said, said
            replay = site.tdv("--lang", "en", "replay", service, "--offline", check=False)
            assert replay.returncode in (0, 1, DAMAGED) or "crashed" in replay.stderr, replay
            ends.append(f"{'named at start' if status else 'started'} after {starts}, replay {exit_name(replay.returncode)}")
    print(f"# {count_of(ends)}")


def five_crashes_without_a_turn_between_are_enough(m, p):
    with p.copy() as site:
        for crash in range(5):
            site.hold()
            site.start_one("delivery")
            started = site.running.pop("delivery")
            until = time.monotonic() + 20
            while "started turn=" not in started.said():
                assert time.monotonic() < until and started.process.poll() is None, (crash, started.said())
                time.sleep(0.01)
            started.process.send_signal(signal.SIGSEGV)
            assert started.process.wait(20) == -signal.SIGSEGV and "crashed signal=SIGSEGV" in started.said()
        status, said = end_of(site, "delivery")
        assert status == DAMAGED and f"crashes_at_every_start file={site.home}/state/delivery/data.mdb" in said, (status, said)
        (site.home / "state" / "delivery" / "attempt").unlink()
        site.keep()
        judge(site, p.business)


def up_does_not_start_it_for_ever_and_the_others_are_told(m, p):
    with p.copy() as site:
        segments(site, "printing")[-1].unlink()
        done = subprocess.run([BUILD / "bin" / "tdv", "--lang", "en", "--home", site.home, "up"], capture_output=True, text=True, timeout=60)
        assert done.returncode != 0 and done.stderr.count("segment_damaged") == 1 and "printing is not started again" in done.stderr, done


def what_the_vault_has_lost_is_named(m, p):
    for name, damage in (("pack-000001", lambda f: f.unlink()), ("pack-000001", lambda f: cut(f, f.stat().st_size - 1)),
                         ("person-keys", lambda f: f.unlink()), ("index/data.mdb", lambda f: cut(f, 3 * 4096))):
        with p.copy() as site:
            damage(site.home / "vault" / name)
            status, said = end_of(site, "intake")
            assert status == DAMAGED and "vault" in said, (name, status, said)


def a_bit_in_a_photo_is_named_and_never_given_out(m, p):
    """The door lives; the facility, which asks for them, does not get them, and the log says which they were."""
    with Kept(p.folder, "photos") as site:
        site.keep()
        site.go(Way.STEPS[:Way.STEPS.index("print_cards")])
        assert set(site.let_go().values()) == {0}
        path = site.home / "vault" / "pack-000001"
        for at in range(64, path.stat().st_size, 512):
            flip(path, at)
        site.keep()
        try:
            produced = site.way.print_cards()["good"]
        except Wrong:
            produced = 0
        assert produced == 0 and "vault_damaged attachment=" in site.running["intake"].said(), produced
        assert not site.exits, site.exits


def an_empty_state_beside_a_full_vault_is_refused(m, p):
    with p.copy() as site:
        shutil.rmtree(site.home / "state")
        status, said = end_of(site, "intake")
        assert status == DAMAGED and "state_lost" in said, (status, said)
        status, said = end_of(site, "intake")
        assert status == DAMAGED and "state_lost" in said, (status, said)


def put_right_it_goes_on_as_if_nothing_had_been(m, p):
    with p.copy() as site:
        segment = segments(site, "approval")[-1]
        aside = segment.with_suffix(".aside")
        segment.rename(aside)
        assert end_of(site, "approval")[0] == DAMAGED
        aside.rename(segment)
        site.keep()
        judge(site, p.business)


CLAIMS = (a_segment_that_is_gone_altered_or_cut_is_named_at_start, a_bit_in_a_segment_is_named_wherever_it_is,
          a_row_that_does_not_decode_is_named_with_its_file, a_bit_in_a_row_is_named_by_replay,
          heavy_damage_in_an_environment_is_named_and_not_tried_for_ever, some_damaged_pages_are_named_or_make_no_difference,
          five_crashes_without_a_turn_between_are_enough, up_does_not_start_it_for_ever_and_the_others_are_told,
          what_the_vault_has_lost_is_named, a_bit_in_a_photo_is_named_and_never_given_out, an_empty_state_beside_a_full_vault_is_refused,
          put_right_it_goes_on_as_if_nothing_had_been)


def main():
    m = Method(__doc__)
    with Folder("flip") as folder:
        p = Patient(folder)
        for claim in CLAIMS:
            m.run(claim, m, p)
    return m.end()


if __name__ == "__main__":
    sys.exit(main())
