#include "crowd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/ensure.h"
#include "base/when.h"
#include "terminal/endpoint.h"

#define bench_terminal 901

// Several connections, as there are several terminals: the door keeps only so many answers for each, and drops the rest.
#define lines 8

struct crowd {
	void *context, *socket[lines];
	unsigned next;
};

// ---- officers

enum error officer_open(struct officer *officer, const char *path, uint64_t organisation)
{
	struct buffer pem = { 0 };
	enum error e = file_read(path, 4096, &pem);

	*officer = (struct officer){ .organisation = organisation };
	if (e == error_none)
		e = key_read_private(buffer_bytes(&pem), &officer->key);
	buffer_deinit(&pem);
	return e == error_none ? key_fingerprint(officer->key, &officer->certificate) : e;
}

enum error officer_write(const struct officer *officer, const struct draft *draft, uint64_t sequence, struct buffer *frame)
{
	struct draft_signer by = { .key = officer->key, .certificate = officer->certificate,
				   .organisation = officer->organisation, .terminal = bench_terminal, .sequence = sequence };
	struct hash content;

	return draft_write(draft, &by, frame, &content);
}

// ---- the lines to the door

static enum error connect_to(struct crowd *c, const char *endpoint, void **socket)
{
	int none = 0;

	*socket = zmq_socket(c->context, ZMQ_DEALER);
	if (!*socket || zmq_setsockopt(*socket, ZMQ_LINGER, &none, sizeof none) != 0 || zmq_connect(*socket, endpoint) != 0)
		return error_from_errno(errno);
	return error_none;
}

enum error crowd_open(struct crowd **crowd, const char *home)
{
	char endpoint[endpoint_max];
	struct crowd *c = calloc(1, sizeof *c);

	if (!c)
		return error_no_memory;
	*crowd = c;
	enum error e = endpoint_of_site(home, endpoint);
	c->context = zmq_ctx_new();
	if (e == error_none && !c->context)
		e = error_no_memory;
	for (size_t i = 0; i < lines && e == error_none; i++)
		e = connect_to(c, endpoint, &c->socket[i]);
	return e;
}

void crowd_close(struct crowd *crowd)
{
	for (size_t i = 0; crowd && i < lines; i++)
		if (crowd->socket[i])
			zmq_close(crowd->socket[i]);
	if (crowd && crowd->context)
		zmq_ctx_term(crowd->context);
	free(crowd);
}

enum error crowd_send(struct crowd *crowd, struct bytes frame)
{
	if (zmq_send(crowd->socket[crowd->next++ % lines], frame.data, frame.size, ZMQ_DONTWAIT) >= 0)
		return error_none;
	return errno == EAGAIN || errno == EINTR ? error_pending : error_from_errno(errno);
}

static enum error take_receipt(struct bytes body, struct crowd_answer *answer)
{
	static struct signed_receipt s;
	static struct receipt receipt;

	if (signed_receipt_decode(body, &s) != error_none || receipt_decode(s.receipt, &receipt) != error_none)
		return error_malformed;
	answer->sequence = receipt.sequence;
	answer->submission = receipt.submission;
	answer->refused = receipt.state != receipt_state_taken;
	if (receipt.errors_count > 0)
		snprintf(answer->why, sizeof answer->why, "row %u: %s %s, of %u errors", receipt.errors[0].row,
			 field_name(receipt.errors[0].field), reason_name(receipt.errors[0].reason), receipt.errors_total);
	return error_none;
}

static enum error take_refusal(struct bytes body, struct crowd_answer *answer)
{
	struct wire_refused no;

	if (wire_refused_decode(body, &no) != error_none)
		return error_malformed;
	answer->sequence = no.has_sequence ? no.sequence : 0;
	answer->busy = no.fault == wire_fault_busy;
	answer->refused = !answer->busy;
	snprintf(answer->why, sizeof answer->why, "%s: %.*s", wire_fault_name(no.fault), (int)no.detail.size, no.detail.data);
	return error_none;
}

static enum error take_answer(void *socket, struct crowd_answer *answer)
{
	zmq_msg_t frame;
	enum error e = error_malformed;

	*answer = (struct crowd_answer){ 0 };
	zmq_msg_init(&frame);
	if (zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) < 0) {
		e = error_pending;
	} else if (zmq_msg_size(&frame) > 2) {
		const uint8_t *data = zmq_msg_data(&frame);
		struct bytes body = bytes_of(data + 2, zmq_msg_size(&frame) - 2);
		if (get_u16(data) == message_type_signed_receipt)
			e = take_receipt(body, answer);
		else if (get_u16(data) == message_type_wire_refused)
			e = take_refusal(body, answer);
	}
	zmq_msg_close(&frame);
	return e;
}

enum error crowd_hear(struct crowd *crowd, int timeout_ms, struct crowd_answer *answer)
{
	zmq_pollitem_t items[lines];

	for (size_t i = 0; i < lines; i++) {
		enum error e = take_answer(crowd->socket[i], answer);
		if (e != error_pending)
			return e;
		items[i] = (zmq_pollitem_t){ .socket = crowd->socket[i], .events = ZMQ_POLLIN };
	}
	if (timeout_ms > 0)
		zmq_poll(items, lines, timeout_ms);
	return error_pending;
}
