// What changes in the registry while requests are on their way: data by file, members who move, an organisation that comes and is
// merged again, two entries of one person.
#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/when.h"
#include "simulator/story.h"

#define interim_cell UINT64_C(999001) // opened for the story, and merged in the end

static bool is_member(const struct person *p)
{
	return !p->bad && p->number != 0 && p->status == member_status_active;
}

// A file of updates, tried first; among its rows one that nobody is known by, and one that changes nothing.
static void updates(struct story *s, struct clerk *administrator, bool dry_run)
{
	struct errand *e = office_act(&s->office, administrator, act_update_members, dry_run ? "tries updates" :
			"updates members");
	add(&s->office, e, update_head, .dry_run = dry_run);
	add(&s->office, e, update_row, .profile_number = bytes_of_text("999999ZZ"), .has_full_name = true,
	    .full_name = bytes_of_text("Không Có"));
	for (size_t i = 0; i < s->world.member_count && e->item_count < 40; i++) {
		const struct person *p = &s->world.people[i];
		bool renamed = story_fate(s, "is renamed", i, 300), called = story_fate(s, "has a telephone", i, 500);
		if (!is_member(p) || !story_fate(s, "is updated", i, 400))
			continue;
		add(&s->office, e, update_row, .profile_number = bytes_of_text(p->profile_number), .has_full_name = true,
		    .full_name = bytes_of_text(renamed ? "Trần Thị Đổi Tên" : p->full_name), .has_phone = called,
		    .phone = bytes_of_text("0912345678"));
	}
}

// The row is another person's by name, with the citizen id of somebody who is registered; it comes twice and is held once.
static void double_entry(struct story *s, struct clerk *administrator)
{
	for (size_t i = 0; i < s->world.member_count; i++) {
		const struct person *p = &s->world.people[i];
		if (!is_member(p))
			continue;
		for (unsigned time = 0; time < 2; time++) {
			struct errand *e = office_act(&s->office, administrator, act_import_members,
					"imports a double entry, time %u", time + 1);
			e->expectation = expect_refusal;
			add(&s->office, e, member_row, .full_name = bytes_of_text("Lê Văn Trùng"),
					.birth_date = p->birth_date, .sex = p->sex,
			    .citizen_id = bytes_of_text(p->citizen_id), .profile_number = bytes_of_text("990001TR"),
			    .admission_date = p->admission_date, .type = member_type_probationary, .status = member_status_active,
			    .home_cell = p->home_cell, .present_cell = p->home_cell);
		}
		return;
	}
}

static void double_entry_resolved(struct story *s, struct clerk *administrator)
{
	bool same = story_fate(s, "one person", 1, 500);
	for (unsigned time = 0; time < 2; time++) {
		struct errand *e = office_act(&s->office, administrator, act_resolve_duplicates,
				"says of the double entry: %s, time %u",
					      same ? "one person" : "two persons", time + 1);
		e->expectation = time == 0 ? expect_success : expect_refusal;
		add(&s->office, e, duplicate_row, .duplicate = 1,
		    .verdict = same ? duplicate_verdict_same : duplicate_verdict_different);
	}
}

static struct errand *transfer_begin(struct story *s, struct clerk *clerk, const char *what)
{
	struct errand *e = office_act(&s->office, clerk, act_transfer_members, "transfers %s", what);
	return e;
}

static void transfer_add(struct story *s, struct errand *e, const struct person *p, uint64_t to, enum transfer_scope scope)
{
	add(&s->office, e, transfer_row, .profile_number = bytes_of_text(p->profile_number), .organisation = to, .scope = scope,
	    .date = date_from_civil(2026, 2, 1), .decision = bytes_of_text("1-QĐ"));
}

// Probationary members, who have no card on its way: to the interim cell, and by its merger back to the cell of the first of
// them.
static uint64_t interim(struct story *s, struct clerk *administrator)
{
	uint64_t into = 0;
	struct errand *e = NULL;
	for (size_t i = 0; i < s->world.member_count; i++) {
		const struct person *p = &s->world.people[i];
		if (!is_member(p) || p->type != member_type_probationary)
			continue;
		if (!e) {
			const struct place *place = world_place(&s->world, p->home_cell);
			into = place && place->level == org_level_cell ? p->home_cell : 0;
			if (into == 0)
				continue;
			struct errand *opened = office_act(&s->office, administrator, act_import_organisations,
					"opens an interim cell");
			opened->expectation = expect_success;
			add(&s->office, opened, organisation_row, .code = interim_cell,
					.name = bytes_of_text("Chi bộ lâm thời"), .level = org_level_cell,
			    .parent = place->parent, .valid_from = date_from_civil(2025, 7, 1),
					.connectivity = connectivity_online);
			e = transfer_begin(s, administrator, "probationary members to the interim cell");
			e->expectation = expect_success;
		}
		if (e->item_count < 30)
			transfer_add(s, e, p, interim_cell, story_fate(s, "for good", i, 500) ? transfer_scope_official :
					transfer_scope_temporary);
	}
	return e ? into : 0;
}

static void interim_ends(struct story *s, struct clerk *administrator, uint64_t into)
{
	static const struct {
		const char *label;
		uint64_t into; // 0: the cell
		bool merges;
		enum expectation expectation;
	} tries[] = {
		{ "closes the interim cell while it has members", 0, false, expect_refusal },
		{ "merges the interim cell into the province", world_province, true, expect_refusal },
		{ "merges the interim cell", 0, true, expect_success },
		{ "merges the interim cell again", 0, true, expect_refusal },
	};
	for (size_t i = 0; i < array_size(tries); i++) {
		struct errand *e = office_act(&s->office, administrator, act_end_organisations, "%s", tries[i].label);
		e->expectation = tries[i].expectation;
		add(&s->office, e, ending_row, .code = interim_cell, .has_into = tries[i].merges, .into = tries[i].into ?
				tries[i].into : into,
		    .date = date_from_civil(2026, 2, 15), .decision = bytes_of_text("2-QĐ"));
	}
}

bool story_registry_changes(struct story *s)
{
	struct clerk *administrator = world_clerk(&s->world, role_administrator, 0, 0);
	updates(s, administrator, true);
	updates(s, administrator, false);
	double_entry(s, administrator);
	if (!office_run(&s->office)) // the door has to have heard of what is held
		return false;
	double_entry_resolved(s, administrator);
	uint64_t into = interim(s, administrator);
	if (into != 0)
		interim_ends(s, administrator, into);
	return office_run(&s->office);
}
