#include "terminal/group.h"

#include <string.h>

#include "base/ensure.h"
#include "crypto/purpose.h"

void signed_group_add(struct signed_group *group, const struct hash *what)
{
	ensure(group->count < signed_group_max);
	group->nodes[group->count++] = merkle_leaf(bytes_of_hash(what));
}

enum error signed_group_sign(struct signed_group *group, const char *purpose, const struct key *key)
{
	struct purposed what;

	merkle_nodes(group->nodes, group->count);
	group->root = merkle_nodes_root(group->nodes, group->count);
	return signature_make(key, purposed_hash(&what, purpose, &group->root), group->signature);
}

struct group_proof signed_group_proof(const struct signed_group *group, size_t i)
{
	struct group_proof proof = { .index = (uint32_t)i, .count = (uint32_t)group->count, .root = group->root };
	struct hash path[64];

	ensure(i < group->count);
	proof.path_count = merkle_nodes_path(group->nodes, group->count, i, path);
	ensure(proof.path_count <= array_size(proof.path));
	memcpy(proof.path, path, proof.path_count * sizeof path[0]);
	return proof;
}
