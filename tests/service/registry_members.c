// Members that are imported: dates, cells, cards; and once more.
#include "scene_registry.h"

test(a_member_is_registered_when_the_vault_knows_nobody_else_and_the_import_is_closed_after_the_last_answer)
{
	struct transcript *s = begin_with_tree();
	offer_member(s, with_card(official(1, lan), 44000017));
	offer_member(s, official(2, minh));
	end_members(s, 2);
	nobody_else(s, 1, lan);
	nobody_else(s, 2, minh);
	expect(s, "intake: row 1, member 101\n"
		  "  ?? identity_lookup submission 2, row 1, member 101, record 1101\n"
		  "intake: row 2, member 102\n"
		  "  ?? identity_lookup submission 2, row 2, member 102, record 1102\n"
		  "intake: import_ended submission 2, act import_members, rows 2\n"
		  "adapter: identity_found submission 2, row 1, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 101, version 1, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2101 [member 101]\n"
		  "  -> verification printing delivery inspection revocation: card_opened member 101, card 101/1, "
		  "number 44.000017, generation paper_2003, issued 2011-09-02, boxes 15, cell 44010101, "
		  "status active [member 101]\n"
		  "adapter: identity_found submission 2, row 2, member 102, known yes, persons [102], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 102, version 2, record 1102, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2102 [member 102]\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, refused 0, "
		  "more 0\n");
	transcript_free(s);
}

test(every_date_that_does_not_fit_is_told)
{
	struct transcript *s = begin_with_tree();
	struct coded_member m = official(1, lan);
	m.admission_date = date("2026-03-03"); // tomorrow
	offer_member(s, m);
	m = official(2, lan);
	m.has_official_date = false;
	offer_member(s, m);
	m = official(3, lan);
	m.official_date = date("2010-05-18");
	offer_member(s, m);
	m = official(4, lan);
	m.type = member_type_probationary;
	offer_member(s, m);
	m = official(5, lan);
	m.official_date = date("2026-03-03");
	offer_member(s, m);
	m = official(6, lan);
	m.has_status_date = true;
	m.status_date = date("2009-01-01");
	offer_member(s, m);
	end_members(s, 6);
	expect(s, "intake: row 1, member 101\n"
		  "  -> intake: row_refused submission 2, row 1, field admission_date, "
		  "reason out_of_range [member 101]\n"
		  "intake: row 2, member 101\n"
		  "  -> intake: row_refused submission 2, row 2, field official_date, "
		  "reason missing [member 101]\n"
		  "intake: row 3, member 101\n"
		  "  -> intake: row_refused submission 2, row 3, field official_date, "
		  "reason date_order [member 101]\n"
		  "intake: row 4, member 101\n"
		  "  -> intake: row_refused submission 2, row 4, field official_date, "
		  "reason not_official [member 101]\n"
		  "intake: row 5, member 101\n"
		  "  -> intake: row_refused submission 2, row 5, field official_date, "
		  "reason out_of_range [member 101]\n"
		  "intake: row 6, member 101\n"
		  "  -> intake: row_refused submission 2, row 6, field status, "
		  "reason date_order [member 101]\n"
		  "intake: import_ended submission 2, act import_members, rows 6\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 0, refused 6, "
		  "more 0\n");
	transcript_free(s);
}

test(a_member_belongs_to_a_cell_that_is_known)
{
	struct transcript *s = begin_with_tree();
	struct coded_member m = official(1, lan);
	m.home_cell = 999;
	offer_member(s, m);
	m = official(2, lan);
	m.present_cell = 999;
	offer_member(s, m);
	m = official(3, lan);
	m.home_cell = 4401;
	offer_member(s, m);
	m = official(4, lan);
	m.present_cell = 44;
	offer_member(s, m);
	m = official(5, lan); // a grassroots organisation that is a cell itself
	m.home_cell = m.present_cell = 440101;
	register_one(s, m);
	expect(s, "intake: row 1, member 101\n"
		  "  -> intake: row_refused submission 2, row 1, field home_cell, "
		  "reason unknown [member 101]\n"
		  "intake: row 2, member 101\n"
		  "  -> intake: row_refused submission 2, row 2, field present_cell, "
		  "reason unknown [member 101]\n"
		  "intake: row 3, member 101\n"
		  "  -> intake: row_refused submission 2, row 3, field home_cell, "
		  "reason wrong_level [member 101]\n"
		  "intake: row 4, member 101\n"
		  "  -> intake: row_refused submission 2, row 4, field present_cell, "
		  "reason wrong_level [member 101]\n"
		  "intake: row 5, member 101\n"
		  "  ?? identity_lookup submission 2, row 5, member 101, record 1101\n"
		  "adapter: identity_found submission 2, row 5, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 101, version 1, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 440101, "
		  "present_cell 440101, photo 2101 [member 101]\n");
	transcript_free(s);
}

test(a_card_in_use_has_a_number_of_the_right_form_and_all_that_belongs_to_it)
{
	struct transcript *s = begin_with_tree();
	offer_member(s, with_card(official(1, lan), 44000000));
	offer_member(s, with_card(official(2, lan), 999999));
	offer_member(s, with_card(official(3, lan), 100000001));
	struct coded_member m = with_card(official(4, lan), 44000017);
	m.has_card_generation = false;
	offer_member(s, m);
	m = with_card(official(5, lan), 44000017);
	m.has_card_issued = false;
	offer_member(s, m);
	m = with_card(official(6, lan), 44000017);
	m.card_issued = date("2010-01-01");
	offer_member(s, m);
	m = with_card(official(7, lan), 44000017);
	m.card_issued = date("2026-03-03");
	offer_member(s, m);
	m = with_card(official(8, lan), 44000017);
	m.stamped_boxes = 16;
	offer_member(s, m);
	m = with_card(official(9, lan), 44000017);
	m.has_card_number = false;
	offer_member(s, m);
	m = with_card(official(10, lan), 44000017);
	m.type = member_type_probationary;
	m.has_official_date = false;
	offer_member(s, m);
	end_members(s, 10);
	expect(s, "intake: row 1, member 101\n"
		  "  -> intake: row_refused submission 2, row 1, field card_number, "
		  "reason malformed [member 101]\n"
		  "intake: row 2, member 101\n"
		  "  -> intake: row_refused submission 2, row 2, field card_number, "
		  "reason malformed [member 101]\n"
		  "intake: row 3, member 101\n"
		  "  -> intake: row_refused submission 2, row 3, field card_number, "
		  "reason malformed [member 101]\n"
		  "intake: row 4, member 101\n"
		  "  -> intake: row_refused submission 2, row 4, field card_generation, "
		  "reason missing [member 101]\n"
		  "intake: row 5, member 101\n"
		  "  -> intake: row_refused submission 2, row 5, field card_issued, "
		  "reason missing [member 101]\n"
		  "intake: row 6, member 101\n"
		  "  -> intake: row_refused submission 2, row 6, field card_issued, "
		  "reason date_order [member 101]\n"
		  "intake: row 7, member 101\n"
		  "  -> intake: row_refused submission 2, row 7, field card_issued, "
		  "reason out_of_range [member 101]\n"
		  "intake: row 8, member 101\n"
		  "  -> intake: row_refused submission 2, row 8, field stamped_boxes, "
		  "reason out_of_range [member 101]\n"
		  "intake: row 9, member 101\n"
		  "  -> intake: row_refused submission 2, row 9, field card_number, "
		  "reason missing [member 101]\n"
		  "intake: row 10, member 101\n"
		  "  -> intake: row_refused submission 2, row 10, field card_number, "
		  "reason not_official [member 101]\n"
		  "intake: import_ended submission 2, act import_members, rows 10\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 0, refused 10, "
		  "more 0\n");
	transcript_free(s);
}

test(a_card_number_belongs_to_one_member_even_when_both_rows_wait_for_the_vault)
{
	struct transcript *s = begin_with_tree();
	offer_member(s, with_card(official(1, lan), 44000017));
	offer_member(s, with_card(official(2, minh), 44000017));
	nobody_else(s, 1, lan);
	nobody_else(s, 2, minh);
	offer_member(s, with_card(official(3, hoa), 44000017));
	end_members(s, 3);
	expect(s, "intake: row 1, member 101\n"
		  "  ?? identity_lookup submission 2, row 1, member 101, record 1101\n"
		  "intake: row 2, member 102\n"
		  "  ?? identity_lookup submission 2, row 2, member 102, record 1102\n"
		  "adapter: identity_found submission 2, row 1, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 101, version 1, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2101 [member 101]\n"
		  "  -> verification printing delivery inspection revocation: card_opened member 101, card 101/1, "
		  "number 44.000017, generation paper_2003, issued 2011-09-02, boxes 15, cell 44010101, "
		  "status active [member 101]\n"
		  "adapter: identity_found submission 2, row 2, member 102, known yes, persons [102], "
		  "more no\n"
		  "  -> intake: row_refused submission 2, row 2, field card_number, "
		  "reason duplicate [member 102]\n"
		  "intake: row 3, member 103\n"
		  "  -> intake: row_refused submission 2, row 3, field card_number, "
		  "reason duplicate [member 103]\n"
		  "intake: import_ended submission 2, act import_members, rows 3\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 1, refused 2, "
		  "more 0\n");
	transcript_free(s);
}

test(members_who_left_or_died_may_be_imported_with_their_cards)
{
	struct transcript *s = begin_with_tree();
	struct coded_member m = with_card(official(1, lan), 44000017);
	m.status = member_status_deceased;
	m.has_status_date = true;
	m.status_date = date("2024-12-01");
	register_one(s, m);
	expect(s, "intake: row 1, member 101\n"
		  "  ?? identity_lookup submission 2, row 1, member 101, record 1101\n"
		  "adapter: identity_found submission 2, row 1, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 101, version 1, record 1101, "
		  "type official, status deceased, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2101 [member 101]\n"
		  "  -> verification printing delivery inspection revocation: card_opened member 101, card 101/1, "
		  "number 44.000017, generation paper_2003, issued 2011-09-02, boxes 15, cell 44010101, "
		  "status deceased [member 101]\n");
	transcript_free(s);
}

// --- once more ---

test(the_same_member_twice_in_a_file_enters_once)
{
	struct transcript *s = begin_with_tree();
	offer_member(s, official(1, lan));
	offer_member(s, official(2, lan));
	nobody_else(s, 1, lan);
	nobody_else(s, 2, lan);
	end_members(s, 2);
	expect(s, "intake: row 1, member 101\n"
		  "  ?? identity_lookup submission 2, row 1, member 101, record 1101\n"
		  "intake: row 2, member 101\n"
		  "  ?? identity_lookup submission 2, row 2, member 101, record 1101\n"
		  "adapter: identity_found submission 2, row 1, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 101, version 1, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2101 [member 101]\n"
		  "adapter: identity_found submission 2, row 2, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake: row_refused submission 2, row 2, field profile_number, "
		  "reason already_done [member 101]\n"
		  "intake: import_ended submission 2, act import_members, rows 2\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 1, refused 1, "
		  "more 0\n");
	transcript_free(s);
}

test(importing_a_file_again_changes_nothing)
{
	struct transcript *s = begin_with_tree();
	register_one(s, with_card(official(1, lan), 44000017));
	end_members(s, 1);
	transcript_skip(s);
	struct coded_member again = with_card(official(1, lan), 44000017);
	again.record = 5000; // the door has put the person's data into the vault once more
	offer_member(s, again);
	end_members(s, 1);
	expect(s, "intake: row 1, member 101\n"
		  "  -> intake: row_refused submission 2, row 1, field profile_number, "
		  "reason already_done [member 101]\n"
		  "intake: import_ended submission 2, act import_members, rows 1\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 0, refused 1, "
		  "more 0\n");
	transcript_free(s);
}

test(a_registered_member_with_other_data_is_refused_at_the_column_that_differs)
{
	struct transcript *s = begin_with_tree();
	register_one(s, with_card(official(1, lan), 44000017));
	transcript_skip(s);
	struct coded_member m = with_card(official(2, lan), 44000017);
	m.present_cell = 44010102;
	offer_member(s, m);
	m = with_card(official(3, lan), 44000018);
	offer_member(s, m);
	m = with_card(official(4, lan), 44000017);
	m.has_photo = false;
	offer_member(s, m);
	m = with_card(official(5, lan), 44000017);
	m.status = member_status_exempt;
	offer_member(s, m);
	expect(s, "intake: row 2, member 101\n"
		  "  -> intake: row_refused submission 2, row 2, field present_cell, "
		  "reason differs [member 101]\n"
		  "intake: row 3, member 101\n"
		  "  -> intake: row_refused submission 2, row 3, field card_number, "
		  "reason differs [member 101]\n"
		  "intake: row 4, member 101\n"
		  "  -> intake: row_refused submission 2, row 4, field photo, reason differs [member 101]\n"
		  "intake: row 5, member 101\n"
		  "  -> intake: row_refused submission 2, row 5, field status, "
		  "reason differs [member 101]\n");
	transcript_free(s);
}

// Each column by itself: the row once more, with one thing changed.
static bool differs_at(struct transcript *s, struct coded_member m, const char *field)
{
	char wanted[80];
	snprintf(wanted, sizeof wanted, "field %s, reason differs", field);
	transcript_skip(s);
	offer_member(s, m);
	return strstr(transcript_said(s), wanted) != NULL;
}

test(no_column_of_a_registered_member_is_changed_by_importing_them_again)
{
	struct transcript *s = begin_with_tree();
	struct coded_member known = with_card(official(1, lan), 44000017), m;
	register_one(s, known);
#define changed(change, field) (m = known, m.row = 2, change, differs_at(s, m, field))
	check(changed(m.admission_date++, "admission_date"));
	check(changed(m.official_date++, "official_date"));
	check(changed(m.has_official_date = false, "official_date"));
	check(changed(m.type = member_type_probationary, "type"));
	check(changed((m.has_status_date = true, m.status_date = date("2025-01-01")), "status"));
	check(changed(m.home_cell = 44010102, "home_cell"));
	check(changed(m.photo++, "photo"));
	check(changed((m.has_discipline_until = true, m.discipline_until = date("2027-01-01")), "discipline"));
	check(changed(m.has_card_number = false, "card_number"));
	check(changed(m.card_issued++, "card_number"));
	check(changed(m.stamped_boxes = 7, "card_number"));
	check(changed(m.card_generation = card_generation_chip_2025, "card_number"));
#undef changed
	transcript_free(s);
}

int main(void)
{
	run(a_member_is_registered_when_the_vault_knows_nobody_else_and_the_import_is_closed_after_the_last_answer);
	run(every_date_that_does_not_fit_is_told);
	run(a_member_belongs_to_a_cell_that_is_known);
	run(a_card_in_use_has_a_number_of_the_right_form_and_all_that_belongs_to_it);
	run(a_card_number_belongs_to_one_member_even_when_both_rows_wait_for_the_vault);
	run(members_who_left_or_died_may_be_imported_with_their_cards);
	run(the_same_member_twice_in_a_file_enters_once);
	run(importing_a_file_again_changes_nothing);
	run(a_registered_member_with_other_data_is_refused_at_the_column_that_differs);
	run(no_column_of_a_registered_member_is_changed_by_importing_them_again);
	return test_summary();
}
