#include "verification/eligibility.h"

#include "base/ensure.h"
#include "gen/verification_rules.h"

const struct eligibility verification_eligibility = {
	.cases = eligibility_cases,
	.cases_count = array_size(eligibility_cases),
	.rules = eligibility_rules,
	.rules_count = array_size(eligibility_rules),
};

static bool in_force(const struct eligibility_provision *p, int32_t day)
{
	return !p->draft && p->from <= day && day <= p->until;
}

int verification_case(const struct eligibility *rules, enum request_kind kind, enum request_reason reason,
		      int32_t day)
{
	for (size_t i = 0; i < rules->cases_count; i++) {
		const struct eligibility_case *c = &rules->cases[i];
		if (c->kind == kind && c->reason == reason && in_force(&c->provision, day))
			return (int)c->bit;
	}
	return -1;
}

static bool all_hold(const struct eligibility_condition *conditions, size_t count,
		     const struct eligibility_facts *facts)
{
	for (size_t i = 0; i < count; i++) {
		uint8_t value = facts->value[conditions[i].fact];
		ensure(value < 64);
		if (!(conditions[i].allowed >> value & 1))
			return false;
	}
	return true;
}

bool verification_broken(const struct eligibility_rule *rule, int case_bit, int32_t day, const struct eligibility_facts *facts)
{
	return (rule->cases >> case_bit & 1) && in_force(&rule->provision, day) &&
	       all_hold(rule->when, rule->when_count, facts) && !all_hold(rule->needs, rule->needs_count, facts);
}

const struct eligibility_rule *verification_judge(const struct eligibility *rules, int case_bit, int32_t day,
						  const struct eligibility_facts *facts)
{
	const struct eligibility_rule *hold = NULL;
	for (size_t i = 0; i < rules->rules_count; i++) {
		const struct eligibility_rule *rule = &rules->rules[i];
		if (!verification_broken(rule, case_bit, day, facts))
			continue;
		if (rule->state != request_state_on_hold)
			return rule;
		if (!hold)
			hold = rule;
	}
	return hold;
}
