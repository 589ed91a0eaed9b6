// The scene of what officers report, committees decide and becomes of holders: committee 3 with cells 31 and 32; Lan of cell 31
// has card 44.000017.  The officer of cell 31 speaks.
#ifndef TDV_TESTS_SCENE_REVOCATION_H
#define TDV_TESTS_SCENE_REVOCATION_H

#include "base/subject.h"
#include "gen/revocation_tables.h"
#include "revocation/revocation.h"
#include "scene.h"

enum { lan = 101, number = 44000017, cell = 31, other_cell = 32, committee = 3 };

static inline struct transcript *begin(void)
{
	struct transcript *s = transcript_new(&revocation_service);
	organisation(s, committee, org_level_grassroots, 0);
	organisation(s, cell, org_level_cell, committee);
	organisation(s, other_cell, org_level_cell, committee);
	by(s, .submission = 4, .person = 7, .role = role_cell_officer, .organisation = cell);
	transcript_skip(s);
	return s;
}

static inline void opened(struct transcript *s, const char *issued)
{
	tell(s, registry, card_opened, .member = lan, .card = card_of(lan, 1), .number = number,
	     .generation = card_generation_paper_2003, .issued = date(issued), .cell = cell, .status = member_status_active);
}

// Lan has the card that she was given in 2011.
static inline struct transcript *begin_with_card(void)
{
	struct transcript *s = begin();
	opened(s, "2011-01-26");
	transcript_skip(s);
	return s;
}

// A copy is ordered in the place of another one; 0: of none.
static inline void reserved_for(struct transcript *s, unsigned copy, unsigned old)
{
	tell(s, printing, card_reserved, .card = card_of(lan, copy), .number = number, .request = item_of(1, 1), .order = 2,
	     .index = 1, .has_old_card = old != 0, .old_card = card_of(lan, old));
}

static inline void produced(struct transcript *s, unsigned copy)
{
	tell(s, printing, card_produced, .card = card_of(lan, copy), .number = number, .order = 2, .index = 1,
	     .serial = { 0, 0, 0, 0, 0, 0, 0, (uint8_t)copy }, .request = item_of(1, 1), .cell = cell, .facility = 9);
}

static inline void handed_over_for(struct transcript *s, unsigned copy, unsigned old, bool collected)
{
	tell(s, delivery, card_handed_over, .card = card_of(lan, copy), .has_old_card = old != 0, .old_card = card_of(lan, old),
	     .old_collected = collected, .receipt = receipt_kind_signed_sheet, .date = date("2026-03-02"), .cell = cell);
}

// A replacement is ordered, made, and handed over for the copy before it.
static inline void reserved(struct transcript *s, unsigned copy)
{
	reserved_for(s, copy, copy - 1);
}

static inline void made(struct transcript *s, unsigned copy)
{
	reserved(s, copy);
	produced(s, copy);
}

// Copy 2 is on its way to her.
static inline struct transcript *begin_with_copy_made(void)
{
	struct transcript *s = begin_with_card();
	made(s, 2);
	transcript_skip(s);
	return s;
}

static inline void handed_over(struct transcript *s, unsigned copy, bool collected)
{
	handed_over_for(s, copy, copy - 1, collected);
}

static inline void becomes(struct transcript *s, enum member_status from, enum member_status to, const char *since)
{
	struct member_status_changed m = { .member = lan, .from = from, .to = to };
	struct buffer body = { 0 };
	m.date = date(since);
	member_status_changed_encode(&m, &body);
	transcript_tell_as(s, service_id_registry, message_type_member_status_changed, buffer_bytes(&body),
			   "member %u: %s, since %s", lan, member_status_name(to), since);
	buffer_deinit(&body);
}

static inline void collected(struct transcript *s, unsigned copy, enum card_case matter)
{
	tell(s, delivery, card_reported, .card = card_of(lan, copy), .matter = matter, .organisation = cell);
}

// ---- acts, told in words ----

struct act_head {
	const char *decision, *date, *explanation; // NULL: none
	bool minutes;
	uint64_t committee[4], witnesses[2];
	size_t committee_count, witnesses_count;
};

static inline void act_opened(struct transcript *s, uint64_t submission, enum act act, const struct act_head *h)
{
	struct worth_act_opened m = { .submission = submission, .act = act };
	struct buffer body = { 0 };
	m.head.has_decision_number = h->decision != NULL;
	m.head.decision_number = bytes_of_text(h->decision ? h->decision : "");
	m.head.has_decision_date = h->date != NULL;
	if (h->date)
		m.head.decision_date = date(h->date);
	m.head.has_explanation = h->explanation != NULL;
	m.head.explanation = bytes_of_text(h->explanation ? h->explanation : "");
	m.head.has_minutes = h->minutes;
	m.head.minutes = 5;
	m.head.committee_count = h->committee_count;
	m.head.witnesses_count = h->witnesses_count;
	memcpy(m.head.committee, h->committee, sizeof h->committee);
	memcpy(m.head.witnesses, h->witnesses, sizeof h->witnesses);
	worth_act_opened_encode(&m, &body);
	transcript_tell_as(s, service_id_intake, message_type_worth_act_opened, buffer_bytes(&body), "%s %llu%s%s%s%s%s",
			   act_name(act), (unsigned long long)submission, h->decision ? ", decision " : "",
			   h->decision ? h->decision : "", h->date ? " of " : "", h->date ? h->date : "",
			   h->minutes ? ", with minutes" : "");
	buffer_deinit(&body);
}

// A row speaks of Lan's card; copy 0: it does not say which.
static inline void act_row(struct transcript *s, uint64_t submission, enum act act, uint32_t row, enum card_case matter,
		    unsigned copy, const char *day)
{
	struct worth_act_row m = { .submission = submission, .act = act };
	struct buffer body = { 0 };
	m.card = (struct coded_card){ .row = row, .member = lan, .number = number, .copy = (uint8_t)copy, .has_copy = copy != 0,
				      .has_matter = true, .matter = matter, .has_date = day != NULL };
	if (day)
		m.card.date = date(day);
	worth_act_row_encode(&m, &body);
	transcript_tell_as(s, service_id_intake, message_type_worth_act_row, buffer_bytes(&body), "row %u: %s%s%.0u%s%s", row,
			   card_case_name(matter), copy ? ", copy " : "", copy, day ? " on " : "", day ? day : "");
	buffer_deinit(&body);
}

static inline void act_ends(struct transcript *s, uint64_t submission, enum act act, uint32_t rows)
{
	struct buffer body = { 0 };
	worth_act_ended_encode(&(struct worth_act_ended){ .submission = submission, .act = act, .rows = rows }, &body);
	transcript_tell_as(s, service_id_intake, message_type_worth_act_ended, buffer_bytes(&body), "%s %llu ends", act_name(act),
			   (unsigned long long)submission);
	buffer_deinit(&body);
}

// One act of one row.
static inline void report_on(struct transcript *s, uint64_t submission, enum card_case matter, const char *day)
{
	act_opened(s, submission, act_report_cards, &(struct act_head){ .minutes = false });
	act_row(s, submission, act_report_cards, 1, matter, 0, day);
	act_ends(s, submission, act_report_cards, 1);
}

static inline void decide(struct transcript *s, uint64_t submission, enum card_case matter, const char *day)
{
	act_opened(s, submission, act_decide_cards,
		   &(struct act_head){ .decision = "7-QD", .date = day, .explanation = "moved away, never answered" });
	act_row(s, submission, act_decide_cards, 1, matter, 0, NULL);
	act_ends(s, submission, act_decide_cards, 1);
}

static inline void destroy(struct transcript *s, uint64_t submission, unsigned copy, const struct act_head *h)
{
	act_opened(s, submission, act_destroy_cards, h);
	act_row(s, submission, act_destroy_cards, 1, card_case_destroy, copy, NULL);
	act_ends(s, submission, act_destroy_cards, 1);
}

#define minutes_of(...) \
	(&(struct act_head){ .decision = "3/BB", .minutes = true, .committee = { 21, 22, 23 }, .committee_count = 3, \
			     .witnesses = { 31 }, .witnesses_count = 1, __VA_ARGS__ })

// ---- what is in the tables ----

static inline enum card_validity validity_of(struct transcript *s, uint64_t member, unsigned copy)
{
	struct revocation_cards_row row = { 0 };
	look(s, revocation_cards, card_of(member, copy), &row);
	return row.validity;
}

static inline enum card_validity validity(struct transcript *s, unsigned copy)
{
	return validity_of(s, lan, copy);
}

// Of all of Lan's; 0: none.
static inline uint64_t active_card(struct transcript *s)
{
	struct revocation_active_cards_row row = { 0 };
	look(s, revocation_active_cards, lan, &row);
	return row.card;
}

#endif
