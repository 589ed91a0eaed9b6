"""Hủy thẻ: đi ngược lên Trung ương; hội đồng ít nhất ba người và người chứng kiến; thẻ còn giá trị không bao giờ bị hủy."""

from hamlet import APPRAISER, AUDITOR, BOARD, CENTRAL, GRASSROOTS, PROVINCIAL

TITLE = ("Thẻ hết giá trị đi lên và được hủy", "What is worth nothing goes up and is destroyed")


def run(h):
    cell = 440170103
    keeper = h.person(cell)
    h.say("Chi bộ gửi mọi thẻ cũ đã thu lên Trung ương, qua từng cấp.", "A cell sends every old card that it collected up to the centre, level by level.")
    h.tdv("pack", "--all", "--seal", "H-1", by=f"chibo-{cell}")
    h.ship(GRASSROOTS, by=f"chibo-{cell}")
    h.quietly("receive", "--all", "--as-declared")
    h.up()
    h.expect_card(keeper, "ended", "custody", copy=1)
    minutes = ("--number", "2-BB/HĐ", "--minutes", h.scan)
    committee = ("--committee", CENTRAL, "--committee", PROVINCIAL)
    witness = ("--witness", AUDITOR)
    h.say("Hội đồng hai người: không được. Thẻ còn giá trị: không bao giờ.", "A committee of two will not do; a valid card never.")
    h.refused("committee_small", "destroy", "--all", *minutes, *committee, *witness, by=CENTRAL)
    h.refused("not_destroyable", "destroy", f"{keeper.number}/{keeper.copy}", *minutes, *committee, "--committee", BOARD, *witness, by=CENTRAL)
    h.tdv("destroy", "--all", *minutes, *committee, "--committee", BOARD, *witness, by=CENTRAL)
    h.expect_card(keeper, "ended", "destroyed", copy=1)
    h.say("Không gì ra khỏi trạng thái này.", "Nothing leaves that place.")
    h.refused("not_here", "pack", f"{keeper.number}/1", "--seal", "H-2", by=APPRAISER)
    h.expect_card(keeper, "active", "member")
