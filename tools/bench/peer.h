// The frame around a peer: the same durable multi-hop job, carried by something else.
//
// H hops are H places.  Producers put records into place 1; movers take them from place k and put them into place k + 1, so
// that a record is in exactly one place after any crash; the last place keeps or drops them, whatever is cheapest.  A
// step counts when it is as durable as the peer makes it.  This is less than what TDV's services do (no rule is judged, no
// record is looked up, nothing is signed), so whatever is unfair is in the peer's favour.
//
//   one batch  =  what a producer puts at once, and what a mover takes at most at once
//   window     =  records that are on their way at most: producers wait beyond it, so that queues stay short
#ifndef TDV_BENCH_PEER_H
#define TDV_BENCH_PEER_H

#include <stdbool.h>
#include <stdint.h>

struct peer_job {
	const char *where; // of the server: a socket, a folder, host:port
	unsigned hops, batch, size, workers, window;
	double seconds;
};

struct peer {
	const char *name, *durability;
	void (*prepare)(const struct peer_job *job);
	// A connection of a thread.  place 0: a producer; k: a mover from place k to place k + 1.
	void *(*connect)(const struct peer_job *job, unsigned place);
	// Puts `count` records, numbered from `first`.  Returns how many became durable, of these or of those before: a peer may
	// keep some under way.  count 0: only looks what became durable.
	unsigned (*put)(void *connection, uint64_t first, unsigned count);
	// Moves at most a batch; `moved` were moved from this place before, by all.  Returns how many became durable.
	unsigned (*move)(void *connection, uint64_t moved);
	bool waits; // move() itself waits for records; else the frame calls it when there are some
};

// `count` records of job->size bytes, one after the other, different in each record.
void peer_fill(const struct peer_job *job, uint64_t first, unsigned count, uint8_t *out);
void peer_fail(const char *what, const char *why) __attribute__((noreturn));
int peer_main(const struct peer *peer, int argc, char **argv);

#endif
