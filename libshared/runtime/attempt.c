#include "runtime/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define crashes_most 5
#define attempt_magic UINT64_C(0x7464762d74727931) // "tdv-try1"

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
	a->performing = a->page->phase == attempt_phase_performing;
	a->interrupted = a->page->phase != attempt_phase_idle && !a->performing;
	a->interrupted_turn = a->page->turn;
	return error_none;
}

static bool same(const struct attempt_input *a, const struct attempt_input *b)
{
	return a->kind == b->kind && a->source == b->source && a->number == b->number;
}

void attempt_blame(struct attempt *a)
{
	struct attempt_page *p = a->page;

	if ((p->phase != attempt_phase_handling && p->phase != attempt_phase_performing) || !p->input.kind)
		return;
	p->strikes = same(&p->input, &p->suspect) ? p->strikes + 1 : 1;
	p->suspect = p->input;
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

void attempt_close(struct attempt *a)
{
	if (a->page)
		munmap(a->page, sizeof *a->page);
	if (a->fd >= 0)
		close(a->fd);
	*a = (struct attempt){ .fd = -1 };
}

void attempt_begin(struct attempt *a, uint64_t turn)
{
	a->page->input = (struct attempt_input){ 0 };
	a->page->turn = turn;
	barrier();
	a->page->phase = attempt_phase_committing;
	barrier();
}

void attempt_handle(struct attempt *a, const struct attempt_input *input)
{
	a->page->phase = attempt_phase_committing;
	barrier();
	a->page->input = *input;
	barrier();
	a->page->phase = attempt_phase_handling;
	barrier();
	a->suspect_handled |= same(&a->page->suspect, input);
}

void attempt_perform(struct attempt *a, const struct attempt_input *effect)
{
	a->page->input = *effect;
	barrier();
	a->page->phase = attempt_phase_performing;
	barrier();
	a->suspect_handled |= same(&a->page->suspect, effect);
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
	if (a->suspect_handled) { // and survived
		a->page->suspect = (struct attempt_input){ 0 };
		a->page->strikes = 0;
		a->suspect_handled = false;
	}
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
	return same(&a->page->suspect, input) ? a->page->strikes : 0;
}
