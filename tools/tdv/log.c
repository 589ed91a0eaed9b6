// tdv log SERVICE: the entries that a service has put out, one a line.
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "entries.h"
#include "verbs.h"

#define page 500

// Prints those from *next on and moves it; how many there were, negative when the daemon does not answer.
static long print_page(const struct site *site, const struct organisations *organisations, uint16_t service, uint64_t *next,
		       uint64_t limit)
{
	struct buffer backing = { 0 };
	struct log_answer *answer = calloc(1, sizeof *answer);
	struct log_query question = { .from = *next, .limit = (uint32_t)(limit < page ? limit : page) };

	ensure(answer);
	enum error e = ask_for(site, service, log_query, &question, log_answer, answer, &backing);
	long count = e ? -1 : (long)answer->entries_count;
	for (long i = 0; i < count; i++) {
		json_t *j = entry_json(service, &answer->entries[i]);
		entry_print(site, j, organisations);
		json_decref(j);
		*next = answer->entries[i].entry + 1;
	}
	if (e)
		ask_failed(site, service, e);
	free(answer);
	buffer_deinit(&backing);
	return count;
}

static uint64_t head_of(const struct site *site, uint16_t service)
{
	struct buffer backing = { 0 };
	struct log_answer *answer = calloc(1, sizeof *answer);
	struct log_query question = { .from = UINT64_MAX, .limit = 1 };

	ensure(answer);
	uint64_t head = ask_for(site, service, log_query, &question, log_answer, answer, &backing)
				? 0
				: answer->head_entry;
	free(answer);
	buffer_deinit(&backing);
	return head;
}

// From `from` on, until there are no more or `left` are told.
static int print_log(const struct site *site, const struct organisations *organisations, uint16_t service, uint64_t from,
		     uint64_t left, bool follow)
{
	for (;;) {
		long n = print_page(site, organisations, service, &from, left);
		if (n < 0 && !follow)
			return exit_refused;
		left -= n > 0 ? (uint64_t)n : 0;
		if (left == 0 || (n <= 0 && !follow))
			return exit_done;
		if (n <= 0)
			poll(NULL, 0, 300);
	}
}

int run_log(struct site *site, int argc, char **argv)
{
	struct organisations organisations = { 0 };
	uint64_t from = 0, limit = 0;
	bool follow = false;
	const struct option_row options[] = {
		{ "from", option_kind_number, &from, N_("N"), N_("begins at this entry (the last 50)") },
		{ "limit", option_kind_number, &limit, N_("N"), N_("at most so many") },
		{ "follow", option_kind_flag, &follow, NULL, N_("goes on with what comes, until Ctrl-C") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 1, 1);

	if (status != go_on)
		return status;
	uint16_t service = service_number(argv[0]);
	if (!service)
		return usage_wrong(site, _("no such service: %s"), argv[0]);
	if (!home_exists(site))
		return exit_refused;
	if (from == 0) {
		uint64_t head = head_of(site, service), back = limit ? limit : 50;
		from = head > back ? head - back + 1 : 1;
	}
	// While intake is down, the others' logs are told with the organisations' codes.
	if (!site->json && !organisations_read(site, &organisations) && service == service_id_intake && !follow)
		return exit_refused;
	status = print_log(site, &organisations, service, from, limit ? limit : UINT64_MAX, follow);
	organisations_deinit(&organisations);
	return status;
}
