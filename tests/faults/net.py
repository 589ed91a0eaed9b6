#!/usr/bin/env python3
"""Networks between services: frames that a relay loses, doubles, delays and reorders; and TCP between two network namespaces whose
link drops a third of the packets, loses one direction, or is down for seconds.

However long it takes, the outcome is the same, and nobody ends."""

import heapq
import os
import shutil
import subprocess
import sys
import threading
import time

from driver import SERVICES, Folder, Kept, Method, Way, judge, the_undisturbed_way

try:
    import zmq
except ImportError:
    zmq = None

HERE, THERE = ("intake", "verification", "printing", "revocation"), ("registry", "approval", "delivery")


class CannotLink(Exception):
    """Why this machine does not let us."""


# --- frames

class Relay(threading.Thread):
    """Stands between every producer and its readers.  A reader gets a connection of its own, as if it had asked the producer itself."""

    def __init__(self, folder, home, random):
        super().__init__(daemon=True)
        self.home, self.random, self.context = home, random, zmq.Context()
        self.fronts = {service: self.context.socket(zmq.ROUTER) for service in SERVICES}
        self.endpoints = {service: f"ipc://{folder}/relay-{service}" for service in SERVICES}
        self.backs, self.queue, self.count = {}, [], {"passed": 0, "lost": 0, "doubled": 0, "delayed": 0}
        self.over, self.number, self.calm = threading.Event(), 0, False
        for service, front in self.fronts.items():
            front.linger = 0
            front.bind(self.endpoints[service])

    def back_of(self, service, reader):
        if (service, reader) not in self.backs:
            back = self.context.socket(zmq.DEALER)
            back.linger = 0
            back.connect(f"ipc://{self.home}/run/{service}.log")
            self.poller.register(back, zmq.POLLIN)
            self.backs[service, reader] = back
        return self.backs[service, reader]

    def send_later(self, socket, parts):
        chance = 1.0 if self.calm else self.random.random()
        if chance < 0.1:
            self.count["lost"] += 1
            return
        for _ in range(2 if chance < 0.2 else 1):
            wait = self.random.uniform(0, 0.15) if chance < 0.6 else 0
            self.count["doubled" if chance < 0.2 else "delayed" if wait else "passed"] += 1
            self.number += 1
            heapq.heappush(self.queue, (time.monotonic() + wait, self.number, socket, parts))

    def run(self):
        self.poller = zmq.Poller()
        for front in self.fronts.values():
            self.poller.register(front, zmq.POLLIN)
        while not self.over.is_set():
            readable = dict(self.poller.poll(5))
            for service, front in self.fronts.items():
                if front in readable:
                    reader, *parts = front.recv_multipart()
                    self.send_later(self.back_of(service, reader), parts)
            for (service, reader), back in list(self.backs.items()):
                if back in readable:
                    self.send_later(self.fronts[service], [reader, *back.recv_multipart()])
            while self.queue and self.queue[0][0] <= time.monotonic():
                _, _, socket, parts = heapq.heappop(self.queue)
                try:
                    socket.send_multipart(parts, zmq.DONTWAIT)
                except zmq.ZMQError:
                    self.count["lost"] += 1
        self.context.destroy(0)

    def stop(self):
        self.over.set()
        self.join()


def frames_lost_doubled_delayed_and_reordered_change_nothing(m, folder, business):
    walks, count = (10 if m.long else 1), {}
    for walk in range(walks):
        name = f"relayed-{walk}"
        site = Kept(folder, name, dress=lambda service, life: ((), {}, ("--settings", folder / f"{name}-{service}.conf")))
        relay = Relay(folder / name, site.home, m.random)
        for service in SERVICES:
            (folder / f"{name}-{service}.conf").write_text("[streams]\n" + "".join(
                f"{other} = {relay.endpoints[other]}\n" for other in SERVICES if other != service))
        relay.start()
        with site:
            try:
                site.keep()
                site.go(Way.STEPS[:7])
                relay.calm = not m.long  # every day a part of the way is enough
                site.go(Way.STEPS[7:])
                judge(site, business)
                assert not site.exits, site.exits
            finally:
                site.let_go()
                relay.stop()
        count = {what: count.get(what, 0) + n for what, n in relay.count.items()}
    print(f"# {walks} walks, frames: {count}")
    assert all(count.values())


# --- packets

def ip(*argv):
    return command("ip", *argv)


def command(*argv):
    done = subprocess.run([str(a) for a in argv], capture_output=True, text=True)
    if done.returncode != 0:
        raise CannotLink(f"{' '.join(str(a) for a in argv)}: {done.stderr.strip()}")
    return done.stdout


class Link:
    """Two network namespaces with a cable between them."""

    def __init__(self):
        self.had_folder = os.path.ismount("/run/netns")
        self.here, self.there = f"tdv-here-{os.getpid()}", f"tdv-there-{os.getpid()}"
        self.tables = next((t for t in ("iptables-legacy", "iptables") if shutil.which(t)), None)

    def __enter__(self):
        for tool in ("ip", "nsenter"):
            if not shutil.which(tool):
                raise CannotLink(f"{tool} is not installed")
        if not self.tables:
            raise CannotLink("iptables is not installed")
        try:
            for name in (self.here, self.there):
                ip("netns", "add", name)
                ip("-n", name, "link", "set", "lo", "up")
            ip("-n", self.here, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", self.there)
            for name, last in ((self.here, 1), (self.there, 2)):
                ip("-n", name, "address", "add", f"10.77.0.{last}/24", "dev", "cable")
                ip("-n", name, "link", "set", "cable", "up")
            self.drop(0.5)  # whether it can be done here
            self.mend()
        except CannotLink:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        for name in (self.here, self.there):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)
        if not self.had_folder:  # the first namespace of a system makes it a mount of itself
            subprocess.run(["umount", "/run/netns"], capture_output=True)

    def inside(self, where):
        return ("nsenter", f"--net=/run/netns/{where}")

    def rule(self, where, *match):
        command(*self.inside(where), self.tables, "-A", "INPUT", "-i", "cable", *match, "-j", "DROP")

    def drop(self, share):
        for where in (self.here, self.there):
            self.rule(where, "-m", "statistic", "--mode", "random", "--probability", share)

    def one_way(self, where):
        """Nothing arrives there any more; what leaves does."""
        self.rule(where)

    def down(self):
        ip("-n", self.here, "link", "set", "cable", "down")

    def mend(self):
        for where in (self.here, self.there):
            command(*self.inside(where), self.tables, "-F", "INPUT")
        ip("-n", self.here, "link", "set", "cable", "up")


class Apart(Kept):
    """Every other service is on the other side."""

    def __init__(self, folder, name, link):
        self.link = link
        super().__init__(folder, name, dress=lambda s, life: (link.inside(link.here if s in HERE else link.there), {}))
        (self.home / "tdv.conf").write_text("[streams]\n" + "".join(
            f"{service} = tcp://10.77.0.{1 if service in HERE else 2}:{4600 + i}\n" for i, service in enumerate(SERVICES, 1)))


def over_tcp(m, folder, business, link, name, weather):
    """A walk while `weather(over)` happens; then the sky clears and it is judged."""
    with Apart(folder, name, link) as site:
        over = threading.Event()
        site.keep()
        changing = threading.Thread(target=weather, args=(over,))
        changing.start()
        try:
            site.go()
        finally:
            over.set()
            changing.join()
            link.mend()
        judge(site, business)
        assert not site.exits, site.exits
        assert set(site.let_go().values()) == {0}


def over_tcp_in_fair_weather(m, folder, business, link):
    over_tcp(m, folder, business, link, "fair", lambda over: None)


def a_link_that_drops_a_third_of_the_packets(m, folder, business, link):
    def weather(over):
        link.drop(0.3)
        over.wait()

    over_tcp(m, folder, business, link, "dropping", weather)


def a_link_that_drops_a_third_then_one_direction_and_then_is_down(m, folder, business, link):
    """The short form: one walk, a second of each."""
    def weather(over):
        for spell in (lambda: link.drop(0.3), lambda: link.one_way(m.random.choice((link.here, link.there))), link.down):
            if over.wait(0.5):
                return
            spell()
            over.wait(1.0)
            link.mend()

    over_tcp(m, folder, business, link, "changing", weather)


def a_link_that_loses_one_direction_for_seconds(m, folder, business, link):
    spells = []

    def weather(over):
        while not over.wait(m.random.uniform(0.1, 1.0)):
            link.one_way(m.random.choice((link.here, link.there)))
            spells.append(1)
            over.wait(m.random.uniform(0.5, 7.0))
            link.mend()

    over_tcp(m, folder, business, link, "oneway", weather)
    print(f"# {len(spells)} spells")
    assert spells


def a_link_that_is_down_for_seconds(m, folder, business, link):
    spells = []

    def weather(over):
        while not over.wait(m.random.uniform(0.1, 1.0)):
            link.down()
            spells.append(1)
            over.wait(m.random.uniform(0.5, 8.0))
            link.mend()

    over_tcp(m, folder, business, link, "down", weather)
    print(f"# {len(spells)} spells")
    assert spells


FRAMES = (frames_lost_doubled_delayed_and_reordered_change_nothing,)
PACKETS = (over_tcp_in_fair_weather, a_link_that_drops_a_third_of_the_packets, a_link_that_loses_one_direction_for_seconds,
           a_link_that_is_down_for_seconds)
PACKETS_SHORT = (a_link_that_drops_a_third_then_one_direction_and_then_is_down,)


def main():
    m = Method(__doc__)
    with Folder("net") as folder:
        business = the_undisturbed_way(folder)
        if zmq:
            for claim in FRAMES:
                m.run(claim, m, folder, business)
        else:
            m.skip(FRAMES, "there is no python3-zmq")
        packets = PACKETS if m.long else PACKETS_SHORT
        try:
            with Link() as link:
                for claim in packets:
                    m.run(claim, m, folder, business, link)
        except CannotLink as why:
            m.skip(packets, f"no network namespaces here: {why}")
    return m.end()


if __name__ == "__main__":
    sys.exit(main())
