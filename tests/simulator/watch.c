#include "simulator/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "gen/tables.h"
#include "runtime/record.h"
#include "runtime/tables.h"

#define cards_max 2000
#define touched_max 256
#define answers_max 4000
#define half_day_ms (INT64_C(12) * 3600 * 1000) // by which a clock may be off that an operator accepts

struct seen_card {
	uint64_t card;
	uint32_t number;
	bool has_chip;
	uint8_t serial[8];
	struct hash public_key;
};

struct watch {
	struct site *site;
	struct runtime_tables tables[site_services_max];
	struct {
		uint64_t turn, entry;
		int64_t time_ms;
		struct hash root;
		uint64_t taken[site_services_max]; // through which entry, by source
	} head[site_services_max]; // committed
	struct {
		uint16_t service;
		uint64_t effect;
	} answered[answers_max];
	size_t answered_count;
	struct seen_card cards[cards_max];
	size_t card_count;
	uint64_t destroyed[cards_max];
	size_t destroyed_count;
	uint64_t touched[touched_max]; // members, by the turn that is looked at
	size_t touched_count;
	uint64_t entries, digest;
	uint16_t service; // whose turn it is
	bool good;
};

static void wrong(struct watch *w, const char *what, uint64_t whom)
{
	site_say(w->site, "FAILED  after turn %llu of %s: %s %llu", (unsigned long long)w->head[w->service].turn,
		 service_id_name((enum service_id)w->service), what, (unsigned long long)whom);
	w->good = false;
}

static void stir(struct watch *w, uint64_t v)
{
	w->digest = (w->digest ^ v) * UINT64_C(0x100000001b3); // FNV-1a, by words
}

// ---- the log ----

static bool turn_get(struct watch *w, struct store_txn *txn, uint64_t turn, struct bytes *value)
{
	struct runtime_key key = runtime_key_u64(turn);
	return store_get(txn, &w->tables[w->service].turns, runtime_key_bytes(key), value);
}

// The turn behind the last one that was seen; false: there is none, or it is not what it should be.
static bool log_grew(struct watch *w, struct store_txn *txn, struct record *r)
{
	struct bytes value;
	uint64_t next = w->head[w->service].turn + 1;
	if (!turn_get(w, txn, next, &value))
		return false;
	struct record_head before;
	struct hash root = w->head[w->service].root;
	if (record_open(r, value) != error_none || r->head.turn != next)
		wrong(w, "does not decode: turn", next);
	if (r->head.first_entry != w->head[w->service].entry + 1)
		wrong(w, "entries do not follow each other: it begins with", r->head.first_entry);
	if (r->head.time_ms < w->head[w->service].time_ms)
		wrong(w, "time goes back in turn", next);
	w->head[w->service].turn = next;
	w->head[w->service].entry += r->entry_count;
	w->head[w->service].time_ms = r->head.time_ms;
	w->head[w->service].root = r->head.root;
	if (next > 1 && turn_get(w, txn, next - 1, &value) &&
	    (record_head_decode(value, &before) != error_none || !hash_equal(&before.root, &root)))
		wrong(w, "another past at turn", next - 1);
	return w->good;
}

static void answer_seen(struct watch *w, uint64_t effect)
{
	for (size_t i = 0; i < w->answered_count; i++)
		if (w->answered[i].service == w->service && w->answered[i].effect == effect)
			wrong(w, "two answers to effect", effect);
	ensure(w->answered_count < answers_max);
	w->answered[w->answered_count].service = w->service;
	w->answered[w->answered_count++].effect = effect;
}

static void inputs_seen(struct watch *w, struct record *r)
{
	struct record_item item;
	for (size_t i = 0; i < r->input_count && record_next_item(r, &item) == error_none; i++) {
		stir(w, (uint64_t)item.kind);
		if (item.kind == record_input_answer)
			answer_seen(w, item.number);
		if (item.kind == record_input_timer && item.due_ms > site_now_ms(w->site) + half_day_ms)
			wrong(w, "a timer went off before its day: timer", item.number);
		if (item.kind != record_input_range)
			continue;
		uint64_t *taken = &w->head[w->service].taken[item.source];
		if (item.from != *taken + 1)
			wrong(w, "takes what does not follow: entry", item.from);
		*taken = item.to;
	}
}

// ---- entries ----

static void touch(struct watch *w, uint64_t member)
{
	for (size_t i = 0; i < w->touched_count; i++)
		if (w->touched[i] == member)
			return;
	if (w->touched_count < touched_max) // the whole audit sees the rest
		w->touched[w->touched_count++] = member;
}

// Invariants 2 and 3.
static void card_seen(struct watch *w, const struct seen_card *m)
{
	uint64_t member = card_member(m->card);
	ensure(w->card_count < cards_max);
	for (size_t i = 0; i < w->card_count; i++) {
		const struct seen_card *p = &w->cards[i];
		if ((p->number == m->number) != (card_member(p->card) == member))
			wrong(w, "two members and one number, or two numbers: card", m->card);
		if (card_member(p->card) == member && p->card >= m->card)
			wrong(w, "a copy sequence does not rise: card", m->card);
		if (!p->has_chip || !m->has_chip)
			continue;
		if (memcmp(p->serial, m->serial, sizeof p->serial) == 0)
			wrong(w, "a chip serial twice: card", m->card);
		if (hash_equal(&p->public_key, &m->public_key))
			wrong(w, "a chip key twice: card", m->card);
	}
	w->cards[w->card_count++] = *m;
}

static void card_seen_opened(struct watch *w, const struct card_opened *m)
{
	card_seen(w, &(struct seen_card){ .card = m->card, .number = m->number });
}

static void card_seen_produced(struct watch *w, const struct card_produced *m)
{
	struct seen_card card = { .card = m->card, .number = m->number, .has_chip = true, .public_key = m->public_key };
	memcpy(card.serial, m->serial, sizeof card.serial);
	card_seen(w, &card);
}

// Invariant 5.  Delivery hears of a destruction from revocation, so what revocation says of the card is in its store by now.
static void card_destroyed(struct watch *w, uint64_t card)
{
	struct engine *revocation = site_engine(w->site, service_id_revocation);
	struct revocation_cards_row row;
	struct store_txn txn;
	ensure(w->destroyed_count < cards_max);
	w->destroyed[w->destroyed_count++] = card;
	if (!revocation)
		return; // it is down
	store_begin(engine_store(revocation), false, &txn);
	if (!revocation_cards_get(&txn, card, &row) ||
	    (row.validity != card_validity_ended && row.validity != card_validity_spoiled))
		wrong(w, "destroyed, and neither ended nor spoiled: card", card);
	store_abort(&txn);
}

static void card_moves(struct watch *w, const struct card_moved *m)
{
	for (size_t i = 0; i < w->destroyed_count; i++)
		if (w->destroyed[i] == m->card)
			wrong(w, "comes back from destruction: card", m->card);
	if (m->place == card_place_destroyed)
		card_destroyed(w, m->card);
}

// Invariant 6.
static void change_named(struct watch *w, const struct envelope *v)
{
	bool by_rules = v->type == message_type_request_verified || v->type == message_type_request_settled;
	if (!v->has_submission || !v->has_actor)
		wrong(w, "names nobody: message", v->type);
	if (by_rules && !v->has_rule_version)
		wrong(w, "names no rules: message", v->type);
}

static void entry_seen(struct watch *w, struct bytes envelope)
{
	static struct card_opened opened;
	static struct card_produced produced;
	static struct card_moved moved;
	struct envelope v;
	if (envelope_decode(envelope, &v) != error_none) {
		wrong(w, "does not decode: entry", w->entries);
		return;
	}
	w->entries++;
	stir(w, v.type);
	if (v.has_subject && subject_kind_of(v.subject) == subject_kind_member)
		touch(w, subject_number(v.subject));
	if (v.type == message_type_card_opened && card_opened_decode(v.body, &opened) == error_none)
		card_seen_opened(w, &opened);
	else if (v.type == message_type_card_produced && card_produced_decode(v.body, &produced) == error_none)
		card_seen_produced(w, &produced);
	else if (v.type == message_type_card_moved && card_moved_decode(v.body, &moved) == error_none)
		card_moves(w, &moved);
	change_named(w, &v);
}

// ---- what the turn left in the tables ----

static void cards_of_member(struct watch *w, struct store_txn *txn, uint64_t member)
{
	struct revocation_active_cards_row index;
	struct revocation_cards_row row;
	unsigned active = 0;
	uint64_t card, which = 0;
	for (uint64_t at = card_of(member, 0); revocation_cards_first(txn, at, &card, &row) && card_member(card) == member;
	     at = card + 1)
		if (row.validity == card_validity_active) {
			active++;
			which = card;
		}
	if (active > 1)
		wrong(w, "several active cards: member", member);
	bool indexed = revocation_active_cards_get(txn, member, &index);
	if (indexed != (active > 0) || (indexed && active == 1 && index.card != which))
		wrong(w, "the index of active cards is wrong: member", member);
}

static bool is_open(enum request_state state)
{
	return state == request_state_verified || state == request_state_on_hold;
}

// Requests are not kept by member: all of them, in one walk.
static void requests_of_members(struct watch *w, struct store_txn *txn)
{
	uint64_t open[touched_max] = { 0 }, request;
	struct verification_requests_row row;
	struct verification_open_requests_row noted;
	struct store_walk walk;
	verification_requests_walk_init(&walk, txn, 0);
	while (w->touched_count > 0 && verification_requests_walk_next(&walk, &request, &row))
		for (size_t i = 0; is_open(row.state) && i < w->touched_count; i++) {
			if (w->touched[i] != row.member)
				continue;
			if (open[i])
				wrong(w, "several open requests: member", row.member);
			open[i] = request;
		}
	store_walk_deinit(&walk);
	for (size_t i = 0; i < w->touched_count; i++) {
		bool any = verification_open_requests_get(txn, w->touched[i], &noted);
		if (any != (open[i] != 0) || (any && noted.request != open[i]))
			wrong(w, "the open request is noted wrongly: member", w->touched[i]);
	}
}

static void ledger_adds_up(struct watch *w, struct store_txn *txn)
{
	struct delivery_ledger_key key;
	struct delivery_ledger_row r;
	struct store_walk walk;
	delivery_ledger_walk_init(&walk, txn, 0, account_custody, card_generation_paper_2003);
	while (delivery_ledger_walk_next(&walk, &key, &r))
		if (r.opening + r.received != r.delivered + r.sent_on + r.spoiled_or_lost + r.destroyed + r.closing)
			wrong(w, "the ledger does not add up: organisation", key.organisation);
	store_walk_deinit(&walk);
}

static void tables_seen(struct watch *w, struct store_txn *txn)
{
	for (size_t i = 0; w->service == service_id_revocation && i < w->touched_count; i++)
		cards_of_member(w, txn, w->touched[i]);
	if (w->service == service_id_verification)
		requests_of_members(w, txn);
	if (w->service == service_id_delivery)
		ledger_adds_up(w, txn);
}

// Mostly one turn; the one before it as well, when the service was killed right after its commit.
static bool turn_seen(void *context, uint16_t service)
{
	struct watch *w = context;
	struct store_txn txn;
	struct record record;
	uint64_t turns = 0;
	w->service = service;
	w->touched_count = 0;
	store_begin(engine_store(site_engine(w->site, service)), false, &txn);
	for (; log_grew(w, &txn, &record); turns++) {
		stir(w, service);
		stir(w, record.head.turn);
		inputs_seen(w, &record);
		for (size_t i = 0; i < record.entry_count; i++)
			entry_seen(w, record_next_entry(&record));
	}
	if (turns == 0)
		wrong(w, "the log did not grow after turn", w->head[service].turn);
	tables_seen(w, &txn);
	store_abort(&txn);
	return w->good;
}

struct watch *watch_new(struct site *site)
{
	struct watch *w = calloc(1, sizeof *w);
	ensure(w);
	w->site = site;
	w->good = true;
	w->digest = UINT64_C(0xcbf29ce484222325);
	for (const struct service *const *s = site_services; *s; s++)
		runtime_tables_init(&w->tables[(*s)->id], (*s)->tables);
	site_on_turn(site, turn_seen, w);
	return w;
}

void watch_free(struct watch *watch)
{
	free(watch);
}

uint64_t watch_entries(const struct watch *watch)
{
	return watch->entries;
}

uint64_t watch_digest(const struct watch *watch)
{
	return watch->digest;
}
