// Verification decides whether a member may have the card that a cell asks for: by the dated rules of
// schemas/eligibility.rules as they are on the day of the decision, over facts that it mirrors from the
// registry and from revocation (facts.c); and that a member has at most one open request.  Each request passes
// on to approval, is returned to be mended, is rejected, or is held for an adjudicator; the submitter is told
// of every row that does not pass, and the rule stands on record.
//
// What comes after is decided here too: the adjudicator's ruling, the correction, the withdrawal, and the
// recall when the member is in standing no more.  A request keeps its number for life; what is released or
// corrected goes on with another list, so that whole-list acts need not know of latecomers.  A recall asks
// approval, which may pass it on to printing: whoever still holds the request stops it, or says that it is too
// late.  Rows are judged in judging.c; a request's state and what can stop it are in requests.c.
//
// Verification never looks at a photo or a name, never decides for a committee, and never changes what the
// registry says.
#include "verification/verification.h"

#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "domain/organisation.h"
#include "gen/verification.h"
#include "verification/judging.h"

// --- mirrors of what others decide ---

static void on_organisation_registered(struct turn *t, const struct origin *o,
				       const struct organisation_registered *m)
{
	(void)o;
	verification_organisations_put(
		t->tx, m->code,
		&(struct verification_organisations_row){ .level = m->level, .parent = m->parent });
}

static void on_member_registered(struct turn *t, const struct origin *o, const struct member_registered *m)
{
	(void)o;
	verification_members_put(
		t->tx, m->member,
		&(struct verification_members_row){ .version = m->version,
						    .type = m->type,
						    .status = m->status,
						    .home_cell = m->home_cell,
						    .present_cell = m->present_cell,
						    .has_photo = m->has_photo,
						    .photo = m->photo,
						    .has_discipline_until = m->has_discipline_until,
						    .discipline_until = m->discipline_until });
	verification_standing_seen(t, m->member, m->status);
}

// Revocation's word on the same card comes after this, if the card is worth anything else.
static void on_card_opened(struct turn *t, const struct origin *o, const struct card_opened *m)
{
	(void)o;
	verification_cards_put(t->tx, m->card,
			       &(struct verification_cards_row){ .validity = card_validity_active,
								 .generation = m->generation,
								 .number = m->number });
}

static void on_validity_changed(struct turn *t, const struct origin *o, const struct validity_changed *m)
{
	(void)o;
	// A card that was not in the opening balance is a chip card: nothing else is printed (domain.md
	// §6.2).
	struct verification_cards_row row = { .generation = card_generation_chip_2025 };
	verification_cards_get(t->tx, m->card, &row);
	row.validity = m->to;
	row.number = m->number;
	verification_cards_put(t->tx, m->card, &row);
}

static void on_request_due(struct turn *t, const struct origin *o, const struct request_due *m)
{
	(void)o;
	verification_request_late(t, m);
}

static void on_withdrawal_given(struct turn *t, const struct origin *o, const struct withdrawal_given *m)
{
	verification_withdraw(t, o, m);
}

static void on_withdrawals_ended(struct turn *t, const struct origin *o, const struct withdrawals_ended *m)
{
	(void)o;
	verification_withdrawals_end(t, m->submission);
}

// --- a list comes in ---

// The row of a list; what it borrows is copied.
static bool list_get(struct turn *t, uint64_t number, struct verification_lists_row *list, uint8_t decision[40])
{
	if (!verification_lists_get(t->tx, number, list))
		return false;
	if (list->has_decision_number) {
		memcpy(decision, list->decision_number.data, list->decision_number.size);
		list->decision_number.data = decision;
	}
	return true;
}

// Why the whole list cannot be taken; reason_none: it can.
static struct refusal list_refusal(struct turn *t, const struct origin *o, const struct list_opened *m)
{
	struct organisation_tree tree = verification_tree(t);
	struct verification_organisations_row cell;
	if (!verification_organisations_get(t->tx, m->cell, &cell))
		return refused(organisation, unknown);
	if (!organisation_has_members(cell.level))
		return refused(organisation, wrong_level);
	if (!organisation_within(&tree, m->cell, o->organisation))
		return refused(organisation, outside_subtree);
	if (verification_case(&verification_eligibility, m->kind, m->reason, turn_date(t)) < 0)
		return refused(reason, no_rule);
	return carried_out;
}

static void list_open(struct turn *t, uint64_t submission, uint64_t number, struct verification_lists_row *list)
{
	list->opened = true;
	turn_subject(t, subject_of(subject_kind_list, number));
	turn_rule(t, eligibility_version);
	emit_verified_list_opened(t, &(struct verified_list_opened){ .submission = submission, .list = number,
								     .kind = list->kind, .reason = list->reason,
								     .cell = list->cell, .period = list->period,
								     .submitter = list->submitter });
}

static void on_list_opened(struct turn *t, const struct origin *o, const struct list_opened *m)
{
	struct refusal refusal = list_refusal(t, o, m);
	struct verification_lists_row list = { .submission = m->submission,
					       .kind = m->kind,
					       .reason = m->reason,
					       .cell = m->cell,
					       .period = m->period,
					       .day = turn_date(t),
					       .why = refusal.reason,
					       .field = refusal.field,
					       .submitter = o->person };
	if (refusal.reason == reason_none) // else told when the list has ended
		list_open(t, m->submission, m->list, &list);
	verification_lists_put(t->tx, m->list, &list);
}

static void refuse_stray(struct turn *t, const struct request_offered *m)
{
	turn_subject(t, subject_of(subject_kind_member, m->member));
	emit_row_refused(t, &(struct row_refused){ .submission = m->submission,
						   .row = item_index(m->request),
						   .field = field_list,
						   .reason = reason_unknown,
						   .has_request = true,
						   .request = m->request });
}

static void on_request_offered(struct turn *t, const struct origin *o, const struct request_offered *m)
{
	struct organisation_tree tree = verification_tree(t);
	uint64_t number = item_whole(m->request);
	struct verification_lists_row list;
	uint8_t decision[40];
	(void)o;
	if (!list_get(t, number, &list, decision) || list.ended || list.has_of) {
		refuse_stray(t, m); // the list's opening went to quarantine
		return;
	}
	list.cell = organisation_standing(&tree, list.cell); // merged while its rows came in: its members are the successor's
	list.offered++;
	if (list.why == reason_none)
		verification_offered(t, m, number, &list);
	verification_lists_put(t->tx, number, &list);
}

static void refuse_list(struct turn *t, uint64_t submission, const struct verification_lists_row *list)
{
	emit_act_closed(t, &(struct act_closed){ .submission = submission,
						 .reason = list->why,
						 .field = list->field,
						 .accepted = 0,
						 .refused = list->offered });
}

static void list_end(struct turn *t, uint64_t submission, uint64_t number, uint32_t count)
{
	struct verification_lists_row list;
	uint8_t decision[40];
	if (!list_get(t, number, &list, decision) || list.ended)
		list = (struct verification_lists_row){ .offered = count, .why = reason_unknown, .field = field_list };
	list.ended = true;
	turn_subject(t, subject_of(subject_kind_list, number));
	turn_rule(t, eligibility_version);
	if (list.why != reason_none)
		refuse_list(t, submission, &list);
	else if (list.opened) // also when nobody passed: approval closes the act
		emit_verified_list_ended(t, &(struct verified_list_ended){ .submission = submission,
									   .list = number,
									   .verified = list.verified,
									   .refused = list.refused - list.settled,
									   .settled = list.settled });
	else // an adjudication that released nobody
		emit_act_closed(t, &(struct act_closed){ .submission = submission, .accepted = list.settled,
							 .refused = list.refused - list.settled });
	if (list.submission == submission)
		verification_lists_put(t->tx, number, &list);
}

static void on_list_ended(struct turn *t, const struct origin *o, const struct list_ended *m)
{
	(void)o;
	list_end(t, m->submission, m->list, m->count);
}

// --- adjudication: what was held is released or refused ---

// A list of its own kind: those released go on together, as what their first submitter asked for.
static void on_adjudication_opened(struct turn *t, const struct origin *o, const struct adjudication_opened *m)
{
	struct organisation_tree tree = verification_tree(t);
	struct verification_lists_row of = { 0 };
	uint8_t decision[40];
	struct refusal no = carried_out;
	if (!list_get(t, m->of, &of, decision))
		no = refused(list, unknown);
	else if (!organisation_within(&tree, of.cell, o->organisation))
		no = refused(organisation, outside_subtree);
	struct verification_lists_row list = { .submission = m->submission, .kind = of.kind, .reason = of.reason,
					       .cell = of.cell, .period = of.period, .day = turn_date(t),
					       .why = no.reason, .field = no.field, .submitter = of.submitter,
					       .has_of = true, .of = m->of,
					       .has_decision_number = m->has_decision_number,
					       .decision_number = m->decision_number,
					       .has_decision_date = m->has_decision_date,
					       .decision_date = m->decision_date };
	verification_lists_put(t->tx, m->list, &list);
}

// domain.md §3, §6.3: discipline and a loss without good reason are the inspection commission's; whether data
// are the same person's, the boards above the cell's committee find out.
static bool may_rule(enum role role, enum reason held)
{
	if (held == reason_held_mismatch)
		return role == role_superior_board || role == role_provincial_board;
	return role == role_inspection_commission;
}

static struct refusal ruling_refusal(const struct origin *o, const struct ruling_given *m,
				     bool known, const struct verification_request *r,
				     const struct verification_lists_row *list)
{
	if (!known || r->row.list != list->of)
		return refused(request, unknown);
	if (r->row.state != request_state_on_hold)
		return refused(request, wrong_state);
	if (!may_rule((enum role)o->role, r->row.why))
		return refused(actor, role_not_allowed);
	if (r->row.submitter == o->person || r->row.member == o->person)
		return refused(actor, same_person);
	if (!m->release && m->reason == reason_none)
		return refused(reason, missing);
	return carried_out;
}

// Another rule that holds it and that nobody has released it from; NULL: it may go on.
static const struct eligibility_rule *next_hold(const struct verification_request *r, const struct verification_lists_row *list,
						const struct verification_subject *s)
{
	const struct request_offered asked = { .has_card_number = r->row.has_card_number, .card_number = r->row.card_number,
					       .has_photo = r->row.has_photo, .has_evidence = r->row.has_evidence,
					       .has_loss = r->row.has_loss, .loss = r->row.loss,
					       .card_enclosed = r->row.card_enclosed };
	struct eligibility_facts facts = verification_facts_of(s, list, &asked);
	return verification_hold_of(list, verification_case(&verification_eligibility, list->kind, list->reason,
			list->day), &facts,
		       r->row.cleared);
}

// Released, and held for the next reason, which may be another's business.
static void held_on(struct turn *t, struct verification_request *r, struct verification_lists_row *list, enum reason held,
		    const struct eligibility_rule *rule)
{
	r->row.why = rule->reason;
	r->row.rule = bytes_of_text(rule->name);
	list->refused++;
	list->settled++;
	verification_request_moved(t, r, request_state_on_hold);
	emit_hold_settled(t, &(struct hold_settled){ .request = r->number, .member = r->row.member,
						     .state = request_state_on_hold, .reason = rule->reason, .held = held,
						     .has_decision_number = list->has_decision_number,
						     .decision_number = list->decision_number,
						     .has_decision_date = list->has_decision_date,
						     .decision_date = list->decision_date });
	verification_tell_cell(t, r, rule->field);
}

static void ruled(struct turn *t, const struct ruling_given *m, struct verification_request *r,
		struct verification_lists_row *list,
		  const struct verification_subject *s)
{
	enum reason held = r->row.why;
	enum request_state to;
	r->row.cleared |= m->release ? verification_hold_bit(held) : 0;
	const struct eligibility_rule *again = m->release ? next_hold(r, list, s) : NULL;
	turn_subject(t, subject_of(subject_kind_member, r->row.member));
	turn_rule(t, eligibility_version);
	if (again) {
		held_on(t, r, list, held, again);
		return;
	}
	ensure(request_state_step(r->row.state, m->release ? request_state_event_released : request_state_event_refused, &to));
	r->row.why = m->release ? reason_none : m->reason;
	if (m->release) {
		r->row.has_rule = false;
		r->row.list = m->list;
		r->row.passes++;
	}
	if (m->release && !list->opened)
		list_open(t, m->submission, m->list, list);
	turn_subject(t, subject_of(subject_kind_member, r->row.member));
	turn_rule(t, eligibility_version);
	verification_request_moved(t, r, to);
	emit_hold_settled(t, &(struct hold_settled){ .request = r->number, .member = r->row.member, .state = to,
						     .reason = r->row.why, .held = held,
						     .has_decision_number = list->has_decision_number,
						     .decision_number = list->decision_number,
						     .has_decision_date = list->has_decision_date,
						     .decision_date = list->decision_date });
	if (m->release) {
		list->verified++;
		verification_tell_passed(t, r, s);
	} else {
		list->refused++;
		list->settled++;
		verification_tell_finished(t, r);
	}
	verification_tell_cell(t, r, field_whole);
}

static void on_ruling_given(struct turn *t, const struct origin *o, const struct ruling_given *m)
{
	struct verification_lists_row list;
	struct verification_subject s = { 0 };
	struct verification_request r = { 0 };
	uint8_t decision[40];
	if (!list_get(t, m->list, &list, decision) || list.ended || !list.has_of)
		return; // its opening went to quarantine; the end says so
	list.offered++;
	list.reopened++;
	if (list.why == reason_none) {
		bool known = verification_request_get(t, m->request, &r);
		struct refusal no = ruling_refusal(o, m, known, &r, &list);
		if (known)
			s = verification_subject_at(t->tx, r.row.member);
		if (no.reason == reason_none && m->release && !r.row.has_photo && !s.member.has_photo)
			no = refused(photo, photo_missing);
		if (known)
			turn_subject(t, subject_of(subject_kind_member, r.row.member));
		if (no.reason == reason_none) {
			ruled(t, m, &r, &list, &s);
		} else {
			list.refused++;
			emit_row_refused(t, &(struct row_refused){ .submission = m->submission, .row = m->row,
								   .field = no.field, .reason = no.reason,
								   .has_request = true, .request = m->request });
		}
	}
	verification_lists_put(t->tx, m->list, &list);
}

static void on_adjudication_ended(struct turn *t, const struct origin *o, const struct adjudication_ended *m)
{
	(void)o;
	list_end(t, m->submission, m->list, m->count);
}

// --- a request ends ---

static bool event_refused(struct turn *t, uint64_t request, uint64_t member, const struct verification_request *r,
			  enum request_state_event event, enum reason reason)
{
	emit_request_event_refused(t, &(struct request_event_refused){
					      .request = request, .member = member, .has_state = r != NULL,
					      .state = r ? r->row.state : request_state_received, .event = event,
					      .reason = reason });
	return false;
}

// Rejected because its card, made already, was not to be handed over.  Where the hand-over crossed that on its way, what
// happened counts: the request is closed, and whoever has the card owes it.
static bool had_a_card(enum reason why)
{
	return why == reason_holder_left || why == reason_holder_died || why == reason_undelivered || why == reason_written_off;
}

static bool request_ends(struct turn *t, struct verification_request *r, uint64_t request, uint64_t member,
			 enum request_state_event event, enum reason why)
{
	enum request_state to;
	turn_subject(t, subject_of(subject_kind_member, member));
	if (!verification_request_get(t, request, r) || r->row.member != member)
		return event_refused(t, request, member, NULL, event, reason_unknown);
	if (!request_state_step(r->row.state, event, &to) || (r->row.state == request_state_rejected && !had_a_card(r->row.why)))
		return event_refused(t, request, member, r, event, reason_wrong_state);
	r->row.why = why;
	verification_request_moved(t, r, to);
	verification_tell_finished(t, r);
	return true;
}

static void on_request_delivered(struct turn *t, const struct origin *o, const struct request_delivered *m)
{
	struct verification_request r;
	(void)o;
	if (!request_ends(t, &r, m->request, m->member, request_state_event_handed_over, reason_none))
		return;
	verification_issued_put(t->tx, m->member, &(struct verification_issued_row){ .request = m->request });
	verification_recall_over(t, &r, reason_too_late);
}

static void on_request_undelivered(struct turn *t, const struct origin *o, const struct request_undelivered *m)
{
	struct verification_request r;
	(void)o;
	if (!request_ends(t, &r, m->request, m->member, request_state_event_undelivered, m->reason))
		return;
	verification_tell_cell(t, &r, field_whole);
	verification_recall_over(t, &r, reason_none);
}

// Left out by an act on its list; or taken out because it was recalled.
static void on_request_left_out(struct turn *t, const struct origin *o, const struct request_left_out *m)
{
	struct verification_request r;
	bool asked = m->act == act_withdraw;
	(void)o;
	if (!request_ends(t, &r, m->request, m->member, asked
			? verification_recall_event(m->reason) : request_state_event_left_out, m->reason))
		return;
	r.row.left_out = true;
	verification_requests_put(t->tx, r.number, &r.row);
	if (m->reason != reason_withdrawn)
		verification_tell_cell(t, &r, field_whole);
	verification_recall_over(t, &r, asked ? reason_none : reason_wrong_state);
}

static enum field field_of_facility(enum reason reason)
{
	return reason == reason_facility_photo ? field_photo : field_whole;
}

// What the facility cannot print goes back to the cell; what was recalled meanwhile ends here.
static void on_record_refused(struct turn *t, const struct origin *o, const struct record_refused *m)
{
	struct verification_request r;
	(void)o;
	if (!request_ends(t, &r, m->request, m->member, request_state_event_facility_refused, m->reason))
		return;
	r.row.facility_refusals++;
	verification_requests_put(t->tx, r.number, &r.row);
	if (r.row.has_recalled) {
		verification_stop_now(t, &r, r.row.recalled);
		verification_recall_over(t, &r, reason_none);
		return;
	}
	verification_tell_cell(t, &r, field_of_facility(m->reason));
}

static void on_recall_answered(struct turn *t, const struct origin *o, const struct recall_answered *m)
{
	struct verification_request r;
	(void)o;
	turn_subject(t, subject_of(subject_kind_member, m->member));
	bool known = verification_request_get(t, m->request, &r) && r.row.member == m->member;
	if (!known || !r.row.has_recalled) {
		event_refused(t, m->request, m->member, known ? &r : NULL, request_state_event_recalled,
			      known ? reason_wrong_state : reason_unknown);
		return;
	}
	if (m->stopped && r.row.state == request_state_verified)
		verification_stop_now(t, &r, r.row.recalled);
	else // it goes on; what becomes of its card is told by those who keep it
		event_refused(t, m->request, m->member, &r, verification_recall_event(r.row.recalled), m->reason);
	verification_recall_over(t, &r, m->stopped ? reason_none : m->reason);
}

// A new edition of the rules decides otherwise from its day on, which replay must know: hence its version is
// in the fold's.
const struct service verification_service = {
	.name = "verification",
	.id = service_id_verification,
	.fold_version = 2 * 1000 + eligibility_version,
	.inputs = verification_inputs,
	.tables = verification_tables,
	.sources = verification_sources,
};
