// Blanks, and orders that are changed while they are under way.

#include "simulator/story.h"

static struct clerk *centre_clerk(struct story *s)
{
	return world_clerk(&s->world, role_central_board, world_centre, 0);
}

static void blanks(struct story *s, struct clerk *clerk, const char *label, enum expectation expectation, struct stock_row row)
{
	struct errand *e = office_act(&s->office, clerk, act_keep_stock, "%s %u blanks", label, row.quantity);
	struct buffer item = { 0 };
	e->expectation = expectation;
	stock_row_encode(&row, &item);
	errand_add(&s->office, e, buffer_bytes(&item));
	buffer_deinit(&item);
}

bool story_stock(struct story *s)
{
	struct clerk *centre = centre_clerk(s), *facility = world_clerk(&s->world, role_print_facility, world_facility, 0);
	blanks(s, centre, "receives", expect_success,
	       (struct stock_row){ .event = stock_event_received, .place = world_centre, .quantity = 500 });
	blanks(s, centre, "transfers", expect_success,
	       (struct stock_row){ .event = stock_event_transferred, .place = world_centre, .has_to = true, .to = world_facility,
				   .quantity = 300 });
	blanks(s, centre, "transfers too many:", expect_refusal,
	       (struct stock_row){ .event = stock_event_transferred, .place = world_centre, .has_to = true, .to = world_facility,
				   .quantity = 201 });
	if (!office_run(&s->office)) // they arrived
		return false;
	blanks(s, facility, "wastes", expect_success,
	       (struct stock_row){ .event = stock_event_wasted, .place = world_facility, .quantity = 2 });
	blanks(s, facility, "counts", expect_success,
	       (struct stock_row){ .event = stock_event_counted, .place = world_facility, .quantity = 297 });
	blanks(s, facility, "receives for the centre", expect_refusal,
	       (struct stock_row){ .event = stock_event_received, .place = world_centre, .quantity = 1 });
	return office_run(&s->office);
}

static void change(struct story *s, uint64_t order, enum order_change change, uint8_t priority, enum expectation expectation)
{
	struct errand *e = office_act(&s->office, centre_clerk(s), act_change_order, "%s: order %llu", order_change_name(change),
				      (unsigned long long)order);
	e->expectation = expectation;
	add(&s->office, e, order_change_head, .order = order, .change = change, .has_priority = priority != 0, .priority = priority);
}

static bool waits_to_be_packed(const struct story *s, uint64_t order)
{
	for (size_t i = 0; i < s->record_count; i++)
		if (s->records[i].order == order && s->records[i].stage == record_good)
			return true;
	return false;
}

bool story_orders_change(struct story *s)
{
	uint64_t last = 0;
	for (size_t i = 0; i < s->record_count; i++)
		last = s->records[i].order > last ? s->records[i].order : last;
	for (uint64_t order = 1; order <= last; order++) {
		if (!waits_to_be_packed(s, order))
			continue;
		change(s, order, order_change_release, 0, expect_refusal); // nobody held it
		if (story_fate(s, "is put first", order, 500))
			change(s, order, order_change_priority, 9, expect_success);
		if (!story_fate(s, "is held", order, 500))
			continue;
		change(s, order, order_change_hold, 0, expect_success);
		change(s, order, order_change_hold, 0, expect_refusal);
		change(s, order, order_change_release, 0, expect_success);
	}
	change(s, last + 1, order_change_hold, 0, expect_refusal);
	return office_run(&s->office);
}
