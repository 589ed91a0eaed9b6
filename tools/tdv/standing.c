#include "standing.h"

#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "domain/request.h"
#include "csv_form.h"

// --- a card

struct copies_asked {
	uint64_t member;
	bool (*copy)(void *context, uint64_t card, const struct revocation_cards_row *row);
	void *context;
};

static bool on_row(void *context, struct bytes key, struct bytes value)
{
	const struct copies_asked *a = context;
	struct revocation_cards_row row;
	uint64_t card = get_u64(key.data);

	if (card_member(card) != a->member)
		return false;
	return revocation_cards_row_decode(value, &row) || a->copy(a->context, card, &row);
}

bool cards_of_member(const struct site *site, uint64_t member,
		     bool (*copy)(void *context, uint64_t card, const struct revocation_cards_row *row), void *context)
{
	struct copies_asked asked = { member, copy, context };
	uint8_t before[8];

	put_u64(before, card_of(member, 0));
	return scan_from(site, service_id_revocation, "cards", bytes_of(before, sizeof before), on_row, &asked);
}

json_t *card_standing_now(const struct site *site, uint64_t card)
{
	struct revocation_cards_row row;
	struct card_place_query question = { .card = card };
	struct card_place_answer place;
	struct buffer backing = { 0 };
	json_t *j = NULL;

	if (row_of(site, revocation, cards, card, &row, &backing)) {
		j = json_pack("{s:o, s:i, s:s, s:s}", "number", json_card(row.number), "copy", (int)card_copy(card), "generation",
			      codec_value_name(&card_generation_values, row.generation), "validity",
			      codec_value_name(&card_validity_values, row.validity));
		if (row.has_request)
			json_object_set_new(j, "request", json_item(row.request));
		if (row.has_serial) {
			char serial[17];
			hex_encode(row.serial, sizeof row.serial, serial);
			json_object_set_new(j, "serial", json_string(serial));
		}
		if (!ask_for(site, service_id_delivery, card_place_query, &question, card_place_answer, &place, &backing)) {
			json_object_set_new(j, "place", json_string(codec_value_name(&card_place_values, place.place)));
			json_object_set_new(j, "custodian", json_integer((json_int_t)place.custodian));
		}
	}
	buffer_deinit(&backing);
	return j;
}

// Where the two words by themselves say what is not so: nobody has a lost card, a destroyed one waits for nothing.
static const struct pair {
	enum card_validity worth;
	enum card_place place;
	const char *worth_text, *place_text; // NULL: as its own label says
} pairs[] = {
	{ card_validity_lost, card_place_member, NULL, N_("the member had it last") },
	{ card_validity_lost, card_place_custody, NULL, N_("an organisation had it last") },
	{ card_validity_unrecoverable, card_place_member, NULL, N_("the member had it last") },
	{ card_validity_superseded, card_place_member, NULL, N_("not collected, the member had it last") },
	{ card_validity_retained_by_family, card_place_custody, NULL, N_("an organisation has it, it goes back to the family") },
	{ card_validity_ended, card_place_destroyed, N_("worth nothing any more"), NULL },
};

static const struct pair *pair_of(const char *validity, const char *place)
{
	for (size_t i = 0; place && i < array_size(pairs); i++)
		if (strcmp(codec_value_name(&card_validity_values, pairs[i].worth), validity) == 0 &&
		    strcmp(codec_value_name(&card_place_values, pairs[i].place), place) == 0)
			return &pairs[i];
	return NULL;
}

const char *card_worth_words(const char *validity, const char *place)
{
	const struct pair *p = pair_of(validity, place);

	return p && p->worth_text ? _(p->worth_text) : language_label_of(&card_validity_values, validity);
}

const char *card_place_words(const char *validity, const char *place)
{
	const struct pair *p = pair_of(validity, place);

	return p && p->place_text ? _(p->place_text) : language_label_of(&card_place_values, place);
}

void card_standing_text(const json_t *card, const struct organisations *organisations, struct buffer *out)
{
	const char *validity = json_string_value(json_object_get(card, "validity"));
	const char *place = json_string_value(json_object_get(card, "place"));
	uint64_t custodian = (uint64_t)json_integer_value(json_object_get(card, "custodian"));

	buffer_printf(out, _("card %s, copy %u (%s): %s"), json_string_value(json_object_get(card, "number")),
		      (unsigned)json_integer_value(json_object_get(card, "copy")),
		      language_label_of(&card_generation_values, json_string_value(json_object_get(card, "generation"))),
		      card_worth_words(validity, place));
	if (place)
		buffer_printf(out, "; %s, %s", card_place_words(validity, place),
			      organisation_title(organisations, custodian));
}

void say_card_standing(const struct site *site, const json_t *card, const struct organisations *organisations)
{
	struct buffer text = { 0 };

	card_standing_text(card, organisations, &text);
	say(site, "  %.*s", (int)text.size, (const char *)text.data);
	buffer_deinit(&text);
}

// --- a request

static enum list_stage stage_of_group(const struct site *site, uint64_t group)
{
	struct approval_groups_row row;
	struct buffer backing = { 0 };
	bool known = row_of(site, approval, groups, group, &row, &backing);

	buffer_deinit(&backing);
	return known ? row.stage : list_stage_consolidated;
}

// How far approval has the list with which a request goes on.
static enum list_stage stage_of_list(const struct site *site, uint64_t list)
{
	struct approval_lists_row row;
	struct buffer backing = { 0 };
	bool known = row_of(site, approval, lists, list, &row, &backing);

	buffer_deinit(&backing);
	if (!known)
		return list_stage_arriving;
	return row.has_group ? stage_of_group(site, row.group) : row.stage;
}

struct bringing {
	uint64_t request, card;
};

static bool on_members_card(void *context, uint64_t card, const struct revocation_cards_row *row)
{
	struct bringing *b = context;

	if (row->has_request && row->request == b->request)
		b->card = card; // the last copy: earlier ones were spoiled in print
	return true;
}

// Of an approved request: how far its card is.
static enum request_state state_of_card(const struct site *site, uint64_t request, uint64_t member,
					const struct organisations *organisations)
{
	struct bringing b = { .request = request };

	cards_of_member(site, member, on_members_card, &b);
	json_t *card = b.card ? card_standing_now(site, b.card) : NULL;
	if (!card)
		return request_state_approved;
	const char *place = json_string_value(json_object_get(card, "place"));
	uint64_t keeper = (uint64_t)json_integer_value(json_object_get(card, "custodian"));
	enum request_state state = request_state_dispatched;
	if (!place)
		state = json_object_get(card, "serial") ? request_state_printed : request_state_ordered;
	else if (strcmp(place, "facility") == 0)
		state = request_state_printed;
	else if (strcmp(place, "custody") == 0 && organisation_hands_over(organisations, keeper))
		state = request_state_delivered;
	json_decref(card);
	return state;
}

static enum request_state state_of(const struct site *site, uint64_t request, const struct verification_requests_row *row,
				   const struct organisations *organisations)
{
	if (row->state != request_state_verified)
		return row->state;
	enum request_state state = request_state_at(stage_of_list(site, row->list));
	return state == request_state_approved ? state_of_card(site, request, row->member, organisations) : state;
}

json_t *request_standing_now(const struct site *site, uint64_t request, const struct organisations *organisations)
{
	struct verification_requests_row row;
	struct buffer backing = { 0 };
	json_t *j = NULL;

	if (row_of(site, verification, requests, request, &row, &backing)) {
		j = json_pack("{s:o, s:s, s:s, s:s, s:I}", "request", json_item(request), "state",
			      codec_value_name(&request_state_values, state_of(site, request, &row, organisations)), "kind",
			      codec_value_name(&request_kind_values, row.kind), "reason",
			      codec_value_name(&request_reason_values, row.reason), "cell", (json_int_t)row.cell);
		if (row.why != reason_none && row.state != request_state_verified)
			json_object_set_new(j, "why", json_string(codec_value_name(&reason_values, row.why)));
		if (row.has_rule)
			json_object_set_new(j, "rule", json_stringn((const char *)row.rule.data, row.rule.size));
		if (row.has_due)
			json_object_set_new(j, "due", json_date(row.due));
	}
	buffer_deinit(&backing);
	return j;
}

void request_standing_text(const json_t *request, struct buffer *out)
{
	const char *why = json_string_value(json_object_get(request, "why"));

	buffer_printf(out, _("request %s: %s%s%s"), json_string_value(json_object_get(request, "request")),
		      language_label_of(&request_state_values, json_string_value(json_object_get(request, "state"))),
		      why ? "; " : "", why ? language_label_of(&reason_values, why) : "");
}

void say_request_standing(const struct site *site, const json_t *request)
{
	struct buffer text = { 0 };

	request_standing_text(request, &text);
	say(site, "  %.*s", (int)text.size, (const char *)text.data);
	buffer_deinit(&text);
}
