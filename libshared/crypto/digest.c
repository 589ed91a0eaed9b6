#include "crypto/digest.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/ensure.h"
#include "base/memory.h"

#define block_size 64 // of SHA-256, FIPS 180-4

// Fetching an algorithm by name takes longer than hashing an entry, so that is done once, and each thread keeps a
// context.  OpenSSL takes memory at each start of one all the same; where there is none nothing can be decided any more, and the
// process ends (base/memory.h).
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t context_key;
static EVP_MD *sha256;
static _Thread_local EVP_MD_CTX *thread_context;

static void got(bool memory)
{
	if (!memory)
		memory_ended("digest");
}

static void free_context(void *context)
{
	EVP_MD_CTX_free(context);
}

static void fetch(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	got(sha256 != NULL);
	ensure(pthread_key_create(&context_key, free_context) == 0);
}

static EVP_MD_CTX *context_new(void)
{
	pthread_once(&once, fetch);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	got(context != NULL);
	return context;
}

static void context_start(EVP_MD_CTX *context)
{
	got(EVP_DigestInit_ex2(context, sha256, NULL) == 1);
}

static void context_add(EVP_MD_CTX *context, const void *data, size_t size)
{
	ensure(EVP_DigestUpdate(context, data, size) == 1);
}

static struct hash context_end(EVP_MD_CTX *context)
{
	struct hash hash;
	unsigned size = sizeof hash.byte;

	ensure(EVP_DigestFinal_ex(context, hash.byte, &size) == 1 && size == sizeof hash.byte);
	return hash;
}

// The thread's own, in whatever state it was left.
static EVP_MD_CTX *kept(void)
{
	if (!thread_context) {
		thread_context = context_new();
		pthread_setspecific(context_key, thread_context); // frees it when the thread ends
	}
	return thread_context;
}

static EVP_MD_CTX *here(void)
{
	EVP_MD_CTX *context = kept();

	context_start(context);
	return context;
}

struct hash digest_sha256(struct bytes data)
{
	EVP_MD_CTX *context = here();

	context_add(context, data.data, data.size);
	return context_end(context);
}

struct hash merkle_leaf(struct bytes data)
{
	EVP_MD_CTX *context = here();

	context_add(context, "\x00", 1);
	context_add(context, data.data, data.size);
	return context_end(context);
}

struct hash merkle_node(const struct hash *left, const struct hash *right)
{
	uint8_t node[1 + 2 * sizeof left->byte];

	node[0] = 1;
	memcpy(node + 1, left->byte, sizeof left->byte);
	memcpy(node + 1 + sizeof left->byte, right->byte, sizeof right->byte);
	return digest_sha256(bytes_of(node, sizeof node));
}

// RFC 2104: H((key ^ opad) || H((key ^ ipad) || data)).  Both halves begin with a block that only the key decides.
struct hmac_key {
	EVP_MD_CTX *inner, *outer; // after that block
};

static EVP_MD_CTX *after_key(const uint8_t key[block_size], uint8_t pad)
{
	uint8_t block[block_size];
	EVP_MD_CTX *context = context_new();

	for (size_t i = 0; i < block_size; i++)
		block[i] = key[i] ^ pad;
	context_start(context);
	context_add(context, block, sizeof block);
	OPENSSL_cleanse(block, sizeof block);
	return context;
}

struct hmac_key *hmac_key_new(struct bytes key)
{
	uint8_t block[block_size] = { 0 };
	struct hmac_key *made = malloc(sizeof *made);

	got(made != NULL);
	if (key.size > block_size) {
		struct hash short_key = digest_sha256(key);
		memcpy(block, short_key.byte, sizeof short_key.byte);
	} else if (key.size > 0) {
		memcpy(block, key.data, key.size);
	}
	made->inner = after_key(block, 0x36);
	made->outer = after_key(block, 0x5c);
	OPENSSL_cleanse(block, sizeof block);
	return made;
}

void hmac_key_free(struct hmac_key *key)
{
	if (!key)
		return;
	EVP_MD_CTX_free(key->inner);
	EVP_MD_CTX_free(key->outer);
	free(key);
}

static struct hash go_on(const EVP_MD_CTX *from, struct bytes data)
{
	EVP_MD_CTX *context = kept();

	got(EVP_MD_CTX_copy_ex(context, from) == 1);
	context_add(context, data.data, data.size);
	return context_end(context);
}

struct hash hmac_sha256(const struct hmac_key *key, struct bytes data)
{
	struct hash inner = go_on(key->inner, data);

	return go_on(key->outer, bytes_of_hash(&inner));
}

struct hash digest_hmac_sha256(struct bytes key, struct bytes data)
{
	struct hmac_key *made = hmac_key_new(key);
	struct hash hash = hmac_sha256(made, data);

	hmac_key_free(made);
	return hash;
}

// struct digest is OpenSSL's context under a name of ours.
struct digest *digest_new(void)
{
	EVP_MD_CTX *context = context_new();

	context_start(context);
	return (struct digest *)context;
}

void digest_add(struct digest *digest, struct bytes data)
{
	context_add((EVP_MD_CTX *)digest, data.data, data.size);
}

struct hash digest_end_free(struct digest *digest)
{
	struct hash hash = context_end((EVP_MD_CTX *)digest);

	EVP_MD_CTX_free((EVP_MD_CTX *)digest);
	return hash;
}

void random_bytes(void *out, size_t size)
{
	uint8_t *at = out;

	while (size > 0) {
		ssize_t n = getrandom(at, size, 0);
		ensure(n > 0 || errno == EINTR);
		if (n > 0) {
			at += n;
			size -= (size_t)n;
		}
	}
}
