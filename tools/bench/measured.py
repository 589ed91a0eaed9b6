"""A site to be measured: a seeded tree of organisations and officers, made-up members by the hundred thousand, and what
its daemons use."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "system"))
from tdv_site import BUILD, SERVICES, Site  # noqa: E402
from way import Way, resident_beside_map, running_pid, seed  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
A_SECOND_AT_MOST = {1: 25000}  # requests at saturation, by size of list, else 200000: so many are signed ahead
WINDOWS = {1: 1024, 100: 1000, 500: 96}  # acts under way at saturation, by size of list: what was fastest here
WAY_OF_A_REQUEST = ("intake", "verification", "approval", "printing")  # the four hops


def most_a_second(size):
    return A_SECOND_AT_MOST.get(size, 200000)


def used_by(pid):
    """Processor seconds, and bytes that it wrote to files and sockets (`write_bytes` would charge it whole folios of the page
    cache)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    io = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return {"cpu_s": (int(fields[11]) + int(fields[12])) / TICKS, "written": int(io["wchar"])}


def device_bytes(path):
    """What the device under `path` has written since the system started, by whomever."""
    number = os.stat(path).st_dev
    for line in Path("/proc/diskstats").read_text().splitlines():
        fields = line.split()
        if (int(fields[0]), int(fields[1])) == (os.major(number), os.minor(number)):
            return int(fields[9]) * 512
    return 0  # no disk of its own


def table_bytes(environment):
    """By table, of an LMDB environment, but for the recorded turns."""
    names = subprocess.run(["mdb_dump", "-l", environment], capture_output=True, text=True, check=True).stdout.split()
    found = {}
    for name in names:
        if name == "runtime.turns":
            continue
        dump = subprocess.run(["mdb_dump", "-s", name, environment], capture_output=True, text=True, check=True).stdout
        rows = dump.split("HEADER=END\n")[1].splitlines()[:-1]  # a line a key and a line a value, in hexadecimal
        found[name] = sum((len(line) - 1) // 2 for line in rows)
    return found


def read_once(file):
    with open(file, "rb") as f:
        while f.read(1 << 22):
            pass


class Measured:
    """`with Measured(folder, members) as m: m.flow(…)`

    A folder in which one was kept is taken as it stands, its members and those of them that had their turn: millions take ten
    minutes to import."""

    def __init__(self, folder, members, settings=()):
        """settings: texts like turns.batch_entries=4096, for comparing."""
        self.folder, self.members, self.next_row, self.settings = Path(folder), members, 0, settings
        self.site = None
        self.kept = self.folder / "measured.json"

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        is_kept = self.kept.exists()
        if is_kept:
            self.members, self.next_row = json.loads(self.kept.read_text())
        else:
            seed(self.folder / "data", 2000, 25)
        self.site = Site(self.folder / "site")
        with open(self.site.home / "tdv.conf", "a", encoding="utf-8") as conf:
            for one in self.settings:
                section, _, rest = one.partition(".")
                conf.write(f"\n[{section}]\n{rest}\n")
        try:
            self.site.up()
            self.way = Way(self.site, self.folder / "data", self.folder / "work")
            self.photo = next((self.folder / "data" / "photos").glob("*.jpg"))
            if not is_kept:
                self.way.organisations()
                self.way.officers()
                self.imported = self.run("import", self.members, 500, 16)
            self.way.settle(300)
            self.note()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind, error, traceback):
        if self.site:
            self.site.down()

    def note(self):
        self.kept.write_text(json.dumps([self.members, self.next_row]))

    def run(self, *arguments):
        argv = [BUILD / "bin" / "tdv-flow", self.site.home, *arguments]
        done = subprocess.run([str(a) for a in argv], capture_output=True, text=True)
        if done.returncode:
            self.site.print_logs()
            sys.exit(f"bench: {done.stderr}")
        return json.loads(done.stdout)

    def into_memory(self):
        """As a site's rows are that has run for a while.  Those of one that was copied, or beside which others have written
        gigabytes, may be on disk alone: the door would wait for it at each member."""
        home = self.site.home
        for environment in (home / "vault" / "index", *(home / "state" / s for s in WAY_OF_A_REQUEST)):
            read_once(environment / "data.mdb")

    def look(self):
        services = {s["service"]: s for s in self.way.status()}
        return {s: used_by(running_pid(self.site.home, s)) | {"turns": services[s]["turn"], "entries": services[s]["entry"]}
                for s in SERVICES}

    def log_bytes(self):
        """The recorded turns of a site that was stopped: then all of them are in segments."""
        return {s: sum(f.stat().st_size for f in (self.site.home / "state" / s / "log").glob("*.seg")) for s in SERVICES}

    def row_bytes(self):
        """Keys and values of the rows that each service of a request's way holds, without the turns that are its log; of a site
        that was stopped."""
        return {s: sum(table_bytes(self.site.home / "state" / s).values()) for s in WAY_OF_A_REQUEST}

    def flow(self, size, window, rate, seconds, most=10**9, group=1):
        """Requests in lists of `size` through all services, up to `group` acts of one officer under one signature; figures and what
        they cost."""
        rows = min(most, int((rate or most_a_second(size)) * seconds))
        self.into_memory()
        os.sync()
        self.way.settle(300)
        before, device = self.look(), device_bytes(self.folder)
        lists = max(1, rows // size)
        done = self.run("requests", self.members, self.next_row, lists, size, window, rate, seconds, self.photo,
                        group)
        self.way.settle(300)
        os.sync()
        now = self.look()
        self.next_row = done["next"]
        self.note()
        count = max(1, done["rows"])
        done["services"] = {}
        for s in SERVICES:
            d = {k: now[s][k] - before[s][k] for k in before[s]}
            done["services"][s] = {"cpu_us": d["cpu_s"] * 1e6 / count, "written": d["written"] / count, "turns": d["turns"],
                                   "entries": d["entries"], "requests_a_turn": count / max(1, d["turns"]),
                                   "entries_per_second": d["entries"] / done["seconds"] if done["seconds"] else 0}
        done["cpu_us"] = sum(s["cpu_us"] for s in done["services"].values())
        done["written"] = sum(s["written"] for s in done["services"].values())
        done["device_bytes"] = (device_bytes(self.folder) - device) / count
        return done

    def memory(self):
        return {s: resident_beside_map(running_pid(self.site.home, s)) for s in SERVICES}
