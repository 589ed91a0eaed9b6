"""The peers' servers, each from its Debian package, in a folder of its own and on a socket or a loopback port of its own.
Started here, ended here by process id; the packages' own services are neither used nor touched.

Settings are those of a user who wants speed without giving up durability: large buffers, no checkpoint and no rewrite within a
run, eager vacuum, and every acknowledgement after a sync (NATS cannot).
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path


class Missing(Exception):
    """The package is not installed; the text says which."""


def program(*names):
    for name in names:
        found = name if name.startswith("/") and os.access(name, os.X_OK) else shutil.which(name)
        if found:
            return found
    raise Missing(f"{Path(names[0]).name} is not installed (make deps DEPS=peers)")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """`where` is what the peer's program is told."""

    def __init__(self, folder):
        self.folder = Path(folder).absolute()
        self.folder.mkdir(parents=True)
        self.process = None
        self.user = None  # who runs it: PostgreSQL and RabbitMQ do not want to be root
        self.environment = {}

    def as_user(self, name):
        if os.geteuid() == 0:
            self.user = name
            record = pwd.getpwnam(name)
            os.chown(self.folder, record.pw_uid, record.pw_gid)

    def options(self):
        groups = {"group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []} if self.user else {}
        environment = {**os.environ, "HOME": str(self.folder), **self.environment}
        return {"user": self.user, **groups, "cwd": self.folder, "env": environment, "stdin": subprocess.DEVNULL}

    def run(self, *argv):
        with open(self.folder / "prepare.log", "ab") as log:
            subprocess.run([str(a) for a in argv], check=True, stdout=log, stderr=log, **self.options())

    def spawn(self, *argv):
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen([str(a) for a in argv], stdout=log, stderr=log, start_new_session=True,
                                            **self.options())

    def wait(self, ready, seconds=60):
        until = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > until:
                log = (self.folder / "server.log").read_text(errors="replace")[-1500:]
                raise RuntimeError(f"{self.name} did not start: {log}")
            time.sleep(0.1)

    def connects(self, address):
        with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as s:
            return s.connect_ex(address) == 0

    def stop(self, how=signal.SIGTERM):
        if self.process:
            self.process.send_signal(how)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)  # the session that was started for it
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(Server):
    name = "postgres"
    settings = {"fsync": "on", "synchronous_commit": "on", "wal_sync_method": "fdatasync", "shared_buffers": "1GB",
                "wal_buffers": "64MB", "wal_level": "minimal", "max_wal_senders": 0, "max_wal_size": "16GB",
                "min_wal_size": "1GB", "checkpoint_timeout": "30min", "wal_init_zero": "on", "wal_recycle": "on", "jit": "off", "max_connections": 100,
                "max_parallel_workers_per_gather": 0, "autovacuum_naptime": "1s", "autovacuum_vacuum_cost_delay": 0,
                "autovacuum_vacuum_scale_factor": 0, "autovacuum_vacuum_threshold": 5000,
                "autovacuum_vacuum_insert_threshold": -1,
                "autovacuum_analyze_scale_factor": 0.5, "logging_collector": "off"}

    def start(self):
        binary = Path("/usr/lib/postgresql/15/bin")
        program(str(binary / "postgres"))
        self.as_user("postgres")
        self.where = str(self.folder)
        data = self.folder / "data"
        self.run(binary / "initdb", "--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C", data)
        settings = [f"--{name.replace('_', '-')}={value}" for name, value in self.settings.items()]
        self.spawn(binary / "postgres", "-D", data, "-k", self.folder, "-h", "", *settings)
        self.wait(lambda: self.connects(str(self.folder / ".s.PGSQL.5432")))
        self.wait(lambda: subprocess.run([binary / "pg_isready", "-q", "-h", self.folder]).returncode == 0)

    def stop(self):
        super().stop(signal.SIGINT)  # fast: no client is waited for


class Redis(Server):
    name = "redis"

    def start(self):
        self.where = str(self.folder / "redis")
        self.spawn(program("redis-server"), "--port", "0", "--unixsocket", self.where, "--dir", self.folder, "--appendonly",
                   "yes", "--appendfsync", "always", "--save", "", "--auto-aof-rewrite-percentage", "0", "--daemonize", "no")
        self.wait(lambda: self.connects(self.where))


class RabbitMQ(Server):
    name = "rabbitmq"
    mapper = None

    def start(self):
        binary = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
        if not os.access(binary, os.X_OK):
            raise Missing("rabbitmq-server is not installed (make deps DEPS=peers)")
        self.as_user("rabbitmq")
        port, dist, epmd = free_port(), free_port(), free_port()
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{port}\nlog.console.level = warning\n"
            "vm_memory_high_watermark.relative = 0.6\ndisk_free_limit.absolute = 1GB\n")
        (self.folder / "plugins").write_text("[].\n")
        # An Erlang node listens for others of its kind: on loopback, with a name and a port mapper of its own.
        self.environment = {
            "RABBITMQ_NODENAME": f"tdvbench{port}@localhost", "RABBITMQ_BASE": str(self.folder), "RABBITMQ_LOGS": "-",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"), "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq"), "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"), "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_DIST_PORT": str(dist), "ERL_EPMD_PORT": str(epmd), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false"
                                                    " +sbwt none +sbwtdcpu none +sbwtdio none",  # nobody spins
        }
        self.where = str(port)
        self.mapper = subprocess.Popen([program("epmd"), "-address", "127.0.0.1", "-port", str(epmd)],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.options())
        self.spawn(binary)
        self.wait(lambda: self.connects(("127.0.0.1", port)))
        time.sleep(1)  # it listens a moment before virtual hosts are there

    def stop(self):
        # rabbitmq-server is a shell that waits for the node; both are of the session that was started.
        session = self.process.pid if self.process else None
        super().stop()
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
                if session and int(fields[3]) == session:
                    os.kill(int(stat.parent.name), signal.SIGKILL)
            except (OSError, ValueError, IndexError):
                pass
        if self.mapper:
            self.mapper.kill()
            self.mapper.wait()


class Nats(Server):
    name = "nats"

    def start(self):
        port = free_port()
        (self.folder / "nats.conf").write_text(f'listen: "127.0.0.1:{port}"\njetstream {{ store_dir: "{self.folder}/jetstream"\n'
                                               "max_file_store: 20G }\n")
        self.where = str(port)
        self.spawn(program("nats-server"), "-c", self.folder / "nats.conf")
        self.wait(lambda: self.connects(("127.0.0.1", port)))


SERVERS = (Postgres, Redis, RabbitMQ, Nats)
