// The scene of delivery's transcripts: the centre 1; province 44 with its facility 90; commune 441 below it; committee
// 4411 with cells 44111 and 44112; cell 4412 directly below the commune.  Members 7 and 8 are of cell 44111.
#ifndef TDV_TESTS_SCENE_DELIVERY_H
#define TDV_TESTS_SCENE_DELIVERY_H

#include "base/subject.h"
#include "delivery/delivery.h"
#include "gen/delivery_tables.h"
#include "scene.h"

#define print_shop 90
#define seal(text) bytes_of_text(text)

static inline void old_card(struct transcript *s, uint64_t member, uint64_t cell)
{
	tell(s, registry, card_opened, .member = member, .card = member << 8 | 1, .number = 44000000 + (uint32_t)member,
	     .generation = card_generation_paper_2003, .cell = cell, .status = member_status_active);
}

// The second copy of a member's card, which replaces the first.
static inline void produced(struct transcript *s, uint64_t member, uint64_t cell)
{
	tell(s, printing, card_produced, .card = member << 8 | 2, .number = 44000000 + (uint32_t)member, .order = 1,
	     .index = (uint32_t)member, .request = 5 << 16 | member, .cell = cell, .has_old_card = true,
	     .old_card = member << 8 | 1, .facility = print_shop);
}

static inline void filled(struct transcript *s, uint64_t box, uint64_t cell, uint64_t first, uint64_t last)
{
	struct box_filled m = { .box = box, .order = 1, .destination = cell, .seal = seal("S-1") };
	struct buffer body = { 0 };
	for (uint64_t member = first; member <= last; member++)
		m.cards[m.cards_count++] = member << 8 | 2;
	box_filled_encode(&m, &body);
	transcript_tell(s, service_id_printing, message_type_box_filled, buffer_bytes(&body));
	buffer_deinit(&body);
}

static inline void tree(struct transcript *s)
{
	province_44(s);
	organisation(s, 4412, org_level_cell, 441);
}

static inline void facility_sends(struct transcript *s, uint64_t submission, uint32_t boxes)
{
	tell(s, printing, boxes_sent, .submission = submission, .order = 1, .facility = print_shop, .to = 44,
	     .waybill = bytes_of_text("VD-1"), .boxes = boxes);
}

static inline void counted(struct transcript *s, uint64_t submission, uint64_t shipment, uint64_t box,
			   uint32_t cards, bool intact)
{
	tell(s, intake, box_counted, .submission = submission, .row = 1, .shipment = shipment, .box = box, .counted = cards,
	     .seal_intact = intact);
	tell(s, intake, receiving_ended, .submission = submission, .shipment = shipment, .rows = 1);
}

static inline void shipped(struct transcript *s, uint64_t submission)
{
	tell(s, intake, shipping_ordered, .submission = submission, .waybill = bytes_of_text("VD-2"));
}

// Members 7 and 8 of cell 44111: their new cards in one box, sent by the facility as shipment 1.
static inline struct transcript *scene(void)
{
	struct transcript *s = transcript_new(&delivery_service);
	tree(s);
	for (uint64_t member = 7; member <= 8; member++) {
		old_card(s, member, 44111);
		produced(s, member, 44111);
	}
	by(s, .submission = 10, .actor = 3, .organisation = print_shop);
	filled(s, 1 << 16 | 1, 44111, 7, 8);
	facility_sends(s, 10, 1);
	return s;
}

// Who speaks for an organisation: its level shows in its number.
static inline void officer_of(struct transcript *s, uint64_t organisation)
{
	by(s, .submission = 50, .actor = 5, .person = 3, .organisation = organisation,
	   .role = organisation > 9999 ? role_cell_officer : organisation > 999 ? role_grassroots_appraiser :
		   organisation > 99   ? role_superior_board : organisation > 9 ? role_provincial_board : role_central_board);
}

// … and now in the cell's custody.
static inline struct transcript *scene_in_cell(void)
{
	static const uint64_t way[] = { 44, 441, 4411, 44111 };
	struct transcript *s = scene();
	for (uint64_t i = 0; i < 4; i++) {
		by(s, .submission = 20 + i, .actor = 4, .organisation = way[i]);
		counted(s, 20 + i, i + 1, 1 << 16 | 1, 2, true);
		if (i < 3)
			shipped(s, 30 + i);
	}
	transcript_skip(s);
	return s;
}

static inline void handed_over(struct transcript *s, uint64_t submission, uint64_t member, bool proof, bool old_collected)
{
	tell(s, intake, hand_over_given, .submission = submission, .member = member, .card_number = 44000000 + (uint32_t)member,
	     .receipt = receipt_kind_signed_sheet, .has_proof = proof, .proof = 9, .old_collected = old_collected,
	     .date = date("2026-03-02"), .row = 1);
	tell(s, intake, hand_overs_ended, .submission = submission, .rows = 1);
}

// opening + received = delivered + sent on + spoiled or lost + destroyed + closing, for every account; the closing balances
// are listed.
static inline void check_ledger(struct transcript *s, const char *closing)
{
	struct store_txn tx;
	struct store_walk walk;
	struct delivery_ledger_key key;
	struct delivery_ledger_row row;
	struct buffer text = { 0 };
	store_begin(transcript_store(s), false, &tx);
	delivery_ledger_walk_init(&walk, &tx, 0, account_custody, card_generation_paper_2003);
	while (delivery_ledger_walk_next(&walk, &key, &row)) {
		check_u64(row.opening + row.received,
			  row.delivered + row.sent_on + row.spoiled_or_lost + row.destroyed + row.closing);
		if (row.closing)
			buffer_printf(&text, "%llu %s %s: %llu\n", (unsigned long long)key.organisation,
				      account_name(key.account),
				      card_generation_name(key.generation), (unsigned long long)row.closing);
	}
	store_walk_deinit(&walk);
	store_abort(&tx);
	buffer_append(&text, "", 1);
	check_text((const char *)text.data, closing);
	buffer_deinit(&text);
}

// ---- acts on single cards, told in words ----

struct row {
	enum card_case matter;
	uint64_t member;
	unsigned copy; // 0: the row does not say
	const char *date; // NULL: nor a day
};

static inline const char *head_in_words(const struct coded_card_head *h)
{
	static char text[300];
	char date[16] = " of ";
	size_t n = 0;
	text[0] = '\0';
	if (h->has_decision_date)
		date_format(h->decision_date, date + 4);
#define say(...) n += (size_t)snprintf(text + n, sizeof text - n, __VA_ARGS__)
	if (h->has_to)
		say(", to %llu", (unsigned long long)h->to);
	if (h->has_seal)
		say(", seal %.*s", (int)h->seal.size, (const char *)h->seal.data);
	if (h->has_shipment)
		say(", shipment %llu", (unsigned long long)h->shipment);
	if (h->has_counted)
		say(", counted %u", h->counted);
	if (h->has_decision_number)
		say(", decision %.*s%s", (int)h->decision_number.size, (const char *)h->decision_number.data,
		    h->has_decision_date ? date : "");
	if (h->has_minutes)
		say(", minutes %llu", (unsigned long long)h->minutes);
	if (h->has_explanation)
		say(", \"%.*s\"", (int)h->explanation.size, (const char *)h->explanation.data);
#undef say
	return text;
}

// An act of one submission: its head, its rows, its end.
static inline void act_given(struct transcript *s, uint64_t submission, enum act act, const struct coded_card_head *head,
			     const struct row *rows, size_t count)
{
	struct buffer body = { 0 };
	struct place_act_opened opened = { .submission = submission, .act = act, .head = *head };
	place_act_opened_encode(&opened, &body);
	transcript_tell_as(s, service_id_intake, message_type_place_act_opened, buffer_bytes(&body), "%s %llu%s",
			   act_name(act), (unsigned long long)submission, head_in_words(head));
	for (size_t i = 0; i < count; i++) {
		struct place_act_row row = { .submission = submission, .act = act };
		row.card = (struct coded_card){ .row = (uint32_t)i + 1, .member = rows[i].member,
						.number = 44000000 + (uint32_t)rows[i].member, .matter = rows[i].matter,
						.has_matter = true, .copy = (uint8_t)rows[i].copy,
						.has_copy = rows[i].copy != 0, .has_date = rows[i].date != NULL };
		if (rows[i].date)
			row.card.date = date(rows[i].date);
		buffer_clear(&body);
		place_act_row_encode(&row, &body);
		transcript_tell_as(s, service_id_intake, message_type_place_act_row, buffer_bytes(&body),
				   "row %zu: %s, card 44.%06llu%s%.0u%s%s", i + 1, card_case_name(rows[i].matter),
				   (unsigned long long)rows[i].member, rows[i].copy ? ", copy " : "", rows[i].copy,
				   rows[i].date ? " on " : "", rows[i].date ? rows[i].date : "");
	}
	buffer_clear(&body);
	place_act_ended_encode(&(struct place_act_ended){ .submission = submission, .act = act, .rows = (uint32_t)count }, &body);
	transcript_tell_as(s, service_id_intake, message_type_place_act_ended, buffer_bytes(&body), "%s %llu ends",
			   act_name(act), (unsigned long long)submission);
	buffer_deinit(&body);
}
#define head(...) (&(const struct coded_card_head){ __VA_ARGS__ })
#define acts(s, submission, act, head, ...)                                                                          \
	act_given((s), (submission), act_##act, (head), (const struct row[]){ __VA_ARGS__ },                         \
		  sizeof((const struct row[]){ __VA_ARGS__ }) / sizeof(struct row))
#define sealed .has_seal = true, .seal = bytes_of_text("S-9")
#define with_minutes .has_decision_number = true, .decision_number = bytes_of_text("12/BB"), .has_minutes = true, .minutes = 5

// What revocation says of a card.
static inline void standing(struct transcript *s, uint64_t card, enum card_validity validity, const char *since)
{
	tell(s, revocation, card_standing, .card = card, .validity = validity, .event = card_validity_event_holder_left,
	     .since = date(since));
}

// The place of a card now, "custody 44111"; "-": no such card.
static inline const char *place_of(struct transcript *s, uint64_t number)
{
	static char text[64];
	struct delivery_cards_row card;
	struct delivery_boxes_row box = { 0 };
	if (!look(s, delivery_cards, number, &card))
		return "-";
	if (!card.has_place)
		look(s, delivery_boxes, card.has_parcel ? card.parcel : card.box, &box);
	snprintf(text, sizeof text, "%s %llu", card_place_name(card.has_place ? card.place : box.place),
		 (unsigned long long)(card.has_place ? card.custodian : box.custodian));
	return text;
}

#endif
