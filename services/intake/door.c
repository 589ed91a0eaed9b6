// The door: the only code of TDV that meets the network (WIRE.md says what is spoken here).  Frames come from anybody;
// nothing that arrives can end the process, and nothing is recorded that is not signed by an enrolled officer.
#include "intake/door.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "base/ensure.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "gen/intake_tables.h"
#include "terminal/endpoint.h"

#define frame_bytes_max 4200000     // 2000 items of 2048 bytes and what is around them
#define frames_waiting_max 32       // from a peer; ZeroMQ holds them in memory, the rest waits on the line
#define answers_waiting_max 256     // for a peer that does not read; what is beyond is lost, and asked for again
#define receive_frames_max 512      // of one batch, so that turns get their turn …
#define receive_time_max_ms 30      // … however dear the frames are
#define key_file_max 4096
#define refusals_report_ms 60000    // refused frames are counted and logged so often: a flood must not fill the log

// ---- queues ----

static enum error queue_put(struct door_queue *q, const struct door_address *to, uint16_t type,
			    const struct codec_shape *shape, const void *value)
{
	uint8_t head[2];
	size_t at = q->bytes.size;

	if (q->count == q->capacity) {
		size_t capacity = q->capacity ? q->capacity * 2 : 64;
		struct door_waiting *list = realloc(q->list, capacity * sizeof *list);
		if (!list)
			return error_no_memory;
		q->list = list;
		q->capacity = capacity;
	}
	put_u16(head, type);
	buffer_append(&q->bytes, head, sizeof head);
	codec_encode(shape, value, &q->bytes);
	if (q->bytes.failed)
		return error_no_memory;
	q->list[q->count++] = (struct door_waiting){ .to = *to, .at = at, .size = q->bytes.size - at };
	return error_none;
}

static struct bytes queue_frame(const struct door_queue *q, size_t i)
{
	return bytes_of(q->bytes.data + q->list[i].at, q->list[i].size);
}

static void queue_clear(struct door_queue *q)
{
	buffer_clear(&q->bytes);
	q->count = 0;
}

static void queue_deinit(struct door_queue *q)
{
	buffer_deinit(&q->bytes);
	free(q->list);
}

// ---- answers ----

// A peer that went away or does not read loses its answer and asks again: the door waits for nobody.
static void transmit(struct door *d, const struct door_address *to, struct bytes frame)
{
	if (zmq_send(d->socket, to->identity, to->identity_size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		return;
	if (to->delimiter && zmq_send(d->socket, "", 0, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		return;
	zmq_send(d->socket, frame.data, frame.size, ZMQ_DONTWAIT);
}

enum error intake_door_answer(struct door *d, const struct door_address *to, uint16_t type,
			      const struct codec_shape *shape, const void *value)
{
	uint8_t head[2];

	if (!d->socket)
		return queue_put(&d->outbox, to, type, shape, value);
	buffer_clear(&d->frame);
	put_u16(head, type);
	buffer_append(&d->frame, head, sizeof head);
	codec_encode(shape, value, &d->frame);
	if (d->frame.failed)
		return error_no_memory;
	transmit(d, to, buffer_bytes(&d->frame));
	return error_none;
}

enum error intake_door_answer_stored(struct door *d, const struct door_address *to, uint16_t type,
				     const struct codec_shape *shape, const void *value)
{
	return queue_put(&d->stored, to, type, shape, value);
}

enum error intake_door_refuse(struct door *d, const struct door_address *to, enum wire_fault fault, const char *detail,
			      const uint64_t *sequence)
{
	struct wire_refused m = {
		.fault = fault, .detail = bytes_of_text(detail), .sequence = sequence ? *sequence : 0,
		.has_sequence = sequence != NULL,
	};

	d->refusals[fault]++;
	return intake_door_answer(d, to, message_type_wire_refused, &wire_refused_shape, &m);
}

enum error intake_door_refuse_content(struct door *d, const struct door_address *to, enum wire_fault fault,
				      const char *detail, const struct hash *content)
{
	struct wire_refused m = {
		.fault = fault, .detail = bytes_of_text(detail), .content = *content, .has_content = true,
	};

	d->refusals[fault]++;
	return intake_door_answer(d, to, message_type_wire_refused, &wire_refused_shape, &m);
}

static void report_refusals(struct door *d)
{
	uint64_t total = 0;

	if (d->wall_ms < d->refusals_reported_ms + refusals_report_ms)
		return;
	for (size_t i = 0; i < array_size(d->refusals); i++)
		total += d->refusals[i];
	if (total > 0)
		log_warn("door_refused frames=%llu malformed=%llu certificate=%llu signature=%llu clock=%llu busy=%llu",
			 (unsigned long long)total, (unsigned long long)d->refusals[wire_fault_malformed],
			 (unsigned long long)d->refusals[wire_fault_certificate],
			 (unsigned long long)d->refusals[wire_fault_signature],
			 (unsigned long long)d->refusals[wire_fault_clock],
			 (unsigned long long)d->refusals[wire_fault_busy]);
	memset(d->refusals, 0, sizeof d->refusals);
	d->refusals_reported_ms = d->wall_ms;
}

// ---- certificates ----

// Where the key is, or is to be.
static struct door_key *place_of_key(struct door *d, const struct hash *fingerprint)
{
	size_t shared = get_u16(fingerprint->byte) % (door_keys_max / door_keys_beside) * door_keys_beside;

	for (size_t i = shared; i < shared + door_keys_beside; i++) {
		if (!d->keys[i].key || hash_equal(&d->keys[i].fingerprint, fingerprint))
			return &d->keys[i];
	}
	return &d->keys[shared + d->keys_next++ % door_keys_beside];
}

static enum error parsed_key(struct door *d, const struct hash *fingerprint, struct bytes spki, struct door_certificate *out)
{
	struct door_key *at = place_of_key(d, fingerprint);

	if (!at->key || !hash_equal(&at->fingerprint, fingerprint)) {
		struct key *parsed;
		enum error e = key_read_public(spki, &parsed);
		if (e != error_none)
			return e > 0 ? error_corrupt : e;
		key_free(at->key);
		box_key_clear(&at->boxes);
		at->key = parsed;
		at->fingerprint = *fingerprint;
	}
	out->key = at->key;
	out->boxes = &at->boxes;
	return error_none;
}

enum error intake_door_certificate(struct door *d, const struct hash *fingerprint, struct door_certificate *out)
{
	struct intake_fingerprints_row number;
	struct intake_certificates_row row;

	if (intake_fingerprints_get(d->txn, fingerprint, &number) &&
	    intake_certificates_get(d->txn, number.certificate, &row)) {
		*out = (struct door_certificate){
			.number = number.certificate, .person = row.person, .organisation = row.organisation, .role = row.role,
		};
		return parsed_key(d, fingerprint, row.public_key, out);
	}
	if (d->txn->fault != error_none)
		return d->txn->fault;
	// The administrator's first act comes in the same batch as the administrator.
	if (!d->administrator.named || !hash_equal(&d->administrator.fingerprint, fingerprint))
		return error_absent;
	*out = (struct door_certificate){ .number = 1, .role = role_administrator };
	return parsed_key(d, fingerprint, bytes_of(d->administrator.spki, d->administrator.spki_size), out);
}

static enum error read_administrator(struct door *d)
{
	struct buffer path = { 0 }, pem = { 0 }, spki = { 0 };
	struct key *key = NULL;
	enum error e = error_no_memory;

	buffer_printf(&path, "%s/keys/administrator.pub.pem", d->home);
	buffer_append(&path, "", 1);
	if (!path.failed)
		e = file_read((const char *)path.data, key_file_max, &pem);
	if (e == error_none)
		e = key_read_public_pem(buffer_bytes(&pem), &key);
	if (e == error_none)
		e = key_write_public_der(key, &spki);
	if (e == error_none && spki.size <= sizeof d->administrator.spki) {
		memcpy(d->administrator.spki, spki.data, spki.size);
		d->administrator.spki_size = spki.size;
		d->administrator.fingerprint = digest_sha256(buffer_bytes(&spki));
		d->administrator.known = true;
	} else if (e != error_absent) {
		log_error("administrator_key_unreadable error=%s", error_name(e));
	}
	key_free(key);
	buffer_deinit(&spki);
	buffer_deinit(&pem);
	buffer_deinit(&path);
	return e < 0 ? e : error_none;
}

// The site's first certificate comes from a file that only the site's owner can write.
static enum error name_administrator(struct door *d)
{
	struct origin nobody = { .source = service_id_intake };
	enum error e = error_none;

	if (d->administrator.named)
		return error_none;
	if (intake_certificates_get(d->txn, 1, NULL)) {
		d->administrator.named = true;
		return error_none;
	}
	if (!d->administrator.known)
		e = read_administrator(d);
	if (e != error_none || !d->administrator.known)
		return e;
	struct administrator_named m = {
		d->administrator.fingerprint, bytes_of(d->administrator.spki, d->administrator.spki_size)
	};
	buffer_clear(&d->frame);
	administrator_named_encode(&m, &d->frame);
	if (d->frame.failed)
		return error_no_memory;
	e = door_input(d->sink, 0, &nobody, message_type_administrator_named, buffer_bytes(&d->frame));
	d->administrator.named = e == error_none;
	return e < 0 ? e : error_none;
}

bool intake_door_clock_fits(const struct door *d, int64_t time)
{
	return time >= d->wall_ms - door_clock_skew_ms && time <= d->wall_ms + door_clock_skew_ms;
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
		if (taken_frames[i].type == get_u16(frame.data))
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
		struct bytes frame = queue_frame(&d->stored, i);
		if (d->socket)
			transmit(d, &d->stored.list[i].to, frame);
	}
	if (e == error_none)
		report_refusals(d);
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
	enum error e = name_administrator(d);
	// Until that turn is on disk nothing may reach the vault: after a crash it would be taken for one whose log was lost
	// (adapters.c).  What came in waits on the line.
	if (e == error_none && d->administrator.named && !intake_certificates_get(txn, 1, NULL))
		return end(d, e);
	for (size_t i = 0; i < receive_frames_max && taken && !d->full && e == error_none && clock_boot_ms() < until; i++)
		e = take_message(d, &taken);
	e = end(d, e);
	queue_clear(&d->stored);
	return e;
}

// ---- receipts ----

static void door_reply(void *door, uint64_t token, uint16_t type, struct bytes body)
{
	struct door *d = door;
	struct door_submission *place = &d->in_flight[token % door_in_flight_max];

	if (token == 0 || place->token != token)
		return;
	place->token = 0;
	if (type != message_type_receipt) {
		// Set aside by the runtime.  The submitter tries again, or asks somebody.
		intake_door_refuse(d, &place->from, wire_fault_busy, "not taken", &place->sequence);
		return;
	}
	size_t at = d->receipts.bytes.size;
	buffer_append(&d->receipts.bytes, body.data, body.size);
	if (d->receipts.count == d->receipts.capacity || d->receipts.bytes.failed)
		return; // no memory: the terminal asks again
	d->receipts.list[d->receipts.count++] = (struct door_waiting){ .to = place->from, .at = at, .size = body.size };
}

static enum error sign_root(struct door *d, struct hash root, uint8_t signature[64])
{
	static const char purpose[] = "TDV receipt 1";
	uint8_t signed_bytes[sizeof purpose - 1 + sizeof root];

	memcpy(signed_bytes, purpose, sizeof purpose - 1);
	memcpy(signed_bytes + sizeof purpose - 1, root.byte, sizeof root);
	return signature_make(d->key, bytes_of(signed_bytes, sizeof signed_bytes), signature);
}

static enum error door_flush(void *door)
{
	struct door *d = door;
	static struct hash nodes[merkle_nodes_max(door_in_flight_max)], path[64];
	static struct signed_receipt m;
	size_t count = d->receipts.count;

	if (count == 0)
		return error_none;
	for (size_t i = 0; i < count; i++)
		nodes[i] = merkle_leaf(queue_frame(&d->receipts, i));
	merkle_nodes(nodes, count);
	struct hash root = merkle_nodes_root(nodes, count);
	enum error e = sign_root(d, root, m.signature);
	m.root = root;
	for (size_t i = 0; i < count && e == error_none; i++) {
		m.receipt = queue_frame(&d->receipts, i);
		m.path_count = merkle_nodes_path(nodes, count, i, path);
		memcpy(m.path, path, m.path_count * sizeof path[0]);
		m.index = (uint32_t)i;
		m.count = (uint32_t)count;
		e = intake_door_answer(d, &d->receipts.list[i].to, message_type_signed_receipt, &signed_receipt_shape, &m);
	}
	queue_clear(&d->receipts);
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
	enum error e = name_administrator(d);
	if (e == error_none)
		e = handle(d, &address, frame);
	e = end(d, e);
	return e;
}

// Attachments first: they are never many.
static bool take_from(struct door_queue *q, size_t *next, uint64_t *to, struct bytes *frame)
{
	if (*next == q->count) {
		queue_clear(q);
		*next = 0;
		return false;
	}
	*to = get_u64(q->list[*next].to.identity);
	*frame = queue_frame(q, (*next)++);
	return true;
}

static bool door_take(void *door, uint64_t *to, struct bytes *frame)
{
	struct door *d = door;

	return take_from(&d->stored, &d->stored_next, to, frame) || take_from(&d->outbox, &d->outbox_next, to, frame);
}

enum error intake_door_spared(enum error e, const char *what, uint64_t number)
{
	if (e != error_corrupt)
		return e;
	log_error("vault_damaged %s=%llu", what, (unsigned long long)number);
	return error_absent;
}

// ---- open and close ----

static enum error write_private(const char *path, const struct key *key)
{
	struct buffer pem = { 0 };
	enum error e = key_write_private(key, &pem);

	if (e == error_none)
		e = file_write_atomic(path, buffer_bytes(&pem), 0600);
	if (pem.data)
		explicit_bzero(pem.data, pem.size);
	buffer_deinit(&pem);
	return e;
}

static enum error write_public(const char *path, const struct key *key)
{
	struct buffer pem = { 0 };
	enum error e = key_write_public(key, &pem);

	if (e == error_none)
		e = file_write_atomic(path, buffer_bytes(&pem), 0644);
	buffer_deinit(&pem);
	return e;
}

// The door's own key is made at the first start; terminals that can read the file check receipts with door.pub.
static enum error open_key(struct door *d)
{
	struct buffer private_path = { 0 }, public_path = { 0 }, pem = { 0 };
	enum error e = error_no_memory;

	buffer_printf(&private_path, "%s/keys/door.pem", d->home);
	buffer_append(&private_path, "", 1);
	buffer_printf(&public_path, "%s/keys/door.pub", d->home);
	buffer_append(&public_path, "", 1);
	if (!private_path.failed && !public_path.failed)
		e = file_read((const char *)private_path.data, key_file_max, &pem);
	if (e == error_none) {
		e = key_read_private(buffer_bytes(&pem), &d->key);
	} else if (e == error_absent && access((const char *)public_path.data, F_OK) == 0) {
		// Another key would sign what nobody who has door.pub believes.
		log_error("door_key_lost path=%s", (const char *)private_path.data);
		e = error_corrupt;
	} else if (e == error_absent) {
		e = key_generate(&d->key);
		if (e == error_none)
			e = write_private((const char *)private_path.data, d->key);
	}
	if (e == error_none && access((const char *)public_path.data, F_OK) != 0)
		e = write_public((const char *)public_path.data, d->key);
	if (pem.data)
		explicit_bzero(pem.data, pem.size);
	buffer_deinit(&pem);
	buffer_deinit(&public_path);
	buffer_deinit(&private_path);
	if (e > 0) {
		log_error("door_key_unreadable error=%s", error_name(e));
		return error_corrupt;
	}
	return e;
}

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
	queue_deinit(&d->receipts);
	queue_deinit(&d->stored);
	queue_deinit(&d->outbox);
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
		e = open_key(d);
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
	.reply = door_reply,
	.flush = door_flush,
	.put = door_put,
	.take = door_take,
};
