// The files of base/bytes.h; apart, so that the purity check can allow bytes.o to handlers and refuse this.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

#define read_step 65536

// Reads to the end or to one byte beyond `limit`.
static enum error read_all(int fd, size_t limit, struct buffer *out)
{
	size_t before = out->size;

	for (;;) {
		size_t room = limit - (out->size - before);
		size_t step = room < read_step ? room + 1 : read_step;
		uint8_t *at = buffer_extend(out, step);
		if (!at)
			return error_no_memory;
		ssize_t n = read(fd, at, step);
		out->size -= step - (n > 0 ? (size_t)n : 0);
		if (n == 0)
			return error_none;
		if (n < 0 && errno != EINTR)
			return error_from_errno(errno);
		if (out->size - before > limit)
			return error_bounds;
	}
}

enum error file_read(const char *path, size_t limit, struct buffer *out)
{
	size_t before = out->size;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return errno == ENOENT ? error_absent : error_from_errno(errno);
	enum error e = read_all(fd, limit, out);
	close(fd);
	if (e)
		out->size = before;
	return e;
}

static enum error write_all(int fd, struct bytes content)
{
	while (content.size > 0) {
		ssize_t n = write(fd, content.data, content.size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_from_errno(errno);
		content.data += n;
		content.size -= (size_t)n;
	}
	return error_none;
}

static enum error write_synced(const char *path, struct bytes content, unsigned mode)
{
	// What a crash left behind is of no use; O_EXCL refuses a link that somebody else put there.
	if (unlink(path) < 0 && errno != ENOENT)
		return error_from_errno(errno);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0)
		return error_from_errno(errno);
	enum error e = write_all(fd, content);
	if (!e && (fchmod(fd, (mode_t)mode) < 0 || fsync(fd) < 0))
		e = error_from_errno(errno);
	if (close(fd) < 0 && !e)
		e = error_from_errno(errno);
	return e;
}

enum error folder_sync(const char *folder)
{
	enum error e = error_none;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_from_errno(errno);
	if (fsync(fd) < 0)
		e = error_from_errno(errno);
	close(fd);
	return e;
}

static enum error sync_folder_of(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (!slash)
		return folder_sync(".");
	snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
	return folder_sync(folder);
}

enum error file_write_atomic(const char *path, struct bytes content, unsigned mode)
{
	char aside[PATH_MAX];

	if ((size_t)snprintf(aside, sizeof aside, "%s.new", path) >= sizeof aside)
		return error_io;
	enum error e = write_synced(aside, content, mode);
	if (!e && rename(aside, path) < 0)
		e = error_from_errno(errno);
	if (e) {
		unlink(aside);
		return e;
	}
	return sync_folder_of(path);
}
