#include <string.h>

#include "base/ensure.h"
#include "store/vault_state.h"

#define row_size 49
#define find_kind 0x80 // apart from those of enum vault_index

struct key {
	uint8_t byte[vault_number_size];
};

struct about {
	uint8_t byte[18];
};

static struct key key_of(uint64_t attachment)
{
	struct key key = { 0 };

	put_u64(key.byte, attachment);
	return key;
}

static struct bytes key_bytes(const struct key *key)
{
	return bytes_of(key->byte, sizeof key->byte);
}

// Bytes moved to another number's place do not open.
static struct about about_of(uint64_t attachment)
{
	struct about about = { .byte = "attachment" };

	put_u64(about.byte + 10, attachment);
	return about;
}

static void put_row(struct store_txn *txn, uint64_t attachment, const struct attachment_row *row)
{
	struct key key = key_of(attachment);
	uint8_t *at = store_reserve(txn, &vault_attachments, key_bytes(&key), row_size);

	if (!at)
		return;
	put_u32(at, row->place.segment);
	put_u64(at + 4, row->place.offset);
	put_u32(at + 12, row->place.size);
	at[16] = row->erased;
	memcpy(at + 17, row->find.byte, sizeof row->find.byte);
}

static enum error read_row(struct bytes value, struct attachment_row *row)
{
	if (value.size != row_size)
		return error_corrupt;
	row->place.segment = get_u32(value.data);
	row->place.offset = get_u64(value.data + 4);
	row->place.size = get_u32(value.data + 12);
	row->erased = value.data[16] != 0;
	memcpy(row->find.byte, value.data + 17, sizeof row->find.byte);
	return row->place.size > pack_header_size + seal_overhead ? error_none : error_corrupt;
}

enum error vault_attachment_row(struct store_txn *txn, uint64_t attachment, struct attachment_row *row)
{
	struct key key = key_of(attachment);
	struct bytes value;

	if (!store_get(txn, &vault_attachments, key_bytes(&key), &value))
		return txn->fault ? txn->fault : error_absent;
	return read_row(value, row);
}

enum error vault_last_place(struct store_txn *txn, struct pack_place *place)
{
	struct attachment_row row;
	struct bytes key, value;

	*place = (struct pack_place){ 0 };
	if (!store_last(txn, &vault_attachments, &key, &value))
		return txn->fault;
	enum error e = read_row(value, &row);
	if (!e)
		*place = row.place;
	return e;
}

static enum error find(struct store_txn *txn, const struct hash *hash, uint64_t *attachment)
{
	struct bytes value;

	if (!store_get(txn, &vault_attachment_finds, bytes_of_hash(hash), &value))
		return txn->fault ? txn->fault : error_absent;
	if (value.size != vault_number_size)
		return error_corrupt;
	*attachment = get_u64(value.data);
	return error_none;
}

static enum error append(struct vault *vault, struct bytes plain, uint64_t attachment, struct pack_place *place)
{
	struct about about = about_of(attachment);

	buffer_clear(&vault->row);
	if (!buffer_extend(&vault->row, pack_header_size))
		return error_no_memory;
	enum error e = seal(&vault->attachment_key, bytes_of(about.byte, sizeof about.byte), plain, &vault->row);
	return e ? e : pack_append(&vault->pack, attachment, &vault->row, place);
}

enum error vault_attachment_put(struct vault *vault, struct bytes plain, uint64_t *attachment)
{
	if (plain.size < 1 || plain.size > vault_attachment_max)
		return error_bounds;
	struct hash sha256 = digest_sha256(plain);
	return vault_attachment_put_known(vault, plain, &sha256, attachment);
}

enum error vault_attachment_put_known(struct vault *vault, struct bytes plain, const struct hash *sha256, uint64_t *attachment)
{
	if (plain.size < 1 || plain.size > vault_attachment_max)
		return error_bounds;
	struct store_txn *txn = vault_change(vault);
	struct attachment_row row = { .find = vault_find_hash(vault, find_kind, bytes_of_hash(sha256)) };
	enum error e = find(txn, &row.find, attachment);
	if (e != error_absent)
		return vault_change_end(vault, e);

	uint64_t number = vault_next_number(txn, &vault_attachments);
	e = txn->fault ? txn->fault : append(vault, plain, number, &row.place);
	if (e)
		return vault_change_end(vault, e);
	struct key key = key_of(number);
	put_row(txn, number, &row);
	store_put(txn, &vault_attachment_finds, bytes_of_hash(&row.find), key_bytes(&key));
	*attachment = number;
	return vault_change_end(vault, error_none);
}

enum error vault_attachment_find(struct vault *vault, const struct hash *sha256, uint64_t *attachment)
{
	struct hash hash = vault_find_hash(vault, find_kind, bytes_of_hash(sha256));
	struct store_txn own, *txn = vault_view(vault, &own);

	return vault_view_end(txn, &own, find(txn, &hash, attachment));
}

static enum error open_at(struct vault *vault, uint64_t attachment, const struct pack_place *place, struct buffer *plain)
{
	struct about about = about_of(attachment);

	buffer_clear(&vault->row);
	enum error e = pack_read(&vault->pack, attachment, place, &vault->row);
	if (!e)
		e = unseal(&vault->attachment_key, bytes_of(about.byte, sizeof about.byte), buffer_bytes(&vault->row), plain);
	return e == error_signature ? error_corrupt : e;
}

enum error vault_attachment_get(struct vault *vault, uint64_t attachment, struct buffer *plain)
{
	struct attachment_row row;
	struct store_txn own, *txn = vault_view(vault, &own);
	enum error e = vault_attachment_row(txn, attachment, &row);

	if (!e)
		e = row.erased ? error_absent : open_at(vault, attachment, &row.place, plain);
	return vault_view_end(txn, &own, e);
}

enum error vault_attachment_erase(struct vault *vault, uint64_t attachment)
{
	struct store_txn *txn = vault_change(vault);
	struct attachment_row row;
	enum error e = vault_attachment_row(txn, attachment, &row);

	if (e || row.erased)
		return vault_change_end(vault, e);
	row.erased = true;
	put_row(txn, attachment, &row);
	store_delete(txn, &vault_attachment_finds, bytes_of_hash(&row.find));
	vault_mark_erasing(vault, erasing_attachment, attachment);
	return vault_change_end(vault, error_none);
}
