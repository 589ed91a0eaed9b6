// tdv appraise, consolidate, decide, approve, numbers grant, order: acts on whole lists, with the requests
// that are left out (D12, D13, A8).  --all does everything that waits for officers of this home, one signed
// act a list.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "csv_rows.h"
#include "requests_known.h"
#include "trace.h"
#include "verbs.h"
#include "waiting.h"

struct left_out {
	struct leave_out_row row;
	uint64_t list, group; // in which it is now; 0: not known here
};

struct decision {
	bool all;
	struct list_act_head head;      // without its number
	struct left_out *left_out; // of all lists of the call; each act takes its own
	size_t left_out_count;
	struct order_head order;
	const char *number, *kind, *reason, *out_file;
	struct texts out;
};

struct work {
	struct site *site;
	const struct decision *d;
	enum act act;
	struct officers officers;
	struct waitings waitings;
	struct act_job *jobs;
	struct waiting *of; // of each job
	size_t count;
};

// --- what an act says

// A request belongs to the list with which it goes on (a released or corrected one not to that of its number), and to the
// consolidated list that took this in.  Where no daemon could be asked, the pipeline sorts out what the numbers do not say.
static bool concerns(const struct work *w, const struct left_out *out, const struct waiting *one)
{
	if (w->act == act_appraise)
		return (out->list ? out->list : item_whole(out->row.request)) == one->number;
	return out->group == 0 || out->group == one->number;
}

static bool fill_list_act(struct act_job *job, struct terminal *terminal)
{
	const struct work *w = job->context;
	const struct waiting *one = &w->of[job - w->jobs];
	struct list_act_head head = w->d->head;

	head.number = one->number;
	act_add(terminal, &list_act_head_shape, &head);
	for (size_t i = 0; i < w->d->left_out_count; i++)
		if (concerns(w, &w->d->left_out[i], one))
			act_add(terminal, &leave_out_row_shape, &w->d->left_out[i].row);
	return true;
}

static bool fill_consolidation(struct act_job *job, struct terminal *terminal)
{
	const struct work *w = job->context;
	const struct waiting *one = &w->of[job - w->jobs];

	act_add(terminal, &consolidation_head_shape,
		&(struct consolidation_head){ .kind = one->kind, .reason = one->reason });
	return true;
}

static bool fill_order(struct act_job *job, struct terminal *terminal)
{
	const struct work *w = job->context;
	struct order_head head = w->d->order;

	head.group = w->of[job - w->jobs].number;
	act_add(terminal, &order_head_shape, &head);
	return true;
}

static bool (*filler(enum act act))(struct act_job *, struct terminal *)
{
	if (act == act_consolidate)
		return fill_consolidation;
	return act == act_place_order ? fill_order : fill_list_act;
}

// --- whom it concerns

static void name_job(struct work *w, struct act_job *job, const struct waiting *one)
{
	const char *title = organisation_title(&w->waitings.organisations, one->about);

	if (!one->about)
		snprintf(job->about, sizeof job->about, "%llu", (unsigned long long)one->number);
	else if (w->act == act_appraise)
		snprintf(job->about, sizeof job->about, _("list %llu, %s"), (unsigned long long)one->number,
			 title);
	else if (w->act == act_consolidate)
		snprintf(job->about, sizeof job->about, _n("%s: %s, %u list", "%s: %s, %u lists", one->count), title,
			 language_label(&request_kind_values, one->kind), one->count);
	else
		snprintf(job->about, sizeof job->about, _("consolidated list %llu, %s"),
			 (unsigned long long)one->number, title);
}

static bool add_job(struct work *w, const struct waiting *one)
{
	const struct officer *officer =
		w->d->all ? officer_fitting(w->site, &w->officers, w->act, one->organisation)
			  : officer_for(w->site, &w->officers, w->act, one->organisation, NULL);

	if (!officer)
		return w->d->all; // of those that wait, the ones that officers of this home may do
	if (w->d->all && officer->organisation != one->organisation)
		return true;
	struct act_job *job = &w->jobs[w->count];
	w->of[w->count] = *one;
	*job = (struct act_job){ .officer = officer, .act = w->act, .fill = filler(w->act), .context = w,
				   .together = true };
	name_job(w, job, one);
	w->count++;
	return true;
}

static const struct waiting *waiting_numbered(const struct work *w, uint64_t number)
{
	for (size_t i = 0; i < w->waitings.count; i++)
		if (w->waitings.list[i].act == w->act && w->waitings.list[i].number == number)
			return &w->waitings.list[i];
	return NULL;
}

static bool gather_numbers(struct work *w, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		uint64_t number = strtoull(argv[i], NULL, 10);
		const struct waiting *one = waiting_numbered(w, number);
		// The pipeline says why it is not; this one only knows that it does not wait.
		const struct waiting unknown = { .act = w->act, .number = number };
		if (!one && !w->site->as) {
			complain(_("%llu does not wait for this; `tdv lists` shows what does"),
				 (unsigned long long)number);
			return false;
		}
		if (!add_job(w, one ? one : &unknown))
			return false;
	}
	return true;
}

static bool gather_waiting(struct work *w)
{
	unsigned kind = 0, reason = 0;

	if (w->d->kind)
		cell_value(&request_kind_values, w->d->kind, &kind);
	if (w->d->reason)
		cell_value(&request_reason_values, w->d->reason, &reason);
	for (size_t i = 0; i < w->waitings.count; i++) {
		const struct waiting *one = &w->waitings.list[i];
		if (one->act == w->act && (!kind || one->kind == kind) &&
		    (!reason || one->reason == reason) && !add_job(w, one))
			return false;
	}
	return true;
}

// --- requests left out

static bool add_left_out(struct decision *d, uint64_t request, enum reason reason)
{
	d->left_out = realloc(d->left_out, (d->left_out_count + 1) * sizeof *d->left_out);
	ensure(d->left_out);
	d->left_out[d->left_out_count++] = (struct left_out){ .row = { .request = request, .reason = reason } };
	return true;
}

static bool left_out_of_options(const struct site *site, struct decision *d)
{
	for (size_t i = 0; i < d->out.count; i++) {
		const char *equals = strchr(d->out.list[i], '=');
		unsigned reason = reason_left_out;
		uint64_t request;
		char item[32];
		snprintf(item, sizeof item, "%.*s", equals ? (int)(equals - d->out.list[i]) : 31,
			 d->out.list[i]);
		if (!cell_pair(item, &request)) {
			usage_wrong(site, _("--leave-out needs LIST-ROW or LIST-ROW=REASON, not \"%s\""),
				    d->out.list[i]);
			return false;
		}
		if (equals && !cell_value(&reason_values, equals + 1, &reason)) {
			usage_values(site, &reason_values, reasons_of_requests, _("no such reason: %s"), equals + 1);
			return false;
		}
		add_left_out(d, request, (enum reason)reason);
	}
	return true;
}

static bool left_out_of_file(struct site *site, struct decision *d)
{
	struct form_rows rows;

	if (!d->out_file)
		return true;
	enum error e = form_read(&left_out_form, d->out_file, &rows);
	if (e) {
		file_unread(d->out_file, e);
		return false;
	}
	faults_tell(site, d->out_file, &rows, NULL);
	bool ok = rows.faults.count == 0;
	for (size_t i = 0; ok && i < rows.count; i++) {
		const struct leave_out_row *row = form_row(&rows, i);
		add_left_out(d, row->request, row->reason ? row->reason : reason_left_out);
	}
	form_rows_deinit(&rows);
	return ok;
}

// Where each of them is now.
static void left_out_placed(const struct site *site, struct decision *d)
{
	struct buffer backing = { 0 };

	for (size_t i = 0; i < d->left_out_count; i++) {
		struct left_out *out = &d->left_out[i];
		struct verification_requests_row request;
		struct approval_lists_row list;
		if (!row_of(site, verification, requests, out->row.request, &request, &backing))
			continue;
		out->list = request.list;
		if (row_of(site, approval, lists, out->list, &list, &backing) && list.has_group)
			out->group = list.group;
	}
	buffer_deinit(&backing);
}

// An act cannot be taken back: what is left out of a list that is not among them is a slip, and nothing is sent.
static bool left_out_is_among(const struct work *w)
{
	for (size_t i = 0; i < w->d->left_out_count; i++) {
		const struct left_out *out = &w->d->left_out[i];
		bool among = false;
		for (size_t k = 0; k < w->count; k++)
			among = among || concerns(w, out, &w->of[k]);
		if (!among) {
			complain(_("%llu-%llu is to be left out, but its list is not among those of this call; nothing was sent"),
				 (unsigned long long)item_whole(out->row.request),
				 (unsigned long long)item_index(out->row.request));
			return false;
		}
	}
	return true;
}

// --- the verbs

static int carry_out(struct work *w, const char *next)
{
	acts_run(w->site, w->jobs, w->count);
	int status = acts_report(w->site, w->jobs, w->count, false, NULL);
	bool more = false; // signatures that an act still needs
	for (size_t i = 0; i < w->count; i++)
		more = more || (w->act != act_consolidate && w->jobs[i].has_number && w->jobs[i].more);
	if (w->count == 0)
		say(w->site, "%s",
		    _("Nothing waits for this that an officer of this home may do; `tdv lists` shows what "
		      "waits for whom."));
	else if (status == exit_done && more)
		say(w->site, "%s", _("Next: another officer of the same role signs the same, with --as LOGIN."));
	else if (status == exit_done)
		say(w->site, "%s", next);
	acts_deinit(w->jobs, w->count);
	return status;
}

static int decide_on(struct site *site, enum act act, struct decision *d, int argc, char **argv,
		     const char *next)
{
	struct work w = { .site = site, .d = d, .act = act };
	const enum act acts[] = { act, 0 };
	int status = exit_refused;

	if (!d->all && argc == 0)
		return usage_wrong(site, "%s", _("say which by number, or --all"));
	int wrong = arguments_are_numbers(site, argc, argv);
	if (wrong != go_on)
		return wrong;
	if (!left_out_of_options(site, d)) {
		status = exit_usage;
		goto out;
	}
	if (!home_exists(site) || !left_out_of_file(site, d) || !officers_read(site, &w.officers))
		goto out;
	// An officer elsewhere has a number and a key, and no daemon to ask.
	if (!(site->door && site->as) && !waitings_read(site, acts, &w.waitings))
		goto out;
	if (!site->door)
		left_out_placed(site, d);
	size_t most = w.waitings.count + (size_t)argc;
	w.jobs = calloc(most + 1, sizeof *w.jobs);
	w.of = calloc(most + 1, sizeof *w.of);
	ensure(w.jobs && w.of);
	if ((d->all ? gather_waiting(&w) : gather_numbers(&w, argc, argv)) && left_out_is_among(&w))
		status = carry_out(&w, next);
out:
	free(w.jobs);
	free(w.of);
	free(d->left_out);
	waitings_deinit(&w.waitings);
	officers_deinit(&w.officers);
	return status;
}

#define all_option(d)                                                                                        \
	{                                                                                                    \
		"all", option_kind_flag, &(d).all, NULL,                                                     \
			N_("everything that waits for officers of this home")                                \
	}
#define leave_out_options(d)                                                                                 \
	{ "leave-out", option_kind_texts, &(d).out, N_("LIST-ROW[=REASON]"),                                 \
	  N_("leaves this request out, e.g. 12-3=photo_missing; may be repeated") },                         \
	{                                                                                                    \
		"leave-out-file", option_kind_text, &(d).out_file, N_("FILE"),                               \
			N_("CSV with the columns request and reason")                                        \
	}
#define number_options(d, date)                                                                              \
	{ "number", option_kind_text, &(d).number, N_("TEXT"), N_("the decision's number, e.g. 12-QĐ/ĐU") }, \
	{                                                                                                    \
		"date", option_kind_date, &(date), N_("DATE"), N_("the decision's date (today)")             \
	}

static void set_decision(struct decision *d, int32_t date)
{
	if (!d->number)
		return;
	d->head.decision_number = bytes_of_text(d->number);
	d->head.has_decision_number = d->head.has_decision_date = true;
	d->head.decision_date = date;
}

int run_appraise(struct site *site, int argc, char **argv)
{
	struct decision d = { 0 };
	const struct option_row options[] = { all_option(d), leave_out_options(d), { 0 } };
	int status = arguments_take(site, &argc, argv, options, 0, -1);

	if (status != go_on)
		return status;
	return decide_on(site, act_appraise, &d, argc, argv,
			 _("Next: the superior's organisation board consolidates: `tdv consolidate --all`."));
}

int run_consolidate(struct site *site, int argc, char **argv)
{
	struct decision d = { .all = true };
	const struct option_row options[] = {
		all_option(d),
		{ "kind", option_kind_text, &d.kind, N_("KIND"),
		  N_("only lists of this kind: new, reissue, exchange") },
		{ "reason", option_kind_text, &d.reason, N_("REASON"),
		  N_("and for this reason: first, campaign, …") },
		{ 0 },
	};
	unsigned n;
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status != go_on)
		return status;
	if (d.kind && !cell_value(&request_kind_values, d.kind, &n))
		return usage_values(site, &request_kind_values, NULL, _("no such kind: %s"), d.kind);
	if (d.reason && !cell_value(&request_reason_values, d.reason, &n))
		return usage_values(site, &request_reason_values, NULL, _("no such reason: %s"), d.reason);
	return decide_on(site, act_consolidate, &d, argc, argv,
			 _("Next: the standing committee decides: `tdv decide --all --number TEXT`."));
}

static int run_decision(struct site *site, enum act act, bool needs_number, int argc, char **argv, const char *next)
{
	struct decision d = { 0 };
	int32_t date = date_of_instant(clock_wall_ms());
	const struct option_row options[] = {
		all_option(d), number_options(d, date), leave_out_options(d), { 0 }
	};
	int status = arguments_take(site, &argc, argv, options, 0, -1);

	if (status != go_on)
		return status;
	if (d.number ? strlen(d.number) > 40 : needs_number)
		return usage_wrong(site, "%s",
				   _("--number must give the decision's number, at most 40 bytes"));
	set_decision(&d, date);
	return decide_on(site, act, &d, argc, argv, _(next));
}

int run_decide(struct site *site, int argc, char **argv)
{
	return run_decision(site, act_decide, true, argc, argv,
			    N_("Next: the provincial organisation board approves: `tdv approve --all`."));
}

int run_approve(struct site *site, int argc, char **argv)
{
	return run_decision(site, act_approve, false, argc, argv,
			    N_("Next: the central organisation board orders the cards: `tdv order --all "
			       "--facility CODE`."));
}

int run_order(struct site *site, int argc, char **argv)
{
	uint64_t template = 1;
	struct decision d = { 0 };
	const struct option_row options[] = {
		all_option(d),
		{ "facility", option_kind_number, &d.order.facility, N_("CODE"),
		  N_("organisation code of the print facility") },
		{ "template", option_kind_number, &template, N_("N"),
		  N_("version of the card's template (1)") },
		{ "cost", option_kind_number, &d.order.unit_cost, N_("DONG"),
		  N_("cost of a card in đồng (0)") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, -1);

	if (status != go_on)
		return status;
	if (d.order.facility == 0)
		return usage_wrong(site, "%s", _("--facility must say who prints"));
	if (template == 0 || template > 65535)
		return usage_wrong(site, "%s", _("--template is a number from 1 to 65535"));
	d.order.template = (uint16_t) template;
	return decide_on(
		site, act_place_order, &d, argc, argv,
		_("Next: the facility prints and sends (`tdv-facility`); then `tdv receive` at each level."));
}

// --- blocks of numbers

static bool fill_numbers(struct act_job *job, struct terminal *terminal)
{
	act_add(terminal, &number_block_row_shape, job->context);
	return true;
}

// 500001, 44.500001 and 44500001 are the same running number.
static bool running_number(const char *text, uint16_t party_code, uint32_t *number)
{
	char *end;

	if (cell_card(text, number)) {
		bool ok = *number / 1000000 == party_code;
		*number %= 1000000;
		return ok;
	}
	*number = (uint32_t)strtoul(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && *number >= 1 && *number <= 999999;
}

int run_numbers_grant(struct site *site, int argc, char **argv)
{
	struct number_block_row row = { 0 };
	struct officers officers;
	int status = arguments_take(site, &argc, argv, NULL, 3, 3);

	if (status != go_on)
		return status;
	char *end;
	row.party_code = (uint16_t)strtoul(argv[0], &end, 10);
	if (*end || row.party_code == 0 || row.party_code > 99)
		return usage_wrong(site, _("a party code has two digits, not \"%s\""), argv[0]);
	if (!running_number(argv[1], row.party_code, &row.first) ||
	    !running_number(argv[2], row.party_code, &row.last) || row.last < row.first)
		return usage_wrong(site,
				   _("running numbers go from 000001 to 999999, the first before the last: "
				     "\"%s\" \"%s\""),
				   argv[1], argv[2]);
	if (!officers_read(site, &officers))
		return exit_refused;
	const struct officer *officer = officer_any(site, &officers, act_grant_numbers);
	status = exit_refused;
	if (officer) {
		struct act_job job = {
			.officer = officer, .act = act_grant_numbers, .fill = fill_numbers, .context = &row
		};
		snprintf(job.about, sizeof job.about, "%02u.%06u – %02u.%06u", row.party_code, row.first,
			 row.party_code, row.last);
		status = act_carry_out(site, &job, _("New cards take their numbers from this block. Next: `tdv order --all "
			      "--facility CODE`."));
	}
	officers_deinit(&officers);
	return status;
}
