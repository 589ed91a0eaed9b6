#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ensure.h"
#include "crypto/digest.h"
#include "test.h"

static const char *hex(struct hash hash)
{
	static char text[65];

	hex_encode(hash.byte, sizeof hash.byte, text);
	return text;
}

static struct bytes filled(uint8_t *at, uint8_t value, size_t size)
{
	memset(at, value, size);
	return bytes_of(at, size);
}

// FIPS 180-4 examples (NIST CSRC, "SHA256.pdf") and the empty message.
test(sha256_agrees_with_the_published_examples)
{
	static uint8_t many[1000000];

	check_text(hex(digest_sha256((struct bytes){ 0 })),
		   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check_text(hex(digest_sha256(bytes_of_text("abc"))),
		   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check_text(hex(digest_sha256(bytes_of_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
		   "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	check_text(hex(digest_sha256(filled(many, 'a', sizeof many))),
		   "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

test(hmac_agrees_with_rfc_4231)
{
	uint8_t key[131], data[50];
	struct bytes large_key;

	check_text(hex(digest_hmac_sha256(filled(key, 0x0b, 20), bytes_of_text("Hi There"))),
		   "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	check_text(hex(digest_hmac_sha256(bytes_of_text("Jefe"), bytes_of_text("what do ya want for nothing?"))),
		   "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	check_text(hex(digest_hmac_sha256(filled(key, 0xaa, 20), filled(data, 0xdd, 50))),
		   "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	for (uint8_t i = 0; i < 25; i++)
		key[i] = (uint8_t)(i + 1);
	check_text(hex(digest_hmac_sha256(bytes_of(key, 25), filled(data, 0xcd, 50))),
		   "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
	large_key = filled(key, 0xaa, 131);
	check_text(hex(digest_hmac_sha256(large_key, bytes_of_text("Test Using Larger Than Block-Size Key - Hash Key First"))),
		   "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	check_text(hex(digest_hmac_sha256(large_key, bytes_of_text("This is a test using a larger than block-size key and a "
								   "larger than block-size data. The key needs to be hashed "
								   "before being used by the HMAC algorithm."))),
		   "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

test(a_kept_hmac_key_serves_again_and_beside_others)
{
	uint8_t data[50];
	struct hmac_key *jefe = hmac_key_new(bytes_of_text("Jefe")), *other = hmac_key_new((struct bytes){ 0 });

	for (unsigned i = 0; i < 3; i++) {
		check_text(hex(hmac_sha256(jefe, bytes_of_text("what do ya want for nothing?"))),
			   "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
		check_text(hex(hmac_sha256(other, (struct bytes){ 0 })),
			   "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
		digest_sha256(filled(data, 0xcd, 50));
	}
	hmac_key_free(jefe);
	hmac_key_free(other);
}

test(a_digest_in_pieces_is_the_digest_of_the_whole)
{
	struct digest *digest = digest_new();

	digest_add(digest, bytes_of_text("a"));
	// Another digest meanwhile does not disturb it.
	digest_sha256(bytes_of_text("something else"));
	digest_add(digest, (struct bytes){ 0 });
	digest_add(digest, bytes_of_text("bc"));
	check_text(hex(digest_end_free(digest)), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

test(random_bytes_are_not_the_same_twice)
{
	uint8_t a[300] = { 0 }, b[300] = { 0 };

	random_bytes(a, sizeof a);
	random_bytes(b, sizeof b);
	check(memcmp(a, b, sizeof a) != 0);
	check(memcmp(a + 268, b + 268, 32) != 0);
}

// ---- a provider that is not OpenSSL's own, as openssl.cnf may name one

static OSSL_ALGORITHM others_digests[3];

static const OSSL_ALGORITHM *others_query(void *context, int operation, int *no_cache)
{
	(void)context;
	*no_cache = 0;
	return operation == OSSL_OP_DIGEST ? others_digests : NULL;
}

static int others_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **context)
{
	static const OSSL_DISPATCH functions[] = { { OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))others_query }, { 0, NULL } };

	(void)handle, (void)in;
	*out = functions;
	*context = NULL;
	return 1;
}

// Borrows from OpenSSL's own, in a library context beside.
static void others_load(const char *names)
{
	int no_cache;
	const OSSL_ALGORITHM *own =
		OSSL_PROVIDER_query_operation(OSSL_PROVIDER_load(OSSL_LIB_CTX_new(), "default"), OSSL_OP_DIGEST, &no_cache);

	others_digests[0] = own[0];
	while (strncmp(own->algorithm_names, "SHA2-256:", 9) != 0)
		own++;
	others_digests[1] = *own;
	others_digests[1].algorithm_names = names;
	ensure(OSSL_PROVIDER_add_builtin(NULL, "other", others_init) == 1 && OSSL_PROVIDER_load(NULL, "other"));
}

test(another_provider_may_name_its_digests_as_it_likes)
{
	static const char *const names[] = { "SHA2-256", "sha2-256:x", "SHA256:SHA2-256", "2.16.840.1.101.3.4.2.1:SHA-256:SHA2-256" };
	const char *abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

	for (size_t i = 0; i < array_size(names); i++) {
		int status;
		fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			others_load(names[i]);
			_exit(strcmp(hex(digest_sha256(bytes_of_text("abc"))), abc) == 0 ? 0 : 1);
		}
		check(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

int main(void)
{
	run(another_provider_may_name_its_digests_as_it_likes); // the first: its children have not asked OpenSSL yet
	run(sha256_agrees_with_the_published_examples);
	run(hmac_agrees_with_rfc_4231);
	run(a_kept_hmac_key_serves_again_and_beside_others);
	run(a_digest_in_pieces_is_the_digest_of_the_whole);
	run(random_bytes_are_not_the_same_twice);
	return test_summary();
}
