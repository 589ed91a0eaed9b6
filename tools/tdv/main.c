// tdv: init, run and use a site.  The table of verbs is in verbs.c; what each of them does in a file by subject.
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
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
		verbs_print(help ? stdout : stderr);
		return help ? exit_done : exit_usage;
	}
	if (strcmp(argv[at], "help") == 0) {
		if (argc > at + 1 && strcmp(argv[at + 1], "--json") == 0)
			verbs_print_json();
		else
			verbs_print(stdout);
		return exit_done;
	}
	const struct verb *v = verb_of(argc - at, argv + at, called, &words);
	if (!v) {
		complain(_("no such verb: %s; `tdv --help` shows them"), argv[at]);
		return exit_usage;
	}
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
