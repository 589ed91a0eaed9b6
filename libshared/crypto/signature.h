// Signatures of people and of the door: ECDSA on P-256 with SHA-256 (FIPS 186-5), as r || s, 64 bytes
// big-endian, the form a chip answers with (ISO 7816-8).
#ifndef TDV_CRYPTO_SIGNATURE_H
#define TDV_CRYPTO_SIGNATURE_H

#include "base/bytes.h"
#include "base/error.h"

struct key; // a private or public key; owned by whoever made it

enum error key_generate(struct key **key);
// PEM (RFC 7468): "PRIVATE KEY" (PKCS #8) and "PUBLIC KEY" (SubjectPublicKeyInfo).
// error_malformed unless it is one whole key on P-256 and without a password.
enum error key_read_private(struct bytes pem, struct key **key);
enum error key_read_public_pem(struct bytes pem, struct key **key);
enum error key_write_private(const struct key *key, struct buffer *pem);
enum error key_write_public(const struct key *key, struct buffer *pem);
// SubjectPublicKeyInfo in DER (RFC 5480) with a named curve and an uncompressed point, so that a key has one
// encoding and one fingerprint; error_malformed unless it is P-256.
enum error key_read_public(struct bytes spki, struct key **key);
enum error key_write_public_der(const struct key *key, struct buffer *spki);
// SHA-256 of the SubjectPublicKeyInfo: how TDV names a key.
enum error key_fingerprint(const struct key *key, struct hash *fingerprint);
void key_free(struct key *key);

enum error signature_make(const struct key *key, struct bytes data, uint8_t signature[64]);
// error_signature when it does not verify.
enum error signature_verify(const struct key *key, struct bytes data, const uint8_t signature[64]);

#endif
