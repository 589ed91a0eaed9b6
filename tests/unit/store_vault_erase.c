// What is erased is neither read nor found, and its key or its bytes are overwritten, whenever the process dies.
#include "crypto/digest.h"
#include "store/vault_state.h"
#include "store_vault_scene.h"

static bool slot_is_zero(uint64_t person)
{
	struct buffer keys = { 0 };
	static const uint8_t zeros[64];

	read_whole(file_of("person-keys"), &keys);
	bool zero = keys.size >= (person + 1) * 64 && memcmp(keys.data + person * 64, zeros, 64) == 0;
	buffer_deinit(&keys);
	return zero;
}

test(an_erased_person_cannot_be_read_or_found_and_the_key_is_overwritten)
{
	struct vault *vault = new_vault();
	struct buffer plain = { 0 };
	struct hash digest;
	uint64_t record;

	person_with(vault, "1", "An");
	person_with(vault, "1", "Binh");
	check(vault_person_index(vault, 1, vault_index_card, bytes_of_text("01000001")) == error_none);
	check(vault_sync(vault) == error_none);
	check(!slot_is_zero(1));
	check(vault_person_erase(vault, 1) == error_none);
	for (int synced = 0; synced < 3; synced++) {
		check_text(text_of(vault, 1), "absent");
		check(vault_record_get(vault, 1, &plain) == error_absent && plain.size == 0);
		check(vault_record_digest(vault, 1, &digest) == error_none); // what logs hold stays
		check_u64(found(vault, vault_index_card, "01000001"), 0);
		check_u64(found(vault, vault_index_citizen, "1"), 2);
		check_text(text_of(vault, 2), "Binh");
		check(vault_record_put(vault, 1, bytes_of_text("x"), &record, &digest) == error_absent);
		check(vault_person_index(vault, 1, vault_index_card, bytes_of_text("x")) == error_absent);
		check(vault_person_erase(vault, 1) == error_none);
		check(vault_sync(vault) == error_none);
		check(slot_is_zero(1) && !slot_is_zero(2));
		if (synced == 1) {
			vault_close(vault);
			vault = door();
		}
	}
	check(vault_person_erase(vault, 3) == error_absent);
	check_u64(person_with(vault, "3", "Chi"), 3);
	buffer_deinit(&plain);
	vault_close(vault);
}

test(a_crash_between_the_commit_and_the_destruction_is_made_good_at_the_next_start)
{
	struct vault *vault = new_vault();
	struct buffer keys = { 0 }, pack = { 0 }, after = { 0 };

	person_with(vault, "1", "An");
	attach(vault, "photo");
	check(vault_sync(vault) == error_none);
	read_whole(file_of("person-keys"), &keys);
	read_whole(file_of("pack-000001"), &pack);
	check(vault_person_erase(vault, 1) == error_none);
	check(vault_attachment_erase(vault, 1) == error_none);
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	// As it was at the instant of the commit.
	write_at(file_of("person-keys"), keys.data, keys.size, 0);
	write_at(file_of("pack-000001"), pack.data, pack.size, 0);
	vault = door();
	check(slot_is_zero(1));
	read_whole(file_of("pack-000001"), &after);
	check(after.size == pack.size && after.data[0] == 0 && memcmp(after.data, after.data + 1, after.size - 1) == 0);
	check_text(text_of(vault, 1), "absent");
	// What comes later is left alone.
	person_with(vault, "2", "Binh");
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	vault = door();
	check_text(text_of(vault, 2), "Binh");
	vault_close(vault);
	buffer_deinit(&keys);
	buffer_deinit(&pack);
	buffer_deinit(&after);
}

test(an_erased_attachment_is_overwritten_and_its_neighbours_stay)
{
	struct vault *vault = new_vault();
	struct hash sha256 = digest_sha256(bytes_of_text("second"));
	uint64_t attachment;

	attach(vault, "first");
	attach(vault, "second");
	attach(vault, "third");
	check(vault_attachment_erase(vault, 2) == error_none);
	check(vault_attachment_erase(vault, 4) == error_absent);
	check_text(attachment_of(vault, 2), "absent");
	check(vault_sync(vault) == error_none);
	check_text(attachment_of(vault, 1), "first");
	check_text(attachment_of(vault, 2), "absent");
	check_text(attachment_of(vault, 3), "third");
	check(vault_attachment_find(vault, &sha256, &attachment) == error_absent);
	struct buffer pack = { 0 };
	read_whole(file_of("pack-000001"), &pack);
	size_t from = pack_header_size + seal_overhead + 5, to = from + pack_header_size + seal_overhead + 6;
	for (size_t i = from; i < to; i++)
		check(pack.data[i] == 0);
	buffer_deinit(&pack);
	check_u64(attach(vault, "second"), 4);
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	vault = door();
	check_text(attachment_of(vault, 3), "third");
	check_text(attachment_of(vault, 4), "second");
	vault_close(vault);
}

static uint64_t erasing_rows(struct vault *vault)
{
	struct store_txn txn;

	store_begin(vault->store, false, &txn);
	uint64_t rows = store_count(&txn, &vault_erasing);
	store_abort(&txn);
	return rows;
}

test(what_was_destroyed_is_not_destroyed_again_at_each_start)
{
	struct vault *vault = new_vault();

	person_with(vault, "1", "An");
	check(vault_sync(vault) == error_none);
	for (int reopened = 0; reopened < 2; reopened++) {
		uint64_t person = person_with(vault, "2", "Binh");
		check(vault_person_erase(vault, person) == error_none);
		check(vault_sync(vault) == error_none);
		check_u64(erasing_rows(vault), 1); // until the next change
		if (reopened) {
			vault_close(vault);
			vault = door();
		}
		person_with(vault, "3", "Chi");
		check(vault_sync(vault) == error_none);
		check_u64(erasing_rows(vault), 0);
	}
	vault_close(vault);
}

int main(void)
{
	run(an_erased_person_cannot_be_read_or_found_and_the_key_is_overwritten);
	run(a_crash_between_the_commit_and_the_destruction_is_made_good_at_the_next_start);
	run(an_erased_attachment_is_overwritten_and_its_neighbours_stay);
	run(what_was_destroyed_is_not_destroyed_again_at_each_start);
	return test_summary();
}
