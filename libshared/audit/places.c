// Where cards are: the conservation ledger (domain.md §3, invariant 4), boxes and shipments.
#include "audit/checks.h"
#include "gen/delivery_tables.h"

// ---- the conservation ledger (domain.md §3, invariant 4) ----

static uint64_t account_id(uint64_t organisation, enum account account, enum card_generation generation)
{
	return organisation << 8 | (uint64_t)account << 4 | (uint64_t)generation;
}
VIEW(ledger_closing, delivery, ledger)
{
	sink_add(s, account_id(k->organisation, k->account, k->generation), 0, (int64_t)r->closing);
}
VIEW(cards_by_holder, delivery, cards)
{
	if (!r->has_place || r->spoiled)
		return; // counted with its box; spent
	bool with_member = r->place == card_place_member || r->place == card_place_family;
	if (with_member || r->place == card_place_custody || r->place == card_place_facility)
		sink_add(s, account_id(r->custodian, with_member ? account_members : account_custody, r->generation), 0, 1);
}
VIEW(boxes_by_holder, delivery, boxes)
{
	if (r->place != card_place_custody && r->place != card_place_facility)
		return;
	sink_add(s, account_id(r->custodian, account_custody, card_generation_chip_2025), 0, (int64_t)r->left - r->paper);
	sink_add(s, account_id(r->custodian, account_custody, card_generation_paper_2003), 0, r->paper);
}
// At every level, up and down: what an organisation's books sent on is what its shipments took.
VIEW(ledger_shipped, delivery, ledger)
{
	if (k->account == account_custody)
		sink_add(s, k->organisation, 0, (int64_t)r->sent_on - (int64_t)r->passed_on);
}
VIEW(shipments_of_senders, delivery, shipments)
{
	sink_add(s, r->from, 0, r->cards);
}
// What each organisation lost or spoiled, and what was destroyed there, card by card.
VIEW(ledger_spoiled, delivery, ledger)
{
	sink_add(s, k->organisation, 0, (int64_t)(r->spoiled_or_lost + r->destroyed));
}
VIEW(cards_spoiled, delivery, cards)
{
	bool out = r->has_place && (r->place == card_place_missing || r->place == card_place_destroyed);
	if (r->spoiled || out)
		sink_add(s, r->custodian, 0, 1);
}
// Over all organisations: what came into hands was made, handed over, given back or sent on by others, but for what is
// on its way.
VIEW(ledger_received, delivery, ledger)
{
	sink_add(s, k->generation, 0, (int64_t)r->received);
}
VIEW(ledger_sent, delivery, ledger)
{
	sink_add(s, k->generation, 0, (int64_t)(r->sent_on + r->delivered));
}
VIEW(cards_made, delivery, cards)
{
	if (r->has_request || r->spoiled)
		sink_add(s, r->generation, 0, 1);
}
VIEW(boxes_on_their_way, delivery, boxes)
{
	if (r->place != card_place_in_transit)
		return;
	sink_add(s, card_generation_chip_2025, 0, (int64_t)r->paper - (int64_t)r->left);
	sink_add(s, card_generation_paper_2003, 0, -(int64_t)r->paper);
}
VIEW(ledger_opening, delivery, ledger)
{
	sink_add(s, k->generation, 0, (int64_t)r->opening);
}
VIEW(cards_opened, delivery, cards)
{
	if (!r->has_request && !r->spoiled)
		sink_add(s, r->generation, 0, 1);
}

// ---- boxes and shipments ----

VIEW(boxes_left, delivery, boxes)
{
	sink_add(s, k->box, 0, r->left);
}
VIEW(cards_in_boxes, delivery, cards)
{
	if (!r->has_place && (r->has_box || r->has_parcel))
		sink_add(s, r->has_parcel ? r->parcel : r->box, 0, 1);
}
// What the facility put in; a card may since have gone on in a box that an organisation packed.
static bool is_facilitys(uint64_t box)
{
	return box < UINT64_C(1) << 48;
}
VIEW(boxes_declared, delivery, boxes)
{
	if (is_facilitys(k->box))
		sink_add(s, k->box, 0, r->declared);
}
VIEW(cards_of_boxes, delivery, cards)
{
	if (r->has_box)
		sink_add(s, r->box, 0, 1);
}
VIEW(shipments_open, delivery, shipments)
{
	sink_add(s, k->shipment, 0, (int64_t)r->boxes - (int64_t)r->received);
}
VIEW(boxes_in_shipments, delivery, boxes)
{
	if (r->has_shipment && r->place == card_place_in_transit)
		sink_add(s, r->shipment, 0, 1);
}
VIEW(held, delivery, held)
{
	sink_add(s, r->box, k->organisation, 1);
}
VIEW(boxes_to_be_sent, delivery, boxes)
{
	bool waits = r->place == card_place_custody && r->custodian != r->destination && !r->open;
	if (r->place == card_place_facility || waits)
		sink_add(s, k->box, r->custodian, 1);
}
VIEW(held_boxes, delivery, held)
{
	sink_add(s, k->organisation, 0, 1);
}
VIEW(waiting_boxes, delivery, waiting)
{
	sink_add(s, k->organisation, 0, r->boxes);
}

const struct check audit_places[] = {
	{ 4, { "sổ {0o}: tồn cuối {1}, đếm từng thẻ {2}", "ledger {0o}: closing {1}, card by card {2}" },
	  .left = { &ledger_closing }, .right = { &cards_by_holder, &boxes_by_holder } },
	{ 4, { "tổ chức {0}: sổ ghi {1} thẻ hỏng, mất hoặc đã hủy, đếm từng thẻ {2}",
	       "organisation {0}: {1} spoiled, lost or destroyed in the ledger, {2} card by card" },
	  .left = { &ledger_spoiled }, .right = { &cards_spoiled } },
	{ 4, { "tổ chức {0}: sổ ghi đã chuyển {1} thẻ, các chuyến giao có {2}",
	       "organisation {0}: {1} cards sent on in the ledger, {2} in its shipments" },
	  .left = { &ledger_shipped }, .right = { &shipments_of_senders } },
	{ 4, { "thế hệ {0}: đã nhận {1}; in ra, chuyển đi, trao và thu lại, trừ đang chuyển: {2}",
	       "generation {0}: {1} received; made, sent on, handed over and given back, but for those on their way: {2}" },
	  .left = { &ledger_received }, .right = { &ledger_sent, &cards_made, &boxes_on_their_way } },
	{ 4, { "thế hệ {0}: tồn đầu {1}, đếm từng thẻ {2}", "generation {0}: opening {1}, card by card {2}" },
	  .left = { &ledger_opening }, .right = { &cards_opened } },
	{ 4, { "hộp {0i}: còn {1} thẻ theo hộp, {2} theo từng thẻ", "box {0i}: {1} cards left by the box, {2} by the cards" },
	  .left = { &boxes_left }, .right = { &cards_in_boxes } },
	{ 4, { "hộp {0i}: ghi {1} thẻ, đếm từng thẻ {2}", "box {0i}: {1} cards declared, {2} card by card" },
	  .left = { &boxes_declared }, .right = { &cards_of_boxes } },
	{ 4, { "chuyến {0}: còn {1} hộp chưa nhận, {2} hộp đang chuyển",
	       "shipment {0}: {1} boxes not received, {2} boxes on their way" },
	  .left = { &shipments_open }, .right = { &boxes_in_shipments } },
	{ 4, { "hộp {0i}: chờ chuyển tại {1}, đang ở {2}", "box {0i}: waits to be sent at {1}, is at {2}" },
	  .left = { &held }, .right = { &boxes_to_be_sent } },
	{ 4, { "tổ chức {0}: {1} hộp chờ chuyển, {2} theo từng nơi đến", "organisation {0}: {1} boxes wait, {2} by their ways" },
	  .left = { &held_boxes }, .right = { &waiting_boxes } },
	check_end,
};
