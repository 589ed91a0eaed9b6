// What a campaign stamps, and what becomes of the cards that it closed without.
#include "service/scene_inspection.h"

// --- stamps ---

test(what_cell_committee_and_decision_confirm_is_stamped_once)
{
	struct transcript *s = begin_decided();
	stamp_all(s, 14);
	expect(s, "intake: check_act_opened submission 14, act stamp_cards, head { campaign 1}\n"
		  "intake: check_act_ended submission 14, act stamp_cards, rows 0\n"
		  "  -> record: card_stamped card 101/1, campaign 1, kind campaign, boxes 8, "
		  "date 2026-04-15, relaminated no [member 101]\n"
		  "  -> record: card_stamped card 102/1, campaign 1, kind campaign, boxes 8, "
		  "date 2026-04-15, relaminated no [member 102]\n"
		  "  -> record: card_stamped card 105/1, campaign 1, kind campaign, boxes 8, "
		  "date 2026-04-15, relaminated no [member 105]\n"
		  "  -> record: campaign_moved campaign 1, from decided, to stamping, "
		  "event stamping_began, late 0 [organisation 4]\n"
		  "  -> intake: act_closed submission 14, reason none, field whole, accepted 3, refused 0, "
		  "number 1, more 0 [organisation 40]\n");
	as(s, 15, role_superior_board, commune, 11);
	tell(s, intake, check_act_opened, .submission = 15, .act = act_stamp_cards,
	     .head = { .has_campaign = true, .campaign = 1 });
	tell(s, intake, check_act_row, .submission = 15, .act = act_stamp_cards,
	     .check = { .row = 1, .member = lan, .number = number_of(lan) });
	tell(s, intake, check_act_row, .submission = 15, .act = act_stamp_cards,
	     .check = { .row = 2, .member = hoa, .number = number_of(hoa) });
	tell(s, intake, check_act_ended, .submission = 15, .act = act_stamp_cards, .rows = 2);
	expect(s, "intake: check_act_opened submission 15, act stamp_cards, head { campaign 1}\n"
		  "intake: check_act_row submission 15, act stamp_cards, check { row 1, member 101, "
		  "number 44.000101, relaminated no}\n"
		  "  -> intake: row_refused submission 15, row 1, field card_number, "
		  "reason already_done [member 101]\n"
		  "intake: check_act_row submission 15, act stamp_cards, check { row 2, member 103, "
		  "number 44.000103, relaminated no}\n"
		  "  -> intake: row_refused submission 15, row 2, field profile_number, "
		  "reason not_confirmed [member 103]\n"
		  "intake: check_act_ended submission 15, act stamp_cards, rows 2\n"
		  "  -> intake: act_closed submission 15, reason none, field whole, accepted 0, refused 2, "
		  "number 1, more 0 [organisation 40]\n");
	check_u64(boxes_of(s, card_of(lan, 1)), 15);
	check_u64(boxes_of(s, card_of(hoa, 1)), 7); // lost
	transcript_free(s);
}

test(a_card_that_the_committee_leaves_out_is_not_stamped)
{
	struct transcript *s = begin_open();
	file_both(s);
	as(s, 12, role_grassroots_appraiser, base, 9);
	tell(s, intake, check_act_opened, .submission = 12, .act = act_consolidate_checks,
	     .head = { .has_campaign = true, .campaign = 1, document });
	tell(s, intake, check_act_row, .submission = 12, .act = act_consolidate_checks,
	     .check = { .row = 1, .member = minh, .has_reason = true, .reason = reason_photo_missing });
	tell(s, intake, check_act_ended, .submission = 12, .act = act_consolidate_checks, .rows = 1);
	decide(s, 13, 10);
	stamp_all(s, 14);
	check_u64(boxes_of(s, card_of(lan, 1)), 15);
	check_u64(boxes_of(s, card_of(minh, 1)), 7);
	give_back(s, 15); // and nobody waits for it
	check(ended_with(s, "none"));
	transcript_free(s);
}

test(who_left_the_party_since_is_not_stamped)
{
	struct transcript *s = begin_decided();
	member_at(s, lan, cell, member_type_official, member_status_expelled);
	stamp_all(s, 14);
	check_u64(boxes_of(s, card_of(lan, 1)), 7);
	check_u64(boxes_of(s, card_of(minh, 1)), 15);
	transcript_free(s);
}

test(many_cards_are_stamped_over_several_turns)
{
	struct transcript *s = begin_with((struct engine_limits){ .batch_entries = 9 }, card_generation_paper_2003, 7);
	plan(s);
	open_it(s);
	file_both(s);
	consolidate(s, 12, 9);
	decide(s, 13, 10);
	transcript_skip(s);
	stamp_all(s, 14);
	check(strstr(transcript_said(s), "act_closed submission 14, reason none, field whole, accepted 3, refused 0") != NULL);
	transcript_free(s);
}

test(cards_go_back_when_all_that_is_confirmed_is_stamped)
{
	struct transcript *s = begin_decided();
	give_back(s, 14);
	check(ended_with(s, "wrong_state"));
	as(s, 15, role_superior_board, commune, 11);
	tell(s, intake, check_act_opened, .submission = 15, .act = act_stamp_cards,
	     .head = { .has_campaign = true, .campaign = 1 });
	tell(s, intake, check_act_row, .submission = 15, .act = act_stamp_cards,
	     .check = { .row = 1, .member = lan, .relaminated = true });
	tell(s, intake, check_act_ended, .submission = 15, .act = act_stamp_cards, .rows = 1);
	check(strstr(transcript_said(s), "card_stamped card 101/1, campaign 1, kind campaign, boxes 8, date 2026-04-15, "
					 "relaminated yes") != NULL);
	give_back(s, 16);
	check(ended_with(s, "check_missing"));
	stamp_all(s, 17);
	give_back(s, 18);
	check(ended_with(s, "none"));
	transcript_free(s);
}

// The fifth campaign, of chip cards, is open.
static struct transcript *begin_chips(uint8_t boxes)
{
	struct transcript *s = begin_with((struct engine_limits){ 0 }, card_generation_chip_2025, boxes);
	struct coded_check_head chips = the_fourth();
	chips.ordinal = 5;
	chips.generation = card_generation_chip_2025;
	as(s, 1, role_provincial_board, province, 12);
	plan_it(s, 1, chips);
	open_it(s);
	return s;
}

test(a_card_handed_over_while_a_campaign_is_open_is_checked_by_that)
{
	struct transcript *s = begin_chips(0);
	transcript_skip(s);
	validity(s, card_of(lan, 2), card_validity_not_yet_active, card_validity_active, card_validity_event_handed_over);
	expect(s, "revocation: validity_changed card 101/2, from not_yet_active, to active, "
		  "event handed_over, number 44.000101\n"
		  "  -> record: card_stamped card 101/2, campaign 1, kind at_issue, boxes 16, "
		  "date 2026-04-15, relaminated no [member 101]\n");
	transcript_free(s);
}

test(a_card_that_replaces_another_has_the_boxes_from_the_first_campaign_of_its_holder_on)
{
	struct transcript *s = begin_chips(4);
	validity(s, card_of(lan, 1), card_validity_active, card_validity_superseded, card_validity_event_replacement_handed_over);
	validity(s, card_of(lan, 2), card_validity_not_yet_active, card_validity_active, card_validity_event_handed_over);
	check_u64(boxes_of(s, card_of(lan, 2)), 4 + 8 + 16); // boxes 3, 4, 5 (D15)
	transcript_free(s);
}

// --- what does not count ---

static enum check_result result_of(struct transcript *s, uint64_t member)
{
	struct inspection_results_row row = { 0 };
	look(s, inspection_results, 1, member, &row);
	return row.result;
}

test(a_filing_of_which_no_row_holds_leaves_the_earlier_one_as_it_was)
{
	struct transcript *s = begin_open();
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_damaged }, { hoa, check_result_ok });
	file(s, 11, cell, 7, 1, { bay, check_result_ok }); // the other cell's list
	check(row_is_refused(s, "other_cell"));
	check_u64(result_of(s, minh), check_result_damaged);
	file(s, 12, other_cell, 8, 3, { lan, check_result_ok }); // and one that never filed has not filed by that
	check_u64(part_of(s, org_level_cell, other_cell), campaign_part_waiting);
	file(s, 13, cell, 7, 3, { minh, check_result_ok });
	check_u64(result_of(s, minh), check_result_ok);
	check_u64(result_of(s, lan), 0); // replaced
	transcript_free(s);
}

test(a_form_6_that_could_not_leave_out_what_it_names_is_not_filed)
{
	struct transcript *s = begin_open();
	file_both(s);
	for (uint64_t submission = 12; submission <= 13; submission++) {
		as(s, submission, role_grassroots_appraiser, base, 9);
		tell(s, intake, check_act_opened, .submission = submission, .act = act_consolidate_checks,
		     .head = { .has_campaign = true, .campaign = 1, document });
		tell(s, intake, check_act_row, .submission = submission, .act = act_consolidate_checks,
		     .check = { .row = 1, .member = lan, .has_reason = true, .reason = reason_photo_missing });
		if (submission == 12) // found lost: there is nothing to leave out
			tell(s, intake, check_act_row, .submission = submission, .act = act_consolidate_checks,
			     .check = { .row = 2, .member = hoa, .has_reason = true, .reason = reason_photo_missing });
		tell(s, intake, check_act_ended, .submission = submission, .act = act_consolidate_checks, .rows = 2);
		check_u64(part_of(s, org_level_grassroots, base),
			  submission == 12 ? campaign_part_waiting : campaign_part_filed);
	}
	decide(s, 14, 10);
	stamp_all(s, 15);
	check_u64(boxes_of(s, card_of(lan, 1)), 7); // left out by the first, and once
	check_u64(boxes_of(s, card_of(minh, 1)), 15);
	transcript_free(s);
}

test(papers_bear_no_earlier_date_than_what_they_follow)
{
	struct transcript *s = begin_open();
	file_both(s); // who met on 20/4
	as(s, 12, role_grassroots_appraiser, base, 9);
	whole(s, 12, consolidate_checks, .has_campaign = true, .campaign = 1, .has_document_number = true,
	      .document_number = bytes_of_text("6"), .has_document_date = true, .document_date = date("2026-04-19"));
	check(ended_with(s, "date_order"));
	consolidate(s, 13, 9); // on 8/5
	as(s, 14, role_superior_committee, commune, 10);
	whole(s, 14, decide_checks, .has_campaign = true, .campaign = 1, .has_document_number = true,
	      .document_number = bytes_of_text("20"), .has_document_date = true, .document_date = date("2026-05-07"));
	check(ended_with(s, "date_order"));
	decide(s, 15, 10);
	stamp_all(s, 16);
	give_back(s, 17);
	as(s, 18, role_superior_board, commune, 11);
	whole(s, 18, report_checks, .has_campaign = true, .campaign = 1, .has_document_number = true,
	      .document_number = bytes_of_text("7"), .has_document_date = true, .document_date = date("2026-05-07"));
	check(ended_with(s, "date_order"));
	report(s, 19);
	check(ended_with(s, "none"));
	as(s, 20, role_cell_officer, cell, 7);
	tell(s, intake, check_act_opened, .submission = 20, .act = act_file_checks,
	     .head = { .has_campaign = true, .campaign = 1, .has_meeting = true, .meeting = date("2026-04-20"),
		       .has_briefing = true, .briefing = date("2026-04-21"), .has_members = true, .members = 3 });
	tell(s, intake, check_act_ended, .submission = 20, .act = act_file_checks);
	check(ended_with(s, "date_order"));
	transcript_free(s);
}

// --- the end ---

test(a_campaign_closes_without_the_cards_that_nobody_checked)
{
	struct transcript *s = begin_decided();
	stamp_all(s, 14);
	give_back(s, 15);
	report(s, 16);
	close_it(s, 17);
	check(ended_with(s, "too_early"));
	transcript_day(s, "2026-05-20");
	transcript_skip(s);
	close_it(s, 18);
	expect(s, "intake: check_act_opened submission 18, act close_campaign, head { campaign 1}\n"
		  "intake: check_act_ended submission 18, act close_campaign, rows 0\n"
		  "  -> intake revocation: check_missed card 103/1, campaign 1, organisation 31, "
		  "number 44.000103, since 2026-05-16 [member 103]\n"
		  "  -> record: campaign_moved campaign 1, from reported, to closed, event closed, "
		  "late 0 [organisation 4]\n"
		  "  -> intake: act_closed submission 18, reason none, field whole, accepted 0, refused 0, "
		  "number 1, more 0 [organisation 4]\n");
	check_u64(campaign(s).state, campaign_state_closed);
	check_u64(campaign(s).missed, 1);
	transcript_free(s);
}

test(a_card_that_is_out_of_use_when_the_campaign_closes_does_not_escape_the_check_by_that)
{
	struct transcript *s = begin_decided();
	validity(s, card_of(hoa, 1), card_validity_active, card_validity_suspended, card_validity_event_suspended_by_decision);
	validity(s, card_of(bay, 1), card_validity_active, card_validity_superseded, card_validity_event_replacement_handed_over);
	stamp_all(s, 14);
	give_back(s, 15);
	report(s, 16);
	transcript_day(s, "2026-05-20");
	close_it(s, 17);
	check(is_missed(s, card_of(hoa, 1)));
	check(!is_missed(s, card_of(bay, 1))); // out of use for good
	check(!is_missed(s, card_of(lan, 1)));
	transcript_free(s);
}

test(a_nation_of_cards_is_closed_over_several_turns)
{
	struct transcript *s = begin_with((struct engine_limits){ .batch_entries = 5 }, card_generation_paper_2003, 7);
	plan(s);
	open_it(s);
	transcript_day(s, "2026-05-20");
	close_it(s, 16);
	check(ended_with(s, "not_filed")); // nobody was checked: that is no end, it is a slip
	file(s, 17, other_cell, 8, 1, { bay, check_result_lost });
	close_it(s, 18);
	check_u64(campaign(s).state, campaign_state_closed);
	check_u64(campaign(s).missed, 4);
	check(ended_with(s, "none"));
	transcript_free(s);
}

test(deadlines_move_the_campaign_on_and_whoever_is_late_has_a_letter)
{
	struct transcript *s = begin_open();
	transcript_day(s, "2026-05-20");
	as(s, 0, role_none, 0, 0);
	// Whatever comes next.
	tell(s, registry, organisation_registered, .code = 41, .level = org_level_superior, .parent = province);
	expect(s, "registry: organisation_registered code 41, name , level superior, parent 4, "
		  "valid_from 1970-01-01, remote no\n"
		  "  -> intake: checks_overdue organisation 31, campaign 1, act file_checks, "
		  "due 2026-05-01 [organisation 31, submission 2 by person 0]\n"
		  "  -> intake: checks_overdue organisation 32, campaign 1, act file_checks, "
		  "due 2026-05-01 [organisation 32, submission 2 by person 0]\n"
		  "  -> record: campaign_moved campaign 1, from open, to cells_filed, event cells_filed, "
		  "late 2 [organisation 4, submission 2 by person 0]\n"
		  "  -> record: campaign_moved campaign 1, from cells_filed, to grassroots_filed, "
		  "event grassroots_filed, late 1 [organisation 4, submission 2 by person 0]\n"
		  "  -> record: campaign_moved campaign 1, from grassroots_filed, to decided, "
		  "event decided, late 1 [organisation 4, submission 2 by person 0]\n"
		  "  -> record: campaign_moved campaign 1, from decided, to stamping, "
		  "event stamping_began, late 1 [organisation 4, submission 2 by person 0]\n"
		  "  -> record: campaign_moved campaign 1, from stamping, to returned, event returned, "
		  "late 1 [organisation 4, submission 2 by person 0]\n"
		  "  -> record: campaign_moved campaign 1, from returned, to reported, event reported, "
		  "late 1 [organisation 4, submission 2 by person 0]\n"
		  "  -> intake: checks_overdue organisation 400, campaign 1, act consolidate_checks, "
		  "due 2026-05-10 [organisation 400, submission 2 by person 0]\n"
		  "  -> intake: checks_overdue organisation 40, campaign 1, act report_checks, "
		  "due 2026-05-19 [organisation 40, submission 2 by person 0]\n");
	check_u64(campaign(s).state, campaign_state_reported);
	transcript_free(s);
}

test(after_the_end_nothing_is_filed_decided_or_stamped)
{
	struct transcript *s = begin_closed();
	file(s, 20, cell, 7, 3, { hoa, check_result_ok });
	check(ended_with(s, "wrong_state"));
	stamp_all(s, 21);
	check(ended_with(s, "wrong_state"));
	close_it(s, 22);
	check(ended_with(s, "wrong_state"));
	transcript_free(s);
}

int main(void)
{
	run(what_cell_committee_and_decision_confirm_is_stamped_once);
	run(a_card_that_the_committee_leaves_out_is_not_stamped);
	run(who_left_the_party_since_is_not_stamped);
	run(many_cards_are_stamped_over_several_turns);
	run(cards_go_back_when_all_that_is_confirmed_is_stamped);
	run(a_card_handed_over_while_a_campaign_is_open_is_checked_by_that);
	run(a_card_that_replaces_another_has_the_boxes_from_the_first_campaign_of_its_holder_on);
	run(a_filing_of_which_no_row_holds_leaves_the_earlier_one_as_it_was);
	run(a_form_6_that_could_not_leave_out_what_it_names_is_not_filed);
	run(papers_bear_no_earlier_date_than_what_they_follow);
	run(a_campaign_closes_without_the_cards_that_nobody_checked);
	run(a_card_that_is_out_of_use_when_the_campaign_closes_does_not_escape_the_check_by_that);
	run(a_nation_of_cards_is_closed_over_several_turns);
	run(deadlines_move_the_campaign_on_and_whoever_is_late_has_a_letter);
	run(after_the_end_nothing_is_filed_decided_or_stamped);
	return test_summary();
}
