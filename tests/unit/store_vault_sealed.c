// What lies on the disk is sealed: nothing in clear, no altered or misplaced byte opens, and no key but the site's.
#include <dirent.h>
#include <sys/stat.h>

#include "store/vault_state.h"
#include "store_vault_scene.h"

static bool any_file_holds(const char *in, const char *needle)
{
	struct buffer content = { 0 };
	DIR *dir = opendir(in);
	bool holds = false;
	char path[800];

	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		snprintf(path, sizeof path, "%s/%s", in, entry->d_name);
		if (entry->d_type != DT_REG)
			continue;
		read_whole(path, &content);
		holds |= memmem(content.data, content.size, needle, strlen(needle)) != NULL;
	}
	if (dir)
		closedir(dir);
	buffer_deinit(&content);
	return holds;
}

test(nothing_lies_on_the_disk_in_clear)
{
	struct vault *vault = new_vault();
	static const char *const personal[] = { "001099000001", "Nguyen Van An", "photograph" };

	person_with(vault, "001099000001", "Nguyen Van An");
	attach(vault, "a photograph");
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	check(any_file_holds(folder, "TDVA")); // it does look
	for (size_t i = 0; i < 3; i++)
		check(!any_file_holds(folder, personal[i]) && !any_file_holds(file_of("index"), personal[i]));
}

test(a_flipped_byte_in_a_pack_is_noticed_wherever_it_is)
{
	struct vault *vault = new_vault();
	struct buffer pack = { 0 };

	attach(vault, "first");
	attach(vault, "second");
	check(vault_sync(vault) == error_none);
	read_whole(file_of("pack-000001"), &pack);
	size_t size = pack_header_size + seal_overhead + 5;
	check_u64(pack.size, 2 * size + 1);
	for (size_t i = 0; i < pack.size; i++) {
		uint8_t wrong = pack.data[i] ^ (uint8_t)(1 << i % 8);
		write_at(file_of("pack-000001"), &wrong, 1, (off_t)i);
		check_text(attachment_of(vault, 1), i < size ? "corrupt" : "first");
		check_text(attachment_of(vault, 2), i < size ? "second" : "corrupt");
		write_at(file_of("pack-000001"), &pack.data[i], 1, (off_t)i);
	}
	check_text(attachment_of(vault, 1), "first");
	buffer_deinit(&pack);
	vault_close(vault);
}

test(a_flipped_byte_in_a_persons_key_is_noticed)
{
	struct vault *vault = new_vault();
	struct buffer keys = { 0 };
	struct hash digest;
	uint64_t record;

	person_with(vault, "1", "An");
	person_with(vault, "2", "Binh");
	check(vault_sync(vault) == error_none);
	read_whole(file_of("person-keys"), &keys);
	check_u64(keys.size, 3 * 64);
	for (size_t i = 64; i < 64 + 60; i++) {
		uint8_t wrong = keys.data[i] ^ 0x10;
		write_at(file_of("person-keys"), &wrong, 1, (off_t)i);
		check_text(text_of(vault, 1), "corrupt");
		write_at(file_of("person-keys"), &keys.data[i], 1, (off_t)i);
	}
	// Another person's key in the place of one's own does not open either.
	write_at(file_of("person-keys"), keys.data + 128, 64, 64);
	check_text(text_of(vault, 1), "corrupt");
	check_text(text_of(vault, 2), "Binh");
	// Nor is anything sealed under it: it would survive the erasing of its person.
	check(vault_record_put(vault, 1, bytes_of_text("An"), &record, &digest) == error_corrupt);
	check(vault_sync(vault) == error_corrupt);
	buffer_deinit(&keys);
	vault_close(vault);
}

static void swap_records(void)
{
	static const struct store_table *const tables[] = {
		&vault_about,       &vault_persons,          &vault_records, &vault_finds, &vault_person_finds,
		&vault_attachments, &vault_attachment_finds, &vault_erasing, NULL,
	};
	struct store_options options = { .folder = file_of("index"), .map_bytes = 64 << 20, .sync = true, .tables = tables };
	struct store *store = NULL;
	struct store_txn txn;
	struct bytes value;
	struct buffer first = { 0 }, second = { 0 };
	uint8_t one[8], two[8];

	put_u64(one, 1);
	put_u64(two, 2);
	check(store_open(&store, &options) == error_none);
	store_begin(store, true, &txn);
	check(store_get(&txn, &vault_records, bytes_of(one, 8), &value));
	buffer_append(&first, value.data, value.size);
	check(store_get(&txn, &vault_records, bytes_of(two, 8), &value));
	buffer_append(&second, value.data, value.size);
	store_put(&txn, &vault_records, bytes_of(one, 8), buffer_bytes(&second));
	store_put(&txn, &vault_records, bytes_of(two, 8), buffer_bytes(&first));
	check(store_commit(&txn) == error_none);
	store_close(store);
	buffer_deinit(&first);
	buffer_deinit(&second);
}

test(a_record_in_the_place_of_another_does_not_open)
{
	struct vault *vault = new_vault();
	struct hash digest;
	uint64_t record;

	person_with(vault, "1", "An");
	check(vault_record_put(vault, 1, bytes_of_text("An Nguyen"), &record, &digest) == error_none);
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	swap_records();
	vault = door();
	check_text(text_of(vault, 1), "corrupt");
	vault_close(vault);
}

static void replace_key(const char *text)
{
	char path[400];

	snprintf(path, sizeof path, "%s/vault.key", keys_folder);
	check(file_write_atomic(path, bytes_of_text(text), 0600) == error_none);
}

test(the_sites_key_is_made_once_and_only_its_owner_reads_it)
{
	struct buffer before = { 0 }, after = { 0 };
	struct stat stat_of;
	char path[400];

	vault_close(new_vault());
	snprintf(path, sizeof path, "%s/vault.key", keys_folder);
	check(stat(path, &stat_of) == 0 && (stat_of.st_mode & 07777) == 0600);
	read_whole(path, &before);
	check_u64(before.size, 65);
	vault_close(door());
	read_whole(path, &after);
	check(bytes_equal(buffer_bytes(&before), buffer_bytes(&after)));
	buffer_deinit(&before);
	buffer_deinit(&after);
}

test(a_wrong_or_missing_key_opens_nothing_and_no_new_one_is_made)
{
	struct vault *vault = new_vault();
	char path[400], zeros[66];

	person_with(vault, "1", "An");
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	snprintf(zeros, sizeof zeros, "%064d\n", 0);
	replace_key(zeros);
	check(open_as(&vault, true, 64 << 20) == error_signature);
	check(open_as(&vault, false, 0) == error_signature);
	replace_key("not a key\n");
	check(open_as(&vault, true, 64 << 20) == error_signature);
	snprintf(path, sizeof path, "%s/vault.key", keys_folder);
	unlink(path);
	check(open_as(&vault, true, 64 << 20) == error_absent);
	check(open_as(&vault, false, 0) == error_absent);
	check(access(path, F_OK) != 0);
}

int main(void)
{
	run(nothing_lies_on_the_disk_in_clear);
	run(a_flipped_byte_in_a_pack_is_noticed_wherever_it_is);
	run(a_flipped_byte_in_a_persons_key_is_noticed);
	run(a_record_in_the_place_of_another_does_not_open);
	run(the_sites_key_is_made_once_and_only_its_owner_reads_it);
	run(a_wrong_or_missing_key_opens_nothing_and_no_new_one_is_made);
	return test_summary();
}
