// Who else has the store open: a second writer, readers in this process and in others, one that was killed, one that died.
#include <signal.h>

#include "store_scene.h"

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
	static const struct store_table *const reversed[] = { &timers, &members, NULL };
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

test(a_map_that_grew_under_a_reader_is_no_damage)
{
	struct store_txn held, next;
	struct store *store;

	new_folder();
	check(open_as(&store, false, 1 << 20, tables) == error_none);
	put_committed(store, "a", "near");
	store_close(store);
	store = reader();
	store_begin(store, false, &held);
	check(elsewhere(grows_the_map));
	store_begin(store, false, &next); // which cannot follow while the other one looks at the smaller map
	check_text(error_name(next.fault), "busy");
	store_abort(&next);
	check_text(value_in(&held, "a"), "near");
	store_abort(&held);
	check_text(value_of(store, "a"), "far");
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

int main(void)
{
	run(a_second_writer_is_refused);
	run(a_killed_writer_leaves_what_it_committed_and_no_lock);
	run(a_reader_sees_each_commit_and_nothing_before_it);
	run(a_writer_may_come_after_readers_of_its_own_process);
	run(a_reader_follows_a_map_that_grew);
	run(a_map_that_grew_under_a_reader_is_no_damage);
	run(a_dead_reader_is_cleared);
	return test_summary();
}
