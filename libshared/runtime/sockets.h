// What a daemon waits for: ZeroMQ's sockets and files, with one system call where zmq_poll needs two for each socket.
//
// The descriptor of a ZeroMQ socket tells only that something changed since the socket was last used (zmq_getsockopt(3),
// ZMQ_FD): whoever has sent or received must look at its events again before it waits.  So a socket counts as loud from each
// use, which its user says, until a look finds nothing to read; only the quiet ones are left to poll(2).
// One thread.
#ifndef TDV_RUNTIME_SOCKETS_H
#define TDV_RUNTIME_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define sockets_max 40

struct sockets {
	struct {
		void *socket; // NULL: a file
		int fd;
		bool loud, readable;
	} one[sockets_max];
	size_t count;
};

// Adds a ZeroMQ socket, or a file; *at is its number.  They are borrowed.
enum error sockets_add(struct sockets *s, void *socket, size_t *at);
void sockets_add_file(struct sockets *s, int fd, size_t *at);
// It was sent to, or somebody else may have used it: look again before waiting.  Whatever was readable is looked at again
// without being told.
void sockets_used(struct sockets *s, size_t at);
// Until something is readable or the time is over; timeout_ms 0: only looks.
enum error sockets_wait(struct sockets *s, long timeout_ms);
bool sockets_readable(const struct sockets *s, size_t at); // as of the last wait

#endif
