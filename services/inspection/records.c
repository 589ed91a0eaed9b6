#include "inspection/records.h"

#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "gen/inspection_emit.h"

// --- acts ---

// A row read lives only until the next write: the head is copied.
static struct inspection_acts_row act_at(struct turn *t, uint64_t submission)
{
	static uint8_t bytes[1000];
	struct inspection_acts_row act = { .reason = reason_unknown };
	if (inspection_acts_get(t->tx, submission, &act)) {
		ensure(act.head.size <= sizeof bytes);
		memcpy(bytes, act.head.data, act.head.size);
	}
	act.head.data = bytes;
	return act;
}

void inspection_row_ended(struct turn *t, uint64_t submission, uint32_t row, struct refusal refusal)
{
	struct inspection_acts_row act = act_at(t, submission);
	act.accepted += refusal.reason == reason_none;
	act.refused += refusal.reason != reason_none;
	if (refusal.reason != reason_none && act.reason == reason_none)
		emit_row_refused(t, &(struct row_refused){ .submission = submission, .row = row, .field = refusal.field,
							   .reason = refusal.reason });
	inspection_acts_put(t->tx, submission, &act);
}

void inspection_act_counts(struct turn *t, uint64_t submission, uint32_t accepted)
{
	struct inspection_acts_row act = act_at(t, submission);
	act.accepted += accepted;
	inspection_acts_put(t->tx, submission, &act);
}

void inspection_act_ended(struct turn *t, uint64_t submission, struct refusal whole, bool has_number, uint64_t number)
{
	struct inspection_acts_row act = { 0 };
	inspection_acts_get(t->tx, submission, &act);
	bool none = whole.reason != reason_none;
	emit_act_closed(t, &(struct act_closed){ .submission = submission, .reason = whole.reason, .field = whole.field,
						 .accepted = none ? 0 : act.accepted,
						 .refused = act.refused + (none ? act.accepted : 0),
						 .has_number = has_number, .number = number });
	inspection_acts_delete(t->tx, submission);
}

// --- the tree ---

organisation_parent_of(inspection)

struct organisation_tree inspection_tree(struct turn *t)
{
	return (struct organisation_tree){ t->tx, parent_of };
}

bool inspection_is_level(struct turn *t, uint64_t organisation, enum org_level level)
{
	struct inspection_organisations_row row;
	return inspection_organisations_get(t->tx, organisation, &row) && row.level == level && !row.ended;
}

// Down to the depth that a tree can have; one that was merged lies below its successor.
static bool below(struct turn *t, uint64_t organisation, int depth,
		  bool (*each)(struct turn *t, uint64_t code, void *context), void *context)
{
	struct inspection_children_key key;
	if (!each(t, organisation, context))
		return false;
	for (uint64_t from = 0; depth > 0 && inspection_children_first(t->tx, organisation, from, &key) &&
				key.parent == organisation; from = key.code + 1)
		if (!below(t, key.code, depth - 1, each, context))
			return false;
	return true;
}

bool inspection_below(struct turn *t, uint64_t organisation, bool (*each)(struct turn *t, uint64_t code, void *context),
		      void *context)
{
	return below(t, organisation, organisation_depth_max, each, context);
}

// --- members and cards ---

bool inspection_is_checked(const struct inspection_members_row *member)
{
	return member->type == member_type_official &&
	       (member->status == member_status_active || member->status == member_status_exempt ||
		member->status == member_status_temp_activity);
}

static bool is_in_use(enum card_validity validity)
{
	switch (validity) {
	case card_validity_active:
	case card_validity_suspended:
	case card_validity_unstamped:
	case card_validity_damaged:
	case card_validity_lost: return true;
	case card_validity_not_yet_active:
	case card_validity_superseded:
	case card_validity_recovery_due:
	case card_validity_unrecoverable:
	case card_validity_retained_by_family:
	case card_validity_ended:
	case card_validity_spoiled: return false;
	}
	return false;
}

uint64_t inspection_card_of(struct turn *t, uint64_t member, enum card_generation generation,
			    struct inspection_cards_row *row)
{
	struct inspection_cards_row one;
	uint64_t card, found = 0;
	for (uint64_t at = card_of(member, 0);
	     inspection_cards_first(t->tx, at, &card, &one) && card_member(card) == member; at = card + 1) {
		if (is_in_use(one.validity) && (generation == 0 || one.generation == generation)) {
			*row = one;
			found = card;
		}
	}
	return found;
}

// --- papers ---

struct refusal inspection_document_missing(const struct check_act *act)
{
	return act->head.has_document_number && act->head.has_document_date ? carried_out : refused(decision, missing);
}

void inspection_document_keep(struct turn *t, const struct check_act *act, uint64_t organisation)
{
	const struct coded_check_head *h = &act->head;
	inspection_documents_put(t->tx, act->head.campaign, act->act, organisation,
				 &(struct inspection_documents_row){
					 .number = h->document_number, .has_number = h->has_document_number,
					 .date = h->document_date, .has_date = h->has_document_date,
					 .scan = h->scan, .has_scan = h->has_scan,
					 .explanation = h->explanation, .has_explanation = h->has_explanation,
					 .meeting = h->meeting, .has_meeting = h->has_meeting,
					 .briefing = h->briefing, .has_briefing = h->has_briefing });
}

int32_t inspection_document_date(struct turn *t, uint64_t campaign, enum act act, uint64_t organisation)
{
	struct inspection_documents_row row;
	return inspection_documents_get(t->tx, campaign, act, organisation, &row) && row.has_date ? row.date : date_none;
}

// --- figures ---

void inspection_figures_count(struct check_figures *figures, enum check_result result)
{
	switch (result) {
	case check_result_ok: figures->ok++; break;
	case check_result_damaged: figures->damaged++; break;
	case check_result_lost: figures->lost++; break;
	case check_result_not_presented: figures->not_presented++; break;
	case check_result_misused: figures->misused++; break;
	}
}

struct summing {
	uint64_t campaign;
	enum campaign_part from;
	struct check_figures sum;
};

static bool sum_one(struct turn *t, uint64_t code, void *context)
{
	struct summing *s = context;
	struct inspection_parts_row part;
	if (!inspection_parts_get(t->tx, s->campaign, org_level_cell, code, &part) || part.stage < s->from)
		return true;
	const struct check_figures *f = &part.figures;
	s->sum = (struct check_figures){
		.members = s->sum.members + f->members, .registered = s->sum.registered + f->registered,
		.collected = s->sum.collected + f->collected, .ok = s->sum.ok + f->ok, .damaged = s->sum.damaged + f->damaged,
		.lost = s->sum.lost + f->lost, .not_presented = s->sum.not_presented + f->not_presented,
		.misused = s->sum.misused + f->misused, .no_card = s->sum.no_card + f->no_card,
		.absent = s->sum.absent + f->absent, .left_out = s->sum.left_out + f->left_out,
		.stamped = s->sum.stamped + f->stamped,
	};
	return true;
}

struct check_figures inspection_figures(struct turn *t, uint64_t campaign, uint64_t organisation, enum campaign_part from)
{
	struct summing s = { .campaign = campaign, .from = from };
	inspection_below(t, organisation, sum_one, &s);
	return s.sum;
}
