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
	uint64_t at = code, found = 0;
	for (int depth = 0; depth < organisation_depth_max && at != 0; depth++) {
		uint64_t parent;
		enum org_level level;
		if (!tree->parent(tree->context, at, &parent, &level))
			return found;
		// One that was merged lies below its successor, which has its level: the successor stands for it.
		if (level == wanted)
			found = at;
		else if (found != 0)
			break;
		at = parent;
	}
	return found;
}

uint64_t organisation_standing(const struct organisation_tree *tree, uint64_t code)
{
	uint64_t at, above, standing = code;
	enum org_level level, other;
	if (!tree->parent(tree->context, code, &at, &level))
		return code;
	// One that was merged lies below its successor, which has its level.
	for (int depth = 1; depth < organisation_depth_max && at != 0; depth++, at = above) {
		if (!tree->parent(tree->context, at, &above, &other) || other != level)
			break;
		standing = at;
	}
	return standing;
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
	case act_update_members:
	case act_resolve_duplicates:
		return role == role_administrator || role == role_central_board;
	case act_transfer_members:
		return role == role_administrator || role == role_central_board || role == role_provincial_board ||
		       role == role_superior_board;
	case act_end_organisations:
		return role == role_administrator || role == role_central_board || role == role_provincial_board;
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
	case act_change_order:
		return role == role_central_board;
	case act_keep_stock:
		return role == role_central_board || role == role_print_facility;
	case act_answer_order:
	case act_report_prints:
	case act_pack_boxes:
		return role == role_print_facility;
	case act_ship:
	case act_receive:
		return role == role_central_board || role == role_provincial_board || role == role_superior_board ||
			role == role_grassroots_appraiser ||
		       role == role_cell_officer;
	case act_hand_over:
	case act_report_cards:
	case act_report_exits:
	case act_collect_cards:
		return role == role_cell_officer || role == role_grassroots_appraiser;
	case act_decide_cards:
		return role == role_superior_committee;
	case act_pack_cards:
	case act_explain_box:
	case act_settle_cards:
		return role == role_central_board || role == role_provincial_board || role == role_superior_board ||
		       role == role_grassroots_appraiser || role == role_cell_officer;
	case act_destroy_cards:
		return role == role_central_board;
	case act_plan_campaign:
	case act_open_campaign:
	case act_close_campaign:
		return role == role_central_board || role == role_provincial_board;
	case act_file_checks:
		return role == role_cell_officer || role == role_assisting_volunteer;
	case act_consolidate_checks:
	case act_settle_difference:
		return role == role_grassroots_appraiser;
	case act_decide_checks:
	case act_late_check:
		return role == role_superior_committee;
	case act_stamp_cards:
	case act_return_checked:
	case act_report_checks:
		return role == role_superior_board;
	case act_adjudicate:
		return role == role_inspection_commission || role == role_superior_board || role == role_provincial_board;
	case act_withdraw:
		return role == role_cell_officer || role == role_assisting_volunteer;
	}
	return false;
}
