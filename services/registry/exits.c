// Who left the Party, died, went abroad or came back: facts with a date and, where somebody decided it, a decision
// (domain.md §3, §5).  Verification recalls what the member asked for; revocation says what their card is worth now.
#include "base/subject.h"
#include "gen/registry_emit.h"
#include "registry/rows.h"

// Nobody comes back from death; who was expelled, removed or resigned comes back by a decision that restores them.
static bool may_become(enum member_status from, enum member_status to)
{
	switch (to) {
	case member_status_active:
	case member_status_deceased:
		return from != member_status_deceased;
	case member_status_exempt:
	case member_status_abroad:
	case member_status_expelled:
	case member_status_removed:
	case member_status_resigned:
		return registry_in_standing(from) || from == member_status_abroad;
	case member_status_temp_activity:
	case member_status_transferred:
		return false; // by a transfer, which says where to
	}
	return false;
}

static bool is_decided(enum member_status from, enum member_status to)
{
	bool restored = to == member_status_active && !registry_in_standing(from) && from != member_status_abroad;
	return restored || to == member_status_expelled || to == member_status_removed || to == member_status_resigned;
}

static struct refusal exit_refusal(struct turn *t, const struct origin *o, const struct exit_reported *m)
{
	struct registry_members_row known;
	if (!registry_members_get(t->tx, m->member, &known))
		return refused(profile_number, unknown);
	if (!registry_reaches(t->tx, o, known.data.home_cell) && !registry_reaches(t->tx, o, known.data.present_cell))
		return refused(home_cell, outside_subtree);
	if (known.data.status == m->status)
		return refused(status, already_done);
	if (!may_become(known.data.status, m->status))
		return refused(status, wrong_state);
	// Not before the member joined, nor before what made them what they are now.
	if (m->date < known.data.admission_date ||
	    (known.data.has_status_date && m->date < known.data.status_date))
		return refused(date, date_order);
	if (m->date > turn_date(t))
		return refused(date, out_of_range);
	if (is_decided(known.data.status, m->status) && (!m->has_decision_number || m->decision_number.size == 0))
		return refused(decision, missing);
	return carried_out;
}

void registry_exit(struct turn *t, const struct origin *o, const struct exit_reported *m)
{
	struct refusal found = exit_refusal(t, o, m);
	turn_subject(t, subject_of(subject_kind_member, m->member));
	if (found.reason == reason_none)
		registry_status_set(t, m->member, m->status, m->date,
				    m->has_decision_number ? m->decision_number : bytes_of_text(""));
	registry_settle_row(t, m->submission, m->row, found);
}
