#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "store/copy.h"
#include "store/store.h"
#include "test.h"

static const struct store_table members = { .name = "members", .index = 0, .version = 1 };
static const struct store_table timers = { .name = "timers", .index = 1, .version = 2 };
static const struct store_table *const tables[] = { &members, &timers, NULL };
static const struct store_table *const reversed[] = { &timers, &members, NULL };

static char folder[512];

static void new_folder(void)
{
	snprintf(folder, sizeof folder, "%s/store", test_folder());
}

static enum error open_as(struct store **store, bool read_only, size_t map_bytes, const struct store_table *const *with)
{
	return store_open(store, &(struct store_options){
					 .folder = folder,
					 .map_bytes = map_bytes,
					 .sync = true,
					 .read_only = read_only,
					 .tables = with,
				 });
}

static struct store *writer(void)
{
	struct store *store = NULL;

	check(open_as(&store, false, 64 << 20, tables) == error_none);
	return store;
}

static struct store *new_store(void)
{
	new_folder();
	return writer();
}

static struct store *reader(void)
{
	struct store *store = NULL;

	check(open_as(&store, true, 0, tables) == error_none);
	return store;
}

static void put(struct store_txn *txn, const char *key, const char *value)
{
	store_put(txn, &members, bytes_of_text(key), bytes_of_text(value));
}

static void put_committed(struct store *store, const char *key, const char *value)
{
	struct store_txn txn;

	store_begin(store, true, &txn);
	put(&txn, key, value);
	check(store_commit(&txn) == error_none);
}

// The value as text, "-" when absent, the fault's name after a fault.
static const char *value_in(struct store_txn *txn, const char *key)
{
	static char text[64];
	struct bytes value;

	if (store_get(txn, &members, bytes_of_text(key), &value))
		snprintf(text, sizeof text, "%.*s", (int)value.size, value.data);
	else
		snprintf(text, sizeof text, "%s", txn->fault ? error_name(txn->fault) : "-");
	return text;
}

static const char *value_of(struct store *store, const char *key)
{
	struct store_txn txn;

	store_begin(store, false, &txn);
	const char *text = value_in(&txn, key);
	store_abort(&txn);
	return text;
}

// Runs `act` in a process of its own; true when it exited with 0.
static bool elsewhere(bool (*act)(void))
{
	int status;

	fflush(stdout);
	pid_t child = fork();
	if (child == 0)
		_exit(act() ? 0 : 1);
	waitpid(child, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

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

static void fill(struct store_txn *txn, size_t rows)
{
	static const uint8_t zeros[4000];
	uint8_t key[8];

	for (size_t i = 0; i < rows && !txn->fault; i++) {
		put_u64(key, i);
		store_put(txn, &timers, bytes_of(key, sizeof key), bytes_of(zeros, sizeof zeros));
	}
}

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

	if ((unshare(CLONE_NEWNS) < 0 && unshare(CLONE_NEWNS | CLONE_NEWUSER) < 0) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", mount_point, "tmpfs", 0, "size=1m") < 0) {
		printf("# skipped: no right to mount\n");
		return true;
	}
	snprintf(folder, sizeof folder, "%s/store", mount_point);
	bool passed = fills_a_small_disk();
	fflush(stdout);
	return passed;
}

test(a_full_disk_is_named_and_leaves_the_store_usable)
{
	check(elsewhere(on_a_small_disk));
}

static bool is_refused_as_writer(void)
{
	struct store *store;

	return open_as(&store, false, 64 << 20, tables) == error_busy;
}

static bool is_accepted_as_writer(void)
{
	struct store *store;

	if (open_as(&store, false, 64 << 20, tables) != error_none)
		return false;
	store_close(store);
	return true;
}

test(a_second_writer_is_refused)
{
	struct store *store = new_store();

	check(is_refused_as_writer());
	check(elsewhere(is_refused_as_writer));
	check(!elsewhere(is_accepted_as_writer));
	put_committed(store, "a", "1");
	store_close(store);
	check(elsewhere(is_accepted_as_writer));
	check(is_accepted_as_writer());
}

// A process that has put a row, uncommitted, and waits to be killed.
static pid_t start_unfinished_writer(void)
{
	int ready[2];
	char byte;
	struct store_txn txn;

	fflush(stdout);
	if (pipe(ready) < 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		struct store *store = writer();
		put_committed(store, "a", "committed");
		store_begin(store, true, &txn);
		put(&txn, "a", "unfinished");
		byte = test_failures_here ? 'n' : 'y';
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	check(read(ready[0], &byte, 1) == 1 && byte == 'y');
	close(ready[0]);
	return child;
}

test(a_killed_writer_leaves_what_it_committed_and_no_lock)
{
	new_folder();
	pid_t child = start_unfinished_writer();
	check(is_refused_as_writer());
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	struct store *store = writer();
	check_text(value_of(store, "a"), "committed");
	put_committed(store, "a", "next");
	check_text(value_of(store, "a"), "next");
	store_close(store);
}

static bool sees_two(void)
{
	struct store *store = reader();
	bool seen = strcmp(value_of(store, "a"), "2") == 0;

	store_close(store);
	return seen;
}

test(a_reader_sees_each_commit_and_nothing_before_it)
{
	struct store *store = new_store();
	struct store_txn txn, before;

	put_committed(store, "a", "1");
	struct store *other = reader();
	store_begin(store, true, &txn);
	put(&txn, "a", "2");
	check_text(value_of(other, "a"), "1");
	check(!elsewhere(sees_two));
	store_begin(other, false, &before);
	check(store_commit(&txn) == error_none);
	check_text(value_in(&before, "a"), "1");
	store_abort(&before);
	check_text(value_of(other, "a"), "2");
	check(elsewhere(sees_two));
	store_close(store);
	check_text(value_of(other, "a"), "2");
	store_close(other);
}

test(a_writer_may_come_after_readers_of_its_own_process)
{
	new_folder();
	check(elsewhere(is_accepted_as_writer));
	struct store *first = reader(), *second = reader();
	check_text(value_of(first, "a"), "-");
	// The writer opens the tables in another order, so that LMDB gives them other handles.
	struct store *store;
	check(open_as(&store, false, 64 << 20, reversed) == error_none);
	put_committed(store, "a", "1");
	check_text(value_of(first, "a"), "1");
	store_close(store);
	check_text(value_of(second, "a"), "1");
	check(elsewhere(is_accepted_as_writer));
	store_close(first);
	store_close(second);
}

static bool grows_the_map(void)
{
	struct store *store;
	struct store_txn txn;

	if (open_as(&store, false, 32 << 20, tables) != error_none)
		return false;
	store_begin(store, true, &txn);
	fill(&txn, 2000);
	put(&txn, "a", "far");
	return store_commit(&txn) == error_none;
}

test(a_reader_follows_a_map_that_grew)
{
	struct store *store;

	new_folder();
	check(open_as(&store, false, 1 << 20, tables) == error_none);
	store_close(store);
	store = reader();
	check(elsewhere(grows_the_map));
	check_text(value_of(store, "a"), "far");
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

static struct hash digest_in(struct store *store)
{
	struct store_txn txn;

	store_begin(store, false, &txn);
	struct hash digest = store_table_digest(&txn, &members);
	check(store_commit(&txn) == error_none);
	return digest;
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

static bool dies_while_reading(void)
{
	struct store *store = reader();
	struct store_txn txn;

	store_begin(store, false, &txn);
	return !txn.fault; // and exits as it is
}

test(a_dead_reader_is_cleared)
{
	struct store *store = new_store();

	check_u64(store_clear_stale_readers(store), 0);
	check(elsewhere(dies_while_reading));
	check_u64(store_clear_stale_readers(store), 1);
	check_u64(store_clear_stale_readers(store), 0);
	store_close(store);
}

test(a_copy_holds_what_was_committed)
{
	struct store *store = new_store();
	struct store_txn txn;

	put_committed(store, "a", "1");
	store_begin(store, true, &txn);
	fill(&txn, 100);
	check(store_commit(&txn) == error_none);
	struct hash before = digest_in(store);
	snprintf(folder + strlen(folder), 6, ".copy");
	check(store_copy(store, folder) == error_none);
	put_committed(store, "a", "2");
	check(store_copy(store, folder) < 0); // never over another
	store_close(store);
	store = writer();
	struct hash after = digest_in(store);
	check(hash_equal(&before, &after));
	check_text(value_of(store, "a"), "1");
	store_close(store);
}

test(a_copy_is_of_the_instant_at_which_it_was_fixed)
{
	char big[5000], path[600];
	struct store_copy *copy = NULL;
	struct hash digest;
	uint64_t size;

	struct store *store = new_store();
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = 0;
	for (int i = 0; i < 500; i++) { // more than the pipe holds
		char key[16];
		snprintf(key, sizeof key, "k%03d", i);
		put_committed(store, key, big);
	}
	struct hash before = digest_in(store);
	check(store_copy_open(&copy, folder) == error_none);
	put_committed(store, "before", "1");
	struct hash fixed = digest_in(store);
	check(store_copy_fix(copy) == error_none);
	for (int i = 0; i < 50; i++)
		put_committed(store, "after", big);
	snprintf(folder + strlen(folder), 6, ".fixd");
	check(mkdir(folder, 0700) == 0);
	snprintf(path, sizeof path, "%s/data.mdb", folder);
	check(store_copy_write(copy, path, &size, &digest) == error_none);
	store_copy_close(copy);
	store_close(store);
	store = writer();
	struct hash after = digest_in(store);
	check(hash_equal(&fixed, &after) && !hash_equal(&before, &after));
	store_close(store);
	check(size > 2000000);
}

test(a_copy_may_be_given_up)
{
	struct store_copy *copy = NULL;

	signal(SIGPIPE, SIG_IGN);
	struct store *store = new_store();
	check(store_copy_open(&copy, folder) == error_none);
	store_copy_close(copy);
	check(store_copy_open(&copy, folder) == error_none && store_copy_fix(copy) == error_none);
	store_copy_close(copy);
	check(store_copy_open(&copy, "/nowhere/at/all") == error_absent);
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
	run(rows_survive_closing);
	run(an_aborted_transaction_changes_nothing);
	run(rows_are_found_by_the_order_of_their_keys);
	run(a_walk_meets_every_row_once_from_where_it_begins);
	run(reserved_room_is_part_of_the_row);
	run(a_full_map_is_named_sticks_and_leaves_the_store_usable);
	run(a_full_disk_is_named_and_leaves_the_store_usable);
	run(a_second_writer_is_refused);
	run(a_killed_writer_leaves_what_it_committed_and_no_lock);
	run(a_reader_sees_each_commit_and_nothing_before_it);
	run(a_writer_may_come_after_readers_of_its_own_process);
	run(a_reader_follows_a_map_that_grew);
	run(nothing_to_read_is_absent);
	run(what_a_newer_program_wrote_is_refused);
	run(a_table_may_be_added);
	run(what_is_no_store_is_corrupt);
	run(a_digest_covers_every_key_and_value_in_key_order);
	run(figures_count_pages_in_use);
	run(a_dead_reader_is_cleared);
	run(a_copy_holds_what_was_committed);
	run(a_copy_is_of_the_instant_at_which_it_was_fixed);
	run(a_copy_may_be_given_up);
	run(appending_a_key_that_is_not_the_greatest_is_a_bug);
	run(the_file_grows_ahead_of_what_is_used_and_not_with_every_commit);
	run(a_small_store_and_one_that_does_not_sync_take_no_more_than_they_need);
	return test_summary();
}
