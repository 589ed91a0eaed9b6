// A rule of schemas/eligibility.rules in words, for those who know it by what it says and not by its name.
#ifndef TDV_TDV_RULE_WORDS_H
#define TDV_TDV_RULE_WORDS_H

// The sentence that stands in the rules, or its English; the name itself when there is no such rule (any more).
const char *rule_words(const char *name);

#endif
