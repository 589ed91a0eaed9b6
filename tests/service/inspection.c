// A campaign from its plan to form 6: what is planned, opened, filed and confirmed.
#include "service/scene_inspection.h"

test(a_campaign_is_planned_and_opened_and_everybody_who_has_a_part_is_told)
{
	struct transcript *s = begin();
	plan(s);
	open_it(s);
	expect(s, "intake: check_act_opened submission 1, act plan_campaign, head { ordinal 4, "
		  "legal_basis HD 01-HD/BTCTW, generation paper_2003, from 2026-04-15, to 2026-05-15, "
		  "cells_by 2026-05-01, grassroots_by 2026-05-10, report_by 2026-05-19}\n"
		  "intake: check_act_ended submission 1, act plan_campaign, rows 0\n"
		  "  -> record: campaign_planned campaign 1, organisation 4, ordinal 4, "
		  "generation paper_2003, legal_basis HD 01-HD/BTCTW, from 2026-04-15, to 2026-05-15, "
		  "cells_by 2026-05-01, grassroots_by 2026-05-10, report_by 2026-05-19 [organisation 4]\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 0, refused 0, "
		  "number 1, more 0 [organisation 4]\n"
		  "intake: check_act_opened submission 2, act open_campaign, head { campaign 1}\n"
		  "intake: check_act_ended submission 2, act open_campaign, rows 0\n"
		  "  -> intake: campaign_notice organisation 31, campaign 1, ordinal 4, act file_checks, "
		  "due 2026-05-01 [organisation 31]\n"
		  "  -> intake: campaign_notice organisation 400, campaign 1, ordinal 4, "
		  "act consolidate_checks, due 2026-05-10 [organisation 400]\n"
		  "  -> intake: campaign_notice organisation 40, campaign 1, ordinal 4, act report_checks, "
		  "due 2026-05-19 [organisation 40]\n"
		  "  -> intake: campaign_notice organisation 32, campaign 1, ordinal 4, act file_checks, "
		  "due 2026-05-01 [organisation 32]\n"
		  "  -> record: campaign_moved campaign 1, from planned, to open, event opened, "
		  "late 0 [organisation 4]\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 0, refused 0, "
		  "number 1, more 0 [organisation 4]\n");
	check_u64(campaign(s).state, campaign_state_open);
	transcript_free(s);
}

static void plan_dated(struct transcript *s, uint64_t submission, const char *from, const char *to, const char *report_by)
{
	struct coded_check_head h = the_fourth();
	h.from = date(from);
	h.to = h.cells_by = h.grassroots_by = date(to);
	h.report_by = date(report_by);
	plan_it(s, submission, h);
}

test(a_plan_says_when_for_what_and_which_cards)
{
	struct transcript *s = begin();
	as(s, 1, role_provincial_board, province, 12);
	whole(s, 1, plan_campaign, .has_ordinal = true, .ordinal = 33);
	check(ended_with(s, "out_of_range"));
	whole(s, 2, plan_campaign, .has_ordinal = true, .ordinal = 4);
	check(ended_with(s, "missing"));
	plan(s);
	as(s, 3, role_central_board, centre, 13);
	plan_dated(s, 3, "2026-04-15", "2026-05-15", "2026-05-19");
	check(ended_with(s, "duplicate")); // the fourth is planned already, by another board
	transcript_free(s);
}

test(a_plan_with_a_slip_of_the_pen_is_refused_or_amended_by_planning_it_again)
{
	struct transcript *s = begin();
	as(s, 1, role_provincial_board, province, 12);
	plan_dated(s, 1, "2026-04-15", "2126-05-15", "2126-05-19");
	check(ended_with(s, "out_of_range"));
	plan_dated(s, 2, "1926-04-15", "2026-05-15", "2026-05-19");
	check(ended_with(s, "out_of_range"));
	plan_dated(s, 3, "2026-04-20", "2026-06-15", "2026-06-19");
	check(ended_with(s, "none"));
	plan_dated(s, 4, "2026-04-15", "2026-05-15", "2026-05-19");
	check(ended_with(s, "none"));
	check(campaign(s).to == date("2026-05-15") && campaign(s).ordinal == 4);
	open_it(s);
	check(ended_with(s, "none"));
	as(s, 5, role_provincial_board, province, 12);
	plan_dated(s, 5, "2026-04-15", "2026-05-16", "2026-05-19");
	check(ended_with(s, "duplicate")); // it is open: people act on its dates
	transcript_free(s);
}

test(a_campaign_opens_within_its_window_and_once_and_by_the_board_that_planned_it)
{
	struct transcript *s = begin();
	struct coded_check_head later = the_fourth();
	later.from = date("2026-04-16");
	as(s, 1, role_provincial_board, province, 12);
	plan_it(s, 1, later);
	open_it(s);
	check(ended_with(s, "too_early"));
	transcript_day(s, "2026-04-16");
	as(s, 3, role_central_board, centre, 13);
	whole(s, 3, open_campaign, .has_campaign = true, .campaign = 1);
	check(ended_with(s, "outside_subtree"));
	open_it(s);
	check(ended_with(s, "none"));
	open_it(s);
	check(ended_with(s, "wrong_state"));
	transcript_free(s);
}

test(two_campaigns_for_the_same_cards_are_not_open_at_once)
{
	struct transcript *s = begin_open();
	struct coded_check_head another = the_fourth();
	another.ordinal = 5;
	as(s, 3, role_central_board, centre, 13);
	plan_it(s, 3, another);
	check(ended_with(s, "none"));
	whole(s, 4, open_campaign, .has_campaign = true, .campaign = 2);
	check(ended_with(s, "overlap"));
	transcript_free(s);
}

// After its window and every deadline.
static struct transcript *begin_opened_late(void)
{
	struct transcript *s = begin();
	plan(s);
	transcript_day(s, "2026-06-20");
	open_it(s);
	return s;
}

test(a_campaign_that_is_opened_after_its_window_takes_down_what_was_done_in_it)
{
	struct transcript *s = begin_opened_late();
	check_u64(campaign(s).state, campaign_state_reported); // every deadline is over
	file_both(s);
	consolidate(s, 12, 9);
	decide(s, 13, 10);
	stamp_all(s, 14);
	close_it(s, 15);
	check(ended_with(s, "not_filed")); // form 7 is missing, and it was opened today
	give_back(s, 16);
	report(s, 17);
	close_it(s, 18);
	check(ended_with(s, "none"));
	check_u64(campaign(s).missed, 1);
	check_u64(boxes_of(s, card_of(lan, 1)), 15);
	transcript_free(s);
}

test(form_7_does_not_report_for_a_cell_that_had_no_time_to_file)
{
	struct transcript *s = begin_opened_late();
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_ok });
	consolidate(s, 12, 9);
	decide(s, 13, 10);
	stamp_all(s, 14);
	give_back(s, 15);
	report(s, 16);
	check(ended_with(s, "none"));
	close_it(s, 17);
	check(ended_with(s, "not_filed"));
	check(!is_missed(s, card_of(bay, 1)));
	transcript_free(s);
}

// Opened on Saturday 20 June: 14 working days are over on 9 July.
test(a_campaign_that_is_opened_after_its_deadlines_gives_time_to_report_before_it_closes)
{
	struct transcript *s = begin_opened_late();
	check_u64(campaign(s).opened, date("2026-06-20"));
	file(s, 10, other_cell, 8, 1, { bay, check_result_ok });
	close_it(s, 11);
	check(ended_with(s, "not_filed")); // one cell does not speak for the other
	check(!is_missed(s, card_of(lan, 1)));
	transcript_day(s, "2026-07-08");
	close_it(s, 12);
	check(ended_with(s, "not_filed"));
	check_u64(campaign(s).state, campaign_state_reported);
	transcript_day(s, "2026-07-09");
	close_it(s, 13);
	check(ended_with(s, "none"));
	check_u64(campaign(s).missed, 4);
	transcript_free(s);
}

test(a_check_is_made_within_the_window_whenever_it_is_filed)
{
	struct transcript *s = begin_open();
	const int32_t days[] = { date("2026-04-14"), date("2026-05-16") };
	for (uint64_t i = 0; i < 2; i++) {
		as(s, 10 + i, role_cell_officer, cell, 7);
		tell(s, intake, check_act_opened, .submission = 10 + i, .act = act_file_checks,
		     .head = { .has_campaign = true, .campaign = 1, .has_meeting = true, .meeting = days[i],
			       .has_briefing = true, .briefing = days[i], .has_members = true, .members = 3 });
		tell(s, intake, check_act_row, .submission = 10 + i, .act = act_file_checks,
		     .check = { .row = 1, .member = lan, .has_result = true, .result = check_result_ok });
		check(row_is_refused(s, "out_of_range"));
	}
	transcript_free(s);
}

test(a_large_tree_is_opened_over_several_turns)
{
	struct transcript *s = begin_with((struct engine_limits){ .batch_entries = 10 }, card_generation_paper_2003, 7);
	plan(s);
	open_it(s);
	check_u64(campaign(s).state, campaign_state_open);
	check_u64(campaign(s).cells, 2);
	check_u64(campaign(s).grassroots, 1);
	check_u64(campaign(s).superiors, 1);
	check(ended_with(s, "none"));
	transcript_free(s);
}

// --- filed ---

test(a_cell_files_what_it_found_of_each_card_and_its_committee_has_a_letter)
{
	struct transcript *s = begin_open();
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_damaged }, { hoa, check_result_lost });
	expect(s, "intake: check_act_opened submission 10, act file_checks, head { campaign 1, "
		  "meeting 2026-04-20, briefing 2026-04-16, members 3, collected 3}\n"
		  "intake: check_act_row submission 10, act file_checks, check { row 1, member 101, "
		  "number 44.000101, result ok, relaminated no}\n"
		  "  -> record: card_checked card 101/1, campaign 1, cell 31, result ok, "
		  "date 2026-04-20 [member 101]\n"
		  "intake: check_act_row submission 10, act file_checks, check { row 2, member 102, "
		  "number 44.000102, result damaged, relaminated no}\n"
		  "  -> record: card_checked card 102/1, campaign 1, cell 31, result damaged, "
		  "date 2026-04-20 [member 102]\n"
		  "intake: check_act_row submission 10, act file_checks, check { row 3, member 103, "
		  "number 44.000103, result lost, relaminated no}\n"
		  "  -> record: card_checked card 103/1, campaign 1, cell 31, result lost, "
		  "date 2026-04-20 [member 103]\n"
		  "intake: check_act_ended submission 10, act file_checks, rows 3\n"
		  "  -> intake: checks_filed organisation 400, of 31, act file_checks, campaign 1, "
		  "figures { members 3, registered 3, collected 3, ok 1, damaged 1, lost 1, "
		  "not_presented 0, misused 0, no_card 0, absent 0, left_out 0, stamped 0}, "
		  "meeting 2026-04-20, briefing 2026-04-16 [organisation 31]\n"
		  "  -> intake: act_closed submission 10, reason none, field whole, accepted 3, refused 0, "
		  "number 1, more 0 [organisation 31]\n");
	check_u64(part_of(s, org_level_cell, cell), campaign_part_filed);
	check_u64(campaign(s).state, campaign_state_open); // the other cell has not filed
	transcript_free(s);
}

test(a_row_fits_the_member_their_cell_and_their_card)
{
	struct transcript *s = begin_open();
	file(s, 10, cell, 7, 3, { bay, check_result_ok }); // of the other cell (D4)
	check(row_is_refused(s, "other_cell"));
	member_at(s, tam, cell, member_type_probationary, member_status_active);
	transcript_skip(s);
	file(s, 11, cell, 7, 3, { tam, check_result_ok });
	check(row_is_refused(s, "not_official"));
	member_at(s, tam, cell, member_type_official, member_status_active);
	transcript_skip(s);
	file(s, 12, cell, 7, 4, { tam, check_result_ok }); // form 5 is made of them
	check(row_is_refused(s, "holds_no_card"));
	validity(s, card_of(lan, 1), card_validity_active, card_validity_lost, card_validity_event_loss_reported);
	transcript_skip(s);
	file(s, 13, cell, 7, 4, { lan, check_result_ok });
	check(row_is_refused(s, "card_not_valid"));
	transcript_free(s);
}

test(counts_that_differ_hold_form_6_until_the_cell_files_again_or_they_are_explained)
{
	struct transcript *s = begin_open();
	file(s, 11, other_cell, 8, 1, { bay, check_result_ok });
	transcript_skip(s);
	file(s, 10, cell, 7, 4, { lan, check_result_ok }, { minh, check_result_ok }); // hoa is forgotten, and who is the fourth?
	check(strstr(transcript_said(s),
		     "difference_found organisation 31, campaign 1, members 4, registered 3, absent 1") != NULL);
	consolidate(s, 12, 9);
	check(ended_with(s, "not_settled"));
	file(s, 13, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_not_presented });
	consolidate(s, 14, 9);
	check(ended_with(s, "none"));
	check_u64(part_of(s, org_level_grassroots, base), campaign_part_filed);
	transcript_free(s);
}

test(a_filing_takes_the_place_of_the_one_before)
{
	struct transcript *s = begin_open();
	file(s, 10, cell, 7, 3, { lan, check_result_damaged }, { minh, check_result_ok }, { hoa, check_result_ok });
	transcript_skip(s);
	file(s, 11, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_ok });
	check(strstr(transcript_said(s), "collected 3, ok 3, damaged 0") != NULL);
	transcript_free(s);
}

test(a_member_of_whom_nothing_is_said_is_a_difference_too)
{
	struct transcript *s = begin_open();
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok });
	check(strstr(transcript_said(s), "members 3, registered 3, absent 1 [") != NULL);
	transcript_free(s);
}

test(a_cell_is_briefed_before_it_checks)
{
	struct transcript *s = begin_open();
	as(s, 10, role_cell_officer, cell, 7);
	whole(s, 10, file_checks, .has_campaign = true, .campaign = 1, .has_meeting = true, .meeting = date("2026-04-20"),
	      .has_members = true, .members = 3);
	check(ended_with(s, "missing"));
	transcript_free(s);
}

test(a_cell_that_files_after_the_cards_went_back_is_too_late)
{
	struct transcript *s = begin_stamped_without_bay();
	give_back(s, 15);
	file(s, 16, other_cell, 8, 1, { bay, check_result_ok });
	check(ended_with(s, "too_late"));
	transcript_free(s);
}

test(a_committee_explains_a_difference_of_a_cell_but_not_of_its_own_filing)
{
	struct transcript *s = begin_open();
	file(s, 11, other_cell, 8, 1, { bay, check_result_ok });
	file(s, 10, cell, 7, 4, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_ok });
	as(s, 12, role_grassroots_appraiser, base, 7);
	whole(s, 12, settle_difference, .has_campaign = true, .campaign = 1, .has_organisation = true, .organisation = cell,
	      .has_explanation = true, .explanation = bytes_of_text("một đảng viên vừa chuyển đến"));
	check(ended_with(s, "same_person"));
	as(s, 13, role_grassroots_appraiser, base, 9);
	whole(s, 13, settle_difference, .has_campaign = true, .campaign = 1, .has_organisation = true, .organisation = cell,
	      .has_explanation = true, .explanation = bytes_of_text("một đảng viên vừa chuyển đến"));
	check(ended_with(s, "none"));
	consolidate(s, 14, 9);
	check(ended_with(s, "none"));
	transcript_free(s);
}

// --- form 6 and the decision ---

test(nobody_confirms_or_decides_on_what_they_filed)
{
	struct transcript *s = begin_open();
	file_both(s);
	consolidate(s, 12, 7);
	check(ended_with(s, "same_person"));
	consolidate(s, 13, 9);
	decide(s, 14, 9);
	check(ended_with(s, "same_person"));
	decide(s, 15, 10);
	check(ended_with(s, "none"));
	transcript_free(s);
}

test(a_committee_waits_for_its_cells_until_their_deadline_and_then_goes_without_the_late_ones)
{
	struct transcript *s = begin_open();
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_ok });
	consolidate(s, 12, 9);
	check(ended_with(s, "not_filed"));
	transcript_skip(s);
	transcript_day(s, "2026-05-02");
	consolidate(s, 13, 9);
	expect(s, "intake: check_act_opened submission 13, act consolidate_checks, head { campaign 1, "
		  "document_number 6-KTTĐV, document_date 2026-05-08}\n"
		  "  -> intake: checks_overdue organisation 32, campaign 1, act file_checks, "
		  "due 2026-05-01 [organisation 32, submission 2 by person 0]\n"
		  "  -> record: campaign_moved campaign 1, from open, to cells_filed, event cells_filed, "
		  "late 1 [organisation 4, submission 2 by person 0]\n"
		  "intake: check_act_ended submission 13, act consolidate_checks, rows 0\n"
		  "  -> intake: checks_filed organisation 40, of 400, act consolidate_checks, campaign 1, "
		  "figures { members 3, registered 3, collected 3, ok 3, damaged 0, lost 0, "
		  "not_presented 0, misused 0, no_card 0, absent 0, left_out 0, stamped 0}, "
		  "document_number 6-KTTĐV, document_date 2026-05-08 [organisation 400]\n"
		  "  -> record: campaign_moved campaign 1, from cells_filed, to grassroots_filed, "
		  "event grassroots_filed, late 0 [organisation 4]\n"
		  "  -> intake: act_closed submission 13, reason none, field whole, accepted 0, refused 0, "
		  "number 1, more 0 [organisation 400]\n");
	transcript_free(s);
}

test(a_cell_that_files_late_is_confirmed_decided_and_stamped_after_the_others)
{
	struct transcript *s = begin_stamped_without_bay();
	file(s, 15, other_cell, 8, 1, { bay, check_result_ok });
	check(ended_with(s, "none"));
	stamp_all(s, 16);
	check_u64(boxes_of(s, card_of(bay, 1)), 7); // nobody has confirmed it
	consolidate(s, 17, 9);
	decide(s, 18, 10);
	stamp_all(s, 19);
	check_u64(boxes_of(s, card_of(bay, 1)), 15);
	consolidate(s, 20, 9);
	check(ended_with(s, "empty")); // nothing is left to be confirmed
	check_u64(campaign(s).decided, 1); // and counts once
	transcript_free(s);
}

test(a_filing_that_form_6_has_taken_in_does_not_change_any_more)
{
	struct transcript *s = begin_decided();
	file(s, 20, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_ok });
	check(ended_with(s, "wrong_state"));
	transcript_free(s);
}

int main(void)
{
	run(a_campaign_is_planned_and_opened_and_everybody_who_has_a_part_is_told);
	run(a_plan_says_when_for_what_and_which_cards);
	run(a_plan_with_a_slip_of_the_pen_is_refused_or_amended_by_planning_it_again);
	run(a_campaign_opens_within_its_window_and_once_and_by_the_board_that_planned_it);
	run(two_campaigns_for_the_same_cards_are_not_open_at_once);
	run(a_campaign_that_is_opened_after_its_window_takes_down_what_was_done_in_it);
	run(form_7_does_not_report_for_a_cell_that_had_no_time_to_file);
	run(a_campaign_that_is_opened_after_its_deadlines_gives_time_to_report_before_it_closes);
	run(a_check_is_made_within_the_window_whenever_it_is_filed);
	run(a_large_tree_is_opened_over_several_turns);
	run(a_cell_files_what_it_found_of_each_card_and_its_committee_has_a_letter);
	run(a_row_fits_the_member_their_cell_and_their_card);
	run(counts_that_differ_hold_form_6_until_the_cell_files_again_or_they_are_explained);
	run(a_filing_takes_the_place_of_the_one_before);
	run(a_member_of_whom_nothing_is_said_is_a_difference_too);
	run(a_cell_is_briefed_before_it_checks);
	run(a_cell_that_files_after_the_cards_went_back_is_too_late);
	run(a_committee_explains_a_difference_of_a_cell_but_not_of_its_own_filing);
	run(nobody_confirms_or_decides_on_what_they_filed);
	run(a_committee_waits_for_its_cells_until_their_deadline_and_then_goes_without_the_late_ones);
	run(a_cell_that_files_late_is_confirmed_decided_and_stamped_after_the_others);
	run(a_filing_that_form_6_has_taken_in_does_not_change_any_more);
	return test_summary();
}
