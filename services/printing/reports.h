// What the facility says of a record: taken or refused, printed or spoiled.  Every chip serial and every chip key that it ever
// named is in a table, and named once (domain.md §3, invariant 3).
#ifndef TDV_SERVICES_PRINTING_REPORTS_H
#define TDV_SERVICES_PRINTING_REPORTS_H

#include "gen/messages.h"
#include "runtime/service.h"
#include "runtime/turn.h"

void printing_record_answered(struct turn *t, const struct origin *o, const struct record_answered *m);
void printing_print_reported(struct turn *t, const struct origin *o, const struct print_reported *m);

#endif
