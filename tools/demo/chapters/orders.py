"""Lệnh in không đi thẳng: phôi thẻ, tạm giữ, rút khi đang in, chuyển địa chỉ, ưu tiên, chi phí."""

from hamlet import CENTRAL, CENTRE, PRINTER
from way import FACILITY

TITLE = ("Lệnh in: phôi, tạm giữ, rút, chuyển địa chỉ, ưu tiên, chi phí", "A print order: blanks, hold, withdrawal, readdress, priority, costs")


def run(h):
    h.say("Phôi thẻ: Trung ương nhận từ nhà sản xuất, chuyển cho cơ sở in trong hạn mức, kiểm kê.",
          "Blanks: received from the producer, moved to the facility within limits, counted.")
    h.tdv("stock", "receive", CENTRE, 1000, "--document", "PN-01", by=CENTRAL)
    h.tdv("stock", "transfer", CENTRE, FACILITY, 400, "--document", "VD-01", by=CENTRAL)
    h.refused("stock_short", "stock", "transfer", CENTRE, FACILITY, 601, by=CENTRAL)
    h.refused("stock_limit", "stock", "transfer", CENTRE, FACILITY, 100001, by=CENTRAL)
    h.tdv("stock", "waste", FACILITY, 4, by=PRINTER)
    before = next(s for s in h.json("stock", "list")["stock"] if s["place"] == FACILITY)
    h.tdv("stock", "count", FACILITY, before["stock"] - 2, "--document", "BB-02", by=PRINTER)

    people = [h.person(440170102), h.person(440170102), h.person(440170103), h.person(440170103)]
    stays, leaves, moves, _other = people
    requests = []
    for pair in (people[:2], people[2:]):
        requests += h.submit(pair, "exchange", "info_change", evidence=h.scan)
    h.approve()
    h.way.order()
    order = h.way.order_number
    h.say("Trung ương tạm giữ lệnh: cơ sở in trả lời từng dòng mà không in.", "The centre holds the order: the facility answers every record and prints none.")
    h.tdv("order", "hold", order, by=CENTRAL)
    h.refused("already_done", "order", "hold", order, by=CENTRAL)
    h.way.print_cards()
    h.expect_request(requests[0], "ordered")
    now = the_order(h, order)
    h.expect(now["standing"] == "held" and now["good"] + now["boxed"] == 0, f"Lệnh {order}: tạm giữ, nhận {now['accepted']} dòng, chưa in thẻ nào",
             f"Order {order}: held, {now['accepted']} records accepted, no card printed")

    h.say("Một người rút đề nghị khi dòng đã ở cơ sở in; thẻ của một chi bộ chuyển tới chi bộ khác; lệnh được ưu tiên rồi đi tiếp.",
          "One withdraws while the record is at the facility; one cell's cards go to another; the order is put first and released.")
    h.tdv("withdraw", requests[1], by=leaves.officer)
    h.expect_request(requests[1], "withdrawn")
    h.tdv("order", "readdress", order, f"{moves.cell}={stays.cell}", by=CENTRAL)
    h.tdv("order", "priority", order, "--priority", 9, by=CENTRAL)
    h.tdv("order", "release", order, by=CENTRAL)
    h.way.print_cards()
    now = the_order(h, order)
    h.expect(now["state"] == "closed" and (now["boxed"], now["stopped"]) == (3, 1), f"Lệnh {order}: gửi 3 thẻ, dừng 1 dòng",
             f"Order {order}: 3 cards sent, 1 record stopped")
    h.refused("too_late", "withdraw", requests[0], by=stays.officer)
    h.refused("wrong_state", "order", "hold", order, by=CENTRAL)
    h.down()
    h.expect_card(moves, "not_yet_active", "custody", copy=moves.copy + 1)
    h.expect(h.card(moves, moves.copy + 1)["custodian"] == stays.cell, "Thẻ đã về chi bộ mới", "The card is at the other cell")
    h.hand_over()
    h.expect_replaced(stays)
    h.expect_card(leaves, "active", "member")

    h.say("Sổ phôi và chi phí.", "The book of blanks, and what it all cost.")
    h.tdv("stock", "list")
    h.tdv("costs", "--by", "organisation", "--level", "cell")
    sums = {by: sum(row["spent"] for row in h.json("costs", "--by", by)["costs"]) for by in ("order", "list", "organisation")}
    h.expect(len(set(sums.values())) == 1, "Theo lệnh, theo danh sách hay theo tổ chức: tổng chi phí như nhau",
             "By order, by list or by organisation: the same sum")


def the_order(h, order):
    return next(o for o in h.json("order", "list")["orders"] if o["order"] == order)
