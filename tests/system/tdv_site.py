"""A site of its own for a test: a temporary home made by `tdv init`, daemons started and ended by process id.

    with Site() as site:
        site.start("intake", "registry")      # returns when they said READY=1
        site.kill("intake")                   # SIGKILL, as a power cut would
        site.start("intake")
        site.stop()                           # SIGTERM, all that run; also at the end of `with`
        site.up()                             # or all of them under `tdv up`

`later` puts the wall clock of all that is started from then on ahead, `programs` takes other programs than BUILD's.
BUILD in the environment says where the programs are (build), KEEP=1 leaves the home where it was.  Nothing is ended that was
not started here.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = (ROOT / os.environ.get("BUILD", "build")).resolve()
SERVICES = ("intake", "registry", "verification", "approval", "printing", "delivery", "inspection", "revocation")


class Daemon:
    def __init__(self, site, service):
        self.service, self.ready = service, False
        self.log = open(site.home / f"{service}.log", "ab")
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        name = f"tdv-test-{os.getpid()}-{service}-{time.monotonic_ns()}"
        self.notify.bind("\0" + name)
        self.notify.settimeout(0.05)
        self.process = subprocess.Popen([site.programs / f"tdv-{service}", "--home", site.home], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, env={**site.environment, "NOTIFY_SOCKET": "@" + name})
        self.pid = self.process.pid

    def wait_ready(self, until):
        while not self.ready:
            if self.process.poll() is not None:
                raise RuntimeError(f"tdv-{self.service} ended with {self.process.returncode} before it was ready")
            if time.monotonic() > until:
                raise RuntimeError(f"tdv-{self.service} does not say READY=1")
            try:
                self.ready = b"READY=1" in self.notify.recv(4096).split(b"\n")
            except TimeoutError:
                pass

    def alive(self):
        return self.process.poll() is None

    def end(self, how, timeout=30):
        if self.alive():
            self.process.send_signal(how)
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.notify.close()
        self.log.close()
        return self.process.returncode


@contextlib.contextmanager
def temporary_folder(name):
    """Gone at its end; with KEEP set it stays."""
    folder = Path(tempfile.mkdtemp(prefix=f"tdv-{name}-"))
    try:
        yield folder
    finally:
        if not os.environ.get("KEEP"):
            shutil.rmtree(folder, ignore_errors=True)


class Site:
    def __init__(self, home=None, programs=BUILD / "bin"):
        self.given, self.programs, self.environment = home is not None, programs, dict(os.environ)
        self.home = Path(home) if home else Path(tempfile.mkdtemp(prefix="tdv-site-"))
        self.daemons = {}
        self.supervisor = None
        self.door = f"ipc://{self.home}/run/door"  # where it listens unless the settings say otherwise
        if not (self.home / "keys" / "administrator.pem").exists():
            self.tdv("init")

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is KeyboardInterrupt:  # asked once more while things end, go on ending them
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.down()
        self.stop()
        if kind and kind is not KeyboardInterrupt:
            self.print_logs()
        if not self.given and not os.environ.get("KEEP"):
            shutil.rmtree(self.home, ignore_errors=True)

    def tdv(self, *arguments, check=True, **options):
        done = subprocess.run([self.programs / "tdv", "--home", self.home, *map(str, arguments)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, env=self.environment, **options)
        if check and done.returncode != 0:
            raise RuntimeError(f"tdv {' '.join(map(str, arguments))}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def start(self, *services, timeout=20):
        for service in services or SERVICES:
            if service not in self.daemons:
                self.daemons[service] = Daemon(self, service)
        for service in services or SERVICES:
            self.daemons[service].wait_ready(time.monotonic() + timeout)

    def up(self, timeout=30, healthy=True):
        """All daemons under `tdv up`, which starts again what dies.  `down`, or the end of `with`, stops them.
        Not healthy: they run, and `tdv status` has something to say about them."""
        with open(self.home / "up.log", "ab") as log:
            self.supervisor = subprocess.Popen([self.programs / "tdv", "--home", self.home, "up"], stdin=subprocess.DEVNULL,
                                               stdout=log, stderr=log, env=self.environment)
        done = self.tdv("status", "--wait", timeout, "--fast", check=False)
        if done.returncode != 0 and healthy:
            self.print_logs()
            raise RuntimeError(f"the daemons did not start: {done.stdout}{done.stderr}")

    def down(self, timeout=60):
        """The supervisor's exit status; None when there was none."""
        if not self.supervisor:
            return None
        supervisor, self.supervisor = self.supervisor, None
        supervisor.terminate()
        try:
            return supervisor.wait(timeout)
        except subprocess.TimeoutExpired:
            supervisor.terminate()  # asked twice, it stops at once
            return supervisor.wait(timeout)

    def later(self, days):
        """So many days after the true date, for what is started next.  `make staging` makes the clock."""
        clock = BUILD / "later.so"
        if not clock.exists():
            raise RuntimeError(f"{clock} is not there; `make BUILD={BUILD} staging` makes it")
        self.environment |= {"LD_PRELOAD": str(clock), "TDV_LATER": str(days * 86400)}

    def pid(self, service):
        return self.daemons[service].pid

    def alive(self, service):
        return service in self.daemons and self.daemons[service].alive()

    def kill(self, *services):
        for service in services:
            self.daemons.pop(service).end(signal.SIGKILL)

    def stop(self, *services):
        """Their exit statuses; they stop at the same time."""
        ending = {s: self.daemons.pop(s) for s in (services or tuple(self.daemons))}
        for daemon in ending.values():
            if daemon.alive():
                daemon.process.send_signal(signal.SIGTERM)
        return {s: d.end(signal.SIGTERM) for s, d in ending.items()}

    def print_logs(self, lines=30):
        for log in sorted(self.home.glob("*.log")):
            tail = log.read_text(errors="replace").splitlines()[-lines:]
            if tail:
                print(f"# --- {log.name}", *("# " + line for line in tail), sep="\n", file=sys.stderr)


class Claims:
    """Runs functions whose names are claims and ends with `N passed, N failed`."""

    def __init__(self):
        self.passed = self.failed = 0

    def run(self, claim, *arguments):
        import traceback
        began = time.monotonic()
        try:
            claim(*arguments)
        except Exception:
            self.failed += 1
            print("".join("# " + line + "\n" for line in traceback.format_exc().splitlines()), end="")
            print("not ok", claim.__name__, flush=True)
            return False
        self.passed += 1
        print(f"ok {claim.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
        return True

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0
