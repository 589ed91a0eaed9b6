// One question at a time, asked again until it is answered: every frame of the wire may be sent twice without harm
// (an act by its sequence, an attachment by its content, a read by nature), so a terminal that loses the line, or a
// door that is killed, costs time and nothing else.  What came for an earlier question dies with its socket.
#include "terminal/terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "crypto/signature.h"
#include "terminal/endpoint.h"

#define items_max 2000
#define attempt_first_ms 2000  // a door that commits large imports may take so long
#define attempt_last_ms 10000
#define busy_pause_ms 20
#define poll_first_ms 5        // between two looks at an outcome
#define poll_last_ms 50
#define frame_bytes_max 8000000
#define key_file_max 4096
#define puts_under_way 64      // attachments; one batch of the door, and so one sync of its vault
#define puts_patience_ms 60000 // without any answer

// Attachments that are put under one signature.
struct put_group {
	size_t from, count; // count 0: none yet
	struct hash nodes[merkle_nodes_max(puts_under_way)], root;
	uint8_t signature[64];
};

struct terminal {
	void *zmq, *socket;
	char endpoint[endpoint_max];
	char *sequence_path;
	struct key *key, *door_key; // door_key: NULL when unknown
	struct hash certificate;
	uint64_t organisation;
	uint32_t number;
	uint64_t sequence;
	enum act act;
	struct buffer items; // encoded, one behind the other
	size_t item_at[items_max + 1];
	size_t item_count;
	struct buffer packet; // the last act's frame
	struct hash content;  // SHA-256 of its header
	struct buffer answer; // the last frame that came
	struct put_group group;
	struct box_key opened; // what the door's last boxes were sealed under
	char fault[512];
};

// ---- the line ----

static void hang_up(struct terminal *t)
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
		hang_up(t);
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

// Waits for a frame: t->answer.  error_pending: none came.
static enum error hear(struct terminal *t, int64_t until_ms)
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

static enum error say(struct terminal *t, struct bytes frame)
{
	enum error e = dial(t);

	if (e != error_none)
		return e;
	if (zmq_send(t->socket, frame.data, frame.size, 0) >= 0)
		return error_none;
	return error_from_errno(errno);
}

static uint16_t answer_type(const struct terminal *t)
{
	return t->answer.size >= 2 ? get_u16(t->answer.data) : 0;
}

static struct bytes answer_body(const struct terminal *t)
{
	return bytes_of(t->answer.data + 2, t->answer.size - 2);
}

static void rest(int milliseconds)
{
	struct timespec pause = { milliseconds / 1000, (milliseconds % 1000) * 1000000L };

	nanosleep(&pause, NULL);
}

// error_refused with t->fault, or error_pending when the door is only busy.
static enum error refused(struct terminal *t)
{
	struct wire_refused m;

	if (wire_refused_decode(answer_body(t), &m) != error_none) {
		snprintf(t->fault, sizeof t->fault, "the door answers in another language");
		return error_refused;
	}
	snprintf(t->fault, sizeof t->fault, "%s (%.*s)", wire_fault_label(m.fault), (int)m.detail.size,
		 (const char *)m.detail.data);
	return m.fault == wire_fault_busy ? error_pending : error_refused;
}

// Sends `frame` until `fits` accepts an answer of type `wanted`.  error_pending: none within timeout_ms.
static enum error converse(struct terminal *t, struct bytes frame, uint16_t wanted, int timeout_ms,
			   enum error (*fits)(struct terminal *t, void *context), void *context)
{
	int64_t until = clock_boot_ms() + timeout_ms;
	int attempt_ms = attempt_first_ms;

	for (;;) {
		int64_t attempt_until = clock_boot_ms() + attempt_ms;
		enum error e = say(t, frame);
		if (attempt_until > until)
			attempt_until = until;
		while (e == error_none) {
			e = hear(t, attempt_until);
			if (e != error_none)
				break;
			if (answer_type(t) == wanted) {
				e = fits(t, context);
				if (e != error_absent) // of an earlier question: none of our business
					return e;
				e = error_none;
			} else if (answer_type(t) == message_type_wire_refused) {
				e = refused(t);
				if (e != error_pending)
					return e;
				rest(busy_pause_ms);
				break;
			}
		}
		if (e < 0)
			return e;
		if (clock_boot_ms() >= attempt_until)
			hang_up(t);
		if (clock_boot_ms() >= until) {
			hang_up(t);
			return error_pending;
		}
		attempt_ms = attempt_ms * 2 < attempt_last_ms ? attempt_ms * 2 : attempt_last_ms;
	}
}

static enum error frame_of(struct buffer *out, uint16_t type, const struct codec_shape *shape, const void *value)
{
	uint8_t head[2];

	buffer_clear(out);
	put_u16(head, type);
	buffer_append(out, head, sizeof head);
	codec_encode(shape, value, out);
	return out->failed ? error_no_memory : error_none;
}

// ---- open and close ----

static enum error read_file(const char *path, struct buffer *content, struct terminal *t)
{
	enum error e = file_read(path, key_file_max, content);

	if (e != error_none)
		snprintf(t->fault, sizeof t->fault, "%s: %s", path, error_name(e));
	return e;
}

static enum error read_key(struct terminal *t, const char *path)
{
	struct buffer pem = { 0 };
	enum error e = read_file(path, &pem, t);

	if (e == error_none)
		e = key_read_private(buffer_bytes(&pem), &t->key);
	if (pem.data)
		explicit_bzero(pem.data, pem.size);
	buffer_deinit(&pem);
	return e != error_none ? e : key_fingerprint(t->key, &t->certificate);
}

// Terminals elsewhere get it from their administrator; on the site's machine it lies beside the door's own.
static enum error read_door_key(struct terminal *t, const char *home)
{
	struct buffer path = { 0 }, pem = { 0 };

	buffer_printf(&path, "%s/keys/door.pub", home);
	buffer_append(&path, "", 1);
	enum error e = path.failed ? error_no_memory : file_read((const char *)path.data, key_file_max, &pem);
	if (e == error_none)
		e = key_read_public_pem(buffer_bytes(&pem), &t->door_key);
	buffer_deinit(&pem);
	buffer_deinit(&path);
	return e == error_absent ? error_none : e;
}

static enum error read_sequence(struct terminal *t)
{
	struct buffer text = { 0 };
	char digits[32] = "";

	if (!t->sequence_path) {
		t->sequence = (uint64_t)clock_wall_ms();
		return error_none;
	}
	enum error e = file_read(t->sequence_path, sizeof digits - 1, &text);
	if (e == error_none) {
		memcpy(digits, text.data, text.size);
		t->sequence = strtoull(digits, NULL, 10);
	}
	buffer_deinit(&text);
	return e == error_absent ? error_none : e;
}

enum error terminal_open(struct terminal **terminal, const struct terminal_options *options)
{
	struct terminal *t = calloc(1, sizeof *t);
	enum error e = error_none;

	if (!t)
		return error_no_memory;
	t->organisation = options->organisation;
	t->number = options->terminal;
	t->zmq = zmq_ctx_new();
	if (options->sequence_path)
		t->sequence_path = strdup(options->sequence_path);
	if (!t->zmq || (options->sequence_path && !t->sequence_path))
		e = error_no_memory;
	if (e == error_none && options->home)
		e = endpoint_of_site(options->home, t->endpoint);
	else
		snprintf(t->endpoint, sizeof t->endpoint, "%s", options->endpoint ? options->endpoint : "");
	if (e == error_none && options->home)
		e = read_door_key(t, options->home);
	if (e == error_none)
		e = read_key(t, options->key_path);
	if (e == error_none)
		e = read_sequence(t);
	if (e != error_none) {
		terminal_close(t);
		return e;
	}
	*terminal = t;
	return error_none;
}

void terminal_close(struct terminal *t)
{
	if (!t)
		return;
	hang_up(t);
	if (t->zmq)
		zmq_ctx_term(t->zmq);
	key_free(t->key);
	key_free(t->door_key);
	box_key_clear(&t->opened);
	buffer_deinit(&t->items);
	buffer_deinit(&t->packet);
	buffer_deinit(&t->answer);
	free(t->sequence_path);
	free(t);
}

const struct hash *terminal_certificate(const struct terminal *t)
{
	return &t->certificate;
}

const char *terminal_fault(const struct terminal *t)
{
	return t->fault;
}

uint64_t terminal_sequence(const struct terminal *t)
{
	return t->sequence;
}

// ---- attachments ----

struct put_state {
	struct hash sha256;
	bool sent, settled, refused;
};

// One signature for each `puts_under_way` of them, over the root of their digests; made when the first is sent.
static enum error sign_group(struct terminal *t, const struct put_state *puts, size_t from, size_t count)
{
	static const char purpose[] = "TDV attachments 1";
	struct put_group *group = &t->group;
	uint8_t signed_bytes[sizeof purpose - 1 + sizeof group->root];

	for (size_t i = 0; i < count; i++)
		group->nodes[i] = merkle_leaf(bytes_of_hash(&puts[from + i].sha256));
	merkle_nodes(group->nodes, count);
	group->root = merkle_nodes_root(group->nodes, count);
	group->from = from;
	group->count = count;
	memcpy(signed_bytes, purpose, sizeof purpose - 1);
	memcpy(signed_bytes + sizeof purpose - 1, group->root.byte, sizeof group->root);
	return signature_make(t->key, bytes_of(signed_bytes, sizeof signed_bytes), group->signature);
}

static enum error put_frame(struct terminal *t, struct bytes content, const struct put_state *puts, size_t i, size_t count,
			    struct buffer *frame)
{
	struct put_group *group = &t->group;
	struct attachment_put put = { .certificate = t->certificate, .content = content, .has_proof = true };
	size_t from = i / puts_under_way * puts_under_way;
	enum error e = error_none;

	if (group->count == 0 || group->from != from)
		e = sign_group(t, puts, from, count - from < puts_under_way ? count - from : puts_under_way);
	memcpy(put.signature, group->signature, sizeof put.signature);
	put.proof.index = (uint32_t)(i - from);
	put.proof.count = (uint32_t)group->count;
	put.proof.root = group->root;
	struct hash path[64];
	put.proof.path_count = merkle_nodes_path(group->nodes, group->count, i - from, path);
	memcpy(put.proof.path, path, put.proof.path_count * sizeof path[0]);
	return e != error_none ? e : frame_of(frame, message_type_attachment_put, &attachment_put_shape, &put);
}

// Which of those under way an answer speaks of; false: none.
static bool settle(struct terminal *t, struct put_state *puts, size_t from, size_t to, bool *busy)
{
	struct attachment_taken taken;
	struct wire_refused no;
	const struct hash *about;
	bool is_refusal = answer_type(t) == message_type_wire_refused;

	*busy = false;
	if (is_refusal && wire_refused_decode(answer_body(t), &no) == error_none && no.has_content)
		about = &no.content;
	else if (answer_type(t) == message_type_attachment_taken &&
		 attachment_taken_decode(answer_body(t), &taken) == error_none)
		about = &taken.sha256;
	else
		return false;
	for (size_t i = from; i < to; i++) {
		if (puts[i].settled || !hash_equal(&puts[i].sha256, about))
			continue;
		if (is_refusal && no.fault == wire_fault_busy) {
			puts[i].sent = false;
			*busy = true;
			return false;
		}
		puts[i].settled = true;
		puts[i].refused = is_refusal;
		if (is_refusal && !t->fault[0])
			refused(t);
		return true;
	}
	return false;
}

static enum error send_window(struct terminal *t, const struct bytes *contents, struct put_state *puts, size_t from,
			      size_t to, size_t count)
{
	struct buffer frame = { 0 };
	enum error e = error_none;

	for (size_t i = from; i < to && e == error_none; i++) {
		if (puts[i].sent || puts[i].settled)
			continue;
		e = put_frame(t, contents[i], puts, i, count, &frame);
		if (e == error_none)
			e = say(t, buffer_bytes(&frame));
		puts[i].sent = true;
	}
	buffer_deinit(&frame);
	return e;
}

// Everything that was under way is sent again on a fresh line.
static void lose_window(struct terminal *t, struct put_state *puts, size_t from, size_t to)
{
	hang_up(t);
	for (size_t i = from; i < to; i++)
		puts[i].sent = false;
}

static enum error put_all(struct terminal *t, const struct bytes *contents, struct put_state *puts, size_t count)
{
	int64_t patience = clock_boot_ms() + puts_patience_ms;
	size_t from = 0;
	bool busy;

	while (from < count) {
		size_t to = from + puts_under_way < count ? from + puts_under_way : count;
		enum error e = send_window(t, contents, puts, from, to, count);
		if (e == error_none)
			e = hear(t, clock_boot_ms() + attempt_first_ms);
		if (e == error_pending) {
			if (clock_boot_ms() > patience)
				return error_pending;
			lose_window(t, puts, from, to);
			continue;
		}
		if (e != error_none)
			return e;
		if (settle(t, puts, from, to, &busy))
			patience = clock_boot_ms() + puts_patience_ms;
		if (busy)
			rest(busy_pause_ms);
		while (from < count && puts[from].settled)
			from++;
	}
	return error_none;
}

enum error terminal_put_attachments(struct terminal *t, const struct bytes *contents, size_t count, struct hash *sha256s)
{
	struct put_state *puts = calloc(count ? count : 1, sizeof *puts);
	bool any_refused = false;

	if (!puts)
		return error_no_memory;
	t->fault[0] = 0;
	t->group.count = 0;
	for (size_t i = 0; i < count; i++)
		puts[i].sha256 = digest_sha256(contents[i]);
	enum error e = put_all(t, contents, puts, count);
	if (e != error_none)
		hang_up(t);
	for (size_t i = 0; i < count; i++) {
		bool stored = puts[i].settled && !puts[i].refused;
		any_refused |= puts[i].refused;
		sha256s[i] = stored ? puts[i].sha256 : (struct hash){ { 0 } };
	}
	free(puts);
	return e != error_none ? e : any_refused ? error_refused : error_none;
}

enum error terminal_put_attachment(struct terminal *t, struct bytes content, struct hash *sha256)
{
	return terminal_put_attachments(t, &content, 1, sha256);
}

// ---- acts ----

void terminal_begin(struct terminal *t, enum act act)
{
	t->act = act;
	t->item_count = 0;
	t->item_at[0] = 0;
	buffer_clear(&t->items);
}

void terminal_add(struct terminal *t, struct bytes encoded_item)
{
	struct item item = { .body = encoded_item };

	ensure(t->item_count < items_max);
	random_bytes(item.salt, sizeof item.salt);
	item_encode(&item, &t->items);
	t->item_at[++t->item_count] = t->items.size;
}

static struct bytes item_bytes(const struct terminal *t, size_t i)
{
	return bytes_of(t->items.data + t->item_at[i], t->item_at[i + 1] - t->item_at[i]);
}

static struct hash items_root(const struct terminal *t)
{
	static _Thread_local struct hash leaves[items_max];

	for (size_t i = 0; i < t->item_count; i++)
		leaves[i] = merkle_leaf(item_bytes(t, i));
	return merkle_root(leaves, t->item_count);
}

// A sequence is used once, whatever happens afterwards: it is on disk before the act leaves.
static enum error next_sequence(struct terminal *t)
{
	char text[32];

	t->sequence++;
	if (!t->sequence_path)
		return error_none;
	snprintf(text, sizeof text, "%llu\n", (unsigned long long)t->sequence);
	return file_write_atomic(t->sequence_path, bytes_of_text(text), 0600);
}

static enum error pack_act(struct terminal *t)
{
	static _Thread_local struct submission m;
	struct buffer header = { 0 };
	struct submission_header h = {
		.act = t->act, .purpose = bytes_of_text("TDV submission 1"), .certificate = t->certificate,
		.terminal = t->number, .sequence = t->sequence, .time = clock_wall_ms(), .organisation = t->organisation,
		.count = (uint32_t)t->item_count, .root = items_root(t),
	};

	submission_header_encode(&h, &header);
	m.header = buffer_bytes(&header);
	t->content = digest_sha256(m.header);
	m.items_count = t->item_count;
	for (size_t i = 0; i < t->item_count; i++)
		m.items[i] = item_bytes(t, i);
	enum error e = header.failed || t->items.failed ? error_no_memory : signature_make(t->key, m.header, m.signature);
	if (e == error_none)
		e = frame_of(&t->packet, message_type_submission, &submission_shape, &m);
	buffer_deinit(&header);
	return e;
}

// error_signature when the door's key did not sign it.
static enum error check_signature(const struct terminal *t, const struct signed_receipt *s)
{
	static const char purpose[] = "TDV receipt 1";
	uint8_t signed_bytes[sizeof purpose - 1 + sizeof s->root];

	if (!t->door_key)
		return error_none;
	if (!merkle_path_verifies(merkle_leaf(s->receipt), s->index, s->count, s->path, s->path_count, &s->root))
		return error_signature;
	memcpy(signed_bytes, purpose, sizeof purpose - 1);
	memcpy(signed_bytes + sizeof purpose - 1, s->root.byte, sizeof s->root);
	return signature_verify(t->door_key, bytes_of(signed_bytes, sizeof signed_bytes), s->signature);
}

static enum error fits_receipt(struct terminal *t, void *context)
{
	struct receipt *receipt = context;
	struct signed_receipt s;

	if (signed_receipt_decode(answer_body(t), &s) != error_none || receipt_decode(s.receipt, receipt) != error_none)
		return error_absent;
	if (!hash_equal(&receipt->certificate, &t->certificate) || receipt->terminal != t->number ||
	    receipt->sequence != t->sequence || !hash_equal(&receipt->content, &t->content))
		return error_absent;
	enum error e = check_signature(t, &s);
	if (e == error_signature)
		snprintf(t->fault, sizeof t->fault, "the receipt is not signed by the door's key");
	return e == error_signature || e == error_malformed ? error_signature : e;
}

enum error terminal_resend(struct terminal *t, int timeout_ms, struct receipt *receipt)
{
	t->fault[0] = 0;
	return converse(t, buffer_bytes(&t->packet), message_type_signed_receipt, timeout_ms, fits_receipt, receipt);
}

enum error terminal_send(struct terminal *t, int timeout_ms, struct receipt *receipt)
{
	enum error e = next_sequence(t);

	if (e == error_none)
		e = pack_act(t);
	return e != error_none ? e : terminal_resend(t, timeout_ms, receipt);
}

// ---- reads ----

static enum error ask(struct terminal *t, struct read_header *h, uint16_t wanted, int timeout_ms,
		      enum error (*fits)(struct terminal *t, void *context), void *context)
{
	struct buffer header = { 0 }, frame = { 0 };
	struct signed_read read = { .header = { 0 } };

	t->fault[0] = 0;
	h->purpose = bytes_of_text("TDV read 1");
	h->certificate = t->certificate;
	h->time = clock_wall_ms();
	read_header_encode(h, &header);
	read.header = buffer_bytes(&header);
	enum error e = header.failed ? error_no_memory : signature_make(t->key, read.header, read.signature);
	if (e == error_none)
		e = frame_of(&frame, message_type_signed_read, &signed_read_shape, &read);
	if (e == error_none)
		e = converse(t, buffer_bytes(&frame), wanted, timeout_ms, fits, context);
	buffer_deinit(&frame);
	buffer_deinit(&header);
	return e;
}

static enum error fits_outcome(struct terminal *t, void *context)
{
	return outcome_decode(answer_body(t), context) == error_none ? error_none : error_absent;
}

enum error terminal_await(struct terminal *t, uint64_t sequence, uint64_t after_row, int timeout_ms,
			  struct outcome *outcome)
{
	int64_t until = clock_boot_ms() + timeout_ms;
	int pause_ms = poll_first_ms;

	for (;;) {
		struct read_header h = {
			.read = wire_read_outcome, .terminal = t->number, .has_terminal = true, .sequence = sequence,
			.has_sequence = true, .after = after_row,
		};
		int64_t left = until - clock_boot_ms();
		enum error e = ask(t, &h, message_type_outcome, left > 1 ? (int)left : 1, fits_outcome, outcome);
		if (e != error_none || outcome->state == outcome_state_done)
			return e;
		if (clock_boot_ms() + pause_ms >= until)
			return error_pending;
		rest(pause_ms);
		pause_ms = pause_ms * 2 < poll_last_ms ? pause_ms * 2 : poll_last_ms;
	}
}

static enum error fits_mail(struct terminal *t, void *context)
{
	return mail_page_decode(answer_body(t), context) == error_none ? error_none : error_absent;
}

enum error terminal_mail(struct terminal *t, uint64_t organisation, uint64_t after, int timeout_ms,
			 struct mail_page *page)
{
	struct read_header h = {
		.read = wire_read_mail, .organisation = organisation, .has_organisation = true, .after = after,
	};

	return ask(t, &h, message_type_mail_page, timeout_ms, fits_mail, page);
}

enum error terminal_unseal(struct terminal *t, const struct letter *letter, struct buffer *backing,
			   struct print_data *data)
{
	struct buffer about = { 0 };

	if (!letter->has_sealed)
		return error_absent;
	buffer_append_text(&about, "TDV letter 1");
	buffer_append(&about, letter->body.data, letter->body.size);
	buffer_clear(backing);
	enum error e = about.failed ? error_no_memory
				    : box_open_known(&t->opened, t->key, buffer_bytes(&about), letter->sealed, backing);
	if (e == error_none)
		e = print_data_decode(buffer_bytes(backing), data);
	buffer_deinit(&about);
	return e;
}

#define fetch_purpose "TDV fetch 1"

struct fetch_about {
	uint8_t byte[sizeof fetch_purpose - 1 + 8];
};

static struct fetch_about fetch_about(uint64_t letter)
{
	struct fetch_about about;

	memcpy(about.byte, fetch_purpose, sizeof fetch_purpose - 1);
	put_u64(about.byte + sizeof fetch_purpose - 1, letter);
	return about;
}

// Several of one act, each in a frame of its own; `left` were not heard of yet.
struct fetching_many {
	const uint64_t *letters;
	size_t count, left;
	bool *here;
	struct buffer *contents;
};

static enum error fits_one_of_many(struct terminal *t, void *context)
{
	struct fetching_many *f = context;
	struct attachment m;
	size_t i = 0;

	if (attachment_decode(answer_body(t), &m) != error_none)
		return error_absent;
	while (i < f->count && f->letters[i] != m.letter)
		i++;
	if (i == f->count || f->here[i])
		return error_absent;
	struct fetch_about about = fetch_about(m.letter);
	enum error e = error_none;
	buffer_clear(&f->contents[i]);
	if (m.box.size > 0)
		e = box_open_known(&t->opened, t->key, bytes_of(about.byte, sizeof about.byte), m.box, &f->contents[i]);
	if (e != error_none && e != error_signature)
		return e;
	f->here[i] = true; // one that does not open is as good as none
	return --f->left == 0 ? error_none : error_absent;
}

enum error terminal_fetch_many(struct terminal *t, const uint64_t *letters, size_t count, int timeout_ms, struct buffer *contents)
{
	static const char purpose[] = "TDV fetch 2";
	uint8_t what[sizeof purpose - 1 + 8 * terminal_fetch_max];
	bool here[terminal_fetch_max] = { false };
	struct attachments_get get = { .certificate = t->certificate, .organisation = t->organisation, .letters_count = count };
	struct fetching_many fetching = { letters, count, count, here, contents };
	struct buffer frame = { 0 };

	ensure(count > 0 && count <= terminal_fetch_max);
	t->fault[0] = 0;
	memcpy(what, purpose, sizeof purpose - 1);
	for (size_t i = 0; i < count; i++) {
		get.letters[i] = letters[i];
		put_u64(what + sizeof purpose - 1 + 8 * i, letters[i]);
		buffer_clear(&contents[i]);
	}
	enum error e = signature_make(t->key, bytes_of(what, sizeof purpose - 1 + 8 * count), get.signature);
	if (e == error_none)
		e = frame_of(&frame, message_type_attachments_get, &attachments_get_shape, &get);
	if (e == error_none)
		e = converse(t, buffer_bytes(&frame), message_type_attachment, timeout_ms, fits_one_of_many, &fetching);
	buffer_deinit(&frame);
	return e;
}

struct fetching {
	uint64_t letter;
	struct bytes about;
	struct buffer *content;
};

static enum error fits_attachment(struct terminal *t, void *context)
{
	const struct fetching *f = context;
	struct attachment m;

	if (attachment_decode(answer_body(t), &m) != error_none || m.letter != f->letter)
		return error_absent;
	buffer_clear(f->content);
	return box_open_known(&t->opened, t->key, f->about, m.box, f->content);
}

enum error terminal_fetch(struct terminal *t, uint64_t letter, int timeout_ms, struct buffer *content)
{
	struct fetch_about about = fetch_about(letter);
	struct attachment_get get = { .certificate = t->certificate, .letter = letter, .organisation = t->organisation };
	struct fetching fetching = { letter, bytes_of(about.byte, sizeof about.byte), content };
	struct buffer frame = { 0 };

	t->fault[0] = 0;
	enum error e = signature_make(t->key, fetching.about, get.signature);
	if (e == error_none)
		e = frame_of(&frame, message_type_attachment_get, &attachment_get_shape, &get);
	if (e == error_none)
		e = converse(t, buffer_bytes(&frame), message_type_attachment, timeout_ms, fits_attachment, &fetching);
	buffer_deinit(&frame);
	return e;
}
