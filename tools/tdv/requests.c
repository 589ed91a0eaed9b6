// tdv withdraw, adjudicate: requests that do not simply go on, by an act of a person.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "csv_form.h"
#include "domain/organisation.h"
#include "requests_known.h"
#include "verbs.h"

// --- acts on requests: those that go together make one signed act

struct batch {
	struct act_job *job;
	const struct known_requests *requests;
	uint64_t *items;      // of the act, in its order
	size_t count;
	struct adjudication_head head;
	struct ruling_row ruling;
};
struct batches {
	struct batch *list;
	struct act_job *jobs;
	size_t count;
};

static struct batches batches_new(size_t most)
{
	struct batches b = { .list = calloc(most + 1, sizeof *b.list), .jobs = calloc(most + 1, sizeof *b.jobs) };
	ensure(b.list && b.jobs);
	return b;
}

static void batches_free(struct batches *b)
{
	for (size_t i = 0; i < b->count; i++)
		free(b->list[i].items);
	acts_deinit(b->jobs, b->count);
	free(b->list);
	free(b->jobs);
}

static struct batch *batch_new(struct batches *b, const struct officer *officer, enum act act, size_t most,
			       bool (*fill)(struct act_job *, struct terminal *))
{
	struct batch *batch = &b->list[b->count];
	batch->job = &b->jobs[b->count++];
	batch->items = calloc(most, sizeof *batch->items);
	ensure(batch->items);
	*batch->job = (struct act_job){ .officer = officer, .act = act, .fill = fill, .context = batch,
			.row_items = batch->items };
	return batch;
}

static void batch_add(struct batch *batch, uint64_t item)
{
	char text[32];
	size_t said = strlen(batch->job->about);

	batch->items[batch->count++] = item;
	batch->job->row_item_count = batch->count;
	if (batch->count <= 8)
		snprintf(batch->job->about + said, sizeof batch->job->about - said, "%s%s", said ? ", " : "",
				item_text(item, text));
	else if (batch->count == 9)
		snprintf(batch->job->about + said, sizeof batch->job->about - said, ", …");
}

// --- tdv withdraw

static bool fill_withdrawal(struct act_job *job, struct terminal *terminal)
{
	const struct batch *batch = job->context;

	for (size_t i = 0; i < batch->count; i++)
		act_add(terminal, &withdrawal_row_shape, &(struct withdrawal_row){ .request = batch->items[i] });
	return true;
}

static bool withdrawal_add(const struct site *site, const struct officers *officers, struct batches *b,
			   const struct known_requests *r, const struct known_request *one)
{
	const struct officer *officer = officer_for(site, officers, act_withdraw, one->cell, NULL);

	if (!officer)
		return false;
	for (size_t i = 0; i < b->count; i++)
		if (b->jobs[i].officer == officer) {
			batch_add(&b->list[i], one->number);
			return true;
		}
	batch_add(batch_new(b, officer, act_withdraw, r->count, fill_withdrawal), one->number);
	return true;
}

int run_withdraw(struct site *site, int argc, char **argv)
{
	struct officers officers = { 0 };
	struct known_requests r = { 0 };
	int status = arguments_take(site, &argc, argv, NULL, 1, -1);

	if (status != go_on)
		return status;
	status = requests_named(site, &r, argc, argv);
	if (status == go_on && !officers_read(site, &officers))
		status = exit_refused;
	if (status != go_on) {
		free(r.list);
		return status;
	}
	status = exit_refused;
	struct batches b = batches_new(r.count);
	bool ok = true;
	for (size_t i = 0; ok && i < r.count; i++)
		ok = withdrawal_add(site, &officers, &b, &r, &r.list[i]);
	if (ok) {
		acts_run(site, b.jobs, b.count);
		status = acts_report(site, b.jobs, b.count, false, NULL);
		if (status == exit_done)
			say(site, "%s", _("Withdrawn. The members may be submitted again with a new list."));
		else
			say(site, "%s",
					_("What was not withdrawn goes on; "
					  "once a card is printed it can only be collected or cancelled."));
	}
	batches_free(&b);
	officers_deinit(&officers);
	free(r.list);
	return status;
}

// --- tdv adjudicate

// domain.md §3, §6.3; verification decides, this only finds somebody of the home.
static bool rules_on(enum role role, enum reason held)
{
	if (held == reason_held_mismatch)
		return role == role_superior_board || role == role_provincial_board;
	return role == role_inspection_commission;
}

static const struct officer *adjudicator_for(const struct site *site, const struct officers *officers,
					     const struct organisation_tree *tree, const struct known_request *one)
{
	if (site->as)
		return officer_for(site, officers, act_adjudicate, one->cell, NULL);
	for (size_t i = 0; i < officers->count; i++)
		if (rules_on(officers->list[i].role, one->why) &&
		    organisation_within(tree, one->cell, officers->list[i].organisation))
			return &officers->list[i];
	complain(_("this home has no key of an officer who may rule on it (%s); --as LOGIN "
		   "names one"),
			language_reason(one->why));
	return NULL;
}

static bool fill_rulings(struct act_job *job, struct terminal *terminal)
{
	const struct batch *batch = job->context;

	act_add(terminal, &adjudication_head_shape, &batch->head);
	for (size_t i = 0; i < batch->count; i++) {
		struct ruling_row row = batch->ruling;
		row.request = batch->items[i];
		act_add(terminal, &ruling_row_shape, &row);
	}
	return true;
}

struct ruling {
	struct site *site;
	struct officers officers;
	struct organisations organisations;
	struct organisation_tree tree;
	struct known_requests requests;
	struct adjudication_head head;
	struct ruling_row row;
};

// Requests of one list go together: those released go on as one list.
static bool ruling_add(struct ruling *w, struct batches *b, const struct known_request *one)
{
	const struct officer *officer = adjudicator_for(w->site, &w->officers, &w->tree, one);

	if (!officer)
		return false;
	for (size_t i = 0; i < b->count; i++)
		if (b->jobs[i].officer == officer && b->list[i].head.list == one->list) {
			batch_add(&b->list[i], one->number);
			return true;
		}
	struct batch *batch = batch_new(b, officer, act_adjudicate, w->requests.count, fill_rulings);
	batch->head = w->head;
	batch->head.list = one->list;
	batch->ruling = w->row;
	batch_add(batch, one->number);
	return true;
}

static int rule(struct ruling *w, int argc, char **argv)
{
	int status = requests_named(w->site, &w->requests, argc, argv);

	if (status != go_on)
		return status;
	status = exit_refused;
	if (!officers_read(w->site, &w->officers) || !organisations_read(w->site, &w->organisations))
		return status;
	organisations_tree(&w->organisations, &w->tree);
	struct batches b = batches_new(w->requests.count);
	bool ok = true;
	for (size_t i = 0; ok && i < w->requests.count; i++)
		ok = ruling_add(w, &b, &w->requests.list[i]);
	if (ok) {
		acts_run(w->site, b.jobs, b.count);
		status = acts_report(w->site, b.jobs, b.count, false, NULL);
		if (status == exit_done && w->row.release)
			say(w->site, "%s",
					_("Released: they go on as a list of their own. "
					  "Next: the grassroots committee appraises it: `tdv appraise LIST…`."));
		else if (status == exit_done)
			say(w->site, "%s", _("Refused; their cells find a letter. The members may be submitted again."));
	}
	batches_free(&b);
	return status;
}

static int run_ruling(struct site *site, int argc, char **argv, bool release)
{
	struct ruling w = { .site = site, .row = { .release = release } };
	const char *number = NULL, *reason = NULL;
	int32_t date = date_of_instant(clock_wall_ms());
	const struct option_row options[] = {
		{ "reason", option_kind_text, &reason, N_("REASON"),
		  release ? N_("why, as far as it is on record") :
			    N_("why it is refused, e.g. not_in_standing; without it they are listed") },
		{ "number", option_kind_text, &number, N_("TEXT"), N_("of the conclusion or decision, e.g. 8-KL/UBKT") },
		{ "date", option_kind_date, &date, N_("DATE"), N_("of the conclusion or decision (today)") },
		{ 0 },
	};
	unsigned why = reason_none;
	int status = arguments_take(site, &argc, argv, options, 1, -1);

	if (status != go_on)
		return status;
	if (reason && !cell_value(&reason_values, reason, &why))
		return usage_values(site, &reason_values, reasons_of_requests, _("no such reason: %s"), reason);
	if (!release && why == reason_none)
		return usage_values(site, &reason_values, reasons_of_requests, "%s", _("--reason must say why it is refused"));
	if (number && strlen(number) > 40)
		return usage_wrong(site, "%s", _("--number must give the decision's number, at most 40 bytes"));
	w.row.reason = (enum reason)why;
	if (number) {
		w.head.decision_number = bytes_of_text(number);
		w.head.has_decision_number = w.head.has_decision_date = true;
		w.head.decision_date = date;
	}
	status = rule(&w, argc, argv);
	organisations_deinit(&w.organisations);
	officers_deinit(&w.officers);
	free(w.requests.list);
	return status;
}

int run_adjudicate_release(struct site *site, int argc, char **argv)
{
	return run_ruling(site, argc, argv, true);
}

int run_adjudicate_refuse(struct site *site, int argc, char **argv)
{
	return run_ruling(site, argc, argv, false);
}

static json_t *held_json(const struct organisations *o, const struct known_request *one)
{
	json_t *j = json_pack("{s:o, s:s, s:s, s:s, s:I, s:s, s:o, s:s}", "request", json_item(one->number), "kind",
			      codec_value_name(&request_kind_values, one->kind), "reason",
			      codec_value_name(&request_reason_values, one->reason), "held",
					codec_value_name(&reason_values, one->why),
			      "cell", (json_int_t)one->cell, "cell_name", organisation_title(o, one->cell), "since",
			      json_date(one->since), "by",
			      one->why == reason_held_mismatch ? "superior_board" : "inspection_commission");
	if (one->has_due)
		json_object_set_new(j, "due", json_date(one->due));
	return j;
}

static bool is_held(const struct known_requests *r, uint64_t number, const struct verification_requests_row *row)
{
	(void)r, (void)number;
	return row->state == request_state_on_hold;
}

int run_adjudicate_list(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "request", N_("Request"), NULL, false },      { "reason", N_("Kind"), &request_reason_values, false },
		{ "held", N_("Held because"), &reason_values, false }, { "cell_name", N_("Cell"), NULL, false },
		{ "since", N_("Since"), &output_dates, false },          { "due", N_("Due"), &output_dates, false },
		{ "by", N_("By"), &role_values, false },
	};
	struct known_requests r = { .wanted = is_held };
	struct organisations organisations;
	int status = arguments_take(site, &argc, argv, NULL, 0, 0);

	if (status != go_on)
		return status;
	if (!home_exists(site) || !organisations_read(site, &organisations))
		return exit_refused;
	status = exit_refused;
	if (requests_read(site, &r)) {
		json_t *rows = json_array();
		for (size_t i = 0; i < r.count; i++)
			json_array_append_new(rows, held_json(&organisations, &r.list[i]));
		output_table(site, columns, array_size(columns), rows);
		if (r.count == 0)
			say(site, "%s", _("No request is held."));
		else
			say(site, "%s",
					_("Next: `tdv adjudicate release REQUEST…` or "
					  "`tdv adjudicate refuse REQUEST… --reason REASON`."));
		output_json(site, json_pack("{s:o}", "held", rows));
		status = exit_done;
	}
	free(r.list);
	organisations_deinit(&organisations);
	return status;
}
