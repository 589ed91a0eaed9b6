#!/usr/bin/python3
"""Includes go down the layers only.

The order of the layers is LAYERS of the Makefile, lowest first; services stand above all of them and do not know one
another; a foreign library is included by its own layer only.  Prints `file:line: what is wrong`; exit status 1 if any.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s+(?P<open>["<])(?P<path>[^">]+)[">]')

# Where a foreign library's header may be included (beside tools/ and tests/): a layer, or a kind of file of a service.
FOREIGN = {
    "lmdb.h": ["store"],
    "msgpack.h": ["message", "runtime"],
    "openssl/": ["crypto"],
    "zmq.h": ["runtime", "terminal", "door"],
    "systemd/": ["runtime"],
    "ini.h": ["runtime"],
    "winscard.h": ["card"],
    "jansson.h": ["message", "audit"],
}
# What generated headers rest on: the lowest layer that may include them.
GENERATED = {"messages.h": "message", "samples.h": "message", "rows.h": "store", "tables.h": "runtime",
             "holidays.h": "domain"}


def layers():
    for line in (ROOT / "Makefile").read_text().split("\n"):
        if match := re.match(r"LAYERS\s*:=\s*(.+)", line):
            return match[1].split()
    sys.exit("Makefile: there is no line LAYERS := …")


class Check:
    def __init__(self):
        self.order = layers()
        self.findings = 0

    def find(self, path, number, text):
        print(f"{path.relative_to(ROOT)}:{number}: {text}")
        self.findings += 1

    def below(self, layer, other):
        """Whether code of `layer` may include headers of `other`."""
        return layer == "services" or (other in self.order and self.order.index(other) <= self.order.index(layer))

    def file(self, path, layer, service):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            wrong = (self.ours if match["open"] == '"' else self.foreign)(path, layer, service, match["path"])
            if wrong:
                self.find(path, number, wrong)

    def ours(self, path, layer, service, included):
        head, _, rest = included.partition("/")
        if head == "gen":
            return self.generated(layer, service, rest)
        if (ROOT / "services" / head).is_dir():
            return None if head == service else f"services/{head} is not known to {service or layer}: talk by messages"
        if head not in self.order:
            return f'"{included}" belongs to no layer ({" ".join(self.order)}): write the path from libshared/'
        return None if self.below(layer, head) else f"{layer} is below {head}: includes go down the layers only"

    def generated(self, layer, service, name):
        if name in GENERATED:
            least = GENERATED[name]
            return None if self.below(layer, least) else f"{layer} is below {least}, which gen/{name} rests on"
        owner = re.sub(r"(_tables|_queries|_facts|_rules|_settings|_emit)?\.h$", "", name)
        if service and owner == service:
            return None
        if layer == "audit" and name.endswith("_tables.h"):
            return None # the audit reads every service's tables
        return f"gen/{name} is {owner}'s own: {service or layer} may not use it"

    def foreign(self, path, layer, service, included):
        kind = "door" if path.name.startswith("door") else "adapters" if path.name.startswith("adapters") else None
        for header, homes in FOREIGN.items():
            if included.startswith(header) and layer not in homes and kind not in homes:
                return f"<{included}> belongs to {', '.join(homes)}"
        return None

    def run(self):
        files = 0
        for path in sorted(ROOT.glob("libshared/**/*.[ch]")):
            layer = path.relative_to(ROOT).parts[1]
            if layer not in self.order:
                self.find(path, 1, f"libshared/{layer} is not in LAYERS of the Makefile: what is it above?")
                continue
            self.file(path, layer, None)
            files += 1
        for path in sorted(ROOT.glob("services/*/*.[ch]")):
            self.file(path, "services", path.relative_to(ROOT).parts[1])
            files += 1
        print(f"layers: {files} files, {self.findings} findings")
        return 1 if self.findings else 0


if __name__ == "__main__":
    sys.exit(Check().run())
