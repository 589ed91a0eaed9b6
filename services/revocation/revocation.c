// Revocation decides what each card is worth: not yet active, active, superseded, ended, and so on (domain.md
// §3, "Validity"). The states and what leads from one to another are the machine card_validity of
// revocation.schema; an event that has no row there is refused, recorded, and changes nothing.  At every turn
// a member has at most one ACTIVE card: at a hand-over the old card leaves ACTIVE before the new one enters.
// Revocation never says where a card is (delivery) nor who should get one.
#include "revocation/revocation.h"

#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "gen/revocation.h"

// --- one card ---

// Not every card is known: an event may speak of one that was never reserved.
struct card {
	uint64_t number; // card_of(member, copy)
	bool known;
	struct revocation_cards_row row;
};

static struct card card_at(struct turn *t, uint64_t number)
{
	struct card card = { .number = number };
	card.known = revocation_cards_get(t->tx, number, &card.row);
	return card;
}

static void card_put(struct turn *t, struct card *card)
{
	card->row.since = turn_date(t);
	revocation_cards_put(t->tx, card->number, &card->row);
}

static void refuse_event(struct turn *t, const struct card *card, enum card_validity_event event,
			 enum reason reason)
{
	emit_event_refused(t, &(struct event_refused){ .card = card->number,
						       .has_state = card->known,
						       .state = card->row.validity,
						       .event = event,
						       .reason = reason });
}

static bool card_may(const struct card *card, enum card_validity_event event)
{
	enum card_validity to;
	return card->known && card_validity_step(card->row.validity, event, &to);
}

// The member's one active card, kept in step with the cards' rows.
static void note_active(struct turn *t, uint64_t number, enum card_validity from, enum card_validity to)
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

// Takes the card through one event of the machine and tells it; false: refused.
static bool card_take(struct turn *t, struct card *card, enum card_validity_event event)
{
	enum card_validity from = card->row.validity, to;
	if (!card->known || !card_validity_step(from, event, &to)) {
		refuse_event(t, card, event, card->known ? reason_wrong_state : reason_unknown);
		return false;
	}
	card->row.validity = to;
	card_put(t, card);
	note_active(t, card->number, from, to);
	emit_validity_changed(t, &(struct validity_changed){ .card = card->number,
							     .from = from,
							     .to = to,
							     .event = event,
							     .number = card->row.number });
	return true;
}

static void begin(struct turn *t, uint64_t card)
{
	turn_subject(t, subject_of(subject_kind_member, card_member(card)));
}

// --- the opening balance (domain.md §6.0) ---

// A card of somebody who had left or died before the start is not in use; it enters as active and leaves at
// once by the event that the registry's status stands for.
static const struct {
	enum member_status status;
	enum card_validity_event event;
} opening_events[] = {
	{ member_status_abroad,
	  card_validity_event_suspended_by_decision }, // the foreign ministry's committee keeps it (01-HD/TW)
	{ member_status_expelled, card_validity_event_holder_left },
	{ member_status_removed, card_validity_event_holder_left },
	{ member_status_resigned, card_validity_event_holder_left },
	{ member_status_deceased, card_validity_event_holder_died },
};

static void on_card_opened(struct turn *t, const struct origin *o, const struct card_opened *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = card_at(t, m->card);
	if (card.known || revocation_active_cards_get(t->tx, card_member(m->card), NULL)) {
		refuse_event(t, &card, card_validity_event_opened, reason_already_done);
		return;
	}
	card.known = true;
	card.row = (struct revocation_cards_row){ .validity = card_validity_active,
						  .number = m->number,
						  .generation = m->generation };
	card_put(t, &card);
	note_active(t, m->card, card_validity_not_yet_active, card_validity_active);
	for (size_t i = 0; i < array_size(opening_events); i++)
		if (opening_events[i].status == m->status)
			card_take(t, &card, opening_events[i].event);
}

// --- a card is made ---

static void on_card_reserved(struct turn *t, const struct origin *o, const struct card_reserved *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = card_at(t, m->card);
	if (card.known) {
		refuse_event(t, &card, card_validity_event_reserved, reason_already_done);
		return;
	}
	card.row = (struct revocation_cards_row){
		.validity = card_validity_not_yet_active,
		.number = m->number,
		.generation = card_generation_chip_2025, // the only one printed (domain.md §6.2)
		.has_replaces = m->has_old_card,
		.replaces = m->old_card
	};
	card_put(t, &card);
}

static void on_card_produced(struct turn *t, const struct origin *o, const struct card_produced *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = card_at(t, m->card);
	if (!card.known || card.row.validity != card_validity_not_yet_active || card.row.has_serial) {
		refuse_event(t, &card, card_validity_event_personalised,
			     card.known ? reason_wrong_state : reason_unknown);
		return;
	}
	card.row.has_serial = true;
	memcpy(card.row.serial, m->serial, sizeof card.row.serial);
	card_put(t, &card);
}

static void on_card_spoiled(struct turn *t, const struct origin *o, const struct card_spoiled *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = card_at(t, m->card);
	card_take(t, &card, card_validity_event_spoiled_in_print);
}

// --- the hand-over ---

// Takes an old card out of use; it is ended when it was collected there.
static void supersede(struct turn *t, struct card *old, bool collected)
{
	if (card_take(t, old, card_validity_event_replacement_handed_over) && collected)
		card_take(t, old, card_validity_event_collected);
}

// Nothing changes unless all of it can: a new card that was not made, or an old one that its holder may not
// replace any more (they left the Party while the new one was on its way), leaves both as they are, on
// record, for a person to look at.
static void on_card_handed_over(struct turn *t, const struct origin *o, const struct card_handed_over *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = card_at(t, m->card);
	struct revocation_active_cards_row active;
	if (!card_may(&card, card_validity_event_handed_over) || !card.row.has_serial) {
		refuse_event(t, &card, card_validity_event_handed_over,
			     card.known ? reason_wrong_state : reason_unknown);
		return;
	}
	if (m->has_old_card) {
		struct card old = card_at(t, m->old_card);
		bool theirs = card_member(m->old_card) == card_member(m->card);
		if (!theirs || !card_may(&old, card_validity_event_replacement_handed_over)) {
			refuse_event(t, &old, card_validity_event_replacement_handed_over,
				     old.known && theirs ? reason_wrong_state : reason_unknown);
			refuse_event(t, &card, card_validity_event_handed_over, reason_old_card_missing);
			return;
		}
		supersede(t, &old, m->old_collected);
	}
	// An active card that the hand-over did not name is replaced all the same; whoever has it owes it.
	if (revocation_active_cards_get(t->tx, card_member(m->card), &active)) {
		struct card other = card_at(t, active.card);
		supersede(t, &other, false);
	}
	card_take(t, &card, card_validity_event_handed_over);
}

const struct service revocation_service = {
	.name = "revocation",
	.id = service_id_revocation,
	.fold_version = 1,
	.inputs = revocation_inputs,
	.tables = revocation_tables,
	.sources = revocation_sources,
};
