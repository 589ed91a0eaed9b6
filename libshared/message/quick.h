// The short way through packing and unpacking: what tools/schemagen spells out, field by field, for every struct without arrays
// and structs in it, is made of these.
//
// It takes what is usual.  Whatever else is there, or wrong, makes it give up without a trace, and the way by the shape
// (codec.c, codec_encode.c) begins again: that alone says what is wrong, and what an encoding is.
#ifndef TDV_MESSAGE_QUICK_H
#define TDV_MESSAGE_QUICK_H

#include "message/codec_field.h"

// ---- unpacking: where the field ends; NULL: given up, which is handed on

// The map's head; the pairs are counted at the end.
static inline const uint8_t *quick_take_map(struct bytes frame)
{
	if (frame.size >= 1 && (frame.data[0] & 0xf0) == 0x80)
		return frame.data + 1;
	return frame.size >= 3 && frame.data[0] == 0xde ? frame.data + 3 : NULL;
}

static inline bool quick_pairs_are(struct bytes frame, size_t pairs)
{
	return pairs <= 15 ? frame.data[0] == (0x80 | pairs) : frame.data[0] == 0xde && get_u16(frame.data + 1) == pairs;
}

// Whether an optional field is here.
static inline bool quick_has(const uint8_t *at, const uint8_t *end, uint8_t key)
{
	return at && at != end && *at == key;
}

// Behind the key, where there is something.
static inline const uint8_t *quick_key(const uint8_t *at, const uint8_t *end, uint8_t key)
{
	return at && end - at >= 2 && *at == key ? at + 1 : NULL;
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type has none
#define quick_take_of(name, type, max)                                                                                   \
	static inline const uint8_t *quick_take_##name(const uint8_t *at, const uint8_t *end, uint8_t key, type *field)  \
	{                                                                                                                \
		at = quick_key(at, end, key);                                                                            \
		if (!at)                                                                                                 \
			return NULL;                                                                                     \
		uint64_t v = *at++;                                                                                      \
		if (v >= 0x80) {                                                                                         \
			uint64_t form = v - 0xcc;                                                                        \
			if (form >= number_forms || (size_t)(end - at) < (size_t)1 << form)                              \
				return NULL;                                                                             \
			v = form == 0 ? at[0] : form == 1 ? get_u16(at) : form == 2 ? get_u32(at) : get_u64(at);         \
			at += (size_t)1 << form;                                                                         \
			if (v <= number_shorter[form])                                                                   \
				return NULL;                                                                             \
		}                                                                                                        \
		*field = (type)v;                                                                                        \
		return v <= (max) ? at : NULL;                                                                           \
	}
quick_take_of(u8, uint8_t, UINT8_MAX)
quick_take_of(u16, uint16_t, UINT16_MAX)
quick_take_of(u32, uint32_t, UINT32_MAX)
quick_take_of(u64, uint64_t, UINT64_MAX)
quick_take_of(i64, int64_t, INT64_MAX)
quick_take_of(date, int32_t, date_last)
quick_take_of(instant, int64_t, instant_last)
// NOLINTEND(bugprone-macro-parentheses)

static inline bool quick_enum_fits(const struct codec_values *values, uint64_t v)
{
	return v - values->first < values->dense || value_find(values, v);
}

static inline const uint8_t *quick_take_enum(const uint8_t *at, const uint8_t *end, uint8_t key,
					     const struct codec_values *values, void *field)
{
	at = quick_take_u32(at, end, key, field);
	return at && quick_enum_fits(values, *(unsigned *)field) ? at : NULL;
}

static inline const uint8_t *quick_take_bool(const uint8_t *at, const uint8_t *end, uint8_t key, bool *field)
{
	at = quick_key(at, end, key);
	if (!at || (*at & 0xfe) != 0xc2)
		return NULL;
	*field = *at & 1;
	return at + 1;
}

// Of the forms that say their size in at most a byte.
static inline const uint8_t *quick_take_bytes(const uint8_t *at, const uint8_t *end, uint8_t key, size_t max, struct bytes *field)
{
	at = quick_key(at, end, key);
	if (!at || end - at < 2 || at[0] != 0xc4 || at[1] > max || end - at - 2 < at[1])
		return NULL;
	*field = bytes_of(at + 2, at[1]);
	return at + 2 + at[1];
}

static inline const uint8_t *quick_take_text(const uint8_t *at, const uint8_t *end, uint8_t key, size_t max, struct bytes *field)
{
	at = quick_key(at, end, key);
	if (!at || (at[0] & 0xe0) != 0xa0) // the longer ones go the other way
		return NULL;
	size_t size = at[0] & 31;
	*field = bytes_of(at + 1, size);
	return size <= max && size <= (size_t)(end - at - 1) && bytes_are_text(*field) ? at + 1 + size : NULL;
}

static inline const uint8_t *quick_take_fixed(const uint8_t *at, const uint8_t *end, uint8_t key, size_t size, void *field)
{
	at = quick_key(at, end, key);
	if (!at || (size_t)(end - at) < 2 + size || at[0] != 0xc4 || at[1] != size)
		return NULL;
	memcpy(field, at + 2, size);
	return at + 2 + size;
}

// ---- packing

#define quick_number_most 10 // bytes of a key and a number

// Room that the buffer does not count yet; NULL: none.
uint8_t *quick_room(struct buffer *out, size_t size);

static inline uint8_t *quick_put_map(uint8_t *at, size_t pairs)
{
	if (pairs <= 15) {
		*at = (uint8_t)(0x80 | pairs);
		return at + 1;
	}
	*at = 0xde;
	put_u16(at + 1, (uint16_t)pairs);
	return at + 3;
}

static inline uint8_t *quick_put_number(uint8_t *at, uint8_t key, uint64_t v)
{
	*at++ = key;
	if (v < 0x80) {
		*at = (uint8_t)v;
		return at + 1;
	}
	unsigned form = v > UINT32_MAX ? 3 : v > UINT16_MAX ? 2 : v > UINT8_MAX ? 1 : 0;
	*at++ = (uint8_t)(0xcc + form);
	put_u64(at, v << (64 - (8u << form))); // what it writes beyond the form's width is written over
	return at + ((size_t)1 << form);
}

static inline uint8_t *quick_put_bool(uint8_t *at, uint8_t key, bool v)
{
	at[0] = key;
	at[1] = v ? 0xc3 : 0xc2;
	return at + 2;
}

// Of at most 255 bytes.
static inline uint8_t *quick_put_run(uint8_t *at, uint8_t key, bool text, struct bytes b)
{
	*at++ = key;
	if (text && b.size < 32) {
		*at++ = (uint8_t)(0xa0 | b.size);
	} else {
		*at++ = text ? 0xd9 : 0xc4;
		*at++ = (uint8_t)b.size;
	}
	if (b.size > 0)
		memcpy(at, b.data, b.size);
	return at + b.size;
}

#endif
