#include "intake/records.h"

#include <string.h>

#include "base/ensure.h"
#include "domain/organisation.h"

organisation_parent_of(intake)

uint64_t intake_addressee(struct store_txn *tx, uint64_t organisation)
{
	struct intake_successors_row row;

	// Nobody follows an organisation that had ended before, so this comes to an end.
	while (organisation != 0 && intake_successors_get(tx, organisation, &row))
		organisation = row.into;
	return organisation;
}

struct row_error intake_authority(struct store_txn *tx, enum role role, uint64_t own, enum act act,
				  uint64_t organisation)
{
	struct organisation_tree tree = { tx, parent_of };

	if (!role_may(role, act))
		return (struct row_error){ 0, field_actor, reason_role_not_allowed };
	// Its officers act for the successor once they are enrolled there.
	if (intake_successors_get(tx, organisation, NULL))
		return (struct row_error){ 0, field_organisation, reason_organisation_ended };
	// The administrator belongs to no organisation; a volunteer enters data for cells that have nobody who could
	// (C13); everybody else acts for their own organisation.
	if (organisation == own || role == role_administrator ||
	    (role == role_assisting_volunteer && organisation_within(&tree, organisation, own)))
		return (struct row_error){ 0, field_whole, reason_none };
	return (struct row_error){ 0, field_organisation, reason_outside_subtree };
}

void intake_receipt(struct store_txn *tx, uint64_t submission, const struct intake_submissions_row *s,
		    const struct hash *certificate, struct receipt *receipt)
{
	struct intake_row_errors_key key;
	struct intake_row_errors_row error;
	struct store_walk walk;

	memset(receipt, 0, sizeof *receipt);
	receipt->certificate = *certificate;
	receipt->terminal = s->terminal;
	receipt->sequence = s->sequence;
	receipt->state = s->receipt;
	receipt->submission = submission;
	receipt->has_submission = true;
	receipt->content = s->content;
	receipt->errors_total = s->errors;
	if (s->errors == 0)
		return;
	intake_row_errors_walk_init(&walk, tx, submission, 0, service_id_none, field_whole);
	while (receipt->errors_count < array_size(receipt->errors) && intake_row_errors_walk_next(&walk, &key, &error) &&
	       key.submission == submission) {
		if (key.by == service_id_intake) // what services said later was not in the first receipt
			receipt->errors[receipt->errors_count++] = (struct row_error){ key.line, key.field, error.reason };
	}
	store_walk_deinit(&walk);
}

// Takes back the last row, which may go on beyond the page.
static void drop_last_row(struct outcome *outcome)
{
	uint32_t row = outcome->errors[outcome->errors_count - 1].row;

	while (outcome->errors_count > 0 && outcome->errors[outcome->errors_count - 1].row == row)
		outcome->errors_count--;
	outcome->errors_more = true;
}

void intake_outcome(struct store_txn *tx, uint64_t submission, const struct intake_submissions_row *s,
		    uint64_t after_row, struct outcome *outcome)
{
	struct intake_row_errors_key key;
	struct intake_row_errors_row error;
	struct store_walk walk;

	memset(outcome, 0, sizeof *outcome);
	outcome->state = s->state;
	outcome->submission = submission;
	outcome->has_submission = true;
	outcome->reason = s->reason;
	outcome->field = s->field;
	outcome->accepted = s->accepted;
	outcome->refused = s->refused;
	outcome->number = s->number;
	outcome->has_number = s->has_number;
	outcome->more = s->more;
	if (after_row >= UINT32_MAX)
		return;
	// `after` 0 begins with row 0, the whole.
	intake_row_errors_walk_init(&walk, tx, submission, after_row == 0 ? 0 : (uint32_t)after_row + 1, service_id_none,
				    field_whole);
	while (!outcome->errors_more && intake_row_errors_walk_next(&walk, &key, &error) && key.submission == submission) {
		if (outcome->errors_count == array_size(outcome->errors))
			drop_last_row(outcome);
		else
			outcome->errors[outcome->errors_count++] =
				(struct row_error){ key.line, key.field, error.reason };
	}
	store_walk_deinit(&walk);
}
