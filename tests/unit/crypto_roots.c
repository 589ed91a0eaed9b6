// Many under one signature, verified once.
#include "crypto/roots.h"

#include <string.h>

#include "base/ensure.h"
#include "crypto/purpose.h"
#include "gen/messages.h"
#include "test.h"

#define many 5

static struct signed_roots roots;

// Of `many` under one signature of `key`.
struct group {
	struct hash what[many], certificate;
	struct group_proof proof[many];
	uint8_t signature[64];
};

static struct group group_of(const struct key *key, const char *purpose, uint64_t seed)
{
	struct group g;
	struct hash leaves[many], path[64];
	struct purposed about;
	uint8_t bytes[16];

	for (uint64_t i = 0; i < many; i++) {
		put_u64(bytes, seed);
		put_u64(bytes + 8, i);
		g.what[i] = digest_sha256(bytes_of(bytes, sizeof bytes));
		leaves[i] = merkle_leaf(bytes_of_hash(&g.what[i]));
	}
	for (uint32_t i = 0; i < many; i++) {
		g.proof[i] = (struct group_proof){ .index = i, .count = many };
		g.proof[i].path_count = merkle_path(leaves, many, i, path);
		memcpy(g.proof[i].path, path, g.proof[i].path_count * sizeof path[0]);
	}
	struct hash root = merkle_root(leaves, many);
	for (size_t i = 0; i < many; i++)
		g.proof[i].root = root;
	ensure(key_fingerprint(key, &g.certificate) == error_none);
	ensure(signature_make(key, purposed_hash(&about, purpose, &root), g.signature) == error_none);
	return g;
}

static struct key *key_new(void)
{
	struct key *key;

	ensure(key_generate(&key) == error_none);
	return key;
}

static enum error verify(const struct group *g, const struct key *key, const char *purpose, size_t i)
{
	struct signed_claim claim = { purpose, &g->certificate, key, g->signature };

	const struct group_proof *p = &g->proof[i];
	struct signed_path way = { &p->root, p->path, p->path_count, p->index, p->count };

	return signed_roots_verify(&roots, &claim, &g->what[i], &way);
}

static void begin(void)
{
	memset(&roots, 0, sizeof roots);
}

test(each_of_a_group_is_verified_and_nothing_else_is)
{
	struct key *key = key_new();
	struct group g = group_of(key, purpose_submissions, 1), other = group_of(key, purpose_submissions, 2);

	begin();
	for (int round = 0; round < 2; round++) { // unknown, and known by then
		for (size_t i = 0; i < many; i++) {
			check(verify(&g, key, purpose_submissions, i) == error_none);
			struct group bent = g;
			bent.what[i].byte[7] ^= 1;
			check(verify(&bent, key, purpose_submissions, i) == error_signature);
			bent = g;
			bent.proof[i].root.byte[0] ^= 1;
			check(verify(&bent, key, purpose_submissions, i) == error_signature);
			bent = g;
			bent.proof[i].index = (bent.proof[i].index + 1) % many;
			check(verify(&bent, key, purpose_submissions, i) == error_signature);
			bent = g;
			bent.what[i] = other.what[i];
			check(verify(&bent, key, purpose_submissions, i) == error_signature);
			bent = g;
			bent.signature[40] ^= 1;
			check(verify(&bent, key, purpose_submissions, i) == error_signature);
		}
	}
	key_free(key);
}

test(a_root_that_is_known_is_known_for_its_key_its_signature_and_its_purpose_only)
{
	struct key *key = key_new(), *thief = key_new();
	struct group g = group_of(key, purpose_attachments, 1), stolen = g;

	begin();
	check(verify(&g, key, purpose_submissions, 0) == error_signature);
	check(verify(&g, key, purpose_attachments, 0) == error_none);
	check(verify(&g, key, purpose_submissions, 0) == error_signature);
	ensure(key_fingerprint(thief, &stolen.certificate) == error_none);
	check(verify(&stolen, thief, purpose_attachments, 0) == error_signature);
	// What was refused has taken nobody's place.
	check(verify(&g, key, purpose_attachments, 1) == error_none);
	key_free(thief);
	key_free(key);
}

test(a_root_is_verified_once)
{
	struct key *key = key_new(), *other = key_new();
	struct group g = group_of(key, purpose_submissions, 1);

	begin();
	check(verify(&g, other, purpose_submissions, 0) == error_signature);
	check(verify(&g, key, purpose_submissions, 0) == error_none);
	check(verify(&g, other, purpose_submissions, 1) == error_none); // the key was not asked
	key_free(other);
	key_free(key);
}

test(roots_that_were_pushed_out_are_verified_again)
{
	struct key *key = key_new(), *other = key_new();
	struct group first = group_of(key, purpose_submissions, 0);

	begin();
	check(verify(&first, key, purpose_submissions, 0) == error_none);
	// All the places that it could have, taken by others; their signatures are of no matter here.
	for (size_t i = 0; i < array_size(roots.kept); i++) {
		memset(&roots.kept[i].root, (int)i, sizeof roots.kept[i].root);
		roots.kept[i].purpose = purpose_submissions;
	}
	check(verify(&first, other, purpose_submissions, 0) == error_signature);
	check(verify(&first, key, purpose_submissions, 0) == error_none);
	check(verify(&first, other, purpose_submissions, 1) == error_none);
	key_free(other);
	key_free(key);
}

// The way to the last leaf of a tree is short, whatever the tree is said to hold.
test(a_group_has_no_more_leaves_than_the_wire_allows)
{
	struct key *key = key_new();
	struct group g = group_of(key, purpose_submissions, 1);
	struct hash root = g.proof[0].root;

	begin();
	g.proof[4].index = UINT32_C(1) << 31;
	g.proof[4].count = (UINT32_C(1) << 31) + 1;
	ensure(merkle_path_verifies(merkle_leaf(bytes_of_hash(&g.what[4])), g.proof[4].index, g.proof[4].count, g.proof[4].path,
				    g.proof[4].path_count, &root));
	check(verify(&g, key, purpose_submissions, 4) == error_signature);
	g.proof[4].index = 256;
	g.proof[4].count = 257;
	check(verify(&g, key, purpose_submissions, 4) == error_signature);
	key_free(key);
}

test(a_group_of_as_many_as_the_wire_allows_is_verified)
{
	static struct hash leaves[signed_leaves_max];
	struct hash what, path[64], certificate;
	struct purposed about;
	uint8_t signature[64];
	struct key *key = key_new();

	begin();
	for (size_t i = 0; i < signed_leaves_max; i++) {
		what = digest_sha256(bytes_of(&i, sizeof i));
		leaves[i] = merkle_leaf(bytes_of_hash(&what));
	}
	size_t length = merkle_path(leaves, signed_leaves_max, signed_leaves_max - 1, path); // of what came last
	struct hash first = leaves[0], second = leaves[1], above[64];
	merkle_path(leaves, signed_leaves_max, 0, above);
	struct hash root = merkle_root(leaves, signed_leaves_max);
	ensure(key_fingerprint(key, &certificate) == error_none);
	ensure(signature_make(key, purposed_hash(&about, purpose_submissions, &root), signature) == error_none);
	struct signed_claim claim = { purpose_submissions, &certificate, key, signature };
	struct signed_path way = { &root, path, length, signed_leaves_max - 1, signed_leaves_max };
	check(signed_roots_verify(&roots, &claim, &what, &way) == error_none);
	// What a node is made of is no leaf: a hash of two of them is under the root, and nobody signed it.
	struct hash node = merkle_node(&first, &second);
	struct signed_path shorter = { &root, above + 1, length - 1, 0, signed_leaves_max / 2 };
	ensure(merkle_path_verifies(node, 0, shorter.count, shorter.path, shorter.length, &root));
	check(signed_roots_verify(&roots, &claim, &node, &shorter) == error_signature);
	key_free(key);
}

int main(void)
{
	run(each_of_a_group_is_verified_and_nothing_else_is);
	run(a_root_that_is_known_is_known_for_its_key_its_signature_and_its_purpose_only);
	run(a_root_is_verified_once);
	run(roots_that_were_pushed_out_are_verified_again);
	run(a_group_has_no_more_leaves_than_the_wire_allows);
	run(a_group_of_as_many_as_the_wire_allows_is_verified);
	return test_summary();
}
