// tdv audit: every invariant of domain.md §3, over all services at one instant.
#include "audit/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_signatures.h"
#include "snapshot.h"
#include "verbs.h"

// ---- what the audit reads through

static enum error source_open(void *context, uint16_t service, const char *table, void **walk)
{
	struct cut_walk *w;
	enum error e = cut_walk_open(context, service, table, &w);

	*walk = w;
	return e;
}

static enum error source_next(void *walk, struct bytes *key, struct bytes *value)
{
	return cut_walk_next(walk, key, value);
}

static void source_close(void *walk)
{
	cut_walk_close(walk);
}

static enum error source_head(void *context, uint16_t service, uint64_t *entry)
{
	const struct cut *cut = context;

	if (service >= cut_services_max || !cut->services[service].open)
		return error_absent;
	*entry = cut->services[service].head_entry;
	return error_none;
}

static enum error source_position(void *context, uint16_t consumer, uint16_t producer, uint64_t *entry)
{
	const struct cut *cut = context;

	if (consumer >= cut_services_max)
		return error_absent;
	const struct cut_service *s = &cut->services[consumer];
	for (size_t i = 0; i < s->position_count; i++)
		if (s->positions[i].service == producer) {
			*entry = s->positions[i].entry;
			return error_none;
		}
	return error_absent;
}

// ---- what it says

struct telling {
	const struct site *site;
	json_t *findings;
	uint64_t told;
};

static void tell(void *context, const struct audit_finding *finding)
{
	struct telling *t = context;
	struct buffer text = { 0 };

	audit_finding_text(finding,
			   language_is_english() ? audit_language_english : audit_language_vietnamese, &text);
	buffer_append(&text, "", 1);
	say(t->site, "%s", (const char *)text.data);
	if (t->site->json)
		json_array_append_new(t->findings,
				      json_pack("{s:I, s:I, s:I, s:I, s:s}", "invariant",
						(json_int_t)finding->invariant, "id", (json_int_t)finding->id,
						"left", (json_int_t)finding->left, "right",
						(json_int_t)finding->right, "text", (const char *)text.data));
	buffer_deinit(&text);
	t->told++;
}

static json_t *in_flight_json(const struct site *site, const struct audit_summary *summary)
{
	json_t *all = json_array();

	for (size_t i = 0; i < summary->in_flight_count; i++) {
		const struct audit_in_flight *f = &summary->in_flight[i];
		const char *consumer = codec_value_name(&service_id_values, f->consumer);
		const char *producer = codec_value_name(&service_id_values, f->producer);
		say(site, _("in flight: %s has taken entries of %s through %llu of %llu"), consumer, producer,
		    (unsigned long long)f->position, (unsigned long long)f->head);
		json_array_append_new(all, json_pack("{s:s, s:s, s:I, s:I}", "consumer", consumer, "producer",
						     producer, "entry", (json_int_t)f->position, "head",
						     (json_int_t)f->head));
	}
	if (summary->walks_going_on)
		say(site, _("in flight: %llu long acts and look-ups are going on"),
		    (unsigned long long)summary->walks_going_on);
	return all;
}

static void say_outcome(const struct site *site, const struct audit_summary *summary)
{
	if (summary->findings)
		say(site,
		    _("%llu violations; %u checks over %llu rows, %u of them left out for what was in flight."),
		    (unsigned long long)summary->findings, summary->checks, (unsigned long long)summary->rows,
		    summary->skipped);
	else if (summary->skipped)
		say(site,
		    _("No violation in %u checks over %llu rows; %u were left out for what was in flight: ask again when the site rests."),
		    summary->checks - summary->skipped, (unsigned long long)summary->rows, summary->skipped);
	else
		say(site, _("No violation: %u checks over %llu rows."), summary->checks,
		    (unsigned long long)summary->rows);
}

// ---- rows that do not decode: no check can be made of them

static const struct store_table *table_of(uint16_t service, const char *name)
{
	return strncmp(name, "runtime.", 8) == 0 ? NULL : table_by_name(service, name);
}

static enum error table_walk(struct cut *cut, struct telling *t, const struct store_table *table,
			     uint16_t service)
{
	struct bytes key, value;
	struct cut_walk *walk;
	char hex[2 * store_key_max + 1];
	enum error e = cut_walk_open(cut, service, table->name, &walk);

	while (!e && !(e = cut_walk_next(walk, &key, &value))) {
		if (!table_check(table, key, value))
			continue;
		hex_encode(key.data, key.size < store_key_max ? key.size : store_key_max, hex);
		const char *name = codec_value_name(&service_id_values, service);
		say(t->site, _("0  %s, table %s, key %s: the row is not what its schema says"), name,
		    table->name, hex);
		json_array_append_new(t->findings,
				      json_pack("{s:i, s:s, s:s, s:s, s:s}", "invariant", 0, "service", name,
						"table", table->name, "key", hex, "text",
						_("the row is not what its schema says")));
		t->told++;
	}
	cut_walk_close(walk);
	return e == error_absent ? error_none : e;
}

static enum error find_corrupt(struct cut *cut, struct telling *t)
{
	enum error e = error_none;

	for (uint16_t service = 1; !e && service < cut_services_max; service++) {
		const struct cut_service *s = &cut->services[service];
		for (size_t i = 0; !e && s->open && i < s->has_count; i++) {
			const struct store_table *table = table_of(service, s->has[i].name);
			e = table ? table_walk(cut, t, table, service) : error_none;
		}
	}
	return e;
}

// ---- logs that do not share one past: what their services hold cannot be compared

static bool is_forked(const struct cut *cut, const struct cut_service *s, size_t i)
{
	uint16_t producer = s->positions[i].service;

	return s->forked[i] || (producer < cut_services_max && cut->services[producer].open &&
				s->positions[i].entry > cut->services[producer].head_entry);
}

static void find_forks(const struct cut *cut, struct telling *t)
{
	char text[400];

	for (uint16_t service = 1; service < cut_services_max; service++) {
		const struct cut_service *s = &cut->services[service];
		for (size_t i = 0; s->open && i < s->position_count; i++) {
			if (!is_forked(cut, s, i))
				continue;
			const char *consumer = codec_value_name(&service_id_values, service);
			const char *producer = codec_value_name(&service_id_values, s->positions[i].service);
			snprintf(text, sizeof text, _("the logs of %s and %s do not fit together: one of the two is an old copy"),
				 producer, consumer);
			say(t->site, "0  %s", text);
			json_array_append_new(t->findings, json_pack("{s:i, s:s, s:s, s:s}", "invariant", 0, "consumer", consumer,
								     "producer", producer, "text", text));
			t->told++;
		}
	}
}

// ---- the verb

static int failed(const struct cut *cut, enum error e)
{
	if (e == error_interrupted)
		complain(
			"%s",
			_("a snapshot was lost: its daemon was ended, or somebody else took one; ask again"));
	else
		complain(_("the audit could not be ended: %s (after table %s of %s)"), language_error(e),
			 cut->last_table, codec_value_name(&service_id_values, cut->last_service));
	return exit_refused;
}

static void say_signatures(const struct site *site, const struct audit_signed *s)
{
	say(site, _("%llu recorded acts over %llu turns: %llu faults with signatures of officers; %llu acts stand under a signature with others."),
	    (unsigned long long)s->acts, (unsigned long long)s->turns, (unsigned long long)s->findings,
	    (unsigned long long)s->together);
}

static json_t *signatures_json(const struct audit_signed *s)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "acts", (json_int_t)s->acts, "together", (json_int_t)s->together, "turns",
			 (json_int_t)s->turns, "certificates", (json_int_t)s->certificates, "violations",
			 (json_int_t)s->findings);
}

static int audit_of(const struct site *site, struct cut *cut, bool signatures)
{
	struct audit_source source = { .context = cut,
				       .open = source_open,
				       .next = source_next,
				       .close = source_close,
				       .head = source_head,
				       .position = source_position };
	struct telling telling = { .site = site, .findings = json_array() };
	struct audit_summary summary;
	enum error e = audit_run(&source, tell, &telling, &summary);
	bool corrupt = e == error_corrupt;

	if (corrupt) {
		e = find_corrupt(cut, &telling);
		if (!e && telling.told == 0)
			e = error_corrupt; // not in a service's own table
		summary.findings = telling.told;
	}
	if (e) {
		json_decref(telling.findings);
		return failed(cut, e);
	}
	uint64_t told = telling.told;
	find_forks(cut, &telling);
	summary.findings += telling.told - told;
	struct audit_signed is_signed = { 0 };
	if (signatures && !audit_signatures_of(cut, &source, tell, &telling, &is_signed)) {
		json_decref(telling.findings);
		return exit_refused;
	}
	summary.findings += is_signed.findings;
	json_t *in_flight = in_flight_json(site, &summary);
	if (corrupt)
		say(site, "%s",
		    _("Such rows end the audit before its other checks: mend them first (`tdv replay SERVICE` shows what they were)."));
	else
		say_outcome(site, &summary);
	if (signatures)
		say_signatures(site, &is_signed);
	output_json(site, json_pack("{s:b, s:b, s:b, s:I, s:i, s:i, s:I, s:o, s:o, s:o*}", "clean",
				    summary.findings == 0, "complete", !corrupt && summary.skipped == 0, "offline", cut->offline,
				    "violations", (json_int_t)summary.findings, "checks", (int)summary.checks,
				    "skipped", (int)summary.skipped, "rows", (json_int_t)summary.rows,
				    "findings", telling.findings, "in_flight", in_flight, "signatures",
				    signatures ? signatures_json(&is_signed) : NULL));
	return summary.findings ? exit_refused : exit_done;
}

// Nobody answers, and nobody will start who does.
static bool is_stopped(const struct site *site)
{
	for (size_t i = 0; services_known[i]; i++)
		if (!ask_is_vain(site, services_known[i]->id))
			return false;
	return true;
}

int run_audit(struct site *site, int argc, char **argv)
{
	uint64_t wait_s = 10;
	bool offline = false, signatures = false;
	const struct option_row options[] = {
		{ "signatures", option_kind_flag, &signatures, NULL,
		  N_("verifies anew what every officer has signed, from the log: about 10,000 acts a second") },
		{ "offline", option_kind_flag, &offline, NULL,
		  N_("reads the stores of a site whose daemons are down (of itself, when all are)") },
		{ "wait", option_kind_number, &wait_s, N_("SECONDS"),
		  N_("for the site to come to rest (10); then checks what can be checked") },
		{ 0 },
	};
	struct cut cut = { 0 };
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status != go_on)
		return status;
	if (!home_exists(site))
		return exit_refused;
	const char *running = offline ? cut_daemon_running(site) : NULL;
	if (running) {
		complain(_("%s is running; without --offline the daemons are asked"), running);
		return exit_refused;
	}
	if (!offline && is_stopped(site)) {
		offline = true;
		say(site, "%s", _("The site is stopped: its stores are read."));
	}
	bool taken = offline ? cut_read(site, &cut)
			     : cut_take(site, wait_s < 3600 ? (uint32_t)wait_s : 3600, &cut);
	status = taken ? audit_of(site, &cut, signatures) : exit_refused;
	cut_release(&cut);
	return status;
}
