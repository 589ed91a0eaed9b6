// Printing: numbers, copies, print orders.
#ifndef TDV_SERVICES_PRINTING_H
#define TDV_SERVICES_PRINTING_H

#include "runtime/service.h"

extern const struct service printing_service;

#endif
