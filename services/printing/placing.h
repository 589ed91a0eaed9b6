// An order is placed for an approved list: its numbers are promised at once, its records are told in steps.
#ifndef TDV_SERVICES_PRINTING_PLACING_H
#define TDV_SERVICES_PRINTING_PLACING_H

#include "gen/printing_tables.h"
#include "runtime/service.h"
#include "runtime/turn.h"

void printing_order_place(struct turn *t, const struct origin *o, const struct order_requested *m);
// As far as the turn has room; the continuation goes on from there.
void printing_order_list(struct turn *t, const struct order_listing *m);

// A record of the order comes into being: a copy is reserved, the facility finds a letter.  `record` holds everything but card
// and state.  reason_none, or too_many: no copy or no index is left.
enum reason printing_record_offer(struct turn *t, uint64_t number, struct printing_orders_row *order,
				  struct printing_records_row *record);

#endif
