// Inside revocation: what a campaign's end without a card's check means for it, and a late check (D2).
#ifndef TDV_SERVICES_REVOCATION_CHECKS_H
#define TDV_SERVICES_REVOCATION_CHECKS_H

#include "revocation/cards.h"

// Inspection says that a campaign closed without the card's check.  An active card becomes unstamped; one that is
// suspended, damaged or lost just now becomes so when it would be active again (revocation_take).
void revocation_check_missed(struct turn *t, const struct check_missed *m);
// A decision let it be checked afterwards.
void revocation_check_made_late(struct turn *t, const struct check_made_late *m);

#endif
