// Organisations that are imported: what fits into the tree, in any order, once.
#include "scene_registry.h"

// The centre and the province came as rows 1 and 2.
static struct transcript *begin_with_province(void)
{
	struct transcript *s = begin();
	offer(s, 1, centre);
	offer(s, 2, province);
	transcript_skip(s);
	return s;
}

test(a_tree_is_registered_and_the_import_is_closed_once)
{
	struct transcript *s = begin();
	offer(s, 1, centre);
	offer(s, 2, province);
	offer(s, 3, commune);
	end_organisations(s, 3);
	expect(s, "intake: row 1, central 1 \"Đảng bộ\" below 0, party code 0\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 1, name Đảng bộ, level central, parent 0, valid_from 2025-07-01, "
		  "remote no [organisation 1]\n"
		  "intake: row 2, attached 44 \"Đảng bộ\" below 1, party code 44\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 44, name Đảng bộ, level attached, parent 1, valid_from 2025-07-01, party_code 44, "
		  "remote no [organisation 44]\n"
		  "intake: row 3, superior 4401 \"Đảng bộ\" below 44, party code 0\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 4401, name Đảng bộ, level superior, parent 44, valid_from 2025-07-01, "
		  "remote no [organisation 4401]\n"
		  "intake: import_ended submission 1, act import_organisations, rows 3\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 3, refused 0, "
		  "more 0\n");
	transcript_free(s);
}

test(every_organisation_that_does_not_fit_is_told_with_its_row_column_and_reason)
{
	struct transcript *s = begin_with_province();
	offer(s, 3, (struct place){ 0, org_level_superior, 44, 0 });
	offer(s, 4, (struct place){ 1000000000000, org_level_superior, 44, 0 });
	offer(s, 5, (struct place){ 2, org_level_central, 0, 0 });
	offer(s, 6, (struct place){ 3, org_level_central, 1, 0 });
	offer(s, 7, (struct place){ 45, org_level_attached, 0, 45 });
	offer(s, 8, (struct place){ 46, org_level_attached, 46, 46 });
	offer(s, 9, (struct place){ 47, org_level_attached, 44, 47 });
	offer(s, 10, (struct place){ 48, org_level_attached, 1, 44 });
	offer(s, 11, (struct place){ 49, org_level_attached, 1, 100 });
	offer(s, 12, (struct place){ 4402, org_level_superior, 44, 12 });
	offer_named(s, 13, (struct place){ 4403, org_level_superior, 44, 0 }, "");
	end_organisations(s, 11);
	expect(s, "intake: row 3, superior 0 \"Đảng bộ\" below 44, party code 0\n"
		  "  -> intake: row_refused submission 1, row 3, field code, reason malformed\n"
		  "intake: row 4, superior 1000000000000 \"Đảng bộ\" below 44, party code 0\n"
		  "  -> intake: row_refused submission 1, row 4, field code, reason malformed\n"
		  "intake: row 5, central 2 \"Đảng bộ\" below 0, party code 0\n"
		  "  -> intake: row_refused submission 1, row 5, field level, "
		  "reason duplicate [organisation 2]\n"
		  "intake: row 6, central 3 \"Đảng bộ\" below 1, party code 0\n"
		  "  -> intake: row_refused submission 1, row 6, field parent, "
		  "reason wrong_level [organisation 3]\n"
		  "intake: row 7, attached 45 \"Đảng bộ\" below 0, party code 45\n"
		  "  -> intake: row_refused submission 1, row 7, field parent, "
		  "reason missing [organisation 45]\n"
		  "intake: row 8, attached 46 \"Đảng bộ\" below 46, party code 46\n"
		  "  -> intake: row_refused submission 1, row 8, field parent, "
		  "reason cycle [organisation 46]\n"
		  "intake: row 9, attached 47 \"Đảng bộ\" below 44, party code 47\n"
		  "  -> intake: row_refused submission 1, row 9, field level, "
		  "reason wrong_level [organisation 47]\n"
		  "intake: row 10, attached 48 \"Đảng bộ\" below 1, party code 44\n"
		  "  -> intake: row_refused submission 1, row 10, field party_code, "
		  "reason duplicate [organisation 48]\n"
		  "intake: row 11, attached 49 \"Đảng bộ\" below 1, party code 100\n"
		  "  -> intake: row_refused submission 1, row 11, field party_code, "
		  "reason out_of_range [organisation 49]\n"
		  "intake: row 12, superior 4402 \"Đảng bộ\" below 44, party code 12\n"
		  "  -> intake: row_refused submission 1, row 12, field party_code, "
		  "reason wrong_level [organisation 4402]\n"
		  "intake: row 13, superior 4403 \"\" below 44, party code 0\n"
		  "  -> intake: row_refused submission 1, row 13, field name, "
		  "reason missing [organisation 4403]\n"
		  "intake: import_ended submission 1, act import_organisations, rows 11\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 2, refused 11, "
		  "more 0\n");
	transcript_free(s);
}

test(a_level_may_be_left_out_but_not_turned_upside_down)
{
	struct transcript *s = begin_with_province();
	offer(s, 3, (struct place){ 4409, org_level_grassroots, 44, 0 });
	offer(s, 4, (struct place){ 4410, org_level_superior, 4409, 0 });
	offer(s, 5, (struct place){ 4411, org_level_grassroots, 4409, 0 });
	expect(s, "intake: row 3, grassroots 4409 \"Đảng bộ\" below 44, party code 0\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 4409, name Đảng bộ, level grassroots, parent 44, valid_from 2025-07-01, "
		  "remote no [organisation 4409]\n"
		  "intake: row 4, superior 4410 \"Đảng bộ\" below 4409, party code 0\n"
		  "  -> intake: row_refused submission 1, row 4, field level, "
		  "reason wrong_level [organisation 4410]\n"
		  "intake: row 5, grassroots 4411 \"Đảng bộ\" below 4409, party code 0\n"
		  "  -> intake: row_refused submission 1, row 5, field level, "
		  "reason wrong_level [organisation 4411]\n");
	transcript_free(s);
}

test(children_may_stand_before_their_parents)
{
	struct transcript *s = begin();
	offer(s, 1, cell);
	offer(s, 2, base);
	offer(s, 3, commune);
	offer(s, 4, province);
	offer(s, 5, centre);
	transcript_skip(s);
	end_organisations(s, 5);
	expect(s, "intake: import_ended submission 1, act import_organisations, rows 5\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 44, name Đảng bộ, level attached, parent 1, valid_from 2025-07-01, party_code 44, "
		  "remote no [organisation 44]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 4401, name Đảng bộ, level superior, parent 44, valid_from 2025-07-01, "
		  "remote no [organisation 4401]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 440101, name Đảng bộ, level grassroots, parent 4401, valid_from 2025-07-01, "
		  "remote no [organisation 440101]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 44010101, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 44010101]\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 5, refused 0, "
		  "more 0\n");
	transcript_free(s);
}

test(organisations_that_are_each_others_parents_are_refused_as_a_cycle)
{
	struct transcript *s = begin();
	offer(s, 1, centre);
	offer(s, 2, (struct place){ 50, org_level_superior, 51, 0 });
	offer(s, 3, (struct place){ 51, org_level_grassroots, 52, 0 });
	offer(s, 4, (struct place){ 52, org_level_cell, 50, 0 });
	offer(s, 5, (struct place){ 60, org_level_cell, 61, 0 });
	offer(s, 6, (struct place){ 70, org_level_cell, 50, 0 });
	transcript_skip(s);
	end_organisations(s, 6);
	expect(s, "intake: import_ended submission 1, act import_organisations, rows 6\n"
		  "  -> intake: row_refused submission 1, row 4, field parent, "
		  "reason cycle [organisation 52]\n"
		  "  -> intake: row_refused submission 1, row 6, field parent, "
		  "reason unknown [organisation 70]\n"
		  "  -> intake: row_refused submission 1, row 2, field parent, "
		  "reason cycle [organisation 50]\n"
		  "  -> intake: row_refused submission 1, row 3, field parent, "
		  "reason cycle [organisation 51]\n"
		  "  -> intake: row_refused submission 1, row 5, field parent, "
		  "reason unknown [organisation 60]\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 1, refused 5, "
		  "more 0\n");
	transcript_free(s);
}

test(a_long_list_turned_upside_down_goes_on_over_several_turns_and_is_closed_once)
{
	struct transcript *s = begin_with((struct engine_limits){ .batch_entries = 2 });
	for (uint32_t i = 0; i < 12; i++)
		offer(s, i + 1, (struct place){ 900 + i, org_level_cell, 440101, 0 });
	offer(s, 13, base);
	offer(s, 14, commune);
	offer(s, 15, province);
	offer(s, 16, centre);
	transcript_skip(s);
	uint64_t turns = transcript_turns(s);
	end_organisations(s, 16);
	check_u64(transcript_turns(s) - turns, 3);
	expect(s, "intake: import_ended submission 1, act import_organisations, rows 16\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 44, name Đảng bộ, level attached, parent 1, valid_from 2025-07-01, party_code 44, "
		  "remote no [organisation 44]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 4401, name Đảng bộ, level superior, parent 44, valid_from 2025-07-01, "
		  "remote no [organisation 4401]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 440101, name Đảng bộ, level grassroots, parent 4401, valid_from 2025-07-01, "
		  "remote no [organisation 440101]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 900, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 900]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 901, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 901]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 902, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 902]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 903, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 903]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 904, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 904]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 905, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 905]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 906, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 906]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 907, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 907]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 908, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 908]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 909, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 909]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 910, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 910]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 911, name Đảng bộ, level cell, parent 440101, valid_from 2025-07-01, "
		  "remote no [organisation 911]\n"
		  "  -> intake: act_closed submission 1, reason none, field whole, accepted 16, refused 0, "
		  "more 0\n");
	transcript_free(s);
}

test(the_same_organisation_once_more_changes_nothing)
{
	struct transcript *s = begin_with_province();
	offer(s, 3, province);
	offer(s, 4, (struct place){ 44, org_level_attached, 1, 43 });
	offer_named(s, 5, province, "Tỉnh ủy");
	offer(s, 6, (struct place){ 44, org_level_superior, 1, 0 });
	expect(s, "intake: row 3, attached 44 \"Đảng bộ\" below 1, party code 44\n"
		  "  -> intake: row_refused submission 1, row 3, field code, "
		  "reason already_done [organisation 44]\n"
		  "intake: row 4, attached 44 \"Đảng bộ\" below 1, party code 43\n"
		  "  -> intake: row_refused submission 1, row 4, field party_code, "
		  "reason differs [organisation 44]\n"
		  "intake: row 5, attached 44 \"Tỉnh ủy\" below 1, party code 44\n"
		  "  -> intake: row_refused submission 1, row 5, field name, "
		  "reason differs [organisation 44]\n"
		  "intake: row 6, superior 44 \"Đảng bộ\" below 1, party code 0\n"
		  "  -> intake: row_refused submission 1, row 6, field level, "
		  "reason differs [organisation 44]\n");
	transcript_free(s);
}

static bool place_differs_at(struct transcript *s, struct organisation_offered o, const char *field)
{
	char wanted[80];
	struct buffer body = { 0 };
	snprintf(wanted, sizeof wanted, "field %s, reason differs", field);
	transcript_skip(s);
	organisation_offered_encode(&o, &body);
	transcript_tell(s, service_id_intake, message_type_organisation_offered, buffer_bytes(&body));
	buffer_deinit(&body);
	return strstr(transcript_said(s), wanted) != NULL;
}

test(no_column_of_a_registered_organisation_is_changed_by_importing_it_again)
{
	struct transcript *s = begin_with_tree();
	struct organisation_offered known = row_of(9, province, "Đảng bộ"), o;
#define changed(change, field) (o = known, change, place_differs_at(s, o, field))
	check(changed(o.parent = 4401, "parent"));
	check(changed(o.valid_from++, "valid_from"));
	check(changed(o.remote = true, "connectivity"));
	check(changed(o.connectivity = connectivity_offline, "connectivity"));
	check(changed(o.has_party_code = false, "party_code"));
	check(!changed(o.row = 10, "")); // the same once more
	check(strstr(transcript_said(s), "differs") == NULL);
#undef changed
	transcript_free(s);
}

int main(void)
{
	run(a_tree_is_registered_and_the_import_is_closed_once);
	run(every_organisation_that_does_not_fit_is_told_with_its_row_column_and_reason);
	run(a_level_may_be_left_out_but_not_turned_upside_down);
	run(children_may_stand_before_their_parents);
	run(organisations_that_are_each_others_parents_are_refused_as_a_cycle);
	run(a_long_list_turned_upside_down_goes_on_over_several_turns_and_is_closed_once);
	run(the_same_organisation_once_more_changes_nothing);
	run(no_column_of_a_registered_organisation_is_changed_by_importing_it_again);
	return test_summary();
}
