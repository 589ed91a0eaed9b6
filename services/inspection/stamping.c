// Stamps: a box of a card once, ever (D14, D15); for a chip card the record of its electronic check.  In a campaign by
// the superior's board, of what cell, grassroots committee and decision confirm and the registry knows (D5); at the issue
// of a card while a campaign is open (D7); late, by a decision.  Then the way back (D16) and form 7 (D17).
#include "base/subject.h"
#include "gen/inspection_emit.h"
#include "inspection/records.h"

#define steps_max 256

// --- boxes (D15) ---

// The box of this campaign; of a card that replaces another of its kind, from the first box of those before it on.
static uint32_t boxes_due(struct turn *t, uint64_t card, const struct inspection_cards_row *row, uint8_t ordinal)
{
	struct inspection_cards_row other;
	uint64_t number;
	uint32_t before = 0, box = UINT32_C(1) << (ordinal - 1);
	for (uint64_t at = card_of(card_member(card), 0);
	     inspection_cards_first(t->tx, at, &number, &other) && number < card; at = number + 1)
		if (card_member(number) == card_member(card) && other.generation == row->generation)
			before |= other.boxes;
	before &= box - 1;
	uint32_t lowest = before ? before & (~before + 1) : box;
	return (box | (box - lowest)) & ~row->boxes;
}

struct stamp {
	uint64_t campaign, submission, person;
	enum stamp_kind kind;
	int32_t date;
	bool relaminated;
	struct bytes decision; // empty: none
};

static void put_stamps(struct turn *t, uint64_t card, struct inspection_cards_row *row, uint8_t ordinal, const struct stamp *s)
{
	uint32_t boxes = boxes_due(t, card, row, ordinal);
	for (uint8_t box = 1; box <= 32; box++)
		if (boxes >> (box - 1) & 1)
			inspection_stamps_put(t->tx, card, box,
					      &(struct inspection_stamps_row){ .campaign = s->campaign, .kind = s->kind,
									       .date = s->date, .submission = s->submission,
									       .person = s->person,
									       .relaminated = s->relaminated });
	row->boxes |= boxes;
	inspection_cards_put(t->tx, card, row);
	turn_subject(t, subject_of(subject_kind_member, card_member(card)));
	emit_card_stamped(t, &(struct card_stamped){ .card = card, .campaign = s->campaign, .kind = s->kind, .boxes = boxes,
						     .date = s->date, .relaminated = s->relaminated,
						     .has_decision_number = s->decision.size > 0,
						     .decision_number = s->decision });
}

static bool has_box(const struct inspection_cards_row *row, uint8_t ordinal)
{
	return row->boxes >> (ordinal - 1) & 1;
}

// --- at issue (D7) ---

void inspection_issued(struct turn *t, uint64_t card, const struct inspection_cards_row *row)
{
	struct organisation_tree tree = inspection_tree(t);
	struct inspection_campaigns_row c;
	struct inspection_members_row member;
	struct inspection_cards_row issued = *row;
	const struct origin *o = turn_authority(t);
	uint64_t number;
	if (!inspection_members_get(t->tx, card_member(card), &member))
		return;
	for (uint64_t at = 0; inspection_campaigns_first(t->tx, at, &number, &c); at = number + 1) {
		bool under_way = c.state != campaign_state_planned && c.state != campaign_state_closed;
		if (under_way && c.generation == issued.generation && !has_box(&issued, c.ordinal) &&
		    organisation_within(&tree, member.cell, c.organisation))
			put_stamps(t, card, &issued, c.ordinal,
				   &(struct stamp){ .campaign = number, .submission = o->submission, .person = o->person,
						    .kind = stamp_kind_at_issue, .date = turn_date(t) });
	}
}

// --- in the campaign ---

// Whether this member's card may be stamped by the organisation (D5, D6); fills what it takes.
static struct refusal stamp_refusal(struct turn *t, uint64_t organisation, uint64_t campaign, uint64_t member,
				    struct inspection_results_row *result, struct inspection_cards_row *card)
{
	struct organisation_tree tree = inspection_tree(t);
	struct inspection_campaigns_row c;
	struct inspection_parts_row part;
	struct inspection_members_row row;
	if (!inspection_results_get(t->tx, campaign, member, result))
		return refused(profile_number, not_confirmed);
	if (!organisation_within(&tree, result->cell, organisation))
		return refused(profile_number, outside_subtree);
	if (result->left_out)
		return refused(profile_number, left_out);
	if (result->result != check_result_ok || !inspection_parts_get(t->tx, campaign, org_level_cell, result->cell, &part) ||
	    part.stage != campaign_part_decided)
		return refused(profile_number, not_confirmed);
	if (!inspection_members_get(t->tx, member, &row) || !inspection_is_checked(&row))
		return refused(profile_number, not_in_standing);
	if (!inspection_cards_get(t->tx, result->card, card) || card->validity != card_validity_active)
		return refused(card_number, card_not_valid);
	if (!inspection_campaigns_get(t->tx, campaign, &c) || !inspection_is_open(&c))
		return refused(campaign, wrong_state); // it was closed since the act began: this card missed its check
	if (has_box(card, c.ordinal))
		return refused(card_number, already_done);
	return carried_out;
}

static void stamp_member(struct turn *t, const struct origin *o, uint64_t campaign, uint64_t member,
			 struct inspection_results_row *result, struct inspection_cards_row *card, const struct stamp *stamp)
{
	struct inspection_campaigns_row c;
	struct inspection_parts_row part;
	if (!inspection_campaigns_get(t->tx, campaign, &c))
		return;
	put_stamps(t, result->card, card, c.ordinal, stamp);
	result->stamped = true;
	inspection_results_put(t->tx, campaign, member, result);
	if (inspection_parts_get(t->tx, campaign, org_level_cell, result->cell, &part)) {
		part.figures.stamped++;
		inspection_parts_put(t->tx, campaign, org_level_cell, result->cell, &part);
	}
	if (inspection_parts_get(t->tx, campaign, org_level_superior, o->organisation, &part)) {
		part.figures.stamped++;
		inspection_parts_put(t->tx, campaign, org_level_superior, o->organisation, &part);
	}
}

// The superior's part, if it may take the step.
static struct refusal superior_part(struct turn *t, const struct origin *o, const struct check_act *act,
				    enum campaign_part_event event, struct inspection_parts_row *part)
{
	struct inspection_campaigns_row c;
	struct refusal refusal = inspection_campaign_for(t, o, act, org_level_superior, &c);
	if (refusal.reason != reason_none)
		return refusal;
	if (!inspection_parts_get(t->tx, act->head.campaign, org_level_superior, o->organisation, part))
		return refused(campaign, not_concerned);
	return inspection_part_may(part, event) ? carried_out : refused(campaign, wrong_state);
}

struct refusal inspection_stamp_begin(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct inspection_parts_row part;
	return superior_part(t, o, act, campaign_part_event_stamp, &part);
}

struct refusal inspection_stamp_row(struct turn *t, const struct origin *o, struct check_act *act, const struct coded_check *row)
{
	struct inspection_results_row result;
	struct inspection_cards_row card;
	uint64_t campaign = act->head.campaign;
	struct refusal refusal = stamp_refusal(t, o->organisation, campaign, row->member, &result, &card);
	if (refusal.reason == reason_none && row->number != 0 && row->number != card.number)
		refusal = refused(card_number, differs);
	if (refusal.reason == reason_none && row->has_date &&
	    row->date < inspection_document_date(t, campaign, act_decide_checks, o->organisation))
		refusal = refused(date, date_order);
	if (refusal.reason == reason_none)
		stamp_member(t, o, campaign, row->member, &result, &card,
			     &(struct stamp){ .campaign = campaign, .submission = act->submission, .person = o->person,
					      .kind = stamp_kind_campaign, .relaminated = row->relaminated,
					      .date = row->has_date ? row->date : turn_date(t) });
	return refusal;
}

static void stamping_begun(struct turn *t, const struct origin *o, uint64_t campaign)
{
	struct inspection_parts_row part;
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	if (inspection_parts_get(t->tx, campaign, org_level_superior, o->organisation, &part))
		inspection_part_step(t, campaign, org_level_superior, o->organisation, &part, campaign_part_event_stamp);
}

static bool add_work(struct turn *t, uint64_t code, void *context)
{
	const struct check_act *act = context;
	struct inspection_parts_row part;
	if (inspection_parts_get(t->tx, act->head.campaign, org_level_cell, code, &part) && part.stage == campaign_part_decided)
		inspection_stamp_work_put(t->tx, act->submission, code);
	return true;
}

// Without rows: all that is confirmed.
struct refusal inspection_stamp_end(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct inspection_acts_row rows = { 0 };
	inspection_acts_get(t->tx, act->submission, &rows);
	act->has_number = true;
	act->number = act->head.campaign;
	if (rows.accepted + rows.refused > 0) {
		if (rows.accepted > 0)
			stamping_begun(t, o, act->head.campaign);
		return carried_out;
	}
	act->going = true;
	inspection_below(t, o->organisation, add_work, act);
	inspection_stamping_goes_on(t, o, &(struct stamping_going){ .submission = act->submission,
								    .campaign = act->head.campaign,
								    .organisation = o->organisation });
	return carried_out;
}

// One cell from that member on; false: there is no room for more, and at->member says where to go on.
static bool stamp_cell(struct turn *t, const struct origin *o, struct stamping_going *at, unsigned *steps, uint32_t *stamped)
{
	struct inspection_cell_results_key key;
	struct inspection_results_row result;
	struct inspection_cards_row card;
	for (; inspection_cell_results_first(t->tx, at->campaign, at->cell, at->member, &key) && key.campaign == at->campaign &&
	       key.cell == at->cell; at->member = key.member + 1) {
		if (turn_room(t) < 8 || (*steps)++ == steps_max)
			return false;
		if (stamp_refusal(t, at->organisation, at->campaign, key.member, &result, &card).reason != reason_none)
			continue;
		stamp_member(t, o, at->campaign, key.member, &result, &card,
			     &(struct stamp){ .campaign = at->campaign, .submission = at->submission, .person = o->person,
					      .kind = stamp_kind_campaign, .date = turn_date(t) });
		++*stamped;
	}
	return true;
}

void inspection_stamping_goes_on(struct turn *t, const struct origin *o, const struct stamping_going *m)
{
	struct stamping_going at = *m;
	struct inspection_stamp_work_key work;
	uint32_t stamped = 0;
	unsigned steps = 0;
	while (inspection_stamp_work_first(t->tx, at.submission, at.cell, &work) && work.submission == at.submission) {
		at.cell = work.cell;
		if (!stamp_cell(t, o, &at, &steps, &stamped)) {
			inspection_act_counts(t, at.submission, stamped);
			leave_stamping_going(t, &at);
			return;
		}
		inspection_stamp_work_delete(t->tx, at.submission, work.cell);
		at.member = 0;
	}
	inspection_act_counts(t, at.submission, stamped);
	stamping_begun(t, o, at.campaign);
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	inspection_act_ended(t, at.submission, carried_out, true, at.campaign);
}

// --- the way back and form 7 ---

struct remaining {
	uint64_t campaign, organisation;
	uint32_t cards; // confirmed, and without their stamp
};

static bool look_for_remaining(struct turn *t, uint64_t code, void *context)
{
	struct remaining *r = context;
	struct inspection_cell_results_key key;
	struct inspection_results_row result;
	struct inspection_cards_row card;
	for (uint64_t from = 0; inspection_cell_results_first(t->tx, r->campaign, code, from, &key) &&
				key.campaign == r->campaign && key.cell == code; from = key.member + 1)
		r->cards += stamp_refusal(t, r->organisation, r->campaign, key.member, &result, &card).reason == reason_none;
	return r->cards == 0;
}

struct refusal inspection_return(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct inspection_parts_row part;
	struct remaining r = { .campaign = act->head.campaign, .organisation = o->organisation };
	struct refusal refusal = superior_part(t, o, act, campaign_part_event_give_back, &part);
	if (refusal.reason == reason_none && !inspection_below(t, o->organisation, look_for_remaining, &r))
		refusal = refused(card_number, check_missing);
	if (refusal.reason != reason_none)
		return refusal;
	emit_cards_returned(t, &(struct cards_returned){ .campaign = act->head.campaign, .organisation = o->organisation,
							 .stamped = part.figures.stamped });
	inspection_part_step(t, act->head.campaign, org_level_superior, o->organisation, &part, campaign_part_event_give_back);
	return carried_out;
}

struct refusal inspection_report(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct inspection_parts_row part;
	struct inspection_campaigns_row c;
	uint64_t campaign = act->head.campaign;
	struct refusal refusal = superior_part(t, o, act, campaign_part_event_report, &part);
	if (refusal.reason == reason_none)
		refusal = inspection_document_missing(act);
	if (refusal.reason == reason_none &&
	    act->head.document_date < inspection_document_date(t, campaign, act_decide_checks, o->organisation))
		refusal = refused(decision, date_order);
	if (refusal.reason != reason_none || !inspection_campaigns_get(t->tx, campaign, &c))
		return refusal;
	part.figures = inspection_figures(t, campaign, o->organisation, campaign_part_filed);
	inspection_document_keep(t, act, o->organisation);
	emit_checks_filed(t, &(struct checks_filed){ .organisation = c.organisation, .of = o->organisation, .act = act->act,
						     .has_campaign = true, .campaign = campaign, .figures = part.figures,
						     .has_document_number = true, .document_number = act->head.document_number,
						     .has_document_date = true, .document_date = act->head.document_date });
	inspection_part_step(t, campaign, org_level_superior, o->organisation, &part, campaign_part_event_report);
	return carried_out;
}

// --- late, by a decision ---

struct refusal inspection_late_begin(struct turn *t, const struct origin *o, struct check_act *act)
{
	(void)t, (void)o;
	return inspection_document_missing(act);
}

// The member's card that a campaign closed without: the newest that waits for its check, for older copies that missed one
// and were replaced since stay on the list; else the newest of those.
static uint64_t missed_card(struct turn *t, uint64_t member, struct inspection_missed_row *missed,
			    struct inspection_cards_row *card)
{
	struct inspection_missed_row one;
	struct inspection_cards_row its = { 0 };
	uint64_t number, found = 0;
	bool waits = false;
	for (uint64_t at = card_of(member, 0);
	     inspection_missed_first(t->tx, at, &number, &one) && card_member(number) == member; at = number + 1) {
		bool it_waits = inspection_cards_get(t->tx, number, &its) && its.validity == card_validity_unstamped;
		if (waits && !it_waits)
			continue;
		found = number;
		*missed = one;
		*card = its;
		waits = it_waits;
	}
	return found;
}

// Campaigns that closed while the card waited for its check left no mark of their own on it: the next of them from `at` on, after
// the one that it missed, that the member is below and whose box it lacks.  0: none.
static uint64_t also_missed(struct turn *t, uint64_t at, uint64_t cell, const struct inspection_campaigns_row *missed,
			    const struct inspection_cards_row *card, struct inspection_campaigns_row *c)
{
	struct organisation_tree tree = inspection_tree(t);
	uint64_t number;
	for (; inspection_campaigns_first(t->tx, at, &number, c); at = number + 1)
		if (c->state == campaign_state_closed && c->generation == card->generation && c->to > missed->to &&
		    !has_box(card, c->ordinal) && organisation_within(&tree, cell, c->organisation))
			return number;
	return 0;
}

// The end of the last campaign that a late check makes up for.
static int32_t made_up_until(struct turn *t, uint64_t cell, const struct inspection_campaigns_row *missed,
			     const struct inspection_cards_row *card)
{
	struct inspection_campaigns_row c;
	int32_t until = missed->to;
	for (uint64_t at = 0; (at = also_missed(t, at, cell, missed, card, &c)) != 0; at++)
		until = c.to > until ? c.to : until;
	return until;
}

struct refusal inspection_late_row(struct turn *t, const struct origin *o, struct check_act *act, const struct coded_check *row)
{
	struct organisation_tree tree = inspection_tree(t);
	struct inspection_missed_row missed = { 0 };
	struct inspection_members_row member;
	struct inspection_campaigns_row c, later;
	struct inspection_cards_row card;
	if (!inspection_members_get(t->tx, row->member, &member))
		return refused(card_number, unknown);
	if (!organisation_within(&tree, member.cell, o->organisation))
		return refused(organisation, outside_subtree);
	if (!inspection_is_checked(&member))
		return refused(card_number, not_in_standing); // D6
	uint64_t number = missed_card(t, row->member, &missed, &card);
	if (number == 0 || !inspection_campaigns_get(t->tx, missed.campaign, &c))
		return refused(card_number, wrong_state); // it did not miss any
	if (row->number != 0 && row->number != card.number)
		return refused(card_number, differs);
	if (act->head.document_date <= made_up_until(t, member.cell, &c, &card))
		return refused(decision, date_order); // it follows what the campaign's end did
	if (row->has_date && row->date < act->head.document_date)
		return refused(date, date_order);
	if (card.validity != card_validity_unstamped)
		return refused(card_number, card_not_valid); // lost, damaged, replaced: that comes first
	struct stamp stamp = { .campaign = missed.campaign, .submission = act->submission, .person = o->person,
			       .kind = stamp_kind_late, .date = row->has_date ? row->date : turn_date(t),
			       .decision = act->head.document_number };
	put_stamps(t, number, &card, c.ordinal, &stamp);
	for (uint64_t at = 0; (at = also_missed(t, at, member.cell, &c, &card, &later)) != 0; at++) {
		stamp.campaign = at;
		put_stamps(t, number, &card, later.ordinal, &stamp);
	}
	inspection_missed_delete(t->tx, number);
	emit_check_made_late(t, &(struct check_made_late){ .card = number, .campaign = missed.campaign, .date = stamp.date,
							   .decision_number = act->head.document_number,
							   .decision_date = act->head.document_date });
	return carried_out;
}
