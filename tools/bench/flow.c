// Offers requests to a running site the way people do, and measures: cells submit lists, grassroots committees appraise
// them, the superior's board consolidates what is ready, its committee decides, the province approves, and printing has
// them.  A request is written durably by intake, verification, approval and printing, each with all of its records.
//
// usage: tdv-flow HOME import COUNT SIZE WINDOW
//        tdv-flow HOME requests MEMBERS FIRST COUNT SIZE WINDOW RATE SECONDS PHOTO GROUP
//   MEMBERS, FIRST   as imported, and how many of each cell had their turn before
//   COUNT, SIZE      lists, and rows of each
//   WINDOW, RATE     requests a second; 0: as many as WINDOW acts under way let through
//   SECONDS          after which nothing more is offered
//   PHOTO            a file, one for all members
//   GROUP            lists of a cell that wait at its terminal and go under one signature, and appraisals of a commune likewise,
//                    at most so many and what is ready; 1: each has its own
// Lists are signed before the clock starts.  Open loop: with a RATE, each list has its intended time, and latency counts from it.
// Prints JSON.
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/ensure.h"
#include "base/when.h"
#include "crowd.h"
#include "latency.h"
#include "people.h"
#include "terminal/group.h"
#include "terminal/terminal.h"
#include "watch.h"

#define cells_max 4096
#define patience_ms 60000.0
#define warm_ms 500.0
#define again_ms 1000.0
// How often the logs are looked into: to the millisecond where latency is measured.  At saturation a later look finds more, and
// each takes processor time from those who are measured.
#define look_ms 1
#define look_full_ms 10
#define answers_full_ms 2

enum kind { kind_members = 1, kind_list, kind_appraise, kind_consolidate, kind_decide, kind_approve, kinds };

// An act on its way; its place in flow.acts is its sequence.
struct act_way {
	enum kind kind;
	uint32_t rows, cell;
	struct buffer frame; // of what was signed before
	double intended_ms, sent_ms, receipt_ms, closed_ms;
};

// Acts of one officer that wait for their signature; their places in flow.acts.
struct unsigned_acts {
	const struct officer *officer;
	uint64_t act[signed_group_max];
	size_t count;
};

struct flow {
	const char *home;
	struct crowd *crowd;
	struct watch *registry, *approval, *printing;
	struct officer administrator, board, committee, province;
	struct officer cell[cells_max], grassroots[cells_max];
	size_t commune[cells_max]; // of a cell: the first cell of its commune
	size_t cells;
	struct unsigned_acts lists, appraisals[cells_max]; // those by commune
	size_t group;
	struct act_way *acts;
	uint64_t act_count, act_capacity, sequence_base;
	uint64_t *act_of; // by submission
	size_t act_of_size;
	struct draft draft;
	struct buffer frame;
	size_t prepared, sent, closed; // of lists, or of imports
	size_t open_acts, receipted, sent_again;
	uint64_t ready_rows, rows_done, rows_refused, groups;
	bool consolidating;
	double began_ms, last_ms;
	// Between the first group that printing had after warming up and the last one before the offer ended.
	double steady_from_ms, steady_to_ms;
	uint64_t steady_rows;
};

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "tdv-flow: %s: %s\n", what, why);
	exit(1);
}

static void must(enum error e, const char *what)
{
	if (e != error_none)
		fail(what, error_name(e));
}

// ---- officers

static void open_officer(struct flow *f, struct officer *officer, const char *prefix, uint64_t organisation)
{
	char path[600];
	snprintf(path, sizeof path, "%s/keys/officers/%s-%" PRIu64 ".pem", f->home, prefix, organisation);
	must(officer_open(officer, path, organisation), path);
}

static int by_code(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

// The cells are those whose officers have keys here; a code is its superior's and two digits.
static void open_officers(struct flow *f)
{
	static uint64_t codes[cells_max];
	char path[600];

	snprintf(path, sizeof path, "%s/keys/administrator.pem", f->home);
	must(officer_open(&f->administrator, path, 0), path);
	snprintf(path, sizeof path, "%s/keys/officers", f->home);
	DIR *folder = opendir(path);
	if (!folder)
		fail(path, "no officers");
	for (struct dirent *one; (one = readdir(folder)) && f->cells < cells_max;) {
		bool is_key = strncmp(one->d_name, "chibo-", 6) == 0 && strstr(one->d_name, ".pem");
		uint64_t code = is_key ? strtoull(one->d_name + 6, NULL, 10) : 0;
		if (code >= 100000000) // those that are no cell and grassroots organisation in one
			codes[f->cells++] = code;
	}
	closedir(folder);
	qsort(codes, f->cells, sizeof codes[0], by_code);
	for (size_t i = 0; i < f->cells; i++) {
		open_officer(f, &f->cell[i], "chibo", codes[i]);
		open_officer(f, &f->grassroots[i], "capuy", codes[i] / 100);
		f->commune[i] = i > 0 && codes[i] / 100 == codes[i - 1] / 100 ? f->commune[i - 1] : i;
	}
	if (f->cells == 0)
		fail(path, "no cell's officer");
	uint64_t superior = codes[0] / 10000;
	open_officer(f, &f->board, "btc", superior);
	open_officer(f, &f->committee, "btv", superior);
	open_officer(f, &f->province, "btctu", superior / 1000);
}

// ---- acts

static struct act_way *act_new(struct flow *f, enum kind kind, uint32_t rows)
{
	if (f->act_count == f->act_capacity) {
		f->act_capacity = f->act_capacity ? f->act_capacity * 2 : 4096;
		f->acts = realloc(f->acts, f->act_capacity * sizeof *f->acts);
		ensure(f->acts);
	}
	struct act_way *act = &f->acts[f->act_count++];
	*act = (struct act_way){ .kind = kind, .rows = rows };
	return act;
}

static void send_frame(struct flow *f, struct bytes frame)
{
	enum error e;
	while ((e = crowd_send(f->crowd, frame)) == error_pending)
		;
	must(e, "the door");
}

// What the draft holds, into an act that waits for its signature.
static void act_write(struct flow *f, const struct officer *officer, struct act_way *act, struct unsigned_acts *wait)
{
	uint64_t place = (uint64_t)(act - f->acts);
	must(officer_write(officer, &f->draft, f->sequence_base + place, &act->frame), "an act");
	wait->officer = officer;
	wait->act[wait->count++] = place;
}

// One signature for all of them; sent at once, or kept.
static void acts_sign(struct flow *f, struct unsigned_acts *wait, bool now)
{
	struct buffer *frames[signed_group_max];
	for (size_t i = 0; i < wait->count; i++)
		frames[i] = &f->acts[wait->act[i]].frame;
	if (wait->count > 0)
		must(draft_sign_written(frames, wait->count, wait->officer->key), "signing");
	for (size_t i = 0; now && i < wait->count; i++) {
		struct act_way *act = &f->acts[wait->act[i]];
		act->intended_ms = act->sent_ms = bench_now_ms();
		send_frame(f, buffer_bytes(&act->frame));
		f->open_acts++;
	}
	wait->count = 0;
}

// Signs what the draft holds; sent at once, or kept.
static void act_sign(struct flow *f, const struct officer *officer, struct act_way *act, bool now)
{
	static struct unsigned_acts one;
	act_write(f, officer, act, &one);
	acts_sign(f, &one, now);
}

static void draft_list_act(struct flow *f, enum act act, uint64_t number)
{
	struct list_act_head head = { .number = number };
	if (act == act_decide) {
		head.has_decision_number = head.has_decision_date = true;
		head.decision_number = bytes_of_text("12-QĐ/ĐU");
		head.decision_date = date_of_instant(clock_wall_ms());
	}
	draft_begin(&f->draft, act);
	draft_add(&f->draft, &list_act_head_shape, &head);
}

static void give_list_act(struct flow *f, enum kind kind, enum act act, const struct officer *officer, uint64_t number,
			  uint32_t rows)
{
	draft_list_act(f, act, number);
	act_sign(f, officer, act_new(f, kind, rows), true);
}

// A grassroots committee appraises what lies before it, under one signature.
static void appraise(struct flow *f, size_t cell, uint64_t number, uint32_t rows)
{
	struct unsigned_acts *wait = &f->appraisals[f->commune[cell]];
	draft_list_act(f, act_appraise, number);
	act_write(f, &f->grassroots[cell], act_new(f, kind_appraise, rows), wait);
	if (wait->count == f->group)
		acts_sign(f, wait, true);
}

static void appraise_rest(struct flow *f)
{
	for (size_t i = 0; i < f->cells; i++)
		if (f->appraisals[i].count > 0)
			acts_sign(f, &f->appraisals[i], true);
}

// All that is appraised; one at a time, so that groups grow with the load.
static void consolidate(struct flow *f)
{
	struct consolidation_head head = { request_kind_exchange, request_reason_campaign };
	draft_begin(&f->draft, act_consolidate);
	draft_add(&f->draft, &consolidation_head_shape, &head);
	act_sign(f, &f->board, act_new(f, kind_consolidate, 0), true);
	f->consolidating = true;
	f->ready_rows = 0;
}

static void list_closed(struct flow *f, struct act_way *act, const struct act_closed *closed)
{
	f->closed++;
	f->rows_refused += closed->refused;
	if (act->kind == kind_list && closed->accepted > 0)
		appraise(f, act->cell, closed->number, closed->accepted);
}

// The group that begins the steady time is not counted: it came before.
static void group_done(struct flow *f, uint64_t rows, double at_ms)
{
	f->groups++;
	f->rows_done += rows;
	if (at_ms < f->began_ms + warm_ms || f->sent == f->prepared)
		return;
	if (f->steady_from_ms > 0) {
		f->steady_rows += rows;
		f->steady_to_ms = at_ms;
	} else {
		f->steady_from_ms = f->steady_to_ms = at_ms;
	}
}

static void act_was_closed(struct flow *f, const struct closed *closed)
{
	const struct act_closed *c = &closed->act;
	if (c->submission >= f->act_of_size || f->act_of[c->submission] == 0)
		return; // its receipt has not come yet, or it is not ours
	struct act_way *act = &f->acts[f->act_of[c->submission] - 1];
	struct act_way seen = *act; // acts may move when one is added
	if (act->closed_ms > 0)
		return;
	act->closed_ms = f->last_ms = closed->at_ms;
	f->open_acts--;
	if (c->reason != reason_none && act->kind != kind_consolidate)
		fail("an act was refused", reason_name(c->reason));
	switch (seen.kind) {
	case kind_members:
	case kind_list:
		list_closed(f, &seen, c);
		break;
	case kind_appraise:
		f->ready_rows += seen.rows;
		break;
	case kind_consolidate:
		f->consolidating = false;
		if (c->reason == reason_none)
			give_list_act(f, kind_decide, act_decide, &f->committee, c->number, c->accepted);
		break;
	case kind_decide:
		give_list_act(f, kind_approve, act_approve, &f->province, c->number, c->accepted);
		break;
	case kind_approve:
		group_done(f, c->accepted, closed->at_ms);
		break;
	case kinds:
		break;
	}
}

// ---- early closings: a service may close an act before its receipt was read here

static void remember(struct flow *f, uint64_t submission, uint64_t act)
{
	if (submission >= f->act_of_size) {
		size_t size = submission * 2 + 1024;
		f->act_of = realloc(f->act_of, size * sizeof *f->act_of);
		ensure(f->act_of);
		memset(f->act_of + f->act_of_size, 0, (size - f->act_of_size) * sizeof *f->act_of);
		f->act_of_size = size;
	}
	f->act_of[submission] = act + 1;
}

static struct closed *early;
static size_t early_count, early_capacity;

static void look_at_early(struct flow *f)
{
	size_t kept = 0, count = early_count;
	for (size_t i = 0; i < count; i++) {
		struct closed one = early[i];
		if (one.act.submission < f->act_of_size && f->act_of[one.act.submission] != 0)
			act_was_closed(f, &one);
		else
			early[kept++] = one;
	}
	early_count = kept;
}

static void take_closed(struct watch *watch)
{
	struct closed closed;
	while (watch && watch_next(watch, &closed)) {
		if (early_count == early_capacity) {
			early_capacity = early_capacity ? early_capacity * 2 : 1024;
			void *more = realloc(early, early_capacity * sizeof *early);
			ensure(more);
			early = more;
		}
		early[early_count++] = closed;
	}
}

static void take_answers(struct flow *f, int timeout_ms)
{
	struct crowd_answer answer;
	while (crowd_hear(f->crowd, timeout_ms, &answer) == error_none) {
		timeout_ms = 0; // what is there, and back to work
		uint64_t at = answer.sequence - f->sequence_base;
		if (at >= f->act_count)
			continue;
		struct act_way *act = &f->acts[at];
		if (answer.refused)
			fail("refused", answer.why);
		if (answer.busy) {
			send_frame(f, buffer_bytes(&act->frame));
			continue;
		}
		if (act->receipt_ms > 0)
			continue;
		act->receipt_ms = bench_now_ms();
		remember(f, answer.submission, at);
		buffer_deinit(&act->frame);
		act->frame = (struct buffer){ 0 };
	}
}

// A receipt may be lost when this program reads too slowly (the door waits for nobody); like any terminal it sends again.
static void send_again(struct flow *f)
{
	static double looked_ms;
	double now = bench_now_ms();
	if (now - looked_ms < again_ms / 4)
		return;
	looked_ms = now;
	while (f->receipted < f->act_count && f->acts[f->receipted].receipt_ms > 0)
		f->receipted++;
	for (size_t i = f->receipted; i < f->act_count; i++) {
		struct act_way *act = &f->acts[i];
		if (act->sent_ms == 0 || act->receipt_ms > 0 || now - act->sent_ms < again_ms)
			continue;
		act->sent_ms = now;
		f->sent_again++;
		send_frame(f, buffer_bytes(&act->frame));
	}
}

// ---- what is offered

// The window is of acts under way; with a rate, whatever is due leaves, however much is under way.
static void offer(struct flow *f, double began, double rate, size_t window, double until)
{
	while (f->sent < f->prepared && bench_now_ms() < until) {
		struct act_way *act = &f->acts[f->sent];
		double due = rate > 0 ? began + (double)f->sent * act->rows * 1e3 / rate : bench_now_ms();
		if (rate > 0 ? bench_now_ms() < due : f->open_acts >= window)
			return;
		act->intended_ms = due;
		act->sent_ms = bench_now_ms();
		send_frame(f, buffer_bytes(&act->frame));
		f->open_acts++;
		f->sent++;
	}
}

static void run(struct flow *f, double rate, size_t window, double seconds)
{
	double began = bench_now_ms(), until = began + seconds * 1e3;
	f->began_ms = f->last_ms = began;
	for (;;) {
		offer(f, began, rate, window, until);
		if (rate == 0) // to be woken for each answer would, again, take from those who are measured
			nanosleep(&(struct timespec){ .tv_nsec = answers_full_ms * 1000000 }, NULL);
		take_answers(f, rate > 0 ? 1 : 0);
		send_again(f);
		take_closed(f->registry);
		take_closed(f->approval);
		take_closed(f->printing);
		look_at_early(f);
		appraise_rest(f);
		if (f->ready_rows > 0 && !f->consolidating)
			consolidate(f);
		bool offering = f->sent < f->prepared && bench_now_ms() < until;
		if (!offering && f->open_acts == 0 && f->ready_rows == 0)
			return;
		if (bench_now_ms() - f->last_ms > patience_ms)
			fail("nothing moves", "for a minute");
	}
}

// ---- members

// Members stand by cell, as a commune's file has them; what is left over belongs to the last cell.
static size_t members_a_cell(const struct flow *f, size_t members)
{
	return members / f->cells;
}

static void add_member(struct flow *f, size_t i, size_t members)
{
	size_t at = i / members_a_cell(f, members);
	person_add(&f->draft, i, f->cell[at < f->cells ? at : f->cells - 1].organisation);
}

static void import(struct flow *f, size_t count, size_t size, size_t window)
{
	if (count < f->cells)
		fail("import", "fewer members than cells");
	for (size_t i = 0; i < count; i += size) {
		size_t end = i + size < count ? i + size : count;
		draft_begin(&f->draft, act_import_members);
		for (size_t m = i; m < end; m++)
			add_member(f, m, count);
		act_sign(f, &f->administrator, act_new(f, kind_members, (uint32_t)(end - i)), false);
		f->prepared++;
	}
	double began = bench_now_ms();
	run(f, 0, window, 1e9);
	if (f->rows_refused > 0)
		fail("import", "rows were refused");
	printf("{\"members\": %zu, \"seconds\": %.3f}\n", count, (f->last_ms - began) / 1e3);
}

// ---- lists

static struct hash put_photo(struct flow *f, const char *path)
{
	struct terminal_options options = { .home = f->home, .organisation = f->cell[0].organisation, .terminal = 902 };
	struct terminal *terminal;
	struct buffer photo = { 0 };
	struct hash sha256;
	char key[600];

	snprintf(key, sizeof key, "%s/keys/officers/chibo-%" PRIu64 ".pem", f->home, options.organisation);
	options.key_path = key;
	must(terminal_open(&terminal, &options), key);
	must(file_read(path, 2000000, &photo), path);
	must(terminal_put_attachment(terminal, buffer_bytes(&photo), &sha256), path);
	terminal_close(terminal);
	buffer_deinit(&photo);
	return sha256;
}

// Cells come by turns, each with as many lists as go under one signature; the rows are the next members of that cell, of which
// `first` had their turn before.
static bool prepare_list(struct flow *f, size_t members, size_t first, size_t number, size_t size, const struct hash *photo)
{
	size_t round = number / (f->group * f->cells), cell = number / f->group % f->cells;
	size_t from = first + (round * f->group + number % f->group) * size;
	struct list_head head = { request_kind_exchange, request_reason_campaign, date_of_instant(clock_wall_ms()) };
	char profile[16];
	size_t a_cell = members_a_cell(f, members);
	if (from + size > a_cell)
		return false;
	draft_begin(&f->draft, act_submit_list);
	draft_add(&f->draft, &list_head_shape, &head);
	for (size_t i = from; i < from + size; i++) {
		struct list_row row = { .photo = *photo, .has_photo = true };
		row.profile_number = person_profile(cell * a_cell + i, profile);
		draft_add(&f->draft, &list_row_shape, &row);
	}
	struct act_way *act = act_new(f, kind_list, (uint32_t)size);
	act->cell = (uint32_t)cell;
	act_write(f, &f->cell[cell], act, &f->lists);
	if (f->lists.count == f->group)
		acts_sign(f, &f->lists, false);
	f->prepared++;
	return true;
}

// ---- figures

static void print_latency(const struct flow *f, const char *name, enum kind kind, bool receipt)
{
	double *ms = calloc(f->act_count + 1, sizeof *ms);
	size_t count = 0;
	ensure(ms);
	for (size_t i = 0; i < f->act_count; i++) {
		const struct act_way *act = &f->acts[i];
		if (act->kind == kind && act->closed_ms > 0)
			ms[count++] = (receipt ? act->receipt_ms : act->closed_ms) - act->intended_ms;
	}
	printf(", ");
	latency_print(name, ms, count);
	free(ms);
}

static void requests(struct flow *f, char **argv)
{
	size_t members = strtoull(argv[0], NULL, 10), first = strtoull(argv[1], NULL, 10), count = strtoull(argv[2], NULL, 10);
	size_t size = strtoull(argv[3], NULL, 10), window = strtoull(argv[4], NULL, 10);
	double rate = strtod(argv[5], NULL), seconds = strtod(argv[6], NULL);
	struct hash photo = put_photo(f, argv[7]);

	f->group = strtoull(argv[8], NULL, 10);
	if (f->group == 0 || f->group > signed_group_max)
		fail("GROUP", "from 1 to 64");
	for (size_t i = 0; i < count && prepare_list(f, members, first, i, size, &photo); i++)
		;
	acts_sign(f, &f->lists, false);
	double began = bench_now_ms();
	clock_t used_before = clock(); // all threads; what was signed ahead is no part of it
	run(f, rate, window, seconds);
	double cpu_us = (double)(clock() - used_before) * 1e6 / CLOCKS_PER_SEC;
	double steady_s = (f->steady_to_ms - f->steady_from_ms) / 1e3, whole_s = (f->last_ms - began) / 1e3;
	bool is_steady = steady_s > 0.5; // a short run is taken as a whole, from the first act to the last
	double offered = f->sent > 0 ? (f->acts[f->sent - 1].sent_ms - began) / 1e3 : 0;
	size_t of_a_round = f->group * f->cells;
	ensure(of_a_round > 0);
	size_t used = first + (f->sent + of_a_round - 1) / of_a_round * f->group * size;
	double per_s = is_steady ? (double)f->steady_rows / steady_s : (double)f->rows_done / whole_s;
	printf("{\"next\": %zu, \"lists\": %zu, \"rows\": %zu", used, f->sent, f->sent * size);
	printf(", \"lists_left\": %zu, \"sent_again\": %zu", f->prepared - f->sent, f->sent_again);
	printf(", \"printing\": %" PRIu64 ", \"refused\": %" PRIu64, f->rows_done, f->rows_refused);
	printf(", \"generator_cpu_us\": %.2f", f->sent > 0 ? cpu_us / (double)(f->sent * size) : 0);
	printf(", \"groups\": %" PRIu64 ", \"per_second\": %.1f", f->groups, per_s);
	printf(", \"seconds\": %.3f, \"offering_seconds\": %.3f, \"steady_seconds\": %.3f", whole_s, offered, steady_s);
	print_latency(f, "receipt_ms", kind_list, true);
	print_latency(f, "verified_ms", kind_list, false);
	print_latency(f, "approve_ms", kind_approve, false);
	printf("}\n");
}

static struct flow flow;

int main(int argc, char **argv)
{
	struct flow *f = &flow;
	bool imports = argc == 6 && strcmp(argv[2], "import") == 0;
	if (!imports && !(argc == 12 && strcmp(argv[2], "requests") == 0)) {
		fprintf(stderr, "usage: tdv-flow HOME import COUNT SIZE WINDOW\n"
				"       tdv-flow HOME requests MEMBERS FIRST COUNT SIZE WINDOW RATE SECONDS PHOTO GROUP\n");
		return 2;
	}
	f->home = argv[1];
	f->sequence_base = (uint64_t)clock_wall_ms() * 1000000;
	open_officers(f);
	must(crowd_open(&f->crowd, f->home), f->home);
	unsigned every_ms = !imports && strtod(argv[8], NULL) > 0 ? look_ms : look_full_ms;
	if (imports)
		f->registry = watch_open(f->home, "registry", every_ms);
	else
		f->approval = watch_open(f->home, "approval", every_ms);
	if (!imports)
		f->printing = watch_open(f->home, "printing", every_ms);
	if (imports ? !f->registry : !f->approval || !f->printing)
		return 1;
	if (imports)
		import(f, strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10), strtoull(argv[5], NULL, 10));
	else
		requests(f, argv + 3);
	watch_close(f->registry);
	watch_close(f->approval);
	watch_close(f->printing);
	crowd_close(f->crowd);
	return 0;
}
