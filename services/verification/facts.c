#include "verification/facts.h"

#include "base/ensure.h"
#include "base/subject.h"

// The last of the member's cards that came to be.
static struct verification_held held_by(struct store_txn *tx, uint64_t member)
{
	struct verification_cards_row row;
	uint64_t card = card_of(member, UINT8_MAX);
	for (; verification_cards_last_to(tx, card, &card, &row) && card_member(card) == member; card--)
		if (row.validity != card_validity_not_yet_active && row.validity != card_validity_spoiled)
			return (struct verification_held){ true, card, row };
	return (struct verification_held){ 0 };
}

struct verification_subject verification_subject_at(struct store_txn *tx, uint64_t member)
{
	struct verification_subject s = { 0 };
	struct verification_returned_row returned;
	s.known = verification_members_get(tx, member, &s.member);
	s.held = held_by(tx, member);
	s.issued = verification_issued_get(tx, member, NULL);
	if (verification_returned_get(tx, member, &returned))
		s.returned = returned.request;
	return s;
}

static enum eligibility_list_cell cell_fact(const struct verification_subject *s, uint64_t cell)
{
	if (s->known && s->member.present_cell == cell)
		return eligibility_list_cell_present;
	return s->known && s->member.home_cell == cell ? eligibility_list_cell_home
						       : eligibility_list_cell_other;
}

static unsigned generation_fact(const struct verification_subject *s)
{
	if (s->issued)
		return card_generation_chip_2025;
	return s->held.any ? s->held.row.generation : 0;
}

static unsigned fact_of(enum eligibility_fact fact, const struct verification_subject *s,
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
	case eligibility_fact_request_loss:
		return m->has_loss ? m->loss : 0;
	case eligibility_fact_request_card:
		return m->card_enclosed;
	}
	ensure_failed("a fact of the rules that nobody computes", __FILE__, __LINE__, __func__);
}

struct eligibility_facts verification_facts_of(const struct verification_subject *s, const struct verification_lists_row *list,
					 const struct request_offered *m)
{
	struct eligibility_facts facts = { 0 };
	for (unsigned i = 0; i < eligibility_fact_count; i++)
		facts.value[i] = (uint8_t)fact_of((enum eligibility_fact)i, s, list, m);
	return facts;
}

organisation_parent_of(verification)

struct organisation_tree verification_tree(struct turn *t)
{
	return (struct organisation_tree){ t->tx, parent_of };
}
