#include "terminal/draft.h"

#include <string.h>

#include "base/ensure.h"
#include "base/when.h"
#include "crypto/digest.h"
#include "crypto/purpose.h"
#include "terminal/group.h"

void draft_begin(struct draft *draft, enum act act)
{
	draft->act = act;
	draft->item_count = 0;
	draft->item_at[0] = 0;
	buffer_clear(&draft->items);
}

void draft_deinit(struct draft *draft)
{
	buffer_deinit(&draft->items);
	buffer_deinit(&draft->row);
}

void draft_add_encoded(struct draft *draft, struct bytes row)
{
	struct item item = { .body = row };

	ensure(draft->item_count < draft_items_max);
	random_bytes(item.salt, sizeof item.salt);
	item_encode(&item, &draft->items);
	draft->item_at[++draft->item_count] = draft->items.size;
}

void draft_add(struct draft *draft, const struct codec_shape *shape, const void *row)
{
	buffer_clear(&draft->row);
	codec_encode(shape, row, &draft->row);
	draft_add_encoded(draft, buffer_bytes(&draft->row));
}

static struct bytes item_bytes(const struct draft *draft, size_t i)
{
	return bytes_of(draft->items.data + draft->item_at[i], draft->item_at[i + 1] - draft->item_at[i]);
}

enum error draft_write(const struct draft *draft, const struct draft_signer *by, struct buffer *frame, struct hash *content)
{
	static _Thread_local struct submission m;
	static _Thread_local struct hash leaves[draft_items_max];
	struct buffer header = { 0 };

	m.items_count = draft->item_count;
	for (size_t i = 0; i < draft->item_count; i++) {
		m.items[i] = item_bytes(draft, i);
		leaves[i] = merkle_leaf(m.items[i]);
	}
	struct submission_header h = {
		.act = draft->act, .purpose = bytes_of_text(purpose_submission), .certificate = by->certificate,
		.terminal = by->terminal, .sequence = by->sequence, .time = clock_wall_ms(), .organisation = by->organisation,
		.count = (uint32_t)draft->item_count, .root = merkle_root(leaves, draft->item_count),
	};
	submission_header_encode(&h, &header);
	m.header = buffer_bytes(&header);
	*content = digest_sha256(m.header);
	enum error e = header.failed || draft->items.failed || draft->row.failed ?
			       error_no_memory :
			       wire_frame(frame, message_type_submission, &submission_shape, &m);
	buffer_deinit(&header);
	return e;
}

static void read_written(const struct buffer *frame, struct submission *m)
{
	ensure(frame->size > 2 && submission_decode(bytes_of(frame->data + 2, frame->size - 2), m) == error_none);
}

// The frame anew with its signature; `m` borrows from what it was.
static enum error put_signature(struct buffer *frame, const struct submission *m)
{
	struct buffer was = *frame;

	*frame = (struct buffer){ 0 };
	enum error e = wire_frame(frame, message_type_submission, &submission_shape, m);
	buffer_deinit(&was);
	return e;
}

static enum error sign_one(struct buffer *frame, const struct key *key)
{
	static _Thread_local struct submission m;

	read_written(frame, &m);
	enum error e = signature_make(key, m.header, m.signature);
	return e == error_none ? put_signature(frame, &m) : e;
}

enum error draft_sign_written(struct buffer *const frames[], size_t count, const struct key *key)
{
	static _Thread_local struct submission m;
	static _Thread_local struct signed_group group;

	if (count == 1)
		return sign_one(frames[0], key);
	group.count = 0;
	for (size_t i = 0; i < count; i++) {
		read_written(frames[i], &m);
		struct hash content = digest_sha256(m.header);
		signed_group_add(&group, &content);
	}
	enum error e = signed_group_sign(&group, purpose_submissions, key);
	for (size_t i = 0; i < count && e == error_none; i++) {
		read_written(frames[i], &m);
		memcpy(m.signature, group.signature, sizeof m.signature);
		m.has_proof = true;
		m.proof = signed_group_proof(&group, i);
		e = put_signature(frames[i], &m);
	}
	return e;
}

enum error draft_sign(const struct draft *draft, const struct draft_signer *by, struct buffer *frame, struct hash *content)
{
	enum error e = draft_write(draft, by, frame, content);

	return e == error_none ? draft_sign_written(&frame, 1, by->key) : e;
}

enum error wire_frame(struct buffer *out, uint16_t type, const struct codec_shape *shape, const void *value)
{
	uint8_t head[2];

	buffer_clear(out);
	put_u16(head, type);
	buffer_append(out, head, sizeof head);
	codec_encode(shape, value, out);
	return out->failed ? error_no_memory : error_none;
}
