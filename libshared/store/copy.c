#include "store/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "store/disk.h"
#include "store/environment.h"

#define part_size (256u << 10)

struct store_copy {
	struct environment *environment;
	int from, to; // the pipe's ends; -1: closed
	pthread_t thread;
	bool running;
	int outcome; // of the thread
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

enum error store_copy_open(struct store_copy **out, const char *folder)
{
	struct store_copy *copy = calloc(1, sizeof *copy);
	int ends[2];

	if (!copy)
		return error_no_memory;
	copy->from = copy->to = -1;
	enum error e = environment_open(&copy->environment,
					&(struct store_options){ .folder = folder, .read_only = true, .sync = true });
	if (!e && pipe2(ends, O_CLOEXEC) < 0)
		e = error_from_errno(errno);
	if (e) {
		store_copy_close(copy);
		return e;
	}
	copy->from = ends[0];
	copy->to = ends[1];
	*out = copy;
	return error_none;
}

static void *copy_out(void *context)
{
	struct store_copy *copy = context;

	copy->outcome = mdb_env_copyfd2(copy->environment->mdb, copy->to, 0);
	close_end(&copy->to);
	return NULL;
}

// The first bytes are the meta pages, which come after the transaction has begun.
enum error store_copy_fix(struct store_copy *copy)
{
	struct pollfd readable = { .fd = copy->from, .events = POLLIN };

	ensure(!copy->running && copy->to >= 0);
	if (pthread_create(&copy->thread, NULL, copy_out, copy) != 0)
		return error_no_memory;
	copy->running = true;
	while (poll(&readable, 1, -1) < 0)
		if (errno != EINTR)
			return error_from_errno(errno);
	return error_none;
}

static enum error drain(struct store_copy *copy, int to, uint64_t *size, struct digest *digest)
{
	uint8_t *part = malloc(part_size);
	enum error e = part ? error_none : error_no_memory;

	*size = 0;
	while (!e) {
		ssize_t n = read(copy->from, part, part_size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			e = n < 0 ? error_from_errno(errno) : error_none;
			break;
		}
		e = disk_write(to, part, (size_t)n, *size);
		digest_add(digest, bytes_of(part, (size_t)n));
		*size += (uint64_t)n;
	}
	free(part);
	return e;
}

enum error store_copy_write(struct store_copy *copy, const char *path, uint64_t *size, struct hash *hash)
{
	ensure(copy->running && copy->from >= 0);
	int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to < 0)
		return error_from_errno(errno);
	struct digest *digest = digest_new();
	enum error e = drain(copy, to, size, digest);

	*hash = digest_end_free(digest);
	close_end(&copy->from); // the thread ends, if it has not
	pthread_join(copy->thread, NULL);
	copy->running = false;
	if (!e)
		e = environment_error(copy->outcome);
	if (!e && fsync(to) < 0)
		e = error_from_errno(errno);
	close(to);
	return e;
}

void store_copy_close(struct store_copy *copy)
{
	if (!copy)
		return;
	close_end(&copy->from);
	if (copy->running)
		pthread_join(copy->thread, NULL);
	close_end(&copy->to);
	if (copy->environment)
		environment_close(copy->environment, false);
	free(copy);
}
