#include "store/vault.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ensure.h"
#include "base/log.h"
#include "store/disk.h"
#include "store/vault_state.h"

const struct store_table vault_about = { .name = "about", .index = 0, .version = 1 };
const struct store_table vault_persons = { .name = "persons", .index = 1, .version = 1 };
const struct store_table vault_records = { .name = "records", .index = 2, .version = 1 };
const struct store_table vault_finds = { .name = "finds", .index = 3, .version = 1 };
const struct store_table vault_person_finds = { .name = "person_finds", .index = 4, .version = 1 };
const struct store_table vault_attachments = { .name = "attachments", .index = 5, .version = 1 };
const struct store_table vault_attachment_finds = { .name = "attachment_finds", .index = 6, .version = 1 };
const struct store_table vault_erasing = { .name = "erasing", .index = 7, .version = 1 };

static const struct store_table *const tables[] = {
	&vault_about,       &vault_persons,          &vault_records, &vault_finds, &vault_person_finds,
	&vault_attachments, &vault_attachment_finds, &vault_erasing, NULL,
};

#define site_key_digits (2 * sizeof(struct secret))

void vault_wipe(struct buffer *b)
{
	if (b->capacity > 0)
		explicit_bzero(b->data, b->capacity);
	buffer_clear(b);
}

// ---- the site's key

// The file holds 64 hexadecimal digits and a newline, so that it can be kept on paper as well.
static enum error read_site_key(const char *path, struct secret *site)
{
	struct buffer text = { 0 };
	enum error e = file_read(path, 4096, &text);

	if (!e) {
		bool whole = text.size == site_key_digits + 1 && text.data[site_key_digits] == '\n';
		if (whole)
			text.data[site_key_digits] = '\0';
		if (!whole || !hex_decode((const char *)text.data, site->byte, sizeof site->byte))
			e = error_signature;
	}
	vault_wipe(&text);
	buffer_deinit(&text);
	return e == error_bounds ? error_signature : e;
}

static enum error make_site_key(const char *path, struct secret *site)
{
	char text[site_key_digits + 1];

	random_bytes(site->byte, sizeof site->byte);
	hex_encode(site->byte, sizeof site->byte, text);
	text[site_key_digits] = '\n';
	enum error e = file_write_atomic(path, bytes_of(text, sizeof text), 0600);
	explicit_bzero(text, sizeof text);
	return e;
}

static struct secret derive(const struct secret *site, const char *label)
{
	return secret_derive((struct bytes){ 0 }, bytes_of(site->byte, sizeof site->byte), bytes_of_text(label));
}

// The index remembers a value that only the right key derives.  Without it the vault is new, or its first open was
// interrupted: then a key may be made, or the one that is there is taken.
static enum error check_site_key(struct vault *vault, const struct secret *site)
{
	struct secret check = derive(site, "TDV vault check 1");
	struct bytes ours = bytes_of(check.byte, sizeof check.byte), theirs;
	struct store_txn txn;

	store_begin(vault->store, vault->writes, &txn);
	bool known = store_get(&txn, &vault_about, bytes_of_text("check"), &theirs);
	enum error e = known && !bytes_equal(ours, theirs) ? error_signature : error_none;
	if (!known && !vault->writes)
		e = error_absent;
	if (e || known || txn.fault) {
		store_abort(&txn);
		return txn.fault ? txn.fault : e;
	}
	store_put(&txn, &vault_about, bytes_of_text("check"), ours);
	return store_commit(&txn);
}

static enum error site_key_is_known(struct vault *vault, bool *known)
{
	struct store_txn txn;
	struct bytes check;

	store_begin(vault->store, false, &txn);
	*known = store_get(&txn, &vault_about, bytes_of_text("check"), &check);
	store_abort(&txn);
	return txn.fault;
}

static bool has_bytes(const struct vault *vault, const char *name)
{
	char path[PATH_MAX];
	struct stat file;

	return disk_path(path, vault->folder, name) && stat(path, &file) == 0 && file.st_size > 0;
}

// A new index beside old files: the packs would be cut to what it knows, which is nothing.
static enum error check_index_is_there(const struct vault *vault, bool known)
{
	if (known || !vault->writes || (!has_bytes(vault, "pack-000001") && !has_bytes(vault, "person-keys")))
		return error_none;
	log_error("vault_index_lost folder=%s", vault->folder);
	return error_corrupt;
}

static enum error open_keys(struct vault *vault)
{
	char path[PATH_MAX];
	struct secret site = { 0 };
	bool known;
	enum error e = site_key_is_known(vault, &known);

	if (!e)
		e = check_index_is_there(vault, known);
	if (e)
		return e;
	if (!disk_path(path, vault->keys_folder, "vault.key"))
		return error_io;
	e = read_site_key(path, &site);
	if (e == error_absent && vault->writes && !known)
		e = make_site_key(path, &site);
	if (e == error_absent)
		log_error("vault_key_missing file=%s do=\"put back the vault.key that this site was made with\"", path);
	if (!e) {
		e = check_site_key(vault, &site);
		if (e == error_signature)
			log_error("vault_key_of_another_site file=%s do=\"put back the vault.key that this site was made with\"", path);
	}
	if (!e) {
		vault->person_key = derive(&site, "TDV vault person key 1");
		struct secret index = derive(&site, "TDV vault index key 1");
		vault->index_key = hmac_key_new(bytes_of(index.byte, sizeof index.byte));
		secret_clear(&index);
		vault->attachment_key = derive(&site, "TDV vault attachment key 1");
	}
	secret_clear(&site);
	return e;
}

// ---- destroying

static enum error destroy(struct vault *vault, struct store_txn *txn, struct bytes key)
{
	struct attachment_row row;

	if (key.size != 1 + vault_number_size)
		return error_corrupt;
	uint64_t number = get_u64(key.data + 1);
	if (key.data[0] == erasing_person)
		return person_keys_erase(&vault->keys, number);
	if (key.data[0] != erasing_attachment)
		return error_corrupt;
	enum error e = vault_attachment_row(txn, number, &row);
	return e ? e : pack_erase(&vault->pack, &row.place);
}

// After the commit that says what is erased, and again when the vault is opened, in case a crash came between.
static enum error sweep(struct vault *vault)
{
	struct store_txn txn;
	struct store_walk walk;
	enum error e = error_none;

	store_begin(vault->store, false, &txn);
	store_walk_init(&walk, &txn, &vault_erasing, (struct bytes){ 0 });
	while (!e && store_walk_next(&walk)) {
		e = destroy(vault, &txn, walk.key);
		vault->swept = true;
	}
	store_walk_deinit(&walk);
	store_abort(&txn);
	if (txn.fault)
		return txn.fault;
	if (!e && vault->sync)
		e = person_keys_sync(&vault->keys);
	return e == error_absent ? error_corrupt : e;
}

void vault_mark_erasing(struct vault *vault, enum erasing kind, uint64_t number)
{
	uint8_t key[1 + vault_number_size] = { (uint8_t)kind };

	put_u64(key + 1, number);
	store_put(&vault->txn, &vault_erasing, bytes_of(key, sizeof key), (struct bytes){ 0 });
	vault->erasing = true;
}

// ---- opening

static enum error open_index(struct vault *vault, const struct vault_options *options)
{
	char folder[PATH_MAX];
	enum error e = error_none;

	if (!disk_path(folder, vault->folder, "index"))
		return error_io;
	if (vault->writes)
		e = disk_make_folder(vault->folder);
	if (!e && vault->writes)
		e = disk_make_folder(vault->keys_folder);
	if (e)
		return e;
	return store_open(&vault->store, &(struct store_options){
						 .folder = folder,
						 .map_bytes = options->map_bytes,
						 .sync = vault->sync,
						 .read_only = !vault->writes,
						 .tables = tables,
					 });
}

static enum error cut_pack(struct vault *vault)
{
	struct store_txn txn;
	struct pack_place last;

	store_begin(vault->store, false, &txn);
	enum error e = vault_last_place(&txn, &last);
	store_abort(&txn);
	return e ? e : pack_cut(&vault->pack, &last);
}

// Before anything is cut or given a number: the index is as new as the log, and the persons' keys as the index.
static enum error check_is_whole(struct vault *vault, const struct vault_options *options)
{
	struct store_txn txn;
	bool keys;

	store_begin(vault->store, false, &txn);
	uint64_t persons = vault_next_number(&txn, &vault_persons) - 1, records = vault_next_number(&txn, &vault_records) - 1;
	store_abort(&txn);
	enum error e = txn.fault ? txn.fault : person_keys_reach(&vault->keys, persons, &keys);
	if (e)
		return e;
	if (persons < options->persons || records < options->records)
		log_error("vault_older_than_log folder=%s persons=%llu log_persons=%llu records=%llu log_records=%llu", vault->folder,
			  (unsigned long long)persons, (unsigned long long)options->persons, (unsigned long long)records,
			  (unsigned long long)options->records);
	else if (options->log_is_new && persons > 0)
		log_error("state_lost vault=%s persons=%llu do=\"restore state/ from a backup: this vault belongs to a log that is not there\"",
			  vault->folder, (unsigned long long)persons);
	else if (!keys)
		log_error("vault_person_keys_lost folder=%s persons=%llu", vault->folder, (unsigned long long)persons);
	else
		return error_none;
	return error_corrupt;
}

static enum error open_files(struct vault *vault, const struct vault_options *options)
{
	enum error e = person_keys_init(&vault->keys, vault->folder, vault->writes);

	if (e || !vault->writes)
		return e;
	e = check_is_whole(vault, options);
	if (!e)
		e = cut_pack(vault);
	if (!e)
		e = sweep(vault);
	if (!e && vault->sync)
		e = folder_sync(vault->folder);
	return e;
}

enum error vault_open(struct vault **out, const struct vault_options *options)
{
	struct vault *vault = calloc(1, sizeof *vault);
	enum error e = error_no_memory;

	if (!vault)
		return e;
	vault->folder = strdup(options->folder);
	vault->keys_folder = strdup(options->keys_folder);
	vault->writes = options->writes;
	vault->sync = options->sync;
	pack_init(&vault->pack, vault->folder, vault->writes, vault->sync);
	vault->keys.fd = -1;
	if (vault->folder && vault->keys_folder)
		e = open_index(vault, options);
	if (!e)
		e = open_keys(vault);
	if (!e)
		e = open_files(vault, options);
	if (e) {
		vault_close(vault);
		return e;
	}
	*out = vault;
	return error_none;
}

void vault_close(struct vault *vault)
{
	if (!vault)
		return;
	store_abort(&vault->txn);
	store_abort(&vault->shared);
	person_keys_deinit(&vault->keys);
	pack_deinit(&vault->pack);
	store_close(vault->store);
	secret_clear(&vault->person_key);
	hmac_key_free(vault->index_key);
	secret_clear(&vault->attachment_key);
	vault_wipe(&vault->plain);
	buffer_deinit(&vault->plain);
	buffer_deinit(&vault->row);
	free(vault->folder);
	free(vault->keys_folder);
	free(vault);
}

// ---- transactions

struct store_txn *vault_view(struct vault *vault, struct store_txn *own)
{
	if (vault->txn.mdb || vault->txn.fault)
		return &vault->txn;
	if (!vault->reading) {
		store_begin(vault->store, false, own);
		return own;
	}
	if (vault->shared.fault) // it was the fault of one look-up, which has returned it
		store_abort(&vault->shared);
	if (!vault->shared.mdb)
		store_begin(vault->store, false, &vault->shared);
	return &vault->shared;
}

enum error vault_view_end(struct store_txn *txn, struct store_txn *own, enum error e)
{
	if (txn == own)
		store_abort(own);
	return txn->fault ? txn->fault : e;
}

void vault_read_begin(struct vault *vault)
{
	vault->reading = true;
}

void vault_read_end(struct vault *vault)
{
	store_abort(&vault->shared);
	vault->shared = (struct store_txn){ 0 };
	vault->reading = false;
}

struct store_txn *vault_change(struct vault *vault)
{
	ensure(vault->writes);
	if (vault->txn.mdb || vault->txn.fault)
		return &vault->txn;
	store_abort(&vault->shared); // from here on this transaction is the one to read in
	store_begin(vault->store, true, &vault->txn);
	if (vault->swept)
		store_clear(&vault->txn, &vault_erasing);
	vault->swept = false;
	return &vault->txn;
}

enum error vault_change_end(struct vault *vault, enum error e)
{
	if (e < 0 && !vault->txn.fault)
		vault->txn.fault = e;
	return vault->txn.fault ? vault->txn.fault : e;
}

static enum error sync_files(struct vault *vault)
{
	enum error e = pack_sync(&vault->pack);

	if (!e && vault->sync)
		e = person_keys_sync(&vault->keys);
	return e;
}

// What was put since the last commit is given up: the index forgets it, then the packs.
static enum error roll_back(struct vault *vault, enum error e)
{
	store_abort(&vault->txn);
	vault->txn = (struct store_txn){ 0 };
	vault->erasing = false;
	vault->swept = false; // the rows that the lost transaction removed are there again, which does no harm
	enum error cut = cut_pack(vault);
	return cut ? cut : e;
}

enum error vault_sync(struct vault *vault)
{
	ensure(vault->writes);
	if (vault->broken || (!vault->txn.mdb && !vault->txn.fault))
		return vault->broken;
	// The index may know of bytes only when they are on disk.
	enum error e = vault->txn.fault ? vault->txn.fault : sync_files(vault);
	if (e && vault->txn.fault)
		return roll_back(vault, e);
	if (!e)
		e = store_commit(&vault->txn);
	if (e == error_map_full)
		return roll_back(vault, e); // LMDB had not come to its meta page
	store_abort(&vault->txn); // when the files did not sync
	vault->txn = (struct store_txn){ .fault = e };
	if (!e && vault->erasing)
		e = sweep(vault);
	vault->erasing = false;
	vault->broken = vault->txn.fault = e;
	return e;
}

// ---- shared by persons and attachments

struct hash vault_find_hash(const struct vault *vault, uint8_t kind, struct bytes what)
{
	uint8_t data[1 + vault_index_text_max];

	ensure(what.size <= vault_index_text_max);
	data[0] = kind;
	if (what.size > 0)
		memcpy(data + 1, what.data, what.size);
	struct hash hash = hmac_sha256(vault->index_key, bytes_of(data, 1 + what.size));
	explicit_bzero(data, sizeof data);
	return hash;
}

uint64_t vault_next_number(struct store_txn *txn, const struct store_table *table)
{
	struct bytes key, value;

	if (!store_last(txn, table, &key, &value))
		return 1;
	if (key.size != vault_number_size) {
		store_row_damaged(txn, table);
		return 1;
	}
	return get_u64(key.data) + 1;
}

// ---- how far it goes

enum error vault_newest_of(const char *folder, struct vault_newest *newest)
{
	struct store *store = NULL;
	struct store_txn txn;
	char index[PATH_MAX];

	if (!disk_path(index, folder, "index"))
		return error_io;
	enum error e = store_open(&store, &(struct store_options){ .folder = index, .read_only = true, .sync = true,
								   .tables = tables });
	if (e)
		return e;
	store_begin(store, false, &txn);
	newest->person = vault_next_number(&txn, &vault_persons) - 1;
	newest->record = vault_next_number(&txn, &vault_records) - 1;
	newest->attachment = vault_next_number(&txn, &vault_attachments) - 1;
	e = txn.fault;
	store_abort(&txn);
	store_close(store);
	return e;
}
