// Approval takes verified lists from the cell up to the province's signature: appraised by the grassroots
// committee (D12), consolidated by the superior's organisation board, decided by its standing committee
// (D13, domain.md §6.1), approved by the provincial board (A8).  An act is on a whole list, with exceptions;
// nobody may appraise, decide or approve what they submitted themselves, and the person counts, not the
// key.  It never judges whether a member is eligible (verification), and never gives a number or orders a
// card (printing).
//
// Who may do what stands in stages.c as one table.  A list's new stage is written at once, when the act is
// taken; what has to be told item by item follows in steps of a turn's room, so that acts that come
// meanwhile already find the new stage.  How many must sign is in signatures.c, by when in due.c, and how a
// request that is withdrawn comes out again in recalls.c, for which board lists wait in waiting.c.

#include "approval/approval.h"

#include "approval/due.h"
#include "approval/recalls.h"
#include "approval/signatures.h"
#include "approval/waiting.h"
#include "base/ensure.h"
#include "base/fault.h"
#include "base/subject.h"
#include "gen/approval.h"
#include "gen/approval_settings.h"
#include "runtime/turn.h"

#define group_lists_max 500 // lists_consolidated

#define refused(f, r) ((struct approval_refusal){ field_##f, reason_##r })
#define carried_out refused(whole, none)

static void subject_list(struct turn *t, uint64_t list)
{
	turn_subject(t, subject_of(subject_kind_list, list));
}

static void subject_group(struct turn *t, uint64_t group)
{
	turn_subject(t, subject_of(subject_kind_group, group));
}

static void on_organisation_registered(struct turn *t, const struct origin *o, const struct organisation_registered *m)
{
	(void)o;
	approval_organisation_stands(t, m);
}

static void on_organisation_merged(struct turn *t, const struct origin *o, const struct organisation_merged *m)
{
	(void)t, (void)o, (void)m; // it was registered below its successor before this
}

// ---- verified lists come in ----

static void verified_refused(struct turn *t, uint64_t list, uint64_t request, const struct approval_lists_row *row,
			     enum reason reason)
{
	struct verified_refused refused = { .list = list, .request = request, .has_request = request != 0, .reason = reason };
	if (row) {
		refused.stage = row->stage;
		refused.has_stage = true;
	}
	subject_list(t, list);
	emit_verified_refused(t, &refused);
}

static void on_verified_list_opened(struct turn *t, const struct origin *o, const struct verified_list_opened *m)
{
	struct approval_lists_row list;
	(void)o;
	if (approval_lists_get(t->tx, m->list, &list)) {
		verified_refused(t, m->list, 0, &list, reason_duplicate);
		return;
	}
	list = (struct approval_lists_row){ .submission = m->submission, .kind = m->kind, .reason = m->reason,
					    .cell = m->cell, .period = m->period, .submitter = m->submitter,
					    .stage = list_stage_arriving };
	approval_lists_put(t->tx, m->list, &list);
}

static void on_request_verified(struct turn *t, const struct origin *o, const struct request_verified *m)
{
	uint64_t number = m->list;
	struct approval_lists_row list;
	bool known = approval_lists_get(t->tx, number, &list);
	(void)o;
	if (!known || list.stage != list_stage_arriving || approval_items_get(t->tx, number, m->request, NULL)) {
		verified_refused(t, number, m->request, known ? &list : NULL,
				 !known ? reason_unknown
				 : list.stage == list_stage_arriving ? reason_duplicate
								     : reason_wrong_state);
		return;
	}
	if (number != item_whole(m->request))
		approval_moved_put(t->tx, m->request, &(struct approval_moved_row){ .list = number });
	approval_items_put(t->tx, number, m->request,
			   &(struct approval_items_row){ .member = m->member, .photo = m->photo,
					.has_old_card = m->has_old_card,
							 .old_card = m->old_card, .registry_version = m->registry_version });
	list.verified++;
	list.kept++;
	approval_lists_put(t->tx, number, &list);
}

// The list is here whole: only now its submitter hears how it went.
static void on_verified_list_ended(struct turn *t, const struct origin *o, const struct verified_list_ended *m)
{
	struct act_closed closed = { .submission = m->submission, .refused = m->refused, .has_number = true,
			.number = m->list };
	struct approval_lists_row list;
	bool known = approval_lists_get(t->tx, m->list, &list);
	(void)o;
	subject_list(t, m->list);
	if (!known || list.stage != list_stage_arriving) {
		verified_refused(t, m->list, 0, known ? &list : NULL, known ? reason_wrong_state : reason_unknown);
		closed.reason = known ? reason_already_done : reason_unknown;
		closed.field = field_list;
	} else {
		bool whole = list.verified == m->verified;
		list.stage = whole && list.kept > 0 ? list_stage_verified : list_stage_emptied;
		approval_list_waits(t, &list, m->list);
		approval_lists_put(t->tx, m->list, &list);
		closed.accepted = whole ? list.verified + m->settled : 0;
		closed.reason = whole ? reason_none : reason_count_differs;
		closed.field = whole ? field_whole : field_count;
	}
	emit_act_closed(t, &closed);
}

// ---- an act on a list or a group: may it be done? ----

// What the acts have in common to look at.
struct whole {
	const struct approval_stage *act;
	uint64_t number;
	bool known;
	enum list_stage stage;
	uint64_t below;      // the cell, or the superior
	bool submitted;      // the actor submitted it, or part of it
	uint32_t kept;
};

static struct whole whole_of(struct turn *t, const struct origin *o, const struct approval_stage *act, uint64_t number)
{
	struct whole whole = { .act = act, .number = number };
	struct approval_lists_row list;
	struct approval_groups_row group;
	if (act->on_group && approval_groups_get(t->tx, number, &group)) {
		whole.known = true;
		whole.stage = group.stage;
		whole.below = group.superior;
		whole.kept = group.kept;
		whole.submitted = approval_group_submitters_get(t->tx, number, o->person);
	} else if (!act->on_group && approval_lists_get(t->tx, number, &list)) {
		whole.known = true;
		whole.stage = list.stage;
		whole.below = list.cell;
		whole.kept = list.kept;
		whole.submitted = list.submitter == o->person;
	}
	return whole;
}

static void subject_whole(struct turn *t, const struct approval_stage *act, uint64_t number)
{
	turn_subject(t, subject_of(act->on_group ? subject_kind_group : subject_kind_list, number));
}

// The day on which a group was consolidated; date_none: it is not known.
static int32_t consolidated_on(struct turn *t, uint64_t group)
{
	struct approval_acts_key key;
	struct approval_acts_row row;
	uint64_t subject = subject_of(subject_kind_group, group);
	bool known = approval_acts_first(t->tx, subject, act_consolidate, 0, &key, &row) && key.subject == subject &&
		     key.act == act_consolidate;
	return known ? date_of_instant(row.time) : date_none;
}

// A decision has a number and a day: neither in the future nor before there was a list to decide on.
static struct approval_refusal decision_refusal(struct turn *t, const struct list_act_given *m)
{
	int32_t earliest = consolidated_on(t, m->number);
	if (!m->has_decision_number || m->decision_number.size == 0 || !m->has_decision_date)
		return refused(decision, missing);
	if (m->decision_date > turn_date(t) || (earliest != date_none && m->decision_date < earliest))
		return refused(decision, date_order);
	return carried_out;
}

static struct approval_refusal act_refusal(struct turn *t, const struct origin *o, const struct list_act_given *m,
					   const struct whole *whole)
{
	struct approval_refusal actor = approval_actor_refusal(t->tx, o, whole->act);
	if (actor.reason != reason_none)
		return actor;
	if (!whole->known)
		return refused(list, unknown);
	if (!approval_reaches(t->tx, o, whole->below) && !fault_is(other_subtree))
		return refused(list, outside_subtree);
	if (whole->stage != whole->act->from && !fault_is(wrong_stage))
		return refused(list, wrong_state);
	if (whole->submitted && !whole->act->takes_submitters && !fault_is(four_eyes))
		return refused(actor, same_person);
	return whole->act->needs_decision ? decision_refusal(t, m) : carried_out;
}

static struct approval_refusal exception_refusal(struct turn *t, const struct list_act_given *m, const struct whole *whole,
						 size_t at)
{
	uint64_t request = m->left_out[at].request, list_number = approval_list_of(t->tx, request);
	struct approval_items_row item;
	struct approval_lists_row list;
	bool theirs = approval_items_get(t->tx, list_number, request, &item);
	if (theirs && whole->act->on_group)
		theirs = approval_lists_get(t->tx, list_number, &list) && list.has_group && list.group == whole->number;
	else
		theirs = theirs && list_number == whole->number;
	if (!theirs)
		return refused(item, unknown);
	if (item.has_left_out)
		return refused(item, already_done);
	if (m->left_out[at].reason == reason_none)
		return refused(reason, missing);
	for (size_t i = 0; i < at; i++)
		if (m->left_out[i].request == request)
			return refused(item, duplicate);
	return carried_out;
}

// Whoever leaves out an item that is not there meant another one, which would be approved: so one wrong
// exception refuses the act. Rows are told as far as the turn's room goes; the count is of all, the reason
// is the first one's.
static uint32_t exceptions_refused(struct turn *t, const struct list_act_given *m, const struct whole *whole,
				   struct approval_refusal *first)
{
	uint32_t count = 0;
	for (size_t i = 0; i < m->left_out_count; i++) {
		struct approval_refusal no = exception_refusal(t, m, whole, i);
		if (no.reason == reason_none)
			continue;
		if (count++ == 0)
			*first = no;
		if (turn_room(t) > 1)
			emit_row_refused(t, &(struct row_refused){ .submission = m->submission, .row = (uint32_t)i + 1,
								   .field = no.field, .reason = no.reason, .has_request = true,
								   .request = m->left_out[i].request });
	}
	return count;
}

// ---- an act on a list or a group: it is done ----


static void items_left_out(struct turn *t, const struct list_act_given *m)
{
	for (size_t i = 0; i < m->left_out_count; i++) {
		struct approval_items_row item;
		uint64_t request = m->left_out[i].request, list = approval_list_of(t->tx, request);
		ensure(approval_items_get(t->tx, list, request, &item) || t->tx->fault != error_none);
		item.has_left_out = true;
		item.left_out = m->act;
		item.reason = m->left_out[i].reason;
		item.late = m->act != act_appraise;
		approval_items_put(t->tx, list, request, &item);
	}
}

static void list_stepped(struct turn *t, const struct list_act_given *m, const struct whole *whole)
{
	struct approval_lists_row list;
	if (!approval_lists_get(t->tx, m->number, &list))
		return;
	list.kept = whole->kept;
	list.stage = whole->stage;
	approval_list_waits(t, &list, m->number);
	approval_lists_put(t->tx, m->number, &list);
	uint64_t superior = approval_superior_of(t->tx, list.cell);
	if (whole->stage == list_stage_appraised && superior != 0)
		approval_ready_put(t->tx, superior, list.kind, list.reason, m->number);
}

static void group_stepped(struct turn *t, const struct origin *o, const struct list_act_given *m, const struct whole *whole)
{
	struct approval_groups_row group;
	if (!approval_groups_get(t->tx, m->number, &group))
		return;
	group.kept = whole->kept;
	group.left_out += (uint32_t)m->left_out_count;
	group.stage = whole->stage;
	if (m->act == act_decide) {
		group.decision_number = m->decision_number;
		group.has_decision_number = true;
		group.decision_date = m->decision_date;
		group.has_decision_date = true;
	} else {
		group.attached = o->organisation;
		group.has_attached = true;
	}
	approval_group_waits(t, &group, m->number);
	approval_groups_put(t->tx, m->number, &group);
}

static void group_approved(struct turn *t, const struct origin *o, const struct left_out_told *m)
{
	struct approval_groups_row group;
	if (!approval_groups_get(t->tx, m->number, &group))
		return;
	emit_approved_list_opened(t, &(struct approved_list_opened){
					     .submission = m->submission, .group = m->number, .kind = group.kind,
					     .reason = group.reason, .superior = group.superior, .attached = group.attached,
					     .decision_number = group.decision_number, .decision_date = group.decision_date,
					     .count = m->kept });
	on_group_approving(t, o, &(struct group_approving){ .submission = m->submission, .group = m->number,
							    .left_out = (uint32_t)m->left_out_count, .count = m->kept });
}

static void group_decided(struct turn *t, const struct left_out_told *m)
{
	struct approval_groups_row group;
	if (!approval_groups_get(t->tx, m->number, &group))
		return;
	emit_list_decided(t, &(struct list_decided){ .group = m->number, .decision_number = group.decision_number,
						     .decision_date = group.decision_date, .kept = m->kept,
						     .left_out = (uint32_t)m->left_out_count });
}

// What remains to be said once every item that was left out has been told of.
static void act_told(struct turn *t, const struct origin *o, const struct left_out_told *m)
{
	subject_whole(t, approval_stage_of(m->act), m->number);
	if (m->act == act_approve && m->kept > 0) {
		group_approved(t, o, m); // printing closes the submission
		return;
	}
	if (m->act == act_appraise)
		emit_list_appraised(t, &(struct list_appraised){ .list = m->number, .kept = m->kept,
								 .left_out = (uint32_t)m->left_out_count });
	else if (m->act == act_decide)
		group_decided(t, m);
	emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .accepted = m->kept,
						 .refused = (uint32_t)m->left_out_count, .has_number = true,
						 .number = m->number });
}

static void on_left_out_told(struct turn *t, const struct origin *o, const struct left_out_told *m)
{
	struct left_out_told rest = *m;
	for (; rest.at < rest.left_out_count && turn_room(t) > 0; rest.at++) {
		struct approval_items_row item;
		uint64_t request = rest.left_out[rest.at].request;
		if (!approval_items_get(t->tx, approval_list_of(t->tx, request), request, &item))
			return; // a fault of the store
		turn_subject(t, subject_of(subject_kind_member, item.member));
		emit_request_left_out(t, &(struct request_left_out){ .request = request, .member = item.member,
								     .act = rest.act,
								     .reason = rest.left_out[rest.at].reason });
	}
	if (rest.at < rest.left_out_count || turn_room(t) < 2)
		leave_left_out_told(t, &rest);
	else
		act_told(t, o, &rest);
}

static void on_list_act_given(struct turn *t, const struct origin *o, const struct list_act_given *m)
{
	const struct approval_stage *act = approval_stage_of(m->act);
	struct act_closed no = { .submission = m->submission, .field = field_whole, .reason = reason_malformed };
	if (!act || act->act == act_consolidate) { // the door does not send such a one here
		emit_act_closed(t, &no);
		return;
	}
	struct whole whole = whole_of(t, o, act, m->number);
	struct approval_refusal refusal = act_refusal(t, o, m, &whole);
	subject_whole(t, act, m->number);
	if (refusal.reason == reason_none)
		no.refused = exceptions_refused(t, m, &whole, &refusal);
	if (refusal.reason == reason_none)
		refusal = approval_signature_refusal(t, o, m, act);
	if (refusal.reason != reason_none) {
		no.field = refusal.field;
		no.reason = refusal.reason;
		emit_act_closed(t, &no);
		return;
	}
	if (!approval_signatures_suffice(t, o, m, act))
		return;
	whole.kept -= (uint32_t)m->left_out_count;
	whole.stage = whole.kept > 0 ? act->to : list_stage_emptied;
	items_left_out(t, m);
	if (act->on_group)
		group_stepped(t, o, m, &whole);
	else
		list_stepped(t, m, &whole);
	struct left_out_told told = { .submission = m->submission, .act = m->act, .number = m->number, .kept = whole.kept,
				      .left_out_count = m->left_out_count };
	for (size_t i = 0; i < m->left_out_count; i++)
		told.left_out[i] = m->left_out[i];
	on_left_out_told(t, o, &told);
}

// False: the turn is full before the whole list was told; *request is where to go on.
static bool list_approved(struct turn *t, uint64_t group, uint64_t list, uint64_t *request)
{
	struct approval_items_key key;
	struct approval_items_row item;
	struct approval_lists_row row;
	struct store_walk walk;
	bool whole = approval_lists_get(t->tx, list, &row);
	approval_items_walk_init(&walk, t->tx, list, *request);
	while (whole && approval_items_walk_next(&walk, &key, &item) && key.list == list) {
		if (item.has_left_out)
			continue;
		if (turn_room(t) == 0) {
			*request = key.request;
			whole = false;
			continue;
		}
		turn_subject(t, subject_of(subject_kind_member, item.member));
		emit_request_approved(t, &(struct request_approved){ .group = group, .request = key.request,
				.member = item.member,
								     .cell = row.cell, .photo = item.photo,
								     .has_old_card = item.has_old_card,
								     .old_card = item.old_card });
	}
	store_walk_deinit(&walk);
	return whole;
}

static void on_group_approving(struct turn *t, const struct origin *o, const struct group_approving *m)
{
	struct group_approving rest = *m;
	struct approval_group_lists_key key;
	struct approval_groups_row group;
	(void)o;
	while (approval_group_lists_first(t->tx, rest.group, rest.list, &key) && key.group == rest.group) {
		if (rest.list != key.list)
			rest.request = 0;
		rest.list = key.list;
		if (!list_approved(t, rest.group, rest.list, &rest.request)) {
			leave_group_approving(t, &rest);
			return;
		}
		rest.list++;
		rest.request = 0;
	}
	if (turn_room(t) == 0) {
		leave_group_approving(t, &rest);
		return;
	}
	if (!approval_groups_get(t->tx, rest.group, &group))
		return;
	group.told = true;
	approval_groups_put(t->tx, rest.group, &group);
	subject_group(t, rest.group);
	emit_approved_list_ended(t, &(struct approved_list_ended){ .submission = rest.submission, .group = rest.group,
								   .count = rest.count, .left_out = rest.left_out });
}

// ---- due dates, recalls ----

static void on_stage_due(struct turn *t, const struct origin *o, const struct stage_due *m)
{
	(void)o;
	approval_stage_late(t, m);
}

static void on_request_recalled(struct turn *t, const struct origin *o, const struct request_recalled *m)
{
	(void)o;
	approval_recall(t, m);
}

static void on_recall_passing(struct turn *t, const struct origin *o, const struct recall_passing *m)
{
	(void)o;
	approval_recall_pass(t, m);
}

// ---- consolidation ----

struct consolidation {
	const struct consolidation_given *m;
	const struct approval_stage *act;
	uint64_t number;
	struct approval_groups_row group;
	struct lists_consolidated told;
	uint32_t refused;
};

static struct approval_refusal list_refusal(struct turn *t, const struct origin *o, const struct consolidation *c,
					    bool known, const struct approval_lists_row *list)
{
	if (!known)
		return refused(list, unknown);
	if (!approval_reaches(t->tx, o, list->cell))
		return refused(list, outside_subtree);
	if (list->kind != c->m->kind)
		return refused(kind, other_kind);
	if (list->reason != c->m->reason)
		return refused(reason, other_kind);
	if (list->stage == list_stage_consolidated && list->group == c->number)
		return refused(list, duplicate);
	if (list->stage != c->act->from)
		return refused(list, wrong_state);
	if (list->submitter == o->person && !c->act->takes_submitters)
		return refused(actor, same_person);
	return carried_out;
}

static struct approval_refusal list_taken(struct turn *t, const struct origin *o, struct consolidation *c, uint64_t number)
{
	struct approval_lists_row list;
	bool known = approval_lists_get(t->tx, number, &list);
	struct approval_refusal refusal = list_refusal(t, o, c, known, &list);
	if (refusal.reason != reason_none)
		return refusal;
	list.stage = c->act->to;
	list.group = c->number;
	list.has_group = true;
	list.has_due = false;
	approval_lists_put(t->tx, number, &list);
	approval_ready_delete(t->tx, o->organisation, list.kind, list.reason, number);
	approval_group_lists_put(t->tx, c->number, number);
	approval_group_submitters_put(t->tx, c->number, list.submitter);
	c->group.kept += list.kept;
	c->told.lists[c->told.lists_count++] = number;
	return carried_out;
}

static void named_taken(struct turn *t, const struct origin *o, struct consolidation *c)
{
	const struct consolidation_given *m = c->m;
	for (size_t i = 0; i < m->lists_count; i++) {
		struct approval_refusal no = list_taken(t, o, c, m->lists[i]);
		if (no.reason == reason_none)
			continue;
		c->refused++;
		emit_row_refused(t, &(struct row_refused){ .submission = m->submission, .row = (uint32_t)i + 1,
							   .field = no.field, .reason = no.reason });
	}
}

// What is beyond group_lists_max waits for the next consolidation.
static void ready_taken(struct turn *t, const struct origin *o, struct consolidation *c)
{
	const struct consolidation_given *m = c->m;
	struct approval_ready_key key = { 0 };
	uint64_t from = 0;
	while (c->told.lists_count < group_lists_max &&
	       approval_ready_first(t->tx, o->organisation, m->kind, m->reason, from, &key) &&
	       key.superior == o->organisation && key.kind == m->kind && key.reason == m->reason) {
		list_taken(t, o, c, key.list);
		from = key.list + 1;
	}
}

static void on_lists_joining(struct turn *t, const struct origin *o, const struct lists_joining *m)
{
	struct lists_joining rest = *m;
	struct approval_group_lists_key key;
	struct approval_groups_row group;
	(void)o;
	while (approval_group_lists_first(t->tx, rest.group, rest.list, &key) && key.group == rest.group) {
		if (turn_room(t) < 2) {
			leave_lists_joining(t, &rest);
			return;
		}
		subject_list(t, key.list);
		emit_list_joined(t, &(struct list_joined){ .list = key.list, .group = rest.group });
		rest.list = key.list + 1;
	}
	if (!approval_groups_get(t->tx, rest.group, &group))
		return;
	subject_group(t, rest.group);
	emit_act_closed(t, &(struct act_closed){ .submission = rest.submission, .accepted = group.lists,
						 .refused = rest.refused, .has_number = true, .number = rest.group });
}

static uint64_t group_next(struct turn *t)
{
	uint64_t last;
	return approval_groups_last(t->tx, &last, NULL) ? last + 1 : 1;
}

static void on_consolidation_given(struct turn *t, const struct origin *o, const struct consolidation_given *m)
{
	struct consolidation c = { .m = m, .act = approval_stage_of(act_consolidate), .number = group_next(t) };
	struct approval_refusal refusal = approval_actor_refusal(t->tx, o, c.act);
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	if (refusal.reason == reason_none) {
		if (m->lists_count > 0)
			named_taken(t, o, &c);
		else
			ready_taken(t, o, &c);
		if (c.told.lists_count == 0)
			refusal = refused(list, empty);
	}
	if (refusal.reason != reason_none) {
		emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .field = refusal.field,
							 .reason = refusal.reason, .refused = c.refused });
		return;
	}
	c.group.superior = o->organisation;
	c.group.kind = m->kind;
	c.group.reason = m->reason;
	c.group.stage = c.act->to;
	c.group.lists = (uint32_t)c.told.lists_count;
	approval_group_waits(t, &c.group, c.number);
	approval_groups_append(t->tx, c.number, &c.group);
	approval_act_noted(t, o, act_consolidate, subject_kind_group, c.number);
	c.told.group = c.number;
	c.told.kept = c.group.kept;
	subject_group(t, c.number);
	emit_lists_consolidated(t, &c.told);
	on_lists_joining(t, o, &(struct lists_joining){ .submission = m->submission, .group = c.number, .refused = c.refused });
}

const struct service approval_service = {
	.name = "approval",
	.id = service_id_approval,
	.fold_version = 3 * 1000 + approval_rules_version,
	.inputs = approval_inputs,
	.tables = approval_tables,
	.migrate = approval_waiting_migrate,
	.sources = approval_sources,
};
