// A facility that says nothing about an order: it is reminded, the board that ordered is told, the records are offered again.
#ifndef TDV_SERVICES_PRINTING_SILENCE_H
#define TDV_SERVICES_PRINTING_SILENCE_H

#include "gen/messages.h"
#include "gen/printing_tables.h"
#include "runtime/turn.h"

// From now on the facility's word is awaited.
void printing_silence_watch(struct turn *t, uint64_t number, const struct printing_orders_row *order);
// The time is over.
void printing_silence_due(struct turn *t, const struct order_silent *m);
// Goes on to offer the unanswered records again.
void printing_reoffer(struct turn *t, const struct order_reoffering *m);

#endif
