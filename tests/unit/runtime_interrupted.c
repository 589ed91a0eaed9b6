// A process that dies in the midst of a turn: nothing is lost or doubled, what it was at is known when it starts again, and an
// entry that it dies of is set aside.
#include <openssl/crypto.h>

#include "crypto/digest.h"
#include "runtime/attempt.h"
#include "runtime_life.h"

// Crashes at every point, many times over, in every service: nothing is lost, nothing has an effect twice.
test(a_crash_at_each_point_loses_and_doubles_nothing)
{
	for (int point = 0; point < engine_point_count; point++) {
		limits.segment_bytes = 400;
		limits.hot_turns = 1;
		nodes_open();
		crashes = 0;
		for (uint64_t n = 1; n <= 60; n++) {
			for (int i = 0; i < node_count; i++) {
				nodes[i].crash_at = point;
				nodes[i].crash_after = (int)(n % 3);
			}
			submit(n % 2 == 0 ? op_ask : op_send, n);
			pump();
			// A submitter repeats what got no receipt.
			if (value_at(intake, &rows_table, n) == 0) {
				submit(n % 2 == 0 ? op_ask : op_send, n);
				pump();
			}
		}
		for (int i = 0; i < node_count; i++)
			nodes[i].crash_at = -1;
		pump();
		static const int least[engine_point_count] = { 100, 100, 100, 8, 8, 30 };
		check(crashes >= least[point]);
		for (uint64_t n = 1; n <= 60; n++)
			check_u64(value_at(verification, &rows_table, n) * 100 +
					  value_at(approval, &rows_table, n) * 10 +
					  value_at(approval, &marks_table, n),
				  111);
		check_u64(overtaken, 0);
		nodes_close();
	}
}

test(an_unclean_stop_and_an_interrupted_turn_are_counted)
{
	nodes_open();
	submit(op_send, 1);
	pump();
	check_u64(status_of(intake)->starts_unclean, 0);
	check(engine_stop(nodes[intake].engine) == error_none);
	node_reopen(intake);
	check(status_of(intake)->clean_stop);
	node_reopen(intake);
	check_u64(status_of(intake)->starts_unclean, 1);
	check_u64(status_of(intake)->turns_interrupted, 0);
	nodes[intake].crash_at = engine_point_before_commit;
	submit(op_send, 2);
	turn_of(intake);
	check_u64(status_of(intake)->turns_interrupted, 1);
	nodes[intake].crash_at = engine_point_after_commit;
	submit(op_send, 2);
	turn_of(intake);
	check_u64(status_of(intake)->turns_interrupted, 1); // it was committed
	check_u64(status_of(intake)->starts_unclean, 3);
	nodes_close();
}

test(after_an_interrupted_turn_inputs_are_taken_one_by_one_for_a_while)
{
	nodes_open();
	nodes[intake].crash_at = engine_point_before_commit;
	submit(op_send, 1);
	turn_of(intake);
	for (uint64_t n = 1; n <= 100; n++)
		submit(op_send, n);
	for (uint64_t turn = 1; turn <= 64; turn++) {
		turn_of(intake);
		check_u64(status_of(intake)->head_entry, turn);
	}
	turn_of(intake);
	check_u64(status_of(intake)->head_entry, 100);
	nodes_close();
}

test(an_entry_that_kills_three_times_goes_to_quarantine)
{
	nodes_open();
	third_of_five_kills();
	for (int i = 0; i < node_count; i++)
		node_open(i);
	pump();
	check_u64(status_of(verification)->quarantined, 1);
	check_u64(status_of(verification)->turns_interrupted, 3);
	check_u64(rows_in(verification, &rows_table), 4);
	check_u64(rows_in(approval, &marks_table), 4);
	check_u64(node_act(verification, operator_act_quarantine_retry, 1), 1);
	pump();
	check_u64(rows_in(approval, &marks_table), 5);
	nodes_close();
}

// ---- memory

static bool openssl_starves;
static bool memory_is_short;

static void *starving_malloc(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return openssl_starves ? NULL : malloc(size);
}
static void *starving_realloc(void *from, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return openssl_starves ? NULL : realloc(from, size);
}
static void starving_free(void *from, const char *file, int line)
{
	(void)file, (void)line;
	free(from);
}

static enum error hungry_list(struct turn *t, const struct origin *o, struct bytes body)
{
	if (memory_is_short && get_u64(body.data + 1) == 3) {
		openssl_starves = true;
		digest_new(); // does not return
	}
	return verification_list(t, o, body);
}

test(a_digest_needs_no_memory)
{
	struct bytes data = bytes_of_text("a thread's first one makes its context");
	struct hash before = digest_sha256(data), hmac = digest_hmac_sha256(data, data);

	openssl_starves = true;
	struct hash then = digest_sha256(data), hmac_then = digest_hmac_sha256(data, data);
	openssl_starves = false;
	check(hash_equal(&before, &then));
	check(hash_equal(&hmac, &hmac_then));
}

test(an_input_is_not_blamed_when_memory_ends)
{
	static const struct service_input inputs[] = { { message_type_list_opened, input_kind_message, hungry_list },
						       { 0, input_kind_message, NULL } };
	node_services[verification].inputs = inputs;
	nodes_open();
	for (uint64_t n = 1; n <= 5; n++)
		submit(op_send, n);
	turn_of(intake);
	for (int i = 0; i < node_count; i++)
		node_close(i);
	memory_is_short = true;
	for (int life = 0; life < 5; life++)
		check_u64((unsigned)pump_in_child(0), 1);
	memory_is_short = false;
	for (int i = 0; i < node_count; i++)
		node_open(i);
	pump();
	check_u64(status_of(verification)->turns_interrupted, 5);
	check_u64(status_of(verification)->quarantine_total, 0);
	check_u64(rows_in(verification, &rows_table), 5);
	nodes_close();
	node_services[verification].inputs = verification_test_inputs;
}

// ---- the file beside the store

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

// Dies of the input.
static void one_more_strike(const char *folder, const struct attempt_input *input)
{
	struct attempt a;
	check(attempt_open(&a, folder) == error_none);
	attempt_blame(&a);
	attempt_begin(&a, 1);
	attempt_handle(&a, input);
	attempt_close(&a);
}

static uint32_t strikes_of(const char *folder, const struct attempt_input *input)
{
	struct attempt a;
	check(attempt_open(&a, folder) == error_none);
	attempt_blame(&a);
	uint32_t strikes = attempt_strikes(&a, input);
	attempt_close(&a);
	return strikes;
}

test(two_inputs_that_kill_in_turn_are_both_found_out)
{
	const struct attempt_input one = { .kind = 1, .source = 2, .number = 3 }, two = { .kind = 1, .source = 2, .number = 4 };
	const char *folder = test_folder();
	struct attempt a;
	for (int turn = 0; turn < 3; turn++) {
		one_more_strike(folder, &one);
		one_more_strike(folder, &two);
	}
	check_u64(strikes_of(folder, &one), 3);
	check_u64(strikes_of(folder, &two), 3);
	check(attempt_open(&a, folder) == error_none);
	attempt_begin(&a, 2);
	attempt_handle(&a, &two);
	attempt_end(&a);
	attempt_close(&a);
	check_u64(strikes_of(folder, &one), 3); // the other one's survival says nothing of it
	check_u64(strikes_of(folder, &two), 0);
}

test(what_killed_often_is_not_forgotten_for_many_who_did_once)
{
	const struct attempt_input killer = { .kind = 1, .source = 2, .number = 3 };
	const char *folder = test_folder();
	struct attempt_input input = { .kind = 1, .source = 3 };
	one_more_strike(folder, &killer);
	one_more_strike(folder, &killer);
	for (input.number = 1; input.number <= 2 * attempt_suspects_max; input.number++)
		one_more_strike(folder, &input);
	check_u64(strikes_of(folder, &killer), 2);
	input.number = 2 * attempt_suspects_max;
	check_u64(strikes_of(folder, &input), 1);
	input.number = 1;
	check_u64(strikes_of(folder, &input), 0);
}

test(who_came_back_before_another_killed_keeps_its_strike_until_the_turn_has_ended)
{
	const struct attempt_input suspect = { .kind = 1, .source = 2, .number = 3 }, killer = { .kind = 1, .source = 2, .number = 4 };
	const char *folder = test_folder();
	struct attempt a;
	one_more_strike(folder, &suspect);
	one_more_strike(folder, &killer);
	check(attempt_open(&a, folder) == error_none);
	attempt_blame(&a);
	attempt_begin(&a, 1);
	attempt_handle(&a, &suspect);
	attempt_handle(&a, &killer);
	attempt_close(&a);
	check(attempt_open(&a, folder) == error_none);
	attempt_blame(&a);
	attempt_begin(&a, 1);
	attempt_handle(&a, &killer); // and survives this time
	attempt_end(&a);
	check_u64(attempt_strikes(&a, &killer), 0);
	check_u64(attempt_strikes(&a, &suspect), 1);
	attempt_close(&a);
}

test(who_only_looks_sees_the_effects_that_are_set_aside_and_leaves_the_file_alone)
{
	const struct attempt_input input = { .kind = 1, .source = 2, .number = 9 };
	const struct attempt_input effect = { .kind = attempt_effect, .source = 2, .number = 3 };
	const char *folder = test_folder();

	check_u64(attempt_effects_aside(folder), 0); // no file
	for (uint32_t i = 0; i < attempt_strikes_most; i++) {
		check_u64(attempt_effects_aside(folder), 0);
		one_more_strike(folder, &input);
		one_more_strike(folder, &effect);
	}
	check_u64(attempt_effects_aside(folder), 0);
	check_u64(strikes_of(folder, &effect), attempt_strikes_most); // the start after the last death counts it
	check_u64(attempt_effects_aside(folder), 1);
	check_u64(strikes_of(folder, &effect), attempt_strikes_most);
}

test(an_effect_whose_adapter_came_back_is_no_suspect_any_more)
{
	const struct attempt_input effect = { .kind = attempt_effect, .source = 2, .number = 3 };
	const char *folder = test_folder();
	struct attempt a;
	check(attempt_open(&a, folder) == error_none);
	attempt_perform(&a, &effect);
	attempt_close(&a);
	check(attempt_open(&a, folder) == error_none);
	check(a.performing && !a.interrupted);
	attempt_blame(&a);
	check_u64(attempt_strikes(&a, &effect), 1);
	attempt_perform(&a, &effect);
	attempt_end(&a);
	check_u64(attempt_strikes(&a, &effect), 0);
	attempt_close(&a);
	check_u64(strikes_of(folder, &effect), 0);
}

test(a_file_that_is_another_programs_says_nothing)
{
	static const uint8_t other[200] = { [0 ... 199] = 1 };
	const struct attempt_input input = { 0x01010101, 0x01010101, UINT64_C(0x0101010101010101) };
	const char *folder = test_folder();
	struct attempt a;
	char path[512];
	snprintf(path, sizeof path, "%s/attempt", folder);
	check(file_write_atomic(path, bytes_of(other, sizeof other), 0600) == error_none);
	check(attempt_open(&a, folder) == error_none);
	check(!a.interrupted && !a.performing && !attempt_is_hopeless(&a));
	check_u64(attempt_strikes(&a, &input), 0);
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
	ensure(CRYPTO_set_mem_functions(starving_malloc, starving_realloc, starving_free));
	run(a_crash_at_each_point_loses_and_doubles_nothing);
	run(an_unclean_stop_and_an_interrupted_turn_are_counted);
	run(an_entry_that_kills_three_times_goes_to_quarantine);
	run(after_an_interrupted_turn_inputs_are_taken_one_by_one_for_a_while);
	run(a_digest_needs_no_memory);
	run(an_input_is_not_blamed_when_memory_ends);
	run(an_input_under_way_when_the_process_dies_gets_a_strike_until_it_survives);
	run(two_inputs_that_kill_in_turn_are_both_found_out);
	run(what_killed_often_is_not_forgotten_for_many_who_did_once);
	run(who_came_back_before_another_killed_keeps_its_strike_until_the_turn_has_ended);
	run(who_only_looks_sees_the_effects_that_are_set_aside_and_leaves_the_file_alone);
	run(an_effect_whose_adapter_came_back_is_no_suspect_any_more);
	run(a_file_that_is_another_programs_says_nothing);
	run(a_turn_that_was_interrupted_outside_a_handler_is_nobodys_fault);
	run(a_folder_that_cannot_hold_the_file_is_a_fault_of_the_environment);
	return test_summary();
}
