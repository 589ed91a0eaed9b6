// Items that speak of members as the registry keeps them: import, update, transfer, double entries.  Personal data go
// into the vault, numbers come out.
#include <stdio.h>

#include "base/ensure.h"
#include "gen/intake_tables.h"
#include "intake/door_coding.h"

// ---- personal data in the vault ----

// The row's data may have been erased at the person's request meanwhile, or be damaged (error_absent): it is refused.
static enum error keep_unless_erased(struct coding *c, enum error e, enum field field, const struct codec_shape *shape,
				     const void *coded)
{
	if (e == error_absent) {
		intake_coding_wrong(c, field, reason_wrong_state);
		e = error_none;
	}
	return e != error_none ? e : intake_coding_keep_coded(c, shape, coded);
}

// A record of the vault, which borrows from the door's `plain`.
static enum error read_record(struct coding *c, uint64_t record, struct member_row *row)
{
	struct buffer *plain = &c->door->plain;

	buffer_clear(plain);
	enum error e = intake_door_spared(vault_record_get(c->door->vault, record, plain), "record", record);
	return e == error_none && member_row_decode(buffer_bytes(plain), row) != error_none ? error_corrupt : e;
}

// A new record of the person.
static enum error write_record(struct coding *c, uint64_t person, const struct member_row *row, uint64_t *record,
			       struct hash *digest)
{
	struct buffer whole = { 0 };

	member_row_encode(row, &whole);
	enum error e = whole.failed ? error_no_memory
				    : vault_record_put(c->door->vault, person, buffer_bytes(&whole), record, digest);
	buffer_deinit(&whole);
	return e;
}

// ---- import_members ----

static const struct row_check member_checks[] = {
	row_check(member_row, full_name, name, full_name),
	row_check(member_row, birth_date, past_birth, birth_date),
	row_check(member_row, citizen_id, citizen_id, citizen_id),
	row_check(member_row, profile_number, profile_number, profile_number),
	row_check_if(member_row, phone, phone, phone),
	row_check(member_row, admission_date, past, admission_date),
	{ row_rule_none, 0, 0, 0 },
};

static void member_dates(struct coding *c, const void *row)
{
	const struct member_row *m = row;

	if (m->admission_date < m->birth_date)
		intake_coding_wrong(c, field_admission_date, reason_date_order);
	if (m->has_official_date) {
		if (m->official_date < m->admission_date)
			intake_coding_wrong(c, field_official_date, reason_date_order);
		intake_coding_past(c, m->official_date, m->official_date, field_official_date);
	}
	if (m->has_status_date)
		intake_coding_past(c, m->status_date, m->status_date, field_status);
	if (m->has_card_issued)
		intake_coding_past(c, m->card_issued, m->card_issued, field_card_issued);
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
		intake_coding_wrong(c, field_citizen_id, reason_wrong_state);
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
		intake_coding_wrong(c, field_full_name, reason_differs);
	if (known->birth_date != m->birth_date)
		intake_coding_wrong(c, field_birth_date, reason_differs);
	if (known->sex != m->sex)
		intake_coding_wrong(c, field_sex, reason_differs);
	if (!bytes_equal(known->citizen_id, m->citizen_id))
		intake_coding_wrong(c, field_citizen_id, reason_differs);
	if (known->has_phone != m->has_phone || (m->has_phone && !bytes_equal(known->phone, m->phone)))
		intake_coding_wrong(c, field_phone, reason_differs);
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
		intake_coding_once(c, coded->member, field_profile_number);
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
static enum error code_member(struct coding *c, const void *row, struct bytes body)
{
	const struct member_row *m = row;
	struct coded_member coded = {
		.row = c->row, .admission_date = m->admission_date, .phone = m->has_phone, optional(m, official_date),
		.type = m->type, .status = m->status, optional(m, status_date), .home_cell = m->home_cell,
		.present_cell = m->present_cell, .has_photo = m->has_photo, optional(m, discipline_until),
		optional(m, card_number), optional(m, card_generation), optional(m, card_issued),
		optional(m, stamped_boxes),
	};
	enum error e = error_none;

	if (m->has_photo)
		e = intake_coding_attachment(c, &m->photo, field_photo, &coded.photo);
	if (e == error_none && !c->refused)
		e = put_member(c, m, body, &coded);
	return keep_unless_erased(c, e, field_profile_number, &coded_member_shape, &coded);
}
const struct row_form intake_form_member = { &member_row_shape, member_checks, member_dates, code_member };

// ---- update_members ----

static enum error code_update_head(struct coding *c, const void *row, struct bytes body)
{
	const struct update_head *m = row;

	c->dry_run = m->dry_run;
	return intake_coding_keep(c, body);
}
const struct row_form intake_form_update_head = { &update_head_shape, NULL, NULL, code_update_head };

static const struct row_check update_checks[] = {
	row_check(update_row, profile_number, profile_number, profile_number),
	row_check_if(update_row, full_name, name, full_name),
	row_check_if(update_row, birth_date, past_birth, birth_date),
	row_check_if(update_row, citizen_id, citizen_id, citizen_id),
	row_check_if(update_row, phone, phone, phone),
	row_check_if(update_row, admission_date, past, admission_date),
	row_check_if(update_row, official_date, past, official_date),
	row_check_if(update_row, status_date, past, status),
	{ row_rule_none, 0, 0, 0 },
};

static bool empties(const struct update_row *m, enum field field)
{
	for (size_t i = 0; i < m->emptied_count; i++) {
		if (m->emptied[i] == (uint64_t)field)
			return true;
	}
	return false;
}

// What a member can be without, and is not given in the same row.
static void emptied_fields(struct coding *c, const void *row)
{
	const struct update_row *m = row;

	for (size_t i = 0; i < m->emptied_count; i++) {
		uint64_t field = m->emptied[i];
		bool known = field == field_phone || field == field_photo || field == field_discipline ||
			     field == field_official_date;
		bool given = (field == field_phone && m->has_phone) || (field == field_photo && m->has_photo) ||
			     (field == field_discipline && m->has_discipline_until) ||
			     (field == field_official_date && m->has_official_date);
		if (!known)
			intake_coding_wrong(c, field_known(field) ? (enum field)field : field_whole, reason_not_updatable);
		else if (given)
			intake_coding_wrong(c, (enum field)field, reason_conflict);
	}
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
	if (empties(m, field_phone) && row->has_phone) {
		differs(coded, field_phone);
		row->has_phone = false;
	}
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
	uint64_t record;
	enum error e = registered_record(c, coded->member, &record);

	if (e == error_none && record == 0) {
		intake_coding_wrong(c, field_profile_number, reason_unknown);
		return error_none;
	}
	if (e == error_none)
		e = read_record(c, record, &row);
	if (e != error_none)
		return e;
	update_personal(m, &row, coded);
	bool printed = m->has_official_date ? !row.has_official_date || row.official_date != m->official_date :
					      row.has_official_date && empties(m, field_official_date);
	if (row.birth_date > (m->has_admission_date ? m->admission_date : row.admission_date))
		intake_coding_wrong(c, field_birth_date, reason_date_order);
	if (c->dry_run || c->refused || (coded->personal_count == 0 && !printed))
		return error_none;
	if (printed) {
		row.official_date = m->official_date;
		row.has_official_date = m->has_official_date;
	}
	c->door->vault_changed = true;
	e = write_record(c, coded->member, &row, &coded->record, &coded->digest);
	coded->has_record = coded->has_digest = e == error_none;
	if (e == error_none)
		e = vault_person_index(c->door->vault, coded->member, vault_index_citizen, row.citizen_id);
	return e;
}
static enum error code_update(struct coding *c, const void *row, struct bytes body)
{
	const struct update_row *m = row;
	struct coded_update coded = {
		.row = c->row, optional(m, admission_date), optional(m, official_date), optional(m, type),
		optional(m, status), optional(m, status_date), optional(m, home_cell), optional(m, present_cell),
		.has_photo = m->has_photo, optional(m, discipline_until), optional(m, card_number),
	};
	enum error e = error_none;
	(void)body;

	for (size_t i = 0; i < m->emptied_count; i++)
		coded.emptied[coded.emptied_count++] = m->emptied[i];
	if (m->has_photo)
		e = intake_coding_attachment(c, &m->photo, field_photo, &coded.photo);
	if (e == error_none)
		e = intake_coding_member(c, m->profile_number, &coded.member);
	if (e == error_none && !c->refused)
		e = put_update(c, m, &coded);
	return keep_unless_erased(c, e, field_profile_number, &coded_update_shape, &coded);
}
const struct row_form intake_form_update = { &update_row_shape, update_checks, emptied_fields, code_update };

// ---- transfer_members ----

static const struct row_check transfer_checks[] = {
	row_check(transfer_row, profile_number, profile_number, profile_number),
	row_check(transfer_row, decision, line_required, decision),
	row_check(transfer_row, date, past, date),
	{ row_rule_none, 0, 0, 0 },
};

static enum error code_transfer(struct coding *c, const void *row, struct bytes body)
{
	const struct transfer_row *m = row;
	struct coded_transfer coded = {
		.row = c->row, .to = m->organisation, .scope = m->scope, .date = m->date, .decision = m->decision,
	};
	enum error e = intake_coding_member(c, m->profile_number, &coded.member);
	(void)body;

	return e != error_none ? e : intake_coding_keep_coded(c, &coded_transfer_shape, &coded);
}
const struct row_form intake_form_transfer = { &transfer_row_shape, transfer_checks, NULL, code_transfer };

// ---- resolve_duplicates ----

static const struct row_check duplicate_checks[] = {
	row_check_if(duplicate_row, decision, line_required, decision),
	{ row_rule_none, 0, 0, 0 },
};

// Two persons came under one profile number: the one that was held gets their own.
static enum error renumber(struct coding *c, const struct duplicate_row *m, const struct intake_duplicates_row *held,
			   struct coded_ruling *coded)
{
	static struct member_row row;
	struct vault *vault = c->door->vault;
	uint64_t other;
	enum error e = vault_find(vault, vault_index_profile, m->profile_number, &other);

	if (e == error_none) {
		intake_coding_wrong(c, field_profile_number, reason_duplicate);
		return error_none;
	}
	if (e == error_absent)
		e = read_record(c, held->record, &row);
	if (e != error_none)
		return e;
	row.profile_number = m->profile_number;
	c->door->vault_changed = true;
	e = index_member(vault, held->person, &row);
	if (e == error_none)
		e = write_record(c, held->person, &row, &coded->record, &coded->digest);
	coded->has_record = coded->has_digest = e == error_none;
	return e;
}
static enum error code_ruling_on_duplicate(struct coding *c, const void *row, struct bytes body)
{
	const struct duplicate_row *m = row;
	struct intake_duplicates_row held;
	struct coded_ruling coded = {
		.row = c->row, .duplicate = m->duplicate, .verdict = m->verdict, optional(m, decision),
	};
	enum error e = error_none;
	(void)body;

	if (!intake_duplicates_get(c->door->txn, m->duplicate, &held))
		intake_coding_wrong(c, field_duplicate, reason_unknown);
	else if (m->verdict == duplicate_verdict_different && held.twin && !m->has_profile_number)
		intake_coding_wrong(c, field_profile_number, reason_missing);
	else if (m->has_profile_number)
		intake_coding_text(c, m->profile_number, intake_door_is_profile_number, field_profile_number);
	if (!c->refused && m->verdict == duplicate_verdict_different && m->has_profile_number)
		e = renumber(c, m, &held, &coded);
	return keep_unless_erased(c, e, field_duplicate, &coded_ruling_shape, &coded);
}
const struct row_form intake_form_duplicate = { &duplicate_row_shape, duplicate_checks, NULL, code_ruling_on_duplicate };
