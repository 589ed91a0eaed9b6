// The bytes of every message and row, frozen in tests/golden/messages.hex: a line each, its name and the encoding of
// its sample in hexadecimal.  `message_golden --renew` (make lock) writes the file anew, on purpose;
// `message_golden --seeds DIR` writes what the fuzzer begins with.
#include "gen/samples.h"

#include <jansson.h>

#include "base/ensure.h"
#include "test.h"

static const char *golden_path(void)
{
	const char *path = getenv("TDV_GOLDEN");
	return path ? path : "tests/golden/messages.hex";
}

static void add_line(struct buffer *out, const char *name, struct bytes b)
{
	char *hex = malloc(2 * b.size + 1);
	ensure(hex);
	hex_encode(b.data, b.size, hex);
	buffer_printf(out, "%s %s\n", name, hex);
	free(hex);
}

static void add_row_lines(struct buffer *out, const struct row_sample *r)
{
	uint8_t key[store_key_max];
	char name[160];
	snprintf(name, sizeof name, "%s key", r->name);
	add_line(out, name, bytes_of(key, r->key(key)));
}

// The whole file as it should be.
static void lines_make(struct buffer *out)
{
	struct buffer one = { 0 };
	for (size_t i = 0; i < array_size(samples); i++) {
		buffer_clear(&one);
		codec_encode(samples[i].shape, samples[i].value, &one);
		add_line(out, samples[i].name, buffer_bytes(&one));
	}
	for (const struct row_sample *r = row_samples; r->name; r++)
		add_row_lines(out, r);
	ensure(!one.failed && !out->failed);
	buffer_deinit(&one);
}

// The line of `text` that begins as `line` does up to its last space; NULL: none.
static const char *line_find(const char *text, const char *line, size_t name_size)
{
	for (const char *at = text; *at; at = strchr(at, '\n') + 1)
		if (strncmp(at, line, name_size) == 0 && !memchr(at + name_size, ' ', strcspn(at + name_size, "\n")))
			return at;
	return NULL;
}

// Names on one side that differ on the other; counts them.
static size_t compare(const char *ours, const char *theirs, const char *missing, const char *different)
{
	size_t count = 0;
	for (const char *at = ours; *at; at = strchr(at, '\n') + 1) {
		size_t size = strcspn(at, "\n"), name_size = size;
		while (name_size > 0 && at[name_size - 1] != ' ')
			name_size--;
		const char *other = line_find(theirs, at, name_size);
		const char *what = !other ? missing : strncmp(at, other, size + 1) != 0 ? different : NULL;
		if (what) {
			printf("# %.*s%s\n", (int)name_size, at, what);
			count++;
		}
	}
	return count;
}

test(every_message_and_row_has_its_golden_bytes)
{
	struct buffer now = { 0 }, golden = { 0 };
	lines_make(&now);
	buffer_append(&now, "", 1);
	enum error error = file_read(golden_path(), 64u << 20, &golden);
	buffer_append(&golden, "", 1);
	ensure(!now.failed && !golden.failed);
	check(error == error_none);
	const char *ours = (const char *)now.data, *theirs = (const char *)golden.data;
	size_t drifted = compare(ours, theirs, "is new", "has drifted") + compare(theirs, ours, "is gone", NULL);
	if (drifted || error != error_none)
		printf("# %s differs.  A published message never changes: make a new one.  Until release 0.1 `make lock` renews the file.\n",
		       golden_path());
	check(drifted == 0);
	buffer_deinit(&now);
	buffer_deinit(&golden);
}

test(every_sample_survives_the_way_there_and_back)
{
	for (size_t i = 0; i < array_size(samples); i++) {
		const struct sample *s = &samples[i];
		struct buffer there = { 0 }, back = { 0 };
		void *value = calloc(1, s->shape->size);
		codec_encode(s->shape, s->value, &there);
		bool decoded = codec_decode(s->shape, buffer_bytes(&there), value) == error_none;
		if (decoded)
			codec_encode(s->shape, value, &back);
		bool same = decoded && bytes_equal(buffer_bytes(&there), buffer_bytes(&back));
		if (!same)
			printf("# %s\n", s->name);
		check(same);
		json_t *json = codec_json(s->shape, s->value);
		check(json_is_object(json));
		json_decref(json);
		free(value);
		buffer_deinit(&there);
		buffer_deinit(&back);
	}
}

test(no_sample_is_larger_than_its_message_may_be)
{
	for (size_t i = 0; i < array_size(samples); i++) {
		const struct sample *s = &samples[i];
		struct buffer out = { 0 };
		codec_encode(s->shape, s->value, &out);
		check(s->type == 0 || out.size <= message_max_size(s->type));
		check(s->type == 0 || message_check(s->type, buffer_bytes(&out)) == error_none);
		buffer_deinit(&out);
	}
}

test(every_row_is_found_by_its_table)
{
	for (const struct row_sample *r = row_samples; r->name; r++) {
		uint8_t key[store_key_max];
		struct bytes k = bytes_of(key, r->key(key));
		struct buffer row = { 0 };
		if (r->shape)
			codec_encode(r->shape, r->row, &row);
		else
			buffer_append(&row, "\x80", 1);
		check(table_check(r->table, k, buffer_bytes(&row)) == error_none);
		check(table_check(r->table, bytes_of(key, k.size - 1), buffer_bytes(&row)) == error_malformed);
		json_t *json = table_json(r->table, k, buffer_bytes(&row));
		check(json_is_object(json));
		json_decref(json);
		buffer_deinit(&row);
	}
}

static int renew(void)
{
	struct buffer now = { 0 };
	lines_make(&now);
	enum error error = file_write_atomic(golden_path(), buffer_bytes(&now), 0644);
	buffer_deinit(&now);
	printf("%s: %s\n", golden_path(), error == error_none ? "renewed" : error_name(error));
	return error == error_none ? EXIT_SUCCESS : EXIT_FAILURE;
}

// A file a message for tests/fuzz/messages.c: the number, then the bytes.
static int write_seeds(const char *folder)
{
	for (size_t i = 0; i < array_size(samples); i++) {
		struct buffer seed = { 0 };
		char path[512];
		if (samples[i].type == 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, samples[i].name);
		put_u16(buffer_extend(&seed, 2), samples[i].type);
		codec_encode(samples[i].shape, samples[i].value, &seed);
		enum error error = file_write_atomic(path, buffer_bytes(&seed), 0644);
		buffer_deinit(&seed);
		if (error != error_none)
			return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--renew") == 0)
		return renew();
	if (argc == 3 && strcmp(argv[1], "--seeds") == 0)
		return write_seeds(argv[2]);
	run(every_message_and_row_has_its_golden_bytes);
	run(every_sample_survives_the_way_there_and_back);
	run(no_sample_is_larger_than_its_message_may_be);
	run(every_row_is_found_by_its_table);
	return test_summary();
}
