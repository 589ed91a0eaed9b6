// What becomes of holders: their cards follow, whatever state those are in (domain.md §3; schemas/races.table).
#include "base/ensure.h"
#include "base/subject.h"
#include "gen/revocation_emit.h"
#include "revocation/hand_over.h"
#include "revocation/holders.h"

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

void revocation_opened_as(struct turn *t, struct card *card, enum member_status status)
{
	for (size_t i = 0; i < array_size(opening_events); i++)
		if (opening_events[i].status == status)
			revocation_take(t, card, opening_events[i].event);
}

static enum card_validity_event event_of_status(enum member_status from, enum member_status to)
{
	switch (to) {
	case member_status_expelled:
	case member_status_removed:
	case member_status_resigned: return card_validity_event_holder_left;
	case member_status_deceased: return card_validity_event_holder_died;
	case member_status_abroad: return card_validity_event_suspended_by_decision;
	case member_status_active:
	case member_status_exempt:
	case member_status_temp_activity:
	case member_status_transferred:
		return from == member_status_abroad ? card_validity_event_resumed : card_validity_event_opened;
	}
	return card_validity_event_opened;
}

// Every card of the member: those that the event does not concern stay as they are.
void revocation_status_changed(struct turn *t, const struct member_status_changed *m)
{
	struct revocation_members_row holder = revocation_holder(t, m->member);
	enum card_validity_event event = event_of_status(m->from, m->to);
	struct card card = { .known = true, .dated = true, .date = m->date };
	turn_subject(t, subject_of(subject_kind_member, m->member));
	holder.has_status = true;
	holder.status = m->to;
	revocation_members_put(t->tx, m->member, &holder);
	bool gone = revocation_has_left(&holder) || revocation_has_died(&holder);
	for (uint64_t at = card_of(m->member, 0);
	     revocation_cards_first(t->tx, at, &card.number, &card.row) && card_member(card.number) == m->member;
	     at = card.number + 1) {
		if (gone && revocation_card_may(&card, card_validity_event_cancelled))
			revocation_cancel(t, &card, revocation_has_died(&holder) ? reason_holder_died : reason_holder_left);
		else if (revocation_card_may(&card, event))
			revocation_take(t, &card, event);
	}
	if (event == card_validity_event_resumed)
		revocation_activate_waiting(t, m->member);
}
