// One instant of the whole site.  The daemons are held still between two turns only until LMDB's read transactions have
// begun, one for each environment; what is written afterwards is what they saw then.
#include "backup_instant.h"

#include <stdio.h>
#include <time.h>

#include "verbs.h"

#define hold_ms 10000 // after which a daemon goes on by itself
#define tries 10

double backup_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1000000;
}

static bool open_copies(struct backup *b)
{
	char folder[4096];
	enum error e = error_none;

	for (size_t i = 0; !e && service_names[i]; i++) {
		uint16_t service = service_number(service_names[i]);
		e = store_copy_open(&b->copies[service], home_path(b->site, folder, "state/%s", service_names[i]));
	}
	if (!e) {
		e = store_copy_open(&b->copies[0], home_path(b->site, folder, "vault/index"));
		e = e == error_absent ? error_none : e; // a young site
	}
	if (e == error_absent)
		complain(_("%s holds no environment: has this site ever been up?"), folder);
	else if (e)
		complain(_("%s cannot be read: %s"), folder, language_error(e));
	return !e;
}

void backup_close_copies(struct backup *b)
{
	for (size_t i = 0; i < cut_services_max; i++) {
		store_copy_close(b->copies[i]);
		b->copies[i] = NULL;
	}
}

static enum error hold(const struct backup *b, uint16_t service, uint64_t *head_turn)
{
	struct pause_query question = { .timeout = hold_ms };
	struct buffer backing = { 0 };
	struct paused answer = { 0 };
	enum error e = ask_for(b->site, service, pause_query, &question, paused, &answer, &backing);

	*head_turn = answer.head_turn;
	buffer_deinit(&backing);
	return e;
}

static void let_go(const struct backup *b, uint16_t service)
{
	struct resume_query question = { 0 };
	struct buffer backing = { 0 };
	struct paused answer;

	ask_for(b->site, service, resume_query, &question, paused, &answer, &backing);
	buffer_deinit(&backing);
}

// A daemon that was started again meanwhile is not held any more.
static enum error still_held(const struct backup *b, uint16_t service)
{
	static struct service_status status;
	struct status_query question = { .tables = false };
	struct buffer backing = { 0 };
	enum error e = ask_for(b->site, service, status_query, &question, service_status, &status, &backing);

	buffer_deinit(&backing);
	if (!e && (!status.paused || status.head_turn != b->head_turn[service]))
		e = error_interrupted;
	return e;
}

static enum error fix_copies(struct backup *b)
{
	enum error e = error_none;

	for (uint16_t i = 1; !e && i < cut_services_max; i++)
		e = b->copies[i] ? store_copy_fix(b->copies[i]) : error_none;
	if (!e && b->copies[0]) // after the door's own
		e = store_copy_fix(b->copies[0]);
	return e;
}

static enum error take_once(struct backup *b, uint16_t *failing)
{
	uint16_t held[cut_services_max];
	size_t count = 0;
	enum error e = error_none;
	double began = backup_now_ms();

	for (size_t i = 0; !e && b->running && service_names[i]; i++) {
		*failing = service_number(service_names[i]);
		e = hold(b, *failing, &b->head_turn[*failing]);
		if (!e)
			held[count++] = *failing;
	}
	if (!e)
		e = fix_copies(b);
	for (size_t i = 0; !e && i < count; i++) {
		*failing = held[i];
		e = still_held(b, held[i]);
	}
	for (size_t i = 0; i < count; i++)
		let_go(b, held[i]);
	b->pause_ms = b->running ? backup_now_ms() - began : 0;
	return e;
}

bool backup_take(struct backup *b)
{
	uint16_t failing = 0;
	enum error e = error_interrupted;

	for (int i = 0; i < tries && (e == error_interrupted || e == error_pending); i++) {
		backup_close_copies(b);
		if (!open_copies(b))
			return false;
		e = take_once(b, &failing);
	}
	if (e == error_interrupted)
		complain("%s", _("the daemons could not be held still together: the machine is too busy"));
	else if (e)
		ask_failed(b->site, failing, e);
	return !e;
}

bool backup_look_who_runs(struct backup *b)
{
	static struct service_status status;
	struct status_query question = { .tables = false };
	struct buffer backing = { 0 };
	size_t alive = 0, count = 0;
	const char *missing = "";

	ask_patience(2000);
	for (; service_names[count]; count++) {
		uint16_t service = service_number(service_names[count]);
		bool answers = !ask_for(b->site, service, status_query, &question, service_status, &status, &backing);
		alive += answers ? 1 : 0;
		if (!answers)
			missing = service_names[count];
		if (alive == 0 && count == 0)
			ask_patience(300);
	}
	ask_patience(0);
	buffer_deinit(&backing);
	b->running = alive > 0;
	if (alive && alive < count)
		complain(_("%s does not answer while others do: a backup needs all daemons up, or all down"), missing);
	return alive == 0 || alive == count;
}
