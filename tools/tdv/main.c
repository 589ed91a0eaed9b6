// tdv: init, run and use a site.  The table of verbs is here; each verb is a file of its own.
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "verbs.h"

const struct verb verbs[] = {
	{ "init", NULL, run_init, "", N_("Makes a site: folders, settings, the administrator's key"), NULL },
	{ "up", NULL, run_up, "", N_("Runs all daemons in the foreground and starts those that die again"),
	  NULL },
	{ "down", NULL, run_down, "", N_("Stops what `tdv up` runs"), NULL },
	{ "status", NULL, run_status, "[--wait SECONDS]",
	  N_("Which daemons live, how far each is, what somebody should look at"), NULL },
	{ "registry", "import", run_registry_import, "FILE [--report FILE]",
	  N_("Imports organisations or members from CSV; their header says which"),
	  N_("Good rows are carried out, each refused row is told by row and column. Importing a file again "
	     "changes nothing\n"
	     "that is in already. Organisations: code, name, level, parent, valid_from, party_code, "
	     "connectivity, remote.\n"
	     "Members: full_name, birth_date, sex, citizen_id, phone, profile_number, admission_date, "
	     "official_date, type,\n"
	     "status, home_cell, present_cell, discipline, card_number, card_generation, card_issued, "
	     "stamped_boxes, photo.\n"
	     "Headers may be in Vietnamese or English, columns in any order, separated by comma, semicolon "
	     "or tab.") },
	{ "officers", "enrol", run_officers_enrol, "FILE [--report FILE]",
	  N_("Makes a key for each officer of a CSV file and enrols it"),
	  N_("Columns: login, full_name, citizen_id, role, organisation.") },
	{ "officers", "list", run_officers_list, "", N_("The officers whose keys this home has"), NULL },
	{ "submit", NULL, run_submit, N_("FILE…"), N_("Submits a cell's lists of requests with their photos"),
	  N_("One signed act a file; a file with an error is not sent, and every error of it is told at "
	     "once.\n"
	     "Columns: profile_number, card_number, photo (a path beside the file), evidence, kind, reason, "
	     "home_cell.") },
	{ "lists", NULL, run_lists, "", N_("What waits for whom"), NULL },
	{ "appraise", NULL, run_appraise, N_("LIST… | --all"),
	  N_("Appraises cells' lists (grassroots committee)"), NULL },
	{ "consolidate", NULL, run_consolidate, "[--kind KIND]",
	  N_("Consolidates appraised lists (superior's organisation board)"), NULL },
	{ "decide", NULL, run_decide, N_("LIST… | --all --number TEXT"),
	  N_("Decides on consolidated lists (superior's standing committee)"), NULL },
	{ "approve", NULL, run_approve, N_("LIST… | --all"),
	  N_("Approves decided lists (provincial organisation board)"), NULL },
	{ "numbers", "grant", run_numbers_grant, N_("CODE FIRST LAST"),
	  N_("Grants a block of card numbers (central organisation board)"),
	  N_("For example: tdv numbers grant 44 500001 500999") },
	{ "order", NULL, run_order, N_("LIST… | --all --facility CODE"),
	  N_("Orders the cards of approved lists (central organisation board)"), NULL },
	{ "ship", NULL, run_ship, "[--all] [--to CODE]", N_("Sends boxes on to those directly below"), NULL },
	{ "receive", NULL, run_receive, N_("SHIPMENT… | --all  --counts FILE | --as-declared"),
	  N_("Counts what arrived"), NULL },
	{ "sheets", NULL, run_sheets, "--out DIR", N_("Writes the hand-over sheets of cells that hold cards"),
	  NULL },
	{ "hand-over", NULL, run_hand_over, N_("FILE…"),
	  N_("Hands cards over to members, with their receipts"),
	  N_("Columns: card_number, receipt, proof (a scan beside the file), old_collected, date, home_cell, "
	     "login.") },
	{ "mail", NULL, run_mail, N_("--as LOGIN"), N_("The letters to an officer's organisation"), NULL },
	{ "outcome", NULL, run_outcome, "", N_("How far everything has come, as tables"), NULL },
	{ "trace", NULL, run_trace, "ID [--all]",
	  N_("A card's whole story: profile number, card number, request, serial or member number"), NULL },
	{ "log", NULL, run_log, N_("SERVICE [--follow]"), N_("What a service has put out"), NULL },
	{ "quarantine", "list", run_quarantine_list, N_("[SERVICE]"), N_("What was set aside"), NULL },
	{ "quarantine", "show", run_quarantine_show, N_("SERVICE NUMBER"), N_("One of them in full"), NULL },
	{ "quarantine", "retry", run_quarantine_retry, N_("SERVICE NUMBER|all"), N_("Feeds it again"), NULL },
	{ "quarantine", "drop", run_quarantine_drop, N_("SERVICE NUMBER|all"), N_("Gives it up for good"),
	  NULL },
	{ "clock", "accept", run_clock_accept, "", N_("Lets timers run that were held because the clock had jumped"), NULL },
	{ "audit", NULL, run_audit, "[--offline] [--wait SECONDS]",
	  N_("Checks every invariant over all services"), NULL },
	{ "replay", NULL, run_replay, "SERVICE [--offline] [--restore]",
	  N_("Rebuilds a service from its recorded turns and compares"), NULL },
	{ 0 },
};

static void print_usage(FILE *to)
{
	char left[64];

	fprintf(to, "%s\n\n",
		_("tdv runs the life of member cards as a pipeline of daemons.\nUsage: tdv VERB … [--home "
		  "DIR] [--as LOGIN] [--json] [--lang vi|en]"));
	for (const struct verb *v = verbs; v->name; v++) {
		snprintf(left, sizeof left, "%s%s%s", v->name, v->second ? " " : "",
			 v->second ? v->second : "");
		fprintf(to, "  %-18s %s\n", left, _(v->summary));
	}
	fprintf(to, "\n%s\n",
		_("`tdv VERB --help` says more. A first session: init, up, registry import, officers enrol, "
		  "submit."));
}

static bool find_program_folder(struct site *site)
{
	char path[sizeof site->program_folder];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	if (n <= 0)
		return false;
	path[n] = '\0';
	snprintf(site->program_folder, sizeof site->program_folder, "%s", dirname(path));
	return true;
}

// Options may stand before the verb: where the verb begins.
static int verb_at(int argc, char **argv)
{
	static const char *const with_value[] = { "--home", "--as", "--door", "--lang", NULL };

	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-')
			return i;
		for (const char *const *w = with_value; *w; w++)
			i += strcmp(argv[i], *w) == 0;
	}
	return argc;
}

static const struct verb *find_verb(int argc, char **argv, int at, int *words)
{
	for (const struct verb *v = verbs; v->name; v++) {
		if (strcmp(v->name, argv[at]) != 0)
			continue;
		if (!v->second || (at + 1 < argc && strcmp(v->second, argv[at + 1]) == 0)) {
			*words = v->second ? 2 : 1;
			return v;
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct site site = { 0 };
	const char *home = getenv("TDV_HOME");
	char called[64];
	int at = verb_at(argc, argv), words = 0;

	log_open("tdv", log_level_warn, 0);
	snprintf(site.home, sizeof site.home, "%s", home && *home ? home : "./tdv-site");
	if (!find_program_folder(&site))
		return exit_refused;
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "--lang") == 0)
			site.language = argv[i + 1];
	if (!language_set(site.language, site.program_folder)) {
		language_set(NULL, site.program_folder);
		complain(_("no such language: %s (vi or en)"), site.language);
		return exit_usage;
	}
	if (at >= argc) {
		bool help = false;
		for (int i = 1; i < argc; i++)
			help = help || strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0;
		print_usage(help ? stdout : stderr);
		return help ? exit_done : exit_usage;
	}
	if (strcmp(argv[at], "help") == 0) {
		print_usage(stdout);
		return exit_done;
	}
	const struct verb *v = find_verb(argc, argv, at, &words);
	if (!v) {
		complain(_("no such verb: %s; `tdv --help` shows them"), argv[at]);
		return exit_usage;
	}
	snprintf(called, sizeof called, "%s%s%s", v->name, v->second ? " " : "", v->second ? v->second : "");
	site.verb = called;
	// What stood before the verb comes after it.
	int count = 0;
	char **rest = calloc((size_t)argc + 1, sizeof *rest);
	if (!rest)
		return exit_refused;
	for (int i = at + words; i < argc; i++)
		rest[count++] = argv[i];
	for (int i = 1; i < at; i++)
		rest[count++] = argv[i];
	int status = v->run(&site, count, rest);
	free(rest);
	return status;
}
