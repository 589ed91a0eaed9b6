#include "runtime/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"

#define crashes_most 5
#define deadly_effects_most 8 // of attempt_suspects_max: they stay, and inputs need places too
#define attempt_magic UINT64_C(0x7464762d74727932) // "tdv-try2"

// The order of these writes is what the next start relies on.
#define barrier() __atomic_signal_fence(__ATOMIC_SEQ_CST)

static enum error map_file(struct attempt *a, const char *folder)
{
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof path, "%s/attempt", folder) >= sizeof path)
		return error_io;
	a->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (a->fd < 0)
		return error_from_errno(errno);
	int errnum =
		posix_fallocate(a->fd, 0, sizeof *a->page); // a hole could not be filled on a full disk: SIGBUS
	if (errnum)
		return error_from_errno(errnum);
	void *page = mmap(NULL, sizeof *a->page, PROT_READ | PROT_WRITE, MAP_SHARED, a->fd, 0);
	if (page == MAP_FAILED)
		return error_from_errno(errno);
	a->page = page;
	return error_none;
}

static void look_for_suspects(struct attempt *a)
{
	a->suspects = false;
	for (size_t i = 0; i < attempt_suspects_max; i++)
		a->suspects |= a->page->suspects[i].input.kind != 0;
}

enum error attempt_open(struct attempt *a, const char *folder)
{
	*a = (struct attempt){ .fd = -1 };
	enum error e = map_file(a, folder);
	if (e) {
		attempt_close(a);
		return e;
	}
	if (a->page->magic != attempt_magic) {
		memset(a->page, 0, sizeof *a->page);
		a->page->magic = attempt_magic;
	}
	for (size_t i = 0; i < attempt_suspects_max; i++)
		a->page->suspects[i].handled = false;
	look_for_suspects(a);
	a->performing = a->page->phase == attempt_phase_performing;
	a->interrupted = a->page->phase != attempt_phase_idle && !a->performing;
	a->interrupted_turn = a->page->turn;
	return error_none;
}

static bool same(const struct attempt_input *a, const struct attempt_input *b)
{
	return a->kind == b->kind && a->source == b->source && a->number == b->number;
}

// Asked for each input, and most of the time there is none.
static struct attempt_suspect *suspect_of(const struct attempt *a, const struct attempt_input *input)
{
	if (!a->suspects)
		return NULL;
	for (struct attempt_suspect *s = a->page->suspects; s < a->page->suspects + attempt_suspects_max; s++)
		if (s->input.kind && same(&s->input, input))
			return s;
	return NULL;
}

// Where the input stands, else who gives way: of those with the fewest strikes, none at best, the one blamed longest ago.
static size_t place_of(const struct attempt *a, const struct attempt_input *input)
{
	const struct attempt_suspect *all = a->page->suspects, *known = suspect_of(a, input);
	size_t place = 0;

	if (known)
		return (size_t)(known - all);
	for (size_t i = 1; i < attempt_suspects_max; i++)
		if (all[i].strikes <= all[place].strikes)
			place = i;
	return place;
}

void attempt_blame(struct attempt *a)
{
	struct attempt_page *p = a->page;

	if ((p->phase != attempt_phase_handling && p->phase != attempt_phase_performing) || !p->input.kind)
		return;
	size_t place = place_of(a, &p->input);
	struct attempt_suspect latest = { .input = p->input, .strikes = attempt_strikes(a, &p->input) + 1 };
	memmove(p->suspects + 1, p->suspects, place * sizeof latest);
	p->suspects[0] = latest;
	a->suspects = true;
	if (p->crashes) // this one has an end: it comes to be set aside
		p->crashes--;
	barrier();
	p->phase = attempt_phase_idle;
}

void attempt_blame_nobody(struct attempt *a)
{
	if (a->page->phase == attempt_phase_handling)
		a->page->phase = attempt_phase_committing;
	else if (a->page->phase == attempt_phase_performing)
		a->page->phase = attempt_phase_idle;
	barrier();
}

static void blame_nobody(void *attempt)
{
	attempt_blame_nobody(attempt);
}

void attempt_close(struct attempt *a)
{
	memory_ended_calls(NULL, NULL);
	if (a->page)
		munmap(a->page, sizeof *a->page);
	if (a->fd >= 0)
		close(a->fd);
	*a = (struct attempt){ .fd = -1 };
}

static void note_handled(struct attempt *a, const struct attempt_input *input)
{
	struct attempt_suspect *s = suspect_of(a, input);

	if (s)
		s->handled = a->handled = true;
}

void attempt_begin(struct attempt *a, uint64_t turn)
{
	a->page->input = (struct attempt_input){ 0 };
	a->page->turn = turn;
	barrier();
	a->page->phase = attempt_phase_committing;
	barrier();
	memory_ended_calls(blame_nobody, a);
}

void attempt_handle(struct attempt *a, const struct attempt_input *input)
{
	a->page->phase = attempt_phase_committing;
	barrier();
	a->page->input = *input;
	barrier();
	a->page->phase = attempt_phase_handling;
	barrier();
	note_handled(a, input);
}

void attempt_perform(struct attempt *a, const struct attempt_input *effect)
{
	a->page->input = *effect;
	barrier();
	a->page->phase = attempt_phase_performing;
	barrier();
	memory_ended_calls(blame_nobody, a);
	note_handled(a, effect);
}

void attempt_commit(struct attempt *a)
{
	a->page->phase = attempt_phase_committing;
	barrier();
}

void attempt_end(struct attempt *a)
{
	barrier();
	a->page->phase = attempt_phase_idle;
	if (!a->handled)
		return;
	for (struct attempt_suspect *s = a->page->suspects; s < a->page->suspects + attempt_suspects_max; s++)
		if (s->handled) // and survived
			*s = (struct attempt_suspect){ 0 };
	a->handled = false;
	look_for_suspects(a);
}

void attempt_went_on(struct attempt *a)
{
	a->page->crashes = 0;
}

bool attempt_is_hopeless(const struct attempt *a)
{
	return a->page->crashes >= crashes_most;
}

uint32_t attempt_strikes(const struct attempt *a, const struct attempt_input *input)
{
	const struct attempt_suspect *s = suspect_of(a, input);

	return s ? s->strikes : 0;
}

static size_t deadly_effects(const struct attempt_page *page, uint32_t strikes)
{
	size_t n = 0;

	for (size_t i = 0; i < attempt_suspects_max; i++)
		n += page->suspects[i].input.kind == attempt_effect && page->suspects[i].strikes >= strikes;
	return n;
}

bool attempt_is_deadly(const struct attempt *a, const struct attempt_input *effect, uint32_t strikes)
{
	return attempt_strikes(a, effect) >= strikes || deadly_effects(a->page, strikes) >= deadly_effects_most;
}

size_t attempt_effects_aside(const char *folder)
{
	struct attempt_page page = { 0 };
	char path[PATH_MAX];
	size_t n = 0;

	snprintf(path, sizeof path, "%s/attempt", folder);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, &page, sizeof page) == (ssize_t)sizeof page && page.magic == attempt_magic)
		n = deadly_effects(&page, attempt_strikes_most);
	close(fd);
	return n;
}
