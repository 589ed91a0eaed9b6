// What decoding (codec.c) and encoding (codec_encode.c) share.
#ifndef TDV_MESSAGE_CODEC_FIELD_H
#define TDV_MESSAGE_CODEC_FIELD_H

#include "message/codec.h"

// Bounds that are the codec's own.
#define date_first (-719162)                  // 0001-01-01
#define date_last 2932896                     // 9999-12-31
#define instant_first (-62135596800000)       // 0001-01-01 00:00:00.000 UTC
#define instant_last 253402300799999          // 9999-12-31 23:59:59.999 UTC

static inline bool date_fits(int64_t date)
{
	return (date >= date_first && date <= date_last) || date == date_none;
}

static inline bool instant_fits(int64_t instant)
{
	return instant >= instant_first && instant <= instant_last;
}

static inline const struct codec_value *value_find(const struct codec_values *values, uint64_t number)
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

// Most of a message is numbers that are not negative, in fields that are here: for those there is a short way through decoding
// and encoding.  Whatever else is there, or wrong, it leaves to take_one and put_one.
struct number {
	uint64_t max;
	uint8_t width; // in the struct; 0: no number
};

static const struct number numbers[] = {
	[codec_kind_u8] = { UINT8_MAX, sizeof(uint8_t) },
	[codec_kind_u16] = { UINT16_MAX, sizeof(uint16_t) },
	[codec_kind_u32] = { UINT32_MAX, sizeof(uint32_t) },
	[codec_kind_u64] = { UINT64_MAX, sizeof(uint64_t) },
	[codec_kind_i64] = { INT64_MAX, sizeof(int64_t) },
	[codec_kind_date] = { date_last, sizeof(int32_t) },
	[codec_kind_instant] = { instant_last, sizeof(int64_t) },
	[codec_kind_enum] = { UINT16_MAX, sizeof(unsigned) },
	[codec_kind_struct] = { 0, 0 }, // the last one
};

static inline bool number_fits(const struct codec_field *f, uint64_t v)
{
	return v <= numbers[f->kind].max && (f->kind != codec_kind_enum || value_find(f->values, v));
}

// A negative one comes out beyond its maximum.
static inline uint64_t number_load(const void *at, uint8_t width)
{
	switch (width) {
	case 1: return *(const uint8_t *)at;
	case 2: return *(const uint16_t *)at;
	case 4: return *(const uint32_t *)at;
	default: return *(const uint64_t *)at;
	}
}

static inline void number_store(void *at, uint8_t width, uint64_t v)
{
	switch (width) {
	case 1: *(uint8_t *)at = (uint8_t)v; break;
	case 2: *(uint16_t *)at = (uint16_t)v; break;
	case 4: *(uint32_t *)at = (uint32_t)v; break;
	default: *(uint64_t *)at = v; break;
	}
}

// The wide forms, 0xcc to 0xcf, by the logarithm of the argument's width: a shorter form exists up to here.
#define number_forms 4
static const uint64_t number_shorter[number_forms] = { 0x7f, UINT8_MAX, UINT16_MAX, UINT32_MAX };

#endif
