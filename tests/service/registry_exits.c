// Members who leave, are expelled, go abroad or die; who may become what.
#include "scene_registry_changes.h"

static void reported(struct transcript *s, uint32_t row, uint64_t who, enum member_status status, const char *day)
{
	tell(s, intake, exit_reported, .submission = 2, .row = row, .member = who, .status = status, .date = date(day));
}

test(an_exit_needs_its_decision_and_nobody_comes_back_from_death)
{
	struct transcript *s = settled();
	reported(s, 1, lan, member_status_expelled, "2026-03-01");
	tell(s, intake, exit_reported, .submission = 2, .row = 2, .member = lan, .status = member_status_expelled,
	     .date = date("2026-03-01"), .has_decision_number = true, .decision_number = bytes_of_text("7-QĐ/UBKT"));
	reported(s, 3, minh, member_status_deceased, "2026-03-01");
	reported(s, 4, minh, member_status_active, "2026-03-02");
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
	transcript_tell_as(s, service_id_intake, message_type_exit_reported, buffer_bytes(&body),
			   "row %u, member %llu: %s on %s%s",
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
			struct transcript *s = settled();
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
	struct transcript *s = settled();
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
	struct transcript *s = settled();
	reported(s, 1, lan, member_status_abroad, "1950-01-01");
	reported(s, 2, lan, member_status_abroad, "2026-03-03");
	reported(s, 3, lan, member_status_abroad, "2026-02-10");
	reported(s, 4, lan, member_status_active, "2026-02-09");
	reported(s, 5, lan, member_status_active, "2026-02-20");
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

int main(void)
{
	run(an_exit_needs_its_decision_and_nobody_comes_back_from_death);
	run(who_may_become_what);
	run(an_exit_is_told_by_those_above_of_somebody_they_know);
	run(what_becomes_of_a_member_is_not_dated_before_what_came_before);
	return test_summary();
}
