// A door that is killed, and packs and index that do not belong together.
#include <sys/stat.h>

#include "store_vault_scene.h"

static void put_unsynced(void)
{
	struct vault *vault = door();

	person_with(vault, "9", "never acknowledged");
	attach(vault, "torn");
	check(vault_person_erase(vault, 1) == error_none);
}

test(what_was_not_synced_is_gone_after_a_crash_and_the_rest_is_whole)
{
	struct vault *vault = new_vault();
	struct stat before, torn, after;

	person_with(vault, "1", "An");
	attach(vault, "photo");
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	check(stat(file_of("pack-000001"), &before) == 0);
	check(killed_after(put_unsynced));
	check(stat(file_of("pack-000001"), &torn) == 0);
	check(torn.st_size > before.st_size); // there is something to cut off
	vault = door();
	check(stat(file_of("pack-000001"), &after) == 0);
	check_u64(after.st_size, before.st_size);
	check_u64(found(vault, vault_index_citizen, "9"), 0);
	check_text(text_of(vault, 1), "An");
	check_text(attachment_of(vault, 1), "photo");
	check_text(attachment_of(vault, 2), "absent");
	check_u64(attach(vault, "next"), 2);
	check_u64(person_with(vault, "2", "Binh"), 2);
	check(vault_sync(vault) == error_none);
	check_text(attachment_of(vault, 2), "next");
	check_text(text_of(vault, 2), "Binh");
	vault_close(vault);
}

static void put_and_sync_here(void)
{
	struct vault *vault = door();

	person_with(vault, "1", "An");
	attach(vault, "photo");
	check(vault_sync(vault) == error_none);
}

test(what_was_synced_outlives_the_door)
{
	new_folders();
	check(killed_after(put_and_sync_here));
	struct vault *vault = door();
	check_text(text_of(vault, 1), "An");
	check_text(attachment_of(vault, 1), "photo");
	check_u64(found(vault, vault_index_citizen, "1"), 1);
	vault_close(vault);
}

test(a_pack_that_ends_before_its_index_is_corrupt)
{
	struct vault *vault = new_vault();
	struct stat pack;

	attach(vault, "photo");
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	check(stat(file_of("pack-000001"), &pack) == 0);
	check(truncate(file_of("pack-000001"), pack.st_size - 1) == 0);
	check(open_as(&vault, true, 64 << 20) == error_corrupt);
	vault = reader();
	check_text(attachment_of(vault, 1), "corrupt");
	vault_close(vault);
	unlink(file_of("pack-000001"));
	check(open_as(&vault, true, 64 << 20) == error_corrupt);
}

// An index that is lost, or an old copy, would have the packs cut to what it knows.
test(a_lost_index_or_old_copy_destroys_nothing)
{
	struct vault *vault = new_vault();
	struct stat before, after;
	char path[700], command[1600];

	person_with(vault, "1", "An");
	attach(vault, "photo");
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	snprintf(command, sizeof command, "cp -r %s/index %s/old", folder, base);
	check(system(command) == 0);
	vault = door();
	person_with(vault, "2", "Binh");
	attach(vault, "another");
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	check(stat(file_of("pack-000001"), &before) == 0);

	snprintf(command, sizeof command, "mv %s/index %s/new", folder, base);
	check(system(command) == 0);
	check(open_as(&vault, true, 64 << 20) == error_corrupt);
	snprintf(command, sizeof command, "rm -r %s/index && mv %s/old %s/index", folder, base, folder);
	check(system(command) == 0);
	struct vault_options options = { .folder = folder, .keys_folder = keys_folder, .map_bytes = 64 << 20, .writes = true,
					 .sync = true, .persons = 2, .records = 2 };
	check(vault_open(&vault, &options) == error_corrupt);
	check(stat(file_of("pack-000001"), &after) == 0);
	check_u64(after.st_size, before.st_size);

	snprintf(command, sizeof command, "rm -r %s/index && mv %s/new %s/index", folder, base, folder);
	check(system(command) == 0);
	check(vault_open(&vault, &options) == error_none);
	check_text(attachment_of(vault, 2), "another");
	check_text(text_of(vault, 2), "Binh");
	vault_close(vault);
	snprintf(path, sizeof path, "%s", file_of("person-keys"));
	check(unlink(path) == 0);
	check(open_as(&vault, true, 64 << 20) == error_corrupt);
}

test(an_old_copy_that_lacks_but_a_record_is_found_as_well)
{
	struct vault *vault = new_vault();
	struct hash digest;
	uint64_t record;
	char command[1600];

	person_with(vault, "1", "An");
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	snprintf(command, sizeof command, "cp -r %s/index %s/old", folder, base);
	check(system(command) == 0);
	vault = door();
	check(vault_record_put(vault, 1, bytes_of_text("An, moved"), &record, &digest) == error_none);
	check_u64(record, 2);
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	snprintf(command, sizeof command, "rm -r %s/index && mv %s/old %s/index", folder, base, folder);
	check(system(command) == 0);
	struct vault_options options = { .folder = folder, .keys_folder = keys_folder, .map_bytes = 64 << 20, .writes = true,
					 .sync = true, .persons = 1, .records = 2 };
	check(vault_open(&vault, &options) == error_corrupt);
	options.records = 1;
	check(vault_open(&vault, &options) == error_none);
	vault_close(vault);
}

test(a_lost_key_of_the_newest_person_is_found)
{
	struct vault *vault = new_vault();
	struct stat keys;

	person_with(vault, "1", "An");
	person_with(vault, "2", "Binh");
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	check(stat(file_of("person-keys"), &keys) == 0);
	check(truncate(file_of("person-keys"), keys.st_size - 1) == 0);
	check(open_as(&vault, true, 64 << 20) == error_corrupt);
}

int main(void)
{
	run(what_was_not_synced_is_gone_after_a_crash_and_the_rest_is_whole);
	run(what_was_synced_outlives_the_door);
	run(a_pack_that_ends_before_its_index_is_corrupt);
	run(a_lost_index_or_old_copy_destroys_nothing);
	run(a_lost_key_of_the_newest_person_is_found);
	run(an_old_copy_that_lacks_but_a_record_is_found_as_well);
	return test_summary();
}
