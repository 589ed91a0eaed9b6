#include "message/codec.h"

#include <string.h>

#include "base/ensure.h"
#include "message/codec_field.h"

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
	else if (numbers[f->kind].width)
		number_store(value + f->at, numbers[f->kind].width, 0);
	else
		memset(value + f->at, 0, codec_width(f));
}

#define key_none UINT64_MAX // no field has it

// The next pair's key, if `left` says that there is one.
static inline uint64_t take_key(struct reader *r, uint64_t left)
{
	if (left > 0 && r->at < r->end && *r->at < 0x80)
		return *r->at++;
	struct head h = { head_refused, 0 };
	if (left > 0)
		h = take_head(r);
	return h.kind == head_unsigned ? h.argument : key_none;
}

// The place in the frame is the caller's own, and moves when the number was stored.
static inline bool take_number(const uint8_t **place, const uint8_t *end, const struct codec_field *f, void *value)
{
	const uint8_t *at = *place;
	uint8_t width = numbers[f->kind].width;
	if (at == end || width == 0)
		return false;
	uint64_t v = *at++;
	if (v >= 0x80) {
		uint64_t form = v - 0xcc;
		if (form >= number_forms || (size_t)(end - at) < sizeof v) // so much is read of whichever form
			return false;
		v = get_u64(at) >> (64 - (8u << form));
		if (v <= number_shorter[form])
			return false;
		at += (size_t)1 << form;
	}
	if (!number_fits(f, v))
		return false;
	number_store(value, width, v);
	*place = at;
	return true;
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
		const uint8_t *at = r->at;
		if (f->items)
			take_array(r, f, value);
		else if (take_number(&at, r->end, f, value + f->at))
			r->at = at;
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
	fault_field = "";
	if (shape->take && shape->take(frame, value))
		return error_none;
	struct reader r = { .at = frame.data, .end = frame.data + frame.size };
	take_struct(&r, shape, value);
	if (r.at != r.end)
		reader_fault(&r, error_malformed, shape->name);
	return r.fault == error_none ? error_none : refusal(shape, frame, r.fault);
}

// ---- conform ----

static void conform_one(const struct codec_field *f, const void *at)
{
	switch (f->kind) {
	case codec_kind_enum: ensure(codec_value_known(f->values, *(const unsigned *)at)); break;
	case codec_kind_date: ensure(date_fits(*(const int32_t *)at)); break;
	case codec_kind_instant: ensure(instant_fits(*(const int64_t *)at)); break;
	case codec_kind_text: {
		const struct bytes *text = at;
		ensure(text->size <= f->size && (text->size == 0 || bytes_are_text(*text)));
		break;
	}
	case codec_kind_u8:
	case codec_kind_u16:
	case codec_kind_u32:
	case codec_kind_u64:
	case codec_kind_i64:
	case codec_kind_bool:
	case codec_kind_hash:
	case codec_kind_fixed: break;
	case codec_kind_bytes:
	case codec_kind_struct: ensure(false && "a plain field"); break;
	}
}

void codec_conform(const struct codec_shape *shape, void *value)
{
	uint8_t *at = value;

	for (size_t i = 0; i < shape->count; i++) {
		const struct codec_field *f = &shape->fields[i];
		ensure(f->items == 0);
		if (f->has_at && !*(const bool *)(at + f->has_at))
			clear_field(f, at);
		else if (f->kind > codec_kind_bool) // the others fit whatever they are
			conform_one(f, at + f->at);
	}
}

// ---- enums ----

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
