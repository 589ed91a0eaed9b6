// Requests as verification has them.
#ifndef TDV_TDV_REQUESTS_KNOWN_H
#define TDV_TDV_REQUESTS_KNOWN_H

#include "ask.h"

struct known_request {
	uint64_t number, list, cell, member;
	enum request_state state;
	enum request_kind kind;
	enum request_reason reason;
	enum reason why;
	int32_t since, due;
	bool has_due;
};
struct known_requests {
	struct known_request *list;
	size_t count, capacity;
	bool (*wanted)(const struct known_requests *r, uint64_t number, const struct verification_requests_row *row);
	const uint64_t *numbers; // that are looked for
	size_t number_count;
};

// Why people refuse a request or leave it out, as usage shows it; ends with 0.  Other reasons are taken as well.
extern const unsigned reasons_of_requests[];

// Those that are wanted, added to `r`.  Complains.
bool requests_read(const struct site *site, struct known_requests *r);
// The numbers of the command line, each of them known: go_on; else an exit status, and the reason was said.
int requests_named(struct site *site, struct known_requests *r, int argc, char **argv);

#endif
