#!/usr/bin/env python3
"""How a site's members and organisations change while requests and cards are on their way: updates by file, transfers, mergers,
closings, double entries, progress; afterwards the audit finds nothing and every service is rebuilt from its turns."""

import csv
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from tdv_site import SERVICES  # noqa: E402
from way import Way, play  # noqa: E402

DONE, REFUSED, USAGE = 0, 1, 2
CELL_1, CELL_2, CELL_3, BASE_CELL, COMMUNE = 440170101, 440170102, 440170103, 4401751, 44017


class Bench:
    def __init__(self, site, folder):
        self.site, self.folder, self.data = site, folder, folder / "data"
        self.way = Way(site, self.data, folder / "work")
        with open(self.data / "members.csv", encoding="utf-8-sig", newline="") as f:
            self.members = list(csv.DictReader(f, delimiter=";"))

    def tdv(self, status, *arguments, language="en"):
        done = self.site.tdv("--lang", language, *arguments, check=False)
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def json(self, *arguments, status=DONE):
        done = self.site.tdv("--json", *arguments, check=False)
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def officer(self, role, organisation):
        with open(self.data / "officers.csv", encoding="utf-8-sig", newline="") as f:
            return next(o["login"] for o in csv.DictReader(f) if o["role"] == role and int(o["organisation"]) == organisation)

    def of_cell(self, cell):
        return [m for m in self.members if int(m["Chi bộ đang sinh hoạt"]) == cell and m["Tình trạng"] == "Đang sinh hoạt"]

    def file(self, name, header, *rows):
        path = self.data / name
        with open(path, "w", encoding="utf-8-sig", newline="") as f:
            w = csv.writer(f, delimiter=";")
            w.writerow(header)
            w.writerows(rows)
        return path

    def registry(self):
        """member_registered by member: the last one."""
        return {e["body"]["member"]: e["body"] for e in map(json.loads, self.site.tdv("--json", "log", "registry", "--from", 1).stdout.splitlines())
                if e["message"] == "member_registered"}

    def said(self, service, message):
        return [e["body"] for e in map(json.loads, self.site.tdv("--json", "log", service, "--from", 1).stdout.splitlines()) if e["message"] == message]

    def errors(self, answer):
        return [(e["field"], e["reason"]) for a in answer["acts"] for e in a["errors"]]


# --- who is registered

def an_import_does_not_change_who_is_registered(b):
    """What a person is known by, each in a row of its own: refused, and nobody is new."""
    header, before = list(b.members[0]), b.registry()
    changes = {"Họ và tên": ("Lê Văn Khác", "full_name"), "Ngày sinh": ("01/02/1960", "birth_date"), "Giới tính": (None, "sex"),
               "Điện thoại": ("0912000999", "phone")}
    rows = []
    for member, (column, (value, _)) in zip(b.members, changes.items()):
        value = value or ("Nữ" if member[column] == "Nam" else "Nam")
        assert member[column] != value
        rows.append([value if name == column else member[name] for name in header])
    answer = b.json("registry", "import", b.file("others.csv", header, *rows), status=REFUSED)
    assert b.errors(answer) == [(field, "differs") for _, field in changes.values()], answer
    assert b.registry() == before


# --- updates

def a_dry_run_shows_what_would_change_and_changes_nothing(b):
    b.one, b.two, b.three = b.of_cell(CELL_1)[:3]
    photo = next((b.data / "photos").iterdir()).name
    b.updates = b.file("updates.csv", ("Số lý lịch", "Họ và tên", "Điện thoại", "Kỷ luật", "Ảnh"),
                       (b.one["Số lý lịch"], "Nguyễn Văn Đổi", "0912345678", "", ""), (b.two["Số lý lịch"], b.two["Họ và tên"], "", "", ""),
                       (b.three["Số lý lịch"], "", "", "31/12/2030", f"photos/{photo}"), ("000001ZZ", "Không Có", "", "", ""))
    before = b.site.tdv("--json", "log", "registry", "--from", 1).stdout.count("member_registered")
    answer = b.json("registry", "update", b.updates, "--dry-run", "--report", b.folder / "differences.csv", status=REFUSED)
    changes = {(c["row"], c["field"]) for c in answer["changes"]}
    assert changes == {(2, "full_name"), (2, "phone"), (4, "discipline"), (4, "photo")}, answer
    assert answer["unchanged"] == 1 and answer["refused"] == 1, answer
    assert not any(b.one["Họ và tên"] in c["was"] for c in answer["changes"]), "personal data came out of the vault"
    report = (b.folder / "differences.csv").read_text(encoding="utf-8-sig")
    assert report.count("\n") == 7 and "Nguyễn Văn Đổi" in report and "000001ZZ" in report, report
    assert b.site.tdv("--json", "log", "registry", "--from", 1).stdout.count("member_registered") == before
    shown = b.tdv(REFUSED, "registry", "update", b.updates, "--dry-run", language="vi")
    assert "Nguyễn Văn Đổi" in shown.stdout and "000001ZZ" in shown.stderr, shown


def an_update_makes_new_records_and_a_second_time_changes_nothing(b):
    before = b.registry()
    b.tdv(REFUSED, "registry", "update", b.updates)
    after = b.registry()
    changed = {m for m in after if after[m]["version"] != before[m]["version"]}
    assert len(changed) == 2, changed
    records = [m for m in changed if after[m]["record"] != before[m]["record"]]
    assert len(records) == 1 and sum("discipline_until" in after[m] for m in changed) == 1
    again = b.json("registry", "update", b.updates, status=REFUSED)
    assert again["changes"] == [] and again["unchanged"] == 3, again
    log = b.site.tdv("--json", "log", "registry", "--from", 1).stdout + b.site.tdv("--json", "log", "intake", "--from", 1).stdout
    assert "Nguyễn Văn Đổi" not in log and "0912345678" not in log


def a_dash_empties_what_a_member_can_be_without(b):
    number = b.three["Số lý lịch"]
    emptied = b.file("emptied.csv", ("Số lý lịch", "Họ và tên", "Điện thoại", "Kỷ luật", "Ảnh"), (number, "", "-", "-", "-"))
    member, before = next((m, row) for m, row in b.registry().items() if "discipline_until" in row and row.get("photo"))
    answer = b.json("registry", "update", emptied)
    assert {c["field"] for c in answer["changes"]} == {"phone", "discipline", "photo"}, answer
    after = b.registry()[member]
    assert "discipline_until" not in after and "photo" not in after, after
    assert after["record"] != before["record"], "the phone's record is a new one"
    assert b.json("registry", "update", emptied)["unchanged"] == 1
    # A name is never empty: there the dash is a name, and none.
    b.tdv(REFUSED, "registry", "update", b.file("dash.csv", ("Số lý lịch", "Họ và tên"), (number, "-")))


def a_citizen_id_of_another_is_refused_and_a_corrected_one_is_free_again(b):
    other = b.file("ids.csv", ("Số lý lịch", "Số định danh"), (b.one["Số lý lịch"], b.two["Số định danh"]))
    answer = b.json("registry", "update", other, status=REFUSED)
    assert ("citizen_id", "identity_shared") in b.errors(answer), answer
    b.tdv(DONE, "registry", "update", b.file("ids.csv", ("Số lý lịch", "Số định danh"), (b.one["Số lý lịch"], "044045999999")))
    # What was corrected belongs to nobody now.
    b.tdv(DONE, "registry", "update", b.file("ids.csv", ("Số lý lịch", "Số định danh"), (b.two["Số lý lịch"], b.one["Số định danh"])))


def the_card_in_use_does_not_change_by_an_update(b):
    answer = b.json("registry", "update", b.file("card.csv", ("Số lý lịch", "Số thẻ"), (b.two["Số lý lịch"], "44.000999")), "--dry-run",
                    "--report", b.folder / "card-report.csv", status=REFUSED)
    assert answer["changes"] == [] and answer["refused"] == 1, answer
    assert "44.000999" in (b.folder / "card-report.csv").read_text(encoding="utf-8-sig")


# --- transfers

def a_transfer_moves_the_member_and_tells_delivery(b):
    who = b.of_cell(CELL_3)[0]["Số lý lịch"]
    moved = len(b.said("registry", "member_moved"))
    b.tdv(DONE, "transfer", who, "--to", CELL_1, "--date", "2026-01-05", "--decision", "5-QĐ/ĐU")
    assert b.said("registry", "member_moved")[moved:][0]["to"] == CELL_1
    answer = b.json("transfer", who, "--to", CELL_1, "--date", "2026-01-05", "--decision", "5-QĐ/ĐU", status=REFUSED)
    assert b.errors(answer) == [("organisation", "already_done")], answer
    for arguments in ((who,), (who, "--to", CELL_1), (who, "--to", CELL_1, "--away", "--date", "2026-01-05", "--decision", "x")):
        b.tdv(USAGE, "transfer", *arguments)


def a_file_of_transfers_goes_there_and_back(b):
    who = [m["Số lý lịch"] for m in b.of_cell(CELL_3)[1:4]]
    header = ("Số lý lịch", "Tổ chức", "Hình thức chuyển sinh hoạt", "Ngày", "Quyết định")
    there = b.file("transfers.csv", header, (who[0], BASE_CELL, "Chuyển sinh hoạt tạm thời", "05/01/2026", "6-QĐ/ĐU"),
                   (who[1], "", "Chuyển sinh hoạt chính thức", "05/01/2026", "7-QĐ/ĐU"), (who[2], COMMUNE, "", "05/01/2026", "8-QĐ/ĐU"))
    answer = b.json("transfer", there, status=REFUSED)
    assert answer["acts"][0]["accepted"] == 2 and b.errors(answer) == [("organisation", "wrong_level")], answer
    statuses = [m["to"] for m in b.said("registry", "member_status_changed")][-2:]
    assert statuses == ["temp_activity", "transferred"], statuses
    back = b.file("back.csv", header, (who[0], CELL_3, "Chuyển sinh hoạt tạm thời", "06/01/2026", "9-QĐ/ĐU"),
                  (who[1], CELL_3, "", "06/01/2026", "10-QĐ/ĐU"))
    b.tdv(DONE, "transfer", back)
    assert [m["to"] for m in b.said("registry", "member_status_changed")][-2:] == ["active", "active"]


def a_commune_transfers_within_itself_only(b):
    login = b.officer("superior_board", COMMUNE)
    who = b.of_cell(CELL_3)[4]["Số lý lịch"]
    answer = b.json("--as", login, "transfer", who, "--to", 900, "--date", "2026-01-05", "--decision", "x", status=REFUSED)
    assert b.errors(answer) == [("organisation", "outside_subtree")], answer
    b.tdv(DONE, "--as", login, "transfer", who, "--to", BASE_CELL, "--date", "2026-01-05", "--decision", "11-QĐ/ĐU")
    answer = b.json("--as", b.officer("cell_officer", CELL_3), "transfer", who, "--to", CELL_3, "--date", "2026-01-05", "--decision", "x",
                    status=REFUSED)
    assert b.errors(answer)[0][1] == "role_not_allowed", answer


# --- mergers, while lists are on their way

def lists_of_both_cells_are_submitted(b):
    b.lists = b.way.submit()["acts"]
    assert len(b.lists) >= 4


def a_cell_is_merged_and_its_officers_act_for_it_no_more(b):
    answer = b.json("organisation", "merge", CELL_2, "--into", COMMUNE, "--date", "2026-01-10", "--decision", "3-QĐ/ĐU", status=REFUSED)
    assert b.errors(answer) == [("into", "wrong_level")], answer
    b.merged = {m["member"] for m in b.registry().values() if m["home_cell"] == CELL_2}
    b.tdv(DONE, "organisation", "merge", CELL_2, "--into", CELL_1, "--date", "2026-01-10", "--decision", "3-QĐ/ĐU", language="vi")
    assert all(m["home_cell"] != CELL_2 and m["present_cell"] != CELL_2 for m in b.registry().values())
    answer = b.json("organisation", "merge", CELL_2, "--into", CELL_1, "--date", "2026-01-10", "--decision", "3-QĐ/ĐU", status=REFUSED)
    assert b.errors(answer) == [("code", "already_done")], answer
    done = b.site.tdv("--json", "--as", b.officer("cell_officer", CELL_2), "submit", b.data / "lists" / f"{CELL_2}-exchange.csv", check=False)
    assert done.returncode == REFUSED and "organisation_ended" in done.stdout, done.stdout + done.stderr


def what_was_on_its_way_goes_on_to_the_approved_list(b):
    for step in ("appraise", "consolidate", "decide", "approve"):
        getattr(b.way, step)()
    waiting = b.json("lists")["waiting"]
    assert {w["act"] for w in waiting} - {"adjudicate"} == {"place_order"}, waiting


def an_organisation_with_members_is_not_closed_and_an_empty_one_is(b):
    answer = b.json("organisation", "close", CELL_3, "--date", "2026-01-10", "--decision", "4-QĐ/ĐU", status=REFUSED)
    assert b.errors(answer) == [("code", "not_empty")], answer
    more = b.file("more.csv", ("Mã tổ chức", "Tên", "Cấp", "Tổ chức cấp trên", "Hiệu lực từ"),
                  (440170109, "Chi bộ lâm thời", "Chi bộ", 4401701, "01/07/2025"))
    b.tdv(DONE, "registry", "import", more)
    b.tdv(DONE, "organisation", "close", 440170109, "--date", "2026-01-10", "--decision", "4-QĐ/ĐU")
    answer = b.json("transfer", b.one["Số lý lịch"], "--to", 440170109, "--date", "2026-01-12", "--decision", "x", status=REFUSED)
    assert b.errors(answer) == [("organisation", "organisation_ended")], answer


# --- double entries

def a_double_entry_is_held_for_a_person(b):
    assert b.json("duplicates", "list")["duplicates"] == []
    new = dict(b.three, **{"Số lý lịch": "990001TS", "Họ và tên": "Trần Văn Trùng", "Số thẻ": "", "Thế hệ thẻ": "", "Ngày cấp thẻ": "", "Ô kiểm tra": ""})
    same_number = dict(new, **{"Số lý lịch": b.two["Số lý lịch"], "Họ và tên": "Lê Thị Khác", "Số định danh": "044088123456"})
    b.doubles = b.file("doubles.csv", list(new), list(new.values()), list(same_number.values()))
    answer = b.json("registry", "import", b.doubles, status=REFUSED)
    assert sorted(b.errors(answer)) == [("citizen_id", "identity_shared"), ("profile_number", "duplicate")], answer
    held = b.json("duplicates", "list")["duplicates"]
    assert {h["field"] for h in held} == {"citizen_id", "profile_number"}, held
    b.json("registry", "import", b.doubles, status=REFUSED)
    assert b.json("duplicates", "list")["duplicates"] == held, "held twice"
    assert "990001TS" not in b.tdv(DONE, "duplicates", "list", language="vi").stdout


def a_person_says_whether_it_is_one_or_two(b):
    held = {h["field"]: h["number"] for h in b.json("duplicates", "list")["duplicates"]}
    members = len(b.registry())
    b.tdv(DONE, "duplicates", "resolve", held["citizen_id"], "--same", "--decision", "xác minh 12/01/2026")
    assert len(b.registry()) == members
    answer = b.json("duplicates", "resolve", held["profile_number"], "--different", status=REFUSED)
    assert ("profile_number", "missing") in b.errors(answer), answer
    answer = b.json("duplicates", "resolve", held["profile_number"], "--different", "--profile-number", b.one["Số lý lịch"], status=REFUSED)
    assert ("profile_number", "duplicate") in b.errors(answer), answer
    b.tdv(DONE, "duplicates", "resolve", held["profile_number"], "--different", "--profile-number", "990002TS", language="vi")
    assert len(b.registry()) == members + 1 and b.json("duplicates", "list")["duplicates"] == []
    assert b.tdv(DONE, "trace", "990002TS").stdout
    b.tdv(USAGE, "duplicates", "resolve", held["citizen_id"])


# --- progress

def progress_adds_up_from_the_cells_to_the_centre(b):
    whole = b.json("progress")
    cells = b.json("progress", "--level", "cell")["organisations"] + [o for o in b.json("progress", "--level", "grassroots")["organisations"]
                                                                         if o["organisation"] == BASE_CELL]
    for figure in ("members", "complete", "no_photo", "no_phone", "open_requests", "cards"):
        assert sum(c[figure] for c in cells) == whole["total"][figure], (figure, cells, whole)
    assert whole["total"]["open_requests"] > 0 and whole["milestone"]["date"] == "2025-09-02", whole
    assert CELL_2 not in {c["organisation"] for c in cells}
    shown = b.tdv(DONE, "progress", "--organisation", COMMUNE, language="vi").stdout
    assert "Bình Sơn" in shown and "02/09/2025" in shown and "2025-09" not in shown, shown
    b.tdv(REFUSED, "progress", "--organisation", 4711)
    assert b.json("progress", "--level", "Chi bộ") == b.json("progress", "--level", "cell")
    assert "\n  grassroots  " in b.tdv(USAGE, "progress", "--level", "nonsense", language="vi").stderr


# --- to the end

def cards_of_merged_cells_are_handed_over_by_their_successor(b):
    for step in ("numbers", "order", "print_cards", "province"):
        getattr(b.way, step)()
    later = {m["member"] for m in b.registry().values() if m["home_cell"] == CELL_3}
    b.tdv(DONE, "organisation", "merge", CELL_3, "--into", CELL_1, "--date", "2026-01-20", "--decision", "6-QĐ/ĐU")
    for step in ("commune", "grassroots", "cells", "sheets", "hand_over"):
        getattr(b.way, step)()
    assert b.json("progress")["total"]["cards"] > 0
    given = [e for e in map(json.loads, b.site.tdv("--json", "log", "delivery", "--from", 1).stdout.splitlines()) if e["message"] == "card_handed_over"]
    assert given and CELL_2 not in {e["organisation"] for e in given}
    holders = {e["body"]["card"] >> 8 for e in given}
    assert CELL_3 not in {e["organisation"] for e in given}
    assert b.merged & holders, "nobody of the cell that was merged before the order has a card"
    assert later & holders, "nobody of the cell that was merged while its box was on the way has a card"


def the_audit_is_clean(b):
    answer = b.json("audit")
    assert answer["findings"] == [], answer


def every_service_can_be_rebuilt_from_its_turns(b):
    for service in SERVICES:
        b.tdv(DONE, "replay", service)


CLAIMS = (an_import_does_not_change_who_is_registered, a_dry_run_shows_what_would_change_and_changes_nothing, an_update_makes_new_records_and_a_second_time_changes_nothing,
          a_dash_empties_what_a_member_can_be_without,
          a_citizen_id_of_another_is_refused_and_a_corrected_one_is_free_again, the_card_in_use_does_not_change_by_an_update,
          a_transfer_moves_the_member_and_tells_delivery, a_file_of_transfers_goes_there_and_back, a_commune_transfers_within_itself_only,
          lists_of_both_cells_are_submitted, a_cell_is_merged_and_its_officers_act_for_it_no_more,
          what_was_on_its_way_goes_on_to_the_approved_list, an_organisation_with_members_is_not_closed_and_an_empty_one_is,
          a_double_entry_is_held_for_a_person, a_person_says_whether_it_is_one_or_two, progress_adds_up_from_the_cells_to_the_centre,
          cards_of_merged_cells_are_handed_over_by_their_successor, the_audit_is_clean, every_service_can_be_rebuilt_from_its_turns)


def registered(site, folder):
    site.up()
    bench = Bench(site, folder)
    for step in ("organisations", "members", "officers"):
        getattr(bench.way, step)()
    return bench


if __name__ == "__main__":
    sys.exit(play("registry", CLAIMS, registered, 5))
