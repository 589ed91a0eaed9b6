// tdv campaign file, tdv check-cards: what a cell found of its members' cards, in a campaign (forms 1 to 5) or in the yearly
// check (A3), one signed act a file.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "base/ensure.h"
#include "base/when.h"
#include "csv_rows.h"
#include "verbs.h"

#define rows_most 1999

// What the command line says of all files.
struct check_options {
	struct check_head head;
	uint64_t cell, year;
	bool all_in_order; // rows without a result
};

struct check_file {
	const char *path;
	struct form_rows rows;
	struct check_head head;
	uint64_t cell;
	uint32_t of[8]; // how many rows, by enum check_result
};

static bool fill_checks(struct act_job *job, struct terminal *terminal)
{
	const struct check_file *file = job->context;
	size_t n = file->rows.count, failed;
	const char **paths = calloc(n + 1, sizeof *paths);
	struct hash *hashes = calloc(n + 1, sizeof *hashes);

	ensure(paths && hashes);
	for (size_t i = 0; i < n; i++)
		paths[i] = ((struct check_line *)form_row(&file->rows, i))->evidence_path;
	bool ok = attachments_put(terminal, file->path, paths, n, hashes, &failed, job->failure, sizeof job->failure);
	if (ok)
		act_add(terminal, &check_head_shape, &file->head);
	for (size_t i = 0; ok && i < n; i++) {
		const struct check_line *l = form_row(&file->rows, i);
		struct check_row row = l->row;
		row.has_result = true;
		row.result = (enum check_result)l->result;
		row.has_evidence = paths[i] != NULL;
		row.evidence = hashes[i];
		act_add(terminal, &check_row_shape, &row);
	}
	free(hashes);
	free(paths);
	return ok;
}

// An untouched list is no finding: a card is in order when somebody says so, of each row or of all that say nothing else.
static void results_check(struct form_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct check_line *l = form_row(rows, i);
		if (l->has_result || rows->bad[i])
			continue;
		form_fault(rows, i, field_result, reason_missing);
		rows->faults.list[rows->faults.count - 1].hint =
			N_("what was found: ok, damaged, lost, not_presented, misused; --all-in-order says ok of every empty one");
	}
}

// The cell counts its members itself where --members does not say it.
static void complete(struct check_file *file, const struct check_options *o)
{
	const struct check_head *head = &o->head;

	file->head = *head;
	file->cell = o->cell;
	for (size_t i = 0; i < file->rows.count; i++) {
		struct check_line *l = form_row(&file->rows, i);
		if (!l->has_result)
			l->result = check_result_ok;
		file->of[l->result & 7]++;
		file->cell = !file->cell && l->has_cell ? l->cell : file->cell;
	}
	if (!head->has_members)
		file->head.members = (uint32_t)file->rows.count;
	file->head.has_members = file->head.has_collected = true;
	if (!head->has_collected)
		file->head.collected = (uint32_t)file->rows.count - file->of[check_result_lost] -
				       file->of[check_result_not_presented];
}

static bool read_files(struct site *site, struct check_file *files, size_t count, char **paths, const struct check_options *o)
{
	json_t *errors = json_array();
	size_t bad = 0;

	for (size_t i = 0; i < count; i++) {
		struct check_file *file = &files[i];
		file->path = paths[i];
		if (form_read_or_fault(&checks_form, file->path, &file->rows)) {
			checks_check(&file->rows);
			if (!o->all_in_order)
				results_check(&file->rows);
		}
		if (file->rows.count > rows_most)
			fault_add(&file->rows.faults, 0, -1, field_count, reason_too_many, NULL);
		faults_tell(site, file->path, &file->rows, errors);
		bad += file->rows.faults.count > 0;
		if (file->rows.faults.count == 0)
			complete(file, o);
	}
	return files_are_good(site, bad, errors);
}

static bool make_jobs(const struct site *site, const struct officers *officers, struct check_file *files, struct act_job *jobs,
		      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t cell = files[i].cell;
		const struct officer *officer = cell ? officer_for(site, officers, act_file_checks, cell, NULL) :
						       officer_any(site, officers, act_file_checks);
		if (!officer)
			return false;
		jobs[i] = (struct act_job){ .officer = officer, .act = act_file_checks, .rows = &files[i].rows,
					    .fill = fill_checks, .context = &files[i] };
		snprintf(jobs[i].about, sizeof jobs[i].about, "%s", files[i].path);
	}
	return true;
}

// Nothing is reported silently: what a row found is the cell's own act to carry on (forms 3 and 4, D8).
static void say_next(const struct site *site, const struct check_file *files, size_t count)
{
	uint32_t damaged = 0, lost = 0, misused = 0;

	for (size_t i = 0; i < count; i++) {
		damaged += files[i].of[check_result_damaged];
		lost += files[i].of[check_result_lost];
		misused += files[i].of[check_result_misused];
	}
	if (damaged)
		say(site, _n("%u card is damaged: `tdv report-damage`, then `tdv submit` a list 3-TĐV.",
			     "%u cards are damaged: `tdv report-damage`, then `tdv submit` a list 3-TĐV.", damaged), damaged);
	if (lost)
		say(site, _n("%u card is lost: `tdv report-loss`, then `tdv submit` a list 2-TĐV.",
			     "%u cards are lost: `tdv report-loss`, then `tdv submit` a list 2-TĐV.", lost), lost);
	if (misused)
		say(site, _n("%u card was kept or used against the rules: `tdv misuse`.",
			     "%u cards were kept or used against the rules: `tdv misuse`.", misused), misused);
}

static int file_all(struct site *site, int argc, char **argv, const struct check_options *o, const char *next)
{
	size_t count = (size_t)argc;
	struct check_file *files = calloc(count, sizeof *files);
	struct act_job *jobs = calloc(count, sizeof *jobs);
	struct officers officers = { 0 };
	int status = exit_refused;

	ensure(files && jobs);
	if (home_exists(site) && read_files(site, files, count, argv, o) && officers_read(site, &officers) &&
	    make_jobs(site, &officers, files, jobs, count)) {
		acts_run(site, jobs, count);
		status = acts_report(site, jobs, count, true, NULL);
		if (status == exit_done) {
			say_next(site, files, count);
			say(site, "%s", next);
		}
	}
	for (size_t i = 0; i < count; i++)
		form_rows_deinit(&files[i].rows);
	acts_deinit(jobs, count);
	free(jobs);
	free(files);
	officers_deinit(&officers);
	return status;
}

static int take(struct site *site, int *argc, char **argv, struct check_options *o, int least)
{
	struct check_head *h = &o->head;
	uint64_t members = UINT64_MAX, collected = UINT64_MAX;
	const struct option_row options[] = {
		{ "meeting", option_kind_date, &h->meeting, N_("DATE"), N_("of the cell's meeting (today)") },
		{ "briefing", option_kind_date, &h->briefing, N_("DATE"), N_("when the cell was briefed (the meeting's day)") },
		{ "members", option_kind_number, &members, N_("N"),
		  N_("official members as the cell counts them; otherwise as many as the file has rows") },
		{ "collected", option_kind_number, &collected, N_("N"),
		  N_("cards collected; otherwise those neither lost nor withheld") },
		{ "cell", option_kind_number, &o->cell, N_("CODE"), N_("the cell; otherwise the file's column says it") },
		{ "year", option_kind_number, &o->year, N_("YEAR"), N_("of the yearly check") },
		{ "all-in-order", option_kind_flag, &o->all_in_order, NULL,
		  N_("every card without a result was found in order") },
		{ 0 },
	};
	int status = arguments_take(site, argc, argv, options, least, -1);

	if (status != go_on)
		return status;
	h->has_meeting = true;
	h->meeting = h->meeting != date_none ? h->meeting : date_of_instant(clock_wall_ms());
	h->briefing = h->briefing != date_none ? h->briefing : h->meeting;
	h->has_members = members <= UINT32_MAX;
	h->members = h->has_members ? (uint32_t)members : 0;
	h->has_collected = collected <= UINT32_MAX;
	h->collected = h->has_collected ? (uint32_t)collected : 0;
	return go_on;
}

int run_campaign_file(struct site *site, int argc, char **argv)
{
	struct check_options o = { .head = { .meeting = date_none, .briefing = date_none, .has_briefing = true,
					     .has_campaign = true } };
	int status = take(site, &argc, argv, &o, 2);

	if (status == go_on)
		status = arguments_are_numbers(site, 1, argv);
	if (status != go_on)
		return status;
	o.head.campaign = strtoull(argv[0], NULL, 10);
	return file_all(site, argc - 1, argv + 1, &o,
			_("Next: the grassroots committee consolidates (form 6): `tdv campaign consolidate`."));
}

int run_check_cards(struct site *site, int argc, char **argv)
{
	struct check_options o = { .head = { .meeting = date_none, .briefing = date_none, .has_year = true } };
	int status = take(site, &argc, argv, &o, 1), meeting;
	unsigned month, day;

	if (status != go_on)
		return status;
	date_to_civil(o.head.meeting, &meeting, &month, &day);
	if (o.year > 9999)
		return usage_wrong(site, "%s", _("--year says of which year the check is"));
	o.head.year = o.year ? (uint16_t)o.year : (uint16_t)meeting;
	return file_all(site, argc, argv, &o, _("The committee above has the result."));
}
