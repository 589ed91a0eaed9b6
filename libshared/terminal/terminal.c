// A terminal's acts and reads.  An act has its sequence, which is on disk before it leaves; a read is signed by the reader.
#include "terminal/terminal.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "crypto/purpose.h"
#include "crypto/signature.h"
#include "terminal/group.h"
#include "terminal/line.h"

#define poll_first_ms 5 // between two looks at an outcome
#define poll_last_ms 50
#define key_file_max 4096

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
	t->patience_ms = options->patience_ms;
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
	line_hang_up(t);
	if (t->zmq)
		zmq_ctx_term(t->zmq);
	key_free(t->key);
	key_free(t->door_key);
	box_key_clear(&t->opened);
	draft_deinit(&t->draft);
	buffer_deinit(&t->packet);
	for (size_t i = 0; t->kept && i < terminal_kept_max; i++)
		buffer_deinit(&t->kept[i].frame);
	free(t->kept);
	buffer_deinit(&t->answer);
	free(t->sequence_path);
	free(t);
}

const char *terminal_fault(const struct terminal *t)
{
	return t->fault;
}

bool terminal_refusal(const struct terminal *t, enum wire_fault *fault, const char **detail)
{
	*fault = t->refused;
	*detail = t->detail;
	return t->refused != 0;
}

uint64_t terminal_sequence(const struct terminal *t)
{
	return t->sequence;
}

// ---- acts ----

void terminal_begin(struct terminal *t, enum act act)
{
	draft_begin(&t->draft, act);
}

void terminal_add(struct terminal *t, struct bytes encoded_item)
{
	draft_add_encoded(&t->draft, encoded_item);
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

static struct draft_signer signer(const struct terminal *t)
{
	return (struct draft_signer){ .key = t->key, .certificate = t->certificate, .organisation = t->organisation,
				      .terminal = t->number, .sequence = t->sequence };
}

// error_signature when the door's key did not sign it.
static enum error check_signature(const struct terminal *t, const struct signed_receipt *s)
{
	struct purposed what;

	if (!t->door_key)
		return error_none;
	if (!merkle_path_verifies(merkle_leaf(s->receipt), s->index, s->count, s->path, s->path_count, &s->root))
		return error_signature;
	return signature_verify(t->door_key, purposed_hash(&what, purpose_receipt, &s->root), s->signature);
}

static enum error fits_receipt(struct terminal *t, void *context)
{
	struct receipt *receipt = context;
	struct signed_receipt s;

	if (signed_receipt_decode(line_answer_body(t), &s) != error_none || receipt_decode(s.receipt, receipt) != error_none)
		return error_absent;
	if (!hash_equal(&receipt->certificate, &t->certificate) || receipt->terminal != t->number ||
	    receipt->sequence != t->sequence || !hash_equal(&receipt->content, &t->content))
		return error_absent;
	enum error e = check_signature(t, &s);
	if (e == error_signature)
		snprintf(t->fault, sizeof t->fault, "the receipt is not signed by the door's key");
	return e == error_signature || e == error_malformed ? error_signature : e;
}

enum error terminal_send(struct terminal *t, int timeout_ms, struct receipt *receipt)
{
	enum error e = next_sequence(t);
	struct draft_signer by = signer(t);

	if (e == error_none)
		e = draft_sign(&t->draft, &by, &t->packet, &t->content);
	t->fault[0] = 0;
	return e != error_none ? e :
				 line_converse(t, buffer_bytes(&t->packet), message_type_signed_receipt, timeout_ms, fits_receipt,
					       receipt);
}

static_assert(terminal_kept_max <= signed_group_max, "one signature is for all that are kept");

enum error terminal_keep(struct terminal *t, uint64_t *sequence)
{
	if (!t->kept)
		t->kept = calloc(terminal_kept_max, sizeof *t->kept);
	if (!t->kept)
		return error_no_memory;
	ensure(t->kept_count < terminal_kept_max);
	enum error e = next_sequence(t);
	struct draft_signer by = signer(t);
	struct kept_act *act = &t->kept[t->kept_count];
	if (e == error_none)
		e = draft_write(&t->draft, &by, &act->frame, &act->content);
	if (e != error_none)
		return e;
	act->sequence = *sequence = t->sequence;
	t->kept_count++;
	return error_none;
}

void terminal_send_kept(struct terminal *t, int timeout_ms,
			void (*heard)(void *context, size_t place, enum error e, const struct receipt *receipt), void *context)
{
	struct buffer *frames[terminal_kept_max];
	struct receipt *receipt = calloc(1, sizeof *receipt);
	enum error given_up = receipt ? error_none : error_no_memory;

	for (size_t i = 0; i < t->kept_count; i++)
		frames[i] = &t->kept[i].frame;
	if (receipt && t->kept_count > 0)
		given_up = draft_sign_written(frames, t->kept_count, t->key);
	for (size_t i = 0; i < t->kept_count; i++) {
		const struct kept_act *act = &t->kept[i];
		enum error e = given_up;
		t->fault[0] = 0;
		t->sequence = act->sequence;
		t->content = act->content;
		if (e == error_none)
			e = line_converse(t, buffer_bytes(&act->frame), message_type_signed_receipt, timeout_ms, fits_receipt,
					  receipt);
		if (e == error_pending) // a door that was silent for so long is not waited for by each of the others
			given_up = e;
		heard(context, i, e, receipt);
	}
	t->kept_count = 0;
	free(receipt);
}

// ---- reads ----

static enum error ask(struct terminal *t, struct read_header *h, uint16_t wanted, int timeout_ms,
		      enum error (*fits)(struct terminal *t, void *context), void *context)
{
	struct buffer header = { 0 }, frame = { 0 };
	struct signed_read read = { .header = { 0 } };

	t->fault[0] = 0;
	h->purpose = bytes_of_text(purpose_read);
	h->certificate = t->certificate;
	h->time = clock_wall_ms();
	read_header_encode(h, &header);
	read.header = buffer_bytes(&header);
	enum error e = header.failed ? error_no_memory : signature_make(t->key, read.header, read.signature);
	if (e == error_none)
		e = wire_frame(&frame, message_type_signed_read, &signed_read_shape, &read);
	if (e == error_none)
		e = line_converse(t, buffer_bytes(&frame), wanted, timeout_ms, fits, context);
	buffer_deinit(&frame);
	buffer_deinit(&header);
	return e;
}

static enum error fits_outcome(struct terminal *t, void *context)
{
	return outcome_decode(line_answer_body(t), context) == error_none ? error_none : error_absent;
}

enum error terminal_outcome(struct terminal *t, uint64_t sequence, uint64_t after_row, int timeout_ms,
			    struct outcome *outcome)
{
	struct read_header h = {
		.read = wire_read_outcome, .terminal = t->number, .has_terminal = true, .sequence = sequence,
		.has_sequence = true, .after = after_row,
	};

	return ask(t, &h, message_type_outcome, timeout_ms, fits_outcome, outcome);
}

enum error terminal_await(struct terminal *t, uint64_t sequence, uint64_t after_row, int timeout_ms,
			  struct outcome *outcome)
{
	int64_t until = clock_boot_ms() + timeout_ms;
	int pause_ms = poll_first_ms;

	for (;;) {
		int64_t left = until - clock_boot_ms();
		enum error e = terminal_outcome(t, sequence, after_row, left > 1 ? (int)left : 1, outcome);
		if (e != error_none || outcome->state == outcome_state_done)
			return e;
		if (clock_boot_ms() + pause_ms >= until)
			return error_pending;
		line_rest(pause_ms);
		pause_ms = pause_ms * 2 < poll_last_ms ? pause_ms * 2 : poll_last_ms;
	}
}

static enum error fits_mail(struct terminal *t, void *context)
{
	return mail_page_decode(line_answer_body(t), context) == error_none ? error_none : error_absent;
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
	buffer_append_text(&about, purpose_letter);
	buffer_append(&about, letter->body.data, letter->body.size);
	buffer_clear(backing);
	enum error e = about.failed ? error_no_memory
				    : box_open_known(&t->opened, t->key, buffer_bytes(&about), letter->sealed, backing);
	if (e == error_none)
		e = print_data_decode(buffer_bytes(backing), data);
	buffer_deinit(&about);
	return e;
}
