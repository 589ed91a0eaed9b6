#include "simulator/story.h"

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"

#define settle_rounds_max 60000

bool story_fate(const struct story *story, const char *question, uint64_t number, uint32_t per_mille)
{
	return fate_in(story->seed, question, number, per_mille);
}

// ---- the registry ----

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

bool story_settle(struct story *s)
{
	for (unsigned round = 0; round < settle_rounds_max; round++) {
		if (!site_round(s->site))
			return false;
		if (round % 4 == 3 && site_is_quiet(s->site))
			return true;
	}
	site_say(s->site, "FAILED  does not come to rest");
	return false;
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

// ---- lists ----

static struct story_list *list_begin(struct story *s, uint64_t cell, enum request_kind kind, const char *what)
{
	ensure(s->list_count < story_lists_max);
	struct story_list *list = &s->lists[s->list_count++];
	*list = (struct story_list){ .cell = cell, .kind = kind };
	list->errand = office_act(&s->office, world_clerk(&s->world, role_cell_officer, cell, 0), act_submit_list,
				  "submits the %s list of cell %llu", what, (unsigned long long)cell);
	add(&s->office, list->errand, list_head, .kind = kind,
	    .reason = kind == request_kind_new ? request_reason_first : request_reason_campaign,
	    .period = date_from_civil(2026, 3, 1));
	return list;
}

static void list_add(struct story *s, struct story_list *list, size_t person)
{
	const struct person *p = &s->world.people[person];
	bool writes_number = p->has_card && story_fate(s, "writes the number", person, 500);
	uint32_t slip = story_fate(s, "slip of the pen", person, 60) ? 1 : 0;
	if (list->count == story_rows_max)
		return;
	list->people[list->count++] = person;
	add(&s->office, list->errand, list_row, .profile_number = bytes_of_text(p->profile_number),
	    .has_photo = !p->has_photo && story_fate(s, "brings a photo", person, 800), .photo = s->world.photos[p->photo],
	    .has_card_number = writes_number, .card_number = p->card_number + slip);
}

// Those who belong on it, and some who do not.
static bool belongs(const struct story *s, const struct person *p, size_t person, uint64_t cell, enum request_kind kind)
{
	if (p->bad || p->present_cell != cell)
		return false;
	bool fits = kind == request_kind_exchange ? p->has_card : !p->has_card && p->type == member_type_official;
	return fits || story_fate(s, kind == request_kind_new ? "wrongly new" : "wrongly exchange", person, 120);
}

static void list_submit(struct story *s, uint64_t cell, enum request_kind kind, const char *what)
{
	struct story_list *list = NULL;
	for (size_t i = 0; i < s->world.member_count; i++) {
		if (!belongs(s, &s->world.people[i], i, cell, kind))
			continue;
		if (!list)
			list = list_begin(s, cell, kind, what);
		list_add(s, list, i);
	}
}

// A list with somebody who is nobody, one with another cell's member, and one that repeats what is under way.
static void lists_wrong(struct story *s, uint64_t cell)
{
	struct clerk *officer = world_clerk(&s->world, role_cell_officer, cell, 1);
	if (story_fate(s, "lists a stranger", cell, 300)) {
		struct errand *e = office_act(&s->office, officer, act_submit_list, "submits a list with a stranger, cell %llu",
					      (unsigned long long)cell);
		add(&s->office, e, list_head, .kind = request_kind_new, .reason = request_reason_first,
		    .period = date_from_civil(2026, 3, 1));
		add(&s->office, e, list_row, .profile_number = bytes_of_text("999999ZZ"));
		e->expectation = expect_refusal;
	}
	if (!story_fate(s, "lists others", cell, 400))
		return;
	struct story_list *list = list_begin(s, cell, request_kind_exchange, "mistaken");
	for (size_t i = 0; i < s->world.member_count && list->count < 6; i++)
		if (!s->world.people[i].bad && story_fate(s, "listed by another", cell * 1000 + i, 200))
			list_add(s, list, i);
	if (list->count == 0)
		list_add(s, list, 0);
}

void story_lists_settle(struct story *s, size_t from)
{
	for (size_t i = from; i < s->list_count; i++) {
		struct story_list *list = &s->lists[i];
		const struct outcome *o = list->ruling ? &list->ruling->outcome : &list->errand->outcome;
		list->number = o->number;
		for (size_t row = 0; row < list->count; row++) {
			list->passed[row] = o->reason == reason_none;
			if (!list->requests[row])
				list->requests[row] = item_of(list->number, (uint32_t)row + 1);
			for (size_t e = 0; e < o->errors_count; e++)
				if (o->errors[e].row == row + 1) {
					list->passed[row] = false;
					list->why[row] = o->errors[e].reason;
				}
		}
	}
}

bool story_lists(struct story *s)
{
	for (size_t i = 0; i < s->world.place_count; i++) {
		const struct place *cell = &s->world.places[i];
		if (!cell->has_members)
			continue;
		list_submit(s, cell->code, request_kind_exchange, "exchange");
		list_submit(s, cell->code, request_kind_new, "new");
	}
	if (!office_run(&s->office))
		return false;
	for (size_t i = 0; i < s->world.place_count; i++)
		if (s->world.places[i].has_members)
			lists_wrong(s, s->world.places[i].code);
	if (!office_run(&s->office))
		return false;
	story_lists_settle(s, 0);
	for (size_t i = 0; i < s->list_count; i++)
		if (story_fate(s, "uses a sequence again", i, 200))
			office_conflict(&s->office, s->lists[i].errand);
	return office_run(&s->office);
}

// ---- appraise ----

static struct errand *appraisal(struct story *s, struct clerk *clerk, const char *label, const struct story_list *list,
				enum expectation expectation)
{
	struct errand *e = office_act(&s->office, clerk, act_appraise, "%s: %s list of cell %llu", label,
				      request_kind_name(list->kind), (unsigned long long)list->cell);
	e->expectation = expectation;
	add(&s->office, e, list_act_head, .number = list->number);
	return e;
}

static void leave_out(struct story *s, struct errand *e, struct story_list *list, const char *why, uint32_t per_mille)
{
	for (size_t row = 0; row < list->count; row++) {
		if (!list->passed[row] || !story_fate(s, why, list->people[row] * 2 + (size_t)list->kind, per_mille))
			continue;
		list->passed[row] = false;
		add(&s->office, e, leave_out_row, .request = list->requests[row], .reason = reason_left_out);
	}
}

static size_t passed_of(const struct story_list *list)
{
	size_t passed = 0;
	for (size_t row = 0; row < list->count; row++)
		passed += list->passed[row];
	return passed;
}

static void appraise_wrongly(struct story *s, struct story_list *list, size_t i)
{
	uint64_t committee = world_committee(&s->world, list->cell);
	if (story_fate(s, "board appraises", i, 150))
		appraisal(s, world_clerk(&s->world, role_superior_board, world_commune(&s->world, list->cell), 0),
			  "board appraises", list, expect_refusal);
	struct clerk *own = world_clerk(&s->world, role_grassroots_appraiser, committee, 0);
	if (own->person == list->errand->clerk->person && story_fate(s, "appraises their own", i, 600))
		appraisal(s, own, "submitter appraises", list, expect_refusal);
	for (size_t j = 0; j < s->world.clerk_count; j++) {
		struct clerk *other = &s->world.clerks[j];
		if (other->role == role_grassroots_appraiser && other->organisation != committee &&
		    story_fate(s, "others appraise", i * 64 + j, 60))
			appraisal(s, other, "another committee appraises", list, expect_refusal);
	}
}

static bool appraise(struct story *s)
{
	for (size_t i = 0; i < s->list_count; i++)
		if (s->lists[i].number)
			appraise_wrongly(s, &s->lists[i], i);
	if (!office_run(&s->office))
		return false;
	for (size_t i = 0; i < s->list_count; i++) {
		struct story_list *list = &s->lists[i];
		uint64_t committee = world_committee(&s->world, list->cell);
		if (!list->number || passed_of(list) == 0)
			continue;
		struct clerk *appraiser = world_clerk(&s->world, role_grassroots_appraiser, committee, 1);
		// What it leaves out counts as refused, so that this is not expect_success.
		struct errand *e = appraisal(s, appraiser, "appraises", list, expect_anything);
		leave_out(s, e, list, "left out by the appraiser", 80);
		if (story_fate(s, "appraises twice", i, 200))
			appraisal(s, appraiser, "appraises again", list, expect_refusal);
		list->appraised = passed_of(list) > 0;
	}
	return office_run(&s->office);
}

// ---- consolidate, decide, approve ----

static bool has_appraised(const struct story *s, uint64_t commune, enum request_kind kind)
{
	for (size_t i = 0; i < s->list_count; i++)
		if (s->lists[i].appraised && passed_of(&s->lists[i]) > 0 && s->lists[i].kind == kind &&
		    world_commune(&s->world, s->lists[i].cell) == commune)
			return true;
	return false;
}

static void consolidate_kind(struct story *s, uint64_t commune, enum request_kind kind)
{
	struct clerk *board = world_clerk(&s->world, role_superior_board, commune, 0);
	struct errand *e = office_act(&s->office, board, act_consolidate, "consolidates %s lists of commune %llu",
				      request_kind_name(kind), (unsigned long long)commune);
	add(&s->office, e, consolidation_head, .kind = kind,
	    .reason = kind == request_kind_new ? request_reason_first : request_reason_campaign);
	bool any = has_appraised(s, commune, kind); // else it is empty
	e->expectation = any ? expect_success : expect_refusal;
	if (any)
		s->groups[s->group_count++] = (struct story_group){ .commune = commune, .kind = kind, .errand = e };
}

static bool consolidate(struct story *s)
{
	for (size_t i = 0; i < s->world.place_count; i++) {
		if (s->world.places[i].level != org_level_superior)
			continue;
		consolidate_kind(s, s->world.places[i].code, request_kind_exchange);
		consolidate_kind(s, s->world.places[i].code, request_kind_new);
	}
	if (!office_run(&s->office))
		return false;
	for (size_t g = 0; g < s->group_count; g++) {
		struct story_group *group = &s->groups[g];
		group->number = group->errand->outcome.number;
		for (size_t i = 0; i < s->list_count; i++)
			if (s->lists[i].appraised && passed_of(&s->lists[i]) > 0 && s->lists[i].kind == group->kind &&
			    world_commune(&s->world, s->lists[i].cell) == group->commune)
				s->lists[i].group = group->number;
	}
	return true;
}

static struct errand *group_act(struct story *s, struct clerk *clerk, enum act act, const struct story_group *group,
				const char *label, bool decision, enum expectation expectation)
{
	struct errand *e = office_act(&s->office, clerk, act, "%s: %s list of commune %llu", label,
				      request_kind_name(group->kind), (unsigned long long)group->commune);
	e->expectation = expectation;
	add(&s->office, e, list_act_head, .number = group->number, .has_decision_number = decision,
	    .decision_number = bytes_of_text("12-QĐ/ĐU"), .has_decision_date = decision,
	    .decision_date = office_today(&s->office));
	return e;
}

size_t story_group_size(const struct story *s, const struct story_group *group)
{
	size_t size = 0;
	for (size_t i = 0; i < s->list_count; i++)
		if (s->lists[i].group == group->number)
			size += passed_of(&s->lists[i]);
	return size;
}

static void group_leave_out(struct story *s, struct errand *e, const struct story_group *group, const char *why)
{
	for (size_t i = 0; i < s->list_count; i++)
		if (s->lists[i].group == group->number)
			leave_out(s, e, &s->lists[i], why, 40);
}

static bool decide(struct story *s)
{
	for (size_t g = 0; g < s->group_count; g++) {
		struct story_group *group = &s->groups[g];
		if (story_group_size(s, group) == 0)
			continue; // everybody withdrew
		struct clerk *province = world_clerk(&s->world, role_provincial_board, world_province, 0);
		if (story_fate(s, "approves too early", g, 300))
			group_act(s, province, act_approve, group, "approves before the decision", false, expect_refusal);
	}
	if (!office_run(&s->office))
		return false;
	for (size_t g = 0; g < s->group_count; g++) {
		struct story_group *group = &s->groups[g];
		struct clerk *committee = world_clerk(&s->world, role_superior_committee, group->commune, 0);
		if (story_group_size(s, group) == 0)
			continue;
		if (story_fate(s, "decides without a number", g, 300))
			group_act(s, committee, act_decide, group, "decides without a number", false, expect_refusal);
		group_leave_out(s, group_act(s, committee, act_decide, group, "decides", true, expect_anything), group,
				"left out by the committee");
	}
	return office_run(&s->office);
}

static bool approve(struct story *s)
{
	struct clerk *province = world_clerk(&s->world, role_provincial_board, world_province, 0);
	for (size_t g = 0; g < s->group_count; g++) {
		struct story_group *group = &s->groups[g];
		if (story_group_size(s, group) == 0)
			continue;
		group_leave_out(s, group_act(s, province, act_approve, group, "approves", false, expect_anything), group,
				"left out by the province");
		if (story_fate(s, "approves twice", g, 300))
			group_act(s, province, act_approve, group, "approves again", false, expect_refusal);
	}
	return office_run(&s->office);
}

bool story_approval(struct story *s)
{
	return appraise(s) && story_withdraw(s, "before consolidation") && consolidate(s) &&
	       story_withdraw(s, "before the decision") && decide(s) && story_withdraw(s, "before approval") && approve(s) &&
	       story_withdraw(s, "before the order");
}

// ---- the whole ----

// As `tdv init` does.
static void administrator_write(const struct story *s)
{
	char path[128];
	struct buffer pem = { 0 };
	snprintf(path, sizeof path, "%s/keys/administrator.pub.pem", site_folder(s->site));
	ensure(key_write_public(s->world.clerks[0].key, &pem) == error_none);
	ensure(file_write_atomic(path, buffer_bytes(&pem), 0644) == error_none);
	buffer_deinit(&pem);
}

static bool tell(struct story *s, struct site *site, uint64_t seed, bool (*watch)(struct site *site),
		 struct buffer *transcript, bool (*const *parts)(struct story *s))
{
	*s = (struct story){ .site = site, .seed = seed };
	world_init(&s->world, seed);
	administrator_write(s);
	office_init(&s->office, site, seed, transcript);
	s->office.watch = watch;
	for (; *parts; parts++)
		if (!(*parts)(s))
			return false;
	return true;
}

bool story_tell(struct story *s, struct site *site, uint64_t seed, bool (*watch)(struct site *site),
		struct buffer *transcript)
{
	static bool (*const parts[])(struct story *s) = {
		story_registry, story_lists, story_requests, story_registry_changes, story_approval, story_printing,
		story_withdraw_too_late, story_boxes, story_hand_over, story_life,
		story_inspection, story_races, story_time, NULL,
	};
	return tell(s, site, seed, watch, transcript, parts);
}

bool story_tell_pairs(struct story *s, struct site *site, uint64_t seed, bool (*watch)(struct site *site),
		      struct buffer *transcript)
{
	static bool (*const parts[])(struct story *s) = { story_registry, story_numbers, story_races_all, NULL };
	return tell(s, site, seed, watch, transcript, parts);
}

bool story_tell_midway(struct story *s, struct site *site, uint64_t seed, bool (*watch)(struct site *site),
		       struct buffer *transcript)
{
	static bool (*const parts[])(struct story *s) = { story_registry, story_numbers, story_races_midway, NULL };
	return tell(s, site, seed, watch, transcript, parts);
}

void story_deinit(struct story *s)
{
	office_deinit(&s->office);
}

// Which row is which depends on the order in which lists arrived; how many were refused for what does not.
static void errors_count(const struct outcome *o, struct buffer *out)
{
	for (unsigned field = 0; o->errors_count > 0 && field < 128; field++)
		for (unsigned reason = 0; reason < 128; reason++) {
			unsigned rows = 0;
			for (size_t i = 0; i < o->errors_count; i++)
				rows += o->errors[i].field == field && o->errors[i].reason == reason;
			if (rows)
				buffer_printf(out, "  %u rows: %s %s\n", rows, field_name((enum field)field),
					      reason_name((enum reason)reason));
		}
}

void story_outcomes(const struct story *s, struct buffer *out)
{
	for (size_t i = 0; i < s->office.count; i++) {
		const struct errand *e = s->office.errands[i];
		if (e->kind != errand_act)
			continue;
		const struct outcome *o = &e->outcome;
		buffer_printf(out, "%s: %s %s, accepted %u, refused %u\n", e->label, field_name(o->field), reason_name(o->reason),
			      o->accepted, o->refused);
		errors_count(o, out);
	}
}
