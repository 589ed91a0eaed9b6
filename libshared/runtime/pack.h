// The few msgpack forms that the turn record and the stream frame are made of, one value after the other and
// without a tree of objects: both hold up to a thousand entries and are read once for each consumer.
#ifndef TDV_RUNTIME_PACK_H
#define TDV_RUNTIME_PACK_H

#include "base/bytes.h"
#include "base/error.h"

// Appends the shortest form.
void pack_unsigned(struct buffer *out, uint64_t v);
void pack_signed(struct buffer *out, int64_t v);
void pack_bin(struct buffer *out, struct bytes b);
void pack_hash(struct buffer *out, const struct hash *h);
void pack_array(struct buffer *out, size_t count);
void pack_map(struct buffer *out, size_t count);

// A sticky cursor.  Begin with unpack_init, which scans the whole, or with unpack_part over bytes scanned
// before (or not: then only what is taken is checked).
struct unpack {
	const uint8_t *at, *end;
	bool bad; // what was taken was not there, or of another form
};
void unpack_init(struct unpack *u, struct bytes frame);
struct unpack unpack_part(const uint8_t *at, const uint8_t *end);
uint64_t unpack_unsigned(struct unpack *u, uint64_t max);
int64_t unpack_signed(struct unpack *u);
struct bytes unpack_bin(struct unpack *u, size_t max);
struct hash unpack_hash(struct unpack *u);
size_t unpack_array(struct unpack *u, size_t max);
size_t unpack_map(struct unpack *u, size_t max);
void unpack_key(struct unpack *u, unsigned key); // the key that has to come next
void unpack_skip(struct unpack *u, size_t values);

#endif
