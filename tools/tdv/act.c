#include "act.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "csv_form.h"

#define crew_size 12
#define send_timeout_ms 120000
#define await_timeout_ms 180000

// --- one act

static void fail(struct act_job *job, const char *what, enum error e, const struct terminal *terminal)
{
	const char *fault = terminal && e == error_refused ? terminal_fault(terminal) : NULL;

	job->state = act_state_failed;
	if (fault && *fault)
		snprintf(job->failure, sizeof job->failure, "%s: %s", what, fault);
	else if (e == error_pending)
		snprintf(job->failure, sizeof job->failure, "%s: %s", what,
			 _("the door does not answer; is the site up? `tdv status` shows it"));
	else
		snprintf(job->failure, sizeof job->failure, "%s: %s", what, language_error(e));
}

static void keep_errors(struct act_job *job, const struct row_error *errors, size_t count)
{
	job->errors = realloc(job->errors, (job->error_count + count + 1) * sizeof *errors);
	ensure(job->errors);
	for (size_t i = 0; i < count; i++) {
		bool known = false;
		for (size_t k = 0; k < job->error_count && !known; k++)
			known = memcmp(&job->errors[k], &errors[i], sizeof *errors) == 0;
		if (!known)
			job->errors[job->error_count++] = errors[i];
	}
}

// Until it is done, then the pages of its errors.
static void follow(struct act_job *job, struct terminal *terminal, uint64_t sequence)
{
	struct outcome *outcome = calloc(1, sizeof *outcome);
	uint64_t after = 0;

	ensure(outcome);
	do {
		enum error e = terminal_await(terminal, sequence, after, await_timeout_ms, outcome);
		if (e == error_pending) {
			job->state = act_state_pending;
			break;
		}
		if (e) {
			fail(job, _("the outcome could not be had"), e, terminal);
			break;
		}
		job->state = act_state_done;
		job->reason = outcome->reason;
		job->field = outcome->field;
		job->accepted = outcome->accepted;
		job->refused = outcome->refused;
		job->has_number = outcome->has_number;
		job->number = outcome->number;
		job->more = outcome->more;
		keep_errors(job, outcome->errors, outcome->errors_count);
		if (outcome->errors_more && outcome->errors_count == 0)
			break;
		if (outcome->errors_count)
			after = outcome->errors[outcome->errors_count - 1].row;
	} while (outcome->errors_more);
	free(outcome);
}

static void carry_out(struct act_job *job, struct terminal *terminal)
{
	struct receipt *receipt = calloc(1, sizeof *receipt);

	ensure(receipt);
	terminal_begin(terminal, job->act);
	if (!job->fill(job, terminal)) {
		job->state = act_state_failed;
		free(receipt);
		return;
	}
	enum error e = terminal_send(terminal, send_timeout_ms, receipt);
	if (e) {
		fail(job, _("not sent"), e, terminal);
	} else {
		job->submission = receipt->has_submission ? receipt->submission : 0;
		keep_errors(job, receipt->errors, receipt->errors_count);
		if (receipt->has_submission) {
			follow(job, terminal, terminal_sequence(terminal));
		} else {
			job->state = act_state_done;
			job->reason = receipt->errors_count ? receipt->errors[0].reason : reason_conflict;
		}
	}
	free(receipt);
}

// --- many, side by side

struct crew {
	const struct site *site;
	struct act_job *jobs;
	size_t count;
	bool *taken;
	pthread_mutex_t lock;
};

static struct act_job *take_first(struct crew *crew)
{
	struct act_job *job = NULL;

	pthread_mutex_lock(&crew->lock);
	for (size_t i = 0; i < crew->count && !job; i++)
		if (!crew->taken[i])
			job = &crew->jobs[i];
	// All of this officer's are one person's to do, in order.
	for (size_t i = 0; i < crew->count && job; i++)
		crew->taken[i] = crew->taken[i] || crew->jobs[i].officer == job->officer;
	pthread_mutex_unlock(&crew->lock);
	return job;
}

static void *work(void *argument)
{
	struct crew *crew = argument;
	struct act_job *first;

	while ((first = take_first(crew))) {
		struct connection connection;
		enum error e = connection_open(crew->site, first->officer, &connection);
		for (struct act_job *job = first; job < crew->jobs + crew->count; job++) {
			if (job->officer != first->officer)
				continue;
			if (e)
				fail(job, _("no connection to the door"), e, NULL);
			else
				carry_out(job, connection.terminal);
		}
		connection_close(&connection);
	}
	return NULL;
}

void acts_run(const struct site *site, struct act_job *jobs, size_t count)
{
	struct crew crew = {
		.site = site, .jobs = jobs, .count = count, .taken = calloc(count + 1, sizeof *crew.taken)
	};
	pthread_t threads[crew_size];
	size_t n = count < crew_size ? count : crew_size, started = 0;

	ensure(crew.taken);
	pthread_mutex_init(&crew.lock, NULL);
	while (started + 1 < n && pthread_create(&threads[started], NULL, work, &crew) == 0)
		started++;
	work(&crew);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	pthread_mutex_destroy(&crew.lock);
	free(crew.taken);
}

void acts_deinit(struct act_job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(jobs[i].errors);
}

// --- telling

static size_t file_row(const struct act_job *job, uint32_t row)
{
	if (!job->rows || row == 0)
		return SIZE_MAX;
	size_t i = row - 1 + job->row_from;
	if (job->row_of)
		i = job->row_of[i];
	return i < job->rows->count ? i : SIZE_MAX;
}

static json_t *error_json(const struct act_job *job, const struct row_error *e)
{
	size_t i = file_row(job, e->row);
	json_t *j = json_object();

	json_object_set_new(j, "row", json_integer(i == SIZE_MAX ? e->row : job->rows->numbers[i]));
	if (e->row && e->row <= job->row_item_count)
		json_object_set_new(j, "item", json_item(job->row_items[e->row - 1]));
	if (job->rows && e->field != field_whole)
		json_object_set_new(j, "column", json_string(form_header(job->rows, e->field)));
	json_object_set_new(j, "field", json_string(codec_value_name(&field_values, e->field)));
	json_object_set_new(j, "reason", json_string(codec_value_name(&reason_values, e->reason)));
	json_object_set_new(j, "message", json_string(language_reason(e->reason)));
	if (i != SIZE_MAX && *form_text(job->rows, i, e->field))
		json_object_set_new(j, "value", json_string(form_text(job->rows, i, e->field)));
	return j;
}

// A row that an import brings again is in already: nothing to mend, nothing to tell row by row.
static bool is_in_already(const struct act_job *job, const struct row_error *e)
{
	switch (job->act) {
	case act_import_organisations:
	case act_import_members:
		return e->reason == reason_already_done;
	case act_update_members:
		return e->reason == reason_unchanged;
	case act_enrol_officers:
		return e->reason == reason_already_done ||
		       (e->field == field_public_key && e->reason == reason_duplicate);
	case act_submit_list:
	case act_appraise:
	case act_consolidate:
	case act_decide:
	case act_approve:
	case act_grant_numbers:
	case act_place_order:
	case act_answer_order:
	case act_report_prints:
	case act_change_order:
	case act_keep_stock:
	case act_pack_boxes:
	case act_ship:
	case act_receive:
	case act_hand_over:
	case act_adjudicate:
	case act_withdraw:
	case act_transfer_members:
	case act_end_organisations:
	case act_resolve_duplicates:
	case act_report_cards:
	case act_decide_cards:
	case act_report_exits:
	case act_collect_cards:
	case act_pack_cards:
	case act_explain_box:
	case act_settle_cards:
	case act_destroy_cards:
	case act_plan_campaign:
	case act_open_campaign:
	case act_file_checks:
	case act_consolidate_checks:
	case act_settle_difference:
	case act_decide_checks:
	case act_stamp_cards:
	case act_return_checked:
	case act_report_checks:
	case act_close_campaign:
	case act_late_check:
		return false;
	}
	return false;
}

// Nothing of it was carried out, though it was taken.
static bool came_to_nothing(const struct act_job *job, uint32_t already)
{
	return job->accepted == 0 && job->refused > already;
}

// Acts on a whole list: what they refuse is what the officer asked to leave out.
static bool leaves_out(enum act act)
{
	return act == act_appraise || act == act_decide || act == act_approve;
}

static uint32_t in_already(const struct act_job *job)
{
	uint32_t n = 0;

	for (size_t i = 0; i < job->error_count; i++)
		n += is_in_already(job, &job->errors[i]);
	return n;
}

static const char *const state_names[] = { "unsent", "failed", "pending", "done" };

static json_t *job_json(const struct act_job *job)
{
	json_t *j = json_object(), *errors = json_array();

	json_object_set_new(j, "act", json_string(codec_value_name(&act_values, job->act)));
	json_object_set_new(j, "about", json_string(job->about));
	json_object_set_new(j, "officer", json_string(job->officer->login));
	json_object_set_new(j, "organisation", json_integer((json_int_t)job->officer->organisation));
	json_object_set_new(j, "state", json_string(state_names[job->state]));
	if (job->submission)
		json_object_set_new(j, "submission", json_integer((json_int_t)job->submission));
	if (job->state == act_state_done) {
		json_object_set_new(j, "reason", json_string(codec_value_name(&reason_values, job->reason)));
		json_object_set_new(j, "field", json_string(codec_value_name(&field_values, job->field)));
		json_object_set_new(j, "accepted", json_integer(job->accepted));
		json_object_set_new(j, "refused", json_integer(job->refused));
		json_object_set_new(j, "in_already", json_integer(in_already(job)));
	}
	if (job->has_number) {
		json_object_set_new(j, "number", json_integer((json_int_t)job->number));
		json_object_set_new(j, "more", json_integer(job->more));
		if (job->act == act_pack_cards)
			json_object_set_new(j, "box", json_item(job->number));
	}
	if (job->state == act_state_done && job->reason != reason_none)
		json_object_set_new(j, "message", json_string(language_reason(job->reason)));
	if (*job->failure)
		json_object_set_new(j, "message", json_string(job->failure));
	for (size_t i = 0; i < job->error_count; i++)
		json_array_append_new(errors, error_json(job, &job->errors[i]));
	json_object_set_new(j, "errors", errors);
	return j;
}

// What the number is that the act made; "" when it made none.
static const char *made_of(enum act act)
{
	switch (act) {
	case act_submit_list:
	case act_adjudicate:
		return _("list");
	case act_consolidate:
		return _("consolidated list");
	case act_place_order:
		return _("order");
	case act_pack_boxes:
	case act_ship:
		return _("shipment");
	case act_pack_cards:
		return _("box");
	case act_plan_campaign:
		return _("campaign");
	case act_change_order:
	case act_keep_stock:
	case act_decide:
	case act_approve:
	case act_receive:
	case act_import_organisations:
	case act_import_members:
	case act_enrol_officers:
	case act_appraise:
	case act_grant_numbers:
	case act_answer_order:
	case act_report_prints:
	case act_hand_over:
	case act_withdraw:
	case act_update_members:
	case act_transfer_members:
	case act_end_organisations:
	case act_resolve_duplicates:
	case act_report_cards:
	case act_decide_cards:
	case act_report_exits:
	case act_collect_cards:
	case act_explain_box:
	case act_settle_cards:
	case act_destroy_cards:
	case act_open_campaign:
	case act_file_checks:
	case act_consolidate_checks:
	case act_settle_difference:
	case act_decide_checks:
	case act_stamp_cards:
	case act_return_checked:
	case act_report_checks:
	case act_close_campaign:
	case act_late_check:
		return "";
	}
	return "";
}

static void tell_error(const struct act_job *job, const struct row_error *e)
{
	size_t i = file_row(job, e->row);
	const char *reason = language_reason(e->reason);
	char item[32];

	if (i != SIZE_MAX && e->field != field_whole && *form_text(job->rows, i, e->field))
		fprintf(stderr, _("  row %u, %s \"%s\": %s\n"), job->rows->numbers[i],
			form_header(job->rows, e->field), form_text(job->rows, i, e->field), reason);
	else if (i != SIZE_MAX)
		fprintf(stderr, _("  row %u, %s: %s\n"), job->rows->numbers[i],
			form_header(job->rows, e->field), reason);
	else if (e->row && e->row <= job->row_item_count)
		fprintf(stderr, "  %s, %s: %s\n", item_text(job->row_items[e->row - 1], item),
			language_label(&field_values, e->field), reason);
	else if (e->row)
		fprintf(stderr, _("  row %u, %s: %s\n"), e->row, language_label(&field_values, e->field),
			reason);
	else
		fprintf(stderr, "  %s: %s\n", language_label(&field_values, e->field), reason);
}

static void tell_done(const struct act_job *job)
{
	char box[32];

	printf("%s: ", job->about);
	if (job->has_number && job->act == act_pack_cards)
		printf("%s %s: ", made_of(job->act), item_text(job->number, box));
	else if (job->has_number && *made_of(job->act))
		printf("%s %llu: ", made_of(job->act), (unsigned long long)job->number);
	uint32_t already = in_already(job);
	if (leaves_out(job->act) && job->more) {
		printf(_("signed; %u more signatures are needed\n"), job->more);
		return;
	}
	if (leaves_out(job->act))
		printf(_("%u kept, %u left out"), job->accepted, job->refused);
	else if (job->accepted == 0 && job->refused == 0)
		printf("%s", _("carried out"));
	else
		printf(_("%u accepted, %u refused"), job->accepted,
		       job->refused > already ? job->refused - already : 0);
	if (already)
		printf(_(", %u in already"), already);
	if (job->has_number && job->more)
		printf(_(" (and %u more made after that number)"), job->more);
	printf("\n");
}

static void tell_refused(const struct act_job *job)
{
	if (job->act == act_place_order && job->reason == reason_empty && job->has_number && job->refused > 0)
		complain(_("%s: none of its cards could be ordered; order %llu is void, and the requests went back to their "
			   "cells, to be corrected and submitted again"),
			 job->about, (unsigned long long)job->number);
	else
		complain(_("%s: refused by the pipeline: %s (%s); nothing of it was carried out"), job->about,
			 language_reason(job->reason), language_label(&field_values, job->field));
	if (job->act == act_place_order && job->reason == reason_no_number_left)
		complain(_("The list stays approved: grant enough numbers for its first cards with `tdv numbers grant`, then "
			   "order it again."));
}

static void tell(const struct act_job *job)
{
	fflush(stdout);
	if (job->state == act_state_pending) {
		complain(_("%s: taken as submission %llu, and not carried out yet; `tdv status` shows what "
			   "waits"),
			 job->about, (unsigned long long)job->submission);
	} else if (job->state != act_state_done) {
		complain("%s: %s", job->about, job->failure);
	} else if (job->reason != reason_none) {
		tell_refused(job);
	} else {
		tell_done(job);
	}
	fflush(stdout);
	for (size_t i = 0; i < job->error_count; i++) {
		const struct row_error *e = &job->errors[i];
		bool said = e->row == 0 && e->reason == job->reason && e->field == job->field;
		if (!said && !is_in_already(job, e))
			tell_error(job, e);
	}
}

int acts_report(const struct site *site, const struct act_job *jobs, size_t count, bool rows_may_fail,
		json_t *root)
{
	json_t *all = json_array();
	int status = exit_done;

	for (size_t i = 0; i < count; i++) {
		const struct act_job *job = &jobs[i];
		uint32_t already = in_already(job);
		if (job->state != act_state_done || job->reason != reason_none ||
		    (!rows_may_fail &&
		     ((job->refused > already && !leaves_out(job->act)) || job->error_count > already)) ||
		    (came_to_nothing(job, already) && !leaves_out(job->act)))
			status = exit_refused;
		if (site->json)
			json_array_append_new(all, job_json(job));
		else
			tell(job);
	}
	root = root ? root : json_object();
	json_object_set_new(root, "acts", all);
	output_json(site, root);
	return status;
}

// --- a file's own faults

static json_t *fault_json(const char *path, const struct fault *f)
{
	json_t *j = json_object();

	json_object_set_new(j, "file", json_string(path));
	json_object_set_new(j, "row", json_integer(f->row));
	if (f->header)
		json_object_set_new(j, "column", json_string(f->header));
	json_object_set_new(j, "field", json_string(codec_value_name(&field_values, f->field)));
	json_object_set_new(j, "reason", json_string(codec_value_name(&reason_values, f->reason)));
	json_object_set_new(j, "message", json_string(f->hint ? _(f->hint) : language_reason(f->reason)));
	if (f->value)
		json_object_set_new(j, "value", json_string(f->value));
	if (f->values) {
		json_t *allowed = json_array();
		for (size_t i = 0; i < f->values->count; i++)
			json_array_append_new(allowed, json_string(f->values->list[i].name));
		json_object_set_new(j, "allowed", allowed);
	}
	return j;
}

void faults_tell(const struct site *site, const char *path, struct form_rows *rows, json_t *into)
{
	faults_sort(&rows->faults);
	for (size_t i = 0; i < rows->faults.count; i++) {
		const struct fault *f = &rows->faults.list[i];
		if (into)
			json_array_append_new(into, fault_json(path, f));
		if (site->json)
			continue;
		fprintf(stderr, "%s", path);
		if (f->row)
			fprintf(stderr, _(", row %u"), f->row);
		if (f->header)
			fprintf(stderr, _(", column \"%s\""), f->header);
		fprintf(stderr, ": %s", language_reason(f->reason));
		if (f->value)
			fprintf(stderr, ": \"%s\"", f->value);
		if (f->hint)
			fprintf(stderr, " (%s)", _(f->hint));
		for (size_t k = 0; f->values && k < f->values->count; k++)
			fprintf(stderr, "%s%s", k ? ", " : _("; it is one of: "),
				language_label(f->values, f->values->list[k].number));
		fprintf(stderr, "\n");
	}
	for (size_t i = 0; i < rows->notes.count && !site->json; i++)
		fprintf(stderr, _("%s: column \"%s\" means nothing here and is passed over\n"), path,
			rows->notes.list[i].header);
}

static void csv_cell_write(FILE *f, const char *text, bool last)
{
	fputc('"', f);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', f);
		fputc(*text, f);
	}
	fputs(last ? "\"\r\n" : "\";", f);
}

static void report_row(FILE *f, uint32_t row, const char *column, const char *value, const char *message)
{
	char number[16];

	snprintf(number, sizeof number, "%u", row);
	csv_cell_write(f, number, false);
	csv_cell_write(f, column, false);
	csv_cell_write(f, value, false);
	csv_cell_write(f, message, true);
}

bool acts_write_report(const char *path, const struct act_job *jobs, size_t count,
		       const struct form_rows *rows)
{
	FILE *f = fopen(path, "wb");

	if (!f) {
		complain("%s: %m", path);
		return false;
	}
	fputs("\xef\xbb\xbf", f);
	csv_cell_write(f, _("Row"), false);
	csv_cell_write(f, _("Column"), false);
	csv_cell_write(f, _("Value"), false);
	csv_cell_write(f, _("What is wrong"), true);
	for (size_t i = 0; i < rows->faults.count; i++) {
		const struct fault *a = &rows->faults.list[i];
		report_row(f, a->row, a->header ? a->header : "", a->value ? a->value : "",
			   a->hint ? _(a->hint) : language_reason(a->reason));
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < jobs[i].error_count; k++) {
			const struct row_error *e = &jobs[i].errors[k];
			size_t r = file_row(&jobs[i], e->row);
			report_row(f, r == SIZE_MAX ? e->row : rows->numbers[r], form_header(rows, e->field),
				   r == SIZE_MAX ? "" : form_text(rows, r, e->field),
				   language_reason(e->reason));
		}
	}
	bool written = fflush(f) == 0;
	return fclose(f) == 0 && written;
}

// --- what an act is made of

void act_add(struct terminal *terminal, const struct codec_shape *shape, const void *row)
{
	struct buffer encoded = { 0 };

	codec_encode(shape, row, &encoded);
	ensure(!encoded.failed);
	terminal_add(terminal, buffer_bytes(&encoded));
	buffer_deinit(&encoded);
}

#define attachment_bytes_max 2000000
#define attachments_at_a_time 64

static enum error read_beside(const char *beside, const char *path, struct buffer *content)
{
	char full[4096];
	const char *slash = strrchr(beside, '/');

	if (path[0] == '/' || !slash)
		snprintf(full, sizeof full, "%s", path);
	else
		snprintf(full, sizeof full, "%.*s/%s", (int)(slash - beside), beside, path);
	// Excel on Windows writes folders with backslashes.
	for (char *c = full; *c; c++)
		*c = *c == '\\' ? '/' : *c;
	return file_read(full, attachment_bytes_max, content);
}

// One window of them: read, then sent together.
static bool put_window(struct terminal *terminal, const char *beside, const char *const *paths,
		       const size_t *which, size_t n, struct hash *hashes, size_t *failed, char *failure,
		       size_t size)
{
	struct buffer contents[attachments_at_a_time] = { 0 };
	struct bytes borrowed[attachments_at_a_time] = { 0 };
	struct hash got[attachments_at_a_time];
	enum error e = error_none;

	for (size_t k = 0; k < n && !e; k++) {
		e = read_beside(beside, paths[which[k]], &contents[k]);
		borrowed[k] = buffer_bytes(&contents[k]);
		*failed = which[k];
		if (e)
			snprintf(failure, size, "%s: %s", paths[which[k]],
				 e == error_absent   ? _("there is no such file")
				 : e == error_bounds ? _("larger than 2 MB")
						     : language_error(e));
	}
	if (!e) {
		e = terminal_put_attachments(terminal, borrowed, n, got);
		if (e)
			snprintf(failure, size, _("photos and scans could not be sent: %s"),
				 e == error_refused ? terminal_fault(terminal) : language_error(e));
		for (size_t k = 0; k < n && !e; k++)
			hashes[which[k]] = got[k];
	}
	for (size_t k = 0; k < n; k++)
		buffer_deinit(&contents[k]);
	return !e;
}

bool attachments_put(struct terminal *terminal, const char *beside, const char *const *paths, size_t count,
		     struct hash *hashes, size_t *failed, char *failure, size_t size)
{
	size_t which[attachments_at_a_time], n = 0;

	*failed = SIZE_MAX;
	for (size_t i = 0; i <= count; i++) {
		// One scan may belong to all rows: it is sent once, and the rows after it take its hash
		// below.
		bool same = i > 0 && i < count && paths[i] && paths[i - 1] &&
			    strcmp(paths[i], paths[i - 1]) == 0;
		if (i < count && paths[i] && !same)
			which[n++] = i;
		if (n == attachments_at_a_time || (i == count && n > 0)) {
			if (!put_window(terminal, beside, paths, which, n, hashes, failed, failure, size))
				return false;
			n = 0;
		}
	}
	for (size_t i = 1; i < count; i++)
		if (paths[i] && paths[i - 1] && strcmp(paths[i], paths[i - 1]) == 0)
			hashes[i] = hashes[i - 1];
	return true;
}
