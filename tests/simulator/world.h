// A small world, a function of its seed: the centre, a province with a print facility, communes, grassroots committees, cells,
// their members of all kinds and their officers.
#ifndef TDV_SIMULATOR_WORLD_H
#define TDV_SIMULATOR_WORLD_H

#include "gen/messages.h"
#include "simulator/clerk.h"

#define world_organisations_max 48
#define world_members_max 160
#define world_clerks_max 64
#define world_photos 5

#define world_centre 1
#define world_province 44
#define world_facility 90
#define world_party_code 44

struct place {
	uint64_t code, parent;
	enum org_level level;
	bool has_members;
};

struct person {
	char full_name[64], citizen_id[16], profile_number[16];
	int32_t birth_date, admission_date, official_date;
	enum sex sex;
	enum member_type type;
	enum member_status status;
	uint64_t home_cell, present_cell;
	bool disciplined, has_photo, has_card, bad; // bad: the row is to be refused
	uint32_t card_number;
	uint32_t photo;
	uint64_t number;                            // as TDV knows the person; 0: not yet
};

struct world {
	uint64_t seed;
	struct place places[world_organisations_max];
	size_t place_count;
	struct person people[world_members_max]; // members, then officers who are none
	size_t member_count, person_count;
	struct clerk clerks[world_clerks_max];
	size_t clerk_count;
	struct hash photos[world_photos];
};

// The clerks' keys are named anew for each run: sequences begin at 1.
void world_init(struct world *world, uint64_t seed);

const struct place *world_place(const struct world *world, uint64_t code);
// The n-th clerk, from 0, of that role and organisation; NULL: there is none.
struct clerk *world_clerk(struct world *world, enum role role, uint64_t organisation, unsigned nth);
// The grassroots organisation that a cell is or belongs to, and the commune above it.
uint64_t world_committee(const struct world *world, uint64_t cell);
uint64_t world_commune(const struct world *world, uint64_t cell);

#endif
