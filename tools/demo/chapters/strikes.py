"""Việc xảy ra với thẻ đang tạm dừng, đang hỏng, đang mất: từ trần, ra khỏi Đảng, hỏng rồi mất."""

from hamlet import COMMITTEE

TITLE = ("Từ trần, ra khỏi Đảng khi thẻ đang tạm dừng, hỏng, mất", "Death and exit while a card is suspended, damaged or lost")
STATES = ("suspended", "damaged", "lost")


def run(h):
    h.say("Hỏng rồi mất.", "Damaged, and then lost.")
    person = h.person()
    put_into(h, person, "damaged")
    h.tdv("report-loss", person.number, by=person.officer)
    h.expect_card(person, "lost", "member")

    h.say("Ra khỏi Đảng: thẻ nào cũng phải thu hồi.", "Whatever the card's state, who leaves owes it.")
    leaving = {state: h.person() for state in STATES}
    for state, person in leaving.items():
        put_into(h, person, state)
        h.quietly("exit", person.profile, "--status", "expelled", "--number", "7-QĐ/UBKT", by=person.officer)
    for person in leaving.values():
        h.expect_card(person, "recovery_due", "member")

    h.say("Từ trần: thẻ nào cũng do gia đình giữ.", "Whatever its state, the family keeps the card of who died.")
    dying = {state: h.person() for state in STATES}
    for state, person in dying.items():
        put_into(h, person, state)
        h.quietly("exit", person.profile, "--status", "deceased", by=person.officer)
    for person in dying.values():
        h.expect_card(person, "retained_by_family", "family")


def put_into(h, person, state):
    if state == "suspended":
        h.quietly("suspend", person.number, "--number", "3-QĐ/ĐU", by=COMMITTEE)
    else:
        h.quietly("report-damage" if state == "damaged" else "report-loss", person.number, by=person.officer)
    h.expect_card(person, state, "member")
