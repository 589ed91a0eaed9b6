#!/usr/bin/env python3
"""Every other case of a request and of a card (domain.md §3): the chapters of the demo, played in English on real daemons as tests.
A chapter looks with `tdv` at what came of each act; after each of them the audit is clean, and at the end every service is rebuilt
from its turns.  What a chapter said is shown when it fails."""

import contextlib
import io
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[1:1] = [str(ROOT / "tools" / "demo")]
from tdv_site import SERVICES, Claims, temporary_folder  # noqa: E402

import chapters  # noqa: E402
import telling  # noqa: E402
from hamlet import Hamlet  # noqa: E402


def played(h, name):
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            chapters.chapter(name).run(h)
            h.way.settle()
            h.audit()
    except Exception:
        print("".join("# " + line + "\n" for line in said.getvalue().splitlines()), end="")
        raise


def members_and_organisations_change_while_cards_are_on_their_way(h):
    played(h, "registry")


def what_is_returned_held_withdrawn_or_left_out_goes_its_own_way(h):
    played(h, "requests")


def a_lost_card_is_issued_again_under_its_number_and_the_next_copy(h):
    played(h, "loss")


def a_damaged_card_goes_up_with_form_3_and_is_replaced(h):
    played(h, "damage")


def a_facility_refuses_spoils_stops_half_way_and_reports_nonsense(h):
    played(h, "facility")


def an_order_is_held_changed_and_paid_for(h):
    played(h, "orders")


def a_short_shipment_is_explained_and_missing_cards_are_found_or_written_off(h):
    played(h, "shipment")


def a_card_that_nobody_fetches_goes_back_and_one_follows_its_member(h):
    played(h, "undelivered")


def a_card_is_suspended_collected_and_given_back(h):
    played(h, "suspension")


def who_dies_or_leaves_keeps_or_owes_the_card(h):
    played(h, "leaving")


def what_is_out_of_use_follows_its_holder_too(h):
    played(h, "strikes")


def what_is_worth_nothing_is_destroyed_and_nothing_else(h):
    played(h, "destruction")


def an_inspection_leaves_cards_without_their_check_worthless(h):
    played(h, "inspection")


def two_persons_sign_where_the_rules_say_so(h):
    played(h, "quorum")


def a_restored_site_tells_the_same(h):
    played(h, "backup")


def what_is_late_and_who_is_silent_is_told(h):
    played(h, "days")


def every_service_can_be_rebuilt_from_its_turns(h):
    for service in SERVICES:
        h.site.tdv("replay", service)


CLAIMS = (
    members_and_organisations_change_while_cards_are_on_their_way, what_is_returned_held_withdrawn_or_left_out_goes_its_own_way,
    a_lost_card_is_issued_again_under_its_number_and_the_next_copy, a_damaged_card_goes_up_with_form_3_and_is_replaced,
    a_facility_refuses_spoils_stops_half_way_and_reports_nonsense, an_order_is_held_changed_and_paid_for,
    a_short_shipment_is_explained_and_missing_cards_are_found_or_written_off, a_card_that_nobody_fetches_goes_back_and_one_follows_its_member,
    a_card_is_suspended_collected_and_given_back, who_dies_or_leaves_keeps_or_owes_the_card, what_is_out_of_use_follows_its_holder_too,
    what_is_worth_nothing_is_destroyed_and_nothing_else, an_inspection_leaves_cards_without_their_check_worthless,
    two_persons_sign_where_the_rules_say_so, a_restored_site_tells_the_same, what_is_late_and_who_is_silent_is_told,
)


def every_chapter_of_the_demo_is_played(_h):
    source = Path(__file__).read_text(encoding="utf-8")
    assert all(f'played(h, "{name}")' in source for name in chapters.NAMES), chapters.NAMES


def main():
    claims = Claims()
    telling.speak(english=True)
    with temporary_folder("cases") as folder, Hamlet(folder / "hamlet") as h:
        h.exchange()
        for claim in (every_chapter_of_the_demo_is_played, *CLAIMS, every_service_can_be_rebuilt_from_its_turns):
            claims.run(claim, h)
    return claims.end()


if __name__ == "__main__":
    sys.exit(main())
