// Inside the store: an LMDB environment as this process has it open, and what LMDB's errors mean.
//
// LMDB forbids to open one environment twice in a process (closing either drops the file locks of both), so all
// handles of a process on one folder share one; the simulator, where the door writes the vault and others read
// it, needs that.  The handles on one folder belong to one thread.
#ifndef TDV_STORE_ENVIRONMENT_H
#define TDV_STORE_ENVIRONMENT_H

#include <lmdb.h>
#include <sys/types.h>

#include "store/store.h"

struct environment {
	MDB_env *mdb;
	unsigned generation;   // raised when a writer joins readers and `mdb` is opened anew: table handles are stale
	unsigned transactions; // open now
	bool writing;          // one of them writes
	bool read_only;        // as LMDB has it open
	int writer_lock;       // -1 when none of the handles writes
	unsigned handles;
	dev_t device;
	ino_t inode;
	pid_t process; // a child does not inherit it
	struct environment *next;
};

// Says which file is damaged.
void environment_damaged(MDB_env *mdb, const char *what);
// Every code LMDB returns passes through here.  MDB_NOTFOUND is error_absent.
enum error environment_error(int code);

// error_busy when another handle, here or in another process, writes; error_absent when there is nothing to read.
enum error environment_open(struct environment **environment, const struct store_options *options);
void environment_close(struct environment *environment, bool writer);

#endif
