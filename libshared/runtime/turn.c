// The turn: what goes into one, and the order in which it comes to be.
#include <stdlib.h>
#include <string.h>

#include "runtime/engine_private.h"

// ---- deliberate faults (base/fault.h)

#ifdef TDV_FAULTS
static void put_cursor(struct engine *e, uint16_t service, const struct source *s);

static enum error fault_cursors_apart(struct engine *e)
{
	store_begin(e->store, true, &e->work.txn);
	for (size_t i = 0; i < e->source_count; i++)
		put_cursor(e, e->sources[i].service, &e->sources[i]);
	return store_commit(&e->work.txn);
}

// At the crash before the commit: the turn is not on disk, and the engine goes on as if it were.
static bool fault_goes_on(struct engine *e)
{
	if (fault_is(commit_unchecked))
		work_abort(e);
	e->dies = fault_is(send_before_commit); // its transaction stays open, for those who are served from it
	return e->dies || fault_is(commit_unchecked);
}
#endif

// ---- the turn's frame

void work_init(struct engine *e)
{
	e->work.engine = e;
}

void work_deinit(struct engine *e)
{
	struct work *w = &e->work;
	struct buffer *all[] = { &w->inputs,  &w->entries, &w->leaves, &w->record,  &w->envelope,
				 &w->scratch, &w->row,	   &w->body,   &w->replies, &w->reply_bytes };

	for (size_t i = 0; i < array_size(all); i++)
		buffer_deinit(all[i]);
}

void work_begin(struct engine *e, int64_t time_ms)
{
	struct work *w = &e->work;
	struct buffer *all[] = { &w->inputs, &w->entries, &w->leaves, &w->record, &w->replies, &w->reply_bytes };

	for (size_t i = 0; i < array_size(all); i++)
		buffer_clear(all[i]);
	w->input_count = w->entry_count = w->replies_read = 0;
	w->produced = w->index = w->handled = 0;
	w->share_end = e->limits.batch_entries;
	w->changed = w->replies_open = false;
	w->effect_last = w->receivers = 0;
	w->meta_before = e->meta;
	w->number = e->meta.head_turn + 1;
	w->first_entry = e->meta.head_entry + 1;
	for (size_t i = 0; i < e->source_count; i++) {
		w->moved_from[i] = e->sources[i].durable_entry + 1;
		w->moved_turn[i] = e->sources[i].durable_turn;
	}
	store_begin(e->store, true, &w->txn);
	w->turn = (struct turn){ .tx = &w->txn, .time_ms = time_ms };
}

void work_abort(struct engine *e)
{
	store_abort(&e->work.txn);
}

void work_put_row(struct work *w, struct store_txn *txn, const struct store_table *table, struct runtime_key key)
{
	if (w->row.failed && !txn->fault)
		txn->fault = error_no_memory;
	store_put(txn, table, runtime_key_bytes(key), buffer_bytes(&w->row));
}

static void put_cursor(struct engine *e, uint16_t service, const struct source *s)
{
	struct work *w = &e->work;
	struct runtime_key key = runtime_key_u16(service);
	struct cursor_row row = { .known = e->known[service], .source = s != NULL };

	if (s) {
		row.entry = s->entry;
		row.turn = s->turn;
		row.root = s->root;
	}
	buffer_clear(&w->row);
	cursor_row_encode(&row, &w->row);
	work_put_row(w, &w->txn, &e->table.cursors, key);
}

// Cursors that moved, and the causal past, which the record repeats.
static size_t finish_cursors(struct engine *e, struct log_position known[engine_services_max])
{
	size_t count = 0;

	for (size_t i = 0; i < e->source_count; i++)
		if (e->known[e->sources[i].service] < e->sources[i].entry)
			e->known[e->sources[i].service] = e->sources[i].entry;
	for (uint16_t service = 1; service < engine_services_max; service++) {
		struct source *s = source_of(e, service);
		if (!fault_is(cursor_apart) && ((s && source_moved(s)) || e->known[service] != e->known_stored[service]))
			put_cursor(e, service, s);
		if (e->known[service] > 0)
			known[count++] = (struct log_position){ service, e->known[service] };
	}
	return count;
}

void meta_put(struct engine *e, struct store_txn *txn)
{
	struct work *w = &e->work;
	struct runtime_key key = runtime_key_u16(0);

	e->meta.peaks_count = merkle_frontier_peaks(&e->tree);
	memcpy(e->meta.peaks, e->tree.peak, e->meta.peaks_count * sizeof e->tree.peak[0]);
	buffer_clear(&w->row);
	meta_row_encode(&e->meta, &w->row);
	work_put_row(w, txn, &e->table.meta, key);
}

static void finish_record(struct engine *e)
{
	struct work *w = &e->work;
	struct log_position known[engine_services_max];
	struct runtime_key key = runtime_key_u64(w->number);
	struct record_parts parts = {
		.turn = w->number,
		.time_ms = w->turn.time_ms,
		.fold_version = e->meta.fold_version,
		.first_entry = w->first_entry,
		.room_entries = e->limits.batch_entries,
		.room_bytes = e->limits.batch_bytes,
		.inputs = buffer_bytes(&w->inputs),
		.input_count = w->input_count,
		.known = known,
		.known_count = finish_cursors(e, known),
		.entries = buffer_bytes(&w->entries),
		.leaves = (struct hash *)(void *)w->leaves.data,
		.entry_count = w->entry_count,
	};
	record_encode(&parts, &e->tree, &w->record);
	if (w->record.failed && !w->txn.fault)
		w->txn.fault = error_no_memory;
	store_append(&w->txn, &e->table.turns, runtime_key_bytes(key), buffer_bytes(&w->record));
	e->meta.head_turn = w->number;
	e->meta.head_entry += w->entry_count;
	e->meta.head_time = w->turn.time_ms;
	e->meta.root = merkle_frontier_root(&e->tree);
}

enum error work_finish(struct engine *e)
{
	struct work *w = &e->work;

	for (size_t i = 0; i < e->source_count; i++)
		if (source_moved(&e->sources[i]))
			feed_range(e, &e->sources[i]);
	finish_record(e);
	archive_note(e, &w->txn);
	archive_trim(e, &w->txn);
	meta_put(e, &w->txn);
	timers_look(e, &w->txn);
	return w->txn.fault;
}

void work_committed(struct engine *e)
{
	struct work *w = &e->work;

	for (size_t i = 0; i < e->source_count; i++) {
		e->sources[i].durable_entry = e->sources[i].entry;
		e->sources[i].durable_turn = e->sources[i].turn;
	}
	memcpy(e->known_stored, e->known, sizeof e->known);
	e->noted[w->number % engine_noted_max] = (struct turn_note){
		w->number, w->receivers, w->first_entry, w->entry_count, e->meta.root
	};
	e->moved_ms = INT64_MAX;
	if (w->effect_last)
		e->effect_newest = w->effect_last;
	e->unarchived_bytes += w->record.size;
	archive_noted(e);
}

void work_reply(struct engine *e, uint64_t token, uint16_t type, struct bytes body)
{
	struct work *w = &e->work;
	struct left_reply reply = { token, type, w->reply_bytes.size, body.size };

	buffer_append(&w->reply_bytes, body.data, body.size);
	buffer_append(&w->replies, &reply, sizeof reply);
	if ((w->reply_bytes.failed || w->replies.failed) && !w->txn.fault)
		w->txn.fault = error_no_memory;
}

// ---- gathering

static bool full(const struct engine *e)
{
	const struct work *w = &e->work;
	uint32_t inputs = e->cautious ? 1 : e->limits.batch_inputs;

	return w->txn.fault || w->handled >= inputs || w->produced >= e->limits.batch_entries ||
	       w->entries.size >= e->limits.batch_bytes || w->inputs.size >= e->limits.batch_bytes;
}

static bool take_from_source(struct engine *e, struct source *s)
{
	uint64_t entry;
	struct bytes envelope;
	uint32_t taken = 0;

	source_settle(s);
	while (taken < engine_chunk && !full(e) && source_ready(e, s)) {
		source_take(e, s, &entry, &envelope);
		feed_entry(e, s->service, entry, envelope, 0);
		source_settle(s);
		taken++;
	}
	if (taken)
		feed_range(e, s);
	return taken > 0;
}

static bool take_from_queue(struct engine *e, struct waiting_queue *q)
{
	uint32_t taken = 0;

	while (taken < engine_chunk && q->count > 0 && !full(e)) {
		struct waiting *w = waiting_take(q);
		feed_waiting(e, w, 0);
		free(w);
		taken++;
	}
	return taken > 0;
}

static bool take_timers(struct engine *e)
{
	struct work *w = &e->work;
	struct bytes key, value;
	uint32_t taken = 0;

	while (taken < engine_chunk && !full(e) && !e->meta.timers_held) {
		timers_look(e, &w->txn);
		if (e->timer_next_ms > w->turn.time_ms ||
		    !store_seek(&w->txn, &e->table.timers, (struct bytes){ 0 }, &key, &value))
			break;
		feed_timer(e, e->timer_next_ms, get_u64(key.data + 8), 0);
		taken++;
	}
	return taken > 0;
}

static bool take_from_lane(struct engine *e, size_t lane)
{
	if (lane < e->source_count)
		return take_from_source(e, &e->sources[lane]);
	switch (lane - e->source_count) {
	case 0: return take_from_queue(e, &e->locals);
	case 1: return take_from_queue(e, &e->answers);
	case 2: return take_timers(e);
	default: return false;
	}
}

// Round-robin, until a whole round found nothing or the turn is full.
static void take_lanes(struct engine *e)
{
	size_t lanes = e->source_count + 3, idle = 0;

	while (idle < lanes && !full(e)) {
		idle = take_from_lane(e, e->lane) ? 0 : idle + 1;
		e->lane = (e->lane + 1) % lanes;
	}
}

static bool sources_wait(struct engine *e)
{
	for (size_t i = 0; i < e->source_count; i++) {
		source_settle(&e->sources[i]);
		if (source_ready(e, &e->sources[i]))
			return true;
	}
	return false;
}

static bool others_wait(struct engine *e, int64_t time_ms)
{
	return e->locals.count > 0 || e->answers.count > 0 ||
	       (e->timer_next_ms <= time_ms && !e->meta.timers_held) || sources_wait(e);
}

// Those that were left before this turn, oldest first; each gets its share of the room, so that none waits for
// another to end, and half of the room stays for what else is waiting.
static void take_continuations(struct engine *e)
{
	struct work *w = &e->work;
	uint64_t numbers[engine_chunk];
	size_t count = 0;
	struct store_walk walk;

	store_walk_init(&walk, &w->txn, &e->table.continuations, (struct bytes){ 0 });
	while (count < engine_chunk && store_walk_next(&walk))
		numbers[count++] = get_u64(walk.key.data);
	store_walk_deinit(&walk);
	if (count == 0)
		return;
	uint32_t room = others_wait(e, w->turn.time_ms) ? e->limits.batch_entries / 2 : e->limits.batch_entries;
	uint32_t share = room / (uint32_t)count > 8 ? room / (uint32_t)count : 8;
	for (size_t i = 0; i < count && !full(e) && (i == 0 || w->produced < room); i++)
		feed_continuation(e, numbers[i], share, 0);
}

static bool migration_due(const struct engine *e)
{
	return e->meta.fold_version != e->service->fold_version;
}

bool engine_migrates(const struct engine *e)
{
	return migration_due(e) || e->checkpoint_due;
}

static void gather(struct engine *e)
{
	if (migration_due(e)) {
		feed_migration(e);
		return; // a turn of its own: a checkpoint follows it
	}
	if (e->continuations > 0)
		take_continuations(e);
	take_lanes(e);
}

// What was gathered last showed that this is an old copy: nothing of the turn is written, and nobody hears of it.
static void give_up_turn(struct engine *e)
{
	e->meta = e->work.meta_before;
	e->work.changed = false;
	buffer_clear(&e->work.replies);
}

static bool cursor_is_due(const struct engine *e)
{
	return e->moved_ms != INT64_MAX && e->boot_ms - e->moved_ms >= (int64_t)e->limits.idle_cursor_ms;
}

// The order that everything rests on, and it stands only here:
//
//	handle -> record -> commit, synced -> and only then let anything out.
//
// Before the commit nobody else knows of the turn: a crash undoes it whole, and its inputs come again, for
// sources repeat from the cursor and submitters repeat what was not receipted.  After the commit a crash loses
// nothing: entries are served from the log, open effects from their table, and a receipt that was lost is asked
// for again.
static enum error commit_then_send(struct engine *e, int64_t time_ms)
{
	if (engine_crashes(e, engine_point_before_turn))
		return error_interrupted;
	attempt_begin(&e->attempt, e->meta.head_turn + 1);
	work_begin(e, time_ms);
	if (!e->work.txn.fault)
		gather(e);
	e->work.changed |= cursor_is_due(e);
	attempt_commit(&e->attempt);
	if (e->halt && !e->work.txn.fault)
		give_up_turn(e);
	if (e->work.txn.fault || !e->work.changed) {
		work_abort(e);
		attempt_end(&e->attempt);
		return e->work.txn.fault ? e->work.txn.fault : error_pending;
	}
	enum error error = work_finish(e);
	if (error || engine_crashes(e, engine_point_before_commit)) {
#ifdef TDV_FAULTS
		if (!error && fault_goes_on(e)) {
			work_committed(e);
			return error_none;
		}
#endif
		work_abort(e);
		return error ? error : error_interrupted;
	}
	error = store_commit(&e->work.txn);
	if (error)
		return error;
	if (engine_crashes(e, engine_point_after_commit))
		return error_interrupted;
#ifdef TDV_FAULTS
	if (fault_is(cursor_apart) && fault_cursors_apart(e))
		return error_io;
#endif
	attempt_end(&e->attempt);
	attempt_went_on(&e->attempt);
	if (e->cautious)
		e->cautious--;
	entries_tell(e);
	work_committed(e); // from here on the transport finds replies, effects and news
	return error_none;
}

enum error engine_turn(struct engine *e, int64_t wall_ms, int64_t boot_ms)
{
	ensure(!e->done_with);
#ifdef TDV_FAULTS
	if (e->dies)
		return engine_fail(e, error_interrupted);
#endif
	int64_t time_ms = clock_turn_time(e, wall_ms, boot_ms);
	engine_housekeeping(e, boot_ms);
	if (e->paused && boot_ms < e->paused_until_ms)
		return error_pending;
	e->paused = false;
	if (e->halt)
		return error_pending;
	if (e->checkpoint_due) {
		enum error error = archive_checkpoint(e);
		if (error)
			return engine_fail(e, error);
	}
	if (!migration_due(e) && e->continuations == 0 && !others_wait(e, time_ms) && !cursor_is_due(e))
		return error_pending;
	bool migrates = migration_due(e);
	enum error error = commit_then_send(e, time_ms);
	if (!error && migrates)
		error = archive_checkpoint(e);
	return engine_fail(e, error);
}

bool engine_next_reply(struct engine *e, struct engine_reply *reply)
{
	struct work *w = &e->work;
	const struct left_reply *all = (const struct left_reply *)(const void *)w->replies.data;

	if (w->replies_read == w->replies.size / sizeof *all)
		return false;
	const struct left_reply *next = &all[w->replies_read++];
	*reply = (struct engine_reply){ next->token, next->type,
					bytes_of(w->reply_bytes.data + next->at, next->size) };
	return true;
}
