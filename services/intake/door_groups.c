// Many under one signature: a terminal that has much to send signs once, and the door verifies once.
#include <string.h>

#include "crypto/digest.h"
#include "crypto/purpose.h"
#include "intake/door.h"

static bool is_of(const struct door_root *root, const struct door_group *group, const struct hash *hash)
{
	return root->purpose && hash_equal(&root->root, hash) && hash_equal(&root->certificate, group->certificate) &&
	       memcmp(root->signature, group->signature, sizeof root->signature) == 0 &&
	       strcmp(root->purpose, group->purpose) == 0;
}

// Where this root is, or is to be: a place that is free, else the next by turns.
static struct door_root *place_of_root(struct door *d, const struct door_group *group, const struct hash *hash)
{
	size_t shared = get_u16(hash->byte) % (door_roots_max / door_roots_beside) * door_roots_beside;

	for (size_t i = shared; i < shared + door_roots_beside; i++)
		if (!d->roots[i].purpose || is_of(&d->roots[i], group, hash))
			return &d->roots[i];
	return &d->roots[shared + d->roots_next++ % door_roots_beside];
}

enum error intake_door_verify_one_of(struct door *d, const struct door_group *group, const struct hash *what,
				     const struct group_proof *proof)
{
	struct purposed signed_bytes;
	struct hash leaf = merkle_leaf(bytes_of_hash(what));

	if (!merkle_path_verifies(leaf, proof->index, proof->count, proof->path, proof->path_count, &proof->root))
		return error_signature;
	struct door_root *place = place_of_root(d, group, &proof->root);
	if (is_of(place, group, &proof->root))
		return error_none;
	enum error e =
		signature_verify(group->key, purposed_hash(&signed_bytes, group->purpose, &proof->root), group->signature);
	if (e != error_none)
		return e;
	*place = (struct door_root){ .certificate = *group->certificate, .root = proof->root, .purpose = group->purpose };
	memcpy(place->signature, group->signature, sizeof place->signature);
	return error_none;
}
