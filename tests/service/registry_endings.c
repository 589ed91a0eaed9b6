// Organisations that are merged or closed, and what moves on with them.
#include "scene_registry_changes.h"

static void end_it(struct transcript *s, uint32_t row, uint64_t code, uint64_t into)
{
	tell(s, intake, ending_offered, .submission = 2, .row = row, .code = code, .has_into = into != 0, .into = into,
	     .date = date("2026-03-01"), .decision = bytes_of_text("3-QĐ/TU"));
}

test(a_merged_cells_members_belong_to_its_successor)
{
	struct transcript *s = settled();
	end_it(s, 1, 44010101, 44010102);
	ended(s, act_end_organisations, 1);
	expect(s, "intake: ending_offered submission 2, row 1, code 44010101, into 44010102, "
		  "date 2026-03-01, decision 3-QĐ/TU\n"
		  "  -> intake verification inspection: member_registered member 101, version 3, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010102, "
		  "present_cell 44010102 [member 101]\n"
		  "  -> delivery revocation: member_moved member 101, from 44010101, to 44010102, "
		  "date 2026-03-01 [member 101]\n"
		  "  -> intake verification inspection: member_registered member 102, version 4, record 1102, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010102, "
		  "present_cell 44010102 [member 102]\n"
		  "  -> delivery revocation: member_moved member 102, from 44010101, to 44010102, "
		  "date 2026-03-01 [member 102]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 44010101, name Đảng bộ, level cell, parent 44010102, valid_from 2025-07-01, "
		  "remote no [organisation 44010101]\n"
		  "  -> intake approval delivery inspection: organisation_merged code 44010101, into 44010102, "
		  "date 2026-03-01, decision 3-QĐ/TU [organisation 44010101]\n"
		  "intake: import_ended submission 2, act end_organisations, rows 1\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 1, refused 0, "
		  "more 0\n");
	transcript_free(s);
}

test(a_merged_commune_brings_its_organisations_and_a_later_merger_moves_everything_on)
{
	struct transcript *s = settled();
	end_it(s, 1, 4401, 4402);
	end_it(s, 2, 4401, 4402);
	end_it(s, 3, 44010102, 4401);
	end_it(s, 4, 4402, 4403);
	ended(s, act_end_organisations, 4);
	expect(s, "intake: ending_offered submission 2, row 1, code 4401, into 4402, date 2026-03-01, "
		  "decision 3-QĐ/TU\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 440101, name Đảng bộ, level grassroots, parent 4402, valid_from 2025-07-01, "
		  "remote no [organisation 440101]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 4401, name Đảng bộ, level superior, parent 4402, valid_from 2025-07-01, "
		  "remote no [organisation 4401]\n"
		  "  -> intake approval delivery inspection: organisation_merged code 4401, into 4402, "
		  "date 2026-03-01, decision 3-QĐ/TU [organisation 4401]\n"
		  "intake: ending_offered submission 2, row 2, code 4401, into 4402, date 2026-03-01, "
		  "decision 3-QĐ/TU\n"
		  "  -> intake: row_refused submission 2, row 2, field code, "
		  "reason already_done [organisation 4401]\n"
		  "intake: ending_offered submission 2, row 3, code 44010102, into 4401, date 2026-03-01, "
		  "decision 3-QĐ/TU\n"
		  "  -> intake: row_refused submission 2, row 3, field into, "
		  "reason organisation_ended [organisation 44010102]\n"
		  "intake: ending_offered submission 2, row 4, code 4402, into 4403, date 2026-03-01, "
		  "decision 3-QĐ/TU\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 4401, name Đảng bộ, level superior, parent 4403, valid_from 2025-07-01, "
		  "remote no [organisation 4401]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 440101, name Đảng bộ, level grassroots, parent 4403, valid_from 2025-07-01, "
		  "remote no [organisation 440101]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 440201, name Đảng bộ, level grassroots, parent 4403, valid_from 2025-07-01, "
		  "remote no [organisation 440201]\n"
		  "  -> intake verification approval printing delivery inspection revocation: organisation_registered "
		  "code 4402, name Đảng bộ, level superior, parent 4403, valid_from 2025-07-01, "
		  "remote no [organisation 4402]\n"
		  "  -> intake approval delivery inspection: organisation_merged code 4402, into 4403, "
		  "date 2026-03-01, decision 3-QĐ/TU [organisation 4402]\n"
		  "intake: import_ended submission 2, act end_organisations, rows 4\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, refused 2, "
		  "more 0\n");
	transcript_free(s);
}

static void ends(struct transcript *s, uint32_t row, uint64_t code, uint64_t into, const char *day)
{
	struct ending_offered m = { .submission = 2, .row = row, .code = code, .into = into, .has_into = into != 0,
				    .date = date(day), .decision = bytes_of_text("3-QĐ") };
	struct buffer body = { 0 };
	ending_offered_encode(&m, &body);
	transcript_tell_as(s, service_id_intake, message_type_ending_offered, buffer_bytes(&body),
			   "row %u: %llu ends on %s, into %llu",
			   row, (unsigned long long)code, day, (unsigned long long)into);
	buffer_deinit(&body);
}

test(what_an_organisation_cannot_end_in)
{
	struct transcript *s = settled();
	by(s, .submission = 2, .actor = 1, .person = 7, .role = role_provincial_board, .organisation = 44);
	ends(s, 1, 999, 0, "2026-03-01");
	ends(s, 2, 1, 0, "2026-03-01");
	ends(s, 3, 44, 0, "2026-03-01");
	ends(s, 4, 4401, 4402, "2025-06-30"); // it began on 1 July
	ends(s, 5, 4401, 4402, "2026-03-03");
	ends(s, 6, 4401, 0, "2026-03-01");
	ends(s, 7, 44010101, 0, "2026-03-01");
	ends(s, 8, 4401, 4401, "2026-03-01");
	ends(s, 9, 4401, 999, "2026-03-01");
	ends(s, 10, 4401, 440201, "2026-03-01");
	expect(s,
	       "intake: row 1: 999 ends on 2026-03-01, into 0\n"
	       "  -> intake: row_refused submission 2, row 1, field code, reason unknown [organisation 999]\n"
	       "intake: row 2: 1 ends on 2026-03-01, into 0\n"
	       "  -> intake: row_refused submission 2, row 2, field level, reason wrong_level [organisation 1]\n"
	       "intake: row 3: 44 ends on 2026-03-01, into 0\n"
	       "  -> intake: row_refused submission 2, row 3, field code, reason outside_subtree [organisation 44]\n"
	       "intake: row 4: 4401 ends on 2025-06-30, into 4402\n"
	       "  -> intake: row_refused submission 2, row 4, field date, reason date_order [organisation 4401]\n"
	       "intake: row 5: 4401 ends on 2026-03-03, into 4402\n"
	       "  -> intake: row_refused submission 2, row 5, field date, reason out_of_range [organisation 4401]\n"
	       "intake: row 6: 4401 ends on 2026-03-01, into 0\n"
	       "  -> intake: row_refused submission 2, row 6, field code, reason not_empty [organisation 4401]\n"
	       "intake: row 7: 44010101 ends on 2026-03-01, into 0\n"
	       "  -> intake: row_refused submission 2, row 7, field code, reason not_empty [organisation 44010101]\n"
	       "intake: row 8: 4401 ends on 2026-03-01, into 4401\n"
	       "  -> intake: row_refused submission 2, row 8, field into, reason cycle [organisation 4401]\n"
	       "intake: row 9: 4401 ends on 2026-03-01, into 999\n"
	       "  -> intake: row_refused submission 2, row 9, field into, reason unknown [organisation 4401]\n"
	       "intake: row 10: 4401 ends on 2026-03-01, into 440201\n"
	       "  -> intake: row_refused submission 2, row 10, field into, reason wrong_level [organisation 4401]\n");
	ends(s, 11, 44010101, 44020101, "2026-03-01");
	transcript_skip(s);
	ends(s, 12, 44010101, 44020101, "2026-03-01");
	ends(s, 13, 44010102, 44010101, "2026-03-01");
	expect(s,
	       "intake: row 12: 44010101 ends on 2026-03-01, into 44020101\n"
	       "  -> intake: row_refused submission 2, row 12, field code, reason already_done [organisation 44010101]\n"
	       "intake: row 13: 44010102 ends on 2026-03-01, into 44010101\n"
	       "  -> intake: row_refused submission 2, row 13, field into, reason organisation_ended [organisation 44010102]\n");
	transcript_free(s);
}

test(an_organisation_closes_when_nobody_is_left)
{
	struct transcript *s = settled();
	end_it(s, 1, 44010101, 0);
	end_it(s, 2, 440201, 0);
	end_it(s, 3, 44020101, 0);
	end_it(s, 4, 440201, 0);
	end_it(s, 5, 1, 0);
	transfer(s, 6, lan, 44020101, transfer_scope_official);
	ended(s, act_end_organisations, 6);
	expect(s, "intake: ending_offered submission 2, row 1, code 44010101, date 2026-03-01, "
		  "decision 3-QĐ/TU\n"
		  "  -> intake: row_refused submission 2, row 1, field code, "
		  "reason not_empty [organisation 44010101]\n"
		  "intake: ending_offered submission 2, row 2, code 440201, date 2026-03-01, "
		  "decision 3-QĐ/TU\n"
		  "  -> intake: row_refused submission 2, row 2, field code, "
		  "reason not_empty [organisation 440201]\n"
		  "intake: ending_offered submission 2, row 3, code 44020101, date 2026-03-01, "
		  "decision 3-QĐ/TU\n"
		  "  -> intake approval delivery inspection: organisation_merged code 44020101, into 0, "
		  "date 2026-03-01, decision 3-QĐ/TU [organisation 44020101]\n"
		  "intake: ending_offered submission 2, row 4, code 440201, date 2026-03-01, "
		  "decision 3-QĐ/TU\n"
		  "  -> intake approval delivery inspection: organisation_merged code 440201, into 0, "
		  "date 2026-03-01, decision 3-QĐ/TU [organisation 440201]\n"
		  "intake: ending_offered submission 2, row 5, code 1, date 2026-03-01, decision 3-QĐ/TU\n"
		  "  -> intake: row_refused submission 2, row 5, field level, "
		  "reason wrong_level [organisation 1]\n"
		  "intake: row 6, member 101 to 44020101, official\n"
		  "  -> intake: row_refused submission 2, row 6, field organisation, "
		  "reason organisation_ended [member 101]\n"
		  "intake: import_ended submission 2, act end_organisations, rows 6\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, refused 4, "
		  "more 0\n");
	transcript_free(s);
}

test(a_large_merger_goes_on_over_several_turns_and_is_closed_once)
{
	struct transcript *s = settled_with((struct engine_limits){ .batch_entries = 8 });
	transcript_mute(s);
	by_administrator(s, 1);
	for (uint32_t i = 0; i < 30; i++)
		member(s, resident(20 + i, 200 + i, 44010101));
	by_administrator(s, 2);
	transcript_unmute(s);
	transcript_skip(s);
	uint64_t turns = transcript_turns(s);
	end_it(s, 1, 44010101, 44010102);
	ended(s, act_end_organisations, 1);
	check(transcript_turns(s) > turns + 5);
	const char *said = transcript_said(s);
	check_u64(times(said, "member_moved"), 32);
	check_u64(times(said, "act_closed"), 1);
	transcript_free(s);
}

int main(void)
{
	run(a_merged_cells_members_belong_to_its_successor);
	run(a_merged_commune_brings_its_organisations_and_a_later_merger_moves_everything_on);
	run(what_an_organisation_cannot_end_in);
	run(an_organisation_closes_when_nobody_is_left);
	run(a_large_merger_goes_on_over_several_turns_and_is_closed_once);
	return test_summary();
}
