// tdv overdue: what is late, since when, and with whom (A7).
#include <stdlib.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "domain/dated.h"
#include "domain/organisation.h"
#include "gen/printing_settings.h"
#include "requests_known.h"
#include "verbs.h"

struct late {
	struct site *site;
	struct organisations organisations;
	struct organisation_tree tree;
	uint64_t within;      // 0: everybody
	int32_t today, until; // due before `until` is told
	json_t *rows;
};

static void late_add(struct late *w, const char *what, const char *name, json_t *number, uint64_t with, int32_t due)
{
	if (due >= w->until || (w->within && !organisation_within(&w->tree, with, w->within))) {
		json_decref(number);
		return;
	}
	json_array_append_new(w->rows, json_pack("{s:s, s:s, s:o, s:I, s:s, s:o, s:i}", "waits_for", name,
			"label", what, "number",
						 number, "organisation", (json_int_t)with, "organisation_name",
						 organisation_title(&w->organisations, with), "due",
								json_date(due), "days_late",
						 w->today - due));
}

static void late_act(struct late *w, enum act act, uint64_t number, uint64_t about, enum org_level level, int32_t due)
{
	late_add(w, language_label(&act_values, act), codec_value_name(&act_values, act), json_integer((json_int_t)number),
		 organisation_at_level(&w->tree, about, level), due);
}

static bool on_late_list(void *context, struct bytes key, struct bytes value)
{
	struct late *w = context;
	struct approval_lists_row row;

	if (approval_lists_row_decode(value, &row) || !row.has_due)
		return true;
	bool appraise = row.stage == list_stage_verified;
	late_act(w, appraise ? act_appraise : act_consolidate, get_u64(key.data), row.cell,
		 appraise ? org_level_grassroots : org_level_superior, row.due);
	return true;
}

static bool on_late_group(void *context, struct bytes key, struct bytes value)
{
	struct late *w = context;
	struct approval_groups_row row;

	if (approval_groups_row_decode(value, &row) || !row.has_due)
		return true;
	bool decide = row.stage == list_stage_consolidated;
	late_act(w, decide ? act_decide : act_approve, get_u64(key.data), row.superior,
		 decide ? org_level_superior : org_level_attached, row.due);
	return true;
}

static void late_request(struct late *w, const struct known_request *one)
{
	if (one->state == request_state_on_hold)
		late_add(w, language_label(&act_values, act_adjudicate), "adjudicate", json_item(one->number),
			 organisation_at_level(&w->tree, one->cell, org_level_superior), one->due);
	else
		late_add(w, _("correction"), "correct", json_item(one->number), one->cell, one->due);
}

// The facility has said nothing for as long as its reminder takes (printing.days_silent).  One that is held waits for the board.
static bool on_late_order(void *context, struct bytes key, struct bytes value)
{
	struct late *w = context;
	struct printing_orders_row row;
	static const enum act next[] = { [print_order_offered] = act_answer_order, [print_order_printing] = act_report_prints,
					 [print_order_printed] = act_pack_boxes };

	if (printing_orders_row_decode(value, &row) || row.standing == order_standing_held || row.state >= array_size(next) ||
	    !next[row.state])
		return true;
	int32_t heard = date_of_instant(row.heard);
	uint32_t days = dated_value_on(printing_days_silent, array_size(printing_days_silent), heard);
	if (days > 0)
		late_add(w, language_label(&act_values, next[row.state]), codec_value_name(&act_values, next[row.state]),
			 json_integer((json_int_t)get_u64(key.data)), row.facility, date_after_working_days(heard, days));
	return true;
}

static bool has_due_date(const struct known_requests *r, uint64_t number, const struct verification_requests_row *row)
{
	(void)r, (void)number;
	return row->has_due;
}

static bool late_read(struct late *w)
{
	struct known_requests r = { .wanted = has_due_date };

	bool ok = organisations_read(w->site, &w->organisations);
	organisations_tree(&w->organisations, &w->tree);
	ok = ok && scan(w->site, service_id_approval, "lists", on_late_list, w) &&
	     scan(w->site, service_id_approval, "groups", on_late_group, w) &&
	     scan(w->site, service_id_printing, "orders", on_late_order, w) && requests_read(w->site, &r);
	for (size_t i = 0; ok && i < r.count; i++)
		late_request(w, &r.list[i]);
	free(r.list);
	return ok;
}

int run_overdue(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "due", N_("Due"), &output_dates, false },          { "days_late", N_("Days late"), NULL, true },
		{ "label", N_("Waits for"), NULL, false },  { "number", N_("Number"), NULL, true },
		{ "organisation_name", N_("With"), NULL, false },
	};
	struct late w = { .site = site, .today = date_of_instant(clock_wall_ms()) };
	uint64_t soon = 0;
	const struct option_row options[] = {
		{ "organisation", option_kind_number, &w.within, N_("CODE"), N_("only what waits with this one or below it") },
		{ "soon", option_kind_number, &soon, N_("DAYS"), N_("also what will be due within so many days") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status != go_on)
		return status;
	if (!home_exists(site))
		return exit_refused;
	w.until = w.today + (int32_t)(soon > 3650 ? 3650 : soon) + (soon > 0);
	w.rows = json_array();
	status = exit_refused;
	if (late_read(&w)) {
		output_table(site, columns, array_size(columns), w.rows);
		if (json_array_size(w.rows) == 0)
			say(site, "%s", soon ? _("Nothing is late or will be within these days.") : _("Nothing is late."));
		output_json(site, json_pack("{s:O}", "overdue", w.rows));
		status = exit_done;
	}
	json_decref(w.rows);
	organisations_deinit(&w.organisations);
	return status;
}
