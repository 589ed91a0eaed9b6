#include "verification/judging.h"

#include "base/ensure.h"
#include "base/fault.h"
#include "base/subject.h"
#include "gen/verification_emit.h"
#include "gen/verification_settings.h"

struct verdict {
	enum request_state_event event;
	enum field field;
	enum reason reason;
	const char *rule;
	int case_bit; // -1: none of the rules of the day was asked
	struct eligibility_facts facts;
};

static enum request_state_event event_for(enum request_state state)
{
	if (state == request_state_on_hold)
		return request_state_event_held;
	return state == request_state_returned ? request_state_event_sent_back : request_state_event_failed;
}

uint64_t verification_hold_bit(enum reason held)
{
	return UINT64_C(1) << (held & 63);
}

// The first rule that holds the request and that no adjudicator has released it from; NULL: none.
const struct eligibility_rule *verification_hold_of(const struct verification_lists_row *list, int bit,
					      const struct eligibility_facts *facts, uint64_t cleared)
{
	const struct eligibility *e = &verification_eligibility;
	for (size_t i = 0; bit >= 0 && i < e->rules_count; i++)
		if (e->rules[i].state == request_state_on_hold && !(cleared & verification_hold_bit(e->rules[i].reason)) &&
		    verification_broken(&e->rules[i], bit, list->day, facts))
			return &e->rules[i];
	return NULL;
}

static struct verdict judge(struct turn *t, const struct verification_subject *s,
			    const struct verification_lists_row *list, const struct request_offered *m, uint64_t cleared)
{
	struct verdict v = { .event = request_state_event_failed, .rule = "", .case_bit = -1 };
	// Invariant 1 stands above all rules: no edition of them can lift it.
	if (verification_open_requests_get(t->tx, m->member, NULL) && !fault_is(open_request_twice)) {
		v.reason = reason_open_request;
		v.rule = "one-open-request";
		return v;
	}
	int bit = verification_case(&verification_eligibility, list->kind, list->reason, list->day);
	// It was in force when the list was opened; a new edition of the rules may have come with an upgrade
	// since.
	if (bit < 0) {
		v.field = field_reason;
		v.reason = reason_no_rule;
		return v;
	}
	v.case_bit = bit;
	v.facts = verification_facts_of(s, list, m);
	const struct eligibility_rule *rule = verification_judge(&verification_eligibility, bit, list->day, &v.facts);
	if (rule && rule->state == request_state_on_hold)
		rule = verification_hold_of(list, bit, &v.facts, cleared);
	if (rule) {
		v.event = event_for(rule->state);
		v.field = rule->field;
		v.reason = rule->reason;
		v.rule = rule->name;
	} else if (!m->has_photo && !s->member.has_photo) {
		// Approval and the printer need a photo whatever the rules of the day say.
		v.event = request_state_event_sent_back;
		v.field = field_photo;
		v.reason = reason_photo_missing;
	} else {
		v.event = request_state_event_passed;
	}
	return v;
}

void verification_tell_passed(struct turn *t, const struct verification_request *r, const struct verification_subject *s)
{
	emit_request_verified(t, &(struct request_verified){ .request = r->number,
							     .member = r->row.member,
							     .photo = r->row.has_photo ? r->row.photo : s->member.photo,
							     .has_old_card = r->row.has_old_card,
							     .old_card = r->row.old_card,
							     .registry_version = r->row.registry_version,
							     .list = r->row.list });
}

static void tell_fault(struct turn *t, const struct request_offered *m, const struct verification_request *r, enum field field,
		       enum reason reason, const char *rule)
{
	emit_request_settled(t, &(struct request_settled){ .request = r->number,
							   .member = r->row.member,
							   .state = r->row.state,
							   .field = field,
							   .reason = reason,
							   .rule = bytes_of_text(rule) });
	emit_row_refused(t, &(struct row_refused){ .submission = m->submission,
						   .row = item_index(m->request),
						   .field = field,
						   .reason = reason,
						   .has_request = true,
						   .request = r->number });
}

// What has to be mended is told whole: one round for all columns.
static void tell_settled(struct turn *t, const struct request_offered *m, const struct verification_request *r, int32_t day,
			 const struct verdict *v)
{
	const struct eligibility *e = &verification_eligibility;
	uint64_t told = UINT64_C(1) << (v->field & 63);
	tell_fault(t, m, r, v->field, v->reason, v->rule);
	for (size_t i = 0; r->row.state == request_state_returned && v->case_bit >= 0 && i < e->rules_count; i++) {
		const struct eligibility_rule *rule = &e->rules[i];
		if (rule->state != request_state_returned || (told >> (rule->field & 63) & 1) ||
		    !verification_broken(rule, v->case_bit, day, &v->facts))
			continue;
		told |= UINT64_C(1) << (rule->field & 63);
		tell_fault(t, m, r, rule->field, rule->reason, rule->name);
	}
}

// A returned request of another kind, or that its cell did not mention, gives way to the new one.
static void earlier_gives_way(struct turn *t, const struct verification_request *r, uint64_t returned)
{
	struct verification_request old;
	bool stays = verification_is_open(r->row.state) || r->row.state == request_state_returned;
	if (stays && returned && returned != r->number && verification_request_get(t, returned, &old))
		verification_stop_now(t, &old, reason_withdrawn);
}

static void settle(struct turn *t, const struct request_offered *m, struct verification_request *r,
		struct verification_lists_row *list,
		   const struct verification_subject *s, const struct verdict *verdict)
{
	enum request_state state;
	ensure(request_state_step(request_state_received, verdict->event, &state));
	bool passed = state == request_state_verified;
	r->row.why = verdict->reason;
	r->row.has_old_card = list->kind != request_kind_new && s->held.any;
	r->row.old_card = s->held.card;
	r->row.has_rule = !passed;
	r->row.rule = bytes_of_text(passed ? "" : verdict->rule);
	r->row.rule_version = eligibility_version;
	r->row.registry_version = s->member.version;
	r->row.passes += passed;
	r->row.state = state;
	earlier_gives_way(t, r, s->returned);
	verification_request_moved(t, r, state);
	if (passed) {
		list->verified++;
		verification_tell_passed(t, r, s);
	} else {
		list->refused++;
		tell_settled(t, m, r, list->day, verdict);
	}
	if (m->card_enclosed && r->row.has_old_card && state != request_state_rejected)
		emit_card_enclosed(t, &(struct card_enclosed){ .card = r->row.old_card, .request = r->number,
							       .member = m->member, .cell = list->cell });
}

// --- corrections ---

// A request follows its member: whoever asked first, it is corrected by the cell where the member is now.  Another cell's
// mistaken row is a request of its own, which is rejected, and touches no other.
static bool may_correct(const struct verification_subject *s, const struct verification_request *r, uint64_t cell)
{
	if (!s->known)
		return r->row.cell == cell;
	return s->member.present_cell == cell ||
	       (s->member.home_cell == cell && s->member.status != member_status_temp_activity);
}

// Which returned request the row corrects: *r, when the result is reason_none and *found.
static struct refusal corrected(struct turn *t, const struct request_offered *m,
				const struct verification_lists_row *list, const struct verification_subject *s,
				struct verification_request *r, bool *found)
{
	*found = false;
	if (m->has_corrects) {
		if (!verification_request_get(t, m->corrects, r) || r->row.member != m->member)
			return refused(request, unknown);
		if (!may_correct(s, r, list->cell))
			return refused(present_cell, other_cell);
		if (r->row.state != request_state_returned)
			return refused(request, wrong_state);
		if (r->row.kind != list->kind || r->row.reason != list->reason)
			return refused(request, other_kind);
		*found = true;
	} else if (s->returned && verification_request_get(t, s->returned, r)) {
		*found = r->row.kind == list->kind && r->row.reason == list->reason && may_correct(s, r, list->cell);
	}
	return carried_out;
}

// What the correction does not bring anew stays as it was.
static void take_over(struct request_offered *m, const struct verification_requests_row *row)
{
	if (!m->has_photo && row->has_photo) {
		m->has_photo = true;
		m->photo = row->photo;
	}
	if (!m->has_evidence && row->has_evidence) {
		m->has_evidence = true;
		m->evidence = row->evidence;
	}
	if (!m->has_loss && row->has_loss) {
		m->has_loss = true;
		m->loss = row->loss;
	}
}

static void note_row(struct verification_request *r, const struct request_offered *m, const struct verification_lists_row *list,
		     uint64_t number)
{
	r->row.member = m->member;
	r->row.kind = list->kind;
	r->row.reason = list->reason;
	r->row.cell = list->cell;
	r->row.has_photo = m->has_photo;
	r->row.photo = m->photo;
	r->row.has_evidence = m->has_evidence;
	r->row.evidence = m->evidence;
	r->row.has_loss = m->has_loss;
	r->row.loss = m->loss;
	r->row.card_enclosed |= m->card_enclosed;
	r->row.has_card_number = m->has_card_number;
	r->row.card_number = m->card_number;
	r->row.list = number;
	r->row.submitter = list->submitter;
}

static void request_fails(struct turn *t, const struct request_offered *m, struct verification_request *r,
			  struct verification_lists_row *list, struct refusal refusal)
{
	r->row.why = refusal.reason;
	r->row.has_rule = true;
	r->row.rule = bytes_of_text("");
	r->row.rule_version = eligibility_version;
	verification_request_moved(t, r, request_state_rejected);
	list->refused++;
	tell_fault(t, m, r, refusal.field, refusal.reason, "");
}

static void correct(struct turn *t, const struct request_offered *m, struct verification_request *r,
		struct verification_lists_row *list,
		    const struct verification_subject *s)
{
	uint32_t limit = dated_value_on(verification_corrections, array_size(verification_corrections), list->day);
	struct request_offered whole = *m;
	enum request_state to;
	list->reopened++;
	if (r->row.corrections >= limit) {
		r->row.list = item_whole(m->request);
		request_fails(t, m, r, list, refused(request, correction_limit));
		verification_tell_finished(t, r);
		return;
	}
	ensure(request_state_step(r->row.state, request_state_event_corrected, &to) && to == request_state_received);
	r->row.corrections++;
	take_over(&whole, &r->row);
	whole.card_enclosed |= r->row.card_enclosed;
	note_row(r, &whole, list, item_whole(m->request));
	emit_request_reopened(t, &(struct request_reopened){ .request = r->number, .member = m->member, .list = r->row.list,
							     .row = item_index(m->request), .round = r->row.corrections });
	struct verdict verdict = judge(t, s, list, &whole, r->row.cleared);
	whole.card_enclosed = m->card_enclosed; // told when it was handed in
	settle(t, &whole, r, list, s, &verdict);
}

void verification_offered(struct turn *t, const struct request_offered *m, uint64_t number, struct verification_lists_row *list)
{
	struct verification_subject s = verification_subject_at(t->tx, m->member);
	struct verification_request r = { 0 };
	bool again;
	struct refusal refusal = corrected(t, m, list, &s, &r, &again);
	turn_subject(t, subject_of(subject_kind_member, m->member));
	turn_rule(t, eligibility_version);
	if (again) {
		correct(t, m, &r, list, &s);
		return;
	}
	r = (struct verification_request){ .number = m->request };
	note_row(&r, m, list, number);
	if (refusal.reason != reason_none) {
		request_fails(t, m, &r, list, refusal);
		return;
	}
	struct verdict verdict = judge(t, &s, list, m, 0);
	settle(t, m, &r, list, &s, &verdict);
}
