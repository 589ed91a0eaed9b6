// Delivery: where each card is.
#ifndef TDV_SERVICES_DELIVERY_H
#define TDV_SERVICES_DELIVERY_H

#include "runtime/service.h"

extern const struct service delivery_service;

extern const struct service_query delivery_questions[];

#endif
