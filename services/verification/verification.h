// Verification: who may have a card, under which rule.
#ifndef TDV_SERVICES_VERIFICATION_H
#define TDV_SERVICES_VERIFICATION_H

#include "runtime/service.h"

extern const struct service verification_service;

#endif
