// What boards and the facility say of numbers, orders, cards that were made and blanks goes on to printing.
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "gen/intake_emit.h"
#include "intake/passing.h"

// The order that a facility's act speaks of; 0 when it names none.
static uint64_t order_of(const struct passing *p)
{
	struct facility_head h;
	struct packing_head packing;

	if (p->act == act_pack_boxes) {
		ensure(packing_head_decode(p->head, &packing) == error_none);
		return packing.order;
	}
	if (p->act != act_answer_order && p->act != act_report_prints)
		return 0;
	ensure(facility_head_decode(p->head, &h) == error_none);
	return h.order;
}

static void end_printing_act(struct turn *t, const struct passing *p)
{
	struct printing_act_ended m = { .submission = p->submission, .act = p->act, .rows = p->rows };
	struct packing_head packing;

	m.order = order_of(p);
	m.has_order = p->act != act_grant_numbers && p->act != act_keep_stock;
	if (p->act == act_pack_boxes) {
		ensure(packing_head_decode(p->head, &packing) == error_none);
		m.waybill = packing.waybill;
		m.has_waybill = true;
	}
	if (m.has_order)
		turn_subject(t, subject_of(subject_kind_order, m.order));
	emit_printing_act_ended(t, &m);
}

static void pass_block(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct number_block_row r;
	ensure(number_block_row_decode(body, &r) == error_none);
	struct numbers_granted m = {
		.submission = p->submission, .row = row, .party_code = r.party_code, .first = r.first, .last = r.last,
	};

	emit_numbers_granted(t, &m);
}

const struct passing_form intake_pass_numbers = { NULL, pass_block, end_printing_act, false };

static void end_order(struct turn *t, const struct passing *p)
{
	struct order_head h;
	ensure(order_head_decode(p->head, &h) == error_none);
	struct order_requested m = {
		.submission = p->submission, .group = h.group, .facility = h.facility, .template = h.template,
		.unit_cost = h.unit_cost,
	};

	turn_subject(t, subject_of(subject_kind_group, h.group));
	emit_order_requested(t, &m);
}

const struct passing_form intake_pass_order = { NULL, NULL, end_order, true };

static void pass_answer(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct record_answer_row r;
	ensure(record_answer_row_decode(body, &r) == error_none);
	struct record_answered m = {
		.submission = p->submission, .row = row, .order = order_of(p), .index = r.index, .accepted = r.accepted,
		.reason = r.reason,
	};

	turn_subject(t, subject_of(subject_kind_order, m.order));
	emit_record_answered(t, &m);
}

const struct passing_form intake_pass_answers = { NULL, pass_answer, end_printing_act, false };

static void pass_print(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct print_row r;
	ensure(print_row_decode(body, &r) == error_none);
	struct print_reported m = {
		.submission = p->submission, .row = row, .order = order_of(p), .index = r.index, .good = r.good,
		.has_serial = r.has_serial, .public_key = r.public_key, .has_public_key = r.has_public_key,
		.reason = r.reason,
	};

	memcpy(m.serial, r.serial, sizeof m.serial);
	turn_subject(t, subject_of(subject_kind_order, m.order));
	emit_print_reported(t, &m);
}

const struct passing_form intake_pass_prints = { NULL, pass_print, end_printing_act, false };

static void pass_box(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	static struct box_row r;
	static struct box_packed m;

	ensure(box_row_decode(body, &r) == error_none);
	m.submission = p->submission;
	m.row = row;
	m.order = order_of(p);
	m.box = r.box;
	m.destination = r.destination;
	m.seal = r.seal;
	m.indices_count = r.indices_count;
	memcpy(m.indices, r.indices, r.indices_count * sizeof r.indices[0]);
	turn_subject(t, subject_of(subject_kind_box, item_of(m.order, m.box)));
	emit_box_packed(t, &m);
}

const struct passing_form intake_pass_boxes = { NULL, pass_box, end_printing_act, false };

static void pass_stock(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct stock_row r;
	ensure(stock_row_decode(body, &r) == error_none);
	struct stock_given m = {
		.submission = p->submission, .row = row, .event = r.event, .place = r.place, .to = r.to, .has_to = r.has_to,
		.quantity = r.quantity, .document = r.document, .has_document = r.has_document,
	};

	turn_subject(t, subject_of(subject_kind_organisation, r.place));
	emit_stock_given(t, &m);
}

const struct passing_form intake_pass_stock = { NULL, pass_stock, end_printing_act, false };

// A change of an order goes on as one message, gathered between open and end, which one run of a handler calls.
static struct order_change_given order_change;

static void open_order_change(struct turn *t, const struct passing *p)
{
	struct order_change_head h;
	(void)t;

	ensure(order_change_head_decode(p->head, &h) == error_none);
	order_change.submission = p->submission;
	order_change.order = h.order;
	order_change.change = h.change;
	order_change.priority = h.priority;
	order_change.has_priority = h.has_priority;
	order_change.moves_count = 0;
}

static void gather_move(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct readdress_row r;
	(void)t, (void)p, (void)row;

	ensure(readdress_row_decode(body, &r) == error_none && order_change.moves_count < array_size(order_change.moves));
	order_change.moves[order_change.moves_count++] = (struct cell_move){ r.from, r.to };
}

static void end_order_change(struct turn *t, const struct passing *p)
{
	(void)p;
	turn_subject(t, subject_of(subject_kind_order, order_change.order));
	emit_order_change_given(t, &order_change);
}

const struct passing_form intake_pass_order_change = { open_order_change, gather_move, end_order_change, true };
