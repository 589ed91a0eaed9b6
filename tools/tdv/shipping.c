// tdv ship, tdv receive: boxes down the levels, or back up, counted at each.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "csv_rows.h"
#include "verbs.h"
#include "waiting.h"

// --- ship

struct shipping {
	struct site *site;
	struct shipping_head head;
	const char *waybill;
	int32_t today;
};

static bool fill_shipping(struct act_job *job, struct terminal *terminal)
{
	const struct shipping *s = job->context;
	struct shipping_head head = s->head;
	char waybill[41], date[11];

	if (s->waybill) {
		head.waybill = bytes_of_text(s->waybill);
	} else {
		date_format(s->today, date);
		snprintf(waybill, sizeof waybill, "%llu/%s", (unsigned long long)job->officer->organisation,
			 date);
		head.waybill = bytes_of_text(waybill);
	}
	act_add(terminal, &shipping_head_shape, &head);
	return true;
}

static size_t gather_shipping(struct shipping *s, const struct officers *officers, const struct waitings *w,
			      struct act_job *jobs)
{
	size_t count = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct officer *officer = officer_fitting(s->site, officers, act_ship,
								w->list[i].organisation);
		if (!officer || officer->organisation != w->list[i].organisation)
			continue;
		struct act_job *job = &jobs[count++];
		*job = (struct act_job){
			.officer = officer, .act = act_ship, .fill = fill_shipping, .context = s
		};
		snprintf(job->about, sizeof job->about, _n("%s: %u box", "%s: %u boxes", w->list[i].count),
			 organisation_title(&w->organisations, w->list[i].organisation), w->list[i].count);
	}
	return count;
}

static int ship_all(struct shipping *s, const struct officers *officers)
{
	static const enum act acts[] = { act_ship, 0 };
	struct waitings w;

	if (!waitings_read(s->site, acts, &w))
		return exit_refused;
	struct act_job *jobs = calloc(w.count + 1, sizeof *jobs);
	ensure(jobs);
	size_t count = gather_shipping(s, officers, &w, jobs);
	acts_run(s->site, jobs, count);
	int status = acts_report(s->site, jobs, count, false, NULL);
	if (count == 0)
		say(s->site, "%s",
		    _("No organisation of this home's officers holds boxes that have to go on."));
	else if (status == exit_done)
		say(s->site, "%s", _("Next: whoever the boxes go to counts what arrives: `tdv receive`."));
	acts_deinit(jobs, count);
	free(jobs);
	waitings_deinit(&w);
	return status;
}

int run_ship(struct site *site, int argc, char **argv)
{
	bool all = false;
	struct shipping s = { .site = site, .today = date_of_instant(clock_wall_ms()) };
	const struct option_row options[] = {
		{ "all", option_kind_flag, &all, NULL,
		  N_("from every organisation of this home's officers that holds boxes") },
		{ "to", option_kind_number, &s.head.to, N_("CODE"),
		  N_("only to this organisation, directly below or above") },
		{ "waybill", option_kind_text, &s.waybill, N_("TEXT"),
		  N_("the waybill's number (organisation/date)") },
		{ 0 },
	};
	struct officers officers;
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status != go_on)
		return status;
	if (s.waybill && strlen(s.waybill) > 40)
		return usage_wrong(site, "%s", _("a waybill has at most 40 bytes"));
	if (all && s.head.to)
		return usage_wrong(site, "%s", _("--all and --to exclude each other"));
	s.head.has_to = s.head.to != 0;
	if (!officers_read(site, &officers))
		return exit_refused;
	if (all) {
		status = ship_all(&s, &officers);
	} else {
		const struct officer *officer = officer_any(site, &officers, act_ship);
		status = exit_refused;
		if (officer) {
			struct act_job job = {
				.officer = officer, .act = act_ship, .fill = fill_shipping, .context = &s
			};
			snprintf(job.about, sizeof job.about, _("from organisation %llu"),
				 (unsigned long long)officer->organisation);
			status = act_carry_out(site, &job,
					       _("Next: whoever the boxes go to counts what arrives: `tdv receive`."));
		}
	}
	officers_deinit(&officers);
	return status;
}

// --- receive

// A box of a shipment, as counted.
struct counted {
	uint64_t shipment, to;
	struct box_count_row row;
	uint32_t declared;
	bool counted; // somebody says so
};

struct receiving {
	struct site *site;
	bool all, as_declared;
	const char *counts_file;
	struct counted *boxes; // in transit, by shipment
	size_t count, capacity;
	struct form_rows counts;
	struct officers officers;
	struct organisations organisations;
	struct act_job *jobs;
	uint64_t *items; // boxes of all jobs, as act_job.row_items wants them
	size_t job_count;
};

static bool on_box(void *context, struct bytes key, struct bytes value)
{
	struct receiving *r = context;
	struct delivery_boxes_row row;

	if (delivery_boxes_row_decode(value, &row) || row.place != card_place_in_transit || !row.has_shipment)
		return true;
	if (r->count == r->capacity) {
		r->capacity = r->capacity ? r->capacity * 2 : 128;
		r->boxes = realloc(r->boxes, r->capacity * sizeof *r->boxes);
		ensure(r->boxes);
	}
	r->boxes[r->count++] = (struct counted){ .shipment = row.shipment,
						 .row = { .box = get_u64(key.data), .counted = row.left, .seal_intact = true },
						 .declared = row.left };
	return true;
}

static int compare_boxes(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->shipment != y->shipment)
		return x->shipment < y->shipment ? -1 : 1;
	return x->row.box < y->row.box ? -1 : x->row.box > y->row.box;
}

static void sort_boxes(struct receiving *r)
{
	if (r->count)
		qsort(r->boxes, r->count, sizeof *r->boxes, compare_boxes);
}

static bool on_shipment(void *context, struct bytes key, struct bytes value)
{
	struct receiving *r = context;
	struct delivery_shipments_row row;

	if (delivery_shipments_row_decode(value, &row))
		return true;
	uint64_t shipment = get_u64(key.data);
	size_t from = 0, to = r->count; // its first box: they are in order
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (r->boxes[middle].shipment < shipment)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < r->count && r->boxes[from].shipment == shipment; from++)
		r->boxes[from].to = row.to;
	return true;
}

// What was counted comes from the file, where it says so; with --as-declared the other boxes were counted as
// declared.
static bool take_counts(struct receiving *r)
{
	for (size_t i = 0; i < r->count; i++)
		r->boxes[i].counted = r->as_declared;
	for (size_t k = 0; k < r->counts.count; k++) {
		const struct box_count_row *row = form_row(&r->counts, k);
		size_t i = 0;
		while (i < r->count && r->boxes[i].row.box != row->box)
			i++;
		if (i == r->count) {
			form_fault(&r->counts, k, field_box, reason_not_here);
			continue;
		}
		r->boxes[i].row = *row;
		r->boxes[i].counted = true;
	}
	faults_tell(r->site, r->counts_file ? r->counts_file : "", &r->counts, NULL);
	return r->counts.faults.count == 0;
}

static bool fill_receiving(struct act_job *job, struct terminal *terminal)
{
	const struct receiving *r = job->context;
	uint64_t shipment = job->has_number ? job->number : 0;

	act_add(terminal, &receiving_head_shape, &(struct receiving_head){ .shipment = shipment });
	for (size_t i = 0; i < r->count; i++)
		if (r->boxes[i].shipment == shipment && r->boxes[i].counted)
			act_add(terminal, &box_count_row_shape, &r->boxes[i].row);
	return true;
}

// One act for the shipment that begins at box `i`; *next is the first of the following one.
static bool add_shipment(struct receiving *r, size_t i, size_t *next)
{
	uint64_t shipment = r->boxes[i].shipment, to = r->boxes[i].to;
	size_t counted = 0, first = i;

	for (; i < r->count && r->boxes[i].shipment == shipment; i++) {
		if (r->boxes[i].counted)
			r->items[first + counted++] = r->boxes[i].row.box;
	}
	*next = i;
	if (counted == 0)
		return true;
	const struct officer *officer = r->all ? officer_fitting(r->site, &r->officers, act_receive, to)
					       : officer_for(r->site, &r->officers, act_receive, to, NULL);
	if (!officer)
		return r->all;
	if (r->all && officer->organisation != to)
		return true;
	struct act_job *job = &r->jobs[r->job_count++];
	*job = (struct act_job){ .officer = officer,
				 .act = act_receive,
				 .fill = fill_receiving,
				 .context = r,
				 .number = shipment,
				 .has_number = true,
				 .row_items = &r->items[first],
				 .row_item_count = counted };
	snprintf(job->about, sizeof job->about, _n("shipment %llu to %s, %zu box", "shipment %llu to %s, %zu boxes", counted),
		 (unsigned long long)shipment, organisation_title(&r->organisations, to), counted);
	return true;
}

static bool wanted(int argc, char **argv, uint64_t shipment)
{
	for (int i = 0; i < argc; i++)
		if (strtoull(argv[i], NULL, 10) == shipment)
			return true;
	return false;
}

static uint64_t shipment_of(const struct receiving *r, uint64_t box)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->boxes[i].row.box == box)
			return r->boxes[i].shipment;
	return 0;
}

// What can be done about each box that was not as declared.
static void tell_differing(const struct receiving *r)
{
	char text[32];

	for (size_t i = 0; i < r->job_count; i++) {
		const struct act_job *job = &r->jobs[i];
		for (size_t k = 0; k < job->error_count; k++) {
			const struct row_error *e = &job->errors[k];
			if (e->reason != reason_count_differs || e->row == 0 || e->row > job->row_item_count)
				continue;
			uint64_t box = job->row_items[e->row - 1];
			item_text(box, text);
			say(r->site,
			    _("Box %s stays in transit: count it again and receive it once more. If it is so: `tdv explain [CARD…] "
			      "--shipment %llu --box %s --counted N --explanation TEXT`, with the cards that are missing."),
			    text, (unsigned long long)shipment_of(r, box), text);
		}
	}
}

static int receive(struct receiving *r, int argc, char **argv)
{
	bool ok = true;
	size_t next;

	r->jobs = calloc(r->count + 1, sizeof *r->jobs);
	r->items = calloc(r->count + 1, sizeof *r->items);
	ensure(r->jobs && r->items);
	for (size_t i = 0; ok && i < r->count; i = next) {
		for (next = i; next < r->count && r->boxes[next].shipment == r->boxes[i].shipment;)
			next++;
		if (r->all || wanted(argc, argv, r->boxes[i].shipment))
			ok = add_shipment(r, i, &next);
	}
	if (!ok)
		return exit_refused;
	if (r->job_count == 0 && r->all) {
		say(r->site, "%s", _("Nothing is on its way to an organisation of this home's officers."));
		output_json(r->site, json_pack("{s:[]}", "acts"));
		return exit_done;
	}
	if (r->job_count == 0) {
		complain("%s", _("none of these shipments is on its way to an organisation of this home's "
				 "officers, or nothing in it was counted; `tdv lists --act receive` shows "
				 "what is on its way"));
		return exit_refused;
	}
	acts_run(r->site, r->jobs, r->job_count);
	int status = acts_report(r->site, r->jobs, r->job_count, false, NULL);
	if (status == exit_done)
		say(r->site, "%s",
		    _("Next: `tdv ship` what goes on; new cards at their cell: `tdv sheets`, then `tdv hand-over`; old ones at the "
		      "centre: `tdv destroy`."));
	else
		tell_differing(r);
	acts_deinit(r->jobs, r->job_count);
	return status;
}

static bool read_counts(struct receiving *r)
{
	if (!r->counts_file)
		return true;
	enum error e = form_read(&counts_form, r->counts_file, &r->counts);
	if (e) {
		file_unread(r->counts_file, e);
		return false;
	}
	if (r->counts.faults.count)
		faults_tell(r->site, r->counts_file, &r->counts, NULL);
	return r->counts.faults.count == 0;
}

int run_receive(struct site *site, int argc, char **argv)
{
	struct receiving r = { .site = site };
	const struct option_row options[] = {
		{ "all", option_kind_flag, &r.all, NULL,
		  N_("every shipment on its way to an organisation of this home's officers") },
		{ "counts", option_kind_text, &r.counts_file, N_("FILE"),
		  N_("CSV with the columns box, count, seal_intact") },
		{ "as-declared", option_kind_flag, &r.as_declared, NULL,
		  N_("boxes that the file does not name were counted, and are as declared") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, -1);

	if (status != go_on)
		return status;
	if (!r.all && argc == 0)
		return usage_wrong(site, "%s", _("say which shipments, or --all"));
	status = arguments_are_numbers(site, argc, argv);
	if (status != go_on)
		return status;
	if (!r.counts_file && !r.as_declared)
		return usage_wrong(site, "%s",
				   _("what was counted? --counts FILE, or --as-declared when every box was "
				     "counted and agrees"));
	status = exit_refused;
	if (home_exists(site) && read_counts(&r) && officers_read(site, &r.officers) &&
	    organisations_read(site, &r.organisations) &&
	    scan(site, service_id_delivery, "boxes", on_box, &r)) {
		sort_boxes(&r);
		if (scan(site, service_id_delivery, "shipments", on_shipment, &r) && take_counts(&r))
			status = receive(&r, argc, argv);
	}
	form_rows_deinit(&r.counts);
	free(r.boxes);
	free(r.jobs);
	free(r.items);
	organisations_deinit(&r.organisations);
	officers_deinit(&r.officers);
	return status;
}
