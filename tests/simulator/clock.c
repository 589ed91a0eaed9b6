// The wall clock of the site's machine, and the operator who looks at it.
#include <stdlib.h>

#include "simulator/site_private.h"

#define minute_ms (INT64_C(60) * 1000)
#define hour_ms (60 * minute_ms)
#define day_ms (24 * hour_ms)

int64_t site_wall_ms(const struct site *site)
{
	return site->now_ms + site->wall_off_ms;
}

// Terminals know the time: an operator does not accept a clock that is off by days.
bool clock_is_right(const struct site *site)
{
	return llabs((long long)site->wall_off_ms) < 12 * hour_ms;
}

static int64_t within(struct chance *c, int64_t most)
{
	return (int64_t)(chance_next(c) % (uint64_t)(2 * most + 1)) - most;
}

static void set(struct site *site, int64_t off_ms, enum injection injection)
{
	site_say(site, "the clock jumps by %lld s", (long long)((off_ms - site->wall_off_ms) / 1000));
	site->wall_off_ms = off_ms;
	site_count(site, injection);
}

// Jumps of hours stay, and leave the date as it is; jumps of months are put right after a while.  While it is off by months no
// service is started (site.c): a start has nothing to compare the wall clock with, and takes the time of its turns from it.
static void jump(struct site *site)
{
	struct chance *c = &site->chance;
	if (chance_below(c, 2)) {
		set(site, within(c, 3 * hour_ms), injection_clock_hours);
		return;
	}
	site->wall_before_ms = site->wall_off_ms;
	site->wall_right_ms = site->now_ms + chance_from(c, 20, 2000);
	int64_t days = chance_from(c, 2, 400);
	set(site, chance_below(c, 2) ? days * day_ms : -days * day_ms, injection_clock_months);
}

void clock_round(struct site *site)
{
	struct chance *c = &site->chance;
	if (site->wall_right_ms) {
		if (site->now_ms >= site->wall_right_ms) {
			site_say(site, "the clock is put right");
			site->wall_off_ms = site->wall_before_ms;
			site->wall_right_ms = 0;
		}
		return;
	}
	if (site->weather.clock_jumps && chance_below(c, 100000) < site->weather.clock_jumps)
		jump(site);
	else if (site->weather.clock_steps && chance_below(c, 100000) < site->weather.clock_steps &&
		 llabs((long long)site->wall_off_ms) < 3 * hour_ms)
		set(site, site->wall_off_ms + within(c, 4 * minute_ms), injection_clock_stepped);
}

// Whoever is on duty looks at `tdv status` now and then, and accepts the clock when it is right.
void operator_round(struct process *p)
{
	static struct service_status status;
	struct site *site = p->site;
	if (!clock_is_right(site) || site->figures.rounds % 16 != p->service->id % 16 ||
	    engine_status(p->engine, &status) != error_none)
		return;
	if (!status.timers_held) {
		p->accept_ms = 0;
	} else if (p->accept_ms == 0) {
		p->accept_ms = site->now_ms + (site->calm ? 0 : chance_from(&site->chance, 1, 1000));
	} else if (site->now_ms >= p->accept_ms) {
		site_say(site, "an operator accepts the clock of %s", p->service->name);
		site_count(site, injection_clock_accepted);
		p->accept_ms = 0;
		process_survived(p, "takes an act", engine_take_act(p->engine, UINT64_MAX, operator_act_accept_clock, 0));
	}
}
