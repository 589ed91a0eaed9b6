// tdv-seed: writes a synthetic commune as files that `tdv` takes in.
#include "base/version.h"
#include "seed.h"
#include "common/language.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const help = N_(
	"Usage: tdv-seed --out DIR [--members N] [--organisations N] [--seed N] [--date YYYY-MM-DD]\n"
	"\n"
	"Writes a synthetic commune: organisations.csv, members.csv, officers.csv, lists/CELL-exchange.csv,\n"
	"lists/CELL-new.csv, photos/PROFILE.jpg, receipts/CELL.jpg (a signed hand-over sheet, scanned), and two\n"
	"files of deliberate mistakes.  The same options, the date among them, give the same bytes.\n"
	"\n"
	"  --out DIR          where it is written\n"
	"  --members N        members of the commune (6202)\n"
	"  --organisations N  organisations below it (134)\n"
	"  --seed N           another commune (1)\n"
	"  --date DATE        the day as of which it is described (today)\n"
	"  --lang vi|en       language\n"
	"  --help\n"
	"  --version\n");

struct options {
	const char *out;
	uint32_t members, organisations;
	uint64_t seed;
	int32_t today;
};

static void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void complain(const char *format, ...)
{
	va_list list;

	fputs("tdv-seed: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
}

static bool number(const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 10);
	bool is_one = *text >= '0' && *text <= '9' && !*end && *value >= least && *value <= most;
	if (!is_one)
		complain(_("%s: not a number from %llu to %llu"), text, (unsigned long long)least, (unsigned long long)most);
	return is_one;
}

static bool take_option(struct options *o, int option, const char *value)
{
	uint64_t n = 0;
	bool ok = true;

	switch (option) {
	case 'o':
		o->out = value;
		break;
	case 'm':
		ok = number(value, 1, 99999, &n);
		o->members = (uint32_t)n;
		break;
	case 'g':
		ok = number(value, 3, 2000, &n);
		o->organisations = (uint32_t)n;
		break;
	case 's':
		ok = number(value, 0, UINT32_MAX, &o->seed);
		break;
	case 'd':
		ok = date_parse(value, &o->today);
		if (!ok)
			complain(_("%s: not a date such as 2026-01-31"), value);
		break;
	case 'l': // language_begin has read it
		break;
	case 'h':
		fputs(_(help), stdout);
		exit(0);
	case 'v':
		puts("tdv-seed " TDV_VERSION);
		exit(0);
	}
	return ok;
}

// Says what is wrong.
static bool parse_argv(int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "out", required_argument, NULL, 'o' },
		{ "members", required_argument, NULL, 'm' },
		{ "organisations", required_argument, NULL, 'g' },
		{ "seed", required_argument, NULL, 's' },
		{ "date", required_argument, NULL, 'd' },
		{ "lang", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == '?' || option == ':') {
			complain(option == ':' ? _("%s needs a value; see --help") : _("no such option: %s; see --help"),
				 argv[optind - 1]);
			return false;
		}
		if (!take_option(o, option, optarg))
			return false;
	}
	if (optind < argc)
		complain(_("what is \"%s\"? see --help"), argv[optind]);
	else if (!o->out)
		complain("%s", _("it needs --out DIR, the folder to write into; see --help"));
	return o->out && optind == argc;
}

// One in five hundred is in temporary activity: another cell asks for their card (domain.md D4).
static void send_away(struct seed *s, struct chance *c)
{
	for (size_t i = 7; i < s->count; i += 500) {
		struct person *p = &s->persons[i];
		const struct unit *to = &s->tree.units[chance_below(c, (uint32_t)s->tree.count)];
		if (!person_in_standing(p, s->today) || !to->has_members || to->code == p->home)
			continue;
		p->status = member_status_temp_activity;
		p->status_date = s->today - chance_between(c, 5, 60);
		p->present = to->code;
	}
}

static bool make_persons(struct seed *s, uint32_t members)
{
	struct chance c;

	s->persons = calloc(members, sizeof *s->persons);
	if (!s->persons)
		return false;
	s->count = members;
	chance_init(&c, s->seed, 3);
	for (size_t i = 0; i < s->tree.count; i++) {
		const struct unit *u = &s->tree.units[i];
		for (uint32_t k = 0; k < u->members; k++)
			person_make(&s->persons[u->first + k], &c, s->seed, u->first + k, u, s->today);
	}
	send_away(s, &c);
	return true;
}

int main(int argc, char **argv)
{
	struct options o = {
		.members = 6202, .organisations = 134, .seed = 1, .today = date_of_instant(clock_wall_ms())
	};

	const char *unknown = language_begin(argc, argv);

	if (unknown)
		complain(_("no such language: %s (vi or en)"), unknown);
	if (unknown || !parse_argv(argc, argv, &o))
		return 2;
	struct seed seed = { .seed = o.seed, .today = o.today, .out = o.out };
	bool ok = tree_make(&seed.tree, o.seed, o.organisations, o.members) &&
		  make_persons(&seed, o.members) && files_write(&seed);
	if (ok)
		printf(_("%zu members in %u organisations, %zu with those above: %s\n"), seed.count,
		       o.organisations, seed.tree.count, o.out);
	else
		complain("%s", _("not everything was written"));
	free(seed.persons);
	tree_deinit(&seed.tree);
	return ok ? 0 : 1;
}
