// A list's way from its committee to the province: appraised, consolidated, decided, approved; wrongly now and then.
#include "simulator/story.h"

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
