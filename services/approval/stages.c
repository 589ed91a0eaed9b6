#include "approval/stages.h"

#include "base/ensure.h"
#include "base/subject.h"
#include "domain/organisation.h"
#include "gen/approval_settings.h"

static const struct approval_stage stages[] = {
	{ .act = act_appraise, .from = list_stage_verified, .to = list_stage_appraised,
	  .role = role_grassroots_appraiser, .level = org_level_grassroots },
	{ .act = act_consolidate, .from = list_stage_appraised, .to = list_stage_consolidated,
	  .role = role_superior_board, .level = org_level_superior, .takes_submitters = true },
	{ .act = act_decide, .from = list_stage_consolidated, .to = list_stage_decided,
	  .role = role_superior_committee, .level = org_level_superior, .on_group = true, .needs_decision = true },
	{ .act = act_approve, .from = list_stage_decided, .to = list_stage_approved,
	  .role = role_provincial_board, .level = org_level_attached, .on_group = true },
};

const struct approval_stage *approval_stage_of(enum act act)
{
	for (size_t i = 0; i < array_size(stages); i++)
		if (stages[i].act == act)
			return &stages[i];
	return NULL;
}

void approval_subject_whole(struct turn *t, const struct approval_stage *act, uint64_t number)
{
	turn_subject(t, subject_of(act->on_group ? subject_kind_group : subject_kind_list, number));
}

organisation_parent_of(approval)

struct refusal approval_actor_refusal(struct store_txn *tx, const struct origin *o, const struct approval_stage *stage)
{
	struct approval_organisations_row row;
	if (o->role != stage->role)
		return refused(actor, role_not_allowed);
	if (!approval_organisations_get(tx, o->organisation, &row))
		return refused(organisation, unknown);
	if (row.level != stage->level)
		return refused(organisation, wrong_level);
	return carried_out;
}

bool approval_reaches(struct store_txn *tx, const struct origin *o, uint64_t below)
{
	struct organisation_tree tree = { .context = tx, .parent = parent_of };
	return organisation_within(&tree, below, o->organisation);
}

uint64_t approval_above(struct store_txn *tx, uint64_t code, enum org_level level)
{
	struct organisation_tree tree = { .context = tx, .parent = parent_of };
	return organisation_at_level(&tree, code, level);
}

static uint32_t value_for(const struct approval_setting *rows, enum act act, int32_t day)
{
	for (; rows->act; rows++)
		if (rows->act == act)
			return dated_value_on(rows->values, rows->count, day);
	return 0;
}

static const struct approval_setting days[] = {
	{ act_appraise, approval_days_appraise, array_size(approval_days_appraise) },
	{ act_consolidate, approval_days_consolidate, array_size(approval_days_consolidate) },
	{ act_decide, approval_days_decide, array_size(approval_days_decide) },
	{ act_approve, approval_days_approve, array_size(approval_days_approve) },
	{ 0 },
};

uint32_t approval_days_of(enum act act, int32_t day)
{
	return value_for(days, act, day);
}

static const struct approval_setting quorums[] = {
	{ act_decide, approval_quorum_decide, array_size(approval_quorum_decide) },
	{ act_approve, approval_quorum_approve, array_size(approval_quorum_approve) },
	{ 0 },
};
const struct approval_setting *approval_quorums = quorums;

uint32_t approval_quorum_of(enum act act, int32_t day)
{
	uint32_t needed = value_for(approval_quorums, act, day);
	return needed > 0 ? needed : 1;
}

uint64_t approval_superior_of(struct store_txn *tx, uint64_t cell)
{
	struct organisation_tree tree = { .context = tx, .parent = parent_of };
	return organisation_at_level(&tree, cell, org_level_superior);
}

uint64_t approval_list_of(struct store_txn *tx, uint64_t request)
{
	struct approval_moved_row moved;
	return approval_moved_get(tx, request, &moved) ? moved.list : item_whole(request);
}
