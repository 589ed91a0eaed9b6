#include "simulator/site.h"

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
#include "verification/verification.h"

const struct service *const site_services[] = {
	&intake_service, &registry_service, &verification_service, &approval_service,
	&printing_service, &delivery_service, &inspection_service, &revocation_service, NULL,
};

#define store_map_bytes ((size_t)64 << 20)

enum frame_kind { frame_kind_ask, frame_kind_stream, frame_kind_to_door, frame_kind_to_terminal };

struct frame {
	enum frame_kind kind;
	uint16_t from, to;  // services
	uint64_t terminal;
	int64_t due_ms;
	uint8_t *data;
	size_t size;
};

struct process {
	struct site *site;
	const struct service *service;
	struct engine *engine; // NULL: down
	void *adapters, *door;
	int64_t up_ms;
	bool held;             // it takes no turn
	struct engine_limits limits;
	struct buffer parked[site_services_max]; // by consumer: an ask that waits for news
	struct {
		struct buffer answer;
		uint64_t effect;
		uint16_t type;
		unsigned times; // that it will be given; 0: there is none
	} late;
};

struct site {
	struct chance chance;
	struct site_weather weather;
	bool calm, failed;
	int64_t now_ms;
	char folder[64];
	struct buffer *transcript;
	struct process processes[site_services_max]; // by id
	struct frame *frames;
	size_t frame_count, frame_capacity;
	void (*arrived)(void *context, uint64_t to, struct bytes frame);
	void *arrived_context;
	struct site_figures figures;
};

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

const struct site_weather *site_weather(const struct site *site)
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

static bool fail(struct process *p, const char *what, enum error error)
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

static bool process_start(struct process *p)
{
	char folder[128];
	struct site *site = p->site;
	snprintf(folder, sizeof folder, "%s/state/%s", site->folder, p->service->name);
	struct engine_options options = {
		.service = p->service, .folder = folder, .log = { .site = 44 }, .map_bytes = store_map_bytes, .sync = false,
		.limits = p->limits, .crash = site->calm ? NULL : crash_here, .crash_context = p,
	};
	enum error error = engine_open(&p->engine, &options);
	if (error != error_none)
		return fail(p, "does not start", error);
	if (p->service->adapters_open) {
		struct store_txn txn;
		store_begin(engine_store(p->engine), false, &txn);
		error = p->service->adapters_open(&p->adapters, site->folder, &txn);
		store_abort(&txn);
	}
	if (error == error_none && p->service->door)
		error = p->service->door->open(&p->door, site->folder, p->adapters, NULL);
	return error == error_none || fail(p, "adapters", error);
}

// As abrupt as a kill, unless the engine was stopped before.
static void process_end(struct process *p)
{
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
	p->up_ms = p->site->now_ms + chance_from(&p->site->chance, 1, 300);
}

// False: the process is gone.
static bool survived(struct process *p, const char *what, enum error error)
{
	if (error == error_interrupted) {
		p->site->figures.crashes++;
		process_end(p);
		return false;
	}
	if (error < 0)
		fail(p, what, error);
	return error >= 0;
}

// ---- the network ----

static void frame_put(struct site *site, const struct frame *frame, struct bytes bytes)
{
	if (site->frame_count == site->frame_capacity) {
		site->frame_capacity = site->frame_capacity ? 2 * site->frame_capacity : 64;
		site->frames = realloc(site->frames, site->frame_capacity * sizeof *site->frames);
		ensure(site->frames);
	}
	struct frame *copy = &site->frames[site->frame_count++];
	*copy = *frame;
	copy->data = malloc(bytes.size + 1);
	ensure(copy->data);
	memcpy(copy->data, bytes.data, bytes.size);
	copy->size = bytes.size;
	copy->due_ms = site->now_ms;
	if (chance_in(&site->chance, site->weather.delayed))
		copy->due_ms += chance_from(&site->chance, 1, 400);
}

static void frame_send(struct site *site, const struct frame *frame, struct bytes bytes)
{
	site->figures.frames++;
	if (chance_in(&site->chance, site->weather.lost)) {
		site->figures.frames_lost++;
		return;
	}
	frame_put(site, frame, bytes);
	if (chance_in(&site->chance, site->weather.doubled)) {
		site->figures.frames_doubled++;
		frame_put(site, frame, bytes);
	}
}

// What somebody makes of a frame that passed by: other bytes, fewer bytes.
static void garbled_post(struct site *site, struct bytes frame)
{
	struct buffer garbled = { 0 };
	buffer_append(&garbled, frame.data, frame.size);
	for (unsigned i = chance_below(&site->chance, 4); i > 0; i--)
		garbled.data[chance_below(&site->chance, (uint32_t)garbled.size)] ^= (uint8_t)(1u << chance_below(&site->chance, 8));
	if (chance_below(&site->chance, 3) == 0)
		garbled.size = chance_below(&site->chance, (uint32_t)garbled.size);
	frame_send(site, &(struct frame){ .kind = frame_kind_to_door, .to = intake_service.id, .terminal = site_stranger },
		   buffer_bytes(&garbled));
	buffer_deinit(&garbled);
}

void site_post(struct site *site, uint64_t from, struct bytes frame)
{
	if (chance_in(&site->chance, site->weather.garbled))
		garbled_post(site, frame);
	frame_send(site, &(struct frame){ .kind = frame_kind_to_door, .to = intake_service.id, .terminal = from }, frame);
}

void site_on_arrival(struct site *site, void (*arrived)(void *context, uint64_t to, struct bytes frame), void *context)
{
	site->arrived = arrived;
	site->arrived_context = context;
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
	while (p->service->door->take(p->door, &to, &frame))
		frame_send(p->site, &(struct frame){ .kind = frame_kind_to_terminal, .terminal = to }, frame);
}

static void door_take(struct process *p, uint64_t from, struct bytes frame)
{
	struct door_sink sink = { p->engine };
	struct store_txn txn;
	store_begin(engine_store(p->engine), false, &txn);
	enum error error = p->service->door->put(p->door, &txn, &sink, p->site->now_ms, from, frame);
	store_abort(&txn);
	p->site->figures.submissions++;
	if (survived(p, "door", error))
		door_collect(p);
}

static void door_replies(struct process *p)
{
	struct engine_reply reply;
	bool any = false;
	while (engine_next_reply(p->engine, &reply)) {
		p->service->door->reply(p->door, reply.token, reply.type, reply.body);
		any = true;
	}
	if (any && survived(p, "door", p->service->door->flush(p->door)))
		door_collect(p);
}

// ---- asks ----

static void ask_serve(struct process *p, uint16_t consumer, struct bytes ask)
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
			frame_send(p->site, &(struct frame){ .kind = frame_kind_stream, .from = p->service->id, .to = consumer },
				   buffer_bytes(&stream));
		if (error == error_fork || error < 0)
			fail(p, "serves an ask", error);
	}
	buffer_deinit(&stream);
}

static void parked_serve(struct process *p)
{
	for (uint16_t consumer = 0; consumer < site_services_max; consumer++) {
		if (p->parked[consumer].size == 0)
			continue;
		struct buffer ask = { 0 };
		buffer_append(&ask, p->parked[consumer].data, p->parked[consumer].size);
		ask_serve(p, consumer, buffer_bytes(&ask));
		buffer_deinit(&ask);
	}
}

static void asks_send(struct process *p)
{
	for (const uint16_t *source = p->service->sources; *source; source++) {
		struct buffer ask = { 0 };
		enum error error = engine_next_ask(p->engine, *source, p->site->now_ms, &ask);
		if (error == error_none)
			frame_send(p->site, &(struct frame){ .kind = frame_kind_ask, .from = p->service->id, .to = *source },
				   buffer_bytes(&ask));
		else if (error < 0)
			fail(p, "asks", error);
		buffer_deinit(&ask);
	}
}

// ---- a round ----

static void frame_arrive(struct site *site, struct frame *frame)
{
	struct process *p = &site->processes[frame->to];
	struct bytes bytes = bytes_of(frame->data, frame->size);
	if (frame->kind == frame_kind_to_terminal) {
		site->arrived(site->arrived_context, frame->terminal, bytes);
		return;
	}
	if (!p->engine)
		return; // nobody is there
	switch (frame->kind) {
	case frame_kind_ask: {
		struct log_name consumer;
		if (engine_ask_consumer(bytes, &consumer) == error_none && consumer.service < site_services_max)
			ask_serve(p, consumer.service, bytes);
		break;
	}
	case frame_kind_stream: {
		enum error error = engine_take_stream(p->engine, bytes, site->now_ms);
		if (error == error_fork)
			fail(p, "takes a stream", error);
		else
			survived(p, "takes a stream", error);
		break;
	}
	case frame_kind_to_door:
		door_take(p, frame->terminal, bytes);
		break;
	case frame_kind_to_terminal:
		break;
	}
}

// Each frame that is due arrives in this round or in a later one, in no order.
static void frames_arrive(struct site *site)
{
	size_t count = site->frame_count;
	for (size_t i = count; !site->calm && i > 1; i--) {
		size_t j = chance_below(&site->chance, (uint32_t)i);
		struct frame swapped = site->frames[i - 1];
		site->frames[i - 1] = site->frames[j];
		site->frames[j] = swapped;
	}
	size_t kept = 0;
	for (size_t i = 0; i < count && !site->failed; i++) {
		struct frame frame = site->frames[i];
		if (frame.due_ms > site->now_ms || (!site->calm && chance_in(&site->chance, 300))) {
			site->frames[kept++] = frame;
			continue;
		}
		frame_arrive(site, &frame); // may put new frames behind
		free(frame.data);
	}
	memmove(site->frames + kept, site->frames + count, (site->frame_count - count) * sizeof *site->frames);
	site->frame_count = kept + (site->frame_count - count);
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
		return survived(p, "effects", error);
	const struct service_adapter *adapter = adapter_of(p->service, effect.type);
	if (!adapter)
		return fail(p, "has no adapter for an effect", error_absent);
	buffer_append(&body, effect.body.data, effect.body.size);
	buffer_clear(&p->late.answer);
	error = adapter->perform(p->adapters, effect.id, buffer_bytes(&body), &p->late.answer);
	buffer_deinit(&body);
	p->late.effect = effect.id;
	p->late.type = adapter->answer;
	p->late.times = chance_in(&p->site->chance, p->site->weather.twice_answer) ? 2 : 1;
	p->site->figures.answers_doubled += p->late.times - 1;
	if (error > 0)
		return fail(p, "an adapter", error);
	return survived(p, "performs", error);
}

static bool late_answer(struct process *p)
{
	enum error error = engine_take_answer(p->engine, p->late.effect, p->late.type, buffer_bytes(&p->late.answer));
	p->late.times -= error != error_pending; // the queue is full: again later
	return survived(p, "takes an answer", error);
}

static bool perform(struct process *p)
{
	struct site *site = p->site;
	if (!p->service->adapters || chance_in(&site->chance, site->weather.late_answer))
		return true;
	if (p->late.times)
		return late_answer(p);
	if (!site->calm && chance_in(&site->chance, 300))
		return perform_oddly(p);
	uint32_t some = site->calm ? 64 : chance_from(&site->chance, 1, 8);
	return survived(p, "performs", engine_perform(p->engine, p->adapters, some, site->now_ms));
}

static bool turn(struct process *p)
{
	enum error error = engine_turn(p->engine, p->site->now_ms, p->site->now_ms);
	if (!survived(p, "turn", error))
		return false;
	if (error == error_none) {
		p->site->figures.turns++;
		if (p->service->door)
			door_replies(p);
		if (p->engine)
			parked_serve(p);
	}
	return p->engine != NULL;
}

static void clean_stop(struct process *p)
{
	if (!survived(p, "stops", engine_stop(p->engine)))
		return;
	site_say(p->site, "%s is stopped", p->service->name);
	p->site->figures.stops++;
	process_end(p);
}

static void process_round(struct process *p)
{
	struct site *site = p->site;
	if (!p->engine && site->now_ms < p->up_ms)
		return;
	if (!p->engine && !process_start(p))
		return;
	if (p->held || chance_in(&site->chance, site->weather.slow))
		return;
	if (!turn(p) || !perform(p))
		return;
	if ((site->calm || chance_in(&site->chance, 200)) && !survived(p, "archives", engine_archive_step(p->engine)))
		return;
	asks_send(p);
	if (chance_in(&site->chance, site->weather.clean_stop))
		clean_stop(p);
}

bool site_round(struct site *site)
{
	uint16_t order[site_services_max], count = 0;
	site->figures.rounds++;
	site->now_ms += site->calm ? 5 : chance_from(&site->chance, 1, 12);
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
		frames_arrive(site);
	return !site->failed;
}

void site_hold(struct site *site, uint16_t service, bool held)
{
	site->processes[service].held = held;
}

// ---- the end ----

void site_calm_down(struct site *site)
{
	site->weather = (struct site_weather){ 0 };
}

static bool process_is_quiet(struct site *site, struct process *p)
{
	static struct service_status status;
	if (!p->engine || engine_status(p->engine, &status) != error_none)
		return false;
	if (status.effects_open || status.continuations || status.inputs_waiting)
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
			return fail(p, "stops", error);
	}
	return true;
}

// ---- the site ----

static struct site_weather weather_of(struct chance *c)
{
	return (struct site_weather){
		.crash = chance_below(c, 3) ? chance_below(c, 25) : 0,
		.clean_stop = chance_below(c, 4),
		.slow = chance_below(c, 400),
		.lost = chance_below(c, 120),
		.doubled = chance_below(c, 120),
		.delayed = chance_below(c, 250),
		.late_answer = chance_below(c, 600),
		.twice_answer = chance_below(c, 500),
		.garbled = chance_below(c, 60),
	};
}

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
		site->weather = weather_of(&site->chance);
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

void site_remove(struct site *site)
{
	nftw(site->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
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
	for (size_t i = 0; i < site->frame_count; i++)
		free(site->frames[i].data);
	free(site->frames);
	site_remove(site);
	free(site);
}
