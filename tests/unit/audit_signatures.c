// Officers' signatures verified anew from intake's log.
#include "audit/signatures.h"

#include <string.h>

#include "base/ensure.h"
#include "crypto/purpose.h"
#include "gen/intake_tables.h"
#include "runtime/record.h"
#include "terminal/draft.h"
#include "test.h"

#define acts_each 4    // of each officer: the first goes alone, the others together
#define officers 2

// A log of a turn for each act, and the certificates.
static struct intake {
	struct key *key[officers];
	struct intake_certificates_row row[officers];
	struct buffer spki[officers];
	struct submission_taken taken[officers * acts_each];
	struct submission_header header[officers * acts_each];
	struct buffer bytes[officers * acts_each]; // of the header
	struct origin origin[officers * acts_each];
	struct buffer record; // handed out last
} intake;

// ---- what the door takes and the engine records

static void officer_enrol(uint64_t n)
{
	struct intake_certificates_row *row = &intake.row[n];

	ensure(key_generate(&intake.key[n]) == error_none);
	buffer_clear(&intake.spki[n]);
	ensure(key_write_public_der(intake.key[n], &intake.spki[n]) == error_none);
	*row = (struct intake_certificates_row){ .public_key = buffer_bytes(&intake.spki[n]), .person = 70 + n,
						 .role = role_cell_officer, .organisation = 31 };
	ensure(key_fingerprint(intake.key[n], &row->fingerprint) == error_none);
}

static void take(size_t place, uint64_t n, const struct buffer *frame)
{
	static struct submission m;
	struct submission_taken *taken = &intake.taken[place];

	ensure(submission_decode(bytes_of(frame->data + 2, frame->size - 2), &m) == error_none);
	buffer_clear(&intake.bytes[place]);
	buffer_append(&intake.bytes[place], m.header.data, m.header.size);
	*taken = (struct submission_taken){ .header = buffer_bytes(&intake.bytes[place]), .has_proof = m.has_proof, .proof = m.proof,
					    .content = digest_sha256(m.header) };
	memcpy(taken->signature, m.signature, sizeof taken->signature);
	intake.origin[place] = (struct origin){ .source = service_id_intake, .actor = n + 1, .person = 70 + n,
						.role = role_cell_officer, .organisation = 31 };
}

static void officer_acts(uint64_t n)
{
	static struct draft draft;
	struct buffer frame[acts_each] = { 0 }, *frames[acts_each];
	struct hash content;
	struct draft_signer by = { .key = intake.key[n], .certificate = intake.row[n].fingerprint, .organisation = 31, .terminal = 7 };

	for (size_t i = 0; i < acts_each; i++) {
		by.sequence = i + 1;
		draft_begin(&draft, act_withdraw);
		draft_add(&draft, &withdrawal_row_shape, &(struct withdrawal_row){ .request = 5 + i });
		frames[i] = &frame[i];
		ensure(draft_write(&draft, &by, frames[i], &content) == error_none);
	}
	ensure(draft_sign_written(frames, 1, by.key) == error_none);
	ensure(draft_sign_written(frames + 1, acts_each - 1, by.key) == error_none);
	for (size_t i = 0; i < acts_each; i++) {
		take(n * acts_each + i, n, &frame[i]);
		buffer_deinit(&frame[i]);
	}
	draft_deinit(&draft);
}

static void intake_begin(void)
{
	for (uint64_t n = 0; n < officers; n++) {
		key_free(intake.key[n]);
		officer_enrol(n);
		officer_acts(n);
	}
}

// ---- as the audit reads it

static enum error read_turn(void *context, uint64_t turn, struct bytes *record)
{
	struct buffer body = { 0 }, inputs = { 0 };
	struct merkle_frontier tree = { 0 };
	(void)context;

	submission_taken_encode(&intake.taken[turn - 1], &body);
	struct record_item item = { .kind = record_input_local, .type = message_type_submission_taken,
				    .authority = intake.origin[turn - 1], .body = buffer_bytes(&body) };
	record_item_encode(&(struct record_item){ .kind = record_input_continuation, .number = 4, .room = 512 }, &inputs);
	record_item_encode(&item, &inputs);
	struct record_parts parts = { .turn = turn, .inputs = buffer_bytes(&inputs), .input_count = 2 };
	buffer_clear(&intake.record);
	record_encode(&parts, &tree, &intake.record);
	*record = buffer_bytes(&intake.record);
	buffer_deinit(&inputs);
	buffer_deinit(&body);
	return error_none;
}

static uint64_t walked;
static uint8_t row_key[store_key_max];
static struct buffer row;

static enum error open_walk(void *context, uint16_t service, const char *table, void **walk)
{
	(void)context;
	ensure(service == service_id_intake && strcmp(table, "certificates") == 0);
	walked = 0;
	*walk = &walked;
	return error_none;
}

static enum error next_row(void *walk, struct bytes *key, struct bytes *value)
{
	(void)walk;
	if (walked == officers)
		return error_absent;
	buffer_clear(&row);
	intake_certificates_row_encode(&intake.row[walked], &row);
	walked++;
	size_t size = intake_certificates_key_encode(&(struct intake_certificates_key){ walked }, row_key);
	*key = bytes_of(row_key, size);
	*value = buffer_bytes(&row);
	return error_none;
}

static void close_walk(void *walk)
{
	(void)walk;
}

static struct audit_signed summary;
static char found[4096]; // a line each

static void keep(void *context, const struct audit_finding *finding)
{
	struct buffer text = { 0 };
	size_t at = strlen(found);
	(void)context;

	audit_finding_text(finding, audit_language_english, &text);
	snprintf(found + at, sizeof found - at, "%.*s\n", (int)text.size, (const char *)text.data);
	buffer_deinit(&text);
}

static const char *findings(void)
{
	const struct audit_source source = { .open = open_walk, .next = next_row, .close = close_walk };
	const struct audit_log log = { .turn = read_turn, .last = officers * acts_each };

	found[0] = 0;
	check(audit_signatures(&source, &log, keep, NULL, &summary) == error_none);
	return found;
}

// ---- claims

test(what_officers_have_signed_alone_and_together_is_verified)
{
	intake_begin();
	check_text(findings(), "");
	check_u64(summary.turns, officers * acts_each);
	check_u64(summary.acts, officers * acts_each);
	check_u64(summary.together, officers * (acts_each - 1));
	check_u64(summary.certificates, officers);
}

test(a_bent_signature_is_found)
{
	intake_begin();
	intake.taken[0].signature[20] ^= 1;
	intake.taken[2].signature[20] ^= 1; // of one that others of its group have verified
	check_text(findings(), "0  intake's turn 1, certificate 1, sequence 1: the officer's signature does not verify\n"
			       "0  intake's turn 3, certificate 1, sequence 3: the officer's signature does not verify\n");
	check_u64(summary.findings, 2);
}

test(a_bent_proof_is_found)
{
	intake_begin();
	intake.taken[1].proof.path[0].byte[3] ^= 1;
	intake.taken[2].proof.index = 0;
	intake.taken[3].has_proof = false;
	check_text(findings(), "0  intake's turn 2, certificate 1, sequence 2: the officer's signature does not verify\n"
			       "0  intake's turn 3, certificate 1, sequence 3: the officer's signature does not verify\n"
			       "0  intake's turn 4, certificate 1, sequence 4: the officer's signature does not verify\n");
}

// The header says less or more than was signed, and whoever changed it knew to change its hash too.
test(a_changed_header_is_found)
{
	struct submission_header h;
	struct buffer changed = { 0 };

	for (size_t i = 0; i < 2; i++) {
		intake_begin();
		ensure(submission_header_decode(intake.taken[i].header, &h) == error_none);
		h.act = act_approve;
		buffer_clear(&changed);
		submission_header_encode(&h, &changed);
		intake.taken[i].header = buffer_bytes(&changed);
		intake.taken[i].content = digest_sha256(intake.taken[i].header);
		check(strstr(findings(), "the officer's signature does not verify") != NULL);
		check_u64(summary.findings, 1);
	}
	buffer_deinit(&changed);
}

test(a_header_that_was_swapped_for_another_of_the_same_officer_is_found)
{
	intake_begin();
	intake.taken[0].header = intake.taken[1].header;
	check_text(findings(), "0  intake's turn 1, certificate 1, sequence 2: the header is not the one that has the receipt\n"
			       "0  intake's turn 1, certificate 1, sequence 2: the officer's signature does not verify\n");
}

test(an_act_that_is_recorded_as_somebody_elses_is_found)
{
	intake_begin();
	intake.origin[0].actor = 2;
	intake.origin[3].person = 71;
	intake.origin[1].role = role_administrator;
	intake.origin[2].organisation = 32;
	check_text(findings(), "0  intake's turn 1, certificate 1, sequence 1: recorded as the act of another than who signed it\n"
			       "0  intake's turn 2, certificate 1, sequence 2: recorded as the act of another than who signed it\n"
			       "0  intake's turn 3, certificate 1, sequence 3: recorded as the act of another than who signed it\n"
			       "0  intake's turn 4, certificate 1, sequence 4: recorded as the act of another than who signed it\n");
}

test(what_was_signed_for_another_purpose_is_no_act)
{
	struct submission_taken *taken = &intake.taken[0];
	struct submission_header h;
	struct buffer header = { 0 };

	intake_begin();
	ensure(submission_header_decode(taken->header, &h) == error_none);
	h.purpose = bytes_of_text("TDV submission 2");
	submission_header_encode(&h, &header);
	taken->header = buffer_bytes(&header);
	taken->content = digest_sha256(taken->header);
	ensure(signature_make(intake.key[0], taken->header, taken->signature) == error_none);
	check_text(findings(), "0  intake's turn 1: the recorded act cannot be read\n");
	buffer_deinit(&header);
}

test(a_certificate_with_another_key_is_found_and_so_is_one_that_is_gone)
{
	intake_begin();
	intake.row[0].public_key = intake.row[1].public_key;
	findings();
	check(strncmp(found, "0  certificate 1: the key is not the one that the fingerprint names\n", 68) == 0);
	check_u64(summary.findings, 1 + acts_each); // and what it signed
	intake_begin();
	memset(&intake.row[1].fingerprint, 7, sizeof intake.row[1].fingerprint);
	findings();
	check(strstr(found, "intake's turn 5, sequence 1: there is no certificate of the signer") != NULL);
	check_u64(summary.findings, 1 + acts_each);
}

int main(void)
{
	run(what_officers_have_signed_alone_and_together_is_verified);
	run(a_bent_signature_is_found);
	run(a_bent_proof_is_found);
	run(a_changed_header_is_found);
	run(a_header_that_was_swapped_for_another_of_the_same_officer_is_found);
	run(an_act_that_is_recorded_as_somebody_elses_is_found);
	run(what_was_signed_for_another_purpose_is_no_act);
	run(a_certificate_with_another_key_is_found_and_so_is_one_that_is_gone);
	for (size_t n = 0; n < officers; n++) {
		key_free(intake.key[n]);
		buffer_deinit(&intake.spki[n]);
	}
	for (size_t i = 0; i < officers * acts_each; i++)
		buffer_deinit(&intake.bytes[i]);
	buffer_deinit(&intake.record);
	buffer_deinit(&row);
	return test_summary();
}
