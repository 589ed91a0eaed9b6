// SHA-256 (FIPS 180-4), HMAC-SHA-256 (RFC 2104) and the Merkle tree of RFC 9162, section 2.1.
#ifndef TDV_CRYPTO_DIGEST_H
#define TDV_CRYPTO_DIGEST_H

#include "base/bytes.h"

struct hash digest_sha256(struct bytes data);
struct hash digest_hmac_sha256(struct bytes key, struct bytes data);

// A key under which many are made.  Holds the key; cleared when freed.
struct hmac_key;
struct hmac_key *hmac_key_new(struct bytes key);
struct hash hmac_sha256(const struct hmac_key *key, struct bytes data);
void hmac_key_free(struct hmac_key *key);

// A running SHA-256 over what is added piece by piece.
struct digest;
struct digest *digest_new(void);
void digest_add(struct digest *digest, struct bytes data);
struct hash digest_end_free(struct digest *digest);

// Cryptographically strong; ends the process when the system has none (it cannot go on safely).
void random_bytes(void *out, size_t size);

// RFC 9162 2.1.1: leaf = SHA-256(0x00 || data), node = SHA-256(0x01 || left || right),
// empty tree = SHA-256("").
struct hash merkle_leaf(struct bytes data);
struct hash merkle_node(const struct hash *left, const struct hash *right);
// Root over `count` leaf hashes, which are overwritten as scratch space.
struct hash merkle_root(struct hash *leaves, size_t count);

// The frontier of a growing tree: the roots of the complete subtrees, largest first.  Plain data, storable.
struct merkle_frontier {
	uint64_t count; // leaves so far
	struct hash peak[64];
};
void merkle_append(struct merkle_frontier *f, struct hash leaf);
struct hash merkle_frontier_root(const struct merkle_frontier *f);
// popcount(count) peaks are in use.
size_t merkle_frontier_peaks(const struct merkle_frontier *f);

// RFC 9162 2.1.3: an inclusion path for leaf `index` of `count` leaf hashes; path holds 64; returns its length.
size_t merkle_path(const struct hash *leaves, size_t count, size_t index, struct hash *path);
// The same for many leaves of one tree: its nodes are computed once.  `nodes` holds merkle_nodes_max(count), the leaves first.
#define merkle_nodes_max(count) (2 * (count) + 64)
void merkle_nodes(struct hash *nodes, size_t count);
struct hash merkle_nodes_root(const struct hash *nodes, size_t count);
size_t merkle_nodes_path(const struct hash *nodes, size_t count, size_t index, struct hash *path);
// RFC 9162 2.1.3.2.
bool merkle_path_verifies(struct hash leaf, uint64_t index, uint64_t count, const struct hash *path, size_t length,
			  const struct hash *root);

#endif
