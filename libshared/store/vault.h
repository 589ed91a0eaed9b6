// The vault: names, birth dates, citizen ids, photos and scans, encrypted once at the door, outside the fold.
//
// One LMDB environment of its own (folder/index), packed attachment segments (folder/pack-N) and the persons' keys
// (folder/person-keys), written by the door only and read by the adapters that need personal data.  A person's data
// are sealed under a key of that person, which is sealed under the site's key (keys_folder/vault.key, made at first
// open, mode 0600); erasing destroys the person's key.  Every write is synced by vault_sync before the turn that
// refers to it.  Law 91/2025/QH15.
//
// What is put becomes visible to other handles at vault_sync; the door itself sees it at once.  A fault (negative)
// sticks until vault_sync, which then returns it and drops everything since the last one.  Stored bytes that do not
// verify are error_corrupt.
#ifndef TDV_STORE_VAULT_H
#define TDV_STORE_VAULT_H

#include "base/bytes.h"
#include "base/error.h"

struct vault;

struct vault_options {
	const char *folder;
	const char *keys_folder;
	size_t map_bytes;
	bool writes; // the door; one process
	bool sync;   // false in the simulator
	// The writer's: the highest numbers that its log refers to.  A vault that holds less is lost or an old copy,
	// where the same numbers would be given to others: error_corrupt, and nothing is changed.
	uint64_t persons, records;
	// And that log has not even begun: persons can only be in the vault of one that had, and was lost.  error_corrupt.
	bool log_is_new;
};
// error_busy: somebody else writes; error_signature: the key is not the one that this vault was written with;
// error_absent: the key is missing, or a reader finds no vault yet.
enum error vault_open(struct vault **vault, const struct vault_options *options);
void vault_close(struct vault *vault);

// Look-ups between these two share one transaction to read in, since beginning one costs as much as finding a row at hand.
// They see all that was put here, and what another door had synced before the first of them.
void vault_read_begin(struct vault *vault);
void vault_read_end(struct vault *vault);

// What a person is found by.  Kept as HMAC-SHA-256 under the site's index key, never in clear.
enum vault_index {
	vault_index_citizen = 1, // 12 digits
	vault_index_profile = 2, // 6 digits + 1-3 letters
	vault_index_card = 3,    // 8 digits
};

// The person's number found by `text`, the lowest when several share it; error_absent when none.
// Upper and lower case of ASCII letters are the same; at most vault_index_text_max bytes (error_bounds).
#define vault_index_text_max 64
enum error vault_find(struct vault *vault, enum vault_index index, struct bytes text, uint64_t *person);
// All of them, in ascending order, at most `max`; count may exceed max.
enum error vault_find_all(struct vault *vault, enum vault_index index, struct bytes text, uint64_t *persons, size_t max,
			  size_t *count);
// Persons are numbered densely from 1 in order of arrival.
enum error vault_person_new(struct vault *vault, uint64_t *person);
enum error vault_person_index(struct vault *vault, uint64_t person, enum vault_index index, struct bytes text);
// A record of personal data, numbered densely over all persons; the newest is the person's current one.
// `digest` is SHA-256 over a random salt and the plain text: what logs may hold.
// error_absent when the person is erased; error_bounds above vault_record_max.
#define vault_record_max 65536
enum error vault_record_put(struct vault *vault, uint64_t person, struct bytes plain, uint64_t *record,
			    struct hash *digest);
enum error vault_record_get(struct vault *vault, uint64_t record, struct buffer *plain);
// The digest that vault_record_put returned; also when the person was erased.
enum error vault_record_digest(struct vault *vault, uint64_t record, struct hash *digest);
enum error vault_person_get(struct vault *vault, uint64_t person, struct buffer *plain, uint64_t *record);
// Destroys the person's key, by overwriting it where it lies, and the index entries; records stay and can no longer
// be read (error_absent).  Takes effect at vault_sync; erasing again is no error.
enum error vault_person_erase(struct vault *vault, uint64_t person);

// Attachments: photos and scans, numbered densely, found by SHA-256 of the plain bytes (HMACed in the index); the
// same bytes are kept once.  Sealed under the site's attachment key.
// error_bounds when empty or above vault_attachment_max.
#define vault_attachment_max (64u << 20)
enum error vault_attachment_put(struct vault *vault, struct bytes plain, uint64_t *attachment);
// The same when the SHA-256 of `plain` is known already.
enum error vault_attachment_put_known(struct vault *vault, struct bytes plain, const struct hash *sha256, uint64_t *attachment);
enum error vault_attachment_find(struct vault *vault, const struct hash *sha256, uint64_t *attachment);
enum error vault_attachment_get(struct vault *vault, uint64_t attachment, struct buffer *plain);

// Destroys the bytes where they lie, at vault_sync.  Several persons may share them: the caller decides.
enum error vault_attachment_erase(struct vault *vault, uint64_t attachment);

// Everything put since the last call is on disk when this returns.
enum error vault_sync(struct vault *vault);

// The last numbers given: what logs may refer to at most.  A vault that is behind its logs would give numbers again.
struct vault_newest {
	uint64_t person, record, attachment; // 0: none yet
};
// Without the site's key.  error_absent: there is no vault.
enum error vault_newest_of(const char *folder, struct vault_newest *newest);

#endif
