#include "simulator/races_look.h"

#include "base/ensure.h"
#include "base/subject.h"
#include "domain/request.h"
#include "gen/tables.h"

// ---- a look into one service ----

// Waits until it is up.
static struct store_txn look_begin(struct site *site, uint16_t service)
{
	struct store_txn txn;
	struct engine *engine;
	while (!(engine = site_engine(site, service)))
		ensure(site_round(site));
	store_begin(engine_store(engine), false, &txn);
	return txn;
}

static bool verification_has(struct site *site, uint64_t request, struct verification_requests_row *row)
{
	struct store_txn txn = look_begin(site, service_id_verification);
	bool has = verification_requests_get(&txn, request, row);
	store_abort(&txn);
	return has;
}

static enum list_stage stage_of(struct site *site, uint64_t list)
{
	struct store_txn txn = look_begin(site, service_id_approval);
	struct approval_lists_row row = { .stage = list_stage_verified };
	struct approval_groups_row group;
	approval_lists_get(&txn, list, &row);
	if (row.has_group && approval_groups_get(&txn, row.group, &group))
		row.stage = group.stage;
	store_abort(&txn);
	return row.stage;
}

// ---- cards ----

static bool card_has(struct site *site, uint64_t card, struct revocation_cards_row *row)
{
	struct store_txn txn = look_begin(site, service_id_revocation);
	bool has = revocation_cards_get(&txn, card, row);
	store_abort(&txn);
	return has;
}

enum card_validity look_worth(struct site *site, uint64_t card)
{
	struct revocation_cards_row row;
	return card_has(site, card, &row) ? row.validity : 0;
}

enum card_place look_place(struct site *site, uint64_t card, uint64_t *keeper)
{
	struct store_txn txn = look_begin(site, service_id_delivery);
	struct delivery_cards_row row = { 0 };
	struct delivery_boxes_row box = { 0 };
	bool known = delivery_cards_get(&txn, card, &row);
	if (known && !row.has_place)
		ensure(delivery_boxes_get(&txn, row.has_parcel ? row.parcel : row.box, &box));
	store_abort(&txn);
	*keeper = row.has_place ? row.custodian : box.custodian;
	return row.has_place ? row.place : box.place;
}

static bool is_cell(struct site *site, uint64_t organisation)
{
	struct store_txn txn = look_begin(site, service_id_delivery);
	struct delivery_organisations_row row;
	bool is = delivery_organisations_get(&txn, organisation, &row) && row.level == org_level_cell;
	store_abort(&txn);
	return is;
}

// ---- requests ----

// Of an approved request: how far its card has come.  It is the last of its holder.
static enum request_state state_by_card(struct site *site, uint64_t request, uint64_t member)
{
	struct revocation_cards_row row;
	uint64_t card = 0, keeper;
	for (unsigned copy = 1; card_has(site, card_of(member, copy), &row); copy++)
		if (row.has_request && row.request == request)
			card = card_of(member, copy);
	if (card == 0)
		return request_state_approved;
	enum card_place place = look_place(site, card, &keeper);
	if (place == 0)
		return request_state_ordered;
	if (place == card_place_facility)
		return request_state_printed;
	return place == card_place_custody && is_cell(site, keeper) ? request_state_delivered : request_state_dispatched;
}

enum request_state look_request(struct site *site, uint64_t request, uint64_t member)
{
	struct verification_requests_row row;
	if (!verification_has(site, request, &row))
		return request_state_received;
	if (row.state != request_state_verified)
		return row.state;
	enum request_state state = request_state_at(stage_of(site, row.list));
	return state == request_state_approved ? state_by_card(site, request, member) : state;
}

// ---- what officers see in their letters ----

size_t look_records(struct site *site, uint64_t order, enum print_record state, uint32_t *indices, uint64_t *cells, size_t most)
{
	struct store_txn txn = look_begin(site, service_id_printing);
	struct printing_records_key key;
	struct printing_records_row row;
	struct store_walk walk;
	size_t count = 0;
	printing_records_walk_init(&walk, &txn, order, 0);
	while (count < most && printing_records_walk_next(&walk, &key, &row) && key.order == order) {
		if (row.state != state)
			continue;
		indices[count] = key.index;
		cells[count++] = row.cell;
	}
	store_walk_deinit(&walk);
	store_abort(&txn);
	return count;
}

size_t look_arriving(struct site *site, uint64_t to, struct look_box *boxes, size_t most)
{
	struct store_txn txn = look_begin(site, service_id_delivery);
	struct delivery_boxes_row row;
	struct delivery_shipments_row shipment;
	struct store_walk walk;
	uint64_t box;
	size_t count = 0;
	delivery_boxes_walk_init(&walk, &txn, 0);
	while (count < most && delivery_boxes_walk_next(&walk, &box, &row)) {
		if (row.place != card_place_in_transit || !delivery_shipments_get(&txn, row.shipment, &shipment) ||
		    shipment.to != to)
			continue;
		boxes[count++] = (struct look_box){ .shipment = row.shipment, .box = box, .destination = row.destination,
						    .from = shipment.from, .cards = row.left };
	}
	store_walk_deinit(&walk);
	store_abort(&txn);
	return count;
}

uint64_t look_last_list(struct site *site)
{
	struct store_txn txn = look_begin(site, service_id_intake);
	struct intake_counters_row row = { 0 };
	intake_counters_get(&txn, 1, &row);
	store_abort(&txn);
	return row.lists;
}
