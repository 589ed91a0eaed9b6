#include "message/codec.h"

#include <msgpack.h>
#include <pthread.h>
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

// The forms 0xc0 to 0xdf: how wide the argument is, what it says, and what a shorter form could have said.
enum form_kind { form_refused, form_single, form_unsigned, form_signed, form_payload, form_array, form_map };

struct form {
	enum form_kind kind;
	uint8_t width;
	int64_t shorter; // a shorter form exists up to here (for signed: from here)
};

static const struct form forms[32] = {
	[0xc2 - 0xc0] = { form_single, 0, 0 },                       // false
	[0xc3 - 0xc0] = { form_single, 0, 0 },                       // true
	[0xc4 - 0xc0] = { form_payload, 1, -1 },                     // bin
	[0xc5 - 0xc0] = { form_payload, 2, UINT8_MAX },
	[0xc6 - 0xc0] = { form_payload, 4, UINT16_MAX },
	[0xcc - 0xc0] = { form_unsigned, 1, 0x7f },
	[0xcd - 0xc0] = { form_unsigned, 2, UINT8_MAX },
	[0xce - 0xc0] = { form_unsigned, 4, UINT16_MAX },
	[0xcf - 0xc0] = { form_unsigned, 8, UINT32_MAX },
	[0xd0 - 0xc0] = { form_signed, 1, -32 },
	[0xd1 - 0xc0] = { form_signed, 2, INT8_MIN },
	[0xd2 - 0xc0] = { form_signed, 4, INT16_MIN },
	[0xd3 - 0xc0] = { form_signed, 8, INT32_MIN },
	[0xd9 - 0xc0] = { form_payload, 1, 31 },                     // str
	[0xda - 0xc0] = { form_payload, 2, UINT8_MAX },
	[0xdb - 0xc0] = { form_payload, 4, UINT16_MAX },
	[0xdc - 0xc0] = { form_array, 2, 15 },
	[0xdd - 0xc0] = { form_array, 4, UINT16_MAX },
	[0xde - 0xc0] = { form_map, 2, 15 },
	[0xdf - 0xc0] = { form_map, 4, UINT16_MAX },
};

// One value's head.  `payload` bytes follow it, then `values` more values.
struct head {
	bool container;
	size_t payload, values;
};

// The argument of `width` bytes, and whether its form is the shortest.
static bool argument_read(const struct form *form, const uint8_t *at, uint64_t *out)
{
	uint64_t v = form->width == 1 ? at[0] : form->width == 2 ? get_u16(at) : form->width == 4 ? get_u32(at) : get_u64(at);
	*out = v;
	if (form->kind != form_signed)
		return form->shorter < 0 || v > (uint64_t)form->shorter;
	unsigned shift = 64 - 8u * form->width;
	return (int64_t)(v << shift) >> shift < form->shorter;
}

static bool head_read(const uint8_t **at, const uint8_t *end, struct head *h)
{
	*h = (struct head){ 0 };
	uint8_t first = *(*at)++;
	if (first < 0x80 || first >= 0xe0) // positive and negative fixint
		return true;
	if (first < 0xa0) { // fixmap, fixarray
		h->container = true;
		h->values = first < 0x90 ? 2u * (first & 15) : first & 15;
		return true;
	}
	if (first < 0xc0) { // fixstr
		h->payload = first & 31;
		return true;
	}
	const struct form *form = &forms[first - 0xc0];
	if (form->kind == form_refused || (size_t)(end - *at) < form->width)
		return false;
	if (form->kind == form_single)
		return true;
	uint64_t argument;
	if (!argument_read(form, *at, &argument))
		return false;
	*at += form->width;
	h->container = form->kind == form_array || form->kind == form_map;
	if (form->kind == form_payload)
		h->payload = argument;
	else if (h->container)
		h->values = form->kind == form_map ? 2 * argument : argument;
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
		if (at == end || !head_read(&at, end, &h))
			return error_malformed;
		size_t rest = (size_t)(end - at);
		if (h.payload > rest || h.values > rest) // a value takes at least a byte
			return error_malformed;
		at += h.payload;
		if (h.container) {
			if (depth == codec_depth_max)
				return error_malformed;
			left[++depth] = h.values;
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
	enum error fault; // sticky
};

static void reader_fault(struct reader *r, enum error fault, const char *field)
{
	if (r->fault == error_none) {
		r->fault = fault;
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

static uint64_t take_unsigned(struct reader *r, const struct codec_field *f, const msgpack_object *o, uint64_t max)
{
	if (o->type != MSGPACK_OBJECT_POSITIVE_INTEGER)
		reader_fault(r, error_malformed, f->name);
	else if (o->via.u64 > max)
		reader_fault(r, error_bounds, f->name);
	else
		return o->via.u64;
	return 0;
}

static int64_t take_signed(struct reader *r, const struct codec_field *f, const msgpack_object *o)
{
	if (o->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
		return o->via.i64;
	return (int64_t)take_unsigned(r, f, o, INT64_MAX);
}

static int64_t take_date(struct reader *r, const struct codec_field *f, const msgpack_object *o)
{
	int64_t date = take_signed(r, f, o);
	if (!date_fits(date))
		reader_fault(r, error_bounds, f->name);
	return date;
}

static int64_t take_instant(struct reader *r, const struct codec_field *f, const msgpack_object *o)
{
	int64_t instant = take_signed(r, f, o);
	if (!instant_fits(instant))
		reader_fault(r, error_bounds, f->name);
	return instant;
}

static unsigned take_enum(struct reader *r, const struct codec_field *f, const msgpack_object *o)
{
	uint64_t number = take_unsigned(r, f, o, UINT64_MAX);
	if (!codec_value_known(f->values, number))
		reader_fault(r, error_malformed, f->name);
	return (unsigned)number;
}

static bool take_boolean(struct reader *r, const struct codec_field *f, const msgpack_object *o)
{
	if (o->type != MSGPACK_OBJECT_BOOLEAN)
		reader_fault(r, error_malformed, f->name);
	return o->type == MSGPACK_OBJECT_BOOLEAN && o->via.boolean;
}

// Bytes inside the frame.
static struct bytes take_bytes(struct reader *r, const struct codec_field *f, const msgpack_object *o)
{
	struct bytes b = { 0 };
	if (o->type == MSGPACK_OBJECT_BIN && f->kind != codec_kind_text)
		b = bytes_of(o->via.bin.ptr, o->via.bin.size);
	else if (o->type == MSGPACK_OBJECT_STR && f->kind == codec_kind_text)
		b = bytes_of(o->via.str.ptr, o->via.str.size);
	else
		reader_fault(r, error_malformed, f->name);
	size_t max = f->kind == codec_kind_hash ? sizeof(struct hash) : f->size;
	if (b.size > max)
		reader_fault(r, error_bounds, f->name);
	else if (f->kind == codec_kind_text && !bytes_are_text(b))
		reader_fault(r, error_malformed, f->name);
	return b.size ? b : bytes_of("", 0); // msgpack-c says NULL of empty ones
}

static void take_fixed(struct reader *r, const struct codec_field *f, const msgpack_object *o, uint8_t *at)
{
	struct bytes b = take_bytes(r, f, o);
	if (b.size == codec_width(f))
		memcpy(at, b.data, b.size);
	else
		reader_fault(r, error_bounds, f->name);
}

static void take_struct(struct reader *r, const struct codec_shape *shape, const msgpack_object *o, uint8_t *value);

static void take_one(struct reader *r, const struct codec_field *f, const msgpack_object *o, void *at)
{
	switch (f->kind) {
	case codec_kind_u8: *(uint8_t *)at = (uint8_t)take_unsigned(r, f, o, UINT8_MAX); break;
	case codec_kind_u16: *(uint16_t *)at = (uint16_t)take_unsigned(r, f, o, UINT16_MAX); break;
	case codec_kind_u32: *(uint32_t *)at = (uint32_t)take_unsigned(r, f, o, UINT32_MAX); break;
	case codec_kind_u64: *(uint64_t *)at = take_unsigned(r, f, o, UINT64_MAX); break;
	case codec_kind_i64: *(int64_t *)at = take_signed(r, f, o); break;
	case codec_kind_bool: *(bool *)at = take_boolean(r, f, o); break;
	case codec_kind_date: *(int32_t *)at = (int32_t)take_date(r, f, o); break;
	case codec_kind_instant: *(int64_t *)at = take_instant(r, f, o); break;
	case codec_kind_enum: *(unsigned *)at = take_enum(r, f, o); break;
	case codec_kind_bytes:
	case codec_kind_text: *(struct bytes *)at = take_bytes(r, f, o); break;
	case codec_kind_hash:
	case codec_kind_fixed: take_fixed(r, f, o, at); break;
	case codec_kind_struct: take_struct(r, f->shape, o, at); break;
	}
}

// The items; those beyond x_count are left as they were.
static void take_array(struct reader *r, const struct codec_field *f, const msgpack_object *o, uint8_t *value)
{
	if (o->type != MSGPACK_OBJECT_ARRAY) {
		reader_fault(r, error_malformed, f->name);
		return;
	}
	if (o->via.array.size > f->items) {
		reader_fault(r, error_bounds, f->name);
		return;
	}
	size_t width = codec_width(f);
	for (size_t i = 0; i < o->via.array.size; i++)
		take_one(r, f, &o->via.array.ptr[i], value + f->at + i * width);
	*(size_t *)(value + f->count_at) = o->via.array.size;
}

static void clear_field(const struct codec_field *f, uint8_t *value)
{
	if (f->items)
		*(size_t *)(value + f->count_at) = 0;
	else
		memset(value + f->at, 0, codec_width(f));
}

// Keys come in the fields' order; what is skipped was optional, and nothing is left at the end.
static void take_struct(struct reader *r, const struct codec_shape *shape, const msgpack_object *o, uint8_t *value)
{
	if (o->type != MSGPACK_OBJECT_MAP) {
		reader_fault(r, error_malformed, shape->name);
		return;
	}
	const msgpack_object_kv *kv = o->via.map.ptr, *end = kv + o->via.map.size;
	for (size_t i = 0; i < shape->count; i++) {
		const struct codec_field *f = &shape->fields[i];
		bool here = kv < end && kv->key.type == MSGPACK_OBJECT_POSITIVE_INTEGER && kv->key.via.u64 == f->key;
		if (f->has_at)
			*(bool *)(value + f->has_at) = here;
		else if (!here)
			reader_fault(r, error_malformed, f->name);
		if (!here || r->fault != error_none)
			clear_field(f, value);
		else if (f->items)
			take_array(r, f, &kv->val, value);
		else
			take_one(r, f, &kv->val, value + f->at);
		kv += here;
	}
	if (kv < end) // unknown, doubled, or not ascending
		reader_fault(r, error_malformed, shape->name);
}

static pthread_key_t zone_key;
static pthread_once_t zone_once = PTHREAD_ONCE_INIT;

static void zone_end(void *zone)
{
	msgpack_zone_free(zone);
}

static void zone_key_make(void)
{
	ensure(pthread_key_create(&zone_key, zone_end) == 0);
}

// Where msgpack-c puts its tree: one zone a thread, emptied before each use and freed when the thread ends.
static msgpack_zone *zone_ready(void)
{
	static _Thread_local msgpack_zone *zone;
	if (zone) {
		msgpack_zone_clear(zone);
		return zone;
	}
	pthread_once(&zone_once, zone_key_make);
	zone = msgpack_zone_new(32 * 1024);
	if (zone && pthread_setspecific(zone_key, zone) != 0) {
		msgpack_zone_free(zone);
		zone = NULL;
	}
	return zone;
}

// How many values a frame of this shape holds at most: what does not fit is refused before msgpack-c allocates for it.
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

enum error codec_decode(const struct codec_shape *shape, struct bytes frame, void *value)
{
	fault_field = "";
	size_t values;
	if (scan(frame, &values) != error_none)
		return error_malformed;
	if (values > values_few && values > values_max(shape)) {
		fault_field = shape->name;
		return error_bounds;
	}
	msgpack_zone *zone = zone_ready();
	if (!zone)
		return error_no_memory;
	msgpack_object root;
	msgpack_unpack_return got = msgpack_unpack((const char *)frame.data, frame.size, NULL, zone, &root);
	if (got != MSGPACK_UNPACK_SUCCESS)
		return got == MSGPACK_UNPACK_NOMEM_ERROR ? error_no_memory : error_malformed;
	struct reader r = { 0 };
	take_struct(&r, shape, &root, value);
	return r.fault;
}

// ---- encode ----

static int packer_write(void *data, const char *bytes, size_t size)
{
	struct buffer *out = data;
	buffer_append(out, bytes, size);
	return out->failed ? -1 : 0;
}

static void put_bytes(msgpack_packer *p, const struct codec_field *f, struct bytes b)
{
	ensure(b.size <= f->size);
	if (f->kind == codec_kind_text) {
		ensure(b.size == 0 || bytes_are_text(b));
		msgpack_pack_str(p, b.size);
	} else {
		msgpack_pack_bin(p, b.size);
	}
	if (b.size > 0)
		msgpack_pack_bin_body(p, b.data, b.size); // a body is the same for both
}

static void put_fixed(msgpack_packer *p, const uint8_t *at, size_t size)
{
	msgpack_pack_bin(p, size);
	msgpack_pack_bin_body(p, at, size);
}

static void put_enum(msgpack_packer *p, const struct codec_field *f, unsigned number)
{
	ensure(codec_value_known(f->values, number));
	msgpack_pack_uint64(p, number);
}

static void put_date(msgpack_packer *p, int32_t date)
{
	ensure(date_fits(date));
	msgpack_pack_int64(p, date);
}

static void put_instant(msgpack_packer *p, int64_t instant)
{
	ensure(instant_fits(instant));
	msgpack_pack_int64(p, instant);
}

static void put_boolean(msgpack_packer *p, bool v)
{
	v ? msgpack_pack_true(p) : msgpack_pack_false(p);
}

static void put_struct(msgpack_packer *p, const struct codec_shape *shape, const uint8_t *value);

static void put_one(msgpack_packer *p, const struct codec_field *f, const void *at)
{
	switch (f->kind) {
	case codec_kind_u8: msgpack_pack_uint64(p, *(const uint8_t *)at); break;
	case codec_kind_u16: msgpack_pack_uint64(p, *(const uint16_t *)at); break;
	case codec_kind_u32: msgpack_pack_uint64(p, *(const uint32_t *)at); break;
	case codec_kind_u64: msgpack_pack_uint64(p, *(const uint64_t *)at); break;
	case codec_kind_i64: msgpack_pack_int64(p, *(const int64_t *)at); break;
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
	msgpack_pack_array(p, count);
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
	msgpack_pack_map(p, here);
	for (size_t i = 0; i < shape->count; i++) {
		const struct codec_field *f = &shape->fields[i];
		if (!field_is_here(f, value))
			continue;
		msgpack_pack_uint64(p, f->key);
		if (f->items)
			put_array(p, f, value);
		else
			put_one(p, f, value + f->at);
	}
}

void codec_encode(const struct codec_shape *shape, const void *value, struct buffer *out)
{
	msgpack_packer packer;
	msgpack_packer_init(&packer, out, packer_write);
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
