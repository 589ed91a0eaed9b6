// tdv progress: how far the preparation of members' data has come, by organisation, with everything below added up (C8), against
// the milestones of the campaign (C3).
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "csv_form.h"
#include "domain/organisation.h"
#include "gen/registry_settings.h"
#include "verbs.h"

struct place {
	uint64_t code, parent;
	enum org_level level;
	char *name;
	bool ended;
	struct figures {
		uint32_t members, complete, no_photo, no_phone, open, cards;
	} of;
};

struct progress {
	struct place *places; // by code
	size_t count, capacity;
	uint64_t *open;       // members with an open request, ascending
	size_t open_count, open_capacity;
	uint64_t *holders;    // of a chip card in force, ascending
	size_t holder_count, holder_capacity;
	uint64_t *pictured;   // members whose photo came with a request, ascending
	size_t pictured_count, pictured_capacity;
};

static void number_add(uint64_t **list, size_t *count, size_t *capacity, uint64_t number)
{
	if (*count && (*list)[*count - 1] == number)
		return;
	if (*count == *capacity) {
		*capacity = *capacity ? *capacity * 2 : 1024;
		*list = realloc(*list, *capacity * sizeof **list);
		ensure(*list);
	}
	(*list)[(*count)++] = number;
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static bool is_among(const uint64_t *list, size_t count, uint64_t number)
{
	return count && bsearch(&number, list, count, sizeof *list, compare_numbers);
}

// --- what the services know

static bool on_organisation(void *context, struct bytes key, struct bytes value)
{
	struct progress *p = context;
	struct registry_organisations_row row;

	if (registry_organisations_row_decode(value, &row))
		return true;
	if (p->count == p->capacity) {
		p->capacity = p->capacity ? p->capacity * 2 : 256;
		p->places = realloc(p->places, p->capacity * sizeof *p->places);
		ensure(p->places);
	}
	p->places[p->count++] = (struct place){ .code = get_u64(key.data), .parent = row.parent, .level = row.level,
			.ended = row.has_ended,
						.name = strndup((const char *)row.name.data, row.name.size) };
	return true;
}

static bool on_open(void *context, struct bytes key, struct bytes value)
{
	struct progress *p = context;
	(void)value;

	number_add(&p->open, &p->open_count, &p->open_capacity, get_u64(key.data));
	return true;
}

static bool on_card(void *context, struct bytes key, struct bytes value)
{
	struct progress *p = context;
	struct verification_cards_row row;

	if (!verification_cards_row_decode(value, &row) && row.generation == card_generation_chip_2025 &&
	    row.validity == card_validity_active)
		number_add(&p->holders, &p->holder_count, &p->holder_capacity, card_member(get_u64(key.data)));
	return true;
}

// A photo may come with the member's data or with a list.  That of a request which has ended without a card, or which the
// facility could not print, has to be handed in again.
static bool on_request(void *context, struct bytes key, struct bytes value)
{
	struct progress *p = context;
	struct verification_requests_row row;
	(void)key;

	if (verification_requests_row_decode(value, &row) || !row.has_photo || row.state == request_state_rejected ||
	    row.state == request_state_withdrawn ||
	    (row.state == request_state_returned && row.why == reason_facility_photo))
		return true;
	number_add(&p->pictured, &p->pictured_count, &p->pictured_capacity, row.member);
	return true;
}

static int compare_places(const void *key, const void *element)
{
	uint64_t a = *(const uint64_t *)key, b = ((const struct place *)element)->code;
	return a < b ? -1 : a > b;
}

static struct place *place_of(const struct progress *p, uint64_t code)
{
	return p->count ? bsearch(&code, p->places, p->count, sizeof *p->places, compare_places) : NULL;
}

// Who is prepared for a card: who is in the Party and here.
static bool counts(enum member_status status)
{
	return status == member_status_active || status == member_status_exempt || status == member_status_temp_activity ||
	       status == member_status_abroad;
}

static bool on_member(void *context, struct bytes key, struct bytes value)
{
	struct progress *p = context;
	struct registry_members_row row;
	uint64_t member = get_u64(key.data);

	if (registry_members_row_decode(value, &row) || !counts(row.data.status))
		return true;
	struct place *place = place_of(p, row.data.home_cell);
	bool photo = row.data.has_photo || is_among(p->pictured, p->pictured_count, member);
	for (int depth = 0; place && depth < organisation_depth_max; depth++) {
		struct figures *f = &place->of;
		f->members++;
		f->no_photo += !photo;
		f->no_phone += !row.data.phone;
		f->complete += photo && row.data.phone;
		f->open += is_among(p->open, p->open_count, member);
		f->cards += is_among(p->holders, p->holder_count, member);
		place = place->parent ? place_of(p, place->parent) : NULL;
	}
	return true;
}

static bool read_all(const struct site *site, struct progress *p)
{
	bool read = scan(site, service_id_registry, "organisations", on_organisation, p) &&
		    scan(site, service_id_verification, "open_requests", on_open, p) &&
		    scan(site, service_id_verification, "cards", on_card, p) &&
		    scan(site, service_id_verification, "requests", on_request, p);

	if (p->pictured_count) // they came by request
		qsort(p->pictured, p->pictured_count, sizeof *p->pictured, compare_numbers);
	return read && scan(site, service_id_registry, "members", on_member, p);
}

static void deinit(struct progress *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->places[i].name);
	free(p->places);
	free(p->open);
	free(p->holders);
	free(p->pictured);
}

// --- what is shown

static bool is_within(const struct progress *p, const struct place *place, uint64_t above)
{
	for (int depth = 0; place && depth < organisation_depth_max; depth++) {
		if (place->code == above)
			return true;
		place = place->parent ? place_of(p, place->parent) : NULL;
	}
	return false;
}

static json_t *place_json(const struct place *place)
{
	const struct figures *f = &place->of;

	return json_pack("{s:I, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:o}", "organisation", (json_int_t)place->code,
			"name", place->name,
			 "level", codec_value_name(&org_level_values, place->level), "members", (int)f->members, "complete",
					(int)f->complete,
			 "no_photo", (int)f->no_photo, "no_phone", (int)f->no_phone, "open_requests", (int)f->open, "cards",
					(int)f->cards,
			 "percent", f->members ? json_real(100.0 * f->complete / f->members) : json_null());
}

// The organisation itself and those directly below it; with a level, all of that level.
static json_t *chosen(const struct progress *p, uint64_t top, uint16_t level)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < p->count; i++) {
		const struct place *place = &p->places[i];
		bool shown = level ? place->level == level && is_within(p, place, top) : place->code == top ||
				place->parent == top;
		if (shown && !place->ended)
			json_array_append_new(rows, place_json(place));
	}
	return rows;
}

// A milestone is written as a number of eight digits: year, month, day.
static json_t *milestone(const struct site *site, int32_t today, const struct figures *f)
{
	uint32_t number = dated_value_on(registry_milestone_data, array_size(registry_milestone_data), today);
	int32_t day = date_from_civil((int)(number / 10000), number / 100 % 100, number % 100);
	char text[11], shown[date_text_max];

	if (number == 0)
		return json_null();
	date_format(day, text);
	date_text(text, shown);
	uint32_t left = f->members - f->complete;
	if (left == 0)
		say(site, _("Milestone %s, members' data complete (51-CT/TW): reached."), shown);
	else if (day >= today)
		say(site, _("Milestone %s, members' data complete (51-CT/TW): %d days left, %u members to go."), shown,
				day - today, left);
	else
		say(site, _("Milestone %s, members' data complete (51-CT/TW): %d days overdue, %u members to go."), shown,
				today - day, left);
	return json_pack("{s:s, s:s, s:i, s:b}", "name", "member data complete", "date", text, "left", (int)left, "overdue",
			 left > 0 && day < today);
}

static void show(struct site *site, const struct progress *p, const struct place *top, uint16_t level)
{
	static const struct output_column columns[] = {
		{ "organisation", N_("Code"), NULL, true },
		{ "name", N_("Organisation"), NULL, false },
		{ "members", N_("Members"), NULL, true },
		{ "complete", N_("Complete"), NULL, true },
		{ "percent", "%", NULL, true },
		{ "no_photo", N_("No photo"), NULL, true },
		{ "no_phone", N_("No telephone"), NULL, true },
		{ "open_requests", N_("Open requests"), NULL, true },
		{ "cards", N_("Chip cards in force"), NULL, true },
	};
	json_t *rows = chosen(p, top->code, level);

	output_table(site, columns, array_size(columns), rows);
	json_t *m = milestone(site, date_of_instant(clock_wall_ms()), &top->of);
	output_json(site, json_pack("{s:O, s:o, s:o}", "organisations", rows, "total", place_json(top), "milestone", m));
	json_decref(rows);
}

int run_progress(struct site *site, int argc, char **argv)
{
	static const unsigned levels[] = { org_level_attached, org_level_superior, org_level_grassroots, org_level_cell, 0 };
	uint64_t organisation = 0;
	const char *level_name = NULL;
	const struct option_row options[] = {
		{ "organisation", option_kind_number, &organisation, N_("CODE"),
				N_("this one and those directly below; without it, the centre") },
		{ "level", option_kind_text, &level_name, N_("LEVEL"), N_("all of this level: attached, superior, grassroots, "
				"cell") },
		{ 0 },
	};
	struct progress p = { 0 };
	unsigned level = 0;
	int status = arguments_take(site, &argc, argv, options, 0, 0);

	if (status != go_on)
		return status;
	if (level_name && !cell_value(&org_level_values, level_name, &level))
		return usage_values(site, &org_level_values, levels, _("no such level: %s"), level_name);
	status = home_exists(site) && read_all(site, &p) ? exit_done : exit_refused;
	const struct place *top = NULL;
	for (size_t i = 0; i < p.count && !top; i++)
		if (organisation ? p.places[i].code == organisation : p.places[i].parent == 0)
			top = &p.places[i];
	if (status == exit_done && !top) {
		complain(_("there is no such organisation"));
		status = exit_refused;
	} else if (status == exit_done) {
		show(site, &p, top, (uint16_t)level);
	}
	deinit(&p);
	return status;
}
