// What happens to cards and holders after the hand-over: lost, damaged, found, left, died; recovered, packed and sent up.  Who does
// what is fate's; whether it may be done is for the services, so nothing is expected but that all agree in the end.

#include <stdio.h>

#include "base/ensure.h"
#include "base/when.h"
#include "simulator/story.h"

static const struct {
	const char *question;
	enum act act;
	enum card_case matter;
	enum member_status status; // of report_exits
	uint32_t per_mille;
} strikes[] = {
	{ "loses the card", act_report_cards, card_case_loss, 0, 150 },
	{ "damages the card", act_report_cards, card_case_damage, 0, 150 },
	{ "leaves the Party", act_report_exits, 0, member_status_resigned, 120 },
	{ "dies", act_report_exits, 0, member_status_deceased, 100 },
	{ "goes abroad", act_report_exits, 0, member_status_abroad, 100 },
	{ "loses the card later", act_report_cards, card_case_loss, 0, 150 },
	{ "finds the card", act_report_cards, card_case_found, 0, 500 },
	{ "comes back", act_report_exits, 0, member_status_active, 50 },
	{ "gives the card up", act_collect_cards, card_case_recover, 0, 600 },
	{ "has the card inspected", act_collect_cards, card_case_inspect, 0, 150 },
	{ "gets the card back", act_collect_cards, card_case_give_back, 0, 150 },
	{ "has it packed", act_pack_cards, card_case_destruction, 0, 700 },
};

static void strike_in(struct story *s, size_t k, uint64_t cell)
{
	struct clerk *officer = world_clerk(&s->world, role_cell_officer, cell, 0);
	struct errand *e = NULL;
	for (size_t i = 0; officer && i < s->record_count; i++) {
		const struct story_record *r = &s->records[i];
		if (r->cell != cell || r->number == 0 || !story_fate(s, strikes[k].question, r->person, strikes[k].per_mille))
			continue;
		if (!e) {
			e = office_act(&s->office, officer, strikes[k].act, "%s, cell %llu", strikes[k].question,
				       (unsigned long long)cell);
			add(&s->office, e, card_act_head, .has_decision_number = true, .decision_number = bytes_of_text("7-QĐ"),
			    .has_decision_date = true, .decision_date = office_today(&s->office), .has_minutes = true,
			    .minutes = s->world.photos[0], .has_seal = true, .seal = bytes_of_text("K"));
		}
		bool exits = strikes[k].act == act_report_exits;
		add(&s->office, e, card_row, .has_card_number = true, .card_number = r->number, .has_matter = !exits,
		    .matter = strikes[k].matter, .has_status = exits, .status = strikes[k].status);
	}
}

// Every organisation sends up and receives what has come, once: what does not get further is on its way in the end.
static bool boxes_go_up(struct story *s)
{
	for (size_t i = 0; i < s->world.place_count; i++) {
		const struct place *place = &s->world.places[i];
		struct clerk *officer = place->has_members ? world_clerk(&s->world, role_cell_officer, place->code, 0) : NULL;
		if (!officer)
			continue;
		struct errand *e = office_act(&s->office, officer, act_ship, "%llu sends up", (unsigned long long)place->code);
		add(&s->office, e, shipping_head, .has_to = true, .to = place->parent, .waybill = bytes_of_text("L"));
	}
	return office_run(&s->office);
}

bool story_life(struct story *s)
{
	for (size_t k = 0; k < sizeof strikes / sizeof strikes[0]; k++) {
		for (size_t i = 0; i < s->world.place_count; i++)
			if (s->world.places[i].has_members)
				strike_in(s, k, s->world.places[i].code);
		// Who left is the registry's news; what is asked of their card at once is refused, or not, by who heard of it first.
		bool exits = strikes[k].act == act_report_exits;
		if (!office_run(&s->office) || (exits && !story_settle(s)))
			return false;
	}
	return boxes_go_up(s);
}
