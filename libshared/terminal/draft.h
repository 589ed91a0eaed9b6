// An act in the making: its items, and the frame that an officer signs (WIRE.md, An act).  terminal.h sends one at a time and
// waits for its receipt; who has many under way at once makes their frames here.
#ifndef TDV_TERMINAL_DRAFT_H
#define TDV_TERMINAL_DRAFT_H

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/signature.h"
#include "gen/messages.h"

#define draft_items_max 2000

// Zeroed before the first use.
struct draft {
	enum act act;
	struct buffer items; // encoded, one behind the other
	size_t item_at[draft_items_max + 1], item_count;
	struct buffer row;
};

void draft_begin(struct draft *draft, enum act act);
void draft_deinit(struct draft *draft);
// A head or a row, at most draft_items_max of them; each gets its salt here.
void draft_add(struct draft *draft, const struct codec_shape *shape, const void *row);
void draft_add_encoded(struct draft *draft, struct bytes row);

struct draft_signer {
	const struct key *key;
	struct hash certificate; // the key's fingerprint
	uint64_t organisation;
	uint32_t terminal;
	uint64_t sequence; // with certificate and terminal the act's id
};
// The frame, from now on the same whenever it is sent; `frame` is overwritten.  *content: by which the receipt names it.
enum error draft_sign(const struct draft *draft, const struct draft_signer *by, struct buffer *frame, struct hash *content);
// The same for many acts of one officer: each is written, and then one signature is made for all, at most signed_group_max.
// A card that signs takes a good part of a second each time, and the door verifies once.
enum error draft_write(const struct draft *draft, const struct draft_signer *by, struct buffer *frame, struct hash *content);
enum error draft_sign_written(struct buffer *const frames[], size_t count, const struct key *key);

// Any frame of the wire: its type and the message.  `out` is overwritten.
enum error wire_frame(struct buffer *out, uint16_t type, const struct codec_shape *shape, const void *value);

#endif
