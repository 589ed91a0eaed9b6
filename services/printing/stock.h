// Blanks: what each place received, sent, used, spoiled and has (domain.md §3, invariant 4).  The press books by itself: a card
// that is good was one blank, a card that went wrong was one.
#ifndef TDV_SERVICES_PRINTING_STOCK_H
#define TDV_SERVICES_PRINTING_STOCK_H

#include "gen/messages.h"
#include "printing/book.h"
#include "runtime/service.h"

// One row of keep_stock.
struct refusal printing_stock_keep(struct turn *t, const struct origin *o, const struct stock_given *m);

// A card came from the press: good, or spoiled.
void printing_stock_printed(struct store_txn *tx, uint64_t place, bool good);
// A card that counted as good is spoiled after all.
void printing_stock_spoiled_later(struct store_txn *tx, uint64_t place);

#endif
