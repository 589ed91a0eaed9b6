// A hand-over: the old card leaves ACTIVE before the new one enters, or nothing changes.
#include "base/ensure.h"
#include "base/fault.h"
#include "base/subject.h"
#include "gen/revocation_emit.h"
#include "revocation/hand_over.h"

// Takes an old card out of use; it is ended when it was collected there.
static void supersede(struct turn *t, struct card *old, bool collected)
{
	if (fault_is(old_card_kept) || !revocation_take(t, old, card_validity_event_replacement_handed_over))
		return;
	if (collected)
		revocation_take(t, old, card_validity_event_collected);
	else
		revocation_tell_standing(t, old, card_validity_event_replacement_handed_over);
}

// An old card that is out of use already: found too late, collected, given up.
static bool is_out_of_use(enum card_validity validity)
{
	return validity == card_validity_recovery_due || validity == card_validity_superseded ||
	       validity == card_validity_ended || validity == card_validity_unrecoverable;
}

static void activate(struct turn *t, struct card *card)
{
	struct revocation_active_cards_row active;
	// An active card that the hand-over did not name is replaced all the same; whoever has it owes it.
	if (revocation_active_cards_get(t->tx, card_member(card->number), &active)) {
		struct card other = revocation_card_at(t, active.card);
		other.dated = card->dated;
		other.date = card->date;
		supersede(t, &other, false);
	}
	bool waited = card->row.handed;
	card->row.handed = false;
	if (revocation_take(t, card, card_validity_event_handed_over) && waited)
		revocation_tell_standing(t, card, card_validity_event_handed_over);
}

// The new card was handed over while this service ended it: its holder has it, and owes it; the old one that was
// collected there counts as recovered.
static void handed_over_in_vain(struct turn *t, struct card *card, const struct card_handed_over *m)
{
	revocation_refuse(t, card, card_validity_event_handed_over, card->known ? reason_wrong_state : reason_unknown);
	if (!card->known || !card->row.cancelled)
		return;
	struct card old = revocation_card_at(t, m->old_card);
	if (m->has_old_card && m->old_collected && revocation_card_may(&old, card_validity_event_collected))
		revocation_take(t, &old, card_validity_event_collected);
	revocation_tell_standing(t, card, card_validity_event_handed_over);
}

// Nothing changes unless all of it can: an old card that its holder may not replace now (it is suspended) leaves
// both as they are, on record; the new one becomes active when the old one is resumed.
void revocation_handed_over(struct turn *t, const struct card_handed_over *m)
{
	struct card card = revocation_card_at(t, m->card);
	if (!revocation_card_may(&card, card_validity_event_handed_over) || !card.row.has_serial) {
		handed_over_in_vain(t, &card, m);
		return;
	}
	revocation_holder_is_at(t, card_member(m->card), m->cell);
	card.dated = true;
	card.date = m->date;
	card.row.held_since = m->date;
	card.row.has_held_since = true;
	if (m->has_old_card) {
		struct card old = revocation_card_at(t, m->old_card);
		old.dated = true;
		old.date = m->date;
		bool theirs = old.known && card_member(m->old_card) == card_member(m->card);
		if (theirs && is_out_of_use(old.row.validity)) {
			if (m->old_collected && revocation_card_may(&old, card_validity_event_collected))
				revocation_take(t, &old, card_validity_event_collected);
		} else if (!theirs || !revocation_card_may(&old, card_validity_event_replacement_handed_over)) {
			revocation_refuse(t, &old, card_validity_event_replacement_handed_over,
				     theirs ? reason_wrong_state : reason_unknown);
			revocation_refuse(t, &card, card_validity_event_handed_over, reason_old_card_missing);
			card.row.handed = true;
			revocation_cards_put(t->tx, card.number, &card.row);
			revocation_tell_standing(t, &card, card_validity_event_handed_over);
			return;
		} else {
			supersede(t, &old, m->old_collected);
		}
	}
	activate(t, &card);
}

void revocation_activate_waiting(struct turn *t, uint64_t member)
{
	uint64_t number;
	struct card card = { 0 };
	for (uint64_t at = card_of(member, 0);
	     revocation_cards_first(t->tx, at, &number, &card.row) && card_member(number) == member; at = number + 1) {
		card.number = number;
		card.known = true;
		if (card.row.handed && revocation_card_may(&card, card_validity_event_handed_over))
			activate(t, &card);
	}
}
