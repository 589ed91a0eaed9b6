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
			return compare_registered(c, m, coded->record, &coded->digest);
	} else if (e == error_absent) {
		e = vault_person_new(vault, &coded->member);
		c->persons[c->persons_count++] = coded->member;
	}
	c->door->vault_changed = true;
	if (e == error_none)
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
		.row = c->row, .admission_date = m.admission_date,
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
		.has_card_number = m.has_card_number,
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

// ---- acts ----

static const struct form {
	enum error (*head)(struct coding *c, struct bytes body);
	enum error (*row)(struct coding *c, struct bytes body);
	uint32_t least, most; // rows
} forms[] = {
	[act_import_organisations] = { NULL, code_organisation, 1, rows_max },
	[act_import_members] = { NULL, code_member, 1, rows_max },
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
	[act_ship] = { code_shipping, NULL, 0, 0 },
	[act_receive] = { code_receiving, code_box_count, 1, rows_max - 1 },
	[act_hand_over] = { NULL, code_hand_over, 1, rows_max },
	[act_enrol_officers] = { NULL, code_officer, 1, rows_max },
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
