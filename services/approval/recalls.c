#include "approval/recalls.h"

#include "approval/signatures.h"
#include "base/subject.h"
#include "gen/approval_emit.h"

static void recall_told(struct turn *t, const struct request_recalled *m)
{
	turn_subject(t, subject_of(subject_kind_member, m->member));
	emit_request_left_out(t, &(struct request_left_out){ .request = m->request, .member = m->member, .act = act_withdraw,
							     .reason = m->reason });
}

static void recall_from_list(struct turn *t, uint64_t number, struct approval_lists_row *list)
{
	list->kept--;
	if (list->kept == 0 && list->stage != list_stage_arriving) {
		uint64_t superior = approval_superior_of(t->tx, list->cell);
		if (list->stage == list_stage_appraised && superior != 0)
			approval_ready_delete(t->tx, superior, list->kind, list->reason, number);
		list->stage = list_stage_emptied;
		list->has_due = false;
	}
	approval_lists_put(t->tx, number, list);
}

static void recall_from_group(struct turn *t, uint64_t number, struct approval_groups_row *group)
{
	group->kept--;
	group->left_out++;
	if (group->kept == 0) {
		group->stage = list_stage_emptied;
		group->has_due = false;
	}
	approval_groups_put(t->tx, number, group);
}

void approval_recall_pass(struct turn *t, const struct recall_passing *m)
{
	struct approval_groups_row group;
	if (!approval_groups_get(t->tx, m->group, &group))
		return;
	if (!group.told || turn_room(t) == 0) {
		leave_recall_passing(t, m);
		return;
	}
	turn_subject(t, subject_of(subject_kind_member, m->member));
	emit_approved_recalled(t, &(struct approved_recalled){ .group = m->group, .request = m->request, .member = m->member,
							       .reason = m->reason });
}

// Taken out where it stands; what was approved already is printing's to stop.  What an act left out before has been told.
void approval_recall(struct turn *t, const struct request_recalled *m)
{
	struct approval_items_row item;
	struct approval_lists_row list;
	struct approval_groups_row group;
	bool known = approval_items_get(t->tx, m->list, m->request, &item) && approval_lists_get(t->tx, m->list, &list);
	if (known && item.has_left_out)
		return;
	turn_subject(t, subject_of(subject_kind_member, m->member));
	if (!known || (list.has_group && !approval_groups_get(t->tx, list.group, &group))) {
		emit_recall_answered(t, &(struct recall_answered){ .request = m->request, .member = m->member,
								   .reason = reason_unknown });
		return;
	}
	if (list.has_group && group.stage == list_stage_approved) {
		approval_recall_pass(t, &(struct recall_passing){ .group = list.group, .request = m->request,
								  .member = m->member, .reason = m->reason });
		return;
	}
	// The group's row borrows its decision's number: it is written first.
	if (list.has_group)
		recall_from_group(t, list.group, &group);
	else
		recall_from_list(t, m->list, &list);
	approval_proposal_without(t, subject_of(list.has_group ? subject_kind_group : subject_kind_list,
				       list.has_group ? list.group : m->list), m->request);
	item.has_left_out = true;
	item.left_out = act_withdraw;
	item.reason = m->reason;
	item.late = list.has_group;
	approval_items_put(t->tx, m->list, m->request, &item);
	recall_told(t, m);
}
