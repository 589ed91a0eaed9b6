// Card numbers: granted in blocks under a party code, given to one member for life (domain.md §3, invariant
// 2).
#ifndef TDV_SERVICES_PRINTING_NUMBERS_H
#define TDV_SERVICES_PRINTING_NUMBERS_H

#include "gen/printing_tables.h"

#define printing_running_max 999999 // NN.NNNNNN (12-HD/BTCTW)

// What is left of a party code's numbers is kept as a count: a block adds what nobody has, a card in use that bears one of
// them and an order's promise take away.  So whether a list can be ordered is known at once, whatever its length, and what
// one order was promised no other takes.

// none, out_of_range, or overlap with a block that was granted before.  The party code is known.
enum reason printing_numbers_grant(struct store_txn *tx, uint16_t party_code, uint32_t first, uint32_t last,
				   uint64_t submission);

// A card in use bears this number.  none; duplicate: it is somebody else's, *holder says whose; conflict:
// the member has another one.
enum reason printing_numbers_in_use(struct store_txn *tx, uint64_t member, uint32_t number, unsigned copy, uint64_t *holder);

// So many numbers for an order's list, all or none: no_number_left.  Where there is no party code no grant could help: nothing
// is promised, and each request is told by printing_number_of.
enum reason printing_numbers_promise(struct store_txn *tx, bool has_party_code, uint16_t party_code, uint32_t count);

// What an order was promised and did not need.
void printing_numbers_give_back(struct store_txn *tx, uint16_t party_code, uint32_t count);

// The member has no number yet.
bool printing_number_needed(struct store_txn *tx, uint64_t member);

// The member's number, for a new card under the party code: the one they have, or when `may_be_new` the
// next that is free, out of what was `promised`. none, or why there is none.  What it gives is given for life,
// whatever becomes of the card.
enum reason printing_number_of(struct store_txn *tx, uint64_t member, bool may_be_new, bool has_party_code, uint16_t party_code,
			       uint32_t *promised, uint32_t *number);

// The member's next copy; 0: no copy is left.  The member has a number.
unsigned printing_copy_next(struct store_txn *tx, uint64_t member);

#endif
