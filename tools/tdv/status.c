// tdv status: which daemons live, how far each is, and what somebody should look at.
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/ensure.h"
#include "runtime/attempt.h"
#include "verbs.h"

#define services_max 16
#define mib (1024.0 * 1024)

struct look {
	struct service_status *status; // of each service, NULL: does not answer
	int64_t at_ms;
};

static void look_at(const struct site *site, struct look looks[services_max])
{
	struct buffer backing = { 0 };
	struct status_query question = { .tables = false };

	for (size_t i = 0; service_names[i]; i++) {
		struct service_status *s = calloc(1, sizeof *s);
		ensure(s);
		if (ask_for(site, service_number(service_names[i]), status_query, &question, service_status,
			    s, &backing)) {
			free(s);
			s = NULL;
		}
		looks[i] = (struct look){ s, clock_boot_ms() };
	}
	buffer_deinit(&backing);
}

static void looks_deinit(struct look looks[services_max])
{
	for (size_t i = 0; service_names[i]; i++)
		free(looks[i].status);
}

static long pid_of(const struct site *site, const char *service)
{
	struct buffer content = { 0 };
	char path[4096];
	long pid = 0;

	if (!file_read(home_path(site, path, "run/%s.pid", service), 32, &content)) {
		buffer_append(&content, "", 1);
		pid = strtol((const char *)content.data, NULL, 10);
	}
	buffer_deinit(&content);
	return pid > 0 && kill((pid_t)pid, 0) == 0 ? pid : 0;
}

// What a producer has put out: by its own word, which a consumer that has just started has not heard yet.
static uint64_t head_of(const struct look looks[services_max], const struct source_status *from)
{
	uint64_t head = from->head_entry;

	for (size_t i = 0; service_names[i]; i++)
		if (looks[i].status && looks[i].status->log.service == from->service &&
		    looks[i].status->head_entry > head)
			head = looks[i].status->head_entry;
	return head;
}

// The sum over its sources of what they have put out and it has not taken.
static uint64_t lag_of(const struct look looks[services_max], const struct service_status *s, json_t *sources)
{
	uint64_t lag = 0;

	for (size_t i = 0; i < s->sources_count; i++) {
		const struct source_status *from = &s->sources[i];
		uint64_t head = head_of(looks, from), behind = head > from->entry ? head - from->entry : 0;
		lag += behind;
		json_array_append_new(sources,
				      json_pack("{s:s, s:s, s:I, s:I, s:I}", "source",
						codec_value_name(&service_id_values, from->service), "state",
						codec_value_name(&source_state_values, from->state), "entry",
						(json_int_t)from->entry, "head", (json_int_t)head, "lag",
						(json_int_t)behind));
	}
	return lag;
}

static const char *state_of(const struct service_status *s)
{
	if (s->halt == halt_old_copy)
		return N_("old copy");
	if (s->halt == halt_peers)
		return N_("restored, asks");
	for (size_t i = 0; i < s->sources_count; i++)
		if (s->sources[i].state == source_state_forked)
			return N_("forked");
	if (!s->admission)
		return N_("disk or map full");
	if (s->paused)
		return N_("paused");
	if (s->timers_held)
		return N_("clock in doubt");
	return N_("runs");
}

// Of the open effects those that killed the daemon too often: its state folder says so, no message does.
static uint64_t effects_aside(const struct site *site, const char *name, const struct service_status *s)
{
	char folder[4096];
	uint64_t aside = s->effects_open ? attempt_effects_aside(home_path(site, folder, "state/%s", name)) : 0;

	return aside < s->effects_open ? aside : s->effects_open;
}

static json_t *service_json(const struct site *site, size_t which, const struct look *before,
			    const struct look looks[services_max])
{
	const char *name = service_names[which];
	const struct look *now = &looks[which];
	const struct service_status *s = now->status;
	json_t *j = json_pack("{s:s, s:b}", "service", name, "alive", s != NULL), *sources = json_array();
	long pid = pid_of(site, name);

	if (pid)
		json_object_set_new(j, "pid", json_integer(pid));
	if (!s) {
		json_decref(sources);
		json_object_set_new(j, "state", json_string("dead"));
		json_object_set_new(j, "state_text", json_string(_("does not answer")));
		return j;
	}
	double seconds = (double)(now->at_ms - before->at_ms) / 1000;
	double rate = before->status && seconds > 0
			      ? (double)(s->head_entry - before->status->head_entry) / seconds
			      : 0;
	json_object_set_new(j, "state", json_string(state_of(s)));
	json_object_set_new(j, "state_text", json_string(_(state_of(s))));
	json_object_set_new(j, "halt", json_string(codec_value_name(&halt_values, s->halt)));
	json_object_set_new(j, "turn", json_integer((json_int_t)s->head_turn));
	json_object_set_new(j, "entry", json_integer((json_int_t)s->head_entry));
	json_object_set_new(j, "entries_per_second", json_real(rate < 0 ? 0 : rate));
	json_object_set_new(j, "lag", json_integer((json_int_t)lag_of(looks, s, sources)));
	json_object_set_new(j, "sources", sources);
	json_object_set_new(j, "inputs_waiting", json_integer((json_int_t)s->inputs_waiting));
	json_object_set_new(j, "effects_open", json_integer((json_int_t)s->effects_open));
	json_object_set_new(j, "effects_aside", json_integer((json_int_t)effects_aside(site, name, s)));
	json_object_set_new(j, "continuations", json_integer((json_int_t)s->continuations));
	json_object_set_new(j, "quarantined", json_integer((json_int_t)s->quarantined));
	json_object_set_new(j, "quarantine_total", json_integer((json_int_t)s->quarantine_total));
	json_object_set_new(j, "starts", json_integer((json_int_t)s->starts));
	json_object_set_new(j, "starts_unclean", json_integer((json_int_t)s->starts_unclean));
	json_object_set_new(j, "turns_interrupted", json_integer((json_int_t)s->turns_interrupted));
	json_object_set_new(j, "archived_turn", json_integer((json_int_t)s->archived_turn));
	json_object_set_new(j, "map_bytes", json_integer((json_int_t)s->map_bytes));
	json_object_set_new(j, "map_used", json_integer((json_int_t)s->map_used));
	json_object_set_new(j, "disk_free", json_integer((json_int_t)s->disk_free));
	json_object_set_new(j, "map_mib", json_real((double)s->map_used / mib));
	json_object_set_new(j, "disk_gib", json_real((double)s->disk_free / (1024 * mib)));
	json_object_set_new(j, "root", json_hash(&s->root));
	return j;
}

// Two logs that do not share one past: no more is taken from one by the other until a person has decided.
static json_t *forks_json(const struct look looks[services_max])
{
	json_t *forks = json_array();

	for (size_t i = 0; service_names[i]; i++) {
		const struct service_status *s = looks[i].status;
		for (size_t k = 0; s && k < s->sources_count; k++) {
			if (s->sources[k].state != source_state_forked)
				continue;
			const char *producer = codec_value_name(&service_id_values, s->sources[k].service);
			json_array_append_new(forks, json_pack("{s:s, s:s}", "consumer", service_names[i], "producer", producer));
		}
	}
	return forks;
}

static size_t say_forks(const struct site *site, const json_t *forks)
{
	const json_t *f;
	size_t i;

	for (i = 0; i < json_array_size(forks) && (f = json_array_get(forks, i)); i++)
		say(site, _("The logs of %s and %s do not fit together: one of the two is an old copy. Put its newest state back and start it; the other goes on by itself."),
		    json_string_value(json_object_get(f, "producer")), json_string_value(json_object_get(f, "consumer")));
	return i;
}

static bool all_alive(const struct look looks[services_max])
{
	for (size_t i = 0; service_names[i]; i++)
		if (!looks[i].status)
			return false;
	return true;
}

// ---- what a person should look at: a line for each kind of it, with the services that it is about

static bool is_dead(const json_t *s)
{
	return !json_is_true(json_object_get(s, "alive"));
}

static bool holds_timers(const json_t *s)
{
	return strcmp(json_string_value(json_object_get(s, "state")), "clock in doubt") == 0;
}

static bool is_old_copy(const json_t *s)
{
	const char *halt = json_string_value(json_object_get(s, "halt"));

	return halt && strcmp(halt, "old_copy") == 0;
}

static bool is_full(const json_t *s)
{
	return strcmp(json_string_value(json_object_get(s, "state")), "disk or map full") == 0;
}

static bool has_set_aside(const json_t *s)
{
	return json_integer_value(json_object_get(s, "quarantined")) > 0;
}

static bool has_effects_aside(const json_t *s)
{
	return json_integer_value(json_object_get(s, "effects_aside")) > 0;
}

// "registry, approval" in `names`; how many they are.
static size_t those_that(const json_t *services, bool (*are)(const json_t *s), struct buffer *names)
{
	const json_t *s;
	size_t i, n = 0;

	buffer_clear(names);
	json_array_foreach(services, i, s)
		if (are(s))
			buffer_printf(names, "%s%s", n++ ? ", " : "", json_string_value(json_object_get(s, "service")));
	buffer_append(names, "", 1);
	ensure(!names->failed);
	return n;
}

static void say_dead(const struct site *site, const char *names, bool all)
{
	if (all && home_is_up(site, NULL))
		say(site, _("No daemon of %s answers yet, though `tdv up` runs: `tdv status --wait 30`; their own last lines say what keeps "
			    "them."), site->home);
	else if (all)
		say(site, _("The site at %s is stopped, no daemon answers: `tdv up --home %s`, or systemctl start tdv.target where it is "
			    "installed, starts it."), site->home, site->home);
	else
		say(site, _("No answer from %s: `tdv up --home %s`, or systemctl start tdv.target where it is installed, starts the daemons; "
			    "their own last lines say why they ended."), names, site->home);
}

static size_t worries(const struct site *site, const json_t *services)
{
	struct buffer names = { 0 };
	size_t dead = those_that(services, is_dead, &names), n = dead;

	if (dead)
		say_dead(site, (const char *)names.data, dead == json_array_size(services));
	size_t some = those_that(services, holds_timers, &names);
	if (some)
		say(site, _("Timers are held by %s: the clock has jumped, or they were down for long. If the clock is right: `tdv clock "
			    "accept`."), (const char *)names.data);
	n += some;
	some = those_that(services, is_old_copy, &names);
	if (some)
		say(site, _("Old copies: %s. Others have taken turns that they never wrote. They do nothing until newer copies are in their "
			    "place, or all services come from one backup (`tdv restore`)."), (const char *)names.data);
	n += some;
	some = those_that(services, is_full, &names);
	if (some)
		say(site, _("No new work is taken: disk or environment are at their reserve at %s. Free some room on the disk of %s; how much is "
			    "kept is reserve_mib, an environment's size map_mib in tdv.conf."), (const char *)names.data, site->home);
	n += some;
	some = those_that(services, has_set_aside, &names);
	if (some)
		say(site, _("Entries were set aside by %s: `tdv quarantine list` shows them."), (const char *)names.data);
	n += some;
	some = those_that(services, has_effects_aside, &names);
	if (some)
		say(site, _("Something waits in %s that the daemon died of three times; its lines say which: adapter_deadly. When the cause is "
			    "mended: stop the daemons (`tdv down`, or systemctl stop tdv.target), remove the file attempt in %s/state/SERVICE, "
			    "start them; nothing but that count is in the file."), (const char *)names.data, site->home);
	buffer_deinit(&names);
	return n + some;
}

static bool any_alive(const struct look looks[services_max])
{
	for (size_t i = 0; service_names[i]; i++)
		if (looks[i].status)
			return true;
	return false;
}

int run_status(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "service", N_("Service"), NULL, false },
		{ "state_text", N_("State"), NULL, false },
		{ "pid", "pid", NULL, true },
		{ "turn", N_("Turns"), NULL, true },
		{ "entry", N_("Entries"), NULL, true },
		{ "entries_per_second", N_("per s"), NULL, true },
		{ "lag", N_("Behind"), NULL, true },
		{ "quarantined", N_("Set aside"), NULL, true },
		{ "starts", N_("Starts"), NULL, true },
		{ "turns_interrupted", N_("Interrupted"), NULL, true },
		{ "map_mib", N_("Map MiB"), NULL, true },
		{ "disk_gib", N_("Disk free GiB"), NULL, true },
	};
	uint64_t wait_s = 0;
	bool fast = false;
	const struct option_row options[] = {
		{ "wait", option_kind_number, &wait_s, N_("SECONDS"), N_("waits until all daemons answer") },
		{ "fast", option_kind_flag, &fast, NULL, N_("does not measure entries per second") },
		{ 0 },
	};
	struct look before[services_max] = { 0 }, now[services_max] = { 0 };
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status != go_on)
		return status;
	if (!home_exists(site))
		return exit_refused;
	ask_patience(1000);
	int64_t until = clock_boot_ms() + (int64_t)wait_s * 1000;
	look_at(site, before);
	while (!all_alive(before) && clock_boot_ms() < until) {
		poll(NULL, 0, 100);
		looks_deinit(before);
		look_at(site, before);
	}
	if (!fast && any_alive(before))
		poll(NULL, 0, 500);
	look_at(site, now);
	json_t *services = json_array();
	for (size_t i = 0; service_names[i]; i++)
		json_array_append_new(services, service_json(site, i, &before[i], now));
	if (any_alive(now))
		output_table(site, columns, array_size(columns), services);
	json_t *forks = forks_json(now);
	size_t forked = say_forks(site, forks), n = worries(site, services) + forked;
	bool alive = all_alive(now);
	if (n == 0)
		say(site, "%s", _("All daemons run and nothing was set aside."));
	output_json(site, json_pack("{s:b, s:o, s:o}", "alive", alive, "services", services, "forks", forks));
	looks_deinit(before);
	looks_deinit(now);
	return alive && forked == 0 ? exit_done : exit_refused;
}
