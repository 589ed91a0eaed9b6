// The lists of the cells: who belongs on them, and some who do not.
#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "simulator/story.h"

static struct story_list *list_begin(struct story *s, uint64_t cell, enum request_kind kind, const char *what)
{
	ensure(s->list_count < story_lists_max);
	struct story_list *list = &s->lists[s->list_count++];
	*list = (struct story_list){ .cell = cell, .kind = kind };
	list->errand = office_act(&s->office, world_clerk(&s->world, role_cell_officer, cell, 0), act_submit_list,
				  "submits the %s list of cell %llu", what, (unsigned long long)cell);
	add(&s->office, list->errand, list_head, .kind = kind,
	    .reason = kind == request_kind_new ? request_reason_first : request_reason_campaign,
	    .period = date_from_civil(2026, 3, 1));
	return list;
}

static void list_add(struct story *s, struct story_list *list, size_t person)
{
	const struct person *p = &s->world.people[person];
	bool writes_number = p->has_card && story_fate(s, "writes the number", person, 500);
	uint32_t slip = story_fate(s, "slip of the pen", person, 60) ? 1 : 0;
	if (list->count == story_rows_max)
		return;
	list->people[list->count++] = person;
	add(&s->office, list->errand, list_row, .profile_number = bytes_of_text(p->profile_number),
	    .has_photo = !p->has_photo && story_fate(s, "brings a photo", person, 800), .photo = s->world.photos[p->photo],
	    .has_card_number = writes_number, .card_number = p->card_number + slip);
}

// Those who belong on it, and some who do not.
static bool belongs(const struct story *s, const struct person *p, size_t person, uint64_t cell, enum request_kind kind)
{
	if (p->bad || p->present_cell != cell)
		return false;
	bool fits = kind == request_kind_exchange ? p->has_card : !p->has_card && p->type == member_type_official;
	return fits || story_fate(s, kind == request_kind_new ? "wrongly new" : "wrongly exchange", person, 120);
}

static void list_submit(struct story *s, uint64_t cell, enum request_kind kind, const char *what)
{
	struct story_list *list = NULL;
	for (size_t i = 0; i < s->world.member_count; i++) {
		if (!belongs(s, &s->world.people[i], i, cell, kind))
			continue;
		if (!list)
			list = list_begin(s, cell, kind, what);
		list_add(s, list, i);
	}
}

// A list with somebody who is nobody, one with another cell's member, and one that repeats what is under way.
static void lists_wrong(struct story *s, uint64_t cell)
{
	struct clerk *officer = world_clerk(&s->world, role_cell_officer, cell, 1);
	if (story_fate(s, "lists a stranger", cell, 300)) {
		struct errand *e = office_act(&s->office, officer, act_submit_list, "submits a list with a stranger, cell %llu",
					      (unsigned long long)cell);
		add(&s->office, e, list_head, .kind = request_kind_new, .reason = request_reason_first,
		    .period = date_from_civil(2026, 3, 1));
		add(&s->office, e, list_row, .profile_number = bytes_of_text("999999ZZ"));
		e->expectation = expect_refusal;
	}
	if (!story_fate(s, "lists others", cell, 400))
		return;
	struct story_list *list = list_begin(s, cell, request_kind_exchange, "mistaken");
	for (size_t i = 0; i < s->world.member_count && list->count < 6; i++)
		if (!s->world.people[i].bad && story_fate(s, "listed by another", cell * 1000 + i, 200))
			list_add(s, list, i);
	if (list->count == 0)
		list_add(s, list, 0);
}

void story_lists_settle(struct story *s, size_t from)
{
	for (size_t i = from; i < s->list_count; i++) {
		struct story_list *list = &s->lists[i];
		const struct outcome *o = list->ruling ? &list->ruling->outcome : &list->errand->outcome;
		list->number = o->number;
		for (size_t row = 0; row < list->count; row++) {
			list->passed[row] = o->reason == reason_none;
			if (!list->requests[row])
				list->requests[row] = item_of(list->number, (uint32_t)row + 1);
			for (size_t e = 0; e < o->errors_count; e++)
				if (o->errors[e].row == row + 1) {
					list->passed[row] = false;
					list->why[row] = o->errors[e].reason;
				}
		}
	}
}

bool story_lists(struct story *s)
{
	for (size_t i = 0; i < s->world.place_count; i++) {
		const struct place *cell = &s->world.places[i];
		if (!cell->has_members)
			continue;
		list_submit(s, cell->code, request_kind_exchange, "exchange");
		list_submit(s, cell->code, request_kind_new, "new");
	}
	if (!office_run(&s->office))
		return false;
	for (size_t i = 0; i < s->world.place_count; i++)
		if (s->world.places[i].has_members)
			lists_wrong(s, s->world.places[i].code);
	if (!office_run(&s->office))
		return false;
	story_lists_settle(s, 0);
	for (size_t i = 0; i < s->list_count; i++)
		if (story_fate(s, "uses a sequence again", i, 200))
			office_conflict(&s->office, s->lists[i].errand);
	return office_run(&s->office);
}
