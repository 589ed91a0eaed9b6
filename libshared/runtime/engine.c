#include "runtime/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/crash.h"
#include "runtime/engine_private.h"

#define map_bytes_default ((size_t)1 << 30)
#define local_bytes_max (8u << 20)
#define cautious_turns 64

bool engine_crashes(struct engine *e, enum engine_point point)
{
	return e->crash && e->crash(e->crash_context, point);
}

enum error engine_fail(struct engine *e, enum error error)
{
	if (error < 0)
		e->done_with = true;
	return error;
}

const struct service *engine_service(const struct engine *e)
{
	return e->service;
}

struct store *engine_store(struct engine *e)
{
	return e->store;
}

struct log_view engine_view(struct engine *e, struct store_txn *txn)
{
	return (struct log_view){ .txn = txn,
				  .turns = &e->table.turns,
				  .archive = &e->archive,
				  .head_turn = e->meta.head_turn,
				  .head_entry = e->meta.head_entry };
}

// ---- inputs in memory

enum error waiting_add(struct waiting_queue *q, const struct waiting *head, struct bytes body)
{
	struct waiting *w = malloc(sizeof *w + body.size);

	if (!w)
		return error_no_memory;
	*w = *head;
	w->next = NULL;
	w->size = body.size;
	if (body.size)
		memcpy(w->body, body.data, body.size);
	if (q->first)
		q->last->next = w;
	else
		q->first = w;
	q->last = w;
	q->count++;
	q->bytes += body.size;
	return error_none;
}

struct waiting *waiting_take(struct waiting_queue *q)
{
	struct waiting *w = q->first;

	if (w) {
		q->first = w->next;
		q->count--;
		q->bytes -= w->size;
	}
	return w;
}

static void waiting_clear(struct waiting_queue *q)
{
	while (q->first)
		free(waiting_take(q));
}

enum error engine_take_local(struct engine *e, uint64_t token, const struct origin *o, uint16_t type,
			     struct bytes body)
{
	struct waiting w = { .kind = record_input_local, .token = token, .type = type, .origin = *o };

	ensure(!e->done_with);
	if (!e->admission || e->halt || e->forked || e->locals.count >= e->limits.local_inputs ||
	    e->locals.bytes >= local_bytes_max)
		return error_pending;
	w.origin.source = e->service->id;
	w.origin.entry = 0;
	return engine_fail(e, waiting_add(&e->locals, &w, body));
}

enum error engine_take_act(struct engine *e, uint64_t token, enum operator_act act, uint64_t number)
{
	struct waiting w = { .kind = record_input_act, .token = token, .type = (uint16_t)act, .number = number };

	ensure(!e->done_with);
	if (act == operator_act_accept_clock)
		clock_accept(e);
	return engine_fail(e, waiting_add(&e->locals, &w, (struct bytes){ 0 }));
}

enum error engine_take_answer(struct engine *e, uint64_t effect, uint16_t type, struct bytes body)
{
	struct waiting w = { .kind = record_input_answer, .number = effect, .type = type };

	ensure(!e->done_with);
	if (e->answers.count >= e->limits.batch_inputs)
		return error_pending;
	return engine_fail(e, waiting_add(&e->answers, &w, body));
}

// ---- opening

static void set(uint32_t *limit, uint32_t value)
{
	if (*limit == 0)
		*limit = value;
}

static void set_limits(struct engine_limits *l)
{
	set(&l->batch_inputs, 2048);
	set(&l->batch_entries, 4096);
	set(&l->batch_bytes, 1u << 20);
	set(&l->credit_bytes, 512u << 10);
	set(&l->local_inputs, 512);
	set(&l->segment_bytes, 8u << 20);
	set(&l->hot_turns, 1024);
	set(&l->ask_repeat_ms, 1000);
	set(&l->idle_cursor_ms, 60000);
	set(&l->clock_jump_ms, 5u * 60 * 1000);
	set(&l->strikes, attempt_strikes_most);
	if (l->clock_absent_ms == 0)
		l->clock_absent_ms = UINT64_C(7) * 24 * 60 * 60 * 1000;
	if (l->reserve_bytes == 0)
		l->reserve_bytes = 64u << 20;
}

static struct log_name chosen_name(const struct engine_options *o)
{
	struct log_name name = o->log;

	if (name.service == 0)
		name.service = o->service->id;
	return name;
}

// A new folder begins a log; an old one must hold the log that was asked for.
static enum error load_meta(struct engine *e, const struct engine_options *o, struct store_txn *txn)
{
	struct runtime_key key = runtime_key_u16(0);
	struct log_name name = chosen_name(o);
	struct bytes value;

	if (!store_get(txn, &e->table.meta, runtime_key_bytes(key), &value)) {
		if (name.epoch == 0)
			name.epoch = 1;
		e->meta = (struct meta_row){
			.log = name, .fold_version = e->service->fold_version, .continuation_next = 1, .clean = true
		};
		return txn->fault;
	}
	if (meta_row_decode(value, &e->meta))
		return error_corrupt;
	const struct log_name *have = &e->meta.log;
	if (have->site != name.site || have->service != name.service || have->instance != name.instance ||
	    (name.epoch && have->epoch != name.epoch))
		return error_fork;
	if (e->meta.fold_version > e->service->fold_version)
		return error_version;
	return error_none;
}

static enum error load_tree(struct engine *e)
{
	e->tree.count = e->meta.head_turn;
	if (merkle_frontier_peaks(&e->tree) != e->meta.peaks_count)
		return error_corrupt;
	memcpy(e->tree.peak, e->meta.peaks, e->meta.peaks_count * sizeof e->tree.peak[0]);
	return error_none;
}

static enum error load_cursors(struct engine *e, struct store_txn *txn)
{
	struct store_walk walk;
	struct cursor_row row;
	enum error error = error_none;

	store_walk_init(&walk, txn, &e->table.cursors, (struct bytes){ 0 });
	while (!error && store_walk_next(&walk)) {
		uint16_t service = get_u16(walk.key.data);
		if (cursor_row_decode(walk.value, &row) || service >= engine_services_max) {
			error = error_corrupt;
			break;
		}
		e->known[service] = row.known;
		struct source *s = source_of(e, service);
		if (!s)
			continue;
		s->entry = s->durable_entry = row.entry;
		s->turn = s->durable_turn = s->received_turn = row.turn;
		s->root = s->received_root = row.root;
	}
	store_walk_deinit(&walk);
	memcpy(e->known_stored, e->known, sizeof e->known);
	return error ? error : txn->fault;
}

static enum error load_segments(struct engine *e, struct store_txn *txn)
{
	struct store_walk walk;
	struct archive_row row;
	enum error error = error_none;

	store_walk_init(&walk, txn, &e->table.archive, (struct bytes){ 0 });
	while (!error && store_walk_next(&walk)) {
		if (archive_row_decode(walk.value, &row)) {
			error = error_corrupt;
			break;
		}
		struct segment s = {
			.first_turn = get_u64(walk.key.data),
			.last_turn = row.last_turn,
			.first_entry = row.first_entry,
			.next_entry = row.last_entry + 1,
			.bytes = row.bytes,
			.digest = row.digest,
		};
		archive_add(&e->archive, &s);
	}
	store_walk_deinit(&walk);
	return error ? error : txn->fault;
}

// Which turns are in LMDB, and how much of them is in no segment.
static void load_extent(struct engine *e, struct store_txn *txn)
{
	struct runtime_key from = runtime_key_u64(e->meta.archived_turn + 1);
	struct bytes key, value;
	struct store_walk walk;

	e->first_turn = e->meta.head_turn + 1;
	if (store_seek(txn, &e->table.turns, (struct bytes){ 0 }, &key, &value))
		e->first_turn = get_u64(key.data);
	store_walk_init(&walk, txn, &e->table.turns, runtime_key_bytes(from));
	while (store_walk_next(&walk))
		e->unarchived_bytes += walk.value.size;
	store_walk_deinit(&walk);
}

static void load_counts(struct engine *e, struct store_txn *txn)
{
	struct bytes key, value;

	e->effects_open = store_count(txn, &e->table.effects);
	e->continuations = store_count(txn, &e->table.continuations);
	e->quarantined = store_count(txn, &e->table.quarantine);
	e->timers = store_count(txn, &e->table.timers);
	if (store_last(txn, &e->table.effects, &key, &value))
		e->effect_newest = get_u64(key.data);
	timers_look(e, txn);
	if (fault_is(effects_forgotten))
		e->effect_offered = e->effect_newest;
}

#ifdef TDV_FAULTS
// What was kept in memory only, as it were, went with the process.
static void fault_forget(struct store_txn *txn, const struct store_table *table, uint64_t *count)
{
	struct bytes key, value;

	while (store_seek(txn, table, (struct bytes){ 0 }, &key, &value))
		store_delete(txn, table, key);
	*count = 0;
}
#endif

// How the last process ended.  A turn that was begun and is not in the store was interrupted.
static void note_start(struct engine *e)
{
	e->clean_before = e->meta.clean;
	e->meta.starts++;
	e->meta.clean = false;
	if (!e->clean_before)
		e->meta.starts_unclean++;
	if (e->attempt.interrupted && e->attempt.interrupted_turn > e->meta.head_turn) {
		e->meta.turns_interrupted++;
		e->cautious = cautious_turns;
		attempt_blame(&e->attempt);
	}
	if (e->attempt.performing)
		attempt_blame(&e->attempt);
}

static enum error load(struct engine *e, const struct engine_options *o)
{
	struct store_txn txn;

	store_begin(e->store, true, &txn);
	enum error error = txn.fault;
	if (!error)
		error = load_meta(e, o, &txn);
	if (!error)
		error = load_tree(e);
	if (!error)
		error = load_cursors(e, &txn);
	if (!error)
		error = load_segments(e, &txn);
	if (error) {
		store_abort(&txn);
		return error;
	}
	e->log = e->meta.log;
	load_extent(e, &txn);
#ifdef TDV_FAULTS
	if (fault_is(timers_forgotten) && !e->meta.clean)
		fault_forget(&txn, &e->table.timers, &e->timers);
	if (fault_is(walks_forgotten) && !e->meta.clean)
		fault_forget(&txn, &e->table.continuations, &e->continuations);
#endif
	load_counts(e, &txn);
	note_start(e);
	meta_put(e, &txn);
	error = store_commit(&txn);
	if (!error)
		attempt_end(&e->attempt);
	return error;
}

static void load_sources(struct engine *e)
{
	for (const uint16_t *id = e->service->sources; id && *id; id++) {
		ensure(e->source_count < engine_sources_max && *id < engine_services_max);
		e->sources[e->source_count++].service = *id;
	}
}

// As `mkdir -p` for the last two steps: HOME/state and HOME/state/<service>.
static enum error make_folder(const char *folder)
{
	char parent[PATH_MAX];
	const char *slash = strrchr(folder, '/');

	if (slash && slash != folder) {
		snprintf(parent, sizeof parent, "%.*s", (int)(slash - folder), folder);
		if (mkdir(parent, 0700) < 0 && errno != EEXIST)
			return error_from_errno(errno);
	}
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return error_from_errno(errno);
	return error_none;
}

static enum error open_files(struct engine *e, const struct engine_options *o)
{
	struct store_options store = { .folder = o->folder,
				       .map_bytes = o->map_bytes ? o->map_bytes : map_bytes_default,
				       .sync = o->sync,
				       .tables = e->table.all };
	char log[PATH_MAX];

	if ((size_t)snprintf(e->folder, sizeof e->folder, "%s", o->folder) >= sizeof e->folder ||
	    (size_t)snprintf(log, sizeof log, "%s/log", o->folder) >= sizeof log)
		return error_io;
	enum error error = make_folder(o->folder);
	if (!error)
		error = attempt_open(&e->attempt, o->folder);
	if (!error && attempt_is_hopeless(&e->attempt)) {
		log_error("crashes_at_every_start file=%s/data.mdb do=\"restore it, or tdv replay --restore; to try once more, remove %s/attempt\"",
			  o->folder, o->folder);
		error = error_corrupt;
	}
	if (!error) // before LMDB is looked at: that may be what crashes
		crash_count(&e->attempt.page->crashes);
	if (!error)
		error = store_open(&e->store, &store);
	if (!error)
		error = archive_open(&e->archive, log, false);
	return error;
}

enum error engine_open(struct engine **out, const struct engine_options *o)
{
	struct engine *e = calloc(1, sizeof *e);

	if (!e)
		return error_no_memory;
	e->service = o->service;
	e->limits = o->limits;
	e->sync = o->sync;
	e->crash = o->crash;
	e->crash_context = o->crash_context;
	e->moved_ms = INT64_MAX;
	e->admission = true;
	e->segment.fd = e->attempt.fd = e->archive.fd = -1;
	set_limits(&e->limits);
	runtime_tables_init(&e->table, o->service->tables);
	work_init(e);
	load_sources(e);
	enum error error = open_files(e, o);
	if (!error) {
		error = load(e, o);
		if (error == error_corrupt)
			log_error("stored_file_damaged file=%s/data.mdb what=\"a row of the runtime's does not decode\"", e->folder);
	}
	if (!error)
		error = restored_load(e);
	if (!error)
		error = archive_checkpoint_look(e);
	if (error) {
		engine_close(e);
		return error;
	}
	*out = e;
	return error_none;
}

enum error engine_stop(struct engine *e)
{
	struct store_txn txn;
#ifdef TDV_FAULTS
	if (e->dies)
		return engine_fail(e, error_interrupted);
#endif
	enum error error = engine_archive_now(e);

	if (error < 0)
		return error;
	store_begin(e->store, true, &txn);
	e->meta.clean = true;
	meta_put(e, &txn);
	attempt_went_on(&e->attempt);
	return engine_fail(e, store_commit(&txn));
}

void engine_close(struct engine *e)
{
	if (!e)
		return;
	work_abort(e);
	snapshot_release(e);
	for (size_t i = 0; i < e->source_count; i++)
		source_deinit(&e->sources[i]);
	waiting_clear(&e->locals);
	waiting_clear(&e->answers);
	work_deinit(e);
	segment_forget(&e->segment);
	archive_close(&e->archive);
	crash_count(NULL);
	attempt_close(&e->attempt);
	buffer_deinit(&e->effect_body);
	store_close(e->store);
	free(e);
}

// ---- waiting, pausing

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t engine_wake_ms(struct engine *e, int64_t wall_ms, int64_t boot_ms)
{
	int64_t wake = INT64_MAX;

	for (size_t i = 0; i < e->source_count; i++)
		wake = earlier(wake, source_ask_ms(e, &e->sources[i], boot_ms));
	if (e->halt)
		return wake; // nothing but asks is done
	if (e->snapshot_open)
		wake = earlier(wake, e->snapshot_until_ms);
	if (e->effect_retry_ms > boot_ms)
		wake = earlier(wake, e->effect_retry_ms);
	if (e->paused) // what is due waits as well
		return earlier(wake, e->paused_until_ms);
	if (!e->meta.timers_held && e->timer_next_ms != INT64_MAX)
		wake = earlier(wake,
			       e->timer_next_ms <= wall_ms ? boot_ms : boot_ms + (e->timer_next_ms - wall_ms));
	if (e->moved_ms != INT64_MAX)
		wake = earlier(wake, e->moved_ms + (int64_t)e->limits.idle_cursor_ms);
	return wake;
}

void engine_pause(struct engine *e, int64_t until_boot_ms)
{
	e->paused = true;
	e->paused_until_ms = until_boot_ms;
}

void engine_resume(struct engine *e)
{
	e->paused = false;
}
