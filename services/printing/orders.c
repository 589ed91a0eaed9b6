#include "printing/orders.h"

#include "base/ensure.h"

// What an event that does not fit means: it was done before, or it is too early or too late for it.
static const bool done_before[][print_record_stopped + 1] = {
	[print_record_event_accept] = { [print_record_accepted] = true, [print_record_refused] = true, [print_record_good] = true,
					[print_record_spoiled] = true, [print_record_boxed] = true },
	[print_record_event_refuse] = { [print_record_accepted] = true, [print_record_refused] = true, [print_record_good] = true,
					[print_record_spoiled] = true, [print_record_boxed] = true },
	[print_record_event_pass] = { [print_record_good] = true, [print_record_spoiled] = true, [print_record_boxed] = true },
	[print_record_event_spoil] = { [print_record_spoiled] = true },
	[print_record_event_stop] = { [print_record_stopped] = true },
	[print_record_event_box] = { [print_record_boxed] = true },
};

static uint32_t *count_of(struct printing_orders_row *order, enum print_record state)
{
	switch (state) {
	case print_record_offered:
		return &order->offered;
	case print_record_accepted:
		return &order->accepted;
	case print_record_refused:
		return &order->refused;
	case print_record_good:
		return &order->good;
	case print_record_spoiled:
		return &order->spoiled;
	case print_record_boxed:
		return &order->boxed;
	case print_record_stopped:
		return &order->stopped;
	}
	ensure(false);
	return NULL;
}

void printing_record_offered(struct printing_orders_row *order, struct printing_records_row *record)
{
	record->state = print_record_offered;
	order->offered++;
}

enum reason printing_record_step(struct printing_orders_row *order, struct printing_records_row *record,
				 enum print_record_event event)
{
	enum print_record to;
	if (!print_record_step(record->state, event, &to))
		return done_before[event][record->state] ? reason_already_done : reason_wrong_state;
	--*count_of(order, record->state);
	++*count_of(order, to);
	record->state = to;
	return reason_none;
}

// Which event the counts stand for in this state; false: it waits.
static bool event_due(const struct printing_orders_row *order, enum print_order_event *event)
{
	switch (order->state) {
	case print_order_listing: // until its list is told
	case print_order_closed:
	case print_order_void:
		return false;
	case print_order_offered:
		*event = print_order_event_all_answered;
		return order->offered == 0;
	case print_order_printing:
		*event = order->offered > 0 ? print_order_event_reprinted : print_order_event_all_printed;
		return order->offered > 0 || order->accepted == 0;
	case print_order_printed:
		*event = order->offered > 0 ? print_order_event_reprinted : print_order_event_all_boxed;
		return order->offered > 0 || order->good == 0;
	}
	ensure(false);
	return false;
}

bool printing_order_settle(struct printing_orders_row *order)
{
	enum print_order before = order->state;
	enum print_order_event event;
	while (event_due(order, &event) && print_order_step(order->state, event, &order->state))
		;
	return order->state != before;
}
