// A turn, over three small services (runtime_nodes.h): how its room is shared, when timers run, what is admitted.
#include "runtime_nodes.h"

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
	check_u64(node_act(intake, operator_act_accept_clock, 0), 1);
	check(!status_of(intake)->timers_held);
	pump();
	check_u64(value_at(intake, &marks_table, 8000) + value_at(intake, &marks_table, 3600 * 1000), 2);
	nodes_close();
}

test(a_clock_that_jumps_back_holds_timers_as_well)
{
	nodes_open();
	submit(op_timer, 5000);
	turn_of(intake);
	check(engine_turn(nodes[intake].engine, wall + 1000, boot + 1000) == error_pending);
	check(engine_turn(nodes[intake].engine, wall - 3600 * 1000 + 2000, boot + 2000) == error_pending);
	check(status_of(intake)->timers_held);
	submit(op_send, 9);
	check(engine_turn(nodes[intake].engine, wall - 3600 * 1000 + 6000, boot + 6000) == error_none);
	check_u64((uint64_t)(status_of(intake)->head_time - wall), 6000); // as the boot clock says
	check_u64(value_at(intake, &marks_table, 5000), 0);
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
	node_act(intake, operator_act_accept_clock, 0); // and they run in the same turn
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

test(a_paused_engine_need_not_be_woken_for_what_is_due)
{
	struct buffer ask = { 0 };
	nodes_open();
	submit(op_timer, 50);
	check(turn_of(intake));
	wall += 100;
	boot += 100;
	check(engine_next_ask(nodes[intake].engine, service_id_verification, boot, &ask) == error_none);
	check(engine_wake_ms(nodes[intake].engine, wall, boot) == boot);
	engine_pause(nodes[intake].engine, boot + 500);
	check(engine_wake_ms(nodes[intake].engine, wall, boot) == boot + 500);
	buffer_deinit(&ask);
	nodes_close();
}

int main(void)
{
	run(one_long_list_does_not_starve_a_short_one);
	run(many_long_lists_share_a_turn);
	run(very_many_long_lists_leave_half_of_the_room_to_others);
	run(timers_run_when_due_and_are_held_after_a_clock_jump);
	run(a_clock_that_jumps_back_holds_timers_as_well);
	run(a_start_many_days_after_the_last_turn_holds_timers);
	run(time_never_goes_back);
	run(with_too_little_disk_left_nothing_is_admitted);
	run(nothing_to_do_writes_no_turn);
	run(a_full_queue_pushes_back);
	run(a_paused_engine_takes_no_turn_until_its_time_is_up);
	run(a_paused_engine_need_not_be_woken_for_what_is_due);
	return test_summary();
}
