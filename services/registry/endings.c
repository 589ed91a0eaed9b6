// Organisations end on a day, by a decision: merged into another of the same level, which takes over their members and
// those below them; or closed, when nobody is left.  The ended one stays in the tree below its successor, so that whatever
// still carries its code (lists, boxes, requests) is within the successor's subtree; those who keep queues by organisation
// are told at the end.  A large one is moved over several turns.
#include "base/subject.h"
#include "gen/registry_emit.h"
#include "registry/rows.h"

// Who followed an organisation that has ended: the one that stands now; itself when it stands; 0: closed.
static uint64_t successor_of(struct store_txn *tx, uint64_t code)
{
	struct registry_organisations_row row;
	// Nothing is merged into what has ended, so this comes to an end.
	while (code != 0 && registry_organisations_get(tx, code, &row) && row.has_ended)
		code = row.has_into ? row.into : 0;
	return code;
}

// A member of it who is in standing, or one of whom the registry must go on to know where they are.
static bool has_members(struct turn *t, uint64_t code)
{
	struct registry_cell_members_key key = { .cell = code };
	struct registry_members_row row;
	uint64_t from = 0;
	while (registry_cell_members_first(t->tx, code, from, &key) && key.cell == code) {
		if (registry_members_get(t->tx, key.member, &row) &&
		    (registry_in_standing(row.data.status) || row.data.status == member_status_abroad))
			return true;
		from = key.member + 1;
	}
	return false;
}

static struct refusal into_refusal(struct turn *t, const struct origin *o, const struct ending_offered *m,
				   enum org_level level)
{
	struct registry_organisations_row into;
	if (m->into == m->code)
		return refused(into, cycle);
	if (!registry_organisations_get(t->tx, m->into, &into))
		return refused(into, unknown);
	if (into.has_ended)
		return refused(into, organisation_ended);
	if (into.level != level)
		return refused(into, wrong_level);
	if (!registry_reaches(t->tx, o, m->into))
		return refused(into, outside_subtree);
	return carried_out;
}

static struct refusal ending_refusal(struct turn *t, const struct origin *o, const struct ending_offered *m)
{
	struct registry_organisations_row row;
	if (!registry_organisations_get(t->tx, m->code, &row))
		return refused(code, unknown);
	if (row.has_ended)
		return refused(code, already_done);
	// The centre has no other to be merged into, and nobody above who could decide it.
	if (row.level == org_level_central)
		return refused(level, wrong_level);
	if (!registry_reaches(t->tx, o, m->code) || o->organisation == m->code)
		return refused(code, outside_subtree);
	if (m->date < row.valid_from)
		return refused(date, date_order);
	if (m->date > turn_date(t))
		return refused(date, out_of_range);
	if (m->has_into)
		return into_refusal(t, o, m, row.level);
	return has_members(t, m->code) || registry_has_below(t->tx, m->code) ? refused(code, not_empty) :
								      carried_out;
}

// A row read lives only until the next write: what it borrows is copied.
struct organisation {
	struct registry_organisations_row row;
	uint8_t name[300], decision[40];
};

static bool organisation_get(struct turn *t, uint64_t code, struct organisation *o)
{
	if (!registry_organisations_get(t->tx, code, &o->row))
		return false;
	for (size_t i = 0; i < o->row.name.size; i++)
		o->name[i] = o->row.name.data[i];
	o->row.name.data = o->name;
	for (size_t i = 0; o->row.has_decision && i < o->row.decision.size; i++)
		o->decision[i] = o->row.decision.data[i];
	o->row.decision.data = o->decision;
	return true;
}

// Mirrors take the same message again, with the new parent.
static void reparent(struct turn *t, uint64_t code, uint64_t parent)
{
	struct organisation o;
	if (!organisation_get(t, code, &o))
		return;
	registry_children_delete(t->tx, o.row.parent, code);
	o.row.parent = parent;
	registry_organisations_put(t->tx, code, &o.row);
	registry_children_put(t->tx, parent, code);
	turn_subject(t, subject_of(subject_kind_organisation, code));
	emit_organisation_registered(t, &(struct organisation_registered){ .code = code,
									   .name = o.row.name,
									   .level = o.row.level,
									   .parent = parent,
									   .valid_from = o.row.valid_from,
									   .has_party_code = o.row.has_party_code,
									   .party_code = o.row.party_code,
									   .remote = o.row.remote });
}

static bool move_a_member(struct turn *t, uint64_t code, uint64_t into, int32_t date, struct bytes decision)
{
	struct registry_cell_members_key key;
	struct registry_members_row row;
	if (!registry_cell_members_first(t->tx, code, 0, &key) || key.cell != code ||
	    !registry_members_get(t->tx, key.member, &row))
		return false;
	struct coded_member now = row.data;
	now.home_cell = now.home_cell == code ? into : now.home_cell;
	now.present_cell = now.present_cell == code ? into : now.present_cell;
	registry_member_set(t, &now, date, decision);
	return true;
}

static bool move_a_child(struct turn *t, uint64_t code, uint64_t into)
{
	struct registry_children_key key;
	if (!registry_children_first(t->tx, code, 0, &key) || key.parent != code)
		return false;
	reparent(t, key.code, into);
	return true;
}

// Children first: who is below is within the successor's subtree before its members are told to be there.
void registry_ending_goes_on(struct turn *t, const struct ending_going *m)
{
	struct organisation o;
	if (!organisation_get(t, m->code, &o))
		return;
	// The successor may have ended meanwhile: everything goes on to the one that stands.
	uint64_t into = o.row.has_into ? successor_of(t->tx, o.row.into) : 0;
	bool more = into != 0;
	while (more) {
		if (turn_room(t) < 6) {
			leave_ending_going(t, m);
			return;
		}
		more = move_a_child(t, m->code, into) || move_a_member(t, m->code, into, o.row.ended, o.row.decision);
	}
	if (into != 0)
		reparent(t, m->code, into);
	turn_subject(t, subject_of(subject_kind_organisation, m->code));
	emit_organisation_merged(t, &(struct organisation_merged){ .code = m->code,
								   .into = into,
								   .date = o.row.ended,
								   .decision = o.row.decision });
	registry_count_row(t, m->submission, true, true);
}

void registry_ending(struct turn *t, const struct origin *o, const struct ending_offered *m)
{
	struct organisation ending;
	struct refusal found = ending_refusal(t, o, m);
	turn_subject(t, subject_of(subject_kind_organisation, m->code));
	if (found.reason != reason_none || !organisation_get(t, m->code, &ending)) {
		registry_settle_row(t, m->submission, m->row, found);
		return;
	}
	ending.row.ended = m->date;
	ending.row.has_ended = true;
	ending.row.into = m->into;
	ending.row.has_into = m->has_into;
	ending.row.decision = m->decision;
	ending.row.has_decision = true;
	registry_organisations_put(t->tx, m->code, &ending.row);
	registry_row_waits(t, m->submission);
	registry_ending_goes_on(t, &(struct ending_going){ .submission = m->submission, .row = m->row, .code = m->code });
}
