// Room: a full map or disk drops the batch and keeps the vault usable.
#include "crypto/digest.h"
#include "small_disk.h"
#include "store_vault_scene.h"

test(a_full_map_drops_the_batch_and_keeps_the_vault_usable)
{
	static uint8_t large[8000];
	struct vault *vault;
	uint64_t record, count = 0;
	struct hash digest;
	enum error e = error_none;

	new_folders();
	check(open_as(&vault, true, 1 << 20) == error_none);
	person_with(vault, "1", "An");
	attach(vault, "photo");
	check(vault_sync(vault) == error_none);
	attach(vault, "dropped");
	for (; !e && count < 1000; count++)
		e = vault_record_put(vault, 1, bytes_of(large, sizeof large), &record, &digest);
	check(e == error_map_full);
	check(vault_record_put(vault, 1, bytes_of_text("after"), &record, &digest) == error_map_full);
	check_text(text_of(vault, 1), "map_full");
	check(vault_sync(vault) == error_map_full);
	check_text(text_of(vault, 1), "An");
	check_text(attachment_of(vault, 2), "absent");
	check_u64(attach(vault, "kept"), 2);
	check(vault_sync(vault) == error_none);
	check_text(attachment_of(vault, 2), "kept");
	vault_close(vault);
	vault = door();
	check_text(attachment_of(vault, 1), "photo");
	check_text(attachment_of(vault, 2), "kept");
	vault_close(vault);
}

static void fill_a_small_disk(void)
{
	static uint8_t photo[30000];
	uint64_t attachment;
	struct vault *vault;
	enum error e = error_none;

	if (!small_disk_mount(base))
		return;
	vault = door();
	attach(vault, "kept");
	check(vault_sync(vault) == error_none);
	for (int i = 0; !e && i < 100; i++) {
		random_bytes(photo, 32);
		e = vault_attachment_put(vault, bytes_of(photo, sizeof photo), &attachment);
	}
	check(e == error_no_space);
	check(vault_sync(vault) == error_no_space);
	check_text(attachment_of(vault, 1), "kept");
	check_u64(attach(vault, "small"), 2);
	check(vault_sync(vault) == error_none);
	check_text(attachment_of(vault, 2), "small");
}

test(a_full_disk_drops_the_batch_and_keeps_the_vault_usable)
{
	new_folders();
	check(killed_after(fill_a_small_disk));
}

int main(void)
{
	run(a_full_map_drops_the_batch_and_keeps_the_vault_usable);
	run(a_full_disk_drops_the_batch_and_keeps_the_vault_usable);
	return test_summary();
}
