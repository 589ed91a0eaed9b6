#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/log.h"
#include "test.h"

static char said[8192];

// What `speak` writes to stderr in a process of its own; returns how that ended, as waitpid has it.
static int listen_to(void (*speak)(void))
{
	int ends[2], status = -1;
	size_t size = 0;
	ssize_t n;

	fflush(stdout);
	if (pipe(ends) < 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		speak();
		_exit(0);
	}
	close(ends[1]);
	while ((n = read(ends[0], said + size, sizeof said - 1 - size)) > 0)
		size += (size_t)n;
	said[size] = '\0';
	close(ends[0]);
	waitpid(child, &status, 0);
	return status;
}

static void speak_three(void)
{
	log_open("intake", log_level_warn, 1);
	log_info("not_heard n=%d", 1);
	log_warn("queue_long n=%d", 7);
	log_error("set_aside entry=%d", 3);
}

test(a_line_has_a_priority_a_service_and_an_event)
{
	check(listen_to(speak_three) == 0);
	check_text(said, "<4>intake: queue_long n=7\n<3>intake: set_aside entry=3\n");
}

static void speak_plainly(void)
{
	log_open("tdv", log_level_info, 0);
	log_info("hello");
}

test(a_person_reads_lines_without_priority)
{
	check(listen_to(speak_plainly) == 0);
	check_text(said, "tdv: hello\n");
}

static void speak_with_line_feed(void)
{
	log_open("intake", log_level_info, 0);
	log_info("refused reason=%s", "x\n<0>intake: forged\x1b[2J");
}

test(a_value_cannot_forge_a_line)
{
	check(listen_to(speak_with_line_feed) == 0);
	check_text(said, "intake: refused reason=x?<0>intake: forged?[2J\n");
}

static void speak_at_length(void)
{
	static char much[6000];

	memset(much, 'x', sizeof much - 1);
	log_open("intake", log_level_info, 1);
	log_info("%s", much);
}

test(a_long_line_is_cut_and_ends)
{
	check(listen_to(speak_at_length) == 0);
	check_u64(strlen(said), 2048);
	check(said[2047] == '\n' && said[2046] == 'x');
}

static void break_a_promise(void)
{
	int two = 2;

	signal(SIGABRT, SIG_DFL);
	ensure(two == 3);
}

test(a_bug_ends_the_process_and_says_where)
{
	int status = listen_to(break_a_promise);

	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	check(strstr(said, "panic ") && strstr(said, "base_log.c") && strstr(said, "condition=\"two == 3\""));
}

int main(void)
{
	run(a_line_has_a_priority_a_service_and_an_event);
	run(a_person_reads_lines_without_priority);
	run(a_value_cannot_forge_a_line);
	run(a_long_line_is_cut_and_ends);
	run(a_bug_ends_the_process_and_says_where);
	return test_summary();
}
