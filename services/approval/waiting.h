// Which board the appraised lists wait for, while organisations are moved and merged.
#ifndef TDV_SERVICES_APPROVAL_WAITING_H
#define TDV_SERVICES_APPROVAL_WAITING_H

#include "gen/messages.h"
#include "runtime/turn.h"

void approval_organisation_stands(struct turn *t, const struct organisation_registered *m);
// The service's `migrate`.
void approval_waiting_migrate(struct turn *t, uint32_t from);

#endif
