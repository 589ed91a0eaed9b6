// The door's fold: who may submit, what is new, what goes on to whom, what is told to whom.
#include "intake/intake.h"

#include "base/subject.h"
#include "crypto/digest.h"
#include "gen/intake_tables.h"
#include "intake/door.h"
#include "intake/records.h"
#include "service/transcript.h"
#include "test.h"

// Keys are only names here: the door has verified the signatures.
enum { administrator = 1, binh = 2, chi = 3 }; // certificates in order of enrolment

static struct hash key_of(unsigned officer)
{
	char text[16];
	snprintf(text, sizeof text, "key %u", officer);
	return digest_sha256(bytes_of_text(text));
}

// What the officer sends next: begun, filled with items, submitted.
static struct submission_taken next_act;
static struct submission_header header;
static struct buffer bodies[64];
static unsigned sequence_next;

static void begin_act(unsigned officer, enum act act, uint64_t organisation)
{
	memset(&next_act, 0, sizeof next_act);
	header = (struct submission_header){ .act = act, .purpose = bytes_of_text("TDV submission 1"),
					     .certificate = key_of(officer), .terminal = 1, .sequence = ++sequence_next,
					     .time = 1772000000000, .organisation = organisation };
}

static void add_body(uint32_t row)
{
	size_t at = next_act.items_count++;
	next_act.items[at] = (struct coded_item){ row, buffer_bytes(&bodies[at]) };
}
#define add(number, kind, ...)                                                                         \
	do {                                                                                           \
		buffer_clear(&bodies[next_act.items_count]);                                           \
		kind##_encode(&(const struct kind){ __VA_ARGS__ }, &bodies[next_act.items_count]);     \
		add_body(number);                                                                      \
	} while (0)

static void add_error(uint32_t row, enum field field, enum reason reason)
{
	next_act.errors[next_act.errors_count++] = (struct row_error){ row, field, reason };
	next_act.errors_total++;
}

static void local(struct transcript *s, const struct submission_taken *m)
{
	struct buffer body = { 0 };
	submission_taken_encode(m, &body);
	transcript_local(s, message_type_submission_taken, buffer_bytes(&body));
	buffer_deinit(&body);
}

// `rows` as the officer counts them; the header counts its own line too.
static void submit(struct transcript *s, uint32_t items)
{
	static struct buffer encoded;
	header.count = items;
	buffer_clear(&encoded);
	submission_header_encode(&header, &encoded);
	next_act.header = buffer_bytes(&encoded);
	next_act.content = digest_sha256(next_act.header);
	local(s, &next_act);
}

// What the door does with an id that it has seen: header and signature only.
static void submit_again(struct transcript *s)
{
	static struct submission_taken again;
	again.header = next_act.header;
	again.content = next_act.content;
	again.again = true;
	local(s, &again);
}

// What was said, without the line in hexadecimal that says what was submitted.
static bool heard(struct transcript *s, const char *file, int line, const char *expected)
{
	static char text[65536];
	const char *from = transcript_said(s);
	size_t size = 0;
	while (*from) {
		size_t length = strcspn(from, "\n") + 1;
		if (strncmp(from, "local: submission_taken", 23) != 0) {
			memcpy(text + size, from, length);
			size += length;
		}
		from += length;
	}
	text[size] = 0;
	if (strcmp(text, expected) == 0)
		return true;
	printf("# %s:%d: - expected, + said\n", file, line);
	for (const char *at = expected; *at; at += strcspn(at, "\n") + 1)
		printf("# - %.*s\n", (int)strcspn(at, "\n"), at);
	for (const char *at = text; *at; at += strcspn(at, "\n") + 1)
		printf("# + %.*s\n", (int)strcspn(at, "\n"), at);
	return false;
}
#undef expect
#define expect(s, expected) check(heard((s), __FILE__, __LINE__, (expected)))

static void name_administrator(struct transcript *s)
{
	struct buffer body = { 0 };
	administrator_named_encode(&(struct administrator_named){ key_of(administrator), bytes_of_text("key 1") }, &body);
	transcript_local(s, message_type_administrator_named, buffer_bytes(&body));
	buffer_deinit(&body);
}

static void enrol(struct transcript *s, unsigned officer, uint64_t person, enum role role, uint64_t organisation)
{
	char text[16];
	snprintf(text, sizeof text, "key %u", officer);
	begin_act(administrator, act_enrol_officers, 0);
	add(1, coded_officer, .row = 1, .public_key = bytes_of_text(text), .person = person, .role = role,
	    .organisation = organisation);
	submit(s, 1);
}

static void organisation(struct transcript *s, uint64_t code, enum org_level level, uint64_t parent)
{
	tell(s, registry, organisation_registered, .code = code, .name = bytes_of_text("Chi bộ"), .level = level,
	     .parent = parent, .valid_from = 19000);
}

// A site with the administrator, Bình of cell 31 and Chi of the provincial board 2; submissions 1 and 2.
static struct transcript *site_with(const struct engine_limits *limits)
{
	struct transcript *s = transcript_new_with(&intake_service, limits);
	sequence_next = 0;
	name_administrator(s);
	organisation(s, 1, org_level_central, 0);
	organisation(s, 2, org_level_attached, 1);
	organisation(s, 31, org_level_cell, 2);
	enrol(s, binh, 7, role_cell_officer, 31);
	enrol(s, chi, 8, role_provincial_board, 2);
	transcript_skip(s);
	return s;
}

static struct transcript *site(void)
{
	return site_with(&(const struct engine_limits){ 0 });
}

static struct outcome outcome_of(struct transcript *s, uint64_t submission)
{
	struct store_txn tx;
	struct intake_submissions_row row = { 0 };
	struct outcome outcome = { 0 };
	store_begin(transcript_store(s), false, &tx);
	if (intake_submissions_get(&tx, submission, &row))
		outcome = (struct outcome){ .state = row.state, .reason = row.reason, .field = row.field,
					    .accepted = row.accepted, .refused = row.refused, .number = row.number };
	store_abort(&tx);
	return outcome;
}

static void a_list_of_two(struct transcript *s)
{
	begin_act(binh, act_submit_list, 31);
	add(0, list_head, .kind = request_kind_exchange, .reason = request_reason_campaign, .period = 20514);
	add(1, coded_request, .row = 1, .member = 101, .has_photo = true, .photo = 5);
	add(2, coded_request, .row = 2, .member = 102, .has_photo = true, .photo = 6);
	submit(s, 3);
}

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
	begin_act(binh, act_submit_list, 31);
	add(0, list_head, .kind = request_kind_new, .reason = request_reason_first, .period = 20514);
	add(1, coded_request, .row = 1, .member = 103);
	submit(s, 2);
	expect(s, "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 3, state refused, "
		  "content dd430f1a…, errors [{ row 0, field whole, reason conflict}], errors_total 1\n");
	transcript_free(s);
}

test(an_id_that_the_door_saw_and_the_fold_did_not_gets_no_receipt)
{
	struct transcript *s = site();
	static struct buffer encoded;
	begin_act(binh, act_submit_list, 31);
	buffer_clear(&encoded);
	submission_header_encode(&header, &encoded);
	next_act.header = buffer_bytes(&encoded);
	next_act.content = digest_sha256(next_act.header);
	submit_again(s);
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
	begin_act(binh, act_submit_list, 2);
	add(0, list_head, .kind = request_kind_new, .reason = request_reason_first, .period = 20514);
	add(1, coded_request, .row = 1, .member = 101);
	submit(s, 2);
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
		begin_act(volunteer, act_submit_list, 31);
		add(0, list_head, .kind = request_kind_new, .reason = request_reason_first, .period = 20514);
		add(1, coded_request, .row = 1, .member = 101);
		transcript_mute(s);
		submit(s, 2);
		transcript_unmute(s);
		check_u64(outcome_of(s, 3 + volunteer - 2).state,
			  volunteer == 4 ? outcome_state_pending : outcome_state_done);
		check_u64(outcome_of(s, 3 + volunteer - 2).reason, volunteer == 4 ? reason_none : reason_outside_subtree);
	}
	transcript_free(s);
}

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

test(the_submitter_is_told_what_came_of_every_row)
{
	struct transcript *s = site();
	a_list_of_two(s);
	transcript_skip(s);
	tell(s, verification, row_refused, .submission = 3, .row = 2, .field = field_profile_number,
	     .reason = reason_not_official);
	tell(s, approval, act_closed, .submission = 3, .accepted = 1, .refused = 1, .has_number = true, .number = 1);
	check_u64(outcome_of(s, 3).state, outcome_state_done);
	check_u64(outcome_of(s, 3).accepted, 1);
	check_u64(outcome_of(s, 3).refused, 1);
	check_u64(outcome_of(s, 3).number, 1);
	tell(s, approval, act_closed, .submission = 3, .accepted = 2); // the first word stands
	check_u64(outcome_of(s, 3).accepted, 1);
	transcript_skip(s);
	submit_again(s); // what came later is not in the receipt
	expect(s, "  -> reply: receipt certificate 08f225fe…, terminal 1, sequence 3, state taken, "
		  "submission 3, content eaadcf8c…, errors [], errors_total 0\n");
	transcript_free(s);
}

// Pages of an outcome never cut a row's errors in two: the row stands on the next page with all of them.
test(a_long_outcome_is_read_page_by_page_and_a_rows_errors_stay_together)
{
	static struct outcome page;
	struct transcript *s = site();
	struct store_txn tx;
	struct intake_submissions_row row;
	uint64_t after = 0, rows = 0, errors = 0, pages = 0;
	a_list_of_two(s);
	transcript_mute(s);
	for (uint32_t i = 1; i <= 250; i++) { // the last ones of a page have two errors each
		tell(s, verification, row_refused, .submission = 3, .row = i, .field = field_profile_number, .reason = reason_unknown);
		if (i > 150)
			tell(s, verification, row_refused, .submission = 3, .row = i, .field = field_photo, .reason = reason_missing);
	}
	store_begin(transcript_store(s), false, &tx);
	check(intake_submissions_get(&tx, 3, &row));
	do {
		intake_outcome(&tx, 3, &row, after, &page);
		check(page.errors_count <= 200);
		for (size_t k = 0; k < page.errors_count; k++) {
			rows += k == 0 || page.errors[k].row != page.errors[k - 1].row;
			check(page.errors[k].row > after);
		}
		errors += page.errors_count;
		after = page.errors_count ? page.errors[page.errors_count - 1].row : UINT32_MAX;
		pages++;
	} while (page.errors_more && pages < 10);
	intake_outcome(&tx, 3, &row, UINT32_MAX, &page);
	check_u64(page.errors_count, 0);
	store_abort(&tx);
	check_u64(rows, 250); // none twice, none cut
	check_u64(errors, 350);
	check_u64(pages, 2);
	transcript_free(s);
}

static uint64_t letters_of(struct transcript *s, uint64_t organisation)
{
	struct store_txn tx;
	struct intake_mailboxes_row row = { 0 };
	store_begin(transcript_store(s), false, &tx);
	intake_mailboxes_get(&tx, organisation, &row);
	store_abort(&tx);
	return row.letters;
}

test(letters_wait_for_their_addressee)
{
	struct transcript *s = site();
	tell(s, printing, order_opened, .order = 2, .facility = 9, .template = 1, .quantity = 1, .attached = 2);
	tell(s, printing, record_ordered, .order = 2, .index = 1, .facility = 9, .member = 101, .card = card_of(101, 2),
	     .number = 44000017, .cell = 31, .photo = 5);
	tell(s, printing, order_ended, .order = 2, .facility = 9, .quantity = 1);
	tell(s, delivery, shipment_sent, .shipment = 6, .from = 2, .to = 31, .boxes = 1, .cards = 46,
	     .waybill = bytes_of_text("VD 1"));
	tell(s, delivery, shipment_box, .shipment = 6, .to = 31, .box = item_of(2, 1), .cards = 46, .destination = 31,
	     .seal = bytes_of_text("N 1"));
	check_u64(letters_of(s, 9), 3);
	check_u64(letters_of(s, 31), 2);
	check_u64(letters_of(s, 2), 0);
	transcript_free(s);
}

test(letters_to_a_merged_organisation_go_to_its_successor_and_nobody_acts_for_it)
{
	struct transcript *s = site();
	tell(s, registry, organisation_merged, .code = 31, .into = 2, .date = 20514, .decision = bytes_of_text("3-QĐ/TU"));
	tell(s, delivery, shipment_sent, .shipment = 6, .from = 9, .to = 31, .boxes = 1, .cards = 46,
	     .waybill = bytes_of_text("VD 1"));
	check_u64(letters_of(s, 31), 0);
	check_u64(letters_of(s, 2), 1);
	begin_act(binh, act_submit_list, 31);
	add(0, list_head, .kind = request_kind_new, .reason = request_reason_first, .period = 20514);
	add(1, coded_request, .row = 1, .member = 101);
	submit(s, 2);
	check_u64(outcome_of(s, 3).reason, reason_organisation_ended);
	transcript_free(s);
}

static bool is_name(const char *name)
{
	return intake_door_is_name(bytes_of_text(name));
}

test(names_are_letters_in_one_spelling)
{
	check(is_name("Nguyễn Văn An"));
	check(is_name("H'Hen Niê"));
	check(is_name("Y Krông Adrơng"));
	check(is_name("Đỗ"));
	check(!is_name(""));
	check(!is_name(" An"));
	check(!is_name("An "));
	check(!is_name("Văn  An"));
	check(!is_name("Văn\tAn"));
	check(!is_name("An 2"));
	check(!is_name("An;"));
	check(!is_name("-"));
	check(!is_name("Nguye\u0302\u0303n"));      // decomposed
	check(!is_name("An\u200b"));                // an invisible character
	check(!is_name("\xff"));
	check(intake_door_is_line(bytes_of_text("12-QĐ/BTV, số 3")));
	check(!intake_door_is_line(bytes_of_text("two\nlines")));
}

test(numbers_that_people_are_known_by_have_their_form)
{
	check(intake_door_is_citizen_id(bytes_of_text("001080000001")));
	check(!intake_door_is_citizen_id(bytes_of_text("00108000000")));
	check(!intake_door_is_citizen_id(bytes_of_text("00108000000A")));
	check(!intake_door_is_citizen_id(bytes_of_text("0010800000011")));
	check(intake_door_is_profile_number(bytes_of_text("123456A")));
	check(intake_door_is_profile_number(bytes_of_text("123456abc")));
	check(!intake_door_is_profile_number(bytes_of_text("123456")));
	check(!intake_door_is_profile_number(bytes_of_text("123456ABCD")));
	check(!intake_door_is_profile_number(bytes_of_text("12345AB")));
	check(!intake_door_is_profile_number(bytes_of_text("123456A1")));
	check(intake_door_is_phone(bytes_of_text("+84 912.345.678")));
	check(!intake_door_is_phone(bytes_of_text("0912x345678")));
	check(!intake_door_is_phone(bytes_of_text("12345")));
}

int main(void)
{
	run(the_administrator_enrols_officers);
	run(only_the_first_administrator_is_believed);
	run(a_list_goes_on_item_by_item_under_its_number);
	run(rulings_and_withdrawals_go_on_row_by_row);
	run(a_resend_gets_the_same_receipt_and_nothing_goes_on_twice);
	run(the_same_number_with_other_content_is_a_conflict);
	run(an_id_that_the_door_saw_and_the_fold_did_not_gets_no_receipt);
	run(a_role_that_may_not_do_it_is_refused_and_that_is_recorded);
	run(nobody_acts_for_another_organisation);
	run(a_volunteer_enters_data_for_the_cells_below_their_organisation_only);
	run(one_bad_row_refuses_a_list_and_all_bad_rows_are_named);
	run(a_bad_row_of_an_import_leaves_the_others_standing);
	run(an_import_of_bad_rows_only_is_over_at_once);
	run(a_long_import_goes_on_over_several_turns_in_order);
	run(acts_on_lists_go_on_with_what_they_leave_out);
	run(cards_that_arrive_are_counted_box_by_box);
	run(the_submitter_is_told_what_came_of_every_row);
	run(a_long_outcome_is_read_page_by_page_and_a_rows_errors_stay_together);
	run(letters_wait_for_their_addressee);
	run(letters_to_a_merged_organisation_go_to_its_successor_and_nobody_acts_for_it);
	run(names_are_letters_in_one_spelling);
	run(numbers_that_people_are_known_by_have_their_form);
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		buffer_deinit(&bodies[i]);
	return test_summary();
}
