// The mailbox: orders and their records.  Each record is looked at as it comes: can it be printed?  What is
// needed for printing goes into the spool; then the letter counts as taken.
#include <stdlib.h>
#include <string.h>

#include "base/subject.h"
#include "base/when.h"
#include "crypto/digest.h"
#include "facility.h"
#include "common/language.h"

#define batches_a_sync 16 // pages that are on disk together

// JPEG (ITU-T T.81): SOI and a marker at the beginning, EOI at the end.
static bool photo_printable(const struct buffer *photo)
{
	return photo->size > 4 && photo->data[0] == 0xff && photo->data[1] == 0xd8 && photo->data[2] == 0xff &&
	       photo->data[photo->size - 2] == 0xff && photo->data[photo->size - 1] == 0xd9;
}

static bool data_printable(const struct print_data *data)
{
	return data->full_name.size > 0 && data->profile_number.size > 0 && data->cell_name.size > 0 &&
	       data->birth_date > date_from_civil(1890, 1, 1);
}

static json_t *text_json(struct bytes text)
{
	return json_stringn((const char *)text.data, text.size);
}

static json_t *date_json(int32_t date)
{
	char text[11];

	date_format(date, text);
	return json_string(text);
}

// The line of data.jsonl: what is printed and written into the chip, but for the chip's own.
static enum error keep_data(struct order *order, const struct record_ordered *m, const struct print_data *data,
			    const struct buffer *photo, json_t *line)
{
	char number[16], hex[65];
	int64_t photo_at = 0, at;
	enum error e = order_append(order, order_file_photos, buffer_bytes(photo), &photo_at);

	snprintf(number, sizeof number, "%02u.%06u", m->number / 1000000, m->number % 1000000);
	hex_encode(&data->photo, sizeof data->photo, hex);
	json_t *j = json_pack("{s:I, s:s, s:i, s:i, s:o, s:o, s:s, s:o, s:o, s:s, s:I, s:I}", "index", (json_int_t)m->index,
			      "number", number, "copy", (int)card_copy(m->card), "template", (int)order->template,
			      "full_name", text_json(data->full_name), "birth_date", date_json(data->birth_date), "sex",
			      sex_name(data->sex), "profile_number", text_json(data->profile_number), "cell",
			      text_json(data->cell_name), "photo", hex, "photo_at", (json_int_t)photo_at, "photo_size",
			      (json_int_t)photo->size);
	if (j && data->has_official_date)
		json_object_set_new(j, "official_date", date_json(data->official_date));
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;
	if (e == error_none && !text)
		e = error_no_memory;
	if (e == error_none)
		e = order_append(order, order_file_data, bytes_of_text(text), &at);
	if (e == error_none)
		e = order_append(order, order_file_data, bytes_of_text("\n"), NULL);
	if (e == error_none) {
		json_object_set_new(line, "data_at", json_integer(at));
		json_object_set_new(line, "data_size", json_integer((json_int_t)strlen(text)));
	}
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
	json_decref(j);
	return e;
}

// reason_none: the record is accepted and its data are kept.  Other errors than none: try the letter again
// later.
static enum error judge(struct facility *f, struct order *order, const struct material *with,
			const struct record_ordered *m, json_t *line, enum reason *reason)
{
	struct card_record drawn = { .card = m->card, .number = m->number };
	enum error e = with->unsealed;

	*reason = reason_facility_data;
	if (e == error_absent || e == error_signature || e == error_malformed || e == error_bounds)
		return error_none; // there is nothing that we could print
	if (e != error_none || !data_printable(&with->data))
		return e;
	*reason = reason_facility_photo;
	e = with->fetched;
	if (e == error_refused || e == error_signature)
		return error_none;
	if (e != error_none)
		return e;
	struct hash sha256 = digest_sha256(buffer_bytes(&with->photo));
	if (!hash_equal(&sha256, &with->data.photo) || !photo_printable(&with->photo))
		return error_none;
	if (press_draws(f, &drawn, "refuse", f->options.refuse_permille)) {
		*reason = press_draws(f, &drawn, "photo", 500) ? reason_facility_photo : reason_facility_data;
		return error_none;
	}
	*reason = reason_none;
	return keep_data(order, m, &with->data, &with->photo, line);
}

static enum error unreadable(const struct letter *letter)
{
	complain(_("letter %llu cannot be read; it is left aside"), (unsigned long long)letter->number);
	return error_none;
}

static enum error take_record(struct facility *f, const struct letter *letter, const struct material *with)
{
	struct record_ordered m;
	enum reason reason;

	if (record_ordered_decode(letter->body, &m) != error_none)
		return unreadable(letter);
	struct order *order = spool_order(f, m.order);
	if (!order || order_record(order, m.index))
		return error_none; // the letter came before, and perhaps the order is done
	json_t *line = json_pack("{s:I, s:I, s:I, s:I, s:I}", "record", (json_int_t)m.index, "letter", (json_int_t)letter->number,
				 "card", (json_int_t)m.card, "number", (json_int_t)m.number, "cell", (json_int_t)m.cell);
	if (!line)
		return error_no_memory;
	enum error e = judge(f, order, with, &m, line, &reason);
	if (e != error_none) {
		json_decref(line);
		return e;
	}
	if (reason != reason_none)
		json_object_set_new(line, "reason", json_string(reason_name(reason)));
	return order_log(order, line);
}

static enum error take_opened(struct facility *f, const struct letter *letter)
{
	struct order_opened m;
	struct order *order;
	bool was_done;

	if (order_opened_decode(letter->body, &m) != error_none)
		return unreadable(letter);
	enum error e = spool_order_begin(f, m.order, &order, &was_done);
	if (e != error_none || was_done || order->attached != 0)
		return e;
	say(f, "order opened", order, "quantity", (uint64_t)m.quantity, NULL);
	return order_log(order, json_pack("{s:i, s:I}", "opened", (int)m.template, "attached", (json_int_t)m.attached));
}

static enum error take_ended(struct facility *f, const struct letter *letter)
{
	struct order_ended m;

	if (order_ended_decode(letter->body, &m) != error_none)
		return unreadable(letter);
	struct order *order = spool_order(f, m.order);
	if (!order || order->ended)
		return error_none;
	say(f, "order complete", order, "records", (uint64_t)m.quantity, NULL);
	return order_log(order, json_pack("{s:I}", "ended", (json_int_t)m.quantity));
}

static enum error take_changed(struct facility *f, const struct letter *letter)
{
	struct order_changed m;

	if (order_changed_decode(letter->body, &m) != error_none)
		return unreadable(letter);
	struct order *order = spool_order(f, m.order);
	if (!order)
		return error_none; // it was shipped before
	switch (m.change) {
	case order_change_hold:
	case order_change_release:
		say(f, m.change == order_change_hold ? "held" : "released", order, NULL);
		return order_log(order, json_pack("{s:b}", "held", m.change == order_change_hold));
	case order_change_priority:
		say(f, "priority", order, "priority", (uint64_t)m.priority, NULL);
		return order_log(order, json_pack("{s:i}", "priority", (int)m.priority));
	case order_change_readdress:
		say(f, "readdressed", order, "from", m.from, "to", m.to, NULL);
		return order_log(order, json_pack("{s:I, s:I}", "from", (json_int_t)m.from, "to", (json_int_t)m.to));
	}
	return unreadable(letter);
}

static enum error take_stopped(struct facility *f, const struct letter *letter)
{
	struct record_stopped m;

	if (record_stopped_decode(letter->body, &m) != error_none)
		return unreadable(letter);
	struct order *order = spool_order(f, m.order);
	if (!order)
		return error_none;
	say(f, "record stopped", order, "record", (uint64_t)m.index, NULL);
	return order_log(order, json_pack("{s:I}", "stopped", (json_int_t)m.index));
}

static enum error take_reminder(struct facility *f, const struct letter *letter)
{
	struct order_reminded m;

	if (order_reminded_decode(letter->body, &m) != error_none)
		return unreadable(letter);
	say(f, "reminded", spool_order(f, m.order), "unanswered", (uint64_t)m.offered, "unprinted", (uint64_t)m.accepted,
	    "unpacked", (uint64_t)m.good, NULL);
	return error_none;
}

static enum error take_stock(struct facility *f, const struct letter *letter)
{
	struct stock_moved m;

	if (stock_moved_decode(letter->body, &m) != error_none)
		return unreadable(letter);
	say(f, stock_event_name(m.event), NULL, "blanks", (uint64_t)m.quantity, "stock",
	    (uint64_t)(m.stock > 0 ? m.stock : 0), NULL);
	return error_none;
}

static enum error take_letter(struct facility *f, const struct letter *letter, const struct material *with)
{
	switch (letter->type) {
	case message_type_order_opened:
		return take_opened(f, letter);
	case message_type_record_ordered:
		return take_record(f, letter, with);
	case message_type_order_ended:
		return take_ended(f, letter);
	case message_type_order_changed:
		return take_changed(f, letter);
	case message_type_record_stopped:
		return take_stopped(f, letter);
	case message_type_order_reminded:
		return take_reminder(f, letter);
	case message_type_stock_moved:
		return take_stock(f, letter);
	default:
		return error_none; // a letter that is not about printing
	}
}

// What they say is on disk, and only then do they count as taken.
static enum error letters_taken(struct facility *f)
{
	enum error e = error_none;

	for (struct order *order = f->orders; order && e == error_none; order = order->next)
		e = order_sync(order);
	return e == error_none ? spool_position(f, f->taken) : e;
}

static enum error take_batch(struct facility *f, const struct batch *b)
{
	enum error e = error_none;

	for (size_t i = 0; i < b->page.letters_count && e == error_none; i++) {
		e = take_letter(f, &b->page.letters[i], &b->materials[i]);
		if (e == error_none)
			f->taken = b->page.letters[i].number;
	}
	return e;
}

enum error letters_take(struct facility *f, bool *progress)
{
	struct batch *batch = NULL;
	enum error e = error_none;

	for (size_t i = 0; i < batches_a_sync && e == error_none; i++) {
		e = fetch_batch(f, f->taken, &batch);
		if (e != error_none || !batch)
			break;
		e = take_batch(f, batch);
		fetch_batch_done();
	}
	if (e != error_none)
		fetch_again();
	*progress |= f->taken != f->position;
	enum error noted = e < 0 ? e : letters_taken(f);
	return noted != error_none ? noted : e;
}
