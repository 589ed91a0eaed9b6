// What the engine is at, in a small mapped file beside the store: it outlives the process, so that the next
// start knows whether a turn was interrupted and which input was being handled.
//
// A page of memory, not synced: a power cut loses it, and then nothing was the input's fault.
#ifndef TDV_RUNTIME_ATTEMPT_H
#define TDV_RUNTIME_ATTEMPT_H

#include "base/bytes.h"
#include "base/error.h"

enum attempt_phase { attempt_phase_idle, attempt_phase_handling, attempt_phase_committing, attempt_phase_performing };

// Which input: enum record_input, the source of an entry, and its number (a local input: the first bytes of its
// digest).  Or which effect, in an adapter's hands: its type and number.
#define attempt_effect 0x100u // beside enum record_input
struct attempt_input {
	uint32_t kind, source;
	uint64_t number;
};

#define attempt_suspects_max 32
struct attempt_page {
	uint64_t magic;
	uint64_t turn;
	uint32_t phase;
	volatile uint32_t crashes;    // by SIGSEGV, one after the other without a turn between (runtime/crash.h)
	struct attempt_input input;   // being handled
	// What was being handled when the process died, and how often; the latest comes first, kind 0: none.
	struct attempt_suspect {
		struct attempt_input input;
		uint32_t strikes;
		bool handled; // since the process has started
	} suspects[attempt_suspects_max];
};

struct attempt {
	int fd;
	struct attempt_page *page;
	bool suspects; // there are some; without, an input costs nothing
	bool handled;  // one of them
	bool interrupted; // a turn had been begun and not ended when the file was opened
	bool performing;  // an adapter had not come back
	uint64_t interrupted_turn;
};

enum error attempt_open(struct attempt *a, const char *folder);
// The turn that was interrupted had not been committed, or an adapter did not come back: the input or effect under way gets a
// strike.  Two that kill in turn are both remembered; when there are too many, one with few strikes is forgotten.
void attempt_blame(struct attempt *a);
// Whatever ends the process now is not the fault of what is under way: base/memory.h calls it from the first begin or perform on.
void attempt_blame_nobody(struct attempt *a);
void attempt_close(struct attempt *a); // leaves the file as it is

void attempt_begin(struct attempt *a, uint64_t turn);
void attempt_handle(struct attempt *a, const struct attempt_input *input);
void attempt_perform(struct attempt *a, const struct attempt_input *effect); // between turns, until attempt_end
void attempt_commit(struct attempt *a);
void attempt_end(struct attempt *a);
// A turn was committed, or the process stops cleanly: crashes are counted anew.
void attempt_went_on(struct attempt *a);
// So many crashes that there will be more: the service's folder holds something that no start can take.  One that an input or
// effect is blamed for does not count.
bool attempt_is_hopeless(const struct attempt *a);
uint32_t attempt_strikes(const struct attempt *a, const struct attempt_input *input);
// The effect has so many strikes, or several others have: they keep theirs, and adapters that kill with whatever they are asked
// would push each other out and kill for ever.
bool attempt_is_deadly(const struct attempt *a, const struct attempt_input *effect, uint32_t strikes);
#define attempt_strikes_most 3 // then it is set aside
// For who only looks: how many effects are set aside in this folder, as far as it can be read.
size_t attempt_effects_aside(const char *folder);

#endif
