#include "printing/book.h"

#include "base/subject.h"
#include "gen/printing_emit.h"
#include "printing/orders.h"

void printing_subject_order(struct turn *t, uint64_t order)
{
	turn_subject(t, subject_of(subject_kind_order, order));
}

void printing_subject_member(struct turn *t, uint64_t member)
{
	turn_subject(t, subject_of(subject_kind_member, member));
}

organisation_parent_of(printing)

struct organisation_tree printing_tree(struct turn *t)
{
	return (struct organisation_tree){ .context = t->tx, .parent = parent_of };
}

// ---- submissions: what came of their rows ----

void printing_row_ended(struct turn *t, uint64_t submission, uint32_t row, struct refusal refusal)
{
	struct printing_acts_row act = { 0 };
	printing_acts_get(t->tx, submission, &act);
	if (refusal.reason == reason_none) {
		act.accepted++;
	} else {
		act.refused++;
		emit_row_refused(t, &(struct row_refused){ .submission = submission, .row = row,
							   .field = refusal.field, .reason = refusal.reason });
	}
	printing_acts_put(t->tx, submission, &act);
}

void printing_act_refused(struct turn *t, uint64_t submission, struct refusal refusal)
{
	emit_act_closed(t, &(struct act_closed){ .submission = submission, .field = refusal.field, .reason = refusal.reason });
}

// ---- orders ----

void printing_order_moved(struct turn *t, uint64_t number, const struct printing_orders_row *order)
{
	printing_subject_order(t, number);
	emit_order_moved(t, &(struct order_moved){ .order = number, .state = order->state, .offered = order->offered,
						   .accepted = order->accepted, .refused = order->refused, .good = order->good,
						   .spoiled = order->spoiled, .boxed = order->boxed });
}

void printing_order_put(struct turn *t, uint64_t number, struct printing_orders_row *order)
{
	bool moved = printing_order_settle(order);
	printing_orders_put(t->tx, number, order);
	if (moved)
		printing_order_moved(t, number, order);
}

// A later instant than the one before, always: time stands still after the clock was set back, and the timer tells by this
// whether the facility spoke since.
void printing_order_waits_anew(struct turn *t, struct printing_orders_row *order)
{
	order->heard = t->time_ms > order->heard ? t->time_ms : order->heard + 1;
}

void printing_order_heard(struct turn *t, struct printing_orders_row *order)
{
	printing_order_waits_anew(t, order);
	order_silence_step(order->silence, order_silence_event_spoke, &order->silence);
}

uint64_t printing_record_cell(struct store_txn *tx, uint64_t order, const struct printing_records_row *record)
{
	struct printing_readdresses_row row;
	return printing_readdresses_get(tx, order, record->cell, &row) ? row.to : record->cell;
}

void printing_record_tell(struct turn *t, uint64_t number, const struct printing_orders_row *order, uint32_t index,
			  const struct printing_records_row *record)
{
	emit_record_ordered(t, &(struct record_ordered){ .order = number, .index = index, .facility = order->facility,
							 .member = record->member, .card = record->card,
							 .number = record->number,
							 .cell = printing_record_cell(t->tx, number, record),
							 .photo = record->photo });
}

void printing_card_cancel(struct turn *t, uint64_t order, uint32_t index, const struct printing_records_row *record,
			  enum reason reason)
{
	printing_subject_member(t, record->member);
	emit_card_cancelled(t, &(struct card_cancelled){ .card = record->card, .order = order, .index = index,
							 .reason = reason });
}

// ---- what the facility says of them ----

struct refusal printing_facility_refusal(const struct origin *o, bool known, const struct printing_orders_row *order)
{
	if (o->role != role_print_facility)
		return refused(actor, role_not_allowed);
	if (!known)
		return refused(order, unknown);
	return order->facility != o->organisation ? refused(order, not_addressee) : carried_out;
}

struct refusal printing_record_refusal(struct printing_orders_row *order, struct printing_records_row *record,
				       enum print_record_event event)
{
	if (record->state == print_record_stopped)
		return refused(item, record_stopped);
	return (struct refusal){ field_item, printing_record_step(order, record, event) };
}
