#include "card_state.h"

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "standing.h"
#include "whose.h"

#define states_patience_ms 1000 // a refusal is told with or without

void card_states_init(struct card_states *s, const struct site *site)
{
	*s = (struct card_states){ .site = site, .none = site->door || ask_is_vain(site, service_id_revocation) };
	ask_patience(states_patience_ms);
}

void card_states_deinit(struct card_states *s)
{
	ask_patience(0);
	organisations_deinit(&s->organisations);
}

// What it says depends on how the card stands.
static bool is_about_state(enum reason reason)
{
	static const enum reason reasons[] = { reason_wrong_state, reason_already_done, reason_not_here,
					       reason_barred,	   reason_not_due,	reason_not_destroyable,
					       reason_card_not_valid };

	for (size_t i = 0; i < array_size(reasons); i++)
		if (reasons[i] == reason)
			return true;
	return false;
}

struct copies_found {
	const struct site *site;
	const struct card_row *row;
	json_t *states;
};

static bool on_copy(void *context, uint64_t card, const struct revocation_cards_row *row)
{
	struct copies_found *f = context;

	if ((f->row->has_card_number && row->number != f->row->card_number) ||
	    (f->row->has_copy && card_copy(card) != f->row->copy))
		return true;
	json_t *state = card_standing_now(f->site, card);
	if (state)
		json_array_append_new(f->states, state);
	return true;
}

static bool is_destroyed(const json_t *state)
{
	const char *place = json_string_value(json_object_get(state, "place"));

	return place && strcmp(place, codec_value_name(&card_place_values, card_place_destroyed)) == 0;
}

// Those that the act can hardly have meant: destroyed copies beside others; of a hand-over all but the newest.
static void drop_others(const struct act_job *job, json_t *states)
{
	for (size_t i = json_array_size(states); i-- > 0 && json_array_size(states) > 1;)
		if (is_destroyed(json_array_get(states, i)) || (job->act == act_hand_over && i + 1 < json_array_size(states)))
			json_array_remove(states, i);
}

static void add_status(const struct card_states *s, uint64_t member, json_t *states)
{
	struct verification_members_row row;
	struct buffer backing = { 0 };

	if (row_of(s->site, verification, members, member, &row, &backing))
		json_array_append_new(states, json_pack("{s:s}", "status", codec_value_name(&member_status_values, row.status)));
	buffer_deinit(&backing);
}

static json_t *request_state_of(struct card_states *s, const struct act_job *job, uint32_t row)
{
	bool about_requests = job->act == act_withdraw || job->act == act_adjudicate;

	if (!about_requests || row > job->row_item_count ||
	    (!s->organisations.list && !organisations_read(s->site, &s->organisations)))
		return NULL;
	json_t *state = request_standing_now(s->site, job->row_items[row - 1], &s->organisations);
	return state ? json_pack("[o]", state) : NULL;
}

json_t *card_states_of(struct card_states *s, const struct act_job *job, const struct row_error *e)
{
	const struct whose w = { .site = s->site };
	struct card_row row = { 0 };

	if (s->none || e->row == 0 || !is_about_state(e->reason))
		return NULL;
	if (!job->card_of)
		return request_state_of(s, job, e->row);
	if (!job->card_of(job, e->row, &row))
		return NULL;
	uint64_t member = whose_member(&w, &row);
	if (!member)
		return NULL;
	json_t *states = json_array();
	struct copies_found found = { s->site, &row, states };
	if (job->act == act_report_exits)
		add_status(s, member, states);
	else
		s->none = !cards_of_member(s->site, member, on_copy, &found);
	drop_others(job, states);
	if (json_array_size(states) > 0 && !s->organisations.list && !s->site->json)
		organisations_read(s->site, &s->organisations);
	if (json_array_size(states) > 0)
		return states;
	json_decref(states);
	return NULL;
}

void card_states_tell(const struct card_states *s, const json_t *states)
{
	const json_t *state;
	size_t i;

	json_array_foreach(states, i, state) {
		const char *status = json_string_value(json_object_get(state, "status"));
		struct buffer text = { 0 };
		if (status)
			buffer_append_text(&text, language_label_of(&member_status_values, status));
		else if (json_object_get(state, "validity"))
			card_standing_text(state, &s->organisations, &text);
		else
			request_standing_text(state, &text);
		fprintf(stderr, _("    now: %.*s\n"), (int)text.size, (const char *)text.data);
		buffer_deinit(&text);
	}
}
