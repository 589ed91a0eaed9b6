// How a card or a request stands now, asked of the services that decide it.
#ifndef TDV_TDV_STANDING_H
#define TDV_TDV_STANDING_H

#include "ask.h"
#include "gen/revocation_tables.h"

// Each copy of a member's card, the first one first, as revocation has it, until `copy` returns false.  False: it could not be
// asked, and that was said.
bool cards_of_member(const struct site *site, uint64_t member,
		     bool (*copy)(void *context, uint64_t card, const struct revocation_cards_row *row), void *context);
// NULL: nobody knows it.  {number, copy, generation, validity, place?, custodian?, serial?, request?}
json_t *card_standing_now(const struct site *site, uint64_t card);
// {request, state, kind, reason, cell, why?, rule?, due?}: the state as domain.md §3 has it, wherever in the pipeline it is.
json_t *request_standing_now(const struct site *site, uint64_t request, const struct organisations *organisations);
// What a card is worth and where it is, in words that hold for the two together; both by their names in JSON, `place` NULL: not
// known.
const char *card_worth_words(const char *validity, const char *place);
const char *card_place_words(const char *validity, const char *place);
// In words, appended.
void card_standing_text(const json_t *card, const struct organisations *organisations, struct buffer *out);
void request_standing_text(const json_t *request, struct buffer *out);
// A line each, to people.
void say_card_standing(const struct site *site, const json_t *card, const struct organisations *organisations);
void say_request_standing(const struct site *site, const json_t *request);

#endif
