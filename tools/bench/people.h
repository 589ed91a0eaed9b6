// Members: made up, the same for every run, for millions.
#ifndef TDV_BENCH_PEOPLE_H
#define TDV_BENCH_PEOPLE_H

#include "terminal/draft.h"

// The i-th one's profile number: six digits and two letters, in `out`.
struct bytes person_profile(size_t i, char out[16]);
// Its member_row, added to an import.
void person_add(struct draft *draft, size_t i, uint64_t cell);

#endif
