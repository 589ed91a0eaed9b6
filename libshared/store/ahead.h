// Inside the store: zeros ahead of what LMDB has used of its file.
//
// LMDB's file grows by the new pages of a commit.  Then fdatasync has to commit the file system's journal as well, for the
// file's size and blocks are new, and that costs six times what the pages cost (ARCHITECTURE.md, "How it is measured").
// So the file is kept longer than what is used, by zeros that are written beyond its end, a few MiB at a time, and LMDB
// then writes into blocks that are there.  Nothing that LMDB has written is ever touched, and what lies behind its last page
// means nothing to it, whatever a crash leaves there.
#ifndef TDV_STORE_AHEAD_H
#define TDV_STORE_AHEAD_H

#include <lmdb.h>

// Before a commit, whose sync takes the zeros along.  Stores of less than a MiB, and those that do not sync, are left as they
// are.  Failing is no fault: the file then grows as LMDB makes it grow.
void ahead_fill(MDB_env *mdb);

#endif
