#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "store/ahead.h"
#include "store/disk.h"
#include "store/environment.h"
#include "store/kept.h"

// Rows: table name -> version of its rows (u16), so that an older program refuses what a newer one wrote.
#define versions_name "store_versions"
#define disk_is_full_bytes (1u << 20)

struct store {
	struct environment *environment;
	unsigned generation; // of the environment when the handles below were made
	bool read_only;
	const struct store_table *const *tables;
	unsigned table_count;
	MDB_dbi dbi[store_tables_max]; // by store_table.index
	MDB_dbi versions;
	MDB_cursor *cursor[store_tables_max]; // of the transaction that writes, by store_table.index; NULL: not needed yet
};

static struct bytes bytes_from(const MDB_val *value)
{
	return bytes_of(value->mv_data, value->mv_size);
}

// MDB_val has no const: what goes in and what comes out are the same type.
static MDB_val value_from(struct bytes b)
{
	union {
		const uint8_t *in;
		void *out;
	} data = { .in = b.data };

	return (MDB_val){ .mv_size = b.size, .mv_data = data.out };
}

// ---- opening

static enum error check_version(struct store *store, MDB_txn *mdb, const struct store_table *table)
{
	uint8_t ours[2];
	MDB_val key = value_from(bytes_of_text(table->name)), value;

	int rc = mdb_get(mdb, store->versions, &key, &value);
	if (rc && rc != MDB_NOTFOUND)
		return environment_error(rc);
	if (!rc && value.mv_size != sizeof ours)
		return error_corrupt;
	uint16_t theirs = rc ? 0 : get_u16(value.mv_data);
	if (theirs > table->version)
		return error_version;
	if (store->read_only || (!rc && theirs == table->version))
		return error_none;
	put_u16(ours, table->version);
	value = value_from(bytes_of(ours, sizeof ours));
	return environment_error(mdb_put(mdb, store->versions, &key, &value, 0));
}

static enum error open_tables_in(struct store *store, MDB_txn *mdb)
{
	unsigned flags = store->read_only ? 0 : MDB_CREATE;
	enum error e = environment_error(mdb_dbi_open(mdb, versions_name, flags, &store->versions));

	for (unsigned i = 0; !e && i < store->table_count; i++) {
		const struct store_table *table = store->tables[i];
		e = environment_error(mdb_dbi_open(mdb, table->name, flags, &store->dbi[table->index]));
		if (!e)
			e = check_version(store, mdb, table);
	}
	return e;
}

// All handles in one transaction at the start: later ones need not look.
static enum error open_tables(struct store *store)
{
	MDB_txn *mdb;
	int rc = mdb_txn_begin(store->environment->mdb, NULL, store->read_only ? MDB_RDONLY : 0, &mdb);

	if (rc)
		return environment_error(rc);
	enum error e = open_tables_in(store, mdb);
	if (e) {
		mdb_txn_abort(mdb);
		return e;
	}
	store->generation = store->environment->generation;
	return environment_error(mdb_txn_commit(mdb));
}

static unsigned count_tables(const struct store_table *const *tables)
{
	unsigned count = 0;
	bool seen[store_tables_max] = { false };

	for (; tables[count]; count++) {
		ensure(count < store_tables_max && tables[count]->index < store_tables_max);
		ensure(!seen[tables[count]->index]);
		seen[tables[count]->index] = true;
	}
	for (unsigned i = 0; i < count; i++)
		ensure(seen[i]); // dense
	return count;
}

enum error store_open(struct store **out, const struct store_options *options)
{
	struct store *store = calloc(1, sizeof *store);

	if (!store)
		return error_no_memory;
	store->read_only = options->read_only;
	store->tables = options->tables;
	store->table_count = count_tables(options->tables);
	enum error e = environment_open(&store->environment, options);
	if (!e) {
		e = open_tables(store);
		if (e == error_corrupt)
			environment_damaged(store->environment->mdb, "its tables cannot be opened");
		if (e)
			environment_close(store->environment, !store->read_only);
	}
	if (e) {
		free(store);
		return e;
	}
	*out = store;
	return error_none;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	environment_close(store->environment, !store->read_only);
	free(store);
}

// ---- transactions

static bool fault(struct store_txn *txn, int code)
{
	if (!txn->fault) {
		txn->fault = environment_error(code);
		if (txn->fault == error_corrupt)
			environment_damaged(txn->store->environment->mdb, mdb_strerror(code));
	}
	return false;
}

void store_row_damaged(struct store_txn *txn, const struct store_table *table)
{
	char what[100];

	if (txn->fault)
		return;
	txn->fault = error_corrupt;
	snprintf(what, sizeof what, "a row of %s is not one", table->name);
	environment_damaged(txn->store->environment->mdb, what);
}

void store_begin(struct store *store, bool writes, struct store_txn *txn)
{
	struct environment *environment = store->environment;
	MDB_txn *mdb = NULL;

	ensure(!writes || (!store->read_only && !environment->writing));
	*txn = (struct store_txn){ .store = store, .writes = writes };
	if (store->generation != environment->generation && (txn->fault = open_tables(store)))
		return;
	int rc = mdb_txn_begin(environment->mdb, NULL, writes ? 0 : MDB_RDONLY, &mdb);
	if (rc == MDB_MAP_RESIZED && environment->transactions == 0) { // a writer came back with a larger map
		rc = mdb_env_set_mapsize(environment->mdb, 0);
		if (!rc)
			rc = mdb_txn_begin(environment->mdb, NULL, writes ? 0 : MDB_RDONLY, &mdb);
	}
	if (rc) {
		fault(txn, rc);
		return;
	}
	if (writes)
		memset(store->cursor, 0, sizeof store->cursor); // LMDB closed them with the last transaction
	txn->mdb = mdb;
	environment->transactions++;
	environment->writing |= writes;
}

static void end(struct store_txn *txn)
{
	kept_forget(txn);
	txn->store->environment->transactions--;
	if (txn->writes)
		txn->store->environment->writing = false;
	txn->mdb = NULL;
}

void store_abort(struct store_txn *txn)
{
	if (!txn->mdb)
		return;
	mdb_txn_abort(txn->mdb);
	end(txn);
}

// LMDB reports the short write with which a disk fills up as EIO.
static int commit_code(const struct store *store, int code)
{
	struct statvfs disk;
	int fd;

	if (code == EIO && !mdb_env_get_fd(store->environment->mdb, &fd) && fstatvfs(fd, &disk) == 0 &&
	    (uint64_t)disk.f_bavail * disk.f_frsize < disk_is_full_bytes)
		return ENOSPC;
	return code;
}

enum error store_commit(struct store_txn *txn)
{
	kept_settle(txn, NULL);
	if (txn->fault || !txn->writes) {
		store_abort(txn);
		return txn->fault;
	}
	ensure(txn->mdb);
	ahead_fill(txn->store->environment->mdb);
	fault(txn, commit_code(txn->store, mdb_txn_commit(txn->mdb))); // frees it even when it fails
	end(txn);
	return txn->fault;
}

// ---- rows

static MDB_dbi dbi_of(const struct store_txn *txn, const struct store_table *table)
{
	ensure(table->index < txn->store->table_count);
	return txn->store->dbi[table->index];
}

static MDB_val key_from(struct bytes key)
{
	ensure(key.size >= 1 && key.size <= store_key_max);
	return value_from(key);
}

// A transaction that writes has one cursor for each table, for all that it does there: where it stands is most often where the
// next row is, and LMDB then need not search from the root.  LMDB keeps it right when pages split or rows go.  NULL on a
// fault.
static MDB_cursor *cursor_of(struct store_txn *txn, const struct store_table *table)
{
	MDB_dbi dbi = dbi_of(txn, table);
	MDB_cursor **cursor = &txn->store->cursor[table->index];

	ensure(txn->writes);
	if (table->kept)
		kept_settle(txn, table);
	if (!*cursor)
		fault(txn, mdb_cursor_open(txn->mdb, dbi, cursor));
	return *cursor;
}

bool store_get(struct store_txn *txn, const struct store_table *table, struct bytes key, struct bytes *value)
{
	MDB_val k = key_from(key), v;
	MDB_cursor *cursor = NULL;

	*value = (struct bytes){ 0 };
	if (txn->fault || (txn->writes && !(cursor = cursor_of(txn, table))))
		return false;
	int rc = txn->writes ? mdb_cursor_get(cursor, &k, &v, MDB_SET) : mdb_get(txn->mdb, dbi_of(txn, table), &k, &v);
	if (rc == MDB_NOTFOUND)
		return false;
	if (rc)
		return fault(txn, rc);
	*value = bytes_from(&v);
	return true;
}

static void put(struct store_txn *txn, const struct store_table *table, struct bytes key, MDB_val *v, unsigned flags)
{
	MDB_val k = key_from(key);
	MDB_cursor *cursor;

	if (!txn->fault && (cursor = cursor_of(txn, table)))
		fault(txn, mdb_cursor_put(cursor, &k, v, flags));
}

void store_put(struct store_txn *txn, const struct store_table *table, struct bytes key, struct bytes value)
{
	MDB_val v = value_from(value);

	put(txn, table, key, &v, 0);
}

void store_append(struct store_txn *txn, const struct store_table *table, struct bytes key, struct bytes value)
{
	MDB_val v = value_from(value);

	put(txn, table, key, &v, MDB_APPEND);
	ensure(txn->fault != error_exists); // the key was not the greatest
}

uint8_t *store_reserve(struct store_txn *txn, const struct store_table *table, struct bytes key, size_t size)
{
	MDB_val v = { .mv_size = size };

	put(txn, table, key, &v, MDB_RESERVE);
	return txn->fault ? NULL : v.mv_data;
}

bool store_delete(struct store_txn *txn, const struct store_table *table, struct bytes key)
{
	MDB_val k = key_from(key), v;
	MDB_cursor *cursor;

	if (txn->fault || !(cursor = cursor_of(txn, table)))
		return false;
	int rc = mdb_cursor_get(cursor, &k, &v, MDB_SET);
	if (!rc)
		rc = mdb_cursor_del(cursor, 0);
	if (rc == MDB_NOTFOUND)
		return false;
	return rc ? fault(txn, rc) : true;
}

uint64_t store_count(struct store_txn *txn, const struct store_table *table)
{
	MDB_stat stat = { 0 };

	kept_settle(txn, table);
	if (!txn->fault)
		fault(txn, mdb_stat(txn->mdb, dbi_of(txn, table), &stat));
	return txn->fault ? 0 : stat.ms_entries;
}

void store_clear(struct store_txn *txn, const struct store_table *table)
{
	kept_settle(txn, table);
	if (txn->fault)
		return;
	ensure(txn->writes);
	fault(txn, mdb_drop(txn->mdb, dbi_of(txn, table), 0));
}

// ---- by key order

// Where a cursor goes.
enum place { place_from, place_last, place_up_to };

static int move(MDB_cursor *cursor, enum place place, struct bytes to, MDB_val *key, MDB_val *value)
{
	*key = value_from(to);
	switch (place) {
	case place_from: return mdb_cursor_get(cursor, key, value, to.size ? MDB_SET_RANGE : MDB_FIRST);
	case place_last: return mdb_cursor_get(cursor, key, value, MDB_LAST);
	case place_up_to: break;
	}
	int rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
	if (rc == MDB_NOTFOUND) // every key is smaller
		return mdb_cursor_get(cursor, key, value, MDB_LAST);
	if (rc || bytes_equal(bytes_from(key), to))
		return rc;
	return mdb_cursor_get(cursor, key, value, MDB_PREV);
}

static bool find(struct store_txn *txn, const struct store_table *table, enum place place, struct bytes to,
		 struct bytes *key, struct bytes *value)
{
	MDB_cursor *cursor = NULL;
	MDB_val k, v;

	*key = *value = (struct bytes){ 0 };
	if (txn->fault)
		return false;
	if (txn->writes)
		cursor = cursor_of(txn, table);
	else
		fault(txn, mdb_cursor_open(txn->mdb, dbi_of(txn, table), &cursor));
	if (!cursor)
		return false;
	int rc = move(cursor, place, to, &k, &v);
	if (!txn->writes)
		mdb_cursor_close(cursor);
	if (rc == MDB_NOTFOUND)
		return false;
	if (rc)
		return fault(txn, rc);
	*key = bytes_from(&k);
	*value = bytes_from(&v);
	return true;
}

bool store_seek(struct store_txn *txn, const struct store_table *table, struct bytes from, struct bytes *key,
		struct bytes *value)
{
	return find(txn, table, place_from, from, key, value);
}

bool store_last(struct store_txn *txn, const struct store_table *table, struct bytes *key, struct bytes *value)
{
	return find(txn, table, place_last, (struct bytes){ 0 }, key, value);
}

bool store_seek_back(struct store_txn *txn, const struct store_table *table, struct bytes to, struct bytes *key,
		     struct bytes *value)
{
	ensure(to.size >= 1);
	return find(txn, table, place_up_to, to, key, value);
}

// The cursor stands on the first row from here on, so that `from` need not live longer than this call.
void store_walk_init(struct store_walk *walk, struct store_txn *txn, const struct store_table *table, struct bytes from)
{
	MDB_cursor *cursor;
	MDB_val k, v;

	*walk = (struct store_walk){ .txn = txn, .table = table };
	kept_settle(txn, table);
	if (txn->fault)
		return;
	int rc = mdb_cursor_open(txn->mdb, dbi_of(txn, table), &cursor);
	if (rc) {
		fault(txn, rc);
		return;
	}
	rc = move(cursor, place_from, from, &k, &v);
	if (rc) {
		mdb_cursor_close(cursor);
		if (rc != MDB_NOTFOUND)
			fault(txn, rc);
		return;
	}
	walk->cursor = cursor;
	walk->key = bytes_from(&k);
	walk->value = bytes_from(&v);
}

bool store_walk_next(struct store_walk *walk)
{
	MDB_val k, v;

	if (!walk->cursor || walk->txn->fault)
		return false;
	if (!walk->started) {
		walk->started = true;
		return true;
	}
	int rc = mdb_cursor_get(walk->cursor, &k, &v, MDB_NEXT);
	if (rc) {
		if (rc != MDB_NOTFOUND)
			fault(walk->txn, rc);
		store_walk_deinit(walk);
		return false;
	}
	walk->key = bytes_from(&k);
	walk->value = bytes_from(&v);
	return true;
}

void store_walk_deinit(struct store_walk *walk)
{
	if (walk->cursor)
		mdb_cursor_close(walk->cursor);
	walk->cursor = NULL;
	walk->key = walk->value = (struct bytes){ 0 };
}

struct hash store_table_digest(struct store_txn *txn, const struct store_table *table)
{
	struct digest *digest = digest_new();
	struct store_walk walk;
	uint8_t length[4];

	store_walk_init(&walk, txn, table, (struct bytes){ 0 });
	while (store_walk_next(&walk)) {
		put_u32(length, (uint32_t)walk.key.size);
		digest_add(digest, bytes_of(length, sizeof length));
		digest_add(digest, walk.key);
		put_u32(length, (uint32_t)walk.value.size);
		digest_add(digest, bytes_of(length, sizeof length));
		digest_add(digest, walk.value);
	}
	store_walk_deinit(&walk);
	return digest_end_free(digest);
}

// ---- figures and copies

// Pages that no row uses: LMDB's own table 0 holds lists of them, the first word of each is its length.
static int count_free_pages(MDB_txn *mdb, uint64_t *pages)
{
	MDB_cursor *cursor;
	MDB_val key, list;
	size_t length;
	int rc = mdb_cursor_open(mdb, 0, &cursor);

	*pages = 0;
	if (rc)
		return rc;
	while (!(rc = mdb_cursor_get(cursor, &key, &list, MDB_NEXT))) {
		memcpy(&length, list.mv_data, sizeof length);
		*pages += length;
	}
	mdb_cursor_close(cursor);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

enum error store_figures(struct store *store, struct store_figures *figures)
{
	struct store_txn txn;
	struct statvfs disk;
	MDB_envinfo info;
	MDB_stat stat;
	uint64_t free_pages = 0;
	int fd;

	store_begin(store, false, &txn);
	if (!txn.fault)
		fault(&txn, count_free_pages(txn.mdb, &free_pages));
	store_abort(&txn);
	if (txn.fault)
		return txn.fault;
	MDB_env *mdb = store->environment->mdb;
	int rc = mdb_env_info(mdb, &info);
	if (!rc)
		rc = mdb_env_stat(mdb, &stat);
	if (!rc)
		rc = mdb_env_get_fd(mdb, &fd);
	if (!rc && fstatvfs(fd, &disk) < 0)
		rc = errno;
	if (rc)
		return environment_error(rc);
	figures->map_bytes = info.me_mapsize;
	figures->used_bytes = ((uint64_t)info.me_last_pgno + 1 - free_pages) * stat.ms_psize;
	figures->disk_free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
	figures->readers = info.me_numreaders;
	figures->readers_max = info.me_maxreaders;
	return error_none;
}

int store_clear_stale_readers(struct store *store)
{
	int cleared = 0;

	mdb_reader_check(store->environment->mdb, &cleared);
	return cleared;
}

static enum error sync_copy(const char *path)
{
	enum error e = error_none;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return error_from_errno(errno);
	if (fchmod(fd, 0600) < 0 || fsync(fd) < 0)
		e = error_from_errno(errno);
	close(fd);
	return e;
}

enum error store_copy(struct store *store, const char *folder)
{
	char path[PATH_MAX];
	enum error e = disk_make_folder(folder);

	ensure(!store->environment->writing); // LMDB takes the writer's mutex for the meta pages
	if (e)
		return e;
	if (!disk_path(path, folder, "data.mdb"))
		return error_io;
	e = environment_error(mdb_env_copy2(store->environment->mdb, folder, 0));
	if (!e)
		e = sync_copy(path); // LMDB does not
	return e ? e : folder_sync(folder);
}
