#include "printing/numbers.h"

#include "base/fault.h"

#define running_in_code 1000000
#define copy_max 255 // card_of

static void left_add(struct store_txn *tx, uint16_t party_code, int64_t count)
{
	struct printing_party_codes_row row;
	if (!printing_party_codes_get(tx, party_code, &row))
		return;
	row.left += count;
	printing_party_codes_put(tx, party_code, &row);
}

// Of a block, those that cards in use have already.  Blocks are granted a few times a year, and mostly above what is in use.
static uint32_t used_in(struct store_txn *tx, uint32_t first, uint32_t last)
{
	struct printing_numbers_row row;
	struct store_walk walk;
	uint32_t number, used = 0;
	printing_numbers_walk_init(&walk, tx, first);
	while (printing_numbers_walk_next(&walk, &number, &row) && number <= last)
		used++;
	store_walk_deinit(&walk);
	return used;
}

enum reason printing_numbers_grant(struct store_txn *tx, uint16_t party_code, uint32_t first, uint32_t last,
				   uint64_t submission)
{
	struct printing_blocks_key key;
	struct printing_blocks_row row;
	if (first == 0 || first > last || last > printing_running_max)
		return reason_out_of_range;
	// Blocks do not overlap, so the last that begins at or before `last` is the only one that could.
	if (printing_blocks_last_to(tx, party_code, last, &key, &row) && key.party_code == party_code && row.last >= first)
		return reason_overlap;
	printing_blocks_put(tx, party_code, first,
			    &(struct printing_blocks_row){ .last = last, .next = first, .submission = submission });
	uint32_t base = party_code * (uint32_t)running_in_code;
	left_add(tx, party_code, (int64_t)(last - first + 1) - used_in(tx, base + first, base + last));
	return reason_none;
}

// A card in use bears a number that nobody had: if a block holds it, it was still to be given.
static void left_without(struct store_txn *tx, uint32_t number)
{
	uint16_t party_code = (uint16_t)(number / running_in_code);
	uint32_t running = number % running_in_code;
	struct printing_blocks_key key;
	struct printing_blocks_row row;
	if (printing_blocks_last_to(tx, party_code, running, &key, &row) && key.party_code == party_code &&
	    running <= row.last)
		left_add(tx, party_code, -1);
}

enum reason printing_numbers_in_use(struct store_txn *tx, uint64_t member, uint32_t number, unsigned copy, uint64_t *holder)
{
	struct printing_numbers_row holds;
	struct printing_members_row row;
	if (printing_numbers_get(tx, number, &holds) && holds.member != member) {
		*holder = holds.member;
		return reason_duplicate;
	}
	if (!printing_members_get(tx, member, &row))
		row = (struct printing_members_row){ .number = number };
	else if (row.number != number)
		return reason_conflict;
	if (copy > row.copy)
		row.copy = (uint8_t)copy;
	printing_members_put(tx, member, &row);
	if (!printing_numbers_get(tx, number, NULL))
		left_without(tx, number);
	printing_numbers_put(tx, number, &(struct printing_numbers_row){ .member = member });
	return reason_none;
}

enum reason printing_numbers_promise(struct store_txn *tx, bool has_party_code, uint16_t party_code, uint32_t count)
{
	struct printing_party_codes_row row;
	if (count == 0 || !has_party_code)
		return reason_none;
	if (!printing_party_codes_get(tx, party_code, &row) || row.left < (int64_t)count)
		return reason_no_number_left;
	left_add(tx, party_code, -(int64_t)count);
	return reason_none;
}

void printing_numbers_give_back(struct store_txn *tx, uint16_t party_code, uint32_t count)
{
	if (count > 0)
		left_add(tx, party_code, count);
}

bool printing_number_needed(struct store_txn *tx, uint64_t member)
{
	return !printing_members_get(tx, member, NULL);
}

// The next number of the block that nobody has; false: it is used up.
static bool block_take(struct store_txn *tx, const struct printing_blocks_key *key, struct printing_blocks_row *block,
		       uint32_t *number)
{
	bool found = false;
	while (!found && block->next <= block->last) {
		*number = key->party_code * (uint32_t)running_in_code + block->next++;
		found = fault_is(number_again) || !printing_numbers_get(tx, *number, NULL);
	}
	block->given += found;
	printing_blocks_put(tx, key->party_code, key->first, block);
	return found;
}

static bool number_take(struct store_txn *tx, uint16_t party_code, uint32_t *number)
{
	struct printing_blocks_key key;
	struct printing_blocks_row block;
	uint32_t from = 0;
	while (printing_blocks_first(tx, party_code, from, &key, &block) && key.party_code == party_code) {
		if (block.next <= block.last && block_take(tx, &key, &block, number))
			return true;
		from = key.first + 1;
	}
	return false;
}

enum reason printing_number_of(struct store_txn *tx, uint64_t member, bool may_be_new, bool has_party_code, uint16_t party_code,
			       uint32_t *promised, uint32_t *number)
{
	struct printing_members_row row;
	if (printing_members_get(tx, member, &row)) {
		*number = row.number;
		return reason_none;
	}
	if (!may_be_new)
		return reason_holds_no_card;
	// The list counted whoever had no number when it came, so the promise lasts but where a card in use took a number since.
	if (!has_party_code || *promised == 0 || !number_take(tx, party_code, number))
		return reason_no_number_left;
	--*promised;
	printing_numbers_put(tx, *number, &(struct printing_numbers_row){ .member = member });
	printing_members_put(tx, member, &(struct printing_members_row){ .number = *number });
	return reason_none;
}

unsigned printing_copy_next(struct store_txn *tx, uint64_t member)
{
	struct printing_members_row row;
	if (!printing_members_get(tx, member, &row) || row.copy == copy_max)
		return 0;
	row.copy++;
	printing_members_put(tx, member, &row);
	return row.copy;
}
