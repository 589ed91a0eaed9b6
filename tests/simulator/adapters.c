// Adapters as the world has them.  The engine is given the service with these in place of its own.
#include "simulator/site_private.h"

#include "base/ensure.h"

// The process whose adapter is being called: perform() is not told which of the adapters it is.
static enum error perform_roughly(struct process *p, size_t index, uint64_t effect, struct bytes body, struct buffer *answer)
{
	struct site *site = p->site;
	const struct service_adapter *adapter = &p->service->adapters[index];
	if (chance_in(&site->chance, site->weather.adapter_waits)) {
		site_count(site, injection_adapter_waited);
		return error_pending;
	}
	if (chance_in(&site->chance, site->weather.adapter_fails)) {
		site_count(site, injection_adapter_failed);
		site_say(site, "an adapter of %s fails", p->service->name);
		p->adapter_failed = true;
		return error_io;
	}
	enum error error = adapter->perform(p->adapters, effect, body, answer);
	if (error == error_none && chance_in(&site->chance, site->weather.adapter_dies)) {
		site_count(site, injection_killed_in_adapter);
		site_say(site, "%s is killed in an adapter", p->service->name);
		return error_interrupted;
	}
	return error;
}

#define PERFORM(n)                                                                                                   \
	static enum error perform_##n(void *context, uint64_t effect, struct bytes body, struct buffer *answer)      \
	{                                                                                                            \
		return perform_roughly(context, n, effect, body, answer);                                            \
	}
PERFORM(0) PERFORM(1) PERFORM(2) PERFORM(3) PERFORM(4) PERFORM(5) PERFORM(6) PERFORM(7)
static enum error (*const performs[adapters_max])(void *, uint64_t, struct bytes, struct buffer *) = {
	perform_0, perform_1, perform_2, perform_3, perform_4, perform_5, perform_6, perform_7,
};

void adapters_wrap(struct process *p)
{
	size_t i = 0;
	p->wrapped = *p->service;
	for (; p->service->adapters && p->service->adapters[i].effect; i++) {
		ensure(i < adapters_max);
		p->adapters_rough[i] = p->service->adapters[i];
		p->adapters_rough[i].perform = performs[i];
	}
	p->wrapped.adapters = p->service->adapters ? p->adapters_rough : NULL;
}

static const struct service_adapter *adapter_of(const struct service *service, uint16_t effect)
{
	const struct service_adapter *a = service->adapters;
	while (a && a->effect && a->effect != effect)
		a++;
	return a && a->effect ? a : NULL;
}

// Performs one effect by hand and keeps its answer back for a while.
static bool perform_oddly(struct process *p)
{
	struct engine_effect effect;
	struct buffer body = { 0 };
	enum error error = engine_next_effect(p->engine, &effect);
	if (error != error_none)
		return process_survived(p, "effects", error);
	const struct service_adapter *adapter = adapter_of(p->service, effect.type);
	if (!adapter)
		return process_failed(p, "has no adapter for an effect", error_absent);
	buffer_append(&body, effect.body.data, effect.body.size);
	buffer_clear(&p->late.answer);
	error = adapter->perform(p->adapters, effect.id, buffer_bytes(&body), &p->late.answer);
	buffer_deinit(&body);
	p->late.effect = effect.id;
	p->late.type = adapter->answer;
	p->late.times = 1;
	site_count(p->site, injection_answer_late);
	if (chance_in(&p->site->chance, p->site->weather.twice_answer)) {
		p->late.times = 2;
		site_count(p->site, injection_answer_doubled);
	}
	if (error > 0)
		return process_failed(p, "an adapter", error);
	return process_survived(p, "performs", error);
}

static bool late_answer(struct process *p)
{
	enum error error = engine_take_answer(p->engine, p->late.effect, p->late.type, buffer_bytes(&p->late.answer));
	p->late.times -= error != error_pending; // the queue is full: again later
	return process_survived(p, "takes an answer", error);
}

bool adapters_perform(struct process *p)
{
	struct site *site = p->site;
	if (!p->service->adapters || chance_in(&site->chance, site->weather.late_answer))
		return true;
	if (p->late.times)
		return late_answer(p);
	if (!site->calm && chance_in(&site->chance, 300))
		return perform_oddly(p);
	uint32_t some = site->calm ? 64 : chance_from(&site->chance, 1, 8);
	return process_survived(p, "performs", engine_perform(p->engine, p, some, site->now_ms));
}
