// Who may submit: officers as they are enrolled, in their role, for their organisation.
#include "scene_intake.h"

test(the_administrator_enrols_officers)
{
	struct transcript *s = transcript_new(&intake_service);
	sequence_next = 0;
	name_administrator(s);
	organisation(s, 31, org_level_cell, 2);
	transcript_skip(s);
	enrol(s, binh, 7, role_cell_officer, 31);
	expect(s, "  -> reply: receipt certificate 227ba5f2…, terminal 1, sequence 1, state taken, "
		  "submission 1, content 210b04d5…, errors [], errors_total 0\n");
	enrol(s, binh, 7, role_cell_officer, 31); // the same key once more
	expect(s, "  -> reply: receipt certificate 227ba5f2…, terminal 1, sequence 2, state taken, "
		  "submission 2, content 6fd8170a…, errors [{ row 1, field public_key, reason duplicate}], "
		  "errors_total 1\n");
	enrol(s, chi, 8, role_provincial_board, 31); // not a cell's role
	expect(s, "  -> reply: receipt certificate 227ba5f2…, terminal 1, sequence 3, state taken, "
		  "submission 3, content 9a77012b…, errors [{ row 1, field organisation, "
		  "reason wrong_level}], errors_total 1\n");
	enrol(s, chi, 8, role_cell_officer, 99);
	expect(s, "  -> reply: receipt certificate 227ba5f2…, terminal 1, sequence 4, state taken, "
		  "submission 4, content 796c0e1a…, errors [{ row 1, field organisation, reason unknown}], "
		  "errors_total 1\n");
	check_u64(outcome_of(s, 1).accepted, 1);
	check_u64(outcome_of(s, 2).refused, 1);
	transcript_free(s);
}

test(only_the_first_administrator_is_believed)
{
	struct transcript *s = site();
	struct buffer body = { 0 };
	administrator_named_encode(&(struct administrator_named){ key_of(9), bytes_of_text("key 9") }, &body);
	transcript_local(s, message_type_administrator_named, buffer_bytes(&body));
	buffer_deinit(&body);
	transcript_skip(s);
	begin_act(9, act_enrol_officers, 0);
	add(1, coded_officer, .row = 1, .public_key = bytes_of_text("key 10"), .role = role_central_board,
	    .organisation = 1);
	submit(s, 1);
	expect(s, "");
	transcript_free(s);
}

test(a_role_that_may_not_do_it_is_refused_and_that_is_recorded)
{
	struct transcript *s = site();
	begin_act(binh, act_approve, 31);
	add(0, list_act_head, .number = 1);
	submit(s, 1);
	expect(s, "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 3, state refused, "
		  "submission 3, content e6ac719c…, errors [{ row 0, field actor, "
		  "reason role_not_allowed}], errors_total 1\n");
	check_u64(outcome_of(s, 3).state, outcome_state_done);
	check_u64(outcome_of(s, 3).reason, reason_role_not_allowed);
	transcript_free(s);
}

test(nobody_acts_for_another_organisation)
{
	struct transcript *s = site();
	a_first_card(s, binh, 2, 101);
	expect(s, "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 3, state refused, "
		  "submission 3, content 7fe6abf6…, errors [{ row 0, field organisation, "
		  "reason outside_subtree}], errors_total 1\n");
	transcript_free(s);
}

// C13: somebody who enters data for cells that have nobody who could.
test(a_volunteer_enters_data_for_the_cells_below_their_organisation_only)
{
	struct transcript *s = site();
	organisation(s, 4, org_level_attached, 1);
	enrol(s, 4, 9, role_assisting_volunteer, 2);
	enrol(s, 5, 10, role_assisting_volunteer, 4);
	transcript_skip(s);
	for (unsigned volunteer = 4; volunteer <= 5; volunteer++) {
		transcript_mute(s);
		a_first_card(s, volunteer, 31, 101);
		transcript_unmute(s);
		check_u64(outcome_of(s, 3 + volunteer - 2).state,
			  volunteer == 4 ? outcome_state_pending : outcome_state_done);
		check_u64(outcome_of(s, 3 + volunteer - 2).reason, volunteer == 4 ? reason_none : reason_outside_subtree);
	}
	transcript_free(s);
}

int main(void)
{
	run(the_administrator_enrols_officers);
	run(only_the_first_administrator_is_believed);
	run(a_role_that_may_not_do_it_is_refused_and_that_is_recorded);
	run(nobody_acts_for_another_organisation);
	run(a_volunteer_enters_data_for_the_cells_below_their_organisation_only);
	submissions_deinit();
	return test_summary();
}
