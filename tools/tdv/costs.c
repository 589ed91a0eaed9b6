// tdv costs: what cards cost, per order, list and organisation (A11).  A card costs its order's price, whether it is good or was
// spoiled; what was ordered and is not made yet is planned.
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "csv_form.h"
#include "domain/organisation.h"
#include "verbs.h"

struct cost {
	uint64_t id;
	uint64_t cards, good, spoiled; // of them all; cards: ordered, without those refused and stopped
	uint64_t planned, spent;       // đồng
};
struct costs {
	struct cost *list;
	size_t count, capacity;
};

enum cost_by { cost_by_order, cost_by_list, cost_by_organisation };

struct counting {
	enum cost_by by;
	enum org_level level;
	struct organisations organisations;
	struct organisation_tree tree;
	struct costs costs;
	uint64_t within;
	struct price {
		uint64_t order, cost;
	} *prices;
	size_t price_count, price_capacity;
};

static int compare_costs(const void *a, const void *b)
{
	const struct cost *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

// Records come by order, so what is wanted next is mostly what was wanted last.
static struct cost *cost_of(struct costs *c, uint64_t id)
{
	for (size_t i = c->count; i > 0; i--)
		if (c->list[i - 1].id == id)
			return &c->list[i - 1];
	if (c->count == c->capacity) {
		c->capacity = c->capacity ? c->capacity * 2 : 64;
		c->list = realloc(c->list, c->capacity * sizeof *c->list);
		ensure(c->list);
	}
	c->list[c->count] = (struct cost){ .id = id };
	return &c->list[c->count++];
}

static bool on_price(void *context, struct bytes key, struct bytes value)
{
	struct counting *c = context;
	struct printing_orders_row row;

	if (printing_orders_row_decode(value, &row))
		return true;
	if (c->price_count == c->price_capacity) {
		c->price_capacity = c->price_capacity ? c->price_capacity * 2 : 64;
		c->prices = realloc(c->prices, c->price_capacity * sizeof *c->prices);
		ensure(c->prices);
	}
	c->prices[c->price_count++] = (struct price){ get_u64(key.data), row.unit_cost };
	return true;
}

static uint64_t price_of(const struct counting *c, uint64_t order)
{
	for (size_t i = c->price_count; i > 0; i--)
		if (c->prices[i - 1].order == order)
			return c->prices[i - 1].cost;
	return 0;
}

static uint64_t id_of(const struct counting *c, uint64_t order, const struct printing_records_row *record)
{
	switch (c->by) {
	case cost_by_order:
		return order;
	case cost_by_list:
		return item_whole(record->request);
	case cost_by_organisation:
		return organisation_at_level(&c->tree, record->cell, c->level);
	}
	return 0;
}

static bool on_record(void *context, struct bytes key, struct bytes value)
{
	struct counting *c = context;
	struct printing_records_key k;
	struct printing_records_row r;

	if (!printing_records_key_decode(key, &k) || printing_records_row_decode(value, &r))
		return true;
	if (c->within && !organisation_within(&c->tree, r.cell, c->within))
		return true;
	struct cost *cost = cost_of(&c->costs, id_of(c, k.order, &r));
	uint64_t price = price_of(c, k.order);
	switch (r.state) {
	case print_record_offered:
	case print_record_accepted:
		cost->cards++;
		cost->planned += price;
		break;
	case print_record_good:
	case print_record_boxed:
		cost->cards++;
		cost->good++;
		cost->spent += price;
		break;
	case print_record_spoiled:
		cost->spoiled++;
		cost->spent += price;
		break;
	case print_record_refused:
		break;
	case print_record_stopped: // printed all the same
		cost->spoiled += r.has_serial;
		cost->spent += r.has_serial ? price : 0;
		break;
	}
	return true;
}

static json_t *costs_json(const struct counting *c)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < c->costs.count; i++) {
		const struct cost *x = &c->costs.list[i];
		json_t *row = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "number", (json_int_t)x->id, "cards",
					(json_int_t)x->cards, "good", (json_int_t)x->good, "spoiled",
					(json_int_t)x->spoiled, "planned",
					(json_int_t)x->planned, "spent", (json_int_t)x->spent, "total",
					(json_int_t)x->planned + (json_int_t)x->spent);
		if (c->by == cost_by_organisation)
			json_object_set_new(row, "name", json_string(organisation_title(&c->organisations, x->id)));
		json_array_append_new(rows, row);
	}
	return rows;
}

static void tell_sum(const struct site *site, const struct counting *c)
{
	uint64_t planned = 0, spent = 0, cards = 0;

	for (size_t i = 0; i < c->costs.count; i++) {
		cards += c->costs.list[i].cards;
		planned += c->costs.list[i].planned;
		spent += c->costs.list[i].spent;
	}
	say(site, _("In all: %llu cards, %llu đồng spent, %llu đồng planned."), (unsigned long long)cards,
	    (unsigned long long)spent, (unsigned long long)planned);
}

static int count_costs(struct site *site, struct counting *c)
{
	static const struct output_column columns[] = {
		{ "number", N_("Number"), NULL, true },   { "name", N_("Organisation"), NULL, false },
		{ "cards", N_("Cards"), NULL, true },	  { "good", N_("Good"), NULL, true },
		{ "spoiled", N_("Spoiled"), NULL, true }, { "spent", N_("Spent (đồng)"), NULL, true },
		{ "planned", N_("Planned (đồng)"), NULL, true }, { "total", N_("Total (đồng)"), NULL, true },
	};
	static const char *const names[] = { "order", "list", "organisation" };
	int status = exit_refused;

	if (organisations_read(site, &c->organisations)) {
		organisations_tree(&c->organisations, &c->tree);
		if (scan(site, service_id_printing, "orders", on_price, c) &&
		    scan(site, service_id_printing, "records", on_record, c)) {
			if (c->costs.count)
				qsort(c->costs.list, c->costs.count, sizeof *c->costs.list, compare_costs);
			json_t *rows = costs_json(c);
			output_table(site, columns, array_size(columns), rows);
			tell_sum(site, c);
			output_json(site, json_pack("{s:s, s:o}", "by", names[c->by], "costs", rows));
			status = exit_done;
		}
	}
	organisations_deinit(&c->organisations);
	free(c->costs.list);
	free(c->prices);
	return status;
}

int run_costs(struct site *site, int argc, char **argv)
{
	static const unsigned levels[] = { org_level_attached, org_level_superior, org_level_grassroots, org_level_cell, 0 };
	struct counting c = { .level = org_level_superior };
	const char *by = "order", *level = NULL;
	unsigned at = 0;
	const struct option_row options[] = {
		{ "by", option_kind_text, &by, N_("order|list|organisation"), N_("what the figures are for (order)") },
		{ "level", option_kind_text, &level, N_("LEVEL"),
		  N_("by organisation: attached, superior (usual), grassroots or cell") },
		{ "organisation", option_kind_number, &c.within, N_("CODE"), N_("only cards for cells of this one") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status != go_on)
		return status;
	if (strcmp(by, "order") != 0 && strcmp(by, "list") != 0 && strcmp(by, "organisation") != 0)
		return usage_wrong(site, "%s", _("--by is order, list or organisation"));
	c.by = *by == 'l' ? cost_by_list : strcmp(by, "organisation") == 0 ? cost_by_organisation : cost_by_order;
	if (level && !cell_value(&org_level_values, level, &at))
		return usage_values(site, &org_level_values, levels, _("no such level: %s"), level);
	if (at)
		c.level = (enum org_level)at;
	return home_exists(site) ? count_costs(site, &c) : exit_refused;
}
