// An approved list becomes an order, once; its facility answers record by record.
#include "scene_printing.h"

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
	act_by(s, 2, 51, role_provincial_board, 44);
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
	act_by(s, 502, 51, role_provincial_board, 44);
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
	struct transcript *s = at_the_printer(begin());
	act_by(s, 4, 72, role_print_facility, other_shop);
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

test(more_than_was_ordered_is_refused_and_fewer_leave_the_order_open)
{
	struct transcript *s = at_the_printer(tree());
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
	check_u64(times(said, "record_ordered"), 300);
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
	run(an_order_of_which_nothing_can_be_placed_is_void);
	run(an_approved_list_is_ordered_once_by_the_centre_only);
	run(an_approved_list_that_comes_twice_or_short_is_refused);
	run(the_facility_answers_each_record_once_and_good_ones_proceed);
	run(an_order_is_its_facilitys_only);
	run(more_than_was_ordered_is_refused_and_fewer_leave_the_order_open);
	run(a_large_order_is_listed_in_steps_and_nobody_gets_two_numbers);
	return test_summary();
}
