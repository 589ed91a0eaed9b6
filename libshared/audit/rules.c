// Invariants that look at one row after the other, or at two tables in the same order.

#include <string.h>

#include "audit/checks.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "gen/delivery_tables.h"
#include "gen/intake_tables.h"
#include "gen/printing_tables.h"
#include "gen/revocation_tables.h"
#include "runtime/record.h"

// ---- 1 and 2: one active card a member, one number for life ----

struct copies {
	uint64_t member;
	uint32_t number;
	uint32_t active;
};

static enum error one_active_card(struct audit *audit, const struct check *check)
{
	struct revocation_cards_key key = { 0 };
	struct revocation_cards_row row = { 0 };
	struct copies copies = { 0 };
	struct walk walk;
	walk_open(&walk, audit, service_id_revocation, "cards");
	while (walk_next(&walk, revocation_cards, &key, &row)) {
		if (card_member(key.card) != copies.member)
			copies = (struct copies){ .member = card_member(key.card) };
		if (row.validity == card_validity_active && ++copies.active > 1)
			audit_find(audit, check, copies.member, copies.active, 1);
	}
	return walk_close(&walk);
}

static enum error one_number(struct audit *audit, const struct check *check)
{
	struct revocation_cards_key key = { 0 };
	struct revocation_cards_row row = { 0 };
	struct copies copies = { 0 };
	struct walk walk;
	walk_open(&walk, audit, service_id_revocation, "cards");
	while (walk_next(&walk, revocation_cards, &key, &row)) {
		if (card_member(key.card) != copies.member)
			copies = (struct copies){ .member = card_member(key.card), .number = row.number };
		if (row.number != copies.number)
			audit_find(audit, check, copies.member, copies.number, row.number);
	}
	return walk_close(&walk);
}

// ---- 4: every ledger adds up ----

static enum error ledger_adds_up(struct audit *audit, const struct check *check)
{
	struct delivery_ledger_key key = { 0 };
	struct delivery_ledger_row row = { 0 };
	struct walk walk;
	walk_open(&walk, audit, service_id_delivery, "ledger");
	while (walk_next(&walk, delivery_ledger, &key, &row)) {
		uint64_t in = row.opening + row.received;
		uint64_t out = row.delivered + row.sent_on + row.spoiled_or_lost + row.destroyed + row.closing;
		if (in != out)
			audit_find(audit, check,
				   key.organisation << 8 | (uint64_t)key.account << 4 | (uint64_t)key.generation,
				   (int64_t)in, (int64_t)out);
	}
	return walk_close(&walk);
}

// ---- 4: blanks in = personalised + spoiled + stock ----

static enum error stock_adds_up(struct audit *audit, const struct check *check)
{
	struct printing_stock_key key = { 0 };
	struct printing_stock_row row = { 0 };
	struct walk walk;
	walk_open(&walk, audit, service_id_printing, "stock");
	while (walk_next(&walk, printing_stock, &key, &row)) {
		int64_t in = (int64_t)(row.received + row.arrived) + row.adjusted;
		int64_t out = (int64_t)(row.sent + row.personalised + row.spoiled + row.wasted) + row.stock;
		if (in != out)
			audit_find(audit, check, key.place, in, out);
	}
	return walk_close(&walk);
}

// ---- 5: where a card may be, by what it is worth ----

#define places(...) places_of((const enum card_place[]){ __VA_ARGS__, 0 })

static unsigned places_of(const enum card_place *places)
{
	unsigned set = 0;
	for (; *places; places++)
		set |= 1u << *places;
	return set;
}

// Valid cards travel too (D12, D16), and what is due for recovery may be anywhere until it is recovered. A card may be
// in its holder's hands and be worth nothing: its holder left meanwhile, or the old one is suspended (place_check).
static unsigned places_for(enum card_validity validity)
{
	const unsigned on_the_way = places(card_place_in_transit, card_place_custody, card_place_missing);
	const unsigned with_member = places(card_place_member);
	switch (validity) {
	case card_validity_not_yet_active: return on_the_way | places(card_place_facility, card_place_stock);
	case card_validity_active:
	case card_validity_suspended:
	case card_validity_unstamped:
	case card_validity_damaged:
	case card_validity_lost:
	case card_validity_recovery_due:
	case card_validity_unrecoverable: return on_the_way | with_member;
	case card_validity_superseded: return with_member | places(card_place_missing); // collected, it is ended
	case card_validity_retained_by_family: return on_the_way | with_member | places(card_place_family);
	case card_validity_ended: return on_the_way | places(card_place_destroyed);
	case card_validity_spoiled:
		return on_the_way | with_member | places(card_place_facility, card_place_destroyed);
	}
	return 0;
}

static void place_check(struct audit *audit, const struct check *check, uint64_t card, const struct delivery_cards_row *where,
			const struct revocation_cards_row *worth)
{
	// In a box it is at the facility, on its way or in custody: where what was not handed over yet belongs.
	enum card_place place = where->has_place ? where->place : card_place_in_transit;
	bool waits_there = worth->handed && place == card_place_member;
	if (!waits_there && !(places_for(worth->validity) & (1u << place)))
		audit_find(audit, check, card, (int64_t)place, (int64_t)worth->validity);
}

static enum error places_fit(struct audit *audit, const struct check *check)
{
	struct delivery_cards_key at = { 0 };
	struct delivery_cards_row where = { 0 };
	struct revocation_cards_key of = { 0 };
	struct revocation_cards_row worth = { 0 };
	struct walk places, worths;
	walk_open(&places, audit, service_id_delivery, "cards");
	walk_open(&worths, audit, service_id_revocation, "cards");
	bool has_place = walk_next(&places, delivery_cards, &at, &where);
	bool has_worth = walk_next(&worths, revocation_cards, &of, &worth);
	while (has_place && has_worth) {
		if (at.card == of.card)
			place_check(audit, check, at.card, &where, &worth);
		uint64_t card = at.card;
		if (at.card <= of.card)
			has_place = walk_next(&places, delivery_cards, &at, &where);
		if (of.card <= card)
			has_worth = walk_next(&worths, revocation_cards, &of, &worth);
	}
	enum error error = walk_close(&places);
	enum error other = walk_close(&worths);
	return error != error_none ? error : other;
}

// ---- 6: who and under which rule ----

// What is decided under a dated rule names its version.
static bool needs_rule(uint16_t type)
{
	return type == message_type_request_verified || type == message_type_request_settled ||
	       type == message_type_verified_list_ended;
}

// Entries whose authority is a submission name the certificate that signed it, or nobody could be asked.
static enum error entry_check(struct audit *audit, const struct check *check, uint16_t service, uint64_t entry,
			      struct bytes bytes)
{
	struct envelope envelope;
	enum error error = envelope_decode(bytes, &envelope);
	if (error != error_none)
		return error_corrupt;
	bool signed_for = envelope.has_submission && envelope.submission && envelope.has_actor && envelope.actor;
	bool ruled = !needs_rule(envelope.type) || (envelope.has_rule_version && envelope.rule_version);
	if (!signed_for || !ruled)
		audit_find(audit, check, entry, service, envelope.type);
	return error_none;
}

static enum error turn_check(struct audit *audit, const struct check *check, uint16_t service, struct bytes bytes)
{
	struct record record;
	enum error error = record_open(&record, bytes);
	for (size_t i = 0; error == error_none && i < record.entry_count; i++)
		error = entry_check(audit, check, service, record.head.first_entry + i, record_next_entry(&record));
	return error;
}

static enum error changes_are_signed(struct audit *audit, const struct check *check)
{
	for (uint16_t service = 1; service < services_max; service++) {
		if (!audit->alive[service])
			continue;
		struct walk walk;
		walk_open(&walk, audit, service, "runtime.turns");
		while (walk_row(&walk))
			if (turn_check(audit, check, service, walk.value) != error_none)
				walk_corrupt(&walk);
		enum error error = walk_close(&walk);
		if (error != error_none)
			return error;
	}
	return error_none;
}

// ---- every act that was taken comes to an end ----

static enum error acts_are_closed(struct audit *audit, const struct check *check)
{
	struct intake_submissions_key key = { 0 };
	struct intake_submissions_row row = { 0 };
	struct walk walk;
	walk_open(&walk, audit, service_id_intake, "submissions");
	while (walk_next(&walk, intake_submissions, &key, &row)) {
		if (row.state != outcome_state_done)
			audit_find(audit, check, key.submission, row.act, row.state);
	}
	return walk_close(&walk);
}

const struct check audit_rules[] = {
	{ 1, { "đảng viên {0}: {1} thẻ đang có hiệu lực", "member {0}: {1} active cards" }, .run = one_active_card,
	  .services = { service_id_revocation } },
	{ 2, { "đảng viên {0}: thẻ mang số {1} và số {2}", "member {0}: cards with number {1} and number {2}" },
	  .run = one_number, .services = { service_id_revocation } },
	{ 4, { "sổ {0o}: tồn đầu và nhận {1}, các khoản còn lại cộng lại {2}",
	       "ledger {0o}: opening and received are {1}, the rest is {2}" },
	  .run = ledger_adds_up, .services = { service_id_delivery } },
	{ 4, { "phôi tại {0}: nhận vào {1}, dùng, hỏng, chuyển và tồn cộng lại {2}",
	       "blanks at {0}: {1} came in, {2} used, spoiled, sent or in stock" },
	  .run = stock_adds_up, .services = { service_id_printing } },
	{ 5, { "thẻ {0c}: nơi {1p} không hợp với giá trị {2v}", "card {0c}: place {1p} does not fit validity {2v}" },
	  .run = places_fit, .services = { service_id_delivery, service_id_revocation } },
	{ 6, { "bút toán {0} của {1s}: {2m} không ghi người ký hoặc quy định", "entry {0} of {1s}: {2m} names no signatory or no rule" },
	  .run = changes_are_signed },
	{ 0, { "lần gửi {0}: {1a} chưa có kết quả", "submission {0}: {1a} has no outcome" },
	  .run = acts_are_closed,
	  .services = { service_id_intake, service_id_registry, service_id_verification, service_id_approval,
			service_id_printing, service_id_delivery, service_id_inspection, service_id_revocation } },
	check_end,
};
