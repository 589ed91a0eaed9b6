// The engine: what a turn promises, over three small services (runtime_nodes.h).
#include <sys/wait.h>

#include "runtime_nodes.h"

test(entries_flow_and_acts_never_overtake_their_lists)
{
	nodes_open();
	replies = 0;
	for (uint64_t n = 1; n <= 200; n++)
		submit(op_send, n);
	pump();
	check_u64(replies, 200);
	check_u64(rows_in(verification, &rows_table), 200);
	check_u64(rows_in(approval, &marks_table), 200);
	check_u64(overtaken, 0);
	for (uint64_t n = 1; n <= 200; n++)
		check_u64(value_at(approval, &rows_table, n) * 10 + value_at(approval, &marks_table, n), 11);
	nodes_close();
}

test(an_effect_waits_for_its_cause_whatever_way_it_came)
{
	struct buffer ask = { 0 }, answer = { 0 };

	nodes_open();
	submit(op_send, 1);
	// Everything but approval's line to verification: the act is there, the list is not.
	for (int i = 0; i < 20; i++) {
		carry(verification, intake);
		carry(intake, verification);
		carry(approval, intake);
		for (int n = 0; n < node_count; n++)
			turn_of(n);
		boot++;
	}
	check_u64(value_at(intake, &marks_table, 1), 1);
	check_u64(value_at(approval, &marks_table, 1), 0);
	check_u64(status_of(approval)->sources[0].state, source_state_waiting);
	pump();
	check_u64(value_at(approval, &marks_table, 1), 1);
	check_u64(overtaken, 0);
	buffer_deinit(&ask);
	buffer_deinit(&answer);
	nodes_close();
}

test(lost_doubled_and_late_frames_change_nothing)
{
	nodes_open();
	limits.credit_bytes = 300;
	for (int i = 0; i < node_count; i++)
		node_reopen(i);
	fate = 42;
	for (uint64_t n = 1; n <= 300; n++) {
		submit(op_send, n);
		if (n % 7 == 0)
			pump();
	}
	pump();
	for (uint64_t n = 1; n <= 300; n++)
		check_u64(value_at(approval, &rows_table, n) * 100 + value_at(approval, &marks_table, n) * 10 +
				  value_at(intake, &marks_table, n),
			  111);
	check_u64(overtaken, 0);
	nodes_close();
}

// What one service says to the next: the ask and the stream frame that answers it, as stream.c describes them.
static const char golden_ask[] =
	"870184010102030300040102840101020103000400030004c42000000000000000000000000000000000000000000000"
	"000000000000000000000500060007ce00080000";
static const char golden_stream[] =
	"850194010100010200030204010592970101c42046605175b98d68cc000706eb465748cb5ead01db60178c4829e95da2"
	"a8b3e72b01009090970202c420d17d4738a1822ba30d1f785aeb9372bc0ebb17b5f776e2508b649faf1fd60134010190"
	"919201c4178501cd012002020302040709c409010000000000000002";

test(the_bytes_of_an_ask_and_of_its_stream_are_frozen)
{
	static char hex[2000];
	struct buffer ask = { 0 }, stream = { 0 };
	int64_t now = wall;

	wall = 1800000000000;
	limits.batch_entries = 1024; // the record holds it
	nodes_open();
	submit(op_ask, 1); // a turn without entries for verification, and one with
	turn_of(intake);
	submit(op_send, 2);
	turn_of(intake);
	check(engine_next_ask(nodes[verification].engine, service_id_intake, boot, &ask) == error_none);
	check(engine_serve_ask(nodes[intake].engine, buffer_bytes(&ask), &stream) == error_none);
	hex_encode(ask.data, ask.size, hex);
	check_text(hex, golden_ask);
	check(stream.size * 2 < sizeof hex);
	hex_encode(stream.data, stream.size, hex);
	check_text(hex, golden_stream);
	buffer_deinit(&ask);
	buffer_deinit(&stream);
	nodes_close();
	wall = now;
}

test(who_asks_after_others_gets_the_same_frame)
{
	static const int readers[] = { verification, approval };
	struct buffer ask[2] = { 0 }, first[2] = { 0 }, later = { 0 };

	nodes_open();
	submit(op_ask, 1); // for nobody
	turn_of(intake);
	submit(op_send, 2); // for verification alone
	turn_of(intake);
	for (int i = 0; i < 2; i++) {
		node_reopen(intake); // it has served nobody yet
		check(engine_next_ask(nodes[readers[i]].engine, service_id_intake, boot, &ask[i]) == error_none);
		check(engine_serve_ask(nodes[intake].engine, buffer_bytes(&ask[i]), &first[i]) == error_none);
	}
	check(!bytes_equal(buffer_bytes(&first[0]), buffer_bytes(&first[1])));
	for (int i = 0; i < 4; i++) {
		buffer_clear(&later);
		check(engine_serve_ask(nodes[intake].engine, buffer_bytes(&ask[i % 2]), &later) == error_none);
		check(bytes_equal(buffer_bytes(&later), buffer_bytes(&first[i % 2])));
	}
	for (int i = 0; i < 2; i++) {
		buffer_deinit(&ask[i]);
		buffer_deinit(&first[i]);
	}
	buffer_deinit(&later);
	nodes_close();
}

test(a_doubled_frame_is_skipped_and_a_gap_is_asked_again)
{
	struct buffer ask = { 0 }, first = { 0 }, second = { 0 };

	nodes_open();
	submit(op_send, 1);
	turn_of(intake);
	check(engine_next_ask(nodes[verification].engine, service_id_intake, boot, &ask) == error_none);
	check(engine_serve_ask(nodes[intake].engine, buffer_bytes(&ask), &first) == error_none);
	check(engine_take_stream(nodes[verification].engine, buffer_bytes(&first), boot) == error_none);
	check(engine_take_stream(nodes[verification].engine, buffer_bytes(&first), boot) == error_exists);
	turn_of(verification);
	check(engine_take_stream(nodes[verification].engine, buffer_bytes(&first), boot) == error_exists);
	check(engine_turn(nodes[verification].engine, wall, boot) == error_pending);
	check_u64(value_at(verification, &rows_table, 1), 1);

	// A fresh consumer is handed what follows turn 1.
	submit(op_send, 2);
	turn_of(intake);
	buffer_clear(&ask);
	check(engine_next_ask(nodes[verification].engine, service_id_intake, boot, &ask) == error_none);
	check(engine_serve_ask(nodes[intake].engine, buffer_bytes(&ask), &second) == error_none);
	node_close(verification);
	remove_folder(nodes[verification].folder);
	node_open(verification);
	buffer_clear(&ask);
	check(engine_next_ask(nodes[verification].engine, service_id_intake, boot, &ask) == error_none);
	check(engine_next_ask(nodes[verification].engine, service_id_intake, boot, &ask) == error_pending);
	check(engine_take_stream(nodes[verification].engine, buffer_bytes(&second), boot) == error_gap);
	check(engine_next_ask(nodes[verification].engine, service_id_intake, boot, &ask) == error_none);
	pump();
	check_u64(value_at(verification, &rows_table, 1) + value_at(verification, &rows_table, 2), 2);
	buffer_deinit(&ask);
	buffer_deinit(&first);
	buffer_deinit(&second);
	nodes_close();
}

test(a_frame_that_is_not_one_is_refused_and_harmless)
{
	struct buffer ask = { 0 }, frame = { 0 };

	nodes_open();
	submit(op_send, 1);
	turn_of(intake);
	engine_next_ask(nodes[verification].engine, service_id_intake, boot, &ask);
	engine_serve_ask(nodes[intake].engine, buffer_bytes(&ask), &frame);
	for (size_t cut = 0; cut < frame.size; cut++)
		check(engine_take_stream(nodes[verification].engine, bytes_of(frame.data, cut), boot) ==
		      error_malformed);
	for (size_t at = 0; at < frame.size; at++) {
		frame.data[at] ^= 0xff;
		node_reopen(verification);
		engine_take_stream(nodes[verification].engine, buffer_bytes(&frame), boot);
		engine_turn(nodes[verification].engine, wall, boot);
		frame.data[at] ^= 0xff;
	}
	buffer_deinit(&ask);
	buffer_deinit(&frame);
	nodes_close();
}

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

static uint64_t act(int node, enum operator_act what, uint64_t number)
{
	struct engine_reply reply;
	struct operator_answer answer = { 99 };

	engine_take_act(nodes[node].engine, 5, what, number);
	check(engine_turn(nodes[node].engine, wall, boot) == error_none);
	check(engine_next_reply(nodes[node].engine, &reply));
	check_u64(reply.type, message_type_operator_answer);
	check(operator_answer_decode(reply.body, &answer) == error_none);
	return answer.done;
}

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
	check_u64(act(verification, operator_act_quarantine_retry, 1), 0);
	check_u64(status_of(verification)->quarantined, 2);
	refuse_no_more = true;
	check_u64(act(verification, operator_act_quarantine_retry, 1), 1);
	check_u64(value_at(verification, &rows_table, 2), 1000);
	check_u64(act(verification, operator_act_quarantine_drop, 0), 1);
	check_u64(act(verification, operator_act_quarantine_drop, 2), 0);
	check_u64(status_of(verification)->quarantined, 0);
	check_u64(status_of(verification)->quarantine_total, 2);
	refuse_no_more = false;
	nodes_close();
	node_services[verification].inputs = verification_test_inputs;
}

// In a child, since it dies of it.
static int pump_in_child(uint64_t n)
{
	int status;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		deadly = n;
		for (int i = 0; i < node_count; i++)
			node_open(i);
		pump();
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WEXITSTATUS(status);
}

test(an_entry_that_kills_three_times_goes_to_quarantine)
{
	nodes_open();
	for (uint64_t n = 1; n <= 5; n++)
		submit(op_send, n);
	turn_of(intake);
	for (int i = 0; i < node_count; i++)
		node_close(i);
	check_u64(pump_in_child(3), 3);
	check_u64(pump_in_child(3), 3);
	check_u64(pump_in_child(3), 3);
	check_u64(pump_in_child(3), 0);
	for (int i = 0; i < node_count; i++)
		node_open(i);
	pump();
	check_u64(status_of(verification)->quarantined, 1);
	check_u64(status_of(verification)->turns_interrupted, 3);
	check_u64(rows_in(verification, &rows_table), 4);
	check_u64(rows_in(approval, &marks_table), 4);
	check_u64(act(verification, operator_act_quarantine_retry, 1), 1);
	pump();
	check_u64(rows_in(approval, &marks_table), 5);
	nodes_close();
}

test(one_long_list_does_not_starve_a_short_one)
{
	nodes_open();
	limits.batch_entries = 100;
	node_reopen(intake);
	submit(op_walk, 10000);
	check(turn_of(intake));
	uint64_t before = status_of(intake)->head_turn;
	submit(op_send, 77);
	check(turn_of(intake));
	check_u64(value_at(intake, &rows_table, 77), 1); // in the very next turn
	check_u64(status_of(intake)->head_turn, before + 1);
	check_u64(rooms[0], 100);
	check_u64(rooms[1], 50); // half, for something else was waiting
	while (status_of(intake)->continuations > 0)
		check(turn_of(intake));
	check_u64(status_of(intake)->head_entry, 10001);
	check(status_of(intake)->head_turn < 105);
	pump();
	check_u64(rows_in(verification, &rows_table), 10000); // 77 was among them
	nodes_close();
}

test(many_long_lists_share_a_turn)
{
	nodes_open();
	limits.batch_entries = 100;
	node_reopen(intake);
	for (int i = 0; i < 4; i++)
		submit(op_walk, 300 + (unsigned)i);
	while (status_of(intake)->continuations < 4)
		turn_of(intake);
	rooms_count = 0;
	turn_of(intake);
	check_u64(rooms_count, 4);
	check_u64(rooms[0], 25);
	check_u64(rooms[3], 25);
	pump();
	check_u64(status_of(intake)->head_entry,
		  2 * (300 + 301 + 302 + 303)); // verification closes each, which makes an act
	nodes_close();
}

test(very_many_long_lists_leave_half_of_the_room_to_others)
{
	nodes_open();
	limits.batch_entries = 64;
	node_reopen(intake);
	for (uint64_t n = 0; n < 20; n++) {
		submit(op_walk, 1000 + n);
		turn_of(intake);
	}
	while (status_of(intake)->inputs_waiting > 0)
		turn_of(intake);
	check(status_of(intake)->continuations >= 19);
	submit(op_send, 77);
	turn_of(intake);
	check_u64(value_at(intake, &rows_table, 77), 1);
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

static uint64_t known_of(int node, uint16_t service)
{
	const struct service_status *s = status_of(node);
	for (size_t i = 0; i < s->known_count; i++)
		if (s->known[i].service == service)
			return s->known[i].entry;
	return 0;
}

test(the_causal_past_goes_beyond_the_sources_and_is_durable)
{
	static const uint16_t only_intake[] = { service_id_intake, 0 };
	node_services[approval].sources = only_intake;
	nodes_open();
	submit(op_send, 1);
	pump();
	uint64_t known = known_of(approval, service_id_verification); // through intake's act, which it closed
	check(known >= 2);
	node_reopen(approval);
	check_u64(known_of(approval, service_id_verification), known);
	nodes_close();
	node_services[approval].sources = approval_test_sources;
}

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

test(timers_run_when_due_and_are_held_after_a_clock_jump)
{
	nodes_open();
	submit(op_timer, 5000);
	submit(op_timer, 8000);
	submit(op_timer, 3600 * 1000);
	turn_of(intake);
	check(engine_turn(nodes[intake].engine, wall + 4999, boot + 4999) == error_pending);
	check(engine_turn(nodes[intake].engine, wall + 5000, boot + 5000) == error_none);
	check_u64(value_at(intake, &marks_table, 5000), 1);
	check(engine_wake_ms(nodes[intake].engine, wall + 5000, boot + 5000) <= boot + 8000);

	// The wall clock jumps an hour: held, and time goes on slowly.
	check(engine_turn(nodes[intake].engine, wall + 3600 * 1000 + 6000, boot + 6000) == error_pending);
	check(status_of(intake)->timers_held);
	submit(op_send, 9);
	check(engine_turn(nodes[intake].engine, wall + 3600 * 1000 + 9000, boot + 9000) == error_none);
	check_u64((uint64_t)(status_of(intake)->head_time - wall), 9000);
	check_u64(value_at(intake, &marks_table, 8000), 0);
	node_reopen(intake);
	check(status_of(intake)->timers_held); // durably
	check(engine_turn(nodes[intake].engine, wall + 3600 * 1000 + 9000, boot + 9000) == error_pending);
	wall += 3600 * 1000 + 9000;
	boot += 9000;
	// Accepted, and it jumps again before the turn: that clock nobody has seen.
	check(engine_take_act(nodes[intake].engine, 1, operator_act_accept_clock, 0) == error_none);
	check(engine_turn(nodes[intake].engine, wall + INT64_C(30) * 24 * 3600 * 1000, boot) == error_none);
	check(status_of(intake)->timers_held);
	check(engine_turn(nodes[intake].engine, wall, boot) == error_pending);
	check_u64(act(intake, operator_act_accept_clock, 0), 1);
	check(!status_of(intake)->timers_held);
	pump();
	check_u64(value_at(intake, &marks_table, 8000) + value_at(intake, &marks_table, 3600 * 1000), 2);
	nodes_close();
}

test(a_start_many_days_after_the_last_turn_holds_timers)
{
	nodes_open();
	submit(op_timer, 1000);
	turn_of(intake);
	node_reopen(intake);
	wall += INT64_C(8) * 24 * 3600 * 1000;
	check(engine_turn(nodes[intake].engine, wall, boot) == error_pending);
	check(status_of(intake)->timers_held);
	act(intake, operator_act_accept_clock, 0); // and they run in the same turn
	check_u64(value_at(intake, &marks_table, 1000), 1);
	nodes_close();
}

test(time_never_goes_back)
{
	nodes_open();
	submit(op_send, 1);
	turn_of(intake);
	int64_t time = status_of(intake)->head_time;
	submit(op_send, 2);
	check(engine_turn(nodes[intake].engine, wall - 2000, boot) == error_none);
	check_u64(status_of(intake)->head_time, time);
	nodes_close();
}

static void copy_folder(const char *from, const char *to)
{
	char command[800];
	snprintf(command, sizeof command, "cp -r '%s' '%s'", from, to);
	ensure(system(command) == 0);
}

test(a_restored_old_copy_is_a_fork_and_stops_both_sides)
{
	char copy[320], folder[300];

	nodes_open();
	submit(op_send, 1);
	pump();
	snprintf(folder, sizeof folder, "%s", nodes[intake].folder);
	snprintf(copy, sizeof copy, "%s.copy", folder);
	node_close(intake);
	copy_folder(folder, copy);
	node_open(intake);
	submit(op_send, 2);
	pump();
	node_close(intake);
	remove_folder(folder);
	copy_folder(copy, folder);
	node_open(intake);
	submit(op_send, 3); // another turn 2
	pump();
	check_u64(status_of(verification)->sources[0].state, source_state_forked);
	check_u64(status_of(approval)->sources[0].state, source_state_forked);
	check_u64(value_at(verification, &rows_table, 3), 0);
	check_u64(status_of(intake)->halt, halt_old_copy); // they have seen what it never wrote
	nodes_close();
}

// intake as it was after one turn, and the others two turns on; then intake is put back.
static void put_intake_back(bool restored, bool old)
{
	const uint16_t readers[] = { node_services[verification].id, node_services[approval].id, 0 };
	char copy[320], folder[300];

	nodes_open();
	submit(op_send, 1);
	pump();
	snprintf(folder, sizeof folder, "%s", nodes[intake].folder);
	snprintf(copy, sizeof copy, "%s.copy", folder);
	node_close(intake);
	copy_folder(folder, copy);
	node_open(intake);
	if (old) {
		submit(op_send, 2);
		pump();
	}
	node_close(intake);
	remove_folder(folder);
	copy_folder(copy, folder);
	if (restored)
		check(engine_mark_restored(folder, readers) == error_none);
	node_open(intake);
}

test(a_restored_copy_does_nothing_until_its_readers_have_asked)
{
	struct origin o = { .actor = 7 };

	put_intake_back(true, false);
	check_u64(status_of(intake)->halt, halt_peers);
	check(engine_take_local(nodes[intake].engine, 9, &o, local_type, op_bytes(op_send, 2)) == error_pending);
	carry(verification, intake);
	check_u64(status_of(intake)->halt, halt_peers);
	node_reopen(intake); // what it has heard is heard again
	check_u64(status_of(intake)->halt, halt_peers);
	pump();
	check_u64(status_of(intake)->halt, halt_none);
	submit(op_send, 2);
	pump();
	check_u64(value_at(verification, &rows_table, 2), 1);
	node_reopen(intake);
	check_u64(status_of(intake)->halt, halt_none);
	nodes_close();
}

test(a_restored_copy_that_its_readers_have_overtaken_stops_before_it_writes)
{
	put_intake_back(true, true);
	uint64_t turn = status_of(intake)->head_turn;
	pump();
	check_u64(status_of(intake)->halt, halt_old_copy);
	check_u64(status_of(intake)->head_turn, turn);
	check(engine_stop(nodes[intake].engine) == error_none);
	nodes_close();
}

test(an_old_copy_that_nobody_marked_is_found_by_the_first_ask)
{
	put_intake_back(false, true);
	check_u64(status_of(intake)->halt, halt_none);
	pump();
	check_u64(status_of(intake)->halt, halt_old_copy);
	nodes_close();
}

test(a_restored_copy_that_went_further_is_a_fork_as_well)
{
	char copy[320], folder[300];

	nodes_open();
	submit(op_bad, 1);
	pump();
	snprintf(folder, sizeof folder, "%s", nodes[intake].folder);
	snprintf(copy, sizeof copy, "%.300s.copy", folder);
	node_close(intake);
	copy_folder(folder, copy);
	node_open(intake);
	submit(op_bad, 2);
	pump();
	node_close(intake);
	remove_folder(folder);
	copy_folder(copy, folder);
	node_open(intake);
	for (uint64_t n = 3; n < 10; n++) { // turns 2 and further are others now
		submit(op_send, n);
		turn_of(intake);
	}
	pump();
	check_u64(status_of(verification)->sources[0].state, source_state_forked);
	check_u64(rows_in(verification, &rows_table), 0);
	nodes_close();
}

test(a_slice_is_split_over_turns_and_goes_on_after_a_crash)
{
	nodes_open();
	for (uint64_t n = 1; n <= 100; n++)
		submit(op_send, n);
	turn_of(intake); // one turn of 100 entries
	limits.batch_inputs = 7;
	node_reopen(verification);
	for (int i = 0; i < 40; i++) {
		carry(verification, intake);
		turn_of(verification);
		if (i % 3 == 1)
			node_reopen(verification);
		boot += 1000;
		wall += 1000;
	}
	check_u64(status_of(verification)->head_turn, 15);
	check_u64(rows_in(verification, &rows_table), 100);
	for (uint64_t n = 1; n <= 100; n++)
		check_u64(value_at(verification, &rows_table, n), 1);
	nodes_close();
}

test(with_too_little_disk_left_nothing_is_admitted)
{
	struct origin o = { 0 };
	limits.reserve_bytes = UINT64_MAX / 2;
	nodes_open();
	engine_turn(nodes[intake].engine, wall, boot);
	check(engine_take_local(nodes[intake].engine, 1, &o, local_type, op_bytes(op_send, 1)) == error_pending);
	check(!status_of(intake)->admission);
	nodes_close();
}

test(positions_over_what_is_for_others_become_durable_rarely)
{
	nodes_open();
	submit(op_crowd, 1); // approval gets an entry of verification, none of intake's
	pump();
	const struct service_status *s = status_of(approval);
	check_u64(s->sources[0].entry, 1);
	uint64_t turns = s->head_turn;
	submit(op_bad, 2);
	pump();
	s = status_of(approval);
	check_u64(s->sources[0].entry, 2);
	check_u64(s->sources[0].durable_entry, 1);
	check_u64(s->head_turn, turns);
	wall += 61000;
	boot += 61000;
	pump();
	check_u64(status_of(approval)->sources[0].durable_entry, 2);
	check_u64(status_of(approval)->head_turn, turns + 1);
	nodes_close();
}

test(nothing_to_do_writes_no_turn)
{
	nodes_open();
	check(engine_turn(nodes[intake].engine, wall, boot) == error_pending);
	pump();
	for (int i = 0; i < node_count; i++)
		check_u64(status_of(i)->head_turn, 0);
	nodes_close();
}

test(a_full_queue_pushes_back)
{
	struct origin o = { 0 };
	nodes_open();
	for (uint64_t n = 1; n <= 512; n++)
		submit(op_send, n);
	check(engine_take_local(nodes[intake].engine, 1, &o, local_type, op_bytes(op_send, 1)) == error_pending);
	nodes_close();
}

test(a_paused_engine_takes_no_turn_until_its_time_is_up)
{
	nodes_open();
	submit(op_send, 1);
	engine_pause(nodes[intake].engine, boot + 500);
	check(engine_turn(nodes[intake].engine, wall, boot + 499) == error_pending);
	check(engine_turn(nodes[intake].engine, wall, boot + 500) == error_none);
	nodes_close();
}

int main(void)
{
	run(entries_flow_and_acts_never_overtake_their_lists);
	run(an_effect_waits_for_its_cause_whatever_way_it_came);
	run(lost_doubled_and_late_frames_change_nothing);
	run(the_bytes_of_an_ask_and_of_its_stream_are_frozen);
	run(who_asks_after_others_gets_the_same_frame);
	run(a_doubled_frame_is_skipped_and_a_gap_is_asked_again);
	run(a_frame_that_is_not_one_is_refused_and_harmless);
	run(a_crash_at_each_point_loses_and_doubles_nothing);
	run(an_unclean_stop_and_an_interrupted_turn_are_counted);
	run(what_a_schema_refuses_waits_in_quarantine_for_an_operator);
	run(an_entry_that_kills_three_times_goes_to_quarantine);
	run(one_long_list_does_not_starve_a_short_one);
	run(many_long_lists_share_a_turn);
	run(very_many_long_lists_leave_half_of_the_room_to_others);
	run(after_an_interrupted_turn_inputs_are_taken_one_by_one_for_a_while);
	run(the_causal_past_goes_beyond_the_sources_and_is_durable);
	run(open_effects_are_offered_again_and_the_first_answer_counts);
	run(timers_run_when_due_and_are_held_after_a_clock_jump);
	run(a_start_many_days_after_the_last_turn_holds_timers);
	run(time_never_goes_back);
	run(a_restored_old_copy_is_a_fork_and_stops_both_sides);
	run(a_restored_copy_that_went_further_is_a_fork_as_well);
	run(a_restored_copy_does_nothing_until_its_readers_have_asked);
	run(a_restored_copy_that_its_readers_have_overtaken_stops_before_it_writes);
	run(an_old_copy_that_nobody_marked_is_found_by_the_first_ask);
	run(a_slice_is_split_over_turns_and_goes_on_after_a_crash);
	run(with_too_little_disk_left_nothing_is_admitted);
	run(positions_over_what_is_for_others_become_durable_rarely);
	run(nothing_to_do_writes_no_turn);
	run(a_full_queue_pushes_back);
	run(a_paused_engine_takes_no_turn_until_its_time_is_up);
	return test_summary();
}
