// A site in one process: every service on its real engine and store, in a temporary folder, under a scheduler that is a
// function of a seed.  It carries frames between engines and loses, doubles, reorders and delays them; it stops services
// at every step of a turn and starts them again.  A calm site does none of this.
#ifndef TDV_SIMULATOR_SITE_H
#define TDV_SIMULATOR_SITE_H

#include "base/bytes.h"
#include "runtime/engine.h"
#include "simulator/chance.h"

#define site_services_max 16

// How rough it is, per mille.
struct site_weather {
	uint32_t crash;        // of a service, at each point that it passes
	uint32_t clean_stop;   // of a service, each round
	uint32_t slow;         // a service misses a round
	uint32_t lost, doubled, delayed; // a frame
	uint32_t late_answer, twice_answer; // an adapter's
	uint32_t garbled;      // a copy of a frame to the door comes garbled, from a stranger
};

struct site_figures {
	uint64_t rounds, turns, crashes, stops, frames, frames_lost, frames_doubled, answers_doubled, submissions;
};

struct site;

// `transcript`: where what happens is written, a line each.
struct site *site_new(uint64_t seed, bool calm, struct buffer *transcript);
void site_free(struct site *site); // removes the folder
void site_remove(struct site *site); // only the folder: the process is about to die

// One round.  False: a service failed; the transcript says how.
bool site_round(struct site *site);
// The service is up and takes no turn, until it is held no more.
void site_hold(struct site *site, uint16_t service, bool held);
// No more faults; what is down comes up.
void site_calm_down(struct site *site);
// Everything that was put out has been taken, and nobody has anything to do.
bool site_is_quiet(struct site *site);

// How far each service is, into the transcript.
void site_describe(struct site *site);

int64_t site_now_ms(const struct site *site);
struct chance *site_chance(struct site *site);
const struct site_weather *site_weather(const struct site *site);
const char *site_folder(const struct site *site);
const struct site_figures *site_figures(const struct site *site);
// NULL while it is down.
struct engine *site_engine(struct site *site, uint16_t service);
// Those that exist; ends with NULL.
extern const struct service *const site_services[];

void site_say(struct site *site, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define site_stranger UINT64_MAX

// To the door from a terminal, by way of a network that is as rough.
void site_post(struct site *site, uint64_t from, struct bytes frame);
// From the door: called for each frame that arrives at a terminal.
void site_on_arrival(struct site *site, void (*arrived)(void *context, uint64_t to, struct bytes frame), void *context);

// All services down, cleanly, e.g. to replay them.
bool site_stop(struct site *site);

#endif
