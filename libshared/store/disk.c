#include "store/disk.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum error disk_write(int fd, const void *data, size_t size, uint64_t offset)
{
	const uint8_t *at = data;

	while (size > 0) {
		ssize_t n = pwrite(fd, at, size, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_from_errno(errno);
		at += n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return error_none;
}

enum error disk_read(int fd, void *out, size_t size, uint64_t offset)
{
	uint8_t *at = out;

	while (size > 0) {
		ssize_t n = pread(fd, at, size, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? error_from_errno(errno) : error_corrupt;
		at += n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return error_none;
}

enum error disk_make_folder(const char *folder)
{
	return mkdir(folder, 0700) < 0 && errno != EEXIST ? error_from_errno(errno) : error_none;
}

enum error disk_sync(int fd)
{
	return fdatasync(fd) < 0 ? error_from_errno(errno) : error_none;
}

bool disk_path(char *out, const char *folder, const char *name)
{
	return (size_t)snprintf(out, PATH_MAX, "%s/%s", folder, name) < PATH_MAX;
}
