// The door (domain.md §4; design.md, Services).
#ifndef TDV_INTAKE_INTAKE_H
#define TDV_INTAKE_INTAKE_H

#include "runtime/service.h"

extern const struct service intake_service;

#endif
