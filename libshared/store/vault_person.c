#include <string.h>

#include "base/ensure.h"
#include "store/vault_state.h"

#define person_row_size 9
#define salt_size 32
#define record_head (8 + 32) // person, digest

struct number_key {
	uint8_t byte[vault_number_size];
};

struct find_key {
	uint8_t byte[vault_find_size + vault_number_size];
};

struct person_row {
	uint64_t record; // the current one; 0: none
	bool erased;
};

static struct number_key key_of(uint64_t number)
{
	struct number_key key = { 0 };

	put_u64(key.byte, number);
	return key;
}

static struct bytes key_bytes(const struct number_key *key)
{
	return bytes_of(key->byte, sizeof key->byte);
}

// ---- finding

static uint8_t upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

// The first key of those under which persons with this text are found.
static enum error find_key_of(const struct vault *vault, enum vault_index index, struct bytes text, struct find_key *key)
{
	uint8_t normal[vault_index_text_max];

	if (text.size > sizeof normal)
		return error_bounds;
	for (size_t i = 0; i < text.size; i++)
		normal[i] = upper(text.data[i]);
	struct hash hash = vault_find_hash(vault, (uint8_t)index, bytes_of(normal, text.size));
	explicit_bzero(normal, sizeof normal);
	*key = (struct find_key){ 0 };
	memcpy(key->byte, hash.byte, vault_find_size);
	return error_none;
}

static bool is_found(struct bytes key, const struct find_key *from)
{
	return key.size == sizeof from->byte && memcmp(key.data, from->byte, vault_find_size) == 0;
}

enum error vault_find_all(struct vault *vault, enum vault_index index, struct bytes text, uint64_t *persons, size_t max,
			  size_t *count)
{
	struct store_txn own, *txn;
	struct store_walk walk;
	struct find_key from;
	enum error e = find_key_of(vault, index, text, &from);

	*count = 0;
	if (e)
		return e;
	txn = vault_view(vault, &own);
	store_walk_init(&walk, txn, &vault_finds, bytes_of(from.byte, sizeof from.byte));
	while (store_walk_next(&walk) && is_found(walk.key, &from)) {
		if (*count < max)
			persons[*count] = get_u64(walk.key.data + vault_find_size);
		++*count;
	}
	store_walk_deinit(&walk);
	return vault_view_end(txn, &own, error_none);
}

enum error vault_find(struct vault *vault, enum vault_index index, struct bytes text, uint64_t *person)
{
	struct store_txn own, *txn;
	struct bytes key, value;
	struct find_key from;
	enum error e = find_key_of(vault, index, text, &from);

	if (e)
		return e;
	txn = vault_view(vault, &own);
	e = error_absent;
	if (store_seek(txn, &vault_finds, bytes_of(from.byte, sizeof from.byte), &key, &value) &&
	    is_found(key, &from)) {
		*person = get_u64(key.data + vault_find_size);
		e = error_none;
	}
	return vault_view_end(txn, &own, e);
}

// ---- persons

static void put_person(struct store_txn *txn, uint64_t person, const struct person_row *row)
{
	struct number_key key = key_of(person);
	uint8_t value[person_row_size];

	put_u64(value, row->record);
	value[8] = row->erased;
	store_put(txn, &vault_persons, key_bytes(&key), bytes_of(value, sizeof value));
}

static enum error get_person(struct store_txn *txn, uint64_t person, struct person_row *row)
{
	struct number_key key = key_of(person);
	struct bytes value;

	if (!store_get(txn, &vault_persons, key_bytes(&key), &value))
		return txn->fault ? txn->fault : error_absent;
	if (value.size != person_row_size)
		return error_corrupt;
	row->record = get_u64(value.data);
	row->erased = value.data[8] != 0;
	return error_none;
}

static enum error get_living(struct store_txn *txn, uint64_t person, struct person_row *row)
{
	enum error e = get_person(txn, person, row);

	return !e && row->erased ? error_absent : e;
}

enum error vault_person_new(struct vault *vault, uint64_t *person)
{
	struct store_txn *txn = vault_change(vault);
	uint64_t number = vault_next_number(txn, &vault_persons);
	enum error e = txn->fault ? txn->fault : person_keys_make(&vault->keys, &vault->person_key, number);

	if (!e) {
		put_person(txn, number, &(struct person_row){ 0 });
		*person = number;
	}
	return vault_change_end(vault, e);
}

enum error vault_person_index(struct vault *vault, uint64_t person, enum vault_index index, struct bytes text)
{
	struct find_key find;
	struct person_row row;
	uint8_t back[vault_number_size + vault_find_size];
	enum error e = find_key_of(vault, index, text, &find);

	if (e)
		return e;
	struct store_txn *txn = vault_change(vault);
	e = get_living(txn, person, &row);
	if (e)
		return vault_change_end(vault, e);
	put_u64(find.byte + vault_find_size, person);
	put_u64(back, person);
	memcpy(back + vault_number_size, find.byte, vault_find_size);
	store_put(txn, &vault_finds, bytes_of(find.byte, sizeof find.byte), (struct bytes){ 0 });
	store_put(txn, &vault_person_finds, bytes_of(back, sizeof back), (struct bytes){ 0 });
	return vault_change_end(vault, error_none);
}

static void remove_finds(struct store_txn *txn, uint64_t person)
{
	struct number_key from = key_of(person);
	uint8_t back[vault_number_size + vault_find_size];
	struct find_key find;
	struct bytes key, value;

	while (store_seek(txn, &vault_person_finds, key_bytes(&from), &key, &value) && key.size == sizeof back &&
	       get_u64(key.data) == person) {
		memcpy(back, key.data, sizeof back); // the key lives only until the next write
		memcpy(find.byte, back + vault_number_size, vault_find_size);
		put_u64(find.byte + vault_find_size, person);
		store_delete(txn, &vault_finds, bytes_of(find.byte, sizeof find.byte));
		store_delete(txn, &vault_person_finds, bytes_of(back, sizeof back));
	}
}

enum error vault_person_erase(struct vault *vault, uint64_t person)
{
	struct store_txn *txn = vault_change(vault);
	struct person_row row;
	enum error e = get_person(txn, person, &row);

	if (e || row.erased)
		return vault_change_end(vault, e);
	row.erased = true;
	put_person(txn, person, &row);
	remove_finds(txn, person);
	vault_mark_erasing(vault, erasing_person, person);
	return vault_change_end(vault, error_none);
}

// ---- records

struct about {
	uint8_t byte[14 + record_head];
};

// A record moved to another number or person, or with another digest, does not open.
static struct about about_of(uint64_t record, const uint8_t head[record_head])
{
	struct about about = { .byte = "record" };

	put_u64(about.byte + 6, record);
	memcpy(about.byte + 14, head, record_head);
	return about;
}

// head || sealed salt and plain text into vault->row.
static enum error seal_record(struct vault *vault, uint64_t person, uint64_t record, struct bytes plain, struct hash *digest)
{
	struct secret key = { 0 };
	uint8_t salt[salt_size], *head;

	random_bytes(salt, sizeof salt);
	buffer_clear(&vault->plain);
	buffer_append(&vault->plain, salt, sizeof salt);
	buffer_append(&vault->plain, plain.data, plain.size);
	*digest = digest_sha256(buffer_bytes(&vault->plain));

	buffer_clear(&vault->row);
	head = buffer_extend(&vault->row, record_head);
	if (vault->plain.failed || !head)
		return error_no_memory;
	put_u64(head, person);
	memcpy(head + 8, digest->byte, sizeof digest->byte);
	struct about about = about_of(record, head);
	enum error e = person_keys_get(&vault->keys, &vault->person_key, person, &key);
	if (!e)
		e = seal(&key, bytes_of(about.byte, sizeof about.byte), buffer_bytes(&vault->plain), &vault->row);
	secret_clear(&key);
	return e;
}

enum error vault_record_put(struct vault *vault, uint64_t person, struct bytes plain, uint64_t *record,
			    struct hash *digest)
{
	struct person_row row;

	if (plain.size > vault_record_max)
		return error_bounds;
	struct store_txn *txn = vault_change(vault);
	enum error e = get_living(txn, person, &row);
	if (e)
		return vault_change_end(vault, e);
	row.record = vault_next_number(txn, &vault_records);
	e = txn->fault ? txn->fault : seal_record(vault, person, row.record, plain, digest);
	vault_wipe(&vault->plain);
	if (!e) {
		struct number_key key = key_of(row.record);
		store_append(txn, &vault_records, key_bytes(&key), buffer_bytes(&vault->row));
		put_person(txn, person, &row);
		*record = row.record;
	}
	return vault_change_end(vault, e);
}

static enum error record_row(struct store_txn *txn, uint64_t record, struct bytes *value)
{
	struct number_key key = key_of(record);

	if (!store_get(txn, &vault_records, key_bytes(&key), value))
		return txn->fault ? txn->fault : error_absent;
	return value->size >= record_head + seal_overhead + salt_size ? error_none : error_corrupt;
}

static enum error open_record(struct vault *vault, struct store_txn *txn, uint64_t record, struct buffer *plain)
{
	struct secret key = { 0 };
	struct person_row person;
	struct bytes row;
	enum error e = record_row(txn, record, &row);

	if (!e)
		e = get_living(txn, get_u64(row.data), &person);
	if (!e)
		e = person_keys_get(&vault->keys, &vault->person_key, get_u64(row.data), &key);
	if (e)
		return e;
	struct about about = about_of(record, row.data);
	buffer_clear(&vault->plain);
	e = unseal(&key, bytes_of(about.byte, sizeof about.byte), bytes_of(row.data + record_head, row.size - record_head),
		   &vault->plain);
	if (!e)
		buffer_append(plain, vault->plain.data + salt_size, vault->plain.size - salt_size);
	vault_wipe(&vault->plain);
	secret_clear(&key);
	if (!e && plain->failed)
		return error_no_memory;
	return e == error_signature ? error_corrupt : e;
}

enum error vault_record_get(struct vault *vault, uint64_t record, struct buffer *plain)
{
	struct store_txn own, *txn = vault_view(vault, &own);

	return vault_view_end(txn, &own, open_record(vault, txn, record, plain));
}

enum error vault_record_digest(struct vault *vault, uint64_t record, struct hash *digest)
{
	struct store_txn own, *txn = vault_view(vault, &own);
	struct bytes row;
	enum error e = record_row(txn, record, &row);

	if (!e)
		memcpy(digest->byte, row.data + 8, sizeof digest->byte);
	return vault_view_end(txn, &own, e);
}

enum error vault_person_get(struct vault *vault, uint64_t person, struct buffer *plain, uint64_t *record)
{
	struct store_txn own, *txn = vault_view(vault, &own);
	struct person_row row;
	enum error e = get_living(txn, person, &row);

	if (!e && row.record == 0)
		e = error_absent;
	if (!e)
		e = open_record(vault, txn, row.record, plain);
	if (!e)
		*record = row.record;
	return vault_view_end(txn, &own, e);
}
