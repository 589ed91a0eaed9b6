// Effects and their adapters: those that cannot now or fail, and the first answer, which is the one that counts.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/memory.h"
#include "runtime/attempt.h"
#include "runtime/crash.h"
#include "runtime_nodes.h"

test(open_effects_are_offered_again_and_the_first_answer_counts)
{
	struct engine_effect effect;
	struct engine *e;

	nodes_open();
	submit(op_ask, 1);
	submit(op_ask, 2);
	turn_of(intake);
	e = nodes[intake].engine;
	check(engine_next_effect(e, &effect) == error_none);
	uint64_t first = effect.id;
	check(engine_next_effect(e, &effect) == error_none);
	check(engine_next_effect(e, &effect) == error_pending);
	node_reopen(intake);
	e = nodes[intake].engine;
	check(engine_next_effect(e, &effect) == error_none);
	check_u64(effect.id, first);
	check_u64(effect.type, effect_type);
	check(engine_take_answer(e, first, answer_type, op_bytes(0, 1)) == error_none);
	check(engine_take_answer(e, first, answer_type, op_bytes(0, 1)) == error_none);
	turn_of(intake);
	check(engine_take_answer(e, first, answer_type, op_bytes(0, 1)) == error_none);
	check(engine_turn(e, wall, boot) == error_pending);
	check_u64(value_at(intake, &marks_table, first), 1);
	check_u64(status_of(intake)->answers_dropped, 2);
	check_u64(status_of(intake)->effects_open, 1);
	node_reopen(intake);
	check(engine_next_effect(nodes[intake].engine, &effect) == error_none);
	check_u64(effect.id, first + 1);
	nodes_close();
}

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

static uint64_t deadly_effect, deadly_effects = 1;
static bool memory_ends, dies_of_a_signal, file_ends;

static void read_beyond_a_file(void)
{
	char path[600];
	snprintf(path, sizeof path, "%s/damaged", nodes[intake].folder);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	volatile uint8_t *at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	ensure(fd >= 0 && at != MAP_FAILED);
	(void)at[0];
}

static enum error perform_and_die(void *context, uint64_t id, struct bytes body, struct buffer *answer)
{
	(void)context;
	if (memory_ends)
		memory_ended("an adapter");
	if (file_ends)
		read_beyond_a_file();
	if (id - deadly_effect < deadly_effects && dies_of_a_signal)
		raise(SIGSEGV);
	if (id - deadly_effect < deadly_effects)
		_exit(3); // as kill -9 would: nothing is ended
	buffer_append(answer, body.data, body.size);
	return error_none;
}

// In a child: its exit status, 0 when the adapters came back, or the signal that it died of.
static int life_with_adapters(void)
{
	int status;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		if (dies_of_a_signal || file_ends)
			crash_watch("intake");
		node_open(intake);
		while (engine_perform(nodes[intake].engine, NULL, 16, boot) == error_none) {
		}
		while (turn_of(intake)) {
		}
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

test(an_effect_that_kills_three_times_stays_open_and_the_others_are_performed)
{
	static const struct service_adapter adapters[] = { { effect_type, answer_type, perform_and_die }, { 0, 0, NULL } };
	struct engine_effect effect;
	with_adapters(adapters);
	check(engine_next_effect(nodes[intake].engine, &effect) == error_none);
	deadly_effect = effect.id;
	node_close(intake);
	for (int life = 0; life < 4; life++)
		check_u64((unsigned)life_with_adapters(), life < 3 ? 3 : 0);
	node_open(intake);
	check_u64(status_of(intake)->effects_open, 1);
	check_u64(value_at(intake, &marks_table, deadly_effect), 0);
	check_u64(value_at(intake, &marks_table, deadly_effect + 1), 1);
	check_u64(status_of(intake)->turns_interrupted, 0); // no turn was
	deadly_effect = 0;
	node_close(intake);
	check_u64((unsigned)life_with_adapters(), 0); // the adapter is mended: somebody has to say so
	node_open(intake);
	check_u64(status_of(intake)->effects_open, 1);
	adapters_done();
}

test(two_effects_that_kill_are_both_set_aside)
{
	static const struct service_adapter adapters[] = { { effect_type, answer_type, perform_and_die }, { 0, 0, NULL } };
	struct engine_effect effect;
	with_adapters(adapters);
	check(engine_next_effect(nodes[intake].engine, &effect) == error_none);
	submit(op_ask, 3);
	turn_of(intake);
	node_close(intake);
	deadly_effect = effect.id;
	deadly_effects = 2;
	for (int life = 0; life < 8; life++)
		check_u64((unsigned)life_with_adapters(), life < 6 ? 3 : 0);
	node_open(intake);
	check_u64(status_of(intake)->effects_open, 2);
	check_u64(rows_in(intake, &marks_table), 1);
	deadly_effect = 0;
	deadly_effects = 1;
	adapters_done();
}

test(two_effects_that_crash_the_process_are_both_set_aside_and_it_starts)
{
	static const struct service_adapter adapters[] = { { effect_type, answer_type, perform_and_die }, { 0, 0, NULL } };
	struct engine_effect effect;
	if (address_sanitizer) {
		puts("# SKIP: the sanitizer has the signals");
		return;
	}
	with_adapters(adapters);
	check(engine_next_effect(nodes[intake].engine, &effect) == error_none);
	submit(op_ask, 3);
	turn_of(intake);
	node_close(intake);
	deadly_effect = effect.id;
	deadly_effects = 2;
	dies_of_a_signal = true;
	for (int life = 0; life < 8; life++)
		check_u64((unsigned)life_with_adapters(), life < 6 ? SIGSEGV : 0);
	dies_of_a_signal = false;
	node_open(intake);
	check_u64(status_of(intake)->effects_open, 2);
	check_u64(rows_in(intake, &marks_table), 1);
	deadly_effect = 0;
	deadly_effects = 1;
	adapters_done();
}

// More than are remembered: were each forgotten for the next, the process would die of them for ever.
test(an_adapter_that_kills_whatever_it_is_asked_is_asked_nothing_more)
{
	static const struct service_adapter adapters[] = { { effect_type, answer_type, perform_and_die }, { 0, 0, NULL } };
	unsigned lives = 0;
	with_adapters(adapters);
	for (uint64_t n = 3; n <= 40; n++)
		submit(op_ask, n);
	turn_of(intake);
	node_close(intake);
	deadly_effect = 1;
	deadly_effects = UINT64_MAX;
	while (lives < 200 && life_with_adapters() != 0)
		lives++;
	check(lives >= 3 && lives < 3 * attempt_suspects_max);
	check_u64((unsigned)life_with_adapters(), 0);
	node_open(intake);
	check_u64(status_of(intake)->effects_open, 40);
	check_u64(rows_in(intake, &marks_table), 0);
	deadly_effect = 0;
	deadly_effects = 1;
	adapters_done();
}

test(an_effect_is_not_blamed_for_what_comes_after_its_adapter)
{
	with_adapters(moody);
	node_close(intake);
	answer_with = error_pending;
	for (int life = 0; life < 4; life++) {
		fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			node_open(intake);
			engine_perform(nodes[intake].engine, NULL, 16, boot);
			_exit(3);
		}
		waitpid(child, NULL, 0);
	}
	answer_with = error_none;
	node_open(intake);
	check(engine_perform(nodes[intake].engine, NULL, 16, boot) == error_none);
	turn_of(intake);
	check_u64(status_of(intake)->effects_open, 0);
	adapters_done();
}

test(an_effect_is_not_blamed_when_memory_ends)
{
	static const struct service_adapter adapters[] = { { effect_type, answer_type, perform_and_die }, { 0, 0, NULL } };
	with_adapters(adapters);
	node_close(intake);
	memory_ends = true;
	for (int life = 0; life < 4; life++)
		check_u64((unsigned)life_with_adapters(), 1);
	memory_ends = false;
	check_u64((unsigned)life_with_adapters(), 0);
	node_open(intake);
	check_u64(status_of(intake)->effects_open, 0);
	adapters_done();
}

test(an_effect_is_not_blamed_for_a_file_that_is_damaged)
{
	static const struct service_adapter adapters[] = { { effect_type, answer_type, perform_and_die }, { 0, 0, NULL } };
	if (address_sanitizer) {
		puts("# SKIP: the sanitizer has the signals");
		return;
	}
	with_adapters(adapters);
	node_close(intake);
	file_ends = true;
	for (int life = 0; life < 4; life++)
		check_u64((unsigned)life_with_adapters(), error_exit_damaged);
	file_ends = false; // somebody has restored it
	check_u64((unsigned)life_with_adapters(), 0);
	node_open(intake);
	check_u64(status_of(intake)->effects_open, 0);
	adapters_done();
}

int main(void)
{
	run(open_effects_are_offered_again_and_the_first_answer_counts);
	run(an_adapter_that_cannot_now_is_asked_again_a_second_later_and_nothing_is_skipped);
	run(an_effect_whose_adapter_fails_stays_open_and_the_next_is_performed);
	run(an_effect_that_nobody_performs_stays_open_and_harms_nobody);
	run(a_fault_of_the_environment_in_an_adapter_ends_the_engine);
	run(an_effect_that_kills_three_times_stays_open_and_the_others_are_performed);
	run(two_effects_that_kill_are_both_set_aside);
	run(two_effects_that_crash_the_process_are_both_set_aside_and_it_starts);
	run(an_adapter_that_kills_whatever_it_is_asked_is_asked_nothing_more);
	run(an_effect_is_not_blamed_for_what_comes_after_its_adapter);
	run(an_effect_is_not_blamed_when_memory_ends);
	run(an_effect_is_not_blamed_for_a_file_that_is_damaged);
	return test_summary();
}
