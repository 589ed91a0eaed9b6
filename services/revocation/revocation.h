// Revocation: what each card is worth.
#ifndef TDV_SERVICES_REVOCATION_H
#define TDV_SERVICES_REVOCATION_H

#include "runtime/service.h"

extern const struct service revocation_service;

#endif
