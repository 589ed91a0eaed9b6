#include "approval/telling.h"

#include "approval/stages.h"
#include "base/subject.h"
#include "gen/approval_emit.h"

// False: the turn is full before the whole list was told; *request is where to go on.
static bool list_approved(struct turn *t, uint64_t group, uint64_t list, uint64_t *request)
{
	struct approval_items_key key;
	struct approval_items_row item;
	struct approval_lists_row row;
	struct store_walk walk;
	bool whole = approval_lists_get(t->tx, list, &row);
	approval_items_walk_init(&walk, t->tx, list, *request);
	while (whole && approval_items_walk_next(&walk, &key, &item) && key.list == list) {
		if (item.has_left_out)
			continue;
		if (turn_room(t) == 0) {
			*request = key.request;
			whole = false;
			continue;
		}
		turn_subject(t, subject_of(subject_kind_member, item.member));
		emit_request_approved(t, &(struct request_approved){ .group = group, .request = key.request,
				.member = item.member,
								     .cell = row.cell, .photo = item.photo,
								     .has_old_card = item.has_old_card,
								     .old_card = item.old_card });
	}
	store_walk_deinit(&walk);
	return whole;
}

void approval_group_tell(struct turn *t, const struct group_approving *m)
{
	struct group_approving rest = *m;
	struct approval_group_lists_key key;
	struct approval_groups_row group;
	while (approval_group_lists_first(t->tx, rest.group, rest.list, &key) && key.group == rest.group) {
		if (rest.list != key.list)
			rest.request = 0;
		rest.list = key.list;
		if (!list_approved(t, rest.group, rest.list, &rest.request)) {
			leave_group_approving(t, &rest);
			return;
		}
		rest.list++;
		rest.request = 0;
	}
	if (turn_room(t) == 0) {
		leave_group_approving(t, &rest);
		return;
	}
	if (!approval_groups_get(t->tx, rest.group, &group))
		return;
	group.told = true;
	approval_groups_put(t->tx, rest.group, &group);
	turn_subject(t, subject_of(subject_kind_group, rest.group));
	emit_approved_list_ended(t, &(struct approved_list_ended){ .submission = rest.submission, .group = rest.group,
								   .count = rest.count, .left_out = rest.left_out });
}

static void group_approved(struct turn *t, const struct left_out_told *m)
{
	struct approval_groups_row group;
	if (!approval_groups_get(t->tx, m->number, &group))
		return;
	emit_approved_list_opened(t, &(struct approved_list_opened){
					     .submission = m->submission, .group = m->number, .kind = group.kind,
					     .reason = group.reason, .superior = group.superior, .attached = group.attached,
					     .decision_number = group.decision_number, .decision_date = group.decision_date,
					     .count = m->kept });
	approval_group_tell(t, &(struct group_approving){ .submission = m->submission, .group = m->number,
							  .left_out = (uint32_t)m->left_out_count, .count = m->kept });
}

static void group_decided(struct turn *t, const struct left_out_told *m)
{
	struct approval_groups_row group;
	if (!approval_groups_get(t->tx, m->number, &group))
		return;
	emit_list_decided(t, &(struct list_decided){ .group = m->number, .decision_number = group.decision_number,
						     .decision_date = group.decision_date, .kept = m->kept,
						     .left_out = (uint32_t)m->left_out_count });
}

// What remains to be said once every item that was left out has been told of.
static void act_told(struct turn *t, const struct left_out_told *m)
{
	approval_subject_whole(t, approval_stage_of(m->act), m->number);
	if (m->act == act_approve && m->kept > 0) {
		group_approved(t, m); // printing closes the submission
		return;
	}
	if (m->act == act_appraise)
		emit_list_appraised(t, &(struct list_appraised){ .list = m->number, .kept = m->kept,
								 .left_out = (uint32_t)m->left_out_count });
	else if (m->act == act_decide)
		group_decided(t, m);
	emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .accepted = m->kept,
						 .refused = (uint32_t)m->left_out_count, .has_number = true,
						 .number = m->number });
}

void approval_left_out_tell(struct turn *t, const struct left_out_told *m)
{
	struct left_out_told rest = *m;
	for (; rest.at < rest.left_out_count && turn_room(t) > 0; rest.at++) {
		struct approval_items_row item;
		uint64_t request = rest.left_out[rest.at].request;
		if (!approval_items_get(t->tx, approval_list_of(t->tx, request), request, &item))
			return; // a fault of the store
		turn_subject(t, subject_of(subject_kind_member, item.member));
		emit_request_left_out(t, &(struct request_left_out){ .request = request, .member = item.member,
								     .act = rest.act,
								     .reason = rest.left_out[rest.at].reason });
	}
	if (rest.at < rest.left_out_count || turn_room(t) < 2)
		leave_left_out_told(t, &rest);
	else
		act_told(t, &rest);
}
