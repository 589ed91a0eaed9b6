// What the typed functions over tables have in common.
//
//	T_get(tx, keys…, &row)          the row; false: none
//	T_put(tx, keys…, &row)          makes or replaces it
//	T_append(tx, keys…, &row)       the same after the last row, for keys that only grow
//	T_delete(tx, keys…)             false: there was none
//	T_first(tx, from…, &key, &row)  the first row with a key >= from
//	T_last(tx, &key, &row)          the last row
//	T_last_to(tx, to…, &key, &row)  the last row with a key <= to
//
//	struct store_walk walk;         all rows from a key on; no writes to the table meanwhile
//	T_walk_init(&walk, tx, from…);
//	while (T_walk_next(&walk, &key, &row))
//		…
//	store_walk_deinit(&walk);
//
// A table without fields has no row parameter.  `key` and `row` may be NULL where they come out.  What a row points
// to is inside LMDB's page: it lives until the next write in the transaction.  A stored row that does not decode
// makes the transaction's fault error_corrupt (store_row_damaged), and the function returns false.
//
// Rows of a table that is `kept` are written when they have to be (store/kept.h): for whoever holds what another row points
// to, any function but T_get is a write.
#ifndef TDV_GEN_ROWS_H
#define TDV_GEN_ROWS_H

#include "message/codec.h"
#include "store/store.h"

#endif
