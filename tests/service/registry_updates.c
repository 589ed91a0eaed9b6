// Data of members that are put right: dry runs, what is emptied, another citizen id.
#include "scene_registry_changes.h"

static void update(struct transcript *s, bool dry_run, struct coded_update u, const char *words)
{
	struct buffer body = { 0 };
	update_offered_encode(&(struct update_offered){ .submission = 2, .dry_run = dry_run, .update = u }, &body);
	transcript_tell_as(s, service_id_intake, message_type_update_offered, buffer_bytes(&body), "%srow %u, member %llu: %s",
			   dry_run ? "dry run, " : "", u.row, (unsigned long long)u.member, words);
	buffer_deinit(&body);
}

test(a_dry_run_tells_each_field_that_would_change_and_changes_nothing)
{
	struct transcript *s = settled();
	update(s, true, (struct coded_update){ .row = 1, .member = lan, .personal = { field_phone },
					       .personal_count = 1, .has_photo = true, .photo = 9 },
	       "another phone, a photo");
	update(s, true, (struct coded_update){ .row = 2, .member = minh, .has_home_cell = true,
					       .home_cell = 44010101 },
	       "the same cell");
	update(s, true, (struct coded_update){ .row = 3, .member = hoa }, "not registered");
	ended(s, act_update_members, 3);
	expect(s, "intake: dry run, row 1, member 101: another phone, a photo\n"
		  "  -> intake: row_refused submission 2, row 1, field phone, reason differs [member 101]\n"
		  "  -> intake: row_refused submission 2, row 1, field photo, reason differs [member 101]\n"
		  "intake: dry run, row 2, member 102: the same cell\n"
		  "  -> intake: row_refused submission 2, row 2, field profile_number, "
		  "reason unchanged [member 102]\n"
		  "intake: dry run, row 3, member 103: not registered\n"
		  "  -> intake: row_refused submission 2, row 3, field profile_number, "
		  "reason unknown [member 103]\n"
		  "intake: import_ended submission 2, act update_members, rows 3\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 1, refused 2, "
		  "more 0\n");
	transcript_free(s);
}

test(an_update_empties_what_a_member_can_be_without)
{
	struct transcript *s = settled();
	update(s, false, (struct coded_update){ .row = 1, .member = lan, .has_photo = true, .photo = 9,
						.has_discipline_until = true,
						.discipline_until = date("2030-12-31") },
	       "a photo, disciplined");
	transcript_skip(s);
	struct coded_update none = { .row = 2, .member = lan, .personal = { field_phone }, .personal_count = 1,
				     .emptied = { field_photo, field_discipline, field_phone }, .emptied_count = 3 };
	update(s, true, none, "no photo, no discipline, no phone");
	update(s, false, none, "no photo, no discipline, no phone");
	none.personal_count = 0;
	update(s, false, none, "the same again");
	// An official member has an official date.
	update(s, false, (struct coded_update){ .row = 3, .member = lan, .emptied = { field_official_date },
						.emptied_count = 1 },
	       "no official date");
	expect(s,
	       "intake: dry run, row 2, member 101: no photo, no discipline, no phone\n"
	       "  -> intake: row_refused submission 2, row 2, field phone, reason differs [member 101]\n"
	       "  -> intake: row_refused submission 2, row 2, field photo, reason differs [member 101]\n"
	       "  -> intake: row_refused submission 2, row 2, field discipline, reason differs [member 101]\n"
	       "intake: row 2, member 101: no photo, no discipline, no phone\n"
	       "  -> record: member_updated member 101, fields [11, 19, 40] [member 101]\n"
	       "  -> intake verification inspection: member_registered member 101, version 4, record 1101, type official, status active, official_date 2011-05-19, home_cell 44010101, present_cell 44010101 [member 101]\n"
	       "intake: row 2, member 101: the same again\n"
	       "  -> intake: row_refused submission 2, row 2, field profile_number, reason unchanged [member 101]\n"
	       "intake: row 3, member 101: no official date\n"
	       "  -> intake: row_refused submission 2, row 3, field official_date, reason missing [member 101]\n");
	transcript_free(s);
}

test(a_probationary_member_becomes_official_by_an_update_and_a_status_without_a_day_is_of_today)
{
	struct transcript *s = settled();
	update(s, false, (struct coded_update){ .row = 1, .member = lan, .has_type = true, .type = member_type_probationary,
						.emptied = { field_official_date }, .emptied_count = 1 },
	       "was probationary all the time");
	update(s, false, (struct coded_update){ .row = 2, .member = lan, .has_type = true, .type = member_type_official },
	       "official without a day");
	update(s, false, (struct coded_update){ .row = 3, .member = lan, .has_type = true, .type = member_type_official,
						.has_official_date = true, .official_date = date("2026-02-03") },
	       "official since 3 February");
	update(s, false, (struct coded_update){ .row = 4, .member = minh, .has_status = true, .status = member_status_exempt },
	       "exempt");
	expect(s, "intake: row 1, member 101: was probationary all the time\n"
		  "  -> record: member_updated member 101, fields [15, 14] [member 101]\n"
		  "  -> intake verification inspection: member_registered member 101, version 3, record 1101, "
		  "type probationary, status active, home_cell 44010101, present_cell 44010101 [member 101]\n"
		  "intake: row 2, member 101: official without a day\n"
		  "  -> intake: row_refused submission 2, row 2, field official_date, reason missing [member "
		  "101]\n"
		  "intake: row 3, member 101: official since 3 February\n"
		  "  -> record: member_updated member 101, fields [14, 15] [member 101]\n"
		  "  -> intake verification inspection: member_registered member 101, version 4, record 1101, "
		  "type official, status active, official_date 2026-02-03, home_cell 44010101, present_cell "
		  "44010101 [member 101]\n"
		  "intake: row 4, member 102: exempt\n"
		  "  -> record: member_updated member 102, fields [16] [member 102]\n"
		  "  -> intake verification inspection: member_registered member 102, version 5, record 1102, "
		  "type official, status exempt, official_date 2011-05-19, home_cell 44010101, present_cell "
		  "44010101 [member 102]\n"
		  "  -> revocation: member_status_changed member 102, from active, to exempt, date 2026-03-02 "
		  "[member 102]\n");
	transcript_free(s);
}

test(an_update_is_a_new_version_for_everybody_who_mirrors_members)
{
	struct transcript *s = settled();
	update(s, false, (struct coded_update){ .row = 1, .member = lan, .personal = { field_full_name },
						.personal_count = 1, .has_record = true, .record = 2001,
						.has_digest = true, .has_discipline_until = true,
						.discipline_until = date("2027-01-01") },
	       "another name, under discipline");
	update(s, false, (struct coded_update){ .row = 2, .member = minh, .has_status = true,
						.status = member_status_abroad, .has_status_date = true,
						.status_date = date("2026-02-01"), .has_present_cell = true,
						.present_cell = 44010102 },
	       "abroad, another present cell");
	update(s, false, (struct coded_update){ .row = 3, .member = minh, .has_home_cell = true, .home_cell = 4401 },
	       "a commune for a cell");
	update(s, false, (struct coded_update){ .row = 4, .member = minh, .has_home_cell = true,
						.home_cell = 440101 },
	       "a committee that has cells");
	ended(s, act_update_members, 4);
	expect(s, "intake: row 1, member 101: another name, under discipline\n"
		  "  -> record: member_updated member 101, fields [7, 40] [member 101]\n"
		  "  -> intake verification inspection: member_registered member 101, version 3, record 2001, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, discipline_until 2027-01-01 [member 101]\n"
		  "intake: row 2, member 102: abroad, another present cell\n"
		  "  -> record: member_updated member 102, fields [16, 18] [member 102]\n"
		  "  -> intake verification inspection: member_registered member 102, version 4, record 1102, "
		  "type official, status abroad, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010102 [member 102]\n"
		  "  -> revocation: member_status_changed member 102, from active, to abroad, "
		  "date 2026-02-01 [member 102]\n"
		  "  -> delivery revocation: member_moved member 102, from 44010101, to 44010102, "
		  "date 2026-02-01 [member 102]\n"
		  "intake: row 3, member 102: a commune for a cell\n"
		  "  -> intake: row_refused submission 2, row 3, field home_cell, "
		  "reason wrong_level [member 102]\n"
		  "intake: row 4, member 102: a committee that has cells\n"
		  "  -> intake: row_refused submission 2, row 4, field home_cell, "
		  "reason wrong_level [member 102]\n"
		  "intake: import_ended submission 2, act update_members, rows 4\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, refused 2, "
		  "more 0\n");
	transcript_free(s);
}

test(a_corrected_citizen_id_waits_for_the_vault)
{
	struct transcript *s = settled();
	struct coded_update u = { .row = 1, .member = lan, .personal = { field_citizen_id }, .personal_count = 1,
				  .has_record = true, .record = 2001, .has_digest = true };
	update(s, false, u, "another citizen id");
	u.row = 2;
	u.member = minh;
	u.record = 2002;
	update(s, false, u, "Lan's citizen id");
	ended(s, act_update_members, 2);
	nobody_else(s, 1, lan);
	shared_by(s, 2, minh, lan, minh);
	expect(s, "intake: row 1, member 101: another citizen id\n"
		  "  ?? identity_lookup submission 2, row 1, member 101, record 2001\n"
		  "intake: row 2, member 102: Lan's citizen id\n"
		  "  ?? identity_lookup submission 2, row 2, member 102, record 2002\n"
		  "intake: import_ended submission 2, act update_members, rows 2\n"
		  "adapter: identity_found submission 2, row 1, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> record: member_updated member 101, fields [10] [member 101]\n"
		  "  -> intake verification inspection: member_registered member 101, version 3, record 2001, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101 [member 101]\n"
		  "adapter: identity_found submission 2, row 2, member 102, known yes, persons [101, 102], "
		  "more no\n"
		  "  -> intake: row_refused submission 2, row 2, field citizen_id, "
		  "reason identity_shared [member 102]\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 1, refused 1, "
		  "more 0\n");
	transcript_free(s);
}

int main(void)
{
	run(a_dry_run_tells_each_field_that_would_change_and_changes_nothing);
	run(an_update_empties_what_a_member_can_be_without);
	run(a_probationary_member_becomes_official_by_an_update_and_a_status_without_a_day_is_of_today);
	run(an_update_is_a_new_version_for_everybody_who_mirrors_members);
	run(a_corrected_citizen_id_waits_for_the_vault);
	return test_summary();
}
