#!/usr/bin/env python3
"""TDV beside what a user would pick instead, and beside the disk's own limit: in one run, by turns, on one disk.

usage: peers.py [--seconds S] [--rounds N] [--batches N,N] [--hops N,N] [--size N] [--peers NAME,NAME] [--members N]
                [--site FOLDER] [--set SECTION.NAME=VALUE]… [--out FOLDER]

The limit: append and fdatasync of the same bytes in the same batches, one file a hop, filled with zeros at the very beginning.
The same bytes are what the four services hold of a request when it is done, keys and values of rows and the log; that LMDB
writes pages, and the archive the log once more, is TDV's own cost.
TDV: signed lists of `batch` requests through intake, verification, approval with all its acts, and printing, with rules,
records and archiving on; its four hops are those services' logs.  A service takes what has arrived, so its turns may hold more
than a batch.  At saturation lists wait at their terminal, which signs those that wait together; `tdv, alone` signs each by itself.
Peers: the same number of bytes a record and hop (peer.h); producers, movers and settings as peer_*.c and servers.py say.
Figures are medians of the rounds; ratios are taken within each round.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import shutil
from pathlib import Path

from measured import BUILD, WAY_OF_A_REQUEST, WINDOWS, Measured, most_a_second
from servers import SERVERS, Missing

HOPS = 4
GROUPS = {1: 64, 100: 16, 500: 8}  # acts of one officer that go under one signature, at most
ALONE = (1,)  # batches at which a signature for each act is measured as well: there it is most of the work
# Workers a place that were fastest here, by batch; several share syncs, one is cheaper.
WORKERS = {"postgres": {1: 8}, "redis": {1: 32}, "rabbitmq": {1: 4}, "nats": {100: 4, 500: 2}}
DURABLE = ("postgres", "redis", "rabbitmq")


def ask(program, *arguments):
    done = subprocess.run([str(a) for a in (BUILD / "bin" / program, *arguments)], capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def record_size(folder):
    """What the four services hold of one request afterwards, a hop: the log's bytes, and those of the rows."""
    with Measured(folder, 5000) as m:
        m.site.down()
        logs, rows = m.log_bytes(), m.row_bytes()
        m.site.up()
        done = m.flow(100, 16, 0, 60, 4000)
        m.site.down()
        a_hop = done["printing"] * HOPS
        logs_after, rows_after = m.log_bytes(), m.row_bytes()
    return (sum(logs_after[s] - logs[s] for s in WAY_OF_A_REQUEST) / a_hop,
            sum(rows_after[s] - rows[s] for s in WAY_OF_A_REQUEST) / a_hop)


class Contest:
    def __init__(self, folder, options):
        self.folder, self.options, self.figures, self.details = folder, options, {}, []
        self.kinds = {kind.name: kind for kind in SERVERS if kind.name in options.peers}

    def start(self):
        (self.folder / "limit").mkdir()
        subprocess.run([BUILD / "bin" / "tdv-limit", "prepare", self.folder / "limit", str(HOPS)], check=True)
        os.sync()
        self.of_log, self.of_rows = record_size(self.folder / "size")
        self.size = self.options.size or round(self.of_log + self.of_rows)

    def note(self, name, hops, batch, figures):
        self.figures.setdefault((name, hops, batch), []).append(figures["per_second"])
        self.details.append({"contender": name, "hops": hops, "batch": batch} | figures)
        print(f"  {name:10} {hops} hop{'s' if hops > 1 else ' '} batches of {batch:<4} {figures['per_second']:>9.0f} a second",
              flush=True)

    def peer(self, name, hops, batch):
        """A server runs while it has its turn: one that idles still sweeps and ticks beside the others."""
        workers = WORKERS[name].get(batch, 1)
        server = self.kinds[name](self.folder / name)
        try:
            server.start()
            os.sync()
            self.note(name, hops, batch,
                      ask(f"tdv-peer-{name}", server.where, hops, batch, self.size, workers, self.options.seconds))
        except Missing as why:
            print(f"left out: {name}: {why}")
            del self.kinds[name]
        finally:
            server.stop()

    def round(self, site):
        for batch in self.options.batches:
            for hops in self.options.hops:
                os.sync()
                seconds = min(self.options.seconds, 5)
                self.note("limit", hops, batch, ask("tdv-limit", self.folder / "limit", hops, batch, self.size, seconds))
                for name in list(self.kinds):
                    self.peer(name, hops, batch)
            window, group = WINDOWS.get(batch, 64), GROUPS.get(batch, 1)
            self.note("tdv", HOPS, batch, site.flow(batch, window, 0, self.options.seconds, group=group))
            if batch in ALONE:
                self.note("tdv, alone", HOPS, batch, site.flow(batch, window, 0, self.options.seconds))
        self.offered = site.flow(100, 100000, 10000, self.options.seconds)


def ratios(contest, batch, of):
    tdv, others = contest.figures[("tdv", HOPS, batch)], contest.figures.get((of, HOPS, batch), [])
    return statistics.median(a / b for a, b in zip(tdv, others)) if others and min(others) > 0 else None


def report(contest):
    names = ["limit", "tdv", "tdv, alone", *contest.kinds]
    kept = {"limit": "appended and synced, nothing else", "tdv": "synced before anything leaves, at every hop",
            "tdv, alone": "the same, each act under a signature of its own"}
    for d in contest.details:
        kept.setdefault(d["contender"], d.get("durability", ""))
    batches = contest.options.batches
    print(f"\nrecords a second, medians of {contest.options.rounds} rounds of {contest.options.seconds:g} s;"
          f" {contest.size} bytes a record and hop; TDV keeps {contest.of_log:.0f} of log and {contest.of_rows:.0f} of rows")
    heads = [f"{hops} hop{'s' if hops > 1 else ''}, {b}" for hops in contest.options.hops for b in batches]
    print(f"{'':10}" + "".join(f"{head:>14}" for head in heads) + "   durability")
    medians = {key: statistics.median(values) for key, values in contest.figures.items()}
    for name in names:
        cells = [medians.get((name, hops, b)) for hops in contest.options.hops for b in batches]
        print(f"{name:10}" + "".join(f"{c:>14.0f}" if c is not None else f"{'–':>14}" for c in cells) + "   " + kept[name])
    print(f"\nTDV's ratio, {HOPS} hops:")
    found = {}
    for b in batches:
        of_peers = {n: ratios(contest, b, n) for n in contest.kinds}
        durable = [r for n, r in of_peers.items() if r and n in DURABLE]
        found[b] = {"of_limit": ratios(contest, b, "limit"), "of_peers": of_peers,
                    "of_best_durable": min(durable) if durable else None}
        print(f"  batches of {b:<4} of the limit {found[b]['of_limit']:.3f}; of the best as durable peer"
              f" {found[b]['of_best_durable'] or 0:.2f}; " + ", ".join(f"{n} {r:.2f}" for n, r in of_peers.items() if r))
    o = contest.offered
    print(f"\nTDV at 10,000 requests a second offered, lists of 100, open loop, ms p50 / p99 / p99.9:")
    for name, what in (("receipt_ms", "signed receipt, one durable hop"),
                       ("verified_ms", "verified and in approval, three durable hops"),
                       ("approve_ms", "a province's approval until printing has the group")):
        print(f"  {what:52}{o[name]['p50']:.1f} / {o[name]['p99']:.1f} / {o[name]['p999']:.1f}")
    return {"medians": {f"{n} {h} {b}": v for (n, h, b), v in medians.items()}, "ratios": found}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batches", default="1,100,500")
    parser.add_argument("--hops", default=f"1,{HOPS}", help="of the limit and the peers; TDV has four")
    parser.add_argument("--peers", default=",".join(s.name for s in SERVERS))
    parser.add_argument("--size", type=int, default=0, help="bytes of a peer's record; 0: what TDV keeps of a request and hop")
    parser.add_argument("--members", type=int, default=0, help="imported for TDV's runs; 0: as many as are needed")
    parser.add_argument("--site", type=Path, help="TDV's site with its members is kept there, or was by a run before")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.NAME=VALUE", help="a setting, for comparing")
    parser.add_argument("--out", type=Path, default=BUILD / "bench")
    options = parser.parse_args()
    options.batches = [int(n) for n in options.batches.split(",")]
    options.peers = options.peers.split(",")
    options.hops = [int(n) for n in options.hops.split(",")]
    runs = [*options.batches, *(batch for batch in options.batches if batch in ALONE)]
    a_round = (sum(most_a_second(batch) for batch in runs) + 10000) * options.seconds
    members = options.members or int(options.rounds * a_round)  # each has one open request
    folder = Path(tempfile.mkdtemp(prefix="tdv-peers-", dir=BUILD))
    folder.chmod(0o755)  # some servers run as a user of their own
    contest = Contest(folder, options)
    try:
        contest.start()
        with Measured(options.site or folder / "tdv", members, options.set) as site:
            for i in range(options.rounds):
                print(f"round {i + 1} of {options.rounds}", flush=True)
                contest.round(site)
    except RuntimeError as why:
        sys.exit(f"bench: {why}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    options.out.mkdir(parents=True, exist_ok=True)
    summary = report(contest)
    figures = {"seconds": options.seconds, "rounds": options.rounds, "record_bytes": contest.size,
               "log_bytes": contest.of_log, "row_bytes": contest.of_rows, "offered": contest.offered}
    (options.out / "peers.json").write_text(json.dumps(figures | summary | {"runs": contest.details}, indent=1) + "\n")
    print("\nwritten:", options.out / "peers.json")


if __name__ == "__main__":
    main()
