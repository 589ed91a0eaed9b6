// The encoding of every message and table row.
//
// A message is a msgpack map whose keys are small unsigned integers in strictly ascending order; every integer,
// length and count has its shortest form; text is `str` in UTF-8, bytes are `bin`; booleans are true and false; an
// absent optional field has no key; no unknown keys, no trailing bytes.  So one value has one encoding, which can
// be hashed and signed.  Frozen.
//
// tools/schemagen writes a `struct codec_shape` for each struct of the schemas; the functions here work from it.
// Packing is msgpack-c's, but for numbers that are not negative, which are most of a message.  Unpacking is one pass from the
// frame into the struct, bounded by the shape and the frame, without a tree in between.
#ifndef TDV_MESSAGE_CODEC_H
#define TDV_MESSAGE_CODEC_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/when.h"

#define codec_depth_max 8

// What a field holds, and the C type that holds it.
enum codec_kind {
	codec_kind_u8,      // uint8_t
	codec_kind_u16,     // uint16_t
	codec_kind_u32,     // uint32_t
	codec_kind_u64,     // uint64_t
	codec_kind_i64,     // int64_t
	codec_kind_bool,    // bool
	codec_kind_date,    // int32_t: a day of the years 1 to 9999, or date_none
	codec_kind_instant, // int64_t: a millisecond of the years 1 to 9999
	codec_kind_hash,    // struct hash
	codec_kind_fixed,   // uint8_t[size]
	codec_kind_bytes,   // struct bytes of at most `size`
	codec_kind_text,    // struct bytes of at most `size`, UTF-8 without NUL
	codec_kind_enum,    // an enum of `values`
	codec_kind_struct,  // a struct of `shape`
};

// The constants of an enum, ascending.
struct codec_value {
	uint16_t number;
	const char *name, *label;
};
struct codec_values {
	const char *name;
	const struct codec_value *list;
	size_t count;
	uint16_t first, dense; // so many of them follow each other from the first number on
};

struct codec_field {
	uint8_t key;
	enum codec_kind kind;
	const char *name;
	uint32_t at;       // offset in the C struct
	uint32_t has_at;   // optional: offset of `bool has_x`; required: 0
	uint32_t size;     // of fixed, bytes, text
	uint32_t items;    // array: at most so many; otherwise 0
	uint32_t count_at; // array: offset of `size_t x_count`
	const struct codec_values *values;
	const struct codec_shape *shape;
};

struct codec_shape {
	const char *name;
	const struct codec_field *fields; // ascending by key
	size_t count;
	size_t size; // of the C struct
	// The short way for what is usual (quick.h); false: not taken.  NULL: there is none.
	bool (*put)(const void *value, struct buffer *out);
	bool (*take)(struct bytes frame, void *value);
};

// For frames that no shape describes, before they are taken apart: the frame holds exactly one value, every declared size and
// count fits the bytes that follow, every form is the shortest, at most codec_depth_max maps and arrays are open at once, and
// there are no nil, float and ext values, which no schema uses.  error_malformed otherwise.
enum error codec_scan(struct bytes frame);

// Checks every form, type and bound; nothing is taken that codec_scan refuses.  What `value` points to is inside `frame` and
// lives as long.  error_malformed and error_bounds leave `value` partly filled.
enum error codec_decode(const struct codec_shape *shape, struct bytes frame, void *value);
// The field, or else the struct, that the last refused frame of this thread failed at; "" when codec_scan refuses it.
const char *codec_fault_field(void);

// Appends to `out`, whose `failed` is the only error.  A value beyond the schema's bounds is a bug of ours: ensure().
void codec_encode(const struct codec_shape *shape, const void *value, struct buffer *out);
// For a value that is encoded later, of plain fields: the same bounds now, and zeros in what is absent, as decoding leaves it.
void codec_conform(const struct codec_shape *shape, void *value);

// The name without its enum's prefix; "?" when unknown.
const char *codec_value_name(const struct codec_values *values, uint64_t number);
const char *codec_value_label(const struct codec_values *values, uint64_t number);
bool codec_value_known(const struct codec_values *values, uint64_t number);
bool codec_value_from_name(const struct codec_values *values, const char *name, uint16_t *number);

// The size that one value of a field takes in memory.
size_t codec_width(const struct codec_field *field);

// For people and tools (codec_json.c): a jansson object, NULL without memory.  Dates and instants as text
// in Vietnam's time, bytes in hexadecimal, enums by name, what is absent left out.
struct json_t;
struct json_t *codec_json(const struct codec_shape *shape, const void *value);
// One whole number of such an object, which is freed; 0: it has none of that name.
uint64_t codec_json_take_number(struct json_t *object, const char *name);
// The fields of both in one object.
struct json_t *codec_json_pair(const struct codec_shape *a, const void *a_value, const struct codec_shape *b,
			       const void *b_value);

// One row of a state machine.
struct codec_step {
	uint16_t from, event, to;
};

#endif
