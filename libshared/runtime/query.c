// What every service answers at its query socket.
#include <string.h>

#include "runtime/engine_private.h"

#define answer_bytes (1u << 20) // about so much in one answer
#define pause_max_ms 60000
#define snapshot_idle_ms 60000

struct question {
	struct engine *engine;
	struct store_txn *txn;
	struct bytes ask;
	int64_t boot_ms;
	uint16_t answer_type;
	struct buffer *answer;
};

// ---- status

static enum source_state state_of(const struct source *s)
{
	if (s->forked)
		return source_state_forked;
	if (!s->heard)
		return source_state_quiet;
	return s->waiting ? source_state_waiting : source_state_following;
}

static void put_sources(const struct engine *e, struct service_status *out)
{
	out->sources_count = e->source_count;
	for (size_t i = 0; i < e->source_count; i++) {
		const struct source *s = &e->sources[i];
		out->sources[i] = (struct source_status){
			.service = s->service,
			.state = state_of(s),
			.entry = s->entry,
			.turn = s->turn,
			.durable_entry = s->durable_entry,
			.head_entry = s->head_entry,
			.head_turn = s->head_turn,
		};
	}
	out->consumers_count = e->consumer_count;
	for (size_t i = 0; i < e->consumer_count; i++) {
		const struct consumer *c = &e->consumers[i];
		out->consumers[i] =
			(struct consumer_status){ c->name.service, c->durable_turn, c->durable_entry, c->parked };
	}
	for (uint16_t service = 1; service < engine_services_max && out->known_count < array_size(out->known);
	     service++)
		if (e->known[service])
			out->known[out->known_count++] = (struct log_position){ service, e->known[service] };
}

enum error engine_status(struct engine *e, struct service_status *out)
{
	struct store_figures f;
	enum error error = store_figures(e->store, &f);

	if (error)
		return engine_fail(e, error);
	memset(out, 0, sizeof *out);
	out->log = e->log;
	out->fold_version = e->meta.fold_version;
	out->head_turn = e->meta.head_turn;
	out->head_entry = e->meta.head_entry;
	out->head_time = e->meta.head_time;
	out->root = e->meta.root;
	out->archived_turn = e->meta.archived_turn;
	out->first_turn = e->first_turn;
	out->starts = e->meta.starts;
	out->starts_unclean = e->meta.starts_unclean;
	out->turns_interrupted = e->meta.turns_interrupted;
	out->inputs_waiting = e->locals.count + e->answers.count;
	out->effects_open = e->effects_open;
	out->answers_dropped = e->answers_dropped;
	out->frames_refused = e->frames_refused;
	out->timers = e->timers;
	out->timers_held = e->meta.timers_held;
	out->continuations = e->continuations;
	out->quarantined = e->quarantined;
	out->quarantine_total = e->meta.quarantine_total;
	out->paused = e->paused;
	out->snapshot = e->snapshot_open;
	out->map_bytes = f.map_bytes;
	out->map_used = f.used_bytes;
	out->disk_free = f.disk_free_bytes;
	out->admission = e->admission;
	out->clean_stop = e->clean_before;
	out->halt = e->halt;
	put_sources(e, out);
	return error_none;
}

static enum error answer_status(struct question *q)
{
	static struct service_status status;
	struct status_query ask;
	enum error error = status_query_decode(q->ask, &ask);

	if (!error)
		error = engine_status(q->engine, &status);
	if (!error)
		service_status_encode(&status, q->answer);
	return error;
}

// ---- log, story, turns

struct entries {
	struct log_answer answer;
	struct buffer bytes; // envelopes, copied: a record lives only until the next one is read
	size_t at[1024];
	uint32_t limit;
};

static bool entries_full(const struct entries *list)
{
	return list->answer.entries_count >= list->limit || list->bytes.size >= answer_bytes;
}

static void add_entry(struct entries *list, const struct record_head *head, uint64_t entry, struct bytes envelope)
{
	size_t i = list->answer.entries_count++;

	list->at[i] = list->bytes.size;
	buffer_append(&list->bytes, envelope.data, envelope.size);
	list->answer.entries[i] = (struct log_entry){ entry, head->turn, head->time_ms, { NULL, envelope.size } };
}

static void encode_entries(struct question *q, struct entries *list)
{
	for (size_t i = 0; i < list->answer.entries_count; i++)
		list->answer.entries[i].envelope.data = list->bytes.data + list->at[i];
	list->answer.head_entry = q->engine->meta.head_entry;
	log_answer_encode(&list->answer, q->answer);
	buffer_deinit(&list->bytes);
}

static void begin_entries(struct entries *list, uint32_t limit)
{
	list->answer.entries_count = 0;
	list->bytes = (struct buffer){ 0 };
	list->limit = limit == 0 || limit > array_size(list->answer.entries)
			      ? (uint32_t)array_size(list->answer.entries)
			      : limit;
}

// Entries of one turn from `from` on, or just that one.
static enum error add_turn(struct log_view *view, struct entries *list, uint64_t turn, uint64_t from, bool one)
{
	struct bytes bytes;
	struct record r;
	enum error error = log_turn(view, turn, &bytes);

	if (error || record_open(&r, bytes))
		return error < 0 ? error : error_corrupt;
	for (size_t i = 0; i < r.entry_count && !entries_full(list); i++) {
		struct bytes envelope = record_next_entry(&r);
		uint64_t number = r.head.first_entry + i;
		if (one ? number == from : number >= from)
			add_entry(list, &r.head, number, envelope);
	}
	return error_none;
}

static enum error answer_log(struct question *q)
{
	static struct entries list;
	struct log_view view = engine_view(q->engine, q->txn);
	struct log_query ask;
	uint64_t turn;
	enum error error = log_query_decode(q->ask, &ask);

	if (error)
		return error;
	begin_entries(&list, ask.limit);
	error = log_turn_of_entry(&view, ask.from ? ask.from : 1, &turn);
	for (; !error && turn <= view.head_turn && !entries_full(&list); turn++)
		error = add_turn(&view, &list, turn, ask.from, false);
	if (error < 0) {
		buffer_deinit(&list.bytes);
		return error;
	}
	encode_entries(q, &list); // beyond the head: none
	return error_none;
}

static enum error answer_story(struct question *q)
{
	static struct entries list;
	struct log_view view = engine_view(q->engine, q->txn);
	struct story_query ask;
	struct store_walk walk;
	enum error error = story_query_decode(q->ask, &ask);

	if (error)
		return error;
	begin_entries(&list, ask.limit);
	struct runtime_key from = runtime_key_pair(ask.subject, ask.from);
	store_walk_init(&walk, q->txn, &q->engine->table.story, runtime_key_bytes(from));
	while (!error && !entries_full(&list) && store_walk_next(&walk) && get_u64(walk.key.data) == ask.subject)
		error = add_turn(&view, &list, get_u64(walk.value.data), get_u64(walk.key.data + 8), true);
	store_walk_deinit(&walk);
	encode_entries(q, &list);
	return error;
}

static enum error answer_turn(struct question *q)
{
	struct log_view view = engine_view(q->engine, q->txn);
	struct turn_answer answer;
	struct turn_query ask;
	enum error error = turn_query_decode(q->ask, &ask);

	if (!error)
		error = log_turn(&view, ask.turn, &answer.record);
	if (!error)
		turn_answer_encode(&answer, q->answer);
	return error;
}

// ---- quarantine

static enum error answer_quarantine(struct question *q)
{
	static struct quarantine_answer answer;
	struct quarantine_query ask;
	struct quarantine_row row;
	struct store_walk walk;
	size_t bytes = 0;
	enum error error = quarantine_query_decode(q->ask, &ask);

	if (error)
		return error;
	size_t limit = ask.limit == 0 || ask.limit > array_size(answer.rows) ? array_size(answer.rows) : ask.limit;
	struct runtime_key from = runtime_key_u64(ask.from);
	answer.rows_count = 0;
	store_walk_init(&walk, q->txn, &q->engine->table.quarantine, runtime_key_bytes(from));
	while (answer.rows_count < limit && bytes < answer_bytes && store_walk_next(&walk)) {
		if (quarantine_row_decode(walk.value, &row)) {
			error = error_corrupt;
			break;
		}
		struct bytes body = bytes_of(row.body.data, row.body.size < 65000 ? row.body.size : 65000);
		answer.rows[answer.rows_count++] =
			(struct quarantined){ get_u64(walk.key.data),
					      row.time,
					      row.kind,
					      row.authority.source,
					      row.authority.has_entry ? row.authority.entry : 0,
					      row.type,
					      row.cause,
					      body,
					      (uint32_t)row.body.size };
		bytes += body.size;
	}
	store_walk_deinit(&walk);
	if (!error)
		quarantine_answer_encode(&answer, q->answer);
	return error;
}

// ---- archive, pause

static enum error answer_archive(struct question *q)
{
	struct archive_query ask;
	enum error error = archive_query_decode(q->ask, &ask);

	if (!error)
		error = engine_archive_now(q->engine);
	struct archive_answer answer = { q->engine->meta.archived_turn };
	if (!error)
		archive_answer_encode(&answer, q->answer);
	return error;
}

static void encode_paused(struct question *q)
{
	struct paused answer = { q->engine->meta.head_turn, q->engine->meta.head_entry };

	paused_encode(&answer, q->answer);
}

static enum error answer_pause(struct question *q)
{
	struct pause_query ask;
	enum error error = pause_query_decode(q->ask, &ask);

	if (error)
		return error;
	if (ask.timeout > pause_max_ms)
		return error_bounds;
	engine_pause(q->engine, q->boot_ms + (ask.timeout ? ask.timeout : pause_max_ms));
	encode_paused(q);
	return error_none;
}

static enum error answer_resume(struct question *q)
{
	struct resume_query ask;
	enum error error = resume_query_decode(q->ask, &ask);

	if (!error) {
		engine_resume(q->engine);
		encode_paused(q);
	}
	return error;
}

// ---- snapshots

void snapshot_release(struct engine *e)
{
	if (e->snapshot_open)
		store_abort(&e->snapshot);
	e->snapshot_open = false;
}

// A reader that stays keeps every page that was freed since: it must not stay.
void snapshot_expire(struct engine *e, int64_t boot_ms)
{
	if (!e->snapshot_open || boot_ms < e->snapshot_until_ms)
		return;
	log_warn("snapshot_released number=%llu", (unsigned long long)e->snapshot_number);
	snapshot_release(e);
}

static void describe_snapshot(struct engine *e, struct snapshot_opened *out)
{
	memset(out, 0, sizeof *out);
	out->snapshot = e->snapshot_number;
	out->log = e->log;
	out->head_turn = e->meta.head_turn;
	out->head_entry = e->meta.head_entry;
	out->head_time = e->meta.head_time;
	out->root = e->meta.root;
	for (size_t i = 0; i < e->source_count; i++)
		out->cursors[out->cursors_count++] =
			(struct log_position){ e->sources[i].service, e->sources[i].durable_entry };
	for (size_t i = 0; e->table.all[i]; i++) {
		const struct store_table *t = e->table.all[i];
		out->tables[out->tables_count++] =
			(struct table_status){ bytes_of_text(t->name), t->local, t->version,
					       store_count(&e->snapshot, t) };
	}
}

static enum error answer_snapshot(struct question *q)
{
	static struct snapshot_opened answer;
	struct engine *e = q->engine;
	struct snapshot_query ask;
	enum error error = snapshot_query_decode(q->ask, &ask);

	if (error)
		return error;
	snapshot_release(e);
	store_begin(e->store, false, &e->snapshot);
	if (e->snapshot.fault)
		return e->snapshot.fault;
	e->snapshot_open = true;
	e->snapshot_number++;
	e->snapshot_until_ms = q->boot_ms + snapshot_idle_ms;
	describe_snapshot(e, &answer);
	snapshot_opened_encode(&answer, q->answer);
	return e->snapshot.fault;
}

static enum error answer_release(struct question *q)
{
	struct release_query ask;
	struct nothing answer = { true };
	enum error error = release_query_decode(q->ask, &ask);

	if (error)
		return error;
	if (ask.snapshot == q->engine->snapshot_number)
		snapshot_release(q->engine);
	nothing_encode(&answer, q->answer);
	return error_none;
}

static enum error scan(struct question *q, struct store_txn *txn, const struct scan_query *ask,
		       const struct store_table *table)
{
	static struct scan_answer answer;
	struct store_walk walk;
	size_t limit = ask->limit == 0 || ask->limit > array_size(answer.rows) ? array_size(answer.rows)
									       : ask->limit,
	       bytes = 0;

	memset(&answer, 0, offsetof(struct scan_answer, rows));
	answer.rows_count = 0;
	answer.more = false;
	store_walk_init(&walk, txn, table, ask->after);
	while (!answer.more && store_walk_next(&walk)) {
		if (bytes_equal(walk.key, ask->after))
			continue;
		answer.more =
			answer.rows_count == limit || (bytes > 0 && bytes + walk.value.size > 4 * answer_bytes);
		if (answer.more)
			break;
		answer.rows[answer.rows_count++] = (struct table_row){ walk.key, walk.value };
		bytes += walk.value.size + walk.key.size;
	}
	scan_answer_encode(&answer, q->answer);
	store_walk_deinit(&walk);
	return txn->fault;
}

static enum error answer_scan(struct question *q)
{
	struct engine *e = q->engine;
	struct scan_query ask;
	enum error error = scan_query_decode(q->ask, &ask);

	if (error)
		return error;
	const struct store_table *table = runtime_table_by_name(&e->table, ask.table);
	if (!table || (ask.snapshot && (!e->snapshot_open || ask.snapshot != e->snapshot_number)))
		return error_absent;
	if (ask.snapshot)
		e->snapshot_until_ms = q->boot_ms + snapshot_idle_ms;
	return scan(q, ask.snapshot ? &e->snapshot : q->txn, &ask, table);
}

// ---- all

static const struct {
	uint16_t ask, answer;
	enum error (*run)(struct question *q);
	bool without_reader; // it writes, or opens its own
} questions[] = {
	{ message_type_status_query, message_type_service_status, answer_status, true },
	{ message_type_log_query, message_type_log_answer, answer_log, false },
	{ message_type_story_query, message_type_log_answer, answer_story, false },
	{ message_type_turn_query, message_type_turn_answer, answer_turn, false },
	{ message_type_quarantine_query, message_type_quarantine_answer, answer_quarantine, false },
	{ message_type_archive_query, message_type_archive_answer, answer_archive, true },
	{ message_type_pause_query, message_type_paused, answer_pause, true },
	{ message_type_resume_query, message_type_paused, answer_resume, true },
	{ message_type_snapshot_query, message_type_snapshot_opened, answer_snapshot, true },
	{ message_type_release_query, message_type_nothing, answer_release, true },
	{ message_type_scan_query, message_type_scan_answer, answer_scan, false },
};

static enum error answer_with_reader(struct question *q, enum error (*run)(struct question *))
{
	struct store_txn txn;

	store_begin(q->engine->store, false, &txn);
	q->txn = &txn;
	enum error error = txn.fault ? txn.fault : run(q);
	if (!error)
		error = txn.fault;
	store_abort(&txn);
	q->txn = NULL;
	return error;
}

// A service's own question; its answer's type is the number after its own (schemas/README.md: query A / B).
static enum error answer_service(struct question *q, uint16_t type)
{
	const struct service_query *s = q->engine->service->queries;
	struct store_txn txn;

	while (s && s->type && s->type != type)
		s++;
	if (!s || !s->type)
		return error_absent;
	store_begin(q->engine->store, false, &txn);
	enum error error = txn.fault ? txn.fault : s->run(&txn, q->ask, q->answer);
	if (!error)
		error = txn.fault;
	store_abort(&txn);
	q->answer_type = (uint16_t)(type + 1);
	return error;
}

enum error engine_query(struct engine *e, uint16_t type, struct bytes ask, int64_t boot_ms, uint16_t *answer_type,
			struct buffer *answer)
{
	struct question q = { .engine = e, .ask = ask, .boot_ms = boot_ms, .answer = answer };
	enum error error;
	size_t i = 0;

	ensure(!e->done_with);
	while (i < array_size(questions) && questions[i].ask != type)
		i++;
	if (i == array_size(questions)) {
		error = answer_service(&q, type);
	} else {
		q.answer_type = questions[i].answer;
		error = questions[i].without_reader ? questions[i].run(&q)
						    : answer_with_reader(&q, questions[i].run);
	}
	*answer_type = q.answer_type;
	if (!error && answer->failed)
		error = error_no_memory;
	return engine_fail(e, error);
}
