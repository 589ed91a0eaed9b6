// What comes from the press: chips that occur once, spoiled cards, boxes.
#include "scene_printing.h"

static void spoiled(struct transcript *s, uint64_t submission, uint32_t index, uint8_t chip)
{
	facility(s, submission);
	tell(s, intake, print_reported, .submission = submission, .row = 1, .order = 1, .index = index, .good = false,
	     .has_serial = chip != 0, .serial = { 9, 0, 0, 0, 0, 0, 0, chip }, .reason = reason_quality_failed);
}

test(a_chip_serial_and_a_chip_key_occur_once_ever)
{
	struct transcript *s = at_the_printer(begin());
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
	struct transcript *s = at_the_printer(begin());
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
	struct transcript *s = at_the_printer(begin());
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
	struct transcript *s = at_the_printer(begin());
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

int main(void)
{
	run(a_chip_serial_and_a_chip_key_occur_once_ever);
	run(a_spoiled_card_is_offered_again_under_the_next_copy_and_its_chip_never_comes_back);
	run(a_card_that_was_reported_good_may_still_be_found_bad_before_it_is_boxed);
	run(a_box_holds_good_cards_of_one_cell_each_once);
	return test_summary();
}
