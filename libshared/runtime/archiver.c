// The archiver: turns into sealed segments, in small steps between turns; afterwards they may leave LMDB.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/engine_private.h"

#define step_bytes (1u << 20)
#define housekeeping_every_ms 5000
#define readers_every_ms 60000

static enum error root_at(struct log_view *view, uint64_t turn, struct hash *root)
{
	struct record_head head;
	struct bytes record;

	memset(root, 0, sizeof *root);
	if (turn == 0)
		return error_none;
	enum error error = log_turn(view, turn, &record);
	if (!error && record_head_decode(record, &head))
		error = error_corrupt;
	if (!error)
		*root = head.root;
	return error;
}

static enum error begin_segment(struct engine *e, struct log_view *view)
{
	uint64_t first = e->meta.archived_turn + 1;
	struct record_head head;
	struct bytes record;
	struct hash before;
	char folder[PATH_MAX];

	enum error error = root_at(view, first - 1, &before);
	if (!error)
		error = log_turn(view, first, &record);
	if (!error && record_head_decode(record, &head))
		error = error_corrupt;
	if (error)
		return error > 0 ? error_corrupt : error;
	if ((size_t)snprintf(folder, sizeof folder, "%s/log", e->folder) >= sizeof folder)
		return error_io;
	return segment_begin(&e->segment, folder, &e->log, first, head.first_entry, &before, e->sync);
}

// The number after the last entry of the segment's last turn.
static enum error next_entry(struct engine *e, struct log_view *view, uint64_t turn, uint64_t *entry)
{
	struct record_head head;
	struct bytes record;

	*entry = e->meta.head_entry + 1;
	if (turn == e->meta.head_turn)
		return error_none;
	enum error error = log_turn(view, turn + 1, &record);
	if (!error && record_head_decode(record, &head))
		error = error_corrupt;
	if (!error)
		*entry = head.first_entry;
	return error > 0 ? error_corrupt : error;
}

// Adds turns up to `bytes`, and seals when the segment is large enough or the log ends.
static enum error extend_segment(struct engine *e, struct log_view *view, uint64_t bytes)
{
	struct segment_writer *w = &e->segment;
	uint64_t turn = w->offsets.size ? w->segment.last_turn + 1 : w->segment.first_turn;
	uint64_t until = w->segment.bytes + bytes, entry;
	enum error error = error_none;
	struct record_head head;
	struct bytes record;

	for (; !error && turn <= e->meta.head_turn && w->segment.bytes < until &&
	       w->segment.bytes < e->limits.segment_bytes;
	     turn++) {
		error = log_turn(view, turn, &record);
		// What is damaged must not be sealed: under the segment's digest it would pass for what was written.
		if (!error && (record_head_decode(record, &head) || head.turn != turn))
			error = error_corrupt;
		if (!error)
			error = segment_add(w, turn, record);
	}
	if (error)
		return error > 0 ? error_corrupt : error;
	if (turn <= e->meta.head_turn && w->segment.bytes < e->limits.segment_bytes)
		return segment_flush(w);
	error = next_entry(e, view, turn - 1, &entry);
	return error ? error : segment_seal(w, entry);
}

static enum error step(struct engine *e, uint64_t bytes)
{
	struct store_txn txn;

	store_begin(e->store, false, &txn);
	struct log_view view = engine_view(e, &txn);
	enum error error = txn.fault;
	if (!error && !segment_writing(&e->segment))
		error = begin_segment(e, &view);
	if (!error)
		error = extend_segment(e, &view, bytes);
	store_abort(&txn);
	if (!error && e->segment.sealed && engine_crashes(e, engine_point_archive))
		error = error_interrupted;
	return error;
}

enum error engine_archive_step(struct engine *e)
{
	ensure(!e->done_with);
	if (e->halt || e->segment.sealed || (!segment_writing(&e->segment) && e->unarchived_bytes < e->limits.segment_bytes))
		return error_pending;
	return engine_fail(e, step(e, step_bytes));
}

void archive_note(struct engine *e, struct store_txn *txn)
{
	const struct segment *s = &e->segment.segment;
	struct runtime_key key = runtime_key_u64(s->first_turn);
	struct archive_row row = { s->last_turn, s->first_entry, s->next_entry - 1, s->bytes, s->digest };

	if (!e->segment.sealed)
		return;
	buffer_clear(&e->work.row);
	archive_row_encode(&row, &e->work.row);
	work_put_row(&e->work, txn, &e->table.archive, key);
	e->meta.archived_turn = s->last_turn;
	e->segment_noted = true;
}

void archive_noted(struct engine *e)
{
	uint64_t bytes = e->segment.segment.bytes;

	if (!e->segment_noted)
		return;
	archive_add(&e->archive, &e->segment.segment);
	e->unarchived_bytes -= bytes < e->unarchived_bytes ? bytes : e->unarchived_bytes;
	segment_forget(&e->segment);
	e->segment_noted = false;
}

// A turn may leave LMDB when its segment is synced and every consumer that has asked is durably past it.  Consumers that have
// not asked since the start, or are so far behind that they must be away, are served from segments: a service that is stopped
// for a month must not fill the map of those it reads.
void archive_trim(struct engine *e, struct store_txn *txn)
{
	uint64_t limit = e->meta.archived_turn, hot = e->limits.hot_turns;
	uint64_t head = e->meta.head_turn;

	if (limit > (head > hot ? head - hot : 0))
		limit = head > hot ? head - hot : 0;
	if (fault_is(trimmed_early))
		limit = head > hot ? head - hot : 0;
	for (size_t i = 0; i < e->consumer_count; i++) {
		uint64_t durable = e->consumers[i].durable_turn;
		if (durable < limit && head - durable <= engine_away * hot && !fault_is(trimmed_early))
			limit = durable;
	}
	for (size_t i = 0; i < engine_trim_step && e->first_turn <= limit && !txn->fault; i++) {
		struct runtime_key key = runtime_key_u64(e->first_turn++);
		store_delete(txn, &e->table.turns, runtime_key_bytes(key));
	}
}

static enum error note_now(struct engine *e)
{
	struct store_txn txn;

	store_begin(e->store, true, &txn);
	archive_note(e, &txn);
	meta_put(e, &txn);
	enum error error = store_commit(&txn);
	if (!error)
		archive_noted(e);
	return error;
}

enum error engine_archive_check(struct engine *e)
{
	uint64_t last = e->meta.archived_turn, next = last;
	enum error error = archive_check(&e->archive);

	// A copy may have been made between a segment's sealing and its note: those behind that one tell.
	for (bool more = true; !error && more;) {
		error = archive_beyond(&e->archive, last + 1, &next);
		more = next > last;
		last = more ? next : last;
	}
	// A turn is sealed after its commit: a segment that goes further was sealed by a newer copy.
	if (!error && last > e->meta.head_turn)
		restored_behind_segments(e, last);
	return engine_fail(e, error);
}

enum error engine_archive_now(struct engine *e)
{
	enum error error = error_none;

	ensure(!e->done_with);
	if (e->halt == halt_old_copy) // its turns may be in segments already that were written after it
		return error_refused;
	while (!error && e->meta.archived_turn < e->meta.head_turn) {
		if (!e->segment.sealed)
			error = step(e, UINT64_MAX / 2);
		if (!error)
			error = note_now(e);
	}
	return engine_fail(e, error);
}

// ---- checkpoints

static enum error checkpoint_paths(const struct engine *e, char aside[PATH_MAX], char folder[PATH_MAX])
{
	bool fit = (size_t)snprintf(aside, PATH_MAX, "%s/checkpoint.tmp", e->folder) < PATH_MAX &&
		   (size_t)snprintf(folder, PATH_MAX, "%s/checkpoint-%020llu", e->folder,
				    (unsigned long long)e->meta.head_turn) < PATH_MAX;

	return fit ? error_none : error_io;
}

// After a migration the turns before it can no longer be replayed by this code: replay starts from a copy.  It is there whole or
// not at all.
enum error archive_checkpoint(struct engine *e)
{
	char aside[PATH_MAX], folder[PATH_MAX], file[PATH_MAX + 16];
	enum error error = checkpoint_paths(e, aside, folder);

	if (error)
		return error;
	snprintf(file, sizeof file, "%s/data.mdb", aside);
	if (unlink(file) < 0 && errno != ENOENT) // of an attempt that was interrupted
		return error_from_errno(errno);
	error = store_copy(e->store, aside);
	if (!error && rename(aside, folder) < 0)
		error = error_from_errno(errno);
	e->checkpoint_due = false;
	return error ? error : e->sync ? folder_sync(e->folder) : error_none;
}

// The copy of a migration is made after its commit: who died between the two has left it to be made.
enum error archive_checkpoint_look(struct engine *e)
{
	char aside[PATH_MAX], folder[PATH_MAX];
	struct record_item item;
	struct store_txn txn;
	struct bytes bytes;
	struct record r;
	enum error error = checkpoint_paths(e, aside, folder);

	if (error || e->meta.head_turn == 0)
		return error;
	store_begin(e->store, false, &txn);
	struct log_view view = engine_view(e, &txn);
	// What is damaged is found elsewhere.
	bool migrated = !txn.fault && !log_turn(&view, e->meta.head_turn, &bytes) && !record_open(&r, bytes) &&
			r.input_count == 1 && !record_next_item(&r, &item) && item.kind == record_input_migration;
	error = txn.fault;
	store_abort(&txn);
	e->checkpoint_due = migrated && access(folder, F_OK) < 0;
	return error;
}

// ---- housekeeping

void engine_housekeeping(struct engine *e, int64_t boot_ms)
{
	struct store_figures f;

	snapshot_expire(e, boot_ms);
	if (boot_ms < e->housekeeping_ms)
		return;
	e->housekeeping_ms = boot_ms + housekeeping_every_ms;
	if (boot_ms >= e->readers_ms) {
		e->readers_ms = boot_ms + readers_every_ms;
		int cleared = store_clear_stale_readers(e->store);
		if (cleared > 0)
			log_warn("stale_readers_cleared count=%d", cleared);
	}
	if (store_figures(e->store, &f))
		return;
	bool admission = f.disk_free_bytes >= e->limits.reserve_bytes &&
			 f.map_bytes - f.used_bytes >= e->limits.reserve_bytes;
	if (admission != e->admission)
		log_warn("admission open=%d disk_free=%llu map_free=%llu", admission,
			 (unsigned long long)f.disk_free_bytes, (unsigned long long)(f.map_bytes - f.used_bytes));
	e->admission = admission;
}
