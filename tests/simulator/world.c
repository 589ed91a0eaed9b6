#include "simulator/world.h"

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/when.h"

static void place_add(struct world *w, uint64_t code, uint64_t parent, enum org_level level, bool has_members)
{
	ensure(w->place_count < world_organisations_max);
	w->places[w->place_count++] = (struct place){ code, parent, level, has_members };
}

// ---- people ----

static uint32_t drawn(const struct world *w, const char *question, size_t person, uint32_t n)
{
	return (uint32_t)(fate(w->seed, question, person) % n);
}

static void name_person(const struct world *w, struct person *p, size_t i)
{
	static const char *const family[] = { "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Lò" };
	static const char *const middle[] = { "Văn", "Thị", "Đức", "Minh", "Ngọc", "Hữu" };
	static const char *const given[] = { "An", "Bình", "Chi", "Dũng", "Giang", "Hạnh", "Khánh", "Lan", "Sơn", "Yến" };
	snprintf(p->full_name, sizeof p->full_name, "%s %s %s", family[drawn(w, "family", i, array_size(family))],
		 middle[drawn(w, "middle", i, array_size(middle))], given[drawn(w, "given", i, array_size(given))]);
	snprintf(p->citizen_id, sizeof p->citizen_id, "0440%08u", (unsigned)i + 1000);
	snprintf(p->profile_number, sizeof p->profile_number, "%06uTD", (unsigned)i + 1);
	p->sex = drawn(w, "sex", i, 2) ? sex_male : sex_female;
}

static enum member_status status_of(const struct world *w, size_t i)
{
	static const enum member_status rare[] = {
		member_status_exempt, member_status_temp_activity, member_status_abroad, member_status_expelled,
		member_status_removed, member_status_deceased, member_status_exempt, member_status_temp_activity,
	};
	return fate_in(w->seed, "ordinary", i, 800) ? member_status_active : rare[drawn(w, "status", i, array_size(rare))];
}

static struct person *member_add(struct world *w, uint64_t cell, bool officer)
{
	size_t i = w->member_count++;
	ensure(i < world_members_max);
	struct person *p = &w->people[i];
	*p = (struct person){ .home_cell = cell, .present_cell = cell, .photo = drawn(w, "photo", i, world_photos) };
	name_person(w, p, i);
	p->birth_date = date_from_civil(1950 + (int)drawn(w, "born", i, 45), 1 + drawn(w, "month", i, 12), 3);
	p->type = officer || fate_in(w->seed, "official", i, 850) ? member_type_official : member_type_probationary;
	p->status = officer ? member_status_active : status_of(w, i);
	p->admission_date = p->type == member_type_official ? date_from_civil(2014 + (int)drawn(w, "admitted", i, 8), 5, 19)
							    : date_from_civil(2025, 9, 2);
	p->official_date = p->admission_date + 366;
	p->has_card = p->type == member_type_official && fate_in(w->seed, "card", i, 850);
	p->card_number = world_party_code * 1000000 + 1 + (uint32_t)i;
	p->has_photo = fate_in(w->seed, "with photo", i, 750);
	p->disciplined = !officer && fate_in(w->seed, "disciplined", i, 40);
	return p;
}

// Temporary activity is in another cell than the home cell (D4).
static void members_move(struct world *w)
{
	for (size_t i = 0; i < w->member_count; i++) {
		struct person *p = &w->people[i];
		if (p->status != member_status_temp_activity)
			continue;
		for (size_t j = 0; j < w->place_count; j++)
			if (w->places[j].has_members && w->places[j].code != p->home_cell)
				p->present_cell = w->places[j].code;
	}
}

// Rows that have to be refused: a person who shares a citizen id with another, an unknown cell.
static void members_bad(struct world *w)
{
	if (w->member_count + 2 > world_members_max)
		return;
	struct person *p = member_add(w, w->people[0].home_cell, false);
	memcpy(p->citizen_id, w->people[1].citizen_id, sizeof p->citizen_id);
	p->status = member_status_active;
	p->bad = true;
	p = member_add(w, 999999, false);
	p->status = member_status_active;
	p->bad = true;
}

// ---- officers ----

static struct clerk *clerk_add(struct world *w, enum role role, uint64_t organisation, size_t person)
{
	ensure(w->clerk_count < world_clerks_max);
	struct clerk *clerk = &w->clerks[w->clerk_count];
	clerk_init(clerk, (uint32_t)w->clerk_count, role, organisation, (uint32_t)person);
	w->clerk_count++;
	return clerk;
}

static size_t outsider_add(struct world *w)
{
	size_t i = w->person_count++;
	ensure(i < world_members_max);
	w->people[i] = (struct person){ .birth_date = date_from_civil(1975, 1, 3) };
	name_person(w, &w->people[i], i);
	return i;
}

// Two members of each cell are its officers; the first of them appraises for the committee as well, where another appraiser
// has to stand in for what he submitted himself.
static void cell_officers(struct world *w, const struct place *cell)
{
	size_t first = w->member_count;
	for (unsigned i = 0; i < 2; i++)
		member_add(w, cell->code, true);
	clerk_add(w, role_cell_officer, cell->code, first);
	clerk_add(w, role_cell_officer, cell->code, first + 1);
	uint64_t committee = world_committee(w, cell->code);
	if (!world_clerk(w, role_grassroots_appraiser, committee, 0))
		clerk_add(w, role_grassroots_appraiser, committee, first);
}

static void committee_officers(struct world *w)
{
	w->person_count = w->member_count;
	for (size_t i = 0; i < w->place_count; i++) {
		const struct place *p = &w->places[i];
		if (p->level == org_level_grassroots)
			clerk_add(w, role_grassroots_appraiser, p->code, outsider_add(w));
		if (p->level == org_level_superior) {
			clerk_add(w, role_superior_board, p->code, outsider_add(w));
			clerk_add(w, role_superior_committee, p->code, outsider_add(w));
			clerk_add(w, role_inspection_commission, p->code, outsider_add(w));
		}
	}
	clerk_add(w, role_provincial_board, world_province, outsider_add(w));
	clerk_add(w, role_central_board, world_centre, outsider_add(w));
	clerk_add(w, role_print_facility, world_facility, outsider_add(w));
}

// ---- the tree ----

static void commune_add(struct world *w, uint64_t commune)
{
	place_add(w, commune, world_province, org_level_superior, false);
	unsigned committees = 1 + (unsigned)(fate(w->seed, "committees", commune) % 2);
	for (unsigned i = 1; i <= committees; i++) {
		uint64_t committee = commune * 10 + i;
		place_add(w, committee, commune, org_level_grassroots, false);
		unsigned cells = 1 + (unsigned)(fate(w->seed, "cells", committee) % 2);
		for (unsigned j = 1; j <= cells; j++)
			place_add(w, committee * 10 + j, committee, org_level_cell, true);
	}
	// Chi bộ cơ sở: a grassroots organisation that is a cell itself, reached from the commune in one step.
	if (fate_in(w->seed, "cell of its own", commune, 600))
		place_add(w, commune * 10 + 9, commune, org_level_grassroots, true);
}

void world_init(struct world *w, uint64_t seed)
{
	memset(w, 0, sizeof *w);
	w->seed = seed;
	place_add(w, world_centre, 0, org_level_central, false);
	place_add(w, world_province, world_centre, org_level_attached, false);
	place_add(w, world_facility, world_centre, org_level_attached, false);
	unsigned communes = 1 + (unsigned)(fate(seed, "communes", 0) % 2);
	for (unsigned i = 1; i <= communes; i++)
		commune_add(w, world_province * 10 + i);
	clerk_add(w, role_administrator, 0, 0);
	for (size_t i = 0; i < w->place_count; i++) {
		if (!w->places[i].has_members)
			continue;
		cell_officers(w, &w->places[i]);
		unsigned members = 4 + (unsigned)(fate(seed, "members", w->places[i].code) % 8);
		for (unsigned j = 0; j < members; j++)
			member_add(w, w->places[i].code, false);
	}
	members_move(w);
	members_bad(w);
	committee_officers(w);
}

const struct place *world_place(const struct world *w, uint64_t code)
{
	for (size_t i = 0; i < w->place_count; i++)
		if (w->places[i].code == code)
			return &w->places[i];
	return NULL;
}

struct clerk *world_clerk(struct world *w, enum role role, uint64_t organisation, unsigned nth)
{
	for (size_t i = 0; i < w->clerk_count; i++)
		if (w->clerks[i].role == role && w->clerks[i].organisation == organisation && nth-- == 0)
			return &w->clerks[i];
	return NULL;
}

uint64_t world_committee(const struct world *w, uint64_t cell)
{
	const struct place *p = world_place(w, cell);
	return p->level == org_level_grassroots ? p->code : p->parent;
}

uint64_t world_commune(const struct world *w, uint64_t cell)
{
	return world_place(w, world_committee(w, cell))->parent;
}
