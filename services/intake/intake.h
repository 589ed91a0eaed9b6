// The door: who submits, whether it is well-formed, signed and new (domain.md §4).
#ifndef TDV_INTAKE_INTAKE_H
#define TDV_INTAKE_INTAKE_H

#include "runtime/service.h"

extern const struct service intake_service;

#endif
