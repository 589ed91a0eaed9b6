#include "domain/organisation.h"

bool organisation_within(const struct organisation_tree *tree, uint64_t below, uint64_t above)
{
	uint64_t at = below;
	for (int depth = 0; depth < organisation_depth_max && at != 0; depth++) {
		if (at == above)
			return true;
		enum org_level level;
		if (!tree->parent(tree->context, at, &at, &level))
			return false;
	}
	return false;
}

uint64_t organisation_at_level(const struct organisation_tree *tree, uint64_t code, enum org_level wanted)
{
	uint64_t at = code;
	for (int depth = 0; depth < organisation_depth_max && at != 0; depth++) {
		uint64_t parent;
		enum org_level level;
		if (!tree->parent(tree->context, at, &parent, &level))
			return 0;
		if (level == wanted)
			return at;
		at = parent;
	}
	return 0;
}

uint64_t organisation_step_down(const struct organisation_tree *tree, uint64_t above, uint64_t below)
{
	uint64_t at = below;
	for (int depth = 0; depth < organisation_depth_max && at != 0; depth++) {
		uint64_t parent;
		enum org_level level;
		if (!tree->parent(tree->context, at, &parent, &level))
			return 0;
		if (parent == above)
			return at;
		at = parent;
	}
	return 0;
}

bool organisation_has_members(enum org_level level)
{
	return level == org_level_cell || level == org_level_grassroots;
}

bool role_may(enum role role, enum act act)
{
	switch (act) {
	case act_import_organisations:
	case act_import_members:
		return role == role_administrator || role == role_central_board;
	case act_enrol_officers:
		return role == role_administrator;
	case act_submit_list:
		return role == role_cell_officer || role == role_assisting_volunteer;
	case act_appraise:
		return role == role_grassroots_appraiser;
	case act_consolidate:
		return role == role_superior_board;
	case act_decide:
		return role == role_superior_committee;
	case act_approve:
		return role == role_provincial_board;
	case act_grant_numbers:
	case act_place_order:
		return role == role_central_board;
	case act_answer_order:
	case act_report_prints:
	case act_pack_boxes:
		return role == role_print_facility;
	case act_ship:
	case act_receive:
		return role == role_provincial_board || role == role_superior_board || role == role_grassroots_appraiser ||
		       role == role_cell_officer;
	case act_hand_over:
		return role == role_cell_officer || role == role_grassroots_appraiser;
	}
	return false;
}
