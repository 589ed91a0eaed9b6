// What a service asks of the world, and what the world answers.
#include "runtime/engine_private.h"

#define retry_ms 1000

enum error engine_next_effect(struct engine *e, struct engine_effect *effect)
{
	struct runtime_key from = runtime_key_u64(e->effect_offered + 1);
	struct bytes key, value;
	struct effect_row row;
	struct store_txn txn;

	ensure(!e->done_with);
	if (e->effect_offered >= e->effect_newest)
		return error_pending;
	store_begin(e->store, false, &txn);
	bool found = store_seek(&txn, &e->table.effects, runtime_key_bytes(from), &key, &value);
	buffer_clear(&e->effect_body);
	if (found)
		buffer_append(&e->effect_body, value.data, value.size);
	e->effect_offered = found ? get_u64(key.data) : e->effect_newest;
	store_abort(&txn);
	if (txn.fault || e->effect_body.failed)
		return engine_fail(e, txn.fault ? txn.fault : error_no_memory);
	if (!found)
		return error_pending;
	if (effect_row_decode(buffer_bytes(&e->effect_body), &row)) {
		store_row_damaged(&txn, &e->table.effects);
		return engine_fail(e, error_corrupt);
	}
	*effect = (struct engine_effect){ e->effect_offered, row.type, row.body };
	return error_none;
}

static const struct service_adapter *find_adapter(const struct service *s, uint16_t effect)
{
	for (const struct service_adapter *a = s->adapters; a && a->effect; a++)
		if (a->effect == effect)
			return a;
	return NULL;
}

// error_pending: the adapter cannot now.  An effect that nobody performs stays open, which the status shows; so does one that
// killed the process too often.
static enum error perform(struct engine *e, void *context, const struct engine_effect *effect,
			  struct buffer *answer)
{
	const struct service_adapter *a = find_adapter(e->service, effect->type);
	const struct attempt_input asked = { attempt_effect, effect->type, effect->id };

	if (!a) {
		log_error("no_adapter effect=0x%04x id=%llu", effect->type, (unsigned long long)effect->id);
		return error_none;
	}
	if (engine_crashes(e, engine_point_before_perform))
		return error_interrupted;
	if (attempt_is_deadly(&e->attempt, &asked, e->limits.strikes)) {
		log_error("adapter_deadly effect=0x%04x id=%llu do=\"it is not asked again; to try once more, stop %s and "
			  "remove %s/attempt\"", effect->type, (unsigned long long)effect->id, e->service->name, e->folder);
		return error_none;
	}
	attempt_perform(&e->attempt, &asked);
	enum error error = a->perform(context, effect->id, effect->body, answer);
	attempt_end(&e->attempt);
	if (error < 0 || error == error_pending)
		return error;
	if (error) {
		log_error("adapter_failed effect=0x%04x id=%llu reason=%s", effect->type,
			  (unsigned long long)effect->id, error_name(error));
		return error_none;
	}
	if (engine_crashes(e, engine_point_after_perform))
		return error_interrupted;
	return engine_take_answer(e, effect->id, a->answer, buffer_bytes(answer));
}

enum error engine_perform(struct engine *e, void *context, uint32_t max, int64_t boot_ms)
{
	struct engine_effect effect = { 0 };
	struct buffer answer = { 0 };
	enum error error = error_none;
	uint32_t performed = 0;

	if (e->halt || boot_ms < e->effect_retry_ms)
		return error_pending;
	while (!error && performed < max && e->answers.count < e->limits.batch_inputs) {
		error = engine_next_effect(e, &effect);
		if (error)
			break;
		buffer_clear(&answer);
		error = perform(e, context, &effect, &answer);
		if (error == error_pending) { // this one again, a little later
			e->effect_offered = effect.id - 1;
			e->effect_retry_ms = boot_ms + retry_ms;
		}
		performed++;
	}
	buffer_deinit(&answer);
	if (error < 0)
		return engine_fail(e, error);
	return performed ? error_none : error_pending;
}
