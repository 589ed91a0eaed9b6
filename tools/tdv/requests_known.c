#include "requests_known.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "csv_form.h"

const unsigned reasons_of_requests[] = {
	reason_not_official, reason_not_in_standing, reason_under_discipline, reason_holds_no_card, reason_holds_card,
	reason_card_not_valid, reason_photo_missing, reason_facility_photo, reason_facility_data, reason_other_cell,
	reason_identity_shared, reason_open_request, reason_not_reported, reason_malformed, reason_missing, reason_duplicate,
	reason_held_discipline, reason_held_mismatch, reason_held_loss, reason_holder_left, reason_holder_died, reason_left_out,
	0
};

static bool on_request(void *context, struct bytes key, struct bytes value)
{
	struct known_requests *r = context;
	struct verification_requests_row row;
	uint64_t number = get_u64(key.data);

	if (verification_requests_row_decode(value, &row) || !r->wanted(r, number, &row))
		return true;
	if (r->count == r->capacity) {
		r->capacity = r->capacity ? r->capacity * 2 : 64;
		r->list = realloc(r->list, r->capacity * sizeof *r->list);
		ensure(r->list);
	}
	r->list[r->count++] = (struct known_request){ .number = number, .list = row.list, .cell = row.cell,
			.member = row.member,
						      .state = row.state, .kind = row.kind,
								.reason = row.reason, .why = row.why,
						      .since = row.since, .due = row.due, .has_due = row.has_due };
	return true;
}

bool requests_read(const struct site *site, struct known_requests *r)
{
	return scan(site, service_id_verification, "requests", on_request, r);
}

static bool is_named(const struct known_requests *r, uint64_t number, const struct verification_requests_row *row)
{
	(void)row;
	for (size_t i = 0; i < r->number_count; i++)
		if (r->numbers[i] == number)
			return true;
	return false;
}

static bool requests_found(const struct site *site, struct known_requests *r, char **argv)
{
	if (!home_exists(site) || !requests_read(site, r))
		return false;
	for (size_t i = 0; i < r->number_count; i++) {
		bool found = false;
		for (size_t k = 0; k < r->count; k++)
			found = found || r->list[k].number == r->numbers[i];
		if (!found) {
			complain(_("there is no request %s"), argv[i]);
			return false;
		}
	}
	return true;
}

int requests_named(struct site *site, struct known_requests *r, int argc, char **argv)
{
	uint64_t *numbers = calloc((size_t)argc + 1, sizeof *numbers);
	int status = go_on;

	ensure(numbers);
	r->wanted = is_named;
	r->numbers = numbers;
	for (int i = 0; status == go_on && i < argc; i++) {
		if (!strchr(argv[i], '-') || !cell_pair(argv[i], &numbers[i]))
			status = usage_wrong(site, _("a request is LIST-ROW, e.g. 12-3, not \"%s\""), argv[i]);
		r->number_count++;
	}
	if (status == go_on && !requests_found(site, r, argv))
		status = exit_refused;
	free(numbers);
	r->numbers = NULL;
	return status;
}
