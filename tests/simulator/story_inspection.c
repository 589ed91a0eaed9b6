// Two inspections, of paper and of chip cards: cells file what fate lets them find, or forget it, or miscount; committees explain,
// confirm and leave out; superiors decide, stamp, give back, report; the province closes, and some are checked late.  Cards are
// lost and found, and members leave and return, between the steps.  Whether something may be done is for the services.
#include <stdio.h>

#include "base/ensure.h"
#include "simulator/story.h"

struct inspection {
	uint64_t number; // 0: its plan came to nothing
	enum card_generation generation;
	uint8_t ordinal;
	struct errand *plan;
};

static struct clerk *province(struct story *s)
{
	return world_clerk(&s->world, role_provincial_board, world_province, 0);
}

// --- planned and opened ---

static bool plan(struct story *s, struct inspection *all, size_t count)
{
	int32_t today = office_today(&s->office);
	for (size_t i = 0; i < count; i++) {
		// Every deadline of the first is over, those of the second are to come: it goes as far as all of them do.
		int32_t due = i == 0 ? today - 1 : today + 5;
		struct errand *e = office_act(&s->office, province(s), act_plan_campaign, "plans inspection %u", all[i].ordinal);
		e->expectation = expect_success;
		add(&s->office, e, check_head, .has_ordinal = true, .ordinal = all[i].ordinal, .has_legal_basis = true,
		    .legal_basis = bytes_of_text("HD 1"), .has_generation = true, .generation = all[i].generation,
		    .has_from = true, .from = today - 20, .has_to = true, .to = today - 1, .has_cells_by = true,
		    .cells_by = due, .has_grassroots_by = true, .grassroots_by = due, .has_report_by = true, .report_by = due);
		all[i].plan = e;
	}
	if (!office_run(&s->office))
		return false;
	for (size_t i = 0; i < count; i++)
		all[i].number = all[i].plan->outcome.has_number ? all[i].plan->outcome.number : 0;
	return true;
}

// An act on the whole of a campaign by one clerk; NULL: nobody is there.
static struct errand *step(struct story *s, struct clerk *clerk, enum act act, const struct inspection *c, const char *document)
{
	if (!clerk)
		return NULL;
	struct errand *e = office_act(&s->office, clerk, act, "%s, inspection %u, %llu", act_name(act), c->ordinal,
				      (unsigned long long)clerk->organisation);
	add(&s->office, e, check_head, .has_campaign = true, .campaign = c->number, .has_document_number = document != NULL,
	    .document_number = bytes_of_text(document ? document : ""), .has_document_date = document != NULL,
	    .document_date = office_today(&s->office));
	return e;
}

static bool of_the_province(struct story *s, const struct inspection *all, size_t count, enum act act, enum expectation expectation)
{
	for (size_t i = 0; i < count; i++)
		step(s, province(s), act, &all[i], NULL)->expectation = expectation;
	return office_run(&s->office);
}

// The last of the committee: the first may have filed for a cell. Fate lets that one try before, who is refused then.
static struct clerk *appraiser(struct story *s, uint64_t committee)
{
	struct clerk *second = world_clerk(&s->world, role_grassroots_appraiser, committee, 1);
	return second ? second : world_clerk(&s->world, role_grassroots_appraiser, committee, 0);
}

static bool form_6(struct story *s, const struct inspection *all, size_t count, bool by_the_first)
{
	for (size_t p = 0; p < s->world.place_count; p++) {
		const struct place *place = &s->world.places[p];
		bool tries = !by_the_first || story_fate(s, "confirms what they filed", place->code, 400);
		struct clerk *first = world_clerk(&s->world, role_grassroots_appraiser, place->code, 0);
		for (size_t i = 0; i < count && tries && place->level == org_level_grassroots; i++)
			step(s, by_the_first ? first : appraiser(s, place->code), act_consolidate_checks, &all[i], "6-KTTĐV");
	}
	return office_run(&s->office);
}

// Whoever has that role in an organisation of that level takes the step, each in both campaigns.
static bool of_the_level(struct story *s, const struct inspection *all, size_t count, enum org_level level, enum role role,
			 enum act act, const char *document)
{
	for (size_t p = 0; p < s->world.place_count; p++)
		for (size_t i = 0; i < count && s->world.places[p].level == level; i++)
			step(s, world_clerk(&s->world, role, s->world.places[p].code, 0), act, &all[i], document);
	return office_run(&s->office);
}

// --- filed ---

static enum check_result found(const struct story *s, uint64_t person)
{
	return story_fate(s, "card is damaged at the check", person, 60)   ? check_result_damaged :
	       story_fate(s, "card is lost at the check", person, 60)	   ? check_result_lost :
	       story_fate(s, "does not show the card", person, 80)	   ? check_result_not_presented :
	       story_fate(s, "used the card against the rules", person, 40) ? check_result_misused :
									      check_result_ok;
}

static void file(struct story *s, const struct inspection *c, const struct place *cell, bool again)
{
	struct clerk *officer = world_clerk(&s->world, role_cell_officer, cell->code, 0);
	if (!officer || (!again && story_fate(s, "forgets the check", cell->code * 2 + c->ordinal, 150)))
		return;
	struct errand *e = office_act(&s->office, officer, act_file_checks, "files inspection %u, %llu", c->ordinal,
				      (unsigned long long)cell->code);
	uint32_t members = 0;
	for (size_t i = 0; i < s->world.member_count; i++)
		members += s->world.people[i].home_cell == cell->code && !s->world.people[i].bad;
	members += !again && story_fate(s, "miscounts the members", cell->code, 300);
	add(&s->office, e, check_head, .has_campaign = true, .campaign = c->number, .has_meeting = true,
	    .meeting = office_today(&s->office) - 5, .has_briefing = true, .briefing = office_today(&s->office) - 6,
	    .has_members = true, .members = members, .has_collected = true, .collected = members);
	for (size_t i = 0; i < s->world.member_count; i++) {
		const struct person *p = &s->world.people[i];
		if (p->home_cell == cell->code && !p->bad && (again || !story_fate(s, "is forgotten at the check", i, 80)))
			add(&s->office, e, check_row, .has_profile_number = true,
			    .profile_number = bytes_of_text(p->profile_number), .has_result = true, .result = found(s, i));
	}
}

static bool file_all(struct story *s, const struct inspection *all, size_t count, bool again)
{
	for (size_t p = 0; p < s->world.place_count; p++)
		for (size_t i = 0; i < count; i++)
			if (s->world.places[p].has_members &&
			    (!again || story_fate(s, "files again", s->world.places[p].code, 400)))
				file(s, &all[i], &s->world.places[p], again);
	return office_run(&s->office);
}

static bool settle_all(struct story *s, const struct inspection *all, size_t count)
{
	for (size_t p = 0; p < s->world.place_count; p++) {
		const struct place *cell = &s->world.places[p];
		if (!cell->has_members)
			continue;
		struct clerk *above = appraiser(s, world_committee(&s->world, cell->code));
		for (size_t i = 0; above && i < count; i++) {
			struct errand *e = office_act(&s->office, above, act_settle_difference, "explains %llu, inspection %u",
						      (unsigned long long)cell->code, all[i].ordinal);
			add(&s->office, e, check_head, .has_campaign = true, .campaign = all[i].number, .has_organisation = true,
			    .organisation = cell->code, .has_explanation = true, .explanation = bytes_of_text("chuyển đi"));
		}
	}
	return office_run(&s->office);
}

// --- cards and holders meanwhile ---

static bool strike(struct story *s, const char *question, enum act act, enum card_case matter, enum member_status status,
		   uint32_t per_mille)
{
	for (size_t i = 0; i < s->world.member_count; i++) {
		const struct person *p = &s->world.people[i];
		struct clerk *officer = world_clerk(&s->world, role_cell_officer, p->home_cell, 0);
		bool exits = act == act_report_exits;
		if (!officer || p->bad || (!exits && !p->has_card) || !story_fate(s, question, i, per_mille))
			continue;
		struct errand *e = office_act(&s->office, officer, act, "%s, member %zu", question, i);
		add(&s->office, e, card_act_head, .has_decision_number = true, .decision_number = bytes_of_text("9-QĐ"),
		    .has_decision_date = true, .decision_date = office_today(&s->office));
		add(&s->office, e, card_row, .has_card_number = !exits, .card_number = p->card_number,
		    .has_profile_number = exits, .profile_number = bytes_of_text(p->profile_number), .has_matter = !exits,
		    .matter = matter, .has_status = exits, .status = status);
	}
	return office_run(&s->office) && story_rest(s); // what registry decides goes on to others
}

// --- late ---

static bool check_late(struct story *s, const char *question)
{
	for (size_t i = 0; i < s->world.member_count; i++) {
		const struct person *p = &s->world.people[i];
		if (p->bad || !world_place(&s->world, p->home_cell)) // of no cell that there is
			continue;
		uint64_t commune = world_commune(&s->world, p->home_cell);
		struct clerk *committee = world_clerk(&s->world, role_superior_committee, commune, 0);
		if (!committee || !story_fate(s, question, i, 400))
			continue;
		struct errand *e = office_act(&s->office, committee, act_late_check, "%s, member %zu", question, i);
		add(&s->office, e, check_head, .has_document_number = true, .document_number = bytes_of_text("30-QĐ"),
		    .has_document_date = true, .document_date = office_today(&s->office));
		add(&s->office, e, check_row, .has_profile_number = true, .profile_number = bytes_of_text(p->profile_number));
	}
	return office_run(&s->office);
}

bool story_inspection(struct story *s)
{
	struct inspection all[] = {
		{ .generation = card_generation_paper_2003, .ordinal = 4 },
		{ .generation = card_generation_chip_2025, .ordinal = 5 },
	};
	const size_t n = sizeof all / sizeof all[0];
	return plan(s, all, n) && of_the_province(s, all, n, act_open_campaign, expect_success) &&
	       story_rest(s) && // the deadlines of the first are over: who has not filed is told at once
	       file_all(s, all, n, false) &&
	       strike(s, "loses the card after the check", act_report_cards, card_case_loss, 0, 80) &&
	       file_all(s, all, n, true) && settle_all(s, all, n) &&
	       form_6(s, all, n, true) && form_6(s, all, n, false) &&
	       strike(s, "goes abroad after form 6", act_report_exits, 0, member_status_abroad, 60) &&
	       of_the_level(s, all, n, org_level_superior, role_superior_committee, act_decide_checks, "20-QĐ") &&
	       strike(s, "resigns after the decision", act_report_exits, 0, member_status_resigned, 40) &&
	       of_the_level(s, all, n, org_level_superior, role_superior_board, act_stamp_cards, NULL) &&
	       of_the_level(s, all, n, org_level_superior, role_superior_board, act_return_checked, NULL) &&
	       of_the_level(s, all, n, org_level_superior, role_superior_board, act_report_checks, "7-KTTĐV") &&
	       story_days_pass(s, 30) && // whoever forgot had the time to report
	       of_the_province(s, all, n, act_close_campaign, expect_anything) &&
	       strike(s, "loses the card after the end", act_report_cards, card_case_loss, 0, 100) &&
	       strike(s, "finds the card after the end", act_report_cards, card_case_found, 0, 600) &&
	       check_late(s, "is checked late") &&
	       strike(s, "comes back after the end", act_report_exits, 0, member_status_active, 60) &&
	       check_late(s, "is checked later");
}
