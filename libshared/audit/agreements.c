// What two services, or two tables of one, must say alike.  Each check compares two sets; a weight counts how often an
// element is in its set, so that counters are compared with what they count.

#include "audit/checks.h"
#include "base/bytes.h"
#include "base/subject.h"
#include "gen/approval_tables.h"
#include "gen/delivery_tables.h"
#include "gen/intake_tables.h"
#include "gen/printing_tables.h"
#include "gen/registry_tables.h"
#include "gen/revocation_tables.h"
#include "gen/verification_tables.h"

// ---- organisations: the registry's, and everybody's mirror ----

static uint64_t place_in_tree(uint64_t parent, enum org_level level)
{
	return parent * 8 + (uint64_t)level;
}

VIEW(registry_organisations, registry, organisations)
{
	sink_add(s, k->code, place_in_tree(r->parent, r->level), 1);
}
VIEW(intake_organisations, intake, organisations)
{
	sink_add(s, k->code, place_in_tree(r->parent, r->level), 1);
}
VIEW(verification_organisations, verification, organisations)
{
	sink_add(s, k->code, place_in_tree(r->parent, r->level), 1);
}
VIEW(approval_organisations, approval, organisations)
{
	sink_add(s, k->code, place_in_tree(r->parent, r->level), 1);
}
VIEW(printing_organisations, printing, organisations)
{
	sink_add(s, k->code, place_in_tree(r->parent, r->level), 1);
}
VIEW(delivery_organisations, delivery, organisations)
{
	sink_add(s, k->code, place_in_tree(r->parent, r->level), 1);
}

VIEW(revocation_organisations, revocation, organisations)
{
	sink_add(s, k->code, place_in_tree(r->parent, r->level), 1);
}

VIEW(organisations_below, registry, organisations)
{
	sink_add(s, k->code, r->parent, 1);
}
KEY_VIEW(children, registry, children)
{
	sink_add(s, k->code, k->parent, 1);
}
VIEW(ended_organisations, registry, organisations)
{
	if (r->has_ended)
		sink_add(s, k->code, 0, 1);
}
VIEW(intake_successors, intake, successors)
{
	sink_add(s, k->code, 0, 1);
}

// ---- members ----

VIEW(members_of_cells, registry, members)
{
	sink_add(s, k->member, r->data.home_cell, 1);
	if (r->data.present_cell != r->data.home_cell)
		sink_add(s, k->member, r->data.present_cell, 1);
}
KEY_VIEW(cell_members, registry, cell_members)
{
	sink_add(s, k->member, k->cell, 1);
}
VIEW(registry_duplicates, registry, duplicates)
{
	sink_add(s, k->duplicate, r->data.member, 1);
}
VIEW(held_members, registry, held_members)
{
	sink_add(s, r->duplicate, k->member, 1);
}
VIEW(intake_duplicates, intake, duplicates)
{
	sink_add(s, k->duplicate, r->person, 1);
}
VIEW(records_registered, registry, members)
{
	sink_add(s, k->member, r->data.record, 1);
}
VIEW(records_at_the_door, intake, members)
{
	sink_add(s, k->member, r->record, 1);
}
VIEW(registry_members, registry, members)
{
	sink_add(s, k->member, r->version, 1);
}
VIEW(verification_members, verification, members)
{
	sink_add(s, k->member, r->version, 1);
}

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

// ---- requests ----

VIEW(open_requests, verification, open_requests)
{
	sink_add(s, k->member, r->request, 1);
}
VIEW(requests_that_are_open, verification, requests)
{
	if (r->state == request_state_verified || r->state == request_state_on_hold)
		sink_add(s, r->member, k->request, 1);
}
VIEW(lists_verified, verification, lists)
{
	if (r->why == reason_none)
		sink_add(s, k->list, 0, r->verified + r->refused);
}
VIEW(lists_offered, verification, lists)
{
	if (r->why == reason_none)
		sink_add(s, k->list, 0, r->offered);
}
// Rows that went on with a request of an earlier list make none of their own.
VIEW(lists_begun, verification, lists)
{
	if (r->why == reason_none)
		sink_add(s, k->list, 0, (int64_t)r->offered - r->reopened);
}
VIEW(requests_of_lists, verification, requests)
{
	sink_add(s, item_whole(k->request), 0, 1);
}
VIEW(requests_closed, verification, requests)
{
	if (r->state == request_state_closed)
		sink_add(s, k->request, r->member, 1);
}
VIEW(cards_handed_over, delivery, cards)
{
	if (r->has_request && r->handed)
		sink_add(s, r->request, card_member(k->card), 1);
}

// ---- lists on their way: nobody is lost between two stages ----

// One that the facility refused and the cell corrected passes again, with another list.
VIEW(requests_passed, verification, requests)
{
	if (r->passes > 0)
		sink_add(s, k->request, r->member, r->passes);
}
VIEW(items, approval, items)
{
	sink_add(s, k->request, r->member, 1);
}
VIEW(requests_passed_and_rejected, verification, requests)
{
	if (r->left_out)
		sink_add(s, k->request, r->member, 1);
}
VIEW(items_left_out, approval, items)
{
	if (r->has_left_out)
		sink_add(s, k->request, r->member, 1);
}
VIEW(lists_passed, verification, lists)
{
	if (r->why == reason_none)
		sink_add(s, k->list, 0, r->verified);
}
VIEW(lists_arrived, approval, lists)
{
	sink_add(s, k->list, 0, r->verified);
}
VIEW(items_by_list, approval, items)
{
	sink_add(s, k->list, 0, 1);
}
VIEW(lists_kept, approval, lists)
{
	sink_add(s, k->list, 0, r->kept);
}
VIEW(items_appraised, approval, items)
{
	if (!r->has_left_out || r->late)
		sink_add(s, k->list, 0, 1);
}
VIEW(groups_taken_in, approval, groups)
{
	sink_add(s, k->group, 0, (int64_t)r->kept + r->left_out);
}
VIEW(lists_by_group, approval, lists)
{
	if (r->has_group)
		sink_add(s, r->group, 0, r->kept);
}
VIEW(groups_approved, approval, groups)
{
	if (r->stage == list_stage_approved)
		sink_add(s, k->group, r->kept, 1);
}
VIEW(groups_at_printing, printing, groups)
{
	sink_add(s, k->group, r->count, 1);
}
VIEW(groups_arrived, printing, groups)
{
	sink_add(s, k->group, 0, r->arrived);
}
VIEW(approved_by_group, printing, approved)
{
	sink_add(s, k->group, 0, 1);
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

// ---- letters: what others told a terminal, in its mailbox ----

// Not by receiver: one that is merged meanwhile leaves its letters where they were, and its shipments to its successor.
VIEW(shipments_told, delivery, shipments)
{
	sink_add(s, k->shipment, 0, 1);
	sink_add(s, k->shipment, 0, r->boxes);
}
VIEW(letters_of_shipments, intake, letters)
{
	struct shipment_sent sent;
	struct shipment_box box;
	if (r->type == message_type_shipment_sent && shipment_sent_decode(r->body, &sent) == error_none)
		sink_add(s, sent.shipment, 0, 1);
	if (r->type == message_type_shipment_box && shipment_box_decode(r->body, &box) == error_none)
		sink_add(s, box.shipment, 0, 1);
}
// The facility has a letter for each record, and two around each order.
VIEW(records_told, printing, records)
{
	sink_add(s, item_of(k->order, k->index), r->card, 1);
}
VIEW(letters_of_records, intake, letters)
{
	struct record_ordered m;
	if (r->type == message_type_record_ordered && record_ordered_decode(r->body, &m) == error_none)
		sink_add(s, item_of(m.order, m.index), m.card, 1);
}
VIEW(orders_told, printing, orders)
{
	if (r->state != print_order_listing && r->state != print_order_void)
		sink_add(s, k->order, r->facility, 2);
}
VIEW(letters_of_orders, intake, letters)
{
	struct order_opened opened;
	struct order_ended ended;
	if (r->type == message_type_order_opened && order_opened_decode(r->body, &opened) == error_none)
		sink_add(s, opened.order, k->organisation, 1);
	if (r->type == message_type_order_ended && order_ended_decode(r->body, &ended) == error_none)
		sink_add(s, ended.order, k->organisation, 1);
}
VIEW(mailboxes, intake, mailboxes)
{
	sink_add(s, k->organisation, 0, (int64_t)r->letters);
}
VIEW(letters, intake, letters)
{
	sink_add(s, k->organisation, 0, 1);
}

#define MIRROR(of, vi, en)                                                                                         \
	{                                                                                                          \
		0, { "tổ chức {0}: cấp và cấp trên ghi ở hồ sơ và ở " vi " khác nhau",                             \
		     "organisation {0}: the registry and " en " place it differently" },                           \
			.left = { &registry_organisations }, .right = { &(of) }                                      \
	}

const struct check audit_agreements[] = {
	MIRROR(intake_organisations, "tiếp nhận", "intake"),
	MIRROR(verification_organisations, "thẩm tra", "verification"),
	MIRROR(approval_organisations, "phê duyệt", "approval"),
	MIRROR(printing_organisations, "lệnh in", "printing"),
	MIRROR(delivery_organisations, "giao nhận", "delivery"),
	MIRROR(revocation_organisations, "giá trị thẻ", "revocation"),
	{ 0, { "tổ chức {0}: cấp trên ghi là {1}, theo danh mục trực thuộc là {2}",
	       "organisation {0}: its parent is {1}, by the index {2}" },
	  .left = { &organisations_below }, .right = { &children } },
	{ 0, { "tổ chức {0}: hồ sơ và tiếp nhận không cùng biết là đã kết thúc",
	       "organisation {0}: ended in the registry or in intake, not in both" },
	  .left = { &ended_organisations }, .right = { &intake_successors } },
	{ 0, { "đảng viên {0}: thuộc chi bộ {1}, theo danh mục chi bộ là {2}",
	       "member {0}: of cell {1}, by the index {2}" },
	  .left = { &members_of_cells }, .right = { &cell_members } },
	{ 0, { "hồ sơ trùng {0}: của đảng viên {1}, theo danh mục giữ lại {2}",
	       "double entry {0}: of member {1}, by the index {2}" },
	  .left = { &registry_duplicates }, .right = { &held_members } },
	{ 0, { "hồ sơ trùng {0}: của đảng viên {1} theo hồ sơ, {2} theo tiếp nhận",
	       "double entry {0}: of member {1} in the registry, {2} in intake" },
	  .left = { &registry_duplicates }, .right = { &intake_duplicates } },
	{ 0, { "đảng viên {0}: bản ghi {1} theo hồ sơ, {2} theo tiếp nhận",
	       "member {0}: record {1} in the registry, {2} at the door" },
	  .left = { &records_registered }, .right = { &records_at_the_door } },
	{ 0, { "đảng viên {0}: hồ sơ phiên bản {1}, thẩm tra biết phiên bản {2}",
	       "member {0}: version {1} in the registry, {2} in verification" },
	  .left = { &registry_members }, .right = { &verification_members } },
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
	{ 1, { "đảng viên {0}: đề nghị đang mở ghi là {1}, theo từng đề nghị là {2}",
	       "member {0}: the open request is noted as {1}, by the requests it is {2}" },
	  .left = { &open_requests }, .right = { &requests_that_are_open } },
	{ 0, { "danh sách {0}: đề nghị nhận {1}, đủ điều kiện và không đủ điều kiện cộng lại {2}",
	       "list {0}: {1} offered, {2} verified or refused" },
	  .left = { &lists_offered }, .right = { &lists_verified } },
	{ 0, { "danh sách {0}: đề nghị nhận {1}, có trong hệ thống {2}", "list {0}: {1} offered, {2} known" },
	  .left = { &lists_begun }, .right = { &requests_of_lists } },
	{ 0, { "đề nghị {0i}: thẩm tra và giao nhận ghi việc trao thẻ khác nhau (đảng viên {1}, {2})",
	       "request {0i}: verification and delivery differ about its hand-over (member {1}, {2})" },
	  .left = { &requests_closed }, .right = { &cards_handed_over } },
	{ 0, { "đề nghị {0i}: thẩm tra và phê duyệt ghi khác nhau (đảng viên {1}, {2})",
	       "request {0i}: verification and approval differ (member {1}, {2})" },
	  .left = { &requests_passed }, .right = { &items } },
	{ 0, { "đề nghị {0i}: thẩm tra ghi bị từ chối và phê duyệt ghi bị loại khác nhau (đảng viên {1}, {2})",
	       "request {0i}: rejected in verification and left out in approval differ (member {1}, {2})" },
	  .left = { &requests_passed_and_rejected }, .right = { &items_left_out } },
	{ 0, { "danh sách {0}: thẩm tra chuyển {1}, phê duyệt nhận {2}", "list {0}: {1} passed on, {2} arrived at approval" },
	  .left = { &lists_passed }, .right = { &lists_arrived } },
	{ 0, { "danh sách {0}: nhận {1}, đếm từng dòng {2}", "list {0}: {1} items arrived, {2} counted" },
	  .left = { &lists_arrived }, .right = { &items_by_list } },
	{ 0, { "danh sách {0}: giữ lại {1} khi thẩm định, đếm từng dòng {2}", "list {0}: {1} kept by the appraisal, {2} counted" },
	  .left = { &lists_kept }, .right = { &items_appraised } },
	{ 0, { "danh sách tổng hợp {0}: giữ và loại {1}, các danh sách có {2}",
	       "consolidated list {0}: {1} kept or left out, {2} in its lists" },
	  .left = { &groups_taken_in }, .right = { &lists_by_group } },
	{ 0, { "danh sách tổng hợp {0}: phê duyệt {1}, lệnh in nhận {2}", "consolidated list {0}: {1} approved, {2} told to printing" },
	  .left = { &groups_approved }, .right = { &groups_at_printing } },
	{ 0, { "danh sách tổng hợp {0}: tới lệnh in {1}, đếm từng dòng {2}", "consolidated list {0}: {1} arrived at printing, {2} counted" },
	  .left = { &groups_arrived }, .right = { &approved_by_group } },
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
	{ 4, { "sổ {0o}: tồn cuối {1}, đếm từng thẻ {2}", "ledger {0o}: closing {1}, card by card {2}" },
	  .left = { &ledger_closing }, .right = { &cards_by_holder, &boxes_by_holder } },
	{ 4, { "tổ chức {0}: sổ ghi {1} thẻ hỏng, mất hoặc đã hủy, đếm từng thẻ {2}",
	       "organisation {0}: {1} spoiled, lost or destroyed in the ledger, {2} card by card" },
	  .left = { &ledger_spoiled }, .right = { &cards_spoiled } },
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
	{ 0, { "chuyến {0}: giao nhận báo và thư đã tới khác nhau ({1}, {2})",
	       "shipment {0}: what delivery told and the letters that arrived differ ({1}, {2})" },
	  .left = { &shipments_told }, .right = { &letters_of_shipments } },
	{ 0, { "thẻ {0i} (lệnh/số thứ tự): lệnh in ghi {1c}, thư cho cơ sở in ghi {2c}",
	       "record {0i} (order/index): card {1c} at printing, {2c} in the facility's letter" },
	  .left = { &records_told }, .right = { &letters_of_records } },
	{ 0, { "lệnh in {0}: thư cho cơ sở in thiếu hoặc thừa ({1}, {2})", "order {0}: letters to the facility are missing or doubled ({1}, {2})" },
	  .left = { &orders_told }, .right = { &letters_of_orders } },
	{ 0, { "hộp thư của {0}: ghi {1} thư, có {2}", "mailbox of {0}: {1} letters noted, {2} there" },
	  .left = { &mailboxes }, .right = { &letters } },
	check_end,
};
