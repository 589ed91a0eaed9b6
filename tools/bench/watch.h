// Tells when submissions are closed, by following the log of the service that closes them: what stands there is on disk.
#ifndef TDV_BENCH_WATCH_H
#define TDV_BENCH_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "gen/messages.h"

double bench_now_ms(void); // CLOCK_MONOTONIC

struct closed {
	double at_ms;
	struct act_closed act;
};

struct watch;
// Follows from now on, in a thread of its own that looks every so often: each look is a query to the service.  NULL: it does not
// run.
struct watch *watch_open(const char *home, const char *service, unsigned every_ms);
// The next act that was closed; false: none for now.
bool watch_next(struct watch *watch, struct closed *closed);
void watch_close(struct watch *watch);

#endif
