// Acts that are refused: by whom, on what, in which order, lacking what.
#include "scene_approval.h"

test(an_exception_that_names_nobody_of_the_list_refuses_the_whole_act)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 2);
	list(s, 2, 44112, officer, 1);
	transcript_skip(s);
	act_by(s, 3, appraiser, role_grassroots_appraiser, 4411);
	tell(s, intake, list_act_given, .submission = 3, .act = act_appraise, .number = 1,
	     left_out_of({ item_of(1, 2), reason_under_discipline }, { item_of(2, 1), reason_under_discipline },
			 { item_of(1, 2), reason_under_discipline }, { item_of(1, 1), reason_none }));
	appraise(s, 4, 1, 4411);
	expect(s, "intake: list_act_given submission 3, act appraise, number 1, left_out [{ request 1/2, "
		  "reason under_discipline}, { request 2/1, reason under_discipline}, { request 1/2, "
		  "reason under_discipline}, { request 1/1, reason none}]\n"
		  "  -> intake: row_refused submission 3, row 2, field item, reason unknown, "
		  "request 2/1 [list 1]\n"
		  "  -> intake: row_refused submission 3, row 3, field item, reason duplicate, "
		  "request 1/2 [list 1]\n"
		  "  -> intake: row_refused submission 3, row 4, field reason, reason missing, "
		  "request 1/1 [list 1]\n"
		  "  -> intake: act_closed submission 3, reason unknown, field item, accepted 0, "
		  "refused 3, more 0 [list 1]\n"
		  "intake: list_act_given submission 4, act appraise, number 1, left_out []\n"
		  "  -> record: list_appraised list 1, kept 2, left_out 0 [list 1]\n"
		  "  -> intake: act_closed submission 4, reason none, field whole, accepted 2, refused 0, "
		  "number 1, more 0 [list 1]\n");
	transcript_free(s);
}

test(an_act_that_leaves_out_who_is_out_already_or_without_a_reason_is_refused)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 3);
	recall(s, 21, item_of(1, 1), 101);
	transcript_skip(s);
	for (int i = 0; i < 2; i++) {
		act_by(s, 2, appraiser, role_grassroots_appraiser, 4411);
		tell(s, intake, list_act_given, .submission = 2, .act = act_appraise, .number = 1,
		     left_out_of({ item_of(1, i ? 2 : 1), i ? reason_none : reason_left_out }));
		check(strstr(transcript_said(s), i ? "act_closed submission 2, reason missing, field reason" :
						     "act_closed submission 2, reason already_done, field item"));
	}
	transcript_free(s);
}

test(nobody_appraises_decides_or_approves_what_they_submitted)
{
	struct transcript *s = begin();
	list(s, 1, 44111, appraiser, 1);
	list(s, 2, 44112, secretary, 1);
	list(s, 3, 4412, province, 1);
	transcript_skip(s);
	appraise(s, 11, 1, 4411); // whatever key they use now: the person counts
	act_by(s, 12, officer, role_grassroots_appraiser, 4411);
	tell(s, intake, list_act_given, .submission = 12, .act = act_appraise, .number = 1);
	expect(s, "intake: list_act_given submission 11, act appraise, number 1, left_out []\n"
		  "  -> intake: act_closed submission 11, reason same_person, field actor, accepted 0, "
		  "refused 0, more 0 [list 1]\n"
		  "intake: list_act_given submission 12, act appraise, number 1, left_out []\n"
		  "  -> record: list_appraised list 1, kept 1, left_out 0 [list 1]\n"
		  "  -> intake: act_closed submission 12, reason none, field whole, accepted 1, refused 0, "
		  "number 1, more 0 [list 1]\n");
	appraise(s, 13, 2, 4411);
	appraise(s, 14, 3, 4412);
	consolidate(s, 15, 441);
	transcript_skip(s);
	decide_by(s, 16, 1, secretary);
	decide_by(s, 17, 1, boarder);
	approve_by(s, 18, 1, province);
	approve_by(s, 19, 1, appraiser);
	expect(s, "intake: list_act_given submission 16, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out []\n"
		  "  -> intake: act_closed submission 16, reason same_person, field actor, accepted 0, "
		  "refused 0, more 0 [group 1]\n"
		  "intake: list_act_given submission 17, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out []\n"
		  "  -> record: list_decided group 1, decision_number 15-QĐ/ĐU, decision_date 2026-03-02, "
		  "kept 3, left_out 0 [group 1]\n"
		  "  -> intake: act_closed submission 17, reason none, field whole, accepted 3, refused 0, "
		  "number 1, more 0 [group 1]\n"
		  "intake: list_act_given submission 18, act approve, number 1, left_out []\n"
		  "  -> intake: act_closed submission 18, reason same_person, field actor, accepted 0, "
		  "refused 0, more 0 [group 1]\n"
		  "intake: list_act_given submission 19, act approve, number 1, left_out []\n"
		  "  -> intake: act_closed submission 19, reason same_person, field actor, accepted 0, "
		  "refused 0, more 0 [group 1]\n");
	transcript_free(s);
}

test(an_act_outside_the_subtree_level_or_role_is_refused)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 1);
	transcript_skip(s);
	appraise(s, 2, 1, 4421);
	appraise(s, 3, 1, 441);
	appraise(s, 4, 1, 9999);
	appraise(s, 5, 77, 4411);
	act_by(s, 6, appraiser, role_cell_officer, 44111);
	tell(s, intake, list_act_given, .submission = 6, .act = act_appraise, .number = 1);
	consolidate(s, 7, 442);
	expect(s, "intake: list_act_given submission 2, act appraise, number 1, left_out []\n"
		  "  -> intake: act_closed submission 2, reason outside_subtree, field list, accepted 0, "
		  "refused 0, more 0 [list 1]\n"
		  "intake: list_act_given submission 3, act appraise, number 1, left_out []\n"
		  "  -> intake: act_closed submission 3, reason wrong_level, field organisation, "
		  "accepted 0, refused 0, more 0 [list 1]\n"
		  "intake: list_act_given submission 4, act appraise, number 1, left_out []\n"
		  "  -> intake: act_closed submission 4, reason unknown, field organisation, accepted 0, "
		  "refused 0, more 0 [list 1]\n"
		  "intake: list_act_given submission 5, act appraise, number 77, left_out []\n"
		  "  -> intake: act_closed submission 5, reason unknown, field list, accepted 0, "
		  "refused 0, more 0 [list 77]\n"
		  "intake: list_act_given submission 6, act appraise, number 1, left_out []\n"
		  "  -> intake: act_closed submission 6, reason role_not_allowed, field actor, accepted 0, "
		  "refused 0, more 0 [list 1]\n"
		  "intake: consolidation_given submission 7, kind exchange, reason campaign, lists []\n"
		  "  -> intake: act_closed submission 7, reason empty, field list, accepted 0, refused 0, "
		  "more 0 [organisation 442]\n");
	transcript_free(s);
}

test(an_act_out_of_order_or_done_before_is_refused)
{
	struct transcript *s = begin_appraised(1);
	transcript_skip(s);
	appraise(s, 3, 1, 4411);
	decide_by(s, 4, 1, secretary); // there is no group yet
	expect(s, "intake: list_act_given submission 3, act appraise, number 1, left_out []\n"
		  "  -> intake: act_closed submission 3, reason wrong_state, field list, accepted 0, "
		  "refused 0, more 0 [list 1]\n"
		  "intake: list_act_given submission 4, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out []\n"
		  "  -> intake: act_closed submission 4, reason unknown, field list, accepted 0, "
		  "refused 0, more 0 [group 1]\n");
	consolidate(s, 5, 441);
	transcript_skip(s);
	consolidate(s, 6, 441);
	approve_by(s, 7, 1, province);
	expect(s, "intake: consolidation_given submission 6, kind exchange, reason campaign, lists []\n"
		  "  -> intake: act_closed submission 6, reason empty, field list, accepted 0, refused 0, "
		  "more 0 [organisation 441]\n"
		  "intake: list_act_given submission 7, act approve, number 1, left_out []\n"
		  "  -> intake: act_closed submission 7, reason wrong_state, field list, accepted 0, "
		  "refused 0, more 0 [group 1]\n");
	decide_by(s, 8, 1, secretary);
	transcript_skip(s);
	decide_by(s, 9, 1, secretary);
	expect(s, "intake: list_act_given submission 9, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out []\n"
		  "  -> intake: act_closed submission 9, reason wrong_state, field list, accepted 0, "
		  "refused 0, more 0 [group 1]\n");
	approve_by(s, 10, 1, province);
	transcript_skip(s);
	approve_by(s, 11, 1, province);
	expect(s, "intake: list_act_given submission 11, act approve, number 1, left_out []\n"
		  "  -> intake: act_closed submission 11, reason wrong_state, field list, accepted 0, "
		  "refused 0, more 0 [group 1]\n");
	transcript_free(s);
}

test(a_decision_needs_its_number_and_a_date_that_is_not_to_come)
{
	struct transcript *s = begin_consolidated(1);
	transcript_skip(s);
	act_by(s, 4, secretary, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = 4, .act = act_decide, .number = 1, .has_decision_date = true,
	     .decision_date = day_number);
	tell(s, intake, list_act_given, .submission = 5, .act = act_decide, .number = 1, .has_decision_number = true,
	     .decision_number = bytes_of_text("15-QĐ/ĐU"));
	tell(s, intake, list_act_given, .submission = 6, .act = act_decide, .number = 1, decision("15-QĐ/ĐU", day_number + 1));
	// Nor before the list that it decides on was consolidated.
	tell(s, intake, list_act_given, .submission = 8, .act = act_decide, .number = 1, decision("15-QĐ/ĐU", day_number - 1));
	decide_by(s, 7, 1, secretary);
	expect(s, "intake: list_act_given submission 4, act decide, number 1, decision_date 2026-03-02, "
		  "left_out []\n"
		  "  -> intake: act_closed submission 4, reason missing, field decision, accepted 0, "
		  "refused 0, more 0 [group 1]\n"
		  "intake: list_act_given submission 5, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "left_out []\n"
		  "  -> intake: act_closed submission 5, reason missing, field decision, accepted 0, "
		  "refused 0, more 0 [group 1]\n"
		  "intake: list_act_given submission 6, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-03, left_out []\n"
		  "  -> intake: act_closed submission 6, reason date_order, field decision, accepted 0, "
		  "refused 0, more 0 [group 1]\n"
		  "intake: list_act_given submission 8, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-01, left_out []\n"
		  "  -> intake: act_closed submission 8, reason date_order, field decision, accepted 0, "
		  "refused 0, more 0 [group 1]\n"
		  "intake: list_act_given submission 7, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out []\n"
		  "  -> record: list_decided group 1, decision_number 15-QĐ/ĐU, decision_date 2026-03-02, "
		  "kept 1, left_out 0 [group 1]\n"
		  "  -> intake: act_closed submission 7, reason none, field whole, accepted 1, refused 0, "
		  "number 1, more 0 [group 1]\n");
	transcript_free(s);
}

test(what_does_not_fit_a_lists_state_is_told_for_the_record)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 1);
	transcript_skip(s);
	tell(s, verification, verified_list_opened, .submission = 1, .list = 1, exchange, .cell = 44111, .period = day_number);
	tell(s, verification, request_verified, .request = item_of(1, 2), .member = 102, .photo = 1, .list = 1);
	tell(s, verification, request_verified, .request = item_of(8, 1), .member = 102, .photo = 1, .list = 8);
	tell(s, verification, verified_list_ended, .submission = 1, .list = 1, .verified = 1);
	expect(s, "verification: verified_list_opened submission 1, list 1, kind exchange, "
		  "reason campaign, cell 44111, period 2026-03-02, submitter 0\n"
		  "  -> record: verified_refused list 1, stage verified, reason duplicate [list 1]\n"
		  "verification: request_verified request 1/2, member 102, photo 1, registry_version 0, "
		  "list 1\n"
		  "  -> record: verified_refused list 1, request 1/2, stage verified, "
		  "reason wrong_state [list 1]\n"
		  "verification: request_verified request 8/1, member 102, photo 1, registry_version 0, "
		  "list 8\n"
		  "  -> record: verified_refused list 8, request 8/1, reason unknown [list 8]\n"
		  "verification: verified_list_ended submission 1, list 1, verified 1, refused 0, "
		  "settled 0\n"
		  "  -> record: verified_refused list 1, stage verified, reason wrong_state [list 1]\n"
		  "  -> intake: act_closed submission 1, reason already_done, field list, accepted 0, "
		  "refused 0, number 1, more 0 [list 1]\n");
	transcript_free(s);
}

int main(void)
{
	run(an_exception_that_names_nobody_of_the_list_refuses_the_whole_act);
	run(an_act_that_leaves_out_who_is_out_already_or_without_a_reason_is_refused);
	run(nobody_appraises_decides_or_approves_what_they_submitted);
	run(an_act_outside_the_subtree_level_or_role_is_refused);
	run(an_act_out_of_order_or_done_before_is_refused);
	run(a_decision_needs_its_number_and_a_date_that_is_not_to_come);
	run(what_does_not_fit_a_lists_state_is_told_for_the_record);
	return test_summary();
}
