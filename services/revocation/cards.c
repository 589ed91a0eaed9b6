#include "revocation/cards.h"

#include "base/ensure.h"
#include "base/fault.h"
#include "base/subject.h"
#include "gen/revocation_emit.h"

// --- holders ---

struct revocation_members_row revocation_holder(struct turn *t, uint64_t member)
{
	struct revocation_members_row row = { 0 };
	revocation_members_get(t->tx, member, &row);
	return row;
}

void revocation_holder_is_at(struct turn *t, uint64_t member, uint64_t cell)
{
	struct revocation_members_row row = revocation_holder(t, member);
	if (row.cell == cell)
		return;
	row.cell = cell;
	revocation_members_put(t->tx, member, &row);
}

bool revocation_has_left(const struct revocation_members_row *holder)
{
	return holder->has_status &&
	       (holder->status == member_status_expelled || holder->status == member_status_removed ||
		holder->status == member_status_resigned);
}

bool revocation_has_died(const struct revocation_members_row *holder)
{
	return holder->has_status && holder->status == member_status_deceased;
}

// --- one card ---

struct card revocation_card_at(struct turn *t, uint64_t number)
{
	struct card card = { .number = number };
	card.known = revocation_cards_get(t->tx, number, &card.row);
	return card;
}

void revocation_card_put(struct turn *t, struct card *card)
{
	card->row.since = turn_date(t);
	revocation_cards_put(t->tx, card->number, &card->row);
}

void revocation_refuse(struct turn *t, const struct card *card, enum card_validity_event event,
			 enum reason reason)
{
	emit_event_refused(t, &(struct event_refused){ .card = card->number,
						       .has_state = card->known,
						       .state = card->row.validity,
						       .event = event,
						       .reason = reason });
}

bool revocation_card_may(const struct card *card, enum card_validity_event event)
{
	enum card_validity to;
	return card->known && card_validity_step(card->row.validity, event, &to);
}

void revocation_note_active(struct turn *t, uint64_t number, enum card_validity from, enum card_validity to)
{
	uint64_t member = card_member(number);
	if (from == card_validity_active)
		revocation_active_cards_delete(t->tx, member);
	if (to == card_validity_active) {
		ensure(!revocation_active_cards_get(t->tx, member, NULL)); // invariant 1
		revocation_active_cards_put(t->tx, member,
					    &(struct revocation_active_cards_row){ .card = number });
	}
}

void revocation_tell_standing(struct turn *t, const struct card *card, enum card_validity_event event)
{
	emit_card_standing(t, &(struct card_standing){
				      .card = card->number, .validity = card->row.validity, .event = event,
				      .since = card->row.has_as_of ? card->row.as_of : card->row.since });
}

static bool bears_on_place(enum card_validity_event event)
{
	switch (event) {
	case card_validity_event_handed_over:
	case card_validity_event_spoiled_in_print:
	case card_validity_event_damage_reported:
	case card_validity_event_replacement_handed_over: // supersede() tells it when nobody has collected the card
	case card_validity_event_opened:
	case card_validity_event_reserved:
	case card_validity_event_personalised:
	case card_validity_event_collected: // delivery's own doing
		return false;
	case card_validity_event_suspended_by_decision:
	case card_validity_event_resumed:
	case card_validity_event_campaign_closed:
	case card_validity_event_late_check:
	case card_validity_event_loss_reported:
	case card_validity_event_found:
	case card_validity_event_holder_left:
	case card_validity_event_holder_died:
	case card_validity_event_not_recovered:
	case card_validity_event_found_late:
	case card_validity_event_cancelled:
		return true;
	}
	return false;
}

bool revocation_take(struct turn *t, struct card *card, enum card_validity_event event)
{
	enum card_validity from = card->row.validity, to;
	if (!card->known || !card_validity_step(from, event, &to)) {
		revocation_refuse(t, card, event, card->known ? reason_wrong_state : reason_unknown);
		return false;
	}
	if (to == card_validity_active && revocation_active_cards_get(t->tx, card_member(card->number), NULL)) {
		revocation_refuse(t, card, event, reason_holds_card);
		return false;
	}
	if (fault_is(collected_not_ended) && event == card_validity_event_collected)
		to = from;
	card->row.validity = to;
	card->row.as_of = card->dated ? card->date : turn_date(t);
	card->row.has_as_of = true;
	revocation_card_put(t, card);
	revocation_note_active(t, card->number, from, to);
	emit_validity_changed(t, &(struct validity_changed){ .card = card->number,
							     .from = from,
							     .to = to,
							     .event = event,
							     .number = card->row.number });
	if (bears_on_place(event))
		revocation_tell_standing(t, card, event);
	// A campaign closed without its check while it could not be used: nor can it now (D2).
	if (to == card_validity_active && card->row.unchecked)
		revocation_take(t, card, card_validity_event_campaign_closed);
	return true;
}

void revocation_cancel(struct turn *t, struct card *card, enum reason reason)
{
	card->row.cancelled = true;
	if (!revocation_take(t, card, card_validity_event_cancelled))
		return;
	if (card->row.has_request)
		emit_request_undelivered(t, &(struct request_undelivered){ .request = card->row.request,
									   .member = card_member(card->number),
									   .reason = reason });
}
