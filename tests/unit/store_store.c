// Rows and tables: what is put is found, in the order of keys; what is opened is this program's; what a digest covers.
#include <sys/stat.h>

#include "store_scene.h"

test(rows_survive_closing)
{
	struct store *store = new_store();
	struct stat stat_of;

	put_committed(store, "a", "1");
	check_text(value_of(store, "a"), "1");
	store_close(store);
	store = writer();
	check_text(value_of(store, "a"), "1");
	check_text(value_of(store, "b"), "-");
	store_close(store);
	check(stat(folder, &stat_of) == 0 && (stat_of.st_mode & 0777) == 0700);
}

test(an_aborted_transaction_changes_nothing)
{
	struct store *store = new_store();
	struct store_txn txn;

	put_committed(store, "a", "1");
	store_begin(store, true, &txn);
	put(&txn, "a", "2");
	check(!store_delete(&txn, &members, bytes_of_text("b")));
	check_text(value_in(&txn, "a"), "2");
	store_abort(&txn);
	check_text(value_of(store, "a"), "1");
	store_close(store);
}

static const char *found(bool is_found, struct bytes key, struct bytes value)
{
	static char text[64];

	snprintf(text, sizeof text, "%.*s=%.*s", (int)key.size, key.data, (int)value.size, value.data);
	return is_found ? text : "-";
}

#define check_found(call, want)                         \
	do {                                            \
		struct bytes key, value;                \
		bool is_found = call;                   \
		check_text(found(is_found, key, value), want); \
	} while (0)

test(rows_are_found_by_the_order_of_their_keys)
{
	struct store *store = new_store();
	struct store_txn txn;

	store_begin(store, true, &txn);
	check_found(store_last(&txn, &members, &key, &value), "-");
	check_found(store_seek(&txn, &members, (struct bytes){ 0 }, &key, &value), "-");
	check_found(store_seek_back(&txn, &members, bytes_of_text("z"), &key, &value), "-");
	put(&txn, "f", "6");
	put(&txn, "b", "2");
	put(&txn, "d", "4");
	check_found(store_seek(&txn, &members, (struct bytes){ 0 }, &key, &value), "b=2");
	check_found(store_seek(&txn, &members, bytes_of_text("b"), &key, &value), "b=2");
	check_found(store_seek(&txn, &members, bytes_of_text("b0"), &key, &value), "d=4");
	check_found(store_seek(&txn, &members, bytes_of_text("g"), &key, &value), "-");
	check_found(store_last(&txn, &members, &key, &value), "f=6");
	check_found(store_seek_back(&txn, &members, bytes_of_text("a"), &key, &value), "-");
	check_found(store_seek_back(&txn, &members, bytes_of_text("b"), &key, &value), "b=2");
	check_found(store_seek_back(&txn, &members, bytes_of_text("e"), &key, &value), "d=4");
	check_found(store_seek_back(&txn, &members, bytes_of_text("z"), &key, &value), "f=6");
	check(store_delete(&txn, &members, bytes_of_text("d")));
	check(!store_delete(&txn, &members, bytes_of_text("d")));
	check_found(store_seek_back(&txn, &members, bytes_of_text("e"), &key, &value), "b=2");
	check_u64(store_count(&txn, &members), 2);
	check_u64(store_count(&txn, &timers), 0);
	store_clear(&txn, &members);
	check_u64(store_count(&txn, &members), 0);
	check_found(store_last(&txn, &members, &key, &value), "-");
	check(store_commit(&txn) == error_none);
	store_close(store);
}

test(a_walk_meets_every_row_once_from_where_it_begins)
{
	struct store *store = new_store();
	struct store_txn txn;
	struct store_walk walk;
	uint8_t key[8];
	uint64_t next = 500;

	store_begin(store, true, &txn);
	for (uint64_t i = 0; i < 2000; i++) {
		put_u64(key, i);
		store_append(&txn, &members, bytes_of(key, sizeof key), bytes_of(key, sizeof key));
	}
	put_u64(key, 500);
	store_walk_init(&walk, &txn, &members, bytes_of(key, sizeof key));
	memset(key, 0xff, sizeof key); // the walk does not need it any more
	while (store_walk_next(&walk)) {
		check_u64(get_u64(walk.key.data), next);
		check(bytes_equal(walk.key, walk.value));
		next++;
	}
	check_u64(next, 2000);
	check(!store_walk_next(&walk));
	store_walk_deinit(&walk);
	store_walk_init(&walk, &txn, &timers, (struct bytes){ 0 });
	check(!store_walk_next(&walk));
	store_walk_deinit(&walk);
	check(store_commit(&txn) == error_none);
	store_close(store);
}

test(reserved_room_is_part_of_the_row)
{
	struct store *store = new_store();
	struct store_txn txn;
	struct bytes value;

	store_begin(store, true, &txn);
	uint8_t *room = store_reserve(&txn, &members, bytes_of_text("log"), 100000);
	check(room != NULL);
	if (room)
		memset(room, 'x', 100000);
	check(store_commit(&txn) == error_none);
	store_begin(store, false, &txn);
	check(store_get(&txn, &members, bytes_of_text("log"), &value) && value.size == 100000);
	check(value.size == 100000 && value.data[0] == 'x' && value.data[99999] == 'x');
	store_abort(&txn);
	store_close(store);
}

test(nothing_to_read_is_absent)
{
	struct store *store;

	new_folder();
	check(open_as(&store, true, 0, tables) == error_absent);
	mkdir(folder, 0700);
	check(open_as(&store, true, 0, tables) == error_absent);
}

test(what_a_newer_program_wrote_is_refused)
{
	static const struct store_table newer = { .name = "timers", .index = 1, .version = 3 };
	static const struct store_table *const newer_tables[] = { &members, &newer, NULL };
	struct store *store;

	store_close(new_store());
	check(open_as(&store, false, 0, newer_tables) == error_none);
	store_close(store);
	check(open_as(&store, false, 0, tables) == error_version);
	check(open_as(&store, true, 0, tables) == error_version);
	check(open_as(&store, false, 0, newer_tables) == error_none);
	store_close(store);
}

test(a_table_may_be_added)
{
	static const struct store_table cards = { .name = "cards", .index = 2, .version = 1 };
	static const struct store_table *const more[] = { &cards, &timers, &members, NULL };
	struct store *store = new_store();

	put_committed(store, "a", "1");
	store_close(store);
	check(open_as(&store, true, 0, more) == error_absent);
	check(open_as(&store, false, 0, more) == error_none);
	check_text(value_of(store, "a"), "1");
	store_close(store);
}

test(what_is_no_store_is_corrupt)
{
	struct store *store;
	char path[600];
	struct buffer junk = { 0 };

	new_folder();
	mkdir(folder, 0700);
	snprintf(path, sizeof path, "%s/data.mdb", folder);
	for (int i = 0; i < 10000; i++)
		buffer_append_text(&junk, "junk");
	check(file_write_atomic(path, buffer_bytes(&junk), 0600) == error_none);
	check(open_as(&store, false, 1 << 20, tables) == error_corrupt);
	buffer_deinit(&junk);
}

test(a_digest_covers_every_key_and_value_in_key_order)
{
	struct store *store = new_store();
	struct hash empty = digest_sha256((struct bytes){ 0 }), digest = digest_in(store);
	struct hash two = digest_sha256(bytes_of("\0\0\0\1a\0\0\0\0021x\0\0\0\002bc\0\0\0\0", 21));

	check(hash_equal(&digest, &empty));
	put_committed(store, "bc", "");
	put_committed(store, "a", "other");
	digest = digest_in(store);
	check(!hash_equal(&digest, &two));
	put_committed(store, "a", "1x");
	digest = digest_in(store);
	check(hash_equal(&digest, &two));
	store_close(store);
}

test(figures_count_pages_in_use)
{
	struct store *store = new_store();
	struct store_figures empty, full, cleared;
	struct store_txn txn;

	check(store_figures(store, &empty) == error_none);
	store_begin(store, true, &txn);
	fill(&txn, 500);
	check(store_commit(&txn) == error_none);
	check(store_figures(store, &full) == error_none);
	store_begin(store, true, &txn);
	store_clear(&txn, &timers);
	check(store_commit(&txn) == error_none);
	check(store_figures(store, &cleared) == error_none);
	check_u64(full.map_bytes, 64 << 20);
	check(full.used_bytes > empty.used_bytes + 500 * 4000);
	check(cleared.used_bytes < empty.used_bytes + 100000);
	check(full.disk_free_bytes > 0 && full.readers >= 1 && full.readers_max >= 100);
	store_close(store);
}

static bool appends_a_smaller_key(void)
{
	struct store *store = writer();
	struct store_txn txn;

	if (!freopen("/dev/null", "w", stderr))
		return false;
	store_begin(store, true, &txn);
	store_append(&txn, &members, bytes_of_text("b"), bytes_of_text(""));
	store_append(&txn, &members, bytes_of_text("a"), bytes_of_text(""));
	return true;
}

test(appending_a_key_that_is_not_the_greatest_is_a_bug)
{
	new_folder();
	check(!elsewhere(appends_a_smaller_key));
}

int main(void)
{
	run(rows_survive_closing);
	run(an_aborted_transaction_changes_nothing);
	run(rows_are_found_by_the_order_of_their_keys);
	run(a_walk_meets_every_row_once_from_where_it_begins);
	run(reserved_room_is_part_of_the_row);
	run(nothing_to_read_is_absent);
	run(what_a_newer_program_wrote_is_refused);
	run(a_table_may_be_added);
	run(what_is_no_store_is_corrupt);
	run(a_digest_covers_every_key_and_value_in_key_order);
	run(figures_count_pages_in_use);
	run(appending_a_key_that_is_not_the_greatest_is_a_bug);
	return test_summary();
}
