// The story's second half: print orders, the facility, boxes, hand-over.

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "simulator/story.h"

// ---- numbers and orders ----

// The first numbers of the block are in use; the second block overlaps the first.
bool story_numbers(struct story *s)
{
	struct clerk *centre = world_clerk(&s->world, role_central_board, world_centre, 0);
	struct errand *e = office_act(&s->office, centre, act_grant_numbers, "grants numbers");
	e->expectation = expect_success;
	add(&s->office, e, number_block_row, .party_code = world_party_code, .first = 1, .last = 999);
	e = office_act(&s->office, centre, act_grant_numbers, "grants overlapping numbers");
	e->expectation = expect_refusal;
	add(&s->office, e, number_block_row, .party_code = world_party_code, .first = 20, .last = 30);
	return office_run(&s->office);
}

static bool orders_place(struct story *s)
{
	struct clerk *centre = world_clerk(&s->world, role_central_board, world_centre, 0);
	struct errand *e;
	for (size_t g = 0; g < s->group_count; g++) {
		struct story_group *group = &s->groups[g];
		if (story_group_size(s, group) == 0)
			continue;
		unsigned times = story_fate(s, "orders twice", g, 300) ? 2 : 1;
		for (unsigned i = 0; i < times; i++) {
			e = office_act(&s->office, centre, act_place_order, "orders the %s cards of commune %llu",
				       request_kind_name(group->kind), (unsigned long long)group->commune);
			e->expectation = i == 0 ? expect_success : expect_refusal;
			add(&s->office, e, order_head, .group = group->number, .facility = world_facility, .template = 1,
			    .unit_cost = 31000);
		}
	}
	return office_run(&s->office);
}

// ---- the facility ----

static struct clerk *facility_clerk(struct story *s)
{
	return world_clerk(&s->world, role_print_facility, world_facility, 0);
}

static size_t person_of(const struct story *s, uint64_t member)
{
	size_t i = 0;
	while (i < s->world.member_count && s->world.people[i].number != member)
		i++;
	ensure(i < s->world.member_count); // a card for somebody unknown
	return i;
}

static unsigned attempts_of(const struct story *s, size_t person)
{
	unsigned attempts = 0;
	for (size_t i = 0; i < s->record_count; i++)
		attempts += s->records[i].person == person;
	return attempts;
}

static bool is_known(const struct story *s, const struct record_ordered *m)
{
	for (size_t i = 0; i < s->record_count; i++)
		if (s->records[i].order == m->order && s->records[i].index == m->index)
			return true;
	return false;
}

static bool orders_read(struct story *s)
{
	office_mail(&s->office, facility_clerk(s));
	if (!office_run(&s->office))
		return false;
	for (; s->letters_read < s->office.letter_count; s->letters_read++) {
		const struct letter_kept *letter = &s->office.letters[s->letters_read];
		struct record_ordered m;
		if (letter->organisation != world_facility || letter->type != message_type_record_ordered)
			continue;
		ensure(record_ordered_decode(bytes_of(letter->body, letter->size), &m) == error_none);
		ensure(s->record_count < story_records_max);
		size_t person = person_of(s, m.member);
		if (is_known(s, &m)) // offered again, because the facility was silent
			continue;
		unsigned attempt = attempts_of(s, person);
		s->records[s->record_count++] = (struct story_record){ .order = m.order, .index = m.index, .number = m.number,
								       .cell = m.cell, .person = person, .attempt = attempt };
	}
	return true;
}

static uint64_t record_fate(const struct story_record *r)
{
	return r->person * 16 + r->attempt;
}

// One act an order, over those of its records that are at that stage.
static struct errand *order_act(struct story *s, enum act act, uint64_t order, const char *label,
				enum expectation expectation)
{
	struct errand *e = office_act(&s->office, facility_clerk(s), act, "%s order %llu", label, (unsigned long long)order);
	e->expectation = expectation;
	add(&s->office, e, facility_head, .order = order);
	return e;
}

static bool has_stage(const struct story *s, uint64_t order, enum record_stage stage)
{
	for (size_t i = 0; i < s->record_count; i++)
		if (s->records[i].order == order && s->records[i].stage == stage)
			return true;
	return false;
}

static uint64_t last_order(const struct story *s)
{
	uint64_t last = 0;
	for (size_t i = 0; i < s->record_count; i++)
		if (s->records[i].order > last)
			last = s->records[i].order;
	return last;
}

static void answer_rows(struct story *s, struct errand *e, uint64_t order)
{
	for (size_t i = 0; i < s->record_count; i++) {
		const struct story_record *r = &s->records[i];
		bool accepted = !story_fate(s, "cannot be printed", r->person, 50);
		if (r->order == order && r->stage == record_offered)
			add(&s->office, e, record_answer_row, .index = r->index, .accepted = accepted,
			    .reason = accepted ? reason_none : reason_facility_photo);
	}
}

static bool orders_answer(struct story *s)
{
	for (uint64_t order = 1; order <= last_order(s); order++) {
		if (!has_stage(s, order, record_offered))
			continue;
		answer_rows(s, order_act(s, act_answer_order, order, "answers", expect_success), order);
		if (story_fate(s, "answers twice", order + s->record_count, 300))
			answer_rows(s, order_act(s, act_answer_order, order, "answers again", expect_refusal), order);
	}
	for (size_t i = 0; i < s->record_count; i++)
		if (s->records[i].stage == record_offered)
			s->records[i].stage = story_fate(s, "cannot be printed", s->records[i].person, 50) ? record_refused
													   : record_answered;
	return office_run(&s->office);
}

static void print_add(struct story *s, struct errand *e, const struct story_record *r, bool good)
{
	struct print_row row = { .index = r->index, .good = good, .has_serial = true, .has_public_key = good,
				 .reason = good ? reason_none : reason_quality_failed };
	struct buffer item = { 0 };
	put_u64(row.serial, record_fate(r) + 1);
	put_u64(row.public_key.byte, fate(s->seed, "chip key", record_fate(r)));
	print_row_encode(&row, &item);
	errand_add(&s->office, e, buffer_bytes(&item));
	buffer_deinit(&item);
}

static bool is_spoiled(const struct story *s, const struct story_record *r)
{
	return r->attempt < 3 && story_fate(s, "spoiled", record_fate(r), 100);
}

static void prints_add(struct story *s, struct errand *e, uint64_t order)
{
	for (size_t i = 0; i < s->record_count; i++)
		if (s->records[i].order == order && s->records[i].stage == record_answered)
			print_add(s, e, &s->records[i], !is_spoiled(s, &s->records[i]));
}

// The first record of the order that is to be printed, with a chip that is in another card already.
static void print_with_used_chip(struct story *s, uint64_t order)
{
	const struct story_record *now = NULL, *before = NULL;
	for (size_t i = 0; i < s->record_count; i++) {
		const struct story_record *r = &s->records[i];
		if (r->order == order && r->stage == record_answered && !now)
			now = r;
		bool about_to_be = r->order < order && r->stage == record_answered; // by the act before
		if (about_to_be || r->stage == record_good || r->stage == record_spoiled)
			before = r;
	}
	if (!now || !before || !story_fate(s, "a chip twice", order, 700))
		return;
	struct story_record wrong = *before;
	wrong.index = now->index;
	print_add(s, order_act(s, act_report_prints, order, "prints with a chip of another card in", expect_refusal), &wrong, true);
}

static bool orders_print(struct story *s)
{
	for (uint64_t order = 1; order <= last_order(s); order++) {
		if (!has_stage(s, order, record_answered))
			continue;
		print_with_used_chip(s, order);
		prints_add(s, order_act(s, act_report_prints, order, "prints", expect_success), order);
		if (story_fate(s, "reports twice", order + s->record_count, 300))
			prints_add(s, order_act(s, act_report_prints, order, "reports again", expect_refusal), order);
	}
	for (size_t i = 0; i < s->record_count; i++)
		if (s->records[i].stage == record_answered)
			s->records[i].stage = is_spoiled(s, &s->records[i]) ? record_spoiled : record_good;
	return office_run(&s->office);
}

// A card printed for the chip of another, and one for a record that nobody ordered.
static bool prints_wrong(struct story *s)
{
	struct story_record wrong = { 0 };
	for (size_t i = 0; i < s->record_count && !wrong.order; i++)
		if (s->records[i].stage == record_good)
			wrong = s->records[i];
	if (!wrong.order)
		return true;
	wrong.index = 999;
	print_add(s, order_act(s, act_report_prints, wrong.order, "prints an unknown record of", expect_refusal), &wrong, true);
	return office_run(&s->office);
}

static bool is_open(const struct story *s)
{
	for (uint64_t order = 1; order <= last_order(s); order++)
		if (has_stage(s, order, record_offered) || has_stage(s, order, record_answered))
			return true;
	return false;
}

bool story_printing(struct story *s)
{
	if (!story_stock(s) || !story_numbers(s) || !orders_place(s) || !story_facility_silent(s) || !orders_read(s))
		return false;
	while (is_open(s))
		if (!orders_answer(s) || !story_withdraw_at_the_press(s) || !orders_print(s) || !orders_read(s))
			return false;
	return prints_wrong(s) && story_orders_change(s);
}

// ---- boxes ----

// A few cards of one cell into one box.
static bool box_pack(struct story *s, struct errand *e, uint64_t order, uint64_t cell)
{
	struct box_row row = { .box = ++s->boxes, .destination = cell, .seal = bytes_of_text("K-1") };
	size_t most = 1 + (size_t)(fate(s->seed, "box size", cell) % 9);
	for (size_t i = 0; i < s->record_count && row.indices_count < most; i++) {
		struct story_record *r = &s->records[i];
		if (r->order != order || r->cell != cell || r->stage != record_good)
			continue;
		row.indices[row.indices_count++] = r->index;
		r->stage = record_boxed;
		r->box = item_of(order, row.box);
	}
	if (row.indices_count == 0) {
		s->boxes--;
		return false;
	}
	struct buffer item = { 0 };
	box_row_encode(&row, &item);
	errand_add(&s->office, e, buffer_bytes(&item));
	buffer_deinit(&item);
	return true;
}

static struct errand *packing(struct story *s, uint64_t order, const char *label)
{
	struct errand *e = office_act(&s->office, facility_clerk(s), act_pack_boxes, "%s order %llu", label,
				      (unsigned long long)order);
	e->expectation = expect_success;
	add(&s->office, e, packing_head, .order = order, .waybill = bytes_of_text("VĐ-01"));
	return e;
}

static bool order_pack(struct story *s, uint64_t order)
{
	if (!has_stage(s, order, record_good))
		return true;
	struct errand *e = packing(s, order, "packs");
	for (size_t i = 0; i < s->world.place_count; i++) {
		if (!s->world.places[i].has_members)
			continue;
		while (box_pack(s, e, order, s->world.places[i].code))
			;
		// The rest goes with a second consignment.
		if (e->item_count > 1 && story_fate(s, "another consignment", order * 100 + i, 200))
			e = packing(s, order, "packs more of");
	}
	if (e->item_count == 1) // nothing was left for it
		e->expectation = expect_refusal;
	if (story_fate(s, "packs twice", order, 300)) {
		e = packing(s, order, "packs again");
		e->expectation = expect_refusal;
		add(&s->office, e, box_row, .box = s->boxes, .destination = world_province, .seal = bytes_of_text("K-2"),
		    .indices = { 1 }, .indices_count = 1);
	}
	return office_run(&s->office);
}

static struct clerk *receiver(struct story *s, const struct place *place)
{
	static const enum role roles[] = {
		[org_level_central] = role_none,	  [org_level_attached] = role_provincial_board,
		[org_level_superior] = role_superior_board, [org_level_grassroots] = role_grassroots_appraiser,
		[org_level_cell] = role_cell_officer,
	};
	struct clerk *second = world_clerk(&s->world, roles[place->level], place->code, 1);
	return second ? second : world_clerk(&s->world, roles[place->level], place->code, 0);
}

static void count_add(struct story *s, struct errand *e, const struct shipment_box *box, uint32_t counted)
{
	add(&s->office, e, box_count_row, .box = box->box, .counted = counted, .seal_intact = true);
}

// Everything that the letters of a shipment name: miscounted now and then, and counted again.
static void shipment_receive(struct story *s, struct clerk *clerk, uint64_t shipment)
{
	struct errand *e = office_act(&s->office, clerk, act_receive, "%llu receives", (unsigned long long)clerk->organisation);
	struct errand *again = NULL;
	struct shipment_box box;
	e->expectation = expect_success;
	add(&s->office, e, receiving_head, .shipment = shipment);
	for (size_t i = 0; i < s->office.letter_count; i++) {
		const struct letter_kept *letter = &s->office.letters[i];
		if (letter->organisation != clerk->organisation || letter->type != message_type_shipment_box)
			continue;
		ensure(shipment_box_decode(bytes_of(letter->body, letter->size), &box) == error_none);
		if (box.shipment != shipment)
			continue;
		bool wrong = story_fate(s, "miscounts", box.box * 1000 + clerk->number, 80);
		count_add(s, e, &box, box.cards + wrong);
		if (wrong && !again) {
			again = office_act(&s->office, clerk, act_receive, "%llu counts again",
					   (unsigned long long)clerk->organisation);
			add(&s->office, again, receiving_head, .shipment = shipment);
			again->expectation = expect_success;
		}
		if (wrong) {
			e->expectation = expect_anything;
			count_add(s, again, &box, box.cards);
		}
	}
}

static void shipments_receive(struct story *s, struct clerk *clerk)
{
	struct shipment_sent sent;
	for (size_t i = 0; i < s->office.letter_count; i++) {
		const struct letter_kept *letter = &s->office.letters[i];
		if (letter->organisation != clerk->organisation || letter->type != message_type_shipment_sent)
			continue;
		ensure(shipment_sent_decode(bytes_of(letter->body, letter->size), &sent) == error_none);
		shipment_receive(s, clerk, sent.shipment);
	}
}

static void ship(struct story *s, struct clerk *clerk)
{
	struct errand *e = office_act(&s->office, clerk, act_ship, "%llu ships", (unsigned long long)clerk->organisation);
	add(&s->office, e, shipping_head, .waybill = bytes_of_text("VĐ-02"));
	if (story_fate(s, "ships twice", clerk->organisation, 300)) {
		e = office_act(&s->office, clerk, act_ship, "%llu ships once more", (unsigned long long)clerk->organisation);
		e->expectation = expect_refusal;
		add(&s->office, e, shipping_head, .waybill = bytes_of_text("VĐ-03"));
	}
}

// All organisations of a level read, count and send on.
static bool level_goes_on(struct story *s, enum org_level level)
{
	for (int step = 0; step < 3; step++) {
		for (size_t i = 0; i < s->world.place_count; i++) {
			const struct place *p = &s->world.places[i];
			if (p->level != level || p->code == world_facility)
				continue;
			struct clerk *clerk = receiver(s, p);
			if (step == 0)
				office_mail(&s->office, clerk);
			else if (step == 1)
				shipments_receive(s, clerk);
			else if (!p->has_members)
				ship(s, clerk);
		}
		if (!office_run(&s->office))
			return false;
	}
	return true;
}

bool story_boxes(struct story *s)
{
	for (uint64_t order = 1; order <= last_order(s); order++)
		if (!order_pack(s, order))
			return false;
	return level_goes_on(s, org_level_attached) && level_goes_on(s, org_level_superior) &&
	       level_goes_on(s, org_level_grassroots) && level_goes_on(s, org_level_cell);
}

// ---- hand-over ----

static void hand_over_add(struct story *s, struct errand *e, const struct story_record *r, bool proof, bool collected)
{
	add(&s->office, e, hand_over_row, .card_number = r->number, .receipt = receipt_kind_signed_sheet, .has_proof = proof,
	    .proof = s->world.photos[0], .old_collected = collected, .date = office_today(&s->office));
}

static struct errand *hand_over_act(struct story *s, struct clerk *clerk, uint64_t cell, const char *label,
				    enum expectation expectation)
{
	struct errand *e = office_act(&s->office, clerk, act_hand_over, "%s hands over in cell %llu%s", role_name(clerk->role),
				      (unsigned long long)cell, label);
	e->expectation = expectation;
	return e;
}

static bool is_mine(const struct story_record *r, uint64_t cell, const struct clerk *officer)
{
	return r->cell == cell && r->stage == record_boxed && r->person == officer->person;
}

// First with mistakes: no receipt, an old card left at home, one's own card.
static void cell_mistakes(struct story *s, uint64_t cell)
{
	struct clerk *officer = world_clerk(&s->world, role_cell_officer, cell, 0);
	struct errand *e = NULL;
	for (size_t i = 0; i < s->record_count; i++) {
		const struct story_record *r = &s->records[i];
		bool own = is_mine(r, cell, officer);
		if (r->cell != cell || r->stage != record_boxed || (!own && !story_fate(s, "hands over wrongly", r->person, 150)))
			continue;
		// Without an old card none is missing: then it is the receipt.
		bool proof = own || (r->person % 2 == 0 && s->world.people[r->person].has_card);
		if (!e)
			e = hand_over_act(s, officer, cell, ", wrongly", expect_refusal);
		hand_over_add(s, e, r, proof, own);
	}
}

static void cell_hands_over(struct story *s, uint64_t cell, const char *label, enum expectation expectation)
{
	struct clerk *officer = world_clerk(&s->world, role_cell_officer, cell, 0);
	struct clerk *above = world_clerk(&s->world, role_grassroots_appraiser, world_committee(&s->world, cell), 1);
	struct errand *by_officer = NULL, *from_above = NULL;
	for (size_t i = 0; i < s->record_count; i++) {
		const struct story_record *r = &s->records[i];
		bool own = is_mine(r, cell, officer);
		struct errand **e = own ? &from_above : &by_officer;
		if (r->cell != cell || r->stage != record_boxed)
			continue;
		if (!*e)
			*e = hand_over_act(s, own ? above : officer, cell, label, expectation);
		hand_over_add(s, *e, r, true, true);
	}
}

bool story_hand_over(struct story *s)
{
	for (int step = 0; step < 3; step++) {
		for (size_t i = 0; i < s->world.place_count; i++) {
			uint64_t cell = s->world.places[i].code;
			if (!s->world.places[i].has_members)
				continue;
			if (step == 0)
				cell_mistakes(s, cell);
			else if (step == 1)
				cell_hands_over(s, cell, "", expect_success);
			else if (story_fate(s, "hands over twice", cell, 300))
				cell_hands_over(s, cell, ", again", expect_refusal);
		}
		if (!office_run(&s->office))
			return false;
	}
	for (size_t i = 0; i < s->record_count; i++)
		s->cards_handed_over += s->records[i].stage == record_boxed;
	return true;
}
