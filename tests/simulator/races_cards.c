// Cards to be struck, from the facility's boxes to their holders and to destruction.
#include "simulator/races_steps.h"

// ---- boxes ----

// All cards of a cell into one box.
static bool box_add(struct races *r, struct errand *e, uint64_t cell, const struct races_records *records)
{
	struct box_row row = { .box = ++r->s->boxes, .destination = cell, .seal = bytes_of_text("K-9") };
	struct buffer item = { 0 };
	for (size_t i = 0; i < records->count; i++)
		if (records->cells[i] == cell)
			row.indices[row.indices_count++] = records->indices[i];
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
	return races_done(r);
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
	return races_done(r);
}

// Down by one level: received there and sent on.
static bool leg(struct races *r, unsigned n)
{
	struct clerk *way[] = { races_province(r), r->board, r->appraiser };
	return arrive(r, way[n]) && ship(r, way[n], 0);
}

// On their way to the province, or to one of those below.
bool races_send(struct races *r)
{
	const struct races_records *good = races_records(r, print_record_good);
	struct errand *e = office_act(&r->s->office, races_facility(r), act_pack_boxes, "packs the races' order");
	e->expectation = r->midway ? expect_anything : expect_success; // the order may be held
	add(&r->s->office, e, packing_head, .order = r->order, .waybill = bytes_of_text("VĐ-9"));
	box_add(r, e, races_cell, good);
	for (enum stand stand = 0; stand < stand_count; stand++)
		if (races_play(r, stand))
			box_add(r, e, races_merging_cell + stand, good);
	if (!races_done(r))
		return false;
	for (unsigned n = 0; n < r->leg; n++)
		if (!leg(r, n))
			return false;
	return true;
}

bool races_bring_down(struct races *r)
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
	return races_done(r);
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
	return races_done(r);
}

bool races_lose(struct races *r)
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

bool races_hand_over(struct races *r)
{
	struct errand *e = NULL;
	for (size_t i = 0; i < r->scene_count; i++) {
		const struct scene *scene = &r->scenes[i];
		bool theirs = scene->stand == stand_closed || scene->stand == stand_family || scene->stand == stand_destroyed;
		if (theirs || (r->midway && scene->stand == stand_delivered))
			e = hand_over_add(r, e, scene);
	}
	return races_done(r);
}

bool races_bury(struct races *r)
{
	return each_exit(r, stand_family, member_status_deceased);
}

static bool send_up(struct races *r)
{
	struct clerk *way[] = { r->appraiser, r->board, races_province(r), races_centre(r) };
	if (!ship(r, r->submitter, races_committee) || !ship(r, r->merging[stand_destroyed], races_committee))
		return false;
	for (size_t i = 0; i < 4; i++)
		if (!arrive(r, way[i]) || (i < 3 && !ship(r, way[i], way[i + 1]->organisation)))
			return false;
	return true;
}

// Expelled, the card given up, packed, sent up to the centre and destroyed before a committee and a witness.
bool races_destroy(struct races *r)
{
	if (!each_exit(r, stand_destroyed, member_status_expelled) ||
	    !each_card(r, stand_destroyed, act_collect_cards, card_case_recover, "gives the card up") ||
	    !each_card(r, stand_destroyed, act_pack_cards, card_case_destruction, "has it packed") || !send_up(r))
		return false;
	struct errand *e = office_act(&r->s->office, races_centre(r), act_destroy_cards, "destroys the races' cards");
	e->expectation = expect_success;
	add(&r->s->office, e, card_act_head, .has_decision_number = true, .decision_number = bytes_of_text("9-BB"),
	    .has_minutes = true, .minutes = r->s->world.photos[0],
	    .committee = { r->submitter->certificate, r->reporter->certificate, r->registrar->certificate },
	    .committee_count = 3, .witnesses = { r->withdrawer->certificate }, .witnesses_count = 1);
	for (size_t i = 0; i < r->scene_count; i++)
		if (r->scenes[i].stand == stand_destroyed)
			card_add(r, e, &r->scenes[i], card_case_destroy);
	return races_done(r);
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
	return races_done(r);
}

static enum request_state state_of(struct races *r, const struct scene *scene)
{
	return look_request(r->s->site, scene->request, scene->person.number);
}

static bool waits_for_somebody(enum request_state state)
{
	return state == request_state_returned || state == request_state_on_hold;
}

bool races_finish(struct races *r)
{
	if (!found_again(r))
		return false;
	struct errand *e = NULL;
	for (size_t i = 0; i < r->scene_count; i++)
		if (state_of(r, &r->scenes[i]) == request_state_delivered)
			e = hand_over_add(r, e, &r->scenes[i]);
	if (!races_done(r))
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
