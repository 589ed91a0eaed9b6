// One input: noted in the record, and fed to its handler or set aside.  Turns and replay go through here alike.
#include "runtime/engine_private.h"

static void note_item(struct engine *e, const struct record_item *item)
{
	struct work *w = &e->work;

	record_item_encode(item, &w->inputs);
	if (w->inputs.failed && !w->txn.fault)
		w->txn.fault = error_no_memory;
	w->input_count++;
	w->changed = true;
}

static const struct service_input *find_input(const struct service *s, uint16_t type, enum input_kind kind)
{
	for (const struct service_input *i = s->inputs; i->type; i++)
		if (i->type == type && i->kind == kind)
			return i;
	return NULL;
}

enum error work_run(struct engine *e, enum input_kind kind, uint16_t type, const struct origin *o,
		    struct bytes body)
{
	struct work *w = &e->work;
	const struct service_input *input = find_input(e->service, type, kind);

	if (!input)
		return error_absent;
	w->authority = *o;
	w->rule_version = o->rule_version;
	w->subject = 0;
	w->replied = false;
	buffer_clear(&w->scratch);
	enum error error = input->run(&w->turn, o, body);
	if (error < 0 && !w->txn.fault)
		w->txn.fault = error;
	return error;
}

// Notes what is being handled.  An input that killed the process too often is set aside, which the record says.
static uint8_t begin_input(struct engine *e, enum record_input kind, uint16_t source, uint64_t number,
			   uint8_t set_aside)
{
	struct attempt_input input = { kind, source, number };

	e->work.handled++;
	if (!e->replaying) {
		// An operator's act comes again only when the operator wants it.
		bool deadly = kind != record_input_act && attempt_strikes(&e->attempt, &input) >= e->limits.strikes;
		attempt_handle(&e->attempt, &input);
		set_aside = deadly ? record_cause_killed : 0;
	}
	if (set_aside) {
		struct record_item item = { .kind = record_input_set_aside,
					    .type = (uint16_t)kind,
					    .source = source,
					    .number = number,
					    .cause = set_aside };
		note_item(e, &item);
	}
	return set_aside;
}

static void run_or_set_aside(struct engine *e, enum record_input kind, enum input_kind input, uint16_t type,
			     const struct origin *o, struct bytes body, uint8_t cause)
{
	if (!cause) {
		enum error error = work_run(e, input, type, o, body);
		if (error <= 0)
			return;
		cause = (uint8_t)error;
	}
	quarantine_put(e, kind, type, cause, o, body);
}

enum error work_run_entry(struct engine *e, struct bytes envelope, struct origin *o)
{
	struct envelope v;
	enum error error = envelope_decode(envelope, &v);

	if (!error) {
		envelope_origin(&v, o->source, o->entry, o);
		return work_run(e, input_kind_message, v.type, o, v.body);
	}
	if (error < 0 && !e->work.txn.fault)
		e->work.txn.fault = error;
	return error;
}

void feed_entry(struct engine *e, uint16_t source, uint64_t entry, struct bytes envelope, uint8_t set_aside)
{
	struct origin o = { .source = source, .entry = entry };
	uint8_t cause = begin_input(e, record_input_range, source, entry, set_aside);

	e->work.changed = true;
	if (!cause) {
		enum error error = work_run_entry(e, envelope, &o);
		if (error <= 0)
			return;
		cause = (uint8_t)error;
	}
	quarantine_put(e, record_input_range, envelope_type(envelope), cause, &o, envelope);
}

// What was taken of a source since the last range of it, or only passed over.
void feed_range(struct engine *e, struct source *s)
{
	struct work *w = &e->work;
	size_t i = (size_t)(s - e->sources);

	if (w->moved_from[i] == s->entry + 1 && w->moved_turn[i] == s->turn)
		return;
	struct record_item item = { .kind = record_input_range,
				    .source = s->service,
				    .from = w->moved_from[i],
				    .to = s->entry,
				    .turn = s->turn,
				    .root = s->root };
	note_item(e, &item);
	w->moved_from[i] = s->entry + 1;
	w->moved_turn[i] = s->turn;
}

static void feed_local(struct engine *e, const struct waiting *in, uint8_t set_aside)
{
	struct work *w = &e->work;
	struct bytes body = bytes_of(in->body, in->size);
	struct record_item item = {
		.kind = record_input_local, .type = in->type, .authority = in->origin, .body = body
	};
	struct hash digest = digest_sha256(body);
	uint8_t cause = begin_input(e, record_input_local, in->type, get_u64(digest.byte), set_aside);

	note_item(e, &item);
	w->token = in->token;
	w->replies_open = !e->replaying;
	w->replied = false;
	run_or_set_aside(e, record_input_local, input_kind_local, in->type, &in->origin, body, cause);
	if (w->replies_open && !w->replied)
		work_reply(e, in->token, 0, (struct bytes){ 0 });
	w->replies_open = false;
}

static bool feed_answer(struct engine *e, const struct waiting *in, uint8_t set_aside)
{
	struct work *w = &e->work;
	struct runtime_key key = runtime_key_u64(in->number);
	struct bytes value, body = bytes_of(in->body, in->size);
	struct effect_row row;
	struct origin o;

	bool open = store_get(&w->txn, &e->table.effects, runtime_key_bytes(key), &value);
	if (!open && !fault_is(answers_twice)) {
		e->answers_dropped++;
		return false;
	}
	row = (struct effect_row){ 0 };
	if (open && effect_row_decode(value, &row)) {
		store_row_damaged(&w->txn, &e->table.effects);
		return false;
	}
	origin_of_authority(&row.authority, &o);
	o.source = e->service->id;
	o.entry = 0;
	o.effect = in->number;
	uint8_t cause = begin_input(e, record_input_answer, 0, in->number, set_aside);
	struct record_item item = {
		.kind = record_input_answer, .type = in->type, .number = in->number, .body = body
	};
	note_item(e, &item);
	store_delete(&w->txn, &e->table.effects, runtime_key_bytes(key));
	e->effects_open -= open;
	run_or_set_aside(e, record_input_answer, input_kind_answer, in->type, &o, body, cause);
	return true;
}

static void feed_act(struct engine *e, const struct waiting *in)
{
	struct record_item item = { .kind = record_input_act, .type = in->type, .number = in->number };
	struct operator_answer answer = { .done = 1 };
	enum operator_act act = (enum operator_act)in->type;

	begin_input(e, record_input_act, in->type, in->number, 0);
	note_item(e, &item);
	if (act == operator_act_accept_clock && !clock_is_as_accepted(e)) {
		answer.done = 0; // it is another clock than the operator saw
	} else if (act == operator_act_accept_clock) {
		e->meta.timers_held = false;
		e->steady = false;
	} else {
		answer.done = quarantine_act(e, act, in->number);
	}
	if (e->replaying)
		return;
	buffer_clear(&e->work.row);
	operator_answer_encode(&answer, &e->work.row);
	work_reply(e, in->token, message_type_operator_answer, buffer_bytes(&e->work.row));
}

bool feed_waiting(struct engine *e, const struct waiting *in, uint8_t set_aside)
{
	if (in->kind == record_input_answer)
		return feed_answer(e, in, set_aside);
	if (in->kind == record_input_act)
		feed_act(e, in);
	else
		feed_local(e, in, set_aside);
	return true;
}

// A row's bytes, out of LMDB's pages, which the handler may change.
static struct bytes keep(struct work *w, struct bytes value)
{
	buffer_clear(&w->body);
	buffer_append(&w->body, value.data, value.size);
	if (w->body.failed)
		w->txn.fault = error_no_memory;
	return buffer_bytes(&w->body);
}

void feed_timer(struct engine *e, int64_t due_ms, uint64_t id, uint8_t set_aside)
{
	struct work *w = &e->work;
	struct runtime_key key = runtime_key_timer(due_ms, id);
	struct bytes value;
	struct timer_row row;

	if (!store_get(&w->txn, &e->table.timers, runtime_key_bytes(key), &value) ||
	    timer_row_decode(keep(w, value), &row)) {
		store_row_damaged(&w->txn, &e->table.timers);
		return;
	}
	uint8_t cause = begin_input(e, record_input_timer, 0, id, set_aside);
	struct record_item item = {
		.kind = record_input_timer, .type = row.type, .due_ms = due_ms, .number = id, .body = row.body
	};
	origin_of_authority(&row.authority, &item.authority);
	item.authority.source = e->service->id;
	item.authority.entry = 0;
	note_item(e, &item);
	store_delete(&w->txn, &e->table.timers, runtime_key_bytes(key));
	e->timers--;
	run_or_set_aside(e, record_input_timer, input_kind_timer, row.type, &item.authority, row.body, cause);
}

void feed_continuation(struct engine *e, uint64_t number, uint32_t room, uint8_t set_aside)
{
	struct work *w = &e->work;
	struct runtime_key key = runtime_key_u64(number);
	struct bytes value;
	struct continuation_row row;
	struct origin o;

	if (!store_get(&w->txn, &e->table.continuations, runtime_key_bytes(key), &value) ||
	    continuation_row_decode(keep(w, value), &row)) {
		store_row_damaged(&w->txn, &e->table.continuations);
		return;
	}
	uint8_t cause = begin_input(e, record_input_continuation, 0, number, set_aside);
	struct record_item item = { .kind = record_input_continuation, .number = number, .room = room };
	note_item(e, &item);
	store_delete(&w->txn, &e->table.continuations, runtime_key_bytes(key));
	e->continuations--;
	origin_of_authority(&row.authority, &o);
	w->share_end = w->produced + room;
	run_or_set_aside(e, record_input_continuation, input_kind_continuation, row.type, &o, row.body, cause);
	w->share_end = e->limits.batch_entries;
}

static struct hash digest_tables(struct engine *e, struct store_txn *txn)
{
	struct digest *digest = digest_new();

	for (size_t i = 0; e->table.all[i]; i++) {
		if (e->table.all[i]->local)
			continue;
		struct hash h = store_table_digest(txn, e->table.all[i]);
		digest_add(digest, bytes_of_text(e->table.all[i]->name));
		digest_add(digest, bytes_of_hash(&h));
	}
	return digest_end_free(digest);
}

// The first turn of newer code: what it turns the older records into, with both digests.
void feed_migration(struct engine *e)
{
	struct work *w = &e->work;
	struct record_item item = { .kind = record_input_migration,
				    .from = e->meta.fold_version,
				    .to = e->service->fold_version };
	struct origin o = { .source = e->service->id };

	item.root = digest_tables(e, &w->txn);
	w->authority = o;
	w->subject = 0;
	w->rule_version = 0;
	if (e->service->migrate)
		e->service->migrate(&w->turn, e->meta.fold_version);
	item.after = digest_tables(e, &w->txn);
	note_item(e, &item);
	if (!e->replaying)
		log_info("migrated from=%u to=%u", e->meta.fold_version, e->service->fold_version);
	e->meta.fold_version = e->service->fold_version;
}
