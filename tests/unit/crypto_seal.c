#include "crypto/seal.h"
#include "test.h"

static struct bytes decoded(const char *hex, uint8_t *at)
{
	size_t size = strlen(hex) / 2;

	check(hex_decode(hex, at, size));
	return bytes_of(at, size);
}

static void check_derived(const char *salt, const char *input, const char *info, const char *want)
{
	uint8_t a[128], b[128], c[128];
	char text[65];
	struct secret out = secret_derive(decoded(salt, a), decoded(input, b), decoded(info, c));

	hex_encode(out.byte, sizeof out.byte, text);
	check_text(text, want);
}

// The first 32 bytes of each output.
test(hkdf_agrees_with_rfc_5869)
{
	check_derived("000102030405060708090a0b0c", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
		      "f0f1f2f3f4f5f6f7f8f9", "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
	check_derived("606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
		      "909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
		      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
		      "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
		      "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
		      "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
		      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c");
	check_derived("", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "",
		      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

// Test case 16 of "The Galois/Counter Mode of Operation", McGrew and Viega, the submission to NIST.
test(gcm_agrees_with_the_published_vector)
{
	uint8_t key_bytes[32], sealed[256], about[64], plain[64];
	struct bytes box = decoded("cafebabefacedbaddecaf888"
				   "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
				   "c5f61e6393ba7a0abcc9f662"
				   "76fc6ece0f4e1768cddf8853bb2d551b",
				   sealed);
	struct bytes want = decoded("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
				    "49a6b525b16aedf5aa0de657ba637b39",
				    plain);
	struct buffer out = { 0 };
	struct secret key;

	decoded("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", key_bytes);
	memcpy(key.byte, key_bytes, sizeof key.byte);
	check(unseal(&key, decoded("feedfacedeadbeeffeedfacedeadbeefabaddad2", about), box, &out) == error_none);
	check(bytes_equal(buffer_bytes(&out), want));
	buffer_deinit(&out);
}

static const struct secret key_one = { { 1 } }, key_two = { { 2 } };

test(what_was_sealed_opens_and_costs_28_bytes)
{
	uint8_t plain[1000];
	struct buffer sealed = { 0 }, open = { 0 };

	memset(plain, 7, sizeof plain);
	for (size_t size = 0; size <= sizeof plain; size += 111) {
		buffer_clear(&sealed);
		buffer_clear(&open);
		buffer_append_text(&open, "before");
		check(seal(&key_one, bytes_of_text("about"), bytes_of(plain, size), &sealed) == error_none);
		check_u64(sealed.size, size + seal_overhead);
		check(unseal(&key_one, bytes_of_text("about"), buffer_bytes(&sealed), &open) == error_none);
		check(open.size == 6 + size && memcmp(open.data + 6, plain, size) == 0);
	}
	buffer_deinit(&sealed);
	buffer_deinit(&open);
}

test(nothing_comes_out_under_another_key_subject_or_with_any_bit_changed)
{
	struct buffer sealed = { 0 }, open = { 0 };

	check(seal(&key_one, bytes_of_text("about"), bytes_of_text("a name"), &sealed) == error_none);
	check(unseal(&key_two, bytes_of_text("about"), buffer_bytes(&sealed), &open) == error_signature);
	check(unseal(&key_one, bytes_of_text("abouT"), buffer_bytes(&sealed), &open) == error_signature);
	check(unseal(&key_one, (struct bytes){ 0 }, buffer_bytes(&sealed), &open) == error_signature);
	for (size_t bit = 0; bit < sealed.size * 8; bit++) {
		sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		check(unseal(&key_one, bytes_of_text("about"), buffer_bytes(&sealed), &open) == error_signature);
		sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t size = 0; size < sealed.size; size++)
		check(unseal(&key_one, bytes_of_text("about"), bytes_of(sealed.data, size), &open) == error_signature);
	check_u64(open.size, 0);
	buffer_deinit(&sealed);
	buffer_deinit(&open);
}

test(the_same_text_sealed_twice_looks_different)
{
	struct buffer a = { 0 }, b = { 0 };

	check(seal(&key_one, (struct bytes){ 0 }, bytes_of_text("x"), &a) == error_none);
	check(seal(&key_one, (struct bytes){ 0 }, bytes_of_text("x"), &b) == error_none);
	check(memcmp(a.data, b.data, 12) != 0);
	buffer_deinit(&a);
	buffer_deinit(&b);
}

test(a_box_opens_for_its_addressee_only)
{
	struct key *addressee = NULL, *another = NULL;
	struct buffer box = { 0 }, open = { 0 };

	check(key_generate(&addressee) == error_none && key_generate(&another) == error_none);
	check(box_seal(addressee, bytes_of_text("about"), bytes_of_text("a name"), &box) == error_none);
	check_u64(box.size, 65 + seal_overhead + 6);
	check(box_open(addressee, bytes_of_text("about"), buffer_bytes(&box), &open) == error_none);
	check(bytes_equal(buffer_bytes(&open), bytes_of_text("a name")));
	buffer_clear(&open);
	check(box_open(another, bytes_of_text("about"), buffer_bytes(&box), &open) == error_signature);
	check(box_open(addressee, bytes_of_text("other"), buffer_bytes(&box), &open) == error_signature);
	for (size_t bit = 0; bit < box.size * 8; bit += 5) {
		box.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		check(box_open(addressee, bytes_of_text("about"), buffer_bytes(&box), &open) == error_signature);
		box.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	check(box_open(addressee, bytes_of_text("about"), bytes_of(box.data, 92), &open) == error_signature);
	check_u64(open.size, 0);
	key_free(addressee);
	key_free(another);
	buffer_deinit(&box);
	buffer_deinit(&open);
}

test(boxes_under_one_agreement_open_one_by_one_and_none_is_like_another)
{
	struct key *reader = NULL, *another = NULL;
	struct box_key to = { 0 }, from = { 0 };
	struct buffer a = { 0 }, b = { 0 }, open = { 0 };

	check(key_generate(&reader) == error_none && key_generate(&another) == error_none);
	check(box_seal_known(&to, reader, bytes_of_text("1"), bytes_of_text("a name"), &a) == error_none);
	check(box_seal_known(&to, reader, bytes_of_text("1"), bytes_of_text("a name"), &b) == error_none);
	check(memcmp(a.data, b.data, 65) == 0);               // one ephemeral key
	check(memcmp(a.data + 65, b.data + 65, 12) != 0);      // another nonce
	check(memcmp(a.data + 77, b.data + 77, 6) != 0);
	check(box_open_known(&from, reader, bytes_of_text("1"), buffer_bytes(&b), &open) == error_none);
	check(box_open_known(&from, reader, bytes_of_text("1"), buffer_bytes(&a), &open) == error_none);
	check(bytes_equal(buffer_bytes(&open), bytes_of_text("a namea name")));
	buffer_clear(&open);
	check(box_open(reader, bytes_of_text("1"), buffer_bytes(&a), &open) == error_none); // who knows nothing opens it as well
	buffer_clear(&open);
	check(box_open_known(&from, reader, bytes_of_text("2"), buffer_bytes(&a), &open) == error_signature);
	check(box_open(another, bytes_of_text("1"), buffer_bytes(&b), &open) == error_signature);
	a.data[3] ^= 1; // another point is no excuse to open with what is known
	check(box_open_known(&from, reader, bytes_of_text("1"), buffer_bytes(&a), &open) == error_signature);
	check(box_open_known(&from, reader, bytes_of_text("1"), buffer_bytes(&b), &open) == error_none);
	box_key_clear(&to);
	box_key_clear(&from);
	key_free(reader);
	key_free(another);
	buffer_deinit(&a);
	buffer_deinit(&b);
	buffer_deinit(&open);
}

test(an_agreement_is_made_anew_when_it_has_served_long_enough)
{
	struct key *reader = NULL;
	struct box_key to = { 0 };
	struct buffer a = { 0 }, b = { 0 };

	check(key_generate(&reader) == error_none);
	check(box_seal_known(&to, reader, bytes_of_text(""), bytes_of_text("x"), &a) == error_none);
	to.boxes = boxes_a_key;
	check(box_seal_known(&to, reader, bytes_of_text(""), bytes_of_text("x"), &b) == error_none);
	check(memcmp(a.data, b.data, 65) != 0);
	check_u64(to.boxes, 1);
	key_free(reader);
	buffer_deinit(&a);
	buffer_deinit(&b);
}

int main(void)
{
	run(hkdf_agrees_with_rfc_5869);
	run(gcm_agrees_with_the_published_vector);
	run(what_was_sealed_opens_and_costs_28_bytes);
	run(nothing_comes_out_under_another_key_subject_or_with_any_bit_changed);
	run(the_same_text_sealed_twice_looks_different);
	run(a_box_opens_for_its_addressee_only);
	run(boxes_under_one_agreement_open_one_by_one_and_none_is_like_another);
	run(an_agreement_is_made_anew_when_it_has_served_long_enough);
	return test_summary();
}
