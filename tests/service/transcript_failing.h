// Turns in which a write to the store fails, whichever it is: the turn is given up with the fault, and no handler takes what it
// can no longer read for a broken promise of its own (ensure), which would blame the input.
#ifndef TDV_TESTS_TRANSCRIPT_FAILING_H
#define TDV_TESTS_TRANSCRIPT_FAILING_H

#include "runtime/engine.h"

// With TDV_FAIL_WRITES in the environment: the turn that is to come is tried in children, one for each of its writes.
void failing_writes(struct engine *engine, int64_t wall_ms, int64_t boot_ms);

#endif
