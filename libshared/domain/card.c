#include "domain/card.h"

bool card_is_due(enum card_validity validity)
{
	return validity == card_validity_recovery_due || validity == card_validity_superseded ||
	       validity == card_validity_spoiled;
}
