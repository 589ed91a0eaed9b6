// A crowd of terminals: many acts under way at the door at a time, of several officers.  libshared/terminal waits for each
// receipt; what offers load must not, or it measures itself.  Acts are signed before the clock starts where they can be.
#ifndef TDV_BENCH_CROWD_H
#define TDV_BENCH_CROWD_H

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/signature.h"
#include "gen/messages.h"

struct officer {
	struct key *key;
	struct hash certificate;
	uint64_t organisation;
};
// path: the private key, PEM.
enum error officer_open(struct officer *officer, const char *path, uint64_t organisation);
void officer_deinit(struct officer *officer);

// An act in the making.  Zeroed before the first use.
struct draft {
	enum act act;
	struct buffer items, scratch;
	size_t item_at[2001], item_count;
};
void draft_begin(struct draft *draft, enum act act);
void draft_add(struct draft *draft, const struct codec_shape *shape, const void *row);
// The signed frame into `frame`, which is overwritten.  `sequence` is the act's id, of all officers together.
enum error draft_sign(struct draft *draft, const struct officer *officer, uint64_t sequence, struct buffer *frame);
void draft_deinit(struct draft *draft);

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
