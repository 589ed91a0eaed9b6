// The adapter that reads the vault: who else has this person's citizen id?  The answer holds numbers only.
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "registry/registry.h"
#include "store/vault.h"

struct identity {
	// Opened at the first question: the door makes it, and may start later than we do.
	struct vault *vault;
	struct vault_options options;
	char folder[512], keys_folder[512];
};

enum error registry_adapters_open(void **context, const char *home, struct store_txn *txn)
{
	struct identity *identity = calloc(1, sizeof *identity);
	(void)txn;
	if (!identity)
		return error_no_memory;
	snprintf(identity->folder, sizeof identity->folder, "%s/vault", home);
	snprintf(identity->keys_folder, sizeof identity->keys_folder, "%s/keys", home);
	identity->options =
		(struct vault_options){ .folder = identity->folder, .keys_folder = identity->keys_folder };
	*context = identity;
	return error_none;
}

void registry_adapters_close(void *context)
{
	struct identity *identity = context;
	if (identity->vault)
		vault_close(identity->vault);
	free(identity);
}

// The citizen id of a record, borrowed from `plain`.
static enum error citizen_id_of(struct vault *vault, uint64_t record, struct buffer *plain,
				struct bytes *citizen_id)
{
	struct member_row row;
	enum error error = vault_record_get(vault, record, plain);
	if (error == error_none)
		error = member_row_decode(buffer_bytes(plain), &row);
	if (error == error_none)
		*citizen_id = row.citizen_id;
	return error == error_malformed || error == error_bounds ? error_corrupt : error;
}

// The index still finds persons by a citizen id that was corrected since: they have it no more.
static enum error drop_former(struct vault *vault, struct bytes citizen_id, struct identity_found *found)
{
	struct buffer plain = { 0 };
	struct member_row row;
	size_t kept = 0;
	enum error error = error_none;
	for (size_t i = 0; i < found->persons_count && error >= 0; i++) {
		uint64_t record;
		buffer_clear(&plain);
		error = vault_person_get(vault, found->persons[i], &plain, &record);
		bool member = error == error_none && member_row_decode(buffer_bytes(&plain), &row) == error_none;
		if (!member || bytes_equal(row.citizen_id, citizen_id))
			found->persons[kept++] = found->persons[i];
	}
	found->persons_count = kept;
	buffer_deinit(&plain);
	return error < 0 ? error : error_none;
}

static enum error look_up(struct vault *vault, uint64_t record, struct identity_found *found)
{
	struct buffer plain = { 0 };
	struct bytes citizen_id;
	size_t count = 0;
	enum error error = citizen_id_of(vault, record, &plain, &citizen_id);
	if (error == error_none)
		error = vault_find_all(vault, vault_index_citizen, citizen_id, found->persons,
				       sizeof found->persons / sizeof found->persons[0], &count);
	if (error == error_none) {
		size_t most = sizeof found->persons / sizeof found->persons[0];
		found->known = true;
		found->more = count > most;
		found->persons_count = found->more ? most : count;
		error = drop_former(vault, citizen_id, found);
	}
	buffer_deinit(&plain);
	if (error == error_corrupt)
		log_error("vault_damaged record=%llu", (unsigned long long)record);
	// Erased meanwhile, or damaged: an answer, not a fault.
	return error == error_absent || error == error_corrupt ? error_none : error;
}

static enum error identity_lookup_perform(void *context, uint64_t effect_id, struct bytes body,
					  struct buffer *answer)
{
	(void)effect_id;
	struct identity *identity = context;
	struct identity_lookup ask;
	enum error error = identity_lookup_decode(body, &ask);
	if (error != error_none)
		return error_corrupt;
	if (!identity->vault) {
		error = vault_open(&identity->vault, &identity->options);
		if (error != error_none)
			return error;
	}
	struct identity_found found = { .submission = ask.submission, .row = ask.row, .member = ask.member };
	error = look_up(identity->vault, ask.record, &found);
	if (error == error_none)
		identity_found_encode(&found, answer);
	return error;
}

const struct service_adapter registry_adapters[] = {
	{ message_type_identity_lookup, message_type_identity_found, identity_lookup_perform },
	{ 0, 0, NULL },
};
