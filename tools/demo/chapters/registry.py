"""Hồ sơ thay đổi: cập nhật theo tệp có báo cáo khác biệt, trùng hồ sơ, chuyển sinh hoạt, sáp nhập."""

import csv

from hamlet import BOARD

TITLE = ("Hồ sơ: cập nhật, trùng, chuyển, sáp nhập chi bộ", "The registry: updates, double entries, transfers, a merger")
HEADER = ("Số lý lịch", "Họ và tên", "Điện thoại")


def run(h):
    an, binh, chi = (h.person(440170101) for _ in range(3))
    h.say("Cập nhật theo tệp: xem khác biệt trước, sau đó mới thực hiện.", "An update by file: first what would change, then the change.")
    updates = write(h, "cap-nhat.csv", HEADER, [(an.profile, "", "0912345678"), (binh.profile, "", "")])
    h.tdv("registry", "update", updates, "--dry-run", "--report", "khac-biet.csv")
    h.tdv("registry", "update", updates)
    again = h.json("registry", "update", updates)
    h.expect(again["changes"] == [], "Lần thứ hai không còn gì thay đổi", "A second time nothing changes")

    h.say("Một hồ sơ mới trùng số định danh: giữ lại cho người có thẩm quyền.", "A new entry with somebody's citizen id: held for a person.")
    row = dict(next(m for m in h.members if m["Số lý lịch"] == chi.profile))
    row |= {"Số lý lịch": "990001TS", "Họ và tên": "Trần Văn Trùng", "Số thẻ": "", "Thế hệ thẻ": "", "Ngày cấp thẻ": "", "Ô kiểm tra": ""}
    h.refused("identity_shared", "registry", "import", write(h, "trung.csv", tuple(row), [tuple(row.values())]))
    h.tdv("duplicates", "list")
    held = h.json("duplicates", "list")["duplicates"][0]["number"]
    h.tdv("duplicates", "resolve", held, "--same", "--decision", "xác minh 12/01/2026")
    h.expect(h.json("duplicates", "list")["duplicates"] == [], "Không còn hồ sơ trùng nào chờ", "No double entry is waiting")

    h.say("Chuyển sinh hoạt: thẻ đi theo đảng viên.", "A transfer: the card goes with the member.")
    h.tdv("transfer", an.profile, "--to", 440170102, "--date", "2026-01-05", "--decision", "5-QĐ/ĐU", by=BOARD)
    h.until(lambda: h.card(an).get("custodian") == 440170102, lambda: str(h.card(an)))
    h.expect_card(an, "active", "member")

    h.say("Sáp nhập chi bộ khi thẻ mới đang trên đường: thẻ về chi bộ mới, chi bộ mới trao.",
          "A cell is merged while a new card is on its way: the successor gets it and hands it over.")
    request, = h.submit([binh], "exchange", "info_change", evidence=h.scan)
    h.approve()
    h.make()
    h.tdv("organisation", "merge", 440170101, "--into", 440170103, "--date", "2026-01-20", "--decision", "6-QĐ/ĐU")
    h.down()
    h.until(lambda: h.card(binh, binh.copy + 1).get("custodian") == 440170103, lambda: str(h.card(binh, binh.copy + 1)))
    h.hand_over()
    h.expect_replaced(binh)
    h.expect_request(request, "closed")
    h.tdv("progress", "--level", "cell")


def write(h, name, header, rows):
    with open(h.folder / name, "w", encoding="utf-8-sig", newline="") as f:
        csv.writer(f, delimiter=";").writerows([header, *rows])
    return name
