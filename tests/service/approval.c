// Approval, as a transcript.  The scene: province 44; commune 441 below it; committee 4411 with cells 44111 and 44112, and
// 4412, a cell that is a grassroots organisation itself; another commune 442 with committee 4421 and cell 44211.
#include "approval/approval.h"
#include "approval/stages.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "gen/approval_tables.h"
#include "runtime/turn.h"
#include "service/transcript.h"
#include "test.h"

#define exchange .kind = request_kind_exchange, .reason = request_reason_campaign
#define day_number 20514 // 2026-03-02

enum { officer = 7, appraiser = 21, boarder = 31, secretary = 41, province = 51 }; // persons

static void organisation(struct transcript *s, uint64_t code, enum org_level level, uint64_t parent)
{
	tell(s, registry, organisation_registered, .code = code, .name = bytes_of_text("…"), .level = level, .parent = parent);
}

static void all_organisations(struct transcript *s)
{
	organisation(s, 1, org_level_central, 0);
	organisation(s, 44, org_level_attached, 1);
	organisation(s, 441, org_level_superior, 44);
	organisation(s, 4411, org_level_grassroots, 441);
	organisation(s, 44111, org_level_cell, 4411);
	organisation(s, 44112, org_level_cell, 4411);
	organisation(s, 4412, org_level_grassroots, 441);
	organisation(s, 442, org_level_superior, 44);
	organisation(s, 4421, org_level_grassroots, 442);
	organisation(s, 44211, org_level_cell, 4421);
	transcript_skip(s);
}

static struct transcript *begin_with(const struct engine_limits *limits)
{
	struct transcript *s = transcript_new_with(&approval_service, limits);
	all_organisations(s);
	return s;
}

static struct transcript *begin(void)
{
	return begin_with(&(struct engine_limits){ 0 });
}

// Submission n brings list n; its members are n*100 + 1, 2, …
static void list(struct transcript *s, uint64_t number, uint64_t cell, uint64_t person, uint32_t count)
{
	by(s, .submission = number, .actor = person, .person = person, .role = role_cell_officer, .organisation = cell);
	tell(s, verification, verified_list_opened, .submission = number, .list = number, exchange, .cell = cell,
	     .period = day_number, .submitter = person);
	for (uint32_t row = 1; row <= count; row++)
		tell(s, verification, request_verified, .request = item_of(number, row), .member = number * 100 + row,
		     .photo = 900 + row, .has_old_card = true, .old_card = card_of(number * 100 + row, 1), .registry_version = 1,
		     .list = number);
	tell(s, verification, verified_list_ended, .submission = number, .list = number, .verified = count, .refused = 1);
}

static void act_by(struct transcript *s, uint64_t submission, uint64_t person, enum role role, uint64_t organisation)
{
	by(s, .submission = submission, .actor = person, .person = person, .role = (uint8_t)role, .organisation = organisation);
}

static void appraise(struct transcript *s, uint64_t submission, uint64_t number, uint64_t organisation)
{
	act_by(s, submission, appraiser, role_grassroots_appraiser, organisation);
	tell(s, intake, list_act_given, .submission = submission, .act = act_appraise, .number = number);
}

static void consolidate(struct transcript *s, uint64_t submission, uint64_t organisation)
{
	act_by(s, submission, boarder, role_superior_board, organisation);
	tell(s, intake, consolidation_given, .submission = submission, exchange);
}

static void decide_by(struct transcript *s, uint64_t submission, uint64_t group, uint64_t person)
{
	act_by(s, submission, person, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = submission, .act = act_decide, .number = group,
	     .has_decision_number = true, .decision_number = bytes_of_text("15-QĐ/ĐU"), .has_decision_date = true,
	     .decision_date = day_number);
}

static void approve_by(struct transcript *s, uint64_t submission, uint64_t group, uint64_t person)
{
	act_by(s, submission, person, role_provincial_board, 44);
	tell(s, intake, list_act_given, .submission = submission, .act = act_approve, .number = group);
}

test(a_list_goes_from_the_cell_to_the_provinces_signature)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 2);
	appraise(s, 2, 1, 4411);
	consolidate(s, 3, 441);
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
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 0);
	appraise(s, 2, 1, 4411);
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
	tell(s, intake, list_act_given, .submission = 2, .act = act_appraise, .number = 1, .left_out_count = 1,
	     .left_out = { { item_of(1, 2), reason_under_discipline } });
	consolidate(s, 3, 441);
	act_by(s, 4, secretary, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = 4, .act = act_decide, .number = 1, .has_decision_number = true,
	     .decision_number = bytes_of_text("15-QĐ/ĐU"), .has_decision_date = true, .decision_date = day_number,
	     .left_out_count = 1, .left_out = { { item_of(1, 3), reason_not_in_standing } });
	act_by(s, 5, province, role_provincial_board, 44);
	tell(s, intake, list_act_given, .submission = 5, .act = act_approve, .number = 1, .left_out_count = 1,
	     .left_out = { { item_of(1, 4), reason_photo_missing } });
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

test(an_exception_that_names_nobody_of_the_list_refuses_the_whole_act)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 2);
	list(s, 2, 44112, officer, 1);
	transcript_skip(s);
	act_by(s, 3, appraiser, role_grassroots_appraiser, 4411);
	tell(s, intake, list_act_given, .submission = 3, .act = act_appraise, .number = 1, .left_out_count = 4,
	     .left_out = { { item_of(1, 2), reason_under_discipline },
			   { item_of(2, 1), reason_under_discipline },
			   { item_of(1, 2), reason_under_discipline },
			   { item_of(1, 1), reason_none } });
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

test(a_group_from_which_everybody_is_left_out_goes_no_further)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 1);
	appraise(s, 2, 1, 4411);
	consolidate(s, 3, 441);
	decide_by(s, 4, 1, secretary);
	transcript_skip(s);
	act_by(s, 5, province, role_provincial_board, 44);
	tell(s, intake, list_act_given, .submission = 5, .act = act_approve, .number = 1, .left_out_count = 1,
	     .left_out = { { item_of(1, 1), reason_not_in_standing } });
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
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 1);
	appraise(s, 2, 1, 4411);
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
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 1);
	appraise(s, 2, 1, 4411);
	consolidate(s, 3, 441);
	transcript_skip(s);
	act_by(s, 4, secretary, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = 4, .act = act_decide, .number = 1, .has_decision_date = true,
	     .decision_date = day_number);
	tell(s, intake, list_act_given, .submission = 5, .act = act_decide, .number = 1, .has_decision_number = true,
	     .decision_number = bytes_of_text("15-QĐ/ĐU"));
	tell(s, intake, list_act_given, .submission = 6, .act = act_decide, .number = 1, .has_decision_number = true,
	     .decision_number = bytes_of_text("15-QĐ/ĐU"), .has_decision_date = true, .decision_date = day_number + 1);
	// Nor before the list that it decides on was consolidated.
	tell(s, intake, list_act_given, .submission = 8, .act = act_decide, .number = 1, .has_decision_number = true,
	     .decision_number = bytes_of_text("15-QĐ/ĐU"), .has_decision_date = true, .decision_date = day_number - 1);
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
	struct list_act_given decide = { .submission = 201, .act = act_decide, .number = 1, .has_decision_number = true,
					 .decision_number = bytes_of_text("15-QĐ/ĐU"), .has_decision_date = true,
					 .decision_date = day_number, .left_out_count = 40 };
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
	unsigned left_out = 0, approved = 0;
	for (const char *at = said; (at = strstr(at, "request_left_out")); at++)
		left_out++;
	check_u64(left_out, 40);
	check(strstr(said, "accepted 160, refused 40") != NULL);
	turns = transcript_turns(s);
	approve_by(s, 202, 1, province);
	check(transcript_turns(s) > turns + 9);
	said = transcript_said(s);
	for (const char *at = said; (at = strstr(at, "request_approved")); at++)
		approved++;
	check_u64(approved, 160);
	check(strstr(said, "request 17/3,") == NULL);
	check(strstr(said, "request 17/4,") != NULL);
	check(strstr(said, "approved_list_ended submission 202, group 1, count 160, left_out 0") != NULL);
	transcript_free(s);
}

// ---- requests that come later, are withdrawn, or whose member left ----

// Request 1/3 was held and released: it comes with list 9, after list 1 was consolidated.
test(a_released_request_goes_on_with_a_list_of_its_own_and_is_left_out_by_its_own_number)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 2);
	appraise(s, 2, 1, 4411);
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
	tell(s, intake, list_act_given, .submission = 6, .act = act_decide, .number = 1, .has_decision_number = true,
	     .decision_number = bytes_of_text("15-QĐ/ĐU"), .has_decision_date = true, .decision_date = day_number,
	     .left_out_count = 1, .left_out = { { item_of(1, 3), reason_left_out } });
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

static void recall(struct transcript *s, uint64_t submission, uint64_t request, uint64_t member)
{
	by(s, .submission = submission, .actor = officer, .person = officer, .role = role_cell_officer, .organisation = 44111);
	tell(s, verification, request_recalled, .request = request, .list = item_whole(request), .member = member,
	     .reason = reason_withdrawn);
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
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 1);
	appraise(s, 2, 1, 4411);
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

// ---- a quorum: k signatures by different persons of the role ----

static const struct dated_value two[] = { { INT32_MIN, INT32_MAX, 2 } };
static const struct approval_setting two_sign[] = { { act_decide, two, 1 }, { 0 } };

static void decide_without(struct transcript *s, uint64_t submission, uint64_t person, uint64_t request)
{
	act_by(s, submission, person, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = submission, .act = act_decide, .number = 1, .has_decision_number = true,
	     .decision_number = bytes_of_text("15-QĐ/ĐU"), .has_decision_date = true, .decision_date = day_number,
	     .left_out_count = 1, .left_out = { { request, reason_left_out } });
}

test(where_two_must_sign_the_second_person_carries_out_what_the_first_proposed)
{
	const struct approval_setting *of_the_rules = approval_quorums;
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 2);
	appraise(s, 2, 1, 4411);
	consolidate(s, 3, 441);
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

static unsigned times(const char *said, const char *what)
{
	unsigned n = 0;
	for (const char *at = said; (at = strstr(at, what)); at++)
		n++;
	return n;
}

test(the_second_signature_is_for_the_same_decision_and_a_withdrawal_between_them_takes_one_out_of_it)
{
	const struct approval_setting *of_the_rules = approval_quorums;
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 3);
	appraise(s, 2, 1, 4411);
	consolidate(s, 3, 441);
	approval_quorums = two_sign;
	act_by(s, 4, secretary, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = 4, .act = act_decide, .number = 1, .has_decision_number = true,
	     .decision_number = bytes_of_text("15-QĐ/ĐU"), .has_decision_date = true, .decision_date = day_number,
	     .left_out_count = 2, .left_out = { { item_of(1, 1), reason_left_out }, { item_of(1, 2), reason_left_out } });
	transcript_skip(s);
	act_by(s, 5, secretary + 1, role_superior_committee, 441);
	tell(s, intake, list_act_given, .submission = 5, .act = act_decide, .number = 1, .has_decision_number = true,
	     .decision_number = bytes_of_text("16-QĐ/ĐU"), .has_decision_date = true, .decision_date = day_number,
	     .left_out_count = 2, .left_out = { { item_of(1, 1), reason_left_out }, { item_of(1, 2), reason_left_out } });
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

// ---- organisations that are merged ----

static void merge(struct transcript *s, uint64_t code, uint64_t into, enum org_level level)
{
	organisation(s, code, level, into); // it stays in the tree, below its successor
	tell(s, registry, organisation_merged, .code = code, .into = into, .date = day_number, .decision = bytes_of_text("3-QĐ"));
}

test(what_waited_for_a_board_that_was_merged_waits_for_its_successors)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 2);
	list(s, 2, 44112, officer, 1);
	appraise(s, 3, 1, 4411);
	appraise(s, 4, 2, 4411);
	organisation(s, 4411, org_level_grassroots, 442); // those below it are told before
	merge(s, 441, 442, org_level_superior);
	recall(s, 21, item_of(2, 1), 201); // nobody is left on list 2
	transcript_skip(s);
	act_by(s, 5, boarder, role_superior_board, 442);
	tell(s, intake, consolidation_given, .submission = 5, exchange);
	expect(s, "intake: consolidation_given submission 5, kind exchange, reason campaign, lists []\n"
		  "  -> record: lists_consolidated group 1, lists [1], kept 2 [group 1]\n"
		  "  -> record: list_joined list 1, group 1 [list 1]\n"
		  "  -> intake: act_closed submission 5, reason none, field whole, accepted 1, refused 0, "
		  "number 1, more 0 [group 1]\n");
	transcript_free(s);
}

test(what_waited_for_a_board_waits_for_the_one_that_its_committee_is_moved_under)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 2);
	list(s, 2, 44112, officer, 1);
	appraise(s, 3, 1, 4411);
	appraise(s, 4, 2, 4411);
	organisation(s, 44111, org_level_cell, 4421); // the other commune's committee takes over the cells
	organisation(s, 44112, org_level_cell, 4421);
	merge(s, 4411, 4421, org_level_grassroots);
	recall(s, 21, item_of(2, 1), 201);
	transcript_skip(s);
	consolidate(s, 5, 441);
	check(strstr(transcript_said(s), "act_closed submission 5, reason empty, field list"));
	act_by(s, 6, boarder, role_superior_board, 442);
	tell(s, intake, consolidation_given, .submission = 6, exchange);
	check(strstr(transcript_said(s), "lists_consolidated group 1, lists [1], kept 2"));
	transcript_free(s);
}

// As version 2 took it: what waits stays where it is.
static enum error only_noted(struct turn *t, const struct origin *o, struct bytes body)
{
	struct organisation_registered m;
	(void)o;
	ensure(organisation_registered_decode(body, &m) == error_none);
	approval_organisations_put(t->tx, m.code, &(struct approval_organisations_row){ .parent = m.parent, .level = m.level });
	return error_none;
}

test(a_list_that_an_older_version_left_with_the_former_board_goes_to_the_new_one_when_the_newer_begins)
{
	struct service_input inputs[64];
	struct service older = approval_service;
	size_t count = 0;
	do {
		ensure(count < array_size(inputs));
		inputs[count] = approval_service.inputs[count];
		if (inputs[count].type == message_type_organisation_registered)
			inputs[count].run = only_noted;
	} while (inputs[count++].type);
	older.fold_version = approval_service.fold_version % 1000 + 2000;
	older.inputs = inputs;
	struct transcript *s = transcript_new_with(&older, &(struct engine_limits){ 0 });
	all_organisations(s);
	list(s, 1, 44111, officer, 2);
	list(s, 2, 44211, officer, 1);
	appraise(s, 3, 1, 4411);
	appraise(s, 4, 2, 4421);
	organisation(s, 44111, org_level_cell, 4421);
	older = approval_service;
	transcript_restart(s);
	transcript_skip(s);
	consolidate(s, 5, 441);
	check(strstr(transcript_said(s), "act_closed submission 5, reason empty, field list"));
	act_by(s, 6, boarder, role_superior_board, 442);
	tell(s, intake, consolidation_given, .submission = 6, exchange);
	check(strstr(transcript_said(s), "lists_consolidated group 1, lists [1, 2], kept 3"));
	transcript_free(s);
}

// ---- what is asked amiss ----

test(an_act_that_leaves_out_who_is_out_already_or_without_a_reason_is_refused)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 3);
	recall(s, 21, item_of(1, 1), 101);
	transcript_skip(s);
	for (int i = 0; i < 2; i++) {
		act_by(s, 2, appraiser, role_grassroots_appraiser, 4411);
		tell(s, intake, list_act_given, .submission = 2, .act = act_appraise, .number = 1, .left_out_count = 1,
		     .left_out = { { item_of(1, i ? 2 : 1), i ? reason_none : reason_left_out } });
		check(strstr(transcript_said(s), i ? "act_closed submission 2, reason missing, field reason" :
						     "act_closed submission 2, reason already_done, field item"));
	}
	transcript_free(s);
}

test(a_board_takes_lists_of_the_kind_and_reason_that_it_names)
{
	struct transcript *s = begin();
	list(s, 1, 44111, officer, 2);
	appraise(s, 2, 1, 4411);
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

// ---- deadlines (A7) ----

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
	run(an_exception_that_names_nobody_of_the_list_refuses_the_whole_act);
	run(a_group_from_which_everybody_is_left_out_goes_no_further);
	run(nobody_appraises_decides_or_approves_what_they_submitted);
	run(an_act_outside_the_subtree_level_or_role_is_refused);
	run(an_act_out_of_order_or_done_before_is_refused);
	run(a_decision_needs_its_number_and_a_date_that_is_not_to_come);
	run(a_consolidation_takes_the_lists_that_are_named_and_says_why_not_the_others);
	run(what_does_not_fit_a_lists_state_is_told_for_the_record);
	run(a_large_group_is_told_in_steps_and_nobody_is_told_twice);
	run(a_released_request_goes_on_with_a_list_of_its_own_and_is_left_out_by_its_own_number);
	run(a_withdrawn_request_is_taken_out_wherever_it_stands_and_the_counts_stay_right);
	run(a_list_or_group_from_which_everybody_withdrew_waits_for_nobody);
	run(where_two_must_sign_the_second_person_carries_out_what_the_first_proposed);
	run(who_is_late_gets_a_letter_and_who_was_in_time_gets_none);
	run(the_second_signature_is_for_the_same_decision_and_a_withdrawal_between_them_takes_one_out_of_it);
	run(what_waited_for_a_board_that_was_merged_waits_for_its_successors);
	run(what_waited_for_a_board_waits_for_the_one_that_its_committee_is_moved_under);
	run(a_list_that_an_older_version_left_with_the_former_board_goes_to_the_new_one_when_the_newer_begins);
	run(an_act_that_leaves_out_who_is_out_already_or_without_a_reason_is_refused);
	run(a_board_takes_lists_of_the_kind_and_reason_that_it_names);
	run(a_withdrawal_of_what_is_being_approved_follows_the_approval);
	return test_summary();
}
