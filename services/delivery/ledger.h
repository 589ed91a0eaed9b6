// The conservation ledger (domain.md §3, invariant 4): for each organisation, its own hands and its members', and each
// generation of cards, opening + received = delivered + sent_on + spoiled_or_lost + destroyed + closing.
#ifndef TDV_SERVICES_DELIVERY_LEDGER_H
#define TDV_SERVICES_DELIVERY_LEDGER_H

#include "gen/delivery_tables.h"

enum ledger_column {
	ledger_column_opening,
	ledger_column_received,
	ledger_column_delivered,
	ledger_column_sent_on,
	ledger_column_spoiled_or_lost,
	ledger_column_destroyed,
};

// Books cards into one column and into the closing balance.
void delivery_ledger_count(struct store_txn *tx, uint64_t organisation, enum account account,
			   enum card_generation generation, enum ledger_column column, uint64_t cards);

// What an ended organisation had is its successor's: sent on here, received there, in no shipment.
void delivery_ledger_passed(struct store_txn *tx, uint64_t from, uint64_t to, enum card_generation generation, uint64_t cards);

// A missing card turned up: it is in the closing balance again, and not lost.
void delivery_ledger_found(struct store_txn *tx, uint64_t organisation, enum card_generation generation);

#endif
