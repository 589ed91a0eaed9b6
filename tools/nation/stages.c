// What the officers do at each stage.  Where boxes are is looked up in the site's own records, as `tdv receive --all`
// does.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/ensure.h"
#include "base/when.h"
#include "gen/tables.h"
#include "nation.h"
#include "store/store.h"

#define rows_an_import 1999
#define orders_open_max 24 // at the facility: what it keeps on its own disk meanwhile
#define orders_look_ms 200

struct stage {
	struct nation *n;
	struct crowd *c;
	struct job *jobs;
	size_t count, capacity;
	struct counted_box *boxes; // receive, by shipment
	size_t box_count, box_capacity;
	struct ready_card *cards; // hand_over, by cell
	size_t card_count, card_capacity;
	uint64_t units; // what the stage's rate counts
};

struct counted_box {
	uint64_t shipment, box;
	uint32_t left;
};

struct ready_card {
	uint64_t cell;
	uint32_t number;
	bool replaces;
};

// What later stages need of earlier ones.
static struct {
	uint64_t *list; // of the place with that index; 0: none
	uint64_t *group; // of the commune
} made;

static void *grown(void *list, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return list;
	*capacity = *capacity ? *capacity * 2 : 1024;
	list = realloc(list, *capacity * size);
	ensure(list);
	return list;
}

static struct job *job_add(struct stage *s, const struct official *by, enum act act, uint64_t about)
{
	ensure(by);
	s->jobs = grown(s->jobs, s->count, &s->capacity, sizeof *s->jobs);
	struct job *job = &s->jobs[s->count++];
	*job = (struct job){ .by = by, .act = act, .about = about };
	return job;
}

static void jobs_in_parts(struct stage *s, const struct official *by, enum act act, uint64_t total)
{
	for (uint64_t from = 0; from < total; from += rows_an_import) {
		struct job *job = job_add(s, by, act, 0);
		job->from = from;
		job->count = total - from < rows_an_import ? total - from : rows_an_import;
	}
}

static uint64_t accepted(const struct stage *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->count; i++)
		sum += s->jobs[i].accepted;
	return sum;
}

static bool run(struct stage *s, void (*fill)(void *, const struct job *, struct packet *),
		void (*photo)(void *, const struct job *, size_t, struct buffer *), size_t under_way)
{
	struct kind_of_job kind = { .fill = fill, .photo = photo, .context = s, .under_way = under_way };

	return crowd_run(s->c, &kind, s->jobs, s->count);
}

// ---- the registry ----

static void fill_organisations(void *context, const struct job *job, struct packet *packet)
{
	const struct stage *s = context;
	char name[64];

	for (uint64_t i = job->from; i < job->from + job->count; i++) {
		const struct place *p = &s->n->places[i];
		snprintf(name, sizeof name, "Tổ chức đảng %" PRIu64, p->code);
		struct organisation_row row = {
			.code = p->code,
			.name = bytes_of_text(name),
			.level = p->level,
			.parent = p->parent,
			.valid_from = date_from_civil(2025, 7, 1),
			.party_code = p->party_code,
			.has_party_code = p->party_code != 0,
			.connectivity = connectivity_online,
		};
		packet_add(packet, &organisation_row_shape, &row);
	}
}

static bool import_organisations(struct stage *s)
{
	jobs_in_parts(s, &s->n->administrator, act_import_organisations, s->n->place_count);
	bool ok = run(s, fill_organisations, NULL, 1); // parents first
	s->units = accepted(s);
	return ok;
}

static void fill_officials(void *context, const struct job *job, struct packet *packet)
{
	const struct stage *s = context;
	struct buffer spki = { 0 };
	struct person p;

	for (uint64_t i = job->from; i < job->from + job->count; i++) {
		const struct official *o = &s->n->officials[i];
		official_person(s->n, i, &p);
		buffer_clear(&spki);
		ensure(key_write_public_der(o->key, &spki) == error_none);
		struct officer_row row = {
			.public_key = buffer_bytes(&spki),
			.full_name = bytes_of_text(p.name),
			.citizen_id = bytes_of_text(p.citizen),
			.role = o->role,
			.organisation = o->organisation,
		};
		packet_add(packet, &officer_row_shape, &row);
	}
	buffer_deinit(&spki);
}

static bool enrol_officers(struct stage *s)
{
	if (!official_write(s->n, official_of(s->n, facility_code, role_print_facility), "in-900"))
		return false;
	jobs_in_parts(s, &s->n->administrator, act_enrol_officers, s->n->official_count);
	bool ok = run(s, fill_officials, NULL, 4);
	s->units = accepted(s);
	return ok;
}

static void fill_members(void *context, const struct job *job, struct packet *packet)
{
	const struct stage *s = context;
	const struct place *place = &s->n->places[job->about];
	struct person p;

	for (uint64_t i = job->from; i < job->from + job->count; i++) {
		while (!place->has_members || i >= (uint64_t)place->first + place->members)
			place++;
		member_make(s->n, place, (uint32_t)i, &p);
		struct member_row row = {
			.full_name = bytes_of_text(p.name),
			.birth_date = p.birth,
			.sex = p.sex,
			.citizen_id = bytes_of_text(p.citizen),
			.phone = bytes_of_text(p.phone),
			.has_phone = true,
			.profile_number = bytes_of_text(p.profile),
			.admission_date = p.admission,
			.official_date = p.official,
			.has_official_date = p.official != date_none,
			.type = p.type,
			.status = p.status,
			.status_date = p.status_date,
			.has_status_date = p.status_date != date_none,
			.home_cell = p.home,
			.present_cell = p.present,
			.discipline_until = p.discipline_until,
			.has_discipline_until = p.discipline_until != date_none,
		};
		if (p.card_number) {
			row.card_number = p.card_number;
			row.card_generation = card_generation_paper_2003;
			row.card_issued = p.card_issued;
			row.stamped_boxes = p.boxes;
			row.has_card_number = row.has_card_generation = row.has_card_issued = row.has_stamped_boxes =
			    true;
		}
		packet_add(packet, &member_row_shape, &row);
	}
}

static bool import_members(struct stage *s)
{
	size_t place = 0;

	jobs_in_parts(s, &s->n->administrator, act_import_members, s->n->members);
	for (size_t i = 0; i < s->count; i++) {
		while (!s->n->places[place].has_members ||
		       s->jobs[i].from >= (uint64_t)s->n->places[place].first + s->n->places[place].members)
			place++;
		s->jobs[i].about = place;
	}
	bool ok = run(s, fill_members, NULL, 6);
	s->units = accepted(s);
	return ok;
}

// ---- from the cell to the decision ----

// The job's members that are on the list, one after the other.
static bool next_listed(const struct stage *s, const struct place *place, uint32_t *at, struct person *p)
{
	while (*at < place->first + place->members) {
		member_make(s->n, place, (*at)++, p);
		if (member_is_listed(p))
			return true;
	}
	return false;
}

static void fill_list(void *context, const struct job *job, struct packet *packet)
{
	const struct stage *s = context;
	const struct place *place = &s->n->places[job->about];
	struct list_head head = { .kind = request_kind_exchange,
				  .reason = request_reason_campaign,
				  .period = s->n->today };
	struct person p;
	uint32_t at = place->first;

	packet_add(packet, &list_head_shape, &head);
	for (size_t i = 0; next_listed(s, place, &at, &p); i++) {
		struct list_row row = { .profile_number = bytes_of_text(p.profile),
					.has_photo = true,
					.photo = *packet_photo(packet, i),
					.has_card_number = true,
					.card_number = p.card_number };
		packet_add(packet, &list_row_shape, &row);
	}
}

static void listed_photo(void *context, const struct job *job, size_t i, struct buffer *content)
{
	const struct stage *s = context;
	const struct place *place = &s->n->places[job->about];

	// Whose it is does not matter here, but that nobody else has it.
	picture_of(s->n, s->n->photos, s->n->photo_count, place->first + i, content);
}

static bool submit_lists(struct stage *s)
{
	struct person p;

	for (size_t i = 0; i < s->n->place_count; i++) {
		const struct place *place = &s->n->places[i];
		uint32_t at = place->first;
		if (!place->has_members)
			continue;
		struct job *job = job_add(s, official_of(s->n, place->code, role_cell_officer), act_submit_list, i);
		while (next_listed(s, place, &at, &p))
			job->photos++;
	}
	bool ok = run(s, fill_list, listed_photo, 64);
	for (size_t i = 0; i < s->count && ok; i++)
		made.list[s->jobs[i].about] = s->jobs[i].accepted ? s->jobs[i].number : 0;
	s->units = accepted(s);
	return ok;
}

static void fill_list_act(void *context, const struct job *job, struct packet *packet)
{
	struct list_act_head head = { .number = job->about,
				      .decision_number = bytes_of_text("12-QĐ/ĐU"),
				      .has_decision_number = true };

	head.decision_date = ((const struct stage *)context)->n->today;
	head.has_decision_date = true;
	packet_add(packet, &list_act_head_shape, &head);
}

static bool appraise(struct stage *s)
{
	for (size_t i = 0; i < s->n->place_count; i++) {
		const struct place *p = &s->n->places[i];
		if (made.list[i])
			job_add(s,
				official_of(s->n, p->level == org_level_cell ? p->parent : p->code,
					    role_grassroots_appraiser),
				act_appraise, made.list[i]);
	}
	bool ok = run(s, fill_list_act, NULL, 128);
	s->units = accepted(s);
	return ok;
}

static void fill_consolidation(void *context, const struct job *job, struct packet *packet)
{
	(void)context;
	(void)job;
	struct consolidation_head head = { .kind = request_kind_exchange, .reason = request_reason_campaign };

	packet_add(packet, &consolidation_head_shape, &head);
}

static bool consolidate(struct stage *s)
{
	for (size_t i = 0; i < s->n->place_count; i++)
		if (s->n->places[i].level == org_level_superior)
			job_add(s, official_of(s->n, s->n->places[i].code, role_superior_board), act_consolidate, i);
	bool ok = run(s, fill_consolidation, NULL, 64);
	for (size_t i = 0; i < s->count && ok; i++)
		made.group[s->jobs[i].about] = s->jobs[i].number;
	s->units = accepted(s);
	return ok;
}

static bool act_on_groups(struct stage *s, enum act act)
{
	for (size_t i = 0; i < s->n->place_count; i++) {
		const struct place *p = &s->n->places[i];
		if (p->level == org_level_superior && made.group[i])
			job_add(s,
				act == act_decide ? official_of(s->n, p->code, role_superior_committee)
						  : official_of(s->n, p->parent, role_provincial_board),
				act, made.group[i]);
	}
	bool ok = run(s, fill_list_act, NULL, 64);
	s->units = accepted(s);
	return ok;
}

static bool decide(struct stage *s)
{
	return act_on_groups(s, act_decide);
}

static bool approve(struct stage *s)
{
	return act_on_groups(s, act_approve);
}

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
		if (made.group[*place])
			job_add(s, official_of(s->n, 1, role_central_board), act_place_order, made.group[*place]);
	return run(s, fill_order, NULL, 4);
}

static bool print(struct stage *s)
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

static bool ship(struct stage *s)
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
			job_add(s, official_of(s->n, key.organisation, holder(s->n, key.organisation)), act_ship, 0);
		last = key.organisation;
	}
	store_walk_deinit(&walk);
	store_abort(&txn);
	store_close(store);
	bool ok = run(s, fill_shipping, NULL, 64);
	s->units = accepted(s);
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
		s->boxes = grown(s->boxes, s->box_count, &s->box_capacity, sizeof *s->boxes);
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
		struct job *job = job_add(s, official_of(s->n, shipment.to, holder(s->n, shipment.to)), act_receive,
					  s->boxes[i].shipment);
		job->from = i;
		job->count = next - i;
	}
	store_abort(&txn);
	store_close(store);
	return true;
}

static bool receive(struct stage *s)
{
	if (!read_boxes_in_transit(s))
		return false;
	bool ok = run(s, fill_receiving, NULL, 128);
	s->units = accepted(s);
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
		s->cards = grown(s->cards, s->card_count, &s->card_capacity, sizeof *s->cards);
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

static bool hand_over(struct stage *s)
{
	if (!read_cards_at_cells(s))
		return false;
	for (size_t i = 0, next; i < s->card_count; i = next) {
		for (next = i;
		     next < s->card_count && s->cards[next].cell == s->cards[i].cell && next - i < rows_an_act;)
			next++;
		struct job *job = job_add(s, official_of(s->n, s->cards[i].cell, role_cell_officer), act_hand_over,
					  s->cards[i].cell);
		job->from = i;
		job->count = next - i;
		job->photos = 1;
	}
	bool ok = run(s, fill_hand_over, sheet_scan, 64);
	s->units = accepted(s);
	return ok;
}

// ---- ----

static const struct {
	const char *name;
	bool (*work)(struct stage *s);
} stages[] = {
	{ "organisations", import_organisations },
	{ "officers", enrol_officers },
	{ "members", import_members },
	{ "submit", submit_lists },
	{ "appraise", appraise },
	{ "consolidate", consolidate },
	{ "decide", decide },
	{ "approve", approve },
	{ "print", print },
	{ "ship", ship },
	{ "receive", receive },
	{ "hand_over", hand_over },
};

bool stage_run(struct nation *n, struct crowd *c, const char *name)
{
	struct stage s = { .n = n, .c = c };
	uint64_t photos_before = crowd_photo_bytes(c), refused = 0;
	bool ok = false;

	if (!made.list) {
		made.list = calloc(n->place_count, sizeof *made.list);
		made.group = calloc(n->place_count, sizeof *made.group);
		ensure(made.list && made.group);
	}
	int64_t began = clock_boot_ms();
	for (size_t i = 0; i < array_size(stages); i++)
		if (strcmp(stages[i].name, name) == 0)
			ok = stages[i].work(&s);
	for (size_t i = 0; i < s.count; i++)
		refused += s.jobs[i].refused;
	printf("{\"stage\": \"%s\", \"ok\": %s, \"acts\": %zu, \"units\": %" PRIu64 ", \"refused\": %" PRIu64
	       ", \"photo_bytes\": %" PRIu64 ", \"seconds\": %.3f}\n",
	       name, ok ? "true" : "false", s.count, s.units, refused, crowd_photo_bytes(c) - photos_before,
	       (double)(clock_boot_ms() - began) / 1e3);
	fflush(stdout);
	free(s.jobs);
	free(s.boxes);
	free(s.cards);
	return ok;
}
