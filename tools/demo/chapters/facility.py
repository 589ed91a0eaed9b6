"""Cơ sở in: từ chối từng dòng, thẻ hỏng in lại với chip mới, nghỉ giữa chừng."""

from hamlet import PRINTER

TITLE = ("Cơ sở in: từ chối từng dòng, in hỏng, in thiếu", "The facility: a record refused, a card spoiled, fewer than ordered")


def run(h):
    an, binh, chi = h.person(), h.person(), h.person()
    first, = h.submit([an], "exchange", "info_change", evidence=h.scan)
    h.approve()
    h.say("Cơ sở in không in được dòng này: đề nghị trả về chi bộ kèm lý do, thẻ giữ chỗ bị hủy.",
          "The facility cannot print this record: the request goes back to the cell with the reason, the reserved card is cancelled.")
    h.way.refuse = 1000
    h.make()
    h.way.refuse = 0
    h.expect_request(first, "returned")
    h.expect_card(an, "spoiled", copy=an.copy + 1)
    h.say("Chi bộ bổ sung, đề nghị cũ đi tiếp.", "The cell corrects it, and the same request goes on.")
    h.submit([an], "exchange", "info_change", evidence=h.scan, request=first)
    h.submit([binh, chi], "exchange", "info_change", evidence=h.scan)
    h.approve()

    h.say("In hỏng: thẻ hỏng bị hủy, in lại với bản và chip mới. Cơ sở in làm một thẻ rồi nghỉ: lệnh chưa xong, hôm sau làm tiếp.",
          "A spoiled card is cancelled and printed again under the next copy with a new chip. The facility goes home after one card:"
          " the order stays open, and goes on the next day.")
    h.way.spoil, h.way.cards = 600, 1
    h.way.order()
    order = h.way.order_number
    h.way.print_cards()
    now = the_order(h, order)
    h.expect(now["state"] == "printing" and now["accepted"] > 0, f"Lệnh {order}: đang in, còn {now['accepted']} thẻ", f"Order {order}: printing, {now['accepted']} cards to go")
    h.say("Chip đã dùng cho thẻ khác thì không nhận.", "A chip that another card has is refused.")
    used = h.card(an, an.copy)["serial"]
    h.refused("serial_used", "prints", "report", results(h, 2, used), "--order", order, by=PRINTER)
    h.way.cards = None
    h.way.print_cards()
    h.way.spoil = 0
    now = the_order(h, order)
    h.expect(now["state"] == "closed" and now["spoiled"] > 0, f"Lệnh {order}: gửi {now['boxed']} thẻ tốt, {now['spoiled']} thẻ hỏng đã in lại",
             f"Order {order}: {now['boxed']} good cards sent, {now['spoiled']} spoiled and printed again")
    h.say("Máy in báo nhầm: thẻ thứ hai cho cùng một dòng, dòng không ai đặt.",
          "The press reports what cannot be: a second card for one record, a record that nobody ordered.")
    h.refused("already_done", "prints", "report", results(h, 1, "00000003840ffff1"), "--order", order, by=PRINTER)
    h.refused("not_in_order", "prints", "report", results(h, 99, "00000003840ffff2"), "--order", order, by=PRINTER)
    now = the_order(h, order)
    h.expect(now["boxed"] == 3 and now["good"] == 0, f"Lệnh {order}: vẫn 3 thẻ", f"Order {order}: 3 cards still")
    h.down()
    h.hand_over()
    for person in (an, binh, chi):
        show_copies(h, person)


def results(h, index, serial):
    h.files += 1
    path = h.folder / f"may-in-{h.files}.csv"
    path.write_text(f"index,good,serial,public_key\r\n{index},yes,{serial},{h.files:064x}\r\n")
    return path.name


def the_order(h, order):
    return next(o for o in h.json("order", "list")["orders"] if o["order"] == order)


def show_copies(h, person):
    """The last copy is active, those between it and the old one were spoiled; every chip has a serial of its own."""
    cards = h.json("show", person.profile)["members"][0]["cards"]
    serials = [c["serial"] for c in cards if "serial" in c]
    h.expect(len(set(serials)) == len(serials) and {c["number"] for c in cards} == {person.number}, f"{person.number}: một số thẻ, {len(serials)} chip khác nhau",
             f"{person.number}: one number, {len(serials)} different chips")
    for c in cards:
        if c["copy"] > person.copy:
            h.expect_card(person, "active" if c is cards[-1] else "spoiled", copy=c["copy"])
