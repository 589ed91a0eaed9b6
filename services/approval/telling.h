// What an act on a whole list or group means for each item, told in steps of a turn's room: both go on as far as there is
// room and leave a continuation for the rest.
#ifndef TDV_SERVICES_APPROVAL_TELLING_H
#define TDV_SERVICES_APPROVAL_TELLING_H

#include "gen/messages.h"
#include "runtime/turn.h"

// Those that were left out; then what became of the whole.
void approval_left_out_tell(struct turn *t, const struct left_out_told *m);
// An approved group's requests, for printing.
void approval_group_tell(struct turn *t, const struct group_approving *m);

#endif
