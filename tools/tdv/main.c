// tdv: init, run and use a site.  The table of verbs is in verbs.c; what each of them does in a file by subject.
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/version.h"
#include "runtime/crash.h"
#include "verbs.h"

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

static bool asks_for(int argc, char **argv, const char *option)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], option) == 0)
			return true;
	return false;
}

static bool asks_for_help(int argc, char **argv)
{
	return asks_for(argc, argv, "--help") || asks_for(argc, argv, "-h");
}

// Options alone: --help, --version.
static int without_verb(int argc, char **argv)
{
	bool help = asks_for_help(argc, argv);

	if (!help && asks_for(argc, argv, "--version")) {
		puts("tdv " TDV_VERSION);
		return exit_done;
	}
	verbs_print(help ? stdout : stderr);
	return help ? exit_done : exit_usage;
}

// No verb at all, or the first word of several.
static int no_verb(int argc, char **argv, bool help)
{
	bool second = argc > 1 && argv[1][0] != '-', several = verbs_below(argv[0], NULL);

	help = help && several && !second;
	if (!several)
		complain(_("no such verb: %s; `tdv --help` shows them"), argv[0]);
	else if (second)
		complain(_("no such verb: %s %s; there are:"), argv[0], argv[1]);
	else if (!help)
		complain(_("%s alone is no verb; there are:"), argv[0]);
	verbs_below(argv[0], help ? stdout : stderr);
	return help ? exit_done : exit_usage;
}

// What stood before the verb comes after it.
static int run_verb(struct site *site, const struct verb *v, int argc, char **argv, int from, int before, bool help)
{
	static char asked[] = "--help";
	char **rest = calloc((size_t)argc + 2, sizeof *rest);
	int count = 0;

	if (!rest)
		return exit_refused;
	for (int i = from; i < argc; i++)
		rest[count++] = argv[i];
	for (int i = 1; i < before; i++)
		rest[count++] = argv[i];
	if (help)
		rest[count++] = asked;
	int status = v->run(site, count, rest);
	free(rest);
	return status;
}

int main(int argc, char **argv)
{
	struct site site = { 0 };
	const char *home = getenv("TDV_HOME");
	char called[verb_text_max];
	int at = verb_at(argc, argv), words = 0;

	log_open("tdv", log_level_warn, 0);
	crash_watch("tdv"); // `replay` and `audit` read files that may be damaged
	snprintf(site.home, sizeof site.home, "%s", home && *home ? home : "./tdv-site");
	if (!find_program_folder(&site))
		return exit_refused;
	const char *unknown = language_begin(argc, argv);
	if (unknown) {
		complain(_("no such language: %s (vi or en)"), unknown);
		return exit_usage;
	}
	if (at >= argc)
		return without_verb(argc, argv);
	int before = at;
	bool help = strcmp(argv[at], "help") == 0;
	if (help && (at + 1 == argc || argv[at + 1][0] == '-')) {
		if (at + 1 < argc && strcmp(argv[at + 1], "--json") == 0)
			verbs_print_json();
		else
			verbs_print(stdout);
		return exit_done;
	}
	at += help; // `tdv help VERB` is `tdv VERB --help`
	const struct verb *v = verb_of(argc - at, argv + at, called, &words);
	if (!v)
		return no_verb(argc - at, argv + at, help || asks_for_help(argc, argv));
	site.verb = called;
	return run_verb(&site, v, argc, argv, at + words, before, help);
}
