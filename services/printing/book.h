// What the files of printing share: the rows of an act and their refusals, an order's row and its records.
#ifndef TDV_SERVICES_PRINTING_BOOK_H
#define TDV_SERVICES_PRINTING_BOOK_H

#include "domain/organisation.h"
#include "domain/refusal.h"
#include "gen/printing_tables.h"
#include "runtime/service.h"
#include "runtime/turn.h"

#define printing_index_max 65535 // item_of: record and box numbers of an order

void printing_subject_order(struct turn *t, uint64_t order);
void printing_subject_member(struct turn *t, uint64_t member);

// The tree of organisations, for libshared/domain/organisation.h; lives as long as the transaction.
struct organisation_tree printing_tree(struct turn *t);

// One row of a submission ended; a refused one is told.
void printing_row_ended(struct turn *t, uint64_t submission, uint32_t row, struct refusal refusal);
// Closes a submission that is refused as a whole.
void printing_act_refused(struct turn *t, uint64_t submission, struct refusal refusal);

// The order's counts and its state go to the store together; a new state is told.
void printing_order_put(struct turn *t, uint64_t number, struct printing_orders_row *order);
void printing_order_moved(struct turn *t, uint64_t number, const struct printing_orders_row *order);
// Its time to answer begins anew.
void printing_order_waits_anew(struct turn *t, struct printing_orders_row *order);
// The facility said something that moved the order.
void printing_order_heard(struct turn *t, struct printing_orders_row *order);

// The cell to which a record's card goes: its own, or the one that the order was re-addressed to.
uint64_t printing_record_cell(struct store_txn *tx, uint64_t order, const struct printing_records_row *record);
// A letter to the facility: this record is to be printed.
void printing_record_tell(struct turn *t, uint64_t number, const struct printing_orders_row *order, uint32_t index,
			  const struct printing_records_row *record);
// A reserved card that is not made.
void printing_card_cancel(struct turn *t, uint64_t order, uint32_t index, const struct printing_records_row *record,
			  enum reason reason);

// An order is its facility's only; for others it is not there to be touched.
struct refusal printing_facility_refusal(const struct origin *o, bool known, const struct printing_orders_row *order);
// Steps the record and the order's counts, or says why it cannot be.
struct refusal printing_record_refusal(struct printing_orders_row *order, struct printing_records_row *record,
				       enum print_record_event event);

#endif
