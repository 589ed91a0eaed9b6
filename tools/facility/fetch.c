// Personal data and photos.  A photo costs a way to the door and back, and opening its box about as long again: so
// a few lines to the door are used at once, each by a thread of its own while it lasts.
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/ensure.h"
#include "facility.h"

#define lines_max 4
#define fetch_timeout_ms 4000

static struct terminal *lines[lines_max];
static struct material materials[fetch_letters_max];

struct job {
	struct facility *f;
	const struct letter *letters;
	const bool *wanted;
	size_t count;
	atomic_size_t next;
	atomic_bool over; // the door does not answer: the rest is asked for another time
};

struct worker {
	struct job *job;
	struct terminal **line;
	pthread_t thread;
};

static void fetch_one(struct terminal *line, const struct letter *letter, struct material *m)
{
	m->unsealed = terminal_unseal(line, letter, &m->plain, &m->data);
	if (m->unsealed == error_none)
		m->fetched = terminal_fetch(line, letter->number, fetch_timeout_ms, &m->photo);
}

static void *work(void *argument)
{
	const struct worker *worker = argument;
	struct job *job = worker->job;
	size_t i;

	if (!*worker->line && terminal_open(worker->line, &job->f->line) != error_none)
		job->over = true;
	while (!job->over && (i = atomic_fetch_add(&job->next, 1)) < job->count) {
		if (!job->wanted[i])
			continue;
		fetch_one(*worker->line, &job->letters[i], &materials[i]);
		if (materials[i].fetched == error_pending || materials[i].fetched < 0)
			job->over = true;
	}
	return NULL;
}

struct material *fetch_materials(struct facility *f, const struct letter *letters, const bool *wanted, size_t count)
{
	struct job job = { .f = f, .letters = letters, .wanted = wanted, .count = count };
	struct worker workers[lines_max];
	size_t started = 0;

	ensure(count <= fetch_letters_max);
	for (size_t i = 0; i < count; i++)
		materials[i].unsealed = materials[i].fetched = error_pending;
	for (; started < lines_max; started++) {
		workers[started] = (struct worker){ .job = &job, .line = &lines[started] };
		if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0)
			break;
	}
	for (size_t i = 0; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	return materials;
}

void fetch_close(void)
{
	for (size_t i = 0; i < lines_max; i++)
		terminal_close(lines[i]);
	for (size_t i = 0; i < fetch_letters_max; i++) {
		if (materials[i].plain.data)
			explicit_bzero(materials[i].plain.data, materials[i].plain.capacity);
		buffer_deinit(&materials[i].plain);
		buffer_deinit(&materials[i].photo);
	}
}
