// The strikes, and what came of them.

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/when.h"
#include "simulator/races.h"
#include "simulator/races_look.h"

#define strike_delay_ms 50 // midway, at most

static const struct {
	const char *state, *place;
} stands[stand_count] = {
	[stand_received] = { "received", NULL },     [stand_returned] = { "returned", NULL },
	[stand_on_hold] = { "on_hold", NULL },	     [stand_verified] = { "verified", NULL },
	[stand_withdrawn] = { "withdrawn", NULL },   [stand_appraised] = { "appraised", NULL },
	[stand_rejected] = { "rejected", NULL },     [stand_consolidated] = { "consolidated", NULL },
	[stand_decided] = { "decided", NULL },	     [stand_approved] = { "approved", NULL },
	[stand_ordered] = { "ordered", NULL },	     [stand_printed] = { "printed", "facility" },
	[stand_dispatched] = { "dispatched", "in_transit" }, [stand_delivered] = { "delivered", "custody" },
	[stand_missing] = { NULL, "missing" },	     [stand_closed] = { "closed", "member" },
	[stand_family] = { NULL, "family" },	     [stand_destroyed] = { NULL, "destroyed" },
};

const char *stand_state(enum stand stand)
{
	return stands[stand].state;
}

const char *stand_place(enum stand stand)
{
	return stands[stand].place;
}

static struct scene *scene_at(struct races *r, enum stand stand, enum strike strike)
{
	for (size_t i = 0; i < r->scene_count; i++)
		if (r->scenes[i].stand == stand && r->scenes[i].strike == strike)
			return &r->scenes[i];
	return NULL;
}

// ---- the strikes ----

static struct errand *strike_act(struct races *r, struct clerk *clerk, enum act act, enum stand stand, const char *what)
{
	struct errand *e = office_act(&r->s->office, clerk, act, "strikes at %s: %s",
				      stand_state(stand) ? stand_state(stand) : stand_place(stand), what);
	if (r->midway)
		e->again_ms = site_now_ms(r->s->site) + chance_below(site_chance(r->s->site), strike_delay_ms);
	return e;
}

static void loss_and_damage(struct races *r, enum stand stand)
{
	struct errand *e = strike_act(r, r->reporter, act_report_cards, stand, "loss, damage");
	add(&r->s->office, e, card_act_head, .has_minutes = false);
	for (enum strike strike = strike_loss; strike <= strike_damage; strike++)
		add(&r->s->office, e, card_row, .has_card_number = true,
		    .card_number = scene_at(r, stand, strike)->person.card_number, .has_matter = true,
		    .matter = strike == strike_loss ? card_case_loss : card_case_damage);
}

static void death_and_exit(struct races *r, enum stand stand)
{
	struct errand *e = strike_act(r, r->registrar, act_report_exits, stand, "death, exit");
	add(&r->s->office, e, card_act_head, .has_decision_number = true, .decision_number = bytes_of_text("7-QĐ"));
	for (enum strike strike = strike_death; strike <= strike_exit; strike++)
		add(&r->s->office, e, card_row, .has_profile_number = true,
		    .profile_number = bytes_of_text(scene_at(r, stand, strike)->person.profile_number), .has_status = true,
		    .status = strike == strike_death ? member_status_deceased : member_status_expelled);
}

static void transfer(struct races *r, enum stand stand)
{
	struct errand *e = strike_act(r, r->board, act_transfer_members, stand, "transfer");
	add(&r->s->office, e, transfer_row,
	    .profile_number = bytes_of_text(scene_at(r, stand, strike_transfer)->person.profile_number),
	    .organisation = races_other_cell, .scope = transfer_scope_official, .date = date_from_civil(2026, 2, 1),
	    .decision = bytes_of_text("1-QĐ"));
}

static void merge(struct races *r, enum stand stand)
{
	struct clerk *province = world_clerk(&r->s->world, role_provincial_board, world_province, 0);
	struct errand *e = strike_act(r, province, act_end_organisations, stand, "merge");
	e->expectation = expect_success;
	add(&r->s->office, e, ending_row, .code = races_merging_cell + stand, .has_into = true, .into = races_successor,
	    .date = date_from_civil(2026, 2, 15), .decision = bytes_of_text("2-QĐ"));
}

static void withdrawal(struct races *r, enum stand stand)
{
	struct errand *e = strike_act(r, r->withdrawer, act_withdraw, stand, "withdrawal");
	add(&r->s->office, e, withdrawal_row, .request = scene_at(r, stand, strike_withdrawal)->request);
}

static void order_change(struct races *r, enum order_change change)
{
	struct clerk *centre = world_clerk(&r->s->world, role_central_board, world_centre, 0);
	struct errand *e = office_act(&r->s->office, centre, act_change_order, "the races' order: %s",
				      order_change_name(change));
	add(&r->s->office, e, order_change_head, .order = r->order, .change = change);
}

// Somebody has doubts about the member: verification's rules hold what they still have (a received request by the card
// number that does not fit, story_races.c); the board can hold the order.
static void hold(struct races *r, enum stand stand)
{
	struct clerk *administrator = world_clerk(&r->s->world, role_administrator, 0, 0);
	if (stand == stand_received)
		return;
	struct errand *e = strike_act(r, administrator, act_update_members, stand, "discipline");
	add(&r->s->office, e, update_head, .dry_run = false);
	add(&r->s->office, e, update_row,
	    .profile_number = bytes_of_text(scene_at(r, stand, strike_hold)->person.profile_number),
	    .has_discipline_until = true, .discipline_until = date_from_civil(2027, 1, 1));
	if (r->order)
		order_change(r, order_change_hold);
}

void races_strike_begin(struct races *r, enum stand stand)
{
	loss_and_damage(r, stand);
	death_and_exit(r, stand);
	transfer(r, stand);
	merge(r, stand);
	withdrawal(r, stand);
	hold(r, stand);
	for (size_t i = 0; i < r->scene_count; i++)
		if (r->scenes[i].stand == stand)
			r->scenes[i].struck = true;
}

// ---- is, and should be ----

static void differs(struct races *r, const char *what, const struct race *race, const char *is)
{
	site_say(r->s->site, "FAILED  races: %s: %s, but it is: %s", what, race->said, is);
	r->differs = true;
}

static const struct race *race_of(struct races *r, const struct scene *scene, bool card)
{
	const char *at = card ? stand_place(scene->stand) : stand_state(scene->stand);
	const struct race *race = at ? race_find(card, scene->strike, at) : NULL;
	if (at && !race) {
		site_say(r->s->site, "FAILED  races: the table has no line of %s at %s", strike_name(scene->strike), at);
		r->differs = true;
	}
	return race;
}

// Before the strike: it is where the strike should find it.
static void scene_is_there(struct races *r, const struct scene *scene)
{
	uint64_t keeper;
	const struct race *request = race_of(r, scene, false), *card = race_of(r, scene, true);
	const char *state = request_state_name(look_request(r->s->site, scene->request, scene->person.number));
	const char *place = card_place_name(look_place(r->s->site, races_new_card(scene), &keeper));
	if (request && strcmp(state, request->at) != 0)
		differs(r, "not brought there", request, state);
	if (card && strcmp(place, card->at) != 0)
		differs(r, "not brought there", card, place);
}

static void request_compare(struct races *r, const struct scene *scene, const struct race *race)
{
	const char *is = request_state_name(look_request(r->s->site, scene->request, scene->person.number));
	r->s->pairs[race_index(race)] = true;
	if (strcmp(is, race->after[0]) != 0)
		differs(r, "the table says", race, is);
	bool ended = strcmp(is, "rejected") == 0 || strcmp(is, "withdrawn") == 0;
	if (ended && look_worth(r->s->site, races_new_card(scene)) == card_validity_not_yet_active)
		differs(r, "a card waits for a request that has ended", race, is);
}

static void card_compare(struct races *r, const struct scene *scene, const struct race *race)
{
	struct site *site = r->s->site;
	uint64_t keeper;
	char is[200];
	const char *old = card_validity_name(look_worth(site, races_old_card(scene)));
	const char *new = card_validity_name(look_worth(site, races_new_card(scene)));
	const char *place = card_place_name(look_place(site, races_new_card(scene), &keeper));
	r->s->pairs[race_index(race)] = true;
	snprintf(is, sizeof is, "%s | %s | %s", old, new, place);
	if (strcmp(old, race->after[0]) != 0 || strcmp(new, race->after[1]) != 0 || strcmp(place, race->after[2]) != 0)
		differs(r, "the table says", race, is);
}

// ---- the hand-over that the cell tries after the strike ----

static struct errand *hand_over_tried(struct races *r, const struct scene *scene)
{
	bool lost = look_worth(r->s->site, races_old_card(scene)) == card_validity_lost;
	struct errand *e = office_act(&r->s->office, races_clerk_of_cell(r, scene), act_hand_over, "hands over after %s at %s",
				      strike_name(scene->strike), stand_place(scene->stand));
	add(&r->s->office, e, hand_over_row, .card_number = scene->person.card_number, .receipt = receipt_kind_signed_sheet,
	    .has_proof = true, .proof = r->s->world.photos[0], .old_collected = !lost, .date = office_today(&r->s->office));
	return e;
}

static void hand_over_compare(struct races *r, const struct race *race, const struct outcome *o)
{
	char came[40] = "given";
	enum reason reason = o->errors_count ? o->errors[0].reason : o->reason;
	if (reason == reason_already_done)
		snprintf(came, sizeof came, "done");
	else if (reason == reason_not_here)
		snprintf(came, sizeof came, "none");
	else if (reason != reason_none)
		snprintf(came, sizeof came, "refused %s", reason_name(reason));
	if (strcmp(came, race->after[3]) != 0)
		differs(r, "hand-over", race, came);
}

static bool hand_overs_try(struct races *r, enum stand stand)
{
	struct errand *tries[races_scenes_max] = { NULL };
	for (size_t i = 0; i < r->scene_count; i++)
		if (r->scenes[i].stand == stand)
			tries[i] = hand_over_tried(r, &r->scenes[i]);
	if (!office_run(&r->s->office) || !story_settle(r->s))
		return false;
	for (size_t i = 0; i < r->scene_count; i++) {
		const struct race *race = tries[i] ? race_of(r, &r->scenes[i], true) : NULL;
		if (race)
			hand_over_compare(r, race, &tries[i]->outcome);
	}
	return true;
}

bool races_strike_over(struct races *r, enum stand stand)
{
	if (!office_run(&r->s->office) || !story_settle(r->s))
		return false;
	for (size_t i = 0; i < r->scene_count; i++) {
		const struct scene *scene = &r->scenes[i];
		const struct race *request = scene->stand == stand ? race_of(r, scene, false) : NULL;
		const struct race *card = scene->stand == stand ? race_of(r, scene, true) : NULL;
		if (request)
			request_compare(r, scene, request);
		if (card)
			card_compare(r, scene, card);
	}
	if (r->order)
		order_change(r, order_change_release);
	if (stand_place(stand) && !hand_overs_try(r, stand))
		return false;
	return office_run(&r->s->office) && story_settle(r->s);
}

bool races_strike(struct races *r, enum stand stand)
{
	for (size_t i = 0; i < r->scene_count; i++)
		if (r->scenes[i].stand == stand)
			scene_is_there(r, &r->scenes[i]);
	races_strike_begin(r, stand);
	return races_strike_over(r, stand);
}

// ---- midway ----

static bool either(const char *is, const struct race *one, const struct race *other, size_t column)
{
	return (one && strcmp(is, one->after[column]) == 0) || (other && strcmp(is, other->after[column]) == 0);
}

static void midway_request(struct races *r, const struct scene *scene, enum request_state next)
{
	const struct race *before = race_of(r, scene, false);
	const struct race *after = race_find(false, scene->strike, request_state_name(next));
	const char *is = request_state_name(look_request(r->s->site, scene->request, scene->person.number));
	ensure(before && is);
	bool went_on = strcmp(before->after[0], before->at) == 0 && strcmp(is, request_state_name(next)) == 0;
	r->s->pairs[race_index(before)] = true;
	if (!went_on && !either(is, before, after, 0))
		differs(r, "midway", before, is);
	bool ended = strcmp(is, "rejected") == 0 || strcmp(is, "withdrawn") == 0;
	if (ended && look_worth(r->s->site, races_new_card(scene)) == card_validity_not_yet_active)
		differs(r, "a card waits for a request that has ended", before, is);
}

// What the cards are worth does not depend on where the new one is, as long as nobody has it.
static void midway_cards(struct races *r, const struct scene *scene)
{
	const struct race *before = race_of(r, scene, true);
	char is[100];
	snprintf(is, sizeof is, "%s | %s", card_validity_name(look_worth(r->s->site, races_old_card(scene))),
		 card_validity_name(look_worth(r->s->site, races_new_card(scene))));
	char wanted[100];
	snprintf(wanted, sizeof wanted, "%s | %s", before->after[0], before->after[1]);
	r->s->pairs[race_index(before)] = true;
	if (strcmp(is, wanted) != 0)
		differs(r, "midway", before, is);
}

// Who left while the new card was handed over gave the old one up there.  (Of one who died the family may have it back.)
static void midway_handed_over(struct races *r, const struct scene *scene)
{
	uint64_t keeper;
	enum card_place place = look_place(r->s->site, races_new_card(scene), &keeper);
	enum card_validity old = look_worth(r->s->site, races_old_card(scene));
	if (scene->strike == strike_exit && place == card_place_member && old != card_validity_ended)
		differs(r, "the old card was collected", race_of(r, scene, false), card_validity_name(old));
}

bool races_midway_compare(struct races *r, enum stand stand)
{
	enum request_state at;
	ensure(request_state_from_name(stand_state(stand), &at));
	enum request_state next = at == request_state_verified ? request_state_appraised : at + 1;
	for (size_t i = 0; i < r->scene_count; i++) {
		if (r->scenes[i].stand != stand)
			continue;
		midway_request(r, &r->scenes[i], next);
		if (stand == stand_printed || stand == stand_dispatched)
			midway_cards(r, &r->scenes[i]);
		if (stand == stand_delivered)
			midway_handed_over(r, &r->scenes[i]);
	}
	if (r->order)
		order_change(r, order_change_release);
	return office_run(&r->s->office) && story_settle(r->s);
}
