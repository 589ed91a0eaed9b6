#include <msgpack.h>
#include <string.h>

#include "base/ensure.h"
#include "message/codec_field.h"

static inline int append(struct buffer *out, const void *bytes, size_t size)
{
	if (out->failed || size > out->capacity - out->size) {
		buffer_append(out, bytes, size);
	} else {
		memcpy(out->data + out->size, bytes, size);
		out->size += size;
	}
	return 0; // the buffer knows
}

// msgpack-c's packing once more, from its own template: a message is dozens of pieces of a byte or two, and here each is
// written in line, where <msgpack.h> calls through a pointer.  Its packer is only what carries the buffer.
#define msgpack_pack_inline_func(name) static inline int pack##name
#define msgpack_pack_inline_func_cint(name) static inline int pack##name
#define msgpack_pack_inline_func_fixint(name) static inline int pack_fix##name
#define msgpack_pack_user msgpack_packer *
#define msgpack_pack_append_buffer(packer, bytes, size) return append((packer)->data, bytes, size)
#include <msgpack/pack_template.h>

static void put_bytes(msgpack_packer *p, const struct codec_field *f, struct bytes b)
{
	ensure(b.size <= f->size);
	if (f->kind == codec_kind_text) {
		ensure(b.size == 0 || bytes_are_text(b));
		pack_str(p, b.size);
	} else {
		pack_bin(p, b.size);
	}
	if (b.size > 0)
		pack_bin_body(p, b.data, b.size); // a body is the same for both
}

static void put_fixed(msgpack_packer *p, const uint8_t *at, size_t size)
{
	pack_bin(p, size);
	pack_bin_body(p, at, size);
}

static void put_enum(msgpack_packer *p, const struct codec_field *f, unsigned number)
{
	ensure(codec_value_known(f->values, number));
	pack_uint64(p, number);
}

static void put_date(msgpack_packer *p, int32_t date)
{
	ensure(date_fits(date));
	pack_int64(p, date);
}

static void put_instant(msgpack_packer *p, int64_t instant)
{
	ensure(instant_fits(instant));
	pack_int64(p, instant);
}

static void put_boolean(msgpack_packer *p, bool v)
{
	v ? pack_true(p) : pack_false(p);
}

static void put_one(msgpack_packer *p, const struct codec_field *f, const void *at)
{
	switch (f->kind) {
	case codec_kind_u8: pack_uint64(p, *(const uint8_t *)at); break;
	case codec_kind_u16: pack_uint64(p, *(const uint16_t *)at); break;
	case codec_kind_u32: pack_uint64(p, *(const uint32_t *)at); break;
	case codec_kind_u64: pack_uint64(p, *(const uint64_t *)at); break;
	case codec_kind_i64: pack_int64(p, *(const int64_t *)at); break;
	case codec_kind_bool: put_boolean(p, *(const bool *)at); break;
	case codec_kind_date: put_date(p, *(const int32_t *)at); break;
	case codec_kind_instant: put_instant(p, *(const int64_t *)at); break;
	case codec_kind_enum: put_enum(p, f, *(const unsigned *)at); break;
	case codec_kind_bytes:
	case codec_kind_text: put_bytes(p, f, *(const struct bytes *)at); break;
	case codec_kind_hash:
	case codec_kind_fixed: put_fixed(p, at, codec_width(f)); break;
	case codec_kind_struct: codec_encode(f->shape, at, p->data); break;
	}
}

static void put_array(msgpack_packer *p, const struct codec_field *f, const uint8_t *value)
{
	size_t count = *(const size_t *)(value + f->count_at), width = codec_width(f);
	ensure(count <= f->items);
	pack_array(p, count);
	for (size_t i = 0; i < count; i++)
		put_one(p, f, value + f->at + i * width);
}

static bool field_is_here(const struct codec_field *f, const uint8_t *value)
{
	return f->has_at == 0 || *(const bool *)(value + f->has_at);
}

// Key and number at once.
static inline bool put_number(struct buffer *out, const struct codec_field *f, const void *value)
{
	uint8_t width = numbers[f->kind].width;
	if (width == 0 || f->key >= 0x80 || out->failed || out->capacity - out->size < 2 + sizeof(uint64_t))
		return false;
	uint64_t v = number_load(value, width);
	if (!number_fits(f, v))
		return false;
	uint8_t *at = out->data + out->size;
	at[0] = f->key;
	if (v < 0x80) {
		at[1] = (uint8_t)v;
		out->size += 2;
		return true;
	}
	unsigned form = v > UINT32_MAX ? 3 : v > UINT16_MAX ? 2 : v > UINT8_MAX ? 1 : 0;
	at[1] = (uint8_t)(0xcc + form);
	put_u64(at + 2, v << (64 - (8u << form))); // what it writes beyond the form's width is not counted
	out->size += 2 + ((size_t)1 << form);
	return true;
}

static void put_struct(msgpack_packer *p, const struct codec_shape *shape, const uint8_t *value)
{
	size_t here = 0;
	for (size_t i = 0; i < shape->count; i++)
		here += field_is_here(&shape->fields[i], value);
	pack_map(p, here);
	for (size_t i = 0; i < shape->count; i++) {
		const struct codec_field *f = &shape->fields[i];
		if (!field_is_here(f, value))
			continue;
		if (!f->items && put_number(p->data, f, value + f->at))
			continue;
		pack_uint64(p, f->key);
		if (f->items)
			put_array(p, f, value);
		else
			put_one(p, f, value + f->at);
	}
}

void codec_encode(const struct codec_shape *shape, const void *value, struct buffer *out)
{
	if (shape->put && shape->put(value, out))
		return;
	msgpack_packer packer = { .data = out };
	put_struct(&packer, shape, value);
}
