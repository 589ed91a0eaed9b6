// Whoever asks a daemon, and daemons that answer something else, late or not at all.
#include "runtime_daemons.h"

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

int main(void)
{
	run(a_client_tells_apart_what_it_is_answered);
	run(a_client_knows_sixteen_services_and_names_that_fit);
	return test_summary();
}
