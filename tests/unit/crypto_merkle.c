#include "crypto/digest.h"
#include "test.h"

#define most 130

static struct hash leaves[most];

static void make_leaves(void)
{
	for (size_t i = 0; i < most; i++) {
		uint8_t number[8];
		put_u64(number, i);
		leaves[i] = merkle_leaf(bytes_of(number, sizeof number));
	}
}

// RFC 9162, section 2.1.1, word for word.
static struct hash tree_hash(const struct hash *d, size_t n)
{
	size_t k = 1;

	if (n == 0)
		return digest_sha256((struct bytes){ 0 });
	if (n == 1)
		return d[0];
	while (k * 2 < n)
		k *= 2;
	struct hash left = tree_hash(d, k), right = tree_hash(d + k, n - k);
	return merkle_node(&left, &right);
}

// The reference log of Certificate Transparency (google/certificate-transparency, merkle_tree_test).
test(roots_agree_with_the_vectors_of_certificate_transparency)
{
	static const char *const inputs[8] = {
		"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
	};
	static const char *const roots[8] = {
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	};
	struct merkle_frontier f = { 0 };

	for (size_t i = 0; i < 8; i++) {
		uint8_t data[16];
		char text[65];
		size_t size = strlen(inputs[i]) / 2;
		check(hex_decode(inputs[i], data, size));
		merkle_append(&f, merkle_leaf(bytes_of(data, size)));
		struct hash root = merkle_frontier_root(&f);
		hex_encode(root.byte, sizeof root.byte, text);
		check_text(text, roots[i]);
	}
}

test(a_growing_tree_and_a_whole_one_have_the_root_of_the_definition)
{
	struct merkle_frontier f = { 0 };

	for (size_t n = 0; n <= most; n++) {
		struct hash scratch[most];
		memcpy(scratch, leaves, sizeof scratch);
		struct hash defined = tree_hash(leaves, n), grown = merkle_frontier_root(&f), whole = merkle_root(scratch, n);
		check(hash_equal(&defined, &grown) && hash_equal(&defined, &whole));
		check_u64(f.count, n);
		check_u64(merkle_frontier_peaks(&f), (unsigned)__builtin_popcountll(n));
		if (n < most)
			merkle_append(&f, leaves[n]);
	}
}

test(every_leaf_of_every_tree_has_a_path_that_verifies)
{
	struct hash path[64];

	for (size_t n = 1; n <= most; n++) {
		struct hash root = tree_hash(leaves, n);
		for (size_t i = 0; i < n; i++) {
			size_t length = merkle_path(leaves, n, i, path);
			check(merkle_path_verifies(leaves[i], i, n, path, length, &root));
		}
	}
}

static bool verifies_for_another_leaf(size_t i, size_t n, const struct hash *path, size_t length, const struct hash *root)
{
	for (size_t other = 0; other < n + 2; other++)
		if (other != i && merkle_path_verifies(leaves[i], other, n, path, length, root))
			return true;
	return merkle_path_verifies(leaves[(i + 1) % most], i, n, path, length, root);
}

test(a_path_verifies_for_its_own_leaf_place_and_length_only)
{
	struct hash path[65];

	for (size_t n = 1; n <= 40; n++) {
		struct hash root = tree_hash(leaves, n);
		for (size_t i = 0; i < n; i++) {
			size_t length = merkle_path(leaves, n, i, path);
			path[length] = leaves[0];
			check(!verifies_for_another_leaf(i, n, path, length, &root));
			check(!merkle_path_verifies(leaves[i], i, n, path, length + 1, &root));
			check(length == 0 || !merkle_path_verifies(leaves[i], i, n, path, length - 1, &root));
		}
	}
	check(!merkle_path_verifies(leaves[0], 0, 0, path, 0, &leaves[0]));
}

test(a_path_with_any_bit_changed_does_not_verify)
{
	static const size_t sizes[] = { 2, 3, 7, 64, 130 };
	struct hash path[64];

	for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
		size_t n = sizes[s], i = n - 1 - s % 2;
		struct hash root = tree_hash(leaves, n);
		size_t length = merkle_path(leaves, n, i, path);
		for (size_t bit = 0; bit < length * 256; bit++) {
			uint8_t *byte = &path[bit / 256].byte[bit / 8 % 32];
			*byte ^= (uint8_t)(1 << bit % 8);
			check(!merkle_path_verifies(leaves[i], i, n, path, length, &root));
			*byte ^= (uint8_t)(1 << bit % 8);
		}
		for (size_t bit = 0; bit < 256; bit++) {
			struct hash wrong = root;
			wrong.byte[bit / 8] ^= (uint8_t)(1 << bit % 8);
			check(!merkle_path_verifies(leaves[i], i, n, path, length, &wrong));
		}
		check(merkle_path_verifies(leaves[i], i, n, path, length, &root));
	}
}

test(the_nodes_of_a_tree_give_the_root_and_every_path)
{
	struct hash nodes[merkle_nodes_max(most)], one[64], all[64];

	check(sizeof nodes / sizeof nodes[0] >= 2 * most + 7);
	for (size_t n = 0; n <= most; n++) {
		memcpy(nodes, leaves, n * sizeof leaves[0]);
		merkle_nodes(nodes, n);
		struct hash root = merkle_nodes_root(nodes, n), expected = tree_hash(leaves, n);
		check(hash_equal(&root, &expected));
		for (size_t i = 0; i < n; i++) {
			size_t length = merkle_path(leaves, n, i, one);
			check_u64(merkle_nodes_path(nodes, n, i, all), length);
			check(memcmp(one, all, length * sizeof one[0]) == 0);
		}
	}
}

int main(void)
{
	make_leaves();
	run(roots_agree_with_the_vectors_of_certificate_transparency);
	run(a_growing_tree_and_a_whole_one_have_the_root_of_the_definition);
	run(every_leaf_of_every_tree_has_a_path_that_verifies);
	run(a_path_verifies_for_its_own_leaf_place_and_length_only);
	run(a_path_with_any_bit_changed_does_not_verify);
	run(the_nodes_of_a_tree_give_the_root_and_every_path);
	return test_summary();
}
