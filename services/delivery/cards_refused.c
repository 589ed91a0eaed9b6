#include "base/subject.h"
#include "delivery/cards.h"
#include "domain/card.h"
#include "gen/delivery_emit.h"

// The days of the row and of the minutes: not before `earliest`, not after today.
static struct refusal day_refusal(struct turn *t, const struct card_act *act, const struct coded_card *row, int32_t earliest)
{
	int32_t today = turn_date(t), decided = act->head.decision_date;
	if (row->has_date && row->date > today)
		return refused(date, out_of_range);
	if (row->has_date && earliest != date_none && row->date < earliest)
		return refused(date, date_order);
	if (act->head.has_decision_date && decided > today)
		return refused(decision, out_of_range);
	if (act->head.has_decision_date && earliest != date_none && decided < earliest)
		return refused(decision, date_order);
	return carried_out;
}

static int32_t due_since(struct turn *t, uint64_t card)
{
	struct delivery_standing_row row;
	return delivery_standing_get(t->tx, card, &row) ? row.since : date_none;
}

// Recovered: from the member; or where it is already, when it was taken in for another reason before it became due.
static struct refusal recover_refusal(struct turn *t, const struct origin *o, const struct card_act *act,
				      const struct coded_card *row, const struct card_at *card)
{
	enum card_validity standing = delivery_standing(t, card->number);
	bool here = card->place == card_place_custody && card->arrived && card->custodian == o->organisation;
	if (card->place != card_place_member && card->place != card_place_custody)
		return refused(card_number, not_here);
	if (card->place == card_place_custody && standing == card_validity_ended)
		return refused(card_number, already_done);
	if (card->place == card_place_custody && !here)
		return refused(card_number, not_here);
	if (!card_is_due(standing) || (here && standing == card_validity_spoiled))
		return refused(card_number, not_due);
	if (!act->head.has_decision_number || !act->head.has_minutes)
		return refused(minutes, no_minutes);
	return day_refusal(t, act, row, due_since(t, card->number));
}

// Collected from the member it came from, by the cell or the committee above it.
static struct refusal collect_refusal(struct turn *t, const struct origin *o, const struct card_act *act,
				      const struct coded_card *row, const struct card_at *card)
{
	struct organisation_tree tree = delivery_tree(t);
	enum card_validity standing = delivery_standing(t, card->number);
	enum card_case matter = row->matter;
	if (!organisation_within(&tree, card->custodian, o->organisation))
		return refused(organisation, outside_subtree);
	if (matter == card_case_give_back) {
		bool theirs = card->row.handed || !card->row.has_request;
		bool may_have = standing == 0 || standing == card_validity_retained_by_family ||
			standing == card_validity_suspended || standing == card_validity_unstamped;
		if (card->place != card_place_custody || !card->arrived || card->custodian != o->organisation)
			return refused(card_number, not_here);
		return theirs && may_have ? day_refusal(t, act, row, card->since) : refused(card_number, barred);
	}
	if (matter == card_case_recover)
		return recover_refusal(t, o, act, row, card);
	if (card->place != card_place_member)
		return card->place == card_place_custody ? refused(card_number, already_done) : refused(card_number, not_here);
	return card_is_due(standing) ? refused(card_number, barred) : day_refusal(t, act, row, card->since);
}

// What an organisation may put into a box: what is in its hands, loose or in a box that has arrived.
static struct refusal into_box_refusal(struct turn *t, const struct origin *o, const struct card_act *act,
		enum card_case matter,
				       const struct card_at *card)
{
	enum card_validity standing = delivery_standing(t, card->number);
	bool is_new = card->row.has_request && !card->row.handed;
	bool spent = card_is_due(standing) || standing == card_validity_ended;
	if (card->place != card_place_custody || card->custodian != o->organisation || !card->arrived)
		return refused(card_number, not_here);
	if (matter == card_case_destruction) // a valid card travels, a new one goes back as undelivered
		return is_new && !spent ? refused(matter, not_due) : carried_out;
	if (matter == card_case_undelivered)
		return is_new ? carried_out : refused(matter, wrong_state);
	if (matter == card_case_redistribution)
		return is_new && !spent && act->head.has_to ? carried_out : refused(matter, wrong_state);
	if (matter == card_case_travel)
		return is_new || spent ? refused(matter, wrong_state) : carried_out;
	return refused(matter, other_kind);
}

static struct refusal settle_refusal(struct turn *t, const struct origin *o, const struct card_act *act,
				     const struct coded_card *row, const struct card_at *card)
{
	enum card_case matter = row->matter;
	if (card->custodian != o->organisation)
		return refused(card_number, not_here);
	if (matter == card_case_missing)
		return card->place == card_place_custody && card->arrived ? day_refusal(t, act, row, card->since) :
									    refused(card_number, not_here);
	if (matter != card_case_written_off && matter != card_case_turned_up)
		return refused(matter, other_kind);
	if (card->place != card_place_missing)
		return refused(card_number, wrong_state);
	if (matter == card_case_written_off && card->row.written_off)
		return refused(card_number, already_done);
	if (matter == card_case_written_off && !act->head.has_explanation)
		return refused(reason, missing);
	return day_refusal(t, act, row, card->since);
}

struct refusal delivery_card_refusal(struct turn *t, const struct origin *o, const struct card_act *act,
				     const struct place_act_row *m, const struct card_at *card)
{
	const struct coded_card *row = &m->card;
	enum card_case matter = row->matter;
	if (!card->known)
		return refused(card_number, unknown);
	if (m->act == act_collect_cards) {
		if (matter != card_case_recover && matter != card_case_inspect && matter != card_case_give_back)
			return refused(matter, other_kind);
		return collect_refusal(t, o, act, row, card);
	}
	if (m->act == act_pack_cards)
		return into_box_refusal(t, o, act, matter, card);
	if (m->act == act_explain_box) {
		if (matter != card_case_missing)
			return refused(matter, other_kind);
		if (card->box != act->row.box)
			return refused(card_number, not_here);
		return delivery_missed_get(t->tx, m->submission, card->number) ? refused(card_number, already_done) : carried_out;
	}
	return settle_refusal(t, o, act, row, card);
}

struct card_at delivery_card_meant(struct turn *t, const struct origin *o, const struct card_act *act,
				   const struct place_act_row *m)
{
	struct card_at best = { .known = false };
	struct delivery_cards_row row;
	uint64_t number;
	bool fitting = false;
	if (m->card.has_copy) {
		best = delivery_card_at(t, card_of(m->card.member, m->card.copy));
		best.known = best.known && best.row.number == m->card.number;
		return best;
	}
	for (uint64_t at = card_of(m->card.member, 0);
	     delivery_cards_first(t->tx, at, &number, &row) && card_member(number) == m->card.member; at = number + 1) {
		struct card_at card = delivery_card_at(t, number);
		bool fits = delivery_card_refusal(t, o, act, m, &card).reason == reason_none;
		if (row.number == m->card.number && (fits || !fitting)) {
			best = card;
			fitting = fits;
		}
	}
	return best;
}
