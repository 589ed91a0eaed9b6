// Room: a full map, a full disk, and a file that grows ahead of what is used.
#include <sys/stat.h>

#include "small_disk.h"
#include "store_scene.h"

test(a_full_map_is_named_sticks_and_leaves_the_store_usable)
{
	struct store *store;
	struct store_txn txn;

	new_folder();
	check(open_as(&store, false, 1 << 20, tables) == error_none);
	put_committed(store, "a", "1");
	store_begin(store, true, &txn);
	put(&txn, "a", "2");
	fill(&txn, 1000);
	check(txn.fault == error_map_full);
	put(&txn, "a", "3");
	check_text(value_in(&txn, "a"), "map_full");
	check_u64(store_count(&txn, &members), 0);
	check(store_reserve(&txn, &members, bytes_of_text("b"), 1) == NULL);
	check(store_commit(&txn) == error_map_full);
	check_text(value_of(store, "a"), "1");
	put_committed(store, "a", "4");
	check_text(value_of(store, "a"), "4");
	store_close(store);
	// A larger map takes what the smaller one could not.
	check(open_as(&store, false, 16 << 20, tables) == error_none);
	store_begin(store, true, &txn);
	fill(&txn, 1000);
	check(store_commit(&txn) == error_none);
	check_text(value_of(store, "a"), "4");
	store_close(store);
}

static bool fills_a_small_disk(void)
{
	struct store *store;
	struct store_txn txn;

	check(open_as(&store, false, 64 << 20, tables) == error_none);
	put_committed(store, "a", "1");
	store_begin(store, true, &txn);
	put(&txn, "a", "2");
	fill(&txn, 1000);
	check(store_commit(&txn) == error_no_space);
	check_text(value_of(store, "a"), "1");
	put_committed(store, "a", "3");
	check_text(value_of(store, "a"), "3");
	store_close(store);
	return test_failures_here == 0;
}

static bool on_a_small_disk(void)
{
	const char *mount_point = test_folder();

	if (!small_disk_mount(mount_point))
		return true;
	snprintf(folder, sizeof folder, "%s/store", mount_point);
	bool passed = fills_a_small_disk();
	fflush(stdout);
	return passed;
}

test(a_full_disk_is_named_and_leaves_the_store_usable)
{
	check(elsewhere(on_a_small_disk));
}

// ---- zeros ahead of what is used

static uint64_t file_size(void)
{
	char path[600];
	struct stat file;

	snprintf(path, sizeof path, "%s/data.mdb", folder);
	check(stat(path, &file) == 0);
	return (uint64_t)file.st_size;
}

// Rows of a page each, so many commits of 64 rows; the size of the file after each.
static void grow(struct store *store, unsigned commits, uint64_t *sizes)
{
	static uint8_t value[3000];

	for (unsigned c = 0; c < commits; c++) {
		struct store_txn txn;
		store_begin(store, true, &txn);
		for (unsigned i = 0; i < 64; i++) {
			uint8_t key[8];
			put_u64(key, c * 64 + i);
			memset(value, (int)(c + i), sizeof value);
			store_put(&txn, &members, bytes_of(key, sizeof key), bytes_of(value, sizeof value));
		}
		check(store_commit(&txn) == error_none);
		sizes[c] = file_size();
	}
}

static bool rows_are_whole(struct store *store, unsigned rows)
{
	struct store_txn txn;
	bool whole = true;

	store_begin(store, false, &txn);
	for (unsigned i = 0; i < rows; i++) {
		uint8_t key[8];
		struct bytes value;
		put_u64(key, i);
		whole &= store_get(&txn, &members, bytes_of(key, sizeof key), &value) && value.size == 3000 &&
			 value.data[0] == (uint8_t)(i / 64 + i % 64) && value.data[2999] == value.data[0];
	}
	store_abort(&txn);
	return whole;
}

test(the_file_grows_ahead_of_what_is_used_and_not_with_every_commit)
{
	struct store *store = new_store();
	uint64_t sizes[60], pages = 60 * 64 * 4096;
	unsigned grown = 0;

	grow(store, 60, sizes);
	for (unsigned c = 30; c < 60; c++)
		grown += sizes[c] != sizes[c - 1];
	check(grown > 0 && grown < 15);
	check(sizes[59] > pages && sizes[59] < pages + (8 << 20));
	check(rows_are_whole(store, 60 * 64));
	store_close(store);
	store = writer(); // and LMDB does not mind what lies behind its last page
	check(rows_are_whole(store, 60 * 64));
	store_close(store);
}

test(a_small_store_and_one_that_does_not_sync_take_no_more_than_they_need)
{
	struct store *store = new_store();
	uint64_t sizes[60];

	grow(store, 2, sizes);
	check(sizes[1] < 1 << 20);
	store_close(store);
	snprintf(folder, sizeof folder, "%s/unsynced", test_folder());
	check(store_open(&store, &(struct store_options){ .folder = folder, .map_bytes = 64 << 20, .tables = tables }) == error_none);
	grow(store, 60, sizes);
	for (unsigned c = 1; c < 60; c++)
		check(sizes[c] - sizes[c - 1] < 2 * 64 * 4096);
	store_close(store);
}

int main(void)
{
	run(a_full_map_is_named_sticks_and_leaves_the_store_usable);
	run(a_full_disk_is_named_and_leaves_the_store_usable);
	run(the_file_grows_ahead_of_what_is_used_and_not_with_every_commit);
	run(a_small_store_and_one_that_does_not_sync_take_no_more_than_they_need);
	return test_summary();
}
