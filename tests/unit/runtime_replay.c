// Replay, over the small services of runtime_nodes.h.
#include "crypto/digest.h"
#include "runtime/log_reader.h"
#include "runtime/record.h"
#include "runtime/replay.h"
#include "runtime_life.h"

static char sources[300], fresh[300];

static struct replay_report replay(int node, bool segments_only)
{
	struct replay_report report;
	snprintf(sources, sizeof sources, "%s/state", home);
	snprintf(fresh, sizeof fresh, "%s/fresh", home);
	remove_folder(fresh);
	struct replay_options options = { .service = &node_services[node],
					  .recorded = nodes[node].folder,
					  .folder = fresh,
					  .sources = sources,
					  .segments_only = segments_only,
					  .map_bytes = 64u << 20 };
	enum error e = replay_run(&options, &report);
	check_u64((unsigned)e, 0);
	return report;
}

static const char *text_of(struct replay_report *report)
{
	static char text[400];
	struct buffer out = { 0 };
	replay_report_text(report, &out);
	snprintf(text, sizeof text, "%.*s", (int)out.size, (const char *)out.data);
	buffer_deinit(&out);
	replay_report_deinit(report);
	return text;
}

test(a_replay_of_recorded_turns_is_equal)
{
	open_all();
	live(10);
	for (int i = 0; i < node_count; i++) {
		struct replay_report r = replay(i, false);
		check_u64(r.difference, replay_difference_none);
		check_u64(r.turns, status_of(i)->head_turn);
		check_u64(r.entries, status_of(i)->head_entry);
		check_u64(r.tables, 7); // two of the service's, five of the runtime's
		check(r.turns > 10);
		if (r.difference)
			printf("# %s\n", text_of(&r));
	}
	nodes_close();
}

// The record says that it was set aside; so a replay does not hand it to the handler that it kills.
test(what_was_set_aside_is_set_aside_in_a_replay_too)
{
	open_all();
	third_of_five_kills();
	deadly = 3;
	struct replay_report r = replay(verification, false);
	deadly = 0;
	check_u64(r.difference, replay_difference_none);
	check(r.turns > 0);
	if (r.difference)
		printf("# %s\n", text_of(&r));
	for (int i = 0; i < node_count; i++)
		node_open(i);
	check_u64(status_of(verification)->quarantined, 1);
	nodes_close();
}

// What an operator asks for is not repeated by itself: a mended program does it the next time, and its record is replayed.
test(an_act_that_killed_three_times_is_done_when_it_kills_no_more)
{
	open_all();
	third_of_five_kills();
	for (int life = 0; life < 3; life++) {
		fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			node_open(verification);
			deadly = 3;
			engine_take_act(nodes[verification].engine, 5, operator_act_quarantine_retry, 1);
			engine_turn(nodes[verification].engine, wall, boot);
			_exit(0);
		}
		int status;
		waitpid(child, &status, 0);
		check_u64(WEXITSTATUS(status), 3);
	}
	node_open(verification);
	check_u64(node_act(verification, operator_act_quarantine_retry, 1), 1);
	struct replay_report r = replay(verification, false);
	check_u64(r.difference, replay_difference_none);
	if (r.difference)
		printf("# %s\n", text_of(&r));
	nodes_close();
}

test(segments_alone_are_enough)
{
	open_all();
	live(10);
	stop_all();
	for (int i = 0; i < node_count; i++) {
		struct replay_report r = replay(i, true);
		check_u64(r.difference, replay_difference_none);
		check(r.turns > 10);
		check_u64(r.tables, 0); // nothing to compare with
		if (r.difference)
			printf("# %s\n", text_of(&r));
	}
	nodes_close();
}

static struct hash digests(int node)
{
	struct store_txn txn;
	struct digest *d = digest_new();
	static struct runtime_tables t;
	runtime_tables_init(&t, node_tables);
	store_begin(engine_store(nodes[node].engine), false, &txn);
	for (size_t i = 0; t.all[i]; i++) {
		struct hash h = store_table_digest(&txn, t.all[i]);
		if (!t.all[i]->local || strcmp(t.all[i]->name, "runtime.story") == 0)
			digest_add(d, bytes_of_hash(&h));
	}
	store_abort(&txn);
	return digest_end_free(d);
}

test(a_service_whose_environment_is_deleted_is_rebuilt_and_goes_on)
{
	char path[400];
	open_all();
	live(10);
	stop_all();
	for (int i = 0; i < node_count; i++) {
		node_open(i);
		struct hash before = digests(i);
		uint64_t head = status_of(i)->head_turn;
		node_close(i);
		snprintf(path, sizeof path, "%s/data.mdb", nodes[i].folder);
		ensure(unlink(path) == 0);
		struct replay_report report;
		snprintf(sources, sizeof sources, "%s/state", home);
		struct replay_options options = { .service = &node_services[i],
						  .recorded = nodes[i].folder,
						  .folder = nodes[i].folder,
						  .sources = sources,
						  .segments_only = false };
		check(replay_run(&options, &report) == error_none);
		check_u64(report.difference, replay_difference_none);
		node_open(i);
		struct hash after = digests(i);
		check(hash_equal(&before, &after));
		check_u64(status_of(i)->head_turn, head);
		check_u64(status_of(i)->archived_turn, head);
		check(replay_run(&options, &report) == error_exists);
	}
	submit(op_send, 5001);
	pump();
	check_u64(value_at(approval, &marks_table, 5001), 1);
	check_u64(status_of(approval)->sources[0].state, source_state_following);
	nodes_close();
}

test(an_altered_byte_in_a_table_is_named_by_table_and_key)
{
	uint8_t key[8], value[8];
	struct store_txn txn;

	open_all();
	live(3);
	put_u64(key, 203);
	put_u64(value, value_at(verification, &rows_table, 203) ^ 1);
	store_begin(engine_store(nodes[verification].engine), true, &txn);
	store_put(&txn, &rows_table, bytes_of(key, 8), bytes_of(value, 8));
	ensure(store_commit(&txn) == error_none);
	struct replay_report r = replay(verification, false);
	check_u64(r.difference, replay_difference_table);
	check_text(r.table, "rows");
	check(bytes_equal(buffer_bytes(&r.key), bytes_of(key, 8)));
	const char *text = text_of(&r);
	check(strstr(
		text,
		"table rows differs at key 00000000000000cb: recorded 0000000000000000, replayed 0000000000000001"));

	// A row too many, and one too few.
	store_begin(engine_store(nodes[verification].engine), true, &txn);
	put_u64(value, 1);
	store_put(&txn, &rows_table, bytes_of(key, 8), bytes_of(value, 8));
	put_u64(key, 99999);
	store_put(&txn, &rows_table, bytes_of(key, 8), bytes_of(value, 8));
	ensure(store_commit(&txn) == error_none);
	r = replay(verification, false);
	check(strstr(text_of(&r), "key 000000000001869f: recorded 0000000000000001, replayed no row"));
	store_begin(engine_store(nodes[verification].engine), true, &txn);
	store_delete(&txn, &rows_table, bytes_of(key, 8));
	put_u64(key, 1);
	store_delete(&txn, &rows_table, bytes_of(key, 8));
	ensure(store_commit(&txn) == error_none);
	r = replay(verification, false);
	check(strstr(text_of(&r), "key 0000000000000001: recorded no row, replayed "));
	nodes_close();
}

test(an_altered_record_is_named_by_its_turn)
{
	struct store_txn txn;
	struct bytes value;
	static struct runtime_tables t;
	struct buffer copy = { 0 };

	limits.segment_bytes = 1u << 20;
	nodes_open();
	live(3);
	runtime_tables_init(&t, node_tables);
	struct runtime_key key = runtime_key_u64(2);
	store_begin(engine_store(nodes[intake].engine), true, &txn);
	ensure(store_get(&txn, &t.turns, runtime_key_bytes(key), &value));
	buffer_append(&copy, value.data, value.size);
	copy.data[copy.size - 3] ^= 1; // in the last entry put out
	store_put(&txn, &t.turns, runtime_key_bytes(key), buffer_bytes(&copy));
	ensure(store_commit(&txn) == error_none);
	struct replay_report r = replay(intake, false);
	check_u64(r.difference, replay_difference_record);
	check_u64(r.turn, 2);
	replay_report_deinit(&r);
	buffer_deinit(&copy);
	nodes_close();
}

test(an_altered_byte_in_a_segment_is_found)
{
	char command[600];
	open_all();
	live(5);
	stop_all();
	snprintf(
		command, sizeof command,
		"f=$(ls %s/log/*.seg | head -2 | tail -1); printf x | dd of=$f bs=1 seek=500 conv=notrunc 2>/dev/null",
		nodes[intake].folder);
	ensure(system(command) == 0);
	struct replay_report r = replay(intake, true);
	check_u64(r.difference, replay_difference_record);
	check(r.turn > 1);
	replay_report_deinit(&r);
	nodes_close();
}

static uint64_t handler_version;
static enum error changed_list(struct turn *t, const struct origin *o, struct bytes body)
{
	enum error e = verification_list(t, o, body);
	if (e == error_none && get_u64(body.data + 1) == 103)
		turn_emit(t, message_type_act_closed, op_bytes(op_send, handler_version));
	return e;
}

test(a_changed_handler_is_named_by_turn_and_entry)
{
	static const struct service_input inputs[] = {
		{ message_type_list_opened, input_kind_message, changed_list }, { 0, input_kind_message, NULL }
	};
	node_services[verification].inputs = inputs;
	handler_version = 1;
	open_all();
	live(3);
	handler_version = 2;
	struct replay_report r = replay(verification, false);
	check_u64(r.difference, replay_difference_entry);
	check(r.turn > 1 && r.entry > 1);
	replay_report_deinit(&r);
	nodes_close();
	node_services[verification].inputs = verification_test_inputs;
}

static void double_marks(struct turn *t, uint32_t from)
{
	check_u64(from, 1);
	row_add(t->tx, &marks_table, 424242, 7);
}

// Its turn holds nothing else, and the digests of all tables before and after.
static void check_migration(uint64_t turn)
{
	struct log_reader *reader;
	struct bytes bytes;
	struct record r = { 0 };
	struct record_item item = { 0 };

	check(log_reader_open(&reader, nodes[approval].folder, NULL, false) == error_none);
	check(log_reader_turn(reader, turn, &bytes) == error_none && record_open(&r, bytes) == error_none);
	check_u64(r.input_count, 1);
	check(record_next_item(&r, &item) == error_none);
	check(item.kind == record_input_migration && item.from == 1 && item.to == 2);
	check(!hash_is_zero(&item.root) && !hash_is_zero(&item.after) && !hash_equal(&item.root, &item.after));
	log_reader_close(reader);
}

// After some turns approval runs newer code, and has made the turn that migrates.
static void open_migrated(void)
{
	open_all();
	live(3);
	stop_all();
	node_services[approval].fold_version = 2;
	node_services[approval].migrate = double_marks;
	for (int i = 0; i < node_count; i++)
		node_open(i);
	check(engine_turn(nodes[approval].engine, wall, boot) == error_none);
}

static void older_code_again(void)
{
	node_services[approval].fold_version = 1;
	node_services[approval].migrate = NULL;
}

test(newer_code_migrates_in_its_first_turn_and_replays_from_the_checkpoint)
{
	open_migrated();
	check_u64(status_of(approval)->fold_version, 2);
	check_u64(value_at(approval, &marks_table, 424242), 7);
	check_migration(status_of(approval)->head_turn);
	live(2);
	node_reopen(approval);
	pump();
	check_u64(value_at(approval, &marks_table, 424242), 7); // once
	struct replay_report r = replay(approval, false);
	check_u64(r.difference, replay_difference_none);
	check(r.first_turn > 3 && r.turns > 0);
	replay_report_deinit(&r);

	// Older code refuses what newer code wrote; without the checkpoint there is nowhere to start.
	node_close(approval);
	char command[600];
	snprintf(command, sizeof command, "rm -rf %s/checkpoint-*", nodes[approval].folder);
	ensure(system(command) == 0);
	r = replay(approval, false);
	check_u64(r.difference, replay_difference_version);
	replay_report_deinit(&r);
	older_code_again();
	struct engine *old;
	check(engine_open(&old, &nodes[approval].options) == error_version);
	nodes_close();
}

test(a_checkpoint_that_a_kill_prevented_is_made_before_the_next_turn)
{
	char checkpoint[400], aside[400];
	open_migrated();
	snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint-%020llu", nodes[approval].folder,
		 (unsigned long long)status_of(approval)->head_turn);
	snprintf(aside, sizeof aside, "%s/checkpoint.tmp", nodes[approval].folder);
	check(access(aside, F_OK) < 0);
	ensure(rename(checkpoint, aside) == 0); // as a kill before its end leaves it
	node_reopen(approval);
	check(engine_turn(nodes[approval].engine, wall, boot) == error_pending);
	check(access(checkpoint, F_OK) == 0 && access(aside, F_OK) < 0);
	live(2);
	struct replay_report r = replay(approval, false);
	check_u64(r.difference, replay_difference_none);
	check(r.first_turn > 3 && r.turns > 0);
	replay_report_deinit(&r);
	older_code_again();
	nodes_close();
}

int main(void)
{
	run(a_replay_of_recorded_turns_is_equal);
	run(what_was_set_aside_is_set_aside_in_a_replay_too);
	run(an_act_that_killed_three_times_is_done_when_it_kills_no_more);
	run(segments_alone_are_enough);
	run(a_service_whose_environment_is_deleted_is_rebuilt_and_goes_on);
	run(an_altered_byte_in_a_table_is_named_by_table_and_key);
	run(an_altered_record_is_named_by_its_turn);
	run(an_altered_byte_in_a_segment_is_found);
	run(a_changed_handler_is_named_by_turn_and_entry);
	run(newer_code_migrates_in_its_first_turn_and_replays_from_the_checkpoint);
	run(a_checkpoint_that_a_kill_prevented_is_made_before_the_next_turn);
	return test_summary();
}
