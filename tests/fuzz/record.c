// The turn record: what a log and its segments are made of, and what a replay reads.
#include "runtime/record.h"

#include "base/ensure.h"
#include "fuzz/fuzz.h"

static void rest_is(const struct buffer *again, const uint8_t *from, const uint8_t *to)
{
	ensure(!again->failed && bytes_equal(buffer_bytes(again), bytes_of(from, (size_t)(to - from))));
}

// False: malformed inside.
static bool items_same(struct record *r)
{
	const uint8_t *from = r->inputs.at;
	struct buffer again = { 0 };
	struct record_item item;
	bool whole = true;

	for (size_t i = 0; i < r->input_count && whole; i++) {
		whole = record_next_item(r, &item) == error_none;
		if (whole)
			record_item_encode(&item, &again);
	}
	if (whole)
		rest_is(&again, from, r->inputs.at);
	buffer_deinit(&again);
	return whole;
}

static void entries_same(struct record *r)
{
	const uint8_t *from = r->entries.at;
	struct buffer again = { 0 };

	for (size_t i = 0; i < r->entry_count; i++) {
		struct bytes envelope = record_next_entry(r);
		envelope_type(envelope);
		record_entry_put(&again, envelope);
	}
	rest_is(&again, from, r->entries.at);
	buffer_deinit(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record_head head;
	struct record r;
	struct log_position position;
	enum error in_front = record_head_decode(bytes_of(data, size), &head);
	enum error whole = record_open(&r, bytes_of(data, size));

	ensure(in_front == error_none || in_front == error_malformed);
	ensure(whole == error_none || whole == error_malformed);
	if (whole != error_none)
		return 0;
	ensure(in_front == error_none && head.turn == r.head.turn && hash_equal(&head.root, &r.head.root));
	record_leaf(&r);
	items_same(&r);
	for (size_t i = 0; i < r.known_count; i++)
		ensure(record_next_known(&r, &position) == error_none);
	entries_same(&r);
	return 0;
}

// ---- seeds ----

static const struct record_item items[] = {
	{ .kind = record_input_range, .source = 2, .from = 5, .to = 9, .turn = 4, .root = { { 7 } } },
	{ .kind = record_input_range, .source = 3, .from = 6, .to = 5, .turn = 5, .root = { { 8 } } },
	{ .kind = record_input_local, .type = 0x0101, .authority = { .actor = 3, .person = 4, .organisation = 31 } },
	{ .kind = record_input_answer, .type = 0x0281, .number = 70000 },
	{ .kind = record_input_timer, .type = 0x0290, .due_ms = -5, .number = 9, .authority = { .submission = 300 } },
	{ .kind = record_input_act, .type = operator_act_quarantine_retry, .number = 1 },
	{ .kind = record_input_continuation, .number = 2, .room = 96 },
	{ .kind = record_input_set_aside, .type = record_input_range, .source = 2, .number = 8, .cause = record_cause_killed },
	{ .kind = record_input_migration, .from = 1, .to = 2, .root = { { 1 } }, .after = { { 2 } } },
};

static void seed_record(struct fuzz_seeds *seeds, size_t first, size_t end, size_t entry_count)
{
	static const struct log_position known[] = { { 1, 12 }, { 2, 9 } };
	struct merkle_frontier tree = { 0 };
	struct buffer inputs = { 0 }, entries = { 0 }, out = { 0 };
	struct hash leaves[8];

	for (size_t i = first; i < end; i++) {
		struct record_item item = items[i];
		item.body = bytes_of("body", i % 5);
		record_item_encode(&item, &inputs);
	}
	for (size_t i = 0; i < entry_count; i++) {
		struct buffer envelope = { 0 };
		struct envelope v = { .type = message_type_list_opened, .body = bytes_of("entry", i) };
		envelope_encode(&v, &envelope);
		record_entry_put(&entries, buffer_bytes(&envelope));
		buffer_deinit(&envelope);
	}
	struct record_parts parts = {
		.turn = 1, .time_ms = 1800000000000, .fold_version = 1, .first_entry = 1, .room_entries = 96, .room_bytes = 65536,
		.inputs = buffer_bytes(&inputs), .input_count = end - first, .known = known, .known_count = array_size(known),
		.entries = buffer_bytes(&entries), .leaves = leaves, .entry_count = entry_count,
	};
	record_encode(&parts, &tree, &out);
	ensure(!out.failed);
	seeds->put(seeds, buffer_bytes(&out));
	buffer_deinit(&inputs);
	buffer_deinit(&entries);
	buffer_deinit(&out);
}

void fuzz_seeds(struct fuzz_seeds *seeds)
{
	seed_record(seeds, 0, array_size(items), 3);
	for (size_t i = 0; i < array_size(items); i++)
		seed_record(seeds, i, i + 1, 0);
	seed_record(seeds, 0, 0, 5);
}
