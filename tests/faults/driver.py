"""What the methods of tests/faults have in common: a fixed small workload on a real site, kept up while a method breaks it, and the
judgement of what came of it.

    with Folder("kill") as folder, Kept(folder, "calm") as calm, Kept(folder, "hurt") as hurt:
        calm.go()
        …hurt.go() while something bad happens to it…
        judge(hurt, calm.business())

`Kept` starts every daemon again as soon as it is gone, as systemd would, and remembers how each ended.  A method dresses daemons:
what stands in front of the program (strace), and what is in its environment (preload.so).

A method is a program with a short form, for every day, and a long one (`--long`); both end with `N passed, N failed, N skipped`.
"""

import argparse
import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "system"))
from tdv_site import BUILD, ROOT, SERVICES, Claims, Site  # noqa: E402
from way import Way, Wrong, seed  # noqa: E402

PRELOAD = BUILD / "tests" / "faults" / "preload.so"
TRACER = shutil.which("strace")


class Folder:
    """A temporary folder with the workload's files; everything in it is gone at the end."""

    def __init__(self, method, members=30, organisations=4):
        self.path = Path(tempfile.mkdtemp(prefix=f"tdv-{method}-"))
        seed(self.path / "data", members=members, organisations=organisations)

    def __truediv__(self, name):
        return self.path / name

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if not os.environ.get("KEEP"):
            shutil.rmtree(self.path, ignore_errors=True)


class Started:
    """One life of a daemon."""

    def __init__(self, site, service, prefix, environment, arguments=()):
        self.service, self.began = service, time.monotonic()
        self.log, self.prefix = site.logs / f"{service}.log", prefix
        with open(self.log, "ab") as log:
            self.log_from, self.log_to = log.tell(), None
            argv = [*map(str, prefix), BUILD / "bin" / f"tdv-{service}", "--home", site.home, *map(str, arguments)]
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **environment})
        (site.home / "run" / f"{service}.pid").write_text(f"{self.process.pid}\n")

    def said(self):
        with open(self.log, "rb") as f:
            f.seek(self.log_from)
            return f.read(-1 if self.log_to is None else self.log_to - self.log_from).decode(errors="replace")

    def over(self):
        """What the log says from here on is the next one's."""
        self.log_to = self.log.stat().st_size


class Kept(Site):
    """A site whose daemons are kept up.  dress(service, life) gives (prefix, environment[, arguments]) of each start, life from 0."""

    def __init__(self, folder, name, dress=None, home=None, **way):
        super().__init__(home or folder / name)
        self.logs = folder / f"{name}-logs"
        self.logs.mkdir(exist_ok=True)
        self.dress = dress or (lambda service, life: ((), {}))
        self.name, self.lives, self.exits, self.running = name, {}, [], {}
        self.keeping, self.keeper, self.lock, self.held = False, None, threading.RLock(), None
        self.pause = 0.02  # between a daemon's end and its next start
        self.way = Way(self, folder / "data", folder / f"{name}-work", refuse=30, spoil=60, leave_out=1, one_by_one=True, **way)

    def __exit__(self, kind, error, traceback):
        self.let_go()
        if kind:
            self.print_logs()
        if self.held:
            self.held.close()
        super().__exit__(None, error, traceback)

    # --- keeping up

    def hold(self):
        """As `tdv up` does, so that tdv waits for a daemon that is away for a moment."""
        (self.home / "run").mkdir(exist_ok=True, mode=0o700)
        if self.held:
            return
        self.held = open(self.home / "run" / "tdv.pid", "w")
        fcntl.lockf(self.held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.held.write(f"{os.getpid()}\n")
        self.held.flush()

    def start_one(self, service):
        life = self.lives.get(service, 0)
        self.lives[service] = life + 1
        self.running[service] = Started(self, service, *self.dress(service, life))

    def keep(self, services=SERVICES, ready=True, timeout=60):
        """Starts them, and again when they end, until `let_go`."""
        self.hold()
        with self.lock:
            for service in services:
                self.start_one(service)
            self.keeping = True
        self.keeper = threading.Thread(target=self.watch, daemon=True)
        self.keeper.start()
        if ready:
            self.wait_ready(timeout)

    def watch(self):
        ended = {}
        while self.keeping:
            with self.lock:
                for service, started in list(self.running.items()):
                    status = started.process.poll()
                    if status is None or not self.keeping:
                        continue
                    if service not in ended:
                        ended[service] = time.monotonic()
                        started.over()
                        self.exits.append((service, self.lives[service] - 1, status, started))
                    elif time.monotonic() - ended[service] >= self.pause:
                        del ended[service]
                        self.start_one(service)
            time.sleep(0.005)

    def wait_ready(self, timeout=60):
        until = time.monotonic() + timeout
        while not self.all_ready():
            if time.monotonic() > until:
                raise RuntimeError(f"not all ready after {timeout} s: {[(e[0], e[2]) for e in self.exits[-10:]]}")
            time.sleep(0.02)

    def all_ready(self):
        with self.lock:
            want = set(self.running)
        return want <= {s["service"] for s in self.way.status() if s.get("alive")}

    def let_go(self, how=signal.SIGTERM, timeout=40):
        """Ends all that run; their exit statuses."""
        with self.lock:
            self.keeping = False
            for started in self.running.values():
                if started.process.poll() is None:
                    started.process.send_signal(how)
        if self.keeper:
            self.keeper.join()
            self.keeper = None
        statuses = {}
        for service, started in self.running.items():
            try:
                statuses[service] = started.process.wait(timeout)
            except subprocess.TimeoutExpired:
                started.process.kill()
                started.process.wait()
                statuses[service] = "hung"
        if any(started.prefix for started in self.running.values()):
            time.sleep(0.1)  # what a tracer has seen it still writes
        self.running = {}
        self.end_tracers()
        return statuses

    def end_tracers(self):
        """`strace -D` waits for ever for a daemon that was killed before it could be attached to: those that were told of this home."""
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                argv = (folder / "cmdline").read_bytes().split(b"\0")
                if argv[0].endswith(b"strace") and os.fsencode(self.home) in argv:
                    os.kill(int(folder.name), signal.SIGKILL)
            except (OSError, ProcessLookupError):
                pass

    def kill(self, service, how=signal.SIGKILL):
        """True: there was somebody to end."""
        with self.lock:
            started = self.running.get(service)
            if not started or started.process.poll() is not None:
                return False
            started.process.send_signal(how)
            return True

    # --- the workload and what it came to

    def go(self, steps=Way.STEPS):
        self.results = self.way.run(steps)
        self.services = self.way.settle(120)
        return self.results

    def business(self):
        return self.way.business()

    def print_logs(self, lines=30):
        for log in sorted(self.logs.glob("*.log")):
            tail = log.read_text(errors="replace").splitlines()[-lines:]
            print(f"# --- {log.name}", *("# " + line for line in tail), sep="\n", flush=True)

    def heads(self):
        return {s["service"]: s["turn"] for s in self.way.status() if s.get("alive")}


def the_undisturbed_way(folder):
    with Kept(folder, "calm") as calm:
        calm.keep()
        calm.go()
        return calm.business()


def judge(site, undisturbed, quarantined=0):
    """Nothing acknowledged is lost, nothing is doubled: the same outcome as undisturbed, audit clean, replay equal."""
    assert undisturbed["handed over"] and undisturbed["validity"], undisturbed
    judge_so_far(site, undisturbed, quarantined)


def judge_so_far(site, undisturbed, quarantined=0):
    """The same in the middle of the way: undisturbed is what another site had come to there."""
    services = site.way.settle(120)
    business = site.business()
    for what, is_so in undisturbed.items():
        assert business[what] == is_so, f"{what}: undisturbed {is_so}\nbut {site.name}: {business[what]}"
    assert [s["service"] for s in services if s["halt"] != "none"] == [], services
    assert sum(s["quarantine_total"] for s in services) == quarantined, [(s["service"], s["quarantine_total"]) for s in services]
    check_whole(site)


def check_whole(site):
    """What is there hangs together, whatever it is."""
    audit = json.loads(site.tdv("--json", "audit", "--signatures", check=False).stdout)
    assert audit["findings"] == [], audit
    for service in SERVICES:
        site.tdv("replay", service)


class Method(Claims):
    """Claims with a long and a short form, and skips that say why."""

    def __init__(self, about):
        super().__init__()
        parser = argparse.ArgumentParser(description=about)
        parser.add_argument("--long", action="store_true", help="the long form")
        parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED", "1")))
        arguments = parser.parse_args()
        self.long, self.skipped = arguments.long, 0
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was mounted and started ends with us
        self.random = random.Random(arguments.seed)
        print(f"# {about.splitlines()[0]} ({'long' if self.long else 'short'} form, seed {arguments.seed})", flush=True)

    def skip(self, claims, why):
        for claim in claims:
            print(f"# {claim.__name__ if callable(claim) else claim} SKIP: {why}", flush=True)
            self.skipped += 1

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not self.passed + self.skipped else 0


def exit_name(status):
    return f"signal {signal.Signals(-status).name}" if isinstance(status, int) and status < 0 else f"status {status}"


def count_of(things):
    counts = {}
    for thing in things:
        counts[thing] = counts.get(thing, 0) + 1
    return dict(sorted(counts.items(), key=lambda kv: str(kv[0])))


__all__ = ["BUILD", "PRELOAD", "ROOT", "SERVICES", "TRACER", "Folder", "Kept", "Method", "Started", "Way", "Wrong", "check_whole", "count_of",
           "exit_name", "judge", "judge_so_far"]
