// Requests to be struck, from their lists to their printed cards.
#include "base/subject.h"
#include "base/when.h"
#include "simulator/races_steps.h"

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

bool races_submit(struct races *r)
{
	struct errand *errands[stand_count][2] = { { NULL } };
	if (races_play(r, stand_received) && !receive(r))
		return false;
	for (enum stand stand = stand_received + 1; stand < stand_count; stand++)
		for (unsigned merging = 0; merging < 2 && races_play(r, stand); merging++)
			errands[stand][merging] = list_submit(r, stand, merging);
	if (!races_done(r))
		return false;
	for (enum stand stand = stand_received + 1; stand < stand_count; stand++)
		for (unsigned merging = 0; merging < 2 && races_play(r, stand); merging++)
			list_settle(r, stand, merging, errands[stand][merging]->outcome.number);
	return true;
}

bool races_withdraw(struct races *r)
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
	return races_done(r);
}

// ---- approval ----

// Those of that stand are left out.
bool races_appraise(struct races *r)
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
	return races_done(r);
}

bool races_consolidate(struct races *r)
{
	struct errand *e = office_act(&r->s->office, r->board, act_consolidate, "consolidates the races' lists");
	e->expectation = expect_success;
	add(&r->s->office, e, consolidation_head, .kind = request_kind_exchange, .reason = request_reason_campaign);
	if (!races_done(r))
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
	return races_done(r);
}

bool races_decide(struct races *r)
{
	return group_act(r, r->committee, act_decide);
}

bool races_approve(struct races *r)
{
	return group_act(r, races_province(r), act_approve);
}

// ---- the facility ----

bool races_order(struct races *r)
{
	struct errand *e = office_act(&r->s->office, races_centre(r), act_place_order, "orders the races' cards");
	e->expectation = expect_success;
	add(&r->s->office, e, order_head, .group = r->group, .facility = world_facility, .template = 1, .unit_cost = 31000);
	if (!races_done(r))
		return false;
	r->order = e->outcome.number;
	return true;
}

bool races_answer(struct races *r)
{
	const struct races_records *records = races_records(r, print_record_offered);
	struct errand *e = office_act(&r->s->office, races_facility(r), act_answer_order, "answers the races' order");
	add(&r->s->office, e, facility_head, .order = r->order);
	for (size_t i = 0; i < records->count; i++)
		add(&r->s->office, e, record_answer_row, .index = records->indices[i], .accepted = true);
	return races_done(r);
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

bool races_print(struct races *r)
{
	const struct races_records *records = races_records(r, print_record_accepted);
	struct errand *e = office_act(&r->s->office, races_facility(r), act_report_prints, "prints the races' order");
	add(&r->s->office, e, facility_head, .order = r->order);
	for (size_t i = 0; i < records->count; i++)
		print_add(r, e, records->indices[i]);
	return races_done(r);
}
