// Delivery decides where each card is and who has it: at the facility, in a box on its way or in an organisation's
// keeping, in a member's hands.  It counts what arrives against what was declared, takes the receipt and the old
// card at hand-over, and keeps the conservation ledger of every organisation in the same turn.  It never decides who gets
// a card (approval), what number it bears (printing) or what it is worth (revocation), and it never repairs a count:
// a box that differs stays in transit until somebody explains it.
//
// A card in a box has no place of its own: it is where its box is.  So a move costs one row a box, however many
// cards are in it and however many levels it goes down.

#include "delivery/delivery.h"

#include "delivery/records.h"
#include "gen/delivery.h"
#include "runtime/turn.h"
#include "base/ensure.h"
#include "base/fault.h"
#include "base/subject.h"
#include "domain/card.h"

// ---- organisations ----

static void on_organisation_registered(struct turn *t, const struct origin *o, const struct organisation_registered *m)
{
	(void)o;
	delivery_organisations_put(t->tx, m->code,
				   &(struct delivery_organisations_row){ .parent = m->parent, .level = m->level });
}

// ---- cards come into being ----

static void on_card_opened(struct turn *t, const struct origin *o, const struct card_opened *m)
{
	(void)o;
	struct delivery_cards_row row;
	if (delivery_cards_get(t->tx, m->card, &row)) {
		delivery_card_refused(t, m->card, &row, card_place_event_handed_over, reason_already_done);
		return;
	}
	row = (struct delivery_cards_row){ .number = m->number, .generation = m->generation, .has_place = true,
					   .place = m->status == member_status_deceased ? card_place_family : card_place_member,
					   .custodian = m->cell };
	delivery_cards_put(t->tx, m->card, &row);
	delivery_ledger_count(t->tx, m->cell, account_members, m->generation, ledger_column_opening, 1);
}

static void on_card_produced(struct turn *t, const struct origin *o, const struct card_produced *m)
{
	(void)o;
	struct delivery_cards_row row;
	if (delivery_cards_get(t->tx, m->card, &row)) {
		delivery_card_refused(t, m->card, &row, card_place_event_produced, reason_already_done);
		return;
	}
	row = (struct delivery_cards_row){ .number = m->number, .generation = card_generation_chip_2025,
					   .custodian = m->facility, .has_place = true,
					   .has_request = true, .request = m->request,
					   .has_old_card = m->has_old_card, .old_card = m->old_card };
	if (!card_place_step(card_place_stock, card_place_event_produced, &row.place))
		return;
	delivery_cards_put(t->tx, m->card, &row);
	delivery_ledger_count(t->tx, m->facility, account_custody, card_generation_chip_2025, ledger_column_received, 1);
}

// A card that did not pass the facility's check, before or after it was reported as good, stays there for destruction.
static void on_card_spoiled(struct turn *t, const struct origin *o, const struct card_spoiled *m)
{
	(void)o;
	struct delivery_cards_row row = { .generation = card_generation_chip_2025, .custodian = m->facility,
					  .has_place = true, .place = card_place_facility };
	if (!delivery_cards_get(t->tx, m->card, &row)) {
		delivery_ledger_count(t->tx, m->facility, account_custody, card_generation_chip_2025,
			ledger_column_received, 1);
	} else if (row.spoiled || !row.has_place || row.place != card_place_facility) {
		delivery_card_refused(t, m->card, &row, card_place_event_produced,
			     row.spoiled ? reason_already_done : reason_wrong_state);
		return;
	}
	row.spoiled = true;
	delivery_cards_put(t->tx, m->card, &row);
	delivery_ledger_count(t->tx, row.custodian, account_custody, card_generation_chip_2025,
		ledger_column_spoiled_or_lost, 1);
}

// ---- boxes ----

// Into the box goes a good card of that facility that is in no other.
static bool card_fits(struct turn *t, uint64_t card, uint64_t box, uint64_t *facility)
{
	struct delivery_cards_row row;
	bool known = delivery_cards_get(t->tx, card, &row);
	if (!known || row.spoiled || !row.has_place || row.place != card_place_facility ||
	    (*facility != 0 && row.custodian != *facility)) {
		delivery_card_refused(t, card, known ? &row : NULL, card_place_event_sent, known ?
			reason_wrong_state : reason_unknown);
		return false;
	}
	*facility = row.custodian;
	row.has_place = false;
	row.has_box = true;
	row.box = box;
	delivery_cards_put(t->tx, card, &row);
	return true;
}

// Which shipment it goes with is known when the submission that fills it ends, with boxes_sent.
static void on_box_filled(struct turn *t, const struct origin *o, const struct box_filled *m)
{
	struct delivery_boxes_row row;
	if (delivery_boxes_get(t->tx, m->box, &row)) {
		for (size_t i = 0; i < m->cards_count; i++)
			delivery_card_refused(t, m->cards[i], NULL, card_place_event_sent, reason_duplicate);
		return;
	}
	struct organisation_tree tree = delivery_tree(t);
	uint64_t facility = 0;
	// Packed for a cell that has been merged since the list was approved: it goes to the successor.
	row = (struct delivery_boxes_row){ .destination = organisation_standing(&tree, m->destination),
		.seal = m->seal, .place = card_place_facility };
	for (size_t i = 0; i < m->cards_count; i++)
		row.declared += card_fits(t, m->cards[i], m->box, &facility);
	if (row.declared == 0)
		return;
	row.left = row.declared;
	row.custodian = facility;
	delivery_box_told(t, m->box, &row, NULL);
	delivery_boxes_put(t->tx, m->box, &row);
	delivery_box_waits(t, facility, o->submission, m->box, row.declared);
}

// ---- shipments ----

// Announces what waits toward one organisation as a shipment to `to`; the boxes themselves leave in boxes_leaving.
static void shipment_announce(struct turn *t, uint64_t shipment, uint64_t from, uint64_t toward, uint64_t to,
			      struct bytes waybill)
{
	struct delivery_waiting_row waiting;
	if (!delivery_waiting_get(t->tx, from, toward, &waiting))
		return;
	delivery_waiting_delete(t->tx, from, toward);
	struct delivery_shipments_row row = { .from = from, .to = to, .boxes = waiting.boxes, .cards = waiting.cards,
					      .toward = toward, .first = waiting.first, .last = waiting.last,
					      .waybill = waybill };
	delivery_shipments_append(t->tx, shipment, &row);
	turn_subject(t, subject_of(subject_kind_shipment, shipment));
	emit_shipment_sent(t, &(struct shipment_sent){ .shipment = shipment, .from = from, .to = to, .boxes = waiting.boxes,
						       .cards = waiting.cards, .waybill = waybill });
}

static uint64_t shipment_next(struct turn *t)
{
	uint64_t last;
	return delivery_shipments_last(t->tx, &last, NULL) ? last + 1 : 1;
}

static void box_leaves(struct turn *t, uint64_t box, uint64_t shipment, const struct delivery_shipments_row *s)
{
	struct delivery_boxes_row row;
	if (!delivery_boxes_get(t->tx, box, &row))
		return;
	ensure(card_place_step(row.place, card_place_event_sent, &row.place));
	row.shipment = shipment;
	row.has_shipment = true;
	row.since = turn_date(t);
	row.has_since = true;
	delivery_box_told(t, box, &row, NULL);
	turn_subject(t, subject_of(subject_kind_shipment, shipment));
	emit_shipment_box(t, &(struct shipment_box){ .shipment = shipment, .to = s->to, .box = box, .cards = row.left,
						     .destination = row.destination, .seal = row.seal });
	delivery_boxes_put(t->tx, box, &row);
	delivery_ledger_box(t, s->from, ledger_column_sent_on, &row);
}

// False: the turn is full before all boxes of the shipment have left.
static bool shipment_leaves(struct turn *t, uint64_t shipment)
{
	struct delivery_shipments_row s;
	struct delivery_held_key key;
	struct delivery_held_row held;
	if (!delivery_shipments_get(t->tx, shipment, &s))
		return true;
	while (delivery_held_first(t->tx, s.from, s.toward, s.first, &key, &held) && key.organisation == s.from &&
	       key.toward == s.toward && key.arrival <= s.last) {
		if (turn_room(t) < 2)
			return false;
		delivery_held_delete(t->tx, s.from, s.toward, key.arrival);
		box_leaves(t, held.box, shipment, &s);
	}
	return true;
}

static void on_boxes_leaving(struct turn *t, const struct origin *o, const struct boxes_leaving *m)
{
	struct boxes_leaving rest = *m;
	(void)o;
	for (; rest.at <= rest.last; rest.at++) {
		if (!shipment_leaves(t, rest.at)) {
			leave_boxes_leaving(t, &rest);
			return;
		}
	}
	emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .accepted = m->accepted, .refused = m->refused,
						 .has_number = true, .number = m->first,
						 .more = (uint32_t)(m->last - m->first) });
}

static void on_boxes_sent(struct turn *t, const struct origin *o, const struct boxes_sent *m)
{
	struct delivery_waiting_row waiting;
	if (!delivery_waiting_get(t->tx, m->facility, m->submission, &waiting)) {
		emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .reason = reason_empty,
							 .field = field_box, .refused = m->refused });
		return;
	}
	uint64_t shipment = shipment_next(t);
	shipment_announce(t, shipment, m->facility, m->submission, m->to, m->waybill);
	on_boxes_leaving(t, o, &(struct boxes_leaving){ .submission = m->submission, .first = shipment, .last = shipment,
						    .at = shipment, .accepted = waiting.boxes, .refused = m->refused });
}

// Why nothing can be sent to `to`.
static struct refusal not_sendable(struct turn *t, uint64_t from, uint64_t to)
{
	struct delivery_organisations_row row;
	if (!delivery_organisations_get(t->tx, to, &row))
		return refused(organisation, unknown);
	struct delivery_organisations_row own;
	bool above = delivery_organisations_get(t->tx, from, &own) && own.parent == to;
	return row.parent == from || above ? refused(box, empty) : refused(organisation, outside_subtree);
}

// One shipment for each organisation directly below that something waits for, or for the one that is named.
static void on_shipping_ordered(struct turn *t, const struct origin *o, const struct shipping_ordered *m)
{
	uint64_t from = o->organisation, first = shipment_next(t), next = first;
	struct boxes_leaving leave = { .submission = m->submission, .first = first, .at = first };
	struct delivery_waiting_key key = { .organisation = from, .toward = m->has_to ? m->to : 0 };
	struct delivery_waiting_row waiting;
	while (delivery_waiting_first(t->tx, from, key.toward, &key, &waiting) && key.organisation == from &&
	       (!m->has_to || key.toward == m->to)) {
		shipment_announce(t, next++, from, key.toward, key.toward, m->waybill);
		leave.accepted += waiting.boxes;
	}
	if (next == first) {
		struct refusal why = m->has_to ? not_sendable(t, from, m->to) : refused(box, empty);
		delivery_act_ended(t, m->submission, why, false, 0);
		return;
	}
	leave.last = next - 1;
	on_boxes_leaving(t, o, &leave);
}

// ---- receiving: counted at each level, by the receiving organisation only ----

static struct refusal receivable(const struct origin *o, const struct box_counted *m, const struct delivery_shipments_row *s,
				 const struct delivery_boxes_row *box)
{
	if (!s)
		return refused(shipment, unknown);
	if (s->to != o->organisation)
		return refused(shipment, not_addressee);
	if (!box || !box->has_shipment || box->shipment != m->shipment)
		return refused(box, unknown);
	if (box->place != card_place_in_transit)
		return refused(box, already_done);
	// A count may be corrected; a broken seal does not become whole.
	if (box->broken)
		return refused(box, wrong_state);
	return carried_out;
}

static void box_differs(struct turn *t, const struct box_counted *m, struct delivery_boxes_row *box)
{
	turn_subject(t, subject_of(subject_kind_shipment, m->shipment));
	emit_discrepancy_found(t, &(struct discrepancy_found){ .shipment = m->shipment, .box = m->box,
							       .declared = box->left, .counted = m->counted,
							       .seal_intact = m->seal_intact });
	box->differs = true;
	box->broken = !m->seal_intact;
	delivery_boxes_put(t->tx, m->box, box);
}

static void on_box_counted(struct turn *t, const struct origin *o, const struct box_counted *m)
{
	struct delivery_shipments_row s;
	struct delivery_boxes_row box;
	bool has_shipment = delivery_shipments_get(t->tx, m->shipment, &s);
	bool has_box = delivery_boxes_get(t->tx, m->box, &box);
	struct refusal refusal = receivable(o, m, has_shipment ? &s : NULL, has_box ? &box : NULL);
	if (refusal.reason == reason_none && (m->counted != box.left || !m->seal_intact)) {
		box_differs(t, m, &box);
		refusal = m->seal_intact ? refused(count, count_differs) : refused(box, count_differs);
	} else if (refusal.reason == reason_none) {
		s.received++;
		delivery_shipments_put(t->tx, m->shipment, &s);
		if (!delivery_boxes_get(t->tx, m->box, &box)) { // what it points to moved with that write
			ensure(t->tx->fault != error_none);
			return;
		}
		delivery_box_arrived(t, o, m->shipment, m->box, &box, m->counted);
	}
	turn_subject(t, subject_of(subject_kind_shipment, m->shipment));
	delivery_row_ended(t, m->submission, m->row, refusal);
}

static void on_receiving_ended(struct turn *t, const struct origin *o, const struct receiving_ended *m)
{
	(void)o;
	turn_subject(t, subject_of(subject_kind_shipment, m->shipment));
	delivery_act_ended(t, m->submission, m->rows ? carried_out : refused(whole, empty), true, m->shipment);
}

// ---- hand-over ----

// The member's card of that number that can still be handed over, else the one that was.  False: there is none.
static bool card_of_number(struct turn *t, uint64_t member, uint32_t number, uint64_t *card, struct delivery_cards_row *row)
{
	uint64_t at = card_of(member, 0), key;
	struct delivery_cards_row found;
	bool any = false;
	while (delivery_cards_first(t->tx, at, &key, &found) && card_member(key) == member) {
		if (found.number == number && !found.spoiled && found.generation == card_generation_chip_2025) {
			*card = key;
			*row = found;
			any = true;
		}
		at = key + 1;
	}
	return any;
}

// Who may: an officer of the cell that holds it, or of a grassroots committee that the cell belongs to; never the member.
static struct refusal hand_over_allowed(struct turn *t, const struct origin *o, uint64_t member, uint64_t cell)
{
	struct organisation_tree tree = delivery_tree(t);
	bool within = false;
	if (o->role == role_cell_officer)
		within = o->organisation == cell;
	else if (o->role == role_grassroots_appraiser)
		within = organisation_within(&tree, cell, o->organisation);
	else
		return refused(actor, role_not_allowed);
	if (!within)
		return refused(organisation, outside_subtree);
	return o->person == member ? refused(actor, own_card) : carried_out;
}

static struct refusal hand_over_refusal(struct turn *t, const struct origin *o, const struct hand_over_given *m,
					const struct card_at *card, const struct card_at *old_card)
{
	if (!card->known)
		return refused(card_number, unknown);
	if (card->row.handed && !fault_is(handed_over_twice))
		return refused(card_number, already_done);
	if ((card->place != card_place_custody || !card->arrived) && !fault_is(handed_over_twice))
		return refused(card_number, not_here);
	struct refusal allowed = hand_over_allowed(t, o, m->member, card->custodian);
	if (allowed.reason != reason_none)
		return allowed;
	// Its holder left or died while it was on its way, or it was written off: it goes back up.
	if (delivery_standing(t, card->number) != 0)
		return refused(card_number, barred);
	if (!m->has_proof)
		return refused(receipt, no_receipt);
	if (m->date > turn_date(t))
		return refused(date, out_of_range);
	// Not before it was on its way to the cell: cells with a weak connection count on paper and enter it later (C13).
	if (card->since != date_none && m->date < card->since)
		return refused(date, date_order);
	if (!old_card->known)
		return carried_out;
	// While the old one is suspended the new one waits.
	enum card_validity worth = delivery_standing(t, old_card->number);
	if (worth == card_validity_suspended)
		return refused(old_card, card_not_valid);
	// One that is lost, or went up damaged with form 3 (domain.md §6.4), is not with the member.
	if (old_card->place == card_place_member && worth != card_validity_lost && !m->old_collected)
		return refused(old_card, old_card_missing);
	return carried_out;
}

static void card_goes_out(struct turn *t, struct card_at *card)
{
	uint64_t cell = card->custodian;
	delivery_card_unpacked(t, card);
	ensure(card_place_step(card->place, card_place_event_handed_over, &card->row.place));
	card->row.custodian = cell;
	card->row.handed = true;
	delivery_cards_put(t->tx, card->number, &card->row);
	delivery_ledger_count(t->tx, cell, account_custody, card->row.generation, ledger_column_delivered, 1);
	delivery_ledger_count(t->tx, cell, account_members, card->row.generation, ledger_column_received, 1);
}

static void on_hand_over_given(struct turn *t, const struct origin *o, const struct hand_over_given *m)
{
	uint64_t number = 0;
	struct delivery_cards_row row = { 0 };
	bool known = card_of_number(t, m->member, m->card_number, &number, &row);
	struct card_at card = known ? delivery_card_at(t, number) : (struct card_at){ .known = false };
	struct card_at old = known && row.has_old_card ? delivery_card_at(t, row.old_card) : (struct card_at){ .known = false };
	struct refusal refusal = hand_over_refusal(t, o, m, &card, &old);
	turn_subject(t, subject_of(subject_kind_member, m->member));
	if (refusal.reason == reason_none) {
		bool given_now = old.known && old.place == card_place_member && m->old_collected;
		// One that went up before (form 3, or found and collected) was collected too.
		bool given_before = old.known && old.place != card_place_member && old.place != card_place_family;
		card_goes_out(t, &card);
		emit_card_handed_over(t, &(struct card_handed_over){
						 .card = number, .has_old_card = row.has_old_card, .old_card = row.old_card,
						 .old_collected = given_now || given_before, .receipt = m->receipt,
						 .has_proof = m->has_proof, .proof = m->proof, .date = m->date,
						 .cell = card.row.custodian });
		if (given_now || given_before) // nobody gets it back
			delivery_standing_ended(t, old.number);
		if (given_now) {
			delivery_card_collected(t, &old, card.row.custodian);
			emit_old_card_collected(t, &(struct old_card_collected){ .card = old.number,
				.cell = card.row.custodian });
		}
		emit_request_delivered(t, &(struct request_delivered){ .request = row.request, .member = m->member });
	}
	delivery_row_ended(t, m->submission, m->row, refusal);
}

static void on_hand_overs_ended(struct turn *t, const struct origin *o, const struct hand_overs_ended *m)
{
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	delivery_act_ended(t, m->submission, m->rows ? carried_out : refused(whole, empty), false, 0);
}

// ---- what becomes of holders and of the worth of their cards ----

// A damaged or misprinted card that goes up with form 3 (D11, domain.md §6.4).
static void on_card_enclosed(struct turn *t, const struct origin *o, const struct card_enclosed *m)
{
	(void)o;
	struct card_at card = delivery_card_at(t, m->card);
	turn_subject(t, subject_of(subject_kind_member, card_member(m->card)));
	if (!card.known || card.place != card_place_member) {
		delivery_card_refused(t, m->card, card.known ? &card.row : NULL, card_place_event_collected,
				      card.known ? reason_wrong_state : reason_unknown);
		return;
	}
	delivery_card_collected(t, &card, m->cell);
	emit_old_card_collected(t, &(struct old_card_collected){ .card = m->card, .cell = m->cell });
}

static void tell_cell(struct turn *t, const struct card_at *card, enum card_validity validity)
{
	emit_recovery_due(t, &(struct recovery_due){ .organisation = card->custodian, .card = card->number,
						     .number = card->row.number, .validity = validity });
}

// Also of a card that is still to be made: what revocation said of it is found when it is there.
static void on_card_standing(struct turn *t, const struct origin *o, const struct card_standing *m)
{
	(void)o;
	struct card_at card = delivery_card_at(t, m->card);
	turn_subject(t, subject_of(subject_kind_member, card_member(m->card)));
	if (m->validity == card_validity_active)
		delivery_standing_delete(t->tx, m->card);
	else
		delivery_standing_put(t->tx, m->card, &(struct delivery_standing_row){ m->validity, m->since });
	if (!card.known)
		return;
	bool with_member = card.row.has_place && card.place == card_place_member;
	if (m->validity == card_validity_retained_by_family && with_member) {
		ensure(card_place_step(card.row.place, card_place_event_holder_died, &card.row.place));
		delivery_cards_put(t->tx, m->card, &card.row);
		emit_card_moved(t, &(struct card_moved){ .card = m->card, .place = card.row.place,
			.custodian = card.row.custodian });
	} else if (with_member && card_is_due(m->validity)) {
		tell_cell(t, &card, m->validity);
	}
}

// Cards in the hands of a member who moved are at their new cell; one on its way to the old cell is sent on by pack_cards.
static void on_member_moved(struct turn *t, const struct origin *o, const struct member_moved *m)
{
	struct card_at card = { .known = true };
	(void)o;
	turn_subject(t, subject_of(subject_kind_member, m->member));
	for (uint64_t at = card_of(m->member, 0);
	     delivery_cards_first(t->tx, at, &card.number, &card.row) && card_member(card.number) == m->member;
	     at = card.number + 1) {
		if (!card.row.has_place || (card.row.place != card_place_member && card.row.place != card_place_family) ||
		    card.row.custodian == m->to)
			continue;
		delivery_ledger_count(t->tx, card.row.custodian, account_members, card.row.generation,
			ledger_column_sent_on, 1);
		delivery_ledger_count(t->tx, m->to, account_members, card.row.generation, ledger_column_received, 1);
		card.row.custodian = m->to;
		delivery_cards_put(t->tx, card.number, &card.row);
		emit_card_moved(t, &(struct card_moved){ .card = card.number, .place = card.row.place, .custodian = m->to });
	}
}

// ---- an organisation ended ----

static void on_merging(struct turn *t, const struct origin *o, const struct merging *m)
{
	struct merging rest = *m;
	(void)o;
	if (!delivery_merge(t, &rest))
		leave_merging(t, &rest);
}

static void on_organisation_merged(struct turn *t, const struct origin *o, const struct organisation_merged *m)
{
	struct delivery_organisations_row row = { 0 };
	delivery_organisations_get(t->tx, m->code, &row);
	on_merging(t, o, &(struct merging){ .code = m->code, .into = m->into ? m->into : row.parent });
}

// ---- acts on cards ----

static void on_place_act_opened(struct turn *t, const struct origin *o, const struct place_act_opened *m)
{
	delivery_cards_opened(t, o, m);
}

static void on_place_act_row(struct turn *t, const struct origin *o, const struct place_act_row *m)
{
	delivery_cards_row_given(t, o, m);
}

static void on_place_act_ended(struct turn *t, const struct origin *o, const struct place_act_ended *m)
{
	delivery_cards_ended(t, o, m);
}

static void on_destruction_ordered(struct turn *t, const struct origin *o, const struct destruction_ordered *m)
{
	delivery_destroy(t, o, m);
}

static void on_destruction_ended(struct turn *t, const struct origin *o, const struct destruction_ended *m)
{
	delivery_destroyed(t, o, m);
}

const struct service delivery_service = {
	.name = "delivery",
	.id = service_id_delivery,
	.fold_version = 3,
	.inputs = delivery_inputs,
	.tables = delivery_tables,
	.queries = delivery_questions,
	.sources = delivery_sources,
};
