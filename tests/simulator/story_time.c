// Days go by: what was left undone becomes due, a silent facility is reminded and returns.  Calm or rough, the same days pass,
// and what a timer does is done before the next day, so that both come to the same letters.

#include "simulator/story.h"

#define day_ms (INT64_C(24) * 3600 * 1000)
#define rounds_max 8000

bool story_rest(struct story *s)
{
	for (unsigned round = 0; round < rounds_max; round++) {
		if (!site_round(s->site))
			return false;
		if (round % 4 == 3 && site_is_quiet(s->site) && !site_is_due(s->site))
			return true;
	}
	site_say(s->site, "FAILED  a day does not come to its end:");
	site_describe(s->site);
	return false;
}

bool story_days_pass(struct story *s, unsigned days)
{
	if (!story_rest(s))
		return false;
	for (unsigned day = 0; day < days; day++) {
		site_pass(s->site, day_ms);
		if (site_is_due(s->site) && !story_rest(s))
			return false;
	}
	return true;
}

// It has found the order's letters, and does nothing: it is reminded, the board hears of it, the letters come again.
bool story_facility_silent(struct story *s)
{
	if (!story_fate(s, "the facility is silent", 1, 300))
		return true;
	site_say(s->site, "the facility is silent");
	return story_days_pass(s, story_fate(s, "for weeks", 1, 600) ? 22 : 8);
}

bool story_time(struct story *s)
{
	return story_days_pass(s, 20);
}
