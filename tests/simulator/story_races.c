// From list to destruction, step by step; after each step everything strikes those who stand there, and the others go on.

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "simulator/races.h"
#include "simulator/races_look.h"

#define records_max (races_scenes_max * 2)

static struct clerk *centre(struct races *r)
{
	return world_clerk(&r->s->world, role_central_board, world_centre, 0);
}

static struct clerk *province(struct races *r)
{
	return world_clerk(&r->s->world, role_provincial_board, world_province, 0);
}

static struct clerk *facility(struct races *r)
{
	return world_clerk(&r->s->world, role_print_facility, world_facility, 0);
}

static bool done(struct races *r)
{
	return office_run(&r->s->office) && story_settle(r->s);
}

// ---- lists ----

static bool in_list(const struct scene *scene, enum stand stand, bool merging)
{
	return scene->stand == stand && (scene->strike == strike_merge) == merging;
}

// What is held is held for a card number that does not fit.
static bool is_held(const struct scene *scene)
{
	return scene->stand == stand_on_hold || (scene->stand == stand_received && scene->strike == strike_hold);
}

static struct errand *list_submit(struct races *r, enum stand stand, bool merging)
{
	struct clerk *clerk = merging ? r->merging[stand] : r->submitter;
	struct errand *e = office_act(&r->s->office, clerk, act_submit_list, "submits the races' list %u of %llu", stand,
				      (unsigned long long)clerk->organisation);
	add(&r->s->office, e, list_head, .kind = request_kind_exchange, .reason = request_reason_campaign,
	    .period = date_from_civil(2026, 3, 1));
	for (size_t i = 0; i < r->scene_count; i++) {
		const struct scene *scene = &r->scenes[i];
		if (in_list(scene, stand, merging))
			add(&r->s->office, e, list_row, .profile_number = bytes_of_text(scene->person.profile_number),
			    .has_card_number = true, .card_number = scene->person.card_number + is_held(scene));
	}
	return e;
}

static void list_settle(struct races *r, enum stand stand, bool merging, uint64_t number)
{
	uint32_t row = 0;
	r->lists[stand][merging] = number;
	for (size_t i = 0; i < r->scene_count; i++)
		if (in_list(&r->scenes[i], stand, merging))
			r->scenes[i].request = item_of(number, ++row);
}

// Those who are struck while the door alone knows of the list: verification takes nothing meanwhile.
static bool receive(struct races *r)
{
	site_hold(r->s->site, service_id_verification, true);
	for (unsigned merging = 0; merging < 2; merging++) {
		list_submit(r, stand_received, merging);
		if (!office_run_receipted(&r->s->office))
			return false;
		list_settle(r, stand_received, merging, look_last_list(r->s->site));
	}
	for (size_t i = 0; i < r->scene_count; i++) {
		const struct scene *scene = &r->scenes[i];
		if (scene->stand == stand_received &&
		    look_request(r->s->site, scene->request, scene->person.number) != request_state_received)
			r->differs = true;
	}
	races_strike_begin(r, stand_received);
	bool good = office_run_receipted(&r->s->office);
	site_hold(r->s->site, service_id_verification, false);
	return good && races_strike_over(r, stand_received);
}

static bool submit(struct races *r)
{
	struct errand *errands[stand_count][2] = { { NULL } };
	if (races_play(r, stand_received) && !receive(r))
		return false;
	for (enum stand stand = stand_received + 1; stand < stand_count; stand++)
		for (unsigned merging = 0; merging < 2 && races_play(r, stand); merging++)
			errands[stand][merging] = list_submit(r, stand, merging);
	if (!done(r))
		return false;
	for (enum stand stand = stand_received + 1; stand < stand_count; stand++)
		for (unsigned merging = 0; merging < 2 && races_play(r, stand); merging++)
			list_settle(r, stand, merging, errands[stand][merging]->outcome.number);
	return true;
}

static bool withdraw(struct races *r)
{
	for (size_t i = 0; i < r->scene_count; i++) {
		const struct scene *scene = &r->scenes[i];
		if (scene->stand != stand_withdrawn)
			continue;
		struct errand *e = office_act(&r->s->office, races_clerk_of_cell(r, scene), act_withdraw, "withdraws before %s",
					      strike_name(scene->strike));
		e->expectation = expect_success;
		add(&r->s->office, e, withdrawal_row, .request = scene->request);
	}
	return done(r);
}

// ---- approval ----

// Those of that stand are left out.
static bool appraise(struct races *r)
{
	for (enum stand stand = 0; stand < stand_count; stand++) {
		for (unsigned merging = 0; merging < 2 && r->lists[stand][0]; merging++) {
			struct errand *e = office_act(&r->s->office, r->appraiser, act_appraise, "appraises the races' list %u",
						      stand);
			add(&r->s->office, e, list_act_head, .number = r->lists[stand][merging]);
			for (size_t i = 0; stand == stand_rejected && i < r->scene_count; i++)
				if (in_list(&r->scenes[i], stand, merging))
					add(&r->s->office, e, leave_out_row, .request = r->scenes[i].request,
					    .reason = reason_left_out);
		}
	}
	return done(r);
}

static bool consolidate(struct races *r)
{
	struct errand *e = office_act(&r->s->office, r->board, act_consolidate, "consolidates the races' lists");
	e->expectation = expect_success;
	add(&r->s->office, e, consolidation_head, .kind = request_kind_exchange, .reason = request_reason_campaign);
	if (!done(r))
		return false;
	r->group = e->outcome.number;
	return true;
}

static bool group_act(struct races *r, struct clerk *clerk, enum act act)
{
	bool decides = act == act_decide;
	struct errand *e = office_act(&r->s->office, clerk, act, "%s: the races' lists", act_name(act));
	e->expectation = expect_success;
	add(&r->s->office, e, list_act_head, .number = r->group, .has_decision_number = decides,
	    .decision_number = bytes_of_text("13-QĐ/ĐU"), .has_decision_date = decides,
	    .decision_date = office_today(&r->s->office));
	return done(r);
}

static bool decide(struct races *r)
{
	return group_act(r, r->committee, act_decide);
}

static bool approve(struct races *r)
{
	return group_act(r, province(r), act_approve);
}

// ---- the facility ----

static bool order(struct races *r)
{
	struct errand *e = office_act(&r->s->office, centre(r), act_place_order, "orders the races' cards");
	e->expectation = expect_success;
	add(&r->s->office, e, order_head, .group = r->group, .facility = world_facility, .template = 1, .unit_cost = 31000);
	if (!done(r))
		return false;
	r->order = e->outcome.number;
	return true;
}

static bool answer(struct races *r)
{
	static uint32_t indices[records_max];
	static uint64_t cells[records_max];
	size_t count = look_records(r->s->site, r->order, print_record_offered, indices, cells, records_max);
	struct errand *e = office_act(&r->s->office, facility(r), act_answer_order, "answers the races' order");
	add(&r->s->office, e, facility_head, .order = r->order);
	for (size_t i = 0; i < count; i++)
		add(&r->s->office, e, record_answer_row, .index = indices[i], .accepted = true);
	return done(r);
}

static void print_add(struct races *r, struct errand *e, uint32_t index)
{
	struct print_row row = { .index = index, .good = true, .has_serial = true, .has_public_key = true };
	struct buffer item = { 0 };
	put_u64(row.serial, (1 << 24) + index); // none of the main story's
	put_u64(row.public_key.byte, fate(r->s->seed, "races' chip key", index));
	print_row_encode(&row, &item);
	errand_add(&r->s->office, e, buffer_bytes(&item));
	buffer_deinit(&item);
}

static bool print(struct races *r)
{
	static uint32_t indices[records_max];
	static uint64_t cells[records_max];
	size_t count = look_records(r->s->site, r->order, print_record_accepted, indices, cells, records_max);
	struct errand *e = office_act(&r->s->office, facility(r), act_report_prints, "prints the races' order");
	add(&r->s->office, e, facility_head, .order = r->order);
	for (size_t i = 0; i < count; i++)
		print_add(r, e, indices[i]);
	return done(r);
}

// ---- boxes ----

// All cards of a cell into one box.
static bool box_add(struct races *r, struct errand *e, uint64_t cell, const uint32_t *indices, const uint64_t *cells,
		    size_t count)
{
	struct box_row row = { .box = ++r->s->boxes, .destination = cell, .seal = bytes_of_text("K-9") };
	struct buffer item = { 0 };
	for (size_t i = 0; i < count; i++)
		if (cells[i] == cell)
			row.indices[row.indices_count++] = indices[i];
	if (row.indices_count > 0) {
		box_row_encode(&row, &item);
		errand_add(&r->s->office, e, buffer_bytes(&item));
		buffer_deinit(&item);
	}
	return row.indices_count > 0;
}

static bool ship(struct races *r, struct clerk *clerk, uint64_t to)
{
	struct errand *e = office_act(&r->s->office, clerk, act_ship, "%llu ships the races' cards",
				      (unsigned long long)clerk->organisation);
	add(&r->s->office, e, shipping_head, .has_to = to != 0, .to = to, .waybill = bytes_of_text("VĐ-9"));
	return done(r);
}

// Everything that is on its way to the clerk's organisation.
static bool arrive(struct races *r, struct clerk *clerk)
{
	static struct look_box boxes[races_scenes_max];
	size_t count = look_arriving(r->s->site, clerk->organisation, boxes, races_scenes_max);
	for (size_t i = 0; i < count; i++) {
		struct errand *e = office_act(&r->s->office, clerk, act_receive, "%llu receives the races' cards",
					      (unsigned long long)clerk->organisation);
		e->expectation = r->midway ? expect_anything : expect_success;
		add(&r->s->office, e, receiving_head, .shipment = boxes[i].shipment);
		add(&r->s->office, e, box_count_row, .box = boxes[i].box, .counted = boxes[i].cards, .seal_intact = true);
	}
	return done(r);
}

// Down by one level: received there and sent on.
static bool leg(struct races *r, unsigned n)
{
	struct clerk *way[] = { province(r), r->board, r->appraiser };
	return arrive(r, way[n]) && ship(r, way[n], 0);
}

// On their way to the province, or to one of those below.
static bool send(struct races *r)
{
	static uint32_t indices[records_max];
	static uint64_t cells[records_max];
	size_t count = look_records(r->s->site, r->order, print_record_good, indices, cells, records_max);
	struct errand *e = office_act(&r->s->office, facility(r), act_pack_boxes, "packs the races' order");
	e->expectation = r->midway ? expect_anything : expect_success; // the order may be held
	add(&r->s->office, e, packing_head, .order = r->order, .waybill = bytes_of_text("VĐ-9"));
	box_add(r, e, races_cell, indices, cells, count);
	for (enum stand stand = 0; stand < stand_count; stand++)
		if (races_play(r, stand))
			box_add(r, e, races_merging_cell + stand, indices, cells, count);
	if (!done(r))
		return false;
	for (unsigned n = 0; n < r->leg; n++)
		if (!leg(r, n))
			return false;
	return true;
}

static bool bring_down(struct races *r)
{
	for (unsigned n = r->leg; n < 3; n++)
		if (!leg(r, n))
			return false;
	if (!arrive(r, r->submitter) || !arrive(r, r->successor))
		return false;
	for (enum stand stand = 0; stand < stand_count; stand++)
		if (races_play(r, stand) && !arrive(r, r->merging[stand]))
			return false;
	return true;
}

// ---- cards in the cells ----

static struct errand *card_act(struct races *r, const struct scene *scene, enum act act, const char *what)
{
	struct errand *e = office_act(&r->s->office, races_clerk_of_cell(r, scene), act, "%s before %s", what,
				      strike_name(scene->strike));
	e->expectation = r->midway ? expect_anything : expect_success;
	return e;
}

static void card_head(struct races *r, struct errand *e, bool up)
{
	add(&r->s->office, e, card_act_head, .has_decision_number = true, .decision_number = bytes_of_text("7-QĐ"),
	    .has_minutes = true, .minutes = r->s->world.photos[0], .has_seal = up, .seal = bytes_of_text("K-8"),
	    .has_waybill = up, .waybill = bytes_of_text("L-8"));
}

static void card_add(struct races *r, struct errand *e, const struct scene *scene, enum card_case matter)
{
	add(&r->s->office, e, card_row, .has_card_number = true, .card_number = scene->person.card_number, .has_copy = true,
	    .copy = 2, .has_matter = true, .matter = matter);
}

static bool each_card(struct races *r, enum stand stand, enum act act, enum card_case matter, const char *what)
{
	for (size_t i = 0; i < r->scene_count; i++) {
		const struct scene *scene = &r->scenes[i];
		if (scene->stand != stand)
			continue;
		struct errand *e = card_act(r, scene, act, what);
		card_head(r, e, act == act_pack_cards);
		card_add(r, e, scene, matter);
	}
	return done(r);
}

static bool each_exit(struct races *r, enum stand stand, enum member_status status)
{
	for (size_t i = 0; i < r->scene_count; i++) {
		const struct scene *scene = &r->scenes[i];
		if (scene->stand != stand)
			continue;
		struct errand *e = card_act(r, scene, act_report_exits, member_status_name(status));
		card_head(r, e, false);
		add(&r->s->office, e, card_row, .has_profile_number = true,
		    .profile_number = bytes_of_text(scene->person.profile_number), .has_status = true, .status = status);
	}
	return done(r);
}

static bool lose(struct races *r)
{
	return each_card(r, stand_missing, act_settle_cards, card_case_missing, "is missing");
}

// With the act before when the same officer hands over.  The old card is collected, unless it is lost.
static struct errand *hand_over_add(struct races *r, struct errand *e, const struct scene *scene)
{
	bool lost = look_worth(r->s->site, races_old_card(scene)) == card_validity_lost;
	if (!e || e->clerk != races_clerk_of_cell(r, scene))
		e = card_act(r, scene, act_hand_over, "hands over");
	add(&r->s->office, e, hand_over_row, .card_number = scene->person.card_number, .receipt = receipt_kind_signed_sheet,
	    .has_proof = true, .proof = r->s->world.photos[0], .old_collected = !lost, .date = office_today(&r->s->office));
	return e;
}

static bool hand_over(struct races *r)
{
	struct errand *e = NULL;
	for (size_t i = 0; i < r->scene_count; i++) {
		const struct scene *scene = &r->scenes[i];
		bool theirs = scene->stand == stand_closed || scene->stand == stand_family || scene->stand == stand_destroyed;
		if (theirs || (r->midway && scene->stand == stand_delivered))
			e = hand_over_add(r, e, scene);
	}
	return done(r);
}

static bool bury(struct races *r)
{
	return each_exit(r, stand_family, member_status_deceased);
}

static bool send_up(struct races *r)
{
	struct clerk *way[] = { r->appraiser, r->board, province(r), centre(r) };
	if (!ship(r, r->submitter, races_committee) || !ship(r, r->merging[stand_destroyed], races_committee))
		return false;
	for (size_t i = 0; i < 4; i++)
		if (!arrive(r, way[i]) || (i < 3 && !ship(r, way[i], way[i + 1]->organisation)))
			return false;
	return true;
}

// Expelled, the card given up, packed, sent up to the centre and destroyed before a committee and a witness.
static bool destroy(struct races *r)
{
	if (!each_exit(r, stand_destroyed, member_status_expelled) ||
	    !each_card(r, stand_destroyed, act_collect_cards, card_case_recover, "gives the card up") ||
	    !each_card(r, stand_destroyed, act_pack_cards, card_case_destruction, "has it packed") || !send_up(r))
		return false;
	struct errand *e = office_act(&r->s->office, centre(r), act_destroy_cards, "destroys the races' cards");
	e->expectation = expect_success;
	add(&r->s->office, e, card_act_head, .has_decision_number = true, .decision_number = bytes_of_text("9-BB"),
	    .has_minutes = true, .minutes = r->s->world.photos[0],
	    .committee = { r->submitter->certificate, r->reporter->certificate, r->registrar->certificate },
	    .committee_count = 3, .witnesses = { r->withdrawer->certificate }, .witnesses_count = 1);
	for (size_t i = 0; i < r->scene_count; i++)
		if (r->scenes[i].stand == stand_destroyed)
			card_add(r, e, &r->scenes[i], card_case_destroy);
	return done(r);
}

// ---- what was struck and goes on comes to its end ----

static bool found_again(struct races *r)
{
	uint64_t keeper;
	for (size_t i = 0; i < r->scene_count; i++) {
		const struct scene *scene = &r->scenes[i];
		if (look_place(r->s->site, races_new_card(scene), &keeper) != card_place_missing)
			continue;
		struct errand *e = card_act(r, scene, act_settle_cards, "is found again");
		card_head(r, e, false);
		card_add(r, e, scene, card_case_turned_up);
	}
	return done(r);
}

static enum request_state state_of(struct races *r, const struct scene *scene)
{
	return look_request(r->s->site, scene->request, scene->person.number);
}

static bool waits_for_somebody(enum request_state state)
{
	return state == request_state_returned || state == request_state_on_hold;
}

static bool finish(struct races *r)
{
	if (!found_again(r))
		return false;
	struct errand *e = NULL;
	for (size_t i = 0; i < r->scene_count; i++)
		if (state_of(r, &r->scenes[i]) == request_state_delivered)
			e = hand_over_add(r, e, &r->scenes[i]);
	if (!done(r))
		return false;
	for (size_t i = 0; i < r->scene_count; i++) {
		const struct scene *scene = &r->scenes[i];
		enum request_state state = state_of(r, scene);
		if (waits_for_somebody(state) || state >= request_state_closed)
			continue;
		site_say(r->s->site, "FAILED  races: struck by %s at %s, left on its way: %s", strike_name(scene->strike),
			 stand_state(scene->stand) ? stand_state(scene->stand) : stand_place(scene->stand),
			 request_state_name(state));
		r->differs = true;
	}
	return true;
}

// ---- the whole ----

#define bit(stand) (1u << stand_##stand)

static const struct step {
	bool (*go)(struct races *r);
	uint32_t struck;    // then
	uint32_t takes_on;  // whom the step takes to their next state: struck meanwhile, when that is what is played
	bool can_be_held;   // then it is done again
} steps[] = {
	{ submit, bit(returned) | bit(on_hold) | bit(verified), 0, false },
	{ withdraw, bit(withdrawn), 0, false },
	{ appraise, bit(appraised) | bit(rejected), bit(verified), false },
	{ consolidate, bit(consolidated), bit(appraised), false },
	{ decide, bit(decided), bit(consolidated), false },
	{ approve, bit(approved), bit(decided), false },
	{ order, bit(ordered), bit(approved), false },
	{ answer, 0, 0, false },
	{ print, bit(printed), bit(ordered), true },
	{ send, bit(dispatched), bit(printed), true },
	{ bring_down, bit(delivered), bit(dispatched), false },
	{ lose, bit(missing), 0, false },
	{ hand_over, bit(closed), bit(delivered), false },
	{ bury, bit(family), 0, false },
	{ destroy, bit(destroyed), 0, false },
};
#define midway_rounds_ahead 20 // that the strikes have before the step, at most
#define midway_stands \
	(bit(verified) | bit(appraised) | bit(consolidated) | bit(decided) | bit(approved) | bit(ordered) | bit(printed) | \
	 bit(dispatched) | bit(delivered))

static bool step_struck(struct races *r, const struct step *step)
{
	for (enum stand stand = 0; stand < stand_count; stand++)
		if (r->stands & step->struck & 1u << stand && !races_strike(r, stand))
			return false;
	return true;
}

static bool step_struck_midway(struct races *r, const struct step *step)
{
	for (enum stand stand = 0; stand < stand_count; stand++)
		if (r->stands & step->takes_on & 1u << stand)
			races_strike_begin(r, stand);
	unsigned ahead = chance_below(site_chance(r->s->site), midway_rounds_ahead);
	if ((step->takes_on && !office_run_for(&r->s->office, ahead)) || !step->go(r))
		return false;
	for (enum stand stand = 0; stand < stand_count; stand++)
		if (r->stands & step->takes_on & 1u << stand && !races_midway_compare(r, stand))
			return false;
	return !step->can_be_held || step->go(r);
}

// The rest of the way is gone only now and then when nobody stands there any more: then all come to their end.
static bool steps_go(struct races *r)
{
	uint32_t left = r->stands & ~bit(received);
	bool any = true, arrived = false;
	for (size_t i = 0; i < sizeof steps / sizeof steps[0] && any; i++) {
		if (r->midway ? !step_struck_midway(r, &steps[i]) : !steps[i].go(r) || !step_struck(r, &steps[i]))
			return false;
		left &= ~(r->midway ? steps[i].takes_on : steps[i].struck);
		arrived = arrived || steps[i].go == bring_down;
		any = left != 0 || (r->to_the_end && !arrived);
	}
	return !r->to_the_end || finish(r);
}

static bool races_at(struct story *s, uint32_t stands, bool midway, bool to_the_end)
{
	static struct races races;
	char why[300];
	races = (struct races){ .s = s, .stands = stands, .leg = (unsigned)(s->seed % 4), .midway = midway,
				.to_the_end = to_the_end };
	if (!races_read("schemas/races.table", why, sizeof why)) {
		site_say(s->site, "FAILED  races: %s", why);
		return false;
	}
	return story_settle(s) && races_world(&races) && steps_go(&races) && !races.differs;
}

bool story_races(struct story *s)
{
	uint32_t stands = 1u << s->seed % stand_count;
	return races_at(s, stands, false, (stands & midway_stands) && s->seed / stand_count % 4 == 0);
}

bool story_races_all(struct story *s)
{
	return races_at(s, (1u << stand_count) - 1, false, true);
}

bool story_races_midway(struct story *s)
{
	s->timing_decides = true;
	return races_at(s, midway_stands, true, true);
}
