// Inside the store: reads and writes at an offset, whole or an error.
#ifndef TDV_STORE_DISK_H
#define TDV_STORE_DISK_H

#include "base/bytes.h"
#include "base/error.h"

enum error disk_write(int fd, const void *data, size_t size, uint64_t offset);
// error_corrupt when the file ends before.
enum error disk_read(int fd, void *out, size_t size, uint64_t offset);
enum error disk_make_folder(const char *folder); // mode 0700; that it exists is no error
enum error disk_sync(int fd);
// "folder/name" into `out` of PATH_MAX; false when it does not fit.
bool disk_path(char *out, const char *folder, const char *name);

#endif
