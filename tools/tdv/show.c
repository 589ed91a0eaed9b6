// tdv show ID…: a member's cards and requests as they stand now; `tdv trace` tells how they came to it.
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "csv_form.h"
#include "standing.h"
#include "trace.h"
#include "verbs.h"

struct shown {
	const struct site *site;
	const struct organisations *organisations;
	uint64_t member;
	json_t *cards, *requests;
};

static void add_request(struct shown *s, uint64_t request)
{
	json_t *known, *j = NULL;
	size_t i;

	json_t *name = json_item(request);
	json_array_foreach (s->requests, i, known)
		if (json_equal(json_object_get(known, "request"), name))
			goto out;
	j = request_standing_now(s->site, request, s->organisations);
	if (j)
		json_array_append_new(s->requests, j);
out:
	json_decref(name);
}

static bool on_card(void *context, uint64_t card, const struct revocation_cards_row *row)
{
	struct shown *s = context;
	json_t *j = card_standing_now(s->site, card);

	if (j)
		json_array_append_new(s->cards, j);
	if (row->has_request)
		add_request(s, row->request);
	return true;
}

// The request that is open, and the one that waits for its correction.
static void add_unfinished(struct shown *s)
{
	struct buffer backing = { 0 };
	struct verification_open_requests_row open;
	struct verification_returned_row returned;

	if (row_of(s->site, verification, open_requests, s->member, &open, &backing))
		add_request(s, open.request);
	if (row_of(s->site, verification, returned, s->member, &returned, &backing))
		add_request(s, returned.request);
	buffer_deinit(&backing);
}

static json_t *member_object(struct shown *s)
{
	struct verification_members_row row;
	struct buffer backing = { 0 };
	json_t *j = json_pack("{s:I}", "member", (json_int_t)s->member);

	if (row_of(s->site, verification, members, s->member, &row, &backing)) {
		json_object_set_new(j, "type", json_string(codec_value_name(&member_type_values, row.type)));
		json_object_set_new(j, "status", json_string(codec_value_name(&member_status_values, row.status)));
		json_object_set_new(j, "cell", json_integer((json_int_t)row.present_cell));
	}
	buffer_deinit(&backing);
	json_object_set_new(j, "cards", s->cards);
	json_object_set_new(j, "requests", s->requests);
	return j;
}

static void say_member(const struct shown *s, const json_t *member)
{
	const char *type = json_string_value(json_object_get(member, "type"));
	const char *status = json_string_value(json_object_get(member, "status"));
	const json_t *item;
	size_t i;

	if (type && status)
		say(s->site, _("Member %llu: %s, %s, %s"), (unsigned long long)s->member,
		    language_label_of(&member_type_values, type),
		    language_label_of(&member_status_values, status),
		    organisation_title(s->organisations, (uint64_t)json_integer_value(json_object_get(member, "cell"))));
	else
		say(s->site, _("Member %llu"), (unsigned long long)s->member);
	json_array_foreach (s->requests, i, item)
		say_request_standing(s->site, item);
	json_array_foreach (s->cards, i, item)
		say_card_standing(s->site, item, s->organisations);
}

static int show(struct site *site, const char *id, const struct organisations *organisations, json_t *members)
{
	struct shown s = { .site = site, .organisations = organisations };
	uint64_t request;
	int status = member_of_id(site, id, &s.member);

	if (status != go_on)
		return status;
	s.cards = json_array();
	s.requests = json_array();
	add_unfinished(&s);
	bool whole = cards_of_member(site, s.member, on_card, &s);
	if (strchr(id, '-') && cell_pair(id, &request))
		add_request(&s, request);
	json_t *member = member_object(&s);
	say_member(&s, member);
	json_array_append_new(members, member);
	return whole ? exit_done : exit_refused;
}

int run_show(struct site *site, int argc, char **argv)
{
	struct organisations organisations;
	json_t *members;
	int status = arguments_take(site, &argc, argv, NULL, 1, -1);

	if (status != go_on)
		return status;
	if (!home_exists(site) || !organisations_read(site, &organisations))
		return exit_refused;
	members = json_array();
	status = exit_done;
	for (int i = 0; i < argc; i++) {
		int one = show(site, argv[i], &organisations, members);
		status = one > status ? one : status;
	}
	output_json(site, json_pack("{s:o}", "members", members));
	organisations_deinit(&organisations);
	return status;
}
