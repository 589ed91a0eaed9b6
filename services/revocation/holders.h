// Inside revocation: what becomes of holders.
#ifndef TDV_SERVICES_REVOCATION_HOLDERS_H
#define TDV_SERVICES_REVOCATION_HOLDERS_H

#include "revocation/cards.h"

// A card of the opening balance (domain.md §6.0), whose holder had that status by then.
void revocation_opened_as(struct turn *t, struct card *card, enum member_status status);
// Every card of the member: those that the event does not concern stay as they are.
void revocation_status_changed(struct turn *t, const struct member_status_changed *m);

#endif
