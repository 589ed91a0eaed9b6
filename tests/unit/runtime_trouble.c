// The engine when something does not go as it should: adapters that cannot or fail, inputs of every kind that are set
// aside and tried again, the file beside the store that says what killed the process; and what it then says.
#include <fcntl.h>

#include "base/subject.h"
#include "runtime/attempt.h"
#include "runtime/engine_private.h"
#include "runtime_nodes.h"

// ---- adapters ----

static enum error answer_with; // what the adapter comes to
static int asked;

static enum error perform_or_not(void *context, uint64_t id, struct bytes body, struct buffer *answer)
{
	(void)context, (void)id;
	asked++;
	if (answer_with == error_none)
		buffer_append(answer, body.data, body.size);
	return answer_with;
}

static void with_adapters(const struct service_adapter *adapters)
{
	node_services[intake].adapters = adapters;
	asked = 0;
	nodes_open();
	submit(op_ask, 1);
	submit(op_ask, 2);
	turn_of(intake);
}

static void adapters_done(void)
{
	nodes_close();
	node_services[intake].adapters = intake_adapters;
	answer_with = error_none;
}

static const struct service_adapter moody[] = { { effect_type, answer_type, perform_or_not }, { 0, 0, NULL } };

test(an_adapter_that_cannot_now_is_asked_again_a_second_later_and_nothing_is_skipped)
{
	with_adapters(moody);
	struct engine *e = nodes[intake].engine;
	answer_with = error_pending;
	check(engine_perform(e, NULL, 16, boot) == error_none);
	check_u64(asked, 1); // the second waits behind the first
	answer_with = error_none;
	check(engine_perform(e, NULL, 16, boot + 999) == error_pending);
	check_u64(asked, 1);
	check(engine_perform(e, NULL, 16, boot + 1000) == error_none);
	check_u64(asked, 3);
	turn_of(intake);
	check_u64(rows_in(intake, &marks_table), 2);
	check_u64(status_of(intake)->effects_open, 0);
	adapters_done();
}

test(an_effect_whose_adapter_fails_stays_open_and_the_next_is_performed)
{
	with_adapters(moody);
	struct engine *e = nodes[intake].engine;
	answer_with = error_absent;
	check(engine_perform(e, NULL, 1, boot) == error_none);
	answer_with = error_none;
	check(engine_perform(e, NULL, 16, boot) == error_none);
	turn_of(intake);
	check_u64(status_of(intake)->effects_open, 1);
	check(engine_perform(e, NULL, 16, boot) == error_pending); // not again, before the next start
	node_reopen(intake);
	check(engine_perform(nodes[intake].engine, NULL, 16, boot) == error_none);
	turn_of(intake);
	check_u64(status_of(intake)->effects_open, 0);
	adapters_done();
}

test(an_effect_that_nobody_performs_stays_open_and_harms_nobody)
{
	static const struct service_adapter none[] = { { 0, 0, NULL } };
	with_adapters(none);
	check(engine_perform(nodes[intake].engine, NULL, 16, boot) == error_none);
	check_u64(status_of(intake)->effects_open, 2);
	submit(op_send, 3);
	check(turn_of(intake));
	adapters_done();
}

test(a_fault_of_the_environment_in_an_adapter_ends_the_engine)
{
	with_adapters(moody);
	answer_with = error_io;
	check(engine_perform(nodes[intake].engine, NULL, 16, boot) == error_io);
	adapters_done();
}

// ---- quarantine: every kind of input ----

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
	check_u64(operator_does(operator_act_quarantine_retry, 0), 4);
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

// ---- what it says ----

static char said[8000];

static bool keep_line(const char *service, enum log_level level, const char *line)
{
	(void)service, (void)level;
	size_t n = strlen(said);
	snprintf(said + n, sizeof said - n, "%s\n", line);
	return true;
}

test(at_level_debug_every_entry_is_told_with_whose_it_is)
{
	nodes_open();
	log_open("test", log_level_debug, 0);
	log_sink(keep_line);
	said[0] = '\0';
	struct origin o = { .actor = 7, .submission = 12 };
	ensure(engine_take_local(nodes[intake].engine, 1, &o, local_type, op_bytes(op_send, 17)) == error_none);
	turn_of(intake);
	log_sink(NULL);
	log_open("test", log_level_fatal, 0);
	check(strstr(said, "put_out entry=1 turn=1 message=list_opened"));
	check(strstr(said, "submission=12"));
	nodes_close();
}

static const char *told_of(uint16_t type, bool has_subject, uint64_t subject, struct bytes body)
{
	static char fields[entry_fields_size];
	struct buffer envelope = { 0 };
	envelope_encode(&(struct envelope){ .type = type, .has_subject = has_subject, .subject = subject, .has_submission = true,
					    .submission = 4, .body = body },
			&envelope);
	entry_fields(buffer_bytes(&envelope), fields);
	buffer_deinit(&envelope);
	return fields;
}

test(an_entry_about_a_request_names_it_and_its_list)
{
	struct buffer body = { 0 };
	char none[entry_fields_size] = "kept";
	request_verified_encode(&(struct request_verified){ .request = item_of(12, 3), .member = 17, .list = 12 }, &body);
	check_text(told_of(message_type_request_verified, true, subject_of(subject_kind_member, 17), buffer_bytes(&body)),
		   " message=request_verified member=17 request=12-3 list=12 submission=4");
	check_text(told_of(message_type_request_verified, true, subject_of(subject_kind_list, 12), buffer_bytes(&body)),
		   " message=request_verified list=12 request=12-3 submission=4");
	check_text(told_of(message_type_request_verified, false, 0, buffer_bytes(&body)),
		   " message=request_verified request=12-3 list=12 submission=4");
	check_text(told_of(message_type_request_verified, false, 0, bytes_of_text("nonsense")),
		   " message=request_verified submission=4");
	check_text(entry_fields(bytes_of_text("nonsense"), none), "");
	buffer_deinit(&body);
}

// ---- a copy that was restored ----

test(a_mark_of_a_restored_copy_that_is_not_one_ends_the_start)
{
	char path[400];
	nodes_open();
	snprintf(path, sizeof path, "%s", nodes[intake].folder);
	node_close(intake);
	const uint16_t readers[] = { service_id_verification, 0 };
	ensure(engine_mark_restored(path, readers) == error_none);
	check(engine_open(&nodes[intake].engine, &nodes[intake].options) == error_none);
	check_u64(status_of(intake)->halt, halt_peers);
	node_close(intake);
	char command[600];
	snprintf(command, sizeof command, "for f in $(grep -l ^heard-by '%s'/*); do echo nonsense >$f; done", path);
	ensure(system(command) == 0);
	check(engine_open(&nodes[intake].engine, &nodes[intake].options) == error_corrupt);
	static char far[5000];
	memset(far, 'f', sizeof far - 1);
	check(engine_mark_restored(far, readers) == error_io);
	nodes_close();
}

// ---- the file beside the store ----

test(an_input_under_way_when_the_process_dies_gets_a_strike_until_it_survives)
{
	const struct attempt_input killer = { .kind = 1, .source = 2, .number = 3 }, other = { .kind = 1, .source = 2, .number = 4 };
	struct attempt a;
	const char *folder = test_folder();
	for (uint32_t strike = 1; strike <= 2; strike++) {
		check(attempt_open(&a, folder) == error_none);
		check_u64(a.interrupted, strike > 1);
		if (strike > 1)
			attempt_blame(&a);
		check_u64(attempt_strikes(&a, &killer), strike - 1);
		attempt_begin(&a, 8);
		attempt_handle(&a, &other);
		attempt_handle(&a, &killer);
		attempt_close(&a); // as if the process had died: nothing was ended
	}
	check(attempt_open(&a, folder) == error_none);
	check_u64(a.interrupted_turn, 8);
	attempt_blame(&a);
	check_u64(attempt_strikes(&a, &killer), 2);
	check_u64(attempt_strikes(&a, &other), 0);
	attempt_begin(&a, 9);
	attempt_handle(&a, &killer);
	attempt_commit(&a);
	attempt_end(&a);
	check_u64(attempt_strikes(&a, &killer), 0);
	attempt_close(&a);
	check(attempt_open(&a, folder) == error_none);
	check(!a.interrupted);
	attempt_close(&a);
}

test(a_turn_that_was_interrupted_outside_a_handler_is_nobodys_fault)
{
	const struct attempt_input input = { .kind = 1, .source = 2, .number = 3 };
	struct attempt a;
	const char *folder = test_folder();
	check(attempt_open(&a, folder) == error_none);
	attempt_begin(&a, 5);
	attempt_handle(&a, &input);
	attempt_commit(&a);
	attempt_close(&a);
	check(attempt_open(&a, folder) == error_none);
	check(a.interrupted);
	attempt_blame(&a);
	check_u64(attempt_strikes(&a, &input), 0);
	attempt_close(&a);
}

test(a_folder_that_cannot_hold_the_file_is_a_fault_of_the_environment)
{
	static char longer[5000];
	struct attempt a;
	memset(longer, 'x', sizeof longer - 1);
	check(attempt_open(&a, longer) == error_io);
	check(attempt_open(&a, "/nonexistent/folder") < 0);
	check(a.page == NULL && a.fd == -1);
	attempt_close(&a); // harmless
}

int main(void)
{
	run(an_adapter_that_cannot_now_is_asked_again_a_second_later_and_nothing_is_skipped);
	run(an_effect_whose_adapter_fails_stays_open_and_the_next_is_performed);
	run(an_effect_that_nobody_performs_stays_open_and_harms_nobody);
	run(a_fault_of_the_environment_in_an_adapter_ends_the_engine);
	run(an_input_of_any_kind_waits_in_quarantine_and_is_tried_again);
	run(at_level_debug_every_entry_is_told_with_whose_it_is);
	run(an_entry_about_a_request_names_it_and_its_list);
	run(a_mark_of_a_restored_copy_that_is_not_one_ends_the_start);
	run(an_input_under_way_when_the_process_dies_gets_a_strike_until_it_survives);
	run(a_turn_that_was_interrupted_outside_a_handler_is_nobodys_fault);
	run(a_folder_that_cannot_hold_the_file_is_a_fault_of_the_environment);
	return test_summary();
}
