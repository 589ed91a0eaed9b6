#include "store/environment.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/log.h"
#include "store/disk.h"

#define file_mode 0600

static pthread_mutex_t open_here_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct environment *open_here;

enum error environment_error(int code)
{
	switch (code) {
	case MDB_SUCCESS: return error_none;
	case MDB_NOTFOUND: return error_absent;
	case MDB_KEYEXIST: return error_exists;
	case MDB_MAP_FULL: return error_map_full;
	case MDB_TXN_FULL: return error_no_memory;
	case MDB_READERS_FULL: return error_busy;
	case MDB_MAP_RESIZED: return error_busy; // by another process, while this one reads: later it can follow
	case MDB_VERSION_MISMATCH: return error_version;
	case MDB_PANIC: return error_io; // a sync failed before; the environment is of no use any more
	default: break;
	}
	// What is left of LMDB's own (CORRUPTED, INVALID, PAGE_NOTFOUND, BAD_…): the file is not what it should be.
	return code < 0 ? error_corrupt : error_from_errno(code);
}

void environment_damaged(MDB_env *mdb, const char *what)
{
	const char *folder = "?";

	mdb_env_get_path(mdb, &folder);
	log_error("stored_file_damaged file=%s/data.mdb what=\"%s\"", folder ? folder : "?", what);
}

// Files and folders just made are lost in a power cut until their folder is synced.
static enum error sync_folder_and_parent(const char *folder)
{
	char parent[PATH_MAX];
	enum error e = folder_sync(folder);

	if (e)
		return e;
	return disk_path(parent, folder, "..") ? folder_sync(parent) : error_io;
}

// flock belongs to the open file, so that it refuses a second writer in this process as well, and the kernel
// releases it when a process dies.
static enum error lock_writer(const char *folder, int *lock)
{
	char path[PATH_MAX];

	if (!disk_path(path, folder, "writer.lock"))
		return error_io;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, file_mode);
	if (fd < 0)
		return error_from_errno(errno);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		enum error e = errno == EWOULDBLOCK ? error_busy : error_from_errno(errno);
		close(fd);
		return e;
	}
	*lock = fd;
	return error_none;
}

// LMDB's pages hold what they cannot: it would abort, and so would every start after it.
static void asserted(MDB_env *mdb, const char *what)
{
	environment_damaged(mdb, what);
	_exit(error_exit_damaged);
}

static enum error open_mdb(const struct store_options *options, MDB_env **out)
{
	// NOTLS: a reader belongs to its transaction, not to its thread, so that a thread may read while it writes.
	unsigned flags = MDB_NOTLS;
	MDB_env *mdb;

	if (options->read_only)
		flags |= MDB_RDONLY;
	if (!options->sync)
		flags |= MDB_NOSYNC | MDB_NOMETASYNC;
	int rc = mdb_env_create(&mdb);
	if (rc)
		return environment_error(rc);
	mdb_env_set_assert(mdb, asserted);
	rc = mdb_env_set_maxdbs(mdb, store_tables_max + 1);
	if (!rc && !options->read_only && options->map_bytes > 0) // a reader takes the size from the file
		rc = mdb_env_set_mapsize(mdb, options->map_bytes);
	if (!rc)
		rc = mdb_env_open(mdb, options->folder, flags, file_mode);
	if (rc) {
		mdb_env_close(mdb);
		if (environment_error(rc) == error_corrupt)
			log_error("stored_file_damaged file=%s/data.mdb what=\"%s\"", options->folder, mdb_strerror(rc));
		return rc == ENOENT ? error_absent : environment_error(rc);
	}
	int cleared;
	mdb_reader_check(mdb, &cleared);
	*out = mdb;
	return error_none;
}

static struct environment *find_open(const struct stat *folder)
{
	struct environment *e = open_here;

	while (e && (e->device != folder->st_dev || e->inode != folder->st_ino || e->process != getpid()))
		e = e->next;
	return e;
}

static void forget(struct environment *environment)
{
	struct environment **at = &open_here;

	while (*at != environment)
		at = &(*at)->next;
	*at = environment->next;
	if (environment->mdb)
		mdb_env_close(environment->mdb);
	free(environment);
}

static struct environment *remember(const struct stat *folder)
{
	struct environment *e = calloc(1, sizeof *e);

	if (!e)
		return NULL;
	e->device = folder->st_dev;
	e->inode = folder->st_ino;
	e->process = getpid();
	e->writer_lock = -1;
	e->next = open_here;
	open_here = e;
	return e;
}

// (Re)opens LMDB when this handle needs more than the handles before it.
static enum error open_for(struct environment *environment, const struct store_options *options)
{
	if (environment->mdb && (options->read_only || !environment->read_only))
		return error_none;
	if (environment->mdb) {
		ensure(environment->transactions == 0);
		mdb_env_close(environment->mdb);
		environment->mdb = NULL;
	}
	environment->generation++;
	environment->read_only = options->read_only;
	return open_mdb(options, &environment->mdb);
}

static enum error open_locked(struct environment **out, const struct store_options *options)
{
	enum error e = options->read_only ? error_none : disk_make_folder(options->folder);
	struct stat folder;
	int lock = -1;

	if (e)
		return e;
	if (stat(options->folder, &folder) < 0)
		return errno == ENOENT ? error_absent : error_from_errno(errno);
	if (!options->read_only && (e = lock_writer(options->folder, &lock)))
		return e;

	struct environment *environment = find_open(&folder);
	if (!environment)
		environment = remember(&folder);
	e = environment ? open_for(environment, options) : error_no_memory;
	if (!e && !options->read_only && options->sync)
		e = sync_folder_and_parent(options->folder);
	if (e) {
		if (environment && environment->handles == 0)
			forget(environment);
		if (lock >= 0)
			close(lock);
		return e;
	}
	environment->handles++;
	if (lock >= 0)
		environment->writer_lock = lock;
	*out = environment;
	return error_none;
}

enum error environment_open(struct environment **environment, const struct store_options *options)
{
	pthread_mutex_lock(&open_here_mutex);
	enum error e = open_locked(environment, options);
	pthread_mutex_unlock(&open_here_mutex);
	return e;
}

void environment_close(struct environment *environment, bool writer)
{
	pthread_mutex_lock(&open_here_mutex);
	int lock = writer ? environment->writer_lock : -1;
	if (writer)
		environment->writer_lock = -1;
	if (--environment->handles == 0) {
		ensure(environment->transactions == 0);
		forget(environment);
	}
	if (lock >= 0)
		close(lock); // last: the next writer finds LMDB closed
	pthread_mutex_unlock(&open_here_mutex);
}
