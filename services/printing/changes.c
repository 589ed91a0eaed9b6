#include "printing/changes.h"

#include "gen/printing_emit.h"
#include "printing/book.h"

// An order that still has something before it.
static bool under_way(enum print_order state)
{
	switch (state) {
	case print_order_offered:
	case print_order_printing:
	case print_order_printed:
		return true;
	case print_order_listing:
	case print_order_closed:
	case print_order_void:
		return false;
	}
	return false;
}

static struct refusal order_refusal(struct turn *t, const struct origin *o, bool known,
				    const struct printing_orders_row *order)
{
	struct organisation_tree tree = printing_tree(t);
	if (o->role != role_central_board)
		return refused(actor, role_not_allowed);
	if (!known)
		return refused(order, unknown);
	if (!organisation_within(&tree, order->attached, o->organisation))
		return refused(order, outside_subtree);
	return under_way(order->state) ? carried_out : refused(order, wrong_state);
}

static void tell(struct turn *t, const struct order_change_given *m, const struct printing_orders_row *order,
		 const struct cell_move *move)
{
	emit_order_changed(t, &(struct order_changed){ .order = m->order, .facility = order->facility, .change = m->change,
						       .has_priority = m->change == order_change_priority,
						       .priority = order->priority, .has_from = move != NULL,
						       .from = move ? move->from : 0, .has_to = move != NULL,
						       .to = move ? move->to : 0 });
}

static struct refusal standing_step(struct printing_orders_row *order, enum order_standing_event event)
{
	return order_standing_step(order->standing, event, &order->standing) ? carried_out : refused(order, already_done);
}

// ---- re-addressing ----

static struct refusal move_refusal(struct turn *t, const struct printing_orders_row *order, const struct cell_move *move)
{
	struct organisation_tree tree = printing_tree(t);
	struct printing_organisations_row to;
	if (!printing_organisations_get(t->tx, move->from, NULL) || !printing_organisations_get(t->tx, move->to, &to))
		return refused(organisation, unknown);
	if (move->from == move->to)
		return refused(organisation, unchanged);
	if (to.level != org_level_cell)
		return refused(organisation, wrong_level);
	// The consignment goes to the organisation that ordered, which sends it on only downwards.
	if (!organisation_within(&tree, move->to, order->attached))
		return refused(organisation, outside_subtree);
	return carried_out;
}

// What goes to `from` goes to `to` from now on, also what was sent there from a third cell.
static void move_put(struct turn *t, uint64_t order, const struct cell_move *move)
{
	struct printing_readdresses_key key;
	struct printing_readdresses_row row;
	uint64_t from = 0;
	printing_readdresses_put(t->tx, order, move->from, &(struct printing_readdresses_row){ move->to });
	while (printing_readdresses_first(t->tx, order, from, &key, &row) && key.order == order) {
		if (row.to == move->from)
			printing_readdresses_put(t->tx, order, key.from, &(struct printing_readdresses_row){ move->to });
		from = key.from + 1;
	}
	// A cell that its own cards came back to needs no row.
	if (printing_readdresses_get(t->tx, order, move->to, &row))
		printing_readdresses_put(t->tx, order, move->to, &(struct printing_readdresses_row){ move->to });
}

static void readdress(struct turn *t, const struct order_change_given *m, const struct printing_orders_row *order)
{
	uint32_t done = 0;
	for (size_t i = 0; i < m->moves_count; i++) {
		struct refusal refusal = move_refusal(t, order, &m->moves[i]);
		if (refusal.reason != reason_none) {
			emit_row_refused(t, &(struct row_refused){ .submission = m->submission, .row = (uint32_t)i + 1,
								   .field = refusal.field, .reason = refusal.reason });
			continue;
		}
		move_put(t, m->order, &m->moves[i]);
		tell(t, m, order, &m->moves[i]);
		done++;
	}
	emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .accepted = done,
						 .refused = (uint32_t)m->moves_count - done, .has_number = true,
						 .number = m->order });
}

// ---- the act ----

static struct refusal change(const struct order_change_given *m, struct printing_orders_row *order)
{
	switch (m->change) {
	case order_change_hold:
		return standing_step(order, order_standing_event_hold);
	case order_change_release:
		return standing_step(order, order_standing_event_release);
	case order_change_priority:
		if (m->priority == order->priority)
			return refused(priority, unchanged);
		order->priority = m->priority;
		return carried_out;
	case order_change_readdress:
		return carried_out;
	}
	return refused(change, malformed);
}

void printing_order_change(struct turn *t, const struct origin *o, const struct order_change_given *m)
{
	struct printing_orders_row order;
	bool known = printing_orders_get(t->tx, m->order, &order);
	struct refusal refusal = order_refusal(t, o, known, &order);
	printing_subject_order(t, m->order);
	if (refusal.reason == reason_none)
		refusal = change(m, &order);
	if (refusal.reason != reason_none) {
		printing_act_refused(t, m->submission, refusal);
		return;
	}
	if (m->change == order_change_readdress) {
		readdress(t, m, &order);
		return;
	}
	// Its time to answer begins anew when it goes on.
	if (m->change == order_change_release)
		printing_order_waits_anew(t, &order);
	printing_orders_put(t->tx, m->order, &order);
	tell(t, m, &order, NULL);
	emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .has_number = true, .number = m->order });
}
