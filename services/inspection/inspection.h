// Inspection: campaigns, yearly checks, stamps.
#ifndef TDV_SERVICES_INSPECTION_H
#define TDV_SERVICES_INSPECTION_H

#include "runtime/service.h"

extern const struct service inspection_service;

#endif
