// How members and organisations change: updates, transfers, exits, mergers, closings, double entries.
#include "registry/registry.h"

#include "base/when.h"
#include "service/transcript.h"
#include "test.h"

enum { lan = 101, minh = 102, hoa = 103 }; // members

static int32_t date(const char *text)
{
	int32_t day = 0;
	date_parse(text, &day);
	return day;
}

static void organisation(struct transcript *s, uint64_t code, enum org_level level, uint64_t parent)
{
	tell(s, intake, organisation_offered, .submission = 1, .row = 1, .code = code, .name = bytes_of_text("Đảng bộ"),
			.level = level,
	     .parent = parent, .valid_from = date("2025-07-01"), .connectivity = connectivity_online);
}

static struct coded_member official(uint32_t row, uint64_t member, uint64_t cell)
{
	return (struct coded_member){ .row = row, .member = member, .record = member + 1000, .admission_date = date("2010-05-19"),
				      .has_official_date = true, .official_date = date("2011-05-19"),
						.type = member_type_official,
				      .status = member_status_active, .home_cell = cell, .present_cell = cell };
}

static void member(struct transcript *s, struct coded_member m)
{
	tell(s, intake, member_offered, .submission = 1, .member = m);
	answer(s, identity_found, .submission = 1, .row = m.row, .member = m.member, .known = true, .persons_count = 1,
	       .persons = { m.member });
}

// Two communes of a province; two cells of the first, one of the second.  Lan and Minh are in the first cell.
static struct transcript *begin_with(struct engine_limits limits)
{
	struct transcript *s = transcript_new_with(&registry_service, &limits);
	by(s, .submission = 1, .actor = 1, .person = 7, .role = role_administrator);
	transcript_mute(s);
	organisation(s, 1, org_level_central, 0);
	organisation(s, 44, org_level_attached, 1);
	organisation(s, 4401, org_level_superior, 44);
	organisation(s, 4402, org_level_superior, 44);
	organisation(s, 4403, org_level_superior, 44);
	organisation(s, 440101, org_level_grassroots, 4401);
	organisation(s, 440201, org_level_grassroots, 4402);
	organisation(s, 44010101, org_level_cell, 440101);
	organisation(s, 44010102, org_level_cell, 440101);
	organisation(s, 44020101, org_level_cell, 440201);
	member(s, official(10, lan, 44010101));
	member(s, official(11, minh, 44010101));
	tell(s, intake, import_ended, .submission = 1, .act = act_import_members, .rows = 11);
	transcript_unmute(s);
	transcript_skip(s);
	by(s, .submission = 2, .actor = 1, .person = 7, .role = role_administrator);
	return s;
}

static struct transcript *begin(void)
{
	return begin_with((struct engine_limits){ 0 });
}

static void ended(struct transcript *s, enum act act, uint32_t rows)
{
	tell(s, intake, import_ended, .submission = 2, .act = act, .rows = rows);
}

// --- updates ---

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
	struct transcript *s = begin();
	update(s, true, (struct coded_update){ .row = 1, .member = lan, .personal = { field_phone }, .personal_count = 1,
			.has_photo = true, .photo = 9 },
	       "another phone, a photo");
	update(s, true, (struct coded_update){ .row = 2, .member = minh, .has_home_cell = true, .home_cell = 44010101 },
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
	struct transcript *s = begin();
	update(s, false, (struct coded_update){ .row = 1, .member = lan, .has_photo = true, .photo = 9,
						.has_discipline_until = true, .discipline_until = date("2030-12-31") },
	       "a photo, disciplined");
	transcript_skip(s);
	struct coded_update none = { .row = 2, .member = lan, .personal = { field_phone }, .personal_count = 1,
				     .emptied = { field_photo, field_discipline, field_phone }, .emptied_count = 3 };
	update(s, true, none, "no photo, no discipline, no phone");
	update(s, false, none, "no photo, no discipline, no phone");
	none.personal_count = 0;
	update(s, false, none, "the same again");
	// An official member has an official date.
	update(s, false, (struct coded_update){ .row = 3, .member = lan, .emptied = { field_official_date }, .emptied_count = 1 },
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

test(an_update_is_a_new_version_for_everybody_who_mirrors_members)
{
	struct transcript *s = begin();
	update(s, false, (struct coded_update){ .row = 1, .member = lan, .personal = { field_full_name }, .personal_count = 1,
			.has_record = true,
						.record = 2001, .has_digest = true, .has_discipline_until = true,
						.discipline_until = date("2027-01-01") },
	       "another name, under discipline");
	update(s, false, (struct coded_update){ .row = 2, .member = minh, .has_status = true, .status = member_status_abroad,
			.has_status_date = true,
						.status_date = date("2026-02-01"), .has_present_cell = true,
						.present_cell = 44010102 },
	       "abroad, another present cell");
	update(s, false, (struct coded_update){ .row = 3, .member = minh, .has_home_cell = true, .home_cell = 4401 },
			"a commune for a cell");
	update(s, false, (struct coded_update){ .row = 4, .member = minh, .has_home_cell = true, .home_cell = 440101 },
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
	struct transcript *s = begin();
	struct coded_update u = { .row = 1, .member = lan, .personal = { field_citizen_id }, .personal_count = 1,
			.has_record = true, .record = 2001,
				  .has_digest = true };
	update(s, false, u, "another citizen id");
	u.row = 2;
	u.member = minh;
	u.record = 2002;
	update(s, false, u, "Lan's citizen id");
	ended(s, act_update_members, 2);
	answer(s, identity_found, .submission = 2, .row = 1, .member = lan, .known = true, .persons_count = 1,
			.persons = { lan });
	answer(s, identity_found, .submission = 2, .row = 2, .member = minh, .known = true, .persons_count = 2,
			.persons = { lan, minh });
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

// --- transfers ---

static void transfer(struct transcript *s, uint32_t row, uint64_t who, uint64_t to, enum transfer_scope scope)
{
	struct buffer body = { 0 };
	transfer_offered_encode(&(struct transfer_offered){ .submission = 2, .transfer = { .row = row, .member = who,
			.to = to, .scope = scope,
				.date = date("2026-03-01"), .decision = bytes_of_text("12-QĐ/ĐU") } }, &body);
	transcript_tell_as(s, service_id_intake, message_type_transfer_offered, buffer_bytes(&body),
			"row %u, member %llu to %llu, %s", row,
			   (unsigned long long)who, (unsigned long long)to, transfer_scope_name(scope));
	buffer_deinit(&body);
}

test(a_transfer_closes_there_and_opens_here)
{
	struct transcript *s = begin();
	transfer(s, 1, lan, 44020101, transfer_scope_official);
	transfer(s, 2, minh, 44010102, transfer_scope_temporary);
	transfer(s, 3, minh, 44010101, transfer_scope_temporary);
	transfer(s, 4, minh, 44010101, transfer_scope_official);
	ended(s, act_transfer_members, 4);
	expect(s, "intake: row 1, member 101 to 44020101, official\n"
		  "  -> record: member_transferred member 101, from 44010101, to 44020101, scope official, "
		  "date 2026-03-01, decision 12-QĐ/ĐU [member 101]\n"
		  "  -> intake verification inspection: member_registered member 101, version 3, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 44020101, "
		  "present_cell 44020101 [member 101]\n"
		  "  -> delivery revocation: member_moved member 101, from 44010101, to 44020101, "
		  "date 2026-03-01 [member 101]\n"
		  "intake: row 2, member 102 to 44010102, temporary\n"
		  "  -> record: member_transferred member 102, from 44010101, to 44010102, "
		  "scope temporary, date 2026-03-01, decision 12-QĐ/ĐU [member 102]\n"
		  "  -> intake verification inspection: member_registered member 102, version 4, record 1102, "
		  "type official, status temp_activity, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010102 [member 102]\n"
		  "  -> revocation: member_status_changed member 102, from active, to temp_activity, "
		  "date 2026-03-01, decision_number 12-QĐ/ĐU [member 102]\n"
		  "  -> delivery revocation: member_moved member 102, from 44010101, to 44010102, "
		  "date 2026-03-01 [member 102]\n"
		  "intake: row 3, member 102 to 44010101, temporary\n"
		  "  -> record: member_transferred member 102, from 44010102, to 44010101, "
		  "scope temporary, date 2026-03-01, decision 12-QĐ/ĐU [member 102]\n"
		  "  -> intake verification inspection: member_registered member 102, version 5, record 1102, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101 [member 102]\n"
		  "  -> revocation: member_status_changed member 102, from temp_activity, to active, "
		  "date 2026-03-01, decision_number 12-QĐ/ĐU [member 102]\n"
		  "  -> delivery revocation: member_moved member 102, from 44010102, to 44010101, "
		  "date 2026-03-01 [member 102]\n"
		  "intake: row 4, member 102 to 44010101, official\n"
		  "  -> intake: row_refused submission 2, row 4, field organisation, "
		  "reason already_done [member 102]\n"
		  "intake: import_ended submission 2, act transfer_members, rows 4\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 3, refused 1, "
		  "more 0\n");
	transcript_free(s);
}

test(who_leaves_for_another_site_may_come_back_and_nobody_goes_twice)
{
	struct transcript *s = begin();
	transfer(s, 1, lan, 0, transfer_scope_official);
	transfer(s, 2, lan, 0, transfer_scope_official);
	transfer(s, 3, lan, 44010102, transfer_scope_official);
	ended(s, act_transfer_members, 3);
	expect(s, "intake: row 1, member 101 to 0, official\n"
		  "  -> record: member_transferred member 101, from 44010101, to 0, scope official, "
		  "date 2026-03-01, decision 12-QĐ/ĐU [member 101]\n"
		  "  -> intake verification inspection: member_registered member 101, version 3, record 1101, "
		  "type official, status transferred, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101 [member 101]\n"
		  "  -> revocation: member_status_changed member 101, from active, to transferred, "
		  "date 2026-03-01, decision_number 12-QĐ/ĐU [member 101]\n"
		  "intake: row 2, member 101 to 0, official\n"
		  "  -> intake: row_refused submission 2, row 2, field status, "
		  "reason wrong_state [member 101]\n"
		  "intake: row 3, member 101 to 44010102, official\n"
		  "  -> record: member_transferred member 101, from 44010101, to 44010102, scope official, "
		  "date 2026-03-01, decision 12-QĐ/ĐU [member 101]\n"
		  "  -> intake verification inspection: member_registered member 101, version 4, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010102, "
		  "present_cell 44010102 [member 101]\n"
		  "  -> revocation: member_status_changed member 101, from transferred, to active, "
		  "date 2026-03-01, decision_number 12-QĐ/ĐU [member 101]\n"
		  "  -> delivery revocation: member_moved member 101, from 44010101, to 44010102, "
		  "date 2026-03-01 [member 101]\n"
		  "intake: import_ended submission 2, act transfer_members, rows 3\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, refused 1, "
		  "more 0\n");
	transcript_free(s);
}

test(a_commune_transfers_within_its_own_subtree_only)
{
	struct transcript *s = begin();
	by(s, .submission = 2, .actor = 2, .person = 8, .role = role_superior_board, .organisation = 4401);
	transfer(s, 1, lan, 44020101, transfer_scope_official);
	transfer(s, 2, lan, 4401, transfer_scope_official);
	transfer(s, 5, lan, 440101, transfer_scope_official); // cells are below it
	transfer(s, 3, lan, 44010102, transfer_scope_official);
	by(s, .submission = 2, .actor = 3, .person = 9, .role = role_superior_board, .organisation = 4402);
	transfer(s, 4, lan, 44020101, transfer_scope_official);
	expect(s, "intake: row 1, member 101 to 44020101, official\n"
		  "  -> intake: row_refused submission 2, row 1, field organisation, "
		  "reason outside_subtree [member 101]\n"
		  "intake: row 2, member 101 to 4401, official\n"
		  "  -> intake: row_refused submission 2, row 2, field organisation, "
		  "reason wrong_level [member 101]\n"
		  "intake: row 5, member 101 to 440101, official\n"
		  "  -> intake: row_refused submission 2, row 5, field organisation, "
		  "reason wrong_level [member 101]\n"
		  "intake: row 3, member 101 to 44010102, official\n"
		  "  -> record: member_transferred member 101, from 44010101, to 44010102, scope official, "
		  "date 2026-03-01, decision 12-QĐ/ĐU [member 101]\n"
		  "  -> intake verification inspection: member_registered member 101, version 3, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010102, "
		  "present_cell 44010102 [member 101]\n"
		  "  -> delivery revocation: member_moved member 101, from 44010101, to 44010102, "
		  "date 2026-03-01 [member 101]\n"
		  "intake: row 4, member 101 to 44020101, official\n"
		  "  -> intake: row_refused submission 2, row 4, field home_cell, "
		  "reason outside_subtree [member 101]\n");
	transcript_free(s);
}

// --- exits ---

test(an_exit_needs_its_decision_and_nobody_comes_back_from_death)
{
	struct transcript *s = begin();
	tell(s, intake, exit_reported, .submission = 2, .row = 1, .member = lan, .status = member_status_expelled,
			.date = date("2026-03-01"));
	tell(s, intake, exit_reported, .submission = 2, .row = 2, .member = lan, .status = member_status_expelled,
			.date = date("2026-03-01"),
	     .has_decision_number = true, .decision_number = bytes_of_text("7-QĐ/UBKT"));
	tell(s, intake, exit_reported, .submission = 2, .row = 3, .member = minh, .status = member_status_deceased,
			.date = date("2026-03-01"));
	tell(s, intake, exit_reported, .submission = 2, .row = 4, .member = minh, .status = member_status_active,
			.date = date("2026-03-02"));
	tell(s, intake, exits_ended, .submission = 2, .rows = 4);
	expect(s, "intake: exit_reported submission 2, row 1, member 101, status expelled, "
		  "date 2026-03-01\n"
		  "  -> intake: row_refused submission 2, row 1, field decision, "
		  "reason missing [member 101]\n"
		  "intake: exit_reported submission 2, row 2, member 101, status expelled, "
		  "date 2026-03-01, decision_number 7-QĐ/UBKT\n"
		  "  -> intake verification inspection: member_registered member 101, version 3, record 1101, "
		  "type official, status expelled, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101 [member 101]\n"
		  "  -> revocation: member_status_changed member 101, from active, to expelled, "
		  "date 2026-03-01, decision_number 7-QĐ/UBKT [member 101]\n"
		  "intake: exit_reported submission 2, row 3, member 102, status deceased, "
		  "date 2026-03-01\n"
		  "  -> intake verification inspection: member_registered member 102, version 4, record 1102, "
		  "type official, status deceased, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101 [member 102]\n"
		  "  -> revocation: member_status_changed member 102, from active, to deceased, "
		  "date 2026-03-01 [member 102]\n"
		  "intake: exit_reported submission 2, row 4, member 102, status active, date 2026-03-02\n"
		  "  -> intake: row_refused submission 2, row 4, field status, "
		  "reason wrong_state [member 102]\n"
		  "intake: exits_ended submission 2, rows 4\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, refused 2, "
		  "more 0\n");
	transcript_free(s);
}

static void becomes(struct transcript *s, uint32_t row, uint64_t who, enum member_status status, const char *day, bool decided)
{
	struct exit_reported m = { .submission = 2, .row = row, .member = who, .status = status, .date = date(day),
				   .has_decision_number = decided, .decision_number = bytes_of_text(decided ? "7-QĐ" : "") };
	struct buffer body = { 0 };
	exit_reported_encode(&m, &body);
	transcript_tell_as(s, service_id_intake, message_type_exit_reported, buffer_bytes(&body), "row %u, member %llu: %s on %s%s",
			   row, (unsigned long long)who, member_status_name(status), day, decided ? ", by decision" : "");
	buffer_deinit(&body);
}

// Only what is refused or done is told here; the messages to others are in the test above.
test(who_may_become_what)
{
	static const enum member_status all[] = { member_status_active, member_status_exempt, member_status_temp_activity,
						  member_status_abroad, member_status_transferred, member_status_expelled,
						  member_status_removed, member_status_resigned, member_status_deceased };
	struct buffer text = { 0 };
	for (size_t from = 0; from < sizeof all / sizeof all[0]; from++) {
		if (all[from] == member_status_temp_activity || all[from] == member_status_transferred)
			continue; // by a transfer
		buffer_printf(&text, "%s:", member_status_name(all[from]));
		for (size_t to = 0; to < sizeof all / sizeof all[0]; to++) {
			struct transcript *s = begin();
			if (all[from] != member_status_active)
				becomes(s, 1, lan, all[from], "2026-02-01", true);
			transcript_skip(s);
			becomes(s, 2, lan, all[to], "2026-02-02", false);
			const char *said = transcript_said(s);
			bool undecided = strstr(said, "field decision, reason missing");
			if (undecided || !strstr(said, "row_refused"))
				buffer_printf(&text, " %s%s;", member_status_name(all[to]), undecided ? " by decision" : "");
			transcript_free(s);
		}
		buffer_append_text(&text, "\n");
	}
	buffer_append(&text, "", 1);
	check_text((const char *)text.data,
		   "active: exempt; abroad; expelled by decision; removed by decision; resigned by decision; deceased;\n"
		   "exempt: active; abroad; expelled by decision; removed by decision; resigned by decision; deceased;\n"
		   "abroad: active; exempt; expelled by decision; removed by decision; resigned by decision; deceased;\n"
		   "expelled: active by decision; deceased;\n"
		   "removed: active by decision; deceased;\n"
		   "resigned: active by decision; deceased;\n"
		   "deceased:\n");
	buffer_deinit(&text);
}

test(an_exit_is_told_by_those_above_of_somebody_they_know)
{
	struct transcript *s = begin();
	becomes(s, 1, hoa, member_status_deceased, "2026-03-01", false);
	becomes(s, 2, lan, member_status_active, "2026-03-01", false);
	by(s, .submission = 2, .actor = 3, .person = 8, .role = role_cell_officer, .organisation = 44010102);
	becomes(s, 3, lan, member_status_deceased, "2026-03-01", false);
	expect(s,
	       "intake: row 1, member 103: deceased on 2026-03-01\n"
	       "  -> intake: row_refused submission 2, row 1, field profile_number, reason unknown [member 103]\n"
	       "intake: row 2, member 101: active on 2026-03-01\n"
	       "  -> intake: row_refused submission 2, row 2, field status, reason already_done [member 101]\n"
	       "intake: row 3, member 101: deceased on 2026-03-01\n"
	       "  -> intake: row_refused submission 2, row 3, field home_cell, reason outside_subtree [member 101]\n");
	transcript_free(s);
}

test(what_becomes_of_a_member_is_not_dated_before_what_came_before)
{
	struct transcript *s = begin();
	tell(s, intake, exit_reported, .submission = 2, .row = 1, .member = lan, .status = member_status_abroad,
	     .date = date("1950-01-01"));
	tell(s, intake, exit_reported, .submission = 2, .row = 2, .member = lan, .status = member_status_abroad,
	     .date = date("2026-03-03"));
	tell(s, intake, exit_reported, .submission = 2, .row = 3, .member = lan, .status = member_status_abroad,
	     .date = date("2026-02-10"));
	tell(s, intake, exit_reported, .submission = 2, .row = 4, .member = lan, .status = member_status_active,
	     .date = date("2026-02-09"));
	tell(s, intake, exit_reported, .submission = 2, .row = 5, .member = lan, .status = member_status_active,
	     .date = date("2026-02-20"));
	tell(s, intake, exits_ended, .submission = 2, .rows = 5);
	tell(s, intake, transfer_offered, .submission = 3, .transfer = { .row = 1, .member = lan, .to = 44010102,
	     .scope = transfer_scope_official, .date = date("2026-02-19"), .decision = bytes_of_text("5-QĐ") });
	expect(s,
	       "intake: exit_reported submission 2, row 1, member 101, status abroad, date 1950-01-01\n"
	       "  -> intake: row_refused submission 2, row 1, field date, reason date_order [member 101]\n"
	       "intake: exit_reported submission 2, row 2, member 101, status abroad, date 2026-03-03\n"
	       "  -> intake: row_refused submission 2, row 2, field date, reason out_of_range [member 101]\n"
	       "intake: exit_reported submission 2, row 3, member 101, status abroad, date 2026-02-10\n"
	       "  -> intake verification inspection: member_registered member 101, version 3, record 1101, type official, status abroad, official_date 2011-05-19, home_cell 44010101, present_cell 44010101 [member 101]\n"
	       "  -> revocation: member_status_changed member 101, from active, to abroad, date 2026-02-10 [member 101]\n"
	       "intake: exit_reported submission 2, row 4, member 101, status active, date 2026-02-09\n"
	       "  -> intake: row_refused submission 2, row 4, field date, reason date_order [member 101]\n"
	       "intake: exit_reported submission 2, row 5, member 101, status active, date 2026-02-20\n"
	       "  -> intake verification inspection: member_registered member 101, version 4, record 1101, type official, status active, official_date 2011-05-19, home_cell 44010101, present_cell 44010101 [member 101]\n"
	       "  -> revocation: member_status_changed member 101, from abroad, to active, date 2026-02-20 [member 101]\n"
	       "intake: exits_ended submission 2, rows 5\n"
	       "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, refused 3, more 0\n"
	       "intake: transfer_offered submission 3, transfer { row 1, member 101, to 44010102, scope official, date 2026-02-19, decision 5-QĐ}\n"
	       "  -> intake: row_refused submission 3, row 1, field date, reason date_order [member 101]\n");
	transcript_free(s);
}

// --- organisations that end ---

static void end_it(struct transcript *s, uint32_t row, uint64_t code, uint64_t into)
{
	tell(s, intake, ending_offered, .submission = 2, .row = row, .code = code, .has_into = into != 0, .into = into,
			.date = date("2026-03-01"),
	     .decision = bytes_of_text("3-QĐ/TU"));
}

test(a_merged_cells_members_belong_to_its_successor)
{
	struct transcript *s = begin();
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
	struct transcript *s = begin();
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
	transcript_tell_as(s, service_id_intake, message_type_ending_offered, buffer_bytes(&body), "row %u: %llu ends on %s, into %llu",
			   row, (unsigned long long)code, day, (unsigned long long)into);
	buffer_deinit(&body);
}

test(what_an_organisation_cannot_end_in)
{
	struct transcript *s = begin();
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
	struct transcript *s = begin();
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
	struct transcript *s = begin_with((struct engine_limits){ .batch_entries = 8 });
	transcript_mute(s);
	by(s, .submission = 1, .actor = 1, .person = 7, .role = role_administrator);
	for (uint32_t i = 0; i < 30; i++)
		member(s, official(20 + i, 200 + i, 44010101));
	by(s, .submission = 2, .actor = 1, .person = 7, .role = role_administrator);
	transcript_unmute(s);
	transcript_skip(s);
	uint64_t turns = transcript_turns(s);
	end_it(s, 1, 44010101, 44010102);
	ended(s, act_end_organisations, 1);
	check(transcript_turns(s) > turns + 5);
	const char *said = transcript_said(s);
	size_t moved = 0, closed = 0;
	for (const char *at = said; (at = strstr(at, "member_moved")); at++)
		moved++;
	for (const char *at = said; (at = strstr(at, "act_closed")); at++)
		closed++;
	check_u64(moved, 32);
	check_u64(closed, 1);
	transcript_free(s);
}

// --- double entries ---

static void a_row_with_lans_citizen_id(struct transcript *s)
{
	struct coded_member m = official(1, hoa, 44010102);
	tell(s, intake, member_offered, .submission = 2, .member = m);
	answer(s, identity_found, .submission = 2, .row = 1, .member = hoa, .known = true, .persons_count = 2,
			.persons = { lan, hoa });
}

test(a_double_entry_is_held_once_until_a_person_rules)
{
	struct transcript *s = begin();
	transcript_mute(s);
	a_row_with_lans_citizen_id(s);
	transcript_unmute(s);
	transcript_skip(s);
	a_row_with_lans_citizen_id(s);
	struct coded_member twin = official(2, 104, 44010102);
	twin.has_twin = true;
	twin.twin = minh;
	tell(s, intake, member_offered, .submission = 2, .member = twin);
	transcript_skip(s);
	tell(s, intake, duplicate_ruled, .submission = 2, .ruling = { .row = 1, .duplicate = 1,
			.verdict = duplicate_verdict_different });
	tell(s, intake, duplicate_ruled, .submission = 2, .ruling = { .row = 2, .duplicate = 2,
			.verdict = duplicate_verdict_different });
	tell(s, intake, duplicate_ruled, .submission = 2, .ruling = { .row = 3, .duplicate = 2,
			.verdict = duplicate_verdict_same });
	tell(s, intake, duplicate_ruled, .submission = 2, .ruling = { .row = 4, .duplicate = 1,
			.verdict = duplicate_verdict_same });
	ended(s, act_resolve_duplicates, 4);
	expect(s, "intake: duplicate_ruled submission 2, ruling { row 1, duplicate 1, verdict different}\n"
		  "  -> intake verification inspection: member_registered member 103, version 3, record 1103, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010102, "
		  "present_cell 44010102 [member 103]\n"
		  "  -> intake: duplicate_resolved duplicate 1, member 103, "
		  "verdict different [member 103]\n"
		  "intake: duplicate_ruled submission 2, ruling { row 2, duplicate 2, verdict different}\n"
		  "  -> intake: row_refused submission 2, row 2, field profile_number, reason missing\n"
		  "intake: duplicate_ruled submission 2, ruling { row 3, duplicate 2, verdict same}\n"
		  "  -> intake: duplicate_resolved duplicate 2, member 104, verdict same [member 104]\n"
		  "intake: duplicate_ruled submission 2, ruling { row 4, duplicate 1, verdict same}\n"
		  "  -> intake: row_refused submission 2, row 4, field duplicate, reason unknown\n"
		  "intake: import_ended submission 2, act resolve_duplicates, rows 4\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, refused 5, "
		  "more 0\n");
	transcript_free(s);
}

int main(void)
{
	run(a_dry_run_tells_each_field_that_would_change_and_changes_nothing);
	run(an_update_empties_what_a_member_can_be_without);
	run(an_update_is_a_new_version_for_everybody_who_mirrors_members);
	run(a_corrected_citizen_id_waits_for_the_vault);
	run(a_transfer_closes_there_and_opens_here);
	run(who_leaves_for_another_site_may_come_back_and_nobody_goes_twice);
	run(a_commune_transfers_within_its_own_subtree_only);
	run(an_exit_needs_its_decision_and_nobody_comes_back_from_death);
	run(who_may_become_what);
	run(an_exit_is_told_by_those_above_of_somebody_they_know);
	run(what_becomes_of_a_member_is_not_dated_before_what_came_before);
	run(a_merged_cells_members_belong_to_its_successor);
	run(a_merged_commune_brings_its_organisations_and_a_later_merger_moves_everything_on);
	run(what_an_organisation_cannot_end_in);
	run(an_organisation_closes_when_nobody_is_left);
	run(a_large_merger_goes_on_over_several_turns_and_is_closed_once);
	run(a_double_entry_is_held_once_until_a_person_rules);
	return test_summary();
}
