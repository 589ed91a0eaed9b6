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

// ---- a round ----

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

// heads: of all services, which are up.
static bool process_is_quiet(const struct service_status *status, const uint64_t heads[])
{
	if (status->effects_open || status->continuations || status->inputs_waiting || status->timers_held)
		return false;
	for (size_t i = 0; i < status->sources_count; i++)
		if (status->sources[i].entry != heads[status->sources[i].service])
			return false;
	return true;
}

bool site_is_quiet(struct site *site)
{
	static struct service_status all[site_services_max];
	uint64_t heads[site_services_max] = { 0 };
	for (const struct service *const *s = site_services; *s; s++) {
		struct engine *engine = site->processes[(*s)->id].engine;
		if (!engine || engine_status(engine, &all[(*s)->id]) != error_none)
			return false;
		heads[(*s)->id] = all[(*s)->id].head_entry;
	}
	for (const struct service *const *s = site_services; *s; s++)
		if (!process_is_quiet(&all[(*s)->id], heads))
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
