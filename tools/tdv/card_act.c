#include "card_act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "base/ensure.h"
#include "copies.h"
#include "domain/organisation.h"
#include "whose.h"

#define cards_named 4

static bool fill(struct act_job *job, struct terminal *terminal)
{
	const struct card_act *a = job->context;
	const char *paths[2] = { a->minutes, a->evidence };
	struct hash hashes[2] = { 0 };
	size_t failed;

	if (!attachments_put(terminal, "./x", paths, 2, hashes, &failed, job->failure, sizeof job->failure))
		return false;
	struct card_act_head head = a->head; // officers work side by side
	head.has_minutes = a->minutes != NULL;
	head.minutes = hashes[0];
	act_add(terminal, &card_act_head_shape, &head);
	for (size_t i = 0; i < a->count; i++) {
		struct card_row row = a->lines[i].row;
		if (a->lines[i].officer != job->officer)
			continue;
		row.has_evidence = a->evidence != NULL;
		row.evidence = hashes[1];
		act_add(terminal, &card_row_shape, &row);
	}
	return true;
}

// The act's rows are the officer's cards, in order.
static bool card_of_row(const struct act_job *job, uint32_t row, struct card_row *card)
{
	const struct card_act *a = job->context;

	for (size_t i = 0; i < a->count; i++)
		if (a->lines[i].officer == job->officer && --row == 0) {
			*card = a->lines[i].row;
			return true;
		}
	return false;
}

static bool read_card(const char *text, bool profiles, struct card_line *line)
{
	char number[32];
	const char *slash = strchr(text, '/');
	unsigned copy = 0;
	char rest;

	*line = (struct card_line){ 0 };
	snprintf(number, sizeof number, "%.*s", slash ? (int)(slash - text) : (int)strlen(text), text);
	if (slash && (sscanf(slash, "/%3u%c", &copy, &rest) != 1 || copy == 0 || copy > 255))
		return false;
	line->row.copy = (uint8_t)copy;
	line->row.has_copy = slash != NULL;
	line->row.has_card_number = cell_card(number, &line->row.card_number);
	if (line->row.has_card_number)
		return true;
	if (!profiles || slash || !cell_profile(text, line->profile))
		return false;
	line->row.has_profile_number = true;
	return true;
}

bool card_act_read(struct card_act *a, int argc, char **argv, bool profiles)
{
	a->lines = calloc((size_t)argc + card_act_rows_max, sizeof *a->lines);
	ensure(a->lines);
	for (int i = 0; i < argc; i++) {
		struct card_line *line = &a->lines[a->count++];
		if (!read_card(argv[i], profiles, line)) {
			usage_wrong(a->site, profiles ? _("%s is no card number (NN.NNNNNN) and no profile number") :
				_("%s is no card number (NN.NNNNNN, or NN.NNNNNN/COPY)"), argv[i]);
			return false;
		}
		if (line->row.has_profile_number)
			line->row.profile_number = bytes_of_text(line->profile);
	}
	return true;
}

// Certificates of a committee, by login.
static bool read_people(const struct card_act *a, const struct texts *logins, struct hash *into, size_t *count)
{
	for (size_t i = 0; i < logins->count; i++) {
		const struct officer *o = officer_named(&a->officers, logins->list[i]);
		if (!o || *count == 12) {
			complain(o ? _("at most 12 names, from %s on it is too many") :
				_("this home knows no officer \"%s\""), logins->list[i]);
			return false;
		}
		into[(*count)++] = o->certificate;
	}
	return true;
}

// Where the card or its holder is, as far as the act is concerned.
static uint64_t organisation_of(const struct card_act *a, const struct whose *w, const struct card_line *line)
{
	bool with_holder = a->act == act_report_cards || a->act == act_report_exits || a->act == act_decide_cards ||
			   (a->act == act_collect_cards && line->row.matter != card_case_give_back);
	if (a->act == act_explain_box)
		return whose_shipment(w, a->head.shipment);
	uint64_t member = whose_member(w, &line->row);
	if (!member)
		return 0;
	return with_holder ? whose_cell(w, member) : whose_keeping(w, member, line->row.has_copy ? line->row.copy : 0);
}

static bool choose_officers(struct card_act *a)
{
	const struct officer *any = NULL;
	struct whose w;
	size_t fitting = 0;

	for (size_t i = 0; !a->site->as && i < a->officers.count; i++)
		fitting += role_may(a->officers.list[i].role, a->act);
	if (fitting < 2 || a->site->door) { // there is nothing to choose, or no daemon to ask
		any = officer_any(a->site, &a->officers, a->act);
		for (size_t i = 0; i < a->count; i++)
			a->lines[i].officer = any;
		return any != NULL;
	}
	if (!whose_open(&w, a->site, &a->officers))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < a->count; i++) {
		struct card_line *line = &a->lines[i];
		char text[16];
		line->officer = whose_officer(&w, a->act, organisation_of(a, &w, line));
		ok = line->officer != NULL;
		card_format(line->row.card_number, text);
		if (!ok)
			complain(_("no officer of this home acts where card %s is, or it is not known (%s); --as LOGIN names one"),
				 line->row.has_card_number ? text : line->profile, language_label(&act_values, a->act));
	}
	whose_close(&w);
	return ok;
}

// A number alone may be two cards: which is meant is found out before anything is signed. (What is reported or decided is about
// what a card is worth, and only one copy is worth that.)
static bool name_copies(struct card_act *a)
{
	const struct officer *as = a->site->as ? officer_named(&a->officers, a->site->as) : NULL;
	const struct whose w = { .site = a->site, .officers = &a->officers };
	size_t fitting = 0;
	bool ok = true;

	for (size_t i = 0; !a->site->as && i < a->officers.count; i++)
		if (role_may(a->officers.list[i].role, a->act) && fitting++ == 0)
			as = &a->officers.list[i];
	if (fitting > 1)
		as = NULL; // whose it is depends on where the card is

	for (size_t i = 0; !a->site->door && i < a->count; i++)
		ok &= copy_name(&w, a->act, a->head.box, as ? as->organisation : 0, &a->lines[i].row);
	return ok;
}

static void fill_head(struct card_act *a)
{
	a->head.has_decision_number = a->number != NULL;
	a->head.decision_number = bytes_of_text(a->number ? a->number : "");
	a->head.has_explanation = a->explanation != NULL;
	a->head.explanation = bytes_of_text(a->explanation ? a->explanation : "");
	a->head.has_seal = a->seal != NULL;
	a->head.seal = bytes_of_text(a->seal ? a->seal : "");
	a->head.has_waybill = a->waybill != NULL;
	a->head.waybill = bytes_of_text(a->waybill ? a->waybill : "");
}

// A few cards are named, with the copy.
static void add_names(const struct card_act *a, struct act_job *job)
{
	const char *between = ": ";
	char number[16], copy[8];

	for (size_t i = 0; i < a->count; i++) {
		const struct card_row *row = &a->lines[i].row;
		size_t size = strlen(job->about);
		if (a->lines[i].officer != job->officer)
			continue;
		card_format(row->card_number, number);
		copy[0] = 0;
		if (row->has_copy)
			snprintf(copy, sizeof copy, "/%u", row->copy);
		snprintf(job->about + size, sizeof job->about - size, "%s%s%s", between,
			 row->has_card_number ? number : a->lines[i].profile, copy);
		between = ", ";
	}
}

// One signed act for each officer.
static size_t make_jobs(struct card_act *a, struct act_job *jobs, const char *about, const struct officer *without_cards)
{
	size_t count = 0;

	if (a->count == 0)
		jobs[count++] = (struct act_job){ .officer = without_cards, .act = a->act, .fill = fill, .context = a };
	for (size_t i = 0; i < a->count; i++) {
		size_t k = 0;
		while (k < count && jobs[k].officer != a->lines[i].officer)
			k++;
		if (k == count)
			jobs[count++] = (struct act_job){ .officer = a->lines[i].officer, .act = a->act, .fill = fill,
							  .card_of = card_of_row, .context = a };
	}
	for (size_t k = 0; k < count; k++) {
		size_t cards = 0;
		for (size_t i = 0; i < a->count; i++)
			cards += a->lines[i].officer == jobs[k].officer;
		snprintf(jobs[k].about, sizeof jobs[k].about, _n("%s, %zu card", "%s, %zu cards", cards), about, cards);
		if (cards > 0 && cards <= cards_named)
			add_names(a, &jobs[k]);
	}
	return count;
}

// An explanation may name no card: nothing is missing, but the seal was broken.
static const struct officer *receiver(struct card_act *a)
{
	struct whose w;

	if (a->site->as || a->site->door || !whose_open(&w, a->site, &a->officers))
		return officer_any(a->site, &a->officers, a->act);
	const struct officer *officer = whose_officer(&w, a->act, whose_shipment(&w, a->head.shipment));
	whose_close(&w);
	return officer ? officer : officer_any(a->site, &a->officers, a->act);
}

int card_act_send(struct card_act *a, const char *about, const char *next)
{
	const struct officer *without_cards = a->count ? NULL : receiver(a);

	if (!name_copies(a) || (a->count ? !choose_officers(a) : !without_cards) ||
	    !read_people(a, &a->committee, a->head.committee, &a->head.committee_count) ||
	    !read_people(a, &a->witnesses, a->head.witnesses, &a->head.witnesses_count))
		return exit_refused;
	fill_head(a);
	struct act_job *jobs = calloc(a->count + 1, sizeof *jobs);
	ensure(jobs);
	size_t count = make_jobs(a, jobs, about, without_cards);
	acts_run(a->site, jobs, count);
	int status = acts_report(a->site, jobs, count, false, NULL);
	if (status == exit_done && next)
		say(a->site, "%s", next);
	acts_deinit(jobs, count);
	free(jobs);
	return status;
}

void card_act_deinit(struct card_act *a)
{
	officers_deinit(&a->officers);
	free(a->lines);
}
