// Questions to the daemons of a site on this machine: what `tdv` speaks to their query sockets.
#ifndef TDV_RUNTIME_CLIENT_H
#define TDV_RUNTIME_CLIENT_H

#include "base/bytes.h"
#include "base/error.h"

struct client;

enum error client_open(struct client **client, const char *home);
void client_close(struct client *client);

// Asks a service, by name, a query of schemas/runtime.schema or of its own; `answer` is overwritten with the
// encoded answer. error_pending: no answer within timeout_ms (is it running?); error_malformed, error_absent,
// error_refused: what it said.
enum error client_query(struct client *client, const char *service, uint16_t type, struct bytes ask,
			struct buffer *answer, int timeout_ms);

// HOME/run/<name> as a ZeroMQ endpoint that can be bound or connected to from any folder.  `out` holds endpoint_size.
// A path longer than a socket's name may be goes through /proc/self/fd, for which the folder stays open until
// the process ends.
#define run_endpoint_size 256
enum error run_endpoint(const char *home, const char *name, char *out);

#endif
