#include "printing/reports.h"

#include <string.h>

#include "base/fault.h"
#include "gen/printing_emit.h"
#include "printing/book.h"
#include "printing/placing.h"
#include "printing/stock.h"

static struct refusal record_find(struct turn *t, const struct origin *o, uint64_t number, uint32_t index,
				  struct printing_orders_row *order, struct printing_records_row *record)
{
	bool known = printing_orders_get(t->tx, number, order);
	struct refusal refusal = printing_facility_refusal(o, known, order);
	if (refusal.reason == reason_none && !printing_records_get(t->tx, number, index, record))
		refusal = refused(item, not_in_order);
	return refusal;
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

void printing_record_answered(struct turn *t, const struct origin *o, const struct record_answered *m)
{
	struct printing_orders_row order;
	struct printing_records_row record;
	struct refusal refusal = record_find(t, o, m->order, m->index, &order, &record);
	if (refusal.reason == reason_none)
		refusal = printing_record_refusal(&order, &record,
						  m->accepted ? print_record_event_accept : print_record_event_refuse);
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
static struct refusal chip_refusal(struct turn *t, const struct print_reported *m,
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
	enum reason reason = printing_record_offer(t, m->order, order, &again);
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

void printing_print_reported(struct turn *t, const struct origin *o, const struct print_reported *m)
{
	struct printing_orders_row order;
	struct printing_records_row record;
	struct refusal refusal = record_find(t, o, m->order, m->index, &order, &record);
	bool was_good = refusal.reason == reason_none && record.state == print_record_good;
	if (refusal.reason == reason_none) {
		refusal = printing_record_refusal(&order, &record, m->good ? print_record_event_pass : print_record_event_spoil);
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
