// A request and its state, and what can stop it on its way: withdrawals by its cell, recalls when its member is in standing
// no more.
#ifndef TDV_SERVICES_VERIFICATION_REQUESTS_H
#define TDV_SERVICES_VERIFICATION_REQUESTS_H

#include "domain/refusal.h"
#include "gen/verification_tables.h"
#include "runtime/service.h"

// A row of the table under its number.  What the row borrows is copied: a request is read once and written after others.
struct verification_request {
	uint64_t number;
	bool stored; // not new
	struct verification_requests_row row;
	uint8_t rule[16];
};

bool verification_request_get(struct turn *t, uint64_t number, struct verification_request *r);
// On its way, or waiting for an adjudicator: it counts for invariant 1.
bool verification_is_open(enum request_state state);
// The request is in this state from today, everywhere that it stands; what waits for a person gets its due date (A7).
void verification_request_moved(struct turn *t, struct verification_request *r, enum request_state state);
// A letter to its cell.
void verification_tell_cell(struct turn *t, const struct verification_request *r, enum field field);
void verification_tell_finished(struct turn *t, const struct verification_request *r);
// A due date is over: whoever is late hears of it.
void verification_request_late(struct turn *t, const struct request_due *m);

// The event by which a request stops that was recalled for this reason.
enum request_state_event verification_recall_event(enum reason reason);
// Ends a request that nobody has but verification.
void verification_stop_now(struct turn *t, struct verification_request *r, enum reason reason);
// The recall that was on its way has its answer; reason_none: the request stopped.
void verification_recall_over(struct turn *t, struct verification_request *r, enum reason reason);
// Death, exit, a posting abroad: the member's requests do not go on, wherever they are.
void verification_standing_seen(struct turn *t, uint64_t member, enum member_status status);

void verification_withdraw(struct turn *t, const struct origin *o, const struct withdrawal_given *m);
void verification_withdrawals_end(struct turn *t, uint64_t submission);

#endif
