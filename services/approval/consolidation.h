// A superior's board makes one group of appraised lists.
#ifndef TDV_SERVICES_APPROVAL_CONSOLIDATION_H
#define TDV_SERVICES_APPROVAL_CONSOLIDATION_H

#include "gen/messages.h"
#include "runtime/service.h"
#include "runtime/turn.h"

void approval_consolidate(struct turn *t, const struct origin *o, const struct consolidation_given *m);
// Tells each list's cell, as far as the turn has room; the continuation goes on from there.
void approval_lists_join(struct turn *t, const struct lists_joining *m);

#endif
