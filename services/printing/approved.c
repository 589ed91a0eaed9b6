#include "printing/approved.h"

#include "base/subject.h"
#include "gen/printing_emit.h"
#include "printing/book.h"
#include "printing/numbers.h"

static void approved_refused(struct turn *t, uint64_t group, uint64_t request, enum reason reason)
{
	turn_subject(t, subject_of(subject_kind_group, group));
	emit_approved_refused(t, &(struct approved_refused){ .group = group, .has_request = request != 0, .request = request,
							     .reason = reason });
}

void printing_approved_opened(struct turn *t, const struct approved_list_opened *m)
{
	if (printing_groups_get(t->tx, m->group, &(struct printing_groups_row){ 0 })) {
		approved_refused(t, m->group, 0, reason_duplicate);
		return;
	}
	printing_groups_put(t->tx, m->group,
			    &(struct printing_groups_row){ .kind = m->kind, .reason = m->reason, .superior = m->superior,
							   .attached = m->attached, .decision_number = m->decision_number,
							   .decision_date = m->decision_date, .count = m->count,
							   .state = group_state_arriving, .submission = m->submission });
}

void printing_approved_request(struct turn *t, const struct request_approved *m)
{
	struct printing_groups_row group;
	bool known = printing_groups_get(t->tx, m->group, &group);
	if (!known || group.state != group_state_arriving) {
		approved_refused(t, m->group, m->request, known ? reason_wrong_state : reason_unknown);
		return;
	}
	// A member who gets a number by other ways later is counted all the same: it can only be too many.
	bool numbered = group.kind == request_kind_new && printing_number_needed(t->tx, m->member);
	group.arrived++;
	group.numbers += numbered;
	printing_groups_put(t->tx, m->group, &group);
	printing_approved_put(t->tx, m->group, group.arrived,
			      &(struct printing_approved_row){ .request = m->request, .member = m->member, .cell = m->cell,
							       .photo = m->photo, .has_old_card = m->has_old_card,
							       .old_card = m->old_card, .numbered = numbered });
}

void printing_approved_ended(struct turn *t, const struct approved_list_ended *m)
{
	struct printing_groups_row group;
	bool known = printing_groups_get(t->tx, m->group, &group);
	turn_subject(t, subject_of(subject_kind_group, m->group));
	if (!known || group.state != group_state_arriving) {
		approved_refused(t, m->group, 0, known ? reason_wrong_state : reason_unknown);
		printing_act_refused(t, m->submission, known ? refused(list, already_done) : refused(list, unknown));
		return;
	}
	bool whole = group.arrived == m->count && group.count == m->count;
	group.state = whole ? group_state_approved : group_state_broken;
	printing_groups_put(t->tx, m->group, &group);
	if (!whole) {
		printing_act_refused(t, m->submission, refused(count, count_differs));
		return;
	}
	emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .accepted = m->count, .refused = m->left_out,
						 .has_number = true, .number = m->group });
}
