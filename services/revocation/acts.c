// Acts on the worth of cards.  What each row says is a line of the table `matters`: by which act it comes, and by
// which event of the machine the card follows; the machine says whether it may.
#include "revocation/acts.h"

#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "gen/revocation_emit.h"
#include "revocation/hand_over.h"

// ---- what a row can say ----

static bool may_be_misused(const struct card *card)
{
	return card->known && card->row.validity != card_validity_not_yet_active &&
	       card->row.validity != card_validity_spoiled;
}

static const struct matter {
	enum card_case matter;
	enum act act;
	bool (*fits)(const struct card *card); // in place of an event: the card's worth does not change here
	enum card_validity_event event;
	bool follows; // what made the card what it is: not dated before that
} matters[] = {
	{ card_case_loss, act_report_cards, NULL, card_validity_event_loss_reported, false },
	{ card_case_damage, act_report_cards, NULL, card_validity_event_damage_reported, false },
	{ card_case_found, act_report_cards, NULL, card_validity_event_found, true },
	{ card_case_misuse, act_report_cards, may_be_misused, 0, false },
	{ card_case_suspend, act_decide_cards, NULL, card_validity_event_suspended_by_decision, false },
	{ card_case_resume, act_decide_cards, NULL, card_validity_event_resumed, true },
	{ card_case_unrecoverable, act_decide_cards, NULL, card_validity_event_not_recovered, true },
	{ card_case_destroy, act_destroy_cards, revocation_destroyable, 0, true },
};

static const struct matter *matter_of(enum act act, enum card_case matter)
{
	for (size_t i = 0; i < array_size(matters); i++)
		if (matters[i].act == act && matters[i].matter == matter)
			return &matters[i];
	return NULL;
}

// A card that was found after its replacement was ordered does not become valid again.
static enum card_validity_event event_of(const struct matter *matter, const struct card *card)
{
	return matter->matter == card_case_found && card->row.replaced ? card_validity_event_found_late : matter->event;
}

static bool fits(const struct matter *matter, const struct card *card)
{
	return matter->fits ? matter->fits(card) : revocation_card_may(card, event_of(matter, card));
}

// ---- opened: what is wrong with the whole ----

static struct refusal head_refusal(enum act act, const struct coded_card_head *head)
{
	if (act == act_destroy_cards)
		return revocation_destruction_refusal(head);
	if (act == act_decide_cards && (!head->has_decision_number || !head->has_decision_date))
		return refused(decision, no_minutes);
	return carried_out;
}

void revocation_act_opened(struct turn *t, const struct worth_act_opened *m)
{
	struct refusal refusal = head_refusal(m->act, &m->head);
	struct revocation_acts_row row = { .reason = refusal.reason, .field = refusal.field,
					   .head = turn_encoded(t, &coded_card_head_shape, &m->head) };

	revocation_acts_put(t->tx, m->submission, &row);
}

// ---- rows ----

// The card that a row is about: the copy that it names, else the newest that the matter can be about, else the newest.
static struct card card_meant(struct turn *t, const struct coded_card *row, const struct matter *matter)
{
	struct card card = { .known = true }, best = { .known = false };
	bool fitting = false;

	if (row->has_copy) {
		card = revocation_card_at(t, card_of(row->member, row->copy));
		card.known = card.known && card.row.number == row->number;
		return card;
	}
	for (uint64_t at = card_of(row->member, 0);
	     revocation_cards_first(t->tx, at, &card.number, &card.row) && card_member(card.number) == row->member;
	     at = card.number + 1) {
		bool fit = fits(matter, &card);
		if (card.row.number == row->number && (fit || !fitting)) {
			best = card;
			fitting = fit;
		}
	}
	return best;
}

// The day that a row speaks of: its own, else its decision's, else today; and which of them a refusal names.
struct day {
	int32_t date;
	enum field field;
};
static struct day day_of(struct turn *t, const struct worth_act_row *m, const struct coded_card_head *head)
{
	if (m->card.has_date)
		return (struct day){ m->card.date, field_date };
	if (m->act != act_report_cards && head->has_decision_date)
		return (struct day){ head->decision_date, field_decision };
	return (struct day){ turn_date(t), field_date };
}

// What is reported or decided of a card comes after its holder was given it; a way back, and destruction, after what
// they follow.
static struct refusal day_refusal(struct turn *t, const struct matter *matter, const struct card *card, struct day day)
{
	const struct revocation_cards_row *r = &card->row;

	if (day.date > turn_date(t))
		return (struct refusal){ day.field, reason_out_of_range };
	if (r->has_held_since && day.date < r->held_since)
		return (struct refusal){ day.field, reason_date_order };
	if (matter->follows && r->has_as_of && day.date < r->as_of)
		return (struct refusal){ day.field, reason_date_order };
	return carried_out;
}

static struct refusal row_refusal(struct turn *t, const struct origin *o, const struct organisation_tree *tree,
				  const struct matter *matter, const struct card *card,
				  const struct coded_card_head *head)
{
	uint64_t cell = revocation_holder(t, card_member(card->number)).cell;

	if (!card->known)
		return refused(card_number, unknown);
	if (matter->act != act_destroy_cards && !organisation_within(tree, cell, o->organisation))
		return refused(organisation, outside_subtree);
	if (matter->matter == card_case_unrecoverable && !head->has_explanation)
		return refused(reason, missing);
	if (fits(matter, card))
		return carried_out;
	return matter->matter == card_case_destroy ? refused(card_number, not_destroyable) :
						     refused(card_number, wrong_state);
}

static void misuse_told(struct turn *t, const struct coded_card *row, const struct card *card)
{
	emit_misuse_reported(t, &(struct misuse_reported){ .card = card->number, .validity = card->row.validity,
							   .date = card->date, .has_evidence = row->has_evidence,
							   .evidence = row->evidence });
}

static void decision_told(struct turn *t, const struct coded_card *row, const struct card *card,
			  const struct coded_card_head *head)
{
	emit_card_decided(t, &(struct card_decided){
		.card = card->number, .matter = row->matter, .date = card->date, .has_evidence = row->has_evidence,
		.evidence = row->evidence, .has_decision_number = head->has_decision_number,
		.decision_number = head->decision_number, .has_minutes = head->has_minutes, .minutes = head->minutes,
		.has_explanation = head->has_explanation, .explanation = head->explanation });
}

static void carry_out(struct turn *t, const struct worth_act_row *m, const struct matter *matter, struct card *card,
		      const struct coded_card_head *head)
{
	if (matter->matter == card_case_destroy) {
		revocation_destroy(t, m->submission, m->card.row, card);
	} else if (matter->matter == card_case_misuse) {
		misuse_told(t, &m->card, card);
	} else {
		decision_told(t, &m->card, card, head);
		revocation_take(t, card, event_of(matter, card));
		if (matter->matter == card_case_resume)
			revocation_activate_waiting(t, m->card.member);
	}
}

// Reads an act whose rows are coming in.  What it points to is copied: a row read lives only until the next write.
static struct revocation_acts_row act_read(struct turn *t, uint64_t submission)
{
	static uint8_t bytes[1000];
	struct revocation_acts_row act;

	if (!revocation_acts_get(t->tx, submission, &act))
		act = (struct revocation_acts_row){ .reason = reason_unknown }; // its opening went to quarantine
	ensure(act.head.size <= sizeof bytes);
	if (act.head.size > 0)
		memcpy(bytes, act.head.data, act.head.size);
	act.head.data = bytes;
	return act;
}

static struct refusal row_given(struct turn *t, const struct origin *o, const struct organisation_tree *tree,
				const struct worth_act_row *m, struct bytes encoded_head)
{
	struct coded_card_head head;
	const struct matter *matter = matter_of(m->act, m->card.matter);

	ensure(coded_card_head_decode(encoded_head, &head) == error_none);
	if (!matter)
		return refused(matter, other_kind);
	struct card card = card_meant(t, &m->card, matter);
	struct day day = day_of(t, m, &head);
	struct refusal refusal = row_refusal(t, o, tree, matter, &card, &head);
	if (refusal.reason == reason_none)
		refusal = day_refusal(t, matter, &card, day);
	if (refusal.reason != reason_none)
		return refusal;
	card.dated = true;
	card.date = day.date;
	carry_out(t, m, matter, &card, &head);
	return carried_out;
}

void revocation_act_row(struct turn *t, const struct origin *o, const struct worth_act_row *m,
			const struct organisation_tree *tree)
{
	struct revocation_acts_row act = act_read(t, m->submission);

	turn_subject(t, subject_of(subject_kind_member, m->card.member));
	if (act.reason != reason_none) {
		act.refused++; // told with the whole
	} else {
		struct refusal refusal = row_given(t, o, tree, m, act.head);
		if (refusal.reason == reason_none) {
			act.accepted++;
		} else {
			emit_row_refused(t, &(struct row_refused){ .submission = m->submission, .row = m->card.row,
								   .field = refusal.field, .reason = refusal.reason });
			act.refused++;
		}
	}
	revocation_acts_put(t->tx, m->submission, &act);
}

// ---- ended ----

void revocation_act_ended(struct turn *t, const struct origin *o, const struct worth_act_ended *m)
{
	struct revocation_acts_row act;
	struct coded_card_head head;

	if (revocation_acts_get(t->tx, m->submission, NULL))
		act = act_read(t, m->submission);
	else
		act = (struct revocation_acts_row){ .reason = reason_unknown, .refused = m->rows };
	turn_subject(t, subject_of(subject_kind_organisation, o->organisation));
	if (act.reason == reason_none && m->act == act_destroy_cards && act.accepted > 0) {
		ensure(coded_card_head_decode(act.head, &head) == error_none);
		revocation_destruction_ended(t, m->submission, act.refused, &head);
	} else {
		emit_act_closed(t, &(struct act_closed){ .submission = m->submission, .reason = act.reason,
							 .field = act.field, .accepted = act.accepted,
							 .refused = act.refused });
	}
	revocation_acts_delete(t->tx, m->submission);
}
