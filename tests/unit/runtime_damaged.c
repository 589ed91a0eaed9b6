// What is stored and does not decode: named, never acted on, and told apart from what another start could mend.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "runtime/archive.h"
#include "runtime/attempt.h"
#include "runtime/crash.h"
#include "runtime/log_reader.h"
#include "runtime/record.h"
#include "runtime_questions.h"

static char said[8000];

static bool keep_line(const char *service, enum log_level level, const char *line)
{
	size_t n = strlen(said);
	(void)service, (void)level;
	snprintf(said + n, sizeof said - n, "%s\n", line);
	return true;
}

static void listen_in(void)
{
	said[0] = 0;
	log_open("test", log_level_warn, 0);
	log_sink(keep_line);
}

static void listen_no_more(void)
{
	log_sink(NULL);
	log_open("test", log_level_fatal, 0);
}

static struct bytes nonsense(void)
{
	return bytes_of_text("\xc1nonsense");
}

static const struct store_table *table_of(const char *name)
{
	static struct runtime_tables t;
	runtime_tables_init(&t, node_tables);
	const struct store_table *table = runtime_table_by_name(&t, bytes_of_text(name));
	ensure(table);
	return table;
}

// Writes `value` over the first row at or after `number` (0: the first of all), or takes the row away (value.data NULL).
static void spoil(int node, const char *name, uint64_t number, struct bytes value)
{
	struct runtime_key from = runtime_key_u64(number);
	struct bytes key, was;
	uint8_t copy[16];
	struct store_txn txn;
	store_begin(engine_store(nodes[node].engine), true, &txn);
	ensure(store_seek(&txn, table_of(name), number ? runtime_key_bytes(from) : (struct bytes){ 0 }, &key, &was));
	memcpy(copy, key.data, key.size);
	key.data = copy;
	if (value.data)
		store_put(&txn, table_of(name), key, value);
	else
		store_delete(&txn, table_of(name), key);
	ensure(store_commit(&txn) == error_none);
}

// Some life, all of it sealed; and more that is not.
static void live(void)
{
	limits.hot_turns = 2;
	nodes_open();
	for (uint64_t n = 1; n <= 30; n++) {
		submit(op_send, n);
		pump();
	}
	for (int i = 0; i < node_count; i++)
		ensure(engine_archive_now(nodes[i].engine) == error_none);
	pump();
	for (uint64_t n = 31; n <= 40; n++) {
		submit(op_send, n);
		pump();
	}
}

// ---- at the start

static enum error start_again(int node)
{
	node_close(node);
	listen_in();
	enum error e = engine_open(&nodes[node].engine, &nodes[node].options);
	listen_no_more();
	return e;
}

test(a_row_that_does_not_decode_ends_the_start_and_the_file_is_named)
{
	static const char *const needed[] = { "runtime.meta", "runtime.cursors", "runtime.archive" };
	for (size_t i = 0; i < array_size(needed); i++) {
		live();
		spoil(intake, needed[i], 0, nonsense());
		check(start_again(intake) == error_corrupt);
		check(strstr(said, "stored_file_damaged file=") && strstr(said, "/state/intake/data.mdb"));
		nodes_close();
	}
}

static void alter_meta(void (*alter)(struct meta_row *row))
{
	struct runtime_key key = runtime_key_u16(0);
	struct buffer encoded = { 0 };
	struct meta_row row;
	struct store_txn txn;
	struct bytes value;
	store_begin(engine_store(nodes[intake].engine), true, &txn);
	ensure(store_get(&txn, table_of("runtime.meta"), runtime_key_bytes(key), &value) && meta_row_decode(value, &row) == error_none);
	alter(&row);
	meta_row_encode(&row, &encoded);
	store_put(&txn, table_of("runtime.meta"), runtime_key_bytes(key), buffer_bytes(&encoded));
	ensure(store_commit(&txn) == error_none);
	buffer_deinit(&encoded);
}

static void one_bit_more(struct meta_row *row)
{
	row->head_turn |= row->head_turn + 1; // its tree would have a peak more
}
static void of_another_site(struct meta_row *row)
{
	row->log.site++;
}
static void of_newer_code(struct meta_row *row)
{
	row->fold_version++;
}

test(a_store_that_is_not_this_services_or_not_this_programs_is_not_opened)
{
	static const struct {
		void (*alter)(struct meta_row *row);
		enum error error;
	} cases[] = { { one_bit_more, error_corrupt }, { of_another_site, error_fork }, { of_newer_code, error_version } };
	for (size_t i = 0; i < array_size(cases); i++) {
		live();
		alter_meta(cases[i].alter);
		check(start_again(intake) == cases[i].error);
		nodes_close();
	}
}

test(a_folder_that_cannot_be_made_or_whose_path_is_too_long_is_a_fault_of_the_environment)
{
	static char far[5000];
	struct engine *engine = NULL;
	nodes_open();
	struct engine_options options = nodes[intake].options;
	memset(far, 'f', sizeof far - 1);
	options.folder = far;
	check(engine_open(&engine, &options) == error_io);
	options.folder = "/dev/null/state/intake";
	check(engine_open(&engine, &options) == error_io);
	options.folder = "/dev/null/intake";
	check(engine_open(&engine, &options) == error_io);
	check(engine == NULL);
	nodes_close();
}

// ---- at work

test(an_effect_that_does_not_decode_is_neither_performed_nor_answered)
{
	nodes_open();
	submit(op_ask, 1);
	turn_of(intake);
	spoil(intake, "runtime.effects", 0, nonsense());
	check(engine_perform(nodes[intake].engine, NULL, 16, boot) == error_corrupt);
	check_u64(performed, 0);
	node_reopen(intake);
	struct store_txn txn;
	struct bytes key, value;
	store_begin(engine_store(nodes[intake].engine), false, &txn);
	ensure(store_last(&txn, table_of("runtime.effects"), &key, &value));
	uint64_t id = get_u64(key.data);
	store_abort(&txn);
	ensure(engine_take_answer(nodes[intake].engine, id, answer_type, op_bytes(op_ask, 1)) == error_none);
	check(engine_turn(nodes[intake].engine, wall, boot) == error_corrupt);
	nodes_close();
}

test(a_timer_or_a_continuation_that_does_not_decode_stops_the_turn_that_would_take_it)
{
	nodes_open();
	submit(op_timer, 1000);
	turn_of(intake);
	spoil(intake, "runtime.timers", 0, nonsense());
	check(engine_turn(nodes[intake].engine, wall + 999, boot + 999) == error_pending);
	check(engine_turn(nodes[intake].engine, wall + 1000, boot + 1000) == error_corrupt);
	nodes_close();
	limits.batch_entries = 4;
	nodes_open();
	submit(op_walk, 100);
	turn_of(intake);
	spoil(intake, "runtime.continuations", 0, nonsense());
	check(engine_turn(nodes[intake].engine, wall, boot) == error_corrupt);
	check_u64(rows_in(verification, &rows_table), 0);
	nodes_close();
}

test(what_waits_in_quarantine_and_does_not_decode_is_neither_listed_nor_fed)
{
	nodes_open();
	submit(op_bad, 1);
	pump();
	check_u64(status_of(verification)->quarantined, 1);
	spoil(verification, "runtime.quarantine", 0, nonsense());
	check(query_of(verification, quarantine_query, 0, 0) == error_corrupt);
	node_reopen(verification);
	ensure(engine_take_act(nodes[verification].engine, 1, operator_act_quarantine_retry, 0) == error_none);
	check(engine_turn(nodes[verification].engine, wall, boot) == error_corrupt);
	nodes_close();
}

// Turns 3 and those after it are missing or nonsense; each in turn meets it.
static void meets_a_bad_turn(struct bytes value)
{
	static const struct log_name asker = { 1, service_id_approval, 0, 0 }, asked = { 1, service_id_verification, 0, 0 };
	for (int what = 0; what < 5; what++) {
		enum error e = error_none;
		uint64_t bad = what == 2 ? 2 : 3;
		nodes_open();
		for (uint64_t n = 1; n <= 6; n++) {
			submit(op_send, n);
			pump();
		}
		ensure(status_of(verification)->head_turn > 4 && status_of(verification)->archived_turn == 0);
		spoil(verification, "runtime.turns", bad, value);
		switch (what) {
		case 0: e = query_of(verification, log_query, 1, 0); break;
		case 1: e = query_of(verification, story_query, 3, 0, 0); break;
		case 2: // of whoever asks at that turn, the root cannot be compared
		case 3:
			buffer_clear(&answer);
			log_ask_encode(&(struct log_ask){ .consumer = asker, .producer = asked, .turn = what == 2 ? 2 : 0, .credit = 1 << 20 }, &ask);
			e = engine_serve_ask(nodes[verification].engine, buffer_bytes(&ask), &answer);
			buffer_clear(&ask);
			break;
		case 4: e = engine_archive_now(nodes[verification].engine); break;
		}
		check(e == error_corrupt);
		nodes_close();
	}
}

test(a_turn_that_is_missing_or_nonsense_is_never_passed_over)
{
	meets_a_bad_turn(nonsense());
	meets_a_bad_turn((struct bytes){ 0 });
}

test(a_reader_of_the_log_says_so_too)
{
	struct log_reader *reader;
	struct log_reader_entry entry;
	nodes_open();
	for (uint64_t n = 1; n <= 6; n++) {
		submit(op_send, n);
		pump();
	}
	spoil(intake, "runtime.turns", 1, nonsense());
	ensure(log_reader_open(&reader, nodes[intake].folder, NULL, false) == error_none);
	check(log_reader_entry(reader, log_reader_head_entry(reader), &entry) == error_none);
	check(log_reader_entry(reader, 1, &entry) == error_corrupt);
	struct bytes record;
	check(log_reader_turn(reader, 0, &record) == error_absent);
	check(log_reader_turn(reader, log_reader_head_turn(reader) + 1, &record) == error_absent);
	log_reader_close(reader);
	spoil(intake, "runtime.meta", 0, nonsense());
	check(log_reader_open(&reader, nodes[intake].folder, NULL, false) == error_corrupt);
	nodes_close();
}

// ---- segments

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
	char command[1700];
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
	};
	sealed_segments();
	for (size_t i = 0; i < array_size(cases); i++) {
		char how[100];
		snprintf(how, sizeof how, i == 4 ? "f() { %s\"$1\"; }; f" : "%s", cases[i].how);
		check(engine_archive_check(nodes[intake].engine) == error_none);
		alter_first(how);
		listen_in();
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

// ---- memory that fails

static int status_of_child(pid_t pid, char *out, size_t size, int from)
{
	int status;
	size_t held = 0;
	for (ssize_t n; held + 1 < size && (n = read(from, out + held, size - 1 - held)) > 0;)
		held += (size_t)n;
	out[held] = 0;
	close(from);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static const char *crashing(void (*crash_so)(void), int *status)
{
	static char out[5000];
	int ends[2];
	fflush(stdout);
	ensure(pipe(ends) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		crash_watch("intake");
		crash_so();
		_exit(77);
	}
	close(ends[1]);
	*status = status_of_child(pid, out, sizeof out, ends[0]);
	return out;
}

#if defined(__SANITIZE_ADDRESS__)
#define address_sanitizer 1
#elif defined(__has_feature)
#define address_sanitizer __has_feature(address_sanitizer)
#else
#define address_sanitizer 0
#endif

static char mapped_path[300];
static volatile uint32_t *crash_counter;

static volatile uint8_t *mapped(size_t size)
{
	int fd = open(mapped_path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	ensure(fd >= 0 && ftruncate(fd, (off_t)size) == 0);
	volatile uint8_t *at = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	ensure(at != MAP_FAILED);
	return at;
}
static void read_beyond_the_file(void)
{
	crash_count(crash_counter);
	volatile uint8_t *at = mapped(4096);
	(void)at[5000];
}
static void write_where_only_reading_is_allowed(void)
{
	crash_count(crash_counter);
	volatile uint8_t *at = mapped(8192);
	at[1] = 1;
}
static void write_nowhere(void)
{
	crash_count(crash_counter);
	volatile uint8_t *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ensure(nowhere != MAP_FAILED);
	*nowhere = 1;
}
static void hear_of_a_bus_error(void)
{
	crash_count(crash_counter);
	raise(SIGBUS);
}

test(memory_that_fails_is_told_once_with_the_file_and_ends_as_no_start_can_mend_or_by_its_signal)
{
	int status;
	const char *out;
	if (address_sanitizer) {
		puts("# SKIP: the sanitizer has the signals");
		return;
	}
	snprintf(mapped_path, sizeof mapped_path, "%s/data.mdb", test_folder());
	crash_counter = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ensure(crash_counter != MAP_FAILED);
	out = crashing(read_beyond_the_file, &status);
	check_u64(status, error_exit_damaged);
	check(strstr(out, "intake: stored_file_damaged signal=SIGBUS file=/") && strstr(out, mapped_path));
	check_u64(*crash_counter, 0); // it is known what is wrong: no start will try again
	out = crashing(write_where_only_reading_is_allowed, &status);
	check_u64(-status, SIGSEGV);
	check(strstr(out, "intake: crashed signal=SIGSEGV file=/") && strstr(out, mapped_path));
	check_u64(*crash_counter, 1);
	out = crashing(write_nowhere, &status);
	check_u64(-status, SIGSEGV);
	check_text(out, "intake: crashed signal=SIGSEGV\n");
	check_u64(*crash_counter, 2);
	out = crashing(hear_of_a_bus_error, &status);
	check_u64(-status, SIGBUS);
	check_text(out, "intake: crashed signal=SIGBUS\n");
}

test(who_crashed_at_every_start_is_not_started_again)
{
	struct attempt a;
	nodes_open();
	node_close(intake);
	check(attempt_open(&a, nodes[intake].folder) == error_none);
	unsigned starts = 0;
	for (; !attempt_is_hopeless(&a) && starts < 100; starts++)
		a.page->crashes++;
	check(starts > 1 && starts < 100);
	attempt_close(&a);
	check(start_again(intake) == error_corrupt);
	check(strstr(said, "crashes_at_every_start file="));
	check(strstr(said, "/attempt"));
	check(attempt_open(&a, nodes[intake].folder) == error_none);
	attempt_went_on(&a);
	attempt_close(&a);
	check(start_again(intake) == error_none);
	nodes_close();
}

int main(void)
{
	run(a_row_that_does_not_decode_ends_the_start_and_the_file_is_named);
	run(a_store_that_is_not_this_services_or_not_this_programs_is_not_opened);
	run(a_folder_that_cannot_be_made_or_whose_path_is_too_long_is_a_fault_of_the_environment);
	run(an_effect_that_does_not_decode_is_neither_performed_nor_answered);
	run(a_timer_or_a_continuation_that_does_not_decode_stops_the_turn_that_would_take_it);
	run(what_waits_in_quarantine_and_does_not_decode_is_neither_listed_nor_fed);
	run(a_turn_that_is_missing_or_nonsense_is_never_passed_over);
	run(a_reader_of_the_log_says_so_too);
	run(a_segment_that_is_not_as_it_was_sealed_is_named_at_the_start_with_what_is_wrong);
	run(segments_with_a_gap_between_them_are_no_log);
	run(a_segment_that_cannot_be_written_or_put_in_place_is_a_fault_of_the_environment);
	run(memory_that_fails_is_told_once_with_the_file_and_ends_as_no_start_can_mend_or_by_its_signal);
	run(who_crashed_at_every_start_is_not_started_again);
	questions_deinit();
	return test_summary();
}
