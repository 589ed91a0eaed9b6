// Many officers at once, on a few lines to the door.  Each act goes its way through `enum step`; whatever is not
// answered is sent again, as any terminal would.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "crypto/purpose.h"
#include "nation.h"
#include "terminal/draft.h"
#include "terminal/endpoint.h"
#include "terminal/group.h"

#define lines 8
#define slots_max 512
#define puts_max 512 // attachments under way
#define patience_ms 20000 // until something is sent again
#define look_first_ms 30 // from the receipt to the first look at the outcome …
#define look_last_ms 500 // … and at most between two
#define busy_ms 20
#define frame_bytes_max 8000000

enum step {
	step_free = 0,
	step_photos, // attachments are being put
	step_sent, // until its receipt
	step_taken, // until its outcome
};

struct packet {
	struct draft draft;
	struct hash *photos;
};

struct slot {
	enum step step;
	struct job *job;
	struct buffer frame; // the submission, for resending
	struct hash content, *photos;
	struct signed_group group; // of the photos that are being put
	uint32_t photos_put, photos_stored;
	uint64_t sequence, submission;
	int64_t due_ms; // when to send or to look (again)
	int64_t look_ms;
};

struct put {
	struct slot *slot; // NULL: free
	uint32_t i;
	struct hash sha256;
	struct buffer frame;
	int64_t due_ms;
};

struct crowd {
	void *zmq, *socket[lines];
	struct key *door;
	struct slot slots[slots_max];
	struct put puts[puts_max];
	struct packet packet;
	struct buffer scratch, photo;
	uint64_t sequence, photo_bytes;
	size_t puts_under_way;
	const struct kind_of_job *kind;
	size_t done;
	bool wrong;
};

static size_t index_of(const struct crowd *c, const struct slot *s)
{
	return (size_t)(s - c->slots);
}

static void transmit(struct crowd *c, size_t line, struct bytes frame)
{
	ensure(zmq_send(c->socket[line % lines], frame.data, frame.size, 0) >= 0);
}

// ---- packets ----

void packet_add(struct packet *p, const struct codec_shape *shape, const void *row)
{
	draft_add(&p->draft, shape, row);
}

const struct hash *packet_photo(const struct packet *p, size_t i)
{
	return &p->photos[i];
}

static void submit(struct crowd *c, struct slot *s)
{
	const struct official *by = s->job->by;

	draft_begin(&c->packet.draft, s->job->act);
	c->packet.photos = s->photos;
	c->kind->fill(c->kind->context, s->job, &c->packet);
	s->sequence = ++c->sequence;
	struct draft_signer signer = { .key = by->key, .certificate = by->certificate, .organisation = by->organisation,
				       .terminal = (uint32_t)index_of(c, s) + 1, .sequence = s->sequence };
	ensure(draft_sign(&c->packet.draft, &signer, &s->frame, &s->content) == error_none);
	free(s->photos);
	s->photos = NULL;
	s->step = step_sent;
	s->due_ms = clock_boot_ms() + patience_ms;
	transmit(c, index_of(c, s), buffer_bytes(&s->frame));
}

static void look(struct crowd *c, struct slot *s)
{
	struct read_header h = {
		.read = wire_read_outcome,
		.purpose = bytes_of_text(purpose_read),
		.certificate = s->job->by->certificate,
		.time = clock_wall_ms(),
		.terminal = (uint32_t)index_of(c, s) + 1,
		.has_terminal = true,
		.sequence = s->sequence,
		.has_sequence = true,
	};
	struct signed_read read;

	buffer_clear(&c->scratch);
	read_header_encode(&h, &c->scratch);
	read.header = buffer_bytes(&c->scratch);
	ensure(signature_make(s->job->by->key, read.header, read.signature) == error_none);
	static struct buffer frame;
	ensure(wire_frame(&frame, message_type_signed_read, &signed_read_shape, &read) == error_none);
	transmit(c, index_of(c, s), buffer_bytes(&frame));
	s->look_ms = s->look_ms * 2 < look_last_ms ? s->look_ms * 2 : look_last_ms;
	s->due_ms = clock_boot_ms() + s->look_ms;
}

// ---- attachments ----

// One signature for the next photos of the act.
static void sign_group(struct crowd *c, struct slot *s, size_t from)
{
	s->group = (struct signed_group){ 0 };
	for (size_t i = from; i < from + signed_group_max && i < s->job->photos; i++) {
		c->kind->photo(c->kind->context, s->job, i, &c->photo);
		s->photos[i] = digest_sha256(buffer_bytes(&c->photo));
		signed_group_add(&s->group, &s->photos[i]);
	}
	ensure(signed_group_sign(&s->group, purpose_attachments, s->job->by->key) == error_none);
}

static void put_photo(struct crowd *c, struct slot *s, struct put *p)
{
	struct attachment_put m = { .certificate = s->job->by->certificate, .has_proof = true };
	size_t from = s->photos_put / signed_group_max * signed_group_max;

	if (s->photos_put == from)
		sign_group(c, s, from);
	c->kind->photo(c->kind->context, s->job, s->photos_put, &c->photo);
	m.content = buffer_bytes(&c->photo);
	memcpy(m.signature, s->group.signature, sizeof m.signature);
	m.proof = signed_group_proof(&s->group, s->photos_put - from);
	p->slot = s;
	p->i = s->photos_put++;
	p->sha256 = s->photos[p->i];
	p->due_ms = clock_boot_ms() + patience_ms;
	ensure(wire_frame(&p->frame, message_type_attachment_put, &attachment_put_shape, &m) == error_none);
	c->puts_under_way++;
	c->photo_bytes += m.content.size;
	transmit(c, index_of(c, s), buffer_bytes(&p->frame));
}

static void put_photos(struct crowd *c)
{
	size_t free_at = 0;

	for (size_t k = 0; k < slots_max; k++) {
		struct slot *s = &c->slots[k];
		while (s->step == step_photos && s->photos_put < s->job->photos) {
			while (free_at < puts_max && c->puts[free_at].slot)
				free_at++;
			if (free_at == puts_max)
				return;
			put_photo(c, s, &c->puts[free_at]);
		}
	}
}

static void photo_stored(struct crowd *c, const struct hash *sha256)
{
	for (size_t k = 0; k < puts_max; k++) {
		struct put *p = &c->puts[k];
		if (!p->slot || !hash_equal(&p->sha256, sha256))
			continue;
		struct slot *s = p->slot;
		p->slot = NULL;
		c->puts_under_way--;
		if (++s->photos_stored == s->job->photos)
			submit(c, s);
	}
}

// ---- what the door says ----

static bool fault(struct crowd *c, const struct slot *s, const char *what, const char *more)
{
	fprintf(stderr, "tdv-nation: %s for %llu: %s %s\n", act_name(s->job->act),
		(unsigned long long)s->job->by->organisation, what, more);
	c->wrong = true;
	return false;
}

static void finished(struct crowd *c, struct slot *s)
{
	s->step = step_free;
	c->done++;
}

static void on_receipt(struct crowd *c, struct bytes body)
{
	static struct receipt receipt;
	struct signed_receipt m;
	struct purposed what;

	if (signed_receipt_decode(body, &m) != error_none || receipt_decode(m.receipt, &receipt) != error_none ||
	    receipt.terminal == 0 || receipt.terminal > slots_max)
		return;
	struct slot *s = &c->slots[receipt.terminal - 1];
	if (s->step != step_sent || receipt.sequence != s->sequence || !hash_equal(&receipt.content, &s->content))
		return;
	if (!merkle_path_verifies(merkle_leaf(m.receipt), m.index, m.count, m.path, m.path_count, &m.root) ||
	    signature_verify(c->door, purposed_hash(&what, purpose_receipt, &m.root), m.signature) != error_none) {
		fault(c, s, "receipt", "is not signed by the door");
		finished(c, s);
	} else if (receipt.state != receipt_state_taken) {
		fault(c, s, "not taken:", receipt.errors_count ? reason_name(receipt.errors[0].reason) : "");
		finished(c, s);
	} else {
		s->step = step_taken;
		s->submission = receipt.submission;
		s->look_ms = look_first_ms / 2;
		s->due_ms = clock_boot_ms() + look_first_ms;
	}
}

static void on_outcome(struct crowd *c, struct bytes body)
{
	static struct outcome m;

	if (outcome_decode(body, &m) != error_none || m.state != outcome_state_done)
		return;
	for (size_t k = 0; k < slots_max; k++) {
		struct slot *s = &c->slots[k];
		if (s->step != step_taken || s->submission != m.submission)
			continue;
		struct job *job = s->job;
		job->reason = m.reason;
		job->field = m.field;
		job->accepted = m.accepted;
		job->refused = m.refused;
		job->has_number = m.has_number;
		job->number = m.number;
		if (m.reason != reason_none)
			fault(c, s, reason_name(m.reason), field_name(m.field));
		finished(c, s);
		return;
	}
}

static void on_refused(struct crowd *c, struct bytes body)
{
	struct wire_refused m;

	if (wire_refused_decode(body, &m) != error_none)
		return;
	bool busy = m.fault == wire_fault_busy;
	if (!busy) {
		fprintf(stderr, "tdv-nation: the door refuses a frame: %.*s\n", (int)m.detail.size,
			(const char *)m.detail.data);
		c->wrong = true;
	}
	for (size_t k = 0; k < slots_max && m.has_sequence; k++)
		if (c->slots[k].step == step_sent && c->slots[k].sequence == m.sequence)
			c->slots[k].due_ms = clock_boot_ms() + busy_ms;
	for (size_t k = 0; k < puts_max && m.has_content; k++)
		if (c->puts[k].slot && hash_equal(&c->puts[k].sha256, &m.content))
			c->puts[k].due_ms = clock_boot_ms() + busy_ms;
}

static void on_frame(struct crowd *c, struct bytes frame)
{
	struct attachment_taken stored;

	if (frame.size < 2)
		return;
	struct bytes body = bytes_of(frame.data + 2, frame.size - 2);
	uint16_t type = get_u16(frame.data);
	if (type == message_type_attachment_taken && attachment_taken_decode(body, &stored) == error_none)
		photo_stored(c, &stored.sha256);
	else if (type == message_type_signed_receipt)
		on_receipt(c, body);
	else if (type == message_type_outcome)
		on_outcome(c, body);
	else if (type == message_type_wire_refused)
		on_refused(c, body);
}

static void hear(struct crowd *c, size_t line)
{
	zmq_msg_t part;

	for (;;) {
		zmq_msg_init(&part);
		if (zmq_msg_recv(&part, c->socket[line], ZMQ_DONTWAIT) < 0)
			break;
		if (!zmq_msg_more(&part))
			on_frame(c, bytes_of(zmq_msg_data(&part), zmq_msg_size(&part)));
		zmq_msg_close(&part);
	}
	zmq_msg_close(&part);
}

// ---- the run ----

static void start(struct crowd *c, struct slot *s, struct job *job)
{
	s->job = job;
	s->photos_put = s->photos_stored = 0;
	s->photos = job->photos ? calloc(job->photos, sizeof *s->photos) : NULL;
	ensure(s->photos || !job->photos);
	s->step = step_photos;
	if (job->photos == 0)
		submit(c, s);
}

// Sends again what waited too long, and looks at outcomes; returns when it should be called again.
static int64_t remind(struct crowd *c)
{
	int64_t now = clock_boot_ms(), next = now + 1000;

	for (size_t k = 0; k < slots_max; k++) {
		struct slot *s = &c->slots[k];
		if (s->step != step_sent && s->step != step_taken)
			continue;
		if (s->due_ms <= now && s->step == step_taken) {
			look(c, s);
		} else if (s->due_ms <= now) {
			s->due_ms = now + patience_ms;
			transmit(c, k, buffer_bytes(&s->frame));
		}
		next = s->due_ms < next ? s->due_ms : next;
	}
	for (size_t k = 0; k < puts_max; k++) {
		struct put *p = &c->puts[k];
		if (p->slot && p->due_ms <= now) {
			p->due_ms = now + patience_ms;
			transmit(c, index_of(c, p->slot), buffer_bytes(&p->frame));
		}
	}
	return next;
}

bool crowd_run(struct crowd *c, const struct kind_of_job *kind, struct job *jobs, size_t count)
{
	zmq_pollitem_t items[lines];
	size_t begun = 0, under_way = kind->under_way < slots_max ? kind->under_way : slots_max;

	for (size_t i = 0; i < lines; i++)
		items[i] = (zmq_pollitem_t){ .socket = c->socket[i], .events = ZMQ_POLLIN };
	c->kind = kind;
	c->done = 0;
	while (c->done < count && !c->wrong) {
		for (size_t k = 0; k < under_way && begun < count; k++)
			if (c->slots[k].step == step_free)
				start(c, &c->slots[k], &jobs[begun++]);
		put_photos(c);
		int64_t wait = remind(c) - clock_boot_ms();
		if (zmq_poll(items, lines, wait > 1 ? (long)wait : 1) > 0)
			for (size_t i = 0; i < lines; i++)
				if (items[i].revents & ZMQ_POLLIN)
					hear(c, i);
	}
	return !c->wrong;
}

uint64_t crowd_photo_bytes(const struct crowd *c)
{
	return c->photo_bytes;
}

static enum error read_door_key(struct crowd *c, const char *home)
{
	struct buffer pem = { 0 };
	char path[4096];

	snprintf(path, sizeof path, "%s/keys/door.pub", home);
	enum error e = file_read(path, 65536, &pem);
	if (e == error_none)
		e = key_read_public_pem(buffer_bytes(&pem), &c->door);
	buffer_deinit(&pem);
	return e;
}

struct crowd *crowd_open(const char *home)
{
	struct crowd *c = calloc(1, sizeof *c);
	char endpoint[endpoint_max];
	int64_t size = frame_bytes_max;
	int zero = 0;

	if (!c || endpoint_of_site(home, endpoint) != error_none || read_door_key(c, home) != error_none) {
		free(c);
		return NULL;
	}
	c->sequence = (uint64_t)clock_wall_ms() * 1000;
	c->zmq = zmq_ctx_new();
	for (size_t i = 0; i < lines; i++) {
		c->socket[i] = zmq_socket(c->zmq, ZMQ_DEALER);
		if (!c->socket[i] || zmq_setsockopt(c->socket[i], ZMQ_LINGER, &zero, sizeof zero) != 0 ||
		    zmq_setsockopt(c->socket[i], ZMQ_MAXMSGSIZE, &size, sizeof size) != 0 ||
		    zmq_connect(c->socket[i], endpoint) != 0)
			return NULL;
	}
	return c;
}

void crowd_close(struct crowd *c)
{
	for (size_t i = 0; i < lines; i++)
		zmq_close(c->socket[i]);
	zmq_ctx_term(c->zmq);
	for (size_t k = 0; k < slots_max; k++)
		buffer_deinit(&c->slots[k].frame);
	for (size_t k = 0; k < puts_max; k++)
		buffer_deinit(&c->puts[k].frame);
	draft_deinit(&c->packet.draft);
	key_free(c->door);
	free(c);
}
