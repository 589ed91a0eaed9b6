// What passes between services: entries arrive once and after what caused them, whatever is lost, doubled, late or no frame
// at all, and however far behind a consumer is.
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

int main(void)
{
	run(entries_flow_and_acts_never_overtake_their_lists);
	run(an_effect_waits_for_its_cause_whatever_way_it_came);
	run(lost_doubled_and_late_frames_change_nothing);
	run(the_bytes_of_an_ask_and_of_its_stream_are_frozen);
	run(who_asks_after_others_gets_the_same_frame);
	run(a_doubled_frame_is_skipped_and_a_gap_is_asked_again);
	run(a_frame_that_is_not_one_is_refused_and_harmless);
	run(the_causal_past_goes_beyond_the_sources_and_is_durable);
	run(a_slice_is_split_over_turns_and_goes_on_after_a_crash);
	run(positions_over_what_is_for_others_become_durable_rarely);
	return test_summary();
}
