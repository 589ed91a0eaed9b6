// An order and its records: two machines (schemas/printing.schema), and the counts that tie them together.
#ifndef TDV_SERVICES_PRINTING_ORDERS_H
#define TDV_SERVICES_PRINTING_ORDERS_H

#include "gen/printing_tables.h"

// A new record of the order, in state offered.  Nothing is stored by these functions.
void printing_record_offered(struct printing_orders_row *order, struct printing_records_row *record);
// Steps the record and the order's counts.  none, already_done, or wrong_state.
enum reason printing_record_step(struct printing_orders_row *order, struct printing_records_row *record,
				 enum print_record_event event);
// Moves the order as far as its counts allow; true: it is in another state now.
bool printing_order_settle(struct printing_orders_row *order);

#endif
