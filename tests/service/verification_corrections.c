// Requests that came back to their cell, and come again.
#include "scene_requests.h"

test(a_request_may_be_corrected_three_times_and_then_is_rejected)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, false);
	for (uint64_t list = 1; list <= 5; list++) {
		open_list(s, 4 + list, list, 31);
		ask(s, 4 + list, item_of(list, 1), lan, loss_assessment_justified);
	}
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field photo, "
		  "reason photo_missing, rule photo [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 5, row 1, field photo, reason photo_missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 6, request 2/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 2, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field photo, "
		  "reason photo_missing, rule photo [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 6, row 1, field photo, reason photo_missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 7, request 3/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 3, row 1, "
		  "round 2 [member 101, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field photo, "
		  "reason photo_missing, rule photo [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 7, row 1, field photo, reason photo_missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 8, request 4/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 4, row 1, "
		  "round 3 [member 101, rule 2]\n"
		  "  -> record: request_settled request 1/1, member 101, state returned, field photo, "
		  "reason photo_missing, rule photo [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 8, row 1, field photo, reason photo_missing, "
		  "request 1/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 9, request 5/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_settled request 1/1, member 101, state rejected, field request, "
		  "reason correction_limit, rule  [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 9, row 1, field request, reason correction_limit, "
		  "request 1/1 [member 101, rule 2]\n"
		  "  -> record: request_finished request 1/1, member 101, state rejected [member 101, "
		  "rule 2]\n");
	transcript_free(s);
}

test(a_correction_may_name_its_request_and_must_fit_it)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, false);
	lost_a_card(s, minh, true);
	open_list(s, 5, 1, 31);
	ask(s, 5, item_of(1, 1), lan, loss_assessment_justified);
	transcript_skip(s);
	open_list(s, 6, 2, 31);
	by_cell(s, 6, 31);
	tell(s, intake, request_offered, .submission = 6, .request = item_of(2, 1), .member = minh, .has_corrects = true,
	     .corrects = item_of(1, 1)); // somebody else's
	tell(s, intake, request_offered, .submission = 6, .request = item_of(2, 2), .member = lan, .has_corrects = true,
	     .corrects = item_of(1, 1), .has_photo = true, .photo = 77);
	tell(s, intake, request_offered, .submission = 6, .request = item_of(2, 3), .member = lan, .has_corrects = true,
	     .corrects = item_of(1, 1)); // it is on its way again
	tell(s, intake, list_ended, .submission = 6, .list = 2, .count = 3);
	expect(s, "intake: request_offered submission 6, request 2/1, member 102, corrects 65537, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 102, state rejected, field request, "
		  "reason unknown, rule  [member 102, rule 2]\n"
		  "  -> intake: row_refused submission 6, row 1, field request, reason unknown, "
		  "request 2/1 [member 102, rule 2]\n"
		  "intake: request_offered submission 6, request 2/2, member 101, photo 77, "
		  "corrects 65537, card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 2, row 2, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 77, old_card 101/1, "
		  "registry_version 101, list 2 [member 101, rule 2]\n"
		  "intake: request_offered submission 6, request 2/3, member 101, corrects 65537, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 2/3, member 101, state rejected, field request, "
		  "reason wrong_state, rule  [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 6, row 3, field request, reason wrong_state, "
		  "request 2/3 [member 101, rule 2]\n"
		  "intake: list_ended submission 6, list 2, count 3, root 00000000…\n"
		  "  -> approval: verified_list_ended submission 6, list 2, verified 1, refused 2, "
		  "settled 0 [list 2, rule 2]\n");
	transcript_free(s);
}

test(another_cells_mistaken_row_leaves_a_returned_request_alone)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, false);
	open_list(s, 5, 1, 31);
	ask(s, 5, item_of(1, 1), lan, loss_assessment_justified);
	transcript_skip(s);
	open_list(s, 6, 2, 32);
	tell(s, intake, request_offered, .submission = 6, .request = item_of(2, 1), .member = lan, .has_photo = true,
	     .photo = 77);
	tell(s, intake, request_offered, .submission = 6, .request = item_of(2, 2), .member = lan, .has_corrects = true,
	     .corrects = item_of(1, 1), .has_photo = true, .photo = 77);
	open_list(s, 7, 3, 31); // and its own cell still corrects it
	by_cell(s, 7, 31);
	tell(s, intake, request_offered, .submission = 7, .request = item_of(3, 1), .member = lan, .has_photo = true,
	     .photo = 77);
	expect(s, "intake: request_offered submission 6, request 2/1, member 101, photo 77, "
		  "card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 101, state rejected, "
		  "field present_cell, reason other_cell, rule own-cell [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 6, row 1, field present_cell, reason other_cell, "
		  "request 2/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 6, request 2/2, member 101, photo 77, "
		  "corrects 65537, card_enclosed no\n"
		  "  -> record: request_settled request 2/2, member 101, state rejected, "
		  "field present_cell, reason other_cell, rule  [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 6, row 2, field present_cell, reason other_cell, "
		  "request 2/2 [member 101, rule 2]\n"
		  "intake: request_offered submission 7, request 3/1, member 101, photo 77, "
		  "card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 3, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 77, old_card 101/1, "
		  "registry_version 101, list 3 [member 101, rule 2]\n");
	transcript_free(s);
}

test(when_a_member_has_moved_the_new_cell_corrects_and_the_old_one_does_not)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, false);
	open_list(s, 5, 1, 31);
	ask(s, 5, item_of(1, 1), lan, loss_assessment_justified);
	moved(s, lan, 32);
	transcript_skip(s);
	open_list(s, 6, 2, 31);
	ask(s, 6, item_of(2, 1), lan, loss_assessment_justified);
	open_list(s, 7, 3, 32);
	tell(s, intake, request_offered, .submission = 7, .request = item_of(3, 1), .member = lan, .has_photo = true,
	     .photo = 77);
	expect(s, "intake: request_offered submission 6, request 2/1, member 101, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> record: request_settled request 2/1, member 101, state rejected, "
		  "field present_cell, reason other_cell, rule own-cell [member 101, rule 2]\n"
		  "  -> intake: row_refused submission 6, row 1, field present_cell, reason other_cell, "
		  "request 2/1 [member 101, rule 2]\n"
		  "intake: request_offered submission 7, request 3/1, member 101, photo 77, "
		  "card_enclosed no\n"
		  "  -> record: request_reopened request 1/1, member 101, list 3, row 1, "
		  "round 1 [member 101, rule 2]\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 77, old_card 101/1, "
		  "registry_version 102, list 3 [member 101, rule 2]\n");
	transcript_free(s);
}

test(who_is_at_another_cell_for_a_while_is_corrected_there_and_not_at_home)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, false);
	open_list(s, 5, 1, 31);
	ask(s, 5, item_of(1, 1), lan, loss_assessment_justified);
	struct member_registered away = official(lan);
	away.version = lan + 1;
	away.status = member_status_temp_activity;
	away.present_cell = 32;
	know(s, away);
	transcript_skip(s);
	open_list(s, 6, 2, 31);
	by_cell(s, 6, 31);
	tell(s, intake, request_offered, .submission = 6, .request = item_of(2, 1), .member = lan, .has_corrects = true,
	     .corrects = item_of(1, 1), .has_photo = true, .photo = 77);
	check(strstr(transcript_said(s), "field present_cell, reason other_cell"));
	check(!strstr(transcript_said(s), "request_reopened"));
	open_list(s, 7, 3, 32);
	by_cell(s, 7, 32);
	tell(s, intake, request_offered, .submission = 7, .request = item_of(3, 1), .member = lan, .has_corrects = true,
	     .corrects = item_of(1, 1), .has_photo = true, .photo = 77);
	check(strstr(transcript_said(s), "request_reopened request 1/1, member 101, list 3"));
	transcript_free(s);
}

test(rows_of_a_cell_that_is_merged_meanwhile_are_its_successors)
{
	struct transcript *s = begin();
	lost_a_card(s, lan, true);
	open_list(s, 5, 1, 31);
	transcript_mute(s);
	organisation(s, 31, org_level_cell, 32);
	transcript_unmute(s);
	moved(s, lan, 32);
	transcript_skip(s);
	by_cell(s, 5, 31);
	tell(s, intake, request_offered, .submission = 5, .request = item_of(1, 1), .member = lan, .has_evidence = true,
	     .evidence = 55, .has_loss = true, .loss = loss_assessment_justified, .has_photo = true, .photo = 77);
	expect(s, "intake: request_offered submission 5, request 1/1, member 101, photo 77, evidence 55, "
		  "loss justified, card_enclosed no\n"
		  "  -> approval: request_verified request 1/1, member 101, photo 77, old_card 101/1, "
		  "registry_version 102, list 1 [member 101, rule 2]\n");
	transcript_free(s);
}

test(a_correction_that_brings_nothing_new_keeps_photo_and_evidence_and_one_of_another_kind_is_refused)
{
	struct transcript *s = begin();
	lost_a_card(s, minh, true);
	open_list(s, 5, 1, 31);
	by_cell(s, 5, 31);
	tell(s, intake, request_offered, .submission = 5, .request = item_of(1, 1), .member = minh,
	     .has_photo = true, .photo = 88,
	     .has_evidence = true, .evidence = 55, .has_loss = true, .loss = loss_assessment_justified);
	tell(s, printing, record_refused, .request = item_of(1, 1), .member = minh, .reason = reason_facility_data);
	by_cell(s, 6, 31);
	tell(s, intake, list_opened, .submission = 6, .list = 2, .kind = request_kind_exchange, .reason = request_reason_damaged,
	     .cell = 31, .period = date("2026-03-01"), .count = 1);
	tell(s, intake, request_offered, .submission = 6, .request = item_of(2, 1), .member = minh, .has_corrects = true,
	     .corrects = item_of(1, 1));
	check(strstr(transcript_said(s), "field request, reason other_kind"));
	open_list(s, 7, 3, 31);
	by_cell(s, 7, 31);
	tell(s, intake, request_offered, .submission = 7, .request = item_of(3, 1), .member = minh, .has_corrects = true,
	     .corrects = item_of(1, 1), .has_loss = true, .loss = loss_assessment_justified);
	check(strstr(transcript_said(s), "request_verified request 1/1, member 102, photo 88,"));
	transcript_free(s);
}

int main(void)
{
	run(a_request_may_be_corrected_three_times_and_then_is_rejected);
	run(a_correction_may_name_its_request_and_must_fit_it);
	run(another_cells_mistaken_row_leaves_a_returned_request_alone);
	run(when_a_member_has_moved_the_new_cell_corrects_and_the_old_one_does_not);
	run(who_is_at_another_cell_for_a_while_is_corrected_there_and_not_at_home);
	run(rows_of_a_cell_that_is_merged_meanwhile_are_its_successors);
	run(a_correction_that_brings_nothing_new_keeps_photo_and_evidence_and_one_of_another_kind_is_refused);
	return test_summary();
}
