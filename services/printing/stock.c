#include "printing/stock.h"

#include "base/ensure.h"
#include "domain/dated.h"
#include "gen/printing_emit.h"
#include "gen/printing_settings.h"

static struct printing_stock_row stock_of(struct store_txn *tx, uint64_t place)
{
	struct printing_stock_row row = { 0 };
	if (!printing_stock_get(tx, place, &row))
		row = (struct printing_stock_row){ 0 };
	return row;
}

void printing_stock_printed(struct store_txn *tx, uint64_t place, bool good)
{
	struct printing_stock_row row = stock_of(tx, place);
	row.personalised += good;
	row.spoiled += !good;
	row.stock--;
	printing_stock_put(tx, place, &row);
}

void printing_stock_spoiled_later(struct store_txn *tx, uint64_t place)
{
	struct printing_stock_row row = stock_of(tx, place);
	row.personalised--;
	row.spoiled++;
	printing_stock_put(tx, place, &row);
}

// ---- keep_stock ----

// Blanks are kept by the centre and by facilities (domain.md §6.2); a facility speaks for itself only.
static struct refusal place_refusal(struct turn *t, const struct origin *o, const struct stock_given *m)
{
	struct organisation_tree tree = printing_tree(t);
	if (o->role != role_central_board && o->role != role_print_facility)
		return refused(actor, role_not_allowed);
	if (!printing_organisations_get(t->tx, m->place, NULL))
		return refused(organisation, unknown);
	if (o->role == role_print_facility ? o->organisation != m->place : !organisation_within(&tree, m->place, o->organisation))
		return refused(organisation, outside_subtree);
	return carried_out;
}

static struct refusal room_refusal(struct turn *t, const struct printing_stock_row *at, uint32_t quantity)
{
	uint32_t most = dated_value_on(printing_stock_most, array_size(printing_stock_most), turn_date(t));
	return most != 0 && at->stock + quantity > most ? refused(quantity, stock_limit) : carried_out;
}

static struct refusal transfer_refusal(struct turn *t, const struct stock_given *m,
				       const struct printing_stock_row *from)
{
	uint32_t most = dated_value_on(printing_transfer_most, array_size(printing_transfer_most), turn_date(t));
	if (!m->has_to || !printing_organisations_get(t->tx, m->to, NULL))
		return refused(organisation, unknown);
	if (m->to == m->place)
		return refused(organisation, unchanged);
	if (most != 0 && m->quantity > most)
		return refused(quantity, stock_limit);
	if (from->stock < (int64_t)m->quantity)
		return refused(quantity, stock_short);
	struct printing_stock_row to = stock_of(t->tx, m->to);
	return room_refusal(t, &to, m->quantity);
}

static struct refusal stock_refusal(struct turn *t, const struct stock_given *m, const struct printing_stock_row *at)
{
	switch (m->event) {
	case stock_event_received:
		return room_refusal(t, at, m->quantity);
	case stock_event_wasted:
		return at->stock < (int64_t)m->quantity ? refused(quantity, stock_short) : carried_out;
	case stock_event_counted:
		return carried_out;
	case stock_event_transferred:
		return transfer_refusal(t, m, at);
	}
	return refused(stock, malformed);
}

static void booked(struct turn *t, const struct stock_given *m, int64_t difference, int64_t stock)
{
	emit_stock_booked(t, &(struct stock_booked){ .place = m->place, .event = m->event, .quantity = m->quantity,
						     .difference = difference, .stock = stock, .document = m->document,
						     .has_document = m->has_document });
}

static void tell_place(struct turn *t, const struct stock_given *m, uint64_t place, int64_t stock)
{
	emit_stock_moved(t, &(struct stock_moved){ .place = place, .event = m->event, .from = m->place,
						   .has_from = m->event == stock_event_transferred,
						   .quantity = m->quantity, .stock = stock,
						   .document = m->document, .has_document = m->has_document });
}

static void arrive(struct turn *t, const struct stock_given *m)
{
	struct printing_stock_row to = stock_of(t->tx, m->to);
	to.arrived += m->quantity;
	to.stock += m->quantity;
	printing_stock_put(t->tx, m->to, &to);
	tell_place(t, m, m->to, to.stock);
}

struct refusal printing_stock_keep(struct turn *t, const struct origin *o, const struct stock_given *m)
{
	struct printing_stock_row at = stock_of(t->tx, m->place);
	struct refusal refusal = place_refusal(t, o, m);
	int64_t difference = 0;
	if (refusal.reason == reason_none)
		refusal = stock_refusal(t, m, &at);
	if (refusal.reason != reason_none)
		return refusal;
	switch (m->event) {
	case stock_event_received:
		at.received += m->quantity;
		at.stock += m->quantity;
		break;
	case stock_event_wasted:
		at.wasted += m->quantity;
		at.stock -= m->quantity;
		break;
	case stock_event_counted: // the count stands; what it differs by stays in the book
		difference = (int64_t)m->quantity - at.stock;
		at.adjusted += difference;
		at.stock = m->quantity;
		at.counted = turn_date(t);
		at.has_counted = true;
		break;
	case stock_event_transferred:
		at.sent += m->quantity;
		at.stock -= m->quantity;
		break;
	}
	printing_stock_put(t->tx, m->place, &at);
	if (m->event == stock_event_transferred)
		arrive(t, m);
	else if (m->place != o->organisation)
		tell_place(t, m, m->place, at.stock);
	booked(t, m, difference, at.stock);
	return carried_out;
}
