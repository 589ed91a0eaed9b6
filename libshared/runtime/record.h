// The turn record: what a log is made of.  Its bytes are frozen (tests/unit/runtime_record.c holds golden ones).
//
// A msgpack map with integer keys in ascending order, shortest forms, bytes as bin:
//
//   1 turn          dense from 1
//   2 time          ms
//   3 leaf          32 bytes: merkle_leaf(turn u64 BE || time i64 BE || SHA-256(this record's bytes from key 5 up to
//                   key 10) || RFC 9162 root over the leaves of the entries, each merkle_leaf(envelope))
//   4 root          32 bytes: the RFC 9162 root over the leaves of turns 1 to this one
//   5 fold version
//   6 first entry   the number of the first entry put out; without any, of the next one
//   7 room          [entries, bytes] that the turn should put out at most: handlers that walk lists could see it
//   8 inputs        an array of items in the order taken; each an array that begins with its enum record_input
//   9 known         an array of [service, entry], ascending: the causal past after the turn; of sources: the cursor
//   10 entries      an array of bin: the envelopes put out
//
// Items:  [1 range, source, from entry, to entry, last whole turn, root there]   (to < from: turns without entries)
//         [2 local, type, authority, body]            [3 answer, type, effect, body]
//         [4 timer, type, due ms, id, authority, body] [5 act, enum operator_act, number]
//         [6 continuation, number, room]
//         [7 set aside, enum record_input, source, number, enum error]  that input goes to quarantine unread
//         [8 migration, from version, to version, digest of all tables before, after]
// An authority is bin: the encoded `authority` of schemas/runtime.schema.  A set-aside precedes the input that
// it speaks of.
#ifndef TDV_RUNTIME_RECORD_H
#define TDV_RUNTIME_RECORD_H

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/digest.h"
#include "gen/messages.h"
#include "runtime/pack.h"
#include "runtime/service.h"

// Why an input is in quarantine: a positive enum error, or that it killed the process.
#define record_cause_killed 255

enum record_input {
	record_input_range = 1,
	record_input_local = 2,
	record_input_answer = 3,
	record_input_timer = 4,
	record_input_act = 5,
	record_input_continuation = 6,
	record_input_set_aside = 7,
	record_input_migration = 8,
};

struct record_item {
	enum record_input kind;
	uint16_t source;          // range, set aside
	uint64_t from, to, turn;  // range; migration: from, to
	struct hash root;         // range: at turn; migration: digest before
	struct hash after;        // migration
	uint16_t type;            // local, answer, timer; act: enum operator_act; set aside: enum record_input
	uint64_t number;          // answer: effect; timer: id; act; continuation; set aside: entry, id or number
	uint32_t room;            // continuation: its share of the turn
	int64_t due_ms;           // timer
	uint8_t cause;            // set aside: enum error, or record_cause_killed
	struct origin authority;  // local, timer
	struct bytes body;        // local, answer, timer
};
void record_item_encode(const struct record_item *item, struct buffer *out);

void authority_of_origin(const struct origin *o, struct authority *a);
void origin_of_authority(const struct authority *a, struct origin *o);

// A record in the making.
struct record_parts {
	uint64_t turn;
	int64_t time_ms;
	uint32_t fold_version;
	uint64_t first_entry;
	uint32_t room_entries, room_bytes;
	struct bytes inputs;      // encoded items, one after the other
	size_t input_count;
	const struct log_position *known;
	size_t known_count;
	struct bytes entries;     // record_entry_put, one after the other
	struct hash *leaves;      // of the entries; overwritten
	size_t entry_count;
};
void record_entry_put(struct buffer *entries, struct bytes envelope);
// Writes the whole record and grows the tree by it.
void record_encode(const struct record_parts *parts, struct merkle_frontier *tree, struct buffer *out);

// What stands in front, without unpacking the rest.
struct record_head {
	uint64_t turn;
	int64_t time_ms;
	struct hash leaf, root;
	uint32_t fold_version;
	uint64_t first_entry;
	uint32_t room_entries, room_bytes;
};
enum error record_head_decode(struct bytes record, struct record_head *head);

// The whole.  Everything borrows from the record's bytes.  Items, positions and entries are taken in order.
struct record {
	struct record_head head;
	size_t input_count, known_count, entry_count;
	struct bytes bytes, covered;
	struct unpack inputs, known, entries; // where the next one is
};
// error_malformed unless the whole is well formed, down to positions and entries; an item's inside is looked at when it is taken.
enum error record_open(struct record *r, struct bytes record);
enum error record_next_item(struct record *r, struct record_item *item); // error_malformed
enum error record_next_known(struct record *r, struct log_position *position);
struct bytes record_next_entry(struct record *r); // the envelope; input_count and the like do not change
// The leaf as its contents say it should be.
struct hash record_leaf(const struct record *r);

// The type inside an encoded envelope, without unpacking it; 0: not an envelope.
uint16_t envelope_type(struct bytes envelope);
// The envelope's authority as its reader may see it.
void envelope_origin(const struct envelope *v, uint16_t source, uint64_t entry, struct origin *o);

#endif
