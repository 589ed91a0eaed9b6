// From list to destruction, step by step; after each step everything strikes those who stand there, and the others go on.
#include "simulator/races_steps.h"

#define bit(stand) (1u << stand_##stand)

static const struct step {
	bool (*go)(struct races *r);
	uint32_t struck;    // then
	uint32_t takes_on;  // whom the step takes to their next state: struck meanwhile, when that is what is played
	bool can_be_held;   // then it is done again
} steps[] = {
	{ races_submit, bit(returned) | bit(on_hold) | bit(verified), 0, false },
	{ races_withdraw, bit(withdrawn), 0, false },
	{ races_appraise, bit(appraised) | bit(rejected), bit(verified), false },
	{ races_consolidate, bit(consolidated), bit(appraised), false },
	{ races_decide, bit(decided), bit(consolidated), false },
	{ races_approve, bit(approved), bit(decided), false },
	{ races_order, bit(ordered), bit(approved), false },
	{ races_answer, 0, 0, false },
	{ races_print, bit(printed), bit(ordered), true },
	{ races_send, bit(dispatched), bit(printed), true },
	{ races_bring_down, bit(delivered), bit(dispatched), false },
	{ races_lose, bit(missing), 0, false },
	{ races_hand_over, bit(closed), bit(delivered), false },
	{ races_bury, bit(family), 0, false },
	{ races_destroy, bit(destroyed), 0, false },
};
#define midway_rounds_ahead 20 // that the strikes have before the step, at most
#define midway_stands \
	(bit(verified) | bit(appraised) | bit(consolidated) | bit(decided) | bit(approved) | bit(ordered) | bit(printed) | \
	 bit(dispatched) | bit(delivered))

static bool step_struck(struct races *r, const struct step *step)
{
	for (enum stand stand = 0; stand < stand_count; stand++)
		if (r->stands & step->struck & 1u << stand && !races_strike(r, stand))
			return false;
	return true;
}

static bool step_struck_midway(struct races *r, const struct step *step)
{
	for (enum stand stand = 0; stand < stand_count; stand++)
		if (r->stands & step->takes_on & 1u << stand)
			races_strike_begin(r, stand);
	unsigned ahead = chance_below(site_chance(r->s->site), midway_rounds_ahead);
	if ((step->takes_on && !office_run_for(&r->s->office, ahead)) || !step->go(r))
		return false;
	for (enum stand stand = 0; stand < stand_count; stand++)
		if (r->stands & step->takes_on & 1u << stand && !races_midway_compare(r, stand))
			return false;
	return !step->can_be_held || step->go(r);
}

// The rest of the way is gone only now and then when nobody stands there any more: then all come to their end.
static bool steps_go(struct races *r)
{
	uint32_t left = r->stands & ~bit(received);
	bool any = true, arrived = false;
	for (size_t i = 0; i < sizeof steps / sizeof steps[0] && any; i++) {
		if (r->midway ? !step_struck_midway(r, &steps[i]) : !steps[i].go(r) || !step_struck(r, &steps[i]))
			return false;
		left &= ~(r->midway ? steps[i].takes_on : steps[i].struck);
		arrived = arrived || steps[i].go == races_bring_down;
		any = left != 0 || (r->to_the_end && !arrived);
	}
	return !r->to_the_end || races_finish(r);
}

static bool races_at(struct story *s, uint32_t stands, bool midway, bool to_the_end)
{
	static struct races races;
	char why[300];
	races = (struct races){ .s = s, .stands = stands, .leg = (unsigned)(s->seed % 4), .midway = midway,
				.to_the_end = to_the_end };
	if (!races_read("schemas/races.table", why, sizeof why)) {
		site_say(s->site, "FAILED  races: %s", why);
		return false;
	}
	return story_settle(s) && races_world(&races) && steps_go(&races) && !races.differs;
}

bool story_races(struct story *s)
{
	uint32_t stands = 1u << s->seed % stand_count;
	return races_at(s, stands, false, (stands & midway_stands) && s->seed / stand_count % 4 == 0);
}

bool story_races_all(struct story *s)
{
	return races_at(s, (1u << stand_count) - 1, false, true);
}

bool story_races_midway(struct story *s)
{
	s->timing_decides = true;
	return races_at(s, midway_stands, true, true);
}
