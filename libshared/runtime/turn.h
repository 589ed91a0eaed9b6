// A turn as handlers see it.  Everything is sticky: a store fault makes the rest a no-op and the runtime
// aborts the turn.
#ifndef TDV_RUNTIME_TURN_H
#define TDV_RUNTIME_TURN_H

#include "runtime/service.h"

struct turn {
	struct store_txn *tx;  // for the generated table functions
	int64_t time_ms;       // the same for every input of the turn, and on replay
};

// Today's date in Vietnam, by the turn's time.
int32_t turn_date(const struct turn *t);

// Whose timeline what follows belongs to: a member's number (0: none).  Reset to 0 before each input.
void turn_subject(struct turn *t, uint64_t member);
// The rule version that what follows was decided under.  Reset to the origin's before each input.
void turn_rule(struct turn *t, uint32_t rule_version);
// Replaces cause and authority of what follows (a service that resumes work begun by an earlier submission).
void turn_origin(struct turn *t, const struct origin *o);
// The authority in force: the input's own, or what turn_origin set.
const struct origin *turn_authority(const struct turn *t);

// Behind the generated emit_…, ask_…, set_… functions.
void turn_emit(struct turn *t, uint16_t type, struct bytes body);
uint64_t turn_ask(struct turn *t, uint16_t type, struct bytes body); // the effect's id: turn << 16 | index
void turn_timer(struct turn *t, uint16_t type, int64_t due_ms, struct bytes body);
// To whoever brought this local input in (a submitter at the door, an operator): sent after the commit, not
// recorded.  At most one for each input.
void turn_reply(struct turn *t, uint16_t type, struct bytes body);
// Scratch space for encoding, emptied by the runtime before each input.
struct buffer *turn_scratch(struct turn *t);

// How many more entries this turn should hold.  A handler that walks a list stops when it reaches 0 and
// leaves a continuation, a message of its own that the next turn feeds it before anything else, with the
// authority of now.  Continuations run in the order they were left and share the room, half of it when other
// input waits; of more than 64, the rest run a turn later, while other inputs go on: key what they work on.
uint32_t turn_room(const struct turn *t);
void turn_continue(struct turn *t, uint16_t type, struct bytes body);

#endif
