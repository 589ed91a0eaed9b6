// Verified lists come in, request by request.
#ifndef TDV_SERVICES_APPROVAL_ARRIVING_H
#define TDV_SERVICES_APPROVAL_ARRIVING_H

#include "gen/messages.h"
#include "runtime/turn.h"

void approval_list_opened(struct turn *t, const struct verified_list_opened *m);
void approval_request_arrived(struct turn *t, const struct request_verified *m);
// The list is here whole: only now its submitter hears how it went.
void approval_list_ended(struct turn *t, const struct verified_list_ended *m);

#endif
