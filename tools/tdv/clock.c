// tdv clock accept: an operator says that the clock is right, and timers that were held run again.
#include <stdlib.h>

#include "ask.h"
#include "base/ensure.h"
#include "verbs.h"

static enum error holds_timers(const struct site *site, uint16_t service, bool *held)
{
	struct service_status *status = calloc(1, sizeof *status);
	struct status_query question = { .tables = false };
	struct buffer backing = { 0 };

	ensure(status);
	enum error e = ask_for(site, service, status_query, &question, service_status, status, &backing);
	*held = !e && status->timers_held;
	free(status);
	buffer_deinit(&backing);
	return e;
}

static enum error accept_one(const struct site *site, uint16_t service)
{
	struct operator_query question = { .act = operator_act_accept_clock };
	struct operator_answer answer;
	struct buffer backing = { 0 };
	enum error e = ask_for(site, service, operator_query, &question, operator_answer, &answer, &backing);

	buffer_deinit(&backing);
	return e == error_none && !answer.done ? error_refused : e; // refused: it has jumped once more meanwhile
}

int run_clock_accept(struct site *site, int argc, char **argv)
{
	int status = arguments_take(site, &argc, argv, NULL, 0, 0);

	if (status != go_on)
		return status;
	if (!home_exists(site))
		return exit_refused;
	json_t *accepted = json_array();
	status = exit_done;
	for (size_t i = 0; service_names[i]; i++) {
		uint16_t service = service_number(service_names[i]);
		bool held;
		enum error e = holds_timers(site, service, &held);
		if (!e && held)
			e = accept_one(site, service);
		if (e)
			status = ask_failed(site, service, e);
		else if (held) {
			say(site, _("%s: its timers run again."), service_names[i]);
			json_array_append_new(accepted, json_string(service_names[i]));
		}
	}
	if (status == exit_done && json_array_size(accepted) == 0)
		say(site, "%s", _("No service holds its timers; nothing had to be done."));
	output_json(site, json_pack("{s:o}", "accepted", accepted));
	return status;
}
