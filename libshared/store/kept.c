#include "store/kept.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define rows_most 8 // of a table: the list at hand, a cell and those above it

struct slot {
	uint8_t key[store_key_max];
	size_t key_size; // 0: nothing is kept here
	bool changed;
};

// The rows of one table; each is followed by the text that it points to.
struct kept {
	struct kept *next; // in the transaction
	const struct store_table *table;
	const struct codec_shape *shape;
	const struct codec_field *text; // NULL: a row points to nothing; more than one has no kept table (tools/schemagen)
	size_t stride;
	bool own; // who looks at the table is we
	struct slot slots[rows_most];
	alignas(max_align_t) uint8_t rows[]; // of the slots, and one more
};

static const struct codec_field *text_of(const struct codec_shape *shape)
{
	for (size_t i = 0; i < shape->count; i++)
		if (shape->fields[i].kind == codec_kind_text)
			return &shape->fields[i];
	return NULL;
}

static struct kept *kept_of(struct store_txn *txn, const struct store_table *table, const struct codec_shape *shape)
{
	struct kept *k = txn->kept;

	while (k && k->table != table)
		k = k->next;
	if (k)
		return k;
	const struct codec_field *text = text_of(shape);
	size_t align = alignof(max_align_t), size = shape->size + (text ? text->size : 0);
	size_t stride = (size + align - 1) / align * align;
	k = calloc(1, sizeof *k + (rows_most + 1) * stride);
	if (!k) {
		txn->fault = error_no_memory;
		return NULL;
	}
	k->next = txn->kept;
	k->table = table;
	k->shape = shape;
	k->text = text;
	k->stride = stride;
	txn->kept = k;
	return k;
}

static void *row_of(struct kept *k, const struct slot *slot)
{
	return k->rows + (size_t)(slot - k->slots) * k->stride;
}

static struct slot *slot_of(struct kept *k, struct bytes key)
{
	uint32_t hash = 2166136261; // FNV-1a

	for (size_t i = 0; i < key.size; i++)
		hash = (hash ^ key.data[i]) * 16777619;
	return &k->slots[(hash >> 24) % rows_most]; // there the last byte counts most: neighbours do not share a place
}

static bool holds(const struct slot *slot, struct bytes key)
{
	return slot->key_size == key.size && memcmp(slot->key, key.data, key.size) == 0;
}

// The text comes to stand behind the row.
static void own_text(struct kept *k, uint8_t *row)
{
	if (!k->text)
		return;
	struct bytes *text = (struct bytes *)(void *)(row + k->text->at);
	if (text->size)
		memmove(row + k->shape->size, text->data, text->size); // it may stand there already
	text->data = row + k->shape->size;
}

static void fill(struct kept *k, uint8_t *at, const void *row)
{
	memcpy(at, row, k->shape->size);
	codec_conform(k->shape, at);
	own_text(k, at);
}

static bool read_row(struct store_txn *txn, struct kept *k, struct bytes key, void *row)
{
	struct bytes value;

	k->own = true;
	bool found = store_get(txn, k->table, key, &value);
	k->own = false;
	if (!found || !row)
		return found;
	if (codec_decode(k->shape, value, row) == error_none)
		return true;
	store_row_damaged(txn, k->table);
	return false;
}

static void write_row(struct store_txn *txn, struct kept *k, struct slot *slot)
{
	struct buffer value = { 0 };

	codec_encode(k->shape, row_of(k, slot), &value);
	if (value.failed) {
		txn->fault = error_no_memory;
	} else {
		k->own = true;
		store_put(txn, k->table, bytes_of(slot->key, slot->key_size), buffer_bytes(&value));
		k->own = false;
	}
	buffer_deinit(&value);
	slot->changed = false;
}

static void take_over(struct slot *slot, struct bytes key)
{
	memcpy(slot->key, key.data, key.size);
	slot->key_size = key.size;
}

bool kept_get(struct store_txn *txn, const struct store_table *table, const struct codec_shape *shape, struct bytes key,
	      void *row)
{
	struct kept *k = txn->fault ? NULL : kept_of(txn, table, shape);

	if (!k)
		return false;
	struct slot *slot = slot_of(k, key);
	if (!holds(slot, key)) {
		// Reading writes nothing, and leaves alone what an earlier row points to.
		if (slot->key_size && (slot->changed || k->text))
			return read_row(txn, k, key, row);
		slot->key_size = 0;
		if (!read_row(txn, k, key, row_of(k, slot)))
			return false;
		own_text(k, row_of(k, slot));
		take_over(slot, key);
	}
	if (row)
		memcpy(row, row_of(k, slot), shape->size);
	return true;
}

void kept_put(struct store_txn *txn, const struct store_table *table, const struct codec_shape *shape, struct bytes key,
	      const void *row)
{
	struct kept *k = txn->fault ? NULL : kept_of(txn, table, shape);

	if (!k)
		return;
	struct slot *slot = slot_of(k, key);
	if (slot->changed && !holds(slot, key)) { // what the row points to may not outlive the writing
		uint8_t *aside = k->rows + rows_most * k->stride;
		fill(k, aside, row);
		row = aside;
		write_row(txn, k, slot);
	}
	fill(k, row_of(k, slot), row);
	take_over(slot, key);
	slot->changed = true;
}

void kept_settle(struct store_txn *txn, const struct store_table *table)
{
	for (struct kept *k = txn->kept; k; k = k->next) {
		if (k->own || (table && k->table != table))
			continue;
		for (struct slot *slot = k->slots; slot < k->slots + rows_most; slot++) {
			if (slot->changed)
				write_row(txn, k, slot);
			slot->key_size = 0;
		}
	}
}

void kept_forget(struct store_txn *txn)
{
	struct kept *next;

	for (struct kept *k = txn->kept; k; k = next) {
		next = k->next;
		free(k);
	}
	txn->kept = NULL;
}
