// Rows against a plain array of what they should be.  A writing transaction keeps a cursor in each table, which has to be right
// whatever was done to the table since: pages that split, merge or go, rows too large for a page, tables emptied.
#include <stdlib.h>

#include "store/store.h"
#include "test.h"

#define table_count 2
#define keys 3000u
#define key_size 60u    // so that a few hundred rows are three levels of pages
#define size_most 6000u // more than a page

static const struct store_table tables[table_count] = {
	{ .name = "here", .index = 0, .version = 1 },
	{ .name = "there", .index = 1, .version = 1 },
};
static const struct store_table *const both[] = { &tables[0], &tables[1], NULL };

// The size of each key's row and the byte it is filled with; size 0: no row.
struct model {
	struct {
		uint16_t size;
		uint8_t fill;
	} row[table_count][keys];
};

struct play {
	struct store *store;
	struct store_txn txn;
	struct model now, committed;
	uint32_t random;
	uint32_t near; // where the last steps were
	uint8_t key[key_size], value[size_most];
};

static uint32_t draw(struct play *p, uint32_t below)
{
	p->random = p->random * 1664525 + 1013904223;
	return (p->random >> 8) % below;
}

static struct bytes key_of(struct play *p, uint32_t number)
{
	put_u32(p->key, number);
	return bytes_of(p->key, sizeof p->key);
}

static bool holds(const struct play *p, unsigned table, uint32_t number, struct bytes key, struct bytes value)
{
	if (key.size != key_size || get_u32(key.data) != number || value.size != p->now.row[table][number].size)
		return false;
	for (size_t i = 0; i < value.size; i++)
		if (value.data[i] != p->now.row[table][number].fill)
			return false;
	return true;
}

// The next row from `number` on, or back from it; `keys` when there is none.
static uint32_t next_of(const struct play *p, unsigned table, uint32_t number, bool back)
{
	for (; number < keys; number += back ? UINT32_MAX : 1)
		if (p->now.row[table][number].size)
			return number;
	return keys;
}

static void write_row(struct play *p, unsigned table, uint32_t number)
{
	uint16_t size = (uint16_t)(1 + draw(p, draw(p, 40) ? 300 : size_most - 1));
	uint8_t fill = (uint8_t)draw(p, 256);
	bool greatest = next_of(p, table, number, false) == keys;

	p->now.row[table][number].size = size;
	p->now.row[table][number].fill = fill;
	memset(p->value, fill, size);
	if (greatest)
		store_append(&p->txn, &tables[table], key_of(p, number), bytes_of(p->value, size));
	else if (draw(p, 2))
		store_put(&p->txn, &tables[table], key_of(p, number), bytes_of(p->value, size));
	else
		memset(store_reserve(&p->txn, &tables[table], key_of(p, number), size), fill, size);
}

static bool delete_row(struct play *p, unsigned table, uint32_t number)
{
	bool was = p->now.row[table][number].size > 0;

	p->now.row[table][number].size = 0;
	return store_delete(&p->txn, &tables[table], key_of(p, number)) == was;
}

static bool read_row(struct play *p, unsigned table, uint32_t number)
{
	struct bytes value, key = key_of(p, number);
	bool found = store_get(&p->txn, &tables[table], key, &value);

	return found ? holds(p, table, number, key, value) : p->now.row[table][number].size == 0;
}

static bool look(struct play *p, unsigned table, uint32_t number)
{
	struct bytes key, value;
	bool found, back = draw(p, 2), last = draw(p, 8) == 0;

	if (last)
		found = store_last(&p->txn, &tables[table], &key, &value);
	else if (back)
		found = store_seek_back(&p->txn, &tables[table], key_of(p, number), &key, &value);
	else
		found = store_seek(&p->txn, &tables[table], key_of(p, number), &key, &value);
	uint32_t want = next_of(p, table, last ? keys - 1 : number, last || back);
	return found ? want < keys && holds(p, table, want, key, value) : want == keys;
}

static bool all_rows(struct play *p, unsigned table)
{
	struct store_walk walk;
	uint32_t number = 0;
	bool good = true;

	store_walk_init(&walk, &p->txn, &tables[table], (struct bytes){ 0 });
	while (good && store_walk_next(&walk)) {
		number = next_of(p, table, number, false);
		good = number < keys && holds(p, table, number, walk.key, walk.value);
		number++;
	}
	store_walk_deinit(&walk);
	return good && next_of(p, table, number, false) == keys;
}

static void end_turn(struct play *p)
{
	if (draw(p, 4)) {
		check(store_commit(&p->txn) == error_none);
		p->committed = p->now;
	} else {
		store_abort(&p->txn);
		p->now = p->committed;
	}
	store_begin(p->store, true, &p->txn);
}

// Mostly near the step before, as a list's rows are; now and then anywhere.
static bool step(struct play *p)
{
	unsigned table = draw(p, table_count);
	uint32_t what = draw(p, 10000);

	p->near = draw(p, 8) ? (p->near + draw(p, 9) + keys - 3) % keys : draw(p, keys);
	if (what < 3500)
		write_row(p, table, p->near);
	else if (what < 5500)
		return delete_row(p, table, p->near);
	else if (what < 7500)
		return read_row(p, table, p->near);
	else if (what < 9900)
		return look(p, table, p->near);
	else if (what < 9950)
		return all_rows(p, table);
	else if (what < 9999)
		end_turn(p);
	else {
		store_clear(&p->txn, &tables[table]);
		memset(p->now.row[table], 0, sizeof p->now.row[table]);
	}
	return true;
}

static void play(uint32_t seed, unsigned steps)
{
	char folder[512];
	struct play *p = calloc(1, sizeof *p);
	bool good = true;
	unsigned i;

	snprintf(folder, sizeof folder, "%s/%u", test_folder(), seed);
	check(store_open(&p->store, &(struct store_options){ .folder = folder, .map_bytes = 64 << 20, .tables = both }) ==
	      error_none);
	p->random = seed;
	store_begin(p->store, true, &p->txn);
	for (i = 0; good && i < steps; i++)
		good = step(p) && !p->txn.fault;
	if (!good)
		printf("# seed %u, step %u\n", seed, i);
	check(good);
	check(all_rows(p, 0) && all_rows(p, 1));
	store_abort(&p->txn);
	store_close(p->store);
	free(p);
}

test(whatever_is_done_in_whatever_order_a_table_holds_what_was_put_and_not_deleted)
{
	for (uint32_t seed = 1; seed <= 20; seed++)
		play(seed, 20000);
}

int main(void)
{
	run(whatever_is_done_in_whatever_order_a_table_holds_what_was_put_and_not_deleted);
	return test_summary();
}
