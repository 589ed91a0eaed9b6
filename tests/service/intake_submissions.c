// What is new goes on, row by row, to whom it concerns; what is not gets the same receipt.
#include "scene_intake.h"

// --- what goes on ---

test(a_list_goes_on_item_by_item_under_its_number)
{
	struct transcript *s = site();
	a_list_of_two(s);
	expect(s, "  -> verification: list_opened submission 3, list 1, kind exchange, reason campaign, "
		  "cell 31, period 2026-03-02, count 2 [list 1, submission 3 by person 7]\n"
		  "  -> verification: request_offered submission 3, request 1/1, member 101, photo 5, "
		  "card_enclosed no [member 101, submission 3 by person 7]\n"
		  "  -> verification: request_offered submission 3, request 1/2, member 102, photo 6, "
		  "card_enclosed no [member 102, submission 3 by person 7]\n"
		  "  -> verification: list_ended submission 3, list 1, count 2, root 00000000… [list 1, "
		  "submission 3 by person 7]\n"
		  "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 3, state taken, "
		  "submission 3, content eaadcf8c…, errors [], errors_total 0\n");
	transcript_free(s);
}

// Those whom an adjudicator releases go on as a list, whose number is given here as every list's.
test(rulings_and_withdrawals_go_on_row_by_row)
{
	struct transcript *s = site();
	enrol(s, 5, 9, role_inspection_commission, 2);
	a_list_of_two(s);
	transcript_skip(s);
	begin_act(5, act_adjudicate, 2);
	add(0, adjudication_head, .list = 1, .has_decision_number = true, .decision_number = bytes_of_text("8-KL/UBKT"));
	add(1, ruling_row, .request = item_of(1, 1), .release = true);
	add(2, ruling_row, .request = item_of(1, 2), .reason = reason_not_in_standing);
	submit(s, 3);
	begin_act(binh, act_withdraw, 31);
	add(1, withdrawal_row, .request = item_of(1, 2));
	submit(s, 1);
	begin_act(binh, act_adjudicate, 31); // not a cell's business
	add(0, adjudication_head, .list = 1);
	add(1, ruling_row, .request = item_of(1, 1), .release = true);
	submit(s, 2);
	expect(s, "  -> verification: adjudication_opened submission 5, list 2, of 1, "
		  "decision_number 8-KL/UBKT [list 2, submission 5 by person 9]\n"
		  "  -> verification: ruling_given submission 5, list 2, row 1, request 1/1, release yes, "
		  "reason none [list 2, submission 5 by person 9]\n"
		  "  -> verification: ruling_given submission 5, list 2, row 2, request 1/2, release no, "
		  "reason not_in_standing [list 2, submission 5 by person 9]\n"
		  "  -> verification: adjudication_ended submission 5, list 2, count 2 [list 2, "
		  "submission 5 by person 9]\n"
		  "  -> reply: receipt certificate 4fec9c05…, terminal 1, sequence 5, state taken, "
		  "submission 5, content f4d2077f…, errors [], errors_total 0\n"
		  "  -> verification: withdrawal_given submission 6, row 1, "
		  "request 1/2 [submission 6 by person 7]\n"
		  "  -> verification: withdrawals_ended submission 6, rows 1 [submission 6 by person 7]\n"
		  "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 6, state taken, "
		  "submission 6, content ef099365…, errors [], errors_total 0\n"
		  "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 7, state refused, "
		  "submission 7, content f73f097c…, errors [{ row 0, field actor, "
		  "reason role_not_allowed}], errors_total 1\n");
	transcript_free(s);
}

test(a_long_import_goes_on_over_several_turns_in_order)
{
	struct transcript *s = site_with(&(const struct engine_limits){ .batch_entries = 4 });
	begin_act(administrator, act_import_organisations, 0);
	for (uint32_t row = 1; row <= 9; row++)
		add(row, organisation_row, .code = 100 + row, .name = bytes_of_text("Chi bộ"), .level = org_level_cell,
		    .parent = 31, .valid_from = 20000, .connectivity = connectivity_offline);
	submit(s, 9);
	expect(s, "  -> registry: organisation_offered submission 3, row 1, code 101, name Chi bộ, "
		  "level cell, parent 31, valid_from 2024-10-04, remote no, "
		  "connectivity offline [organisation 101, submission 3 by person 0]\n"
		  "  -> registry: organisation_offered submission 3, row 2, code 102, name Chi bộ, "
		  "level cell, parent 31, valid_from 2024-10-04, remote no, "
		  "connectivity offline [organisation 102, submission 3 by person 0]\n"
		  "  -> registry: organisation_offered submission 3, row 3, code 103, name Chi bộ, "
		  "level cell, parent 31, valid_from 2024-10-04, remote no, "
		  "connectivity offline [organisation 103, submission 3 by person 0]\n"
		  "  -> reply: receipt certificate 227ba5f2…, terminal 1, sequence 3, state taken, "
		  "submission 3, content 9038ebdb…, errors [], errors_total 0\n"
		  "  -> registry: organisation_offered submission 3, row 4, code 104, name Chi bộ, "
		  "level cell, parent 31, valid_from 2024-10-04, remote no, "
		  "connectivity offline [organisation 104, submission 3 by person 0]\n"
		  "  -> registry: organisation_offered submission 3, row 5, code 105, name Chi bộ, "
		  "level cell, parent 31, valid_from 2024-10-04, remote no, "
		  "connectivity offline [organisation 105, submission 3 by person 0]\n"
		  "  -> registry: organisation_offered submission 3, row 6, code 106, name Chi bộ, "
		  "level cell, parent 31, valid_from 2024-10-04, remote no, "
		  "connectivity offline [organisation 106, submission 3 by person 0]\n"
		  "  -> registry: organisation_offered submission 3, row 7, code 107, name Chi bộ, "
		  "level cell, parent 31, valid_from 2024-10-04, remote no, "
		  "connectivity offline [organisation 107, submission 3 by person 0]\n"
		  "  -> registry: organisation_offered submission 3, row 8, code 108, name Chi bộ, "
		  "level cell, parent 31, valid_from 2024-10-04, remote no, "
		  "connectivity offline [organisation 108, submission 3 by person 0]\n"
		  "  -> registry: organisation_offered submission 3, row 9, code 109, name Chi bộ, "
		  "level cell, parent 31, valid_from 2024-10-04, remote no, "
		  "connectivity offline [organisation 109, submission 3 by person 0]\n"
		  "  -> registry: import_ended submission 3, act import_organisations, "
		  "rows 9 [submission 3 by person 0]\n");
	transcript_free(s);
}

test(acts_on_lists_go_on_with_what_they_leave_out)
{
	struct transcript *s = site();
	begin_act(chi, act_approve, 2);
	add(0, list_act_head, .number = 4, .has_decision_number = true, .decision_number = bytes_of_text("12-QĐ/BTCTU"),
	    .has_decision_date = true, .decision_date = 20514);
	add(1, leave_out_row, .request = item_of(5, 3), .reason = reason_under_discipline);
	submit(s, 2);
	expect(s, "  -> approval: list_act_given submission 3, act approve, number 4, "
		  "decision_number 12-QĐ/BTCTU, decision_date 2026-03-02, left_out [{ request 5/3, "
		  "reason under_discipline}] [group 4, submission 3 by person 8]\n"
		  "  -> reply: receipt certificate 3d3ee11c…, terminal 1, sequence 3, state taken, "
		  "submission 3, content 5e57053c…, errors [], errors_total 0\n");
	transcript_free(s);
}

test(cards_that_arrive_are_counted_box_by_box)
{
	struct transcript *s = site();
	begin_act(binh, act_receive, 31);
	add(0, receiving_head, .shipment = 6);
	add(1, box_count_row, .box = item_of(2, 1), .counted = 46, .seal_intact = true);
	submit(s, 2);
	expect(s, "  -> delivery: box_counted submission 3, row 1, shipment 6, box 2/1, counted 46, "
		  "seal_intact yes [box 131073, submission 3 by person 7]\n"
		  "  -> delivery: receiving_ended submission 3, shipment 6, rows 1 [shipment 6, "
		  "submission 3 by person 7]\n"
		  "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 3, state taken, "
		  "submission 3, content 7c605d04…, errors [], errors_total 0\n");
	begin_act(binh, act_hand_over, 31);
	add(1, coded_hand_over, .row = 1, .member = 101, .card_number = 44000017, .receipt = receipt_kind_signed_sheet,
	    .has_proof = true, .proof = 9, .old_collected = true, .date = 20514);
	submit(s, 1);
	expect(s, "  -> delivery: hand_over_given submission 4, member 101, card_number 44000017, "
		  "receipt signed_sheet, proof 9, old_collected yes, date 2026-03-02, row 1 [member 101, "
		  "submission 4 by person 7]\n"
		  "  -> delivery: hand_overs_ended submission 4, rows 1 [submission 4 by person 7]\n"
		  "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 4, state taken, "
		  "submission 4, content 85df163c…, errors [], errors_total 0\n");
	begin_act(chi, act_ship, 2);
	add(0, shipping_head, .waybill = bytes_of_text("VD 1"));
	submit(s, 1);
	expect(s, "  -> delivery: shipping_ordered submission 5, waybill VD 1 [organisation 2, "
		  "submission 5 by person 8]\n"
		  "  -> reply: receipt certificate 3d3ee11c…, terminal 1, sequence 5, state taken, "
		  "submission 5, content 8d70585f…, errors [], errors_total 0\n");
	transcript_free(s);
}

// --- what came before ---

test(a_resend_gets_the_same_receipt_and_nothing_goes_on_twice)
{
	struct transcript *s = site();
	a_list_of_two(s);
	transcript_skip(s);
	submit_again(s);
	expect(s, "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 3, state taken, "
		  "submission 3, content eaadcf8c…, errors [], errors_total 0\n");
	transcript_restart(s);
	local(s, &next_act); // whole, as the first time
	expect(s, "restart\n"
		  "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 3, state taken, "
		  "submission 3, content eaadcf8c…, errors [], errors_total 0\n");
	transcript_free(s);
}

test(the_same_number_with_other_content_is_a_conflict)
{
	struct transcript *s = site();
	a_list_of_two(s);
	transcript_skip(s);
	sequence_next--;
	a_first_card(s, binh, 31, 103);
	expect(s, "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 3, state refused, "
		  "content dd430f1a…, errors [{ row 0, field whole, reason conflict}], errors_total 1\n");
	transcript_free(s);
}

test(an_id_that_the_door_saw_and_the_fold_did_not_gets_no_receipt)
{
	struct transcript *s = site();
	begin_act(binh, act_submit_list, 31);
	sign();
	submit_again(s);
	expect(s, "");
	transcript_free(s);
}

// --- bad rows ---

test(one_bad_row_refuses_a_list_and_all_bad_rows_are_named)
{
	struct transcript *s = site();
	begin_act(binh, act_submit_list, 31);
	add(0, list_head, .kind = request_kind_new, .reason = request_reason_first, .period = 20514);
	add(2, coded_request, .row = 2, .member = 101);
	add_error(1, field_profile_number, reason_unknown);
	add_error(3, field_profile_number, reason_malformed);
	add_error(3, field_photo, reason_unknown);
	submit(s, 4);
	expect(s, "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 3, state refused, "
		  "submission 3, content 30ab0bb4…, errors [{ row 1, field profile_number, "
		  "reason unknown}, { row 3, field profile_number, reason malformed}, { row 3, "
		  "field photo, reason unknown}], errors_total 3\n");
	check_u64(outcome_of(s, 3).refused, 3);
	submit_again(s); // the receipt of a refusal is the same every time, too
	expect(s, "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 3, state refused, "
		  "submission 3, content 30ab0bb4…, errors [{ row 1, field profile_number, "
		  "reason unknown}, { row 3, field profile_number, reason malformed}, { row 3, "
		  "field photo, reason unknown}], errors_total 3\n");
	transcript_free(s);
}

test(a_bad_row_of_an_import_leaves_the_others_standing)
{
	struct transcript *s = site();
	begin_act(administrator, act_import_members, 0);
	add(1, coded_member, .row = 1, .member = 101, .record = 1, .admission_date = 15000, .type = member_type_official,
	    .status = member_status_active, .home_cell = 31, .present_cell = 31);
	add_error(2, field_citizen_id, reason_malformed);
	submit(s, 2);
	expect(s, "  -> registry: member_offered submission 3, member { row 1, member 101, record 1, "
		  "digest 00000000…, admission_date 2011-01-26, type official, status active, "
		  "home_cell 31, present_cell 31, phone no} [member 101, submission 3 by person 0]\n"
		  "  -> registry: import_ended submission 3, act import_members, "
		  "rows 1 [submission 3 by person 0]\n"
		  "  -> reply: receipt certificate 227ba5f2…, terminal 1, sequence 3, state taken, "
		  "submission 3, content b3c100c7…, errors [{ row 2, field citizen_id, reason malformed}], "
		  "errors_total 1\n");
	check_u64(outcome_of(s, 3).state, outcome_state_pending);
	tell(s, registry, row_refused, .submission = 3, .row = 1, .field = field_home_cell, .reason = reason_unknown);
	tell(s, registry, act_closed, .submission = 3, .refused = 1);
	transcript_skip(s);
	check_u64(outcome_of(s, 3).accepted, 0);
	check_u64(outcome_of(s, 3).refused, 2);
	submit_again(s); // what the registry said later is in the outcome, not in the receipt
	expect(s, "  -> reply: receipt certificate 227ba5f2…, terminal 1, sequence 3, state taken, "
		  "submission 3, content b3c100c7…, errors [{ row 2, field citizen_id, reason malformed}], "
		  "errors_total 1\n");
	transcript_free(s);
}

test(an_import_of_bad_rows_only_is_over_at_once)
{
	struct transcript *s = site();
	begin_act(administrator, act_import_members, 0);
	add_error(1, field_citizen_id, reason_malformed);
	add_error(2, field_citizen_id, reason_missing);
	submit(s, 2);
	expect(s, "  -> reply: receipt certificate 227ba5f2…, terminal 1, sequence 3, state taken, "
		  "submission 3, content b3c100c7…, errors [{ row 1, field citizen_id, reason malformed}, "
		  "{ row 2, field citizen_id, reason missing}], errors_total 2\n");
	check_u64(outcome_of(s, 3).state, outcome_state_done);
	check_u64(outcome_of(s, 3).refused, 2);
	transcript_free(s);
}

int main(void)
{
	run(a_list_goes_on_item_by_item_under_its_number);
	run(rulings_and_withdrawals_go_on_row_by_row);
	run(a_long_import_goes_on_over_several_turns_in_order);
	run(acts_on_lists_go_on_with_what_they_leave_out);
	run(cards_that_arrive_are_counted_box_by_box);
	run(a_resend_gets_the_same_receipt_and_nothing_goes_on_twice);
	run(the_same_number_with_other_content_is_a_conflict);
	run(an_id_that_the_door_saw_and_the_fold_did_not_gets_no_receipt);
	run(one_bad_row_refuses_a_list_and_all_bad_rows_are_named);
	run(a_bad_row_of_an_import_leaves_the_others_standing);
	run(an_import_of_bad_rows_only_is_over_at_once);
	submissions_deinit();
	return test_summary();
}
