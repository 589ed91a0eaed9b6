"""Từ trần, ra khỏi Đảng, thu hồi, không thu hồi được."""

from hamlet import COMMITTEE

TITLE = ("Từ trần, ra khỏi Đảng, thu hồi thẻ", "Death, exit, recovery")


def run(h):
    dead, collected, expelled, gone = h.person(), h.person(), h.person(), h.person()
    h.say("Từ trần: gia đình giữ thẻ, chức năng điện tử chấm dứt.", "Death: the family keeps the card, its electronic functions end.")
    h.tdv("exit", dead.profile, "--status", "deceased", by=dead.officer)
    h.expect_card(dead, "retained_by_family", "family")
    h.say("Thẻ đang ở chi bộ khi đảng viên từ trần: trả cho gia đình.", "When the card is with the cell at that moment, the family gets it back.")
    h.tdv("collect", collected.number, by=collected.officer)
    h.tdv("exit", collected.profile, "--status", "deceased", by=collected.officer)
    h.expect_card(collected, "retained_by_family", "custody")
    h.tdv("give-back", collected.number, by=collected.officer)
    h.expect_card(collected, "retained_by_family", "family")

    h.say("Khai trừ: phải có quyết định; thẻ phải thu hồi, có biên bản.", "Expulsion needs a decision; the card has to be recovered, with minutes.")
    h.refused("missing", "exit", expelled.profile, "--status", "expelled", by=expelled.officer)
    h.refused("not_due", "recover", expelled.number, "--number", "1-BB", "--minutes", h.scan, by=expelled.officer)
    h.tdv("exit", expelled.profile, "--status", "expelled", "--number", "7-QĐ/UBKT", by=expelled.officer)
    h.expect_card(expelled, "recovery_due", "member")
    h.refused("no_minutes", "recover", expelled.number, by=expelled.officer)
    h.tdv("recover", expelled.number, "--number", "1-BB", "--minutes", h.scan, by=expelled.officer)
    h.expect_card(expelled, "ended", "custody")

    h.say("Xóa tên mà không thu hồi được: Ban Thường vụ quyết định, phải giải trình; thẻ vào danh sách không còn giá trị.",
          "Removed, and the card cannot be had: the committee decides, with an explanation; it goes on the status list.")
    h.tdv("exit", gone.profile, "--status", "removed", "--number", "9-QĐ/ĐU", by=gone.officer)
    h.refused("missing", "unrecoverable", gone.number, "--number", "10-QĐ/ĐU", by=COMMITTEE)
    h.tdv("unrecoverable", gone.number, "--number", "10-QĐ/ĐU", "--explanation", "không rõ nơi ở", by=COMMITTEE)
    h.expect_card(gone, "unrecoverable", "member")

    h.say("Từ trần khi thẻ mới đang trên đường: thẻ mới bị hủy, thẻ cũ gia đình giữ.",
          "A death while the new card is on its way: the new one is cancelled, the family keeps the old one.")
    late = h.person()
    request, = h.submit([late], "exchange", "info_change", evidence=h.scan)
    h.approve()
    h.make()
    h.tdv("exit", late.profile, "--status", "deceased", by=late.officer)
    h.expect_card(late, "retained_by_family", "family")
    h.expect_card(late, "spoiled", "in_transit", copy=late.copy + 1)
    h.expect_request(request, "rejected")
    h.down()
