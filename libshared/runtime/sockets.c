#include "runtime/sockets.h"

#include <errno.h>
#include <poll.h>
#include <zmq.h>

#include "base/ensure.h"
#include "base/when.h"

enum error sockets_add(struct sockets *s, void *socket, size_t *at)
{
	int fd;
	size_t size = sizeof fd;

	if (zmq_getsockopt(socket, ZMQ_FD, &fd, &size) != 0)
		return error_from_errno(errno);
	sockets_add_file(s, fd, at);
	s->one[*at].socket = socket;
	s->one[*at].loud = true;
	return error_none;
}

void sockets_add_file(struct sockets *s, int fd, size_t *at)
{
	ensure(s->count < sockets_max);
	*at = s->count++;
	s->one[*at].socket = NULL;
	s->one[*at].fd = fd;
	s->one[*at].loud = s->one[*at].readable = false;
}

void sockets_used(struct sockets *s, size_t at)
{
	s->one[at].loud = true;
}

bool sockets_readable(const struct sockets *s, size_t at)
{
	return s->one[at].readable;
}

static enum error look(struct sockets *s, size_t at, bool *any)
{
	int events;
	size_t size = sizeof events;

	while (zmq_getsockopt(s->one[at].socket, ZMQ_EVENTS, &events, &size) != 0)
		if (errno != EINTR)
			return error_from_errno(errno);
	s->one[at].readable = s->one[at].loud = (events & ZMQ_POLLIN) != 0;
	*any |= s->one[at].readable;
	return error_none;
}

static enum error look_at_loud(struct sockets *s, bool *any)
{
	for (size_t i = 0; i < s->count; i++) {
		s->one[i].readable = false;
		enum error e = s->one[i].loud ? look(s, i, any) : error_none;
		if (e)
			return e;
	}
	return error_none;
}

static enum error poll_quiet(struct sockets *s, int timeout_ms, bool *any)
{
	struct pollfd files[sockets_max];
	enum error e = error_none;

	for (size_t i = 0; i < s->count; i++) // poll(2) passes over a negative descriptor
		files[i] = (struct pollfd){ .fd = s->one[i].loud ? -1 : s->one[i].fd, .events = POLLIN };
	if (poll(files, s->count, timeout_ms) < 0)
		return errno == EINTR ? error_none : error_from_errno(errno);
	for (size_t i = 0; !e && i < s->count; i++) {
		if (files[i].revents == 0)
			continue;
		if (s->one[i].socket)
			e = look(s, i, any);
		else
			*any = s->one[i].readable = true;
	}
	return e;
}

// A descriptor wakes up for ZeroMQ's own housekeeping as well: then there is nothing to read, and time left.
enum error sockets_wait(struct sockets *s, long timeout_ms)
{
	int64_t until = clock_boot_ms() + timeout_ms, left = timeout_ms;
	bool any = false;
	enum error e = look_at_loud(s, &any);

	while (!e) {
		e = poll_quiet(s, any ? 0 : (int)left, &any);
		left = until - clock_boot_ms();
		if (any || left <= 0)
			break;
	}
	return e;
}
