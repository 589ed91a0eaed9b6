// What could not be handled waits here for an operator; the log goes on.
#include "runtime/engine_private.h"

#define log_every 100 // after the first few of a run

static void put_row(struct engine *e, uint64_t number, const struct quarantine_row *row)
{
	struct work *w = &e->work;
	struct runtime_key key = runtime_key_u64(number);

	buffer_clear(&w->row);
	quarantine_row_encode(row, &w->row);
	work_put_row(w, &w->txn, &e->table.quarantine, key);
}

void quarantine_put(struct engine *e, enum record_input kind, uint16_t type, uint8_t cause, const struct origin *o,
		    struct bytes body)
{
	struct quarantine_row row = {
		.time = e->work.turn.time_ms, .kind = (uint8_t)kind, .type = type, .cause = cause, .body = body
	};

	authority_of_origin(o, &row.authority);
	put_row(e, ++e->meta.quarantine_total, &row);
	e->quarantined++;
	char fields[entry_fields_size] = "";

	if (kind == record_input_range)
		entry_fields(body, fields);
	if (!e->replaying && (e->quarantine_logged++ < 10 || e->quarantine_logged % log_every == 0))
		log_error("quarantined number=%llu type=0x%04x source=%u entry=%llu reason=%s%s",
			  (unsigned long long)e->meta.quarantine_total, type, o->source,
			  (unsigned long long)o->entry,
			  cause == record_cause_killed ? "killed" : error_name((enum error)cause), fields);
}

static enum input_kind kind_of(enum record_input kind)
{
	switch (kind) {
	case record_input_answer: return input_kind_answer;
	case record_input_timer: return input_kind_timer;
	case record_input_continuation: return input_kind_continuation;
	case record_input_local: return input_kind_local;
	case record_input_range:
	case record_input_act:
	case record_input_set_aside:
	case record_input_migration: break;
	}
	return input_kind_message;
}

// Feeds the input again; what is refused again stays.
static bool retry(struct engine *e, uint64_t number, const struct quarantine_row *row)
{
	struct origin o;
	enum error error;

	origin_of_authority(&row->authority, &o);
	if (row->kind == record_input_range)
		error = work_run_entry(e, row->body, &o);
	else
		error = work_run(e, kind_of((enum record_input)row->kind), row->type, &o, row->body);
	if (!error)
		return true;
	struct quarantine_row again = *row;
	again.cause = (uint8_t)error;
	put_row(e, number, &again);
	return false;
}

static bool act_on(struct engine *e, enum operator_act act, uint64_t number)
{
	struct work *w = &e->work;
	struct runtime_key key = runtime_key_u64(number);
	struct quarantine_row row;
	struct bytes value;

	if (!store_get(&w->txn, &e->table.quarantine, runtime_key_bytes(key), &value))
		return false;
	// The handler writes: what LMDB handed out would not live through it.
	buffer_clear(&w->body);
	buffer_append(&w->body, value.data, value.size);
	if (w->body.failed) {
		w->txn.fault = error_no_memory;
		return false;
	}
	if (quarantine_row_decode(buffer_bytes(&w->body), &row)) {
		store_row_damaged(&w->txn, &e->table.quarantine);
		return false;
	}
	if (act == operator_act_quarantine_retry && !retry(e, number, &row))
		return false;
	store_delete(&w->txn, &e->table.quarantine, runtime_key_bytes(key));
	e->quarantined--;
	return true;
}

// Returns how many rows were settled.  Of all (0) until they have put out what a turn should hold: it is served to others in one
// frame and kept in one segment.  The operator goes on with the next act.
uint64_t quarantine_act(struct engine *e, enum operator_act act, uint64_t number)
{
	struct work *w = &e->work;
	struct bytes key, value;
	uint64_t produced_most = (uint64_t)w->produced + e->limits.batch_entries;
	size_t bytes_most = w->entries.size + e->limits.batch_bytes;
	uint64_t done = 0, last = e->meta.quarantine_total;

	if (number)
		return act_on(e, act, number) ? 1 : 0;
	for (uint64_t at = 1; at <= last && w->produced < produced_most && w->entries.size < bytes_most; at = number + 1) {
		struct runtime_key from = runtime_key_u64(at);
		if (!store_seek(&w->txn, &e->table.quarantine, runtime_key_bytes(from), &key, &value))
			break;
		number = get_u64(key.data);
		if (number > last)
			break;
		done += act_on(e, act, number) ? 1 : 0;
	}
	return done;
}
