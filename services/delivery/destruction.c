// Destruction: revocation has seen that the card is ended or spoiled; here it leaves the place where it was.
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "delivery/records.h"
#include "gen/delivery_emit.h"

static struct refusal destroy_refusal(const struct origin *o, const struct card_at *card)
{
	if (!card->known)
		return refused(card_number, unknown);
	if (card->place == card_place_destroyed)
		return refused(card_number, already_done);
	// What the facility spoiled is destroyed there, under the central board's minutes.
	if (card->row.spoiled && card->place == card_place_facility)
		return carried_out;
	return card->place == card_place_custody && card->arrived && card->custodian == o->organisation ?
		       carried_out : refused(card_number, not_here);
}

void delivery_destroy(struct turn *t, const struct origin *o, const struct destruction_ordered *m)
{
	struct card_at card = delivery_card_at(t, m->card);
	struct refusal refusal = destroy_refusal(o, &card);
	struct delivery_acts_row act = { 0 };
	turn_subject(t, subject_of(subject_kind_member, card_member(m->card)));
	if (refusal.reason == reason_none) {
		delivery_card_unpacked(t, &card);
		ensure(card_place_step(card.place, card_place_event_destroyed, &card.row.place));
		card.row.custodian = card.custodian;
		delivery_cards_put(t->tx, m->card, &card.row);
		if (!card.row.spoiled)
			delivery_ledger_count(t->tx, card.custodian, account_custody, card.row.generation,
				ledger_column_destroyed, 1);
		emit_card_moved(t, &(struct card_moved){ .card = m->card, .place = card_place_destroyed,
							 .custodian = card.custodian, .has_matter = true,
							 .matter = card_case_destroy });
		delivery_acts_get(t->tx, m->submission, &act);
		if (card.row.generation == card_generation_paper_2003)
			act.paper++;
		else
			act.chip++;
		delivery_acts_put(t->tx, m->submission, &act);
	}
	delivery_row_ended(t, m->submission, m->row, refusal);
}

void delivery_destroyed(struct turn *t, const struct origin *o, const struct destruction_ended *m)
{
	struct delivery_acts_row act = { 0 };
	delivery_acts_get(t->tx, m->submission, &act);
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	if (act.accepted > 0) {
		struct cards_destroyed told = { .submission = m->submission, .organisation = o->organisation,
						.decision_number = m->decision_number, .minutes = m->minutes,
						.committee_count = m->committee_count, .witnesses_count = m->witnesses_count,
						.paper = act.paper, .chip = act.chip };
		memcpy(told.committee, m->committee, sizeof told.committee);
		memcpy(told.witnesses, m->witnesses, sizeof told.witnesses);
		emit_cards_destroyed(t, &told);
	}
	act.refused += m->refused;
	act.head.size = 0;
	delivery_acts_put(t->tx, m->submission, &act);
	delivery_act_ended(t, m->submission, carried_out, false, 0);
}
