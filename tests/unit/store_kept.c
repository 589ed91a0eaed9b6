// Tables whose rows are kept unpacked in a turn, against plain arrays of what they should be: whoever looks, by whatever way,
// finds what was put last, and nothing of it is there after an abort.
#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ensure.h"
#include "gen/verification_tables.h"
#include "test.h"

#define lists 24u // several for each place that is kept

struct play {
	struct store *store;
	struct store_txn txn;
	struct verification_lists_row now[lists], committed[lists];
	bool here[lists], was_here[lists];
	uint64_t parents[lists], parents_committed[lists]; // of organisations, whose rows point to nothing; 0: none is here
	uint32_t random;
};

static const char *const decisions[] = { "12-QĐ/TW", "1", "", "a decision's number, of forty characters" };

static uint32_t draw(struct play *p, uint32_t below)
{
	p->random = p->random * 1664525 + 1013904223;
	return (p->random >> 8) % below;
}

static bool same_text(const struct verification_lists_row *a, const struct verification_lists_row *b)
{
	return a->has_decision_number == b->has_decision_number && bytes_equal(a->decision_number, b->decision_number);
}

static bool same_row(const struct verification_lists_row *a, const struct verification_lists_row *b)
{
	return a->submission == b->submission && a->kind == b->kind && a->offered == b->offered && a->has_of == b->has_of &&
	       a->of == b->of && a->period == b->period && a->ended == b->ended && a->decision_date == b->decision_date &&
	       same_text(a, b);
}

static struct verification_lists_row row_drawn(struct play *p, uint32_t list)
{
	struct verification_lists_row row = { .submission = draw(p, 1 << 20), .kind = request_kind_new, .reason = request_reason_first, .offered = draw(p, 300),
					      .period = (int32_t)draw(p, 20000), .has_of = draw(p, 2), .ended = draw(p, 2) };

	row.of = row.has_of ? list : 0;
	row.has_decision_number = draw(p, 3) > 0;
	if (row.has_decision_number)
		row.decision_number = bytes_of_text(decisions[draw(p, array_size(decisions))]);
	return row;
}

static bool greatest(const struct play *p, uint32_t list)
{
	for (uint32_t i = list; i < lists; i++)
		if (p->here[i])
			return false;
	return true;
}

static void put_row(struct play *p, uint32_t list)
{
	struct verification_lists_row row = row_drawn(p, list), to_put = row;

	if (!row.has_of)
		to_put.of = 7; // means nothing
	if (greatest(p, list) && draw(p, 2))
		verification_lists_append(&p->txn, list, &to_put);
	else
		verification_lists_put(&p->txn, list, &to_put);
	p->now[list] = row;
	p->here[list] = true;
}

static bool read_one(struct play *p, uint32_t list)
{
	struct verification_lists_row row;

	if (!verification_lists_get(&p->txn, list, &row))
		return !p->here[list];
	return p->here[list] && same_row(&row, &p->now[list]);
}

// As handlers do: read, changed, put again.
static bool count_one(struct play *p, uint32_t list)
{
	struct verification_lists_row row;

	if (!verification_lists_get(&p->txn, list, &row))
		return !p->here[list];
	if (!p->here[list] || !same_row(&row, &p->now[list]))
		return false;
	row.offered++;
	p->now[list].offered++;
	verification_lists_put(&p->txn, list, &row);
	return true;
}

static bool look(struct play *p, uint32_t list, bool back)
{
	uint64_t found;
	struct verification_lists_row row;
	bool any = back ? verification_lists_last_to(&p->txn, list, &found, &row)
			: verification_lists_first(&p->txn, list, &found, &row);

	while (list < lists && !p->here[list])
		list += back ? UINT32_MAX : 1;
	return any ? found == list && same_row(&row, &p->now[list]) : list >= lists;
}

static bool all_rows(struct play *p)
{
	struct store_walk walk;
	uint64_t list;
	struct verification_lists_row row;
	unsigned count = 0, want = 0;
	bool good = true, counted = draw(p, 2); // by whichever is first all is written

	for (uint32_t i = 0; i < lists; i++)
		want += p->here[i];
	if (counted)
		good = store_count(&p->txn, &verification_lists_table) == want;
	verification_lists_walk_init(&walk, &p->txn, 0);
	for (; verification_lists_walk_next(&walk, &list, &row); count++)
		good &= list < lists && p->here[list] && same_row(&row, &p->now[list]);
	store_walk_deinit(&walk);
	return good && count == want;
}

static bool organisation_fits(struct play *p, uint32_t code)
{
	struct verification_organisations_row row;

	if (!verification_organisations_get(&p->txn, code, &row))
		return p->parents[code] == 0;
	return row.parent == p->parents[code] && row.level == org_level_cell && verification_organisations_get(&p->txn, code, NULL);
}

// The other table: what is kept of one is not of the other, and what points to nothing gives way to what is read.
static bool organisation_step(struct play *p, uint32_t code)
{
	struct verification_organisations_row row = { .level = org_level_cell, .parent = 1 + draw(p, 1 << 20) };
	bool was = p->parents[code] != 0;

	switch (draw(p, 8)) {
	case 0: p->parents[code] = 0; return verification_organisations_delete(&p->txn, code) == was;
	case 1:
	case 2:
		verification_organisations_put(&p->txn, code, &row);
		p->parents[code] = row.parent;
		return true;
	default: return organisation_fits(p, code);
	}
}

static bool all_organisations(struct play *p)
{
	bool good = true;

	for (uint32_t i = 0; i < lists; i++)
		good &= organisation_fits(p, i);
	return good;
}

static void end_turn(struct play *p)
{
	if (draw(p, 3)) {
		check(store_commit(&p->txn) == error_none);
		memcpy(p->committed, p->now, sizeof p->now);
		memcpy(p->was_here, p->here, sizeof p->here);
		memcpy(p->parents_committed, p->parents, sizeof p->parents);
		store_begin(p->store, false, &p->txn); // others see it now
		check(all_rows(p) && all_organisations(p));
		store_abort(&p->txn);
	} else {
		store_abort(&p->txn);
		memcpy(p->now, p->committed, sizeof p->now);
		memcpy(p->here, p->was_here, sizeof p->here);
		memcpy(p->parents, p->parents_committed, sizeof p->parents);
	}
	store_begin(p->store, true, &p->txn);
}

static bool step(struct play *p)
{
	uint32_t list = draw(p, 4) ? draw(p, 3) : draw(p, lists), what = draw(p, 1000);

	if (what < 200)
		return organisation_step(p, list);
	if (what < 300)
		return read_one(p, list);
	if (what < 600)
		return count_one(p, list);
	if (what < 850)
		put_row(p, list);
	else if (what < 900)
		return look(p, list, what % 2);
	else if (what < 930)
		return all_rows(p);
	else if (what < 970)
		end_turn(p);
	else if (what < 995) {
		bool was = p->here[list];
		p->here[list] = false;
		return verification_lists_delete(&p->txn, list) == was;
	} else {
		store_clear(&p->txn, &verification_lists_table);
		memset(p->here, 0, sizeof p->here);
	}
	return true;
}

static struct store *new_store(const char *name)
{
	char folder[512];
	struct store *store = NULL;

	snprintf(folder, sizeof folder, "%s/%s", test_folder(), name);
	check(store_open(&store, &(struct store_options){ .folder = folder, .map_bytes = 64 << 20, .tables = verification_tables }) ==
	      error_none);
	return store;
}

static void play(uint32_t seed, unsigned steps)
{
	char name[16];
	struct play *p = calloc(1, sizeof *p);
	bool good = true;
	unsigned i;

	snprintf(name, sizeof name, "%u", seed);
	p->store = new_store(name);
	p->random = seed;
	store_begin(p->store, true, &p->txn);
	for (i = 0; good && i < steps; i++)
		good = step(p) && !p->txn.fault;
	if (!good)
		printf("# seed %u, step %u\n", seed, i);
	check(good);
	check(all_rows(p) && all_organisations(p));
	store_abort(&p->txn);
	store_close(p->store);
	free(p);
}

test(whoever_looks_by_whatever_way_finds_what_was_put_last)
{
	for (uint32_t seed = 1; seed <= 10; seed++)
		play(seed, 20000);
}

// Those that share a place differ.
static struct bytes decision_of(uint32_t list)
{
	return bytes_of_text(decisions[list / 8 % 2 * 3]);
}

test(what_a_row_points_to_stays_while_other_rows_are_read)
{
	struct store *store = new_store("pointing");
	struct store_txn txn;
	struct verification_lists_row row = { .kind = request_kind_new, .reason = request_reason_first, .has_decision_number = true }, other;

	store_begin(store, true, &txn);
	for (uint32_t list = 0; list < lists; list++) {
		row.decision_number = decision_of(list);
		verification_lists_put(&txn, list, &row);
	}
	for (uint32_t list = 0; list < lists; list++) {
		check(verification_lists_get(&txn, list, &row));
		for (uint32_t i = 0; i < lists; i++)
			check(verification_lists_get(&txn, i, &other));
		check(bytes_equal(row.decision_number, decision_of(list)));
		verification_lists_put(&txn, lists + list, &row); // under another key, it points to its own
		check(verification_lists_get(&txn, lists + list, &other) && same_text(&row, &other));
	}
	check(store_commit(&txn) == error_none);
	// Nor do rows that nobody changed give way.
	store_begin(store, true, &txn);
	for (uint32_t list = 0; list < lists; list++) {
		check(verification_lists_get(&txn, list, &row));
		for (uint32_t i = 0; i < lists; i++)
			check(verification_lists_get(&txn, i, &other));
		check(bytes_equal(row.decision_number, decision_of(list)));
	}
	store_abort(&txn);
	store_close(store);
}

// Of the table in the transaction's pages, as nobody else sees it.
static size_t rows_written(struct store_txn *txn, const struct store_table *table)
{
	MDB_dbi dbi;
	MDB_stat stat;

	ensure(!mdb_dbi_open(txn->mdb, table->name, 0, &dbi) && !mdb_stat(txn->mdb, dbi, &stat));
	return stat.ms_entries;
}

test(neighbours_do_not_push_each_other_out)
{
	struct store *store = new_store("neighbours");
	struct store_txn txn;
	struct verification_lists_row row = { .kind = request_kind_new, .reason = request_reason_first };

	store_begin(store, true, &txn);
	for (unsigned round = 0; round < 3; round++)
		for (uint64_t list = 1000; list < 1004; list++) {
			row.offered++;
			verification_lists_put(&txn, list, &row);
		}
	check_u64(rows_written(&txn, &verification_lists_table), 0);
	check_u64(store_count(&txn, &verification_lists_table), 4);
	check_u64(rows_written(&txn, &verification_lists_table), 4);
	store_abort(&txn);
	store_close(store);
}

test(a_row_that_does_not_decode_is_the_transactions_fault)
{
	struct store *store = new_store("damaged");
	struct store_txn txn;
	struct verification_organisations_row row = { .level = org_level_cell, .parent = 3 };
	uint8_t key[store_key_max];
	size_t size = verification_organisations_key_encode(&(struct verification_organisations_key){ 5 }, key);

	store_begin(store, true, &txn);
	store_put(&txn, &verification_organisations_table, bytes_of(key, size), bytes_of("\x81\x01", 2));
	check(!verification_organisations_get(&txn, 5, &row));
	check(txn.fault == error_corrupt);
	verification_organisations_put(&txn, 5, &row); // of what could not be read
	check(store_commit(&txn) == error_corrupt);
	store_close(store);
}

// In a process of its own: whether putting `row` ends it, before anybody packs it.
static bool putting_aborts(struct store_txn *txn, const struct verification_lists_row *row)
{
	int status;

	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		signal(SIGABRT, SIG_DFL);
		verification_lists_put(txn, 1, row);
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

test(a_row_beyond_its_bounds_ends_the_process_where_it_is_put)
{
	struct store *store = new_store("bounds");
	struct store_txn txn;
	struct verification_lists_row row = { .kind = request_kind_new, .reason = request_reason_first };

	store_begin(store, true, &txn);
	check(!putting_aborts(&txn, &row));
	row.kind = (enum request_kind)99;
	check(putting_aborts(&txn, &row));
	row.kind = request_kind_new;
	row.period = INT32_MAX;
	check(putting_aborts(&txn, &row));
	row.period = 0;
	row.decision_number = bytes_of_text("a decision's number of forty-one characters");
	check(!putting_aborts(&txn, &row)); // it is not there
	row.has_decision_number = true;
	check(putting_aborts(&txn, &row));
	row.decision_number = bytes_of_text("\xff");
	check(putting_aborts(&txn, &row));
	store_abort(&txn);
	store_close(store);
}

int main(void)
{
	run(whoever_looks_by_whatever_way_finds_what_was_put_last);
	run(what_a_row_points_to_stays_while_other_rows_are_read);
	run(neighbours_do_not_push_each_other_out);
	run(a_row_that_does_not_decode_is_the_transactions_fault);
	run(a_row_beyond_its_bounds_ends_the_process_where_it_is_put);
	return test_summary();
}
