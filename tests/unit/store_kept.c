// A table whose rows are kept unpacked in a turn, against a plain array of what they should be: whoever looks, by whatever way,
// finds what was put last, and nothing of it is there after an abort.
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
	bool good = true;

	verification_lists_walk_init(&walk, &p->txn, 0);
	for (; verification_lists_walk_next(&walk, &list, &row); count++)
		good &= list < lists && p->here[list] && same_row(&row, &p->now[list]);
	store_walk_deinit(&walk);
	for (uint32_t i = 0; i < lists; i++)
		want += p->here[i];
	return good && count == want && store_count(&p->txn, &verification_lists_table) == want;
}

static void end_turn(struct play *p)
{
	if (draw(p, 3)) {
		check(store_commit(&p->txn) == error_none);
		memcpy(p->committed, p->now, sizeof p->now);
		memcpy(p->was_here, p->here, sizeof p->here);
		store_begin(p->store, false, &p->txn); // others see it now
		check(all_rows(p));
		store_abort(&p->txn);
	} else {
		store_abort(&p->txn);
		memcpy(p->now, p->committed, sizeof p->now);
		memcpy(p->here, p->was_here, sizeof p->here);
	}
	store_begin(p->store, true, &p->txn);
}

static bool step(struct play *p)
{
	uint32_t list = draw(p, 4) ? draw(p, 3) : draw(p, lists), what = draw(p, 1000);

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
	check(all_rows(p));
	store_abort(&p->txn);
	store_close(p->store);
	free(p);
}

test(whoever_looks_by_whatever_way_finds_what_was_put_last)
{
	for (uint32_t seed = 1; seed <= 10; seed++)
		play(seed, 20000);
}

test(what_a_row_points_to_stays_while_other_rows_are_read)
{
	struct store *store = new_store("pointing");
	struct store_txn txn;
	struct verification_lists_row row = { .kind = request_kind_new, .reason = request_reason_first, .has_decision_number = true }, other;

	store_begin(store, true, &txn);
	for (uint32_t list = 0; list < lists; list++) {
		row.decision_number = bytes_of_text(decisions[list % 2]);
		verification_lists_put(&txn, list, &row);
	}
	for (uint32_t list = 0; list < lists; list++) {
		check(verification_lists_get(&txn, list, &row));
		for (uint32_t i = 0; i < lists; i++)
			check(verification_lists_get(&txn, i, &other));
		check(bytes_equal(row.decision_number, bytes_of_text(decisions[list % 2])));
		verification_lists_put(&txn, lists + list, &row); // under another key, it points to its own
		check(verification_lists_get(&txn, lists + list, &other) && same_text(&row, &other));
	}
	check(store_commit(&txn) == error_none);
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
	run(a_row_beyond_its_bounds_ends_the_process_where_it_is_put);
	return test_summary();
}
