"""Chuyến giao: thiếu thẻ phải giải trình, thẻ thất lạc tìm thấy hoặc xóa sổ, niêm phong rách."""

from hamlet import APPRAISER, GRASSROOTS

TITLE = ("Chuyến giao thiếu thẻ: giải trình, tìm thấy, xóa sổ", "A shipment that is short: explained, found, written off")


def run(h):
    cell = 440170102
    officer = f"chibo-{cell}"
    people = [h.person(cell) for _ in range(3)]
    old = [f"{p.number}/1" for p in people]
    h.say("Chi bộ đóng ba thẻ cũ vào hộp, gửi lên cấp ủy cơ sở.", "The cell packs three old cards into a box and sends it up.")
    box = h.pack(*old, seal="K-1", by=officer)
    shipment = h.ship(GRASSROOTS, by=officer)
    h.say("Tới nơi chỉ đếm được một: hộp chưa nhận được, cho tới khi giải trình.", "One is counted there: the box is not received until that is explained.")
    h.refused("count_differs", "receive", shipment, "--counts", h.counts(box, 1), by=APPRAISER)
    h.tdv("explain", *old[:2], "--shipment", shipment, "--box", box, "--counted", 1, "--explanation", "rơi khi giao nhận", by=APPRAISER)
    h.expect_card(people[0], "ended", "missing", copy=1)
    h.say("Một thẻ được tìm thấy. Thẻ kia thất lạc hẳn: xóa sổ, phải nói vì sao.",
          "One of the two turns up. The other is lost for good and written off, which has to be explained.")
    h.tdv("turned-up", old[0], by=APPRAISER)
    h.expect_card(people[0], "ended", "custody", copy=1)
    h.refused("missing", "write-off", old[1], by=APPRAISER)
    h.tdv("write-off", old[1], "--explanation", "kho cháy ngày 02/11", by=APPRAISER)
    h.expect_card(people[1], "ended", "missing", copy=1)

    h.say("Niêm phong rách mà đủ thẻ: cũng phải giải trình.", "A broken seal, though nothing is missing, has to be explained too.")
    last = h.person(cell)
    box = h.pack(f"{last.number}/1", seal="K-2", by=officer)
    shipment = h.ship(GRASSROOTS, by=officer)
    h.run("receive", shipment, "--counts", h.counts(box, 1, seal="no"), by=APPRAISER)
    h.tdv("explain", "--shipment", shipment, "--box", box, "--counted", 1, "--explanation", "rách do mưa", by=APPRAISER)
    h.expect_card(last, "ended", "custody", copy=1)

    h.say("Thẻ mới thất lạc trước khi trao thì xóa sổ: thẻ bị hủy, đảng viên vẫn dùng thẻ cũ và đề nghị lại được.",
          "A new card that is lost before the hand-over is written off: it is cancelled, the old one stays valid, and the member may ask again.")
    unlucky = h.person(cell)
    request, = h.submit([unlucky], "exchange", "info_change", evidence=h.scan)
    h.approve()
    h.make()
    h.down()
    new = f"{unlucky.number}/{unlucky.copy + 1}"
    h.tdv("missing", new, by=officer)
    h.tdv("write-off", new, "--explanation", "mất tại chi bộ", by=officer)
    h.expect_card(unlucky, "spoiled", "missing", copy=unlucky.copy + 1)
    h.expect_request(request, "rejected")
    h.expect_card(unlucky, "active", "member")
