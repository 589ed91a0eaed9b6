// A facility that says nothing: reminded, reported to the board, offered its records again.
#include "scene_printing.h"

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

test(a_large_order_is_offered_again_over_several_turns_each_unanswered_record_once)
{
	struct transcript *s = thirty_listed();
	order(s, 2, 1);
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

test(nobody_is_reminded_of_an_order_that_is_done)
{
	struct transcript *s = at_the_printer(tree());
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
	struct transcript *s = at_the_printer(tree());
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

int main(void)
{
	run(a_silent_facility_is_reminded_then_the_board_is_told_then_the_records_are_offered_again);
	run(a_large_order_is_offered_again_over_several_turns_each_unanswered_record_once);
	run(nobody_is_reminded_of_an_order_that_is_done);
	run(a_facility_that_spoke_while_the_clock_stood_still_was_heard);
	run(a_facility_is_not_silent_while_its_order_is_held);
	return test_summary();
}
