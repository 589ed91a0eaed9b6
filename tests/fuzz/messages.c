// Every message and row: whatever decodes must encode to the same bytes (message_check and table_check compare).
//
// Input: a number of two bytes, big-endian.  A message's: its encoding follows.  Any other: a row of the table that it
// falls on; a byte with the key's size, the key and the value follow.
#include "gen/samples.h"

#include <jansson.h>

#include "base/ensure.h"
#include "fuzz/fuzz.h"
#include "gen/tables.h"

static const struct store_table *table_number(size_t n)
{
	const struct store_table *all[512] = { NULL };
	size_t count = 0;
	for (uint16_t service = 0; service < 64; service++) {
		const struct store_table *const *tables = service_tables(service);
		for (; tables && *tables && count < array_size(all); tables++)
			all[count++] = *tables;
	}
	return count ? all[n % count] : NULL;
}

static void fuzz_message(uint16_t type, struct bytes body)
{
	enum error error = message_check(type, body);
	ensure(error == error_none || error == error_malformed || error == error_bounds);
	json_t *json = message_json(type, body);
	ensure((json != NULL) == (error == error_none));
	json_decref(json);
}

static void fuzz_row(const struct store_table *table, struct bytes rest)
{
	size_t key_size = rest.size ? rest.data[0] : 0;
	if (!table || rest.size < 1 + key_size)
		return;
	struct bytes key = bytes_of(rest.data + 1, key_size), value = bytes_of(key.data + key_size, rest.size - 1 - key_size);
	enum error error = table_check(table, key, value);
	ensure(error == error_none || error == error_malformed || error == error_bounds);
	json_t *json = table_json(table, key, value);
	ensure((json != NULL) == (error == error_none));
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	uint16_t type = get_u16(data);
	struct bytes rest = bytes_of(data + 2, size - 2);
	if (message_known(type))
		fuzz_message(type, rest);
	else
		fuzz_row(table_number(type), rest);
	return 0;
}

static void seed_row(struct fuzz_seeds *seeds, size_t table, const struct row_sample *r)
{
	uint8_t key[store_key_max], number[3];
	struct buffer seed = { 0 };

	size_t size = r->key(key);
	put_u16(number, (uint16_t)table);
	number[2] = (uint8_t)size;
	buffer_append(&seed, number, sizeof number);
	buffer_append(&seed, key, size);
	if (r->shape)
		codec_encode(r->shape, r->row, &seed);
	else
		buffer_append(&seed, "\x80", 1);
	ensure(!seed.failed);
	seeds->put(seeds, buffer_bytes(&seed));
	buffer_deinit(&seed);
}

void fuzz_seeds(struct fuzz_seeds *seeds)
{
	for (size_t i = 0; i < array_size(samples); i++) {
		struct buffer seed = { 0 };
		if (samples[i].type == 0)
			continue;
		put_u16(buffer_extend(&seed, 2), samples[i].type);
		codec_encode(samples[i].shape, samples[i].value, &seed);
		ensure(!seed.failed);
		seeds->put(seeds, buffer_bytes(&seed));
		buffer_deinit(&seed);
	}
	// Numbers below the first message's fall on tables.
	for (const struct row_sample *r = row_samples; r->name; r++)
		for (size_t n = 0; n < 512 && !message_known((uint16_t)n); n++)
			if (table_number(n) == r->table) {
				seed_row(seeds, n, r);
				break;
			}
}
