// tdv-simulate: the whole site in one process under a seeded scheduler.  A seed is a storm over a world; the world's story is
// told once calmly and once in each storm, and both have to come to the same end, with a clean audit and equal replays.
// The same seed does the same again.  What goes wrong in a storm is listed in weather.h.

#include <getopt.h>
#include <inttypes.h>
#include <malloc.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/fault.h"
#include "base/log.h"
#include "simulator/races.h"
#include "simulator/telling.h"

static const char usage[] =
	"usage: tdv-simulate [--seeds N] [--seed N] [--jobs N] [--pairs | --midway] [--verbose]\n"
	"  --seeds N   seeds 1 to N (50)\n"
	"  --seed N    only that one\n"
	"  --jobs N    so many at a time (one for each processor)\n"
	"  --twice N   tells every N-th seed twice, which must be the same (25; 0: none)\n"
	"  --pairs     another story: everything that can strike, at every state and place of schemas/races.table\n"
	"  --midway    the same while they are on the way from one to the next\n"
	"  --verbose   the transcript of each run\n"
#ifdef TDV_FAULTS
	"  --fault F   with this deliberate fault; until the first seed that finds it\n"
	"  --faults    the faults that there are\n"
#endif
	;

#define storms_of_world 5 // so many seeds share a world, and its calm run

#ifdef TDV_FAULTS
enum fault fault_chosen;
#endif

// What a seed came to, where the process that ran it leaves it for the one that adds up.
struct result {
	struct site_figures figures;
	uint64_t entries;
	char folder[64];      // of the run under way, so that it can be removed when the process dies
	char finding[160];    // the first thing that was wrong
	bool pairs[races_max]; // of races.table, that were brought about and compared
	bool told, good;
};

static struct {
	uint64_t from, to;
	unsigned jobs, twice_every;
	bool verbose, until_failure;
	enum telling_story story;
} options = { .from = 1, .to = 50, .twice_every = 25 };

static struct result *results; // of seed options.from + i; shared
static sem_t *printing;        // whole reports, one after the other
static const struct telling *telling_now;

// storm 0: calm.
static void run(uint64_t world, uint64_t storm, struct result *result, struct telling *telling)
{
	telling_now = telling;
	telling_tell(telling, options.story, world, storm, result->folder, sizeof result->folder);
	telling_now = NULL;
}

static uint64_t world_of(uint64_t seed)
{
	return (seed - 1) / storms_of_world + 1;
}

// ---- what is told of it ----

static uint64_t faults_of(const struct site_figures *f)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < injection_count; i++)
		sum += f->injected[i];
	return sum;
}

static void report(uint64_t seed, const struct telling *calm, const struct telling *rough, const char *why, struct buffer *out)
{
	const struct site_figures *f = &rough->figures;
	char digest[65];
	hex_encode(rough->digest.byte, 8, digest);
	buffer_printf(out, "%s seed %" PRIu64 ": %zu cards, %" PRIu64 " turns, %" PRIu64 " entries, %" PRIu64 " crashes, %" PRIu64
		      " faults; %s\n", why ? "not ok" : "ok", seed, calm->cards, f->turns, rough->entries, f->crashes,
		      faults_of(f), digest);
	const struct telling *shown = calm->good ? rough : calm;
	if (options.verbose)
		buffer_append(out, shown->transcript.data, shown->transcript.size);
	else if (why)
		telling_tail(&shown->transcript, out);
	if (calm->good && rough->good && why)
		telling_difference(&calm->outcome, &rough->outcome, out);
	if (why)
		buffer_printf(out, "seed %" PRIu64 ": %s; again: make simulate SEED=%" PRIu64 "\n", seed, why, seed);
}

// All of it at once: others report as well.
static void print_whole(const struct buffer *text)
{
	sem_wait(printing);
	fwrite(text->data, 1, text->size, stdout);
	fflush(stdout);
	sem_post(printing);
}

// A bug of ours ends the process (ensure, on this thread and outside of malloc): tell where the story was.
// NOLINTBEGIN(bugprone-signal-handler): it runs where abort() was called
static void on_abort(int signal)
{
	struct buffer out = { 0 };
	(void)signal;
	if (telling_now)
		telling_tail(&telling_now->transcript, &out);
	print_whole(&out);
	_exit(3);
}
// NOLINTEND(bugprone-signal-handler)

// ---- a seed ----

static const char *seed_judged(uint64_t seed, const struct telling *calm, struct telling *rough, struct result *result)
{
	uint64_t world = world_of(seed);
	if (!calm->good)
		return "the calm run failed";
	run(world, seed, result, rough);
	if (!rough->good)
		return "the rough run failed";
	if (!bytes_equal(buffer_bytes(&calm->outcome), buffer_bytes(&rough->outcome)))
		return "the rough run came to another end than the calm one";
	if (options.twice_every == 0 || seed % options.twice_every != 0)
		return NULL;
	struct telling again = { 0 };
	run(world, seed, result, &again);
	bool same = hash_equal(&again.digest, &rough->digest);
	telling_deinit(&again);
	return same ? NULL : "the same seed did not do the same again";
}

static void seed_run(uint64_t seed, const struct telling *calm, struct result *result)
{
	struct telling rough = { 0 };
	struct buffer out = { 0 };
	const char *why = seed_judged(seed, calm, &rough, result);
	report(seed, calm, &rough, why, &out);
	if (!options.until_failure)
		print_whole(&out);
	if (why)
		telling_finding(calm->good ? &rough.transcript : &calm->transcript, why, result->finding, sizeof result->finding);
	result->figures = rough.figures;
	result->entries = rough.entries;
	memcpy(result->pairs, rough.pairs, sizeof result->pairs);
	result->good = why == NULL;
	result->told = true;
	telling_deinit(&rough);
	buffer_deinit(&out);
}

// In a process of its own, so that one that dies does not take the others with it.
static pid_t apart(void)
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0)
		signal(SIGABRT, options.until_failure ? SIG_DFL : on_abort);
	return child;
}

static void wait_for_seed(uint64_t seed, pid_t child, struct result *result)
{
	struct buffer out = { 0 };
	int status;
	if (child > 0 && waitpid(child, &status, 0) == child && result->told)
		return;
	if (result->folder[0])
		site_remove(result->folder);
	snprintf(result->finding, sizeof result->finding, "the process died");
	buffer_printf(&out, "not ok seed %" PRIu64 ": the process died; again: make simulate SEED=%" PRIu64 "\n", seed, seed);
	if (!options.until_failure)
		print_whole(&out);
	buffer_deinit(&out);
}

// ---- a world, and its storms one after the other; in the last worlds side by side, so that no processor waits ----

static struct result *first_of_world(uint64_t world)
{
	uint64_t first = (world - 1) * storms_of_world + 1;
	return &results[(first < options.from ? options.from : first) - options.from];
}

static pid_t storm_begin(uint64_t seed, const struct telling *calm)
{
	pid_t child = apart();
	if (child == 0) {
		seed_run(seed, calm, &results[seed - options.from]);
		_exit(0);
	}
	return child;
}

static void world_run(uint64_t world)
{
	struct telling calm = { 0 };
	uint64_t first = (world - 1) * storms_of_world + 1, last = world * storms_of_world;
	first = first < options.from ? options.from : first;
	last = last > options.to ? options.to : last;
	bool is_late = !options.until_failure && world + options.jobs > world_of(options.to);
	uint64_t side_by_side = !is_late ? 1 : options.jobs < storms_of_world ? options.jobs : storms_of_world;
	run(world, 0, first_of_world(world), &calm);
	first_of_world(world)->figures = calm.figures;
	for (uint64_t seed = first; seed <= last; seed += side_by_side) {
		pid_t children[storms_of_world] = { 0 };
		uint64_t end = seed + side_by_side > last ? last + 1 : seed + side_by_side;
		for (uint64_t s = seed; s < end; s++)
			children[s - seed] = storm_begin(s, &calm);
		for (uint64_t s = seed; s < end; s++)
			wait_for_seed(s, children[s - seed], &results[s - options.from]);
		if (options.until_failure && !results[seed - options.from].good)
			break;
	}
	telling_deinit(&calm);
}

// Its calm run may have died.
static void world_ended(uint64_t world)
{
	struct result *first = first_of_world(world);
	if (first->folder[0])
		wait_for_seed((uint64_t)(first - results) + options.from, -1, first);
}

static bool world_failed(uint64_t world)
{
	const struct result *end = results + (options.to - options.from + 1);
	for (const struct result *r = first_of_world(world); r < end && world_of((uint64_t)(r - results) + options.from) == world; r++)
		if (!r->good)
			return true;
	return false;
}

static void worlds_run(void)
{
	uint64_t next = world_of(options.from), last = world_of(options.to);
	struct {
		pid_t pid;
		uint64_t world;
	} running[64] = { 0 };
	unsigned count = 0;
	bool enough = false;
	while (count > 0 || (next <= last && !enough)) {
		while (count < options.jobs && next <= last && !enough) {
			unsigned place = 0;
			while (running[place].pid)
				place++;
			pid_t child = apart();
			if (child == 0) {
				world_run(next);
				_exit(0);
			}
			ensure(child > 0);
			running[place].pid = child;
			running[place].world = next++;
			count++;
		}
		int status;
		pid_t ended = wait(&status);
		for (unsigned i = 0; i < options.jobs; i++)
			if (running[i].pid == ended) {
				running[i].pid = 0;
				count--;
				world_ended(running[i].world);
				enough |= options.until_failure && world_failed(running[i].world);
			}
	}
}

// ---- all of them ----

static void figures_add(struct site_figures *sum, const struct site_figures *f)
{
	sum->rounds += f->rounds;
	sum->turns += f->turns;
	sum->crashes += f->crashes;
	sum->frames += f->frames;
	for (size_t i = 0; i < injection_count; i++)
		sum->injected[i] += f->injected[i];
}

static void sum_print(const struct site_figures *sum, uint64_t entries, double seconds)
{
	printf("%.1f s; a second: %.0f entries, %.0f turns, %.0f frames\n", seconds, (double)entries / seconds,
	       (double)sum->turns / seconds, (double)sum->frames / seconds);
	printf("injected:");
	for (size_t i = 0; i < injection_count; i++)
		printf("%s %" PRIu64 " %s", i ? "," : "", sum->injected[i], injection_text((enum injection)i));
	printf("\n");
}

// False: a pair was never brought about, though all should have been.
static bool pairs_print(bool all_wanted)
{
	char why[300];
	size_t generated = 0, shown = 0;
	if (!races_read("schemas/races.table", why, sizeof why)) {
		printf("%s\n", why);
		return false;
	}
	for (size_t i = 0; i < races_count(); i++) {
		bool any = false;
		for (uint64_t seed = options.from; seed <= options.to; seed++)
			any |= results[seed - options.from].pairs[i];
		generated += any;
		if (all_wanted && !any && shown++ < 10)
			printf("never generated: %s\n", race_at(i)->said);
	}
	printf("pairs generated: %zu of %zu\n", generated, races_count());
	return generated == races_count() || !all_wanted;
}

// Each world plays one stand: so many in a row play all.
static bool pairs_complete(void)
{
	uint64_t worlds = world_of(options.to) - world_of(options.from) + 1;
	return pairs_print(options.story == telling_pairs || (options.story == telling_usual && worlds >= stand_count));
}

static void *shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ensure(memory != MAP_FAILED);
	return memory;
}

static int all_run(void)
{
	struct site_figures sum = { 0 };
	struct timespec begin, end;
	uint64_t entries = 0;
	unsigned passed = 0, failed = 0;
	uint64_t first_failed = 0;
	results = shared((options.to - options.from + 1) * sizeof *results);
	printing = shared(sizeof *printing);
	ensure(sem_init(printing, 1, 1) == 0);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	worlds_run();
	clock_gettime(CLOCK_MONOTONIC, &end);
	for (uint64_t seed = options.from; seed <= options.to; seed++) {
		const struct result *r = &results[seed - options.from];
		figures_add(&sum, &r->figures);
		entries += r->entries;
		r->good ? passed++ : failed++;
		first_failed = !r->good && first_failed == 0 ? seed : first_failed;
	}
	if (options.until_failure) {
		printf("%" PRIu64 " %s\n", first_failed, first_failed ? results[first_failed - options.from].finding : "");
		return first_failed == 0;
	}
	sum_print(&sum, entries, (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9);
	failed += !pairs_complete();
	printf("%u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}

// An audit takes and gives back some MiB, and page faults were most of what it cost.  What is kept for the next one lies in rooms
// that are too small for what LMDB takes of zeros (below): that is to come from the kernel.
static void rooms_make(void)
{
	static void *walls[16]; // never freed
	void *rooms[array_size(walls)];
	for (size_t i = 0; i < array_size(rooms); i++) {
		rooms[i] = malloc(900 << 10);
		walls[i] = malloc(2000);
		ensure(rooms[i] && walls[i]);
	}
	for (size_t i = 0; i < array_size(rooms); i++)
		free(rooms[i]);
}

// ---- options ----

#ifdef TDV_FAULTS
static const struct {
	const char *name, *what;
} faults[] = {
	{ "none", "nothing" },
#define FAULT(name, what) { #name, what },
	FAULTS(FAULT)
#undef FAULT
};

static void faults_list(void)
{
	for (size_t i = 1; i < array_size(faults); i++)
		printf("%s: %s\n", faults[i].name, faults[i].what);
}

static bool fault_choose(const char *name)
{
	for (size_t i = 0; i < array_size(faults); i++)
		if (strcmp(faults[i].name, name) == 0) {
			fault_chosen = (enum fault)i;
			options.until_failure = true;
			return true;
		}
	return false;
}
#else
static void faults_list(void)
{
}

static bool fault_choose(const char *name)
{
	(void)name;
	return false;
}
#endif

static const struct option long_options[] = {
	{ "seeds", required_argument, NULL, 'n' }, { "seed", required_argument, NULL, 's' }, { "jobs", required_argument, NULL, 'j' },
	{ "twice", required_argument, NULL, 't' }, { "verbose", no_argument, NULL, 'v' },    { "fault", required_argument, NULL, 'f' },
	{ "pairs", no_argument, NULL, 'p' },       { "midway", no_argument, NULL, 'm' },     { "faults", no_argument, NULL, 'l' },
	{ "help", no_argument, NULL, 'h' },        { NULL, 0, NULL, 0 },
};

// -1: go on; else the exit status.
static int parse_option(int option)
{
	switch (option) {
	case 'n':
		options.to = strtoull(optarg, NULL, 10);
		return -1;
	case 's':
		options.from = options.to = strtoull(optarg, NULL, 10);
		return -1;
	case 'j':
		options.jobs = (unsigned)strtoul(optarg, NULL, 10);
		return -1;
	case 't':
		options.twice_every = (unsigned)strtoul(optarg, NULL, 10);
		return -1;
	case 'v':
		options.verbose = true;
		return -1;
	case 'p':
		options.story = telling_pairs;
		return -1;
	case 'm':
		options.story = telling_midway;
		return -1;
	case 'f':
		return fault_choose(optarg) ? -1 : 2;
	case 'l':
		faults_list();
		return 0;
	case 'h':
		fputs(usage, stdout);
		return 0;
	default:
		fputs(usage, stderr);
		return 2;
	}
}

int main(int argc, char **argv)
{
	int option, status = -1;
	while (status < 0 && (option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		status = parse_option(option);
	if (status >= 0)
		return status;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	if (options.jobs == 0)
		options.jobs = processors > 0 ? (unsigned)processors : 1;
	options.jobs = options.jobs > 64 ? 64 : options.jobs;
	if (options.from == 0 || options.to < options.from) {
		fputs(usage, stderr);
		return 2;
	}
	log_open("simulate", log_level_fatal, 0);
	// LMDB takes 2 MiB of zeros whenever it opens an environment, and that is at every crash: from the kernel they cost nothing.
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	rooms_make();
	return all_run();
}
