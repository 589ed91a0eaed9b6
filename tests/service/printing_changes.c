// What the board changes of an order under way: held, put first, re-addressed.
#include "scene_printing.h"

static void moved(struct transcript *s, uint64_t submission, uint64_t from, uint64_t to)
{
	board(s, submission);
	tell(s, intake, order_change_given, .submission = submission, .order = 1, .change = order_change_readdress,
	     .moves_count = 1, .moves = { { from, to } });
}

test(an_order_that_is_held_ships_nothing_until_it_is_released)
{
	struct transcript *s = at_the_printer(tree());
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
	struct transcript *s = at_the_printer(tree());
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
	struct transcript *s = at_the_printer(tree());
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
	struct transcript *s = at_the_printer(tree());
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

test(cards_are_readdressed_from_a_cell_to_another_that_is_there)
{
	struct transcript *s = at_the_printer(tree());
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

int main(void)
{
	run(an_order_that_is_held_ships_nothing_until_it_is_released);
	run(only_the_board_changes_an_order_and_only_one_under_way);
	run(priority_is_told_to_the_facility_once);
	run(a_readdressed_cells_cards_are_packed_for_the_new_one);
	run(cards_are_readdressed_from_a_cell_to_another_that_is_there);
	return test_summary();
}
