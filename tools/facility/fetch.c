// Letters with what they bring along: a page of the mailbox, personal data unsealed, and the photos, which the door hands out
// for a whole page under one signature.  A thread with a line of its own reads ahead, so that the door looks for the next
// pages while cards are being made.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "facility.h"
#include "common/door_words.h"

#define batches_max 8
#define read_timeout_ms 4000
#define fetch_timeout_ms 10000 // a page of photos

static struct {
	struct facility *f;
	struct terminal *line;
	pthread_t thread;
	bool started, over;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct batch *ring;
	size_t first, ready;
	bool reading;       // there may be more letters than those that are ready
	bool busy;          // the thread is at it
	unsigned round;     // what was begun in an earlier one is thrown away
	uint64_t after;     // the last letter read
	enum error error;   // why it stopped reading
	char fault[256];    // the door's words for it
} ahead = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

// A page borrows from the terminal, which is asked for photos while the page is read: so it is copied.
static enum error read_page(struct batch *b, uint64_t after)
{
	static struct mail_page borrowed;
	enum error e = terminal_mail(ahead.line, ahead.f->options.organisation, after, read_timeout_ms, &borrowed);

	if (e != error_none)
		return e;
	buffer_clear(&b->kept);
	mail_page_encode(&borrowed, &b->kept);
	return b->kept.failed ? error_no_memory : mail_page_decode(buffer_bytes(&b->kept), &b->page);
}

// Photos of those letters whose data could be opened; one that is not there is refused.
static enum error read_photos(struct batch *b)
{
	static struct buffer photos[terminal_fetch_max];
	uint64_t numbers[terminal_fetch_max];
	size_t of[terminal_fetch_max], count = 0;

	for (size_t i = 0; i < b->page.letters_count; i++) {
		if (b->materials[i].unsealed != error_none)
			continue;
		of[count] = i;
		numbers[count++] = b->page.letters[i].number;
	}
	enum error e = count ? terminal_fetch_many(ahead.line, numbers, count, fetch_timeout_ms, photos) : error_none;
	for (size_t k = 0; k < count && e == error_none; k++) {
		struct material *m = &b->materials[of[k]];
		struct buffer photo = m->photo;
		m->photo = photos[k];
		photos[k] = photo;
		m->fetched = m->photo.size > 0 ? error_none : error_refused;
	}
	return e;
}

static enum error read_batch(struct batch *b, uint64_t after)
{
	enum error e = ahead.line ? error_none : terminal_open(&ahead.line, &ahead.f->line);

	if (e == error_none)
		e = read_page(b, after);
	if (e != error_none)
		return e;
	for (size_t i = 0; i < b->page.letters_count; i++) {
		struct material *m = &b->materials[i];
		bool is_record = b->page.letters[i].type == message_type_record_ordered;
		m->unsealed = is_record ? terminal_unseal(ahead.line, &b->page.letters[i], &m->plain, &m->data) : error_absent;
		m->fetched = error_absent;
	}
	return read_photos(b);
}

static void note_batch(const struct batch *b, enum error e)
{
	ahead.error = e;
	snprintf(ahead.fault, sizeof ahead.fault, "%s", e == error_refused ? door_fault(ahead.line) : "");
	if (e == error_none && b->page.letters_count > 0) {
		ahead.after = b->page.letters[b->page.letters_count - 1].number;
		ahead.ready++;
	}
	ahead.reading = e == error_none && b->page.more;
}

const char *fetch_fault(void)
{
	return ahead.fault; // the thread does not read on after an error
}

static void *read_ahead(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&ahead.lock);
	while (!ahead.over) {
		if (!ahead.reading || ahead.ready == batches_max) {
			pthread_cond_wait(&ahead.changed, &ahead.lock);
			continue;
		}
		struct batch *b = &ahead.ring[(ahead.first + ahead.ready) % batches_max];
		uint64_t after = ahead.after;
		unsigned round = ahead.round;
		ahead.busy = true;
		pthread_mutex_unlock(&ahead.lock);
		enum error e = read_batch(b, after);
		pthread_mutex_lock(&ahead.lock);
		ahead.busy = false;
		if (round == ahead.round)
			note_batch(b, e);
		pthread_cond_broadcast(&ahead.changed);
	}
	pthread_mutex_unlock(&ahead.lock);
	return NULL;
}

static enum error begin(struct facility *f)
{
	if (ahead.started)
		return error_none;
	ahead.f = f;
	ahead.ring = calloc(batches_max, sizeof *ahead.ring);
	if (!ahead.ring || pthread_create(&ahead.thread, NULL, read_ahead, NULL) != 0)
		return error_no_memory;
	ahead.started = true;
	return error_none;
}

enum error fetch_batch(struct facility *f, uint64_t after, struct batch **batch)
{
	enum error e = begin(f);

	*batch = NULL;
	if (e != error_none)
		return e;
	pthread_mutex_lock(&ahead.lock);
	if (ahead.ready == 0 && !ahead.reading) {
		ahead.after = after;
		ahead.reading = true;
		pthread_cond_broadcast(&ahead.changed);
	}
	while (ahead.ready == 0 && ahead.reading)
		pthread_cond_wait(&ahead.changed, &ahead.lock);
	if (ahead.ready > 0)
		*batch = &ahead.ring[ahead.first];
	else
		e = ahead.error;
	pthread_mutex_unlock(&ahead.lock);
	return e;
}

void fetch_batch_done(void)
{
	pthread_mutex_lock(&ahead.lock);
	ahead.first = (ahead.first + 1) % batches_max;
	ahead.ready--;
	pthread_cond_broadcast(&ahead.changed);
	pthread_mutex_unlock(&ahead.lock);
}

void fetch_again(void)
{
	pthread_mutex_lock(&ahead.lock);
	ahead.round++;
	ahead.reading = false;
	ahead.ready = ahead.first = 0;
	while (ahead.busy)
		pthread_cond_wait(&ahead.changed, &ahead.lock);
	pthread_mutex_unlock(&ahead.lock);
}

void fetch_close(void)
{
	if (!ahead.started)
		return;
	pthread_mutex_lock(&ahead.lock);
	ahead.over = true;
	pthread_cond_broadcast(&ahead.changed);
	pthread_mutex_unlock(&ahead.lock);
	pthread_join(ahead.thread, NULL);
	terminal_close(ahead.line);
	for (size_t i = 0; i < batches_max; i++) {
		for (size_t k = 0; k < fetch_letters_max; k++) {
			struct material *m = &ahead.ring[i].materials[k];
			if (m->plain.data)
				explicit_bzero(m->plain.data, m->plain.capacity);
			buffer_deinit(&m->plain);
			buffer_deinit(&m->photo);
		}
		buffer_deinit(&ahead.ring[i].kept);
	}
	free(ahead.ring);
}
