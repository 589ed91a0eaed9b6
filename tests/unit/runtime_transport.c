// Frames between daemons that are not what they should be, and what systemd is told: a real daemon (verification of
// runtime_nodes.h) with this process as its producer, its consumer, its operator and its supervisor.
#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <zmq.h>

#include "runtime/client.h"
#include "runtime/daemon.h"
#include "runtime/settings.h"
#include "runtime/transport.h"
#include "runtime_nodes.h"

static void *context;

static void *socket_of(int type)
{
	int wait_ms = 20000, linger = 0; // whoever waits so long has failed
	void *socket = zmq_socket(context, type);
	zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
	zmq_setsockopt(socket, ZMQ_RCVTIMEO, &wait_ms, sizeof wait_ms);
	return socket;
}

static void *attached(int type, const char *name)
{
	char endpoint[run_endpoint_size];
	void *socket = socket_of(type);
	ensure(run_endpoint(home, name, endpoint) == error_none);
	ensure((type == ZMQ_ROUTER ? zmq_bind : zmq_connect)(socket, endpoint) == 0);
	return socket;
}

static void home_with(const char *settings)
{
	char path[300];
	snprintf(home, sizeof home, "%s", test_folder());
	snprintf(path, sizeof path, "%s/tdv.conf", home);
	ensure(file_write_atomic(path, bytes_of_text(settings), 0600) == error_none);
	snprintf(path, sizeof path, "%s/run", home);
	ensure(mkdir(path, 0700) == 0);
}

#define quiet_settings "[log]\nlevel = error\n[store]\nreserve_mib = 1\n"

static pid_t start(int node)
{
	char *argv[] = { (char *)"tdv-test", (char *)"--home", home, NULL };
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		ensure(freopen("/dev/null", "w", stderr));
		exit(service_main(&node_services[node], 3, argv));
	}
	return pid;
}

static int ended(pid_t pid)
{
	int status;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int stop(pid_t pid)
{
	kill(pid, SIGTERM);
	return ended(pid);
}

static void send_query(void *socket, uint16_t type, struct bytes body)
{
	struct buffer frame = { 0 };
	query_encode(&(struct query){ type, body }, &frame);
	ensure(zmq_send(socket, frame.data, frame.size, 0) >= 0);
	buffer_deinit(&frame);
}

static struct query_reply reply_at(void *socket)
{
	static uint8_t frame[100000];
	struct query_reply reply = { .outcome = (enum query_outcome)255 };
	int size = zmq_recv(socket, frame, sizeof frame, 0);
	ensure(size > 0 && query_reply_decode(bytes_of(frame, (size_t)size), &reply) == error_none);
	return reply;
}

static const struct service_status *status_by(void *socket)
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

// ---- the client, and daemons that answer something else

// Answers each question with what its type says; once it has ended, nobody does.
static pid_t odd_daemon(void)
{
	pid_t pid = fork();
	if (pid)
		return pid;
	uint8_t peer[32], former[32], frame[200];
	int peer_size, former_size = 0;
	struct query q;
	context = zmq_ctx_new();
	for (void *socket = attached(ZMQ_ROUTER, "approval.query");;) {
		struct buffer b = { 0 };
		peer_size = zmq_recv(socket, peer, sizeof peer, 0);
		int size = zmq_recv(socket, frame, sizeof frame, 0);
		if (peer_size < 0 || size < 0 || query_decode(bytes_of(frame, (size_t)size), &q))
			_exit(1);
		if (former_size) { // too late for who has asked
			query_reply_encode(&(struct query_reply){ query_outcome_answered, 1, bytes_of_text("late") }, &b);
			zmq_send(socket, former, (size_t)former_size, ZMQ_SNDMORE);
			zmq_send(socket, b.data, b.size, 0);
			buffer_clear(&b);
			former_size = 0;
		}
		memcpy(former, peer, sizeof former);
		if (q.type == 99)
			former_size = peer_size;
		else if (q.type == 98)
			buffer_append(&b, "\xc1nonsense", 9);
		else
			query_reply_encode(&(struct query_reply){ (enum query_outcome)q.type, q.type, bytes_of_text("so") }, &b);
		if (q.type != 99) {
			zmq_send(socket, peer, (size_t)peer_size, ZMQ_SNDMORE);
			zmq_send(socket, b.data, b.size, 0);
		}
		buffer_deinit(&b);
	}
}

test(a_client_tells_apart_what_it_is_answered)
{
	struct client *client;
	struct buffer answer = { 0 };
	home_with("");
	pid_t pid = odd_daemon();
	ensure(client_open(&client, home) == error_none);
	check(client_query(client, "approval", query_outcome_answered, (struct bytes){ 0 }, &answer, 20000) == error_none);
	check(bytes_equal(buffer_bytes(&answer), bytes_of_text("so")));
	check(client_query(client, "approval", query_outcome_malformed, (struct bytes){ 0 }, &answer, 20000) == error_malformed);
	check(client_query(client, "approval", query_outcome_unknown, (struct bytes){ 0 }, &answer, 20000) == error_absent);
	check(client_query(client, "approval", query_outcome_refused, (struct bytes){ 0 }, &answer, 20000) == error_refused);
	check(client_query(client, "approval", 98, (struct bytes){ 0 }, &answer, 20000) == error_malformed);
	// An answer that comes too late is not taken for the next question's.
	check(client_query(client, "approval", 99, (struct bytes){ 0 }, &answer, 300) == error_pending);
	check(client_query(client, "approval", query_outcome_answered, (struct bytes){ 0 }, &answer, 20000) == error_none);
	check(bytes_equal(buffer_bytes(&answer), bytes_of_text("so")));
	kill(pid, SIGKILL);
	check(ended(pid) == -SIGKILL);
	check(client_query(client, "approval", query_outcome_answered, (struct bytes){ 0 }, &answer, 50) == error_pending);
	buffer_deinit(&answer);
	client_close(client);
	client_close(NULL);
	remove_folder(home);
}

test(a_client_knows_sixteen_services_and_names_that_fit)
{
	struct client *client;
	struct buffer answer = { 0 };
	char name[80], far[5000];
	home_with("");
	ensure(client_open(&client, home) == error_none);
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = 0;
	check(client_query(client, name, 1, (struct bytes){ 0 }, &answer, 0) == error_absent);
	for (int i = 0; i < 17; i++) {
		snprintf(name, sizeof name, "nobody%d", i);
		enum error e = client_query(client, name, 1, (struct bytes){ 0 }, &answer, 0);
		check(e == (i < 16 ? error_pending : error_absent));
	}
	client_close(client);
	memset(far, 'f', sizeof far - 1);
	far[sizeof far - 1] = 0;
	ensure(client_open(&client, far) == error_none);
	check(client_query(client, "approval", 1, (struct bytes){ 0 }, &answer, 0) == error_io);
	client_close(client);
	far[200] = 0; // too long for a socket's name, and not there: no daemon runs
	ensure(client_open(&client, far) == error_none);
	check(client_query(client, "approval", 1, (struct bytes){ 0 }, &answer, 0) == error_pending);
	client_close(client);
	buffer_deinit(&answer);
	remove_folder(home);
}

// ---- a daemon, and whoever talks nonsense to it

static void send_two_parts(void *socket, const char *first, const char *second)
{
	ensure(zmq_send(socket, first, strlen(first), ZMQ_SNDMORE) >= 0);
	ensure(zmq_send(socket, second, strlen(second), 0) >= 0);
}

static void send_act(void *socket, enum operator_act act, uint64_t number)
{
	struct buffer ask = { 0 };
	operator_query_encode(&(struct operator_query){ act, number }, &ask);
	send_query(socket, message_type_operator_query, buffer_bytes(&ask));
	buffer_deinit(&ask);
}

test(a_question_that_is_none_is_answered_so_and_of_two_parts_not_at_all)
{
	context = zmq_ctx_new();
	home_with(quiet_settings);
	pid_t pid = start(verification);
	void *query = attached(ZMQ_DEALER, "verification.query");
	send_two_parts(query, "what", "is this");
	ensure(zmq_send(query, "nonsense", 8, 0) == 8);
	check_u64(reply_at(query).outcome, query_outcome_malformed); // of the second one: the first is not answered
	send_query(query, 0xeeee, (struct bytes){ 0 });
	check_u64(reply_at(query).outcome, query_outcome_unknown);
	send_query(query, message_type_log_query, bytes_of_text("nonsense"));
	check_u64(reply_at(query).outcome, query_outcome_malformed);
	struct buffer ask = { 0 };
	pause_query_encode(&(struct pause_query){ 60001 }, &ask);
	send_query(query, message_type_pause_query, buffer_bytes(&ask));
	check_u64(reply_at(query).outcome, query_outcome_malformed);
	buffer_deinit(&ask);
	check(!status_by(query)->paused);
	zmq_close(query);
	check_u64(stop(pid), 0);
	zmq_ctx_term(context);
	remove_folder(home);
}

test(the_clock_may_be_accepted_as_the_very_first_thing)
{
	struct operator_answer done = { 0 };
	for (int i = 0; i < 3; i++) {
		context = zmq_ctx_new();
		home_with(quiet_settings);
		void *query = attached(ZMQ_DEALER, "verification.query");
		send_act(query, operator_act_accept_clock, 0); // waits for the daemon, and is there when it first looks
		pid_t pid = start(verification);
		struct query_reply reply = reply_at(query);
		check(reply.type == message_type_operator_answer && operator_answer_decode(reply.body, &done) == error_none);
		check_u64(done.done, 1);
		zmq_close(query);
		check_u64(stop(pid), 0);
		zmq_ctx_term(context);
		remove_folder(home);
	}
}

test(an_operators_act_is_answered_after_its_turn_and_one_that_is_none_at_once)
{
	struct operator_answer done = { 0 };
	context = zmq_ctx_new();
	home_with(quiet_settings);
	pid_t pid = start(verification);
	void *query = attached(ZMQ_DEALER, "verification.query");
	send_query(query, message_type_operator_query, bytes_of_text("nonsense"));
	struct query_reply reply = reply_at(query);
	check_u64(reply.outcome, query_outcome_malformed);
	check_u64(reply.type, message_type_operator_answer);
	check_u64(status_by(query)->head_turn, 0);
	for (unsigned i = 1; i <= 40; i++) { // more than can wait at a time: each is through when it is answered
		send_act(query, i % 2 ? operator_act_accept_clock : operator_act_quarantine_drop, 5);
		reply = reply_at(query);
		check_u64(reply.outcome, query_outcome_answered);
		check(reply.type == message_type_operator_answer && operator_answer_decode(reply.body, &done) == error_none);
		check_u64(done.done, i % 2); // the clock; nothing waits under that number
		check_u64(status_by(query)->head_turn, i);
	}
	// Many at a time: those that find no place are refused, and none is left without a word.
	unsigned answered = 0, refused = 0;
	for (int i = 0; i < 60; i++)
		send_act(query, operator_act_quarantine_retry, 0);
	for (int i = 0; i < 60; i++) {
		reply = reply_at(query);
		answered += reply.outcome == query_outcome_answered;
		refused += reply.outcome == query_outcome_refused;
	}
	check(answered >= transport_acts_max);
	check_u64(answered + refused, 60);
	zmq_close(query);
	check_u64(stop(pid), 0);
	zmq_ctx_term(context);
	remove_folder(home);
}

// Waits for an ask at the producer's socket; `peer` is who asks.
static int asked_by(void *log, uint8_t peer[64])
{
	uint8_t ask[2000];
	int size = zmq_recv(log, peer, 64, 0);
	ensure(size > 0 && zmq_recv(log, ask, sizeof ask, 0) > 0);
	return size;
}

test(a_producer_that_answers_nonsense_is_counted_and_asked_again)
{
	uint8_t peer[64];
	context = zmq_ctx_new();
	home_with(quiet_settings);
	void *log = attached(ZMQ_ROUTER, "intake.log"), *query = attached(ZMQ_DEALER, "verification.query");
	pid_t pid = start(verification);
	int size = asked_by(log, peer);
	zmq_send(log, peer, (size_t)size, ZMQ_SNDMORE);
	zmq_send(log, "nonsense", 8, 0);
	size = asked_by(log, peer); // it goes on
	zmq_send(log, peer, (size_t)size, ZMQ_SNDMORE);
	send_two_parts(log, "two", "parts");
	size = asked_by(log, peer);
	zmq_send(log, peer, (size_t)size, ZMQ_SNDMORE);
	zmq_send(log, "", 0, 0);
	asked_by(log, peer);
	// Asks are repeated: one that has come may be older than what was answered.
	for (int i = 0; i < 4000 && status_by(query)->frames_refused < 2; i++)
		usleep(5000);
	const struct service_status *status = status_by(query);
	check_u64(status->frames_refused, 2); // what is in two parts is not read
	check_u64(status->head_turn, 0);
	check_u64(status->sources[0].state, source_state_quiet);
	zmq_close(log);
	zmq_close(query);
	check_u64(stop(pid), 0);
	zmq_ctx_term(context);
	remove_folder(home);
}

test(an_ask_that_is_none_is_dropped_and_one_at_the_head_is_answered_with_the_next_turn)
{
	uint8_t answer[2000];
	struct buffer frame = { 0 };
	context = zmq_ctx_new();
	home_with(quiet_settings);
	pid_t pid = start(verification);
	void *log = attached(ZMQ_DEALER, "verification.log"), *query = attached(ZMQ_DEALER, "verification.query");
	ensure(zmq_send(log, "nonsense", 8, 0) == 8);
	send_two_parts(log, "two", "parts");
	log_ask_encode(&(struct log_ask){ .producer = { 1, service_id_verification, 0, 0 },
					  .consumer = { 1, service_id_approval, 0, 0 },
					  .credit = 1000 },
		       &frame);
	ensure(zmq_send(log, frame.data, frame.size, 0) >= 0);
	buffer_deinit(&frame);
	for (int i = 0; i < 4000 && status_by(query)->consumers_count == 0; i++)
		usleep(5000);
	check_u64(status_by(query)->consumers_count, 1);
	check_u64(status_by(query)->consumers[0].service, service_id_approval);
	send_act(query, operator_act_accept_clock, 0);
	check_u64(reply_at(query).outcome, query_outcome_answered);
	int size = zmq_recv(log, answer, sizeof answer, 0); // the first that comes back: nothing was said to the others
	check(size > 8);
	zmq_close(log);
	zmq_close(query);
	check_u64(stop(pid), 0);
	zmq_ctx_term(context);
	remove_folder(home);
}

// ---- over a network, and where none can be had

static int a_free_port(int *held)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;
	*held = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ensure(bind(*held, (struct sockaddr *)&at, sizeof at) == 0 && getsockname(*held, (struct sockaddr *)&at, &size) == 0);
	return ntohs(at.sin_port);
}

test(a_log_is_asked_for_over_tcp_where_the_settings_say_so)
{
	char settings[300];
	int held, port = a_free_port(&held);
	close(held);
	context = zmq_ctx_new();
	snprintf(settings, sizeof settings, quiet_settings "[streams]\nverification = tcp://127.0.0.1:%d\n", port);
	home_with(settings);
	pid_t producer = start(verification), consumer = start(approval);
	void *made = attached(ZMQ_DEALER, "verification.query"), *read = attached(ZMQ_DEALER, "approval.query");
	send_act(made, operator_act_accept_clock, 0);
	check_u64(reply_at(made).outcome, query_outcome_answered);
	for (int i = 0; i < 4000 && status_by(read)->sources[1].turn == 0; i++)
		usleep(5000);
	check_u64(status_by(read)->sources[1].service, service_id_verification);
	check_u64(status_by(read)->sources[1].turn, 1);
	check_u64(status_by(read)->sources[0].state, source_state_quiet); // intake does not run
	zmq_close(made);
	zmq_close(read);
	check_u64(stop(producer), 0);
	check_u64(stop(consumer), 0);
	zmq_ctx_term(context);
	remove_folder(home);
}

test(an_address_that_another_has_or_that_is_none_ends_the_daemon_with_1)
{
	char settings[300];
	int held, port = a_free_port(&held);
	ensure(listen(held, 1) == 0);
	snprintf(settings, sizeof settings, quiet_settings "[streams]\nverification = tcp://127.0.0.1:%d\n", port);
	home_with(settings);
	check_u64(ended(start(verification)), 1);
	close(held);
	remove_folder(home);
	home_with(quiet_settings "[streams]\nintake = nonsense\n");
	check_u64(ended(start(verification)), 1);
	remove_folder(home);
}

// ---- what is opened for a service

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
	int status = ended(start(verification));
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
	context = zmq_ctx_new();
	node_services[verification].queries = own_questions;
	node_services[verification].adapters_open = open_or_not;
	node_services[verification].adapters_close = close_them;
	opening = error_none;
	home_with(quiet_settings);
	pid_t pid = start(verification);
	void *query = attached(ZMQ_DEALER, "verification.query");
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
	zmq_close(query);
	check_u64(stop(pid), 0);
	zmq_ctx_term(context);
	remove_folder(home);
	node_services[verification].adapters_open = NULL;
	node_services[verification].queries = NULL;
}

// ---- what systemd is told, and what a person asks on the command line

test(systemd_hears_of_the_start_of_life_and_of_the_stop)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct timeval wait = { .tv_sec = 20 };
	char said[500];
	home_with(quiet_settings);
	snprintf(at.sun_path, sizeof at.sun_path, "%.90s/notify", home);
	int supervisor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ensure(bind(supervisor, (struct sockaddr *)&at, sizeof at) == 0);
	ensure(setsockopt(supervisor, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0);
	setenv("NOTIFY_SOCKET", at.sun_path, 1);
	setenv("WATCHDOG_USEC", "200000", 1);
	pid_t pid = start(verification);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	ssize_t n = recv(supervisor, said, sizeof said - 1, 0);
	said[n > 0 ? n : 0] = 0;
	check_text(said, "READY=1\nSTATUS=turn 0, entry 0, 0 set aside");
	for (int i = 0; i < 3; i++) { // nothing happens, and it says so all the same
		n = recv(supervisor, said, sizeof said - 1, 0);
		said[n > 0 ? n : 0] = 0;
		check_text(said, "WATCHDOG=1\nSTATUS=turn 0, entry 0, 0 set aside");
	}
	kill(pid, SIGTERM);
	do {
		n = recv(supervisor, said, sizeof said - 1, 0);
		said[n > 0 ? n : 0] = 0;
	} while (strncmp(said, "WATCHDOG=1", 10) == 0);
	check_text(said, "STOPPING=1");
	check_u64(ended(pid), 0);
	close(supervisor);
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

int main(void)
{
	run(a_client_tells_apart_what_it_is_answered);
	run(a_client_knows_sixteen_services_and_names_that_fit);
	run(a_question_that_is_none_is_answered_so_and_of_two_parts_not_at_all);
	run(the_clock_may_be_accepted_as_the_very_first_thing);
	run(an_operators_act_is_answered_after_its_turn_and_one_that_is_none_at_once);
	run(a_producer_that_answers_nonsense_is_counted_and_asked_again);
	run(an_ask_that_is_none_is_dropped_and_one_at_the_head_is_answered_with_the_next_turn);
	run(a_log_is_asked_for_over_tcp_where_the_settings_say_so);
	run(an_address_that_another_has_or_that_is_none_ends_the_daemon_with_1);
	run(adapters_that_do_not_open_end_the_daemon_and_say_whether_a_start_can_mend_it);
	run(a_service_answers_questions_of_its_own);
	run(systemd_hears_of_the_start_of_life_and_of_the_stop);
	run(a_daemon_explains_itself_and_says_what_is_wrong_with_its_arguments);
	return test_summary();
}
