// Messages and rows as people and tools read them.
#include "message/codec.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/ensure.h"

static json_t *json_of_hex(const void *data, size_t size)
{
	char *text = malloc(2 * size + 1);
	if (!text)
		return NULL;
	hex_encode(data, size, text);
	json_t *json = json_string(text);
	free(text);
	return json;
}

static json_t *json_of_date(int32_t date)
{
	char text[16];
	if (date == date_none)
		return json_null();
	date_format(date, text);
	return json_string(text);
}

static json_t *json_of_instant(int64_t instant)
{
	char text[32];
	instant_format(instant, text);
	return json_string(text);
}

// JSON readers hold integers in a double or an int64: what fits neither is text.
static json_t *json_of_unsigned(uint64_t v)
{
	return v <= INT64_MAX ? json_integer((json_int_t)v) : json_sprintf("%llu", (unsigned long long)v);
}

static json_t *json_of_one(const struct codec_field *f, const void *at)
{
	const struct bytes *b = at;
	switch (f->kind) {
	case codec_kind_u8: return json_integer(*(const uint8_t *)at);
	case codec_kind_u16: return json_integer(*(const uint16_t *)at);
	case codec_kind_u32: return json_integer(*(const uint32_t *)at);
	case codec_kind_u64: return json_of_unsigned(*(const uint64_t *)at);
	case codec_kind_i64: return json_integer(*(const int64_t *)at);
	case codec_kind_bool: return json_boolean(*(const bool *)at);
	case codec_kind_date: return json_of_date(*(const int32_t *)at);
	case codec_kind_instant: return json_of_instant(*(const int64_t *)at);
	case codec_kind_hash:
	case codec_kind_fixed: return json_of_hex(at, codec_width(f));
	case codec_kind_bytes: return json_of_hex(b->data, b->size);
	case codec_kind_text: return json_stringn(b->size ? (const char *)b->data : "", b->size);
	case codec_kind_enum: return json_string(codec_value_name(f->values, *(const unsigned *)at));
	case codec_kind_struct: return codec_json(f->shape, at);
	}
	ensure(false && "a kind of field");
	return NULL;
}

static json_t *json_of_array(const struct codec_field *f, const uint8_t *value)
{
	json_t *array = json_array();
	size_t count = *(const size_t *)(value + f->count_at), width = codec_width(f);
	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(array, json_of_one(f, value + f->at + i * width)) != 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static bool add_fields(json_t *object, const struct codec_shape *shape, const uint8_t *value)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct codec_field *f = &shape->fields[i];
		if (f->has_at && !*(const bool *)(value + f->has_at))
			continue;
		json_t *one = f->items ? json_of_array(f, value) : json_of_one(f, value + f->at);
		if (json_object_set_new(object, f->name, one) != 0)
			return false;
	}
	return true;
}

json_t *codec_json_pair(const struct codec_shape *a, const void *a_value, const struct codec_shape *b, const void *b_value)
{
	json_t *object = json_object();
	if (add_fields(object, a, a_value) && (!b || add_fields(object, b, b_value)))
		return object;
	json_decref(object);
	return NULL;
}

json_t *codec_json(const struct codec_shape *shape, const void *value)
{
	return codec_json_pair(shape, value, NULL, NULL);
}

uint64_t codec_json_take_number(json_t *object, const char *name)
{
	json_int_t number = json_integer_value(json_object_get(object, name));

	json_decref(object);
	return number > 0 ? (uint64_t)number : 0;
}
