// What delivery answers at its query socket.

#include "delivery/delivery.h"

#include "gen/delivery_queries.h"
#include "base/ensure.h"

static enum error answer_card_place_query(struct store_txn *txn, const struct card_place_query *ask,
					  struct card_place_answer *answer)
{
	struct delivery_cards_row card;
	struct delivery_boxes_row box;
	if (!delivery_cards_get(txn, ask->card, &card))
		return error_absent;
	uint64_t in = card.has_parcel ? card.parcel : card.box;
	*answer = (struct card_place_answer){ .number = card.number, .generation = card.generation, .place = card.place,
					      .custodian = card.custodian, .has_box = card.has_box || card.has_parcel,
					      .box = in, .spoiled = card.spoiled };
	if (answer->has_box && delivery_boxes_get(txn, in, &box)) {
		answer->shipment = box.shipment;
		answer->has_shipment = box.has_shipment;
		if (!card.has_place) {
			answer->place = box.place;
			answer->custodian = box.custodian;
		}
	}
	return error_none;
}

static enum error answer_ledger_query(struct store_txn *txn, const struct ledger_query *ask, struct ledger_answer *answer)
{
	struct delivery_ledger_key key;
	struct delivery_ledger_row row;
	struct store_walk walk;
	delivery_ledger_walk_init(&walk, txn, ask->organisation, account_custody, card_generation_paper_2003);
	while (answer->lines_count < array_size(answer->lines) && delivery_ledger_walk_next(&walk, &key, &row) &&
	       key.organisation == ask->organisation)
		answer->lines[answer->lines_count++] = (struct ledger_line){
			.account = key.account,
			.generation = key.generation,
			.opening = row.opening,
			.received = row.received,
			.delivered = row.delivered,
			.sent_on = row.sent_on,
			.spoiled_or_lost = row.spoiled_or_lost,
			.closing = row.closing,
			.destroyed = row.destroyed,
		};
	store_walk_deinit(&walk);
	return error_none;
}

const struct service_query delivery_questions[] = {
	{ message_type_card_place_query, run_card_place_query },
	{ message_type_ledger_query, run_ledger_query },
	{ 0, NULL },
};
