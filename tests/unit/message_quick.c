// The short way through packing and unpacking against the way by the shape: of every struct of the schemas, as it is, and of frames
// made from it that somebody changed.  One refuses what the other refuses, and says the same of it.
#include "message/quick.h"

#include <string.h>

#include "base/ensure.h"
#include "gen/samples.h"
#include "test.h"

#define changed_frames 3000 // of each struct

static uint32_t random_state = 1;
static union {
	max_align_t align;
	uint8_t bytes[1 << 20];
} values[2];
static unsigned short_ways, taken_changed;

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
	return test_summary();
}
