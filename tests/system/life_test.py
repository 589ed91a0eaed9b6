#!/usr/bin/env python3
"""What happens to cards and their holders beside the straight way (domain.md §3), case by case, with `tdv` on a small site with real
daemons: loss, damage, found, exit, death, abroad, suspension, recovery, cards that go up, missing ones, inspection, destruction."""

import csv
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from tdv_site import SERVICES  # noqa: E402
from way import Way, play  # noqa: E402

CELL = 440170101
DONE, REFUSED, USAGE = 0, 1, 2


class Bench:
    def __init__(self, site, folder):
        self.site, self.data = site, folder / "data"
        self.way = Way(site, self.data, folder / "work")
        with open(self.data / "lists" / f"{CELL}-exchange.csv", encoding="utf-8-sig", newline="") as f:
            rows = list(csv.DictReader(f, delimiter=";"))
        self.people = [(r["Số lý lịch"], r["Số thẻ"]) for r in rows]  # profile number, card number
        self.taken = 0
        self.scan = next(iter(sorted((self.data / "receipts").glob("*.jpg"))), None) or next(iter((self.data / "photos").glob("*.jpg")))

    def tdv(self, *arguments, by=f"chibo-{CELL}", status=DONE, says=None):
        done = self.site.tdv("--lang", "en", *(["--as", by] if by else []), "--json", *arguments, check=False)
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}{done.stderr}"
        answer = json.loads(done.stdout)
        self.way.settle()
        if says:
            act = answer["acts"][0]
            reasons = [act["reason"]] + [e["reason"] for e in act["errors"]]
            assert says in reasons, f"{arguments}: {reasons}"
        self.acts = answer["acts"]
        return answer["acts"][0]

    def told(self, *arguments, by=f"chibo-{CELL}"):
        done = self.site.tdv("--lang", "en", "--as", by, *arguments)
        self.way.settle()
        return done.stdout

    def entries(self, service, name):
        done = self.site.tdv("log", service, "--from", 1, "--json")
        entries = [json.loads(line) for line in done.stdout.splitlines() if line.strip()]
        return [e for e in entries if name in (e.get("message"), e.get("name"), e.get("type"))]

    def worths(self):
        """What every card is worth: (number, copy) -> validity, by the log."""
        worth = {}
        for e in self.entries("revocation", "validity_changed"):
            body = e.get("body", e)
            worth[body["number"] if isinstance(body["number"], str) else f"{body['number'] // 1000000:02}.{body['number'] % 1000000:06}",
                  body["card"] & 255 if isinstance(body["card"], int) else int(str(body["card"]).split("/")[1])] = body["to"]
        return worth

    def worth(self, number, copy):
        return self.worths().get((number, copy), "active" if copy == 1 else "not_yet_active")

    def choose_people(self):
        """Those of the cell whose cards were made; an officer's own card has a sheet of its own."""
        self.way.sheets()
        made = set()
        for sheet in self.way.sheet_files:
            if sheet["login"] == f"chibo-{CELL}":
                made |= {line.split(";")[0] for line in Path(sheet["file"]).read_text(encoding="utf-8-sig").splitlines()[1:]}
        self.people = [p for p in self.people if p[1] in made]

    def new_person(self):
        self.taken += 1
        return self.people[self.taken - 1]

    def audit(self):
        done = self.site.tdv("audit", "--signatures", "--json", check=False)
        assert done.returncode == DONE, done.stdout + done.stderr


# --- cards at the cell, before they are handed over

def one_who_leaves_while_the_new_card_waits_never_gets_it(b):
    profile, number = b.left = b.new_person()
    b.tdv("exit", profile, "--status", "expelled", status=REFUSED)  # not without a decision
    told = b.told("exit", profile, "--status", "expelled", "--number", "7-QĐ/UBKT")
    assert "`tdv recover`" in told and "family" not in told, told
    assert b.worth(number, 1) == "recovery_due" and b.worth(number, 2) == "spoiled"


def one_who_dies_leaves_the_old_card_to_the_family(b):
    profile, number = b.dead = b.new_person()
    told = b.told("exit", profile, "--status", "deceased")
    assert "family" in told and "`tdv recover`" not in told, told
    assert b.worth(number, 1) == "retained_by_family" and b.worth(number, 2) == "spoiled"


def a_card_lost_before_the_hand_over_need_not_be_given_back(b):
    _, number = b.loser = b.new_person()
    b.tdv("report-loss", f"{number}/1")
    b.tdv("report-loss", f"{number}/1", status=REFUSED, says="wrong_state")
    assert b.worth(number, 1) == "lost"


def one_abroad_waits_until_they_are_back(b):
    profile, number = b.traveller = b.new_person()
    told = b.told("exit", profile, "--status", "abroad")
    assert "--status active`" in told and "family" not in told and "`tdv recover`" not in told, told
    assert b.worth(number, 1) == "suspended"


def the_others_get_their_cards_and_those_four_as_declared(b):
    b.way.sheets()
    done = b.site.tdv("hand-over", *[s["file"] for s in b.way.sheet_files], "--json", check=False)
    acts = json.loads(done.stdout)["acts"]
    refused = sorted(e["reason"] for a in acts for e in a["errors"])
    assert refused == ["card_not_valid"], refused
    b.way.settle()
    sheet = b.way.work / "barred.csv"  # the sheets leave out who left or died; one written by hand is refused
    sheet.write_text("card_number,receipt,proof,old_collected,home_cell\r\n" +
                     "".join(f"{number},signed_sheet,{b.scan.resolve()},yes,{CELL}\r\n" for _, number in (b.left, b.dead)))
    again = b.site.tdv("hand-over", sheet, "--json", check=False)
    assert [e["reason"] for a in json.loads(again.stdout)["acts"] for e in a["errors"]] == ["barred", "barred"], again.stdout
    assert [[(n["copy"], n["validity"]) for n in e["now"]] for a in json.loads(again.stdout)["acts"] for e in a["errors"]] == [[(2, "spoiled")]] * 2
    b.way.settle()
    assert b.worth(b.loser[1], 1) in ("superseded", "ended") and b.worth(b.loser[1], 2) == "active"
    told = b.told("exit", b.traveller[0], "--status", "active")
    assert "active again" in told and "family" not in told and "`tdv recover`" not in told, told
    assert b.worth(b.traveller[1], 1) == "active"
    b.audit()


# --- cards in use

def a_lost_card_that_is_found_is_active_again(b):
    _, number = b.new_person()
    b.tdv("report-loss", number)
    assert b.worth(number, 2) == "lost"
    told = b.told("found", number)
    assert "active again" in told and "`tdv recover`" not in told, told  # its replacement was not ordered
    assert b.worth(number, 2) == "active"
    b.tdv("found", number, status=REFUSED, says="wrong_state")
    assert {n["copy"]: (n["validity"], n["place"]) for n in b.acts[0]["errors"][0]["now"]}[2] == ("active", "member"), b.acts
    for language, state in (("en", f"now: card {number}, copy 2 (chip 2025): active; member, "),
                            ("vi", f"hiện nay: thẻ {number}, bản 2 (Thẻ gắn chip 2025): Đang có hiệu lực; Đảng viên giữ, ")):
        refused = b.site.tdv("--lang", language, "--as", f"chibo-{CELL}", "found", number, check=False)
        assert refused.returncode == REFUSED and state in refused.stderr, refused


def an_exit_that_was_reported_before_names_the_status(b):
    b.tdv("exit", b.left[0], "--status", "expelled", "--number", "5-QĐ", status=REFUSED)
    assert [n["status"] for n in b.acts[0]["errors"][0]["now"]] == ["expelled"], b.acts


def a_damaged_card_can_still_be_lost(b):
    _, number = b.new_person()
    b.tdv("report-damage", number)
    assert b.worth(number, 2) == "damaged"
    b.tdv("report-loss", number)
    assert b.worth(number, 2) == "lost"


def a_decision_suspends_and_resumes(b):
    _, number = b.new_person()
    b.tdv("misuse", number)
    assert b.worth(number, 2) == "active"
    for verb in ("suspend", "resume", "unrecoverable"):
        done = b.site.tdv("--lang", "en", "--as", "btv-44017", verb, number, check=False)
        assert done.returncode == USAGE and "--number" in done.stderr, done
    b.tdv("suspend", number, "--number", "3-QĐ/ĐU", by="btv-44017")
    assert b.worth(number, 2) == "suspended"
    b.tdv("resume", number, "--number", "4-QĐ/ĐU", by="btv-44017")
    assert b.worth(number, 2) == "active"


def only_the_holders_own_cell_reports(b):
    _, number = b.people[b.taken]
    b.tdv("report-loss", number, by="chibo-4401751", status=REFUSED, says="outside_subtree")
    b.tdv("suspend", number, "--number", "3-QĐ/ĐU", status=REFUSED)


def a_card_verb_finds_the_officer_of_each_card_by_itself(b):
    _, number = b.new_person()
    with open(b.data / "lists" / "4401751-exchange.csv", encoding="utf-8-sig", newline="") as f:
        shown = [json.loads(b.site.tdv("show", r["Số thẻ"], "--json").stdout)["members"][0] for r in csv.DictReader(f, delimiter=";")]
    other = next(c["number"] for m in shown for c in m["cards"] if c["validity"] == "active" and c["copy"] == 2)
    b.tdv("report-loss", number, other, by=None)
    assert sorted(a["officer"] for a in b.acts) == [f"chibo-{CELL}", "chibo-4401751"], b.acts
    assert b.worth(number, 2) == b.worth(other, 2) == "lost"
    b.tdv("found", number, other, by=None)
    b.tdv("suspend", other, "--number", "5-QĐ/ĐU", by=None)
    assert [a["officer"] for a in b.acts] == ["btv-44017"]
    b.tdv("resume", other, "--number", "6-QĐ/ĐU", by=None)
    b.tdv("collect", number, by=None)
    b.tdv("pack", number, "--matter", "travel", "--seal", "K-8", "--to", 4401701, by=None)
    assert [a["officer"] for a in b.acts] == [f"chibo-{CELL}"]
    b.tdv("ship", "--to", 4401701)
    b.way.receive()
    b.tdv("missing", number, by=None)  # whose it is to say is who keeps it now, not the holder's cell
    assert [a["officer"] for a in b.acts] == ["capuy-4401701"]
    b.tdv("turned-up", number, by=None)
    b.tdv("pack", number, "--matter", "travel", "--seal", "K-9", "--to", CELL, by=None)
    b.tdv("ship", "--to", CELL, by="capuy-4401701")
    b.way.receive()
    b.tdv("give-back", number, by=None)
    assert [a["officer"] for a in b.acts] == [f"chibo-{CELL}"]
    assert b.worth(number, 2) == "active"
    done = b.site.tdv("--lang", "en", "report-loss", "44.999999", check=False)
    assert done.returncode == REFUSED and "44.999999" in done.stderr, done


def a_card_is_recovered_with_minutes_after_the_exit(b):
    profile, number = b.resigned = b.new_person()
    b.tdv("recover", number, "--number", "1-BB", "--minutes", b.scan, status=REFUSED, says="not_due")
    b.tdv("exit", profile, "--status", "resigned", "--number", "8-QĐ/ĐU")
    assert b.worth(number, 2) == "recovery_due"
    b.tdv("recover", number, status=REFUSED, says="no_minutes")
    b.tdv("recover", number, "--number", "1-BB", "--minutes", b.scan)
    assert b.worth(number, 2) == "ended"
    b.tdv("recover", b.left[1], "--number", "1-BB", "--minutes", b.scan)
    assert b.worth(b.left[1], 1) == "ended"
    b.audit()


def one_that_cannot_be_recovered_is_explained(b):
    profile, number = b.new_person()
    b.tdv("exit", profile, "--status", "removed", "--number", "9-QĐ/ĐU")
    b.tdv("unrecoverable", number, "--number", "10-QĐ/ĐU", by="btv-44017", status=REFUSED, says="missing")
    b.tdv("unrecoverable", number, "--number", "10-QĐ/ĐU", "--explanation", "không rõ nơi ở", by="btv-44017")
    assert b.worth(number, 2) == "unrecoverable"


# --- up, inspection, missing, destruction

def a_valid_card_travels_to_an_inspection_and_back(b):
    _, number = b.new_person()
    b.tdv("collect", number)
    b.tdv("pack", number, "--matter", "travel", "--seal", "K-1", "--to", 4401701)
    b.tdv("ship", "--to", 4401701)
    b.way.receive()
    b.tdv("pack", number, "--matter", "travel", "--seal", "K-2", "--to", CELL, by="capuy-4401701")
    b.tdv("ship", "--to", CELL, by="capuy-4401701")
    b.way.receive()
    b.tdv("give-back", number)
    assert b.worth(number, 2) == "active"
    b.audit()


def a_missing_card_turns_up(b):
    number = b.resigned[1]  # of which the old copy lies there as well
    done = b.site.tdv("--lang", "en", "--as", f"chibo-{CELL}", "missing", number, check=False)
    assert done.returncode == REFUSED and f"{number}/1 (" in done.stderr and f"{number}/2 (" in done.stderr, done
    b.tdv("missing", f"{number}/2")
    b.tdv("missing", f"{number}/2", status=REFUSED)
    b.audit()
    done = b.site.tdv("--lang", "en", "--as", f"chibo-{CELL}", "turned-up", number)  # only one copy can be meant: it is said which
    assert f"{number}/2" in done.stdout, done.stdout
    b.way.settle()
    b.audit()


def a_box_with_a_card_too_few_is_explained_before_its_shipment_closes(b):
    b.tdv("pack", "--all", "--seal", "", status=REFUSED, says="missing")  # a box without a seal is none
    b.tdv("pack", "--all", "--seal", "K-3", status=DONE)
    waiting = b.site.tdv("--lang", "vi", "lists", "--act", "ship").stdout
    assert "Chuyển tiếp hộp thẻ" in waiting, waiting
    told = b.told("ship", "--to", 4401701)
    assert "`tdv receive`" in told and "below" not in told, told  # it goes up
    waiting = json.loads(b.site.tdv("--json", "lists", "--act", "receive").stdout)["waiting"]
    assert len(waiting) == 1, waiting
    shipment = waiting[0]["number"]
    boxes = b.entries("delivery", "shipment_box")
    body = boxes[-1].get("body", boxes[-1])
    box, cards = body["box"], body["cards"]
    name = f"{box >> 16}-{box & 65535}" if isinstance(box, int) else str(box).replace("/", "-")
    counts = b.way.work / "short.csv"
    counts.write_text(f"box;count;seal_intact\r\n{name};{cards - 1};yes\r\n")
    b.tdv("receive", shipment, "--counts", counts, by="capuy-4401701", status=REFUSED, says="count_differs")
    b.tdv("explain", f"{b.resigned[1]}/2", "--shipment", shipment, "--box", name, "--counted", cards - 1, "--explanation",
          "rơi khi giao nhận", by="capuy-4401701")
    b.audit()
    b.tdv("turned-up", f"{b.resigned[1]}/2", by="capuy-4401701")
    b.tdv("write-off", f"{b.resigned[1]}/2", "--explanation", "x", by="capuy-4401701", status=REFUSED)
    b.audit()


def a_torn_box_is_explained_though_no_card_is_missing(b):
    b.tdv("ship", "--to", 44017, by="capuy-4401701")
    waiting = json.loads(b.site.tdv("--json", "lists", "--act", "receive", "--organisation", 44017).stdout)["waiting"]
    shipment = waiting[-1]["number"]
    body = b.entries("delivery", "shipment_box")[-1]["body"]
    counts = b.way.work / "torn.csv"
    counts.write_text(f"box;count;seal_intact\r\n{body['box']};{body['cards']};no\r\n")
    b.tdv("receive", shipment, "--counts", counts, by="btc-44017", status=REFUSED, says="count_differs")
    told = b.told("explain", "--shipment", shipment, "--box", body["box"], "--counted", body["cards"], "--explanation", "rách niêm phong",
                  by="btc-44017")
    assert "The box is received." in told and "write-off" not in told, told
    b.told("receive", "--all", "--as-declared", by="btc-44017")  # what else came with it


def what_is_worth_nothing_goes_up_and_is_destroyed_with_minutes(b):
    b.tdv("pack", "--all", "--seal", "K-4", by="capuy-4401701")
    a_torn_box_is_explained_though_no_card_is_missing(b)
    for officer, to in (("btc-44017", 44), ("btctu-44", 1)):
        b.tdv("ship", "--to", to, by=officer)
        b.way.receive()
    destroy = ("destroy", "--all", "--number", "2-BB/HĐ", "--minutes", b.scan, "--committee", "btctw-1", "--committee", "btctu-44")
    b.tdv(*destroy, "--witness", "kiemtoan-1", by="btctw-1", status=REFUSED, says="committee_small")
    done = b.tdv(*destroy, "--committee", "btc-44017", "--witness", "kiemtoan-1", by="btctw-1")
    assert done["accepted"] > 3 and done["refused"] == 0, done
    told = b.entries("delivery", "cards_destroyed")[-1]
    body = told.get("body", told)
    assert body["paper"] + body["chip"] == done["accepted"] and body["chip"] >= 2, body
    b.audit()


def a_valid_card_is_never_destroyed(b):
    _, number = b.people[b.taken]
    b.tdv("destroy", f"{number}/2", "--number", "2-BB/HĐ", "--minutes", b.scan, "--committee", "btctw-1", "--committee", "btctu-44",
          "--committee", "btc-44017", "--witness", "kiemtoan-1", by="btctw-1", status=REFUSED, says="not_destroyable")


def every_service_can_be_rebuilt_from_its_turns(b):
    b.site.down()
    b.site.start()
    for service in SERVICES:
        b.site.tdv("replay", service)


CLAIMS = (
    one_who_leaves_while_the_new_card_waits_never_gets_it, one_who_dies_leaves_the_old_card_to_the_family,
    a_card_lost_before_the_hand_over_need_not_be_given_back, one_abroad_waits_until_they_are_back,
    the_others_get_their_cards_and_those_four_as_declared, a_lost_card_that_is_found_is_active_again,
    an_exit_that_was_reported_before_names_the_status, a_damaged_card_can_still_be_lost, a_decision_suspends_and_resumes, only_the_holders_own_cell_reports,
    a_card_verb_finds_the_officer_of_each_card_by_itself,
    a_card_is_recovered_with_minutes_after_the_exit, one_that_cannot_be_recovered_is_explained,
    a_valid_card_travels_to_an_inspection_and_back, a_missing_card_turns_up,
    a_box_with_a_card_too_few_is_explained_before_its_shipment_closes,
    what_is_worth_nothing_goes_up_and_is_destroyed_with_minutes, a_valid_card_is_never_destroyed,
    every_service_can_be_rebuilt_from_its_turns,
)


def chosen(site, folder):
    site.up()
    bench = Bench(site, folder)
    steps = list(Way.STEPS)
    bench.way.run(steps[:steps.index("sheets")])
    bench.way.settle()
    bench.choose_people()
    return bench


if __name__ == "__main__":
    sys.exit(play("life", CLAIMS, chosen, 3))
