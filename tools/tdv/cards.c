// tdv report-loss, report-damage, found, misuse, suspend, resume, unrecoverable, exit, recover, collect, give-back, pack,
// explain, missing, turned-up, write-off, destroy: what happens to single cards and their holders after the hand-over, and
// to cards that go back up (domain.md §3).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "ask.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "copies.h"
#include "domain/organisation.h"
#include "trace.h"
#include "verbs.h"
#include "whose.h"

#define rows_most 1999
#define cards_named 4

// --- what is said of which cards

struct card_line {
	struct card_row row;
	char profile[10];
	const struct officer *officer; // who says it
};

struct card_act {
	struct site *site;
	enum act act;
	struct card_act_head head;   // without what is filled in below
	const char *number, *explanation, *seal, *waybill;
	const char *minutes, *evidence; // files
	struct texts committee, witnesses;
	struct officers officers;
	struct card_line *lines;
	size_t count;
};

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

// "44.000123", "44.000123/2" for the second copy; of exits also a profile number.
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

static bool read_cards(struct card_act *a, int argc, char **argv, bool profiles)
{
	a->lines = calloc((size_t)argc + rows_most, sizeof *a->lines);
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
							  .context = a };
	}
	for (size_t k = 0; k < count; k++) {
		size_t cards = 0;
		for (size_t i = 0; i < a->count; i++)
			cards += a->lines[i].officer == jobs[k].officer;
		snprintf(jobs[k].about, sizeof jobs[k].about, _("%s, %zu cards"), about, cards);
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

static int send_act(struct card_act *a, const char *about, const char *next)
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

static void card_act_deinit(struct card_act *a)
{
	officers_deinit(&a->officers);
	free(a->lines);
}

// --- verbs that say one thing of each card

struct plain_verb {
	const char *verb;
	enum act act;
	enum card_case matter;
	const char *next; // msgid: what comes next
};

static const struct plain_verb plain_verbs[] = {
	{ "report-loss", act_report_cards, card_case_loss,
	  N_("The card is lost from now on. Next: `tdv submit` a list 2-TĐV with the statement; "
	     "or `tdv found` when it turns up.") },
	{ "report-damage", act_report_cards, card_case_damage,
	  N_("The card is damaged. Next: `tdv submit` a list 3-TĐV, with the card enclosed.") },
	{ "found", act_report_cards, card_case_found,
	  N_("Found before its replacement was ordered, the card is active again; "
	     "afterwards it has to be given back: `tdv recover`.") },
	{ "misuse", act_report_cards, card_case_misuse,
		N_("It is on record. The card stays as it is until a decision: `tdv suspend`.") },
	{ "suspend", act_decide_cards, card_case_suspend, N_("The card is suspended. `tdv resume` ends that.") },
	{ "resume", act_decide_cards, card_case_resume, N_("The card is active again.") },
	{ "unrecoverable", act_decide_cards, card_case_unrecoverable, N_("The card is on the status list as not recovered.") },
	{ "recover", act_collect_cards, card_case_recover,
	  N_("The card is in the organisation's keeping and worth nothing. Next: "
	     "`tdv pack` it for destruction, then `tdv ship`.") },
	{ "collect", act_collect_cards, card_case_inspect,
	  N_("The card stays valid. Next: `tdv pack --matter travel`, `tdv ship`; when it is back: `tdv give-back`.") },
	{ "give-back", act_collect_cards, card_case_give_back, N_("The holder (or the family) has the card again.") },
	{ "missing", act_settle_cards, card_case_missing,
	  N_("The card is missing. Next: `tdv turned-up` when it is found, `tdv write-off` when it is given up.") },
	{ "turned-up", act_settle_cards, card_case_turned_up, N_("The card is in the organisation's keeping again.") },
	{ "write-off", act_settle_cards, card_case_written_off,
	  N_("A card that was not handed over is cancelled, and the member may ask for another.") },
};

int run_card_verb(struct site *site, int argc, char **argv)
{
	struct card_act a = { .site = site };
	int32_t date = date_none, decided = date_none;
	const struct option_row options[] = {
		{ "date", option_kind_date, &date, N_("DATE"), N_("when it happened (today)") },
		{ "evidence", option_kind_text, &a.evidence, N_("FILE"),
			N_("a scan that belongs to it: a statement, a photo") },
		{ "number", option_kind_text, &a.number, N_("TEXT"), N_("number of the decision or of the minutes") },
		{ "decided", option_kind_date, &decided, N_("DATE"), N_("date of the decision (today)") },
		{ "minutes", option_kind_text, &a.minutes, N_("FILE"), N_("the scan of the decision or of the minutes") },
		{ "explanation", option_kind_text, &a.explanation, N_("TEXT"),
			N_("why it cannot be recovered, or is given up") },
		{ 0 },
	};
	const struct plain_verb *v = plain_verbs;
	int status = arguments_take(site, &argc, argv, options, 1, rows_most);

	if (status != go_on)
		return status;
	while (strcmp(v->verb, site->verb) != 0)
		v++;
	a.act = v->act;
	if (!read_cards(&a, argc, argv, false)) {
		card_act_deinit(&a);
		return exit_usage;
	}
	for (size_t i = 0; i < a.count; i++) {
		a.lines[i].row.has_matter = true;
		a.lines[i].row.matter = v->matter;
		a.lines[i].row.has_date = true;
		a.lines[i].row.date = date != date_none ? date : date_of_instant(clock_wall_ms());
	}
	a.head.has_decision_date = a.number != NULL;
	a.head.decision_date = decided != date_none ? decided : date_of_instant(clock_wall_ms());
	status = exit_refused;
	if (home_exists(site) && officers_read(site, &a.officers))
		status = send_act(&a, language_label(&card_case_values, v->matter), _(v->next));
	card_act_deinit(&a);
	return status;
}

// --- exit

int run_exit(struct site *site, int argc, char **argv)
{
	struct card_act a = { .site = site, .act = act_report_exits };
	const char *status_text = NULL;
	int32_t date = date_none;
	unsigned member_status;
	const struct option_row options[] = {
		{ "status", option_kind_text, &status_text, N_("STATUS"),
			N_("expelled, removed, resigned, deceased, abroad, or active again") },
		{ "date", option_kind_date, &date, N_("DATE"), N_("since when (today)") },
		{ "number", option_kind_text, &a.number, N_("TEXT"), N_("number of the decision") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 1, rows_most);

	if (status != go_on)
		return status;
	if (!status_text || !cell_value(&member_status_values, status_text, &member_status))
		return usage_wrong(site, "%s",
			_("--status says what became of them: expelled, removed, resigned, deceased, abroad, active"));
	if (!read_cards(&a, argc, argv, true)) {
		card_act_deinit(&a);
		return exit_usage;
	}
	for (size_t i = 0; i < a.count; i++) {
		a.lines[i].row.has_status = true;
		a.lines[i].row.status = (enum member_status)member_status;
		a.lines[i].row.has_date = true;
		a.lines[i].row.date = date != date_none ? date : date_of_instant(clock_wall_ms());
	}
	a.head.has_decision_date = a.number != NULL;
	a.head.decision_date = a.number ? a.lines[0].row.date : 0;
	status = exit_refused;
	if (home_exists(site) && officers_read(site, &a.officers))
		status = send_act(&a, language_label(&member_status_values, (uint16_t)member_status),
				  _("Next: `tdv recover` the card of somebody who left; the family of the deceased keeps it. "
	     "A new card on its way is cancelled and goes back up."));
	card_act_deinit(&a);
	return status;
}

// --- what an organisation has in its hands

struct holding {
	uint64_t organisation;
	bool spoiled_too;          // and what facilities spoiled
	struct card_act *a;
	enum card_case matter;
	uint64_t *boxes;           // that have arrived there, in the order of the key
	size_t box_count;
	uint64_t *barred;          // cards that are not to be handed over any more, in the order of the key
	size_t barred_count;
};

static bool on_standing(void *context, struct bytes key, struct bytes value)
{
	struct holding *h = context;
	struct delivery_standing_row row;

	if (delivery_standing_row_decode(value, &row) || row.validity != card_validity_spoiled)
		return true;
	h->barred = realloc(h->barred, (h->barred_count + 1) * sizeof *h->barred);
	ensure(h->barred);
	h->barred[h->barred_count++] = get_u64(key.data);
	return true;
}

static int compare_cards(const void *key, const void *element)
{
	uint64_t a = *(const uint64_t *)key, b = *(const uint64_t *)element;
	return a < b ? -1 : a > b;
}

static bool on_arrived_box(void *context, struct bytes key, struct bytes value)
{
	struct holding *h = context;
	struct delivery_boxes_row row;

	if (delivery_boxes_row_decode(value, &row) || row.place != card_place_custody || row.custodian != h->organisation ||
	    row.destination != h->organisation || row.left == 0)
		return true;
	h->boxes = realloc(h->boxes, (h->box_count + 1) * sizeof *h->boxes);
	ensure(h->boxes);
	h->boxes[h->box_count++] = get_u64(key.data);
	return true;
}

static bool in_arrived_box(const struct holding *h, uint64_t box)
{
	for (size_t i = 0; i < h->box_count; i++)
		if (h->boxes[i] == box)
			return true;
	return false;
}

// Delivery never heard the number of a card that was spoiled before it was reported as good; revocation did.
static uint32_t number_of(const struct site *site, uint64_t card)
{
	struct revocation_cards_row row = { 0 };
	struct buffer backing = { 0 };
	struct bytes value;
	uint8_t key[8];

	put_u64(key, card);
	if (row_at(site, service_id_revocation, "cards", bytes_of(key, sizeof key), &backing, &value) ||
	    revocation_cards_row_decode(value, &row))
		row.number = 0;
	buffer_deinit(&backing);
	return row.number;
}

static bool on_held_card(void *context, struct bytes key, struct bytes value)
{
	struct holding *h = context;
	struct delivery_cards_row row;
	uint64_t card = get_u64(key.data);

	if (delivery_cards_row_decode(value, &row))
		return true;
	bool loose = row.has_place && row.place == card_place_custody && row.custodian == h->organisation;
	bool boxed = !row.has_place && in_arrived_box(h, row.has_parcel ? row.parcel : row.box);
	bool spoiled = h->spoiled_too && row.spoiled && row.place == card_place_facility;
	// A new card that waits for its hand-over is not sent up with the old ones.
	bool is_new = row.has_request && !row.handed && !row.spoiled && h->matter != card_case_destroy &&
		      !(h->barred_count && bsearch(&card, h->barred, h->barred_count, sizeof card, compare_cards));
	if ((!loose && !boxed && !spoiled) || is_new)
		return true;
	uint32_t number = row.number ? row.number : number_of(h->a->site, card);
	if (number == 0)
		return true;
	struct card_line *line = &h->a->lines[h->a->count++];
	*line = (struct card_line){ .row = { .has_card_number = true, .card_number = number, .has_copy = true,
					     .copy = (uint8_t)card_copy(card) } };
	return h->a->count < (h->matter == card_case_destroy ? rows_most : 300);
}

static bool take_all(struct card_act *a, enum card_case matter)
{
	const struct officer *officer = officer_any(a->site, &a->officers, a->act);
	struct holding h = { .a = a, .matter = matter, .spoiled_too = matter == card_case_destroy };
	bool ok;

	if (!officer)
		return false;
	h.organisation = officer->organisation;
	ok = scan(a->site, service_id_delivery, "standing", on_standing, &h) &&
	     scan(a->site, service_id_delivery, "boxes", on_arrived_box, &h) && scan(a->site, service_id_delivery,
		"cards", on_held_card, &h);
	free(h.boxes);
	free(h.barred);
	return ok;
}

static void say_matter(struct card_act *a, enum card_case matter)
{
	for (size_t i = 0; i < a->count; i++) {
		a->lines[i].row.has_matter = true;
		a->lines[i].row.matter = matter;
	}
}

// --- pack

int run_pack(struct site *site, int argc, char **argv)
{
	struct card_act a = { .site = site, .act = act_pack_cards };
	const char *matter_text = "destruction";
	bool all = false;
	unsigned matter;
	const struct option_row options[] = {
		{ "matter", option_kind_text, &matter_text, N_("MATTER"),
			N_("destruction (the default), undelivered, redistribution, travel") },
		{ "to", option_kind_number, &a.head.to, N_("CODE"),
			N_("the organisation that the cards are for (the centre)") },
		{ "seal", option_kind_text, &a.seal, N_("TEXT"), N_("the seal's number") },
		{ "all", option_kind_flag, &all, NULL, N_("every old card in the organisation's keeping, at most 300") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, 300);

	if (status != go_on)
		return status;
	if (!cell_value(&card_case_values, matter_text, &matter))
		return usage_wrong(site, _("no such matter: %s"), matter_text);
	if (!a.seal)
		return usage_wrong(site, "%s", _("--seal must give the seal's number"));
	if (all == (argc > 0))
		return usage_wrong(site, "%s", _("name the cards, or --all"));
	a.head.has_to = a.head.to != 0;
	if (!read_cards(&a, argc, argv, false)) {
		card_act_deinit(&a);
		return exit_usage;
	}
	status = exit_refused;
	if (home_exists(site) && officers_read(site, &a.officers) && (!all || take_all(&a, (enum card_case)matter))) {
		say_matter(&a, (enum card_case)matter);
		if (a.count == 0)
			complain("%s", _("the organisation holds no such card"));
		else
			status = send_act(&a, language_label(&card_case_values, (uint16_t)matter),
				_("Next: `tdv ship` sends the box on its way, level by level."));
	}
	card_act_deinit(&a);
	return status;
}

// --- explain

int run_explain(struct site *site, int argc, char **argv)
{
	struct card_act a = { .site = site, .act = act_explain_box };
	uint64_t counted = UINT64_MAX;
	const char *box = NULL;
	const struct option_row options[] = {
		{ "shipment", option_kind_number, &a.head.shipment, N_("NUMBER"), N_("the shipment that cannot be closed") },
		{ "box", option_kind_text, &box, N_("BOX"), N_("the box, ORDER-BOX") },
		{ "counted", option_kind_number, &counted, N_("NUMBER"), N_("what is in it, at last") },
		{ "explanation", option_kind_text, &a.explanation, N_("TEXT"),
			N_("why it differs, or why the seal was broken") },
		{ "minutes", option_kind_text, &a.minutes, N_("FILE"), N_("the scan of the minutes") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, 300);

	if (status != go_on)
		return status;
	if (!box || !cell_pair(box, &a.head.box) || !a.head.shipment || counted > UINT32_MAX || !a.explanation)
		return usage_wrong(site, "%s",
			_("--shipment, --box, --counted and --explanation are needed; the missing cards are the arguments"));
	a.head.has_box = a.head.has_shipment = a.head.has_counted = true;
	a.head.counted = (uint32_t)counted;
	if (!read_cards(&a, argc, argv, false)) {
		card_act_deinit(&a);
		return exit_usage;
	}
	say_matter(&a, card_case_missing);
	status = exit_refused;
	if (home_exists(site) && officers_read(site, &a.officers))
		status = send_act(&a, box,
			_("The box is received. Next: `tdv turned-up` or `tdv write-off` for each missing card."));
	card_act_deinit(&a);
	return status;
}

// --- destroy

int run_destroy(struct site *site, int argc, char **argv)
{
	struct card_act a = { .site = site, .act = act_destroy_cards };
	bool all = false;
	const struct option_row options[] = {
		{ "number", option_kind_text, &a.number, N_("TEXT"), N_("number of the minutes") },
		{ "minutes", option_kind_text, &a.minutes, N_("FILE"), N_("the scan of the minutes") },
		{ "committee", option_kind_texts, &a.committee, N_("LOGIN"), N_("a member of the committee; at least three") },
		{ "witness", option_kind_texts, &a.witnesses, N_("LOGIN"),
			N_("a witness; at least one, not of the committee") },
		{ "all", option_kind_flag, &all, NULL, N_("every card in the board's keeping, and what facilities spoiled") },
		{ 0 },
	};
	int status = arguments_take(site, &argc, argv, options, 0, rows_most);

	if (status != go_on)
		return status;
	if (all == (argc > 0))
		return usage_wrong(site, "%s", _("name the cards, or --all"));
	if (!a.number || !a.minutes)
		return usage_wrong(site, "%s", _("--number and --minutes: nothing is destroyed without minutes"));
	if (!read_cards(&a, argc, argv, false)) {
		card_act_deinit(&a);
		return exit_usage;
	}
	status = exit_refused;
	if (home_exists(site) && officers_read(site, &a.officers) && (!all || take_all(&a, card_case_destroy))) {
		say_matter(&a, card_case_destroy);
		if (a.count == 0)
			complain("%s", _("the organisation holds no such card"));
		else
			status = send_act(&a, language_label(&card_case_values, card_case_destroy),
					  _("The cards are destroyed; nothing brings them back. "
	     "`tdv log delivery` has the minutes and the counts of each generation."));
	}
	card_act_deinit(&a);
	return status;
}
