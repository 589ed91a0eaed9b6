// A copy that was put back: it says nothing until those who read it have been heard, and is found when it is older than they
// are, or went on differently.
#include "runtime_nodes.h"

static void copy_folder(const char *from, const char *to)
{
	char command[800];
	snprintf(command, sizeof command, "cp -r '%s' '%s'", from, to);
	ensure(system(command) == 0);
}

// intake as it was after one turn, though it went on by another and was heard; each turn takes an `op`.
static void put_intake_back(uint8_t op, bool went_on, bool marked)
{
	const uint16_t readers[] = { node_services[verification].id, node_services[approval].id, 0 };
	char copy[320], folder[300];

	nodes_open();
	submit(op, 1);
	pump();
	snprintf(folder, sizeof folder, "%s", nodes[intake].folder);
	snprintf(copy, sizeof copy, "%s.copy", folder);
	node_close(intake);
	copy_folder(folder, copy);
	node_open(intake);
	if (went_on) {
		submit(op, 2);
		pump();
	}
	node_close(intake);
	char right[320];
	snprintf(right, sizeof right, "%s.right", folder);
	remove_folder(right);
	copy_folder(folder, right);
	remove_folder(folder);
	copy_folder(copy, folder);
	if (marked)
		check(engine_mark_restored(folder, readers) == error_none);
	node_open(intake);
}

test(a_restored_old_copy_is_a_fork_and_stops_both_sides)
{
	put_intake_back(op_send, true, false);
	submit(op_send, 3); // another turn 2
	pump();
	check_u64(status_of(verification)->sources[0].state, source_state_forked);
	check_u64(status_of(approval)->sources[0].state, source_state_forked);
	check_u64(value_at(verification, &rows_table, 3), 0);
	check_u64(status_of(intake)->halt, halt_old_copy); // they have seen what it never wrote
	nodes_close();
}

test(a_restored_copy_that_went_further_is_a_fork_as_well)
{
	put_intake_back(op_bad, true, false);
	for (uint64_t n = 3; n < 10; n++) { // turns 2 and further are others now
		submit(op_send, n);
		turn_of(intake);
	}
	pump();
	check_u64(status_of(verification)->sources[0].state, source_state_forked);
	check_u64(rows_in(verification, &rows_table), 0);
	nodes_close();
}

test(a_reader_that_stopped_in_the_middle_of_a_turn_finds_out_an_old_copy_as_well)
{
	struct buffer ask = { 0 }, answer = { 0 };
	put_intake_back(op_send, true, false);
	// Its whole turns are those of the copy; of the next one it has taken an entry.
	struct log_ask a = { .producer = { 1, service_id_intake, 0, 0 }, .consumer = { 1, service_id_approval, 0, 0 },
			     .durable_entry = status_of(intake)->head_entry + 1, .credit = 1000 };
	log_ask_encode(&a, &ask);
	check(engine_serve_ask(nodes[intake].engine, buffer_bytes(&ask), &answer) == error_fork);
	check_u64(status_of(intake)->halt, halt_old_copy);
	buffer_deinit(&ask);
	buffer_deinit(&answer);
	nodes_close();
}

// intake as it was before put_intake_back, in its place again; nobody else is started anew.
static void put_intake_right(bool marked)
{
	const uint16_t readers[] = { node_services[verification].id, node_services[approval].id, 0 };
	char folder[300], right[320];

	snprintf(folder, sizeof folder, "%s", nodes[intake].folder);
	snprintf(right, sizeof right, "%s.right", folder);
	node_close(intake);
	remove_folder(folder);
	copy_folder(right, folder);
	if (marked)
		check(engine_mark_restored(folder, readers) == error_none);
	node_open(intake);
}

static bool is_admitted(int node)
{
	struct origin o = { .actor = 7 };
	return engine_take_local(nodes[node].engine, 9, &o, local_type, op_bytes(op_send, 8)) == error_none;
}

static void readers_go_on_with_the_right_copy(uint8_t op, bool marked)
{
	put_intake_back(op, true, false);
	for (uint64_t n = 3; op == op_bad && n < 10; n++) {
		submit(op_send, n);
		turn_of(intake);
	}
	pump();
	check_u64(status_of(verification)->sources[0].state, source_state_forked);
	check_u64(status_of(approval)->sources[0].state, source_state_forked);
	check(!is_admitted(intake));
	put_intake_right(marked);
	boot += 10000; // so long does it take without a connection that is made anew
	pump();
	check_u64(status_of(intake)->halt, halt_none);
	check_u64(status_of(verification)->sources[0].state, source_state_following);
	check_u64(status_of(approval)->sources[0].state, source_state_following);
	check(is_admitted(intake) && is_admitted(verification));
	pump();
	check_u64(value_at(verification, &rows_table, 8), 1);
	check_u64(value_at(verification, &rows_table, 3), 0); // what the wrong copy said
	nodes_close();
}

test(readers_go_on_by_themselves_when_the_right_copy_is_back)
{
	readers_go_on_with_the_right_copy(op_send, false);
	readers_go_on_with_the_right_copy(op_send, true);
	readers_go_on_with_the_right_copy(op_bad, false);
}

test(a_fork_does_not_end_by_a_late_frame)
{
	struct buffer ask = { 0 }, late = { 0 };
	put_intake_back(op_send, true, false);
	struct log_ask a = { .producer = { 1, service_id_intake, 0, 0 }, .consumer = { 1, service_id_approval, 0, 0 }, .credit = 1000 };
	log_ask_encode(&a, &ask);
	check(engine_serve_ask(nodes[intake].engine, buffer_bytes(&ask), &late) == error_none);
	pump();
	check(engine_take_stream(nodes[approval].engine, buffer_bytes(&late), boot) == error_fork);
	check_u64(status_of(approval)->sources[0].state, source_state_forked);
	buffer_deinit(&ask);
	buffer_deinit(&late);
	nodes_close();
}

test(a_forked_source_is_asked_again_seldom_and_at_once_when_it_is_there_anew)
{
	struct buffer ask = { 0 };
	put_intake_back(op_send, true, false);
	pump();
	boot += 60000;
	check(engine_next_ask(nodes[approval].engine, service_id_intake, boot, &ask) == error_none);
	check(engine_next_ask(nodes[approval].engine, service_id_intake, boot + 9999, &ask) == error_pending);
	check(engine_next_ask(nodes[approval].engine, service_id_intake, boot + 10000, &ask) == error_none);
	engine_ask_anew(nodes[approval].engine, service_id_intake);
	check(engine_next_ask(nodes[approval].engine, service_id_intake, boot + 10001, &ask) == error_none);
	buffer_deinit(&ask);
	nodes_close();
}

test(a_restored_copy_does_nothing_until_its_readers_have_asked)
{
	struct origin o = { .actor = 7 };

	put_intake_back(op_send, false, true);
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
	put_intake_back(op_send, true, true);
	uint64_t turn = status_of(intake)->head_turn;
	pump();
	check_u64(status_of(intake)->halt, halt_old_copy);
	check_u64(status_of(intake)->head_turn, turn);
	check(engine_stop(nodes[intake].engine) == error_none);
	nodes_close();
}

test(an_old_copy_that_nobody_marked_is_found_by_the_first_ask)
{
	put_intake_back(op_send, true, false);
	check_u64(status_of(intake)->halt, halt_none);
	pump();
	check_u64(status_of(intake)->halt, halt_old_copy);
	nodes_close();
}

test(an_old_copy_that_finds_out_in_the_middle_of_a_turn_does_not_write_it)
{
	struct engine_reply reply;
	put_intake_back(op_send, true, false);
	uint64_t turn = status_of(intake)->head_turn;
	submit(op_send, 3);
	check(carry(intake, verification)); // which has taken what intake does not hold
	check(engine_turn(nodes[intake].engine, wall, boot) == error_pending);
	check_u64(status_of(intake)->halt, halt_old_copy);
	check_u64(status_of(intake)->head_turn, turn);
	check(!engine_next_reply(nodes[intake].engine, &reply));
	check_u64(value_at(intake, &rows_table, 3), 0);
	check(engine_stop(nodes[intake].engine) == error_none);
	node_reopen(intake);
	check_u64(status_of(intake)->head_turn, turn);
	nodes_close();
}

// The environment of before, or none, beside the segments of now, and nobody else there to tell.
static void put_environment_back(bool old)
{
	char command[1000];
	limits.segment_bytes = 400;
	nodes_open();
	submit(op_send, 1);
	pump();
	node_close(intake);
	snprintf(command, sizeof command, "cp '%s/data.mdb' '%s/old.mdb'", nodes[intake].folder, home);
	ensure(system(command) == 0);
	node_open(intake);
	for (uint64_t n = 2; n < 20; n++) {
		submit(op_send, n);
		turn_of(intake);
	}
	check(engine_archive_now(nodes[intake].engine) == error_none);
	node_close(intake);
	snprintf(command, sizeof command, "cd '%s' && sha256sum log/* >'%s/sums' && rm data.mdb lock.mdb && (%s || cp '%s/old.mdb' data.mdb)",
		 nodes[intake].folder, home, old ? "false" : "true", home);
	ensure(system(command) == 0);
	node_open(intake);
}

static void an_environment_behind_its_segments_is_found(bool old)
{
	char command[1000];
	struct buffer answer = { 0 };
	struct archive_query query = { 0 };
	uint16_t type;
	put_environment_back(old);
	check(engine_archive_check(nodes[intake].engine) == error_none); // as a daemon does before it starts
	uint64_t turn = status_of(intake)->head_turn;
	check_u64(status_of(intake)->halt, halt_old_copy);
	check(!is_admitted(intake));
	check(!turn_of(intake));
	struct buffer ask = { 0 };
	archive_query_encode(&query, &ask);
	check(engine_query(nodes[intake].engine, message_type_archive_query, buffer_bytes(&ask), boot, &type, &answer) == error_refused);
	check(engine_stop(nodes[intake].engine) == error_none);
	check_u64(status_of(intake)->head_turn, turn);
	snprintf(command, sizeof command, "cd '%s' && sha256sum --quiet -c '%s/sums'", nodes[intake].folder, home);
	check(system(command) == 0); // what it no longer knows can still be replayed
	buffer_deinit(&ask);
	buffer_deinit(&answer);
	nodes_close();
}

test(an_environment_behind_its_segments_is_found_before_anybody_asks)
{
	an_environment_behind_its_segments_is_found(true);
	an_environment_behind_its_segments_is_found(false);
}

// The copy was made between the sealing of a segment and its note: that one goes no further than the copy, those behind it do.
test(an_environment_that_knows_not_even_its_own_last_segment_is_found_behind_later_ones)
{
	char command[1000];
	limits.segment_bytes = 400;
	nodes_open();
	for (uint64_t n = 1; n <= 5; n++) {
		submit(op_send, n);
		turn_of(intake);
	}
	nodes[intake].crash_at = engine_point_archive;
	check(engine_archive_step(nodes[intake].engine) == error_interrupted);
	nodes[intake].crash_at = -1;
	node_close(intake);
	snprintf(command, sizeof command, "cp '%s/data.mdb' '%s/old.mdb'", nodes[intake].folder, home);
	ensure(system(command) == 0);
	node_open(intake);
	for (uint64_t n = 6; n < 20; n++) {
		submit(op_send, n);
		turn_of(intake);
		check(engine_archive_step(nodes[intake].engine) >= 0);
	}
	node_close(intake);
	snprintf(command, sizeof command, "cd '%s' && rm lock.mdb && cp '%s/old.mdb' data.mdb", nodes[intake].folder, home);
	ensure(system(command) == 0);
	node_open(intake);
	check(engine_archive_check(nodes[intake].engine) == error_none);
	check_u64(status_of(intake)->halt, halt_old_copy);
	nodes_close();
}

test(a_segment_that_the_store_does_not_know_yet_is_no_old_copy)
{
	limits.segment_bytes = 400;
	nodes_open();
	nodes[intake].crash_at = engine_point_archive;
	for (uint64_t n = 1; n < 20; n++)
		submit(op_send, n);
	pump(); // a segment is sealed and synced, and it dies
	check_u64(crashes, 1);
	check(engine_archive_check(nodes[intake].engine) == error_none);
	check_u64(status_of(intake)->halt, halt_none);
	check(engine_stop(nodes[intake].engine) == error_none);
	node_reopen(intake);
	check(engine_archive_check(nodes[intake].engine) == error_none);
	check_u64(status_of(intake)->halt, halt_none);
	nodes_close();
}

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

int main(void)
{
	run(a_restored_old_copy_is_a_fork_and_stops_both_sides);
	run(a_restored_copy_that_went_further_is_a_fork_as_well);
	run(a_reader_that_stopped_in_the_middle_of_a_turn_finds_out_an_old_copy_as_well);
	run(readers_go_on_by_themselves_when_the_right_copy_is_back);
	run(a_fork_does_not_end_by_a_late_frame);
	run(a_forked_source_is_asked_again_seldom_and_at_once_when_it_is_there_anew);
	run(a_restored_copy_does_nothing_until_its_readers_have_asked);
	run(a_restored_copy_that_its_readers_have_overtaken_stops_before_it_writes);
	run(an_old_copy_that_nobody_marked_is_found_by_the_first_ask);
	run(an_old_copy_that_finds_out_in_the_middle_of_a_turn_does_not_write_it);
	run(an_environment_behind_its_segments_is_found_before_anybody_asks);
	run(an_environment_that_knows_not_even_its_own_last_segment_is_found_behind_later_ones);
	run(a_segment_that_the_store_does_not_know_yet_is_no_old_copy);
	run(a_mark_of_a_restored_copy_that_is_not_one_ends_the_start);
	return test_summary();
}
