// Inside the vault: its tables and what is open.
#ifndef TDV_STORE_VAULT_STATE_H
#define TDV_STORE_VAULT_STATE_H

#include "crypto/digest.h"
#include "crypto/seal.h"
#include "store/pack.h"
#include "store/person_keys.h"
#include "store/store.h"
#include "store/vault.h"

// All integers big-endian.
extern const struct store_table vault_about;            // "check" -> 32 bytes: which site key wrote this
extern const struct store_table vault_persons;          // person u64 -> current record u64 (0: none), erased u8
extern const struct store_table vault_records;          // record u64 -> person u64, digest 32, sealed salt 32 || plain
extern const struct store_table vault_finds;            // find 16, person u64 -> nothing
extern const struct store_table vault_person_finds;     // person u64, find 16 -> nothing
extern const struct store_table vault_attachments;      // attachment u64 -> segment u32, offset u64, size u32, erased u8, find 32
extern const struct store_table vault_attachment_finds; // HMAC 32 of the content's SHA-256 -> attachment u64
extern const struct store_table vault_erasing;          // kind u8, number u64 -> nothing: committed, to be destroyed

enum erasing { erasing_person = 1, erasing_attachment = 2 };


#define vault_find_size 16
#define vault_number_size 8

struct vault {
	char *folder, *keys_folder;
	bool writes, sync;
	struct store *store;
	struct store_txn txn; // the door's, open between the first put and vault_sync
	struct store_txn shared; // by look-ups between vault_read_begin and _end, once the first has begun it
	bool reading;
	enum error broken;    // a commit failed: nobody knows what is on disk until the vault is opened again
	bool erasing;         // the transaction has marked something to be destroyed
	bool swept;           // what vault_erasing holds is destroyed: the next transaction empties it
	struct pack pack;
	struct person_keys keys;
	struct secret person_key, attachment_key; // derived from the site's
	struct hmac_key *index_key;               // likewise
	struct buffer row, plain; // scratch; `plain` is wiped after use
};

// A transaction to read in: the door's own, the shared one, or a new one in `own`, so that each call of a reader sees what
// is new.
struct store_txn *vault_view(struct vault *vault, struct store_txn *own);
// Ends it when it is `own`.  Returns the transaction's fault if there is one, else `e`.
enum error vault_view_end(struct store_txn *txn, struct store_txn *own, enum error e);
// The door's transaction, begun if need be.
struct store_txn *vault_change(struct vault *vault);
// What a change ends with: a negative `e` sticks.
enum error vault_change_end(struct vault *vault, enum error e);
// HMAC under the index key of the kind and what follows it.
struct hash vault_find_hash(const struct vault *vault, uint8_t kind, struct bytes what);
// 1 + the last number in a table keyed by number.
uint64_t vault_next_number(struct store_txn *txn, const struct store_table *table);
// To be destroyed where it lies once this transaction is committed.
void vault_mark_erasing(struct vault *vault, enum erasing kind, uint64_t number);
void vault_wipe(struct buffer *b);

struct attachment_row {
	struct pack_place place;
	bool erased;
	struct hash find;
};
// error_absent, error_corrupt, or the transaction's fault.
enum error vault_attachment_row(struct store_txn *txn, uint64_t attachment, struct attachment_row *row);
// Where the last one lies: the end of what the packs hold.
enum error vault_last_place(struct store_txn *txn, struct pack_place *place);

#endif
