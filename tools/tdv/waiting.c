#include "waiting.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "domain/dated.h"
#include "domain/organisation.h"
#include "gen/inspection_settings.h"
#include "officers.h"
#include "verbs.h"

struct reading {
	struct waitings *w;
	uint64_t *campaigns; // that run
	size_t campaign_count;
	struct organisation_tree tree;
};

static void add(struct waitings *w, struct waiting one)
{
	if (w->count == w->capacity) {
		w->capacity = w->capacity ? w->capacity * 2 : 64;
		w->list = realloc(w->list, w->capacity * sizeof *w->list);
	}
	ensure(w->list);
	w->list[w->count++] = one;
}

// --- approval

static bool on_list(void *context, struct bytes key, struct bytes value)
{
	struct reading *r = context;
	struct approval_lists_row row;

	if (approval_lists_row_decode(value, &row) || row.stage != list_stage_verified)
		return true;
	add(r->w, (struct waiting){ .act = act_appraise,
				    .organisation = organisation_at_level(&r->tree, row.cell, org_level_grassroots),
				    .number = get_u64(key.data),
				    .about = row.cell,
				    .kind = row.kind,
				    .reason = row.reason,
				    .count = row.kept });
	return true;
}

// One for each kind and reason: they are consolidated together.
static bool on_ready(void *context, struct bytes key, struct bytes value)
{
	struct reading *r = context;
	struct approval_ready_key k;
	(void)value;

	if (!approval_ready_key_decode(key, &k))
		return true;
	struct waiting *last = r->w->count ? &r->w->list[r->w->count - 1] : NULL;
	if (last && last->act == act_consolidate && last->organisation == k.superior &&
	    last->kind == k.kind && last->reason == k.reason)
		last->count++;
	else
		add(r->w, (struct waiting){ .act = act_consolidate,
					    .organisation = k.superior,
					    .about = k.superior,
					    .kind = k.kind,
					    .reason = k.reason,
					    .count = 1 });
	return true;
}

static bool on_group(void *context, struct bytes key, struct bytes value)
{
	struct reading *r = context;
	struct approval_groups_row row;

	if (approval_groups_row_decode(value, &row) ||
	    (row.stage != list_stage_consolidated && row.stage != list_stage_decided))
		return true;
	bool decide = row.stage == list_stage_consolidated;
	add(r->w, (struct waiting){ .act = decide ? act_decide : act_approve,
				    .organisation = decide ? row.superior
							   : organisation_at_level(&r->tree, row.superior,
										   org_level_attached),
				    .number = get_u64(key.data),
				    .about = row.superior,
				    .kind = row.kind,
				    .reason = row.reason,
				    .count = row.kept });
	return true;
}

// --- verification

// Requests of one list together: they are ruled on together.
static bool on_held_request(void *context, struct bytes key, struct bytes value)
{
	struct reading *r = context;
	struct verification_requests_row row;
	(void)key;

	if (verification_requests_row_decode(value, &row) || row.state != request_state_on_hold)
		return true;
	struct waiting *last = r->w->count ? &r->w->list[r->w->count - 1] : NULL;
	if (last && last->act == act_adjudicate && last->number == row.list)
		last->count++;
	else
		add(r->w, (struct waiting){ .act = act_adjudicate,
					    .organisation = organisation_at_level(&r->tree, row.cell, org_level_superior),
					    .number = row.list,
					    .about = row.cell,
					    .kind = row.kind,
					    .reason = row.reason,
					    .count = 1 });
	return true;
}

// --- printing

static bool on_approved(void *context, struct bytes key, struct bytes value)
{
	struct reading *r = context;
	struct printing_groups_row row;

	if (printing_groups_row_decode(value, &row) || row.state != group_state_approved)
		return true;
	add(r->w, (struct waiting){ .act = act_place_order,
				    .organisation = organisation_at_level(&r->tree, row.attached, org_level_central),
				    .number = get_u64(key.data),
				    .about = row.attached,
				    .kind = row.kind,
				    .reason = row.reason,
				    .count = row.count - row.recalled });
	return true;
}

// --- delivery

static bool on_held(void *context, struct bytes key, struct bytes value)
{
	struct reading *r = context;
	struct delivery_waiting_key k;
	struct delivery_waiting_row row;

	// A facility's boxes wait for its own submission, not for an officer.
	if (!delivery_waiting_key_decode(key, &k) || delivery_waiting_row_decode(value, &row) ||
	    !organisation_find(&r->w->organisations, k.toward))
		return true;
	struct waiting *last = r->w->count ? &r->w->list[r->w->count - 1] : NULL;
	if (last && last->act == act_ship && last->organisation == k.organisation)
		last->count += row.boxes;
	else
		add(r->w, (struct waiting){ .act = act_ship,
					    .organisation = k.organisation,
					    .about = k.organisation,
					    .count = row.boxes });
	return true;
}

static bool on_shipment(void *context, struct bytes key, struct bytes value)
{
	struct reading *r = context;
	struct delivery_shipments_row row;

	if (delivery_shipments_row_decode(value, &row) || row.received >= row.boxes)
		return true;
	add(r->w, (struct waiting){ .act = act_receive,
				    .organisation = row.to,
				    .number = get_u64(key.data),
				    .about = row.from,
				    .count = row.boxes - row.received });
	return true;
}

static bool on_box(void *context, struct bytes key, struct bytes value)
{
	struct reading *r = context;
	struct delivery_boxes_row row;
	(void)key;

	if (delivery_boxes_row_decode(value, &row) || row.place != card_place_custody ||
	    row.custodian != row.destination || row.left == 0)
		return true;
	// What came up to the centre is there to be destroyed.
	const struct organisation *at = organisation_find(&r->w->organisations, row.destination);
	enum act act = at && at->level == org_level_central ? act_destroy_cards : act_hand_over;
	for (size_t i = r->w->count; i-- > 0 && r->w->list[i].act == act;) {
		if (r->w->list[i].organisation == row.destination) {
			r->w->list[i].count += row.left;
			return true;
		}
	}
	add(r->w, (struct waiting){ .act = act, .organisation = row.destination, .about = row.destination, .count = row.left });
	return true;
}

// --- inspection

static const struct {
	enum org_level level;
	enum campaign_part stage;
	enum act act;
} part_steps[] = {
	{ org_level_cell, campaign_part_waiting, act_file_checks },
	{ org_level_grassroots, campaign_part_waiting, act_consolidate_checks },
	{ org_level_superior, campaign_part_waiting, act_decide_checks },
	{ org_level_superior, campaign_part_decided, act_stamp_cards },
	{ org_level_superior, campaign_part_stamping, act_return_checked },
	{ org_level_superior, campaign_part_returned, act_report_checks },
};

// As inspection_close has it: every part has reported, or there was time to.
static bool may_close(const struct inspection_campaigns_row *c, int32_t today)
{
	int32_t opened = c->has_opened ? c->opened : c->from;
	uint32_t days = dated_value_on(inspection_days_report, array_size(inspection_days_report), opened);
	bool all = c->cells_filed >= c->cells && c->grassroots_filed >= c->grassroots && c->reported >= c->superiors;

	return c->state == campaign_state_reported && today > c->to && c->cells_filed > 0 &&
	       (all || today >= date_after_working_days(opened, days));
}

// Only the rows of campaigns that run: read before their parts.
static bool on_campaign(void *context, struct bytes key, struct bytes value)
{
	struct reading *r = context;
	struct inspection_campaigns_row row;
	uint64_t number = get_u64(key.data);

	if (inspection_campaigns_row_decode(value, &row))
		return true;
	bool ripe = may_close(&row, date_of_instant(clock_wall_ms()));
	if (row.state == campaign_state_planned || ripe)
		add(r->w, (struct waiting){ .act = row.state == campaign_state_planned ? act_open_campaign : act_close_campaign,
					    .organisation = row.organisation, .number = number, .about = row.organisation,
					    .count = 1 });
	if (row.state != campaign_state_planned && row.state != campaign_state_closed) {
		r->campaigns = realloc(r->campaigns, (r->campaign_count + 1) * sizeof *r->campaigns);
		ensure(r->campaigns);
		r->campaigns[r->campaign_count++] = number;
	}
	return true;
}

static bool runs(const struct reading *r, uint64_t campaign)
{
	for (size_t i = 0; i < r->campaign_count; i++)
		if (r->campaigns[i] == campaign)
			return true;
	return false;
}

static bool on_part(void *context, struct bytes key, struct bytes value)
{
	struct reading *r = context;
	struct inspection_parts_key k;
	struct inspection_parts_row row;

	if (!inspection_parts_key_decode(key, &k) || inspection_parts_row_decode(value, &row) || !runs(r, k.campaign))
		return true;
	for (size_t i = 0; i < array_size(part_steps); i++)
		if (part_steps[i].level == k.level && part_steps[i].stage == row.stage)
			add(r->w, (struct waiting){ .act = part_steps[i].act, .organisation = k.organisation,
						    .number = k.campaign, .about = k.organisation, .count = 1 });
	return true;
}

static const struct {
	enum act acts[8];
	uint16_t service;
	const char *table;
	bool (*row)(void *context, struct bytes key, struct bytes value);
} sources[] = {
	{ { act_adjudicate }, service_id_verification, "requests", on_held_request },
	{ { act_appraise }, service_id_approval, "lists", on_list },
	{ { act_consolidate }, service_id_approval, "ready", on_ready },
	{ { act_decide, act_approve }, service_id_approval, "groups", on_group },
	{ { act_place_order }, service_id_printing, "groups", on_approved },
	{ { act_ship }, service_id_delivery, "waiting", on_held },
	{ { act_receive }, service_id_delivery, "shipments", on_shipment },
	{ { act_hand_over, act_destroy_cards }, service_id_delivery, "boxes", on_box },
	{ { act_open_campaign, act_close_campaign, act_file_checks, act_consolidate_checks, act_decide_checks, act_stamp_cards,
	    act_return_checked, act_report_checks }, service_id_inspection, "campaigns", on_campaign },
	{ { act_file_checks, act_consolidate_checks, act_decide_checks, act_stamp_cards, act_return_checked,
	    act_report_checks }, service_id_inspection, "parts", on_part },
};

static bool wanted(const enum act *acts, enum act act)
{
	for (; acts && *acts; acts++)
		if (*acts == act)
			return true;
	return false;
}

// Any of the acts that a source is about, or all when the caller names none.
static bool is_wanted(const enum act *acts, const enum act *about, size_t count)
{
	for (size_t i = 0; acts && i < count && about[i]; i++)
		if (wanted(acts, about[i]))
			return true;
	return !acts;
}

bool waitings_read(const struct site *site, const enum act *acts, struct waitings *w)
{
	struct reading r = { .w = w };
	bool ok;

	*w = (struct waitings){ 0 };
	ok = organisations_read(site, &w->organisations);
	organisations_tree(&w->organisations, &r.tree);
	for (size_t i = 0; ok && i < array_size(sources); i++)
		if (is_wanted(acts, sources[i].acts, array_size(sources[i].acts)))
			ok = scan(site, sources[i].service, sources[i].table, sources[i].row, &r);
	free(r.campaigns);
	if (!ok)
		waitings_deinit(w);
	return ok;
}

void waitings_deinit(struct waitings *w)
{
	organisations_deinit(&w->organisations);
	free(w->list);
	*w = (struct waitings){ 0 };
}

// --- tdv lists

static json_t *waiting_json(const struct waitings *w, const struct waiting *one)
{
	json_t *j = json_pack("{s:s, s:I, s:s}", "act", codec_value_name(&act_values, one->act),
			      "organisation", (json_int_t)one->organisation, "organisation_name",
			      organisation_title(&w->organisations, one->organisation));

	if (one->number)
		json_object_set_new(j, "number", json_integer((json_int_t)one->number));
	if (one->kind) {
		json_object_set_new(j, "kind",
				    json_string(codec_value_name(&request_kind_values, one->kind)));
		json_object_set_new(j, "reason",
				    json_string(codec_value_name(&request_reason_values, one->reason)));
	}
	json_object_set_new(j, "about", json_integer((json_int_t)one->about));
	json_object_set_new(j, "about_name", json_string(organisation_title(&w->organisations, one->about)));
	json_object_set_new(j, "count", json_integer(one->count));
	return j;
}

// What the sources are about.
static const unsigned acts_of_lists[] = {
	act_adjudicate, act_appraise, act_consolidate, act_decide, act_approve, act_place_order, act_ship, act_receive,
	act_hand_over, act_destroy_cards, act_open_campaign, act_file_checks, act_consolidate_checks, act_decide_checks,
	act_stamp_cards, act_return_checked, act_report_checks, act_close_campaign, 0
};

// Whose work is shown: of a named officer, what that one's organisation can do.  False: this home knows no such officer.
static bool narrow_to_officer(const struct site *site, uint64_t *organisation)
{
	struct officers officers;
	const struct officer *o = NULL;

	if (!site->as)
		return true;
	if (!officers_read(site, &officers))
		return false;
	o = officer_named(&officers, site->as);
	if (o && !*organisation)
		*organisation = o->organisation;
	if (!o)
		complain(_("this home knows no officer \"%s\""), site->as);
	officers_deinit(&officers);
	return o != NULL;
}

int run_lists(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "act", N_("Waits for"), &act_values, false },
		{ "organisation_name", N_("By"), NULL, false },
		{ "number", N_("Number"), NULL, true },
		{ "kind", N_("Kind"), &request_kind_values, false },
		{ "about_name", N_("About"), NULL, false },
		{ "count", N_("Count"), NULL, true },
	};
	uint64_t organisation = 0;
	const char *act_name = NULL;
	const struct option_row options[] = {
		{ "organisation", option_kind_number, &organisation, N_("CODE"),
		  N_("only what this one's officers can do") },
		{ "act", option_kind_text, &act_name, N_("ACT"),
		  N_("only what waits for this: appraise, consolidate, decide, …") },
		{ 0 },
	};
	struct waitings w;
	uint16_t act = 0;
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status != go_on)
		return status;
	if (act_name && !codec_value_from_name(&act_values, act_name, &act))
		return usage_values(site, &act_values, acts_of_lists, _("no such act: %s"), act_name);
	if (!home_exists(site) || !narrow_to_officer(site, &organisation) || !waitings_read(site, NULL, &w))
		return exit_refused;
	json_t *rows = json_array();
	for (size_t i = 0; i < w.count; i++)
		if ((!organisation || w.list[i].organisation == organisation) &&
		    (!act || w.list[i].act == act))
			json_array_append_new(rows, waiting_json(&w, &w.list[i]));
	output_table(site, columns, array_size(columns), rows);
	if (json_array_size(rows) == 0)
		say(site, "%s", _("Nothing waits for anybody."));
	output_json(site, json_pack("{s:o}", "waiting", rows));
	waitings_deinit(&w);
	return exit_done;
}
