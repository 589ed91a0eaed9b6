#include "store/ahead.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define mib (UINT64_C(1) << 20)
#define used_least mib         // below it a store grows too slowly to matter
#define ahead_most (2 * mib)   // what a turn may need; an eighth of what is used while that is less
#define step_most (4 * mib)    // written at once
#define disk_left (128 * mib)  // what is left belongs to those who have something to write

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void write_zeros(int fd, uint64_t from, uint64_t to)
{
	static const uint8_t zeros[1 << 17];
	ssize_t n = 1;

	for (uint64_t at = from; at < to && n > 0; at += (uint64_t)n)
		n = pwrite(fd, zeros, least(sizeof zeros, to - at), (off_t)at);
}

static bool disk_has_room(int fd)
{
	struct statvfs disk;

	return fstatvfs(fd, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize > disk_left;
}

void ahead_fill(MDB_env *mdb)
{
	MDB_envinfo info;
	MDB_stat page;
	struct stat file;
	unsigned flags;
	int fd;

	if (mdb_env_get_flags(mdb, &flags) || flags & (MDB_NOSYNC | MDB_RDONLY) || mdb_env_info(mdb, &info) ||
	    mdb_env_stat(mdb, &page) || mdb_env_get_fd(mdb, &fd) || fstat(fd, &file) < 0)
		return;
	uint64_t used = (info.me_last_pgno + 1) * page.ms_psize, end = (uint64_t)file.st_size;
	uint64_t ahead = least(used / 8, ahead_most);
	if (used < used_least || end >= used + ahead || !disk_has_room(fd))
		return;
	uint64_t from = end > used ? end : used; // LMDB may not have written its last pages yet: a hole stays a hole
	write_zeros(fd, from, least(used + ahead + least(used / 4, step_most), info.me_mapsize));
}
