// Revocation decides what each card is worth: not yet active, active, superseded, ended, and so on (domain.md
// §3, "Validity"). The states and what leads from one to another are the machine card_validity of
// revocation.schema; an event that has no row there is refused, recorded, and changes nothing.  At every turn
// a member has at most one ACTIVE card: at a hand-over the old card leaves ACTIVE before the new one enters.
// What officers report (loss, damage, found), what committees decide (suspended, resumed, not to be recovered) and
// what becomes of holders (exit, death, abroad) meets cards in every state, also cards that are still at the printer
// or on their way: schemas/races.table says what comes of each pair, and a test compares this file with it.
// Revocation never says where a card is (delivery) nor who should get one.
#include "revocation/revocation.h"

#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "domain/organisation.h"
#include "gen/revocation.h"

// --- the tree of organisations ---

static bool parent_of(void *context, uint64_t code, uint64_t *parent, enum org_level *level)
{
	struct revocation_organisations_row row;
	if (!revocation_organisations_get(context, code, &row))
		return false;
	*parent = row.parent;
	*level = row.level;
	return true;
}

static void on_organisation_registered(struct turn *t, const struct origin *o,
				       const struct organisation_registered *m)
{
	(void)o;
	revocation_organisations_put(
		t->tx, m->code,
		&(struct revocation_organisations_row){ .parent = m->parent, .level = m->level });
}

// --- holders ---

static struct revocation_members_row holder_of(struct turn *t, uint64_t member)
{
	struct revocation_members_row row = { 0 };
	revocation_members_get(t->tx, member, &row);
	return row;
}

static void holder_is_at(struct turn *t, uint64_t member, uint64_t cell)
{
	struct revocation_members_row row = holder_of(t, member);
	if (row.cell == cell)
		return;
	row.cell = cell;
	revocation_members_put(t->tx, member, &row);
}

static bool has_left(const struct revocation_members_row *holder)
{
	return holder->has_status &&
	       (holder->status == member_status_expelled || holder->status == member_status_removed ||
		holder->status == member_status_resigned);
}

static bool has_died(const struct revocation_members_row *holder)
{
	return holder->has_status && holder->status == member_status_deceased;
}

// --- one card ---

// Not every card is known: an event may speak of one that was never reserved.
struct card {
	uint64_t number; // card_of(member, copy)
	bool known;
	struct revocation_cards_row row;
};

static struct card card_at(struct turn *t, uint64_t number)
{
	struct card card = { .number = number };
	card.known = revocation_cards_get(t->tx, number, &card.row);
	return card;
}

static void card_put(struct turn *t, struct card *card)
{
	card->row.since = turn_date(t);
	revocation_cards_put(t->tx, card->number, &card->row);
}

static void refuse_event(struct turn *t, const struct card *card, enum card_validity_event event,
			 enum reason reason)
{
	emit_event_refused(t, &(struct event_refused){ .card = card->number,
						       .has_state = card->known,
						       .state = card->row.validity,
						       .event = event,
						       .reason = reason });
}

static bool card_may(const struct card *card, enum card_validity_event event)
{
	enum card_validity to;
	return card->known && card_validity_step(card->row.validity, event, &to);
}

// The member's one active card, kept in step with the cards' rows.
static void note_active(struct turn *t, uint64_t number, enum card_validity from, enum card_validity to)
{
	uint64_t member = card_member(number);
	if (from == card_validity_active)
		revocation_active_cards_delete(t->tx, member);
	if (to == card_validity_active) {
		ensure(!revocation_active_cards_get(t->tx, member, NULL)); // invariant 1
		revocation_active_cards_put(t->tx, member,
					    &(struct revocation_active_cards_row){ .card = number });
	}
}

// Delivery is told what it has to act on: who may not be given the card, who owes it, who keeps it.
static void tell_standing(struct turn *t, const struct card *card, enum card_validity_event event)
{
	emit_card_standing(t, &(struct card_standing){
				      .card = card->number, .validity = card->row.validity, .event = event });
}

static bool bears_on_place(enum card_validity_event event)
{
	switch (event) {
	case card_validity_event_handed_over:
	case card_validity_event_spoiled_in_print:
	case card_validity_event_damage_reported:
	case card_validity_event_replacement_handed_over: // supersede() tells it when nobody has collected the card
	case card_validity_event_opened:
	case card_validity_event_reserved:
	case card_validity_event_personalised:
	case card_validity_event_collected: // delivery's own doing
		return false;
	case card_validity_event_suspended_by_decision:
	case card_validity_event_resumed:
	case card_validity_event_campaign_closed:
	case card_validity_event_late_check:
	case card_validity_event_loss_reported:
	case card_validity_event_found:
	case card_validity_event_holder_left:
	case card_validity_event_holder_died:
	case card_validity_event_not_recovered:
	case card_validity_event_found_late:
	case card_validity_event_cancelled:
		return true;
	}
	return false;
}

// Takes the card through one event of the machine and tells it; false: refused.
static bool card_take(struct turn *t, struct card *card, enum card_validity_event event)
{
	enum card_validity from = card->row.validity, to;
	if (!card->known || !card_validity_step(from, event, &to)) {
		refuse_event(t, card, event, card->known ? reason_wrong_state : reason_unknown);
		return false;
	}
	if (to == card_validity_active && revocation_active_cards_get(t->tx, card_member(card->number), NULL)) {
		refuse_event(t, card, event, reason_holds_card);
		return false;
	}
	card->row.validity = to;
	card_put(t, card);
	note_active(t, card->number, from, to);
	emit_validity_changed(t, &(struct validity_changed){ .card = card->number,
							     .from = from,
							     .to = to,
							     .event = event,
							     .number = card->row.number });
	if (bears_on_place(event))
		tell_standing(t, card, event);
	return true;
}

// A card that is not to be handed over any more: whoever has it sends it up for destruction. The number stays
// the member's, and the request that brought it ends.
static void cancel(struct turn *t, struct card *card, enum reason reason)
{
	card->row.cancelled = true;
	if (!card_take(t, card, card_validity_event_cancelled))
		return;
	if (card->row.has_request)
		emit_request_undelivered(t, &(struct request_undelivered){ .request = card->row.request,
									   .member = card_member(card->number),
									   .reason = reason });
}

static void begin(struct turn *t, uint64_t card)
{
	turn_subject(t, subject_of(subject_kind_member, card_member(card)));
}

// --- the opening balance (domain.md §6.0) ---

// A card of somebody who had left or died before the start is not in use; it enters as active and leaves at
// once by the event that the registry's status stands for.
static const struct {
	enum member_status status;
	enum card_validity_event event;
} opening_events[] = {
	{ member_status_abroad,
	  card_validity_event_suspended_by_decision }, // the foreign ministry's committee keeps it (01-HD/TW)
	{ member_status_expelled, card_validity_event_holder_left },
	{ member_status_removed, card_validity_event_holder_left },
	{ member_status_resigned, card_validity_event_holder_left },
	{ member_status_deceased, card_validity_event_holder_died },
};

static void on_card_opened(struct turn *t, const struct origin *o, const struct card_opened *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = card_at(t, m->card);
	if (card.known || revocation_active_cards_get(t->tx, card_member(m->card), NULL)) {
		refuse_event(t, &card, card_validity_event_opened, reason_already_done);
		return;
	}
	card.known = true;
	card.row = (struct revocation_cards_row){ .validity = card_validity_active,
						  .number = m->number,
						  .generation = m->generation };
	card_put(t, &card);
	revocation_members_put(t->tx, m->member,
			       &(struct revocation_members_row){ .cell = m->cell,
								 .has_status = m->status != member_status_active,
								 .status = m->status });
	note_active(t, m->card, card_validity_not_yet_active, card_validity_active);
	for (size_t i = 0; i < array_size(opening_events); i++)
		if (opening_events[i].status == m->status)
			card_take(t, &card, opening_events[i].event);
}

// --- a card is made ---

static void on_card_reserved(struct turn *t, const struct origin *o, const struct card_reserved *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = card_at(t, m->card);
	if (card.known) {
		refuse_event(t, &card, card_validity_event_reserved, reason_already_done);
		return;
	}
	card.row = (struct revocation_cards_row){
		.validity = card_validity_not_yet_active,
		.number = m->number,
		.generation = card_generation_chip_2025, // the only one printed (domain.md §6.2)
		.has_replaces = m->has_old_card,
		.replaces = m->old_card,
		.has_request = true,
		.request = m->request,
	};
	card.known = true;
	card_put(t, &card);
	struct card old = m->has_old_card ? card_at(t, m->old_card) : (struct card){ .known = false };
	if (old.known && !old.row.replaced) {
		old.row.replaced = true;
		revocation_cards_put(t->tx, old.number, &old.row);
	}
	struct revocation_members_row holder = holder_of(t, card_member(m->card));
	if (has_left(&holder) || has_died(&holder))
		cancel(t, &card, has_died(&holder) ? reason_holder_died : reason_holder_left);
}

static void on_card_produced(struct turn *t, const struct origin *o, const struct card_produced *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = card_at(t, m->card);
	bool awaited = card.row.validity == card_validity_not_yet_active || card.row.cancelled;
	if (!card.known || !awaited || card.row.has_serial) {
		refuse_event(t, &card, card_validity_event_personalised,
			     card.known ? reason_wrong_state : reason_unknown);
		return;
	}
	card.row.has_serial = true;
	memcpy(card.row.serial, m->serial, sizeof card.row.serial);
	card_put(t, &card);
	if (holder_of(t, card_member(m->card)).cell == 0)
		holder_is_at(t, card_member(m->card), m->cell);
}

static void on_card_spoiled(struct turn *t, const struct origin *o, const struct card_spoiled *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = card_at(t, m->card);
	if (card.known && card.row.cancelled) { // it was worth nothing already; now the printer keeps it
		card.row.cancelled = false;
		card_put(t, &card);
		return;
	}
	card_take(t, &card, card_validity_event_spoiled_in_print);
}

// A reserved card is not made after all. Its request goes on or ended by itself; the old card is not replaced.
static void on_card_cancelled(struct turn *t, const struct origin *o, const struct card_cancelled *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = card_at(t, m->card);
	struct card old = card.known && card.row.has_replaces ? card_at(t, card.row.replaces) :
								(struct card){ .known = false };
	if (card.known && card.row.cancelled)
		return; // its holder left or died before
	card.row.cancelled = true;
	card_take(t, &card, card_validity_event_cancelled);
	if (old.known && old.row.replaced) {
		old.row.replaced = false;
		revocation_cards_put(t->tx, old.number, &old.row);
	}
}

// --- the hand-over ---

// Takes an old card out of use; it is ended when it was collected there.
static void supersede(struct turn *t, struct card *old, bool collected)
{
	if (!card_take(t, old, card_validity_event_replacement_handed_over))
		return;
	if (collected)
		card_take(t, old, card_validity_event_collected);
	else
		tell_standing(t, old, card_validity_event_replacement_handed_over);
}

// An old card that is out of use already: found too late, collected, given up.
static bool is_out_of_use(enum card_validity validity)
{
	return validity == card_validity_recovery_due || validity == card_validity_superseded ||
	       validity == card_validity_ended || validity == card_validity_unrecoverable;
}

static void activate(struct turn *t, struct card *card)
{
	struct revocation_active_cards_row active;
	// An active card that the hand-over did not name is replaced all the same; whoever has it owes it.
	if (revocation_active_cards_get(t->tx, card_member(card->number), &active)) {
		struct card other = card_at(t, active.card);
		supersede(t, &other, false);
	}
	bool waited = card->row.handed;
	card->row.handed = false;
	if (card_take(t, card, card_validity_event_handed_over) && waited)
		tell_standing(t, card, card_validity_event_handed_over);
}

// The new card was handed over while this service ended it: its holder has it, and owes it; the old one that was
// collected there counts as recovered.
static void handed_over_in_vain(struct turn *t, struct card *card, const struct card_handed_over *m)
{
	refuse_event(t, card, card_validity_event_handed_over, card->known ? reason_wrong_state : reason_unknown);
	if (!card->known || !card->row.cancelled)
		return;
	struct card old = card_at(t, m->old_card);
	if (m->has_old_card && m->old_collected && card_may(&old, card_validity_event_collected))
		card_take(t, &old, card_validity_event_collected);
	tell_standing(t, card, card_validity_event_handed_over);
}

// Nothing changes unless all of it can: an old card that its holder may not replace now (it is suspended) leaves
// both as they are, on record; the new one becomes active when the old one is resumed.
static void on_card_handed_over(struct turn *t, const struct origin *o, const struct card_handed_over *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = card_at(t, m->card);
	if (!card_may(&card, card_validity_event_handed_over) || !card.row.has_serial) {
		handed_over_in_vain(t, &card, m);
		return;
	}
	holder_is_at(t, card_member(m->card), m->cell);
	if (m->has_old_card) {
		struct card old = card_at(t, m->old_card);
		bool theirs = old.known && card_member(m->old_card) == card_member(m->card);
		if (theirs && is_out_of_use(old.row.validity)) {
			if (m->old_collected && card_may(&old, card_validity_event_collected))
				card_take(t, &old, card_validity_event_collected);
		} else if (!theirs || !card_may(&old, card_validity_event_replacement_handed_over)) {
			refuse_event(t, &old, card_validity_event_replacement_handed_over,
				     theirs ? reason_wrong_state : reason_unknown);
			refuse_event(t, &card, card_validity_event_handed_over, reason_old_card_missing);
			card.row.handed = true;
			revocation_cards_put(t->tx, card.number, &card.row);
			tell_standing(t, &card, card_validity_event_handed_over);
			return;
		} else {
			supersede(t, &old, m->old_collected);
		}
	}
	activate(t, &card);
}

// --- what becomes of holders ---

// A member came to have a card while their old one was suspended: it has waited for this.
static void activate_waiting(struct turn *t, uint64_t member)
{
	uint64_t number;
	struct card card = { 0 };
	for (uint64_t at = card_of(member, 0);
	     revocation_cards_first(t->tx, at, &number, &card.row) && card_member(number) == member; at = number + 1) {
		card.number = number;
		card.known = true;
		if (card.row.handed && card_may(&card, card_validity_event_handed_over))
			activate(t, &card);
	}
}

static enum card_validity_event event_of_status(enum member_status from, enum member_status to)
{
	switch (to) {
	case member_status_expelled:
	case member_status_removed:
	case member_status_resigned: return card_validity_event_holder_left;
	case member_status_deceased: return card_validity_event_holder_died;
	case member_status_abroad: return card_validity_event_suspended_by_decision;
	case member_status_active:
	case member_status_exempt:
	case member_status_temp_activity:
	case member_status_transferred:
		return from == member_status_abroad ? card_validity_event_resumed : card_validity_event_opened;
	}
	return card_validity_event_opened;
}

// Every card of the member: those that the event does not concern stay as they are.
static void on_member_status_changed(struct turn *t, const struct origin *o, const struct member_status_changed *m)
{
	(void)o;
	struct revocation_members_row holder = holder_of(t, m->member);
	enum card_validity_event event = event_of_status(m->from, m->to);
	struct card card = { .known = true };
	turn_subject(t, subject_of(subject_kind_member, m->member));
	holder.has_status = true;
	holder.status = m->to;
	revocation_members_put(t->tx, m->member, &holder);
	bool gone = has_left(&holder) || has_died(&holder);
	for (uint64_t at = card_of(m->member, 0);
	     revocation_cards_first(t->tx, at, &card.number, &card.row) && card_member(card.number) == m->member;
	     at = card.number + 1) {
		if (gone && card_may(&card, card_validity_event_cancelled))
			cancel(t, &card, has_died(&holder) ? reason_holder_died : reason_holder_left);
		else if (card_may(&card, event))
			card_take(t, &card, event);
	}
	if (event == card_validity_event_resumed)
		activate_waiting(t, m->member);
}

static void on_member_moved(struct turn *t, const struct origin *o, const struct member_moved *m)
{
	(void)o;
	if (revocation_members_get(t->tx, m->member, NULL))
		holder_is_at(t, m->member, m->to);
}

// --- what organisations do with cards in their hands ---

static void on_card_reported(struct turn *t, const struct origin *o, const struct card_reported *m)
{
	(void)o;
	begin(t, m->card);
	struct card card = card_at(t, m->card);
	bool made_in_vain = card.known && card.row.validity == card_validity_spoiled;
	if (made_in_vain)
		return; // cancelled before; wherever it goes, it is to be destroyed
	if (m->matter == card_case_recover)
		card_take(t, &card, card_validity_event_collected);
	else if (card_may(&card, card_validity_event_cancelled))
		cancel(t, &card, m->matter == card_case_written_off ? reason_written_off : reason_undelivered);
	else if (m->matter == card_case_written_off && card_may(&card, card_validity_event_loss_reported))
		card_take(t, &card, card_validity_event_loss_reported);
}

// --- acts: reports, decisions, destruction ---

struct refusal {
	enum field field;
	enum reason reason;
};
#define carried_out ((struct refusal){ field_whole, reason_none })
#define refused(f, r) ((struct refusal){ field_##f, reason_##r })

static bool names(const uint64_t *people, size_t count, uint64_t person)
{
	for (size_t i = 0; i < count; i++)
		if (people[i] == person)
			return true;
	return false;
}

// domain.md §3: at least three members of the committee, and witnesses, who are other people.
static bool committee_complete(const struct coded_card_head *head)
{
	for (size_t i = 0; i < head->committee_count; i++)
		if (names(head->committee, i, head->committee[i]) ||
		    names(head->witnesses, head->witnesses_count, head->committee[i]))
			return false;
	return head->committee_count >= 3 && head->witnesses_count >= 1;
}

static struct refusal head_refusal(enum act act, const struct coded_card_head *head)
{
	if (act == act_report_cards)
		return carried_out;
	if (!head->has_decision_number || (act == act_decide_cards && !head->has_decision_date))
		return refused(decision, no_minutes);
	if (act == act_destroy_cards && !head->has_minutes)
		return refused(minutes, no_minutes);
	return act != act_destroy_cards || committee_complete(head) ? carried_out :
								      refused(committee, committee_small);
}

static void on_worth_act_opened(struct turn *t, const struct origin *o, const struct worth_act_opened *m)
{
	(void)o;
	struct refusal refusal = head_refusal(m->act, &m->head);
	revocation_acts_put(t->tx, m->submission,
			    &(struct revocation_acts_row){
				    .reason = refusal.reason,
				    .field = refusal.field,
				    .head = turn_encoded(t, &coded_card_head_shape, &m->head) });
}

static enum card_validity_event event_of_case(const struct card *card, enum card_case matter)
{
	switch (matter) {
	case card_case_loss: return card_validity_event_loss_reported;
	case card_case_damage: return card_validity_event_damage_reported;
	case card_case_found:
		return card->row.replaced ? card_validity_event_found_late : card_validity_event_found;
	case card_case_suspend: return card_validity_event_suspended_by_decision;
	case card_case_resume: return card_validity_event_resumed;
	case card_case_unrecoverable: return card_validity_event_not_recovered;
	case card_case_misuse:
	case card_case_recover:
	case card_case_inspect:
	case card_case_give_back:
	case card_case_destruction:
	case card_case_undelivered:
	case card_case_redistribution:
	case card_case_travel:
	case card_case_missing:
	case card_case_turned_up:
	case card_case_written_off:
	case card_case_destroy: break;
	}
	return card_validity_event_opened; // leads nowhere
}

static bool act_is_about(enum act act, enum card_case matter)
{
	if (act == act_report_cards)
		return matter == card_case_loss || matter == card_case_damage || matter == card_case_found ||
		       matter == card_case_misuse;
	if (act == act_decide_cards)
		return matter == card_case_suspend || matter == card_case_resume ||
		       matter == card_case_unrecoverable;
	return matter == card_case_destroy;
}

static bool fits(const struct card *card, enum card_case matter)
{
	if (matter == card_case_misuse)
		return card->row.validity != card_validity_not_yet_active && card->row.validity != card_validity_spoiled;
	if (matter == card_case_destroy)
		return card->row.validity == card_validity_ended || card->row.validity == card_validity_spoiled;
	return card_may(card, event_of_case(card, matter));
}

// The card that a row is about: the copy that it names, else the newest that the matter can be about, else the newest.
static struct card card_meant(struct turn *t, const struct coded_card *row)
{
	struct card card = { .known = true }, best = { .known = false };
	bool fitting = false;
	if (row->has_copy) {
		card = card_at(t, card_of(row->member, row->copy));
		card.known = card.known && card.row.number == row->number;
		return card;
	}
	for (uint64_t at = card_of(row->member, 0);
	     revocation_cards_first(t->tx, at, &card.number, &card.row) && card_member(card.number) == row->member;
	     at = card.number + 1) {
		bool fit = fits(&card, row->matter);
		if (card.row.number == row->number && (fit || !fitting)) {
			best = card;
			fitting = fit;
		}
	}
	return best;
}

static struct refusal row_refusal(struct turn *t, const struct origin *o, const struct worth_act_row *m,
				  const struct card *card, const struct coded_card_head *head)
{
	struct organisation_tree tree = { t->tx, parent_of };
	if (!act_is_about(m->act, m->card.matter))
		return refused(matter, other_kind);
	if (!card->known)
		return refused(card_number, unknown);
	if (m->act != act_destroy_cards &&
	    !organisation_within(&tree, holder_of(t, m->card.member).cell, o->organisation))
		return refused(organisation, outside_subtree);
	if (m->card.matter == card_case_unrecoverable && !head->has_explanation)
		return refused(reason, missing);
	if (!fits(card, m->card.matter))
		return m->card.matter == card_case_destroy ? refused(card_number, not_destroyable) :
							     refused(card_number, wrong_state);
	return carried_out;
}

static void carry_out(struct turn *t, const struct worth_act_row *m, struct card *card,
		      const struct coded_card_head *head)
{
	int32_t date = m->card.has_date ? m->card.date : turn_date(t);
	if (m->card.matter == card_case_destroy) {
		emit_destruction_ordered(t, &(struct destruction_ordered){ .submission = m->submission,
									   .row = m->card.row,
									   .card = card->number });
		return;
	}
	if (m->card.matter == card_case_misuse) {
		emit_misuse_reported(t, &(struct misuse_reported){ .card = card->number,
								   .validity = card->row.validity,
								   .date = date,
								   .has_evidence = m->card.has_evidence,
								   .evidence = m->card.evidence });
		return;
	}
	emit_card_decided(t, &(struct card_decided){ .card = card->number,
						     .matter = m->card.matter,
						     .date = date,
						     .has_evidence = m->card.has_evidence,
						     .evidence = m->card.evidence,
						     .has_decision_number = head->has_decision_number,
						     .decision_number = head->decision_number,
						     .has_minutes = head->has_minutes,
						     .minutes = head->minutes,
						     .has_explanation = head->has_explanation,
						     .explanation = head->explanation });
	card_take(t, card, event_of_case(card, m->card.matter));
	if (m->card.matter == card_case_resume)
		activate_waiting(t, m->card.member);
}

static void on_worth_act_row(struct turn *t, const struct origin *o, const struct worth_act_row *m)
{
	static uint8_t bytes[1000]; // a row read lives only until the next write
	struct revocation_acts_row act;
	struct coded_card_head head;
	turn_subject(t, subject_of(subject_kind_member, m->card.member));
	if (!revocation_acts_get(t->tx, m->submission, &act))
		act = (struct revocation_acts_row){ .reason = reason_unknown }; // its opening went to quarantine
	if (act.head.size > 0)
		memcpy(bytes, act.head.data, act.head.size);
	act.head.data = bytes;
	if (act.reason == reason_none) {
		ensure(coded_card_head_decode(act.head, &head) == error_none);
		struct card card = card_meant(t, &m->card);
		struct refusal refusal = row_refusal(t, o, m, &card, &head);
		if (refusal.reason == reason_none) {
			carry_out(t, m, &card, &head);
			act.accepted++;
		} else {
			emit_row_refused(t, &(struct row_refused){ .submission = m->submission,
								   .row = m->card.row,
								   .field = refusal.field,
								   .reason = refusal.reason });
			act.refused++;
		}
	} else {
		act.refused++;
	}
	revocation_acts_put(t->tx, m->submission, &act);
}

static void on_worth_act_ended(struct turn *t, const struct origin *o, const struct worth_act_ended *m)
{
	struct revocation_acts_row act;
	struct coded_card_head head;
	if (!revocation_acts_get(t->tx, m->submission, &act))
		act = (struct revocation_acts_row){ .reason = reason_unknown, .refused = m->rows };
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	if (act.reason == reason_none && m->act == act_destroy_cards && act.accepted > 0) {
		ensure(coded_card_head_decode(act.head, &head) == error_none);
		struct destruction_ended ended = { .submission = m->submission,
						   .refused = act.refused,
						   .decision_number = head.decision_number,
						   .minutes = head.minutes,
						   .committee_count = head.committee_count,
						   .witnesses_count = head.witnesses_count };
		memcpy(ended.committee, head.committee, sizeof ended.committee);
		memcpy(ended.witnesses, head.witnesses, sizeof ended.witnesses);
		emit_destruction_ended(t, &ended);
	} else {
		emit_act_closed(t, &(struct act_closed){ .submission = m->submission,
							 .reason = act.reason,
							 .field = act.field,
							 .accepted = act.accepted,
							 .refused = act.refused });
	}
	revocation_acts_delete(t->tx, m->submission);
}

const struct service revocation_service = {
	.name = "revocation",
	.id = service_id_revocation,
	.fold_version = 1,
	.inputs = revocation_inputs,
	.tables = revocation_tables,
	.sources = revocation_sources,
};
