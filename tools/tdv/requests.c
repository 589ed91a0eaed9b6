// tdv withdraw, adjudicate, overdue: what becomes of requests that do not simply go on.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "ask.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "csv_rows.h"
#include "domain/dated.h"
#include "domain/organisation.h"
#include "gen/printing_settings.h"
#include "verbs.h"

// --- requests as verification has them

struct known_request {
	uint64_t number, list, cell, member;
	enum request_state state;
	enum request_kind kind;
	enum request_reason reason;
	enum reason why;
	int32_t since, due;
	bool has_due;
};
struct known_requests {
	struct known_request *list;
	size_t count, capacity;
	bool (*wanted)(const struct known_requests *r, uint64_t number, const struct verification_requests_row *row);
	const uint64_t *numbers; // that are looked for
	size_t number_count;
};

static bool on_request(void *context, struct bytes key, struct bytes value)
{
	struct known_requests *r = context;
	struct verification_requests_row row;
	uint64_t number = get_u64(key.data);

	if (verification_requests_row_decode(value, &row) || !r->wanted(r, number, &row))
		return true;
	if (r->count == r->capacity) {
		r->capacity = r->capacity ? r->capacity * 2 : 64;
		r->list = realloc(r->list, r->capacity * sizeof *r->list);
		ensure(r->list);
	}
	r->list[r->count++] = (struct known_request){ .number = number, .list = row.list, .cell = row.cell,
			.member = row.member,
						      .state = row.state, .kind = row.kind,
								.reason = row.reason, .why = row.why,
						      .since = row.since, .due = row.due, .has_due = row.has_due };
	return true;
}

static bool is_held(const struct known_requests *r, uint64_t number, const struct verification_requests_row *row)
{
	(void)r, (void)number;
	return row->state == request_state_on_hold;
}

static bool has_due_date(const struct known_requests *r, uint64_t number, const struct verification_requests_row *row)
{
	(void)r, (void)number;
	return row->has_due;
}

static bool is_named(const struct known_requests *r, uint64_t number, const struct verification_requests_row *row)
{
	(void)row;
	for (size_t i = 0; i < r->number_count; i++)
		if (r->numbers[i] == number)
			return true;
	return false;
}

static bool requests_read(const struct site *site, struct known_requests *r)
{
	return scan(site, service_id_verification, "requests", on_request, r);
}

static bool requests_found(const struct site *site, struct known_requests *r, char **argv)
{
	if (!home_exists(site) || !requests_read(site, r))
		return false;
	for (size_t i = 0; i < r->number_count; i++) {
		bool found = false;
		for (size_t k = 0; k < r->count; k++)
			found = found || r->list[k].number == r->numbers[i];
		if (!found) {
			complain(_("there is no request %s"), argv[i]);
			return false;
		}
	}
	return true;
}

// The numbers of the command line, each of them known: go_on; else an exit status, and the reason was said.
static int requests_named(struct site *site, struct known_requests *r, int argc, char **argv)
{
	uint64_t *numbers = calloc((size_t)argc + 1, sizeof *numbers);
	int status = go_on;

	ensure(numbers);
	r->wanted = is_named;
	r->numbers = numbers;
	for (int i = 0; status == go_on && i < argc; i++) {
		if (!strchr(argv[i], '-') || !cell_pair(argv[i], &numbers[i]))
			status = usage_wrong(site, _("a request is LIST-ROW, e.g. 12-3, not \"%s\""), argv[i]);
		r->number_count++;
	}
	if (status == go_on && !requests_found(site, r, argv))
		status = exit_refused;
	free(numbers);
	r->numbers = NULL;
	return status;
}

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
		  release ? N_("why, as far as it is on record") : N_("why it is refused, e.g. not_in_standing") },
		{ "number", option_kind_text, &number, N_("TEXT"), N_("of the conclusion or decision, e.g. 8-KL/UBKT") },
		{ "date", option_kind_date, &date, N_("DATE"), N_("of the conclusion or decision (today)") },
		{ 0 },
	};
	unsigned why = reason_none;
	int status = arguments_take(site, &argc, argv, options, 1, -1);

	if (status != go_on)
		return status;
	if (reason && !cell_value(&reason_values, reason, &why))
		return usage_wrong(site, _("no such reason: %s"), reason);
	if (!release && why == reason_none)
		return usage_wrong(site, "%s", _("--reason must say why it is refused"));
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

int run_adjudicate_list(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "request", N_("Request"), NULL, false },      { "reason", N_("Kind"), &request_reason_values, false },
		{ "held", N_("Held because"), &reason_values, false }, { "cell_name", N_("Cell"), NULL, false },
		{ "since", N_("Since"), NULL, false },          { "due", N_("Due"), NULL, false },
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

// --- tdv overdue (A7)

struct late {
	struct site *site;
	struct organisations organisations;
	struct organisation_tree tree;
	uint64_t within;      // 0: everybody
	int32_t today, until; // due before `until` is told
	json_t *rows;
};

static void late_add(struct late *w, const char *what, const char *name, json_t *number, uint64_t with, int32_t due)
{
	if (due >= w->until || (w->within && !organisation_within(&w->tree, with, w->within))) {
		json_decref(number);
		return;
	}
	json_array_append_new(w->rows, json_pack("{s:s, s:s, s:o, s:I, s:s, s:o, s:i}", "waits_for", name,
			"label", what, "number",
						 number, "organisation", (json_int_t)with, "organisation_name",
						 organisation_title(&w->organisations, with), "due",
								json_date(due), "days_late",
						 w->today - due));
}

static void late_act(struct late *w, enum act act, uint64_t number, uint64_t about, enum org_level level, int32_t due)
{
	late_add(w, language_label(&act_values, act), codec_value_name(&act_values, act), json_integer((json_int_t)number),
		 organisation_at_level(&w->tree, about, level), due);
}

static bool on_late_list(void *context, struct bytes key, struct bytes value)
{
	struct late *w = context;
	struct approval_lists_row row;

	if (approval_lists_row_decode(value, &row) || !row.has_due)
		return true;
	bool appraise = row.stage == list_stage_verified;
	late_act(w, appraise ? act_appraise : act_consolidate, get_u64(key.data), row.cell,
		 appraise ? org_level_grassroots : org_level_superior, row.due);
	return true;
}

static bool on_late_group(void *context, struct bytes key, struct bytes value)
{
	struct late *w = context;
	struct approval_groups_row row;

	if (approval_groups_row_decode(value, &row) || !row.has_due)
		return true;
	bool decide = row.stage == list_stage_consolidated;
	late_act(w, decide ? act_decide : act_approve, get_u64(key.data), row.superior,
		 decide ? org_level_superior : org_level_attached, row.due);
	return true;
}

static void late_request(struct late *w, const struct known_request *one)
{
	if (one->state == request_state_on_hold)
		late_add(w, language_label(&act_values, act_adjudicate), "adjudicate", json_item(one->number),
			 organisation_at_level(&w->tree, one->cell, org_level_superior), one->due);
	else
		late_add(w, _("correction"), "correct", json_item(one->number), one->cell, one->due);
}

// The facility has said nothing for as long as its reminder takes (printing.days_silent).  One that is held waits for the board.
static bool on_late_order(void *context, struct bytes key, struct bytes value)
{
	struct late *w = context;
	struct printing_orders_row row;
	static const enum act next[] = { [print_order_offered] = act_answer_order, [print_order_printing] = act_report_prints,
					 [print_order_printed] = act_pack_boxes };

	if (printing_orders_row_decode(value, &row) || row.standing == order_standing_held || row.state >= array_size(next) ||
	    !next[row.state])
		return true;
	int32_t heard = date_of_instant(row.heard);
	uint32_t days = dated_value_on(printing_days_silent, array_size(printing_days_silent), heard);
	if (days > 0)
		late_add(w, language_label(&act_values, next[row.state]), codec_value_name(&act_values, next[row.state]),
			 json_integer((json_int_t)get_u64(key.data)), row.facility, date_after_working_days(heard, days));
	return true;
}

static bool late_read(struct late *w)
{
	struct known_requests r = { .wanted = has_due_date };

	bool ok = organisations_read(w->site, &w->organisations);
	organisations_tree(&w->organisations, &w->tree);
	ok = ok && scan(w->site, service_id_approval, "lists", on_late_list, w) &&
	     scan(w->site, service_id_approval, "groups", on_late_group, w) &&
	     scan(w->site, service_id_printing, "orders", on_late_order, w) && requests_read(w->site, &r);
	for (size_t i = 0; ok && i < r.count; i++)
		late_request(w, &r.list[i]);
	free(r.list);
	return ok;
}

int run_overdue(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "due", N_("Due"), NULL, false },          { "days_late", N_("Days late"), NULL, true },
		{ "label", N_("Waits for"), NULL, false },  { "number", N_("Number"), NULL, true },
		{ "organisation_name", N_("With"), NULL, false },
	};
	struct late w = { .site = site, .today = date_of_instant(clock_wall_ms()) };
	uint64_t soon = 0;
	const struct option_row options[] = {
		{ "organisation", option_kind_number, &w.within, N_("CODE"), N_("only what waits with this one or below it") },
		{ "soon", option_kind_number, &soon, N_("DAYS"), N_("also what will be due within so many days") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status != go_on)
		return status;
	if (!home_exists(site))
		return exit_refused;
	w.until = w.today + (int32_t)(soon > 3650 ? 3650 : soon) + (soon > 0);
	w.rows = json_array();
	status = exit_refused;
	if (late_read(&w)) {
		output_table(site, columns, array_size(columns), w.rows);
		if (json_array_size(w.rows) == 0)
			say(site, "%s", soon ? _("Nothing is late or will be within these days.") : _("Nothing is late."));
		output_json(site, json_pack("{s:O}", "overdue", w.rows));
		status = exit_done;
	}
	json_decref(w.rows);
	organisations_deinit(&w.organisations);
	return status;
}
