// What becomes of a request that passed: one at a time, left out, refused by the facility, delivered, late.
#include "scene_requests.h"

// --- one open request (domain.md §3, invariant 1) ---

test(a_member_has_one_open_request_at_a_time)
{
	struct transcript *s = begin_with_card(official(lan));
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	offer(s, item_of(1, 2), lan);
	end_list(s, 1, 2);
	offer_exchange(s, 2, lan);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 1/2, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/2, member 101, state rejected, field whole, "
		  "reason open_request, rule one-open-request [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 2, field whole, reason open_request, "
		  "request 1/2 [member 101, rule 2]\n"
		  "intake: list_ended submission 5, list 1, count 2, root 00000000…\n"
		  "  -> approval: verified_list_ended submission 5, list 1, verified 1, refused 1, "
		  "settled 0 [list 1, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 101, state rejected, field whole, "
		  "reason open_request, rule one-open-request [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field whole, reason open_request, "
		  "request 2/1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(one_that_was_left_out_makes_room_for_another_and_one_that_the_facility_refused_goes_on_corrected)
{
	struct transcript *s = begin_with_card(official(lan));
	offer_exchange(s, 1, lan);
	transcript_skip(s);
	tell(s, approval, request_left_out, .request = item_of(1, 1), .member = lan, .act = act_appraise,
	     .reason = reason_left_out);
	open_list_of(s, 2, request_kind_exchange, request_reason_campaign, 31);
	offer(s, item_of(2, 1), lan);
	tell(s, printing, record_refused, .request = item_of(2, 1), .member = lan, .order = 1, .index = 1,
	     .reason = reason_facility_photo);
	open_list_of(s, 3, request_kind_exchange, request_reason_campaign, 31);
	offer(s, item_of(3, 1), lan);
	expect(s, "approval: request_left_out request 1/1, member 101, act appraise, reason left_out\n"
		  "  -> record: request_finished request 1/1, member 101, state rejected [member 101]\n"
		  "  -> intake: request_news organisation 31, request 1/1, member 101, state rejected, "
		  "field whole, reason left_out [member 101]\n"
		  "intake: list_opened submission 5, list 2, kind exchange, reason campaign, cell 31, "
		  "period 2026-03-01, count 1\n"
		  "  -> approval: verified_list_opened submission 5, list 2, kind exchange, "
		  "reason campaign, cell 31, period 2026-03-01, submitter 7 [list 2, rule 2]\n"
		  "intake: request_offered submission 5, request 2/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 2/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n"
		  "printing: record_refused request 2/1, member 101, order 1, index 1, "
		  "reason facility_photo\n"
		  "  -> record: request_finished request 2/1, member 101, state returned [member 101]\n"
		  "  -> intake: request_news organisation 31, request 2/1, member 101, state returned, "
		  "field photo, reason facility_photo, due 2026-03-16 [member 101]\n"
		  "intake: list_opened submission 5, list 3, kind exchange, reason campaign, cell 31, "
		  "period 2026-03-01, count 1\n"
		  "  -> approval: verified_list_opened submission 5, list 3, kind exchange, "
		  "reason campaign, cell 31, period 2026-03-01, submitter 7 [list 3, rule 2]\n"
		  "intake: request_offered submission 5, request 3/1, member 101, card_enclosed no\n"
		  "  -> record: request_reopened request 2/1, member 101, list 3, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 2/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 3 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_delivered_request_is_closed_and_the_exchange_is_done_even_before_revocation_has_spoken)
{
	struct transcript *s = begin_with_card(official(lan));
	know(s, official(minh));
	offer_exchange(s, 1, lan);
	offer_new(s, 2, minh);
	transcript_skip(s);
	tell(s, delivery, request_delivered, .request = item_of(1, 1), .member = lan);
	tell(s, delivery, request_delivered, .request = item_of(2, 1), .member = minh);
	offer_exchange(s, 3, lan);
	offer_new(s, 4, minh);
	expect(s, "delivery: request_delivered request 1/1, member 101\n"
		  "  -> record: request_finished request 1/1, member 101, state closed [member 101]\n"
		  "delivery: request_delivered request 2/1, member 102\n"
		  "  -> record: request_finished request 2/1, member 102, state closed [member 102]\n"
		  "intake: request_offered submission 5, request 3/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 3/1, member 101, state rejected, "
		  "field card_generation, reason already_done, rule card-of-2003 [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_generation, "
		  "reason already_done, request 3/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 4/1, member 102, card_enclosed no\n"
		  "  -> record: request_settled request 4/1, member 102, state rejected, "
		  "field card_number, reason holds_card, rule no-card-yet [member 102, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason holds_card, "
		  "request 4/1 [member 102, rule 2]\n");
	transcript_free(s);
}

test(what_does_not_fit_a_requests_state_is_refused_on_record)
{
	struct transcript *s = begin_with_card(official(lan));
	know(s, official(minh));
	open_exchange(s, 1);
	offer(s, item_of(1, 1), lan);
	offer(s, item_of(1, 2), minh);
	transcript_skip(s);
	tell(s, delivery, request_delivered, .request = item_of(1, 2), .member = minh);
	tell(s, delivery, request_delivered, .request = item_of(9, 1), .member = lan);
	tell(s, delivery, request_delivered, .request = item_of(1, 1), .member = minh);
	tell(s, delivery, request_delivered, .request = item_of(1, 1), .member = lan);
	tell(s, delivery, request_delivered, .request = item_of(1, 1), .member = lan);
	expect(s, "delivery: request_delivered request 1/2, member 102\n"
		  "  -> record: request_event_refused request 1/2, member 102, state rejected, "
		  "event handed_over, reason wrong_state [member 102]\n"
		  "delivery: request_delivered request 9/1, member 101\n"
		  "  -> record: request_event_refused request 9/1, member 101, event handed_over, "
		  "reason unknown [member 101]\n"
		  "delivery: request_delivered request 1/1, member 102\n"
		  "  -> record: request_event_refused request 1/1, member 102, event handed_over, "
		  "reason unknown [member 102]\n"
		  "delivery: request_delivered request 1/1, member 101\n"
		  "  -> record: request_finished request 1/1, member 101, state closed [member 101]\n"
		  "delivery: request_delivered request 1/1, member 101\n"
		  "  -> record: request_event_refused request 1/1, member 101, state closed, "
		  "event handed_over, reason wrong_state [member 101]\n");
	transcript_free(s);
}

// --- ended from elsewhere: a death, a card that was cancelled ---

static void member_is(struct transcript *s, uint64_t member, enum member_status status, bool photo)
{
	tell(s, registry, member_registered, .member = member, .version = member, .record = member,
	     .type = member_type_official, .status = status, .home_cell = 31, .present_cell = 31, .has_photo = photo,
	     .photo = member + 2000);
}

test(when_a_member_dies_the_request_stops_wherever_it_is)
{
	struct transcript *s = held();
	by(s, .submission = 6, .actor = 1, .role = role_administrator);
	member_is(s, lan, member_status_deceased, true);
	member_is(s, minh, member_status_expelled, true);
	tell(s, printing, recall_answered, .request = item_of(1, 2), .member = minh, .stopped = true);
	expect(s, "registry: member_registered member 101, version 101, record 101, type official, "
		  "status deceased, home_cell 31, present_cell 31, photo 2101\n"
		  "  -> record: request_finished request 1/1, member 101, state rejected [member 101, "
		  "rule 2]\n"
		  "  -> intake: request_news organisation 31, request 1/1, member 101, state rejected, "
		  "field status, reason not_in_standing [member 101, rule 2]\n"
		  "registry: member_registered member 102, version 102, record 102, type official, "
		  "status expelled, home_cell 31, present_cell 31, photo 2102\n"
		  "  -> approval: request_recalled request 1/2, list 1, member 102, "
		  "reason not_in_standing [member 102, rule 2]\n"
		  "printing: recall_answered request 1/2, member 102, stopped yes, reason none\n"
		  "  -> record: request_finished request 1/2, member 102, state rejected [member 102]\n"
		  "  -> intake: request_news organisation 31, request 1/2, member 102, state rejected, "
		  "field status, reason not_in_standing [member 102]\n");
	transcript_free(s);
}

test(a_card_that_was_cancelled_ends_its_request)
{
	struct transcript *s = held();
	tell(s, revocation, request_undelivered, .request = item_of(1, 2), .member = minh, .reason = reason_not_in_standing);
	tell(s, revocation, request_undelivered, .request = item_of(1, 2), .member = minh, .reason = reason_not_in_standing);
	expect(s, "revocation: request_undelivered request 1/2, member 102, reason not_in_standing\n"
		  "  -> record: request_finished request 1/2, member 102, state rejected [member 102]\n"
		  "  -> intake: request_news organisation 31, request 1/2, member 102, state rejected, "
		  "field whole, reason not_in_standing [member 102]\n"
		  "revocation: request_undelivered request 1/2, member 102, reason not_in_standing\n"
		  "  -> record: request_event_refused request 1/2, member 102, state rejected, "
		  "event undelivered, reason wrong_state [member 102]\n");
	transcript_free(s);
}

// The committee handed the card over while the holder's death was on its way: that it was handed over is a fact.
test(a_hand_over_that_crossed_the_holders_end_closes_the_request)
{
	struct transcript *s = held();
	tell(s, revocation, request_undelivered, .request = item_of(1, 2), .member = minh, .reason = reason_holder_died);
	transcript_skip(s);
	tell(s, delivery, request_delivered, .request = item_of(1, 2), .member = minh);
	expect(s, "delivery: request_delivered request 1/2, member 102\n"
		  "  -> record: request_finished request 1/2, member 102, state closed [member 102]\n");
	transcript_free(s);
}

// --- deadlines (A7) ---

// Timers are looked at when a turn begins.
static void morning(struct transcript *s, const char *day)
{
	transcript_day(s, day);
	by(s, .submission = 2, .actor = 1, .role = role_administrator);
	tell(s, registry, organisation_registered, .code = 4402, .name = bytes_of_text(day), .level = org_level_superior,
	     .parent = 44);
}

test(who_is_late_gets_a_letter_the_day_after_the_due_date)
{
	struct transcript *s = begin_with_losses(false);
	transcript_skip(s);
	morning(s, "2026-03-16"); // ten working days: the correction's due date
	morning(s, "2026-03-17");
	morning(s, "2026-03-31"); // twenty: the ruling's was yesterday
	expect(s, "registry: organisation_registered code 4402, name 2026-03-16, level superior, "
		  "parent 44, valid_from 1970-01-01, remote no\n"
		  "registry: organisation_registered code 4402, name 2026-03-17, level superior, "
		  "parent 44, valid_from 1970-01-01, remote no\n"
		  "  -> intake: request_overdue organisation 31, request 1/2, member 102, state returned, "
		  "due 2026-03-16 [member 102, rule 2, submission 5 by person 0]\n"
		  "registry: organisation_registered code 4402, name 2026-03-31, level superior, "
		  "parent 44, valid_from 1970-01-01, remote no\n"
		  "  -> intake: request_overdue organisation 4401, request 1/1, member 101, state on_hold, "
		  "due 2026-03-30 [member 101, rule 2, submission 5 by person 0]\n");
	transcript_free(s);
}

int main(void)
{
	run(a_member_has_one_open_request_at_a_time);
	run(one_that_was_left_out_makes_room_for_another_and_one_that_the_facility_refused_goes_on_corrected);
	run(a_delivered_request_is_closed_and_the_exchange_is_done_even_before_revocation_has_spoken);
	run(what_does_not_fit_a_requests_state_is_refused_on_record);
	run(when_a_member_dies_the_request_stops_wherever_it_is);
	run(a_card_that_was_cancelled_ends_its_request);
	run(a_hand_over_that_crossed_the_holders_end_closes_the_request);
	run(who_is_late_gets_a_letter_the_day_after_the_due_date);
	return test_summary();
}
