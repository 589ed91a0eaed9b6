#include "crypto/seal.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

#include "base/ensure.h"
#include "base/memory.h"
#include "crypto/digest.h"
#include "crypto/key.h"

#define nonce_size 12
#define tag_size 16
#define box_info "TDV sealed box 1"

_Static_assert(box_point_size == key_point_size, "a box begins with a point");

// As in digest.c: fetched once, a context for each thread.
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t context_key;
static EVP_CIPHER *aes_256_gcm;
static _Thread_local EVP_CIPHER_CTX *thread_context;

static void free_context(void *context)
{
	EVP_CIPHER_CTX_free(context);
}

static void fetch(void)
{
	aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (!aes_256_gcm)
		memory_ended("seal");
	ensure(pthread_key_create(&context_key, free_context) == 0);
}

static EVP_CIPHER_CTX *here(void)
{
	pthread_once(&once, fetch);
	if (!thread_context) {
		thread_context = EVP_CIPHER_CTX_new();
		if (!thread_context)
			memory_ended("seal");
		pthread_setspecific(context_key, thread_context);
	}
	return thread_context;
}

void secret_clear(struct secret *secret)
{
	OPENSSL_cleanse(secret, sizeof *secret);
}

// Extract and expand; 32 bytes are one block of output, so T(1) is all of it.
struct secret secret_derive(struct bytes salt, struct bytes input, struct bytes info)
{
	uint8_t labelled[256 + 1];
	struct secret out;

	ensure(info.size < sizeof labelled);
	struct hash extracted = digest_hmac_sha256(salt, input);
	if (info.size > 0)
		memcpy(labelled, info.data, info.size);
	labelled[info.size] = 1;
	struct hash expanded = digest_hmac_sha256(bytes_of_hash(&extracted), bytes_of(labelled, info.size + 1));
	memcpy(out.byte, expanded.byte, sizeof out.byte);
	OPENSSL_cleanse(&extracted, sizeof extracted);
	OPENSSL_cleanse(&expanded, sizeof expanded);
	return out;
}

static bool encrypt(EVP_CIPHER_CTX *c, const struct secret *key, struct bytes about, struct bytes plain, uint8_t *nonce)
{
	uint8_t *cipher = nonce + nonce_size, *tag = cipher + plain.size;
	int n;

	return EVP_EncryptInit_ex2(c, aes_256_gcm, key->byte, nonce, NULL) == 1 &&
	       (about.size == 0 || EVP_EncryptUpdate(c, NULL, &n, about.data, (int)about.size) == 1) &&
	       (plain.size == 0 || EVP_EncryptUpdate(c, cipher, &n, plain.data, (int)plain.size) == 1) &&
	       EVP_EncryptFinal_ex(c, tag, &n) == 1 &&
	       EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, tag_size, tag) == 1;
}

enum error seal(const struct secret *key, struct bytes about, struct bytes plain, struct buffer *out)
{
	if (plain.size > seal_plain_max || about.size > seal_plain_max)
		return error_bounds;
	uint8_t *nonce = buffer_extend(out, plain.size + seal_overhead);
	if (!nonce)
		return error_no_memory;
	random_bytes(nonce, nonce_size);
	bool done = encrypt(here(), key, about, plain, nonce);
	EVP_CIPHER_CTX_reset(here()); // forgets the key
	if (!done) {
		out->size -= plain.size + seal_overhead;
		ERR_clear_error();
		return error_crypto;
	}
	return error_none;
}

static enum error decrypt(EVP_CIPHER_CTX *c, const struct secret *key, struct bytes about, struct bytes sealed,
			  uint8_t *plain)
{
	const uint8_t *nonce = sealed.data, *cipher = nonce + nonce_size;
	size_t size = sealed.size - seal_overhead;
	uint8_t tag[tag_size], end[tag_size];
	int n;

	memcpy(tag, cipher + size, tag_size);
	if (EVP_DecryptInit_ex2(c, aes_256_gcm, key->byte, nonce, NULL) != 1 ||
	    (about.size > 0 && EVP_DecryptUpdate(c, NULL, &n, about.data, (int)about.size) != 1) ||
	    (size > 0 && EVP_DecryptUpdate(c, plain, &n, cipher, (int)size) != 1) ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, tag_size, tag) != 1)
		return error_crypto;
	return EVP_DecryptFinal_ex(c, end, &n) == 1 ? error_none : error_signature;
}

enum error unseal(const struct secret *key, struct bytes about, struct bytes sealed, struct buffer *out)
{
	if (sealed.size < seal_overhead)
		return error_signature;
	size_t size = sealed.size - seal_overhead;
	if (size > seal_plain_max || about.size > seal_plain_max)
		return error_bounds;
	uint8_t *plain = buffer_extend(out, size);
	if (!plain)
		return error_no_memory;
	enum error e = decrypt(here(), key, about, sealed, plain);
	EVP_CIPHER_CTX_reset(here());
	if (e) {
		OPENSSL_cleanse(plain, size); // nobody may see what did not verify
		out->size -= size;
		ERR_clear_error();
	}
	return e;
}

// The x coordinate that both sides reach (SEC 1, 3.3.1), through HKDF.
static enum error agree(const struct key *ours, const struct key *theirs, const uint8_t point[key_point_size],
			struct secret *out)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(ours->pkey, NULL);
	uint8_t shared[32];
	size_t size = sizeof shared;
	bool done = context && EVP_PKEY_derive_init(context) == 1 &&
		    // That the point lies on the curve was checked when it was read, and its cofactor is 1.
		    EVP_PKEY_derive_set_peer_ex(context, theirs->pkey, 0) == 1 &&
		    EVP_PKEY_derive(context, shared, &size) == 1 && size == sizeof shared;

	if (done)
		*out = secret_derive(bytes_of(point, key_point_size), bytes_of(shared, size), bytes_of_text(box_info));
	OPENSSL_cleanse(shared, sizeof shared);
	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
	return done ? error_none : error_crypto;
}

// An ephemeral key, and what it and `to` agree on.
static enum error box_key_make(struct box_key *known, const struct key *to)
{
	struct key *ephemeral;
	enum error e = key_generate(&ephemeral);

	if (e)
		return e;
	e = key_write_point(ephemeral, known->point);
	if (!e)
		e = agree(ephemeral, to, known->point, &known->secret);
	key_free(ephemeral);
	known->boxes = 0;
	known->made = e == error_none;
	return e;
}

void box_key_clear(struct box_key *known)
{
	OPENSSL_cleanse(known, sizeof *known);
}

enum error box_seal_known(struct box_key *known, const struct key *to, struct bytes about, struct bytes plain,
			  struct buffer *out)
{
	size_t before = out->size;
	enum error e = known->made && known->boxes < boxes_a_key ? error_none : box_key_make(known, to);

	if (!e) {
		buffer_append(out, known->point, sizeof known->point);
		e = seal(&known->secret, about, plain, out);
		known->boxes++;
	}
	if (e)
		out->size = before;
	return e;
}

enum error box_seal(const struct key *to, struct bytes about, struct bytes plain, struct buffer *out)
{
	struct box_key known = { 0 };
	enum error e = box_seal_known(&known, to, about, plain, out);

	box_key_clear(&known);
	return e;
}

static enum error agree_with_point(struct box_key *known, const struct key *private_key, const uint8_t *point)
{
	struct key *ephemeral;

	if (known->made && memcmp(known->point, point, sizeof known->point) == 0)
		return error_none;
	known->made = false;
	if (key_read_point(point, &ephemeral))
		return error_signature; // not a point of the curve: nobody sealed this
	memcpy(known->point, point, sizeof known->point);
	enum error e = agree(private_key, ephemeral, point, &known->secret);
	known->made = e == error_none;
	key_free(ephemeral);
	return e;
}

enum error box_open_known(struct box_key *known, const struct key *private_key, struct bytes about, struct bytes box,
			  struct buffer *out)
{
	if (box.size < key_point_size + seal_overhead)
		return error_signature;
	enum error e = agree_with_point(known, private_key, box.data);
	return e ? e : unseal(&known->secret, about, bytes_of(box.data + key_point_size, box.size - key_point_size), out);
}

enum error box_open(const struct key *private_key, struct bytes about, struct bytes box, struct buffer *out)
{
	struct box_key known = { 0 };
	enum error e = box_open_known(&known, private_key, about, box, out);

	box_key_clear(&known);
	return e;
}
