// What stands above the cells' lists: form 6 of the grassroots committee (D12), differences that it settles (D3), the
// decision of the superior's committee (D13).  Nobody confirms or decides on what they filed themselves.
#include "base/subject.h"
#include "gen/inspection_emit.h"
#include "inspection/records.h"

// --- form 6 ---

struct looking {
	uint64_t campaign, person;
	int32_t date;	// of form 6
	bool late_pass; // the deadline of cells is over: whoever has not filed is left behind
	uint32_t cells; // that have filed, and wait for it
	struct refusal refusal;
};

// When the cell met; date_none: nobody knows.
static int32_t meeting_of(struct turn *t, uint64_t campaign, uint64_t cell)
{
	struct inspection_documents_row row;
	return inspection_documents_get(t->tx, campaign, act_file_checks, cell, &row) && row.has_meeting ? row.meeting :
													   date_none;
}

static bool look_at_cell(struct turn *t, uint64_t code, void *context)
{
	struct looking *l = context;
	struct inspection_parts_row part;
	if (!inspection_parts_get(t->tx, l->campaign, org_level_cell, code, &part))
		return true;
	if (part.stage == campaign_part_waiting && !l->late_pass)
		l->refusal = refused(organisation, not_filed);
	else if (part.stage == campaign_part_filed && part.differs)
		l->refusal = refused(count, not_settled);
	else if (part.stage == campaign_part_filed && part.person == l->person)
		l->refusal = refused(actor, same_person);
	else if (part.stage == campaign_part_filed && l->date < meeting_of(t, l->campaign, code))
		l->refusal = refused(decision, date_order);
	l->cells += part.stage == campaign_part_filed;
	return l->refusal.reason == reason_none;
}

struct refusal inspection_consolidate_begin(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct inspection_campaigns_row c;
	struct refusal refusal = inspection_campaign_for(t, o, act, org_level_grassroots, &c);
	if (refusal.reason == reason_none)
		refusal = inspection_document_missing(act);
	if (refusal.reason == reason_none &&
	    !inspection_parts_get(t->tx, act->head.campaign, org_level_grassroots, o->organisation, NULL))
		refusal = refused(campaign, not_concerned);
	if (refusal.reason != reason_none)
		return refusal;
	struct looking l = { .campaign = act->head.campaign, .person = o->person, .date = act->head.document_date,
			     .late_pass = turn_date(t) > c.cells_by, .refusal = carried_out };
	inspection_below(t, o->organisation, look_at_cell, &l);
	return l.refusal.reason == reason_none && l.cells == 0 ? refused(count, empty) : l.refusal;
}

// A row takes a card out that its cell found in order.
struct refusal inspection_consolidate_row(struct turn *t, const struct origin *o, struct check_act *act,
					  const struct coded_check *row)
{
	struct organisation_tree tree = inspection_tree(t);
	struct inspection_results_row result;
	struct inspection_parts_row part;
	uint64_t campaign = act->head.campaign;
	if (!inspection_results_get(t->tx, campaign, row->member, &result))
		return refused(profile_number, not_filed);
	if (!organisation_within(&tree, result.cell, o->organisation))
		return refused(profile_number, outside_subtree);
	if (!inspection_parts_get(t->tx, campaign, org_level_cell, result.cell, &part) || part.stage != campaign_part_filed ||
	    result.result != check_result_ok)
		return refused(profile_number, wrong_state);
	bool again = result.left_out; // of a form 6 that came to nothing
	result.left_out = true;
	result.reason = row->reason;
	inspection_results_put(t->tx, campaign, row->member, &result);
	if (again)
		return carried_out;
	part.figures.left_out++;
	inspection_parts_put(t->tx, campaign, org_level_cell, result.cell, &part);
	emit_card_left_out(t, &(struct card_left_out){ .card = result.card, .campaign = campaign, .reason = row->reason });
	return carried_out;
}

// A cell that filed since the act began was not looked at then: what would have held the form up holds this cell back.
static bool confirm_cell(struct turn *t, uint64_t code, void *context)
{
	const struct looking *l = context;
	struct inspection_parts_row part;
	if (inspection_parts_get(t->tx, l->campaign, org_level_cell, code, &part) && part.stage == campaign_part_filed &&
	    !part.differs && part.person != l->person)
		inspection_part_step(t, l->campaign, org_level_cell, code, &part, campaign_part_event_confirm);
	return true;
}

// A letter to whoever the form goes to.
static void tell_form(struct turn *t, const struct origin *o, const struct check_act *act, uint64_t to,
		      const struct check_figures *figures)
{
	const struct coded_check_head *h = &act->head;
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	emit_checks_filed(t, &(struct checks_filed){ .organisation = to, .of = o->organisation, .act = act->act,
						     .has_campaign = true, .campaign = h->campaign, .figures = *figures,
						     .document_number = h->document_number,
						     .has_document_number = h->has_document_number,
						     .document_date = h->document_date,
						     .has_document_date = h->has_document_date });
}

struct refusal inspection_consolidate_end(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct organisation_tree tree = inspection_tree(t);
	struct inspection_parts_row part;
	struct inspection_acts_row rows = { 0 };
	uint64_t campaign = act->head.campaign;
	struct looking l = { .campaign = campaign, .person = o->person };
	if (!inspection_parts_get(t->tx, campaign, org_level_grassroots, o->organisation, &part))
		return refused(campaign, not_concerned);
	// What was to be left out and could not be would be confirmed by this, and nobody could take that back.
	if (inspection_acts_get(t->tx, act->submission, &rows) && rows.refused > 0)
		return carried_out;
	inspection_below(t, o->organisation, confirm_cell, &l);
	part.figures = inspection_figures(t, campaign, o->organisation, campaign_part_confirmed);
	part.person = o->person;
	inspection_document_keep(t, act, o->organisation);
	tell_form(t, o, act, organisation_at_level(&tree, o->organisation, org_level_superior), &part.figures);
	inspection_part_step(t, campaign, org_level_grassroots, o->organisation, &part, campaign_part_event_file);
	act->has_number = true;
	act->number = campaign;
	return carried_out;
}

// --- differences (D3) ---

struct refusal inspection_settle(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct organisation_tree tree = inspection_tree(t);
	struct inspection_campaigns_row c;
	struct inspection_parts_row part;
	const struct coded_check_head *h = &act->head;
	struct refusal refusal = inspection_campaign_for(t, o, act, org_level_grassroots, &c);
	if (refusal.reason != reason_none)
		return refusal;
	if (!h->has_organisation || !organisation_within(&tree, h->organisation, o->organisation))
		return refused(organisation, outside_subtree);
	if (!h->has_explanation)
		return refused(reason, missing);
	if (!inspection_parts_get(t->tx, h->campaign, org_level_cell, h->organisation, &part))
		return refused(organisation, not_filed);
	if (!part.differs)
		return refused(count, wrong_state); // there is nothing to explain
	if (part.person == o->person)
		return refused(actor, same_person);
	part.differs = false;
	inspection_parts_put(t->tx, h->campaign, org_level_cell, h->organisation, &part);
	inspection_document_keep(t, act, h->organisation);
	turn_subject(t, subject_of(subject_kind_organisation, h->organisation));
	emit_difference_settled(t, &(struct difference_settled){ .organisation = h->organisation, .campaign = h->campaign,
								 .explanation = h->explanation });
	return carried_out;
}

// --- the decision (D13) ---

struct deciding {
	uint64_t campaign, person;
	int32_t date;	// of the decision
	bool late_pass; // the deadline of committees is over
	uint32_t cells; // that are confirmed and wait for it
	struct refusal refusal;
};

static bool look_at_part(struct turn *t, uint64_t code, void *context)
{
	struct deciding *d = context;
	struct inspection_parts_row part;
	if (inspection_parts_get(t->tx, d->campaign, org_level_grassroots, code, &part)) {
		if (part.stage == campaign_part_waiting && !d->late_pass)
			d->refusal = refused(organisation, not_filed);
		else if (part.person == d->person)
			d->refusal = refused(actor, same_person);
		else if (d->date < inspection_document_date(t, d->campaign, act_consolidate_checks, code))
			d->refusal = refused(decision, date_order);
	}
	if (inspection_parts_get(t->tx, d->campaign, org_level_cell, code, &part)) {
		d->cells += part.stage == campaign_part_confirmed;
		if (part.person == d->person)
			d->refusal = refused(actor, same_person);
	}
	return d->refusal.reason == reason_none;
}

static bool decide_cell(struct turn *t, uint64_t code, void *context)
{
	const uint64_t *campaign = context;
	struct inspection_parts_row part;
	if (inspection_parts_get(t->tx, *campaign, org_level_cell, code, &part) && part.stage == campaign_part_confirmed)
		inspection_part_step(t, *campaign, org_level_cell, code, &part, campaign_part_event_decide);
	return true;
}

struct refusal inspection_decide(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct inspection_campaigns_row c;
	struct inspection_parts_row part;
	uint64_t campaign = act->head.campaign;
	struct refusal refusal = inspection_campaign_for(t, o, act, org_level_superior, &c);
	if (refusal.reason == reason_none)
		refusal = inspection_document_missing(act);
	if (refusal.reason != reason_none)
		return refusal;
	if (!inspection_parts_get(t->tx, campaign, org_level_superior, o->organisation, &part))
		return refused(campaign, not_concerned);
	if (!inspection_part_may(&part, campaign_part_event_decide))
		return refused(campaign, wrong_state);
	struct deciding d = { .campaign = campaign, .person = o->person, .date = act->head.document_date,
			      .late_pass = turn_date(t) > c.grassroots_by, .refusal = carried_out };
	inspection_below(t, o->organisation, look_at_part, &d);
	if (d.refusal.reason != reason_none)
		return d.refusal;
	if (d.cells == 0)
		return refused(count, empty);
	inspection_below(t, o->organisation, decide_cell, &campaign);
	part.person = o->person;
	inspection_document_keep(t, act, o->organisation);
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	emit_checks_decided(t, &(struct checks_decided){ .campaign = campaign, .organisation = o->organisation,
							 .decision_number = act->head.document_number,
							 .decision_date = act->head.document_date });
	inspection_part_step(t, campaign, org_level_superior, o->organisation, &part, campaign_part_event_decide);
	act->has_number = true;
	act->number = campaign;
	return carried_out;
}
