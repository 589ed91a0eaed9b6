// What the commission and the board make of requests that are held.
#include "scene_requests.h"

static void rule_on(struct transcript *s, uint64_t submission, uint64_t list, uint64_t request, bool release)
{
	tell(s, intake, adjudication_opened, .submission = submission, .list = list, .of = 1, .has_decision_number = true,
	     .decision_number = bytes_of_text("8-KL/UBKT"));
	tell(s, intake, ruling_given, .submission = submission, .list = list, .row = 1, .request = request, .release = release,
	     .reason = release ? reason_none : reason_not_in_standing);
	tell(s, intake, adjudication_ended, .submission = submission, .list = list, .count = 1);
}

test(what_the_commission_releases_goes_on_as_a_list_of_its_own_under_its_first_number)
{
	struct transcript *s = held();
	act_by(s, 6, commissioner, role_inspection_commission, 4401);
	rule_on(s, 6, 2, item_of(1, 1), true);
	expect(s, "intake: adjudication_opened submission 6, list 2, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 6, list 2, row 1, request 1/1, release yes, "
		  "reason none\n"
		  "  -> approval: verified_list_opened submission 6, list 2, kind reissue, reason lost, "
		  "cell 31, period 2026-03-01, submitter 7 [list 2, rule 2]\n"
		  "  -> record: hold_settled request 1/1, member 101, state verified, reason none, "
		  "held held_loss, decision_number 8-KL/UBKT [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n"
		  "  -> intake: request_news organisation 31, request 1/1, member 101, state verified, "
		  "field whole, reason none [member 101, rule 2]\n"
		  "intake: adjudication_ended submission 6, list 2, count 1\n"
		  "  -> approval: verified_list_ended submission 6, list 2, verified 1, refused 0, "
		  "settled 0 [list 2, rule 2]\n");
	transcript_free(s);
}

test(what_the_commission_refuses_ends_and_the_member_may_ask_again)
{
	struct transcript *s = held();
	act_by(s, 6, commissioner, role_inspection_commission, 4401);
	rule_on(s, 6, 2, item_of(1, 1), false);
	open_list(s, 7, 3, 31);
	ask(s, 7, item_of(3, 1), lan, loss_assessment_justified);
	expect(s, "intake: adjudication_opened submission 6, list 2, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 6, list 2, row 1, request 1/1, release no, "
		  "reason not_in_standing\n"
		  "  -> record: hold_settled request 1/1, member 101, state rejected, "
		  "reason not_in_standing, held held_loss, decision_number 8-KL/UBKT [member 101, rule 2]\n"
		  "  -> record: request_finished request 1/1, member 101, state rejected [member 101, "
		  "rule 2]\n"
		  "  -> intake: request_news organisation 31, request 1/1, member 101, state rejected, "
		  "field whole, reason not_in_standing [member 101, rule 2]\n"
		  "intake: adjudication_ended submission 6, list 2, count 1\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 1, refused 0, "
		  "more 0 [list 2, rule 2]\n"
		  "intake: request_offered submission 7, request 3/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> approval: request_verified request 3/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 101, list 3 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_ruling_is_for_the_one_whose_business_it_is_and_never_for_the_submitter)
{
	struct transcript *s = held();
	act_by(s, 6, boarder, role_superior_board, 4401); // a loss is the commission's
	rule_on(s, 6, 2, item_of(1, 1), true);
	act_by(s, 7, officer, role_inspection_commission, 4401); // who submitted it
	rule_on(s, 7, 3, item_of(1, 1), true);
	act_by(s, 8, commissioner, role_inspection_commission, 4402); // another commune
	rule_on(s, 8, 4, item_of(1, 1), true);
	act_by(s, 9, commissioner, role_inspection_commission, 4401); // it is not held
	rule_on(s, 9, 5, item_of(1, 2), true);
	expect(s, "intake: adjudication_opened submission 6, list 2, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 6, list 2, row 1, request 1/1, release yes, "
		  "reason none\n"
		  "  -> intake: row_refused submission 6, row 1, field actor, reason role_not_allowed, "
		  "request 1/1 [member 101]\n"
		  "intake: adjudication_ended submission 6, list 2, count 1\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 0, refused 1, "
		  "more 0 [list 2, rule 2]\n"
		  "intake: adjudication_opened submission 7, list 3, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 7, list 3, row 1, request 1/1, release yes, "
		  "reason none\n"
		  "  -> intake: row_refused submission 7, row 1, field actor, reason same_person, "
		  "request 1/1 [member 101]\n"
		  "intake: adjudication_ended submission 7, list 3, count 1\n"
		  "  -> intake: act_closed submission 7, reason none, field whole, accepted 0, refused 1, "
		  "more 0 [list 3, rule 2]\n"
		  "intake: adjudication_opened submission 8, list 4, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 8, list 4, row 1, request 1/1, release yes, "
		  "reason none\n"
		  "intake: adjudication_ended submission 8, list 4, count 1\n"
		  "  -> intake: act_closed submission 8, reason outside_subtree, field organisation, "
		  "accepted 0, refused 1, more 0 [list 4, rule 2]\n"
		  "intake: adjudication_opened submission 9, list 5, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 9, list 5, row 1, request 1/2, release yes, "
		  "reason none\n"
		  "  -> intake: row_refused submission 9, row 1, field request, reason wrong_state, "
		  "request 1/2 [member 102]\n"
		  "intake: adjudication_ended submission 9, list 5, count 1\n"
		  "  -> intake: act_closed submission 9, reason none, field whole, accepted 0, refused 1, "
		  "more 0 [list 5, rule 2]\n");
	transcript_free(s);
}

// Discipline is the commission's business, another card number the board's.
test(what_two_rules_hold_is_released_by_both)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, true);
	struct member_registered later = disciplined(lan, "2026-12-31");
	later.version = 2;
	know(s, later);
	open_list(s, 5, 1, 31);
	tell(s, intake, request_offered, .submission = 5, .request = item_of(1, 1), .member = lan, .has_evidence = true,
	     .evidence = 55, .has_loss = true, .loss = loss_assessment_justified, .has_card_number = true,
	     .card_number = 44999999);
	act_by(s, 6, commissioner, role_inspection_commission, 4401);
	rule_on(s, 6, 2, item_of(1, 1), true);
	act_by(s, 7, boarder, role_superior_board, 4401);
	rule_on(s, 7, 3, item_of(1, 1), true);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, evidence 55, "
		  "card_number 44999999, loss justified, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state on_hold, field discipline, "
		  "reason held_discipline, rule discipline [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field discipline, reason held_discipline, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: adjudication_opened submission 6, list 2, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 6, list 2, row 1, request 1/1, release yes, "
		  "reason none\n"
		  "  -> record: hold_settled request 1/1, member 101, state on_hold, reason held_mismatch, "
		  "held held_discipline, decision_number 8-KL/UBKT [member 101, rule 2]\n"
		  "  -> intake: request_news organisation 31, request 1/1, member 101, state on_hold, "
		  "field card_number, reason held_mismatch, due 2026-03-30 [member 101, rule 2]\n"
		  "intake: adjudication_ended submission 6, list 2, count 1\n"
		  "  -> intake: act_closed submission 6, reason none, field whole, accepted 1, refused 0, "
		  "more 0 [list 2, rule 2]\n"
		  "intake: adjudication_opened submission 7, list 3, of 1, decision_number 8-KL/UBKT\n"
		  "intake: ruling_given submission 7, list 3, row 1, request 1/1, release yes, "
		  "reason none\n"
		  "  -> approval: verified_list_opened submission 7, list 3, kind reissue, reason lost, "
		  "cell 31, period 2026-03-01, submitter 7 [list 3, rule 2]\n"
		  "  -> record: hold_settled request 1/1, member 101, state verified, reason none, "
		  "held held_mismatch, decision_number 8-KL/UBKT [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 2101, old_card 101/1, "
		  "registry_version 2, list 3 [member 101, rule 2]\n"
		  "  -> intake: request_news organisation 31, request 1/1, member 101, state verified, "
		  "field whole, reason none [member 101, rule 2]\n"
		  "intake: adjudication_ended submission 7, list 3, count 1\n"
		  "  -> approval: verified_list_ended submission 7, list 3, verified 1, refused 0, "
		  "settled 0 [list 3, rule 2]\n");
	transcript_free(s);
}

int main(void)
{
	run(what_the_commission_releases_goes_on_as_a_list_of_its_own_under_its_first_number);
	run(what_the_commission_refuses_ends_and_the_member_may_ask_again);
	run(a_ruling_is_for_the_one_whose_business_it_is_and_never_for_the_submitter);
	run(what_two_rules_hold_is_released_by_both);
	return test_summary();
}
