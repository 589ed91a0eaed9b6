// Inside the crypto layer: what a key is.
#ifndef TDV_CRYPTO_KEY_H
#define TDV_CRYPTO_KEY_H

#include <openssl/evp.h>

#include "crypto/signature.h"

struct key {
	EVP_PKEY *pkey; // on P-256, always
	// Ready to verify.  NULL before the first time, and while somebody does: who finds it takes it and puts it back.
	EVP_PKEY_CTX *_Atomic *verifier;
};

#define key_point_size 65 // 04 || x || y (SEC 1, 2.3.3)
enum error key_write_point(const struct key *key, uint8_t point[key_point_size]);
// error_malformed when the point is not on the curve.
enum error key_read_point(const uint8_t point[key_point_size], struct key **key);

#endif
