"""Thẻ không trao được: gửi trả lên cấp trên; thẻ đổi chi bộ theo người."""

from hamlet import APPRAISER, GRASSROOTS

TITLE = ("Thẻ không trao được; thẻ đi theo người chuyển sinh hoạt", "A card that cannot be handed over; a card that follows its member")


def run(h):
    absent, mover = h.person(440170103), h.person(440170103)
    here, there = mover.cell, 440170102
    requests = h.submit([absent, mover], "exchange", "info_change", evidence=h.scan)
    h.approve()
    h.make()
    h.down()
    h.say("Người thứ nhất không đến nhận: thẻ mới gửi trả lên Trung ương và bị hủy; thẻ cũ vẫn có giá trị.",
          "The first never comes: the new card goes back up to the centre and is cancelled; the old one stays valid.")
    new = f"{absent.number}/{absent.copy + 1}"
    h.refused("not_due", "pack", new, "--seal", "T-0", by=absent.officer)
    h.pack(new, "--matter", "undelivered", seal="T-1", by=absent.officer)
    h.expect_card(absent, "spoiled", "custody", copy=absent.copy + 1)
    h.expect_request(requests[0], "rejected")
    h.expect_card(absent, "active", "member")
    h.ship(GRASSROOTS, by=absent.officer)
    h.quietly("receive", "--all", "--as-declared")
    h.up()
    h.expect(h.card(absent, absent.copy + 1)["custodian"] == 1, "Thẻ trả về đã ở Trung ương", "The returned card is at the centre")

    h.say("Người thứ hai chuyển sinh hoạt sang chi bộ khác khi thẻ mới đã về chi bộ cũ: chi bộ cũ chuyển thẻ đi theo.",
          "The second is transferred when the new card is at the old cell already: it is sent after them.")
    h.tdv("transfer", mover.profile, "--to", there, "--date", "2026-01-05", "--decision", "5-QĐ/ĐU", by="btc-44017")
    h.pack(f"{mover.number}/{mover.copy + 1}", "--matter", "redistribution", "--to", there, seal="T-2", by=mover.officer)
    h.ship(GRASSROOTS, by=mover.officer)
    h.quietly("receive", "--all", "--as-declared")
    h.ship(there, by=APPRAISER)
    h.quietly("receive", "--all", "--as-declared")
    h.expect(h.card(mover, mover.copy + 1)["custodian"] == there != here, "Thẻ đã về chi bộ mới", "The card is at the new cell")
    h.hand_over()
    h.expect_replaced(mover)
    h.expect_request(requests[1], "closed")
