// What a cell files: its check of every member's card, with which forms 1 to 5 are made (D9, D10); and what the counts of
// cell and registry have to say to each other (D3).
#include "base/subject.h"
#include "base/when.h"
#include "gen/inspection_emit.h"
#include "inspection/records.h"

static struct refusal head_refusal(struct turn *t, const struct origin *o, const struct coded_check_head *h)
{
	struct inspection_organisations_row own;
	if (!inspection_organisations_get(t->tx, o->organisation, &own) || own.ended)
		return refused(organisation, unknown);
	if (!organisation_has_members(own.level))
		return refused(organisation, wrong_level);
	if (!h->has_meeting)
		return refused(meeting, missing);
	if (!h->has_members)
		return refused(members, missing);
	return carried_out;
}

// A filing in place of an earlier one, which nobody has confirmed yet. It begins with its first row that holds: one of
// which no row does, by a wrong day or another cell's list, leaves what was filed as it is.
static void drop_earlier(struct turn *t, uint64_t campaign, uint64_t cell)
{
	struct inspection_cell_results_key key;
	while (inspection_cell_results_first(t->tx, campaign, cell, 0, &key) && key.campaign == campaign && key.cell == cell) {
		inspection_results_delete(t->tx, campaign, key.member);
		inspection_cell_results_delete(t->tx, campaign, cell, key.member);
	}
}

static bool may_file(struct turn *t, uint64_t campaign, uint64_t cell)
{
	struct inspection_parts_row part;
	return inspection_parts_get(t->tx, campaign, org_level_cell, cell, &part) &&
	       inspection_part_may(&part, campaign_part_event_file);
}

// Until the new rows are all there form 6 cannot take the cell in; the filing's end says whether it differs.
static void hold_form_6(struct turn *t, uint64_t campaign, uint64_t cell)
{
	struct inspection_parts_row part;
	if (!inspection_parts_get(t->tx, campaign, org_level_cell, cell, &part) || part.stage != campaign_part_filed)
		return;
	part.differs = true;
	inspection_parts_put(t->tx, campaign, org_level_cell, cell, &part);
}

static struct inspection_acts_row rows_so_far(struct turn *t, const struct check_act *act)
{
	struct inspection_acts_row rows = { 0 };
	inspection_acts_get(t->tx, act->submission, &rows);
	return rows;
}

static bool no_row_holds(struct turn *t, const struct check_act *act)
{
	struct inspection_acts_row rows = rows_so_far(t, act);
	return rows.accepted == 0 && rows.refused > 0;
}

struct refusal inspection_file_begin(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct organisation_tree tree = inspection_tree(t);
	struct inspection_campaigns_row c;
	struct inspection_parts_row part, superior;
	struct refusal refusal = head_refusal(t, o, &act->head);
	if (refusal.reason == reason_none)
		refusal = inspection_campaign_for(t, o, act, org_level_cell, &c);
	if (refusal.reason != reason_none)
		return refusal;
	if (!act->head.has_briefing)
		return refused(briefing, missing);
	if (act->head.briefing > act->head.meeting)
		return refused(briefing, date_order); // D9: the cell is briefed, then it checks
	inspection_part_expect(t, act->head.campaign, o->organisation);
	uint64_t above = organisation_at_level(&tree, o->organisation, org_level_superior);
	if (!inspection_parts_get(t->tx, act->head.campaign, org_level_cell, o->organisation, &part) ||
	    !inspection_part_may(&part, campaign_part_event_file))
		return refused(campaign, wrong_state); // form 6 has it
	if (inspection_parts_get(t->tx, act->head.campaign, org_level_superior, above, &superior) &&
	    superior.stage >= campaign_part_returned)
		return refused(campaign, too_late);
	return carried_out;
}

// What the registry and revocation say against a row, in a campaign or in the yearly check; fills the card.
static struct refusal member_refusal(struct turn *t, const struct origin *o, const struct coded_check *row,
				     enum card_generation generation, uint64_t *card)
{
	struct organisation_tree tree = inspection_tree(t);
	struct inspection_members_row member;
	struct inspection_cards_row has;
	if (!inspection_members_get(t->tx, row->member, &member))
		return refused(profile_number, unknown);
	if (organisation_standing(&tree, member.cell) != o->organisation)
		return refused(profile_number, other_cell); // D4
	if (member.type != member_type_official)
		return refused(profile_number, not_official);
	if (!inspection_is_checked(&member))
		return refused(profile_number, not_in_standing);
	*card = inspection_card_of(t, row->member, generation, &has);
	if (*card == 0)
		return refused(card_number, holds_no_card); // form 5 is made of them without a row
	if (row->number != 0 && row->number != has.number)
		return refused(card_number, differs);
	if (row->result == check_result_ok && has.validity != card_validity_active)
		return refused(result, card_not_valid);
	return carried_out;
}

// A card was checked on the day that its row says, else at the meeting.
static int32_t date_of(const struct check_act *act, const struct coded_check *row)
{
	return row->has_date ? row->date : act->head.meeting;
}

struct refusal inspection_file_row(struct turn *t, const struct origin *o, struct check_act *act, const struct coded_check *row)
{
	struct inspection_campaigns_row c = { 0 };
	struct inspection_results_row other;
	uint64_t campaign = act->head.campaign, card = 0;
	inspection_campaigns_get(t->tx, campaign, &c);
	if (!may_file(t, campaign, o->organisation))
		return refused(campaign, wrong_state); // form 6 took the earlier filing in since this one began
	struct refusal refusal = member_refusal(t, o, row, c.generation, &card);
	if (refusal.reason == reason_none && inspection_results_get(t->tx, campaign, row->member, &other) &&
	    (other.cell != o->organisation || other.submission == act->submission))
		refusal = refused(profile_number, already_done); // where they were before they came here
	// A filing may come late; the check itself is made within the window (D1).
	if (refusal.reason == reason_none && (date_of(act, row) < c.from || date_of(act, row) > c.to))
		refusal = refused(date, out_of_range);
	if (refusal.reason != reason_none)
		return refusal;
	if (rows_so_far(t, act).accepted == 0) {
		drop_earlier(t, campaign, o->organisation);
		hold_form_6(t, campaign, o->organisation);
	}
	inspection_results_put(t->tx, campaign, row->member,
			       &(struct inspection_results_row){ .cell = o->organisation, .card = card, .result = row->result,
								 .submission = act->submission });
	inspection_cell_results_put(t->tx, campaign, o->organisation, row->member);
	emit_card_checked(t, &(struct card_checked){ .card = card, .has_campaign = true, .campaign = campaign,
						     .cell = o->organisation, .result = row->result, .date = date_of(act, row),
						     .has_evidence = row->has_evidence, .evidence = row->evidence });
	return carried_out;
}

// The members of the cell as the registry has them, beside what the cell said of each.
static struct check_figures count_cell(struct turn *t, const struct check_act *act, uint64_t cell,
				       enum card_generation generation,
				       bool (*said)(struct turn *t, const struct check_act *act, uint64_t member))
{
	struct check_figures f = { .members = act->head.members, .collected = act->head.collected };
	struct inspection_cell_members_key key;
	struct inspection_members_row member;
	struct inspection_cards_row card;
	for (uint64_t from = 0; inspection_cell_members_first(t->tx, cell, from, &key) && key.cell == cell;
	     from = key.member + 1) {
		if (!inspection_members_get(t->tx, key.member, &member) || !inspection_is_checked(&member))
			continue;
		f.registered++;
		if (inspection_card_of(t, key.member, generation, &card) == 0)
			f.no_card++;
		else if (!said(t, act, key.member))
			f.absent++;
	}
	return f;
}

static bool said_in_campaign(struct turn *t, const struct check_act *act, uint64_t member)
{
	return inspection_results_get(t->tx, act->head.campaign, member, NULL);
}

static void tell_filed(struct turn *t, const struct origin *o, const struct check_act *act, const struct check_figures *figures)
{
	struct organisation_tree tree = inspection_tree(t);
	const struct coded_check_head *h = &act->head;
	emit_checks_filed(t, &(struct checks_filed){
		.organisation = organisation_at_level(&tree, o->organisation, org_level_grassroots), .of = o->organisation,
		.act = act->act, .campaign = h->campaign, .has_campaign = h->has_campaign, .year = h->year,
		.has_year = h->has_year,
		.figures = *figures, .document_number = h->document_number, .has_document_number = h->has_document_number,
		.document_date = h->document_date, .has_document_date = h->has_document_date,
		.meeting = h->meeting, .has_meeting = true, .briefing = h->briefing, .has_briefing = h->has_briefing });
}

struct refusal inspection_file_end(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct inspection_campaigns_row c;
	struct inspection_parts_row part;
	struct inspection_cell_results_key key;
	struct inspection_results_row result;
	uint64_t campaign = act->head.campaign;
	if (!inspection_campaigns_get(t->tx, campaign, &c) ||
	    !inspection_parts_get(t->tx, campaign, org_level_cell, o->organisation, &part))
		return refused(campaign, unknown);
	if (no_row_holds(t, act))
		return carried_out; // each row has its reason; nothing was filed
	if (!may_file(t, campaign, o->organisation))
		return refused(campaign, wrong_state);
	if (rows_so_far(t, act).accepted == 0)
		drop_earlier(t, campaign, o->organisation);
	part.figures = count_cell(t, act, o->organisation, c.generation, said_in_campaign);
	for (uint64_t from = 0; inspection_cell_results_first(t->tx, campaign, o->organisation, from, &key) &&
				key.campaign == campaign && key.cell == o->organisation; from = key.member + 1)
		if (inspection_results_get(t->tx, campaign, key.member, &result))
			inspection_figures_count(&part.figures, result.result);
	part.person = o->person;
	part.differs = part.figures.members != part.figures.registered || part.figures.absent > 0;
	inspection_document_keep(t, act, o->organisation);
	tell_filed(t, o, act, &part.figures);
	if (part.differs)
		emit_difference_found(t, &(struct difference_found){ .organisation = o->organisation, .campaign = campaign,
								     .members = part.figures.members,
								     .registered = part.figures.registered,
								     .absent = part.figures.absent });
	inspection_part_step(t, campaign, org_level_cell, o->organisation, &part, campaign_part_event_file);
	act->has_number = true;
	act->number = campaign;
	return carried_out;
}

// --- the yearly check (A3): the same rows, with nothing to confirm, decide or stamp ---

struct refusal inspection_yearly_begin(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct refusal refusal = head_refusal(t, o, &act->head);
	int year;
	unsigned month, day;
	if (refusal.reason != reason_none)
		return refusal;
	if (act->head.has_campaign)
		return refused(campaign, other_kind);
	date_to_civil(act->head.meeting, &year, &month, &day);
	// The year-end meeting may be held early in the next one.
	return act->head.year == year || act->head.year == year - 1 ? carried_out : refused(year, out_of_range);
}

struct refusal inspection_yearly_row(struct turn *t, const struct origin *o, struct check_act *act, const struct coded_check *row)
{
	struct inspection_yearly_results_row other;
	uint64_t card = 0;
	struct refusal refusal = member_refusal(t, o, row, 0, &card);
	if (refusal.reason == reason_none && inspection_yearly_results_get(t->tx, act->head.year, row->member, &other) &&
	    other.cell != o->organisation)
		refusal = refused(profile_number, already_done);
	if (refusal.reason != reason_none)
		return refusal;
	inspection_yearly_results_put(t->tx, act->head.year, row->member,
				      &(struct inspection_yearly_results_row){ .cell = o->organisation, .card = card,
									       .result = row->result,
									       .submission = act->submission });
	emit_card_checked(t, &(struct card_checked){ .card = card, .has_year = true, .year = act->head.year,
						     .cell = o->organisation, .result = row->result, .date = date_of(act, row),
						     .has_evidence = row->has_evidence, .evidence = row->evidence });
	return carried_out;
}

static bool said_this_year(struct turn *t, const struct check_act *act, uint64_t member)
{
	return inspection_yearly_results_get(t->tx, act->head.year, member, NULL);
}

struct refusal inspection_yearly_end(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct inspection_cell_members_key key;
	struct inspection_yearly_results_row result;
	if (no_row_holds(t, act))
		return carried_out;
	struct check_figures figures = count_cell(t, act, o->organisation, 0, said_this_year);
	for (uint64_t from = 0; inspection_cell_members_first(t->tx, o->organisation, from, &key) &&
				key.cell == o->organisation; from = key.member + 1)
		if (inspection_yearly_results_get(t->tx, act->head.year, key.member, &result) && result.cell == o->organisation)
			inspection_figures_count(&figures, result.result);
	inspection_yearly_put(t->tx, act->head.year, o->organisation,
			      &(struct inspection_yearly_row){ .meeting = act->head.meeting, .figures = figures,
							       .submission = act->submission });
	tell_filed(t, o, act, &figures);
	return carried_out;
}
