// Inspection decides whether a card was checked: it plans campaigns (D1), takes in what cells found, what committees
// confirm and what superiors decide, stamps boxes (of a chip card it records the electronic check), each box of a card
// once, and names the cards that a campaign closed without (D2).  The same filing, without a campaign, is the yearly
// check (A3).  It never says what a card is worth: revocation makes a card unstamped, and active again after a late
// check; nor where a card is while it travels for its stamp (delivery); and a row that says damaged or lost reports
// nothing by itself: that is the cell's own act.
//
// What an organisation does is its own part of the campaign, a row of `parts`; nobody waits for another province.  The
// campaign's state follows from the parts: it moves on when the last part of a level has come, or when that level's
// deadline is over, and then names how many are late.  So one cell that forgets holds up nobody, and stays on the
// overdue list.  Only opening and closing are acts on the whole, of the board that planned it: what its end does to
// cards cannot be left to whoever files last.
#include "inspection/inspection.h"

#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "gen/inspection.h"
#include "inspection/records.h"

// --- mirrors ---

static void on_organisation_registered(struct turn *t, const struct origin *o, const struct organisation_registered *m)
{
	struct inspection_organisations_row row = { 0 };
	(void)o;

	if (inspection_organisations_get(t->tx, m->code, &row))
		inspection_children_delete(t->tx, row.parent, m->code);
	row.parent = m->parent;
	row.level = m->level;
	inspection_organisations_put(t->tx, m->code, &row);
	inspection_children_put(t->tx, m->parent, m->code);
}

static void on_organisation_merged(struct turn *t, const struct origin *o, const struct organisation_merged *m)
{
	struct inspection_organisations_row row;
	(void)o;

	if (!inspection_organisations_get(t->tx, m->code, &row))
		return;
	row.ended = true;
	inspection_organisations_put(t->tx, m->code, &row);
	inspection_merged(t, m->code);
}

static void on_member_registered(struct turn *t, const struct origin *o, const struct member_registered *m)
{
	struct inspection_members_row row;
	(void)o;

	if (inspection_members_get(t->tx, m->member, &row))
		inspection_cell_members_delete(t->tx, row.cell, m->member);
	row = (struct inspection_members_row){ .cell = m->present_cell, .type = m->type, .status = m->status };
	inspection_members_put(t->tx, m->member, &row);
	inspection_cell_members_put(t->tx, m->present_cell, m->member);
}

static void on_card_opened(struct turn *t, const struct origin *o, const struct card_opened *m)
{
	(void)o;
	inspection_cards_put(t->tx, m->card, &(struct inspection_cards_row){ .validity = card_validity_active,
									     .number = m->number,
									     .generation = m->generation,
									     .boxes = m->boxes });
}

static void on_validity_changed(struct turn *t, const struct origin *o, const struct validity_changed *m)
{
	// One that the registry did not open was printed here: a chip card (domain.md §6.2).
	struct inspection_cards_row row = { .number = m->number, .generation = card_generation_chip_2025 };
	(void)o;

	turn_subject(t, subject_of(subject_kind_member, card_member(m->card)));
	inspection_cards_get(t->tx, m->card, &row);
	row.validity = m->to;
	inspection_cards_put(t->tx, m->card, &row);
	if (m->event == card_validity_event_handed_over)
		inspection_issued(t, m->card, &row);
}

// --- acts ---

static struct refusal begin_filing(struct turn *t, const struct origin *o, struct check_act *act)
{
	return act->head.has_year ? inspection_yearly_begin(t, o, act) : inspection_file_begin(t, o, act);
}

static struct refusal file_row(struct turn *t, const struct origin *o, struct check_act *act, const struct coded_check *row)
{
	return act->head.has_year ? inspection_yearly_row(t, o, act, row) : inspection_file_row(t, o, act, row);
}

static struct refusal end_filing(struct turn *t, const struct origin *o, struct check_act *act)
{
	return act->head.has_year ? inspection_yearly_end(t, o, act) : inspection_file_end(t, o, act);
}

// Begin and end judge the whole; NULL: nothing is to be done there.
static const struct act_form {
	enum act act;
	struct refusal (*begin)(struct turn *t, const struct origin *o, struct check_act *act);
	struct refusal (*row)(struct turn *t, const struct origin *o, struct check_act *act, const struct coded_check *row);
	struct refusal (*end)(struct turn *t, const struct origin *o, struct check_act *act);
} forms[] = {
	{ act_plan_campaign, NULL, NULL, inspection_plan },
	{ act_open_campaign, NULL, NULL, inspection_open },
	{ act_file_checks, begin_filing, file_row, end_filing },
	{ act_settle_difference, NULL, NULL, inspection_settle },
	{ act_consolidate_checks, inspection_consolidate_begin, inspection_consolidate_row, inspection_consolidate_end },
	{ act_decide_checks, NULL, NULL, inspection_decide },
	{ act_stamp_cards, inspection_stamp_begin, inspection_stamp_row, inspection_stamp_end },
	{ act_return_checked, NULL, NULL, inspection_return },
	{ act_report_checks, NULL, NULL, inspection_report },
	{ act_close_campaign, NULL, NULL, inspection_close },
	{ act_late_check, inspection_late_begin, inspection_late_row, NULL },
};

static const struct act_form *form_of(enum act act)
{
	for (size_t i = 0; i < array_size(forms); i++)
		if (forms[i].act == act)
			return &forms[i];
	return NULL;
}

static void on_check_act_opened(struct turn *t, const struct origin *o, const struct check_act_opened *m)
{
	static uint8_t bytes[1000]; // what is encoded lives only until something else is
	static struct check_act act;
	const struct act_form *form = form_of(m->act);
	struct bytes head = turn_encoded(t, &coded_check_head_shape, &m->head);
	struct refusal refusal = form ? carried_out : refused(whole, other_kind);

	ensure(head.size <= sizeof bytes);
	memcpy(bytes, head.data, head.size);
	act = (struct check_act){ .submission = m->submission, .act = m->act, .head = m->head };
	if (form && form->begin)
		refusal = form->begin(t, o, &act);
	inspection_acts_put(t->tx, m->submission,
			    &(struct inspection_acts_row){ .reason = refusal.reason, .field = refusal.field,
							   .head = bytes_of(bytes, head.size) });
}

// A row read lives only until the next write: the head is copied.  False: its opening went to quarantine.
static bool act_read(struct turn *t, uint64_t submission, enum act kind, struct check_act *act, struct refusal *whole)
{
	static uint8_t bytes[1000];
	struct inspection_acts_row row;

	*whole = refused(whole, unknown);
	if (!inspection_acts_get(t->tx, submission, &row) || row.head.size == 0)
		return false;
	ensure(row.head.size <= sizeof bytes);
	memcpy(bytes, row.head.data, row.head.size);
	*act = (struct check_act){ .submission = submission, .act = kind };
	ensure(coded_check_head_decode(bytes_of(bytes, row.head.size), &act->head) == error_none);
	*whole = (struct refusal){ row.field, row.reason };
	return true;
}

static void on_check_act_row(struct turn *t, const struct origin *o, const struct check_act_row *m)
{
	static struct check_act act;
	struct refusal refusal;
	const struct act_form *form = form_of(m->act);

	turn_subject(t, subject_of(subject_kind_member, m->check.member));
	if (act_read(t, m->submission, m->act, &act, &refusal) && refusal.reason == reason_none && form && form->row)
		refusal = form->row(t, o, &act, &m->check);
	inspection_row_ended(t, m->submission, m->check.row, refusal);
}

static void on_check_act_ended(struct turn *t, const struct origin *o, const struct check_act_ended *m)
{
	static struct check_act act;
	struct refusal refusal;
	const struct act_form *form = form_of(m->act);

	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	if (act_read(t, m->submission, m->act, &act, &refusal) && refusal.reason == reason_none && form && form->end)
		refusal = form->end(t, o, &act);
	if (refusal.reason == reason_none && act.going)
		return;
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	inspection_act_ended(t, m->submission, refusal, refusal.reason == reason_none && act.has_number, act.number);
}

// --- what goes on over several turns, and what is due ---

static void on_campaign_opening(struct turn *t, const struct origin *o, const struct campaign_opening *m)
{
	(void)o;
	inspection_opening_goes_on(t, m);
}

static void on_campaign_closing(struct turn *t, const struct origin *o, const struct campaign_closing *m)
{
	(void)o;
	inspection_closing_goes_on(t, m);
}

static void on_stamping_going(struct turn *t, const struct origin *o, const struct stamping_going *m)
{
	inspection_stamping_goes_on(t, o, m);
}

static void on_campaign_due(struct turn *t, const struct origin *o, const struct campaign_due *m)
{
	(void)o;
	inspection_deadline(t, m);
}

static void on_overdue_going(struct turn *t, const struct origin *o, const struct overdue_going *m)
{
	(void)o;
	inspection_overdue_goes_on(t, m);
}

const struct service inspection_service = {
	.name = "inspection",
	.id = service_id_inspection,
	.fold_version = 2,
	.inputs = inspection_inputs,
	.tables = inspection_tables,
	.sources = inspection_sources,
};
