// The way of a list: appraised, consolidated, decided, approved; what each act leaves out; who is late.
#include "scene_approval.h"

test(a_list_goes_from_the_cell_to_the_provinces_signature)
{
	struct transcript *s = begin_consolidated(2);
	decide_by(s, 4, 1, secretary);
	approve_by(s, 5, 1, province);
	expect(s, "verification: verified_list_opened submission 1, list 1, kind exchange, "
		  "reason campaign, cell 44111, period 2026-03-02, submitter 7\n"
		  "verification: request_verified request 1/1, member 101, photo 901, old_card 101/1, "
		  "registry_version 1, list 1\n"
		  "verification: request_verified request 1/2, member 102, photo 902, old_card 102/1, "
		  "registry_version 1, list 1\n"
		  "verification: verified_list_ended submission 1, list 1, verified 2, refused 1, "
		  "settled 0\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 2, refused 1, "
		  "number 1, more 0 [list 1]\n"
		  "intake: list_act_given submission 2, act appraise, number 1, left_out []\n"
		  "  -> record: list_appraised list 1, kept 2, left_out 0 [list 1]\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, refused 0, "
		  "number 1, more 0 [list 1]\n"
		  "intake: consolidation_given submission 3, kind exchange, reason campaign, lists []\n"
		  "  -> record: lists_consolidated group 1, lists [1], kept 2 [group 1]\n"
		  "  -> record: list_joined list 1, group 1 [list 1]\n"
		  "  -> intake: act_closed submission 3, reason none, field whole, accepted 1, refused 0, "
		  "number 1, more 0 [group 1]\n"
		  "intake: list_act_given submission 4, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out []\n"
		  "  -> record: list_decided group 1, decision_number 15-QĐ/ĐU, decision_date 2026-03-02, "
		  "kept 2, left_out 0 [group 1]\n"
		  "  -> intake: act_closed submission 4, reason none, field whole, accepted 2, refused 0, "
		  "number 1, more 0 [group 1]\n"
		  "intake: list_act_given submission 5, act approve, number 1, left_out []\n"
		  "  -> printing: approved_list_opened submission 5, group 1, kind exchange, "
		  "reason campaign, superior 441, attached 44, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, count 2 [group 1]\n"
		  "  -> printing: request_approved group 1, request 1/1, member 101, cell 44111, "
		  "photo 901, old_card 101/1 [member 101]\n"
		  "  -> printing: request_approved group 1, request 1/2, member 102, cell 44111, "
		  "photo 902, old_card 102/1 [member 102]\n"
		  "  -> printing: approved_list_ended submission 5, group 1, count 2, "
		  "left_out 0 [group 1]\n");
	transcript_free(s);
}

test(a_list_where_nobody_passed_is_closed_and_goes_no_further)
{
	struct transcript *s = begin_appraised(0);
	expect(s, "verification: verified_list_opened submission 1, list 1, kind exchange, "
		  "reason campaign, cell 44111, period 2026-03-02, submitter 7\n"
		  "verification: verified_list_ended submission 1, list 1, verified 0, refused 1, "
		  "settled 0\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 0, refused 1, "
		  "number 1, more 0 [list 1]\n"
		  "intake: list_act_given submission 2, act appraise, number 1, left_out []\n"
		  "  -> intake: act_closed submission 2, reason wrong_state, field list, accepted 0, "
		  "refused 0, more 0 [list 1]\n");
	transcript_free(s);
}

test(each_act_may_leave_members_out_and_verification_hears_of_each)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 4);
	transcript_skip(s);
	act_by(s, 2, appraiser, role_grassroots_appraiser, 4411);
	tell(s, intake, list_act_given, .submission = 2, .act = act_appraise, .number = 1,
	     left_out_of({ item_of(1, 2), reason_under_discipline }));
	consolidate(s, 3, 441);
	act_by(s, 4, secretary, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = 4, .act = act_decide, .number = 1, decision("15-QĐ/ĐU", day_number),
	     left_out_of({ item_of(1, 3), reason_not_in_standing }));
	act_by(s, 5, province, role_provincial_board, 44);
	tell(s, intake, list_act_given, .submission = 5, .act = act_approve, .number = 1,
	     left_out_of({ item_of(1, 4), reason_photo_missing }));
	expect(s, "intake: list_act_given submission 2, act appraise, number 1, left_out [{ request 1/2, "
		  "reason under_discipline}]\n"
		  "  -> verification: request_left_out request 1/2, member 102, act appraise, "
		  "reason under_discipline [member 102]\n"
		  "  -> record: list_appraised list 1, kept 3, left_out 1 [list 1]\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 3, refused 1, "
		  "number 1, more 0 [list 1]\n"
		  "intake: consolidation_given submission 3, kind exchange, reason campaign, lists []\n"
		  "  -> record: lists_consolidated group 1, lists [1], kept 3 [group 1]\n"
		  "  -> record: list_joined list 1, group 1 [list 1]\n"
		  "  -> intake: act_closed submission 3, reason none, field whole, accepted 1, refused 0, "
		  "number 1, more 0 [group 1]\n"
		  "intake: list_act_given submission 4, act decide, number 1, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, left_out [{ request 1/3, reason not_in_standing}]\n"
		  "  -> verification: request_left_out request 1/3, member 103, act decide, "
		  "reason not_in_standing [member 103]\n"
		  "  -> record: list_decided group 1, decision_number 15-QĐ/ĐU, decision_date 2026-03-02, "
		  "kept 2, left_out 1 [group 1]\n"
		  "  -> intake: act_closed submission 4, reason none, field whole, accepted 2, refused 1, "
		  "number 1, more 0 [group 1]\n"
		  "intake: list_act_given submission 5, act approve, number 1, left_out [{ request 1/4, "
		  "reason photo_missing}]\n"
		  "  -> verification: request_left_out request 1/4, member 104, act approve, "
		  "reason photo_missing [member 104]\n"
		  "  -> printing: approved_list_opened submission 5, group 1, kind exchange, "
		  "reason campaign, superior 441, attached 44, decision_number 15-QĐ/ĐU, "
		  "decision_date 2026-03-02, count 1 [group 1]\n"
		  "  -> printing: request_approved group 1, request 1/1, member 101, cell 44111, "
		  "photo 901, old_card 101/1 [member 101]\n"
		  "  -> printing: approved_list_ended submission 5, group 1, count 1, "
		  "left_out 1 [group 1]\n");
	transcript_free(s);
}

test(a_group_from_which_everybody_is_left_out_goes_no_further)
{
	struct transcript *s = begin_consolidated(1);
	decide_by(s, 4, 1, secretary);
	transcript_skip(s);
	act_by(s, 5, province, role_provincial_board, 44);
	tell(s, intake, list_act_given, .submission = 5, .act = act_approve, .number = 1,
	     left_out_of({ item_of(1, 1), reason_not_in_standing }));
	approve_by(s, 6, 1, province);
	expect(s, "intake: list_act_given submission 5, act approve, number 1, left_out [{ request 1/1, "
		  "reason not_in_standing}]\n"
		  "  -> verification: request_left_out request 1/1, member 101, act approve, "
		  "reason not_in_standing [member 101]\n"
		  "  -> intake: act_closed submission 5, reason none, field whole, accepted 0, refused 1, "
		  "number 1, more 0 [group 1]\n"
		  "intake: list_act_given submission 6, act approve, number 1, left_out []\n"
		  "  -> intake: act_closed submission 6, reason wrong_state, field list, accepted 0, "
		  "refused 0, more 0 [group 1]\n");
	transcript_free(s);
}

test(a_consolidation_takes_the_lists_that_are_named_and_says_why_not_the_others)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 1);
	list(s, 2, 44112, officer, 1);
	list(s, 3, 44211, officer, 1);
	list(s, 4, 4412, officer, 1);
	by(s, .submission = 5, .person = officer, .role = role_cell_officer, .organisation = 4412);
	tell(s, verification, verified_list_opened, .submission = 5, .list = 5, .kind = request_kind_new,
	     .reason = request_reason_first, .cell = 4412, .period = day_number, .submitter = officer);
	tell(s, verification, request_verified, .request = item_of(5, 1), .member = 501, .photo = 1, .list = 5);
	tell(s, verification, verified_list_ended, .submission = 5, .list = 5, .verified = 1);
	appraise(s, 11, 1, 4411);
	appraise(s, 12, 3, 4421);
	appraise(s, 13, 4, 4412);
	appraise(s, 14, 5, 4412);
	transcript_skip(s);
	act_by(s, 15, boarder, role_superior_board, 441);
	tell(s, intake, consolidation_given, .submission = 15, exchange, .lists_count = 6, .lists = { 1, 2, 3, 1, 5, 99 });
	consolidate(s, 16, 441); // the one that is left
	consolidate(s, 17, 441);
	expect(s, "intake: consolidation_given submission 15, kind exchange, reason campaign, lists [1, 2, "
		  "3, 1, 5, 99]\n"
		  "  -> intake: row_refused submission 15, row 2, field list, "
		  "reason wrong_state [organisation 441]\n"
		  "  -> intake: row_refused submission 15, row 3, field list, "
		  "reason outside_subtree [organisation 441]\n"
		  "  -> intake: row_refused submission 15, row 4, field list, "
		  "reason duplicate [organisation 441]\n"
		  "  -> intake: row_refused submission 15, row 5, field kind, "
		  "reason other_kind [organisation 441]\n"
		  "  -> intake: row_refused submission 15, row 6, field list, "
		  "reason unknown [organisation 441]\n"
		  "  -> record: lists_consolidated group 1, lists [1], kept 1 [group 1]\n"
		  "  -> record: list_joined list 1, group 1 [list 1]\n"
		  "  -> intake: act_closed submission 15, reason none, field whole, accepted 1, refused 5, "
		  "number 1, more 0 [group 1]\n"
		  "intake: consolidation_given submission 16, kind exchange, reason campaign, lists []\n"
		  "  -> record: lists_consolidated group 2, lists [4], kept 1 [group 2]\n"
		  "  -> record: list_joined list 4, group 2 [list 4]\n"
		  "  -> intake: act_closed submission 16, reason none, field whole, accepted 1, refused 0, "
		  "number 2, more 0 [group 2]\n"
		  "intake: consolidation_given submission 17, kind exchange, reason campaign, lists []\n"
		  "  -> intake: act_closed submission 17, reason empty, field list, accepted 0, refused 0, "
		  "more 0 [organisation 441]\n");
	struct store_txn tx;
	store_begin(transcript_store(s), false, &tx);
	check_u64(store_count(&tx, &approval_ready_table), 2); // list 3 waits for another board, list 5 for its kind
	store_abort(&tx);
	transcript_free(s);
}

test(a_board_takes_lists_of_the_kind_and_reason_that_it_names)
{
	struct transcript *s = begin_appraised(2);
	transcript_skip(s);
	act_by(s, 3, boarder, role_superior_board, 441);
	tell(s, intake, consolidation_given, .submission = 3, .kind = request_kind_exchange, .reason = request_reason_damaged,
	     .lists_count = 1, .lists = { 1 });
	check(strstr(transcript_said(s), "row_refused submission 3, row 1, field reason, reason other_kind"));
	tell(s, intake, consolidation_given, .submission = 4, .kind = request_kind_new, .reason = request_reason_campaign,
	     .lists_count = 1, .lists = { 1 });
	check(strstr(transcript_said(s), "row_refused submission 4, row 1, field kind, reason other_kind"));
	transcript_free(s);
}

// Forty lists of five members, in turns that hold no more than 16 entries.
test(a_large_group_is_told_in_steps_and_nobody_is_told_twice)
{
	struct transcript *s = begin_with(&(struct engine_limits){ .batch_entries = 16 });
	for (uint64_t number = 1; number <= 40; number++) {
		list(s, number, number % 2 ? 44111 : 44112, officer, 5);
		appraise(s, 100 + number, number, 4411);
	}
	consolidate(s, 200, 441);
	act_by(s, 201, secretary, role_superior_committee, 441);
	struct list_act_given decide = { .submission = 201, .act = act_decide, .number = 1,
					 decision("15-QĐ/ĐU", day_number), .left_out_count = 40 };
	for (uint64_t number = 1; number <= 40; number++)
		decide.left_out[number - 1] = (struct leave_out){ item_of(number, 3), reason_not_in_standing };
	struct buffer body = { 0 };
	list_act_given_encode(&decide, &body);
	uint64_t turns = transcript_turns(s);
	transcript_skip(s);
	transcript_tell(s, service_id_intake, message_type_list_act_given, buffer_bytes(&body));
	buffer_deinit(&body);
	check(transcript_turns(s) > turns + 2);
	const char *said = transcript_said(s);
	check_u64(times(said, "request_left_out"), 40);
	check(strstr(said, "accepted 160, refused 40") != NULL);
	turns = transcript_turns(s);
	approve_by(s, 202, 1, province);
	check(transcript_turns(s) > turns + 9);
	said = transcript_said(s);
	check_u64(times(said, "request_approved"), 160);
	check(strstr(said, "request 17/3,") == NULL);
	check(strstr(said, "request 17/4,") != NULL);
	check(strstr(said, "approved_list_ended submission 202, group 1, count 160, left_out 0") != NULL);
	transcript_free(s);
}

// --- deadlines (A7) ---

static void morning(struct transcript *s, const char *day)
{
	transcript_day(s, day);
	organisation(s, 442, org_level_superior, 44);
}

test(who_is_late_gets_a_letter_and_who_was_in_time_gets_none)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 1);
	list(s, 2, 44112, officer, 1);
	appraise(s, 3, 2, 4411);
	transcript_skip(s);
	morning(s, "2026-03-17"); // ten working days from 2 March are over: list 1 to be appraised, list 2 to be consolidated
	consolidate(s, 4, 441);
	morning(s, "2026-04-01"); // the decision was due on the day before
	expect(s, "registry: organisation_registered code 442, name …, level superior, parent 44, "
		  "valid_from 1970-01-01, remote no\n"
		  "  -> intake: stage_overdue organisation 4411, act appraise, number 1, "
		  "due 2026-03-16 [list 1, rule 2, submission 1 by person 0]\n"
		  "  -> intake: stage_overdue organisation 441, act consolidate, number 2, "
		  "due 2026-03-16 [list 2, rule 2, submission 3 by person 0]\n"
		  "intake: consolidation_given submission 4, kind exchange, reason campaign, lists []\n"
		  "  -> record: lists_consolidated group 1, lists [2], kept 1 [group 1]\n"
		  "  -> record: list_joined list 2, group 1 [list 2]\n"
		  "  -> intake: act_closed submission 4, reason none, field whole, accepted 1, refused 0, "
		  "number 1, more 0 [group 1]\n"
		  "registry: organisation_registered code 442, name …, level superior, parent 44, "
		  "valid_from 1970-01-01, remote no\n"
		  "  -> intake: stage_overdue organisation 441, act decide, number 1, "
		  "due 2026-03-31 [group 1, rule 2, submission 4 by person 0]\n");
	transcript_free(s);
}

int main(void)
{
	run(a_list_goes_from_the_cell_to_the_provinces_signature);
	run(a_list_where_nobody_passed_is_closed_and_goes_no_further);
	run(each_act_may_leave_members_out_and_verification_hears_of_each);
	run(a_group_from_which_everybody_is_left_out_goes_no_further);
	run(a_consolidation_takes_the_lists_that_are_named_and_says_why_not_the_others);
	run(a_board_takes_lists_of_the_kind_and_reason_that_it_names);
	run(a_large_group_is_told_in_steps_and_nobody_is_told_twice);
	run(who_is_late_gets_a_letter_and_who_was_in_time_gets_none);
	return test_summary();
}
