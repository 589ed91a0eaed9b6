// Orders under way, as a transcript: held, re-addressed, put first, recalled, a facility that says nothing; and blanks.  The
// scene: the centre 1; province 44; commune 441 with cells 44111 and 44112; commune 442 with cell 44211; province 45 with cell
// 45111; the facility 90 and another one, 91.  Order 1 holds members 201 (cell 44111) and 202 (cell 44112).
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

static void board(struct transcript *s, uint64_t submission)
{
	by(s, .submission = submission, .actor = 61, .person = 61, .role = role_central_board, .organisation = 1);
}

static void facility(struct transcript *s, uint64_t submission)
{
	by(s, .submission = submission, .actor = 71, .person = 71, .role = role_print_facility, .organisation = shop);
}

static void scene(struct transcript *s)
{
	organisation(s, 1, org_level_central, 0);
	organisation(s, 44, org_level_attached, 1);
	organisation(s, 45, org_level_attached, 1);
	organisation(s, shop, org_level_attached, 1);
	organisation(s, other_shop, org_level_attached, 1);
	organisation(s, 441, org_level_superior, 44);
	organisation(s, 442, org_level_superior, 44);
	organisation(s, 44111, org_level_cell, 441);
	organisation(s, 44112, org_level_cell, 441);
	organisation(s, 44211, org_level_cell, 442);
	organisation(s, 45111, org_level_cell, 45);
}

static void ended(struct transcript *s, uint64_t submission, enum act act, uint32_t rows)
{
	tell(s, intake, printing_act_ended, .submission = submission, .act = act, .has_order = act != act_keep_stock && act != act_grant_numbers,
	     .order = act != act_keep_stock && act != act_grant_numbers, .rows = rows, .has_waybill = act == act_pack_boxes,
	     .waybill = bytes_of_text("VD-7"));
}

static void answered(struct transcript *s, uint64_t submission, uint32_t index, bool accepted)
{
	facility(s, submission);
	tell(s, intake, record_answered, .submission = submission, .row = 1, .order = 1, .index = index, .accepted = accepted,
	     .reason = accepted ? reason_none : reason_facility_photo);
}

static void printed(struct transcript *s, uint64_t submission, uint32_t index, uint8_t chip)
{
	facility(s, submission);
	tell(s, intake, print_reported, .submission = submission, .row = 1, .order = 1, .index = index, .good = true,
	     .has_serial = true, .serial = { 9, 0, 0, 0, 0, 0, 0, chip }, .has_public_key = true,
	     .public_key = { { 8, chip } });
}

static void boxed(struct transcript *s, uint64_t submission, uint32_t box, uint64_t cell, uint32_t index)
{
	facility(s, submission);
	tell(s, intake, box_packed, .submission = submission, .row = 1, .order = 1, .box = box, .destination = cell,
	     .seal = bytes_of_text("N-1"), .indices_count = 1, .indices = { index });
}

static void changed(struct transcript *s, uint64_t submission, enum order_change change, uint8_t priority)
{
	board(s, submission);
	tell(s, intake, order_change_given, .submission = submission, .order = 1, .change = change, .has_priority = priority != 0,
	     .priority = priority);
}

static void moved(struct transcript *s, uint64_t submission, uint64_t from, uint64_t to)
{
	board(s, submission);
	tell(s, intake, order_change_given, .submission = submission, .order = 1, .change = order_change_readdress,
	     .moves_count = 1, .moves = { { from, to } });
}

static void recalled(struct transcript *s, uint32_t position)
{
	by(s, .submission = 40 + position, .actor = 81, .person = 81, .role = role_cell_officer, .organisation = 44111);
	tell(s, approval, approved_recalled, .group = 1, .request = item_of(1, position), .member = 200 + position,
	     .reason = reason_withdrawn);
}

static void stock(struct transcript *s, uint64_t submission, enum stock_event event, uint64_t place, uint64_t to, uint32_t quantity)
{
	tell(s, intake, stock_given, .submission = submission, .row = 1, .event = event, .place = place, .has_to = to != 0,
	     .to = to, .quantity = quantity);
}

// The list is approved, and not ordered.
static struct transcript *approved(void)
{
	struct transcript *s = transcript_new(&printing_service);
	scene(s);
	board(s, 1);
	tell(s, intake, numbers_granted, .submission = 1, .row = 1, .party_code = 44, .first = 1, .last = 100);
	ended(s, 1, act_grant_numbers, 1);
	by(s, .submission = 501, .actor = 51, .person = 51, .role = role_provincial_board, .organisation = 44);
	tell(s, approval, approved_list_opened, .submission = 501, .group = 1, .kind = request_kind_new,
	     .reason = request_reason_first, .superior = 441, .attached = 44, .decision_number = bytes_of_text("15-QĐ/ĐU"),
	     .decision_date = 20514, .count = 2);
	for (uint32_t i = 0; i < 2; i++)
		tell(s, approval, request_approved, .group = 1, .request = item_of(1, i + 1), .member = 201 + i,
		     .cell = i ? 44112 : 44111, .photo = 900 + i);
	tell(s, approval, approved_list_ended, .submission = 501, .group = 1, .count = 2);
	transcript_skip(s);
	return s;
}

static struct transcript *offered(void)
{
	struct transcript *s = approved();
	board(s, 2);
	tell(s, intake, order_requested, .submission = 2, .group = 1, .facility = shop, .template = 1, .unit_cost = 52000);
	transcript_skip(s);
	return s;
}

// Both accepted.
static struct transcript *at_the_printer(void)
{
	struct transcript *s = offered();
	answered(s, 3, 1, true);
	answered(s, 3, 2, true);
	ended(s, 3, act_answer_order, 2);
	transcript_skip(s);
	return s;
}

// A day begins with something to do.
static void morning(struct transcript *s, const char *day)
{
	by(s, 0);
	transcript_day(s, day);
	organisation(s, other_shop, org_level_attached, 1);
}

static struct printing_stock_row stock_row_of(struct transcript *s, uint64_t place)
{
	struct store_txn tx;
	struct printing_stock_row row = { 0 };
	store_begin(transcript_store(s), false, &tx);
	check(printing_stock_get(&tx, place, &row));
	store_abort(&tx);
	return row;
}

test(an_order_that_is_held_ships_nothing_until_it_is_released)
{
	struct transcript *s = at_the_printer();
	changed(s, 4, order_change_hold, 0);
	changed(s, 5, order_change_hold, 0);
	printed(s, 6, 1, 1); // it was in the press when the letter came
	boxed(s, 7, 1, 44111, 1);
	changed(s, 8, order_change_release, 0);
	changed(s, 9, order_change_release, 0);
	boxed(s, 10, 1, 44111, 1);
	expect(s, "intake: order_change_given submission 4, order 1, change hold, moves []\n"
		  "  -> intake: order_changed order 1, facility 90, change hold [order 1]\n"
		  "  -> intake: act_closed submission 4, reason none, field whole, accepted 0, "
		  "refused 0, number 1, more 0 [order 1]\n"
		  "intake: order_change_given submission 5, order 1, change hold, moves []\n"
		  "  -> intake: act_closed submission 5, reason already_done, field order, "
		  "accepted 0, refused 0, more 0 [order 1]\n"
		  "intake: print_reported submission 6, row 1, order 1, index 1, good yes, serial "
		  "0900000000000001, public_key 08010000…, reason none\n"
		  "  -> delivery revocation: card_produced card 201/1, number 44.000001, order 1, "
		  "index 1, serial 0900000000000001, public_key 08010000…, request 1/1, cell "
		  "44111, facility 90 [member 201]\n"
		  "intake: box_packed submission 7, row 1, order 1, box 1, destination 44111, "
		  "seal N-1, indices [1]\n"
		  "  -> intake: row_refused submission 7, row 1, field order, reason order_held "
		  "[order 1]\n"
		  "intake: order_change_given submission 8, order 1, change release, moves []\n"
		  "  -> intake: order_changed order 1, facility 90, change release [order 1]\n"
		  "  -> intake: act_closed submission 8, reason none, field whole, accepted 0, "
		  "refused 0, number 1, more 0 [order 1]\n"
		  "intake: order_change_given submission 9, order 1, change release, moves []\n"
		  "  -> intake: act_closed submission 9, reason already_done, field order, "
		  "accepted 0, refused 0, more 0 [order 1]\n"
		  "intake: box_packed submission 10, row 1, order 1, box 1, destination 44111, "
		  "seal N-1, indices [1]\n"
		  "  -> delivery: box_filled box 1/1, order 1, destination 44111, seal N-1, cards "
		  "[51457] [box 65537]\n");
	transcript_free(s);
}

test(only_the_board_changes_an_order_and_only_one_under_way)
{
	struct transcript *s = at_the_printer();
	facility(s, 4);
	tell(s, intake, order_change_given, .submission = 4, .order = 1, .change = order_change_hold);
	board(s, 5);
	tell(s, intake, order_change_given, .submission = 5, .order = 7, .change = order_change_hold);
	printed(s, 6, 1, 1);
	printed(s, 6, 2, 2);
	boxed(s, 7, 1, 44111, 1);
	boxed(s, 7, 2, 44112, 2);
	changed(s, 8, order_change_hold, 0);
	expect(s, "intake: order_change_given submission 4, order 1, change hold, moves []\n"
		  "  -> intake: act_closed submission 4, reason role_not_allowed, field actor, "
		  "accepted 0, refused 0, more 0 [order 1]\n"
		  "intake: order_change_given submission 5, order 7, change hold, moves []\n"
		  "  -> intake: act_closed submission 5, reason unknown, field order, accepted 0, "
		  "refused 0, more 0 [order 7]\n"
		  "intake: print_reported submission 6, row 1, order 1, index 1, good yes, serial "
		  "0900000000000001, public_key 08010000…, reason none\n"
		  "  -> delivery revocation: card_produced card 201/1, number 44.000001, order 1, "
		  "index 1, serial 0900000000000001, public_key 08010000…, request 1/1, cell "
		  "44111, facility 90 [member 201]\n"
		  "intake: print_reported submission 6, row 1, order 1, index 2, good yes, serial "
		  "0900000000000002, public_key 08020000…, reason none\n"
		  "  -> delivery revocation: card_produced card 202/1, number 44.000002, order 1, "
		  "index 2, serial 0900000000000002, public_key 08020000…, request 1/2, cell "
		  "44112, facility 90 [member 202]\n"
		  "  -> record: order_moved order 1, state printed, offered 0, accepted 0, "
		  "refused 0, good 2, spoiled 0, boxed 0 [order 1]\n"
		  "intake: box_packed submission 7, row 1, order 1, box 1, destination 44111, "
		  "seal N-1, indices [1]\n"
		  "  -> delivery: box_filled box 1/1, order 1, destination 44111, seal N-1, cards "
		  "[51457] [box 65537]\n"
		  "intake: box_packed submission 7, row 1, order 1, box 2, destination 44112, "
		  "seal N-1, indices [2]\n"
		  "  -> delivery: box_filled box 1/2, order 1, destination 44112, seal N-1, cards "
		  "[51713] [box 65538]\n"
		  "  -> record: order_moved order 1, state closed, offered 0, accepted 0, refused "
		  "0, good 0, spoiled 0, boxed 2 [order 1]\n"
		  "intake: order_change_given submission 8, order 1, change hold, moves []\n"
		  "  -> intake: act_closed submission 8, reason wrong_state, field order, "
		  "accepted 0, refused 0, more 0 [order 1]\n");
	transcript_free(s);
}

test(priority_is_told_to_the_facility_once)
{
	struct transcript *s = at_the_printer();
	changed(s, 4, order_change_priority, 9);
	changed(s, 5, order_change_priority, 9);
	expect(s, "intake: order_change_given submission 4, order 1, change priority, priority 9, "
		  "moves []\n"
		  "  -> intake: order_changed order 1, facility 90, change priority, priority 9 "
		  "[order 1]\n"
		  "  -> intake: act_closed submission 4, reason none, field whole, accepted 0, "
		  "refused 0, number 1, more 0 [order 1]\n"
		  "intake: order_change_given submission 5, order 1, change priority, priority 9, "
		  "moves []\n"
		  "  -> intake: act_closed submission 5, reason unchanged, field priority, "
		  "accepted 0, refused 0, more 0 [order 1]\n");
	transcript_free(s);
}

test(a_readdressed_cells_cards_are_packed_for_the_new_one)
{
	struct transcript *s = at_the_printer();
	moved(s, 4, 44111, 44112);
	moved(s, 5, 44112, 44211); // also what came to 44112 from 44111
	moved(s, 6, 44112, 45111); // of another province
	moved(s, 7, 44112, 442);   // no cell
	printed(s, 8, 1, 1);
	boxed(s, 9, 1, 44111, 1);
	boxed(s, 10, 1, 44211, 1);
	expect(s, "intake: order_change_given submission 4, order 1, change readdress, moves [{ "
		  "from 44111, to 44112}]\n"
		  "  -> intake: order_changed order 1, facility 90, change readdress, from 44111, "
		  "to 44112 [order 1]\n"
		  "  -> intake: act_closed submission 4, reason none, field whole, accepted 1, "
		  "refused 0, number 1, more 0 [order 1]\n"
		  "intake: order_change_given submission 5, order 1, change readdress, moves [{ "
		  "from 44112, to 44211}]\n"
		  "  -> intake: order_changed order 1, facility 90, change readdress, from 44112, "
		  "to 44211 [order 1]\n"
		  "  -> intake: act_closed submission 5, reason none, field whole, accepted 1, "
		  "refused 0, number 1, more 0 [order 1]\n"
		  "intake: order_change_given submission 6, order 1, change readdress, moves [{ "
		  "from 44112, to 45111}]\n"
		  "  -> intake: row_refused submission 6, row 1, field organisation, reason "
		  "outside_subtree [order 1]\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 0, "
		  "refused 1, number 1, more 0 [order 1]\n"
		  "intake: order_change_given submission 7, order 1, change readdress, moves [{ "
		  "from 44112, to 442}]\n"
		  "  -> intake: row_refused submission 7, row 1, field organisation, reason "
		  "wrong_level [order 1]\n"
		  "  -> intake: act_closed submission 7, reason none, field whole, accepted 0, "
		  "refused 1, number 1, more 0 [order 1]\n"
		  "intake: print_reported submission 8, row 1, order 1, index 1, good yes, serial "
		  "0900000000000001, public_key 08010000…, reason none\n"
		  "  -> delivery revocation: card_produced card 201/1, number 44.000001, order 1, "
		  "index 1, serial 0900000000000001, public_key 08010000…, request 1/1, cell "
		  "44211, facility 90 [member 201]\n"
		  "intake: box_packed submission 9, row 1, order 1, box 1, destination 44111, "
		  "seal N-1, indices [1]\n"
		  "  -> intake: row_refused submission 9, row 1, field item, reason other_cell "
		  "[order 1]\n"
		  "intake: box_packed submission 10, row 1, order 1, box 1, destination 44211, "
		  "seal N-1, indices [1]\n"
		  "  -> delivery: box_filled box 1/1, order 1, destination 44211, seal N-1, cards "
		  "[51457] [box 65537]\n");
	transcript_free(s);
}

test(a_recalled_request_is_stopped_until_its_card_is_printed)
{
	struct transcript *s = approved();
	recalled(s, 1); // before the order
	recalled(s, 1);
	expect(s, "approval: approved_recalled group 1, request 1/1, member 201, reason withdrawn\n"
		  "  -> verification: recall_answered request 1/1, member 201, stopped yes, "
		  "reason none [member 201]\n"
		  "approval: approved_recalled group 1, request 1/1, member 201, reason withdrawn\n"
		  "  -> verification: recall_answered request 1/1, member 201, stopped no, reason "
		  "already_done [member 201]\n");
	transcript_free(s);
	s = at_the_printer();
	recalled(s, 1); // accepted
	printed(s, 5, 2, 2);
	recalled(s, 2); // printed
	expect(s, "approval: approved_recalled group 1, request 1/1, member 201, reason withdrawn\n"
		  "  -> revocation: card_cancelled card 201/1, order 1, index 1, reason withdrawn "
		  "[member 201]\n"
		  "  -> intake: record_stopped order 1, index 1, facility 90, reason withdrawn "
		  "[order 1]\n"
		  "  -> verification: recall_answered request 1/1, member 201, stopped yes, "
		  "reason none [member 201]\n"
		  "intake: print_reported submission 5, row 1, order 1, index 2, good yes, serial "
		  "0900000000000002, public_key 08020000…, reason none\n"
		  "  -> delivery revocation: card_produced card 202/1, number 44.000002, order 1, "
		  "index 2, serial 0900000000000002, public_key 08020000…, request 1/2, cell "
		  "44112, facility 90 [member 202]\n"
		  "  -> record: order_moved order 1, state printed, offered 0, accepted 0, "
		  "refused 0, good 1, spoiled 0, boxed 0 [order 1]\n"
		  "approval: approved_recalled group 1, request 1/2, member 202, reason withdrawn\n"
		  "  -> verification: recall_answered request 1/2, member 202, stopped no, reason "
		  "too_late [member 202]\n");
	transcript_free(s);
}

// What is asked of a request that printing has nothing to stop of: there is always an answer.
test(a_recall_finds_nothing_to_stop_and_is_answered_all_the_same)
{
	struct transcript *s = approved();
	recalled(s, 3); // no such row of the list
	recalled(s, 1);
	recalled(s, 2); // the last one: nothing is left to order
	board(s, 2);
	tell(s, intake, order_requested, .submission = 2, .group = 1, .facility = shop, .template = 1, .unit_cost = 52000);
	transcript_skip(s);
	recalled(s, 2);
	expect(s,
	       "approval: approved_recalled group 1, request 1/2, member 202, reason withdrawn\n"
	       "  -> verification: recall_answered request 1/2, member 202, stopped no, reason already_done [member 202]\n");
	transcript_free(s);
	s = offered();
	answered(s, 3, 1, false);
	transcript_skip(s);
	recalled(s, 1); // the facility refused it: the request went back then
	tell(s, approval, approved_recalled, .group = 9, .request = item_of(9, 1), .member = 201, .reason = reason_withdrawn);
	expect(s,
	       "approval: approved_recalled group 1, request 1/1, member 201, reason withdrawn\n"
	       "  -> verification: recall_answered request 1/1, member 201, stopped no, reason unknown [member 201]\n"
	       "approval: approved_recalled group 9, request 9/1, member 201, reason withdrawn\n"
	       "  -> verification: recall_answered request 9/1, member 201, stopped no, reason unknown [member 201]\n");
	transcript_free(s);
}

test(a_card_that_was_printed_though_it_was_stopped_is_waste_and_its_chip_never_comes_back)
{
	struct transcript *s = at_the_printer();
	recalled(s, 1);
	transcript_skip(s);
	printed(s, 5, 1, 1);
	printed(s, 6, 1, 1);
	printed(s, 7, 2, 1);
	expect(s, "intake: print_reported submission 5, row 1, order 1, index 1, good yes, serial "
		  "0900000000000001, public_key 08010000…, reason none\n"
		  "  -> intake: row_refused submission 5, row 1, field item, reason "
		  "record_stopped [order 1]\n"
		  "intake: print_reported submission 6, row 1, order 1, index 1, good yes, serial "
		  "0900000000000001, public_key 08010000…, reason none\n"
		  "  -> intake: row_refused submission 6, row 1, field item, reason "
		  "record_stopped [order 1]\n"
		  "intake: print_reported submission 7, row 1, order 1, index 2, good yes, serial "
		  "0900000000000001, public_key 08010000…, reason none\n"
		  "  -> intake: row_refused submission 7, row 1, field serial, reason serial_used "
		  "[order 1]\n");
	check_u64(stock_row_of(s, shop).spoiled, 1);
	check_u64(stock_row_of(s, shop).personalised, 0);
	transcript_free(s);
}

test(more_than_was_ordered_is_refused_and_fewer_leave_the_order_open)
{
	struct transcript *s = at_the_printer();
	printed(s, 4, 1, 1);
	printed(s, 4, 3, 3); // nobody ordered a third
	printed(s, 4, 1, 4); // nor the first twice
	ended(s, 4, act_report_prints, 3);
	boxed(s, 5, 1, 44111, 1);
	ended(s, 5, act_pack_boxes, 1);
	expect(s, "intake: print_reported submission 4, row 1, order 1, index 1, good yes, serial "
		  "0900000000000001, public_key 08010000…, reason none\n"
		  "  -> delivery revocation: card_produced card 201/1, number 44.000001, order 1, "
		  "index 1, serial 0900000000000001, public_key 08010000…, request 1/1, cell "
		  "44111, facility 90 [member 201]\n"
		  "intake: print_reported submission 4, row 1, order 1, index 3, good yes, serial "
		  "0900000000000003, public_key 08030000…, reason none\n"
		  "  -> intake: row_refused submission 4, row 1, field item, reason not_in_order "
		  "[order 1]\n"
		  "intake: print_reported submission 4, row 1, order 1, index 1, good yes, serial "
		  "0900000000000004, public_key 08040000…, reason none\n"
		  "  -> intake: row_refused submission 4, row 1, field item, reason already_done "
		  "[order 1]\n"
		  "intake: printing_act_ended submission 4, act report_prints, order 1, rows 3\n"
		  "  -> intake: act_closed submission 4, reason none, field whole, accepted 1, "
		  "refused 2, number 1, more 0 [order 1]\n"
		  "intake: box_packed submission 5, row 1, order 1, box 1, destination 44111, "
		  "seal N-1, indices [1]\n"
		  "  -> delivery: box_filled box 1/1, order 1, destination 44111, seal N-1, cards "
		  "[51457] [box 65537]\n"
		  "intake: printing_act_ended submission 5, act pack_boxes, order 1, rows 1, "
		  "waybill VD-7\n"
		  "  -> delivery: boxes_sent submission 5, order 1, facility 90, to 44, waybill "
		  "VD-7, boxes 1, refused 0 [order 1]\n");
	transcript_free(s);
}

test(a_silent_facility_is_reminded_then_the_board_is_told_then_the_records_are_offered_again)
{
	struct transcript *s = offered();
	answered(s, 3, 1, true);
	transcript_skip(s);
	morning(s, "2026-03-10");
	morning(s, "2026-03-18");
	morning(s, "2026-03-26");
	morning(s, "2026-04-03");
	expect(s, "registry: organisation_registered code 91, name …, level attached, parent 1, "
		  "valid_from 1970-01-01, remote no\n"
		  "registry: organisation_registered code 91, name …, level attached, parent 1, "
		  "valid_from 1970-01-01, remote no\n"
		  "  -> intake: order_reminded order 1, facility 90, since 2026-03-02, offered 1, "
		  "accepted 1, good 0 [order 1, rule 2, submission 2 by person 0]\n"
		  "registry: organisation_registered code 91, name …, level attached, parent 1, "
		  "valid_from 1970-01-01, remote no\n"
		  "  -> intake: order_escalated order 1, organisation 1, facility 90, since "
		  "2026-03-02, offered 1, accepted 1, good 0 [order 1, rule 2, submission 2 by "
		  "person 0]\n"
		  "registry: organisation_registered code 91, name …, level attached, parent 1, "
		  "valid_from 1970-01-01, remote no\n"
		  "  -> intake: order_reminded order 1, facility 90, since 2026-03-02, offered 1, "
		  "accepted 1, good 0 [order 1, rule 2, submission 2 by person 0]\n"
		  "  -> intake: record_ordered order 1, index 2, facility 90, member 202, card "
		  "202/1, number 44.000002, cell 44112, photo 901 [member 202, rule 2, "
		  "submission 2 by person 0]\n");
	answered(s, 4, 2, true);
	transcript_skip(s);
	morning(s, "2026-04-13"); // it spoke
	expect(s, "registry: organisation_registered code 91, name …, level attached, parent 1, "
		  "valid_from 1970-01-01, remote no\n");
	morning(s, "2026-04-21");
	expect(s, "registry: organisation_registered code 91, name …, level attached, parent 1, "
		  "valid_from 1970-01-01, remote no\n"
		  "  -> intake: order_reminded order 1, facility 90, since 2026-04-03, offered 0, "
		  "accepted 2, good 0 [order 1, rule 2, submission 2 by person 0]\n");
	transcript_free(s);
}

static unsigned times(const char *said, const char *what)
{
	unsigned n = 0;
	for (const char *at = said; (at = strstr(at, what)); at++)
		n++;
	return n;
}

// Thirty requests of a cell are approved, with turns that hold eight entries.
static struct transcript *thirty_approved(void)
{
	struct transcript *s = transcript_new_with(&printing_service, &(struct engine_limits){ .batch_entries = 8 });
	scene(s);
	board(s, 1);
	tell(s, intake, numbers_granted, .submission = 1, .row = 1, .party_code = 44, .first = 1, .last = 100);
	ended(s, 1, act_grant_numbers, 1);
	by(s, .submission = 501, .actor = 51, .person = 51, .role = role_provincial_board, .organisation = 44);
	tell(s, approval, approved_list_opened, .submission = 501, .group = 1, .kind = request_kind_new,
	     .reason = request_reason_first, .superior = 441, .attached = 44, .decision_number = bytes_of_text("15-QĐ/ĐU"),
	     .decision_date = 20514, .count = 30);
	for (uint32_t i = 1; i <= 30; i++)
		tell(s, approval, request_approved, .group = 1, .request = item_of(1, i), .member = 200 + i, .cell = 44111,
		     .photo = 900 + i);
	tell(s, approval, approved_list_ended, .submission = 501, .group = 1, .count = 30);
	transcript_skip(s);
	return s;
}

test(a_large_order_is_offered_again_over_several_turns_each_unanswered_record_once)
{
	struct transcript *s = thirty_approved();
	board(s, 2);
	tell(s, intake, order_requested, .submission = 2, .group = 1, .facility = shop, .template = 1, .unit_cost = 52000);
	check_u64(times(transcript_said(s), "record_ordered order 1, index "), 30);
	answered(s, 3, 7, true);
	answered(s, 3, 30, false);
	morning(s, "2026-03-10");
	morning(s, "2026-03-18");
	morning(s, "2026-03-26");
	transcript_skip(s);
	uint64_t turns = transcript_turns(s);
	morning(s, "2026-04-03");
	check(transcript_turns(s) > turns + 4);
	const char *said = transcript_said(s);
	check_u64(times(said, "record_ordered order 1, index "), 28);
	for (uint32_t i = 1; i <= 30; i++) {
		char line[60];
		snprintf(line, sizeof line, "record_ordered order 1, index %u,", i);
		check_u64(times(said, line), i != 7 && i != 30);
	}
	transcript_free(s);
}

test(a_request_that_is_recalled_while_its_order_is_being_written_is_not_in_it)
{
	struct transcript *s = thirty_approved();
	transcript_hold(s);
	board(s, 2);
	tell(s, intake, order_requested, .submission = 2, .group = 1, .facility = shop, .template = 1, .unit_cost = 52000);
	recalled(s, 30);
	transcript_release(s);
	const char *said = transcript_said(s);
	check(strstr(said, "recall_answered request 1/30, member 230, stopped yes"));
	check_u64(times(said, "record_ordered order 1, index "), 29);
	check(!strstr(said, "record_ordered order 1, index 30,"));
	check(!strstr(said, "member 230, card"));
	check(strstr(said, "order_ended order 1, facility 90, quantity 29"));
	transcript_free(s);
}

test(cards_are_readdressed_from_a_cell_to_another_that_is_there)
{
	struct transcript *s = at_the_printer();
	moved(s, 4, 44111, 44111);
	check(strstr(transcript_said(s), "field organisation, reason unchanged"));
	moved(s, 5, 44111, 77);
	check(strstr(transcript_said(s), "field organisation, reason unknown"));
	moved(s, 6, 77, 44112);
	check(strstr(transcript_said(s), "field organisation, reason unknown"));
	moved(s, 7, 44111, 441);
	check(strstr(transcript_said(s), "field organisation, reason wrong_level"));
	transcript_free(s);
}

test(nobody_is_reminded_of_an_order_that_is_done)
{
	struct transcript *s = at_the_printer();
	printed(s, 5, 1, 1);
	printed(s, 5, 2, 2);
	ended(s, 5, act_report_prints, 2);
	boxed(s, 6, 1, 44111, 1);
	boxed(s, 6, 2, 44112, 2);
	ended(s, 6, act_pack_boxes, 2);
	check(strstr(transcript_said(s), "order_moved order 1, state closed"));
	morning(s, "2026-03-10");
	morning(s, "2026-03-26");
	morning(s, "2026-04-13");
	check(!strstr(transcript_said(s), "order_reminded"));
	transcript_free(s);
}

test(a_facility_that_spoke_while_the_clock_stood_still_was_heard)
{
	struct transcript *s = offered();
	transcript_clock_back(s, 60 * 1000);
	answered(s, 3, 1, true);
	transcript_skip(s);
	morning(s, "2026-03-10"); // no reminder: it spoke
	expect(s, "registry: organisation_registered code 91, name …, level attached, parent 1, "
		  "valid_from 1970-01-01, remote no\n");
	transcript_free(s);
}

test(a_facility_is_not_silent_while_its_order_is_held)
{
	struct transcript *s = at_the_printer();
	changed(s, 4, order_change_hold, 0);
	transcript_skip(s);
	morning(s, "2026-03-10");
	morning(s, "2026-03-18");
	expect(s, "registry: organisation_registered code 91, name …, level attached, parent 1, "
		  "valid_from 1970-01-01, remote no\n"
		  "registry: organisation_registered code 91, name …, level attached, parent 1, "
		  "valid_from 1970-01-01, remote no\n");
	transcript_free(s);
}

test(blanks_are_received_transferred_wasted_and_counted_within_limits)
{
	struct transcript *s = approved();
	board(s, 2);
	stock(s, 2, stock_event_received, 1, 0, 1000);
	stock(s, 2, stock_event_transferred, 1, shop, 400);
	stock(s, 2, stock_event_transferred, 1, shop, 601);    // more than there is
	stock(s, 2, stock_event_transferred, 1, shop, 100001); // more than may travel at once
	stock(s, 2, stock_event_transferred, 1, 1, 1);
	stock(s, 2, stock_event_received, 1, 0, 2000000); // more than a place may hold
	stock(s, 2, stock_event_received, 77, 0, 1);
	ended(s, 2, act_keep_stock, 7);
	facility(s, 3);
	stock(s, 3, stock_event_wasted, shop, 0, 3);
	stock(s, 3, stock_event_counted, shop, 0, 395);
	stock(s, 3, stock_event_counted, other_shop, 0, 5);
	ended(s, 3, act_keep_stock, 3);
	expect(s, "intake: stock_given submission 2, row 1, event received, place 1, quantity "
		  "1000\n"
		  "  -> record: stock_booked place 1, event received, quantity 1000, difference "
		  "0, stock 1000 [organisation 1]\n"
		  "intake: stock_given submission 2, row 1, event transferred, place 1, to 90, "
		  "quantity 400\n"
		  "  -> intake: stock_moved place 90, event transferred, from 1, quantity 400, "
		  "stock 400 [organisation 1]\n"
		  "  -> record: stock_booked place 1, event transferred, quantity 400, difference "
		  "0, stock 600 [organisation 1]\n"
		  "intake: stock_given submission 2, row 1, event transferred, place 1, to 90, "
		  "quantity 601\n"
		  "  -> intake: row_refused submission 2, row 1, field quantity, reason "
		  "stock_short [organisation 1]\n"
		  "intake: stock_given submission 2, row 1, event transferred, place 1, to 90, "
		  "quantity 100001\n"
		  "  -> intake: row_refused submission 2, row 1, field quantity, reason "
		  "stock_limit [organisation 1]\n"
		  "intake: stock_given submission 2, row 1, event transferred, place 1, to 1, "
		  "quantity 1\n"
		  "  -> intake: row_refused submission 2, row 1, field organisation, reason "
		  "unchanged [organisation 1]\n"
		  "intake: stock_given submission 2, row 1, event received, place 1, quantity "
		  "2000000\n"
		  "  -> intake: row_refused submission 2, row 1, field quantity, reason "
		  "stock_limit [organisation 1]\n"
		  "intake: stock_given submission 2, row 1, event received, place 77, quantity 1\n"
		  "  -> intake: row_refused submission 2, row 1, field organisation, reason "
		  "unknown [organisation 77]\n"
		  "intake: printing_act_ended submission 2, act keep_stock, rows 7\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, "
		  "refused 5, more 0 [organisation 1]\n"
		  "intake: stock_given submission 3, row 1, event wasted, place 90, quantity 3\n"
		  "  -> record: stock_booked place 90, event wasted, quantity 3, difference 0, "
		  "stock 397 [organisation 90]\n"
		  "intake: stock_given submission 3, row 1, event counted, place 90, quantity 395\n"
		  "  -> record: stock_booked place 90, event counted, quantity 395, difference "
		  "-2, stock 395 [organisation 90]\n"
		  "intake: stock_given submission 3, row 1, event counted, place 91, quantity 5\n"
		  "  -> intake: row_refused submission 3, row 1, field organisation, reason "
		  "outside_subtree [organisation 91]\n"
		  "intake: printing_act_ended submission 3, act keep_stock, rows 3\n"
		  "  -> intake: act_closed submission 3, reason none, field whole, accepted 2, "
		  "refused 1, more 0 [organisation 90]\n");
	struct printing_stock_row row = stock_row_of(s, shop);
	check_u64(row.arrived, 400);
	check_u64(row.wasted, 3);
	check(row.adjusted == -2 && row.stock == 395);
	transcript_free(s);
}

test(each_card_from_the_press_was_a_blank)
{
	struct transcript *s = at_the_printer();
	printed(s, 4, 1, 1);
	facility(s, 5);
	tell(s, intake, print_reported, .submission = 5, .row = 1, .order = 1, .index = 2, .good = false,
	     .reason = reason_quality_failed);
	struct printing_stock_row row = stock_row_of(s, shop);
	check_u64(row.personalised, 1);
	check_u64(row.spoiled, 1);
	check(row.stock == -2); // nobody booked what they were printed on
	tell(s, intake, print_reported, .submission = 6, .row = 1, .order = 1, .index = 1, .good = false, .has_serial = true,
	     .serial = { 9, 0, 0, 0, 0, 0, 0, 1 }, .reason = reason_quality_failed);
	row = stock_row_of(s, shop);
	check_u64(row.personalised, 0);
	check_u64(row.spoiled, 2);
	check(row.stock == -2);
	transcript_free(s);
}

int main(void)
{
	run(an_order_that_is_held_ships_nothing_until_it_is_released);
	run(only_the_board_changes_an_order_and_only_one_under_way);
	run(priority_is_told_to_the_facility_once);
	run(a_readdressed_cells_cards_are_packed_for_the_new_one);
	run(a_recalled_request_is_stopped_until_its_card_is_printed);
	run(a_recall_finds_nothing_to_stop_and_is_answered_all_the_same);
	run(a_card_that_was_printed_though_it_was_stopped_is_waste_and_its_chip_never_comes_back);
	run(more_than_was_ordered_is_refused_and_fewer_leave_the_order_open);
	run(a_silent_facility_is_reminded_then_the_board_is_told_then_the_records_are_offered_again);
	run(a_large_order_is_offered_again_over_several_turns_each_unanswered_record_once);
	run(a_request_that_is_recalled_while_its_order_is_being_written_is_not_in_it);
	run(cards_are_readdressed_from_a_cell_to_another_that_is_there);
	run(nobody_is_reminded_of_an_order_that_is_done);
	run(a_facility_that_spoke_while_the_clock_stood_still_was_heard);
	run(a_facility_is_not_silent_while_its_order_is_held);
	run(blanks_are_received_transferred_wasted_and_counted_within_limits);
	run(each_card_from_the_press_was_a_blank);
	return test_summary();
}
