// Inside the acts on single cards: cards.c opens, carries out and ends them; cards_refused.c says which card a row is about, and
// what for it is refused.
#ifndef TDV_SERVICES_DELIVERY_CARDS_H
#define TDV_SERVICES_DELIVERY_CARDS_H

#include "delivery/records.h"

struct card_act {
	struct delivery_acts_row row;
	struct coded_card_head head;
};

// The copy that the row names, else the newest of that number that the row can be about, else the newest.
struct card_at delivery_card_meant(struct turn *t, const struct origin *o, const struct card_act *act,
				   const struct place_act_row *m);
// Why the act may not be done with this card.
struct refusal delivery_card_refusal(struct turn *t, const struct origin *o, const struct card_act *act,
				     const struct place_act_row *m, const struct card_at *card);

#endif
