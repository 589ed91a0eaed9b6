// What becomes of requests that did not simply pass: corrected, ruled on, withdrawn.

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/subject.h"
#include "base/when.h"
#include "simulator/story.h"

static struct clerk *officer_of(struct story *s, const struct story_list *list)
{
	return world_clerk(&s->world, role_cell_officer, list->cell, 0);
}

// A list that goes on with requests of `of`: its corrections, or those released.
static struct story_list *list_after(struct story *s, const struct story_list *of)
{
	ensure(s->list_count < story_lists_max);
	struct story_list *list = &s->lists[s->list_count++];
	*list = (struct story_list){ .cell = of->cell, .kind = of->kind, .errand = of->errand };
	return list;
}

static void list_take(struct story_list *list, const struct story_list *of, size_t row)
{
	list->people[list->count] = of->people[row];
	list->requests[list->count] = of->requests[row];
	list->count++;
}

// ---- corrections: who had no photo brings one ----

static bool to_be_corrected(const struct story *s, const struct story_list *list, size_t row)
{
	return list->why[row] == reason_photo_missing && story_fate(s, "is corrected", list->people[row], 700);
}

static void list_correct(struct story *s, size_t i)
{
	struct story_list *list = NULL;
	for (size_t row = 0; row < s->lists[i].count; row++) {
		const struct story_list *of = &s->lists[i];
		const struct person *p = &s->world.people[of->people[row]];
		if (!to_be_corrected(s, of, row))
			continue;
		if (!list) {
			list = list_after(s, of);
			list->errand = office_act(&s->office, of->errand->clerk, act_submit_list, "corrects the %s list of cell %llu",
						  request_kind_name(of->kind), (unsigned long long)of->cell);
			add(&s->office, list->errand, list_head, .kind = of->kind,
			    .reason = of->kind == request_kind_new ? request_reason_first : request_reason_campaign,
			    .period = date_from_civil(2026, 3, 1));
		}
		list_take(list, of, row);
		add(&s->office, list->errand, list_row, .profile_number = bytes_of_text(p->profile_number), .has_photo = true,
		    .photo = s->world.photos[p->photo], .has_request = story_fate(s, "names the request", row, 500),
		    .request = of->requests[row]);
	}
}

// ---- rulings on what is held ----

static bool is_held(enum reason reason)
{
	return reason == reason_held_discipline || reason == reason_held_mismatch;
}

static bool to_be_ruled_on(const struct story *s, const struct story_list *list, size_t row, enum reason held, bool release)
{
	return list->why[row] == held && story_fate(s, "is ruled on", list->people[row], 800) &&
	       story_fate(s, "is released", list->people[row], 600) == release;
}

static struct errand *rulings(struct story *s, struct clerk *clerk, const struct story_list *list, enum reason held, bool release,
			      enum expectation expectation)
{
	struct errand *e = office_act(&s->office, clerk, act_adjudicate, "%s what is held (%s) of the %s list of cell %llu",
				      release ? "releases" : "refuses", reason_name(held), request_kind_name(list->kind),
				      (unsigned long long)list->cell);
	e->expectation = expectation;
	add(&s->office, e, adjudication_head, .list = list->number, .has_decision_number = true,
	    .decision_number = bytes_of_text("8-KL/UBKT"));
	for (size_t row = 0; row < list->count; row++)
		if (to_be_ruled_on(s, list, row, held, release))
			add(&s->office, e, ruling_row, .request = list->requests[row], .release = release,
			    .reason = release ? reason_none : reason_not_in_standing);
	return e;
}

static bool any_to_be_ruled_on(const struct story *s, const struct story_list *list, enum reason held, bool release)
{
	for (size_t row = 0; row < list->count; row++)
		if (to_be_ruled_on(s, list, row, held, release))
			return true;
	return false;
}

static struct clerk *adjudicator(struct story *s, const struct story_list *list, bool of_data)
{
	return world_clerk(&s->world, of_data ? role_superior_board : role_inspection_commission,
			   world_commune(&s->world, list->cell), 0);
}

// What is another's business.
static void list_rule_wrongly(struct story *s, size_t i, enum reason held)
{
	if (any_to_be_ruled_on(s, &s->lists[i], held, true) && story_fate(s, "rules wrongly", i, 300))
		rulings(s, adjudicator(s, &s->lists[i], held != reason_held_mismatch), &s->lists[i], held, true, expect_refusal);
}

static void list_rule(struct story *s, size_t i, enum reason held)
{
	struct clerk *whose = adjudicator(s, &s->lists[i], held == reason_held_mismatch);
	if (any_to_be_ruled_on(s, &s->lists[i], held, true)) {
		const struct story_list *of = &s->lists[i];
		struct story_list *list = list_after(s, of);
		list->ruling = rulings(s, whose, of, held, true, expect_success);
		for (size_t row = 0; row < of->count; row++)
			if (to_be_ruled_on(s, of, row, held, true))
				list_take(list, of, row);
	}
	if (any_to_be_ruled_on(s, &s->lists[i], held, false))
		rulings(s, whose, &s->lists[i], held, false, expect_success);
}

// Who is under discipline and was listed with a wrong card number is held for both reasons, one after the other.
static void held_twice(struct story *s, size_t from)
{
	for (size_t i = from; i < s->list_count; i++)
		for (size_t row = 0; row < s->lists[i].count; row++) {
			size_t person = s->lists[i].people[row];
			const struct person *p = &s->world.people[person];
			if (p->disciplined && p->has_card && story_fate(s, "writes the number", person, 500) &&
			    story_fate(s, "slip of the pen", person, 60))
				s->lists[i].passed[row] = false;
		}
}

bool story_requests(struct story *s)
{
	size_t before = s->list_count;
	for (size_t i = 0; i < before; i++)
		if (s->lists[i].number)
			list_correct(s, i);
	if (!office_run(&s->office))
		return false;
	story_lists_settle(s, before);
	before = s->list_count;
	for (size_t i = 0; i < before; i++) {
		if (!s->lists[i].number)
			continue;
		list_rule_wrongly(s, i, reason_held_discipline);
		list_rule_wrongly(s, i, reason_held_mismatch);
	}
	if (!office_run(&s->office))
		return false;
	for (size_t i = 0; i < before; i++) {
		if (!s->lists[i].number)
			continue;
		list_rule(s, i, reason_held_discipline);
		list_rule(s, i, reason_held_mismatch);
	}
	if (!office_run(&s->office))
		return false;
	story_lists_settle(s, before);
	held_twice(s, before);
	return story_withdraw(s, "before appraisal");
}

// ---- withdrawals ----

bool story_withdraw(struct story *s, const char *when)
{
	for (size_t i = 0; i < s->list_count; i++) {
		struct story_list *list = &s->lists[i];
		struct errand *e = NULL;
		for (size_t row = 0; row < list->count; row++) {
			bool waits = list->passed[row] || is_held(list->why[row]);
			if (!waits || list->withdrawn[row] || !story_fate(s, when, list->people[row] * 2 + (size_t)list->kind, 30))
				continue;
			if (!list->passed[row] && story_fate(s, "is ruled on", list->people[row], 800))
				continue; // not held any more
			if (!e) {
				e = office_act(&s->office, officer_of(s, list), act_withdraw, "withdraws %s: %s list of cell %llu", when,
					       request_kind_name(list->kind), (unsigned long long)list->cell);
				e->expectation = expect_success;
			}
			add(&s->office, e, withdrawal_row, .request = list->requests[row]);
			list->passed[row] = false;
			list->withdrawn[row] = true;
		}
	}
	return office_run(&s->office);
}

// A record that the facility accepted, and has not printed.
static struct story_record *record_waiting(struct story *s, size_t person)
{
	for (size_t r = 0; r < s->record_count; r++)
		if (s->records[r].person == person && s->records[r].stage == record_answered)
			return &s->records[r];
	return NULL;
}

// The facility is told to stop it, and does not print it any more.
bool story_withdraw_at_the_press(struct story *s)
{
	for (size_t i = 0; i < s->list_count; i++) {
		struct story_list *list = &s->lists[i];
		for (size_t row = 0; row < list->count; row++) {
			struct story_record *record = record_waiting(s, list->people[row]);
			if (!list->passed[row] || !record || !story_fate(s, "at the press", list->people[row], 60))
				continue;
			struct errand *e = office_act(&s->office, officer_of(s, list), act_withdraw, "withdraws at the press: cell %llu",
						      (unsigned long long)list->cell);
			e->expectation = expect_success;
			add(&s->office, e, withdrawal_row, .request = list->requests[row]);
			list->passed[row] = false;
			list->withdrawn[row] = true;
			record->stage = record_refused;
		}
	}
	return office_run(&s->office);
}

// Whose card is made keeps it.
bool story_withdraw_too_late(struct story *s)
{
	for (size_t i = 0; i < s->list_count; i++) {
		struct story_list *list = &s->lists[i];
		for (size_t row = 0; row < list->count; row++) {
			bool made = false;
			for (size_t r = 0; r < s->record_count; r++)
				made = made || (s->records[r].person == list->people[row] && s->records[r].stage == record_boxed);
			if (!list->passed[row] || !made || !story_fate(s, "too late", list->people[row], 60))
				continue;
			struct errand *e = office_act(&s->office, officer_of(s, list), act_withdraw, "withdraws too late: cell %llu",
						      (unsigned long long)list->cell);
			e->expectation = expect_refusal;
			add(&s->office, e, withdrawal_row, .request = list->requests[row]);
		}
	}
	return office_run(&s->office);
}
