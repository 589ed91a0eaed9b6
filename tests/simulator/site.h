// A site in one process: every service on its real engine and store, in a temporary folder, under a scheduler that is a
// function of a seed, and under all that weather.h lists.  A calm site has no faults.
#ifndef TDV_SIMULATOR_SITE_H
#define TDV_SIMULATOR_SITE_H

#include "base/bytes.h"
#include "runtime/engine.h"
#include "simulator/weather.h"

#define site_services_max 16

struct site_figures {
	uint64_t rounds, turns, crashes, frames, submissions;
	uint64_t injected[injection_count];
};

struct site;

// `transcript`: where what happens is written, a line each.
struct site *site_new(uint64_t seed, bool calm, struct buffer *transcript);
void site_free(struct site *site); // removes the folder
void site_remove(const char *folder); // of a site whose process died

// One round.  False: a service failed; the transcript says how.
bool site_round(struct site *site);
// The service is up and takes no turn, until it is held no more.
void site_hold(struct site *site, uint16_t service, bool held);
// Nobody works for a while: days go by.
void site_pass(struct site *site, int64_t ms);
// Called after each turn that was committed, before anything of it has left; false: something is wrong.
void site_on_turn(struct site *site, bool (*watch)(void *context, uint16_t service), void *context);
// No more faults; what is down comes up.
void site_calm_down(struct site *site);
// Everything that was put out has been taken, and nobody has anything to do.
bool site_is_quiet(struct site *site);
// Somebody has a timer that should have gone off by now.
bool site_is_due(struct site *site);

// How far each service is, into the transcript.
void site_describe(struct site *site);

int64_t site_now_ms(const struct site *site);
struct chance *site_chance(struct site *site);
const struct weather *site_weather(const struct site *site);
const char *site_folder(const struct site *site);
const struct site_figures *site_figures(const struct site *site);
// NULL while it is down.
struct engine *site_engine(struct site *site, uint16_t service);
// Those that exist; ends with NULL.
extern const struct service *const site_services[];

void site_say(struct site *site, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define site_stranger UINT64_MAX

// To the door from a terminal, by way of a network that is as rough.  `again`: it was sent before.
void site_post(struct site *site, uint64_t from, struct bytes frame, bool again);
// From the door: called for each frame that arrives at a terminal.
void site_on_arrival(struct site *site, void (*arrived)(void *context, uint64_t to, struct bytes frame), void *context);

// All services down, cleanly, e.g. to replay them.
bool site_stop(struct site *site);

#endif
