// Printing decides numbers, copies and print orders: which number a member has for life, which copy a card
// is, which records an order holds, and what the facility made of each (order-info, delivery-info and
// complaint-info of BSI TR-03123).  Cards that went wrong are offered again under the next copy and never
// come back.  It never decides who gets a card (approval), where a card is (delivery) or what it is worth
// (revocation), and it never sees a name or a photo: the door adds those for the facility.
//
// domain.md §3, invariants 2 and 3 live here: numbers.c keeps the register of numbers and copies; every
// chip serial and every chip key that a facility ever named is in a table, and named once.

#include "printing/printing.h"

#include <string.h>

#include "base/fault.h"
#include "base/subject.h"
#include "gen/printing.h"
#include "gen/printing_settings.h"
#include "printing/book.h"
#include "printing/changes.h"
#include "printing/numbers.h"
#include "printing/orders.h"
#include "printing/recall.h"
#include "printing/silence.h"
#include "printing/stock.h"
#include "runtime/turn.h"

#define order_records_max 60000
#define index_max 65535 // item_of: record and box numbers of an order

// ---- what others decided ----

static void on_organisation_registered(struct turn *t, const struct origin *o, const struct organisation_registered *m)
{
	(void)o;
	printing_organisations_put(t->tx, m->code,
				   &(struct printing_organisations_row){ .parent = m->parent, .level = m->level,
									 .has_party_code = m->has_party_code,
									 .party_code = m->party_code });
	struct printing_party_codes_row code = { 0 };
	if (!m->has_party_code)
		return;
	printing_party_codes_get(t->tx, m->party_code, &code);
	code.organisation = m->code;
	printing_party_codes_put(t->tx, m->party_code, &code);
}

// A card in use when the site started: its number is never given again (domain.md §6.0).
static void on_card_opened(struct turn *t, const struct origin *o, const struct card_opened *m)
{
	uint64_t holder = 0;
	enum reason reason = printing_numbers_in_use(t->tx, m->member, m->number, card_copy(m->card), &holder);
	(void)o;
	if (reason == reason_none)
		return;
	printing_subject_member(t, m->member);
	emit_number_conflict(t, &(struct number_conflict){ .member = m->member, .number = m->number, .has_holder = holder != 0,
							   .holder = holder, .reason = reason });
}

// ---- submissions: what came of their rows ----

static struct printing_acts_row act_ended(struct turn *t, uint64_t submission)
{
	struct printing_acts_row act = { 0 };
	if (printing_acts_get(t->tx, submission, &act))
		printing_acts_delete(t->tx, submission);
	return act;
}

// ---- approved lists ----

static void approved_refused(struct turn *t, uint64_t group, uint64_t request, enum reason reason)
{
	turn_subject(t, subject_of(subject_kind_group, group));
	emit_approved_refused(t, &(struct approved_refused){ .group = group, .has_request = request != 0, .request = request,
							     .reason = reason });
}

static void on_approved_list_opened(struct turn *t, const struct origin *o, const struct approved_list_opened *m)
{
	(void)o;
	if (printing_groups_get(t->tx, m->group, &(struct printing_groups_row){ 0 })) {
		approved_refused(t, m->group, 0, reason_duplicate);
		return;
	}
	printing_groups_put(t->tx, m->group,
			    &(struct printing_groups_row){ .kind = m->kind, .reason = m->reason, .superior = m->superior,
							   .attached = m->attached, .decision_number = m->decision_number,
							   .decision_date = m->decision_date, .count = m->count,
							   .state = group_state_arriving, .submission = m->submission });
}

static void on_request_approved(struct turn *t, const struct origin *o, const struct request_approved *m)
{
	struct printing_groups_row group;
	bool known = printing_groups_get(t->tx, m->group, &group);
	(void)o;
	if (!known || group.state != group_state_arriving) {
		approved_refused(t, m->group, m->request, known ? reason_wrong_state : reason_unknown);
		return;
	}
	// A member who gets a number by other ways later is counted all the same: it can only be too many.
	bool numbered = group.kind == request_kind_new && printing_number_needed(t->tx, m->member);
	group.arrived++;
	group.numbers += numbered;
	printing_groups_put(t->tx, m->group, &group);
	printing_approved_put(t->tx, m->group, group.arrived,
			      &(struct printing_approved_row){ .request = m->request, .member = m->member, .cell = m->cell,
							       .photo = m->photo, .has_old_card = m->has_old_card,
							       .old_card = m->old_card, .numbered = numbered });
}

static void on_approved_list_ended(struct turn *t, const struct origin *o, const struct approved_list_ended *m)
{
	struct printing_groups_row group;
	bool known = printing_groups_get(t->tx, m->group, &group);
	(void)o;
	turn_subject(t, subject_of(subject_kind_group, m->group));
	if (!known || group.state != group_state_arriving) {
		approved_refused(t, m->group, 0, known ? reason_wrong_state : reason_unknown);
		printing_act_refused(t, m->submission, known ? refused(list, already_done) : refused(list, unknown));
		return;
	}
	bool whole = group.arrived == m->count && group.count == m->count;
	group.state = whole ? group_state_approved : group_state_broken;
	printing_groups_put(t->tx, m->group, &group);
	if (!whole) {
		printing_act_refused(t, m->submission, refused(count, count_differs));
		return;
	}
	emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .accepted = m->count, .refused = m->left_out,
						 .has_number = true, .number = m->group });
}

// ---- recalls: a withdrawn request, or one whose member is in standing no more ----

static void on_approved_recalled(struct turn *t, const struct origin *o, const struct approved_recalled *m)
{
	enum reason reason = printing_recall(t, m);
	(void)o;
	printing_subject_member(t, m->member);
	emit_recall_answered(t, &(struct recall_answered){ .request = m->request, .member = m->member,
							   .stopped = reason == reason_none, .reason = reason });
}

static void on_order_change_given(struct turn *t, const struct origin *o, const struct order_change_given *m)
{
	printing_order_change(t, o, m);
}

static void on_order_silent(struct turn *t, const struct origin *o, const struct order_silent *m)
{
	(void)o;
	printing_silence_due(t, m);
}

static void on_order_reoffering(struct turn *t, const struct origin *o, const struct order_reoffering *m)
{
	(void)o;
	printing_reoffer(t, m);
}

static void on_stock_given(struct turn *t, const struct origin *o, const struct stock_given *m)
{
	turn_subject(t, subject_of(subject_kind_organisation, m->place));
	printing_row_ended(t, m->submission, m->row, printing_stock_keep(t, o, m));
}

// ---- number blocks ----

static struct printing_refusal grant(struct turn *t, const struct origin *o, const struct numbers_granted *m)
{
	struct organisation_tree tree = printing_tree(t);
	struct printing_party_codes_row code;
	if (o->role != role_central_board)
		return refused(actor, role_not_allowed);
	if (!printing_party_codes_get(t->tx, m->party_code, &code))
		return refused(party_code, unknown);
	if (!organisation_within(&tree, code.organisation, o->organisation))
		return refused(party_code, outside_subtree);
	return (struct printing_refusal){ field_number_block,
				 printing_numbers_grant(t->tx, m->party_code, m->first, m->last, m->submission) };
}

static void on_numbers_granted(struct turn *t, const struct origin *o, const struct numbers_granted *m)
{
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	printing_row_ended(t, m->submission, m->row, grant(t, o, m));
}

// ---- placing an order ----

// A record of the order comes into being: a copy is reserved, the facility finds a letter.  `record` holds
// everything but card and state.  reason_none, or too_many: no copy or no index is left.
static enum reason record_offer(struct turn *t, uint64_t number, struct printing_orders_row *order,
				struct printing_records_row *record)
{
	unsigned copy = order->last_index < index_max ? printing_copy_next(t->tx, record->member) : 0;
	if (copy == 0)
		return reason_too_many;
	uint32_t index = ++order->last_index;
	record->card = card_of(record->member, copy);
	printing_record_offered(order, record);
	printing_records_put(t->tx, number, index, record);
	printing_subject_member(t, record->member);
	emit_card_reserved(t, &(struct card_reserved){ .card = record->card, .number = record->number,
						       .request = record->request, .order = number, .index = index,
						       .has_old_card = record->has_old_card, .old_card = record->old_card });
	printing_record_tell(t, number, order, index, record);
	return reason_none;
}

// One row of the approved list: a number, or the reason why the member goes back.
static void position_ordered(struct turn *t, const struct order_listing *at, struct printing_orders_row *order,
			     enum request_kind kind, const struct printing_organisations_row *attached)
{
	struct printing_approved_row item;
	if (!printing_approved_get(t->tx, order->group, at->position, &item) || item.recalled)
		return;
	struct printing_records_row record = { .request = item.request, .member = item.member, .cell = item.cell,
					       .photo = item.photo, .has_old_card = item.has_old_card,
					       .old_card = item.old_card };
	enum reason reason = printing_number_of(t->tx, item.member, kind == request_kind_new, attached->has_party_code,
						attached->party_code, &order->promised, &record.number);
	if (reason == reason_none)
		reason = record_offer(t, at->order, order, &record);
	if (reason == reason_none)
		return;
	order->unplaced++;
	printing_subject_member(t, item.member);
	emit_record_refused(t, &(struct record_refused){ .request = item.request, .member = item.member, .order = at->order,
							 .reason = reason });
	emit_row_refused(t, &(struct row_refused){ .submission = at->submission, .row = at->position, .field = field_card_number,
						   .reason = reason, .has_request = true, .request = item.request });
}

static void order_listed(struct turn *t, uint64_t submission, uint64_t number, struct printing_orders_row *order,
			 uint16_t party_code)
{
	enum print_order_event event = order->last_index > 0 ? print_order_event_listed : print_order_event_none_listed;
	uint32_t listed = order->quantity - order->unplaced;
	if (!print_order_step(order->state, event, &order->state))
		return;
	printing_numbers_give_back(t->tx, party_code, order->promised);
	order->promised = 0;
	order->cost = order->unit_cost * listed;
	printing_order_settle(order); // the facility may have answered while the list was told
	printing_orders_put(t->tx, number, order);
	printing_subject_order(t, number);
	printing_silence_watch(t, number, order);
	emit_order_ended(t, &(struct order_ended){ .order = number, .facility = order->facility, .quantity = listed });
	printing_order_moved(t, number, order);
	emit_act_closed(t, &(struct act_closed){ .submission = submission, .has_number = true, .number = number,
						 .field = listed ? field_whole : field_order,
						 .reason = listed ? reason_none : reason_empty, .accepted = listed,
						 .refused = order->unplaced });
}

static void on_order_listing(struct turn *t, const struct origin *o, const struct order_listing *m)
{
	struct order_listing rest = *m;
	struct printing_organisations_row attached = { 0 };
	struct printing_groups_row group;
	struct printing_orders_row order;
	(void)o;
	if (!printing_orders_get(t->tx, rest.order, &order) || !printing_groups_get(t->tx, order.group, &group))
		return;
	enum request_kind kind = group.kind;
	uint32_t last = group.count;
	printing_organisations_get(t->tx, order.attached, &attached);
	for (; rest.position <= last && turn_room(t) >= 2; rest.position++)
		position_ordered(t, &rest, &order, kind, &attached);
	if (rest.position > last && turn_room(t) >= 3) {
		order_listed(t, rest.submission, rest.order, &order, attached.party_code);
		return;
	}
	printing_orders_put(t->tx, rest.order, &order);
	leave_order_listing(t, &rest);
}

static struct printing_refusal order_refusal(struct turn *t, const struct origin *o, const struct order_requested *m, bool known,
				    const struct printing_groups_row *group)
{
	struct organisation_tree tree = printing_tree(t);
	if (o->role != role_central_board)
		return refused(actor, role_not_allowed);
	if (!known)
		return refused(list, unknown);
	if (!organisation_within(&tree, group->attached, o->organisation))
		return refused(list, outside_subtree);
	if (group->state != group_state_approved)
		return refused(list, wrong_state);
	if (group->count > order_records_max)
		return refused(count, too_many);
	if (!printing_organisations_get(t->tx, m->facility, NULL))
		return refused(organisation, unknown);
	return m->template == 0 ? refused(order, missing) : carried_out;
}

// The list's new numbers are kept for it before the first is given: too few, and it stays as it is until more are granted.
static struct printing_refusal numbers_refusal(struct turn *t, const struct printing_groups_row *group)
{
	struct printing_organisations_row attached = { 0 };
	printing_organisations_get(t->tx, group->attached, &attached);
	return (struct printing_refusal){ field_number_block,
					  printing_numbers_promise(t->tx, attached.has_party_code, attached.party_code,
								   group->numbers) };
}

static uint64_t order_next(struct turn *t)
{
	uint64_t last;
	return printing_orders_last(t->tx, &last, NULL) ? last + 1 : 1;
}

static void on_order_requested(struct turn *t, const struct origin *o, const struct order_requested *m)
{
	struct printing_groups_row group;
	bool known = printing_groups_get(t->tx, m->group, &group);
	struct printing_refusal refusal = order_refusal(t, o, m, known, &group);
	if (refusal.reason == reason_none)
		refusal = numbers_refusal(t, &group);
	if (refusal.reason != reason_none) {
		turn_subject(t, subject_of(subject_kind_group, m->group));
		printing_act_refused(t, m->submission, refusal);
		return;
	}
	uint64_t number = order_next(t);
	struct printing_orders_row order = { .group = m->group, .facility = m->facility, .template = m->template,
					     .attached = group.attached, .unit_cost = m->unit_cost,
					     .state = print_order_listing, .quantity = group.count - group.recalled,
					     .submission = m->submission, .placed = turn_date(t),
					     .standing = order_standing_running, .priority = printing_priority_usual,
					     .board = o->organisation, .actor = o->actor, .heard = t->time_ms,
					     .silence = order_silence_heard, .promised = group.numbers };
	group.state = group_state_ordered;
	group.order = number;
	group.has_order = true;
	printing_groups_put(t->tx, m->group, &group);
	printing_orders_append(t->tx, number, &order);
	printing_subject_order(t, number);
	emit_order_opened(t, &(struct order_opened){ .order = number, .facility = m->facility, .template = m->template,
						     .quantity = order.quantity, .attached = order.attached });
	on_order_listing(t, o, &(struct order_listing){ .submission = m->submission, .order = number, .position = 1 });
}

// ---- what the facility says ----

// An order is its facility's only; for others it is not there to be touched.
static struct printing_refusal facility_refusal(const struct origin *o, bool known, const struct printing_orders_row *order)
{
	if (o->role != role_print_facility)
		return refused(actor, role_not_allowed);
	if (!known)
		return refused(order, unknown);
	return order->facility != o->organisation ? refused(order, not_addressee) : carried_out;
}

static struct printing_refusal record_find(struct turn *t, const struct origin *o, uint64_t number, uint32_t index,
				  struct printing_orders_row *order, struct printing_records_row *record)
{
	bool known = printing_orders_get(t->tx, number, order);
	struct printing_refusal refusal = facility_refusal(o, known, order);
	if (refusal.reason == reason_none && !printing_records_get(t->tx, number, index, record))
		refusal = refused(item, not_in_order);
	return refusal;
}

static struct printing_refusal record_step(struct printing_orders_row *order, struct printing_records_row *record,
				  enum print_record_event event)
{
	if (record->state == print_record_stopped)
		return refused(item, record_stopped);
	return (struct printing_refusal){ field_item, printing_record_step(order, record, event) };
}

static void request_refused(struct turn *t, uint64_t order, uint32_t index, const struct printing_records_row *record,
			    enum reason reason)
{
	printing_subject_member(t, record->member);
	emit_record_refused(t, &(struct record_refused){ .request = record->request, .member = record->member, .order = order,
							 .index = index, .reason = reason });
}

// The copy that was reserved stays used up, its card is never made, and the number stays the member's.
static void record_returned(struct turn *t, uint64_t order, uint32_t index, const struct printing_records_row *record,
			    enum reason reason)
{
	request_refused(t, order, index, record, reason);
	printing_card_cancel(t, order, index, record, reason);
}

static void on_record_answered(struct turn *t, const struct origin *o, const struct record_answered *m)
{
	struct printing_orders_row order;
	struct printing_records_row record;
	struct printing_refusal refusal = record_find(t, o, m->order, m->index, &order, &record);
	if (refusal.reason == reason_none)
		refusal = record_step(&order, &record, m->accepted ? print_record_event_accept : print_record_event_refuse);
	if (refusal.reason == reason_none) {
		printing_records_put(t->tx, m->order, m->index, &record);
		if (!m->accepted)
			record_returned(t, m->order, m->index, &record,
					m->reason != reason_none ? m->reason : reason_facility_data);
		printing_order_heard(t, &order);
		printing_order_put(t, m->order, &order);
	}
	printing_subject_order(t, m->order);
	printing_row_ended(t, m->submission, m->row, refusal);
}

// The chip that the record already has: a card that was good and is bad now.
static bool chip_is(const struct printing_records_row *record, const struct print_reported *m)
{
	return record->has_serial && m->has_serial && memcmp(record->serial, m->serial, sizeof record->serial) == 0;
}

// Serial and key are worth nothing if they occurred before, on whichever card (invariant 3).
static struct printing_refusal chip_refusal(struct turn *t, const struct print_reported *m,
					    const struct printing_records_row *record)
{
	if (chip_is(record, m))
		return carried_out;
	if (record->has_serial && m->has_serial)
		return refused(serial, differs);
	if (m->good && !m->has_serial)
		return refused(serial, missing);
	if (m->good && !m->has_public_key)
		return refused(public_key, missing);
	if (m->has_serial && printing_serials_get(t->tx, m->serial, NULL) && !fault_is(serial_again))
		return refused(serial, serial_used);
	if (m->has_public_key && printing_chip_keys_get(t->tx, &m->public_key, NULL))
		return refused(public_key, key_used);
	return carried_out;
}

static void chip_noted(struct turn *t, const struct print_reported *m, struct printing_records_row *record)
{
	if (m->has_serial) {
		printing_serials_put(t->tx, m->serial, &(struct printing_serials_row){ .card = record->card });
		memcpy(record->serial, m->serial, sizeof record->serial);
		record->has_serial = true;
	}
	if (m->has_public_key) {
		printing_chip_keys_put(t->tx, &m->public_key, &(struct printing_chip_keys_row){ .card = record->card });
		record->public_key = m->public_key;
		record->has_public_key = true;
	}
}

static void card_good(struct turn *t, const struct print_reported *m, const struct printing_orders_row *order,
		      const struct printing_records_row *record)
{
	struct card_produced produced = { .card = record->card, .number = record->number, .order = m->order, .index = m->index,
					  .public_key = m->public_key, .request = record->request,
					  .cell = printing_record_cell(t->tx, m->order, record),
					  .has_old_card = record->has_old_card, .old_card = record->old_card,
					  .facility = order->facility };
	memcpy(produced.serial, m->serial, sizeof produced.serial);
	printing_subject_member(t, record->member);
	emit_card_produced(t, &produced);
}

// The card is lost and the record is offered again, as a new record of the same order.
static void card_bad(struct turn *t, const struct print_reported *m, struct printing_orders_row *order,
		     struct printing_records_row *record)
{
	struct card_spoiled spoiled = { .card = record->card, .order = m->order, .index = m->index, .facility = order->facility,
					.has_serial = record->has_serial,
					.reason = m->reason != reason_none ? m->reason : reason_quality_failed };
	struct printing_records_row again = { .request = record->request, .member = record->member, .number = record->number,
					      .cell = record->cell, .photo = record->photo,
					      .has_old_card = record->has_old_card, .old_card = record->old_card };
	memcpy(spoiled.serial, record->serial, sizeof spoiled.serial);
	printing_subject_member(t, record->member);
	emit_card_spoiled(t, &spoiled);
	enum reason reason = record_offer(t, m->order, order, &again);
	if (reason != reason_none) {
		request_refused(t, m->order, m->index, record, reason);
		return;
	}
	order->reprints++;
	record->reprint = order->last_index;
	record->has_reprint = true;
}

// Printed though it was stopped: it crossed the letter.  The card is nobody's, but its chip exists, and so did its blank.
static void stopped_card(struct turn *t, const struct print_reported *m, struct printing_orders_row *order,
			 struct printing_records_row *record)
{
	if (record->has_serial || !m->has_serial || chip_refusal(t, m, record).reason != reason_none)
		return;
	chip_noted(t, m, record);
	printing_stock_printed(t->tx, order->facility, false);
	order->stopped_printed++;
	printing_orders_put(t->tx, m->order, order);
	printing_records_put(t->tx, m->order, m->index, record);
}

static void card_reported(struct turn *t, const struct print_reported *m, bool was_good, struct printing_orders_row *order,
			  struct printing_records_row *record)
{
	if (!record->has_serial)
		chip_noted(t, m, record);
	if (was_good)
		printing_stock_spoiled_later(t->tx, order->facility);
	else if (!fault_is(stock_not_booked))
		printing_stock_printed(t->tx, order->facility, m->good);
	if (m->good)
		card_good(t, m, order, record);
	else
		card_bad(t, m, order, record);
	printing_records_put(t->tx, m->order, m->index, record);
	printing_order_heard(t, order);
	printing_order_put(t, m->order, order);
}

static void on_print_reported(struct turn *t, const struct origin *o, const struct print_reported *m)
{
	struct printing_orders_row order;
	struct printing_records_row record;
	struct printing_refusal refusal = record_find(t, o, m->order, m->index, &order, &record);
	bool was_good = refusal.reason == reason_none && record.state == print_record_good;
	if (refusal.reason == reason_none) {
		refusal = record_step(&order, &record, m->good ? print_record_event_pass : print_record_event_spoil);
		if (refusal.reason == reason_record_stopped)
			stopped_card(t, m, &order, &record);
	}
	if (refusal.reason == reason_none)
		refusal = chip_refusal(t, m, &record);
	if (refusal.reason == reason_none)
		card_reported(t, m, was_good, &order, &record);
	printing_subject_order(t, m->order);
	printing_row_ended(t, m->submission, m->row, refusal);
}

// ---- boxes ----

static struct printing_refusal box_card_refusal(struct turn *t, const struct box_packed *m, size_t at)
{
	struct printing_records_row record;
	struct printing_orders_row scratch = { .good = 1 };
	if (!printing_records_get(t->tx, m->order, m->indices[at], &record))
		return refused(item, not_in_order);
	if (printing_record_cell(t->tx, m->order, &record) != m->destination)
		return refused(item, other_cell);
	for (size_t i = 0; i < at; i++)
		if (m->indices[i] == m->indices[at])
			return refused(item, duplicate);
	return record_step(&scratch, &record, print_record_event_box);
}

static struct printing_refusal box_refusal(struct turn *t, const struct origin *o, const struct box_packed *m, bool known,
				  const struct printing_orders_row *order)
{
	struct printing_refusal refusal = facility_refusal(o, known, order);
	if (refusal.reason != reason_none)
		return refusal;
	if (order->standing == order_standing_held)
		return refused(order, order_held);
	if (m->box == 0 || m->box > index_max)
		return refused(box, out_of_range);
	if (printing_boxes_get(t->tx, item_of(m->order, m->box), &(struct printing_boxes_row){ 0 }))
		return refused(box, duplicate);
	if (m->indices_count == 0)
		return refused(box, empty);
	for (size_t i = 0; i < m->indices_count && refusal.reason == reason_none; i++)
		refusal = box_card_refusal(t, m, i);
	return refusal;
}

// A box goes as a whole or not at all: what was in it lies before the facility, not before us.
static void on_box_packed(struct turn *t, const struct origin *o, const struct box_packed *m)
{
	struct printing_orders_row order;
	bool known = printing_orders_get(t->tx, m->order, &order);
	struct printing_refusal refusal = box_refusal(t, o, m, known, &order);
	uint64_t box = item_of(m->order, m->box);
	if (refusal.reason == reason_none) {
		struct box_filled filled = { .box = box, .order = m->order, .destination = m->destination, .seal = m->seal,
					     .cards_count = m->indices_count };
		for (size_t i = 0; i < m->indices_count; i++) {
			struct printing_records_row record;
			if (!printing_records_get(t->tx, m->order, m->indices[i], &record))
				return; // a fault of the store
			record_step(&order, &record, print_record_event_box);
			record.box = box;
			record.has_box = true;
			filled.cards[i] = record.card;
			printing_records_put(t->tx, m->order, m->indices[i], &record);
		}
		printing_boxes_put(t->tx, box, &(struct printing_boxes_row){ .destination = m->destination, .seal = m->seal,
									     .cards = (uint32_t)m->indices_count,
									     .submission = m->submission });
		turn_subject(t, subject_of(subject_kind_box, box));
		emit_box_filled(t, &filled);
		order.boxes++;
		printing_order_heard(t, &order);
		printing_order_put(t, m->order, &order);
	}
	printing_subject_order(t, m->order);
	printing_row_ended(t, m->submission, m->row, refusal);
}

// ---- the end of an act with rows ----

static void boxes_end(struct turn *t, const struct printing_act_ended *m, const struct printing_acts_row *act)
{
	struct printing_orders_row order;
	if (act->accepted == 0 || !printing_orders_get(t->tx, m->order, &order)) {
		emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .reason = reason_empty, .field = field_box,
							 .refused = act->refused });
		return;
	}
	emit_boxes_sent(t, &(struct boxes_sent){ .submission = m->submission, .order = m->order, .facility = order.facility,
						 .to = order.attached, .waybill = m->waybill, .boxes = act->accepted,
						 .refused = act->refused });
}

// A consignment of boxes is closed by delivery, with the shipment's number.
static void on_printing_act_ended(struct turn *t, const struct origin *o, const struct printing_act_ended *m)
{
	struct printing_acts_row act = act_ended(t, m->submission);
	if (m->has_order)
		printing_subject_order(t, m->order);
	else
		turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	if (m->act == act_pack_boxes) {
		boxes_end(t, m, &act);
		return;
	}
	if (m->act == act_answer_order && act.accepted > 0)
		emit_order_accepted(t, &(struct order_accepted){ .order = m->order, .accepted = act.accepted,
								 .refused = act.refused });
	emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .field = field_whole,
						 .reason = act.accepted + act.refused > 0 ? reason_none : reason_empty,
						 .accepted = act.accepted, .refused = act.refused,
						 .has_number = m->has_order, .number = m->order });
}

const struct service printing_service = {
	.name = "printing",
	.id = service_id_printing,
	.fold_version = 2 * 1000 + printing_rules_version,
	.inputs = printing_inputs,
	.tables = printing_tables,
	.sources = printing_sources,
};
