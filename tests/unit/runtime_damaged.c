// What is stored and does not decode: named, never acted on, and told apart from what another start could mend.
#include "runtime/log_reader.h"
#include "runtime_questions.h"
#include "runtime_said.h"

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

static bool row_named(const char *node, const char *table)
{
	char file[64], what[64];

	listen_no_more();
	snprintf(file, sizeof file, "/state/%s/data.mdb what=", node);
	snprintf(what, sizeof what, "\"a row of %s is not one\"", table);
	return strstr(said, "stored_file_damaged file=") && strstr(said, file) && strstr(said, what);
}

test(an_effect_that_does_not_decode_is_neither_performed_nor_answered)
{
	nodes_open();
	submit(op_ask, 1);
	turn_of(intake);
	spoil(intake, "runtime.effects", 0, nonsense());
	listen_in(log_level_warn);
	check(engine_perform(nodes[intake].engine, NULL, 16, boot) == error_corrupt);
	check(row_named("intake", "runtime.effects"));
	check_u64(performed, 0);
	node_reopen(intake);
	struct store_txn txn;
	struct bytes key, value;
	store_begin(engine_store(nodes[intake].engine), false, &txn);
	ensure(store_last(&txn, table_of("runtime.effects"), &key, &value));
	uint64_t id = get_u64(key.data);
	store_abort(&txn);
	ensure(engine_take_answer(nodes[intake].engine, id, answer_type, op_bytes(op_ask, 1)) == error_none);
	listen_in(log_level_warn);
	check(engine_turn(nodes[intake].engine, wall, boot) == error_corrupt);
	check(row_named("intake", "runtime.effects"));
	nodes_close();
}

test(a_timer_or_a_continuation_that_does_not_decode_stops_the_turn_that_would_take_it)
{
	nodes_open();
	submit(op_timer, 1000);
	turn_of(intake);
	spoil(intake, "runtime.timers", 0, nonsense());
	check(engine_turn(nodes[intake].engine, wall + 999, boot + 999) == error_pending);
	listen_in(log_level_warn);
	check(engine_turn(nodes[intake].engine, wall + 1000, boot + 1000) == error_corrupt);
	check(row_named("intake", "runtime.timers"));
	nodes_close();
	limits.batch_entries = 4;
	nodes_open();
	submit(op_walk, 100);
	turn_of(intake);
	spoil(intake, "runtime.continuations", 0, nonsense());
	listen_in(log_level_warn);
	check(engine_turn(nodes[intake].engine, wall, boot) == error_corrupt);
	check(row_named("intake", "runtime.continuations"));
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
	listen_in(log_level_warn);
	check(engine_turn(nodes[verification].engine, wall, boot) == error_corrupt);
	check(row_named("verification", "runtime.quarantine"));
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

test(a_turn_in_anothers_place_is_not_sealed_there)
{
	struct runtime_key first = runtime_key_u64(1);
	struct buffer copy = { 0 };
	struct store_txn txn;
	struct bytes record;
	nodes_open();
	for (uint64_t n = 1; n <= 3; n++) {
		submit(op_send, n);
		pump();
	}
	store_begin(engine_store(nodes[intake].engine), false, &txn);
	ensure(store_get(&txn, table_of("runtime.turns"), runtime_key_bytes(first), &record));
	buffer_append(&copy, record.data, record.size);
	store_abort(&txn);
	spoil(intake, "runtime.turns", 2, buffer_bytes(&copy));
	check(engine_archive_now(nodes[intake].engine) == error_corrupt);
	buffer_deinit(&copy);
	nodes_close();
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

int main(void)
{
	run(a_row_that_does_not_decode_ends_the_start_and_the_file_is_named);
	run(a_store_that_is_not_this_services_or_not_this_programs_is_not_opened);
	run(a_folder_that_cannot_be_made_or_whose_path_is_too_long_is_a_fault_of_the_environment);
	run(an_effect_that_does_not_decode_is_neither_performed_nor_answered);
	run(a_timer_or_a_continuation_that_does_not_decode_stops_the_turn_that_would_take_it);
	run(what_waits_in_quarantine_and_does_not_decode_is_neither_listed_nor_fed);
	run(a_turn_that_is_missing_or_nonsense_is_never_passed_over);
	run(a_turn_in_anothers_place_is_not_sealed_there);
	run(a_reader_of_the_log_says_so_too);
	questions_deinit();
	return test_summary();
}
