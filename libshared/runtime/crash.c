#include "runtime/crash.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

#define stack_bytes 65536
#define line_max 1024

static const char *name = "tdv";
static volatile uint32_t *counted;

// In a signal's handler nothing may be called that allocates, locks or formats; so this file does without.
struct text {
	char at[line_max];
	size_t size;
};

static void add(struct text *t, const char *more)
{
	while (*more && t->size < sizeof t->at)
		t->at[t->size++] = *more++;
}

static bool hex_of(const char **at, uintptr_t *value)
{
	const char *begin = *at;

	for (*value = 0;; ++*at) {
		char c = **at;
		if (c >= '0' && c <= '9')
			*value = *value * 16 + (uintptr_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*value = *value * 16 + (uintptr_t)(c - 'a') + 10;
		else
			return *at > begin;
	}
}

// A line of /proc/self/maps: begin-end flags offset device inode path.
static bool is_mapped_here(char *line, uintptr_t address, struct text *file)
{
	const char *at = line;
	char *path = strchr(line, '/');
	uintptr_t begin, end;

	if (!path || !hex_of(&at, &begin) || *at++ != '-' || !hex_of(&at, &end) || address < begin || address >= end)
		return false;
	add(file, path);
	return true;
}

static bool find_file(uintptr_t address, struct text *file)
{
	char part[4096];
	size_t held = 0;
	ssize_t n;
	bool found = false;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	while (!found && fd >= 0 && held + 1 < sizeof part && (n = read(fd, part + held, sizeof part - 1 - held)) > 0) {
		char *line = part, *end;
		held += (size_t)n;
		part[held] = '\0';
		for (; !found && (end = strchr(line, '\n')); line = end + 1) {
			*end = '\0';
			found = is_mapped_here(line, address, file);
		}
		held -= (size_t)(line - part);
		memmove(part, line, held);
	}
	if (fd >= 0)
		close(fd);
	return found;
}

static void say(const struct text *t)
{
	if (write(STDERR_FILENO, t->at, t->size) < 0)
		return; // nowhere left to say it
}

static void crashed(int signal, siginfo_t *info, void *context)
{
	struct text line = { .size = 0 }, file = { .size = 0 };
	bool in_file = find_file((uintptr_t)info->si_addr, &file);

	(void)context;
	if (file.size < sizeof file.at)
		file.at[file.size] = '\0';
	file.at[sizeof file.at - 1] = '\0';
	add(&line, name);
	if (signal == SIGBUS && in_file) {
		add(&line, ": stored_file_damaged signal=SIGBUS file=");
		add(&line, file.at);
		add(&line, " do=\"the file is shorter than it says, or the disk cannot read it: restore it, or tdv replay --restore\"\n");
		say(&line);
		memory_blames_nobody(); // who happened to read it must not be set aside when it is restored
		_exit(error_exit_damaged);
	}
	add(&line, signal == SIGBUS ? ": crashed signal=SIGBUS" : ": crashed signal=SIGSEGV");
	if (in_file) {
		add(&line, " file=");
		add(&line, file.at);
	}
	add(&line, "\n");
	say(&line);
	if (counted)
		++*counted;
	raise(signal); // SA_RESETHAND: it ends the process as it would have, with a core where cores are wanted
}

void crash_watch(const char *service)
{
	static char stack[stack_bytes]; // the fault may be a stack that ran over
	struct sigaction action = { .sa_sigaction = crashed, .sa_flags = (int)(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND) };

	name = service;
	if (address_sanitizer)
		return;
	sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof stack }, NULL);
	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

void crash_count(volatile uint32_t *count)
{
	counted = count;
}
