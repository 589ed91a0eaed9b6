// A store of two tables, and what its tests put into it, ask of it, and let another process do with it.
#ifndef TDV_TESTS_UNIT_STORE_SCENE_H
#define TDV_TESTS_UNIT_STORE_SCENE_H

#include <sys/wait.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "store/store.h"
#include "test.h"

static const struct store_table members = { .name = "members", .index = 0, .version = 1 };
static const struct store_table timers = { .name = "timers", .index = 1, .version = 2 };
static const struct store_table *const tables[] = { &members, &timers, NULL };

static char folder[512];

static inline void new_folder(void)
{
	snprintf(folder, sizeof folder, "%s/store", test_folder());
}

static inline enum error open_as(struct store **store, bool read_only, size_t map_bytes, const struct store_table *const *with)
{
	return store_open(store, &(struct store_options){
					 .folder = folder,
					 .map_bytes = map_bytes,
					 .sync = true,
					 .read_only = read_only,
					 .tables = with,
				 });
}

static inline struct store *writer(void)
{
	struct store *store = NULL;

	check(open_as(&store, false, 64 << 20, tables) == error_none);
	return store;
}

static inline struct store *new_store(void)
{
	new_folder();
	return writer();
}

static inline struct store *reader(void)
{
	struct store *store = NULL;

	check(open_as(&store, true, 0, tables) == error_none);
	return store;
}

static inline void put(struct store_txn *txn, const char *key, const char *value)
{
	store_put(txn, &members, bytes_of_text(key), bytes_of_text(value));
}

static inline void put_committed(struct store *store, const char *key, const char *value)
{
	struct store_txn txn;

	store_begin(store, true, &txn);
	put(&txn, key, value);
	check(store_commit(&txn) == error_none);
}

// The value as text, "-" when absent, the fault's name after a fault.
static inline const char *value_in(struct store_txn *txn, const char *key)
{
	static char text[64];
	struct bytes value;

	if (store_get(txn, &members, bytes_of_text(key), &value))
		snprintf(text, sizeof text, "%.*s", (int)value.size, value.data);
	else
		snprintf(text, sizeof text, "%s", txn->fault ? error_name(txn->fault) : "-");
	return text;
}

static inline const char *value_of(struct store *store, const char *key)
{
	struct store_txn txn;

	store_begin(store, false, &txn);
	const char *text = value_in(&txn, key);
	store_abort(&txn);
	return text;
}

// Runs `act` in a process of its own; true when it exited with 0.
static inline bool elsewhere(bool (*act)(void))
{
	int status;

	fflush(stdout);
	pid_t child = fork();
	if (child == 0)
		_exit(act() ? 0 : 1);
	waitpid(child, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// So many rows of about a page each.
static inline void fill(struct store_txn *txn, size_t rows)
{
	static const uint8_t zeros[4000];
	uint8_t key[8];

	for (size_t i = 0; i < rows && !txn->fault; i++) {
		put_u64(key, i);
		store_put(txn, &timers, bytes_of(key, sizeof key), bytes_of(zeros, sizeof zeros));
	}
}

static inline struct hash digest_in(struct store *store)
{
	struct store_txn txn;

	store_begin(store, false, &txn);
	struct hash digest = store_table_digest(&txn, &members);
	check(store_commit(&txn) == error_none);
	return digest;
}

#endif
