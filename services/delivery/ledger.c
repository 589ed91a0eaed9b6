#include "delivery/ledger.h"

#include "base/ensure.h"

static uint64_t *column_of(struct delivery_ledger_row *row, enum ledger_column column)
{
	switch (column) {
	case ledger_column_opening: return &row->opening;
	case ledger_column_received: return &row->received;
	case ledger_column_delivered: return &row->delivered;
	case ledger_column_sent_on: return &row->sent_on;
	case ledger_column_spoiled_or_lost: return &row->spoiled_or_lost;
	case ledger_column_destroyed: return &row->destroyed;
	}
	return NULL;
}

void delivery_ledger_count(struct store_txn *tx, uint64_t organisation, enum account account,
			   enum card_generation generation, enum ledger_column column, uint64_t cards)
{
	struct delivery_ledger_row row = { 0 };
	delivery_ledger_get(tx, organisation, account, generation, &row);
	*column_of(&row, column) += cards;
	if (column == ledger_column_opening || column == ledger_column_received) {
		row.closing += cards;
	} else {
		ensure(row.closing >= cards || tx->fault != error_none); // what leaves was there: every place says so
		row.closing -= cards;
	}
	delivery_ledger_put(tx, organisation, account, generation, &row);
}

void delivery_ledger_found(struct store_txn *tx, uint64_t organisation, enum card_generation generation)
{
	struct delivery_ledger_row row = { 0 };
	delivery_ledger_get(tx, organisation, account_custody, generation, &row);
	ensure(row.spoiled_or_lost > 0 || tx->fault != error_none);
	row.spoiled_or_lost--;
	row.closing++;
	delivery_ledger_put(tx, organisation, account_custody, generation, &row);
}

void delivery_ledger_passed(struct store_txn *tx, uint64_t from, uint64_t to, enum card_generation generation, uint64_t cards)
{
	struct delivery_ledger_row row = { 0 };
	delivery_ledger_count(tx, from, account_custody, generation, ledger_column_sent_on, cards);
	delivery_ledger_count(tx, to, account_custody, generation, ledger_column_received, cards);
	delivery_ledger_get(tx, from, account_custody, generation, &row);
	row.passed_on += cards;
	delivery_ledger_put(tx, from, account_custody, generation, &row);
}
