// Memory that fails, and a process that crashes at every start.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "runtime/attempt.h"
#include "runtime/crash.h"
#include "runtime_said.h"

static int status_of_child(pid_t pid, char *out, size_t size, int from)
{
	int status;
	size_t held = 0;
	for (ssize_t n; held + 1 < size && (n = read(from, out + held, size - 1 - held)) > 0;)
		held += (size_t)n;
	out[held] = 0;
	close(from);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static const char *crashing(void (*crash_so)(void), int *status)
{
	static char out[5000];
	int ends[2];
	fflush(stdout);
	ensure(pipe(ends) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		crash_watch("intake");
		crash_so();
		_exit(77);
	}
	close(ends[1]);
	*status = status_of_child(pid, out, sizeof out, ends[0]);
	return out;
}

static char mapped_path[300];
static volatile uint32_t *crash_counter;

static volatile uint8_t *mapped(size_t size)
{
	int fd = open(mapped_path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	ensure(fd >= 0 && ftruncate(fd, (off_t)size) == 0);
	volatile uint8_t *at = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	ensure(at != MAP_FAILED);
	return at;
}
static void read_beyond_the_file(void)
{
	crash_count(crash_counter);
	volatile uint8_t *at = mapped(4096);
	(void)at[5000];
}
static void write_where_only_reading_is_allowed(void)
{
	crash_count(crash_counter);
	volatile uint8_t *at = mapped(8192);
	at[1] = 1;
}
static void write_nowhere(void)
{
	crash_count(crash_counter);
	volatile uint8_t *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ensure(nowhere != MAP_FAILED);
	*nowhere = 1;
}
static void hear_of_a_bus_error(void)
{
	crash_count(crash_counter);
	raise(SIGBUS);
}

test(memory_that_fails_is_told_once_with_the_file_and_ends_as_no_start_can_mend_or_by_its_signal)
{
	int status;
	const char *out;
	if (address_sanitizer) {
		puts("# SKIP: the sanitizer has the signals");
		return;
	}
	snprintf(mapped_path, sizeof mapped_path, "%s/data.mdb", test_folder());
	crash_counter = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ensure(crash_counter != MAP_FAILED);
	out = crashing(read_beyond_the_file, &status);
	check_u64(status, error_exit_damaged);
	check(strstr(out, "intake: stored_file_damaged signal=SIGBUS file=/") && strstr(out, mapped_path));
	check_u64(*crash_counter, 0); // it is known what is wrong: no start will try again
	out = crashing(write_where_only_reading_is_allowed, &status);
	check_u64(-status, SIGSEGV);
	check(strstr(out, "intake: crashed signal=SIGSEGV file=/") && strstr(out, mapped_path));
	check_u64(*crash_counter, 1);
	out = crashing(write_nowhere, &status);
	check_u64(-status, SIGSEGV);
	check_text(out, "intake: crashed signal=SIGSEGV\n");
	check_u64(*crash_counter, 2);
	out = crashing(hear_of_a_bus_error, &status);
	check_u64(-status, SIGBUS);
	check_text(out, "intake: crashed signal=SIGBUS\n");
}

test(who_crashed_at_every_start_is_not_started_again)
{
	struct attempt a;
	nodes_open();
	node_close(intake);
	check(attempt_open(&a, nodes[intake].folder) == error_none);
	unsigned starts = 0;
	for (; !attempt_is_hopeless(&a) && starts < 100; starts++)
		a.page->crashes++;
	check(starts > 1 && starts < 100);
	attempt_close(&a);
	check(start_again(intake) == error_corrupt);
	check(strstr(said, "crashes_at_every_start file="));
	check(strstr(said, "/attempt"));
	check(attempt_open(&a, nodes[intake].folder) == error_none);
	attempt_went_on(&a);
	attempt_close(&a);
	check(start_again(intake) == error_none);
	nodes_close();
}

int main(void)
{
	run(memory_that_fails_is_told_once_with_the_file_and_ends_as_no_start_can_mend_or_by_its_signal);
	run(who_crashed_at_every_start_is_not_started_again);
	return test_summary();
}
