// A copy of an environment that another process writes, as it is at one instant.
//
// Opening takes the time that it takes; store_copy_fix only begins LMDB's read transaction (microseconds), and what is
// written afterwards is the environment as it was then, whatever the writer does meanwhile.  Pages that the writer frees
// meanwhile stay until the copy is closed: the environment may grow.  Writing goes through a pipe and a thread, since
// mdb_env_copyfd2 begins its transaction itself; SIGPIPE has to be ignored by the process.
#ifndef TDV_STORE_COPY_H
#define TDV_STORE_COPY_H

#include "base/bytes.h"
#include "base/error.h"

struct store_copy;

// error_absent: there is no environment in `folder`.
enum error store_copy_open(struct store_copy **copy, const char *folder);
enum error store_copy_fix(struct store_copy *copy);
// To a file that does not exist yet, synced, mode 0600; `digest` is SHA-256 of its content.  Once.
enum error store_copy_write(struct store_copy *copy, const char *path, uint64_t *size, struct hash *digest);
void store_copy_close(struct store_copy *copy); // NULL is nothing

#endif
