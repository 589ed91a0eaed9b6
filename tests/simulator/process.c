// A service of the site as a process: it starts, takes turns, talks to its door, its consumers and its producers, and dies.
#include "simulator/site_private.h"

#include <stdio.h>

#define store_map_bytes ((size_t)64 << 20)

bool process_failed(struct process *p, const char *what, enum error error)
{
	site_say(p->site, "FAILED  %s: %s: %s", p->service->name, what, error_name(error));
	p->site->failed = true;
	return false;
}

static bool crash_here(void *context, enum engine_point point)
{
	static const char *const names[engine_point_count] = {
		[engine_point_before_turn] = "before a turn",	      [engine_point_before_commit] = "before the commit",
		[engine_point_after_commit] = "after the commit",     [engine_point_before_perform] = "before an effect",
		[engine_point_after_perform] = "after an effect",     [engine_point_archive] = "while it archives",
	};
	struct process *p = context;
	if (!chance_in(&p->site->chance, p->site->weather.crash))
		return false;
	site_count(p->site, (enum injection)point);
	site_say(p->site, "%s is killed %s", p->service->name, names[point]);
	return true;
}

static bool adapters_start(struct process *p)
{
	struct site *site = p->site;
	enum error error = error_none;
	if (p->service->adapters_open) {
		struct store_txn txn;
		store_begin(engine_store(p->engine), false, &txn);
		error = p->service->adapters_open(&p->adapters, site->folder, &txn);
		store_abort(&txn);
	}
	if (error == error_none && p->service->door)
		error = p->service->door->open(&p->door, site->folder, p->adapters, NULL);
	return error == error_none || process_failed(p, "adapters", error);
}

static bool process_start(struct process *p)
{
	char folder[128];
	struct site *site = p->site;
	snprintf(folder, sizeof folder, "%s/state/%s", site->folder, p->service->name);
	adapters_wrap(p);
	struct engine_options options = {
		.service = &p->wrapped, .folder = folder, .log = { .site = 44 }, .map_bytes = store_map_bytes, .sync = false,
		.limits = p->limits, .crash = site->calm ? NULL : crash_here, .crash_context = p,
	};
	enum error error = engine_open(&p->engine, &options);
	if (error != error_none)
		return process_failed(p, "does not start", error);
	engine_time_ms(p->engine, site_wall_ms(site), site->now_ms); // a daemon's first look, at once
	return adapters_start(p);
}

void process_end(struct process *p)
{
	struct chance *c = &p->site->chance;
	if (p->door)
		p->service->door->close(p->door);
	p->door = NULL;
	if (p->adapters && p->service->adapters_close)
		p->service->adapters_close(p->adapters);
	p->adapters = NULL;
	if (p->engine)
		engine_close(p->engine);
	p->engine = NULL;
	for (size_t i = 0; i < site_services_max; i++)
		buffer_clear(&p->parked[i]);
	p->late.times = 0;
	p->frozen_ms = p->accept_ms = 0;
	// Now and then nobody notices for a while.
	p->up_ms = p->site->now_ms + chance_from(c, 1, chance_below(c, 20) ? 300 : 5000);
}

bool process_survived(struct process *p, const char *what, enum error error)
{
	if (error == error_interrupted || (error < 0 && p->adapter_failed)) {
		p->adapter_failed = false;
		p->site->figures.crashes++;
		process_end(p);
		return false;
	}
	if (error < 0)
		process_failed(p, what, error);
	return error >= 0;
}

// Between two steps of the daemon's loop.
static bool dies_here(struct process *p, const char *where)
{
	struct site *site = p->site;
	if (site->calm || site->weather.between == 0 || chance_below(&site->chance, 10000) >= site->weather.between)
		return false;
	site_count(site, injection_killed_between);
	site_say(site, "%s is killed %s", p->service->name, where);
	process_survived(p, where, error_interrupted);
	return true;
}

// ---- the door ----

struct door_sink {
	struct engine *engine;
};

enum error door_input(struct door_sink *sink, uint64_t token, const struct origin *o, uint16_t type, struct bytes body)
{
	return engine_take_local(sink->engine, token, o, type, body);
}

static void door_collect(struct process *p)
{
	uint64_t to;
	struct bytes frame;
	while (p->service->door->take(p->door, &to, &frame)) {
		network_send(p->site, &(struct frame){ .kind = frame_kind_to_terminal, .from = p->service->id, .terminal = to },
			     frame);
		if (dies_here(p, "while it answers terminals"))
			return;
	}
}

void process_door_take(struct process *p, uint64_t from, struct bytes frame)
{
	struct door_sink sink = { p->engine };
	struct store_txn txn;
	int64_t door_ms = engine_time_ms(p->engine, site_wall_ms(p->site), p->site->now_ms); // as the daemon does
	store_begin(engine_store(p->engine), false, &txn);
	enum error error = p->service->door->put(p->door, &txn, &sink, door_ms, from, frame);
	store_abort(&txn);
	p->site->figures.submissions++;
	if (process_survived(p, "door", error) && !dies_here(p, "with an act at the door that nobody has taken"))
		door_collect(p);
}

static void door_replies(struct process *p)
{
	struct engine_reply reply;
	bool any = false;
	while (engine_next_reply(p->engine, &reply)) {
		if (reply.type == message_type_operator_answer)
			continue; // no terminal's
		p->service->door->reply(p->door, reply.token, reply.type, reply.body);
		any = true;
		if (dies_here(p, "while it replies"))
			return;
	}
	if (any && process_survived(p, "door", p->service->door->flush(p->door)))
		door_collect(p);
}

// ---- asks ----

bool process_serve_ask(struct process *p, uint16_t consumer, struct bytes ask)
{
	struct buffer stream = { 0 };
	enum error error = engine_serve_ask(p->engine, ask, &stream);
	if (error == error_pending) {
		struct buffer *parked = &p->parked[consumer];
		if (parked->data != ask.data) {
			buffer_clear(parked);
			buffer_append(parked, ask.data, ask.size);
		}
	} else {
		buffer_clear(&p->parked[consumer]);
		if (error == error_none || error == error_fork)
			network_send(p->site, &(struct frame){ .kind = frame_kind_stream, .from = p->service->id, .to = consumer },
				     buffer_bytes(&stream));
		if (error == error_fork || error < 0)
			process_failed(p, "serves an ask", error);
	}
	buffer_deinit(&stream);
	return error >= 0 && error != error_fork;
}

void process_take_stream(struct process *p, struct bytes stream)
{
	enum error error = engine_take_stream(p->engine, stream, p->site->now_ms);
	if (error == error_fork)
		process_failed(p, "takes a stream", error);
	else
		process_survived(p, "takes a stream", error);
}

static bool parked_serve(struct process *p)
{
	for (uint16_t consumer = 0; consumer < site_services_max; consumer++) {
		if (p->parked[consumer].size == 0)
			continue;
		struct buffer ask = { 0 };
		buffer_append(&ask, p->parked[consumer].data, p->parked[consumer].size);
		bool served = process_serve_ask(p, consumer, buffer_bytes(&ask));
		buffer_deinit(&ask);
		if (!served || dies_here(p, "while it tells the news"))
			return false;
	}
	return true;
}

static void asks_send(struct process *p)
{
	for (const uint16_t *source = p->service->sources; *source; source++) {
		struct buffer ask = { 0 };
		enum error error = engine_next_ask(p->engine, *source, p->site->now_ms, &ask);
		if (error == error_none)
			network_send(p->site, &(struct frame){ .kind = frame_kind_ask, .from = p->service->id, .to = *source },
				     buffer_bytes(&ask));
		else if (error < 0)
			process_failed(p, "asks", error);
		buffer_deinit(&ask);
	}
}

// ---- a round ----

// The invariants that can be seen in this turn are looked at before anybody else hears of it.
static bool turn(struct process *p)
{
	struct site *site = p->site;
	enum error error = engine_turn(p->engine, site_wall_ms(site), site->now_ms);
	if (!process_survived(p, "turn", error))
		return false;
	if (error != error_none)
		return true;
	site->figures.turns++;
	if (site->watch && !site->watch(site->watch_context, p->service->id)) {
		site->failed = true;
		return false;
	}
	if (p->service->door)
		door_replies(p);
	return p->engine && parked_serve(p);
}

static void clean_stop(struct process *p)
{
	if (!process_survived(p, "stops", engine_stop(p->engine)))
		return;
	site_say(p->site, "%s is stopped", p->service->name);
	site_count(p->site, injection_stopped);
	process_end(p);
}

// False: it is not there, or does not move.
static bool is_up(struct process *p)
{
	struct site *site = p->site;
	struct chance *c = &site->chance;
	if (!p->engine && (site->now_ms < p->up_ms || !clock_is_right(site) || !process_start(p)))
		return false;
	if (p->held || site->now_ms < p->frozen_ms)
		return false;
	if (site->weather.frozen && chance_below(c, 10000) < site->weather.frozen) {
		site_count(site, injection_frozen);
		p->frozen_ms = site->now_ms + chance_from(c, 50, 3000);
		site_say(site, "%s stands still until %lld ms from now", p->service->name, (long long)(p->frozen_ms - site->now_ms));
		return false;
	}
	if (!chance_in(c, site->weather.slow))
		return true;
	site_count(site, injection_round_missed);
	return false;
}

void process_round(struct process *p)
{
	struct site *site = p->site;
	if (!is_up(p) || !turn(p) || dies_here(p, "before it looks at effects") || !adapters_perform(p))
		return;
	if ((site->calm || chance_in(&site->chance, 200)) && !process_survived(p, "archives", engine_archive_step(p->engine)))
		return;
	if (dies_here(p, "before it asks"))
		return;
	asks_send(p);
	operator_round(p);
	if (p->engine && chance_in(&site->chance, site->weather.clean_stop))
		clean_stop(p);
}
