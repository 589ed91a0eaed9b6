// Cards that are reported lost, found, damaged or misused, and by whom.
#include "scene_revocation.h"

test(a_lost_card_that_is_found_before_its_replacement_is_ordered_is_valid_again)
{
	struct transcript *s = begin_with_card();
	report_on(s, 10, card_case_loss, "2026-02-25");
	report_on(s, 11, card_case_loss, "2026-02-26");
	report_on(s, 12, card_case_found, "2026-03-01");
	expect(s,
	       "intake: report_cards 10\n"
	       "intake: row 1: loss on 2026-02-25\n"
	       "  -> record: card_decided card 101/1, matter loss, date 2026-02-25 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to lost, event loss_reported, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity lost, event loss_reported, since 2026-02-25 [member 101]\n"
	       "intake: report_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n"
	       "intake: report_cards 11\n"
	       "intake: row 1: loss on 2026-02-26\n"
	       "  -> intake: row_refused submission 11, row 1, field card_number, reason wrong_state [member 101]\n"
	       "intake: report_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: report_cards 12\n"
	       "intake: row 1: found on 2026-03-01\n"
	       "  -> record: card_decided card 101/1, matter found, date 2026-03-01 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from lost, to active, event found, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity active, event found, since 2026-03-01 [member 101]\n"
	       "intake: report_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n");
	transcript_free(s);
}

test(a_lost_card_that_is_found_after_its_replacement_was_ordered_is_owed)
{
	struct transcript *s = begin_with_card();
	report_on(s, 10, card_case_loss, "2026-02-25");
	reserved(s, 2);
	transcript_skip(s);
	report_on(s, 12, card_case_found, "2026-03-01");
	collected(s, 1, card_case_recover);
	expect(s,
	       "intake: report_cards 12\n"
	       "intake: row 1: found on 2026-03-01\n"
	       "  -> record: card_decided card 101/1, matter found, date 2026-03-01 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from lost, to recovery_due, event found_late, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity recovery_due, event found_late, since 2026-03-01 [member 101]\n"
	       "intake: report_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n"
	       "delivery: card_reported card 101/1, matter recover, organisation 31\n"
	       "  -> verification inspection: validity_changed card 101/1, from recovery_due, to ended, event collected, number 44.000017 [member 101]\n");
	transcript_free(s);
}

test(a_replacement_that_is_not_made_after_all_leaves_the_way_back_open)
{
	struct transcript *s = begin_with_card();
	report_on(s, 10, card_case_loss, NULL);
	reserved(s, 2);
	tell(s, printing, card_cancelled, .card = card_of(lan, 2), .order = 2, .index = 1, .reason = reason_facility_data);
	transcript_skip(s);
	report_on(s, 12, card_case_found, NULL);
	expect(s,
	       "intake: report_cards 12\n"
	       "intake: row 1: found\n"
	       "  -> record: card_decided card 101/1, matter found, date 2026-03-02 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from lost, to active, event found, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity active, event found, since 2026-03-02 [member 101]\n"
	       "intake: report_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n");
	transcript_free(s);
}

test(a_damaged_card_may_still_be_lost_and_is_superseded_by_its_replacement)
{
	struct transcript *s = begin_with_card();
	report_on(s, 10, card_case_damage, NULL);
	report_on(s, 11, card_case_loss, NULL);
	made(s, 2);
	transcript_skip(s);
	handed_over(s, 2, false);
	expect(s,
	       "delivery: card_handed_over card 101/2, old_card 101/1, old_collected no, receipt signed_sheet, date 2026-03-02, cell 31\n"
	       "  -> verification inspection: validity_changed card 101/1, from lost, to superseded, event replacement_handed_over, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity superseded, event replacement_handed_over, since 2026-03-02 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/2, from not_yet_active, to active, event handed_over, number 44.000017 [member 101]\n");
	transcript_free(s);
}

test(what_is_reported_comes_after_the_card_was_given_and_not_in_the_future)
{
	struct transcript *s = begin_with_card();
	report_on(s, 10, card_case_loss, "2011-01-25");
	report_on(s, 11, card_case_damage, "2026-03-03");
	report_on(s, 12, card_case_misuse, "1950-01-01");
	report_on(s, 13, card_case_loss, "2026-02-25");
	report_on(s, 14, card_case_found, "2026-02-24");
	report_on(s, 15, card_case_found, "2026-02-25");
	expect(s,
	       "intake: report_cards 10\n"
	       "intake: row 1: loss on 2011-01-25\n"
	       "  -> intake: row_refused submission 10, row 1, field date, reason date_order [member 101]\n"
	       "intake: report_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: report_cards 11\n"
	       "intake: row 1: damage on 2026-03-03\n"
	       "  -> intake: row_refused submission 11, row 1, field date, reason out_of_range [member 101]\n"
	       "intake: report_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: report_cards 12\n"
	       "intake: row 1: misuse on 1950-01-01\n"
	       "  -> intake: row_refused submission 12, row 1, field date, reason date_order [member 101]\n"
	       "intake: report_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: report_cards 13\n"
	       "intake: row 1: loss on 2026-02-25\n"
	       "  -> record: card_decided card 101/1, matter loss, date 2026-02-25 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to lost, event loss_reported, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity lost, event loss_reported, since 2026-02-25 [member 101]\n"
	       "intake: report_cards 13 ends\n"
	       "  -> intake: act_closed submission 13, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n"
	       "intake: report_cards 14\n"
	       "intake: row 1: found on 2026-02-24\n"
	       "  -> intake: row_refused submission 14, row 1, field date, reason date_order [member 101]\n"
	       "intake: report_cards 14 ends\n"
	       "  -> intake: act_closed submission 14, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: report_cards 15\n"
	       "intake: row 1: found on 2026-02-25\n"
	       "  -> record: card_decided card 101/1, matter found, date 2026-02-25 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from lost, to active, event found, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity active, event found, since 2026-02-25 [member 101]\n"
	       "intake: report_cards 15 ends\n"
	       "  -> intake: act_closed submission 15, reason none, field whole, accepted 1, refused 0, more 0 [organisation 31]\n");
	transcript_free(s);
}

test(misuse_is_on_record_and_changes_nothing)
{
	struct transcript *s = begin_with_copy_made();
	act_opened(s, 10, act_report_cards, &(struct act_head){ .minutes = false });
	act_row(s, 10, act_report_cards, 1, card_case_misuse, 1, "2026-02-25");
	act_row(s, 10, act_report_cards, 2, card_case_misuse, 2, NULL); // not handed over yet
	act_row(s, 10, act_report_cards, 3, card_case_suspend, 1, NULL); // that is a decision
	act_row(s, 10, act_report_cards, 4, card_case_loss, 9, NULL);
	act_ends(s, 10, act_report_cards, 4);
	expect(s,
	       "intake: report_cards 10\n"
	       "intake: row 1: misuse, copy 1 on 2026-02-25\n"
	       "  -> record: misuse_reported card 101/1, validity active, date 2026-02-25 [member 101]\n"
	       "intake: row 2: misuse, copy 2\n"
	       "  -> intake: row_refused submission 10, row 2, field card_number, reason wrong_state [member 101]\n"
	       "intake: row 3: suspend, copy 1\n"
	       "  -> intake: row_refused submission 10, row 3, field matter, reason other_kind [member 101]\n"
	       "intake: row 4: loss, copy 9\n"
	       "  -> intake: row_refused submission 10, row 4, field card_number, reason unknown [member 101]\n"
	       "intake: report_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason none, field whole, accepted 1, refused 3, more 0 [organisation 31]\n");
	transcript_free(s);
}

test(only_officers_within_whose_subtree_the_holder_is_report)
{
	struct transcript *s = begin_with_card();
	by(s, .submission = 10, .person = 8, .role = role_cell_officer, .organisation = other_cell);
	report_on(s, 10, card_case_loss, NULL);
	tell(s, registry, member_moved, .member = lan, .from = cell, .to = other_cell, .date = date("2026-03-01"));
	report_on(s, 11, card_case_loss, NULL);
	expect(s,
	       "intake: report_cards 10\n"
	       "intake: row 1: loss\n"
	       "  -> intake: row_refused submission 10, row 1, field organisation, reason outside_subtree [member 101]\n"
	       "intake: report_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason none, field whole, accepted 0, refused 1, more 0 [organisation 32]\n"
	       "registry: member_moved member 101, from 31, to 32, date 2026-03-01\n"
	       "intake: report_cards 11\n"
	       "intake: row 1: loss\n"
	       "  -> record: card_decided card 101/1, matter loss, date 2026-03-02 [member 101]\n"
	       "  -> verification inspection: validity_changed card 101/1, from active, to lost, event loss_reported, number 44.000017 [member 101]\n"
	       "  -> delivery: card_standing card 101/1, validity lost, event loss_reported, since 2026-03-02 [member 101]\n"
	       "intake: report_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason none, field whole, accepted 1, refused 0, more 0 [organisation 32]\n");
	transcript_free(s);
}

int main(void)
{
	run(a_lost_card_that_is_found_before_its_replacement_is_ordered_is_valid_again);
	run(a_lost_card_that_is_found_after_its_replacement_was_ordered_is_owed);
	run(a_replacement_that_is_not_made_after_all_leaves_the_way_back_open);
	run(a_damaged_card_may_still_be_lost_and_is_superseded_by_its_replacement);
	run(what_is_reported_comes_after_the_card_was_given_and_not_in_the_future);
	run(misuse_is_on_record_and_changes_nothing);
	run(only_officers_within_whose_subtree_the_holder_is_report);
	return test_summary();
}
