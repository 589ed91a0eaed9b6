// Segments: consumers and readers are served from them, turns stay until nobody needs them, and what is not as it was sealed
// is named.
#include <sys/stat.h>

#include "runtime/archive.h"
#include "runtime/log_reader.h"
#include "runtime/record.h"
#include "runtime_life.h"
#include "runtime_said.h"

test(consumers_far_behind_are_served_from_segments)
{
	open_all();
	for (uint64_t n = 1; n <= 300; n++) {
		submit(op_send, n);
		turn_of(intake);
		while (engine_archive_step(nodes[intake].engine) == error_none)
			;
	}
	check(status_of(intake)->first_turn > 100);
	check(status_of(intake)->archived_turn > 200);
	pump();
	for (uint64_t n = 1; n <= 300; n++)
		check_u64(value_at(verification, &rows_table, n), 1);
	nodes_close();
}

test(turns_stay_until_every_consumer_that_is_not_far_behind_is_durably_past_them)
{
	open_all();
	submit(op_send, 1);
	pump(); // all consumers have asked
	for (uint64_t n = 2; n <= 30; n++) {
		submit(op_send, n);
		turn_of(intake);
		carry(verification, intake); // verification follows, approval does not ask
		turn_of(verification);
		while (engine_archive_step(nodes[intake].engine) == error_none)
			;
	}
	check(status_of(intake)->archived_turn > 10);
	check(status_of(intake)->first_turn <= 4);
	nodes_close();
}

// What pump() does, but approval is not there.
static void step_without_approval(void)
{
	carry(verification, intake);
	turn_of(verification);
	carry(intake, verification);
	turn_of(intake);
	check(engine_archive_step(nodes[intake].engine) >= 0);
}

test(a_reader_that_stays_away_does_not_keep_turns_in_the_store)
{
	limits.segment_bytes = 500;
	limits.hot_turns = 2;
	nodes_open();
	submit(op_send, 1);
	pump(); // all have asked
	for (uint64_t n = 2; n <= 150; n++) {
		submit(op_send, n);
		step_without_approval();
	}
	const struct service_status *s = status_of(intake);
	check(s->head_turn > 150 && s->first_turn > 100);
	pump(); // it is back, and reads segments
	for (uint64_t n = 1; n <= 150; n++)
		check_u64(value_at(approval, &marks_table, n), 1);
	check_u64((uint64_t)overtaken, 0);
	nodes_close();
}

// The head of a segment says where the one before it ended: the log's root there, so that none can be left out between two.
test(a_segment_begins_where_the_one_before_it_ended)
{
	struct record_head head;
	struct log_reader *reader;
	struct bytes record;
	char path[400];
	int files = 0;

	open_all();
	live(3);
	engine_archive_now(nodes[intake].engine);
	check(log_reader_open(&reader, nodes[intake].folder, NULL, true) == error_none);
	for (uint64_t turn = 1; turn <= log_reader_head_turn(reader); turn++) {
		struct buffer file = { 0 };
		struct hash before = { 0 };
		snprintf(path, sizeof path, "%s/log/%020llu.seg", nodes[intake].folder, (unsigned long long)turn);
		if (access(path, F_OK) != 0)
			continue;
		check(file_read(path, 1 << 20, &file) == error_none);
		if (turn > 1) {
			check(log_reader_turn(reader, turn - 1, &record) == error_none);
			check(record_head_decode(record, &head) == error_none);
			before = head.root;
		}
		check(file.size > 68 && memcmp(file.data + 36, before.byte, sizeof before.byte) == 0); // archive.h
		files++;
		buffer_deinit(&file);
	}
	check(files > 3);
	log_reader_close(reader);
	nodes_close();
}

test(a_log_reader_reads_beside_the_engine_and_without_it)
{
	struct log_reader *reader;
	struct log_reader_entry entry;
	open_all();
	live(3);
	uint64_t head = status_of(intake)->head_entry;
	check(log_reader_open(&reader, nodes[intake].folder, NULL, false) == error_none);
	check_u64(log_reader_head_entry(reader), head);
	check_u64(log_reader_name(reader).service, service_id_intake);
	for (uint64_t n = 1; n <= head; n += 7) {
		check(log_reader_entry(reader, n, &entry) == error_none);
		check(entry.number == n && entry.envelope.size > 3 && entry.turn > 0);
	}
	for (uint64_t n = head; n > 0; n--)
		check(log_reader_entry(reader, n, &entry) == error_none);
	check(log_reader_entry(reader, head + 1, &entry) == error_absent);
	check(log_reader_entry(reader, 0, &entry) == error_absent);
	log_reader_close(reader);
	engine_archive_now(nodes[intake].engine);
	check(log_reader_open(&reader, nodes[intake].folder, NULL, true) == error_none);
	check_u64(log_reader_head_entry(reader), head);
	check(log_reader_entry(reader, head, &entry) == error_none);
	log_reader_close(reader);
	check(log_reader_open(&reader, home, NULL, false) == error_absent);
	nodes_close();
}

test(no_byte_of_a_sealed_segment_can_be_altered)
{
	char folder[400], path[500];
	struct archive archive;
	struct buffer sealed = { 0 };
	struct bytes record;
	nodes_open();
	submit(op_send, 1);
	pump();
	stop_all();
	snprintf(folder, sizeof folder, "%s/log", nodes[intake].folder);
	snprintf(path, sizeof path, "%s/%020d.seg", folder, 1);
	ensure(file_read(path, 1 << 20, &sealed) == error_none);
	check(archive_open(&archive, folder, true) == error_none);
	check(archive_turn(&archive, 1, &record) == error_none);
	check(archive_turn(&archive, archive_last_turn(&archive) + 1, &record) == error_absent);
	archive_close(&archive);
	for (size_t at = 0; at < sealed.size; at++) {
		sealed.data[at] ^= 1;
		ensure(file_write_atomic(path, buffer_bytes(&sealed), 0600) == error_none);
		enum error e = archive_open(&archive, folder, true);
		if (!e) {
			e = archive_turn(&archive, archive.list[0].first_turn, &record);
			archive_close(&archive);
		}
		check(e == error_corrupt);
		sealed.data[at] ^= 1;
		at += at > 200 && at + 300 < sealed.size ? 20 : 0;
	}
	buffer_deinit(&sealed);
	nodes_close();
}

// ---- damaged ones

static char segments[400], first[500];

static void sealed_segments(void)
{
	limits.segment_bytes = 1500;
	limits.hot_turns = 1;
	nodes_open();
	for (uint64_t n = 1; n <= 60; n++) {
		submit(op_send, n);
		pump();
	}
	ensure(engine_archive_now(nodes[intake].engine) == error_none);
	snprintf(segments, sizeof segments, "%s/log", nodes[intake].folder);
	snprintf(first, sizeof first, "%s/%020d.seg", segments, 1);
	ensure(access(first, R_OK) == 0);
}

static void alter_first(const char *how)
{
	char command[2000];
	snprintf(command, sizeof command, "cp '%s' '%s.kept'; %s '%s'", first, first, how, first);
	ensure(system(command) == 0);
}

static void put_back(void)
{
	char kept[600];
	snprintf(kept, sizeof kept, "%s.kept", first);
	ensure(rename(kept, first) == 0);
}

test(a_segment_that_is_not_as_it_was_sealed_is_named_at_the_start_with_what_is_wrong)
{
	static const struct {
		const char *how, *what;
	} cases[] = {
		{ "rm", "what=missing" },
		{ "truncate -s -1", "what=shorter" },
		{ "truncate -s 20", "what=shorter" },
		{ "truncate -s +1", "what=longer" },
		{ "printf x | dd bs=1 seek=3 conv=notrunc status=none of=", "what=altered" },
		{ "printf x | dd bs=1 seek=$(($(stat -c %s \"$1\") - 20)) conv=notrunc status=none of=", "what=altered" }, // its digest
	};
	sealed_segments();
	for (size_t i = 0; i < array_size(cases); i++) {
		char how[200];
		snprintf(how, sizeof how, i >= 4 ? "f() { %s\"$1\"; }; f" : "%s", cases[i].how);
		check(engine_archive_check(nodes[intake].engine) == error_none);
		alter_first(how);
		listen_in(log_level_warn);
		check(engine_archive_check(nodes[intake].engine) == error_corrupt);
		listen_no_more();
		check(strstr(said, "segment_damaged file="));
		check(strstr(said, cases[i].what));
		check(strstr(said, first));
		put_back();
		node_reopen(intake);
	}
	nodes_close();
}

test(segments_with_a_gap_between_them_are_no_log)
{
	struct archive archive;
	struct bytes record;
	char second[500], command[600];
	sealed_segments();
	check(archive_open(&archive, segments, true) == error_none);
	ensure(archive.count > 3);
	uint64_t turn = archive.list[1].first_turn, last = archive_last_turn(&archive);
	snprintf(second, sizeof second, "%s/%020llu.seg", segments, (unsigned long long)turn);
	ensure(unlink(second) == 0);
	check(archive_turn(&archive, turn, &record) == error_corrupt); // it was there when the folder was looked at
	check(archive_turn(&archive, last, &record) == error_none);
	archive_close(&archive);
	check(archive_open(&archive, segments, true) == error_corrupt);
	snprintf(command, sizeof command, "ln -s nowhere '%s'", second);
	ensure(system(command) == 0);
	check(archive_open(&archive, segments, true) == error_io);
	check(archive_open(&archive, first, true) == error_io); // a file is no folder
	nodes_close();
}

test(a_segment_that_cannot_be_written_or_put_in_place_is_a_fault_of_the_environment)
{
	struct segment_writer writer;
	const struct log_name name = { 1, service_id_intake, 0, 1 };
	const struct hash root = { { 0 } };
	char path[400], in_place[500];
	snprintf(path, sizeof path, "%s/file", test_folder());
	ensure(file_write_atomic(path, bytes_of_text("x"), 0600) == error_none);
	check(segment_begin(&writer, path, &name, 1, 1, &root, true) == error_io);
	check(!segment_writing(&writer));
	check(segment_begin(&writer, "/dev/null/log", &name, 1, 1, &root, true) == error_io);
	check(!segment_writing(&writer));
	snprintf(path, sizeof path, "%s", test_folder());
	snprintf(in_place, sizeof in_place, "%s/%020d.seg", path, 1);
	ensure(mkdir(in_place, 0700) == 0); // where the segment should come to lie
	check(segment_begin(&writer, path, &name, 1, 1, &root, true) == error_none);
	check(segment_add(&writer, 1, bytes_of_text("record")) == error_none);
	check(segment_flush(&writer) == error_none);
	check(segment_seal(&writer, 2) == error_io);
	check(!writer.sealed);
	segment_forget(&writer);
	check(!segment_writing(&writer));
}

int main(void)
{
	run(no_byte_of_a_sealed_segment_can_be_altered);
	run(consumers_far_behind_are_served_from_segments);
	run(turns_stay_until_every_consumer_that_is_not_far_behind_is_durably_past_them);
	run(a_reader_that_stays_away_does_not_keep_turns_in_the_store);
	run(a_segment_begins_where_the_one_before_it_ended);
	run(a_log_reader_reads_beside_the_engine_and_without_it);
	run(a_segment_that_is_not_as_it_was_sealed_is_named_at_the_start_with_what_is_wrong);
	run(segments_with_a_gap_between_them_are_no_log);
	run(a_segment_that_cannot_be_written_or_put_in_place_is_a_fault_of_the_environment);
	return test_summary();
}
