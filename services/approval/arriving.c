#include "approval/arriving.h"

#include "approval/due.h"
#include "approval/stages.h"
#include "base/subject.h"
#include "gen/approval_emit.h"

static void verified_refused(struct turn *t, uint64_t list, uint64_t request, const struct approval_lists_row *row,
			     enum reason reason)
{
	struct verified_refused refused = { .list = list, .request = request, .has_request = request != 0, .reason = reason };
	if (row) {
		refused.stage = row->stage;
		refused.has_stage = true;
	}
	turn_subject(t, subject_of(subject_kind_list, list));
	emit_verified_refused(t, &refused);
}

void approval_list_opened(struct turn *t, const struct verified_list_opened *m)
{
	struct approval_lists_row list;
	if (approval_lists_get(t->tx, m->list, &list)) {
		verified_refused(t, m->list, 0, &list, reason_duplicate);
		return;
	}
	list = (struct approval_lists_row){ .submission = m->submission, .kind = m->kind, .reason = m->reason,
					    .cell = m->cell, .period = m->period, .submitter = m->submitter,
					    .stage = list_stage_arriving };
	approval_lists_put(t->tx, m->list, &list);
}

void approval_request_arrived(struct turn *t, const struct request_verified *m)
{
	uint64_t number = m->list;
	struct approval_lists_row list;
	bool known = approval_lists_get(t->tx, number, &list);
	if (!known || list.stage != list_stage_arriving || approval_items_get(t->tx, number, m->request, NULL)) {
		verified_refused(t, number, m->request, known ? &list : NULL,
				 !known ? reason_unknown
				 : list.stage == list_stage_arriving ? reason_duplicate
								     : reason_wrong_state);
		return;
	}
	if (number != item_whole(m->request))
		approval_moved_put(t->tx, m->request, &(struct approval_moved_row){ .list = number });
	approval_items_put(t->tx, number, m->request,
			   &(struct approval_items_row){ .member = m->member, .photo = m->photo,
					.has_old_card = m->has_old_card,
							 .old_card = m->old_card, .registry_version = m->registry_version });
	list.verified++;
	list.kept++;
	approval_lists_put(t->tx, number, &list);
}

// The list is here whole: only now its submitter hears how it went.
void approval_list_ended(struct turn *t, const struct verified_list_ended *m)
{
	struct act_closed closed = { .submission = m->submission, .refused = m->refused, .has_number = true,
			.number = m->list };
	struct approval_lists_row list;
	bool known = approval_lists_get(t->tx, m->list, &list);
	turn_subject(t, subject_of(subject_kind_list, m->list));
	if (!known || list.stage != list_stage_arriving) {
		verified_refused(t, m->list, 0, known ? &list : NULL, known ? reason_wrong_state : reason_unknown);
		closed.reason = known ? reason_already_done : reason_unknown;
		closed.field = field_list;
	} else {
		bool whole = list.verified == m->verified;
		list.stage = whole && list.kept > 0 ? list_stage_verified : list_stage_emptied;
		approval_list_waits(t, &list, m->list);
		approval_lists_put(t->tx, m->list, &list);
		closed.accepted = whole ? list.verified + m->settled : 0;
		closed.reason = whole ? reason_none : reason_count_differs;
		closed.field = whole ? field_whole : field_count;
	}
	emit_act_closed(t, &closed);
}
