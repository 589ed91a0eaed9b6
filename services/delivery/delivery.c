// Delivery decides where each card is and who has it: at the facility, in a box on its way or in an organisation's
// keeping, in a member's hands.  It counts what arrives against what was declared, takes the receipt and the old
// card at hand-over, and keeps the conservation ledger of every organisation in the same turn.  It never decides who gets
// a card (approval), what number it bears (printing) or what it is worth (revocation), and it never repairs a count:
// a box that differs stays in transit until somebody explains it.
//
// A card in a box has no place of its own: it is where its box is.  So a move costs one row a box, however many
// cards are in it and however many levels it goes down.

#include "delivery/delivery.h"

#include "delivery/ledger.h"
#include "domain/organisation.h"
#include "gen/delivery.h"
#include "runtime/turn.h"
#include "base/ensure.h"
#include "base/subject.h"

// ---- organisations ----

static bool parent_of(void *context, uint64_t code, uint64_t *parent, enum org_level *level)
{
	struct delivery_organisations_row row;
	if (!delivery_organisations_get(context, code, &row))
		return false;
	*parent = row.parent;
	*level = row.level;
	return true;
}

static struct organisation_tree tree_of(struct turn *t)
{
	return (struct organisation_tree){ .context = t->tx, .parent = parent_of };
}

static void on_organisation_registered(struct turn *t, const struct origin *o, const struct organisation_registered *m)
{
	(void)o;
	delivery_organisations_put(t->tx, m->code,
				   &(struct delivery_organisations_row){ .parent = m->parent, .level = m->level });
}

// ---- the conservation ledger ----

// What the facility prints are chip cards, always (domain.md §6.2).
static void ledger_box(struct turn *t, uint64_t organisation, enum ledger_column column, uint32_t cards)
{
	delivery_ledger_count(t->tx, organisation, account_custody, card_generation_chip_2025, column, cards);
}

// ---- submissions: what came of their rows ----

struct refusal {
	enum field field;
	enum reason reason;
};

#define carried_out ((struct refusal){ field_whole, reason_none })
#define refused(f, r) ((struct refusal){ field_##f, reason_##r })

static void row_ended(struct turn *t, uint64_t submission, uint32_t row, struct refusal refusal)
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
	delivery_acts_put(t->tx, submission, &act);
}

static void act_ended(struct turn *t, uint64_t submission, struct refusal whole, bool has_number, uint64_t number)
{
	struct delivery_acts_row act = { 0 };
	if (delivery_acts_get(t->tx, submission, &act))
		delivery_acts_delete(t->tx, submission);
	emit_act_closed(t, &(struct act_closed){ .submission = submission, .reason = whole.reason, .field = whole.field,
						 .accepted = act.accepted, .refused = act.refused,
						 .has_number = has_number, .number = number });
}

// ---- cards come into being ----

static void card_refused(struct turn *t, uint64_t card, const struct delivery_cards_row *row,
			 enum card_place_event event, enum reason reason)
{
	struct card_event_refused refused = { .card = card, .event = event, .reason = reason };
	if (row && row->has_place) {
		refused.place = row->place;
		refused.has_place = true;
	}
	turn_subject(t, subject_of(subject_kind_member, card_member(card)));
	emit_card_event_refused(t, &refused);
}

static void on_card_opened(struct turn *t, const struct origin *o, const struct card_opened *m)
{
	(void)o;
	struct delivery_cards_row row;
	if (delivery_cards_get(t->tx, m->card, &row)) {
		card_refused(t, m->card, &row, card_place_event_handed_over, reason_already_done);
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
		card_refused(t, m->card, &row, card_place_event_produced, reason_already_done);
		return;
	}
	row = (struct delivery_cards_row){ .number = m->number, .generation = card_generation_chip_2025,
					   .custodian = m->facility, .has_place = true,
					   .has_request = true, .request = m->request,
					   .has_old_card = m->has_old_card, .old_card = m->old_card };
	if (!card_place_step(card_place_stock, card_place_event_produced, &row.place))
		return;
	delivery_cards_put(t->tx, m->card, &row);
	ledger_box(t, m->facility, ledger_column_received, 1);
}

// A card that did not pass the facility's check, before or after it was reported as good, stays there for destruction.
static void on_card_spoiled(struct turn *t, const struct origin *o, const struct card_spoiled *m)
{
	(void)o;
	struct delivery_cards_row row = { .generation = card_generation_chip_2025, .custodian = m->facility,
					  .has_place = true, .place = card_place_facility };
	if (!delivery_cards_get(t->tx, m->card, &row)) {
		ledger_box(t, m->facility, ledger_column_received, 1);
	} else if (row.spoiled || !row.has_place || row.place != card_place_facility) {
		card_refused(t, m->card, &row, card_place_event_produced,
			     row.spoiled ? reason_already_done : reason_wrong_state);
		return;
	}
	row.spoiled = true;
	delivery_cards_put(t->tx, m->card, &row);
	ledger_box(t, row.custodian, ledger_column_spoiled_or_lost, 1);
}

// ---- boxes ----

static void box_told(struct turn *t, uint64_t box, const struct delivery_boxes_row *row, const uint32_t *counted)
{
	struct box_moved moved = { .box = box, .place = row->place, .custodian = row->custodian,
				   .shipment = row->has_shipment ? row->shipment : 0, .declared = row->declared };
	if (counted) {
		moved.counted = *counted;
		moved.has_counted = true;
	}
	turn_subject(t, subject_of(subject_kind_box, box));
	emit_box_moved(t, &moved);
}

// The box waits with `organisation` until a shipment takes it toward its cell.  `arrival` is the entry that brought it.
static void box_waits(struct turn *t, uint64_t organisation, uint64_t toward, uint64_t arrival, uint64_t box, uint32_t cards)
{
	struct delivery_waiting_row waiting = { 0 };
	delivery_waiting_get(t->tx, organisation, toward, &waiting);
	if (waiting.boxes++ == 0)
		waiting.first = arrival;
	waiting.cards += cards;
	waiting.last = arrival;
	delivery_waiting_put(t->tx, organisation, toward, &waiting);
	delivery_held_put(t->tx, organisation, toward, arrival, &(struct delivery_held_row){ .box = box });
}

// Into the box goes a good card of that facility that is in no other.
static bool card_fits(struct turn *t, uint64_t card, uint64_t box, uint64_t *facility)
{
	struct delivery_cards_row row;
	bool known = delivery_cards_get(t->tx, card, &row);
	if (!known || row.spoiled || !row.has_place || row.place != card_place_facility ||
	    (*facility != 0 && row.custodian != *facility)) {
		card_refused(t, card, known ? &row : NULL, card_place_event_sent, known ? reason_wrong_state : reason_unknown);
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
			card_refused(t, m->cards[i], NULL, card_place_event_sent, reason_duplicate);
		return;
	}
	uint64_t facility = 0;
	row = (struct delivery_boxes_row){ .destination = m->destination, .seal = m->seal, .place = card_place_facility };
	for (size_t i = 0; i < m->cards_count; i++)
		row.declared += card_fits(t, m->cards[i], m->box, &facility);
	if (row.declared == 0)
		return;
	row.left = row.declared;
	row.custodian = facility;
	box_told(t, m->box, &row, NULL);
	delivery_boxes_put(t->tx, m->box, &row);
	box_waits(t, facility, o->submission, o->entry, m->box, row.declared);
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
	box_told(t, box, &row, NULL);
	turn_subject(t, subject_of(subject_kind_shipment, shipment));
	emit_shipment_box(t, &(struct shipment_box){ .shipment = shipment, .to = s->to, .box = box, .cards = row.declared,
						     .destination = row.destination, .seal = row.seal });
	delivery_boxes_put(t->tx, box, &row);
	ledger_box(t, s->from, ledger_column_sent_on, row.declared);
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
	return row.parent == from ? refused(box, empty) : refused(organisation, outside_subtree);
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
		act_ended(t, m->submission, why, false, 0);
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
							       .declared = box->declared, .counted = m->counted,
							       .seal_intact = m->seal_intact });
	box->differs = true;
	box->broken = !m->seal_intact;
	delivery_boxes_put(t->tx, m->box, box);
}

static void box_received(struct turn *t, const struct origin *o, const struct box_counted *m, struct delivery_boxes_row *box)
{
	ensure(card_place_step(box->place, card_place_event_received, &box->place));
	box->custodian = o->organisation;
	box_told(t, m->box, box, &m->counted);
	if (box->differs)
		emit_discrepancy_settled(t, &(struct discrepancy_settled){ .shipment = m->shipment, .box = m->box,
									   .counted = m->counted });
	box->differs = false;
	delivery_boxes_put(t->tx, m->box, box);
	ledger_box(t, o->organisation, ledger_column_received, box->declared);
	struct organisation_tree tree = tree_of(t);
	uint64_t toward = box->destination == o->organisation
				  ? 0
				  : organisation_step_down(&tree, o->organisation, box->destination);
	if (toward != 0) // else it is there, or stands where no way leads on: the audit names such a box
		box_waits(t, o->organisation, toward, o->entry, m->box, box->declared);
}

static void on_box_counted(struct turn *t, const struct origin *o, const struct box_counted *m)
{
	struct delivery_shipments_row s;
	struct delivery_boxes_row box;
	bool has_shipment = delivery_shipments_get(t->tx, m->shipment, &s);
	bool has_box = delivery_boxes_get(t->tx, m->box, &box);
	struct refusal refusal = receivable(o, m, has_shipment ? &s : NULL, has_box ? &box : NULL);
	if (refusal.reason == reason_none && (m->counted != box.declared || !m->seal_intact)) {
		box_differs(t, m, &box);
		refusal = m->seal_intact ? refused(count, count_differs) : refused(box, count_differs);
	} else if (refusal.reason == reason_none) {
		s.received++;
		delivery_shipments_put(t->tx, m->shipment, &s);
		ensure(delivery_boxes_get(t->tx, m->box, &box)); // what it points to moved with that write
		box_received(t, o, m, &box);
	}
	turn_subject(t, subject_of(subject_kind_shipment, m->shipment));
	row_ended(t, m->submission, m->row, refusal);
}

static void on_receiving_ended(struct turn *t, const struct origin *o, const struct receiving_ended *m)
{
	(void)o;
	turn_subject(t, subject_of(subject_kind_shipment, m->shipment));
	act_ended(t, m->submission, m->rows ? carried_out : refused(whole, empty), true, m->shipment);
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
	struct organisation_tree tree = tree_of(t);
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
					const struct delivery_cards_row *card, const struct delivery_boxes_row *box,
					const struct delivery_cards_row *old_card)
{
	if (!card)
		return refused(card_number, unknown);
	if (card->has_place && card->place == card_place_member)
		return refused(card_number, already_done);
	if (!box || box->place != card_place_custody || box->custodian != box->destination)
		return refused(card_number, not_here);
	struct refusal allowed = hand_over_allowed(t, o, m->member, box->custodian);
	if (allowed.reason != reason_none)
		return allowed;
	if (!m->has_proof)
		return refused(receipt, no_receipt);
	if (m->date > turn_date(t))
		return refused(receipt, out_of_range);
	// One that is lost, or went up damaged with form 3 (domain.md §6.4), is not with the member.
	if (old_card && old_card->has_place && old_card->place == card_place_member && !m->old_collected)
		return refused(old_card, old_card_missing);
	return carried_out;
}

static void old_card_comes_in(struct turn *t, uint64_t card, struct delivery_cards_row *row, uint64_t cell)
{
	delivery_ledger_count(t->tx, row->custodian, account_members, row->generation, ledger_column_sent_on, 1);
	delivery_ledger_count(t->tx, cell, account_custody, row->generation, ledger_column_received, 1);
	ensure(card_place_step(row->place, card_place_event_collected, &row->place));
	row->custodian = cell;
	delivery_cards_put(t->tx, card, row);
	emit_old_card_collected(t, &(struct old_card_collected){ .card = card, .cell = cell });
}

static void card_goes_out(struct turn *t, uint64_t card, struct delivery_cards_row *row, struct delivery_boxes_row *box)
{
	uint64_t cell = box->custodian;
	ensure(card_place_step(box->place, card_place_event_handed_over, &row->place));
	row->has_place = true;
	row->custodian = cell;
	box->left--;
	delivery_boxes_put(t->tx, row->box, box);
	delivery_cards_put(t->tx, card, row);
	delivery_ledger_count(t->tx, cell, account_custody, row->generation, ledger_column_delivered, 1);
	delivery_ledger_count(t->tx, cell, account_members, row->generation, ledger_column_received, 1);
}

static void on_hand_over_given(struct turn *t, const struct origin *o, const struct hand_over_given *m)
{
	struct delivery_cards_row card = { 0 }, old_card = { 0 };
	struct delivery_boxes_row box = { 0 };
	uint64_t number = 0;
	bool known = card_of_number(t, m->member, m->card_number, &number, &card);
	bool boxed = known && !card.has_place && delivery_boxes_get(t->tx, card.box, &box);
	bool replaces = known && card.has_old_card && delivery_cards_get(t->tx, card.old_card, &old_card);
	struct refusal refusal = hand_over_refusal(t, o, m, known ? &card : NULL, boxed ? &box : NULL,
						   replaces ? &old_card : NULL);
	turn_subject(t, subject_of(subject_kind_member, m->member));
	if (refusal.reason == reason_none) {
		bool collected = replaces && old_card.has_place && old_card.place == card_place_member;
		card_goes_out(t, number, &card, &box);
		emit_card_handed_over(t, &(struct card_handed_over){
						 .card = number, .has_old_card = card.has_old_card, .old_card = card.old_card,
						 .old_collected = collected, .receipt = m->receipt, .has_proof = m->has_proof,
						 .proof = m->proof, .date = m->date, .cell = card.custodian });
		if (collected)
			old_card_comes_in(t, card.old_card, &old_card, card.custodian);
		emit_request_delivered(t, &(struct request_delivered){ .request = card.request, .member = m->member });
	}
	row_ended(t, m->submission, m->row, refusal);
}

static void on_hand_overs_ended(struct turn *t, const struct origin *o, const struct hand_overs_ended *m)
{
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	act_ended(t, m->submission, m->rows ? carried_out : refused(whole, empty), false, 0);
}

const struct service delivery_service = {
	.name = "delivery",
	.id = service_id_delivery,
	.fold_version = 1,
	.inputs = delivery_inputs,
	.tables = delivery_tables,
	.queries = delivery_questions,
	.sources = delivery_sources,
};
