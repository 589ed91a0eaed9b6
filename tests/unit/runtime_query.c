// What every service answers at its query socket, asked of engines directly.
#include "runtime/record.h"
#include "runtime_questions.h"

// Verification's log has 200 entries, the older ones in segments of about so many bytes.
static void open_with_segments(uint32_t bytes)
{
	limits.segment_bytes = bytes;
	limits.hot_turns = 3;
	nodes_open();
	for (uint64_t n = 1; n <= 100; n++) {
		submit(op_send, n);
		if (n % 3 == 0)
			pump();
	}
	pump();
}

test(the_log_is_read_from_any_entry)
{
	static struct log_answer log;
	struct envelope v;
	open_with_segments(2000);
	check(status_of(verification)->first_turn > 3); // the older ones are in segments
	for (uint64_t from = 1; from <= 200; from += 13) {
		check(query_of(verification, log_query, from, 5) == error_none);
		check(log_answer_decode(buffer_bytes(&answer), &log) == error_none);
		check_u64(log.entries_count, from + 4 <= 200 ? 5 : 200 - from + 1);
		check_u64(log.entries[0].entry, from);
		check(envelope_decode(log.entries[0].envelope, &v) == error_none);
		check(v.has_actor && v.actor == 7);
		check_u64(log.head_entry, 200);
	}
	check(query_of(verification, log_query, 0, 0) == error_none);
	check(log_answer_decode(buffer_bytes(&answer), &log) == error_none);
	check_u64(log.entries_count, 200);
	check(query_of(verification, log_query, 201, 0) == error_none);
	check(log_answer_decode(buffer_bytes(&answer), &log) == error_none);
	check_u64(log.entries_count, 0);
	nodes_close();
}

// To open a segment is to read and hash all of it: whoever follows a log at its head must cost none.
test(an_entry_is_found_without_opening_other_segments)
{
	static struct log_answer log;
	char command[600];
	open_with_segments(500);
	snprintf(command, sizeof command, "cd %s/log && test $(ls *.seg | wc -l) -gt 2 && rm $(ls *.seg | tail -n +2)",
		 nodes[verification].folder);
	check(system(command) == 0);
	check(query_of(verification, log_query, 200, 1) == error_none);
	check(log_answer_decode(buffer_bytes(&answer), &log) == error_none && log.entries_count == 1);
	check_u64(log.entries[0].entry, 200);
	check(query_of(verification, log_query, 2, 1) == error_none); // of the first, which is there
	check(log_answer_decode(buffer_bytes(&answer), &log) == error_none && log.entries_count == 1);
	check_u64(log.entries[0].entry, 2);
	nodes_close();
}

test(a_story_is_the_entries_of_its_subject)
{
	static struct log_answer log;
	struct envelope v;
	nodes_open();
	for (int round = 0; round < 3; round++) {
		for (uint64_t n = 1; n <= 20; n++)
			submit(op_send, n);
		pump();
	}
	check(query_of(verification, story_query, 7, 0, 0) == error_none);
	check(log_answer_decode(buffer_bytes(&answer), &log) == error_none);
	check_u64(log.entries_count, 6);
	for (size_t i = 0; i < log.entries_count; i++) {
		check(envelope_decode(log.entries[i].envelope, &v) == error_none);
		check_u64(v.subject, 7);
		check_u64(v.submission, 7);
		check(i == 0 || log.entries[i].entry > log.entries[i - 1].entry);
	}
	check(query_of(verification, story_query, 7, log.entries[2].entry + 1, 2) == error_none);
	check(log_answer_decode(buffer_bytes(&answer), &log) == error_none);
	check_u64(log.entries_count, 2);
	nodes_close();
}

test(a_turn_is_handed_out_as_recorded)
{
	struct turn_answer turn;
	struct record r;
	nodes_open();
	submit(op_send, 1);
	pump();
	check(query_of(intake, turn_query, 1) == error_none);
	check(turn_answer_decode(buffer_bytes(&answer), &turn) == error_none);
	check(record_open(&r, turn.record) == error_none);
	check_u64(r.head.turn, 1);
	struct hash leaf = record_leaf(&r);
	check(hash_equal(&leaf, &r.head.leaf));
	check(query_of(intake, turn_query, 99) == error_absent);
	nodes_close();
}

test(quarantine_is_listed)
{
	static struct quarantine_answer list;
	nodes_open();
	for (uint64_t n = 1; n <= 5; n++)
		submit(op_bad, n);
	pump();
	check(query_of(verification, quarantine_query, 2, 3) == error_none);
	check(quarantine_answer_decode(buffer_bytes(&answer), &list) == error_none);
	check_u64(list.rows_count, 3);
	check_u64(list.rows[0].number, 2);
	check_u64(list.rows[0].source, service_id_intake);
	check_u64(list.rows[0].entry, 2);
	check_u64(list.rows[0].type, message_type_list_opened);
	check_u64(list.rows[0].cause, error_malformed);
	check(list.rows[0].size > 3);
	nodes_close();
}

static size_t scan(int node, uint64_t snapshot, const char *table)
{
	static struct scan_answer page;
	uint8_t after[96];
	struct bytes from = { after, 0 };
	size_t rows = 0;
	do {
		check(query_of(node, scan_query, snapshot, bytes_of_text(table), from, 7) == error_none);
		check(scan_answer_decode(buffer_bytes(&answer), &page) == error_none);
		for (size_t i = 0; i < page.rows_count; i++, rows++) {
			check(page.rows[i].key.size > from.size ||
			      memcmp(page.rows[i].key.data, after, from.size) > 0);
			memcpy(after, page.rows[i].key.data, page.rows[i].key.size);
			from.size = page.rows[i].key.size;
		}
	} while (page.more);
	return rows;
}

test(snapshots_are_one_cut_over_services_that_go_on)
{
	static struct snapshot_opened cut[node_count];
	nodes_open();
	for (uint64_t n = 1; n <= 50; n++)
		submit(op_send, n);
	pump();
	submit(op_send, 51);
	for (int i = 0; i < node_count; i++)
		check(query_of(i, pause_query, 10000) == error_none);
	check(engine_turn(nodes[intake].engine, wall, boot) == error_pending);
	for (int i = 0; i < node_count; i++) {
		check(query_of(i, snapshot_query, 0) == error_none);
		check(snapshot_opened_decode(buffer_bytes(&answer), &cut[i]) == error_none);
	}
	for (int i = 0; i < node_count; i++)
		check(query_of(i, resume_query, 0) == error_none);
	pump();
	check_u64(rows_in(approval, &rows_table), 51);
	check_u64(scan(approval, cut[approval].snapshot, "rows"), 50);
	check_u64(scan(intake, cut[intake].snapshot, "rows"), 50);
	check_u64(scan(approval, 0, "rows"), 51);
	check_u64(cut[approval].cursors_count, 2);
	check(cut[approval].cursors[0].entry <= cut[intake].head_entry);
	check_u64(cut[approval].tables_count, 11);
	check_u64(cut[approval].tables[0].rows, 50);
	check(scan(verification, cut[verification].snapshot, "runtime.turns") > 0);
	check(query_of(approval, release_query, cut[approval].snapshot) == error_none);
	check(query_of(approval, scan_query, cut[approval].snapshot, bytes_of_text("rows"), { 0 }, 1) ==
	      error_absent);
	check(query_of(intake, scan_query, 0, bytes_of_text("nonsense"), { 0 }, 1) == error_absent);

	// One that nobody reads goes by itself; one that is read stays.
	wall += 50000;
	boot += 50000;
	check_u64(scan(intake, cut[intake].snapshot, "rows"), 50);
	wall += 50000;
	boot += 50000;
	engine_turn(nodes[intake].engine, wall, boot);
	engine_turn(nodes[verification].engine, wall, boot);
	check(status_of(intake)->snapshot);
	check(!status_of(verification)->snapshot);
	nodes_close();
}

test(a_pause_ends_by_itself)
{
	nodes_open();
	submit(op_send, 1);
	check(query_of(intake, pause_query, 1000) == error_none);
	check(status_of(intake)->paused);
	check(engine_turn(nodes[intake].engine, wall + 999, boot + 999) == error_pending);
	check(engine_turn(nodes[intake].engine, wall + 1000, boot + 1000) == error_none);
	check(query_of(intake, pause_query, 60001) == error_bounds);
	nodes_close();
}

test(archive_now_seals_every_turn)
{
	struct archive_answer archived;
	nodes_open();
	submit(op_send, 1);
	pump();
	check_u64(status_of(intake)->archived_turn, 0);
	check(query_of(intake, archive_query, false) == error_none);
	check(archive_answer_decode(buffer_bytes(&answer), &archived) == error_none);
	check_u64(archived.archived_turn, status_of(intake)->head_turn);
	nodes_close();
}

test(nonsense_is_refused)
{
	nodes_open();
	check(question(intake, 0xeeee) == error_absent);
	buffer_append(&ask, "nonsense", 8);
	check(question(intake, message_type_log_query) == error_malformed);
	nodes_close();
}

int main(void)
{
	run(the_log_is_read_from_any_entry);
	run(an_entry_is_found_without_opening_other_segments);
	run(a_story_is_the_entries_of_its_subject);
	run(a_turn_is_handed_out_as_recorded);
	run(quarantine_is_listed);
	run(snapshots_are_one_cut_over_services_that_go_on);
	run(a_pause_ends_by_itself);
	run(archive_now_seals_every_turn);
	run(nonsense_is_refused);
	questions_deinit();
	return test_summary();
}
