// What is signed on the wire, and what boxes there are sealed about: a purpose first, so that what was signed for one serves for
// no other, then what it speaks of (WIRE.md).  The door and whoever talks to it make the same bytes here.
#ifndef TDV_CRYPTO_PURPOSE_H
#define TDV_CRYPTO_PURPOSE_H

#include "base/bytes.h"

#define purpose_submission "TDV submission 1"   // stands in a header
#define purpose_submissions "TDV submissions 1" // and the root of many headers' SHA-256
#define purpose_read "TDV read 1"               // stands in a header
#define purpose_receipt "TDV receipt 1"         // and the root of a turn's receipts
#define purpose_attachment "TDV attachment 1"   // and a file's SHA-256
#define purpose_attachments "TDV attachments 1" // and the root of many files' SHA-256
#define purpose_fetch "TDV fetch 1"             // and a letter's number
#define purpose_fetch_many "TDV fetch 2"        // and letters' numbers
#define purpose_letter "TDV letter 1"           // and a letter's body

#define purposed_numbers_max 100
struct purposed {
	uint8_t byte[32 + 8 * purposed_numbers_max];
};
// The purpose and a hash, or numbers of 8 bytes, big-endian, at most purposed_numbers_max.  The bytes are those of `p`.
struct bytes purposed_hash(struct purposed *p, const char *purpose, const struct hash *hash);
struct bytes purposed_numbers(struct purposed *p, const char *purpose, const uint64_t *numbers, size_t count);

#endif
