#include "approval/consolidation.h"

#include "approval/due.h"
#include "approval/signatures.h"
#include "approval/stages.h"
#include "base/subject.h"
#include "gen/approval_emit.h"

#define group_lists_max 500 // lists_consolidated

struct consolidation {
	const struct consolidation_given *m;
	const struct approval_stage *act;
	uint64_t number;
	struct approval_groups_row group;
	struct lists_consolidated told;
	uint32_t refused;
};

static struct refusal list_refusal(struct turn *t, const struct origin *o, const struct consolidation *c,
				   bool known, const struct approval_lists_row *list)
{
	if (!known)
		return refused(list, unknown);
	if (!approval_reaches(t->tx, o, list->cell))
		return refused(list, outside_subtree);
	if (list->kind != c->m->kind)
		return refused(kind, other_kind);
	if (list->reason != c->m->reason)
		return refused(reason, other_kind);
	if (list->stage == list_stage_consolidated && list->group == c->number)
		return refused(list, duplicate);
	if (list->stage != c->act->from)
		return refused(list, wrong_state);
	if (list->submitter == o->person && !c->act->takes_submitters)
		return refused(actor, same_person);
	return carried_out;
}

static struct refusal list_taken(struct turn *t, const struct origin *o, struct consolidation *c, uint64_t number)
{
	struct approval_lists_row list;
	bool known = approval_lists_get(t->tx, number, &list);
	struct refusal refusal = list_refusal(t, o, c, known, &list);
	if (refusal.reason != reason_none)
		return refusal;
	list.stage = c->act->to;
	list.group = c->number;
	list.has_group = true;
	list.has_due = false;
	approval_lists_put(t->tx, number, &list);
	approval_ready_delete(t->tx, o->organisation, list.kind, list.reason, number);
	approval_group_lists_put(t->tx, c->number, number);
	approval_group_submitters_put(t->tx, c->number, list.submitter);
	c->group.kept += list.kept;
	c->told.lists[c->told.lists_count++] = number;
	return carried_out;
}

static void named_taken(struct turn *t, const struct origin *o, struct consolidation *c)
{
	const struct consolidation_given *m = c->m;
	for (size_t i = 0; i < m->lists_count; i++) {
		struct refusal no = list_taken(t, o, c, m->lists[i]);
		if (no.reason == reason_none)
			continue;
		c->refused++;
		emit_row_refused(t, &(struct row_refused){ .submission = m->submission, .row = (uint32_t)i + 1,
							   .field = no.field, .reason = no.reason });
	}
}

// What is beyond group_lists_max waits for the next consolidation.
static void ready_taken(struct turn *t, const struct origin *o, struct consolidation *c)
{
	const struct consolidation_given *m = c->m;
	struct approval_ready_key key = { 0 };
	uint64_t from = 0;
	while (c->told.lists_count < group_lists_max &&
	       approval_ready_first(t->tx, o->organisation, m->kind, m->reason, from, &key) &&
	       key.superior == o->organisation && key.kind == m->kind && key.reason == m->reason) {
		list_taken(t, o, c, key.list);
		from = key.list + 1;
	}
}

void approval_lists_join(struct turn *t, const struct lists_joining *m)
{
	struct lists_joining rest = *m;
	struct approval_group_lists_key key;
	struct approval_groups_row group;
	while (approval_group_lists_first(t->tx, rest.group, rest.list, &key) && key.group == rest.group) {
		if (turn_room(t) < 2) {
			leave_lists_joining(t, &rest);
			return;
		}
		turn_subject(t, subject_of(subject_kind_list, key.list));
		emit_list_joined(t, &(struct list_joined){ .list = key.list, .group = rest.group });
		rest.list = key.list + 1;
	}
	if (!approval_groups_get(t->tx, rest.group, &group))
		return;
	turn_subject(t, subject_of(subject_kind_group, rest.group));
	emit_act_closed(t, &(struct act_closed){ .submission = rest.submission, .accepted = group.lists,
						 .refused = rest.refused, .has_number = true, .number = rest.group });
}

static uint64_t group_next(struct turn *t)
{
	uint64_t last;
	return approval_groups_last(t->tx, &last, NULL) ? last + 1 : 1;
}

void approval_consolidate(struct turn *t, const struct origin *o, const struct consolidation_given *m)
{
	struct consolidation c = { .m = m, .act = approval_stage_of(act_consolidate), .number = group_next(t) };
	struct refusal refusal = approval_actor_refusal(t->tx, o, c.act);
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	if (refusal.reason == reason_none) {
		if (m->lists_count > 0)
			named_taken(t, o, &c);
		else
			ready_taken(t, o, &c);
		if (c.told.lists_count == 0)
			refusal = refused(list, empty);
	}
	if (refusal.reason != reason_none) {
		emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .field = refusal.field,
							 .reason = refusal.reason, .refused = c.refused });
		return;
	}
	c.group.superior = o->organisation;
	c.group.kind = m->kind;
	c.group.reason = m->reason;
	c.group.stage = c.act->to;
	c.group.lists = (uint32_t)c.told.lists_count;
	approval_group_waits(t, &c.group, c.number);
	approval_groups_append(t->tx, c.number, &c.group);
	approval_act_noted(t, o, act_consolidate, subject_kind_group, c.number);
	c.told.group = c.number;
	c.told.kept = c.group.kept;
	turn_subject(t, subject_of(subject_kind_group, c.number));
	emit_lists_consolidated(t, &c.told);
	approval_lists_join(t, &(struct lists_joining){ .submission = m->submission, .group = c.number, .refused = c.refused });
}
