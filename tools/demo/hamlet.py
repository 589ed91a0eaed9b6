"""The small commune on which the chapters play: ninety members who have been through the exchange, one cell that has not, and
every officer above them.  A chapter takes people whom no other chapter has, does with `tdv` what officers do, and looks with
`tdv` at what came of it.
"""

import csv
import json
import re
import subprocess
import time

from tdv_site import BUILD, Site
from way import FACILITY, Way, Wrong, seed

from telling import _, indented, language

PATIENCE = 20
CELLS = (440170102, 440170103, 4401751, 440170101)  # whose members have chip cards
PAPER_CELL = 440170104                              # its list was never submitted: they still have the card of 2003
GRASSROOTS, COMMUNE, PROVINCE, CENTRE = 4401701, 44017, 44, 1
APPRAISER, BOARD, COMMITTEE, INSPECTORS = "capuy-4401701", "btc-44017", "btv-44017", "ubkt-44017"
PROVINCIAL, CENTRAL, PRINTER, AUDITOR = "btctu-44", "btctw-1", f"in-{FACILITY}", "kiemtoan-1"
UP = ((APPRAISER, COMMUNE), (BOARD, PROVINCE), (PROVINCIAL, CENTRE))  # who sends on what goes up, and to whom


class Person:
    def __init__(self, row, cell):
        self.profile, self.number, self.cell = row["Số lý lịch"], row["Số thẻ"], cell
        self.officer = f"chibo-{cell}"


class Hamlet:
    def __init__(self, folder, members=90, organisations=6, programs=BUILD / "bin"):
        self.folder, self.data = folder, folder / "data"
        folder.mkdir()
        seed(self.data, members, organisations)
        self.site = Site(folder / "site", programs)
        self.way = Way(self.site, self.data, folder / "work")
        self.way.quiet_ms = 300
        self.members = self.rows(self.data / "members.csv")
        self.waiting = {cell: self.people_of(cell) for cell in (*CELLS, PAPER_CELL) if self.list_of(cell).exists()}
        self.files = 0
        self.scan = "data/receipts/440170101.jpg"  # stands for whatever paper was scanned

    def __enter__(self):
        self.site.up()
        return self

    def __exit__(self, *why):
        return self.site.__exit__(*why)

    # --- how it came to be

    def exchange(self):
        """Everybody but one cell through the exchange; nothing is told, since the commune told it."""
        later = self.data / "later"
        later.mkdir()
        self.list_of(PAPER_CELL).rename(later / f"{PAPER_CELL}-exchange.csv")
        for step in ("organisations", "members", "officers", "submit", "appraise", "consolidate", "decide", "approve", "numbers"):
            getattr(self.way, step)()
        self.make()
        self.down()
        self.hand_over()

    # --- who plays

    def rows(self, path):
        with open(path, encoding="utf-8-sig", newline="") as f:
            return list(csv.DictReader(f, delimiter=";"))

    def list_of(self, cell):
        return self.data / "lists" / f"{cell}-exchange.csv"

    def people_of(self, cell):
        """Officers aside: their own cards are the business of others."""
        with open(self.data / "officers.csv", encoding="utf-8-sig", newline="") as f:
            officers = {o["citizen_id"] for o in csv.DictReader(f)}
        busy = {m["Số lý lịch"] for m in self.members if m["Số định danh"] in officers}
        return [Person(r, cell) for r in self.rows(self.list_of(cell)) if r["Số lý lịch"] not in busy]

    def person(self, cell=None):
        """The next who has an active chip card and nothing else going on (of PAPER_CELL: an active paper card)."""
        for of in [cell] if cell else CELLS:
            while self.waiting.get(of):
                person = self.waiting[of].pop(0)
                now = self.json("show", person.profile)["members"][0]
                active = [c for c in now["cards"] if c["validity"] == "active" and c["place"] == "member"]
                if active and all(r["state"] == "closed" for r in now["requests"]):
                    person.copy = active[0]["copy"]
                    return person
        raise Wrong(_("không còn đảng viên nào cho chương này", "no member is left for this chapter"))

    # --- what they do

    def run(self, *arguments, by=None, as_json=False):
        argv = [*language(), *(["--as", by] if by else []), *arguments, *(["--json"] if as_json else [])]
        return self.site.tdv(*argv, check=False, cwd=self.folder)

    def show_command(self, arguments, by):
        words = [f'"{a}"' if " " in str(a) else str(a) for a in arguments]
        print(f"  $ tdv {' '.join(words)}" + (f" --as {by}" if by else ""), flush=True)

    def tdv(self, *arguments, by=None):
        """An act that has to succeed, as people see it."""
        self.show_command(arguments, by)
        done = self.run(*arguments, by=by)
        said = [line if len(line) < 170 else line[:168] + "…" for line in (done.stdout + done.stderr).strip().split("\n")]
        print(indented("\n".join(said[:7] + ["…"] * (len(said) > 7)), "      "), flush=True)
        if done.returncode != 0:
            raise Wrong(f"tdv {' '.join(map(str, arguments))}: status {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def elsewhere(self, *arguments):
        """With another home than this site's."""
        self.show_command(arguments, None)
        done = subprocess.run([BUILD / "bin" / "tdv", *language(), *arguments], capture_output=True, text=True, cwd=self.folder,
                              env=self.site.environment)
        print(indented((done.stdout + done.stderr).strip(), "      "), flush=True)
        if done.returncode != 0:
            raise Wrong(f"tdv {' '.join(map(str, arguments))}: status {done.returncode}")

    def refused(self, reason, *arguments, by=None):
        """An act that must not succeed, for that reason."""
        self.show_command(arguments, by)
        done = self.run(*arguments, by=by, as_json=True)
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            raise Wrong(f"tdv {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}") from None
        reasons = {}
        for act in answer.get("acts", []):
            reasons |= {act.get("reason", act["state"]): act.get("message", "")}
            reasons |= {e["reason"]: e["message"] for e in act["errors"]}
        if done.returncode != 1 or reason not in reasons:
            raise Wrong(f"tdv {' '.join(map(str, arguments))}: {done.returncode}, {reason} is not among {reasons}")
        print("      ✗ " + (reasons[reason] or reason), flush=True)
        return answer

    def json(self, *arguments, by=None):
        done = self.run(*arguments, by=by, as_json=True)
        if done.returncode != 0:
            raise Wrong(f"tdv {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def quietly(self, *arguments, by=None):
        """What is on the way of every chapter and the matter of none."""
        done = self.run(*arguments, by=by, as_json=True)
        answer = json.loads(done.stdout) if done.stdout.strip() else {}
        wrong = [a for a in answer.get("acts", []) if a["state"] != "done" or a["reason"] != "none" or a["refused"]]
        if done.returncode != 0 or wrong:
            raise Wrong(f"tdv {' '.join(map(str, arguments))}: {done.returncode} {wrong} {done.stderr}")
        return answer

    # --- lists, and the way of a card

    def list_file(self, people, kind, reason, **columns):
        """A list as a cell writes it; a column is a value for all, or one for each."""
        self.files += 1
        path = self.folder / f"{kind}-{reason}-{self.files}.csv"
        fixed = {"kind": kind, "reason": reason, "home_cell": people[0].cell, **columns}
        rows = []
        for i, p in enumerate(people):
            row = {"profile_number": p.profile, "card_number": p.number, "photo": f"data/photos/{p.profile}.jpg"}
            rows.append(row | {name: value[i] if isinstance(value, (list, tuple)) else value for name, value in fixed.items()})
        with open(path, "w", encoding="utf-8", newline="") as f:
            writer = csv.DictWriter(f, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path.name

    def submit(self, people, kind, reason, **columns):
        """The requests' numbers, in the people's order."""
        path = self.list_file(people, kind, reason, **columns)
        self.tdv("submit", path)
        return [self.request_of(p) for p in people]

    def request_of(self, person):
        """The newest of theirs that has not ended."""
        requests = [r for r in self.json("show", person.profile)["members"][0]["requests"]
                    if r["state"] not in ("closed", "rejected", "withdrawn")]
        return requests[-1]["request"] if requests else None

    def approve(self):
        print("  … " + _("thẩm định → tổng hợp → quyết định → phê duyệt", "appraised → consolidated → decided → approved"), flush=True)
        for step in ("appraise", "consolidate", "decide", "approve"):
            getattr(self.way, step)()

    def make(self):
        """Ordered, printed, packed and sent; the order's number."""
        self.way.order()
        self.way.print_cards()
        return self.way.order_number

    def down(self):
        """Level by level: received and counted, sent on."""
        self.quietly("receive", "--all", "--as-declared")
        for _level in range(3):
            self.way.settle()
            self.quietly("ship", "--all")
            self.quietly("receive", "--all", "--as-declared")

    def hand_over(self):
        self.way.settle()
        self.way.sheets()
        self.quietly("hand-over", *[s["file"] for s in self.way.sheet_files])

    def all_the_way(self):
        """From the submitted list to the member's hands."""
        self.approve()
        print("  … " + _("lệnh in → in → tỉnh → xã → cơ sở → chi bộ → trao cho đảng viên",
                         "ordered → printed → province → commune → grassroots → cell → handed over"), flush=True)
        self.make()
        self.down()
        self.hand_over()

    def pack(self, *cards, seal, by):
        """Into a box that goes up, or as --matter and --to say; the box's name."""
        return re.search(r"G-\d+", self.tdv("pack", *cards, "--seal", seal, by=by).stdout)[0]

    def ship(self, to, by):
        """What waits there for that organisation; the shipment's number."""
        self.way.settle()
        self.show_command(("ship", "--to", to), by)
        return self.quietly("ship", "--to", to, by=by)["acts"][0]["number"]

    def counts(self, box, count, seal="yes"):
        self.files += 1
        path = self.folder / f"dem-{self.files}.csv"
        path.write_text(f"box;count;seal_intact\r\n{box};{count};{seal}\r\n")
        return path.name

    def up(self):
        """What waits at each of them goes on to the next above."""
        for officer, to in UP:
            self.way.settle()
            self.quietly("ship", "--to", to, by=officer)
            self.quietly("receive", "--all", "--as-declared")

    # --- what came of it

    def say(self, vietnamese, english):
        print("  " + _(vietnamese, english), flush=True)

    def expect(self, true, vietnamese, english):
        if not true:
            raise Wrong(_(vietnamese, english))
        print("  ✓ " + _(vietnamese, english), flush=True)

    def until(self, holds, what):
        end = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > end:
                raise Wrong(what())
            time.sleep(0.05)

    def line_of(self, profile, start):
        return next((line.strip() for line in self.run("show", profile).stdout.split("\n") if line.strip().startswith(start)), "")

    def card(self, person, copy=None):
        cards = self.json("show", person.profile)["members"][0]["cards"]
        return next((c for c in cards if c["copy"] == (copy or person.copy)), {})

    def expect_card(self, person, validity, place=None, copy=None):
        """By `tdv show`; the line that people see is the proof."""
        copy = copy or person.copy

        def as_said():
            card = self.card(person, copy)
            return card.get("validity") == validity and place in (None, card.get("place"))
        self.until(as_said, lambda: f"{person.number}/{copy}: {self.card(person, copy)}, {validity} {place or ''}")
        print("  ✓ " + self.line_of(person.profile, _(f"thẻ {person.number}, bản {copy} ", f"card {person.number}, copy {copy} ")), flush=True)

    def state(self, request):
        requests = self.json("show", request)["members"][0]["requests"]
        return next((r["state"] for r in requests if r["request"] == request), None)

    def expect_request(self, request, state):
        self.until(lambda: self.state(request) == state, lambda: f"{request}: {self.state(request)}, {state}")
        print("  ✓ " + self.line_of(request, _(f"đề nghị {request}:", f"request {request}:")), flush=True)

    def expect_replaced(self, person, old="ended"):
        """Number kept, copy raised, the old one worth nothing."""
        self.expect_card(person, old, copy=person.copy)
        person.copy += 1
        self.expect_card(person, "active", "member")

    def letters(self, login):
        return self.json("mail", by=login)["letters"]

    def expect_letter(self, login, message, vietnamese, english):
        self.until(lambda: any(x["message"] == message for x in self.letters(login)), lambda: f"{login}: {message}")
        print("  ✓ " + _(vietnamese, english), flush=True)

    def audit(self):
        done = self.run("audit", "--signatures", "--wait", 30)
        if done.returncode != 0:
            raise Wrong(done.stdout + done.stderr)
        return done.stdout

