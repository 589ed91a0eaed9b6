#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "store/vault.h"
#include "store/vault_state.h"
#include "test.h"

static char base[300], folder[320], keys_folder[320];

static void new_folders(void)
{
	snprintf(base, sizeof base, "%s", test_folder());
	snprintf(folder, sizeof folder, "%s/vault", base);
	snprintf(keys_folder, sizeof keys_folder, "%s/keys", base);
}

static enum error open_as(struct vault **vault, bool writes, size_t map_bytes)
{
	return vault_open(vault, &(struct vault_options){
					 .folder = folder,
					 .keys_folder = keys_folder,
					 .map_bytes = map_bytes,
					 .writes = writes,
					 .sync = true,
				 });
}

static struct vault *door(void)
{
	struct vault *vault = NULL;

	check(open_as(&vault, true, 64 << 20) == error_none);
	return vault;
}

static struct vault *new_vault(void)
{
	new_folders();
	return door();
}

static struct vault *reader(void)
{
	struct vault *vault = NULL;

	check(open_as(&vault, false, 0) == error_none);
	return vault;
}

static uint64_t person_with(struct vault *vault, const char *citizen, const char *text)
{
	uint64_t person = 0, record;
	struct hash digest;

	check(vault_person_new(vault, &person) == error_none);
	check(vault_person_index(vault, person, vault_index_citizen, bytes_of_text(citizen)) == error_none);
	check(vault_record_put(vault, person, bytes_of_text(text), &record, &digest) == error_none);
	return person;
}

// What is kept of the person, or the error's name.
static const char *text_of(struct vault *vault, uint64_t person)
{
	static char text[200];
	struct buffer plain = { 0 };
	uint64_t record;
	enum error e = vault_person_get(vault, person, &plain, &record);

	snprintf(text, sizeof text, "%.*s", e ? 100 : (int)plain.size, e ? error_name(e) : (const char *)plain.data);
	buffer_deinit(&plain);
	return text;
}

static uint64_t found(struct vault *vault, enum vault_index index, const char *text)
{
	uint64_t person = 0;
	enum error e = vault_find(vault, index, bytes_of_text(text), &person);

	check(e == error_none || e == error_absent);
	return e ? 0 : person;
}

static uint64_t attach(struct vault *vault, const char *text)
{
	uint64_t attachment = 0;

	check(vault_attachment_put(vault, bytes_of_text(text), &attachment) == error_none);
	return attachment;
}

static const char *attachment_of(struct vault *vault, uint64_t attachment)
{
	static char text[200];
	struct buffer plain = { 0 };
	enum error e = vault_attachment_get(vault, attachment, &plain);

	check(!e || plain.size == 0);
	snprintf(text, sizeof text, "%.*s", e ? 100 : (int)plain.size, e ? error_name(e) : (const char *)plain.data);
	buffer_deinit(&plain);
	return text;
}

static const char *file_of(const char *name)
{
	static char path[400];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void read_whole(const char *path, struct buffer *content)
{
	buffer_clear(content);
	check(file_read(path, 256 << 20, content) == error_none);
}

static void write_at(const char *path, const void *data, size_t size, off_t offset)
{
	int fd = open(path, O_WRONLY);

	check(fd >= 0 && pwrite(fd, data, size, offset) == (ssize_t)size);
	close(fd);
}

// Runs `act` in a process of its own, which is killed where it stands; true when it did as expected.
static bool killed_after(void (*act)(void))
{
	int status;

	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		test_failures_here = 0;
		act();
		fflush(stdout);
		if (test_failures_here)
			_exit(1);
		raise(SIGKILL);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status);
}

// ---- persons

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

// ---- attachments

test(the_same_bytes_are_kept_once)
{
	struct vault *vault = new_vault();
	struct hash sha256 = digest_sha256(bytes_of_text("scan"));
	uint64_t attachment;
	size_t size;

	check_u64(attach(vault, "photo"), 1);
	check_u64(attach(vault, "scan"), 2);
	check_u64(attach(vault, "photo"), 1);
	check(vault_sync(vault) == error_none);
	check_u64(attach(vault, "photo"), 1);
	check(vault_attachment_find(vault, &sha256, &attachment, &size) == error_none);
	check(attachment == 2 && size == 4);
	sha256.byte[0] ^= 1;
	check(vault_attachment_find(vault, &sha256, &attachment, &size) == error_absent);
	check_text(attachment_of(vault, 1), "photo");
	check_text(attachment_of(vault, 3), "absent");
	vault_close(vault);
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

// ---- keys

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

// ---- crashes

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

// ---- limits of the machine

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

	if ((unshare(CLONE_NEWNS) < 0 && unshare(CLONE_NEWNS | CLONE_NEWUSER) < 0) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("tmpfs", base, "tmpfs", 0, "size=1m") < 0) {
		printf("# skipped: no right to mount\n");
		return;
	}
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

// ---- readers and writers

static void is_busy(void)
{
	struct vault *vault;

	check(open_as(&vault, true, 64 << 20) == error_busy);
}

test(there_is_one_door)
{
	struct vault *vault = new_vault(), *second;

	check(open_as(&second, true, 64 << 20) == error_busy);
	check(killed_after(is_busy));
	vault_close(vault);
	vault_close(door());
}

test(a_reader_finds_no_vault_before_the_door_opened_it)
{
	struct vault *vault;

	new_folders();
	check(open_as(&vault, false, 0) == error_absent);
}

static int answers[2], questions[2];

// A reader in a process of its own: for each question it says how many attachments it can read and what person 1 is.
static void answer_questions(void)
{
	struct vault *vault = reader();
	char byte, answer[100];

	while (read(questions[0], &byte, 1) == 1) {
		memset(answer, 0, sizeof answer);
		bool is_found = found(vault, vault_index_citizen, "1") > 0;
		snprintf(answer, sizeof answer, "%.40s %.40s %s", text_of(vault, 1), attachment_of(vault, 1),
			 is_found ? "found" : "not found");
		check(write(answers[1], answer, sizeof answer) == sizeof answer);
	}
}

static const char *asked(void)
{
	static char answer[100];

	check(write(questions[1], "?", 1) == 1);
	check(read(answers[0], answer, sizeof answer) == sizeof answer);
	return answer;
}

test(a_reader_in_another_process_sees_what_was_synced_and_nothing_else)
{
	struct vault *vault = new_vault();

	check(pipe(questions) == 0 && pipe(answers) == 0);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		close(questions[1]);
		answer_questions();
		_exit(test_failures_here ? 1 : 0);
	}
	check_text(asked(), "absent absent not found");
	person_with(vault, "1", "An");
	attach(vault, "photo");
	check_text(asked(), "absent absent not found");
	check(vault_sync(vault) == error_none);
	check_text(asked(), "An photo found");
	check(vault_person_erase(vault, 1) == error_none);
	check_text(asked(), "An photo found");
	check(vault_sync(vault) == error_none);
	check_text(asked(), "absent photo not found");
	close(questions[1]);
	int status;
	waitpid(child, &status, 0);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	vault_close(vault);
}

test(a_reader_in_the_same_process_sees_what_was_synced_and_nothing_else)
{
	struct vault *vault = new_vault(), *other = reader();

	person_with(vault, "1", "An");
	attach(vault, "photo");
	check_text(text_of(vault, 1), "An");
	check_text(text_of(other, 1), "absent");
	check(vault_sync(vault) == error_none);
	check_text(text_of(other, 1), "An");
	check_text(attachment_of(other, 1), "photo");
	vault_close(vault);
	check_text(text_of(other, 1), "An");
	vault = door();
	person_with(vault, "2", "Binh");
	check(vault_sync(vault) == error_none);
	check_text(text_of(other, 2), "Binh");
	vault_close(other);
	vault_close(vault);
}

// ---- erasing

static bool slot_is_zero(uint64_t person)
{
	struct buffer keys = { 0 };
	static const uint8_t zeros[64];

	read_whole(file_of("person-keys"), &keys);
	bool zero = keys.size >= (person + 1) * 64 && memcmp(keys.data + person * 64, zeros, 64) == 0;
	buffer_deinit(&keys);
	return zero;
}

test(look_ups_of_a_batch_share_a_view_and_see_what_the_door_puts)
{
	struct vault *vault = new_vault(), *beside = NULL;

	uint64_t person = person_with(vault, "001", "first");
	check(vault_sync(vault) == error_none);
	beside = reader();
	vault_read_begin(beside);
	vault_read_begin(vault);
	check(found(beside, vault_index_citizen, "001") == person && found(vault, vault_index_citizen, "001") == person);
	uint64_t other = person_with(vault, "002", "second");
	check(found(vault, vault_index_citizen, "002") == other); // before it is synced …
	check_text(text_of(vault, other), "second");
	check(vault_sync(vault) == error_none);
	check(found(vault, vault_index_citizen, "002") == other); // … and after
	check(found(beside, vault_index_citizen, "002") == 0);
	vault_read_end(beside);
	check(found(beside, vault_index_citizen, "002") == other);
	vault_close(beside);
	vault_close(vault); // in the midst of a batch
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
	size_t size;

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
	check(vault_attachment_find(vault, &sha256, &attachment, &size) == error_absent);
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

// ---- packs and copies

static struct pack small_pack(const struct pack_place *last)
{
	struct pack pack;

	pack_init(&pack, folder, true, true);
	pack.segment_bytes = 1000;
	check(pack_cut(&pack, last) == error_none);
	return pack;
}

static struct pack_place append(struct pack *pack, uint64_t number, size_t size)
{
	struct buffer record = { 0 };
	struct pack_place place = { 0 };

	uint8_t *at = buffer_extend(&record, pack_header_size + size);
	memset(at, (int)number, pack_header_size + size);
	check(pack_append(pack, number, &record, &place) == error_none);
	buffer_deinit(&record);
	return place;
}

static bool reads(struct pack *pack, uint64_t number, const struct pack_place *place)
{
	struct buffer out = { 0 };
	bool whole = pack_read(pack, number, place, &out) == error_none && out.size == place->size - pack_header_size &&
		     out.data[0] == number && out.data[out.size - 1] == number;

	buffer_deinit(&out);
	return whole;
}

test(a_pack_goes_on_in_a_new_segment_when_one_is_full)
{
	struct pack_place places[9] = { 0 };

	new_folders();
	mkdir(folder, 0700);
	struct pack pack = small_pack(&places[0]);
	for (uint64_t i = 1; i < 9; i++)
		places[i] = append(&pack, i, i == 5 ? 5000 : 400);
	check(pack_sync(&pack) == error_none);
	check(places[2].segment == 1 && places[3].segment == 2 && places[5].segment == 3 && places[6].segment == 4);
	for (uint64_t i = 1; i < 9; i++)
		check(reads(&pack, i, &places[i]));
	check(!reads(&pack, 2, &places[1]));
	// The index knows the third and nothing after it.
	pack_deinit(&pack);
	pack = small_pack(&places[3]);
	check(access(file_of("pack-000003"), F_OK) != 0 && access(file_of("pack-000005"), F_OK) != 0);
	check(reads(&pack, 3, &places[3]) && !reads(&pack, 4, &places[4]));
	struct pack_place next = append(&pack, 4, 10);
	check(next.segment == 2 && next.offset == places[3].offset + places[3].size);
	check(reads(&pack, 1, &places[1]) && reads(&pack, 4, &next));
	pack_deinit(&pack);
}

test(a_copy_opens_with_the_same_key)
{
	struct vault *vault = new_vault();
	struct hash digest;
	uint64_t record;

	person_with(vault, "1", "An");
	attach(vault, "photo");
	check(vault_sync(vault) == error_none);
	snprintf(folder + strlen(folder), 6, ".copy");
	check(vault_copy(vault, folder) == error_none);
	check(vault_record_put(vault, 1, bytes_of_text("later"), &record, &digest) == error_none);
	check(vault_sync(vault) == error_none);
	vault_close(vault);
	vault = door();
	check_text(text_of(vault, 1), "An");
	check_text(attachment_of(vault, 1), "photo");
	check_u64(found(vault, vault_index_citizen, "1"), 1);
	check_u64(attach(vault, "next"), 2);
	check(vault_sync(vault) == error_none);
	vault_close(vault);
}

int main(void)
{
	run(persons_are_numbered_in_order_and_found_by_what_they_gave);
	run(several_persons_may_share_what_they_are_found_by);
	run(the_newest_record_is_the_persons_and_the_older_stay);
	run(sizes_are_bounded);
	run(nothing_lies_on_the_disk_in_clear);
	run(the_same_bytes_are_kept_once);
	run(a_flipped_byte_in_a_pack_is_noticed_wherever_it_is);
	run(a_flipped_byte_in_a_persons_key_is_noticed);
	run(a_record_in_the_place_of_another_does_not_open);
	run(the_sites_key_is_made_once_and_only_its_owner_reads_it);
	run(a_wrong_or_missing_key_opens_nothing_and_no_new_one_is_made);
	run(what_was_not_synced_is_gone_after_a_crash_and_the_rest_is_whole);
	run(what_was_synced_outlives_the_door);
	run(a_pack_that_ends_before_its_index_is_corrupt);
	run(a_lost_index_or_old_copy_destroys_nothing);
	run(a_full_map_drops_the_batch_and_keeps_the_vault_usable);
	run(a_full_disk_drops_the_batch_and_keeps_the_vault_usable);
	run(there_is_one_door);
	run(a_reader_finds_no_vault_before_the_door_opened_it);
	run(a_reader_in_another_process_sees_what_was_synced_and_nothing_else);
	run(a_reader_in_the_same_process_sees_what_was_synced_and_nothing_else);
	run(look_ups_of_a_batch_share_a_view_and_see_what_the_door_puts);
	run(an_erased_person_cannot_be_read_or_found_and_the_key_is_overwritten);
	run(a_crash_between_the_commit_and_the_destruction_is_made_good_at_the_next_start);
	run(an_erased_attachment_is_overwritten_and_its_neighbours_stay);
	run(a_pack_goes_on_in_a_new_segment_when_one_is_full);
	run(a_copy_opens_with_the_same_key);
	return test_summary();
}
