// Why something is not carried out, and by which field: every service's answer to an act or a row that does not fit.
#ifndef TDV_DOMAIN_REFUSAL_H
#define TDV_DOMAIN_REFUSAL_H

#include "gen/messages.h"

struct refusal {
	enum field field;
	enum reason reason; // none: it is carried out
};

#define refused(f, r) ((struct refusal){ field_##f, reason_##r })
#define carried_out refused(whole, none)

#endif
