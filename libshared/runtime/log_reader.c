#include "runtime/log_reader.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/archive.h"
#include "runtime/record.h"

struct log_reader {
	struct runtime_tables table;
	struct store *store;
	struct store_txn txn;
	struct archive archive;
	struct log_view view;
	struct log_name name;
	// the turn that an entry was read from last
	struct record record;
	uint64_t record_turn, next_entry;
};

static const struct store_table *const no_tables[] = { NULL };

static enum error read_meta(struct log_reader *r)
{
	struct runtime_key key = runtime_key_u16(0);
	static struct meta_row meta;
	struct bytes value;

	if (!store_get(&r->txn, &r->table.meta, runtime_key_bytes(key), &value))
		return r->txn.fault ? r->txn.fault : error_absent;
	if (meta_row_decode(value, &meta))
		return error_corrupt;
	r->name = meta.log;
	r->view.txn = &r->txn;
	r->view.head_turn = meta.head_turn;
	r->view.head_entry = meta.head_entry;
	return error_none;
}

// The runtime's tables are numbered after the service's when those are asked for: the handles are this reader's own.
static enum error open_environment(struct log_reader *r, const char *folder,
				   const struct store_table *const *tables)
{
	runtime_tables_init(&r->table, tables ? tables : no_tables);
	struct store_options options = { .folder = folder, .read_only = true, .tables = r->table.all };
	enum error e = store_open(&r->store, &options);

	if (e)
		return e;
	store_begin(r->store, false, &r->txn);
	return r->txn.fault ? r->txn.fault : read_meta(r);
}

static enum error use_segments(struct log_reader *r)
{
	enum error e = archive_log_name(&r->archive, &r->name);

	if (e)
		return e;
	r->view.head_turn = archive_last_turn(&r->archive);
	r->view.head_entry = r->archive.list[r->archive.count - 1].next_entry - 1;
	return error_none;
}

enum error log_reader_open(struct log_reader **out, const char *folder, const struct store_table *const *tables,
			   bool segments_only)
{
	char log[PATH_MAX];
	struct log_reader *r = calloc(1, sizeof *r);

	if (!r)
		return error_no_memory;
	r->archive.fd = -1;
	enum error e = (size_t)snprintf(log, sizeof log, "%s/log", folder) < sizeof log ? error_none : error_io;
	r->view = (struct log_view){ .turns = &r->table.turns, .archive = &r->archive };
	if (!e)
		e = segments_only ? error_absent : open_environment(r, folder, tables);
	// After the environment: what leaves it while its daemon runs is in a segment that was sealed before.
	bool alone = e == error_absent;
	if (!e || alone)
		e = archive_open(&r->archive, log, true);
	if (!e && alone)
		e = use_segments(r);
	if (e) {
		log_reader_close(r);
		return e;
	}
	*out = r;
	return error_none;
}

void log_reader_close(struct log_reader *r)
{
	if (!r)
		return;
	store_abort(&r->txn);
	store_close(r->store);
	archive_close(&r->archive);
	free(r);
}

struct log_name log_reader_name(const struct log_reader *r)
{
	return r->name;
}

uint64_t log_reader_head_turn(const struct log_reader *r)
{
	return r->view.head_turn;
}

uint64_t log_reader_head_entry(const struct log_reader *r)
{
	return r->view.head_entry;
}

struct store_txn *log_reader_txn(struct log_reader *r)
{
	return r->view.txn;
}

const struct runtime_tables *log_reader_tables(const struct log_reader *r)
{
	return &r->table;
}

enum error log_reader_turn(struct log_reader *r, uint64_t turn, struct bytes *record)
{
	r->record_turn = 0; // it borrows from what the next call overwrites
	if (turn == 0 || turn > r->view.head_turn)
		return error_absent;
	return log_turn(&r->view, turn, record);
}

static enum error open_turn(struct log_reader *r, uint64_t turn)
{
	struct bytes bytes;
	enum error e = log_reader_turn(r, turn, &bytes);

	if (!e)
		e = record_open(&r->record, bytes);
	if (e)
		return e == error_malformed ? error_corrupt : e;
	r->record_turn = turn;
	r->next_entry = r->record.head.first_entry;
	return error_none;
}

static uint64_t entry_after(const struct log_reader *r)
{
	return r->record.head.first_entry + r->record.entry_count;
}

// The open turn or one soon after it, as long as numbers ascend; else a search.
static enum error find(struct log_reader *r, uint64_t number)
{
	enum error e = error_none;
	uint64_t turn;

	if (r->record_turn && number >= r->next_entry)
		for (int i = 0; !e && i < 16 && number >= entry_after(r) && r->record_turn < r->view.head_turn; i++)
			e = open_turn(r, r->record_turn + 1);
	if (e || (r->record_turn && number >= r->next_entry && number < entry_after(r)))
		return e;
	e = log_turn_of_entry(&r->view, number, &turn);
	return e ? e : open_turn(r, turn);
}

enum error log_reader_entry(struct log_reader *r, uint64_t number, struct log_reader_entry *entry)
{
	if (number == 0 || number > r->view.head_entry)
		return error_absent;
	enum error e = find(r, number);
	if (e)
		return e;
	if (number < r->next_entry || number >= entry_after(r))
		return error_corrupt;
	*entry = (struct log_reader_entry){ number, r->record_turn, r->record.head.time_ms, { 0 } };
	for (; r->next_entry <= number; r->next_entry++)
		entry->envelope = record_next_entry(&r->record);
	return r->record.entries.bad ? error_corrupt : error_none;
}
