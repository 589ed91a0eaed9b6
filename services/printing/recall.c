#include "printing/recall.h"

#include "base/subject.h"
#include "gen/printing_emit.h"
#include "printing/book.h"
#include "printing/orders.h"

static bool approved_find(struct turn *t, uint64_t group, uint64_t request, uint32_t *position,
			  struct printing_approved_row *item)
{
	struct printing_approved_key key = { 0 };
	struct store_walk walk;
	bool found = false;
	printing_approved_walk_init(&walk, t->tx, group, 0);
	while (!found && printing_approved_walk_next(&walk, &key, item) && key.group == group)
		found = item->request == request;
	store_walk_deinit(&walk);
	*position = key.position;
	return found;
}

// The last record of a request in an order: one that was spoiled has another behind it.
static uint32_t record_find(struct turn *t, uint64_t order, uint64_t request, struct printing_records_row *found)
{
	struct printing_records_key key;
	struct printing_records_row record;
	struct store_walk walk;
	uint32_t index = 0;
	printing_records_walk_init(&walk, t->tx, order, 0);
	while (printing_records_walk_next(&walk, &key, &record) && key.order == order) {
		if (record.request == request) {
			index = key.index;
			*found = record;
		}
	}
	store_walk_deinit(&walk);
	return index;
}

static void item_recall(struct turn *t, const struct approved_recalled *m, struct printing_groups_row *group, uint32_t position,
			struct printing_approved_row *item)
{
	group->recalled++;
	group->numbers -= item->numbered;
	if (group->recalled == group->count && group->state == group_state_approved)
		group->state = group_state_emptied;
	item->recalled = true;
	printing_groups_put(t->tx, m->group, group);
	printing_approved_put(t->tx, m->group, position, item);
}

static enum reason record_stop(struct turn *t, const struct approved_recalled *m, uint64_t number, uint32_t index,
			       struct printing_orders_row *order, struct printing_records_row *record)
{
	if (record->state == print_record_refused)
		return reason_unknown; // the request went back when the facility refused it
	enum reason reason = printing_record_step(order, record, print_record_event_stop);
	if (reason != reason_none)
		return reason == reason_wrong_state ? reason_too_late : reason;
	printing_records_put(t->tx, number, index, record);
	printing_card_cancel(t, number, index, record, m->reason);
	printing_subject_order(t, number);
	emit_record_stopped(t, &(struct record_stopped){ .order = number, .index = index, .facility = order->facility,
							 .reason = m->reason });
	printing_order_put(t, number, order);
	return reason_none;
}

// The facility has its letter.  What it has not reported as printed is stopped; if it was printed meanwhile, its report is
// refused and the card is waste (on_print_reported).
static enum reason ordered_recall(struct turn *t, const struct approved_recalled *m, struct printing_groups_row *group,
				  uint32_t position, struct printing_approved_row *item)
{
	struct printing_orders_row order;
	struct printing_records_row record;
	if (!group->has_order || !printing_orders_get(t->tx, group->order, &order))
		return reason_wrong_state;
	uint32_t index = record_find(t, group->order, m->request, &record);
	if (index != 0)
		return record_stop(t, m, group->order, index, &order, &record);
	if (order.state != print_order_listing)
		return reason_unknown; // it got no number, and went back
	order.quantity--;
	printing_orders_put(t->tx, group->order, &order);
	item_recall(t, m, group, position, item);
	return reason_none;
}

enum reason printing_recall(struct turn *t, const struct approved_recalled *m)
{
	struct printing_groups_row group;
	struct printing_approved_row item;
	uint32_t position;
	if (!printing_groups_get(t->tx, m->group, &group) || !approved_find(t, m->group, m->request, &position, &item))
		return reason_unknown;
	if (item.recalled)
		return reason_already_done;
	switch (group.state) {
	case group_state_approved:
		item_recall(t, m, &group, position, &item);
		return reason_none;
	case group_state_ordered:
		return ordered_recall(t, m, &group, position, &item);
	case group_state_arriving:
	case group_state_broken:
	case group_state_emptied:
		return reason_wrong_state;
	}
	return reason_wrong_state;
}
