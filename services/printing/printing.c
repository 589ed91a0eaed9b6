// Printing decides numbers, copies and print orders: which number a member has for life, which copy a card
// is, which records an order holds, and what the facility made of each (order-info, delivery-info and
// complaint-info of BSI TR-03123).  Cards that went wrong are offered again under the next copy and never
// come back.  It never decides who gets a card (approval), where a card is (delivery) or what it is worth
// (revocation), and it never sees a name or a photo: the door adds those for the facility.
//
// Along an order's way: approved.c (lists come in), placing.c (an order is placed), reports.c (what the facility says of
// a record), boxes.c; orders.c holds the machines and their counts.  Beside it: changes.c, recall.c and silence.c, of orders
// that do not simply run; numbers.c, the register of numbers and copies (domain.md §3, invariant 2); stock.c, the blanks.

#include "printing/printing.h"

#include "base/subject.h"
#include "gen/printing.h"
#include "gen/printing_settings.h"
#include "printing/approved.h"
#include "printing/book.h"
#include "printing/boxes.h"
#include "printing/changes.h"
#include "printing/numbers.h"
#include "printing/placing.h"
#include "printing/recall.h"
#include "printing/reports.h"
#include "printing/silence.h"
#include "printing/stock.h"
#include "runtime/turn.h"

// ---- what others decided ----

static void on_organisation_registered(struct turn *t, const struct origin *o, const struct organisation_registered *m)
{
	(void)o;
	printing_organisations_put(t->tx, m->code,
				   &(struct printing_organisations_row){ .parent = m->parent, .level = m->level,
									 .has_party_code = m->has_party_code,
									 .party_code = m->party_code });
	struct printing_party_codes_row code = { 0 };
	if (!m->has_party_code)
		return;
	printing_party_codes_get(t->tx, m->party_code, &code);
	code.organisation = m->code;
	printing_party_codes_put(t->tx, m->party_code, &code);
}

// A card in use when the site started: its number is never given again (domain.md §6.0).
static void on_card_opened(struct turn *t, const struct origin *o, const struct card_opened *m)
{
	uint64_t holder = 0;
	enum reason reason = printing_numbers_in_use(t->tx, m->member, m->number, card_copy(m->card), &holder);
	(void)o;
	if (reason == reason_none)
		return;
	printing_subject_member(t, m->member);
	emit_number_conflict(t, &(struct number_conflict){ .member = m->member, .number = m->number, .has_holder = holder != 0,
							   .holder = holder, .reason = reason });
}

// ---- lists, orders, and what the facility says: each in a file of its own ----

static void on_approved_list_opened(struct turn *t, const struct origin *o, const struct approved_list_opened *m)
{
	(void)o;
	printing_approved_opened(t, m);
}

static void on_request_approved(struct turn *t, const struct origin *o, const struct request_approved *m)
{
	(void)o;
	printing_approved_request(t, m);
}

static void on_approved_list_ended(struct turn *t, const struct origin *o, const struct approved_list_ended *m)
{
	(void)o;
	printing_approved_ended(t, m);
}

static void on_order_requested(struct turn *t, const struct origin *o, const struct order_requested *m)
{
	printing_order_place(t, o, m);
}

static void on_order_listing(struct turn *t, const struct origin *o, const struct order_listing *m)
{
	(void)o;
	printing_order_list(t, m);
}

static void on_order_change_given(struct turn *t, const struct origin *o, const struct order_change_given *m)
{
	printing_order_change(t, o, m);
}

static void on_order_silent(struct turn *t, const struct origin *o, const struct order_silent *m)
{
	(void)o;
	printing_silence_due(t, m);
}

static void on_order_reoffering(struct turn *t, const struct origin *o, const struct order_reoffering *m)
{
	(void)o;
	printing_reoffer(t, m);
}

static void on_record_answered(struct turn *t, const struct origin *o, const struct record_answered *m)
{
	printing_record_answered(t, o, m);
}

static void on_print_reported(struct turn *t, const struct origin *o, const struct print_reported *m)
{
	printing_print_reported(t, o, m);
}

static void on_box_packed(struct turn *t, const struct origin *o, const struct box_packed *m)
{
	printing_box_packed(t, o, m);
}

// ---- recalls: a withdrawn request, or one whose member is in standing no more ----

static void on_approved_recalled(struct turn *t, const struct origin *o, const struct approved_recalled *m)
{
	enum reason reason = printing_recall(t, m);
	(void)o;
	printing_subject_member(t, m->member);
	emit_recall_answered(t, &(struct recall_answered){ .request = m->request, .member = m->member,
							   .stopped = reason == reason_none, .reason = reason });
}

// ---- blank stock ----

static void on_stock_given(struct turn *t, const struct origin *o, const struct stock_given *m)
{
	turn_subject(t, subject_of(subject_kind_organisation, m->place));
	printing_row_ended(t, m->submission, m->row, printing_stock_keep(t, o, m));
}

// ---- number blocks ----

static struct refusal grant(struct turn *t, const struct origin *o, const struct numbers_granted *m)
{
	struct organisation_tree tree = printing_tree(t);
	struct printing_party_codes_row code;
	if (o->role != role_central_board)
		return refused(actor, role_not_allowed);
	if (!printing_party_codes_get(t->tx, m->party_code, &code))
		return refused(party_code, unknown);
	if (!organisation_within(&tree, code.organisation, o->organisation))
		return refused(party_code, outside_subtree);
	return (struct refusal){ field_number_block,
				 printing_numbers_grant(t->tx, m->party_code, m->first, m->last, m->submission) };
}

static void on_numbers_granted(struct turn *t, const struct origin *o, const struct numbers_granted *m)
{
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	printing_row_ended(t, m->submission, m->row, grant(t, o, m));
}

// ---- the end of an act with rows ----

static struct printing_acts_row act_ended(struct turn *t, uint64_t submission)
{
	struct printing_acts_row act = { 0 };
	if (printing_acts_get(t->tx, submission, &act))
		printing_acts_delete(t->tx, submission);
	return act;
}

// A consignment of boxes is closed by delivery, with the shipment's number.
static void on_printing_act_ended(struct turn *t, const struct origin *o, const struct printing_act_ended *m)
{
	struct printing_acts_row act = act_ended(t, m->submission);
	if (m->has_order)
		printing_subject_order(t, m->order);
	else
		turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	if (m->act == act_pack_boxes) {
		printing_boxes_ended(t, m, &act);
		return;
	}
	if (m->act == act_answer_order && act.accepted > 0)
		emit_order_accepted(t, &(struct order_accepted){ .order = m->order, .accepted = act.accepted,
								 .refused = act.refused });
	emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .field = field_whole,
						 .reason = act.accepted + act.refused > 0 ? reason_none : reason_empty,
						 .accepted = act.accepted, .refused = act.refused,
						 .has_number = m->has_order, .number = m->order });
}

const struct service printing_service = {
	.name = "printing",
	.id = service_id_printing,
	.fold_version = 2 * 1000 + printing_rules_version,
	.inputs = printing_inputs,
	.tables = printing_tables,
	.sources = printing_sources,
};
