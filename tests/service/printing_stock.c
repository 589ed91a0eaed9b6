// Blanks: received, transferred, wasted, counted, and used up by the press.
#include "scene_printing.h"

static void stock(struct transcript *s, uint64_t submission, enum stock_event event, uint64_t place, uint64_t to,
		  uint32_t quantity)
{
	tell(s, intake, stock_given, .submission = submission, .row = 1, .event = event, .place = place, .has_to = to != 0,
	     .to = to, .quantity = quantity);
}

test(blanks_are_received_transferred_wasted_and_counted_within_limits)
{
	struct transcript *s = listed();
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
	struct transcript *s = at_the_printer(tree());
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
	run(blanks_are_received_transferred_wasted_and_counted_within_limits);
	run(each_card_from_the_press_was_a_blank);
	return test_summary();
}
