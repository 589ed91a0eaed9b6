// Which cards may be destroyed, and by whom (domain.md §3): ended or spoiled ones, under minutes of a committee of
// three with witnesses.  Where the cards are, and that nothing leaves DESTROYED, is delivery's.
#include <string.h>

#include "gen/revocation_emit.h"
#include "revocation/acts.h"

static bool names(const uint64_t *people, size_t count, uint64_t person)
{
	for (size_t i = 0; i < count; i++)
		if (people[i] == person)
			return true;
	return false;
}

// At least three members of the committee, and witnesses, who are other people.
static bool committee_complete(const struct coded_card_head *head)
{
	for (size_t i = 0; i < head->committee_count; i++)
		if (names(head->committee, i, head->committee[i]) ||
		    names(head->witnesses, head->witnesses_count, head->committee[i]))
			return false;
	return head->committee_count >= 3 && head->witnesses_count >= 1;
}

struct refusal revocation_destruction_refusal(const struct coded_card_head *head)
{
	if (!head->has_decision_number)
		return refused(decision, no_minutes);
	if (!head->has_minutes)
		return refused(minutes, no_minutes);
	return committee_complete(head) ? carried_out : refused(committee, committee_small);
}

bool revocation_destroyable(const struct card *card)
{
	return card->known &&
	       (card->row.validity == card_validity_ended || card->row.validity == card_validity_spoiled);
}

void revocation_destroy(struct turn *t, uint64_t submission, uint32_t row, const struct card *card)
{
	emit_destruction_ordered(t, &(struct destruction_ordered){ .submission = submission, .row = row,
								   .card = card->number });
}

void revocation_destruction_ended(struct turn *t, uint64_t submission, uint32_t refused_rows,
				  const struct coded_card_head *head)
{
	struct destruction_ended ended = { .submission = submission, .refused = refused_rows,
					   .decision_number = head->decision_number, .minutes = head->minutes,
					   .committee_count = head->committee_count,
					   .witnesses_count = head->witnesses_count };

	memcpy(ended.committee, head->committee, sizeof ended.committee);
	memcpy(ended.witnesses, head->witnesses, sizeof ended.witnesses);
	emit_destruction_ended(t, &ended);
}
