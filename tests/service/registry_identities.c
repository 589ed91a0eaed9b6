// One person, one member: rows that share a citizen id, what a person rules, and what the adapter says.
#include "scene_registry_changes.h"
#include "store/vault.h"

test(another_member_with_the_same_citizen_id_keeps_a_row_out)
{
	struct transcript *s = begin_with_tree();
	register_one(s, official(1, lan));
	transcript_skip(s);
	offer_member(s, official(2, minh));
	shared_by(s, 2, minh, lan, minh);
	expect(s, "intake: row 2, member 102\n"
		  "  ?? identity_lookup submission 2, row 2, member 102, record 1102\n"
		  "adapter: identity_found submission 2, row 2, member 102, known yes, persons [101, 102], "
		  "more no\n"
		  "  -> intake: duplicate_held duplicate 1, member 102, record 1102, field citizen_id, "
		  "with 101, cell 44010101 [member 102]\n"
		  "  -> intake: row_refused submission 2, row 2, field citizen_id, "
		  "reason identity_shared [member 102]\n");
	transcript_free(s);
}

test(of_two_rows_with_one_citizen_id_that_wait_together_the_first_enters)
{
	struct transcript *s = begin_with_tree();
	offer_member(s, official(1, minh));
	offer_member(s, official(2, lan));
	transcript_skip(s);
	shared_by(s, 1, minh, lan, minh);
	shared_by(s, 2, lan, lan, minh);
	expect(s, "adapter: identity_found submission 2, row 1, member 102, known yes, persons [101, 102], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 102, version 1, record 1102, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2102 [member 102]\n"
		  "adapter: identity_found submission 2, row 2, member 101, known yes, persons [101, 102], "
		  "more no\n"
		  "  -> intake: duplicate_held duplicate 1, member 101, record 1101, field citizen_id, "
		  "with 102, cell 44010101 [member 101]\n"
		  "  -> intake: row_refused submission 2, row 2, field citizen_id, "
		  "reason identity_shared [member 101]\n");
	transcript_free(s);
}

test(a_person_whose_row_was_refused_does_not_keep_another_out)
{
	struct transcript *s = begin_with_tree();
	struct coded_member m = official(1, lan);
	m.home_cell = 999;
	offer_member(s, m);
	offer_member(s, official(2, minh));
	transcript_skip(s);
	shared_by(s, 2, minh, lan, minh);
	expect(s, "adapter: identity_found submission 2, row 2, member 102, known yes, persons [101, 102], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 102, version 1, record 1102, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2102 [member 102]\n");
	transcript_free(s);
}

test(a_crash_before_the_vaults_answer_loses_no_row)
{
	struct transcript *s = begin_with_tree();
	offer_member(s, official(1, lan));
	end_members(s, 1);
	transcript_restart(s);
	nobody_else(s, 1, lan);
	expect(s, "intake: row 1, member 101\n"
		  "  ?? identity_lookup submission 2, row 1, member 101, record 1101\n"
		  "intake: import_ended submission 2, act import_members, rows 1\n"
		  "restart\n"
		  "adapter: identity_found submission 2, row 1, member 101, known yes, persons [101], "
		  "more no\n"
		  "  -> intake verification inspection: member_registered member 101, version 1, record 1101, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2101 [member 101]\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 1, refused 0, "
		  "more 0\n");
	transcript_free(s);
}

// --- double entries ---

static void a_row_with_lans_citizen_id(struct transcript *s)
{
	struct coded_member m = resident(1, hoa, 44010102);
	tell(s, intake, member_offered, .submission = 2, .member = m);
	shared_by(s, 1, hoa, lan, hoa);
}

static void ruled(struct transcript *s, uint32_t row, uint64_t duplicate, enum duplicate_verdict verdict)
{
	tell(s, intake, duplicate_ruled, .submission = 2, .ruling = { .row = row, .duplicate = duplicate, .verdict = verdict });
}

test(a_double_entry_is_held_once_until_a_person_rules)
{
	struct transcript *s = settled();
	transcript_mute(s);
	a_row_with_lans_citizen_id(s);
	transcript_unmute(s);
	transcript_skip(s);
	a_row_with_lans_citizen_id(s);
	struct coded_member twin = resident(2, 104, 44010102);
	twin.has_twin = true;
	twin.twin = minh;
	tell(s, intake, member_offered, .submission = 2, .member = twin);
	transcript_skip(s);
	ruled(s, 1, 1, duplicate_verdict_different);
	ruled(s, 2, 2, duplicate_verdict_different);
	ruled(s, 3, 2, duplicate_verdict_same);
	ruled(s, 4, 1, duplicate_verdict_same);
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

// --- the adapter and a real vault ---

static void open_vault(struct transcript *s, struct vault **vault)
{
	char folder[512], keys[512];
	snprintf(folder, sizeof folder, "%s/vault", transcript_home(s));
	snprintf(keys, sizeof keys, "%s/keys", transcript_home(s));
	struct vault_options options = {
		.folder = folder, .keys_folder = keys, .map_bytes = 16 << 20, .writes = true
	};
	check_u64(vault_open(vault, &options), error_none);
}

// As the door does it; returns the record.
static uint64_t put_person(struct vault *vault, const char *citizen_id, uint64_t *person)
{
	struct buffer plain = { 0 };
	struct hash digest;
	uint64_t record = 0;
	struct bytes id = bytes_of_text(citizen_id);
	member_row_encode(&(struct member_row){ .full_name = bytes_of_text("Nguyễn Thị Lan"),
						.birth_date = date("1980-02-03"),
						.sex = sex_female,
						.citizen_id = id,
						.profile_number = bytes_of_text("000001A"),
						.admission_date = date("2010-05-19"),
						.type = member_type_official,
						.status = member_status_active,
						.home_cell = 44010101,
						.present_cell = 44010101 },
			  &plain);
	check_u64(vault_person_new(vault, person), error_none);
	check_u64(vault_person_index(vault, *person, vault_index_citizen, id), error_none);
	check_u64(vault_record_put(vault, *person, buffer_bytes(&plain), &record, &digest), error_none);
	check_u64(vault_sync(vault), error_none);
	buffer_deinit(&plain);
	return record;
}

test(the_adapter_finds_who_shares_a_citizen_id_and_says_no_more_than_numbers)
{
	struct transcript *s = begin_with_tree();
	struct vault *vault = NULL;
	open_vault(s, &vault);
	const char *ids[] = { "044080000001", "044080000002", "044080000001", "044080000003" };
	for (uint32_t i = 0; i < 4; i++) {
		uint64_t person = 0;
		struct coded_member m = official(i + 1, 0);
		m.record = put_person(vault, ids[i], &person);
		m.member = person;
		offer_member(s, m);
		if (i == 3) {
			check_u64(vault_person_erase(vault, person), error_none);
			check_u64(vault_sync(vault), error_none);
		}
	}
	end_members(s, 4);
	vault_close(vault); // the adapter reads alone, as in a process of its own
	transcript_skip(s);
	transcript_perform(s);
	expect(s, "adapter: performs\n"
		  "  -> intake verification inspection: member_registered member 1, version 1, record 1, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2000 [member 1]\n"
		  "  -> intake verification inspection: member_registered member 2, version 2, record 2, "
		  "type official, status active, official_date 2011-05-19, home_cell 44010101, "
		  "present_cell 44010101, photo 2000 [member 2]\n"
		  "  -> intake: duplicate_held duplicate 1, member 3, record 3, field citizen_id, with 1, "
		  "cell 44010101 [member 3]\n"
		  "  -> intake: row_refused submission 2, row 3, field citizen_id, "
		  "reason identity_shared [member 3]\n"
		  "  -> intake: row_refused submission 2, row 4, field citizen_id, "
		  "reason missing [member 4]\n"
		  "  -> intake: act_closed submission 2, reason none, field whole, accepted 2, refused 2, "
		  "more 0\n");
	transcript_free(s);
}

int main(void)
{
	run(another_member_with_the_same_citizen_id_keeps_a_row_out);
	run(of_two_rows_with_one_citizen_id_that_wait_together_the_first_enters);
	run(a_person_whose_row_was_refused_does_not_keep_another_out);
	run(a_crash_before_the_vaults_answer_loses_no_row);
	run(a_double_entry_is_held_once_until_a_person_rules);
	run(the_adapter_finds_who_shares_a_citizen_id_and_says_no_more_than_numbers);
	return test_summary();
}
