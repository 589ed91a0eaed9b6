#include <openssl/crypto.h>
#include <pthread.h>

#include "crypto/digest.h"
#include "crypto/signature.h"
#include "test.h"

#define spki_head "3059301306072a8648ce3d020106082a8648ce3d03010703420004"

// The key of RFC 6979, A.2.5.
#define sample_key \
	spki_head "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" \
		  "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"

static enum error read_spki(const char *hex, struct key **key)
{
	uint8_t der[512];
	size_t size = strlen(hex) / 2;

	check(hex_decode(hex, der, size));
	return key_read_public(bytes_of(der, size), key);
}

test(the_signatures_of_rfc_6979_verify)
{
	uint8_t sample[64], other[64];
	struct key *key;

	check(read_spki(sample_key, &key) == error_none);
	check(hex_decode("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
			 "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
			 sample, sizeof sample));
	check(hex_decode("f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
			 "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
			 other, sizeof other));
	check(signature_verify(key, bytes_of_text("sample"), sample) == error_none);
	check(signature_verify(key, bytes_of_text("test"), other) == error_none);
	check(signature_verify(key, bytes_of_text("test"), sample) == error_signature);
	check(signature_verify(key, bytes_of_text("sample"), other) == error_signature);
	key_free(key);
}

test(what_one_key_signs_only_that_key_verifies)
{
	struct key *ours = NULL, *another = NULL;
	uint8_t signature[64];

	check(key_generate(&ours) == error_none && key_generate(&another) == error_none);
	// Often enough for r and s with leading zeros.
	for (int i = 0; i < 600; i++) {
		struct bytes data = bytes_of(&i, sizeof i);
		check(signature_make(ours, data, signature) == error_none);
		check(signature_verify(ours, data, signature) == error_none);
		if (i < 5)
			check(signature_verify(another, data, signature) == error_signature);
	}
	key_free(ours);
	key_free(another);
}

test(a_signature_with_any_bit_changed_does_not_verify)
{
	struct key *key;
	uint8_t signature[64];
	struct bytes data = bytes_of_text("a list of 400 members");

	check(key_generate(&key) == error_none);
	check(signature_make(key, data, signature) == error_none);
	for (size_t bit = 0; bit < 512; bit++) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		check(signature_verify(key, data, signature) == error_signature);
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	memset(signature, 0, sizeof signature);
	check(signature_verify(key, data, signature) == error_signature);
	memset(signature, 0xff, sizeof signature);
	check(signature_verify(key, data, signature) == error_signature);
	key_free(key);
}

static struct key *shared;
static uint8_t of_yes[64];

static void *verify_often(void *wrong)
{
	for (int i = 0; i < 200; i++)
		*(int *)wrong += signature_verify(shared, bytes_of_text("yes"), of_yes) != error_none ||
				 signature_verify(shared, bytes_of_text("no"), of_yes) != error_signature;
	return NULL;
}

test(threads_may_verify_with_one_key)
{
	pthread_t threads[4];
	int wrong[4] = { 0 };

	check(key_generate(&shared) == error_none && signature_make(shared, bytes_of_text("yes"), of_yes) == error_none);
	for (int i = 0; i < 4; i++)
		check(pthread_create(&threads[i], NULL, verify_often, &wrong[i]) == 0);
	for (int i = 0; i < 4; i++)
		check(pthread_join(threads[i], NULL) == 0 && wrong[i] == 0);
	key_free(shared);
}

test(a_public_key_cannot_sign)
{
	struct key *key;
	uint8_t signature[64];

	check(read_spki(sample_key, &key) == error_none);
	check(signature_make(key, bytes_of_text("x"), signature) == error_crypto);
	key_free(key);
}

test(a_key_comes_back_from_its_files)
{
	struct key *key, *private_key, *public_key, *from_der;
	struct buffer private_pem = { 0 }, public_pem = { 0 }, der = { 0 };
	struct hash name, again;
	uint8_t signature[64];

	check(key_generate(&key) == error_none);
	check(key_write_private(key, &private_pem) == error_none);
	check(key_write_public(key, &public_pem) == error_none);
	check(key_write_public_der(key, &der) == error_none);
	check(memcmp(private_pem.data, "-----BEGIN PRIVATE KEY-----\n", 28) == 0);
	check(memcmp(public_pem.data, "-----BEGIN PUBLIC KEY-----\n", 27) == 0);
	check(key_read_private(buffer_bytes(&private_pem), &private_key) == error_none);
	check(key_read_public_pem(buffer_bytes(&public_pem), &public_key) == error_none);
	check(key_read_public(buffer_bytes(&der), &from_der) == error_none);
	check(signature_make(private_key, bytes_of_text("x"), signature) == error_none);
	check(signature_verify(public_key, bytes_of_text("x"), signature) == error_none);
	check(signature_verify(from_der, bytes_of_text("x"), signature) == error_none);
	check(key_fingerprint(key, &name) == error_none);
	struct hash by_hand = digest_sha256(buffer_bytes(&der));
	check(hash_equal(&name, &by_hand));
	check(key_fingerprint(private_key, &again) == error_none && hash_equal(&name, &again));
	check(key_fingerprint(public_key, &again) == error_none && hash_equal(&name, &again));
	key_free(key);
	key_free(private_key);
	key_free(public_key);
	key_free(from_der);
	buffer_deinit(&private_pem);
	buffer_deinit(&public_pem);
	buffer_deinit(&der);
}

test(only_the_one_encoding_of_a_point_on_p256_is_a_public_key)
{
	static const char *const refused[] = {
		"",
		"3059",
		// not on the curve
		spki_head "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
			  "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462298",
		// a byte too many
		sample_key "00",
		// a compressed point
		"3039301306072a8648ce3d020106082a8648ce3d030107032200033d1e50eee33b204f7933d9cb1a406a0b4faaee112c90f4bf"
		"3b3a5686165b5ea2",
		// explicit curve parameters
		"3082014b3082010306072a8648ce3d02013081f7020101302c06072a8648ce3d0101022100ffffffff00000001000000000000"
		"000000000000ffffffffffffffffffffffff305b0420ffffffff00000001000000000000000000000000ffffffffffffffffff"
		"fffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b031500c49d360886e704936a6678"
		"e1139d26b7819f7e900441046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f"
		"9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5022100ffffffff00000000ffffffffffffffffbce6faada7179e"
		"84f3b9cac2fc63255102010103420004fcc27ddc52811af2906d394ac9e63cae96a8d5584eb421facbf272f7571ce89e994f38"
		"595b37548b74af4e0a6a7bae1935505370f416544e1c67e40c536a15ee",
	};
	struct key *key;

	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		check(read_spki(refused[i], &key) == error_malformed);
}

test(only_a_whole_private_key_on_p256_without_password_is_read)
{
	static const char *const refused[] = {
		"", "-----BEGIN PRIVATE KEY-----\n", "no key at all",
		// P-384
		"-----BEGIN PRIVATE KEY-----\nMIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDC7nTMIGf67WJysAQH2\n"
		"OENYyApYNDBXMuwMbjk4En7vYzxsOldkGpg6jw4aGBVd0z6hZANiAAQdR/6A8dN6\n"
		"ruJKQgM0pf0FGBifmTp/zykMzHMjVGHZfPrYQxQG3KtssDEXwdWnkuhPbqKMwvHk\n"
		"9mYtYCOft9JBcAlFcwsAeuzgbz6UL8BgBvmCvkRmg2YQFWatISgzRJc=\n-----END PRIVATE KEY-----\n",
		// explicit curve parameters
		"-----BEGIN PRIVATE KEY-----\nMIIBeQIBADCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAAB\n"
		"AAAAAAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA\n"
		"///////////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMV\n"
		"AMSdNgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg\n"
		"9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8A\n"
		"AAAA//////////+85vqtpxeehPO5ysL8YyVRAgEBBG0wawIBAQQgwWWT1VYed/ci\n"
		"xlljNkJpb+a7Jbfx/iXrIqGyWQLZhdWhRANCAAT+77dD5qs1SqGsOtv5JLNi9spE\n"
		"rgBiQC4VlC/NJHQYdGsznI6KtpL8ZxOW+pzi5bV1Fs2EThiM5V+sFyrcoeMp\n-----END PRIVATE KEY-----\n",
		// under a password
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgV0L5sCQEROgICCAAw\n"
		"DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEKzwCVO1ZvjLH4JunRBb4TkEgZCj\n"
		"CdC9EIv9VsoosR4ytVIE0t6CR4OiCD+m6L5ihvJewTB13r1w2a4sTZ3GaT9cYJwx\n"
		"yg+TpdKq9clXxOkapv9u/muhMqrPfYSIRkNUz3i5crprrTUVV5EYCsjnWMhHu6Eu\n"
		"zMViMbp58kS0ZwbuKzAoi5/FKplY/L4nv3yDN2lM7X8tzGJJ/HUwHQem2VP5Wts=\n-----END ENCRYPTED PRIVATE KEY-----\n",
	};
	struct key *key;

	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		check(key_read_private(bytes_of_text(refused[i]), &key) == error_malformed);
}

// ---- without memory

static _Thread_local unsigned long allocations, fails_at; // 0: none

// Those for a digest are not counted: without them nothing can be decided and the process ends (crypto/digest.c).
static bool fails(const char *file)
{
	return !strstr(file, "digest") && ++allocations == fails_at;
}

static void *allocate(size_t size, const char *file, int line)
{
	(void)line;
	return fails(file) ? NULL : malloc(size);
}

static void *allocate_again(void *old, size_t size, const char *file, int line)
{
	(void)line;
	return fails(file) ? NULL : realloc(old, size);
}

static void release(void *old, const char *file, int line)
{
	(void)file, (void)line;
	free(old);
}

static enum error read_and_verify(struct key *known, const uint8_t signature[64])
{
	struct buffer spki = { 0 };
	struct key *key = NULL;
	enum error e = key_write_public_der(known, &spki);

	if (!e)
		e = key_read_public(buffer_bytes(&spki), &key);
	for (int i = 0; !e && i < 2; i++) // the first makes what the second finds
		e = signature_verify(key, bytes_of_text("sample"), signature);
	key_free(key);
	buffer_deinit(&spki);
	return e;
}

// Whichever allocation fails.  That a good signature is called bad would end somebody's act.
test(who_lacks_memory_blames_no_key_and_no_signature)
{
	unsigned long n = 0, failures = 0;
	struct key *key = NULL;
	uint8_t signature[64];

	check(key_generate(&key) == error_none && signature_make(key, bytes_of_text("sample"), signature) == error_none);
	check(read_and_verify(key, signature) == error_none);
	for (bool reached = true; reached; n++) {
		allocations = 0;
		fails_at = n + 1;
		enum error e = read_and_verify(key, signature);
		reached = allocations >= fails_at;
		fails_at = 0;
		failures += e != error_none;
		if (e > 0)
			printf("# allocation %lu: %s\n", n + 1, error_name(e));
		check(e <= 0);
	}
	check(n > 20 && failures > 10);
	key_free(key);
}

int main(void)
{
	check(CRYPTO_set_mem_functions(allocate, allocate_again, release) == 1);
	run(the_signatures_of_rfc_6979_verify);
	run(what_one_key_signs_only_that_key_verifies);
	run(a_signature_with_any_bit_changed_does_not_verify);
	run(threads_may_verify_with_one_key);
	run(a_public_key_cannot_sign);
	run(a_key_comes_back_from_its_files);
	run(only_the_one_encoding_of_a_point_on_p256_is_a_public_key);
	run(only_a_whole_private_key_on_p256_without_password_is_read);
	run(who_lacks_memory_blames_no_key_and_no_signature);
	return test_summary();
}
