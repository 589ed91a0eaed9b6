// What committees decide of cards, and what becomes of them with their holders: exit, death, abroad.
#include "scene_revocation.h"

// ---- decisions ----

test(a_card_is_suspended_and_resumed_by_dated_decisions)
{
	struct transcript *s = begin_with_card();
	act_opened(s, 10, act_decide_cards, &(struct act_head){ .decision = "7-QD" });
	act_row(s, 10, act_decide_cards, 1, card_case_suspend, 0, NULL);
	act_ends(s, 10, act_decide_cards, 1);
	decide(s, 11, card_case_suspend, "1900-01-01");
	decide(s, 12, card_case_suspend, "2026-03-03");
	decide(s, 13, card_case_suspend, "2026-02-10");
	decide(s, 14, card_case_resume, "2026-02-09");
	decide(s, 15, card_case_resume, "2026-02-27");
	expect(s,
	       "intake: decide_cards 10, decision 7-QD\n"
	       "intake: row 1: suspend\n"
	       "intake: decide_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason no_minutes, field decision, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: decide_cards 11, decision 7-QD of 1900-01-01\n"
	       "intake: row 1: suspend\n"
	       "  -> intake: row_refused submission 11, row 1, field decision, reason date_order [member 101]\n"
	       "intake: decide_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: decide_cards 12, decision 7-QD of 2026-03-03\n"
	       "intake: row 1: suspend\n"
	       "  -> intake: row_refused submission 12, row 1, field decision, reason out_of_range [member 101]\n"
	       "intake: decide_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: decide_cards 13, decision 7-QD of 2026-02-10\n"
	       "intake: row 1: suspend\n"
	       "  -> record: card_decided card 101/1, matter suspend, date 2026-02-10, decision_number 7-QD, explanation moved away, never answered [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to suspended, event suspended_by_decision, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity suspended, event suspended_by_decision, since 2026-02-10 [member 101]\n"
	       "intake: decide_cards 13 ends\n"
	       "  -> intake: act_closed submission 13, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n"
	       "intake: decide_cards 14, decision 7-QD of 2026-02-09\n"
	       "intake: row 1: resume\n"
	       "  -> intake: row_refused submission 14, row 1, field decision, reason date_order [member 101]\n"
	       "intake: decide_cards 14 ends\n"
	       "  -> intake: act_closed submission 14, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: decide_cards 15, decision 7-QD of 2026-02-27\n"
	       "intake: row 1: resume\n"
	       "  -> record: card_decided card 101/1, matter resume, date 2026-02-27, decision_number 7-QD, explanation moved away, never answered [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from suspended, to active, event resumed, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity active, event resumed, since 2026-02-27 [member 101]\n"
	       "intake: decide_cards 15 ends\n"
	       "  -> intake: act_closed submission 15, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n");
	transcript_free(s);
}

test(a_card_that_cannot_be_recovered_is_explained)
{
	struct transcript *s = begin_with_card();
	becomes(s, member_status_active, member_status_expelled, "2026-02-20");
	transcript_skip(s);
	act_opened(s, 10, act_decide_cards, &(struct act_head){ .decision = "7-QD", .date = "2026-02-25" });
	act_row(s, 10, act_decide_cards, 1, card_case_unrecoverable, 0, NULL);
	act_ends(s, 10, act_decide_cards, 1);
	decide(s, 11, card_case_unrecoverable, "2026-02-19");
	decide(s, 12, card_case_unrecoverable, "2026-02-25");
	decide(s, 13, card_case_unrecoverable, "2026-02-25");
	expect(s,
	       "intake: decide_cards 10, decision 7-QD of 2026-02-25\n"
	       "intake: row 1: unrecoverable\n"
	       "  -> intake: row_refused submission 10, row 1, field reason, reason missing [member 101]\n"
	       "intake: decide_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: decide_cards 11, decision 7-QD of 2026-02-19\n"
	       "intake: row 1: unrecoverable\n"
	       "  -> intake: row_refused submission 11, row 1, field decision, reason date_order [member 101]\n"
	       "intake: decide_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: decide_cards 12, decision 7-QD of 2026-02-25\n"
	       "intake: row 1: unrecoverable\n"
	       "  -> record: card_decided card 101/1, matter unrecoverable, date 2026-02-25, decision_number 7-QD, explanation moved away, never answered [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from recovery_due, to unrecoverable, event not_recovered, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity unrecoverable, event not_recovered, since 2026-02-25 [member 101]\n"
	       "intake: decide_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n"
	       "intake: decide_cards 13, decision 7-QD of 2026-02-25\n"
	       "intake: row 1: unrecoverable\n"
	       "  -> intake: row_refused submission 13, row 1, field card_number, reason wrong_state [member 101]\n"
	       "intake: decide_cards 13 ends\n"
	       "  -> intake: act_closed submission 13, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n");
	transcript_free(s);
}

test(a_card_that_cannot_be_recovered_does_not_hold_up_its_replacement)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	report_on(s, 10, card_case_loss, "2026-02-25");
	made(s, 2);
	report_on(s, 11, card_case_found, "2026-02-26"); // too late: it is owed
	decide(s, 12, card_case_unrecoverable, "2026-02-27");
	check_u64(validity(s, 1), card_validity_unrecoverable);
	handed_over(s, 2, false);
	check_u64(validity(s, 1), card_validity_unrecoverable);
	check_u64(validity(s, 2), card_validity_active);
	check_u64(active_card(s), card_of(lan, 2));
	transcript_free(s);
}

test(an_old_card_that_a_hand_over_does_not_name_is_owed_since_that_day)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	made(s, 2);
	transcript_skip(s);
	tell(s, delivery, card_handed_over, .card = card_of(lan, 2), .receipt = receipt_kind_signed_sheet,
	     .date = date("2026-02-26"), .cell = cell);
	check(strstr(transcript_said(s), "card_standing card 101/1, validity superseded, "
					 "event replacement_handed_over, since 2026-02-26"));
	check_u64(active_card(s), card_of(lan, 2));
	transcript_free(s);
}

// ---- exit, death, abroad ----

test(who_leaves_owes_the_card_and_what_was_on_its_way_is_cancelled)
{
	struct transcript *s = begin_with_copy_made();
	becomes(s, member_status_active, member_status_resigned, "2026-02-20");
	collected(s, 1, card_case_recover);
	collected(s, 2, card_case_undelivered); // it comes back up, spoiled already
	made(s, 3);                             // the printer had it in hand
	expect(s,
	       "registry: member 101: resigned, since 2026-02-20\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to recovery_due, event holder_left, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity recovery_due, event holder_left, since 2026-02-20 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/2, from not_yet_active, to spoiled, event cancelled, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/2, validity spoiled, event cancelled, since 2026-02-20 [member 101]\n"
	       "  -> verification: request_undelivered request 1/1, member 101, reason holder_left [member 101]\n"
	       "delivery: card_reported card 101/1, matter recover, organisation 31\n"
	       "  -> verification inspection: validity_changed card 101/1, from recovery_due, to ended, event collected, number 44.000017 [member 101]\n"
	       "delivery: card_reported card 101/2, matter undelivered, organisation 31\n"
	       "printing: card_reserved card 101/3, number 44.000017, request 1/1, order 2, index 1, old_card 101/2\n"
	       "  -> verification inspection: validity_changed card 101/3, from not_yet_active, to spoiled, event cancelled, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/3, validity spoiled, event cancelled, since 2026-03-02 [member 101]\n"
	       "  -> verification: request_undelivered request 1/1, member 101, reason holder_left [member 101]\n"
	       "printing: card_produced card 101/3, number 44.000017, order 2, index 1, serial 0000000000000003, public_key 00000000…, request 1/1, cell 31, facility 9\n");
	transcript_free(s);
}

test(the_family_keeps_the_card_of_who_died)
{
	struct transcript *s = begin_with_card();
	becomes(s, member_status_active, member_status_deceased, "2026-02-20");
	report_on(s, 10, card_case_loss, NULL);
	expect(s,
	       "registry: member 101: deceased, since 2026-02-20\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to retained_by_family, event holder_died, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity retained_by_family, event holder_died, since 2026-02-20 [member 101]\n"
	       "intake: report_cards 10\n"
	       "intake: row 1: loss\n"
	       "  -> intake: row_refused submission 10, row 1, field card_number, reason wrong_state [member 101]\n"
	       "intake: report_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n");
	transcript_free(s);
}

test(a_card_is_suspended_abroad_and_valid_again_at_home_with_the_new_one_in_its_place)
{
	struct transcript *s = begin_with_copy_made();
	becomes(s, member_status_active, member_status_abroad, "2026-02-20");
	handed_over(s, 2, true);
	becomes(s, member_status_abroad, member_status_active, "2026-03-02");
	expect(s,
	       "registry: member 101: abroad, since 2026-02-20\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to suspended, event suspended_by_decision, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity suspended, event suspended_by_decision, since 2026-02-20 [member 101]\n"
	       "delivery: card_handed_over card 101/2, old_card 101/1, old_collected yes, receipt signed_sheet, date 2026-03-02, cell 31\n"
	       "  -> record: event_refused card 101/1, state suspended, event replacement_handed_over, reason wrong_state [member 101]\n"
	       "  -> record: event_refused card 101/2, state not_yet_active, event handed_over, reason old_card_missing [member 101]\n"
	       "  -> delivery: card_standing card 101/2, validity not_yet_active, event handed_over, since 2026-03-02 [member 101]\n"
	       "registry: member 101: active, since 2026-03-02\n"
	       "  -> verification inspection: validity_changed card 101/1, from suspended, to active, event resumed, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity active, event resumed, since 2026-03-02 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to superseded, event replacement_handed_over, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity superseded, event replacement_handed_over, since 2026-03-02 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/2, from not_yet_active, to active, event handed_over, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/2, validity active, event handed_over, since 2026-03-02 [member 101]\n");
	transcript_free(s);
}

test(a_card_that_could_not_be_handed_over_ends_its_request)
{
	struct transcript *s = begin();
	made(s, 1);
	transcript_skip(s);
	collected(s, 1, card_case_undelivered);
	collected(s, 1, card_case_written_off);
	expect(s,
	       "delivery: card_reported card 101/1, matter undelivered, organisation 31\n"
	       "  -> verification inspection: validity_changed card 101/1, from not_yet_active, to spoiled, event cancelled, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity spoiled, event cancelled, since 2026-03-02 [member 101]\n"
	       "  -> verification: request_undelivered request 1/1, member 101, reason undelivered [member 101]\n"
	       "delivery: card_reported card 101/1, matter written_off, organisation 31\n");
	transcript_free(s);
}

test(a_card_that_an_organisation_lost_for_good_is_lost)
{
	struct transcript *s = begin_with_card();
	collected(s, 1, card_case_written_off);
	expect(s,
	       "delivery: card_reported card 101/1, matter written_off, organisation 31\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to lost, event loss_reported, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity lost, event loss_reported, since 2026-03-02 [member 101]\n");
	transcript_free(s);
}

int main(void)
{
	run(a_card_is_suspended_and_resumed_by_dated_decisions);
	run(a_card_that_cannot_be_recovered_is_explained);
	run(a_card_that_cannot_be_recovered_does_not_hold_up_its_replacement);
	run(an_old_card_that_a_hand_over_does_not_name_is_owed_since_that_day);
	run(who_leaves_owes_the_card_and_what_was_on_its_way_is_cancelled);
	run(the_family_keeps_the_card_of_who_died);
	run(a_card_is_suspended_abroad_and_valid_again_at_home_with_the_new_one_in_its_place);
	run(a_card_that_could_not_be_handed_over_ends_its_request);
	run(a_card_that_an_organisation_lost_for_good_is_lost);
	return test_summary();
}
