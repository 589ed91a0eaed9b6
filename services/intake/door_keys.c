// Whose keys the door goes by: enrolled certificates, of which those of the last minutes are kept parsed; the
// administrator's, the first of a site; and its own, with which it signs receipts.
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "crypto/digest.h"
#include "gen/intake_tables.h"
#include "intake/door.h"

#define key_file_max 4096

// ---- certificates ----

// Where the key is, or is to be.
static struct door_key *place_of_key(struct door *d, const struct hash *fingerprint)
{
	size_t shared = get_u16(fingerprint->byte) % (door_keys_max / door_keys_beside) * door_keys_beside;

	for (size_t i = shared; i < shared + door_keys_beside; i++) {
		if (!d->keys[i].key || hash_equal(&d->keys[i].fingerprint, fingerprint))
			return &d->keys[i];
	}
	return &d->keys[shared + d->keys_next++ % door_keys_beside];
}

static enum error parsed_key(struct door *d, const struct hash *fingerprint, struct bytes spki, struct door_certificate *out)
{
	struct door_key *at = place_of_key(d, fingerprint);

	if (!at->key || !hash_equal(&at->fingerprint, fingerprint)) {
		struct key *parsed;
		enum error e = key_read_public(spki, &parsed);
		if (e != error_none)
			return e > 0 ? error_corrupt : e;
		key_free(at->key);
		box_key_clear(&at->boxes);
		at->key = parsed;
		at->fingerprint = *fingerprint;
	}
	out->key = at->key;
	out->boxes = &at->boxes;
	return error_none;
}

enum error intake_door_certificate(struct door *d, const struct hash *fingerprint, struct door_certificate *out)
{
	struct intake_fingerprints_row number;
	struct intake_certificates_row row;

	if (intake_fingerprints_get(d->txn, fingerprint, &number) &&
	    intake_certificates_get(d->txn, number.certificate, &row)) {
		*out = (struct door_certificate){
			.number = number.certificate, .person = row.person, .organisation = row.organisation, .role = row.role,
		};
		return parsed_key(d, fingerprint, row.public_key, out);
	}
	if (d->txn->fault != error_none)
		return d->txn->fault;
	// The administrator's first act comes in the same batch as the administrator.
	if (!d->administrator.named || !hash_equal(&d->administrator.fingerprint, fingerprint))
		return error_absent;
	*out = (struct door_certificate){ .number = 1, .role = role_administrator };
	return parsed_key(d, fingerprint, bytes_of(d->administrator.spki, d->administrator.spki_size), out);
}

static enum error read_administrator(struct door *d)
{
	struct buffer path = { 0 }, pem = { 0 }, spki = { 0 };
	struct key *key = NULL;
	enum error e = error_no_memory;

	buffer_printf(&path, "%s/keys/administrator.pub.pem", d->home);
	buffer_append(&path, "", 1);
	if (!path.failed)
		e = file_read((const char *)path.data, key_file_max, &pem);
	if (e == error_none)
		e = key_read_public_pem(buffer_bytes(&pem), &key);
	if (e == error_none)
		e = key_write_public_der(key, &spki);
	if (e == error_none && spki.size <= sizeof d->administrator.spki) {
		memcpy(d->administrator.spki, spki.data, spki.size);
		d->administrator.spki_size = spki.size;
		d->administrator.fingerprint = digest_sha256(buffer_bytes(&spki));
		d->administrator.known = true;
	} else if (e != error_absent) {
		log_error("administrator_key_unreadable error=%s", error_name(e));
	}
	key_free(key);
	buffer_deinit(&spki);
	buffer_deinit(&pem);
	buffer_deinit(&path);
	return e < 0 ? e : error_none;
}

enum error intake_door_name_administrator(struct door *d)
{
	struct origin nobody = { .source = service_id_intake };
	enum error e = error_none;

	if (d->administrator.named)
		return error_none;
	if (intake_certificates_get(d->txn, 1, NULL)) {
		d->administrator.named = true;
		return error_none;
	}
	if (!d->administrator.known)
		e = read_administrator(d);
	if (e != error_none || !d->administrator.known)
		return e;
	struct administrator_named m = {
		d->administrator.fingerprint, bytes_of(d->administrator.spki, d->administrator.spki_size)
	};
	buffer_clear(&d->frame);
	administrator_named_encode(&m, &d->frame);
	if (d->frame.failed)
		return error_no_memory;
	e = door_input(d->sink, 0, &nobody, message_type_administrator_named, buffer_bytes(&d->frame));
	d->administrator.named = e == error_none;
	return e < 0 ? e : error_none;
}

// ---- the door's own ----

static enum error write_private(const char *path, const struct key *key)
{
	struct buffer pem = { 0 };
	enum error e = key_write_private(key, &pem);

	if (e == error_none)
		e = file_write_atomic(path, buffer_bytes(&pem), 0600);
	if (pem.data)
		explicit_bzero(pem.data, pem.size);
	buffer_deinit(&pem);
	return e;
}

static enum error write_public(const char *path, const struct key *key)
{
	struct buffer pem = { 0 };
	enum error e = key_write_public(key, &pem);

	if (e == error_none)
		e = file_write_atomic(path, buffer_bytes(&pem), 0644);
	buffer_deinit(&pem);
	return e;
}

enum error intake_door_open_key(struct door *d)
{
	struct buffer private_path = { 0 }, public_path = { 0 }, pem = { 0 };
	enum error e = error_no_memory;

	buffer_printf(&private_path, "%s/keys/door.pem", d->home);
	buffer_append(&private_path, "", 1);
	buffer_printf(&public_path, "%s/keys/door.pub", d->home);
	buffer_append(&public_path, "", 1);
	if (!private_path.failed && !public_path.failed)
		e = file_read((const char *)private_path.data, key_file_max, &pem);
	if (e == error_none) {
		e = key_read_private(buffer_bytes(&pem), &d->key);
	} else if (e == error_absent && access((const char *)public_path.data, F_OK) == 0) {
		// Another key would sign what nobody who has door.pub believes.
		log_error("door_key_lost path=%s", (const char *)private_path.data);
		e = error_corrupt;
	} else if (e == error_absent) {
		e = key_generate(&d->key);
		if (e == error_none)
			e = write_private((const char *)private_path.data, d->key);
	}
	if (e == error_none && access((const char *)public_path.data, F_OK) != 0)
		e = write_public((const char *)public_path.data, d->key);
	if (pem.data)
		explicit_bzero(pem.data, pem.size);
	buffer_deinit(&pem);
	buffer_deinit(&public_path);
	buffer_deinit(&private_path);
	if (e > 0) {
		log_error("door_key_unreadable error=%s", error_name(e));
		return error_corrupt;
	}
	return e;
}
