// tdv prints report: the results of a facility that has no program of its own on the wire, from the file that its press wrote.
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "base/ensure.h"
#include "csv_form.h"
#include "verbs.h"

#define results_most 1500 // of one act

struct result_line {
	uint32_t index;
	bool good, has_serial, has_public_key, has_reason;
	struct bytes serial, public_key;
	unsigned reason;
};

static const struct form_column result_columns[] = {
	{ .field = field_item, .kind = cell_kind_count, .required = true, .at = offsetof(struct result_line, index),
	  .name = "index", .label = "Dòng trong lệnh in" },
	{ .field = field_whole, .kind = cell_kind_yes, .required = true, .at = offsetof(struct result_line, good), .name = "good",
	  .label = "Đạt" },
	{ .field = field_serial, .kind = cell_kind_text, .max = 16, .at = offsetof(struct result_line, serial),
	  .has_at = offsetof(struct result_line, has_serial) },
	{ .field = field_public_key, .kind = cell_kind_text, .max = 64, .at = offsetof(struct result_line, public_key),
	  .has_at = offsetof(struct result_line, has_public_key) },
	{ .field = field_reason, .kind = cell_kind_value, .values = &reason_values, .at = offsetof(struct result_line, reason),
	  .has_at = offsetof(struct result_line, has_reason) },
};
static const struct form result_form = { result_columns, array_size(result_columns), sizeof(struct result_line),
					 "|STT|Ghi chú|Note|", N_("print results") };

struct report {
	uint64_t order;
	struct form_rows rows;
};

static bool hex_of(struct bytes text, void *out, size_t size)
{
	char hex[65];

	snprintf(hex, sizeof hex, "%.*s", (int)text.size, (const char *)text.data);
	return text.size == 2 * size && hex_decode(hex, out, size);
}

static void check_results(struct form_rows *rows)
{
	uint8_t serial[8];
	struct hash key;

	for (size_t i = 0; i < rows->count; i++) {
		const struct result_line *l = form_row(rows, i);
		if (l->has_serial && !hex_of(l->serial, serial, sizeof serial))
			form_fault(rows, i, field_serial, reason_malformed);
		if (l->has_public_key && !hex_of(l->public_key, key.byte, sizeof key.byte))
			form_fault(rows, i, field_public_key, reason_malformed);
	}
	if (rows->count > results_most)
		fault_add(&rows->faults, 0, -1, field_count, reason_too_many, NULL);
}

static bool fill_report(struct act_job *job, struct terminal *terminal)
{
	const struct report *r = job->context;

	act_add(terminal, &facility_head_shape, &(struct facility_head){ .order = r->order });
	for (size_t i = 0; i < r->rows.count; i++) {
		const struct result_line *l = form_row(&r->rows, i);
		struct print_row row = { .index = l->index, .good = l->good,
					 .reason = l->has_reason ? (enum reason)l->reason : reason_none };
		row.has_serial = l->has_serial && hex_of(l->serial, row.serial, sizeof row.serial);
		row.has_public_key = l->has_public_key && hex_of(l->public_key, row.public_key.byte, sizeof row.public_key.byte);
		act_add(terminal, &print_row_shape, &row);
	}
	return true;
}

static int send_report(struct site *site, struct report *report, const char *path)
{
	struct officers officers;
	int status = exit_refused;

	if (!home_exists(site) || !officers_read(site, &officers))
		return exit_refused;
	const struct officer *officer = officer_any(site, &officers, act_report_prints);
	if (officer) {
		struct act_job job = { .officer = officer, .act = act_report_prints, .rows = &report->rows, .fill = fill_report,
				       .context = report };
		snprintf(job.about, sizeof job.about, "%s", path);
		status = act_carry_out(site, &job, _("`tdv order list` shows how far the order is; a spoiled card's record is "
						     "offered again."));
	}
	officers_deinit(&officers);
	return status;
}

int run_prints_report(struct site *site, int argc, char **argv)
{
	struct report report = { 0 };
	const struct option_row options[] = {
		{ "order", option_kind_number, &report.order, N_("NUMBER"), N_("the print order") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 1, 1);

	if (status != go_on)
		return status;
	if (!report.order)
		return usage_wrong(site, "%s", _("--order must say of which print order"));
	enum error e = form_read(&result_form, argv[0], &report.rows);
	if (e) {
		complain("%s: %s", argv[0], e == error_absent ? _("there is no such file") : _("the file cannot be read"));
		return exit_refused;
	}
	check_results(&report.rows);
	faults_tell(site, argv[0], &report.rows, NULL);
	status = exit_refused;
	if (report.rows.faults.count)
		complain("%s", _("nothing was sent; mend what stands above and report again"));
	else
		status = send_report(site, &report, argv[0]);
	form_rows_deinit(&report.rows);
	return status;
}
