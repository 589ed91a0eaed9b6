#include <string.h>

#include "crypto/digest.h"

// An odd node at the end of a level moves up as it is: the same tree as RFC 9162's split at the largest power of two.
struct hash merkle_root(struct hash *leaves, size_t count)
{
	if (count == 0)
		return digest_sha256((struct bytes){ 0 });
	for (; count > 1; count = (count + 1) / 2) {
		for (size_t i = 0; i + 1 < count; i += 2)
			leaves[i / 2] = merkle_node(&leaves[i], &leaves[i + 1]);
		if (count % 2)
			leaves[count / 2] = leaves[count - 1];
	}
	return leaves[0];
}

size_t merkle_frontier_peaks(const struct merkle_frontier *f)
{
	return (size_t)__builtin_popcountll(f->count);
}

// Like adding one to a binary number: a peak for each bit set, a carry joins two of the same size.
void merkle_append(struct merkle_frontier *f, struct hash leaf)
{
	size_t peaks = merkle_frontier_peaks(f);

	for (uint64_t carry = f->count; carry & 1; carry >>= 1)
		leaf = merkle_node(&f->peak[--peaks], &leaf);
	f->peak[peaks] = leaf;
	f->count++;
}

struct hash merkle_frontier_root(const struct merkle_frontier *f)
{
	size_t peaks = merkle_frontier_peaks(f);

	if (peaks == 0)
		return digest_sha256((struct bytes){ 0 });
	struct hash root = f->peak[--peaks];
	while (peaks > 0)
		root = merkle_node(&f->peak[--peaks], &root);
	return root;
}

static struct hash root_of(const struct hash *leaves, size_t count)
{
	struct merkle_frontier f = { 0 };

	for (size_t i = 0; i < count; i++)
		merkle_append(&f, leaves[i]);
	return merkle_frontier_root(&f);
}

// The largest power of two smaller than count, for count > 1.
static size_t split_of(size_t count)
{
	return (size_t)1 << (63 - __builtin_clzll((unsigned long long)count - 1));
}

size_t merkle_path(const struct hash *leaves, size_t count, size_t index, struct hash *path)
{
	size_t length = 0;

	// From the root down; a verifier wants it from the leaf up.
	while (count > 1) {
		size_t k = split_of(count);
		if (index < k) {
			path[length++] = root_of(leaves + k, count - k);
			count = k;
		} else {
			path[length++] = root_of(leaves, k);
			leaves += k;
			index -= k;
			count -= k;
		}
	}
	for (size_t i = 0; i < length / 2; i++) {
		struct hash h = path[i];
		path[i] = path[length - 1 - i];
		path[length - 1 - i] = h;
	}
	return length;
}

// Level by level, the leaves first: node k of level l is the root over leaves k * 2^l and the 2^l - 1 that follow, as far
// as there are any.  A tree that splits at powers of two has no other subtrees, so that a path picks its siblings from here.
void merkle_nodes(struct hash *nodes, size_t count)
{
	while (count > 1) {
		struct hash *above = nodes + count;
		for (size_t k = 0; k + 1 < count; k += 2)
			above[k / 2] = merkle_node(&nodes[k], &nodes[k + 1]);
		if (count % 2 != 0)
			above[count / 2] = nodes[count - 1];
		nodes = above;
		count = (count + 1) / 2;
	}
}

struct hash merkle_nodes_root(const struct hash *nodes, size_t count)
{
	if (count == 0)
		return digest_sha256((struct bytes){ 0 });
	for (; count > 1; count = (count + 1) / 2)
		nodes += count;
	return nodes[0];
}

size_t merkle_nodes_path(const struct hash *nodes, size_t count, size_t index, struct hash *path)
{
	size_t length = 0;

	for (; count > 1; count = (count + 1) / 2, index /= 2) {
		if ((index ^ 1) < count)
			path[length++] = nodes[index ^ 1];
		nodes += count;
	}
	return length;
}

// The names are those of RFC 9162, section 2.1.3.2.
bool merkle_path_verifies(struct hash leaf, uint64_t index, uint64_t count, const struct hash *path, size_t length,
			  const struct hash *root)
{
	if (index >= count)
		return false;
	uint64_t fn = index, sn = count - 1;
	struct hash r = leaf;
	for (size_t i = 0; i < length; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			r = merkle_node(&path[i], &r);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			r = merkle_node(&r, &path[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hash_equal(&r, root);
}
