// A crowd of terminals: many acts under way at the door at a time, of several officers.  libshared/terminal waits for each
// receipt; what offers load must not, or it measures itself.  Acts are signed before the clock starts where they can be.
#ifndef TDV_BENCH_CROWD_H
#define TDV_BENCH_CROWD_H

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/signature.h"
#include "gen/messages.h"
#include "terminal/draft.h"

struct officer {
	struct key *key;
	struct hash certificate;
	uint64_t organisation;
};
// path: the private key, PEM.
enum error officer_open(struct officer *officer, const char *path, uint64_t organisation);

// The frame, not signed yet (draft_sign_written), into `frame`, which is overwritten.  `sequence` is the act's id, of all
// officers together.
enum error officer_write(const struct officer *officer, const struct draft *draft, uint64_t sequence, struct buffer *frame);

struct crowd;
enum error crowd_open(struct crowd **crowd, const char *home);
void crowd_close(struct crowd *crowd);
// error_pending: the door is not taking; try again later.
enum error crowd_send(struct crowd *crowd, struct bytes frame);

struct crowd_answer {
	uint64_t sequence;
	bool busy;           // to be sent again
	bool refused;        // by the door, or by a receipt
	uint64_t submission; // of a receipt
	char why[200];
};
// The next answer.  error_pending: none is there, and so long was waited for one to come.
enum error crowd_hear(struct crowd *crowd, int timeout_ms, struct crowd_answer *answer);

#endif
