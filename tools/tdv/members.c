// tdv registry update, transfer: members' data by files.  An update is sent twice: as a dry run, which brings back every
// field that would change, and, unless that was all that was asked for, in earnest.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "ask.h"
#include "base/ensure.h"
#include "base/when.h"
#include "csv_rows.h"
#include "store/vault.h"
#include "verbs.h"

#define rows_a_submission 1999 // and a head

static const struct officer administrator = { .login = "administrator", .role = role_administrator };

// Whoever --as names; else the administrator.
static const struct officer *registrar(const struct site *site, struct officers *officers, enum act act)
{
	if (!site->as || strcmp(site->as, administrator.login) == 0)
		return &administrator;
	return officers_read(site, officers) ? officer_for(site, officers, act, 0, NULL) : NULL;
}

// Rows of a file as acts.
struct batch {
	const char *path;
	struct form_rows *rows;
	uint32_t *good;      // indices of the rows that are sent
	size_t good_count;
	bool dry_run;
	struct act_job *jobs;
	size_t job_count;
};

static size_t job_rows(const struct batch *b, const struct act_job *job)
{
	size_t left = b->good_count - job->row_from;
	return left < rows_a_submission ? left : rows_a_submission;
}

static void batch_init(struct batch *b, const char *path, struct form_rows *rows)
{
	*b = (struct batch){ .path = path, .rows = rows, .good = calloc(rows->count + 1, sizeof *b->good) };
	ensure(b->good);
	for (size_t i = 0; i < rows->count; i++)
		if (!rows->bad[i])
			b->good[b->good_count++] = (uint32_t)i;
}

static void batch_deinit(struct batch *b)
{
	acts_deinit(b->jobs, b->job_count);
	free(b->jobs);
	free(b->good);
}

static void batch_send(struct site *site, struct batch *b, const struct officer *officer, enum act act,
		       bool (*fill)(struct act_job *, struct terminal *))
{
	b->job_count = (b->good_count + rows_a_submission - 1) / rows_a_submission;
	b->jobs = calloc(b->job_count + 1, sizeof *b->jobs);
	ensure(b->jobs);
	for (size_t j = 0; j < b->job_count; j++) {
		b->jobs[j] = (struct act_job){ .officer = officer, .act = act, .rows = b->rows, .row_of = b->good,
					       .row_from = (uint32_t)(j * rows_a_submission), .fill = fill, .context = b };
		if (b->job_count > 1)
			snprintf(b->jobs[j].about, sizeof b->jobs[j].about, _("%s, part %zu of %zu"), b->path, j + 1,
					b->job_count);
		else
			snprintf(b->jobs[j].about, sizeof b->jobs[j].about, "%s", b->path);
	}
	acts_run(site, b->jobs, b->job_count);
}

// --- updates

static void empty_fields(const struct update_line *line, struct update_row *row)
{
	const struct {
		bool empty;
		enum field field;
	} all[] = { { line->no_phone, field_phone }, { line->no_photo, field_photo },
		    { line->no_discipline, field_discipline }, { line->no_official_date, field_official_date } };

	for (size_t i = 0; i < array_size(all); i++)
		if (all[i].empty)
			row->emptied[row->emptied_count++] = all[i].field;
}

static bool fill_updates(struct act_job *job, struct terminal *terminal)
{
	const struct batch *b = job->context;
	size_t n = job_rows(b, job), failed;
	const char **paths = calloc(n + 1, sizeof *paths);
	struct hash *hashes = calloc(n + 1, sizeof *hashes);

	ensure(hashes && paths);
	for (size_t k = 0; k < n; k++)
		paths[k] = ((struct update_line *)form_row(b->rows, b->good[job->row_from + k]))->photo_path;
	// Photos lie beside the members' data even when the row is only tried: the same bytes are kept once.
	bool ok = attachments_put(terminal, b->path, paths, n, hashes, &failed, job->failure, sizeof job->failure);
	if (ok)
		act_add(terminal, &update_head_shape, &(struct update_head){ .dry_run = b->dry_run });
	for (size_t k = 0; ok && k < n; k++) {
		struct update_line *line = form_row(b->rows, b->good[job->row_from + k]);
		struct update_row row = line->row;
		empty_fields(line, &row);
		row.has_photo = paths[k] != NULL;
		row.photo = hashes[k];
		act_add(terminal, &update_row_shape, &row);
	}
	free(hashes);
	free(paths);
	return ok;
}

struct known {
	uint64_t member;
	bool found;
	struct coded_member data;
};

static bool on_known(void *context, struct bytes key, struct bytes value)
{
	struct known *known = context;
	struct registry_members_row row;

	if (get_u64(key.data) == known->member && !registry_members_row_decode(value, &row)) {
		known->data = row.data;
		known->found = true;
	}
	return false;
}

// What the registry holds of a member now: not what the vault holds.
static struct known known_of(const struct site *site, struct bytes profile_number)
{
	struct buffer backing = { 0 };
	struct resolve_query question = { .kind = vault_index_profile, .text = profile_number };
	struct resolve_answer answer = { 0 };
	struct known known = { 0 };
	uint8_t after[8];

	if (!ask_for(site, service_id_intake, resolve_query, &question, resolve_answer, &answer, &backing) &&
			answer.persons_count == 1) {
		known.member = answer.persons[0];
		put_u64(after, known.member - 1);
		scan_from(site, service_id_registry, "members", bytes_of(after, sizeof after), on_known, &known);
	}
	buffer_deinit(&backing);
	return known;
}

static json_t *was(const struct known *known, enum field field)
{
	const struct coded_member *m = &known->data;

	if (!known->found)
		return json_string("");
	switch ((int)field) {
	case field_admission_date:
		return json_date(m->admission_date);
	case field_official_date:
		return m->has_official_date ? json_date(m->official_date) : json_string("");
	case field_type:
		return json_string(language_label(&member_type_values, m->type));
	case field_status:
		return json_string(language_label(&member_status_values, m->status));
	case field_home_cell:
		return json_integer((json_int_t)m->home_cell);
	case field_present_cell:
		return json_integer((json_int_t)m->present_cell);
	case field_photo:
		return json_string(m->has_photo ? _("a photo") : "");
	case field_discipline:
		return m->has_discipline_until ? json_date(m->discipline_until) : json_string("");
	}
	return json_string("…"); // personal data stay in the vault
}

struct differences {
	json_t *list;      // {row, profile_number, field, column, was, will_be}
	size_t members, unchanged, refused;
	bool *changes;     // by row of the file
	bool failed;
};

static int compare_errors(const void *a, const void *b)
{
	const struct row_error *x = a, *y = b;
	return x->row != y->row ? (x->row < y->row ? -1 : 1) : x->field < y->field ? -1 : x->field > y->field;
}

static void take_error(const struct site *site, const struct batch *b, struct differences *d, size_t i, const struct row_error *e,
		       struct known *known)
{
	const struct update_line *line = form_row(b->rows, i);

	if (e->reason == reason_unchanged) {
		d->unchanged++;
		return;
	}
	if (e->reason != reason_differs) {
		d->refused++;
		d->changes[i] = false;
		return;
	}
	if (!d->changes[i]) {
		*known = known_of(site, line->row.profile_number);
		d->changes[i] = true;
		d->members++;
	}
	json_t *one = json_pack("{s:i, s:s%, s:s, s:s}", "row", (int)b->rows->numbers[i], "profile_number",
				(const char *)line->row.profile_number.data, line->row.profile_number.size, "field",
				codec_value_name(&field_values, e->field), "column", form_header(b->rows, e->field));
	json_object_set_new(one, "was", was(known, e->field));
	json_object_set_new(one, "will_be", json_string(form_text(b->rows, i, e->field)));
	json_array_append_new(d->list, one);
}

static struct differences differences_of(const struct site *site, struct batch *b)
{
	struct differences d = { .list = json_array(), .changes = calloc(b->rows->count + 1, sizeof *d.changes) };
	struct known known = { 0 };

	ensure(d.changes);
	for (size_t j = 0; j < b->job_count; j++) {
		struct act_job *job = &b->jobs[j];
		d.failed = d.failed || job->state != act_state_done || job->reason != reason_none;
		if (job->error_count)
			qsort(job->errors, job->error_count, sizeof *job->errors, compare_errors);
		for (size_t k = 0; k < job->error_count; k++)
			if (job->errors[k].row > 0 && job->errors[k].row <= job_rows(b, job))
				take_error(site, b, &d, b->good[job->row_from + job->errors[k].row - 1], &job->errors[k], &known);
	}
	return d;
}

static void tell_differences(const struct site *site, const struct batch *b, const struct differences *d)
{
	static const struct output_column columns[] = {
		{ "row", N_("Row"), NULL, true },
		{ "profile_number", N_("Profile number"), NULL, false },
		{ "column", N_("Column"), NULL, false },
		{ "was", N_("Is"), &output_dates, false },
		{ "will_be", N_("Will be"), &output_dates, false },
	};

	output_table(site, columns, array_size(columns), d->list);
	say(site, _("%s: %zu fields of %zu members differ; %zu rows change nothing, %zu cannot be taken."), b->path,
			json_array_size(d->list),
	    d->members, d->unchanged, d->refused + (b->rows->count - b->good_count));
	fflush(stdout);
	for (size_t j = 0; j < b->job_count && !site->json; j++) {
		const struct act_job *job = &b->jobs[j];
		for (size_t k = 0; k < job->error_count; k++) {
			const struct row_error *e = &job->errors[k];
			if (e->reason == reason_differs || e->reason == reason_unchanged || e->row == 0 ||
					e->row > job_rows(b, job))
				continue;
			size_t i = b->good[job->row_from + e->row - 1];
			fprintf(stderr, _("  row %u, %s \"%s\": %s\n"), b->rows->numbers[i], form_header(b->rows, e->field),
				form_text(b->rows, i, e->field), language_reason(e->reason));
		}
	}
}

static void cell(FILE *f, const char *text, bool last)
{
	fputc('"', f);
	for (; *text; text++)
		fprintf(f, *text == '"' ? "\"\"" : "%c", *text);
	fputs(last ? "\"\r\n" : "\";", f);
}

static void report_line(FILE *f, const char *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++)
		cell(f, cells[i], i + 1 == count);
}

static void report_refused(FILE *f, const struct batch *b)
{
	char number[16];

	for (size_t j = 0; j < b->job_count; j++) {
		const struct act_job *job = &b->jobs[j];
		for (size_t k = 0; k < job->error_count; k++) {
			const struct row_error *e = &job->errors[k];
			if (e->reason == reason_differs || e->row == 0 || e->row > job_rows(b, job))
				continue;
			size_t i = b->good[job->row_from + e->row - 1];
			snprintf(number, sizeof number, "%u", b->rows->numbers[i]);
			report_line(f, (const char *const[]){ number, form_text(b->rows, i, field_profile_number),
					form_header(b->rows, e->field), "",
							      form_text(b->rows, i, e->field), language_reason(e->reason) }, 6);
		}
	}
}

static bool write_differences(const char *path, const struct batch *b, const struct differences *d)
{
	FILE *f = fopen(path, "wb");
	const json_t *one;
	size_t i;

	if (!f) {
		complain("%s: %m", path);
		return false;
	}
	fputs("\xef\xbb\xbf", f);
	report_line(f, (const char *const[]){ _("Row"), _("Profile number"), _("Column"), _("Is"), _("Will be"),
			_("What comes of it") }, 6);
	json_array_foreach(d->list, i, one) {
		char number[16], scratch[64];
		snprintf(number, sizeof number, "%lld", (long long)json_integer_value(json_object_get(one, "row")));
		report_line(f, (const char *const[]){ number, json_string_value(json_object_get(one, "profile_number")),
						      json_string_value(json_object_get(one, "column")),
						      output_text(json_object_get(one, "was"), NULL, scratch, sizeof scratch),
						      json_string_value(json_object_get(one, "will_be")), _("changes") }, 6);
	}
	report_refused(f, b);
	bool flushed = fflush(f) == 0;
	return fclose(f) == 0 && flushed;
}

// Only the rows that change something, as the dry run said.
static void keep_changing(struct batch *b, const struct batch *tried, const struct differences *d)
{
	batch_init(b, tried->path, tried->rows);
	b->good_count = 0;
	for (size_t k = 0; k < tried->good_count; k++)
		if (d->changes[tried->good[k]])
			b->good[b->good_count++] = tried->good[k];
}

static int update_in_earnest(struct site *site, const struct batch *tried, const struct differences *d,
		const struct officer *officer,
			     json_t *root)
{
	struct batch b;

	keep_changing(&b, tried, d);
	batch_send(site, &b, officer, act_update_members, fill_updates);
	int status = acts_report(site, b.jobs, b.job_count, false, root);
	if (status == exit_done && b.good_count)
		say(site, "%s", _("Requests that are open go on with the new data; cards that are printed already keep the "
				"old."));
	batch_deinit(&b);
	return status;
}

static int update(struct site *site, struct batch *b, const struct officer *officer, bool dry_run, const char *report)
{
	json_t *root = json_object(), *errors = json_array();
	int status = exit_done;

	faults_tell(site, b->path, b->rows, errors);
	json_object_set_new(root, "errors", errors);
	b->dry_run = true;
	batch_send(site, b, officer, act_update_members, fill_updates);
	struct differences d = differences_of(site, b);
	if (d.failed) {
		status = acts_report(site, b->jobs, b->job_count, false, root);
		root = NULL;
		status = status == exit_done ? exit_refused : status;
	} else {
		tell_differences(site, b, &d);
		json_object_set(root, "changes", d.list);
		json_object_set_new(root, "dry_run", json_boolean(dry_run));
		json_object_set_new(root, "unchanged", json_integer((json_int_t)d.unchanged));
		json_object_set_new(root, "refused", json_integer((json_int_t)(d.refused + b->rows->count - b->good_count)));
		if (report && !write_differences(report, b, &d))
			status = exit_refused;
	}
	if (root && !dry_run && d.members) {
		int done = update_in_earnest(site, b, &d, officer, root);
		status = status == exit_done ? done : status;
	} else if (root) {
		if (dry_run && d.members)
			say(site, "%s", _("Nothing was changed. Next: the same without --dry-run."));
		output_json(site, root);
	}
	if (d.refused || b->rows->faults.count)
		status = exit_refused;
	json_decref(d.list);
	free(d.changes);
	return status;
}

int run_registry_update(struct site *site, int argc, char **argv)
{
	const char *report = NULL;
	bool dry_run = false;
	const struct option_row options[] = {
		{ "dry-run", option_kind_flag, &dry_run, NULL, N_("only shows what would change") },
		{ "report", option_kind_text, &report, N_("FILE"), N_("writes what differs, and what cannot be taken, as CSV") },
		{ 0 },
	};
	struct form_rows rows;
	struct officers officers = { 0 };
	struct batch b;
	int status = arguments_take(site, &argc, argv, options, 1, 1);

	if (status != go_on)
		return status;
	enum error e = form_read(&updates_form, argv[0], &rows);
	if (e)
		return file_unread(argv[0], e);
	updates_check(&rows);
	const struct officer *officer = home_exists(site) ? registrar(site, &officers, act_update_members) : NULL;
	batch_init(&b, argv[0], &rows);
	status = officer ? update(site, &b, officer, dry_run, report) : exit_refused;
	batch_deinit(&b);
	form_rows_deinit(&rows);
	officers_deinit(&officers);
	return status;
}

// --- transfers

static bool fill_transfers(struct act_job *job, struct terminal *terminal)
{
	const struct batch *b = job->context;

	for (size_t k = 0; k < job_rows(b, job); k++)
		act_add(terminal, &transfer_row_shape, form_row(b->rows, b->good[job->row_from + k]));
	return true;
}

static void transfer_next(const struct site *site, int status)
{
	if (status == exit_done)
		say(site, "%s", _("Next: cards in the members' hands went with them; a card on its way is sent on with `tdv "
				"pack`, an open request goes on."));
}

static int transfer_file(struct site *site, const char *path, const struct officer *officer)
{
	struct form_rows rows;
	struct batch b;
	json_t *root = json_object(), *errors = json_array();
	enum error e = form_read(&transfers_form, path, &rows);

	json_object_set_new(root, "errors", errors);
	if (e) {
		json_decref(root);
		return file_unread(path, e);
	}
	transfers_check(&rows);
	batch_init(&b, path, &rows);
	faults_tell(site, path, &rows, errors);
	batch_send(site, &b, officer, act_transfer_members, fill_transfers);
	int status = acts_report(site, b.jobs, b.job_count, false, root);
	if (rows.faults.count)
		status = exit_refused;
	transfer_next(site, status);
	batch_deinit(&b);
	form_rows_deinit(&rows);
	return status;
}

struct few {
	struct transfer_row row;  // of each, without its profile number
	char profiles[64][10];
	size_t count;
};

static bool fill_few(struct act_job *job, struct terminal *terminal)
{
	const struct few *few = job->context;

	for (size_t i = 0; i < few->count; i++) {
		struct transfer_row row = few->row;
		row.profile_number = bytes_of_text(few->profiles[i]);
		act_add(terminal, &transfer_row_shape, &row);
	}
	return true;
}

static int transfer_few(struct site *site, const struct few *few, const struct officer *officer)
{
	struct act_job job = { .officer = officer, .act = act_transfer_members, .fill = fill_few,
			.context = (void *)(uintptr_t)few };

	snprintf(job.about, sizeof job.about, "%s", few->profiles[0]);
	if (few->count > 1)
		snprintf(job.about, sizeof job.about, _("%zu members"), few->count);
	acts_run(site, &job, 1);
	int status = acts_report(site, &job, 1, false, NULL);
	transfer_next(site, status);
	acts_deinit(&job, 1);
	return status;
}

int run_transfer(struct site *site, int argc, char **argv)
{
	uint64_t to = 0;
	bool away = false, temporary = false;
	int32_t date = date_none;
	const char *decision = NULL;
	const struct option_row options[] = {
		{ "to", option_kind_number, &to, N_("CODE"), N_("the cell that they go to") },
		{ "away", option_kind_flag, &away, NULL, N_("they leave for another site") },
		{ "date", option_kind_date, &date, N_("DATE"), N_("of the transfer") },
		{ "decision", option_kind_text, &decision, N_("TEXT"), N_("its number") },
		{ "temporary", option_kind_flag, &temporary, NULL, N_("the home cell stays the same") },
		{ 0 },
	};
	struct officers officers = { 0 };
	struct few few = { 0 };
	int status = arguments_take(site, &argc, argv, options, 1, 64);

	if (status != go_on)
		return status;
	for (int i = 0; i < argc; i++)
		few.count += cell_profile(argv[i], few.profiles[few.count]);
	bool file = few.count == 0 && argc == 1;
	if (!file && (few.count < (size_t)argc || (to == 0) == !away || date == date_none || !decision))
		return usage_wrong(site, "%s", _("a file, or profile numbers (123456ABC) with --to CODE or --away, --date and "
				"--decision"));
	if (!home_exists(site))
		return exit_refused;
	const struct officer *officer = registrar(site, &officers, act_transfer_members);
	if (!officer) {
		status = exit_refused;
	} else if (file) {
		status = transfer_file(site, argv[0], officer);
	} else {
		few.row = (struct transfer_row){ .organisation = to, .scope = temporary ? transfer_scope_temporary :
				transfer_scope_official,
						 .date = date, .decision = bytes_of_text(decision) };
		status = transfer_few(site, &few, officer);
	}
	officers_deinit(&officers);
	return status;
}
