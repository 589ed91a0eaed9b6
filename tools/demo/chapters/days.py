"""Thời gian trôi: đồng hồ nhảy thì chờ người xác nhận; việc quá hạn được nhắc; cơ sở in im lặng thì nhắc, báo, gửi lại."""

from hamlet import APPRAISER, CENTRAL, PRINTER

TITLE = ("Quá hạn, cơ sở in im lặng", "What is late; a facility that says nothing")
WAIT = 20  # days: more than what any stage has in working days, over week-ends and Tết


def run(h):
    late, silent = h.person(), h.person()
    h.submit([silent], "exchange", "info_change", evidence=h.scan)
    h.approve()
    h.way.order()
    order = h.way.order_number
    request, = h.submit([late], "exchange", "info_change", evidence=h.scan)
    h.say(f"Một danh sách chờ thẩm định, một lệnh in đã gửi. {WAIT} ngày trôi qua.", f"A list waits for its appraisal, an order is with the facility. {WAIT} days pass.")
    days_pass(h, WAIT)
    h.say("Máy chạy lại sau nhiều ngày: hẹn giờ dừng lại cho tới khi có người xác nhận đồng hồ.",
          "The daemons start again after many days: timers are held until somebody has looked at the clock.")
    h.tdv("clock", "accept")
    h.until(lambda: silence(h, order) == "reminded", lambda: silence(h, order))
    h.expect_letter(PRINTER, "order_reminded", "Cơ sở in được nhắc", "The facility is reminded")
    for then in ("escalated", "reoffered"):
        days_pass(h, WAIT)
        h.quietly("clock", "accept")
        h.until(lambda: silence(h, order) == then, lambda: silence(h, order))
    h.expect_letter(CENTRAL, "order_escalated", "Ban Tổ chức Trung ương được báo, dữ liệu được gửi lại cơ sở in",
                    "The central board was told, and the records were offered again")

    h.tdv("overdue")
    overdue = h.json("overdue")["overdue"]
    h.expect(any(o["waits_for"] == "appraise" and o["days_late"] > 0 for o in overdue), "Danh sách quá hạn thẩm định, ở cấp ủy cơ sở",
             "The list is overdue, with the grassroots committee")
    h.expect(any(o["waits_for"] == "answer_order" and o["number"] == order and o["days_late"] > 0 for o in overdue),
             "Lệnh in chờ cơ sở in trả lời cũng ở trong danh sách", "So is the order that the facility has not answered")
    h.expect_letter(APPRAISER, "stage_overdue", "Cấp ủy cơ sở nhận được thư nhắc", "The committee has a reminder")
    h.say("Cơ sở in lên tiếng, thẻ được in và trao.", "The facility speaks, and the cards are printed and handed over.")
    h.way.print_cards()
    h.expect(silence(h, order) == "heard", "Cơ sở in có trả lời", "The facility is heard")
    h.all_the_way()
    h.expect_replaced(silent)
    h.expect_replaced(late)
    h.expect_request(request, "closed")


def days_pass(h, days):
    h.days = getattr(h, "days", 0) + days
    h.way.settle()
    h.site.down()
    h.site.later(h.days)
    h.site.up(healthy=False)


def silence(h, order):
    return next(o["silence"] for o in h.json("order", "list")["orders"] if o["order"] == order)
