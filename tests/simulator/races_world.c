// The commune where everything strikes: one cell of all stands, one that takes transfers, one that takes mergers, and for each
// stand one that is merged.

#include <stdio.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "simulator/races.h"

#define first_card_number 500 // of the block that is granted; the main story's members have lower ones

uint64_t races_old_card(const struct scene *scene)
{
	return card_of(scene->person.number, 1);
}

uint64_t races_new_card(const struct scene *scene)
{
	return card_of(scene->person.number, 2);
}

struct clerk *races_clerk_of_cell(const struct races *r, const struct scene *scene)
{
	if (scene->strike != strike_merge)
		return r->submitter;
	return scene->struck ? r->successor : r->merging[scene->stand];
}

// ---- who there is ----

static void scene_add(struct races *r, enum stand stand, enum strike strike)
{
	struct scene *scene = &r->scenes[r->scene_count];
	struct person *p = &scene->person;
	unsigned n = (unsigned)r->scene_count++;
	scene->stand = stand;
	scene->strike = strike;
	scene->cell = strike == strike_merge ? races_merging_cell + stand : races_cell;
	scene->struck = false;
	*p = (struct person){ .birth_date = date_from_civil(1980, 1, 3), .admission_date = date_from_civil(2015, 5, 19),
			      .official_date = date_from_civil(2016, 5, 19), .sex = sex_female,
			      .type = member_type_official, .status = member_status_active, .home_cell = scene->cell,
			      .present_cell = scene->cell, .has_photo = stand != stand_returned, .has_card = true,
			      .card_number = world_party_code * 1000000 + first_card_number + n };
	snprintf(p->full_name, sizeof p->full_name, "Phan Thị Hà");
	snprintf(p->citizen_id, sizeof p->citizen_id, "0448%08u", n);
	snprintf(p->profile_number, sizeof p->profile_number, "%06uRC", n + 1);
}

static struct clerk *clerk_add(struct races *r, enum role role, uint64_t organisation)
{
	ensure(r->clerk_count < races_clerks_max);
	uint32_t n = (uint32_t)r->clerk_count++;
	struct person *p = &r->officers[n];
	*p = (struct person){ .birth_date = date_from_civil(1975, 1, 3) };
	snprintf(p->full_name, sizeof p->full_name, "Phan Văn Lâm");
	snprintf(p->citizen_id, sizeof p->citizen_id, "0449%08u", n);
	clerk_init(&r->clerks[n], (uint32_t)r->s->world.clerk_count + n, role, organisation, n);
	return &r->clerks[n];
}

static void people_and_officers(struct races *r)
{
	r->submitter = clerk_add(r, role_cell_officer, races_cell);
	r->reporter = clerk_add(r, role_cell_officer, races_cell);
	r->registrar = clerk_add(r, role_cell_officer, races_cell);
	r->withdrawer = clerk_add(r, role_cell_officer, races_cell);
	r->successor = clerk_add(r, role_cell_officer, races_successor);
	r->appraiser = clerk_add(r, role_grassroots_appraiser, races_committee);
	r->board = clerk_add(r, role_superior_board, races_commune);
	r->committee = clerk_add(r, role_superior_committee, races_commune);
	for (enum stand stand = 0; stand < stand_count; stand++) {
		if (!races_play(r, stand))
			continue;
		r->merging[stand] = clerk_add(r, role_cell_officer, races_merging_cell + stand);
		for (enum strike strike = 0; strike < strike_count; strike++)
			scene_add(r, stand, strike);
	}
}

// ---- entered ----

static void organisations(struct races *r, struct clerk *administrator)
{
	static const struct place places[] = {
		{ races_commune, world_province, org_level_superior, false },
		{ races_committee, races_commune, org_level_grassroots, false },
		{ races_cell, races_committee, org_level_cell, true },
		{ races_other_cell, races_committee, org_level_cell, true },
		{ races_successor, races_committee, org_level_cell, true },
	};
	struct errand *e = office_act(&r->s->office, administrator, act_import_organisations, "imports the races' commune");
	e->expectation = expect_success;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		story_organisation_add(r->s, e, &places[i]);
	for (enum stand stand = 0; stand < stand_count; stand++)
		if (races_play(r, stand))
			story_organisation_add(r->s, e, &(struct place){ races_merging_cell + stand, races_committee,
									 org_level_cell, true });
}

bool races_world(struct races *r)
{
	struct office *office = &r->s->office;
	struct clerk *administrator = world_clerk(&r->s->world, role_administrator, 0, 0);
	people_and_officers(r);
	organisations(r, administrator);
	struct errand *e = office_act(office, administrator, act_import_members, "imports the races' members");
	e->expectation = expect_success;
	for (size_t i = 0; i < r->scene_count; i++)
		story_member_add(r->s, e, &r->scenes[i].person);
	e = office_act(office, administrator, act_enrol_officers, "enrols the races' officers");
	e->expectation = expect_success;
	for (size_t i = 0; i < r->clerk_count; i++)
		story_officer_add(r->s, e, &r->clerks[i], &r->officers[i]);
	if (!office_run(office))
		return false;
	for (size_t i = 0; i < r->scene_count; i++)
		if (!story_resolve(r->s, &r->scenes[i].person))
			return false;
	return true;
}
