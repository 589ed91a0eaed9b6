#include "base/bytes.h"

#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes bytes_of_text(const char *text)
{
	return bytes_of(text, strlen(text));
}

struct bytes bytes_of_hash(const struct hash *hash)
{
	return bytes_of(hash->byte, sizeof hash->byte);
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->byte, b->byte, sizeof a->byte) == 0;
}

bool hash_is_zero(const struct hash *a)
{
	static const struct hash zero;

	return hash_equal(a, &zero);
}

// The size of the character that begins `at`, 0 when it is not well-formed (RFC 3629, section 4).
static size_t character_size(const uint8_t *at, size_t left)
{
	uint8_t first = at[0], low = 0x80, high = 0xbf; // bounds of the second byte
	size_t size;

	if (first < 0x80)
		return first != 0;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (size > left)
		return 0;
	if (first == 0xe0)
		low = 0xa0; // overlong
	if (first == 0xed)
		high = 0x9f; // surrogates
	if (first == 0xf0)
		low = 0x90; // overlong
	if (first == 0xf4)
		high = 0x8f; // beyond U+10FFFF
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < size; i++)
		if (at[i] < 0x80 || at[i] > 0xbf)
			return 0;
	return size;
}

bool bytes_are_text(struct bytes b)
{
	for (size_t at = 0, size; at < b.size; at += size) {
		size = character_size(b.data + at, b.size - at);
		if (size == 0)
			return false;
	}
	return true;
}

void buffer_deinit(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){ 0 };
}

void buffer_clear(struct buffer *b)
{
	b->size = 0;
	b->failed = false;
}

uint8_t *buffer_extend(struct buffer *b, size_t size)
{
	if (b->failed)
		return NULL;
	if (!b->data || size > b->capacity - b->size) {
		size_t capacity = b->capacity < 128 ? 256 : b->capacity * 2;
		if (size > SIZE_MAX / 4 - b->size)
			goto failed;
		if (capacity < b->size + size)
			capacity = b->size + size;
		uint8_t *data = realloc(b->data, capacity);
		if (!data)
			goto failed;
		b->data = data;
		b->capacity = capacity;
	}
	b->size += size;
	return b->data + b->size - size;
failed:
	b->failed = true;
	return NULL;
}

void buffer_append(struct buffer *b, const void *data, size_t size)
{
	uint8_t *at = buffer_extend(b, size);

	if (at && size > 0)
		memcpy(at, data, size);
}

void buffer_append_text(struct buffer *b, const char *text)
{
	buffer_append(b, text, strlen(text));
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	uint8_t *at = n < 0 ? NULL : buffer_extend(b, (size_t)n + 1);
	if (at) {
		vsnprintf((char *)at, (size_t)n + 1, format, again);
		b->size--; // the final zero
	} else {
		b->failed = true;
	}
	va_end(again);
	va_end(args);
}

struct bytes buffer_bytes(const struct buffer *b)
{
	return bytes_of(b->data, b->size);
}

void hex_encode(const void *data, size_t size, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *at = data;

	for (size_t i = 0; i < size; i++) {
		out[2 * i] = digits[at[i] >> 4];
		out[2 * i + 1] = digits[at[i] & 15];
	}
	out[2 * size] = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(const char *text, void *out, size_t size)
{
	uint8_t *at = out;

	for (size_t i = 0; i < size; i++) {
		int high = hex_digit(text[2 * i]), low = high < 0 ? -1 : hex_digit(text[2 * i + 1]);
		if (low < 0)
			return false;
		at[i] = (uint8_t)(high << 4 | low);
	}
	return text[2 * size] == '\0';
}
