// Changes of an order that is under way: hold, release, re-address, priority.
#ifndef TDV_SERVICES_PRINTING_CHANGES_H
#define TDV_SERVICES_PRINTING_CHANGES_H

#include "gen/messages.h"
#include "runtime/service.h"
#include "runtime/turn.h"

#define printing_priority_usual 5

// Carries it out, tells the facility and closes the submission.
void printing_order_change(struct turn *t, const struct origin *o, const struct order_change_given *m);

#endif
