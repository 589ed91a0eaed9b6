// Two weighted sets, filled in any order, compared in bounded memory.
//
// First pass: each element (id, value) with its weight is hashed into one of 8,192 buckets, added from the left and
// subtracted from the right.  Equal sets leave every bucket zero.  Where one does not, both sides are walked again,
// and only elements of such buckets are kept, sorted and told apart.
#ifndef TDV_AUDIT_MATCH_H
#define TDV_AUDIT_MATCH_H

#include "base/bytes.h"
#include "base/error.h"

struct match_element {
	uint64_t id, value;
	int64_t weight;
};

struct match;

enum error match_new(struct match **match);
void match_free(struct match *match);
void match_add(struct match *match, bool left, uint64_t id, uint64_t value, int64_t weight);
// Whether the two sides differ.  If so, both sides have to be added again, and match_differences tells.
bool match_differs(struct match *match);

// One id at which the sides differ: by the values that they give it, or, where these agree or are all 0, by the weights.
#define match_nothing INT64_MIN // the side does not have the id, and the other one gives it a value
struct match_difference {
	uint64_t id;
	int64_t left, right;
};
// Differences in order of ids, at most `max`; `more` says that there were others.  error_no_memory.
enum error match_differences(struct match *match, struct match_difference *out, size_t max, size_t *count, bool *more);

#endif
