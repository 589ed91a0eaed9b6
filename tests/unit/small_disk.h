// A disk that is soon full.
#ifndef TDV_TESTS_UNIT_SMALL_DISK_H
#define TDV_TESTS_UNIT_SMALL_DISK_H

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mount.h>

// 1 MiB at that folder, which this process and its children alone see.  False: there is no right to mount, and it was said.
static inline bool small_disk_mount(const char *at)
{
	if ((unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWNS | CLONE_NEWUSER) == 0) &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && mount("tmpfs", at, "tmpfs", 0, "size=1m") == 0)
		return true;
	printf("# skipped: no right to mount\n");
	return false;
}

#endif
