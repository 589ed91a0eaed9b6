// The way from list to destruction, step by step; each takes on all that stand where it begins.  story_races.c goes it.
#ifndef TDV_SIMULATOR_RACES_STEPS_H
#define TDV_SIMULATOR_RACES_STEPS_H

#include "simulator/races.h"

#define records_max (races_scenes_max * 2)

// ---- races_requests.c: lists, approval, the facility
bool races_submit(struct races *r);
bool races_withdraw(struct races *r);
bool races_appraise(struct races *r);
bool races_consolidate(struct races *r);
bool races_decide(struct races *r);
bool races_approve(struct races *r);
bool races_order(struct races *r);
bool races_answer(struct races *r);
bool races_print(struct races *r);

// ---- races_cards.c: boxes, cells, destruction
bool races_send(struct races *r);
bool races_bring_down(struct races *r);
bool races_lose(struct races *r);
bool races_hand_over(struct races *r);
bool races_bury(struct races *r);
bool races_destroy(struct races *r);
bool races_finish(struct races *r); // what was struck and goes on

static inline struct clerk *races_centre(struct races *r)
{
	return world_clerk(&r->s->world, role_central_board, world_centre, 0);
}

static inline struct clerk *races_province(struct races *r)
{
	return world_clerk(&r->s->world, role_provincial_board, world_province, 0);
}

static inline struct clerk *races_facility(struct races *r)
{
	return world_clerk(&r->s->world, role_print_facility, world_facility, 0);
}

static inline bool races_done(struct races *r)
{
	return office_run(&r->s->office) && story_settle(r->s);
}

#endif
