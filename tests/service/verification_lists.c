// What becomes of a list as a whole: passed on, refused, judged by the day it was opened.
#include "scene_verification.h"

test(a_list_passes_on_what_is_eligible_and_tells_the_submitter_the_rest)
{
	struct transcript *s = begin_with_card(official(lan));
	know(s, official(minh));
	open_list_of(s, 1, request_kind_exchange, request_reason_campaign, 31);
	offer(s, item_of(1, 1), lan);
	offer(s, item_of(1, 2), minh);
	end_list(s, 1, 2);
	expect(s, "intake: list_opened submission 5, list 1, kind exchange, reason campaign, cell 31, "
		  "period 2026-03-01, count 1\n"
		  "  -> approval: verified_list_opened submission 5, list 1, kind exchange, "
		  "reason campaign, cell 31, period 2026-03-01, submitter 7 [list 1, rule 2]\n"
		  "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 1 [member 101, rule 2]\n"
		  "intake: request_offered submission 5, request 1/2, member 102, card_enclosed no\n"
		  "  -> record: request_settled request 1/2, member 102, state rejected, "
		  "field card_number, reason holds_no_card, rule holds-card [member 102, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 2, field card_number, reason holds_no_card, "
		  "request 1/2 [member 102, rule 2]\n"
		  "intake: list_ended submission 5, list 1, count 2, root 00000000…\n"
		  "  -> approval: verified_list_ended submission 5, list 1, verified 1, refused 1, "
		  "settled 0 [list 1, rule 2]\n");
	transcript_free(s);
}

test(a_list_of_which_nobody_passes_is_ended_all_the_same)
{
	struct transcript *s = begin_with(official(lan));
	open_list_of(s, 1, request_kind_exchange, request_reason_campaign, 31);
	offer(s, item_of(1, 1), lan);
	end_list(s, 1, 1);
	expect(s, "intake: list_opened submission 5, list 1, kind exchange, reason campaign, cell 31, "
		  "period 2026-03-01, count 1\n"
		  "  -> approval: verified_list_opened submission 5, list 1, kind exchange, "
		  "reason campaign, cell 31, period 2026-03-01, submitter 7 [list 1, rule 2]\n"
		  "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, "
		  "field card_number, reason holds_no_card, rule holds-card [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field card_number, reason holds_no_card, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: list_ended submission 5, list 1, count 1, root 00000000…\n"
		  "  -> approval: verified_list_ended submission 5, list 1, verified 0, refused 1, "
		  "settled 0 [list 1, rule 2]\n");
	transcript_free(s);
}

test(a_list_for_a_cell_that_nobody_knows_is_refused_whole)
{
	struct transcript *s = begin_with(official(lan));
	open_list_of(s, 1, request_kind_exchange, request_reason_campaign, 99);
	offer(s, item_of(1, 1), lan);
	end_list(s, 1, 1);
	expect(s, "intake: list_opened submission 5, list 1, kind exchange, reason campaign, cell 99, "
		  "period 2026-03-01, count 1\n"
		  "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "intake: list_ended submission 5, list 1, count 1, root 00000000…\n"
		  "  -> intake: act_closed submission 5, reason unknown, field organisation, accepted 0, "
		  "refused 1, more 0 [list 1, rule 2]\n");
	transcript_free(s);
}

test(a_list_for_a_cell_outside_the_submitters_organisation_is_refused_whole)
{
	struct transcript *s = begin();
	open_list_of(s, 1, request_kind_exchange, request_reason_campaign, 41);
	end_list(s, 1, 1);
	expect(s, "intake: list_opened submission 5, list 1, kind exchange, reason campaign, cell 41, "
		  "period 2026-03-01, count 1\n"
		  "intake: list_ended submission 5, list 1, count 1, root 00000000…\n"
		  "  -> intake: act_closed submission 5, reason outside_subtree, field organisation, "
		  "accepted 0, refused 0, more 0 [list 1, rule 2]\n");
	transcript_free(s);
}

test(a_list_for_an_organisation_without_members_of_its_own_is_refused_whole)
{
	struct transcript *s = begin();
	by(s, .submission = 5, .actor = 2, .person = 7, .role = role_assisting_volunteer,
	   .organisation = 4401);
	open_list_of(s, 1, request_kind_exchange, request_reason_campaign, 4401);
	end_list(s, 1, 1);
	open_list_of(s, 2, request_kind_exchange, request_reason_campaign, 32);
	expect(s, "intake: list_opened submission 5, list 1, kind exchange, reason campaign, cell 4401, "
		  "period 2026-03-01, count 1\n"
		  "intake: list_ended submission 5, list 1, count 1, root 00000000…\n"
		  "  -> intake: act_closed submission 5, reason wrong_level, field organisation, "
		  "accepted 0, refused 0, more 0 [list 1, rule 2]\n"
		  "intake: list_opened submission 5, list 2, kind exchange, reason campaign, cell 32, "
		  "period 2026-03-01, count 1\n"
		  "  -> approval: verified_list_opened submission 5, list 2, kind exchange, "
		  "reason campaign, cell 32, period 2026-03-01, submitter 7 [list 2, rule 2]\n");
	transcript_free(s);
}

test(a_list_for_which_there_is_no_rule_is_refused_whole)
{
	struct transcript *s = begin_with(official(lan));
	open_list_of(s, 1, request_kind_new, request_reason_lost, 31);
	offer(s, item_of(1, 1), lan);
	end_list(s, 1, 1);
	expect(s, "intake: list_opened submission 5, list 1, kind new, reason lost, cell 31, "
		  "period 2026-03-01, count 1\n"
		  "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "intake: list_ended submission 5, list 1, count 1, root 00000000…\n"
		  "  -> intake: act_closed submission 5, reason no_rule, field reason, accepted 0, "
		  "refused 1, more 0 [list 1, rule 2]\n");
	transcript_free(s);
}

// Its opening may have gone to quarantine.
test(rows_of_a_list_that_was_never_opened_are_refused)
{
	struct transcript *s = begin_with(official(lan));
	offer(s, item_of(8, 1), lan);
	end_list(s, 8, 1);
	expect(s, "intake: request_offered submission 5, request 8/1, member 101, card_enclosed no\n"
		  "  -> intake: row_refused submission 5, row 1, field list, reason unknown, "
		  "request 8/1 [member 101]\n"
		  "intake: list_ended submission 5, list 8, count 1, root 00000000…\n"
		  "  -> intake: act_closed submission 5, reason unknown, field list, accepted 0, "
		  "refused 1, more 0 [list 8, rule 2]\n");
	transcript_free(s);
}

test(a_list_that_crosses_midnight_and_a_crash_is_judged_by_the_day_it_was_opened)
{
	struct transcript *s = begin_with_card(disciplined(lan, "2026-03-02"));
	open_exchange(s, 1);
	transcript_day(s, "2026-03-03");
	transcript_restart(s);
	offer(s, item_of(1, 1), lan);
	expect(s, "restart\n"
		  "intake: request_offered submission 5, request 1/1, member 101, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state on_hold, field discipline, "
		  "reason held_discipline, rule discipline [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field discipline, reason held_discipline, "
		  "request 1/1 [member 101, rule 2]\n");
	transcript_free(s);
}

int main(void)
{
	run(a_list_passes_on_what_is_eligible_and_tells_the_submitter_the_rest);
	run(a_list_of_which_nobody_passes_is_ended_all_the_same);
	run(a_list_for_a_cell_that_nobody_knows_is_refused_whole);
	run(a_list_for_a_cell_outside_the_submitters_organisation_is_refused_whole);
	run(a_list_for_an_organisation_without_members_of_its_own_is_refused_whole);
	run(a_list_for_which_there_is_no_rule_is_refused_whole);
	run(rows_of_a_list_that_was_never_opened_are_refused);
	run(a_list_that_crosses_midnight_and_a_crash_is_judged_by_the_day_it_was_opened);
	return test_summary();
}
