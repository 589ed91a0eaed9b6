// tdv quarantine: what a service could not take in, and what becomes of it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/ensure.h"
#include "verbs.h"

#define cause_killed 255 // libshared/runtime/record.h

static const char *cause_text(uint8_t cause)
{
	if (cause == cause_killed)
		return _("it ended the process again and again");
	if (cause == error_malformed)
		return _("not what its schema says");
	if (cause == error_bounds)
		return _("larger than its schema allows");
	return language_error((enum error)cause);
}

static json_t *quarantined_object(const char *service, const struct quarantined *q, bool whole)
{
	json_t *j = json_pack("{s:s, s:I}", "service", service, "number", (json_int_t)q->number), *body;

	json_object_set_new(j, "time", json_instant(q->time));
	if (q->source)
		json_object_set_new(j, "source",
				    json_string(codec_value_name(&service_id_values, q->source)));
	if (q->entry)
		json_object_set_new(j, "entry", json_integer((json_int_t)q->entry));
	json_object_set_new(j, "message", json_string(message_name(q->type)));
	json_object_set_new(
		j, "cause",
		json_string(q->cause == cause_killed ? "killed" : error_name((enum error)q->cause)));
	json_object_set_new(j, "cause_text", json_string(cause_text(q->cause)));
	json_object_set_new(j, "size", json_integer(q->size));
	if (whole) {
		char *hex = malloc(q->body.size * 2 + 1);
		ensure(hex);
		hex_encode(q->body.data, q->body.size, hex);
		json_object_set_new(j, "bytes", json_string(hex));
		free(hex);
		body = message_json(q->type, q->body);
		if (body)
			json_object_set_new(j, "body", body);
	}
	return j;
}

// Of one service, into `rows`; only `number` when it is not 0.
static enum error collect(const struct site *site, const char *name, uint64_t number, json_t *rows)
{
	struct buffer backing = { 0 };
	struct quarantine_answer *answer = calloc(1, sizeof *answer);
	struct quarantine_query question = { .from = number, .limit = number ? 1 : 0 };
	enum error e;

	ensure(answer);
	do {
		e = ask_for(site, service_number(name), quarantine_query, &question, quarantine_answer,
			    answer, &backing);
		for (size_t i = 0; !e && i < answer->rows_count; i++) {
			if (number && answer->rows[i].number != number)
				continue;
			json_array_append_new(rows, quarantined_object(name, &answer->rows[i], number != 0));
			question.from = answer->rows[i].number + 1;
		}
	} while (!e && !number && answer->rows_count > 0);
	free(answer);
	buffer_deinit(&backing);
	return e;
}

int run_quarantine_list(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "service", N_("Service"), NULL, false }, { "number", N_("Number"), NULL, true },
		{ "time", N_("Time"), &output_dates, false },       { "source", N_("From"), NULL, false },
		{ "entry", N_("Entry"), NULL, true },      { "message", N_("Message"), NULL, false },
		{ "cause_text", N_("Why"), NULL, false },
	};
	int status = arguments_take(site, &argc, argv, NULL, 0, 1);
	json_t *rows;

	if (status != go_on)
		return status;
	if (argc && !service_number(argv[0]))
		return usage_wrong(site, _("no such service: %s"), argv[0]);
	if (!home_exists(site))
		return exit_refused;
	rows = json_array();
	status = exit_done;
	for (const char *const *name = service_names; *name; name++) {
		enum error e = argc && strcmp(argv[0], *name) != 0 ? error_none
								   : collect(site, *name, 0, rows);
		if (e)
			status = ask_failed(site, service_number(*name), e);
	}
	output_table(site, columns, array_size(columns), rows);
	if (json_array_size(rows) == 0 && status == exit_done)
		say(site, "%s", _("Nothing was set aside."));
	else if (json_array_size(rows) > 0)
		say(site, "%s",
		    _("Next: `tdv quarantine show SERVICE NUMBER`; then `retry` when its cause is mended, or "
		      "`drop`."));
	output_json(site, json_pack("{s:o}", "quarantined", rows));
	return status;
}

static int take_place(struct site *site, int argc, char **argv, uint16_t *service, uint64_t *number)
{
	char *end = NULL;

	*service = service_number(argv[0]);
	if (!*service)
		return usage_wrong(site, _("no such service: %s"), argv[0]);
	if (argc < 2 || strcmp(argv[1], "all") == 0) {
		*number = 0;
		return go_on;
	}
	*number = strtoull(argv[1], &end, 10);
	if (*argv[1] < '0' || *argv[1] > '9' || *end || *number == 0)
		return usage_wrong(site, _("not a number: \"%s\""), argv[1]);
	return home_exists(site) ? go_on : exit_refused;
}

int run_quarantine_show(struct site *site, int argc, char **argv)
{
	uint16_t service = 0;
	uint64_t number = 0;
	int status = arguments_take(site, &argc, argv, NULL, 2, 2);

	if (status == go_on)
		status = take_place(site, argc, argv, &service, &number);
	if (status != go_on)
		return status;
	json_t *rows = json_array();
	enum error e = collect(site, argv[0], number, rows);
	if (e)
		status = ask_failed(site, service, e);
	else if (json_array_size(rows) == 0) {
		complain(_("%s has set nothing aside under number %s"), argv[0], argv[1]);
		status = exit_refused;
	} else {
		json_dumpf(json_array_get(rows, 0), stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
		putchar('\n');
		status = exit_done;
	}
	json_decref(rows);
	return status;
}

// What was refused again is still there.
static int complain_nothing_done(const struct site *site, const char *service, const char *number_text,
				 uint64_t number)
{
	json_t *rows = json_array();

	if (!collect(site, service, number, rows) && json_array_size(rows) > 0)
		complain(_("%s: number %s was refused again and stays"), service, number_text);
	else
		complain(_("%s has set nothing aside under number %s"), service, number_text);
	json_decref(rows);
	return exit_refused;
}

// Of all that wait an act takes as many as fit a turn: so once more, until none is done.
static enum error do_all(struct site *site, uint16_t service, const struct operator_query *question, uint64_t *done)
{
	struct buffer backing = { 0 };
	struct operator_answer answer;
	enum error e = error_none;

	do {
		answer.done = 0;
		e = ask_for(site, service, operator_query, question, operator_answer, &answer, &backing);
		buffer_clear(&backing);
		*done += answer.done;
	} while (!e && answer.done > 0 && question->number == 0);
	buffer_deinit(&backing);
	return e;
}

static int act_on(struct site *site, int argc, char **argv, enum operator_act act)
{
	struct operator_query question = { .act = act };
	uint64_t done = 0;
	uint16_t service;
	int status = arguments_take(site, &argc, argv, NULL, 2, 2);

	if (status == go_on)
		status = take_place(site, argc, argv, &service, &question.number);
	if (status != go_on)
		return status;
	enum error e = do_all(site, service, &question, &done);
	if (e)
		return ask_failed(site, service, e);
	if (done == 0)
		return complain_nothing_done(site, argv[0], argv[1], question.number);
	if (act == operator_act_quarantine_retry)
		say(site,
		    _("%llu fed again and recorded as such; `tdv quarantine list` shows whether it went "
		      "through."),
		    (unsigned long long)done);
	else
		say(site, _("%llu dropped and recorded as such: it will never be carried out."),
		    (unsigned long long)done);
	output_json(site, json_pack("{s:I}", "done", (json_int_t)done));
	return exit_done;
}

int run_quarantine_retry(struct site *site, int argc, char **argv)
{
	return act_on(site, argc, argv, operator_act_quarantine_retry);
}

int run_quarantine_drop(struct site *site, int argc, char **argv)
{
	return act_on(site, argc, argv, operator_act_quarantine_drop);
}
