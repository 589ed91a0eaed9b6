// Cards that are worth nothing any more are destroyed, under minutes.
#include "scene_revocation.h"

static struct transcript *ended(void)
{
	struct transcript *s = begin_with_card();
	made(s, 2);
	handed_over(s, 2, true);
	transcript_skip(s);
	return s;
}

test(ended_cards_are_destroyed_under_minutes_of_three_and_witnesses)
{
	struct transcript *s = ended();
	act_opened(s, 10, act_destroy_cards, minutes_of(.date = "2026-03-02"));
	act_row(s, 10, act_destroy_cards, 1, card_case_destroy, 0, NULL);
	act_row(s, 10, act_destroy_cards, 2, card_case_destroy, 2, NULL); // it is in use
	act_row(s, 10, act_destroy_cards, 3, card_case_destroy, 3, NULL); // there is none
	act_ends(s, 10, act_destroy_cards, 3);
	expect(s,
	       "intake: destroy_cards 10, decision 3/BB of 2026-03-02, with minutes\n"
	       "intake: row 1: destroy\n"
	       "  -> delivery: destruction_ordered submission 10, row 1, card 101/1 [member 101]\n"
	       "intake: row 2: destroy, copy 2\n"
	       "  -> intake: row_refused submission 10, row 2, field card_number, reason not_destroyable [member 101]\n"
	       "intake: row 3: destroy, copy 3\n"
	       "  -> intake: row_refused submission 10, row 3, field card_number, reason unknown [member 101]\n"
	       "intake: destroy_cards 10 ends\n"
	       "  -> delivery: destruction_ended submission 10, refused 2, decision_number 3/BB, minutes 5, committee [21, 22, 23], witnesses [31] [organisation 31]\n");
	transcript_free(s);
}

test(what_a_destruction_needs)
{
	struct transcript *s = ended();
	destroy(s, 10, 1, &(struct act_head){ .minutes = true, .committee = { 21, 22, 23 }, .committee_count = 3,
					      .witnesses = { 31 }, .witnesses_count = 1 });
	destroy(s, 11, 1, &(struct act_head){ .decision = "3/BB", .committee = { 21, 22, 23 }, .committee_count = 3,
					      .witnesses = { 31 }, .witnesses_count = 1 });
	destroy(s, 12, 1, &(struct act_head){ .decision = "3/BB", .minutes = true, .committee = { 21, 22 },
					      .committee_count = 2, .witnesses = { 31 }, .witnesses_count = 1 });
	destroy(s, 13, 1, &(struct act_head){ .decision = "3/BB", .minutes = true, .committee = { 21, 22, 22 },
					      .committee_count = 3, .witnesses = { 31 }, .witnesses_count = 1 });
	destroy(s, 14, 1, &(struct act_head){ .decision = "3/BB", .minutes = true, .committee = { 21, 22, 23 },
					      .committee_count = 3 });
	destroy(s, 15, 1, &(struct act_head){ .decision = "3/BB", .minutes = true, .committee = { 21, 22, 23 },
					      .committee_count = 3, .witnesses = { 23 }, .witnesses_count = 1 });
	destroy(s, 16, 1, minutes_of(.date = "2026-03-01")); // it ended on 2 March
	expect(s,
	       "intake: destroy_cards 10, with minutes\n"
	       "intake: row 1: destroy, copy 1\n"
	       "intake: destroy_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason no_minutes, field decision, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: destroy_cards 11, decision 3/BB\n"
	       "intake: row 1: destroy, copy 1\n"
	       "intake: destroy_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason no_minutes, field minutes, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: destroy_cards 12, decision 3/BB, with minutes\n"
	       "intake: row 1: destroy, copy 1\n"
	       "intake: destroy_cards 12 ends\n"
	       "  -> intake: act_closed submission 12, reason committee_small, field committee, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: destroy_cards 13, decision 3/BB, with minutes\n"
	       "intake: row 1: destroy, copy 1\n"
	       "intake: destroy_cards 13 ends\n"
	       "  -> intake: act_closed submission 13, reason committee_small, field committee, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: destroy_cards 14, decision 3/BB, with minutes\n"
	       "intake: row 1: destroy, copy 1\n"
	       "intake: destroy_cards 14 ends\n"
	       "  -> intake: act_closed submission 14, reason committee_small, field committee, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: destroy_cards 15, decision 3/BB, with minutes\n"
	       "intake: row 1: destroy, copy 1\n"
	       "intake: destroy_cards 15 ends\n"
	       "  -> intake: act_closed submission 15, reason committee_small, field committee, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: destroy_cards 16, decision 3/BB of 2026-03-01, with minutes\n"
	       "intake: row 1: destroy, copy 1\n"
	       "  -> intake: row_refused submission 16, row 1, field decision, reason date_order [member 101]\n"
	       "intake: destroy_cards 16 ends\n"
	       "  -> intake: act_closed submission 16, reason none, field whole, accepted 0, refused 1, more 0 [organisation 31]\n");
	transcript_free(s);
}

// An act whose opening cannot be read is refused as a whole when its rows come.
test(rows_without_their_opening_are_refused)
{
	struct transcript *s = ended();
	act_row(s, 10, act_report_cards, 1, card_case_loss, 0, NULL);
	act_ends(s, 10, act_report_cards, 1);
	act_ends(s, 11, act_report_cards, 2);
	expect(s,
	       "intake: row 1: loss\n"
	       "intake: report_cards 10 ends\n"
	       "  -> intake: act_closed submission 10, reason unknown, field whole, accepted 0, refused 1, more 0 [organisation 31]\n"
	       "intake: report_cards 11 ends\n"
	       "  -> intake: act_closed submission 11, reason unknown, field whole, accepted 0, refused 2, more 0 [organisation 31]\n");
	transcript_free(s);
}

int main(void)
{
	run(ended_cards_are_destroyed_under_minutes_of_three_and_witnesses);
	run(what_a_destruction_needs);
	run(rows_without_their_opening_are_refused);
	return test_summary();
}
