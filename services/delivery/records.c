#include "delivery/records.h"

#include <string.h>

#include "base/ensure.h"
#include "base/fault.h"
#include "base/subject.h"
#include "gen/delivery_emit.h"

// ---- submissions ----

void delivery_row_ended(struct turn *t, uint64_t submission, uint32_t row, struct refusal refusal)
{
	struct delivery_acts_row act = { 0 };
	delivery_acts_get(t->tx, submission, &act);
	if (refusal.reason == reason_none) {
		act.accepted++;
	} else {
		act.refused++;
		emit_row_refused(t, &(struct row_refused){ .submission = submission, .row = row,
							   .field = refusal.field, .reason = refusal.reason });
	}
	static uint8_t head[1000]; // a row read lives only until the next write
	ensure(act.head.size <= sizeof head);
	if (act.head.size)
		memcpy(head, act.head.data, act.head.size);
	act.head.data = head;
	delivery_acts_put(t->tx, submission, &act);
}

void delivery_act_ended(struct turn *t, uint64_t submission, struct refusal whole, bool has_number, uint64_t number)
{
	struct delivery_acts_row act = { 0 };
	if (delivery_acts_get(t->tx, submission, &act))
		delivery_acts_delete(t->tx, submission);
	emit_act_closed(t, &(struct act_closed){ .submission = submission, .reason = whole.reason, .field = whole.field,
						 .accepted = act.accepted, .refused = act.refused,
						 .has_number = has_number, .number = number });
}

// ---- places ----

organisation_parent_of(delivery)

struct organisation_tree delivery_tree(struct turn *t)
{
	return (struct organisation_tree){ .context = t->tx, .parent = parent_of };
}

uint64_t delivery_next_stop(struct turn *t, uint64_t here, uint64_t destination)
{
	struct organisation_tree tree = delivery_tree(t);
	struct delivery_organisations_row row;
	if (here == destination)
		return 0;
	if (organisation_within(&tree, destination, here))
		return organisation_step_down(&tree, here, destination);
	return delivery_organisations_get(t->tx, here, &row) ? row.parent : 0;
}

struct card_at delivery_card_at(struct turn *t, uint64_t number)
{
	struct card_at card = { .number = number, .arrived = true, .since = date_none };
	struct delivery_boxes_row box;
	card.known = delivery_cards_get(t->tx, number, &card.row);
	if (!card.known)
		return card;
	card.place = card.row.place;
	card.custodian = card.row.custodian;
	if (card.row.has_since)
		card.since = card.row.since;
	uint64_t in = card.row.has_parcel ? card.row.parcel : card.row.box;
	if (!card.row.has_place && delivery_boxes_get(t->tx, in, &box)) {
		card.box = in;
		card.place = box.place;
		card.custodian = box.custodian;
		card.arrived = box.custodian == box.destination;
		card.since = box.has_since ? box.since : date_none;
	}
	return card;
}

void delivery_card_unpacked(struct turn *t, struct card_at *card)
{
	struct delivery_boxes_row box;
	if (card->box && delivery_boxes_get(t->tx, card->box, &box)) {
		box.left--;
		box.paper -= card->row.generation == card_generation_paper_2003;
		delivery_boxes_put(t->tx, card->box, &box);
	}
	card->box = 0;
	card->row.has_place = true;
	card->row.has_since = card->since != date_none;
	card->row.since = card->row.has_since ? card->since : 0;
}

enum card_validity delivery_standing(struct turn *t, uint64_t card)
{
	struct delivery_standing_row row;
	return delivery_standing_get(t->tx, card, &row) ? row.validity : 0;
}

void delivery_standing_ended(struct turn *t, uint64_t card)
{
	struct delivery_standing_row row = { .validity = card_validity_ended, .since = turn_date(t) };
	delivery_standing_put(t->tx, card, &row);
}

void delivery_card_refused(struct turn *t, uint64_t card, const struct delivery_cards_row *row, enum card_place_event event,
			   enum reason reason)
{
	struct card_event_refused refused = { .card = card, .event = event, .reason = reason };
	if (row && row->has_place) {
		refused.place = row->place;
		refused.has_place = true;
	}
	turn_subject(t, subject_of(subject_kind_member, card_member(card)));
	emit_card_event_refused(t, &refused);
}

void delivery_box_told(struct turn *t, uint64_t box, const struct delivery_boxes_row *row, const uint32_t *counted)
{
	struct box_moved moved = { .box = box, .place = row->place, .custodian = row->custodian,
				   .shipment = row->has_shipment ? row->shipment : 0, .declared = row->left };
	if (counted) {
		moved.counted = *counted;
		moved.has_counted = true;
	}
	turn_subject(t, subject_of(subject_kind_box, box));
	emit_box_moved(t, &moved);
}

void delivery_box_waits(struct turn *t, uint64_t organisation, uint64_t toward, uint64_t box, uint32_t cards)
{
	struct delivery_waiting_row waiting = { 0 };
	struct delivery_counters_row counters = { 0 };
	delivery_counters_get(t->tx, 1, &counters);
	uint64_t arrival = ++counters.arrivals;
	delivery_counters_put(t->tx, 1, &counters);
	delivery_waiting_get(t->tx, organisation, toward, &waiting);
	if (waiting.boxes++ == 0)
		waiting.first = arrival;
	waiting.cards += cards;
	waiting.last = arrival;
	delivery_waiting_put(t->tx, organisation, toward, &waiting);
	delivery_held_put(t->tx, organisation, toward, arrival, &(struct delivery_held_row){ .box = box });
}

void delivery_ledger_box(struct turn *t, uint64_t organisation, enum ledger_column column, const struct delivery_boxes_row *box)
{
	if (box->left > box->paper)
		delivery_ledger_count(t->tx, organisation, account_custody, card_generation_chip_2025, column,
				      box->left - box->paper);
	if (box->paper)
		delivery_ledger_count(t->tx, organisation, account_custody, card_generation_paper_2003, column, box->paper);
}

void delivery_box_arrived(struct turn *t, const struct origin *o, uint64_t shipment, uint64_t number,
			  struct delivery_boxes_row *box, uint32_t counted)
{
	ensure(card_place_step(box->place, card_place_event_received, &box->place));
	box->custodian = o->organisation;
	delivery_box_told(t, number, box, &counted);
	if (box->differs)
		emit_discrepancy_settled(t, &(struct discrepancy_settled){ .shipment = shipment, .box = number,
									   .counted = counted });
	box->differs = false;
	delivery_boxes_put(t->tx, number, box);
	if (!fault_is(count_not_booked))
		delivery_ledger_box(t, o->organisation, ledger_column_received, box);
	uint64_t toward = delivery_next_stop(t, o->organisation, box->destination);
	if (toward != 0) // else it is there, or stands where no way leads on: the audit names such a box
		delivery_box_waits(t, o->organisation, toward, number, box->left);
}

void delivery_card_collected(struct turn *t, struct card_at *card, uint64_t organisation)
{
	delivery_ledger_count(t->tx, card->row.custodian, account_members, card->row.generation, ledger_column_sent_on, 1);
	delivery_ledger_count(t->tx, organisation, account_custody, card->row.generation, ledger_column_received, 1);
	ensure(card_place_step(card->row.place, card_place_event_collected, &card->row.place));
	card->row.custodian = organisation;
	card->row.since = turn_date(t);
	card->row.has_since = true;
	card->place = card->row.place;
	card->custodian = organisation;
	delivery_cards_put(t->tx, card->number, &card->row);
}
