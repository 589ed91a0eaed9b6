// What verification knows of a member, and the facts that the rules ask about.
#ifndef TDV_SERVICES_VERIFICATION_FACTS_H
#define TDV_SERVICES_VERIFICATION_FACTS_H

#include "domain/organisation.h"
#include "gen/verification_tables.h"
#include "runtime/turn.h"
#include "verification/eligibility.h"

// The card that a member was given last, if any.
struct verification_held {
	bool any;
	uint64_t card;
	struct verification_cards_row row;
};

struct verification_subject {
	bool known;
	struct verification_members_row member;
	struct verification_held held;
	bool issued; // by a request, though revocation's word on the card may still be on its way
	uint64_t returned; // the request that waits for its correction; 0: none
};

struct verification_subject verification_subject_at(struct store_txn *tx, uint64_t member);
struct eligibility_facts verification_facts_of(const struct verification_subject *s, const struct verification_lists_row *list,
					       const struct request_offered *m);
struct organisation_tree verification_tree(struct turn *t);

#endif
