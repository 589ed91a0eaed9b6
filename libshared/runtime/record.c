#include "runtime/record.h"

#include <string.h>

#include "base/ensure.h"

enum {
	key_turn = 1,
	key_time,
	key_leaf,
	key_root,
	key_fold_version,
	key_first_entry,
	key_room,
	key_inputs,
	key_known,
	key_entries
};

#define field_count 10
#define envelope_max 65535

// ---- writing

static void pack_authority(struct buffer *out, const struct origin *o)
{
	struct buffer encoded = { 0 };
	struct authority a;

	authority_of_origin(o, &a);
	authority_encode(&a, &encoded);
	pack_bin(out, buffer_bytes(&encoded));
	out->failed |= encoded.failed;
	buffer_deinit(&encoded);
}

// How many elements the array of an item has.
static size_t item_size(enum record_input kind)
{
	switch (kind) {
	case record_input_range: return 6;
	case record_input_local: return 4;
	case record_input_answer: return 4;
	case record_input_timer: return 6;
	case record_input_act: return 3;
	case record_input_continuation: return 3;
	case record_input_set_aside: return 5;
	case record_input_migration: return 5;
	}
	return 0;
}

void record_item_encode(const struct record_item *item, struct buffer *out)
{
	pack_array(out, item_size(item->kind));
	pack_unsigned(out, (unsigned)item->kind);
	switch (item->kind) {
	case record_input_range:
		pack_unsigned(out, item->source);
		pack_unsigned(out, item->from);
		pack_unsigned(out, item->to);
		pack_unsigned(out, item->turn);
		pack_hash(out, &item->root);
		break;
	case record_input_local:
		pack_unsigned(out, item->type);
		pack_authority(out, &item->authority);
		pack_bin(out, item->body);
		break;
	case record_input_answer:
		pack_unsigned(out, item->type);
		pack_unsigned(out, item->number);
		pack_bin(out, item->body);
		break;
	case record_input_timer:
		pack_unsigned(out, item->type);
		pack_signed(out, item->due_ms);
		pack_unsigned(out, item->number);
		pack_authority(out, &item->authority);
		pack_bin(out, item->body);
		break;
	case record_input_act:
		pack_unsigned(out, item->type);
		pack_unsigned(out, item->number);
		break;
	case record_input_continuation:
		pack_unsigned(out, item->number);
		pack_unsigned(out, item->room);
		break;
	case record_input_set_aside:
		pack_unsigned(out, item->type);
		pack_unsigned(out, item->source);
		pack_unsigned(out, item->number);
		pack_unsigned(out, item->cause);
		break;
	case record_input_migration:
		pack_unsigned(out, item->from);
		pack_unsigned(out, item->to);
		pack_hash(out, &item->root);
		pack_hash(out, &item->after);
		break;
	}
}

void record_entry_put(struct buffer *entries, struct bytes envelope)
{
	pack_bin(entries, envelope);
}

static void pack_known(const struct record_parts *parts, struct buffer *out)
{
	pack_array(out, parts->known_count);
	for (size_t i = 0; i < parts->known_count; i++) {
		pack_array(out, 2);
		pack_unsigned(out, parts->known[i].service);
		pack_unsigned(out, parts->known[i].entry);
	}
}

// Keys 5 to 9, which the leaf covers as they stand.
static void pack_covered(const struct record_parts *parts, struct buffer *out)
{
	pack_unsigned(out, key_fold_version);
	pack_unsigned(out, parts->fold_version);
	pack_unsigned(out, key_first_entry);
	pack_unsigned(out, parts->first_entry);
	pack_unsigned(out, key_room);
	pack_array(out, 2);
	pack_unsigned(out, parts->room_entries);
	pack_unsigned(out, parts->room_bytes);
	pack_unsigned(out, key_inputs);
	pack_array(out, parts->input_count);
	buffer_append(out, parts->inputs.data, parts->inputs.size);
	pack_unsigned(out, key_known);
	pack_known(parts, out);
}

static struct hash leaf_of(uint64_t turn, int64_t time_ms, struct bytes covered, struct hash *leaves, size_t count)
{
	uint8_t data[8 + 8 + 32 + 32];
	struct hash digest = digest_sha256(covered), entries = merkle_root(leaves, count);

	put_u64(data, turn);
	put_u64(data + 8, (uint64_t)time_ms);
	memcpy(data + 16, digest.byte, 32);
	memcpy(data + 48, entries.byte, 32);
	return merkle_leaf(bytes_of(data, sizeof data));
}

static void pack_head(const struct record_parts *parts, const struct hash *leaf, const struct hash *root,
		      struct buffer *out)
{
	pack_map(out, field_count);
	pack_unsigned(out, key_turn);
	pack_unsigned(out, parts->turn);
	pack_unsigned(out, key_time);
	pack_signed(out, parts->time_ms);
	pack_unsigned(out, key_leaf);
	pack_hash(out, leaf);
	pack_unsigned(out, key_root);
	pack_hash(out, root);
}

void record_encode(const struct record_parts *parts, struct merkle_frontier *tree, struct buffer *out)
{
	struct buffer covered = { 0 };

	pack_covered(parts, &covered);
	struct hash leaf =
		leaf_of(parts->turn, parts->time_ms, buffer_bytes(&covered), parts->leaves, parts->entry_count);
	merkle_append(tree, leaf);
	struct hash root = merkle_frontier_root(tree);

	pack_head(parts, &leaf, &root, out);
	buffer_append(out, covered.data, covered.size);
	pack_unsigned(out, key_entries);
	pack_array(out, parts->entry_count);
	buffer_append(out, parts->entries.data, parts->entries.size);
	out->failed |= covered.failed;
	buffer_deinit(&covered);
}

// ---- reading

static void unpack_head(struct unpack *u, struct record_head *head)
{
	if (unpack_map(u, field_count) != field_count)
		u->bad = true;
	unpack_key(u, key_turn);
	head->turn = unpack_unsigned(u, UINT64_MAX);
	unpack_key(u, key_time);
	head->time_ms = unpack_signed(u);
	unpack_key(u, key_leaf);
	head->leaf = unpack_hash(u);
	unpack_key(u, key_root);
	head->root = unpack_hash(u);
	unpack_key(u, key_fold_version);
	head->fold_version = (uint32_t)unpack_unsigned(u, UINT32_MAX);
	unpack_key(u, key_first_entry);
	head->first_entry = unpack_unsigned(u, UINT64_MAX);
	unpack_key(u, key_room);
	if (unpack_array(u, 2) != 2)
		u->bad = true;
	head->room_entries = (uint32_t)unpack_unsigned(u, UINT32_MAX);
	head->room_bytes = (uint32_t)unpack_unsigned(u, UINT32_MAX);
}

enum error record_head_decode(struct bytes record, struct record_head *head)
{
	struct unpack u = unpack_part(record.data, record.data + record.size);

	unpack_head(&u, head);
	return u.bad ? error_malformed : error_none;
}

// An array under `key`: where its first element is, and how many there are.
static struct unpack unpack_list(struct unpack *u, unsigned key, size_t *count)
{
	unpack_key(u, key);
	*count = unpack_array(u, UINT32_MAX);
	return *u;
}

static struct log_position unpack_known(struct unpack *u)
{
	if (unpack_array(u, 2) != 2)
		u->bad = true;
	uint16_t service = (uint16_t)unpack_unsigned(u, UINT16_MAX);
	return (struct log_position){ service, unpack_unsigned(u, UINT64_MAX) };
}

// Where the part that the leaf covers begins: at key 5.
static const uint8_t *covered_from(struct bytes record)
{
	struct unpack u = unpack_part(record.data, record.data + record.size);

	unpack_map(&u, field_count);
	unpack_skip(&u, 8); // four keys and values
	return u.at;
}

// Positions and entries are what they should be; whoever walks them need not look.  Inputs are checked as they are taken.
enum error record_open(struct record *r, struct bytes record)
{
	struct unpack u;

	memset(r, 0, sizeof *r);
	r->bytes = record;
	unpack_init(&u, record);
	unpack_head(&u, &r->head);
	r->inputs = unpack_list(&u, key_inputs, &r->input_count);
	unpack_skip(&u, r->input_count);
	r->known = unpack_list(&u, key_known, &r->known_count);
	for (size_t i = 0; i < r->known_count && !u.bad; i++)
		unpack_known(&u);
	const uint8_t *covered_to = u.at;
	r->entries = unpack_list(&u, key_entries, &r->entry_count);
	for (size_t i = 0; i < r->entry_count && !u.bad; i++)
		unpack_bin(&u, envelope_max);
	if (u.bad || u.at != u.end)
		return error_malformed;
	r->covered = bytes_of(covered_from(record), (size_t)(covered_to - covered_from(record)));
	return error_none;
}

// An origin says "none" by 0, so an authority that says 0 in so many words would have a second encoding.
static bool says_zero(const struct authority *a)
{
	return (a->has_entry && !a->entry) || (a->has_submission && !a->submission) || (a->has_actor && !a->actor) ||
	       (a->has_person && !a->person) || (a->has_role && !a->role) || (a->has_organisation && !a->organisation) ||
	       (a->has_rule_version && !a->rule_version) || (a->has_effect && !a->effect);
}

static void unpack_authority(struct unpack *u, struct origin *out)
{
	struct authority a;
	struct bytes b = unpack_bin(u, 200);

	if (u->bad || authority_decode(b, &a) || says_zero(&a))
		u->bad = true;
	else
		origin_of_authority(&a, out);
}

static uint16_t unpack_u16(struct unpack *u)
{
	return (uint16_t)unpack_unsigned(u, UINT16_MAX);
}

static uint64_t unpack_u64(struct unpack *u)
{
	return unpack_unsigned(u, UINT64_MAX);
}

static void unpack_item(struct unpack *u, struct record_item *item)
{
	switch (item->kind) {
	case record_input_range:
		item->source = unpack_u16(u);
		item->from = unpack_u64(u);
		item->to = unpack_u64(u);
		item->turn = unpack_u64(u);
		item->root = unpack_hash(u);
		break;
	case record_input_local:
		item->type = unpack_u16(u);
		unpack_authority(u, &item->authority);
		item->body = unpack_bin(u, SIZE_MAX);
		break;
	case record_input_answer:
		item->type = unpack_u16(u);
		item->number = unpack_u64(u);
		item->body = unpack_bin(u, SIZE_MAX);
		break;
	case record_input_timer:
		item->type = unpack_u16(u);
		item->due_ms = unpack_signed(u);
		item->number = unpack_u64(u);
		unpack_authority(u, &item->authority);
		item->body = unpack_bin(u, SIZE_MAX);
		break;
	case record_input_act:
		item->type = unpack_u16(u);
		item->number = unpack_u64(u);
		break;
	case record_input_continuation:
		item->number = unpack_u64(u);
		item->room = (uint32_t)unpack_unsigned(u, UINT32_MAX);
		break;
	case record_input_set_aside:
		item->type = unpack_u16(u);
		item->source = unpack_u16(u);
		item->number = unpack_u64(u);
		item->cause = (uint8_t)unpack_unsigned(u, 255);
		break;
	case record_input_migration:
		item->from = unpack_u64(u);
		item->to = unpack_u64(u);
		item->root = unpack_hash(u);
		item->after = unpack_hash(u);
		break;
	}
}

enum error record_next_item(struct record *r, struct record_item *item)
{
	struct unpack *u = &r->inputs;

	memset(item, 0, sizeof *item);
	size_t count = unpack_array(u, 6);
	item->kind = (enum record_input)unpack_unsigned(u, record_input_migration);
	if (u->bad || item_size(item->kind) != count)
		return error_malformed;
	unpack_item(u, item);
	return u->bad ? error_malformed : error_none;
}

enum error record_next_known(struct record *r, struct log_position *position)
{
	*position = unpack_known(&r->known);
	return r->known.bad ? error_malformed : error_none;
}

struct bytes record_next_entry(struct record *r)
{
	return unpack_bin(&r->entries, envelope_max);
}

struct hash record_leaf(const struct record *r)
{
	struct record copy = *r;
	struct buffer leaves = { 0 };

	for (size_t i = 0; i < r->entry_count; i++) {
		struct hash leaf = merkle_leaf(record_next_entry(&copy));
		buffer_append(&leaves, &leaf, sizeof leaf);
	}
	struct hash leaf = leaf_of(r->head.turn, r->head.time_ms, r->covered, (struct hash *)(void *)leaves.data,
				   leaves.failed ? 0 : r->entry_count);
	buffer_deinit(&leaves);
	return leaf;
}

// ---- envelopes and authorities

uint16_t envelope_type(struct bytes envelope)
{
	struct unpack u = unpack_part(envelope.data, envelope.data + envelope.size);

	unpack_map(&u, 15);
	unpack_key(&u, 1);
	return (uint16_t)unpack_unsigned(&u, UINT16_MAX);
}

void envelope_origin(const struct envelope *v, uint16_t source, uint64_t entry, struct origin *o)
{
	*o = (struct origin){
		.source = source,
		.entry = entry,
		.submission = v->has_submission ? v->submission : 0,
		.actor = v->has_actor ? v->actor : 0,
		.person = v->has_person ? v->person : 0,
		.role = v->has_role ? (uint8_t)v->role : 0,
		.organisation = v->has_organisation ? v->organisation : 0,
		.rule_version = v->has_rule_version ? v->rule_version : 0,
	};
}

void authority_of_origin(const struct origin *o, struct authority *a)
{
	*a = (struct authority){
		.source = o->source,
		.has_entry = o->entry != 0,
		.entry = o->entry,
		.has_submission = o->submission != 0,
		.submission = o->submission,
		.has_actor = o->actor != 0,
		.actor = o->actor,
		.has_person = o->person != 0,
		.person = o->person,
		.has_role = o->role != 0,
		.role = o->role,
		.has_organisation = o->organisation != 0,
		.organisation = o->organisation,
		.has_rule_version = o->rule_version != 0,
		.rule_version = o->rule_version,
		.has_effect = o->effect != 0,
		.effect = o->effect,
	};
}

void origin_of_authority(const struct authority *a, struct origin *o)
{
	*o = (struct origin){
		.source = a->source,
		.entry = a->has_entry ? a->entry : 0,
		.submission = a->has_submission ? a->submission : 0,
		.actor = a->has_actor ? a->actor : 0,
		.person = a->has_person ? a->person : 0,
		.role = a->has_role ? a->role : 0,
		.organisation = a->has_organisation ? a->organisation : 0,
		.rule_version = a->has_rule_version ? a->rule_version : 0,
		.effect = a->has_effect ? a->effect : 0,
	};
}
