// What waits for whom: read from the tables of approval, printing and delivery.
#ifndef TDV_TDV_WAITING_H
#define TDV_TDV_WAITING_H

#include "ask.h"

struct waiting {
	enum act act;
	uint64_t organisation; // whose officer can do it; 0: nobody's that the tree knows
	uint64_t number;       // list, consolidated list or shipment; 0: none
	uint64_t about; // the organisation that it is about: a list's cell, whom a shipment comes from, …
	enum request_kind kind;
	enum request_reason reason; // 0: of no kind
	uint32_t count;             // requests, boxes or cards
};
struct waitings {
	struct waiting *list;
	size_t count, capacity;
	struct organisations organisations;
};
// All that waits for any of `acts` (0 ends the list; NULL: every act).  Complains and returns false when a
// daemon does not answer.
bool waitings_read(const struct site *site, const enum act *acts, struct waitings *w);
void waitings_deinit(struct waitings *w);

#endif
