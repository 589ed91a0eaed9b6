// Inside delivery: what the way of boxes (delivery.c) and acts on single cards (cards.c, destruction.c) share.
#ifndef TDV_SERVICES_DELIVERY_RECORDS_H
#define TDV_SERVICES_DELIVERY_RECORDS_H

#include "delivery/ledger.h"
#include "domain/organisation.h"
#include "domain/refusal.h"
#include "gen/delivery_tables.h"
#include "runtime/turn.h"

// --- submissions: what came of their rows ---

void delivery_row_ended(struct turn *t, uint64_t submission, uint32_t row, struct refusal refusal);
void delivery_act_ended(struct turn *t, uint64_t submission, struct refusal whole, bool has_number, uint64_t number);

// --- places ---

struct organisation_tree delivery_tree(struct turn *t);
// The neighbour by which a box gets from `here` to its destination: down when it lies below, else up.  0: it is there,
// or no way leads on.
uint64_t delivery_next_stop(struct turn *t, uint64_t here, uint64_t destination);

// Where a card is: by itself, or where its box is.
struct card_at {
	uint64_t number;
	bool known;
	struct delivery_cards_row row;
	uint64_t box; // that it is in; 0: none
	enum card_place place;
	uint64_t custodian;
	bool arrived; // not in a box, or in one that is where it was sent
	int32_t since; // before which whoever has it cannot have had it; date_none: not known
};
struct card_at delivery_card_at(struct turn *t, uint64_t number);
// Takes it out of the box that it is in, if any, so that it has a place of its own; stores neither place nor row.
void delivery_card_unpacked(struct turn *t, struct card_at *card);
// What revocation told of it; 0: nothing, it is simply valid or not handed over yet.
enum card_validity delivery_standing(struct turn *t, uint64_t card);
// It is not to be had any more: collected, or given up.
void delivery_standing_ended(struct turn *t, uint64_t card);

void delivery_card_refused(struct turn *t, uint64_t card, const struct delivery_cards_row *row, enum card_place_event event,
			   enum reason reason);
void delivery_box_told(struct turn *t, uint64_t box, const struct delivery_boxes_row *row, const uint32_t *counted);
// The box waits with `organisation` until a shipment takes it toward its destination.
void delivery_box_waits(struct turn *t, uint64_t organisation, uint64_t toward, uint64_t box, uint32_t cards);
// Books a box's cards, those of each generation.
void delivery_ledger_box(struct turn *t, uint64_t organisation, enum ledger_column column,
		const struct delivery_boxes_row *box);
// The box is with the organisation that counted it: it has arrived, or waits to be sent on.
void delivery_box_arrived(struct turn *t, const struct origin *o, uint64_t shipment, uint64_t number,
			  struct delivery_boxes_row *box, uint32_t counted);
// The old card was given to the cell.
void delivery_card_collected(struct turn *t, struct card_at *card, uint64_t organisation);

// --- acts on cards (cards.c) ---

void delivery_cards_opened(struct turn *t, const struct origin *o, const struct place_act_opened *m);
void delivery_cards_row_given(struct turn *t, const struct origin *o, const struct place_act_row *m);
void delivery_cards_ended(struct turn *t, const struct origin *o, const struct place_act_ended *m);

// --- destruction (destruction.c) ---

void delivery_destroy(struct turn *t, const struct origin *o, const struct destruction_ordered *m);
void delivery_destroyed(struct turn *t, const struct origin *o, const struct destruction_ended *m);

// --- an organisation ended (merges.c) ---

// Goes on as far as the turn has room; false: `at` says where to go on.
bool delivery_merge(struct turn *t, struct merging *at);

#endif
