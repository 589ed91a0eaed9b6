// The encoding: what the scan refuses, what the decoder refuses, and that one value has one encoding.
#include "message/codec.h"

#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ensure.h"
#include "gen/samples.h"
#include "test.h"

// ---- frames by hand: "82 01 05 …" ----

static struct bytes frame_of(const char *hex)
{
	static uint8_t frame[512];
	size_t size = 0;
	for (const char *at = hex; *at; at += 2) {
		while (*at == ' ')
			at++;
		char pair[3] = { at[0], at[1], 0 };
		ensure(size < sizeof frame && hex_decode(pair, &frame[size], 1));
		size++;
	}
	return bytes_of(frame, size);
}

// `head` followed by `count` bytes of `fill`.
static struct bytes frame_filled(const char *head, uint8_t fill, size_t count)
{
	static uint8_t frame[70000];
	struct bytes h = frame_of(head);
	ensure(h.size + count <= sizeof frame);
	memcpy(frame, h.data, h.size);
	memset(frame + h.size, fill, count);
	return bytes_of(frame, h.size + count);
}

#define check_refused(frame) check(codec_scan(frame) == error_malformed)
#define check_taken(frame) check(codec_scan(frame) == error_none)

test(five_bytes_that_declare_four_billion_items_are_refused)
{
	check_refused(frame_of("dd ff 00 00 00")); // msgpack-c 4.0.0 would ask malloc for 137 GB
	check_refused(frame_of("df ff ff ff ff"));
	check_refused(frame_of("db ff ff ff ff"));
	check_refused(frame_of("c6 ff ff ff ff"));
}

test(a_count_or_size_beyond_the_bytes_that_follow_is_refused)
{
	check_refused(frame_of("92 01"));
	check_refused(frame_of("81 01"));
	check_refused(frame_of("a2 61"));
	check_refused(frame_of("c4 02 00"));
	check_refused(frame_of("cd 01"));
	check_refused(frame_of("c4"));
	check_refused(frame_filled("dc 01 00", 0x01, 255));
	check_taken(frame_filled("dc 01 00", 0x01, 256));
}

test(a_longer_form_than_needed_is_refused)
{
	static const char *const longer[] = {
		"cc 7f", "cd 00 ff", "ce 00 00 ff ff", "cf 00 00 00 00 ff ff ff ff", // unsigned
		"d0 e0", "d0 05", "d1 ff 80", "d1 00 80", "d2 ff ff 80 00", "d3 ff ff ff ff 80 00 00 00", "d3 00 00 00 00 00 00 00 01",
		"c5 00 01 00", "c6 00 00 00 01 00", "d9 01 61", "da 00 01 61", "db 00 00 00 01 61", "dc 00 01 00",
		"dd 00 00 00 01 00", "de 00 01 00 00", "df 00 00 00 01 00 00",
	};
	for (size_t i = 0; i < array_size(longer); i++)
		check_refused(frame_of(longer[i]));
	check_refused(frame_filled("d9 1f", 'a', 31));
	check_refused(frame_filled("da 00 ff", 'a', 255));
	check_refused(frame_filled("c5 00 ff", 0, 255));
	check_refused(frame_filled("c6 00 00 ff ff", 0, 65535));
	check_refused(frame_filled("dc 00 0f", 0, 15));
	check_refused(frame_filled("de 00 0f", 0, 30));
	check_refused(frame_filled("dd 00 00 ff ff", 0, 65535));
}

test(the_shortest_forms_are_taken)
{
	static const char *const shortest[] = {
		"00", "7f", "cc 80", "cc ff", "cd 01 00", "ce 00 01 00 00", "cf 00 00 00 01 00 00 00 00", "cf ff ff ff ff ff ff ff ff",
		"ff", "e0", "d0 df", "d0 80", "d1 ff 7f", "d1 80 00", "d2 ff ff 7f ff", "d2 80 00 00 00", "d3 ff ff ff ff 7f ff ff ff",
		"c2", "c3", "a0", "c4 00", "80", "90", "81 01 92 c3 a1 61",
	};
	for (size_t i = 0; i < array_size(shortest); i++)
		check_taken(frame_of(shortest[i]));
	check_taken(frame_filled("d9 20", 'a', 32));
	check_taken(frame_filled("da 01 00", 'a', 256));
	check_taken(frame_filled("c5 01 00", 0, 256));
	check_taken(frame_filled("c6 00 01 00 00", 0, 65536));
	check_taken(frame_filled("dc 00 10", 0, 16));
	check_taken(frame_filled("de 00 10", 0, 32));
	check_taken(frame_filled("dd 00 01 00 00", 0, 65536));
}

test(kinds_of_values_that_no_schema_uses_are_refused)
{
	static const char *const foreign[] = {
		"c0", "c1", "ca 00 00 00 00", "cb 00 00 00 00 00 00 00 00", "c7 01 00 00", "c8 00 01 00 00", "c9 00 00 00 01 00 00",
		"d4 00 00", "d5 00 00 00", "d6 00 00 00 00 00", "d7 00 00 00 00 00 00 00 00 00",
	};
	for (size_t i = 0; i < array_size(foreign); i++)
		check_refused(frame_of(foreign[i]));
	check_refused(frame_filled("d8 00", 0, 16));
}

test(a_frame_holds_exactly_one_value)
{
	check_refused(bytes_of(NULL, 0));
	check_refused(frame_of("01 01"));
	check_refused(frame_of("80 00"));
}

test(eight_open_containers_are_taken_and_nine_are_refused)
{
	check_taken(frame_of("91 91 91 91 91 91 91 01"));
	check_taken(frame_of("91 91 91 91 91 91 91 91 01"));
	check_refused(frame_of("91 91 91 91 91 91 91 91 91 01"));
	check_refused(frame_of("91 91 91 91 91 91 91 91 90"));
	check_refused(frame_filled("91", 0x91, 60000)); // and the scan does not recurse
}

// ---- a shape by hand, apart from the generator ----

enum colour { colour_red = 1, colour_blue = 7 };
static const struct codec_value colours[] = { { 1, "red", "Đỏ" }, { 7, "blue", "Xanh" } };
static const struct codec_values colour_values = { "colour", colours, array_size(colours), 1, 1 };

struct point {
	uint8_t x;
};
static const struct codec_field point_fields[] = { { 1, codec_kind_u8, "x", .at = offsetof(struct point, x) } };
static const struct codec_shape point_shape = { "point", point_fields, 1, sizeof(struct point), NULL, NULL };

struct thing {
	uint64_t number;
	int64_t balance;
	bool has_balance;
	bool open;
	int32_t day;
	struct hash digest;
	bool has_digest;
	struct bytes name;
	bool has_name;
	struct bytes blob;
	enum colour colour;
	struct point points[3];
	size_t points_count;
};

#define at(member) .at = offsetof(struct thing, member)
static const struct codec_field thing_fields[] = {
	{ 1, codec_kind_u64, "number", at(number) },
	{ 2, codec_kind_i64, "balance", at(balance), .has_at = offsetof(struct thing, has_balance) },
	{ 3, codec_kind_bool, "open", at(open) },
	{ 4, codec_kind_date, "day", at(day) },
	{ 5, codec_kind_hash, "digest", at(digest), .has_at = offsetof(struct thing, has_digest) },
	{ 6, codec_kind_text, "name", at(name), .has_at = offsetof(struct thing, has_name), .size = 4 },
	{ 7, codec_kind_bytes, "blob", at(blob), .size = 3 },
	{ 8, codec_kind_enum, "colour", at(colour), .values = &colour_values },
	{ 9, codec_kind_struct, "points", at(points), .items = 3, .count_at = offsetof(struct thing, points_count), .shape = &point_shape },
};
static const struct codec_shape thing_shape = { "thing", thing_fields, array_size(thing_fields), sizeof(struct thing),
						 NULL, NULL };

#define good "01 05  03 c3  04 cd 40 00  07 c4 02 aa bb  08 07  09 91 81 01 09"

static struct thing thing;

static enum error decode(const char *hex)
{
	memset(&thing, 0x55, sizeof thing);
	return codec_decode(&thing_shape, frame_of(hex), &thing);
}

#define check_field(hex, error, field)                          \
	do {                                                    \
		check(decode(hex) == (error));                  \
		check_text(codec_fault_field(), field);         \
	} while (0)

test(a_good_frame_fills_the_struct_and_encodes_to_the_same_bytes)
{
	check(decode("86 " good) == error_none);
	check_u64(thing.number, 5);
	check(!thing.has_balance && thing.balance == 0);
	check(thing.open && thing.day == 0x4000);
	check(!thing.has_name && thing.name.size == 0 && !thing.name.data);
	check(thing.blob.size == 2 && thing.blob.data[1] == 0xbb);
	check(thing.colour == colour_blue);
	check(thing.points_count == 1 && thing.points[0].x == 9);
	struct buffer out = { 0 };
	codec_encode(&thing_shape, &thing, &out);
	check(bytes_equal(buffer_bytes(&out), frame_of("86 " good)));
	buffer_deinit(&out);
}

test(what_is_decoded_points_into_the_frame)
{
	struct bytes frame = frame_of("86 " good);
	check(codec_decode(&thing_shape, frame, &thing) == error_none);
	check(thing.blob.data > frame.data && thing.blob.data + 2 <= frame.data + frame.size);
}

test(empty_bytes_and_text_are_not_null)
{
	check(decode("87 01 05 03 c3 04 01 06 a0 07 c4 00 08 07 09 90") == error_none);
	check(thing.name.data && thing.name.size == 0 && thing.blob.data && thing.blob.size == 0);
	struct thing zero = { .has_name = true, .colour = colour_red }; // and may be NULL where they go in
	struct buffer out = { 0 };
	codec_encode(&thing_shape, &zero, &out);
	check(bytes_equal(buffer_bytes(&out), frame_of("87 01 00 03 c2 04 00 06 a0 07 c4 00 08 01 09 90")));
	buffer_deinit(&out);
	check(codec_decode(&thing_shape, (struct bytes){ 0 }, &thing) == error_malformed); // nor has a frame to be anywhere
}

test(keys_that_miss_repeat_descend_or_are_unknown_are_refused)
{
	check_field("85 03 c3 04 cd 40 00 07 c4 02 aa bb 08 07 09 91 81 01 09", error_malformed, "number");
	check_field("87 01 05 " good, error_malformed, "open");
	check_field("86 03 c3 01 05 04 cd 40 00 07 c4 02 aa bb 08 07 09 91 81 01 09", error_malformed, "number");
	check_field("87 " good " 0a 01", error_malformed, "thing");
	check_field("87 00 01 " good, error_malformed, "number");
	check_field("86 01 05 03 c3 04 cd 40 00 07 c4 02 aa bb 08 07 09 91 82 01 09 02 01", error_malformed, "point");
	check_field("86 01 05 03 c3 04 cd 40 00 07 c4 02 aa bb 08 07 09 91 80", error_malformed, "x");
	check_field("86 a1 31 05 03 c3 04 cd 40 00 07 c4 02 aa bb 08 07 09 91 81 01 09", error_malformed, "number");
	check_field("90", error_malformed, "thing");
}

test(a_value_of_another_kind_is_refused)
{
	check_field("86 01 ff 03 c3 04 cd 40 00 07 c4 02 aa bb 08 07 09 90", error_malformed, "number");
	check_field("86 01 05 03 01 04 cd 40 00 07 c4 02 aa bb 08 07 09 90", error_malformed, "open");
	check_field("86 01 05 03 c3 04 c3 07 c4 02 aa bb 08 07 09 90", error_malformed, "day");
	check_field("87 01 05 03 c3 04 cd 40 00 06 c4 01 61 07 c4 02 aa bb 08 07 09 90", error_malformed, "name");
	check_field("86 01 05 03 c3 04 cd 40 00 07 a1 61 08 07 09 90", error_malformed, "blob");
	check_field("86 01 05 03 c3 04 cd 40 00 07 c4 02 aa bb 08 02 09 90", error_malformed, "colour");
	check_field("86 01 05 03 c3 04 cd 40 00 07 c4 02 aa bb 08 07 09 91 01", error_malformed, "point");
	check_field("86 01 05 03 c3 04 cd 40 00 07 c4 02 aa bb 08 07 09 80", error_malformed, "points");
}

test(what_exceeds_its_bound_is_refused)
{
	check_field("87 01 05 02 cf 80 00 00 00 00 00 00 00 03 c3 04 cd 40 00 07 c4 00 08 07 09 90", error_bounds, "balance");
	check_field("86 01 05 03 c3 04 ce 00 2c c0 a1 07 c4 00 08 07 09 90", error_bounds, "day"); // 10000-01-01
	check_field("87 01 05 03 c3 04 cd 40 00 06 a5 61 61 61 61 61 07 c4 00 08 07 09 90", error_bounds, "name");
	check_field("86 01 05 03 c3 04 cd 40 00 07 c4 04 aa bb cc dd 08 07 09 90", error_bounds, "blob");
	check_field("86 01 05 03 c3 04 cd 40 00 07 c4 00 08 07 09 94 81 01 01 81 01 01 81 01 01 81 01 01", error_bounds, "points");
	check_field("86 01 05 03 c3 04 cd 40 00 07 c4 00 08 07 09 91 81 01 cd 01 00", error_bounds, "x");
	check(decode("86 01 05 03 c3 04 ce 00 2c c0 a0 07 c4 00 08 07 09 90") == error_none); // 9999-12-31
	check(decode("86 01 05 03 c3 04 d2 80 00 00 00 07 c4 00 08 07 09 90") == error_none && thing.day == date_none);
}

// A frame whose field 5 is a hash of `size` bytes.
static enum error decode_hash(uint8_t size)
{
	struct buffer frame = { 0 };
	buffer_append(&frame, "\x87\x01\x05\x03\xc3\x04\x01\x05\xc4", 9);
	buffer_append(&frame, &size, 1);
	memset(buffer_extend(&frame, size), 0xab, size);
	buffer_append(&frame, "\x07\xc4\x00\x08\x07\x09\x90", 7);
	enum error error = codec_decode(&thing_shape, buffer_bytes(&frame), &thing);
	buffer_deinit(&frame);
	return error;
}

test(a_hash_has_exactly_32_bytes)
{
	check(decode_hash(31) == error_bounds);
	check(decode_hash(33) == error_bounds);
	check(decode_hash(32) == error_none && thing.has_digest && thing.digest.byte[31] == 0xab);
}

test(text_that_is_not_utf8_or_holds_nul_is_refused)
{
	check_field("87 01 05 03 c3 04 cd 40 00 06 a2 c4 41 07 c4 00 08 07 09 90", error_malformed, "name");
	check_field("87 01 05 03 c3 04 cd 40 00 06 a2 c0 80 07 c4 00 08 07 09 90", error_malformed, "name");
	check_field("87 01 05 03 c3 04 cd 40 00 06 a1 00 07 c4 00 08 07 09 90", error_malformed, "name");
	check(decode("87 01 05 03 c3 04 cd 40 00 06 a2 c4 90 07 c4 00 08 07 09 90") == error_none); // Đ
}

// Whether encoding `value` ends the process.
static bool encoding_aborts(const struct thing *value)
{
	fflush(stdout);
	pid_t child = fork();
	ensure(child >= 0);
	if (child == 0) {
		struct buffer out = { 0 };
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		signal(SIGABRT, SIG_DFL);
		codec_encode(&thing_shape, value, &out);
		_exit(0);
	}
	int status;
	waitpid(child, &status, 0);
	return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

test(encoding_a_value_beyond_the_schema_ends_the_process)
{
	struct thing sound = { .day = 1, .colour = colour_red };
	struct thing unknown = sound, long_blob = sound, many = sound, late = sound, no_text = sound;
	unknown.colour = (enum colour)2;
	long_blob.blob = bytes_of("abcd", 4);
	many.points_count = 4;
	late.day = 3000000;
	no_text.has_name = true;
	no_text.name = bytes_of("\xff", 1);
	check(!encoding_aborts(&sound));
	check(encoding_aborts(&unknown));
	check(encoding_aborts(&long_blob));
	check(encoding_aborts(&many));
	check(encoding_aborts(&late));
	check(encoding_aborts(&no_text));
}

test(an_enum_answers_by_number_and_by_name)
{
	uint16_t number = 0;
	check_text(codec_value_name(&colour_values, 7), "blue");
	check_text(codec_value_label(&colour_values, 1), "Đỏ");
	check_text(codec_value_name(&colour_values, 2), "?");
	check(!codec_value_known(&colour_values, 0) && !codec_value_known(&colour_values, 65543));
	check(codec_value_from_name(&colour_values, "blue", &number) && number == 7);
	check(!codec_value_from_name(&colour_values, "green", &number));
}

// ---- every message of the schemas ----

// Refused, or the only encoding of what it says.
static bool refused_or_canonical(const struct codec_shape *shape, struct bytes frame, void *value)
{
	if (codec_decode(shape, frame, value) != error_none)
		return true;
	struct buffer again = { 0 };
	codec_encode(shape, value, &again);
	bool same = bytes_equal(buffer_bytes(&again), frame);
	buffer_deinit(&again);
	return same;
}

static void mutilate(const struct sample *s)
{
	struct buffer frame = { 0 };
	codec_encode(s->shape, s->value, &frame);
	void *value = calloc(1, s->shape->size);
	size_t wrong = 0;
	for (size_t cut = 0; cut < frame.size; cut++) {
		uint8_t *exact = malloc(cut ? cut : 1); // so that the address sanitizer sees a read beyond it
		memcpy(exact, frame.data, cut);
		wrong += codec_decode(s->shape, bytes_of(exact, cut), value) == error_none;
		free(exact);
	}
	for (size_t bit = 0; bit < 8 * frame.size; bit++) {
		frame.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		wrong += !refused_or_canonical(s->shape, buffer_bytes(&frame), value);
		frame.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	if (wrong)
		printf("# %s: %zu of its mutilations\n", s->name, wrong);
	check(wrong == 0);
	free(value);
	buffer_deinit(&frame);
}

test(every_cut_of_a_message_is_refused_and_every_flipped_bit_is_refused_or_is_the_only_encoding_of_another)
{
	for (size_t i = 0; i < array_size(samples); i++)
		mutilate(&samples[i]);
}

test(bytes_of_no_message_are_refused_under_every_number)
{
	for (size_t i = 0; i < message_type_count; i++) {
		check(message_known(message_types[i]));
		check(message_check(message_types[i], frame_of("dd ff 00 00 00")) == error_malformed);
		check(message_check(message_types[i], frame_of("81 7f 01")) == error_malformed);
		check(message_json(message_types[i], frame_of("91 01")) == NULL);
	}
	check(!message_known(0) && message_check(0, frame_of("80")) == error_absent);
}

// 4 MB that declare 4 million one-byte values: honest about its size, and far beyond what any message holds.
test(a_frame_of_more_values_than_its_shape_can_hold_is_refused_before_it_is_unpacked)
{
	size_t size = 4000000;
	uint8_t *frame = calloc(1, 7 + size);
	frame[0] = 0x81;
	frame[1] = 0x03;
	frame[2] = 0xdd;
	put_u32(frame + 3, (uint32_t)size);
	struct submission *m = calloc(1, sizeof *m);
	check(codec_scan(bytes_of(frame, 7 + size)) == error_none);
	check(submission_decode(bytes_of(frame, 7 + size), m) == error_bounds);
	check_text(codec_fault_field(), "submission");
	free(m);
	free(frame);
}

int main(void)
{
	run(a_frame_of_more_values_than_its_shape_can_hold_is_refused_before_it_is_unpacked);
	run(five_bytes_that_declare_four_billion_items_are_refused);
	run(a_count_or_size_beyond_the_bytes_that_follow_is_refused);
	run(a_longer_form_than_needed_is_refused);
	run(the_shortest_forms_are_taken);
	run(kinds_of_values_that_no_schema_uses_are_refused);
	run(a_frame_holds_exactly_one_value);
	run(eight_open_containers_are_taken_and_nine_are_refused);
	run(a_good_frame_fills_the_struct_and_encodes_to_the_same_bytes);
	run(what_is_decoded_points_into_the_frame);
	run(empty_bytes_and_text_are_not_null);
	run(keys_that_miss_repeat_descend_or_are_unknown_are_refused);
	run(a_value_of_another_kind_is_refused);
	run(what_exceeds_its_bound_is_refused);
	run(a_hash_has_exactly_32_bytes);
	run(text_that_is_not_utf8_or_holds_nul_is_refused);
	run(encoding_a_value_beyond_the_schema_ends_the_process);
	run(an_enum_answers_by_number_and_by_name);
	run(every_cut_of_a_message_is_refused_and_every_flipped_bit_is_refused_or_is_the_only_encoding_of_another);
	run(bytes_of_no_message_are_refused_under_every_number);
	return test_summary();
}
