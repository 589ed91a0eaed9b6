#include "approval/acts.h"

#include "approval/due.h"
#include "approval/signatures.h"
#include "approval/stages.h"
#include "approval/telling.h"
#include "base/ensure.h"
#include "base/fault.h"
#include "base/subject.h"
#include "gen/approval_emit.h"

// ---- may it be done? ----

// What the acts have in common to look at.
struct whole {
	const struct approval_stage *act;
	uint64_t number;
	bool known;
	enum list_stage stage;
	uint64_t below;      // the cell, or the superior
	bool submitted;      // the actor submitted it, or part of it
	uint32_t kept;
};

static struct whole whole_of(struct turn *t, const struct origin *o, const struct approval_stage *act, uint64_t number)
{
	struct whole whole = { .act = act, .number = number };
	struct approval_lists_row list;
	struct approval_groups_row group;
	if (act->on_group && approval_groups_get(t->tx, number, &group)) {
		whole.known = true;
		whole.stage = group.stage;
		whole.below = group.superior;
		whole.kept = group.kept;
		whole.submitted = approval_group_submitters_get(t->tx, number, o->person);
	} else if (!act->on_group && approval_lists_get(t->tx, number, &list)) {
		whole.known = true;
		whole.stage = list.stage;
		whole.below = list.cell;
		whole.kept = list.kept;
		whole.submitted = list.submitter == o->person;
	}
	return whole;
}

// The day on which a group was consolidated; date_none: it is not known.
static int32_t consolidated_on(struct turn *t, uint64_t group)
{
	struct approval_acts_key key;
	struct approval_acts_row row;
	uint64_t subject = subject_of(subject_kind_group, group);
	bool known = approval_acts_first(t->tx, subject, act_consolidate, 0, &key, &row) && key.subject == subject &&
		     key.act == act_consolidate;
	return known ? date_of_instant(row.time) : date_none;
}

// A decision has a number and a day: neither in the future nor before there was a list to decide on.
static struct refusal decision_refusal(struct turn *t, const struct list_act_given *m)
{
	int32_t earliest = consolidated_on(t, m->number);
	if (!m->has_decision_number || m->decision_number.size == 0 || !m->has_decision_date)
		return refused(decision, missing);
	if (m->decision_date > turn_date(t) || (earliest != date_none && m->decision_date < earliest))
		return refused(decision, date_order);
	return carried_out;
}

static struct refusal act_refusal(struct turn *t, const struct origin *o, const struct list_act_given *m,
				  const struct whole *whole)
{
	struct refusal actor = approval_actor_refusal(t->tx, o, whole->act);
	if (actor.reason != reason_none)
		return actor;
	if (!whole->known)
		return refused(list, unknown);
	if (!approval_reaches(t->tx, o, whole->below) && !fault_is(other_subtree))
		return refused(list, outside_subtree);
	if (whole->stage != whole->act->from && !fault_is(wrong_stage))
		return refused(list, wrong_state);
	if (whole->submitted && !whole->act->takes_submitters && !fault_is(four_eyes))
		return refused(actor, same_person);
	return whole->act->needs_decision ? decision_refusal(t, m) : carried_out;
}

static struct refusal exception_refusal(struct turn *t, const struct list_act_given *m, const struct whole *whole,
					size_t at)
{
	uint64_t request = m->left_out[at].request, list_number = approval_list_of(t->tx, request);
	struct approval_items_row item;
	struct approval_lists_row list;
	bool theirs = approval_items_get(t->tx, list_number, request, &item);
	if (theirs && whole->act->on_group)
		theirs = approval_lists_get(t->tx, list_number, &list) && list.has_group && list.group == whole->number;
	else
		theirs = theirs && list_number == whole->number;
	if (!theirs)
		return refused(item, unknown);
	if (item.has_left_out)
		return refused(item, already_done);
	if (m->left_out[at].reason == reason_none)
		return refused(reason, missing);
	for (size_t i = 0; i < at; i++)
		if (m->left_out[i].request == request)
			return refused(item, duplicate);
	return carried_out;
}

// Whoever leaves out an item that is not there meant another one, which would be approved: so one wrong
// exception refuses the act. Rows are told as far as the turn's room goes; the count is of all, the reason
// is the first one's.
static uint32_t exceptions_refused(struct turn *t, const struct list_act_given *m, const struct whole *whole,
				   struct refusal *first)
{
	uint32_t count = 0;
	for (size_t i = 0; i < m->left_out_count; i++) {
		struct refusal no = exception_refusal(t, m, whole, i);
		if (no.reason == reason_none)
			continue;
		if (count++ == 0)
			*first = no;
		if (turn_room(t) > 1)
			emit_row_refused(t, &(struct row_refused){ .submission = m->submission, .row = (uint32_t)i + 1,
								   .field = no.field, .reason = no.reason, .has_request = true,
								   .request = m->left_out[i].request });
	}
	return count;
}

// ---- it is done ----

static void items_left_out(struct turn *t, const struct list_act_given *m)
{
	for (size_t i = 0; i < m->left_out_count; i++) {
		struct approval_items_row item;
		uint64_t request = m->left_out[i].request, list = approval_list_of(t->tx, request);
		ensure(approval_items_get(t->tx, list, request, &item) || t->tx->fault != error_none);
		item.has_left_out = true;
		item.left_out = m->act;
		item.reason = m->left_out[i].reason;
		item.late = m->act != act_appraise;
		approval_items_put(t->tx, list, request, &item);
	}
}

static void list_stepped(struct turn *t, const struct list_act_given *m, const struct whole *whole)
{
	struct approval_lists_row list;
	if (!approval_lists_get(t->tx, m->number, &list))
		return;
	list.kept = whole->kept;
	list.stage = whole->stage;
	approval_list_waits(t, &list, m->number);
	approval_lists_put(t->tx, m->number, &list);
	uint64_t superior = approval_superior_of(t->tx, list.cell);
	if (whole->stage == list_stage_appraised && superior != 0)
		approval_ready_put(t->tx, superior, list.kind, list.reason, m->number);
}

static void group_stepped(struct turn *t, const struct origin *o, const struct list_act_given *m, const struct whole *whole)
{
	struct approval_groups_row group;
	if (!approval_groups_get(t->tx, m->number, &group))
		return;
	group.kept = whole->kept;
	group.left_out += (uint32_t)m->left_out_count;
	group.stage = whole->stage;
	if (m->act == act_decide) {
		group.decision_number = m->decision_number;
		group.has_decision_number = true;
		group.decision_date = m->decision_date;
		group.has_decision_date = true;
	} else {
		group.attached = o->organisation;
		group.has_attached = true;
	}
	approval_group_waits(t, &group, m->number);
	approval_groups_put(t->tx, m->number, &group);
}

void approval_act_given(struct turn *t, const struct origin *o, const struct list_act_given *m)
{
	const struct approval_stage *act = approval_stage_of(m->act);
	struct act_closed no = { .submission = m->submission, .field = field_whole, .reason = reason_malformed };
	if (!act || act->act == act_consolidate) { // the door does not send such a one here
		emit_act_closed(t, &no);
		return;
	}
	struct whole whole = whole_of(t, o, act, m->number);
	struct refusal refusal = act_refusal(t, o, m, &whole);
	approval_subject_whole(t, act, m->number);
	if (refusal.reason == reason_none)
		no.refused = exceptions_refused(t, m, &whole, &refusal);
	if (refusal.reason == reason_none)
		refusal = approval_signature_refusal(t, o, m, act);
	if (refusal.reason != reason_none) {
		no.field = refusal.field;
		no.reason = refusal.reason;
		emit_act_closed(t, &no);
		return;
	}
	if (!approval_signatures_suffice(t, o, m, act))
		return;
	whole.kept -= (uint32_t)m->left_out_count;
	whole.stage = whole.kept > 0 ? act->to : list_stage_emptied;
	items_left_out(t, m);
	if (act->on_group)
		group_stepped(t, o, m, &whole);
	else
		list_stepped(t, m, &whole);
	struct left_out_told told = { .submission = m->submission, .act = m->act, .number = m->number, .kept = whole.kept,
				      .left_out_count = m->left_out_count };
	for (size_t i = 0; i < m->left_out_count; i++)
		told.left_out[i] = m->left_out[i];
	approval_left_out_tell(t, &told);
}
