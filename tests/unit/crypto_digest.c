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

int main(void)
{
	run(sha256_agrees_with_the_published_examples);
	run(hmac_agrees_with_rfc_4231);
	run(a_kept_hmac_key_serves_again_and_beside_others);
	run(a_digest_in_pieces_is_the_digest_of_the_whole);
	run(random_bytes_are_not_the_same_twice);
	return test_summary();
}
