// What the scenes of several services share: days, organisations, who acts, how often something was said.
#ifndef TDV_TESTS_SCENE_H
#define TDV_TESTS_SCENE_H

#include <string.h>

#include "base/when.h"
#include "service/transcript.h"
#include "test.h"

static inline int32_t date(const char *text)
{
	int32_t day = 0;
	check(date_parse(text, &day));
	return day;
}

// The registry tells of an organisation; province 44 has party code 44.
static inline void organisation(struct transcript *s, uint64_t code, enum org_level level, uint64_t parent)
{
	tell(s, registry, organisation_registered, .code = code, .name = bytes_of_text("…"), .level = level, .parent = parent,
	     .has_party_code = code == 44, .party_code = 44);
}

static inline void act_by(struct transcript *s, uint64_t submission, uint64_t person, enum role role, uint64_t organisation)
{
	by(s, .submission = submission, .actor = person, .person = person, .role = (uint8_t)role, .organisation = organisation);
}

static inline unsigned times(const char *said, const char *what)
{
	unsigned n = 0;
	for (const char *at = said; (at = strstr(at, what)); at++)
		n++;
	return n;
}

#endif
