// The registry: what is imported first, and what changes while requests are on their way: data by file, members who move, an
// organisation that comes and is merged again, two entries of one person.
#include "base/ensure.h"
#include "base/when.h"
#include "simulator/story.h"

#define interim_cell UINT64_C(999001) // opened for the story, and merged in the end

// ---- what is imported first ----

static void photos_put(struct story *s, struct clerk *administrator)
{
	for (uint32_t i = 0; i < world_photos; i++) {
		uint8_t jpeg[64] = { 0xff, 0xd8, 0xff, 0xe0 };
		put_u32(jpeg + 8, i);
		office_attachment(&s->office, administrator, bytes_of(jpeg, sizeof jpeg), &s->world.photos[i]);
	}
}

void story_organisation_add(struct story *s, struct errand *e, const struct place *p)
{
	add(&s->office, e, organisation_row, .code = p->code, .name = bytes_of_text("Đảng bộ"), .level = p->level,
	    .parent = p->parent, .valid_from = date_from_civil(2025, 7, 1), .has_party_code = p->code == world_province,
	    .party_code = world_party_code, .connectivity = connectivity_online);
}

static void organisations_import(struct story *s, struct clerk *administrator)
{
	struct errand *e = office_act(&s->office, administrator, act_import_organisations, "imports %zu organisations",
				      s->world.place_count);
	e->expectation = expect_success;
	for (size_t i = 0; i < s->world.place_count; i++)
		story_organisation_add(s, e, &s->world.places[i]);
}

void story_member_add(struct story *s, struct errand *e, const struct person *p)
{
	bool official = p->type == member_type_official;
	add(&s->office, e, member_row, .full_name = bytes_of_text(p->full_name), .birth_date = p->birth_date, .sex = p->sex,
	    .citizen_id = bytes_of_text(p->citizen_id), .profile_number = bytes_of_text(p->profile_number),
	    .admission_date = p->admission_date, .has_official_date = official, .official_date = p->official_date,
	    .type = p->type, .status = p->status, .has_status_date = p->status != member_status_active,
	    .status_date = date_from_civil(2025, 12, 1), .home_cell = p->home_cell, .present_cell = p->present_cell,
	    .has_photo = p->has_photo, .photo = s->world.photos[p->photo], .has_discipline_until = p->disciplined,
	    .discipline_until = date_from_civil(2027, 1, 1), .has_card_number = p->has_card,
	    .card_number = p->card_number, .has_card_generation = p->has_card,
	    .card_generation = card_generation_paper_2003, .has_card_issued = p->has_card, .card_issued = p->official_date,
	    .has_stamped_boxes = p->has_card, .stamped_boxes = 0x0f);
}

static void members_import(struct story *s, struct clerk *administrator)
{
	const size_t rows = 25;
	for (size_t from = 0; from < s->world.member_count; from += rows) {
		size_t to = from + rows < s->world.member_count ? from + rows : s->world.member_count;
		struct errand *e = office_act(&s->office, administrator, act_import_members, "imports members %zu to %zu",
					      from + 1, to);
		for (size_t i = from; i < to; i++)
			story_member_add(s, e, &s->world.people[i]);
	}
}

void story_officer_add(struct story *s, struct errand *e, const struct clerk *c, const struct person *p)
{
	add(&s->office, e, officer_row, .public_key = bytes_of(c->spki, c->spki_size), .full_name = bytes_of_text(p->full_name),
	    .citizen_id = bytes_of_text(p->citizen_id), .role = c->role, .organisation = c->organisation);
}

static void officers_enrol(struct story *s, struct clerk *administrator)
{
	struct errand *e = office_act(&s->office, administrator, act_enrol_officers, "enrols %zu officers",
				      s->world.clerk_count - 1);
	e->expectation = expect_success;
	for (size_t i = 0; i < s->world.clerk_count; i++) {
		const struct clerk *c = &s->world.clerks[i];
		if (c != administrator)
			story_officer_add(s, e, c, &s->world.people[c->person]);
	}
}

// Asks intake, as `tdv trace` does; waits until it is up.
bool story_resolve(struct story *s, struct person *p)
{
	struct buffer ask = { 0 }, answer = { 0 };
	struct resolve_answer found;
	uint16_t type;
	struct engine *intake;
	while (!(intake = site_engine(s->site, service_id_intake)))
		if (!site_round(s->site))
			return false;
	resolve_query_encode(&(struct resolve_query){ .kind = 2, .text = bytes_of_text(p->profile_number) }, &ask);
	enum error error = engine_query(intake, message_type_resolve_query, buffer_bytes(&ask), site_now_ms(s->site), &type,
					&answer);
	if (error == error_none && resolve_answer_decode(buffer_bytes(&answer), &found) == error_none && found.persons_count)
		p->number = found.persons[0];
	buffer_deinit(&ask);
	buffer_deinit(&answer);
	return error >= 0;
}

bool story_registry(struct story *s)
{
	struct clerk *administrator = world_clerk(&s->world, role_administrator, 0, 0);
	photos_put(s, administrator);
	organisations_import(s, administrator);
	members_import(s, administrator);
	officers_enrol(s, administrator);
	if (!office_run(&s->office))
		return false;
	for (size_t i = 0; i < s->world.member_count; i++)
		if (!story_resolve(s, &s->world.people[i]))
			return false;
	return true;
}

// ---- what changes ----

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
