#include "peer.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define places_max 8
#define workers_max 32

static const struct peer *peer;
static struct peer_job job;
static atomic_bool over;
static atomic_uint_fast64_t next_record;        // of all producers
static atomic_uint_fast64_t placed[places_max]; // by place, from 1: durable there

void peer_fail(const char *what, const char *why)
{
	fprintf(stderr, "tdv-peer-%s: %s: %s\n", peer->name, what, why);
	_exit(1);
}

static bool peer_over(void)
{
	return atomic_load(&over);
}

void peer_fill(const struct peer_job *j, uint64_t first, unsigned count, uint8_t *out)
{
	for (unsigned i = 0; i < count; i++, out += j->size) {
		uint64_t number = first + i, state = number * UINT64_C(0x9e3779b97f4a7c15) + 1;
		for (unsigned at = 0; at < j->size; at += sizeof state) {
			state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
			memcpy(out + at, &state, j->size - at < sizeof state ? j->size - at : sizeof state);
		}
		memcpy(out, &number, j->size < sizeof number ? j->size : sizeof number);
	}
}

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void rest(long us)
{
	nanosleep(&(struct timespec){ .tv_nsec = us * 1000 }, NULL);
}

static void *produce(void *unused)
{
	void *connection = peer->connect(&job, 0);
	(void)unused;
	while (!peer_over()) {
		bool full = atomic_load(&next_record) - atomic_load(&placed[job.hops]) >= job.window;
		uint64_t first = full ? 0 : atomic_fetch_add(&next_record, job.batch);
		unsigned done = peer->put(connection, first, full ? 0 : job.batch);
		atomic_fetch_add(&placed[1], done);
		if (full && done == 0)
			rest(50);
	}
	return NULL;
}

// A mover waits for a whole batch, but not for long: as large batches as the load gives, in the peer's favour.
static void wait_for_batch(unsigned place)
{
	for (int i = 0; i < 100 && !peer_over(); i++) {
		if (atomic_load(&placed[place]) - atomic_load(&placed[place + 1]) >= job.batch)
			return;
		rest(50);
	}
}

static void *move(void *context)
{
	unsigned place = (unsigned)(uintptr_t)context;
	void *connection = peer->connect(&job, place);
	while (!peer_over()) {
		if (!peer->waits)
			wait_for_batch(place);
		unsigned done = peer->move(connection, atomic_load(&placed[place + 1]));
		atomic_fetch_add(&placed[place + 1], done);
	}
	return NULL;
}

static unsigned number_of(const char *text, unsigned most)
{
	unsigned long n = strtoul(text, NULL, 10);
	if (n == 0 || n > most)
		peer_fail(text, "out of bounds");
	return (unsigned)n;
}

static void start(void *(*run)(void *), unsigned place)
{
	pthread_t thread;
	for (unsigned i = 0; i < job.workers; i++)
		if (pthread_create(&thread, NULL, run, (void *)(uintptr_t)place) != 0)
			peer_fail("thread", "cannot be started");
}

int peer_main(const struct peer *p, int argc, char **argv)
{
	peer = p;
	if (argc != 7) {
		fprintf(stderr, "usage: tdv-peer-%s WHERE HOPS BATCH SIZE WORKERS SECONDS\n", p->name);
		return 2;
	}
	job = (struct peer_job){ .where = argv[1], .hops = number_of(argv[2], places_max - 1), .batch = number_of(argv[3], 2000),
				 .size = number_of(argv[4], 60000), .workers = number_of(argv[5], workers_max),
				 .seconds = strtod(argv[6], NULL) };
	job.window = job.batch * 64 > 1024 ? job.batch * 64 : 1024;
	peer->prepare(&job);
	for (unsigned place = 1; place < job.hops; place++)
		start(move, place);
	start(produce, 0);
	// The first half second warms up: connections, statements, the queue's first files.
	rest(500000);
	double began = now_s();
	uint64_t before = atomic_load(&placed[job.hops]);
	while (now_s() - began < job.seconds)
		rest(10000);
	uint64_t records = atomic_load(&placed[job.hops]) - before;
	double seconds = now_s() - began;
	atomic_store(&over, true);
	printf("{\"name\": \"%s\", \"durability\": \"%s\"", p->name, p->durability);
	printf(", \"hops\": %u, \"batch\": %u, \"size\": %u, \"workers\": %u", job.hops, job.batch, job.size, job.workers);
	printf(", \"records\": %" PRIu64 ", \"seconds\": %.3f", records, seconds);
	printf(", \"per_second\": %.0f}\n", (double)records / seconds);
	fflush(stdout);
	_exit(0); // threads may be inside a call that waits
}
