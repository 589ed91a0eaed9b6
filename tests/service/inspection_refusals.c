// What a campaign refuses, act by act: who may not, what is missing, what does not fit what was filed before.
#include "service/scene_inspection.h"

// The head of a plan that is in order; each case spoils it in one place.
static bool act_ends(struct transcript *s, enum act act, const struct coded_check_head *head, const char *reason,
		     const char *field)
{
	static uint64_t submission = 1000;
	char wanted[80];
	submission++;
	transcript_skip(s);
	tell(s, intake, check_act_opened, .submission = submission, .act = act, .head = *head);
	tell(s, intake, check_act_ended, .submission = submission, .act = act);
	snprintf(wanted, sizeof wanted, ", reason %s, field %s,", reason, field);
	const char *said = transcript_said(s);
	bool ends = strstr(said, wanted) && strstr(said, "act_closed ");
	if (!ends)
		printf("# wanted%s\n# %s", wanted, said);
	return ends;
}

// One row under a head: refused with this reason at this field.
static bool row_ends(struct transcript *s, enum act act, const struct coded_check_head *head, const struct coded_check *check_row,
		     const char *reason, const char *field)
{
	static uint64_t submission = 2000;
	char wanted[80];
	submission++;
	transcript_skip(s);
	tell(s, intake, check_act_opened, .submission = submission, .act = act, .head = *head);
	tell(s, intake, check_act_row, .submission = submission, .act = act, .check = *check_row);
	tell(s, intake, check_act_ended, .submission = submission, .act = act, .rows = 1);
	snprintf(wanted, sizeof wanted, "field %s, reason %s [", field, reason);
	const char *said = transcript_said(s), *row = strstr(said, "row_refused ");
	bool ends = row && strstr(row, wanted);
	if (!ends)
		printf("# wanted %s\n# %s", wanted, said);
	return ends;
}

test(a_plan_without_a_basis_a_card_or_dates_in_their_order_is_refused_with_what_is_missing)
{
	struct transcript *s = begin();
	struct coded_check_head h;
	as(s, 1, role_provincial_board, province, 12);
#define spoilt(change, reason, field) (h = the_fourth(), change, act_ends(s, act_plan_campaign, &h, reason, field))
	check(spoilt(h.has_ordinal = false, "out_of_range", "ordinal"));
	check(spoilt(h.ordinal = 0, "out_of_range", "ordinal"));
	check(spoilt(h.has_legal_basis = false, "missing", "legal_basis"));
	check(spoilt(h.has_generation = false, "missing", "card_generation"));
	check(spoilt(h.has_from = false, "missing", "date"));
	check(spoilt(h.has_to = false, "missing", "date"));
	check(spoilt(h.has_cells_by = false, "missing", "deadline"));
	check(spoilt(h.has_grassroots_by = false, "missing", "deadline"));
	check(spoilt(h.has_report_by = false, "missing", "deadline"));
	check(spoilt(h.to = date("2026-04-14"), "date_order", "date"));
	check(spoilt(h.cells_by = date("2026-04-14"), "date_order", "deadline"));
	check(spoilt(h.grassroots_by = date("2026-04-30"), "date_order", "deadline"));
	check(spoilt(h.report_by = date("2026-05-09"), "date_order", "deadline"));
	check(spoilt(h.report_by = date("2026-05-14"), "date_order", "deadline")); // before the window's end
	check_u64(campaign(s).organisation, 0);
	check(spoilt(h.to = h.report_by, "none", "whole"));
	check_u64(campaign(s).organisation, province);
#undef spoilt
	transcript_free(s);
}

test(acts_of_a_campaign_that_is_not_there_or_not_theirs_or_of_another_level_come_to_nothing)
{
	struct transcript *s = begin_open();
	const struct coded_check_head none = { 0 }, unknown = { .has_campaign = true, .campaign = 9 },
				      first = { .has_campaign = true, .campaign = 1, document };
	as(s, 1, role_provincial_board, province, 12);
	check(act_ends(s, act_open_campaign, &none, "unknown", "campaign"));
	check(act_ends(s, act_close_campaign, &unknown, "unknown", "campaign"));
	as(s, 1, role_superior_committee, commune, 10);
	check(act_ends(s, act_decide_checks, &none, "unknown", "campaign"));
	check(act_ends(s, act_decide_checks, &unknown, "unknown", "campaign"));
	check(act_ends(s, act_consolidate_checks, &first, "wrong_level", "organisation"));
	as(s, 1, role_grassroots_appraiser, base, 9);
	check(act_ends(s, act_decide_checks, &first, "wrong_level", "organisation"));
	check(act_ends(s, act_stamp_cards, &first, "wrong_level", "organisation"));
	as(s, 1, role_central_board, centre, 13);
	check(act_ends(s, act_report_checks, &first, "not_concerned", "campaign")); // it is a province's, below
	// A committee and a superior that came after the campaign was opened have no part in it.
	organisation(s, 50, org_level_superior, province);
	organisation(s, 500, org_level_grassroots, 50);
	as(s, 1, role_grassroots_appraiser, 500, 9);
	check(act_ends(s, act_consolidate_checks, &first, "not_concerned", "campaign"));
	as(s, 1, role_superior_committee, 50, 10);
	check(act_ends(s, act_decide_checks, &first, "not_concerned", "campaign"));
	as(s, 1, role_superior_board, 50, 11);
	check(act_ends(s, act_stamp_cards, &first, "not_concerned", "campaign"));
	transcript_free(s);
}

#define filing .has_campaign = true, .campaign = 1, .has_briefing = true, .briefing = date("2026-04-16")
#define meeting_of(n) .has_meeting = true, .meeting = date("2026-04-20"), .has_members = true, .members = (n)

test(a_cell_files_for_its_meeting_its_members_and_its_level)
{
	struct transcript *s = begin_open();
	const struct coded_check_head no_meeting = { filing, .has_members = true, .members = 3 },
				      no_members = { filing, .has_meeting = true, .meeting = date("2026-04-20") },
				      good = { filing, meeting_of(3) };
	as(s, 1, role_cell_officer, cell, 7);
	check(act_ends(s, act_file_checks, &no_meeting, "missing", "meeting"));
	check(act_ends(s, act_file_checks, &no_members, "missing", "members"));
	as(s, 1, role_cell_officer, 77, 7);
	check(act_ends(s, act_file_checks, &good, "unknown", "organisation"));
	as(s, 1, role_cell_officer, commune, 7);
	check(act_ends(s, act_file_checks, &good, "wrong_level", "organisation"));
	check_u64(part_of(s, org_level_cell, cell), campaign_part_waiting);
	transcript_free(s);
}

static struct coded_check row_of_member(uint64_t member, uint32_t number)
{
	return (struct coded_check){ .row = 1, .member = member, .number = number, .has_result = true,
				     .result = check_result_ok };
}

test(a_row_is_of_a_member_in_standing_and_of_the_card_that_the_registry_knows)
{
	struct transcript *s = begin_open();
	const struct coded_check_head good = { filing, meeting_of(3) };
	struct coded_check r;
	as(s, 1, role_cell_officer, cell, 7);
	r = row_of_member(999, 0);
	check(row_ends(s, act_file_checks, &good, &r, "unknown", "profile_number"));
	r = row_of_member(lan, number_of(minh));
	check(row_ends(s, act_file_checks, &good, &r, "differs", "card_number"));
	r = row_of_member(bay, number_of(bay));
	check(row_ends(s, act_file_checks, &good, &r, "other_cell", "profile_number"));
	member_at(s, hoa, cell, member_type_official, member_status_expelled);
	r = row_of_member(hoa, number_of(hoa));
	check(row_ends(s, act_file_checks, &good, &r, "not_in_standing", "profile_number"));
	check_u64(part_of(s, org_level_cell, cell), campaign_part_waiting); // no row held: nothing was filed
	transcript_free(s);
}

test(a_difference_is_explained_once_by_who_did_not_file_it_and_with_words)
{
	struct transcript *s = begin_open();
	// Four, says the cell.
	file(s, 10, cell, 7, 4, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_ok });
	file(s, 11, other_cell, 8, 1, { bay, check_result_ok });
	struct coded_check_head h = { .has_campaign = true, .campaign = 1, .has_organisation = true, .organisation = cell,
				      .has_explanation = true, .explanation = bytes_of_text("one moved in on Friday") };
	as(s, 1, role_superior_board, commune, 11);
	check(act_ends(s, act_settle_difference, &h, "wrong_level", "organisation"));
	as(s, 1, role_grassroots_appraiser, base, 9);
	h.has_organisation = false;
	check(act_ends(s, act_settle_difference, &h, "outside_subtree", "organisation"));
	h.has_organisation = true;
	h.organisation = commune;
	check(act_ends(s, act_settle_difference, &h, "outside_subtree", "organisation"));
	h.organisation = cell;
	h.has_explanation = false;
	check(act_ends(s, act_settle_difference, &h, "missing", "reason"));
	h.has_explanation = true;
	h.organisation = other_cell;
	check(act_ends(s, act_settle_difference, &h, "wrong_state", "count")); // there is nothing to explain
	h.organisation = base;
	check(act_ends(s, act_settle_difference, &h, "not_filed", "organisation")); // the committee is no cell
	h.organisation = cell;
	as(s, 1, role_grassroots_appraiser, base, 7);
	check(act_ends(s, act_settle_difference, &h, "same_person", "actor"));
	as(s, 1, role_grassroots_appraiser, base, 9);
	check(act_ends(s, act_settle_difference, &h, "none", "whole"));
	check(act_ends(s, act_settle_difference, &h, "wrong_state", "count")); // it was explained
	transcript_free(s);
}

test(form_6_leaves_out_what_a_cell_of_its_own_filed)
{
	struct transcript *s = begin_open();
	const struct coded_check_head h = { .has_campaign = true, .campaign = 1, document };
	struct coded_check r = row_of_member(bay, number_of(bay));
	organisation(s, 401, org_level_grassroots, commune);
	organisation(s, 33, org_level_cell, 401);
	file_both(s);
	as(s, 1, role_grassroots_appraiser, base, 9);
	r.member = 999;
	check(row_ends(s, act_consolidate_checks, &h, &r, "not_filed", "profile_number"));
	r.member = hoa; // lost, says the cell: there is nothing to leave out
	check(row_ends(s, act_consolidate_checks, &h, &r, "wrong_state", "profile_number"));
	transcript_free(s);
}

test(a_decision_follows_every_committees_form_6_and_is_nobodys_who_filed)
{
	struct transcript *s = begin_open();
	const struct coded_check_head h = { .has_campaign = true, .campaign = 1, document },
				      undated = { .has_campaign = true, .campaign = 1 };
	file_both(s);
	as(s, 1, role_superior_committee, commune, 10);
	check(act_ends(s, act_decide_checks, &undated, "missing", "decision"));
	check(act_ends(s, act_decide_checks, &h, "not_filed", "organisation"));
	consolidate(s, 12, 9);
	as(s, 1, role_superior_committee, commune, 9);
	check(act_ends(s, act_decide_checks, &h, "same_person", "actor")); // who signed form 6
	as(s, 1, role_superior_committee, commune, 8);
	check(act_ends(s, act_decide_checks, &h, "same_person", "actor")); // who filed for a cell
	as(s, 1, role_superior_committee, commune, 10);
	check(act_ends(s, act_decide_checks, &h, "none", "whole"));
	stamp_all(s, 14);
	give_back(s, 15);
	report(s, 16);
	as(s, 1, role_superior_committee, commune, 10);
	check(act_ends(s, act_decide_checks, &h, "wrong_state", "campaign")); // form 7 has left
	transcript_free(s);
}

test(there_is_nothing_to_decide_where_no_cell_was_confirmed)
{
	struct transcript *s = begin_open();
	const struct coded_check_head h = { .has_campaign = true, .campaign = 1, document };
	transcript_day(s, "2026-05-11"); // the committees' time is over
	as(s, 1, role_superior_committee, commune, 10);
	check(act_ends(s, act_decide_checks, &h, "empty", "count"));
	transcript_free(s);
}

test(a_stamp_is_for_a_confirmed_row_below_and_the_card_that_it_names)
{
	struct transcript *s = begin_decided();
	const struct coded_check_head h = { .has_campaign = true, .campaign = 1 };
	struct coded_check r = row_of_member(999, 0);
	as(s, 1, role_superior_board, commune, 11);
	check(row_ends(s, act_stamp_cards, &h, &r, "not_confirmed", "profile_number"));
	r = row_of_member(hoa, number_of(hoa));
	check(row_ends(s, act_stamp_cards, &h, &r, "not_confirmed", "profile_number")); // it is lost
	r = row_of_member(lan, number_of(minh));
	check(row_ends(s, act_stamp_cards, &h, &r, "differs", "card_number"));
	check_u64(boxes_of(s, card_of(lan, 1)), 7);
	transcript_free(s);
}

test(a_late_check_is_of_a_member_below_in_standing_whose_card_missed_one)
{
	struct transcript *s = begin_closed();
	const struct coded_check_head h = { document };
	struct coded_check_head late = h;
	late.document_date = date("2026-05-20");
	struct coded_check r = row_of_member(999, 0);
	as(s, 1, role_superior_board, commune, 11);
	check(row_ends(s, act_late_check, &late, &r, "unknown", "card_number"));
	r = row_of_member(lan, number_of(lan));
	check(row_ends(s, act_late_check, &late, &r, "wrong_state", "card_number")); // it was stamped
	r = row_of_member(hoa, number_of(minh));
	check(is_missed(s, card_of(hoa, 1)));
	check(row_ends(s, act_late_check, &late, &r, "differs", "card_number"));
	organisation(s, 50, org_level_superior, province);
	as(s, 1, role_superior_board, 50, 11);
	r = row_of_member(hoa, number_of(hoa));
	check(row_ends(s, act_late_check, &late, &r, "outside_subtree", "organisation"));
	as(s, 1, role_superior_board, commune, 11);
	member_at(s, hoa, cell, member_type_official, member_status_expelled);
	check(row_ends(s, act_late_check, &late, &r, "not_in_standing", "card_number"));
	transcript_free(s);
}

test(the_yearly_check_is_no_campaigns_and_counts_a_member_once)
{
	struct transcript *s = begin();
	struct coded_check_head h = { .has_year = true, .year = 2026, meeting_of(3) };
	struct coded_check r = row_of_member(lan, number_of(lan));
	as(s, 1, role_cell_officer, cell, 7);
	h.year = 2024;
	check(act_ends(s, act_file_checks, &h, "out_of_range", "year"));
	h.year = 2027;
	check(act_ends(s, act_file_checks, &h, "out_of_range", "year"));
	h.year = 2026;
	tell(s, intake, check_act_opened, .submission = 5, .act = act_file_checks, .head = h);
	tell(s, intake, check_act_row, .submission = 5, .act = act_file_checks, .check = r);
	transcript_skip(s);
	tell(s, intake, check_act_ended, .submission = 5, .act = act_file_checks, .rows = 1);
	check(strstr(transcript_said(s), "act_closed submission 5, reason none, field whole, accepted 1, refused 0"));
	// She moves, and the other cell would count her again.
	member_at(s, lan, other_cell, member_type_official, member_status_active);
	as(s, 1, role_cell_officer, other_cell, 8);
	check(row_ends(s, act_file_checks, &h, &r, "already_done", "profile_number"));
	transcript_free(s);
}

test(an_act_that_was_never_opened_ends_as_unknown_with_all_its_rows)
{
	struct transcript *s = begin_open();
	as(s, 10, role_cell_officer, cell, 7);
	transcript_skip(s);
	tell(s, intake, check_act_row, .submission = 10, .act = act_file_checks,
	     .check = { .row = 1, .member = lan, .number = number_of(lan), .has_result = true, .result = check_result_ok });
	tell(s, intake, check_act_ended, .submission = 10, .act = act_file_checks, .rows = 1);
	expect(s, "intake: check_act_row submission 10, act file_checks, check { row 1, member 101, number 44.000101, result ok, "
		  "relaminated no}\n"
		  "intake: check_act_ended submission 10, act file_checks, rows 1\n"
		  "  -> intake: act_closed submission 10, reason unknown, field whole, accepted 0, refused 1, "
		  "more 0 [organisation 31]\n");
	check_u64(part_of(s, org_level_cell, cell), campaign_part_waiting);
	transcript_free(s);
}

int main(void)
{
	run(a_plan_without_a_basis_a_card_or_dates_in_their_order_is_refused_with_what_is_missing);
	run(acts_of_a_campaign_that_is_not_there_or_not_theirs_or_of_another_level_come_to_nothing);
	run(a_cell_files_for_its_meeting_its_members_and_its_level);
	run(a_row_is_of_a_member_in_standing_and_of_the_card_that_the_registry_knows);
	run(a_difference_is_explained_once_by_who_did_not_file_it_and_with_words);
	run(form_6_leaves_out_what_a_cell_of_its_own_filed);
	run(a_decision_follows_every_committees_form_6_and_is_nobodys_who_filed);
	run(there_is_nothing_to_decide_where_no_cell_was_confirmed);
	run(a_stamp_is_for_a_confirmed_row_below_and_the_card_that_it_names);
	run(a_late_check_is_of_a_member_below_in_standing_whose_card_missed_one);
	run(the_yearly_check_is_no_campaigns_and_counts_a_member_once);
	run(an_act_that_was_never_opened_ends_as_unknown_with_all_its_rows);
	return test_summary();
}
