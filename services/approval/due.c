#include "approval/due.h"

#include "base/subject.h"
#include "gen/approval_emit.h"
#include "base/when.h"
#include "gen/approval_settings.h"

// From today the list or group waits for `act`; false: the rules name no day for it.
static bool due_from_today(struct turn *t, enum act act, uint64_t number, int32_t *due)
{
	uint32_t days = approval_days_of(act, turn_date(t));
	const struct origin *o = turn_authority(t);
	*due = date_after_working_days(turn_date(t), days);
	if (days > 0)
		set_stage_due(t, instant_of_date(*due + 1),
			      &(struct stage_due){ .act = act, .number = number, .due = *due, .submission = o->submission,
						   .actor = o->actor });
	return days > 0;
}

void approval_list_waits(struct turn *t, struct approval_lists_row *list, uint64_t number)
{
	list->has_due = false;
	if (list->stage == list_stage_verified)
		list->has_due = due_from_today(t, act_appraise, number, &list->due);
	else if (list->stage == list_stage_appraised)
		list->has_due = due_from_today(t, act_consolidate, number, &list->due);
}

void approval_group_waits(struct turn *t, struct approval_groups_row *group, uint64_t number)
{
	group->has_due = false;
	if (group->stage == list_stage_consolidated)
		group->has_due = due_from_today(t, act_decide, number, &group->due);
	else if (group->stage == list_stage_decided)
		group->has_due = due_from_today(t, act_approve, number, &group->due);
}

// Whose act it would be; 0: it was done in time, or the tree has nobody.
static uint64_t late_with(struct turn *t, const struct stage_due *m)
{
	const struct approval_stage *act = approval_stage_of(m->act);
	struct approval_lists_row list;
	struct approval_groups_row group;
	if (!act)
		return 0;
	if (!act->on_group)
		return approval_lists_get(t->tx, m->number, &list) && list.stage == act->from && list.has_due &&
				list.due == m->due
			       ? approval_above(t->tx, list.cell, act->level)
			       : 0;
	return approval_groups_get(t->tx, m->number, &group) && group.stage == act->from && group.has_due && group.due == m->due
		       ? approval_above(t->tx, group.superior, act->level)
		       : 0;
}

void approval_stage_late(struct turn *t, const struct stage_due *m)
{
	uint64_t late = late_with(t, m);
	if (late == 0)
		return;
	turn_origin(t, &(struct origin){ .source = service_id_approval, .submission = m->submission, .actor = m->actor });
	turn_rule(t, approval_rules_version);
	turn_subject(t, subject_of(approval_stage_of(m->act)->on_group ? subject_kind_group : subject_kind_list, m->number));
	emit_stage_overdue(t, &(struct stage_overdue){ .organisation = late, .act = m->act, .number = m->number,
			.due = m->due });
}
