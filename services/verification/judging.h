// A row of a list is judged: a new request, or the correction of one that was returned.
#ifndef TDV_SERVICES_VERIFICATION_JUDGING_H
#define TDV_SERVICES_VERIFICATION_JUDGING_H

#include "verification/eligibility.h"
#include "verification/facts.h"
#include "verification/requests.h"

// Counts the row in the list's row, which the caller writes.
void verification_offered(struct turn *t, const struct request_offered *m, uint64_t number, struct verification_lists_row *list);

// The bit of a reason in verification_requests_row.cleared.
uint64_t verification_hold_bit(enum reason held);
// The first rule that holds the request and that no adjudicator has released it from; NULL: none.
const struct eligibility_rule *verification_hold_of(const struct verification_lists_row *list, int bit,
						    const struct eligibility_facts *facts, uint64_t cleared);
// The request goes on to approval with its list.
void verification_tell_passed(struct turn *t, const struct verification_request *r, const struct verification_subject *s);

#endif
