// Inside the vault: a file with one slot for each person that holds the person's key, sealed under the site's.
//
// Apart from the index, because LMDB copies a page to change it: there an erased key would stay in a free page
// until that is used again.  Here it is overwritten where it lies.  Slot N begins at N * 64: 60 bytes
// nonce || ciphertext || tag and 4 zeros.
#ifndef TDV_STORE_PERSON_KEYS_H
#define TDV_STORE_PERSON_KEYS_H

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/seal.h"

struct person_keys {
	int fd;
	bool dirty;
};

enum error person_keys_init(struct person_keys *keys, const char *folder, bool writes);
// Whether the file reaches to this person's slot (0: to nobody's).
enum error person_keys_reach(const struct person_keys *keys, uint64_t person, bool *reaches);
void person_keys_deinit(struct person_keys *keys);
// A new random key.
enum error person_keys_make(struct person_keys *keys, const struct secret *under, uint64_t person);
// error_corrupt when there is none, or it does not verify.
enum error person_keys_get(struct person_keys *keys, const struct secret *under, uint64_t person, struct secret *key);
enum error person_keys_erase(struct person_keys *keys, uint64_t person);
enum error person_keys_sync(struct person_keys *keys);

#endif
