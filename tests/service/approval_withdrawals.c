// Requests that come later than their list, or are withdrawn while it is approved.
#include "scene_approval.h"

// Request 1/3 was held and released: it comes with list 9, after list 1 was consolidated.
test(a_released_request_goes_on_with_a_list_of_its_own_and_is_left_out_by_its_own_number)
{
	struct transcript *s = begin_appraised(2);
	by(s, .submission = 3, .actor = 61, .person = 61, .role = role_inspection_commission, .organisation = 441);
	tell(s, verification, verified_list_opened, .submission = 3, .list = 9, exchange, .cell = 44111,
	     .period = day_number, .submitter = officer);
	tell(s, verification, request_verified, .request = item_of(1, 3), .member = 103, .photo = 903, .registry_version = 1,
	     .list = 9);
	tell(s, verification, verified_list_ended, .submission = 3, .list = 9, .verified = 1, .settled = 2);
	appraise(s, 4, 9, 4411);
	consolidate(s, 5, 441);
	transcript_skip(s);
	act_by(s, 6, secretary, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = 6, .act = act_decide, .number = 1, decision("15-QĐ/ĐU", day_number),
	     left_out_of({ item_of(1, 3), reason_left_out }));
	approve_by(s, 7, 1, province);
	expect(s, "intake: list_act_given submission 6, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out [{ request 1/3, reason left_out}]\n"
		  "  -> verification: request_left_out request 1/3, member 103, act decide, "
		  "reason left_out [member 103]\n"
		  "  -> record: list_decided group 1, decision_number 15-QĐ/ĐU, decision_date 2026-03-02, "
		  "kept 2, left_out 1 [group 1]\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 2, refused 1, "
		  "number 1, more 0 [group 1]\n"
		  "intake: list_act_given submission 7, act approve, number 1, left_out []\n"
		  "  -> printing: approved_list_opened submission 7, group 1, kind exchange, "
		  "reason campaign, superior 441, attached 44, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, count 2 [group 1]\n"
		  "  -> printing: request_approved group 1, request 1/1, member 101, cell 44111, "
		  "photo 901, old_card 101/1 [member 101]\n"
		  "  -> printing: request_approved group 1, request 1/2, member 102, cell 44111, "
		  "photo 902, old_card 102/1 [member 102]\n"
		  "  -> printing: approved_list_ended submission 7, group 1, count 2, "
		  "left_out 0 [group 1]\n");
	transcript_free(s);
}

test(a_withdrawn_request_is_taken_out_wherever_it_stands_and_the_counts_stay_right)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 4);
	transcript_skip(s);
	recall(s, 21, item_of(1, 1), 101); // waits for appraisal
	appraise(s, 2, 1, 4411);
	recall(s, 22, item_of(1, 2), 102); // waits for consolidation
	consolidate(s, 3, 441);
	recall(s, 23, item_of(1, 3), 103); // waits for the decision
	decide_by(s, 4, 1, secretary);
	approve_by(s, 5, 1, province);
	recall(s, 24, item_of(1, 4), 104); // approved: printing's to stop
	recall(s, 25, item_of(1, 1), 101); // it is out already, and that was told
	recall(s, 26, item_of(7, 1), 701); // nobody knows it
	expect(s, "verification: request_recalled request 1/1, list 1, member 101, reason withdrawn\n"
		  "  -> verification: request_left_out request 1/1, member 101, act withdraw, "
		  "reason withdrawn [member 101]\n"
		  "intake: list_act_given submission 2, act appraise, number 1, left_out []\n"
		  "  -> record: list_appraised list 1, kept 3, left_out 0 [list 1]\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 3, refused 0, "
		  "number 1, more 0 [list 1]\n"
		  "verification: request_recalled request 1/2, list 1, member 102, reason withdrawn\n"
		  "  -> verification: request_left_out request 1/2, member 102, act withdraw, "
		  "reason withdrawn [member 102]\n"
		  "intake: consolidation_given submission 3, kind exchange, reason campaign, lists []\n"
		  "  -> record: lists_consolidated group 1, lists [1], kept 2 [group 1]\n"
		  "  -> record: list_joined list 1, group 1 [list 1]\n"
		  "  -> intake: act_closed submission 3, reason none, field whole, accepted 1, refused 0, "
		  "number 1, more 0 [group 1]\n"
		  "verification: request_recalled request 1/3, list 1, member 103, reason withdrawn\n"
		  "  -> verification: request_left_out request 1/3, member 103, act withdraw, "
		  "reason withdrawn [member 103]\n"
		  "intake: list_act_given submission 4, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out []\n"
		  "  -> record: list_decided group 1, decision_number 15-QĐ/ĐU, decision_date 2026-03-02, "
		  "kept 1, left_out 0 [group 1]\n"
		  "  -> intake: act_closed submission 4, reason none, field whole, accepted 1, refused 0, "
		  "number 1, more 0 [group 1]\n"
		  "intake: list_act_given submission 5, act approve, number 1, left_out []\n"
		  "  -> printing: approved_list_opened submission 5, group 1, kind exchange, "
		  "reason campaign, superior 441, attached 44, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, count 1 [group 1]\n"
		  "  -> printing: request_approved group 1, request 1/4, member 104, cell 44111, "
		  "photo 904, old_card 104/1 [member 104]\n"
		  "  -> printing: approved_list_ended submission 5, group 1, count 1, "
		  "left_out 0 [group 1]\n"
		  "verification: request_recalled request 1/4, list 1, member 104, reason withdrawn\n"
		  "  -> printing: approved_recalled group 1, request 1/4, member 104, "
		  "reason withdrawn [member 104]\n"
		  "verification: request_recalled request 1/1, list 1, member 101, reason withdrawn\n"
		  "verification: request_recalled request 7/1, list 7, member 701, reason withdrawn\n"
		  "  -> verification: recall_answered request 7/1, member 701, stopped no, "
		  "reason unknown [member 701]\n");
	transcript_free(s);
}

test(a_list_or_group_from_which_everybody_withdrew_waits_for_nobody)
{
	struct transcript *s = begin_appraised(1);
	recall(s, 21, item_of(1, 1), 101);
	list(s, 4, 44111, officer, 1);
	appraise(s, 5, 4, 4411);
	consolidate(s, 6, 441); // takes list 4 alone
	recall(s, 22, item_of(4, 1), 401);
	transcript_skip(s);
	decide_by(s, 7, 1, secretary);
	expect(s, "intake: list_act_given submission 7, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out []\n"
		  "  -> intake: act_closed submission 7, reason wrong_state, field list, accepted 0, "
		  "refused 0, more 0 [group 1]\n");
	transcript_free(s);
}

test(a_withdrawal_of_what_is_being_approved_follows_the_approval)
{
	struct transcript *s = begin_with(&(struct engine_limits){ .batch_entries = 4, .batch_inputs = 2 });
	list(s, 1, 44111, officer, 12);
	appraise(s, 2, 1, 4411);
	consolidate(s, 3, 441);
	decide_by(s, 4, 1, secretary);
	transcript_skip(s);
	transcript_hold(s);
	for (uint32_t other = 1; other <= 2; other++) // so that the approval comes next, whoever is asked first
		recall(s, 20, item_of(7, other), 700 + other);
	approve_by(s, 5, 1, province);
	recall(s, 21, item_of(1, 12), 112); // before the group is told to the end
	transcript_release(s);
	const char *said = transcript_said(s), *approved = strstr(said, "request_approved group 1, request 1/12"),
		   *recalled = strstr(said, "approved_recalled group 1, request 1/12"),
		   *ended = strstr(said, "approved_list_ended");
	check(approved && ended && recalled);
	check(approved < ended && ended < recalled);
	check_u64(times(said, "approved_recalled"), 1);
	transcript_free(s);
}

int main(void)
{
	run(a_released_request_goes_on_with_a_list_of_its_own_and_is_left_out_by_its_own_number);
	run(a_withdrawn_request_is_taken_out_wherever_it_stands_and_the_counts_stay_right);
	run(a_list_or_group_from_which_everybody_withdrew_waits_for_nobody);
	run(a_withdrawal_of_what_is_being_approved_follows_the_approval);
	return test_summary();
}
