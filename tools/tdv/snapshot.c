// Cuts of running daemons.
#include "snapshot.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"

#define pause_ms 10000 // after which a daemon goes on by itself
#define look_ms 100

static enum error pause_one(const struct site *site, uint16_t service, struct paused *answer)
{
	struct pause_query question = { .timeout = pause_ms };
	struct buffer backing = { 0 };
	enum error e = ask_for(site, service, pause_query, &question, paused, answer, &backing);

	buffer_deinit(&backing);
	return e;
}

static void resume_one(const struct site *site, uint16_t service)
{
	struct resume_query question = { 0 };
	struct buffer backing = { 0 };
	struct paused answer;

	ask_for(site, service, resume_query, &question, paused, &answer, &backing);
	buffer_deinit(&backing);
}

static enum error status_of(const struct site *site, uint16_t service, struct service_status *status)
{
	struct status_query question = { .tables = false };
	struct buffer backing = { 0 };
	enum error e = ask_for(site, service, status_query, &question, service_status, status, &backing);

	buffer_deinit(&backing);
	return e;
}

static enum error snapshot_one(struct cut *cut, uint16_t service)
{
	struct cut_service *s = &cut->services[service];
	struct snapshot_query question = { 0 };
	struct buffer backing = { 0 };
	struct snapshot_opened *answer = calloc(1, sizeof *answer);

	ensure(answer);
	enum error e = ask_for(cut->site, service, snapshot_query, &question, snapshot_opened, answer,
			       &backing);
	if (!e) {
		s->open = true;
		s->service = service_known(service);
		s->snapshot = answer->snapshot;
		s->log = answer->log;
		s->head_turn = answer->head_turn;
		s->head_entry = answer->head_entry;
		s->root = answer->root;
		s->asked_ms = clock_boot_ms();
		s->position_count = answer->cursors_count;
		for (size_t i = 0; i < answer->cursors_count; i++)
			s->positions[i] = answer->cursors[i];
		s->has_count = answer->tables_count;
		for (size_t i = 0; i < answer->tables_count; i++) {
			const struct table_status *t = &answer->tables[i];
			snprintf(s->has[i].name, sizeof s->has[i].name, "%.*s", (int)t->name.size,
				 (const char *)t->name.data);
			s->has[i].local = t->local;
			s->has[i].rows = t->rows;
		}
	}
	free(answer);
	buffer_deinit(&backing);
	return e;
}

// What was taken or passed over, which may be beyond the durable cursors of the snapshot.
static void put_positions(struct cut_service *s, const struct service_status *status)
{
	s->position_count = status->sources_count < cut_services_max ? status->sources_count
								     : cut_services_max;
	for (size_t i = 0; i < s->position_count; i++) {
		s->positions[i] = (struct log_position){ status->sources[i].service,
							 status->sources[i].entry };
		s->forked[i] = status->sources[i].state == source_state_forked;
	}
}

// All are paused: what is read of each now belongs together.
static enum error open_snapshots(struct cut *cut, struct service_status *status, uint16_t *failing)
{
	enum error e = error_none;

	for (size_t i = 0; !e && services_known[i]; i++) {
		*failing = services_known[i]->id;
		e = status_of(cut->site, services_known[i]->id, status);
		if (!e)
			e = snapshot_one(cut, services_known[i]->id);
		if (!e && (!status->paused || status->head_turn != cut->services[services_known[i]->id].head_turn))
			e = error_interrupted; // it went on by itself: the others were too slow
		if (!e)
			put_positions(&cut->services[services_known[i]->id], status);
	}
	return e;
}

static enum error take_once(struct cut *cut, uint16_t *failing)
{
	struct service_status *status = calloc(1, sizeof *status);
	struct paused paused;
	enum error e = error_none;
	size_t count = 0;

	ensure(status);
	while (!e && services_known[count]) {
		*failing = services_known[count]->id;
		e = pause_one(cut->site, services_known[count]->id, &paused);
		count += !e;
	}
	if (!e)
		e = open_snapshots(cut, status, failing);
	for (size_t i = 0; i < count; i++)
		resume_one(cut->site, services_known[i]->id);
	free(status);
	return e;
}

static uint64_t head_in(const struct cut *cut, uint16_t service)
{
	return service < cut_services_max && cut->services[service].open ? cut->services[service].head_entry
									 : 0;
}

static bool positions_at_rest(const struct cut *cut)
{
	for (size_t i = 0; services_known[i]; i++) {
		const struct cut_service *s = &cut->services[services_known[i]->id];
		for (size_t k = 0; k < s->position_count; k++)
			if (s->positions[k].entry < head_in(cut, s->positions[k].service))
				return false;
	}
	return true;
}

// By their own word, without pausing anybody.  A daemon that does not answer is at no rest.
static bool seem_at_rest(struct cut *cut)
{
	struct service_status *status = calloc(1, sizeof *status);
	bool rest = true;

	ensure(status);
	for (size_t i = 0; rest && services_known[i]; i++) {
		struct cut_service *s = &cut->services[services_known[i]->id];
		rest = !status_of(cut->site, services_known[i]->id, status);
		rest = rest && status->continuations == 0 && status->effects_open == 0 &&
		       status->inputs_waiting == 0;
		s->open = rest;
		s->head_entry = status->head_entry;
		put_positions(s, status);
	}
	rest = rest && positions_at_rest(cut);
	memset(cut->services, 0, sizeof cut->services);
	free(status);
	return rest;
}

static bool cut_at_rest(struct cut *cut)
{
	static const char *const going_on[] = { "runtime.continuations", "runtime.effects" };
	struct bytes key, value;
	struct cut_walk *walk;
	bool rest = positions_at_rest(cut);

	for (size_t i = 0; rest && services_known[i]; i++)
		for (size_t k = 0; rest && k < array_size(going_on); k++) {
			rest = !cut_walk_open(cut, services_known[i]->id, going_on[k], &walk);
			rest = rest && cut_walk_next(walk, &key, &value) == error_absent;
			cut_walk_close(walk);
		}
	return rest;
}

bool cut_take(const struct site *site, uint32_t wait_s, struct cut *cut)
{
	int64_t until = clock_boot_ms() + (int64_t)wait_s * 1000;
	uint16_t failing = 0;
	enum error e;

	*cut = (struct cut){ .site = site };
	for (;;) {
		while (clock_boot_ms() < until && !seem_at_rest(cut))
			poll(NULL, 0, look_ms);
		bool last = clock_boot_ms() >= until;
		e = take_once(cut, &failing);
		if (last || (e != error_interrupted && (e || cut_at_rest(cut))))
			break;
		cut_release(cut);
		*cut = (struct cut){ .site = site };
	}
	if (e == error_interrupted)
		complain("%s", _("the daemons could not be held still together: the machine is too busy"));
	else if (e)
		ask_failed(site, failing, e);
	return !e;
}

bool cut_take_one(const struct site *site, uint16_t service, struct cut *cut)
{
	*cut = (struct cut){ .site = site };
	enum error e = snapshot_one(cut, service);

	if (e)
		ask_failed(site, service, e);
	return !e;
}

static void release_one(struct cut *cut, uint16_t service)
{
	struct release_query question = { .snapshot = cut->services[service].snapshot };
	struct buffer backing = { 0 };
	struct nothing answer;

	ask_for(cut->site, service, release_query, &question, nothing, &answer, &backing);
	buffer_deinit(&backing);
}

const char *cut_daemon_running(const struct site *site)
{
	struct service_status *status = calloc(1, sizeof *status);
	const char *running = NULL;

	ensure(status);
	ask_patience(300);
	for (size_t i = 0; !running && services_known[i]; i++)
		if (status_of(site, services_known[i]->id, status) != error_pending)
			running = services_known[i]->name;
	ask_patience(0);
	free(status);
	return running;
}

void cut_release(struct cut *cut)
{
	for (uint16_t i = 0; i < cut_services_max; i++) {
		struct cut_service *s = &cut->services[i];
		if (cut->offline && s->store) {
			store_abort(&s->txn);
			archive_close(&s->archive);
			store_close(s->store);
		} else if (!cut->offline && s->open) {
			release_one(cut, i);
		}
		s->open = false;
		s->store = NULL;
	}
}
