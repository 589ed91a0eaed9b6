// The table of verbs, by subject: what `tdv --help` shows, and what manual pages and completion are made from.
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"

static const struct verb site[] = {
	{ "init", NULL, run_init, "", N_("Makes a site: folders, settings, the administrator's key"), NULL },
	{ "up", NULL, run_up, "", N_("Runs all daemons in the foreground and starts those that die again"),
	  NULL },
	{ "down", NULL, run_down, "", N_("Stops what `tdv up` runs"), NULL },
	{ "status", NULL, run_status, "[--wait SECONDS]",
	  N_("Which daemons live, how far each is, what somebody should look at"), NULL },
	{ 0 },
};

static const struct verb registry[] = {
	{ "registry", "import", run_registry_import, N_("FILE [--report FILE]"),
	  N_("Imports organisations or members from CSV; their header says which"),
	  N_("Good rows are carried out, each refused row is told by row and column. Importing a file again changes nothing\n"
	     "that is in already. Organisations: code, name, level, parent, valid_from, party_code, connectivity, remote (yes, no).\n"
	     "Members: full_name, birth_date, sex, citizen_id, phone, profile_number, admission_date, official_date, type,\n"
	     "status, home_cell, present_cell, discipline, card_number, card_generation, card_issued, stamped_boxes, photo.\n"
	     "Headers may be in Vietnamese or English, columns in any order, separated by comma, semicolon or tab.") },
	{ "registry", "update", run_registry_update, N_("FILE [--dry-run] [--report FILE]"),
	  N_("Updates members' data by a CSV file, after showing what would change"),
	  N_("Columns: profile_number and any others of the members' file; what is absent or empty stays as it is, and \"-\"\n"
	     "empties a phone, a photo, a discipline or an official date. Each field that differs is shown with its row;\n"
	     "--dry-run ends there. Personal data become a new record in the vault.") },
	{ "transfer", NULL, run_transfer, N_("FILE | PROFILE… --to CODE | --away  --date DATE --decision TEXT [--temporary]"),
	  N_("Transfers members to another cell, or away from this site"),
	  N_("Columns of a file: profile_number, organisation (empty: away), scope, date, decision. An official transfer moves home and\n"
	     "present cell, a temporary one the present cell alone. Cards in the members' hands go with them; an open request goes on.\n"
	     "The target is a cell, or a grassroots organisation without cells below it.") },
	{ "organisation", "merge", run_organisation_merge, N_("CODE… --into CODE --date DATE --decision TEXT"),
	  N_("Merges organisations into another of their level"),
	  N_("Members, those below, letters, and what is on its way go to the successor. The officers of the merged ones are enrolled\n"
	     "there anew.") },
	{ "organisation", "close", run_organisation_close, N_("CODE… --date DATE --decision TEXT"),
	  N_("Closes organisations that are empty"), NULL },
	{ "duplicates", "list", run_duplicates_list, "", N_("Double entries that wait for a person"), NULL },
	{ "duplicates", "resolve", run_duplicates_resolve,
	  N_("NUMBER… --same | --different [--profile-number TEXT] [--decision TEXT]"),
	  N_("Says whether a double entry is the same person"),
	  N_("--same drops the entry that came later; --different registers it, under a profile number of its own where that was given twice.") },
	{ "officers", "enrol", run_officers_enrol, N_("FILE [--report FILE]"),
	  N_("Makes a key for each officer of a CSV file and enrols it"),
	  N_("Columns: login, full_name, citizen_id, role, organisation (its code). Roles: cell_officer, grassroots_appraiser,\n"
	     "superior_board, superior_committee, inspection_commission, provincial_board, central_board, print_facility, auditor.") },
	{ "officers", "list", run_officers_list, "", N_("The officers whose keys this home has"), NULL },
	{ 0 },
};

static const struct verb requests[] = {
	{ "submit", NULL, run_submit, N_("FILE…"), N_("Submits a cell's lists of requests with their photos"),
	  N_("One signed act a file; a file with an error is not sent, and every error of it is told at once.\n"
	     "Columns: profile_number, card_number, photo (a path beside the file), evidence, kind, reason, home_cell;\n"
	     "of a lost card: loss (justified, unjustified) and the statement as evidence; of a damaged one:\n"
	     "card_enclosed; of a correction: request (LIST-ROW).\n"
	     "A row for a member whose request was returned corrects that request, also without naming it.") },
	{ "withdraw", NULL, run_withdraw, N_("REQUEST…"),
	  N_("Withdraws requests (the cell that submitted them), until their cards are printed"),
	  N_("A request is LIST-ROW, e.g. 12-3. One that waits or was returned stops at once; one on its way is taken out\n"
	     "wherever it stands, or refused with `too_late` when its card is printed already.") },
	{ "adjudicate", "list", run_adjudicate_list, "",
	  N_("Requests that are held for a person, since when, and who rules on them"), NULL },
	{ "adjudicate", "release", run_adjudicate_release, N_("REQUEST… [--number TEXT]"), N_("Lets held requests go on"),
	  N_("The inspection commission rules on discipline and on losses without good reason; the boards of the superior or\n"
	     "the province on data that do not match. Nobody rules on what they submitted. Those of one list go on as one list.") },
	{ "adjudicate", "refuse", run_adjudicate_refuse, N_("REQUEST… --reason REASON"),
	  N_("Refuses held requests for good"), NULL },
	{ "rules", NULL, run_rules, "[--on DATE] [--all | --drafts]",
	  N_("Who may have a card, by which document, since when; drafts are shown and never enforced"), NULL },
	{ 0 },
};

static const struct verb lists[] = {
	{ "lists", NULL, run_lists, "", N_("What waits for whom"), NULL },
	{ "appraise", NULL, run_appraise, N_("LIST… | --all  [--leave-out LIST-ROW[=REASON]]…"),
	  N_("Appraises cells' lists (grassroots committee)"), NULL },
	{ "consolidate", NULL, run_consolidate, N_("[--all] [--kind KIND]"),
	  N_("Consolidates appraised lists (superior's organisation board)"), NULL },
	{ "decide", NULL, run_decide, N_("LIST… | --all  --number TEXT [--leave-out LIST-ROW[=REASON]]…"),
	  N_("Decides on consolidated lists (superior's standing committee)"), NULL },
	{ "approve", NULL, run_approve, N_("LIST… | --all  [--number TEXT] [--leave-out LIST-ROW[=REASON]]…"),
	  N_("Approves decided lists (provincial organisation board)"), NULL },
	{ 0 },
};

static const struct verb printing[] = {
	{ "numbers", "grant", run_numbers_grant, N_("CODE FIRST LAST"),
	  N_("Grants a block of card numbers (central organisation board)"),
	  N_("For example: tdv numbers grant 44 500001 500999") },
	{ "order", "list", run_order_list, "", N_("Print orders: how far, how the facility stands to each"), NULL },
	{ "order", "hold", run_order_hold, N_("ORDER…"), N_("Holds orders: the facility prints and sends nothing of them"),
	  N_("What is in the press already is reported and booked; it stays at the facility until `tdv order release`.") },
	{ "order", "release", run_order_release, N_("ORDER…"), N_("Lets held orders go on"), NULL },
	{ "order", "priority", run_order_priority, N_("ORDER… --priority N"),
	  N_("Which orders the facility prints first"), NULL },
	{ "order", "readdress", run_order_readdress, N_("ORDER FROM=TO…"),
	  N_("Sends a cell's cards of an order to another cell"),
	  N_("Both are codes of cells below the organisation that ordered. What is in a box already stays as it is.") },
	{ "order", NULL, run_order, N_("LIST… | --all --facility CODE"),
	  N_("Orders the cards of approved lists (central organisation board)"),
	  N_("CODE is the facility's among the organisations. First cards take their numbers from what `tdv numbers grant` gave:\n"
	     "where too few are left, the list is not ordered and waits for a grant.") },
	{ "prints", "report", run_prints_report, N_("FILE --order NUMBER"), N_("Reports a press's results (print facility)"),
	  N_("Columns: index (the record's, in the order), good, serial (16 hexadecimal digits), public_key (SHA-256 of the chip's, 64\n"
	     "digits), reason of what is not good. For a facility whose press writes a file; tdv-facility does it by itself.") },
	{ "stock", "receive", run_stock_receive, N_("PLACE BLANKS"), N_("Books blanks from the producer"), NULL },
	{ "stock", "transfer", run_stock_transfer, N_("PLACE TO BLANKS"), N_("Sends blanks to another place"), NULL },
	{ "stock", "waste", run_stock_waste, N_("PLACE BLANKS"), N_("Writes off blanks that never became a card"), NULL },
	{ "stock", "count", run_stock_count, N_("PLACE BLANKS"), N_("Says how many blanks there are"), NULL },
	{ "stock", "list", run_stock_list, "", N_("Blanks by place: what came in, what was used, what is left"), NULL },
	{ "costs", NULL, run_costs, "[--by order|list|organisation]", N_("What cards cost (A11)"), NULL },
	{ 0 },
};

static const struct verb delivery[] = {
	{ "ship", NULL, run_ship, N_("[--all] [--to CODE]"), N_("Sends boxes on to the next level, down or up"), NULL },
	{ "receive", NULL, run_receive, N_("SHIPMENT… | --all  --counts FILE | --as-declared"),
	  N_("Counts what arrived"), NULL },
	{ "explain", NULL, run_explain, N_("[CARD…] --shipment N --box BOX --counted N --explanation TEXT"),
	  N_("Explains a box whose count differs, with the cards that are missing"), NULL },
	{ "sheets", NULL, run_sheets, N_("--out DIR"), N_("Writes the hand-over sheets of cells that hold cards"), NULL },
	{ "hand-over", NULL, run_hand_over, N_("FILE…"), N_("Hands cards over to members, with their receipts"),
	  N_("Columns: card_number, receipt, proof (a scan beside the file), old_collected, date, home_cell, login.") },
	{ "missing", NULL, run_card_verb, "CARD…", N_("Reports cards that are missing from an organisation's keeping"), NULL },
	{ "turned-up", NULL, run_card_verb, "CARD…", N_("Reports that missing cards turned up"), NULL },
	{ "write-off", NULL, run_card_verb, N_("CARD… --explanation TEXT"),
	  N_("Gives missing cards up, with an explanation"), NULL },
	{ 0 },
};

static const struct verb cards[] = {
	{ "report-loss", NULL, run_card_verb, N_("CARD… [--date DATE]"), N_("Reports lost cards (the holder's cell)"), NULL },
	{ "report-damage", NULL, run_card_verb, N_("CARD… [--date DATE]"),
	  N_("Reports damaged cards (the holder's cell)"), NULL },
	{ "found", NULL, run_card_verb, "CARD…", N_("Reports that lost cards were found"), NULL },
	{ "misuse", NULL, run_card_verb, "CARD… [--evidence FILE]",
	  N_("Puts on record that cards were used or kept against the rules"), NULL },
	{ "exit", NULL, run_exit, N_("PROFILE|CARD… --status STATUS [--number TEXT]"),
	  N_("Reports members who left the Party, died, went abroad or came back"), NULL },
	{ "suspend", NULL, run_card_verb, N_("CARD… --number TEXT"),
	  N_("Suspends cards by a decision (superior's standing committee)"), NULL },
	{ "resume", NULL, run_card_verb, N_("CARD… --number TEXT"), N_("Ends a suspension"), NULL },
	{ "recover", NULL, run_card_verb, N_("CARD… --number TEXT --minutes FILE"),
	  N_("Takes cards back that have to be recovered, with minutes"), NULL },
	{ "unrecoverable", NULL, run_card_verb, N_("CARD… --number TEXT --explanation TEXT"),
	  N_("Decides that cards cannot be recovered, and why"), NULL },
	{ "collect", NULL, run_card_verb, "CARD…", N_("Collects valid cards for an inspection"), NULL },
	{ "give-back", NULL, run_card_verb, "CARD…", N_("Gives collected cards back to their holders"), NULL },
	{ "pack", NULL, run_pack, N_("CARD… | --all --seal TEXT [--matter MATTER] [--to CODE]"),
	  N_("Packs cards into a box that goes up, or to another organisation"),
	  N_("Without --to the box goes to the centre: cards for destruction, new cards that could not be handed over. --matter\n"
	     "redistribution sends a new card to another cell, travel a valid card to an inspection and back. `tdv ship` moves it.") },
	{ "destroy", NULL, run_destroy, N_("CARD… | --all --number TEXT --minutes FILE --committee LOGIN… --witness LOGIN…"),
	  N_("Destroys cards that are worth nothing, with minutes (central organisation board)"),
	  N_("At least three members of the committee and one witness. Only ended and spoiled cards can be destroyed.") },
	{ 0 },
};

static const struct verb inspections[] = {
	{ "campaign", "plan", run_campaign_plan,
	  N_("--ordinal N --basis TEXT --from DATE --to DATE --cells-by DATE --grassroots-by DATE --report-by DATE"),
	  N_("Plans an inspection of cards (provincial or central organisation board)"),
	  N_("It concerns every card of that generation whose holder is below the board's organisation. The days stand in the order\n"
	     "--from, --cells-by, --grassroots-by, --report-by, and --report-by is not before --to. A deadline that is over does\n"
	     "not hold up the others: the campaign moves on, and `tdv campaign show --overdue` names who is late.") },
	{ "campaign", "open", run_campaign_step, N_("CAMPAIGN"), N_("Opens a campaign, from its first day on"), NULL },
	{ "campaign", "sheets", run_campaign_sheets, N_("--out DIR [--cards GENERATION]"),
	  N_("Writes the check list of every cell"),
	  N_("A campaign is about cards of one generation: say which (`--cards chip_2025`), or the lists name every card in use.") },
	{ "campaign", "file", run_campaign_file, N_("CAMPAIGN FILE… --meeting DATE [--members N] [--all-in-order]"),
	  N_("Files what a cell found of its members' cards (forms 1 to 5)"),
	  N_("Columns: card_number or profile_number, result (ok, damaged, lost, not_presented, misused), date, evidence, home_cell.\n"
	     "The registry's count of members stands beside the cell's; a difference waits for `tdv campaign settle` or another\n"
	     "filing. Every row needs its result; --all-in-order says of those without one that the card was found in order.\n"
	     "Damaged and lost cards are reported by `tdv report-damage` and `tdv report-loss`, not by this.") },
	{ "campaign", "settle", run_campaign_step, N_("CAMPAIGN --cell CODE --explanation TEXT"),
	  N_("Explains a difference of counts (grassroots committee)"), NULL },
	{ "campaign", "consolidate", run_campaign_step, N_("CAMPAIGN [CARD… --reason REASON] --number TEXT"),
	  N_("Files form 6: what the cells filed is confirmed (grassroots committee)"),
	  N_("Cards named are not confirmed, and are not stamped.") },
	{ "campaign", "decide", run_campaign_step, N_("CAMPAIGN --number TEXT"),
	  N_("Decides on the lists (superior's standing committee)"), NULL },
	{ "campaign", "stamp", run_campaign_step, N_("CAMPAIGN [CARD… [--relaminated]]"),
	  N_("Stamps confirmed cards, all or those named (superior's organisation board)"), NULL },
	{ "campaign", "return", run_campaign_step, N_("CAMPAIGN"), N_("The stamped cards go back"), NULL },
	{ "campaign", "report", run_campaign_step, N_("CAMPAIGN --number TEXT"), N_("Files form 7 with the results"), NULL },
	{ "campaign", "close", run_campaign_step, N_("CAMPAIGN"),
	  N_("Closes a campaign after its window: cards without their check have no use value"), NULL },
	{ "campaign", "show", run_campaign_show, N_("[CAMPAIGN] [--level LEVEL] [--overdue] [--differences] [--year YEAR]"),
	  N_("How far inspections have come, and with whom they are"),
	  N_("Without CAMPAIGN all of them, or the parts of the newest with --level, --overdue, --differences.") },
	{ "late-check", NULL, run_campaign_step, N_("CARD… --number TEXT"),
	  N_("Checks cards late by a decision: they are active again (superior's standing committee)"), NULL },
	{ "check-cards", NULL, run_check_cards, N_("FILE… [--year YEAR] [--meeting DATE] [--all-in-order]"),
	  N_("Files a cell's yearly check of its members' cards (A3)"),
	  N_("The same columns as `tdv campaign file`.") },
	{ 0 },
};

static const struct verb standing[] = {
	{ "show", NULL, run_show, "ID…", N_("How members' cards and requests stand now"),
	  N_("ID is a profile number, card number, request (12-3), chip serial or member:NUMBER. `tdv trace` tells how it came to that.") },
	{ "trace", NULL, run_trace, "ID [--all]",
	  N_("A card's whole story: profile number, card number, request, serial or member number"), NULL },
	{ "outcome", NULL, run_outcome, "", N_("How far everything has come, as tables"), NULL },
	{ "progress", NULL, run_progress, N_("[--organisation CODE] [--level LEVEL]"),
	  N_("How far members' data, photos and cards have come, by organisation"), NULL },
	{ "overdue", NULL, run_overdue, N_("[--organisation CODE]"), N_("What is late, since when, and with whom"), NULL },
	{ "mail", NULL, run_mail, N_("--as LOGIN"), N_("The letters to an officer's organisation"), NULL },
	{ 0 },
};

static const struct verb operating[] = {
	{ "log", NULL, run_log, N_("SERVICE [--follow]"), N_("What a service has put out"),
	  N_("A sentence for each entry; with --json all its fields.") },
	{ "quarantine", "list", run_quarantine_list, N_("[SERVICE]"), N_("What was set aside"), NULL },
	{ "quarantine", "show", run_quarantine_show, N_("SERVICE NUMBER"), N_("One of them in full"), NULL },
	{ "quarantine", "retry", run_quarantine_retry, N_("SERVICE NUMBER|all"), N_("Feeds it again"), NULL },
	{ "quarantine", "drop", run_quarantine_drop, N_("SERVICE NUMBER|all"), N_("Gives it up for good"), NULL },
	{ "clock", "accept", run_clock_accept, "", N_("Lets timers run that were held because the clock had jumped"), NULL },
	{ "audit", NULL, run_audit, "[--signatures] [--offline] [--wait SECONDS]", N_("Checks every invariant over all services"), NULL },
	{ "replay", NULL, run_replay, "SERVICE [--offline] [--restore]",
	  N_("Rebuilds a service from its recorded turns and compares"), NULL },
	{ "backup", NULL, run_backup, N_("DIR [--keys DIR | --without-keys]"),
	  N_("Copies the whole site while it runs, as it is at one instant"),
	  N_("DIR must not exist or be empty. The daemons are held still for some milliseconds, in which the copies are begun; they are\n"
	     "written while everything goes on. The keys lie apart, under DIR/keys or where --keys says: with them everything can be\n"
	     "read, so keep them elsewhere.") },
	{ "restore", NULL, run_restore, N_("DIR [--keys DIR] [--service SERVICE]"),
	  N_("Puts a backup into an empty home, or one service's part into a stopped site"),
	  N_("Every byte is checked against the manifest before anything is written. With --service the state of a service that was lost\n"
	     "comes back; turns that lie in its segments are replayed on top of it. A copy that is older than what the others have seen\n"
	     "is refused.") },
	{ 0 },
};

// A reader's first session begins at the top; within a group, the order in which things are done.
const struct verb_group verb_groups[] = {
	{ N_("Running a site"), site },
	{ N_("Members, organisations, officers"), registry },
	{ N_("Requests for cards"), requests },
	{ N_("Lists, from appraisal to approval"), lists },
	{ N_("Printing"), printing },
	{ N_("Delivery and hand-over"), delivery },
	{ N_("Cards in use, and their end"), cards },
	{ N_("Inspections of cards"), inspections },
	{ N_("How things stand, and how they came to it"), standing },
	{ N_("Operating"), operating },
	{ 0 },
};

// "registry import" in `text`, of at least verb_text_max.
static const char *full_name(const struct verb *v, char *text)
{
	snprintf(text, verb_text_max, "%s%s%s", v->name, v->second ? " " : "", v->second ? v->second : "");
	return text;
}

const struct verb *verb_of(int argc, char **argv, char called[verb_text_max], int *words)
{
	for (const struct verb_group *g = verb_groups; g->title; g++)
		for (const struct verb *v = g->verbs; v->name; v++) {
			if (strcmp(v->name, argv[0]) != 0 ||
			    (v->second && (argc < 2 || strcmp(v->second, argv[1]) != 0)))
				continue;
			*words = v->second ? 2 : 1;
			full_name(v, called);
			return v;
		}
	return NULL;
}

const struct verb *verb_called(const char *called)
{
	char text[verb_text_max];

	for (const struct verb_group *g = verb_groups; g->title; g++)
		for (const struct verb *v = g->verbs; v->name; v++)
			if (strcmp(full_name(v, text), called) == 0)
				return v;
	ensure(false); // a verb of the table
	return NULL;
}

bool verbs_below(const char *name, FILE *to)
{
	char text[verb_text_max];
	bool any = false;

	for (const struct verb_group *g = verb_groups; g->title; g++)
		for (const struct verb *v = g->verbs; v->name; v++) {
			if (!v->second || strcmp(v->name, name) != 0)
				continue;
			if (to)
				fprintf(to, "  %-20s %s\n", full_name(v, text), _(v->summary));
			any = true;
		}
	return any;
}

void verbs_print(FILE *to)
{
	char text[verb_text_max];

	fprintf(to, "%s\n",
		_("tdv runs the life of member cards as a pipeline of daemons.\nUsage: tdv VERB … [--home "
		  "DIR] [--as LOGIN] [--json] [--lang vi|en]"));
	for (const struct verb_group *g = verb_groups; g->title; g++) {
		fprintf(to, "\n%s\n", _(g->title));
		for (const struct verb *v = g->verbs; v->name; v++)
			fprintf(to, "  %-20s %s\n", full_name(v, text), _(v->summary));
	}
	fprintf(to, "\n%s\n",
		_("`tdv VERB --help` says more, `tdv --version` which version this is. A first session: init, up, registry import, "
		  "officers enrol, submit."));
}

void verbs_print_json(void)
{
	json_t *all = json_array();

	for (const struct verb_group *g = verb_groups; g->title; g++)
		for (const struct verb *v = g->verbs; v->name; v++)
			json_array_append_new(all, json_pack("{s:s, s:s, s:s?, s:s, s:s}", "group", _(g->title), "verb", v->name,
							     "second", v->second, "usage", *v->usage ? _(v->usage) : "",
							     "summary", _(v->summary)));
	json_dumpf(all, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(all);
}
