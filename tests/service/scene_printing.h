// The scene of printing's transcripts: the centre 1; province 44 with party code 44; commune 441 with cells 44111 and 44112;
// commune 442 with cell 44211; province 45 with cell 45111; the facility 90 and another one, 91.
#ifndef TDV_TESTS_SCENE_PRINTING_H
#define TDV_TESTS_SCENE_PRINTING_H

#include "base/subject.h"
#include "gen/printing_tables.h"
#include "printing/printing.h"
#include "scene.h"

enum { shop = 90, other_shop = 91 };

static inline void paper_card(struct transcript *s, uint64_t member, uint32_t number)
{
	tell(s, registry, card_opened, .member = member, .card = card_of(member, 1), .number = number,
	     .generation = card_generation_paper_2003, .issued = 15000, .boxes = 15, .cell = 44111,
	     .status = member_status_active);
}

static inline struct transcript *tree_with(const struct engine_limits *limits)
{
	struct transcript *s = transcript_new_with(&printing_service, limits);
	province_44(s);
	organisation(s, 45, org_level_attached, 1);
	organisation(s, shop, org_level_attached, 1);
	organisation(s, other_shop, org_level_attached, 1);
	organisation(s, 442, org_level_superior, 44);
	organisation(s, 44211, org_level_cell, 442);
	organisation(s, 45111, org_level_cell, 45);
	return s;
}

static inline struct transcript *tree(void)
{
	return tree_with(&(struct engine_limits){ 0 });
}

// Member 101 of cell 44111 has number 44.000002 on a paper card.
static inline struct transcript *begin_with(const struct engine_limits *limits)
{
	struct transcript *s = tree_with(limits);
	paper_card(s, 101, 44000002);
	transcript_skip(s);
	return s;
}

static inline struct transcript *begin(void)
{
	return begin_with(&(struct engine_limits){ 0 });
}

static inline void board(struct transcript *s, uint64_t submission)
{
	act_by(s, submission, 61, role_central_board, 1);
}

static inline void facility(struct transcript *s, uint64_t submission)
{
	act_by(s, submission, 71, role_print_facility, shop);
}

static inline void ended(struct transcript *s, uint64_t submission, enum act act, uint32_t rows)
{
	bool of_order = act != act_grant_numbers && act != act_keep_stock;
	tell(s, intake, printing_act_ended, .submission = submission, .act = act, .has_order = of_order, .order = of_order,
	     .rows = rows, .has_waybill = act == act_pack_boxes, .waybill = bytes_of_text("VD-7"));
}

static inline void grant(struct transcript *s, uint64_t submission, uint16_t party_code, uint32_t first, uint32_t last)
{
	board(s, submission);
	tell(s, intake, numbers_granted, .submission = submission, .row = 1, .party_code = party_code, .first = first,
	     .last = last);
	ended(s, submission, act_grant_numbers, 1);
}

// Group n of `count` members from `first` on, in turn of cells 44111 and 44112, with photos from `photo` on; 101's old card
// goes along.
static inline void approved_with(struct transcript *s, uint64_t group, enum request_kind kind, uint64_t first, uint32_t count,
				 uint64_t photo)
{
	act_by(s, 500 + group, 51, role_provincial_board, 44);
	tell(s, approval, approved_list_opened, .submission = 500 + group, .group = group, .kind = kind,
	     .reason = kind == request_kind_new ? request_reason_first : request_reason_campaign, .superior = 441,
	     .attached = 44, .decision_number = bytes_of_text("15-QĐ/ĐU"), .decision_date = date("2026-03-02"), .count = count);
	for (uint32_t i = 0; i < count; i++)
		tell(s, approval, request_approved, .group = group, .request = item_of(group, i + 1), .member = first + i,
		     .cell = i % 2 ? 44112 : 44111, .photo = photo + i, .has_old_card = first + i == 101,
		     .old_card = card_of(101, 1));
	tell(s, approval, approved_list_ended, .submission = 500 + group, .group = group, .count = count);
}

static inline void approved(struct transcript *s, uint64_t group, enum request_kind kind, uint64_t first, uint32_t count)
{
	approved_with(s, group, kind, first, count, 900 + first);
}

static inline void order(struct transcript *s, uint64_t submission, uint64_t group)
{
	board(s, submission);
	tell(s, intake, order_requested, .submission = submission, .group = group, .facility = shop, .template = 1,
	     .unit_cost = 52000);
}

static inline void answered(struct transcript *s, uint64_t submission, uint32_t index, bool accepted)
{
	facility(s, submission);
	tell(s, intake, record_answered, .submission = submission, .row = index, .order = 1, .index = index,
	     .accepted = accepted, .reason = accepted ? reason_none : reason_facility_photo);
}

static inline void printed(struct transcript *s, uint64_t submission, uint32_t index, uint8_t chip)
{
	facility(s, submission);
	tell(s, intake, print_reported, .submission = submission, .row = 1, .order = 1, .index = index, .good = true,
	     .has_serial = true, .serial = { 9, 0, 0, 0, 0, 0, 0, chip }, .has_public_key = true,
	     .public_key = { { 8, chip } });
}

static inline void boxed(struct transcript *s, uint64_t submission, uint32_t box, uint64_t cell, uint32_t index)
{
	facility(s, submission);
	tell(s, intake, box_packed, .submission = submission, .row = 1, .order = 1, .box = box, .destination = cell,
	     .seal = bytes_of_text("N-1"), .indices_count = 1, .indices = { index });
}

// Two new members of different cells, 201 and 202, are approved and not ordered.
static inline struct transcript *listed(void)
{
	struct transcript *s = tree();
	grant(s, 1, 44, 1, 100);
	approved_with(s, 1, request_kind_new, 201, 2, 900);
	transcript_skip(s);
	return s;
}

// … and now ordered.
static inline struct transcript *offered(void)
{
	struct transcript *s = listed();
	order(s, 2, 1);
	transcript_skip(s);
	return s;
}

// Thirty new members from 201 on are approved, with turns that hold eight entries.
static inline struct transcript *thirty_listed(void)
{
	struct transcript *s = tree_with(&(struct engine_limits){ .batch_entries = 8 });
	grant(s, 1, 44, 1, 100);
	approved(s, 1, request_kind_new, 201, 30);
	transcript_skip(s);
	return s;
}

// Order 1 of two new members of different cells, 201 and 202, both accepted: records 1 and 2.  In a tree(), or begun with
// 101's card.
static inline struct transcript *at_the_printer(struct transcript *s)
{
	grant(s, 1, 44, 1, 100);
	approved(s, 1, request_kind_new, 201, 2);
	order(s, 2, 1);
	answered(s, 3, 1, true);
	answered(s, 3, 2, true);
	ended(s, 3, act_answer_order, 2);
	transcript_skip(s);
	return s;
}

// What order 1 has come to.
static inline struct printing_orders_row order_row(struct transcript *s)
{
	struct printing_orders_row row = { 0 };
	check(look(s, printing_orders, 1, &row));
	return row;
}

static inline void changed(struct transcript *s, uint64_t submission, enum order_change change, uint8_t priority)
{
	board(s, submission);
	tell(s, intake, order_change_given, .submission = submission, .order = 1, .change = change, .has_priority = priority != 0,
	     .priority = priority);
}

static inline void recalled(struct transcript *s, uint32_t position)
{
	by(s, .submission = 40 + position, .actor = 81, .person = 81, .role = role_cell_officer, .organisation = 44111);
	tell(s, approval, approved_recalled, .group = 1, .request = item_of(1, position), .member = 200 + position,
	     .reason = reason_withdrawn);
}

// A day begins with something to do.
static inline void morning(struct transcript *s, const char *day)
{
	by(s, 0);
	transcript_day(s, day);
	organisation(s, other_shop, org_level_attached, 1);
}

// The blanks of a place.
static inline struct printing_stock_row stock_row_of(struct transcript *s, uint64_t place)
{
	struct printing_stock_row row = { 0 };
	check(look(s, printing_stock, place, &row));
	return row;
}

#endif
