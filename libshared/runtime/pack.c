#include "runtime/pack.h"

#include <msgpack.h>
#include <string.h>

#include "message/codec.h"

// ---- writing: msgpack-c chooses the shortest form

static int append(void *out, const char *data, size_t size)
{
	buffer_append(out, data, size);
	return 0;
}

static msgpack_packer packer(struct buffer *out)
{
	msgpack_packer p;

	msgpack_packer_init(&p, out, append);
	return p;
}

void pack_unsigned(struct buffer *out, uint64_t v)
{
	msgpack_packer p = packer(out);
	msgpack_pack_uint64(&p, v);
}

void pack_signed(struct buffer *out, int64_t v)
{
	msgpack_packer p = packer(out);
	msgpack_pack_int64(&p, v);
}

void pack_bin(struct buffer *out, struct bytes b)
{
	msgpack_packer p = packer(out);
	msgpack_pack_bin(&p, b.size);
	buffer_append(out, b.data, b.size);
}

void pack_hash(struct buffer *out, const struct hash *h)
{
	pack_bin(out, bytes_of_hash(h));
}

void pack_array(struct buffer *out, size_t count)
{
	msgpack_packer p = packer(out);
	msgpack_pack_array(&p, count);
}

void pack_map(struct buffer *out, size_t count)
{
	msgpack_packer p = packer(out);
	msgpack_pack_map(&p, count);
}

// ---- reading

void unpack_init(struct unpack *u, struct bytes frame)
{
	*u = unpack_part(frame.data, frame.data + frame.size);
	u->bad = codec_scan(frame) != error_none;
}

struct unpack unpack_part(const uint8_t *at, const uint8_t *end)
{
	return (struct unpack){ .at = at, .end = end };
}

static const uint8_t *take(struct unpack *u, size_t size)
{
	const uint8_t *at = u->at;

	if (u->bad || (size_t)(u->end - at) < size) {
		u->bad = true;
		return NULL;
	}
	u->at += size;
	return at;
}

static uint64_t big_endian(struct unpack *u, size_t size)
{
	const uint8_t *at = take(u, size);
	uint64_t v = 0;

	for (size_t i = 0; at && i < size; i++)
		v = v << 8 | at[i];
	return v;
}

// What follows the first byte: of a fix form its low bits, else 1, 2, 4 or 8 bytes; UINT64_MAX and bad: another form.
static uint64_t argument(struct unpack *u, uint8_t fix, uint8_t fix_mask, uint8_t first_wide, unsigned widths,
			 size_t first_width)
{
	const uint8_t *head = take(u, 1);

	if (!head)
		return 0;
	if ((*head & (uint8_t)~fix_mask) == fix && fix_mask)
		return *head & fix_mask;
	if (*head >= first_wide && *head < first_wide + widths)
		return big_endian(u, first_width << (*head - first_wide));
	u->bad = true;
	return 0;
}

static uint64_t within(struct unpack *u, uint64_t v, uint64_t max)
{
	if (v > max)
		u->bad = true;
	return u->bad ? 0 : v;
}

uint64_t unpack_unsigned(struct unpack *u, uint64_t max)
{
	return within(u, argument(u, 0x00, 0x7f, 0xcc, 4, 1), max);
}

int64_t unpack_signed(struct unpack *u)
{
	if (u->bad || u->at == u->end) {
		u->bad = true;
		return 0;
	}
	uint8_t head = *u->at;
	if (head < 0xd0)
		return (int64_t)unpack_unsigned(u, INT64_MAX);
	u->at++;
	if (head >= 0xe0)
		return (int8_t)head;
	if (head > 0xd3) {
		u->bad = true;
		return 0;
	}
	unsigned width = 8u << (head - 0xd0);
	uint64_t v = big_endian(u, width / 8);
	return (int64_t)(v << (64 - width)) >> (64 - width);
}

struct bytes unpack_bin(struct unpack *u, size_t max)
{
	size_t size = within(u, argument(u, 0, 0, 0xc4, 3, 1), max);
	const uint8_t *at = take(u, size);

	return at ? bytes_of(at, size) : (struct bytes){ 0 };
}

struct hash unpack_hash(struct unpack *u)
{
	struct hash h = { 0 };
	struct bytes b = unpack_bin(u, sizeof h.byte);

	if (b.size == sizeof h.byte)
		memcpy(h.byte, b.data, sizeof h.byte);
	else
		u->bad = true;
	return h;
}

size_t unpack_array(struct unpack *u, size_t max)
{
	return within(u, argument(u, 0x90, 0x0f, 0xdc, 2, 2), max);
}

size_t unpack_map(struct unpack *u, size_t max)
{
	return within(u, argument(u, 0x80, 0x0f, 0xde, 2, 2), max);
}

void unpack_key(struct unpack *u, unsigned key)
{
	if (unpack_unsigned(u, UINT64_MAX) != key)
		u->bad = true;
}

// One value; returns how many more it holds.
static size_t skip_one(struct unpack *u, uint8_t head)
{
	if (head <= 0x7f || (head >= 0xcc && head <= 0xcf)) {
		unpack_unsigned(u, UINT64_MAX);
		return 0;
	}
	if (head >= 0xe0 || (head >= 0xd0 && head <= 0xd3)) {
		unpack_signed(u);
		return 0;
	}
	if ((head & 0xf0) == 0x80 || head >= 0xde)
		return 2 * unpack_map(u, UINT32_MAX);
	if ((head & 0xf0) == 0x90 || head >= 0xdc)
		return unpack_array(u, UINT32_MAX);
	unpack_bin(u, SIZE_MAX);
	return 0;
}

void unpack_skip(struct unpack *u, size_t values)
{
	while (!u->bad && values > 0) {
		if (u->at == u->end)
			u->bad = true;
		else
			values = values - 1 + skip_one(u, *u->at);
	}
}
