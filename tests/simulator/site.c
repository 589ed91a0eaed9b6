#include "simulator/site_private.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "approval/approval.h"
#include "base/ensure.h"
#include "base/log.h"
#include "base/when.h"
#include "delivery/delivery.h"
#include "inspection/inspection.h"
#include "intake/intake.h"
#include "printing/printing.h"
#include "registry/registry.h"
#include "revocation/revocation.h"
#include "runtime/tables.h"
#include "verification/verification.h"

const struct service *const site_services[] = {
	&intake_service, &registry_service, &verification_service, &approval_service,
	&printing_service, &delivery_service, &inspection_service, &revocation_service, NULL,
};

#define store_map_bytes ((size_t)64 << 20)

// ---- what is seen ----

void site_say(struct site *site, const char *format, ...)
{
	char line[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	int64_t ms = site->now_ms % 86400000;
	buffer_printf(site->transcript, "%5" PRId64 ".%03" PRId64 "  %s\n", ms / 1000, ms % 1000, line);
}

int64_t site_now_ms(const struct site *site)
{
	return site->now_ms;
}

struct chance *site_chance(struct site *site)
{
	return &site->chance;
}

const struct weather *site_weather(const struct site *site)
{
	return &site->weather;
}

const char *site_folder(const struct site *site)
{
	return site->folder;
}

const struct site_figures *site_figures(const struct site *site)
{
	return &site->figures;
}

struct engine *site_engine(struct site *site, uint16_t service)
{
	return site->processes[service].engine;
}

bool process_failed(struct process *p, const char *what, enum error error)
{
	site_say(p->site, "FAILED  %s: %s: %s", p->service->name, what, error_name(error));
	p->site->failed = true;
	return false;
}

// ---- processes ----

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

// Small and odd bounds, so that walks are cut, streams come in pieces and segments are sealed.
static struct engine_limits limits_of(struct site *site)
{
	struct chance *c = &site->chance;
	return (struct engine_limits){
		.batch_inputs = chance_from(c, 1, 48),
		.batch_entries = chance_from(c, 4, 96),
		.credit_bytes = chance_from(c, 256, 16384),
		.segment_bytes = chance_from(c, 4096, 65536),
		.hot_turns = chance_from(c, 4, 64),
		.ask_repeat_ms = 60,
		.idle_cursor_ms = chance_from(c, 20, 500),
		.strikes = UINT32_MAX, // crashes here have nothing to do with what was being done
		.reserve_bytes = 1 << 20,
	};
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

// As abrupt as a kill, unless the engine was stopped before.
static void process_end(struct process *p)
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

static void process_round(struct process *p)
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

bool site_round(struct site *site)
{
	uint16_t order[site_services_max], count = 0;
	site->figures.rounds++;
	site->now_ms += site->calm ? 5 : chance_from(&site->chance, 1, 12);
	clock_round(site);
	network_cut(site);
	for (const struct service *const *s = site_services; *s; s++)
		order[count++] = (*s)->id;
	for (uint16_t i = count; !site->calm && i > 1; i--) {
		uint16_t j = (uint16_t)chance_below(&site->chance, i), swapped = order[i - 1];
		order[i - 1] = order[j];
		order[j] = swapped;
	}
	for (uint16_t i = 0; i < count && !site->failed; i++)
		process_round(&site->processes[order[i]]);
	if (!site->failed)
		network_arrive(site);
	return !site->failed;
}

void site_hold(struct site *site, uint16_t service, bool held)
{
	site->processes[service].held = held;
}

void site_pass(struct site *site, int64_t ms)
{
	site->now_ms += ms;
	site_say(site, "%lld h pass", (long long)(ms / 3600000));
}

void site_on_turn(struct site *site, bool (*watch)(void *context, uint16_t service), void *context)
{
	site->watch = watch;
	site->watch_context = context;
}

// ---- the end ----

void site_calm_down(struct site *site)
{
	site->weather = (struct weather){ 0 };
	if (site->wall_right_ms)
		site->wall_right_ms = site->now_ms;
	for (size_t i = 0; i < site_services_max; i++)
		site->processes[i].frozen_ms = 0;
	memset(site->cut_ms, 0, sizeof site->cut_ms);
}

static bool process_is_quiet(struct site *site, struct process *p)
{
	static struct service_status status;
	if (!p->engine || engine_status(p->engine, &status) != error_none)
		return false;
	if (status.effects_open || status.continuations || status.inputs_waiting || status.timers_held)
		return false;
	for (size_t i = 0; i < status.sources_count; i++) {
		static struct service_status producer;
		struct engine *engine = site->processes[status.sources[i].service].engine;
		if (!engine || engine_status(engine, &producer) != error_none ||
		    status.sources[i].entry != producer.head_entry)
			return false;
	}
	return true;
}

bool site_is_quiet(struct site *site)
{
	for (const struct service *const *s = site_services; *s; s++)
		if (!process_is_quiet(site, &site->processes[(*s)->id]))
			return false;
	return true;
}

static bool timer_is_due(struct process *p)
{
	struct runtime_tables tables;
	struct bytes key, value;
	struct store_txn txn;
	runtime_tables_init(&tables, p->service->tables);
	store_begin(engine_store(p->engine), false, &txn);
	bool due = store_seek(&txn, &tables.timers, (struct bytes){ 0 }, &key, &value) &&
		   (int64_t)(get_u64(key.data) ^ (UINT64_C(1) << 63)) <= site_wall_ms(p->site);
	store_abort(&txn);
	return due;
}

bool site_is_due(struct site *site)
{
	for (const struct service *const *s = site_services; *s; s++) {
		struct process *p = &site->processes[(*s)->id];
		if (!p->engine || timer_is_due(p))
			return true;
	}
	return !clock_is_right(site);
}

void site_describe(struct site *site)
{
	for (const struct service *const *s = site_services; *s; s++) {
		static struct service_status status;
		struct process *p = &site->processes[(*s)->id];
		if (!p->engine || engine_status(p->engine, &status) != error_none) {
			site_say(site, "  %s is down", (*s)->name);
			continue;
		}
		site_say(site, "  %s: turn %llu, entry %llu, %llu inputs, %llu effects, %llu continuations, %llu set aside",
			 (*s)->name, (unsigned long long)status.head_turn, (unsigned long long)status.head_entry,
			 (unsigned long long)status.inputs_waiting, (unsigned long long)status.effects_open,
			 (unsigned long long)status.continuations, (unsigned long long)status.quarantined);
		for (size_t i = 0; i < status.sources_count; i++)
			site_say(site, "    %s: %s, entry %llu of %llu, turn %llu of %llu",
				 service_id_name((enum service_id)status.sources[i].service),
				 source_state_name(status.sources[i].state), (unsigned long long)status.sources[i].entry,
				 (unsigned long long)status.sources[i].head_entry, (unsigned long long)status.sources[i].turn,
				 (unsigned long long)status.sources[i].head_turn);
	}
}

bool site_stop(struct site *site)
{
	for (const struct service *const *s = site_services; *s; s++) {
		struct process *p = &site->processes[(*s)->id];
		enum error error = p->engine ? engine_stop(p->engine) : error_none;
		process_end(p);
		if (error != error_none)
			return process_failed(p, "stops", error);
	}
	return true;
}

// ---- the site ----

struct site *site_new(uint64_t seed, bool calm, struct buffer *transcript)
{
	struct site *site = calloc(1, sizeof *site);
	ensure(site);
	site->chance.state = seed;
	site->calm = calm;
	site->transcript = transcript;
	site->now_ms = instant_of_date(date_from_civil(2026, 3, 2)) + 8 * 3600 * 1000;
	snprintf(site->folder, sizeof site->folder, "%s/tdv-simulate-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	ensure(mkdtemp(site->folder));
	static const char *const folders[] = { "state", "keys", "vault", "run" };
	for (size_t i = 0; i < array_size(folders); i++) {
		char path[128];
		snprintf(path, sizeof path, "%s/%s", site->folder, folders[i]);
		ensure(mkdir(path, 0700) == 0);
	}
	if (!calm)
		site->weather = weather_drawn(&site->chance);
	const struct engine_limits usual = { .reserve_bytes = 1 << 20 };
	for (const struct service *const *s = site_services; *s; s++)
		site->processes[(*s)->id] = (struct process){
			.site = site, .service = *s, .limits = calm ? usual : limits_of(site),
		};
	return site;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status, (void)type, (void)at;
	return remove(path);
}

void site_remove(const char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void site_free(struct site *site)
{
	if (!site)
		return;
	for (const struct service *const *s = site_services; *s; s++) {
		struct process *p = &site->processes[(*s)->id];
		process_end(p);
		for (size_t i = 0; i < site_services_max; i++)
			buffer_deinit(&p->parked[i]);
		buffer_deinit(&p->late.answer);
	}
	network_deinit(site);
	site_remove(site->folder);
	free(site);
}
