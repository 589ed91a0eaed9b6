"""Đề nghị không đi thẳng: trả lại, giữ lại, rút, loại ra, gửi lại; việc gì sắp đến hạn."""

from hamlet import APPRAISER, BOARD, INSPECTORS, PAPER_CELL

TITLE = ("Đề nghị bị trả lại, giữ lại, rút, loại ra rồi gửi lại", "Requests returned, held, withdrawn, left out and submitted again")
CORRECTIONS = 3


def run(h):
    an, binh, chi, dung, giang = (h.person(PAPER_CELL) for _ in range(5))
    h.say("Một danh sách bốn người: thiếu ảnh, số thẻ khác hồ sơ, và hai người đủ điều kiện.",
          "A list of four: no photo, a card number that is not the registry's, and two that may go on.")
    photos = ["", *(f"data/photos/{p.profile}.jpg" for p in (binh, chi, dung))]
    numbers = [an.number, "44.999999", chi.number, dung.number]
    first, second, third, fourth = h.submit([an, binh, chi, dung], "exchange", "campaign", photo=photos, card_number=numbers)
    h.expect_request(first, "returned")
    h.expect_request(second, "on_hold")
    h.expect_request(third, "verified")

    h.say("Bổ sung ảnh: đề nghị đi tiếp với số cũ.", "With the photo it goes on under its number.")
    h.submit([an], "exchange", "campaign", request=first)
    h.expect_request(first, "verified")

    h.say("Đề nghị giữ lại: người có thẩm quyền xem xét, không phải ai cũng được.", "What is held is ruled on by whose business it is.")
    h.tdv("adjudicate", "list")
    h.refused("role_not_allowed", "adjudicate", "release", second, by=INSPECTORS)
    h.tdv("adjudicate", "refuse", second, "--reason", "held_mismatch", by=BOARD)
    h.expect_request(second, "rejected")

    h.say("Chi bộ rút một đề nghị; cấp ủy cơ sở loại một người khỏi danh sách. Cả hai gửi lại được.",
          "The cell withdraws one; the grassroots committee leaves one out. Both may be submitted again.")
    h.tdv("withdraw", third, by=chi.officer)
    h.expect_request(third, "withdrawn")
    h.tdv("appraise", fourth.split("-")[0], "--leave-out", f"{fourth}=facility_photo", by=APPRAISER)
    h.expect_request(fourth, "rejected")
    again = h.submit([chi, dung], "exchange", "campaign")
    for request in again:
        h.expect_request(request, "verified")

    h.say(f"Bổ sung mà vẫn thiếu: quá {CORRECTIONS} lần thì đề nghị chấm dứt.", f"Corrected and still lacking: after {CORRECTIONS} times it ends.")
    h.refused("photo_missing", "submit", h.list_file([giang], "exchange", "campaign", photo=""))
    last = h.request_of(giang)
    for _time in range(CORRECTIONS):
        h.run("submit", h.list_file([giang], "exchange", "campaign", photo="", request=last))
    h.expect_request(last, "returned")
    h.refused("correction_limit", "submit", h.list_file([giang], "exchange", "campaign", photo="", request=last))
    h.expect_request(last, "rejected")

    ends_before_it_goes_on(h)
    h.say("Việc gì đến hạn trong 60 ngày tới, ở ai.", "What is due within sixty days, and with whom.")
    h.tdv("overdue", "--soon", 60)
    h.all_the_way()
    for person in (an, chi, dung):
        h.expect_replaced(person)
    h.expect_request(first, "closed")


def ends_before_it_goes_on(h):
    """Returned or held, a request may be withdrawn, and stops when its member dies."""
    h.say("Đề nghị đang bị trả lại, đang giữ lại: chi bộ rút được; đảng viên từ trần thì dừng.",
          "What is returned or held may be withdrawn, and stops when the member dies.")
    people = [h.person(PAPER_CELL) for _ in range(4)]
    photos = ["", "", *(f"data/photos/{p.profile}.jpg" for p in people[2:])]
    numbers = [p.number for p in people[:2]] + ["44.999999", "44.999999"]
    h.run("submit", h.list_file(people, "exchange", "campaign", photo=photos, card_number=numbers))
    requests = [h.request_of(p) for p in people]
    h.tdv("withdraw", requests[0], requests[2], by=people[0].officer)
    for request in (requests[0], requests[2]):
        h.expect_request(request, "withdrawn")
    for person in (people[1], people[3]):
        h.quietly("exit", person.profile, "--status", "deceased", by=person.officer)
    for request in (requests[1], requests[3]):
        h.expect_request(request, "rejected")
