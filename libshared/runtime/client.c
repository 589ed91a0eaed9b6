#include "runtime/client.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <zmq.h>

#include "base/when.h"
#include "gen/messages.h"

#define client_services_max 16
#define socket_name_max (sizeof((struct sockaddr_un *)0)->sun_path - 1)

enum error run_endpoint(const char *home, const char *name, char *out)
{
	char folder[PATH_MAX], path[PATH_MAX];

	if ((size_t)snprintf(folder, sizeof folder, "%s/run", home) >= sizeof folder ||
	    (size_t)snprintf(path, sizeof path, "%s/run/%s", home, name) >= sizeof path)
		return error_io;
	if (strlen(path) <= socket_name_max) {
		snprintf(out, run_endpoint_size, "ipc://%s", path);
		return error_none;
	}
	static _Thread_local char kept[PATH_MAX]; // one site for each process, as good as always
	static _Thread_local int fd = -1;
	if (fd < 0 || strcmp(kept, folder) != 0) {
		fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			return errno == ENOENT ? error_absent : error_from_errno(errno);
		snprintf(kept, sizeof kept, "%s", folder);
	}
	snprintf(out, run_endpoint_size, "ipc:///proc/self/fd/%d/%.80s", fd, name);
	return error_none;
}

struct client {
	char *home;
	void *context;
	struct {
		char name[32];
		void *socket;
	} service[client_services_max];
	size_t count;
};

enum error client_open(struct client **out, const char *home)
{
	struct client *c = calloc(1, sizeof *c);

	if (!c)
		return error_no_memory;
	c->home = strdup(home);
	c->context = zmq_ctx_new();
	if (!c->home || !c->context) {
		client_close(c);
		return error_no_memory;
	}
	*out = c;
	return error_none;
}

void client_close(struct client *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->count; i++)
		if (c->service[i].socket)
			zmq_close(c->service[i].socket);
	if (c->context)
		zmq_ctx_term(c->context);
	free(c->home);
	free(c);
}

static enum error connect_to(struct client *c, size_t i)
{
	char name[64], endpoint[run_endpoint_size];
	int linger = 0;

	snprintf(name, sizeof name, "%s.query", c->service[i].name);
	enum error e = run_endpoint(c->home, name, endpoint);
	if (e)
		return e == error_absent ? error_pending : e;
	c->service[i].socket = zmq_socket(c->context, ZMQ_DEALER);
	if (!c->service[i].socket)
		return error_from_errno(errno);
	zmq_setsockopt(c->service[i].socket, ZMQ_LINGER, &linger, sizeof linger);
	return zmq_connect(c->service[i].socket, endpoint) < 0 ? error_from_errno(errno) : error_none;
}

static enum error socket_for(struct client *c, const char *service, size_t *index)
{
	size_t i = 0;

	while (i < c->count && strcmp(c->service[i].name, service) != 0)
		i++;
	if (i == client_services_max || strlen(service) >= sizeof c->service[i].name)
		return error_absent;
	if (i == c->count) {
		c->count++;
		snprintf(c->service[i].name, sizeof c->service[i].name, "%s", service);
	}
	*index = i;
	return c->service[i].socket ? error_none : connect_to(c, i);
}

static enum error send_query(void *socket, uint16_t type, struct bytes ask)
{
	struct query query = { type, ask };
	struct buffer frame = { 0 };
	enum error e = error_none;

	query_encode(&query, &frame);
	if (frame.failed)
		e = error_no_memory;
	else if (zmq_send(socket, frame.data, frame.size, ZMQ_DONTWAIT) < 0)
		e = errno == EAGAIN ? error_pending : error_from_errno(errno);
	buffer_deinit(&frame);
	return e;
}

static enum error outcome_of(struct bytes frame, struct buffer *answer)
{
	struct query_reply reply;

	if (query_reply_decode(frame, &reply))
		return error_malformed;
	buffer_clear(answer);
	buffer_append(answer, reply.body.data, reply.body.size);
	switch (reply.outcome) {
	case query_outcome_answered: return answer->failed ? error_no_memory : error_none;
	case query_outcome_malformed: return error_malformed;
	case query_outcome_unknown: return error_absent;
	case query_outcome_refused: return error_refused;
	}
	return error_malformed;
}

static enum error await(void *socket, int timeout_ms, struct buffer *answer)
{
	zmq_pollitem_t item = { .socket = socket, .events = ZMQ_POLLIN };
	int64_t until = clock_boot_ms() + timeout_ms;
	zmq_msg_t frame;
	int n;

	do {
		int64_t left = until - clock_boot_ms();
		n = zmq_poll(&item, 1, left > 0 ? (long)left : 0);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n < 0 ? error_from_errno(errno) : error_pending;
	zmq_msg_init(&frame);
	if (zmq_msg_recv(&frame, socket, 0) < 0)
		return error_from_errno(errno);
	enum error e = outcome_of(bytes_of(zmq_msg_data(&frame), zmq_msg_size(&frame)), answer);
	zmq_msg_close(&frame);
	return e;
}

enum error client_query(struct client *c, const char *service, uint16_t type, struct bytes ask,
			struct buffer *answer, int timeout_ms)
{
	size_t i = client_services_max;
	enum error e = socket_for(c, service, &i);

	if (!e)
		e = send_query(c->service[i].socket, type, ask);
	if (!e)
		e = await(c->service[i].socket, timeout_ms, answer);
	if (e == error_pending && i < c->count &&
	    c->service[i].socket) { // a late answer must not be taken for the next one's
		zmq_close(c->service[i].socket);
		c->service[i].socket = NULL;
	}
	return e;
}
