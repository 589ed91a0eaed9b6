#include "simulator/signatures.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "crypto/signature.h"

#define keys_max 1024
#define kept_max 512
#define good_max 8192

enum error __real_signature_make(const struct key *key, struct bytes data, uint8_t signature[64]);
enum error __wrap_signature_make(const struct key *key, struct bytes data, uint8_t signature[64]);
enum error __real_signature_verify(const struct key *key, struct bytes data, const uint8_t signature[64]);
enum error __wrap_signature_verify(const struct key *key, struct bytes data, const uint8_t signature[64]);
void __real_key_free(struct key *key);
void __wrap_key_free(struct key *key);
enum error __real_key_read_private(struct bytes pem, struct key **key);
enum error __wrap_key_read_private(struct bytes pem, struct key **key);
enum error __real_key_read_public(struct bytes spki, struct key **key);
enum error __wrap_key_read_public(struct bytes spki, struct key **key);

static bool cheap;

// What the door read, by what it was read from, and as what: after each crash the next door reads the same again.
static struct {
	enum error (*read)(struct bytes text, struct key **key);
	struct bytes text;
	struct key *key;
} kept[kept_max];
static size_t kept_count;

// Making a fingerprint takes as long as a signature.
static struct {
	const struct key *key;
	struct hash fingerprint;
} known[keys_max];
static size_t known_count;

static struct hash good[good_max]; // over key, signature and data; the last of each place

void signatures_are_cheap(bool are)
{
	cheap = are;
}

static const struct hash *fingerprint_of(const struct key *key)
{
	for (size_t i = 0; i < known_count; i++)
		if (known[i].key == key)
			return &known[i].fingerprint;
	ensure(known_count < keys_max);
	known[known_count].key = key;
	ensure(key_fingerprint(key, &known[known_count].fingerprint) == error_none);
	return &known[known_count++].fingerprint;
}

static void make(const struct key *key, struct bytes data, uint8_t signature[64])
{
	struct digest *digest = digest_new();
	digest_add(digest, bytes_of_hash(fingerprint_of(key)));
	digest_add(digest, data);
	struct hash first = digest_end_free(digest), second = digest_sha256(bytes_of_hash(&first));
	memcpy(signature, first.byte, sizeof first.byte);
	memcpy(signature + sizeof first.byte, second.byte, sizeof second.byte);
}

enum error __wrap_signature_make(const struct key *key, struct bytes data, uint8_t signature[64])
{
	if (!cheap)
		return __real_signature_make(key, data, signature);
	make(key, data, signature);
	return error_none;
}

// What was found good is: the same frame comes again and again, and is looked at once more when a log is judged.
static enum error verify_once(const struct key *key, struct bytes data, const uint8_t signature[64])
{
	struct digest *digest = digest_new();
	digest_add(digest, bytes_of_hash(fingerprint_of(key)));
	digest_add(digest, bytes_of(signature, 64));
	digest_add(digest, data);
	struct hash all = digest_end_free(digest), *place = &good[get_u16(all.byte) % good_max];
	if (hash_equal(place, &all))
		return error_none;
	enum error error = __real_signature_verify(key, data, signature);
	if (error == error_none)
		*place = all;
	return error;
}

enum error __wrap_signature_verify(const struct key *key, struct bytes data, const uint8_t signature[64])
{
	uint8_t right[64];
	if (!cheap)
		return verify_once(key, data, signature);
	make(key, data, right);
	return memcmp(signature, right, sizeof right) == 0 ? error_none : error_signature;
}

// What is refused is not kept.
static enum error kept_read(enum error (*read)(struct bytes text, struct key **key), struct bytes text, struct key **key)
{
	for (size_t i = 0; i < kept_count; i++)
		if (kept[i].read == read && bytes_equal(kept[i].text, text)) {
			*key = kept[i].key;
			return error_none;
		}
	enum error error = read(text, key);
	if (error != error_none || kept_count == kept_max)
		return error;
	uint8_t *copy = malloc(text.size);
	ensure(copy);
	memcpy(copy, text.data, text.size);
	kept[kept_count].read = read;
	kept[kept_count].text = bytes_of(copy, text.size);
	kept[kept_count++].key = *key;
	return error_none;
}

enum error __wrap_key_read_private(struct bytes pem, struct key **key)
{
	return kept_read(__real_key_read_private, pem, key);
}

enum error __wrap_key_read_public(struct bytes spki, struct key **key)
{
	return kept_read(__real_key_read_public, spki, key);
}

void __wrap_key_free(struct key *key)
{
	for (size_t i = 0; i < kept_count; i++)
		if (kept[i].key == key)
			return;
	for (size_t i = 0; i < known_count; i++)
		if (known[i].key == key)
			known[i--] = known[--known_count];
	__real_key_free(key);
}
