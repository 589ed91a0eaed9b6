// Encryption: AES-256-GCM (NIST SP 800-38D) under a key of ours, and a sealed box to a P-256 public key.
#ifndef TDV_CRYPTO_SEAL_H
#define TDV_CRYPTO_SEAL_H

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/signature.h"

#define seal_overhead 28 // 12 bytes nonce in front, 16 bytes tag behind

struct secret {
	uint8_t byte[32];
};
void secret_clear(struct secret *secret); // not optimised away

// HKDF-SHA-256 (RFC 5869), 32 bytes of output.
struct secret secret_derive(struct bytes salt, struct bytes input, struct bytes info);

// Both append nothing when they fail; error_bounds beyond seal_plain_max.
#define seal_plain_max (1u << 30)
// Appends nonce || ciphertext || tag.  `about` is authenticated, not stored.
enum error seal(const struct secret *key, struct bytes about, struct bytes plain, struct buffer *out);
// Appends the plain text; error_signature when key, bytes or `about` differ.
enum error unseal(const struct secret *key, struct bytes about, struct bytes sealed, struct buffer *out);

// A box only the holder of the private key opens: an ephemeral P-256 public point (65 bytes, uncompressed) || seal
// under HKDF-SHA-256 (RFC 5869; salt: the ephemeral point, info: "TDV sealed box 1") of the ECDH secret.
enum error box_seal(const struct key *to, struct bytes about, struct bytes plain, struct buffer *out);
enum error box_open(const struct key *private_key, struct bytes about, struct bytes box, struct buffer *out);

// Many boxes to one reader: one ephemeral key and one agreement serve `boxes_a_key` of them; the form is the same, so that
// whoever opens them need not know.  The ephemeral private key is forgotten before the first is sealed; nonces are random, of
// which SP 800-38D, 8.3 allows 2^32 under one key.  Zeroed: none yet.
#define boxes_a_key 65536
#define box_point_size 65
struct box_key {
	uint8_t point[box_point_size];
	struct secret secret;
	uint32_t boxes; // sealed under it
	bool made;
};
void box_key_clear(struct box_key *key);
// box_seal and box_open with what was agreed before; `known` is made anew when it is used up, or is another's.  One `known`
// serves one other side: the reader to whom, or the private key with which.
enum error box_seal_known(struct box_key *known, const struct key *to, struct bytes about, struct bytes plain,
			  struct buffer *out);
enum error box_open_known(struct box_key *known, const struct key *private_key, struct bytes about, struct bytes box,
			  struct buffer *out);

#endif
