// Copies of a store: of the instant at which they were fixed, while the writer goes on.
#include <signal.h>
#include <sys/stat.h>

#include "store/copy.h"
#include "store_scene.h"

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

int main(void)
{
	run(a_copy_holds_what_was_committed);
	run(a_copy_is_of_the_instant_at_which_it_was_fixed);
	run(a_copy_may_be_given_up);
	return test_summary();
}
