// How a daemon starts: what is opened for it, what systemd is told, what a person asks on the command line.
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "runtime_daemons.h"

static enum error opening;
static int adapters_closed;

static enum error open_or_not(void **out, const char *folder, struct store_txn *txn)
{
	ensure(strcmp(folder, home) == 0 && store_count(txn, &rows_table) == 0);
	*out = opening ? NULL : &opening;
	return opening;
}

static void close_them(void *adapters)
{
	ensure(adapters == &opening);
	adapters_closed++;
}

static enum error answer_twice(struct store_txn *txn, struct bytes ask, struct buffer *answer)
{
	(void)txn;
	if (ask.size == 0)
		return error_malformed;
	for (int i = 0; i < 2; i++)
		buffer_append(answer, ask.data, ask.size);
	return error_none;
}

enum { own_question = 0x3f10, own_vast = 0x3f20 };

// More than a reply can carry.
static enum error answer_vastly(struct store_txn *txn, struct bytes ask, struct buffer *answer)
{
	(void)txn, (void)ask;
	uint8_t *at = buffer_extend(answer, 16777216);
	ensure(at);
	memset(at, 0, 16777216);
	return error_none;
}

static const struct service_query own_questions[] = { { own_question, answer_twice }, { own_vast, answer_vastly }, { 0, NULL } };

static int end_with_adapters(enum error error)
{
	opening = error;
	node_services[verification].adapters_open = open_or_not;
	node_services[verification].adapters_close = close_them;
	home_with("[log]\nlevel = error\n");
	int status = ended(start_mute(verification));
	remove_folder(home);
	node_services[verification].adapters_open = NULL;
	return status;
}

test(adapters_that_do_not_open_end_the_daemon_and_say_whether_a_start_can_mend_it)
{
	check_u64(end_with_adapters(error_io), 1);
	check_u64(end_with_adapters(error_corrupt), 3); // what is stored is damaged
	check_u64(end_with_adapters(error_absent), 3);	// or is not there
}

test(a_service_answers_questions_of_its_own)
{
	node_services[verification].queries = own_questions;
	node_services[verification].adapters_open = open_or_not;
	node_services[verification].adapters_close = close_them;
	opening = error_none;
	daemon_up();
	send_query(query, own_question, bytes_of_text("ho"));
	struct query_reply reply = reply_at(query);
	check_u64(reply.outcome, query_outcome_answered);
	check_u64(reply.type, own_question + 1);
	check(bytes_equal(reply.body, bytes_of_text("hoho")));
	send_query(query, own_question, (struct bytes){ 0 });
	check_u64(reply_at(query).outcome, query_outcome_malformed);
	send_query(query, own_question + 1, (struct bytes){ 0 });
	check_u64(reply_at(query).outcome, query_outcome_unknown);
	send_query(query, own_vast, (struct bytes){ 0 });
	reply = reply_at(query);
	check_u64(reply.outcome, query_outcome_refused);
	check_u64(reply.body.size, 0);
	daemon_down();
	node_services[verification].adapters_open = NULL;
	node_services[verification].queries = NULL;
}

test(more_peers_than_a_shell_allows_files_are_held)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct rlimit before, few;
	int peers[300], connected = 0;
	ensure(getrlimit(RLIMIT_NOFILE, &before) == 0);
	few = (struct rlimit){ .rlim_cur = 100, .rlim_max = before.rlim_max };
	if (before.rlim_max < 1024) {
		printf("# skipped: %llu files at most here\n", (unsigned long long)before.rlim_max);
		return;
	}
	home_up();
	ensure(setrlimit(RLIMIT_NOFILE, &few) == 0);
	running = start_mute(verification);
	before.rlim_cur = before.rlim_cur < 1024 ? 1024 : before.rlim_cur;
	ensure(setrlimit(RLIMIT_NOFILE, &before) == 0);
	query = attached(ZMQ_DEALER, "verification.query");
	check_u64(status_by(query)->consumers_count, 0);
	snprintf(at.sun_path, sizeof at.sun_path, "%.80s/run/verification.query", home);
	for (; connected < 300; connected++) {
		peers[connected] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		ensure(peers[connected] >= 0);
		if (connect(peers[connected], (struct sockaddr *)&at, sizeof at) < 0)
			break; // nobody listens any more
	}
	check_u64((uint64_t)connected, 300);
	check_u64(status_by(query)->consumers_count, 0);
	for (int i = 0; i < connected; i++)
		close(peers[i]);
	daemon_down();
}

// ---- what systemd is told, and what a person asks on the command line

// The socket at which systemd would listen, and what came there last.
struct supervisor {
	int socket;
	char said[500];
};

static struct supervisor supervisor_open(void)
{
	struct supervisor s = { .socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct timeval wait = { .tv_sec = 20 };
	snprintf(at.sun_path, sizeof at.sun_path, "%.90s/notify", home);
	ensure(bind(s.socket, (struct sockaddr *)&at, sizeof at) == 0);
	ensure(setsockopt(s.socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0);
	setenv("NOTIFY_SOCKET", at.sun_path, 1);
	setenv("WATCHDOG_USEC", "200000", 1);
	return s;
}

// The daemon has started, and further ones are nobody's.
static void supervisor_has_its_daemon(void)
{
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
}

static const char *next_said(struct supervisor *s)
{
	ssize_t n = recv(s->socket, s->said, sizeof s->said - 1, 0);
	s->said[n > 0 ? n : 0] = 0;
	return s->said;
}

static bool is_watchdog(const char *said)
{
	return strncmp(said, "WATCHDOG=1", 10) == 0;
}

test(systemd_hears_of_the_start_of_life_and_of_the_stop)
{
	home_with(quiet_settings);
	struct supervisor s = supervisor_open();
	pid_t pid = start_mute(verification);
	supervisor_has_its_daemon();
	check_text(next_said(&s), "READY=1\nSTATUS=turn 0, entry 0, 0 set aside");
	for (int i = 0; i < 3; i++) // nothing happens, and it says so all the same
		check_text(next_said(&s), "WATCHDOG=1\nSTATUS=turn 0, entry 0, 0 set aside");
	kill(pid, SIGTERM);
	while (is_watchdog(next_said(&s)))
		;
	check_text(s.said, "STOPPING=1");
	check_u64(ended(pid), 0);
	close(s.socket);
	remove_folder(home);
}

test(systemd_waits_for_a_migration_and_not_for_what_comes_after_it)
{
	daemon_up(); // older code, which leaves a turn
	send_act(query, operator_act_accept_clock, 0);
	check_u64(reply_at(query).outcome, query_outcome_answered);
	zmq_close(query);
	zmq_ctx_term(context);
	check_u64(stop(running), 0);
	struct supervisor s = supervisor_open();
	node_services[verification].fold_version++;
	running = start_mute(verification);
	node_services[verification].fold_version--;
	supervisor_has_its_daemon();
	static const char *const expected[] = { "READY=1\n", "WATCHDOG_USEC=86400000000\n", "WATCHDOG_USEC=200000" };
	for (size_t i = 0; i < array_size(expected);) {
		if (is_watchdog(next_said(&s)))
			continue;
		check(strncmp(s.said, expected[i], strlen(expected[i])) == 0);
		i++;
	}
	check_u64(stop(running), 0);
	close(s.socket);
	remove_folder(home);
}

// What a daemon prints and ends with; `argument` after its name.
static const char *printed(const char *argument, const char *more, int *status)
{
	static char out[4000];
	char *argv[] = { (char *)"tdv-test", (char *)argument, (char *)more, NULL };
	int ends[2];
	size_t held = 0;
	fflush(stdout);
	ensure(pipe(ends) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		exit(service_main(&node_services[verification], more ? 3 : 2, argv));
	}
	close(ends[1]);
	for (ssize_t n; held + 1 < sizeof out && (n = read(ends[0], out + held, sizeof out - 1 - held)) > 0;)
		held += (size_t)n;
	out[held] = 0;
	close(ends[0]);
	*status = ended(pid);
	return out;
}

test(a_daemon_explains_itself_and_says_what_is_wrong_with_its_arguments)
{
	static char far[5000];
	int status;
	unsetenv("TDV_HOME");
	check(strstr(printed("--help", NULL, &status), "Usage: tdv-verification [--home DIR] [--settings FILE]"));
	check_u64(status, 0);
	check(strncmp(printed("--version", NULL, &status), "tdv-verification ", 17) == 0);
	check_u64(status, 0);
	check(strstr(printed("--hame", NULL, &status), "--hame"));
	check_u64(status, 2);
	check(strstr(printed("--home", "", &status), "a path is missing or too long"));
	check_u64(status, 2);
	memset(far, 'f', sizeof far - 1);
	check(strstr(printed("--home", far, &status), "a path is missing or too long"));
	check_u64(status, 2);
	home_with(quiet_settings);
	setenv("TDV_HOME", home, 1);
	char wanted[400];
	snprintf(wanted, sizeof wanted, "%s/none.conf", home);
	check(strstr(printed("--settings", wanted, &status), "settings cannot be read: absent"));
	check_u64(status, 2);
	check(strstr(printed("--settings", home, &status), "settings cannot be read: "));
	check_u64(status, 2);
	unsetenv("TDV_HOME");
	remove_folder(home);
}

test(wrong_arguments_and_settings_end_with_2)
{
	char path[300];
	char *nothing[] = { (char *)"tdv-test", NULL },
	     *more[] = { (char *)"tdv-test", (char *)"--home", home, (char *)"x", NULL };
	char *good[] = { (char *)"tdv-test", (char *)"--home", home, NULL };
	snprintf(home, sizeof home, "%s", test_folder());
	snprintf(path, sizeof path, "%s/tdv.conf", home);
	ensure(file_write_atomic(path, bytes_of_text("[turns]\nbatch_inputs = 0\n"), 0600) == error_none);
	ensure(freopen("/dev/null", "w", stderr));
	unsetenv("TDV_HOME");
	check_u64(service_main(&node_services[approval], 1, nothing), 2);
	optind = 1;
	check_u64(service_main(&node_services[approval], 4, more), 2);
	optind = 1;
	check_u64(service_main(&node_services[approval], 3, good), 2);
	remove_folder(home);
}

int main(void)
{
	run(adapters_that_do_not_open_end_the_daemon_and_say_whether_a_start_can_mend_it);
	run(a_service_answers_questions_of_its_own);
	run(more_peers_than_a_shell_allows_files_are_held);
	run(systemd_hears_of_the_start_of_life_and_of_the_stop);
	run(systemd_waits_for_a_migration_and_not_for_what_comes_after_it);
	run(a_daemon_explains_itself_and_says_what_is_wrong_with_its_arguments);
	run(wrong_arguments_and_settings_end_with_2);
	return test_summary();
}
