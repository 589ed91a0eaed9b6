#include "rule_words.h"

#include <string.h>

#include "base/ensure.h"
#include "tdv.h"
#include "verification/eligibility.h"

// What the rules say in Vietnamese, for those who read English.  tools/checks/catalogue.sh compares.
static const struct {
	const char *name, *text;
} rules_in_english[] = {
	{ "in-registry", "Who is proposed must be in the register of members." },
	{ "own-cell", "A cell proposes only its own members." },
	{ "temporary-cell", "A member in temporary activity is proposed by the cell where they are active." },
	{ "official-new", "A card is issued only to official members." },
	{ "official", "A card is reissued or exchanged only for official members." },
	{ "official-exch", "Only official members exchange their cards." },
	{ "standing", "Only members who are active, exempt or in temporary activity." },
	{ "discipline", "A member under discipline: the authority judges first whether they may have a card." },
	{ "no-card-yet", "A first card is issued only to a member who never had one." },
	{ "holds-card", "Only a member who has a card exchanges it." },
	{ "has-card", "A card is reissued or exchanged only for a member who was given one before." },
	{ "card-of-2003", "The campaign replaces cards of 2003; a chip card is not exchanged in it." },
	{ "card-valid", "The card to exchange must be valid; lost and damaged cards have procedures of their own." },
	{ "loss-reported", "The card must be reported lost before a new one is proposed." },
	{ "damage-reported", "The card must be reported damaged before its exchange is proposed." },
	{ "card-in-use", "The card to exchange must be valid." },
	{ "number-matches", "The card number in the list differs from the register: somebody must compare them." },
	{ "photo", "There must be a portrait photo." },
	{ "review", "A lost or damaged card: the member's self-criticism must come with it." },
	{ "statement", "Changed data, an error in print: a statement and its proofs must come with it." },
	{ "damaged-card", "A damaged card must be handed to the cell and sent with the list (form 3)." },
	{ "loss-assessed", "The cell must conclude whether the card was lost for a good reason." },
	{ "loss-justified", "Lost without a good reason: the inspection commission judges before a card is reissued." },
};

static const char *in_english(const char *name)
{
	for (size_t i = 0; i < array_size(rules_in_english); i++)
		if (strcmp(rules_in_english[i].name, name) == 0)
			return rules_in_english[i].text;
	return NULL;
}

const char *rule_words(const char *name)
{
	const struct eligibility *e = &verification_eligibility;
	const char *words = language_is_english() ? in_english(name) : NULL;

	if (strcmp(name, "one-open-request") == 0) // above the rules: in no edition of them
		return _("A member has at most one request that is not finished.");
	for (size_t i = 0; !words && i < e->rules_count; i++)
		if (strcmp(e->rules[i].name, name) == 0)
			words = e->rules[i].provision.sentence;
	return words ? words : name;
}
