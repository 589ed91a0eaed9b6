// Late checks, acts that cross each other, members and organisations that move meanwhile, and the yearly check.
#include "service/scene_inspection.h"

static void check_late(struct transcript *s, uint64_t submission, uint64_t member, bool decided)
{
	as(s, submission, role_superior_committee, commune, 10);
	tell(s, intake, check_act_opened, .submission = submission, .act = act_late_check,
	     .head = { .has_document_number = decided, .document_number = bytes_of_text("15-QĐ"),
		       .has_document_date = decided, .document_date = date("2026-05-21") });
	tell(s, intake, check_act_row, .submission = submission, .act = act_late_check,
	     .check = { .row = 1, .member = member, .number = number_of(member) });
	tell(s, intake, check_act_ended, .submission = submission, .act = act_late_check, .rows = 1);
}

static void hoa_is_unstamped(struct transcript *s)
{
	validity(s, card_of(hoa, 1), card_validity_active, card_validity_unstamped, card_validity_event_campaign_closed);
	transcript_skip(s);
}

// The campaign is closed, without a check of hoa's card.
static struct transcript *begin_unstamped(void)
{
	struct transcript *s = begin_closed();
	hoa_is_unstamped(s);
	return s;
}

test(a_decision_lets_an_unstamped_card_be_checked_late_once)
{
	struct transcript *s = begin_unstamped();
	check_late(s, 20, hoa, true);
	expect(s, "intake: check_act_opened submission 20, act late_check, head { document_number 15-QĐ, "
		  "document_date 2026-05-21}\n"
		  "intake: check_act_row submission 20, act late_check, check { row 1, member 103, "
		  "number 44.000103, relaminated no}\n"
		  "  -> record: card_stamped card 103/1, campaign 1, kind late, boxes 8, date 2026-05-20, "
		  "relaminated no, decision_number 15-QĐ [member 103]\n"
		  "  -> revocation: check_made_late card 103/1, campaign 1, date 2026-05-20, "
		  "decision_number 15-QĐ, decision_date 2026-05-21 [member 103]\n"
		  "intake: check_act_ended submission 20, act late_check, rows 1\n"
		  "  -> intake: act_closed submission 20, reason none, field whole, accepted 1, refused 0, "
		  "more 0 [organisation 40]\n");
	check_u64(boxes_of(s, card_of(hoa, 1)), 15);
	check_late(s, 21, hoa, true);
	check(row_is_refused(s, "wrong_state"));
	check_late(s, 22, lan, true); // who did not miss it
	check(row_is_refused(s, "wrong_state"));
	transcript_free(s);
}

// The cell files for the fifth campaign and has looked at nobody's card.
static void file_nobody(struct transcript *s, uint64_t from, uint64_t person, uint32_t members, const char *day)
{
	as(s, 32, role_cell_officer, from, person);
	whole(s, 32, file_checks, .has_campaign = true, .campaign = 2, .has_meeting = true, .meeting = date(day),
	      .has_briefing = true, .briefing = date(day), .has_members = true, .members = members);
}

static void end_the_fifth(struct transcript *s, uint64_t board, uint64_t person)
{
	as(s, 33, role_provincial_board, board, person);
	whole(s, 33, close_campaign, .has_campaign = true, .campaign = 2);
	check(ended_with(s, "none"));
}

test(whoever_missed_two_campaigns_with_two_cards_is_checked_late_with_the_one_they_have)
{
	struct transcript *s = begin_closed(); // without the paper card of hoa, which then was replaced
	validity(s, card_of(hoa, 1), card_validity_unstamped, card_validity_superseded,
		 card_validity_event_replacement_handed_over);
	validity(s, card_of(hoa, 2), card_validity_not_yet_active, card_validity_active, card_validity_event_handed_over);
	as(s, 30, role_provincial_board, province, 12);
	plan_it(s, 30, the_fifth(card_generation_chip_2025, "2026-05-01", "2026-05-19"));
	whole(s, 31, open_campaign, .has_campaign = true, .campaign = 2);
	file_nobody(s, cell, 7, 3, "2026-05-10");
	transcript_day(s, "2026-06-20"); // there was time to report
	end_the_fifth(s, province, 12);
	check(is_missed(s, card_of(hoa, 1)) && is_missed(s, card_of(hoa, 2)));
	validity(s, card_of(hoa, 2), card_validity_active, card_validity_unstamped, card_validity_event_campaign_closed);
	transcript_skip(s);
	check_late(s, 34, hoa, true);
	check(!row_is_refused(s, "card_not_valid"));
	check(!is_missed(s, card_of(hoa, 2)));
	transcript_free(s);
}

static void late_row(struct transcript *s, uint64_t submission, const char *decided, bool has_date, const char *on)
{
	as(s, submission, role_superior_committee, commune, 10);
	tell(s, intake, check_act_opened, .submission = submission, .act = act_late_check,
	     .head = { .has_document_number = true, .document_number = bytes_of_text("31-QĐ"), .has_document_date = true,
		       .document_date = date(decided) });
	tell(s, intake, check_act_row, .submission = submission, .act = act_late_check,
	     .check = { .row = 1, .member = hoa, .has_date = has_date, .date = date(on) });
	tell(s, intake, check_act_ended, .submission = submission, .act = act_late_check, .rows = 1);
}

static void open_the_fifth(struct transcript *s, enum card_generation generation)
{
	as(s, 30, role_provincial_board, province, 12);
	plan_it(s, 30, the_fifth(generation, "2026-05-18", "2026-05-24"));
	whole(s, 31, open_campaign, .has_campaign = true, .campaign = 2);
}

static void close_the_fifth(struct transcript *s)
{
	as(s, 32, role_cell_officer, other_cell, 8);
	tell(s, intake, check_act_opened, .submission = 32, .act = act_file_checks,
	     .head = { .has_campaign = true, .campaign = 2, .has_meeting = true, .meeting = date("2026-05-20"),
		       .has_briefing = true, .briefing = date("2026-05-20"), .has_members = true, .members = 1 });
	tell(s, intake, check_act_row, .submission = 32, .act = act_file_checks,
	     .check = { .row = 1, .member = bay, .has_result = true, .result = check_result_ok });
	tell(s, intake, check_act_ended, .submission = 32, .act = act_file_checks, .rows = 1);
	transcript_day(s, "2026-06-20");
	end_the_fifth(s, province, 12);
	transcript_skip(s);
}

// The card that waits for its check since the fourth campaign is out of use when the fifth closes.
test(a_late_check_makes_up_for_every_campaign_that_closed_since)
{
	struct transcript *s = begin_unstamped();
	open_the_fifth(s, card_generation_paper_2003);
	close_the_fifth(s);
	late_row(s, 34, "2026-05-21", true, "2026-06-19"); // before the fifth was over
	check(row_is_refused(s, "date_order"));
	transcript_skip(s);
	late_row(s, 35, "2026-06-10", true, "2026-06-19");
	const char *said = transcript_said(s);
	check(strstr(said, "card_stamped card 103/1, campaign 1, kind late, boxes 8, date 2026-06-19") != NULL);
	check(strstr(said, "card_stamped card 103/1, campaign 2, kind late, boxes 16, date 2026-06-19") != NULL);
	check_u64(boxes_of(s, card_of(hoa, 1)), 31);
	check(!is_missed(s, card_of(hoa, 1)));
	transcript_free(s);
}

test(a_late_check_is_not_that_of_a_campaign_that_is_open_or_of_other_cards)
{
	struct transcript *s = begin_unstamped();
	open_the_fifth(s, card_generation_paper_2003);
	late_row(s, 34, "2026-05-20", false, "2026-05-20");
	check_u64(boxes_of(s, card_of(hoa, 1)), 15);
	transcript_free(s);
	s = begin_unstamped();
	open_the_fifth(s, card_generation_chip_2025);
	transcript_day(s, "2026-06-20");
	file_nobody(s, other_cell, 8, 1, "2026-05-20");
	end_the_fifth(s, province, 12);
	late_row(s, 34, "2026-06-10", false, "2026-06-10");
	check_u64(boxes_of(s, card_of(hoa, 1)), 15);
	transcript_free(s);
}

test(a_late_check_is_not_that_of_a_campaign_elsewhere)
{
	struct transcript *s = begin_unstamped();
	organisation(s, 5, org_level_attached, centre);
	organisation(s, 50, org_level_superior, 5);
	organisation(s, 500, org_level_grassroots, 50);
	organisation(s, 51, org_level_cell, 500);
	member_with_card(s, tam, 51, card_generation_paper_2003, 7);
	as(s, 30, role_provincial_board, 5, 14);
	plan_it(s, 30, the_fifth(card_generation_paper_2003, "2026-05-18", "2026-05-24"));
	whole(s, 31, open_campaign, .has_campaign = true, .campaign = 2);
	file_nobody(s, 51, 15, 1, "2026-05-20");
	transcript_day(s, "2026-06-20");
	end_the_fifth(s, 5, 14);
	check(is_missed(s, card_of(tam, 1)));
	late_row(s, 34, "2026-06-10", false, "2026-06-10");
	check_u64(boxes_of(s, card_of(hoa, 1)), 15);
	transcript_free(s);
}

test(no_card_is_stamped_or_checked_late_before_it_was_decided)
{
	struct transcript *s = begin_decided(); // on 8 May
	const char *const days[] = { "2026-05-07", "2026-05-08" };
	transcript_day(s, "2026-05-09");
	for (uint64_t i = 0; i < 2; i++) {
		as(s, 20 + i, role_superior_board, commune, 11);
		tell(s, intake, check_act_opened, .submission = 20 + i, .act = act_stamp_cards,
		     .head = { .has_campaign = true, .campaign = 1 });
		tell(s, intake, check_act_row, .submission = 20 + i, .act = act_stamp_cards,
		     .check = { .row = 1, .member = lan, .has_date = true, .date = date(days[i]) });
		tell(s, intake, check_act_ended, .submission = 20 + i, .act = act_stamp_cards, .rows = 1);
		check(row_is_refused(s, "date_order") == (i == 0));
		check_u64(boxes_of(s, card_of(lan, 1)), i == 0 ? 7 : 15);
		transcript_skip(s);
	}
	transcript_free(s);
	s = begin_unstamped();
	late_row(s, 22, "2026-05-18", true, "2026-05-17");
	check(row_is_refused(s, "date_order"));
	check(is_missed(s, card_of(hoa, 1)));
	transcript_skip(s);
	late_row(s, 23, "2026-05-18", true, "2026-05-18");
	check(!is_missed(s, card_of(hoa, 1)));
	transcript_free(s);
}

test(a_late_check_needs_a_decision_and_a_card_that_waits_for_it)
{
	struct transcript *s = begin_unstamped();
	check_late(s, 20, hoa, false);
	check(ended_with(s, "missing"));
	as(s, 23, role_superior_committee, commune, 10);
	tell(s, intake, check_act_opened, .submission = 23, .act = act_late_check, .head = { document }); // of 8 May
	tell(s, intake, check_act_row, .submission = 23, .act = act_late_check, .check = { .row = 1, .member = hoa });
	tell(s, intake, check_act_ended, .submission = 23, .act = act_late_check, .rows = 1);
	check(row_is_refused(s, "date_order"));
	validity(s, card_of(hoa, 1), card_validity_unstamped, card_validity_lost, card_validity_event_loss_reported);
	transcript_skip(s);
	check_late(s, 21, hoa, true);
	check(row_is_refused(s, "card_not_valid"));
	check(is_missed(s, card_of(hoa, 1)));
	transcript_free(s);
}

test(a_late_checks_decision_is_of_a_day_after_the_campaign)
{
	struct transcript *s = begin_unstamped(); // it lasted until 15 May
	late_row(s, 20, "2026-05-15", false, "2026-05-15");
	check(row_is_refused(s, "date_order"));
	check(is_missed(s, card_of(hoa, 1)));
	transcript_skip(s);
	late_row(s, 21, "2026-05-16", false, "2026-05-16");
	check(!is_missed(s, card_of(hoa, 1)));
	transcript_free(s);
}

// Hoa is given a second copy before the campaign, in which neither is checked.
static void miss_with_both_copies(struct transcript *s)
{
	tell(s, registry, card_opened, .member = hoa, .card = card_of(hoa, 2), .number = number_of(hoa),
	     .generation = card_generation_paper_2003, .issued = 15000, .cell = cell, .status = member_status_active);
	plan(s);
	open_it(s);
	file(s, 11, other_cell, 8, 1, { bay, check_result_ok });
	transcript_day(s, "2026-05-20");
	close_it(s, 17);
	check(is_missed(s, card_of(hoa, 1)) && is_missed(s, card_of(hoa, 2)));
}

static void check_late_whichever_waits(bool older)
{
	struct transcript *s = begin();
	miss_with_both_copies(s);
	validity(s, card_of(hoa, older ? 2 : 1), card_validity_active, card_validity_lost, card_validity_event_loss_reported);
	validity(s, card_of(hoa, older ? 1 : 2), card_validity_active, card_validity_unstamped,
		 card_validity_event_campaign_closed);
	transcript_skip(s);
	check_late(s, 20, hoa, true);
	check(strstr(transcript_said(s), older ? "check_made_late card 103/1" : "check_made_late card 103/2") != NULL);
	transcript_free(s);
}

test(a_late_check_is_of_the_copy_that_waits_for_it_be_it_the_older_one)
{
	check_late_whichever_waits(true);
	check_late_whichever_waits(false);
}

test(a_late_check_is_of_the_card_that_waits_for_it_whatever_older_copies_missed)
{
	struct transcript *s = begin();
	validity(s, card_of(hoa, 1), card_validity_active, card_validity_lost, card_validity_event_loss_reported);
	miss_with_both_copies(s);
	validity(s, card_of(hoa, 1), card_validity_lost, card_validity_superseded, card_validity_event_replacement_handed_over);
	validity(s, card_of(hoa, 2), card_validity_active, card_validity_unstamped, card_validity_event_campaign_closed);
	transcript_skip(s);
	check_late(s, 20, hoa, true);
	check(strstr(transcript_said(s), "check_made_late card 103/2") != NULL);
	check(is_missed(s, card_of(hoa, 1)) && !is_missed(s, card_of(hoa, 2)));
	transcript_free(s);
}

// --- acts that cross each other: a long one comes in over several turns ---

test(a_filing_that_is_still_coming_in_is_not_confirmed)
{
	struct transcript *s = begin_open();
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_ok });
	file(s, 11, other_cell, 8, 1, { bay, check_result_ok });
	as(s, 12, role_cell_officer, cell, 7);
	tell(s, intake, check_act_opened, .submission = 12, .act = act_file_checks,
	     .head = { .has_campaign = true, .campaign = 1, .has_meeting = true, .meeting = date("2026-04-20"),
		       .has_briefing = true, .briefing = date("2026-04-16"), .has_members = true, .members = 3 });
	tell(s, intake, check_act_row, .submission = 12, .act = act_file_checks,
	     .check = { .row = 1, .member = lan, .has_result = true, .result = check_result_ok });
	transcript_skip(s);
	consolidate(s, 13, 9);
	check(ended_with(s, "not_settled"));
	as(s, 12, role_cell_officer, cell, 7);
	for (uint64_t member = minh; member <= hoa; member++)
		tell(s, intake, check_act_row, .submission = 12, .act = act_file_checks,
		     .check = { .row = (uint32_t)(member - lan + 1), .member = member, .has_result = true,
				.result = check_result_ok });
	tell(s, intake, check_act_ended, .submission = 12, .act = act_file_checks, .rows = 3);
	transcript_skip(s);
	consolidate(s, 14, 9);
	check(ended_with(s, "none"));
	check_u64(part_of(s, org_level_cell, cell), campaign_part_confirmed);
	transcript_free(s);
}

test(a_filing_that_begins_before_form_6_and_comes_in_after_it_changes_nothing)
{
	struct transcript *s = begin_open();
	file_both(s);
	as(s, 12, role_cell_officer, cell, 7);
	tell(s, intake, check_act_opened, .submission = 12, .act = act_file_checks,
	     .head = { .has_campaign = true, .campaign = 1, .has_meeting = true, .meeting = date("2026-04-20"),
		       .has_briefing = true, .briefing = date("2026-04-16"), .has_members = true, .members = 3 });
	consolidate(s, 13, 9);
	check(ended_with(s, "none"));
	as(s, 12, role_cell_officer, cell, 7);
	tell(s, intake, check_act_row, .submission = 12, .act = act_file_checks,
	     .check = { .row = 1, .member = hoa, .has_result = true, .result = check_result_ok });
	check(row_is_refused(s, "wrong_state"));
	transcript_skip(s);
	decide(s, 14, 10);
	stamp_all(s, 15);
	check_u64(boxes_of(s, card_of(lan, 1)), 15);
	check_u64(boxes_of(s, card_of(hoa, 1)), 7); // lost, as form 6 has it
	transcript_free(s);
}

test(a_cell_that_files_while_form_6_comes_in_is_judged_like_the_others)
{
	struct transcript *s = begin_open();
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_ok });
	transcript_day(s, "2026-05-02"); // the deadline of cells is over
	as(s, 12, role_grassroots_appraiser, base, 9);
	tell(s, intake, check_act_opened, .submission = 12, .act = act_consolidate_checks,
	     .head = { .has_campaign = true, .campaign = 1, document });
	file(s, 11, other_cell, 9, 1, { bay, check_result_ok }); // by the one who confirms
	as(s, 12, role_grassroots_appraiser, base, 9);
	tell(s, intake, check_act_ended, .submission = 12, .act = act_consolidate_checks);
	check_u64(part_of(s, org_level_cell, cell), campaign_part_confirmed);
	check_u64(part_of(s, org_level_cell, other_cell), campaign_part_filed);
	transcript_free(s);
}

test(what_a_campaign_closed_without_is_not_stamped_by_an_act_that_was_begun_before)
{
	struct transcript *s = begin_decided();
	as(s, 15, role_superior_board, commune, 11);
	tell(s, intake, check_act_opened, .submission = 15, .act = act_stamp_cards,
	     .head = { .has_campaign = true, .campaign = 1 });
	transcript_day(s, "2026-05-20"); // every deadline is over
	close_it(s, 17);
	check(is_missed(s, card_of(lan, 1)));
	as(s, 15, role_superior_board, commune, 11);
	tell(s, intake, check_act_row, .submission = 15, .act = act_stamp_cards, .check = { .row = 1, .member = lan });
	check(row_is_refused(s, "wrong_state"));
	check_u64(boxes_of(s, card_of(lan, 1)), 7);
	transcript_free(s);
}

// --- organisations and members that change meanwhile ---

// As the registry tells it: who is below first, then the ended one below its successor.
static void communes_merge(struct transcript *s, uint64_t into)
{
	organisation(s, into, org_level_superior, province);
	organisation(s, base, org_level_grassroots, into);
	organisation(s, commune, org_level_superior, into);
	tell(s, registry, organisation_merged, .code = commune, .into = into, .date = date("2026-04-15"),
	     .decision = bytes_of_text("1-QĐ"));
}

test(the_successor_of_a_committee_goes_on_with_its_part)
{
	struct transcript *s = begin_open();
	file_both(s);
	consolidate(s, 12, 9);
	transcript_skip(s);
	communes_merge(s, 41);
	check(strstr(transcript_said(s), "campaign_notice organisation 41, campaign 1, ordinal 4, act report_checks") != NULL);
	check_u64(campaign(s).superiors, 1);
	as(s, 13, role_superior_committee, 41, 10);
	whole(s, 13, decide_checks, .has_campaign = true, .campaign = 1, document);
	check(ended_with(s, "none"));
	as(s, 14, role_superior_board, 41, 11);
	whole(s, 14, stamp_cards, .has_campaign = true, .campaign = 1);
	check(ended_with(s, "none"));
	check_u64(boxes_of(s, card_of(lan, 1)), 15);
	transcript_free(s);
}

test(the_successor_of_a_committee_that_had_decided_stamps)
{
	struct transcript *s = begin_decided();
	communes_merge(s, 41);
	as(s, 14, role_superior_board, 41, 11);
	whole(s, 14, stamp_cards, .has_campaign = true, .campaign = 1);
	check(ended_with(s, "none"));
	check_u64(boxes_of(s, card_of(lan, 1)), 15);
	check_u64(campaign(s).decided, 1);
	transcript_free(s);
}

test(a_cell_that_is_merged_away_is_not_waited_for)
{
	struct transcript *s = begin_open();
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_ok });
	member_at(s, bay, cell, member_type_official, member_status_active);
	tell(s, registry, organisation_registered, .code = other_cell, .level = org_level_cell, .parent = cell);
	tell(s, registry, organisation_merged, .code = other_cell, .into = cell, .date = date("2026-04-15"),
	     .decision = bytes_of_text("1-QĐ"));
	check_u64(campaign(s).cells, 1);
	check_u64(campaign(s).state, campaign_state_cells_filed);
	transcript_free(s);
}

test(who_moved_after_their_cell_had_filed_is_not_checked_twice)
{
	struct transcript *s = begin_open();
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_ok });
	member_at(s, hoa, other_cell, member_type_official, member_status_active);
	transcript_skip(s);
	file(s, 11, other_cell, 8, 2, { bay, check_result_ok }, { hoa, check_result_lost });
	check(row_is_refused(s, "already_done"));
	consolidate(s, 12, 9);
	check(ended_with(s, "none")); // nobody is missing
	transcript_free(s);
}

test(a_cell_without_a_part_that_members_come_to_gets_one)
{
	struct transcript *s = begin_open();
	organisation(s, 33, org_level_cell, base);
	member_at(s, hoa, 33, member_type_official, member_status_active);
	transcript_skip(s);
	file(s, 10, 33, 15, 1, { hoa, check_result_ok });
	check(ended_with(s, "none"));
	check_u64(campaign(s).cells, 3);
	check_u64(campaign(s).cells_filed, 1);
	transcript_free(s);
}

// --- the yearly check (A3) ---

static void file_yearly(struct transcript *s, uint64_t submission, uint16_t year, const char *meeting, uint64_t member)
{
	as(s, submission, role_cell_officer, cell, 7);
	tell(s, intake, check_act_opened, .submission = submission, .act = act_file_checks,
	     .head = { .has_year = true, .year = year, .has_meeting = true, .meeting = date(meeting), .has_members = true,
		       .members = 3 });
	tell(s, intake, check_act_row, .submission = submission, .act = act_file_checks,
	     .check = { .row = 1, .member = member, .number = number_of(member), .has_result = true,
			.result = check_result_ok });
	tell(s, intake, check_act_ended, .submission = submission, .act = act_file_checks, .rows = 1);
}

test(the_yearly_check_is_filed_without_a_campaign_and_goes_upward)
{
	struct transcript *s = begin();
	file_yearly(s, 10, 2025, "2026-01-10", lan);
	expect(s, "intake: check_act_opened submission 10, act file_checks, head { year 2025, "
		  "meeting 2026-01-10, members 3}\n"
		  "intake: check_act_row submission 10, act file_checks, check { row 1, member 101, "
		  "number 44.000101, result ok, relaminated no}\n"
		  "  -> record: card_checked card 101/1, year 2025, cell 31, result ok, "
		  "date 2026-01-10 [member 101]\n"
		  "intake: check_act_ended submission 10, act file_checks, rows 1\n"
		  "  -> intake: checks_filed organisation 400, of 31, act file_checks, year 2025, "
		  "figures { members 3, registered 3, collected 0, ok 1, damaged 0, lost 0, "
		  "not_presented 0, misused 0, no_card 0, absent 2, left_out 0, stamped 0}, "
		  "meeting 2026-01-10 [organisation 31]\n"
		  "  -> intake: act_closed submission 10, reason none, field whole, accepted 1, refused 0, "
		  "more 0 [organisation 31]\n");
	file_yearly(s, 11, 2024, "2026-01-10", lan);
	check(ended_with(s, "out_of_range"));
	transcript_free(s);
}

int main(void)
{
	run(a_decision_lets_an_unstamped_card_be_checked_late_once);
	run(whoever_missed_two_campaigns_with_two_cards_is_checked_late_with_the_one_they_have);
	run(a_late_check_makes_up_for_every_campaign_that_closed_since);
	run(a_late_check_is_not_that_of_a_campaign_that_is_open_or_of_other_cards);
	run(a_late_check_is_not_that_of_a_campaign_elsewhere);
	run(no_card_is_stamped_or_checked_late_before_it_was_decided);
	run(a_late_check_needs_a_decision_and_a_card_that_waits_for_it);
	run(a_late_checks_decision_is_of_a_day_after_the_campaign);
	run(a_late_check_is_of_the_copy_that_waits_for_it_be_it_the_older_one);
	run(a_late_check_is_of_the_card_that_waits_for_it_whatever_older_copies_missed);
	run(a_filing_that_is_still_coming_in_is_not_confirmed);
	run(a_filing_that_begins_before_form_6_and_comes_in_after_it_changes_nothing);
	run(a_cell_that_files_while_form_6_comes_in_is_judged_like_the_others);
	run(what_a_campaign_closed_without_is_not_stamped_by_an_act_that_was_begun_before);
	run(the_successor_of_a_committee_goes_on_with_its_part);
	run(the_successor_of_a_committee_that_had_decided_stamps);
	run(a_cell_that_is_merged_away_is_not_waited_for);
	run(who_moved_after_their_cell_had_filed_is_not_checked_twice);
	run(a_cell_without_a_part_that_members_come_to_gets_one);
	run(the_yearly_check_is_filed_without_a_campaign_and_goes_upward);
	return test_summary();
}
