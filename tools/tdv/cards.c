// tdv report-loss, report-damage, found, misuse, suspend, resume, unrecoverable, exit, recover, collect, give-back, missing,
// turned-up, write-off: what happens to single cards and their holders after the hand-over (domain.md §3).
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "card_act.h"
#include "csv_form.h"
#include "verbs.h"
#include "standing.h"
#include "whose.h"

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

// --- found: whether its replacement was ordered decides what the card is worth

struct newest {
	const struct card_row *row;
	enum card_validity worth; // of the last copy that may have been lost; 0: not known
};

static bool on_copy(void *context, uint64_t card, const struct revocation_cards_row *row)
{
	struct newest *n = context;

	if (row->number != n->row->card_number || (n->row->has_copy && card_copy(card) != n->row->copy))
		return true;
	if (row->validity == card_validity_active || row->validity == card_validity_unstamped ||
	    row->validity == card_validity_recovery_due || row->validity == card_validity_lost)
		n->worth = row->validity;
	return true;
}

// What each of them is worth now; 0 where that differs, or nobody here can be asked.
static enum card_validity worth_of_all(const struct card_act *a)
{
	const struct whose w = { .site = a->site };
	enum card_validity worth = 0;

	for (size_t i = 0; i < a->count; i++) {
		struct newest n = { .row = &a->lines[i].row };
		uint64_t member = whose_member(&w, n.row);
		if (!member || !cards_of_member(a->site, member, on_copy, &n) || (i > 0 && n.worth != worth))
			return 0;
		worth = n.worth;
	}
	return worth;
}

static const char *next_of_found(const struct card_act *a, const char *either)
{
	static const struct {
		enum card_validity worth;
		const char *next;
	} known[] = {
		{ card_validity_active, N_("The card is active again.") },
		{ card_validity_recovery_due,
		  N_("Its replacement was ordered already, so this card has to be given back. Next: `tdv recover`.") },
		{ card_validity_unstamped,
		  N_("The card is no longer lost, but an inspection closed without its check: it has no use value. "
		     "Next: `tdv late-check`.") },
	};
	enum card_validity worth = a->site->door || a->site->json ? 0 : worth_of_all(a);

	for (size_t i = 0; i < array_size(known); i++)
		if (known[i].worth == worth)
			return known[i].next;
	return either;
}

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
	int status = arguments_take(site, &argc, argv, options, 1, card_act_rows_max);

	if (status != go_on)
		return status;
	while (strcmp(v->verb, site->verb) != 0)
		v++;
	a.act = v->act;
	if (a.act == act_decide_cards && !a.number)
		return usage_wrong(site, "%s", _("--number says which form or decision it rests on"));
	if (!card_act_read(&a, argc, argv, false)) {
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
	bool found = v->matter == card_case_found;
	status = exit_refused;
	if (home_exists(site) && officers_read(site, &a.officers))
		status = card_act_send(&a, language_label(&card_case_values, v->matter), found ? NULL : _(v->next));
	if (found && status == exit_done)
		say(site, "%s", _(next_of_found(&a, v->next)));
	card_act_deinit(&a);
	return status;
}

// --- exit

// What becomes of the card, and what is left to do.
static const char *next_of_exit(enum member_status to)
{
	if (to == member_status_expelled || to == member_status_removed || to == member_status_resigned)
		return _("Next: `tdv recover` the card. A new card on its way is cancelled and goes back up.");
	if (to == member_status_deceased)
		return _("The family keeps the card. A new card on its way is cancelled and goes back up.");
	if (to == member_status_abroad)
		return _("The card is suspended. Next, when the member is back: `tdv exit PROFILE --status active`.");
	return _("A card that was suspended for a stay abroad is active again; other cards stay as they are: `tdv show PROFILE`.");
}

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
	int status = arguments_take(site, &argc, argv, options, 1, card_act_rows_max);

	if (status != go_on)
		return status;
	if (!status_text || !cell_value(&member_status_values, status_text, &member_status))
		return usage_wrong(site, "%s",
			_("--status says what became of them: expelled, removed, resigned, deceased, abroad, active"));
	if (!card_act_read(&a, argc, argv, true)) {
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
		status = card_act_send(&a, language_label(&member_status_values, (uint16_t)member_status),
				       next_of_exit((enum member_status)member_status));
	card_act_deinit(&a);
	return status;
}
