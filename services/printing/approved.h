// Approved lists come in, request by request, and are kept until the central board orders them.
#ifndef TDV_SERVICES_PRINTING_APPROVED_H
#define TDV_SERVICES_PRINTING_APPROVED_H

#include "gen/messages.h"
#include "runtime/turn.h"

void printing_approved_opened(struct turn *t, const struct approved_list_opened *m);
void printing_approved_request(struct turn *t, const struct request_approved *m);
// It is here whole, and only now its submitter hears how it went; or it is broken, and nobody can order it.
void printing_approved_ended(struct turn *t, const struct approved_list_ended *m);

#endif
