// The door: the only code that speaks with anybody outside of the site (WIRE.md says what).  Frames come from anybody;
// nothing that arrives can end the process, and nothing is recorded that is not signed by an enrolled officer.
// Here is the socket and how a batch comes in; each kind of frame has a file of its own (door_submission.c, door_reads.c, …),
// and so have answers, keys and receipts.
#include "intake/door.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/ensure.h"
#include "base/log.h"
#include "gen/intake_tables.h"
#include "terminal/endpoint.h"

#define frame_bytes_max 4200000     // 2000 items of 2048 bytes and what is around them
#define frames_waiting_max 32       // from a peer; ZeroMQ holds them in memory, the rest waits on the line
#define answers_waiting_max 256     // for a peer that does not read; what is beyond is lost, and asked for again
#define receive_frames_max 512      // of one batch, so that turns get their turn …
#define receive_time_max_ms 30      // … however dear the frames are

bool intake_door_clock_fits(const struct door *d, int64_t time)
{
	return time >= d->wall_ms - door_clock_skew_ms && time <= d->wall_ms + door_clock_skew_ms;
}

enum error intake_door_spared(enum error e, const char *what, uint64_t number)
{
	if (e != error_corrupt)
		return e;
	log_error("vault_damaged %s=%llu", what, (unsigned long long)number);
	return error_absent;
}

// ---- receiving ----

// The frames that a terminal may send.
static const struct {
	uint16_t type;
	enum error (*take)(struct door *d, const struct door_address *from, struct bytes body);
} taken_frames[] = {
	{ message_type_submission, intake_door_submission },
	{ message_type_signed_read, intake_door_read },
	{ message_type_attachment_put, intake_door_attachment },
	{ message_type_attachment_get, intake_door_fetch },
	{ message_type_attachments_get, intake_door_fetch_many },
};

static enum error handle(struct door *d, const struct door_address *from, struct bytes frame)
{
	if (frame.size < 2)
		return intake_door_refuse(d, from, wire_fault_malformed, "a frame begins with its number", NULL);
	for (size_t i = 0; i < array_size(taken_frames); i++) {
		if (taken_frames[i].type != get_u16(frame.data))
			continue;
		// Nobody is enrolled before the site's first key is in, and that waits for room like any input.
		if (d->administrator.known && !d->administrator.named)
			return intake_door_refuse(d, from, wire_fault_busy, "no room is left", NULL);
		return taken_frames[i].take(d, from, bytes_of(frame.data + 2, frame.size - 2));
	}
	return intake_door_refuse(d, from, wire_fault_malformed, "no such frame is taken here", NULL);
}

// One message of parts: identity, an empty one where a REQ socket sent it, and the frame.
static enum error take_message(struct door *d, bool *taken)
{
	struct door_address from = { 0 };
	zmq_msg_t part;
	enum error e = error_none;
	unsigned parts = 0;
	bool more = true;

	*taken = false;
	while (more) {
		zmq_msg_init(&part);
		if (zmq_msg_recv(&part, d->socket, ZMQ_DONTWAIT) < 0) {
			zmq_msg_close(&part);
			return errno == EAGAIN || errno == EINTR ? error_none : error_from_errno(errno);
		}
		*taken = true;
		more = zmq_msg_more(&part);
		size_t size = zmq_msg_size(&part);
		if (parts == 0 && size <= door_identity_max) {
			from.identity_size = (uint8_t)size;
			memcpy(from.identity, zmq_msg_data(&part), size);
		} else if (parts == 1 && size == 0 && more) {
			from.delimiter = true;
		} else if (!more && from.identity_size > 0) {
			e = handle(d, &from, bytes_of(zmq_msg_data(&part), size));
		} else {
			from.identity_size = 0; // no shape of ours: nothing of it is looked at
		}
		parts++;
		zmq_msg_close(&part);
	}
	return e;
}

static void begin(struct door *d, struct store_txn *txn, struct door_sink *sink, int64_t wall_ms)
{
	d->txn = txn;
	d->sink = sink;
	d->wall_ms = wall_ms;
	d->full = false;
	vault_read_begin(d->vault);
}

// What the vault was given is on disk before anybody is told, and before the turn that refers to it.
static enum error end(struct door *d, enum error e)
{
	vault_read_end(d->vault);
	if (d->vault_changed) {
		enum error synced = vault_sync(d->vault);
		d->vault_changed = false;
		if (e == error_none)
			e = synced;
	}
	if (e == error_none && d->txn->fault != error_none)
		e = d->txn->fault;
	for (size_t i = 0; i < d->stored.count && e == error_none; i++) {
		struct bytes frame = intake_queue_frame(&d->stored, i);
		if (d->socket)
			intake_door_transmit(d, &d->stored.list[i].to, frame);
	}
	if (e == error_none)
		intake_door_report_refusals(d);
	d->txn = NULL;
	d->sink = NULL;
	return e;
}

static enum error door_receive(void *door, struct store_txn *txn, struct door_sink *sink, int64_t wall_ms)
{
	struct door *d = door;
	int64_t until = clock_boot_ms() + receive_time_max_ms;
	bool taken = true;

	begin(d, txn, sink, wall_ms);
	enum error e = intake_door_name_administrator(d);
	// Until that turn is on disk nothing may reach the vault: after a crash it would be taken for one whose log was lost
	// (adapters.c).  What came in waits on the line.
	if (e == error_none && d->administrator.named && !intake_certificates_get(txn, 1, NULL))
		return end(d, e);
	for (size_t i = 0; i < receive_frames_max && taken && !d->full && e == error_none && clock_boot_ms() < until; i++)
		e = take_message(d, &taken);
	e = end(d, e);
	intake_queue_clear(&d->stored);
	return e;
}

// ---- without a socket ----

static enum error door_put(void *door, struct store_txn *txn, struct door_sink *sink, int64_t wall_ms, uint64_t from,
			   struct bytes frame)
{
	struct door *d = door;
	struct door_address address = { .identity_size = 8 };

	put_u64(address.identity, from);
	begin(d, txn, sink, wall_ms);
	enum error e = intake_door_name_administrator(d);
	if (e == error_none)
		e = handle(d, &address, frame);
	e = end(d, e);
	return e;
}

// Attachments first: they are never many.
static bool take_from(struct door_queue *q, size_t *next, uint64_t *to, struct bytes *frame)
{
	if (*next == q->count) {
		intake_queue_clear(q);
		*next = 0;
		return false;
	}
	*to = get_u64(q->list[*next].to.identity);
	*frame = intake_queue_frame(q, (*next)++);
	return true;
}

static bool door_take(void *door, uint64_t *to, struct bytes *frame)
{
	struct door *d = door;

	return take_from(&d->stored, &d->stored_next, to, frame) || take_from(&d->outbox, &d->outbox_next, to, frame);
}

// ---- open and close ----

static bool set_option(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static enum error open_socket(struct door *d, void *zmq_context)
{
	int64_t size = frame_bytes_max;
	char endpoint[endpoint_max];

	enum error e = endpoint_of_site(d->home, endpoint);
	if (e != error_none)
		return e;
	d->socket = zmq_socket(zmq_context, ZMQ_ROUTER);
	if (!d->socket)
		return error_from_errno(errno);
	if (zmq_setsockopt(d->socket, ZMQ_MAXMSGSIZE, &size, sizeof size) != 0 ||
	    !set_option(d->socket, ZMQ_RCVHWM, frames_waiting_max) ||
	    !set_option(d->socket, ZMQ_SNDHWM, answers_waiting_max) || !set_option(d->socket, ZMQ_LINGER, 0) ||
	    !set_option(d->socket, ZMQ_ROUTER_MANDATORY, 0) ||
	    !set_option(d->socket, ZMQ_HANDSHAKE_IVL, 5000) || !set_option(d->socket, ZMQ_TCP_KEEPALIVE, 1))
		return error_from_errno(errno);
	if (zmq_bind(d->socket, endpoint) != 0) {
		log_error("door_bind endpoint=%s error=%s", endpoint, zmq_strerror(errno));
		return error_io;
	}
	log_info("door_open endpoint=%s", endpoint);
	return error_none;
}

static void door_close(void *door)
{
	struct door *d = door;

	if (!d)
		return;
	if (d->socket)
		zmq_close(d->socket);
	key_free(d->key);
	for (size_t i = 0; i < door_keys_max; i++) {
		key_free(d->keys[i].key);
		box_key_clear(&d->keys[i].boxes);
	}
	intake_queue_deinit(&d->receipts);
	intake_queue_deinit(&d->stored);
	intake_queue_deinit(&d->outbox);
	buffer_deinit(&d->frame);
	buffer_deinit(&d->plain);
	buffer_deinit(&d->body);
	free(d->home);
	free(d);
}

static enum error door_open(void **door, const char *home, void *adapters_context, void *zmq_context)
{
	const struct intake_world *world = adapters_context;
	struct door *d = calloc(1, sizeof *d);
	enum error e = error_none;

	if (!d)
		return error_no_memory;
	d->vault = world->vault;
	d->home = strdup(home);
	d->receipts.list = calloc(door_in_flight_max, sizeof *d->receipts.list);
	d->receipts.capacity = door_in_flight_max; // never more: each came with a place
	if (!d->home || !d->receipts.list)
		e = error_no_memory;
	if (e == error_none)
		e = intake_door_open_key(d);
	if (e == error_none && zmq_context)
		e = open_socket(d, zmq_context);
	if (e != error_none) {
		door_close(d);
		return e;
	}
	*door = d;
	return error_none;
}

static void *door_socket(void *door)
{
	return ((struct door *)door)->socket;
}

const struct service_door intake_door = {
	.open = door_open,
	.close = door_close,
	.socket = door_socket,
	.receive = door_receive,
	.reply = intake_door_reply,
	.flush = intake_door_flush,
	.put = door_put,
	.take = door_take,
};
