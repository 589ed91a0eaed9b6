// An organisation has ended: what it holds, and what is on its way to it, becomes its successor's, box by box and card
// by card in the ledgers of both (domain.md §5, "merged into").  Its members' cards moved with the members before.
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "delivery/records.h"
#include "gen/delivery_emit.h"

#define rows_a_turn 4000 // of a walk that puts nothing out

static void ledger_moves(struct turn *t, const struct merging *m, enum card_generation generation, uint64_t cards)
{
	if (cards != 0)
		delivery_ledger_passed(t->tx, m->code, m->into, generation, cards);
}

static void box_put(struct turn *t, uint64_t number, struct delivery_boxes_row *box)
{
	static uint8_t seal[20]; // a row read lives only until the next write
	memcpy(seal, box->seal.data, box->seal.size);
	box->seal.data = seal;
	delivery_boxes_put(t->tx, number, box);
	delivery_box_told(t, number, box, NULL);
}

static void take_over(struct turn *t, const struct merging *m, uint64_t number, struct delivery_boxes_row *box)
{
	bool held = box->place == card_place_custody && box->custodian == m->code;
	if (held) {
		ledger_moves(t, m, card_generation_chip_2025, box->left - box->paper);
		ledger_moves(t, m, card_generation_paper_2003, box->paper);
		box->custodian = m->into;
	}
	if (box->destination == m->code)
		box->destination = m->into;
	box_put(t, number, box);
}

// A box that waits toward the ended organisation, or in it, waits anew; where it is, it may have arrived.
static void requeue(struct turn *t, const struct merging *m, const struct delivery_held_key *key, uint64_t number)
{
	struct delivery_waiting_row waiting;
	struct delivery_boxes_row box;
	delivery_held_delete(t->tx, key->organisation, key->toward, key->arrival);
	if (!delivery_waiting_get(t->tx, key->organisation, key->toward, &waiting) || !delivery_boxes_get(t->tx, number, &box))
		return;
	waiting.cards -= box.left;
	if (--waiting.boxes == 0)
		delivery_waiting_delete(t->tx, key->organisation, key->toward);
	else
		delivery_waiting_put(t->tx, key->organisation, key->toward, &waiting);
	if (!delivery_boxes_get(t->tx, number, &box))
		return;
	take_over(t, m, number, &box);
	uint64_t toward = delivery_next_stop(t, box.custodian, box.destination);
	if (toward != 0)
		delivery_box_waits(t, box.custodian, toward, number, box.left);
}

// False: none is left of that queue.  Boxes of a shipment that is just leaving are in no queue any more.
static bool requeue_first(struct turn *t, const struct merging *m, uint64_t organisation, uint64_t toward)
{
	struct delivery_waiting_row waiting;
	struct delivery_held_key key;
	struct delivery_held_row held;
	if (!delivery_waiting_get(t->tx, organisation, toward, &waiting) ||
	    !delivery_held_first(t->tx, organisation, toward, waiting.first, &key, &held) ||
	    key.organisation != organisation || key.toward != toward)
		return false;
	requeue(t, m, &key, held.box);
	return true;
}

static bool queues_here(struct turn *t, struct merging *m)
{
	struct delivery_waiting_key key;
	while (delivery_waiting_first(t->tx, m->code, m->at, &key, NULL) && key.organisation == m->code) {
		m->at = key.toward;
		do {
			if (turn_room(t) < 2)
				return false;
		} while (requeue_first(t, m, m->code, key.toward));
		m->at = key.toward + 1;
	}
	return true;
}

// `at`: the organisation where boxes may wait toward the ended one.
static bool queues_elsewhere(struct turn *t, struct merging *m)
{
	struct delivery_waiting_key key;
	struct delivery_waiting_row waiting;
	uint64_t toward = 0;
	while (delivery_waiting_first(t->tx, m->at, toward, &key, &waiting)) {
		m->at = key.organisation;
		toward = key.toward + 1;
		if (key.toward != m->code)
			continue;
		do {
			if (turn_room(t) < 2)
				return false;
		} while (requeue_first(t, m, key.organisation, m->code));
	}
	return true;
}

// A box that the successor packed for the ended one has arrived by the merger: it waits for no shipment any more.
static void stays(struct turn *t, uint64_t organisation, uint64_t number, uint32_t cards)
{
	struct delivery_waiting_row waiting;
	struct delivery_waiting_key key = { 0 };
	struct delivery_held_key at;
	struct delivery_held_row held;
	for (uint64_t toward = 0; delivery_waiting_first(t->tx, organisation, toward, &key, &waiting) &&
				  key.organisation == organisation; toward = key.toward + 1) {
		for (uint64_t arrival = waiting.first;
		     delivery_held_first(t->tx, organisation, key.toward, arrival, &at, &held) &&
		     at.organisation == organisation && at.toward == key.toward; arrival = at.arrival + 1) {
			if (held.box != number)
				continue;
			delivery_held_delete(t->tx, organisation, key.toward, at.arrival);
			waiting.cards -= cards;
			if (--waiting.boxes == 0)
				delivery_waiting_delete(t->tx, organisation, key.toward);
			else
				delivery_waiting_put(t->tx, organisation, key.toward, &waiting);
			return;
		}
	}
}

static bool boxes(struct turn *t, struct merging *m)
{
	struct delivery_boxes_row box;
	uint64_t number;
	for (unsigned rows = 0; delivery_boxes_first(t->tx, m->at, &number, &box); rows++) {
		m->at = number;
		if (rows == rows_a_turn || turn_room(t) < 2)
			return false;
		if (box.destination == m->code || (box.place == card_place_custody && box.custodian == m->code)) {
			bool arrives = box.destination == m->code && box.place == card_place_custody &&
				       box.custodian == m->into;
			uint32_t left = box.left;
			take_over(t, m, number, &box);
			if (arrives)
				stays(t, m->into, number, left);
		}
		m->at = number + 1;
	}
	return true;
}

static bool shipments(struct turn *t, struct merging *m)
{
	static uint8_t waybill[40];
	struct delivery_shipments_row row;
	uint64_t number;
	for (unsigned rows = 0; delivery_shipments_first(t->tx, m->at, &number, &row); rows++) {
		m->at = number;
		if (rows == rows_a_turn)
			return false;
		if (row.to == m->code && row.received < row.boxes) {
			memcpy(waybill, row.waybill.data, row.waybill.size);
			row.waybill.data = waybill;
			row.to = m->into;
			delivery_shipments_put(t->tx, number, &row);
		}
		m->at = number + 1;
	}
	return true;
}

// What the ended one misses the successor misses from now on, in whose books it may turn up or be written off.
static void missing_moves(struct turn *t, const struct merging *m, enum card_generation generation)
{
	delivery_ledger_found(t->tx, m->code, generation);
	ledger_moves(t, m, generation, 1);
	delivery_ledger_count(t->tx, m->into, account_custody, generation, ledger_column_spoiled_or_lost, 1);
}

static void card_moves(struct turn *t, const struct merging *m, uint64_t number, struct delivery_cards_row *row)
{
	if (row->place == card_place_missing)
		missing_moves(t, m, row->generation);
	else
		ledger_moves(t, m, row->generation, 1);
	row->custodian = m->into;
	delivery_cards_put(t->tx, number, row);
	turn_subject(t, subject_of(subject_kind_member, card_member(number)));
	emit_card_moved(t, &(struct card_moved){ .card = number, .place = row->place, .custodian = m->into });
}

static bool cards(struct turn *t, struct merging *m)
{
	struct delivery_cards_row row;
	uint64_t number;
	for (unsigned rows = 0; delivery_cards_first(t->tx, m->at, &number, &row); rows++) {
		m->at = number;
		if (rows == rows_a_turn || turn_room(t) < 2)
			return false;
		if (row.has_place && row.custodian == m->code &&
		    (row.place == card_place_custody || row.place == card_place_missing))
			card_moves(t, m, number, &row);
		m->at = number + 1;
	}
	return true;
}

bool delivery_merge(struct turn *t, struct merging *m)
{
	static bool (*const stages[])(struct turn *t, struct merging *m) = { queues_here, queues_elsewhere, boxes,
		shipments, cards };
	for (; m->stage < array_size(stages); m->stage++, m->at = 0)
		if (!stages[m->stage](t, m))
			return false;
	return true;
}
