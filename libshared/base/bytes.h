// Runs of bytes: borrowed (struct bytes) and growing (struct buffer), and big-endian keys.
#ifndef TDV_BASE_BYTES_H
#define TDV_BASE_BYTES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

// Borrowed: whoever made it says how long it lives.
struct bytes {
	const uint8_t *data;
	size_t size;
};

static inline struct bytes bytes_of(const void *data, size_t size)
{
	return (struct bytes){ .data = data, .size = size };
}

// A SHA-256 value.
struct hash {
	uint8_t byte[32];
};

struct bytes bytes_of_text(const char *text); // without the final zero
struct bytes bytes_of_hash(const struct hash *hash);
bool bytes_equal(struct bytes a, struct bytes b);
bool hash_equal(const struct hash *a, const struct hash *b);
bool hash_is_zero(const struct hash *a);
// Well-formed UTF-8 (RFC 3629) without NUL.
bool bytes_are_text(struct bytes b);

// Owned and growing.  Sticky: once memory ran out every later append does nothing; check `failed` at the end.
// A zeroed struct is an empty buffer.
struct buffer {
	uint8_t *data;
	size_t size, capacity;
	bool failed;
};

void buffer_deinit(struct buffer *b);
void buffer_clear(struct buffer *b); // keeps the memory
void buffer_append(struct buffer *b, const void *data, size_t size);
void buffer_append_text(struct buffer *b, const char *text);
void buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Room for `size` bytes that the caller fills; NULL when failed.  Valid until the next call.
uint8_t *buffer_extend(struct buffer *b, size_t size);
struct bytes buffer_bytes(const struct buffer *b);

// Big-endian integers, so that byte order is key order.
static inline void put_u16(uint8_t *at, uint16_t v)
{
	v = htobe16(v);
	memcpy(at, &v, sizeof v);
}

static inline void put_u32(uint8_t *at, uint32_t v)
{
	v = htobe32(v);
	memcpy(at, &v, sizeof v);
}

static inline void put_u64(uint8_t *at, uint64_t v)
{
	v = htobe64(v);
	memcpy(at, &v, sizeof v);
}

static inline uint16_t get_u16(const uint8_t *at)
{
	uint16_t v;

	memcpy(&v, at, sizeof v);
	return be16toh(v);
}

static inline uint32_t get_u32(const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof v);
	return be32toh(v);
}

static inline uint64_t get_u64(const uint8_t *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof v);
	return be64toh(v);
}

// Lower-case hexadecimal.  `out` holds 2*size+1.
void hex_encode(const void *data, size_t size, char *out);
// Exactly 2*size digits, either case.
bool hex_decode(const char *text, void *out, size_t size);

// A whole file.  error_absent when there is none; error_bounds when larger than `limit`.
enum error file_read(const char *path, size_t limit, struct buffer *out);
// Written aside, synced, renamed, folder synced: afterwards the old or the new content, never a part.
enum error file_write_atomic(const char *path, struct bytes content, unsigned mode);
// So that the files made, renamed or removed in it are so after a power cut too.
enum error folder_sync(const char *folder);

#endif
