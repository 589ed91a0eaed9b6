// Many under one signature (WIRE.md), seen by who verifies: a root's signature is verified when the first comes that is of it,
// and the root is kept at hand for the others.
#ifndef TDV_CRYPTO_ROOTS_H
#define TDV_CRYPTO_ROOTS_H

#include "crypto/digest.h"
#include "crypto/signature.h"

#define signed_roots_max 1024  // kept at hand
#define signed_roots_beside 4  // places shared by those whose roots begin alike
#define signed_leaves_max 256  // of one root

// Begun as {0}; plain data.  One that is pushed out is verified once more when the next of it comes.
struct signed_roots {
	struct signed_root {
		struct hash certificate, root;
		uint8_t signature[64];
		const char *purpose; // NULL: free
	} kept[signed_roots_max];
	size_t next;
};

// What is said of a root.
struct signed_claim {
	const char *purpose;            // one of crypto/purpose.h, which lives for ever
	const struct hash *certificate; // the key's fingerprint
	const struct key *key;
	const uint8_t *signature;       // 64
};
// The way from what was signed to the root: of group_proof's fields.
struct signed_path {
	const struct hash *root, *path;
	size_t length;
	uint32_t index, count;
};
// error_signature: the key did not sign, for this purpose, a root that `what` is under.  Who asks has made sure that the key may
// sign at all: that is not kept.
enum error signed_roots_verify(struct signed_roots *roots, const struct signed_claim *claim, const struct hash *what,
			       const struct signed_path *way);

#endif
