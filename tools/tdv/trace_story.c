// Reading a card's story out of the logs of all services.
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "trace.h"

#define page 500

// Which services write to the timelines of a kind of subject, and what concerns one card there.  Orders:
// printing's own milestones only, for the facility's acts name a row for every card.
static bool writes_to(uint16_t service, unsigned kind)
{
	switch ((enum subject_kind)kind) {
	case subject_kind_member:
		return true;
	case subject_kind_list:
		return service == service_id_intake || service == service_id_verification ||
		       service == service_id_approval;
	case subject_kind_group:
		return service == service_id_intake || service == service_id_approval ||
		       service == service_id_printing;
	case subject_kind_order:
		return service == service_id_printing;
	case subject_kind_box:
		return service == service_id_intake || service == service_id_printing ||
		       service == service_id_delivery;
	case subject_kind_shipment:
		return service == service_id_intake || service == service_id_delivery;
	case subject_kind_organisation:
		return false;
	}
	return false;
}

// ---- subjects

static bool follow(struct story *s, uint64_t subject)
{
	for (size_t i = 0; i < s->subject_count; i++)
		if (s->subjects[i] == subject)
			return false;
	if (s->subject_count == s->subject_capacity) {
		s->subject_capacity = s->subject_capacity ? 2 * s->subject_capacity : 32;
		s->subjects = realloc(s->subjects, s->subject_capacity * sizeof *s->subjects);
		ensure(s->subjects);
	}
	s->subjects[s->subject_count++] = subject;
	return true;
}

static bool follows(const struct story *s, uint64_t subject)
{
	for (size_t i = 0; i < s->subject_count; i++)
		if (s->subjects[i] == subject)
			return true;
	return false;
}

static void note(uint64_t *list, size_t *count, size_t most, uint64_t number)
{
	for (size_t i = 0; i < *count; i++)
		if (list[i] == number)
			return;
	if (*count < most)
		list[(*count)++] = number;
}

static bool number_in(const json_t *body, const char *name, uint64_t *number)
{
	const json_t *value = json_object_get(body, name);

	*number = (uint64_t)json_integer_value(value);
	return json_is_integer(value) && *number;
}

// The box that a printed card went into stands in no message of the member's own: printing keeps it with the
// record.
static void follow_box(struct story *s, uint64_t order, uint64_t index)
{
	struct printing_records_row row;
	struct buffer backing = { 0 };
	struct bytes value;
	uint8_t key[12];

	put_u64(key, order);
	put_u32(key + 8, (uint32_t)index);
	if (!row_at(s->site, service_id_printing, "records", bytes_of(key, sizeof key), &backing, &value) &&
	    !printing_records_row_decode(value, &row) && row.has_box)
		follow(s, subject_of(subject_kind_box, row.box));
	buffer_deinit(&backing);
}

static void follow_member(struct story *s, const json_t *body)
{
	uint64_t number, index;

	if (number_in(body, "card", &number))
		note(s->cards, &s->card_count, array_size(s->cards), number);
	if (number_in(body, "request", &number)) {
		note(s->requests, &s->request_count, array_size(s->requests), number);
		follow(s, subject_of(subject_kind_list, item_whole(number)));
	}
	if (number_in(body, "group", &number))
		follow(s, subject_of(subject_kind_group, number));
	if (number_in(body, "order", &number)) {
		follow(s, subject_of(subject_kind_order, number));
		if (number_in(body, "index", &index)) // a reprint is another row
			follow_box(s, number, index);
	}
}

static void follow_from(struct story *s, unsigned kind, const json_t *body)
{
	uint64_t number;

	if (kind == subject_kind_member)
		follow_member(s, body);
	if (kind == subject_kind_list && number_in(body, "group", &number))
		follow(s, subject_of(subject_kind_group, number));
	if (kind == subject_kind_box && number_in(body, "shipment", &number))
		follow(s, subject_of(subject_kind_shipment, number));
}

// On a shipment's timeline other boxes are somebody else's story, and on any shared one other rows of a file.
static bool concerns(const struct story *s, unsigned kind, uint16_t type, const json_t *body)
{
	uint64_t box;

	if (type == message_type_row_refused && kind != subject_kind_member && kind != subject_kind_box)
		return false;
	return kind != subject_kind_shipment || !number_in(body, "box", &box) ||
	       follows(s, subject_of(subject_kind_box, box));
}

// ---- entries

static bool is_refusal(const json_t *body)
{
	const char *reason = json_string_value(json_object_get(body, "reason"));

	return reason && strcmp(reason, "none") != 0;
}

static bool is_detail(uint16_t service, uint16_t type, const json_t *body)
{
	if (type == message_type_act_closed)
		return !is_refusal(body);
	if (type == message_type_row_refused)
		return service == service_id_verification; // request_settled says it better
	if (type == message_type_box_moved)
		return json_object_get(body, "counted") == NULL; // shipment_sent says that it leaves
	return story_is_detail(type);
}

static void add(struct story *s, uint16_t service, unsigned kind, const struct log_entry *entry)
{
	struct story_entry new = {
		.service = service, .entry = entry->entry, .turn = entry->turn, .time = entry->time
	};

	if (envelope_decode(entry->envelope, &new.envelope))
		return;
	new.body = message_json(new.envelope.type, new.envelope.body);
	new.envelope.body = (struct bytes){ 0 };
	if (!concerns(s, kind, new.envelope.type, new.body)) {
		json_decref(new.body);
		return;
	}
	new.detail = is_detail(service, new.envelope.type, new.body);
	if (s->count == s->capacity) {
		s->capacity = s->capacity ? 2 * s->capacity : 64;
		s->list = realloc(s->list, s->capacity * sizeof *s->list);
		ensure(s->list);
	}
	s->list[s->count++] = new;
	follow_from(s, kind, new.body);
}

static enum error read_subject(struct story *s, uint16_t service, uint64_t subject)
{
	struct story_query question = { .subject = subject, .limit = page };
	struct log_answer *answer = malloc(sizeof *answer);
	struct buffer backing = { 0 };
	enum error e;

	ensure(answer);
	do {
		e = ask_for(s->site, service, story_query, &question, log_answer, answer, &backing);
		for (size_t i = 0; !e && i < answer->entries_count; i++) {
			add(s, service, subject_kind_of(subject), &answer->entries[i]);
			question.from = answer->entries[i].entry + 1;
		}
	} while (!e && answer->entries_count > 0);
	free(answer);
	buffer_deinit(&backing);
	return e;
}

// ---- order

static int by_entry(const void *a, const void *b)
{
	const struct story_entry *x = a, *y = b;

	if (x->service != y->service)
		return x->service < y->service ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static int by_place(const void *a, const void *b)
{
	const struct story_entry *x = a, *y = b;

	return x->place != y->place ? (x->place < y->place ? -1 : 1) : by_entry(a, b);
}

// One submission's entries, each service's in the order of its log: next is always the one that stands first
// in the pipeline.
static void merge(struct story_entry *list, size_t count)
{
	struct story_entry *out = malloc(count * sizeof *out);
	size_t next[64], end[64], services = 0, done = 0;

	ensure(out);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || list[i].service != list[i - 1].service) {
			ensure(services < array_size(next));
			next[services] = i;
			end[services++] = i + 1;
		} else {
			end[services - 1] = i + 1;
		}
	for (; done < count; done++) {
		size_t best = services;
		for (size_t k = 0; k < services; k++)
			if (next[k] < end[k] &&
			    (best == services || story_rank(list[next[k]].envelope.type) <
							 story_rank(list[next[best]].envelope.type)))
				best = k;
		out[done] = list[next[best]++];
	}
	memcpy(list, out, count * sizeof *out);
	free(out);
}

// The later submission was made in sight of what the earlier one had done.  What no submission caused stays
// behind what its service did before it.
static void put_in_order(struct story *s)
{
	if (s->count == 0)
		return;
	qsort(s->list, s->count, sizeof *s->list, by_entry);
	for (size_t i = 0; i < s->count; i++) {
		struct story_entry *e = &s->list[i];
		bool follows_one = i > 0 && s->list[i - 1].service == e->service;
		e->place = e->envelope.has_submission ? e->envelope.submission
			   : follows_one              ? s->list[i - 1].place
						      : 0;
	}
	qsort(s->list, s->count, sizeof *s->list, by_place);
	for (size_t from = 0, to; from < s->count; from = to) {
		for (to = from + 1; to < s->count && s->list[to].place == s->list[from].place;)
			to++;
		merge(s->list + from, to - from);
	}
}

// An order is accepted once for each of the facility's answers; of interest is the one after the card's
// number was reserved.
static void show_acceptance(struct story *s)
{
	uint64_t reserved = 0, order = 0, number;

	for (size_t i = 0; i < s->count; i++) {
		struct story_entry *e = &s->list[i];
		if (e->envelope.type == message_type_card_reserved && number_in(e->body, "order", &number)) {
			reserved = e->place;
			order = number;
		} else if (e->envelope.type == message_type_order_accepted && reserved &&
			   e->place > reserved && number_in(e->body, "order", &number) && number == order) {
			e->detail = false;
			reserved = 0;
		}
	}
}

// ---- requests that ended on the way

static uint64_t group_of(const struct story *s, uint64_t list)
{
	uint64_t joined, group;

	for (size_t i = 0; i < s->count; i++)
		if (s->list[i].envelope.type == message_type_list_joined &&
		    number_in(s->list[i].body, "list", &joined) && joined == list &&
		    number_in(s->list[i].body, "group", &group))
			return group;
	return 0;
}

// The submission with which a request left its list; UINT64_MAX: it is in it still, or came to its end.
static uint64_t left_at(const struct story *s, uint64_t request)
{
	uint64_t at = UINT64_MAX, number;

	for (size_t i = 0; i < s->count; i++) {
		const struct story_entry *e = &s->list[i];
		if (!number_in(e->body, "request", &number) || number != request)
			continue;
		if (e->envelope.type == message_type_request_settled ||
		    e->envelope.type == message_type_request_left_out ||
		    e->envelope.type == message_type_record_refused)
			at = e->place;
		else if (e->envelope.type == message_type_request_verified ||
			 e->envelope.type == message_type_request_approved)
			at = UINT64_MAX;
	}
	return at;
}

// What became of a list after the request had left it is no part of the story.
static void leave_out_aftermath(struct story *s, uint64_t request)
{
	uint64_t list = item_whole(request), group = group_of(s, list), at = left_at(s, request);

	for (size_t i = 0; i < s->count; i++) {
		struct story_entry *e = &s->list[i];
		if (e->place > at &&
		    (e->envelope.subject == subject_of(subject_kind_list, list) ||
		     (group && e->envelope.subject == subject_of(subject_kind_group, group))))
			e->detail = true;
	}
}

void story_read(struct story *s, const struct site *site, uint64_t member)
{
	*s = (struct story){ .site = site, .member = member, .whole = true };
	bool complained[64] = { false };

	follow(s, subject_of(subject_kind_member, member));
	for (size_t i = 0; i < s->subject_count; i++)
		for (const char *const *name = service_names; *name; name++) {
			uint16_t service = service_number(*name);
			if (!writes_to(service, subject_kind_of(s->subjects[i])) || complained[service])
				continue;
			enum error e = read_subject(s, service, s->subjects[i]);
			if (e) {
				ask_failed(site, service, e);
				complained[service] = true;
				s->whole = false;
			}
		}
	put_in_order(s);
	show_acceptance(s);
	for (size_t i = 0; i < s->request_count; i++)
		leave_out_aftermath(s, s->requests[i]);
}

void story_deinit(struct story *s)
{
	for (size_t i = 0; i < s->count; i++)
		json_decref(s->list[i].body);
	free(s->list);
	free(s->subjects);
	*s = (struct story){ 0 };
}
