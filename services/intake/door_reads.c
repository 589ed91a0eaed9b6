// What may be read at the door: one's own outcomes, the letters of one's own organisation, the photos that they name.
// Personal data leave sealed to the reader's certificate and in no other way.
#include <string.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "crypto/purpose.h"
#include "crypto/seal.h"
#include "gen/intake_tables.h"
#include "intake/door.h"
#include "intake/records.h"

static enum error answer_outcome(struct door *d, const struct door_address *from, const struct read_header *h,
				 const struct door_certificate *reader)
{
	static struct outcome outcome;
	struct intake_acts_row act;
	struct intake_submissions_row s;

	if (!h->has_terminal || !h->has_sequence)
		return intake_door_refuse(d, from, wire_fault_malformed, "terminal and sequence name the act", NULL);
	memset(&outcome, 0, sizeof outcome);
	outcome.state = outcome_state_unknown;
	if (intake_acts_get(d->txn, reader->number, h->terminal, h->sequence, &act) &&
	    intake_submissions_get(d->txn, act.submission, &s))
		intake_outcome(d->txn, act.submission, &s, h->after, &outcome);
	return intake_door_answer(d, from, message_type_outcome, &outcome_shape, &outcome);
}

// ---- letters ----

// What is printed on the card that a letter orders.  error_absent: the person's data were erased, or are damaged.
static enum error print_data_of(struct door *d, const struct record_ordered *letter, struct member_row *row,
				struct print_data *data)
{
	struct intake_members_row member;
	struct intake_organisations_row cell;

	if (!intake_members_get(d->txn, letter->member, &member))
		return error_absent;
	buffer_clear(&d->plain);
	enum error e = intake_door_spared(vault_attachment_get(d->vault, letter->photo, &d->plain), "attachment", letter->photo);
	if (e != error_none)
		return e;
	data->photo = digest_sha256(buffer_bytes(&d->plain));
	buffer_clear(&d->plain);
	e = intake_door_spared(vault_record_get(d->vault, member.record, &d->plain), "record", member.record);
	if (e == error_none)
		e = member_row_decode(buffer_bytes(&d->plain), row);
	if (e != error_none)
		return e;
	data->full_name = row->full_name;
	data->birth_date = row->birth_date;
	data->sex = row->sex;
	data->profile_number = row->profile_number;
	data->official_date = row->official_date;
	data->has_official_date = row->has_official_date;
	data->cell_name = intake_organisations_get(d->txn, letter->cell, &cell) ? cell.name : bytes_of_text("");
	return error_none;
}

static enum error append_sealed(struct door *d, const struct door_certificate *reader, struct bytes body)
{
	static struct member_row row;
	struct record_ordered letter;
	struct print_data data;
	struct buffer about = { 0 }, plain = { 0 };

	if (record_ordered_decode(body, &letter) != error_none)
		return error_corrupt;
	enum error e = print_data_of(d, &letter, &row, &data);
	if (e != error_none)
		return e;
	buffer_append_text(&about, purpose_letter);
	buffer_append(&about, body.data, body.size);
	print_data_encode(&data, &plain);
	e = about.failed || plain.failed ? error_no_memory : error_none;
	if (e == error_none)
		e = box_seal_known(reader->boxes, reader->key, buffer_bytes(&about), buffer_bytes(&plain), &d->body);
	if (plain.data)
		explicit_bzero(plain.data, plain.size);
	buffer_deinit(&plain);
	buffer_deinit(&about);
	return e;
}

static enum error answer_mail(struct door *d, const struct door_address *from, const struct read_header *h,
			      const struct door_certificate *reader)
{
	static struct mail_page page;
	static size_t at[array_size(page.letters)];
	struct intake_letters_key key;
	struct intake_letters_row letter;
	struct store_walk walk;
	enum error e = error_none;

	// Its own, and those of organisations that it followed.
	if (!h->has_organisation || (h->organisation != reader->organisation &&
				     intake_addressee(d->txn, h->organisation) != reader->organisation))
		return intake_door_refuse(d, from, wire_fault_not_addressee, "these letters are for others", NULL);
	page.letters_count = 0;
	page.more = false;
	buffer_clear(&d->body);
	if (h->after == UINT64_MAX)
		return intake_door_answer(d, from, message_type_mail_page, &mail_page_shape, &page);
	// Letters stay: a reader that holds one which is not here has seen more than this site remembers.
	if (h->after && !intake_letters_get(d->txn, h->organisation, h->after, &letter))
		return intake_door_refuse(d, from, wire_fault_behind, "a letter that you hold was never written here: this site was restored "
					  "to an earlier time", NULL);
	intake_letters_walk_init(&walk, d->txn, h->organisation, h->after + 1);
	while (e == error_none && intake_letters_walk_next(&walk, &key, &letter) && key.organisation == h->organisation) {
		size_t i = page.letters_count;
		if (i == array_size(page.letters)) {
			page.more = true;
			break;
		}
		page.letters[page.letters_count++] =
			(struct letter){ .number = key.number, .type = letter.type, .time = letter.time, .body = letter.body };
		if (letter.type != message_type_record_ordered)
			continue;
		at[i] = d->body.size;
		e = append_sealed(d, reader, letter.body);
		page.letters[i].has_sealed = e == error_none;
		page.letters[i].sealed.size = d->body.size - at[i];
		if (e == error_absent)
			e = error_none;
	}
	store_walk_deinit(&walk);
	if (e != error_none)
		return e;
	for (size_t i = 0; i < page.letters_count; i++) {
		if (page.letters[i].has_sealed)
			page.letters[i].sealed.data = d->body.data + at[i];
	}
	return intake_door_answer(d, from, message_type_mail_page, &mail_page_shape, &page);
}

enum error intake_door_read(struct door *d, const struct door_address *from, struct bytes body)
{
	struct signed_read read;
	struct read_header h;
	struct door_certificate reader;

	if (signed_read_decode(body, &read) != error_none || read_header_decode(read.header, &h) != error_none)
		return intake_door_refuse(d, from, wire_fault_malformed, "the read is not well formed", NULL);
	if (!bytes_equal(h.purpose, bytes_of_text(purpose_read)))
		return intake_door_refuse(d, from, wire_fault_malformed, "the header has another purpose", NULL);
	enum error e = intake_door_certificate(d, &h.certificate, &reader);
	if (e == error_absent)
		return intake_door_refuse(d, from, wire_fault_certificate, "the certificate is not enrolled", NULL);
	if (e == error_none)
		e = signature_verify(reader.key, read.header, read.signature);
	if (e == error_signature || e == error_malformed)
		return intake_door_refuse(d, from, wire_fault_signature, "the signature does not verify", NULL);
	if (e != error_none)
		return e;
	if (!intake_door_clock_fits(d, h.time))
		return intake_door_refuse(d, from, wire_fault_clock, "the terminal's clock is off by more than a day", NULL);
	switch (h.read) {
	case wire_read_outcome:
		return answer_outcome(d, from, &h, &reader);
	case wire_read_mail:
		return answer_mail(d, from, &h, &reader);
	}
	return error_none;
}

// ---- photos ----

// The photo of one letter, sealed, as one answer.  error_absent: no such letter with a photo is for the reader, or the photo was
// erased or is damaged; nothing was answered then.
static enum error answer_photo(struct door *d, const struct door_address *from, const struct door_certificate *reader,
			       uint64_t number)
{
	struct intake_letters_row letter;
	struct record_ordered record;
	struct purposed about;

	if (!intake_letters_get(d->txn, reader->organisation, number, &letter) || letter.type != message_type_record_ordered)
		return error_absent;
	if (record_ordered_decode(letter.body, &record) != error_none)
		return error_corrupt;
	buffer_clear(&d->plain);
	enum error e = intake_door_spared(vault_attachment_get(d->vault, record.photo, &d->plain), "attachment", record.photo);
	buffer_clear(&d->body);
	if (e == error_none)
		e = box_seal_known(reader->boxes, reader->key, purposed_numbers(&about, purpose_fetch, &number, 1),
				   buffer_bytes(&d->plain), &d->body);
	if (e != error_none)
		return e;
	struct attachment answer = { .letter = number, .box = buffer_bytes(&d->body) };
	return intake_door_answer(d, from, message_type_attachment, &attachment_shape, &answer);
}

// Whose certificate it is and whether the key signed that; false: it was refused, or *e is a fault.
static bool is_signed(struct door *d, const struct door_address *from, const struct hash *certificate, struct bytes what,
		      const uint8_t signature[64], struct door_certificate *reader, enum error *e)
{
	*e = intake_door_certificate(d, certificate, reader);
	if (*e == error_absent) {
		*e = intake_door_refuse(d, from, wire_fault_certificate, "the certificate is not enrolled", NULL);
		return false;
	}
	if (*e == error_none)
		*e = signature_verify(reader->key, what, signature);
	if (*e != error_signature && *e != error_malformed)
		return *e == error_none;
	*e = intake_door_refuse(d, from, wire_fault_signature, "the signature does not verify", NULL);
	return false;
}

enum error intake_door_fetch(struct door *d, const struct door_address *from, struct bytes body)
{
	struct attachment_get get;
	struct door_certificate reader;
	enum error e;

	if (attachment_get_decode(body, &get) != error_none)
		return intake_door_refuse(d, from, wire_fault_malformed, "the fetch is not well formed", NULL);
	struct purposed what;
	if (!is_signed(d, from, &get.certificate, purposed_numbers(&what, purpose_fetch, &get.letter, 1), get.signature,
		       &reader, &e))
		return e;
	e = get.organisation == reader.organisation ? answer_photo(d, from, &reader, get.letter) : error_absent;
	if (e == error_absent)
		e = intake_door_refuse(d, from, wire_fault_not_addressee, "no such letter with a photo is for you", NULL);
	return e;
}

enum error intake_door_fetch_many(struct door *d, const struct door_address *from, struct bytes body)
{
	static struct attachments_get get;
	struct purposed what;
	struct door_certificate reader;
	enum error e;

	if (attachments_get_decode(body, &get) != error_none)
		return intake_door_refuse(d, from, wire_fault_malformed, "the fetch is not well formed", NULL);
	if (!is_signed(d, from, &get.certificate, purposed_numbers(&what, purpose_fetch_many, get.letters, get.letters_count),
		       get.signature, &reader, &e))
		return e;
	if (get.organisation != reader.organisation)
		return intake_door_refuse(d, from, wire_fault_not_addressee, "these letters are for others", NULL);
	for (size_t i = 0; i < get.letters_count && e == error_none; i++) {
		struct attachment none = { .letter = get.letters[i] };
		e = answer_photo(d, from, &reader, get.letters[i]);
		if (e == error_absent)
			e = intake_door_answer(d, from, message_type_attachment, &attachment_shape, &none);
	}
	return e;
}

// ---- attachments on their way in ----

// By their first bytes: JFIF or Exif (ISO 10918-1: SOI and a marker), and PDF (ISO 32000, 7.5.2).
static bool is_photo_or_scan(struct bytes content)
{
	static const uint8_t jpeg[] = { 0xff, 0xd8, 0xff }, pdf[] = { '%', 'P', 'D', 'F', '-' };

	return (content.size > sizeof jpeg && memcmp(content.data, jpeg, sizeof jpeg) == 0) ||
	       (content.size > sizeof pdf && memcmp(content.data, pdf, sizeof pdf) == 0);
}

static enum error verify_attachment(struct door *d, const struct attachment_put *put, const struct hash *sha256,
				    const struct key *key)
{
	struct purposed what;
	struct signed_claim claim = { purpose_attachments, &put->certificate, key, put->signature };
	const struct group_proof *p = &put->proof;
	struct signed_path way = { &p->root, p->path, p->path_count, p->index, p->count };

	if (put->has_proof)
		return signed_roots_verify(&d->roots, &claim, sha256, &way);
	return signature_verify(key, purposed_hash(&what, purpose_attachment, sha256), put->signature);
}

enum error intake_door_attachment(struct door *d, const struct door_address *from, struct bytes body)
{
	struct attachment_put put;
	struct door_certificate sender;
	uint64_t number;

	if (attachment_put_decode(body, &put) != error_none)
		return intake_door_refuse(d, from, wire_fault_malformed, "the attachment is not well formed", NULL);
	enum error e = intake_door_certificate(d, &put.certificate, &sender);
	struct hash sha256 = digest_sha256(put.content);
	if (e == error_absent)
		return intake_door_refuse_content(d, from, wire_fault_certificate, "the certificate is not enrolled", &sha256);
	if (e == error_none)
		e = verify_attachment(d, &put, &sha256, sender.key);
	if (e == error_signature || e == error_malformed)
		return intake_door_refuse_content(d, from, wire_fault_signature, "the signature does not verify", &sha256);
	if (e != error_none)
		return e;
	if (!is_photo_or_scan(put.content))
		return intake_door_refuse_content(d, from, wire_fault_malformed, "neither a JPEG nor a PDF file", &sha256);
	d->vault_changed = true;
	e = vault_attachment_put_known(d->vault, put.content, &sha256, &number);
	if (e != error_none)
		return e;
	struct attachment_taken taken = { sha256, (uint32_t)put.content.size };
	return intake_door_answer_stored(d, from, message_type_attachment_taken, &attachment_taken_shape, &taken);
}
