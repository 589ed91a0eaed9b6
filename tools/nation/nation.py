#!/usr/bin/env python3
"""The nation through the exchange of all cards, with the real daemons: 5.6 million members at SCALE 1.

usage: nation.py [--scale S] [--folder DIR] [--out FILE.json] [--keep] [--shared-photos] [--no-audit] [--until STAGE]

tdv-nation plays all officers over the door's wire, tdv-facility prints.  For each stage: seconds, processor seconds and bytes
written of each process; at the end the disk by what it is for, the most memory of each process, and whether the audit is clean.
--shared-photos keeps a pool of photos instead of one of its own for each member, where the disk lacks the 11 kB a member.
Exit status 0: every stage went through, the services came to rest and the audit is clean.
"""

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "system"))
from tdv_site import BUILD, SERVICES, Site  # noqa: E402
from way import Way, Wrong, resident_beside_map, running_pid, seed  # noqa: E402

NATION = 5_600_000
# Name, tdv-nation's stages of it; `down` is one for each level.
STAGES = (("registry", ("organisations", "officers", "members")), ("submit", ("submit",)), ("appraise", ("appraise",)),
          ("consolidate, decide, approve", ("consolidate", "decide", "approve")), ("order, print, pack", ("print",)),
          ("down four levels", ("receive", "ship", "receive", "ship", "receive", "ship", "receive")), ("hand over", ("hand_over",)))
TICKS = os.sysconf("SC_CLK_TCK")
POOL = 64


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def written_bytes(pid):
    for line in Path(f"/proc/{pid}/io").read_text().splitlines():
        if line.startswith("write_bytes"):
            return int(line.split()[1])
    return 0


def device_bytes(folder):
    """Written to the disk under a folder, by whoever: what a process is charged with counts whole folios of the page cache."""
    device = os.stat(folder).st_dev
    try:
        return int(Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/stat").read_text().split()[6]) * 512
    except (OSError, ValueError):
        return 0


class Sampler(threading.Thread):
    """The most memory that each process had, beside its map and with it."""

    def __init__(self, pids, members):
        super().__init__(daemon=True)
        self.pids, self.over, self.most = pids, threading.Event(), {}
        self.every = max(2, members / 300_000)  # a look walks over every page of the map

    def run(self):
        while not self.over.wait(self.every):
            for name, pid in list(self.pids.items()):
                try:
                    beside = resident_beside_map(pid)
                    with open(f"/proc/{pid}/statm") as f:
                        whole = int(f.read().split()[1]) * resource.getpagesize()
                except (OSError, TypeError):
                    continue
                before = self.most.get(name, (0, 0))
                self.most[name] = (max(before[0], beside), max(before[1], whole))


class Nation:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.members = max(200, round(NATION * options.scale))
        self.stages, self.pids = {}, {}

    def go(self):
        self.began = time.monotonic()
        seed(self.folder / "pool", POOL, 12)
        with Site(self.folder / "site") as site:
            self.site, self.way = site, Way(site, self.folder / "pool", self.folder / "work")
            site.up()
            self.pids = {s: running_pid(site.home, s) for s in SERVICES}
            sampler = Sampler(self.pids, self.members)
            sampler.start()
            try:
                self.play()
            finally:
                sampler.over.set()
                sampler.join()
            audit = self.audit()
            services = self.way.status()
            if site.down() != 0:
                raise Wrong("a daemon did not end well")
            return self.result(sampler, audit, services)

    # --- the stages

    def play(self):
        argv = [BUILD / "bin" / "tdv-nation", self.site.home, self.members, self.folder / "pool" / "photos", self.folder / "pool" / "receipts"]
        argv += ["--shared-photos"] if self.options.shared_photos else []
        before = self.look()
        with subprocess.Popen(list(map(str, argv)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as self.crowd:
            self.country = self.answer()
            self.pids["crowd"] = self.crowd.pid
            print(f"{self.country['members']:,} members, {self.country['organisations']:,} organisations, {self.country['officers']:,} officers",
                  flush=True)
            print(f"{'stage':30}{'count':>10}{'seconds':>9}{'a second':>10}{'µs cpu each':>13}{'bytes written each':>20}   busiest", flush=True)
            for name, parts in STAGES:
                before = self.stage(name, parts, before)
                if name == self.options.until:
                    raise Wrong("stopped as asked: " + json.dumps(self.stages[name]))
            self.crowd.stdin.close()
            if self.crowd.wait() != 0:
                raise Wrong("tdv-nation found something wrong")
        self.pids.pop("crowd")

    def answer(self):
        line = self.crowd.stdout.readline()
        if not line:
            raise Wrong("tdv-nation ended early")
        return json.loads(line)

    def look(self):
        seen = {"disk": (0, device_bytes(self.folder))}
        for name, pid in self.pids.items():
            try:
                seen[name] = (processor_seconds(pid), written_bytes(pid))
            except OSError:
                pass
        return seen

    def stage(self, name, parts, before):
        began = time.monotonic()
        facility = self.start_facility() if name.startswith("order") else None
        before = self.look()
        results = []
        for part in parts:
            self.crowd.stdin.write(part + "\n")
            self.crowd.stdin.flush()
            results.append(self.answer())
            if not results[-1]["ok"]:
                raise Wrong(f"{part}: {results[-1]}")
        self.way.settle(timeout=600)
        seconds = time.monotonic() - began
        after = self.look()
        if facility:
            self.stop_facility(facility)
        self.note(name, results, seconds, before, after)
        return after

    def note(self, name, results, seconds, before, after):
        count = results[-1]["units"] if name != "down four levels" else self.stages["order, print, pack"]["count"]
        cpu = {k: round(after[k][0] - before.get(k, (0, 0))[0], 2) for k in after if k != "disk"}
        charged = {k: after[k][1] - before.get(k, (0, 0))[1] for k in after if k != "disk"}
        written = after["disk"][1] - before["disk"][1]
        if not count:
            raise Wrong(f"{name}: nothing came of it: {results}")
        busiest = sorted(cpu, key=cpu.get)[-3:][::-1]
        self.stages[name] = {"count": count, "refused": sum(r["refused"] for r in results), "seconds": round(seconds, 2),
                             "per_second": round(count / seconds), "cpu_seconds": cpu, "written_bytes": written, "charged_bytes": charged,
                             "photo_bytes": sum(r["photo_bytes"] for r in results),
                             "parts": [[r["stage"], r["acts"], r["seconds"]] for r in results]}
        print(f"{name:30}{count:>10,}{seconds:>9.1f}{count / seconds:>10.0f}{sum(cpu.values()) * 1e6 / count:>13.0f}{written / count:>20.0f}"
              f"   {', '.join(f'{k} {cpu[k] / seconds:.0%}' for k in busiest)}", flush=True)

    def start_facility(self):
        argv = [BUILD / "bin" / "tdv-facility", "--home", self.site.home, "--key", self.site.home / "keys" / "officers" / "in-900.pem", "--organisation",
                900, "--spool", self.folder / "spool", "--json"]
        self.facility_log = open(self.folder / "facility.log", "wb")
        facility = subprocess.Popen(list(map(str, argv)), stdin=subprocess.DEVNULL, stdout=self.facility_log, stderr=self.facility_log)
        self.pids["facility"] = facility.pid
        return facility

    def stop_facility(self, facility):
        self.pids.pop("facility", None)
        facility.terminate()
        if facility.wait(60) != 0:
            raise Wrong("tdv-facility: " + (self.folder / "facility.log").read_text()[-2000:])

    # --- afterwards

    def audit(self):
        if self.options.no_audit:
            return None
        began = time.monotonic()
        argv = [BUILD / "bin" / "tdv", "--home", self.site.home, "audit"]
        with open(self.folder / "audit.txt", "w+b") as out:
            process = subprocess.Popen(list(map(str, argv)), stdin=subprocess.DEVNULL, stdout=out, stderr=out)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - began
        clean = process.returncode == 0
        print(f"audit: {'clean' if clean else 'NOT CLEAN'}, {seconds:.1f} s, at most {usage.ru_maxrss / 1024:.0f} MiB")
        if not clean:
            print((self.folder / "audit.txt").read_text()[-3000:])
        return {"clean": clean, "seconds": round(seconds, 2), "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
                "peak_mib": round(usage.ru_maxrss / 1024)}

    def disk(self):
        home = self.site.home

        def size(paths):
            return sum(f.stat().st_blocks * 512 for f in paths if f.is_file())
        environments = {s: size([home / "state" / s / "data.mdb"]) for s in SERVICES}
        logs = {s: size((home / "state" / s / "log").glob("*")) for s in SERVICES}
        packs = size((home / "vault").glob("pack-*"))
        index = size((home / "vault").rglob("*")) - packs
        return {"environments": environments, "logs": logs, "vault_index": index, "attachments": packs,
                "facility": size((self.folder / "spool").rglob("*")), "without_attachments": sum(environments.values()) + sum(logs.values()) + index}

    def result(self, sampler, audit, services):
        cards = self.stages["hand over"]["count"]
        total = sum(s["seconds"] for s in self.stages.values())
        cpu = sum(sum(s["cpu_seconds"].values()) for s in self.stages.values())
        disk = self.disk()
        memory = {k: {"beside_map_mib": round(v[0] / 2**20, 1), "with_map_mib": round(v[1] / 2**20, 1)} for k, v in sampler.most.items()}
        per_card = {"microseconds": round(total * 1e6 / cards, 1), "cpu_microseconds": round(cpu * 1e6 / cards, 1),
                    "disk_bytes": round(disk["without_attachments"] / cards),
                    "written_bytes": round(sum(s["written_bytes"] for s in self.stages.values()) / cards)}
        print(f"\n{cards:,} cards in {total:.0f} s: {cards / total:.0f} cards a second through all stages, {per_card['cpu_microseconds']:.0f} µs of processor a card")
        print(f"disk: {disk['without_attachments'] / 1e9:.2f} GB without attachments ({per_card['disk_bytes']} bytes a card: environments"
              f" {sum(disk['environments'].values()) / 1e9:.2f}, logs {sum(disk['logs'].values()) / 1e9:.2f}, vault's index {disk['vault_index'] / 1e9:.2f});"
              f" attachments {disk['attachments'] / 1e9:.2f} GB")
        print("memory, MiB beside the map: " + ", ".join(f"{k} {m['beside_map_mib']:.0f}" for k, m in memory.items())
              + f"; all {sum(m['beside_map_mib'] for m in memory.values()):.0f}")
        return {"scale": self.options.scale, "country": self.country, "cards": cards, "seconds": round(total, 1), "stages": self.stages, "per_card": per_card,
                "disk": disk, "memory": memory, "audit": audit, "turns": {s["service"]: s["turn"] for s in services},
                "quarantine": sum(s["quarantine_total"] for s in services), "processors": os.cpu_count()}


def interrupted(*_ignored):
    raise KeyboardInterrupt


def main():
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGINT, interrupted)
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--folder", type=Path, help="where the site is made; removed at the end")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--shared-photos", action="store_true")
    parser.add_argument("--no-audit", action="store_true")
    parser.add_argument("--until", choices=[name for name, _ in STAGES], help="for profiling: no further than this stage")
    options = parser.parse_args()
    folder = (options.folder or BUILD / f"nation-{options.scale:g}").resolve()
    if folder.exists():
        sys.exit(f"nation: {folder} is there; remove it first")
    folder.mkdir(parents=True)
    try:
        result = Nation(options, folder).go()
        out = options.out or BUILD / "nation" / f"{options.scale:g}.json"
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(result, indent=1) + "\n")
        print("written:", os.path.relpath(out))
        if result["quarantine"] or (result["audit"] and not result["audit"]["clean"]):
            return 1
        return 0
    except Wrong as e:
        print(f"nation: {e}", file=sys.stderr)
        return 1
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
