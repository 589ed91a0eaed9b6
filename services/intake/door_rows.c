// The items of a submission: decoded and checked, every error of a file at once; personal data go into the vault and
// numbers come out.  What an act means is judged by the service that carries it out, not here.
#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/when.h"
#include "gen/intake_tables.h"
#include "intake/door.h"
#include "intake/records.h"

#define rows_max 2000

struct coding {
	struct door *door;
	struct submission_taken *taken;
	const struct submission_header *header;
	uint32_t row;             // of the submission, from 1; 0: the head
	size_t rows_after;        // that still come
	size_t errors_before;     // taken->errors_count when the row began
	bool refused;             // the row has an error
	bool dry_run;             // update_members: nothing is kept
	int32_t today;
	uint64_t persons[rows_max]; // of the rows so far
	size_t persons_count;
	size_t at[rows_max];      // where in door->body an item begins
};

static void wrong(struct coding *c, enum field field, enum reason reason)
{
	struct submission_taken *t = c->taken;
	bool first = t->errors_count == c->errors_before;

	for (size_t i = c->errors_before; i < t->errors_count; i++) {
		if (t->errors[i].field == field)
			return; // one error a field is enough
	}
	c->refused = true;
	t->errors_total++;
	// Every row that follows can still have one listed.
	if (first || t->errors_count + c->rows_after < array_size(t->errors))
		t->errors[t->errors_count++] = (struct row_error){ c->row, field, reason };
}

// The row did not decode: which column, the codec says.
static void wrong_form(struct coding *c)
{
	enum field field;

	if (!field_from_name(codec_fault_field(), &field))
		field = field_whole;
	wrong(c, field, reason_malformed);
}

static enum error keep(struct coding *c, struct bytes body)
{
	struct submission_taken *t = c->taken;

	if (c->refused)
		return error_none;
	c->at[t->items_count] = c->door->body.size;
	t->items[t->items_count].row = c->row;
	t->items[t->items_count].body.size = body.size;
	t->items_count++;
	buffer_append(&c->door->body, body.data, body.size);
	return c->door->body.failed ? error_no_memory : error_none;
}

static enum error keep_coded(struct coding *c, const struct codec_shape *shape, const void *value)
{
	buffer_clear(&c->door->plain);
	codec_encode(shape, value, &c->door->plain);
	return c->door->plain.failed ? error_no_memory : keep(c, buffer_bytes(&c->door->plain));
}

// ---- checks that several rows share ----

static void check_line(struct coding *c, struct bytes text, enum field field, bool required)
{
	if (text.size == 0) {
		if (required)
			wrong(c, field, reason_missing);
	} else if (!intake_door_is_line(text)) {
		wrong(c, field, reason_malformed);
	}
}

static void check_form(struct coding *c, struct bytes text, bool (*fits)(struct bytes), enum field field)
{
	if (text.size == 0)
		wrong(c, field, reason_missing);
	else if (!fits(text))
		wrong(c, field, reason_malformed);
}

static void check_past(struct coding *c, int32_t date, int32_t earliest, enum field field)
{
	if (date == date_none)
		wrong(c, field, reason_missing);
	else if (date < earliest || date > c->today)
		wrong(c, field, reason_out_of_range);
}

static enum error find_attachment(struct coding *c, const struct hash *sha256, enum field field, uint64_t *attachment)
{
	size_t size;
	enum error e = vault_attachment_find(c->door->vault, sha256, attachment, &size);

	if (e == error_absent)
		wrong(c, field, reason_unknown);
	return e > 0 ? error_none : e;
}

// False when an earlier row speaks of the same person.
static void check_once(struct coding *c, uint64_t person, enum field field)
{
	for (size_t i = 0; i < c->persons_count; i++) {
		if (c->persons[i] == person) {
			wrong(c, field, reason_duplicate);
			return;
		}
	}
	c->persons[c->persons_count++] = person;
}

// ---- import_members ----

static void check_member(struct coding *c, const struct member_row *m)
{
	check_form(c, m->full_name, intake_door_is_name, field_full_name);
	check_past(c, m->birth_date, date_from_civil(1900, 1, 1), field_birth_date);
	check_form(c, m->citizen_id, intake_door_is_citizen_id, field_citizen_id);
	check_form(c, m->profile_number, intake_door_is_profile_number, field_profile_number);
	if (m->has_phone)
		check_form(c, m->phone, intake_door_is_phone, field_phone);
	// The Party was founded on 3 February 1930.
	check_past(c, m->admission_date, date_from_civil(1930, 2, 3), field_admission_date);
	if (m->admission_date < m->birth_date)
		wrong(c, field_admission_date, reason_date_order);
	if (m->has_official_date) {
		if (m->official_date < m->admission_date)
			wrong(c, field_official_date, reason_date_order);
		check_past(c, m->official_date, m->official_date, field_official_date);
	}
	if (m->has_status_date)
		check_past(c, m->status_date, m->status_date, field_status);
	if (m->has_card_issued)
		check_past(c, m->card_issued, m->card_issued, field_card_issued);
}

// The member's record as far as the registry has one: 0 when the person is not registered.
static enum error registered_record(struct coding *c, uint64_t person, uint64_t *record)
{
	struct intake_members_row row;

	*record = intake_members_get(c->door->txn, person, &row) ? row.record : 0;
	return c->door->txn->fault;
}

// A person found by citizen id who is no member yet: an officer that was enrolled before.  Another member with that
// citizen id is another person, and the registry judges it.
static enum error find_officer(struct coding *c, const struct member_row *m, uint64_t *person)
{
	struct buffer *plain = &c->door->plain;
	static struct member_row other;
	uint64_t record;
	enum error e = vault_find(c->door->vault, vault_index_citizen, m->citizen_id, person);

	if (e != error_none)
		return e;
	buffer_clear(plain);
	e = vault_person_get(c->door->vault, *person, plain, &record);
	if (e == error_corrupt) { // who that is cannot be told: nobody new
		intake_door_spared(e, "person", *person);
		wrong(c, field_citizen_id, reason_wrong_state);
		return error_none;
	}
	if (e == error_none && member_row_decode(buffer_bytes(plain), &other) == error_none)
		e = error_absent;
	return e;
}

static enum error index_member(struct vault *vault, uint64_t person, const struct member_row *m)
{
	char number[16];
	enum error e = vault_person_index(vault, person, vault_index_profile, m->profile_number);

	if (e == error_none)
		e = vault_person_index(vault, person, vault_index_citizen, m->citizen_id);
	if (e == error_none && m->has_card_number) {
		snprintf(number, sizeof number, "%08u", (unsigned)m->card_number);
		e = vault_person_index(vault, person, vault_index_card, bytes_of_text(number));
	}
	return e;
}

// What people know a member by must be what they were registered with; a correction is another act.
static void compare_personal(struct coding *c, const struct member_row *known, const struct member_row *m)
{
	if (!bytes_equal(known->full_name, m->full_name))
		wrong(c, field_full_name, reason_differs);
	if (known->birth_date != m->birth_date)
		wrong(c, field_birth_date, reason_differs);
	if (known->sex != m->sex)
		wrong(c, field_sex, reason_differs);
	if (!bytes_equal(known->citizen_id, m->citizen_id))
		wrong(c, field_citizen_id, reason_differs);
	if (known->has_phone != m->has_phone || (m->has_phone && !bytes_equal(known->phone, m->phone)))
		wrong(c, field_phone, reason_differs);
}

static enum error compare_registered(struct coding *c, const struct member_row *m, uint64_t record, struct hash *digest)
{
	static struct member_row known;
	struct buffer *plain = &c->door->plain;

	buffer_clear(plain);
	enum error e = intake_door_spared(vault_record_get(c->door->vault, record, plain), "record", record);
	if (e == error_none && member_row_decode(buffer_bytes(plain), &known) == error_none)
		compare_personal(c, &known, m);
	return e != error_none ? e : vault_record_digest(c->door->vault, record, digest);
}

// A profile number given twice: what came is another person than the registered one, by name and by citizen id.
// Fills twin, and with member the person that it is put under: the one of an earlier try, or a new one.
static enum error find_twin(struct coding *c, const struct member_row *m, uint64_t known_record, struct coded_member *coded)
{
	static struct member_row known;
	struct buffer *plain = &c->door->plain;
	uint64_t persons[16];
	size_t count = 0;

	buffer_clear(plain);
	enum error e = intake_door_spared(vault_record_get(c->door->vault, known_record, plain), "record", known_record);
	if (e != error_none || member_row_decode(buffer_bytes(plain), &known) != error_none ||
	    bytes_equal(known.full_name, m->full_name) || bytes_equal(known.citizen_id, m->citizen_id))
		return e;
	coded->twin = coded->member;
	coded->has_twin = true;
	coded->member = 0;
	e = vault_find_all(c->door->vault, vault_index_citizen, m->citizen_id, persons, array_size(persons), &count);
	for (size_t i = 0; i < count && i < array_size(persons) && coded->member == 0; i++) {
		if (!intake_members_get(c->door->txn, persons[i], NULL))
			coded->member = persons[i];
	}
	if (coded->member != 0 || e < 0)
		return e;
	c->door->vault_changed = true;
	e = vault_person_new(c->door->vault, &coded->member);
	return e == error_none ? vault_person_index(c->door->vault, coded->member, vault_index_citizen, m->citizen_id) : e;
}

// Puts a member's data into the vault: fills member, record and digest.
static enum error put_member(struct coding *c, const struct member_row *m, struct bytes body, struct coded_member *coded)
{
	struct vault *vault = c->door->vault;
	enum error e = vault_find(vault, vault_index_profile, m->profile_number, &coded->member);

	if (e == error_absent)
		e = find_officer(c, m, &coded->member);
	if (e == error_none) {
		check_once(c, coded->member, field_profile_number);
		if (c->refused)
			return error_none;
		e = registered_record(c, coded->member, &coded->record);
		if (e == error_none && coded->record != 0)
			e = find_twin(c, m, coded->record, coded);
		if (e == error_none && coded->record != 0 && !coded->has_twin)
			return compare_registered(c, m, coded->record, &coded->digest);
	} else if (e == error_absent) {
		e = vault_person_new(vault, &coded->member);
		c->persons[c->persons_count++] = coded->member;
	}
	c->door->vault_changed = true;
	if (e == error_none && !coded->has_twin)
		e = index_member(vault, coded->member, m);
	if (e == error_none)
		e = vault_record_put(vault, coded->member, body, &coded->record, &coded->digest);
	return e;
}

static enum error code_member(struct coding *c, struct bytes body)
{
	static struct member_row m;
	enum error e = error_none;

	if (member_row_decode(body, &m) != error_none) {
		wrong_form(c);
		return error_none;
	}
	struct coded_member coded = {
		.row = c->row, .admission_date = m.admission_date, .phone = m.has_phone,
		.official_date = m.official_date, .has_official_date = m.has_official_date,
		.type = m.type, .status = m.status, .status_date = m.status_date, .has_status_date = m.has_status_date,
		.home_cell = m.home_cell, .present_cell = m.present_cell, .has_photo = m.has_photo,
		.discipline_until = m.discipline_until, .has_discipline_until = m.has_discipline_until,
		.card_number = m.card_number, .has_card_number = m.has_card_number,
		.card_generation = m.card_generation, .has_card_generation = m.has_card_generation,
		.card_issued = m.card_issued, .has_card_issued = m.has_card_issued,
		.stamped_boxes = m.stamped_boxes, .has_stamped_boxes = m.has_stamped_boxes,
	};
	check_member(c, &m);
	if (m.has_photo)
		e = find_attachment(c, &m.photo, field_photo, &coded.photo);
	if (e == error_none && !c->refused)
		e = put_member(c, &m, body, &coded);
	if (e == error_absent) { // erased at the person's request meanwhile, or damaged
		wrong(c, field_profile_number, reason_wrong_state);
		e = error_none;
	}
	return e != error_none ? e : keep_coded(c, &coded_member_shape, &coded);
}

// ---- update_members ----

static enum error code_update_head(struct coding *c, struct bytes body)
{
	struct update_head m;

	if (update_head_decode(body, &m) != error_none)
		wrong_form(c);
	else
		c->dry_run = m.dry_run;
	return keep(c, body);
}

static void check_update(struct coding *c, const struct update_row *m)
{
	check_form(c, m->profile_number, intake_door_is_profile_number, field_profile_number);
	if (m->has_full_name)
		check_form(c, m->full_name, intake_door_is_name, field_full_name);
	if (m->has_birth_date)
		check_past(c, m->birth_date, date_from_civil(1900, 1, 1), field_birth_date);
	if (m->has_citizen_id)
		check_form(c, m->citizen_id, intake_door_is_citizen_id, field_citizen_id);
	if (m->has_phone)
		check_form(c, m->phone, intake_door_is_phone, field_phone);
	if (m->has_admission_date)
		check_past(c, m->admission_date, date_from_civil(1930, 2, 3), field_admission_date);
	if (m->has_official_date)
		check_past(c, m->official_date, date_from_civil(1930, 2, 3), field_official_date);
	if (m->has_status_date)
		check_past(c, m->status_date, date_from_civil(1930, 2, 3), field_status);
}

static void differs(struct coded_update *coded, enum field field)
{
	coded->personal[coded->personal_count++] = field;
}

// Brings the row up to date with what the file says, and notes what that changes.
static void update_personal(const struct update_row *m, struct member_row *row, struct coded_update *coded)
{
	if (m->has_full_name && !bytes_equal(m->full_name, row->full_name))
		differs(coded, field_full_name);
	if (m->has_birth_date && m->birth_date != row->birth_date)
		differs(coded, field_birth_date);
	if (m->has_sex && m->sex != row->sex)
		differs(coded, field_sex);
	if (m->has_citizen_id && !bytes_equal(m->citizen_id, row->citizen_id))
		differs(coded, field_citizen_id);
	if (m->has_phone && !(row->has_phone && bytes_equal(m->phone, row->phone)))
		differs(coded, field_phone);
	row->full_name = m->has_full_name ? m->full_name : row->full_name;
	row->birth_date = m->has_birth_date ? m->birth_date : row->birth_date;
	row->sex = m->has_sex ? m->sex : row->sex;
	row->citizen_id = m->has_citizen_id ? m->citizen_id : row->citizen_id;
	if (m->has_phone) {
		row->phone = m->phone;
		row->has_phone = true;
	}
}

// The new record of a member whose personal data, or whose printed date, change.
static enum error put_update(struct coding *c, const struct update_row *m, struct coded_update *coded)
{
	static struct member_row row;
	struct vault *vault = c->door->vault;
	struct buffer *plain = &c->door->plain, whole = { 0 };
	uint64_t record;
	enum error e = registered_record(c, coded->member, &record);

	if (e == error_none && record == 0) {
		wrong(c, field_profile_number, reason_unknown);
		return error_none;
	}
	buffer_clear(plain);
	if (e == error_none)
		e = intake_door_spared(vault_record_get(vault, record, plain), "record", record);
	if (e != error_none || member_row_decode(buffer_bytes(plain), &row) != error_none)
		return e != error_none ? e : error_corrupt;
	update_personal(m, &row, coded);
	bool printed = m->has_official_date && (!row.has_official_date || row.official_date != m->official_date);
	if (row.birth_date > (m->has_admission_date ? m->admission_date : row.admission_date))
		wrong(c, field_birth_date, reason_date_order);
	if (c->dry_run || c->refused || (coded->personal_count == 0 && !printed))
		return error_none;
	if (printed) {
		row.official_date = m->official_date;
		row.has_official_date = true;
	}
	member_row_encode(&row, &whole);
	c->door->vault_changed = true;
	e = whole.failed ? error_no_memory : vault_record_put(vault, coded->member, buffer_bytes(&whole),
		&coded->record, &coded->digest);
	coded->has_record = coded->has_digest = e == error_none;
	if (e == error_none)
		e = vault_person_index(vault, coded->member, vault_index_citizen, row.citizen_id);
	buffer_deinit(&whole);
	return e;
}

static enum error code_update(struct coding *c, struct bytes body)
{
	static struct update_row m;
	enum error e = error_none;

	if (update_row_decode(body, &m) != error_none) {
		wrong_form(c);
		return error_none;
	}
	struct coded_update coded = {
		.row = c->row, .admission_date = m.admission_date, .has_admission_date = m.has_admission_date,
		.official_date = m.official_date, .has_official_date = m.has_official_date, .type = m.type,
			.has_type = m.has_type,
		.status = m.status, .has_status = m.has_status, .status_date = m.status_date,
			.has_status_date = m.has_status_date,
		.home_cell = m.home_cell, .has_home_cell = m.has_home_cell,
		.present_cell = m.present_cell, .has_present_cell = m.has_present_cell, .has_photo = m.has_photo,
		.discipline_until = m.discipline_until, .has_discipline_until = m.has_discipline_until,
		.card_number = m.card_number, .has_card_number = m.has_card_number,
	};
	check_update(c, &m);
	if (m.has_photo)
		e = find_attachment(c, &m.photo, field_photo, &coded.photo);
	if (e == error_none && !c->refused) {
		e = vault_find(c->door->vault, vault_index_profile, m.profile_number, &coded.member);
		if (e == error_none)
			check_once(c, coded.member, field_profile_number);
		else if (e == error_absent)
			wrong(c, field_profile_number, reason_unknown);
		if (!c->refused && e == error_none)
			e = put_update(c, &m, &coded);
	}
	if (e == error_absent) { // not there, or erased at the person's request meanwhile
		wrong(c, field_profile_number, reason_wrong_state);
		e = error_none;
	}
	return e != error_none ? e : keep_coded(c, &coded_update_shape, &coded);
}

static enum error code_transfer(struct coding *c, struct bytes body)
{
	struct transfer_row m;
	enum error e = error_none;

	if (transfer_row_decode(body, &m) != error_none) {
		wrong_form(c);
		return error_none;
	}
	struct coded_transfer coded = {
		.row = c->row, .to = m.organisation, .scope = m.scope, .date = m.date, .decision = m.decision,
	};
	check_form(c, m.profile_number, intake_door_is_profile_number, field_profile_number);
	check_line(c, m.decision, field_decision, true);
	check_past(c, m.date, date_from_civil(1930, 2, 3), field_date);
	if (!c->refused) {
		e = vault_find(c->door->vault, vault_index_profile, m.profile_number, &coded.member);
		if (e == error_none)
			check_once(c, coded.member, field_profile_number);
		else if (e == error_absent)
			wrong(c, field_profile_number, reason_unknown);
	}
	return e < 0 ? e : keep_coded(c, &coded_transfer_shape, &coded);
}

// ---- resolve_duplicates ----

// Two persons came under one profile number: the one that was held gets their own.
static enum error renumber(struct coding *c, const struct duplicate_row *m, const struct intake_duplicates_row *held,
			   struct coded_ruling *coded)
{
	static struct member_row row;
	struct vault *vault = c->door->vault;
	struct buffer *plain = &c->door->plain, whole = { 0 };
	uint64_t other;
	enum error e = vault_find(vault, vault_index_profile, m->profile_number, &other);

	if (e == error_none) {
		wrong(c, field_profile_number, reason_duplicate);
		return error_none;
	}
	buffer_clear(plain);
	if (e == error_absent)
		e = intake_door_spared(vault_record_get(vault, held->record, plain), "record", held->record);
	if (e != error_none || member_row_decode(buffer_bytes(plain), &row) != error_none)
		return e != error_none ? e : error_corrupt;
	row.profile_number = m->profile_number;
	member_row_encode(&row, &whole);
	c->door->vault_changed = true;
	e = whole.failed ? error_no_memory : index_member(vault, held->person, &row);
	if (e == error_none)
		e = vault_record_put(vault, held->person, buffer_bytes(&whole), &coded->record, &coded->digest);
	coded->has_record = coded->has_digest = e == error_none;
	buffer_deinit(&whole);
	return e;
}

static enum error code_ruling_on_duplicate(struct coding *c, struct bytes body)
{
	struct duplicate_row m;
	struct intake_duplicates_row held;
	enum error e = error_none;

	if (duplicate_row_decode(body, &m) != error_none) {
		wrong_form(c);
		return error_none;
	}
	struct coded_ruling coded = {
		.row = c->row, .duplicate = m.duplicate, .verdict = m.verdict, .decision = m.decision,
			.has_decision = m.has_decision,
	};
	if (m.has_decision)
		check_line(c, m.decision, field_decision, true);
	if (!intake_duplicates_get(c->door->txn, m.duplicate, &held))
		wrong(c, field_duplicate, reason_unknown);
	else if (m.verdict == duplicate_verdict_different && held.twin && !m.has_profile_number)
		wrong(c, field_profile_number, reason_missing);
	else if (m.has_profile_number)
		check_form(c, m.profile_number, intake_door_is_profile_number, field_profile_number);
	if (!c->refused && m.verdict == duplicate_verdict_different && m.has_profile_number)
		e = renumber(c, &m, &held, &coded);
	if (e == error_absent) { // erased meanwhile
		wrong(c, field_duplicate, reason_wrong_state);
		e = error_none;
	}
	return e != error_none ? e : keep_coded(c, &coded_ruling_shape, &coded);
}

// ---- the other rows with personal data ----

static enum error code_officer(struct coding *c, struct bytes body)
{
	struct officer_row m;
	struct key *key;
	struct vault *vault = c->door->vault;
	struct hash digest;
	uint64_t record;

	if (officer_row_decode(body, &m) != error_none) {
		wrong_form(c);
		return error_none;
	}
	enum error e = key_read_public(m.public_key, &key);
	if (e == error_none)
		key_free(key);
	else if (e > 0)
		wrong(c, field_public_key, reason_malformed);
	else
		return e;
	check_form(c, m.full_name, intake_door_is_name, field_full_name);
	check_form(c, m.citizen_id, intake_door_is_citizen_id, field_citizen_id);
	if (c->refused)
		return error_none;
	struct coded_officer coded = {
		.row = c->row, .public_key = m.public_key, .role = m.role, .organisation = m.organisation,
	};
	e = vault_find(vault, vault_index_citizen, m.citizen_id, &coded.person);
	if (e == error_absent) {
		c->door->vault_changed = true;
		e = vault_person_new(vault, &coded.person);
		if (e == error_none)
			e = vault_person_index(vault, coded.person, vault_index_citizen, m.citizen_id);
		if (e == error_none)
			e = vault_record_put(vault, coded.person, body, &record, &digest);
	}
	return e != error_none ? e : keep_coded(c, &coded_officer_shape, &coded);
}

static enum error code_request(struct coding *c, struct bytes body)
{
	struct list_row m;
	enum error e = error_none;

	if (list_row_decode(body, &m) != error_none) {
		wrong_form(c);
		return error_none;
	}
	struct coded_request coded = {
		.row = c->row, .has_photo = m.has_photo, .has_evidence = m.has_evidence, .card_number = m.card_number,
		.has_card_number = m.has_card_number, .corrects = m.request, .has_corrects = m.has_request,
		.loss = m.loss, .has_loss = m.has_loss, .card_enclosed = m.has_card_enclosed && m.card_enclosed,
	};
	check_form(c, m.profile_number, intake_door_is_profile_number, field_profile_number);
	if (!c->refused) {
		e = vault_find(c->door->vault, vault_index_profile, m.profile_number, &coded.member);
		if (e == error_none)
			check_once(c, coded.member, field_profile_number);
		else if (e == error_absent)
			wrong(c, field_profile_number, reason_unknown);
	}
	if (e >= 0 && m.has_photo)
		e = find_attachment(c, &m.photo, field_photo, &coded.photo);
	if (e >= 0 && m.has_evidence)
		e = find_attachment(c, &m.evidence, field_evidence, &coded.evidence);
	return e < 0 ? e : keep_coded(c, &coded_request_shape, &coded);
}

static enum error code_hand_over(struct coding *c, struct bytes body)
{
	struct hand_over_row m;
	struct intake_cards_row card;
	enum error e = error_none;

	if (hand_over_row_decode(body, &m) != error_none) {
		wrong_form(c);
		return error_none;
	}
	struct coded_hand_over coded = {
		.row = c->row, .card_number = m.card_number, .receipt = m.receipt, .has_proof = m.has_proof,
		.old_collected = m.old_collected, .date = m.date,
	};
	if (intake_cards_get(c->door->txn, m.card_number, &card)) {
		coded.member = card.member;
		check_once(c, card.member, field_card_number);
	} else {
		wrong(c, field_card_number, reason_unknown);
	}
	if (m.date == date_none)
		wrong(c, field_receipt, reason_missing);
	if (m.has_proof)
		e = find_attachment(c, &m.proof, field_receipt, &coded.proof);
	return e != error_none ? e : keep_coded(c, &coded_hand_over_shape, &coded);
}

// ---- rows that go on as they are ----

static enum error code_organisation(struct coding *c, struct bytes body)
{
	struct organisation_row m;

	if (organisation_row_decode(body, &m) != error_none)
		wrong_form(c);
	else
		check_line(c, m.name, field_name_, true);
	return keep(c, body);
}

static enum error code_ending(struct coding *c, struct bytes body)
{
	struct ending_row m;

	if (ending_row_decode(body, &m) != error_none) {
		wrong_form(c);
	} else {
		check_line(c, m.decision, field_decision, true);
		check_past(c, m.date, date_from_civil(1930, 2, 3), field_date);
	}
	return keep(c, body);
}

static enum error code_list_head(struct coding *c, struct bytes body)
{
	struct list_head m;

	if (list_head_decode(body, &m) != error_none)
		wrong_form(c);
	return keep(c, body);
}

static enum error code_list_act(struct coding *c, struct bytes body)
{
	struct list_act_head m;

	if (list_act_head_decode(body, &m) != error_none)
		wrong_form(c);
	else if (m.has_decision_number)
		check_line(c, m.decision_number, field_decision, true);
	return keep(c, body);
}

static enum error code_leave_out(struct coding *c, struct bytes body)
{
	struct leave_out_row m;

	if (leave_out_row_decode(body, &m) != error_none)
		wrong_form(c);
	else if (m.reason == reason_none)
		wrong(c, field_reason, reason_missing);
	return keep(c, body);
}

static enum error code_consolidation(struct coding *c, struct bytes body)
{
	struct consolidation_head m;

	if (consolidation_head_decode(body, &m) != error_none)
		wrong_form(c);
	return keep(c, body);
}

static enum error code_adjudication(struct coding *c, struct bytes body)
{
	struct adjudication_head m;

	if (adjudication_head_decode(body, &m) != error_none)
		wrong_form(c);
	else if (m.has_decision_number)
		check_line(c, m.decision_number, field_decision, true);
	return keep(c, body);
}

static enum error code_ruling(struct coding *c, struct bytes body)
{
	struct ruling_row m;

	if (ruling_row_decode(body, &m) != error_none)
		wrong_form(c);
	else if (!m.release && m.reason == reason_none)
		wrong(c, field_reason, reason_missing);
	return keep(c, body);
}

static enum error code_withdrawal(struct coding *c, struct bytes body)
{
	struct withdrawal_row m;

	if (withdrawal_row_decode(body, &m) != error_none)
		wrong_form(c);
	return keep(c, body);
}

static enum error code_list_ref(struct coding *c, struct bytes body)
{
	struct list_ref_row m;

	if (list_ref_row_decode(body, &m) != error_none)
		wrong_form(c);
	return keep(c, body);
}

static enum error code_number_block(struct coding *c, struct bytes body)
{
	struct number_block_row m;

	if (number_block_row_decode(body, &m) != error_none)
		wrong_form(c);
	return keep(c, body);
}

static enum error code_order(struct coding *c, struct bytes body)
{
	struct order_head m;

	if (order_head_decode(body, &m) != error_none)
		wrong_form(c);
	return keep(c, body);
}

static enum error code_facility_head(struct coding *c, struct bytes body)
{
	struct facility_head m;

	if (facility_head_decode(body, &m) != error_none)
		wrong_form(c);
	return keep(c, body);
}

static enum error code_record_answer(struct coding *c, struct bytes body)
{
	struct record_answer_row m;

	if (record_answer_row_decode(body, &m) != error_none)
		wrong_form(c);
	else if (!m.accepted && m.reason == reason_none)
		wrong(c, field_reason, reason_missing);
	return keep(c, body);
}

static enum error code_print(struct coding *c, struct bytes body)
{
	struct print_row m;

	if (print_row_decode(body, &m) != error_none) {
		wrong_form(c);
	} else if (m.good) {
		if (!m.has_serial)
			wrong(c, field_serial, reason_missing);
		if (!m.has_public_key)
			wrong(c, field_public_key, reason_missing);
	} else if (m.reason == reason_none) {
		wrong(c, field_reason, reason_missing);
	}
	return keep(c, body);
}

static enum error code_packing(struct coding *c, struct bytes body)
{
	struct packing_head m;

	if (packing_head_decode(body, &m) != error_none)
		wrong_form(c);
	else
		check_line(c, m.waybill, field_shipment, false);
	return keep(c, body);
}

static enum error code_box(struct coding *c, struct bytes body)
{
	static struct box_row m;

	if (box_row_decode(body, &m) != error_none) {
		wrong_form(c);
	} else {
		check_line(c, m.seal, field_box, true);
		if (m.indices_count == 0)
			wrong(c, field_count, reason_empty);
	}
	return keep(c, body);
}

static enum error code_shipping(struct coding *c, struct bytes body)
{
	struct shipping_head m;

	if (shipping_head_decode(body, &m) != error_none)
		wrong_form(c);
	else
		check_line(c, m.waybill, field_shipment, false);
	return keep(c, body);
}

static enum error code_receiving(struct coding *c, struct bytes body)
{
	struct receiving_head m;

	if (receiving_head_decode(body, &m) != error_none)
		wrong_form(c);
	return keep(c, body);
}

static enum error code_box_count(struct coding *c, struct bytes body)
{
	struct box_count_row m;

	if (box_count_row_decode(body, &m) != error_none)
		wrong_form(c);
	return keep(c, body);
}

// ---- orders under way, and blanks ----

static enum error code_order_change(struct coding *c, struct bytes body)
{
	struct order_change_head m;

	if (order_change_head_decode(body, &m) != error_none)
		wrong_form(c);
	else if (m.change == order_change_priority && (!m.has_priority || m.priority < 1 || m.priority > 9))
		wrong(c, field_priority, m.has_priority ? reason_out_of_range : reason_missing);
	else if (m.change == order_change_readdress ? c->header->count < 2 : c->header->count > 1)
		wrong(c, field_change, m.change == order_change_readdress ? reason_empty : reason_too_many);
	return keep(c, body);
}

static enum error code_readdress(struct coding *c, struct bytes body)
{
	struct readdress_row m;

	if (readdress_row_decode(body, &m) != error_none)
		wrong_form(c);
	return keep(c, body);
}

static enum error code_stock(struct coding *c, struct bytes body)
{
	struct stock_row m;

	if (stock_row_decode(body, &m) != error_none) {
		wrong_form(c);
		return keep(c, body);
	}
	if (m.quantity == 0 && m.event != stock_event_counted)
		wrong(c, field_quantity, reason_empty);
	if ((m.event == stock_event_transferred) != m.has_to)
		wrong(c, field_organisation, m.has_to ? reason_malformed : reason_missing);
	if (m.has_document)
		check_line(c, m.document, field_evidence, false);
	return keep(c, body);
}

// ---- acts on cards ----

// The people whose certificates a destruction names as its committee and witnesses.
static void find_people(struct coding *c, const struct hash *certificates, size_t count, enum field field, uint64_t *people)
{
	struct intake_fingerprints_row number;
	struct intake_certificates_row certificate;

	for (size_t i = 0; i < count; i++) {
		if (intake_fingerprints_get(c->door->txn, &certificates[i], &number) &&
		    intake_certificates_get(c->door->txn, number.certificate, &certificate) && certificate.person)
			people[i] = certificate.person;
		else
			wrong(c, field, reason_unknown);
	}
}

static enum error code_card_head(struct coding *c, struct bytes body)
{
	static struct card_act_head m;
	static struct coded_card_head coded;
	enum error e = error_none;

	if (card_act_head_decode(body, &m) != error_none) {
		wrong_form(c);
		return error_none;
	}
	coded = (struct coded_card_head){
		.decision_number = m.decision_number, .has_decision_number = m.has_decision_number,
		.decision_date = m.decision_date, .has_decision_date = m.has_decision_date, .has_minutes = m.has_minutes,
		.to = m.to, .has_to = m.has_to, .seal = m.seal, .has_seal = m.has_seal,
		.waybill = m.waybill, .has_waybill = m.has_waybill, .shipment = m.shipment, .has_shipment = m.has_shipment,
		.box = m.box, .has_box = m.has_box, .counted = m.counted, .has_counted = m.has_counted,
		.explanation = m.explanation, .has_explanation = m.has_explanation,
		.committee_count = m.committee_count, .witnesses_count = m.witnesses_count,
	};
	check_line(c, m.decision_number, field_decision, false);
	check_line(c, m.seal, field_seal, false);
	check_line(c, m.waybill, field_shipment, false);
	check_line(c, m.explanation, field_reason, false);
	if (m.has_decision_date)
		check_past(c, m.decision_date, m.decision_date, field_decision);
	find_people(c, m.committee, m.committee_count, field_committee, coded.committee);
	find_people(c, m.witnesses, m.witnesses_count, field_witnesses, coded.witnesses);
	if (m.has_minutes)
		e = find_attachment(c, &m.minutes, field_minutes, &coded.minutes);
	return e < 0 ? e : keep_coded(c, &coded_card_head_shape, &coded);
}

// Whose card bears the number: cards that TDV ordered are known by the fold, those in use at the start by the vault.
static enum error find_by_card(struct coding *c, uint32_t number, uint64_t *member)
{
	struct intake_cards_row card;
	char text[16];

	if (intake_cards_get(c->door->txn, number, &card)) {
		*member = card.member;
		return error_none;
	}
	snprintf(text, sizeof text, "%08u", (unsigned)number);
	return vault_find(c->door->vault, vault_index_card, bytes_of_text(text), member);
}

static enum error find_holder(struct coding *c, const struct card_row *m, uint64_t *member)
{
	enum field field = m->has_card_number ? field_card_number : field_profile_number;
	enum error e = error_absent;

	if (!m->has_card_number && !m->has_profile_number)
		wrong(c, field, reason_missing);
	else if (m->has_card_number)
		e = find_by_card(c, m->card_number, member);
	else if (intake_door_is_profile_number(m->profile_number))
		e = vault_find(c->door->vault, vault_index_profile, m->profile_number, member);
	else
		wrong(c, field, reason_malformed);
	if (e == error_absent)
		wrong(c, field, reason_unknown);
	return e == error_absent ? error_none : e;
}

static enum error code_card(struct coding *c, struct bytes body)
{
	struct card_row m;
	bool exits = c->header->act == act_report_exits;

	if (card_row_decode(body, &m) != error_none) {
		wrong_form(c);
		return error_none;
	}
	struct coded_card coded = {
		.row = c->row, .number = m.card_number, .copy = m.copy, .has_copy = m.has_copy,
		.matter = m.matter, .has_matter = m.has_matter, .status = m.status, .has_status = m.has_status,
		.date = m.date, .has_date = m.has_date, .has_evidence = m.has_evidence,
	};
	if (exits ? !m.has_status : !m.has_matter)
		wrong(c, exits ? field_status : field_matter, reason_missing);
	if (!exits && !m.has_card_number)
		wrong(c, field_card_number, reason_missing);
	if (m.has_date)
		check_past(c, m.date, m.date, field_matter);
	enum error e = find_holder(c, &m, &coded.member);
	if (e == error_none && exits && !c->refused)
		check_once(c, coded.member, field_profile_number);
	if (e == error_none && m.has_evidence)
		e = find_attachment(c, &m.evidence, field_evidence, &coded.evidence);
	return e < 0 ? e : keep_coded(c, &coded_card_shape, &coded);
}

// ---- acts ----

static const struct form {
	enum error (*head)(struct coding *c, struct bytes body);
	enum error (*row)(struct coding *c, struct bytes body);
	uint32_t least, most; // rows
} forms[] = {
	[act_import_organisations] = { NULL, code_organisation, 1, rows_max },
	[act_import_members] = { NULL, code_member, 1, rows_max },
	[act_update_members] = { code_update_head, code_update, 1, rows_max - 1 },
	[act_transfer_members] = { NULL, code_transfer, 1, rows_max },
	[act_end_organisations] = { NULL, code_ending, 1, rows_max },
	[act_resolve_duplicates] = { NULL, code_ruling_on_duplicate, 1, rows_max },
	[act_submit_list] = { code_list_head, code_request, 1, rows_max - 1 },
	[act_appraise] = { code_list_act, code_leave_out, 0, rows_max - 1 },
	[act_consolidate] = { code_consolidation, code_list_ref, 0, 500 },
	[act_decide] = { code_list_act, code_leave_out, 0, rows_max - 1 },
	[act_approve] = { code_list_act, code_leave_out, 0, rows_max - 1 },
	[act_grant_numbers] = { NULL, code_number_block, 1, rows_max },
	[act_place_order] = { code_order, NULL, 0, 0 },
	[act_answer_order] = { code_facility_head, code_record_answer, 1, rows_max - 1 },
	[act_report_prints] = { code_facility_head, code_print, 1, rows_max - 1 },
	[act_pack_boxes] = { code_packing, code_box, 1, rows_max - 1 },
	[act_change_order] = { code_order_change, code_readdress, 0, 200 },
	[act_keep_stock] = { NULL, code_stock, 1, rows_max },
	[act_ship] = { code_shipping, NULL, 0, 0 },
	[act_receive] = { code_receiving, code_box_count, 1, rows_max - 1 },
	[act_hand_over] = { NULL, code_hand_over, 1, rows_max },
	[act_enrol_officers] = { NULL, code_officer, 1, rows_max },
	[act_report_cards] = { code_card_head, code_card, 1, rows_max - 1 },
	[act_decide_cards] = { code_card_head, code_card, 1, rows_max - 1 },
	[act_report_exits] = { code_card_head, code_card, 1, rows_max - 1 },
	[act_collect_cards] = { code_card_head, code_card, 1, rows_max - 1 },
	[act_pack_cards] = { code_card_head, code_card, 1, 300 },
	[act_explain_box] = { code_card_head, code_card, 0, 300 },
	[act_settle_cards] = { code_card_head, code_card, 1, rows_max - 1 },
	[act_destroy_cards] = { code_card_head, code_card, 1, rows_max - 1 },
	[act_adjudicate] = { code_adjudication, code_ruling, 1, rows_max - 1 },
	[act_withdraw] = { NULL, code_withdrawal, 1, rows_max },
};

static bool count_fits(struct coding *c, const struct form *form)
{
	size_t heads = form->head != NULL;

	if (c->header->count < heads)
		wrong(c, field_whole, reason_missing);
	else if (c->header->count - heads < form->least)
		wrong(c, field_count, reason_empty);
	else if (c->header->count - heads > form->most)
		wrong(c, field_count, reason_too_many);
	return !c->refused;
}

enum error intake_door_code_items(struct door *d, const struct submission_header *header,
				  const struct submission *submission, struct submission_taken *taken)
{
	static struct coding c;
	const struct form *form = &forms[header->act];
	enum error e = error_none;

	c = (struct coding){ .door = d, .taken = taken, .header = header, .today = date_of_instant(d->wall_ms) };
	buffer_clear(&d->body);
	if (!count_fits(&c, form))
		return error_none;
	for (size_t i = 0; i < submission->items_count && e == error_none; i++) {
		struct item item;
		bool head = form->head && i == 0;
		ensure(item_decode(submission->items[i], &item) == error_none); // packet_fault looked
		c.row = (uint32_t)(i + 1) - (form->head != NULL);
		c.rows_after = submission->items_count - i - 1;
		c.errors_before = taken->errors_count;
		c.refused = false;
		enum error (*code)(struct coding *, struct bytes) = head ? form->head : form->row;
		ensure(code);
		e = code(&c, item.body);
	}
	for (size_t i = 0; i < taken->items_count; i++)
		taken->items[i].body.data = d->body.data + c.at[i];
	return e;
}
