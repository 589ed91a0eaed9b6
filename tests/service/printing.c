// Printing, as a transcript.  The scene: the centre 1; province 44 with party code 44; commune 441; cells 44111 and 44112; the
// facility 90 and another one, 91.  Member 101 of cell 44111 has number 44.000002 on a paper card.
#include "printing/printing.h"
#include "base/subject.h"
#include "gen/printing_tables.h"
#include "service/transcript.h"
#include "test.h"

enum { shop = 90, other_shop = 91 };

static void organisation(struct transcript *s, uint64_t code, enum org_level level, uint64_t parent)
{
	tell(s, registry, organisation_registered, .code = code, .name = bytes_of_text("…"), .level = level, .parent = parent,
	     .has_party_code = code == 44, .party_code = 44);
}

static void paper_card(struct transcript *s, uint64_t member, uint32_t number)
{
	tell(s, registry, card_opened, .member = member, .card = card_of(member, 1), .number = number,
	     .generation = card_generation_paper_2003, .issued = 15000, .boxes = 15, .cell = 44111,
	     .status = member_status_active);
}

static struct transcript *begin_with(const struct engine_limits *limits)
{
	struct transcript *s = transcript_new_with(&printing_service, limits);
	organisation(s, 1, org_level_central, 0);
	organisation(s, 44, org_level_attached, 1);
	organisation(s, shop, org_level_attached, 1);
	organisation(s, other_shop, org_level_attached, 1);
	organisation(s, 441, org_level_superior, 44);
	organisation(s, 4411, org_level_grassroots, 441);
	organisation(s, 44111, org_level_cell, 4411);
	organisation(s, 44112, org_level_cell, 4411);
	paper_card(s, 101, 44000002);
	transcript_skip(s);
	return s;
}

static struct transcript *begin(void)
{
	return begin_with(&(struct engine_limits){ 0 });
}

static void board(struct transcript *s, uint64_t submission)
{
	by(s, .submission = submission, .actor = 61, .person = 61, .role = role_central_board, .organisation = 1);
}

static void facility(struct transcript *s, uint64_t submission)
{
	by(s, .submission = submission, .actor = 71, .person = 71, .role = role_print_facility, .organisation = shop);
}

static void ended(struct transcript *s, uint64_t submission, enum act act, uint32_t rows)
{
	tell(s, intake, printing_act_ended, .submission = submission, .act = act, .has_order = act != act_grant_numbers,
	     .order = act != act_grant_numbers, .rows = rows, .has_waybill = act == act_pack_boxes,
	     .waybill = bytes_of_text("VD-7"));
}

static void grant(struct transcript *s, uint64_t submission, uint16_t party_code, uint32_t first, uint32_t last)
{
	board(s, submission);
	tell(s, intake, numbers_granted, .submission = submission, .row = 1, .party_code = party_code, .first = first,
	     .last = last);
	ended(s, submission, act_grant_numbers, 1);
}

// Group n of `count` members from `first` on, in turn of cells 44111 and 44112; 101's old card goes along.
static void approved(struct transcript *s, uint64_t group, enum request_kind kind, uint64_t first, uint32_t count)
{
	by(s, .submission = 500 + group, .actor = 51, .person = 51, .role = role_provincial_board, .organisation = 44);
	tell(s, approval, approved_list_opened, .submission = 500 + group, .group = group, .kind = kind,
	     .reason = kind == request_kind_new ? request_reason_first : request_reason_campaign, .superior = 441,
	     .attached = 44, .decision_number = bytes_of_text("15-QĐ/ĐU"), .decision_date = 20514, .count = count);
	for (uint32_t i = 0; i < count; i++)
		tell(s, approval, request_approved, .group = group, .request = item_of(group, i + 1), .member = first + i,
		     .cell = i % 2 ? 44112 : 44111, .photo = 900 + first + i, .has_old_card = first + i == 101,
		     .old_card = card_of(101, 1));
	tell(s, approval, approved_list_ended, .submission = 500 + group, .group = group, .count = count);
}

static void order(struct transcript *s, uint64_t submission, uint64_t group)
{
	board(s, submission);
	tell(s, intake, order_requested, .submission = submission, .group = group, .facility = shop, .template = 1,
	     .unit_cost = 52000);
}

static void answered(struct transcript *s, uint64_t submission, uint32_t index, bool accepted)
{
	facility(s, submission);
	tell(s, intake, record_answered, .submission = submission, .row = index, .order = 1, .index = index,
	     .accepted = accepted, .reason = accepted ? reason_none : reason_facility_photo);
}

static void printed(struct transcript *s, uint64_t submission, uint32_t index, uint8_t chip)
{
	facility(s, submission);
	tell(s, intake, print_reported, .submission = submission, .row = 1, .order = 1, .index = index, .good = true,
	     .has_serial = true, .serial = { 9, 0, 0, 0, 0, 0, 0, chip }, .has_public_key = true,
	     .public_key = { { 8, chip } });
}

static void spoiled(struct transcript *s, uint64_t submission, uint32_t index, uint8_t chip)
{
	facility(s, submission);
	tell(s, intake, print_reported, .submission = submission, .row = 1, .order = 1, .index = index, .good = false,
	     .has_serial = chip != 0, .serial = { 9, 0, 0, 0, 0, 0, 0, chip }, .reason = reason_quality_failed);
}

// Two new members of different cells, both accepted: order 1, records 1 and 2.
static struct transcript *at_the_printer(void)
{
	struct transcript *s = begin();
	grant(s, 1, 44, 1, 100);
	approved(s, 1, request_kind_new, 201, 2);
	order(s, 2, 1);
	answered(s, 3, 1, true);
	answered(s, 3, 2, true);
	ended(s, 3, act_answer_order, 2);
	transcript_skip(s);
	return s;
}

static struct printing_orders_row order_row(struct transcript *s)
{
	struct store_txn tx;
	struct printing_orders_row row = { 0 };
	store_begin(transcript_store(s), false, &tx);
	check(printing_orders_get(&tx, 1, &row));
	store_abort(&tx);
	return row;
}

test(a_number_block_may_not_overlap_another_nor_leave_its_range)
{
	struct transcript *s = begin();
	board(s, 1);
	tell(s, intake, numbers_granted, .submission = 1, .row = 1, .party_code = 44, .first = 1, .last = 100);
	tell(s, intake, numbers_granted, .submission = 1, .row = 2, .party_code = 44, .first = 200, .last = 300);
	tell(s, intake, numbers_granted, .submission = 1, .row = 3, .party_code = 44, .first = 90, .last = 110);
	tell(s, intake, numbers_granted, .submission = 1, .row = 4, .party_code = 44, .first = 150, .last = 250);
	tell(s, intake, numbers_granted, .submission = 1, .row = 5, .party_code = 44, .first = 0, .last = 0);
	tell(s, intake, numbers_granted, .submission = 1, .row = 6, .party_code = 44, .first = 999000, .last = 1000000);
	tell(s, intake, numbers_granted, .submission = 1, .row = 7, .party_code = 45, .first = 1, .last = 10);
	tell(s, intake, numbers_granted, .submission = 1, .row = 8, .party_code = 44, .first = 101, .last = 199);
	ended(s, 1, act_grant_numbers, 8);
	expect(s, "intake: numbers_granted submission 1, row 1, party_code 44, first 1, last 100\n"
		  "intake: numbers_granted submission 1, row 2, party_code 44, first 200, last 300\n"
		  "intake: numbers_granted submission 1, row 3, party_code 44, first 90, last 110\n"
		  "  -> intake: row_refused submission 1, row 3, field number_block, "
		  "reason overlap [organisation 1]\n"
		  "intake: numbers_granted submission 1, row 4, party_code 44, first 150, last 250\n"
		  "  -> intake: row_refused submission 1, row 4, field number_block, "
		  "reason overlap [organisation 1]\n"
		  "intake: numbers_granted submission 1, row 5, party_code 44, first 0, last 0\n"
		  "  -> intake: row_refused submission 1, row 5, field number_block, "
		  "reason out_of_range [organisation 1]\n"
		  "intake: numbers_granted submission 1, row 6, party_code 44, first 999000, last 1000000\n"
		  "  -> intake: row_refused submission 1, row 6, field number_block, "
		  "reason out_of_range [organisation 1]\n"
		  "intake: numbers_granted submission 1, row 7, party_code 45, first 1, last 10\n"
		  "  -> intake: row_refused submission 1, row 7, field party_code, "
		  "reason unknown [organisation 1]\n"
		  "intake: numbers_granted submission 1, row 8, party_code 44, first 101, last 199\n"
		  "intake: printing_act_ended submission 1, act grant_numbers, rows 8\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 3, refused 5, "
		  "more 0 [organisation 1]\n");
	by(s, .submission = 2, .actor = 51, .person = 51, .role = role_provincial_board, .organisation = 44);
	tell(s, intake, numbers_granted, .submission = 2, .row = 1, .party_code = 44, .first = 400, .last = 500);
	ended(s, 2, act_grant_numbers, 1);
	expect(s, "intake: numbers_granted submission 2, row 1, party_code 44, first 400, last 500\n"
		  "  -> intake: row_refused submission 2, row 1, field actor, "
		  "reason role_not_allowed [organisation 44]\n"
		  "intake: printing_act_ended submission 2, act grant_numbers, rows 1\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 0, refused 1, "
		  "more 0 [organisation 44]\n");
	transcript_free(s);
}

test(a_replacement_keeps_the_number_and_raises_the_copy)
{
	struct transcript *s = begin();
	approved(s, 1, request_kind_exchange, 101, 1);
	order(s, 2, 1);
	expect(s, "approval: approved_list_opened submission 501, group 1, kind exchange, reason campaign, "
		  "superior 441, attached 44, decision_number 15-QĐ/ĐU, decision_date 2026-03-02, count 1\n"
		  "approval: request_approved group 1, request 1/1, member 101, cell 44111, photo 1001, "
		  "old_card 101/1\n"
		  "approval: approved_list_ended submission 501, group 1, count 1, left_out 0\n"
		  "  -> intake: act_closed submission 501, reason none, field whole, accepted 1, "
		  "refused 0, number 1, more 0 [group 1]\n"
		  "intake: order_requested submission 2, group 1, facility 90, template 1, "
		  "unit_cost 52000\n"
		  "  -> intake: order_opened order 1, facility 90, template 1, quantity 1, "
		  "attached 44 [order 1]\n"
		  "  -> revocation: card_reserved card 101/2, number 44.000002, request 1/1, order 1, "
		  "index 1, old_card 101/1 [member 101]\n"
		  "  -> intake: record_ordered order 1, index 1, facility 90, member 101, card 101/2, "
		  "number 44.000002, cell 44111, photo 1001 [member 101]\n"
		  "  -> intake: order_ended order 1, facility 90, quantity 1 [order 1]\n"
		  "  -> record: order_moved order 1, state offered, offered 1, accepted 0, refused 0, "
		  "good 0, spoiled 0, boxed 0 [order 1]\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 1, refused 0, "
		  "number 1, more 0 [order 1]\n");
	transcript_free(s);
}

test(a_new_members_number_is_the_next_that_nobody_ever_had)
{
	struct transcript *s = begin();
	grant(s, 1, 44, 1, 3); // 44.000002 is in use since before
	approved(s, 1, request_kind_new, 201, 2);
	transcript_skip(s);
	order(s, 2, 1);
	expect(s, "intake: order_requested submission 2, group 1, facility 90, template 1, "
		  "unit_cost 52000\n"
		  "  -> intake: order_opened order 1, facility 90, template 1, quantity 2, "
		  "attached 44 [order 1]\n"
		  "  -> revocation: card_reserved card 201/1, number 44.000001, request 1/1, order 1, "
		  "index 1 [member 201]\n"
		  "  -> intake: record_ordered order 1, index 1, facility 90, member 201, card 201/1, "
		  "number 44.000001, cell 44111, photo 1101 [member 201]\n"
		  "  -> revocation: card_reserved card 202/1, number 44.000003, request 1/2, order 1, "
		  "index 2 [member 202]\n"
		  "  -> intake: record_ordered order 1, index 2, facility 90, member 202, card 202/1, "
		  "number 44.000003, cell 44112, photo 1102 [member 202]\n"
		  "  -> intake: order_ended order 1, facility 90, quantity 2 [order 1]\n"
		  "  -> record: order_moved order 1, state offered, offered 2, accepted 0, refused 0, "
		  "good 0, spoiled 0, boxed 0 [order 1]\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, refused 0, "
		  "number 1, more 0 [order 1]\n");
	check_u64(order_row(s).cost, 2 * 52000);
	transcript_free(s);
}

// What is left of the numbers of party code 44.
static int64_t left(struct transcript *s)
{
	struct store_txn tx;
	struct printing_party_codes_row row = { 0 };
	store_begin(transcript_store(s), false, &tx);
	check(printing_party_codes_get(&tx, 44, &row));
	store_abort(&tx);
	return row.left;
}

#define short_of_numbers(submission, group)                                                                              \
	"intake: order_requested submission " submission ", group " group ", facility 90, template 1, unit_cost 52000\n" \
	"  -> intake: act_closed submission " submission ", reason no_number_left, field number_block, accepted 0, "      \
	"refused 0, more 0 [group " group "]\n"

test(a_list_that_the_numbers_do_not_suffice_for_stays_approved_until_more_are_granted)
{
	struct transcript *s = begin();
	approved(s, 1, request_kind_new, 201, 3);
	transcript_skip(s);
	order(s, 2, 1);
	expect(s, short_of_numbers("2", "1"));
	grant(s, 3, 44, 1, 3); // 44.000002 is in use since before
	check(left(s) == 2);
	transcript_skip(s);
	order(s, 4, 1);
	expect(s, short_of_numbers("4", "1"));
	check(left(s) == 2);
	grant(s, 5, 44, 4, 5);
	transcript_skip(s);
	order(s, 6, 1);
	const char *said = transcript_said(s);
	check(strstr(said, "card_reserved card 203/1, number 44.000004") != NULL);
	check(strstr(said, "act_closed submission 6, reason none, field whole, accepted 3, refused 0, number 1") != NULL);
	check(left(s) == 1);
	approved(s, 2, request_kind_new, 301, 2);
	transcript_skip(s);
	order(s, 7, 2);
	expect(s, short_of_numbers("7", "2"));
	approved(s, 3, request_kind_exchange, 101, 1); // needs none
	order(s, 8, 3);
	check(strstr(transcript_said(s), "number 44.000002") != NULL && left(s) == 1);
	transcript_free(s);
}

test(a_number_that_a_card_in_use_turns_out_to_bear_is_not_left)
{
	struct transcript *s = begin();
	grant(s, 1, 44, 1, 3);
	paper_card(s, 102, 44000003);
	paper_card(s, 102, 44000003);
	paper_card(s, 103, 44000009); // in no block
	organisation(s, 44, org_level_attached, 1); // told again: that grants nothing and takes nothing
	check(left(s) == 1);
	approved(s, 1, request_kind_new, 201, 2);
	transcript_skip(s);
	order(s, 2, 1);
	expect(s, short_of_numbers("2", "1"));
	approved(s, 2, request_kind_new, 301, 1);
	order(s, 3, 2);
	check(left(s) == 0);
	paper_card(s, 104, 44000001); // given: a conflict, nothing that was left
	check(left(s) == 0);
	transcript_skip(s);
	transcript_free(s);
}

test(a_number_that_an_order_did_not_need_is_left_again)
{
	struct transcript *s = begin();
	grant(s, 1, 44, 11, 12);
	approved(s, 1, request_kind_new, 201, 2);
	paper_card(s, 202, 44000008); // has a number by now
	order(s, 2, 1);
	check(strstr(transcript_said(s), "card_reserved card 202/2, number 44.000008") != NULL);
	check_u64(order_row(s).promised, 0);
	check(left(s) == 1);
	transcript_free(s);
}

// Neither list is told in one turn, and the second order comes before the first has taken its numbers.
test(an_order_that_is_still_listed_loses_no_number_to_another)
{
	struct transcript *s = begin_with(&(struct engine_limits){ .batch_entries = 16 });
	grant(s, 1, 44, 1, 31);
	approved(s, 1, request_kind_new, 201, 20);
	approved(s, 2, request_kind_new, 301, 20);
	transcript_skip(s);
	transcript_hold(s);
	order(s, 2, 1);
	order(s, 3, 2);
	transcript_release(s);
	const char *said = transcript_said(s);
	const char *short_of = strstr(said, "act_closed submission 3, reason no_number_left, field number_block");
	const char *listed = strstr(said, "act_closed submission 2, reason none, field whole, accepted 20, refused 0");
	check(short_of != NULL && listed != NULL && short_of < listed);
	check(strstr(said, "record_refused") == NULL);
	check(left(s) == 10);
	transcript_free(s);
}

// Nothing could be granted to it, so its list would wait for good.
test(where_there_is_no_party_code_the_requests_go_back)
{
	struct transcript *s = begin();
	by(s, .submission = 501, .actor = 51, .person = 51, .role = role_provincial_board, .organisation = shop);
	tell(s, approval, approved_list_opened, .submission = 501, .group = 1, .kind = request_kind_new,
	     .reason = request_reason_first, .superior = shop, .attached = shop, .decision_number = bytes_of_text("16"),
	     .decision_date = 20514, .count = 1);
	tell(s, approval, request_approved, .group = 1, .request = item_of(1, 1), .member = 201, .cell = 44111, .photo = 1);
	tell(s, approval, approved_list_ended, .submission = 501, .group = 1, .count = 1);
	transcript_skip(s);
	order(s, 2, 1);
	const char *said = transcript_said(s);
	check(strstr(said, "record_refused request 1/1, member 201, order 1, index 0, reason no_number_left") != NULL);
	check(strstr(said, "act_closed submission 2, reason empty, field order, accepted 0, refused 1, number 1") != NULL);
	transcript_free(s);
}

test(what_is_recalled_needs_no_number)
{
	struct transcript *s = begin();
	grant(s, 1, 44, 11, 11);
	approved(s, 1, request_kind_new, 201, 2);
	transcript_skip(s);
	order(s, 2, 1);
	expect(s, short_of_numbers("2", "1"));
	tell(s, approval, approved_recalled, .group = 1, .request = item_of(1, 1), .member = 201, .reason = reason_withdrawn);
	transcript_skip(s);
	order(s, 3, 1);
	check(strstr(transcript_said(s), "card_reserved card 202/1, number 44.000011") != NULL);
	check(left(s) == 0);
	transcript_free(s);
}

test(a_card_in_use_with_somebody_elses_number_is_told_for_the_record)
{
	struct transcript *s = begin();
	paper_card(s, 101, 44000002);
	paper_card(s, 102, 44000002);
	paper_card(s, 101, 44000009);
	expect(s, "registry: card_opened member 101, card 101/1, number 44.000002, generation paper_2003, "
		  "issued 2011-01-26, boxes 15, cell 44111, status active\n"
		  "registry: card_opened member 102, card 102/1, number 44.000002, generation paper_2003, "
		  "issued 2011-01-26, boxes 15, cell 44111, status active\n"
		  "  -> record: number_conflict member 102, number 44.000002, holder 101, "
		  "reason duplicate [member 102]\n"
		  "registry: card_opened member 101, card 101/1, number 44.000009, generation paper_2003, "
		  "issued 2011-01-26, boxes 15, cell 44111, status active\n"
		  "  -> record: number_conflict member 101, number 44.000009, "
		  "reason conflict [member 101]\n");
	transcript_free(s);
}

test(an_order_of_which_nothing_can_be_placed_is_void)
{
	struct transcript *s = begin();
	approved(s, 1, request_kind_exchange, 301, 1); // holds no card that anybody knows of
	transcript_skip(s);
	order(s, 2, 1);
	expect(s, "intake: order_requested submission 2, group 1, facility 90, template 1, "
		  "unit_cost 52000\n"
		  "  -> intake: order_opened order 1, facility 90, template 1, quantity 1, "
		  "attached 44 [order 1]\n"
		  "  -> verification: record_refused request 1/1, member 301, order 1, index 0, "
		  "reason holds_no_card [member 301]\n"
		  "  -> intake: row_refused submission 2, row 1, field card_number, reason holds_no_card, "
		  "request 1/1 [member 301]\n"
		  "  -> intake: order_ended order 1, facility 90, quantity 0 [order 1]\n"
		  "  -> record: order_moved order 1, state void, offered 0, accepted 0, refused 0, good 0, "
		  "spoiled 0, boxed 0 [order 1]\n"
		  "  -> intake: act_closed submission 2, reason empty, field order, accepted 0, refused 1, "
		  "number 1, more 0 [order 1]\n");
	transcript_free(s);
}

test(an_approved_list_is_ordered_once_by_the_centre_only)
{
	struct transcript *s = begin();
	approved(s, 1, request_kind_exchange, 101, 1);
	transcript_skip(s);
	by(s, .submission = 2, .actor = 51, .person = 51, .role = role_provincial_board, .organisation = 44);
	tell(s, intake, order_requested, .submission = 2, .group = 1, .facility = shop, .template = 1);
	board(s, 3);
	tell(s, intake, order_requested, .submission = 3, .group = 9, .facility = shop, .template = 1);
	tell(s, intake, order_requested, .submission = 4, .group = 1, .facility = 12345, .template = 1);
	tell(s, intake, order_requested, .submission = 5, .group = 1, .facility = shop, .template = 0);
	expect(s, "intake: order_requested submission 2, group 1, facility 90, template 1, unit_cost 0\n"
		  "  -> intake: act_closed submission 2, reason role_not_allowed, field actor, accepted 0, "
		  "refused 0, more 0 [group 1]\n"
		  "intake: order_requested submission 3, group 9, facility 90, template 1, unit_cost 0\n"
		  "  -> intake: act_closed submission 3, reason unknown, field list, accepted 0, "
		  "refused 0, more 0 [group 9]\n"
		  "intake: order_requested submission 4, group 1, facility 12345, template 1, unit_cost 0\n"
		  "  -> intake: act_closed submission 4, reason unknown, field organisation, accepted 0, "
		  "refused 0, more 0 [group 1]\n"
		  "intake: order_requested submission 5, group 1, facility 90, template 0, unit_cost 0\n"
		  "  -> intake: act_closed submission 5, reason missing, field order, accepted 0, "
		  "refused 0, more 0 [group 1]\n");
	order(s, 6, 1);
	transcript_skip(s);
	order(s, 7, 1);
	expect(s, "intake: order_requested submission 7, group 1, facility 90, template 1, "
		  "unit_cost 52000\n"
		  "  -> intake: act_closed submission 7, reason wrong_state, field list, accepted 0, "
		  "refused 0, more 0 [group 1]\n");
	transcript_free(s);
}

test(an_approved_list_that_comes_twice_or_short_is_refused)
{
	struct transcript *s = begin();
	approved(s, 1, request_kind_exchange, 101, 1);
	transcript_skip(s);
	approved(s, 1, request_kind_exchange, 101, 1);
	expect(s, "approval: approved_list_opened submission 501, group 1, kind exchange, reason campaign, "
		  "superior 441, attached 44, decision_number 15-QĐ/ĐU, decision_date 2026-03-02, count 1\n"
		  "  -> record: approved_refused group 1, reason duplicate [group 1]\n"
		  "approval: request_approved group 1, request 1/1, member 101, cell 44111, photo 1001, "
		  "old_card 101/1\n"
		  "  -> record: approved_refused group 1, request 1/1, reason wrong_state [group 1]\n"
		  "approval: approved_list_ended submission 501, group 1, count 1, left_out 0\n"
		  "  -> record: approved_refused group 1, reason wrong_state [group 1]\n"
		  "  -> intake: act_closed submission 501, reason already_done, field list, accepted 0, "
		  "refused 0, more 0 [group 1]\n");
	by(s, .submission = 502, .actor = 51, .person = 51, .role = role_provincial_board, .organisation = 44);
	tell(s, approval, approved_list_opened, .submission = 502, .group = 2, .kind = request_kind_exchange,
	     .reason = request_reason_campaign, .superior = 441, .attached = 44, .decision_number = bytes_of_text("16"),
	     .decision_date = 20514, .count = 2);
	tell(s, approval, request_approved, .group = 2, .request = item_of(2, 1), .member = 101, .cell = 44111, .photo = 1);
	tell(s, approval, approved_list_ended, .submission = 502, .group = 2, .count = 2);
	order(s, 3, 2);
	expect(s, "approval: approved_list_opened submission 502, group 2, kind exchange, reason campaign, "
		  "superior 441, attached 44, decision_number 16, decision_date 2026-03-02, count 2\n"
		  "approval: request_approved group 2, request 2/1, member 101, cell 44111, photo 1\n"
		  "approval: approved_list_ended submission 502, group 2, count 2, left_out 0\n"
		  "  -> intake: act_closed submission 502, reason count_differs, field count, accepted 0, "
		  "refused 0, more 0 [group 2]\n"
		  "intake: order_requested submission 3, group 2, facility 90, template 1, "
		  "unit_cost 52000\n"
		  "  -> intake: act_closed submission 3, reason wrong_state, field list, accepted 0, "
		  "refused 0, more 0 [group 2]\n");
	transcript_free(s);
}

test(the_facility_answers_each_record_once_and_good_ones_proceed)
{
	struct transcript *s = begin();
	grant(s, 1, 44, 1, 100);
	approved(s, 1, request_kind_new, 201, 2);
	order(s, 2, 1);
	transcript_skip(s);
	answered(s, 3, 1, true);
	answered(s, 3, 2, false);
	answered(s, 3, 1, false);
	answered(s, 3, 7, true);
	ended(s, 3, act_answer_order, 4);
	printed(s, 4, 1, 1);
	ended(s, 4, act_report_prints, 1);
	expect(s, "intake: record_answered submission 3, row 1, order 1, index 1, accepted yes, "
		  "reason none\n"
		  "intake: record_answered submission 3, row 2, order 1, index 2, accepted no, "
		  "reason facility_photo\n"
		  "  -> verification: record_refused request 1/2, member 202, order 1, index 2, "
		  "reason facility_photo [member 202]\n"
		  "  -> revocation: card_cancelled card 202/1, order 1, index 2, "
		  "reason facility_photo [member 202]\n"
		  "  -> record: order_moved order 1, state printing, offered 0, accepted 1, refused 1, "
		  "good 0, spoiled 0, boxed 0 [order 1]\n"
		  "intake: record_answered submission 3, row 1, order 1, index 1, accepted no, "
		  "reason facility_photo\n"
		  "  -> intake: row_refused submission 3, row 1, field item, "
		  "reason already_done [order 1]\n"
		  "intake: record_answered submission 3, row 7, order 1, index 7, accepted yes, "
		  "reason none\n"
		  "  -> intake: row_refused submission 3, row 7, field item, "
		  "reason not_in_order [order 1]\n"
		  "intake: printing_act_ended submission 3, act answer_order, order 1, rows 4\n"
		  "  -> record: order_accepted order 1, accepted 2, refused 2 [order 1]\n"
		  "  -> intake: act_closed submission 3, reason none, field whole, accepted 2, refused 2, "
		  "number 1, more 0 [order 1]\n"
		  "intake: print_reported submission 4, row 1, order 1, index 1, good yes, "
		  "serial 0900000000000001, public_key 08010000…, reason none\n"
		  "  -> delivery revocation: card_produced card 201/1, number 44.000001, order 1, index 1, "
		  "serial 0900000000000001, public_key 08010000…, request 1/1, cell 44111, "
		  "facility 90 [member 201]\n"
		  "  -> record: order_moved order 1, state printed, offered 0, accepted 0, refused 1, "
		  "good 1, spoiled 0, boxed 0 [order 1]\n"
		  "intake: printing_act_ended submission 4, act report_prints, order 1, rows 1\n"
		  "  -> intake: act_closed submission 4, reason none, field whole, accepted 1, refused 0, "
		  "number 1, more 0 [order 1]\n");
	transcript_free(s);
}

test(an_order_is_its_facilitys_only)
{
	struct transcript *s = at_the_printer();
	by(s, .submission = 4, .actor = 72, .person = 72, .role = role_print_facility, .organisation = other_shop);
	tell(s, intake, record_answered, .submission = 4, .row = 1, .order = 1, .index = 1, .accepted = true);
	tell(s, intake, print_reported, .submission = 4, .row = 2, .order = 1, .index = 1, .good = false);
	tell(s, intake, box_packed, .submission = 4, .row = 3, .order = 1, .box = 1, .destination = 44111,
	     .seal = bytes_of_text("N-1"), .indices_count = 1, .indices = { 1 });
	tell(s, intake, print_reported, .submission = 4, .row = 4, .order = 2, .index = 1, .good = false);
	ended(s, 4, act_report_prints, 4);
	expect(s, "intake: record_answered submission 4, row 1, order 1, index 1, accepted yes, "
		  "reason none\n"
		  "  -> intake: row_refused submission 4, row 1, field order, "
		  "reason not_addressee [order 1]\n"
		  "intake: print_reported submission 4, row 2, order 1, index 1, good no, reason none\n"
		  "  -> intake: row_refused submission 4, row 2, field order, "
		  "reason not_addressee [order 1]\n"
		  "intake: box_packed submission 4, row 3, order 1, box 1, destination 44111, seal N-1, "
		  "indices [1]\n"
		  "  -> intake: row_refused submission 4, row 3, field order, "
		  "reason not_addressee [order 1]\n"
		  "intake: print_reported submission 4, row 4, order 2, index 1, good no, reason none\n"
		  "  -> intake: row_refused submission 4, row 4, field order, reason unknown [order 2]\n"
		  "intake: printing_act_ended submission 4, act report_prints, order 1, rows 4\n"
		  "  -> intake: act_closed submission 4, reason none, field whole, accepted 0, refused 4, "
		  "number 1, more 0 [order 1]\n");
	transcript_free(s);
}

test(a_chip_serial_and_a_chip_key_occur_once_ever)
{
	struct transcript *s = at_the_printer();
	printed(s, 4, 1, 1);
	transcript_skip(s);
	printed(s, 5, 2, 1);
	facility(s, 6);
	tell(s, intake, print_reported, .submission = 6, .row = 1, .order = 1, .index = 2, .good = true, .has_serial = true,
	     .serial = { 9, 9 }, .has_public_key = true, .public_key = { { 8, 1 } });
	tell(s, intake, print_reported, .submission = 7, .row = 1, .order = 1, .index = 2, .good = true, .has_serial = true,
	     .serial = { 9, 9 });
	tell(s, intake, print_reported, .submission = 8, .row = 1, .order = 1, .index = 2, .good = true,
	     .has_public_key = true, .public_key = { { 7 } });
	printed(s, 9, 1, 2);
	expect(s, "intake: print_reported submission 5, row 1, order 1, index 2, good yes, "
		  "serial 0900000000000001, public_key 08010000…, reason none\n"
		  "  -> intake: row_refused submission 5, row 1, field serial, "
		  "reason serial_used [order 1]\n"
		  "intake: print_reported submission 6, row 1, order 1, index 2, good yes, "
		  "serial 0909000000000000, public_key 08010000…, reason none\n"
		  "  -> intake: row_refused submission 6, row 1, field public_key, "
		  "reason key_used [order 1]\n"
		  "intake: print_reported submission 7, row 1, order 1, index 2, good yes, "
		  "serial 0909000000000000, reason none\n"
		  "  -> intake: row_refused submission 7, row 1, field public_key, "
		  "reason missing [order 1]\n"
		  "intake: print_reported submission 8, row 1, order 1, index 2, good yes, "
		  "public_key 07000000…, reason none\n"
		  "  -> intake: row_refused submission 8, row 1, field serial, reason missing [order 1]\n"
		  "intake: print_reported submission 9, row 1, order 1, index 1, good yes, "
		  "serial 0900000000000002, public_key 08020000…, reason none\n"
		  "  -> intake: row_refused submission 9, row 1, field item, "
		  "reason already_done [order 1]\n");
	transcript_free(s);
}

test(a_spoiled_card_is_offered_again_under_the_next_copy_and_its_chip_never_comes_back)
{
	struct transcript *s = at_the_printer();
	spoiled(s, 4, 1, 5);
	expect(s, "intake: print_reported submission 4, row 1, order 1, index 1, good no, "
		  "serial 0900000000000005, reason quality_failed\n"
		  "  -> delivery revocation: card_spoiled card 201/1, order 1, index 1, "
		  "serial 0900000000000005, reason quality_failed, facility 90 [member 201]\n"
		  "  -> revocation: card_reserved card 201/2, number 44.000001, request 1/1, order 1, "
		  "index 3 [member 201]\n"
		  "  -> intake: record_ordered order 1, index 3, facility 90, member 201, card 201/2, "
		  "number 44.000001, cell 44111, photo 1101 [member 201]\n"
		  "  -> record: order_moved order 1, state offered, offered 1, accepted 1, refused 0, "
		  "good 0, spoiled 1, boxed 0 [order 1]\n");
	printed(s, 5, 3, 6); // not yet accepted
	answered(s, 6, 3, true);
	printed(s, 7, 3, 5); // the spoiled card's chip
	printed(s, 8, 3, 6);
	spoiled(s, 9, 1, 0);
	expect(s, "intake: print_reported submission 5, row 1, order 1, index 3, good yes, "
		  "serial 0900000000000006, public_key 08060000…, reason none\n"
		  "  -> intake: row_refused submission 5, row 1, field item, reason wrong_state [order 1]\n"
		  "intake: record_answered submission 6, row 3, order 1, index 3, accepted yes, "
		  "reason none\n"
		  "  -> record: order_moved order 1, state printing, offered 0, accepted 2, refused 0, "
		  "good 0, spoiled 1, boxed 0 [order 1]\n"
		  "intake: print_reported submission 7, row 1, order 1, index 3, good yes, "
		  "serial 0900000000000005, public_key 08050000…, reason none\n"
		  "  -> intake: row_refused submission 7, row 1, field serial, "
		  "reason serial_used [order 1]\n"
		  "intake: print_reported submission 8, row 1, order 1, index 3, good yes, "
		  "serial 0900000000000006, public_key 08060000…, reason none\n"
		  "  -> delivery revocation: card_produced card 201/2, number 44.000001, order 1, index 3, "
		  "serial 0900000000000006, public_key 08060000…, request 1/1, cell 44111, "
		  "facility 90 [member 201]\n"
		  "intake: print_reported submission 9, row 1, order 1, index 1, good no, "
		  "reason quality_failed\n"
		  "  -> intake: row_refused submission 9, row 1, field item, "
		  "reason already_done [order 1]\n");
	struct printing_orders_row row = order_row(s);
	check_u64(row.last_index, row.offered + row.accepted + row.refused + row.good + row.spoiled + row.boxed);
	check_u64(row.spoiled, row.reprints);
	transcript_free(s);
}

test(a_card_that_was_reported_good_may_still_be_found_bad_before_it_is_boxed)
{
	struct transcript *s = at_the_printer();
	printed(s, 4, 1, 1);
	printed(s, 4, 2, 2);
	transcript_skip(s);
	spoiled(s, 5, 1, 3); // names another chip than it has
	spoiled(s, 6, 1, 1);
	expect(s, "intake: print_reported submission 5, row 1, order 1, index 1, good no, "
		  "serial 0900000000000003, reason quality_failed\n"
		  "  -> intake: row_refused submission 5, row 1, field serial, reason differs [order 1]\n"
		  "intake: print_reported submission 6, row 1, order 1, index 1, good no, "
		  "serial 0900000000000001, reason quality_failed\n"
		  "  -> delivery revocation: card_spoiled card 201/1, order 1, index 1, "
		  "serial 0900000000000001, reason quality_failed, facility 90 [member 201]\n"
		  "  -> revocation: card_reserved card 201/2, number 44.000001, request 1/1, order 1, "
		  "index 3 [member 201]\n"
		  "  -> intake: record_ordered order 1, index 3, facility 90, member 201, card 201/2, "
		  "number 44.000001, cell 44111, photo 1101 [member 201]\n"
		  "  -> record: order_moved order 1, state offered, offered 1, accepted 0, refused 0, "
		  "good 1, spoiled 1, boxed 0 [order 1]\n");
	transcript_free(s);
}

test(a_box_holds_good_cards_of_one_cell_each_once)
{
	struct transcript *s = at_the_printer();
	printed(s, 4, 1, 1);
	transcript_skip(s);
	facility(s, 5);
#define box(line, number, cell, ...)                                                                                      \
	tell(s, intake, box_packed, .submission = 5, .row = line, .order = 1, .box = number, .destination = cell,         \
	     .seal = bytes_of_text("N-1"), .indices_count = sizeof((uint32_t[]){ __VA_ARGS__ }) / 4, .indices = { __VA_ARGS__ })
	box(1, 0, 44111, 1);
	box(2, 1, 44112, 1);
	box(3, 1, 44111, 1, 1);
	box(4, 1, 44112, 2); // not printed yet
	box(5, 1, 44111, 9);
	box(6, 1, 44111, 1);
	box(7, 1, 44111, 1);
	box(8, 2, 44111, 1);
#undef box
	ended(s, 5, act_pack_boxes, 8);
	expect(s, "intake: box_packed submission 5, row 1, order 1, box 0, destination 44111, seal N-1, "
		  "indices [1]\n"
		  "  -> intake: row_refused submission 5, row 1, field box, reason out_of_range [order 1]\n"
		  "intake: box_packed submission 5, row 2, order 1, box 1, destination 44112, seal N-1, "
		  "indices [1]\n"
		  "  -> intake: row_refused submission 5, row 2, field item, reason other_cell [order 1]\n"
		  "intake: box_packed submission 5, row 3, order 1, box 1, destination 44111, seal N-1, "
		  "indices [1, 1]\n"
		  "  -> intake: row_refused submission 5, row 3, field item, reason duplicate [order 1]\n"
		  "intake: box_packed submission 5, row 4, order 1, box 1, destination 44112, seal N-1, "
		  "indices [2]\n"
		  "  -> intake: row_refused submission 5, row 4, field item, reason wrong_state [order 1]\n"
		  "intake: box_packed submission 5, row 5, order 1, box 1, destination 44111, seal N-1, "
		  "indices [9]\n"
		  "  -> intake: row_refused submission 5, row 5, field item, "
		  "reason not_in_order [order 1]\n"
		  "intake: box_packed submission 5, row 6, order 1, box 1, destination 44111, seal N-1, "
		  "indices [1]\n"
		  "  -> delivery: box_filled box 1/1, order 1, destination 44111, seal N-1, "
		  "cards [51457] [box 65537]\n"
		  "intake: box_packed submission 5, row 7, order 1, box 1, destination 44111, seal N-1, "
		  "indices [1]\n"
		  "  -> intake: row_refused submission 5, row 7, field box, reason duplicate [order 1]\n"
		  "intake: box_packed submission 5, row 8, order 1, box 2, destination 44111, seal N-1, "
		  "indices [1]\n"
		  "  -> intake: row_refused submission 5, row 8, field item, "
		  "reason already_done [order 1]\n"
		  "intake: printing_act_ended submission 5, act pack_boxes, order 1, rows 8, waybill VD-7\n"
		  "  -> delivery: boxes_sent submission 5, order 1, facility 90, to 44, waybill VD-7, "
		  "boxes 1, refused 7 [order 1]\n");
	facility(s, 6);
	ended(s, 6, act_pack_boxes, 0);
	expect(s, "intake: printing_act_ended submission 6, act pack_boxes, order 1, rows 0, waybill VD-7\n"
		  "  -> intake: act_closed submission 6, reason empty, field box, accepted 0, refused 0, "
		  "more 0 [order 1]\n");
	printed(s, 7, 2, 2);
	tell(s, intake, box_packed, .submission = 8, .row = 1, .order = 1, .box = 2, .destination = 44112,
	     .seal = bytes_of_text("N-2"), .indices_count = 1, .indices = { 2 });
	ended(s, 8, act_pack_boxes, 1);
	expect(s, "intake: print_reported submission 7, row 1, order 1, index 2, good yes, "
		  "serial 0900000000000002, public_key 08020000…, reason none\n"
		  "  -> delivery revocation: card_produced card 202/1, number 44.000003, order 1, index 2, "
		  "serial 0900000000000002, public_key 08020000…, request 1/2, cell 44112, "
		  "facility 90 [member 202]\n"
		  "  -> record: order_moved order 1, state printed, offered 0, accepted 0, refused 0, "
		  "good 1, spoiled 0, boxed 1 [order 1]\n"
		  "intake: box_packed submission 8, row 1, order 1, box 2, destination 44112, seal N-2, "
		  "indices [2]\n"
		  "  -> delivery: box_filled box 1/2, order 1, destination 44112, seal N-2, "
		  "cards [51713] [box 65538]\n"
		  "  -> record: order_moved order 1, state closed, offered 0, accepted 0, refused 0, "
		  "good 0, spoiled 0, boxed 2 [order 1]\n"
		  "intake: printing_act_ended submission 8, act pack_boxes, order 1, rows 1, waybill VD-7\n"
		  "  -> delivery: boxes_sent submission 8, order 1, facility 90, to 44, waybill VD-7, "
		  "boxes 1, refused 0 [order 1]\n");
	transcript_free(s);
}

// Three hundred members, in turns that hold no more than 16 entries, with a kill in between.
test(a_large_order_is_listed_in_steps_and_nobody_gets_two_numbers)
{
	struct transcript *s = begin_with(&(struct engine_limits){ .batch_entries = 16 });
	grant(s, 1, 44, 1, 999999);
	approved(s, 1, request_kind_new, 1001, 300);
	transcript_restart(s);
	transcript_skip(s);
	uint64_t turns = transcript_turns(s);
	order(s, 2, 1);
	check(transcript_turns(s) > turns + 30);
	const char *said = transcript_said(s);
	unsigned records = 0;
	for (const char *at = said; (at = strstr(at, "record_ordered")); at++)
		records++;
	check_u64(records, 300);
	check(strstr(said, "order_ended order 1, facility 90, quantity 300") != NULL);
	check(strstr(said, "act_closed submission 2, reason none, field whole, accepted 300, refused 0, number 1") != NULL);
	struct store_txn tx;
	struct printing_numbers_row row;
	store_begin(transcript_store(s), false, &tx);
	check_u64(store_count(&tx, &printing_numbers_table), 301);
	check(printing_numbers_get(&tx, 44000002, &row) && row.member == 101);
	check(printing_numbers_get(&tx, 44000301, &row) && row.member == 1300);
	store_abort(&tx);
	transcript_free(s);
}

int main(void)
{
	run(a_number_block_may_not_overlap_another_nor_leave_its_range);
	run(a_replacement_keeps_the_number_and_raises_the_copy);
	run(a_new_members_number_is_the_next_that_nobody_ever_had);
	run(a_card_in_use_with_somebody_elses_number_is_told_for_the_record);
	run(a_list_that_the_numbers_do_not_suffice_for_stays_approved_until_more_are_granted);
	run(a_number_that_a_card_in_use_turns_out_to_bear_is_not_left);
	run(a_number_that_an_order_did_not_need_is_left_again);
	run(an_order_that_is_still_listed_loses_no_number_to_another);
	run(where_there_is_no_party_code_the_requests_go_back);
	run(what_is_recalled_needs_no_number);
	run(an_order_of_which_nothing_can_be_placed_is_void);
	run(an_approved_list_is_ordered_once_by_the_centre_only);
	run(an_approved_list_that_comes_twice_or_short_is_refused);
	run(the_facility_answers_each_record_once_and_good_ones_proceed);
	run(an_order_is_its_facilitys_only);
	run(a_chip_serial_and_a_chip_key_occur_once_ever);
	run(a_spoiled_card_is_offered_again_under_the_next_copy_and_its_chip_never_comes_back);
	run(a_card_that_was_reported_good_may_still_be_found_bad_before_it_is_boxed);
	run(a_box_holds_good_cards_of_one_cell_each_once);
	run(a_large_order_is_listed_in_steps_and_nobody_gets_two_numbers);
	return test_summary();
}
