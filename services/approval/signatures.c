#include "approval/signatures.h"

#include "base/ensure.h"
#include "base/subject.h"
#include "gen/approval_emit.h"

void approval_act_noted(struct turn *t, const struct origin *o, enum act act, enum subject_kind kind, uint64_t number)
{
	approval_acts_put(t->tx, subject_of(kind, number), act, o->person,
			  &(struct approval_acts_row){ .certificate = o->actor, .organisation = o->organisation,
						       .submission = o->submission, .time = t->time_ms });
}

static uint64_t subject_signed(const struct approval_stage *act, uint64_t number)
{
	return subject_of(act->on_group ? subject_kind_group : subject_kind_list, number);
}

static bool same_left_out(const struct approval_proposals_row *p, const struct list_act_given *m)
{
	bool same = p->left_out_count == m->left_out_count;
	for (size_t i = 0; same && i < m->left_out_count; i++)
		same = p->left_out[i].request == m->left_out[i].request && p->left_out[i].reason == m->left_out[i].reason;
	return same;
}

static bool same_decision(const struct approval_proposals_row *p, const struct list_act_given *m)
{
	return p->has_decision_number == m->has_decision_number && p->has_decision_date == m->has_decision_date &&
	       (!m->has_decision_number || bytes_equal(p->decision_number, m->decision_number)) &&
	       (!m->has_decision_date || p->decision_date == m->decision_date);
}

struct refusal approval_signature_refusal(struct turn *t, const struct origin *o, const struct list_act_given *m,
					  const struct approval_stage *act)
{
	static struct approval_proposals_row p;
	uint64_t subject = subject_signed(act, m->number);
	if (!approval_proposals_get(t->tx, subject, m->act, &p))
		return carried_out;
	if (approval_acts_get(t->tx, subject, m->act, o->person, NULL))
		return refused(actor, already_done);
	if (!same_decision(&p, m))
		return refused(decision, differs);
	return same_left_out(&p, m) ? carried_out : refused(item, differs);
}

static void signatures_told(struct turn *t, const struct list_act_given *m, uint64_t subject)
{
	struct act_signatures told = { .number = m->number, .act = m->act };
	struct approval_acts_key key;
	struct approval_acts_row row;
	struct store_walk walk;
	approval_acts_walk_init(&walk, t->tx, subject, m->act, 0);
	while (told.persons_count < array_size(told.persons) && approval_acts_walk_next(&walk, &key, &row) &&
	       key.subject == subject && key.act == m->act) {
		told.persons[told.persons_count++] = key.person;
		told.certificates[told.certificates_count++] = row.certificate;
	}
	store_walk_deinit(&walk);
	emit_act_signatures(t, &told);
}

// Notes the signature.  False: more are needed, and the signatory was told how many.
bool approval_signatures_suffice(struct turn *t, const struct origin *o, const struct list_act_given *m,
			       const struct approval_stage *act)
{
	static struct approval_proposals_row p;
	uint64_t subject = subject_signed(act, m->number);
	uint32_t needed = approval_quorum_of(m->act, turn_date(t));
	bool proposed = approval_proposals_get(t->tx, subject, m->act, &p);
	uint32_t given = (proposed ? p.given : 0) + 1;
	approval_act_noted(t, o, m->act, act->on_group ? subject_kind_group : subject_kind_list, m->number);
	if (given >= needed) {
		if (proposed) {
			signatures_told(t, m, subject);
			approval_proposals_delete(t->tx, subject, m->act);
		}
		return true;
	}
	p = (struct approval_proposals_row){ .has_decision_number = m->has_decision_number,
					     .decision_number = m->decision_number, .has_decision_date = m->has_decision_date,
					     .decision_date = m->decision_date, .given = given,
					     .left_out_count = m->left_out_count };
	for (size_t i = 0; i < m->left_out_count; i++)
		p.left_out[i] = m->left_out[i];
	approval_proposals_put(t->tx, subject, m->act, &p);
	emit_act_signed(t, &(struct act_signed){ .number = m->number, .act = m->act, .given = given, .needed = needed });
	emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .has_number = true, .number = m->number,
						 .more = needed - given });
	return false;
}

// Who signed to leave it out signed for the rest too: their signatures stand.
void approval_proposal_without(struct turn *t, uint64_t subject, uint64_t request)
{
	static struct approval_proposals_row p;
	for (enum act act = act_appraise; act <= act_approve; act++) {
		size_t kept = 0;
		if (!approval_proposals_get(t->tx, subject, act, &p))
			continue;
		for (size_t i = 0; i < p.left_out_count; i++)
			if (p.left_out[i].request != request)
				p.left_out[kept++] = p.left_out[i];
		p.left_out_count = kept;
		approval_proposals_put(t->tx, subject, act, &p);
	}
}
