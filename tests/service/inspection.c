// A campaign from its plan to the cards that it closed without, and the yearly check.
#include "inspection/inspection.h"

#include <string.h>

#include "base/subject.h"
#include "base/when.h"
#include "gen/inspection_tables.h"
#include "service/transcript.h"
#include "test.h"

enum { lan = 101, minh = 102, hoa = 103, tam = 104, bay = 105 }; // members; bay is at the other cell
enum { centre = 1, province = 4, commune = 40, base = 400, cell = 31, other_cell = 32 };

static int32_t date(const char *text)
{
	int32_t day = 0;
	date_parse(text, &day);
	return day;
}

static void place(struct transcript *s, uint64_t code, enum org_level level, uint64_t parent)
{
	tell(s, registry, organisation_registered, .code = code, .level = level, .parent = parent);
}

static void member_at(struct transcript *s, uint64_t member, uint64_t at, enum member_type type, enum member_status status)
{
	tell(s, registry, member_registered, .member = member, .version = 1, .type = type, .status = status, .home_cell = at,
	     .present_cell = at);
}

static uint32_t number_of(uint64_t member)
{
	return 44000000 + (uint32_t)member;
}

static void member_with_card(struct transcript *s, uint64_t member, uint64_t at, enum card_generation generation, uint8_t boxes)
{
	member_at(s, member, at, member_type_official, member_status_active);
	tell(s, registry, card_opened, .member = member, .card = card_of(member, 1), .number = number_of(member),
	     .generation = generation, .issued = 15000, .boxes = boxes, .cell = at, .status = member_status_active);
}

static struct transcript *begin_with(struct engine_limits limits, enum card_generation generation, uint8_t boxes)
{
	struct transcript *s = transcript_new_with(&inspection_service, &limits);
	transcript_day(s, "2026-04-15");
	place(s, centre, org_level_central, 0);
	place(s, province, org_level_attached, centre);
	place(s, commune, org_level_superior, province);
	place(s, base, org_level_grassroots, commune);
	place(s, cell, org_level_cell, base);
	place(s, other_cell, org_level_cell, base);
	member_with_card(s, lan, cell, generation, boxes);
	member_with_card(s, minh, cell, generation, boxes);
	member_with_card(s, hoa, cell, generation, boxes);
	member_with_card(s, bay, other_cell, generation, boxes);
	transcript_skip(s);
	return s;
}

static struct transcript *begin(void)
{
	return begin_with((struct engine_limits){ 0 }, card_generation_paper_2003, 7);
}

// --- who acts ---

static void as(struct transcript *s, uint64_t submission, enum role role, uint64_t organisation, uint64_t person)
{
	by(s, .submission = submission, .actor = person, .person = person, .role = (uint8_t)role,
	   .organisation = organisation);
}

// An act without rows, its head as given.
#define whole(s, n, kind, ...)                                                                                      \
	do {                                                                                                        \
		tell(s, intake, check_act_opened, .submission = (n), .act = act_##kind, .head = { __VA_ARGS__ });   \
		tell(s, intake, check_act_ended, .submission = (n), .act = act_##kind);                             \
	} while (0)

static void plan(struct transcript *s)
{
	as(s, 1, role_provincial_board, province, 12);
	whole(s, 1, plan_campaign, .has_ordinal = true, .ordinal = 4, .has_legal_basis = true,
	      .legal_basis = bytes_of_text("HD 01-HD/BTCTW"), .has_generation = true, .generation = card_generation_paper_2003,
	      .has_from = true, .from = date("2026-04-15"), .has_to = true, .to = date("2026-05-15"), .has_cells_by = true,
	      .cells_by = date("2026-05-01"), .has_grassroots_by = true, .grassroots_by = date("2026-05-10"),
	      .has_report_by = true, .report_by = date("2026-05-19"));
}

// The same with other dates.
static void plan_dated(struct transcript *s, uint64_t submission, const char *from, const char *to, const char *report_by)
{
	whole(s, submission, plan_campaign, .has_ordinal = true, .ordinal = 4, .has_legal_basis = true,
	      .legal_basis = bytes_of_text("HD 01-HD/BTCTW"), .has_generation = true, .generation = card_generation_paper_2003,
	      .has_from = true, .from = date(from), .has_to = true, .to = date(to), .has_cells_by = true, .cells_by = date(to),
	      .has_grassroots_by = true, .grassroots_by = date(to), .has_report_by = true, .report_by = date(report_by));
}

static void open_it(struct transcript *s)
{
	as(s, 2, role_provincial_board, province, 12);
	whole(s, 2, open_campaign, .has_campaign = true, .campaign = 1);
}

static struct transcript *begin_open(void)
{
	struct transcript *s = begin();
	plan(s);
	open_it(s);
	transcript_skip(s);
	return s;
}

struct found {
	uint64_t member;
	enum check_result result;
};

static void file_as(struct transcript *s, uint64_t submission, uint64_t from, uint64_t person, uint32_t members,
		    const struct found *rows, uint32_t count)
{
	as(s, submission, role_cell_officer, from, person);
	tell(s, intake, check_act_opened, .submission = submission, .act = act_file_checks,
	     .head = { .has_campaign = true, .campaign = 1, .has_meeting = true, .meeting = date("2026-04-20"),
		       .has_briefing = true, .briefing = date("2026-04-16"), .has_members = true, .members = members,
		       .has_collected = true, .collected = count });
	for (uint32_t i = 0; i < count; i++)
		tell(s, intake, check_act_row, .submission = submission, .act = act_file_checks,
		     .check = { .row = i + 1, .member = rows[i].member, .number = number_of(rows[i].member), .has_result = true,
				.result = rows[i].result });
	tell(s, intake, check_act_ended, .submission = submission, .act = act_file_checks, .rows = count);
}
#define file(s, submission, from, person, members, ...)                                                    \
	file_as(s, submission, from, person, members, (const struct found[]){ __VA_ARGS__ },               \
		(uint32_t)(sizeof((const struct found[]){ __VA_ARGS__ }) / sizeof(struct found)))

static void file_both(struct transcript *s)
{
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_lost });
	file(s, 11, other_cell, 8, 1, { bay, check_result_ok });
}

#define document .has_document_number = true, .document_number = bytes_of_text("6-KTTĐV"), .has_document_date = true, \
		 .document_date = date("2026-05-08")

static void consolidate(struct transcript *s, uint64_t submission, uint64_t person)
{
	as(s, submission, role_grassroots_appraiser, base, person);
	whole(s, submission, consolidate_checks, .has_campaign = true, .campaign = 1, document);
}

static void decide(struct transcript *s, uint64_t submission, uint64_t person)
{
	as(s, submission, role_superior_committee, commune, person);
	whole(s, submission, decide_checks, .has_campaign = true, .campaign = 1, document);
}

static void stamp_all(struct transcript *s, uint64_t submission)
{
	as(s, submission, role_superior_board, commune, 11);
	whole(s, submission, stamp_cards, .has_campaign = true, .campaign = 1);
}

static void give_back(struct transcript *s, uint64_t submission)
{
	as(s, submission, role_superior_board, commune, 11);
	whole(s, submission, return_checked, .has_campaign = true, .campaign = 1);
}

static void report(struct transcript *s, uint64_t submission)
{
	as(s, submission, role_superior_board, commune, 11);
	whole(s, submission, report_checks, .has_campaign = true, .campaign = 1, document);
}

static void close_it(struct transcript *s, uint64_t submission)
{
	as(s, submission, role_provincial_board, province, 12);
	whole(s, submission, close_campaign, .has_campaign = true, .campaign = 1);
}

// Whatever is said but for what came in.
static struct transcript *begin_decided(void)
{
	struct transcript *s = begin_open();
	file_both(s);
	consolidate(s, 12, 9);
	decide(s, 13, 10);
	transcript_skip(s);
	return s;
}

static struct transcript *begin_closed(void)
{
	struct transcript *s = begin_decided();
	stamp_all(s, 14);
	give_back(s, 15);
	report(s, 16);
	transcript_day(s, "2026-05-20");
	close_it(s, 17);
	transcript_skip(s);
	return s;
}

// --- what is in the tables ---

static struct inspection_campaigns_row campaign(struct transcript *s)
{
	struct store_txn tx;
	struct inspection_campaigns_row row = { 0 };
	store_begin(transcript_store(s), false, &tx);
	inspection_campaigns_get(&tx, 1, &row);
	store_abort(&tx);
	return row;
}

static uint32_t boxes_of(struct transcript *s, uint64_t card)
{
	struct store_txn tx;
	struct inspection_cards_row row = { 0 };
	store_begin(transcript_store(s), false, &tx);
	inspection_cards_get(&tx, card, &row);
	store_abort(&tx);
	return row.boxes;
}

static enum campaign_part part_of(struct transcript *s, enum org_level level, uint64_t organisation)
{
	struct store_txn tx;
	struct inspection_parts_row row = { 0 };
	store_begin(transcript_store(s), false, &tx);
	inspection_parts_get(&tx, 1, level, organisation, &row);
	store_abort(&tx);
	return row.stage;
}

static bool is_missed(struct transcript *s, uint64_t card)
{
	struct store_txn tx;
	store_begin(transcript_store(s), false, &tx);
	bool missed = inspection_missed_get(&tx, card, NULL);
	store_abort(&tx);
	return missed;
}

// What the last act came to.
static bool ended_with(struct transcript *s, const char *reason)
{
	char wanted[80];
	snprintf(wanted, sizeof wanted, ", reason %s, field ", reason);
	const char *said = transcript_said(s), *last = NULL;
	for (const char *at = said; (at = strstr(at, "act_closed ")); at++)
		last = at;
	return last && strstr(last, wanted);
}

static bool row_is_refused(struct transcript *s, const char *reason)
{
	char wanted[80];
	snprintf(wanted, sizeof wanted, "reason %s [", reason);
	const char *row = strstr(transcript_said(s), "row_refused ");
	return row && strstr(row, wanted);
}

// --- planned and opened ---

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
	as(s, 1, role_provincial_board, province, 12);
	whole(s, 1, plan_campaign, .has_ordinal = true, .ordinal = 4, .has_legal_basis = true,
	      .legal_basis = bytes_of_text("HD 01"), .has_generation = true, .generation = card_generation_paper_2003,
	      .has_from = true, .from = date("2026-04-16"), .has_to = true, .to = date("2026-05-15"), .has_cells_by = true,
	      .cells_by = date("2026-05-01"), .has_grassroots_by = true, .grassroots_by = date("2026-05-10"),
	      .has_report_by = true, .report_by = date("2026-05-19"));
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
	as(s, 3, role_central_board, centre, 13);
	whole(s, 3, plan_campaign, .has_ordinal = true, .ordinal = 5, .has_legal_basis = true,
	      .legal_basis = bytes_of_text("HD 02"), .has_generation = true, .generation = card_generation_paper_2003,
	      .has_from = true, .from = date("2026-04-15"), .has_to = true, .to = date("2026-05-15"), .has_cells_by = true,
	      .cells_by = date("2026-05-01"), .has_grassroots_by = true, .grassroots_by = date("2026-05-10"),
	      .has_report_by = true, .report_by = date("2026-05-19"));
	check(ended_with(s, "none"));
	whole(s, 4, open_campaign, .has_campaign = true, .campaign = 2);
	check(ended_with(s, "overlap"));
	transcript_free(s);
}

test(a_campaign_that_is_opened_after_its_window_takes_down_what_was_done_in_it)
{
	struct transcript *s = begin();
	plan(s);
	transcript_day(s, "2026-06-20");
	open_it(s);
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
	struct transcript *s = begin();
	plan(s);
	transcript_day(s, "2026-06-20");
	open_it(s);
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
	struct transcript *s = begin();
	plan(s);
	transcript_day(s, "2026-06-20");
	open_it(s);
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
	tell(s, revocation, validity_changed, .card = card_of(lan, 1), .from = card_validity_active, .to = card_validity_lost,
	     .event = card_validity_event_loss_reported, .number = number_of(lan));
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
	struct transcript *s = begin_open();
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_ok });
	transcript_day(s, "2026-05-02");
	consolidate(s, 12, 9);
	decide(s, 13, 10);
	stamp_all(s, 14);
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
	struct transcript *s = begin_open();
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_ok });
	transcript_day(s, "2026-05-02");
	consolidate(s, 12, 9);
	decide(s, 13, 10);
	stamp_all(s, 14);
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
	tell(s, intake, check_act_opened, .submission = 15, .act = act_stamp_cards, .head = { .has_campaign = true, .campaign = 1 });
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
	tell(s, intake, check_act_opened, .submission = 15, .act = act_stamp_cards, .head = { .has_campaign = true, .campaign = 1 });
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

test(a_card_handed_over_while_a_campaign_is_open_is_checked_by_that)
{
	struct transcript *s = begin_with((struct engine_limits){ 0 }, card_generation_chip_2025, 0);
	as(s, 1, role_provincial_board, province, 12);
	whole(s, 1, plan_campaign, .has_ordinal = true, .ordinal = 5, .has_legal_basis = true,
	      .legal_basis = bytes_of_text("HD 01"), .has_generation = true, .generation = card_generation_chip_2025,
	      .has_from = true, .from = date("2026-04-15"), .has_to = true, .to = date("2026-05-15"), .has_cells_by = true,
	      .cells_by = date("2026-05-01"), .has_grassroots_by = true, .grassroots_by = date("2026-05-10"),
	      .has_report_by = true, .report_by = date("2026-05-19"));
	open_it(s);
	transcript_skip(s);
	tell(s, revocation, validity_changed, .card = card_of(lan, 2), .from = card_validity_not_yet_active,
	     .to = card_validity_active, .event = card_validity_event_handed_over, .number = number_of(lan));
	expect(s, "revocation: validity_changed card 101/2, from not_yet_active, to active, "
		  "event handed_over, number 44.000101\n"
		  "  -> record: card_stamped card 101/2, campaign 1, kind at_issue, boxes 16, "
		  "date 2026-04-15, relaminated no [member 101]\n");
	transcript_free(s);
}

test(a_card_that_replaces_another_has_the_boxes_from_the_first_campaign_of_its_holder_on)
{
	struct transcript *s = begin_with((struct engine_limits){ 0 }, card_generation_chip_2025, 4);
	as(s, 1, role_provincial_board, province, 12);
	whole(s, 1, plan_campaign, .has_ordinal = true, .ordinal = 5, .has_legal_basis = true,
	      .legal_basis = bytes_of_text("HD 01"), .has_generation = true, .generation = card_generation_chip_2025,
	      .has_from = true, .from = date("2026-04-15"), .has_to = true, .to = date("2026-05-15"), .has_cells_by = true,
	      .cells_by = date("2026-05-01"), .has_grassroots_by = true, .grassroots_by = date("2026-05-10"),
	      .has_report_by = true, .report_by = date("2026-05-19"));
	open_it(s);
	tell(s, revocation, validity_changed, .card = card_of(lan, 1), .from = card_validity_active,
	     .to = card_validity_superseded, .event = card_validity_event_replacement_handed_over, .number = number_of(lan));
	tell(s, revocation, validity_changed, .card = card_of(lan, 2), .from = card_validity_not_yet_active,
	     .to = card_validity_active, .event = card_validity_event_handed_over, .number = number_of(lan));
	check_u64(boxes_of(s, card_of(lan, 2)), 4 + 8 + 16); // boxes 3, 4, 5 (D15)
	transcript_free(s);
}

// --- what does not count ---

static enum check_result result_of(struct transcript *s, uint64_t member)
{
	struct store_txn tx;
	struct inspection_results_row row = { 0 };
	store_begin(transcript_store(s), false, &tx);
	inspection_results_get(&tx, 1, member, &row);
	store_abort(&tx);
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
	tell(s, revocation, validity_changed, .card = card_of(hoa, 1), .from = card_validity_active,
	     .to = card_validity_suspended, .event = card_validity_event_suspended_by_decision, .number = number_of(hoa));
	tell(s, revocation, validity_changed, .card = card_of(bay, 1), .from = card_validity_active,
	     .to = card_validity_superseded, .event = card_validity_event_replacement_handed_over, .number = number_of(bay));
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
	place(s, 41, org_level_superior, province); // whatever comes next
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
	tell(s, revocation, validity_changed, .card = card_of(hoa, 1), .from = card_validity_active,
	     .to = card_validity_unstamped, .event = card_validity_event_campaign_closed, .number = number_of(hoa));
	transcript_skip(s);
}

test(a_decision_lets_an_unstamped_card_be_checked_late_once)
{
	struct transcript *s = begin_closed();
	hoa_is_unstamped(s);
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

test(whoever_missed_two_campaigns_with_two_cards_is_checked_late_with_the_one_they_have)
{
	struct transcript *s = begin_closed(); // without the paper card of hoa, which then was replaced
	tell(s, revocation, validity_changed, .card = card_of(hoa, 1), .from = card_validity_unstamped,
	     .to = card_validity_superseded, .event = card_validity_event_replacement_handed_over, .number = number_of(hoa));
	tell(s, revocation, validity_changed, .card = card_of(hoa, 2), .from = card_validity_not_yet_active,
	     .to = card_validity_active, .event = card_validity_event_handed_over, .number = number_of(hoa));
	as(s, 30, role_provincial_board, province, 12);
	whole(s, 30, plan_campaign, .has_ordinal = true, .ordinal = 5, .has_legal_basis = true,
	      .legal_basis = bytes_of_text("HD 02"), .has_generation = true, .generation = card_generation_chip_2025,
	      .has_from = true, .from = date("2026-05-01"), .has_to = true, .to = date("2026-05-19"), .has_cells_by = true,
	      .cells_by = date("2026-05-19"), .has_grassroots_by = true, .grassroots_by = date("2026-05-19"),
	      .has_report_by = true, .report_by = date("2026-05-19"));
	whole(s, 31, open_campaign, .has_campaign = true, .campaign = 2);
	as(s, 32, role_cell_officer, cell, 7);
	whole(s, 32, file_checks, .has_campaign = true, .campaign = 2, .has_meeting = true, .meeting = date("2026-05-10"),
	      .has_briefing = true, .briefing = date("2026-05-10"), .has_members = true, .members = 3);
	transcript_day(s, "2026-06-20"); // there was time to report
	as(s, 33, role_provincial_board, province, 12);
	whole(s, 33, close_campaign, .has_campaign = true, .campaign = 2);
	check(ended_with(s, "none"));
	check(is_missed(s, card_of(hoa, 1)) && is_missed(s, card_of(hoa, 2)));
	tell(s, revocation, validity_changed, .card = card_of(hoa, 2), .from = card_validity_active,
	     .to = card_validity_unstamped, .event = card_validity_event_campaign_closed, .number = number_of(hoa));
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
	whole(s, 30, plan_campaign, .has_ordinal = true, .ordinal = 5, .has_legal_basis = true,
	      .legal_basis = bytes_of_text("HD 02"), .has_generation = true, .generation = generation,
	      .has_from = true, .from = date("2026-05-18"), .has_to = true, .to = date("2026-05-24"), .has_cells_by = true,
	      .cells_by = date("2026-05-24"), .has_grassroots_by = true, .grassroots_by = date("2026-05-24"),
	      .has_report_by = true, .report_by = date("2026-05-24"));
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
	as(s, 33, role_provincial_board, province, 12);
	whole(s, 33, close_campaign, .has_campaign = true, .campaign = 2);
	check(ended_with(s, "none"));
	transcript_skip(s);
}

// The card that waits for its check since the fourth campaign is out of use when the fifth closes.
test(a_late_check_makes_up_for_every_campaign_that_closed_since)
{
	struct transcript *s = begin_closed();
	hoa_is_unstamped(s);
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
	struct transcript *s = begin_closed();
	hoa_is_unstamped(s);
	open_the_fifth(s, card_generation_paper_2003);
	late_row(s, 34, "2026-05-20", false, "2026-05-20");
	check_u64(boxes_of(s, card_of(hoa, 1)), 15);
	transcript_free(s);
	s = begin_closed();
	hoa_is_unstamped(s);
	open_the_fifth(s, card_generation_chip_2025);
	transcript_day(s, "2026-06-20");
	as(s, 32, role_cell_officer, other_cell, 8);
	whole(s, 32, file_checks, .has_campaign = true, .campaign = 2, .has_meeting = true, .meeting = date("2026-05-20"),
	      .has_briefing = true, .briefing = date("2026-05-20"), .has_members = true, .members = 1);
	as(s, 33, role_provincial_board, province, 12);
	whole(s, 33, close_campaign, .has_campaign = true, .campaign = 2);
	check(ended_with(s, "none"));
	late_row(s, 34, "2026-06-10", false, "2026-06-10");
	check_u64(boxes_of(s, card_of(hoa, 1)), 15);
	transcript_free(s);
}

test(a_late_check_is_not_that_of_a_campaign_elsewhere)
{
	struct transcript *s = begin_closed();
	hoa_is_unstamped(s);
	place(s, 5, org_level_attached, centre);
	place(s, 50, org_level_superior, 5);
	place(s, 500, org_level_grassroots, 50);
	place(s, 51, org_level_cell, 500);
	member_with_card(s, tam, 51, card_generation_paper_2003, 7);
	as(s, 30, role_provincial_board, 5, 14);
	whole(s, 30, plan_campaign, .has_ordinal = true, .ordinal = 5, .has_legal_basis = true,
	      .legal_basis = bytes_of_text("HD 02"), .has_generation = true, .generation = card_generation_paper_2003,
	      .has_from = true, .from = date("2026-05-18"), .has_to = true, .to = date("2026-05-24"), .has_cells_by = true,
	      .cells_by = date("2026-05-24"), .has_grassroots_by = true, .grassroots_by = date("2026-05-24"),
	      .has_report_by = true, .report_by = date("2026-05-24"));
	whole(s, 31, open_campaign, .has_campaign = true, .campaign = 2);
	as(s, 32, role_cell_officer, 51, 15);
	whole(s, 32, file_checks, .has_campaign = true, .campaign = 2, .has_meeting = true, .meeting = date("2026-05-20"),
	      .has_briefing = true, .briefing = date("2026-05-20"), .has_members = true, .members = 1);
	transcript_day(s, "2026-06-20");
	as(s, 33, role_provincial_board, 5, 14);
	whole(s, 33, close_campaign, .has_campaign = true, .campaign = 2);
	check(ended_with(s, "none"));
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
	s = begin_closed();
	hoa_is_unstamped(s);
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
	struct transcript *s = begin_closed();
	hoa_is_unstamped(s);
	check_late(s, 20, hoa, false);
	check(ended_with(s, "missing"));
	as(s, 23, role_superior_committee, commune, 10);
	tell(s, intake, check_act_opened, .submission = 23, .act = act_late_check, .head = { document }); // of 8 May
	tell(s, intake, check_act_row, .submission = 23, .act = act_late_check, .check = { .row = 1, .member = hoa });
	tell(s, intake, check_act_ended, .submission = 23, .act = act_late_check, .rows = 1);
	check(row_is_refused(s, "date_order"));
	tell(s, revocation, validity_changed, .card = card_of(hoa, 1), .from = card_validity_unstamped,
	     .to = card_validity_lost, .event = card_validity_event_loss_reported, .number = number_of(hoa));
	transcript_skip(s);
	check_late(s, 21, hoa, true);
	check(row_is_refused(s, "card_not_valid"));
	check(is_missed(s, card_of(hoa, 1)));
	transcript_free(s);
}

test(a_late_check_is_of_the_card_that_waits_for_it_whatever_older_copies_missed)
{
	struct transcript *s = begin();
	tell(s, revocation, validity_changed, .card = card_of(hoa, 1), .from = card_validity_active, .to = card_validity_lost,
	     .event = card_validity_event_loss_reported, .number = number_of(hoa));
	tell(s, registry, card_opened, .member = hoa, .card = card_of(hoa, 2), .number = number_of(hoa),
	     .generation = card_generation_paper_2003, .issued = 15000, .cell = cell, .status = member_status_active);
	plan(s);
	open_it(s);
	file(s, 11, other_cell, 8, 1, { bay, check_result_ok });
	transcript_day(s, "2026-05-20");
	close_it(s, 17);
	check(is_missed(s, card_of(hoa, 1)) && is_missed(s, card_of(hoa, 2)));
	tell(s, revocation, validity_changed, .card = card_of(hoa, 1), .from = card_validity_lost, .to = card_validity_superseded,
	     .event = card_validity_event_replacement_handed_over, .number = number_of(hoa));
	tell(s, revocation, validity_changed, .card = card_of(hoa, 2), .from = card_validity_active,
	     .to = card_validity_unstamped, .event = card_validity_event_campaign_closed, .number = number_of(hoa));
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
	tell(s, intake, check_act_opened, .submission = 15, .act = act_stamp_cards, .head = { .has_campaign = true, .campaign = 1 });
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
	place(s, into, org_level_superior, province);
	place(s, base, org_level_grassroots, into);
	place(s, commune, org_level_superior, into);
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
	place(s, 33, org_level_cell, base);
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
	run(a_decision_lets_an_unstamped_card_be_checked_late_once);
	run(whoever_missed_two_campaigns_with_two_cards_is_checked_late_with_the_one_they_have);
	run(a_late_check_makes_up_for_every_campaign_that_closed_since);
	run(a_late_check_is_not_that_of_a_campaign_that_is_open_or_of_other_cards);
	run(a_late_check_is_not_that_of_a_campaign_elsewhere);
	run(no_card_is_stamped_or_checked_late_before_it_was_decided);
	run(a_late_check_needs_a_decision_and_a_card_that_waits_for_it);
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
