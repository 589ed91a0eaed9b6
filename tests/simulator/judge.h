// What has to hold when a story is over.
#ifndef TDV_SIMULATOR_JUDGE_H
#define TDV_SIMULATOR_JUDGE_H

#include "simulator/story.h"

// No finding, and nothing in flight when `at_rest`.  Findings go into the transcript.
bool judge_audit(struct site *site, bool at_rest);
// Every act in intake's log is signed by whom it is recorded for; of those, so many at least under a signature with others.
bool judge_signatures(struct site *site, size_t together);
// Every service rebuilt from its recorded turns, compared entry by entry and table by table.
bool judge_replay(struct site *site);
// Requests, cards and ledgers, in words that do not depend on the order in which numbers were given.
void judge_outcome(struct story *story, struct buffer *out);

#endif
