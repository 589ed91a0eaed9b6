#include "act.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "csv_form.h"
#include "common/door_words.h"

#define crew_size 12
#define send_timeout_ms 120000
#define await_timeout_ms 180000

void act_add(struct terminal *terminal, const struct codec_shape *shape, const void *row)
{
	struct buffer encoded = { 0 };

	codec_encode(shape, row, &encoded);
	ensure(!encoded.failed);
	terminal_add(terminal, buffer_bytes(&encoded));
	buffer_deinit(&encoded);
}

// --- one act

static void fail(struct act_job *job, const char *what, enum error e, const struct terminal *terminal)
{
	bool door_spoke = terminal && (e == error_refused || (e == error_pending && door_was_busy(terminal)));
	const char *fault = door_spoke ? door_fault(terminal) : NULL;

	job->state = act_state_failed;
	if (fault && *fault)
		snprintf(job->failure, sizeof job->failure, "%s: %s", what, fault);
	else if (e == error_pending)
		snprintf(job->failure, sizeof job->failure, "%s: %s", what,
			 _("the door does not answer; is the site up? `tdv status` shows it"));
	else
		snprintf(job->failure, sizeof job->failure, "%s: %s", what, language_error(e));
}

static void keep_errors(struct act_job *job, const struct row_error *errors, size_t count)
{
	job->errors = realloc(job->errors, (job->error_count + count + 1) * sizeof *errors);
	ensure(job->errors);
	for (size_t i = 0; i < count; i++) {
		bool known = false;
		for (size_t k = 0; k < job->error_count && !known; k++)
			known = memcmp(&job->errors[k], &errors[i], sizeof *errors) == 0;
		if (!known)
			job->errors[job->error_count++] = errors[i];
	}
}

// Until it is done, then the pages of its errors.
static void follow(struct act_job *job, struct terminal *terminal, uint64_t sequence)
{
	struct outcome *outcome = calloc(1, sizeof *outcome);
	uint64_t after = 0;

	ensure(outcome);
	do {
		enum error e = terminal_await(terminal, sequence, after, await_timeout_ms, outcome);
		if (e == error_pending) {
			job->state = act_state_pending;
			break;
		}
		if (e) {
			fail(job, _("the outcome could not be had"), e, terminal);
			break;
		}
		job->state = act_state_done;
		job->reason = outcome->reason;
		job->field = outcome->field;
		job->accepted = outcome->accepted;
		job->refused = outcome->refused;
		job->has_number = outcome->has_number;
		job->number = outcome->number;
		job->more = outcome->more;
		keep_errors(job, outcome->errors, outcome->errors_count);
		if (outcome->errors_more && outcome->errors_count == 0)
			break;
		if (outcome->errors_count)
			after = outcome->errors[outcome->errors_count - 1].row;
	} while (outcome->errors_more);
	free(outcome);
}

// What the door said of it; it is to be followed when it has a submission now.
static void received(struct act_job *job, const struct terminal *terminal, enum error e, const struct receipt *receipt)
{
	if (e) {
		fail(job, _("not sent"), e, terminal);
		return;
	}
	job->submission = receipt->has_submission ? receipt->submission : 0;
	keep_errors(job, receipt->errors, receipt->errors_count);
	if (!receipt->has_submission) {
		job->state = act_state_done;
		job->reason = receipt->errors_count ? receipt->errors[0].reason : reason_conflict;
	}
}

static bool fill(struct act_job *job, struct terminal *terminal)
{
	terminal_begin(terminal, job->act);
	if (job->fill(job, terminal))
		return true;
	job->state = act_state_failed;
	return false;
}

static void carry_out(struct act_job *job, struct terminal *terminal)
{
	struct receipt *receipt = calloc(1, sizeof *receipt);

	ensure(receipt);
	if (fill(job, terminal)) {
		received(job, terminal, terminal_send(terminal, send_timeout_ms, receipt), receipt);
		if (job->submission)
			follow(job, terminal, terminal_sequence(terminal));
	}
	free(receipt);
}

// Those that go under one signature.
struct together {
	struct terminal *terminal;
	struct act_job *job[terminal_kept_max];
	uint64_t sequence[terminal_kept_max];
	size_t count;
};

static void keep(struct together *all, struct act_job *job)
{
	if (!fill(job, all->terminal))
		return;
	enum error e = terminal_keep(all->terminal, &all->sequence[all->count]);
	if (e)
		fail(job, _("not sent"), e, all->terminal);
	else
		all->job[all->count++] = job;
}

static void heard(void *context, size_t place, enum error e, const struct receipt *receipt)
{
	struct together *all = context;

	received(all->job[place], all->terminal, e, receipt);
}

static void send_together(struct together *all)
{
	terminal_send_kept(all->terminal, send_timeout_ms, heard, all);
	for (size_t i = 0; i < all->count; i++)
		if (all->job[i]->submission)
			follow(all->job[i], all->terminal, all->sequence[i]);
	all->count = 0;
}

// --- many, side by side

struct crew {
	const struct site *site;
	struct act_job *jobs;
	size_t count;
	bool *taken;
	pthread_mutex_t lock;
};

static struct act_job *take_first(struct crew *crew)
{
	struct act_job *job = NULL;

	pthread_mutex_lock(&crew->lock);
	for (size_t i = 0; i < crew->count && !job; i++)
		if (!crew->taken[i])
			job = &crew->jobs[i];
	// All of this officer's are one person's to do, in order.
	for (size_t i = 0; i < crew->count && job; i++)
		crew->taken[i] = crew->taken[i] || crew->jobs[i].officer == job->officer;
	pthread_mutex_unlock(&crew->lock);
	return job;
}

// All of one officer, in order.
static void work_of(struct crew *crew, const struct officer *officer, struct act_job *first, struct terminal *terminal)
{
	struct together all = { .terminal = terminal };

	for (struct act_job *job = first; job < crew->jobs + crew->count; job++) {
		if (job->officer != officer)
			continue;
		if (job->together)
			keep(&all, job);
		if (!job->together || all.count == terminal_kept_max)
			send_together(&all);
		if (!job->together)
			carry_out(job, terminal);
	}
	send_together(&all);
}

static void *work(void *argument)
{
	struct crew *crew = argument;
	struct act_job *first;

	while ((first = take_first(crew))) {
		struct connection connection;
		enum error e = connection_open(crew->site, first->officer, &connection);
		if (!e)
			work_of(crew, first->officer, first, connection.terminal);
		for (struct act_job *job = first; e && job < crew->jobs + crew->count; job++)
			if (job->officer == first->officer)
				fail(job, _("no connection to the door"), e, NULL);
		connection_close(&connection);
	}
	return NULL;
}

void acts_run(const struct site *site, struct act_job *jobs, size_t count)
{
	struct crew crew = {
		.site = site, .jobs = jobs, .count = count, .taken = calloc(count + 1, sizeof *crew.taken)
	};
	pthread_t threads[crew_size];
	size_t n = count < crew_size ? count : crew_size, started = 0;

	ensure(crew.taken);
	pthread_mutex_init(&crew.lock, NULL);
	while (started + 1 < n && pthread_create(&threads[started], NULL, work, &crew) == 0)
		started++;
	work(&crew);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	pthread_mutex_destroy(&crew.lock);
	free(crew.taken);
}

void acts_deinit(struct act_job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(jobs[i].errors);
}
