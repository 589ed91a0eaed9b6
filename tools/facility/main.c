#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/version.h"
#include "base/when.h"
#include "facility.h"
#include "common/door_words.h"
#include "common/language.h"

#define poll_ms 100      // between two looks into the mailbox
#define outcome_ms 5     // the same for the outcome of an act that is under way
#define priority_most 9
#define patience_ms 120000 // --once: with orders open and nothing moving

static volatile sig_atomic_t stopped;

static void on_stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static const char *const help = N_(
	"Usage: tdv-facility (--home DIR | --endpoint ENDPOINT) (--as LOGIN | --key FILE) --spool DIR [options]\n"
	"\n"
	"A print facility: takes print orders from the door, prints, reports, packs and ships.\n"
	"\n"
	"  --home DIR            a site on this machine\n"
	"  --endpoint ENDPOINT   a site elsewhere, e.g. tcp://host:4600\n"
	"  --as LOGIN            officer LOGIN of the home: key and organisation from DIR/keys/officers\n"
	"  --key FILE            private key (PEM) of the facility's officer\n"
	"  --organisation CODE   the facility's code\n"
	"  --spool DIR           where its work is kept; one facility at a time\n"
	"  --once[=MS]           end when every order is shipped and no letter came for MS (1000) milliseconds\n"
	"  --spoil PERMILLE      let that many cards fail the quality check\n"
	"  --refuse PERMILLE     refuse that many records\n"
	"  --waste PERMILLE      find a bad blank before that many cards, and report it\n"
	"  --seed N              which ones\n"
	"  --cards N             go home after N cards, whatever is still to be made\n"
	"  --terminal N          number of this terminal (90)\n"
	"  --keep                keep the personal data of orders that were shipped\n"
	"  --json                progress as JSON, a line an event\n"
	"  --lang vi|en          language\n"
	"  --help\n"
	"  --version\n"
	"\n"
	"Exit status: 0 done, or stopped by SIGTERM; 1 refused or failed; 2 usage.\n");

struct arguments {
	struct facility_options options;
	const char *home, *endpoint, *key, *login;
	uint32_t terminal;
	bool once;
	int64_t quiet_ms;
};

static const struct option longopts[] = {
	{ "home", required_argument, NULL, 'h' },     { "endpoint", required_argument, NULL, 'e' },
	{ "as", required_argument, NULL, 'a' },	      { "key", required_argument, NULL, 'k' },
	{ "organisation", required_argument, NULL, 'o' }, { "spool", required_argument, NULL, 's' },
	{ "once", optional_argument, NULL, '1' },     { "spoil", required_argument, NULL, 'b' },
	{ "waste", required_argument, NULL, 'w' },
	{ "refuse", required_argument, NULL, 'r' },   { "seed", required_argument, NULL, 'n' },
	{ "cards", required_argument, NULL, 'c' },
	{ "terminal", required_argument, NULL, 't' }, { "keep", no_argument, NULL, 'K' },
	{ "json", no_argument, NULL, 'j' },	      { "help", no_argument, NULL, '?' + 128 },
	{ "version", no_argument, NULL, 'v' },
	{ "lang", required_argument, NULL, 'l' }, // language_begin has read it
	{ 0 },
};

static bool number_in(const char *text, uint64_t max, uint64_t *number)
{
	char *rest;

	errno = 0;
	*number = strtoull(text, &rest, 10);
	return errno == 0 && rest != text && *rest == 0 && text[0] != '-' && *number <= max;
}

static bool take_option(struct arguments *a, int option, const char *value)
{
	uint64_t n = 0;
	bool ok = true;

	switch (option) {
	case 'h':
		a->home = value;
		break;
	case 'e':
		a->endpoint = value;
		break;
	case 'a':
		a->login = value;
		break;
	case 'k':
		a->key = value;
		break;
	case 's':
		a->options.spool = value;
		break;
	case 'o':
		ok = number_in(value, 999999999999, &a->options.organisation);
		break;
	case '1':
		a->once = true;
		ok = !value || number_in(value, 3600000, &n);
		a->quiet_ms = value ? (int64_t)n : 1000;
		break;
	case 'b':
		ok = number_in(value, 1000, &n);
		a->options.spoil_permille = (uint32_t)n;
		break;
	case 'w':
		ok = number_in(value, 1000, &n);
		a->options.waste_permille = (uint32_t)n;
		break;
	case 'r':
		ok = number_in(value, 1000, &n);
		a->options.refuse_permille = (uint32_t)n;
		break;
	case 'n':
		ok = number_in(value, UINT64_MAX, &a->options.seed);
		break;
	case 'c':
		ok = number_in(value, UINT64_MAX, &a->options.cards_most);
		break;
	case 't':
		ok = number_in(value, UINT32_MAX, &n);
		a->terminal = (uint32_t)n;
		break;
	case 'K':
		a->options.keep = true;
		break;
	case 'j':
		a->options.json = true;
		break;
	case 'l':
		break;
	default:
		return false;
	}
	if (!ok)
		complain(_("%s: not a number in range"), value);
	return ok;
}

// 0: go on; else the exit status + 1.
static int parse(int argc, char **argv, struct arguments *a)
{
	int option;

	a->terminal = 90;
	while ((option = getopt_long(argc, argv, ":", longopts, NULL)) != -1) {
		if (option == '?' + 128) {
			fputs(_(help), stdout);
			return 1;
		}
		if (option == '?' || option == ':') {
			complain(option == ':' ? _("%s needs a value; see --help") : _("no such option: %s; see --help"),
				 argv[optind - 1]);
			return 3;
		}
		if (option == 'v') {
			puts("tdv-facility " TDV_VERSION);
			return 1;
		}
		if (!take_option(a, option, optarg))
			return 3;
	}
	if (optind < argc || !a->home == !a->endpoint || !a->login == !a->key || (a->login && !a->home) || !a->options.spool ||
	    (a->key && a->options.organisation == 0)) {
		complain("%s", _("it needs --home or --endpoint, --as (with --home) or --key with --organisation, and --spool; see --help"));
		return 3;
	}
	return 0;
}

// Key and organisation of --as.
static bool read_login(struct arguments *a, char key[PATH_MAX])
{
	char path[PATH_MAX];

	if (!a->login)
		return true;
	snprintf(key, PATH_MAX, "%s/keys/officers/%s.pem", a->home, a->login);
	a->key = key;
	if (a->options.organisation != 0)
		return true;
	snprintf(path, sizeof path, "%s/keys/officers/%s.json", a->home, a->login);
	json_t *officer = json_load_file(path, 0, NULL);
	const char *role = json_string_value(json_object_get(officer, "role"));
	bool prints = role && strcmp(role, codec_value_name(&role_values, role_print_facility)) == 0;
	a->options.organisation = prints ? (uint64_t)json_integer_value(json_object_get(officer, "organisation")) : 0;
	if (!officer)
		complain(_("%s has no key of an officer \"%s\""), a->home, a->login);
	else if (!prints)
		complain(_("%s is no officer of a print facility"), a->login);
	else if (a->options.organisation == 0)
		complain(_("%s does not say for whom %s acts"), path, a->login);
	json_decref(officer);
	return a->options.organisation != 0;
}

// The open orders of one priority, oldest first.
static enum error orders_work(struct facility *f, uint8_t priority, bool *progress, bool *more)
{
	enum error e = error_none;

	for (struct order *order = f->orders, *next; order && !stopped; order = next) {
		next = order->next;
		if (order->priority != priority)
			continue;
		e = order->held ? error_none : press_cards(f, order, progress);
		bool pressed = order->held || press_closed(f) || order->at[record_step_accepted] == 0;
		*more |= !pressed;
		if (e == error_none && (pressed || order->at[record_step_decided] > 0))
			e = office_work(f, order, progress);
		if (e != error_none)
			return e;
	}
	return e;
}

static enum error round_of_work(struct facility *f, bool *progress)
{
	static int64_t looked_ms;
	bool more = clock_boot_ms() >= looked_ms + poll_ms;
	enum error e;

	while (more && !stopped) { // all letters first, so that acts are few and large
		more = false;
		e = letters_take(f, &more);
		looked_ms = clock_boot_ms();
		*progress |= more;
		if (e != error_none)
			return e;
	}
	for (uint8_t priority = priority_most; priority > 0 && !stopped; priority--) {
		more = false; // cards of this priority: the next has to wait for the press
		e = orders_work(f, priority, progress, &more);
		if (e != error_none || more)
			return e;
	}
	return error_none;
}

// An order that is held waits for the board, not for us; and tomorrow is another day.
static bool something_open(const struct facility *f)
{
	if (press_closed(f))
		return false;
	for (const struct order *order = f->orders; order; order = order->next)
		if (!order->held)
			return true;
	return false;
}

// Until it is stopped, done (--once) or refused.
static enum error work(struct facility *f, const struct arguments *a)
{
	int64_t moved_ms = clock_boot_ms();

	while (!stopped) {
		bool progress = false;
		enum error e = round_of_work(f, &progress);
		int64_t still_ms = clock_boot_ms() - moved_ms;
		if (e != error_none && e != error_pending)
			return e;
		if (progress) {
			moved_ms = clock_boot_ms();
			continue;
		}
		if (a->once && e == error_none && !something_open(f) && still_ms >= a->quiet_ms)
			return error_none;
		if (a->once && still_ms >= patience_ms)
			return error_pending;
		nanosleep(&(struct timespec){ 0, (office_waits(f) ? outcome_ms : poll_ms) * 1000000L }, NULL);
	}
	return error_none;
}

static void say_end(const struct facility *f, enum error e)
{
	const char *fault = f->terminal ? door_fault(f->terminal) : "";

	if (!fault[0])
		fault = fetch_fault();
	if (e == error_pending)
		complain(_("nothing has moved for %d seconds, and orders are open"), patience_ms / 1000);
	else if (e != error_none)
		complain("%s%s%s", language_error(e), fault[0] ? ": " : "", fault);
	say(f, "end", NULL, "orders done", f->orders_done, "good", f->cards_good, "spoiled", f->cards_spoiled, NULL);
}

static bool take_spool(struct facility *f)
{
	enum error e = spool_open(f);

	if (e == error_busy)
		complain(_("%s: another tdv-facility works in it"), f->options.spool);
	else if (e != error_none)
		complain(_("%s: this is not a folder to write to, or what lies in it is not a spool (%s)"), f->options.spool,
			 language_error(e));
	return e == error_none;
}

int main(int argc, char **argv)
{
	static struct facility f;
	struct arguments a = { 0 };
	char key[PATH_MAX], sequence[PATH_MAX];
	struct sigaction stop = { .sa_handler = on_stop };
	const char *unknown = language_begin(argc, argv);
	int status;

	opterr = 0; // parse says what is wrong, in words of ours
	if (unknown) {
		complain(_("no such language: %s (vi or en)"), unknown);
		return 2;
	}
	status = parse(argc, argv, &a);
	if (status != 0)
		return status - 1;
	if (!read_login(&a, key))
		return EXIT_FAILURE;
	log_open("facility", log_level_warn, 0);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	f.options = a.options;
	if (!take_spool(&f))
		return EXIT_FAILURE;
	snprintf(sequence, sizeof sequence, "%s/sequence", a.options.spool);
	f.line = (struct terminal_options){ .home = a.home, .endpoint = a.endpoint, .key_path = a.key,
					    .organisation = a.options.organisation, .terminal = a.terminal };
	struct terminal_options acting = f.line;
	acting.sequence_path = sequence;
	enum error e = terminal_open(&f.terminal, &acting);
	if (e == error_none)
		e = work(&f, &a);
	say_end(&f, e);
	spool_close(&f);
	fetch_close();
	terminal_close(f.terminal);
	return e == error_none ? EXIT_SUCCESS : EXIT_FAILURE;
}
