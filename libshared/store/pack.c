#include "store/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/log.h"
#include "store/disk.h"

#define pack_magic 0x54445641u // "TDVA"

static enum error open_segment(const struct pack *pack, uint32_t segment, int flags, int *fd)
{
	char name[24], path[PATH_MAX];

	snprintf(name, sizeof name, "pack-%06u", segment);
	if (!disk_path(path, pack->folder, name))
		return error_io;
	*fd = open(path, flags | O_CLOEXEC, 0600);
	if (*fd >= 0)
		return error_none;
	return errno == ENOENT ? error_absent : error_from_errno(errno);
}

static enum error remove_segment(const struct pack *pack, uint32_t segment)
{
	char name[24], path[PATH_MAX];

	snprintf(name, sizeof name, "pack-%06u", segment);
	if (!disk_path(path, pack->folder, name))
		return error_io;
	if (unlink(path) == 0)
		return error_none;
	return errno == ENOENT ? error_absent : error_from_errno(errno);
}

void pack_init(struct pack *pack, const char *folder, bool writes, bool sync)
{
	*pack = (struct pack){
		.folder = folder,
		.segment_bytes = pack_segment_bytes,
		.writes = writes,
		.sync = sync,
		.end = { .segment = 1 },
		.write_fd = -1,
		.read_fd = -1,
	};
}

static void close_if_open(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void pack_deinit(struct pack *pack)
{
	close_if_open(&pack->write_fd);
	close_if_open(&pack->read_fd);
}

static enum error damaged(const struct pack *pack, const char *what)
{
	log_error("stored_file_damaged file=%s/pack-%06u what=%s do=\"copy it from a backup\"", pack->folder, pack->end.segment, what);
	return error_corrupt;
}

static enum error cut_segment(struct pack *pack)
{
	struct stat file;
	enum error e = open_segment(pack, pack->end.segment, O_RDWR, &pack->write_fd);

	if (e == error_absent)
		return pack->end.offset == 0 ? error_none : damaged(pack, "missing");
	if (e)
		return e;
	if (fstat(pack->write_fd, &file) < 0)
		return error_from_errno(errno);
	if ((uint64_t)file.st_size < pack->end.offset)
		return damaged(pack, "shorter");
	if ((uint64_t)file.st_size > pack->end.offset && ftruncate(pack->write_fd, (off_t)pack->end.offset) < 0)
		return error_from_errno(errno);
	return error_none;
}

enum error pack_cut(struct pack *pack, const struct pack_place *last)
{
	close_if_open(&pack->write_fd);
	close_if_open(&pack->read_fd);
	pack->dirty = false;
	pack->end = (struct pack_place){ .segment = 1 };
	if (last->size > 0)
		pack->end = (struct pack_place){ .segment = last->segment, .offset = last->offset + last->size };
	enum error e = cut_segment(pack);
	for (uint32_t segment = pack->end.segment + 1; !e; segment++)
		e = remove_segment(pack, segment);
	return e == error_absent ? error_none : e;
}

// The next record goes to a segment of its own when it does not fit.
static enum error roll(struct pack *pack, size_t size)
{
	if (pack->end.offset > 0 && pack->end.offset + size > pack->segment_bytes) {
		enum error e = pack_sync(pack);
		if (e)
			return e;
		close_if_open(&pack->write_fd);
		pack->end = (struct pack_place){ .segment = pack->end.segment + 1 };
	}
	if (pack->write_fd >= 0)
		return error_none;
	pack->folder_dirty = true;
	return open_segment(pack, pack->end.segment, O_RDWR | O_CREAT, &pack->write_fd);
}

enum error pack_append(struct pack *pack, uint64_t number, struct buffer *record, struct pack_place *place)
{
	ensure(pack->writes && record->size > pack_header_size && record->size <= UINT32_MAX);
	enum error e = roll(pack, record->size);
	if (e)
		return e;
	put_u32(record->data, pack_magic);
	put_u64(record->data + 4, number);
	put_u32(record->data + 12, (uint32_t)(record->size - pack_header_size));
	pack->dirty = true;
	e = disk_write(pack->write_fd, record->data, record->size, pack->end.offset);
	if (e)
		return e; // the next one overwrites what was written
	*place = pack->end;
	place->size = (uint32_t)record->size;
	pack->end.offset += record->size;
	return error_none;
}

enum error pack_sync(struct pack *pack)
{
	enum error e = error_none;

	if (pack->sync && pack->dirty)
		e = disk_sync(pack->write_fd);
	if (pack->sync && pack->folder_dirty && !e)
		e = folder_sync(pack->folder);
	if (!e)
		pack->dirty = pack->folder_dirty = false;
	return e;
}

enum error pack_read(struct pack *pack, uint64_t number, const struct pack_place *place, struct buffer *out)
{
	uint8_t header[pack_header_size];
	enum error e;

	if (place->size <= pack_header_size)
		return error_corrupt;
	if (pack->read_fd < 0 || pack->read_segment != place->segment) {
		close_if_open(&pack->read_fd);
		e = open_segment(pack, place->segment, O_RDONLY, &pack->read_fd);
		if (e)
			return e == error_absent ? error_corrupt : e;
		pack->read_segment = place->segment;
	}
	e = disk_read(pack->read_fd, header, sizeof header, place->offset);
	if (e)
		return e;
	uint32_t size = place->size - pack_header_size;
	if (get_u32(header) != pack_magic || get_u64(header + 4) != number || get_u32(header + 12) != size)
		return error_corrupt;
	uint8_t *at = buffer_extend(out, size);
	if (!at)
		return error_no_memory;
	e = disk_read(pack->read_fd, at, size, place->offset + pack_header_size);
	if (e)
		out->size -= size;
	return e;
}

enum error pack_erase(struct pack *pack, const struct pack_place *place)
{
	static const uint8_t zeros[65536];
	enum error e;
	int fd;

	ensure(pack->writes);
	e = open_segment(pack, place->segment, O_RDWR, &fd);
	if (e)
		return e == error_absent ? error_corrupt : e;
	for (uint32_t done = 0; !e && done < place->size; done += (uint32_t)sizeof zeros) {
		uint32_t left = place->size - done;
		e = disk_write(fd, zeros, left < sizeof zeros ? left : sizeof zeros, place->offset + done);
	}
	if (!e && pack->sync)
		e = disk_sync(fd);
	close(fd);
	return e;
}
