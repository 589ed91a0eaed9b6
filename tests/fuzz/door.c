// The door: whole frames from anybody, the rows of every act behind a signature that holds, and proofs that one of several acts is
// under a signature that is good.
//
// The first byte chooses: a frame, an act's items, or a proof.  Of an act, the next byte is the act, and each item a size of two
// bytes, big-endian, and a head's or a row's encoding.  Of a proof, the next byte is which of the acts it is shown with, and a
// group_proof's encoding follows.
#include "gen/samples.h"

#include <stdio.h>
#include <unistd.h>

#include "base/ensure.h"
#include "crypto/purpose.h"
#include "fuzz/folder.h"
#include "intake/door.h"
#include "intake/intake.h"
#include "runtime/engine.h"
#include "terminal/group.h"

enum { whole_frame, act_items, act_proof, choices };

#define instant INT64_C(1772400000000) // 2026-03-01
#define items_most 8
#define grouped 5

static struct {
	struct engine *engine;
	void *adapters, *door;
	char home[200];
} site;

// Acts of the administrator, whose key this is, under one signature.
static const char administrator_pem[] = "-----BEGIN PRIVATE KEY-----\n"
					"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgY8rDeLpADSaeA4p1\n"
					"UhebVHO+DF1aKjRYRnVHv0c/mNWhRANCAAQ4SdkvP8Rum6SbLugzo+cp5nR0//mm\n"
					"HCeB99v4V93x0KcJdogZlUYn26lYMiUpLR7Pv1EYnpL/NLNso3Du8BEA\n"
					"-----END PRIVATE KEY-----\n";
static struct group {
	struct buffer item, header[grouped];
	struct signed_group signed_group;
	struct hash content[grouped];
	struct submission submission;
} group;

struct door_sink {
	int inputs;
};

enum error door_input(struct door_sink *sink, uint64_t token, const struct origin *o, uint16_t type, struct bytes body)
{
	(void)token;
	(void)o;
	sink->inputs++;
	return message_check(type, body) == error_none ? error_none : error_corrupt;
}

// How many answers came at once.
static int give(struct bytes frame, struct door_sink *sink)
{
	struct store_txn txn;
	struct bytes answer;
	uint64_t to;
	int answers = 0;

	store_begin(engine_store(site.engine), false, &txn);
	ensure(intake_door.put(site.door, &txn, sink, instant, 9, frame) == error_none);
	store_abort(&txn);
	while (intake_door.take(site.door, &to, &answer)) {
		ensure(to == 9 && answer.size > 2 && message_check(get_u16(answer.data), bytes_of(answer.data + 2, answer.size - 2)) == error_none);
		answers++;
	}
	return answers;
}

static void make_act(uint32_t i, const struct hash *certificate)
{
	struct submission_header h = { .act = act_import_organisations, .purpose = bytes_of_text(purpose_submission),
				       .certificate = *certificate, .terminal = 1, .sequence = i + 1, .time = instant, .count = 1 };
	struct hash leaf = merkle_leaf(buffer_bytes(&group.item));

	h.root = merkle_root(&leaf, 1);
	submission_header_encode(&h, &group.header[i]);
	group.content[i] = digest_sha256(buffer_bytes(&group.header[i]));
	signed_group_add(&group.signed_group, &group.content[i]);
}

static void make_group(const struct key *key)
{
	struct organisation_row row = { .code = 1, .name = bytes_of_text("Trung ương"), .level = org_level_central,
					.connectivity = connectivity_offline };
	struct buffer body = { 0 };
	struct hash certificate;
	struct item item = { .salt = { 1 } };

	organisation_row_encode(&row, &body);
	item.body = buffer_bytes(&body);
	item_encode(&item, &group.item);
	buffer_deinit(&body);
	ensure(key_fingerprint(key, &certificate) == error_none);
	for (uint32_t i = 0; i < grouped; i++)
		make_act(i, &certificate);
	ensure(signed_group_sign(&group.signed_group, purpose_submissions, key) == error_none);
	memcpy(group.submission.signature, group.signed_group.signature, sizeof group.submission.signature);
	group.submission.items[0] = buffer_bytes(&group.item);
	group.submission.items_count = 1;
	group.submission.has_proof = true;
}

static void name_administrator(void)
{
	struct buffer pem = { 0 };
	struct key *key;
	char path[500];

	ensure(key_read_private(bytes_of_text(administrator_pem), &key) == error_none);
	ensure(key_write_public(key, &pem) == error_none);
	snprintf(path, sizeof path, "%s/keys/administrator.pub.pem", site.home);
	ensure(file_write_atomic(path, buffer_bytes(&pem), 0600) == error_none);
	make_group(key);
	buffer_deinit(&pem);
	key_free(key);
}

static void site_open(void)
{
	char folder[500];
	struct store_txn txn;

	snprintf(site.home, sizeof site.home, "%s", fuzz_folder());
	snprintf(folder, sizeof folder, "mkdir -p '%s/state' '%s/keys'", site.home, site.home);
	ensure(system(folder) == 0);
	snprintf(folder, sizeof folder, "%s/state/intake", site.home);
	struct engine_options options = { .service = &intake_service, .folder = folder, .log = { .site = 1 }, .map_bytes = 64u << 20 };
	ensure(engine_open(&site.engine, &options) == error_none);
	store_begin(engine_store(site.engine), false, &txn);
	ensure(intake_service.adapters_open(&site.adapters, site.home, &txn) == error_none);
	store_abort(&txn);
	name_administrator();
	ensure(intake_door.open(&site.door, site.home, site.adapters, NULL) == error_none);
	give((struct bytes){ 0 }, &(struct door_sink){ 0 }); // whoever comes first: the administrator is named to the fold then
}

static void take_frame(struct bytes frame)
{
	struct door_sink sink = { 0 };

	ensure(give(frame, &sink) == 1 && sink.inputs == 0); // nobody else can sign
}

// What the proof shows is judged once more by what it is made of.
static bool is_shown(uint32_t act, const struct group_proof *p)
{
	return hash_equal(&p->root, &group.signed_group.root) && p->count <= signed_leaves_max &&
	       merkle_path_verifies(merkle_leaf(bytes_of_hash(&group.content[act])), p->index, p->count, p->path, p->path_count,
				    &group.signed_group.root);
}

static void take_proof(uint32_t act, struct bytes encoded)
{
	struct door *door = site.door;
	struct door_sink sink = { 0 };
	struct buffer frame = { 0 };

	if (group_proof_decode(encoded, &group.submission.proof) != error_none)
		return;
	group.submission.header = buffer_bytes(&group.header[act]);
	put_u16(buffer_extend(&frame, 2), message_type_submission);
	submission_encode(&group.submission, &frame);
	bool refused = give(buffer_bytes(&frame), &sink) == 1;
	ensure(refused == !is_shown(act, &group.submission.proof) && sink.inputs == !refused);
	memset(door->in_flight, 0, sizeof door->in_flight); // what the next input says is not "again"
	buffer_deinit(&frame);
}

// False: they are not whole, or too long.
static bool split(struct bytes rest, struct bytes bodies[items_most], uint32_t *count)
{
	*count = 0;
	while (rest.size >= 2 && *count < items_most) {
		size_t size = get_u16(rest.data);
		if (size > rest.size - 2 || size > 2000)
			return false;
		bodies[(*count)++] = bytes_of(rest.data + 2, size);
		rest = bytes_of(rest.data + 2 + size, rest.size - 2 - size);
	}
	return true;
}

// What the fold is given must be well formed, and no row is passed on that was complained of.
static void check_taken(const struct submission_taken *taken)
{
	struct buffer encoded = { 0 };

	submission_taken_encode(taken, &encoded);
	ensure(message_check(message_type_submission_taken, buffer_bytes(&encoded)) == error_none);
	ensure(taken->errors_total >= taken->errors_count);
	buffer_deinit(&encoded);
}

// NULL: the act's rows were not looked at.
static const struct submission_taken *take_act(uint8_t act, struct bytes rest)
{
	static struct submission_taken taken;
	struct door *door = site.door;
	struct bytes bodies[items_most];
	struct submission_header header = { .act = (enum act)act, .sequence = 1, .organisation = 31 };
	struct store_txn txn;

	if (!act_known(act) || !split(rest, bodies, &header.count))
		return NULL;
	memset(&taken, 0, sizeof taken);
	store_begin(engine_store(site.engine), false, &txn);
	door->txn = &txn;
	door->wall_ms = instant;
	ensure(intake_door_code_items(door, &header, bodies, &taken) == error_none);
	check_taken(&taken);
	door->txn = NULL;
	store_abort(&txn);
	return &taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	if (!site.engine)
		site_open();
	if (data[0] % choices == whole_frame)
		take_frame(bytes_of(data + 1, size - 1));
	else if (data[0] % choices == act_proof)
		take_proof(data[1] % grouped, bytes_of(data + 2, size - 2));
	else
		take_act(data[1], bytes_of(data + 2, size - 2));
	return 0;
}

// ---- seeds ----

static void put_item(struct buffer *out, const struct sample *sample)
{
	struct buffer body = { 0 };
	uint8_t size[2];

	codec_encode(sample->shape, sample->value, &body);
	put_u16(size, (uint16_t)body.size);
	buffer_append(out, size, sizeof size);
	buffer_append(out, body.data, body.size);
	ensure(!body.failed && !out->failed);
	buffer_deinit(&body);
}

static bool is_of_the_wire(const struct sample *sample)
{
	return sample->type >> 12 == 1;
}

// Whether every item was of the form that the act's head or row has.
static bool fits(uint8_t act, const struct buffer *items)
{
	const struct submission_taken *taken = take_act(act, buffer_bytes(items));
	bool fit = taken != NULL;

	for (size_t i = 0; fit && i < taken->errors_count; i++)
		fit = taken->errors[i].reason != reason_malformed && taken->errors[i].field != field_count;
	return fit;
}

static bool seed_items(struct fuzz_seeds *seeds, uint8_t act, const struct buffer *items)
{
	struct buffer seed = { 0 };
	bool fit = fits(act, items);

	if (fit) {
		buffer_append(&seed, &act, 1);
		buffer_append(&seed, items->data, items->size);
		fuzz_seed(seeds, act_items, buffer_bytes(&seed));
		buffer_deinit(&seed);
	}
	return fit;
}

// Whichever of the wire's heads and rows the act takes, alone or one after the other.
static void seed_act(struct fuzz_seeds *seeds, uint8_t act)
{
	struct buffer items = { 0 };
	size_t found = 0;

	for (size_t i = 0; i < array_size(samples) && found < 4; i++) {
		if (!is_of_the_wire(&samples[i]))
			continue;
		buffer_clear(&items);
		put_item(&items, &samples[i]);
		found += seed_items(seeds, act, &items);
		size_t head = items.size;
		for (size_t j = 0; j < array_size(samples) && found < 4; j++) {
			if (!is_of_the_wire(&samples[j]))
				continue;
			items.size = head;
			put_item(&items, &samples[j]);
			found += seed_items(seeds, act, &items);
		}
	}
	buffer_deinit(&items);
}

static void seed_frames(struct fuzz_seeds *seeds)
{
	for (size_t i = 0; i < array_size(samples); i++) {
		struct buffer seed = { 0 };
		uint8_t type[2];
		if (!is_of_the_wire(&samples[i]))
			continue;
		put_u16(type, samples[i].type);
		buffer_append(&seed, type, sizeof type);
		codec_encode(samples[i].shape, samples[i].value, &seed);
		ensure(!seed.failed);
		fuzz_seed(seeds, whole_frame, buffer_bytes(&seed));
		buffer_deinit(&seed);
	}
}

// Good ones, and those of the other acts.
static void seed_proofs(struct fuzz_seeds *seeds)
{
	for (uint8_t i = 0; i < grouped * grouped; i++) {
		struct group_proof proof = signed_group_proof(&group.signed_group, i / grouped);
		struct buffer seed = { 0 };
		buffer_append(&seed, &(uint8_t){ i % grouped }, 1);
		group_proof_encode(&proof, &seed);
		fuzz_seed(seeds, act_proof, buffer_bytes(&seed));
		buffer_deinit(&seed);
	}
}

void fuzz_seeds(struct fuzz_seeds *seeds)
{
	if (!site.engine)
		site_open();
	seed_proofs(seeds);
	seed_frames(seeds);
	for (unsigned act = 0; act < 256; act++)
		if (act_known(act))
			seed_act(seeds, (uint8_t)act);
}
