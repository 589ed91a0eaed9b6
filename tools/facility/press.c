// Makes cards: for each accepted record a chip with a key of its own and a serial that was never used, and
// the line that the personalisation machine works from.
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/signature.h"
#include "facility.h"

#define cards_at_a_time 1000 // between two syncs

bool press_draws(const struct facility *f, const struct card_record *record, const char *what, uint32_t permille)
{
	char text[128];

	if (permille == 0)
		return false;
	int n = snprintf(text, sizeof text, "%s %llu %u %llu", what, (unsigned long long)f->options.seed, record->number,
			 (unsigned long long)(record->card & 0xff));
	struct hash drawn = digest_sha256(bytes_of(text, (size_t)n));
	return get_u32(drawn.byte) % 1000 < permille;
}

struct chip {
	uint8_t serial[8];
	struct buffer public_key; // SubjectPublicKeyInfo
	struct hash fingerprint;
};

// The key is made in the chip and does not leave it: what we keep is the public one.
static enum error chip_make(struct facility *f, struct chip *chip)
{
	struct key *key = NULL;
	enum error e = spool_serial(f, chip->serial);

	if (e == error_none)
		e = key_generate(&key);
	buffer_clear(&chip->public_key);
	if (e == error_none)
		e = key_write_public_der(key, &chip->public_key);
	chip->fingerprint = digest_sha256(buffer_bytes(&chip->public_key)); // as key_fingerprint does
	key_free(key);
	return e;
}

static json_t *hex_json(const void *data, size_t size)
{
	char text[2 * 128 + 1];

	hex_encode(data, size < 128 ? size : 128, text);
	return json_string(text);
}

// The record's line of data.jsonl, which is an object, with the chip's own at its end.
static enum error personalise(struct order *order, const struct card_record *record, const struct chip *chip)
{
	static struct buffer data;
	char serial[2 * sizeof chip->serial + 1], public_key[2 * 128 + 1];
	enum error e = order_read(order, order_file_data, record->data_at, record->data_size, &data);

	if (e == error_none && (data.size < 2 || data.data[data.size - 1] != '}' || chip->public_key.size > 128))
		e = error_corrupt;
	if (e != error_none)
		return e;
	data.size--;
	hex_encode(chip->serial, sizeof chip->serial, serial);
	hex_encode(chip->public_key.data, chip->public_key.size, public_key);
	buffer_printf(&data, ",\"serial\":\"%s\",\"public_key\":\"%s\"}\n", serial, public_key);
	e = data.failed ? error_no_memory : order_append(order, order_file_personalisation, buffer_bytes(&data), NULL);
	explicit_bzero(data.data, data.capacity);
	return e;
}

static enum error card_make(struct facility *f, struct order *order, uint32_t index)
{
	static struct chip chip;
	const struct card_record *record = order_record(order, index);
	bool bad = press_draws(f, record, "spoil", f->options.spoil_permille);
	// Seen before anything is written into it: the card is made of the next one.
	bool bad_blank = press_draws(f, record, "waste", f->options.waste_permille);
	enum error e = chip_make(f, &chip);

	if (e == error_none)
		e = personalise(order, record, &chip);
	if (e != error_none)
		return e;
	json_t *line = json_pack("{s:I, s:o, s:o}", "card", (json_int_t)index, "serial",
				 hex_json(chip.serial, sizeof chip.serial), "public_key",
				 hex_json(&chip.fingerprint, sizeof chip.fingerprint));
	if (bad_blank)
		json_object_set_new(line, "wasted", json_integer(1));
	if (bad)
		json_object_set_new(line, "reason", json_string(reason_name(reason_quality_failed)));
	f->cards_good += !bad;
	f->cards_spoiled += bad;
	return order_log(order, line);
}

bool press_closed(const struct facility *f)
{
	return f->options.cards_most && f->cards_good + f->cards_spoiled >= f->options.cards_most;
}

enum error press_cards(struct facility *f, struct order *order, bool *progress)
{
	uint32_t made = 0, spoiled = 0, index = 0;

	while (made < cards_at_a_time && !press_closed(f) && (index = order_next(order, record_step_accepted, index)) != 0) {
		enum error e = card_make(f, order, index);
		if (e != error_none)
			return e;
		spoiled += order_record(order, index)->reason != reason_none;
		made++;
	}
	if (made == 0)
		return error_none;
	*progress = true;
	say(f, "printed", order, "cards", (uint64_t)made, "spoiled", (uint64_t)spoiled, "left",
	    (uint64_t)order->at[record_step_accepted], NULL);
	return order_sync(order);
}
