// tdv submit: a cell's list of requests with its photos, one signed act a file.  A file with an error is not
// sent at all.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "act.h"
#include "base/ensure.h"
#include "csv_rows.h"
#include "verbs.h"

#define list_rows_max 1999

struct list_file {
	const char *path;
	struct form_rows rows;
	struct list_head head;
	uint64_t cell;
};

struct submit_options {
	const char *kind, *reason;
	uint64_t cell;
	int32_t period;
};

static bool fill_list(struct act_job *job, struct terminal *terminal)
{
	const struct list_file *file = job->context;
	size_t n = file->rows.count, failed;
	const char **paths = calloc(n * 2 + 1, sizeof *paths);
	struct hash *hashes = calloc(n * 2 + 1, sizeof *hashes);

	ensure(paths && hashes);
	for (size_t i = 0; i < n; i++) {
		const struct list_line *l = form_row(&file->rows, i);
		paths[i] = l->photo_path;
		paths[n + i] = l->evidence_path;
	}
	bool ok = attachments_put(terminal, file->path, paths, n * 2, hashes, &failed, job->failure,
				  sizeof job->failure);
	if (ok)
		act_add(terminal, &list_head_shape, &file->head);
	for (size_t i = 0; ok && i < n; i++) {
		struct list_row row = ((struct list_line *)form_row(&file->rows, i))->row;
		const struct list_line *l = form_row(&file->rows, i);
		row.has_loss = l->has_loss;
		row.loss = (enum loss_assessment)l->loss;
		row.has_photo = paths[i] != NULL;
		row.photo = hashes[i];
		row.has_evidence = paths[n + i] != NULL;
		row.evidence = hashes[n + i];
		act_add(terminal, &list_row_shape, &row);
	}
	free(hashes);
	free(paths);
	return ok;
}

// --- checks before anything is sent

static void check_photo(struct list_file *file, size_t i, enum field field, const char *name)
{
	const char *slash = strrchr(file->path, '/');
	char full[4096];
	struct stat s;

	if (!name)
		return;
	snprintf(full, sizeof full, "%.*s%s", name[0] != '/' && slash ? (int)(slash - file->path) + 1 : 0,
		 file->path, name);
	for (char *c = full; *c; c++)
		*c = *c == '\\' ? '/' : *c;
	bool there = stat(full, &s) == 0 && S_ISREG(s.st_mode);
	if (there && s.st_size <= 2000000)
		return;
	form_fault(&file->rows, i, field, there ? reason_too_many : reason_missing);
	file->rows.faults.list[file->rows.faults.count - 1].hint = there ? N_("larger than 2 MB")
									 : N_("there is no such file");
}

static enum request_reason usual_reason(enum request_kind kind)
{
	switch (kind) {
	case request_kind_new:
		return request_reason_first;
	case request_kind_reissue:
		return request_reason_lost;
	case request_kind_exchange:
		return request_reason_campaign;
	}
	return request_reason_first;
}

static void whole_fault(struct list_file *file, enum field field, const char *hint)
{
	struct fault *f = fault_add(&file->rows.faults, 0, -1, field, reason_missing, NULL);
	f->header = form_header(&file->rows, field);
	f->hint = hint;
}

static void make_head(struct list_file *file, const struct submit_options *o)
{
	unsigned kind = 0, reason = 0;

	file->cell = o->cell;
	for (size_t i = 0; i < file->rows.count; i++) {
		const struct list_line *l = form_row(&file->rows, i);
		kind = !kind && l->has_kind ? l->kind : kind;
		reason = !reason && l->has_reason ? l->reason : reason;
		file->cell = !file->cell && l->has_cell ? l->cell : file->cell;
	}
	if (o->kind)
		cell_value(&request_kind_values, o->kind, &kind);
	if (o->reason)
		cell_value(&request_reason_values, o->reason, &reason);
	if (kind && !reason)
		reason = usual_reason((enum request_kind)kind);
	if (!kind)
		whole_fault(file, field_kind, N_("a column or --kind must say it"));
	file->head = (struct list_head){ .kind = (enum request_kind)kind,
					 .reason = (enum request_reason)reason,
					 .period = o->period };
}

static void check_file(struct list_file *file, const struct submit_options *o)
{
	if (file->rows.count == 0)
		return;
	list_check(&file->rows, list_rows_max);
	make_head(file, o);
	for (size_t i = 0; i < file->rows.count; i++) {
		const struct list_line *l = form_row(&file->rows, i);
		check_photo(file, i, field_photo, l->photo_path);
		check_photo(file, i, field_evidence, l->evidence_path);
	}
}

static bool check_options(const struct site *site, const struct submit_options *o)
{
	unsigned n;

	if (o->kind && !cell_value(&request_kind_values, o->kind, &n))
		usage_wrong(site, _("--kind: \"%s\" is none; %s"), o->kind, "new, reissue, exchange");
	else if (o->reason && !cell_value(&request_reason_values, o->reason, &n))
		usage_wrong(site, _("--reason: \"%s\" is none; %s"), o->reason,
			    "first, lost, damaged, info_change, print_error, campaign");
	else
		return true;
	return false;
}

// False: something is wrong with a file, and was told.
static bool read_files(struct site *site, struct list_file *files, size_t count, char **paths,
		       const struct submit_options *o)
{
	json_t *errors = json_array();
	size_t bad = 0;

	for (size_t i = 0; i < count; i++) {
		struct list_file *file = &files[i];
		file->path = paths[i];
		if (form_read_or_fault(&list_form, file->path, &file->rows))
			check_file(file, o);
		faults_tell(site, file->path, &file->rows, errors);
		bad += file->rows.faults.count > 0;
	}
	return files_are_good(site, bad, errors);
}

static bool make_jobs(const struct site *site, const struct officers *officers, struct list_file *files,
		      struct act_job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct officer *officer = files[i].cell ? officer_for(site, officers, act_submit_list,
									    files[i].cell, NULL)
							      : officer_any(site, officers, act_submit_list);
		if (!officer)
			return false;
		jobs[i] = (struct act_job){ .officer = officer,
					    .act = act_submit_list,
					    .rows = &files[i].rows,
					    .fill = fill_list,
					    .context = &files[i] };
		snprintf(jobs[i].about, sizeof jobs[i].about, "%s", files[i].path);
	}
	return true;
}

// What comes next, of each outcome that there is.
static void say_next(const struct site *site, const struct act_job *jobs, size_t count)
{
	if (acts_any(jobs, count, request_state_on_hold))
		say(site, "%s", _("Held requests wait for a ruling, which comes by letter: `tdv adjudicate list` says by whom, `tdv mail` shows it."));
	if (acts_any(jobs, count, request_state_returned))
		say(site, "%s", _("Returned requests: mend their rows and submit these again: `tdv submit FILE`."));
	if (acts_any(jobs, count, request_state_verified))
		say(site, "%s", _("Next: the grassroots committee appraises: `tdv lists`, `tdv appraise LIST…`."));
}

int run_submit(struct site *site, int argc, char **argv)
{
	struct submit_options o = { .period = date_of_instant(clock_wall_ms()) };
	const struct option_row options[] = {
		{ "kind", option_kind_text, &o.kind, N_("KIND"),
		  N_("new, reissue, exchange; otherwise the file's column says it") },
		{ "reason", option_kind_text, &o.reason, N_("REASON"),
		  N_("first, lost, damaged, campaign, …; otherwise the column, or the usual one") },
		{ "cell", option_kind_number, &o.cell, N_("CODE"),
		  N_("the cell; otherwise the file's column says it") },
		{ "period", option_kind_date, &o.period, N_("DATE"), N_("of the list (today)") },
		{ 0 },
	};
	struct officers officers = { 0 };
	int status = arguments_take(site, &argc, argv, options, 1, -1);

	if (status != go_on)
		return status;
	if (!check_options(site, &o))
		return exit_usage;
	size_t count = (size_t)argc;
	struct list_file *files = calloc(count, sizeof *files);
	struct act_job *jobs = calloc(count, sizeof *jobs);
	ensure(files && jobs);
	status = exit_refused;
	if (read_files(site, files, count, argv, &o) && officers_read(site, &officers) &&
	    make_jobs(site, &officers, files, jobs, count)) {
		acts_run(site, jobs, count);
		status = acts_report(site, jobs, count, true, NULL);
		say_next(site, jobs, count);
	}
	for (size_t i = 0; i < count; i++)
		form_rows_deinit(&files[i].rows);
	acts_deinit(jobs, count);
	free(jobs);
	free(files);
	officers_deinit(&officers);
	return status;
}
