// The door: whole frames from anybody, and the rows of every act behind a signature that holds.
//
// The first byte chooses: a frame, or an act's items.  Of an act, the next byte is the act, and each item a size of two bytes,
// big-endian, and a head's or a row's encoding.
#include "gen/samples.h"

#include <stdio.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/log.h"
#include "fuzz/fuzz.h"
#include "intake/door.h"
#include "intake/intake.h"
#include "runtime/engine.h"
#include "test.h"

enum { whole_frame, act_items, choices };

#define instant INT64_C(1772400000000) // 2026-03-01
#define items_most 8

static struct {
	struct engine *engine;
	void *adapters, *door;
	char home[200];
} site;

struct door_sink {
	int inputs;
};

enum error door_input(struct door_sink *sink, uint64_t token, const struct origin *o, uint16_t type, struct bytes body)
{
	(void)token;
	(void)o;
	sink->inputs++;
	return message_check(type, body) == error_none ? error_none : error_corrupt;
}

static void site_open(void)
{
	char folder[500];
	struct store_txn txn;

	log_open("fuzz", log_level_fatal, 0);
	fuzz_in_memory();
	snprintf(site.home, sizeof site.home, "%s", test_folder());
	snprintf(folder, sizeof folder, "mkdir -p '%s/state' '%s/keys'", site.home, site.home);
	ensure(system(folder) == 0);
	snprintf(folder, sizeof folder, "%s/state/intake", site.home);
	struct engine_options options = { .service = &intake_service, .folder = folder, .log = { .site = 1 }, .map_bytes = 64u << 20 };
	ensure(engine_open(&site.engine, &options) == error_none);
	store_begin(engine_store(site.engine), false, &txn);
	ensure(intake_service.adapters_open(&site.adapters, site.home, &txn) == error_none);
	store_abort(&txn);
	ensure(intake_door.open(&site.door, site.home, site.adapters, NULL) == error_none);
}

static void take_frame(struct bytes frame)
{
	struct door_sink sink = { 0 };
	struct store_txn txn;
	struct bytes answer;
	uint64_t to;
	int answers = 0;

	store_begin(engine_store(site.engine), false, &txn);
	ensure(intake_door.put(site.door, &txn, &sink, instant, 9, frame) == error_none);
	store_abort(&txn);
	while (intake_door.take(site.door, &to, &answer)) {
		ensure(to == 9 && answer.size > 2 && message_check(get_u16(answer.data), bytes_of(answer.data + 2, answer.size - 2)) == error_none);
		answers++;
	}
	ensure(sink.inputs == 0 && answers == 1); // nobody is enrolled
}

// False: they are not whole, or too long.
static bool split(struct bytes rest, struct bytes bodies[items_most], uint32_t *count)
{
	*count = 0;
	while (rest.size >= 2 && *count < items_most) {
		size_t size = get_u16(rest.data);
		if (size > rest.size - 2 || size > 2000)
			return false;
		bodies[(*count)++] = bytes_of(rest.data + 2, size);
		rest = bytes_of(rest.data + 2 + size, rest.size - 2 - size);
	}
	return true;
}

// What the fold is given must be well formed, and no row is passed on that was complained of.
static void check_taken(const struct submission_taken *taken)
{
	struct buffer encoded = { 0 };

	submission_taken_encode(taken, &encoded);
	ensure(message_check(message_type_submission_taken, buffer_bytes(&encoded)) == error_none);
	ensure(taken->errors_total >= taken->errors_count);
	buffer_deinit(&encoded);
}

// NULL: the act's rows were not looked at.
static const struct submission_taken *take_act(uint8_t act, struct bytes rest)
{
	static struct submission_taken taken;
	struct door *door = site.door;
	struct bytes bodies[items_most];
	struct submission_header header = { .act = (enum act)act, .sequence = 1, .organisation = 31 };
	struct store_txn txn;

	if (!act_known(act) || !split(rest, bodies, &header.count))
		return NULL;
	memset(&taken, 0, sizeof taken);
	store_begin(engine_store(site.engine), false, &txn);
	door->txn = &txn;
	door->wall_ms = instant;
	ensure(intake_door_code_items(door, &header, bodies, &taken) == error_none);
	check_taken(&taken);
	door->txn = NULL;
	store_abort(&txn);
	return &taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	if (!site.engine)
		site_open();
	if (data[0] % choices == whole_frame)
		take_frame(bytes_of(data + 1, size - 1));
	else
		take_act(data[1], bytes_of(data + 2, size - 2));
	return 0;
}

// ---- seeds ----

static void put_item(struct buffer *out, const struct sample *sample)
{
	struct buffer body = { 0 };
	uint8_t size[2];

	codec_encode(sample->shape, sample->value, &body);
	put_u16(size, (uint16_t)body.size);
	buffer_append(out, size, sizeof size);
	buffer_append(out, body.data, body.size);
	ensure(!body.failed && !out->failed);
	buffer_deinit(&body);
}

static bool is_of_the_wire(const struct sample *sample)
{
	return sample->type >> 12 == 1;
}

// Whether every item was of the form that the act's head or row has.
static bool fits(uint8_t act, const struct buffer *items)
{
	const struct submission_taken *taken = take_act(act, buffer_bytes(items));
	bool fit = taken != NULL;

	for (size_t i = 0; fit && i < taken->errors_count; i++)
		fit = taken->errors[i].reason != reason_malformed && taken->errors[i].field != field_count;
	return fit;
}

static bool seed_items(struct fuzz_seeds *seeds, uint8_t act, const struct buffer *items)
{
	struct buffer seed = { 0 };
	bool fit = fits(act, items);

	if (fit) {
		buffer_append(&seed, &act, 1);
		buffer_append(&seed, items->data, items->size);
		fuzz_seed(seeds, act_items, buffer_bytes(&seed));
		buffer_deinit(&seed);
	}
	return fit;
}

// Whichever of the wire's heads and rows the act takes, alone or one after the other.
static void seed_act(struct fuzz_seeds *seeds, uint8_t act)
{
	struct buffer items = { 0 };
	size_t found = 0;

	for (size_t i = 0; i < array_size(samples) && found < 4; i++) {
		if (!is_of_the_wire(&samples[i]))
			continue;
		buffer_clear(&items);
		put_item(&items, &samples[i]);
		found += seed_items(seeds, act, &items);
		size_t head = items.size;
		for (size_t j = 0; j < array_size(samples) && found < 4; j++) {
			if (!is_of_the_wire(&samples[j]))
				continue;
			items.size = head;
			put_item(&items, &samples[j]);
			found += seed_items(seeds, act, &items);
		}
	}
	buffer_deinit(&items);
}

static void seed_frames(struct fuzz_seeds *seeds)
{
	for (size_t i = 0; i < array_size(samples); i++) {
		struct buffer seed = { 0 };
		uint8_t type[2];
		if (!is_of_the_wire(&samples[i]))
			continue;
		put_u16(type, samples[i].type);
		buffer_append(&seed, type, sizeof type);
		codec_encode(samples[i].shape, samples[i].value, &seed);
		ensure(!seed.failed);
		fuzz_seed(seeds, whole_frame, buffer_bytes(&seed));
		buffer_deinit(&seed);
	}
}

void fuzz_seeds(struct fuzz_seeds *seeds)
{
	if (!site.engine)
		site_open();
	seed_frames(seeds);
	for (unsigned act = 0; act < 256; act++)
		if (act_known(act))
			seed_act(seeds, (uint8_t)act);
}
