// Why an act on a card was refused: how the card, or its holder, stands now; of rulings and withdrawals the request.  Asked
// when the refusal is told; the services keep no more than its reason.
#ifndef TDV_TDV_CARD_STATE_H
#define TDV_TDV_CARD_STATE_H

#include "act.h"
#include "ask.h"

struct card_states {
	const struct site *site;
	struct organisations organisations;
	bool none; // nobody here can be asked: the door is elsewhere, or the daemons do not answer
};
void card_states_init(struct card_states *s, const struct site *site);
void card_states_deinit(struct card_states *s);

// What an error of an act leaves open: [{number, copy, validity, place, …}, …] of each copy that it can be about, or of an exit
// [{status}], of a request [{request, state, …}].  NULL: the error is of another kind, or it is not known.
json_t *card_states_of(struct card_states *s, const struct act_job *job, const struct row_error *e);
// On stderr, a line each.
void card_states_tell(const struct card_states *s, const json_t *states);

#endif
