"""Hỏng thẻ, đổi thông tin, in sai: đổi thẻ theo mẫu 3-TĐV."""

TITLE = ("Thẻ hỏng, đổi thông tin, in sai (mẫu 3-TĐV)", "A damaged card, changed data, a print error (form 3-TĐV)")


def run(h):
    damaged, changed, misprinted = h.person(), h.person(), h.person()
    h.say("Thẻ hỏng mà chưa báo hỏng, chưa nộp thẻ: đề nghị bị trả lại, nói rõ từng chỗ phải bổ sung.",
          "A damaged card that was neither reported nor handed in: the request comes back, with each thing to mend.")
    h.refused("not_reported", "submit", h.list_file([damaged], "exchange", "damaged", evidence=h.scan))
    first = h.request_of(damaged)
    h.expect_request(first, "returned")
    h.tdv("report-damage", damaged.number, by=damaged.officer)
    h.expect_card(damaged, "damaged", "member")
    h.say("Báo rồi, nộp thẻ hỏng kèm danh sách: đề nghị cũ đi tiếp, thẻ đi lên cùng mẫu 3.",
          "Reported, and enclosed with the list: the same request goes on, and the card goes up with form 3.")
    h.submit([damaged], "exchange", "damaged", evidence=h.scan, card_enclosed="yes", request=first)
    h.expect_request(first, "verified")
    h.expect_card(damaged, "damaged", "custody")

    h.say("Đổi thông tin in trên thẻ và thẻ in sai: thẻ cũ vẫn có giá trị tới khi trao thẻ mới.",
          "Changed data and a print error: the old card is valid until the new one is handed over.")
    h.submit([changed], "exchange", "info_change", evidence=h.scan)
    h.submit([misprinted], "exchange", "print_error", evidence=h.scan)
    h.expect_card(changed, "active", "member")
    h.all_the_way()
    for person in (damaged, changed, misprinted):
        h.expect_replaced(person)
    h.expect_request(first, "closed")
