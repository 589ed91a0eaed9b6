// Approval takes verified lists from the cell up to the province's signature: appraised by the grassroots
// committee (D12), consolidated by the superior's organisation board, decided by its standing committee
// (D13, domain.md §6.1), approved by the provincial board (A8).  An act is on a whole list, with exceptions;
// nobody may appraise, decide or approve what they submitted themselves, and the person counts, not the
// key.  It never judges whether a member is eligible (verification), and never gives a number or orders a
// card (printing).
//
// Lists come in through arriving.c.  Who may do what stands in stages.c as one table; whether an act may be done, and what it
// does, is in acts.c, consolidation by a superior's board in consolidation.c.  A list's new stage is written at once, when
// the act is taken; what has to be told item by item follows in steps of a turn's room (telling.c), so that acts that come
// meanwhile already find the new stage.  How many must sign is in signatures.c, by when in due.c, how a request that is
// withdrawn comes out again in recalls.c, and for which board lists wait in waiting.c.

#include "approval/approval.h"

#include "approval/acts.h"
#include "approval/arriving.h"
#include "approval/consolidation.h"
#include "approval/due.h"
#include "approval/recalls.h"
#include "approval/telling.h"
#include "approval/waiting.h"
#include "gen/approval.h"
#include "gen/approval_settings.h"
#include "runtime/turn.h"

static void on_organisation_registered(struct turn *t, const struct origin *o, const struct organisation_registered *m)
{
	(void)o;
	approval_organisation_stands(t, m);
}

static void on_organisation_merged(struct turn *t, const struct origin *o, const struct organisation_merged *m)
{
	(void)t, (void)o, (void)m; // it was registered below its successor before this
}

// ---- lists, and acts on them ----

static void on_verified_list_opened(struct turn *t, const struct origin *o, const struct verified_list_opened *m)
{
	(void)o;
	approval_list_opened(t, m);
}

static void on_request_verified(struct turn *t, const struct origin *o, const struct request_verified *m)
{
	(void)o;
	approval_request_arrived(t, m);
}

static void on_verified_list_ended(struct turn *t, const struct origin *o, const struct verified_list_ended *m)
{
	(void)o;
	approval_list_ended(t, m);
}

static void on_list_act_given(struct turn *t, const struct origin *o, const struct list_act_given *m)
{
	approval_act_given(t, o, m);
}

static void on_left_out_told(struct turn *t, const struct origin *o, const struct left_out_told *m)
{
	(void)o;
	approval_left_out_tell(t, m);
}

static void on_group_approving(struct turn *t, const struct origin *o, const struct group_approving *m)
{
	(void)o;
	approval_group_tell(t, m);
}

static void on_consolidation_given(struct turn *t, const struct origin *o, const struct consolidation_given *m)
{
	approval_consolidate(t, o, m);
}

static void on_lists_joining(struct turn *t, const struct origin *o, const struct lists_joining *m)
{
	(void)o;
	approval_lists_join(t, m);
}

// ---- due dates, recalls ----

static void on_stage_due(struct turn *t, const struct origin *o, const struct stage_due *m)
{
	(void)o;
	approval_stage_late(t, m);
}

static void on_request_recalled(struct turn *t, const struct origin *o, const struct request_recalled *m)
{
	(void)o;
	approval_recall(t, m);
}

static void on_recall_passing(struct turn *t, const struct origin *o, const struct recall_passing *m)
{
	(void)o;
	approval_recall_pass(t, m);
}

const struct service approval_service = {
	.name = "approval",
	.id = service_id_approval,
	.fold_version = 3 * 1000 + approval_rules_version,
	.inputs = approval_inputs,
	.tables = approval_tables,
	.migrate = approval_waiting_migrate,
	.sources = approval_sources,
};
