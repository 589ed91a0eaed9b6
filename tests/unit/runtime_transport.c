// Frames between daemons that are not what they should be: verification with this process as its producer, its consumer and its
// operator.
#include <arpa/inet.h>
#include <sys/socket.h>

#include "runtime/transport.h"
#include "runtime_daemons.h"

test(a_question_that_is_none_is_answered_so_and_of_two_parts_not_at_all)
{
	daemon_up();
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
	daemon_down();
}

test(the_clock_may_be_accepted_as_the_very_first_thing)
{
	for (int i = 0; i < 3; i++) {
		home_up();
		running = start_held(verification);
		query = attached(ZMQ_DEALER, "verification.query");
		send_act(query, operator_act_accept_clock, 0); // waits for the daemon, and is there when it first looks
		let_start();
		check_u64(act_done(), 1);
		daemon_down();
	}
}

test(an_operators_act_is_answered_after_its_turn_and_one_that_is_none_at_once)
{
	daemon_up();
	send_query(query, message_type_operator_query, bytes_of_text("nonsense"));
	struct query_reply reply = reply_at(query);
	check_u64(reply.outcome, query_outcome_malformed);
	check_u64(reply.type, message_type_operator_answer);
	check_u64(status_by(query)->head_turn, 0);
	for (unsigned i = 1; i <= 40; i++) { // more than can wait at a time: each is through when it is answered
		send_act(query, i % 2 ? operator_act_accept_clock : operator_act_quarantine_drop, 5);
		check_u64(act_done(), i % 2); // the clock; nothing waits under that number
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
	daemon_down();
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
	home_up();
	running = start_held(verification);
	void *log = attached(ZMQ_ROUTER, "intake.log");
	query = attached(ZMQ_DEALER, "verification.query");
	let_start();
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
	daemon_down();
}

test(an_ask_that_is_none_is_dropped_and_one_at_the_head_is_answered_with_the_next_turn)
{
	uint8_t answer[2000];
	struct buffer frame = { 0 };
	daemon_up();
	void *log = attached(ZMQ_DEALER, "verification.log");
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
	daemon_down();
}

static size_t frames_waiting(void *socket)
{
	static uint8_t frame[100000];
	size_t count = 0;
	while (zmq_recv(socket, frame, sizeof frame, ZMQ_DONTWAIT) > 0)
		count++;
	return count;
}

test(of_many_asks_that_came_while_it_was_stopped_the_newest_is_answered)
{
	struct buffer frame = { 0 };
	daemon_up();
	void *log = attached(ZMQ_DEALER, "verification.log");
	send_act(query, operator_act_accept_clock, 0); // a turn to be told of
	check_u64(reply_at(query).outcome, query_outcome_answered);
	log_ask_encode(&(struct log_ask){ .producer = { 1, service_id_verification, 0, 0 },
					  .consumer = { 1, service_id_approval, 0, 0 },
					  .credit = 1000 },
		       &frame);
	kill(running, SIGSTOP);
	for (int i = 0; i < 60; i++)
		ensure(zmq_send(log, frame.data, frame.size, 0) >= 0);
	buffer_deinit(&frame);
	usleep(200000); // they are on the line
	kill(running, SIGCONT);
	check(zmq_poll(&(zmq_pollitem_t){ .socket = log, .events = ZMQ_POLLIN }, 1, 20000) == 1);
	for (int i = 0; i < 10; i++) // all of them were looked at
		check_u64(status_by(query)->consumers_count, 1);
	size_t answers = frames_waiting(log);
	check(answers >= 1 && answers < 30);
	zmq_close(log);
	daemon_down();
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
	pid_t producer = start_mute(verification), consumer = start_mute(approval);
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
	check_u64(ended(start_mute(verification)), 1);
	close(held);
	remove_folder(home);
	home_with(quiet_settings "[streams]\nintake = nonsense\n");
	check_u64(ended(start_mute(verification)), 1);
	remove_folder(home);
}

int main(void)
{
	run(a_question_that_is_none_is_answered_so_and_of_two_parts_not_at_all);
	run(the_clock_may_be_accepted_as_the_very_first_thing);
	run(an_operators_act_is_answered_after_its_turn_and_one_that_is_none_at_once);
	run(a_producer_that_answers_nonsense_is_counted_and_asked_again);
	run(an_ask_that_is_none_is_dropped_and_one_at_the_head_is_answered_with_the_next_turn);
	run(of_many_asks_that_came_while_it_was_stopped_the_newest_is_answered);
	run(a_log_is_asked_for_over_tcp_where_the_settings_say_so);
	run(an_address_that_another_has_or_that_is_none_ends_the_daemon_with_1);
	return test_summary();
}
