#include "verification/requests.h"

#include <string.h>

#include "base/ensure.h"
#include "base/fault.h"
#include "base/subject.h"
#include "base/when.h"
#include "domain/organisation.h"
#include "gen/verification_emit.h"
#include "gen/verification_settings.h"
#include "verification/facts.h"

bool verification_request_get(struct turn *t, uint64_t number, struct verification_request *r)
{
	if (!verification_requests_get(t->tx, number, &r->row))
		return false;
	r->number = number;
	r->stored = true;
	if (r->row.has_rule) {
		memcpy(r->rule, r->row.rule.data, r->row.rule.size);
		r->row.rule.data = r->rule;
	}
	return true;
}

// A request is open while it is on its way, and while it waits for an adjudicator.  One that was returned is
// not: it waits for the cell, and the member may be better served by another.
bool verification_is_open(enum request_state state)
{
	return state == request_state_verified || state == request_state_on_hold;
}

// Where it stood in the state before and does not stand any more.
static void index_remove(struct turn *t, const struct verification_request *r)
{
	struct verification_open_requests_row open;
	struct verification_returned_row returned;
	uint64_t member = r->row.member;
	if (!verification_is_open(r->row.state) && !fault_is(request_stays_open) &&
	    verification_open_requests_get(t->tx, member, &open) && open.request == r->number)
		verification_open_requests_delete(t->tx, member);
	if (r->row.state != request_state_returned && verification_returned_get(t->tx, member, &returned) &&
	    returned.request == r->number)
		verification_returned_delete(t->tx, member);
	if (r->row.state != request_state_on_hold)
		verification_holds_delete(t->tx, r->number);
}

static void index_put(struct turn *t, const struct verification_request *r)
{
	uint64_t member = r->row.member;
	if (r->stored) // a new one stands nowhere yet
		index_remove(t, r);
	if (verification_is_open(r->row.state))
		verification_open_requests_put(t->tx, member, &(struct verification_open_requests_row){ .request = r->number });
	if (r->row.state == request_state_returned)
		verification_returned_put(t->tx, member, &(struct verification_returned_row){ .request = r->number });
	if (r->row.state == request_state_on_hold)
		verification_holds_put(t->tx, r->number, &(struct verification_holds_row){ .reason = r->row.why });
}

static uint32_t days_for(enum request_state state, int32_t day)
{
	if (state == request_state_on_hold)
		return dated_value_on(verification_days_hold, array_size(verification_days_hold), day);
	if (state == request_state_returned)
		return dated_value_on(verification_days_return, array_size(verification_days_return), day);
	return 0;
}

// The request is in this state from today; what waits for a person gets its due date (A7).
void verification_request_moved(struct turn *t, struct verification_request *r, enum request_state state)
{
	uint32_t days = days_for(state, turn_date(t));
	r->row.state = state;
	r->row.since = turn_date(t);
	r->row.has_due = days > 0;
	r->row.due = days > 0 ? date_after_working_days(turn_date(t), days) : 0;
	index_put(t, r);
	verification_requests_put(t->tx, r->number, &r->row);
	r->stored = true;
	if (days > 0)
		set_request_due(t, instant_of_date(r->row.due + 1),
				&(struct request_due){ .request = r->number, .due = r->row.due,
						       .submission = turn_authority(t)->submission,
						       .actor = turn_authority(t)->actor });
}

void verification_tell_cell(struct turn *t, const struct verification_request *r, enum field field)
{
	emit_request_news(t, &(struct request_news){ .organisation = r->row.cell, .request = r->number,
						     .member = r->row.member, .state = r->row.state, .field = field,
						     .reason = r->row.why, .has_due = r->row.has_due, .due = r->row.due });
}

void verification_tell_finished(struct turn *t, const struct verification_request *r)
{
	emit_request_finished(t, &(struct request_finished){ .request = r->number, .member = r->row.member,
							     .state = r->row.state });
}

// Whoever is late hears of it once: the cell with its correction, the superior of the cell with a ruling.
void verification_request_late(struct turn *t, const struct request_due *m)
{
	struct organisation_tree tree = verification_tree(t);
	struct verification_request r;
	if (!verification_request_get(t, m->request, &r) || !r.row.has_due || r.row.due != m->due)
		return;
	uint64_t superior = organisation_at_level(&tree, r.row.cell, org_level_superior);
	uint64_t late = r.row.state == request_state_on_hold && superior != 0 ? superior : r.row.cell;
	turn_origin(t, &(struct origin){ .source = service_id_verification, .submission = m->submission, .actor = m->actor });
	turn_subject(t, subject_of(subject_kind_member, r.row.member));
	turn_rule(t, eligibility_version);
	emit_request_overdue(t, &(struct request_overdue){ .organisation = late, .request = r.number, .member = r.row.member,
							   .state = r.row.state, .due = r.row.due });
}

// --- recalls: a request should stop (withdrawn by its cell, or its member is in standing no more) ---

static void withdrawal_close(struct turn *t, uint64_t submission, const struct verification_withdrawals_row *w)
{
	if (!w->ended || w->open > 0) {
		verification_withdrawals_put(t->tx, submission, w);
		return;
	}
	verification_withdrawals_delete(t->tx, submission);
	turn_subject(t, 0);
	emit_act_closed(t, &(struct act_closed){ .submission = submission, .accepted = w->accepted, .refused = w->refused });
}

static void withdrawal_row(struct turn *t, struct verification_withdrawals_row *w, uint64_t submission, uint32_t row,
			   uint64_t request, enum field field, enum reason reason)
{
	if (reason == reason_none) {
		w->accepted++;
		return;
	}
	w->refused++;
	emit_row_refused(t, &(struct row_refused){ .submission = submission, .row = row, .field = field, .reason = reason,
						   .has_request = true, .request = request });
}

enum request_state_event verification_recall_event(enum reason reason)
{
	return reason == reason_withdrawn ? request_state_event_withdrawn : request_state_event_recalled;
}

// The recall that was on its way has its answer; reason_none: the request stopped.
void verification_recall_over(struct turn *t, struct verification_request *r, enum reason reason)
{
	struct verification_withdrawals_row w;
	uint64_t submission = r->row.recall_submission;
	if (!r->row.has_recalled)
		return;
	r->row.has_recalled = false;
	r->row.recall_submission = 0;
	verification_requests_put(t->tx, r->number, &r->row);
	if (submission == 0 || !verification_withdrawals_get(t->tx, submission, &w))
		return;
	w.open--;
	withdrawal_row(t, &w, submission, r->row.recall_row, r->number, field_request, reason);
	withdrawal_close(t, submission, &w);
}

void verification_stop_now(struct turn *t, struct verification_request *r, enum reason reason)
{
	enum request_state to;
	ensure(request_state_step(r->row.state, verification_recall_event(reason), &to));
	r->row.why = reason;
	verification_request_moved(t, r, to);
	verification_tell_finished(t, r);
	if (reason != reason_withdrawn)
		verification_tell_cell(t, r, field_status);
}

// True: it stopped at once; else approval or printing answers.
static bool recall(struct turn *t, struct verification_request *r, enum reason reason, uint64_t submission, uint32_t row)
{
	if (r->row.state != request_state_verified) {
		verification_stop_now(t, r, reason);
		return true;
	}
	r->row.has_recalled = true;
	r->row.recalled = reason;
	r->row.recall_submission = submission;
	r->row.recall_row = row;
	verification_requests_put(t->tx, r->number, &r->row);
	emit_request_recalled(t, &(struct request_recalled){ .request = r->number, .list = r->row.list,
							     .member = r->row.member, .reason = reason });
	return false;
}

// The cell that asked, and the cells where the member is now: who took the member over speaks for them as well.
static bool may_withdraw(struct turn *t, const struct origin *o, const struct verification_request *r)
{
	struct organisation_tree tree = verification_tree(t);
	struct verification_members_row member;
	if (organisation_within(&tree, r->row.cell, o->organisation))
		return true;
	return verification_members_get(t->tx, r->row.member, &member) &&
	       (organisation_within(&tree, member.home_cell, o->organisation) ||
		organisation_within(&tree, member.present_cell, o->organisation));
}

static struct refusal withdrawal_refusal(struct turn *t, const struct origin *o, bool known,
					 const struct verification_request *r)
{
	if (!known)
		return refused(request, unknown);
	if (!may_withdraw(t, o, r))
		return refused(organisation, outside_subtree);
	if (!verification_is_open(r->row.state) && r->row.state != request_state_returned)
		return refused(request, wrong_state);
	if (r->row.has_recalled)
		return refused(request, already_done);
	return carried_out;
}

void verification_withdraw(struct turn *t, const struct origin *o, const struct withdrawal_given *m)
{
	struct verification_withdrawals_row w = { 0 };
	struct verification_request r;
	bool known = verification_request_get(t, m->request, &r);
	struct refusal no = withdrawal_refusal(t, o, known, &r);
	verification_withdrawals_get(t->tx, m->submission, &w);
	if (known)
		turn_subject(t, subject_of(subject_kind_member, r.row.member));
	if (no.reason == reason_none && !recall(t, &r, reason_withdrawn, m->submission, m->row))
		w.open++;
	else
		withdrawal_row(t, &w, m->submission, m->row, m->request, no.field, no.reason);
	verification_withdrawals_put(t->tx, m->submission, &w);
}

void verification_withdrawals_end(struct turn *t, uint64_t submission)
{
	struct verification_withdrawals_row w = { 0 };
	verification_withdrawals_get(t->tx, submission, &w);
	w.ended = true;
	withdrawal_close(t, submission, &w);
}

static bool in_standing(enum member_status status)
{
	return status == member_status_active || status == member_status_exempt || status == member_status_temp_activity;
}

// Death, exit, a posting abroad: the request does not go on, wherever it is.
void verification_standing_seen(struct turn *t, uint64_t member, enum member_status status)
{
	struct verification_open_requests_row open;
	struct verification_returned_row returned;
	struct verification_request r;
	if (in_standing(status))
		return;
	turn_subject(t, subject_of(subject_kind_member, member));
	turn_rule(t, eligibility_version);
	if (verification_open_requests_get(t->tx, member, &open) && verification_request_get(t, open.request,
			&r) && !r.row.has_recalled)
		recall(t, &r, reason_not_in_standing, 0, 0);
	if (verification_returned_get(t->tx, member, &returned) && verification_request_get(t, returned.request, &r))
		verification_stop_now(t, &r, reason_not_in_standing);
}
