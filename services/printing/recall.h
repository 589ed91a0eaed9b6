// A recalled request: withdrawn, or one whose member is in standing no more.
#ifndef TDV_SERVICES_PRINTING_RECALL_H
#define TDV_SERVICES_PRINTING_RECALL_H

#include "gen/messages.h"
#include "runtime/turn.h"

// none: it is not ordered, or its record is stopped.  too_late: it is printed; unknown, already_done.
enum reason printing_recall(struct turn *t, const struct approved_recalled *m);

#endif
