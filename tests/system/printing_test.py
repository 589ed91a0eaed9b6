#!/usr/bin/env python3
"""Print orders that do not simply run, with real daemons, `tdv` and tdv-facility: blanks booked, moved and counted; orders held,
stopped in part, re-addressed, released and put first; what each costs (domain.md §3, invariant 4; A11)."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from way import FACILITY, Way, play  # noqa: E402

DONE, REFUSED, USAGE = 0, 1, 2
CENTRE, PRICE = 1, 45000


class Bench:
    def __init__(self, site, folder):
        self.site, self.folder, self.data = site, folder, folder / "data"
        self.way = Way(site, self.data, folder / "work", spoil=100)

    def json(self, *arguments, status=DONE):
        done = self.site.tdv("--json", *arguments, check=False)
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def act(self, *arguments, status=DONE):
        return self.json(*arguments, status=status)["acts"][0]

    def says(self, *arguments, status=DONE, language="vi"):
        done = self.site.tdv("--lang", language, *arguments, check=False)
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def stock(self):
        return {s["place"]: s for s in self.json("stock", "list")["stock"]}

    def orders(self):
        return {o["order"]: o for o in self.json("order", "list")["orders"]}

    def letters(self, login):
        return self.json("mail", "--as", login)["letters"]

    def row_reasons(self, act):
        return [e["reason"] for e in act["errors"]]

    def records(self, order):
        """(list-row, cell) of each record, as the facility's letters say."""
        return [m["body"] for m in self.letters(f"in-{FACILITY}") if m["message"] == "record_ordered" and int(m["body"]["order"]) == order]


def blanks_are_booked_where_they_are(b):
    b.site.up()
    for step in ("organisations", "members", "officers"):
        getattr(b.way, step)()
    assert "Chưa có phôi" in b.says("stock", "list")
    b.act("stock", "receive", CENTRE, 1000, "--document", "PN-01")
    b.act("stock", "transfer", CENTRE, FACILITY, 400, "--document", "VD-01")
    assert b.stock()[CENTRE]["stock"] == 600 and b.stock()[FACILITY]["stock"] == 400, b.stock()
    assert [m["body"]["quantity"] for m in b.letters(f"in-{FACILITY}") if m["message"] == "stock_moved"] == [400]


def blanks_move_within_limits_and_by_whose_they_are(b):
    assert b.row_reasons(b.act("stock", "transfer", CENTRE, FACILITY, 601, status=REFUSED)) == ["stock_short"]
    assert b.row_reasons(b.act("stock", "transfer", CENTRE, FACILITY, 100001, status=REFUSED)) == ["stock_limit"]
    assert b.row_reasons(b.act("stock", "receive", CENTRE, 2000000, status=REFUSED)) == ["stock_limit"]
    assert b.row_reasons(b.act("stock", "receive", CENTRE, 5, "--as", f"in-{FACILITY}", status=REFUSED)) == ["outside_subtree"]
    assert b.row_reasons(b.act("stock", "waste", CENTRE, 601, status=REFUSED)) == ["stock_short"]
    b.says("stock", "receive", "nowhere", 5, status=USAGE)
    b.says("stock", "transfer", CENTRE, 5, status=USAGE)
    assert "Không đủ phôi" in b.says("stock", "transfer", CENTRE, FACILITY, 601, status=REFUSED)


def a_count_stands_and_its_difference_is_kept(b):
    b.act("stock", "waste", FACILITY, 4)
    b.act("stock", "count", FACILITY, 393, "--document", "BB-02")
    s = b.stock()[FACILITY]
    assert (s["wasted"], s["adjusted"], s["stock"]) == (4, -3, 393), s


def first_cards_without_a_number_are_not_ordered_and_their_list_waits_for_a_grant(b):
    for step in ("submit", "appraise", "consolidate", "decide", "approve"):
        getattr(b.way, step)()
    waits = [w for w in b.json("lists")["waiting"] if w["act"] == "place_order" and w["kind"] == "new"]
    assert waits, b.json("lists")
    done = b.act("order", waits[0]["number"], "--facility", FACILITY, status=REFUSED)
    assert (done["reason"], done["field"]) == ("no_number_left", "number_block"), done
    assert not b.orders()
    b.waited = waits
    assert waits == [w for w in b.json("lists")["waiting"] if w["act"] == "place_order" and w["kind"] == "new"]
    for language, words in (("vi", "vẫn giữ nguyên phê duyệt"), ("en", "stays approved")):
        said = b.says("order", waits[0]["number"], "--facility", FACILITY, status=REFUSED, language=language)
        assert words in said and "tdv numbers grant" in said, said


def an_order_is_placed(b):
    for step in ("numbers", "order"):
        getattr(b.way, step)()
    orders = b.orders()
    assert {o["list"] for o in orders.values()} >= {w["number"] for w in b.waited}, orders
    assert all(o["state"] == "offered" and o["standing"] == "running" and o["priority"] == 5 for o in orders.values()), orders
    b.order = max(orders, key=lambda n: orders[n]["quantity"])
    assert "Đã gửi cơ sở in" in b.says("order", "list")


def who_may_not_change_an_order_is_told_so(b):
    b.says("order", "hold", 999, status=REFUSED)
    b.says("order", "hold", "nonsense", status=REFUSED)
    b.says("order", "priority", b.order, status=USAGE)
    b.says("order", "priority", b.order, "--priority", 10, status=USAGE)
    b.says("order", "readdress", b.order, "44", status=USAGE)
    act = b.act("order", "hold", b.order, "--as", f"in-{FACILITY}", status=REFUSED)
    assert act["reason"] == "role_not_allowed" or act["message"], act


def a_held_order_is_answered_and_not_printed(b):
    assert "cơ sở in" in b.says("order", "hold", b.order).lower()
    assert b.act("order", "hold", b.order, status=REFUSED)["reason"] == "already_done"
    b.way.print_cards()
    o = b.orders()[b.order]
    assert o["standing"] == "held" and o["good"] + o["boxed"] == 0 and o["accepted"] == o["quantity"], o
    assert all(x["state"] == "closed" for n, x in b.orders().items() if n != b.order), b.orders()


def a_request_is_withdrawn_from_an_order_until_its_card_is_printed(b):
    b.withdrawn = b.records(b.order)[0]
    request = trace_request(b, b.withdrawn)
    b.act("withdraw", request)
    until(lambda: b.orders()[b.order]["stopped"] == 1)
    o = b.orders()[b.order]
    assert o["accepted"] == o["quantity"] - 1, o
    letters = [m["body"] for m in b.letters(f"in-{FACILITY}") if m["message"] == "record_stopped"]
    assert [int(m["index"]) for m in letters] == [int(b.withdrawn["index"])], letters


def a_readdressed_cell_s_cards_are_packed_for_another(b):
    cells = sorted({int(r["cell"]) for r in b.records(b.order)})
    b.from_cell, b.to_cell = cells[0], cells[-1]
    assert b.from_cell != b.to_cell, cells
    act = b.act("order", "readdress", b.order, f"{b.from_cell}={b.to_cell}")
    assert act["accepted"] == 1, act
    act = b.act("order", "readdress", b.order, f"{b.from_cell}={b.from_cell}", status=REFUSED)
    assert b.row_reasons(act) == ["unchanged"], act
    act = b.act("order", "readdress", b.order, f"{b.from_cell}={FACILITY}", status=REFUSED)
    assert b.row_reasons(act) == ["wrong_level"], act


def a_released_order_is_printed_and_sent(b):
    b.act("order", "priority", b.order, "--priority", 9)
    assert b.act("order", "priority", b.order, "--priority", 9, status=REFUSED)["reason"] == "unchanged"
    b.act("order", "release", b.order)
    argv = b.way.facility_argv
    b.way.facility_argv = lambda: argv() + ["--waste", "600"]
    said = b.way.print_cards()["facility"]
    b.way.facility_argv = argv
    b.wasted = sum(x["in all"] for x in said if x["event"] == "blanks wasted")
    assert 0 < b.wasted < b.orders()[b.order]["quantity"], said
    assert {"held", "record stopped", "readdressed", "priority", "released"} >= {x["event"] for x in said} & {"priority", "released", "readdressed"}
    o = b.orders()[b.order]
    assert (o["state"], o["standing"], o["priority"]) == ("closed", "running", 9), o
    assert o["boxed"] == o["quantity"] - 1 and o["stopped"] == 1, o
    boxes = [e["body"] for e in entries(b, "box_filled")]
    to = {int(x["destination"]) for x in boxes if int(x["order"]) == b.order}
    assert b.from_cell not in to and b.to_cell in to, to
    assert b.act("order", "hold", b.order, status=REFUSED)["reason"] == "wrong_state"


def a_card_that_was_printed_is_not_withdrawn(b):
    act = b.act("withdraw", trace_request(b, b.records(b.order)[1]), status=REFUSED)
    assert b.row_reasons(act) == ["too_late"], act


def each_card_was_a_blank(b):
    s, orders = b.stock()[FACILITY], b.orders().values()
    assert s["personalised"] == sum(o["boxed"] + o["good"] for o in orders), s
    assert s["spoiled"] == sum(o["spoiled"] + o["printed_though_stopped"] for o in orders), s
    assert s["wasted"] == 4 + b.wasted, (s, b.wasted)
    assert s["stock"] == 393 - s["personalised"] - s["spoiled"] - b.wasted, s


def costs_add_up_whichever_way_they_are_told(b):
    sums = []
    for by in ("order", "list", "organisation"):
        rows = b.json("costs", "--by", by)["costs"]
        sums.append((sum(r["spent"] for r in rows), sum(r["planned"] for r in rows), sum(r["cards"] for r in rows)))
    s = b.stock()[FACILITY]
    assert sums[0] == sums[1] == sums[2] == ((s["personalised"] + s["spoiled"]) * PRICE, 0, s["personalised"]), sums
    cells = b.json("costs", "--by", "organisation", "--level", "cell")["costs"]
    assert len(cells) > 1 and all(r["name"] for r in cells), cells
    assert "đồng" in b.says("costs")
    b.says("costs", "--by", "moon", status=USAGE)


def every_letter_and_story_reads_in_both_languages(b):
    for language in ("vi", "en"):
        b.says("trace", trace_request(b, b.withdrawn), "--all", language=language)
        letters = b.says("mail", "--as", f"in-{FACILITY}", "--open", language=language)
        assert {"vi": "In trên thẻ: ", "en": "Printed on it: "}[language] in letters and "order=" not in letters, letters
        b.says("order", "list", language=language)
        b.says("stock", "list", language=language)


def the_audit_is_clean(b):
    found = b.json("audit", "--wait", 20)
    assert found["findings"] == [], found


# --- helpers

def until(holds, timeout=10):
    import time
    end = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def entries(b, message):
    """Entries of printing's log with that message."""
    done = b.site.tdv("log", "printing", "--from", 1, "--limit", 100000, "--json")
    return [e for e in map(json.loads, done.stdout.splitlines()) if e.get("message") == message]


def trace_request(b, record):
    """LIST-ROW of a record, by the card that was reserved for it."""
    reserved = next(e["body"] for e in entries(b, "card_reserved")
                    if int(e["body"]["order"]) == int(record["order"]) and int(e["body"]["index"]) == int(record["index"]))
    request = int(reserved["request"])
    return f"{request >> 16}-{request & 0xffff}"


CLAIMS = (blanks_are_booked_where_they_are, blanks_move_within_limits_and_by_whose_they_are, a_count_stands_and_its_difference_is_kept,
          first_cards_without_a_number_are_not_ordered_and_their_list_waits_for_a_grant, an_order_is_placed,
          who_may_not_change_an_order_is_told_so, a_held_order_is_answered_and_not_printed,
          a_request_is_withdrawn_from_an_order_until_its_card_is_printed, a_readdressed_cell_s_cards_are_packed_for_another,
          a_released_order_is_printed_and_sent, a_card_that_was_printed_is_not_withdrawn, each_card_was_a_blank,
          costs_add_up_whichever_way_they_are_told, every_letter_and_story_reads_in_both_languages, the_audit_is_clean)


if __name__ == "__main__":
    sys.exit(play("printing", CLAIMS, Bench, 4, chained=True))
