// The dated rules of schemas/eligibility.rules as a table, and how a request is judged by them.
#ifndef TDV_SERVICES_VERIFICATION_ELIGIBILITY_H
#define TDV_SERVICES_VERIFICATION_ELIGIBILITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gen/verification_facts.h"
#include "gen/messages.h"

// What a case and a rule have in common: the days on which it is in force, and where it stands.
struct eligibility_provision {
	bool draft;           // held and shown, never enforced (B1)
	int32_t from, until;  // days since 1970-01-01, both included
	const char *document; // for people: number, date and place
	const char *sentence;
};

// A kind of request that is admitted at all.
struct eligibility_case {
	enum request_kind kind;
	enum request_reason reason;
	unsigned bit; // of eligibility_rule.cases; dated editions of a case share one
	struct eligibility_provision provision;
};

struct eligibility_condition {
	enum eligibility_fact fact;
	uint64_t allowed; // a bit for each value that it may have
};

struct eligibility_rule {
	const char *name; // at most 16 bytes
	uint32_t cases;
	size_t when_count, needs_count;
	struct eligibility_condition when[eligibility_conditions_max], needs[eligibility_conditions_max];
	enum request_state state; // returned, rejected or on_hold
	enum field field;
	enum reason reason;
	struct eligibility_provision provision;
};

struct eligibility {
	const struct eligibility_case *cases;
	size_t cases_count;
	const struct eligibility_rule *rules;
	size_t rules_count;
};

// The rules of the file.
extern const struct eligibility verification_eligibility;

// What is known of one request: the value of each fact, 0 to 63.
struct eligibility_facts {
	uint8_t value[eligibility_fact_count];
};

// The case's bit, -1 when no case of that kind and reason is in force on that day.
int verification_case(const struct eligibility *rules, enum request_kind kind, enum request_reason reason,
		      int32_t day);
// Whether the rule is in force on that day, speaks of the case and does not hold.
bool verification_broken(const struct eligibility_rule *rule, int case_bit, int32_t day, const struct eligibility_facts *facts);
// The first such rule; one that only holds the request decides when no other does: nobody need judge what is
// refused or sent back anyway.  NULL: all hold.
const struct eligibility_rule *verification_judge(const struct eligibility *rules, int case_bit, int32_t day,
						  const struct eligibility_facts *facts);

#endif
