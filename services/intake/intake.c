// The only door to the network.  The fold decides whether a submission is new (certificate, terminal and sequence
// are its id; the same id with the same content is the same act, with other content a conflict), whether its signer
// may do it at all, and under which number it goes on to the service that carries it out, row by row; it keeps what
// came of it for the submitter, and the letters of those who have nobody to ask: receivers of shipments, the
// facility.  It never judges what an act means, and never sees personal data: the door (door.c) has put them into the
// vault before, and what stands here are the vault's numbers.
#include "intake/intake.h"

#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "gen/intake.h"
#include "intake/door.h"
#include "intake/records.h"

#define administrator 1 // number of the site's first certificate

// ---- passing a submission on, by act ----

struct passing {
	uint64_t submission;
	enum act act;
	uint64_t list;    // submit_list, adjudicate: the number of the list that it makes
	uint32_t rows;    // that are passed on in the end
	struct hash root; // of the submission's items
	struct bytes head;
};

static void pass_organisation(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct organisation_row r;
	ensure(organisation_row_decode(body, &r) == error_none);
	struct organisation_offered m = {
		.submission = p->submission, .row = row, .code = r.code, .name = r.name, .level = r.level, .parent = r.parent,
		.valid_from = r.valid_from, .party_code = r.party_code, .has_party_code = r.has_party_code,
		.remote = r.remote, .connectivity = r.connectivity,
	};

	turn_subject(t, subject_of(subject_kind_organisation, r.code));
	emit_organisation_offered(t, &m);
}

static void pass_member(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct member_offered m = { .submission = p->submission };

	ensure(coded_member_decode(body, &m.member) == error_none && m.member.row == row);
	turn_subject(t, subject_of(subject_kind_member, m.member.member));
	emit_member_offered(t, &m);
}

static void pass_update(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct update_offered m = { .submission = p->submission };
	struct update_head h;

	ensure(update_head_decode(p->head, &h) == error_none);
	ensure(coded_update_decode(body, &m.update) == error_none && m.update.row == row);
	m.dry_run = h.dry_run;
	turn_subject(t, subject_of(subject_kind_member, m.update.member));
	emit_update_offered(t, &m);
}

static void pass_transfer(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct transfer_offered m = { .submission = p->submission };

	ensure(coded_transfer_decode(body, &m.transfer) == error_none && m.transfer.row == row);
	turn_subject(t, subject_of(subject_kind_member, m.transfer.member));
	emit_transfer_offered(t, &m);
}

static void pass_ending(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct ending_row r;
	ensure(ending_row_decode(body, &r) == error_none);
	struct ending_offered m = {
		.submission = p->submission, .row = row, .code = r.code, .into = r.into, .has_into = r.has_into,
		.date = r.date, .decision = r.decision,
	};

	turn_subject(t, subject_of(subject_kind_organisation, r.code));
	emit_ending_offered(t, &m);
}

static void pass_duplicate(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct duplicate_ruled m = { .submission = p->submission };

	ensure(coded_ruling_decode(body, &m.ruling) == error_none && m.ruling.row == row);
	emit_duplicate_ruled(t, &m);
}

static void end_import(struct turn *t, const struct passing *p)
{
	emit_import_ended(t, &(struct import_ended){ .submission = p->submission, .act = p->act, .rows = p->rows });
}

static void open_list(struct turn *t, const struct passing *p)
{
	struct list_head h;
	ensure(list_head_decode(p->head, &h) == error_none);
	struct list_opened m = {
		.submission = p->submission, .list = p->list, .kind = h.kind, .reason = h.reason,
		.cell = turn_authority(t)->organisation, .period = h.period, .count = p->rows,
	};

	turn_subject(t, subject_of(subject_kind_list, p->list));
	emit_list_opened(t, &m);
}

static void pass_request(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct coded_request r;
	ensure(coded_request_decode(body, &r) == error_none);
	struct request_offered m = {
		.submission = p->submission, .request = item_of(p->list, row), .member = r.member,
		.photo = r.photo, .has_photo = r.has_photo, .evidence = r.evidence, .has_evidence = r.has_evidence,
		.card_number = r.card_number, .has_card_number = r.has_card_number,
		.corrects = r.corrects, .has_corrects = r.has_corrects, .loss = r.loss, .has_loss = r.has_loss,
		.card_enclosed = r.card_enclosed,
	};

	turn_subject(t, subject_of(subject_kind_member, r.member));
	emit_request_offered(t, &m);
}

static void end_list(struct turn *t, const struct passing *p)
{
	struct list_ended m = { .submission = p->submission, .list = p->list, .count = p->rows, .root = p->root };

	turn_subject(t, subject_of(subject_kind_list, p->list));
	emit_list_ended(t, &m);
}

static void open_adjudication(struct turn *t, const struct passing *p)
{
	struct adjudication_head h;
	ensure(adjudication_head_decode(p->head, &h) == error_none);
	struct adjudication_opened m = {
		.submission = p->submission, .list = p->list, .of = h.list,
		.decision_number = h.decision_number, .has_decision_number = h.has_decision_number,
		.decision_date = h.decision_date, .has_decision_date = h.has_decision_date,
	};

	turn_subject(t, subject_of(subject_kind_list, p->list));
	emit_adjudication_opened(t, &m);
}

static void pass_ruling(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct ruling_row r;
	ensure(ruling_row_decode(body, &r) == error_none);
	struct ruling_given m = {
		.submission = p->submission, .list = p->list, .row = row, .request = r.request, .release = r.release,
		.reason = r.reason,
	};

	emit_ruling_given(t, &m);
}

static void end_adjudication(struct turn *t, const struct passing *p)
{
	turn_subject(t, subject_of(subject_kind_list, p->list));
	emit_adjudication_ended(t, &(struct adjudication_ended){ .submission = p->submission, .list = p->list,
		.count = p->rows });
}

static void pass_withdrawal(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct withdrawal_row r;
	ensure(withdrawal_row_decode(body, &r) == error_none);

	emit_withdrawal_given(t, &(struct withdrawal_given){ .submission = p->submission, .row = row, .request = r.request });
}

static void end_withdrawals(struct turn *t, const struct passing *p)
{
	emit_withdrawals_ended(t, &(struct withdrawals_ended){ .submission = p->submission, .rows = p->rows });
}

// Acts whose rows go on as one message are gathered here between open and end, which one run of a handler calls.
static struct list_act_given list_act;
static struct consolidation_given consolidation;

static void open_list_act(struct turn *t, const struct passing *p)
{
	struct list_act_head h;
	(void)t;

	ensure(list_act_head_decode(p->head, &h) == error_none);
	list_act.submission = p->submission;
	list_act.act = p->act;
	list_act.number = h.number;
	list_act.decision_number = h.decision_number;
	list_act.has_decision_number = h.has_decision_number;
	list_act.decision_date = h.decision_date;
	list_act.has_decision_date = h.has_decision_date;
	list_act.left_out_count = 0;
}

static void gather_left_out(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct leave_out_row r;
	(void)t, (void)p, (void)row;

	ensure(leave_out_row_decode(body, &r) == error_none && list_act.left_out_count < array_size(list_act.left_out));
	list_act.left_out[list_act.left_out_count++] = (struct leave_out){ r.request, r.reason };
}

static void end_list_act(struct turn *t, const struct passing *p)
{
	unsigned kind = p->act == act_appraise ? subject_kind_list : subject_kind_group;

	turn_subject(t, subject_of(kind, list_act.number));
	emit_list_act_given(t, &list_act);
}

static void open_consolidation(struct turn *t, const struct passing *p)
{
	struct consolidation_head h;
	(void)t;

	ensure(consolidation_head_decode(p->head, &h) == error_none);
	consolidation.submission = p->submission;
	consolidation.kind = h.kind;
	consolidation.reason = h.reason;
	consolidation.lists_count = 0;
}

static void gather_list(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct list_ref_row r;
	(void)t, (void)p, (void)row;

	ensure(list_ref_row_decode(body, &r) == error_none && consolidation.lists_count < array_size(consolidation.lists));
	consolidation.lists[consolidation.lists_count++] = r.list;
}

static void end_consolidation(struct turn *t, const struct passing *p)
{
	(void)p;
	turn_subject(t, subject_of(subject_kind_organisation, turn_authority(t)->organisation));
	emit_consolidation_given(t, &consolidation);
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

// A change of an order goes on as one message, gathered like the acts on lists.
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

static void end_shipping(struct turn *t, const struct passing *p)
{
	struct shipping_head h;
	ensure(shipping_head_decode(p->head, &h) == error_none);
	struct shipping_ordered m = { .submission = p->submission, .to = h.to, .has_to = h.has_to, .waybill = h.waybill };

	turn_subject(t, subject_of(subject_kind_organisation, turn_authority(t)->organisation));
	emit_shipping_ordered(t, &m);
}

static uint64_t shipment_of(const struct passing *p)
{
	struct receiving_head h;

	ensure(receiving_head_decode(p->head, &h) == error_none);
	return h.shipment;
}

static void pass_box_count(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct box_count_row r;
	ensure(box_count_row_decode(body, &r) == error_none);
	struct box_counted m = {
		.submission = p->submission, .row = row, .shipment = shipment_of(p), .box = r.box, .counted = r.counted,
		.seal_intact = r.seal_intact,
	};

	turn_subject(t, subject_of(subject_kind_box, r.box));
	emit_box_counted(t, &m);
}

static void end_receiving(struct turn *t, const struct passing *p)
{
	struct receiving_ended m = { .submission = p->submission, .shipment = shipment_of(p), .rows = p->rows };

	turn_subject(t, subject_of(subject_kind_shipment, m.shipment));
	emit_receiving_ended(t, &m);
}

static void pass_hand_over(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct coded_hand_over r;
	ensure(coded_hand_over_decode(body, &r) == error_none);
	struct hand_over_given m = {
		.submission = p->submission, .member = r.member, .card_number = r.card_number, .receipt = r.receipt,
		.proof = r.proof, .has_proof = r.has_proof, .old_collected = r.old_collected, .date = r.date, .row = row,
	};

	turn_subject(t, subject_of(subject_kind_member, r.member));
	emit_hand_over_given(t, &m);
}

static void end_hand_overs(struct turn *t, const struct passing *p)
{
	emit_hand_overs_ended(t, &(struct hand_overs_ended){ .submission = p->submission, .rows = p->rows });
}

// ---- acts on cards ----

static struct coded_card_head card_head_of(const struct passing *p)
{
	struct coded_card_head head;
	ensure(coded_card_head_decode(p->head, &head) == error_none);
	return head;
}

static struct coded_card card_of_row(struct turn *t, struct bytes body)
{
	struct coded_card card;
	ensure(coded_card_decode(body, &card) == error_none);
	turn_subject(t, subject_of(subject_kind_member, card.member));
	return card;
}

static void open_worth_act(struct turn *t, const struct passing *p)
{
	turn_subject(t, subject_of(subject_kind_organisation, turn_authority(t)->organisation));
	emit_worth_act_opened(t, &(struct worth_act_opened){ .submission = p->submission, .act = p->act,
		.head = card_head_of(p) });
}

static void pass_worth(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	(void)row;
	emit_worth_act_row(t, &(struct worth_act_row){ .submission = p->submission, .act = p->act,
		.card = card_of_row(t, body) });
}

static void end_worth_act(struct turn *t, const struct passing *p)
{
	emit_worth_act_ended(t, &(struct worth_act_ended){ .submission = p->submission, .act = p->act, .rows = p->rows });
}

static void open_place_act(struct turn *t, const struct passing *p)
{
	turn_subject(t, subject_of(subject_kind_organisation, turn_authority(t)->organisation));
	emit_place_act_opened(t, &(struct place_act_opened){ .submission = p->submission, .act = p->act,
		.head = card_head_of(p) });
}

static void pass_place(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	(void)row;
	emit_place_act_row(t, &(struct place_act_row){ .submission = p->submission, .act = p->act,
		.card = card_of_row(t, body) });
}

static void end_place_act(struct turn *t, const struct passing *p)
{
	emit_place_act_ended(t, &(struct place_act_ended){ .submission = p->submission, .act = p->act, .rows = p->rows });
}

static void pass_exit(struct turn *t, const struct passing *p, uint32_t row, struct bytes body)
{
	struct coded_card_head head = card_head_of(p);
	struct coded_card card = card_of_row(t, body);

	emit_exit_reported(t, &(struct exit_reported){ .submission = p->submission, .row = row, .member = card.member,
						       .status = card.status, .date = card.has_date ? card.date : turn_date(t),
						       .decision_number = head.decision_number,
						       .has_decision_number = head.has_decision_number });
}

static void end_exits(struct turn *t, const struct passing *p)
{
	emit_exits_ended(t, &(struct exits_ended){ .submission = p->submission, .rows = p->rows });
}

// How each act goes on.  `whole`: its rows are gathered into one message.
static const struct passing_form {
	void (*open)(struct turn *t, const struct passing *p);
	void (*row)(struct turn *t, const struct passing *p, uint32_t row, struct bytes body);
	void (*end)(struct turn *t, const struct passing *p);
	bool whole;
} forms[] = {
	[act_import_organisations] = { NULL, pass_organisation, end_import, false },
	[act_import_members] = { NULL, pass_member, end_import, false },
	[act_update_members] = { NULL, pass_update, end_import, false },
	[act_transfer_members] = { NULL, pass_transfer, end_import, false },
	[act_end_organisations] = { NULL, pass_ending, end_import, false },
	[act_resolve_duplicates] = { NULL, pass_duplicate, end_import, false },
	[act_submit_list] = { open_list, pass_request, end_list, false },
	[act_appraise] = { open_list_act, gather_left_out, end_list_act, true },
	[act_consolidate] = { open_consolidation, gather_list, end_consolidation, true },
	[act_decide] = { open_list_act, gather_left_out, end_list_act, true },
	[act_approve] = { open_list_act, gather_left_out, end_list_act, true },
	[act_grant_numbers] = { NULL, pass_block, end_printing_act, false },
	[act_place_order] = { NULL, NULL, end_order, true },
	[act_answer_order] = { NULL, pass_answer, end_printing_act, false },
	[act_report_prints] = { NULL, pass_print, end_printing_act, false },
	[act_pack_boxes] = { NULL, pass_box, end_printing_act, false },
	[act_change_order] = { open_order_change, gather_move, end_order_change, true },
	[act_keep_stock] = { NULL, pass_stock, end_printing_act, false },
	[act_ship] = { NULL, NULL, end_shipping, true },
	[act_receive] = { NULL, pass_box_count, end_receiving, false },
	[act_hand_over] = { NULL, pass_hand_over, end_hand_overs, false },
	[act_report_cards] = { open_worth_act, pass_worth, end_worth_act, false },
	[act_decide_cards] = { open_worth_act, pass_worth, end_worth_act, false },
	[act_destroy_cards] = { open_worth_act, pass_worth, end_worth_act, false },
	[act_collect_cards] = { open_place_act, pass_place, end_place_act, false },
	[act_pack_cards] = { open_place_act, pass_place, end_place_act, false },
	[act_explain_box] = { open_place_act, pass_place, end_place_act, false },
	[act_settle_cards] = { open_place_act, pass_place, end_place_act, false },
	[act_report_exits] = { NULL, pass_exit, end_exits, false },
	[act_adjudicate] = { open_adjudication, pass_ruling, end_adjudication, false },
	[act_withdraw] = { NULL, pass_withdrawal, end_withdrawals, false },
};

static void pass_end(struct turn *t, const struct passing *p)
{
	turn_subject(t, 0);
	forms[p->act].end(t, p);
}

// What does not fit this turn waits in a table for the next ones, so that a long file starves nobody.
static void put_by(struct turn *t, const struct passing *p, const struct coded_item *items, size_t count)
{
	struct intake_work_row work = {
		.act = p->act, .list = p->list, .next = 0, .end = (uint32_t)count, .rows = p->rows, .root = p->root,
		.head = p->head,
	};

	intake_work_put(t->tx, p->submission, &work);
	for (size_t i = 0; i < count; i++) {
		struct intake_work_items_row row = { items[i].row, items[i].body };
		intake_work_items_put(t->tx, p->submission, (uint32_t)i, &row);
	}
	leave_submission_going(t, &(struct submission_going){ .submission = p->submission });
}

static void pass_on(struct turn *t, const struct passing *p, const struct coded_item *items, size_t count)
{
	const struct passing_form *form = &forms[p->act];
	size_t done = 0;

	if (form->open)
		form->open(t, p);
	// One entry is kept for the end.
	for (; done < count && (form->whole || turn_room(t) > 1); done++)
		form->row(t, p, items[done].row, items[done].body);
	if (done < count)
		put_by(t, p, items + done, count - done);
	else
		pass_end(t, p);
}

static void on_submission_going(struct turn *t, const struct origin *o, const struct submission_going *m)
{
	static uint8_t head[2000], body[2000]; // copies: a row read lives only until the next write
	struct intake_work_row work;
	struct intake_work_items_row item;
	(void)o;

	if (!intake_work_get(t->tx, m->submission, &work))
		return;
	memcpy(head, work.head.data, work.head.size);
	work.head.data = head;
	struct passing p = { m->submission, work.act, work.list, work.rows, work.root, work.head };

	for (; work.next < work.end && turn_room(t) > 1; work.next++) {
		if (!intake_work_items_get(t->tx, m->submission, work.next, &item))
			return; // the store's fault: the turn is lost anyway
		memcpy(body, item.body.data, item.body.size);
		forms[p.act].row(t, &p, item.row, bytes_of(body, item.body.size));
		intake_work_items_delete(t->tx, m->submission, work.next);
	}
	if (work.next < work.end) {
		intake_work_put(t->tx, m->submission, &work);
		leave_submission_going(t, m);
		return;
	}
	intake_work_delete(t->tx, m->submission);
	pass_end(t, &p);
}

// ---- certificates ----

static void on_administrator_named(struct turn *t, const struct origin *o, const struct administrator_named *m)
{
	struct intake_certificates_row row = {
		.fingerprint = m->fingerprint, .public_key = m->public_key, .role = role_administrator,
	};
	(void)o;

	if (!intake_certificates_get(t->tx, administrator, NULL))
		intake_certificate_new(t->tx, &row);
}

// ---- submissions ----

static void error_put(struct turn *t, uint64_t submission, enum service_id by, struct row_error error)
{
	intake_row_errors_put(t->tx, submission, error.row, by, error.field, &(struct intake_row_errors_row){ error.reason });
}

static void enrol_all(struct turn *t, uint64_t submission, struct intake_submissions_row *s,
		      const struct coded_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct coded_officer officer;
		ensure(coded_officer_decode(items[i].body, &officer) == error_none);
		struct row_error error = intake_enrol(t->tx, submission, &officer);
		if (error.reason == reason_none) {
			s->accepted++;
		} else {
			error_put(t, submission, service_id_intake, error);
			s->errors++;
			s->refused++;
		}
	}
	s->state = outcome_state_done;
}

static void reply_receipt(struct turn *t, uint64_t submission, const struct intake_submissions_row *s,
			  const struct hash *certificate)
{
	static struct receipt receipt;

	intake_receipt(t->tx, submission, s, certificate, &receipt);
	turn_reply(t, message_type_receipt, turn_encoded(t, &receipt_shape, &receipt));
}

static void reply_conflict(struct turn *t, const struct submission_header *h, const struct hash *content)
{
	static struct receipt receipt;

	memset(&receipt, 0, sizeof receipt);
	receipt.certificate = h->certificate;
	receipt.terminal = h->terminal;
	receipt.sequence = h->sequence;
	receipt.state = receipt_state_refused;
	receipt.content = *content;
	receipt.errors[0] = (struct row_error){ 0, field_whole, reason_conflict };
	receipt.errors_count = 1;
	receipt.errors_total = 1;
	turn_reply(t, message_type_receipt, turn_encoded(t, &receipt_shape, &receipt));
}

// Decides whether the act is taken, and keeps the errors.
static void judge(struct turn *t, uint64_t submission, struct intake_submissions_row *s, struct row_error authority,
		  const struct submission_taken *m)
{
	struct row_error first = authority;

	s->errors = m->errors_total;
	if (authority.reason != reason_none) {
		s->errors = 1;
		error_put(t, submission, service_id_intake, authority);
	} else {
		for (size_t i = 0; i < m->errors_count; i++)
			error_put(t, submission, service_id_intake, m->errors[i]);
		if (m->errors_count > 0 && (m->errors[0].row == 0 || !intake_act_by_row(s->act)))
			first = m->errors[0];
	}
	s->receipt = first.reason == reason_none ? receipt_state_taken : receipt_state_refused;
	s->reason = first.reason;
	s->field = first.field;
	if (s->receipt == receipt_state_refused) {
		s->state = outcome_state_done;
		s->refused = s->rows;
		return;
	}
	s->state = outcome_state_pending;
	s->passed = (uint32_t)m->items_count - intake_act_has_head(s->act);
	s->refused = s->rows - s->passed;
	if (s->passed == 0 && s->rows > 0) // every row of an import was refused: nothing is left to be carried out
		s->state = outcome_state_done;
}

static void carry_out(struct turn *t, uint64_t submission, struct intake_submissions_row *s, struct hash root,
		      const struct submission_taken *m)
{
	struct intake_counters_row counters = { 0 };
	size_t heads = intake_act_has_head(s->act);
	struct passing p = { .submission = submission, .act = s->act, .rows = s->passed, .root = root };

	if (s->act == act_enrol_officers) {
		enrol_all(t, submission, s, m->items, m->items_count);
		return;
	}
	if (heads)
		p.head = m->items[0].body;
	if (s->act == act_submit_list || s->act == act_adjudicate) {
		intake_counters_get(t->tx, 1, &counters);
		p.list = ++counters.lists;
		intake_counters_put(t->tx, 1, &counters);
	}
	pass_on(t, &p, m->items + heads, m->items_count - heads);
}

static uint64_t submission_number(struct turn *t)
{
	struct intake_counters_row counters = { 0 };

	intake_counters_get(t->tx, 1, &counters);
	counters.submissions++;
	intake_counters_put(t->tx, 1, &counters);
	return counters.submissions;
}

// What follows is done on the signer's authority.
static void act_for(struct turn *t, uint64_t submission, const struct intake_certificates_row *certificate,
		    const struct intake_submissions_row *s)
{
	struct origin origin = {
		.source = service_id_intake, .submission = submission, .actor = s->certificate,
		.person = certificate->person, .role = (uint8_t)certificate->role, .organisation = s->organisation,
	};

	turn_origin(t, &origin);
}

static void take_new(struct turn *t, const struct submission_header *h, const struct intake_certificates_row *certificate,
		     uint64_t certificate_number, const struct submission_taken *m)
{
	struct row_error authority =
		intake_authority(t->tx, certificate->role, certificate->organisation, h->act, h->organisation);
	struct intake_submissions_row s = {
		.certificate = certificate_number, .terminal = h->terminal, .sequence = h->sequence, .act = h->act,
		.organisation = h->organisation, .content = m->content, .time = t->time_ms, .field = field_whole,
	};
	uint64_t submission = submission_number(t);

	act_for(t, submission, certificate, &s);
	s.rows = h->count - (h->count > 0 && intake_act_has_head(h->act));
	judge(t, submission, &s, authority, m);
	if (s.state == outcome_state_pending)
		carry_out(t, submission, &s, h->root, m);
	intake_submissions_put(t->tx, submission, &s);
	intake_acts_put(t->tx, s.certificate, s.terminal, s.sequence, &(struct intake_acts_row){ submission });
	reply_receipt(t, submission, &s, &h->certificate);
}

static void on_submission_taken(struct turn *t, const struct origin *o, const struct submission_taken *m)
{
	struct submission_header h;
	struct intake_fingerprints_row number;
	struct intake_certificates_row certificate;
	struct intake_acts_row known;
	struct intake_submissions_row s;
	(void)o;

	ensure(submission_header_decode(m->header, &h) == error_none);
	if (!intake_fingerprints_get(t->tx, &h.certificate, &number) ||
	    !intake_certificates_get(t->tx, number.certificate, &certificate))
		return; // the door knew it, so this is the store's fault
	if (!intake_acts_get(t->tx, number.certificate, h.terminal, h.sequence, &known)) {
		// Seen by the door, unknown here: what it saw was set aside.  The submitter tries again.
		if (!m->again)
			take_new(t, &h, &certificate, number.certificate, m);
		return;
	}
	if (!intake_submissions_get(t->tx, known.submission, &s))
		return;
	if (hash_equal(&s.content, &m->content))
		reply_receipt(t, known.submission, &s, &h.certificate);
	else
		reply_conflict(t, &h, &m->content);
}

// ---- what came of it ----

static void on_row_refused(struct turn *t, const struct origin *o, const struct row_refused *m)
{
	error_put(t, m->submission, (enum service_id)o->source, (struct row_error){ m->row, m->field, m->reason });
}

static void on_act_closed(struct turn *t, const struct origin *o, const struct act_closed *m)
{
	struct intake_submissions_row s;
	(void)o;

	if (!intake_submissions_get(t->tx, m->submission, &s) || s.state == outcome_state_done)
		return; // the first word stands
	s.state = outcome_state_done;
	s.reason = m->reason;
	s.field = m->field;
	s.accepted = m->accepted;
	s.refused = m->refused + (s.rows - s.passed);
	s.number = m->number;
	s.has_number = m->has_number;
	s.more = m->more;
	intake_submissions_put(t->tx, m->submission, &s);
}

static void on_organisation_registered(struct turn *t, const struct origin *o, const struct organisation_registered *m)
{
	struct intake_organisations_row row = { .name = m->name, .level = m->level, .parent = m->parent };
	(void)o;

	intake_organisations_put(t->tx, m->code, &row);
}

static void on_member_registered(struct turn *t, const struct origin *o, const struct member_registered *m)
{
	(void)o;
	intake_members_put(t->tx, m->member, &(struct intake_members_row){ m->record });
}

static void on_organisation_merged(struct turn *t, const struct origin *o, const struct organisation_merged *m)
{
	(void)o;
	intake_successors_put(t->tx, m->code, &(struct intake_successors_row){ m->into });
}

static void on_duplicate_held(struct turn *t, const struct origin *o, const struct duplicate_held *m)
{
	(void)o;
	intake_duplicates_put(t->tx, m->duplicate,
			      &(struct intake_duplicates_row){ .person = m->member, .record = m->record,
							       .twin = m->field == field_profile_number });
}

static void on_duplicate_resolved(struct turn *t, const struct origin *o, const struct duplicate_resolved *m)
{
	(void)o;
	intake_duplicates_delete(t->tx, m->duplicate);
}

// ---- letters ----

static void letter_put(struct turn *t, uint64_t organisation, uint16_t type, struct bytes body)
{
	struct intake_mailboxes_row box = { 0 };
	struct intake_letters_row letter = { .type = type, .time = t->time_ms, .body = body };

	uint64_t addressee = intake_addressee(t->tx, organisation);
	organisation = addressee ? addressee : organisation; // closed without a successor: on record, though nobody reads it
	intake_mailboxes_get(t->tx, organisation, &box);
	box.letters++;
	intake_mailboxes_put(t->tx, organisation, &box);
	intake_letters_put(t->tx, organisation, box.letters, &letter);
}

static void on_order_opened(struct turn *t, const struct origin *o, const struct order_opened *m)
{
	(void)o;
	letter_put(t, m->facility, message_type_order_opened, turn_encoded(t, &order_opened_shape, m));
}

static void on_record_ordered(struct turn *t, const struct origin *o, const struct record_ordered *m)
{
	(void)o;
	intake_cards_put(t->tx, m->number, &(struct intake_cards_row){ m->member });
	letter_put(t, m->facility, message_type_record_ordered, turn_encoded(t, &record_ordered_shape, m));
}

static void on_order_ended(struct turn *t, const struct origin *o, const struct order_ended *m)
{
	(void)o;
	letter_put(t, m->facility, message_type_order_ended, turn_encoded(t, &order_ended_shape, m));
}

static void on_order_changed(struct turn *t, const struct origin *o, const struct order_changed *m)
{
	(void)o;
	letter_put(t, m->facility, message_type_order_changed, turn_encoded(t, &order_changed_shape, m));
}

static void on_record_stopped(struct turn *t, const struct origin *o, const struct record_stopped *m)
{
	(void)o;
	letter_put(t, m->facility, message_type_record_stopped, turn_encoded(t, &record_stopped_shape, m));
}

static void on_order_reminded(struct turn *t, const struct origin *o, const struct order_reminded *m)
{
	(void)o;
	letter_put(t, m->facility, message_type_order_reminded, turn_encoded(t, &order_reminded_shape, m));
}

static void on_order_escalated(struct turn *t, const struct origin *o, const struct order_escalated *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_order_escalated, turn_encoded(t, &order_escalated_shape, m));
}

static void on_stock_moved(struct turn *t, const struct origin *o, const struct stock_moved *m)
{
	(void)o;
	letter_put(t, m->place, message_type_stock_moved, turn_encoded(t, &stock_moved_shape, m));
}

static void on_shipment_sent(struct turn *t, const struct origin *o, const struct shipment_sent *m)
{
	(void)o;
	letter_put(t, m->to, message_type_shipment_sent, turn_encoded(t, &shipment_sent_shape, m));
}

static void on_shipment_box(struct turn *t, const struct origin *o, const struct shipment_box *m)
{
	(void)o;
	letter_put(t, m->to, message_type_shipment_box, turn_encoded(t, &shipment_box_shape, m));
}

static void on_request_news(struct turn *t, const struct origin *o, const struct request_news *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_request_news, turn_encoded(t, &request_news_shape, m));
}

static void on_request_overdue(struct turn *t, const struct origin *o, const struct request_overdue *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_request_overdue, turn_encoded(t, &request_overdue_shape, m));
}

static void on_stage_overdue(struct turn *t, const struct origin *o, const struct stage_overdue *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_stage_overdue, turn_encoded(t, &stage_overdue_shape, m));
}

static void on_recovery_due(struct turn *t, const struct origin *o, const struct recovery_due *m)
{
	(void)o;
	letter_put(t, m->organisation, message_type_recovery_due, turn_encoded(t, &recovery_due_shape, m));
}

const struct service intake_service = {
	.name = "intake",
	.id = service_id_intake,
	.fold_version = 1,
	.inputs = intake_inputs,
	.tables = intake_tables,
	.queries = intake_questions,
	.adapters_open = intake_adapters_open,
	.adapters_close = intake_adapters_close,
	.door = &intake_door,
	.sources = intake_sources,
};
