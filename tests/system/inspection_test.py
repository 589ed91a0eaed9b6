#!/usr/bin/env python3
"""An inspection of cards from its plan to the late check, and the yearly check (D1 to D17, A3), with `tdv` on a small site with real
daemons. The window lies behind us, the deadlines before us: what counts is the day of the check, so nothing has to wait."""

import json
import sys
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from tdv_site import SERVICES  # noqa: E402
from way import Way, play  # noqa: E402

DONE, REFUSED = 0, 1
TODAY = date.today()


def day(ahead):
    return (TODAY + timedelta(days=ahead)).isoformat()


class Bench:
    def __init__(self, site, folder):
        self.site, self.work = site, folder / "work"
        self.way = Way(site, folder / "data", self.work)
        self.way.run(("organisations", "members", "officers"))
        self.way.settle()
        self.logins = sorted(p.stem for p in (site.home / "keys" / "officers").glob("*.pem"))
        self.province, self.board, self.committee = (self.login(p) for p in ("btctu-", "btc-", "btv-"))
        self.grassroots = [n for n in self.logins if n.startswith("capuy-")]

    def above(self, cell):
        """Who acts for the committee above a cell."""
        part = next(p for p in self.show("1")["parts"] if p["level"] == "grassroots" and str(cell).startswith(str(p["organisation"])))
        return f"capuy-{part['organisation']}"

    def login(self, prefix):
        return next(n for n in self.logins if n.startswith(prefix))

    def tdv(self, *arguments, by, status=DONE, says=None):
        done = self.site.tdv("--lang", "en", *(["--as", by] if by else []), "--json", *arguments, check=False)
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}{done.stderr}"
        acts = json.loads(done.stdout)["acts"]
        self.way.settle()
        if says:
            reasons = [r for a in acts for r in [a["reason"]] + [e["reason"] for e in a["errors"]]]
            assert says in reasons, f"{arguments}: {reasons}"
        return acts

    def show(self, *arguments):
        return json.loads(self.site.tdv("campaign", "show", *arguments, "--json").stdout)

    def waiting(self, act):
        return json.loads(self.site.tdv("lists", "--act", act, "--json").stdout)["waiting"]

    def state(self):
        return self.show("1")["campaign"]["state"]

    def entries(self, service, name):
        done = self.site.tdv("log", service, "--from", 1, "--json")
        return [e for e in map(json.loads, filter(str.strip, done.stdout.splitlines())) if e["message"] == name]

    def worth(self, number):
        """By the log: what the last change of the card's worth came to."""
        last = [e["body"]["to"] for e in self.entries("revocation", "validity_changed") if text(e["body"]["number"]) == number]
        return last[-1] if last else "active"

    def audit(self):
        done = self.site.tdv("audit", "--json", check=False)
        assert done.returncode == DONE, done.stdout + done.stderr


def text(number):
    return number if isinstance(number, str) else f"{number // 1000000:02}.{number % 1000000:06}"


# --- claims, in order

def a_plan_needs_its_dates_and_a_board(b):
    plan = ("campaign", "plan", "--ordinal", 5, "--basis", "HD 01-HD/BTCTW", "--cards", "paper_2003", "--from", day(-30), "--to", day(-1))
    assert b.site.tdv(*plan, "--as", b.province, check=False).returncode == 2  # usage: the deadlines
    deadlines = ("--cells-by", day(1), "--grassroots-by", day(1), "--report-by", day(1))
    b.tdv(*plan, *deadlines, by=b.board, status=REFUSED, says="role_not_allowed")
    act, = b.tdv(*plan, *deadlines, by=b.province)
    assert act["number"] == 1 and b.state() == "planned"


def opening_tells_everybody_who_has_a_part(b):
    b.tdv("campaign", "open", 1, by=b.province)
    shown = b.show("1")
    cells = [p for p in shown["parts"] if p["level"] == "cell"]
    assert shown["campaign"]["state"] == "open" and len(cells) == shown["campaign"]["cells"] > 1
    assert {w["organisation"] for w in b.waiting("file_checks")} == {c["organisation"] for c in cells}
    letters = json.loads(b.site.tdv("mail", "--as", f"chibo-{cells[0]['organisation']}", "--json").stdout)["letters"]
    assert "campaign_notice" in [x["message"] for x in letters], letters


def the_lists_of_the_cells_are_written_and_filed(b):
    out = b.work / "checks"
    b.lists = json.loads(b.site.tdv("campaign", "sheets", "--out", out, "--cards", "paper_2003", "--json").stdout)["lists"]
    b.lists = [x for x in b.lists if x["cards"] > 0]
    first = next(x for x in b.lists if x["cards"] > 4)
    b.cell = first["cell"]
    rows = Path(first["file"]).read_text(encoding="utf-8-sig").splitlines()
    b.cards = [r.split(";")[0] for r in rows[1:]]
    b.damaged, b.hidden, b.left_out = b.cards[0], b.cards[1], b.cards[2]
    said = {b.damaged: "damaged", b.hidden: "not_presented"}
    found = [";".join([r.split(";")[0], said.get(r.split(";")[0], "ok"), *r.split(";")[2:]]) for r in rows[1:]]
    Path(first["file"]).write_text("\r\n".join([rows[0], *found]) + "\r\n", encoding="utf-8-sig")
    untouched = next(x for x in b.lists if x["cell"] != b.cell)  # nobody looked at these cards
    done = b.site.tdv("campaign", "file", 1, untouched["file"], "--meeting", day(-10), "--json", check=False)
    answer = json.loads(done.stdout)
    assert done.returncode == REFUSED and not answer["acts"], done
    assert [(e["field"], e["reason"]) for e in answer["errors"]] == [("result", "missing")] * untouched["cards"], answer
    done = b.site.tdv("--lang", "en", "campaign", "file", 1, first["file"], "--meeting", day(-10), "--members", first["members"] + 1)
    assert "1 card is damaged: `tdv report-damage`" in done.stdout, done.stdout  # told, and not done
    b.way.settle()
    assert b.worth(b.damaged) == "active"


def counts_that_differ_are_shown_and_hold_form_6(b):
    part, = b.show("1", "--differences")["parts"]
    assert b.show("--differences")["parts"] == [part] # of the newest campaign
    assert part["organisation"] == b.cell and part["members"] == part["registered"] + 1
    above = b.above(b.cell)
    others = [x["file"] for x in b.lists if x["cell"] != b.cell]
    for x in b.lists:
        if x["cell"] != b.cell:
            b.tdv("campaign", "file", 1, x["file"], "--meeting", day(-10), "--members", x["members"], "--all-in-order", by=None)
    assert b.state() == "cells_filed", b.show("1")
    assert others
    b.tdv("campaign", "consolidate", 1, "--number", "6-KTTĐV", by=above, status=REFUSED, says="not_settled")
    done = b.site.tdv("--lang", "en", "--as", above, "campaign", "consolidate", 1, "--number", "6-KTTĐV", check=False)
    assert f"{b.cell} (" in done.stderr and "`tdv campaign show 1 --differences`" in done.stderr, done.stderr
    b.tdv("campaign", "settle", 1, "--cell", b.cell, "--explanation", "một đảng viên vừa chuyển đi", by=above)


def committees_confirm_but_for_a_card(b):
    b.tdv("campaign", "decide", 1, "--number", "20-QĐ", by=b.committee, status=REFUSED, says="not_filed")
    for login in b.grassroots:
        left_out = (b.left_out, "--reason", "photo_missing") if login == b.above(b.cell) else ()
        b.tdv("campaign", "consolidate", 1, *left_out, "--number", "6-KTTĐV", by=login)
    assert b.state() == "grassroots_filed"


def the_superior_decides_stamps_gives_back_and_reports(b):
    b.tdv("campaign", "stamp", 1, by=b.board, status=REFUSED, says="wrong_state")
    b.tdv("campaign", "decide", 1, "--number", "20-QĐ", by=b.committee)
    act, = b.tdv("campaign", "stamp", 1, by=b.board)
    assert act["accepted"] == sum(x["cards"] for x in b.lists) - 3, act  # damaged, hidden, left out
    b.tdv("campaign", "stamp", 1, b.cards[3], by=b.board, status=REFUSED, says="already_done")
    b.tdv("campaign", "stamp", 1, b.left_out, by=b.board, status=REFUSED, says="left_out")
    assert [w["number"] for w in b.waiting("return_checked")] == [1] and not b.waiting("stamp_cards")
    b.tdv("campaign", "return", 1, by=b.board)
    b.tdv("campaign", "report", 1, "--number", "7-KTTĐV", by=b.board)
    assert b.state() == "reported"


def a_damaged_card_is_reported_by_the_cell_itself(b):
    b.tdv("report-damage", b.damaged, by=f"chibo-{b.cell}")
    assert b.worth(b.damaged) == "damaged"


def the_end_makes_cards_without_their_check_worthless(b):
    b.tdv("campaign", "close", 1, by=b.province)
    shown = b.show("1")["campaign"]
    missed = {text(e["body"]["number"]) for e in b.entries("inspection", "check_missed")}
    assert shown["state"] == "closed" and {b.damaged, b.hidden, b.left_out} <= missed and shown["missed"] == len(missed)
    assert [b.worth(n) for n in (b.damaged, b.hidden, b.left_out, b.cards[3])] == ["damaged", "unstamped", "unstamped", "active"]
    b.audit()


def an_unstamped_card_that_is_lost_is_found_unstamped(b):
    b.tdv("report-loss", b.left_out, by=f"chibo-{b.cell}")
    b.tdv("late-check", b.left_out, "--number", "30-QĐ", by=b.committee, status=REFUSED, says="card_not_valid")
    told = b.site.tdv("--lang", "en", "--as", f"chibo-{b.cell}", "found", b.left_out).stdout
    b.way.settle()
    assert "`tdv late-check`" in told and "active again" not in told, told
    assert b.worth(b.left_out) == "unstamped"


def a_decision_and_a_late_check_bring_a_card_back(b):
    b.tdv("late-check", b.hidden, "--number", "30-QĐ", "--date", day(-40), by=b.committee, status=REFUSED, says="date_order")
    b.tdv("late-check", b.hidden, "--number", "30-QĐ", by=b.committee)
    assert b.worth(b.hidden) == "active"
    b.tdv("late-check", b.hidden, "--number", "30-QĐ", by=b.committee, status=REFUSED, says="wrong_state")
    story = b.site.tdv("--lang", "en", "trace", b.hidden).stdout
    assert "closed without a check" in story and "checked late" in story, story
    b.audit()


def a_cell_files_its_yearly_check(b):
    sheet = b.work / "yearly.csv"
    sheet.write_text("card_number,result\r\n" + "".join(f"{n},ok\r\n" for n in b.cards[3:]))
    b.tdv("check-cards", sheet, "--year", TODAY.year, "--meeting", day(0), by=f"chibo-{b.cell}")
    filed = [e["body"] for e in b.entries("inspection", "checks_filed") if "year" in e["body"]]
    assert [(f["year"], f["figures"]["ok"], f["figures"]["absent"]) for f in filed] == [(TODAY.year, len(b.cards) - 3, 3)], filed
    cell, = b.show("--year", TODAY.year)["cells"]
    assert (cell["organisation"], cell["ok"], cell["absent"]) == (b.cell, len(b.cards) - 3, 3)


def one_that_is_opened_after_its_deadlines_is_not_closed_the_same_day(b):
    over = day(-1)
    b.tdv("campaign", "plan", "--ordinal", 6, "--basis", "HD 02-HD/BTCTW", "--cards", "paper_2003", "--from", day(-30), "--to", over,
          "--cells-by", over, "--grassroots-by", over, "--report-by", over, by=b.province)
    b.tdv("campaign", "open", 2, by=b.province)
    other = next(x for x in b.lists if x["cell"] != b.cell)
    b.tdv("campaign", "file", 2, other["file"], "--meeting", day(-10), "--members", other["members"], "--all-in-order", by=None)
    missed = len(b.entries("inspection", "check_missed"))
    b.tdv("campaign", "close", 2, by=b.province, status=REFUSED, says="not_filed")
    done = b.site.tdv("--lang", "en", "--as", b.province, "campaign", "close", 2, check=False)
    assert done.returncode == REFUSED and "14 working days" in done.stdout + done.stderr, done.stdout + done.stderr
    b.way.settle()
    assert b.show("2")["campaign"]["state"] == "reported" and len(b.entries("inspection", "check_missed")) == missed
    assert not [w for w in b.waiting("close_campaign") if w["number"] == 2]


def inspection_and_revocation_can_be_rebuilt_from_their_turns(b):
    b.site.down()
    b.site.start()
    for service in ("inspection", "revocation"):
        b.site.tdv("replay", service)
    assert "inspection" in SERVICES


CLAIMS = (
    a_plan_needs_its_dates_and_a_board, opening_tells_everybody_who_has_a_part, the_lists_of_the_cells_are_written_and_filed,
    counts_that_differ_are_shown_and_hold_form_6, committees_confirm_but_for_a_card,
    the_superior_decides_stamps_gives_back_and_reports, a_damaged_card_is_reported_by_the_cell_itself,
    the_end_makes_cards_without_their_check_worthless, an_unstamped_card_that_is_lost_is_found_unstamped,
    a_decision_and_a_late_check_bring_a_card_back, a_cell_files_its_yearly_check,
    one_that_is_opened_after_its_deadlines_is_not_closed_the_same_day,
    inspection_and_revocation_can_be_rebuilt_from_their_turns,
)


def begun(site, folder):
    site.up()
    return Bench(site, folder)


if __name__ == "__main__":
    sys.exit(play("inspection", CLAIMS, begun, 3))
