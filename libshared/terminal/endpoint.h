// Where a site's door is: the setting `[intake] door`, as an endpoint that ZeroMQ can bind or connect to from any folder.
#ifndef TDV_TERMINAL_ENDPOINT_H
#define TDV_TERMINAL_ENDPOINT_H

#include <stddef.h>

#include "base/error.h"

#define endpoint_max 256
#define endpoint_ipc_max 107 // sun_path of Linux, less the final zero

// `endpoint` holds endpoint_max.  error_malformed: the settings are wrong (settings say where); error_absent: no such folder.
// A path too long for a socket goes through /proc/self/fd; that folder stays open until the process ends.
enum error endpoint_of_site(const char *home, char *endpoint);

#endif
