#include "watch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/ensure.h"
#include "runtime/client.h"
#include "runtime/record.h"

#define limit_entries 1024
#define answer_ms 10000

struct watch {
	struct client *client;
	const char *service;
	unsigned every_ms;
	pthread_t thread;
	pthread_mutex_t lock;
	bool over;
	uint64_t next;
	struct closed *list;
	size_t count, taken, capacity;
};

double bench_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void keep(struct watch *w, const struct closed *closed)
{
	pthread_mutex_lock(&w->lock);
	if (w->count == w->capacity) {
		w->capacity = w->capacity ? w->capacity * 2 : 1024;
		w->list = realloc(w->list, w->capacity * sizeof *w->list);
		ensure(w->list);
	}
	w->list[w->count++] = *closed;
	pthread_mutex_unlock(&w->lock);
}

static void look_into(struct watch *w, const struct log_entry *entry, double now)
{
	struct closed closed = { .at_ms = now };
	struct envelope envelope;

	if (envelope_type(entry->envelope) != message_type_act_closed || envelope_decode(entry->envelope, &envelope))
		return;
	if (act_closed_decode(envelope.body, &closed.act) == error_none)
		keep(w, &closed);
}

// How many entries came.
static size_t look(struct watch *w, struct buffer *ask, struct buffer *answer, struct log_answer *log)
{
	buffer_clear(ask);
	log_query_encode(&(struct log_query){ .from = w->next, .limit = limit_entries }, ask);
	if (client_query(w->client, w->service, message_type_log_query, buffer_bytes(ask), answer, answer_ms) != error_none ||
	    log_answer_decode(buffer_bytes(answer), log) != error_none)
		return 0;
	double now = bench_now_ms();
	for (size_t i = 0; i < log->entries_count; i++)
		look_into(w, &log->entries[i], now);
	if (log->entries_count > 0)
		w->next = log->entries[log->entries_count - 1].entry + 1;
	return log->entries_count;
}

static void *follow(void *context)
{
	struct watch *w = context;
	struct buffer ask = { 0 }, answer = { 0 };
	struct log_answer *log = calloc(1, sizeof *log);

	ensure(log);
	while (!__atomic_load_n(&w->over, __ATOMIC_ACQUIRE)) {
		if (look(w, &ask, &answer, log) < limit_entries)
			nanosleep(&(struct timespec){ .tv_nsec = (long)w->every_ms * 1000000 }, NULL);
	}
	free(log);
	buffer_deinit(&ask);
	buffer_deinit(&answer);
	return NULL;
}

static bool find_end(struct watch *w)
{
	struct buffer ask = { 0 }, answer = { 0 };
	struct service_status status;

	status_query_encode(&(struct status_query){ .tables = false }, &ask);
	bool found = client_query(w->client, w->service, message_type_status_query, buffer_bytes(&ask), &answer, answer_ms) ==
			     error_none &&
		     service_status_decode(buffer_bytes(&answer), &status) == error_none;
	w->next = found ? status.head_entry + 1 : 0;
	buffer_deinit(&ask);
	buffer_deinit(&answer);
	return found;
}

struct watch *watch_open(const char *home, const char *service, unsigned every_ms)
{
	struct watch *w = calloc(1, sizeof *w);

	ensure(w);
	w->service = service;
	w->every_ms = every_ms;
	pthread_mutex_init(&w->lock, NULL);
	if (client_open(&w->client, home) != error_none || !find_end(w) || pthread_create(&w->thread, NULL, follow, w) != 0) {
		fprintf(stderr, "tdv-flow: %s does not answer\n", service);
		client_close(w->client);
		free(w);
		return NULL;
	}
	return w;
}

bool watch_next(struct watch *w, struct closed *closed)
{
	pthread_mutex_lock(&w->lock);
	bool any = w->taken < w->count;
	if (any)
		*closed = w->list[w->taken++];
	if (w->taken == w->count)
		w->taken = w->count = 0;
	pthread_mutex_unlock(&w->lock);
	return any;
}

void watch_close(struct watch *w)
{
	if (!w)
		return;
	__atomic_store_n(&w->over, true, __ATOMIC_RELEASE);
	pthread_join(w->thread, NULL);
	client_close(w->client);
	free(w->list);
	free(w);
}
