#include "store/person_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "store/disk.h"

#define file_name "person-keys"
#define slot_size 64
#define sealed_size (32 + seal_overhead)

struct about {
	uint8_t byte[18];
};

// A slot copied to another place does not open.
static struct about about_of(uint64_t person)
{
	struct about about = { .byte = "person key" };

	put_u64(about.byte + 10, person);
	return about;
}

enum error person_keys_init(struct person_keys *keys, const char *folder, bool writes)
{
	char path[PATH_MAX];

	keys->dirty = false;
	keys->fd = -1;
	if (!disk_path(path, folder, file_name))
		return error_io;
	keys->fd = open(path, (writes ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC, 0600);
	if (keys->fd >= 0)
		return error_none;
	return errno == ENOENT ? error_absent : error_from_errno(errno);
}

void person_keys_deinit(struct person_keys *keys)
{
	if (keys->fd >= 0)
		close(keys->fd);
	keys->fd = -1;
}

enum error person_keys_reach(const struct person_keys *keys, uint64_t person, bool *reaches)
{
	struct stat file;

	if (fstat(keys->fd, &file) < 0)
		return error_from_errno(errno);
	*reaches = person == 0 || (uint64_t)file.st_size / slot_size > person;
	return error_none;
}

static enum error write_slot(struct person_keys *keys, uint64_t person, const uint8_t slot[slot_size])
{
	keys->dirty = true;
	return disk_write(keys->fd, slot, slot_size, person * slot_size);
}

enum error person_keys_make(struct person_keys *keys, const struct secret *under, uint64_t person)
{
	struct about about = about_of(person);
	uint8_t slot[slot_size] = { 0 };
	struct buffer sealed = { 0 };
	struct secret key;

	random_bytes(&key, sizeof key);
	enum error e = seal(under, bytes_of(about.byte, sizeof about.byte), bytes_of(key.byte, sizeof key.byte), &sealed);
	secret_clear(&key);
	if (!e) {
		memcpy(slot, sealed.data, sealed_size);
		e = write_slot(keys, person, slot);
	}
	buffer_deinit(&sealed);
	return e;
}

enum error person_keys_get(struct person_keys *keys, const struct secret *under, uint64_t person, struct secret *key)
{
	struct about about = about_of(person);
	struct buffer plain = { 0 };
	uint8_t slot[slot_size];
	enum error e = disk_read(keys->fd, slot, sizeof slot, person * slot_size);

	if (!e)
		e = unseal(under, bytes_of(about.byte, sizeof about.byte), bytes_of(slot, sealed_size), &plain);
	if (!e) {
		memcpy(key->byte, plain.data, sizeof key->byte);
		secret_clear((struct secret *)(void *)plain.data);
	}
	buffer_deinit(&plain);
	return e == error_signature ? error_corrupt : e;
}

enum error person_keys_erase(struct person_keys *keys, uint64_t person)
{
	static const uint8_t zeros[slot_size];

	return write_slot(keys, person, zeros);
}

enum error person_keys_sync(struct person_keys *keys)
{
	enum error e = keys->dirty ? disk_sync(keys->fd) : error_none;

	if (!e)
		keys->dirty = false;
	return e;
}
