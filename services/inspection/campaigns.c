// A campaign as a whole: planned and opened, moved on by what organisations did or by deadlines, closed.
#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "domain/dated.h"
#include "gen/inspection_emit.h"
#include "gen/inspection_settings.h"
#include "inspection/records.h"

#define boxes_max 32
#define days_max 731  // from a campaign's first day to its last deadline: more is a slip of the pen
#define steps_max 256 // rows looked at in a turn, whether or not they lead to an entry

bool inspection_is_open(const struct inspection_campaigns_row *campaign)
{
	return campaign->state != campaign_state_planned && campaign->state != campaign_state_closed && !campaign->busy;
}

// The board's own campaign.
static struct refusal own_campaign(struct turn *t, const struct origin *o, const struct check_act *act,
				   enum campaign_state state, struct inspection_campaigns_row *campaign)
{
	if (!act->head.has_campaign || !inspection_campaigns_get(t->tx, act->head.campaign, campaign))
		return refused(campaign, unknown);
	if (campaign->organisation != o->organisation)
		return refused(organisation, outside_subtree);
	return campaign->state == state && !campaign->busy ? carried_out : refused(campaign, wrong_state);
}

struct refusal inspection_campaign_for(struct turn *t, const struct origin *o, const struct check_act *act,
				       enum org_level level, struct inspection_campaigns_row *campaign)
{
	struct organisation_tree tree = inspection_tree(t);
	if (!act->head.has_campaign || !inspection_campaigns_get(t->tx, act->head.campaign, campaign))
		return refused(campaign, unknown);
	if (!organisation_within(&tree, o->organisation, campaign->organisation))
		return refused(campaign, not_concerned);
	if (level != org_level_cell && !inspection_is_level(t, o->organisation, level))
		return refused(organisation, wrong_level);
	return inspection_is_open(campaign) ? carried_out : refused(campaign, wrong_state);
}

// --- planned ---

// Whether another campaign for the same cards, that `differs` lets pass, concerns somebody whom this one would.
static bool overlaps(struct turn *t, uint64_t organisation, enum card_generation generation, uint64_t but,
		     bool (*counts)(const struct inspection_campaigns_row *other, uint8_t ordinal), uint8_t ordinal)
{
	struct organisation_tree tree = inspection_tree(t);
	struct inspection_campaigns_row other;
	uint64_t number;
	for (uint64_t at = 0; inspection_campaigns_first(t->tx, at, &number, &other); at = number + 1)
		if (number != but && other.generation == generation && counts(&other, ordinal) &&
		    (organisation_within(&tree, other.organisation, organisation) ||
		     organisation_within(&tree, organisation, other.organisation)))
			return true;
	return false;
}

static bool has_ordinal(const struct inspection_campaigns_row *other, uint8_t ordinal)
{
	return other->ordinal == ordinal;
}

static bool is_under_way(const struct inspection_campaigns_row *other, uint8_t ordinal)
{
	(void)ordinal;
	return other->state != campaign_state_planned && other->state != campaign_state_closed;
}

// A plan that was not opened yet is amended by planning it again: a wrong date would hold its ordinal for ever. 0: none.
static uint64_t own_plan(struct turn *t, uint64_t organisation, const struct coded_check_head *h)
{
	struct inspection_campaigns_row c;
	uint64_t number;
	for (uint64_t at = 0; inspection_campaigns_first(t->tx, at, &number, &c); at = number + 1)
		if (c.organisation == organisation && c.generation == h->generation && c.ordinal == h->ordinal &&
		    c.state == campaign_state_planned && !c.busy)
			return number;
	return 0;
}

static struct refusal plan_refusal(struct turn *t, const struct origin *o, const struct coded_check_head *h, uint64_t amended)
{
	if (!h->has_ordinal || h->ordinal < 1 || h->ordinal > boxes_max)
		return refused(ordinal, out_of_range);
	if (!h->has_legal_basis)
		return refused(legal_basis, missing);
	if (!h->has_generation)
		return refused(card_generation, missing);
	if (!h->has_from || !h->has_to)
		return refused(date, missing);
	if (!h->has_cells_by || !h->has_grassroots_by || !h->has_report_by)
		return refused(deadline, missing);
	if (h->to < h->from)
		return refused(date, date_order);
	if (h->cells_by < h->from || h->grassroots_by < h->cells_by || h->report_by < h->grassroots_by || h->report_by < h->to)
		return refused(deadline, date_order);
	if (h->report_by - h->from > days_max)
		return refused(deadline, out_of_range);
	if (overlaps(t, o->organisation, h->generation, amended, has_ordinal, h->ordinal))
		return refused(ordinal, duplicate);
	return carried_out;
}

struct refusal inspection_plan(struct turn *t, const struct origin *o, struct check_act *act)
{
	const struct coded_check_head *h = &act->head;
	struct inspection_counters_row counters = { 0 };
	uint64_t number = own_plan(t, o->organisation, h);
	struct refusal refusal = plan_refusal(t, o, h, number);
	if (refusal.reason != reason_none)
		return refusal;
	if (number == 0) {
		inspection_counters_get(t->tx, 1, &counters);
		number = ++counters.campaigns;
		inspection_counters_put(t->tx, 1, &counters);
	}
	inspection_campaigns_put(t->tx, number, &(struct inspection_campaigns_row){
		.organisation = o->organisation, .ordinal = h->ordinal, .generation = h->generation,
		.state = campaign_state_planned, .from = h->from, .to = h->to, .cells_by = h->cells_by,
		.grassroots_by = h->grassroots_by, .report_by = h->report_by });
	inspection_documents_put(t->tx, number, act_plan_campaign, o->organisation,
				 &(struct inspection_documents_row){ .has_explanation = true, .explanation = h->legal_basis });
	emit_campaign_planned(t, &(struct campaign_planned){
		.campaign = number, .organisation = o->organisation, .ordinal = h->ordinal, .generation = h->generation,
		.legal_basis = h->legal_basis, .from = h->from, .to = h->to, .cells_by = h->cells_by,
		.grassroots_by = h->grassroots_by, .report_by = h->report_by });
	act->has_number = true;
	act->number = number;
	return carried_out;
}

// --- how far it has come ---

static void move(struct turn *t, uint64_t number, struct inspection_campaigns_row *c, enum campaign_state_event event,
		 uint32_t late)
{
	enum campaign_state to;
	if (!campaign_state_step(c->state, event, &to))
		return;
	turn_subject(t, subject_of(subject_kind_organisation, c->organisation));
	emit_campaign_moved(t, &(struct campaign_moved){ .campaign = number, .from = c->state, .to = to, .event = event,
							 .late = late });
	c->state = to;
}

// What lies between opening and closing: of how many parts how many have come so far, and until when the others may.
struct milestone {
	enum campaign_state_event event;
	uint32_t all, done;
	int32_t due;
};

// Moves on over all that is done by now.  The caller stores the row.
static void advance(struct turn *t, uint64_t number, struct inspection_campaigns_row *c)
{
	const struct milestone milestones[] = {
		{ campaign_state_event_cells_filed, c->cells, c->cells_filed, c->cells_by },
		{ campaign_state_event_grassroots_filed, c->grassroots, c->grassroots_filed, c->grassroots_by },
		{ campaign_state_event_decided, c->superiors, c->decided, c->report_by },
		{ campaign_state_event_stamping_began, c->superiors, c->stamping, c->report_by },
		{ campaign_state_event_returned, c->superiors, c->returned, c->report_by },
		{ campaign_state_event_reported, c->superiors, c->reported, c->report_by },
	};
	for (size_t i = 0; i < array_size(milestones); i++) {
		const struct milestone *m = &milestones[i];
		enum campaign_state to;
		if (campaign_state_step(c->state, m->event, &to) && (m->done >= m->all || turn_date(t) > m->due))
			move(t, number, c, m->event, m->done < m->all ? m->all - m->done : 0);
	}
}

// --- parts ---

bool inspection_part_may(const struct inspection_parts_row *part, enum campaign_part_event event)
{
	enum campaign_part to;
	return campaign_part_step(part->stage, event, &to);
}

static uint32_t *parts_of_level(struct inspection_campaigns_row *c, enum org_level level)
{
	return level == org_level_cell ? &c->cells : level == org_level_grassroots ? &c->grassroots : &c->superiors;
}

// What counts parts that have come to this stage; NULL: the campaign does not wait for it.
static uint32_t *parts_at_stage(struct inspection_campaigns_row *c, enum org_level level, enum campaign_part stage)
{
	switch (stage) {
	case campaign_part_filed: return level == org_level_cell ? &c->cells_filed : &c->grassroots_filed;
	case campaign_part_decided: return level == org_level_superior ? &c->decided : NULL;
	case campaign_part_stamping: return &c->stamping;
	case campaign_part_returned: return &c->returned;
	case campaign_part_reported: return &c->reported;
	case campaign_part_waiting:
	case campaign_part_confirmed: return NULL;
	}
	return NULL;
}

void inspection_part_step(struct turn *t, uint64_t campaign, enum org_level level, uint64_t organisation,
			  struct inspection_parts_row *part, enum campaign_part_event event)
{
	struct inspection_campaigns_row c;
	if (!campaign_part_step(part->stage, event, &part->stage) || !inspection_campaigns_get(t->tx, campaign, &c))
		return;
	part->has_since = true;
	part->since = turn_date(t);
	if (part->stage > part->furthest) {
		uint32_t *count = parts_at_stage(&c, level, part->stage);
		part->furthest = part->stage;
		*(count ? count : &(uint32_t){ 0 }) += 1;
	}
	inspection_parts_put(t->tx, campaign, level, organisation, part);
	advance(t, campaign, &c);
	inspection_campaigns_put(t->tx, campaign, &c);
}

static const struct {
	enum org_level level;
	enum act act;
} expected[] = {
	{ org_level_cell, act_file_checks },
	{ org_level_grassroots, act_consolidate_checks },
	{ org_level_superior, act_report_checks },
};

static int32_t due_of(const struct inspection_campaigns_row *c, enum org_level level)
{
	return level == org_level_cell ? c->cells_by : level == org_level_grassroots ? c->grassroots_by : c->report_by;
}

static void notify(struct turn *t, uint64_t number, const struct inspection_campaigns_row *c, size_t i, uint64_t organisation)
{
	turn_subject(t, subject_of(subject_kind_organisation, organisation));
	emit_campaign_notice(t, &(struct campaign_notice){ .organisation = organisation, .campaign = number,
							   .ordinal = c->ordinal, .act = expected[i].act,
							   .due = due_of(c, expected[i].level) });
}

static void expect_part(struct turn *t, uint64_t number, struct inspection_campaigns_row *c, uint64_t organisation)
{
	struct organisation_tree tree = inspection_tree(t);
	for (size_t i = 0; i < array_size(expected); i++) {
		enum org_level level = expected[i].level;
		uint64_t code = level == org_level_cell ? organisation : organisation_at_level(&tree, organisation, level);
		if (code == 0 || inspection_parts_get(t->tx, number, level, code, NULL))
			continue;
		inspection_parts_put(t->tx, number, level, code,
				     &(struct inspection_parts_row){ .stage = campaign_part_waiting,
								     .furthest = campaign_part_waiting });
		++*parts_of_level(c, level);
		notify(t, number, c, i, code);
	}
}

void inspection_part_expect(struct turn *t, uint64_t campaign, uint64_t organisation)
{
	struct inspection_campaigns_row c;
	if (inspection_parts_get(t->tx, campaign, org_level_cell, organisation, NULL) ||
	    !inspection_campaigns_get(t->tx, campaign, &c))
		return;
	expect_part(t, campaign, &c, organisation);
	inspection_campaigns_put(t->tx, campaign, &c);
}

// A committee that succeeds another, and has no part of its own, goes on where that one stood: the cells are below it now.
static bool part_passed_on(struct turn *t, uint64_t number, const struct inspection_campaigns_row *c, size_t i,
			   uint64_t organisation, const struct inspection_parts_row *part)
{
	struct organisation_tree tree = inspection_tree(t);
	enum org_level level = expected[i].level;
	uint64_t successor = organisation_at_level(&tree, organisation, level);
	if (level == org_level_cell || !inspection_is_level(t, successor, level) ||
	    inspection_parts_get(t->tx, number, level, successor, NULL))
		return false;
	inspection_parts_delete(t->tx, number, level, organisation);
	inspection_parts_put(t->tx, number, level, successor, part);
	notify(t, number, c, i, successor);
	return true;
}

// Whoever has ended files nothing any more; its members' cells do, and what was filed stays.
void inspection_merged(struct turn *t, uint64_t organisation)
{
	struct inspection_campaigns_row c;
	struct inspection_parts_row part;
	uint64_t number;
	for (uint64_t at = 0; inspection_campaigns_first(t->tx, at, &number, &c); at = number + 1) {
		if (c.state == campaign_state_closed)
			continue;
		for (size_t i = 0; i < array_size(expected); i++) {
			enum org_level level = expected[i].level;
			if (!inspection_parts_get(t->tx, number, level, organisation, &part) ||
			    part_passed_on(t, number, &c, i, organisation, &part) || part.stage != campaign_part_waiting)
				continue;
			inspection_parts_delete(t->tx, number, level, organisation);
			--*parts_of_level(&c, level);
		}
		if (inspection_is_open(&c))
			advance(t, number, &c);
		inspection_campaigns_put(t->tx, number, &c);
	}
}

// --- opened ---

// At any time from its first day on: a site may start late, and what was done on paper is taken down afterwards.
struct refusal inspection_open(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct inspection_campaigns_row c;
	struct refusal refusal = own_campaign(t, o, act, campaign_state_planned, &c);
	if (refusal.reason == reason_none && turn_date(t) < c.from)
		refusal = refused(date, too_early);
	if (refusal.reason == reason_none &&
	    overlaps(t, c.organisation, c.generation, act->head.campaign, is_under_way, 0))
		refusal = refused(campaign, overlap);
	if (refusal.reason != reason_none)
		return refusal;
	c.busy = true;
	c.has_opened = true;
	c.opened = turn_date(t);
	inspection_campaigns_put(t->tx, act->head.campaign, &c);
	act->going = true;
	inspection_opening_goes_on(t, &(struct campaign_opening){ .submission = act->submission,
								  .campaign = act->head.campaign });
	return carried_out;
}

static bool has_members(struct turn *t, uint64_t cell)
{
	struct inspection_cell_members_key key;
	struct inspection_members_row member;
	for (uint64_t from = 0; inspection_cell_members_first(t->tx, cell, from, &key) && key.cell == cell;
	     from = key.member + 1)
		if (inspection_members_get(t->tx, key.member, &member) && inspection_is_checked(&member))
			return true;
	return false;
}

static void set_deadlines(struct turn *t, uint64_t number, const struct inspection_campaigns_row *c)
{
	const struct origin *o = turn_authority(t);
	for (size_t i = 0; i < array_size(expected); i++) {
		int32_t due = due_of(c, expected[i].level);
		set_campaign_due(t, instant_of_date(due + 1),
				 &(struct campaign_due){ .campaign = number, .act = expected[i].act, .due = due,
							 .submission = o->submission, .actor = o->actor });
	}
}

void inspection_opening_goes_on(struct turn *t, const struct campaign_opening *m)
{
	struct organisation_tree tree = inspection_tree(t);
	struct inspection_organisations_row row;
	struct inspection_campaigns_row c;
	uint64_t code, at = m->at;
	unsigned steps = 0;
	if (!inspection_campaigns_get(t->tx, m->campaign, &c))
		return;
	for (; inspection_organisations_first(t->tx, at, &code, &row); at = code + 1, steps++) {
		if (turn_room(t) < 8 || steps == steps_max) {
			inspection_campaigns_put(t->tx, m->campaign, &c);
			leave_campaign_opening(t, &(struct campaign_opening){ m->submission, m->campaign, code });
			return;
		}
		if (!row.ended && organisation_has_members(row.level) && organisation_within(&tree, code, c.organisation) &&
		    has_members(t, code))
			expect_part(t, m->campaign, &c, code);
	}
	c.busy = false;
	turn_subject(t, subject_of(subject_kind_organisation, c.organisation));
	move(t, m->campaign, &c, campaign_state_event_opened, 0);
	set_deadlines(t, m->campaign, &c);
	advance(t, m->campaign, &c);
	inspection_campaigns_put(t->tx, m->campaign, &c);
	inspection_act_ended(t, m->submission, carried_out, true, m->campaign);
}

// --- deadlines (D2, D17) ---

static enum org_level level_of(enum act act)
{
	return act == act_file_checks ? org_level_cell : act == act_consolidate_checks ? org_level_grassroots :
											 org_level_superior;
}

void inspection_overdue_goes_on(struct turn *t, const struct overdue_going *m)
{
	enum org_level level = level_of(m->act);
	struct inspection_parts_key key;
	struct inspection_parts_row part;
	struct inspection_campaigns_row c;
	unsigned steps = 0;
	if (!inspection_campaigns_get(t->tx, m->campaign, &c))
		return;
	for (uint64_t at = m->organisation; inspection_parts_first(t->tx, m->campaign, level, at, &key, &part) &&
					    key.campaign == m->campaign && key.level == level; at = key.organisation + 1) {
		if (turn_room(t) < 8 || steps++ == steps_max) {
			leave_overdue_going(t, &(struct overdue_going){ m->campaign, m->act, m->due, key.organisation });
			return;
		}
		if (part.furthest >= (level == org_level_superior ? campaign_part_reported : campaign_part_filed))
			continue;
		turn_subject(t, subject_of(subject_kind_organisation, key.organisation));
		emit_checks_overdue(t, &(struct checks_overdue){ .organisation = key.organisation, .campaign = m->campaign,
								 .act = m->act, .due = m->due });
	}
	turn_subject(t, subject_of(subject_kind_organisation, c.organisation));
	if (inspection_is_open(&c))
		advance(t, m->campaign, &c);
	inspection_campaigns_put(t->tx, m->campaign, &c);
}

void inspection_deadline(struct turn *t, const struct campaign_due *m)
{
	struct inspection_campaigns_row c;
	if (!inspection_campaigns_get(t->tx, m->campaign, &c) || !inspection_is_open(&c))
		return;
	turn_origin(t, &(struct origin){ .source = service_id_inspection, .submission = m->submission, .actor = m->actor });
	inspection_overdue_goes_on(t, &(struct overdue_going){ m->campaign, m->act, m->due, 0 });
}

// --- closed (D2) ---

static bool all_reported(const struct inspection_campaigns_row *c)
{
	return c->cells_filed >= c->cells && c->grassroots_filed >= c->grassroots && c->reported >= c->superiors;
}

// Deadlines may have been over when it was opened: they say nothing of the time that organisations had.
static bool had_time_to_report(const struct turn *t, const struct inspection_campaigns_row *c)
{
	int32_t opened = c->has_opened ? c->opened : c->from;
	uint32_t days = dated_value_on(inspection_days_report, array_size(inspection_days_report), opened);
	return turn_date(t) >= date_after_working_days(opened, days);
}

struct refusal inspection_close(struct turn *t, const struct origin *o, struct check_act *act)
{
	struct inspection_campaigns_row c;
	struct refusal refusal = own_campaign(t, o, act, campaign_state_reported, &c);
	if (refusal.reason == reason_none && turn_date(t) <= c.to)
		refusal = refused(date, too_early);
	if (refusal.reason == reason_none && c.cells_filed == 0)
		refusal = refused(count, not_filed); // nobody was checked: an end would take every card out of use
	if (refusal.reason == reason_none && !all_reported(&c) && !had_time_to_report(t, &c))
		refusal = refused(organisation, not_filed); // nor does a single cell speak for all the others
	if (refusal.reason != reason_none)
		return refusal;
	c.busy = true;
	inspection_campaigns_put(t->tx, act->head.campaign, &c);
	act->going = true;
	inspection_closing_goes_on(t, &(struct campaign_closing){ .submission = act->submission,
								  .campaign = act->head.campaign });
	return carried_out;
}

// In use, or may be so again: what is not in use just now does not escape the check by that.
static bool may_be_used(enum card_validity validity)
{
	return validity == card_validity_active || validity == card_validity_suspended || validity == card_validity_damaged ||
	       validity == card_validity_lost;
}

// The card's holder is somebody below, and there is no check of this campaign; `cell`: where they are.
static bool is_missed(struct turn *t, const struct inspection_campaigns_row *c, uint64_t card,
		      const struct inspection_cards_row *row, uint64_t *cell)
{
	struct organisation_tree tree = inspection_tree(t);
	struct inspection_members_row member;
	if (row->generation != c->generation || !may_be_used(row->validity) ||
	    row->boxes >> (c->ordinal - 1) & 1 || inspection_missed_get(t->tx, card, NULL) ||
	    !inspection_members_get(t->tx, card_member(card), &member))
		return false;
	*cell = member.cell;
	return organisation_within(&tree, member.cell, c->organisation);
}

void inspection_closing_goes_on(struct turn *t, const struct campaign_closing *m)
{
	struct inspection_campaigns_row c;
	struct inspection_cards_row row;
	uint64_t card, cell, at = m->at;
	unsigned steps = 0;
	if (!inspection_campaigns_get(t->tx, m->campaign, &c))
		return;
	for (; inspection_cards_first(t->tx, at, &card, &row); at = card + 1, steps++) {
		if (turn_room(t) < 4 || steps == steps_max) {
			inspection_campaigns_put(t->tx, m->campaign, &c);
			leave_campaign_closing(t, &(struct campaign_closing){ m->submission, m->campaign, card });
			return;
		}
		if (!is_missed(t, &c, card, &row, &cell))
			continue;
		inspection_missed_put(t->tx, card, &(struct inspection_missed_row){ .campaign = m->campaign });
		c.missed++;
		turn_subject(t, subject_of(subject_kind_member, card_member(card)));
		emit_check_missed(t, &(struct check_missed){ .card = card, .campaign = m->campaign, .organisation = cell,
							     .number = row.number, .since = c.to + 1 });
	}
	c.busy = false;
	turn_subject(t, subject_of(subject_kind_organisation, c.organisation));
	move(t, m->campaign, &c, campaign_state_event_closed, 0);
	inspection_campaigns_put(t->tx, m->campaign, &c);
	inspection_act_ended(t, m->submission, carried_out, true, m->campaign);
}
