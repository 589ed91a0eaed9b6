// What several services and tdv make of a card's worth, which revocation decides.
#ifndef TDV_DOMAIN_CARD_H
#define TDV_DOMAIN_CARD_H

#include <stdbool.h>

#include "gen/messages.h"

// Nobody may go on using it, and it has not been taken in yet: it is to be recovered, or another was handed over in its place, or
// it was spoiled.
bool card_is_due(enum card_validity validity);

#endif
