// The short way through packing and unpacking against the way by the shape: of every struct of the schemas, as it is, of frames
// made from it that somebody changed, and of frames whose fields are at their bounds, a step beyond them, or not as they should be.
// One refuses what the other refuses, and says the same of it.
#include "message/quick.h"

#include <string.h>

#include "base/ensure.h"
#include "gen/samples.h"
#include "test.h"

#define changed_frames 3000 // of each struct
#define edge_frames 60

static uint32_t random_state = 1;
static union {
	max_align_t align;
	uint8_t bytes[1 << 20];
} values[2];
static unsigned short_ways, taken_changed, taken_edges, refused_edges;
static uint32_t wrong_one_in; // of what is written

static uint32_t draw(uint32_t below)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % below;
}

static struct codec_shape plain(const struct codec_shape *shape)
{
	struct codec_shape same = *shape;

	same.put = NULL;
	same.take = NULL;
	return same;
}

static bool encodes_alike(const struct codec_shape *shape, const void *value)
{
	static struct buffer a, b;
	struct codec_shape way = plain(shape);

	buffer_clear(&a);
	buffer_clear(&b);
	codec_encode(shape, value, &a);
	codec_encode(&way, value, &b);
	return bytes_equal(buffer_bytes(&a), buffer_bytes(&b));
}

static bool decodes_alike(const struct codec_shape *shape, struct bytes frame)
{
	struct codec_shape way = plain(shape);

	ensure(shape->size <= sizeof values[0]);
	enum error by_shape = codec_decode(&way, frame, &values[0]);
	const char *field = codec_fault_field();
	if (codec_decode(shape, frame, &values[1]) != by_shape || strcmp(codec_fault_field(), field) != 0)
		return false;
	if (by_shape != error_none)
		return true;
	struct buffer again[2] = { 0 };
	bool good = encodes_alike(shape, &values[1]);
	for (size_t i = 0; i < 2; i++)
		codec_encode(&way, &values[i], &again[i]);
	good &= bytes_equal(buffer_bytes(&again[0]), buffer_bytes(&again[1])) && bytes_equal(buffer_bytes(&again[0]), frame);
	buffer_deinit(&again[0]);
	buffer_deinit(&again[1]);
	return good;
}

// Bytes that mean something more often than any.
static uint8_t byte_drawn(void)
{
	static const uint8_t heads[] = { 0x00, 0x7f, 0x80, 0x81, 0x8f, 0xa0, 0xa1, 0xbf, 0xc2, 0xc3, 0xc4, 0xc5, 0xcc, 0xcd,
					 0xce, 0xcf, 0xd0, 0xd2, 0xd9, 0xde, 0xff };

	return draw(2) ? heads[draw(array_size(heads))] : (uint8_t)draw(256);
}

static struct bytes change(struct bytes frame, uint8_t out[512])
{
	size_t size = frame.size;

	memcpy(out, frame.data, size);
	for (uint32_t left = 1 + draw(3); left > 0 && size > 0; left--) {
		size_t at = draw((uint32_t)size);
		switch (draw(4)) {
		case 0: size = at; break;
		case 1:
			memmove(out + at, out + at + 1, size - at - 1);
			size--;
			break;
		case 2:
			memmove(out + at + 1, out + at, size - at);
			out[at] = byte_drawn();
			size++;
			break;
		default: out[at] = byte_drawn(); break;
		}
	}
	return bytes_of(out, size);
}

static void both_ways(const char *name, const struct codec_shape *shape, const void *value)
{
	struct buffer frame = { 0 }, again = { 0 };
	uint8_t out[512];
	bool good = encodes_alike(shape, value);

	codec_encode(shape, value, &frame);
	short_ways += shape->put && shape->put(value, &again) && shape->take(buffer_bytes(&frame), &values[0]);
	good &= decodes_alike(shape, buffer_bytes(&frame));
	for (unsigned i = 0; good && i < changed_frames && frame.size + 3 <= sizeof out; i++) {
		struct bytes changed = change(buffer_bytes(&frame), out);
		good = decodes_alike(shape, changed);
		taken_changed += shape->take && shape->take(changed, &values[0]);
	}
	buffer_deinit(&frame);
	buffer_deinit(&again);
	if (!good)
		printf("# %s\n", name);
	check(good);
}

// ---- frames of our own, in which now and then something is wrong

static bool wrong(void)
{
	return draw(wrong_one_in) == 0;
}

// A head of the shortest form, or of one that is wider.  `first` is that of the form with an argument of one byte; `wide` of the
// narrowest width that there is.
static void put_form(struct buffer *out, uint8_t first, unsigned wide, uint64_t v)
{
	unsigned form = v > UINT32_MAX ? 3 : v > UINT16_MAX ? 2 : v > UINT8_MAX ? 1 : 0;
	uint8_t at[9] = { 0 };

	form = form < wide ? wide : form;
	form += wrong() && form < 3;
	at[0] = (uint8_t)(first + form);
	put_u64(at + 1, v << (64 - (8u << form)));
	buffer_append(out, at, 1 + ((size_t)1 << form));
}

static void put_byte(struct buffer *out, uint8_t byte)
{
	buffer_append(out, &byte, 1);
}

static void put_number(struct buffer *out, uint64_t v)
{
	if (v < 0x80 && !wrong())
		put_byte(out, (uint8_t)v);
	else
		put_form(out, 0xcc, 0, v);
}

static void put_negative(struct buffer *out, int64_t v)
{
	unsigned form = v < INT32_MIN ? 3 : v < INT16_MIN ? 2 : v < INT8_MIN ? 1 : 0;
	uint8_t at[9] = { 0 };

	if (v >= -32 && !wrong()) {
		put_byte(out, (uint8_t)v);
		return;
	}
	form += wrong() && form < 3;
	at[0] = (uint8_t)(0xd0 + form);
	put_u64(at + 1, (uint64_t)v << (64 - (8u << form)));
	buffer_append(out, at, 1 + ((size_t)1 << form));
}

static void put_edge_number(struct buffer *out, enum codec_kind kind)
{
	static const uint64_t edges[] = { 0, 0x7f, 0x80, UINT8_MAX, UINT8_MAX + 1, UINT16_MAX, UINT16_MAX + 1, date_last, date_last + 1,
					  UINT32_MAX, UINT64_C(1) << 32, instant_last, instant_last + 1, INT64_MAX,
					  UINT64_C(1) << 63, UINT64_MAX };
	static const int64_t below[] = { -1, -32, -33, INT8_MIN, INT8_MIN - 1, INT16_MIN, INT16_MIN - 1, date_first, date_first - 1,
					 date_none, INT32_MIN + 1, instant_first, instant_first - 1, INT64_MIN };
	uint64_t most = numbers[kind].max, v;
	bool negative = kind == codec_kind_i64 || kind == codec_kind_date || kind == codec_kind_instant;

	if ((negative && draw(4) == 0) || wrong()) {
		int64_t low = below[draw(array_size(below))];
		bool fits = kind == codec_kind_i64 || (kind == codec_kind_date ? date_fits(low) : instant_fits(low));
		put_negative(out, fits || wrong() ? low : -1);
		return;
	}
	do
		v = edges[draw(array_size(edges))];
	while (v > most && !wrong());
	put_number(out, v);
}

static void put_edge_enum(struct buffer *out, const struct codec_values *known)
{
	put_number(out, known->list[draw((uint32_t)known->count)].number + (wrong() ? draw(3) * 32767 + 1 : 0));
}

static void put_edge_run(struct buffer *out, const struct codec_field *f, size_t most)
{
	static const char *const ends[] = { "a", "\xe1\xbb\x81", "\xe1\xbb", "\xff", "\xc0\x80", "\xed\xa0\x80", "" };
	const size_t sizes[] = { 0, 1, 31, 32, UINT8_MAX, UINT8_MAX + 1, most, most + 1 };
	bool text = f->kind == codec_kind_text, as_text = text != wrong();
	size_t size = most;

	if (text || f->kind == codec_kind_bytes || wrong())
		size = sizes[draw(array_size(sizes))];
	if (size > most && !wrong())
		size = most;
	if (as_text && size < 32 && !wrong())
		put_byte(out, (uint8_t)(0xa0 | size));
	else
		put_form(out, as_text ? 0xd9 : 0xc4, 0, size);
	const char *end = ends[wrong() ? draw(array_size(ends)) : draw(2)];
	size_t end_size = *end ? strlen(end) : 1; // a NUL
	for (size_t i = 0; i + end_size <= size; i++)
		put_byte(out, i + end_size < size || !text ? 'x' : (uint8_t)*end);
	for (size_t i = 1; i < end_size && end_size <= size; i++)
		put_byte(out, text ? (uint8_t)end[i] : 'x');
	for (size_t i = 0; i < size && size < end_size; i++)
		put_byte(out, 'x');
}

static void put_edge(struct buffer *out, const struct codec_field *f)
{
	switch (f->kind) {
	case codec_kind_enum: put_edge_enum(out, f->values); break;
	case codec_kind_bool: put_byte(out, wrong() ? byte_drawn() : (uint8_t)(0xc2 + draw(2))); break;
	case codec_kind_bytes:
	case codec_kind_text:
	case codec_kind_fixed: put_edge_run(out, f, f->size); break;
	case codec_kind_hash: put_edge_run(out, f, sizeof(struct hash)); break;
	case codec_kind_struct: ensure(f->kind != codec_kind_struct); break; // it has no short way
	case codec_kind_u8:
	case codec_kind_u16:
	case codec_kind_u32:
	case codec_kind_u64:
	case codec_kind_i64:
	case codec_kind_date:
	case codec_kind_instant: put_edge_number(out, f->kind); break;
	}
}

static void put_edge_frame(struct buffer *out, const struct codec_shape *shape)
{
	bool here[128];
	size_t pairs = 0;

	for (size_t i = 0; i < shape->count; i++)
		pairs += here[i] = shape->fields[i].has_at ? draw(2) : !wrong();
	pairs = wrong() ? pairs + 2 * (size_t)draw(2) - 1 : pairs;
	if (pairs <= 15 && !wrong())
		put_byte(out, (uint8_t)(0x80 | (pairs & 15)));
	else
		put_form(out, 0xdd, 1, pairs);
	for (size_t i = 0; i < shape->count; i++) {
		if (!here[i])
			continue;
		put_number(out, shape->fields[i].key + (wrong() ? draw(3) : 0));
		put_edge(out, &shape->fields[i]);
	}
	if (wrong())
		put_byte(out, byte_drawn());
}

static void edges_both_ways(const char *name, const struct codec_shape *shape)
{
	struct buffer frame = { 0 };
	bool good = true;

	if (!shape->take)
		return;
	ensure(shape->count < 128);
	wrong_one_in = 8 * (uint32_t)shape->count;
	for (unsigned i = 0; good && i < edge_frames; i++) {
		buffer_clear(&frame);
		put_edge_frame(&frame, shape);
		good = decodes_alike(shape, buffer_bytes(&frame));
		struct codec_shape way = plain(shape);
		bool taken = codec_decode(&way, buffer_bytes(&frame), &values[0]) == error_none;
		taken_edges += taken;
		refused_edges += !taken;
	}
	buffer_deinit(&frame);
	if (!good)
		printf("# %s\n", name);
	check(good);
}

test(both_ways_agree_about_fields_at_their_bounds)
{
	for (const struct sample *s = samples; s < samples + array_size(samples) && s->name; s++)
		edges_both_ways(s->name, s->shape);
	for (const struct row_sample *s = row_samples; s < row_samples + array_size(row_samples) && s->name; s++)
		if (s->shape)
			edges_both_ways(s->name, s->shape);
	printf("# at their bounds: %u taken, %u refused\n", taken_edges, refused_edges);
	check(taken_edges > 10000 && refused_edges > 10000);
}

test(both_ways_take_refuse_and_write_the_same)
{
	for (const struct sample *s = samples; s < samples + array_size(samples) && s->name; s++)
		both_ways(s->name, s->shape, s->value);
	for (const struct row_sample *s = row_samples; s < row_samples + array_size(row_samples) && s->name; s++)
		if (s->shape)
			both_ways(s->name, s->shape, s->row);
	printf("# the short way: %u samples, %u changed frames\n", short_ways, taken_changed);
	check(short_ways > array_size(samples) / 2); // it is what is usual
	check(taken_changed > 1000);
}

int main(void)
{
	run(both_ways_take_refuse_and_write_the_same);
	run(both_ways_agree_about_fields_at_their_bounds);
	return test_summary();
}
