"""Kiểm tra kỹ thuật thẻ: kế hoạch, chi bộ rà soát, tổng hợp, quyết định, đóng dấu, kết thúc; thẻ không kiểm tra thì hết giá trị sử dụng."""

from datetime import date, timedelta

from hamlet import APPRAISER, BOARD, COMMITTEE, PROVINCIAL, Hamlet

TITLE = ("Kiểm tra kỹ thuật thẻ, kiểm tra bổ sung", "The technical inspection of cards, and a late check")


def run(h):
    h.say("Một xã khác, thẻ giấy 2003, đợt kiểm tra lần thứ năm.", "Another commune with cards of 2003, the fifth inspection.")
    with Hamlet(h.folder / "kiem-tra", members=30, organisations=3) as other:
        for step in ("organisations", "members", "officers"):
            getattr(other.way, step)()
        plan_and_open(other)
        absent, *others = file_lists(other, 7)
        decide_and_stamp(other)
        exchanged, = other.submit([others[5]], "exchange", "campaign")
        other.say("Kết thúc đợt: thẻ chưa kiểm tra không còn giá trị sử dụng (D2).", "The campaign closes: a card without its check has no use value (D2).")
        other.tdv("campaign", "close", 1, by=PROVINCIAL)
        other.expect_card(absent, "unstamped", "member")
        other.say("Có quyết định và kiểm tra bổ sung thì thẻ lại có giá trị.", "By a decision, a late check makes it valid again.")
        other.tdv("late-check", absent.number, "--number", "30-QĐ", by=COMMITTEE)
        other.expect_card(absent, "active", "member")
        without_check(other, others, exchanged)
        other.audit()


def without_check(h, people, request):
    """What happens to an unstamped card is what happens to any other."""
    h.say("Thẻ chưa kiểm tra cũng có thể bị tạm dừng, hỏng, mất, thu hồi, gia đình giữ, được thay.",
          "A card without its check may be suspended, damaged, lost, owed, kept by the family, replaced as any other.")
    suspended, damaged, lost, left, died, replaced = people
    h.quietly("suspend", suspended.number, "--number", "31-QĐ", by=COMMITTEE)
    h.quietly("report-damage", damaged.number, by=damaged.officer)
    h.quietly("report-loss", lost.number, by=lost.officer)
    h.quietly("exit", left.profile, "--status", "resigned", "--number", "32-QĐ", by=left.officer)
    h.quietly("exit", died.profile, "--status", "deceased", by=died.officer)
    h.way.numbers()
    h.all_the_way()
    for person, validity in zip(people, ("suspended", "damaged", "lost", "recovery_due", "retained_by_family", "ended")):
        h.expect_card(person, validity)
    h.expect_card(replaced, "active", "member", copy=2)
    h.expect_request(request, "closed")


def day(ahead):
    return (date.today() + timedelta(days=ahead)).isoformat()


def plan_and_open(h):
    h.tdv("campaign", "plan", "--ordinal", 5, "--basis", "HD 01-HD/BTCTW", "--cards", "paper_2003", "--from", day(-30), "--to", day(-1),
          "--cells-by", day(1), "--grassroots-by", day(1), "--report-by", day(1), by=PROVINCIAL)
    h.tdv("campaign", "open", 1, by=PROVINCIAL)


def file_lists(h, count):
    """Every cell files what it found; some cards of one were not presented, and it counts a member more than the registry."""
    lists = [x for x in h.json("campaign", "sheets", "--out", "ra-soat", "--cards", "paper_2003", "--filled")["lists"] if x["cards"] > 0]
    first = max(lists, key=lambda x: x["cards"])
    absent = [p for p in h.people_of(first["cell"]) if h.card(p, 1).get("validity") == "active"][:count]
    for person in absent:
        person.copy = 1
    path = h.folder / first["file"]
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\r\n".join(not_presented(row) if row[:9] in {p.number for p in absent} else row for row in rows) + "\r\n", encoding="utf-8-sig")
    h.say("Mỗi chi bộ họp, thu và rà soát từng thẻ; mấy thẻ không xuất trình, một chi bộ đếm khác hồ sơ.",
          "Every cell meets and checks each card; some are not presented, one cell counts another number of members.")
    for x in lists:
        h.quietly("campaign", "file", 1, x["file"], "--meeting", day(-10), "--members", x["members"] + (x is first))
    above = APPRAISER if str(first["cell"]).startswith("4401701") else f"capuy-{first['cell']}"
    h.refused("not_settled", "campaign", "consolidate", 1, "--number", "6-KTTĐV", by=above)
    h.tdv("campaign", "settle", 1, "--cell", first["cell"], "--explanation", "một đảng viên vừa chuyển đi", by=above)
    return absent


def not_presented(row):
    number, _result, *rest = row.split(";")
    return ";".join([number, "not_presented", *rest])


def decide_and_stamp(h):
    parts = h.json("campaign", "show", 1)["parts"]
    for part in parts:
        if part["level"] == "grassroots":
            h.quietly("campaign", "consolidate", 1, "--number", "6-KTTĐV", by=f"capuy-{part['organisation']}")
    h.say("Cấp ủy cơ sở tổng hợp (mẫu 6), Ban Thường vụ quyết định, ban tổ chức đóng dấu, trả thẻ, báo cáo (mẫu 7).",
          "Grassroots committees consolidate (form 6), the committee decides, the board stamps, gives back and reports (form 7).")
    h.tdv("campaign", "decide", 1, "--number", "20-QĐ", by=COMMITTEE)
    h.tdv("campaign", "stamp", 1, by=BOARD)
    h.tdv("campaign", "return", 1, by=BOARD)
    h.tdv("campaign", "report", 1, "--number", "7-KTTĐV", by=BOARD)
    h.tdv("campaign", "show", 1)
