// Items that speak of people by what they bear or are named by: officers, requests, hand-overs, cards, checks of cards.  Numbers
// of the vault and of the fold take the place of card numbers, certificates and attachments' hashes.
#include <stdio.h>

#include "gen/intake_tables.h"
#include "intake/door_coding.h"

// ---- enrol_officers ----

static enum error check_key(struct coding *c, struct bytes public_key)
{
	struct key *key;
	enum error e = key_read_public(public_key, &key);

	if (e == error_none)
		key_free(key);
	else if (e > 0)
		intake_coding_wrong(c, field_public_key, reason_malformed);
	return e > 0 ? error_none : e;
}

// The officer's number: a member's own, one enrolled before, or a new one.
static enum error put_officer(struct coding *c, const struct officer_row *m, struct bytes body, uint64_t *person)
{
	struct vault *vault = c->door->vault;
	struct hash digest;
	uint64_t record;
	enum error e = vault_find(vault, vault_index_citizen, m->citizen_id, person);

	if (e != error_absent)
		return e;
	c->door->vault_changed = true;
	e = vault_person_new(vault, person);
	if (e == error_none)
		e = vault_person_index(vault, *person, vault_index_citizen, m->citizen_id);
	return e == error_none ? vault_record_put(vault, *person, body, &record, &digest) : e;
}

static enum error code_officer(struct coding *c, const void *row, struct bytes body)
{
	const struct officer_row *m = row;
	struct coded_officer coded = {
		.row = c->row, .public_key = m->public_key, .role = m->role, .organisation = m->organisation,
	};
	enum error e = check_key(c, m->public_key);

	intake_coding_text(c, m->full_name, intake_door_is_name, field_full_name);
	intake_coding_text(c, m->citizen_id, intake_door_is_citizen_id, field_citizen_id);
	if (e == error_none && !c->refused)
		e = put_officer(c, m, body, &coded.person);
	return e != error_none ? e : intake_coding_keep_coded(c, &coded_officer_shape, &coded);
}
const struct row_form intake_form_officer = { &officer_row_shape, NULL, NULL, code_officer };

// ---- submit_list ----

static const struct row_check request_checks[] = {
	row_check(list_row, profile_number, profile_number, profile_number),
	{ row_rule_none, 0, 0, 0 },
};

static enum error code_request(struct coding *c, const void *row, struct bytes body)
{
	const struct list_row *m = row;
	struct coded_request coded = {
		.row = c->row, .has_photo = m->has_photo, .has_evidence = m->has_evidence, optional(m, card_number),
		.corrects = m->request, .has_corrects = m->has_request, optional(m, loss),
		.card_enclosed = m->has_card_enclosed && m->card_enclosed,
	};
	enum error e = intake_coding_member(c, m->profile_number, &coded.member);
	(void)body;

	if (e == error_none && m->has_photo)
		e = intake_coding_attachment(c, &m->photo, field_photo, &coded.photo);
	if (e == error_none && m->has_evidence)
		e = intake_coding_attachment(c, &m->evidence, field_evidence, &coded.evidence);
	return e != error_none ? e : intake_coding_keep_coded(c, &coded_request_shape, &coded);
}
const struct row_form intake_form_request = { &list_row_shape, request_checks, NULL, code_request };

// ---- hand_over ----

static const struct row_check hand_over_checks[] = {
	row_check(hand_over_row, date, past, date),
	{ row_rule_none, 0, 0, 0 },
};

static enum error code_hand_over(struct coding *c, const void *row, struct bytes body)
{
	const struct hand_over_row *m = row;
	struct intake_cards_row card;
	struct coded_hand_over coded = {
		.row = c->row, .card_number = m->card_number, .receipt = m->receipt, .has_proof = m->has_proof,
		.old_collected = m->old_collected, .date = m->date,
	};
	enum error e = error_none;
	(void)body;

	if (intake_cards_get(c->door->txn, m->card_number, &card)) {
		coded.member = card.member;
		intake_coding_once(c, card.member, field_card_number);
	} else {
		intake_coding_wrong(c, field_card_number, reason_unknown);
	}
	if (m->has_proof)
		e = intake_coding_attachment(c, &m->proof, field_receipt, &coded.proof);
	return e != error_none ? e : intake_coding_keep_coded(c, &coded_hand_over_shape, &coded);
}
const struct row_form intake_form_hand_over = { &hand_over_row_shape, hand_over_checks, NULL, code_hand_over };

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
			intake_coding_wrong(c, field, reason_unknown);
	}
}
static const struct row_check card_head_checks[] = {
	row_check(card_act_head, decision_number, line, decision),
	row_check_if(card_act_head, seal, line_required, seal),
	row_check(card_act_head, waybill, line, shipment),
	row_check(card_act_head, explanation, line, reason),
	row_check_if(card_act_head, decision_date, past, decision),
	{ row_rule_none, 0, 0, 0 },
};

static enum error code_card_head(struct coding *c, const void *row, struct bytes body)
{
	const struct card_act_head *m = row;
	static struct coded_card_head coded;
	enum error e = error_none;
	(void)body;

	coded = (struct coded_card_head){
		optional(m, decision_number), optional(m, decision_date), .has_minutes = m->has_minutes,
		optional(m, to), optional(m, seal), optional(m, waybill), optional(m, shipment), optional(m, box),
		optional(m, counted), optional(m, explanation), .committee_count = m->committee_count,
		.witnesses_count = m->witnesses_count,
	};
	find_people(c, m->committee, m->committee_count, field_committee, coded.committee);
	find_people(c, m->witnesses, m->witnesses_count, field_witnesses, coded.witnesses);
	if (m->has_minutes)
		e = intake_coding_attachment(c, &m->minutes, field_minutes, &coded.minutes);
	return e != error_none ? e : intake_coding_keep_coded(c, &coded_card_head_shape, &coded);
}
const struct row_form intake_form_card_head = { &card_act_head_shape, card_head_checks, NULL, code_card_head };

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

// Who a row is about: by a card's number (NULL: it gives none), else by the profile number.
static enum error find_holder(struct coding *c, const uint32_t *card_number, struct bytes profile_number, uint64_t *member)
{
	enum field field = card_number ? field_card_number : field_profile_number;
	enum error e = error_absent;

	if (!card_number && profile_number.size == 0)
		intake_coding_wrong(c, field, reason_missing);
	else if (card_number)
		e = find_by_card(c, *card_number, member);
	else if (intake_door_is_profile_number(profile_number))
		e = vault_find(c->door->vault, vault_index_profile, profile_number, member);
	else
		intake_coding_wrong(c, field, reason_malformed);
	if (e == error_absent)
		intake_coding_wrong(c, field, reason_unknown);
	return e == error_absent ? error_none : e;
}
static const struct row_check card_checks[] = {
	row_check_if(card_row, date, past, date),
	{ row_rule_none, 0, 0, 0 },
};

static void card_parts(struct coding *c, const void *row)
{
	const struct card_row *m = row;
	bool exits = c->header->act == act_report_exits;

	if (exits ? !m->has_status : !m->has_matter)
		intake_coding_wrong(c, exits ? field_status : field_matter, reason_missing);
	if (!exits && !m->has_card_number)
		intake_coding_wrong(c, field_card_number, reason_missing);
}

static enum error code_card(struct coding *c, const void *row, struct bytes body)
{
	const struct card_row *m = row;
	struct coded_card coded = {
		.row = c->row, .number = m->card_number, optional(m, copy), optional(m, matter), optional(m, status),
		optional(m, date), .has_evidence = m->has_evidence,
	};
	enum error e = find_holder(c, m->has_card_number ? &m->card_number : NULL,
				   m->has_profile_number ? m->profile_number : bytes_of_text(""), &coded.member);
	(void)body;

	if (e == error_none && c->header->act == act_report_exits && !c->refused)
		intake_coding_once(c, coded.member, field_profile_number);
	if (e == error_none && m->has_evidence)
		e = intake_coding_attachment(c, &m->evidence, field_evidence, &coded.evidence);
	return e < 0 ? e : intake_coding_keep_coded(c, &coded_card_shape, &coded);
}
const struct row_form intake_form_card = { &card_row_shape, card_checks, card_parts, code_card };

// ---- acts on campaigns and checks ----

static const struct row_check check_head_checks[] = {
	row_check_if(check_head, legal_basis, line_required, legal_basis),
	row_check_if(check_head, meeting, past, meeting),
	row_check_if(check_head, briefing, past, briefing),
	row_check_if(check_head, document_number, line_required, decision),
	row_check_if(check_head, document_date, past, decision),
	row_check_if(check_head, explanation, line_required, reason),
	{ row_rule_none, 0, 0, 0 },
};

static enum error code_check_head(struct coding *c, const void *row, struct bytes body)
{
	const struct check_head *m = row;
	static struct coded_check_head coded;
	enum error e = error_none;
	(void)body;

	coded = (struct coded_check_head){
		optional(m, campaign), optional(m, ordinal), optional(m, legal_basis), optional(m, generation),
		optional(m, from), optional(m, to), optional(m, cells_by), optional(m, grassroots_by),
		optional(m, report_by), optional(m, year), optional(m, meeting), optional(m, briefing),
		optional(m, members), optional(m, collected), optional(m, document_number),
		optional(m, document_date), .has_scan = m->has_scan, optional(m, explanation),
		optional(m, organisation),
	};
	if (m->has_scan)
		e = intake_coding_attachment(c, &m->scan, field_evidence, &coded.scan);
	return e != error_none ? e : intake_coding_keep_coded(c, &coded_check_head_shape, &coded);
}
const struct row_form intake_form_check_head = { &check_head_shape, check_head_checks, NULL, code_check_head };

static const struct row_check check_row_checks[] = {
	row_check_if(check_row, date, past, date),
	{ row_rule_none, 0, 0, 0 },
};

static void check_parts(struct coding *c, const void *row)
{
	const struct check_row *m = row;

	if (c->header->act == act_file_checks && !m->has_result)
		intake_coding_wrong(c, field_result, reason_missing);
	if (c->header->act == act_consolidate_checks && (!m->has_reason || m->reason == reason_none))
		intake_coding_wrong(c, field_reason, reason_missing);
}

static enum error code_check(struct coding *c, const void *row, struct bytes body)
{
	const struct check_row *m = row;
	struct coded_check coded = {
		.row = c->row, .number = m->card_number, optional(m, result), optional(m, reason),
		.relaminated = m->relaminated, optional(m, date), .has_evidence = m->has_evidence,
	};
	enum error e = find_holder(c, m->has_card_number ? &m->card_number : NULL,
				   m->has_profile_number ? m->profile_number : bytes_of_text(""), &coded.member);
	(void)body;

	if (e == error_none && !c->refused)
		intake_coding_once(c, coded.member, m->has_card_number ? field_card_number : field_profile_number);
	if (e == error_none && m->has_evidence)
		e = intake_coding_attachment(c, &m->evidence, field_evidence, &coded.evidence);
	return e < 0 ? e : intake_coding_keep_coded(c, &coded_check_shape, &coded);
}
const struct row_form intake_form_check = { &check_row_shape, check_row_checks, check_parts, code_check };
