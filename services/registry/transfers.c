// A member goes to another cell: closed there, opened here, in one turn, with a date and a decision.  An official transfer
// moves home and present cell; a temporary one the present cell alone, and leads back by a transfer to the home cell.
#include "base/subject.h"
#include "gen/registry_emit.h"
#include "registry/rows.h"

// Who left for another site may come back; who left the Party may not.
static bool may_go(const struct coded_member *m, uint64_t to)
{
	return registry_in_standing(m->status) || (m->status == member_status_transferred && to != 0);
}

static struct refusal transfer_refusal(struct turn *t, const struct origin *o, const struct coded_transfer *m)
{
	struct registry_members_row known;
	if (!registry_members_get(t->tx, m->member, &known))
		return refused(profile_number, unknown);
	const struct coded_member *was = &known.data;
	// Both ends lie within the actor's own subtree: what crosses it, the organisation above both carries out.
	if (!registry_reaches(t->tx, o, was->home_cell) && !registry_reaches(t->tx, o, was->present_cell))
		return refused(home_cell, outside_subtree);
	if (m->to != 0 && !registry_reaches(t->tx, o, m->to))
		return refused(organisation, outside_subtree);
	if (!may_go(was, m->to))
		return refused(status, wrong_state);
	if (m->date < was->admission_date || (was->has_status_date && m->date < was->status_date))
		return refused(date, date_order);
	if (m->to == 0)
		return m->scope == transfer_scope_official ? carried_out : refused(scope, missing);
	bool there = was->present_cell == m->to && (m->scope == transfer_scope_temporary || was->home_cell == m->to);
	if (there && was->status != member_status_transferred)
		return refused(organisation, already_done);
	return registry_move_refusal(t->tx, m->to, field_organisation);
}

// What the member is afterwards.
static struct coded_member moved(const struct coded_member *was, const struct coded_transfer *m)
{
	struct coded_member now = *was;
	now.status_date = m->date;
	now.has_status_date = true;
	if (m->to == 0) {
		now.status = member_status_transferred;
		return now;
	}
	now.present_cell = m->to;
	if (m->scope == transfer_scope_official || was->status == member_status_transferred)
		now.home_cell = m->to;
	if (now.present_cell != now.home_cell)
		now.status = member_status_temp_activity;
	else if (was->status != member_status_exempt)
		now.status = member_status_active;
	return now;
}

void registry_transfer(struct turn *t, const struct origin *o, const struct transfer_offered *m)
{
	const struct coded_transfer *transfer = &m->transfer;
	struct registry_members_row known;
	struct refusal found = transfer_refusal(t, o, transfer);
	turn_subject(t, subject_of(subject_kind_member, transfer->member));
	if (found.reason == reason_none && registry_members_get(t->tx, transfer->member, &known)) {
		struct coded_member now = moved(&known.data, transfer);
		emit_member_transferred(t, &(struct member_transferred){ .member = transfer->member,
									 .from = known.data.present_cell,
									 .to = transfer->to,
									 .scope = transfer->scope,
									 .date = transfer->date,
									 .decision = transfer->decision });
		registry_member_set(t, &now, transfer->date, transfer->decision);
	}
	registry_settle_row(t, m->submission, transfer->row, found);
}
