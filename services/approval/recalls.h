// A request should stop: its cell withdrew it, or its member is in standing no more.
#ifndef TDV_SERVICES_APPROVAL_RECALLS_H
#define TDV_SERVICES_APPROVAL_RECALLS_H

#include "approval/stages.h"

// Taken out where it stands; what was approved already is passed on to printing.
void approval_recall(struct turn *t, const struct request_recalled *m);
// Passed on once the group was told whole.
void approval_recall_pass(struct turn *t, const struct recall_passing *m);

#endif
