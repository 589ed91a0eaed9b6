// What is refused waits in quarantine for an operator, who has it tried again or dropped; the log goes on meanwhile.
#include <sys/resource.h>
#include <sys/wait.h>

#include "runtime/replay.h"
#include "runtime_nodes.h"

static bool refuse_no_more;
static enum error verification_list_later(struct turn *t, const struct origin *o, struct bytes body)
{
	if (body.size == 3 && refuse_no_more) {
		row_add(t->tx, &rows_table, o->entry, 1000);
		return error_none;
	}
	return verification_list(t, o, body);
}

test(what_a_schema_refuses_waits_in_quarantine_for_an_operator)
{
	static const struct service_input inputs[] = { { message_type_list_opened, input_kind_message,
							 verification_list_later },
						       { 0, input_kind_message, NULL } };
	node_services[verification].inputs = inputs;
	nodes_open();
	submit(op_send, 1);
	submit(op_bad, 2);
	submit(op_send, 3);
	submit(op_bad, 4);
	pump();
	check_u64(status_of(verification)->quarantined, 2);
	check_u64(rows_in(verification, &rows_table), 2); // the log went on
	check_u64(node_act(verification, operator_act_quarantine_retry, 1), 0);
	check_u64(status_of(verification)->quarantined, 2);
	refuse_no_more = true;
	check_u64(node_act(verification, operator_act_quarantine_retry, 1), 1);
	check_u64(value_at(verification, &rows_table, 2), 1000);
	check_u64(node_act(verification, operator_act_quarantine_drop, 0), 1);
	check_u64(node_act(verification, operator_act_quarantine_drop, 2), 0);
	check_u64(status_of(verification)->quarantined, 0);
	check_u64(status_of(verification)->quarantine_total, 2);
	refuse_no_more = false;
	nodes_close();
	node_services[verification].inputs = verification_test_inputs;
}

// ---- every kind of input

static bool refusing;

static enum error refuse_or(enum error (*run_it)(struct turn *, const struct origin *, struct bytes), struct turn *t,
			    const struct origin *o, struct bytes body)
{
	return refusing ? error_malformed : run_it(t, o, body);
}
static enum error moody_local(struct turn *t, const struct origin *o, struct bytes body)
{
	bool refused = refusing && body.data[0] == op_send;
	return refused ? error_malformed : intake_local(t, o, body);
}
static enum error moody_answer(struct turn *t, const struct origin *o, struct bytes body)
{
	return refuse_or(intake_answer, t, o, body);
}
static enum error moody_timer(struct turn *t, const struct origin *o, struct bytes body)
{
	return refuse_or(intake_timer, t, o, body);
}
static enum error moody_walk(struct turn *t, const struct origin *o, struct bytes body)
{
	return refuse_or(intake_walk, t, o, body);
}

static const struct service_input moody_inputs[] = {
	{ local_type, input_kind_local, moody_local },
	{ message_type_act_closed, input_kind_message, intake_closed },
	{ answer_type, input_kind_answer, moody_answer },
	{ timer_type, input_kind_timer, moody_timer },
	{ walk_type, input_kind_continuation, moody_walk },
	{ 0, input_kind_message, NULL },
};

static uint64_t operator_does(enum operator_act act, uint64_t number)
{
	uint64_t before = status_of(intake)->quarantined;
	ensure(engine_take_act(nodes[intake].engine, 5, act, number) == error_none);
	turn_of(intake);
	return before - status_of(intake)->quarantined;
}

test(an_input_of_any_kind_waits_in_quarantine_and_is_tried_again)
{
	node_services[intake].inputs = moody_inputs;
	limits.batch_entries = 4;
	nodes_open();
	refusing = true;
	submit(op_send, 1);
	submit(op_ask, 2);
	submit(op_timer, 100);
	submit(op_walk, 20); // more than a turn holds: goes on as a continuation
	pump();
	check_u64(status_of(intake)->quarantined, 4);
	check_u64(value_at(intake, &marks_table, 100), 0);
	check_u64(operator_does(operator_act_quarantine_retry, 0), 0);
	refusing = false;
	check_u64(operator_does(operator_act_quarantine_retry, 0), 2); // with the walk the turn is full
	pump();
	check_u64(operator_does(operator_act_quarantine_retry, 0), 2);
	pump();
	check_u64(value_at(intake, &rows_table, 1), 1);  // the submission
	check_u64(value_at(intake, &marks_table, 100), 1); // the timer
	for (uint64_t n = 1; n <= 20; n++)
		check(value_at(verification, &rows_table, n) > 0); // the walk went on
	check_u64(status_of(intake)->quarantined, 0);
	check_u64(operator_does(operator_act_quarantine_drop, 0), 0);
	nodes_close();
	node_services[intake].inputs = intake_test_inputs;
}

// Refuses until 500 was sent: a fold, so that it can be replayed.
static enum error intake_once_allowed(struct turn *t, const struct origin *o, struct bytes body)
{
	bool refused = get_u64(body.data + 1) < 100 && row_of(t->tx, &rows_table, 500) == 0;
	return refused ? error_malformed : intake_local(t, o, body);
}

// With the limits of whoever replays: what the turn had room for is in its record.
static enum replay_difference difference_of_intakes_replay(void)
{
	char sources[300], fresh[300];
	struct replay_report report;
	snprintf(sources, sizeof sources, "%.250s/state", home);
	snprintf(fresh, sizeof fresh, "%.250s/fresh", home);
	struct replay_options options = { .service = &node_services[intake], .folder = fresh, .recorded = nodes[intake].folder,
					  .sources = sources, .map_bytes = 64u << 20 };
	ensure(replay_run(&options, &report) == error_none);
	replay_report_deinit(&report);
	return report.difference;
}

test(much_that_waits_in_quarantine_is_fed_again_a_turn_at_a_time)
{
	static const struct service_input inputs[] = { { local_type, input_kind_local, intake_once_allowed },
						       { message_type_act_closed, input_kind_message, intake_closed },
						       { 0, input_kind_message, NULL } };
	node_services[intake].inputs = inputs;
	limits.batch_entries = 4;
	nodes_open();
	for (uint64_t n = 1; n <= 10; n++)
		submit(op_send, n);
	pump();
	check_u64(status_of(intake)->quarantined, 10);
	submit(op_send, 500);
	pump();
	check_u64(operator_does(operator_act_quarantine_retry, 0), 4);
	check_u64(operator_does(operator_act_quarantine_retry, 0), 4);
	check_u64(operator_does(operator_act_quarantine_retry, 0), 2);
	pump();
	for (uint64_t n = 1; n <= 10; n++)
		check_u64(value_at(verification, &rows_table, n), 1);
	check_u64(difference_of_intakes_replay(), replay_difference_none);
	nodes_close();
	node_services[intake].inputs = intake_test_inputs;
}

// ---- no memory

static enum error intake_refuses(struct turn *t, const struct origin *o, struct bytes body)
{
	(void)t, (void)o, (void)body;
	return error_malformed;
}

#define large (8u << 20)

// In a child, which may take so much more: too little for the input, or for the row that it is put back as, or enough.
static enum error retry_with(unsigned long more)
{
	struct rlimit limit;
	unsigned long pages;
	int status;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		node_open(intake);
		engine_take_act(nodes[intake].engine, 5, operator_act_quarantine_retry, 1);
		FILE *statm = fopen("/proc/self/statm", "r");
		ensure(statm && fscanf(statm, "%lu", &pages) == 1);
		fclose(statm);
		limit.rlim_cur = limit.rlim_max = pages * (unsigned long)sysconf(_SC_PAGESIZE) + more;
		ensure(setrlimit(RLIMIT_AS, &limit) == 0);
		_exit(-engine_turn(nodes[intake].engine, wall, boot));
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? (enum error)-WEXITSTATUS(status) : error_io;
}

test(what_waits_in_quarantine_outlives_a_lack_of_memory)
{
	static const struct service_input inputs[] = { { local_type, input_kind_local, intake_refuses },
						       { 0, input_kind_message, NULL } };
	struct origin o = { .actor = 7 };
	uint8_t *body = calloc(1, large);
#if defined(__SANITIZE_ADDRESS__)
	printf("# skipped: the sanitizer takes more memory than a limit leaves\n");
	free(body);
	return;
#endif
	node_services[intake].inputs = inputs;
	nodes_open();
	ensure(engine_take_local(nodes[intake].engine, 1, &o, local_type, bytes_of(body, large)) == error_none);
	turn_of(intake);
	check_u64(status_of(intake)->quarantined, 1);
	node_close(intake);
	int failed = 0, done = 0;
	for (unsigned long more = large / 2; more < 4 * large; more += large / 8) {
		enum error e = retry_with(more);
		check(e == error_none || e == error_no_memory);
		failed += e == error_no_memory;
		done += e == error_none;
	}
	check(failed > 0 && done > 0);
	node_open(intake);
	check_u64(node_act(intake, operator_act_quarantine_retry, 1), 0); // refused again, and whole
	check_u64(status_of(intake)->quarantined, 1);
	free(body);
	nodes_close();
	node_services[intake].inputs = intake_test_inputs;
}

int main(void)
{
	run(what_a_schema_refuses_waits_in_quarantine_for_an_operator);
	run(an_input_of_any_kind_waits_in_quarantine_and_is_tried_again);
	run(much_that_waits_in_quarantine_is_fed_again_a_turn_at_a_time);
	run(what_waits_in_quarantine_outlives_a_lack_of_memory);
	return test_summary();
}
