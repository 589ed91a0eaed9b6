// Double entries: a row of an import that shares the citizen id of a registered member, or brings another person under a
// registered profile number.  Nobody can tell by machine whether two entries are one person, so the row is held until
// somebody says.
#include "base/subject.h"
#include "gen/registry_emit.h"
#include "registry/rows.h"

// The row is refused as far as its submitter goes; a row that comes again is not held twice.
void registry_hold(struct turn *t, uint64_t submission, const struct coded_member *m, enum field field, uint64_t with)
{
	struct registry_totals_row totals = { 0 };
	if (registry_held_members_get(t->tx, m->member, NULL))
		return;
	registry_totals_get(t->tx, 1, &totals);
	totals.duplicates++;
	registry_totals_put(t->tx, 1, &totals);
	registry_duplicates_put(t->tx, totals.duplicates,
				&(struct registry_duplicates_row){ .data = *m, .field = field, .with = with,
								   .submission = submission, .since = turn_date(t) });
	registry_held_members_put(t->tx, m->member, &(struct registry_held_members_row){ .duplicate = totals.duplicates });
	emit_duplicate_held(t, &(struct duplicate_held){ .duplicate = totals.duplicates,
							 .member = m->member,
							 .record = m->record,
							 .field = field,
							 .with = with,
							 .cell = m->present_cell });
}

static struct refusal ruling_refusal(struct turn *t, const struct coded_ruling *m, struct registry_duplicates_row *held)
{
	if (!registry_duplicates_get(t->tx, m->duplicate, held))
		return refused(duplicate, unknown);
	if (m->verdict == duplicate_verdict_same)
		return carried_out;
	if (held->field == field_profile_number && !m->has_record)
		return refused(profile_number, missing);
	// The tree, the dates and the card's number as they are now.
	return registry_member_refusal(t->tx, &held->data, turn_date(t));
}

void registry_rule(struct turn *t, const struct duplicate_ruled *m)
{
	const struct coded_ruling *ruling = &m->ruling;
	struct registry_duplicates_row held = { 0 };
	struct refusal refusal = ruling_refusal(t, ruling, &held);
	if (refusal.reason == reason_none) {
		struct coded_member member = held.data;
		member.has_twin = false;
		if (ruling->has_record) {
			member.record = ruling->record;
			member.digest = ruling->digest;
		}
		turn_subject(t, subject_of(subject_kind_member, member.member));
		registry_duplicates_delete(t->tx, ruling->duplicate);
		registry_held_members_delete(t->tx, member.member);
		if (ruling->verdict == duplicate_verdict_different)
			registry_member_open(t, &member);
		emit_duplicate_resolved(t, &(struct duplicate_resolved){ .duplicate = ruling->duplicate,
									 .member = member.member,
									 .verdict = ruling->verdict,
									 .has_decision = ruling->has_decision,
									 .decision = ruling->decision });
	}
	registry_settle_row(t, m->submission, ruling->row, refusal);
}
