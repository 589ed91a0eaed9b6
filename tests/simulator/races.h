// Every pair of schemas/races.table with the real services: members, their requests and their cards are brought to each state
// and place (a stand), everything strikes there, and what came of it is compared with the table.  It has an own commune, so
// that it goes with any story.
#ifndef TDV_SIMULATOR_RACES_H
#define TDV_SIMULATOR_RACES_H

#include "simulator/races_table.h"
#include "simulator/story.h"

// In the order in which they are reached; some are states of a request, some places of its card, some both.
enum stand {
	stand_received, stand_returned, stand_on_hold, stand_verified, stand_withdrawn, stand_appraised, stand_rejected,
	stand_consolidated, stand_decided, stand_approved, stand_ordered, stand_printed, stand_dispatched, stand_delivered,
	stand_missing, stand_closed, stand_family, stand_destroyed,
	stand_count
};

// One member, whom one thing strikes at one stand.
struct scene {
	enum stand stand;
	enum strike strike;
	struct person person;
	uint64_t cell, request;
	bool struck;
};

#define races_scenes_max ((size_t)stand_count * strike_count)
#define races_clerks_max (8 + (size_t)stand_count)

#define races_commune 448
#define races_committee 4481
#define races_cell 44811      // of all who are not merged
#define races_other_cell 44812 // where who is transferred goes
#define races_successor 44813 // what the others are merged into
#define races_merging_cell 44811000 // + the stand

struct races {
	struct story *s;
	uint32_t stands; // that are played: bits
	struct scene scenes[races_scenes_max];
	size_t scene_count;
	struct clerk clerks[races_clerks_max];
	struct person officers[races_clerks_max];
	size_t clerk_count;
	struct clerk *submitter, *reporter, *registrar, *withdrawer; // all of races_cell: one errand at a time each
	struct clerk *successor, *merging[stand_count], *appraiser, *board, *committee;
	uint64_t lists[stand_count][2]; // the second: of the cell that is merged
	uint64_t group, order;
	unsigned leg;                   // of the way down, on which cards in transit are struck
	bool midway;                    // strikes come while those who are struck are on the way to the next stand
	bool to_the_end;                // also what is left when nobody is to be struck any more
	bool differs;
};

// What the stand is called in the table; NULL: it is no state, or no place.
const char *stand_state(enum stand stand);
const char *stand_place(enum stand stand);

static inline bool races_play(const struct races *r, enum stand stand)
{
	return r->stands >> stand & 1;
}

// Organisations, members, officers.
bool races_world(struct races *r);
struct clerk *races_clerk_of_cell(const struct races *r, const struct scene *scene);
uint64_t races_old_card(const struct scene *scene);
uint64_t races_new_card(const struct scene *scene);

// Checks that the scenes of a stand are there, strikes, and compares.
bool races_strike(struct races *r, enum stand stand);
// The acts of a strike are begun, and done later.
void races_strike_begin(struct races *r, enum stand stand);
bool races_strike_over(struct races *r, enum stand stand);
// The strikes came while a step took their scenes to the next state: what came of it is what the table says of the one or
// of the other.
bool races_midway_compare(struct races *r, enum stand stand);

#endif
