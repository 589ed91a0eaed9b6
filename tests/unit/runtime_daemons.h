// Real daemons (the services of runtime_nodes.h), each a process, and the sockets on which this one talks to them.
#ifndef TDV_TESTS_UNIT_RUNTIME_DAEMONS_H
#define TDV_TESTS_UNIT_RUNTIME_DAEMONS_H

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <zmq.h>

#include "runtime/client.h"
#include "runtime/daemon.h"
#include "runtime/settings.h"
#include "runtime_nodes.h"

static void *context;

static inline void *socket_of(int type)
{
	int wait_ms = 20000, linger = 0; // whoever waits so long has failed
	void *socket = zmq_socket(context, type);
	zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
	zmq_setsockopt(socket, ZMQ_RCVTIMEO, &wait_ms, sizeof wait_ms);
	return socket;
}

static inline void *attached(int type, const char *name)
{
	char endpoint[run_endpoint_size];
	void *socket = socket_of(type);
	ensure(run_endpoint(home, name, endpoint) == error_none);
	ensure((type == ZMQ_ROUTER ? zmq_bind : zmq_connect)(socket, endpoint) == 0);
	return socket;
}

#define quiet_settings "[log]\nlevel = error\n[store]\nreserve_mib = 1\n"

static inline void home_with(const char *settings)
{
	char path[300];
	snprintf(home, sizeof home, "%s", test_folder());
	snprintf(path, sizeof path, "%s/tdv.conf", home);
	ensure(file_write_atomic(path, bytes_of_text(settings), 0600) == error_none);
	snprintf(path, sizeof path, "%s/run", home);
	ensure(mkdir(path, 0700) == 0);
}

// A process that has sockets has threads: who is forked from it may wait for ever for a lock that one of them held just then.
static inline pid_t fork_alone(void)
{
	struct stat tasks;
	fflush(stdout);
	ensure(stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink == 3); // its own, beside . and ..
	return fork();
}

_Noreturn static inline void be_daemon(int node, bool mute)
{
	char *argv[] = { (char *)"tdv-test", (char *)"--home", home, NULL };
	ensure(!mute || freopen("/dev/null", "w", stderr));
	exit(service_main(&node_services[node], 3, argv));
}

static inline pid_t start_or_mute(int node, bool mute)
{
	pid_t pid = fork_alone();
	if (pid == 0)
		be_daemon(node, mute);
	return pid;
}

static inline pid_t start(int node)
{
	return start_or_mute(node, false);
}

// One that will be given cause to complain.
static inline pid_t start_mute(int node)
{
	return start_or_mute(node, true);
}

// One that starts when `let_start` says so, for who needs sockets before it.
static int start_gate;

static inline pid_t start_held(int node)
{
	int gate[2];
	ensure(pipe(gate) == 0);
	pid_t pid = fork_alone();
	if (pid == 0) {
		char nothing;
		close(gate[1]);
		ensure(read(gate[0], &nothing, 1) == 0);
		close(gate[0]);
		be_daemon(node, true);
	}
	close(gate[0]);
	start_gate = gate[1];
	return pid;
}

static inline void let_start(void)
{
	close(start_gate);
}

static inline int ended(pid_t pid)
{
	int status;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static inline int stop(pid_t pid)
{
	kill(pid, SIGTERM);
	return ended(pid);
}

static inline void send_query(void *socket, uint16_t type, struct bytes body)
{
	struct buffer frame = { 0 };
	query_encode(&(struct query){ type, body }, &frame);
	ensure(zmq_send(socket, frame.data, frame.size, 0) >= 0);
	buffer_deinit(&frame);
}

static inline struct query_reply reply_at(void *socket)
{
	static uint8_t frame[100000];
	struct query_reply reply = { .outcome = (enum query_outcome)255 };
	int size = zmq_recv(socket, frame, sizeof frame, 0);
	ensure(size > 0 && query_reply_decode(bytes_of(frame, (size_t)size), &reply) == error_none);
	return reply;
}

static inline const struct service_status *status_by(void *socket)
{
	static struct service_status status;
	struct buffer ask = { 0 };
	status_query_encode(&(struct status_query){ false }, &ask);
	send_query(socket, message_type_status_query, buffer_bytes(&ask));
	buffer_deinit(&ask);
	struct query_reply reply = reply_at(socket);
	ensure(reply.outcome == query_outcome_answered && service_status_decode(reply.body, &status) == error_none);
	return &status;
}

static inline void send_two_parts(void *socket, const char *first, const char *second)
{
	ensure(zmq_send(socket, first, strlen(first), ZMQ_SNDMORE) >= 0);
	ensure(zmq_send(socket, second, strlen(second), 0) >= 0);
}

static inline void send_act(void *socket, enum operator_act act, uint64_t number)
{
	struct buffer ask = { 0 };
	operator_query_encode(&(struct operator_query){ act, number }, &ask);
	send_query(socket, message_type_operator_query, buffer_bytes(&ask));
	buffer_deinit(&ask);
}

// verification in a home of its own, and a line on which it is asked.
static pid_t running;
static void *query;

static inline void home_up(void)
{
	context = zmq_ctx_new();
	home_with(quiet_settings);
}

static inline void daemon_up(void)
{
	home_up();
	running = start_mute(verification);
	query = attached(ZMQ_DEALER, "verification.query");
}

static inline void daemon_down(void)
{
	zmq_close(query);
	check_u64(stop(running), 0);
	zmq_ctx_term(context);
	remove_folder(home);
}

// What the act came to that was sent there.
static inline uint64_t act_done(void)
{
	struct operator_answer done = { 99 };
	struct query_reply reply = reply_at(query);
	check_u64(reply.outcome, query_outcome_answered);
	check(reply.type == message_type_operator_answer && operator_answer_decode(reply.body, &done) == error_none);
	return done.done;
}

#endif
