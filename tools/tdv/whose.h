// Which officer of this home an act on a card belongs to, when --as names none: the one of the organisation where the card or its
// holder is, or else of the next one above it that may.
#ifndef TDV_TDV_WHOSE_H
#define TDV_TDV_WHOSE_H

#include "ask.h"
#include "officers.h"

struct whose {
	const struct site *site;
	const struct officers *officers;
	struct organisations organisations;
};
bool whose_open(struct whose *w, const struct site *site, const struct officers *officers);
void whose_close(struct whose *w);
// 0: not known.  `copy` 0: the newest that is anywhere.
uint64_t whose_member(const struct whose *w, const struct card_row *row);
uint64_t whose_cell(const struct whose *w, uint64_t member);
uint64_t whose_keeping(const struct whose *w, uint64_t member, unsigned copy);
uint64_t whose_shipment(const struct whose *w, uint64_t shipment); // to whom it goes
// NULL: this home has none.
const struct officer *whose_officer(const struct whose *w, enum act act, uint64_t organisation);

#endif
