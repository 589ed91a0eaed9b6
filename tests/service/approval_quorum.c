// A quorum: as many signatures by different persons of the role as the setting asks.
#include "scene_approval.h"
#include "approval/stages.h"

static const struct dated_value two[] = { { INT32_MIN, INT32_MAX, 2 } };
static const struct approval_setting two_sign[] = { { act_decide, two, 1 }, { 0 } };

static void decide_without(struct transcript *s, uint64_t submission, uint64_t person, uint64_t request)
{
	act_by(s, submission, person, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = submission, .act = act_decide, .number = 1,
	     decision("15-QĐ/ĐU", day_number),
	     left_out_of({ request, reason_left_out }));
}

test(where_two_must_sign_the_second_person_carries_out_what_the_first_proposed)
{
	const struct approval_setting *of_the_rules = approval_quorums;
	struct transcript *s = begin_consolidated(2);
	transcript_skip(s);
	approval_quorums = two_sign;
	decide_without(s, 4, secretary, item_of(1, 1));
	decide_without(s, 5, secretary, item_of(1, 1));     // the same person
	decide_without(s, 6, secretary + 1, item_of(1, 2)); // something else
	decide_without(s, 7, officer, item_of(1, 1));       // who submitted it
	decide_without(s, 8, secretary + 1, item_of(1, 1));
	approval_quorums = of_the_rules;
	expect(s, "intake: list_act_given submission 4, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out [{ request 1/1, reason left_out}]\n"
		  "  -> record: act_signed number 1, act decide, given 1, needed 2 [group 1]\n"
		  "  -> intake: act_closed submission 4, reason none, field whole, accepted 0, refused 0, "
		  "number 1, more 1 [group 1]\n"
		  "intake: list_act_given submission 5, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out [{ request 1/1, reason left_out}]\n"
		  "  -> intake: act_closed submission 5, reason already_done, field actor, accepted 0, "
		  "refused 0, more 0 [group 1]\n"
		  "intake: list_act_given submission 6, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out [{ request 1/2, reason left_out}]\n"
		  "  -> intake: act_closed submission 6, reason differs, field item, accepted 0, "
		  "refused 0, more 0 [group 1]\n"
		  "intake: list_act_given submission 7, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out [{ request 1/1, reason left_out}]\n"
		  "  -> intake: act_closed submission 7, reason same_person, field actor, accepted 0, "
		  "refused 0, more 0 [group 1]\n"
		  "intake: list_act_given submission 8, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out [{ request 1/1, reason left_out}]\n"
		  "  -> record: act_signatures number 1, act decide, persons [41, 42], certificates [41, "
		  "42] [group 1]\n"
		  "  -> verification: request_left_out request 1/1, member 101, act decide, "
		  "reason left_out [member 101]\n"
		  "  -> record: list_decided group 1, decision_number 15-QĐ/ĐU, decision_date 2026-03-02, "
		  "kept 1, left_out 1 [group 1]\n"
		  "  -> intake: act_closed submission 8, reason none, field whole, accepted 1, refused 1, "
		  "number 1, more 0 [group 1]\n");
	transcript_free(s);
}

test(the_second_signature_is_for_the_same_decision_and_a_withdrawal_between_them_takes_one_out_of_it)
{
	const struct approval_setting *of_the_rules = approval_quorums;
	struct transcript *s = begin_consolidated(3);
	approval_quorums = two_sign;
	act_by(s, 4, secretary, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = 4, .act = act_decide, .number = 1, decision("15-QĐ/ĐU", day_number),
	     left_out_of({ item_of(1, 1), reason_left_out }, { item_of(1, 2), reason_left_out }));
	transcript_skip(s);
	act_by(s, 5, secretary + 1, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = 5, .act = act_decide, .number = 1, decision("16-QĐ/ĐU", day_number),
	     left_out_of({ item_of(1, 1), reason_left_out }, { item_of(1, 2), reason_left_out }));
	check(strstr(transcript_said(s), "act_closed submission 5, reason differs, field decision"));
	recall(s, 21, item_of(1, 1), 101);
	decide_without(s, 6, secretary + 1, item_of(1, 2)); // what is left of the proposal
	const char *said = transcript_said(s);
	check(strstr(said, "act_signatures number 1, act decide, persons [41, 42]"));
	check(strstr(said, "list_decided group 1, decision_number 15-QĐ/ĐU, decision_date 2026-03-02, kept 1, left_out 1"));
	check_u64(times(said, "request_left_out request 1/1"), 1); // by the withdrawal
	check_u64(times(said, "request_left_out request 1/2"), 1);
	approval_quorums = of_the_rules;
	transcript_free(s);
}

test(the_second_signature_leaves_out_for_the_same_reasons_by_a_decision_of_the_same_day)
{
	const struct approval_setting *of_the_rules = approval_quorums;
	struct transcript *s = begin_consolidated(2);
	approval_quorums = two_sign;
	decide_without(s, 4, secretary, item_of(1, 1));
	transcript_skip(s);
	act_by(s, 5, secretary + 1, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = 5, .act = act_decide, .number = 1, decision("15-QĐ/ĐU", day_number),
	     left_out_of({ item_of(1, 1), reason_under_discipline }));
	check(strstr(transcript_said(s), "act_closed submission 5, reason differs, field item"));
	transcript_day(s, "2026-03-03");
	act_by(s, 6, secretary + 1, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = 6, .act = act_decide, .number = 1, decision("15-QĐ/ĐU", day_number + 1),
	     left_out_of({ item_of(1, 1), reason_left_out }));
	check(strstr(transcript_said(s), "act_closed submission 6, reason differs, field decision"));
	decide_without(s, 7, secretary + 1, item_of(1, 1));
	check(strstr(transcript_said(s), "list_decided group 1"));
	approval_quorums = of_the_rules;
	transcript_free(s);
}

static const struct approval_setting two_approve[] = { { act_approve, two, 1 }, { 0 } };

static void approve_without(struct transcript *s, uint64_t submission, uint64_t person, uint64_t request, uint64_t other)
{
	act_by(s, submission, person, role_provincial_board, 44);
	if (other)
		tell(s, intake, list_act_given, .submission = submission, .act = act_approve, .number = 1,
		     left_out_of({ request, reason_left_out }, { other, reason_left_out }));
	else
		tell(s, intake, list_act_given, .submission = submission, .act = act_approve, .number = 1,
		     left_out_of({ request, reason_left_out }));
}

test(a_withdrawal_between_two_signatures_of_an_approval_takes_one_out_of_it_too)
{
	const struct approval_setting *of_the_rules = approval_quorums;
	struct transcript *s = begin_consolidated(3);
	decide_by(s, 4, 1, secretary);
	approval_quorums = two_approve;
	approve_without(s, 5, secretary + 1, item_of(1, 1), item_of(1, 2));
	recall(s, 21, item_of(1, 1), 101);
	transcript_skip(s);
	approve_without(s, 6, secretary + 2, item_of(1, 2), 0); // what is left of the proposal
	const char *said = transcript_said(s);
	check(strstr(said, "act_signatures number 1, act approve"));
	check_u64(times(said, "request_left_out request 1/2"), 1);
	approval_quorums = of_the_rules;
	transcript_free(s);
}

int main(void)
{
	run(where_two_must_sign_the_second_person_carries_out_what_the_first_proposed);
	run(the_second_signature_is_for_the_same_decision_and_a_withdrawal_between_them_takes_one_out_of_it);
	run(the_second_signature_leaves_out_for_the_same_reasons_by_a_decision_of_the_same_day);
	run(a_withdrawal_between_two_signatures_of_an_approval_takes_one_out_of_it_too);
	return test_summary();
}
