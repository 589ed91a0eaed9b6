// Acts on single cards that organisations have in their hands, or take from members and give back: collecting,
// packing into a box for somebody above or below, explaining a box whose count differed, cards that are missing and
// turn up (destruction is in destruction.c).  What a card is worth is revocation's word (table `standing`); here it is only
// where it is.  Which card a row is about, and why it may not be done, is in cards_refused.c.
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "delivery/cards.h"
#include "gen/delivery_emit.h"

// Boxes that organisations pack are numbered behind all that a print order can have.
#define parcels_begin (UINT64_C(1) << 48)

// ---- one act ----

// A row read lives only until the next write: what it points to is copied.
static bool act_read(struct turn *t, uint64_t submission, struct card_act *act)
{
	static uint8_t bytes[1000];
	if (!delivery_acts_get(t->tx, submission, &act->row) || act->row.head.size == 0)
		return false;
	memcpy(bytes, act->row.head.data, act->row.head.size);
	act->row.head.data = bytes;
	ensure(coded_card_head_decode(act->row.head, &act->head) == error_none);
	return true;
}

static uint64_t centre_of(struct turn *t, uint64_t organisation)
{
	struct delivery_organisations_row row;
	uint64_t at = organisation;
	for (int depth = 0; depth < 16 && delivery_organisations_get(t->tx, at, &row) && row.parent; depth++)
		at = row.parent;
	return at;
}

// ---- opened: what is wrong with the whole ----

static struct refusal pack_refusal(struct turn *t, const struct origin *o, const struct coded_card_head *head, uint64_t to)
{
	if (!head->has_seal)
		return refused(seal, missing);
	if (!delivery_organisations_get(t->tx, to, NULL))
		return refused(organisation, unknown);
	return delivery_next_stop(t, o->organisation, to) ? carried_out : refused(organisation, wrong_state);
}

static uint64_t parcel_new(struct turn *t, const struct origin *o, const struct coded_card_head *head, uint64_t to)
{
	struct delivery_counters_row counters = { 0 };
	delivery_counters_get(t->tx, 1, &counters);
	uint64_t box = parcels_begin + ++counters.parcels;
	delivery_counters_put(t->tx, 1, &counters);
	delivery_boxes_put(t->tx, box, &(struct delivery_boxes_row){ .destination = to, .seal = head->seal,
								     .place = card_place_custody,
									.custodian = o->organisation, .open = true,
									.since = turn_date(t), .has_since = true });
	return box;
}

static struct refusal explain_refusal(struct turn *t, const struct origin *o, const struct coded_card_head *head)
{
	struct delivery_shipments_row s;
	struct delivery_boxes_row box;
	if (!head->has_explanation || head->explanation.size == 0)
		return refused(reason, missing);
	if (!head->has_counted)
		return refused(count, missing);
	if (!head->has_shipment || !delivery_shipments_get(t->tx, head->shipment, &s))
		return refused(shipment, unknown);
	if (s.to != o->organisation)
		return refused(shipment, not_addressee);
	if (!head->has_box || !delivery_boxes_get(t->tx, head->box, &box) || !box.has_shipment ||
		box.shipment != head->shipment)
		return refused(box, unknown);
	if (box.place != card_place_in_transit)
		return refused(box, already_done);
	return box.differs ? carried_out : refused(box, wrong_state); // there is nothing to explain
}

void delivery_cards_opened(struct turn *t, const struct origin *o, const struct place_act_opened *m)
{
	struct delivery_acts_row act = { .head = turn_encoded(t, &coded_card_head_shape, &m->head) };
	static uint8_t bytes[1000];
	struct refusal refusal = carried_out;
	memcpy(bytes, act.head.data, act.head.size);
	act.head.data = bytes;
	if (m->act == act_pack_cards) {
		uint64_t to = m->head.has_to ? m->head.to : centre_of(t, o->organisation);
		refusal = pack_refusal(t, o, &m->head, to);
		if (refusal.reason == reason_none)
			act.box = parcel_new(t, o, &m->head, to);
	} else if (m->act == act_explain_box) {
		refusal = explain_refusal(t, o, &m->head);
		act.box = m->head.box;
	}
	act.reason = refusal.reason;
	act.field = refusal.field;
	delivery_acts_put(t->tx, m->submission, &act);
}

// ---- carried out ----

static void moved(struct turn *t, const struct card_at *card, const struct card_act *act, enum card_case matter)
{
	emit_card_moved(t, &(struct card_moved){ .card = card->number,
						 .place = card->row.has_place ? card->row.place : card_place_custody,
						 .custodian = card->row.custodian, .has_matter = true, .matter = matter,
						 .has_box = !card->row.has_place, .box = card->row.parcel,
						 .has_minutes = act->head.has_minutes, .minutes = act->head.minutes });
}

static void report(struct turn *t, const struct origin *o, const struct card_at *card, enum card_case matter)
{
	emit_card_reported(t, &(struct card_reported){ .card = card->number, .matter = matter,
		.organisation = o->organisation });
}

static void give_back(struct turn *t, const struct origin *o, struct card_at *card)
{
	bool family = delivery_standing(t, card->number) == card_validity_retained_by_family;
	delivery_card_unpacked(t, card);
	ensure(card_place_step(card->place, family ? card_place_event_returned : card_place_event_handed_over,
		&card->row.place));
	card->row.custodian = o->organisation;
	card->row.has_parcel = false;
	delivery_cards_put(t->tx, card->number, &card->row);
	delivery_ledger_count(t->tx, o->organisation, account_custody, card->row.generation, ledger_column_delivered, 1);
	delivery_ledger_count(t->tx, o->organisation, account_members, card->row.generation, ledger_column_received, 1);
}

static void put_into_box(struct turn *t, struct card_at *card, uint64_t number)
{
	struct delivery_boxes_row box;
	delivery_card_unpacked(t, card);
	if (!delivery_boxes_get(t->tx, number, &box))
		return;
	box.declared++;
	box.left++;
	box.paper += card->row.generation == card_generation_paper_2003;
	delivery_boxes_put(t->tx, number, &box);
	card->row.custodian = card->custodian; // who packs it
	card->row.has_place = false;
	card->row.has_parcel = true;
	card->row.parcel = number;
	delivery_cards_put(t->tx, card->number, &card->row);
}

// Of a box in transit the receiver books what it should have got, and what it lost of it.
static void goes_missing(struct turn *t, const struct origin *o, struct card_at *card)
{
	bool in_transit = card->place == card_place_in_transit;
	delivery_card_unpacked(t, card);
	ensure(card_place_step(card->place, card_place_event_missed, &card->row.place));
	card->row.custodian = o->organisation;
	card->row.since = turn_date(t);
	card->row.has_since = true;
	delivery_cards_put(t->tx, card->number, &card->row);
	if (in_transit)
		delivery_ledger_count(t->tx, o->organisation, account_custody, card->row.generation, ledger_column_received, 1);
	delivery_ledger_count(t->tx, o->organisation, account_custody, card->row.generation, ledger_column_spoiled_or_lost, 1);
}

static void carry_out(struct turn *t, const struct origin *o, const struct card_act *act, enum card_case matter,
		struct card_at *card)
{
	switch (matter) {
	case card_case_recover:
	case card_case_inspect:
		if (card->place == card_place_member)
			delivery_card_collected(t, card, o->organisation);
		if (matter == card_case_recover && delivery_standing(t, card->number) != card_validity_spoiled)
			delivery_standing_ended(t, card->number);
		break;
	case card_case_give_back:
		give_back(t, o, card);
		break;
	case card_case_destruction:
	case card_case_undelivered:
	case card_case_redistribution:
	case card_case_travel:
		put_into_box(t, card, act->row.box);
		break;
	case card_case_missing:
		goes_missing(t, o, card);
		break;
	case card_case_turned_up:
		ensure(card_place_step(card->place, card_place_event_found, &card->row.place));
		card->row.since = turn_date(t);
		card->row.written_off = false;
		delivery_cards_put(t->tx, card->number, &card->row);
		delivery_ledger_found(t->tx, card->custodian, card->row.generation);
		break;
	case card_case_written_off: // it stays missing, and revocation hears of it
		card->row.written_off = true;
		delivery_cards_put(t->tx, card->number, &card->row);
		break;
	case card_case_loss:
	case card_case_damage:
	case card_case_found:
	case card_case_misuse:
	case card_case_suspend:
	case card_case_resume:
	case card_case_unrecoverable:
	case card_case_destroy:
		break;
	}
	moved(t, card, act, matter);
	if (matter == card_case_recover || matter == card_case_undelivered || matter == card_case_written_off)
		report(t, o, card, matter);
}

void delivery_cards_row_given(struct turn *t, const struct origin *o, const struct place_act_row *m)
{
	static struct card_act act;
	struct refusal refusal;
	turn_subject(t, subject_of(subject_kind_member, m->card.member));
	if (!act_read(t, m->submission, &act)) {
		delivery_row_ended(t, m->submission, m->card.row, refused(whole, unknown)); // its opening went to quarantine
		return;
	}
	refusal = (struct refusal){ act.row.field, act.row.reason };
	if (refusal.reason == reason_none) {
		struct card_at card = delivery_card_meant(t, o, &act, m);
		refusal = delivery_card_refusal(t, o, &act, m, &card);
		// What is missing of a box is so when the act ends and all of it adds up.
		if (refusal.reason == reason_none && m->act == act_explain_box)
			delivery_missed_put(t->tx, m->submission, card.number);
		else if (refusal.reason == reason_none)
			carry_out(t, o, &act, m->card.matter, &card);
	}
	delivery_row_ended(t, m->submission, m->card.row, refusal);
}

// ---- ended ----

static bool parcel_packed(struct turn *t, const struct origin *o, uint64_t number)
{
	struct delivery_boxes_row box;
	if (!delivery_boxes_get(t->tx, number, &box))
		return false;
	if (box.left == 0) {
		delivery_boxes_delete(t->tx, number);
		return false;
	}
	uint8_t seal[20]; // a row read lives only until the next write
	memcpy(seal, box.seal.data, box.seal.size);
	box.seal.data = seal;
	box.open = false;
	delivery_boxes_put(t->tx, number, &box);
	delivery_box_told(t, number, &box, NULL);
	uint64_t toward = delivery_next_stop(t, o->organisation, box.destination);
	if (toward != 0) // else its destination was merged into the packer meanwhile
		delivery_box_waits(t, o->organisation, toward, number, box.left);
	return true;
}

// What the rows named: missing now, or forgotten.
static void missed_settled(struct turn *t, const struct origin *o, const struct card_act *act, uint64_t submission,
			   bool explained)
{
	struct delivery_missed_key key;
	while (delivery_missed_first(t->tx, submission, 0, &key) && key.submission == submission) {
		struct card_at card = delivery_card_at(t, key.card);
		delivery_missed_delete(t->tx, submission, key.card);
		if (!explained)
			continue;
		turn_subject(t, subject_of(subject_kind_member, card_member(key.card)));
		carry_out(t, o, act, card_case_missing, &card);
	}
}

// The box is received when what was found in it and what is missing make up what was put in; else nothing changes.
static struct refusal box_explained(struct turn *t, const struct origin *o, struct card_act *act, uint64_t submission)
{
	static uint8_t seal[20];
	const struct coded_card_head *head = &act->head;
	struct refusal refusal = explain_refusal(t, o, head); // again: another act may have explained it meanwhile
	struct delivery_shipments_row s;
	struct delivery_boxes_row box = { 0 };
	if (refusal.reason == reason_none && delivery_boxes_get(t->tx, head->box, &box) &&
	    head->counted + act->row.accepted != box.left)
		refusal = refused(count, count_differs);
	missed_settled(t, o, act, submission, refusal.reason == reason_none);
	if (refusal.reason != reason_none || !delivery_shipments_get(t->tx, head->shipment, &s))
		return refusal;
	turn_subject(t, subject_of(subject_kind_shipment, head->shipment));
	emit_box_explained(t, &(struct box_explained){ .shipment = head->shipment, .box = head->box, .counted = head->counted,
						       .missing = act->row.accepted, .explanation = head->explanation,
						       .has_minutes = head->has_minutes, .minutes = head->minutes });
	s.received++;
	delivery_shipments_put(t->tx, head->shipment, &s);
	if (!delivery_boxes_get(t->tx, head->box, &box))
		return refused(box, unknown);
	memcpy(seal, box.seal.data, box.seal.size);
	box.seal.data = seal;
	box.broken = false;
	delivery_box_arrived(t, o, head->shipment, head->box, &box, head->counted);
	return carried_out;
}

// All of the act is refused: none of its rows was carried out.
static void nothing_done(struct turn *t, uint64_t submission)
{
	struct card_act act;
	if (!act_read(t, submission, &act))
		return;
	act.row.refused += act.row.accepted;
	act.row.accepted = 0;
	delivery_acts_put(t->tx, submission, &act.row);
}

void delivery_cards_ended(struct turn *t, const struct origin *o, const struct place_act_ended *m)
{
	static struct card_act act;
	struct refusal whole = refused(whole, unknown);
	bool has_number = false;
	uint64_t number = 0;
	if (act_read(t, m->submission, &act)) {
		whole = (struct refusal){ act.row.field, act.row.reason };
		if (whole.reason == reason_none && m->act == act_pack_cards) {
			has_number = parcel_packed(t, o, act.row.box);
			number = act.row.box;
		} else if (whole.reason == reason_none && m->act == act_explain_box) {
			whole = box_explained(t, o, &act, m->submission);
			if (whole.reason != reason_none)
				nothing_done(t, m->submission);
			has_number = true;
			number = act.head.shipment;
		}
	}
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	delivery_act_ended(t, m->submission, whole, has_number, number);
}
