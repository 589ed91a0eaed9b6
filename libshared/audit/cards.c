// Cards, their numbers, serials and chip keys, and the orders that make them.
#include "audit/checks.h"
#include "base/bytes.h"
#include "base/subject.h"
#include "gen/delivery_tables.h"
#include "gen/printing_tables.h"
#include "gen/registry_tables.h"
#include "gen/revocation_tables.h"
#include "gen/verification_tables.h"

// ---- cards ----

static uint64_t card_as_made(uint32_t number, enum card_generation generation, bool spoiled)
{
	return spoiled ? 0 : (uint64_t)number * 4 + (uint64_t)generation;
}
VIEW(delivery_cards, delivery, cards)
{
	sink_add(s, k->card, card_as_made(r->number, r->generation, r->spoiled), 1);
}
// One that is only reserved is nowhere yet.
VIEW(revocation_cards_made, revocation, cards)
{
	bool made = r->has_serial || r->generation == card_generation_paper_2003 ||
		    (r->validity == card_validity_spoiled && !r->cancelled);
	if (made)
		sink_add(s, k->card,
			 card_as_made(r->number, r->generation, r->validity == card_validity_spoiled && !r->cancelled), 1);
}
VIEW(revocation_cards_in_use, revocation, cards)
{
	if (r->validity != card_validity_not_yet_active && r->validity != card_validity_spoiled)
		sink_add(s, k->card, r->validity, 1);
}
VIEW(verification_cards, verification, cards)
{
	if (r->validity != card_validity_not_yet_active && r->validity != card_validity_spoiled)
		sink_add(s, k->card, r->validity, 1);
}
VIEW(registry_card_numbers, registry, card_numbers)
{
	sink_add(s, r->member, k->number, 1);
}
// The first copy of a member's card is the one that the registry opened, if it opened one; printing begins behind it.
VIEW(revocation_paper_cards, revocation, cards)
{
	if (r->generation == card_generation_paper_2003)
		sink_add(s, card_member(k->card), r->number, 1);
}
VIEW(delivery_paper_cards, delivery, cards)
{
	if (r->generation == card_generation_paper_2003)
		sink_add(s, card_member(k->card), r->number, 1);
}
VIEW(active_cards, revocation, active_cards)
{
	sink_add(s, k->member, r->card, 1);
}
VIEW(cards_that_are_active, revocation, cards)
{
	if (r->validity == card_validity_active)
		sink_add(s, card_member(k->card), k->card, 1);
}

// ---- orders ----

static uint64_t records_id(uint64_t order, enum print_record state)
{
	return order << 16 | (uint64_t)state;
}
VIEW(orders_by_state, printing, orders)
{
	sink_add(s, records_id(k->order, print_record_offered), 0, r->offered);
	sink_add(s, records_id(k->order, print_record_accepted), 0, r->accepted);
	sink_add(s, records_id(k->order, print_record_refused), 0, r->refused);
	sink_add(s, records_id(k->order, print_record_good), 0, r->good);
	sink_add(s, records_id(k->order, print_record_spoiled), 0, r->spoiled);
	sink_add(s, records_id(k->order, print_record_boxed), 0, r->boxed);
	sink_add(s, records_id(k->order, print_record_stopped), 0, r->stopped);
}
VIEW(records_by_state, printing, records)
{
	sink_add(s, records_id(k->order, r->state), 0, 1);
}
// Every record that was approved is at the facility, or got no number; every spoiled one stands there twice.
VIEW(orders_placed, printing, orders)
{
	if (r->state != print_order_listing)
		sink_add(s, k->order, 0, (int64_t)r->quantity + r->reprints);
}
VIEW(orders_recorded, printing, orders)
{
	if (r->state != print_order_listing)
		sink_add(s, k->order, 0, (int64_t)r->last_index + r->unplaced);
}
VIEW(returned_requests, verification, requests)
{
	sink_add(s, 0, 0, r->facility_refusals);
}
VIEW(records_refused, printing, records)
{
	if (r->state == print_record_refused)
		sink_add(s, 0, 0, 1);
}
VIEW(orders_unplaced, printing, orders)
{
	sink_add(s, 0, 0, r->unplaced);
}
// Every card that the press made was a blank of its facility's; so was one that was printed though it had been stopped.
static uint64_t blanks_id(uint64_t order_facility, bool good)
{
	return order_facility << 1 | (good ? 1 : 0);
}
VIEW(orders_printed, printing, orders)
{
	sink_add(s, blanks_id(r->facility, true), 0, (int64_t)r->good + r->boxed);
	sink_add(s, blanks_id(r->facility, false), 0, (int64_t)r->spoiled + r->stopped_printed);
}
VIEW(blanks_used, printing, stock)
{
	sink_add(s, blanks_id(k->place, true), 0, (int64_t)r->personalised);
	sink_add(s, blanks_id(k->place, false), 0, (int64_t)r->spoiled);
}
VIEW(orders_stopped_printed, printing, orders)
{
	sink_add(s, k->order, 0, r->stopped_printed);
}
VIEW(records_stopped_printed, printing, records)
{
	if (r->state == print_record_stopped && r->has_serial)
		sink_add(s, k->order, 0, 1);
}
VIEW(stock_sent, printing, stock)
{
	sink_add(s, 0, 0, (int64_t)r->sent);
}
VIEW(stock_arrived, printing, stock)
{
	sink_add(s, 0, 0, (int64_t)r->arrived);
}
static bool was_made(enum print_record state)
{
	return state == print_record_good || state == print_record_spoiled || state == print_record_boxed;
}
VIEW(records_made, printing, records)
{
	if (was_made(r->state))
		sink_add(s, r->card, card_as_made(r->number, card_generation_chip_2025, r->state == print_record_spoiled), 1);
}
VIEW(delivery_chip_cards, delivery, cards)
{
	if (r->generation == card_generation_chip_2025 && (r->has_request || r->spoiled))
		sink_add(s, k->card, card_as_made(r->number, r->generation, r->spoiled), 1);
}
VIEW(records_boxed, printing, records)
{
	if (r->state == print_record_boxed)
		sink_add(s, r->card, r->box, 1);
}
VIEW(delivery_cards_boxed, delivery, cards)
{
	if (r->has_box)
		sink_add(s, k->card, r->box, 1);
}
VIEW(printing_boxes, printing, boxes)
{
	sink_add(s, k->box, r->cards, 1);
}
VIEW(delivery_boxes, delivery, boxes)
{
	if (k->box < UINT64_C(1) << 48) // those that organisations packed are delivery's own
		sink_add(s, k->box, r->declared, 1);
}

// ---- numbers, serials and keys (invariants 2 and 3): unique where they are keys, and equal to what the cards say ----

VIEW(numbers, printing, numbers)
{
	sink_add(s, k->number, r->member, 1);
}
// Copies of one member's card follow each other.
VIEW(numbers_of_members, revocation, cards)
{
	if (s->last != card_member(k->card))
		sink_add(s, r->number, card_member(k->card), 1);
	s->last = card_member(k->card);
}
VIEW(records_reserved, printing, records)
{
	sink_add(s, r->card, r->number, 1);
}
VIEW(revocation_chip_cards, revocation, cards)
{
	if (r->generation == card_generation_chip_2025 && (r->has_serial || r->validity == card_validity_not_yet_active ||
							   r->validity == card_validity_spoiled))
		sink_add(s, k->card, r->number, 1);
}
VIEW(serials, printing, serials)
{
	sink_add(s, get_u64(k->serial), r->card, 1);
}
VIEW(serials_of_records, printing, records)
{
	if (r->has_serial)
		sink_add(s, get_u64(r->serial), r->card, 1);
}
VIEW(chip_keys, printing, chip_keys)
{
	sink_add(s, get_u64(k->public_key.byte), r->card, 1);
}
VIEW(chip_keys_of_records, printing, records)
{
	if (r->has_public_key)
		sink_add(s, get_u64(r->public_key.byte), r->card, 1);
}
VIEW(serials_of_good_cards, printing, records)
{
	if (r->has_serial && (r->state == print_record_good || r->state == print_record_boxed))
		sink_add(s, get_u64(r->serial), r->card, 1);
}
VIEW(serials_of_cards, revocation, cards)
{
	if (r->has_serial && (r->validity != card_validity_spoiled || r->cancelled))
		sink_add(s, get_u64(r->serial), k->card, 1);
}

const struct check audit_cards[] = {
	{ 0, { "thẻ {0c}: giao nhận và giá trị thẻ ghi khác nhau (số*4+thế hệ: {1}, {2})",
	       "card {0c}: delivery and revocation differ (number*4+generation: {1}, {2})" },
	  .left = { &delivery_cards }, .right = { &revocation_cards_made } },
	{ 0, { "thẻ {0c}: giá trị {1}, thẩm tra biết {2}", "card {0c}: validity {1}, verification knows {2}" },
	  .left = { &revocation_cards_in_use }, .right = { &verification_cards } },
	{ 2, { "đảng viên {0}: số thẻ {1} theo hồ sơ, {2} theo giá trị thẻ",
	       "member {0}: card number {1} in the registry, {2} in revocation" },
	  .left = { &registry_card_numbers }, .right = { &revocation_paper_cards } },
	{ 2, { "đảng viên {0}: số thẻ {1} theo hồ sơ, {2} theo giao nhận",
	       "member {0}: card number {1} in the registry, {2} in delivery" },
	  .left = { &registry_card_numbers }, .right = { &delivery_paper_cards } },
	{ 1, { "đảng viên {0}: thẻ đang có hiệu lực ghi là {1}, theo từng thẻ là {2}",
	       "member {0}: the active card is noted as {1}, by the cards it is {2}" },
	  .left = { &active_cards }, .right = { &cards_that_are_active } },
	{ 0, { "lệnh in {0i} (lệnh/trạng thái): ghi {1} thẻ, đếm từng thẻ {2}", "order {0i} (order/state): {1} records noted, {2} counted" },
	  .left = { &orders_by_state }, .right = { &records_by_state } },
	{ 4, { "lệnh in {0}: phê duyệt và in lại {1}, gửi in hoặc không có số {2}",
	       "order {0}: {1} approved or reprinted, {2} offered or without a number" },
	  .left = { &orders_placed }, .right = { &orders_recorded } },
	{ 4, { "phôi (cơ sở in*2, +1: thẻ đạt) {0}: lệnh in dùng {1}, sổ phôi ghi {2}",
	       "blanks (facility*2, +1: good cards) {0}: {1} used by orders, {2} by the book" },
	  .left = { &orders_printed }, .right = { &blanks_used } },
	{ 4, { "lệnh in {0}: ghi {1} thẻ đã in dù đã dừng, đếm từng thẻ {2}",
	       "order {0}: {1} printed though stopped are noted, {2} counted" },
	  .left = { &orders_stopped_printed }, .right = { &records_stopped_printed } },
	{ 4, { "phôi chuyển đi {1}, phôi nhận từ nơi khác {2}", "{1} blanks sent to other places, {2} arrived from them" },
	  .left = { &stock_sent }, .right = { &stock_arrived } },
	{ 0, { "thẩm tra ghi {1} đề nghị trả lại từ cơ sở in, lệnh in ghi {2}",
	       "{1} requests returned by the facility in verification, {2} in printing" },
	  .left = { &returned_requests }, .right = { &records_refused, &orders_unplaced } },
	{ 0, { "thẻ {0c}: lệnh in và giao nhận ghi khác nhau (số*4+thế hệ: {1}, {2})",
	       "card {0c}: printing and delivery differ (number*4+generation: {1}, {2})" },
	  .left = { &records_made }, .right = { &delivery_chip_cards } },
	{ 0, { "thẻ {0c}: lệnh in đóng vào hộp {1i}, giao nhận ghi hộp {2i}", "card {0c}: in box {1i} at printing, in box {2i} in delivery" },
	  .left = { &records_boxed }, .right = { &delivery_cards_boxed } },
	{ 4, { "hộp {0i}: lệnh in ghi {1} thẻ, giao nhận {2}", "box {0i}: {1} cards at printing, {2} in delivery" },
	  .left = { &printing_boxes }, .right = { &delivery_boxes } },
	{ 2, { "số {0}: cấp cho đảng viên {1}, thẻ của đảng viên {2} mang số đó",
	       "number {0}: given to member {1}, borne by cards of member {2}" },
	  .left = { &numbers }, .right = { &numbers_of_members } },
	{ 2, { "thẻ {0c}: số {1} theo lệnh in, {2} theo giá trị thẻ", "card {0c}: number {1} at printing, {2} in revocation" },
	  .left = { &records_reserved }, .right = { &revocation_chip_cards } },
	{ 3, { "seri {0}: của thẻ {1c} theo sổ seri, {2c} theo lệnh in", "serial {0}: card {1c} by the index, {2c} by the records" },
	  .left = { &serials }, .right = { &serials_of_records } },
	{ 3, { "khóa chip {0}…: của thẻ {1c} theo sổ khóa, {2c} theo lệnh in", "chip key {0}…: card {1c} by the index, {2c} by the records" },
	  .left = { &chip_keys }, .right = { &chip_keys_of_records } },
	{ 3, { "seri {0}: của thẻ {1c} theo lệnh in, {2c} theo giá trị thẻ", "serial {0}: card {1c} at printing, {2c} in revocation" },
	  .left = { &serials_of_good_cards }, .right = { &serials_of_cards } },
	check_end,
};
