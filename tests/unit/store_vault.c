// Persons, their records and attachments: put, found by what they gave, and read again.
#include "crypto/digest.h"
#include "store_vault_scene.h"

test(persons_are_numbered_in_order_and_found_by_what_they_gave)
{
	struct vault *vault = new_vault();

	check_u64(person_with(vault, "001099000001", "An"), 1);
	check_u64(person_with(vault, "001099000002", "Binh"), 2);
	check(vault_person_index(vault, 2, vault_index_profile, bytes_of_text("123456ab")) == error_none);
	for (int synced = 0; synced < 3; synced++) {
		check_u64(found(vault, vault_index_citizen, "001099000001"), 1);
		check_u64(found(vault, vault_index_citizen, "001099000002"), 2);
		check_u64(found(vault, vault_index_citizen, "001099000003"), 0);
		check_u64(found(vault, vault_index_profile, "123456AB"), 2);
		check_u64(found(vault, vault_index_card, "001099000001"), 0);
		check_text(text_of(vault, 1), "An");
		check_text(text_of(vault, 3), "absent");
		check(vault_sync(vault) == error_none);
		if (synced == 1) {
			vault_close(vault);
			vault = door();
		}
	}
	check_u64(person_with(vault, "001099000003", "Chi"), 3);
	vault_close(vault);
}

test(several_persons_may_share_what_they_are_found_by)
{
	struct vault *vault = new_vault();
	uint64_t persons[2];
	size_t count;

	for (int i = 0; i < 3; i++)
		person_with(vault, "001099000001", "twin");
	person_with(vault, "001099000002", "another");
	check_u64(found(vault, vault_index_citizen, "001099000001"), 1);
	check(vault_find_all(vault, vault_index_citizen, bytes_of_text("001099000001"), persons, 2, &count) == error_none);
	check_u64(count, 3);
	check(persons[0] == 1 && persons[1] == 2);
	check(vault_find_all(vault, vault_index_citizen, bytes_of_text("9"), persons, 2, &count) == error_none);
	check_u64(count, 0);
	vault_close(vault);
}

test(the_newest_record_is_the_persons_and_the_older_stay)
{
	struct vault *vault = new_vault();
	struct buffer plain = { 0 };
	struct hash first, second, stored;
	struct hash bare = digest_sha256(bytes_of_text("An"));
	uint64_t person, record;

	check(vault_person_new(vault, &person) == error_none);
	check_text(text_of(vault, person), "absent");
	check(vault_record_put(vault, person, bytes_of_text("An"), &record, &first) == error_none && record == 1);
	check(vault_record_put(vault, person, bytes_of_text("An"), &record, &second) == error_none && record == 2);
	check(!hash_equal(&first, &second) && !hash_equal(&first, &bare)); // salted
	check(vault_record_put(vault, person, bytes_of_text("An Nguyen"), &record, &second) == error_none && record == 3);
	check_text(text_of(vault, person), "An Nguyen");
	check(vault_record_get(vault, 1, &plain) == error_none);
	check(bytes_equal(buffer_bytes(&plain), bytes_of_text("An")));
	check(vault_record_get(vault, 4, &plain) == error_absent);
	check(vault_record_digest(vault, 3, &stored) == error_none && hash_equal(&stored, &second));
	check(vault_record_put(vault, 7, bytes_of_text("nobody"), &record, &first) == error_absent);
	buffer_deinit(&plain);
	vault_close(vault);
}

test(sizes_are_bounded)
{
	static uint8_t large[vault_record_max + 1];
	struct vault *vault = new_vault();
	uint64_t person = person_with(vault, "1", "An"), number;
	struct hash digest;

	check(vault_record_put(vault, person, bytes_of(large, sizeof large), &number, &digest) == error_bounds);
	check(vault_record_put(vault, person, bytes_of(large, sizeof large - 1), &number, &digest) == error_none);
	check(vault_find(vault, vault_index_card, bytes_of(large, vault_index_text_max + 1), &number) == error_bounds);
	check(vault_person_index(vault, person, vault_index_card, bytes_of(large, 65)) == error_bounds);
	check(vault_attachment_put(vault, (struct bytes){ 0 }, &number) == error_bounds);
	// Refused before the bytes are looked at.
	check(vault_attachment_put(vault, bytes_of(large, (size_t)vault_attachment_max + 1), &number) == error_bounds);
	check(vault_sync(vault) == error_none);
	vault_close(vault);
}

test(the_same_bytes_are_kept_once)
{
	struct vault *vault = new_vault();
	struct hash sha256 = digest_sha256(bytes_of_text("scan"));
	uint64_t attachment;

	check_u64(attach(vault, "photo"), 1);
	check_u64(attach(vault, "scan"), 2);
	check_u64(attach(vault, "photo"), 1);
	check(vault_sync(vault) == error_none);
	check_u64(attach(vault, "photo"), 1);
	check(vault_attachment_find(vault, &sha256, &attachment) == error_none);
	check_u64(attachment, 2);
	sha256.byte[0] ^= 1;
	check(vault_attachment_find(vault, &sha256, &attachment) == error_absent);
	check_text(attachment_of(vault, 1), "photo");
	check_text(attachment_of(vault, 3), "absent");
	vault_close(vault);
}

int main(void)
{
	run(persons_are_numbered_in_order_and_found_by_what_they_gave);
	run(several_persons_may_share_what_they_are_found_by);
	run(the_newest_record_is_the_persons_and_the_older_stay);
	run(sizes_are_bounded);
	run(the_same_bytes_are_kept_once);
	return test_summary();
}
