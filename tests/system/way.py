"""The main job step by step, as people do it with `tdv`: from the registry to cards in members' hands (domain.md §3).

The demo, the measurements and the system tests walk the same way; each step is one call, so that a caller can do something
between two of them.  `Killer` ends daemons with SIGKILL meanwhile.
"""

import json
import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path

from tdv_site import BUILD, SERVICES, Claims, Site, temporary_folder

FACILITY, PARTY_CODE = 900, 44


class Wrong(Exception):
    """Something is not as it should be; the text is for people."""


def seed(folder, members, organisations, number=1, date=None):
    argv = [BUILD / "bin" / "tdv-seed", "--out", folder, "--members", members, "--organisations", organisations, "--seed", number]
    subprocess.run([str(a) for a in argv + (["--date", date] if date else [])], check=True, stdout=subprocess.DEVNULL)


class Way:
    """`site` has tdv(*arguments, check=…); `data` is what tdv-seed wrote; `work` is a folder for sheets and the facility's spool.
    one_by_one: the cells submit one after the other, so that two walks give every list the same number."""

    def __init__(self, site, data, work, refuse=0, spoil=0, chance=1, leave_out=0, one_by_one=False):
        self.site, self.data, self.work, self.one_by_one = site, Path(data), Path(work), one_by_one
        self.refuse, self.spoil, self.chance, self.leave_out_count = refuse, spoil, chance, leave_out
        self.facility, self.quiet_ms = None, 1000  # how long the facility waits for a letter before it goes home
        self.cards = None  # after how many it goes home; None: when all are made
        self.left_out = []
        self.withdrawable = None
        self.order_number = None
        self.work.mkdir(parents=True, exist_ok=True)

    # name, what it does; in order
    STEPS = ("organisations", "members", "officers", "submit", "rule", "withdraw", "appraise", "consolidate", "decide", "approve", "numbers", "order",
             "print_cards", "province", "commune", "grassroots", "cells", "sheets", "hand_over")

    def run(self, steps=STEPS):
        return {name: getattr(self, name)() for name in steps}

    def acts(self, *arguments, rows_may_fail=False):
        """Runs a verb that acts, and adds up what became of its acts."""
        done = self.site.tdv(*arguments, "--json", check=False)
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            raise Wrong(f"tdv {' '.join(map(str, arguments))}: {done.stderr.strip() or done.stdout.strip()}") from None
        acts = answer.get("acts", [])
        for act in acts:
            if act["state"] != "done" or act["reason"] != "none":
                raise Wrong(f"tdv {arguments[0]}: {act['about']}: {act['state']} {act.get('reason')} {act.get('field')}"
                            f" {act.get('message', '')} {done.stderr.strip()}")
        refused = sum(a["refused"] for a in acts)
        nothing = any(a["refused"] and not a["accepted"] for a in acts)
        failed = {1} if refused and not rows_may_fail else {0, 1} if nothing else {0}
        if answer.get("errors") or not acts or done.returncode not in failed:
            raise Wrong(f"tdv {' '.join(map(str, arguments))[:200]}: status {done.returncode}, {len(acts)} acts,"
                        f" {answer.get('errors')} {done.stderr.strip()}")
        return {"acts": acts, "count": len(acts), "accepted": sum(a["accepted"] for a in acts), "refused": refused}

    # --- the registry

    def organisations(self):
        return self.acts("registry", "import", self.data / "organisations.csv")

    def members(self):
        return self.acts("registry", "import", self.data / "members.csv")

    def officers(self):
        return self.acts("officers", "enrol", self.data / "officers.csv")

    # --- from the cell to the decision

    def submit(self):
        lists = sorted((self.data / "lists").glob("*.csv"))
        parts = [self.acts("submit", *some, rows_may_fail=True) for some in ([[one] for one in lists] if self.one_by_one else [lists])]
        done = {"acts": [a for p in parts for a in p["acts"]]} | {k: sum(p[k] for p in parts) for k in ("count", "accepted", "refused")}
        self.choose_left_out(done["acts"])
        return done

    def choose_left_out(self, acts):
        """A few requests that passed; the grassroots committees leave them out (D12)."""
        for act in sorted(acts, key=lambda a: a["number"]):
            bad = {e["row"] for e in act["errors"]}
            good = [row for row in range(1, act["accepted"] + act["refused"] + 1) if row + 1 not in bad]
            if not self.withdrawable and len(good) > 5:
                self.withdrawable = f"{act['number']}-{good[4]}"
            if len(self.left_out) < self.leave_out_count and len(good) > 3:
                self.left_out.append(f"{act['number']}-{good[2]}")

    def rule(self):
        """The inspection commission and the board rule on what is held: released, but for the last one."""
        held = [h["request"] for h in json.loads(self.site.tdv("adjudicate", "list", "--json").stdout)["held"]]
        done = {"acts": [], "count": 0, "accepted": 0, "refused": 0}
        if held[:-1]:
            done = self.acts("adjudicate", "release", *held[:-1], "--number", "8-KL/UBKT")
        if held:
            self.acts("adjudicate", "refuse", held[-1], "--reason", "not_in_standing")
        return done

    def withdraw(self):
        """A cell takes one request back before anybody looked at it."""
        if not self.withdrawable:
            return {"acts": [], "count": 0, "accepted": 0, "refused": 0}
        return self.acts("withdraw", self.withdrawable)

    def appraise(self):
        leave_out = [a for request in self.left_out for a in ("--leave-out", f"{request}=photo_missing")]
        return self.acts("appraise", "--all", *leave_out, rows_may_fail=True)

    def consolidate(self):
        return self.acts("consolidate", "--all")

    def decide(self):
        return self.acts("decide", "--all", "--number", "12-QĐ/ĐU")

    def approve(self):
        return self.acts("approve", "--all")

    # --- the print facility

    def numbers(self):
        return self.acts("numbers", "grant", PARTY_CODE, 500001, 599999)

    def order(self):
        done = self.acts("order", "--all", "--facility", FACILITY, "--cost", 45000, rows_may_fail=True)
        self.order_number = max(done["acts"], key=lambda a: a["accepted"])["number"]
        return done

    def facility_argv(self):
        return [str(a) for a in (BUILD / "bin" / "tdv-facility", "--home", self.site.home, "--as", f"in-{FACILITY}", "--organisation",
                                 FACILITY, "--spool", self.work / "spool", f"--once={self.quiet_ms}", "--refuse", self.refuse, "--spoil", self.spoil,
                                 "--seed", self.chance, "--json", *(["--cards", self.cards] if self.cards else []))]

    def print_cards(self):
        """Started again whenever it was killed, until it ends by itself."""
        last = self.work / "facility.json"
        with open(self.work / "facility.log", "ab") as log:
            status = -signal.SIGKILL
            while status == -signal.SIGKILL:
                with open(last, "wb") as out:
                    self.facility = subprocess.Popen(self.facility_argv(), stdin=subprocess.DEVNULL, stdout=out, stderr=log,
                                                     env=self.site.environment)
                try:
                    status = self.facility.wait()
                finally:
                    self.facility.kill()
                    self.facility.wait()
                    self.facility = None
        if status != 0:
            raise Wrong(f"tdv-facility ended with {status}: " + (self.work / "facility.log").read_text()[-2000:])
        orders = self.outcome()["orders"]
        return {"good": sum(o["boxed"] for o in orders), "spoiled": sum(o["spoiled"] for o in orders), "refused": sum(o["refused"] for o in orders),
                "boxes": sum(o["boxes"] for o in orders),
                "facility": [json.loads(line) for line in last.read_text().splitlines()]}

    # --- down the levels, counted at each

    def receive(self, *counts):
        return self.acts("receive", "--all", *(counts or ("--as-declared",)))

    def province(self):
        return self.receive()

    def commune(self):
        """One box is miscounted there, and counted again."""
        self.acts("ship", "--all")
        wrong, right = self.work / "counts.csv", self.work / "counts-again.csv"
        box = f"{self.order_number}-1"
        wrong.write_text(f"box;count;seal_intact\r\n{box};0;yes\r\n")
        done = self.receive("--counts", wrong, "--as-declared")
        if done["refused"] != 1 or done["acts"][0]["errors"][0]["reason"] != "count_differs":
            raise Wrong(f"a miscounted box was not refused: {done}")
        again = self.receive("--as-declared")
        right.unlink(missing_ok=True)
        return {"count": done["count"] + again["count"], "accepted": done["accepted"] + again["accepted"], "refused": done["refused"]}

    def grassroots(self):
        self.acts("ship", "--all")
        return self.receive()

    def cells(self):
        self.acts("ship", "--all")
        return self.receive()

    # --- the cells' meetings

    def sheets(self):
        proof = next(iter(sorted((self.data / "receipts").glob("*.jpg"))), None) or next(iter((self.data / "photos").glob("*.jpg")))
        done = self.site.tdv("sheets", "--out", self.work / "sheets", "--filled", "--proof", proof.resolve(), "--json")
        self.sheet_files = json.loads(done.stdout)["sheets"]
        return {"count": len(self.sheet_files), "accepted": sum(s["cards"] for s in self.sheet_files),
                "first": self.sheet_files[0]["file"] if self.sheet_files else None}

    def hand_over(self):
        return self.acts("hand-over", *[s["file"] for s in self.sheet_files])

    # --- afterwards

    def status(self):
        done = self.site.tdv("status", "--fast", "--json", check=False)
        try:
            return json.loads(done.stdout)["services"]
        except (ValueError, KeyError):
            return []

    def settle(self, timeout=60):
        """Until nothing is on its way any more."""
        until = time.monotonic() + timeout
        quiet = 0
        while quiet < 2:
            services = self.status()
            heads = {s["service"]: s.get("entry", 0) for s in services}
            busy = [s["service"] for s in services if not s.get("alive") or s["inputs_waiting"] + s["effects_open"] + s["continuations"] > 0 or
                    any(of["entry"] < heads[of["source"]] for of in s["sources"])]
            quiet = 0 if busy or not services else quiet + 1
            if time.monotonic() > until:
                raise Wrong(f"not at rest after {timeout} s: {busy}")
            time.sleep(0.05)
        return services

    def outcome(self):
        return json.loads(self.site.tdv("outcome", "--json").stdout)

    def last(self, service, message, key, *fields):
        """Of the service's log: the last that was said of each thing."""
        found = {}
        for line in self.site.tdv("--json", "log", service, "--from", 1).stdout.splitlines():
            entry = json.loads(line)
            if entry["message"] == message:
                found[entry["body"][key]] = tuple(entry["body"].get(f) for f in fields)
        return found

    def business(self):
        """What a site has come to; two that did the same work have the same."""
        return {"outcome": self.outcome(), "validity": self.last("revocation", "validity_changed", "card", "to", "number"),
                "requests": self.last("verification", "request_settled", "request", "state"),
                "handed over": self.last("delivery", "card_handed_over", "card", "old_card", "cell"),
                "lists": self.last("approval", "list_appraised", "list", "kept", "left_out")}


class Killer(threading.Thread):
    """Ends daemons and the facility with SIGKILL, at random moments about `every` seconds apart: by turns in a random order, or
    with `busiest` mostly who has been at work since the last time, so that turns are interrupted."""

    def __init__(self, site, way, every=1.0, seed=1, busiest=False):
        super().__init__(daemon=True)
        self.site, self.way, self.every, self.busiest, self.random = site, way, every, busiest, random.Random(seed)
        self.over = threading.Event()
        self.kills, self.ticks, self.turn = {}, {}, []

    def run(self):
        while not self.over.wait(self.random.uniform(0.3, 1.7) * self.every):
            pids = {s: running_pid(self.site.home, s) for s in SERVICES}
            facility = self.way.facility
            pids["facility"] = facility.pid if facility else None
            name = self.choose(pids)
            self.end(name, pids[name])

    def choose(self, pids):
        if self.busiest:
            work = {name: ticks_of(pid) for name, pid in pids.items() if pid}
            weights = [1 + max(0, ticks - self.ticks.get((name, pids[name]), 0)) for name, ticks in work.items()]
            self.ticks = {(name, pids[name]): ticks for name, ticks in work.items()}
            return self.random.choices(list(work), weights)[0] if work else "facility"
        if not self.turn:
            self.turn = self.random.sample(list(pids), len(pids))
        return self.turn.pop()

    def end(self, name, pid):
        try:
            if pid:
                os.kill(pid, signal.SIGKILL)
                self.kills[name] = self.kills.get(name, 0) + 1
        except ProcessLookupError:
            pass

    def stop(self):
        self.over.set()
        self.join()
        return sum(self.kills.values())


def ticks_of(pid):
    """Processor time that a process has had, in hundredths of a second."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def running_pid(home, service):
    """The daemon's process id, when it runs and is this home's."""
    try:
        pid = int((Path(home) / "run" / f"{service}.pid").read_text())
        argv = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if argv[0].endswith(b"/tdv-" + service.encode()) and os.fsencode(str(home)) in argv else None


def resident_beside_map(pid):
    """Bytes that a process has in memory, without the pages of its LMDB map."""
    total = mapped = 0
    ours = False
    with open(f"/proc/{pid}/smaps") as f:
        for line in f:
            word, _, rest = line.partition(" ")
            if not word.endswith(":"):
                ours = rest.rstrip().endswith(".mdb")
            elif word == "Rss:":
                size = int(rest.split()[0]) * 1024
                total += size
                mapped += size if ours else 0
    return total - mapped


def play(name, claims, bench_of, organisations, chained=False):
    """The exit status of `claims`, in order, on a seeded site of their own; `bench_of(site, folder)` is what each is given.
    `chained`: what comes after one that failed cannot be.  With KEEP set the folder stays."""
    played = Claims()
    with temporary_folder(name) as folder:
        seed(folder / "data", members=60, organisations=organisations)
        with Site(folder / "site") as site:
            bench = bench_of(site, folder)
            for claim in claims:
                if not played.run(claim, bench) and chained:
                    break
    return played.end()
