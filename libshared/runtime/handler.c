// What handlers may do in a turn (turn.h).
#include "runtime/engine_private.h"

static struct work *work_of(struct turn *t)
{
	return (struct work *)t;
}

int32_t turn_date(const struct turn *t)
{
	return date_of_instant(t->time_ms);
}

void turn_subject(struct turn *t, uint64_t member)
{
	work_of(t)->subject = member;
}

void turn_rule(struct turn *t, uint32_t rule_version)
{
	work_of(t)->rule_version = rule_version;
}

void turn_origin(struct turn *t, const struct origin *o)
{
	work_of(t)->authority = *o;
}

const struct origin *turn_authority(const struct turn *t)
{
	return &((const struct work *)t)->authority;
}

struct buffer *turn_scratch(struct turn *t)
{
	return &work_of(t)->scratch;
}

static void encode_envelope(struct work *w, uint16_t type, struct bytes body)
{
	const struct origin *o = &w->authority;
	struct envelope v = {
		.type = type,
		.has_subject = w->subject != 0,
		.subject = w->subject,
		.has_submission = o->submission != 0,
		.submission = o->submission,
		.has_actor = o->actor != 0,
		.actor = o->actor,
		.has_person = o->person != 0,
		.person = o->person,
		.has_role = o->role != 0,
		.role = (enum role)o->role,
		.has_organisation = o->organisation != 0,
		.organisation = o->organisation,
		.has_rule_version = w->rule_version != 0,
		.rule_version = w->rule_version,
		.body = body,
	};
	buffer_clear(&w->envelope);
	envelope_encode(&v, &w->envelope);
}

void turn_emit(struct turn *t, uint16_t type, struct bytes body)
{
	struct work *w = work_of(t);
	struct engine *e = w->engine;

	if (w->txn.fault)
		return;
	encode_envelope(w, type, body);
	struct hash leaf = merkle_leaf(buffer_bytes(&w->envelope));
	buffer_append(&w->leaves, &leaf, sizeof leaf);
	record_entry_put(&w->entries, buffer_bytes(&w->envelope));
	if (w->envelope.failed || w->leaves.failed || w->entries.failed)
		w->txn.fault = error_no_memory;
	uint64_t number = w->first_entry + w->entry_count++;
	w->produced++;
	w->receivers |= message_receivers(type);
	if (w->subject) {
		struct runtime_key key = runtime_key_pair(w->subject, number), turn = runtime_key_u64(w->number);
		store_put(&w->txn, &e->table.story, runtime_key_bytes(key), runtime_key_bytes(turn));
	}
}

static uint64_t next_id(struct work *w)
{
	ensure(w->index < UINT16_MAX);
	w->produced++;
	return w->number << 16 | ++w->index;
}

// The authority in force, as rows keep it.
static struct authority authority_now(const struct work *w)
{
	struct origin o = w->authority;
	struct authority a;

	o.rule_version = w->rule_version;
	authority_of_origin(&o, &a);
	return a;
}

uint64_t turn_ask(struct turn *t, uint16_t type, struct bytes body)
{
	struct work *w = work_of(t);
	struct effect_row row = { .type = type, .authority = authority_now(w), .body = body };
	uint64_t id = next_id(w);

	buffer_clear(&w->row);
	effect_row_encode(&row, &w->row);
	work_put_row(w, &w->txn, &w->engine->table.effects, runtime_key_u64(id));
	w->effect_last = id;
	w->engine->effects_open++;
	return id;
}

void turn_timer(struct turn *t, uint16_t type, int64_t due_ms, struct bytes body)
{
	struct work *w = work_of(t);
	struct timer_row row = { .type = type, .authority = authority_now(w), .body = body };

	buffer_clear(&w->row);
	timer_row_encode(&row, &w->row);
	work_put_row(w, &w->txn, &w->engine->table.timers, runtime_key_timer(due_ms, next_id(w)));
	w->engine->timers++;
}

void turn_continue(struct turn *t, uint16_t type, struct bytes body)
{
	struct work *w = work_of(t);
	struct continuation_row row = { .type = type, .authority = authority_now(w), .body = body };

	buffer_clear(&w->row);
	continuation_row_encode(&row, &w->row);
	work_put_row(w, &w->txn, &w->engine->table.continuations, runtime_key_u64(w->engine->meta.continuation_next++));
	w->engine->continuations++;
}

void turn_reply(struct turn *t, uint16_t type, struct bytes body)
{
	struct work *w = work_of(t);

	ensure(!w->replied); // at most one for each input
	w->replied = true;
	if (w->replies_open) // somebody waits for it
		work_reply(w->engine, w->token, type, body);
}

uint32_t turn_room(const struct turn *t)
{
	const struct work *w = (const struct work *)t;
	uint32_t bytes_most = w->engine->limits.batch_bytes;
	uint32_t entries = w->share_end > w->produced ? w->share_end - w->produced : 0;
	size_t bytes = w->entries.size < bytes_most ? (bytes_most - w->entries.size) / 1024 + 1 : 0;

	return bytes < entries ? (uint32_t)bytes : entries;
}
