// The way from list to destruction, step by step; each takes on all that stand where it begins.  story_races.c goes it.
#ifndef TDV_SIMULATOR_RACES_STEPS_H
#define TDV_SIMULATOR_RACES_STEPS_H

#include "simulator/races.h"
#include "simulator/races_look.h"

// Of the order, those that are in a state.
struct races_records {
	uint32_t indices[races_scenes_max * 2];
	uint64_t cells[races_scenes_max * 2];
	size_t count;
};

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

// Until the next call.
static inline const struct races_records *races_records(struct races *r, enum print_record state)
{
	static struct races_records found;
	found.count = look_records(r->s->site, r->order, state, found.indices, found.cells, races_scenes_max * 2);
	return &found;
}

static inline bool races_done(struct races *r)
{
	return office_run(&r->s->office) && story_settle(r->s);
}

#endif
