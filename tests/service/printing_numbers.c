// Numbers of cards: granted in blocks, given to new members, kept by replacements, not enough, in use already.
#include "scene_printing.h"

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
	act_by(s, 2, 51, role_provincial_board, 44);
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
	struct printing_party_codes_row row = { 0 };
	check(look(s, printing_party_codes, 44, &row));
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
	act_by(s, 501, 51, role_provincial_board, shop);
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

int main(void)
{
	run(a_number_block_may_not_overlap_another_nor_leave_its_range);
	run(a_replacement_keeps_the_number_and_raises_the_copy);
	run(a_new_members_number_is_the_next_that_nobody_ever_had);
	run(a_list_that_the_numbers_do_not_suffice_for_stays_approved_until_more_are_granted);
	run(a_number_that_a_card_in_use_turns_out_to_bear_is_not_left);
	run(a_number_that_an_order_did_not_need_is_left_again);
	run(an_order_that_is_still_listed_loses_no_number_to_another);
	run(where_there_is_no_party_code_the_requests_go_back);
	run(what_is_recalled_needs_no_number);
	run(a_card_in_use_with_somebody_elses_number_is_told_for_the_record);
	return test_summary();
}
