// Attachments: many under way at a time, and many under one signature, on their way to the door and back.
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/when.h"
#include "crypto/digest.h"
#include "crypto/purpose.h"
#include "crypto/signature.h"
#include "terminal/group.h"
#include "terminal/line.h"

#define puts_under_way signed_group_max // one batch of the door, and so one sync of its vault
#define puts_patience_ms 60000          // without one being taken

struct put_state {
	struct hash sha256;
	bool sent, settled, refused;
};

struct putting {
	const struct bytes *contents;
	struct put_state *puts;
	size_t count;
	struct signed_group group; // of those under way, the first of them at `group_from`
	size_t group_from;
};

// One signature for each `puts_under_way` of them, over the root of their digests; made when the first is sent.
static enum error sign_group(struct terminal *t, struct putting *p, size_t from)
{
	p->group = (struct signed_group){ 0 };
	p->group_from = from;
	for (size_t i = from; i < from + puts_under_way && i < p->count; i++)
		signed_group_add(&p->group, &p->puts[i].sha256);
	return signed_group_sign(&p->group, purpose_attachments, t->key);
}

static enum error put_frame(struct terminal *t, struct putting *p, size_t i, struct buffer *frame)
{
	struct attachment_put put = { .certificate = t->certificate, .content = p->contents[i], .has_proof = true };
	size_t from = i / puts_under_way * puts_under_way;
	enum error e = error_none;

	if (p->group.count == 0 || p->group_from != from)
		e = sign_group(t, p, from);
	if (e != error_none)
		return e;
	memcpy(put.signature, p->group.signature, sizeof put.signature);
	put.proof = signed_group_proof(&p->group, i - from);
	return wire_frame(frame, message_type_attachment_put, &attachment_put_shape, &put);
}

// Which of those under way an answer speaks of; false: none.
static bool settle(struct terminal *t, struct put_state *puts, size_t from, size_t to, bool *busy)
{
	struct attachment_taken taken;
	struct wire_refused no;
	const struct hash *about;
	bool is_refusal = line_answer_type(t) == message_type_wire_refused;

	*busy = false;
	if (is_refusal && wire_refused_decode(line_answer_body(t), &no) == error_none && no.has_content)
		about = &no.content;
	else if (line_answer_type(t) == message_type_attachment_taken &&
		 attachment_taken_decode(line_answer_body(t), &taken) == error_none)
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
			line_refused(t);
		return true;
	}
	return false;
}

static enum error send_window(struct terminal *t, struct putting *p, size_t from, size_t to)
{
	struct put_state *puts = p->puts;
	struct buffer frame = { 0 };
	enum error e = error_none;

	for (size_t i = from; i < to && e == error_none; i++) {
		if (puts[i].sent || puts[i].settled)
			continue;
		e = put_frame(t, p, i, &frame);
		if (e == error_none)
			e = line_say(t, buffer_bytes(&frame));
		puts[i].sent = true;
	}
	buffer_deinit(&frame);
	return e;
}

// Everything that was under way is sent again on a fresh line.
static void lose_window(struct terminal *t, struct put_state *puts, size_t from, size_t to)
{
	line_hang_up(t);
	for (size_t i = from; i < to; i++)
		puts[i].sent = false;
}

static enum error put_all(struct terminal *t, struct putting *p)
{
	struct put_state *puts = p->puts;
	int patience_ms = t->patience_ms ? t->patience_ms : puts_patience_ms;
	int64_t patience = clock_boot_ms() + patience_ms;
	size_t from = 0;
	bool busy;

	while (from < p->count) {
		size_t to = from + puts_under_way < p->count ? from + puts_under_way : p->count;
		enum error e = send_window(t, p, from, to);
		if (e == error_none)
			e = line_hear(t, clock_boot_ms() + attempt_first_ms);
		if (e == error_pending) {
			if (clock_boot_ms() > patience)
				return error_pending;
			lose_window(t, puts, from, to);
			continue;
		}
		if (e != error_none)
			return e;
		if (settle(t, puts, from, to, &busy))
			patience = clock_boot_ms() + patience_ms;
		if (busy && clock_boot_ms() > patience)
			return line_refused(t);
		if (busy)
			line_rest(busy_pause_ms);
		while (from < p->count && puts[from].settled)
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
	t->refused = 0;
	for (size_t i = 0; i < count; i++)
		puts[i].sha256 = digest_sha256(contents[i]);
	struct putting putting = { .contents = contents, .puts = puts, .count = count };
	enum error e = put_all(t, &putting);
	if (e != error_none)
		line_hang_up(t);
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

// ---- photos of letters ----

// Several of one act, each in a frame of its own; `left` were not heard of yet. What does not open may be a stranger's frame, and
// the right one still on its way: it is waited for, to the end of the exchange.
struct fetching_many {
	const uint64_t *letters;
	size_t count, left;
	bool *here, *unopened;
	struct buffer *contents;
};

static enum error fits_one_of_many(struct terminal *t, void *context)
{
	struct fetching_many *f = context;
	struct attachment m;
	size_t i = 0;

	if (attachment_decode(line_answer_body(t), &m) != error_none)
		return error_absent;
	while (i < f->count && f->letters[i] != m.letter)
		i++;
	if (i == f->count || f->here[i])
		return error_absent;
	struct purposed about;
	enum error e = error_none;
	buffer_clear(&f->contents[i]);
	if (m.box.size > 0)
		e = box_open_known(&t->opened, t->key, purposed_numbers(&about, purpose_fetch, &m.letter, 1), m.box,
				   &f->contents[i]);
	if (e == error_signature) {
		buffer_clear(&f->contents[i]);
		f->unopened[i] = true;
		return error_absent;
	}
	if (e != error_none)
		return e;
	f->here[i] = true;
	return --f->left == 0 ? error_none : error_absent;
}

// The exchange is over: whether all that is left came, and never opened. That is as good as none.
static bool rest_never_opened(const struct fetching_many *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (!f->here[i] && !f->unopened[i])
			return false;
	return true;
}

enum error terminal_fetch_many(struct terminal *t, const uint64_t *letters, size_t count, int timeout_ms, struct buffer *contents)
{
	struct purposed what;
	bool here[terminal_fetch_max] = { false }, unopened[terminal_fetch_max] = { false };
	struct attachments_get get = { .certificate = t->certificate, .organisation = t->organisation, .letters_count = count };
	struct fetching_many fetching = { letters, count, count, here, unopened, contents };
	struct buffer frame = { 0 };

	ensure(count > 0 && count <= terminal_fetch_max);
	t->fault[0] = 0;
	for (size_t i = 0; i < count; i++) {
		get.letters[i] = letters[i];
		buffer_clear(&contents[i]);
	}
	enum error e = signature_make(t->key, purposed_numbers(&what, purpose_fetch_many, letters, count), get.signature);
	if (e == error_none)
		e = wire_frame(&frame, message_type_attachments_get, &attachments_get_shape, &get);
	if (e == error_none)
		e = line_converse(t, buffer_bytes(&frame), message_type_attachment, timeout_ms, fits_one_of_many, &fetching);
	if (e == error_pending && rest_never_opened(&fetching))
		e = error_none;
	buffer_deinit(&frame);
	return e;
}
