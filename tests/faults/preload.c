// What a test puts in front of the C library of a daemon (LD_PRELOAD), so that the product needs no hook for it.
//
//   FAULTS_NOSYNC=1      fdatasync, fsync, msync and O_DSYNC do nothing: the control of the power cuts
//   FAULTS_MALLOC=N      the main thread's Nth allocation fails, counted from the program's start
//   FAULTS_COUNT=FILE    how many allocations the main thread has made is kept in FILE (uint64, host order)
//   FAULTS_CLOCK=FILE    the wall clock is wrong by the nanoseconds in FILE (int64, host order), which may change meanwhile
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define visible __attribute__((visibility("default")))

static int no_sync;
static uint64_t malloc_fails, here_counted, *malloc_count = &here_counted;
static const volatile int64_t *clock_wrong_ns;
static int ready;

static void *map(const char *path, int flags, int protection)
{
	int fd = open(path, flags | O_CLOEXEC);
	void *page = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(uint64_t), protection, MAP_SHARED, fd, 0);

	if (page == MAP_FAILED) {
		fprintf(stderr, "preload: %s cannot be mapped\n", path);
		_exit(127);
	}
	close(fd);
	return page;
}

__attribute__((constructor)) static void read_environment(void)
{
	const char *nth = getenv("FAULTS_MALLOC"), *count = getenv("FAULTS_COUNT"), *wrong = getenv("FAULTS_CLOCK");

	no_sync = getenv("FAULTS_NOSYNC") != NULL;
	malloc_fails = nth ? strtoul(nth, NULL, 10) : 0;
	if (count)
		malloc_count = map(count, O_RDWR, PROT_READ | PROT_WRITE);
	if (wrong)
		clock_wrong_ns = map(wrong, O_RDONLY, PROT_READ);
	ready = malloc_fails || count;
}

// ---- memory

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

// Other threads are libzmq's: how much they allocate depends on chance, and a fixed run should be fixed.
static int fails(void)
{
	static _Thread_local int is_main;

	if (!ready)
		return 0;
	if (!is_main)
		is_main = gettid() == getpid() ? 1 : -1;
	if (is_main < 0 || ++*malloc_count != malloc_fails)
		return 0;
	static const char reached[] = "preload: this allocation fails\n";
	void *stack[24];
	ready = 0; // backtrace allocates at its first call
	if (write(STDERR_FILENO, reached, sizeof reached - 1) < 0)
		_exit(127);
	backtrace_symbols_fd(stack, backtrace(stack, 24), STDERR_FILENO);
	ready = 1;
	errno = ENOMEM;
	return 1;
}

visible void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

visible void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

visible void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

// ---- syncs

#define next(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

visible int fdatasync(int fd)
{
	return no_sync ? 0 : next(fdatasync)(fd);
}

visible int fsync(int fd)
{
	return no_sync ? 0 : next(fsync)(fd);
}

visible int msync(void *at, size_t size, int flags)
{
	return no_sync ? 0 : next(msync)(at, size, flags);
}

static int without_sync(int flags)
{
	return no_sync ? flags & ~(O_SYNC | O_DSYNC) : flags;
}

// LMDB writes its meta page through a file of its own that is opened with O_DSYNC.
#define open_like(name) \
	visible int name(const char *path, int flags, ...) \
	{ \
		va_list more; \
		va_start(more, flags); \
		mode_t mode = va_arg(more, mode_t); /* read by nobody when the caller gave none */ \
		va_end(more); \
		return openat(AT_FDCWD, path, without_sync(flags), mode); \
	}
#undef open
#undef open64
open_like(open)
open_like(open64)

// ---- the clock

visible int clock_gettime(clockid_t clock, struct timespec *at)
{
	int rc = next(clock_gettime)(clock, at);

	if (rc == 0 && clock_wrong_ns && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
		int64_t ns = at->tv_nsec + *clock_wrong_ns % 1000000000;
		at->tv_sec += *clock_wrong_ns / 1000000000 + (ns < 0 ? -1 : ns >= 1000000000);
		at->tv_nsec = ns < 0 ? ns + 1000000000 : ns % 1000000000;
	}
	return rc;
}

visible int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	*at = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
	return 0;
}

visible time_t time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}
