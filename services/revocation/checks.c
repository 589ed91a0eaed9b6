#include "revocation/checks.h"

#include "base/subject.h"

void revocation_check_missed(struct turn *t, const struct check_missed *m)
{
	struct card card = revocation_card_at(t, m->card);
	turn_subject(t, subject_of(subject_kind_member, card_member(m->card)));
	if (!card.known) {
		revocation_refuse(t, &card, card_validity_event_campaign_closed, reason_unknown);
		return;
	}
	card.row.unchecked = true;
	revocation_cards_put(t->tx, card.number, &card.row);
	if (card.row.validity == card_validity_active)
		revocation_take(t, &card, card_validity_event_campaign_closed);
}

void revocation_check_made_late(struct turn *t, const struct check_made_late *m)
{
	struct card card = revocation_card_at(t, m->card);
	struct revocation_active_cards_row active;
	turn_subject(t, subject_of(subject_kind_member, card_member(m->card)));
	if (!card.known) {
		revocation_refuse(t, &card, card_validity_event_late_check, reason_unknown);
		return;
	}
	card.row.unchecked = false;
	revocation_cards_put(t->tx, card.number, &card.row);
	if (card.row.validity != card_validity_unstamped)
		return; // it is lost, suspended, … just now, and has its way back
	// The member came to have another card meanwhile: that one stands, and whoever has this one owes it.
	if (revocation_active_cards_get(t->tx, card_member(m->card), &active)) {
		if (revocation_take(t, &card, card_validity_event_replacement_handed_over))
			revocation_tell_standing(t, &card, card_validity_event_replacement_handed_over);
		return;
	}
	revocation_take(t, &card, card_validity_event_late_check);
}
