// Who acts for whom: different persons for every role, as the rule of four eyes wants.
#include "seed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct offices {
	struct seed *seed;
	struct officer *officers;
	size_t count;
	struct chance chance;
	uint32_t strangers;
};

static struct officer *office_add(struct offices *o, const char *prefix, enum role role,
				  uint64_t organisation)
{
	struct officer *f = &o->officers[o->count++];
	snprintf(f->login, sizeof f->login, "%s-%llu", prefix, (unsigned long long)organisation);
	f->role = role;
	f->organisation = organisation;
	return f;
}

static void add_stranger(struct offices *o, const char *prefix, enum role role, uint64_t organisation)
{
	struct officer *f = office_add(o, prefix, role, organisation);
	uint32_t index = (uint32_t)o->seed->count + o->strangers++;
	person_make_stranger(&f->person, &o->chance, o->seed->seed, index, o->seed->today);
}

// The next member of that unit in full standing who holds no office; a stranger when there is none.
static void add_member(struct offices *o, const char *prefix, enum role role, uint64_t organisation,
		       const struct unit *of)
{
	for (uint32_t i = 0; i < of->members; i++) {
		struct person *p = &o->seed->persons[of->first + i];
		if (p->officer || !person_in_standing(p, o->seed->today))
			continue;
		p->officer = true;
		office_add(o, prefix, role, organisation)->person = *p;
		return;
	}
	add_stranger(o, prefix, role, organisation);
}

// The unit itself when it has members, else the first below it.
static const struct unit *members_of(const struct tree *tree, const struct unit *u)
{
	for (size_t i = 0; !u->has_members && i < tree->count; i++)
		if (tree->units[i].parent == u->code && tree->units[i].has_members)
			return &tree->units[i];
	return u;
}

struct officer *officers_make(struct seed *seed, size_t *count)
{
	const struct tree *tree = &seed->tree;
	struct offices o = { .seed = seed, .officers = calloc(tree->count * 3 + 16, sizeof *o.officers) };
	const struct unit *commune = &tree->units[tree->commune];
	uint64_t centre = tree->units[tree->centre].code, province = tree->units[tree->province].code;

	if (!o.officers)
		return NULL;
	chance_init(&o.chance, seed->seed, 4);
	add_stranger(&o, "btctw", role_central_board, centre);
	add_stranger(&o, "kiemtoan", role_auditor, centre);
	add_stranger(&o, "btctu", role_provincial_board, province);
	add_stranger(&o, "in", role_print_facility, tree->units[tree->facility].code);
	for (size_t i = 0; i < tree->count; i++) {
		const struct unit *u = &tree->units[i];
		if (u->has_members) {
			add_member(&o, "chibo", role_cell_officer, u->code, u);
			if (u->members > second_above)
				add_member(&o, "hotro", role_assisting_volunteer, u->code, u);
		}
		if (u->level == org_level_grassroots)
			add_member(&o, "capuy", role_grassroots_appraiser, u->code, members_of(tree, u));
	}
	// The commune's own officers are members of its last cell.
	const struct unit *last = &tree->units[tree->count - 1];
	add_member(&o, "btc", role_superior_board, commune->code, last);
	add_member(&o, "btv", role_superior_committee, commune->code, last);
	add_member(&o, "ubkt", role_inspection_commission, commune->code, last);
	*count = o.count;
	return o.officers;
}
