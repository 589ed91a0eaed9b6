// What is known of an act whoever carries it out: to the door and its fold, and to the terminal that sends it.  A new act
// is a row of act.c; which items it has is the door's (services/intake/door_rows.c).
#ifndef TDV_DOMAIN_ACT_H
#define TDV_DOMAIN_ACT_H

#include <stdbool.h>

#include "gen/messages.h"

// What the number is that an outcome gives.
enum act_makes {
	act_makes_nothing,
	act_makes_list,
	act_makes_group, // a consolidated list
	act_makes_order,
	act_makes_shipment,
	act_makes_box,
	act_makes_campaign,
};

struct act_nature {
	bool known;      // false: there is no such act
	bool has_head;   // its first item is a head, not a row
	bool by_row;     // a bad row leaves the other rows standing: imports and enrolments
	bool leaves_out; // on a whole list: what it refuses is what the officer asked to leave out
	enum act_makes makes;
};

// Never NULL.
const struct act_nature *act_nature(enum act act);

#endif
