// Two weighted sets compared in bounded memory.
#include "audit/match.h"
#include "test.h"

static struct match *new_match(void)
{
	struct match *match;
	if (match_new(&match) != error_none)
		exit(2);
	return match;
}

// Adds both sides as an audit does: once to see whether they differ, once more to name where.
static size_t differences(struct match *match, void (*fill)(struct match *match), struct match_difference *out, size_t max,
			  bool *more)
{
	size_t count = 0;
	*more = false;
	fill(match);
	if (!match_differs(match))
		return 0;
	fill(match);
	check(match_differences(match, out, max, &count, more) == error_none);
	return count;
}

static void fill_equal(struct match *match)
{
	for (uint64_t i = 0; i < 100000; i++) {
		match_add(match, true, i, i * 7, 1);
		match_add(match, false, 99999 - i, (99999 - i) * 7, 1);
	}
}

test(sets_in_another_order_are_equal)
{
	struct match_difference found[4] = { 0 };
	bool more;
	struct match *match = new_match();
	check_u64(differences(match, fill_equal, found, 4, &more), 0);
	match_free(match);
}

static void fill_one_off(struct match *match)
{
	fill_equal(match);
	match_add(match, true, 500000, 3, 1);  // only left
	match_add(match, false, 500001, 4, 1); // only right
	match_add(match, true, 500002, 5, 1);
	match_add(match, false, 500002, 6, 1); // another value
}

test(what_one_side_lacks_or_says_otherwise_is_named)
{
	struct match_difference found[8] = { 0 };
	bool more;
	struct match *match = new_match();
	check_u64(differences(match, fill_one_off, found, 8, &more), 3);
	check(!more);
	check(found[0].id == 500000 && found[0].left == 3 && found[0].right == match_nothing);
	check(found[1].id == 500001 && found[1].left == match_nothing && found[1].right == 4);
	check(found[2].id == 500002 && found[2].left == 5 && found[2].right == 6);
	match_free(match);
}

static void fill_counted(struct match *match)
{
	match_add(match, true, 1, 0, 20);
	match_add(match, true, 2, 0, 5);
	for (int i = 0; i < 20; i++)
		match_add(match, false, 1, 0, 1);
	for (int i = 0; i < 4; i++)
		match_add(match, false, 2, 0, 1);
}

test(a_counter_is_compared_with_what_it_counts)
{
	struct match_difference found[4] = { 0 };
	bool more;
	struct match *match = new_match();
	check_u64(differences(match, fill_counted, found, 4, &more), 1);
	check(found[0].id == 2 && found[0].left == 5 && found[0].right == 4);
	match_free(match);
}

static void fill_doubled(struct match *match)
{
	match_add(match, true, 9, 1, 1);
	match_add(match, false, 9, 1, 1);
	match_add(match, false, 9, 1, 1);
}

test(an_element_that_is_there_twice_is_not_equal_to_one)
{
	struct match_difference found[4] = { 0 };
	bool more;
	struct match *match = new_match();
	check_u64(differences(match, fill_doubled, found, 4, &more), 1);
	check(found[0].left == 1 && found[0].right == 2);
	match_free(match);
}

static void fill_one_side(struct match *match)
{
	for (uint64_t i = 0; i < 1000000; i++)
		match_add(match, true, i, 1, 1);
}

test(a_side_that_is_missing_altogether_is_told_in_part)
{
	struct match_difference found[100];
	bool more;
	struct match *match = new_match();
	check_u64(differences(match, fill_one_side, found, 100, &more), 100);
	check(more);
	match_free(match);
}

int main(void)
{
	run(sets_in_another_order_are_equal);
	run(what_one_side_lacks_or_says_otherwise_is_named);
	run(a_counter_is_compared_with_what_it_counts);
	run(an_element_that_is_there_twice_is_not_equal_to_one);
	run(a_side_that_is_missing_altogether_is_told_in_part);
	return test_summary();
}
