#include "crypto/signature.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "crypto/key.h"

// RFC 5480: SubjectPublicKeyInfo of an uncompressed point on the named curve P-256, up to the point.
static const uint8_t spki_prefix[] = {
	0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
};
#define spki_size (sizeof spki_prefix + key_point_size)

// OpenSSL keeps a queue of errors for each thread; what we have turned into a code must not stay in it.  Nobody is blamed for
// a signature or a key when there was no memory to look at it.
static enum error failed(enum error error)
{
	for (unsigned long code; (code = ERR_get_error()) != 0;)
		if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
			error = error_no_memory;
	return error;
}

static enum error key_take(EVP_PKEY *pkey, struct key **out)
{
	struct key *key = malloc(sizeof *key);
	EVP_PKEY_CTX *_Atomic *verifier = calloc(1, sizeof *verifier);

	if (!key || !verifier) {
		EVP_PKEY_free(pkey);
		free(verifier);
		free(key);
		return error_no_memory;
	}
	key->pkey = pkey;
	key->verifier = verifier;
	*out = key;
	return error_none;
}

// Takes pkey, whatever comes of it.
static enum error key_take_if_p256(EVP_PKEY *pkey, struct key **out)
{
	char group[32] = "";
	int explicit_parameters = 0;

	if (!pkey)
		return failed(error_malformed);
	if (EVP_PKEY_is_a(pkey, "EC") != 1 || EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) != 1 ||
	    strcmp(group, SN_X9_62_prime256v1) != 0 ||
	    EVP_PKEY_get_int_param(pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit_parameters) != 1 ||
	    explicit_parameters) {
		EVP_PKEY_free(pkey);
		return failed(error_malformed);
	}
	return key_take(pkey, out);
}

// What EVP_EC_gen does each time is done once a thread: finding the algorithm and reading the curve's parameters cost more
// than the key.
static pthread_once_t generator_once = PTHREAD_ONCE_INIT;
static pthread_key_t generator_key;
static _Thread_local EVP_PKEY_CTX *generator;

static void free_generator(void *context)
{
	EVP_PKEY_CTX_free(context);
}

static void make_generator_key(void)
{
	ensure(pthread_key_create(&generator_key, free_generator) == 0);
}

static EVP_PKEY_CTX *generator_here(void)
{
	pthread_once(&generator_once, make_generator_key);
	if (generator)
		return generator;
	EVP_PKEY_CTX *made = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	if (!made || EVP_PKEY_keygen_init(made) != 1 || EVP_PKEY_CTX_set_group_name(made, SN_X9_62_prime256v1) != 1) {
		EVP_PKEY_CTX_free(made);
		return NULL;
	}
	pthread_setspecific(generator_key, made);
	return generator = made;
}

enum error key_generate(struct key **key)
{
	EVP_PKEY *pkey = NULL;
	EVP_PKEY_CTX *context = generator_here();

	if (!context || EVP_PKEY_generate(context, &pkey) != 1)
		return failed(error_crypto);
	return key_take(pkey, key);
}

void key_free(struct key *key)
{
	if (!key)
		return;
	EVP_PKEY_CTX_free(*key->verifier);
	free(key->verifier);
	EVP_PKEY_free(key->pkey);
	free(key);
}

// A key with a password is refused; without this OpenSSL would ask for it at the terminal.  Its type is OpenSSL's.
// NOLINTNEXTLINE(readability-non-const-parameter)
static int no_password(char *out, int size, int writing, void *context)
{
	(void)out, (void)size, (void)writing, (void)context;
	return -1;
}

static BIO *bio_over(struct bytes pem)
{
	return pem.size > 0 && pem.size < 65536 ? BIO_new_mem_buf(pem.data, (int)pem.size) : NULL;
}

enum error key_read_private(struct bytes pem, struct key **key)
{
	BIO *bio = bio_over(pem);
	EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;

	BIO_free(bio);
	return key_take_if_p256(pkey, key);
}

enum error key_read_public_pem(struct bytes pem, struct key **key)
{
	BIO *bio = bio_over(pem);
	uint8_t *der = NULL;
	char *name = NULL, *header = NULL;
	long size = 0;
	enum error e = error_malformed;

	if (bio && PEM_read_bio(bio, &name, &header, &der, &size) == 1 && strcmp(name, PEM_STRING_PUBLIC) == 0)
		e = key_read_public(bytes_of(der, (size_t)size), key);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	BIO_free(bio);
	return e ? failed(e) : e;
}

// Takes the memory BIO.
static enum error append_bio(BIO *bio, bool written, struct buffer *out)
{
	char *data;
	long size = bio ? BIO_get_mem_data(bio, &data) : 0;

	if (written && size > 0)
		buffer_append(out, data, (size_t)size);
	BIO_free(bio);
	if (!written || size <= 0)
		return failed(error_crypto);
	return out->failed ? error_no_memory : error_none;
}

enum error key_write_private(const struct key *key, struct buffer *pem)
{
	BIO *bio = BIO_new(BIO_s_secmem());

	bool written = bio && PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) == 1;
	return append_bio(bio, written, pem);
}

enum error key_write_public(const struct key *key, struct buffer *pem)
{
	BIO *bio = BIO_new(BIO_s_mem());

	return append_bio(bio, bio && PEM_write_bio_PUBKEY(bio, key->pkey) == 1, pem);
}

enum error key_write_point(const struct key *key, uint8_t point[key_point_size])
{
	size_t size = 0;

	if (EVP_PKEY_get_octet_string_param(key->pkey, OSSL_PKEY_PARAM_PUB_KEY, point, key_point_size, &size) != 1 ||
	    size != key_point_size)
		return failed(error_crypto);
	return error_none;
}

enum error key_read_point(const uint8_t point[key_point_size], struct key **key)
{
	uint8_t spki[spki_size];

	memcpy(spki, spki_prefix, sizeof spki_prefix);
	memcpy(spki + sizeof spki_prefix, point, key_point_size);
	return key_read_public(bytes_of(spki, sizeof spki), key);
}

// A P-256 key of which only the curve is used.  d2i_PUBKEY looks for a decoder each time: 260 µs against 9.
static EVP_PKEY *curve;
static pthread_once_t curve_once = PTHREAD_ONCE_INIT;

static void curve_make(void)
{
	curve = EVP_EC_gen("P-256");
}

enum error key_read_public(struct bytes spki, struct key **key)
{
	if (spki.size != spki_size || memcmp(spki.data, spki_prefix, sizeof spki_prefix) != 0 ||
	    spki.data[sizeof spki_prefix] != 4)
		return error_malformed;
	pthread_once(&curve_once, curve_make);
	EVP_PKEY *pkey = curve ? EVP_PKEY_new() : NULL;
	if (!pkey || EVP_PKEY_copy_parameters(pkey, curve) != 1) {
		EVP_PKEY_free(pkey);
		return failed(error_crypto);
	}
	// The point is refused unless it lies on the curve.
	if (EVP_PKEY_set1_encoded_public_key(pkey, spki.data + sizeof spki_prefix, spki_size - sizeof spki_prefix) != 1) {
		EVP_PKEY_free(pkey);
		return failed(error_malformed);
	}
	return key_take(pkey, key);
}

// Written by hand as well, so that what OpenSSL remembers of a key's former encoding does not matter.
static enum error spki_of(const struct key *key, uint8_t spki[spki_size])
{
	memcpy(spki, spki_prefix, sizeof spki_prefix);
	return key_write_point(key, spki + sizeof spki_prefix);
}

enum error key_write_public_der(const struct key *key, struct buffer *out)
{
	uint8_t spki[spki_size];
	enum error e = spki_of(key, spki);

	if (e)
		return e;
	buffer_append(out, spki, sizeof spki);
	return out->failed ? error_no_memory : error_none;
}

enum error key_fingerprint(const struct key *key, struct hash *fingerprint)
{
	uint8_t spki[spki_size];
	enum error e = spki_of(key, spki);

	if (!e)
		*fingerprint = digest_sha256(bytes_of(spki, sizeof spki));
	return e;
}

// ---- r || s and the DER that OpenSSL speaks (RFC 3279, 2.2.3)

#define der_max 72

static bool der_to_raw(const uint8_t *der, size_t size, uint8_t raw[64])
{
	const unsigned char *at = der;
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)size);
	bool done = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32) == 32 &&
		    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32) == 32;

	ECDSA_SIG_free(pair);
	return done;
}

// The shortest INTEGER that is not negative; returns the end.
static uint8_t *put_integer(uint8_t *at, const uint8_t *number)
{
	size_t size = 32;

	for (; size > 1 && *number == 0; number++)
		size--;
	bool pad = *number & 0x80;
	*at++ = 0x02;
	*at++ = (uint8_t)(size + pad);
	if (pad)
		*at++ = 0;
	memcpy(at, number, size);
	return at + size;
}

static size_t raw_to_der(const uint8_t raw[64], uint8_t der[der_max])
{
	uint8_t *end = put_integer(put_integer(der + 2, raw), raw + 32);

	der[0] = 0x30;
	der[1] = (uint8_t)(end - der - 2);
	return (size_t)(end - der);
}

enum error signature_make(const struct key *key, struct bytes data, uint8_t signature[64])
{
	struct hash hash = digest_sha256(data);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key->pkey, NULL);
	uint8_t der[der_max];
	size_t size = sizeof der;
	bool done = context && EVP_PKEY_sign_init(context) == 1 &&
		    EVP_PKEY_sign(context, der, &size, hash.byte, sizeof hash.byte) == 1 &&
		    der_to_raw(der, size, signature);

	EVP_PKEY_CTX_free(context);
	return done ? error_none : failed(error_crypto);
}

// Finding the algorithm and making a context takes 2 µs, and 10 when the caches hold something else by then, of about 90 for
// a verification; so each key keeps one.
static EVP_PKEY_CTX *verifier_take(const struct key *key)
{
	EVP_PKEY_CTX *context = atomic_exchange(key->verifier, NULL);

	if (context)
		return context;
	context = EVP_PKEY_CTX_new(key->pkey, NULL);
	if (context && EVP_PKEY_verify_init(context) == 1)
		return context;
	EVP_PKEY_CTX_free(context);
	return NULL;
}

enum error signature_verify(const struct key *key, struct bytes data, const uint8_t signature[64])
{
	struct hash hash = digest_sha256(data);
	EVP_PKEY_CTX *context = verifier_take(key);
	uint8_t der[der_max];
	size_t size = raw_to_der(signature, der);

	if (!context)
		return failed(error_crypto);
	// 0 and negative alike: a signature can be made for which OpenSSL fails.
	bool verified = EVP_PKEY_verify(context, der, size, hash.byte, sizeof hash.byte) == 1;
	EVP_PKEY_CTX_free(atomic_exchange(key->verifier, context)); // NULL, unless others verified meanwhile
	return verified ? error_none : failed(error_signature);
}
