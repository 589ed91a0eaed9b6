#include "base/ensure.h"
#include "base/subject.h"
#include "gen/registry_emit.h"
#include "registry/rows.h"

static void index_cells(struct turn *t, const struct coded_member *m, bool in)
{
	const uint64_t cells[] = { m->home_cell, m->present_cell };
	for (size_t i = 0; i < array_size(cells); i++) {
		if (in)
			registry_cell_members_put(t->tx, cells[i], m->member);
		else
			registry_cell_members_delete(t->tx, cells[i], m->member);
	}
}

// The registry's next version of the member, told to those who mirror members.
static void member_put(struct turn *t, const struct coded_member *m)
{
	struct registry_totals_row totals = { 0 };
	registry_totals_get(t->tx, 1, &totals);
	totals.version++;
	registry_totals_put(t->tx, 1, &totals);
	registry_members_put(t->tx, m->member,
			     &(struct registry_members_row){ .version = totals.version, .data = *m });
	index_cells(t, m, true);
	emit_member_registered(t,
			       &(struct member_registered){ .member = m->member,
							    .version = totals.version,
							    .record = m->record,
							    .type = m->type,
							    .status = m->status,
							    .has_official_date = m->has_official_date,
							    .official_date = m->official_date,
							    .home_cell = m->home_cell,
							    .present_cell = m->present_cell,
							    .has_photo = m->has_photo,
							    .photo = m->photo,
							    .has_discipline_until = m->has_discipline_until,
							    .discipline_until = m->discipline_until });
}

// The card is where its holder is, hence the present cell (D4).
static void open_card(struct turn *t, const struct coded_member *m)
{
	registry_card_numbers_put(t->tx, m->card_number,
				  &(struct registry_card_numbers_row){ .member = m->member });
	emit_card_opened(t, &(struct card_opened){ .member = m->member,
						   .card = card_of(m->member, 1),
						   .number = m->card_number,
						   .generation = m->card_generation,
						   .issued = m->card_issued,
						   .boxes = m->has_stamped_boxes ? m->stamped_boxes : 0,
						   .cell = m->present_cell,
						   .status = m->status });
}

void registry_member_open(struct turn *t, const struct coded_member *m)
{
	member_put(t, m);
	if (m->has_card_number)
		open_card(t, m);
}

// Revocation and delivery hear of it first in this log; verification, which recalls requests, from member_registered.
void registry_member_set(struct turn *t, const struct coded_member *now, int32_t date, struct bytes decision)
{
	struct registry_members_row was;
	if (!registry_members_get(t->tx, now->member, &was))
		return; // the store's fault: whoever calls has read it
	struct coded_member before = was.data, after = *now;
	turn_subject(t, subject_of(subject_kind_member, after.member));
	index_cells(t, &before, false);
	member_put(t, &after);
	if (before.status != after.status)
		emit_member_status_changed(t, &(struct member_status_changed){ .member = after.member,
									       .from = before.status,
									       .to = after.status,
									       .date = date,
									       .has_decision_number = decision.size > 0,
									       .decision_number = decision });
	if (before.present_cell != after.present_cell)
		emit_member_moved(t, &(struct member_moved){ .member = after.member,
							     .from = before.present_cell,
							     .to = after.present_cell,
							     .date = date });
}

void registry_status_set(struct turn *t, uint64_t member, enum member_status status, int32_t date, struct bytes decision)
{
	struct registry_members_row row;
	if (!registry_members_get(t->tx, member, &row))
		return;
	struct coded_member now = row.data;
	now.status = status;
	now.status_date = date;
	now.has_status_date = true;
	registry_member_set(t, &now, date, decision);
}

bool registry_in_standing(enum member_status status)
{
	return status == member_status_active || status == member_status_exempt || status == member_status_temp_activity;
}
