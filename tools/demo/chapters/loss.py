"""Mất thẻ: báo mất, chi bộ kết luận, cấp lại; tìm thấy trước và sau khi đặt in."""

from hamlet import INSPECTORS
from telling import _

TITLE = ("Mất thẻ và cấp lại (mẫu 2-TĐV)", "A lost card and its re-issue (form 2-TĐV)")


def held_twice(h):
    """What two rules hold is released by both."""
    dung = h.person()
    h.say("Người thứ tư mất thẻ không có lý do chính đáng, lại đang trong thời hạn kỷ luật: phải xem xét cả hai việc.",
          "A fourth, under discipline, has lost the card without a good reason: both have to be ruled on.")
    path = h.folder / "ky-luat.csv"
    path.write_text(f"profile_number,discipline\r\n{dung.profile},31/12/2099\r\n")
    h.quietly("registry", "update", path.name)
    h.quietly("report-loss", dung.number, by=dung.officer)
    h.tdv("submit", h.list_file([dung], "reissue", "lost", loss="unjustified", evidence=h.scan))
    request = h.request_of(dung)
    h.expect_request(request, "on_hold")
    h.run("adjudicate", "release", request, "--number", "9-KL/UBKT", by=INSPECTORS)
    h.until(lambda: h.json("show", request)["members"][0]["requests"][0].get("why") == "held_loss", lambda: str(h.json("show", request)))
    h.expect_request(request, "on_hold")
    h.quietly("adjudicate", "release", request, "--number", "10-KL/UBKT", by=INSPECTORS)
    h.expect_request(request, "verified")


def run(h):
    an, binh, chi = h.person(), h.person(), h.person()
    h.say("Ba người cùng chi bộ báo mất thẻ. Một người tìm thấy ngay; thẻ lại có giá trị.",
          "Three members of a cell report a loss. One finds the card at once: it is valid again.")
    h.tdv("report-loss", an.number, binh.number, chi.number, by=an.officer)
    h.expect_card(chi, "lost", "member")
    line = h.line_of(chi.profile, _(f"thẻ {chi.number}, bản {chi.copy} ", f"card {chi.number}, copy {chi.copy} "))
    h.expect(_("Trước đó do đảng viên giữ", "the member had it last") in line,
             "Nơi giữ được ghi là của trước khi mất", "Whose it was is told as what was, not as what is")
    h.tdv("found", chi.number, by=chi.officer)
    h.expect_card(chi, "active", "member")
    h.refused("wrong_state", "found", chi.number, by=chi.officer)

    h.say("Hai người kia được đề nghị cấp lại. Mất có lý do chính đáng thì đi tiếp; không chính đáng thì Ủy ban Kiểm tra xem xét.",
          "The other two ask for another. With a good reason the request goes on; without one the inspection commission rules.")
    justified, unjustified = h.submit([an, binh], "reissue", "lost", loss=["justified", "unjustified"], evidence=h.scan)
    h.expect_request(justified, "verified")
    h.expect_request(unjustified, "on_hold")
    h.tdv("adjudicate", "release", unjustified, "--number", "8-KL/UBKT", by=INSPECTORS)
    h.expect_request(unjustified, "verified")

    held_twice(h)

    h.approve()
    h.make()
    h.say("Thẻ mới đã in thì người thứ hai tìm thấy thẻ cũ: quá muộn, thẻ cũ phải thu hồi.",
          "The new cards are printed when the second finds the old one: too late, it has to be recovered.")
    h.tdv("found", f"{binh.number}/{binh.copy}", by=binh.officer)
    h.expect_card(binh, "recovery_due", "member")
    h.tdv("recover", f"{binh.number}/{binh.copy}", "--number", "3-BB", "--minutes", h.scan, by=binh.officer)
    h.expect_card(binh, "ended", "custody")
    h.down()
    h.hand_over()
    h.say("Số thẻ giữ nguyên, bản tăng một.", "The number stays, the copy rises by one.")
    h.expect_replaced(an, old="superseded")
    h.expect_replaced(binh)
    h.expect_request(justified, "closed")
