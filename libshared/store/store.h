// One LMDB environment: a service's whole state.
//
// Full sync on every commit; one writer, the service's own thread; tables are named databases whose rows are
// messages of the schema (build/gen/<service>.h declares typed accessors over what is here).
// Transactions are sticky: after the first fault every call does nothing and `fault` says what it was; the
// runtime checks once, before it commits.
#ifndef TDV_STORE_STORE_H
#define TDV_STORE_STORE_H

#include "base/bytes.h"
#include "base/error.h"

#define store_tables_max 64
#define store_key_max 96 // bytes

struct store;

// A table, static and generated.  `index` is dense within its service, from 0.
struct store_table {
	const char *name;
	uint16_t index;
	uint16_t version;    // of the row's schema
	bool local;          // left out of digests: may differ between a run and its replay
	bool kept;           // its latest rows stay unpacked in a turn (kept.h)
};

struct store_options {
	const char *folder;  // made when absent, mode 0700
	size_t map_bytes;
	bool sync;           // false in the simulator only (a tmpfs crash is a process crash)
	bool read_only;
	const struct store_table *const *tables; // ends with NULL
};

// error_busy when somebody else has it open for writing; error_version when a table was written by a newer program;
// error_absent when a reader finds no store, or not all of its tables.  Clears stale readers.
// A process may have several handles on one folder, all in one thread, and one of them may write.
enum error store_open(struct store **store, const struct store_options *options);
void store_close(struct store *store); // NULL is nothing; no transaction may be open

struct store_txn {
	struct store *store;
	void *mdb;           // MDB_txn
	enum error fault;    // error_none, or the first fault; never changes back
	bool writes;
	struct kept *kept;   // rows that stay unpacked
};

void store_begin(struct store *store, bool writes, struct store_txn *txn);
// The only fdatasync of a turn happens here.  Returns the sticky fault when there is one (and aborts).
enum error store_commit(struct store_txn *txn);
void store_abort(struct store_txn *txn);

// What is returned lives until the next write in the transaction, or its end; it must not be handed to a write.
bool store_get(struct store_txn *txn, const struct store_table *table, struct bytes key, struct bytes *value);
void store_put(struct store_txn *txn, const struct store_table *table, struct bytes key, struct bytes value);
// At the end of a table whose keys only grow: LMDB's MDB_APPEND.
void store_append(struct store_txn *txn, const struct store_table *table, struct bytes key, struct bytes value);
// Room for `size` bytes inside the page, to be filled before the next call (MDB_RESERVE); NULL on a fault.
uint8_t *store_reserve(struct store_txn *txn, const struct store_table *table, struct bytes key, size_t size);
bool store_delete(struct store_txn *txn, const struct store_table *table, struct bytes key);
// The first row with a key >= `from`; the row after `key`; the last row; the last row with a key <= `to`.
bool store_seek(struct store_txn *txn, const struct store_table *table, struct bytes from, struct bytes *key,
		struct bytes *value);
bool store_last(struct store_txn *txn, const struct store_table *table, struct bytes *key, struct bytes *value);
bool store_seek_back(struct store_txn *txn, const struct store_table *table, struct bytes to, struct bytes *key,
		     struct bytes *value);
uint64_t store_count(struct store_txn *txn, const struct store_table *table);
// What was read of the table is not a row of it: makes the fault error_corrupt, and logs which file it is.
void store_row_damaged(struct store_txn *txn, const struct store_table *table);
// Empties the table.
void store_clear(struct store_txn *txn, const struct store_table *table);

// A walk in key order that need not seek again for each row.  No writes to the table meanwhile.
struct store_walk {
	struct store_txn *txn;
	void *cursor;
	bool started;
	const struct store_table *table;
	struct bytes key, value;
};
void store_walk_init(struct store_walk *walk, struct store_txn *txn, const struct store_table *table, struct bytes from);
bool store_walk_next(struct store_walk *walk); // false at the end
void store_walk_deinit(struct store_walk *walk); // before the transaction ends

// SHA-256 over a table's rows in key order, each as length-prefixed key and value (u32 big-endian).
struct hash store_table_digest(struct store_txn *txn, const struct store_table *table);

struct store_figures {
	uint64_t map_bytes, disk_free_bytes;
	uint64_t used_bytes;           // of the map, without the pages that are free to use again
	uint32_t readers, readers_max; // slots: used at most, and there are
};
enum error store_figures(struct store *store, struct store_figures *figures);
// mdb_reader_check: clears readers whose process is gone.  Returns how many.
int store_clear_stale_readers(struct store *store);
// A consistent copy into `folder` while running (mdb_env_copy2), synced.  Not inside a write transaction.
enum error store_copy(struct store *store, const char *folder);

#endif
