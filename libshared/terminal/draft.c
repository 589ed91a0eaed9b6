#include "terminal/draft.h"

#include "base/ensure.h"
#include "base/when.h"
#include "crypto/digest.h"
#include "crypto/purpose.h"

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

enum error draft_sign(const struct draft *draft, const struct draft_signer *by, struct buffer *frame, struct hash *content)
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
			       signature_make(by->key, m.header, m.signature);
	if (e == error_none)
		e = wire_frame(frame, message_type_submission, &submission_shape, &m);
	buffer_deinit(&header);
	return e;
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
