// An act on a whole list or group, with exceptions: appraise, decide, approve.
#ifndef TDV_SERVICES_APPROVAL_ACTS_H
#define TDV_SERVICES_APPROVAL_ACTS_H

#include "gen/messages.h"
#include "runtime/service.h"
#include "runtime/turn.h"

// Refuses it, or notes the signature; the last signature that is needed carries it out.
void approval_act_given(struct turn *t, const struct origin *o, const struct list_act_given *m);

#endif
