// Requests that their cell withdraws, wherever they are by then.
#include "scene_requests.h"

static void withdraw(struct transcript *s, uint64_t submission, uint64_t request)
{
	by_cell(s, submission, 31);
	tell(s, intake, withdrawal_given, .submission = submission, .row = 1, .request = request);
	tell(s, intake, withdrawals_ended, .submission = submission, .rows = 1);
}

test(a_held_request_is_withdrawn_at_once_one_on_its_way_when_approval_has_taken_it_out)
{
	struct transcript *s = held();
	withdraw(s, 6, item_of(1, 1));
	withdraw(s, 7, item_of(1, 2));
	tell(s, approval, request_left_out, .request = item_of(1, 2), .member = minh, .act = act_withdraw,
	     .reason = reason_withdrawn);
	open_list(s, 8, 2, 31);
	ask(s, 8, item_of(2, 1), minh, loss_assessment_justified); // a new one may come
	expect(s, "intake: withdrawal_given submission 6, row 1, request 1/1\n"
		  "  -> record: request_finished request 1/1, member 101, state withdrawn [member 101]\n"
		  "intake: withdrawals_ended submission 6, rows 1\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 1, refused 0, "
		  "more 0\n"
		  "intake: withdrawal_given submission 7, row 1, request 1/2\n"
		  "  -> approval: request_recalled request 1/2, list 1, member 102, "
		  "reason withdrawn [member 102]\n"
		  "intake: withdrawals_ended submission 7, rows 1\n"
		  "approval: request_left_out request 1/2, member 102, act withdraw, reason withdrawn\n"
		  "  -> record: request_finished request 1/2, member 102, state withdrawn [member 102]\n"
		  "  -> intake: act_closed submission 7, reason none, field whole, accepted 1, refused 0, "
		  "more 0\n"
		  "intake: request_offered submission 8, request 2/1, member 102, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> approval: request_verified request 2/1, member 102, photo 2102, old_card 102/1, "
		  "registry_version 102, list 2 [member 102, rule 2]\n");
	transcript_free(s);
}

test(what_is_ordered_already_is_not_withdrawn_any_more)
{
	struct transcript *s = held();
	withdraw(s, 6, item_of(1, 2));
	tell(s, printing, recall_answered, .request = item_of(1, 2), .member = minh, .reason = reason_too_late);
	withdraw(s, 7, item_of(1, 2));
	tell(s, approval, request_left_out, .request = item_of(1, 2), .member = minh, .act = act_decide,
	     .reason = reason_left_out); // an act was faster
	expect(s, "intake: withdrawal_given submission 6, row 1, request 1/2\n"
		  "  -> approval: request_recalled request 1/2, list 1, member 102, "
		  "reason withdrawn [member 102]\n"
		  "intake: withdrawals_ended submission 6, rows 1\n"
		  "printing: recall_answered request 1/2, member 102, stopped no, reason too_late\n"
		  "  -> record: request_event_refused request 1/2, member 102, state verified, "
		  "event withdrawn, reason too_late [member 102]\n"
		  "  -> intake: row_refused submission 6, row 1, field request, reason too_late, "
		  "request 1/2 [member 102]\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 0, refused 1, "
		  "more 0\n"
		  "intake: withdrawal_given submission 7, row 1, request 1/2\n"
		  "  -> approval: request_recalled request 1/2, list 1, member 102, "
		  "reason withdrawn [member 102]\n"
		  "intake: withdrawals_ended submission 7, rows 1\n"
		  "approval: request_left_out request 1/2, member 102, act decide, reason left_out\n"
		  "  -> record: request_finished request 1/2, member 102, state rejected [member 102]\n"
		  "  -> intake: request_news organisation 31, request 1/2, member 102, state rejected, "
		  "field whole, reason left_out [member 102]\n"
		  "  -> intake: row_refused submission 7, row 1, field request, reason wrong_state, "
		  "request 1/2 [member 102]\n"
		  "  -> intake: act_closed submission 7, reason none, field whole, accepted 0, refused 1, "
		  "more 0\n");
	transcript_free(s);
}

test(what_the_facility_cannot_print_ends_when_its_cell_had_withdrawn_it_meanwhile)
{
	struct transcript *s = held();
	withdraw(s, 6, item_of(1, 2));
	transcript_skip(s);
	tell(s, printing, record_refused, .request = item_of(1, 2), .member = minh, .reason = reason_facility_photo);
	const char *said = transcript_said(s);
	check(strstr(said, "request_finished request 1/2, member 102, state withdrawn"));
	check(strstr(said, "act_closed submission 6, reason none, field whole, accepted 1, refused 0"));
	check(!strstr(said, "request_news")); // nothing is there to be corrected
	open_list(s, 8, 2, 31);
	transcript_skip(s);
	ask(s, 8, item_of(2, 1), minh, loss_assessment_justified);
	check(strstr(transcript_said(s), "request_verified request 2/1, member 102"));
	transcript_free(s);
}

test(an_answer_to_a_withdrawal_that_nobody_gave_changes_nothing)
{
	struct transcript *s = held();
	tell(s, printing, recall_answered, .request = item_of(1, 2), .member = minh, .stopped = true);
	tell(s, printing, recall_answered, .request = item_of(9, 9), .member = minh, .stopped = true);
	expect(s, "printing: recall_answered request 1/2, member 102, stopped yes, reason none\n"
		  "  -> record: request_event_refused request 1/2, member 102, state verified, "
		  "event recalled, reason wrong_state [member 102]\n"
		  "printing: recall_answered request 9/9, member 102, stopped yes, reason none\n"
		  "  -> record: request_event_refused request 9/9, member 102, event recalled, reason unknown [member 102]\n");
	transcript_free(s);
}

test(a_cell_withdraws_its_own_requests_only_and_only_once)
{
	struct transcript *s = held();
	by_cell(s, 6, 32);
	tell(s, intake, withdrawal_given, .submission = 6, .row = 1, .request = item_of(1, 1));
	tell(s, intake, withdrawal_given, .submission = 6, .row = 2, .request = item_of(9, 1));
	tell(s, intake, withdrawals_ended, .submission = 6, .rows = 2);
	withdraw(s, 7, item_of(1, 1));
	withdraw(s, 8, item_of(1, 1));
	expect(s, "intake: withdrawal_given submission 6, row 1, request 1/1\n"
		  "  -> intake: row_refused submission 6, row 1, field organisation, "
		  "reason outside_subtree, request 1/1 [member 101]\n"
		  "intake: withdrawal_given submission 6, row 2, request 9/1\n"
		  "  -> intake: row_refused submission 6, row 2, field request, reason unknown, "
		  "request 9/1\n"
		  "intake: withdrawals_ended submission 6, rows 2\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 0, refused 2, "
		  "more 0\n"
		  "intake: withdrawal_given submission 7, row 1, request 1/1\n"
		  "  -> record: request_finished request 1/1, member 101, state withdrawn [member 101]\n"
		  "intake: withdrawals_ended submission 7, rows 1\n"
		  "  -> intake: act_closed submission 7, reason none, field whole, accepted 1, refused 0, "
		  "more 0\n"
		  "intake: withdrawal_given submission 8, row 1, request 1/1\n"
		  "  -> intake: row_refused submission 8, row 1, field request, reason wrong_state, "
		  "request 1/1 [member 101]\n"
		  "intake: withdrawals_ended submission 8, rows 1\n"
		  "  -> intake: act_closed submission 8, reason none, field whole, accepted 0, refused 1, "
		  "more 0\n");
	transcript_free(s);
}

test(who_took_the_member_over_may_withdraw_for_them)
{
	struct transcript *s = held();
	moved(s, lan, 32);
	by_cell(s, 6, 32);
	tell(s, intake, withdrawal_given, .submission = 6, .row = 1, .request = item_of(1, 1));
	tell(s, intake, withdrawals_ended, .submission = 6, .rows = 1);
	expect(s, "intake: withdrawal_given submission 6, row 1, request 1/1\n"
		  "  -> record: request_finished request 1/1, member 101, state withdrawn [member 101]\n"
		  "intake: withdrawals_ended submission 6, rows 1\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 1, refused 0, "
		  "more 0\n");
	transcript_free(s);
}

int main(void)
{
	run(a_held_request_is_withdrawn_at_once_one_on_its_way_when_approval_has_taken_it_out);
	run(what_is_ordered_already_is_not_withdrawn_any_more);
	run(what_the_facility_cannot_print_ends_when_its_cell_had_withdrawn_it_meanwhile);
	run(an_answer_to_a_withdrawal_that_nobody_gave_changes_nothing);
	run(a_cell_withdraws_its_own_requests_only_and_only_once);
	run(who_took_the_member_over_may_withdraw_for_them);
	return test_summary();
}
