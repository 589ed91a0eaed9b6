// What a card is worth, from its opening or reservation on.
#include "scene_revocation.h"

static void open_paper_card(struct transcript *s, uint64_t of, uint32_t printed, enum member_status status)
{
	tell(s, registry, card_opened, .member = of, .card = card_of(of, 1), .number = printed,
	     .generation = card_generation_paper_2003, .issued = date("2011-01-26"), .boxes = 15, .cell = cell, .status = status);
}

test(a_card_in_use_at_the_start_is_active)
{
	struct transcript *s = begin();
	open_paper_card(s, lan, number, member_status_active);
	expect(s, "registry: card_opened member 101, card 101/1, number 44.000017, generation paper_2003, "
		  "issued 2011-01-26, boxes 15, cell 31, status active\n");
	check_u64(validity(s, 1), card_validity_active);
	check_u64(active_card(s), card_of(lan, 1));
	transcript_free(s);
}

test(a_card_of_somebody_who_left_or_died_before_the_start_is_not_in_use)
{
	struct transcript *s = begin();
	open_paper_card(s, 201, 44000201, member_status_expelled);
	open_paper_card(s, 202, 44000202, member_status_deceased);
	open_paper_card(s, 203, 44000203, member_status_abroad);
	open_paper_card(s, 204, 44000204, member_status_temp_activity);
	expect(s, "registry: card_opened member 201, card 201/1, number 44.000201, generation paper_2003, "
		  "issued 2011-01-26, boxes 15, cell 31, status expelled\n"
		  "  -> verification inspection: validity_changed card 201/1, from active, to recovery_due, "
		  "event holder_left, number 44.000201 [member 201]\n"
		  "  -> delivery: card_standing card 201/1, validity recovery_due, "
		  "event holder_left, since 2011-01-26 [member 201]\n"
		  "registry: card_opened member 202, card 202/1, number 44.000202, generation paper_2003, "
		  "issued 2011-01-26, boxes 15, cell 31, status deceased\n"
		  "  -> verification inspection: validity_changed card 202/1, from active, to retained_by_family, "
		  "event holder_died, number 44.000202 [member 202]\n"
		  "  -> delivery: card_standing card 202/1, validity retained_by_family, "
		  "event holder_died, since 2011-01-26 [member 202]\n"
		  "registry: card_opened member 203, card 203/1, number 44.000203, generation paper_2003, "
		  "issued 2011-01-26, boxes 15, cell 31, status abroad\n"
		  "  -> verification inspection: validity_changed card 203/1, from active, to suspended, "
		  "event suspended_by_decision, number 44.000203 [member 203]\n"
		  "  -> delivery: card_standing card 203/1, validity suspended, "
		  "event suspended_by_decision, since 2011-01-26 [member 203]\n"
		  "registry: card_opened member 204, card 204/1, number 44.000204, generation paper_2003, "
		  "issued 2011-01-26, boxes 15, cell 31, status temp_activity\n");
	transcript_free(s);
}

test(a_second_opening_of_a_card_is_refused)
{
	struct transcript *s = begin_with_card();
	open_paper_card(s, lan, number, member_status_active);
	expect(s, "registry: card_opened member 101, card 101/1, number 44.000017, generation paper_2003, "
		  "issued 2011-01-26, boxes 15, cell 31, status active\n"
		  "  -> record: event_refused card 101/1, state active, event opened, "
		  "reason already_done [member 101]\n");
	transcript_free(s);
}

test(a_hand_over_ends_the_old_card_before_the_new_one_becomes_active)
{
	struct transcript *s = begin_with_card();
	reserved(s, 2);
	check_u64(validity(s, 2), card_validity_not_yet_active);
	produced(s, 2);
	transcript_skip(s);
	handed_over(s, 2, true);
	expect(s, "delivery: card_handed_over card 101/2, old_card 101/1, old_collected yes, "
		  "receipt signed_sheet, date 2026-03-02, cell 31\n"
		  "  -> verification inspection: validity_changed card 101/1, from active, to superseded, "
		  "event replacement_handed_over, number 44.000017 [member 101]\n"
		  "  -> verification inspection: validity_changed card 101/1, from superseded, to ended, "
		  "event collected, number 44.000017 [member 101]\n"
		  "  -> verification inspection: validity_changed card 101/2, from not_yet_active, to active, "
		  "event handed_over, number 44.000017 [member 101]\n");
	check_u64(active_card(s), card_of(lan, 2));
	transcript_free(s);
}

test(an_old_card_that_was_not_collected_stays_superseded)
{
	struct transcript *s = begin_with_copy_made();
	handed_over(s, 2, false);
	expect(s, "delivery: card_handed_over card 101/2, old_card 101/1, old_collected no, "
		  "receipt signed_sheet, date 2026-03-02, cell 31\n"
		  "  -> verification inspection: validity_changed card 101/1, from active, to superseded, "
		  "event replacement_handed_over, number 44.000017 [member 101]\n"
		  "  -> delivery: card_standing card 101/1, validity superseded, "
		  "event replacement_handed_over, since 2026-03-02 [member 101]\n"
		  "  -> verification inspection: validity_changed card 101/2, from not_yet_active, to active, "
		  "event handed_over, number 44.000017 [member 101]\n");
	check_u64(validity(s, 1), card_validity_superseded);
	transcript_free(s);
}

test(the_whole_life_of_a_replacement_in_one_turn_ends_the_same)
{
	struct transcript *s = begin_with_card();
	transcript_hold(s);
	made(s, 2);
	handed_over(s, 2, true);
	transcript_skip(s);
	transcript_release(s);
	expect(s, "  -> verification inspection: validity_changed card 101/1, from active, to superseded, "
		  "event replacement_handed_over, number 44.000017 [member 101]\n"
		  "  -> verification inspection: validity_changed card 101/1, from superseded, to ended, "
		  "event collected, number 44.000017 [member 101]\n"
		  "  -> verification inspection: validity_changed card 101/2, from not_yet_active, to active, "
		  "event handed_over, number 44.000017 [member 101]\n");
	check_u64(active_card(s), card_of(lan, 2));
	transcript_free(s);
}

test(a_first_card_becomes_active_at_hand_over)
{
	struct transcript *s = begin();
	made(s, 1);
	handed_over(s, 1, false);
	expect(s, "printing: card_reserved card 101/1, number 44.000017, request 1/1, order 2, index 1\n"
		  "printing: card_produced card 101/1, number 44.000017, order 2, index 1, "
		  "serial 0000000000000001, public_key 00000000…, request 1/1, cell 31, facility 9\n"
		  "delivery: card_handed_over card 101/1, old_collected no, receipt signed_sheet, "
		  "date 2026-03-02, cell 31\n"
		  "  -> verification inspection: validity_changed card 101/1, from not_yet_active, to active, "
		  "event handed_over, number 44.000017 [member 101]\n");
	transcript_free(s);
}

test(a_card_spoiled_in_print_is_never_handed_over)
{
	struct transcript *s = begin();
	reserved(s, 1);
	transcript_skip(s);
	tell(s, printing, card_spoiled, .card = card_of(lan, 1), .order = 2, .index = 1,
	     .reason = reason_quality_failed, .facility = 9);
	handed_over(s, 1, false);
	produced(s, 1);
	reserved_for(s, 2, 0);
	produced(s, 2);
	handed_over_for(s, 2, 0, false);
	expect(s, "printing: card_spoiled card 101/1, order 2, index 1, reason quality_failed, facility 9\n"
		  "  -> verification inspection: validity_changed card 101/1, from not_yet_active, to spoiled, "
		  "event spoiled_in_print, number 44.000017 [member 101]\n"
		  "delivery: card_handed_over card 101/1, old_collected no, receipt signed_sheet, "
		  "date 2026-03-02, cell 31\n"
		  "  -> record: event_refused card 101/1, state spoiled, event handed_over, "
		  "reason wrong_state [member 101]\n"
		  "printing: card_produced card 101/1, number 44.000017, order 2, index 1, "
		  "serial 0000000000000001, public_key 00000000…, request 1/1, cell 31, facility 9\n"
		  "  -> record: event_refused card 101/1, state spoiled, event personalised, "
		  "reason wrong_state [member 101]\n"
		  "printing: card_reserved card 101/2, number 44.000017, request 1/1, order 2, index 1\n"
		  "printing: card_produced card 101/2, number 44.000017, order 2, index 1, "
		  "serial 0000000000000002, public_key 00000000…, request 1/1, cell 31, facility 9\n"
		  "delivery: card_handed_over card 101/2, old_collected no, receipt signed_sheet, "
		  "date 2026-03-02, cell 31\n"
		  "  -> verification inspection: validity_changed card 101/2, from not_yet_active, to active, "
		  "event handed_over, number 44.000017 [member 101]\n");
	transcript_free(s);
}

test(a_card_that_was_not_made_is_not_handed_over)
{
	struct transcript *s = begin();
	handed_over(s, 1, false);
	produced(s, 1);
	reserved(s, 1);
	handed_over(s, 1, false);
	expect(s, "delivery: card_handed_over card 101/1, old_collected no, receipt signed_sheet, "
		  "date 2026-03-02, cell 31\n"
		  "  -> record: event_refused card 101/1, event handed_over, reason unknown [member 101]\n"
		  "printing: card_produced card 101/1, number 44.000017, order 2, index 1, "
		  "serial 0000000000000001, public_key 00000000…, request 1/1, cell 31, facility 9\n"
		  "  -> record: event_refused card 101/1, event personalised, reason unknown [member 101]\n"
		  "printing: card_reserved card 101/1, number 44.000017, request 1/1, order 2, index 1\n"
		  "delivery: card_handed_over card 101/1, old_collected no, receipt signed_sheet, "
		  "date 2026-03-02, cell 31\n"
		  "  -> record: event_refused card 101/1, state not_yet_active, event handed_over, "
		  "reason wrong_state [member 101]\n");
	check_u64(validity(s, 1), card_validity_not_yet_active);
	transcript_free(s);
}

test(an_event_told_twice_changes_nothing_and_is_on_record)
{
	struct transcript *s = begin();
	made(s, 1);
	handed_over(s, 1, false);
	transcript_skip(s);
	made(s, 1);
	handed_over(s, 1, false);
	expect(s, "printing: card_reserved card 101/1, number 44.000017, request 1/1, order 2, index 1\n"
		  "  -> record: event_refused card 101/1, state active, event reserved, "
		  "reason already_done [member 101]\n"
		  "printing: card_produced card 101/1, number 44.000017, order 2, index 1, "
		  "serial 0000000000000001, public_key 00000000…, request 1/1, cell 31, facility 9\n"
		  "  -> record: event_refused card 101/1, state active, event personalised, "
		  "reason wrong_state [member 101]\n"
		  "delivery: card_handed_over card 101/1, old_collected no, receipt signed_sheet, "
		  "date 2026-03-02, cell 31\n"
		  "  -> record: event_refused card 101/1, state active, event handed_over, "
		  "reason wrong_state [member 101]\n");
	check_u64(active_card(s), card_of(lan, 1));
	transcript_free(s);
}

test(an_active_card_that_the_hand_over_does_not_name_is_superseded_too)
{
	struct transcript *s = begin_with_card();
	reserved_for(s, 2, 0);
	produced(s, 2);
	transcript_skip(s);
	handed_over_for(s, 2, 0, false);
	expect(s, "delivery: card_handed_over card 101/2, old_collected no, receipt signed_sheet, "
		  "date 2026-03-02, cell 31\n"
		  "  -> verification inspection: validity_changed card 101/1, from active, to superseded, "
		  "event replacement_handed_over, number 44.000017 [member 101]\n"
		  "  -> delivery: card_standing card 101/1, validity superseded, "
		  "event replacement_handed_over, since 2026-03-02 [member 101]\n"
		  "  -> verification inspection: validity_changed card 101/2, from not_yet_active, to active, "
		  "event handed_over, number 44.000017 [member 101]\n");
	check_u64(active_card(s), card_of(lan, 2));
	transcript_free(s);
}

test(a_card_that_its_holder_is_given_after_they_left_is_worth_nothing)
{
	struct transcript *s = begin();
	open_paper_card(s, lan, number, member_status_expelled);
	made(s, 2);
	transcript_skip(s);
	handed_over(s, 2, true);
	expect(s, "delivery: card_handed_over card 101/2, old_card 101/1, old_collected yes, "
		  "receipt signed_sheet, date 2026-03-02, cell 31\n"
		  "  -> record: event_refused card 101/2, state spoiled, event handed_over, "
		  "reason wrong_state [member 101]\n"
		  "  -> verification inspection: validity_changed card 101/1, from recovery_due, to ended, "
		  "event collected, number 44.000017 [member 101]\n"
		  "  -> delivery: card_standing card 101/2, validity spoiled, "
		  "event handed_over, since 2026-03-02 [member 101]\n");
	check_u64(validity(s, 1), card_validity_ended);
	check_u64(validity(s, 2), card_validity_spoiled);
	transcript_free(s);
}

test(another_members_card_is_not_superseded)
{
	struct transcript *s = begin();
	open_paper_card(s, 300, 44000300, member_status_active);
	reserved_for(s, 2, 0);
	produced(s, 2);
	transcript_skip(s);
	tell(s, delivery, card_handed_over, .card = card_of(lan, 2), .has_old_card = true,
	     .old_card = card_of(300, 1), .old_collected = true, .receipt = receipt_kind_signed_sheet,
	     .date = date("2026-03-02"), .cell = cell);
	expect(s, "delivery: card_handed_over card 101/2, old_card 300/1, old_collected yes, "
		  "receipt signed_sheet, date 2026-03-02, cell 31\n"
		  "  -> record: event_refused card 300/1, state active, event replacement_handed_over, "
		  "reason unknown [member 101]\n"
		  "  -> record: event_refused card 101/2, state not_yet_active, event handed_over, "
		  "reason old_card_missing [member 101]\n"
		  "  -> delivery: card_standing card 101/2, validity not_yet_active, "
		  "event handed_over, since 2026-03-02 [member 101]\n");
	check_u64(validity_of(s, 300, 1), card_validity_active);
	transcript_free(s);
}

// domain.md §3, the table of validities, with its ways back.
test(the_machine_has_the_ways_that_the_domain_page_names_and_no_others)
{
	unsigned ways = 0;
	enum card_validity to;
	for (unsigned from = card_validity_not_yet_active; from <= card_validity_spoiled; from++)
		for (unsigned event = card_validity_event_handed_over;
		     event <= card_validity_event_cancelled; event++)
			ways += card_validity_step((enum card_validity)from, (enum card_validity_event)event,
						   &to);
	check_u64(ways, 32); // those of the page, and what befalls an unstamped card as any other: lost, damaged, suspended
	// Nothing leaves the states that the page gives no way out.
	const enum card_validity final[] = { card_validity_retained_by_family, card_validity_ended,
					     card_validity_unrecoverable, card_validity_spoiled };
	for (size_t i = 0; i < sizeof final / sizeof final[0]; i++)
		for (unsigned event = card_validity_event_handed_over;
		     event <= card_validity_event_cancelled; event++)
			check(!card_validity_step(final[i], (enum card_validity_event)event, &to));
}

int main(void)
{
	run(a_card_in_use_at_the_start_is_active);
	run(a_card_of_somebody_who_left_or_died_before_the_start_is_not_in_use);
	run(a_second_opening_of_a_card_is_refused);
	run(a_hand_over_ends_the_old_card_before_the_new_one_becomes_active);
	run(an_old_card_that_was_not_collected_stays_superseded);
	run(the_whole_life_of_a_replacement_in_one_turn_ends_the_same);
	run(a_first_card_becomes_active_at_hand_over);
	run(a_card_spoiled_in_print_is_never_handed_over);
	run(a_card_that_was_not_made_is_not_handed_over);
	run(an_event_told_twice_changes_nothing_and_is_on_record);
	run(an_active_card_that_the_hand_over_does_not_name_is_superseded_too);
	run(a_card_that_its_holder_is_given_after_they_left_is_worth_nothing);
	run(another_members_card_is_not_superseded);
	run(the_machine_has_the_ways_that_the_domain_page_names_and_no_others);
	return test_summary();
}
