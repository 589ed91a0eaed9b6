// Approval: whole lists from appraisal to the province's signature.
#ifndef TDV_SERVICES_APPROVAL_H
#define TDV_SERVICES_APPROVAL_H

#include "runtime/service.h"

extern const struct service approval_service;

#endif
