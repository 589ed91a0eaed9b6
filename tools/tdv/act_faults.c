// What is wrong with a file: on stderr, as JSON, and as a file that Excel opens beside it.
#include <stdio.h>
#include <sys/stat.h>

#include "act.h"

static const char *why_unread(const char *path, enum error e, const char *otherwise)
{
	struct stat s;

	if (e == error_absent)
		return N_("there is no such file");
	return stat(path, &s) == 0 && S_ISDIR(s.st_mode) ? N_("this is a folder, not a file") : otherwise;
}

int file_unread(const char *path, enum error e)
{
	const char *why = why_unread(path, e, NULL);

	complain("%s: %s", path, why ? _(why) : language_error(e));
	return exit_refused;
}

bool form_read_or_fault(const struct form *form, const char *path, struct form_rows *rows)
{
	enum error e = form_read(form, path, rows);

	if (e)
		fault_add(&rows->faults, 0, -1, field_whole, reason_unknown, NULL)->hint =
			why_unread(path, e, N_("the file cannot be read"));
	return !e;
}

bool files_are_good(const struct site *site, size_t bad, json_t *errors)
{
	if (bad && !site->json)
		complain(_("nothing was sent; mend what stands above and submit again"));
	if (bad)
		output_json(site, json_pack("{s:o, s:[]}", "errors", errors, "acts"));
	else
		json_decref(errors);
	return bad == 0;
}

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
			size_t r = act_file_row(&jobs[i], e->row);
			report_row(f, r == SIZE_MAX ? e->row : rows->numbers[r], form_header(rows, e->field),
				   r == SIZE_MAX ? "" : form_text(rows, r, e->field),
				   language_reason(e->reason));
		}
	}
	bool written = fflush(f) == 0;
	return fclose(f) == 0 && written;
}
