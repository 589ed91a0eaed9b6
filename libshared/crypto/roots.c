#include "crypto/roots.h"

#include <string.h>

#include "crypto/purpose.h"

static bool is_of(const struct signed_root *place, const struct signed_claim *claim, const struct hash *root)
{
	return place->purpose && hash_equal(&place->root, root) && hash_equal(&place->certificate, claim->certificate) &&
	       memcmp(place->signature, claim->signature, sizeof place->signature) == 0 &&
	       strcmp(place->purpose, claim->purpose) == 0;
}

// Where this root is, or is to be: a place that is free, else the next by turns.
static struct signed_root *place_of(struct signed_roots *roots, const struct signed_claim *claim, const struct hash *root)
{
	size_t shared = get_u16(root->byte) % (signed_roots_max / signed_roots_beside) * signed_roots_beside;

	for (size_t i = shared; i < shared + signed_roots_beside; i++)
		if (!roots->kept[i].purpose || is_of(&roots->kept[i], claim, root))
			return &roots->kept[i];
	return &roots->kept[shared + roots->next++ % signed_roots_beside];
}

// The length of a path bounds no count: the way to the last leaf of a tree may be short.
static bool is_under(const struct hash *what, const struct signed_path *way)
{
	struct hash leaf = merkle_leaf(bytes_of_hash(what));

	return way->count <= signed_leaves_max &&
	       merkle_path_verifies(leaf, way->index, way->count, way->path, way->length, way->root);
}

enum error signed_roots_verify(struct signed_roots *roots, const struct signed_claim *claim, const struct hash *what,
			       const struct signed_path *way)
{
	struct purposed signed_bytes;

	if (!is_under(what, way))
		return error_signature;
	struct signed_root *place = place_of(roots, claim, way->root);
	if (is_of(place, claim, way->root))
		return error_none;
	enum error e =
		signature_verify(claim->key, purposed_hash(&signed_bytes, claim->purpose, way->root), claim->signature);
	if (e != error_none)
		return e;
	*place = (struct signed_root){ .certificate = *claim->certificate, .root = *way->root, .purpose = claim->purpose };
	memcpy(place->signature, claim->signature, sizeof place->signature);
	return error_none;
}
