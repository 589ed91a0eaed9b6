// Requests that are recalled while they are ordered or printed.
#include "scene_printing.h"

test(a_recalled_request_is_stopped_until_its_card_is_printed)
{
	struct transcript *s = listed();
	recalled(s, 1); // before the order
	recalled(s, 1);
	expect(s, "approval: approved_recalled group 1, request 1/1, member 201, reason withdrawn\n"
		  "  -> verification: recall_answered request 1/1, member 201, stopped yes, "
		  "reason none [member 201]\n"
		  "approval: approved_recalled group 1, request 1/1, member 201, reason withdrawn\n"
		  "  -> verification: recall_answered request 1/1, member 201, stopped no, reason "
		  "already_done [member 201]\n");
	transcript_free(s);
	s = at_the_printer(tree());
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
	struct transcript *s = listed();
	recalled(s, 3); // no such row of the list
	recalled(s, 1);
	recalled(s, 2); // the last one: nothing is left to order
	order(s, 2, 1);
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

test(a_request_that_is_recalled_while_its_order_is_being_written_is_not_in_it)
{
	struct transcript *s = thirty_listed();
	transcript_hold(s);
	order(s, 2, 1);
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

test(a_card_that_was_printed_though_it_was_stopped_is_waste_and_its_chip_never_comes_back)
{
	struct transcript *s = at_the_printer(tree());
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

int main(void)
{
	run(a_recalled_request_is_stopped_until_its_card_is_printed);
	run(a_recall_finds_nothing_to_stop_and_is_answered_all_the_same);
	run(a_request_that_is_recalled_while_its_order_is_being_written_is_not_in_it);
	run(a_card_that_was_printed_though_it_was_stopped_is_waste_and_its_chip_never_comes_back);
	return test_summary();
}
