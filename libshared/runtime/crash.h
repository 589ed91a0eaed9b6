// What a process says when memory fails under it.
//
// LMDB reads through a mapped file.  Where that file is shorter than it says, or the disk cannot read it, the kernel
// sends SIGBUS; where its pages hold nonsense, SIGSEGV may follow.  No start mends that, so it should be said once, with
// the file's name.
#ifndef TDV_RUNTIME_CRASH_H
#define TDV_RUNTIME_CRASH_H

#include <stdint.h>

// In a build for the address sanitizer the signals stay its own: it tells more.
#if defined(__SANITIZE_ADDRESS__)
#define address_sanitizer 1
#elif defined(__has_feature)
#define address_sanitizer __has_feature(address_sanitizer)
#else
#define address_sanitizer 0
#endif

// From now on SIGBUS in a mapped file logs its name and ends the process with error_exit_damaged; any other SIGBUS, and
// SIGSEGV, is logged and ends it by that signal.
void crash_watch(const char *service);
// Counts the latter, in memory that outlives the process.  NULL: no more.
void crash_count(volatile uint32_t *count);

#endif
