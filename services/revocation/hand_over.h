// Inside revocation: the hand-over of a card.
#ifndef TDV_SERVICES_REVOCATION_HAND_OVER_H
#define TDV_SERVICES_REVOCATION_HAND_OVER_H

#include "revocation/cards.h"

void revocation_handed_over(struct turn *t, const struct card_handed_over *m);
// A member came to have a card while their old one was suspended: it has waited for this.
void revocation_activate_waiting(struct turn *t, uint64_t member);

#endif
