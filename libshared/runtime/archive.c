#include "runtime/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/log.h"
#include "runtime/record.h"

static const uint8_t head_magic[8] = { 'T', 'D', 'V', 'L', 'O', 'G', '1', '\n' };
static const uint8_t tail_magic[8] = { 'T', 'D', 'V', 'L', 'O', 'G', 'E', '\n' };
#define head_size (8 + 12 + 8 + 8 + 32)
#define tail_size (4 + 8 + 8 + 32 + 8)
#define sealed_size (32 + 8) // what the digest does not cover
#define record_max (64u << 20)

static void segment_path(char *out, const char *folder, uint64_t first_turn, const char *suffix)
{
	ensure((size_t)snprintf(out, PATH_MAX, "%s/%020llu.%s", folder, (unsigned long long)first_turn, suffix) <
	       PATH_MAX);
}

// ---- reading

static enum error read_at(int fd, void *out, size_t size, uint64_t at)
{
	uint8_t *to = out;

	while (size > 0) {
		ssize_t n = pread(fd, to, size, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_from_errno(errno);
		if (n == 0)
			return error_corrupt; // shorter than it says
		to += n;
		size -= (size_t)n;
		at += (uint64_t)n;
	}
	return error_none;
}

static enum error read_ends(int fd, struct segment *s)
{
	uint8_t head[head_size], tail[tail_size];
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return error_from_errno(errno);
	s->bytes = (uint64_t)stat.st_size;
	if (s->bytes < head_size + tail_size)
		return error_corrupt;
	enum error e = read_at(fd, head, sizeof head, 0);
	if (!e)
		e = read_at(fd, tail, sizeof tail, s->bytes - tail_size);
	if (e)
		return e;
	if (memcmp(head, head_magic, 8) != 0 || memcmp(tail + tail_size - 8, tail_magic, 8) != 0)
		return error_corrupt;
	s->first_turn = get_u64(head + 20);
	s->first_entry = get_u64(head + 28);
	s->last_turn = get_u64(tail + 4);
	s->next_entry = get_u64(tail + 12);
	memcpy(s->digest.byte, tail + 20, 32);
	uint64_t turns = get_u32(tail); // each with its offset
	if (turns != s->last_turn - s->first_turn + 1 || turns * 8 > s->bytes - head_size - tail_size)
		return error_corrupt;
	return error_none;
}

static enum error check_digest(int fd, const struct segment *s)
{
	struct digest *digest = digest_new();
	uint8_t part[65536];
	enum error e = error_none;

	for (uint64_t at = 0, end = s->bytes - sealed_size; !e && at < end;) {
		size_t size = end - at < sizeof part ? (size_t)(end - at) : sizeof part;
		e = read_at(fd, part, size, at);
		if (!e)
			digest_add(digest, bytes_of(part, size));
		at += size;
	}
	struct hash found = digest_end_free(digest);
	return !e && !hash_equal(&found, &s->digest) ? error_corrupt : e;
}

static void close_segment(struct archive *a)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

// The file, with the ends that it was sealed with; what = what is wrong with it.
static enum error open_ends(const char *path, const struct segment *s, int *fd, const char **what)
{
	struct segment found = { 0 };

	*what = "missing";
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return errno == ENOENT ? error_corrupt : error_from_errno(errno);
	enum error e = read_ends(*fd, &found);
	*what = found.bytes < s->bytes ? "shorter" : found.bytes > s->bytes ? "longer" : "altered";
	if (!e && (found.last_turn != s->last_turn || found.bytes != s->bytes || !hash_equal(&found.digest, &s->digest)))
		e = error_corrupt;
	return e;
}

// Checks the whole segment once, when it is opened.
static enum error open_whole(struct archive *a, size_t index)
{
	const struct segment *s = &a->list[index];
	char path[PATH_MAX];
	const char *what;

	close_segment(a);
	segment_path(path, a->folder, s->first_turn, "seg");
	enum error e = open_ends(path, s, &a->fd, &what);
	if (!e) {
		what = "altered";
		e = check_digest(a->fd, s);
	}
	if (e == error_corrupt)
		log_error("segment_damaged file=%s what=%s turns=%llu-%llu do=\"copy it from a backup: tdv restore\"", path, what,
			  (unsigned long long)s->first_turn, (unsigned long long)s->last_turn);
	a->open_at = index;
	return e;
}

static enum error open_segment(struct archive *a, size_t index)
{
	const struct segment *s = &a->list[index];
	size_t count = (size_t)(s->last_turn - s->first_turn + 1);
	enum error e = open_whole(a, index);
	buffer_clear(&a->offsets);
	uint8_t *to = e ? NULL : buffer_extend(&a->offsets, count * 8);
	if (!e)
		e = to ? read_at(a->fd, to, count * 8, s->bytes - tail_size - count * 8) : error_no_memory;
	if (e)
		close_segment(a);
	return e;
}

enum error archive_check(struct archive *a)
{
	enum error e = error_none;

	for (size_t i = 0; !e && i < a->count; i++) {
		const struct segment *s = &a->list[i];
		char path[PATH_MAX];
		const char *what;
		int fd;

		segment_path(path, a->folder, s->first_turn, "seg");
		e = open_ends(path, s, &fd, &what);
		if (fd >= 0)
			close(fd);
		if (e == error_corrupt)
			e = open_whole(a, i); // which says so
	}
	return !e && a->count ? open_segment(a, a->count - 1) : e;
}

enum error archive_beyond(const struct archive *a, uint64_t turn, uint64_t *last)
{
	struct segment found = { 0 };
	char path[PATH_MAX];

	*last = 0;
	segment_path(path, a->folder, turn, "seg");
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? error_none : error_from_errno(errno);
	enum error e = read_ends(fd, &found);
	close(fd);
	if (!e && found.first_turn == turn)
		*last = found.last_turn;
	return e == error_corrupt ? error_none : e; // nobody relies on it
}

static bool find_segment(const struct archive *a, uint64_t turn, size_t *index)
{
	size_t low = 0, high = a->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (a->list[middle].last_turn < turn)
			low = middle + 1;
		else
			high = middle;
	}
	*index = low;
	return low < a->count && a->list[low].first_turn <= turn;
}

enum error archive_turn(struct archive *a, uint64_t turn, struct bytes *record)
{
	size_t index;
	uint8_t size_at[4];
	enum error e = error_none;

	if (!find_segment(a, turn, &index))
		return error_absent;
	if (a->fd < 0 || a->open_at != index)
		e = open_segment(a, index);
	if (e)
		return e;
	uint64_t at = get_u64(a->offsets.data + (turn - a->list[index].first_turn) * 8);
	if (at > a->list[index].bytes) // sealed like that; beyond 2^63 it would be a fault of the system's
		return error_corrupt;
	e = read_at(a->fd, size_at, sizeof size_at, at);
	if (e)
		return e;
	size_t size = get_u32(size_at);
	if (size > record_max)
		return error_corrupt;
	buffer_clear(&a->record);
	uint8_t *to = buffer_extend(&a->record, size);
	if (!to)
		return error_no_memory;
	e = read_at(a->fd, to, size, at + 4);
	*record = buffer_bytes(&a->record);
	return e;
}

uint64_t archive_last_turn(const struct archive *a)
{
	return a->count ? a->list[a->count - 1].last_turn : 0;
}

enum error archive_log_name(struct archive *a, struct log_name *name)
{
	uint8_t head[head_size];

	if (a->count == 0)
		return error_absent;
	enum error e = open_segment(a, 0);
	if (!e)
		e = read_at(a->fd, head, sizeof head, 0);
	if (!e)
		*name = (struct log_name){ get_u32(head + 8), get_u16(head + 12), get_u16(head + 14),
					   get_u32(head + 16) };
	return e;
}

void archive_add(struct archive *a, const struct segment *segment)
{
	if (a->count == a->capacity) {
		a->capacity = a->capacity ? 2 * a->capacity : 16;
		a->list = realloc(a->list, a->capacity * sizeof *a->list);
		ensure(a->list);
	}
	a->list[a->count++] = *segment;
}

static int by_first_turn(const void *a, const void *b)
{
	uint64_t x = ((const struct segment *)a)->first_turn, y = ((const struct segment *)b)->first_turn;

	return x < y ? -1 : x > y;
}

static enum error add_found(struct archive *a, const char *name)
{
	char path[PATH_MAX];
	struct segment s;

	if ((size_t)snprintf(path, sizeof path, "%s/%s", a->folder, name) >= sizeof path)
		return error_io;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_from_errno(errno);
	enum error e = read_ends(fd, &s);
	close(fd);
	if (!e)
		archive_add(a, &s);
	return e;
}

static enum error scan_folder(struct archive *a)
{
	DIR *folder = opendir(a->folder);
	enum error e = error_none;

	if (!folder)
		return errno == ENOENT ? error_none : error_from_errno(errno);
	for (struct dirent *file; !e && (file = readdir(folder));) {
		size_t length = strlen(file->d_name);
		if (length == 24 && strcmp(file->d_name + 20, ".seg") == 0)
			e = add_found(a, file->d_name);
	}
	closedir(folder);
	if (e)
		return e;
	if (a->count > 1)
		qsort(a->list, a->count, sizeof *a->list, by_first_turn);
	for (size_t i = 1; i < a->count; i++)
		if (a->list[i].first_turn != a->list[i - 1].last_turn + 1)
			return error_corrupt;
	return error_none;
}

enum error archive_open(struct archive *a, const char *folder, bool scan)
{
	*a = (struct archive){ .folder = strdup(folder), .fd = -1 };
	if (!a->folder)
		return error_no_memory;
	enum error e = scan ? scan_folder(a) : error_none;
	if (e)
		archive_close(a);
	return e;
}

void archive_close(struct archive *a)
{
	if (!a->folder)
		return;
	close_segment(a);
	buffer_deinit(&a->offsets);
	buffer_deinit(&a->record);
	free(a->list);
	free(a->folder);
	*a = (struct archive){ .fd = -1 };
}

// ---- writing

static enum error write_all(struct segment_writer *w, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size > 0) {
		ssize_t n = write(w->fd, at, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_from_errno(errno);
		at += n;
		size -= (size_t)n;
		w->segment.bytes += (uint64_t)n;
	}
	return error_none;
}

static enum error write_covered(struct segment_writer *w, const void *data, size_t size)
{
	digest_add(w->digest, bytes_of(data, size));
	return write_all(w, data, size);
}

static enum error open_aside(struct segment_writer *w, const char *folder)
{
	char path[PATH_MAX];

	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return error_from_errno(errno);
	segment_path(path, folder, w->segment.first_turn, "seg");
	w->path = strdup(path);
	segment_path(path, folder, w->segment.first_turn, "tmp");
	w->digest = digest_new();
	if (!w->path)
		return error_no_memory;
	w->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return w->fd < 0 ? error_from_errno(errno) : error_none;
}

enum error segment_begin(struct segment_writer *w, const char *folder, const struct log_name *log,
			 uint64_t first_turn, uint64_t first_entry, const struct hash *root_before, bool sync)
{
	uint8_t head[head_size];

	*w = (struct segment_writer){ .fd = -1,
				      .sync = sync,
				      .segment = { .first_turn = first_turn, .first_entry = first_entry } };
	memcpy(head, head_magic, 8);
	put_u32(head + 8, log->site);
	put_u16(head + 12, log->service);
	put_u16(head + 14, log->instance);
	put_u32(head + 16, log->epoch);
	put_u64(head + 20, first_turn);
	put_u64(head + 28, first_entry);
	memcpy(head + 36, root_before->byte, 32);
	enum error e = open_aside(w, folder);
	if (!e)
		e = write_covered(w, head, sizeof head);
	if (e)
		segment_forget(w);
	return e;
}

enum error segment_add(struct segment_writer *w, uint64_t turn, struct bytes record)
{
	uint8_t at[8], size[4];

	ensure(turn == w->segment.first_turn + w->offsets.size / 8 && record.size <= record_max);
	put_u64(at, w->segment.bytes);
	buffer_append(&w->offsets, at, sizeof at);
	put_u32(size, (uint32_t)record.size);
	enum error e = write_covered(w, size, sizeof size);
	if (!e)
		e = write_covered(w, record.data, record.size);
	w->segment.last_turn = turn;
	return w->offsets.failed ? error_no_memory : e;
}

enum error segment_flush(struct segment_writer *w)
{
	return w->sync && fdatasync(w->fd) < 0 ? error_from_errno(errno) : error_none;
}

static enum error sync_folder_of(const char *path)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
	return folder_sync(folder);
}

static enum error write_trailer(struct segment_writer *w)
{
	uint8_t tail[tail_size];

	put_u32(tail, (uint32_t)(w->offsets.size / 8));
	put_u64(tail + 4, w->segment.last_turn);
	put_u64(tail + 12, w->segment.next_entry);
	enum error e = write_covered(w, w->offsets.data, w->offsets.size);
	if (!e)
		e = write_covered(w, tail, 20);
	if (e)
		return e;
	w->segment.digest = digest_end_free(w->digest);
	w->digest = NULL;
	memcpy(tail + 20, w->segment.digest.byte, 32);
	memcpy(tail + 52, tail_magic, 8);
	return write_all(w, tail + 20, tail_size - 20);
}

enum error segment_seal(struct segment_writer *w, uint64_t next_entry)
{
	char aside[PATH_MAX];

	w->segment.next_entry = next_entry;
	enum error e = write_trailer(w);
	if (!e && w->sync && fsync(w->fd) < 0)
		e = error_from_errno(errno);
	snprintf(aside, sizeof aside, "%.*s.tmp", (int)strlen(w->path) - 4, w->path);
	if (!e && rename(aside, w->path) < 0)
		e = error_from_errno(errno);
	if (!e && w->sync)
		e = sync_folder_of(w->path);
	w->sealed = !e;
	return e;
}

bool segment_writing(const struct segment_writer *w)
{
	return w->path != NULL;
}

void segment_forget(struct segment_writer *w)
{
	if (w->fd >= 0 && w->path)
		close(w->fd);
	if (w->digest)
		digest_end_free(w->digest);
	buffer_deinit(&w->offsets);
	free(w->path);
	*w = (struct segment_writer){ .fd = -1 };
}

// ---- a log as one

enum error log_turn(struct log_view *view, uint64_t turn, struct bytes *record)
{
	uint8_t key[8];

	put_u64(key, turn);
	if (view->txn && store_get(view->txn, view->turns, bytes_of(key, sizeof key), record))
		return error_none;
	if (view->txn && view->txn->fault)
		return view->txn->fault;
	return view->archive ? archive_turn(view->archive, turn, record) : error_absent;
}

// The first turn that is still in the store, and the first entry that it may have put out.
static bool hot_begins(const struct log_view *view, uint64_t *turn, uint64_t *entry)
{
	struct record_head head;
	struct bytes key, record;

	if (!view->txn || !store_seek(view->txn, view->turns, (struct bytes){ 0 }, &key, &record) || key.size != 8 ||
	    record_head_decode(record, &head))
		return false;
	*turn = get_u64(key.data);
	*entry = head.first_entry;
	return true;
}

// Between which turns `entry` is to be looked for: those in the store, or one segment's; to open a segment is to read all of it.
static void narrow(const struct log_view *view, uint64_t entry, uint64_t *low, uint64_t *high)
{
	uint64_t hot_turn, hot_entry;

	*low = 1;
	*high = view->head_turn;
	if (hot_begins(view, &hot_turn, &hot_entry) && entry >= hot_entry) {
		*low = hot_turn;
		return;
	}
	for (size_t i = 0; view->archive && i < view->archive->count; i++) {
		const struct segment *s = &view->archive->list[i];
		if (entry < s->first_entry || entry >= s->next_entry)
			continue;
		*low = s->first_turn;
		*high = s->last_turn;
		return;
	}
}

// The last turn whose first entry is not beyond `entry` put it out: turns without entries carry the next one's
// number.
enum error log_turn_of_entry(struct log_view *view, uint64_t entry, uint64_t *turn)
{
	struct record_head head;
	struct bytes record;
	uint64_t low, high;

	if (entry == 0 || entry > view->head_entry)
		return error_absent;
	narrow(view, entry, &low, &high);
	while (low < high) {
		uint64_t middle = low + (high - low + 1) / 2;
		enum error e = log_turn(view, middle, &record);
		if (!e)
			e = record_head_decode(record, &head) ? error_corrupt : error_none;
		if (e)
			return e == error_absent ? error_corrupt : e;
		if (head.first_entry <= entry)
			low = middle;
		else
			high = middle - 1;
	}
	*turn = low;
	return error_none;
}
