// The scene of intake's transcripts: what officers submit, as the door hands it on.  The administrator, Bình of cell 31 and Chi
// of the provincial board 2 are enrolled, by submissions 1 and 2.
#ifndef TDV_TESTS_SCENE_INTAKE_H
#define TDV_TESTS_SCENE_INTAKE_H

#include "base/subject.h"
#include "crypto/digest.h"
#include "gen/intake_tables.h"
#include "intake/door.h"
#include "intake/intake.h"
#include "intake/records.h"
#include "scene.h"

// Keys are only names here: the door has verified the signatures.
enum { administrator = 1, binh = 2, chi = 3 }; // certificates in order of enrolment

static inline struct hash key_of(unsigned officer)
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

static inline void begin_act(unsigned officer, enum act act, uint64_t organisation)
{
	memset(&next_act, 0, sizeof next_act);
	header = (struct submission_header){ .act = act, .purpose = bytes_of_text("TDV submission 1"),
					     .certificate = key_of(officer), .terminal = 1, .sequence = ++sequence_next,
					     .time = 1772000000000, .organisation = organisation };
}

static inline void add_body(uint32_t row)
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

static inline void add_error(uint32_t row, enum field field, enum reason reason)
{
	next_act.errors[next_act.errors_count++] = (struct row_error){ row, field, reason };
	next_act.errors_total++;
}

static inline void local(struct transcript *s, const struct submission_taken *m)
{
	struct buffer body = { 0 };
	submission_taken_encode(m, &body);
	transcript_local_unsaid(s, message_type_submission_taken, buffer_bytes(&body));
	buffer_deinit(&body);
}

// The head as it is now is what the officer signs.
static inline void sign(void)
{
	static struct buffer encoded;
	buffer_clear(&encoded);
	submission_header_encode(&header, &encoded);
	next_act.header = buffer_bytes(&encoded);
	next_act.content = digest_sha256(next_act.header);
}

// `rows` as the officer counts them; the header counts its own line too.
static inline void submit(struct transcript *s, uint32_t items)
{
	header.count = items;
	sign();
	local(s, &next_act);
}

// What the door does with an id that it has seen: header and signature only.
static inline void submit_again(struct transcript *s)
{
	static struct submission_taken again;
	again.header = next_act.header;
	again.content = next_act.content;
	again.again = true;
	local(s, &again);
}

static inline void submissions_deinit(void)
{
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		buffer_deinit(&bodies[i]);
}

static inline void name_administrator(struct transcript *s)
{
	struct buffer body = { 0 };
	administrator_named_encode(&(struct administrator_named){ key_of(administrator), bytes_of_text("key 1") }, &body);
	transcript_local(s, message_type_administrator_named, buffer_bytes(&body));
	buffer_deinit(&body);
}

static inline void enrol(struct transcript *s, unsigned officer, uint64_t person, enum role role, uint64_t organisation)
{
	char text[16];
	snprintf(text, sizeof text, "key %u", officer);
	begin_act(administrator, act_enrol_officers, 0);
	add(1, coded_officer, .row = 1, .public_key = bytes_of_text(text), .person = person, .role = role,
	    .organisation = organisation);
	submit(s, 1);
}

// A site with the administrator, Bình of cell 31 and Chi of the provincial board 2; submissions 1 and 2.
static inline struct transcript *site_with(const struct engine_limits *limits)
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

static inline struct transcript *site(void)
{
	return site_with(&(const struct engine_limits){ 0 });
}

static inline struct outcome outcome_of(struct transcript *s, uint64_t submission)
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

static inline void a_list_of_two(struct transcript *s)
{
	begin_act(binh, act_submit_list, 31);
	add(0, list_head, .kind = request_kind_exchange, .reason = request_reason_campaign, .period = 20514);
	add(1, coded_request, .row = 1, .member = 101, .has_photo = true, .photo = 5);
	add(2, coded_request, .row = 2, .member = 102, .has_photo = true, .photo = 6);
	submit(s, 3);
}

static inline void a_first_card(struct transcript *s, unsigned officer, uint64_t cell, uint64_t member)
{
	begin_act(officer, act_submit_list, cell);
	add(0, list_head, .kind = request_kind_new, .reason = request_reason_first, .period = 20514);
	add(1, coded_request, .row = 1, .member = member);
	submit(s, 2);
}

#endif
