#!/usr/bin/env python3
"""`tdv backup` and `tdv restore`: copies taken at random moments under load are whole, can be audited, replayed and gone on with; what is
not whole, not of one instant or older than its peers is refused by name.  Ends with `N passed, N failed`.

SEED=n chooses the moments; BACKUPS=n how many are restored (3)."""

import hashlib
import json
import os
import random
import shutil
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from tdv_site import BUILD, SERVICES, Claims, Site, temporary_folder  # noqa: E402
from way import FACILITY, Way, Wrong, seed  # noqa: E402

SEED = int(os.environ.get("SEED", "7"))
BACKUPS = int(os.environ.get("BACKUPS", "3"))


class Bench:
    def __init__(self, site, folder):
        self.site, self.folder, self.data = site, folder, folder / "data"
        self.way = Way(site, self.data, folder / "work")
        self.random = random.Random(SEED)
        self.backups = []

    def tdv(self, *arguments, site=None, status=0):
        done = (site or self.site).tdv("--lang", "en", *arguments, check=False)
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def backup(self, name, *options, site=None):
        to = self.folder / name
        done = (site or self.site).tdv("--json", "backup", to, *options)
        return to, json.loads(done.stdout)

    def restored(self, backup, name, *options):
        site = Restored(self.folder / name)
        site.tdv("restore", backup, *options)
        return site


class Restored(Site):
    """A home that `tdv restore` makes, and not `tdv init`."""

    def __init__(self, home):
        self.given, self.home, self.daemons, self.supervisor = True, Path(home), {}, None
        self.programs, self.environment = BUILD / "bin", dict(os.environ)
        self.door = f"ipc://{self.home}/run/door"


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text())


def audit_and_replay(site):
    Way(site, ".", site.home / "work").settle()
    audit = json.loads(site.tdv("--json", "audit").stdout)
    assert audit["clean"], audit
    for service in SERVICES:
        replay = json.loads(site.tdv("--json", "replay", service).stdout)
        assert replay["equal"], replay


def status_of(site, service):
    services = json.loads(site.tdv("--json", "status", "--fast", check=False).stdout)["services"]
    return next(s for s in services if s["service"] == service)


def wait_for(what, timeout=30):
    until = time.monotonic() + timeout
    while not what():
        assert time.monotonic() < until, what
        time.sleep(0.1)


# --- taking

def a_running_site_is_backed_up_at_random_moments_under_load(b):
    b.site.up()
    for step in ("organisations", "members", "officers"):
        getattr(b.way, step)()
    failed = []

    def load():
        try:
            b.way.run(Way.STEPS[3:])
        except Exception as e:  # the claim fails below
            failed.append(e)

    worker = threading.Thread(target=load)
    worker.start()
    pauses = []
    while worker.is_alive():
        time.sleep(b.random.uniform(0, 0.8))
        to, said = b.backup(f"backup-{len(b.backups)}")
        pauses.append(said["pause_ms"])
        b.backups.append(to)
        assert said["running"] and said["files"] >= len(SERVICES) and manifest_of(to)["format"] == "TDV backup 1"
    worker.join()
    assert not failed, failed
    print(f"# {len(pauses)} backups of {said['bytes'] / 1048576:.1f} MiB at the end; held still for {min(pauses):.1f} to {max(pauses):.1f} ms,"
          f" median {sorted(pauses)[len(pauses) // 2]:.1f}")
    assert max(pauses) < 5000


def every_file_is_in_the_manifest_and_nobody_else_can_read_it(b):
    folder = b.backups[-1]
    listed = {f["path"]: f for f in manifest_of(folder)["files"]}
    keys = {f["path"]: f for f in json.loads((folder / "keys" / "manifest.json").read_text())["files"]}
    for path in folder.rglob("*"):
        if path.is_dir():
            assert path.stat().st_mode & 0o077 == 0, path
            continue
        name = str(path.relative_to(folder))
        assert path.stat().st_mode & 0o077 == 0, path
        if name.endswith("manifest.json"):
            continue
        row = keys[name[5:]] if name.startswith("keys/") else listed[name]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"] and path.stat().st_size == row["size"], name
    assert not any(f.startswith("keys") for f in listed) and "vault.key" in keys


def keys_go_elsewhere_or_nowhere(b):
    to, _ = b.backup("without", "--without-keys")
    assert not (to / "keys").exists()
    apart = b.folder / "apart-keys"
    to, _ = b.backup("apart", "--keys", apart)
    assert not (to / "keys").exists() and (apart / "vault.key").exists() and apart.stat().st_mode & 0o077 == 0
    secret = (b.site.home / "keys" / "vault.key").read_bytes().strip()
    for folder in (b.folder / "without", to):
        assert not any(secret in p.read_bytes() for p in folder.rglob("*") if p.is_file())


def a_folder_that_holds_something_is_not_written_to(b):
    assert "something" in b.tdv("backup", b.backups[0], status=1).stderr


# --- putting back

def each_restored_copy_is_clean_replays_equal_and_goes_on_working(b):
    chosen = b.random.sample(b.backups, min(BACKUPS, len(b.backups)))
    for i, backup in enumerate(chosen):
        site = b.restored(backup, f"restored-{i}")
        for row in manifest_of(backup)["services"]:
            assert (site.home / "state" / row["service"] / "restored").exists(), row
        with site:
            site.up()
            audit_and_replay(site)
            assert all(s["halt"] == "none" for s in json.loads(site.tdv("--json", "status", "--fast").stdout)["services"])
            assert not list(site.home.glob("state/*/restored"))
            go_on(b, site)
            audit_and_replay(site)


def go_on(b, site):
    """The whole way again on what was restored, from wherever it stood: what is done already is refused by row, and the end is the same."""
    way = Way(site, b.data, site.home / "work")
    site.tdv("submit", *sorted((b.data / "lists").glob("*.csv")), check=False)
    for verb in (("appraise", "--all"), ("consolidate", "--all"), ("decide", "--all", "--number", "13-QĐ/ĐU"), ("approve", "--all"),
                 ("numbers", "grant", "44", "600001", "699999"), ("order", "--all", "--facility", str(FACILITY))):
        site.tdv(*verb, check=False)
    way.print_cards()
    for _ in range(4):
        site.tdv("receive", "--all", "--as-declared", check=False)
        site.tdv("ship", "--all", check=False)
    way.sheets()
    if way.sheet_files:
        site.tdv("hand-over", *[s["file"] for s in way.sheet_files], check=False)
    way.settle()
    # Who withdrew before the backup asks again here, with the same list: there may be more new cards, never fewer, and none is lost.
    here, there = cards_of(site), cards_of(b.site)
    new = ("chip_2025", "active", "member")
    assert here[new] >= there[new], (here, there)
    assert not [k for k in here if k[2] in ("in_transit", "missing")], here


def cards_of(site):
    """How many cards are where, and what they are worth."""
    cards = json.loads(site.tdv("--json", "outcome").stdout)["cards"]
    return {(c["generation"], c["validity"], c.get("place")): c["count"] for c in cards}


def a_changed_byte_is_found_before_anything_is_written(b):
    copy = b.folder / "bad"
    shutil.copytree(b.backups[0], copy)
    victim = copy / "state" / "approval" / "data.mdb"
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    home = b.folder / "bad-home"
    site = Restored(home)
    done = b.tdv("restore", copy, site=site, status=1)
    assert "state/approval/data.mdb" in done.stderr and not (home / "state").exists(), done.stderr


def a_backup_without_its_manifest_is_none(b):
    copy = b.folder / "cut-short"
    shutil.copytree(b.backups[0], copy)
    (copy / "manifest.json").unlink()
    assert "no whole backup" in b.tdv("restore", copy, site=Restored(b.folder / "nothing"), status=1).stderr


def what_cannot_be_written_is_said_once_and_nothing_is_begun(b):
    to = b.folder / "never"
    for arguments in ((to / "x", "--keys", "/proc/nowhere"), ("/proc/nowhere/x", "--keys", to)):
        shutil.rmtree(to, ignore_errors=True)
        said = b.tdv("backup", *arguments, status=1).stderr
        assert said.startswith("tdv: /proc/nowhere cannot be made: ") and said.count("\n") == 1, said
        assert not any(f.is_file() for f in to.rglob("*")), arguments


def a_home_that_holds_something_is_left_alone(b):
    done = b.tdv("restore", b.backups[0], status=1)
    assert "into an empty home" in done.stderr, done.stderr


def keys_come_from_where_they_were_kept(b):
    site = b.restored(b.folder / "apart", "keys-home", "--keys", b.folder / "apart-keys")
    assert (site.home / "keys" / "vault.key").stat().st_mode & 0o077 == 0
    bare = b.restored(b.folder / "without", "bare-home")
    assert not (bare.home / "keys").exists() or not list((bare.home / "keys").iterdir())
    for verb in ("up", "init"):
        assert "no keys" in b.tdv(verb, site=bare, status=1).stderr
    assert not (bare.home / "keys").exists()
    shutil.copytree(site.home / "keys", bare.home / "keys")
    (bare.home / "keys" / "vault.key").unlink()
    done = b.tdv("up", site=bare, status=1)
    assert f"vault_key_missing file={bare.home}/keys/vault.key" in done.stderr and "intake is not started again" in done.stderr, done


# --- older than the others

def a_vault_behind_the_logs_is_named(b):
    early, late = b.folder / "young", b.backups[-1]
    with Site() as young:
        young.up()
        b.backup("young", site=young)
    mixed = b.folder / "mixed"
    shutil.copytree(late, mixed)
    shutil.rmtree(mixed / "vault")
    shutil.copytree(early / "vault", mixed / "vault")
    manifest = manifest_of(mixed)
    manifest["files"] = [f for f in manifest["files"] if not f["path"].startswith("vault/")] + \
                        [f for f in manifest_of(early)["files"] if f["path"].startswith("vault/")]
    (mixed / "manifest.json").write_text(json.dumps(manifest))
    done = b.tdv("restore", mixed, site=Restored(b.folder / "mixed-home"), status=1)
    assert "the vault is behind the logs" in done.stderr, done.stderr


def a_reader_of_letters_is_told_that_the_site_is_behind_it(b):
    """The facility's spool knows letters that the restored door never wrote."""
    site = b.restored(b.backups[0], "behind-home")
    spool = b.folder / "work" / "spool"
    way = Way(site, b.data, site.home / "work")
    shutil.copytree(spool, site.home / "work" / "spool")
    with site:
        site.up()
        way.settle()
        letters = json.loads(site.tdv("--json", "--as", f"in-{FACILITY}", "mail").stdout)["letters"]
        last = max((m["number"] for m in letters), default=0)
        held = max(m["number"] for m in json.loads(b.site.tdv("--json", "--as", f"in-{FACILITY}", "mail").stdout)["letters"])
        assert last < held, "the first backup was taken too late for this claim"
        try:
            way.print_cards()
        except Wrong as wrong:
            assert "restored" in str(wrong) or "khôi phục" in str(wrong), wrong
        else:
            raise AssertionError("the facility went on with a door that is behind it")


def an_old_copy_of_one_service_put_in_by_hand_stops_itself(b):
    site = b.restored(b.backups[-1], "by-hand")
    shutil.rmtree(site.home / "state" / "intake")
    shutil.copytree(b.backups[0] / "state" / "intake", site.home / "state" / "intake")
    with site:
        site.up(healthy=False)
        wait_for(lambda: status_of(site, "intake").get("halt") == "old_copy")
        before = status_of(site, "intake")["turn"]
        time.sleep(0.5)
        assert status_of(site, "intake")["turn"] == before
        assert "old copy" in b.tdv("status", "--fast", site=site, status=1).stdout
        assert "old_copy peer=" in (site.home / "up.log").read_text()


def an_old_copy_of_one_service_is_refused_by_the_verb(b):
    site = b.restored(b.backups[-1], "by-verb")
    shutil.rmtree(site.home / "state" / "intake")
    done = b.tdv("restore", b.backups[0], "--service", "intake", site=site, status=1)
    assert "old copy" in done.stderr and not (site.home / "state" / "intake" / "data.mdb").exists(), done.stderr


def an_older_copy_catches_up_from_its_segments(b):
    """The environment is lost, the segments are not: the last clean stop sealed every turn in them."""
    b.way.settle()
    heads = {s["service"]: s["turn"] for s in json.loads(b.site.tdv("--json", "status", "--fast").stdout)["services"]}
    assert b.site.down() == 0
    for service in ("intake", "printing"):
        shutil.move(b.site.home / "state" / service / "data.mdb", b.folder / f"lost-{service}.mdb")
        done = json.loads(b.site.tdv("--json", "restore", b.backups[0], "--service", service).stdout)
        assert done["replayed"] > 0, done
    b.site.up()
    for service in ("intake", "printing"):
        wait_for(lambda: status_of(b.site, service).get("halt") == "none")
        assert status_of(b.site, service)["turn"] >= heads[service]
    audit_and_replay(b.site)


def a_stopped_site_is_backed_up_as_well(b):
    assert b.site.down() == 0
    _, said = b.backup("stopped")
    assert not said["running"] and said["pause_ms"] == 0
    site = b.restored(b.folder / "stopped", "stopped-home")
    with site:
        site.up()
        audit_and_replay(site)


def main():
    claims = Claims()
    with temporary_folder("backup") as folder, Site() as site:
        bench = Bench(site, folder)
        seed(bench.data, 120, 9)
        for claim in (a_running_site_is_backed_up_at_random_moments_under_load, every_file_is_in_the_manifest_and_nobody_else_can_read_it,
                      keys_go_elsewhere_or_nowhere, a_folder_that_holds_something_is_not_written_to,
                      each_restored_copy_is_clean_replays_equal_and_goes_on_working, a_changed_byte_is_found_before_anything_is_written,
                      a_backup_without_its_manifest_is_none, what_cannot_be_written_is_said_once_and_nothing_is_begun,
                      a_home_that_holds_something_is_left_alone, keys_come_from_where_they_were_kept,
                      a_vault_behind_the_logs_is_named, a_reader_of_letters_is_told_that_the_site_is_behind_it,
                      an_old_copy_of_one_service_put_in_by_hand_stops_itself, an_old_copy_of_one_service_is_refused_by_the_verb,
                      an_older_copy_catches_up_from_its_segments, a_stopped_site_is_backed_up_as_well):
            claims.run(claim, bench)
    return claims.end()


if __name__ == "__main__":
    sys.exit(main())
