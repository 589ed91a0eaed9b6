// tdv-simulate: the whole site in one process under a seeded scheduler.  A seed is a test: its story is told once calmly and
// once under faults; both have to come to the same end, with a clean audit and equal replays.  The same seed does the same again.

#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "simulator/judge.h"
#include "simulator/races.h"
#include "simulator/story.h"

static const char usage[] =
	"usage: tdv-simulate [--seeds N] [--seed N] [--pairs | --midway] [--verbose]\n"
	"  --seeds N   seeds 1 to N (50)\n"
	"  --seed N    only that one\n"
	"  --pairs     another story: everything that can strike, at every state and place of schemas/races.table\n"
	"  --midway    the same while they are on the way from one to the next\n"
	"  --verbose   the transcript of each run\n";

#define tail_lines 60 // of the transcript of a seed that failed

struct telling {
	struct buffer transcript, outcome;
	struct site_figures figures;
	size_t cards;
	bool pairs[races_max]; // of races.table, that were brought about and compared
	bool good;
};

// What a seed's process reports.
struct tally {
	struct site_figures figures;
	bool pairs[races_max];
};

static bool pairs_only, midway_only;

static struct telling *telling_now;
static struct site *site_now;

static bool until_quiet(struct site *site)
{
	site_calm_down(site);
	for (unsigned round = 0; round < 20000; round++) {
		if (!site_round(site))
			return false;
		if (round % 8 == 7 && site_is_quiet(site))
			return true;
	}
	site_say(site, "FAILED  does not come to rest");
	return false;
}

static bool audited(struct site *site)
{
	return judge_audit(site, false);
}

static void tell(uint64_t seed, bool calm, struct telling *telling)
{
	static struct story story;
	struct site *site = site_new(seed, calm, &telling->transcript);
	telling_now = telling;
	site_now = site;
	telling->good = (midway_only ? story_tell_midway : pairs_only ? story_tell_pairs : story_tell)(
				&story, site, seed, calm ? NULL : audited, &telling->transcript) &&
			until_quiet(site);
	memcpy(telling->pairs, story.pairs, sizeof telling->pairs);
	if (telling->good) {
		telling->good = judge_audit(site, true);
		story_outcomes(&story, &telling->outcome);
		judge_outcome(&story, &telling->outcome);
		if (story.timing_decides)
			buffer_clear(&telling->outcome);
		telling->cards = story.cards_handed_over;
	}
	if (telling->good && site_stop(site))
		telling->good = judge_replay(site);
	telling->figures = *site_figures(site);
	story_deinit(&story);
	site_free(site);
	site_now = NULL;
}

static void telling_deinit(struct telling *telling)
{
	buffer_deinit(&telling->transcript);
	buffer_deinit(&telling->outcome);
}

// ---- what is told of it ----

// NOLINTBEGIN(bugprone-signal-handler): on_abort runs where abort() was called
static void tail_print(const struct buffer *text)
{
	size_t from = text->size;
	for (unsigned lines = 0; from > 0 && lines <= tail_lines; from--)
		lines += text->data[from - 1] == '\n';
	printf("%.*s", (int)(text->size - from), (const char *)text->data + from);
}

// The first lines at which two outcomes differ.
static void difference_print(const struct buffer *calm, const struct buffer *rough)
{
	const char *a = (const char *)calm->data, *b = (const char *)rough->data;
	const char *a_end = a + calm->size, *b_end = b + rough->size;
	while (a < a_end && b < b_end) {
		size_t a_line = (size_t)((const char *)memchr(a, '\n', (size_t)(a_end - a)) - a) + 1;
		size_t b_line = (size_t)((const char *)memchr(b, '\n', (size_t)(b_end - b)) - b) + 1;
		if (a_line != b_line || memcmp(a, b, a_line) != 0) {
			printf("  calm:   %.*s  rough:  %.*s", (int)a_line, a, (int)b_line, b);
			return;
		}
		a += a_line;
		b += b_line;
	}
	printf("  one outcome is longer\n");
}

static bool seed_run(uint64_t seed, bool verbose, struct tally *tally)
{
	struct telling calm = { 0 }, rough = { 0 };
	tell(seed, true, &calm);
	if (calm.good)
		tell(seed, false, &rough);
	bool same = bytes_equal(buffer_bytes(&calm.outcome), buffer_bytes(&rough.outcome));
	bool good = calm.good && rough.good && same;
	const struct site_figures *f = &rough.figures;
	printf("%s seed %" PRIu64 ": %zu cards, %" PRIu64 " turns, %" PRIu64 " crashes, %" PRIu64 " frames (%" PRIu64
	       " lost, %" PRIu64 " doubled)\n",
	       good ? "ok" : "not ok", seed, calm.cards, f->turns, f->crashes, f->frames, f->frames_lost, f->frames_doubled);
	const struct telling *shown = calm.good ? &rough : &calm;
	if (verbose)
		printf("%.*s", (int)shown->transcript.size, (const char *)shown->transcript.data);
	else if (!good)
		tail_print(&shown->transcript);
	if (calm.good && rough.good && !same)
		difference_print(&calm.outcome, &rough.outcome);
	if (!good)
		printf("the %s run of seed %" PRIu64 " failed; again: tdv-simulate --seed %" PRIu64 " --verbose\n",
		       calm.good ? "rough" : "calm", seed, seed);
	tally->figures = (struct site_figures){ .turns = f->turns + calm.figures.turns, .crashes = f->crashes,
						.frames = f->frames + calm.figures.frames };
	memcpy(tally->pairs, rough.pairs, sizeof tally->pairs);
	telling_deinit(&calm);
	telling_deinit(&rough);
	fflush(stdout);
	return good;
}

// A bug of ours ends the process (ensure, on this thread and outside of malloc): tell where the story was.
static void on_abort(int signal)
{
	(void)signal;
	fflush(stdout);
	if (telling_now)
		tail_print(&telling_now->transcript);
	fflush(stdout);
	if (site_now)
		site_remove(site_now);
	_exit(3);
}
// NOLINTEND(bugprone-signal-handler)

// Each seed in a process of its own, so that one that dies does not take the others with it.
static bool seed_run_apart(uint64_t seed, bool verbose, struct tally *total)
{
	int ends[2], status;
	struct tally tally = { 0 };
	fflush(stdout);
	if (pipe(ends) != 0)
		return false;
	pid_t child = fork();
	if (child == 0) {
		signal(SIGABRT, on_abort);
		bool good = seed_run(seed, verbose, &tally);
		_exit(write(ends[1], &tally, sizeof tally) == sizeof tally && good ? 0 : 1);
	}
	close(ends[1]);
	bool told = child > 0 && read(ends[0], &tally, sizeof tally) == sizeof tally;
	close(ends[0]);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return false;
	if (!told)
		printf("not ok seed %" PRIu64 ": the process died; again: tdv-simulate --seed %" PRIu64 " --verbose\n", seed, seed);
	total->figures.turns += tally.figures.turns;
	total->figures.crashes += tally.figures.crashes;
	total->figures.frames += tally.figures.frames;
	for (size_t i = 0; i < races_max; i++)
		total->pairs[i] |= tally.pairs[i];
	return told && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// False: a pair was never brought about, though all should have been.
static bool pairs_print(const struct tally *total, bool all_wanted)
{
	char why[300];
	size_t generated = 0;
	if (!races_read("schemas/races.table", why, sizeof why)) {
		printf("%s\n", why);
		return false;
	}
	for (size_t i = 0; i < races_count(); i++)
		generated += total->pairs[i];
	printf("pairs generated: %zu of %zu\n", generated, races_count());
	for (size_t i = 0, shown = 0; all_wanted && i < races_count() && shown < 10; i++)
		if (!total->pairs[i])
			shown += printf("never generated: %s\n", race_at(i)->said) > 0;
	return generated == races_count() || !all_wanted;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seeds", required_argument, NULL, 'n' }, { "seed", required_argument, NULL, 's' },
		{ "verbose", no_argument, NULL, 'v' },	   { "help", no_argument, NULL, 'h' },
		{ "pairs", no_argument, NULL, 'p' },	   { "midway", no_argument, NULL, 'm' },
		{ NULL, 0, NULL, 0 },
	};
	uint64_t from = 1, to = 50;
	bool verbose = false;
	int option;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'n') {
			to = strtoull(optarg, NULL, 10);
		} else if (option == 's') {
			from = to = strtoull(optarg, NULL, 10);
		} else if (option == 'v') {
			verbose = true;
		} else if (option == 'p') {
			pairs_only = true;
		} else if (option == 'm') {
			midway_only = true;
		} else {
			fputs(usage, option == 'h' ? stdout : stderr);
			return option == 'h' ? 0 : 2;
		}
	}
	log_open("simulate", log_level_fatal, 0);
	struct tally total = { 0 };
	unsigned passed = 0, failed = 0;
	struct timespec begin, end;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (uint64_t seed = from; seed <= to; seed++)
		seed_run_apart(seed, verbose, &total) ? passed++ : failed++;
	clock_gettime(CLOCK_MONOTONIC, &end);
	double seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
	printf("%.1f s, %.0f turns and %.0f frames a second, %" PRIu64 " crashes\n", seconds, (double)total.figures.turns / seconds,
	       (double)total.figures.frames / seconds, total.figures.crashes);
	// Each seed plays one stand: so many in a row play all.
	if (!pairs_print(&total, pairs_only || (!midway_only && to - from + 1 >= stand_count)))
		failed++;
	printf("%u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
