// What a card number without its copy means. A card that replaces one under the same number is another copy of it, and both
// may lie in the same hands.
#ifndef TDV_TDV_COPIES_H
#define TDV_TDV_COPIES_H

#include "whose.h"

// Fills in the only copy that the act can be about; one in the hands of `organisation` (0: of whoever has the newest) goes before
// others. `box` is that of an explanation. What can be about no copy, or about one by what it is worth alone, is left to the
// services. False: several can be meant, and it was said which.
bool copy_name(const struct whose *w, enum act act, uint64_t box, uint64_t organisation, struct card_row *row);

#endif
