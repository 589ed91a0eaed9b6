// Due dates: who has to act on a list or a consolidated list, and until when (A7).
#ifndef TDV_SERVICES_APPROVAL_DUE_H
#define TDV_SERVICES_APPROVAL_DUE_H

#include "approval/stages.h"

// The row is at its stage from today: sets its due date, or takes it away where it waits for nobody.  The caller stores the row.
void approval_list_waits(struct turn *t, struct approval_lists_row *list, uint64_t number);
void approval_group_waits(struct turn *t, struct approval_groups_row *group, uint64_t number);
// A due date is over: whoever is late finds a letter.
void approval_stage_late(struct turn *t, const struct stage_due *m);

#endif
