"""Vi phạm, tạm dừng, ra nước ngoài và trở về, thẻ đi kiểm tra rồi trả lại."""

from hamlet import APPRAISER, COMMITTEE, GRASSROOTS

TITLE = ("Tạm dừng giá trị thẻ, ra nước ngoài, thẻ đi kiểm tra", "Suspended, abroad and back, collected for an inspection")


def run(h):
    an, binh, chi = h.person(), h.person(), h.person()
    h.say("Cho mượn thẻ: chi bộ ghi nhận; chỉ quyết định của Ban Thường vụ mới tạm dừng được giá trị thẻ.",
          "A card was lent: the cell puts it on record; only the committee's decision suspends it.")
    h.tdv("misuse", an.number, "--evidence", h.scan, by=an.officer)
    h.expect_card(an, "active", "member")
    h.refused("role_not_allowed", "suspend", an.number, "--number", "3-QĐ/ĐU", by=an.officer)
    h.tdv("suspend", an.number, "--number", "3-QĐ/ĐU", by=COMMITTEE)
    h.expect_card(an, "suspended", "member")
    h.tdv("resume", an.number, "--number", "4-QĐ/ĐU", by=COMMITTEE)
    h.expect_card(an, "active", "member")

    h.say("Ra nước ngoài: thẻ tạm dừng; về nước: lại có giá trị.", "Abroad: suspended; back: active again.")
    h.tdv("exit", binh.profile, "--status", "abroad", by=binh.officer)
    h.expect_card(binh, "suspended", "member")
    h.tdv("exit", binh.profile, "--status", "active", by=binh.officer)
    h.expect_card(binh, "active", "member")

    h.say("Thẻ có giá trị được thu để kiểm tra, đi lên, quay về, trả lại đảng viên.",
          "A valid card is collected for an inspection, goes up, comes back and is given back.")
    h.tdv("collect", chi.number, by=chi.officer)
    h.pack(chi.number, "--matter", "travel", "--to", GRASSROOTS, seal="KT-1", by=chi.officer)
    h.ship(GRASSROOTS, by=chi.officer)
    h.quietly("receive", "--all", "--as-declared")
    h.expect_card(chi, "active", "custody")
    h.pack(chi.number, "--matter", "travel", "--to", chi.cell, seal="KT-2", by=APPRAISER)
    h.ship(chi.cell, by=APPRAISER)
    h.quietly("receive", "--all", "--as-declared")
    h.tdv("give-back", chi.number, by=chi.officer)
    h.expect_card(chi, "active", "member")
