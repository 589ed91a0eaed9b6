#include "message/codec.h"

#include <msgpack.h>
#include <string.h>

#include "base/ensure.h"

// Bounds that are the codec's own.
#define date_first (-719162)                  // 0001-01-01
#define date_last 2932896                     // 9999-12-31
#define instant_first (-62135596800000)       // 0001-01-01 00:00:00.000 UTC
#define instant_last 253402300799999          // 9999-12-31 23:59:59.999 UTC

static bool date_fits(int64_t date)
{
	return (date >= date_first && date <= date_last) || date == date_none;
}

static bool instant_fits(int64_t instant)
{
	return instant >= instant_first && instant <= instant_last;
}

// ---- scan ----

// What a value is, by its first byte.
enum head_kind { head_refused, head_unsigned, head_negative, head_boolean, head_text, head_bytes, head_array, head_map };

// The forms 0xc0 to 0xdf: how wide the argument is, and what a shorter form could have said.
struct form {
	enum head_kind kind;
	uint8_t width;
	int64_t shorter; // a shorter form exists up to here (for negative: from here)
};

static const struct form forms[32] = {
	[0xc2 - 0xc0] = { head_boolean, 0, 0 },                      // false
	[0xc3 - 0xc0] = { head_boolean, 0, 0 },                      // true
	[0xc4 - 0xc0] = { head_bytes, 1, -1 },                       // bin
	[0xc5 - 0xc0] = { head_bytes, 2, UINT8_MAX },
	[0xc6 - 0xc0] = { head_bytes, 4, UINT16_MAX },
	[0xcc - 0xc0] = { head_unsigned, 1, 0x7f },
	[0xcd - 0xc0] = { head_unsigned, 2, UINT8_MAX },
	[0xce - 0xc0] = { head_unsigned, 4, UINT16_MAX },
	[0xcf - 0xc0] = { head_unsigned, 8, UINT32_MAX },
	[0xd0 - 0xc0] = { head_negative, 1, -32 },
	[0xd1 - 0xc0] = { head_negative, 2, INT8_MIN },
	[0xd2 - 0xc0] = { head_negative, 4, INT16_MIN },
	[0xd3 - 0xc0] = { head_negative, 8, INT32_MIN },
	[0xd9 - 0xc0] = { head_text, 1, 31 },                        // str
	[0xda - 0xc0] = { head_text, 2, UINT8_MAX },
	[0xdb - 0xc0] = { head_text, 4, UINT16_MAX },
	[0xdc - 0xc0] = { head_array, 2, 15 },
	[0xdd - 0xc0] = { head_array, 4, UINT16_MAX },
	[0xde - 0xc0] = { head_map, 2, 15 },
	[0xdf - 0xc0] = { head_map, 4, UINT16_MAX },
};

// One value's head.
struct head {
	enum head_kind kind;
	uint64_t argument; // the number itself (negative: its two's complement); the size of what follows, the items, the pairs
};

// The argument of `width` bytes, and whether its form is the shortest.
static bool argument_read(const struct form *form, const uint8_t *at, uint64_t *out)
{
	uint64_t v = form->width == 1 ? at[0] : form->width == 2 ? get_u16(at) : form->width == 4 ? get_u32(at) : get_u64(at);
	*out = v;
	if (form->kind != head_negative)
		return form->shorter < 0 || v > (uint64_t)form->shorter;
	unsigned shift = 64 - 8u * form->width;
	*out = (uint64_t)((int64_t)(v << shift) >> shift);
	return (int64_t)*out < form->shorter;
}

static bool wide_read(uint8_t first, const uint8_t **at, const uint8_t *end, struct head *h)
{
	const struct form *form = &forms[first - 0xc0];
	if (form->kind == head_refused || (size_t)(end - *at) < form->width)
		return false;
	*h = (struct head){ form->kind, first & 1 };
	if (form->kind != head_boolean && !argument_read(form, *at, &h->argument))
		return false;
	*at += form->width;
	return true;
}

static inline bool head_read(const uint8_t **at, const uint8_t *end, struct head *h)
{
	if (*at == end)
		return false;
	uint8_t first = *(*at)++;
	if (first < 0x80) // most are: keys, enums, small numbers
		*h = (struct head){ head_unsigned, first };
	else if (first < 0x90)
		*h = (struct head){ head_map, first & 15 };
	else if (first < 0xa0)
		*h = (struct head){ head_array, first & 15 };
	else if (first < 0xc0)
		*h = (struct head){ head_text, first & 31 };
	else if (first < 0xe0)
		return wide_read(first, at, end, h);
	else
		*h = (struct head){ head_negative, (uint64_t)(int8_t)first };
	return true;
}

// Counts the values in the frame, itself and map keys included.
static enum error scan(struct bytes frame, size_t *values)
{
	*values = 0;
	if (frame.size == 0)
		return error_malformed;
	const uint8_t *at = frame.data, *end = at + frame.size;
	size_t left[codec_depth_max + 1] = { 1 }; // values still to come: at the top, then in each open map or array
	size_t depth = 0;
	for (;;) {
		while (left[depth] == 0) {
			if (depth == 0)
				return at == end ? error_none : error_malformed;
			depth--;
		}
		left[depth]--;
		++*values;
		struct head h;
		if (!head_read(&at, end, &h))
			return error_malformed;
		if (h.kind < head_text)
			continue;
		size_t follow = h.kind == head_map ? 2 * h.argument : h.argument; // bytes, or values of at least a byte
		if (follow > (size_t)(end - at))
			return error_malformed;
		if (h.kind < head_array) {
			at += follow;
		} else {
			if (depth == codec_depth_max)
				return error_malformed;
			left[++depth] = follow;
		}
	}
}

enum error codec_scan(struct bytes frame)
{
	size_t values;
	return scan(frame, &values);
}

// ---- decode ----

static _Thread_local const char *fault_field = "";

struct reader {
	const uint8_t *at, *end;
	enum error fault; // sticky; the rest of the frame is left unread
};

static void reader_fault(struct reader *r, enum error fault, const char *field)
{
	if (r->fault == error_none) {
		r->fault = fault;
		r->at = r->end;
		fault_field = field;
	}
}

const char *codec_fault_field(void)
{
	return fault_field;
}

size_t codec_width(const struct codec_field *field)
{
	switch (field->kind) {
	case codec_kind_u8: return sizeof(uint8_t);
	case codec_kind_u16: return sizeof(uint16_t);
	case codec_kind_u32: return sizeof(uint32_t);
	case codec_kind_u64: return sizeof(uint64_t);
	case codec_kind_i64: return sizeof(int64_t);
	case codec_kind_bool: return sizeof(bool);
	case codec_kind_date: return sizeof(int32_t);
	case codec_kind_instant: return sizeof(int64_t);
	case codec_kind_hash: return sizeof(struct hash);
	case codec_kind_fixed: return field->size;
	case codec_kind_bytes: return sizeof(struct bytes);
	case codec_kind_text: return sizeof(struct bytes);
	case codec_kind_enum: return sizeof(unsigned);
	case codec_kind_struct: return field->shape->size;
	}
	ensure(false && "a kind of field");
	return 0;
}

// The next value's head; head_refused when there is none.
static inline struct head take_head(struct reader *r)
{
	struct head h;
	return head_read(&r->at, r->end, &h) ? h : (struct head){ head_refused, 0 };
}

static uint64_t unsigned_of(struct reader *r, const struct codec_field *f, struct head h, uint64_t max)
{
	if (h.kind != head_unsigned)
		reader_fault(r, error_malformed, f->name);
	else if (h.argument > max)
		reader_fault(r, error_bounds, f->name);
	else
		return h.argument;
	return 0;
}

static uint64_t take_unsigned(struct reader *r, const struct codec_field *f, uint64_t max)
{
	return unsigned_of(r, f, take_head(r), max);
}

static int64_t take_signed(struct reader *r, const struct codec_field *f)
{
	struct head h = take_head(r);
	return (int64_t)(h.kind == head_negative ? h.argument : unsigned_of(r, f, h, INT64_MAX));
}

static int64_t take_date(struct reader *r, const struct codec_field *f)
{
	int64_t date = take_signed(r, f);
	if (!date_fits(date))
		reader_fault(r, error_bounds, f->name);
	return date;
}

static int64_t take_instant(struct reader *r, const struct codec_field *f)
{
	int64_t instant = take_signed(r, f);
	if (!instant_fits(instant))
		reader_fault(r, error_bounds, f->name);
	return instant;
}

static unsigned take_enum(struct reader *r, const struct codec_field *f)
{
	uint64_t number = take_unsigned(r, f, UINT64_MAX);
	if (!codec_value_known(f->values, number))
		reader_fault(r, error_malformed, f->name);
	return (unsigned)number;
}

static bool take_boolean(struct reader *r, const struct codec_field *f)
{
	struct head h = take_head(r);
	if (h.kind != head_boolean)
		reader_fault(r, error_malformed, f->name);
	return h.kind == head_boolean && h.argument;
}

// Bytes inside the frame.
static struct bytes take_bytes(struct reader *r, const struct codec_field *f)
{
	struct head h = take_head(r);
	struct bytes b = bytes_of(r->at, h.argument);
	if (h.kind != (f->kind == codec_kind_text ? head_text : head_bytes) || h.argument > (size_t)(r->end - r->at))
		reader_fault(r, error_malformed, f->name);
	else if (b.size > (f->kind == codec_kind_hash ? sizeof(struct hash) : f->size))
		reader_fault(r, error_bounds, f->name);
	else if (f->kind == codec_kind_text && !bytes_are_text(b))
		reader_fault(r, error_malformed, f->name);
	if (r->fault != error_none)
		return bytes_of("", 0);
	r->at += b.size;
	return b;
}

static void take_fixed(struct reader *r, const struct codec_field *f, uint8_t *at)
{
	struct bytes b = take_bytes(r, f);
	if (b.size == codec_width(f))
		memcpy(at, b.data, b.size);
	else
		reader_fault(r, error_bounds, f->name);
}

static void take_struct(struct reader *r, const struct codec_shape *shape, uint8_t *value);

static void take_one(struct reader *r, const struct codec_field *f, void *at)
{
	switch (f->kind) {
	case codec_kind_u8: *(uint8_t *)at = (uint8_t)take_unsigned(r, f, UINT8_MAX); break;
	case codec_kind_u16: *(uint16_t *)at = (uint16_t)take_unsigned(r, f, UINT16_MAX); break;
	case codec_kind_u32: *(uint32_t *)at = (uint32_t)take_unsigned(r, f, UINT32_MAX); break;
	case codec_kind_u64: *(uint64_t *)at = take_unsigned(r, f, UINT64_MAX); break;
	case codec_kind_i64: *(int64_t *)at = take_signed(r, f); break;
	case codec_kind_bool: *(bool *)at = take_boolean(r, f); break;
	case codec_kind_date: *(int32_t *)at = (int32_t)take_date(r, f); break;
	case codec_kind_instant: *(int64_t *)at = take_instant(r, f); break;
	case codec_kind_enum: *(unsigned *)at = take_enum(r, f); break;
	case codec_kind_bytes:
	case codec_kind_text: *(struct bytes *)at = take_bytes(r, f); break;
	case codec_kind_hash:
	case codec_kind_fixed: take_fixed(r, f, at); break;
	case codec_kind_struct: take_struct(r, f->shape, at); break;
	}
}

// The items; those beyond x_count are left as they were.
static void take_array(struct reader *r, const struct codec_field *f, uint8_t *value)
{
	struct head h = take_head(r);
	if (h.kind != head_array) {
		reader_fault(r, error_malformed, f->name);
		return;
	}
	if (h.argument > f->items) {
		reader_fault(r, error_bounds, f->name);
		return;
	}
	size_t width = codec_width(f);
	for (size_t i = 0; i < h.argument && r->fault == error_none; i++)
		take_one(r, f, value + f->at + i * width);
	*(size_t *)(value + f->count_at) = h.argument;
}

static void clear_field(const struct codec_field *f, uint8_t *value)
{
	if (f->items)
		*(size_t *)(value + f->count_at) = 0;
	else
		memset(value + f->at, 0, codec_width(f));
}

#define key_none UINT64_MAX // no field has it

// The next pair's key, if `left` says that there is one.
static uint64_t take_key(struct reader *r, uint64_t left)
{
	struct head h = { head_refused, 0 };
	if (left > 0)
		h = take_head(r);
	return h.kind == head_unsigned ? h.argument : key_none;
}

// Keys come in the fields' order; what is skipped was optional, and nothing is left at the end.
static void take_struct(struct reader *r, const struct codec_shape *shape, uint8_t *value)
{
	struct head h = take_head(r);
	if (h.kind != head_map) {
		reader_fault(r, error_malformed, shape->name);
		return;
	}
	uint64_t left = h.argument, key = take_key(r, left);
	for (size_t i = 0; i < shape->count; i++) {
		const struct codec_field *f = &shape->fields[i];
		bool here = key == f->key;
		if (f->has_at)
			*(bool *)(value + f->has_at) = here;
		else if (!here)
			reader_fault(r, error_malformed, f->name);
		if (!here || r->fault != error_none) {
			clear_field(f, value);
			continue;
		}
		if (f->items)
			take_array(r, f, value);
		else
			take_one(r, f, value + f->at);
		key = take_key(r, --left);
	}
	if (left > 0) // unknown, doubled, or not ascending
		reader_fault(r, error_malformed, shape->name);
}

// How many values a frame of this shape holds at most.
static size_t values_max(const struct codec_shape *shape)
{
	size_t sum = 1;
	for (size_t i = 0; i < shape->count; i++) {
		const struct codec_field *f = &shape->fields[i];
		size_t one = f->kind == codec_kind_struct ? values_max(f->shape) : 1;
		sum += 1 + (f->items ? 1 + f->items * one : one);
	}
	return sum;
}

#define values_few 64 // not worth computing the shape's bound for

// What a frame is refused for: before what a field holds comes that it is no frame, or one too large for the shape.
static enum error refusal(const struct codec_shape *shape, struct bytes frame, enum error fault)
{
	size_t values;
	if (scan(frame, &values) != error_none) {
		fault_field = "";
		return error_malformed;
	}
	if (values > values_few && values > values_max(shape)) {
		fault_field = shape->name;
		return error_bounds;
	}
	return fault;
}

// One pass.  What the shape takes, the scan takes: it asks the same of every head, and a shape bounds count and depth.
enum error codec_decode(const struct codec_shape *shape, struct bytes frame, void *value)
{
	if (frame.size == 0)
		frame = bytes_of("", 0); // of NULL there is no end
	struct reader r = { .at = frame.data, .end = frame.data + frame.size };
	fault_field = "";
	take_struct(&r, shape, value);
	if (r.at != r.end)
		reader_fault(&r, error_malformed, shape->name);
	return r.fault == error_none ? error_none : refusal(shape, frame, r.fault);
}

// ---- encode ----

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

static void put_struct(msgpack_packer *p, const struct codec_shape *shape, const uint8_t *value);

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
	case codec_kind_struct: put_struct(p, f->shape, at); break;
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
		pack_uint64(p, f->key);
		if (f->items)
			put_array(p, f, value);
		else
			put_one(p, f, value + f->at);
	}
}

void codec_encode(const struct codec_shape *shape, const void *value, struct buffer *out)
{
	msgpack_packer packer = { .data = out };
	put_struct(&packer, shape, value);
}

// ---- enums ----

static const struct codec_value *value_find(const struct codec_values *values, uint64_t number)
{
	if (values->count == 0 || number < values->list[0].number)
		return NULL;
	size_t guess = (size_t)(number - values->list[0].number); // most enums have no holes
	if (guess < values->count && values->list[guess].number == number)
		return &values->list[guess];
	for (size_t i = 0; i < values->count; i++)
		if (values->list[i].number == number)
			return &values->list[i];
	return NULL;
}

bool codec_value_known(const struct codec_values *values, uint64_t number)
{
	return value_find(values, number) != NULL;
}

const char *codec_value_name(const struct codec_values *values, uint64_t number)
{
	const struct codec_value *v = value_find(values, number);
	return v ? v->name : "?";
}

const char *codec_value_label(const struct codec_values *values, uint64_t number)
{
	const struct codec_value *v = value_find(values, number);
	return v ? v->label : "?";
}

bool codec_value_from_name(const struct codec_values *values, const char *name, uint16_t *number)
{
	for (size_t i = 0; i < values->count; i++) {
		if (strcmp(values->list[i].name, name) == 0) {
			*number = values->list[i].number;
			return true;
		}
	}
	return false;
}
