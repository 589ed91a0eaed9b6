#include <stddef.h>
#include <string.h>

#include "base/ensure.h"
#include "message/quick.h"
#include "store/kept.h"

// What every table's functions rest on.
struct access {
	const struct store_table *table;
	const struct codec_shape *key, *row;
};

__attribute__((unused)) static const struct codec_shape no_row_shape = { "no_row", NULL, 0, 0, NULL, NULL };

// ---- keys: big-endian, signed types with the sign bit turned over, so that the order of bytes is the order of values ----

static uint8_t *key_put(uint8_t *out, const struct codec_field *f, const void *at)
{
	const uint64_t sign = UINT64_C(1) << 63;
	switch (f->kind) {
	case codec_kind_u8: *out = *(const uint8_t *)at; return out + 1;
	case codec_kind_u16: put_u16(out, *(const uint16_t *)at); return out + 2;
	case codec_kind_enum: put_u16(out, (uint16_t) * (const unsigned *)at); return out + 2;
	case codec_kind_u32: put_u32(out, *(const uint32_t *)at); return out + 4;
	case codec_kind_date: put_u32(out, (uint32_t) * (const int32_t *)at ^ UINT32_C(1) << 31); return out + 4;
	case codec_kind_u64: put_u64(out, *(const uint64_t *)at); return out + 8;
	case codec_kind_i64:
	case codec_kind_instant: put_u64(out, (uint64_t) * (const int64_t *)at ^ sign); return out + 8;
	case codec_kind_hash:
	case codec_kind_fixed: memcpy(out, at, codec_width(f)); return out + codec_width(f);
	case codec_kind_bool:
	case codec_kind_bytes:
	case codec_kind_text:
	case codec_kind_struct: break;
	}
	ensure(false && "a kind of key");
	return out;
}

static size_t key_encode(const struct codec_shape *shape, const void *key, uint8_t out[store_key_max])
{
	uint8_t *end = out;
	for (size_t i = 0; i < shape->count; i++)
		end = key_put(end, &shape->fields[i], (const uint8_t *)key + shape->fields[i].at);
	return (size_t)(end - out);
}

// The size that a key field takes in the key.
static size_t key_width(const struct codec_field *f)
{
	return f->kind == codec_kind_enum ? 2 : codec_width(f);
}

static bool key_take(const uint8_t *in, const struct codec_field *f, void *at)
{
	const uint64_t sign = UINT64_C(1) << 63;
	switch (f->kind) {
	case codec_kind_u8: *(uint8_t *)at = *in; return true;
	case codec_kind_u16: *(uint16_t *)at = get_u16(in); return true;
	case codec_kind_enum: *(unsigned *)at = get_u16(in); return codec_value_known(f->values, get_u16(in));
	case codec_kind_u32: *(uint32_t *)at = get_u32(in); return true;
	case codec_kind_date: *(int32_t *)at = (int32_t)(get_u32(in) ^ UINT32_C(1) << 31); return true;
	case codec_kind_u64: *(uint64_t *)at = get_u64(in); return true;
	case codec_kind_i64:
	case codec_kind_instant: *(int64_t *)at = (int64_t)(get_u64(in) ^ sign); return true;
	case codec_kind_hash:
	case codec_kind_fixed: memcpy(at, in, codec_width(f)); return true;
	case codec_kind_bool:
	case codec_kind_bytes:
	case codec_kind_text:
	case codec_kind_struct: break;
	}
	ensure(false && "a kind of key");
	return false;
}

static bool key_decode(const struct codec_shape *shape, struct bytes in, void *key)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct codec_field *f = &shape->fields[i];
		size_t width = key_width(f);
		if (in.size < width || !key_take(in.data, f, (uint8_t *)key + f->at))
			return false;
		in = bytes_of(in.data + width, in.size - width);
	}
	return in.size == 0;
}

// ---- rows ----

static bool row_take(struct store_txn *tx, const struct access *a, struct bytes stored_key, struct bytes value, void *key,
		     void *row)
{
	bool good = (!key || key_decode(a->key, stored_key, key)) && (!row || codec_decode(a->row, value, row) == error_none);
	if (!good)
		store_row_damaged(tx, a->table);
	return good;
}

static bool row_get(struct store_txn *tx, const struct access *a, const void *key, void *row)
{
	uint8_t at[store_key_max];
	struct bytes value, stored_key = bytes_of(at, key_encode(a->key, key, at));
	if (a->table->kept && tx->writes)
		return kept_get(tx, a->table, a->row, stored_key, row);
	return store_get(tx, a->table, stored_key, &value)
		&& row_take(tx, a, (struct bytes){ 0 }, value, NULL, row);
}

static void row_put(struct store_txn *tx, const struct access *a, const void *key, const void *row,
		    void (*put)(struct store_txn *, const struct store_table *, struct bytes, struct bytes))
{
	static _Thread_local struct buffer value; // kept for the next row
	uint8_t at[store_key_max];
	if (tx->fault != error_none) // what could not be read is in the row
		return;
	struct bytes stored_key = bytes_of(at, key_encode(a->key, key, at));
	if (a->table->kept && put == store_put) {
		kept_put(tx, a->table, a->row, stored_key, row);
		return;
	}
	buffer_clear(&value);
	codec_encode(a->row, row, &value);
	if (!value.failed)
		put(tx, a->table, stored_key, buffer_bytes(&value));
	else
		tx->fault = error_no_memory;
}

static bool row_delete(struct store_txn *tx, const struct access *a, const void *key)
{
	uint8_t at[store_key_max];
	return store_delete(tx, a->table, bytes_of(at, key_encode(a->key, key, at)));
}

static bool row_first(struct store_txn *tx, const struct access *a, const void *from, void *key, void *row)
{
	uint8_t at[store_key_max];
	struct bytes stored_key, value;
	return store_seek(tx, a->table, bytes_of(at, key_encode(a->key, from, at)), &stored_key, &value)
		&& row_take(tx, a, stored_key, value, key, row);
}

static bool row_last(struct store_txn *tx, const struct access *a, void *key, void *row)
{
	struct bytes stored_key, value;
	return store_last(tx, a->table, &stored_key, &value) && row_take(tx, a, stored_key, value, key, row);
}

static bool row_last_to(struct store_txn *tx, const struct access *a, const void *to, void *key, void *row)
{
	uint8_t at[store_key_max];
	struct bytes stored_key, value;
	return store_seek_back(tx, a->table, bytes_of(at, key_encode(a->key, to, at)), &stored_key, &value)
		&& row_take(tx, a, stored_key, value, key, row);
}

static void row_walk_init(struct store_walk *walk, struct store_txn *tx, const struct access *a, const void *from)
{
	uint8_t at[store_key_max];
	store_walk_init(walk, tx, a->table, bytes_of(at, key_encode(a->key, from, at)));
}

static bool row_walk_next(struct store_walk *walk, const struct access *a, void *key, void *row)
{
	ensure(walk->table == a->table);
	return store_walk_next(walk) && row_take(walk->txn, a, walk->key, walk->value, key, row);
}
