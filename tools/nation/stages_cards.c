// What the officers do with cards: orders while the facility works beside us, boxes down the levels, the cells'
// meetings.  Where boxes are is looked up in the site's own records, as `tdv receive --all` does.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/ensure.h"
#include "gen/tables.h"
#include "stage.h"
#include "store/store.h"

#define orders_open_max 24 // at the facility: what it keeps on its own disk meanwhile
#define orders_look_ms 200

// ---- the facility works beside us ----

static bool store_of(const struct nation *n, uint16_t service, struct store **store, struct store_txn *txn)
{
	char folder[4096];

	snprintf(folder, sizeof folder, "%s/state/%s", n->home, service_id_name(service));
	struct store_options options = {
		.folder = folder,
		.map_bytes = (size_t)64 << 30,
		.read_only = true,
		.tables = service_tables(service),
	};
	if (store_open(store, &options) != error_none) {
		fprintf(stderr, "tdv-nation: %s cannot be read\n", folder);
		return false;
	}
	store_begin(*store, false, txn);
	return true;
}

static void fill_order(void *context, const struct job *job, struct packet *packet)
{
	(void)context;
	struct order_head head = {
		.group = job->about, .facility = facility_code, .template = 1, .unit_cost = 45000
	};

	packet_add(packet, &order_head_shape, &head);
}

// How many orders are under way, and cards in boxes.
static bool orders_open(const struct nation *n, size_t *open, uint64_t *boxed)
{
	struct store *store;
	struct store_txn txn;
	struct store_walk walk;
	struct printing_orders_row row;
	uint64_t order;

	*open = *boxed = 0;
	if (!store_of(n, service_id_printing, &store, &txn))
		return false;
	printing_orders_walk_init(&walk, &txn, 0);
	while (printing_orders_walk_next(&walk, &order, &row)) {
		*open += row.state != print_order_closed && row.state != print_order_void;
		*boxed += row.boxed;
	}
	store_walk_deinit(&walk);
	store_abort(&txn);
	store_close(store);
	return true;
}

static bool order_some(struct stage *s, size_t *place, size_t count)
{
	s->count = 0;
	for (; *place < s->n->place_count && s->count < count; ++*place)
		if (stage_made.group[*place])
			stage_job(s, official_of(s->n, 1, role_central_board), act_place_order,
				  stage_made.group[*place]);
	return stage_jobs_run(s, fill_order, NULL, 4);
}

bool stage_print(struct stage *s)
{
	size_t place = 0, open = 0;

	while (place < s->n->place_count || open > 0) {
		if (!orders_open(s->n, &open, &s->units))
			return false;
		if (open < orders_open_max && place < s->n->place_count) {
			if (!order_some(s, &place, orders_open_max - open))
				return false;
			open = SIZE_MAX; // to be looked at
		}
		nanosleep(&(struct timespec){ 0, orders_look_ms * 1000000L }, NULL);
	}
	return true;
}

// ---- down the levels ----

static enum role holder(const struct nation *n, uint64_t code)
{
	const struct place *p = place_of(n, code);

	ensure(p);
	if (p->level == org_level_attached)
		return role_provincial_board;
	if (p->level == org_level_superior)
		return role_superior_board;
	return p->level == org_level_grassroots ? role_grassroots_appraiser : role_cell_officer;
}

static void fill_shipping(void *context, const struct job *job, struct packet *packet)
{
	(void)context;
	char waybill[32];

	snprintf(waybill, sizeof waybill, "%" PRIu64, job->by->organisation);
	struct shipping_head head = { .waybill = bytes_of_text(waybill) };
	packet_add(packet, &shipping_head_shape, &head);
}

bool stage_ship(struct stage *s)
{
	struct store *store;
	struct store_txn txn;
	struct store_walk walk;
	struct delivery_waiting_key key;
	struct delivery_waiting_row row;
	uint64_t last = 0;

	if (!store_of(s->n, service_id_delivery, &store, &txn))
		return false;
	delivery_waiting_walk_init(&walk, &txn, 0, 0);
	while (delivery_waiting_walk_next(&walk, &key, &row)) {
		if (key.organisation != last && key.organisation != facility_code)
			stage_job(s, official_of(s->n, key.organisation, holder(s->n, key.organisation)), act_ship,
				  0);
		last = key.organisation;
	}
	store_walk_deinit(&walk);
	store_abort(&txn);
	store_close(store);
	bool ok = stage_jobs_run(s, fill_shipping, NULL, 64);
	s->units = stage_accepted(s);
	return ok;
}

static int by_shipment(const void *a, const void *b)
{
	const struct counted_box *x = a, *y = b;

	if (x->shipment != y->shipment)
		return x->shipment < y->shipment ? -1 : 1;
	return (x->box > y->box) - (x->box < y->box);
}

static void fill_receiving(void *context, const struct job *job, struct packet *packet)
{
	const struct stage *s = context;

	packet_add(packet, &receiving_head_shape, &(struct receiving_head){ .shipment = job->about });
	for (uint64_t i = job->from; i < job->from + job->count; i++) {
		struct box_count_row row = { .box = s->boxes[i].box,
					     .counted = s->boxes[i].left,
					     .seal_intact = true };
		packet_add(packet, &box_count_row_shape, &row);
	}
}

static bool read_boxes_in_transit(struct stage *s)
{
	struct store *store;
	struct store_txn txn;
	struct store_walk walk;
	struct delivery_boxes_row row;
	uint64_t box;

	if (!store_of(s->n, service_id_delivery, &store, &txn))
		return false;
	delivery_boxes_walk_init(&walk, &txn, 0);
	while (delivery_boxes_walk_next(&walk, &box, &row)) {
		if (row.place != card_place_in_transit)
			continue;
		s->boxes = stage_grown(s->boxes, s->box_count, &s->box_capacity, sizeof *s->boxes);
		s->boxes[s->box_count++] = (struct counted_box){ row.shipment, box, row.left };
	}
	store_walk_deinit(&walk);
	if (s->box_count)
		qsort(s->boxes, s->box_count, sizeof *s->boxes, by_shipment);
	for (size_t i = 0, next; i < s->box_count; i = next) {
		struct delivery_shipments_row shipment;
		for (next = i; next < s->box_count && s->boxes[next].shipment == s->boxes[i].shipment &&
			       next - i < rows_an_act - 1;)
			next++;
		ensure(delivery_shipments_get(&txn, s->boxes[i].shipment, &shipment));
		struct job *job = stage_job(s, official_of(s->n, shipment.to, holder(s->n, shipment.to)), act_receive,
					    s->boxes[i].shipment);
		job->from = i;
		job->count = next - i;
	}
	store_abort(&txn);
	store_close(store);
	return true;
}

bool stage_receive(struct stage *s)
{
	if (!read_boxes_in_transit(s))
		return false;
	bool ok = stage_jobs_run(s, fill_receiving, NULL, 128);
	s->units = stage_accepted(s);
	return ok;
}

// ---- the cells' meetings ----

static int by_cell(const void *a, const void *b)
{
	const struct ready_card *x = a, *y = b;

	if (x->cell != y->cell)
		return x->cell < y->cell ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static bool read_cards_at_cells(struct stage *s)
{
	struct store *store;
	struct store_txn txn;
	struct store_walk walk;
	struct delivery_cards_row row;
	struct delivery_boxes_row box;
	uint64_t card;

	if (!store_of(s->n, service_id_delivery, &store, &txn))
		return false;
	delivery_cards_walk_init(&walk, &txn, 0);
	while (delivery_cards_walk_next(&walk, &card, &row)) {
		if (row.has_place || row.spoiled || row.handed || !row.has_box ||
		    !delivery_boxes_get(&txn, row.box, &box) || box.place != card_place_custody ||
		    box.custodian != box.destination)
			continue;
		s->cards = stage_grown(s->cards, s->card_count, &s->card_capacity, sizeof *s->cards);
		s->cards[s->card_count++] = (struct ready_card){ box.destination, row.number, row.has_old_card };
	}
	store_walk_deinit(&walk);
	store_abort(&txn);
	store_close(store);
	if (s->card_count)
		qsort(s->cards, s->card_count, sizeof *s->cards, by_cell);
	return true;
}

static void fill_hand_over(void *context, const struct job *job, struct packet *packet)
{
	const struct stage *s = context;

	for (uint64_t i = job->from; i < job->from + job->count; i++) {
		struct hand_over_row row = {
			.card_number = s->cards[i].number,
			.receipt = receipt_kind_signed_sheet,
			.proof = *packet_photo(packet, 0),
			.has_proof = true,
			.old_collected = s->cards[i].replaces,
			.date = s->n->today,
		};
		packet_add(packet, &hand_over_row_shape, &row);
	}
}

static void sheet_scan(void *context, const struct job *job, size_t i, struct buffer *content)
{
	const struct stage *s = context;

	(void)i;
	picture_of(s->n, s->n->scans, s->n->scan_count, job->by->organisation << 16 | (job->from & 0xffff), content);
}

bool stage_hand_over(struct stage *s)
{
	if (!read_cards_at_cells(s))
		return false;
	for (size_t i = 0, next; i < s->card_count; i = next) {
		for (next = i;
		     next < s->card_count && s->cards[next].cell == s->cards[i].cell && next - i < rows_an_act;)
			next++;
		struct job *job = stage_job(s, official_of(s->n, s->cards[i].cell, role_cell_officer), act_hand_over,
					    s->cards[i].cell);
		job->from = i;
		job->count = next - i;
		job->photos = 1;
	}
	bool ok = stage_jobs_run(s, fill_hand_over, sheet_scan, 64);
	s->units = stage_accepted(s);
	return ok;
}
