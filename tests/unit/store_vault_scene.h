// A vault of its own: the door that writes it, persons and attachments in it, and what a reader finds there.
#ifndef TDV_TESTS_UNIT_STORE_VAULT_SCENE_H
#define TDV_TESTS_UNIT_STORE_VAULT_SCENE_H

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/vault.h"
#include "test.h"

static char base[300], folder[320], keys_folder[320];

static inline void new_folders(void)
{
	snprintf(base, sizeof base, "%s", test_folder());
	snprintf(folder, sizeof folder, "%s/vault", base);
	snprintf(keys_folder, sizeof keys_folder, "%s/keys", base);
}

static inline enum error open_as(struct vault **vault, bool writes, size_t map_bytes)
{
	return vault_open(vault, &(struct vault_options){
					 .folder = folder,
					 .keys_folder = keys_folder,
					 .map_bytes = map_bytes,
					 .writes = writes,
					 .sync = true,
				 });
}

static inline struct vault *door(void)
{
	struct vault *vault = NULL;

	check(open_as(&vault, true, 64 << 20) == error_none);
	return vault;
}

static inline struct vault *new_vault(void)
{
	new_folders();
	return door();
}

static inline struct vault *reader(void)
{
	struct vault *vault = NULL;

	check(open_as(&vault, false, 0) == error_none);
	return vault;
}

static inline uint64_t person_with(struct vault *vault, const char *citizen, const char *text)
{
	uint64_t person = 0, record;
	struct hash digest;

	check(vault_person_new(vault, &person) == error_none);
	check(vault_person_index(vault, person, vault_index_citizen, bytes_of_text(citizen)) == error_none);
	check(vault_record_put(vault, person, bytes_of_text(text), &record, &digest) == error_none);
	return person;
}

// What is kept of the person, or the error's name.
static inline const char *text_of(struct vault *vault, uint64_t person)
{
	static char text[200];
	struct buffer plain = { 0 };
	uint64_t record;
	enum error e = vault_person_get(vault, person, &plain, &record);

	snprintf(text, sizeof text, "%.*s", e ? 100 : (int)plain.size, e ? error_name(e) : (const char *)plain.data);
	buffer_deinit(&plain);
	return text;
}

static inline uint64_t found(struct vault *vault, enum vault_index index, const char *text)
{
	uint64_t person = 0;
	enum error e = vault_find(vault, index, bytes_of_text(text), &person);

	check(e == error_none || e == error_absent);
	return e ? 0 : person;
}

static inline uint64_t attach(struct vault *vault, const char *text)
{
	uint64_t attachment = 0;

	check(vault_attachment_put(vault, bytes_of_text(text), &attachment) == error_none);
	return attachment;
}

static inline const char *attachment_of(struct vault *vault, uint64_t attachment)
{
	static char text[200];
	struct buffer plain = { 0 };
	enum error e = vault_attachment_get(vault, attachment, &plain);

	check(!e || plain.size == 0);
	snprintf(text, sizeof text, "%.*s", e ? 100 : (int)plain.size, e ? error_name(e) : (const char *)plain.data);
	buffer_deinit(&plain);
	return text;
}

static inline const char *file_of(const char *name)
{
	static char path[400];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static inline void read_whole(const char *path, struct buffer *content)
{
	buffer_clear(content);
	check(file_read(path, 256 << 20, content) == error_none);
}

static inline void write_at(const char *path, const void *data, size_t size, off_t offset)
{
	int fd = open(path, O_WRONLY);

	check(fd >= 0 && pwrite(fd, data, size, offset) == (ssize_t)size);
	close(fd);
}

// Runs `act` in a process of its own, which is killed where it stands; true when it did as expected.
static inline bool killed_after(void (*act)(void))
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

#endif
