// Lists of requests, and what is decided on them, go on to verification and approval.
#include "base/ensure.h"
#include "base/subject.h"
#include "gen/intake_emit.h"
#include "intake/passing.h"

// ---- to verification ----

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

const struct passing_form intake_pass_list = { open_list, pass_request, end_list, false };

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

const struct passing_form intake_pass_adjudication = { open_adjudication, pass_ruling, end_adjudication, false };

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

const struct passing_form intake_pass_withdrawals = { NULL, pass_withdrawal, end_withdrawals, false };

// ---- to approval ----

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

const struct passing_form intake_pass_list_act = { open_list_act, gather_left_out, end_list_act, true };

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

const struct passing_form intake_pass_consolidation = { open_consolidation, gather_list, end_consolidation, true };
