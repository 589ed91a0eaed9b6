// Who may hold which role: certificates and the organisations that they act for (domain.md §4).
#include "crypto/digest.h"
#include "intake/records.h"

uint64_t intake_certificate_new(struct store_txn *tx, const struct intake_certificates_row *row)
{
	struct intake_counters_row counters = { 0 };

	intake_counters_get(tx, 1, &counters);
	counters.certificates++;
	intake_counters_put(tx, 1, &counters);
	intake_certificates_put(tx, counters.certificates, row);
	intake_fingerprints_put(tx, &row->fingerprint, &(struct intake_fingerprints_row){ counters.certificates });
	return counters.certificates;
}

// An officer's organisation is of the level that the role belongs to (domain.md §4).  A grassroots organisation
// without cells (chi bộ cơ sở) has members of its own, and so officers of a cell.
static bool level_fits(enum role role, enum org_level level)
{
	switch (role) {
	case role_cell_officer:
		return level == org_level_cell || level == org_level_grassroots;
	case role_grassroots_appraiser:
		return level == org_level_grassroots;
	case role_superior_board:
	case role_superior_committee:
		return level == org_level_superior;
	case role_provincial_board:
		return level == org_level_attached;
	case role_central_board:
		return level == org_level_central;
	case role_print_facility:
	case role_inspection_commission:
	case role_certificate_authority:
	case role_assisting_volunteer:
	case role_administrator:
	case role_auditor:
		return true;
	case role_none:
		return false;
	}
	return false;
}

struct row_error intake_enrol(struct store_txn *tx, uint64_t submission, const struct coded_officer *officer)
{
	struct intake_certificates_row row = {
		.fingerprint = digest_sha256(officer->public_key), .public_key = officer->public_key,
		.person = officer->person, .role = officer->role, .organisation = officer->organisation,
		.submission = submission,
	};
	struct intake_organisations_row organisation;

	if (officer->role == role_none)
		return (struct row_error){ officer->row, field_actor, reason_missing };
	if (intake_fingerprints_get(tx, &row.fingerprint, NULL))
		return (struct row_error){ officer->row, field_public_key, reason_duplicate };
	if (!intake_organisations_get(tx, officer->organisation, &organisation))
		return (struct row_error){ officer->row, field_organisation, reason_unknown };
	if (!level_fits(officer->role, organisation.level))
		return (struct row_error){ officer->row, field_organisation, reason_wrong_level };
	intake_certificate_new(tx, &row);
	return (struct row_error){ 0, field_whole, reason_none };
}
