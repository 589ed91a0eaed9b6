// What several programs make of a request that verification has passed on.
#ifndef TDV_DOMAIN_REQUEST_H
#define TDV_DOMAIN_REQUEST_H

#include "gen/messages.h"

// How far it has come, by the stage of the list or group in which approval has it; once that is approved, the card tells more.
enum request_state request_state_at(enum list_stage stage);

#endif
