// Verification decides whether a member may have the card that a cell asks for: by the dated rules of
// schemas/eligibility.rules as they are on the day of the decision, over facts that it mirrors from the
// registry and from revocation; and that a member has at most one open request.  Each request passes on to
// approval, is returned to be mended, is rejected, or is held for a person; the submitter is told of every
// row that does not pass, and the rule stands on record.  Verification never looks at a photo or a name,
// never decides for a committee, and never changes what the registry says.
#include "verification/verification.h"

#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "domain/organisation.h"
#include "gen/verification.h"
#include "verification/eligibility.h"

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

static bool parent_of(void *context, uint64_t code, uint64_t *parent, enum org_level *level)
{
	struct verification_organisations_row row;
	if (!verification_organisations_get(context, code, &row))
		return false;
	*parent = row.parent;
	*level = row.level;
	return true;
}

// --- the facts that rules ask about ---

// The card that a member was given last, if any.
struct held_card {
	bool any;
	uint64_t card;
	struct verification_cards_row row;
};

static struct held_card held_by(struct turn *t, uint64_t member)
{
	struct held_card held = { 0 };
	struct verification_cards_row row;
	uint64_t card = card_of(member, 0);
	for (; verification_cards_first(t->tx, card, &card, &row) && card_member(card) == member; card++)
		if (row.validity != card_validity_not_yet_active && row.validity != card_validity_spoiled)
			held = (struct held_card){ true, card, row };
	return held;
}

struct subject {
	bool known;
	struct verification_members_row member;
	struct held_card held;
	bool issued; // by a request, though revocation's word on the card may still be on its way
};

static struct subject subject_at(struct turn *t, uint64_t member)
{
	struct subject s = { 0 };
	s.known = verification_members_get(t->tx, member, &s.member);
	s.held = held_by(t, member);
	s.issued = verification_issued_get(t->tx, member, NULL);
	return s;
}

static enum eligibility_list_cell cell_fact(const struct subject *s, uint64_t cell)
{
	if (s->known && s->member.present_cell == cell)
		return eligibility_list_cell_present;
	return s->known && s->member.home_cell == cell ? eligibility_list_cell_home
						       : eligibility_list_cell_other;
}

static unsigned generation_fact(const struct subject *s)
{
	if (s->issued)
		return card_generation_chip_2025;
	return s->held.any ? s->held.row.generation : 0;
}

static unsigned fact_of(enum eligibility_fact fact, const struct subject *s,
			const struct verification_lists_row *list, const struct request_offered *m)
{
	switch (fact) {
	case eligibility_fact_member_known:
		return s->known;
	case eligibility_fact_member_type:
		return s->member.type;
	case eligibility_fact_member_status:
		return s->member.status;
	case eligibility_fact_member_disciplined:
		return s->member.has_discipline_until && s->member.discipline_until >= list->day;
	case eligibility_fact_list_cell:
		return cell_fact(s, list->cell);
	case eligibility_fact_card_ever:
		return s->held.any || s->issued;
	case eligibility_fact_card_validity:
		return s->held.any ? s->held.row.validity : 0;
	case eligibility_fact_card_generation:
		return generation_fact(s);
	case eligibility_fact_card_matches:
		return !m->has_card_number || (s->held.any && s->held.row.number == m->card_number);
	case eligibility_fact_request_photo:
		return m->has_photo || s->member.has_photo;
	case eligibility_fact_request_evidence:
		return m->has_evidence;
	}
	ensure_failed("a fact of the rules that nobody computes", __FILE__, __LINE__, __func__);
}

static struct eligibility_facts facts_of(const struct subject *s, const struct verification_lists_row *list,
					 const struct request_offered *m)
{
	struct eligibility_facts facts = { 0 };
	for (unsigned i = 0; i < eligibility_fact_count; i++)
		facts.value[i] = (uint8_t)fact_of((enum eligibility_fact)i, s, list, m);
	return facts;
}

// --- a list comes in ---

struct refusal {
	enum field field;
	enum reason reason;
};

// Why the whole list cannot be taken; reason_none: it can.
static struct refusal list_refusal(struct turn *t, const struct origin *o, const struct list_opened *m)
{
	struct organisation_tree tree = { t->tx, parent_of };
	struct verification_organisations_row cell;
	if (!verification_organisations_get(t->tx, m->cell, &cell))
		return (struct refusal){ field_organisation, reason_unknown };
	if (!organisation_has_members(cell.level))
		return (struct refusal){ field_organisation, reason_wrong_level };
	if (!organisation_within(&tree, m->cell, o->organisation))
		return (struct refusal){ field_organisation, reason_outside_subtree };
	if (verification_case(&verification_eligibility, m->kind, m->reason, turn_date(t)) < 0)
		return (struct refusal){ field_reason, reason_no_rule };
	return (struct refusal){ field_whole, reason_none };
}

static void on_list_opened(struct turn *t, const struct origin *o, const struct list_opened *m)
{
	struct refusal refusal = list_refusal(t, o, m);
	verification_lists_put(t->tx, m->list,
			       &(struct verification_lists_row){ .submission = m->submission,
								 .kind = m->kind,
								 .reason = m->reason,
								 .cell = m->cell,
								 .period = m->period,
								 .day = turn_date(t),
								 .why = refusal.reason,
								 .field = refusal.field });
	if (refusal.reason != reason_none)
		return; // told when the list has ended
	turn_subject(t, subject_of(subject_kind_list, m->list));
	turn_rule(t, eligibility_version);
	emit_verified_list_opened(t, &(struct verified_list_opened){ .submission = m->submission,
								     .list = m->list,
								     .kind = m->kind,
								     .reason = m->reason,
								     .cell = m->cell,
								     .period = m->period });
}

// --- a request is judged ---

struct verdict {
	enum request_state_event event;
	enum field field;
	enum reason reason;
	const char *rule;
};

static enum request_state_event event_for(enum request_state state)
{
	if (state == request_state_on_hold)
		return request_state_event_held;
	return state == request_state_returned ? request_state_event_sent_back : request_state_event_failed;
}

static struct verdict judge(struct turn *t, const struct subject *s,
			    const struct verification_lists_row *list, const struct request_offered *m)
{
	// Invariant 1 stands above all rules: no edition of them can lift it.
	if (verification_open_requests_get(t->tx, m->member, NULL))
		return (struct verdict){ request_state_event_failed, field_whole, reason_open_request,
					 "one-open-request" };
	struct eligibility_facts facts = facts_of(s, list, m);
	int bit = verification_case(&verification_eligibility, list->kind, list->reason, list->day);
	// It was in force when the list was opened; a new edition of the rules may have come with an upgrade
	// since.
	if (bit < 0)
		return (struct verdict){ request_state_event_failed, field_reason, reason_no_rule, "" };
	const struct eligibility_rule *rule =
		verification_judge(&verification_eligibility, bit, list->day, &facts);
	// Approval and the printer need a photo whatever the rules of the day say.
	if (!rule && !m->has_photo && !s->member.has_photo)
		return (struct verdict){ request_state_event_sent_back, field_photo, reason_photo_missing,
					 "" };
	if (!rule)
		return (struct verdict){ .event = request_state_event_passed };
	return (struct verdict){ event_for(rule->state), rule->field, rule->reason, rule->name };
}

static void tell_passed(struct turn *t, const struct subject *s, const struct request_offered *m,
			const struct verification_requests_row *row)
{
	emit_request_verified(t,
			      &(struct request_verified){ .request = m->request,
							  .member = m->member,
							  .photo = m->has_photo ? m->photo : s->member.photo,
							  .has_old_card = row->has_old_card,
							  .old_card = row->old_card,
							  .registry_version = s->member.version });
}

static void tell_settled(struct turn *t, const struct request_offered *m, const struct verdict *verdict,
			 enum request_state state)
{
	emit_request_settled(t, &(struct request_settled){ .request = m->request,
							   .member = m->member,
							   .state = state,
							   .field = verdict->field,
							   .reason = verdict->reason,
							   .rule = bytes_of_text(verdict->rule) });
	emit_row_refused(t, &(struct row_refused){ .submission = m->submission,
						   .row = item_index(m->request),
						   .field = verdict->field,
						   .reason = verdict->reason,
						   .has_request = true,
						   .request = m->request });
}

// A request is open while it is on its way, and while it waits for a person.  One that was returned is not:
// its corrected submission comes with a new list.
static bool is_open(enum request_state state)
{
	return state == request_state_verified || state == request_state_on_hold;
}

static void settle(struct turn *t, const struct request_offered *m, struct verification_lists_row *list,
		   const struct subject *s, const struct verdict *verdict)
{
	enum request_state state;
	ensure(request_state_step(request_state_received, verdict->event, &state));
	bool passed = state == request_state_verified;
	struct verification_requests_row row = {
		.member = m->member,
		.state = state,
		.kind = list->kind,
		.reason = list->reason,
		.cell = list->cell,
		.has_photo = m->has_photo,
		.photo = m->photo,
		.has_evidence = m->has_evidence,
		.evidence = m->evidence,
		.has_old_card = list->kind != request_kind_new && s->held.any,
		.old_card = s->held.card,
		.has_rule = !passed,
		.rule = bytes_of_text(passed ? "" : verdict->rule),
		.rule_version = eligibility_version,
	};
	verification_requests_put(t->tx, m->request, &row);
	if (is_open(state))
		verification_open_requests_put(
			t->tx, m->member, &(struct verification_open_requests_row){ .request = m->request });
	if (passed) {
		list->verified++;
		tell_passed(t, s, m, &row);
	} else {
		list->refused++;
		tell_settled(t, m, verdict, state);
	}
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
	(void)o;
	uint64_t number = item_whole(m->request);
	struct verification_lists_row list;
	if (!verification_lists_get(t->tx, number, &list) || list.ended) {
		refuse_stray(t, m); // the list's opening went to quarantine
		return;
	}
	list.offered++;
	if (list.why == reason_none) {
		struct subject s = subject_at(t, m->member);
		struct verdict verdict = judge(t, &s, &list, m);
		turn_subject(t, subject_of(subject_kind_member, m->member));
		turn_rule(t, eligibility_version);
		settle(t, m, &list, &s, &verdict);
	}
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

static void on_list_ended(struct turn *t, const struct origin *o, const struct list_ended *m)
{
	(void)o;
	struct verification_lists_row list;
	if (!verification_lists_get(t->tx, m->list, &list) || list.ended)
		list = (struct verification_lists_row){ .offered = m->count,
							.why = reason_unknown,
							.field = field_list };
	list.ended = true;
	turn_subject(t, subject_of(subject_kind_list, m->list));
	turn_rule(t, eligibility_version);
	if (list.why != reason_none)
		refuse_list(t, m->submission, &list);
	else // also when nobody passed: approval closes the act
		emit_verified_list_ended(t, &(struct verified_list_ended){ .submission = m->submission,
									   .list = m->list,
									   .verified = list.verified,
									   .refused = list.refused });
	if (list.submission == m->submission)
		verification_lists_put(t->tx, m->list, &list);
}

// --- a request ends ---

static bool request_ends(struct turn *t, uint64_t request, uint64_t member, enum request_state_event event)
{
	struct verification_requests_row row;
	struct verification_open_requests_row open;
	turn_subject(t, subject_of(subject_kind_member, member));
	bool known = verification_requests_get(t->tx, request, &row) && row.member == member;
	enum request_state to;
	if (!known || !request_state_step(row.state, event, &to)) {
		emit_request_event_refused(t,
					   &(struct request_event_refused){
						   .request = request,
						   .member = member,
						   .has_state = known,
						   .state = known ? row.state : request_state_received,
						   .event = event,
						   .reason = known ? reason_wrong_state : reason_unknown });
		return false;
	}
	row.state = to;
	verification_requests_put(t->tx, request, &row);
	if (verification_open_requests_get(t->tx, member, &open) && open.request == request)
		verification_open_requests_delete(t->tx, member);
	emit_request_finished(
		t, &(struct request_finished){ .request = request, .member = member, .state = to });
	return true;
}

static void on_request_delivered(struct turn *t, const struct origin *o, const struct request_delivered *m)
{
	(void)o;
	if (request_ends(t, m->request, m->member, request_state_event_handed_over))
		verification_issued_put(t->tx, m->member,
					&(struct verification_issued_row){ .request = m->request });
}

static void on_request_left_out(struct turn *t, const struct origin *o, const struct request_left_out *m)
{
	(void)o;
	request_ends(t, m->request, m->member, request_state_event_left_out);
}

static void on_record_refused(struct turn *t, const struct origin *o, const struct record_refused *m)
{
	(void)o;
	request_ends(t, m->request, m->member, request_state_event_facility_refused);
}

// A new edition of the rules decides otherwise from its day on, which replay must know: hence its version is
// in the fold's.
const struct service verification_service = {
	.name = "verification",
	.id = service_id_verification,
	.fold_version = 1 * 1000 + eligibility_version,
	.inputs = verification_inputs,
	.tables = verification_tables,
	.sources = verification_sources,
};
