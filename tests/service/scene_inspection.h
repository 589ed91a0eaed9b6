// The scene of inspection's transcripts: the centre 1, province 4, commune 40, committee 400 with cells 31 and 32; members
// lan, minh and hoa are of cell 31, bay of cell 32, each with a card.
#ifndef TDV_TESTS_SCENE_INSPECTION_H
#define TDV_TESTS_SCENE_INSPECTION_H

#include "inspection/inspection.h"

#include <string.h>

#include "base/subject.h"
#include "gen/inspection_tables.h"
#include "scene.h"

enum { lan = 101, minh = 102, hoa = 103, tam = 104, bay = 105 }; // members; bay is at the other cell
enum { centre = 1, province = 4, commune = 40, base = 400, cell = 31, other_cell = 32 };

static inline void member_at(struct transcript *s, uint64_t member, uint64_t at, enum member_type type, enum member_status status)
{
	tell(s, registry, member_registered, .member = member, .version = 1, .type = type, .status = status, .home_cell = at,
	     .present_cell = at);
}

static inline uint32_t number_of(uint64_t member)
{
	return 44000000 + (uint32_t)member;
}

static inline void member_with_card(struct transcript *s, uint64_t member, uint64_t at,
				    enum card_generation generation, uint8_t boxes)
{
	member_at(s, member, at, member_type_official, member_status_active);
	tell(s, registry, card_opened, .member = member, .card = card_of(member, 1), .number = number_of(member),
	     .generation = generation, .issued = 15000, .boxes = boxes, .cell = at, .status = member_status_active);
}

static inline struct transcript *begin_with(struct engine_limits limits, enum card_generation generation, uint8_t boxes)
{
	struct transcript *s = transcript_new_with(&inspection_service, &limits);
	transcript_day(s, "2026-04-15");
	organisation(s, centre, org_level_central, 0);
	organisation(s, province, org_level_attached, centre);
	organisation(s, commune, org_level_superior, province);
	organisation(s, base, org_level_grassroots, commune);
	organisation(s, cell, org_level_cell, base);
	organisation(s, other_cell, org_level_cell, base);
	member_with_card(s, lan, cell, generation, boxes);
	member_with_card(s, minh, cell, generation, boxes);
	member_with_card(s, hoa, cell, generation, boxes);
	member_with_card(s, bay, other_cell, generation, boxes);
	transcript_skip(s);
	return s;
}

static inline struct transcript *begin(void)
{
	return begin_with((struct engine_limits){ 0 }, card_generation_paper_2003, 7);
}

// --- who acts ---

static inline void as(struct transcript *s, uint64_t submission, enum role role, uint64_t organisation, uint64_t person)
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

// The fourth inspection, of paper cards; a test changes what it is about.
static inline struct coded_check_head the_fourth(void)
{
	return (struct coded_check_head){
		.has_ordinal = true, .ordinal = 4, .has_legal_basis = true, .legal_basis = bytes_of_text("HD 01-HD/BTCTW"),
		.has_generation = true, .generation = card_generation_paper_2003, .has_from = true, .from = date("2026-04-15"),
		.has_to = true, .to = date("2026-05-15"), .has_cells_by = true, .cells_by = date("2026-05-01"),
		.has_grassroots_by = true, .grassroots_by = date("2026-05-10"), .has_report_by = true,
		.report_by = date("2026-05-19"),
	};
}

// The fifth, in which everything is due when its window ends.
static inline struct coded_check_head the_fifth(enum card_generation generation, const char *from, const char *to)
{
	struct coded_check_head h = the_fourth();
	h.ordinal = 5;
	h.legal_basis = bytes_of_text("HD 02");
	h.generation = generation;
	h.from = date(from);
	h.to = h.cells_by = h.grassroots_by = h.report_by = date(to);
	return h;
}

static inline void plan_it(struct transcript *s, uint64_t submission, struct coded_check_head head)
{
	tell(s, intake, check_act_opened, .submission = submission, .act = act_plan_campaign, .head = head);
	tell(s, intake, check_act_ended, .submission = submission, .act = act_plan_campaign);
}

static inline void plan(struct transcript *s)
{
	as(s, 1, role_provincial_board, province, 12);
	plan_it(s, 1, the_fourth());
}

static inline void open_it(struct transcript *s)
{
	as(s, 2, role_provincial_board, province, 12);
	whole(s, 2, open_campaign, .has_campaign = true, .campaign = 1);
}

static inline struct transcript *begin_open(void)
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

static inline void file_as(struct transcript *s, uint64_t submission, uint64_t from, uint64_t person, uint32_t members,
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

static inline void file_both(struct transcript *s)
{
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_lost });
	file(s, 11, other_cell, 8, 1, { bay, check_result_ok });
}

#define document .has_document_number = true, .document_number = bytes_of_text("6-KTTĐV"), .has_document_date = true, \
		 .document_date = date("2026-05-08")

static inline void consolidate(struct transcript *s, uint64_t submission, uint64_t person)
{
	as(s, submission, role_grassroots_appraiser, base, person);
	whole(s, submission, consolidate_checks, .has_campaign = true, .campaign = 1, document);
}

static inline void decide(struct transcript *s, uint64_t submission, uint64_t person)
{
	as(s, submission, role_superior_committee, commune, person);
	whole(s, submission, decide_checks, .has_campaign = true, .campaign = 1, document);
}

static inline void stamp_all(struct transcript *s, uint64_t submission)
{
	as(s, submission, role_superior_board, commune, 11);
	whole(s, submission, stamp_cards, .has_campaign = true, .campaign = 1);
}

static inline void give_back(struct transcript *s, uint64_t submission)
{
	as(s, submission, role_superior_board, commune, 11);
	whole(s, submission, return_checked, .has_campaign = true, .campaign = 1);
}

static inline void report(struct transcript *s, uint64_t submission)
{
	as(s, submission, role_superior_board, commune, 11);
	whole(s, submission, report_checks, .has_campaign = true, .campaign = 1, document);
}

// Revocation says what a card is worth from now on.
static inline void validity(struct transcript *s, uint64_t card, enum card_validity from, enum card_validity to,
			    enum card_validity_event event)
{
	tell(s, revocation, validity_changed, .card = card, .from = from, .to = to, .event = event,
	     .number = number_of(card_member(card)));
}

static inline void close_it(struct transcript *s, uint64_t submission)
{
	as(s, submission, role_provincial_board, province, 12);
	whole(s, submission, close_campaign, .has_campaign = true, .campaign = 1);
}

// Whatever is said but for what came in.
static inline struct transcript *begin_decided(void)
{
	struct transcript *s = begin_open();
	file_both(s);
	consolidate(s, 12, 9);
	decide(s, 13, 10);
	transcript_skip(s);
	return s;
}

// Cell 31 has filed that all is in order, and its cards are stamped; cell 32 has not filed yet.
static inline struct transcript *begin_stamped_without_bay(void)
{
	struct transcript *s = begin_open();
	file(s, 10, cell, 7, 3, { lan, check_result_ok }, { minh, check_result_ok }, { hoa, check_result_ok });
	transcript_day(s, "2026-05-02");
	consolidate(s, 12, 9);
	decide(s, 13, 10);
	stamp_all(s, 14);
	return s;
}

static inline struct transcript *begin_closed(void)
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

static inline struct inspection_campaigns_row campaign(struct transcript *s)
{
	struct inspection_campaigns_row row = { 0 };
	look(s, inspection_campaigns, 1, &row);
	return row;
}

static inline uint32_t boxes_of(struct transcript *s, uint64_t card)
{
	struct inspection_cards_row row = { 0 };
	look(s, inspection_cards, card, &row);
	return row.boxes;
}

static inline enum campaign_part part_of(struct transcript *s, enum org_level level, uint64_t organisation)
{
	struct inspection_parts_row row = { 0 };
	look(s, inspection_parts, 1, level, organisation, &row);
	return row.stage;
}

static inline bool is_missed(struct transcript *s, uint64_t card)
{
	return look(s, inspection_missed, card, NULL);
}

// What the last act came to.
static inline bool ended_with(struct transcript *s, const char *reason)
{
	char wanted[80];
	snprintf(wanted, sizeof wanted, ", reason %s, field ", reason);
	const char *said = transcript_said(s), *last = NULL;
	for (const char *at = said; (at = strstr(at, "act_closed ")); at++)
		last = at;
	return last && strstr(last, wanted);
}

static inline bool row_is_refused(struct transcript *s, const char *reason)
{
	char wanted[80];
	snprintf(wanted, sizeof wanted, "reason %s [", reason);
	const char *row = strstr(transcript_said(s), "row_refused ");
	return row && strstr(row, wanted);
}

// --- planned and opened ---

#endif
