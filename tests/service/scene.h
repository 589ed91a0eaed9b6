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

// The centre 1; province 44; commune 441; committee 4411 with cells 44111 and 44112.
static inline void province_44(struct transcript *s)
{
	organisation(s, 1, org_level_central, 0);
	organisation(s, 44, org_level_attached, 1);
	organisation(s, 441, org_level_superior, 44);
	organisation(s, 4411, org_level_grassroots, 441);
	organisation(s, 44111, org_level_cell, 4411);
	organisation(s, 44112, org_level_cell, 4411);
}

static inline void act_by(struct transcript *s, uint64_t submission, uint64_t person, enum role role, uint64_t organisation)
{
	by(s, .submission = submission, .actor = person, .person = person, .role = (uint8_t)role, .organisation = organisation);
}

// Reads a row of the service's tables between turns and says whether there is one: look(s, printing_orders, 1, &row).
static struct store_txn looking;

static inline struct store_txn *look_begin(struct transcript *s)
{
	store_begin(transcript_store(s), false, &looking);
	return &looking;
}

static inline bool look_end(bool known)
{
	store_abort(&looking);
	return known;
}
#define look(s, table, ...) look_end(table##_get(look_begin(s), __VA_ARGS__))

static inline unsigned times(const char *said, const char *what)
{
	unsigned n = 0;
	for (const char *at = said; (at = strstr(at, what)); at++)
		n++;
	return n;
}

#endif
