#include "printing/silence.h"

#include "base/ensure.h"
#include "base/when.h"
#include "domain/dated.h"
#include "gen/printing_emit.h"
#include "gen/printing_settings.h"
#include "printing/book.h"

void printing_silence_watch(struct turn *t, uint64_t number, const struct printing_orders_row *order)
{
	uint32_t days = dated_value_on(printing_days_silent, array_size(printing_days_silent), turn_date(t));
	if (days > 0)
		set_order_silent(t, instant_of_date(date_after_working_days(turn_date(t), days) + 1),
				 &(struct order_silent){ .order = number, .since = order->heard });
}

static bool ended(enum print_order state)
{
	switch (state) {
	case print_order_closed:
	case print_order_void:
		return true;
	case print_order_listing:
	case print_order_offered:
	case print_order_printing:
	case print_order_printed:
		return false;
	}
	return true;
}

static void remind(struct turn *t, uint64_t number, const struct printing_orders_row *order)
{
	emit_order_reminded(t, &(struct order_reminded){ .order = number, .facility = order->facility,
							 .since = date_of_instant(order->heard), .offered = order->offered,
							 .accepted = order->accepted, .good = order->good });
}

static void escalate(struct turn *t, uint64_t number, const struct printing_orders_row *order)
{
	emit_order_escalated(t, &(struct order_escalated){ .order = number, .organisation = order->board,
							   .facility = order->facility, .since = date_of_instant(order->heard),
							   .offered = order->offered, .accepted = order->accepted,
							   .good = order->good });
}

void printing_silence_due(struct turn *t, const struct order_silent *m)
{
	struct printing_orders_row order;
	if (!printing_orders_get(t->tx, m->order, &order) || ended(order.state))
		return;
	// Whatever is done about it is done on the authority of who ordered.
	turn_origin(t, &(struct origin){ .source = service_id_printing, .submission = order.submission, .actor = order.actor });
	turn_rule(t, printing_rules_version);
	printing_subject_order(t, m->order);
	printing_silence_watch(t, m->order, &order);
	// It spoke meanwhile, or it was told to wait.
	if (order.heard != m->since || order.standing == order_standing_held)
		return;
	if (!order_silence_step(order.silence, order_silence_event_still, &order.silence))
		return;
	printing_orders_put(t->tx, m->order, &order);
	switch (order.silence) {
	case order_silence_heard:
		break;
	case order_silence_reminded:
		remind(t, m->order, &order);
		break;
	case order_silence_escalated:
		escalate(t, m->order, &order);
		break;
	case order_silence_reoffered:
		remind(t, m->order, &order);
		printing_reoffer(t, &(struct order_reoffering){ .order = m->order, .index = 1 });
		break;
	}
}

void printing_reoffer(struct turn *t, const struct order_reoffering *m)
{
	struct order_reoffering rest = *m;
	struct printing_orders_row order;
	struct printing_records_row record;
	if (!printing_orders_get(t->tx, m->order, &order))
		return;
	for (; rest.index <= order.last_index && turn_room(t) >= 2; rest.index++) {
		if (!printing_records_get(t->tx, m->order, rest.index, &record) || record.state != print_record_offered)
			continue;
		printing_subject_member(t, record.member);
		printing_record_tell(t, m->order, &order, rest.index, &record);
		record.again++;
		record.has_again = true;
		printing_records_put(t->tx, m->order, rest.index, &record);
	}
	if (rest.index <= order.last_index)
		leave_order_reoffering(t, &rest);
}
