// tdv organisation merge, organisation close, duplicates list, duplicates resolve: what the registry's keepers decide case by
// case.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "ask.h"
#include "base/ensure.h"
#include "base/when.h"
#include "verbs.h"

static const struct officer administrator = { .login = "administrator", .role = role_administrator };

#define items_max 64

struct case_ {
	struct ending_row ending;
	struct duplicate_row ruling;
	uint64_t numbers[items_max];
	size_t count;
};

static bool numbers_take(struct site *site, struct case_ *c, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		char *end;
		c->numbers[c->count++] = strtoull(argv[i], &end, 10);
		if (*argv[i] < '0' || *argv[i] > '9' || *end) {
			usage_wrong(site, _("not a number: \"%s\""), argv[i]);
			return false;
		}
	}
	return true;
}

static bool fill_endings(struct act_job *job, struct terminal *terminal)
{
	const struct case_ *c = job->context;

	for (size_t i = 0; i < c->count; i++) {
		struct ending_row row = c->ending;
		row.code = c->numbers[i];
		act_add(terminal, &ending_row_shape, &row);
	}
	return true;
}

static bool fill_rulings(struct act_job *job, struct terminal *terminal)
{
	const struct case_ *c = job->context;

	for (size_t i = 0; i < c->count; i++) {
		struct duplicate_row row = c->ruling;
		row.duplicate = c->numbers[i];
		act_add(terminal, &duplicate_row_shape, &row);
	}
	return true;
}

static int carry_out(struct site *site, struct case_ *c, enum act act, bool (*fill)(struct act_job *, struct terminal *),
		     const char *next)
{
	struct officers officers = { 0 };
	const struct officer *officer = &administrator;
	int status = exit_refused;

	if (!home_exists(site))
		return exit_refused;
	if (site->as && strcmp(site->as, administrator.login) != 0)
		officer = officers_read(site, &officers) ? officer_for(site, &officers, act, 0, NULL) : NULL;
	if (officer) {
		struct act_job job = { .officer = officer, .act = act, .fill = fill, .context = c };
		size_t at = 0;
		for (size_t i = 0; i < c->count && at < sizeof job.about; i++)
			at += (size_t)snprintf(job.about + at, sizeof job.about - at, i ? ", %llu" : "%llu",
					(unsigned long long)c->numbers[i]);
		status = act_carry_out(site, &job, next);
	}
	officers_deinit(&officers);
	return status;
}

static int end_organisations(struct site *site, int argc, char **argv, bool merge)
{
	uint64_t into = 0;
	int32_t date = date_none;
	const char *decision = NULL;
	const struct option_row merge_options[] = {
		{ "into", option_kind_number, &into, N_("CODE"), N_("the successor") },
		{ "date", option_kind_date, &date, N_("DATE"), N_("from which it holds") },
		{ "decision", option_kind_text, &decision, N_("TEXT"), N_("its number") },
		{ 0 },
	};
	struct case_ c = { 0 };
	int status = arguments_take(site, &argc, argv, merge ? merge_options : merge_options + 1, 1, items_max);

	if (status != go_on)
		return status;
	if ((merge && into == 0) || date == date_none || !decision)
		return usage_wrong(site, "%s", merge ? _("--into CODE, --date DATE and --decision TEXT are needed") :
						       _("--date DATE and --decision TEXT are needed"));
	if (!numbers_take(site, &c, argc, argv))
		return exit_usage;
	c.ending = (struct ending_row){ .into = into, .has_into = merge, .date = date, .decision = bytes_of_text(decision) };
	return carry_out(site, &c, act_end_organisations, fill_endings,
			 merge ? _("Members, those below, letters and what is on its way are the successor's now. Next: `tdv "
					"officers enrol` for officers who go "
				   "on there, `tdv lists --organisation` for what waits.") :
				 _("Nobody can act for it any more."));
}

int run_organisation_merge(struct site *site, int argc, char **argv)
{
	return end_organisations(site, argc, argv, true);
}

int run_organisation_close(struct site *site, int argc, char **argv)
{
	return end_organisations(site, argc, argv, false);
}

// --- double entries

static bool on_duplicate(void *context, struct bytes key, struct bytes value)
{
	json_t *rows = context;
	struct registry_duplicates_row row;

	if (!registry_duplicates_row_decode(value, &row))
		json_array_append_new(rows, json_pack("{s:I, s:s, s:I, s:I, s:I, s:I, s:i, s:o}", "number",
				(json_int_t)get_u64(key.data), "field",
						      codec_value_name(&field_values, row.field), "member",
						(json_int_t)row.data.member, "with",
						      (json_int_t)row.with, "cell", (json_int_t)row.data.present_cell,
						"submission",
						      (json_int_t)row.submission, "row", (int)row.data.row, "since",
						json_date(row.since)));
	return true;
}

int run_duplicates_list(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "number", N_("Number"), NULL, true },
		{ "field", N_("In common"), &field_values, false },
		{ "member", N_("Entry"), NULL, true },
		{ "with", N_("Registered member"), NULL, true },
		{ "cell", N_("Cell"), NULL, true },
		{ "submission", N_("Submission"), NULL, true },
		{ "row", N_("Row"), NULL, true },
		{ "since", N_("Since"), &output_dates, false },
	};
	int status = arguments_take(site, &argc, argv, NULL, 0, 0);

	if (status != go_on)
		return status;
	json_t *rows = json_array();
	if (!home_exists(site) || !scan(site, service_id_registry, "duplicates", on_duplicate, rows)) {
		json_decref(rows);
		return exit_refused;
	}
	output_table(site, columns, array_size(columns), rows);
	if (json_array_size(rows) == 0)
		say(site, "%s", _("No double entry waits for anybody."));
	else
		say(site, "%s", _("Next: `tdv trace member:NUMBER` shows the registered member; `tdv duplicates resolve NUMBER "
				"--same` or `--different`."));
	output_json(site, json_pack("{s:o}", "duplicates", rows));
	if (!site->json)
		rows = NULL; // released with the object
	return exit_done;
}

int run_duplicates_resolve(struct site *site, int argc, char **argv)
{
	bool same = false, different = false;
	const char *profile = NULL, *decision = NULL;
	const struct option_row options[] = {
		{ "same", option_kind_flag, &same, NULL, N_("one person: the later entry is dropped") },
		{ "different", option_kind_flag, &different, NULL, N_("two persons: the later entry is registered") },
		{ "profile-number", option_kind_text, &profile, N_("TEXT"), N_("of the later entry, where it was given twice") },
		{ "decision", option_kind_text, &decision, N_("TEXT"), N_("what it rests on") },
		{ 0 },
	};
	struct case_ c = { 0 };
	char upper[10];
	int status = arguments_take(site, &argc, argv, options, 1, items_max);

	if (status != go_on)
		return status;
	if (same == different || (profile && (same || argc > 1 || !cell_profile(profile, upper))))
		return usage_wrong(site, "%s", _("either --same or --different; --profile-number (123456ABC) goes with one "
				"that is different"));
	if (!numbers_take(site, &c, argc, argv))
		return exit_usage;
	c.ruling = (struct duplicate_row){ .verdict = same ? duplicate_verdict_same : duplicate_verdict_different,
					   .profile_number = profile ? bytes_of_text(upper) : bytes_of_text(""),
					   .has_profile_number = profile != NULL,
					   .decision = bytes_of_text(decision ? decision : ""),
					.has_decision = decision != NULL };
	return carry_out(site, &c, act_resolve_duplicates, fill_rulings,
			 same ? _("The later entry was dropped; what it knew better, `tdv registry update FILE` brings in.") :
				_("The later entry is a registered member now. Where one of the two citizen ids is wrong, `tdv "
						"registry update FILE` mends it."));
}
