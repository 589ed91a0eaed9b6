// Rows that are read and written again and again in one turn, like the list whose counters each of its requests moves.
//
// In a transaction that writes, the latest rows of a table that is `kept` stay unpacked.  What changed is packed and put once:
// before anybody looks at the table by other ways, and before the commit (store.c calls the rest of what is here).
#ifndef TDV_STORE_KEPT_H
#define TDV_STORE_KEPT_H

#include "message/codec.h"
#include "store/store.h"

// As store_get and decoding, store_put and encoding.  What `row` points to lives until the next write in the transaction.
bool kept_get(struct store_txn *txn, const struct store_table *table, const struct codec_shape *shape, struct bytes key,
	      void *row);
void kept_put(struct store_txn *txn, const struct store_table *table, const struct codec_shape *shape, struct bytes key,
	      const void *row);

// Puts what changed, of all tables when NULL, and keeps nothing more of it.
void kept_settle(struct store_txn *txn, const struct store_table *table);
void kept_forget(struct store_txn *txn);

#endif
