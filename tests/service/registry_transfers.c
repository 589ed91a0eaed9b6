// Members who go to another cell, or to another site and back.
#include "scene_registry_changes.h"

test(a_transfer_closes_there_and_opens_here)
{
	struct transcript *s = settled();
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
	struct transcript *s = settled();
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
	struct transcript *s = settled();
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

int main(void)
{
	run(a_transfer_closes_there_and_opens_here);
	run(who_leaves_for_another_site_may_come_back_and_nobody_goes_twice);
	run(a_commune_transfers_within_its_own_subtree_only);
	return test_summary();
}
