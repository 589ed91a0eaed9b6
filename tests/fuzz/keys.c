// Keys in PEM and DER, signatures, and boxes sealed to a key: what comes from files that people copy and from the line.
#include <string.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "fuzz/fuzz.h"

enum { of_private_pem, of_public_pem, of_spki, of_signature, of_box, of_sealed, kinds };

// Made for this test alone.
static const char own_pem[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7gEN0iSinXNYqA/T\n"
	"eqDddG6yxGVc+NfIBFfU3tMQ2/WhRANCAATppmQ0XjYUMamSF7p9DyNWFl0wxtHw\n"
	"Apte3Os45enZalPS8LljQJtR7MuGOc6Cx+rHRml4sQTfBWHZPwK9rqv9\n"
	"-----END PRIVATE KEY-----\n";
static const struct secret secret = { { 1, 2, 3 } };

static struct key *own_key(void)
{
	static struct key *key;
	if (!key)
		ensure(key_read_private(bytes_of_text(own_pem), &key) == error_none);
	return key;
}

// A public key has one encoding.
static void key_checked(enum error error, struct key **read, struct bytes spki)
{
	struct buffer der = { 0 };

	ensure(error == error_none || error == error_malformed);
	if (error != error_none)
		return;
	struct key *key = *read;
	ensure(key_write_public_der(key, &der) == error_none);
	if (spki.data)
		ensure(bytes_equal(buffer_bytes(&der), spki));
	buffer_deinit(&der);
	key_free(key);
}

static void opened(enum error error, struct buffer *plain)
{
	ensure(error == error_none || error == error_signature || error == error_malformed);
	ensure(error == error_none || plain->size == 0);
	buffer_deinit(plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer plain = { 0 };
	struct key *key = NULL;

	if (size == 0)
		return 0;
	struct bytes rest = bytes_of(data + 1, size - 1);
	switch (data[0] % kinds) {
	case of_private_pem:
		key_checked(key_read_private(rest, &key), &key, (struct bytes){ 0 });
		break;
	case of_public_pem:
		key_checked(key_read_public_pem(rest, &key), &key, (struct bytes){ 0 });
		break;
	case of_spki:
		key_checked(key_read_public(rest, &key), &key, rest);
		break;
	case of_signature:
		if (rest.size == 64)
			signature_verify(own_key(), bytes_of("data", 4), rest.data);
		break;
	case of_box:
		opened(box_open(own_key(), bytes_of("about", 5), rest, &plain), &plain);
		break;
	default:
		opened(unseal(&secret, bytes_of("about", 5), rest, &plain), &plain);
		break;
	}
	return 0;
}

void fuzz_seeds(struct fuzz_seeds *seeds)
{
	struct buffer made = { 0 };
	uint8_t signature[64];

	fuzz_seed(seeds, of_private_pem, bytes_of_text(own_pem));
	ensure(key_write_public(own_key(), &made) == error_none);
	fuzz_seed(seeds, of_public_pem, buffer_bytes(&made));
	buffer_clear(&made);
	ensure(key_write_public_der(own_key(), &made) == error_none);
	fuzz_seed(seeds, of_spki, buffer_bytes(&made));
	ensure(signature_make(own_key(), bytes_of("data", 4), signature) == error_none);
	fuzz_seed(seeds, of_signature, bytes_of(signature, sizeof signature));
	buffer_clear(&made);
	ensure(box_seal(own_key(), bytes_of("about", 5), bytes_of("plain", 5), &made) == error_none);
	fuzz_seed(seeds, of_box, buffer_bytes(&made));
	buffer_clear(&made);
	ensure(seal(&secret, bytes_of("about", 5), bytes_of("plain", 5), &made) == error_none);
	fuzz_seed(seeds, of_sealed, buffer_bytes(&made));
	buffer_deinit(&made);
}
