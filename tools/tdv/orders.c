// tdv order list, hold, release, readdress, priority: print orders under way.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "ask.h"
#include "base/ensure.h"
#include "listing.h"
#include "verbs.h"

#define orders_at_once 200

struct change {
	struct site *site;
	enum order_change change;
	uint64_t priority;
	struct cell_move moves[orders_at_once];
	size_t move_count;
	struct known_order {
		uint64_t number, board;
	} orders[orders_at_once];
	size_t count;
};

static bool fill_change(struct act_job *job, struct terminal *terminal)
{
	const struct change *c = job->context;
	bool priority = c->change == order_change_priority;

	act_add(terminal, &order_change_head_shape,
		&(struct order_change_head){ .order = job->number, .change = c->change, .has_priority = priority,
					     .priority = priority ? (uint8_t)c->priority : 0 });
	for (size_t i = 0; i < c->move_count; i++)
		act_add(terminal, &readdress_row_shape, &(struct readdress_row){ c->moves[i].from, c->moves[i].to });
	return true;
}

// Which board ordered it: its officers may change it.
static bool on_known(void *context, struct bytes key, struct bytes value)
{
	struct change *c = context;
	struct printing_orders_row row;

	if (printing_orders_row_decode(value, &row))
		return true;
	for (size_t i = 0; i < c->count; i++)
		if (c->orders[i].number == get_u64(key.data))
			c->orders[i].board = row.board;
	return true;
}

static bool orders_named(struct change *c, char **argv, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t number;
		if (!cell_code(argv[i], &number)) {
			complain(_("%s is not the number of an order"), argv[i]);
			return false;
		}
		c->orders[c->count++] = (struct known_order){ .number = number };
	}
	if (!scan(c->site, service_id_printing, "orders", on_known, c))
		return false;
	for (size_t i = 0; i < c->count; i++) {
		if (c->orders[i].board == 0) {
			complain(_("there is no order %llu; `tdv order list` shows them"),
				 (unsigned long long)c->orders[i].number);
			return false;
		}
	}
	return true;
}

static int change_orders(struct change *c, char **argv, size_t count, const char *next)
{
	static struct act_job jobs[orders_at_once];
	struct officers officers;
	size_t n = 0;
	int status = exit_refused;

	if (!home_exists(c->site) || !officers_read(c->site, &officers))
		return exit_refused;
	bool ok = orders_named(c, argv, count);
	for (size_t i = 0; ok && i < c->count; i++) {
		const struct officer *officer = officer_for(c->site, &officers, act_change_order, c->orders[i].board, NULL);
		ok = officer != NULL;
		jobs[n] = (struct act_job){ .officer = officer, .act = act_change_order, .fill = fill_change, .context = c,
					    .number = c->orders[i].number };
		snprintf(jobs[n++].about, sizeof jobs[0].about, _("order %llu: %s"), (unsigned long long)c->orders[i].number,
			 language_label(&order_change_values, c->change));
	}
	if (ok) {
		acts_run(c->site, jobs, n);
		status = acts_report(c->site, jobs, n, false, NULL);
		if (status == exit_done)
			say(c->site, "%s", next);
		acts_deinit(jobs, n);
	}
	officers_deinit(&officers);
	return status;
}

static int run_standing(struct site *site, int argc, char **argv, enum order_change change, const char *next)
{
	struct change c = { .site = site, .change = change };
	int status = arguments_take(site, &argc, argv, NULL, 1, orders_at_once);

	return status != go_on ? status : change_orders(&c, argv, (size_t)argc, next);
}

int run_order_hold(struct site *site, int argc, char **argv)
{
	return run_standing(site, argc, argv, order_change_hold,
			    _("The facility has a letter: it prints and sends nothing of it until `tdv order release`."));
}

int run_order_release(struct site *site, int argc, char **argv)
{
	return run_standing(site, argc, argv, order_change_release, _("The facility has a letter and goes on."));
}

int run_order_priority(struct site *site, int argc, char **argv)
{
	struct change c = { .site = site, .change = order_change_priority };
	const struct option_row options[] = {
		{ "priority", option_kind_number, &c.priority, N_("N"), N_("1 to 9; 9 is printed first, 5 is usual") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 1, orders_at_once);

	if (status != go_on)
		return status;
	if (c.priority < 1 || c.priority > 9)
		return usage_wrong(site, "%s", _("--priority is a number from 1 to 9"));
	return change_orders(&c, argv, (size_t)argc,
			     _("The facility has a letter: orders with a higher number are printed first."));
}

// FROM=TO
static bool move_named(const char *text, struct cell_move *move)
{
	char from[32];
	const char *equals = strchr(text, '=');

	if (!equals || (size_t)(equals - text) >= sizeof from)
		return false;
	snprintf(from, sizeof from, "%.*s", (int)(equals - text), text);
	return cell_code(from, &move->from) && cell_code(equals + 1, &move->to);
}

int run_order_readdress(struct site *site, int argc, char **argv)
{
	struct change c = { .site = site, .change = order_change_readdress };
	int status = arguments_take(site, &argc, argv, NULL, 2, orders_at_once + 1);

	if (status != go_on)
		return status;
	for (int i = 1; i < argc; i++)
		if (!move_named(argv[i], &c.moves[c.move_count++]))
			return usage_wrong(site, _("%s: write it as FROM=TO, the codes of two cells"), argv[i]);
	return change_orders(&c, argv, 1,
			     _("Cards that are not in a box yet are packed for the new cell; "
			       "from boxes on their way the cell sends them on with `tdv pack --matter redistribution`."));
}

// --- list

static bool on_order(void *context, struct bytes key, struct bytes value)
{
	struct listing *l = context;
	struct printing_orders_row r;

	if (printing_orders_row_decode(value, &r))
		return true;
	json_t *row = json_pack("{s:I, s:s, s:s, s:i, s:s, s:I, s:s, s:I, s:I}", "order", (json_int_t)get_u64(key.data), "state",
				codec_value_name(&print_order_values, r.state), "standing",
				codec_value_name(&order_standing_values, r.standing), "priority", (int)r.priority, "silence",
				codec_value_name(&order_silence_values, r.silence), "facility", (json_int_t)r.facility,
				"facility_name", organisation_title(&l->organisations, r.facility), "attached",
				(json_int_t)r.attached, "list", (json_int_t)r.group);
	json_t *counts = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "quantity", (json_int_t)r.quantity, "offered",
				   (json_int_t)r.offered, "accepted", (json_int_t)r.accepted, "refused", (json_int_t)r.refused,
				   "good", (json_int_t)r.good, "spoiled", (json_int_t)r.spoiled, "boxed", (json_int_t)r.boxed,
				   "stopped", (json_int_t)r.stopped, "printed_though_stopped", (json_int_t)r.stopped_printed);
	json_object_update(row, counts);
	json_decref(counts);
	json_object_set_new(row, "placed", json_date(r.placed));
	json_object_set_new(row, "heard", json_instant(r.heard));
	json_array_append_new(l->rows, row);
	return true;
}

static const char *remark(const json_t *rows)
{
	return json_array_size(rows) == 0 ? _("Nothing was ordered yet.") : NULL;
}

int run_order_list(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "order", N_("Order"), NULL, true },	     { "state", N_("State"), &print_order_values, false },
		{ "standing", N_("Standing"), &order_standing_values, false }, { "priority", N_("Priority"), NULL, true },
		{ "facility_name", N_("Facility"), NULL, false }, { "quantity", N_("Ordered"), NULL, true },
		{ "offered", N_("Unanswered"), NULL, true }, { "accepted", N_("Accepted"), NULL, true },
		{ "refused", N_("Refused"), NULL, true },    { "good", N_("Good"), NULL, true },
		{ "spoiled", N_("Spoiled"), NULL, true },    { "boxed", N_("In boxes"), NULL, true },
		{ "stopped", N_("Stopped"), NULL, true },    { "silence", N_("Answers"), &order_silence_values, false },
	};
	static const struct listing_kind kind = { service_id_printing, "orders", on_order, columns, array_size(columns), "orders",
						  remark };

	return listing_run(site, argc, argv, &kind);
}
