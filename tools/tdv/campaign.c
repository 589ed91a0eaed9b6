// tdv campaign plan, open, settle, consolidate, decide, stamp, return, report, close; tdv late-check: the steps of an inspection
// of cards (D1 to D17) that boards and committees take. What cells file is in campaign_file.c.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "ask.h"
#include "base/ensure.h"
#include "base/when.h"
#include "csv_rows.h"
#include "domain/dated.h"
#include "gen/inspection_settings.h"
#include "domain/organisation.h"
#include "verbs.h"

#define rows_most 1999

struct campaign_act {
	struct check_head head;
	const char *number, *basis, *explanation, *scan, *reason;
	struct check_row *rows;
	char (*profiles)[10];
	size_t count;
};

static bool fill(struct act_job *job, struct terminal *terminal)
{
	struct campaign_act *a = job->context;
	struct hash scan = { 0 };
	size_t failed;

	if (!attachments_put(terminal, "./x", &a->scan, 1, &scan, &failed, job->failure, sizeof job->failure))
		return false;
	a->head.has_scan = a->scan != NULL;
	a->head.scan = scan;
	act_add(terminal, &check_head_shape, &a->head);
	for (size_t i = 0; i < a->count; i++)
		act_add(terminal, &check_row_shape, &a->rows[i]);
	return true;
}

static bool card_of_row(const struct act_job *job, uint32_t row, struct card_row *card)
{
	const struct campaign_act *a = job->context;

	if (row > a->count)
		return false;
	const struct check_row *check = &a->rows[row - 1];
	*card = (struct card_row){ .has_card_number = check->has_card_number, .card_number = check->card_number,
				   .has_profile_number = check->has_profile_number, .profile_number = check->profile_number };
	return true;
}

// Texts and dates of the command line into the head.
static void complete(struct campaign_act *a, int32_t date)
{
	a->head.has_document_number = a->number != NULL;
	a->head.document_number = bytes_of_text(a->number ? a->number : "");
	a->head.has_document_date = a->number != NULL;
	a->head.document_date = a->number ? date != date_none ? date : date_of_instant(clock_wall_ms()) : 0;
	a->head.has_legal_basis = a->basis != NULL;
	a->head.legal_basis = bytes_of_text(a->basis ? a->basis : "");
	a->head.has_explanation = a->explanation != NULL;
	a->head.explanation = bytes_of_text(a->explanation ? a->explanation : "");
}

// --- whose counts hold form 6 up (D3)

struct unsettled {
	uint64_t campaign, above;
	struct organisations organisations;
	json_t *cells;
};

static bool on_unsettled(void *context, struct bytes key, struct bytes value)
{
	struct unsettled *u = context;
	struct inspection_parts_key k;
	struct inspection_parts_row part;
	struct organisation_tree tree;

	if (!inspection_parts_key_decode(key, &k) || inspection_parts_row_decode(value, &part) || k.campaign != u->campaign ||
	    k.level != org_level_cell || part.stage != campaign_part_filed || !part.differs)
		return true;
	organisations_tree(&u->organisations, &tree);
	if (organisation_within(&tree, k.organisation, u->above))
		json_array_append_new(u->cells, json_pack("{s:I, s:s, s:i, s:i}", "cell", (json_int_t)k.organisation, "name",
							  organisation_title(&u->organisations, k.organisation), "members",
							  (int)part.figures.members, "registered",
							  (int)part.figures.registered));
	return true;
}

static json_t *unsettled_below(const struct site *site, uint64_t campaign, uint64_t above)
{
	struct unsettled u = { .campaign = campaign, .above = above, .cells = json_array() };

	if (organisations_read(site, &u.organisations))
		scan(site, service_id_inspection, "parts", on_unsettled, &u);
	organisations_deinit(&u.organisations);
	return u.cells;
}

static void tell_unsettled(const json_t *cells, uint64_t campaign)
{
	json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
		complain(_("%lld (%s) counts %d members, the registry %d"),
			 (long long)json_integer_value(json_object_get(cell, "cell")),
			 json_string_value(json_object_get(cell, "name")),
			 (int)json_integer_value(json_object_get(cell, "members")),
			 (int)json_integer_value(json_object_get(cell, "registered")));
	complain(_("next: `tdv campaign show %llu --differences`; then each cell files again, or `tdv campaign settle %llu "
		   "--cell CODE --explanation TEXT`"),
		 (unsigned long long)campaign, (unsigned long long)campaign);
}

static int send(struct site *site, struct campaign_act *a, enum act act, const char *about, const char *next)
{
	struct officers officers = { 0 };
	int status = exit_refused;

	if (!home_exists(site) || !officers_read(site, &officers))
		return exit_refused;
	const struct officer *officer = officer_any(site, &officers, act);
	if (officer) {
		struct act_job job = { .officer = officer, .act = act, .fill = fill, .card_of = card_of_row, .context = a };
		snprintf(job.about, sizeof job.about, "%s", about);
		acts_run(site, &job, 1);
		bool unsettled = job.state == act_state_done && job.reason == reason_not_settled;
		json_t *cells = unsettled ? unsettled_below(site, a->head.campaign, officer->organisation) : NULL;
		status = acts_report(site, &job, 1, false, cells ? json_pack("{s:O}", "differences", cells) : NULL);
		if (cells && !site->json)
			tell_unsettled(cells, a->head.campaign);
		json_decref(cells);
		if (status == exit_done)
			say(site, "%s", next);
		else if (act == act_consolidate_checks && a->count > 0 && !site->json)
			complain(_("form 6 was not filed: the cards that it leaves out have to be right first"));
		else if (act == act_close_campaign && job.reason == reason_not_filed && !site->json)
			complain(_("it closes when every cell, committee and superior has reported, or %u working days after it was "
				   "opened; `tdv campaign show %llu` says who is missing"),
				 dated_value_on(inspection_days_report, array_size(inspection_days_report),
						date_of_instant(clock_wall_ms())),
				 (unsigned long long)a->head.campaign);
		acts_deinit(&job, 1);
	}
	officers_deinit(&officers);
	return status;
}

// --- plan

// The dates of a campaign: all are needed, and nobody should have to guess them.
static int take_dates(const struct site *site, struct check_head *h)
{
	const int32_t dates[] = { h->from, h->to, h->cells_by, h->grassroots_by, h->report_by };

	for (size_t i = 0; i < array_size(dates); i++)
		if (dates[i] == date_none)
			return usage_wrong(site, "%s", _("--from, --to, --cells-by, --grassroots-by and --report-by say when"));
	h->has_from = h->has_to = h->has_cells_by = h->has_grassroots_by = h->has_report_by = true;
	return go_on;
}

int run_campaign_plan(struct site *site, int argc, char **argv)
{
	struct campaign_act a = { .head = { .from = date_none, .to = date_none, .cells_by = date_none,
					    .grassroots_by = date_none, .report_by = date_none } };
	const char *cards = "chip_2025";
	uint64_t ordinal = 0;
	unsigned generation;
	const struct option_row options[] = {
		{ "ordinal", option_kind_number, &ordinal, N_("N"), N_("which inspection it is, counted from the first; also the box that is stamped") },
		{ "basis", option_kind_text, &a.basis, N_("TEXT"), N_("the guidance that it rests on") },
		{ "cards", option_kind_text, &cards, N_("GENERATION"), N_("chip_2025 (the default), paper_2003") },
		{ "from", option_kind_date, &a.head.from, N_("DATE"), N_("the window's first day") },
		{ "to", option_kind_date, &a.head.to, N_("DATE"),
		  N_("the window's last day; afterwards a card without its check has no use value") },
		{ "cells-by", option_kind_date, &a.head.cells_by, N_("DATE"), N_("deadline of the cells") },
		{ "grassroots-by", option_kind_date, &a.head.grassroots_by, N_("DATE"), N_("deadline of form 6") },
		{ "report-by", option_kind_date, &a.head.report_by, N_("DATE"), N_("deadline of form 7") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status == go_on)
		status = take_dates(site, &a.head);
	if (status != go_on)
		return status;
	if (!a.basis || ordinal < 1 || ordinal > 32)
		return usage_wrong(site, "%s", _("--ordinal (1 to 32) and --basis say which inspection it is"));
	if (!cell_value(&card_generation_values, cards, &generation))
		return usage_wrong(site, _("--cards: \"%s\" is none; %s"), cards, "chip_2025, paper_2003");
	complete(&a, date_none);
	a.head.has_ordinal = a.head.has_generation = true;
	a.head.ordinal = (uint8_t)ordinal;
	a.head.generation = (enum card_generation)generation;
	return send(site, &a, act_plan_campaign, _("the plan"),
		    _("Next: `tdv campaign open` with that number, from the window's first day on."));
}

// --- the other steps

static const struct step {
	const char *verb;
	enum act act;
	bool cards;    // it may name cards
	bool document; // it rests on a paper with a number
	const char *next;
} steps[] = {
	{ "campaign open", act_open_campaign, false, false,
	  N_("Every cell, committee and superior concerned has a letter. Next: `tdv campaign sheets --out DIR`, and the cells `tdv "
	     "campaign file`.") },
	{ "campaign settle", act_settle_difference, false, false,
	  N_("The difference is explained. Next: `tdv campaign consolidate`.") },
	{ "campaign consolidate", act_consolidate_checks, true, true,
	  N_("Form 6 is with the superior. Next: its committee decides: `tdv campaign decide`.") },
	{ "campaign decide", act_decide_checks, false, true,
	  N_("Decided. Next: the superior's organisation board stamps: `tdv campaign stamp`.") },
	{ "campaign stamp", act_stamp_cards, true, false,
	  N_("Stamped; of chip cards the electronic check is on record. Next: `tdv campaign return`.") },
	{ "campaign return", act_return_checked, false, false,
	  N_("The cards go back the way they came. Next: `tdv campaign report` (form 7).") },
	{ "campaign report", act_report_checks, false, true,
	  N_("Form 7 is with the board that planned the campaign. Next: it closes it: `tdv campaign close`.") },
	{ "campaign close", act_close_campaign, false, false,
	  N_("Closed. Cards without their check have no use value: `tdv campaign show`; `tdv late-check` by a decision brings one "
	     "back.") },
	{ "late-check", act_late_check, true, true, N_("Checked late; the card is active again.") },
};

static bool read_row(const char *text, struct check_row *row, char profile[10])
{
	row->has_card_number = cell_card(text, &row->card_number);
	row->has_profile_number = !row->has_card_number && cell_profile(text, profile);
	if (row->has_profile_number)
		row->profile_number = bytes_of_text(profile);
	return row->has_card_number || row->has_profile_number;
}

static int read_rows(const struct site *site, struct campaign_act *a, const struct step *step, int argc, char **argv,
		     bool relaminated)
{
	unsigned reason = 0;

	if (argc > 0 && !step->cards)
		return usage_wrong(site, _("too much: \"%s\""), argv[0]);
	if (argc > 0 && step->act == act_consolidate_checks && !(a->reason && cell_value(&reason_values, a->reason, &reason)))
		return usage_wrong(site, "%s", _("--reason says why these cards are not confirmed"));
	a->rows = calloc((size_t)argc + 1, sizeof *a->rows);
	a->profiles = calloc((size_t)argc + 1, sizeof *a->profiles);
	ensure(a->rows && a->profiles);
	for (int i = 0; i < argc; i++) {
		struct check_row *row = &a->rows[a->count];
		if (!read_row(argv[i], row, a->profiles[a->count++]))
			return usage_wrong(site, _("%s is no card number (NN.NNNNNN) and no profile number"), argv[i]);
		row->has_reason = reason != 0;
		row->reason = (enum reason)reason;
		row->relaminated = relaminated;
	}
	return go_on;
}

int run_campaign_step(struct site *site, int argc, char **argv)
{
	struct campaign_act a = { 0 };
	const struct step *step = steps;
	int32_t date = date_none;
	bool relaminated = false;
	char about[80];
	const struct option_row options[] = {
		{ "number", option_kind_text, &a.number, N_("TEXT"), N_("number of the form or of the decision") },
		{ "date", option_kind_date, &date, N_("DATE"), N_("its date (today)") },
		{ "scan", option_kind_text, &a.scan, N_("FILE"), N_("its scan") },
		{ "reason", option_kind_text, &a.reason, N_("REASON"), N_("consolidate: why the cards named are not confirmed") },
		{ "relaminated", option_kind_flag, &relaminated, NULL,
		  N_("stamp: the lamination of the cards named was redone first") },
		{ "cell", option_kind_number, &a.head.organisation, N_("CODE"), N_("settle: whose counts differ") },
		{ "explanation", option_kind_text, &a.explanation, N_("TEXT"), N_("settle: why") },
		{ 0 },
	};
	while (strcmp(step->verb, site->verb) != 0)
		step++;
	bool late = step->act == act_late_check;
	int status = arguments_take(site, &argc, argv, options, 1, rows_most);

	if (status == go_on && !late)
		status = arguments_are_numbers(site, 1, argv);
	if (status != go_on)
		return status;
	if (step->document && !a.number)
		return usage_wrong(site, "%s", _("--number says which form or decision it rests on"));
	if (!step->document && (a.number || date != date_none))
		return usage_wrong(site, "%s", _("this step rests on no paper: it has no --number and no --date"));
	complete(&a, date);
	a.head.has_organisation = a.head.organisation != 0;
	a.head.has_campaign = !late;
	a.head.campaign = late ? 0 : strtoull(argv[0], NULL, 10);
	status = read_rows(site, &a, step, late ? argc : argc - 1, late ? argv : argv + 1, relaminated);
	if (late)
		snprintf(about, sizeof about, _n("%zu card checked late", "%zu cards checked late", a.count), a.count);
	else
		snprintf(about, sizeof about, _("campaign %s"), argv[0]);
	if (status == go_on)
		status = send(site, &a, step->act, about, _(step->next));
	free(a.rows);
	free(a.profiles);
	return status;
}
