// What intake needs beside its fold: the vault, for the door and for questions.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/intake_queries.h"
#include "intake/door.h"

#define vault_map_bytes ((size_t)16 << 30) // sparse; a row of personal data takes about 1 KiB, 5.6 million members fit

// Questions are given a transaction and no context: the vault that the daemon, or the simulator, opened last.
static struct vault *questioned;

// What the records name of the vault, at least: it must not be older than they are.
static void put_least(struct store_txn *txn, struct vault_options *options)
{
	struct intake_members_row member;
	struct intake_certificates_row certificate;
	uint64_t number;

	if (intake_members_last(txn, &number, &member)) {
		options->persons = number;
		options->records = member.record;
	}
	// The administrator's certificate comes with the first turn, before anybody could send anything.
	options->log_is_new = !intake_certificates_last(txn, &number, &certificate);
	if (!options->log_is_new && certificate.person > options->persons)
		options->persons = certificate.person;
}

enum error intake_adapters_open(void **context, const char *home, struct store_txn *txn)
{
	struct intake_world *world = calloc(1, sizeof *world);
	struct buffer folder = { 0 }, keys = { 0 };
	enum error e = error_no_memory;

	buffer_printf(&folder, "%s/vault", home);
	buffer_append(&folder, "", 1);
	buffer_printf(&keys, "%s/keys", home);
	buffer_append(&keys, "", 1);
	if (world && !folder.failed && !keys.failed) {
		struct vault_options options = {
			.folder = (const char *)folder.data, .keys_folder = (const char *)keys.data,
			.map_bytes = vault_map_bytes, .writes = true, .sync = true,
		};
		put_least(txn, &options);
		e = txn->fault ? txn->fault : vault_open(&world->vault, &options);
	}
	buffer_deinit(&folder);
	buffer_deinit(&keys);
	if (e != error_none) {
		free(world);
		return e;
	}
	questioned = world->vault;
	*context = world;
	return error_none;
}

void intake_adapters_close(void *context)
{
	struct intake_world *world = context;

	if (!world)
		return;
	if (questioned == world->vault)
		questioned = NULL;
	vault_close(world->vault);
	free(world);
}

// ---- questions ----

static enum error answer_submission_query(struct store_txn *txn, const struct submission_query *ask,
					  struct submission_answer *answer)
{
	struct intake_submissions_row s;
	struct intake_certificates_row certificate;

	if (!intake_submissions_get(txn, ask->submission, &s))
		return error_absent;
	*answer = (struct submission_answer){
		.certificate = s.certificate, .organisation = s.organisation, .act = s.act, .terminal = s.terminal,
		.sequence = s.sequence, .time = s.time, .receipt = s.receipt, .state = s.state, .reason = s.reason,
		.field = s.field, .accepted = s.accepted, .refused = s.refused, .number = s.number, .has_number = s.has_number,
	};
	if (intake_certificates_get(txn, s.certificate, &certificate)) {
		answer->person = certificate.person;
		answer->role = certificate.role;
	}
	return error_none;
}

static enum error answer_certificate_query(struct store_txn *txn, const struct certificate_query *ask,
					   struct certificate_answer *answer)
{
	struct intake_certificates_row c;

	if (!intake_certificates_get(txn, ask->certificate, &c))
		return error_absent;
	*answer = (struct certificate_answer){ c.fingerprint, c.person, c.role, c.organisation };
	return error_none;
}

// Eight digits, with or without the dot of NN.NNNNNN.
static bool card_number(struct bytes text, uint32_t *number)
{
	*number = 0;
	size_t digits = 0;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '.' && i == 2)
			continue;
		if (text.data[i] < '0' || text.data[i] > '9' || ++digits > 8)
			return false;
		*number = *number * 10 + (uint32_t)(text.data[i] - '0');
	}
	return digits == 8;
}

static enum error answer_resolve_query(struct store_txn *txn, const struct resolve_query *ask,
				       struct resolve_answer *answer)
{
	struct intake_cards_row card;
	uint32_t number;
	char text[16];
	struct bytes wanted = ask->text;

	if (!questioned || ask->kind < vault_index_citizen || ask->kind > vault_index_card)
		return error_malformed;
	if (ask->kind == vault_index_card) {
		if (!card_number(ask->text, &number))
			return error_malformed;
		if (intake_cards_get(txn, number, &card)) { // printed here
			answer->persons[answer->persons_count++] = card.member;
			return error_none;
		}
		snprintf(text, sizeof text, "%08u", (unsigned)number);
		wanted = bytes_of_text(text);
	}
	size_t count;
	enum error e = vault_find_all(questioned, (enum vault_index)ask->kind, wanted, answer->persons, 16, &count);
	answer->persons_count = count < 16 ? count : 16;
	return e != error_none ? e : count == 0 ? error_absent : error_none;
}

const struct service_query intake_questions[] = {
	{ message_type_submission_query, run_submission_query },
	{ message_type_certificate_query, run_certificate_query },
	{ message_type_resolve_query, run_resolve_query },
	{ 0, NULL },
};
