#include "crypto/digest.h"

#include <errno.h>
#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/ensure.h"
#include "base/memory.h"

#define block_size 64 // of SHA-256, FIPS 180-4

// OpenSSL 3.0's EVP makes and frees a context of the provider's with each digest: that takes a fifth of the time of an entry's
// digest, and memory, where there may be none left.  So the provider is asked once for its functions, which are called as EVP
// calls them (provider-digest(7)), and each thread keeps a context.
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t context_key;
static EVP_MD *fetched; // never freed: it keeps the provider
static struct {
	OSSL_FUNC_digest_newctx_fn *new;
	OSSL_FUNC_digest_init_fn *start;
	OSSL_FUNC_digest_update_fn *add;
	OSSL_FUNC_digest_final_fn *end;
	OSSL_FUNC_digest_freectx_fn *free;
} sha256;
static _Thread_local void *thread_context;

static void got(bool memory)
{
	if (!memory)
		memory_ended("digest");
}

static void free_context(void *context)
{
	sha256.free(context);
}

static void take_functions(const OSSL_DISPATCH *function)
{
	for (; function->function_id; function++) {
		switch (function->function_id) {
		case OSSL_FUNC_DIGEST_NEWCTX: sha256.new = OSSL_FUNC_digest_newctx(function); break;
		case OSSL_FUNC_DIGEST_INIT: sha256.start = OSSL_FUNC_digest_init(function); break;
		case OSSL_FUNC_DIGEST_UPDATE: sha256.add = OSSL_FUNC_digest_update(function); break;
		case OSSL_FUNC_DIGEST_FINAL: sha256.end = OSSL_FUNC_digest_final(function); break;
		case OSSL_FUNC_DIGEST_FREECTX: sha256.free = OSSL_FUNC_digest_freectx(function); break;
		default: break;
		}
	}
	ensure(sha256.new && sha256.start && sha256.add && sha256.end && sha256.free);
}

// One of the provider's names for it, between colons, in any order.
static bool is_fetched(const char *names)
{
	char name[64];

	for (;; names++) {
		size_t size = strcspn(names, ":");
		snprintf(name, sizeof name, "%.*s", (int)size, names);
		if (EVP_MD_is_a(fetched, name))
			return true;
		names += size;
		if (!*names)
			return false;
	}
}

static void fetch(void)
{
	int no_cache;

	fetched = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	got(fetched != NULL);
	const OSSL_ALGORITHM *found =
		OSSL_PROVIDER_query_operation(EVP_MD_get0_provider(fetched), OSSL_OP_DIGEST, &no_cache);
	ensure(found);
	while (found->algorithm_names && !is_fetched(found->algorithm_names))
		found++;
	ensure(found->algorithm_names);
	take_functions(found->implementation);
	ensure(pthread_key_create(&context_key, free_context) == 0);
}

static void *context_new(void)
{
	pthread_once(&once, fetch);
	void *context = sha256.new(OSSL_PROVIDER_get0_provider_ctx(EVP_MD_get0_provider(fetched)));
	got(context != NULL);
	return context;
}

static void context_start(void *context)
{
	ensure(sha256.start(context, NULL) == 1);
}

static void context_add(void *context, const void *data, size_t size)
{
	ensure(size == 0 || sha256.add(context, data, size) == 1);
}

static struct hash context_end(void *context)
{
	struct hash hash;
	size_t size;

	ensure(sha256.end(context, hash.byte, &size, sizeof hash.byte) == 1 && size == sizeof hash.byte);
	return hash;
}

// The thread's own, begun anew in whatever state it was left.
static void *here(void)
{
	if (!thread_context) {
		thread_context = context_new();
		pthread_setspecific(context_key, thread_context); // frees it when the thread ends
	}
	context_start(thread_context);
	return thread_context;
}

struct hash digest_sha256(struct bytes data)
{
	void *context = here();

	context_add(context, data.data, data.size);
	return context_end(context);
}

struct hash merkle_leaf(struct bytes data)
{
	void *context = here();

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

// RFC 2104: H((key ^ opad) || H((key ^ ipad) || data)).
struct hmac_key {
	uint8_t inner[block_size], outer[block_size]; // the key with its pads
};

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
	for (size_t i = 0; i < block_size; i++) {
		made->inner[i] = block[i] ^ 0x36;
		made->outer[i] = block[i] ^ 0x5c;
	}
	OPENSSL_cleanse(block, sizeof block);
	return made;
}

void hmac_key_free(struct hmac_key *key)
{
	if (!key)
		return;
	OPENSSL_cleanse(key, sizeof *key);
	free(key);
}

static struct hash under(const uint8_t block[block_size], struct bytes data)
{
	void *context = here();

	context_add(context, block, block_size);
	context_add(context, data.data, data.size);
	return context_end(context);
}

struct hash hmac_sha256(const struct hmac_key *key, struct bytes data)
{
	struct hash inner = under(key->inner, data);

	return under(key->outer, bytes_of_hash(&inner));
}

struct hash digest_hmac_sha256(struct bytes key, struct bytes data)
{
	struct hmac_key *made = hmac_key_new(key);
	struct hash hash = hmac_sha256(made, data);

	hmac_key_free(made);
	return hash;
}

// struct digest is the provider's context under a name of ours.
struct digest *digest_new(void)
{
	void *context = context_new();

	context_start(context);
	return context;
}

void digest_add(struct digest *digest, struct bytes data)
{
	context_add(digest, data.data, data.size);
}

struct hash digest_end_free(struct digest *digest)
{
	struct hash hash = context_end(digest);

	sha256.free(digest);
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
