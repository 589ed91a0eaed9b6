// tdv stock receive, transfer, waste, count, list: blanks (domain.md §3, invariant 4).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "ask.h"
#include "base/ensure.h"
#include "listing.h"
#include "verbs.h"

static bool fill_stock(struct act_job *job, struct terminal *terminal)
{
	act_add(terminal, &stock_row_shape, job->context);
	return true;
}

static bool quantity_in(const char *text, uint32_t *quantity)
{
	uint64_t n;

	if (strcmp(text, "0") == 0) { // cell_code has no 0
		*quantity = 0;
		return true;
	}
	if (!cell_code(text, &n) || n > UINT32_MAX)
		return false;
	*quantity = (uint32_t)n;
	return true;
}

// Names as far as they can be had: the door may be elsewhere, or its daemon down, which the act itself then says.
static void tell_about(const struct site *site, const struct stock_row *row, char *out, size_t size)
{
	struct organisations o = { 0 };
	const char *event = language_label(&stock_event_values, row->event);

	if (!site->door && !ask_is_vain(site, service_id_intake))
		organisations_read(site, &o);
	if (row->has_to)
		snprintf(out, size, _n("%s: %u blank from %s to %s", "%s: %u blanks from %s to %s", row->quantity), event,
			 row->quantity, organisation_title(&o, row->place), organisation_title(&o, row->to));
	else
		snprintf(out, size, _n("%s: %u blank, %s", "%s: %u blanks, %s", row->quantity), event, row->quantity,
			 organisation_title(&o, row->place));
	organisations_deinit(&o);
}

static int keep(struct site *site, struct stock_row *row, const char *next)
{
	struct officers officers;
	int status = exit_refused;

	if (!home_exists(site) || !officers_read(site, &officers))
		return exit_refused;
	// The place's own officer; else the one of this home that looks after blanks.
	const struct officer *officer = officer_fitting(site, &officers, act_keep_stock, row->place);
	if (!officer || site->as)
		officer = officer_any(site, &officers, act_keep_stock);
	if (officer) {
		struct act_job job = { .officer = officer, .act = act_keep_stock, .fill = fill_stock, .context = row };
		tell_about(site, row, job.about, sizeof job.about);
		status = act_carry_out(site, &job, next);
	}
	officers_deinit(&officers);
	return status;
}

// PLACE [TO] QUANTITY
static int run_stock(struct site *site, int argc, char **argv, enum stock_event event, const char *next)
{
	const char *document = NULL;
	const struct option_row options[] = {
		{ "document", option_kind_text, &document, N_("TEXT"), N_("receipt, minutes or waybill") },
		{ 0 },
	};
	bool transfer = event == stock_event_transferred;
	struct stock_row row = { .event = event };
	int status = arguments_take(site, &argc, argv, options, 2 + transfer, 2 + transfer);

	if (status != go_on)
		return status;
	if (!cell_code(argv[0], &row.place) || (transfer && !cell_code(argv[1], &row.to)))
		return usage_wrong(site, _("%s is not an organisation's code"), argv[0]);
	if (!quantity_in(argv[argc - 1], &row.quantity))
		return usage_wrong(site, _("%s is not a number of blanks"), argv[argc - 1]);
	if (document && strlen(document) > 40)
		return usage_wrong(site, "%s", _("a document's number has at most 40 bytes"));
	row.has_to = transfer;
	row.has_document = document != NULL;
	row.document = bytes_of_text(document ? document : "");
	return keep(site, &row, next);
}

int run_stock_receive(struct site *site, int argc, char **argv)
{
	return run_stock(site, argc, argv, stock_event_received, _("The blanks are in the book; `tdv stock list` shows it."));
}

int run_stock_transfer(struct site *site, int argc, char **argv)
{
	return run_stock(site, argc, argv, stock_event_transferred,
			 _("The other place has a letter, and counts what arrives: `tdv stock count`."));
}

int run_stock_waste(struct site *site, int argc, char **argv)
{
	return run_stock(site, argc, argv, stock_event_wasted,
			 _("Written off; spoiled cards are booked by the facility's reports."));
}

int run_stock_count(struct site *site, int argc, char **argv)
{
	return run_stock(site, argc, argv, stock_event_counted, _("The count stands; what it differs by is kept in the book."));
}

// --- list

static bool on_stock(void *context, struct bytes key, struct bytes value)
{
	struct listing *l = context;
	struct printing_stock_row r;

	if (printing_stock_row_decode(value, &r))
		return true;
	json_t *row = json_pack("{s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "place", (json_int_t)get_u64(key.data),
				"place_name", organisation_title(&l->organisations, get_u64(key.data)), "received",
				(json_int_t)r.received, "arrived", (json_int_t)r.arrived, "sent", (json_int_t)r.sent,
				"personalised", (json_int_t)r.personalised, "spoiled", (json_int_t)r.spoiled, "wasted",
				(json_int_t)r.wasted, "adjusted", (json_int_t)r.adjusted, "stock", (json_int_t)r.stock);
	if (r.has_counted)
		json_object_set_new(row, "counted", json_date(r.counted));
	json_array_append_new(l->rows, row);
	return true;
}

static const char *remark(const json_t *rows)
{
	size_t i, n = json_array_size(rows);

	if (n == 0)
		return _("No blanks are in any book yet.");
	for (i = 0; i < n; i++)
		if (json_integer_value(json_object_get(json_array_get(rows, i), "stock")) < 0)
			return _("More was printed than was received: "
				 "book what is missing with `tdv stock receive`, or count: `tdv stock count`.");
	return NULL;
}

int run_stock_list(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "place_name", N_("Place"), NULL, false },  { "received", N_("Received"), NULL, true },
		{ "arrived", N_("Transferred in"), NULL, true }, { "sent", N_("Transferred out"), NULL, true },
		{ "personalised", N_("Good cards"), NULL, true }, { "spoiled", N_("Spoiled cards"), NULL, true },
		{ "wasted", N_("Wasted"), NULL, true },	     { "adjusted", N_("By counts"), NULL, true },
		{ "stock", N_("Stock"), NULL, true },	     { "counted", N_("Counted"), &output_dates, false },
	};
	static const struct listing_kind kind = { service_id_printing, "stock", on_stock, columns, array_size(columns), "stock",
						  remark };

	return listing_run(site, argc, argv, &kind);
}
