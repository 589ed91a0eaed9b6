// Inside revocation: a card as it stands, the one way in which it takes an event of the machine, and its holder.
#ifndef TDV_SERVICES_REVOCATION_CARDS_H
#define TDV_SERVICES_REVOCATION_CARDS_H

#include "gen/revocation_tables.h"
#include "runtime/turn.h"

// Not every card is known: an event may speak of one that was never reserved.
struct card {
	uint64_t number; // card_of(member, copy)
	bool known;
	struct revocation_cards_row row;
	bool dated; // what happens to it was reported or decided of a day; false: it happens today
	int32_t date;
};

struct card revocation_card_at(struct turn *t, uint64_t number);
// Stores what changed.
void revocation_card_put(struct turn *t, struct card *card);
// Whether the machine has a way for the event from where the card stands.
bool revocation_card_may(const struct card *card, enum card_validity_event event);
// For the record: the event does not fit.
void revocation_refuse(struct turn *t, const struct card *card, enum card_validity_event event, enum reason reason);
// Takes the card through one event of the machine and tells it; false: refused, on record.
bool revocation_take(struct turn *t, struct card *card, enum card_validity_event event);
// A card that is not to be handed over any more: whoever has it sends it up for destruction.  The number stays
// the member's, and the request that brought it ends.
void revocation_cancel(struct turn *t, struct card *card, enum reason reason);
// The member's one active card, kept in step with the cards' rows.
void revocation_note_active(struct turn *t, uint64_t number, enum card_validity from, enum card_validity to);
// Delivery is told what it has to act on: who may not be given the card, who owes it, who keeps it.
void revocation_tell_standing(struct turn *t, const struct card *card, enum card_validity_event event);

// --- holders (holders.c tells what becomes of them) ---

struct revocation_members_row revocation_holder(struct turn *t, uint64_t member);
void revocation_holder_is_at(struct turn *t, uint64_t member, uint64_t cell);
bool revocation_has_left(const struct revocation_members_row *holder);
bool revocation_has_died(const struct revocation_members_row *holder);

#endif
