// tdv outcome: how far everything has come, as tables: members, lists, requests, orders, cards, shipments,
// the conservation ledger.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/ensure.h"
#include "rule_words.h"
#include "standing.h"
#include "verbs.h"

// --- counting: rows of text keys and numbers, in the order of the keys

struct tally {
	json_t *index; // "a|b" -> row
};

static struct tally tally_new(void)
{
	return (struct tally){ json_object() };
}

// Pairs of name and text, ended by NULL; text NULL is left out.  Rows are shown by `place`, then by their
// texts.
#define end_of_texts ((const char *)NULL)
static json_t *tally_row(struct tally *t, unsigned place, const char *name, ...)
{
	char key[256];
	json_t *row, *fresh = json_object();
	va_list ap;

	snprintf(key, sizeof key, "%05u|", place);
	va_start(ap, name);
	for (; name; name = va_arg(ap, const char *)) {
		const char *text = va_arg(ap, const char *);
		size_t n = strlen(key);
		snprintf(key + n, sizeof key - n, "%s|", text ? text : "");
		if (text)
			json_object_set_new(fresh, name, json_string(text));
	}
	va_end(ap);
	row = json_object_get(t->index, key);
	if (row) {
		json_decref(fresh);
		return row;
	}
	json_object_set_new(t->index, key, fresh);
	return fresh;
}

static void tally_add(json_t *row, const char *name, uint64_t by)
{
	json_int_t before = json_integer_value(json_object_get(row, name));
	json_object_set_new(row, name, json_integer(before + (json_int_t)by));
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static json_t *tally_rows(struct tally *t)
{
	size_t n = json_object_size(t->index), i = 0;
	const char **keys = calloc(n + 1, sizeof *keys), *key;
	json_t *rows = json_array(), *row;

	ensure(keys);
	json_object_foreach(t->index, key, row) keys[i++] = key;
	qsort(keys, n, sizeof *keys, compare_texts);
	for (i = 0; i < n; i++)
		json_array_append(rows, json_object_get(t->index, keys[i]));
	free(keys);
	json_decref(t->index);
	return rows;
}

// --- what is counted

struct box_place {
	uint64_t box;
	enum card_place place;
};
// A consolidated list: what its lists have come to since.
struct group_stage {
	uint64_t group;
	enum list_stage stage;
	enum print_order order; // 0: none
};
struct card_worth {
	uint64_t card;
	enum card_validity validity;
	enum card_generation generation;
	bool placed;
};

struct figures {
	const struct site *site;
	struct tally members, lists, requests, cards, shipments, ledger;
	json_t *orders;
	struct organisations organisations;
	struct box_place *boxes;
	size_t box_count, box_capacity;
	struct group_stage *groups;
	size_t group_count, group_capacity;
	struct card_worth *worths;
	size_t worth_count, worth_capacity;
};

static bool on_member(void *context, struct bytes key, struct bytes value)
{
	struct figures *f = context;
	struct registry_members_row row;
	(void)key;

	if (!registry_members_row_decode(value, &row))
		tally_add(tally_row(&f->members, row.data.type * 100u + row.data.status, "type",
				    codec_value_name(&member_type_values, row.data.type), "status",
				    codec_value_name(&member_status_values, row.data.status), end_of_texts),
			  "count", 1);
	return true;
}

static int compare_number(const void *key, const void *element)
{
	uint64_t a = *(const uint64_t *)key,
		 b = *(const uint64_t *)element; // the number comes first in all structs that are searched
	return a < b ? -1 : a > b;
}

static bool on_group(void *context, struct bytes key, struct bytes value)
{
	struct figures *f = context;
	struct approval_groups_row row;

	if (approval_groups_row_decode(value, &row))
		return true;
	if (f->group_count == f->group_capacity) {
		f->group_capacity = f->group_capacity ? f->group_capacity * 2 : 256;
		f->groups = realloc(f->groups, f->group_capacity * sizeof *f->groups);
		ensure(f->groups);
	}
	f->groups[f->group_count++] = (struct group_stage){ get_u64(key.data), row.stage, 0 };
	return true;
}

static struct group_stage *group_numbered(const struct figures *f, uint64_t group)
{
	return f->group_count ? bsearch(&group, f->groups, f->group_count, sizeof *f->groups, compare_number) : NULL;
}

// A list ends with being consolidated: from then on it is as far as the group that took it in.
static bool on_list(void *context, struct bytes key, struct bytes value)
{
	struct figures *f = context;
	struct approval_lists_row row;
	(void)key;

	if (approval_lists_row_decode(value, &row))
		return true;
	const struct group_stage *group = row.has_group ? group_numbered(f, row.group) : NULL;
	enum list_stage stage = group ? group->stage : row.stage;
	unsigned order = group ? group->order : 0;
	json_t *to = tally_row(&f->lists, row.kind * 10000u + stage * 100u + order, "kind",
			       codec_value_name(&request_kind_values, row.kind), "stage",
			       codec_value_name(&list_stage_values, stage), "order",
			       order ? codec_value_name(&print_order_values, order) : NULL, end_of_texts);
	tally_add(to, "count", 1);
	tally_add(to, "requests", row.stage >= list_stage_appraised ? row.kept : row.verified);
	return true;
}

static bool on_request(void *context, struct bytes key, struct bytes value)
{
	struct figures *f = context;
	struct verification_requests_row row;
	char rule[17];
	(void)key;

	if (verification_requests_row_decode(value, &row))
		return true;
	snprintf(rule, sizeof rule, "%.*s", row.has_rule ? (int)row.rule.size : 0,
		 (const char *)row.rule.data);
	json_t *to = tally_row(&f->requests, row.kind * 100u + row.state, "kind",
			       codec_value_name(&request_kind_values, row.kind), "state",
			       codec_value_name(&request_state_values, row.state), "rule",
			       row.has_rule ? rule : NULL, end_of_texts);
	tally_add(to, "count", 1);
	if (row.has_rule && !json_object_get(to, "sentence"))
		json_object_set_new(to, "sentence", json_string(rule_words(rule)));
	return true;
}

static bool on_order(void *context, struct bytes key, struct bytes value)
{
	struct figures *f = context;
	struct printing_orders_row row;

	if (printing_orders_row_decode(value, &row))
		return true;
	struct group_stage *group = group_numbered(f, row.group);
	if (group)
		group->order = row.state;
	json_array_append_new(f->orders,
			      json_pack("{s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "order",
					(json_int_t)get_u64(key.data), "state",
					codec_value_name(&print_order_values, row.state), "group",
					(json_int_t)row.group, "quantity", (json_int_t)row.quantity, "refused",
					(json_int_t)row.refused, "spoiled", (json_int_t)row.spoiled, "reprints",
					(json_int_t)row.reprints, "boxed", (json_int_t)row.boxed, "boxes",
					(json_int_t)row.boxes, "cost", (json_int_t)row.cost));
	return true;
}

static bool on_box(void *context, struct bytes key, struct bytes value)
{
	struct figures *f = context;
	struct delivery_boxes_row row;

	if (delivery_boxes_row_decode(value, &row))
		return true;
	if (f->box_count == f->box_capacity) {
		f->box_capacity = f->box_capacity ? f->box_capacity * 2 : 256;
		f->boxes = realloc(f->boxes, f->box_capacity * sizeof *f->boxes);
		ensure(f->boxes);
	}
	f->boxes[f->box_count++] = (struct box_place){ get_u64(key.data), row.place };
	return true;
}

static bool on_worth(void *context, struct bytes key, struct bytes value)
{
	struct figures *f = context;
	struct revocation_cards_row row;

	if (revocation_cards_row_decode(value, &row))
		return true;
	if (f->worth_count == f->worth_capacity) {
		f->worth_capacity = f->worth_capacity ? f->worth_capacity * 2 : 4096;
		f->worths = realloc(f->worths, f->worth_capacity * sizeof *f->worths);
		ensure(f->worths);
	}
	f->worths[f->worth_count++] = (struct card_worth){ get_u64(key.data), row.validity, row.generation,
							   false };
	return true;
}

// A place or validity of 0 is none.
static void count_card(struct figures *f, enum card_generation generation, unsigned place, unsigned validity)
{
	const char *worth = validity ? codec_value_name(&card_validity_values, validity) : NULL;
	const char *where = place ? codec_value_name(&card_place_values, place) : NULL;
	json_t *to = tally_row(&f->cards, generation * 1000u + validity * 20u + place, "generation",
			       codec_value_name(&card_generation_values, generation), "validity", worth, "place", where,
			       end_of_texts);

	tally_add(to, "count", 1);
	if (worth && !json_object_get(to, "validity_text"))
		json_object_set_new(to, "validity_text", json_string(card_worth_words(worth, where)));
	if (where && !json_object_get(to, "place_text"))
		json_object_set_new(to, "place_text",
				    json_string(worth ? card_place_words(worth, where)
						      : language_label_of(&card_place_values, where)));
}

// A card in a box is where its box is.
static bool on_card(void *context, struct bytes key, struct bytes value)
{
	struct figures *f = context;
	struct delivery_cards_row row;
	uint64_t card = get_u64(key.data);
	unsigned place = 0;

	if (delivery_cards_row_decode(value, &row))
		return true;
	if (row.has_place) {
		place = row.place;
	} else if (row.has_box && f->box_count) {
		const struct box_place *box = bsearch(&row.box, f->boxes, f->box_count, sizeof *f->boxes,
						      compare_number);
		place = box ? box->place : 0;
	}
	struct card_worth *worth = f->worth_count ? bsearch(&card, f->worths, f->worth_count,
							    sizeof *f->worths, compare_number)
						  : NULL;
	if (worth)
		worth->placed = true;
	count_card(f, row.generation, place, worth ? worth->validity : 0);
	return true;
}

// Reserved, and not made (yet): no place.
static void count_unplaced(struct figures *f)
{
	for (size_t i = 0; i < f->worth_count; i++)
		if (!f->worths[i].placed)
			count_card(f, f->worths[i].generation, 0, f->worths[i].validity);
}

static unsigned level_number(const struct figures *f, uint64_t code)
{
	const struct organisation *o = organisation_find(&f->organisations, code);
	return o ? o->level : 0;
}

static const char *level_of(const struct figures *f, uint64_t code)
{
	unsigned level = level_number(f, code);
	return level ? codec_value_name(&org_level_values, level) : NULL;
}

static bool on_shipment(void *context, struct bytes key, struct bytes value)
{
	struct figures *f = context;
	struct delivery_shipments_row row;
	(void)key;

	if (delivery_shipments_row_decode(value, &row))
		return true;
	json_t *to = tally_row(&f->shipments, level_number(f, row.to), "to", level_of(f, row.to),
			       end_of_texts);
	tally_add(to, "shipments", 1);
	tally_add(to, "boxes", row.boxes);
	tally_add(to, "received", row.received);
	tally_add(to, "cards", row.cards);
	return true;
}

static bool on_ledger(void *context, struct bytes key, struct bytes value)
{
	struct figures *f = context;
	struct delivery_ledger_key k;
	struct delivery_ledger_row row;

	if (!delivery_ledger_key_decode(key, &k) || delivery_ledger_row_decode(value, &row))
		return true;
	json_t *to = tally_row(&f->ledger, level_number(f, k.organisation), "level",
			       level_of(f, k.organisation), "account",
			       codec_value_name(&account_values, k.account), "generation",
			       codec_value_name(&card_generation_values, k.generation), end_of_texts);
	tally_add(to, "organisations", 1);
	tally_add(to, "opening", row.opening);
	tally_add(to, "received", row.received);
	tally_add(to, "delivered", row.delivered);
	tally_add(to, "sent_on", row.sent_on);
	tally_add(to, "spoiled_or_lost", row.spoiled_or_lost);
	tally_add(to, "closing", row.closing);
	return true;
}

static const struct {
	uint16_t service;
	const char *table;
	bool (*row)(void *context, struct bytes key, struct bytes value);
} counted[] = {
	{ service_id_registry, "members", on_member },
	{ service_id_approval, "groups", on_group },
	{ service_id_printing, "orders", on_order }, // after groups, before lists
	{ service_id_approval, "lists", on_list },
	{ service_id_verification, "requests", on_request },
	{ service_id_delivery, "boxes", on_box },
	{ service_id_revocation, "cards", on_worth },
	{ service_id_delivery, "cards", on_card },
	{ service_id_delivery, "shipments", on_shipment },
	{ service_id_delivery, "ledger", on_ledger },
};

// --- how it is shown

static const struct output_column member_columns[] = {
	{ "type", N_("Type"), &member_type_values, false },
	{ "status", N_("Status"), &member_status_values, false },
	{ "count", N_("Count"), NULL, true },
};
static const struct output_column list_columns[] = {
	{ "kind", N_("Kind"), &request_kind_values, false },
	{ "stage", N_("Stage"), &list_stage_values, false },
	{ "order", N_("Print order"), &print_order_values, false },
	{ "count", N_("Lists"), NULL, true },
	{ "requests", N_("Requests"), NULL, true },
};
static const struct output_column request_columns[] = {
	{ "kind", N_("Kind"), &request_kind_values, false },
	{ "state", N_("State"), &request_state_values, false },
	{ "count", N_("Count"), NULL, true },
	{ "sentence", N_("Rule"), NULL, false },
};
static const struct output_column order_columns[] = {
	{ "order", N_("Order"), NULL, true },      { "state", N_("State"), &print_order_values, false },
	{ "quantity", N_("Ordered"), NULL, true }, { "refused", N_("Refused"), NULL, true },
	{ "spoiled", N_("Spoiled"), NULL, true },  { "reprints", N_("Reprints"), NULL, true },
	{ "boxed", N_("Sent"), NULL, true },       { "boxes", N_("Boxes"), NULL, true },
	{ "cost", N_("Cost (đồng)"), NULL, true },
};
static const struct output_column card_columns[] = {
	{ "generation", N_("Card"), &card_generation_values, false },
	{ "validity_text", N_("Validity"), NULL, false },
	{ "place_text", N_("Place"), NULL, false },
	{ "count", N_("Count"), NULL, true },
};
static const struct output_column shipment_columns[] = {
	{ "to", N_("Shipments to level"), &org_level_values, false },
	{ "shipments", N_("Shipments"), NULL, true },
	{ "boxes", N_("Boxes"), NULL, true },
	{ "received", N_("Received"), NULL, true },
	{ "cards", N_("Cards"), NULL, true },
};
static const struct output_column ledger_columns[] = {
	{ "level", N_("Ledger of level"), &org_level_values, false },
	{ "account", N_("Account"), &account_values, false },
	{ "generation", N_("Card"), &card_generation_values, false },
	{ "opening", N_("Opening"), NULL, true },
	{ "received", N_("Received"), NULL, true },
	{ "delivered", N_("Delivered"), NULL, true },
	{ "sent_on", N_("Sent on"), NULL, true },
	{ "spoiled_or_lost", N_("Spoiled, lost"), NULL, true },
	{ "closing", N_("Closing"), NULL, true },
};

static void show(struct site *site, json_t *root, const char *key, const char *title,
		 const struct output_column *columns, size_t count, json_t *rows)
{
	if (json_array_size(rows)) {
		say(site, "\n%s", title);
		output_table(site, columns, count, rows);
	}
	json_object_set_new(root, key, rows);
}

#define show_tally(key, title, columns, rows) show(site, root, key, title, columns, array_size(columns), rows)

int run_outcome(struct site *site, int argc, char **argv)
{
	struct figures f = { .site = site };
	int status = arguments_take(site, &argc, argv, NULL, 0, 0);
	json_t *root;
	bool ok;

	if (status != go_on)
		return status;
	if (!home_exists(site))
		return exit_refused;
	f.members = tally_new();
	f.lists = tally_new();
	f.requests = tally_new();
	f.cards = tally_new();
	f.shipments = tally_new();
	f.ledger = tally_new();
	f.orders = json_array();
	ok = organisations_read(site, &f.organisations);
	for (size_t i = 0; ok && i < array_size(counted); i++)
		ok = scan(site, counted[i].service, counted[i].table, counted[i].row, &f);
	count_unplaced(&f);
	root = json_object();
	show_tally("members", _("Members"), member_columns, tally_rows(&f.members));
	show_tally("lists", _("Lists"), list_columns, tally_rows(&f.lists));
	show_tally("requests", _("Requests"), request_columns, tally_rows(&f.requests));
	show_tally("orders", _("Print orders"), order_columns, f.orders);
	show_tally("cards", _("Cards"), card_columns, tally_rows(&f.cards));
	show_tally("shipments", _("Shipments"), shipment_columns, tally_rows(&f.shipments));
	show_tally("ledger", _("Conservation ledger"), ledger_columns, tally_rows(&f.ledger));
	if (ok)
		output_json(site, root);
	else
		json_decref(root);
	free(f.groups);
	free(f.boxes);
	free(f.worths);
	organisations_deinit(&f.organisations);
	return ok ? exit_done : exit_refused;
}
