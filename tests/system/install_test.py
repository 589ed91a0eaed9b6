#!/usr/bin/env python3
"""`make install` into an empty root: what is there, that systemd finds no fault with the units, that pages and completion say what the
programs say, that the installed tdv speaks Vietnamese.  With --boot the root is a Debian of its own and a real systemd starts it.
Ends with `N passed, N failed`."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from tdv_site import ROOT, SERVICES, Claims, temporary_folder  # noqa: E402

EXPOSURE = 15  # tenths, of systemd-analyze security: 0 safe, 100 exposed
NEEDED = ("systemd systemd-sysv libsystemd0 libzmq5 liblmdb0 libmsgpackc2 libjansson4 libinih1 libcsv3 libunistring2 libjpeg62-turbo libssl3"
          " procps util-linux").split()


class Installed:
    def __init__(self, root):
        self.root = root
        self.units = root / "usr/lib/systemd/system"
        self.share = root / "usr/share"

    def run(self, *arguments, **more):
        return subprocess.run([str(a) for a in arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)

    def tdv(self, *arguments, language="en"):
        return self.run(self.root / "usr/bin/tdv", *arguments, env={"PATH": os.environ["PATH"], "LANGUAGE": language})

    def verbs(self):
        return json.loads(self.tdv("help", "--json").stdout)

    def options(self, verb):
        return sorted(set(re.findall(r"^ +(--[a-z-]+)", self.tdv(*verb.split(), "--help").stdout, re.M)))


def make_install(root, *more):
    done = subprocess.run(["make", "-C", str(ROOT), f"BUILD={os.environ.get('BUILD', 'build')}", f"DESTDIR={root}", *more, "install"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def verb_name(row):
    return row["verb"] + (" " + row["second"] if row["second"] else "")


# --- what is there

def everything_has_its_place(i):
    make_install(i.root)
    for service in SERVICES:
        assert os.access(i.root / f"usr/lib/tdv/tdv-{service}", os.X_OK)
        assert (i.units / f"tdv-{service}.service").exists()
        assert os.readlink(i.units / f"tdv.target.wants/tdv-{service}.service") == f"../tdv-{service}.service"
    for path in ("bin/tdv", "bin/tdv-facility", "bin/tdv-seed", "share/man/man1/tdv.1", "share/man/man5/tdv.conf.5", "share/man/man8/tdv-daemons.8",
                 "share/man/man1/tdv-facility.1", "share/man/man1/tdv-seed.1", "share/man/vi/man1/tdv.1", "share/man/vi/man1/tdv-facility.1",
                 "share/man/vi/man1/tdv-seed.1", "share/man/vi/man5/tdv.conf.5", "share/bash-completion/completions/tdv",
                 "share/locale/vi/LC_MESSAGES/tdv.mo", "lib/sysusers.d/tdv.conf", "lib/tmpfiles.d/tdv.conf"):
        assert (i.root / "usr" / path).stat().st_size > 0, path


def settings_are_commented_and_somebodys_are_left_alone(i):
    path = i.root / "etc/tdv/tdv.conf"
    assert "#door = ipc://run/door" in path.read_text()
    path.write_text("[log]\nlevel = debug\n")
    make_install(i.root)
    assert path.read_text() == "[log]\nlevel = debug\n"
    path.unlink()
    make_install(i.root)


def another_prefix_is_what_the_units_say(i):
    root = i.root.parent / "prefixed"
    make_install(root, "prefix=/opt/tdv", "sysconfdir=/opt/tdv/etc")
    unit = (root / "opt/tdv/lib/systemd/system/tdv-intake.service").read_text()
    assert "ExecStart=/opt/tdv/lib/tdv/tdv-intake --home /var/lib/tdv --settings /opt/tdv/etc/tdv/tdv.conf" in unit, unit
    assert (root / "opt/tdv/etc/tdv/tdv.conf").exists()


def the_installed_tdv_speaks_both_languages_and_finds_its_daemons(i):
    assert "thẻ" in i.tdv("--help", language="vi").stdout and "member cards" in i.tdv("--help").stdout
    home = i.root.parent / "home"
    assert i.tdv("--home", home, "init").returncode == 0
    up = subprocess.Popen([str(i.root / "usr/bin/tdv"), "--home", str(home), "up"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        status = i.tdv("--home", home, "--json", "status", "--wait", "20", "--fast")
        assert status.returncode == 0 and json.loads(status.stdout)["alive"], status.stdout + status.stderr
    finally:
        up.terminate()
        assert up.wait(60) == 0


# --- systemd

def stubs(i):
    """What units of a system lean on, so that only ours are looked at."""
    names = []
    for name in ("sysinit", "basic", "shutdown", "local-fs", "network", "multi-user"):
        path = i.units / f"{name}.target"
        path.write_text(f"[Unit]\nDescription={name}\n")
        names.append(path)
    service = i.units / "systemd-tmpfiles-setup.service"
    service.write_text("[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nExecStart=/usr/bin/tdv\n")
    return names + [service]


def verify(i):
    units = sorted(str(p.relative_to(i.root)) for p in i.units.glob("tdv*.*") if p.is_file())
    assert len(units) == len(SERVICES) + 1, units
    return i.run("systemd-analyze", "verify", "--man=yes", f"--root={i.root}", *["/" + u for u in units],
                 env={**os.environ, "MANPATH": str(i.share / "man")})


def systemd_finds_no_fault_with_the_units(i):
    made = stubs(i)
    done = verify(i)
    assert done.returncode == 0 and not done.stdout and not done.stderr, done.stdout + done.stderr
    unit = i.units / "tdv-intake.service"
    good = unit.read_text()
    unit.write_text(good.replace("[Service]", "[Service]\nRestarts=always"))
    assert "Restarts" in verify(i).stderr  # this claim can fail
    unit.write_text(good)
    for path in made:
        path.unlink()


def the_daemons_are_hardly_exposed(i):
    for service in SERVICES:
        done = i.run("systemd-analyze", "security", "--offline=yes", f"--root={i.root}", f"--threshold={EXPOSURE}", "--no-pager",
                     f"tdv-{service}.service")
        assert done.returncode == 0, done.stdout[-300:] + done.stderr


def every_daemon_is_watched_and_says_when_it_is_ready(i):
    common = (i.units / "tdv-.service.d/10-common.conf").read_text()
    assert "Type=notify" in common and "WatchdogSec=" in common and "Restart=always" in common


# --- pages and completion

def every_page_formats_without_a_warning(i):
    for page in sorted((i.share / "man").rglob("*.[158]")):
        if page.read_text().startswith(".so"):
            assert (i.share / "man" / page.read_text().split()[1]).exists(), page
            continue
        done = i.run("man", "--warnings", "-E", "UTF-8", "-l", page, env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
        assert done.returncode == 0 and not done.stderr and len(done.stdout) > 200, (page, done.stderr)


def pages_say_every_verb_and_option(i):
    for language in ("", "vi/"):
        page = (i.share / f"man/{language}man1/tdv.1").read_text().replace("\\-", "-")
        parts = page.split("\n.SS tdv ")[1:]
        everywhere = page[page.rindex("\n.SH", 0, page.index("\n\\fB--home")):]
        assert len(parts) == len(i.verbs())
        for row, part in zip(i.verbs(), parts):
            verb = verb_name(row)
            assert part.startswith(verb + " "), (part[:60], verb)
            for option in i.options(verb):
                assert f"\\fB{option}\\fR" in part or f"\\fB{option}\\fR" in everywhere, (language, verb, option)
    settings = (i.share / "man/man5/tdv.conf.5").read_text()
    for name in re.findall(r"^#(\w+) =", (i.root / "etc/tdv/tdv.conf").read_text(), re.M):
        assert f"\\fB{name}\\fR" in settings, name


def complete(i, *words, home=None):
    """What bash offers for the last word."""
    script = ". \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); " \
             "f=$(complete -p \"${1##*/}\" | sed 's/.*-F \\([^ ]*\\).*/\\1/'); \"$f\"; printf '%s\\n' \"${COMPREPLY[@]}\""
    done = i.run("bash", "--norc", "-c", script, "bash", i.share / "bash-completion/completions" / words[0], *words, cwd=i.root,
                 env={"PATH": os.environ["PATH"], **({"TDV_HOME": str(home)} if home else {})})
    assert done.returncode == 0 and not done.stderr, done.stderr
    return set(done.stdout.split())


def completion_offers_verbs_options_services_and_logins(i):
    rows = i.verbs()
    assert complete(i, "tdv", "") >= {r["verb"] for r in rows}
    for row in rows:
        verb = verb_name(row).split()
        if row["second"]:
            assert row["second"] in complete(i, "tdv", verb[0], ""), verb
        assert complete(i, "tdv", *verb, "--") == set(i.options(" ".join(verb))), verb
    assert complete(i, "tdv", "replay", "") == set(SERVICES) == complete(i, "tdv", "restore", "--service", "")
    assert complete(i, "tdv", "restore", "--service", "ver") == {"verification"}
    assert complete(i, "tdv", "--lang", "") == {"vi", "en"}
    home = i.root.parent / "officers"
    (home / "keys/officers").mkdir(parents=True)
    (home / "keys/officers/in-900.pem").write_text("")
    assert complete(i, "tdv", "--as", "", home=home) == {"administrator", "in-900"}
    assert complete(i, "tdv", "--home", str(home), "mail", "--as", "in") == {"in-900"}
    assert complete(i, "tdv", "submit", "etc/t") == {"etc/tdv"}
    assert "--spool" in complete(i, "tdv-facility", "--s") and "--members" in complete(i, "tdv-seed", "--")
    assert complete(i, "tdv", "no-such-verb", "--h") == {"--home", "--help"}


# --- a real systemd

IN_THE_CONTAINER = r"""#!/bin/sh
# Run by the container's systemd once it is up; every line that begins with `=` is looked at outside.
say() { echo "=$*"; }
say user $(stat -c %U:%a /var/lib/tdv)
systemctl start tdv.target; say before-init $(systemctl is-active tdv-intake.service)
runuser -u tdv -- tdv --home /var/lib/tdv --lang en init && say init done
systemctl start tdv.target $(cd /usr/lib/systemd/system/tdv.target.wants && ls)
say status $(runuser -u tdv -- tdv --home /var/lib/tdv --lang en status --wait 20 --fast --json | tr -d '\n ' | grep -o '"alive":[a-z]*' | sort | uniq -c | tr -s ' ')
say active $(systemctl is-active 'tdv-*.service' | sort | uniq -c | tr -s ' ')
say failed $(systemctl list-units --failed --no-legend 'tdv*' | wc -l)
pid=$(systemctl show -P MainPID tdv-registry.service)
kill -9 $pid; sleep 3
new=$(systemctl show -P MainPID tdv-registry.service)
[ "$new" != 0 ] && [ "$new" != "$pid" ] && say restarted $(systemctl is-active tdv-registry.service)
say watchdog $(systemctl show -P WatchdogUSec tdv-registry.service)
say statustext $(systemctl show -P StatusText tdv-registry.service)
say fields $(journalctl -o json -u tdv-registry.service TDV_EVENT=started --no-pager | grep -c '"TDV_TURN"')
pid=$(systemctl show -P MainPID tdv-approval.service)
kill -STOP $pid
for i in $(seq 60); do [ "$(systemctl show -P MainPID tdv-approval.service)" != "$pid" ] && break; sleep 1; done
sleep 3
say hung $(systemctl is-active tdv-approval.service) $(systemctl show -P NRestarts tdv-approval.service)
runuser -u tdv -- tdv --home /var/lib/tdv --lang en backup /var/lib/tdv/backup >/dev/null && say backup done
systemctl stop tdv.target; sleep 2
say stopped $(systemctl is-active 'tdv-*.service' | sort | uniq -c | tr -s ' ')
say audit $(runuser -u tdv -- tdv --home /var/lib/tdv --lang en audit --offline | head -1)
journalctl --no-pager -b -p warning -u 'tdv-*' | tail -20
say end
systemctl poweroff
"""


def make_debian(root):
    made = subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(NEEDED)}", "bookworm", str(root)],
                          capture_output=True, text=True)
    return made.returncode == 0 and (root / "usr/lib/systemd/systemd").exists(), made.stderr[-500:]


def boot(i):
    unit = i.root / "etc/systemd/system/check.service"
    unit.write_text("[Unit]\nAfter=multi-user.target\n[Service]\nType=oneshot\nExecStart=/usr/local/sbin/check\n"
                    "StandardOutput=file:/check.out\nStandardError=inherit\n")
    script = i.root / "usr/local/sbin/check"
    script.write_text(IN_THE_CONTAINER)
    script.chmod(0o755)
    wants = i.root / "etc/systemd/system/default.target.wants"
    wants.mkdir(parents=True, exist_ok=True)
    (wants / "check.service").symlink_to("/etc/systemd/system/check.service")
    done = subprocess.run(["timeout", "240", "systemd-nspawn", "-q", "-b", "--register=no", "--keep-unit", "--private-network", "--console=pipe",
                           "-D", str(i.root)], capture_output=True, text=True, stdin=subprocess.DEVNULL, errors="replace")
    out = i.root / "check.out"
    text = out.read_text(errors="replace") if out.exists() else done.stdout + done.stderr
    print("".join("# " + line + "\n" for line in text.splitlines()[-60:]), end="")
    return {line[1:].split(" ")[0]: line[1:].partition(" ")[2].strip() for line in text.split("\n") if line.startswith("=")}


def a_real_systemd_runs_it(i):
    said = boot(i)
    count = len(SERVICES)
    expected = {"user": "tdv:700", "before-init": "inactive", "init": "done", "active": f"{count} active", "failed": "0", "restarted": "active",
                "watchdog": "30s", "backup": "done", "hung": "active 1", "end": ""}
    for key, value in expected.items():
        assert said.get(key) == value, (key, value, said)
    assert said["status"] == f"{count + 1} \"alive\":true", said
    assert said["statustext"].startswith("turn") and int(said["fields"]) >= 2 and "No violation" in said["audit"], said


def boot_check(claims, folder):
    for program in ("mmdebstrap", "systemd-nspawn"):
        if not shutil.which(program):
            print(f"# skipped: {program} is not installed (apt-get install mmdebstrap systemd-container)")
            return 0
    if os.getuid() != 0:
        print("# skipped: only root can start a container")
        return 0
    i = Installed(folder / "debian")
    good, why = make_debian(i.root)
    if not good:
        print(f"# skipped: no Debian root could be made: {why}")
        return 0
    make_install(i.root)
    claims.run(a_real_systemd_runs_it, i)
    return claims.end()


def main():
    claims = Claims()
    with temporary_folder("install") as folder:
        if "--boot" in sys.argv:
            return boot_check(claims, folder)
        i = Installed(folder / "root")
        for claim in (everything_has_its_place, settings_are_commented_and_somebodys_are_left_alone, another_prefix_is_what_the_units_say,
                      the_installed_tdv_speaks_both_languages_and_finds_its_daemons, systemd_finds_no_fault_with_the_units,
                      the_daemons_are_hardly_exposed, every_daemon_is_watched_and_says_when_it_is_ready, every_page_formats_without_a_warning,
                      pages_say_every_verb_and_option, completion_offers_verbs_options_services_and_logins):
            claims.run(claim, i)
        return claims.end()


if __name__ == "__main__":
    sys.exit(main())
