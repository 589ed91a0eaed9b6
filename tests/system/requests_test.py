#!/usr/bin/env python3
"""Requests that do not simply pass, with real daemons and `tdv`: held and ruled on, returned and corrected, withdrawn while they
wait and too late, what is due and with whom (domain.md §3, A7)."""

import csv
import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from way import Way, play  # noqa: E402

DONE, REFUSED, USAGE = 0, 1, 2
CELL = "440170101"


class Bench:
    """The site, its data, and `tdv`.  The first list of the cell has a row of each kind."""

    def __init__(self, site, folder):
        self.site, self.folder, self.data = site, folder, folder / "data"
        self.way = Way(site, self.data, folder / "work")
        self.file = self.data / "lists" / f"{CELL}-exchange.csv"

    def json(self, *arguments, status=DONE):
        done = self.site.tdv("--json", *arguments, check=False)
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def says(self, *arguments, status=DONE, language="vi"):
        done = self.site.tdv("--lang", language, *arguments, check=False)
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def rows(self, path):
        with open(path, encoding="utf-8-sig", newline="") as f:
            return list(csv.DictReader(f, delimiter=";"))

    def write(self, path, rows):
        with open(path, "w", encoding="utf-8", newline="") as f:
            writer = csv.DictWriter(f, fieldnames=list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)

    def list_number(self, path):
        return next(a["number"] for a in self.submitted["acts"] if a["about"].endswith(path.name))

    def states(self):
        return {(r["kind"], r["state"]): r["count"] for r in self.json("outcome")["requests"]}

    def letters(self, login):
        return self.json("mail", "--as", login)["letters"]


def prepare(b):
    """Row 1 lacks its photo, row 3 names another card, row 4's member is under discipline."""
    rows = b.rows(b.file)
    rows[0]["Ảnh"] = ""
    rows[2]["Số thẻ"] = "44.999999"
    b.disciplined, b.cell_rows = rows[3]["Số lý lịch"], rows
    b.write(b.file, rows)
    members = b.rows(b.data / "members.csv")
    for m in members:
        if m["Số lý lịch"] == b.disciplined:
            m["Kỷ luật"] = "31/12/2099"
    b.write(b.data / "members.csv", members)


def lists_are_submitted_and_each_row_is_told_what_becomes_of_it(b):
    b.site.up()
    prepare(b)
    for step in ("organisations", "members", "officers"):
        getattr(b.way, step)()
    before = b.json("progress")["total"]
    assert before["no_photo"] == before["members"] > 50 and before["complete"] == 0, before
    b.submitted = b.way.acts("submit", *sorted((b.data / "lists").glob("*.csv")), rows_may_fail=True)
    b.list = b.list_number(b.file)
    errors = {e["row"]: (e["field"], e["reason"]) for a in b.submitted["acts"] if a["number"] == b.list for e in a["errors"]}
    assert errors[2] == ("photo", "photo_missing"), errors
    assert errors[4] == ("card_number", "held_mismatch") and errors[5] == ("discipline", "held_discipline"), errors
    act = next(a for a in b.submitted["acts"] if a["number"] == b.list)
    outcomes = {e["row"]: e["outcome"] for e in act["errors"]}
    assert (outcomes[2], outcomes[4], outcomes[5]) == ("returned", "on_hold", "on_hold"), outcomes
    counted = [sum(o == wanted for o in outcomes.values()) for wanted in ("on_hold", "returned")]
    assert [act["held"], act["returned"]] == counted and len(outcomes) == act["refused"] >= 3, act


def photos_that_came_with_lists_count_as_data_that_are_there(b):
    total = b.json("progress")["total"]
    photos = sum(a["accepted"] + a["held"] for a in b.submitted["acts"])  # who was returned has none, who was refused needs it again
    assert total["members"] - total["no_photo"] == photos > 30 and 0 < total["complete"] <= photos, (total, photos)


def each_outcome_of_a_list_is_told_for_itself(b):
    """Once more the row without its photo, which comes back again, and one whose request is open."""
    path = b.data / "lists" / "once-more.csv"
    b.write(path, b.cell_rows[:2])
    for language, counted, settled in (("vi", "0 đi tiếp, 1 trả lại để bổ sung, 1 bị từ chối", ("→ Trả lại để bổ sung", "→ Từ chối")),
                                       ("en", "0 go on, 1 returned to be mended, 1 refused", ("→ returned", "→ rejected"))):
        told = b.says("submit", path, language=language, status=REFUSED)
        assert counted in told and all(s in told for s in settled) and "`tdv submit" in told and "`tdv appraise" not in told, told


def the_queue_shows_what_is_held_and_who_rules(b):
    held = {h["request"]: h for h in b.json("adjudicate", "list")["held"]}
    b.mismatch, b.discipline = f"{b.list}-3", f"{b.list}-4"
    assert held[b.mismatch]["held"] == "held_mismatch" and held[b.mismatch]["by"] == "superior_board", held
    assert held[b.discipline]["held"] == "held_discipline" and held[b.discipline]["by"] == "inspection_commission", held
    assert "Giữ lại" in b.says("adjudicate", "list")


def a_ruling_is_for_the_one_whose_business_it_is(b):
    for reason in ((), ("--reason", "bậy")):
        told = b.says("adjudicate", "refuse", b.discipline, *reason, status=USAGE)
        assert re.search("^  not_in_standing +Không đủ tư cách$", told, re.M), told
    b.says("adjudicate", "release", "nonsense", status=USAGE)
    b.says("adjudicate", "release", "999-1", status=REFUSED)
    act = b.json("adjudicate", "release", b.discipline, "--as", "btc-44017", status=REFUSED)["acts"][0]
    assert [e["reason"] for e in act["errors"]] == ["role_not_allowed"], act


def what_is_released_goes_on_as_a_list_of_its_own(b):
    act = b.json("adjudicate", "release", b.discipline, "--number", "8-KL/UBKT")["acts"][0]
    assert act["accepted"] == 1 and act["number"] > b.list, act
    b.released = act["number"]
    waiting = b.json("lists", "--act", "appraise")["waiting"]
    assert any(w["number"] == b.released and w["count"] == 1 for w in waiting), waiting
    news = [x["body"] for x in b.letters(f"chibo-{CELL}") if x["message"] == "request_news"]
    assert [n["state"] for n in news] == ["verified"], news


def a_released_request_is_left_out_of_the_list_that_it_goes_on_with(b):
    b.says("appraise", b.list, "--leave-out", f"{b.discipline}=photo_missing", status=REFUSED)
    act = b.json("appraise", b.released, "--leave-out", f"{b.discipline}=photo_missing")["acts"][0]
    assert (act["accepted"], act["refused"], act["errors"]) == (0, 1, []), act


def what_is_refused_ends(b):
    assert "chi bộ nhận được thư" in b.says("adjudicate", "refuse", b.mismatch, "--reason", "held_mismatch")
    b.says("adjudicate", "release", b.mismatch, status=REFUSED)
    assert b.mismatch not in {h["request"] for h in b.json("adjudicate", "list")["held"]}


def a_corrected_row_goes_on_under_its_first_number(b):
    row = dict(b.cell_rows[0])
    row["Ảnh"] = f"../photos/{row['Số lý lịch']}.jpg"
    row["Đề nghị"] = f"{b.list}-1"
    b.write(b.data / "lists" / "corrected.csv", [row])
    act = b.json("submit", b.data / "lists" / "corrected.csv")["acts"][0]
    assert act["accepted"] == 1 and act["refused"] == 0, act
    b.corrected = f"{b.list}-1"
    assert "bổ sung" in b.says("trace", b.corrected)


def a_request_is_withdrawn_wherever_it_waits(b):
    before = b.states().get(("exchange", "withdrawn"), 0)
    b.json("withdraw", f"{b.list}-5")
    b.way.acts("appraise", "--all", rows_may_fail=True)
    b.json("withdraw", b.corrected)
    b.way.consolidate()
    b.json("withdraw", f"{b.list}-6")
    out = len(b.cell_rows)
    acts = b.json("decide", "--all", "--number", "12-QĐ/ĐU", "--leave-out", f"{b.list}-{out}=photo_missing")["acts"]
    assert len(acts) > 1 and sorted(a["refused"] for a in acts) == [0] * (len(acts) - 1) + [1], acts  # of its own list only
    b.way.approve()
    b.json("withdraw", f"{b.list}-7", f"{b.list}-8")
    assert b.states()[("exchange", "withdrawn")] == before + 5, b.states()
    again = b.json("withdraw", f"{b.list}-5", status=REFUSED)["acts"][0]
    assert [(e["reason"], e["now"][0]["state"]) for e in again["errors"]] == [("wrong_state", "withdrawn")], again
    told = b.says("withdraw", f"{b.list}-5", status=REFUSED)
    assert f"hiện nay: đề nghị {b.list}-5: Rút đề nghị" in told, told


def who_withdrew_may_be_submitted_again(b):
    row = dict(b.cell_rows[4])
    b.write(b.data / "lists" / "again.csv", [row])
    act = b.json("submit", b.data / "lists" / "again.csv")["acts"][0]
    assert act["accepted"] == 1, act


def returned(b):
    letters = [x["body"] for x in b.letters(f"chibo-{CELL}") if x["message"] == "request_news"]
    return [n["request"] for n in letters if n["state"] == "returned"]


def a_card_that_is_made_is_not_withdrawn_any_more(b):
    b.way.numbers()
    b.way.order()
    b.way.refuse = 400
    b.way.print_cards()
    bad = {e["row"] - 1 for a in b.submitted["acts"] if a["number"] == b.list for e in a["errors"]} | {5, 6, 7, 8}
    refused = {int(r) & 0xffff for r in returned(b)}
    made = next(f"{b.list}-{row}" for row in range(1, len(b.cell_rows)) if row not in bad | refused)
    act = b.json("withdraw", made, status=REFUSED)["acts"][0]
    assert [e["reason"] for e in act["errors"]] == ["too_late"], act
    assert "không dừng được" in b.says("withdraw", made, status=REFUSED)


def what_the_facility_refuses_is_corrected_and_made_after_all(b):
    refused = returned(b)
    assert refused
    rows = []
    for request in refused:
        request = int(request)
        row = dict(b.cell_rows[(request & 0xffff) - 1])
        row["Ảnh"] = f"../photos/{row['Số lý lịch']}.jpg"
        row["Đề nghị"] = f"{request >> 16}-{request & 0xffff}"
        rows.append(row)
    b.write(b.data / "lists" / "mended.csv", rows)
    act = b.json("submit", b.data / "lists" / "mended.csv")["acts"][0]
    assert act["accepted"] == len(rows), act
    b.way.refuse = 0
    for step in ("appraise", "consolidate", "decide", "approve", "order", "print_cards"):
        getattr(b.way, step)()
    assert ("exchange", "returned") not in b.states() or b.states()[("exchange", "returned")] < len(refused) + 10, b.states()


def what_will_be_due_is_listed_with_whom(b):
    assert b.json("overdue")["overdue"] == []
    soon = b.json("overdue", "--soon", 60)["overdue"]
    assert any(o["waits_for"] == "appraise" and o["organisation"] == 4401701 and o["days_late"] < 0 for o in soon), soon
    assert b.json("overdue", "--soon", 60, "--organisation", 900)["overdue"] == []
    assert "Không có gì quá hạn" in b.says("overdue")


def what_the_door_refuses_is_said_in_the_reader_s_language(b):
    text = b.data / "lists" / "text.jpg"
    text.write_text("no picture")
    b.write(b.data / "lists" / "text.csv", [dict(b.cell_rows[1]) | {"Ảnh": "text.jpg"}])
    for language, behind, picture in (("en", "behind (a letter that you hold was never written here", "malformed (neither a JPEG nor a PDF file)"),
                                      ("vi", "(thư mà máy này đang giữ chưa từng có ở đây", "Gói tin không đúng dạng (không phải tệp JPEG, cũng không phải PDF)")):
        assert behind in b.says("mail", "--as", f"chibo-{CELL}", "--after", 99999, language=language, status=REFUSED)
        assert picture in b.says("submit", b.data / "lists" / "text.csv", language=language, status=REFUSED)


def people_read_dates_as_their_forms_write_them_and_programs_in_iso(b):
    iso = re.compile(r"(?<![/\d])\d{4}-\d\d-\d\d")  # a waybill, organisation/date, is a name
    for verb in (("overdue", "--soon", 60), ("rules", "--all"), ("adjudicate", "list"), ("mail", "--as", f"chibo-{CELL}"),
                 ("trace", b.discipline, "--all"), ("log", "verification", "--limit", 5), ("stock", "list")):
        told = b.says(*verb)
        written = verb[0] == "log" or verb[0] == "stock" or re.search(r"\b\d\d/\d\d/\d{4}\b", told)
        assert written and (verb[0] == "log" or not iso.search(told)), (verb, told)
    assert re.search(r"^\d+  \d\d/\d\d/\d{4} \d\d:\d\d:\d\d  ", b.says("log", "verification", "--limit", 5), re.M)
    assert all(iso.fullmatch(o["due"]) for o in b.json("overdue", "--soon", 60)["overdue"])


def every_letter_and_story_reads_in_both_languages(b):
    for language in ("vi", "en"):
        b.says("trace", b.discipline, "--all", language=language)
        letters = b.says("mail", "--as", f"chibo-{CELL}", language=language)
        assert {"vi": "Việc cần làm: ", "en": "To do: "}[language] in letters and "`tdv " in letters, letters
        assert "request=" not in letters and "request_news" not in letters, letters


def the_audit_is_clean(b):
    found = b.json("audit", "--wait", 20)
    assert found["findings"] == [], found


CLAIMS = (lists_are_submitted_and_each_row_is_told_what_becomes_of_it,
          photos_that_came_with_lists_count_as_data_that_are_there, each_outcome_of_a_list_is_told_for_itself,
          the_queue_shows_what_is_held_and_who_rules,
          a_ruling_is_for_the_one_whose_business_it_is, what_is_released_goes_on_as_a_list_of_its_own,
          a_released_request_is_left_out_of_the_list_that_it_goes_on_with, what_is_refused_ends,
          a_corrected_row_goes_on_under_its_first_number, a_request_is_withdrawn_wherever_it_waits,
          who_withdrew_may_be_submitted_again, a_card_that_is_made_is_not_withdrawn_any_more,
          what_will_be_due_is_listed_with_whom, what_the_facility_refuses_is_corrected_and_made_after_all,
          what_the_door_refuses_is_said_in_the_reader_s_language,
          people_read_dates_as_their_forms_write_them_and_programs_in_iso,
          every_letter_and_story_reads_in_both_languages, the_audit_is_clean)


if __name__ == "__main__":
    sys.exit(play("requests", CLAIMS, Bench, 4, chained=True))
