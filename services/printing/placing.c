#include "printing/placing.h"

#include "base/subject.h"
#include "gen/printing_emit.h"
#include "printing/book.h"
#include "printing/changes.h"
#include "printing/numbers.h"
#include "printing/orders.h"
#include "printing/silence.h"

#define order_records_max 60000

enum reason printing_record_offer(struct turn *t, uint64_t number, struct printing_orders_row *order,
				  struct printing_records_row *record)
{
	unsigned copy = order->last_index < printing_index_max ? printing_copy_next(t->tx, record->member) : 0;
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
		reason = printing_record_offer(t, at->order, order, &record);
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

void printing_order_list(struct turn *t, const struct order_listing *m)
{
	struct order_listing rest = *m;
	struct printing_organisations_row attached = { 0 };
	struct printing_groups_row group;
	struct printing_orders_row order;
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

static struct refusal order_refusal(struct turn *t, const struct origin *o, const struct order_requested *m, bool known,
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
static struct refusal numbers_refusal(struct turn *t, const struct printing_groups_row *group)
{
	struct printing_organisations_row attached = { 0 };
	printing_organisations_get(t->tx, group->attached, &attached);
	return (struct refusal){ field_number_block,
					  printing_numbers_promise(t->tx, attached.has_party_code, attached.party_code,
								   group->numbers) };
}

static uint64_t order_next(struct turn *t)
{
	uint64_t last;
	return printing_orders_last(t->tx, &last, NULL) ? last + 1 : 1;
}

void printing_order_place(struct turn *t, const struct origin *o, const struct order_requested *m)
{
	struct printing_groups_row group;
	bool known = printing_groups_get(t->tx, m->group, &group);
	struct refusal refusal = order_refusal(t, o, m, known, &group);
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
	printing_order_list(t, &(struct order_listing){ .submission = m->submission, .order = number, .position = 1 });
}
