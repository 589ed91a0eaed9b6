// What became of acts, as people and as programs are told it.
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "base/subject.h"
#include "card_state.h"
#include "domain/act.h"
#include "verification/eligibility.h"

size_t act_file_row(const struct act_job *job, uint32_t row)
{
	if (!job->rows || row == 0)
		return SIZE_MAX;
	size_t i = row - 1 + job->row_from;
	if (job->row_of)
		i = job->row_of[i];
	return i < job->rows->count ? i : SIZE_MAX;
}

// What became of a row of a list that did not pass: held, returned or rejected, as the rule says that the door's answer
// comes from.  What comes from no rule is rejected.
static enum request_state settled_as(const struct act_job *job, const struct row_error *e)
{
	const struct eligibility *rules = &verification_eligibility;

	for (size_t i = 0; job->act == act_submit_list && i < rules->rules_count; i++)
		if (rules->rules[i].reason == e->reason && rules->rules[i].field == e->field)
			return rules->rules[i].state;
	return request_state_rejected;
}

// Rows that were settled so; one that is returned may have several errors, which come one after another.
static uint32_t rows_settled(const struct act_job *job, enum request_state state)
{
	uint32_t n = 0, before = 0;

	for (size_t i = 0; i < job->error_count && job->reason == reason_none; i++) {
		const struct row_error *e = &job->errors[i];
		if (e->row == before || settled_as(job, e) != state)
			continue;
		before = e->row;
		n++;
	}
	return n;
}

static json_t *error_json(const struct act_job *job, const struct row_error *e)
{
	size_t i = act_file_row(job, e->row);
	json_t *j = json_object();

	json_object_set_new(j, "row", json_integer(i == SIZE_MAX ? e->row : job->rows->numbers[i]));
	if (e->row && e->row <= job->row_item_count)
		json_object_set_new(j, "item", json_item(job->row_items[e->row - 1]));
	if (job->rows && e->field != field_whole)
		json_object_set_new(j, "column", json_string(form_header(job->rows, e->field)));
	json_object_set_new(j, "field", json_string(codec_value_name(&field_values, e->field)));
	json_object_set_new(j, "reason", json_string(codec_value_name(&reason_values, e->reason)));
	json_object_set_new(j, "message", json_string(language_reason(e->reason)));
	if (job->act == act_submit_list && e->row && job->reason == reason_none)
		json_object_set_new(j, "outcome", json_string(request_state_name(settled_as(job, e))));
	if (i != SIZE_MAX && *form_text(job->rows, i, e->field))
		json_object_set_new(j, "value", json_string(form_text(job->rows, i, e->field)));
	return j;
}

// A row that an import brings again is in already: nothing to mend, nothing to tell row by row.
static bool is_in_already(const struct act_job *job, const struct row_error *e)
{
	if (job->act == act_import_organisations || job->act == act_import_members)
		return e->reason == reason_already_done;
	if (job->act == act_update_members)
		return e->reason == reason_unchanged;
	return job->act == act_enrol_officers &&
	       (e->reason == reason_already_done || (e->field == field_public_key && e->reason == reason_duplicate));
}

// Nothing of it was carried out, though it was taken.  What is held is carried out as far as it can be.
static bool came_to_nothing(const struct act_job *job, uint32_t already)
{
	return job->accepted == 0 && job->refused > already && rows_settled(job, request_state_on_hold) == 0;
}

static uint32_t in_already(const struct act_job *job)
{
	uint32_t n = 0;

	for (size_t i = 0; i < job->error_count; i++)
		n += is_in_already(job, &job->errors[i]);
	return n;
}

static const char *const state_names[] = { "unsent", "failed", "pending", "done" };

static json_t *job_json(const struct act_job *job, struct card_states *states)
{
	json_t *j = json_object(), *errors = json_array();

	json_object_set_new(j, "act", json_string(codec_value_name(&act_values, job->act)));
	json_object_set_new(j, "about", json_string(job->about));
	json_object_set_new(j, "officer", json_string(job->officer->login));
	json_object_set_new(j, "organisation", json_integer((json_int_t)job->officer->organisation));
	json_object_set_new(j, "state", json_string(state_names[job->state]));
	if (job->submission)
		json_object_set_new(j, "submission", json_integer((json_int_t)job->submission));
	if (job->state == act_state_done) {
		json_object_set_new(j, "reason", json_string(codec_value_name(&reason_values, job->reason)));
		json_object_set_new(j, "field", json_string(codec_value_name(&field_values, job->field)));
		json_object_set_new(j, "accepted", json_integer(job->accepted));
		json_object_set_new(j, "refused", json_integer(job->refused));
		json_object_set_new(j, "in_already", json_integer(in_already(job)));
		if (job->act == act_submit_list) { // parts of what is refused
			json_object_set_new(j, "held", json_integer(rows_settled(job, request_state_on_hold)));
			json_object_set_new(j, "returned", json_integer(rows_settled(job, request_state_returned)));
		}
	}
	if (job->has_number) {
		json_object_set_new(j, "number", json_integer((json_int_t)job->number));
		json_object_set_new(j, "more", json_integer(job->more));
		if (act_nature(job->act)->makes == act_makes_box)
			json_object_set_new(j, "box", json_item(job->number));
	}
	if (job->state == act_state_done && job->reason != reason_none)
		json_object_set_new(j, "message", json_string(language_reason(job->reason)));
	if (*job->failure)
		json_object_set_new(j, "message", json_string(job->failure));
	for (size_t i = 0; i < job->error_count; i++) {
		json_t *error = error_json(job, &job->errors[i]), *now = card_states_of(states, job, &job->errors[i]);
		if (now)
			json_object_set_new(error, "now", now);
		json_array_append_new(errors, error);
	}
	json_object_set_new(j, "errors", errors);
	return j;
}

// What the number is that the act made; "" when it made none.
static const char *made_of(enum act act)
{
	switch (act_nature(act)->makes) {
	case act_makes_nothing:
		return "";
	case act_makes_list:
		return _("list");
	case act_makes_group:
		return _("consolidated list");
	case act_makes_order:
		return _("order");
	case act_makes_shipment:
		return _("shipment");
	case act_makes_box:
		return _("box");
	case act_makes_campaign:
		return _("campaign");
	}
	return "";
}

// The reason; of a row of a list also what became of it.
static const char *reason_of(const struct act_job *job, const struct row_error *e, char text[400])
{
	if (job->act != act_submit_list || e->row == 0 || job->reason != reason_none)
		return language_reason(e->reason);
	snprintf(text, 400, "%s → %s", language_reason(e->reason),
		 language_label(&request_state_values, settled_as(job, e)));
	return text;
}

// Of an act about single cards: what people call the row.
static bool name_of_row(const struct act_job *job, uint32_t row, char name[32])
{
	struct card_row card = { 0 };

	if (row == 0 || !job->card_of || !job->card_of(job, row, &card))
		return false;
	if (!card.has_card_number)
		snprintf(name, 32, "%.*s", (int)card.profile_number.size, (const char *)card.profile_number.data);
	else
		card_format(card.card_number, name);
	if (card.has_card_number && card.has_copy)
		snprintf(name + strlen(name), 8, "/%u", card.copy);
	return true;
}

// A row by the name that it has in the file or the act; false: it is about the act as a whole.
static bool tell_row(const struct act_job *job, uint32_t row)
{
	size_t i = act_file_row(job, row);
	char item[32];

	if (i != SIZE_MAX)
		fprintf(stderr, _("row %u"), job->rows->numbers[i]);
	else if (name_of_row(job, row, item))
		fputs(item, stderr);
	else if (row && row <= job->row_item_count)
		fputs(item_text(job->row_items[row - 1], item), stderr);
	else if (row)
		fprintf(stderr, _("row %u"), row);
	return row != 0;
}

static void tell_error(const struct act_job *job, const struct row_error *e)
{
	size_t i = act_file_row(job, e->row);
	char text[400];
	const char *reason = reason_of(job, e, text);
	const char *value = i == SIZE_MAX || e->field == field_whole ? "" : form_text(job->rows, i, e->field);

	fputs("  ", stderr);
	bool row = tell_row(job, e->row);
	if (!row || e->field != field_whole) // of a row as a whole there is no field to name
		fprintf(stderr, "%s%s", row ? ", " : "",
			i != SIZE_MAX ? form_header(job->rows, e->field) : language_label(&field_values, e->field));
	if (*value)
		fprintf(stderr, " \"%s\"", value);
	fprintf(stderr, ": %s\n", reason);
}

// Each outcome of a list's rows for itself.
static void tell_settled(const struct act_job *job)
{
	uint32_t held = rows_settled(job, request_state_on_hold), returned = rows_settled(job, request_state_returned);

	printf(_("%u go on"), job->accepted);
	if (held)
		printf(_(", %u held for a ruling"), held);
	if (returned)
		printf(_(", %u returned to be mended"), returned);
	if (job->refused > held + returned)
		printf(_(", %u refused"), job->refused - held - returned);
}

static void tell_done(const struct act_job *job)
{
	char box[32];

	printf("%s: ", job->about);
	if (job->has_number && act_nature(job->act)->makes == act_makes_box)
		printf("%s %s: ", made_of(job->act), item_text(job->number, box));
	else if (job->has_number && *made_of(job->act))
		printf("%s %llu: ", made_of(job->act), (unsigned long long)job->number);
	uint32_t already = in_already(job);
	if (act_nature(job->act)->leaves_out && job->more) {
		printf(_("signed; %u more signatures are needed\n"), job->more);
		return;
	}
	if (job->act == act_submit_list)
		tell_settled(job);
	else if (act_nature(job->act)->leaves_out)
		printf(_("%u stay in the list, %u are left out of it"), job->accepted, job->refused);
	else if (job->accepted == 0 && job->refused == 0)
		printf("%s", _("carried out"));
	else
		printf(_("%u accepted, %u refused"), job->accepted,
		       job->refused > already ? job->refused - already : 0);
	if (already)
		printf(_(", %u in already"), already);
	if (job->has_number && job->more)
		printf(_(" (and %u more made after that number)"), job->more);
	printf("\n");
}

static void tell_refused(const struct act_job *job)
{
	if (job->act == act_place_order && job->reason == reason_empty && job->has_number && job->refused > 0)
		complain(_("%s: none of its cards could be ordered; order %llu is void, and the requests went back to their "
			   "cells, to be corrected and submitted again"),
			 job->about, (unsigned long long)job->number);
	else
		complain(_("%s: refused by the pipeline: %s (%s); nothing of it was carried out"), job->about,
			 language_reason(job->reason), language_label(&field_values, job->field));
	if (job->act == act_place_order && job->reason == reason_no_number_left)
		complain(_("The list stays approved: grant enough numbers for its first cards with `tdv numbers grant`, then "
			   "order it again."));
}

static void tell(const struct act_job *job, struct card_states *states)
{
	fflush(stdout);
	if (job->state == act_state_pending) {
		complain(_("%s: taken as submission %llu, and not carried out yet; `tdv status` shows what "
			   "waits"),
			 job->about, (unsigned long long)job->submission);
	} else if (job->state != act_state_done) {
		complain("%s: %s", job->about, job->failure);
	} else if (job->reason != reason_none) {
		tell_refused(job);
	} else {
		tell_done(job);
	}
	fflush(stdout);
	for (size_t i = 0; i < job->error_count; i++) {
		const struct row_error *e = &job->errors[i];
		bool said = e->row == 0 && e->reason == job->reason && e->field == job->field;
		if (!said && !is_in_already(job, e))
			tell_error(job, e);
		json_t *now = card_states_of(states, job, e);
		card_states_tell(states, now);
		json_decref(now);
	}
}

bool acts_any(const struct act_job *jobs, size_t count, enum request_state state)
{
	for (size_t i = 0; i < count; i++)
		if (state == request_state_verified ? jobs[i].accepted > 0 : rows_settled(&jobs[i], state) > 0)
			return true;
	return false;
}

int acts_report(const struct site *site, const struct act_job *jobs, size_t count, bool rows_may_fail,
		json_t *root)
{
	json_t *all = json_array();
	struct card_states states;
	int status = exit_done;

	card_states_init(&states, site);
	for (size_t i = 0; i < count; i++) {
		const struct act_job *job = &jobs[i];
		uint32_t already = in_already(job);
		if (job->state != act_state_done || job->reason != reason_none ||
		    (!rows_may_fail &&
		     ((job->refused > already && !act_nature(job->act)->leaves_out) || job->error_count > already)) ||
		    (came_to_nothing(job, already) && !act_nature(job->act)->leaves_out))
			status = exit_refused;
		if (site->json)
			json_array_append_new(all, job_json(job, &states));
		else
			tell(job, &states);
	}
	card_states_deinit(&states);
	root = root ? root : json_object();
	json_object_set_new(root, "acts", all);
	output_json(site, root);
	return status;
}

int act_carry_out(const struct site *site, struct act_job *job, const char *next)
{
	acts_run(site, job, 1);
	int status = acts_report(site, job, 1, false, NULL);
	if (status == exit_done)
		say(site, "%s", next);
	acts_deinit(job, 1);
	return status;
}
