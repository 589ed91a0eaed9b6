// One question at a time, asked again until it is answered: every frame of the wire may be sent twice without harm
// (an act by its sequence, an attachment by its content, a read by nature), so a terminal that loses the line, or a
// door that is killed, costs time and nothing else.  What came for an earlier question dies with its socket.
#include "terminal/line.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#define attempt_last_ms 10000
#define frame_bytes_max 8000000

void line_hang_up(struct terminal *t)
{
	if (t->socket)
		zmq_close(t->socket);
	t->socket = NULL;
}

static enum error dial(struct terminal *t)
{
	int zero = 0;
	int64_t size = frame_bytes_max;

	if (t->socket)
		return error_none;
	t->socket = zmq_socket(t->zmq, ZMQ_DEALER);
	if (!t->socket)
		return error_from_errno(errno);
	if (zmq_setsockopt(t->socket, ZMQ_LINGER, &zero, sizeof zero) != 0 ||
	    zmq_setsockopt(t->socket, ZMQ_MAXMSGSIZE, &size, sizeof size) != 0 || zmq_connect(t->socket, t->endpoint) != 0) {
		snprintf(t->fault, sizeof t->fault, "%s: %s", t->endpoint, zmq_strerror(errno));
		line_hang_up(t);
		return error_io;
	}
	return error_none;
}

// The first part of a frame, if one is here: what follows it is here as well.  Asking the socket first spares two looks at the
// line for each of many answers that came together.
static enum error take_part(struct terminal *t, zmq_msg_t *part)
{
	zmq_msg_init(part);
	if (zmq_msg_recv(part, t->socket, ZMQ_DONTWAIT) >= 0)
		return error_none;
	int error = errno;
	zmq_msg_close(part);
	return error == EAGAIN || error == EINTR ? error_pending : error_from_errno(error);
}

static enum error wait_for_part(struct terminal *t, int64_t until_ms, zmq_msg_t *part)
{
	zmq_pollitem_t item = { .socket = t->socket, .events = ZMQ_POLLIN };

	for (;;) {
		enum error e = take_part(t, part);
		if (e != error_pending)
			return e;
		int64_t left = until_ms - clock_boot_ms();
		int ready = zmq_poll(&item, 1, left > 0 ? (long)left : 0);
		if (ready == 0)
			return error_pending;
		if (ready < 0 && errno != EINTR)
			return error_from_errno(errno);
	}
}

enum error line_hear(struct terminal *t, int64_t until_ms)
{
	zmq_msg_t part;
	bool more = true;
	enum error e = wait_for_part(t, until_ms, &part);

	buffer_clear(&t->answer);
	while (e == error_none) {
		buffer_append(&t->answer, zmq_msg_data(&part), zmq_msg_size(&part));
		more = zmq_msg_more(&part);
		zmq_msg_close(&part);
		if (!more)
			break;
		e = wait_for_part(t, until_ms, &part);
	}
	return e == error_none && t->answer.failed ? error_no_memory : e;
}

enum error line_say(struct terminal *t, struct bytes frame)
{
	enum error e = dial(t);

	if (e != error_none)
		return e;
	if (zmq_send(t->socket, frame.data, frame.size, 0) >= 0)
		return error_none;
	return error_from_errno(errno);
}

uint16_t line_answer_type(const struct terminal *t)
{
	return t->answer.size >= 2 ? get_u16(t->answer.data) : 0;
}

struct bytes line_answer_body(const struct terminal *t)
{
	return bytes_of(t->answer.data + 2, t->answer.size - 2);
}

void line_rest(int milliseconds)
{
	struct timespec pause = { milliseconds / 1000, (milliseconds % 1000) * 1000000L };

	nanosleep(&pause, NULL);
}

// What came unsigned is shown to people: without what steers a screen (C0, C1, DEL).
static void blank_controls(char *text)
{
	for (unsigned char *c = (unsigned char *)text; *c; c++)
		if (*c < 0x20 || *c == 0x7f)
			*c = ' ';
		else if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
			c[0] = c[1] = ' ';
}

enum error line_refused(struct terminal *t)
{
	struct wire_refused m;

	t->refused = 0;
	if (wire_refused_decode(line_answer_body(t), &m) != error_none) {
		snprintf(t->fault, sizeof t->fault, "the door answers in another language");
		return error_refused;
	}
	snprintf(t->detail, sizeof t->detail, "%.*s", (int)m.detail.size, (const char *)m.detail.data);
	blank_controls(t->detail);
	snprintf(t->fault, sizeof t->fault, "%s (%s)", wire_fault_label(m.fault), t->detail);
	t->refused = m.fault;
	return m.fault == wire_fault_busy ? error_pending : error_refused;
}

enum error line_converse(struct terminal *t, struct bytes frame, uint16_t wanted, int timeout_ms,
			 enum error (*fits)(struct terminal *t, void *context), void *context)
{
	int64_t until = clock_boot_ms() + timeout_ms;
	int attempt_ms = attempt_first_ms;

	t->refused = 0;
	for (;;) {
		int64_t attempt_until = clock_boot_ms() + attempt_ms;
		enum error e = line_say(t, frame);
		if (attempt_until > until)
			attempt_until = until;
		while (e == error_none) {
			e = line_hear(t, attempt_until);
			if (e != error_none)
				break;
			if (line_answer_type(t) == wanted) {
				e = fits(t, context);
				if (e != error_absent) // of an earlier question: none of our business
					return e;
				e = error_none;
			} else if (line_answer_type(t) == message_type_wire_refused) {
				e = line_refused(t);
				if (e != error_pending)
					return e;
				line_rest(busy_pause_ms);
				break;
			}
		}
		if (e < 0)
			return e;
		if (clock_boot_ms() >= attempt_until)
			line_hang_up(t);
		if (clock_boot_ms() >= until) {
			line_hang_up(t);
			return error_pending;
		}
		attempt_ms = attempt_ms * 2 < attempt_last_ms ? attempt_ms * 2 : attempt_last_ms;
	}
}
