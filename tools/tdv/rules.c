// tdv rules: who may have a card, by which document, since when; drafts too, which are held and shown and never enforced (B1).
#include <stdio.h>

#include "base/ensure.h"
#include "base/when.h"
#include "gen/verification_facts.h"
#include "verbs.h"
#include "verification/eligibility.h"

struct choice {
	int32_t day;
	bool all, drafts;
};

static bool is_shown(const struct choice *c, const struct eligibility_provision *p)
{
	if (p->draft || c->drafts)
		return p->draft && (c->drafts || c->all);
	return c->all || (c->day >= p->from && c->day <= p->until);
}

static json_t *row_of(const char *name, const struct eligibility_provision *p)
{
	json_t *row = json_pack("{s:s, s:b, s:s, s:s}", "name", name, "draft", (int)p->draft, "sentence", p->sentence, "document",
				p->document);

	json_object_set_new(row, "from", p->draft ? json_null() : json_date(p->from));
	json_object_set_new(row, "until", p->draft || p->until == INT32_MAX ? json_null() : json_date(p->until));
	return row;
}

static json_t *rules_chosen(const struct choice *c)
{
	const struct eligibility *e = &verification_eligibility;
	json_t *rows = json_array();
	char name[64];

	for (size_t i = 0; i < e->cases_count; i++) {
		snprintf(name, sizeof name, "%s %s", request_kind_name(e->cases[i].kind),
			 request_reason_name(e->cases[i].reason));
		if (is_shown(c, &e->cases[i].provision))
			json_array_append_new(rows, row_of(name, &e->cases[i].provision));
	}
	for (size_t i = 0; i < e->rules_count; i++)
		if (is_shown(c, &e->rules[i].provision))
			json_array_append_new(rows, row_of(e->rules[i].name, &e->rules[i].provision));
	return rows;
}

int run_rules(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "name", N_("Rule"), NULL, false },	{ "from", N_("Since"), &output_dates, false },
		{ "until", N_("Until"), &output_dates, false },	{ "draft", N_("Draft"), NULL, false },
		{ "sentence", N_("What it says"), NULL, false }, { "document", N_("Document"), NULL, false },
	};
	struct choice c = { .day = date_of_instant(clock_wall_ms()) };
	const struct option_row options[] = {
		{ "on", option_kind_date, &c.day, N_("DATE"), N_("in force on that day (today)") },
		{ "all", option_kind_flag, &c.all, NULL, N_("also those that are over, to come, or drafts") },
		{ "drafts", option_kind_flag, &c.drafts, NULL, N_("only drafts: held and shown, never enforced") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status != go_on)
		return status;
	json_t *rows = rules_chosen(&c);
	output_table(site, columns, array_size(columns), rows);
	if (json_array_size(rows) == 0)
		say(site, "%s", c.drafts ? _("No draft is held.") : _("No rule is in force on that day."));
	else if (!c.drafts)
		say(site, _("Version %d of the rules; every decision names the version that it was taken under."),
		    (int)eligibility_version);
	output_json(site, json_pack("{s:i, s:o}", "version", (int)eligibility_version, "rules", rows));
	return exit_done;
}
